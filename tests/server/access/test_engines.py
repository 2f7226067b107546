"""What engines answer follows the policies too: tags, pools, prices, flows, rules, routing, pages for customers.

Engines decide by rights of their own; what they tell somebody, and do for them, is bounded by that person's rights.
"""

from __future__ import annotations

from typing import Any

import yaml

from tests.fixtures.tenants import Person, Tenant, Tenants
from tests.fixtures.timeline import Timeline
from tests.governed import allow, deny, field_rights, govern, hire
from tests.server.notifications.desk import counting_channel, offer

APPLY = "mutation($document: JSON!) { applyMetadata(document: $document) { version } }"
NOWHERE = "00000000-0000-7000-8000-000000000000"


async def declare(tenant: Tenant, text: str) -> None:
    await tenant.data(APPLY, {"document": yaml.safe_load(text)}, path="/metadata")


async def reasons(tenant: Tenant, query: str, person: Person, **variables: Any) -> list[tuple[str, str]]:
    return [fault[:2] for fault in await tenant.faults(query, variables, person=person)]


UNKNOWN = [("NOT_FOUND", "unknown_record")]

# ── tags ─────────────────────────────────────────────────────────────────────────────────────────

TAG_GROUPS = "tag_groups: [{name: care, object: customer, field: interests, tags: [{key: allergy}, {key: tea}]}]"
TAG = """
mutation($id: ID!, $tags: [String!]!) { tagRecord(group: "care", record: $id, tags: $tags, reason: "said so") }
"""
TAGS = 'query($id: ID!, $object: String! = "customer") { tagHistory(object: $object, record: $id) { tag reason } }'


async def test_tags_are_told_and_given_where_their_field_may_be_read_and_set(tenants: Tenants) -> None:
    east = tenants.east
    await declare(east, TAG_GROUPS)
    await govern(
        east,
        roles=["first_seller", "reader", "carer"],
        policies=[
            *(allow(role, "customer", "read", "update") for role in ("first_seller", "reader")),
            allow("carer", "customer", "read", "update", scope="own"),
            field_rights("first_seller", "customer", "interests", read="none"),
            field_rights("reader", "customer", "interests", read="full", write=False),
        ],
    )
    first, reader, carer = [await hire(east, name, name) for name in ("first_seller", "reader", "carer")]
    mine = await east.create("Customer", name="Anna", ownerId=carer.id)
    other = await east.create("Customer", name="Berta")
    assert (await east.data(TAG, {"id": mine, "tags": ["allergy"]}, person=carer))["tagRecord"] == ["allergy"]
    told = {
        person.name: (await east.data(TAGS, {"id": mine}, person=person))["tagHistory"] for person in (first, reader)
    }
    assert told == {"first_seller": [], "reader": [{"tag": "allergy", "reason": "said so"}]}
    for person in (first, reader):
        assert await reasons(east, TAG, person, id=mine, tags=["tea"]) == [("FORBIDDEN", "field_not_writable")]
    for record in (other, NOWHERE):
        assert await reasons(east, TAG, carer, id=record, tags=["tea"]) == UNKNOWN
        assert await reasons(east, TAGS, carer, id=record) == UNKNOWN


