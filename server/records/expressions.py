"""Typed tree → SQL: the second back end of expressions, with the same meaning as `metadata.expressions.evaluate`.

`Names` turns paths into SQL and opens sub-queries over related records; `Params` writes constants and placeholders.
No expression makes a statement fail on a value: what has no answer is null, and whole numbers are computed as
`numeric`, which does not overflow. Texts are ordered by character code (`collate "C"`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property
from typing import Protocol

from metadata.expressions.arithmetic import DIVISION_DIGITS
from metadata.expressions.checked import Checked, is_null_constant
from metadata.expressions.environment import NOW, TIMEZONE, TODAY
from metadata.expressions.fitting import fits, fitted
from metadata.expressions.functions.base import Signature, bounded_sql
from metadata.expressions.functions.calendar import MAX_SECONDS
from metadata.expressions.functions.times import instant_result_sql
from metadata.expressions.functions.values import TEXT_OF
from metadata.expressions.literals import python_value
from metadata.expressions.tree import (
    Aggregate,
    AggregateFunction,
    Binary,
    Call,
    Conditional,
    FieldPath,
    ListOf,
    Literal,
    LiteralValue,
    Operator,
    Parameter,
    Quantified,
    Quantifier,
    Root,
    Unary,
    UnaryOperator,
)
from metadata.expressions.types import TEXT, Kind, ValueType
from metadata.problems import BadInputError
from server.records.statements import ParameterList, cast_of

__all__ = ["MAX_SQL", "InlineParams", "Names", "Params", "quotient", "to_sql"]

MAX_SQL = 200_000
"""Most characters an expression may become, with the computed fields it names."""

_ATOM = re.compile(r"[\w.\"]+")
_COMPARISONS = {
    Operator.EQ: "=",
    Operator.NE: "<>",
    Operator.LT: "<",
    Operator.LE: "<=",
    Operator.GT: ">",
    Operator.GE: ">=",
}
_DAY_SECONDS = 86_400
_OF_THE_RUN = (("id",), ("roles",), ("grants",))
"""What is known of the actor without asking for the actor's record."""


class Source(Protocol):
    """FROM and WHERE of a sub-query, as text once everything inside it has been written."""

    def __str__(self) -> str: ...


class Names(Protocol):
    """Where the fields of one record are found in a statement.

    Paths that are asked for start at this record, whatever their root says, or at OLD.
    """

    def column(self, path: FieldPath) -> str:
        """SQL of a field; of a to-one relation its id, of money its amount, of a part when the path ends in one."""

    def related(self, path: FieldPath) -> tuple[Source, Names]:
        """`from … where …` of the living records of a relation, and the names inside; its text is asked for last."""


class Params(Protocol):
    """How constants and parameters are written."""

    def literal(self, value: LiteralValue, type: ValueType, /) -> str:
        """A typed constant; None is null."""

    def parameter(self, parameter: Parameter, /) -> str:
        """A placeholder with its cast."""


class InlineParams(ParameterList):
    """For DDL (the condition of a partial index), where no parameter may stand."""

    def parameter(self, parameter: Parameter) -> str:
        """Refuse.

        Raises:
            BadInputError: Always; `not_constant`.
        """
        raise BadInputError.single(
            "not_constant",
            f"The condition depends on '{parameter.name}', which differs from run to run.",
            hint="An index can only look at the record's own stored fields and at constants.",
        )


def to_sql(checked: Checked, names: Names, params: Params) -> str:
    """SQL of an expression, safe to stand as an operand; a condition gives boolean or null.

    Raises:
        BadInputError: `expression_too_large`: it became more than MAX_SQL characters, or computed fields stand in
            each other too deep.
    """
    try:
        return _Writer([names], params).write(checked)
    except RecursionError:
        raise _too_large() from None


def _too_large() -> BadInputError:
    return BadInputError.single(
        "expression_too_large",
        f"With the computed fields it names, the expression becomes more than {MAX_SQL} characters of SQL.",
        hint="Name computed fields fewer times, or store the value in a field of its own.",
    )


