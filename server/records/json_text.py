"""JSON built as text inside SQL.

Concatenating text measured 1.2 to 1.8 times faster than `row_to_json` and `json_build_object`, which look types up
for every value of every row; and it knows neither a limit of arguments nor one of key length.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from metadata.expressions.tree import Aggregate, AggregateFunction, Expression, children
from metadata.expressions.types import Kind, ValueType
from metadata.fields import FIELD_TYPES
from metadata.fields.computed import ComputedSettings, FormulaSettings, RollupSettings, computed_expression
from metadata.fields.operators import SCALARS
from metadata.model.computed import fields_used
from metadata.model.tenant import TenantModel, field_of
from metadata.model.values import Field, ObjectType
from server.database.sql import quote_literal

__all__ = ["JsonText", "computed_scalar", "json_key", "json_scalar", "scalar_of"]

_QUOTED_SAFELY = frozenset({"BigInt", "Decimal", "ID", "Date", "Time"})
"""Scalars whose text never needs escaping."""

_DURATION = (
    "case when {0} = 0 then 'PT0S' when {0} is not null then concat(case when {0} < 0 then '-' end, 'PT',"
    " nullif(abs({0}) / 3600, 0) || 'H', nullif(abs({0}) / 60 % 60, 0) || 'M', nullif(abs({0}) % 60, 0) || 'S') end"
)
"""Whole seconds as ISO 8601 in hours, minutes and seconds."""

_BARE = frozenset({"Int", "Boolean", "Float"})


def scalar_of(value_type: ValueType) -> str:
    """GraphQL scalar of a computed value; `Option` for an option's key, `[…]` around a list's items."""
    if value_type.kind is Kind.LIST and value_type.item is not None:
        return f"[{scalar_of(value_type.item)}]"
    return SCALARS.get(value_type.kind, "JSON")


def computed_scalar(object_type: ObjectType, field: Field, model: TenantModel) -> str:
    """GraphQL scalar of a computed field: whole numbers are `Int` unless they may need more than 32 bits."""
    scalar = scalar_of(FIELD_TYPES[field.type].value_type(field, model))
    return "Int" if scalar == "BigInt" and not _may_be_big(object_type, field, model) else scalar


def _may_be_big(object_type: ObjectType, field: Field, model: TenantModel) -> bool:
    """Whether a field's whole numbers may need more than 32 bits: big integers, sums, and what is computed of them."""
    match field.settings:
        case FormulaSettings(result=result) if result:
            return result == "big_integer"
        case RollupSettings(function="sum"):
            return True
        case RollupSettings(function="count" | "count_distinct"):
            return False
        case ComputedSettings():
            expression = computed_expression(object_type, field, model)
            return _sums(expression) or any(
                _is_big(model.objects[owner], name, model)
                for owner, name in fields_used(model, object_type.name, expression)
            )
    return field.type == "big_integer"


def _is_big(object_type: ObjectType, name: str, model: TenantModel) -> bool:
    field = field_of(object_type, name)
    if field is None or FIELD_TYPES[field.type].value_type(field, model).kind is not Kind.INTEGER:
        return False
    return _may_be_big(object_type, field, model)


def _sums(expression: Expression) -> bool:
    if isinstance(expression, Aggregate) and expression.function is AggregateFunction.SUM:
        return True
    return any(map(_sums, children(expression)))


def json_key(name: str) -> str:
    """A key and its colon, as JSON text."""
    return json.dumps(name, ensure_ascii=False) + ":"


def json_scalar(sql: str, scalar: str, *, nullable: bool = True) -> str:
    """SQL text expression that gives a value as JSON; `null` for NULL where `nullable`."""
    if scalar in _BARE:
        text = f"({sql})::text"
    elif scalar in _QUOTED_SAFELY:
        text = f"""'"' || ({sql})::text || '"'"""
    elif scalar == "Option":
        text = f"""'"' || upper({sql}) || '"'"""
    elif scalar == "[Option]":
        text = f"upper(to_json({sql})::text)"
    elif scalar == "Duration":
        text = f"""'"' || {_DURATION.format(f"({sql})")} || '"'"""
    elif scalar == "JSON":
        text = f"to_json({sql})::text"
    elif scalar in ("[BigInt]", "[Decimal]"):
        text = f"to_json(({sql})::text[])::text"
    else:
        text = f"to_json({sql})::text"
    return f"coalesce({text}, 'null')" if nullable else f"({text})"


class JsonText:
    """Pieces of JSON, constant or SQL, joined into one SQL text expression."""

    __slots__ = ("_pieces",)

    def __init__(self) -> None:
        self._pieces: list[tuple[bool, str]] = []

    def constant(self, text: str) -> JsonText:
        """Append JSON text known now."""
        if self._pieces and self._pieces[-1][0]:
            self._pieces[-1] = (True, self._pieces[-1][1] + text)
        else:
            self._pieces.append((True, text))
        return self

    def sql(self, expression: str) -> JsonText:
        """Append what an SQL expression of type text gives; it must not be NULL."""
        self._pieces.append((False, expression))
        return self

    def members(self, members: Iterable[tuple[str, JsonText]]) -> JsonText:
        """Append an object of (key, value) members."""
        self.constant("{")
        for position, (key, value) in enumerate(members):
            self.constant(("," if position else "") + json_key(key))
            for is_constant, text in value._pieces:
                if is_constant:
                    self.constant(text)
                else:
                    self.sql(text)
        return self.constant("}")

    def __str__(self) -> str:
        """The SQL expression."""
        if not self._pieces:
            return "''"
        return " || ".join(quote_literal(text) if is_constant else text for is_constant, text in self._pieces)