async def test_refusals_name_nothing_that_was_not_asked_for(tenants: Tenants) -> None:
    east = tenants.east
    await declare(east, TAG_GROUPS)
    await govern(east, roles=["seller"], policies=[allow("seller", "customer", "read", "update")])
    seller = await hire(east, "Li", "seller")
    record = await east.create("Customer", name="Anna")
    hidden, none = [
        (await east.graphql(TAGS, {"id": record, "object": name}, person=seller)).errors for name in ("order", "ordre")
    ]
    assert [error["extensions"] for error in hidden] == [error["extensions"] for error in none]
    asked = (
        ('query($id: ID!) { explainRouting(object: "ordre", record: $id) { work { id } } }', "object"),
        ('query($id: ID!) { poolDue(pool: "see") { record } priceOf(plan: "rebat", record: $id) { key } }', "pool"),
        ('query($id: ID!) { formDescription(form: "frm", record: $id) }', "form"),
        ('mutation($id: ID!) { tagRecord(group: "car", record: $id, tags: []) }', "tag group"),
        ('query($id: ID!) { explainAccess(object: "ordre", record: $id) { verdict } }', "object type"),
    )
    mine = f'{{ permissionMap(user: "{seller.id}") {{ objects }} }}'
    assert (await east.data(mine, person=seller, path="/metadata"))["permissionMap"]["objects"] == ["customer"]
    for path in ("/graphql", "/metadata"):
        for query, _what in asked if path == "/graphql" else asked[-1:]:
            for error in (await east.graphql(query, {"id": record}, person=seller, path=path)).errors:
                text = f"{error['message']} {error['extensions'].get('hint', '')}"
                assert "Known" not in text, query
                assert "Did you mean" not in text, query
    (told,) = (await east.graphql(asked[3][0], {"id": record})).errors
    assert told["extensions"]["hint"] == "Known: care.", "who configures is helped"


# ── pools ────────────────────────────────────────────────────────────────────────────────────────

POOL = "pools: [{name: sea, object: customer, protection: P10D, managers: [chief]}]"
CLAIM = 'mutation($id: ID!) { claimFromPool(pool: "sea", record: $id) { owner } }'
ASSIGN = 'mutation($id: ID!, $to: ID!) { assignFromPool(pool: "sea", record: $id, to: $to) { owner } }'
DUE = '{ poolDue(pool: "sea", days: 30) { record } }'
OWNERS = 'query($id: ID!) { ownershipHistory(object: "customer", record: $id) { act } }'


async def test_records_of_a_pool_change_hands_by_the_rights_of_who_asks(timeline: Timeline) -> None:
    east = timeline.east
    await govern(
        east,
        roles=["seller", {"name": "blocked", "inherits": ["seller"]}, "reader", "chief"],
        policies=[
            allow("seller", "customer", scope="own"),
            allow("seller", "customer", "read", "claim", condition="owner == null"),
            deny("blocked", "customer", "claim"),
            allow("reader", "customer", condition="points < 50"),
            allow("chief", "customer", "read", "assign", condition="points < 50"),
        ],
    )
    await declare(east, POOL)
    li, wei, blocked = [
        await hire(east, name, role) for name, role in (("Li", "seller"), ("Wei", "seller"), ("Bo", "blocked"))
    ]
    reader, chief = await hire(east, "Re", "reader"), await hire(east, "Chi", "chief")
    free, rich = [await east.create("Customer", name="Anna", points=points) for points in (1, 90)]
    for record in (free, rich):
        await east.data("mutation($id: ID!) { updateCustomer(id: $id, input: {ownerId: null}) { id } }", {"id": record})
    await timeline.settle()
    not_allowed = [("FORBIDDEN", "row_not_allowed")]
    assert await reasons(east, CLAIM, blocked, id=free) == not_allowed, "a denial wins over membership"
    assert await reasons(east, CLAIM, reader, id=free) == not_allowed
    assert await reasons(east, CLAIM, reader, id=rich) == UNKNOWN, "as if it were not there"
    assert await reasons(east, CLAIM, li, id=NOWHERE) == UNKNOWN
    assert (await east.data(CLAIM, {"id": free}, person=li))["claimFromPool"] == {"owner": li.id}
    assert await reasons(east, CLAIM, wei, id=free) == [("CONFLICT", "already_claimed")]
    assert await reasons(east, OWNERS, wei, id=free) == UNKNOWN
    assert (await east.data(OWNERS, {"id": free}, person=li))["ownershipHistory"][0] == {"act": "claim"}
    await east.data(CLAIM, {"id": rich}, person=wei)
    assert (await east.data(DUE, person=chief))["poolDue"] == [{"record": free}], "managers are told of what they see"
    assert await reasons(east, ASSIGN, chief, id=rich, to=li.id) == UNKNOWN
    assert await reasons(east, ASSIGN, chief, id=free, to=wei.id) == not_allowed, (
        "what is held is handed on by transfer"
    )


