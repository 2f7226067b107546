"""What a document asks of a state, as small changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from metadata.changes.edits import body_of
from metadata.changes.requests import Arrange, Change, Create, Remove, Update
from metadata.changes.state import Item, State
from metadata.model.document import Document
from metadata.model.kinds import KINDS, Kind
from metadata.model.writing import write_item

__all__ = ["diff"]


def diff(state: State, document: Document, *, replacing: bool = False, origin: str = "") -> tuple[Change, ...]:
    """The changes that make a state say what a document says.

    Args:
        state: As it is.
        document: What is wanted. An item that it holds is wanted exactly so; absent attributes are defaults.
            Settings are the exception: those it does not name stay.
        replacing: Whether items that the document does not hold are removed; otherwise they stay.
        origin: Template that the document belongs to, noted on what is created or changed.
    """
    changes: list[Change] = []
    if document.settings:
        changes += _settings(state, document, origin)
    for kind in KINDS.values():
        if not kind.parent and not kind.single:
            wanted = getattr(document, kind.collection)
            changes += _collection(state, kind, "", "", wanted, replacing=replacing, origin=origin)
    removals = [change for change in changes if isinstance(change, Remove)]
    return (*removals, *(change for change in changes if not isinstance(change, Remove)))


def _settings(state: State, document: Document, origin: str) -> Iterator[Change]:
    known = next((item.body for item in state.children(kind="settings")), {})
    wanted = {name: msgspec.to_builtins(value) for name, value in document.settings.items()}
    attributes = KINDS["settings"].attributes
    if any(known.get(name, msgspec.to_builtins(attributes[name].default)) != value for name, value in wanted.items()):
        yield Update(kind="settings", attributes=wanted, origin=origin or None)


def _collection(
    state: State,
    kind: Kind,
    parent_id: str,
    parent: str,
    wanted: Sequence[msgspec.Struct],
    *,
    replacing: bool,
    origin: str,
) -> Iterator[Change]:
    known = {item.name: item for item in state.children(parent_id, kind.name)}
    names = [getattr(value, kind.identifier) for value in wanted]
    for name, value in zip(names, wanted, strict=True):
        item = known.get(name)
        if item is None:
            body = write_item(value)
            body.pop(kind.identifier)
            yield Create(kind=kind.name, parent=parent, name=name, body=body, origin=origin)
        else:
            yield from _item(state, kind, item, parent, value, replacing=replacing, origin=origin)
    if replacing:
        for name in known:
            if name not in names:
                yield Remove(kind=kind.name, parent=parent, name=name)
    if _out_of_order(known, names):
        yield Arrange(kind=kind.name, parent=parent, names=tuple(names))


def _item(
    state: State, kind: Kind, item: Item, parent: str, value: msgspec.Struct, *, replacing: bool, origin: str
) -> Iterator[Change]:
    body: dict[str, Any] = body_of(kind, value)
    if body != item.body:
        yield Update(kind=kind.name, parent=parent, name=item.name, attributes=body, whole=True, origin=origin or None)
    path = f"{parent}.{item.name}" if parent else item.name
    for collection, child in kind.children.items():
        members = getattr(value, collection)
        yield from _collection(state, child, item.id, path, members, replacing=replacing, origin=origin)


def _out_of_order(known: dict[str, Item], names: list[str]) -> bool:
    """Whether the items there are, followed by the new ones, stand in another order than is wanted."""
    present = [name for name in names if name in known]
    positions = [known[name].position for name in present]
    return positions != sorted(positions) or names[: len(present)] != present
