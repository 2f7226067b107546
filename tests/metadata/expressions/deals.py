"""A small business for tests of expressions: deals with lines, of customers. Its scope, its constants, its records."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from metadata.expressions.scope import ScopeField
from metadata.expressions.tree import Root
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
    record,
)

STAGE = option("open", "won", "lost")
LEVEL = option("vip", "normal")

FIELDS: Mapping[str, Mapping[str, ValueType]] = {
    "deal": {
        "id": ID,
        "name": TEXT,
        "note": TEXT,
        "stage": STAGE,
        "amount": DECIMAL,
        "rate": DECIMAL,
        "price": MONEY,
        "pieces": INTEGER,
        "big": INTEGER,
        "done": BOOLEAN,
        "due": DATE,
        "start": DATE,
        "at": DATETIME,
        "seen": DATETIME,
        "alarm": TIME,
        "span": DURATION,
        "tags": list_of(TEXT),
        "place": GEO_POINT,
        "extra": JSON,
        "customer": record("customer"),
        "lines": list_of(record("line")),
    },
    "line": {
        "id": ID,
        "label": TEXT,
        "cost": DECIMAL,
        "quantity": INTEGER,
        "day": DATE,
        "length": DURATION,
        "deal": record("deal"),
    },
    "customer": {
        "id": ID,
        "name": TEXT,
        "level": LEVEL,
        "score": INTEGER,
        "born": DATE,
        "joined": DATETIME,
        "deals": list_of(record("deal")),
    },
    "actor": {"id": ID, "name": TEXT, "roles": list_of(TEXT)},
}
PARTS = {Kind.MONEY: {"amount": DECIMAL, "currency": TEXT}, Kind.GEO_POINT: {"lat": DECIMAL, "lng": DECIMAL}}


class DealScope:
    """The scope of a deal, with every root."""

    def start(self, root: Root) -> str | None:
        return "actor" if root is Root.ACTOR else "deal"

    def field(self, object_name: str, field_name: str) -> ScopeField | None:
        type = FIELDS.get(object_name, {}).get(field_name)
        return None if type is None else ScopeField(type, PARTS.get(type.kind, {}))

    def names(self, object_name: str) -> Sequence[str]:
        return list(FIELDS.get(object_name, ()))


TEXTS = (
    *(
        "",
        " ",
        "a",
        "abc",
        "ABC",
        "aXc",
        "b",
        "İstanbul",
        "straße",
        "ΑΣ",
        "ǅ",
        "ﬃ",
        "e\u0301",
        "中文客户",
        "客户",
        "文",
    ),
    *(
        "😀x",
        "👨‍👩‍👧",
        "a%b_c\\",
        "%",
        "_",
        "\\",
        "100%",
        "a\\",
        "\u3000 x\t",
        "it's",
        '"q"',
        "line\nbreak",
        "0",
        "12.50",
    ),
    *("-3", "+7", "1e5", "٣", "open", "vip", "2026-01-31", "9" * 25, "$1", "{0}"),
)
INTEGERS = (0, 1, -1, 2, 3, 7, 12, -45, 100, 365, 86_400, 2**31, -(2**31) - 1, 2**63 - 1, 1 - 2**63)
DECIMALS = tuple(
    Decimal(text)
    for text in (
        *("0", "1", "-1", "2", "3", "0.5", "-0.5", "1.5", "2.5", "0.005", "-0.005", "0.1", "0.3", "1234.5678"),
        *("-99999999999999999999.9999", "0.000000000001", "-0.0000000000005", "33333333333333333333333333.3", "7.00"),
    )
)
DATES = tuple(
    date.fromisoformat(text)
    for text in (
        *("0001-01-01", "1900-02-28", "1970-01-01", "1999-12-31", "2000-02-29", "2023-02-28", "2024-02-29"),
        *("2025-12-31", "2026-01-01", "2026-01-30", "2026-01-31", "2026-03-01", "2026-03-31", "2026-11-01"),
        *("2100-02-28", "9999-12-31"),
    )
)
INSTANTS = tuple(
    datetime.fromisoformat(text)
    for text in (
        *("0001-01-02T00:00:00Z", "1969-12-31T23:59:59.999999Z", "1986-05-03T18:30:00Z", "1991-09-14T15:30:00Z"),
        *("2000-02-29T12:00:00Z", "2025-12-31T15:59:59Z", "2025-12-31T16:00:00Z", "2026-01-31T04:00:00.123456Z"),
        *("2026-03-07T07:30:00Z", "2026-03-08T06:59:59Z", "2026-03-08T07:00:00Z", "2026-03-09T03:59:59Z"),
        *("2026-10-31T05:30:00Z", "2026-11-01T05:30:00Z", "2026-11-01T06:30:00Z", "2026-11-01T04:00:00Z"),
        *("2037-06-15T08:00:00Z", "2060-07-01T00:00:00Z", "9999-12-29T23:59:59Z"),
    )
)
TIMES = tuple(time.fromisoformat(text) for text in ("00:00", "02:30", "08:30:15", "12:00", "23:59:59.999999"))
SECONDS = (0, 1, -1, 59, 90, 3_600, -5_400, 86_400, 604_801, 40_000_000, 100_000_000_000, -200_000_000_000)
PLACES = tuple(
    {"lat": Decimal(lat), "lng": Decimal(lng)}
    for lat, lng in (("31.2304", "121.4737"), ("39.9042", "116.4074"), ("0", "0"), ("0", "180"), ("-90", "12.5"))
)
ZONES = ("Asia/Shanghai", "America/New_York", "UTC", "Asia/Kolkata", "Pacific/Apia")

POOLS: Mapping[Kind, Sequence[Any]] = {
    Kind.TEXT: TEXTS,
    Kind.INTEGER: INTEGERS,
    Kind.DECIMAL: DECIMALS,
    Kind.BOOLEAN: (True, False),
    Kind.DATE: DATES,
    Kind.DATETIME: INSTANTS,
    Kind.TIME: TIMES,
    Kind.DURATION: tuple(timedelta(seconds=seconds) for seconds in SECONDS),
    Kind.GEO_POINT: PLACES,
    Kind.MONEY: tuple({"amount": amount, "currency": "CNY"} for amount in DECIMALS),
    Kind.JSON: ({"a": 1},),
}


def make_deals(seed: int, count: int) -> list[dict[str, Any]]:
    """Deals with their customers and lines, nulls among the values; the same for the same seed."""
    chance = random.Random(seed)
    customers = [_record(chance, "customer") for _ in range(max(2, count // 5))]
    deals = []
    for _ in range(count):
        deal = _record(chance, "deal")
        deal["customer"] = chance.choice([None, *customers])
        deal["lines"] = [{**_record(chance, "line"), "deal": deal} for _ in range(chance.randrange(4))]
        deals.append(deal)
    for customer in customers:
        customer["deals"] = [deal for deal in deals if deal["customer"] is customer]
    return deals


def _record(chance: random.Random, object_name: str) -> dict[str, Any]:
    return {name: _value(chance, name, type) for name, type in FIELDS[object_name].items()}


def _value(chance: random.Random, name: str, type: ValueType) -> Any:
    if name == "id":
        return str(UUID(int=chance.getrandbits(128), version=4))
    if type.kind is Kind.RECORD or (type.item is not None and type.item.kind is Kind.RECORD) or chance.random() < 0.2:
        return None
    if type.kind is Kind.OPTION:
        return chance.choice(type.options)
    if type.kind is Kind.LIST:
        return [chance.choice(TEXTS) for _ in range(chance.randrange(4))]
    return chance.choice(POOLS[type.kind])


NOW = datetime(2026, 1, 31, 18, 30, tzinfo=UTC)
"""February 1 in Shanghai, January 31 in New York."""

ACTOR = {"id": "0192d3a0-0000-7000-8000-00000000000a", "name": "王芳", "roles": ["sales", "vip"]}
