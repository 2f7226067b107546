"""A state as a TenantModel, and physical names for what has none yet."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import msgspec

from metadata.changes.history import ItemNote, touched_objects
from metadata.changes.names import SEARCH_COLUMN
from metadata.changes.state import Item, State
from metadata.fields import FIELD_TYPES
from metadata.model.kinds import KINDS, top_kinds
from metadata.model.organisation import SYSTEM_OBJECTS
from metadata.model.resolve import default_column, default_index, resolve, resolve_changed
from metadata.model.settings import TenantSettings
from metadata.model.system import SYSTEM_FIELDS
from metadata.model.tenant import TenantModel
from metadata.model.values import Field, ObjectType

__all__ = ["allocate", "declared", "field_value", "model_after", "model_of", "settings_of"]


def model_of(state: State) -> TenantModel:
    """Resolve a state. Faults stay in the model, for `check_model` to find."""
    return resolve(
        declared(state),
        tenant_id=state.tenant_id,
        slug=state.slug,
        version=state.version,
        settings=settings_of(state),
        physical=None,
        **{kind.collection: _values(state, kind.name) for kind in top_kinds() if kind.name != "object"},
    )


def model_after(state: State, before: TenantModel, changes: Iterable[ItemNote]) -> TenantModel:
    """The same, where the model before some changes is known: what they do not reach is taken from it.

    Args:
        state: What is declared now.
        before: Of the state before, without faults.
        changes: Everything that happened since.
    """
    names = touched_objects(changes)
    touched = [item for item in state.children(kind="object") if item.name in (names or ())]
    if names is None or len(touched) != len(names):
        return model_of(state)
    changed = resolve_changed(before, _read(state, touched))
    return model_of(state) if changed is None else _with_objects(before, changed, state.version)


def _with_objects(before: TenantModel, changed: Mapping[str, ObjectType], version: int) -> TenantModel:
    objects = {**before.objects, **changed}
    return replace(
        before,
        version=version,
        objects=objects,
        object_by_plural={found.plural: name for name, found in objects.items()},
    )


def settings_of(state: State) -> TenantSettings:
    """The tenant's settings."""
    for item in state.children(kind="settings"):
        return msgspec.convert(item.body, TenantSettings)
    return TenantSettings()


def declared(state: State) -> tuple[ObjectType, ...]:
    """The declared object types with their physical names, not yet resolved."""
    return _values(state, "object")


def field_value(item: Item) -> Field:
    """A field's item as a value, with the settings of its type and its column."""
    field = msgspec.convert({**item.body, "name": item.name, "origin": item.origin, "column": item.physical}, Field)
    settings = msgspec.convert(field.settings or {}, FIELD_TYPES[field.type].settings)
    return msgspec.structs.replace(field, settings=settings)


def _values(state: State, kind: str) -> tuple[Any, ...]:
    """The items of a kind of the tenant itself, in order of display; those that did not change are not read again."""
    return _read(state, state.children(kind=kind))


def _read(state: State, items: Sequence[Item]) -> tuple[Any, ...]:
    values = state.values
    for item in items:
        if item.id not in values:
            values[item.id] = _value(state, item)
    return tuple(values[item.id] for item in items)


def _value(state: State, item: Item) -> Any:
    if item.kind == "field":
        return field_value(item)
    kind = KINDS[item.kind]
    own = {**item.body, kind.identifier: item.name, "origin": item.origin}
    if item.physical:
        own["table" if item.kind == "object" else "index"] = item.physical
    if kind.variant:
        own["settings"] = msgspec.convert(own.get("settings") or {}, kind.settings_class(own))
    value = msgspec.convert(own, kind.value)
    children: dict[str, list[Any]] = {collection: [] for collection in kind.children}
    for child in state.children(item.id):
        children[KINDS[child.kind].collection].append(_value(state, child))
    return msgspec.structs.replace(value, **{name: tuple(held) for name, held in children.items()})


def allocate(state: State) -> State:
    """Give tables, columns and indexes to living items that store something and have none.

    Names in use, also by what was only removed, are passed over with a number: `birthday_2`.
    """
    nameless = [item for item in state.items.values() if not item.physical and item.is_live and _is_stored(item)]
    if not nameless:
        return state
    items = dict(state.items)
    provided = {found.name: found for found in SYSTEM_OBJECTS}
    tables = set(provided)
    tables |= {item.physical for item in items.values() if item.kind == "object"}
    indexes = {item.physical for item in items.values() if item.kind in ("unique", "index")}
    columns = _columns_by_object(state, {item.parent_id for item in nameless})
    for item in sorted(nameless, key=lambda item: (bool(item.parent_id), item.position)):
        owner = items.get(item.parent_id)
        if owner is None:
            name = item.name if item.name in provided else _free(item.name, lambda name: name in tables)
            tables.add(name)
        elif item.kind == "field":
            own = _provided_columns(provided.get(owner.name))
            taken = columns.setdefault(owner.id, set(_SYSTEM_COLUMNS)).union(*own.values())
            taken -= set(own.get(item.name, ()))
            name = _new_column(owner.physical, item, taken)
            taken = columns[owner.id]
            taken.update(_stored_names(item, name))
        else:
            name = _free(default_index(owner.physical, item.name), lambda other: other in indexes)
            indexes.add(name)
        if name:
            items[item.id] = msgspec.structs.replace(item, physical=name)
    return state.with_items(items)


_STORED = frozenset({"object", "field", "unique", "index"})
"""Kinds of items that have a table, columns or an index."""


def _is_stored(item: Item) -> bool:
    field_type = FIELD_TYPES.get(item.body.get("type", "")) if item.kind == "field" else None
    return item.kind in _STORED and (field_type is None or not field_type.computed)


_SYSTEM_COLUMNS = frozenset({SEARCH_COLUMN, "tenant_id", *(field.column for field in SYSTEM_FIELDS)})


def _provided_columns(found: ObjectType | None) -> dict[str, tuple[str, ...]]:
    """Columns of the fields that a system object has by itself, by field; a declared field of that name is the same."""
    if found is None:
        return {}
    bases = {field.name: default_column(found.table, field) for field in found.fields}
    return {
        field.name: tuple(
            f"{bases[field.name]}_{column.suffix}" if column.suffix else bases[field.name]
            for column in FIELD_TYPES[field.type].columns(field)
        )
        for field in found.fields
    }


def _columns_by_object(state: State, owners: Collection[str]) -> dict[str, set[str]]:
    """Columns in use by object item, also by removed fields."""
    columns: dict[str, set[str]] = {}
    for item in state.items.values():
        if item.kind == "field" and item.parent_id in owners:
            columns.setdefault(item.parent_id, set(_SYSTEM_COLUMNS)).update(_stored_names(item, item.physical))
    return columns


def _new_column(table: str, item: Item, taken: set[str]) -> str:
    base = default_column(table, msgspec.structs.replace(field_value(item), column=""))
    return _free(base, lambda name: not taken.isdisjoint(_stored_names(item, name))) if base else ""


def _stored_names(item: Item, base: str) -> Iterator[str]:
    """The columns that a field would have, with the base name itself, which indexes are named after."""
    if base:
        yield base
        field_type = FIELD_TYPES.get(item.body.get("type", ""))
        if field_type is not None:
            for column in field_type.columns(field_value(item)):
                yield f"{base}_{column.suffix}" if column.suffix else base


def _free(base: str, is_taken: Callable[[str], bool]) -> str:
    name, number = base, 1
    while is_taken(name):
        number += 1
        name = f"{base}_{number}"
    return name
