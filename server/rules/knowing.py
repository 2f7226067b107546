"""Conditions and values of a record at the moment of an event, all of them in one statement that is kept.

A field that the event changed has the value that the event gave it, whatever was written since; `old.` is the value
before the event. So a rule decides the same however late it is asked, and the same when it is tried on past events.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import lru_cache, partial
from typing import Any

import msgspec

from metadata.expressions.check import ModelScope, check
from metadata.expressions.scope import FORMULA_ROOTS, RULE_ROOTS
from metadata.expressions.text import parse, unparse
from metadata.expressions.tree import (
    Aggregate,
    Binary,
    Call,
    Conditional,
    Expression,
    FieldPath,
    ListOf,
    Literal,
    Operator,
    Parameter,
    Quantified,
    Root,
    Unary,
)
from metadata.expressions.types import ID, NULL, Kind, ValueType
from metadata.model.tenant import TenantModel, field_of
from metadata.model.values import ObjectType
from server.access.plan import ADMINISTRATOR
from server.context import Context
from server.database.sql import quote_identifier
from server.events.log import Event
from server.records.compiler import Compiler
from server.records.layout import Layout
from server.records.run_values import values_for
from server.records.statements import Statement, cast_of

__all__ = ["Knowing", "Moment", "conjuncts"]

_ENCODER = msgspec.json.Encoder(decimal_format="string")
_AS_TEXT = frozenset({Kind.DECIMAL, Kind.MONEY})
_HELD = frozenset(
    {
        Kind.BOOLEAN, Kind.INTEGER, Kind.DECIMAL, Kind.MONEY, Kind.TEXT, Kind.OPTION, Kind.DATE, Kind.DATETIME,
        Kind.TIME, Kind.DURATION, Kind.ID,
    }
)  # fmt: skip
"""Kinds whose values an event holds as expressions compute with them."""


@lru_cache(maxsize=4_096)
def conjuncts(text: str) -> tuple[str, ...]:
    """The conditions of which all have to be met, one by one, so that it can be told which was not."""
    if not text:
        return ()
    waiting, found = [parse(text)], []
    while waiting:
        node = waiting.pop()
        if isinstance(node, Binary) and node.operator is Operator.AND:
            waiting += (node.right, node.left)
        else:
            found.append(unparse(node))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Moment:
    """When a record is looked at.

    Attributes:
        instant: What `now()` says.
        pairs: Columns that the event changed, with their values before and after; empty without an event.
        kind: Kind of the event; of a creation everything was empty before.
        deleted: Whether the record may have been deleted.
    """

    instant: datetime
    pairs: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    kind: str = ""
    deleted: bool = False

    @classmethod
    def of(cls, event: Event, instant: datetime) -> Moment:
        """The moment of an event of the record itself."""
        return cls(instant, event.pairs, event.kind, event.kind == "delete")


@dataclass(frozen=True, slots=True)
class _Shape:
    """What the statement of a moment depends on."""

    changed: frozenset[str]
    created: bool
    deleted: bool


@dataclass(eq=False)
class Knowing:
    """Evaluates expressions of rules in PostgreSQL; keeps the statements it has compiled."""

    max_statements: int = 2_048
    _compiled: OrderedDict[Any, tuple[Statement, Mapping[str, tuple[str, int]]]] = field(
        default_factory=OrderedDict, init=False, repr=False
    )

    async def values(
        self,
        connection: Any,
        context: Context,
        object_type: ObjectType,
        record_id: str,
        texts: Sequence[str],
        moment: Moment,
    ) -> Mapping[str, Any] | None:
        """Values by expression: JSON-ready, decimals as text; None when the record is not there.

        Raises:
            BadInputError: An expression names what is no longer there.
        """
        found = await self.values_of_all(connection, context, object_type, {record_id: moment}, texts)
        return found.get(record_id)

    async def values_of_all(
        self,
        connection: Any,
        context: Context,
        object_type: ObjectType,
        moments: Mapping[str, Moment],
        texts: Sequence[str],
    ) -> dict[str, Mapping[str, Any]]:
        """The same of several records, by their ids, each at its moment: one statement for moments of one shape.

        Raises:
            BadInputError: An expression names what is no longer there.
        """
        wanted, shapes = tuple(dict.fromkeys(texts)), dict[tuple[_Shape, datetime], list[str]]()
        for record_id, moment in moments.items():
            shapes.setdefault((_shape_of(moment), moment.instant), []).append(record_id)
        found: dict[str, Mapping[str, Any]] = {}
        for (shape, instant), ids in shapes.items():
            statement, held = self._statement(context.model, object_type, wanted, shape)
            given = [
                {"id": one, **{name: _given(moments[one].pairs[column][side]) for name, (column, side) in held.items()}}
                for one in ids
            ]
            value_of = values_for(context, instant, {"given": _ENCODER.encode(given).decode()})
            rows = await connection.fetch(statement.sql, *map(value_of, statement.parameters))
            for row in rows:
                found[row["id"]] = dict(zip(wanted, msgspec.json.decode(row["data"]), strict=True))
        return found

    def _statement(
        self, model: TenantModel, object_type: ObjectType, texts: tuple[str, ...], shape: _Shape
    ) -> tuple[Statement, Mapping[str, tuple[str, int]]]:
        key = (model.tenant_id, model.version, object_type.name, texts, shape)
        found = self._compiled.get(key)
        if found is None:
            found = self._compiled[key] = _compile(model, object_type, texts, shape)
            if len(self._compiled) > self.max_statements:
                self._compiled.popitem(last=False)
        self._compiled.move_to_end(key)
        return found


def _shape_of(moment: Moment) -> _Shape:
    return _Shape(frozenset(moment.pairs), moment.kind == "create", moment.deleted)


def _compile(
    model: TenantModel, object_type: ObjectType, texts: tuple[str, ...], shape: _Shape
) -> tuple[Statement, Mapping[str, tuple[str, int]]]:
    """What events hold of each record stands in a row of `given`, where expressions find it as a column."""
    compiler = Compiler(model, ADMINISTRATOR)
    placing = _Placing(model, object_type, shape)
    whole, present = ModelScope(model, object_type.name, RULE_ROOTS), ModelScope(model, object_type.name, FORMULA_ROOTS)
    trees = [parse(text) for text in texts]
    for tree in trees:
        check(tree, whole)
    checked = [check(placing.placed(tree), present) for tree in trees]
    columns = "".join(f", {quote_identifier(name)} {_sql_type(found)}" for name, found in placing.types.items())
    compiler.parameters.written = {
        **compiler.parameters.written,
        **{name: partial("given.{}".format, quote_identifier(name)) for name in placing.types},
    }
    scope = compiler.open(object_type)
    given = compiler.parameters.placeholder("given", "::text::json")
    scope.from_clause.lines.append(
        f"join json_to_recordset({given}) as given (id uuid{columns}) on given.id = {scope.alias}.id"
    )
    parts = []
    for one in checked:
        sql = compiler.checked_sql(one, scope)
        parts.append(f"({sql})::text" if one.type.kind in _AS_TEXT else f"({sql})")
    conditions = " and ".join(compiler.visible(scope, deleted=shape.deleted)) or "true"
    select = (
        f"select {scope.alias}.id::text as id, json_build_array({', '.join(parts)}) as data\n{scope.from_clause}\n"
        f"where {conditions}"
    )
    return Statement(select, compiler.parameters.names()), placing.held


def _sql_type(value_type: ValueType) -> str:
    return cast_of(value_type).rsplit("::", 1)[-1]


class _Placing:
    """Puts parameters in place of the fields that an event holds."""

    def __init__(self, model: TenantModel, object_type: ObjectType, shape: _Shape) -> None:
        self.held: dict[str, tuple[str, int]] = {}
        self.types: dict[str, ValueType] = {}
        self._scope = ModelScope(model, object_type.name, FORMULA_ROOTS)
        self._object_type, self._shape, self._layout = object_type, shape, Layout(model)

    def placed(self, node: Expression) -> Expression:
        match node:
            case FieldPath():
                return self._path(node)
            case Unary():
                return Unary(node.operator, self.placed(node.operand))
            case Binary():
                return Binary(node.operator, self.placed(node.left), self.placed(node.right))
            case Conditional():
                return Conditional(self.placed(node.test), self.placed(node.then), self.placed(node.otherwise))
            case Call():
                return Call(node.function, tuple(map(self.placed, node.arguments)))
            case ListOf():
                return ListOf(tuple(map(self.placed, node.items)))
            case Quantified():
                return Quantified(node.quantifier, node.path, self.placed(node.condition))
            case Aggregate():
                inner = [None if part is None else self.placed(part) for part in (node.value, node.condition)]
                return Aggregate(node.function, node.path, inner[0], inner[1])
            case _:
                return node

    def _path(self, node: FieldPath) -> Expression:
        if node.root not in (Root.RECORD, Root.OLD):
            return node
        is_old = node.root is Root.OLD
        column, value_type = self._column(node)
        if column in self._shape.changed and value_type is not None:
            if value_type.kind is Kind.RECORD:
                return node if not is_old else self._parameter("old", column, ID, 0)
            if value_type.kind in _HELD or _is_plain_list(value_type):
                return self._parameter("old" if is_old else "new", column, value_type, 0 if is_old else 1)
        if is_old and self._shape.created and column:
            return Literal(None, NULL if value_type is None else _nullable(value_type))
        return FieldPath(node.steps) if is_old else node

    def _parameter(self, side: str, column: str, value_type: ValueType, place: int) -> Parameter:
        name = f"{side}.{column}"
        self.held[name], self.types[name] = (column, place), value_type
        return Parameter(name, value_type)

    def _column(self, node: FieldPath) -> tuple[str, ValueType | None]:
        """The column and type of a path that ends in a value of the record's own; an empty column for others."""
        found = field_of(self._object_type, node.steps[0])
        seen = self._scope.field(self._object_type.name, node.steps[0])
        if found is None or seen is None or not found.column:
            return "", None
        columns = self._layout.columns(self._object_type, found)
        if len(node.steps) == 1:
            return (columns[0] if columns else ""), seen.type
        if len(node.steps) == 2 and node.steps[1] == "id" and seen.type.kind is Kind.RECORD:
            return (columns[-1] if columns else ""), ID
        if len(node.steps) == 2 and node.steps[1] in seen.parts:
            is_amount = seen.type.kind is Kind.MONEY and node.steps[1] == "amount"
            column = found.column if is_amount else f"{found.column}_{node.steps[1]}"
            return (column if column in columns else ""), seen.parts[node.steps[1]]
        return "", None


def _is_plain_list(value_type: ValueType) -> bool:
    return value_type.kind is Kind.LIST and value_type.item is not None and value_type.item.kind in (
        Kind.TEXT, Kind.OPTION,
    )  # fmt: skip


def _nullable(value_type: ValueType) -> ValueType:
    return ID if value_type.kind is Kind.RECORD else value_type


def _given(value: Any) -> Any:
    """A value of an event as its placeholder takes it."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value
