"""Small changes applied to a state, in order; all faults are collected, and nothing is checked across items here."""

from __future__ import annotations

import difflib
import itertools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
import uuid_utils

from metadata.changes.references import rename_references
from metadata.changes.requests import Arrange, Change, Create, Remove, Rename, Restore, Update
from metadata.changes.state import GAP, Item, Key, State
from metadata.model.kinds import KINDS, Kind
from metadata.model.organisation import SYSTEM_OBJECTS
from metadata.model.reading import read_item
from metadata.model.tenant import TenantModel
from metadata.model.writing import write_item
from metadata.problems import Fault, Faults, Path

__all__ = ["Edited", "ModelOf", "body_of", "edit", "normal_body"]

ModelOf = Callable[[State], TenantModel]
"""Resolves a state; what follows a path in an expression needs it."""


@dataclass(frozen=True, slots=True)
class Edited:
    """A state after changes.

    Attributes:
        state: With every change that could be made.
        faults: Why the others could not.
        places: Where in the caller's changes the attributes of an item were given, by its id.
    """

    state: State
    faults: tuple[Fault, ...]
    places: Mapping[str, Path]


def edit(state: State, changes: Iterable[Change], model_of: ModelOf, *, given_from: int = 0) -> Edited:
    """Apply changes in order.

    Args:
        state: Where to start.
        changes: What to do.
        model_of: Resolves a state; called for renames only.
        given_from: The first change that the caller gave as such; those before it come from a document.
    """
    editor = _Editor(state, model_of)
    for index, change in enumerate(changes):
        editor.apply(change, ("changes", index - given_from) if index >= given_from else _named(change))
    places = {item_id: path for item_id, path in editor.places.items() if path[0] == "changes"}
    return Edited(editor.state(), tuple(editor.faults), places)


def _named(change: Change) -> Path:
    """Where a change that comes from a document belongs, by names."""
    kind = KINDS.get(change.kind)
    if kind is None:
        return (change.kind, change.name)
    above = KINDS.get(kind.parent)
    return (*((above.collection, change.parent) if above else ()), kind.collection, change.name)


def normal_body(kind: Kind, name: str, attributes: Mapping[str, Any]) -> tuple[dict[str, Any], Faults]:
    """The attributes of an item as they are stored: checked, without defaults, name and children."""
    named = {**attributes, kind.identifier: name} if kind.identifier else dict(attributes)
    value, faults = read_item(kind.name, named)
    return ({}, faults) if faults else (body_of(kind, value), faults)


def body_of(kind: Kind, value: msgspec.Struct) -> dict[str, Any]:
    """A value's attributes as they are stored: without defaults, name, children and what the server fills in."""
    written = write_item(value)
    return {name: held for name, held in written.items() if name != kind.identifier and name not in kind.children}


_PROVIDED = {found.name: found for found in SYSTEM_OBJECTS}


