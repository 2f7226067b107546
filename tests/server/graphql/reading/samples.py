"""Values of every field type in their order, and a sample of each, for the tests beside this file.

`VALUES` gives three values a type, the smallest first, as (what is written, what is answered). Five samples hold them:
the first, the second, the third, the second again, and none.
"""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from tests.fixtures.tenants import Tenant, Tenants

PLACES = (0, 1, 2, 1, None)
"""Which of the three values each sample holds."""

WEIGHTS = (1, 2, 3, 2, None)

_PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def _same(*values: Any) -> tuple[tuple[Any, Any], ...]:
    return tuple((value, value) for value in values)


VALUES: dict[str, tuple[tuple[Any, Any], ...]] = {
    "text": _same("Apple", "a\"b\\c'd%e_f", "中文😀"),
    "long_text": _same("", "line\nsecond\tline", "长文本"),
    "rich_text": _same("<b>a</b>", "<p>b</p>", "<p>中</p>"),
    "integer": _same(-2147483648, 0, 2147483647),
    "big_integer": _same("-9223372036854775807", "0", "9007199254740993"),
    "decimal": (
        ("-123456789012345678901234.5", "-123456789012345678901234.500000"),
        ("0.000001", "0.000001"),
        ("12.50", "12.500000"),
    ),
    "money": _same(
        {"amount": "-1.50", "currency": "CNY"},
        {"amount": "0.05", "currency": "CNY"},
        {"amount": "12345678901234.99", "currency": "CNY"},
    ),
    "percent": (("-3.25", "-3.25"), ("12.5", "12.50"), ("100", "100.00")),
    "rating": _same(1, 3, 5),
    "boolean": _same(False, True, True),
    "date": _same("0001-01-01", "2024-02-29", "9999-12-31"),
    "datetime": (
        ("1969-12-31T23:59:59.999999Z", "1969-12-31T23:59:59.999999+00:00"),
        ("2026-01-31T23:30:00+08:00", "2026-01-31T15:30:00+00:00"),
        ("2026-02-01T04:30:00Z", "2026-02-01T04:30:00+00:00"),
    ),
    "time": (("00:00", "00:00:00"), ("08:30:15", "08:30:15"), ("23:59:59", "23:59:59")),
    "duration": (("PT0S", "PT0S"), ("PT90M", "PT1H30M"), ("P2DT1S", "PT48H1S")),
    "select": _same("HIGH", "LOW", "MIDDLE"),
    "multi_select": (([], []), (["GREEN"], ["GREEN"]), (["BLUE", "RED"], ["RED", "BLUE"])),
    "tags": _same([], ["a b", 'q"u,o{t}e'], ["中", "文\\"]),
    "phone": (
        ("+86 138-0000-0001", "+8613800000001"),
        ("+8613800000002", "+8613800000002"),
        ("+12125550100", "+12125550100"),
    ),
    "email": (("A@Example.com", "a@example.com"), ("b@example.com",) * 2, ("c@example.com",) * 2),
    "url": _same("https://a.example.com/", "https://b.example.com/?q=1&r=%20#x", "https://c.example.com/"),
    "address": _same(
        *({"province": "浙江省", "city": city, "street": 'No. "1"'} for city in ("杭州市", "宁波市", "温州市"))
    ),
    "person_name": (
        ({"full": "Ada"}, {"full": "Ada", "last": None, "first": None}),
        ({"last": "Lovelace", "first": "Ada"}, {"full": "Ada Lovelace", "last": "Lovelace", "first": "Ada"}),
        ({"last": "欧阳", "first": "娜"}, {"full": "欧阳娜", "last": "欧阳", "first": "娜"}),
    ),
    "geo_point": _same({"lat": -33.9, "lng": 18.4}, {"lat": 0.0, "lng": 0.0}, {"lat": 31.23, "lng": 121.47}),
    "json": _same({"a": [1, None, "中"]}, [1.5, {"b": True}], "text"),
    "encrypted_text": _same("secret", "密", 'q"uote'),
    "barcode": _same("0001", "12-3", "X"),
}
"""Of the types whose values a client writes and that name no other record."""

