"""Rules that writes make fire: triggers, conditions, branches, order, and the log of why."""

from __future__ import annotations

from tests.fixtures.timeline import Timeline
from tests.server.rules.house import House

PAID = """
- name: paid
  object: order
  trigger: field
  settings: {field: status, after: paid}
  when: quantity > 2 && customer.level != "vip"
  actions:
    - {name: mark, kind: set, settings: {values: [{field: labels, value: [urgent]}]}}
    - {name: raise, kind: set, settings: {target: customer, values: [{field: points, value: "=customer.points + 5"}]}}
"""


async def test_a_field_that_changes_makes_a_rule_act_on_the_record_and_on_a_related_one(
    house: House, timeline: Timeline
) -> None:
    await house.declare(PAID)
    customer = await house.customer()
    order = await house.order(customerId=customer, quantity=3)
    await timeline.settle()
    assert await house.runs() == []
    (await house.change("Order", order, status="PAID")).data  # noqa: B018
    await timeline.settle()
    assert await house.look("order", order, "labels customer { points }") == {
        "labels": ["URGENT"],
        "customer": {"points": 5},
    }
    (run,) = await house.runs("paid")
    assert (run["outcome"], run["why"], run["number"], run["record"]) == ("FIRED", None, 1, order)
    assert [done["action"] for done in run["actions"]] == ["mark", "raise"]


async def test_the_log_tells_the_first_condition_that_was_not_met(house: House, timeline: Timeline) -> None:
    await house.declare(PAID)
    few = await house.order(quantity=2)
    vip = await house.order(quantity=9, customerId=await house.customer(name="贵", level="VIP", phone="+8613800000000"))
    for order in (few, vip):
        await house.change("Order", order, status="PAID")
    await timeline.settle()
    assert [(run["record"], run["outcome"], run["why"]) for run in await house.runs()] == [
        (few, "NOT_MET", "quantity > 2"),
        (vip, "NOT_MET", 'customer.level != "vip"'),
    ]


async def test_a_rule_names_itself_in_the_history_of_what_it_wrote(house: House, timeline: Timeline) -> None:
    await house.declare(PAID)
    order = await house.order(quantity=3, status="PAID")
    await timeline.settle()
    data = await house.look("order", order, "history(first: 1) { actor { name } cause }")
    (entry,) = data["history"]
    assert entry["actor"]["name"] == "rule paid v1"
    assert len(entry["cause"]) == 1


async def test_an_event_delivered_twice_acts_once(house: House, timeline: Timeline) -> None:
    await house.declare(PAID)
    customer = await house.customer()
    await house.order(customerId=customer, quantity=3, status="PAID")
    await timeline.settle()
    await timeline.database.execute(
        "insert into tangram.event_queue (event_id, tenant_id) select id, tenant_id from tangram.event"
    )
    await timeline.database.execute("delete from tangram.handler_mark")
    await timeline.settle()
    assert await house.outcomes("paid") == ["FIRED"]
    assert await house.look("customer", customer, "points") == {"points": 5}


CROSSING = """
- name: low
  object: customer
  trigger: crossing
  settings: {field: balance, below: "50"}
  actions: [{name: count, kind: set, settings: {values: [{field: points, value: "=points + 1"}]}}]
"""


async def test_a_line_is_passed_once_and_again_only_after_a_recovery(house: House, timeline: Timeline) -> None:
    await house.declare(CROSSING)
    customer = await house.customer(balance={"amount": "80", "currency": "CNY"})
    points = []
    for amount in ("50.00", "49.99", "45", "60", "49.99"):
        await house.change("Customer", customer, balance={"amount": amount, "currency": "CNY"})
        await timeline.settle()
        points.append((await house.look("customer", customer, "points"))["points"])
    assert points == [0, 1, 1, 1, 2]


async def test_with_a_wider_way_back_a_number_that_wavers_fires_once(house: House, timeline: Timeline) -> None:
    await house.declare(CROSSING.replace('below: "50"', 'below: "50", rearm: "70"'))
    customer = await house.customer(balance={"amount": "80", "currency": "CNY"})
    points = []
    for amount in ("49", "51", "49", "70", "49"):
        await house.change("Customer", customer, balance={"amount": amount, "currency": "CNY"})
        await timeline.settle()
        points.append((await house.look("customer", customer, "points"))["points"])
    assert points == [1, 1, 1, 1, 2]


async def test_two_writes_before_the_rules_run_are_judged_each_by_its_own_values(
    house: House, timeline: Timeline
) -> None:
    await house.declare(CROSSING.replace("  actions:", "  when: balance.amount > 46\n  actions:"))
    customer = await house.customer(balance={"amount": "80", "currency": "CNY"})
    for amount in ("49", "10"):
        await house.change("Customer", customer, balance={"amount": amount, "currency": "CNY"})
    await timeline.settle()
    assert await house.outcomes("low") == ["FIRED"]


