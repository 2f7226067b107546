"""Roles earned by figures, through the API."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from dateutil.relativedelta import relativedelta

from server.promotions.evaluating import evaluate_all
from tests.fixtures.tenants import Person, Tenant, Tenants
from tests.governed import allow, govern, hire

TRY = 'query { promotionOutcomes(rule: "top") { userName role outcome until evidence { value met } } }'
EVALUATE = 'mutation { evaluatePromotion(rule: "top") { userName outcome until } }'
APPLY = "mutation($document: JSON) { applyMetadata(document: $document) { version } }"
CUSTOMERS = "{ customers { totalCount } }"
RULE = {
    "name": "top",
    "role": "senior",
    "among": "seller",
    "object": "order",
    "condition": 'status == "paid"',
    "function": "sum",
    "field": "amount",
    "date": "ordered_at",
    "window": "month",
    "threshold": "1000",
    "consecutive": 3,
    "grace": 1,
}


async def staffed(tenant: Tenant, **more: Any) -> tuple[Person, Person]:
    """Two sellers; seniors see customers."""
    await govern(
        tenant,
        roles=[
            {"name": "seller", "layer": "operate"},
            {"name": "senior", "layer": "manage"},
            {"name": "auditor", "excludes": ["senior"]},
        ],
        policies=[allow("senior", "customer"), allow("seller", "order", scope="own")],
    )
    await tenant.data(APPLY, {"document": {"promotions": [{**RULE, **more}]}}, path="/metadata")
    return await hire(tenant, "Li", "seller"), await hire(tenant, "Wu", "seller")


async def sold(tenant: Tenant, person: Person, *amounts: int) -> None:
    """Paid orders of a person, the first in the month before this, the next in the one before that."""
    customer = await tenant.create("Customer", name=f"Of {person.name}")
    for months, amount in enumerate(amounts, 1):
        at = datetime.now(UTC).replace(day=15) - relativedelta(months=months)
        await tenant.create(
            "Order",
            customerId=customer,
            ownerId=person.id,
            status="PAID",
            orderedAt=at.isoformat(),
            amount={"amount": str(amount), "currency": "CNY"},
        )


async def test_three_months_in_a_row_give_the_role_with_an_end(tenants: Tenants) -> None:
    east = tenants.east
    li, wu = await staffed(east)
    await sold(east, li, 1_000, 1_500, 2_000)
    await sold(east, wu, 1_000, 900, 2_000)
    tried = (await east.data(TRY))["promotionOutcomes"]
    assert [(one["userName"], one["outcome"]) for one in tried] == [("Li", "PROMOTED"), ("Wu", "NOT_EARNED")]
    assert tried[1]["evidence"] == [
        {"value": "1000", "met": True},
        {"value": "900", "met": False},
        {"value": "2000", "met": True},
    ]
    assert await east.faults(CUSTOMERS, person=li) == [("BAD_USER_INPUT", "invalid_operation", ())]
    done = (await east.data(EVALUATE))["evaluatePromotion"]
    assert (done[0]["outcome"], done[0]["until"]) == ("PROMOTED", tried[0]["until"])
    assert (await east.data(CUSTOMERS, person=li))["customers"]["totalCount"] == 2
    assert await east.faults(CUSTOMERS, person=wu) == [("BAD_USER_INPUT", "invalid_operation", ())]
    again = (await east.data(EVALUATE))["evaluatePromotion"]
    assert [one["outcome"] for one in again] == ["HELD", "NOT_EARNED"]
    async with east.services.connections.acquire() as connection:  # its end has come
        await connection.execute("update tangram.role_assignment set valid_until = now() - interval '1 second'")
        await connection.execute("update tangram.tenant set epoch = epoch + 1")
    assert await east.faults(CUSTOMERS, person=li) == [("BAD_USER_INPUT", "invalid_operation", ())]


async def test_figures_of_a_finished_month_are_found_once(tenants: Tenants) -> None:
    east = tenants.east
    li, _wu = await staffed(east)
    await sold(east, li, 900, 900, 900)
    await east.data(EVALUATE)
    await sold(east, li, 900, 900, 900)
    assert (await east.data(TRY))["promotionOutcomes"][0]["evidence"][0] == {"value": "900", "met": False}


async def test_rules_are_evaluated_by_themselves(tenants: Tenants) -> None:
    east = tenants.east
    li, _wu = await staffed(east)
    await sold(east, li, 1_000, 1_000, 1_000)
    services = tenants.services
    assert await evaluate_all(services.connections, services.tenants.model_of, services.clock) == 1
    assert await evaluate_all(services.connections, services.tenants.model_of, services.clock) == 0
    assert await east.data(CUSTOMERS, person=li)
    async with services.connections.acquire() as connection:
        logged = await connection.fetch(
            "select actor_kind, records from tangram.audit_entry where kind = 'role.assigned' and tenant_id = $1",
            east.id,
        )
    assert [tuple(row) for row in logged] == [("system", [li.id])]


async def test_nobody_earns_a_role_that_another_of_theirs_excludes(tenants: Tenants) -> None:
    east = tenants.east
    await staffed(east)
    both = await hire(east, "Xu", "seller", "auditor")
    await sold(east, both, 1_000, 1_000, 1_000)
    done = (await east.data(EVALUATE))["evaluatePromotion"]
    assert [(one["userName"], one["outcome"]) for one in done][-1] == ("Xu", "EXCLUDED")


async def test_a_rule_gives_no_role_above_its_authors_level(tenants: Tenants) -> None:
    east = tenants.east
    li, _wu = await staffed(east)
    await sold(east, li, 1_000, 1_000, 1_000)
    configures = {"name": "promoters", **allow("promoter", "*", "configure:promotion")}
    await govern(east, roles=[{"name": "promoter", "layer": "operate"}], policies=[configures])
    author = await hire(east, "Zo", "promoter")
    change = 'mutation { updatePromotion(name: "top", promotion: {grace: 2}) { version } }'
    await east.data(change, person=author, path="/metadata")
    assert (await east.data(EVALUATE, person=author))["evaluatePromotion"][0]["outcome"] == "ABOVE_AUTHOR"
    await east.data(change.replace("2", "3"), path="/metadata")
    assert (await east.data(EVALUATE))["evaluatePromotion"][0]["outcome"] == "PROMOTED"


async def test_who_may_not_configure_rules_does_not_see_them_work(tenants: Tenants) -> None:
    east = tenants.east
    li, _wu = await staffed(east)
    assert await east.faults(TRY, person=li) == [("BAD_USER_INPUT", "invalid_operation", ())]
    unknown = TRY.replace("top", "none")
    assert await east.faults(unknown) == [("NOT_FOUND", "unknown_promotion", ("rule",))]
    assert await tenants.west.faults(TRY) == [("NOT_FOUND", "unknown_promotion", ("rule",))]


async def test_every_fault_of_a_rule_is_told_at_once(tenants: Tenants) -> None:
    east = tenants.east
    bad = {
        **RULE,
        "role": "administrator",
        "threshold": "much",
        "consecutive": 0,
        "user": "customer",
        "date": "status",
        "field": "order_no",
        "condition": "wings > 1",
    }
    found = await east.faults(
        APPLY, {"document": {"roles": [{"name": "seller"}], "promotions": [bad]}}, path="/metadata"
    )
    assert sorted(reason for _, reason, _ in found) == sorted(
        ["reserved_role", "bad_threshold", "bad_limit", "unfit_field", "unfit_field", "unfit_field", "unknown_field"]
    )


async def test_accounts_do_not_hold_roles_that_exclude_each_other(tenants: Tenants) -> None:
    east = tenants.east
    await staffed(east)
    create = """
    mutation($roles: [String!]!) {
      createAccount(account: {email: "x@example.com", name: "X", roles: $roles}) { account { id } }
    }
    """
    refused = await east.faults(create, {"roles": ["auditor", "senior"]}, path="/metadata")
    assert refused == [("CONFLICT", "roles_exclude_each_other", ("roles",))]
    assert await east.data(create, {"roles": ["auditor"]}, path="/metadata")
