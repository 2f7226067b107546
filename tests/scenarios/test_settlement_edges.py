"""What settlement is asked at its edges: figures and margins by whatever, strategies compared, rebates for some days,
what a doctor sees of the running month, and what is credited at once."""

from __future__ import annotations

from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.fixtures.tenants import Tenants
from tests.fixtures.timeline import Timeline
from tests.scenarios.settlement import APPLY, HEAD, Books, books_of, ladder, percent
from tests.server.flows.quotes import Office

CENT = Decimal("0.01")
COMMISSION = [{"name": "commission", "kind": "commission"}]
FIGURES = """
query($plan: String!, $by: [String!]!, $from: DateTime, $to: DateTime) {
  found: settlementFigures(plan: $plan, by: $by, from: $from, to: $to) { keys { value } due margin bookings } }
"""
MARGINS = {
    "name": "margins",
    "cost": "amount.amount * 0.4",
    "dimensions": [
        {"name": "region", "value": "city"},
        {"name": "account_manager", "value": "doctor"},
        {"name": "package", "value": "channel"},
    ],
    "components": COMMISSION,
    "rates": [percent("commission", "12.5")],
}


async def figures(books: Books, plan: str, *by: str, person: Any = None, **span: str) -> dict[tuple[str, ...], Any]:
    """What is due, what is left, and of how many, by keys."""
    found = (await books.tenant.data(FIGURES, {"plan": plan, "by": by, **span}, person=person))["found"]
    return {
        tuple(key["value"] for key in one["keys"]): (Decimal(one["due"]), Decimal(one["margin"]), one["bookings"])
        for one in found
    }


async def test_margins_by_region_account_manager_and_package_are_those_of_plain_python(tenants: Tenants) -> None:
    books = await books_of(tenants.east)
    await books.declare(**MARGINS)
    deals = [
        {"amount": yuan, "city": city, "doctor": manager, "channel": package, "closedAt": f"2020-{day}T00:00:00+08:00"}
        for yuan, city, manager, package, day in (
            ("1000.00", "上海", "甲", "basic", "05-31"),
            ("333.33", "上海", "甲", "premium", "06-01"),
            ("99.99", "杭州", "甲", "basic", "06-30"),
            ("50.01", "杭州", "乙", "premium", "06-15"),
            ("70.00", "杭州", "乙", "premium", "07-01"),
        )
    ]
    await books.deals(deals)
    assert (await books.run("margins", "2020-05-01", "2020-08-01"))["settled"] == len(deals)

    def expected(*by: str, begins: str = "2020", ends: str = "2021") -> dict[tuple[str, ...], Any]:
        found: dict[tuple[str, ...], list[Any]] = defaultdict(lambda: [Decimal(0), Decimal(0), 0])
        for deal in deals:
            if begins <= deal["closedAt"] < ends:
                gross = Decimal(deal["amount"])
                cost = (gross * Decimal("0.4")).quantize(CENT, ROUND_HALF_UP)
                due = (gross * Decimal("0.125")).quantize(CENT, ROUND_HALF_UP)
                group = found[tuple(deal[name] for name in by)]
                group[0] += due
                group[1] += gross - cost - due
                group[2] += 1
        return {key: tuple(value) for key, value in found.items()}

    fields = {"region": "city", "account_manager": "doctor", "package": "channel"}
    for by in (("region",), ("account_manager",), ("package",), ("account_manager", "package")):
        told = await figures(books, "margins", *by)
        wanted = expected(*(fields[one] for one in by))
        assert told.keys() == wanted.keys()
        for key, (due, margin, count) in told.items():  # a month's commission is rounded once, so a fen may lie apart
            assert (abs(due - wanted[key][0]) <= CENT, abs(margin - wanted[key][1]) <= CENT) == (True, True)
            assert count == wanted[key][2]
        whole = (await figures(books, "margins", "component"))["commission",]
        assert tuple(map(sum, zip(*told.values(), strict=True))) == whole, "each grouping comes to the same"
    june = {"from": "2020-06-01T00:00:00+08:00", "to": "2020-07-01T00:00:00+08:00"}
    told = await figures(books, "margins", "region", **june)
    wanted = expected("city", begins="2020-06-01", ends="2020-07-01")
    assert {key: one[2] for key, one in told.items()} == {key: one[2] for key, one in wanted.items()} == {
        ("上海",): 1, ("杭州",): 2
    }  # fmt: skip


