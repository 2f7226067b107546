from __future__ import annotations

import msgspec
import pytest

from metadata.changes.requests import Arrange, Create, Rename, Update
from metadata.problems import BadInputError, ConflictError, NotFoundError
from server.configuration.requests import Request
from tests.server.configuration.shops import ANNA, BEN, Shop, document, live_foreign_keys

BIRTHDAY = Create(kind="field", parent="customer", name="birthday", body={"type": "date"})


async def test_a_new_field_is_a_column_and_a_version(shop: Shop) -> None:
    applied = await shop.apply(BIRTHDAY)

    assert (applied.version, applied.epoch) == (2, 2)
    assert (await shop.columns("customer"))["birthday"] == ("date", True)
    assert "birthday" in {field.name for field in applied.model.object("customer").fields}


async def test_a_change_of_one_tenant_leaves_the_other_as_it_was(shop: Shop, other_shop: Shop) -> None:
    before = await other_shop.columns("customer")

    await shop.apply(BIRTHDAY)

    assert await other_shop.columns("customer") == before
    state, _ = await other_shop.configuration.state(other_shop.id)
    assert state.version == 1


async def test_a_plan_changes_nothing(shop: Shop) -> None:
    planned = await shop.plan(BIRTHDAY)

    assert planned.statements == ('ALTER TABLE "t_east"."customer"\n    ADD COLUMN "birthday" date',)
    assert "birthday" not in await shop.columns("customer")


async def test_a_new_object_gets_its_table_keys_and_indexes(shop: Shop) -> None:
    fields = [
        {"name": "title", "type": "text", "unique": True},
        {"name": "customer", "type": "relation", "settings": {"to": "customer", "on_delete": "cascade"}},
        {"name": "about", "type": "relation", "settings": {"targets": ["store", "customer"]}},
    ]
    await shop.apply(Create(kind="object", name="visit", body={"plural": "visits", "fields": fields}))

    columns = await shop.columns("visit")
    assert columns["customer_id"] == ("uuid", True)
    assert columns["about_type"] == ("text", True)
    assert columns["about_id"] == ("uuid", True)
    assert columns["created_at"] == ("timestamp with time zone", False)
    keys = await live_foreign_keys(shop.configuration.connections, shop.schema)
    assert keys["visit__customer_id__fkey"] == "CASCADE"
    indexes = await shop.indexes()
    assert "UNIQUE" in indexes["visit__title__key"]
    assert "(customer_id)" in indexes["visit__customer_id__idx"]


async def test_faults_of_several_changes_come_together_with_their_places(shop: Shop) -> None:
    with pytest.raises(BadInputError) as refused:
        await shop.apply(
            Create(kind="field", parent="customer", name="name", body={"type": "text"}),
            Create(kind="field", parent="customer", name="Grösse", body={"type": "text"}),
            Create(kind="field", parent="customre", name="size", body={"type": "text"}),
            Update(kind="field", parent="customer", name="phnoe", attributes={"required": True}),
        )

    assert [(fault.reason, fault.path[:2]) for fault in refused.value.faults] == [
        ("exists", ("changes", 0)),
        ("bad_name", ("changes", 1)),
        ("unknown_object", ("changes", 2)),
        ("unknown_field", ("changes", 3)),
    ]
    assert refused.value.faults[2].hint == "The closest name is 'customer'."


async def test_a_fault_of_the_model_is_placed_in_the_change_that_made_it(shop: Shop) -> None:
    formula = {"type": "formula", "settings": {"expression": "pionts > 100"}}
    with pytest.raises(BadInputError) as refused:
        await shop.apply(BIRTHDAY, Create(kind="field", parent="customer", name="big", body=formula))

    assert refused.value.faults[0].path == ("changes", 1, "body", "settings", "expression")
    assert "birthday" not in await shop.columns("customer")


async def test_hostile_names_are_refused_and_touch_nothing(shop: Shop) -> None:
    before = await shop.columns("customer")
    for name in ['x"; drop table customer; --', "🙂", "a" * 64, "select__", "id", ""]:
        with pytest.raises(BadInputError):
            await shop.apply(Create(kind="field", parent="customer", name=name, body={"type": "text"}))
    assert await shop.columns("customer") == before


async def test_renaming_a_field_keeps_its_column_and_follows_every_mention(shop: Shop) -> None:
    await shop.apply(Rename(kind="field", parent="customer", name="points", to="score"))

    _, model = await shop.configuration.state(shop.id)
    customer = model.object("customer")
    fields = {field.name: field for field in customer.fields}
    assert fields["score"].column == "points"
    assert fields["is_big"].settings.expression == "score > 100"
    assert customer.views[0].columns == ("name", "score", "store.city")
    assert customer.views[0].order == ("-score",)


