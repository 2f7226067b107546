"""Typed tree → Python function, made of closures: no text is ever compiled or evaluated.

Null is unknown, as in SQL: comparisons with it are unknown, `false && unknown` is false, `true || unknown` is true.
A run never fails on a value: what has no answer (a division by zero, a date past the year 9999) is null.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from datetime import UTC, timedelta
from decimal import Decimal
from typing import Any, TypeAlias

from metadata.expressions.arithmetic import average, binary
from metadata.expressions.checked import Checked, is_null_constant
from metadata.expressions.environment import NOW, TIMEZONE, TODAY, Env, Row
from metadata.expressions.functions.base import EXACT, Signature
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
    Operator,
    Parameter,
    Quantified,
    Quantifier,
    Root,
    Unary,
    UnaryOperator,
)
from metadata.expressions.types import Kind, ValueType

__all__ = ["Compiled", "Env", "Row", "compile_python"]

Compiled: TypeAlias = Callable[[Row, Env], Any]
"""What an expression becomes."""

_COMPARISONS: dict[Operator, Callable[[Any, Any], Any]] = {
    Operator.EQ: operator.eq,
    Operator.NE: operator.ne,
    Operator.LT: operator.lt,
    Operator.LE: operator.le,
    Operator.GT: operator.gt,
    Operator.GE: operator.ge,
}
_UNANSWERED = (ArithmeticError, ValueError)
_SECOND = timedelta(seconds=1)


def compile_python(checked: Checked) -> Compiled:
    """A function of a record's values and the run's environment.

    Returns:
        The function. It gives bool, int, Decimal, str, date, datetime (UTC), time, timedelta, list, the id of a
        record, or None for unknown. It raises KeyError with a field's name when the row lacks that field.
    """
    compiled = _compile(checked, 0)
    match checked.type.kind:
        case Kind.DURATION:
            return lambda row, env: _timedelta(compiled(row, env))
        case Kind.DECIMAL | Kind.MONEY:
            return lambda row, env: None if (value := compiled(row, env)) is None else EXACT.plus(value)
        case _:
            return compiled


def _timedelta(seconds: int | None) -> timedelta | None:
    try:
        return None if seconds is None else timedelta(seconds=seconds)
    except OverflowError:
        return None


def _compile(checked: Checked, inside: int) -> Compiled:
    """Compile one node; `inside` counts the quantifiers and aggregates around it."""
    node = checked.node
    match node:
        case Literal():
            value = python_value(node)
            return lambda row, env: value
        case Parameter():
            return _parameter(node)
        case FieldPath():
            return _path(checked, inside)
        case Unary():
            return _unary(node, checked, inside)
        case Binary(Operator.AND | Operator.OR):
            return _logical(node.operator, checked, inside)
        case Binary(Operator.IN):
            return _membership(checked, inside)
        case Binary() if node.operator in _COMPARISONS:
            return _comparison(node.operator, checked, inside)
        case Binary():
            return _arithmetic(node.operator, checked, inside)
        case Conditional():
            return _conditional(checked, inside)
        case Call():
            return _call(checked, inside)
        case ListOf():
            items = [_compile(part, inside) for part in checked.parts]
            return lambda row, env: [item(row, env) for item in items]
        case Quantified():
            return _quantified(node, checked, inside)
        case Aggregate():
            return _aggregate(node, checked, inside)


# Values


def _parameter(node: Parameter) -> Compiled:
    if node.name == NOW.name:
        return lambda row, env: env.now
    if node.name == TODAY.name:
        return lambda row, env: env.today
    if node.name == TIMEZONE.name:
        return lambda row, env: str(env.timezone)
    name, convert = node.name, _reading(node.type, ())
    if convert is None:
        return lambda row, env: env.parameters[name]
    return lambda row, env: None if (value := env.parameters[name]) is None else convert(value)


def _path(checked: Checked, inside: int) -> Compiled:
    path, convert = checked.path, _reading(checked.type, checked.trail)
    start = _start(path.root, inside)
    first, rest = path.steps[0], path.steps[1:]
    if start is None and not rest and convert is None:
        return lambda row, env: row[first]
    if start is None and not rest and convert is not None:
        return lambda row, env: None if (value := row[first]) is None else convert(value)
    begin: Callable[[Row, Env], Row | None] = (lambda row, env: row) if start is None else start

    def follow(row: Row, env: Env) -> Any:
        value: Any = begin(row, env)
        for step in path.steps:
            if value is None:
                return None
            try:
                value = value[step]
            except TypeError:
                value = _part_alone(value, step, path)
        return value if convert is None or value is None else convert(value)

    return follow


def _part_alone(value: Any, step: str, path: FieldPath) -> Any:
    """A part of a value that was given whole: money by its amount, a record by its id."""
    if step == "amount" and isinstance(value, int | Decimal):
        return value
    if step == "id" and isinstance(value, str):
        return value
    raise KeyError(".".join(path.steps))


def _start(root: Root, inside: int) -> Callable[[Row, Env], Row | None] | None:
    """Where a path begins; None for the record or item at hand."""
    match root:
        case Root.RECORD if inside:
            return lambda row, env: env.record
        case Root.PARENT:
            return lambda row, env: env.parent
        case Root.OLD:
            return lambda row, env: env.old
        case Root.ACTOR:
            return lambda row, env: env.actor
        case _:
            return None


def _reading(type: ValueType, trail: tuple[ValueType, ...]) -> Callable[[Any], Any] | None:
    """How a row's value is brought into the form that is computed with; None when it is already."""
    match type.kind:
        case Kind.MONEY:
            return lambda value: value if isinstance(value, Decimal | int) else value["amount"]
        case Kind.DURATION:
            return lambda value: value // _SECOND if isinstance(value, timedelta) else value
        case Kind.DATETIME:
            return lambda value: value if value.tzinfo is UTC else value.astimezone(UTC)
        case Kind.RECORD | Kind.ID:
            return _id
        case Kind.DECIMAL if len(trail) > 1 and trail[-2].kind is Kind.GEO_POINT:
            return lambda value: Decimal(f"{value:.15g}") if isinstance(value, float) else value
        case _:
            return None


