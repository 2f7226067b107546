"""Links to other records: to one, to one of several types, to many, and to the system's users and departments."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from typing import Annotated, Any, Literal

import msgspec

from metadata.expressions.types import ID, ValueType, list_of, record
from metadata.fields.base import Column, FieldType, InputError, Output, Problem, Reading, Settings
from metadata.fields.inputs import read_uuid, shown
from metadata.model.tenant import TenantModel
from metadata.model.values import About, Field, Labels, ObjectType

__all__ = [
    "DEPARTMENT",
    "RECORD_ID",
    "RELATION",
    "USER",
    "DepartmentSettings",
    "RelationKind",
    "RelationSettings",
    "UserSettings",
    "relation_kind",
    "relation_of",
    "targets_of",
]


class RelationKind(enum.Enum):
    """Which side stores a relation, and how many records it leads to."""

    TO_ONE = "to_one"
    """One record; its id is stored in a column."""
    TO_MANY = "to_many"
    """The records whose field `via` leads here: the other side of TO_ONE and POLYMORPHIC."""
    MANY_TO_MANY = "many_to_many"
    """Many records on both sides, in a join table of `source_id` and `target_id`; `reversed` on the target's side."""
    POLYMORPHIC = "polymorphic"
    """One record of one of several object types; table name and id are stored."""


class RelationSettings(Settings, frozen=True):
    """Settings of `relation`. The attributes the server fills in make the other side a field like any other."""

    to: Annotated[str, About("Object type it leads to")] = ""
    targets: Annotated[tuple[str, ...], About("Object types a polymorphic relation leads to, instead of `to`")] = ()
    many: Annotated[bool, About("Many-to-many: a list on both sides")] = False
    inverse: Annotated[str, About("Name of the field that appears on the other side; empty for none")] = ""
    inverse_label: Annotated[Labels, About("Label of that field, by language")] = msgspec.field(default_factory=dict)
    on_delete: Annotated[
        Literal["restrict", "clear", "cascade"],
        About("When the record it leads to is deleted: refuse, clear this field, or delete this record too"),
    ] = "restrict"
    kind: Annotated[RelationKind | None, About("Which side stores it, and how many", given=False)] = None
    via: Annotated[str, About("Field of the object it leads to that stores it, on the other side", given=False)] = ""
    reversed: Annotated[bool, About("Whether this is the other side", given=False)] = False


class UserSettings(RelationSettings, frozen=True):
    """Settings of `user`."""

    to: Annotated[str, About("Always `user`", given=False)] = "user"
    targets: Annotated[tuple[str, ...], About("Always empty", given=False)] = ()
    many: Annotated[bool, About("Always false", given=False)] = False
    kind: Annotated[RelationKind | None, About("Always to_one", given=False)] = RelationKind.TO_ONE


class DepartmentSettings(RelationSettings, frozen=True):
    """Settings of `department`."""

    to: Annotated[str, About("Always `department`", given=False)] = "department"
    targets: Annotated[tuple[str, ...], About("Always empty", given=False)] = ()
    many: Annotated[bool, About("Always false", given=False)] = False
    kind: Annotated[RelationKind | None, About("Always to_one", given=False)] = RelationKind.TO_ONE


def relation_of(field: Field) -> RelationSettings | None:
    """The settings of a field that leads to records, with their kind; None for other fields."""
    settings = field.settings
    if not isinstance(settings, RelationSettings):
        return None
    return settings if settings.kind else msgspec.structs.replace(settings, kind=relation_kind(settings))


def relation_kind(settings: RelationSettings) -> RelationKind:
    """The kind of a relation, also before the server has filled it in."""
    if settings.kind is not None:
        return settings.kind
    if settings.targets:
        return RelationKind.POLYMORPHIC
    return RelationKind.MANY_TO_MANY if settings.many else RelationKind.TO_ONE


def targets_of(settings: RelationSettings) -> tuple[str, ...]:
    """Names of the object types that a relation leads to."""
    return settings.targets or ((settings.to,) if settings.to else ())


def _columns(field: Field) -> tuple[Column, ...]:
    kind = relation_kind(field.settings)
    if kind is RelationKind.TO_ONE:
        return (Column("", "uuid"),)
    if kind is RelationKind.POLYMORPHIC:
        return (Column("type", "text"), Column("id", "uuid"))
    return ()