async def test_renaming_an_object_keeps_its_table(shop: Shop) -> None:
    applied = await shop.apply(Rename(kind="object", name="store", to="branch"))

    assert applied.planned.statements == ()
    customer = applied.model.object("customer")
    assert next(field for field in customer.fields if field.name == "store").settings.to == "branch"
    assert applied.model.object("branch").table == "store"


async def test_two_fields_can_swap_names(shop: Shop) -> None:
    await shop.apply(
        Rename(kind="field", parent="customer", name="note", to="swap"),
        Rename(kind="field", parent="customer", name="points", to="note"),
        Rename(kind="field", parent="customer", name="swap", to="points"),
    )

    _, model = await shop.configuration.state(shop.id)
    columns = {field.name: field.column for field in model.object("customer").fields}
    assert (columns["note"], columns["points"]) == ("points", "note")


async def test_fields_keep_the_order_they_are_arranged_in(shop: Shop) -> None:
    await shop.apply(Arrange(kind="field", parent="store", names=("city", "name")))

    exported = await shop.configuration.export(shop.id)
    assert [field["name"] for field in exported["objects"][0]["fields"]] == ["city", "name"]


async def test_what_is_exported_changes_nothing_when_it_is_applied_again(shop: Shop) -> None:
    exported = msgspec.json.encode(await shop.configuration.export(shop.id)).decode()
    planned = await shop.plan(document=document(exported), replacing=True)

    assert planned.plan.is_empty
    applied = await shop.apply(document=document(exported), replacing=True)
    assert applied.version == 1


async def test_a_replacing_document_removes_what_it_does_not_hold(shop: Shop) -> None:
    text = "objects: [{name: store, plural: stores, fields: [{name: name, type: text, required: true}]}]"
    planned = await shop.plan(document=document(text), replacing=True)

    removed = {(change.kind, change.name) for change in planned.plan.changes if change.op == "remove"}
    assert ("object", "customer") in removed
    assert ("field", "city") in removed
    assert not planned.plan.faults


async def test_the_second_of_two_editors_is_shown_what_the_first_did(shop: Shop) -> None:
    await shop.apply(BIRTHDAY, author=BEN, expected_version=1)

    with pytest.raises(ConflictError) as refused:
        await shop.apply(
            Create(kind="field", parent="customer", name="size", body={"type": "integer"}), expected_version=1
        )

    assert refused.value.extra["currentVersion"] == 2
    (version,) = refused.value.extra["changes"]
    assert version["author"] == "ben@example.com"
    assert version["changes"] == [
        {"op": "create", "kind": "field", "parent": "customer", "name": "birthday", "after": {"type": "date"}}
    ]
    assert "size" not in await shop.columns("customer")


async def test_versions_name_author_and_changes(shop: Shop) -> None:
    await shop.configuration.apply(shop.id, Request(changes=(BIRTHDAY,)), author=BEN, message="For the spring campaign")

    newest, first = await shop.configuration.versions(shop.id)
    assert (newest.version, newest.author, newest.message) == (2, BEN, "For the spring campaign")
    assert [(change.op, change.name) for change in newest.changes] == [("create", "birthday")]
    assert first.version == 1


async def test_more_work_in_the_transaction_undoes_everything_when_it_fails(shop: Shop) -> None:
    async def fails(connection: object, plan: object) -> None:
        raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        await shop.configuration.apply(shop.id, Request(changes=(BIRTHDAY,)), author=ANNA, within=fails)
    assert "birthday" not in await shop.columns("customer")
    assert (await shop.configuration.state(shop.id))[0].version == 1


async def test_an_unknown_tenant_is_not_found(shop: Shop) -> None:
    with pytest.raises(NotFoundError):
        await shop.configuration.plan("01890000-0000-7000-8000-00000000dead", Request(changes=(BIRTHDAY,)))


async def test_settings_are_changed_by_attribute(shop: Shop) -> None:
    await shop.apply(Update(kind="settings", attributes={"timezone": "America/New_York", "currency": "USD"}))
    await shop.apply(Update(kind="settings", attributes={"timezone": None}))

    _, model = await shop.configuration.state(shop.id)
    assert (model.settings.timezone, model.settings.currency) == ("Asia/Shanghai", "USD")
    async with shop.configuration.connections.acquire() as connection:
        stored = await connection.fetchval("select settings->>'currency' from tangram.tenant where id = $1", shop.id)
    assert stored == "USD"
