from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from metadata.changes.requests import Create, Remove, Rename, Restore, Update
from metadata.model.organisation import ORGANISATION
from metadata.problems import BadInputError, NotFoundError
from tests.server.configuration.shops import ANNA, ORGANISATION_TABLES, Shop, live_foreign_keys, live_tables

LATER = datetime.now(UTC) + timedelta(days=1)


def removed(kind: str, name: str, parent: str = "customer") -> Remove:
    return Remove(kind=kind, parent=parent, name=name)


async def test_removing_what_others_use_is_refused_with_all_of_them(shop: Shop) -> None:
    with pytest.raises(BadInputError) as refused:
        await shop.apply(removed("field", "points"))

    assert [fault.reason for fault in refused.value.faults] == ["in_use", "in_use", "in_use"]
    assert refused.value.extra["dependents"] == [
        {"item": "field 'customer.is_big' (settings.expression)", "uses": "customer.points"},
        {"item": "view 'customer.vips' (columns)", "uses": "customer.points"},
        {"item": "view 'customer.vips' (order)", "uses": "customer.points"},
    ]


async def test_a_cascade_removes_what_makes_no_sense_and_edits_the_rest(shop: Shop) -> None:
    applied = await shop.apply(removed("field", "points"), cascade=True)

    done = {(change.op, change.name) for change in applied.planned.plan.changes}
    assert done == {("remove", "points"), ("remove", "is_big"), ("update", "vips")}
    assert applied.model.object("customer").views[0].columns == ("name", "store.city")


async def test_a_removed_object_takes_relations_and_their_dependents_with_it(shop: Shop) -> None:
    applied = await shop.apply(removed("object", "store", ""), cascade=True)

    done = {(change.op, change.kind, change.name) for change in applied.planned.plan.changes}
    assert ("remove", "field", "favourites") in done
    assert ("remove", "unique", "vip_note") in done
    assert ("update", "view", "vips") in done
    assert set(applied.model.objects) == {"customer", *ORGANISATION}


async def test_data_of_a_removed_field_is_kept_and_comes_back_with_it(shop: Shop) -> None:
    await shop.add("customer", name="Li", note="kept")
    applied = await shop.apply(removed("unique", "vip_note"), removed("field", "note"))
    assert [(risk.effect, risk.count) for risk in applied.planned.plan.risks] == [("hidden", 1)]

    await shop.apply(Restore(kind="field", parent="customer", name="note"))

    assert await shop.values("customer", "note") == ["kept"]


async def test_a_hidden_required_field_demands_nothing(shop: Shop) -> None:
    await shop.apply(
        Update(kind="object", name="store", attributes={"display": "city"}),
        removed("field", "name", "store"),
    )

    await shop.add("store", city="Xi'an")

    assert (await shop.columns("store"))["name"] == ("text", True)


async def test_a_required_field_cannot_come_back_over_records_without_it(shop: Shop) -> None:
    await shop.apply(
        Update(kind="object", name="store", attributes={"display": "city"}),
        removed("field", "name", "store"),
    )
    await shop.add("store", city="Xi'an")

    planned = await shop.plan(Restore(kind="field", parent="store", name="name"))

    assert [fault.reason for fault in planned.plan.faults] == ["required_but_empty"]


async def test_a_new_field_of_a_removed_ones_name_gets_its_own_column(shop: Shop) -> None:
    await shop.add("customer", name="Li", note="old")
    await shop.apply(removed("unique", "vip_note"), removed("field", "note"))

    applied = await shop.apply(Create(kind="field", parent="customer", name="note", body={"type": "date"}))

    note = next(field for field in applied.model.object("customer").fields if field.name == "note")
    assert note.column == "note_2"
    with pytest.raises(BadInputError) as refused:
        await shop.apply(Restore(kind="field", parent="customer", name="note"))
    assert refused.value.faults[0].reason == "exists"


async def test_a_hidden_table_does_not_hold_on_to_the_records_it_refers_to(shop: Shop) -> None:
    fields = [{"name": "customer", "type": "relation", "required": True, "settings": {"to": "customer"}}]
    await shop.apply(Create(kind="object", name="visit", body={"plural": "visits", "fields": fields}))
    customer = await shop.add("customer", name="Li")
    await shop.add("visit", customer_id=customer)

    await shop.apply(removed("object", "visit", ""))

    keys = await live_foreign_keys(shop.configuration.connections, shop.schema)
    assert keys["visit__customer_id__fkey"] == "SET NULL"
    async with shop.configuration.connections.acquire() as connection:
        await connection.execute(f"delete from {shop.schema}.customer")
    assert await shop.values("visit", "customer_id") == [None]


