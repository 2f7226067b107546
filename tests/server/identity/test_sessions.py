from __future__ import annotations

from datetime import timedelta

import jwt
import pytest

from metadata.problems import (
    BadInputError,
    ConflictError,
    ForbiddenError,
    NotFoundError,
    UnauthenticatedError,
)
from server.context import ActorKind
from server.database.connections import Connections
from server.events.clock import MovedClock
from server.identity.accounts import AccountChange, NewAccount
from server.identity.service import Identity
from server.identity.sessions import Sessions
from server.secrets.keys import KeyRing
from tests.server.identity.conftest import PASSWORD, Place
from tests.server.identity.test_sign_in import sign_in


async def test_cached_session_is_used_until_it_must_be_read_again(
    identity: Identity, acme: Place, clock: MovedClock
) -> None:
    token = (await sign_in(identity, acme)).access_token
    now = clock.now().timestamp()
    assert identity.sessions.cached(token, now) is None
    session = await identity.sessions.resolve(token)
    assert identity.sessions.cached(token, now + 29) is session
    assert identity.sessions.cached(token, now + 31) is None


async def test_moved_epoch_drops_the_sessions_of_that_tenant_only(
    identity: Identity, acme: Place, globex: Place, clock: MovedClock
) -> None:
    here, there = [(await sign_in(identity, place)).access_token for place in (acme, globex)]
    session = await identity.sessions.resolve(here)
    await identity.sessions.resolve(there)
    identity.sessions.note_epoch(acme.id, session.epoch)
    assert identity.sessions.cached(here, clock.now().timestamp()) is session
    identity.sessions.note_epoch(acme.id, session.epoch + 1)
    assert identity.sessions.cached(here, clock.now().timestamp()) is None
    assert identity.sessions.cached(there, clock.now().timestamp()) is not None


async def test_new_roles_hold_for_the_old_token_and_move_the_epoch(identity: Identity, acme: Place) -> None:
    token = (await sign_in(identity, acme)).access_token
    before = await identity.sessions.resolve(token)
    await identity.accounts.update(acme.id, acme.member.id, AccountChange(roles=["administrator"]), updated_by=None)
    after = await identity.sessions.resolve(token)
    assert not before.is_administrator
    assert after.is_administrator
    assert after.epoch == before.epoch + 1


async def test_cache_is_bounded(connections: Connections, identity: Identity, acme: Place, clock: MovedClock) -> None:
    sessions = Sessions(connections, identity.sign_in.tokens, clock=clock.now, max_entries=2)
    for _ in range(3):
        await sessions.resolve((await sign_in(identity, acme)).access_token)
    assert len(sessions) == 2


async def test_expired_token_says_so(identity: Identity, acme: Place, clock: MovedClock) -> None:
    token = (await sign_in(identity, acme)).access_token
    clock.advance(timedelta(seconds=901))
    with pytest.raises(UnauthenticatedError) as refusal:
        await identity.sessions.resolve(token)
    assert refusal.value.faults[0].reason == "token_expired"


async def test_forged_tokens_are_refused(identity: Identity, acme: Place, keys: KeyRing) -> None:
    token = (await sign_in(identity, acme)).access_token
    head, body, signature = token.split(".")
    claims = jwt.decode(token, options={"verify_signature": False})
    kid = jwt.get_unverified_header(token)["kid"]
    forged = [
        jwt.encode(claims, "x" * 32, algorithm="HS256", headers={"kid": kid}),
        jwt.encode(claims, "", algorithm="none", headers={"kid": kid}),
        jwt.encode(claims, keys.derive("access token signature").current, algorithm="HS256", headers={"kid": "zz"}),
        f"{head}.{body}x.{signature}",
        f"{head}.{body}.",
        "not a token",
        "",
        "ey.ey.ey",
    ]
    for text in forged:
        with pytest.raises(UnauthenticatedError) as refusal:
            await identity.sessions.resolve(text)
        assert refusal.value.faults[0].reason == "invalid_token", text
    assert await identity.sessions.resolve(token)


