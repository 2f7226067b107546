"""Rights on named records for a time, through the API."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from metadata.model.tenant import TenantModel
from server.grants.closing import end_closed
from tests.fixtures.tenants import Person, Tenant, Tenants
from tests.governed import allow, govern, hire

NAMES = "{ customers(orderBy: [{name: ASC}], first: 50) { nodes { name } totalCount } }"
GIVE = "mutation($input: AccessGrantInput!) { grantAccess(input: $input) { id batch record state fields } }"
ASK = "mutation($input: AccessGrantInput!) { requestAccess(input: $input) { id batch state } }"
DECIDE = "mutation($batch: ID!, $approve: Boolean!) { decideAccess(batch: $batch, approve: $approve) { state } }"
REVOKE = "mutation($id: ID, $batch: ID) { revokeGrant(id: $id, batch: $batch) { record state } }"
UPDATE = 'mutation($id: ID!) { updateCustomer(id: $id, input: {remark: "seen"}) { remark } }'


def soon(**more: float) -> str:
    return (datetime.now(UTC) + timedelta(**(more or {"hours": 1}))).isoformat()


async def names(tenant: Tenant, person: Person) -> list[str]:
    found = await tenant.data(NAMES, person=person)
    return [node["name"] for node in found["customers"]["nodes"]]


async def staffed(tenant: Tenant) -> tuple[Person, Person]:
    """A seller who sees their own customers, and a manager who sees all and may approve."""
    await govern(
        tenant,
        roles=["seller", "manager"],
        policies=[
            allow("seller", "customer", "read", "update", scope="own"),
            allow("manager", "customer", "read", "update", "approve"),
            allow("manager", "order"),
            allow("seller", "order"),
        ],
    )
    return await hire(tenant, "Li", "seller"), await hire(tenant, "Ma", "manager")


async def customers(tenant: Tenant, *given: str) -> dict[str, str]:
    return {name: await tenant.create("Customer", name=name) for name in given}


def on(object_name: str, user: Person, records: list[str], **more: Any) -> dict[str, Any]:
    given = {"user": user.id, "object": object_name, "records": records, "reason": "Stands in for a colleague."}
    return {"input": {**given, **({"validUntil": soon()} if "untilClosed" not in more else {}), **more}}


async def test_twenty_named_customers_are_seen_until_a_date_or_until_the_project_is_closed(tenants: Tenants) -> None:
    east = tenants.east
    seller, manager = await staffed(east)
    known = await customers(east, *(f"C{number:02}" for number in range(20)), "Other")
    project = await east.create("Order", customerId=known["Other"])
    twenty = [known[f"C{number:02}"] for number in range(20)]
    closing = {"object": "order", "record": project, "condition": 'status == "shipped"'}
    assert await names(east, seller) == []
    given = await east.data(GIVE, on("customer", seller, twenty, untilClosed=closing), person=manager)
    assert [one["state"] for one in given["grantAccess"]] == ["HOLDS"] * 20
    assert await names(east, seller) == [f"C{number:02}" for number in range(20)]
    assert await names(east, seller) == [f"C{number:02}" for number in range(20)]
    await east.data("mutation($id: ID!) { updateOrder(id: $id, input: {status: PAID}) { id } }", {"id": project})
    assert len(await names(east, seller)) == 20
    await east.data("mutation($id: ID!) { updateOrder(id: $id, input: {status: SHIPPED}) { id } }", {"id": project})
    assert await names(east, seller) == []


async def test_a_grant_ends_at_its_time_by_the_clock_of_the_database(tenants: Tenants) -> None:
    east = tenants.east
    seller, manager = await staffed(east)
    known = await customers(east, "Anna")
    await east.data(GIVE, on("customer", seller, [known["Anna"]]), person=manager)
    assert await names(east, seller) == ["Anna"]
    async with east.services.connections.acquire() as connection:  # an hour later, with no process told
        await connection.execute("update tangram.access_grant set valid_until = now() - interval '1 second'")
    assert await names(east, seller) == []


async def test_a_grant_to_come_does_not_hold_yet(tenants: Tenants) -> None:
    east = tenants.east
    seller, manager = await staffed(east)
    known = await customers(east, "Anna")
    later = on("customer", seller, [known["Anna"]], validFrom=soon(hours=1), validUntil=soon(hours=2))
    given = await east.data(GIVE, later, person=manager)
    assert given["grantAccess"][0]["state"] == "OUT_OF_TIME"
    assert await names(east, seller) == []
    async with east.services.connections.acquire() as connection:
        await connection.execute("update tangram.access_grant set valid_from = now() - interval '1 second'")
    assert await names(east, seller) == ["Anna"]


async def test_a_grant_gives_its_actions_on_its_records_and_no_more(tenants: Tenants) -> None:
    east = tenants.east
    seller, manager = await staffed(east)
    known = await customers(east, "Anna", "Bert")
    await east.data(GIVE, on("customer", seller, [known["Anna"]]), person=manager)
    await east.data(GIVE, on("customer", seller, [known["Bert"]], actions=["update"]), person=manager)
    assert await names(east, seller) == ["Anna", "Bert"]
    assert (await east.data(UPDATE, {"id": known["Bert"]}, person=seller))["updateCustomer"] == {"remark": "seen"}
    assert await east.faults(UPDATE, {"id": known["Anna"]}, person=seller)
    assert (await east.data("{ customers(filter: {remark: {isNull: false}}) { nodes { name } } }"))["customers"] == {
        "nodes": [{"name": "Bert"}]
    }


async def test_a_grant_by_condition_gives_what_meets_it(tenants: Tenants) -> None:
    east = tenants.east
    seller, manager = await staffed(east)
    await customers(east, "Anna", "Bert")
    given = on("customer", seller, [], condition='name == "Anna"')
    await east.data(GIVE, given, person=manager)
    assert await names(east, seller) == ["Anna"]


async def test_nobody_gives_what_they_do_not_have(tenants: Tenants) -> None:
    east = tenants.east
    seller, manager = await staffed(east)
    peer = await hire(east, "Wu", "seller")
    known = await customers(east, "Anna")
    await east.create("Customer", name="Mine", ownerId=seller.id)
    refused = [("FORBIDDEN", "grant_exceeds_rights", ("input", "records", 0))]
    assert await east.faults(GIVE, on("customer", peer, [known["Anna"]]), person=seller) == refused
    assert (
        await east.faults(GIVE, on("customer", seller, [known["Anna"]], actions=["delete"]), person=manager) == refused
    )
    assert await east.faults(GIVE, on("customer", manager, [known["Anna"]]), person=manager) == [
        ("BAD_USER_INPUT", "grant_to_self", ("input", "user"))
    ]
    elsewhere = await tenants.west.create("Customer", name="Theirs")
    assert await east.faults(GIVE, on("customer", seller, [elsewhere]), person=manager) == refused


async def test_every_fault_of_a_grant_is_told_at_once(tenants: Tenants) -> None:
    east = tenants.east
    seller, manager = await staffed(east)
    bad = {
        "user": seller.id,
        "object": "customer",
        "records": ["x"],
        "actions": ["fly"],
        "fields": ["wings"],
        "reason": " ",
    }
    assert await east.faults(GIVE, {"input": bad}, person=manager) == [
        ("BAD_USER_INPUT", "wrong_type", ("input", "records", 0)),
        ("BAD_USER_INPUT", "bad_grant", ("input", "records")),
        ("BAD_USER_INPUT", "endless_grant", ("input", "validUntil")),
        ("BAD_USER_INPUT", "unknown_action", ("input", "actions", 0)),
        ("BAD_USER_INPUT", "unknown_field", ("input", "fields", 0)),
        ("BAD_USER_INPUT", "reason_missing", ("input", "reason")),
    ]


async def test_what_was_asked_for_holds_once_somebody_else_approves(tenants: Tenants) -> None:
    east = tenants.east
    seller, manager = await staffed(east)
    known = await customers(east, "Anna")
    wanted = on("customer", seller, [known["Anna"]])
    batch = (await east.data(ASK, wanted, person=seller))["requestAccess"][0]["batch"]
    assert await names(east, seller) == []
    assert await east.faults(DECIDE, {"batch": batch, "approve": True}, person=seller) == [
        ("NOT_FOUND", "unknown_grant", ())
    ]
    listed = await east.data("{ accessRequests { batch } }", person=manager)
    assert listed == {"accessRequests": [{"batch": batch}]}
    assert await east.data("{ accessRequests { batch } }", person=seller) == {"accessRequests": []}
    await east.data(DECIDE, {"batch": batch, "approve": True}, person=manager)
    assert await names(east, seller) == ["Anna"]


async def test_who_may_approve_does_not_approve_their_own_request(tenants: Tenants) -> None:
    east = tenants.east
    _seller, manager = await staffed(east)
    known = await customers(east, "Anna")
    asked = await east.data(ASK, on("customer", manager, [known["Anna"]]), person=manager)
    batch = asked["requestAccess"][0]["batch"]
    assert await east.faults(DECIDE, {"batch": batch, "approve": True}, person=manager) == [
        ("FORBIDDEN", "own_request", ())
    ]
    done = await east.data(DECIDE, {"batch": batch, "approve": False})
    assert done == {"decideAccess": [{"state": "REFUSED"}]}


async def test_a_revoked_grant_is_gone_with_the_next_request(tenants: Tenants) -> None:
    east = tenants.east
    seller, manager = await staffed(east)
    known = await customers(east, "Anna", "Bert")
    given = await east.data(GIVE, on("customer", seller, list(known.values())), person=manager)
    first, second = given["grantAccess"]
    await east.data(REVOKE, {"id": first["id"]}, person=manager)
    assert await names(east, seller) == ["Bert"]
    assert await east.faults(REVOKE, {"id": first["id"]}, person=manager) == [("NOT_FOUND", "unknown_grant", ())]
    assert await tenants.west.faults(REVOKE, {"id": second["id"]}) == [("NOT_FOUND", "unknown_grant", ())]
    await east.data(REVOKE, {"batch": second["batch"]})
    assert await names(east, seller) == []


async def test_a_transfer_ends_all_grants(tenants: Tenants) -> None:
    east = tenants.east
    seller, manager = await staffed(east)
    known = await customers(east, "Anna")
    await east.data(GIVE, on("customer", seller, [known["Anna"]]), person=manager)
    away = "mutation($id: ID!, $to: ID) { updateUser(id: $id, input: {departmentId: $to}) { id } }"
    await east.data(away, {"id": seller.id, "to": await east.create("Department", name="市场部")})
    assert await names(east, seller) == []
    listed = await east.data("{ accessGrants { state revokedBy } }", person=seller)
    assert listed == {"accessGrants": [{"state": "TRANSFER", "revokedBy": east.admin.id}]}
    logged = await east.data("{ auditLog(filter: {kinds: [GRANT_REVOKED]}) { actorName records } }", path="/metadata")
    assert logged == {"auditLog": [{"actorName": east.admin.email, "records": [known["Anna"]]}]}


async def test_a_grant_and_a_write_of_records_happen_in_order_in_one_request(tenants: Tenants) -> None:
    """Giving moves the tenant's epoch, which statements compare: for one's own request that is no reason to refuse."""
    east = tenants.east
    seller, manager = await staffed(east)
    known = await customers(east, "Anna", "Bert")
    both = """
    mutation($input: AccessGrantInput!, $id: ID!, $name: String!) {
      first: updateCustomer(id: $id, input: {remark: "before"}) { remark }
      grantAccess(input: $input) { state }
      updateCustomer(id: $id, input: {name: $name}) { name remark }
      again: grantAccess(input: $input) { state }
    }
    """
    given = {**on("customer", seller, [known["Anna"]]), "id": known["Bert"], "name": "Bertha"}
    found = await east.data(both, given, person=manager, idempotency_key="1")
    assert found == {
        "first": {"remark": "before"},
        "grantAccess": [{"state": "HOLDS"}],
        "updateCustomer": {"name": "Bertha", "remark": "before"},
        "again": [{"state": "HOLDS"}],
    }
    assert await names(east, seller) == ["Anna"]
    assert (await east.data(both, {**given, "name": "Bea"}, person=manager))["updateCustomer"]["name"] == "Bea"


async def test_a_grant_is_undone_with_the_write_after_it(tenants: Tenants) -> None:
    east = tenants.east
    seller, manager = await staffed(east)
    known = await customers(east, "Anna")
    both = """
    mutation($input: AccessGrantInput!, $id: ID!) {
      grantAccess(input: $input) { state }
      updateCustomer(id: $id, input: {remark: "x"}) { name }
    }
    """
    given = {**on("customer", seller, [known["Anna"]]), "id": "0190a0a0-0000-7000-8000-000000000000"}
    assert await east.faults(both, given, person=manager) == [("NOT_FOUND", "unknown_record", ("id",))]
    assert await names(east, seller) == []


async def test_grants_are_listed_to_whom_they_concern(tenants: Tenants) -> None:
    east = tenants.east
    seller, manager = await staffed(east)
    peer = await hire(east, "Wu", "seller")
    known = await customers(east, "Anna")
    await east.data(GIVE, on("customer", seller, [known["Anna"]]), person=manager)
    asked = "{ accessGrants { user record object reason untilClosed { record } } }"
    expected = {
        "accessGrants": [
            {
                "user": seller.id,
                "record": known["Anna"],
                "object": "customer",
                "reason": "Stands in for a colleague.",
                "untilClosed": None,
            }
        ]
    }
    assert [await east.data(asked, person=one) for one in (seller, manager, east.admin)] == [expected] * 3
    assert await east.data(asked, person=peer) == {"accessGrants": []}
    assert await tenants.west.data(asked) == {"accessGrants": []}


async def test_a_denial_wins_over_a_grant(tenants: Tenants) -> None:
    east = tenants.east
    seller, manager = await staffed(east)
    known = await customers(east, "Anna")
    await east.data(GIVE, on("customer", seller, [known["Anna"]]), person=manager)
    denial = {
        "kind": "deny",
        "role": "seller",
        "object": "customer",
        "actions": ["read"],
        "condition": 'name == "Anna"',
    }
    await govern(east, policies=[{"name": "no_anna", **denial}])
    assert await names(east, seller) == []


async def test_giving_and_ending_are_in_the_event_log(tenants: Tenants) -> None:
    east = tenants.east
    seller, manager = await staffed(east)
    known = await customers(east, "Anna")
    given = await east.data(GIVE, on("customer", seller, [known["Anna"]]), person=manager)
    await east.data(REVOKE, {"batch": given["grantAccess"][0]["batch"]}, person=manager)
    async with east.services.connections.acquire() as connection:
        rows = await connection.fetch(
            "select kind, actor_name from tangram.event where object = 'access__grant' order by id"
        )
    assert [tuple(row) for row in rows] == [("grant", manager.email), ("revoke", manager.email)]


async def test_what_was_closed_once_stays_ended(tenants: Tenants) -> None:
    east = tenants.east
    seller, manager = await staffed(east)
    known = await customers(east, "Anna", "Bert")
    projects = [await east.create("Order", customerId=known["Bert"]) for _ in range(3)]
    for project, name in zip(projects, ("Anna", "Bert", "Anna"), strict=True):
        closing = {"object": "order", "record": project, "condition": 'status == "shipped"'}
        await east.data(GIVE, on("customer", seller, [known[name]], untilClosed=closing), person=manager)
    put = "mutation($id: ID!, $to: OrderStatus!) { updateOrder(id: $id, input: {status: $to}) { id } }"
    await east.data(put, {"id": projects[0], "to": "SHIPPED"})
    await east.data("mutation($id: ID!) { deleteOrder(id: $id) { id } }", {"id": projects[1]})
    services = tenants.services

    async def model_of(tenant_id: str) -> TenantModel:
        return (await services.tenants.get(tenant_id)).model

    assert await end_closed(services.connections, model_of, services.clock) == 2
    assert await end_closed(services.connections, model_of, services.clock) == 0
    await east.data(put, {"id": projects[0], "to": "DRAFT"})
    await east.data("mutation($id: ID!) { restoreOrder(id: $id) { id } }", {"id": projects[1]})
    states = (await east.data("{ accessGrants { state } }"))["accessGrants"]
    assert [one["state"] for one in states] == ["HOLDS", "CLOSED", "CLOSED"]
    assert await names(east, seller) == ["Anna"]


async def test_a_grant_gives_its_fields_on_its_records_alone(tenants: Tenants) -> None:
    east = tenants.east
    seller, manager = await staffed(east)
    anna = await east.create("Customer", name="Anna", phone="+8613812341234", remark="big")
    await east.create("Customer", name="Mine", phone="+8613912341234", remark="own", ownerId=seller.id)
    await east.data(GIVE, on("customer", seller, [anna], fields=["name", "remark"]), person=manager)
    asked = "{ customers(orderBy: [{name: ASC}]) { nodes { name phone remark } } }"
    assert (await east.data(asked, person=seller))["customers"]["nodes"] == [
        {"name": "Anna", "phone": None, "remark": "big"},
        {"name": "Mine", "phone": "+8613912341234", "remark": "own"},
    ]
    phones = '{ customers(filter: {phone: {startsWith: "+86138"}}) { totalCount } }'
    assert await east.data(phones, person=seller) == {"customers": {"totalCount": 0}}


async def test_the_scope_granted_is_what_was_given_by_name(tenants: Tenants) -> None:
    east = tenants.east
    seller, manager = await staffed(east)
    known = await customers(east, "Anna", "Bert")
    await east.data(GIVE, on("customer", seller, [known["Anna"]]), person=manager)
    prints = {"name": "prints", **allow("seller", "customer", "update", scope="granted")}
    await govern(east, policies=[prints])
    assert (await east.data(UPDATE, {"id": known["Anna"]}, person=seller))["updateCustomer"] == {"remark": "seen"}
    assert await east.faults(UPDATE, {"id": known["Bert"]}, person=seller)


async def test_explanations_know_of_grants(tenants: Tenants) -> None:
    east = tenants.east
    seller, manager = await staffed(east)
    known = await customers(east, "Anna", "Bert")
    await east.data(GIVE, on("customer", seller, [known["Anna"]]), person=manager)
    explain = """
    query($user: ID!, $record: ID!) {
      explainAccess(user: $user, object: "customer", record: $record, action: "read") { verdict }
    }
    """
    verdicts = [
        (await east.data(explain, {"user": seller.id, "record": known[name]}, path="/metadata"))["explainAccess"][
            "verdict"
        ]
        for name in ("Anna", "Bert")
    ]
    assert verdicts == ["ALLOWED", "REFUSED"]


async def test_two_gifts_in_one_mutation_are_both_given(tenants: Tenants) -> None:
    east = tenants.east
    seller, manager = await staffed(east)
    known = await customers(east, "Anna", "Bert")
    both = """
    mutation($a: AccessGrantInput!, $b: AccessGrantInput!) {
      a: grantAccess(input: $a) { state } b: grantAccess(input: $b) { state }
    }
    """
    given = {key: on("customer", seller, [record])["input"] for key, record in zip("ab", known.values(), strict=True)}
    assert await east.data(both, given, person=manager) == {"a": [{"state": "HOLDS"}], "b": [{"state": "HOLDS"}]}
    assert await names(east, seller) == ["Anna", "Bert"]
