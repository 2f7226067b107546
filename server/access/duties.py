"""Separation of duties: roles that nobody may hold together, and who may give which.

Whatever way a role is given, PostgreSQL refuses it (`server/database/roles.sql`); the words are here. Whoever tries
what would be, before it is done, asks `conflicts`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from metadata.model.policies import Role
from metadata.model.policy_checks import ancestors_of
from metadata.problems import BadInputError, ConflictError, Fault, ForbiddenError, TangramError

__all__ = ["conflicts", "refusal_of_roles"]

_REFUSED = "TG001"


def conflicts(roles: Mapping[str, Role], held: Iterable[str]) -> list[tuple[str, str]]:
    """Pairs of roles, held or inherited, of which one excludes the other; each pair once, in order of their names."""
    all_held = {above for name in held for above in ancestors_of(roles, name)}
    found = {
        tuple(sorted((name, other)))
        for name in all_held
        if name in roles
        for other in roles[name].excludes
        if other in all_held
    }
    return sorted((first, second) for first, second in found)


def refusal_of_roles(error: BaseException) -> TangramError | None:
    """The error to tell of roles that PostgreSQL refused to give; None for any other error.

    It is `roles_exclude_each_other`, with a fault for each pair, `role_above_yours` or `unknown_role`, for each role.
    """
    if getattr(error, "sqlstate", None) != _REFUSED:
        return None
    told = _TOLD.get(str(getattr(error, "message", "") or error))
    if told is None:
        return None
    return told(json.loads(str(getattr(error, "detail", "") or "[]")))


def _excluded(pairs: Iterable[tuple[str, str]]) -> TangramError:
    return ConflictError.of(
        Fault(
            "roles_exclude_each_other",
            f"The roles '{first}' and '{second}' may not be held together.",
            ("roles",),
            "Take one of them away first.",
        )
        for first, second in sorted(pairs)
    )


def _above(names: Iterable[str]) -> TangramError:
    return ForbiddenError.of(
        Fault(
            "role_above_yours",
            f"You may not give the role '{name}': you do not hold it, and it is of a higher layer than yours.",
            ("roles",),
            "Ask somebody who holds it, or an administrator.",
        )
        for name in sorted(names)
    )


def _undeclared(names: Iterable[str]) -> TangramError:
    return BadInputError.of(
        Fault("unknown_role", f"There is no role '{name[:60]}'.", ("roles",), "Declare it first, or leave it out.")
        for name in sorted(names)
    )


_TOLD: Mapping[str, Callable[[Any], TangramError]] = {
    "roles_exclude_each_other": _excluded,
    "role_above_yours": _above,
    "unknown_role": _undeclared,
}
