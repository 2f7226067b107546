"""A filter's condition: an expression over one record's own fields, after the write and, as `old.field`, before it.

It is decided in Python from the event and the record's row, so it may not look at related records or at computed
fields, whose values are only known to the database.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from metadata.expressions.check import faults_of, read
from metadata.expressions.environment import Env
from metadata.expressions.evaluate import compile_python
from metadata.expressions.scope import ModelScope
from metadata.expressions.text import parse
from metadata.expressions.tree import Aggregate, FieldPath, Quantified, Root
from metadata.expressions.types import BOOLEAN, Kind
from metadata.fields import FIELD_TYPES
from metadata.fields.base import Output
from metadata.fields.relations import relation_of
from metadata.model.tenant import TenantModel, field_of
from metadata.model.values import ObjectType
from metadata.problems import Fault
from server.webhooks.payload import stored_fields

__all__ = ["check_condition", "compile_condition", "typed_row"]

_ROOTS = frozenset({Root.RECORD, Root.OLD})

Condition = Callable[[Mapping[str, Any], Mapping[str, Any], datetime], bool]
"""Whether a condition holds, given the record's columns after and before the write, and the instant of the write."""


def check_condition(text: str, model: TenantModel, object_name: str) -> tuple[Fault, ...]:
    """What is wrong with a condition; nothing when it can be used."""
    faults = faults_of(text, ModelScope(model, object_name, _ROOTS), BOOLEAN)
    if faults:
        return faults
    return tuple(_out_of_reach(text, model, object_name))


def compile_condition(text: str, model: TenantModel, object_type: ObjectType) -> Condition:
    """Make a condition ready to be asked; an unknown answer counts as no.

    Raises:
        BadInputError: The fields it names have changed since it was saved.
    """
    evaluate = compile_python(read(text, ModelScope(model, object_type.name, _ROOTS), BOOLEAN))

    def holds(after: Mapping[str, Any], before: Mapping[str, Any], now: datetime) -> bool:
        env = Env(now, model.settings.timezone, old=typed_row(before, object_type, model))
        return evaluate(typed_row(after, object_type, model), env) is True

    return holds


def typed_row(row: Mapping[str, Any], object_type: ObjectType, model: TenantModel) -> dict[str, Any]:
    """JSON values of columns → values of fields as expressions take them; None for fields without a column."""
    values: dict[str, Any] = {field.name: None for field in object_type.fields}
    for field, field_type, columns in stored_fields(object_type, model):
        found = [row.get(column) for column in columns]
        if all(value is None for value in found) or field_type.transform:
            continue
        if relation_of(field) is not None or field_type.output is not Output.OBJECT:
            kind = field_type.value_type(field, model).kind
            values[field.name] = _typed(found[-1], kind)
        elif len(columns) == 1:
            values[field.name] = found[0]
        else:
            names = [subfield.name for subfield in field_type.subfields]
            values[field.name] = {
                name: Decimal(str(value)) if isinstance(value, int | float) else value
                for name, value in zip(names, found, strict=False)
            }
    return values


def _out_of_reach(text: str, model: TenantModel, object_name: str) -> Iterator[Fault]:
    object_type = model.object(object_name)
    for node in _nodes(_parsed(text)):
        if isinstance(node, Quantified | Aggregate):
            yield _fault(".".join(node.path.steps), "related records")
        if isinstance(node, FieldPath):
            field = field_of(object_type, node.steps[0])
            if field is None:
                continue
            if len(node.steps) > 1 and relation_of(field) is not None:
                yield _fault(".".join(node.steps), "related records")
            elif FIELD_TYPES[field.type].computed:
                yield _fault(field.name, "computed fields")


def _fault(name: str, what: str) -> Fault:
    return Fault(
        "condition_out_of_reach",
        f"'{name}' cannot be used here: the condition of a webhook does not see {what}.",
        hint="Use the record's own stored fields, and `old.` for their values before the write.",
    )


@lru_cache(maxsize=256)
def _parsed(text: str) -> Any:
    return parse(text)


def _nodes(node: Any) -> Iterator[Any]:
    if isinstance(node, tuple):
        for item in node:
            yield from _nodes(item)
    elif dataclasses.is_dataclass(node) and not isinstance(node, type):
        yield node
        for item in dataclasses.fields(node):
            yield from _nodes(getattr(node, item.name))


def _typed(value: Any, kind: Kind) -> Any:
    match kind:
        case Kind.DECIMAL | Kind.MONEY:
            return value if isinstance(value, Decimal) else Decimal(str(value))
        case Kind.DATE:
            return date.fromisoformat(value)
        case Kind.DATETIME:
            return datetime.fromisoformat(value)
        case Kind.TIME:
            return time.fromisoformat(value)
        case Kind.DURATION:
            return timedelta(seconds=value)
        case _:
            return value
