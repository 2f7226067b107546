"""What is found out of a record before it is written is what is found afterwards."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from typing import Any

import pytest

from server.access.plan import ADMINISTRATOR
from server.context import Actor, ActorKind, Context
from server.forms.picture import Pictures
from server.records.facts import Facts
from server.records.writing.drafts import DraftReader, new_id
from server.records.writing.running import WriteRun
from server.records.writing.saving import RecordWriter
from tests.server.forms.jobs import Workshop

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
ASKED = (
    'kind == "repair" ? hours : 1',
    "hours > 5",
    "title",
    "price",
    "price.currency",
    "site.name",
    "site != null",
    'concat(title, " at ", site.name)',
    "distanceKm(at, site.place)",
    "part_count",
    "parts.some(quantity > 1)",
    "remark != null && remark.length() > 2",
    "status",
)


def answers(draw: random.Random, sites: list[str]) -> dict[str, Any]:
    """Some values, some of them empty."""
    every: dict[str, Any] = {
        "title": draw.choice(["Pump", "扇", "'; --"]),
        "kind": draw.choice(["repair", "check", None]),
        "hours": draw.choice([0, 5, 6, None]),
        "price": draw.choice([{"amount": "12.50", "currency": "CNY"}, {"amount": "7", "currency": "JPY"}, None]),
        "site": draw.choice([*sites, None]),
        "at": draw.choice([{"lat": 31.2, "lng": 121.4}, {"lat": -10, "lng": 0}, None]),
        "remark": draw.choice(["", "ab", "abc", None]),
    }
    return {name: value for name, value in every.items() if name == "title" or draw.random() < 0.7}


@pytest.mark.parametrize("is_new", [True, False], ids=["new", "old"])
async def test_a_record_says_before_it_is_written_what_it_says_afterwards(workshop: Workshop, *, is_new: bool) -> None:
    services, tenant = workshop.tenant.services, workshop.tenant
    sites = [
        await tenant.create("Site", name="North", place={"lat": 31.3, "lng": 121.4}),
        await tenant.create("Site", name="South"),
    ]
    loaded = await services.tenants.refresh(tenant.id)
    context = Context(loaded.model, Actor("", ActorKind.SYSTEM, "tests", ()), ADMINISTRATOR, loaded.epoch)
    job, draw = loaded.model.object("job"), random.Random(7)
    writer, pictures, facts = RecordWriter(services.vault, services.connections), Pictures(), Facts()
    async with services.connections.acquire(tenant.id) as connection:
        for _ in range(25):
            record = new_id()
            run = WriteRun(context, NOW)
            if not is_new:
                before = {**answers(draw, sites), "id": record, "parts": {"create": [{"label": "a", "quantity": 2}]}}
                await writer.create(connection, run, job, [before], "input")
            given = answers(draw, sites)
            reader = DraftReader(context, NOW)
            draft = reader.new(job, given, ()) if is_new else reader.change(job, record, given, ())
            reader.faults.raise_if_any()
            pictured = await pictures.values(
                connection, context, job, record, draft.columns, ASKED, is_new=is_new, instant=NOW
            )
            if is_new:
                await writer.create(connection, run, job, [{**given, "id": record}], "input")
            else:
                await writer.update(connection, run, job, record, given, None)
            assert pictured == await facts.values(connection, context, "job", record, ASKED, instant=NOW), given
