"""Declarations → TenantModel: system fields and objects, the other side of relations, physical names, result types.

Resolving never fails on a fault: what cannot be resolved stays as it was declared, and `check_model` names it.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import msgspec

from metadata import naming
from metadata.fields import FIELD_TYPES
from metadata.fields.relations import RelationKind, RelationSettings, relation_of, targets_of
from metadata.model.computed import derive_types
from metadata.model.organisation import SYSTEM_OBJECTS
from metadata.model.settings import TenantSettings
from metadata.model.system import SYSTEM_FIELDS
from metadata.model.tenant import TenantModel
from metadata.model.values import Field, ObjectType

__all__ = ["PhysicalNames", "default_column", "default_index", "resolve", "resolve_changed"]

PhysicalNames = Mapping[tuple[str, str, str], str]
"""Tables, columns and indexes by (kind, parent's name, name): `("field", "customer", "store")` → `store_id`."""


def resolve(
    objects: Iterable[ObjectType],
    *,
    tenant_id: str,
    slug: str,
    version: int,
    settings: TenantSettings,
    physical: PhysicalNames | None = None,
    **declared: Iterable[Any],
) -> TenantModel:
    """Make the model of a tenant.

    Args:
        objects: Declared object types, in order of display, read by `metadata.model.reading`.
        tenant_id: UUID text.
        slug: The tenant's name in URLs.
        version: Of the metadata.
        settings: Of the tenant.
        physical: Names that were allocated, where the values do not hold them already; what is absent from both gets
            its default name.
        declared: What else belongs to the tenant itself, by collection: `roles`, `policies`, `flows` …

    Returns:
        The model; system objects that are not declared as well stand after the declared ones.
    """
    names = physical or {}
    system = {found.name: found for found in SYSTEM_OBJECTS}
    own = {found.name: _extended(system[found.name], found) if found.name in system else found for found in objects}
    resolved = {found.name: _with_storage(found, names) for found in (own | system | own).values()}
    inverses = _inverse_fields(resolved)
    resolved = {
        name: msgspec.structs.replace(found, fields=_all_fields(found.fields, inverses.get(name, ())))
        for name, found in resolved.items()
    }
    model = TenantModel(
        tenant_id=tenant_id,
        slug=slug,
        version=version,
        settings=settings,
        objects=resolved,
        object_by_type={naming.pascal(name): name for name in resolved},
        object_by_plural={found.plural: name for name, found in resolved.items()},
        policies=tuple(declared.pop("policies", ())),
        **{collection: {one.name: one for one in items} for collection, items in declared.items()},
    )
    return replace(model, objects=derive_types(model))


def resolve_changed(before: TenantModel, declared: Iterable[ObjectType]) -> Mapping[str, ObjectType] | None:
    """Resolve only what a change of some object types touches, so that it costs as much as the change is big.

    Args:
        before: The model before, without faults.
        declared: The object types that changed, as declared now, with their physical names. Names, order and number
            of all object types are as before.

    Returns:
        The object types that differ from those of `before`, by name: those of `declared`, and others that relations
        of theirs lead to. None when computed fields elsewhere may see the change, so that all has to be resolved.
    """
    order = {name: place for place, name in enumerate(before.objects)}
    changed = {found.name: _with_storage(found, {}) for found in declared}
    if any(name not in order or before.objects[name].system for name in changed):
        return None
    brought = _inverse_fields({name: changed[name] for name in sorted(changed, key=order.__getitem__)})
    left = {target for name in changed for target in _led_to(before.objects[name])}
    touched = changed.keys() | brought.keys() | left
    if not touched <= order.keys():
        return None
    found = {name: _resolved_again(before, name, changed, brought.get(name, []), order) for name in touched}
    found = {name: value for name, value in found.items() if name in changed or value != before.objects[name]}
    draft = replace(before, objects=ChainMap(found, before.objects))  # type: ignore[arg-type]
    found |= derive_types(draft, changed)
    return found if all(_keeps_types(before.objects[name], found[name]) for name in changed) else None


def _resolved_again(
    before: TenantModel,
    name: str,
    changed: Mapping[str, ObjectType],
    brought: Iterable[Field],
    order: Mapping[str, int],
) -> ObjectType:
    """An object type with the inverse fields it has now: those of relations that stay, and those `brought`."""
    known = before.objects[name]
    others = known.fields[1 : len(known.fields) - len(SYSTEM_FIELDS) + 1]
    staying = [field for field in others if _is_inverse(field) and _source(field) not in changed]
    inverses = sorted((*staying, *brought), key=lambda field: order[_source(field)])
    own = changed.get(name, known)
    fields = own.fields if name in changed else [field for field in others if not _is_inverse(field)]
    return msgspec.structs.replace(own, fields=_all_fields(fields, inverses))


def _led_to(found: ObjectType) -> Iterator[str]:
    """The object types that its relations bring inverse fields to."""
    for field in found.fields:
        relation = relation_of(field)
        if relation is not None and relation.inverse and not relation.reversed:
            yield from targets_of(relation)


def _is_inverse(field: Field) -> bool:
    return isinstance(field.settings, RelationSettings) and field.settings.reversed


def _source(inverse: Field) -> str:
    """The object type whose relation brings an inverse field along."""
    return str(inverse.settings.to)


def _keeps_types(before: ObjectType, after: ObjectType) -> bool:
    """Whether every field is still there with its type, so that expressions elsewhere mean the same."""
    fields = {field.name: field for field in after.fields}
    return before.display == after.display and all(
        field.name in fields
        and field.type == fields[field.name].type
        and field.settings == fields[field.name].settings
        and field.column == fields[field.name].column
        for field in before.fields
        if not _is_inverse(field)
    )


def default_column(table: str, field: Field) -> str:
    """The first column (or join table) of a field, when it is first made: `store_id` for the relation `store`."""
    relation = relation_of(field)
    if relation is None:
        return field.name if FIELD_TYPES[field.type].columns(field) else ""
    if relation.reversed:
        return ""
    if relation.kind is RelationKind.MANY_TO_MANY:
        return naming.physical(table, "", field.name)
    return field.name if relation.kind is RelationKind.POLYMORPHIC else f"{field.name}_id"


def default_index(table: str, name: str) -> str:
    """The PostgreSQL index of a declared unique constraint or index, when it is first made."""
    return naming.physical(table, "", name, "", "ix")


def _extended(system: ObjectType, declared: ObjectType) -> ObjectType:
    """A system object with what the tenant says of it; a field that it says more of stays where it is stored."""
    provided = {field.name: field for field in system.fields}
    said = {field.name for field in declared.fields}
    own = tuple(_refined(provided[field.name], field) if field.name in provided else field for field in declared.fields)
    others = tuple(field for field in system.fields if field.name not in said)
    fields = (*own, *others) if said & provided.keys() else (*others, *own)  # in the tenant's order, where it has one
    return msgspec.structs.replace(
        system,
        plural=declared.plural or system.plural,
        label=declared.label or system.label,
        plural_label=declared.plural_label or system.plural_label,
        description=declared.description or system.description,
        icon=declared.icon or system.icon,
        display=declared.display or system.display,
        search=declared.search or system.search,
        history=declared.history,
        fields=fields,
        uniques=declared.uniques,
        indexes=declared.indexes,
        validations=(*system.validations, *declared.validations),
        views=declared.views,
        extended=True,
        origin=declared.origin,
    )


def _refined(provided: Field, declared: Field) -> Field:
    if provided.type != declared.type:
        return declared  # `check_model` says that it cannot be
    return msgspec.structs.replace(
        declared,
        label=declared.label or provided.label,
        description=declared.description or provided.description,
        required=declared.required or provided.required,
        unique=declared.unique or provided.unique,
        settings=declared.settings or provided.settings,
        read_only=provided.read_only,
    )


def _with_storage(found: ObjectType, names: PhysicalNames) -> ObjectType:
    table = found.table or names.get(("object", "", found.name)) or found.name
    return msgspec.structs.replace(
        found,
        table=table,
        fields=tuple(_stored(field, found.name, table, names) for field in found.fields),
        uniques=tuple(_indexed(one, "unique", found.name, table, names) for one in found.uniques),
        indexes=tuple(_indexed(one, "index", found.name, table, names) for one in found.indexes),
    )


def _stored(field: Field, object_name: str, table: str, names: PhysicalNames) -> Field:
    settings = field.settings
    relation = relation_of(field)
    if relation is not None:
        settings = relation
    elif settings is None:
        settings = FIELD_TYPES[field.type].settings()
    column = field.column or names.get(("field", object_name, field.name)) or default_column(table, field)
    return msgspec.structs.replace(field, settings=settings, column=column)


def _indexed(item: Any, kind: str, object_name: str, table: str, names: PhysicalNames) -> Any:
    index = item.index or names.get((kind, object_name, item.name)) or default_index(table, item.name)
    return msgspec.structs.replace(item, index=index)


def _inverse_fields(objects: Mapping[str, ObjectType]) -> dict[str, list[Field]]:
    """The fields that relations ask for on their other side, by the name of the object they appear on."""
    inverses: dict[str, list[Field]] = {}
    for found in objects.values():
        for field in found.fields:
            relation = relation_of(field)
            if relation is None or not relation.inverse:
                continue
            for target in targets_of(relation):
                inverses.setdefault(target, []).append(_inverse(found.name, field, relation))
    return inverses


def _inverse(object_name: str, field: Field, relation: RelationSettings) -> Field:
    is_links = relation.kind is RelationKind.MANY_TO_MANY
    return Field(
        name=relation.inverse,
        type="relation",
        label=relation.inverse_label,
        settings=RelationSettings(
            to=object_name,
            many=True,
            inverse=field.name,
            inverse_label=field.label,
            on_delete=relation.on_delete,
            kind=RelationKind.MANY_TO_MANY if is_links else RelationKind.TO_MANY,
            via=field.name,
            reversed=True,
        ),
        column=field.column if is_links else "",
        origin=field.origin,
    )


def _all_fields(own: Iterable[Field], inverses: Iterable[Field]) -> tuple[Field, ...]:
    identifier, *others = SYSTEM_FIELDS
    return (identifier, *own, *inverses, *others)
