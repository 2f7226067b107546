"""A file holds what its maker sees and may export: the same rows, fields and masks as a list, no others."""

from __future__ import annotations

import pytest

from tests.server.access.reading.world import HIDDEN, PEOPLE, Company, exports_customer, masked_fields, seen_customers
from tests.server.exports.test_exports import START, exported, plain, rows_of

EXPORTING = [name for name in PEOPLE if name not in ("owner", "peer", "guest")]
FIELDS = ("name", "points", "phone", "remark")


@pytest.mark.parametrize("who", EXPORTING)
async def test_a_file_holds_the_rows_and_values_that_its_maker_sees_and_may_export(company: Company, who: str) -> None:
    seen = {one["name"]: one for one in seen_customers(company, who)}
    wanted = [one for one in company.customers if exports_customer(who, one)]
    shown = [name for name in FIELDS if all(one[name] is not HIDDEN for one in seen.values())]
    found = await exported(company.tenant, company.people[who], *shown)
    assert (found["state"], found["rowCount"]) == ("DONE", len(wanted))
    header, *lines = await rows_of(company.tenant, found)
    assert header == [*shown, "watermark"]
    rows = [dict(zip(shown, (cell.removeprefix("'") for cell in plain(line)), strict=False)) for line in lines]
    assert sorted(row["name"] for row in rows) == sorted(one["name"] for one in wanted)
    for row in rows:
        customer = next(one for one in wanted if one["name"] == row["name"])
        masked = masked_fields(who, customer)
        for name in shown:
            value = seen[customer["name"]][name]
            if name in masked:
                assert "*" in row[name], name
            else:
                assert row[name] == ("" if value is None else str(value)), name


@pytest.mark.parametrize("who", ["owner", "peer", "guest"])
async def test_who_may_not_export_starts_none(company: Company, who: str) -> None:
    given = {"object": "customer", "fields": ["name"]}
    (refused, *_) = await company.tenant.faults(START, given, person=company.people[who])
    assert refused[0] in ("FORBIDDEN", "BAD_USER_INPUT")


async def test_a_field_that_is_hidden_is_in_no_file(company: Company) -> None:
    given = {"object": "customer", "fields": ["name", "phone"]}
    (refused,) = await company.tenant.faults(START, given, person=company.people["finance"])
    assert refused[0] == "BAD_USER_INPUT"
