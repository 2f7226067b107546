"""Months closed, opened again by two people, and closed once more; what keeps a month open."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from tests.fixtures.tenants import Person
from tests.fixtures.timeline import Timeline
from tests.scenarios.settlement import APPLY, Books, books_of, ladder, percent
from tests.server.flows.quotes import Office

CLOSE = """mutation($plan: String!, $period: Date!, $despite: String) {
    done: closePeriod(plan: $plan, period: $period, reason: "month end", despite: $despite) { revision madeUp } }"""
ASK = """mutation($plan: String!, $period: Date!, $reason: String!) {
    done: askToReopen(plan: $plan, period: $period, reason: $reason) { state revision reopenReason askedBy } }"""
DECIDE = """mutation($plan: String!, $period: Date!, $approve: Boolean!) {
    done: decideReopening(plan: $plan, period: $period, approve: $approve) { state reopenedBy } }"""
CLOSINGS = (
    "query($plan: String!, $period: Date) { found: periodClosings(plan: $plan, period: $period) { revision state } }"
)
DUE = """query($plan: String!, $period: Date!, $revision: Int) {
    found: settlementBalances(plan: $plan, period: $period, revision: $revision) { account payee amount } }"""

STATEMENT = """query($plan: String!, $period: Date!, $revision: Int, $holder: String!) { found: settlementStatement(
    plan: $plan, by: "town", holder: $holder, period: $period, revision: $revision
) { totals { component amount } lines { key rule } } }"""
ATTRIBUTE = """mutation($plan: String!, $period: Date!) {
    done: attributeAgain(plan: $plan, period: $period) { changed } }"""

HIDDEN = [("BAD_USER_INPUT", "invalid_operation", ())]
"""What is for those who configure prices is no field of others' schema."""


class Month:
    """A month of a plan."""

    def __init__(self, books: Books, plan: str, period: str) -> None:
        self.books, self.tenant, self.named = books, books.tenant, {"plan": plan, "period": period}

    async def do(self, query: str, person: Person | None = None, **more: Any) -> Any:
        return (await self.tenant.data(query, {**self.named, **more}, person=person))["done"]

    async def refused(self, query: str, person: Person | None = None, **more: Any) -> Any:
        return await self.tenant.faults(query, {**self.named, **more}, person=person)

    async def due(self, revision: int | None = None) -> Decimal:
        """What is due to all, now or as a revision had it."""
        found = (await self.tenant.data(DUE, {**self.named, "revision": revision}))["found"]
        return -sum((Decimal(one["amount"]) for one in found if one["account"] == "payable"), Decimal(0))

    async def statement(self, holder: str, revision: int | None = None) -> tuple[dict[str | None, str], set[str]]:
        """What a holder's statement comes to, now or as a revision had it, and the rules by which."""
        asked = {**self.named, "holder": holder, "revision": revision}
        found = (await self.tenant.data(STATEMENT, asked))["found"]
        return {one["component"]: one["amount"] for one in found["totals"]}, {one["rule"] for one in found["lines"]}

    async def closings(self) -> list[tuple[int, str]]:
        found = (await self.tenant.data(CLOSINGS, self.named))["found"]
        return [(one["revision"], one["state"]) for one in found]


