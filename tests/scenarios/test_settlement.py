"""Settlement as finance sees it, through the public API: from deals to statements, approval and payment."""

from __future__ import annotations

import random
from decimal import Decimal
from typing import Any

from tests.fixtures.tenants import Tenants
from tests.fixtures.timeline import Timeline
from tests.scenarios.settlement import books_of, percent
from tests.server.flows.quotes import Office

STATEMENTS = [
    {
        "name": "of_branches",
        "by": "branch",
        "every": "day",
        "object": "branch_statement",
        "replace_while": 'status == "draft"',
        "values": [
            {"field": "branch", "value": "holder"},
            {"field": "day", "value": "first_day"},
            {"field": "turnover", "value": "turnover"},
            {"field": "share", "value": "component.commission"},
            {"field": "deals", "value": "bookings"},
            {"field": "revision", "value": "revision"},
        ],
    }
]
BRANCHES = [
    {
        "name": "branch",
        "rules": [
            {
                "name": "signed_elsewhere",
                "when": "signer.id != branch.id",
                "to": [
                    {"value": "signer.id", "percent": 30, "role": "signer"},
                    {"value": "branch.id", "percent": 70, "role": "deliverer"},
                ],
            },
            {"name": "delivered", "to": [{"value": "branch.id"}]},
        ],
    }
]
SEEN = """{ branchStatements { nodes {
    id day revision status deals turnover { amount } share { amount } branch { name } } } }"""


async def test_a_shanghai_sale_delivered_in_hangzhou_is_on_both_statements_next_morning(timeline: Timeline) -> None:
    office = Office(timeline.east)
    books = await books_of(timeline.east)
    heads = [await office.hire(name, "branch_head") for name in ("shanghai", "hangzhou")]
    chief, cashier = await office.hire("hq", "headquarters"), await office.hire("cashier", "finance")
    shanghai, hangzhou = [await books.branch(head.name, headId=head.id) for head in heads]
    shares = [{"payee": "signer.id", "percent": 30}, {"payee": "branch.id", "percent": 70}]
    await books.declare(
        name="branches",
        nightly=True,
        components=[{"name": "commission", "kind": "commission", "shares": shares}],
        rates=[percent("commission", "10")],
        attributions=BRANCHES,
        statements=STATEMENTS,
    )
    await timeline.until_day(3, "15:00")
    now = timeline.now.isoformat()
    record = await books.deal("1000.05", now, signerId=shanghai, branchId=hangzhou)
    own = await books.deal("200.00", now, signerId=hangzhou, branchId=hangzhou)
    await timeline.later(hours=8, minutes=59)
    assert (await timeline.east.data(SEEN, person=heads[0]))["branchStatements"]["nodes"] == []
    await timeline.later(minutes=1)
    (seen,) = (await timeline.east.data(SEEN, person=heads[0]))["branchStatements"]["nodes"]
    assert (seen["branch"]["name"], seen["deals"], seen["turnover"]["amount"]) == ("shanghai", 1, "300.02")
    assert seen["share"]["amount"] == "30.00"
    (other,) = (await timeline.east.data(SEEN, person=heads[1]))["branchStatements"]["nodes"]
    assert (other["deals"], other["turnover"]["amount"], other["share"]["amount"]) == (2, "900.03", "90.01")
    turnover = await books.pools("branches", "branch", None)
    assert turnover == {shanghai: Decimal("300.02"), hangzhou: Decimal("900.03")}, "which is 1,200.05 in all"

    # The branch hands in, headquarters approves, finance posts; nobody does two of these.
    change = "mutation($id: ID!) { updateBranchStatement(id: $id, input: {status: SUBMITTED}) { id } }"
    await timeline.east.data(change, {"id": other["id"]}, person=heads[1])
    await timeline.settle()
    assert await office.tasks(heads[1]) == []
    for person, status in ((chief, "APPROVED"), (cashier, "POSTED")):
        (task,) = await office.tasks(person)
        await office.act("approveTask", person, task["id"])
        (other,) = (await timeline.east.data(SEEN, person=heads[1]))["branchStatements"]["nodes"]
        assert other["status"] == status

    # What changes afterwards is a revision of what was handed in; what was not is replaced.
    day = other["day"]
    await books.refund("branches", own, "half", "100.00")
    write = 'mutation($day: Date!) { writeStatements(plan: "branches", day: $day) { written replaced revised same } }'
    today = await timeline.east.data(write, {"day": day})
    assert today["writeStatements"] == {"written": 0, "replaced": 0, "revised": 0, "same": 2}, "the refund is today's"

    # What was paid out before a refund is a receivable, which the next payout nets.
    pay = """mutation($payee: String!, $key: String!) {
        payOut(plan: "branches", payee: $payee, key: $key) { paid left } }"""
    due = await books.due("branches")
    assert due == {shanghai: Decimal("30.00"), hangzhou: Decimal("80.01")}
    for _ in range(2):
        paid = await timeline.east.data(pay, {"payee": hangzhou, "key": "p1"})
        assert paid["payOut"] == {"paid": "80.01", "left": "0.00"}
    await books.refund("branches", record, "all")
    assert (await books.due("branches"))[hangzhou] == Decimal("-70.01")
    refused = await timeline.east.faults(pay, {"payee": hangzhou, "key": "p2"})
    assert refused == [("CONFLICT", "nothing_due", ("amount",))]
    await books.settle("branches", await books.deal("2000.00", now, signerId=hangzhou, branchId=hangzhou))
    paid = await timeline.east.data(pay, {"payee": hangzhou, "key": "p3"})
    assert paid["payOut"] == {"paid": "129.99", "left": "0.00"}, "200.00 less 70.01"
    assert await books.differences("branches") == []
    again = await timeline.east.data(write, {"day": day})
    assert again["writeStatements"] == {"written": 0, "replaced": 0, "revised": 1, "same": 1}


