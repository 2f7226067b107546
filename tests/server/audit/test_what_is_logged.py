"""What reaches the audit log, seen through the public API."""

from __future__ import annotations

from typing import Any

import pytest

from server.audit.entries import AuditKind, NewEntry
from server.audit.log import AuditFilter, page
from server.audit.repeats import Repeats
from server.context import Actor, ActorKind
from server.events.clock import SystemClock
from tests.fixtures.tenants import PASSWORD, Tenant, Tenants

LOG = """
query($filter: AuditFilter) {
  auditLog(filter: $filter) { id number kind actorName object records address agent requestId detail }
}
"""


async def log(tenant: Tenant, **which: Any) -> list[dict[str, Any]]:
    """Entries of the kinds named, oldest first."""
    data = await tenant.data(LOG, {"filter": which}, path="/metadata")
    return list(reversed(data["auditLog"]))


async def sign_in(tenant: Tenant, email: str, password: str) -> Any:
    body = {"tenant": tenant.slug, "email": email, "password": password}
    response = await tenant.client.post("/auth/token", json=body, headers={"user-agent": "a browser"})
    return response.json()


async def test_a_sign_in_tells_who_and_from_where(tenants: Tenants) -> None:
    await sign_in(tenants.east, "wang@example.com", PASSWORD)
    entry = (await log(tenants.east, kinds=["SIGNED_IN"]))[-1]
    assert (entry["actorName"], entry["agent"]) == ("wang@example.com", "a browser")
    assert entry["address"]
    assert entry["requestId"]


async def test_failed_sign_ins_are_written_once_and_then_counted(tenants: Tenants) -> None:
    for _ in range(4):
        await sign_in(tenants.east, "wang@example.com", "wrong")
    await tenants.services.repeats.flush()
    failed = await log(tenants.east, kinds=["SIGN_IN_FAILED"])
    assert [entry["detail"].get("count", 1) for entry in failed] == [1, 3]
    assert {entry["detail"]["email"] for entry in failed} == {"wang@example.com"}
    assert "wrong" not in str(failed).replace("wrong_", "")


async def test_tries_that_are_refused_unread_are_logged(tenants: Tenants) -> None:
    for _ in range(8):
        await sign_in(tenants.east, "admin@example.com", "wrong")
    await tenants.services.repeats.flush()
    assert (await log(tenants.east, kinds=["SIGN_IN_LOCKED"]))[0]["detail"]["email"] == "admin@example.com"


async def test_a_spent_refresh_token_and_signing_out_are_logged(tenants: Tenants) -> None:
    pair = await sign_in(tenants.east, "wang@example.com", PASSWORD)
    for _ in range(2):
        await tenants.east.client.post("/auth/token", json={"refresh_token": pair["refresh_token"]})
    other = await sign_in(tenants.east, "wang@example.com", PASSWORD)
    await tenants.east.client.post("/auth/sign-out", json={"refresh_token": other["refresh_token"]})
    entries = await log(tenants.east, kinds=["TOKEN_REUSED", "SIGNED_OUT"])
    assert [(entry["kind"], entry["actorName"]) for entry in entries] == [
        ("TOKEN_REUSED", "wang@example.com"),
        ("SIGNED_OUT", "wang@example.com"),
    ]


async def test_changes_of_accounts_and_keys_tell_before_and_after_and_no_secret(tenants: Tenants) -> None:
    east = tenants.east
    made = await east.data(
        'mutation { createAccount(account: {email: "li@example.com", name: "Li", roles: ["sales"]})'
        " { account { id } temporaryPassword } }",
        path="/metadata",
    )
    account = made["createAccount"]["account"]["id"]
    await east.data(
        'mutation($id: ID!) { updateAccount(id: $id, account: {roles: ["finance"]}) { id } }',
        {"id": account},
        path="/metadata",
    )
    key = await east.data('mutation { createApiKey(apiKey: {name: "sync"}) { key apiKey { id } } }', path="/metadata")
    kinds = ["ACCOUNT_CREATED", "ACCOUNT_CHANGED", "KEY_CREATED"]
    entries = await log(east, kinds=kinds, actor=east.admin.id)
    assert [entry["kind"] for entry in entries] == kinds
    assert entries[0]["records"] == [account]
    assert entries[1]["detail"] == {"changes": {"roles": [["sales"], ["finance"]]}}
    assert entries[2]["detail"]["changes"]["name"] == "sync"
    for secret in (made["createAccount"]["temporaryPassword"], key["createApiKey"]["key"]):
        assert secret not in str(entries)