async def test_a_closed_month_is_opened_again_by_two_people_and_closed_as_a_revision(timeline: Timeline) -> None:
    east = timeline.east
    books, office = await books_of(east), Office(east)
    second, clerk = await office.hire("second", "administrator"), await office.hire("clerk", "finance")
    plan: dict[str, Any] = {
        "name": "dealers",
        "party": "dealer",
        "components": [
            {"name": "commission", "kind": "commission"},
            {"name": "fee", "kind": "base_fee", "min_period": "100"},
        ],
        "rates": [
            ladder("commission", {"percent": 5}, {"lower": 1000, "percent": 10}),
            percent("fee", "1"),
        ],
    }

    def held_by(name: str, value: str) -> dict[str, Any]:
        return {**plan, "attributions": [{"name": "town", "rules": [{"name": name, "to": [{"value": value}]}]}]}

    await books.declare(**held_by("signed", "dealer"))
    may, june = Month(books, "dealers", "2020-05-01"), Month(books, "dealers", "2020-06-01")
    await books.settle("dealers", await books.deal("900.00", "2020-06-05", dealer="甲", city="杭州"))
    assert await june.do(CLOSE) == {"revision": 1, "madeUp": 1}
    assert await june.due() == Decimal("145.00"), "5 % of 900, and a fee of 9 that is made up to 100"

    # What comes late for a closed month is booked in an open one, and says so.
    late = await books.deal("200.00", "2020-06-07", dealer="甲")
    await books.settle("dealers", late)
    told = 'query($r: ID!) { explainSettlement(plan: "dealers", record: $r) { period originalPeriod } }'
    (booked,) = (await east.data(told, {"r": late}))["explainSettlement"]
    assert (booked["originalPeriod"], booked["period"] > "2020-06-30") == ("2020-06-01", True)
    assert await june.due() == Decimal("145.00")

    # One asks and says why; another one decides. Nobody else may.
    assert await may.refused(ASK, reason="x") == [("NOT_FOUND", "period_open", ("period",))]
    assert await june.refused(ASK, reason=" ") == [("BAD_USER_INPUT", "missing", ("reason",))]
    assert await june.refused(DECIDE, approve=True) == [("CONFLICT", "nothing_asked", ("period",))]
    assert await june.refused(ASK, clerk, reason="x") == HIDDEN
    asked = await june.do(ASK, reason="a deal was forgotten")
    assert asked == {
        "state": "REOPENING_ASKED", "revision": 1, "reopenReason": "a deal was forgotten", "askedBy": east.admin.id
    }  # fmt: skip
    assert await june.refused(DECIDE, approve=True) == [("FORBIDDEN", "own_request", ())]
    assert await june.refused(DECIDE, clerk, approve=True) == HIDDEN
    refused = await june.do(DECIDE, second, approve=False)
    assert refused == {"state": "CLOSED", "reopenedBy": None}
    await june.do(ASK, reason="a deal was forgotten")
    assert await june.do(DECIDE, second, approve=True) == {"state": "REOPENED", "reopenedBy": second.id}
    await timeline.later(seconds=1)

    # What comes now is booked in it; closed again it is a revision, and the former one is told as it was.
    await books.settle("dealers", await books.deal("400.00", "2020-06-08", dealer="甲", city="杭州"))
    await books.declare(**held_by("delivered", "city"))
    assert (await june.do(ATTRIBUTE))["changed"] >= 1
    assert await june.due() == Decimal("189.00"), "a tenth, since the deal that came late has reached the tier"
    assert await june.due(1) == Decimal("145.00")
    closed = await june.do(CLOSE)
    assert closed == {"revision": 2, "madeUp": 1}, "the fee is 15 by now, and less is made up"
    assert (await june.due(1), await june.due(2)) == (Decimal("145.00"), Decimal("183.00"))
    assert await june.statement("甲", 1) == ({None: "900.00", "commission": "45.00", "fee": "9.00"}, {"signed"})
    assert await june.statement("甲", 2) == await june.statement("甲") == ({}, set())
    assert await june.statement("杭州", 2) == ({None: "1300.00", "commission": "85.00", "fee": "13.00"}, {"delivered"})
    assert await june.closings() == [(2, "CLOSED"), (1, "REOPENED")]
    assert await june.refused(DUE, revision=3) == [("NOT_FOUND", "unknown_revision", ("revision",))]
    assert await june.refused(CLOSE) == [("CONFLICT", "period_closed", ("period",))]
    assert await books.differences("dealers") == []
    audited = "{ auditLog(filter: {kinds: [PERIOD_REOPENED]}, first: 9) { detail } }"
    found = (await east.data(audited, path="/metadata"))["auditLog"]
    assert [one["detail"]["done"] for one in found] == ["reopened", "asked", "refused", "asked"]


CHECKS = """
- {name: begin, kind: start, settings: {trigger: manual}, edges: [{to: check}]}
- name: check
  kind: approval
  settings: {assign: [{by: role, value: ROLE}], nobody: error}
  edges: [{to: done, outcome: approved}, {to: done, outcome: rejected}]
- {name: done, kind: end}
"""
BLOCKERS = """query($plan: String!, $period: Date!) {
    found: settlementBlockers(plan: $plan, period: $period) { reason about count records } }"""
FIRE = 'mutation($record: ID!) { done: fireRule(rule: "measure", record: $record) { id outcome } }'
RULE = {
    "name": "measure",
    "object": "deal",
    "live": True,
    "trigger": "manual",
    "settings": {},
    "actions": [{"name": "set", "kind": "set", "settings": {"values": [{"field": "minutes", "value": "=0 - 1"}]}}],
}


