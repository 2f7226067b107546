"""GraphQL types of the kinds of metadata, made from their descriptors: what is read, what is sent, what is changed.

A kind that is added to `metadata.model.kinds.KINDS` gets its types here without a line of its own. Values of the
output types are the metadata values themselves.
"""

from __future__ import annotations

import enum
import inspect
import types
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Union, get_args, get_origin

import msgspec
import strawberry
from strawberry.scalars import JSON

from metadata.fields import FIELD_TYPES
from metadata.model.kinds import KINDS, Attribute, Kind, attributes_of
from metadata.naming import pascal

__all__ = ["KindTypes", "annotation_of", "body_of_input", "build_kind_types", "input_type", "output_type"]

_ANY: Any = JSON | None
_parent: Any = strawberry.Parent


@dataclass(frozen=True, slots=True)
class KindTypes:
    """Strawberry types by the name of the value class (`ObjectType`, `Field`, …).

    Attributes:
        outputs: What is read.
        inputs: Whole items to be created; none for kinds of which there is exactly one.
        changes: What is to change about an item.
        field_type: Enum of the field types, `DATE` for `date`.
    """

    outputs: Mapping[str, Any]
    inputs: Mapping[str, Any]
    changes: Mapping[str, Any]
    field_type: Any

    def list_of(self, name: str) -> Any:
        """Annotation of a list of an output type."""
        item: Any = self.outputs[name]
        return list[item]


def build_kind_types() -> KindTypes:
    """The types of all kinds."""
    make: Any = enum.Enum  # its members are known at run time only
    keys = make("FieldType", {key.upper(): key for key in FIELD_TYPES})
    field_type = strawberry.enum(
        keys,
        name="FieldType",
        description="Types that a field can have; `fieldTypes` describes each. `ID` is for system fields only.",
    )
    outputs: dict[str, Any] = {}
    inputs: dict[str, Any] = {}
    changes: dict[str, Any] = {}
    for part in _parts():
        name, attributes = part.__name__, list(attributes_of(part).values())
        outputs[name] = output_type(name, attributes, outputs, field_type, help_text=_first_line(part))
        inputs[name] = input_type(
            f"{name}Input", attributes, inputs, field_type, optional=False, help_text=_first_line(part)
        )
    for kind in reversed(tuple(KINDS.values())):
        name, label = kind.value.__name__, pascal(kind.name)
        given = [one for one in kind.attributes.values() if one.given]
        own = [one for one in given if one.name not in kind.children]
        output_name = label if kind.single else name
        outputs[name] = output_type(output_name, kind.attributes.values(), outputs, field_type, help_text=kind.help)
        if not kind.single:
            inputs[name] = input_type(
                f"{label}Input", given, inputs, field_type, optional=False, help_text=f"{kind.help}, to be created."
            )
        changes[name] = input_type(
            f"{label}Changes", own, inputs, field_type, optional=True, help_text=_changes_help(kind)
        )
    return KindTypes(outputs, inputs, changes, field_type)


def _parts() -> Iterator[type[msgspec.Struct]]:
    """The classes of what items hold that is no item by itself, such as the edges of a node; inner ones first."""
    kinds = {kind.value: None for kind in KINDS.values()}
    found: dict[type[msgspec.Struct], None] = {}

    def visit(value_class: type[msgspec.Struct]) -> None:
        for attribute in attributes_of(value_class).values():
            wraps = get_origin(attribute.type) in (tuple, Union, types.UnionType)
            inner = get_args(attribute.type)[0] if wraps else attribute.type
            if isinstance(inner, type) and issubclass(inner, msgspec.Struct) and inner not in kinds | found:
                visit(inner)
                found[inner] = None

    for value_class in kinds:
        visit(value_class)
    yield from found


def _first_line(value_class: type[msgspec.Struct]) -> str:
    return (inspect.getdoc(value_class) or "").partition("\n")[0]


def output_type(
    name: str, attributes: Iterable[Attribute], outputs: Mapping[str, Any], field_type: Any, *, help_text: str
) -> Any:
    """An output type with these attributes; its values are objects that have them as Python attributes."""
    fields = {
        attribute.name: strawberry.field(
            resolver=_enum_reader(field_type)
            if attribute.name == "type"
            else _reader(attribute, annotation_of(attribute.type, outputs)),
            description=attribute.help,
        )
        for attribute in attributes
    }
    made = types.new_class(name, (), {}, lambda namespace: namespace.update(fields))
    return strawberry.type(made, name=name, description=help_text)


def input_type(
    name: str,
    attributes: Iterable[Attribute],
    inputs: Mapping[str, Any],
    field_type: Any,
    *,
    optional: bool,
    help_text: str,
) -> Any:
    """An input type with these attributes.

    Args:
        name: In GraphQL.
        attributes: Those the caller may give.
        inputs: Input types of the kinds that may stand inside.
        field_type: Enum that the attribute `type` takes.
        optional: Whether none is required, as for changes.
        help_text: Shown in introspection.
    """
    annotations: dict[str, Any] = {}
    fields: dict[str, Any] = {}
    for attribute in attributes:
        annotation = field_type if attribute.name == "type" else annotation_of(attribute.type, inputs)
        is_required = attribute.required and not optional
        annotations[attribute.name] = annotation if is_required else annotation | None
        default = {} if is_required else {"default": strawberry.UNSET}
        fields[attribute.name] = strawberry.field(description=attribute.help, **default)
    made = types.new_class(name, (), {}, lambda namespace: namespace.update(__annotations__=annotations, **fields))
    return strawberry.input(made, name=name, description=help_text)


def annotation_of(hint: Any, of: Mapping[str, Any]) -> Any:
    """The annotation that Strawberry turns into the GraphQL type of an attribute; what has none is JSON."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        inner = next(argument for argument in arguments if argument is not type(None))
        return annotation_of(inner, of) | None
    if origin is tuple:
        return list[annotation_of(arguments[0], of)]  # type: ignore[misc] # made at run time
    if origin is Literal or (isinstance(hint, type) and issubclass(hint, enum.Enum)):
        return str
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return of[hint.__name__]
    if hint is Any:
        return _ANY
    return hint if hint in (str, bool, int) else JSON


def body_of_input(given: Any) -> dict[str, Any]:
    """An input object as a body in the shape of documents: snake_case, without what was not sent."""
    return {name: _plain(value) for name, value in vars(given).items() if value is not strawberry.UNSET}


def _plain(value: Any) -> Any:
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return body_of_input(value) if hasattr(value, "__strawberry_definition__") else value


def _reader(attribute: Attribute, annotation: Any) -> Callable[[Any], Any]:
    """A resolver that gives one attribute of the value."""
    is_json = annotation in (JSON, _ANY)

    def read(root: Any) -> Any:
        found = getattr(root, attribute.name)
        if is_json:
            return msgspec.to_builtins(found)
        return list(found) if isinstance(found, tuple) else found

    read.__annotations__ = {"root": _parent[Any], "return": annotation}
    return read


def _enum_reader(field_type: Any) -> Callable[[Any], Any]:
    def read(root: Any) -> Any:
        return field_type(root.type)

    read.__annotations__ = {"root": _parent[Any], "return": field_type}
    return read


def _changes_help(kind: Kind) -> str:
    return f"{kind.help}: what is to change; null puts an attribute back to its default."