SIMULATE = """
{ simulatePlan(plan: "margins", from: "2020-06-01T00:00:00+08:00", to: "2020-07-01T00:00:00+08:00") {
    events before { revenue payout cost margin } after { revenue payout cost margin } payees { difference } } }
"""


async def test_two_strategies_are_compared_by_what_a_closed_month_would_have_left(tenants: Tenants) -> None:
    books = await books_of(tenants.east)
    await books.declare(**MARGINS)
    for yuan, day in (("100.00", "2020-06-05"), ("900.00", "2020-06-30"), ("5000.00", "2020-07-01")):
        await books.deal(yuan, day)
    await books.run("margins", "2020-06-01", "2020-08-01")
    close = 'mutation { closePeriod(plan: "margins", period: "2020-06-01", reason: "month end") { revision } }'
    await tenants.east.data(close)
    before = await figures(books, "margins", "component")
    draft = {**HEAD, **MARGINS, "live": False, "rates": [percent("commission", "7.5")]}
    await tenants.east.data(APPLY, {"document": {"price_plans": [draft]}}, path="/metadata")
    found = (await tenants.east.data(SIMULATE))["simulatePlan"]
    assert found == {
        "events": 2,
        "before": {"revenue": "1000.00", "payout": "125.00", "cost": "400.00", "margin": "475.00"},
        "after": {"revenue": "1000.00", "payout": "75.00", "cost": "400.00", "margin": "525.00"},
        "payees": [{"difference": "-50.00"}],
    }, "47.5 % and 52.5 % are left"
    assert await figures(books, "margins", "component") == before, "nothing was booked"


async def test_a_rebate_for_some_days_counts_from_their_first_instant_to_their_last(tenants: Tenants) -> None:
    books = await books_of(tenants.east)
    usual, special = percent("rebate", "1", "usual"), percent("special", "10", "festival")
    await books.declare(
        name="festival",
        party="dealer",
        components=[{"name": "rebate", "kind": "rebate"}, {"name": "special", "kind": "subsidy"}],
        rates=[usual, {**special, "starts": "2020-06-01", "ends": "2020-06-19"}],
    )
    for at, special_of in (
        ("2020-05-31T23:59:59+08:00", None),
        ("2020-06-01T00:00:00+08:00", "10.00"),
        ("2020-06-18T23:59:59+08:00", "10.00"),
        ("2020-06-19T00:00:00+08:00", None),
    ):
        made = await books.settle("festival", await books.deal("100.00", at, dealer=at))
        lines = {line["component"]: line["amount"] for line in made["quote"]["lines"] if line["rate"]}
        assert lines == {"rebate": "1.00", **({"special": special_of} if special_of else {})}, at


@pytest.mark.parametrize(("switch", "excess"), [("marginal", "5.00"), ("retroactive_period", "5005.00")])
async def test_the_whole_or_what_is_above_is_declared_and_a_return_takes_it_back(
    tenants: Tenants, switch: str, excess: str
) -> None:
    books = await books_of(tenants.east)
    component = {"name": "rebate", "kind": "rebate", "switch": switch, "bound_rule": "more_than"}
    tiers = ladder("rebate", {"percent": 0}, {"lower": 100000, "percent": 5})
    await books.declare(name="dealers", party="dealer", components=[component], rates=[tiers])
    first = await books.deal("100000.00", "2020-06-05", dealer="甲")
    above = await books.deal("100.00", "2020-06-30T23:59:59+08:00", dealer="甲")
    next_month = await books.deal("99999.00", "2020-07-01T00:00:00+08:00", dealer="甲")
    for deal, due in ((first, "0"), (above, excess), (next_month, excess)):
        await books.settle("dealers", deal)
        assert (await books.due("dealers")).get("甲", Decimal(0)) == Decimal(due)
    await books.refund("dealers", above, "half", "50.00")
    left = {"marginal": "2.50", "retroactive_period": "5002.50"}[switch]
    assert await books.due("dealers") == {"甲": Decimal(left)}
    await books.refund("dealers", above, "rest")
    assert await books.due("dealers") == {"甲": Decimal("0.00")}, "100,000.00 is not above"


