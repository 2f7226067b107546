"""Records that make conditions come out as asked: found by trying the values at which the conditions can change.

The values tried for a field are the constants that it may be compared with, what lies just beside them, every option,
and nothing at all. Where all combinations are few enough to be tried, and fields are compared with constants alone, not
finding one is a proof. Otherwise not finding one says nothing: of more, a fixed sample is tried, and two fields
added up may reach what neither comes near. A condition over lists of records is not judged.
"""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from metadata.expressions.checked import Checked
from metadata.expressions.environment import Env
from metadata.expressions.literals import python_value
from metadata.expressions.tree import (
    Aggregate,
    Binary,
    FieldPath,
    ListOf,
    Literal,
    Operator,
    Quantified,
    Root,
    Unary,
    UnaryOperator,
)
from metadata.expressions.types import Kind, ValueType

__all__ = ["Case", "Search", "search"]

_MOST = 20_000
_SAMPLE = 4_000
_NOW = datetime(2026, 1, 5, 1, tzinfo=UTC)
_DAYS = (-400, -31, -1, 0, 1, 31, 400)
_ID = "00000000-0000-7000-8000-000000000001"
_SOME_TEXT = "…"

_JOINING = (Operator.AND, Operator.OR)

Path = tuple[Root, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Case:
    """A record, and the same before the change, as expressions compute with them."""

    record: Mapping[str, Any]
    old: Mapping[str, Any]

    def env(self, timezone: str) -> Env:
        """The environment of a run over it."""
        return Env(_NOW, timezone, old=self.old, actor={})


@dataclass(frozen=True, slots=True)
class Search:
    """What a search has found.

    Attributes:
        case: A record that comes out as asked; None where none was found.
        complete: Whether not finding one means that there is none among the values that matter.
    """

    case: Case | None
    complete: bool


def search(
    conditions: Iterable[Checked],
    timezone: str,
    wanted: Callable[[Mapping[str, Any], Env], bool],
) -> Search:
    """Look for a record.

    Args:
        conditions: Whose fields and constants matter.
        timezone: The tenant's.
        wanted: Whether a record comes out as asked.
    """
    checked = list(conditions)
    if any(_has_lists(one) for one in checked):
        return Search(None, False)
    constants: dict[Kind, set[Any]] = {}
    paths: dict[Path, ValueType] = {}
    for one in checked:
        _collect(one, paths, constants)
    choices = {path: [None, *_values(value_type, constants)] for path, value_type in paths.items()}
    combinations = math.prod(map(len, choices.values()))
    few = combinations <= _MOST
    complete = few and all(map(_is_plain, checked))
    drawn = itertools.product(*choices.values()) if few else _sampled(list(choices.values()))
    for values in drawn:
        case = _case(dict(zip(choices, values, strict=True)))
        try:
            if wanted(case.record, case.env(timezone)):
                return Search(case, complete)
        except (KeyError, TypeError, AttributeError):
            return Search(None, False)
    return Search(None, complete)


def _sampled(choices: list[list[Any]]) -> Iterator[tuple[Any, ...]]:
    draw = random.Random(7)
    for _ in range(_SAMPLE):
        yield tuple(draw.choice(values) for values in choices)


def _is_plain(checked: Checked) -> bool:
    """Whether a condition can only change at the values that are tried."""
    node, parts = checked.node, checked.parts
    if isinstance(node, Binary) and node.operator not in _JOINING:
        return all(isinstance(part.node, FieldPath) or _is_constant(part) for part in parts) and any(
            map(_is_constant, parts)
        )
    is_joined = isinstance(node, Binary) or (isinstance(node, Unary) and node.operator is UnaryOperator.NOT)
    return isinstance(node, FieldPath | Literal) or (is_joined and all(map(_is_plain, parts)))


def _is_constant(checked: Checked) -> bool:
    return isinstance(checked.node, Literal) or (
        isinstance(checked.node, ListOf) and all(map(_is_constant, checked.parts))
    )


def _has_lists(checked: Checked) -> bool:
    return isinstance(checked.node, Quantified | Aggregate) or any(map(_has_lists, checked.parts))


def _collect(checked: Checked, paths: dict[Path, ValueType], constants: dict[Kind, set[Any]]) -> None:
    node = checked.node
    if isinstance(node, FieldPath) and node.root in (Root.RECORD, Root.OLD):
        paths[node.root, node.steps] = checked.type
    elif isinstance(node, Literal) and node.value is not None:
        constants.setdefault(checked.type.kind, set()).add(python_value(node))
    for part in checked.parts:
        _collect(part, paths, constants)


def _values(value_type: ValueType, constants: Mapping[Kind, set[Any]]) -> list[Any]:
    numbers = {Decimal(value) for kind in (Kind.INTEGER, Kind.DECIMAL, Kind.MONEY) for value in constants.get(kind, ())}
    match value_type.kind:
        case Kind.BOOLEAN:
            return [True, False]
        case Kind.OPTION:
            return list(value_type.options) or sorted(constants.get(Kind.OPTION, ())) or [_SOME_TEXT]
        case Kind.INTEGER:
            return sorted({int(one) + step for one in numbers or {Decimal()} for step in (-1, 0, 1)})
        case Kind.DECIMAL | Kind.MONEY:
            steps = (Decimal("-0.01"), Decimal(), Decimal("0.01"))
            return sorted({one + step for one in numbers or {Decimal()} for step in steps})
        case Kind.DURATION:
            return sorted({one + step for one in constants.get(Kind.DURATION, {0}) for step in (-1, 0, 1)})
        case Kind.DATE:
            near = {one + timedelta(days=step) for one in constants.get(Kind.DATE, ()) for step in (-1, 0, 1)}
            return sorted(near | {_NOW.date() + timedelta(days=days) for days in _DAYS})
        case Kind.DATETIME:
            near = {one + timedelta(seconds=step) for one in constants.get(Kind.DATETIME, ()) for step in (-1, 0, 1)}
            return sorted(near | {_NOW + timedelta(days=days) for days in _DAYS})
        case Kind.LIST:
            words = sorted({*constants.get(Kind.TEXT, ()), *constants.get(Kind.OPTION, ())})
            return [[], *([word] for word in words), words] if words else [[]]
        case Kind.ID | Kind.RECORD:
            return [*sorted(constants.get(Kind.ID, ())), _ID]
        case Kind.TEXT:
            return [*sorted({*constants.get(Kind.TEXT, ()), *constants.get(Kind.OPTION, ())}), _SOME_TEXT]
        case _:
            return []


def _case(values: Mapping[Path, Any]) -> Case:
    sides: dict[Root, dict[str, Any]] = {Root.RECORD: {}, Root.OLD: {}}
    for (root, steps), value in values.items():
        here = sides[root]
        for step in steps[:-1]:
            inner = here.get(step)
            if not isinstance(inner, dict):
                inner = here[step] = {"id": inner if inner is not None else _ID}
            here = inner
        if isinstance(here.get(steps[-1]), dict):
            continue  # a relation that more is asked of is there
        here[steps[-1]] = value
    return Case(sides[Root.RECORD], {**sides[Root.RECORD], **sides[Root.OLD]})


def shown(value: Any) -> Any:
    """A value of a witness, JSON-ready."""
    if isinstance(value, Mapping):
        return {name: shown(inner) for name, inner in value.items() if inner is not None}
    if isinstance(value, date | datetime):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value
