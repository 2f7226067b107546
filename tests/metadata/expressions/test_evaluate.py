from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest

from metadata.expressions.check import read
from metadata.expressions.evaluate import Env, compile_python
from tests.metadata.expressions.deals import ACTOR, NOW, DealScope

SCOPE = DealScope()


def value_of(text: str, zone: str = "Asia/Shanghai", now: datetime = NOW, old: Any = None, **row: Any) -> Any:
    return compile_python(read(text, SCOPE))(row, Env(now, zone, actor=ACTOR, old=old))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("done && false", False),
        ("done && true", None),
        ("done || true", True),
        ("done || false", None),
        ("!done", None),
        ("name == name", None),
        ("name == null", True),
        ("name != null", False),
        ("null == null", True),
        ("name in ['a']", None),
        ("name in []", False),
        ("1 in [1, null]", True),
        ("2 in [1, null]", None),
        ("done ? 1 : 2", 2),
        ("name + 'x'", None),
        ("concat(name, 'x')", "x"),
        ("coalesce(name, 'x')", "x"),
        ("isEmpty(name)", True),
        ("isEmpty(' ')", False),
        ("max(pieces, 3)", 3),
        ("lower(name)", None),
    ],
)
def test_null_is_unknown(text: str, value: object) -> None:
    assert (
        value_of(text, done=None, name=None, pieces=None) is value
        or value_of(text, done=None, name=None, pieces=None) == value
    )


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2 / 3", "0.666666666667"),
        ("-2 / 3", "-0.666666666667"),
        ("1 / 8000000000000", "0.000000000000"),
        ("1 / 2000000000000", "0.000000000001"),
        ("100000000000000000000.0 / 3", "33333333333333333333.333333333333"),
        ("0.1 + 0.2", "0.3"),
        ("99999999999999999999999999999999.1 * 1.1", "109999999999999999999999999999999.01"),
        ("round(2.5, 0)", "3"),
        ("round(-2.5, 0)", "-3"),
        ("round(1250.0, -2)", "1300"),
        ("round(0.125, 2)", "0.13"),
        ("-7.5 % 2", "-1.5"),
        ("1 / 0", None),
        ("1.5 % 0", None),
        ("round(1.5, 31)", None),
        ("decimal('12.50')", "12.50"),
        ("decimal('1e5')", None),
        ("decimal('abc')", None),
    ],
)
def test_decimals_are_exact(text: str, value: str | None) -> None:
    assert value_of(text) == (None if value is None else Decimal(value))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("9223372036854775807 + 1", 2**63),
        ("-7 % 3", -1),
        ("7 % -3", 1),
        ("integer(-2.9)", -2),
        ("integer('12')", 12),
        ("integer('12.5')", None),
        ("round(2.5)", 3),
        ("floor(-2.5)", -3),
        ("ceil(-2.5)", -2),
        ("length('中文😀')", 3),
        ("text(1.50)", "1.5"),
        ("text(-0.0)", "0"),
        ("text(9223372036854775807)", "9223372036854775807"),
        ("upper('straße')", "STRAßE"),
        ("lower('İ')", "i"),
        ("trim('　x\t')", "x"),
        ("substring('abcdef', 2)", "cdef"),
        ("substring('abcdef', 2, 3)", "cde"),
        ("substring('abc', -5, 2)", "ab"),
        ("left('abc', -1)", "ab"),
        ("right('abc', 2)", "bc"),
        ("replace('aaa', '', 'b')", "aaa"),
        ("join(['a', null, 'b'], '-')", "a-b"),
        ("like('100%', '100\\\\%')", True),
        ("like('1000', '100\\\\%')", False),
        ("like('a中b', 'a_b')", True),
        ("ilike('ABC', '%b%')", True),
        ("istartsWith('ÄB', 'äb')", True),
        ("hasAny(['a'], ['b', 'a'])", True),
        ("hasAll(['a'], [])", True),
        ("size(['a', null])", 2),
    ],
)
def test_functions_of_numbers_and_texts(text: str, value: object) -> None:
    assert value_of(text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("addMonths(date('2026-01-31'), 1)", date(2026, 2, 28)),
        ("addMonths(date('2024-03-31'), -1)", date(2024, 2, 29)),
        ("addYears(date('2024-02-29'), 1)", date(2025, 2, 28)),
        ("addDays(date('9999-12-31'), 1)", None),
        ("addDays(date('2026-01-31'), 9000000000)", None),
        ("monthsBetween(date('2026-01-31'), date('2026-02-28'))", 1),
        ("monthsBetween(date('2026-02-28'), date('2026-01-31'))", -1),
        ("monthsBetween(date('2026-01-30'), date('2026-02-27'))", 0),
        ("yearsBetween(date('2008-02-29'), date('2026-02-28'))", 18),
        ("yearsBetween(date('2008-03-01'), date('2026-02-28'))", 17),
        ("daysBetween(date('2026-02-01'), date('2026-01-31'))", -1),
        ("weekday(date('2026-02-01'))", 7),
        ("startOfWeek(date('2026-02-01'))", date(2026, 1, 26)),
        ("startOfQuarter(date('2026-06-30'))", date(2026, 4, 1)),
        ("today()", date(2026, 2, 1)),
        ("date(now())", date(2026, 2, 1)),
        ("time(now())", time(2, 30)),
        ("hour(now())", 2),
        ("text(now())", "2026-02-01 02:30:00"),
        ("startOfMonth(now())", datetime(2026, 1, 31, 16, tzinfo=UTC)),
        ("datetime(date('2026-02-01'), time('08:30'))", datetime(2026, 2, 1, 0, 30, tzinfo=UTC)),
        ("date('2026-02-03') - date('2026-02-01')", timedelta(days=2)),
        ("now() - datetime('2026-01-31T18:29:58.5Z')", timedelta(seconds=1)),
        ("duration('90s') * 1.5", timedelta(seconds=135)),
        ("duration('10s') / 3", timedelta(seconds=3)),
        ("duration('3h') / duration('2h')", Decimal("1.5")),
        ("datetime('9999-12-29T00:00:00Z') + duration('2d')", None),
        ("within(date('2026-01-26'), 7, 'day')", True),
        ("within(date('2026-01-25'), 7, 'day')", False),
        ("within(date('2026-02-01'), -1, 'DAY')", True),
        ("within(date('2026-02-02'), -1, 'day')", False),
        ("within(now() - duration('59m'), 1, 'hour')", True),
        ("within(now() + duration('1m'), 1, 'hour')", False),
    ],
)
def test_functions_of_dates(text: str, value: object) -> None:
    assert value_of(text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        # 2026-03-08 02:30 does not exist in New York; the offset before the change counts.
        ("datetime(date('2026-03-08'), time('02:30'))", datetime(2026, 3, 8, 7, 30, tzinfo=UTC)),
        # 2026-11-01 01:30 exists twice; the later one is meant.
        ("datetime(date('2026-11-01'), time('01:30'))", datetime(2026, 11, 1, 6, 30, tzinfo=UTC)),
        ("addDays(datetime('2026-03-07T12:00:00-05:00'), 1)", datetime(2026, 3, 8, 16, tzinfo=UTC)),
        ("addHours(datetime('2026-03-07T12:00:00-05:00'), 24)", datetime(2026, 3, 8, 17, tzinfo=UTC)),
        ("startOfDay(datetime('2026-11-01T20:00:00Z'))", datetime(2026, 11, 1, 4, tzinfo=UTC)),
    ],
)
def test_clock_changes_follow_the_zone(text: str, value: datetime) -> None:
    assert value_of(text, zone="America/New_York") == value


