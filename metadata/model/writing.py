"""Values → documents: what a tenant declared, in a readable order, without what the server fills in.

`read_document(write_document(model))` gives the same declarations back.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from typing import Any

import msgspec

from metadata.fields.relations import relation_of
from metadata.model.document import FORMAT, Document
from metadata.model.kinds import attributes_of, top_kinds
from metadata.model.tenant import TenantModel
from metadata.model.values import Field, ObjectType

__all__ = ["declared_objects", "is_declared", "write_document", "write_item"]


def declared_objects(model: TenantModel) -> tuple[ObjectType, ...]:
    """The object types that the tenant declared, with the fields that it declared."""
    return tuple(
        msgspec.structs.replace(
            object_type,
            fields=tuple(filter(is_declared, object_type.fields)),
            validations=tuple(one for one in object_type.validations if not one.provided),
        )
        for object_type in model
        if object_type.is_declared
    )


def write_document(source: TenantModel | Document) -> dict[str, Any]:
    """A document as mappings, lists and scalars; `metadata.model.yaml_text.dump_yaml` makes text of it."""
    written: dict[str, Any] = {"tangram": FORMAT}
    if isinstance(source, Document):
        if source.template:
            written["template"] = write_item(source.template)
        settings: Mapping[str, Any] = source.settings
    else:
        settings = write_item(source.settings)
    if settings:
        written["settings"] = {name: _plain(value) for name, value in settings.items()}
    for kind in top_kinds():
        held = getattr(source, kind.collection)
        if kind.name == "object" and isinstance(source, TenantModel):
            held = declared_objects(source)
        items = held.values() if isinstance(held, Mapping) else held
        if items:
            written[kind.collection] = [write_item(item) for item in items]
    return written


def write_item(value: msgspec.Struct) -> dict[str, Any]:
    """One value as it stands in a document: given attributes that differ from their default, in declared order."""
    written: dict[str, Any] = {}
    for name, attribute in attributes_of(type(value)).items():
        held = getattr(value, name)
        if not attribute.given or (not attribute.required and held == attribute.default):
            continue
        plain = _plain(held)
        if plain != {} or attribute.required:
            written[name] = plain
    return written


def is_declared(field: Field) -> bool:
    """Whether a document declares the field, rather than the server or the other side of a relation."""
    relation = relation_of(field)
    return not field.system and not field.provided and not (relation and relation.reversed)


def _plain(value: Any) -> Any:
    if isinstance(value, msgspec.Struct):
        return write_item(value)
    if isinstance(value, (tuple, list)):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return {name: _plain(item) for name, item in value.items()}
    return value.value if isinstance(value, enum.Enum) else value
