"""Every change of an account or a key leaves its event, in the same transaction, and no event holds a secret."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from metadata.problems import ConflictError
from server.database.connections import Connections
from server.events.clock import MovedClock
from server.events.log import Event, history
from server.identity.accounts import AccountChange, NewAccount
from server.identity.service import Identity
from server.identity.sign_in import Credentials
from tests.server.identity.conftest import PASSWORD, Place


async def events(
    connections: Connections, place: Place, record_id: str, object: str = "identity__account"
) -> list[Event]:
    async with connections.acquire() as connection:
        return await history(connection, place.id, object, record_id)


async def last(
    connections: Connections, place: Place, record_id: str, object: str = "identity__account"
) -> tuple[Any, ...]:
    event = (await events(connections, place, record_id, object))[0]
    return event.kind, event.actor_name, event.changes


async def test_new_account_is_told_with_its_roles(identity: Identity, connections: Connections, acme: Place) -> None:
    admin = acme.administrator
    made, _ = await identity.accounts.create(
        acme.id, NewAccount(email="li@example.com", name="Li", roles=["sales"]), created_by=admin.id
    )

    assert await last(connections, acme, made.id) == (
        "create",
        "admin@example.com",
        {
            "email": "li@example.com",
            "name": "Li",
            "roles": ["sales"],
            "status": "active",
            "platform_administrator": False,
            "must_change_password": True,
        },
    )


async def test_refused_account_leaves_no_event(identity: Identity, connections: Connections, acme: Place) -> None:
    async with connections.acquire() as connection:
        before = await connection.fetchval("select count(*) from tangram.event")
        with pytest.raises(ConflictError):
            await identity.accounts.create(acme.id, NewAccount(email=acme.member.email, name="Li"), created_by=None)
        assert await connection.fetchval("select count(*) from tangram.event") == before


async def test_change_of_roles_is_told_before_and_after(
    identity: Identity, connections: Connections, acme: Place
) -> None:
    change = AccountChange(roles=["service", "sales"], status="disabled")
    await identity.accounts.update(acme.id, acme.member.id, change, updated_by=acme.administrator.id)

    assert await last(connections, acme, acme.member.id) == (
        "update",
        "admin@example.com",
        {"roles": [["sales"], ["sales", "service"]], "status": ["active", "disabled"]},
    )


async def test_new_password_is_told_as_an_instant(
    identity: Identity, connections: Connections, acme: Place, clock: MovedClock
) -> None:
    who = Credentials(acme.slug, acme.member.email, PASSWORD)
    await identity.accounts.reset_password(acme.id, acme.member.id, updated_by=acme.administrator.id)
    by_administrator = await last(connections, acme, acme.member.id)
    _, password = await identity.accounts.reset_password(acme.id, acme.member.id, updated_by=None)
    by_server = await last(connections, acme, acme.member.id)
    await identity.sign_in.change_password(
        Credentials(who.tenant, who.email, password), "another good password", address="::1"
    )
    by_themselves = await last(connections, acme, acme.member.id)

    assert [(kind, actor, list(changes)) for kind, actor, changes in (by_administrator, by_server, by_themselves)] == [
        ("update", "admin@example.com", ["password_changed_at"]),
        ("update", "tangram", ["password_changed_at"]),
        ("update", "wang@example.com", ["password_changed_at"]),
    ]


async def test_keys_are_told_without_the_key(
    identity: Identity, connections: Connections, acme: Place, clock: MovedClock
) -> None:
    made = await identity.api_keys.create(
        acme.id,
        acme.member.id,
        name="till",
        roles=None,
        expires_at=clock.now() + timedelta(days=1),
        created_by=acme.member.id,
    )
    kind, actor, changes = await last(connections, acme, made.info.id, "identity__api_key")
    assert (kind, actor, changes["prefix"], changes["roles"]) == (
        "create",
        "wang@example.com",
        made.info.prefix,
        ["sales"],
    )

    await identity.api_keys.revoke(acme.id, made.info.id, None, revoked_by=acme.administrator.id)
    kind, actor, changes = await last(connections, acme, made.info.id, "identity__api_key")
    assert (kind, actor, list(changes)) == ("update", "admin@example.com", ["revoked_at"])


async def test_no_event_holds_a_password_a_hash_or_a_key(
    identity: Identity, connections: Connections, acme: Place, globex: Place
) -> None:
    _, temporary = await identity.accounts.reset_password(acme.id, acme.member.id, updated_by=None)
    key = await identity.api_keys.create(
        acme.id, acme.member.id, name="till", roles=None, expires_at=None, created_by=None
    )
    async with connections.acquire() as connection:
        texts = [row["changes"] for row in await connection.fetch("select changes::text from tangram.event")]
        hashes = [row["password_hash"] for row in await connection.fetch("select password_hash from tangram.account")]

    assert len(texts) == 6
    secret = key.key.rpartition("_")[2]
    assert not [text for text in texts for hidden in (PASSWORD, temporary, secret, *hashes) if hidden in text]
