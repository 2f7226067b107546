"""Object types as somebody without the right to configure them is told of them: what exists for them, and no rules.

A description of an object type would otherwise name what the schema hides: fields, the fields behind a formula, or what
a validation rule looks at.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from metadata.expressions.text import parse
from metadata.fields import FIELD_TYPES
from metadata.fields.computed import ComputedSettings
from metadata.fields.relations import RelationSettings, targets_of
from metadata.model.computed import fields_used
from metadata.model.tenant import TenantModel, field_of
from metadata.model.values import Field, ObjectType, View
from server.access.plan import AccessPlan, FieldRight
from server.access.visibility import Visibility

__all__ = ["narrowed_objects"]


def narrowed_objects(model: TenantModel, access: AccessPlan) -> Iterator[ObjectType]:
    """The object types that exist for an actor, with the fields and views that do; all of them for who configures."""
    if access.rights is None or access.may_configure_kind("object"):
        yield from model
        return
    visibility = Visibility(model, access)
    for object_type in model:
        if visibility.readable(object_type.name):
            yield _narrowed(object_type, model, access, visibility)


def _narrowed(object_type: ObjectType, model: TenantModel, access: AccessPlan, visibility: Visibility) -> ObjectType:
    def is_usable(name: str) -> bool:
        return all(
            visibility.usable(model.object(owner), field)
            for owner, step in fields_used(model, object_type.name, parse(name))
            if (field := field_of(model.object(owner), step)) is not None
        )

    def is_told(view: View) -> bool:
        named = (*view.columns, *(term.removeprefix("-") for term in view.order), view.filter, view.group_by)
        return all(is_usable(text) for text in named if text)

    fields = tuple(
        _told(object_type, field, visibility)
        for field in object_type.fields
        if visibility.field(object_type, field) is not FieldRight.NONE
        or (access.may_write(object_type.name, field.name) and _takes_values(field))
    )
    names = {field.name for field in fields}
    return msgspec.structs.replace(
        object_type,
        fields=fields,
        display=object_type.display if object_type.display in names else "",
        search=tuple(name for name in object_type.search if name in names and is_usable(name)),
        uniques=tuple(one for one in object_type.uniques if not one.where and all(map(is_usable, one.fields))),
        views=tuple(filter(is_told, object_type.views)),
        indexes=(),
        validations=(),
    )


def _takes_values(field: Field) -> bool:
    return not (field.system or FIELD_TYPES[field.type].read_only or isinstance(field.settings, RelationSettings))


def _told(object_type: ObjectType, field: Field, visibility: Visibility) -> Field:
    """A field without what its settings tell of others."""
    settings = field.settings
    if isinstance(settings, ComputedSettings) and not visibility.computable(object_type, field):
        return msgspec.structs.replace(field, settings=type(settings)(type=settings.type))
    if isinstance(settings, RelationSettings) and len(targets_of(settings)) > 1:
        return msgspec.structs.replace(
            field, settings=msgspec.structs.replace(settings, targets=visibility.targets(field))
        )
    return field
