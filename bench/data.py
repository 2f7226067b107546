"""The benchmark's rows: the same at every run, made from their number alone, loaded with COPY.

Ids are UUIDs whose last 48 bits are the row's number, so that pgbench can make one from a random integer.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

__all__ = [
    "FULL",
    "LEVELS",
    "QUICK",
    "SEARCH_TERMS",
    "STATUSES",
    "Scale",
    "customer_id",
    "load",
    "store_id",
    "work_order_id",
]

LEVELS = ("normal", "silver", "gold", "vip")
STATUSES = ("new", "assigned", "working", "done", "cancelled")

_SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗"
_FIRST = "建志文明国海永晓秀丽春玉美红雪梅子雨思佳"
_SECOND = "华军伟强平峰涛磊勇斌杰鹏芳娟敏静艳霞玲燕婷萍琳颖倩洁莹蕾薇丹"
_CITIES = ("上海", "北京", "广州", "深圳", "杭州", "成都", "武汉", "西安", "南京", "重庆")
_REGIONS = ("华东", "华北", "华南", "西南", "西北")
_TASKS = ("安装", "维修", "保养", "巡检", "退换", "咨询")

SEARCH_TERMS = tuple(first + second for first in _FIRST for second in _SECOND)
"""Two characters of a name: each is found in about 1 of 600 customers."""

_START = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
_SEED = 7


@dataclass(frozen=True, slots=True)
class Scale:
    """How many rows of each object."""

    stores: int
    customers: int
    work_orders: int


FULL = Scale(200, 100_000, 300_000)
QUICK = Scale(200, 10_000, 30_000)


def store_id(number: int) -> UUID:
    """Id of the store with this number, from 1."""
    return UUID(f"01900000-0000-7000-8001-{number:012x}")


def customer_id(number: int) -> UUID:
    """Id of the customer with this number, from 1."""
    return UUID(f"01900000-0000-7000-8002-{number:012x}")


def work_order_id(number: int) -> UUID:
    """Id of the work order with this number, from 1."""
    return UUID(f"01900000-0000-7000-8003-{number:012x}")


async def load(connection: Any, schema: str, scale: Scale) -> None:
    """Fill the three tables of an empty tenant, then gather statistics.

    Args:
        connection: A plain asyncpg connection of the administrator (it checkpoints), without the server's codecs.
        schema: The tenant's PostgreSQL schema.
        scale: How many rows.
    """
    system = ("id", "created_at", "updated_at", "version")
    for table, columns, rows in (
        ("store", ("name", "region"), _stores(scale)),
        (
            "customer",
            ("name", "phone", "email", "level", "store_id", "city", "points", "birthday", "notes"),
            _customers(scale),
        ),
        (
            "work_order",
            ("code", "title", "status", "priority", "amount", "customer_id", "store_id"),
            _work_orders(scale),
        ),
    ):
        await connection.copy_records_to_table(table, schema_name=schema, columns=system + columns, records=rows)
        await connection.execute(f'VACUUM (ANALYZE) "{schema}"."{table}"')
    await connection.execute("CHECKPOINT")


def _system(id: UUID, seconds: int) -> tuple[Any, ...]:
    at = _START + dt.timedelta(seconds=seconds)
    return id, at, at, 1


def _stores(scale: Scale) -> Iterator[tuple[Any, ...]]:
    for n in range(1, scale.stores + 1):
        yield *_system(store_id(n), n), f"{_CITIES[n % 10]}{n:03d}店", _REGIONS[n % 5]


def _customers(scale: Scale) -> Iterator[tuple[Any, ...]]:
    chance = random.Random(_SEED)
    for n in range(1, scale.customers + 1):
        name = chance.choice(_SURNAMES) + chance.choice(_FIRST) + chance.choice(_SECOND)
        yield (
            *_system(customer_id(n), 1_000 + n * 60),
            name,
            f"+86170{n:08d}",
            f"customer{n}@example.com",
            chance.choices(LEVELS, (60, 25, 10, 5))[0],
            store_id(chance.randint(1, scale.stores)),
            chance.choice(_CITIES),
            chance.randint(0, 20_000),
            dt.date(1950, 1, 1) + dt.timedelta(days=chance.randint(0, 20_000)),
            f"{name}，{chance.choice(_TASKS)}后回访。" * chance.randint(0, 4) or None,
        )


def _work_orders(scale: Scale) -> Iterator[tuple[Any, ...]]:
    chance = random.Random(_SEED + 1)
    for n in range(1, scale.work_orders + 1):
        yield (
            *_system(work_order_id(n), 2_000 + n * 20),
            f"WO-{n:07d}",
            f"{chance.choice(_TASKS)}申请",
            chance.choices(STATUSES, (10, 15, 20, 50, 5))[0],
            chance.randint(1, 5),
            Decimal(chance.randint(1_000, 1_000_000)) / 100,
            customer_id(chance.randint(1, scale.customers)),
            store_id(chance.randint(1, scale.stores)),
        )