# ── prices ───────────────────────────────────────────────────────────────────────────────────────

PLAN = """
price_plans:
  - name: rebate
    object: order
    live: true
    party: customer.id
    bases: [{name: gross, value: amount}]
    clocks: [{name: ordered_at, value: ordered_at}]
    dimensions: [{name: store, value: store.name}, {name: count, value: quantity}]
    components: [{name: rebate, kind: rebate}]
    rates: [{name: ladder, component: rebate, model: percentage, settings: {percent: 5}}]
"""
FACTS = """
query($party: String!) {
  priceOf(plan: "rebate", facts: {party: $party, bases: {gross: "1"}}, at: "2026-06-06T09:00:00+08:00") {
    lines { totalBefore }
  }
}
"""
FIGURES = 'query($by: [String!]!) { settlementFigures(plan: "rebate", by: $by) { bookings keys { value } } }'
STATEMENTS = (
    '{ settlementPools(plan: "rebate", by: "party") { amount } }',
    '{ settlementStatement(plan: "rebate", by: "party") { lines { key } } }',
)
SIMULATE = """
{ simulatePlan(plan: "rebate", from: "2026-01-01T00:00:00Z", to: "2027-01-01T00:00:00Z", version: 1) {
    events after { payout revenue discount } records { record }
} }
"""


async def test_prices_tell_nothing_of_records_out_of_sight(tenants: Tenants) -> None:
    east = tenants.east
    await declare(east, PLAN)
    await govern(
        east,
        roles=["seller", "finance", "clerk"],
        policies=[
            allow("seller", "order", "read", "run:rebate", scope="own"),
            allow("seller", "*", "configure:price_plan"),
            allow("finance", "order", "read", "run:rebate"),
            allow("clerk", "order", "read", "run:rebate", scope="own"),
            allow("clerk", "store"),
            field_rights("clerk", "order", "quantity", read="none"),
        ],
    )
    seller, finance = await hire(east, "Li", "seller"), await hire(east, "Fang", "finance")
    clerk = await hire(east, "Cai", "clerk")
    customer = await east.create("Customer", name="Anna")
    mine, other = [
        await east.create(
            "Order", customerId=customer, ownerId=owner, orderedAt="2026-06-05T09:00:00+08:00",
            amount={"amount": amount, "currency": "CNY"},
        )
        for owner, amount in ((seller.id, "10.00"), (None, "500.00"))
    ]  # fmt: skip
    await east.data('mutation($id: ID!) { settle(plan: "rebate", record: $id) { id } }', {"id": other})
    before = {}
    for person in (seller, finance):
        data = await east.data(FACTS, {"party": customer}, person=person)
        before[person.name] = data["priceOf"]["lines"][0]["totalBefore"]
    assert before == {"Li": "0.00", "Fang": "500.00"}
    asked = 'query($id: ID!) { priceOf(plan: "rebate", record: $id) { key } explainPrice(plan: "rebate", record: $id) }'
    assert (await east.data(asked, {"id": mine}, person=seller))["priceOf"] == {"key": mine}
    assert set(await reasons(east, asked, seller, id=other)) == set(UNKNOWN)
    booked = 'query($id: ID!) { explainSettlement(plan: "rebate", record: $id) { id } }'
    assert await reasons(east, booked, seller, id=other) == UNKNOWN
    counted = {}
    for person in (clerk, finance):
        told = (await east.data(FIGURES, {"by": ["component"]}, person=person))["settlementFigures"]
        counted[person.name] = [one["bookings"] for one in told]
    assert counted == {"Cai": [], "Fang": [1]}
    assert len((await east.data(FIGURES, {"by": ["party", "store", "count"]}))["settlementFigures"]) == 1
    for person, by in ((finance, "count"), (clerk, "store")):
        assert (await east.data(FIGURES, {"by": [by]}, person=person))["settlementFigures"] is not None
    for person, by in ((finance, "store"), (clerk, "count"), (clerk, "nothing")):
        assert await reasons(east, FIGURES, person, by=[by]) == [("BAD_USER_INPUT", "unknown_dimension")]
    for query in STATEMENTS:
        assert await reasons(east, query, finance) == [("BAD_USER_INPUT", "invalid_operation")], "not in their schema"
    found = (await east.data(SIMULATE, person=seller))["simulatePlan"]
    assert (found["events"], found["records"]) == (1, [{"record": mine}])
    assert (await east.data(SIMULATE))["simulatePlan"]["events"] == 2


