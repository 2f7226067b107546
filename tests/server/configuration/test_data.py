from __future__ import annotations

import pytest

from metadata.changes.requests import Create, Update
from metadata.problems import BadInputError
from tests.server.configuration.shops import Shop


def changed(name: str, **attributes: object) -> Update:
    return Update(kind="field", parent="customer", name=name, attributes=attributes)


async def reasons(shop: Shop, *changes: Create | Update) -> list[str]:
    planned = await shop.plan(*changes)
    return [fault.reason for fault in planned.plan.faults]


async def test_text_becomes_an_integer_when_every_value_is_one(shop: Shop) -> None:
    for note in ("12", "7", None):
        await shop.add("customer", name="Li", note=note)

    applied = await shop.apply(
        Update(kind="unique", parent="customer", name="vip_note", attributes={"fields": ["store"]}),
        changed("note", type="integer"),
    )

    assert [risk.count for risk in applied.planned.plan.risks if risk.effect == "converted"] == [2]
    assert sorted(await shop.values("customer", "note"), key=str) == [12, 7, None]


async def test_text_that_is_no_integer_is_refused_with_examples(shop: Shop) -> None:
    await shop.add("customer", name="Li", note="twelve")

    with pytest.raises(BadInputError) as refused:
        await shop.apply(changed("note", type="integer"))

    assert refused.value.faults[0].reason == "does_not_fit"
    assert "'twelve'" in refused.value.faults[0].message
    assert await shop.values("customer", "note") == ["twelve"]


async def test_a_type_that_nothing_leads_to_is_refused_with_what_is_offered(shop: Shop) -> None:
    planned = await shop.plan(changed("points", type="geo_point"))

    assert planned.plan.faults[0].reason == "type_change"
    assert "It can become:" in planned.plan.faults[0].hint


async def test_narrowing_is_refused_while_longer_data_is_there(shop: Shop) -> None:
    await shop.add("customer", name="Li", note="a long note")
    narrow = changed("note", settings={"max_length": 5})

    assert await reasons(shop, narrow) == ["does_not_fit"]

    async with shop.configuration.connections.acquire() as connection:
        await connection.execute(f"update {shop.schema}.customer set note = 'short'")
    assert await reasons(shop, narrow) == []


async def test_an_option_in_use_cannot_be_taken_away(shop: Shop) -> None:
    await shop.add("customer", name="Li", level="normal")
    only_vip = changed("level", settings={"options": [{"key": "vip"}]})

    assert await reasons(shop, only_vip) == ["does_not_fit"]
    both = changed("level", settings={"options": [{"key": "vip"}, {"key": "normal"}, {"key": "gold"}]})
    assert await reasons(shop, both) == []


async def test_required_is_refused_while_records_have_no_value(shop: Shop) -> None:
    await shop.add("customer", name="Li")

    with pytest.raises(BadInputError) as refused:
        await shop.apply(changed("points", required=True))

    assert refused.value.faults[0].reason == "required_but_empty"
    assert "1 records" in refused.value.faults[0].message


async def test_a_default_fills_records_that_have_no_value(shop: Shop) -> None:
    await shop.add("customer", name="Li")
    await shop.add("customer", name="Wang", points=5)

    applied = await shop.apply(changed("points", required=True, default=3))

    assert sorted(await shop.values("customer", "points")) == [3, 5]
    assert (await shop.columns("customer"))["points"] == ("bigint", False)
    assert [(risk.effect, risk.count) for risk in applied.planned.plan.risks] == [("filled", 1)]


async def test_a_new_required_field_gives_existing_records_its_default(shop: Shop) -> None:
    await shop.add("customer", name="Li")
    options = {"options": [{"key": "wechat"}, {"key": "it's \\ odd"[:4].replace("'", "")}]}
    body = {"type": "select", "required": True, "default": "wechat", "settings": options}

    await shop.apply(Create(kind="field", parent="customer", name="source", body=body))

    assert await shop.values("customer", "source") == ["wechat"]
    async with shop.configuration.connections.acquire() as connection:
        default = await connection.fetchval(
            "select column_default from information_schema.columns where table_schema = $1 and column_name = 'source'",
            shop.schema,
        )
    assert default is None