async def test_what_is_at_no_end_keeps_a_month_open_and_people_are_told(timeline: Timeline) -> None:
    east = timeline.east
    books, office = await books_of(east), Office(east)
    clerk = await office.hire("clerk", "finance")
    await east.data(APPLY, {"document": {"rules": [RULE]}}, path="/metadata")
    for name, object_name, role in (
        ("deal_check", "deal", "finance"),
        ("deal_break", "deal", "headquarters"),
        ("branch_check", "branch", "finance"),
    ):
        await office.publish(name, CHECKS.replace("ROLE", role), object_name=object_name)
    await books.declare(
        name="stores",
        party="branch.id",
        tell=["finance"],
        guards=[{"limit": "max_payout", "percent": 50, "breach": "flag_for_approval"}],
        components=[{"name": "share", "kind": "commission", "bound_rule": "more_than", "switch": "step_forward"}],
        rates=[ladder("share", {"percent": 10}, {"lower": 1000, "percent": 60})],
    )
    month = timeline.now.astimezone(ZoneInfo("Asia/Shanghai")).strftime("%Y-%m-01")
    stores = Month(books, "stores", month)
    store, now = await books.branch("南京路店"), timeline.now.isoformat()
    waiting, frozen, failed, wrong = [
        await books.deal("250.00", now, branchId=store, minutes=5) for _ in range(4)
    ]  # fmt: skip
    await books.run("stores", month, "2099-01-01")
    await timeline.settle()

    async def blockers() -> list[tuple[str, str | None, list[str]]]:
        found = (await east.data(BLOCKERS, stores.named))["found"]
        return [(one["reason"], one["about"], one["records"]) for one in found]

    assert await blockers() == []
    await office.start("deal_check", waiting)
    stopped = await office.start("deal_check", frozen)
    await east.data("mutation($i: ID!) { suspendFlow(instance: $i) { id } }", {"i": stopped["id"]})
    await office.start("deal_break", failed)
    await office.start("branch_check", store)
    assert (await east.data(FIRE, {"record": wrong}))["done"]["outcome"] == "FAILED"
    new = await books.deal("1.00", now, branchId=store)
    await timeline.settle()
    assert await blockers() == [
        ("unsettled", None, []),
        ("waiting", "flow branch_check", [store]),
        ("failed", "flow deal_break", [failed]),
        ("waiting", "flow deal_check", [waiting]),
        ("frozen", "flow deal_check", [frozen]),
        ("failed", "rule measure", [wrong]),
    ]
    assert await stores.refused(CLOSE) == [("CONFLICT", "period_blocked", ("period",))]

    # The one that passes 1,000 by a yuan reaches the tier, and a limit; finance is told of both.
    inbox = "{ myNotifications { nodes { title body } } }"

    async def told() -> list[str]:
        found = (await east.data(inbox, person=clerk))["myNotifications"]["nodes"]
        return [one["title"] for one in found if one["title"][:2] in ("结算", "A ", "Pa")]

    assert await told() == []
    await books.settle("stores", new)
    await timeline.settle()
    assert len(await told()) == 2

    # One by one they come to an end, and the month can be closed, of which finance is told as well.
    await east.data("mutation($i: ID!) { resumeFlow(instance: $i) { id } }", {"i": stopped["id"]})
    for task in await office.tasks(clerk):
        await office.act("approveTask", clerk, task["id"])
    await east.data('mutation { skipIncidents(flow: "deal_break", reason: "nobody") { done } }')
    set_one = {"values": [{"field": "minutes", "value": 1}]}
    better = {**RULE, "actions": [{"name": "set", "kind": "set", "settings": set_one}]}
    await east.data(APPLY, {"document": {"rules": [better]}}, path="/metadata")
    runs = '{ ruleRuns(rule: "measure", first: 1) { id } }'
    (run,) = (await east.data(runs))["ruleRuns"]
    await east.data("mutation($r: ID!) { retryRuleRun(run: $r) { outcome } }", {"r": run["id"]})
    await timeline.settle()
    assert await blockers() == []
    assert (await stores.do(CLOSE))["revision"] == 1
    await timeline.settle()
    assert len(await told()) == 3