# ── flows and rules ──────────────────────────────────────────────────────────────────────────────

FLOW = """
flows:
  - name: check
    object: order
    live: true
    nodes:
      - {name: begin, kind: start, edges: [{to: look}]}
      - {name: look, kind: query, settings: {value: unit_price, variable: secret}, edges: [{to: tell}]}
      - name: tell
        kind: message
        settings: {to: [{by: initiator}], subject: "{unit_price}", body: "{secret}"}
        edges: [{to: sign}]
      - {name: sign, kind: task, settings: {assign: [{by: initiator}]}, edges: [{to: finish}]}
      - {name: finish, kind: end}
"""
START = 'mutation($id: ID!) { startFlow(flow: "check", record: $id) { id variables } }'
SIMULATE_FLOW = 'query($id: ID!) { simulateFlow(flow: "check", record: $id) { status path messages } }'
INSTANCE = "query($id: ID!) { flowInstance(id: $id) { variables } flowHistory(instance: $id) { act comment } }"
ROLES_OF = "mutation($id: ID!, $roles: [String!]!) { updateAccount(id: $id, account: {roles: $roles}) { id } }"


async def test_runs_of_flows_tell_nothing_that_the_flow_has_read(tenants: Tenants) -> None:
    east = tenants.east
    await declare(east, FLOW)
    await govern(
        east,
        roles=["seller", "marketing"],
        policies=[
            allow("seller", "order", "read", "run:check", scope="own"),
            field_rights("seller", "order", "unit_price", read="none"),
            allow("marketing", "store"),
        ],
    )
    seller = await hire(east, "Li", "seller")
    customer = await east.create("Customer", name="Anna")
    mine, other = [
        await east.create("Order", customerId=customer, ownerId=owner, unitPrice="7.7733")
        for owner in (seller.id, None)
    ]
    simulated = (await east.data(SIMULATE_FLOW, {"id": mine}, person=seller))["simulateFlow"]
    assert simulated["status"] == "DONE"
    assert "7.7733" not in str(simulated)
    assert "7.7733" in str(await east.data(SIMULATE_FLOW, {"id": mine}))
    assert await reasons(east, SIMULATE_FLOW, seller, id=other) == UNKNOWN
    started = (await east.data(START, {"id": mine}, person=seller))["startFlow"]
    assert started["variables"] == {}
    assert "7.7733" not in str(await east.data(INSTANCE, {"id": started["id"]}, person=seller))
    assert (await east.data(INSTANCE, {"id": started["id"]}))["flowInstance"]["variables"] == {"secret": "7.7733"}
    (task,) = (await east.data("{ myTasks { id } }", person=seller))["myTasks"]
    await east.data("mutation($id: ID!) { completeTask(task: $id) { id } }", {"id": task["id"]}, person=seller)
    await east.data(ROLES_OF, {"id": seller.id, "roles": ["marketing"]}, path="/metadata")
    gone = await reasons(east, INSTANCE, seller, id=started["id"])
    assert set(gone) == {("NOT_FOUND", "unknown_instance")}, "whoever moves on takes no past runs along"


