"""An operation's text, parsed, within limits, validated: kept by its text for as long as the schema lives."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLError,
    OperationDefinitionNode,
    VariableNode,
    parse,
    type_from_ast,
    validate,
    visit,
)
from graphql.language import Visitor
from graphql.utilities import value_from_ast

from metadata.problems import BadInputError, Faults
from server.graphql.limits import OperationLimits, check_size
from server.graphql.operations.coercion import Coercers, shape_of
from server.graphql.operations.selections import Fragments
from server.graphql.schema.lazy import LazySchema
from server.records.search import has_words

__all__ = ["Document", "Operation", "read_document"]

_PLANNED: Mapping[str, Callable[[Any], Hashable]] = {
    "first": lambda value: value,
    "last": lambda value: value,
    "objects": lambda value: None if value is None else tuple(value),
    "search": has_words,
    "text": has_words,
}
"""Arguments whose values are read when planning: sizes are written into the statement, because the planner needs to see
them; object types are named in it; a search for nothing is no search."""


class Document:
    """A valid document and its operations."""

    def __init__(self, schema: LazySchema, coercers: Coercers, node: DocumentNode) -> None:
        self.node = node
        self.fragments: Fragments = {
            definition.name.value: definition
            for definition in node.definitions
            if isinstance(definition, FragmentDefinitionNode)
        }
        self.operations = [
            Operation(schema, coercers, definition, self)
            for definition in node.definitions
            if isinstance(definition, OperationDefinitionNode)
        ]

    def operation(self, name: str | None) -> Operation:
        """The operation to run.

        Raises:
            BadInputError: There is none of that name, or several and none was named.
        """
        if name:
            for operation in self.operations:
                if operation.name == name:
                    return operation
            raise BadInputError.single("unknown_operation", f"The document has no operation '{name}'.")
        if len(self.operations) != 1:
            raise BadInputError.single(
                "unnamed_operation",
                f"The document has {len(self.operations)} operations.",
                hint="Say which one to run in `operationName`.",
            )
        return self.operations[0]


class Operation:
    """One operation of a document: how its variables are read, and the plans made for it so far."""

    __slots__ = ("_readers", "_shapes", "document", "kind", "name", "node")

    def __init__(
        self, schema: LazySchema, coercers: Coercers, node: OperationDefinitionNode, document: Document
    ) -> None:
        self.document = document
        self.node = node
        self.kind: str = node.operation.value
        self.name = node.name.value if node.name else ""
        planned = _planned_variables(document.node)
        self._readers: list[tuple[str, Callable[..., Any], bool, Any, bool]] = []
        self._shapes: list[tuple[str, Callable[[Any], Hashable] | None]] = []
        for definition in node.variable_definitions or ():
            name = definition.variable.name.value
            type_: Any = type_from_ast(schema, definition.type)
            default = None if definition.default_value is None else value_from_ast(definition.default_value, type_)
            has_default = definition.default_value is not None
            required = str(type_).endswith("!") and not has_default
            self._readers.append((name, coercers.of(type_), has_default, default, required))
            self._shapes.append((name, planned.get(name) or shape_of(type_)))

    def read_variables(self, given: Mapping[str, Any] | None) -> dict[str, Any]:
        """Coerced values of the variables that were given or have a default.

        Raises:
            BadInputError: With every fault of every variable.
        """
        coerced: dict[str, Any] = {}
        if not self._readers:
            return coerced
        values = given or {}
        faults = Faults()
        for name, read, has_default, default, required in self._readers:
            if name in values:
                coerced[name] = read(values[name], (name,), faults)
            elif has_default:
                coerced[name] = default
            elif required:
                faults.add("missing_value", f"Variable '${name}' is required.", path=(name,))
        if faults:
            faults.raise_if_any()
        return coerced

    def shape(self, variables: Mapping[str, Any]) -> Hashable:
        """What of the variables changes the plan."""
        if not self._shapes:
            return ()
        found: list[Hashable] = []
        for name, shape in self._shapes:
            if name not in variables:
                found.append(None)
            elif shape is None:
                found.append(variables[name] is None)
            else:
                found.append((shape(variables[name]),))
        return tuple(found)


def read_document(text: str, schema: LazySchema, coercers: Coercers, limits: OperationLimits) -> Document:
    """Parse and validate a document.

    Raises:
        ExceptionGroup: `GraphQLError`s: a syntax error, limits passed, or what does not fit the schema.
    """
    try:
        node = parse(text, max_tokens=limits.tokens, no_location=False)
    except GraphQLError as error:
        raise ExceptionGroup("syntax", [error]) from None
    except RecursionError:
        problem = BadInputError.single("too_deep", "The document nests too deeply.", hint="Split it.")
        raise ExceptionGroup("syntax", [GraphQLError(str(problem), original_error=problem)]) from None
    errors = check_size(node, limits) or validate(schema, node, max_errors=50, hide_suggestions=True)
    if errors:
        raise ExceptionGroup("invalid", errors)
    return Document(schema, coercers, node)


def _planned_variables(document: DocumentNode) -> dict[str, Callable[[Any], Hashable]]:
    """Shapes of the variables that give such arguments; of several arguments, all of them."""
    found: dict[str, dict[str, Callable[[Any], Hashable]]] = {}

    class _Finder(Visitor):
        def enter_field(self, node: FieldNode, *_: Any) -> None:
            for argument in node.arguments or ():
                shape = _PLANNED.get(argument.name.value)
                if shape is not None and isinstance(argument.value, VariableNode):
                    found.setdefault(argument.value.name.value, {})[argument.name.value] = shape

    visit(document, _Finder())
    return {name: _together(tuple(shapes.values())) for name, shapes in found.items()}


def _together(shapes: tuple[Callable[[Any], Hashable], ...]) -> Callable[[Any], Hashable]:
    return lambda value: (value is None, *(shape(value) for shape in shapes))
