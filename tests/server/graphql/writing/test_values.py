"""Values of every field type: stored, answered, cleared, refused."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fixtures.tenants import Tenants

VALUES: dict[str, tuple[Any, Any]] = {
    "textField": ("  七巧板 ", "  七巧板 "),
    "longTextField": ("one\ntwo", "one\ntwo"),
    "richTextField": ("<p>hi</p><script>x()</script>", "<p>hi</p>"),
    "integerField": (2147483647, 2147483647),
    "bigIntegerField": ("9223372036854775807", "9223372036854775807"),
    "decimalField": ("123456789012345678901234.5", "123456789012345678901234.500000"),
    "percentField": ("12.5", "12.50"),
    "ratingField": (5, 5),
    "booleanField": (False, False),
    "dateField": ("2024-02-29", "2024-02-29"),
    "datetimeField": ("2026-01-01T08:00:00+08:00", "2026-01-01T00:00:00+00:00"),
    "timeField": ("23:59:59", "23:59:59"),
    "durationField": ("PT90M", "PT1H30M"),
    "selectField": ("MIDDLE", "MIDDLE"),
    "multiSelectField": (["BLUE", "RED"], ["RED", "BLUE"]),
    "tagsField": (["甲", "b"], ["甲", "b"]),
    "phoneField": ("+86 139 0000 1234", "+8613900001234"),
    "emailField": ("Someone@Example.com", "someone@example.com"),
    "urlField": ("https://example.com/a?b=1", "https://example.com/a?b=1"),
    "jsonField": ({"a": [1, None, {"b": "c"}], "n": None}, {"a": [1, None, {"b": "c"}], "n": None}),
    "encryptedTextField": ("秘密 \u0041", "秘密 A"),
    "barcodeField": ("ABC-123", "ABC-123"),
}

COMPOSITES: dict[str, tuple[Any, str, Any]] = {
    "moneyField": (
        {"amount": "12.5", "currency": "usd"},
        "{ amount currency }",
        {"amount": "12.50", "currency": "USD"},
    ),
    "geoPointField": ({"lat": 31.23, "lng": 121.47}, "{ lat lng }", {"lat": 31.23, "lng": 121.47}),
}

WRONG: dict[str, Any] = {
    "integerField": 2147483648,
    "bigIntegerField": "9223372036854775808",
    "decimalField": "1.2345678",
    "percentField": "abc",
    "ratingField": 6,
    "booleanField": "yes",
    "dateField": "2023-02-29",
    "datetimeField": "yesterday",
    "timeField": "25:00",
    "durationField": "1 hour",
    "selectField": "NONE",
    "multiSelectField": ["RED", "NONE"],
    "phoneField": "12",
    "emailField": "nobody",
    "urlField": "javascript:alert(1)",
    "textField": "nul \x00",
    "moneyField": {"amount": "1", "currency": "ABC"},
    "geoPointField": {"lat": 91, "lng": 0},
    "encryptedTextField": "x" * 1_001,
    "fileField": "no id",
}

UPDATE = "mutation ($id: ID!, $input: UpdateSampleInput!) {{ updateSample(id: $id, input: $input) {{ {0} version }} }}"


@pytest.mark.parametrize("name", VALUES)
async def test_a_value_is_stored_answered_and_cleared(tenants: Tenants, name: str) -> None:
    given, answered = VALUES[name]
    for tenant in tenants.both:
        created = await tenant.data(
            f"mutation ($input: CreateSampleInput!) {{ createSample(input: $input) {{ id {name} }} }}",
            {"input": {name: given}},
        )
        sample = created["createSample"]
        assert sample[name] == answered
        read = await tenant.data(f"query ($id: ID!) {{ sample(id: $id) {{ {name} }} }}", {"id": sample["id"]})
        assert read["sample"][name] == answered
        cleared = await tenant.data(UPDATE.format(name), {"id": sample["id"], "input": {name: None}})
        assert cleared["updateSample"] == {name: None, "version": 2}
        again = await tenant.data(UPDATE.format(name), {"id": sample["id"], "input": {name: given}})
        assert again["updateSample"] == {name: answered, "version": 3}


@pytest.mark.parametrize("name", COMPOSITES)
async def test_a_composite_is_stored_answered_and_cleared(tenants: Tenants, name: str) -> None:
    given, parts, answered = COMPOSITES[name]
    east = tenants.east
    sample = await east.create("Sample", **{name: given})
    read = await east.data(f"query ($id: ID!) {{ sample(id: $id) {{ {name} {parts} }} }}", {"id": sample})
    assert read["sample"][name] == answered
    cleared = await east.data(UPDATE.format(f"{name} {parts}"), {"id": sample, "input": {name: None}})
    assert cleared["updateSample"][name] is None


@pytest.mark.parametrize("name", WRONG)
async def test_a_wrong_value_is_refused_at_its_path(tenants: Tenants, name: str) -> None:
    faults = await tenants.east.faults(
        "mutation ($input: CreateSampleInput!) { createSample(input: $input) { id } }", {"input": {name: WRONG[name]}}
    )
    assert len(faults) == 1
    code, reason, path = faults[0]
    assert code == "BAD_USER_INPUT"
    assert reason in ("bad_value", "wrong_type")
    assert path[:2] == ("input", name)


async def test_money_without_currency_takes_the_tenants(tenants: Tenants) -> None:
    for tenant, currency in ((tenants.east, "CNY"), (tenants.west, "USD")):
        data = await tenant.data(
            'mutation { createSample(input: {moneyField: {amount: "3"}}) { moneyField { amount currency } } }'
        )
        assert data["createSample"]["moneyField"] == {"amount": "3.00", "currency": currency}


async def test_defaults_fill_what_is_left_out_and_null_keeps_it_empty(tenants: Tenants) -> None:
    data = await tenants.east.data(
        'mutation { a: createCustomer(input: {name: "王"}) { level points joined }'
        ' b: createCustomer(input: {name: "李", level: null, points: null, joined: null}) { level points joined } }'
    )
    assert data["a"]["level"] == "NORMAL"
    assert data["a"]["points"] == 0
    assert data["a"]["joined"] is not None
    assert data["b"] == {"level": None, "points": None, "joined": None}


async def test_todays_default_is_the_day_in_the_tenants_zone(tenants: Tenants) -> None:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    for tenant, zone in ((tenants.east, "Asia/Shanghai"), (tenants.west, "America/New_York")):
        before = datetime.now(ZoneInfo(zone)).date().isoformat()
        data = await tenant.data('mutation { createCustomer(input: {name: "n"}) { joined } }')
        assert before <= data["createCustomer"]["joined"] <= datetime.now(ZoneInfo(zone)).date().isoformat()


async def test_all_faults_are_told_together_each_once(tenants: Tenants) -> None:
    faults = await tenants.east.faults(
        "mutation ($inputs: [CreateLimitedInput!]!) { createLimiteds(inputs: $inputs) { id } }",
        {
            "inputs": [
                {"short": "ok"},
                {"short": "A", "small": 6, "exact": "100.01", "yen": {"amount": "1", "currency": "CNY"}},
                {"stars": 4, "words": ["a", "b", "c"], "picks": ["ONE", "TWO"], "ean": "4006381333930"},
                {"short": "ok", "data": {"a": "x" * 80}, "minute": "10:00:01", "yen": {"amount": "-1"}},
            ]
        },
    )
    assert {(code, path) for code, _reason, path in faults} == {
        ("BAD_USER_INPUT", ("inputs", 1, "short")),
        ("BAD_USER_INPUT", ("inputs", 1, "small")),
        ("BAD_USER_INPUT", ("inputs", 1, "exact")),
        ("BAD_USER_INPUT", ("inputs", 1, "yen")),
        ("BAD_USER_INPUT", ("inputs", 2, "short")),
        ("BAD_USER_INPUT", ("inputs", 2, "stars")),
        ("BAD_USER_INPUT", ("inputs", 2, "words")),
        ("BAD_USER_INPUT", ("inputs", 2, "picks")),
        ("BAD_USER_INPUT", ("inputs", 2, "ean")),
        ("BAD_USER_INPUT", ("inputs", 3, "data")),
        ("BAD_USER_INPUT", ("inputs", 3, "minute")),
        ("BAD_USER_INPUT", ("inputs", 3, "yen")),
    }
    assert len(faults) == 12
    assert (await tenants.east.data("{ limiteds { totalCount } }"))["limiteds"]["totalCount"] == 0


async def test_a_required_field_can_be_neither_left_out_nor_cleared(tenants: Tenants) -> None:
    east = tenants.east
    missing = [("BAD_USER_INPUT", "missing_value", ("input", "name"))]
    assert await east.faults("mutation { createCustomer(input: {}) { id } }") == missing
    assert await east.faults("mutation { createCustomer(input: {name: null}) { id } }") == missing
    customer = await east.create("Customer", name="王")
    update = "mutation ($id: ID!, $v: String) { updateCustomer(id: $id, input: {name: $v}) { name } }"
    assert await east.faults(update, {"id": customer, "v": None}) == missing
    assert (await east.data(update, {"id": customer, "v": "李"}))["updateCustomer"] == {"name": "李"}


async def test_a_required_relation_can_be_neither_left_out_nor_disconnected(tenants: Tenants) -> None:
    east = tenants.east
    missing = [("BAD_USER_INPUT", "missing_value", ("input", "customer"))]
    assert await east.faults("mutation { createOrder(input: {}) { id } }") == missing
    assert await east.faults("mutation { createOrder(input: {customer: {disconnect: true}}) { id } }") == missing
    order = await east.create("Order", customerId=await east.create("Customer", name="王"))
    update = "mutation ($id: ID!, $i: UpdateOrderInput!) { updateOrder(id: $id, input: $i) { id } }"
    assert await east.faults(update, {"id": order, "i": {"customer": {"disconnect": True}}}) == missing
    assert await east.faults(update, {"id": order, "i": {"customerId": None}}) == missing


async def test_an_id_of_the_clients_is_kept_and_taken_once_only(tenants: Tenants) -> None:
    create = 'mutation ($id: ID) { createCustomer(input: {id: $id, name: "王"}) { id } }'
    given = {"id": "01990000-0000-7000-8000-00000000ABCD"}
    for tenant in tenants.both:  # ids of tenants have nothing to do with each other
        data = await tenant.data(create, given)
        assert data == {"createCustomer": {"id": given["id"].lower()}}
        assert await tenant.faults(create, given) == [("CONFLICT", "not_unique", ("input", "id"))]
    assert await tenants.east.faults(create, {"id": "x"}) == [("BAD_USER_INPUT", "wrong_type", ("input", "id"))]


async def test_a_repeated_id_in_one_request_is_a_conflict(tenants: Tenants) -> None:
    same = "01990000-0000-7000-8000-00000000abcd"
    faults = await tenants.east.faults(
        "mutation ($i: [CreateCustomerInput!]!) { createCustomers(inputs: $i) { id } }",
        {"i": [{"name": "a"}, {"id": same, "name": "b"}, {"id": same, "name": "c"}]},
    )
    assert [fault[:2] for fault in faults] == [("CONFLICT", "not_unique")]
    assert faults[0][2][0] == "inputs"
    assert faults[0][2][2] == "id"


async def test_an_expression_default_of_other_fields_stays_empty_without_them(tenants: Tenants) -> None:
    data = await tenants.east.data('mutation { createLimited(input: {short: "abc"}) { code stars } }')
    assert data["createLimited"]["stars"] is None


async def test_unknown_fields_and_computed_fields_are_not_in_the_input(tenants: Tenants) -> None:
    for name in ("nothing", "formulaField", "rollupField", "lookupField", "createdAt", "version", "deletedAt"):
        faults = await tenants.east.faults(
            "mutation ($i: CreateSampleInput!) { createSample(input: $i) { id } }", {"i": {name: None}}
        )
        assert faults == [("BAD_USER_INPUT", "unknown_field", ("i", name))]


async def test_an_archived_option_is_refused_for_new_values(tenants: Tenants) -> None:
    faults = await tenants.east.faults('mutation { createLimited(input: {short: "abc", picks: [OLD]}) { picks } }')
    assert faults == [("BAD_USER_INPUT", "bad_value", ("input", "picks"))]


async def test_users_and_departments_are_connected_by_id(tenants: Tenants) -> None:
    east, west = tenants.both
    data = await east.data(
        "mutation ($u: ID, $d: ID) { createSample(input: {userFieldId: $u, departmentFieldId: $d})"
        " { userField { email } departmentField { name } owner { email } } }",
        {"u": east.member.id, "d": east.department_id},
    )
    assert data["createSample"]["userField"] == {"email": "wang@example.com"}
    assert data["createSample"]["departmentField"] == {"name": "Sales"}
    assert data["createSample"]["owner"] == {"email": "admin@example.com"}
    faults = await east.faults(
        "mutation ($u: ID, $d: ID) { createSample(input: {userFieldId: $u, departmentFieldId: $d}) { id } }",
        {"u": west.member.id, "d": west.department_id},
    )
    assert faults == [
        ("BAD_USER_INPUT", "unknown_record", ("input", "userFieldId")),
        ("BAD_USER_INPUT", "unknown_record", ("input", "departmentFieldId")),
    ]
