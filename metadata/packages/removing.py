"""What can go without being missed: items that hold no data and that nothing else uses."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from metadata.changes.dependents import dependents
from metadata.changes.references import Target
from metadata.changes.requests import Remove
from metadata.changes.state import Item, Key, State
from metadata.fields.relations import relation_of, targets_of
from metadata.model.tenant import TenantModel, field_of
from metadata.packages.joining import children_first

__all__ = ["Holdings", "Kept", "Removal", "removable"]


@dataclass(frozen=True, slots=True)
class Holdings:
    """What data there is.

    Attributes:
        records: Records by object name, soft-deleted ones included.
        values: Records with a value by (object name, field name).
    """

    records: Mapping[str, int]
    values: Mapping[tuple[str, str], int]


@dataclass(frozen=True, slots=True)
class Kept:
    """An item that stays, and why.

    Attributes:
        key: How people name it.
        reason: `holds_data`, `in_use`, `holds_others` or `removed_by_tenant`.
        message: One sentence.
    """

    key: Key
    reason: str
    message: str


@dataclass(frozen=True, slots=True)
class Removal:
    """What goes and what stays.

    Attributes:
        changes: Removals, children before their parents.
        kept: What stays, in order of display.
    """

    changes: tuple[Remove, ...]
    kept: tuple[Kept, ...]


def removable(state: State, model: TenantModel, candidates: Collection[Item], holdings: Holdings) -> Removal:
    """Choose from `candidates` what can go.

    Args:
        state: The tenant's declarations.
        model: The same, resolved.
        candidates: Living items that might go. An object type goes only with everything in it.
        holdings: What data the candidates hold.
    """
    going = {item.id: item for item in candidates}
    kept: dict[str, Kept] = {}
    for item in candidates:
        count = _held(state, item, holdings)
        if count:
            what = "records" if item.kind == "object" else "values"
            kept[item.id] = Kept(state.key(item), "holds_data", f"{_name(state, item)} holds {count} {what}.")
    pending = True
    while pending:
        for item_id in kept.keys() & going.keys():
            for stays in _staying_with(state, going.pop(item_id)):
                going.pop(stays.id, None)
        found = list(_missed(state, model, going))
        kept.update((item.id, why) for item, why in found)
        pending = bool(found)
    order = {item.id: place for place, item in enumerate(state.live())}
    return Removal(
        tuple(_remove(state, item) for item in children_first(_outermost(going))),
        tuple(kept[item_id] for item_id in sorted(kept, key=lambda item_id: order[item_id])),
    )


def _held(state: State, item: Item, holdings: Holdings) -> int:
    if item.kind == "object":
        return holdings.records.get(item.name, 0)
    return holdings.values.get((state.parent_path(item), item.name), 0) if item.kind == "field" else 0


def _staying_with(state: State, item: Item) -> Iterator[Item]:
    """What stays because an object type does: the ways to look at its records, and the rules that they meet."""
    if item.kind == "object":
        yield from (child for child in state.children(item.id) if child.kind != "field")


def _missed(state: State, model: TenantModel, going: Mapping[str, Item]) -> Iterator[tuple[Item, Kept]]:
    """Items that somebody would miss who stays."""
    for item in going.values():
        for child in state.children(item.id):
            if child.id not in going:
                text = f"{_name(state, item)} holds {child.kind} '{child.name}', which stays."
                yield item, Kept(state.key(item), "holds_others", text)
                break
    targets = {target: item for item in going.values() for target in _targets(state, model, item)}
    missed: set[str] = set()
    for dependent in dependents(state, model, targets.keys()):
        owner = targets[dependent.target]
        if (
            dependent.item_id not in going
            and not _lies_within(state, dependent.item_id, going)
            and owner.id not in missed
        ):
            missed.add(owner.id)
            text = f"{_name(state, owner)} is used by {dependent}."
            yield owner, Kept(state.key(owner), "in_use", text)


def _lies_within(state: State, item_id: str, going: Mapping[str, Item]) -> bool:
    parent_id = state.items[item_id].parent_id
    return bool(parent_id) and parent_id in going


def _targets(state: State, model: TenantModel, item: Item) -> Iterator[Target]:
    """What others may name of an item: an object type, a field, the field on the other side of a relation."""
    if item.kind == "object":
        yield Target(item.name)
    elif item.kind == "field":
        object_name = state.parent_path(item)
        yield Target(object_name, item.name)
        field = field_of(model.object(object_name), item.name)
        relation = relation_of(field) if field is not None else None
        if relation is not None and relation.inverse:
            for name in targets_of(relation):
                yield Target(name, relation.inverse)


def _outermost(going: Mapping[str, Item]) -> Iterable[Item]:
    return [item for item in going.values() if item.parent_id not in going]


def _remove(state: State, item: Item) -> Remove:
    key = state.key(item)
    return Remove(kind=key.kind, parent=key.parent, name=key.name)


def _name(state: State, item: Item) -> str:
    text = str(state.key(item))
    return text[:1].upper() + text[1:]
