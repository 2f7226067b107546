"""Three-way merge of plain values: what a template shipped, what the tenant made of it, what it ships now.

The tenant's changes win. Where both sides changed the same thing differently, the three values are listed as a
conflict and the tenant's stays; where only the template changed it, the tenant gets the new value.

Mappings are merged key by key. Lists of mappings that each carry a `key` or a `name` (options, fields of a document)
are merged as mappings by it, in the tenant's order with new members last. Everything else is merged whole.

Source:
    Rules of diff3 per attribute (Khanna, Kunal and Pierce, "A Formal Investigation of Diff3", 2007), with one
    side preferred.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

__all__ = ["ABSENT", "Conflict", "MergePath", "Merged", "Value", "merge"]

MergePath: TypeAlias = tuple[str, ...]


class _Absent(enum.Enum):
    """One value that is never equal to a plain one."""

    ABSENT = "absent"

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final = _Absent.ABSENT
"""Stands for what is not there, which differs from null."""

Value: TypeAlias = Any
"""A plain value (text, number, boolean, None, list, mapping) or ABSENT."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """One thing that both sides changed, differently; the tenant's value was kept.

    Attributes:
        path: Keys that lead to it: `("customer", "fields", "level", "label", "zh")`.
        base: As the template shipped it before; ABSENT when it did not.
        ours: As the tenant has it; ABSENT when the tenant removed it.
        theirs: As the template ships it now; ABSENT when it does not any more.
    """

    path: MergePath
    base: Value
    ours: Value
    theirs: Value


@dataclass(frozen=True, slots=True)
class Merged:
    """The outcome of a merge.

    Attributes:
        value: The value to have from now on; ABSENT for nothing.
        conflicts: What both sides changed differently, in order of the paths met.
    """

    value: Value
    conflicts: tuple[Conflict, ...] = ()


def never(_path: MergePath) -> bool:
    """Take the template's side nowhere."""
    return False


def merge(
    base: Value,
    ours: Value,
    theirs: Value,
    path: MergePath = (),
    take_theirs: Callable[[MergePath], bool] = never,
) -> Merged:
    """Merge one value.

    Args:
        base: As the template shipped it before, or ABSENT.
        ours: As the tenant has it, or ABSENT.
        theirs: As the template ships it now, or ABSENT.
        path: Keys that lead to it, for conflicts.
        take_theirs: Whether a conflict at a path is decided for the template's side.

    Returns:
        What to have from now on. Nothing that was handed in is changed; parts may be shared with it.
    """
    if _same(ours, theirs) or _same(base, theirs):
        return Merged(ours)
    if _same(base, ours):
        return Merged(theirs)
    if ours is ABSENT:
        # Whoever removed it does not want it back, in whatever shape.
        return Merged(ABSENT)
    if theirs is not ABSENT:
        parts = _parts(base, ours, theirs)
        if parts is not None:
            return _merge_parts(parts, path, take_theirs, as_list=isinstance(ours, list))
    if take_theirs(path):
        return Merged(theirs)
    return Merged(ours, (Conflict(path, base, ours, theirs),))


def _merge_parts(
    sides: tuple[Mapping[str, Value], Mapping[str, Value], Mapping[str, Value]],
    path: MergePath,
    take_theirs: Callable[[MergePath], bool],
    *,
    as_list: bool,
) -> Merged:
    base, ours, theirs = sides
    merged: dict[str, Value] = {}
    conflicts: list[Conflict] = []
    for key in (*ours, *(key for key in theirs if key not in ours)):
        before, mine, shipped = (side.get(key, ABSENT) for side in (base, ours, theirs))
        part = merge(before, mine, shipped, (*path, key), take_theirs)
        conflicts.extend(part.conflicts)
        if part.value is not ABSENT:
            merged[key] = part.value
    return Merged(list(merged.values()) if as_list else merged, tuple(conflicts))


def _parts(
    base: Value, ours: Value, theirs: Value
) -> tuple[Mapping[str, Value], Mapping[str, Value], Mapping[str, Value]] | None:
    """The three sides as mappings, where their members can be told apart; a base of another shape counts as empty."""
    if isinstance(ours, Mapping) and isinstance(theirs, Mapping):
        return (base if isinstance(base, Mapping) else {}), ours, theirs
    for identifier in ("key", "name"):
        left, right = _members(ours, identifier), _members(theirs, identifier)
        if left is not None and right is not None:
            return _members(base, identifier) or {}, left, right
    return None


def _members(value: Value, identifier: Literal["key", "name"]) -> dict[str, Value] | None:
    """A list's members by what identifies them, or None if they cannot be told apart by it."""
    if not isinstance(value, (list, tuple)):
        return None
    members: dict[str, Value] = {}
    for member in value:
        name = member.get(identifier) if isinstance(member, Mapping) else None
        if not isinstance(name, str) or name in members:
            return None
        members[name] = member
    return members


def _same(left: Value, right: Value) -> bool:
    """Equality in which true is not 1 and order of keys does not count."""
    if isinstance(left, Mapping) and isinstance(right, Mapping):
        return left.keys() == right.keys() and all(_same(left[key], right[key]) for key in left)
    if isinstance(left, (list, tuple)) and isinstance(right, (list, tuple)):
        return len(left) == len(right) and all(map(_same, left, right))
    return type(left) is type(right) and bool(left == right)
