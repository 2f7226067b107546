"""Which item of a tenant is which item of a template: by origin, and by the name the template knows it by.

A tenant may rename what a template shipped. The template goes on speaking of the old name, so what it ships is first
said in the tenant's words (names, and wherever they are mentioned), and only then compared.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import msgspec

from metadata.changes.edits import edit
from metadata.changes.modelling import model_of
from metadata.changes.requests import Create, Rename
from metadata.changes.state import Item, Key, State
from metadata.model.kinds import KINDS, Kind
from metadata.model.writing import write_item
from metadata.packages.library import Package
from metadata.problems import Fault

__all__ = ["Joined", "Shipped", "first_keys", "join", "shipped_keys", "template_state"]


@dataclass(frozen=True, slots=True)
class Shipped:
    """One item that a template ships.

    Attributes:
        key: How the template names it.
        item: In the tenant's words.
        body: As the template has it, in its own words.
        mine: The tenant's item that came from it: living, removed, or None.
        base: Body of `mine` as the template shipped it before, in the tenant's words; None where it is not known.
    """

    key: Key
    item: Item
    body: dict[str, object]
    mine: Item | None
    base: dict[str, object] | None


@dataclass(frozen=True, slots=True)
class Joined:
    """A template beside a tenant.

    Attributes:
        shipped: What the template ships now, parents before children.
        dropped: Living items of the tenant that the template shipped before and does not any more, with their base.
        faults: Where the template's new names and the tenant's collide.
    """

    shipped: tuple[Shipped, ...]
    dropped: tuple[tuple[Item, dict[str, object]], ...]
    faults: tuple[Fault, ...]


def template_state(package: Package) -> State:
    """The declarations of a template by themselves, as items."""
    name = package.template.name
    creations = [
        Create(kind=kind.name, name=found.name, body=_without_name(write_item(found)), origin=name)
        for kind in _top_kinds()
        for found in getattr(package.document, kind.collection)
    ]
    edited = edit(State("", "template", 0, {}), creations, model_of)
    assert not edited.faults, edited.faults
    return edited.state


def shipped_keys(package: Package) -> frozenset[Key]:
    """How the template names everything that it ships."""
    found: set[Key] = set()
    for kind in _top_kinds():
        for value in getattr(package.document, kind.collection):
            found.add(Key(kind.name, "", value.name))
            for collection, below in kind.children.items():
                found.update(Key(below.name, value.name, one.name) for one in getattr(value, collection))
    return frozenset(found)


def first_keys(state: State, template: str, first_names: Mapping[str, str]) -> dict[Key, Item]:
    """The tenant's items that came from a template, by the name that the template knows them by.

    Args:
        state: The tenant's declarations; removed items count where no living one came of the same.
        template: The template.
        first_names: Name of each renamed item before its first renaming, by its id.

    Returns:
        Without the settings: a template gives a new tenant its first ones, and from then on they are the tenant's.
    """
    found: dict[Key, Item] = {}
    for item in (*state.removed(), *state.live()):
        if item.origin == template and not KINDS[item.kind].single:
            found[_first_key(state, item, first_names)] = item
    return found


def join(state: State, package: Package, first_names: Mapping[str, str]) -> Joined:
    """Lay what a template ships beside what a tenant has.

    Args:
        state: The tenant's declarations.
        package: The template, in any version.
        first_names: Name of each renamed item before its first renaming, by its id.
    """
    mine = first_keys(state, package.template.name, first_names)
    theirs = template_state(package)
    keys = {item.id: theirs.key(item) for item in theirs.live()}
    base = _base_state(state, mine, first_names)
    spoken, faults = _in_tenants_words(theirs, mine)
    spoken_base, _ = _in_tenants_words(base, mine)
    shipped = tuple(
        Shipped(keys[item.id], item, theirs.items[item.id].body, found, _body(spoken_base, found))
        for item in spoken.live()
        for found in (mine.get(keys[item.id]),)
    )
    known = set(keys.values())
    dropped = tuple(
        (item, _body(spoken_base, item) or {}) for key, item in mine.items() if item.is_live and key not in known
    )
    return Joined(shipped, dropped, faults)


def _top_kinds() -> list[Kind]:
    """The kinds that belong to the tenant itself and that templates ship items of."""
    return [kind for kind in KINDS.values() if not kind.parent and not kind.single]


def _base_state(state: State, mine: Mapping[Key, Item], first_names: Mapping[str, str]) -> State:
    """What the template shipped before, in its own words; items that it shipped into are there to hold its own."""
    items: dict[str, Item] = {}
    for item in mine.values():
        name = first_names.get(item.id, item.name)
        items[item.id] = msgspec.structs.replace(item, name=name, body=item.origin_body or item.body, removed_version=0)
    for item in list(items.values()):
        for above in _above(state, item):
            items.setdefault(above.id, msgspec.structs.replace(above, removed_version=0))
    return State(state.tenant_id, state.slug, state.version, items)


def _in_tenants_words(spoken: State, mine: Mapping[Key, Item]) -> tuple[State, tuple[Fault, ...]]:
    """A state of the template's with what the tenant renamed called as the tenant calls it."""
    renames = [
        Rename(kind=key.kind, parent=key.parent, name=key.name, to=item.name)
        for key, item in mine.items()
        if item.is_live and item.name != key.name and spoken.find(key) is not None
    ]
    # Innermost first, while their parents still have the names that they are found by.
    renames.sort(key=lambda rename: bool(rename.parent), reverse=True)
    if not renames:
        return spoken, ()
    edited = edit(spoken, renames, model_of)
    collisions = tuple(
        Fault(
            "name_taken",
            f"The template ships a {rename.kind} '{rename.to}', which is this tenant's name for its '{rename.name}'.",
            (rename.parent, rename.name) if rename.parent else (rename.name,),
            f"Rename this tenant's {rename.kind} '{rename.to}' first.",
        )
        for rename in renames
        if spoken.find(Key(rename.kind, rename.parent, rename.to)) is not None
    )
    return edited.state, collisions or edited.faults


def _first_key(state: State, item: Item, first_names: Mapping[str, str]) -> Key:
    above = ".".join(first_names.get(found.id, found.name) for found in reversed(list(_above(state, item))))
    return Key(item.kind, above, first_names.get(item.id, item.name))


def _above(state: State, item: Item) -> Iterator[Item]:
    """What an item belongs to, innermost first."""
    parent = state.items.get(item.parent_id)
    while parent is not None:
        yield parent
        parent = state.items.get(parent.parent_id)


def _body(state: State, item: Item | None) -> dict[str, object] | None:
    found = state.items.get(item.id) if item is not None else None
    return None if found is None or item is None or item.origin_body is None else found.body


def _without_name(body: dict[str, object]) -> dict[str, object]:
    return {key: value for key, value in body.items() if key != "name"}


def children_first(items: Iterable[Item]) -> list[Item]:
    """Items in an order in which each can be removed by its name: what belongs to something before that."""
    return sorted(items, key=lambda item: not item.parent_id)
