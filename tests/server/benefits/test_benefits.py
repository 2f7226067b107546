"""Points, stored value and coupons: once each, never below zero, within a budget, lapsing, undone."""

from __future__ import annotations

import asyncio
from typing import Any

from tests.fixtures.timeline import Timeline
from tests.governed import allow, govern
from tests.server.rules.house import House

BENEFITS: list[dict[str, Any]] = [
    {
        "name": "bonus",
        "object": "customer",
        "kind": "points",
        "settings": {
            "valid": "P30D",
            "balance": "points",
            "level": "level",
            "levels": [{"name": "normal", "at": "0"}, {"name": "gold", "at": "100"}],
            "earned_within": "P60D",
            "level_valid": "P90D",
        },
    },
    {"name": "card", "object": "customer", "kind": "stored_value", "settings": {"balance": "balance"}},
    {
        "name": "birthday",
        "object": "customer",
        "kind": "coupon",
        "budget": "50",
        "budget_per": "month",
        "settings": {"value": "20", "valid": "P10D", "per_record": 2, "when": 'level == "gold"'},
    },
]
MOVE = """
mutation($benefit: String!, $record: ID!, $key: String!, $amount: Decimal) {
  moved: giveBenefit(benefit: $benefit, record: $record, key: $key, amount: $amount) { amount balance coupon { code } }
}
"""
SPEND = """
mutation($benefit: String!, $record: ID!, $key: String!, $amount: Decimal!) {
  moved: spendBenefit(benefit: $benefit, record: $record, key: $key, amount: $amount) { amount balance }
}
"""
UNDO = """
mutation($benefit: String!, $key: String!) { moved: undoBenefit(benefit: $benefit, key: $key) { act amount balance } }
"""
ACCOUNT = """
query($b: String!, $r: ID!) { found: benefitAccount(benefit: $b, record: $r) { balance level lapsing { amount } } }
"""
LINES = "query($b: String!, $r: ID!) { found: benefitLines(benefit: $b, record: $r) { act amount balance key } }"
COUPONS = "query($r: ID!) { found: benefitCoupons(record: $r) { code state reference } }"


async def opened(timeline: Timeline, rules: str = "[]") -> House:
    house = House(timeline.east)
    await house.declare(rules, benefits=BENEFITS)
    return house


async def give(house: House, benefit: str, record: str, key: str, amount: Any = None) -> Any:
    given = {"benefit": benefit, "record": record, "key": key, "amount": amount}
    return (await house.ask(MOVE, given))["moved"]


async def spend(house: House, benefit: str, record: str, key: str, amount: Any) -> Any:
    given = {"benefit": benefit, "record": record, "key": key, "amount": amount}
    return await house.tenant.graphql(SPEND, given)


async def account(house: House, benefit: str, record: str) -> Any:
    return (await house.ask(ACCOUNT, {"b": benefit, "r": record}))["found"]


async def lines(house: House, benefit: str, record: str) -> list[tuple[str, str, str]]:
    found = (await house.ask(LINES, {"b": benefit, "r": record}))["found"]
    return [(one["act"], one["amount"], one["balance"]) for one in reversed(found)]


async def use(house: House, name: str, code: str, reference: str) -> Any:
    query = f"mutation($c: String!, $r: String!) {{ done: {name}(code: $c, reference: $r) {{ state }} }}"
    return await house.tenant.graphql(query, {"c": code, "r": reference})


async def test_what_is_given_is_given_once_used_in_order_and_never_below_zero(timeline: Timeline) -> None:
    house = await opened(timeline)
    record = await house.customer(balance={"amount": "0"})
    assert (await give(house, "card", record, "pay-1", "100.50"))["balance"] == "100.50"
    assert (await give(house, "card", record, "pay-1", "100.50"))["balance"] == "100.50"
    other = await house.customer(name="other")
    refused = {"benefit": "card", "record": other, "key": "pay-1", "amount": "1"}
    assert await house.tenant.faults(MOVE, refused) == [("CONFLICT", "other_payload", ("key",))]
    for amount in ("0", "-1", "0.001", "NaN"):
        bad = {"benefit": "card", "record": record, "key": "bad", "amount": amount}
        assert (await house.tenant.faults(MOVE, bad))[0][0] == "BAD_USER_INPUT"
    both = await asyncio.gather(*(spend(house, "card", record, f"buy-{n}", "60") for n in range(4)))
    assert sorted("errors" in one.body for one in both) == [False, True, True, True]
    assert next(one for one in both if "errors" in one.body).faults == [("CONFLICT", "balance_too_low", ("amount",))]
    assert await house.look("customer", record, "balance { amount }") == {"balance": {"amount": "40.50"}}
    assert await lines(house, "card", record) == [("GIVE", "100.50", "100.50"), ("SPEND", "-60.00", "40.50")]
    sums = await timeline.database.fetchval("select count(*) from tangram.benefit_line where hash is null")
    assert sums == 0
    assert (await timeline.west.faults(ACCOUNT, {"b": "card", "r": record}))[0][1] == "unknown_benefit"