def test_paths_follow_relations_and_parts() -> None:
    deal: dict[str, Any] = {
        "customer": {"id": "c", "level": "vip", "deals": [{"amount": Decimal(5)}, {"amount": None}]},
        "price": {"amount": Decimal(7), "currency": "CNY"},
        "span": timedelta(minutes=2),
    }
    assert value_of("customer.level == 'vip' && price > 6 && price.currency == 'CNY'", **deal) is True
    assert value_of("customer.deals.sum(amount) + customer.deals.count()", **deal) == Decimal(7)
    assert value_of("price.amount", price=Decimal(7)) == Decimal(7)
    assert value_of("span + span", **deal) == timedelta(minutes=4)
    assert value_of("customer.level", customer=None) is None
    assert value_of("customer", customer={"id": "c"}) == value_of("customer", customer="c") == "c"


def test_a_field_the_row_lacks_is_named() -> None:
    with pytest.raises(KeyError, match="amount"):
        value_of("amount > 1", name="x")


def test_quantifiers_count_unknown_as_not_met() -> None:
    lines = [{"cost": Decimal(1)}, {"cost": None}]
    assert value_of("lines.some(cost > 0)", lines=lines) is True
    assert value_of("lines.every(cost > 0)", lines=lines) is False
    assert value_of("lines.none(cost > 5)", lines=lines) is True
    assert value_of("lines.every(cost > 0)", lines=[]) is True
    assert value_of("lines.some()", lines=[]) is False


def test_figures_leave_out_nulls() -> None:
    lines = [{"cost": Decimal(1), "quantity": 2}, {"cost": None, "quantity": 3}, {"cost": Decimal(1), "quantity": 5}]
    assert value_of("lines.count()", lines=lines) == 3
    assert value_of("lines.countDistinct(cost)", lines=lines) == 1
    assert value_of("lines.avg(quantity)", lines=lines) == Decimal("3.333333333333")
    assert value_of("lines.sum(cost * quantity, quantity > 2)", lines=lines) == 5
    assert value_of("lines.sum(cost)", lines=[]) == 0
    assert value_of("lines.avg(cost)", lines=[]) is None
    assert value_of("lines.max(cost)", lines=None) is None


def test_nested_conditions_see_their_parent_and_the_record() -> None:
    deals = [{"amount": Decimal(5), "lines": [{"cost": Decimal(4)}]}, {"amount": Decimal(3), "lines": []}]
    text = "customer.deals.count(lines.some(cost < parent.amount && cost > record.rate))"
    assert value_of(text, customer={"deals": deals}, rate=Decimal(3)) == 1
    assert value_of(text, customer={"deals": deals}, rate=Decimal(4)) == 0


def test_old_values_are_null_on_creation() -> None:
    assert value_of("old.stage == null", stage="open") is True
    assert value_of("old.stage != stage", stage="won", old={"stage": "open"}) is True


def test_the_actor_is_asked() -> None:
    assert value_of("'vip' in actor.roles && actor.name == name", name="王芳") is True