RULES = """
rules:
  - name: gift
    object: order
    trigger: manual
    live: true
    when: unit_price > 5
    actions: [{name: mark, kind: set, settings: {values: [{field: labels, value: [gift]}]}}]
"""
FIRE = 'mutation($id: ID!) { fireRule(rule: "gift", record: $id) { outcome why actions } }'
TRY = '{ tryRules(rules: ["gift"]) { verdicts { record } } }'
RUNS = "{ ruleRuns { record why actions } }"


async def test_rules_are_fired_and_tried_on_records_within_reach_alone(tenants: Tenants) -> None:
    east = tenants.east
    await declare(east, RULES)
    await govern(
        east,
        roles=["seller", "author"],
        policies=[
            allow("seller", "order"),
            allow("seller", "order", "run:gift", scope="own"),
            allow("author", "order", scope="own"),
            allow("author", "*", "configure:rule"),
        ],
    )
    seller, author = await hire(east, "Li", "seller"), await hire(east, "Wei", "author")
    customer = await east.create("Customer", name="Anna")
    sold, written = [
        await east.create("Order", customerId=customer, ownerId=person.id, unitPrice="7") for person in (seller, author)
    ]
    assert await reasons(east, FIRE, seller, id=written) == UNKNOWN, "it is seen, and the rule is not for it"
    fired = (await east.data(FIRE, {"id": sold}, person=seller))["fireRule"]
    assert fired == {"outcome": "FIRED", "why": None, "actions": [{"kind": "set"}]}
    tried = (await east.data(TRY, person=author))["tryRules"]["verdicts"]
    assert {one["record"] for one in tried} == {written}
    assert {one["record"] for one in (await east.data(TRY))["tryRules"]["verdicts"]} == {sold, written}
    assert (await east.data(RUNS, person=author))["ruleRuns"] == [
        {"record": sold, "why": None, "actions": [{"kind": "set"}]}
    ]
    assert "action" in (await east.data(RUNS))["ruleRuns"][0]["actions"][0]


# ── routing and pages ────────────────────────────────────────────────────────────────────────────

QUEUE = """
queues: [{name: service, object: order, members: [{role: agent}], online: false, steps: [{by: least_loaded}]}]
"""
ROUTE = 'mutation($id: ID!) { routeRecord(queue: "service", record: $id) { id } }'
EXPLAIN = """
query($id: ID!) {
  explainRouting(object: "order", record: $id) { decisions { act } now { outcome agents { figures } } }
  simulateRouting(queue: "service", record: $id) { outcome agents { agent } }
}
"""


async def test_figures_of_agents_are_told_to_who_works_the_queue(tenants: Tenants) -> None:
    east = tenants.east
    await declare(east, QUEUE)
    await govern(east, roles=["agent", "seller"], policies=[allow(role, "order") for role in ("agent", "seller")])
    agent, seller = await hire(east, "Bo", "agent"), await hire(east, "Li", "seller")
    record = await east.create("Order", customerId=await east.create("Customer", name="Anna"))
    await east.data(ROUTE, {"id": record})
    told = {}
    for person in (agent, seller):
        found = await east.data(EXPLAIN, {"id": record}, person=person)
        told[person.name] = [one["agent"] for one in found["simulateRouting"]["agents"]]
        assert [one["act"] for one in found["explainRouting"]["decisions"]] == ["queued"]
    assert told == {"Bo": [agent.id], "Li": []}
    assert await reasons(east, EXPLAIN, seller, id=NOWHERE) == UNKNOWN * 2


