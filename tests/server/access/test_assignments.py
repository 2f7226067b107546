"""Roles held for a time begin and end by the database's clock, and reach the next request."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from redis.asyncio import Redis

from metadata.problems import BadInputError, NotFoundError
from server.access.assignments import (
    NewAssignment,
    assign_role,
    assignments_of,
    held_assignments,
    revoke_assignment,
)
from server.audit.repeats import Repeats
from server.database.connections import Connections
from server.events.clock import SystemClock
from server.identity.accounts import NewAccount
from server.identity.service import Identity, build_identity
from server.identity.sign_in import Credentials
from server.secrets.keys import KeyRing

PASSWORD = "correct horse battery"
HOUR = timedelta(hours=1)
INSERT_TENANT = """
insert into tangram.tenant (id, slug, name, status, settings, template, version, epoch, created_at)
values ($1, $2, $2, 'active', '{}', '', 1, 1, now())
"""


@pytest.fixture
async def identity(connections: Connections, redis_url: str) -> AsyncIterator[Identity]:
    keys = KeyRing("a key for tests, 32 characters or more")
    async with Redis.from_url(redis_url) as redis:
        clock = SystemClock().now
        yield build_identity(
            connections,
            redis,
            keys,
            Repeats(connections, clock),
            access_token_s=900,
            refresh_token_s=86_400,
            clock=clock,
        )


async def account_of(connections: Connections, identity: Identity, slug: str) -> tuple[str, str, str]:
    """A tenant, an account with the role `sales`, and its access token."""
    tenant_id = str(uuid.uuid4())
    async with connections.acquire() as connection:
        await connection.execute(INSERT_TENANT, tenant_id, slug)
    new = NewAccount(email="wang@example.com", name="王小明", roles=["sales"], password=PASSWORD)
    account, _ = await identity.accounts.create(tenant_id, new, created_by=None)
    tokens = await identity.sign_in.with_password(Credentials(slug, "wang@example.com", PASSWORD), address="127.0.0.1")
    return tenant_id, account.id, tokens.access_token


async def roles_of(identity: Identity, token: str) -> tuple[str, ...]:
    return (await identity.sessions.resolve(token)).actor.roles


async def test_role_holds_from_its_beginning_to_its_end(connections: Connections, identity: Identity) -> None:
    tenant_id, account_id, token = await account_of(connections, identity, "acme")
    now = datetime.now(UTC)
    windows = {
        "open": (None, None),
        "running": (now - HOUR, now + HOUR),
        "over": (now - 2 * HOUR, now - HOUR),
        "to_come": (now + HOUR, None),
    }
    async with connections.transaction() as connection:
        for role, (begin, end) in windows.items():
            new = NewAssignment(account_id, role, begin, end, reason="替班")
            await assign_role(connection, tenant_id, new, by=None)
        assert await held_assignments(connection, tenant_id) == ((account_id, "open"), (account_id, "running"))
        found = {one.role: one.holds for one in await assignments_of(connection, tenant_id, account_id)}
    assert found == {"open": True, "running": True, "over": False, "to_come": False}
    assert await roles_of(identity, token) == ("open", "running", "sales")


async def test_session_is_read_anew_when_a_role_begins_or_ends(connections: Connections, identity: Identity) -> None:
    tenant_id, account_id, token = await account_of(connections, identity, "acme")
    end = datetime.now(UTC) + timedelta(seconds=9)
    async with connections.transaction() as connection:
        await assign_role(connection, tenant_id, NewAssignment(account_id, "deputy", None, end), by=None)
    session = await identity.sessions.resolve(token)
    assert "deputy" in session.actor.roles
    assert session.expires_at == end.timestamp()


async def test_revoked_role_is_gone_at_once_and_moves_the_epoch(connections: Connections, identity: Identity) -> None:
    tenant_id, account_id, token = await account_of(connections, identity, "acme")
    async with connections.transaction() as connection:
        assignment = await assign_role(connection, tenant_id, NewAssignment(account_id, "deputy"), by=account_id)
    before = await identity.sessions.resolve(token)
    async with connections.transaction() as connection:
        await revoke_assignment(connection, tenant_id, assignment, by=None)
    after = await identity.sessions.resolve(token)
    assert (before.actor.roles, after.actor.roles) == (("deputy", "sales"), ("sales",))
    assert after.epoch == before.epoch + 1
    async with connections.transaction() as connection:
        with pytest.raises(NotFoundError):
            await revoke_assignment(connection, tenant_id, assignment, by=None)


async def test_other_tenant_neither_gives_nor_ends_roles(connections: Connections, identity: Identity) -> None:
    tenant_id, account_id, token = await account_of(connections, identity, "acme")
    other_id, _, _ = await account_of(connections, identity, "globex")
    async with connections.transaction() as connection:
        assignment = await assign_role(connection, tenant_id, NewAssignment(account_id, "deputy"), by=None)
        with pytest.raises(NotFoundError):
            await assign_role(connection, other_id, NewAssignment(account_id, "boss"), by=None)
        with pytest.raises(NotFoundError):
            await revoke_assignment(connection, other_id, assignment, by=None)
        assert await assignments_of(connection, other_id, account_id) == ()
    assert await roles_of(identity, token) == ("deputy", "sales")


@pytest.mark.parametrize(
    ("new", "reason"),
    [
        (NewAssignment("", "administrator"), "reserved_role"),
        (NewAssignment("", 'a, "b"'), "bad_role"),
        (NewAssignment("", "a", datetime(2026, 1, 2, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)), "bad_instant"),
        (NewAssignment("", "a", source="magic"), "unknown_value"),
    ],
)
async def test_faulty_assignment_is_refused(new: NewAssignment, reason: str) -> None:
    with pytest.raises(BadInputError) as caught:
        await assign_role(None, "", new, by=None)
    assert [fault.reason for fault in caught.value.faults] == [reason]
