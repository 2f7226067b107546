from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from metadata.problems import BadInputError, ForbiddenError, LimitError, UnauthenticatedError
from server.database.connections import Connections
from server.events.clock import MovedClock
from server.identity.accounts import AccountChange
from server.identity.service import Identity
from server.identity.sign_in import Credentials, TokenPair
from tests.server.identity.conftest import PASSWORD, Place

ADDRESS = "192.0.2.1"


async def sign_in(identity: Identity, place: Place, email: str = "wang@example.com") -> TokenPair:
    return await identity.sign_in.with_password(Credentials(place.slug, email, PASSWORD), address=ADDRESS)


async def test_right_password_gives_a_session_of_its_tenant(identity: Identity, acme: Place, globex: Place) -> None:
    pair = await sign_in(identity, acme)
    session = await identity.sessions.resolve(pair.access_token)
    assert (session.tenant, session.actor.id, session.actor.roles) == ("acme", acme.member.id, ("sales",))
    assert not session.is_administrator
    assert pair.expires_in == 900


async def test_email_is_compared_without_case(identity: Identity, acme: Place) -> None:
    pair = await sign_in(identity, acme, " WANG@Example.com ")
    assert (await identity.sessions.resolve(pair.access_token)).actor.name == "wang@example.com"


@pytest.mark.parametrize(
    ("tenant", "email", "password"),
    [
        ("acme", "wang@example.com", "wrong password"),
        ("acme", "nobody@example.com", PASSWORD),
        ("nowhere", "wang@example.com", PASSWORD),
        ("globex", "chen@example.com", PASSWORD),
    ],
    ids=["wrong password", "unknown account", "unknown tenant", "another tenant"],
)
async def test_refusals_do_not_tell_what_was_wrong(
    identity: Identity, acme: Place, globex: Place, tenant: str, email: str, password: str
) -> None:
    with pytest.raises(UnauthenticatedError) as refusal:
        await identity.sign_in.with_password(Credentials(tenant, email, password), address=ADDRESS)
    assert refusal.value.faults[0].reason == "wrong_credentials"
    assert str(refusal.value) == "Tenant, e-mail address or password is wrong."


@pytest.mark.parametrize("email", ["wang@example.com", "nobody@example.com"])
async def test_failures_lock_known_and_unknown_accounts_alike(identity: Identity, acme: Place, email: str) -> None:
    for attempt in range(5):
        with pytest.raises(UnauthenticatedError):
            await identity.sign_in.with_password(
                Credentials("acme", email, f"wrong {attempt}"), address=f"192.0.2.{attempt}"
            )
    with pytest.raises(LimitError) as refusal:
        await identity.sign_in.with_password(Credentials("acme", email, PASSWORD), address="192.0.2.99")
    assert refusal.value.faults[0].reason == "too_many_attempts"
    assert 1 <= refusal.value.extra["retryAfter"] <= 2
    assert (await sign_in(identity, acme, "admin@example.com")).access_token


async def test_limits_hold_without_redis(identity: Identity, acme: Place) -> None:
    attempts = identity.sign_in.attempts
    await attempts._redis.aclose()
    attempts._redis.connection_pool.connection_kwargs["port"] = 1
    attempts._redis.connection_pool.connection_kwargs.pop("path", None)
    for _ in range(5):
        with pytest.raises(UnauthenticatedError):
            await identity.sign_in.with_password(Credentials("acme", "x@example.com", "wrong"), address=ADDRESS)
    with pytest.raises(LimitError):
        await identity.sign_in.with_password(Credentials("acme", "x@example.com", "wrong"), address=ADDRESS)


async def test_success_clears_the_count(identity: Identity, acme: Place) -> None:
    for _ in range(2):
        for _ in range(3):
            with pytest.raises(UnauthenticatedError):
                await identity.sign_in.with_password(Credentials("acme", "wang@example.com", "wrong"), address=ADDRESS)
        await sign_in(identity, acme)


async def test_refresh_rotates(identity: Identity, acme: Place) -> None:
    first = await sign_in(identity, acme)
    second = await identity.sign_in.refresh(first.refresh_token)
    assert second.refresh_token != first.refresh_token
    assert (await identity.sessions.resolve(second.access_token)).actor.id == acme.member.id
    third = await identity.sign_in.refresh(second.refresh_token)
    assert (await identity.sessions.resolve(third.access_token)).actor.id == acme.member.id


