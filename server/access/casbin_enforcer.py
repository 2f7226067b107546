"""Casbin's enforcer over our policies: an explainer and the oracle that decisions are compared with.

`enforce()` walks every row and never runs while a request is answered; `server.access.rights` decides there. Policies
are changed as metadata, so the adapter only loads, and says so to whom asks it to save.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

import casbin
from casbin.persist.adapters.asyncio import AsyncAdapter
from casbin.rbac.default_role_manager import RoleManager

from metadata.model.policies import Policy, Role
from metadata.problems import BadInputError
from server.access.casbin_text import MODEL, policy_lines, role_lines

__all__ = ["Enforcer", "PolicyRows", "RowAdapter", "opened_enforcer"]


@dataclass(frozen=True, slots=True)
class PolicyRows:
    """What an enforcer is loaded with.

    Attributes:
        roles: Declared roles by name.
        policies: In any order.
        assignments: Account id and role, of those that hold now.
    """

    roles: Mapping[str, Role]
    policies: Iterable[Policy]
    assignments: tuple[tuple[str, str], ...] = ()


Load = Callable[[], Awaitable[PolicyRows]]
"""Reads the rows as they are now."""


class RowAdapter(AsyncAdapter):  # type: ignore[misc]  # Casbin has no types
    """Loads an enforcer's model from our rows, typed, without a text in between."""

    def __init__(self, load: Load) -> None:
        """Keep how rows are read."""
        self._load = load

    async def load_policy(self, model: Any) -> None:
        """Fill a model that is empty."""
        rows = await self._load()
        for columns in policy_lines(rows.policies):
            model.add_policy("p", "p", list(columns))
        for pair in role_lines(rows.roles, rows.assignments):
            model.add_policy("g", "g", list(pair))

    async def save_policy(self, model: Any) -> NoReturn:
        """Refuse: see `_refuse`."""
        _refuse()

    async def add_policy(self, sec: str, ptype: str, rule: Any) -> NoReturn:
        """Refuse: see `_refuse`."""
        _refuse()

    async def remove_policy(self, sec: str, ptype: str, rule: Any) -> NoReturn:
        """Refuse: see `_refuse`."""
        _refuse()

    async def remove_filtered_policy(self, sec: str, ptype: str, field_index: int, *field_values: str) -> NoReturn:
        """Refuse: see `_refuse`."""
        _refuse()


class Enforcer:
    """Casbin's decisions on rows loaded once."""

    def __init__(self, enforcer: Any) -> None:
        """Wrap one whose policy was loaded."""
        self._enforcer = enforcer

    def allows(self, subject: str, object_name: str, action: str) -> bool:
        """Whether Casbin lets a subject (`user:…`, `role:…`) act on an object type. Scopes and times are not asked."""
        return bool(self._enforcer.enforce(subject, object_name, action))

    def why(self, subject: str, object_name: str, action: str) -> tuple[bool, tuple[str, ...]]:
        """The same, with the policy line that decided; empty when none did."""
        allowed, line = self._enforcer.enforce_ex(subject, object_name, action)
        return bool(allowed), tuple(line)


async def opened_enforcer(load: Load) -> Enforcer:
    """An enforcer over our rows. Nothing has to be closed."""
    model = casbin.Enforcer.new_model(text=MODEL)
    enforcer = casbin.AsyncEnforcer(model, RowAdapter(load))
    # Casbin gives up silently on chains of more than ten roles.
    enforcer.set_role_manager(RoleManager(max_hierarchy_level=10_000))
    await enforcer.load_policy()
    return Enforcer(enforcer)


def _refuse() -> NoReturn:
    raise BadInputError.single(
        "policies_are_metadata",
        "Policies are not saved through Casbin.",
        hint="Change them with applyMetadata, createPolicy and the like.",
    )