SELECTIONS = {
    "money": "{ amount currency }",
    "address": "{ province city street }",
    "person_name": "{ full last first }",
    "geo_point": "{ lat lng }",
    "file": "{ id name size contentType }",
    "image": "{ id name size contentType }",
    "relation": "{ id name }",
    "user": "{ id name }",
    "department": "{ id name }",
}
"""What is selected of values that have parts."""


@dataclass
class Seeded:
    """A tenant with five samples.

    Attributes:
        samples: Ids of the samples, in order of creation.
        probes: Ids of a probe of each sample.
        shelves: Ids of a shelf of each sample.
        written: What each sample was given, by type.
        answers: What each sample answers, by type.
    """

    tenant: Tenant
    samples: list[str] = field(default_factory=list)
    probes: list[str] = field(default_factory=list)
    shelves: list[str] = field(default_factory=list)
    written: list[dict[str, Any]] = field(default_factory=list)
    answers: list[dict[str, Any]] = field(default_factory=list)


def field_name(type_name: str, prefix: str = "") -> str:
    """GraphQL name of the field of a type: `bigIntegerField`; with a prefix `seenBigInteger`."""
    first, *rest = [*([prefix] if prefix else []), *type_name.split("_"), *([] if prefix else ["field"])]
    return first + "".join(word.capitalize() for word in rest)


async def seed(tenants: Tenants, tenant: Tenant) -> Seeded:
    """Create the samples, and what they lead to."""
    seeded = Seeded(tenant)
    values = dict(VALUES)
    for kind in ("file", "image"):
        values[kind] = tuple([await _file(tenants, tenant, f"{kind}{place}.png") for place in range(3)])
    stores = [await tenant.create("Store", name=name) for name in ("A store", "B store", "C store")]
    values["relation"] = tuple((id_, {"id": id_, "name": f"{'ABC'[place]} store"}) for place, id_ in enumerate(stores))
    values["lookup"] = tuple((None, f"{letter} store") for letter in "ABC")
    people = [(person.id, {"id": person.id, "name": person.name}) for person in (tenant.admin, tenant.member)]
    values["user"] = (people[0], people[1], people[1])
    values["department"] = ((tenant.department_id, {"id": tenant.department_id, "name": "Sales"}),) * 3
    for number, place in enumerate(PLACES):
        given = {name: _written(name, three[place]) for name, three in values.items() if place is not None}
        shelf = await tenant.create("Shelf", name=f"shelf {number}")
        record = {_input_name(name): value for name, value in given.items() if name != "lookup"}
        sample = await tenant.create("Sample", shelfId=shelf, **record)
        probe = await tenant.create("Probe", name=f"probe {number}", weight=WEIGHTS[number], sampleId=sample)
        seeded.samples.append(sample)
        seeded.probes.append(probe)
        seeded.shelves.append(shelf)
        seeded.written.append(given)
        answer = {name: None if place is None else three[place][1] for name, three in values.items()}
        answer["formula"] = None if place is None else int(answer["rating"] or 0) * 10 - 1
        answer["rollup"] = str(WEIGHTS[number] or 0)
        answer["auto_number"] = f"S-{number + 1:05}"
        seeded.answers.append(answer)
    return seeded


def _written(type_name: str, pair: tuple[Any, Any]) -> Any:
    return pair[0]


def _input_name(type_name: str) -> str:
    name = field_name(type_name)
    return f"{name}Id" if type_name in ("relation", "user", "department") else name


async def _file(tenants: Tenants, tenant: Tenant, name: str) -> tuple[str, dict[str, Any]]:
    async def chunks() -> AsyncIterator[bytes]:
        yield _PIXEL

    stored = await tenants.services.files.save(
        tenant.id, chunks(), name=name, content_type="image/png", uploaded_by=tenant.admin.id
    )
    answer = {"id": stored.id, "name": name, "size": len(_PIXEL), "contentType": "image/png"}
    return stored.id, answer
