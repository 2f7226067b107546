"""Requests obey the policies of the version they run at, in every way in."""

from __future__ import annotations

from tests.fixtures.tenants import Tenants
from tests.governed import allow, govern, hire

NAMES = "{ customers(orderBy: [{name: ASC}]) { nodes { name } } }"


def names(data: dict[str, dict[str, list[dict[str, str]]]]) -> list[str]:
    return [node["name"] for node in data["customers"]["nodes"]]


async def test_members_work_with_all_records_until_there_is_a_policy(tenants: Tenants) -> None:
    east = tenants.east
    await east.create("Customer", name="Anna")
    assert names(await east.data(NAMES, person=east.member)) == ["Anna"]
    await govern(east, roles=["seller"], policies=[allow("seller", "store")])
    assert await east.faults(NAMES, person=east.member) == [("BAD_USER_INPUT", "invalid_operation", ())]
    assert names(await east.data(NAMES)) == ["Anna"]


async def test_a_policy_holds_from_the_next_request_and_only_in_its_tenant(tenants: Tenants) -> None:
    east, west = tenants.both
    seller, theirs = await hire(east, "Li", "seller"), await hire(west, "Li", "seller")
    for tenant, person in ((east, seller), (west, theirs)):
        await tenant.create("Customer", name="Mine", ownerId=person.id)
        await tenant.create("Customer", name="Others")
    for _again in range(2):  # the second is answered by the thin route
        assert names(await east.data(NAMES, person=seller)) == ["Mine", "Others"]
    await govern(east, roles=["seller"], policies=[allow("seller", "customer", scope="own")])
    for _again in range(2):
        assert names(await east.data(NAMES, person=seller)) == ["Mine"]
        assert names(await west.data(NAMES, person=theirs)) == ["Mine", "Others"]
    await govern(east, roles=["seller"], policies=[allow("seller", "customer", condition='name == "Others"')])
    for _again in range(2):
        assert names(await east.data(NAMES, person=seller)) == ["Others"]


async def test_who_may_configure_one_kind_changes_that_kind_and_no_other(tenants: Tenants) -> None:
    east = tenants.east
    designer = await hire(east, "Wu", "designer")
    rights = allow("designer", "*", "configure:field", object="*")
    await govern(east, roles=["designer"], policies=[rights])
    create_field = 'mutation { createField(object: "store", field: {name: "x", type: TEXT}) { version } }'
    create_role = 'mutation { createRole(role: {name: "boss"}) { version } }'
    document = "mutation { applyMetadata(document: {}) { version } }"
    assert await east.data(create_field, person=designer, path="/metadata")
    assert await east.faults(create_role, person=designer, path="/metadata") == [("FORBIDDEN", "kind_not_allowed", ())]
    assert await east.faults(document, person=designer, path="/metadata") == [("FORBIDDEN", "not_administrator", ())]
    assert await east.faults("{ accounts { id } }", person=designer, path="/metadata") == [
        ("FORBIDDEN", "not_administrator", ())
    ]
