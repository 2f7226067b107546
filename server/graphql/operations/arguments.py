"""Argument values: what stands in the document and what variables hold, as one structure.

Objects become dicts and lists of objects become lists; every scalar, enum, or list of them becomes a `Leaf`, which
knows the present value and how to take it from another request's variables.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from graphql import (
    BooleanValueNode,
    FieldNode,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    ListValueNode,
    NullValueNode,
    ObjectValueNode,
    ValueNode,
    VariableNode,
)
from graphql.utilities import value_from_ast

__all__ = ["MISSING", "Given", "Leaf", "arguments_of", "included", "reader_of"]

Variables: TypeAlias = Mapping[str, Any]


class _Missing:
    """Nothing was given; differs from null."""


MISSING = _Missing()


@dataclass(frozen=True, slots=True)
class Leaf:
    """A value that needs no further walking.

    Attributes:
        value: In the present request.
        take: From any request's variables.
        path: Where it stands in the arguments, for faults.
    """

    value: Any
    take: Callable[[Variables], Any]
    path: tuple[str | int, ...]


Given: TypeAlias = "Leaf | dict[str, Any] | list[Any] | _Missing | None"
"""An argument's value: null, missing, a leaf, or a structure of them."""


def arguments_of(node: FieldNode, types: Mapping[str, Any], variables: Variables) -> dict[str, Given]:
    """The given arguments of a field; those not given are left out."""
    found: dict[str, Given] = {}
    for argument in node.arguments or ():
        name = argument.name.value
        value = _resolve(argument.value, types[name], variables, (name,))
        if value is not MISSING:
            found[name] = value
    return found


def reader_of(node: FieldNode, types: Mapping[str, Any]) -> Callable[[Variables], dict[str, Any]]:
    """Reads the plain values of a field's given arguments from any request's variables; the document is walked once."""
    return _object_reader([(one.name.value, _reader(one.value, types[one.name.value])) for one in node.arguments or ()])


def _reader(node: ValueNode, type_: Any) -> Callable[[Variables], Any]:
    """Gives a value, or MISSING for a variable that was not given. What holds no variable is the same value always."""
    while isinstance(type_, GraphQLNonNull):
        type_ = type_.of_type
    if isinstance(node, VariableNode):
        name = node.name.value
        return lambda variables: variables.get(name, MISSING)
    if isinstance(node, ObjectValueNode) and isinstance(type_, GraphQLInputObjectType):
        return _object_reader([(f.name.value, _reader(f.value, type_.fields[f.name.value].type)) for f in node.fields])
    if isinstance(type_, GraphQLList) and not isinstance(node, NullValueNode):
        nodes = node.values if isinstance(node, ListValueNode) else (node,)
        return _list_reader([_reader(item, type_.of_type) for item in nodes], keeps_missing=not _is_structure(type_))
    value = None if isinstance(node, NullValueNode) else value_from_ast(node, type_)
    return lambda _: value


def _object_reader(readers: list[tuple[str, Callable[[Variables], Any]]]) -> Callable[[Variables], dict[str, Any]]:
    def read(variables: Variables) -> dict[str, Any]:
        found = {}
        for name, take in readers:
            value = take(variables)
            if value is not MISSING:
                found[name] = value
        return found

    return read


def _list_reader(readers: list[Callable[[Variables], Any]], *, keeps_missing: bool) -> Callable[[Variables], Any]:
    def read(variables: Variables) -> list[Any]:
        values = [take(variables) for take in readers]
        if keeps_missing:
            return [None if value is MISSING else value for value in values]
        return [value for value in values if value is not MISSING]

    return read


def _resolve(node: ValueNode, type_: Any, variables: Variables, path: tuple[str | int, ...]) -> Given:
    if isinstance(type_, GraphQLNonNull):
        return _resolve(node, type_.of_type, variables, path)
    if isinstance(node, VariableNode):
        name = node.name.value
        if name not in variables:
            return MISSING
        return _walk(variables[name], type_, lambda values: values.get(name), path)
    if isinstance(node, NullValueNode):
        return None
    if isinstance(type_, GraphQLInputObjectType):
        assert isinstance(node, ObjectValueNode)
        found: dict[str, Any] = {}
        for field in node.fields:
            name = field.name.value
            value = _resolve(field.value, type_.fields[name].type, variables, (*path, name))
            if value is not MISSING:
                found[name] = value
        return found
    if isinstance(type_, GraphQLList):
        return _resolve_list(node, type_, variables, path)
    value = value_from_ast(node, type_)
    return Leaf(value, lambda _: value, path)


def _resolve_list(node: ValueNode, type_: GraphQLList[Any], variables: Variables, path: tuple[str | int, ...]) -> Given:
    nodes = node.values if isinstance(node, ListValueNode) else (node,)
    items = [_resolve(item, type_.of_type, variables, (*path, place)) for place, item in enumerate(nodes)]
    if _is_structure(type_):
        return [item for item in items if item is not MISSING]
    takes = [item.take if isinstance(item, Leaf) else (lambda _: None) for item in items]
    return Leaf(
        [item.value if isinstance(item, Leaf) else None for item in items],
        lambda values: [take(values) for take in takes],
        path,
    )


def _walk(value: Any, type_: Any, take: Callable[[Variables], Any], path: tuple[str | int, ...]) -> Given:
    """A coerced variable's value, taken apart as far as its type is a structure."""
    if isinstance(type_, GraphQLNonNull):
        return _walk(value, type_.of_type, take, path)
    if value is None:
        return None
    if isinstance(type_, GraphQLInputObjectType):
        return {
            name: _walk(item, type_.fields[name].type, _taking(take, name), (*path, name))
            for name, item in value.items()
        }
    if isinstance(type_, GraphQLList) and _is_structure(type_):
        items = value if isinstance(value, list) else [value]
        return [_walk(item, type_.of_type, _taking(take, place), (*path, place)) for place, item in enumerate(items)]
    return Leaf(value, take, path)


def _taking(take: Callable[[Variables], Any], key: str | int) -> Callable[[Variables], Any]:
    return lambda values: take(values)[key]


def _is_structure(type_: Any) -> bool:
    """Whether a list's items are input objects."""
    while isinstance(type_, GraphQLList | GraphQLNonNull):
        type_ = type_.of_type
    return isinstance(type_, GraphQLInputObjectType)


def included(node: Any, variables: Variables) -> bool:
    """Whether `@skip` and `@include` leave a selection in."""
    for directive in node.directives or ():
        name = directive.name.value
        if name in ("skip", "include") and directive.arguments:
            value = directive.arguments[0].value
            given = value.value if isinstance(value, BooleanValueNode) else variables.get(value.name.value)
            if given is (name == "skip"):
                return False
    return True
