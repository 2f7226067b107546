"""`simulateAccess`: who gains and who loses by a change that is not made."""

from __future__ import annotations

from typing import Any

from tests.fixtures.tenants import Tenant, Tenants
from tests.governed import allow, govern, hire, mask

SIMULATE = """
query($document: JSON, $changes: [MetadataChange!], $people: [RolesOfInput!], $objects: [String!]) {
  simulateAccess(document: $document, changes: $changes, people: $people, objects: $objects) {
    roles { role shift { object action effect before after conditionBefore conditionAfter
      fields { field before after effect } } }
    people { person { email } shift { object action effect } counts { examined held gained lost } }
    compared isCapped plan { isEmpty }
  }
}
"""
OWN = {"name": "own", **allow("seller", "customer", scope="own")}
EVERY = {"name": "every", **allow("seller", "customer")}


async def simulated(tenant: Tenant, **given: Any) -> dict[str, Any]:
    found: dict[str, Any] = (await tenant.data(SIMULATE, given, path="/metadata"))["simulateAccess"]
    return found


async def test_widening_tells_role_person_and_records(tenants: Tenants) -> None:
    east = tenants.east
    await govern(east, roles=["seller", "finance"], policies=[OWN])
    seller, _ = await hire(east, "Li", "seller"), await hire(east, "Fang", "finance")
    for name, owner in (("Anna", seller.id), ("Ben", None), ("Chen", None)):
        await east.create("Customer", name=name, ownerId=owner)
    found = await simulated(east, document={"roles": [{"name": "seller"}], "policies": [EVERY]})
    (of_role,) = found["roles"]
    assert (of_role["role"], of_role["shift"]["effect"]) == ("seller", "GAINS")
    assert (of_role["shift"]["before"], of_role["shift"]["conditionBefore"]) == ("DEPENDS", "owner.id == actor.id")
    assert found["people"] == [
        {
            "person": {"email": "li@example.com"},
            "shift": {"object": "customer", "action": "read", "effect": "GAINS"},
            "counts": {"examined": 3, "held": 1, "gained": 2, "lost": 0},
        }
    ]
    assert (found["compared"], found["isCapped"], found["plan"]["isEmpty"]) == (4, False, False)


async def test_nothing_is_changed(tenants: Tenants) -> None:
    east = tenants.east
    await govern(east, roles=["seller"], policies=[OWN])
    await simulated(east, document={"policies": [EVERY]})
    assert (await east.data("{ policies { name } }", path="/metadata"))["policies"] == [{"name": "own"}]


async def test_masking_is_told_by_field(tenants: Tenants) -> None:
    east = tenants.east
    await govern(east, roles=["seller"], policies=[EVERY])
    body = mask("seller", "customer", "phone", "phone")
    change = {"op": "CREATE", "kind": "policy", "name": "phones", "body": body}
    (of_role,) = (await simulated(east, changes=[change]))["roles"]
    assert of_role["shift"]["fields"] == [{"field": "phone", "before": "ALLOWED", "after": "MASKED", "effect": "LOSES"}]


async def test_removing_the_first_policies_opens_the_tenant_and_says_so(tenants: Tenants) -> None:
    east = tenants.east
    await govern(east, roles=["seller"], policies=[OWN])
    found = await simulated(east, changes=[{"op": "REMOVE", "kind": "policy", "name": "own"}], objects=["store"])
    assert {one["shift"]["effect"] for one in found["roles"]} == {"GAINS"}


async def test_moving_people_to_other_roles_is_tried_out(tenants: Tenants) -> None:
    east = tenants.east
    await govern(east, roles=["seller", "marketing"], policies=[EVERY])
    seller = await hire(east, "Li", "seller")
    await east.create("Customer", name="Anna")
    found = await simulated(east, people=[{"user": seller.id, "roles": ["marketing"]}])
    assert found["roles"] == []
    assert [(one["person"]["email"], one["shift"]["effect"], one["counts"]["lost"]) for one in found["people"]] == [
        ("li@example.com", "LOSES", 1)
    ]


async def test_changes_that_cannot_be_simulated_are_refused(tenants: Tenants) -> None:
    east = tenants.east
    field = {"op": "CREATE", "kind": "field", "parent": "customer", "name": "x", "body": {"type": "text"}}
    assert await east.faults(SIMULATE, {"changes": [field]}, path="/metadata") == [
        ("BAD_USER_INPUT", "simulates_access_only", ())
    ]
    bad = {"policies": [{"name": "p", **allow("nobody", "custmer")}]}
    reasons = [reason for _, reason, _ in await east.faults(SIMULATE, {"document": bad}, path="/metadata")]
    assert reasons == ["unknown_role", "unknown_object"]
    nobody = [{"user": "0190a0a0-0000-7000-8000-00000000dead", "roles": []}]
    assert await east.faults(SIMULATE, {"people": nobody}, path="/metadata") == [
        ("NOT_FOUND", "unknown_account", ("people", 0, "user"))
    ]
    assert await east.faults(SIMULATE, {}, path="/metadata") == [("BAD_USER_INPUT", "nothing_to_do", ("document",))]


async def test_who_may_not_configure_policies_does_not_simulate(tenants: Tenants) -> None:
    east = tenants.east
    await govern(east, roles=["seller"], policies=[OWN])
    seller = await hire(east, "Li", "seller")
    refused = await east.faults(SIMULATE, {"document": {}}, person=seller, path="/metadata")
    assert refused == [("FORBIDDEN", "kind_not_allowed", ())]