class _Editor:
    """The items while they are being changed, indexed by place."""

    def __init__(self, state: State, model_of: ModelOf) -> None:
        self.faults = Faults()
        self.places: dict[str, Path] = {}
        self._start = state
        self._model_of = model_of
        self._items = dict(state.items)
        self._places = dict(state.places)
        self._last: dict[tuple[str, str], int] = {}

    def state(self) -> State:
        """The state as it is now."""
        return self._start.with_items(self._items)

    def apply(self, change: Change, path: Path) -> None:
        """Do one change, or note why not."""
        kind = KINDS.get(change.kind)
        if kind is None:
            known = ", ".join(KINDS)
            self.faults.add(
                "unknown_kind",
                f"There is no kind of metadata '{change.kind}'.",
                path=(*path, "kind"),
                hint=f"Kinds are: {known}.",
            )
            return
        parent_id = self._parent_id(kind, change.parent, path)
        if parent_id is None:
            return
        match change:
            case Create():
                here = (*path, "body")
                self._create(kind, parent_id, change.name, change.body, change.origin, here)
            case Restore():
                self._restore(change.key, parent_id, path)
            case Arrange():
                self._arrange(change, parent_id, path)
            case Update() if kind.single and (parent_id, kind.name, "") not in self._places:
                here = (*path, "attributes")
                self._create(kind, parent_id, "", change.attributes, change.origin or "", here)
            case Update() | Rename() if kind.name == "object" and change.name in _PROVIDED:
                self._extend(change, path)
            case Update() | Rename() | Remove():
                item = self._known(change.key, parent_id, path)
                if item is not None:
                    self._change(kind, item, change, path)

    def _extend(self, change: Update | Rename, path: Path) -> None:
        """Change what the tenant says of an object type that every tenant has."""
        if isinstance(change, Rename):
            message = f"Object type '{change.name}' comes with every tenant and keeps its name."
            self.faults.add("reserved_name", message, path=(*path, "to"), hint="Change its label, which people see.")
            return
        self._extension(change.name)
        item = self._known(change.key, "", path)
        if item is not None:
            self._update(KINDS["object"], item, change, path)

    def _extension(self, name: str) -> str:
        """The item that holds what the tenant says of an object type that every tenant has; made when asked for."""
        if ("", "object", name) not in self._places:
            self._create(KINDS["object"], "", name, {"plural": _PROVIDED[name].plural}, "", ("objects", name))
        return self._places["", "object", name]

    def _change(self, kind: Kind, item: Item, change: Update | Rename | Remove, path: Path) -> None:
        match change:
            case Update():
                self._update(kind, item, change, path)
            case Rename():
                self._rename(kind, item, change, path)
            case Remove():
                self._remove(item)

    def _create(self, kind: Kind, parent_id: str, name: str, body: Mapping[str, Any], origin: str, place: Path) -> None:
        """Add an item with its children; `place` is where its attributes were given."""
        if (parent_id, kind.name, name) in self._places:
            self.faults.add(
                "exists",
                f"There is a {kind.name} '{name}' already.",
                path=place,
                hint="Choose another name, or update it.",
            )
            return
        own = {key: value for key, value in body.items() if key not in kind.children}
        normal, faults = normal_body(kind, name, own)
        self.faults.extend(faults, *place)
        if faults:
            return
        family = (parent_id, kind.name)
        last = self._last.get(family)
        if last is None:
            last = max((item.position for item in self._start.children(parent_id, kind.name)), default=0)
        self._last[family] = last + GAP
        item = Item(
            id=str(uuid_utils.uuid7()),
            kind=kind.name,
            parent_id=parent_id,
            name=name,
            position=self._last[family],
            body=normal,
            origin=origin,
            origin_body=normal if origin else None,
            created_version=self._start.version + 1,
        )
        self._put(item)
        self.places[item.id] = place
        for collection, child in kind.children.items():
            self._create_all(child, item.id, body.get(collection) or (), origin, (*place, collection))

    def _create_all(self, kind: Kind, parent_id: str, members: Any, origin: str, place: Path) -> None:
        if not isinstance(members, list | tuple) or not all(isinstance(member, Mapping) for member in members):
            self.faults.add("wrong_type", f"`{kind.collection}` is a list of mappings.", path=place)
            return
        for index, member in enumerate(members):
            attributes = {key: value for key, value in member.items() if key != kind.identifier}
            name = member.get(kind.identifier, "")
            self._create(kind, parent_id, name if isinstance(name, str) else "", attributes, origin, (*place, index))

    def _update(self, kind: Kind, item: Item, change: Update, path: Path) -> None:
        attributes = {
            **({} if change.whole else item.body),
            **{key: value for key, value in change.attributes.items() if value is not None},
        }
        for key, value in change.attributes.items():
            if value is None:
                attributes.pop(key, None)
        variant = kind.variant
        keeps_settings = (
            bool(variant) and item.body.get(variant) != attributes.get(variant) and "settings" not in change.attributes
        )
        if keeps_settings:
            attributes["settings"] = _shared_settings(kind, attributes)
        collections = kind.children.keys() & change.attributes.keys()
        for name in sorted(collections):
            self.faults.add(
                "not_an_attribute",
                f"'{name}' of {kind.name} '{item.name}' are items of their own.",
                path=(*path, "attributes", name),
                hint="Create, update or remove them one by one, or send a document.",
            )
        if collections:
            return
        normal, faults = normal_body(kind, item.name, attributes)
        unfit = {fault.path[1] for fault in faults if fault.path[:1] == ("settings",) and len(fault.path) > 1}
        if keeps_settings and unfit:  # settings of the same name that hold something else
            attributes["settings"] = {key: held for key, held in attributes["settings"].items() if key not in unfit}
            normal, faults = normal_body(kind, item.name, attributes)
        self.faults.extend(faults, *path, "attributes")
        if faults:
            return
        if change.origin is not None:
            shipped = change.origin_body if change.origin_body is not None else normal
            item = msgspec.structs.replace(item, origin=change.origin, origin_body=shipped if change.origin else None)
        self._put(msgspec.structs.replace(item, body=normal))
        self.places[item.id] = (*path, "attributes")

    def _rename(self, kind: Kind, item: Item, change: Rename, path: Path) -> None:
        if change.to == item.name:
            return
        if kind.name == "object" and change.to in _PROVIDED:
            message = f"'{change.to}' is an object type that every tenant has."
            self.faults.add("reserved_name", message, path=(*path, "to"), hint="Choose another name.")
            return
        if (item.parent_id, kind.name, change.to) in self._places:
            self.faults.add(
                "exists",
                f"There is a {kind.name} '{change.to}' already.",
                path=(*path, "to"),
                hint="Choose another name.",
            )
            return
        _, faults = normal_body(kind, change.to, item.body)
        self.faults.extend(faults, *path)
        if faults:
            return
        before = self.state()
        for body_item, body in rename_references(before, self._model_of(before), item, change.to):
            self._put(msgspec.structs.replace(self._items[body_item.id], body=body))
        del self._places[_place(item)]
        self._put(msgspec.structs.replace(self._items[item.id], name=change.to))

    def _remove(self, item: Item) -> None:
        for child in [other for other in self._items.values() if other.parent_id == item.id and other.is_live]:
            self._remove(child)
        del self._places[_place(item)]
        if item.id in self._start.items:
            self._items[item.id] = msgspec.structs.replace(item, removed_version=self._start.version + 1)
        else:
            del self._items[item.id]

    def _restore(self, key: Key, parent_id: str, path: Path) -> None:
        found = [
            item
            for item in self._items.values()
            if (item.parent_id, item.kind, item.name) == (parent_id, key.kind, key.name) and not item.is_live
        ]
        if not found:
            self.faults.add(
                "nothing_to_restore",
                f"There is no removed {key}.",
                path=(*path, "name"),
                hint="What was removed is kept for TANGRAM_METADATA_RETENTION_DAYS days.",
            )
            return
        if (parent_id, key.kind, key.name) in self._places:
            self.faults.add(
                "exists",
                f"There is a {key} that has taken its place.",
                path=(*path, "name"),
                hint="Rename or remove that one first.",
            )
            return
        item = max(found, key=lambda candidate: candidate.removed_version)
        self._revive(item, item.removed_version)

    def _revive(self, item: Item, version: int) -> None:
        self._put(msgspec.structs.replace(item, removed_version=0))
        for child in list(self._items.values()):
            if child.parent_id == item.id and child.removed_version == version:
                self._revive(child, version)

    def _arrange(self, change: Arrange, parent_id: str, path: Path) -> None:
        ids = [self._places.get((parent_id, change.kind, name)) for name in change.names]
        unknown = [name for name, found in zip(change.names, ids, strict=True) if found is None]
        if unknown or len(set(change.names)) != len(change.names):
            self.faults.add(
                "bad_order",
                f"The order names {', '.join(map(repr, unknown)) or 'something twice'}, which cannot be placed.",
                path=(*path, "names"),
                hint=f"Name each {change.kind} once.",
            )
            return
        wanted = [self._items[found] for found in ids if found is not None]
        if all(a.position < b.position for a, b in itertools.pairwise(wanted)):
            return
        # The wanted ones take the places that they hold together, in the new order.
        for item, position in zip(wanted, sorted(item.position for item in wanted), strict=True):
            self._put(msgspec.structs.replace(item, position=position))

    def _parent_id(self, kind: Kind, parent: str, path: Path) -> str | None:
        """Id of the living item that `parent` names; empty for kinds of the tenant itself; None if there is none."""
        if not kind.parent:
            if not parent:
                return ""
            self.faults.add(
                "unknown_parent",
                f"A {kind.name} belongs to the tenant itself, not to '{parent}'.",
                path=(*path, "parent"),
                hint="Leave `parent` out.",
            )
            return None
        outer, _, name = parent.rpartition(".")
        above = self._parent_id(KINDS[kind.parent], outer, path)
        found = self._places.get((above, kind.parent, name)) if above is not None else None
        if found is None and kind.parent == "object" and name in _PROVIDED:
            return self._extension(name)
        if above is not None and found is None:
            known = [place[2] for place in self._places if place[:2] == (above, kind.parent)]
            self.faults.add(
                f"unknown_{kind.parent}",
                f"There is no {kind.parent} '{name}' that can be changed.",
                path=(*path, "parent"),
                hint=_closest(name, known),
            )
        return found

    def _known(self, key: Key, parent_id: str, path: Path) -> Item | None:
        found = self._places.get((parent_id, key.kind, key.name))
        if found is not None:
            return self._items[found]
        known = [place[2] for place in self._places if place[:2] == (parent_id, key.kind)]
        self.faults.add(
            f"unknown_{key.kind}", f"There is no {key}.", path=(*path, "name"), hint=_closest(key.name, known)
        )
        return None

    def _put(self, item: Item) -> None:
        self._items[item.id] = item
        self._places[_place(item)] = item.id


def _shared_settings(kind: Kind, attributes: Mapping[str, Any]) -> dict[str, Any]:
    """The settings that an item keeps when its variant changes: those that the new one has as well."""
    kept = attributes.get("settings") or {}
    settings = kind.variants.get(str(attributes.get(kind.variant) or kind.attributes[kind.variant].default).lower())
    known = settings.__struct_fields__ if settings is not None else tuple(kept)
    return {name: value for name, value in kept.items() if name in known}


def _place(item: Item) -> tuple[str, str, str]:
    return item.parent_id, item.kind, item.name


def _closest(name: str, known: list[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    if close:
        return f"The closest name is '{close[0]}'."
    return f"Known names: {', '.join(sorted(known)[:20])}." if known else "None is declared yet."
