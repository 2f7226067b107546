"""Roles and policies over `/metadata`: declared like anything else, in documents and by mutations of their own."""

from __future__ import annotations

from typing import Any

from tests.fixtures.http import Place, SignedIn, Web

DOCUMENT: dict[str, Any] = {
    "objects": [{"name": "customer", "plural": "customers", "fields": [{"name": "name", "type": "text"}]}],
    "roles": [{"name": "seller", "label": {"zh": "销售", "en": "Seller"}, "layer": "operate"}],
    "policies": [
        {
            "name": "own_customers",
            "kind": "allow",
            "role": "seller",
            "object": "customer",
            "actions": ["read", "update"],
            "scope": "own",
            "reason": "Sellers work with their own customers.",
        }
    ],
}


async def send(web: Web, headers: dict[str, str], query: str, **variables: Any) -> dict[str, Any]:
    answer = await web.client.post("/metadata", json={"query": query, "variables": variables}, headers=headers)
    body: dict[str, Any] = answer.json()
    return body


async def test_roles_and_policies_are_declared_listed_and_kept_from_other_tenants(
    web: Web, acme: Place, globex: Place, signed_in: SignedIn
) -> None:
    mine, theirs = await signed_in(acme), await signed_in(globex)
    applied = await send(web, mine, "mutation M($d: JSON) { applyMetadata(document: $d) { version } }", d=DOCUMENT)
    assert applied["data"] == {"applyMetadata": {"version": 2}}
    await send(
        web,
        mine,
        """mutation { createPolicy(policy: {
          name: "no_deletion", kind: "deny", role: "seller", object: "customer", actions: ["delete"]}) { version } }""",
    )
    query = '{ roles { name label layer } policies(role: "seller") { name kind object actions scope } }'
    assert (await send(web, mine, query))["data"] == {
        "roles": [{"name": "seller", "label": {"zh": "销售", "en": "Seller"}, "layer": "operate"}],
        "policies": [
            {
                "name": "own_customers",
                "kind": "allow",
                "object": "customer",
                "actions": ["read", "update"],
                "scope": "own",
            },
            {"name": "no_deletion", "kind": "deny", "object": "customer", "actions": ["delete"], "scope": "all"},
        ],
    }
    assert (await send(web, theirs, query))["data"] == {"roles": [], "policies": []}


async def test_faulty_policy_is_refused_with_its_row_and_nothing_is_changed(
    web: Web, acme: Place, signed_in: SignedIn
) -> None:
    headers = await signed_in(acme)
    faulty = {**DOCUMENT, "policies": [*DOCUMENT["policies"], DOCUMENT["policies"][0] | {"name": "b", "role": "boss"}]}
    answer = await send(web, headers, "mutation M($d: JSON) { applyMetadata(document: $d) { version } }", d=faulty)
    (error,) = answer["errors"]
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert error["extensions"]["reason"] == "unknown_role"
    assert "'b'" in error["message"]
    assert (await send(web, headers, "{ policies { name } }"))["data"] == {"policies": []}