PAGE = """
flows:
  - name: repair
    object: order
    live: true
    progress: {title: {en: Your repair}, fields: [order_no, customer.name, unit_price]}
    nodes:
      - {name: begin, kind: start, public_label: {en: Received}, edges: [{to: check}]}
      - name: check
        kind: task
        public_label: {en: Check}
        settings: {assign: [{by: initiator}]}
        edges: [{to: finish}]
      - {name: finish, kind: end}
"""
LINK = "mutation($id: ID!) { progressLink(record: $id) { url } }"


async def test_a_page_for_customers_is_given_out_by_who_may_read_all_of_it(tenants: Tenants) -> None:
    east = tenants.east
    await declare(east, PAGE)
    both = [allow(role, name) for role in ("seller", "clerk") for name in ("order", "customer")]
    await govern(
        east,
        roles=["seller", "clerk"],
        policies=[*both, field_rights("clerk", "order", "unit_price", read="none")],
    )
    seller, clerk = await hire(east, "Li", "seller"), await hire(east, "Cai", "clerk")
    customer = await east.create("Customer", name="Anna")
    record = await east.create("Order", customerId=customer, unitPrice="7")
    await east.data('mutation($id: ID!) { startFlow(flow: "repair", record: $id) { id } }', {"id": record})
    assert (await east.data(LINK, {"id": record}, person=seller))["progressLink"]["url"]
    assert await reasons(east, LINK, clerk, id=record) == [("FORBIDDEN", "page_exceeds_rights")]
    listed = "query($id: ID!) { progressLinks(record: $id) { url } }"
    (own,), (others,) = [
        (await east.data(listed, {"id": record}, person=person))["progressLinks"] for person in (seller, clerk)
    ]
    assert own["url"]
    assert others == {"url": None}, "a link is as good as its page"


# ── forms and messages ───────────────────────────────────────────────────────────────────────────

FORM = """
forms:
  - name: visit
    object: customer
    live: true
    fields:
      - {name: name, field: name}
      - {name: points, field: points}
      - {name: remark, field: remark, rules: [{when: points > 5, access: required}]}
      - {name: phone, field: phone, rules: [{when: level == "gold", access: required}]}
"""


async def test_a_form_shows_fields_and_conditions_that_exist_for_who_fills_it_in(tenants: Tenants) -> None:
    east = tenants.east
    await declare(east, FORM)
    await govern(
        east,
        roles=["seller"],
        policies=[
            allow("seller", "customer", "read", "create", "update"),
            field_rights("seller", "customer", "points", read="none"),
        ],
    )
    seller = await hire(east, "Li", "seller")
    told = {}
    for person in (east.admin, seller):
        found = (await east.data('{ formDescription(form: "visit") }', person=person))["formDescription"]
        rules = {field["key"]: field["rules"] for field in found["fields"]}
        told[person.name] = {key: [rule["when"]["text"] for rule in held] for key, held in rules.items()}
    assert told == {
        "Admin": {"name": [], "points": [], "remark": ["points > 5"], "phone": ['level == "gold"']},
        "Li": {"name": [], "remark": [], "phone": ['level == "gold"']},
    }


TEMPLATES = """
message_templates:
  - {name: call, object: customer, title: {en: "Call {{ record.name }}"}, body: {en: "{{ record.remark }}"}}
"""
SEND = 'mutation($id: ID!, $to: [ID!]) { sendMessage(template: "call", record: $id, users: $to) }'
INBOX = "{ myNotifications { totalCount nodes { title body object record } } }"


async def test_messages_lose_their_words_with_the_record(timeline: Timeline) -> None:
    east = timeline.east
    await declare(east, TEMPLATES)
    policies = [allow("seller", "customer", scope="own"), allow("marketing", "store")]
    await govern(east, roles=["seller", "marketing"], policies=policies)
    seller = await hire(east, "Li", "seller")
    record = await east.create("Customer", name="Anna", remark="likes tea", ownerId=seller.id)
    await east.data(SEND, {"id": record, "to": [seller.id]})
    await timeline.settle()
    (message,) = (await east.data(INBOX, person=seller))["myNotifications"]["nodes"]
    assert message == {"title": "Call Anna", "body": "likes tea", "object": "customer", "record": record}
    await east.data(ROLES_OF, {"id": seller.id, "roles": ["marketing"]}, path="/metadata")
    found = (await east.data(INBOX, person=seller))["myNotifications"]
    assert found["totalCount"] == 1
    assert "Anna" not in str(found)
    assert "tea" not in str(found)
    assert (found["nodes"][0]["object"], found["nodes"][0]["record"]) == (None, None)