async def test_changes_of_roles_and_policies_tell_the_difference(tenants: Tenants) -> None:
    await tenants.east.data(
        'mutation { createRole(role: {name: "seller", label: {en: "Seller"}}) { version } }', path="/metadata"
    )
    (entry,) = await log(tenants.east, kinds=["RULES_CHANGED"])
    assert entry["actorName"] == "admin@example.com"
    (change,) = entry["detail"]["changes"]
    assert (change["op"], change["kind"], change["name"]) == ("create", "role", "seller")


async def test_refusals_tell_who_wanted_what(tenants: Tenants) -> None:
    east = tenants.east
    for _ in range(3):
        await east.faults("{ accounts { id } }", person=east.member, path="/metadata")
    await tenants.services.repeats.flush()
    refused = await log(east, kinds=["REFUSED"])
    assert [entry["detail"].get("count", 1) for entry in refused] == [1, 2]
    assert refused[0]["actorName"] == "wang@example.com"
    assert refused[0]["detail"]["reasons"] == ["not_administrator"]


async def test_the_log_is_for_administrators(tenants: Tenants) -> None:
    east = tenants.east
    (fault,) = await east.faults(LOG, person=east.member, path="/metadata")
    assert fault[:2] == ("FORBIDDEN", "not_administrator")


async def test_each_tenant_reads_its_own_log(tenants: Tenants) -> None:
    await sign_in(tenants.west, "wang@example.com", PASSWORD)
    async with tenants.services.connections.acquire() as connection:
        east, west = [await page(connection, tenant.id, AuditFilter()) for tenant in tenants.both]
    assert {entry.id for entry in east}.isdisjoint(entry.id for entry in west)
    seen = await tenants.east.data("{ auditLog(first: 200) { id } }", path="/metadata")
    assert {entry["id"] for entry in seen["auditLog"]} == {str(entry.id) for entry in east}


async def test_pages_follow_each_other(tenants: Tenants) -> None:
    east = tenants.east
    everything = (await east.data("{ auditLog { id } }", path="/metadata"))["auditLog"]
    first = (await east.data("{ auditLog(first: 1) { id } }", path="/metadata"))["auditLog"]
    rest = await east.data(
        "query($after: ID) { auditLog(after: $after) { id } }", {"after": first[0]["id"]}, path="/metadata"
    )
    assert first + rest["auditLog"] == everything


@pytest.mark.parametrize(("arguments", "reason"), [("first: 0", "bad_page"), ('after: "x"', "bad_cursor")])
async def test_a_page_that_cannot_be_is_told(tenants: Tenants, arguments: str, reason: str) -> None:
    (fault,) = await tenants.east.faults(f"{{ auditLog({arguments}) {{ id }} }}", path="/metadata")
    assert fault[1] == reason


async def test_more_kinds_of_things_than_are_told_apart_are_counted_together(tenants: Tenants) -> None:
    async with Repeats(tenants.services.connections, SystemClock().now, max_kinds=2) as repeats:
        for number in range(10):
            actor = Actor("", ActorKind.USER, f"somebody {number}", ())
            repeats.note(NewEntry(tenant_id=tenants.east.id, kind=AuditKind.REFUSED, actor=actor))
    entries = await log(tenants.east, kinds=["REFUSED"])
    assert len(entries) == 4
    assert sum(entry["detail"].get("count", 1) for entry in entries) == 10


async def test_what_names_no_tenant_is_passed_over(tenants: Tenants) -> None:
    async with tenants.services.connections.acquire() as connection:
        before = await connection.fetchval("select count(*) from tangram.audit_entry")
        body = {"tenant": "nobody", "email": "a@example.com", "password": "x"}
        for _ in range(8):
            await tenants.east.client.post("/auth/token", json=body)
        await tenants.services.repeats.flush()
        assert await connection.fetchval("select count(*) from tangram.audit_entry") == before
