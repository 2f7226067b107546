"""Policies go out as text and come back, all or nothing, with every fault at its line."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fixtures.tenants import Tenant, Tenants
from tests.governed import allow, govern, hire

EXPORT = "query($format: PolicyFormat!) { exportPolicies(format: $format) }"
PLAN = """
query($text: String!, $format: PolicyFormat!, $replace: Boolean! = false) {
  planPolicies(text: $text, format: $format, replace: $replace) {
    isEmpty changes { op kind name } faults { reason message path }
  }
}
"""
IMPORT = """
mutation($text: String!, $format: PolicyFormat!, $replace: Boolean! = false) {
  importPolicies(text: $text, format: $format, replace: $replace) { version }
}
"""
TRICKY = {
    "name": "tricky",
    **allow(
        "seller", "customer", "read", "export", condition='name != "a, \\"b\\" [c] %2C"', reason='Says "no", twice.'
    ),
}


async def exported(tenant: Tenant, format: str) -> str:
    text: str = (await tenant.data(EXPORT, {"format": format}, path="/metadata"))["exportPolicies"]
    return text


async def planned(tenant: Tenant, text: str, format: str, **more: Any) -> dict[str, Any]:
    given = {"text": text, "format": format, **more}
    found: dict[str, Any] = (await tenant.data(PLAN, given, path="/metadata"))["planPolicies"]
    return found


@pytest.mark.parametrize("format", ["YAML", "CASBIN"])
async def test_what_is_exported_from_one_tenant_is_imported_by_another(tenants: Tenants, format: str) -> None:
    east, west = tenants.both
    roles: list[dict[str, Any]] = [{"name": "seller"}, {"name": "manager", "inherits": ["seller"]}]
    await govern(east, roles=roles, policies=[TRICKY, {"name": "own", **allow("manager", "store", scope="own")}])
    text = await exported(east, format)
    await west.data(IMPORT, {"text": text, "format": format}, path="/metadata")
    assert await exported(west, format) == text
    assert (await planned(west, text, format))["isEmpty"]


async def test_lines_are_read_by_the_model_that_they_come_with(tenants: Tenants) -> None:
    east = tenants.east
    query = """
    mutation($text: String!, $model: String) {
      importPolicies(text: $text, format: CASBIN, model: $model) { version }
    }
    """
    model = (
        "[request_definition]\nr = sub, obj, act\n[policy_definition]\np = act, obj, sub\n"
        "[policy_effect]\ne = some(where (p.eft == allow))\n"
        "[matchers]\nm = r.sub == p.sub && r.obj == p.obj && r.act == p.act\n"
    )
    await east.data(query, {"text": "p, read, customer, seller\n", "model": model}, path="/metadata")
    assert "p, role:seller, customer, read, allow, imported_1, {}" in await exported(east, "CASBIN")
    given = {"text": "p, read, customer, seller\n", "model": model.replace("r.sub == p.sub", "r.sub.age > 18")}
    refused = await east.faults(query, given, path="/metadata")
    assert ("BAD_USER_INPUT", "other_casbin_model", ("model", 8)) in refused


async def test_casbins_model_goes_with_the_lines(tenants: Tenants) -> None:
    assert "[matchers]" in await exported(tenants.east, "CASBIN_MODEL")
    refused = await tenants.east.faults(IMPORT, {"text": "", "format": "CASBIN_MODEL"}, path="/metadata")
    assert refused == [("BAD_USER_INPUT", "not_applicable", ("format",))]


async def test_plain_casbin_files_give_people_their_roles(tenants: Tenants) -> None:
    east = tenants.east
    li = await hire(east, "Li")
    text = f"p, role:seller, customer, read\np, role:seller, store, read\ng, user:{li.id}, role:seller\n"
    await east.data(IMPORT, {"text": text, "format": "CASBIN"}, path="/metadata")
    assert await east.data("{ customers { totalCount } }", person=li) == {"customers": {"totalCount": 0}}
    again = await exported(east, "CASBIN")
    assert f"g, user:{li.id}, role:seller" in again


async def test_labels_of_roles_outlive_casbin(tenants: Tenants) -> None:
    east = tenants.east
    await govern(east, roles=[{"name": "seller", "label": {"en": "Seller"}, "layer": "operate"}], policies=[TRICKY])
    await east.data(IMPORT, {"text": await exported(east, "CASBIN"), "format": "CASBIN"}, path="/metadata")
    assert (await east.data("{ roles { label layer } }", path="/metadata"))["roles"] == [
        {"label": {"en": "Seller"}, "layer": "operate"}
    ]


async def test_faults_are_told_by_line_and_nothing_is_imported(tenants: Tenants) -> None:
    east = tenants.east
    await govern(east, roles=["seller"], policies=[TRICKY])
    before = await exported(east, "YAML")
    text = "\n".join(
        (
            "p, role:seller, customer, read",
            "p, role:seller, custmer, read",
            "p, role:administrator, customer, read, deny",
            "p, role:seller, customer, fly",
        )
    )
    found = await planned(east, text, "CASBIN")
    assert [(fault["reason"], fault["path"]) for fault in found["faults"]] == [
        ("unknown_object", ["lines", 2, "object"]),
        ("reserved_role", ["lines", 3, "role"]),
        ("unknown_action", ["lines", 4, "actions", 0]),
    ]
    assert found["faults"][0]["message"].startswith("Line 2: ")
    refused = await east.faults(IMPORT, {"text": text, "format": "CASBIN"}, path="/metadata")
    assert [(reason, path[:2]) for _, reason, path in refused] == [
        ("unknown_object", ("lines", 2)),
        ("reserved_role", ("lines", 3)),
        ("unknown_action", ("lines", 4)),
    ]
    torn = "p, role:seller\ng, role:a"
    assert await east.faults(PLAN, {"text": torn, "format": "CASBIN"}, path="/metadata") == [
        ("BAD_USER_INPUT", "bad_casbin_line", ("lines", number)) for number in (1, 2)
    ]
    assert await exported(east, "YAML") == before


async def test_people_of_other_tenants_get_no_role(tenants: Tenants) -> None:
    east = tenants.east
    text = f"p, role:seller, customer, read\ng, user:{tenants.west.member.id}, role:seller\n"
    refused = await east.faults(IMPORT, {"text": text, "format": "CASBIN"}, path="/metadata")
    assert refused == [("BAD_USER_INPUT", "unknown_account", ("text",))]
    assert (await east.data("{ policies { name } }", path="/metadata"))["policies"] == []


async def test_an_import_makes_nobody_administrator(tenants: Tenants) -> None:
    east = tenants.east
    li = await hire(east, "Li")
    text = f"p, role:seller, customer, read\ng, user:{li.id}, role:administrator\n"
    assert "reserved" in str(await east.faults(IMPORT, {"text": text, "format": "CASBIN"}, path="/metadata"))


async def test_replacing_removes_what_the_text_does_not_hold(tenants: Tenants) -> None:
    east = tenants.east
    await govern(east, roles=["seller", "finance"], policies=[TRICKY, {"name": "own", **allow("finance", "store")}])
    text = (
        "roles: [{name: seller}]\npolicies: [{name: tricky, kind: allow, role: seller, object: store, actions: [read]}]"
    )
    changes = (await planned(east, text, "YAML", replace=True))["changes"]
    assert {(one["op"], one["kind"], one["name"]) for one in changes} == {
        ("update", "policy", "tricky"),
        ("remove", "policy", "own"),
        ("remove", "role", "finance"),
    }
    await east.data(IMPORT, {"text": text, "format": "YAML", "replace": True}, path="/metadata")
    assert (await east.data("{ roles { name } objects(includeSystem: false) { name } }", path="/metadata"))[
        "roles"
    ] == [{"name": "seller"}]


async def test_policies_are_all_that_is_imported(tenants: Tenants) -> None:
    text = "objects: [{name: a, plural: as, fields: [{name: b, type: text}]}]"
    refused = await tenants.east.faults(IMPORT, {"text": text, "format": "YAML"}, path="/metadata")
    assert refused == [("BAD_USER_INPUT", "policies_only", ("text",))]


async def test_a_hundred_thousand_rows_pasted_at_once_are_refused_and_the_policies_stay(tenants: Tenants) -> None:
    east = tenants.east
    await govern(east, roles=["seller"], policies=[TRICKY])
    text = "p,role:s,*,read\n" * 100_000
    refused = await east.faults(IMPORT, {"text": text, "format": "CASBIN"}, path="/metadata")
    assert refused == [("BAD_USER_INPUT", "too_many_items", ("lines", 20_001))]
    text += f"# {'x' * 1_000_000}"
    refused = await east.faults(IMPORT, {"text": text, "format": "CASBIN"}, path="/metadata")
    assert refused == [("LIMIT_EXCEEDED", "body_too_large", ())]
    assert "tricky" in await exported(east, "YAML")


async def test_roles_keep_what_lines_cannot_say(tenants: Tenants) -> None:
    east = tenants.east
    roles: list[dict[str, Any]] = [
        {"name": "seller"},
        {"name": "auditor"},
        {"name": "cashier", "layer": "operate", "inherits": ["seller"], "excludes": ["auditor"]},
    ]
    await govern(east, roles=roles, policies=[])
    text = f"g, user:{east.member.id}, role:cashier\n"
    assert (await planned(east, text, "CASBIN"))["isEmpty"]
    changes = (await planned(east, f"p, x, customer, read\n{text}", "CASBIN", replace=True))["changes"]
    assert [(one["op"], one["name"]) for one in changes if one["name"] == "cashier"] == [("update", "cashier")]
