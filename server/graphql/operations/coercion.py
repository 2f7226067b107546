"""Variables: read once into values that are ready to travel to PostgreSQL, with all faults together.

A variable's *shape* is what of it changes the statement: which keys of a filter are there, which are null, which
direction an order has. Values that only fill placeholders have no part in it, so one plan serves them all.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import Any, TypeAlias

from graphql import (
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLError,
    GraphQLID,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLScalarType,
    GraphQLString,
)

from metadata.fields.base import InputError
from metadata.fields.inputs import read_text, shown
from metadata.problems import Faults, Path
from server.graphql.schema.scalars import STRUCTURAL
from server.graphql.schema.scope import DATA_INPUT

__all__ = ["Coercer", "Coercers", "shape_of"]

Coercer: TypeAlias = Callable[[Any, Path, Faults], Any]
"""(value, its path, faults) → coerced value; on a fault, notes it and gives None."""

_MAX_LIST = 5_000
_MAX_DEPTH = 60
"""Levels of objects and lists in a variable: reading, planning and compiling it recurse."""


class Coercers:
    """Coercers by type, each made once for a schema."""

    def __init__(self) -> None:
        self._made: dict[int, tuple[Any, Coercer]] = {}

    def of(self, type_: Any) -> Coercer:
        """The coercer of an input type."""
        found = self._made.get(id(type_))
        if found is None:
            found = self._made[id(type_)] = (type_, self._make(type_))
        return found[1]

    def _make(self, type_: Any) -> Coercer:
        if isinstance(type_, GraphQLNonNull):
            return self._non_null(type_)
        if isinstance(type_, GraphQLList):
            return self._list(type_)
        if isinstance(type_, GraphQLInputObjectType):
            return self._object(type_)
        if isinstance(type_, GraphQLEnumType):
            return _enum(type_)
        return _scalar(type_)

    def _non_null(self, type_: GraphQLNonNull[Any]) -> Coercer:
        inner = self.of(type_.of_type)

        def coerce(value: Any, path: Path, faults: Faults) -> Any:
            if value is None:
                faults.add("missing_value", f"Expected a value of type {type_}, got null.", path=path)
                return None
            return inner(value, path, faults)

        return coerce

    def _list(self, type_: GraphQLList[Any]) -> Coercer:
        inner = self.of(type_.of_type)

        def coerce(value: Any, path: Path, faults: Faults) -> Any:
            if value is None:
                return None
            if not isinstance(value, list):
                return [inner(value, path, faults)]
            if len(value) > _MAX_LIST:
                faults.add(
                    "list_too_long",
                    f"A list may hold {_MAX_LIST} values, got {len(value)}.",
                    path=path,
                    hint="Send several requests.",
                )
                return []
            return [inner(item, (*path, place), faults) for place, item in enumerate(value)]

        return coerce

    def _object(self, type_: GraphQLInputObjectType) -> Coercer:
        fields: dict[str, tuple[Coercer | None, Any]] = {}

        def field_coercer(name: str) -> Coercer | None:
            known = fields.get(name)
            if known is None:
                field = type_.fields.get(name)
                known = fields[name] = (self.of(field.type) if field is not None else None, field)
            return known[0]

        required = [name for name, field in type_.fields.items() if isinstance(field.type, GraphQLNonNull)]

        def coerce(value: Any, path: Path, faults: Faults) -> Any:
            if value is None:
                return None
            if len(path) > _MAX_DEPTH:
                faults.add(
                    "too_deep", f"A value nests deeper than {_MAX_DEPTH} levels.", path=path[:1], hint="Flatten it."
                )
                return None
            if not isinstance(value, dict):
                faults.add("wrong_type", f"Expected an object of type {type_.name}, got {shown(value)}.", path=path)
                return None
            coerced: dict[str, Any] = {}
            for name, item in value.items():
                read = field_coercer(name)
                if read is None:
                    faults.add(
                        "unknown_field",
                        f"Type {type_.name} has no field '{name}'.",
                        path=(*path, name),
                        hint="The schema lists its fields.",
                    )
                else:
                    coerced[name] = read(item, (*path, name), faults)
            for name in required:
                if name not in value:
                    faults.add("missing_value", f"Field '{name}' of {type_.name} is required.", path=(*path, name))
            return coerced

        return coerce


def _enum(type_: GraphQLEnumType) -> Coercer:
    values = {name: value.value for name, value in type_.values.items()}

    def coerce(value: Any, path: Path, faults: Faults) -> Any:
        if value is None:
            return None
        if not isinstance(value, str) or value not in values:
            known = ", ".join(values)
            faults.add("wrong_type", f"Expected one of {known}; got {shown(value)}.", path=path)
            return None
        return values[value]

    return coerce


def _scalar(type_: GraphQLScalarType) -> Coercer:
    parse = type_.parse_value

    def coerce(value: Any, path: Path, faults: Faults) -> Any:
        if value is None:
            return None
        try:
            return parse(value)
        except GraphQLError as error:
            faults.add("wrong_type", error.message, path=path)
        except (TypeError, ValueError, OverflowError):
            faults.add("wrong_type", f"Expected a value of type {type_.name}, got {shown(value)}.", path=path)
        return None

    def coerce_text(value: Any, path: Path, faults: Faults) -> Any:
        if type(value) is str and "\x00" not in value and value.isascii():
            return value
        if value is None:
            return None
        if type_ is GraphQLID and type(value) is int:
            return str(value)
        try:
            return read_text(value, what=f"a value of type {type_.name}")
        except InputError as error:
            faults.add("wrong_type", f"{type_.name}: {error}.", path=path)
        return None

    return coerce_text if type_ is GraphQLString or type_ is GraphQLID else coerce


def shape_of(type_: Any) -> Callable[[Any], Hashable] | None:
    """How to take the shape of a variable's coerced value; None when only its presence counts."""
    if isinstance(type_, GraphQLNonNull):
        return shape_of(type_.of_type)
    if isinstance(type_, GraphQLList):
        inner = shape_of(type_.of_type)
        if inner is None:
            return None
        return lambda value: None if value is None else tuple(map(inner, value))
    if isinstance(type_, GraphQLInputObjectType):
        return None if type_.extensions.get(DATA_INPUT) else _object_shape(type_)
    if type_ is GraphQLBoolean or (isinstance(type_, GraphQLEnumType) and type_.extensions.get(STRUCTURAL)):
        return lambda value: value
    return None


def _object_shape(type_: GraphQLInputObjectType) -> Callable[[Any], Hashable]:
    fields: dict[str, Callable[[Any], Hashable] | None] = {}

    def shape(value: Any) -> Hashable:
        if value is None:
            return None
        found: list[Hashable] = []
        for name, item in value.items():
            if name not in fields:
                fields[name] = shape_of(type_.fields[name].type)
            inner = fields[name]
            if inner is not None:
                found.append((name, inner(item)))
            else:
                found.append((name, item is None))
        return tuple(found)

    return shape


def combined_shape(parts: Iterable[Hashable]) -> Hashable:
    """The shape of several variables."""
    return tuple(parts)