async def test_an_object_comes_back_with_its_fields_and_records(shop: Shop) -> None:
    fields = [{"name": "title", "type": "text", "unique": True}]
    await shop.apply(Create(kind="object", name="visit", body={"plural": "visits", "fields": fields}))
    await shop.add("visit", title="First")
    await shop.apply(removed("object", "visit", ""))
    assert "visit__title__key" not in await shop.indexes()

    applied = await shop.apply(Restore(kind="object", name="visit"))

    assert "title" in {field.name for field in applied.model.object("visit").fields}
    assert await shop.values("visit", "title") == ["First"]
    assert "visit__title__key" in await shop.indexes()


async def test_rollback_undoes_everything_since_with_its_data(shop: Shop) -> None:
    await shop.add("customer", name="Li", note="12", points=5)
    before = await shop.configuration.export(shop.id)
    indexes = await shop.indexes()
    await shop.apply(
        removed("unique", "vip_note"),
        removed("validation", "vip_has_phone"),
        Update(kind="field", parent="customer", name="note", attributes={"type": "integer"}),
    )
    await shop.apply(
        removed("field", "points"),
        Rename(kind="object", name="store", to="branch"),
        Create(kind="field", parent="customer", name="size", body={"type": "integer"}),
        cascade=True,
    )
    await shop.apply(Update(kind="settings", attributes={"currency": "USD"}))

    applied = await shop.apply(rollback_to=1)

    assert applied.version == 5
    assert await shop.configuration.export(shop.id) == before
    assert await shop.values("customer", "note") == ["12"]
    assert await shop.values("customer", "points") == [5]
    assert await shop.indexes() == indexes


async def test_a_rollback_can_be_rolled_back(shop: Shop) -> None:
    await shop.apply(Create(kind="field", parent="customer", name="size", body={"type": "integer"}))
    await shop.add("customer", name="Li", size=40)
    await shop.apply(rollback_to=1)

    await shop.apply(rollback_to=2)

    assert await shop.values("customer", "size") == [40]


async def test_a_version_that_never_was_is_not_found(shop: Shop) -> None:
    with pytest.raises(NotFoundError):
        await shop.apply(rollback_to=7)


async def test_an_earlier_version_can_be_exported(shop: Shop) -> None:
    before = await shop.configuration.export(shop.id)
    await shop.apply(removed("view", "vips"))

    assert await shop.configuration.export(shop.id, version=1) == before
    assert await shop.configuration.export(shop.id) != before


async def test_purging_drops_what_was_removed_and_nothing_else(shop: Shop, other_shop: Shop) -> None:
    await shop.apply(removed("unique", "vip_note"), removed("field", "note"))
    await shop.apply(removed("field", "favourites"))
    purge = shop.configuration.purge
    assert await purge(shop.id, datetime.now(UTC) - timedelta(days=1), author=ANNA) is None
    other = await live_tables(shop.configuration.connections, other_shop.schema)

    await purge(shop.id, LATER, author=ANNA)

    tables = await live_tables(shop.configuration.connections, shop.schema)
    assert "note" not in tables["customer"]
    assert set(tables) == {"store", "customer", *ORGANISATION_TABLES}
    assert await live_tables(shop.configuration.connections, other_shop.schema) == other
    with pytest.raises(BadInputError) as refused:
        await shop.apply(Restore(kind="field", parent="customer", name="note"))
    assert refused.value.faults[0].reason == "nothing_to_restore"


async def test_rolling_back_past_a_purge_gives_the_field_without_its_data(shop: Shop) -> None:
    await shop.add("customer", name="Li", note="gone")
    before = await shop.configuration.export(shop.id)
    await shop.apply(removed("unique", "vip_note"), removed("field", "note"))
    await shop.configuration.purge(shop.id, LATER, author=ANNA)

    await shop.apply(rollback_to=1)

    assert await shop.configuration.export(shop.id) == before
    assert await shop.values("customer", "note") == [None]


async def test_dependents_are_listed_without_removing_anything(shop: Shop) -> None:
    found = await shop.configuration.dependents(shop.id, "customer", "points")
    assert [str(one) for one in found] == [
        "field 'customer.is_big' (settings.expression)",
        "view 'customer.vips' (columns)",
        "view 'customer.vips' (order)",
    ]
    whole = await shop.configuration.dependents(shop.id, "store")
    assert {one.key.parent for one in whole} == {"customer"}
    with pytest.raises(NotFoundError):
        await shop.configuration.dependents(shop.id, "customer", "pionts")
