"""A pool of better customers, open to who has earned it by their figures, and for as long."""

from __future__ import annotations

from datetime import datetime

from tests.fixtures.tenants import Person
from tests.fixtures.timeline import Timeline
from tests.server.pool.test_pool import APPLY, Sea

TARGET = {
    "name": "top",
    "role": "senior",
    "among": "seller",
    "object": "order",
    "condition": 'status == "paid"',
    "function": "sum",
    "field": "amount",
    "date": "ordered_at",
    "threshold": "1000",
    "consecutive": 3,
    "grace": 0,
}
EVALUATE = 'mutation { evaluatePromotion(rule: "top") { userName outcome until } }'


async def sold(sea: Sea, person: Person, month: int, amount: int) -> None:
    customer = await sea.tenant.create("Customer", name=person.name)
    await sea.tenant.create(
        "Order",
        customerId=customer,
        ownerId=person.id,
        status="PAID",
        orderedAt=f"2026-{month:02}-15T12:00:00+08:00",
        amount={"amount": str(amount), "currency": "CNY"},
    )


async def test_three_months_on_target_open_a_higher_pool_until_as_many_are_missed(timeline: Timeline) -> None:
    sea = Sea(timeline)
    document = {
        "roles": [{"name": "seller", "layer": "operate"}, {"name": "senior", "layer": "manage"}],
        "policies": [
            {"name": "claims", "kind": "allow", "role": "seller", "object": "customer", "actions": ["read", "claim"]}
        ],
        "promotions": [TARGET],
    }
    await sea.tenant.data(APPLY, {"document": document}, path="/metadata")
    await sea.declare(members=["senior"], protection="P400D", maximum="P500D")
    await timeline.set(datetime.fromisoformat("2026-04-01T09:00:00+08:00"))
    li, wu = [await sea.office.hire(name, "seller") for name in ("li", "wu")]
    first, second = await sea.customer(), await sea.customer()
    for person, amounts in ((li, (1_000, 1_500, 2_000)), (wu, (1_000, 999, 2_000))):
        for month, amount in enumerate(amounts, 1):
            await sold(sea, person, month, amount)
    assert [reason for _, reason, _ in await refusal(sea, li, first)] == ["not_a_member"]
    given = (await sea.tenant.data(EVALUATE))["evaluatePromotion"]
    assert [(one["userName"], one["outcome"], one["until"]) for one in given] == [
        ("li", "PROMOTED", "2026-07-01"), ("wu", "NOT_EARNED", None),
    ]  # fmt: skip
    assert (await sea.claim(li, first)).data["done"]["owner"] == li.id
    assert [reason for _, reason, _ in await refusal(sea, wu, second)] == ["not_a_member"]
    # the fourth month is missed: it stays open to its end, as three months and no grace say
    await timeline.set(datetime.fromisoformat("2026-06-30T23:59:00+08:00"))
    assert (await sea.tenant.data(EVALUATE))["evaluatePromotion"][0]["outcome"] == "HELD"
    third = await sea.customer()
    assert (await sea.claim(li, third)).data["done"]["owner"] == li.id
    await timeline.set(datetime.fromisoformat("2026-07-01T00:01:00+08:00"))
    assert [reason for _, reason, _ in await refusal(sea, li, second)] == ["not_a_member"]


async def refusal(sea: Sea, person: Person, record: str) -> list[tuple[str, str, tuple[str, ...]]]:
    """(code, reason, path) by which a claim is refused."""
    claim = 'mutation($record: ID!) { done: claimFromPool(pool: "sea", record: $record) { owner } }'
    found: list[tuple[str, str, tuple[str, ...]]] = await sea.tenant.faults(claim, {"record": record}, person=person)
    return found