ACCESS = {
    "roles": [{"name": "doctor", "label": {"zh": "医生", "en": "Doctor"}}],
    "policies": [
        {
            "name": "doctor_deals", "kind": "allow", "role": "doctor", "object": "deal",
            "actions": ["read", "run:doctors"], "condition": "doctor == actor.email",
        },
    ],
}  # fmt: skip


async def test_a_doctor_sees_their_own_running_month_at_once(timeline: Timeline) -> None:
    east = timeline.east
    books, office = await books_of(east), Office(east)
    await east.data(APPLY, {"document": ACCESS}, path="/metadata")
    doctor, other = await office.hire("doctor", "doctor"), await office.hire("another", "doctor")
    minute = {"name": "minute", "component": "time", "model": "per_unit", "settings": {"price": "3.5"}}
    await books.declare(
        name="doctors",
        party="doctor",
        quantity="minutes",
        components=[{"name": "time", "kind": "commission"}, {"name": "prescriptions", "kind": "commission"}],
        rates=[minute, percent("prescriptions", "2")],
    )
    await timeline.until_day(3, "15:00")
    now = timeline.now
    month = now.astimezone(ZoneInfo("Asia/Shanghai")).strftime("%Y-%m")

    async def running(person: Any) -> dict[tuple[str, ...], Decimal]:
        told = await figures(books, "doctors", "month", "component", person=person)
        return {key: one[0] for key, one in told.items() if one[0]}

    assert await running(doctor) == {}
    wrong = await books.deal("900.00", now.isoformat(), doctor=doctor.email, minutes=30)
    await books.settle("doctors", wrong)
    await books.settle("doctors", await books.deal("50.00", now.isoformat(), doctor=other.email, minutes=10))
    assert await running(doctor) == {(month, "time"): Decimal("105.00"), (month, "prescriptions"): Decimal("18.00")}
    assert await running(other) == {(month, "time"): Decimal("35.00"), (month, "prescriptions"): Decimal("1.00")}

    # What was wrong is taken back, and what is right is booked: both can be seen, by whom it concerns.
    await books.refund("doctors", wrong, "corrected")
    await books.settle("doctors", await books.deal("90.00", now.isoformat(), doctor=doctor.email, minutes=30))
    assert await running(doctor) == {(month, "time"): Decimal("105.00"), (month, "prescriptions"): Decimal("1.80")}
    told = 'query($r: ID!) { explainSettlement(plan: "doctors", record: $r) { kind } }'
    found = (await east.data(told, {"r": wrong}, person=doctor))["explainSettlement"]
    assert [one["kind"] for one in found] == ["SALE", "REFUND"]
    refused = await east.faults(told, {"r": wrong}, person=other)
    assert [reason for _, reason, _ in refused] == ["unknown_record"]


async def test_a_branch_is_credited_at_once_for_what_another_has_signed(tenants: Tenants) -> None:
    books = await books_of(tenants.east)
    headquarters, hangzhou = await books.branch("总部"), await books.branch("杭州")
    to = [{"value": "signer.id", "percent": 30, "role": "signer"}, {"value": "branch.id", "percent": 70}]
    shares = [{"payee": "signer.id", "percent": 30}, {"payee": "branch.id", "percent": 70}]
    rules = [{"name": "signed_elsewhere", "to": to}]
    await books.declare(
        name="branches",
        components=[{"name": "commission", "kind": "commission", "shares": shares}],
        rates=[percent("commission", "10")],
        attributions=[{"name": "branch", "rules": rules}],
    )
    await books.settle("branches", await books.deal("1000.05", "2020-06-05", signerId=headquarters, branchId=hangzhou))
    assert await books.due("branches") == {headquarters: Decimal("30.00"), hangzhou: Decimal("70.01")}
    assert await books.pools("branches", "branch", None) == {
        headquarters: Decimal("300.02"), hangzhou: Decimal("700.03")
    }  # fmt: skip
