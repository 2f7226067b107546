"""People of one tenant who stand differently to its records, and the policies they work under.

owner      a seller: their own customers
peer       another seller
manager    leads the department that the records belong to: its customers, and may hand them over
stranger   leads another department
nobody     holds a role without a policy
outsider   the administrator of another tenant
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests import servers
from tests.fixtures.tenants import Person, Tenant, Tenants, tenants_opened
from tests.governed import allow, govern, hire

__all__ = ["EVERYTHING", "PEOPLE", "Office", "office_opened"]

PEOPLE = ("owner", "peer", "manager", "stranger", "nobody", "outsider")

EVERYTHING = ("read", "create", "update", "delete", "restore", "destroy", "merge")
"""What sellers and managers may do to the customers that are theirs."""

POLICIES: tuple[dict[str, Any], ...] = (
    allow("seller", "customer", *EVERYTHING, scope="own"),
    allow("seller", "customer", "claim", "read", condition='owner == null && level == "gold"'),
    allow("manager", "customer", *EVERYTHING, "transfer", scope="team"),
    allow("manager", "customer", "read", "assign", condition="owner == null"),
    allow("seller", "order", *EVERYTHING, scope="own"),
    allow("manager", "order", *EVERYTHING, scope="team"),
    allow("seller", "store"),
    allow("seller", "user"),
    allow("seller", "department"),
    allow("seller", "region"),
)


@dataclass(frozen=True)
class Office:
    """Both tenants, the people, and the departments of the one they work in."""

    tenants: Tenants
    people: dict[str, Person]
    department: str
    other_department: str

    @property
    def east(self) -> Tenant:
        return self.tenants.east

    def at(self, who: str) -> Tenant:
        """The tenant somebody asks."""
        return self.tenants.west if who == "outsider" else self.tenants.east

    async def customer(self, **values: Any) -> str:
        """A customer of the owner's, in the manager's department, unless told otherwise."""
        given = {"name": "c", "ownerId": self.people["owner"].id, "departmentId": self.department, **values}
        return await self.east.create("Customer", **given)

    async def row(self, id: str, table: str = "customer") -> dict[str, Any]:
        """A record as it is stored."""
        async with self.tenants.services.connections.acquire() as connection:
            found = await connection.fetchrow(f'select * from "{self.east.schema}".{table} where id = $1', id)
        return dict(found) if found is not None else {}

    async def faults(self, who: str, query: str, variables: Any = None) -> Any:
        """(code, reason, path) of each error of what somebody asks; nothing when it succeeds."""
        reply = await self.at(who).graphql(query, variables, person=self.people[who])
        return reply.faults if "errors" in reply.body else []

    async def data(self, who: str, query: str, variables: Any = None) -> Any:
        """What somebody gets who asks something that succeeds."""
        return await self.at(who).data(query, variables, person=self.people[who])

    async def govern(self, *policies: dict[str, Any]) -> None:
        """Put policies in force beside the office's own; those given before are gone."""
        await _govern(self.east, policies)


async def _govern(tenant: Tenant, more: Sequence[dict[str, Any]]) -> None:
    roles: list[str | dict[str, Any]] = ["seller", {"name": "manager", "inherits": ["seller"]}, "clerk"]
    blank = [allow("clerk", "region", name=f"extra_{place}") for place in range(len(more), 12)]
    extra = [{"name": f"extra_{place}", **policy} for place, policy in enumerate(more)]
    await govern(tenant, roles=roles, policies=[*POLICIES, *extra, *blank])


@asynccontextmanager
async def office_opened(test_servers: servers.Servers, folder: Path) -> AsyncIterator[Office]:
    """The office, in a database of its own."""
    async with tenants_opened(test_servers, folder) as tenants:
        east = tenants.east
        people = {
            "owner": await hire(east, "Owner", "seller"),
            "peer": await hire(east, "Peer", "seller"),
            "manager": await hire(east, "Manager", "manager"),
            "stranger": await hire(east, "Stranger", "manager"),
            "nobody": await hire(east, "Nobody", "clerk"),
            "outsider": tenants.west.admin,
        }
        mine = await east.create("Department", name="mine", managerId=people["manager"].id)
        other = await east.create("Department", name="other", managerId=people["stranger"].id)
        await _govern(east, ())
        yield Office(tenants, people, mine, other)