async def test_a_new_required_field_without_default_is_refused_once_there_are_records(shop: Shop) -> None:
    new = Create(kind="field", parent="customer", name="age", body={"type": "integer", "required": True})
    assert await reasons(shop, new) == []

    await shop.add("customer", name="Li")
    assert await reasons(shop, new) == ["required_but_empty"]


async def test_unique_is_refused_while_values_repeat(shop: Shop) -> None:
    for note in ("same", "same", "other"):
        await shop.add("customer", name="Li", note=note)

    with pytest.raises(BadInputError) as refused:
        await shop.apply(changed("note", unique=True))

    assert refused.value.faults[0].reason == "not_unique"
    assert "'same'" in refused.value.faults[0].message


async def test_deleted_records_do_not_count_as_repeating(shop: Shop) -> None:
    for _ in range(2):
        await shop.add("customer", name="Li", note="same")
    async with shop.configuration.connections.acquire() as connection:
        await connection.execute(
            f"update {shop.schema}.customer set deleted_at = now() "
            f"where id = (select id from {shop.schema}.customer limit 1)"
        )

    await shop.apply(changed("note", unique=True))

    assert "WHERE (deleted_at IS NULL)" in (await shop.indexes())["customer__note__key"]


async def test_a_conditional_unique_constraint_looks_only_where_it_says(shop: Shop) -> None:
    body = {"fields": ["name"], "where": 'level == "vip" && points > 10'}
    new = Create(kind="unique", parent="customer", name="one_name", body=body)
    for points in (1, 11):
        await shop.add("customer", name="Li", level="vip", points=points)
    assert await reasons(shop, new) == []

    await shop.add("customer", name="Li", level="vip", points=12)
    assert await reasons(shop, new) == ["not_unique"]


async def test_an_index_cannot_look_at_other_records(shop: Shop) -> None:
    body = {"fields": ["name"], "where": 'store.city == "Xi\'an"'}
    new = Create(kind="index", parent="customer", name="in_city", body=body)

    assert (await reasons(shop, new))[0] in ("condition_not_own", "not_own", "bad_condition", "not_stored")


async def test_a_relation_cannot_be_led_elsewhere(shop: Shop) -> None:
    elsewhere = changed("store", settings={"to": "customer", "inverse": "customers"})
    assert "relation_moved" in await reasons(shop, elsewhere)


async def test_changing_search_makes_the_vector_anew(shop: Shop) -> None:
    await shop.add("customer", name="Li", note="very special")

    await shop.apply(Update(kind="object", name="customer", attributes={"search": ["note"]}))

    (vector,) = await shop.values("customer", "search_vector")
    assert "sp" in vector
    assert "li" not in vector
    assert "customer___search" in await shop.indexes()


async def test_a_searched_column_can_change_its_type(shop: Shop) -> None:
    await shop.apply(Update(kind="object", name="customer", attributes={"search": ["name", "note"]}))
    await shop.add("customer", name="Li", note="x")

    await shop.apply(
        changed("note", type="long_text"),
        Update(kind="unique", parent="customer", name="vip_note", attributes={"fields": ["name"]}),
    )

    assert (await shop.columns("customer"))["note"] == ("text", True)


async def test_a_searched_text_can_become_tags(shop: Shop) -> None:
    await shop.apply(Update(kind="object", name="customer", attributes={"search": ["name", "note"]}))
    await shop.add("customer", name="Li", note="red, blue")

    await shop.apply(
        changed("note", type="tags"),
        Update(kind="unique", parent="customer", name="vip_note", attributes={"fields": ["name"]}),
    )

    assert await shop.values("customer", "note") == [["red", "blue"]]
    (vector,) = await shop.values("customer", "search_vector")
    assert "bl" in vector
