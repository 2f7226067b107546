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