async def test_conditions_may_ask_for_the_record_before_the_change(house: House, timeline: Timeline) -> None:
    await house.declare("""
    - name: grew
      object: order
      trigger: record
      settings: {events: [update]}
      when: quantity > old.quantity * 2 && old.status == "draft"
      actions: [{name: mark, kind: set, settings: {values: [{field: labels, value: [gift]}]}}]
    """)
    order = await house.order(quantity=2)
    await house.change("Order", order, quantity=4)
    await house.change("Order", order, quantity=9)
    await timeline.settle()
    assert await house.outcomes("grew") == ["NOT_MET", "FIRED", "NOT_MET"]


async def test_a_tag_that_is_added_fires_and_one_that_was_there_does_not(house: House, timeline: Timeline) -> None:
    await house.declare("""
    - name: fan
      object: customer
      trigger: tag
      settings: {field: interests, tag: tea}
      actions: [{name: count, kind: set, settings: {values: [{field: points, value: "=points + 1"}]}}]
    """)
    customer = await house.customer(interests=["coffee"])
    for interests in (["coffee", "tea"], ["tea"], [], ["tea"]):
        await house.change("Customer", customer, interests=interests)
    await timeline.settle()
    assert await house.look("customer", customer, "points") == {"points": 2}


TREE = """
- name: tree
  object: order
  trigger: record
  settings: {events: [create]}
  mode: MODE
  branches:
    - {name: big, when: quantity >= 10}
    - {name: huge, when: quantity >= 100, within: big}
    - {name: large, when: quantity < 100, within: big}
    - {name: some, when: quantity >= 5}
    - {name: else}
  actions:
    - {name: always, kind: webhook, settings: {event: seen}}
    - {name: to_big, kind: webhook, branch: big, settings: {event: big}}
    - {name: to_huge, kind: webhook, branch: huge, settings: {event: huge}}
    - {name: to_large, kind: webhook, branch: large, settings: {event: large}}
    - {name: to_some, kind: webhook, branch: some, settings: {event: some}}
    - {name: to_else, kind: webhook, branch: else, settings: {event: else}}
"""


async def test_branches_are_taken_first_match_or_all(house: House, timeline: Timeline) -> None:
    taken = {}
    for mode in ("first", "all"):
        await house.declare(TREE.replace("MODE", mode))
        for quantity in (200, 20, 7, 1):
            order = await house.order(quantity=quantity)
            await timeline.settle()
            (run,) = await house.runs("tree", record=order)
            taken[mode, quantity] = [done["event"] for done in run["actions"]]
    assert taken == {
        ("first", 200): ["seen", "big", "huge"],
        ("first", 20): ["seen", "big", "large"],
        ("first", 7): ["seen", "some"],
        ("first", 1): ["seen", "else"],
        ("all", 200): ["seen", "big", "huge", "some", "else"],
        ("all", 20): ["seen", "big", "large", "some", "else"],
        ("all", 7): ["seen", "some", "else"],
        ("all", 1): ["seen", "else"],
    }


async def test_rules_run_in_order_and_one_that_stops_ends_its_group(house: House, timeline: Timeline) -> None:
    await house.declare("""
    - {name: c, object: order, trigger: record, settings: {events: [create]}, order: 3, group: gifts,
       actions: [{name: tell, kind: webhook, settings: {event: c}}]}
    - {name: a, object: order, trigger: record, settings: {events: [create]}, order: 1, group: gifts, stop: true,
       when: quantity > 5, actions: [{name: tell, kind: webhook, settings: {event: a}}]}
    - {name: b, object: order, trigger: record, settings: {events: [create]}, order: 2,
       actions: [{name: tell, kind: webhook, settings: {event: b}}]}
    """)
    for quantity in (6, 5):
        await house.order(quantity=quantity)
    await timeline.settle()
    assert [(run["rule"], run["outcome"]) for run in await house.runs()] == [
        ("a", "FIRED"), ("b", "FIRED"), ("c", "SKIPPED"), ("a", "NOT_MET"), ("b", "FIRED"), ("c", "FIRED"),
    ]  # fmt: skip


async def test_what_one_tenant_declares_leaves_the_other_alone(house: House, timeline: Timeline) -> None:
    await house.declare(PAID)
    west = House(timeline.west)
    order = await west.order(quantity=3, status="PAID")
    await timeline.settle()
    assert await west.look("order", order, "labels") == {"labels": None}
    assert await west.runs() == []


