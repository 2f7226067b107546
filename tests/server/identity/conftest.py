from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from redis.asyncio import Redis

from server.audit.repeats import Repeats
from server.database.connections import Connections
from server.events.clock import MovedClock
from server.identity.accounts import Account, NewAccount
from server.identity.service import Identity, build_identity
from server.secrets.keys import KeyRing

PASSWORD = "correct horse battery"

INSERT_TENANT = """
insert into tangram.tenant (id, slug, name, status, settings, template, version, epoch, created_at)
values ($1, $2, $2, 'active', '{}', '', 1, 1, now())
"""


@dataclass(frozen=True)
class Place:
    """A tenant with an administrator and a member."""

    id: str
    slug: str
    administrator: Account
    member: Account


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock()


@pytest.fixture
def keys() -> KeyRing:
    return KeyRing("a key for tests, 32 characters or more")


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    async with Redis.from_url(redis_url) as client:
        yield client


@pytest.fixture
async def identity(connections: Connections, redis: Redis, keys: KeyRing, clock: MovedClock) -> Identity:
    repeats = Repeats(connections, clock.now)
    return build_identity(
        connections, redis, keys, repeats, access_token_s=900, refresh_token_s=86_400, clock=clock.now
    )


async def make_place(connections: Connections, identity: Identity, slug: str) -> Place:
    tenant_id = str(uuid.uuid4())
    async with connections.acquire() as connection:
        await connection.execute(INSERT_TENANT, tenant_id, slug)
    people = [
        (
            await identity.accounts.create(
                tenant_id, NewAccount(email=email, name=name, roles=[role], password=PASSWORD), created_by=None
            )
        )[0]
        for email, name, role in (
            ("admin@example.com", "Admin", "administrator"),
            ("wang@example.com", "王小明", "sales"),
        )
    ]
    return Place(tenant_id, slug, people[0], people[1])


@pytest.fixture
async def acme(connections: Connections, identity: Identity) -> Place:
    return await make_place(connections, identity, "acme")


@pytest.fixture
async def globex(connections: Connections, identity: Identity) -> Place:
    return await make_place(connections, identity, "globex")