async def test_token_of_one_purpose_is_refused_for_another(identity: Identity, acme: Place, keys: KeyRing) -> None:
    token = (await sign_in(identity, acme)).access_token
    claims = {**jwt.decode(token, options={"verify_signature": False}), "aud": "somebody else"}
    kid = jwt.get_unverified_header(token)["kid"]
    other = jwt.encode(claims, keys.derive("access token signature").current, algorithm="HS256", headers={"kid": kid})
    with pytest.raises(UnauthenticatedError):
        await identity.sessions.resolve(other)


async def test_tokens_outlive_a_rotation_of_the_secret(
    identity: Identity, acme: Place, connections: Connections
) -> None:
    from server.identity.tokens import AccessTokens

    token = (await sign_in(identity, acme)).access_token
    old, new = "a key for tests, 32 characters or more", "another key for tests, of 32 or more"
    rotated = Sessions(connections, AccessTokens(KeyRing(f"{new}|{old}"), lifetime_s=900), clock=MovedClock().now)
    gone = Sessions(connections, AccessTokens(KeyRing(new), lifetime_s=900), clock=MovedClock().now)
    assert await rotated.resolve(token)
    with pytest.raises(UnauthenticatedError):
        await gone.resolve(token)


async def test_only_platform_administrators_act_for_other_tenants(
    identity: Identity, acme: Place, globex: Place
) -> None:
    await identity.accounts.create(
        acme.id,
        NewAccount(email="ops@example.com", name="Ops", password=PASSWORD, platform_administrator=True),
        created_by=None,
    )
    operator = (await sign_in(identity, acme, "ops@example.com")).access_token
    administrator = (await sign_in(identity, acme, "admin@example.com")).access_token
    session = await identity.sessions.resolve(operator, tenant="globex")
    assert (session.tenant_id, session.tenant, session.is_administrator) == (globex.id, "globex", True)
    assert session.actor.name == "ops@example.com (acme)"
    with pytest.raises(ForbiddenError) as refusal:
        await identity.sessions.resolve(administrator, tenant="globex")
    assert refusal.value.faults[0].reason == "not_platform_administrator"
    assert (await identity.sessions.resolve(administrator, tenant="acme")).tenant == "acme"
    with pytest.raises(NotFoundError):
        await identity.sessions.resolve(operator, tenant="nowhere")


async def test_platform_role_cannot_be_given(identity: Identity, acme: Place) -> None:
    for roles in (["platform_administrator"], ["sales", "platform_administrator"]):
        with pytest.raises(BadInputError) as refusal:
            await identity.accounts.update(acme.id, acme.member.id, AccountChange(roles=roles), updated_by=None)
        assert refusal.value.faults[0].reason == "reserved_role"


async def test_api_key_acts_with_its_roles(identity: Identity, acme: Place, clock: MovedClock) -> None:
    made = await identity.api_keys.create(
        acme.id, acme.administrator.id, name="import", roles=[], expires_at=None, created_by=acme.administrator.id
    )
    full = await identity.api_keys.create(
        acme.id, acme.administrator.id, name="all", roles=None, expires_at=None, created_by=acme.administrator.id
    )
    session = await identity.sessions.resolve(made.key)
    assert (session.actor.kind, session.actor.name, session.actor.key_id) == (
        ActorKind.API_KEY,
        "import",
        made.info.id,
    )
    assert not session.is_administrator
    assert (await identity.sessions.resolve(full.key)).is_administrator
    listed = await identity.api_keys.list(acme.id, None)
    assert [key.name for key in listed] == ["all", "import"]
    assert all(key.last_used_at is not None for key in listed)


async def test_api_key_ends_by_time_and_by_revocation(identity: Identity, acme: Place, clock: MovedClock) -> None:
    short = await identity.api_keys.create(
        acme.id,
        acme.member.id,
        name="short",
        roles=None,
        expires_at=clock.now() + timedelta(minutes=1),
        created_by=None,
    )
    lasting = await identity.api_keys.create(
        acme.id, acme.member.id, name="lasting", roles=None, expires_at=None, created_by=None
    )
    before = await identity.sessions.resolve(short.key)
    assert before.expires_at <= (clock.now() + timedelta(minutes=1)).timestamp()
    clock.advance(timedelta(minutes=2))
    with pytest.raises(UnauthenticatedError):
        await identity.sessions.resolve(short.key)
    assert await identity.sessions.resolve(lasting.key)
    await identity.api_keys.revoke(acme.id, lasting.info.id, None)
    with pytest.raises(UnauthenticatedError) as refusal:
        await identity.sessions.resolve(lasting.key)
    assert refusal.value.faults[0].reason == "invalid_api_key"


