"""Who sees sensitive fields plainly is in the audit log, before the answer is sent."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fixtures.tenants import Person, Tenant, Tenants

LOG = "{ auditLog(filter: {kinds: [FIELDS_READ]}) { actorName object records fields address } }"


async def seen(tenant: Tenant) -> list[dict[str, Any]]:
    """Entries, oldest first."""
    return list(reversed((await tenant.data(LOG, path="/metadata"))["auditLog"]))


@pytest.fixture
async def east(tenants: Tenants) -> Tenant:
    """`points` is declared sensitive, `id_card` is encrypted, members see `phone` masked; nothing else is sensitive."""
    east = tenants.east
    await east.data(
        'mutation { updateField(object: "customer", name: "points", field: {sensitive: true}) { version } }',
        path="/metadata",
    )
    document = {
        "roles": [{"name": "sales", "label": {"en": "Sales"}}],
        "policies": [
            {"name": "everything", "kind": "allow", "role": "sales", "object": "*", "actions": ["read"]},
            {
                "name": "phones",
                "kind": "mask",
                "role": "sales",
                "object": "customer",
                "fields": ["phone"],
                "mask": "phone",
            },
        ],
    }
    await east.data(
        "mutation($document: JSON) { applyMetadata(document: $document) { version } }",
        {"document": document},
        path="/metadata",
    )
    return east


async def made(tenant: Tenant, phone: str = "+8613800138000") -> str:
    return await tenant.create("Customer", name="王", phone=phone, idCard="1101", points=7)


async def test_an_entry_tells_who_saw_which_fields_of_which_records(east: Tenant) -> None:
    first, second = await made(east), await made(east, "+8613800138001")
    await east.data("{ customers { nodes { name points idCard } } }")
    (entry,) = await seen(east)
    assert entry["actorName"] == "admin@example.com"
    assert (entry["object"], entry["fields"]) == ("customer", ["id_card", "points"])
    assert set(entry["records"]) == {first, second}
    assert entry["address"]


@pytest.mark.parametrize("times", [1, 3])
async def test_every_reading_is_logged_also_on_the_thin_route(east: Tenant, times: int) -> None:
    record = await made(east)
    for _ in range(times):
        data = await east.data("query($id: ID!) { customer(id: $id) { points } }", {"id": record})
        assert data == {"customer": {"points": 7}}
    entries = await seen(east)
    assert [entry["records"] for entry in entries] == [[record]] * times
    assert all(entry["address"] for entry in entries)


async def test_fields_that_a_policy_masks_for_somebody_are_logged_for_who_sees_them_plainly(east: Tenant) -> None:
    record = await made(east)
    query = "query($id: ID!) { customer(id: $id) { phone } }"
    masked = await east.data(query, {"id": record}, person=east.member)
    assert "*" in masked["customer"]["phone"]
    assert await seen(east) == []
    plain = await east.data(query, {"id": record})
    assert plain["customer"]["phone"] == "+8613800138000"
    assert [entry["fields"] for entry in await seen(east)] == [["phone"]]


async def test_what_is_not_sensitive_and_what_is_empty_is_not_logged(east: Tenant) -> None:
    await made(east)
    await east.create("Customer", name="nobody", points=None)
    await east.data("{ customers { nodes { name level } } }")
    await east.data('{ customers(filter: {name: {eq: "nobody"}}) { nodes { idCard phone } } }')
    assert await seen(east) == []


async def test_records_of_relations_are_logged_as_their_own_object_type(east: Tenant) -> None:
    referrer = await made(east)
    await east.create("Customer", name="Li", referrer={"connect": {"id": referrer}})
    await east.data('{ customers(filter: {name: {eq: "Li"}}) { nodes { name referrer { points } } } }')
    (entry,) = await seen(east)
    assert entry["records"] == [referrer]


async def test_what_is_computed_of_a_sensitive_field_is_logged_too(east: Tenant) -> None:
    record = await made(east)
    data = await east.data("query($id: ID!) { customer(id: $id) { title orderCount } }", {"id": record})
    assert data["customer"]["title"] == "王 (7)"
    assert [(entry["fields"], entry["records"]) for entry in await seen(east)] == [(["title"], [record])]


async def test_what_a_write_answers_is_logged(east: Tenant) -> None:
    record = await made(east)
    await east.data(
        'mutation($id: ID!) { updateCustomer(id: $id, input: {name: "Wang"}) { name points } }', {"id": record}
    )
    assert [entry["fields"] for entry in await seen(east)] == [["points"]]


async def test_other_people_are_named(east: Tenant) -> None:
    record = await made(east)
    member: Person = east.member
    await east.data("query($id: ID!) { customer(id: $id) { points } }", {"id": record}, person=member)
    assert [entry["actorName"] for entry in await seen(east)] == [member.email]


THROUGH = "{ auditLog(filter: {kinds: [FIELDS_READ]}) { object records fields detail } }"


async def through(tenant: Tenant) -> list[tuple[str, list[str], list[str], Any]]:
    """Object type, fields, records, and the way they were seen, of each entry, oldest first."""
    found = (await tenant.data(THROUGH, path="/metadata"))["auditLog"]
    told = [(one["object"], one["fields"], one["records"], one["detail"].get("through")) for one in found]
    return told[::-1]


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ("{ customersAggregate { max { points } } }", ["points"]),
        ("{ customersAggregate { a: sum { b: points } avg { points } } }", ["points"]),
        ("{ customersAggregate(groupBy: [{points: VALUE}]) { key { points } count } }", ["points"]),
        ("{ customersAggregate(groupBy: [{phone: VALUE}]) { key { phone } max { points } } }", ["phone", "points"]),
        ("{ customersAggregate(groupBy: [{referrer: {phone: VALUE}}]) { key { referrer { phone } } } }", ["phone"]),
    ],
)
async def test_figures_and_keys_over_sensitive_fields_are_logged_of_no_record(
    east: Tenant, query: str, fields: list[str]
) -> None:
    referrer = await made(east)
    await east.create("Customer", name="Li", referrer={"connect": {"id": referrer}})
    await east.data(query)
    assert await through(east) == [("customer", fields, [], "figure")]


async def test_cursors_that_hold_sensitive_values_are_logged(east: Tenant) -> None:
    record = await made(east)
    await east.data("{ customers(orderBy: [{points: ASC}]) { nodes { name } pageInfo { hasNextPage } } }")
    await east.data("{ customers(orderBy: [{name: ASC}]) { edges { cursor } pageInfo { endCursor } } }")
    assert await through(east) == []
    await east.data("{ customers(orderBy: [{points: ASC}, {phone: DESC}]) { edges { cursor } } }")
    assert await through(east) == [("customer", ["phone", "points"], [record], "cursor")]
    await east.data("{ customers(orderBy: [{points: ASC}]) { pageInfo { endCursor } } }", person=east.member)
    assert (await through(east))[1:] == [("customer", ["points"], [record], "cursor")]
    await east.data("{ customers(orderBy: [{phone: ASC}]) { totalCount } }")
    assert len(await through(east)) == 2
    await east.create("Customer", name="Li", referrer={"connect": {"id": record}})
    await east.data("{ customers(orderBy: [{referrer: {points: ASC}}], first: 1) { pageInfo { startCursor } } }")
    assert (await through(east))[2:] == [("customer", ["points"], [], "cursor")]


async def test_a_formula_that_only_says_yes_or_no_is_logged_too(east: Tenant) -> None:
    record = await made(east)
    field = {"name": "is_rich", "type": "FORMULA", "settings": {"expression": "points > 5", "result": "boolean"}}
    await east.data(
        'mutation($field: FieldInput!) { createField(object: "customer", field: $field) { version } }',
        {"field": field},
        path="/metadata",
    )
    assert (await east.data("{ customers { nodes { isRich } } }"))["customers"]["nodes"] == [{"isRich": True}]
    assert [(entry["fields"], entry["records"]) for entry in await seen(east)] == [(["is_rich"], [record])]


async def test_counts_groups_that_are_not_shown_and_figures_of_nothing_are_not_logged(east: Tenant) -> None:
    await made(east)
    await east.data("{ customersAggregate(groupBy: [{points: VALUE}]) { count countDistinct(field: POINTS) } }")
    await east.data('{ customersAggregate(filter: {name: {eq: "nobody"}}) { max { points } } }')
    assert await through(east) == []


async def test_history_that_tells_values_of_sensitive_fields_is_logged(east: Tenant) -> None:
    record = await made(east)
    query = "query($id: ID!) { customer(id: $id) { history { kind changes { %s } } } }"
    await east.data(query.replace("%s", "field"), {"id": record})
    assert await through(east) == []
    await east.data(query.replace("%s", "after"), {"id": record}, person=east.member)
    assert await through(east) == [("customer", ["points"], [record], "history")]
    await east.data(query.replace("%s", "after"), {"id": record})
    assert (await through(east))[1:] == [("customer", ["phone", "points"], [record], "history")]


async def test_hits_of_a_search_are_logged_where_title_or_snippet_show_what_is_sensitive(east: Tenant) -> None:
    record = await made(east)
    await east.data('{ search(text: "13800") { title snippet } }')
    assert await through(east) == [("customer", ["phone"], [record], "hit")]
    await east.data('{ search(text: "13800") { id } }')
    await east.data('{ search(text: "王") { title snippet } }')
    assert len(await through(east)) == 1
    await east.data(
        'mutation { updateField(object: "customer", name: "name", field: {sensitive: true}) { version } }',
        path="/metadata",
    )
    hits = await east.data('{ search(text: "王") { object id title snippet } }')
    assert hits["search"][0]["title"] == "王"
    assert (await through(east))[1:] == [("customer", ["name"], [record], "hit")]