async def test_deleted_records_have_rules_of_their_own(house: House, timeline: Timeline) -> None:
    await house.declare("""
    - name: gone
      object: order
      trigger: record
      settings: {events: [delete]}
      when: quantity > 1
      actions:
        - name: note
          kind: create
          settings: {object: store, values: [{field: name, value: '="lost " + text(quantity)'}]}
    """)
    order = await house.order(quantity=3)
    await house.ask("mutation($id: ID!) { deleteOrder(id: $id) { id } }", {"id": order})
    await timeline.settle()
    assert (await house.ask("{ stores { nodes { name } } }"))["stores"]["nodes"] == [{"name": "lost 3"}]


async def test_a_rule_starts_a_flow(house: House, timeline: Timeline) -> None:
    nodes = [
        {"name": "begin", "kind": "start", "edges": [{"to": "finish"}]},
        {"name": "finish", "kind": "end"},
    ]
    await house.declare(
        """
        - name: check
          object: order
          trigger: record
          settings: {events: [create]}
          actions: [{name: begin, kind: start_flow, settings: {flow: inspect}}]
        """,
        flows=[{"name": "inspect", "object": "order", "live": True, "nodes": nodes}],
    )
    await house.order(quantity=1)
    await timeline.settle()
    data = await house.ask("{ flowInstances { flow status } }")
    assert data["flowInstances"] == [{"flow": "inspect", "status": "DONE"}]


async def test_the_end_of_a_flow_makes_a_rule_fire(house: House, timeline: Timeline) -> None:
    nodes = [
        {"name": "begin", "kind": "start", "edges": [{"to": "finish"}]},
        {"name": "finish", "kind": "end"},
    ]
    await house.declare(
        """
        - name: after
          object: order
          trigger: event
          settings: {source: flow, event: ended, name: inspect}
          actions: [{name: mark, kind: set, settings: {values: [{field: quantity, value: 77}]}}]
        """,
        flows=[{"name": "inspect", "object": "order", "live": True, "nodes": nodes}],
    )
    order = await house.order(quantity=1)
    await house.ask('mutation($id: ID!) { startFlow(flow: "inspect", record: $id) { id } }', {"id": order})
    await timeline.settle()
    assert await house.look("order", order, "quantity") == {"quantity": 77}


async def test_who_is_told_finds_it_in_the_inbox(house: House, timeline: Timeline) -> None:
    await house.declare("""
    - name: big
      object: order
      trigger: record
      settings: {events: [create]}
      when: quantity > 100
      actions: [{name: tell, kind: notify, settings: {to: [owner], subject: "Big", body: "{quantity} pieces"}}]
    """)
    await house.order(quantity=101, ownerId=house.tenant.admin.id)
    await timeline.settle()
    found = (await house.ask("{ myNotifications { nodes { title body } } }"))["myNotifications"]["nodes"]
    assert found == [{"title": "Big", "body": "101 pieces"}]


async def test_a_number_is_looked_up_in_a_table_of_bands(house: House, timeline: Timeline) -> None:
    bands = [{"name": "small", "begins": 0, "ends": 6}, {"name": "large", "begins": 6, "ends": None}]
    number = {"type": "integer"}
    objects = [
        {"name": "size", "plural": "sizes", "fields": [
            {"name": "name", "type": "text"}, {"name": "begins", **number}, {"name": "ends", **number},
            {"name": "kept", "type": "boolean", "default": True}]},
        {"name": "customer", "plural": "customers", "fields": [
            {"name": "size", "type": "relation", "settings": {"to": "size", "inverse": "customers"}}]},
    ]  # fmt: skip
    rule = """
- {name: fits, object: customer, trigger: field, settings: {field: points},
   actions: [{name: find, kind: link,
              settings: {field: size, number: points - 10, begins: begins, ends: ends, where: kept}}]}
"""
    await house.declare(rule, objects=objects)
    for band in bands:
        await house.tenant.create("Size", **band)
    await house.tenant.create("Size", name="gone", begins=2, ends=4, kept=False)
    record = await house.customer()
    found = []
    for points in (9, 10, 13, 15, 16, 500, 5):
        await house.change("Customer", record, points=points)
        await timeline.settle()
        found.append(((await house.look("customer", record, "size { name }"))["size"] or {"name": None})["name"])
    assert found == [None, "small", "small", "small", "large", "large", None]
    bad = rule.replace("begins: begins", "begins: name").replace("number: points - 10", "number: name")
    assert [(reason, path[-1]) for _, reason, path in await house.refused(bad)] == [
        ("wrong_type", "number"), ("unfit_field", "begins"),
    ]  # fmt: skip
    bad = rule.replace("field: size,", "field: level,")
    assert (await house.refused(bad))[0][1] == "not_a_relation"
