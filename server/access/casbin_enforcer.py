"""Casbin's enforcer over our policies: an explainer and the oracle that decisions are compared with.

`enforce()` walks every row and never runs while a request is answered; `server.access.rights` decides there. Policies
are metadata: what Casbin saves is planned, checked and applied like any change of it, by what the adapter is handed.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
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


Save = Callable[[str], Awaitable[None]]
"""Makes policies what the lines of a text say, all of it or nothing."""

Line = tuple[str, tuple[str, ...]]
"""A line's first column, `p` or `g`, and the others."""


class RowAdapter(AsyncAdapter):  # type: ignore[misc]  # Casbin has no types
    """Loads an enforcer's model from our rows, typed, without a text in between, and saves it as one change of them."""

    def __init__(self, load: Load, save: Save | None = None) -> None:
        """Keep how rows are read and changed; without `save` they are not changed."""
        self._load = load
        self._save = save

    async def load_policy(self, model: Any) -> None:
        """Fill a model that is empty."""
        for kind, columns in _lines(await self._load()):
            model.add_policy(kind, kind, list(columns))

    async def save_policy(self, model: Any) -> bool:
        """Make the rows what the model says."""
        rules = {kind: model[kind][kind].policy for kind in ("p", "g")}
        return await self._saved((kind, tuple(rule)) for kind, found in rules.items() for rule in found)

    async def add_policy(self, sec: str, ptype: str, rule: Sequence[str]) -> bool:
        """Add a line."""
        return await self.add_policies(sec, ptype, [rule])

    async def add_policies(self, sec: str, ptype: str, rules: Iterable[Sequence[str]]) -> bool:
        """Add lines, all or none."""
        added = [(ptype, tuple(rule)) for rule in rules]
        return await self._saved((*_lines(await self._load()), *added))

    async def remove_policy(self, sec: str, ptype: str, rule: Sequence[str]) -> bool:
        """Remove a line; columns that it leaves out may say anything."""
        return await self.remove_policies(sec, ptype, [rule])

    async def remove_policies(self, sec: str, ptype: str, rules: Iterable[Sequence[str]]) -> bool:
        """Remove lines, all or none."""
        patterns = [(ptype, tuple(rule)) for rule in rules]
        return await self._without(lambda line: any(_begins(line, pattern) for pattern in patterns))

    async def remove_filtered_policy(self, sec: str, ptype: str, field_index: int, *field_values: str) -> bool:
        """Remove the lines that have these values from a column on; an empty value may be anything."""
        return await self._without(
            lambda line: (
                line[0] == ptype
                and all(
                    not wanted or line[1][field_index + place : field_index + place + 1] == (wanted,)
                    for place, wanted in enumerate(field_values)
                )
            )
        )

    async def _without(self, is_removed: Callable[[Line], bool]) -> bool:
        before = _lines(await self._load())
        after = [line for line in before if not is_removed(line)]
        return len(after) < len(before) and await self._saved(after)

    async def _saved(self, lines: Iterable[Line]) -> bool:
        if self._save is None:
            _refuse()
        await self._save("".join(f"{', '.join((kind, *columns))}\n" for kind, columns in lines))
        return True


def _lines(rows: PolicyRows) -> list[Line]:
    policies = [("p", columns) for columns in policy_lines(rows.policies)]
    return [*policies, *(("g", columns) for columns in role_lines(rows.roles, rows.assignments))]


def _begins(line: Line, pattern: Line) -> bool:
    return line[0] == pattern[0] and line[1][: len(pattern[1])] == pattern[1]


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
        "Policies are not saved through this enforcer.",
        hint="Change them with applyMetadata, createPolicy and the like.",
    )
