"""What can be declared, with its help: kinds, field types with their settings, functions, filter operators."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from typing import Any, Literal, get_args, get_origin

import msgspec
import strawberry
from strawberry.scalars import JSON

from metadata.expressions.functions import FUNCTIONS
from metadata.expressions.types import (
    BOOLEAN,
    DATE,
    DATETIME,
    DECIMAL,
    DURATION,
    GEO_POINT,
    ID,
    INTEGER,
    MONEY,
    TEXT,
    TIME,
    ValueType,
    list_of,
    option,
)
from metadata.fields import FIELD_TYPES
from metadata.fields.base import FieldType as FieldTypeValue
from metadata.fields.operators import operators_for
from metadata.model.kinds import KINDS, Attribute, attributes_of

__all__ = ["INTROSPECTION_QUERIES"]

_FILTERED: tuple[ValueType, ...] = (
    TEXT,
    option(),
    BOOLEAN,
    INTEGER,
    DECIMAL,
    MONEY,
    DATE,
    DATETIME,
    TIME,
    DURATION,
    ID,
    GEO_POINT,
    list_of(TEXT),
)


@strawberry.type
class AttributeHelp:
    """One attribute of a kind or of a field type's settings."""

    name: str = strawberry.field(description="As in documents; camelCase in inputs")
    type: str
    help: str
    required: bool
    given: bool = strawberry.field(description="False when the server fills it in")
    default: JSON | None
    values: list[str] | None = strawberry.field(description="The values it may have, where they are few")


@strawberry.type
class KindHelp:
    """A kind of metadata."""

    name: str
    help: str
    parent: str = strawberry.field(description="Kind that its items belong to; empty for items of the tenant")
    collection: str = strawberry.field(description="Attribute of the parent that holds them")
    attributes: list[AttributeHelp]


@strawberry.type
class FieldTypeHelp:
    """A type of field."""

    key: str
    help: str
    settings: list[AttributeHelp]
    computed: bool
    filterable: bool
    sortable: bool
    groupable: bool
    searchable: bool
    uniqueable: bool
    indexable: bool
    can_default: bool
    aggregates: list[str]
    converts_to: list[str] = strawberry.field(description="Field types that its values can be turned into")


@strawberry.type
class FunctionHelp:
    """A function of the expression language."""

    name: str
    family: str
    help: str
    usages: list[str]


@strawberry.type
class OperatorHelp:
    """A filter operator."""

    name: str
    help: str


@strawberry.type
class OperatorsHelp:
    """The filter operators of one type of value."""

    type: str
    operators: list[OperatorHelp]


def kinds() -> list[KindHelp]:
    """Kinds of metadata, parents before children."""
    return [
        KindHelp(
            name=kind.name,
            help=kind.help,
            parent=kind.parent,
            collection=kind.collection,
            attributes=_attributes(kind.attributes.values()),
        )
        for kind in KINDS.values()
    ]


def field_types() -> list[FieldTypeHelp]:
    """Types that a field can have."""
    return [_field_type(field_type) for key, field_type in FIELD_TYPES.items() if key != "id"]


def functions() -> list[FunctionHelp]:
    """Functions of the expression language."""
    return [
        FunctionHelp(name=function.name, family=function.family, help=function.help, usages=list(function.usages()))
        for function in FUNCTIONS.values()
    ]


def filter_operators() -> list[OperatorsHelp]:
    """Filter operators by type of value."""
    return [
        OperatorsHelp(
            type=str(value_type),
            operators=[OperatorHelp(name=one.name, help=one.help) for one in operators_for(value_type)],
        )
        for value_type in _FILTERED
    ]


INTROSPECTION_QUERIES = (kinds, field_types, functions, filter_operators)


def _field_type(value: FieldTypeValue) -> FieldTypeHelp:
    return FieldTypeHelp(
        key=value.key,
        help=value.help,
        settings=_attributes(attributes_of(value.settings).values()),
        computed=value.computed,
        filterable=value.filterable,
        sortable=value.sortable,
        groupable=value.groupable,
        searchable=value.searchable,
        uniqueable=value.uniqueable,
        indexable=value.indexable,
        can_default=value.can_default,
        aggregates=list(value.aggregates),
        converts_to=sorted(value.conversions),
    )


def _attributes(attributes: Iterable[Attribute]) -> list[AttributeHelp]:
    return [
        AttributeHelp(
            name=attribute.name,
            type=_type_name(attribute.type),
            help=attribute.help,
            required=attribute.required,
            given=attribute.given,
            default=JSON(msgspec.to_builtins(attribute.default)) if attribute.default is not None else None,
            values=_values(attribute.type),
        )
        for attribute in attributes
    ]


def _type_name(hint: Any) -> str:
    """An attribute's type in the words of documents."""
    arguments = [argument for argument in get_args(hint) if argument is not type(None)]
    origin = get_origin(hint)
    if origin is tuple:
        return f"list of {_type_name(arguments[0])}"
    if origin is dict:
        return "mapping"
    if origin is Literal or hint is str or (isinstance(hint, type) and issubclass(hint, enum.Enum)):
        return "text"
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return "mapping"
    if arguments:
        return " or ".join(dict.fromkeys(_type_name(argument) for argument in arguments))
    return {bool: "boolean", int: "integer"}.get(hint, "any")


def _values(hint: Any) -> list[str] | None:
    if get_origin(hint) is Literal:
        return [str(value) for value in get_args(hint)]
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return [str(member.value) for member in hint]
    return None