def _id(value: Any) -> str:
    if isinstance(value, str):
        return value
    try:
        return str(value["id"])
    except TypeError:
        return str(value)


# Operators


def _unary(node: Unary, checked: Checked, inside: int) -> Compiled:
    operand = _compile(checked.parts[0], inside)
    if node.operator is UnaryOperator.NOT:
        return lambda row, env: None if (value := operand(row, env)) is None else not value
    if checked.type.kind in (Kind.INTEGER, Kind.DURATION):
        return lambda row, env: None if (value := operand(row, env)) is None else -value
    return lambda row, env: None if (value := operand(row, env)) is None else EXACT.minus(value)


def _logical(symbol: Operator, checked: Checked, inside: int) -> Compiled:
    """A chain of `&&` or `||` as one loop."""
    tests = tuple(_compile(part, inside) for part in checked.parts)
    decisive = symbol is Operator.OR

    def decide(row: Row, env: Env) -> Any:
        result: Any = not decisive
        for test in tests:
            value = test(row, env)
            if value is decisive:
                return decisive
            if value is None:
                result = None
        return result

    return decide


def _comparison(symbol: Operator, checked: Checked, inside: int) -> Compiled:
    left_part, right_part = checked.parts
    left = _compile(left_part, inside)
    if is_null_constant(right_part) and symbol is Operator.EQ:
        return lambda row, env: left(row, env) is None
    if is_null_constant(right_part) and symbol is Operator.NE:
        return lambda row, env: left(row, env) is not None
    compare = _COMPARISONS[symbol]
    if isinstance(right_part.node, Literal) and not is_null_constant(right_part):
        return _against_constant(left_part, left, compare, python_value(right_part.node), inside)
    right = _compile(right_part, inside)

    def both(row: Row, env: Env) -> bool | None:
        a = left(row, env)
        if a is None:
            return None
        b = right(row, env)
        return None if b is None else bool(compare(a, b))

    return both


def _against_constant(
    part: Checked, value: Compiled, compare: Callable[[Any, Any], Any], constant: Any, inside: int
) -> Compiled:
    """The most frequent condition by far: a field beside a constant."""
    path = part.node
    direct = isinstance(path, FieldPath) and len(path.steps) == 1 and _start(path.root, inside) is None
    if direct and isinstance(path, FieldPath) and _reading(part.type, part.trail) is None:
        name = path.steps[0]
        return lambda row, env: None if (found := row[name]) is None else compare(found, constant)
    return lambda row, env: None if (found := value(row, env)) is None else compare(found, constant)


def _membership(checked: Checked, inside: int) -> Compiled:
    left_part, right_part = checked.parts
    left = _compile(left_part, inside)
    if isinstance(right_part.node, ListOf) and all(isinstance(part.node, Literal) for part in right_part.parts):
        return _among_constants(left, [python_value(p.node) for p in right_part.parts if isinstance(p.node, Literal)])
    items = _compile(right_part, inside)

    def among(row: Row, env: Env) -> bool | None:
        found = items(row, env)
        if found is None:
            return None
        value = left(row, env)
        if value is None:
            return None if found else False
        if value in found:
            return True
        return None if None in found else False

    return among


def _among_constants(value: Compiled, constants: list[Any]) -> Compiled:
    known = frozenset(constant for constant in constants if constant is not None)
    missing = None if len(known) < len(constants) and None in constants else False
    if not constants:
        return lambda row, env: False
    return lambda row, env: None if (found := value(row, env)) is None else (True if found in known else missing)