class _Writer:
    """Writes one expression. `_names` are those of the records around the place, the outermost first."""

    __slots__ = ("_names", "_params")

    def __init__(self, names: list[Names], params: Params) -> None:
        self._names = names
        self._params = params

    def write(self, checked: Checked) -> str:
        sql = self._node(checked)
        if len(sql) > MAX_SQL:
            raise _too_large()
        return sql

    def _node(self, checked: Checked) -> str:
        node = checked.node
        match node:
            case Literal():
                return self._literal(node)
            case Parameter():
                return self._params.parameter(node)
            case FieldPath():
                return self._path(checked)
            case Unary():
                return self._unary(node, checked)
            case Binary():
                return self._binary(node.operator, checked)
            case Conditional():
                test, then, otherwise = map(self.write, checked.parts)
                return f"(case when {test} then {then} else {otherwise} end)"
            case Call():
                return self._call(checked)
            case ListOf():
                return self._list(checked)
            case Quantified():
                return self._quantified(node, checked)
            case Aggregate():
                return self._aggregate(node, checked)

    # Values

    def _literal(self, node: Literal) -> str:
        value = python_value(node) if node.type.kind is Kind.DURATION else node.value
        sql = self._params.literal(value, node.type)
        return f"({sql})" if sql.startswith("-") else sql.strip()

    def _list(self, checked: Checked) -> str:
        items = f"array[{', '.join(map(self.write, checked.parts))}]"
        item = checked.type.item
        if item is not None and (item.is_number or item.kind is Kind.DURATION):
            return f"{items}::numeric[]"
        return f"{items}{cast_of(checked.type)}"

    def _path(self, checked: Checked) -> str:
        path = checked.path
        if path.root is Root.ACTOR and path.steps in _OF_THE_RUN:
            return self._params.parameter(Parameter(".".join(("actor", *path.steps)), checked.type))
        sql = self._column(path)
        if len(checked.trail) > 1 and checked.trail[-2].kind is Kind.GEO_POINT:
            return f"{sql}::numeric"
        if checked.type.kind is Kind.LIST and sql.startswith("("):
            return f"{sql}{cast_of(checked.type)}"  # else `= any((select …))` would mean the rows of the sub-query
        return sql

    def _column(self, path: FieldPath) -> str:
        names, own = self._named(path)
        sql = names.column(own)
        return sql if _ATOM.fullmatch(sql) else f"({sql})"

    def _named(self, path: FieldPath) -> tuple[Names, FieldPath]:
        """Whose names a path belongs to, and the path from there."""
        match path.root:
            case Root.PARENT:
                return self._names[-2], FieldPath(path.steps)
            case Root.RECORD:
                return self._names[0], path
            case Root.OLD:
                return self._names[0], path
            case _:
                return self._names[-1], path

    # Operators

    def _unary(self, node: Unary, checked: Checked) -> str:
        operand = self.write(checked.parts[0])
        return f"(not {operand})" if node.operator is UnaryOperator.NOT else f"(- {operand}::numeric)"

    def _binary(self, operator: Operator, checked: Checked) -> str:
        if operator in (Operator.AND, Operator.OR):
            word = " and " if operator is Operator.AND else " or "
            return f"({word.join(map(self.write, checked.parts))})"
        if operator is Operator.IN:
            return self._membership(checked)
        return self._comparison(operator, checked) if operator in _COMPARISONS else self._arithmetic(operator, checked)

    def _comparison(self, operator: Operator, checked: Checked) -> str:
        left, right = checked.parts
        if operator in (Operator.EQ, Operator.NE) and is_null_constant(right):
            return self._null_test(left, "is null" if operator is Operator.EQ else "is not null")
        sides = [self.write(left), self.write(right)]
        if operator not in (Operator.EQ, Operator.NE):
            sides = [_ordered(side, left.type) for side in sides]
        return f"({sides[0]} {_COMPARISONS[operator]} {sides[1]})"

    def _null_test(self, checked: Checked, test: str) -> str:
        if checked.type.kind is Kind.GEO_POINT:
            lat, lng = self._place(checked)
            joined = "or" if test == "is null" else "and"
            return f"({lat} {test} {joined} {lng} {test})"
        return f"({self.write(checked)} {test})"

    def _membership(self, checked: Checked) -> str:
        left, right = checked.parts
        if not isinstance(right.node, ListOf):
            return f"({self.write(left)} = any({self.write(right)}))"
        if not right.parts:
            return "false"
        if len(right.parts) == 1:  # `in ((select …))` would mean the rows of the sub-query
            return f"({self.write(left)} = {self.write(right.parts[0])})"
        return f"({self.write(left)} in ({', '.join(map(self.write, right.parts))}))"

    def _arithmetic(self, operator: Operator, checked: Checked) -> str:
        left_part, right_part = checked.parts
        left, right = self.write(left_part), self.write(right_part)
        match operator, left_part.type.kind, right_part.type.kind:
            case Operator.ADD, Kind.DATETIME, _:
                return _moved(left, right)
            case Operator.ADD, _, Kind.DATETIME:
                return _moved(right, left)
            case Operator.SUBTRACT, Kind.DATETIME, Kind.DURATION:
                return _moved(left, f"(- {right}::numeric)")
            case Operator.SUBTRACT, Kind.DATETIME, _:
                return f"trunc(extract(epoch from ({left} - {right})))"
            case Operator.SUBTRACT, Kind.DATE, _:
                return f"(({left} - {right})::numeric * {_DAY_SECONDS})"
            case Operator.DIVIDE, Kind.DURATION, kind if kind is not Kind.DURATION:
                return f"div({left}::numeric, nullif({right}::numeric, 0))"
            case Operator.DIVIDE, _, _:
                return quotient(left, right)
            case Operator.MODULO, _, _:
                return f"({left}::numeric % nullif({right}::numeric, 0))"
        if checked.type.kind is Kind.TEXT:
            return f"({left} || {right})"
        sql = f"({left}::numeric {operator.value} {right}::numeric)"
        cut = operator is Operator.MULTIPLY and checked.type.kind is Kind.DURATION
        return f"trunc{sql}" if cut else sql

    # Functions

    def _call(self, checked: Checked) -> str:
        signature = checked.signature
        assert signature is not None
        call = _Call(self, checked)
        if isinstance(signature.sql, str):
            return _filled(signature, call)
        sql = signature.sql(call)
        return _back(sql, checked.type) if call.is_ordered else sql

    def _place(self, checked: Checked) -> tuple[str, str]:
        """Latitude and longitude of a place."""
        if isinstance(checked.node, FieldPath):
            path = checked.node
            lat, lng = (self._column(FieldPath((*path.steps, part), path.root)) for part in ("lat", "lng"))
            return lat, lng
        if checked.parts:
            lat, lng = map(self.write, checked.parts)
            return lat, lng
        return "null::float8", "null::float8"

    # Related records

    def _related(self, checked: Checked) -> tuple[Source, _Writer]:
        names, path = self._named(checked.path)
        source, inner = names.related(path)
        return source, _Writer([*self._names, inner], self._params)

    def _quantified(self, node: Quantified, checked: Checked) -> str:
        source, inner = self._related(checked)
        assert checked.condition is not None
        condition = inner.write(checked.condition)
        match node.quantifier:
            case Quantifier.SOME:
                return f"(exists (select 1 {source} and {condition}))"
            case Quantifier.NONE:
                return f"(not exists (select 1 {source} and {condition}))"
            case Quantifier.EVERY:
                return f"(not exists (select 1 {source} and {condition} is not true))"

    def _aggregate(self, node: Aggregate, checked: Checked) -> str:
        """The value is taken in a sub-query of its own: an aggregate over outer columns alone would move outward."""
        source, inner = self._related(checked)
        condition = "" if checked.condition is None else f" and {inner.write(checked.condition)}"
        if checked.value is None:
            return f"(select count(*) {source}{condition})"
        value = inner.write(checked.value)
        figure = _figure(node.function, checked.value.type)
        return f"(select {figure} from (select {value} as value {source}{condition}) as taken)"


