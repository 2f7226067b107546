"""What was given for a time counts for who can and for simulations, and they tell when it ends."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.fixtures.tenants import Person, Tenant, Tenants
from tests.governed import allow, govern, hire

WHO = """
query($record: ID, $action: String! = "read", $field: String! = "") {
  whoCan(object: "customer", action: $action, record: $record, field: $field) {
    person { email } verdict forATime until
  }
}
"""
GIVE = "mutation($input: AccessGrantInput!) { grantAccess(input: $input) { id } }"
SIMULATE = """
query($document: JSON) {
  simulateAccess(document: $document, objects: ["customer"]) {
    people { person { email } shift { action effect } counts { held gained lost } forATime until }
  }
}
"""
UNTIL = (datetime.now(UTC) + timedelta(days=3)).replace(microsecond=0)


async def who(tenant: Tenant, **asked: Any) -> dict[str, tuple[str, bool, datetime | None]]:
    found = (await tenant.data(WHO, asked, path="/metadata"))["whoCan"]
    return {
        one["person"]["email"]: (
            one["verdict"],
            one["forATime"],
            None if one["until"] is None else datetime.fromisoformat(one["until"]),
        )
        for one in found
        if one["person"]["email"] != tenant.admin.email
    }


@pytest.fixture
async def staffed(tenants: Tenants) -> tuple[Tenant, Person, str, str]:
    """Li sees customers of her own, and one other that was given to her until a day."""
    east = tenants.east
    await govern(
        east,
        roles=["seller"],
        policies=[{"name": "own", **allow("seller", "customer", "read", "update", scope="own")}],
    )
    li = await hire(east, "Li", "seller")
    given, other = await east.create("Customer", name="Anna"), await east.create("Customer", name="Bert")
    await east.create("Customer", name="Own", ownerId=li.id)
    await east.data(
        GIVE,
        {
            "input": {
                "user": li.id,
                "object": "customer",
                "records": [given],
                "actions": ["read"],
                "fields": ["name"],
                "validUntil": UNTIL.isoformat(),
                "reason": "Stands in.",
            }
        },
    )
    return east, li, given, other


async def test_who_can_tells_when_a_right_for_a_time_ends(staffed: tuple[Tenant, Person, str, str]) -> None:
    east, li, given, other = staffed
    assert await who(east, record=given) == {li.email: ("ALLOWED", True, UNTIL)}
    assert await who(east, record=given, field="name") == {li.email: ("ALLOWED", True, UNTIL)}
    assert await who(east, record=given, field="phone") == {}
    assert await who(east, record=given, action="update") == {}
    assert await who(east, record=other) == {}
    assert await who(east, action="update") == {li.email: ("DEPENDS", False, None)}


async def test_a_simulation_tells_that_a_denial_ends_what_was_given_and_when_it_would_have_ended(
    staffed: tuple[Tenant, Person, str, str],
) -> None:
    east, li, _given, _other = staffed
    denial = {"name": "closed", "kind": "deny", "role": "*", "object": "customer", "actions": ["read"]}
    found = await east.data(SIMULATE, {"document": {"policies": [denial]}}, path="/metadata")
    of_li = {
        one["shift"]["action"]: one for one in found["simulateAccess"]["people"] if one["person"]["email"] == li.email
    }
    read = of_li["read"]
    assert (read["shift"]["effect"], read["counts"]) == ("LOSES", {"held": 2, "gained": 0, "lost": 2})
    assert (read["forATime"], datetime.fromisoformat(read["until"])) == (True, UNTIL)


async def test_a_simulation_counts_as_kept_what_was_given(staffed: tuple[Tenant, Person, str, str]) -> None:
    east, li, _given, _other = staffed
    removed = {"name": "own", **allow("seller", "customer", "update", scope="own")}
    found = await east.data(SIMULATE, {"document": {"policies": [removed]}}, path="/metadata")
    (read,) = [
        one
        for one in found["simulateAccess"]["people"]
        if (one["person"]["email"], one["shift"]["action"]) == (li.email, "read")
    ]
    assert read["counts"] == {"held": 2, "gained": 0, "lost": 1}