def _arithmetic(symbol: Operator, checked: Checked, inside: int) -> Compiled:
    left_part, right_part = checked.parts
    left, right = _compile(left_part, inside), _compile(right_part, inside)
    compute = binary(symbol, left_part.type, right_part.type, checked.type)

    def apply(row: Row, env: Env) -> Any:
        a = left(row, env)
        if a is None:
            return None
        b = right(row, env)
        try:
            return None if b is None else compute(a, b)
        except _UNANSWERED:
            return None

    return apply


def _conditional(checked: Checked, inside: int) -> Compiled:
    test, then, otherwise = (_compile(part, inside) for part in checked.parts)
    return lambda row, env: then(row, env) if test(row, env) is True else otherwise(row, env)


# Functions


def _call(checked: Checked, inside: int) -> Compiled:
    signature = checked.signature
    assert signature is not None
    arguments = tuple(_compile(part, inside) for part in checked.parts)
    if len(arguments) == 1 and signature.strict:
        return _call_one(signature, arguments[0])
    function, strict, clock = signature.python, signature.strict, signature.clock

    def apply(row: Row, env: Env) -> Any:
        values = [argument(row, env) for argument in arguments]
        if strict and None in values:
            return None
        try:
            return function(env, *values) if clock else function(*values)
        except _UNANSWERED:
            return None

    return apply


def _call_one(signature: Signature, argument: Compiled) -> Compiled:
    function, clock = signature.python, signature.clock

    def apply(row: Row, env: Env) -> Any:
        value = argument(row, env)
        if value is None:
            return None
        try:
            return function(env, value) if clock else function(value)
        except _UNANSWERED:
            return None

    return apply


# Related records


def _related(checked: Checked, inside: int) -> Callable[[Row, Env], Iterable[Row]]:
    """The records of a relation; a to-one relation gives at most one."""
    relation = checked.parts[0]
    path = relation.path
    begin = _start(path.root, inside)
    to_one = relation.type.kind is Kind.RECORD

    def records(row: Row, env: Env) -> Iterable[Row]:
        value: Any = row if begin is None else begin(row, env)
        for step in path.steps:
            if value is None:
                return ()
            value = value[step]
        if value is None:
            return ()
        return (value,) if to_one else value

    return records


def _looks_out(checked: Checked) -> bool:
    """Whether something inside a relation reads a record outside it."""
    root = checked.node.root if isinstance(checked.node, FieldPath) else None
    return root in (Root.PARENT, Root.RECORD) or any(_looks_out(part) for part in checked.parts)


def _quantified(node: Quantified, checked: Checked, inside: int) -> Compiled:
    records = _related(checked, inside)
    assert checked.condition is not None
    condition = _compile(checked.condition, inside + 1)
    outward = _looks_out(checked.condition)

    def some(row: Row, env: Env) -> bool:
        within = env.inside(row) if outward else env
        return any(condition(record, within) is True for record in records(row, env))

    def every(row: Row, env: Env) -> bool:
        within = env.inside(row) if outward else env
        return all(condition(record, within) is True for record in records(row, env))

    match node.quantifier:
        case Quantifier.SOME:
            return some
        case Quantifier.NONE:
            return lambda row, env: not some(row, env)
        case Quantifier.EVERY:
            return every


def _aggregate(node: Aggregate, checked: Checked, inside: int) -> Compiled:
    records = _related(checked, inside)
    value_part, condition_part = checked.value, checked.condition
    condition = None if condition_part is None else _compile(condition_part, inside + 1)
    value = None if value_part is None else _compile(value_part, inside + 1)
    outward = any(_looks_out(part) for part in (value_part, condition_part) if part is not None)
    figure = _figure(node.function, checked.type)

    def apply(row: Row, env: Env) -> Any:
        within = env.inside(row) if outward else env
        taken = [r for r in records(row, env) if condition is None or condition(r, within) is True]
        if value is None:
            return len(taken)
        values = [found for record in taken if (found := value(record, within)) is not None]
        try:
            return figure(values)
        except _UNANSWERED:
            return None

    return apply


def _figure(function: AggregateFunction, type: ValueType) -> Callable[[list[Any]], Any]:
    match function:
        case AggregateFunction.COUNT:
            return len
        case AggregateFunction.COUNT_DISTINCT:
            return lambda values: len(set(values))
        case AggregateFunction.SUM:
            return _total
        case AggregateFunction.AVG:
            return lambda values: average(_total(values), len(values), type.kind) if values else None
        case AggregateFunction.MIN:
            return lambda values: min(values, default=None)
        case AggregateFunction.MAX:
            return lambda values: max(values, default=None)


def _total(values: Iterable[Any]) -> Any:
    total: Any = 0
    for value in values:
        total = total + value if isinstance(value, int) and isinstance(total, int) else EXACT.add(total, value)
    return total
