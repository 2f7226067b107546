"""What a change did, item by item: the log of a version, from which any earlier state can be computed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Literal, TypeAlias

import msgspec

from metadata.changes.state import Item, State, changed_ids
from metadata.model.kinds import KINDS, Kind

__all__ = ["ItemChange", "ItemNote", "Operation", "compare", "touched_objects", "undo"]

Operation: TypeAlias = Literal["create", "update", "rename", "remove", "restore", "arrange"]
"""What happened to an item; `rename` may come with changed attributes, `arrange` changes its place only."""


class ItemNote(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Which item a change was about.

    Attributes:
        op: What happened.
        id: The item.
        kind: Its kind.
        parent: Names of what it belongs to, dotted; before the change, where there was one.
        name: Its name; before the change, where there was one.
    """

    op: Operation
    id: str
    kind: str
    parent: str
    name: str


class ItemChange(ItemNote, frozen=True, kw_only=True, omit_defaults=True):
    """One item before and after a change.

    Attributes:
        to: Its name afterwards, where it was renamed.
        before: Its body before; None for what was not there.
        after: Its body afterwards; None for what is not there any more.
        parent_id: Item it belongs to.
        positions: Its position before and afterwards.
    """

    to: str = ""
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None
    parent_id: str = ""
    positions: tuple[int, int] = (0, 0)


def compare(old: State, new: State) -> tuple[ItemChange, ...]:
    """Everything that differs between two states: removals innermost first, then the rest, parents first."""
    removed: list[Item] = []
    others: list[ItemChange] = []
    for item_id in changed_ids(old.items, new.items):
        before, after = old.items.get(item_id), new.items.get(item_id)
        was_there, is_there = before is not None and before.is_live, after is not None and after.is_live
        if before is not None and was_there and not is_there:
            removed.append(before)
        elif after is not None and is_there and not was_there:
            others.append(_appearance(new, after, "create" if before is None else "restore"))
        elif before is not None and after is not None and was_there and _tells(before) != _tells(after):
            others.append(_difference(old, before, after))
    others.sort(key=lambda change: (new.depth(new.items[change.id]), change.kind, change.parent, change.positions[1]))
    removed.sort(key=lambda item: (-old.depth(item), item.kind, old.parent_path(item), -item.position))
    return (*(_disappearance(old, item) for item in removed), *others)


def touched_objects(changes: Iterable[ItemNote]) -> frozenset[str] | None:
    """The object types that changes are about; None when they are about other things too, or about which there are."""
    names = set()
    for change in changes:
        if change.kind in _OF_OBJECTS:
            names.add(change.parent.split(".")[0])
        elif change.kind == "object" and change.op == "update":
            names.add(change.name)
        else:
            return None
    return frozenset(names)


def _kinds_within(kind: Kind) -> Iterator[str]:
    for child in kind.children.values():
        yield child.name
        yield from _kinds_within(child)


_OF_OBJECTS = frozenset(_kinds_within(KINDS["object"]))


def _tells(item: Item) -> tuple[Any, ...]:
    """What the log tells of an item."""
    return item.name, item.body, item.position


def _disappearance(state: State, item: Item) -> ItemChange:
    return ItemChange(
        op="remove",
        id=item.id,
        kind=item.kind,
        parent=state.parent_path(item),
        name=item.name,
        before=item.body,
        parent_id=item.parent_id,
        positions=(item.position, item.position),
    )


def undo(state: State, changes: Iterable[ItemChange]) -> State:
    """The state before `changes`, which are given oldest first and lead to `state`.

    What was purged meanwhile comes back without its data, as a new item of the same id.
    """
    items = dict(state.items)
    for change in reversed(tuple(changes)):
        known = items.get(change.id)
        if change.op in ("create", "restore"):
            if known is not None:
                items[change.id] = msgspec.structs.replace(known, removed_version=state.version + 1)
            continue
        base = known or Item(
            id=change.id,
            kind=change.kind,
            parent_id=change.parent_id,
            name=change.name,
            position=change.positions[0],
            body={},
            created_version=state.version + 1,
        )
        items[change.id] = msgspec.structs.replace(
            base,
            name=change.name,
            body=change.before or {},
            position=change.positions[0],
            removed_version=0,
        )
    return state.with_items(
        {
            key: item if item.is_live else _gone(state, item)
            for key, item in items.items()
            if item.is_live or key in state.items
        }
    )


def _gone(state: State, item: Item) -> Item:
    """A removed item as it was last, so that it is found again by its last name."""
    last = state.items[item.id]
    return msgspec.structs.replace(last, removed_version=item.removed_version) if last.is_live else last


def _appearance(state: State, item: Item, op: Literal["create", "restore"]) -> ItemChange:
    return ItemChange(
        op=op,
        id=item.id,
        kind=item.kind,
        parent=state.parent_path(item),
        name=item.name,
        after=item.body,
        parent_id=item.parent_id,
        positions=(item.position, item.position),
    )


def _difference(old: State, before: Item, after: Item) -> ItemChange:
    renamed = before.name != after.name
    op: Operation = "rename" if renamed else "update" if before.body != after.body else "arrange"
    return ItemChange(
        op=op,
        id=before.id,
        kind=before.kind,
        parent=old.parent_path(before),
        name=before.name,
        to=after.name if renamed else "",
        before=before.body,
        after=after.body,
        parent_id=before.parent_id,
        positions=(before.position, after.position),
    )