async def test_every_order_lands_in_one_pool_and_pools_sum_to_the_total(tenants: Tenants) -> None:
    books = await books_of(tenants.east)
    towns = ["上海", "杭州", "重庆", "青岛"]
    branches = [await books.branch(f"{town}店", town=town) for town in towns]
    address = "city in [" + ", ".join(f'"{town}"' for town in towns) + "]"
    rules = [
        {"name": "store", "to": [{"value": "branch.town"}]},
        {"name": "address", "when": address, "to": [{"value": "city"}]},
    ]
    plan: dict[str, Any] = {
        "name": "franchise",
        "components": [{"name": "commission", "kind": "commission"}],
        "rates": [percent("commission", "3.3")],
        "attributions": [{"name": "region", "rules": rules}],
    }
    await books.declare(**plan)
    chance, deals = random.Random(7), []
    for place in range(600):
        where: dict[str, Any] = {}
        match place % 4:
            case 0 | 1:
                where = {"branchId": chance.choice(branches), "city": chance.choice(["朝阳", "福田"])}
            case 2:
                where = {"city": chance.choice(towns)}
            case _:
                where = {"city": "重庆路" if place % 8 == 3 else chance.choice(towns)}
        yuan = f"{chance.randrange(1, 100_000)}.{chance.randrange(100):02}"
        deals.append(
            {"dealNo": f"N{place}", "amount": yuan, "closedAt": f"2030-06-{1 + place % 30:02}T04:00:00Z", **where}
        )
    await books.deals(deals)
    assert await books.run("franchise", "2030-06-01", "2030-07-01") == {
        "settled": 600, "known": 0, "refused": {}, "left": 0
    }  # fmt: skip
    total = sum(Decimal(one["amount"]) for one in deals)
    pools = await books.pools("franchise", "region", None)
    assert sum(pools.values()) == total
    assert set(pools) == {*towns, None}, "重庆路 is no town: it stays visible, unassigned"
    commission = await books.pools("franchise", "region", "commission")
    assert sum(commission.values()) == sum((await books.pools("franchise", "component", "commission")).values())
    assert sum(commission.values()) == round(total * Decimal("0.033"), 2)

    # A month with what is unassigned is not closed; rules that are run again find its pool.
    ask = '{ settlementBlockers(plan: "franchise", period: "2030-06-01") { reason about count } }'
    assert (await tenants.east.data(ask))["settlementBlockers"] == [
        {"reason": "unassigned", "about": "region", "count": 75}
    ]
    close = """mutation($despite: String) {
        closePeriod(plan: "franchise", period: "2030-06-01", reason: "month end", despite: $despite) { madeUp } }"""
    assert await tenants.east.faults(close) == [("CONFLICT", "period_blocked", ("period",))]
    plan["attributions"][0]["rules"][1] = {"name": "rest", "to": [{"value": "city"}]}
    await books.declare(**plan)
    await books.run("franchise", "2030-06-01", "2030-07-01")
    again = 'mutation { attributeAgain(plan: "franchise", period: "2030-06-01") { looked changed } }'
    assert (await tenants.east.data(again))["attributeAgain"]["looked"] == 600
    assert (await tenants.east.data(ask))["settlementBlockers"] == []
    pools = await books.pools("franchise", "region", None)
    assert (None in pools, sum(pools.values())) == (False, total)
    assert "重庆路" in pools
    assert (await tenants.east.data(close, {}))["closePeriod"] == {"madeUp": 0}
    assert await books.differences("franchise") == []
