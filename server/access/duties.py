"""Separation of duties: roles that nobody may hold together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from metadata.model.policies import Role
from metadata.model.policy_checks import ancestors_of
from metadata.problems import ConflictError, Fault

__all__ = ["conflicts", "require_separate"]


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


def require_separate(roles: Mapping[str, Role], held: Iterable[str]) -> None:
    """Refuse roles that exclude each other.

    Raises:
        ConflictError: `roles_exclude_each_other`, with a fault for each pair.
    """
    found = conflicts(roles, held)
    if found:
        raise ConflictError.of(
            Fault(
                "roles_exclude_each_other",
                f"The roles '{first}' and '{second}' may not be held together.",
                ("roles",),
                "Take one of them away first.",
            )
            for first, second in found
        )
