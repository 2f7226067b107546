"""Waiting for what is not so yet: on the record itself, on those related to it, and on what is gone meanwhile."""

from __future__ import annotations

from typing import Any

from tests.fixtures.timeline import Timeline
from tests.server.flows.quotes import Office, nodes_of

WAITS = """
- {name: begin, kind: start, edges: [{to: vip}]}
- {name: vip, kind: wait_for, settings: {when: customer.level == "vip"}, edges: [{to: noted}]}
- {name: noted, kind: wait_for, settings: {when: 'notes.some(body == "go")'}, edges: [{to: silent}]}
- {name: silent, kind: wait_for, settings: {when: 'notes.count() == 0'}, edges: [{to: many}]}
- {name: many, kind: wait_for, settings: {when: customer.order_count >= 2}, edges: [{to: finish}]}
- {name: finish, kind: end}
"""
SEVEN = """
- {name: begin, kind: start, edges: [{to: seven}]}
- {name: seven, kind: wait_for, settings: {when: quantity == 7}, edges: [{to: finish}]}
- {name: finish, kind: end}
"""
ENDS_AT_ONCE = "[{name: begin, kind: start, edges: [{to: finish}]}, {name: finish, kind: end}]"
AGAIN = """mutation($id: ID!, $token: Int!) { retryIncident(instance: $id, token: $token) { status failures } }"""


async def at(office: Office, instance: dict[str, Any]) -> list[str]:
    return nodes_of(await office.instance(instance["id"]))


async def test_a_change_of_a_related_record_moves_those_who_wait_for_it_and_no_others(timeline: Timeline) -> None:
    office = Office(timeline.east)
    create, data = office.tenant.create, office.tenant.data
    await office.publish("patience", WAITS)
    customer, stranger = await create("Customer", name="王"), await create("Customer", name="李")
    order = await create("Order", customerId=customer)
    other = await create("Order", customerId=stranger)
    run, still = await office.start("patience", order), await office.start("patience", other)
    await data('mutation($id: ID!) { updateCustomer(id: $id, input: {level: VIP, phone: "13800000001"}) { id } }',
               {"id": customer})  # fmt: skip
    await timeline.settle()
    assert (await at(office, run), await at(office, still)) == (["noted"], ["vip"])
    # what a version has waited for is watched for its runs, whatever the draft and the current version say
    await office.publish("patience", ENDS_AT_ONCE, without=["vip", "noted", "silent", "many"])
    note = await create("Note", body="go", targetType="order", targetId=order)
    await timeline.settle()
    assert await at(office, run) == ["silent"]
    await data("mutation($id: ID!) { deleteNote(id: $id) { id } }", {"id": note})
    await timeline.settle()
    assert await at(office, run) == ["many"]
    moved = "mutation($id: ID!, $to: ID!) { updateOrder(id: $id, input: {customerId: $to}) { id } }"
    await data(moved, {"id": other, "to": customer})
    await timeline.settle()
    assert ((await office.instance(run["id"]))["status"], await at(office, still)) == ("DONE", ["noted"])


async def test_what_was_written_while_a_run_began_to_wait_is_seen_and_writes_for_which_none_waits_are_no_jobs(
    timeline: Timeline,
) -> None:
    office = Office(timeline.east)
    await office.publish("patience", SEVEN)
    model = (await timeline.tenants.services.tenants.get("east")).model
    orders = [await office.order() for _ in range(3)]
    run = await office.start("patience", orders[0])
    # its event was handled before the run was there to be found, so that no job came of it
    await timeline.database.execute(f'update "{model.schema}"."order" set quantity = 7 where id = $1', orders[0])
    await timeline.settle()
    assert (await office.instance(run["id"]))["status"] == "DONE"
    jobs = "select count(*) from tangram.handler_mark where handler = 'flows.events'"
    before = await timeline.database.fetchval(jobs)
    await office.tenant.data("mutation { updateOrders(filter: {status: {eq: DRAFT}}, input: {quantity: 3}) { count } }")
    await timeline.settle()
    assert await timeline.database.fetchval(jobs) == before


async def test_what_names_a_field_that_is_gone_becomes_an_incident(timeline: Timeline) -> None:
    office = Office(timeline.east)
    await office.publish("patience", WAITS.replace("customer.level", "customer.remark"))
    order = await office.order()
    run = await office.start("patience", order)
    remove = 'mutation($all: Boolean) { removeField(object: "customer", name: "remark", cascade: $all) { version } }'
    refused = await office.tenant.faults(remove, {"all": False}, path="/metadata")
    assert {(code, reason) for code, reason, _ in refused} == {("BAD_USER_INPUT", "in_use")}
    await office.publish("patience", ENDS_AT_ONCE, without=["vip", "noted", "silent", "many"])
    await office.tenant.data(remove, {"all": True}, path="/metadata")
    await office.tenant.data("mutation($id: ID!) { updateOrder(id: $id, input: {quantity: 1}) { id } }", {"id": order})
    await timeline.settle()
    stopped = await office.instance(run["id"])
    assert (stopped["status"], stopped["failures"]) == ("RUNNING", 1)
    (token,) = stopped["tokens"]
    assert (token["node"], token["phase"], "remark" in token["failure"]) == ("vip", "FAILED", True)
    tried = await office.tenant.data(AGAIN, {"id": run["id"], "token": token["id"]})
    assert tried["retryIncident"] == {"status": "RUNNING", "failures": 1}
    back = await office.tenant.faults('mutation { publishFlow(flow: "patience", version: 1) { number } }')
    assert back == [("BAD_USER_INPUT", "unknown_field", ("nodes", 1, "settings", "when"))]


COUNTS = """
- {name: begin, kind: start, edges: [{to: count}]}
- {name: count, kind: update, settings: {values: [{field: quantity, value: "=quantity + 1"}]}, edges: [{to: told}]}
- name: told
  kind: update
  settings: {target: customer, values: [{field: remark, value: "=concat(customer.remark, text(quantity))"}]}
  edges: [{to: noted}]
- name: noted
  kind: create
  settings: {object: customer, values: [{field: name, value: "=text(quantity)"}, {field: remark, value: copy}]}
  edges: [{to: keep}]
- {name: keep, kind: query, settings: {value: quantity * 2, variable: quantity}, edges: [{to: finish}]}
- {name: finish, kind: end}
"""


async def test_a_field_with_another_name_is_written_by_flows_under_that_name(office: Office) -> None:
    await office.publish("count", COUNTS)
    for object_name, old, new in (("order", "quantity", "pieces"), ("customer", "remark", "comment")):
        await office.tenant.data(
            "mutation($o: String!, $f: String!, $n: String!) {"
            " updateField(object: $o, name: $f, field: {name: $n}) { version } }",
            {"o": object_name, "f": old, "n": new},
            path="/metadata",
        )
    customer = await office.tenant.create("Customer", name="王", comment="no. ")
    order = await office.tenant.create("Order", customerId=customer, pieces=1)
    assert (await office.start("count", order))["status"] == "DONE"
    found = await office.tenant.data(
        "query($id: ID!) { order(id: $id) { pieces customer { comment } } customers { nodes { name comment } } }",
        {"id": order},
    )
    assert found["order"] == {"pieces": 2, "customer": {"comment": "no. 2"}}
    assert {"name": "2", "comment": "copy"} in found["customers"]["nodes"]
    removed = await office.tenant.faults(
        'mutation { removeField(object: "order", name: "pieces") { version } }', path="/metadata"
    )
    assert {(reason, "count" in str(path)) for _code, reason, path in removed} >= {("in_use", False)}
