"""A tenant's declarations as flat items: the form that changes are computed, logged and stored in.

A document nests (objects hold fields); items do not. Each has an id that stays the same over renames, so that a
version's changes can be undone exactly and a removed item can be brought back with its column and its data.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import msgspec

from metadata.model.kinds import KINDS

__all__ = ["GAP", "Item", "Key", "State", "changed_ids"]

GAP = 1024
"""Distance between the positions of neighbours, so that most insertions and moves change one item only."""


class Key(NamedTuple):
    """How people name an item.

    Attributes:
        kind: `object`, `field`, …
        parent: Name of the item it belongs to; dotted where that one has a parent itself; empty for none.
        name: Its name within the parent.
    """

    kind: str
    parent: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind} '{self.parent}.{self.name}'" if self.parent else f"{self.kind} '{self.name}'"


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One declared thing.

    Attributes:
        id: UUID text; the same over renames.
        kind: Which kind of metadata.
        parent_id: Item it belongs to; empty for items of the tenant itself.
        name: Its name within the parent.
        position: Order among the items of one parent and kind.
        body: Attributes as in a document, without the name, children and what the server fills in. Never changed.
        physical: Table, column or index in PostgreSQL; allocated once.
        origin: Template it came from, or empty.
        origin_body: Body as that template shipped it, for a three-way merge.
        created_version: Version that made it.
        removed_version: Version that removed it; 0 while it lives.
    """

    id: str
    kind: str
    parent_id: str
    name: str
    position: int
    body: dict[str, Any]
    physical: str = ""
    origin: str = ""
    origin_body: dict[str, Any] | None = None
    created_version: int = 0
    removed_version: int = 0

    @property
    def is_live(self) -> bool:
        """Whether it counts: a removed item is only kept to be restored."""
        return not self.removed_version


@dataclass(frozen=True, eq=False)
class State:
    """Everything a tenant has declared at one version, living and removed.

    Attributes:
        tenant_id: UUID text of the tenant.
        slug: The tenant's name in URLs; names its schema.
        version: Version of the metadata.
        items: Every item that was not purged, by id.
    """

    tenant_id: str
    slug: str
    version: int
    items: Mapping[str, Item]

    @cached_property
    def _children(self) -> dict[str, list[Item]]:
        children: dict[str, list[Item]] = {}
        for item in self.items.values():
            if not item.removed_version:
                children.setdefault(item.parent_id, []).append(item)
        for siblings in children.values():
            siblings.sort(key=_order)
        return children

    @cached_property
    def places(self) -> Mapping[tuple[str, str, str], str]:
        """Ids of the living items by parent's id, kind and name."""
        return {(item.parent_id, item.kind, item.name): item.id for item in self.items.values() if item.is_live}

    @cached_property
    def values(self) -> dict[str, Any]:
        """Room for what is computed of single top-level items and their descendants, by id; kept while they stay."""
        return {}

    def live(self) -> Iterator[Item]:
        """Living items, parents before their children, by kind and then in order of display within a parent."""
        stack = list(reversed(self._children.get("", ())))
        while stack:
            item = stack.pop()
            yield item
            stack.extend(reversed(self._children.get(item.id, ())))

    def removed(self) -> Iterator[Item]:
        """Items kept only to be restored, oldest removal first."""
        return iter(
            sorted((item for item in self.items.values() if item.removed_version), key=lambda i: i.removed_version)
        )

    def children(self, item_id: str = "", kind: str = "") -> list[Item]:
        """Living items of a parent (of the tenant itself without one), in order of display."""
        return [item for item in self._children.get(item_id, ()) if not kind or item.kind == kind]

    def descendants(self, item_id: str) -> Iterator[Item]:
        """Living items under a parent at any depth, parents first."""
        for child in self._children.get(item_id, ()):
            yield child
            yield from self.descendants(child.id)

    def parent_path(self, item: Item) -> str:
        """Dotted names of the items it belongs to, outermost first."""
        if not item.parent_id:
            return ""
        parent = self.items[item.parent_id]
        return f"{self.parent_path(parent)}.{parent.name}" if parent.parent_id else parent.name

    def depth(self, item: Item) -> int:
        """How many items it stands under."""
        return 1 + self.depth(self.items[item.parent_id]) if item.parent_id else 0

    def key(self, item: Item) -> Key:
        """How people name it."""
        return Key(item.kind, self.parent_path(item), item.name)

    def find(self, key: Key) -> Item | None:
        """The living item of that name."""
        return next((item for item in self._named(key) if item.is_live), None)

    def keys(self) -> Iterable[Key]:
        """The names of all living items."""
        return map(self.key, self.live())

    def find_removed(self, key: Key) -> Item | None:
        """The item of that name that was removed last."""
        removed = [item for item in self._named(key) if not item.is_live]
        return max(removed, key=lambda item: item.removed_version, default=None)

    def with_items(self, items: Mapping[str, Item]) -> State:
        """The same tenant with other items."""
        changed = State(self.tenant_id, self.slug, self.version, items)
        known = self.__dict__.get("_children")
        if known is not None:
            ids = changed_ids(self.items, items)
            changed.__dict__["_children"] = _updated(known, self.items, items, ids)
            outdated = {_top(held, item_id) for held in (self.items, items) for item_id in ids if item_id in held}
            changed.values.update((key, value) for key, value in self.values.items() if key not in outdated)
            if "places" in self.__dict__:
                changed.__dict__["places"] = _moved(self.places, self.items, items, ids)
        return changed

    def at(self, version: int) -> State:
        """The same declarations at another version."""
        moved = State(self.tenant_id, self.slug, version, self.items)
        moved.__dict__.update(
            (key, held) for key, held in self.__dict__.items() if key in ("_children", "places", "values")
        )
        return moved

    def _named(self, key: Key) -> Iterator[Item]:
        for item in self.items.values():
            if item.name == key.name and item.kind == key.kind and self.parent_path(item) == key.parent:
                yield item