async def test_points_lapse_carry_levels_and_are_taken_back_as_far_as_they_are_there(timeline: Timeline) -> None:
    house = await opened(timeline)
    record = await house.customer()
    await give(house, "bonus", record, "a", 60)
    await timeline.later(days=10)
    await give(house, "bonus", record, "b", 50)
    assert await house.look("customer", record, "points level") == {"points": 110, "level": "GOLD"}
    await spend(house, "bonus", record, "s", 70)
    assert await account(house, "bonus", record) == {
        "balance": "40.00",
        "level": "gold",
        "lapsing": [{"amount": "40.00"}],
    }
    await timeline.later(days=20)
    assert await house.look("customer", record, "points") == {"points": 40}
    await timeline.later(days=10)
    assert await house.look("customer", record, "points level") == {"points": 0, "level": "GOLD"}
    assert (await lines(house, "bonus", record))[-1] == ("LAPSE", "-40.00", "0.00")
    # the level's ninety days end, and of the last sixty nothing was earned
    await timeline.later(days=61)
    assert await house.look("customer", record, "level") == {"level": "NORMAL"}
    # a level that was bought goes with its refund
    await give(house, "bonus", record, "order-7", 120)
    await spend(house, "bonus", record, "s2", 100)
    assert await house.look("customer", record, "level") == {"level": "GOLD"}
    back = (await house.ask(UNDO, {"benefit": "bonus", "key": "order-7"}))["moved"]
    assert back == {"act": "TAKE_BACK", "amount": "-20.00", "balance": "0.00"}
    again = (await house.ask(UNDO, {"benefit": "bonus", "key": "order-7"}))["moved"]
    assert again == back
    unused = (await house.ask(UNDO, {"benefit": "bonus", "key": "s2"}))["moved"]
    assert unused == {"act": "GIVE_BACK", "amount": "100.00", "balance": "100.00"}


async def test_a_coupon_is_used_once_kept_while_it_is_paid_and_lapses(timeline: Timeline) -> None:
    house = await opened(timeline)
    record = await house.customer(level="GOLD")
    code = (await give(house, "birthday", record, "2026"))["coupon"]["code"]
    assert (await give(house, "birthday", record, "2026"))["coupon"]["code"] == code
    assert (await use(house, "reserveCoupon", code, "order-1")).data["done"] == {"state": "RESERVED"}
    assert (await use(house, "redeemCoupon", code, "order-2")).faults == [("CONFLICT", "coupon_not_open", ("code",))]
    await timeline.later(minutes=31)  # nobody paid
    answers = await asyncio.gather(*(use(house, "redeemCoupon", code.lower(), f"order-{n}") for n in range(3, 6)))
    assert sorted("errors" in one.body for one in answers) == [False, True, True]
    (used,) = (await house.ask(COUPONS, {"r": record}))["found"]
    assert used["state"] == "USED"
    assert (await use(house, "redeemCoupon", code, used["reference"])).data["done"] == {"state": "USED"}
    refused = await house.tenant.faults(UNDO, {"benefit": "birthday", "key": "2026"})
    assert refused == [("CONFLICT", "coupon_not_open", ("code",))]
    other = (await give(house, "birthday", record, "2027"))["coupon"]["code"]
    third = {"benefit": "birthday", "record": record, "key": "2028"}
    assert await house.tenant.faults(MOVE, third) == [("LIMIT_EXCEEDED", "too_many_coupons", ())]
    await house.change("Customer", record, level="NORMAL")
    assert (await use(house, "redeemCoupon", other, "o")).faults == [("CONFLICT", "condition_not_met", ("code",))]
    # forty of fifty a month are given; a third coupon of twenty is too many until the next month
    somebody = await house.customer(name="somebody")
    given = {"benefit": "birthday", "record": somebody, "key": "x"}
    assert await house.tenant.faults(MOVE, given) == [("LIMIT_EXCEEDED", "budget_exhausted", ("benefit",))]
    figures = '{ benefitFigures(benefit: "birthday") { given used holders users usedShare budgetLeft } }'
    assert (await house.ask(figures))["benefitFigures"] == {
        "given": "40.00", "used": "20.00", "holders": 1, "users": 1, "usedShare": "1.0000", "budgetLeft": "10.00",
    }  # fmt: skip
    await house.ask(UNDO, {"benefit": "birthday", "key": "2027"})
    assert (await give(house, "birthday", somebody, "x"))["coupon"]["code"] not in (code, other)
    await timeline.later(days=10, seconds=1)
    states = [one["state"] for one in (await house.ask(COUPONS, {"r": somebody}))["found"]]
    assert states == ["LAPSED"]


