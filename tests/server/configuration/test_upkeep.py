from __future__ import annotations

from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from metadata.changes.requests import Create, Remove, Update
from server.configuration.configure import Configuration, Limits
from server.configuration.upkeep import build_all_pending, build_pending, purge_all
from tests.server.configuration.shops import Shop

INDEX = Create(kind="index", parent="customer", name="by_note", body={"fields": ["note"], "where": 'level == "vip"'})


@pytest.fixture
def patient(shop: Shop) -> Shop:
    """The shop, to whose configuration every table that has rows is big."""
    shop.configuration = Configuration(shop.configuration.connections, Limits(big_rows=1))
    return shop


async def fill(shop: Shop) -> None:
    store = await shop.add("store", name="Main")
    for number in range(3):
        await shop.add("customer", name="Li", points=number, store_id=store)
    async with shop.configuration.connections.acquire() as connection:
        await connection.execute(f"analyze {shop.schema}.customer")


async def test_an_index_on_a_big_table_is_built_afterwards(patient: Shop) -> None:
    await fill(patient)

    applied = await patient.apply(INDEX)

    assert applied.planned.statements == ()
    assert applied.planned.later[0].startswith("CREATE INDEX CONCURRENTLY")
    assert [warning.reason for warning in applied.planned.plan.warnings] == ["finished_later"]
    assert "customer__by_note__ix" not in await patient.indexes()

    assert await build_all_pending(patient.configuration) == 1
    assert "level = 'vip'" in (await patient.indexes())["customer__by_note__ix"]
    assert await build_all_pending(patient.configuration) == 0


async def test_an_index_removed_before_it_was_built_is_never_built(patient: Shop) -> None:
    await fill(patient)
    await patient.apply(INDEX)
    await patient.apply(Remove(kind="index", parent="customer", name="by_note"))

    assert await build_pending(patient.configuration, patient.id) == 0
    assert "customer__by_note__ix" not in await patient.indexes()


async def test_a_demand_on_a_big_table_holds_for_new_rows_at_once(patient: Shop) -> None:
    await fill(patient)
    await patient.apply(Update(kind="field", parent="customer", name="points", attributes={"required": True}))

    assert (await patient.columns("customer"))["points"] == ("bigint", True)
    with pytest.raises(asyncpg.CheckViolationError):
        await patient.add("customer", name="Wang")

    assert await build_pending(patient.configuration, patient.id) == 1
    assert (await patient.columns("customer"))["points"] == ("bigint", False)
    async with patient.configuration.connections.acquire() as connection:
        checks = await connection.fetchval("select count(*) from pg_catalog.pg_constraint where conname ~ 'filled$'")
    assert checks == 0


async def test_a_demand_dropped_before_it_was_validated_is_gone(patient: Shop) -> None:
    await fill(patient)
    await patient.apply(Update(kind="field", parent="customer", name="points", attributes={"required": True}))
    await patient.apply(Update(kind="field", parent="customer", name="points", attributes={"required": None}))

    await patient.add("customer", name="Wang")
    assert await build_pending(patient.configuration, patient.id) == 0


async def test_a_relation_added_to_a_big_table_is_validated_afterwards(patient: Shop) -> None:
    await fill(patient)
    body = {"type": "relation", "settings": {"to": "store"}}
    await patient.apply(Create(kind="field", parent="customer", name="second_store", body=body))
    validated = "select convalidated from pg_catalog.pg_constraint where conname = 'customer__second_store_id__fkey'"

    async with patient.configuration.connections.acquire() as connection:
        assert await connection.fetchval(validated) is False
        assert await build_pending(patient.configuration, patient.id) == 2
        assert await connection.fetchval(validated) is True


async def test_a_step_that_cannot_be_done_is_noted_and_tried_again(patient: Shop) -> None:
    await fill(patient)
    await patient.apply(Update(kind="field", parent="customer", name="points", attributes={"required": True}))
    async with patient.configuration.connections.acquire() as connection:
        await connection.execute(
            f"alter table {patient.schema}.customer drop constraint customer__points__filled;"
            f"insert into {patient.schema}.customer (id, name) values (gen_random_uuid(), 'Wang');"
            f"alter table {patient.schema}.customer add constraint customer__points__filled "
            "check (points is not null) not valid"
        )

        assert await build_pending(patient.configuration, patient.id) == 0
        noted = await connection.fetchrow("select attempts, last_error from tangram.pending_work")
        assert (noted["attempts"], noted["last_error"]) == (1, "CheckViolationError")

        await connection.execute(f"update {patient.schema}.customer set points = 0 where points is null")
    assert await build_pending(patient.configuration, patient.id) == 1


async def test_removed_things_are_purged_once_they_are_old(shop: Shop, other_shop: Shop) -> None:
    await shop.apply(Remove(kind="field", parent="customer", name="favourites"))
    removed_at = datetime.now(UTC)

    assert await purge_all(shop.configuration, removed_at - timedelta(hours=1)) == 0
    assert await purge_all(shop.configuration, removed_at + timedelta(hours=1)) == 1
    assert await purge_all(shop.configuration, removed_at + timedelta(hours=1)) == 0
