from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from metadata.packages.library import Library, industries_folder
from metadata.packages.sample_rules import broken_rules
from metadata.packages.samples import SampleData, prepare_samples

TEMPLATES = ("education", "equipment_service", "retail_chain")
SAMPLE_DAY = date(2026, 11, 20)


def counting() -> Callable[[], str]:
    numbers = itertools.count(1)
    return lambda: f"00000000-0000-0000-0000-{next(numbers):012}"


def prepared(name: str, today: date) -> SampleData:
    package = Library(industries_folder()).package(name)
    data, faults = prepare_samples(package, package.model(), today, counting())
    assert list(faults) == []
    return data


def column(data: SampleData, object_name: str, name: str) -> list[Any]:
    (table,) = (table for table in data.tables if table.object_name == object_name)
    return [row.values.get(name) for row in table.rows]


@pytest.mark.parametrize("name", TEMPLATES)
@pytest.mark.parametrize("today", [date(2026, 11, 20), date(2027, 3, 1), date(2028, 2, 29)], ids=str)
def test_samples_meet_their_rules_on_any_day(name: str, today: date) -> None:
    model = Library(industries_folder()).package(name).model()
    assert list(broken_rules(prepared(name, today), model, today)) == []


def test_dates_move_with_the_day_of_installation() -> None:
    then = column(prepared("retail_chain", SAMPLE_DAY), "order", "ordered_at")
    later = column(prepared("retail_chain", date(2027, 1, 1)), "order", "ordered_at")
    pairs = zip(then, later, strict=True)
    assert {date.fromisoformat(b[:10]) - date.fromisoformat(a[:10]) for a, b in pairs} == {timedelta(days=42)}


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_reference_is_stored_before_it_is_used(name: str) -> None:
    data = prepared(name, SAMPLE_DAY)
    ids = {row.id for table in data.tables for row in table.rows}
    stored: set[str] = set()
    for table in data.tables:
        stored |= {row.id for row in table.rows}
        later = {(row_id, name) for row_id, values in table.later.items() for name in values}
        for row in table.rows:
            for key, value in row.values.items():
                if (
                    isinstance(value, str)
                    and value in ids
                    and (row.id, key) not in later
                    and not key.startswith("subject")
                ):
                    assert value in stored


def test_numbers_follow_the_records_own_days() -> None:
    data = prepared("retail_chain", SAMPLE_DAY)
    numbers = column(data, "refund", "refund_no")
    days = column(data, "refund", "requested_at")
    assert len(set(numbers)) == len(numbers)
    assert all(number[2:8] == day[:4] + day[5:7] for number, day in zip(numbers, days, strict=True))
    counters = {counter.period: counter.last for counter in data.counters if counter.object_name == "refund"}
    assert sum(counters.values()) == len(numbers)


def test_orders_add_up() -> None:
    data = prepared("retail_chain", SAMPLE_DAY)
    lines: dict[str, int] = {}
    for order, amount in zip(column(data, "order_line", "order_id"), column(data, "order_line", "amount"), strict=True):
        lines[order] = lines.get(order, 0) + round(float(amount) * 100)
    (orders,) = (table for table in data.tables if table.object_name == "order")
    for row in orders.rows:
        discount = round(float(row.values.get("discount") or 0) * 100)
        assert lines[row.id] - discount == round(float(row.values["amount"]) * 100)
