"""A tenant's policies as Casbin's adapter loads and saves them: our rows, and a change of the metadata.

Whatever is saved is one change: planned, checked with every fault at its line, applied in one transaction along with
the roles of people, a version like any other.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from metadata.changes.plan import Plan
from server.access.assignments import end_assignments, held_assignments
from server.access.casbin_enforcer import PolicyRows, RowAdapter
from server.configuration.configure import Configuration
from server.configuration.requests import Author
from server.database.connections import Connections
from server.review.exchange import PolicyFormat, assigning, import_request, read_policies

__all__ = ["CasbinStore"]


@dataclass(frozen=True, slots=True)
class CasbinStore:
    """The rows of one tenant.

    Attributes:
        connections: The pool.
        configuration: Applies changes.
        tenant_id: Whose policies.
        author: Who changes them.
    """

    connections: Connections
    configuration: Configuration
    tenant_id: str
    author: Author

    @property
    def adapter(self) -> RowAdapter:
        """For `casbin.AsyncEnforcer`."""
        return RowAdapter(self.load, self.save)

    async def load(self) -> PolicyRows:
        """Roles, policies, and who holds which role for a time."""
        _, model = await self.configuration.state(self.tenant_id)
        async with self.connections.acquire(self.tenant_id) as connection:
            return PolicyRows(model.roles, model.policies, await held_assignments(connection, self.tenant_id))

    async def save(self, text: str) -> None:
        """Make the policies, and the roles held for a time, what Casbin's lines say.

        Raises:
            BadInputError: With every fault, each at its line; nothing was changed.
        """
        _, model = await self.configuration.state(self.tenant_id)
        read = read_policies(text, PolicyFormat.CASBIN)
        wanted = frozenset((account.lower(), role) for account, role in read.assignments)
        give = assigning(self.tenant_id, read.assignments, by=self.author.id or None)

        async def within(connection: Any, plan: Plan) -> None:
            await _end_others(connection, self.tenant_id, wanted, by=self.author.id or None)
            await give(connection, plan)

        request = import_request(read, model, replace=True)
        await self.configuration.apply(self.tenant_id, request, author=self.author, message="Casbin", within=within)


async def _end_others(connection: Any, tenant_id: str, wanted: Collection[tuple[str, str]], *, by: str | None) -> None:
    held = await held_assignments(connection, tenant_id)
    await end_assignments(connection, tenant_id, [pair for pair in held if pair not in wanted], by=by)