async def test_reused_refresh_token_ends_the_whole_sign_in(identity: Identity, acme: Place) -> None:
    first = await sign_in(identity, acme)
    other_device = await sign_in(identity, acme)
    second = await identity.sign_in.refresh(first.refresh_token)
    with pytest.raises(UnauthenticatedError) as refusal:
        await identity.sign_in.refresh(first.refresh_token)
    assert refusal.value.faults[0].reason == "refresh_token_reused"
    with pytest.raises(UnauthenticatedError):
        await identity.sign_in.refresh(second.refresh_token)
    with pytest.raises(UnauthenticatedError):
        await identity.sessions.resolve(second.access_token)
    assert await identity.sessions.resolve(other_device.access_token)


async def test_one_of_two_uses_at_once_counts_as_reuse(identity: Identity, acme: Place) -> None:
    first = await sign_in(identity, acme)
    outcomes = await asyncio.gather(
        *(identity.sign_in.refresh(first.refresh_token) for _ in range(2)), return_exceptions=True
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["TokenPair", "UnauthenticatedError"]


async def test_refresh_token_ends_when_unused(identity: Identity, acme: Place, clock: MovedClock) -> None:
    pair = await sign_in(identity, acme)
    clock.advance(timedelta(seconds=86_401))
    with pytest.raises(UnauthenticatedError) as refusal:
        await identity.sign_in.refresh(pair.refresh_token)
    assert refusal.value.faults[0].reason == "invalid_refresh_token"
    assert await identity.sign_in.purge_expired(keep_s=0) == 1


async def test_sign_out_ends_refresh_and_access(identity: Identity, acme: Place) -> None:
    pair = await sign_in(identity, acme)
    await identity.sign_in.sign_out(pair.refresh_token)
    with pytest.raises(UnauthenticatedError):
        await identity.sign_in.refresh(pair.refresh_token)
    with pytest.raises(UnauthenticatedError) as refusal:
        await identity.sessions.resolve(pair.access_token)
    assert refusal.value.faults[0].reason == "session_ended"


async def test_temporary_password_only_changes_itself(identity: Identity, acme: Place) -> None:
    _, temporary = await identity.accounts.reset_password(acme.id, acme.member.id, updated_by=acme.administrator.id)
    credentials = Credentials("acme", "wang@example.com", temporary)
    with pytest.raises(ForbiddenError) as refusal:
        await identity.sign_in.with_password(credentials, address=ADDRESS)
    assert refusal.value.faults[0].reason == "password_change_required"
    pair = await identity.sign_in.change_password(credentials, "a new and better one", address=ADDRESS)
    assert (await identity.sessions.resolve(pair.access_token)).actor.id == acme.member.id
    assert await identity.sign_in.with_password(
        Credentials("acme", "wang@example.com", "a new and better one"), address=ADDRESS
    )


async def test_weak_new_password_is_refused(identity: Identity, acme: Place) -> None:
    with pytest.raises(BadInputError) as refusal:
        await identity.sign_in.change_password(
            Credentials("acme", "wang@example.com", PASSWORD), "short", address=ADDRESS
        )
    assert refusal.value.faults[0].reason == "weak_password"
    assert await sign_in(identity, acme)


async def test_disabled_account_can_neither_sign_in_nor_go_on(identity: Identity, acme: Place) -> None:
    pair = await sign_in(identity, acme)
    await identity.accounts.update(acme.id, acme.member.id, AccountChange(status="disabled"), updated_by=None)
    with pytest.raises(UnauthenticatedError):
        await identity.sessions.resolve(pair.access_token)
    with pytest.raises(UnauthenticatedError):
        await identity.sign_in.refresh(pair.refresh_token)
    with pytest.raises(UnauthenticatedError):
        await sign_in(identity, acme)
    assert await sign_in(identity, acme, "admin@example.com")


async def test_old_hash_is_renewed_at_sign_in(identity: Identity, acme: Place, connections: Connections) -> None:
    from argon2 import PasswordHasher

    weak = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash(PASSWORD)
    async with connections.acquire() as connection:
        await connection.execute("update tangram.account set password_hash = $2 where id = $1", acme.member.id, weak)
    await sign_in(identity, acme)
    async with connections.acquire() as connection:
        stored = await connection.fetchval("select password_hash from tangram.account where id = $1", acme.member.id)
    assert "m=19456,t=2,p=1" in stored
    assert await sign_in(identity, acme)