@pytest.mark.parametrize("key", ["tg_", "tg_abc", "tg_abc_", "tg_abcdefabcd_wrong", "tg_键_值", "tg_a_" + "x" * 500])
async def test_malformed_api_keys_are_refused(identity: Identity, acme: Place, key: str) -> None:
    with pytest.raises(UnauthenticatedError) as refusal:
        await identity.sessions.resolve(key)
    assert refusal.value.faults[0].reason == "invalid_api_key"


async def test_keys_of_other_tenants_and_accounts_cannot_be_revoked(
    identity: Identity, acme: Place, globex: Place
) -> None:
    key = await identity.api_keys.create(
        acme.id, acme.administrator.id, name="mine", roles=None, expires_at=None, created_by=None
    )
    with pytest.raises(NotFoundError):
        await identity.api_keys.revoke(globex.id, key.info.id, None)
    with pytest.raises(NotFoundError):
        await identity.api_keys.revoke(acme.id, key.info.id, acme.member.id)
    assert await identity.sessions.resolve(key.key)


async def test_last_administrator_stays(identity: Identity, acme: Place) -> None:
    for change in (AccountChange(status="disabled"), AccountChange(roles=["sales"])):
        with pytest.raises(ConflictError) as refusal:
            await identity.accounts.update(acme.id, acme.administrator.id, change, updated_by=None)
        assert refusal.value.faults[0].reason == "last_administrator"
    await identity.accounts.update(acme.id, acme.member.id, AccountChange(roles=["administrator"]), updated_by=None)
    changed = await identity.accounts.update(
        acme.id, acme.administrator.id, AccountChange(status="disabled"), updated_by=None
    )
    assert changed.status == "disabled"


async def test_emails_are_unique_within_a_tenant(identity: Identity, acme: Place, globex: Place) -> None:
    new = NewAccount(email="Chen@Example.com", name="陈", password=PASSWORD)
    await identity.accounts.create(acme.id, new, created_by=None)
    with pytest.raises(ConflictError) as refusal:
        await identity.accounts.create(acme.id, new, created_by=None)
    assert refusal.value.faults[0].reason == "email_taken"
    await identity.accounts.create(globex.id, new, created_by=None)
    with pytest.raises(ConflictError):
        await identity.accounts.update(
            acme.id, acme.member.id, AccountChange(email="chen@example.com"), updated_by=None
        )


async def test_all_faults_of_a_new_account_are_told_together(identity: Identity, acme: Place) -> None:
    bad = NewAccount(email="no address", name=" ", roles=["Not A Role"], password="short")
    with pytest.raises(BadInputError) as refusal:
        await identity.accounts.create(acme.id, bad, created_by=None)
    assert [(fault.reason, fault.path) for fault in refusal.value.faults] == [
        ("bad_email", ("email",)),
        ("bad_name", ("name",)),
        ("bad_role", ("roles", 0)),
        ("weak_password", ("password",)),
    ]


async def test_own_password_change_keeps_this_sign_in_and_ends_the_others(identity: Identity, acme: Place) -> None:
    here, there = await sign_in(identity, acme), await sign_in(identity, acme)
    session = await identity.sessions.resolve(here.access_token)
    await identity.accounts.change_own_password(
        acme.id, acme.member.id, current=PASSWORD, new="a new and better one", keep_family=session.family_id
    )
    assert await identity.sessions.resolve(here.access_token)
    with pytest.raises(UnauthenticatedError):
        await identity.sessions.resolve(there.access_token)


async def test_accounts_are_listed_by_tenant_and_text(identity: Identity, acme: Place, globex: Place) -> None:
    everybody = await identity.accounts.list(acme.id)
    assert [account.email for account in everybody] == ["admin@example.com", "wang@example.com"]
    assert [account.id for account in await identity.accounts.list(acme.id, search="小明")] == [acme.member.id]
    rest = await identity.accounts.list(acme.id, after=everybody[0].id)
    assert [account.id for account in rest] == [acme.member.id]
    with pytest.raises(NotFoundError):
        await identity.accounts.get(globex.id, acme.member.id)