class _Call:
    """See `SqlCall`."""

    def __init__(self, writer: _Writer, checked: Checked) -> None:
        self._writer = writer
        self._checked = checked
        self.is_ordered = False

    @cached_property
    def arguments(self) -> Sequence[str]:
        return ["" if part.type.kind is Kind.GEO_POINT else self._writer.write(part) for part in self._checked.parts]

    @property
    def constants(self) -> Sequence[LiteralValue]:
        return [part.node.value if isinstance(part.node, Literal) else None for part in self._checked.parts]

    @property
    def ordered(self) -> Sequence[str]:
        self.is_ordered = True
        return [_ordered(sql, part.type) for sql, part in zip(self.arguments, self._checked.parts, strict=True)]

    @property
    def texts(self) -> Sequence[str]:
        return [self._text_of(part) for part in self._checked.parts]

    def text(self, value: str) -> str:
        return self._writer._params.literal(value, TEXT).strip()

    def place(self, position: int) -> tuple[str, str]:
        return self._writer._place(self._checked.parts[position])

    @property
    def now(self) -> str:
        return self._writer._params.parameter(NOW)

    @property
    def today(self) -> str:
        return self._writer._params.parameter(TODAY)

    @property
    def zone(self) -> str:
        return self._writer._params.parameter(TIMEZONE)

    def _text_of(self, part: Checked) -> str:
        signature = next(found for found in TEXT_OF.signatures if fits(part, found.arguments[0].type))
        wanted = signature.arguments[0].type
        return self._writer.write(Checked(Call("text", (part.node,)), TEXT, (fitted(part, wanted),), signature))


