"""Scalars, and the types that every tenant shares.

A scalar's `parse_value` gives the value in the form it travels to PostgreSQL in (text for decimals, dates and
times), so that a request's variables are read once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from graphql import (
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLEnumValue,
    GraphQLError,
    GraphQLField,
    GraphQLFloat,
    GraphQLID,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInt,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLString,
    ValueNode,
)
from graphql.utilities import value_from_ast_untyped

from metadata.fields.base import InputError
from metadata.fields.inputs import BIGINT_MAX, read_decimal, read_integer, read_text
from metadata.fields.operators import WITHIN_UNITS
from metadata.fields.times import read_date, read_datetime, read_duration, read_time
from server.records.plans import Bucket, Direction

__all__ = ["SHARED_TYPES", "STRUCTURAL", "type_reference"]

STRUCTURAL = "structural"
"""Extension of enums whose value changes the statement, not just a parameter of it."""


def _scalar(name: str, description: str, read: Callable[[Any], Any]) -> GraphQLScalarType:
    def parse(value: Any) -> Any:
        try:
            return read(value)
        except InputError as error:
            raise GraphQLError(f"{name}: {error}.") from None

    def parse_literal(node: ValueNode, variables: dict[str, Any] | None = None) -> Any:
        return parse(value_from_ast_untyped(node, variables))

    return GraphQLScalarType(
        name, description=description, serialize=lambda value: value, parse_value=parse, parse_literal=parse_literal
    )


def _bare_text(value: Any) -> Any:
    return value


_SCALARS = (
    _scalar("Decimal", 'Exact decimal number, as text: `"12.50"`.', lambda value: f"{read_decimal(value):f}"),
    _scalar("BigInt", "Whole number of up to 64 bits, as text.", lambda value: read_integer(value, most=BIGINT_MAX)),
    _scalar("Date", "Calendar day: `2026-01-31`.", read_date),
    _scalar("DateTime", "Instant with its offset: `2026-01-31T09:30:00+08:00`.", read_datetime),
    _scalar("Time", "Time of day: `09:30`.", read_time),
    _scalar("Duration", "Length of time in ISO 8601: `PT2H30M`.", read_duration),
    _scalar("JSON", "Any JSON value.", _bare_text),
    _scalar("Upload", "A file of a multipart request.", _bare_text),
)


def _plain_string(value: Any) -> str:
    if not isinstance(value, str):
        raise GraphQLError(f"String cannot represent a non string value: {value!r}")
    try:
        return read_text(value)
    except InputError as error:
        raise GraphQLError(f"String: {error}.") from None


def _object(name: str, description: str, fields: Mapping[str, str]) -> GraphQLObjectType:
    return GraphQLObjectType(
        name,
        lambda: {field: GraphQLField(type_reference(text, SHARED_TYPES.__getitem__)) for field, text in fields.items()},
        description=description,
    )


_DIRECTION = GraphQLEnumType(
    "OrderDirection",
    {
        direction.name: GraphQLEnumValue(direction, description=help_text)
        for direction, help_text in (
            (Direction.ASC, "Smallest first, missing values last."),
            (Direction.DESC, "Greatest first, missing values first."),
            (Direction.ASC_NULLS_FIRST, "Smallest first, missing values first."),
            (Direction.ASC_NULLS_LAST, "Smallest first, missing values last."),
            (Direction.DESC_NULLS_FIRST, "Greatest first, missing values first."),
            (Direction.DESC_NULLS_LAST, "Greatest first, missing values last."),
        )
    },
    extensions={STRUCTURAL: True},
)

_GROUPING = GraphQLEnumType(
    "Grouping",
    {
        "VALUE": GraphQLEnumValue("value", description="Each value is a group."),
        **{
            bucket.name: GraphQLEnumValue(bucket, description=f"Dates by {bucket.name.lower()}, in the tenant's zone.")
            for bucket in Bucket
        },
    },
    extensions={STRUCTURAL: True},
)

_OBJECTS = (
    _object(
        "PageInfo",
        "Where a page stands in its list.",
        {
            "hasNextPage": "Boolean!",
            "hasPreviousPage": "Boolean!",
            "startCursor": "String",
            "endCursor": "String",
        },
    ),
    _object("BulkResult", "What a change of many records did.", {"count": "Int!", "ids": "[ID!]!"}),
    _object(
        "SearchHit",
        "A record that a search found.",
        {"object": "String!", "id": "ID!", "title": "String", "snippet": "String"},
    ),
    _object(
        "HistoryEntry",
        "One change of a record.",
        {
            "id": "ID!",
            "at": "DateTime!",
            "kind": "String!",
            "actor": "HistoryActor!",
            "cause": "[ID!]!",
            "requestId": "String",
            "changes": "[FieldChange!]!",
        },
    ),
    _object("HistoryActor", "Who made a change.", {"id": "ID", "kind": "String!", "name": "String!"}),
    _object("FieldChange", "One field of a change.", {"field": "String!", "before": "JSON", "after": "JSON"}),
    _object(
        "MergeResult",
        "What a merge did, or would do.",
        {"id": "ID!", "merged": "[ID!]!", "moved": "JSON!", "filled": "JSON!", "dryRun": "Boolean!"},
    ),
)

_CHANGE_ACTION = GraphQLEnumType(
    "ChangeAction",
    {
        name: GraphQLEnumValue(name.lower(), description=text)
        for name, text in {
            "CREATE": "It is new.",
            "UPDATE": "Some of its values changed.",
            "DELETE": "It was deleted, and can be restored.",
            "RESTORE": "It was restored.",
            "MERGE": "It was merged into another record, and deleted.",
            "DESTROY": "It was removed for good.",
        }.items()
    },
    description="What happened to a record.",
)

_TIME_UNIT = GraphQLEnumType(
    "TimeUnit", {unit.upper(): GraphQLEnumValue(unit) for unit in WITHIN_UNITS}, extensions={STRUCTURAL: True}
)


def _input(name: str, description: str, fields: Mapping[str, str]) -> GraphQLInputObjectType:
    return GraphQLInputObjectType(
        name,
        lambda: {
            field: GraphQLInputField(type_reference(text, SHARED_TYPES.__getitem__)) for field, text in fields.items()
        },
        description=description,
    )


_INPUTS = (
    _input(
        "WithinInput",
        "The last or the next so many units, counted from now.",
        {"last": "Int", "next": "Int", "unit": "TimeUnit!"},
    ),
    _input("NearInput", "A place and a distance.", {"lat": "Float!", "lng": "Float!", "km": "Float!"}),
)

SHARED_TYPES: dict[str, GraphQLNamedType] = {
    type_.name: type_
    for type_ in (
        GraphQLInt,
        GraphQLFloat,
        GraphQLString,
        GraphQLBoolean,
        GraphQLID,
        *_SCALARS,
        _DIRECTION,
        _GROUPING,
        _TIME_UNIT,
        _CHANGE_ACTION,
        *_INPUTS,
        *_OBJECTS,
    )
}
"""Named types that are equal in every tenant's schema."""


def type_reference(text: str, look_up: Callable[[str], Any]) -> Any:
    """A type from its GraphQL spelling: `[Decimal!]!`."""
    if text.endswith("!"):
        return GraphQLNonNull(type_reference(text[:-1], look_up))
    if text.startswith("["):
        return GraphQLList(type_reference(text[1:-1], look_up))
    return look_up(text)