RULES = """
- {name: gift, object: customer, trigger: record, settings: {events: [create]},
   when: "referrer != null && referrer.referrals.count() % 3 == 0",
   actions: [{name: give, kind: give, settings: {benefit: bonus, amount: "=10 * 2", to: referrer,
              key: "=text(referrer.referrals.count())"}}]}
- {name: refund, object: order, trigger: field, settings: {field: status, after: cancelled},
   actions: [{name: back, kind: take_back, settings: {benefit: card, to: customer, key: "=text(id)"}}]}
- {name: cashback, object: order, trigger: field, settings: {field: status, after: paid},
   actions: [{name: give, kind: give, settings: {benefit: card, amount: "=amount.amount * 0.1", to: customer,
              key: "=text(id)", reference: "=order_no"}}]}
- {name: low, object: customer, trigger: crossing, settings: {field: balance, below: "50"},
   actions: [{name: mark, kind: set, settings: {values: [{field: remark, value: low}]}}]}
"""


async def test_rules_give_and_take_back_and_hear_of_balances(timeline: Timeline) -> None:
    house = await opened(timeline, RULES)
    referrer = await house.customer(balance={"amount": "0"})
    for number in range(7):
        await house.customer(name=f"n{number}", referrerId=referrer)
        await timeline.settle()
    assert await house.look("customer", referrer, "points") == {"points": 40}
    order = await house.order(customerId=referrer, status="DRAFT", amount={"amount": "800.00"})
    await house.change("Order", order, status="PAID")
    await timeline.settle()
    assert (await account(house, "card", referrer))["balance"] == "80.00"
    await house.change("Order", order, status="CANCELLED")
    await timeline.settle()
    assert await house.look("customer", referrer, "balance { amount } remark") == {
        "balance": {"amount": "0.00"}, "remark": "low",
    }  # fmt: skip
    assert [run["outcome"] for run in await house.runs("refund")] == ["FIRED"]


async def test_moving_a_benefit_is_a_right_and_declaring_it_is_checked(timeline: Timeline) -> None:
    house = await opened(timeline)
    record = await house.customer()
    policies = [allow("sales", "customer"), allow("teller", "customer", "read", "run:bonus")]
    await govern(timeline.east, roles=["sales", "teller"], policies=policies)
    given = {"benefit": "bonus", "record": record, "key": "k", "amount": 5}
    refused = await timeline.east.faults(MOVE, given, person=timeline.east.member)
    assert refused == [("FORBIDDEN", "action_not_allowed", ())]
    assert (await give(house, "bonus", record, "k", 5))["balance"] == "5.00"
    seen = await timeline.east.data(ACCOUNT, {"b": "bonus", "r": record}, person=timeline.east.member)
    assert seen["found"]["balance"] == "5.00"
    bad = [
        {"name": "a", "object": "planet", "kind": "points"},
        {"name": "b", "object": "customer", "kind": "points", "budget": "x",
         "settings": {"balance": "name", "level": "level", "levels": [{"name": "tin", "at": "5"}]}},
        {"name": "c", "object": "customer", "kind": "coupon", "settings": {"value": "x", "when": "nothing"}},
    ]  # fmt: skip
    assert await house.refused("[]", benefits=bad) == [
        ("BAD_USER_INPUT", "unknown_object", ("benefits", "a", "object")),
        ("BAD_USER_INPUT", "bad_amount", ("benefits", "b", "budget")),
        ("BAD_USER_INPUT", "unfit_field", ("benefits", "b", "settings", "balance")),
        ("BAD_USER_INPUT", "unknown_option", ("benefits", "b", "settings", "levels", 0, "name")),
        ("BAD_USER_INPUT", "bad_amount", ("benefits", "c", "settings", "value")),
        ("BAD_USER_INPUT", "unknown_field", ("benefits", "c", "settings", "when")),
    ]
