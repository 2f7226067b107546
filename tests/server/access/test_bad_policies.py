"""Policies that cannot be: told with reason and place, all at once, while the former ones stay in force."""

from __future__ import annotations

from typing import Any

from tests.fixtures.tenants import Tenant, Tenants
from tests.governed import allow, deny, field_rights, govern, hire, mask

APPLY = "mutation($document: JSON!) { applyMetadata(document: $document, replace: false) { version } }"
NAMES = "{ customers { nodes { name } } }"
GOOD = {"name": "own", **allow("seller", "customer", scope="own")}


async def refused(tenant: Tenant, **document: Any) -> list[tuple[str, tuple[Any, ...]]]:
    faults = await tenant.faults(APPLY, {"document": document}, path="/metadata")
    assert {code for code, _, _ in faults} == {"BAD_USER_INPUT"}
    return [(reason, path) for _, reason, path in faults]


BAD: list[tuple[list[dict[str, Any]], list[str]]] = [
    ([{**GOOD, "condition": "level == "}], ["expression_syntax"]),
    ([{**GOOD, "condition": "levle == 'x'"}], ["unknown_field"]),
    ([{**GOOD, "condition": "name"}], ["wrong_type"]),
    ([{**GOOD, "object": "custmer"}], ["unknown_object"]),
    ([{**GOOD, "actions": ["raed"]}], ["unknown_action"]),
    ([{**GOOD, "actions": []}], ["missing"]),
    ([{**GOOD, "role": "nobody"}], ["unknown_role"]),
    ([{**GOOD, "user": "li"}], ["bad_subject"]),
    ([{**GOOD, "kind": "permit"}], ["unknown_value"]),
    ([{**GOOD, "scope": "everywhere"}], ["unknown_value"]),
    ([{**GOOD, "valid_from": "soon"}], ["bad_instant"]),
    ([{**GOOD, "valid_from": "2027-01-01T00:00:00Z", "valid_until": "2026-01-01T00:00:00Z"}], ["bad_instant"]),
    ([{"name": "d", **deny("administrator", "customer", "*")}], ["reserved_role"]),
    ([{"name": "m", **mask("seller", "customer", "phone", "points")}], ["bad_mask"]),
    ([{"name": "f", **field_rights("seller", "customer", "fone", read="none")}], ["unknown_field"]),
    (
        [
            {"name": "a", **field_rights("seller", "customer", "phone", read="none")},
            {"name": "b", **field_rights("seller", "customer", "phone", read="full")},
        ],
        ["contradictory_policies"],
    ),
    ([{**GOOD, "name": "a, b"}], ["bad_name"]),
    ([{**GOOD, "name": 'a"b'}], ["bad_name"]),
    (
        [{**GOOD, "object": "custmer", "role": "nobody"}, {**GOOD, "name": "x", "actions": ["fly"]}],
        ["unknown_object", "unknown_role", "unknown_action"],
    ),
]
"""Policies, and the reasons that they are refused for."""


async def test_faults_are_told_at_their_row_and_the_former_policies_stay_in_force(tenants: Tenants) -> None:
    east = tenants.east
    await govern(east, roles=["seller"], policies=[GOOD])
    seller = await hire(east, "Li", "seller")
    await east.create("Customer", name="Mine", ownerId=seller.id)
    await east.create("Customer", name="Others")
    for policies, reasons in BAD:
        found = await refused(east, policies=policies)
        assert sorted({reason for reason, _ in found}) == sorted(reasons), found
        assert all("policies" in path[:2] for _, path in found), found
        seen = await east.data(NAMES, person=seller)
        assert seen == {"customers": {"nodes": [{"name": "Mine"}]}}


async def test_roles_in_a_circle_are_refused_at_one_of_them(tenants: Tenants) -> None:
    roles = [{"name": "a", "inherits": ["b"]}, {"name": "b", "inherits": ["c"]}, {"name": "c", "inherits": ["a"]}]
    found = await refused(tenants.east, roles=roles, policies=[])
    assert [reason for reason, _ in found] == ["role_cycle"]


async def test_nobody_locks_the_last_administrator_out(tenants: Tenants) -> None:
    east = tenants.east
    everything = {"name": "nothing_at_all", **deny("*", "*", "*"), "reason": "Closed."}
    await govern(east, roles=["seller"], policies=[everything, {"name": "none", **deny("*", "*", "configure")}])
    assert await east.data("{ customers { totalCount } }") == {"customers": {"totalCount": 0}}
    assert (await east.data("{ policies { name } }", path="/metadata"))["policies"]
    change = 'mutation($id: ID!) { updateAccount(id: $id, account: {roles: ["seller"]}) { id } }'
    ((code, reason, _),) = await east.faults(change, {"id": east.admin.id}, path="/metadata")
    assert (code, reason) == ("CONFLICT", "last_administrator")


async def test_reasons_hold_any_text(tenants: Tenants) -> None:
    text = "commas, \"quotes\", 'single', 100 %, [brackets] and 中文"
    await govern(tenants.east, roles=["seller"], policies=[{**GOOD, "reason": text}])
    (policy,) = (await tenants.east.data("{ policies { reason } }", path="/metadata"))["policies"]
    assert policy["reason"] == text