# ── journeys ─────────────────────────────────────────────────────────────────────────────────────

JOURNEY = """
message_templates:
  - {name: hello, object: customer, title: {en: "{{ record.remark }}"}}
contact_channels:
  - {name: mail, object: customer, via: email, address: email, consent: points > 5}
flows:
  - name: greet
    object: customer
    live: true
    journey: {goal: points > 100}
    nodes:
      - {name: begin, kind: start, edges: [{to: send}]}
      - name: send
        kind: perform
        settings: {action: send, settings: {template: hello, channels: [mail]}}
        edges: [{to: over}]
      - {name: over, kind: end}
"""
SENT = """
query($id: ID!, $object: String! = "customer") { sentMessages(object: $object, record: $id) { title state why } }
"""
JOURNEY_FIGURES = (
    '{ journeyFigures(flow: "greet") { entered } }',
    '{ messageFigures(source: "greet") { step } }',
    "{ messageCalendar { day } }",
    "{ contactChannelSecret }",
)


async def test_messages_to_customers_show_words_and_reasons_to_who_reads_what_they_are_made_of(
    timeline: Timeline,
) -> None:
    channel, given = counting_channel("email")
    offer(timeline.tenants, channel)
    east = timeline.east
    await declare(east, JOURNEY)
    await govern(
        east,
        roles=["seller", "caller", "writer", "store_keeper"],
        policies=[
            allow("seller", "customer", scope="own"),
            *(allow(role, "customer") for role in ("caller", "writer")),
            field_rights("caller", "customer", "remark", read="none"),
            field_rights("writer", "customer", "points", read="none"),
            allow("store_keeper", "store"),
        ],
    )
    seller, caller, writer, keeper = [
        await hire(east, name, role)
        for name, role in (("Li", "seller"), ("Ca", "caller"), ("Wu", "writer"), ("Ke", "store_keeper"))
    ]
    asked, unasked = [
        await east.create("Customer", name=name, remark="likes tea", points=points, email=f"{name}@example.com")
        for name, points in (("anna", 9), ("berta", 1))
    ]
    for record in (asked, unasked):
        await east.data('mutation($id: ID!) { startFlow(flow: "greet", record: $id) { id } }', {"id": record})
    await timeline.settle()
    assert [one.title for one in given] == ["likes tea"]
    told = {
        person.name: [
            (await east.data(SENT, {"id": record}, person=person))["sentMessages"] for record in (asked, unasked)
        ]
        for person in (east.admin, caller, writer)
    }
    sent, skipped = {"state": "SENT", "title": None, "why": None}, {"state": "SKIPPED", "title": None, "why": None}
    assert told == {
        "Admin": [[{**sent, "title": "likes tea"}], [{**skipped, "why": "No consent to 'mail'."}]],
        "Ca": [[sent], [skipped]],
        "Wu": [[{**sent, "title": "likes tea"}], [skipped]],
    }
    for record in (asked, NOWHERE):
        assert await reasons(east, SENT, seller, id=record) == UNKNOWN
    for name in ("customer", "custmer"):
        assert await reasons(east, SENT, keeper, id=asked, object=name) == [("NOT_FOUND", "unknown_object")]
    for query in JOURNEY_FIGURES:
        assert await reasons(east, query, caller) == [("BAD_USER_INPUT", "invalid_operation")], "not in their schema"