def _filled(signature: Signature, call: _Call) -> str:
    """A function's SQL text with its arguments; the run's values are asked for only when they stand in it."""
    sql = str(signature.sql)
    run = {name: getattr(call, name) for name in ("zone", "now", "today") if f"{{{name}}}" in sql}
    return sql.format(*call.arguments, **run)


def _ordered(sql: str, type: ValueType) -> str:
    return f'{sql} collate "C"' if type.kind in (Kind.TEXT, Kind.OPTION) else sql


def _back(sql: str, type: ValueType) -> str:
    """The database's collation again: with `C`, which sticks to what is computed on, `upper` would know only ASCII."""
    return f'({sql} collate "default")' if type.kind in (Kind.TEXT, Kind.OPTION) else sql


def quotient(left: str, right: str) -> str:
    """Twelve digits: one digit more is cut exactly by `div`, then rounded. See `metadata.expressions.arithmetic`."""
    zeros = "0" * (DIVISION_DIGITS + 1)
    cut = f"div({left}::numeric * 1{zeros}, nullif({right}::numeric, 0))"
    return f"trim_scale(round({cut} * 0.{zeros[1:]}1, {DIVISION_DIGITS}))"


def _moved(instant: str, seconds: str) -> str:
    return instant_result_sql(f"({instant} + {bounded_sql(seconds, MAX_SECONDS)} * interval '1 second')")


def _figure(function: AggregateFunction, type: ValueType) -> str:
    value = _ordered("taken.value", type)
    match function:
        case AggregateFunction.SUM:
            return "coalesce(sum(taken.value), 0)"
        case AggregateFunction.AVG if type.kind is Kind.DURATION:
            return "div(sum(taken.value), nullif(count(taken.value), 0))"
        case AggregateFunction.AVG:
            return quotient("sum(taken.value)", "count(taken.value)")
        case AggregateFunction.COUNT_DISTINCT:
            return "count(distinct taken.value)"
        case AggregateFunction.MIN:
            return _back(f"min({value})", type)
        case AggregateFunction.MAX:
            return _back(f"max({value})", type)
        case AggregateFunction.COUNT:
            return "count(*)"