def changed_ids(old: Mapping[str, Item], new: Mapping[str, Item]) -> list[str]:
    """Ids of items that are not the same value in both."""
    changed = [item_id for item_id, item in new.items() if old.get(item_id) is not item]
    if len(new) - len(old) != sum(item_id not in old for item_id in changed):
        changed += [item_id for item_id in old if item_id not in new]
    return changed


def _top(items: Mapping[str, Item], item_id: str) -> str:
    """The item without a parent that an item stands under, or itself."""
    while items[item_id].parent_id:
        item_id = items[item_id].parent_id
    return item_id


def _updated(
    children: Mapping[str, list[Item]], old: Mapping[str, Item], new: Mapping[str, Item], ids: Iterable[str]
) -> dict[str, list[Item]]:
    """The children after some items have changed; other lists are shared."""
    updated = dict(children)
    affected: dict[str, set[str]] = {}
    for item_id in ids:
        for item in (old.get(item_id), new.get(item_id)):
            if item is not None:
                affected.setdefault(item.parent_id, set()).add(item_id)
    for parent_id, ids in affected.items():
        siblings = [item for item in updated.get(parent_id, ()) if item.id not in ids]
        siblings += [new[item_id] for item_id in ids if item_id in new and new[item_id].is_live]
        updated[parent_id] = sorted(siblings, key=_order)
    return updated


def _moved(
    places: Mapping[tuple[str, str, str], str], old: Mapping[str, Item], new: Mapping[str, Item], ids: Iterable[str]
) -> Mapping[tuple[str, str, str], str]:
    """The places after some items have changed."""
    moved = dict(places)
    for item_id in ids:
        item = old.get(item_id)
        if item is not None and item.is_live:
            moved.pop((item.parent_id, item.kind, item.name), None)
    for item_id in ids:
        item = new.get(item_id)
        if item is not None and item.is_live:
            moved[item.parent_id, item.kind, item.name] = item_id
    return moved


_KIND_ORDER = {name: place for place, name in enumerate(KINDS)}


def _order(item: Item) -> tuple[int, int, str]:
    return _KIND_ORDER.get(item.kind, len(_KIND_ORDER)), item.position, item.id
