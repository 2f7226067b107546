"""Months closed, opened again by two people, and closed once more; what keeps a month open."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tests.fixtures.tenants import Person
from tests.fixtures.timeline import Timeline
from tests.scenarios.settlement import Books, books_of, ladder, percent
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

    async def closings(self) -> list[tuple[int, str]]:
        found = (await self.tenant.data(CLOSINGS, self.named))["found"]
        return [(one["revision"], one["state"]) for one in found]


async def test_a_closed_month_is_opened_again_by_two_people_and_closed_as_a_revision(timeline: Timeline) -> None:
    east = timeline.east
    books, office = await books_of(east), Office(east)
    second, clerk = await office.hire("second", "administrator"), await office.hire("clerk", "finance")
    await books.declare(
        name="dealers",
        party="dealer",
        components=[
            {"name": "commission", "kind": "commission"},
            {"name": "fee", "kind": "base_fee", "min_period": "100"},
        ],
        rates=[
            ladder("commission", {"percent": 5}, {"lower": 1000, "percent": 10}),
            percent("fee", "1"),
        ],
    )
    may, june = Month(books, "dealers", "2020-05-01"), Month(books, "dealers", "2020-06-01")
    await books.settle("dealers", await books.deal("900.00", "2020-06-05", dealer="甲"))
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
    await books.settle("dealers", await books.deal("400.00", "2020-06-08", dealer="甲"))
    assert await june.due() == Decimal("189.00"), "a tenth, since the deal that came late has reached the tier"
    assert await june.due(1) == Decimal("145.00")
    closed = await june.do(CLOSE)
    assert closed == {"revision": 2, "madeUp": 1}, "the fee is 15 by now, and less is made up"
    assert (await june.due(1), await june.due(2)) == (Decimal("145.00"), Decimal("183.00"))
    assert await june.closings() == [(2, "CLOSED"), (1, "REOPENED")]
    assert await june.refused(DUE, revision=3) == [("NOT_FOUND", "unknown_revision", ("revision",))]
    assert await june.refused(CLOSE) == [("CONFLICT", "period_closed", ("period",))]
    assert await books.differences("dealers") == []
    audited = "{ auditLog(filter: {kinds: [PERIOD_REOPENED]}, first: 9) { detail } }"
    found = (await east.data(audited, path="/metadata"))["auditLog"]
    assert [one["detail"]["done"] for one in found] == ["reopened", "asked", "refused", "asked"]