def _value_type(field: Field, _model: TenantModel) -> ValueType:
    kind = relation_kind(field.settings)
    if kind is RelationKind.TO_ONE:
        return record(field.settings.to)
    return ID if kind is RelationKind.POLYMORPHIC else list_of(record(field.settings.to))


def _read(value: Any, field: Field, reading: Reading) -> tuple[Any, ...]:
    kind = relation_kind(field.settings)
    if kind is RelationKind.POLYMORPHIC:
        return _read_polymorphic(value, field.settings.targets, reading)
    if kind is RelationKind.TO_ONE:
        return (read_uuid(value, what=f"the id of a {field.settings.to}"),)
    raise InputError("expected nested input such as {connect: [{id: …}]}")


def _read_polymorphic(value: Any, targets: tuple[str, ...], reading: Reading) -> tuple[Any, ...]:
    if not isinstance(value, dict) or set(value) != {"type", "id"}:
        raise InputError(f"expected {{type, id}} with a type of {', '.join(targets)}, got {shown(value)}")
    name = value["type"]
    name = name.lower() if isinstance(name, str) else name
    if name not in targets:
        raise InputError(f"expected a type of {', '.join(targets)}, got {shown(value['type'])}")
    return reading.model.object(name).table, read_uuid(value["id"], what=f"the id of a {name}")


def _check(field: Field, _object: ObjectType, model: TenantModel) -> Iterable[Problem]:
    settings: RelationSettings = field.settings
    yield from _check_shape(field, settings)
    for name in targets_of(settings):
        if name not in model.objects:
            known = ", ".join(model.objects)
            place = "settings.targets" if settings.targets else "settings.to"
            text = f"There is no object type '{name}'."
            yield Problem(place, text, f"Known object types: {known}.", "unknown_object")
    if len(set(settings.targets)) != len(settings.targets):
        yield Problem("settings.targets", "An object type stands twice in targets.", "Remove one.")


def _check_shape(field: Field, settings: RelationSettings) -> Iterable[Problem]:
    if not settings.to and not settings.targets:
        hint = "Name an object type in `to`, or several in `targets`."
        yield Problem("settings.to", "It does not say which object type it leads to.", hint)
    if settings.to and settings.targets:
        yield Problem("settings.targets", "A relation has either `to` or `targets`.", "Remove one of them.")
    if settings.many and settings.targets:
        yield Problem("settings.many", "A relation with targets is to one record.", "Remove `many`.")
    if settings.many and field.required:
        hint = "Check it by a validation rule that counts."
        yield Problem("required", "A many-to-many relation cannot be required.", hint)
    if settings.many and (field.unique or field.indexed):
        hint = "Remove unique and indexed; its join table is indexed both ways."
        yield Problem("unique", "A many-to-many relation is not stored in a column.", hint)
    if settings.targets and field.unique:
        hint = "Declare a unique constraint over the fields that belong together."
        yield Problem("unique", "A relation with targets cannot be unique.", hint)
    if settings.many and settings.on_delete != "restrict":
        hint = "Remove `on_delete`: links end with either record."
        yield Problem("settings.on_delete", "A many-to-many relation stores nothing to restrict or clear.", hint)
    if settings.on_delete == "clear" and field.required:
        hint = "Use restrict or cascade, or drop `required`."
        yield Problem("settings.on_delete", "A required relation cannot be cleared.", hint)


RELATION = FieldType(
    key="relation",
    help="A link to records of another object type",
    columns=_columns,
    value_type=_value_type,
    output=Output.RELATION,
    settings=RelationSettings,
    read=_read,
    check=_check,
    can_default=False,
)

USER = FieldType(
    key="user",
    help="A link to an account",
    columns=_columns,
    value_type=_value_type,
    output=Output.RELATION,
    settings=UserSettings,
    read=_read,
    check=_check,
)

DEPARTMENT = FieldType(
    key="department",
    help="A link to a department",
    columns=_columns,
    value_type=_value_type,
    output=Output.RELATION,
    settings=DepartmentSettings,
    read=_read,
    check=_check,
)

RECORD_ID = FieldType(
    key="id",
    help="The record's id, a UUID of version 7",
    columns=lambda _field: (Column("", "uuid"),),
    value_type=lambda _field, _model: ID,
    scalar="ID",
    read=lambda value, _field, _reading: (read_uuid(value, what="a record's id"),),
    declarable=False,
    read_only=True,
    can_default=False,
)
