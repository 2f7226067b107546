"""Filter operators: each builds a condition that the expression language takes, and reads its operands."""

from __future__ import annotations

from typing import Any

import pytest

from metadata.expressions.check import ModelScope, check
from metadata.expressions.text import unparse
from metadata.expressions.tree import Expression, FieldPath, Literal, Parameter
from metadata.expressions.types import (
    BOOLEAN,
    DATE,
    DATETIME,
    DECIMAL,
    DURATION,
    GEO_POINT,
    ID,
    INTEGER,
    JSON,
    MONEY,
    TEXT,
    TIME,
    Kind,
    ValueType,
    list_of,
    option,
)
from metadata.fields import FIELD_TYPES
from metadata.fields.base import InputError
from metadata.fields.operators import OperandShape, operators_for, read_operand, read_place, read_window
from metadata.model.values import ObjectType
from tests.metadata.fields.samples import make_field, make_model

EQUALITY = "eq ne in notIn"
ORDER = "lt lte gt gte between"
TEXT_MATCHES = "contains startsWith endsWith icontains istartsWith iendsWith like ilike"

STORED = [key for key, one in FIELD_TYPES.items() if not one.computed and one.filterable and one.declarable]
MODEL = make_model(
    ObjectType(
        name="customer",
        plural="customers",
        fields=tuple(make_field(key, f"f_{key}", **({"to": "user"} if key == "relation" else {})) for key in STORED),
    )
)


@pytest.mark.parametrize(
    ("value_type", "names"),
    [
        (BOOLEAN, f"{EQUALITY} isNull"),
        (INTEGER, f"{EQUALITY} {ORDER} isNull"),
        (DECIMAL, f"{EQUALITY} {ORDER} isNull"),
        (MONEY, f"{EQUALITY} {ORDER} isNull"),
        (TEXT, f"{EQUALITY} {ORDER} {TEXT_MATCHES} isNull"),
        (option("a"), f"{EQUALITY} isNull"),
        (DATE, f"{EQUALITY} {ORDER} within isNull"),
        (DATETIME, f"{EQUALITY} {ORDER} within isNull"),
        (TIME, f"{EQUALITY} {ORDER} isNull"),
        (DURATION, f"{EQUALITY} {ORDER} isNull"),
        (ID, f"{EQUALITY} isNull"),
        (GEO_POINT, "near isNull"),
        (JSON, "isNull"),
        (list_of(TEXT), "has hasAny hasAll isEmpty isNull"),
        (list_of(option("a")), "has hasAny hasAll isEmpty isNull"),
    ],
    ids=str,
)
def test_value_type_offers_its_operators(value_type: ValueType, names: str) -> None:
    assert [operator.name for operator in operators_for(value_type)] == names.split()


@pytest.mark.parametrize("type_key", STORED)
def test_every_operator_builds_a_condition_that_checks(type_key: str) -> None:
    field = make_field(type_key, f"f_{type_key}", **({"to": "user"} if type_key == "relation" else {}))
    path = FieldPath((field.name,))
    operators = operators_for(FIELD_TYPES[type_key].value_type(field, MODEL))
    assert operators
    for operator in operators:
        condition = operator.build(path, *_operands(operator.shape, operator.operands))
        assert check(condition, ModelScope(MODEL, "customer"), BOOLEAN).type == BOOLEAN, unparse(condition)


def _operands(shape: OperandShape, operands: Any) -> list[Expression]:
    parameters: list[Expression] = [Parameter(f"p{place}", one.type) for place, one in enumerate(operands)]
    if shape is OperandShape.WINDOW:
        parameters[1] = Literal("day", TEXT)
    return parameters


def test_between_includes_both_ends() -> None:
    between = next(one for one in operators_for(INTEGER) if one.name == "between")
    condition = between.build(FieldPath(("age",)), Literal(1, INTEGER), Literal(5, INTEGER))
    assert unparse(condition) == "age >= 1 && age <= 5"


def test_flag_of_a_constant_needs_no_comparison() -> None:
    is_null = operators_for(TEXT)[-1]
    path = FieldPath(("name",))
    assert unparse(is_null.build(path, Literal(True, BOOLEAN))) == "isNull(name)"
    assert unparse(is_null.build(path, Literal(False, BOOLEAN))) == "!isNull(name)"


def test_money_is_compared_by_its_amount() -> None:
    assert all(operand.type.kind is not Kind.MONEY for one in operators_for(MONEY) for operand in one.operands)


@pytest.mark.parametrize(
    ("value_type", "value", "read"),
    [
        (INTEGER, "5", 5),
        (DECIMAL, 1.5, "1.5"),
        (MONEY, "100", "100"),
        (option("vip", "new"), "VIP", "vip"),
        (DATETIME, "2026-01-01T00:00:00+08:00", "2025-12-31T16:00:00+00:00"),
        (DURATION, "PT1M", 60),
        (list_of(DATE), ["2026-01-01"], ["2026-01-01"]),
        (list_of(TEXT), "one", ["one"]),
        (BOOLEAN, True, True),
        (TIME, "09:30", "09:30:00"),
    ],
)
def test_operand_becomes_a_parameter(value_type: ValueType, value: Any, read: Any) -> None:
    assert read_operand(value_type, value) == read


@pytest.mark.parametrize(
    ("value_type", "value"),
    [
        (option("vip"), "GOLD"),
        (DECIMAL, "NaN"),
        (list_of(TEXT), [None]),
        (list_of(INTEGER), list(range(1001))),
        (ID, "1"),
        (BOOLEAN, 1),
    ],
    ids=lambda part: str(part)[:30],
)
def test_operand_of_another_type_is_refused(value_type: ValueType, value: Any) -> None:
    with pytest.raises(InputError):
        read_operand(value_type, value)


def test_window_looks_back_or_ahead() -> None:
    assert read_window({"last": 7, "unit": "DAY"}, DATE) == (7, "day")
    assert read_window({"next": 2, "unit": "HOUR"}, DATETIME) == (-2, "hour")


@pytest.mark.parametrize(
    "value",
    [{"last": 1}, {"unit": "DAY"}, {"last": 1, "next": 1, "unit": "DAY"}, {"last": 0, "unit": "DAY"}, 7],
)
def test_window_with_not_one_direction_and_unit_is_refused(value: Any) -> None:
    with pytest.raises(InputError):
        read_window(value, DATETIME)


def test_window_of_hours_is_refused_for_a_date() -> None:
    with pytest.raises(InputError, match="a unit of DAY"):
        read_window({"last": 1, "unit": "HOUR"}, DATE)


def test_place_is_read_with_its_distance() -> None:
    assert read_place({"lat": 31.2, "lng": 121, "km": 3}) == ("31.200000000", "121.000000000", "3.000000")
    with pytest.raises(InputError, match="km from 0"):
        read_place({"lat": 31.2, "lng": 121, "km": -1})
