from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from redis.asyncio import Redis

from metadata.fields.choices import Option, SelectSettings
from metadata.fields.numbers import DecimalSettings, MoneySettings
from metadata.fields.relations import RelationSettings
from metadata.model.resolve import resolve
from metadata.model.settings import TenantSettings
from metadata.model.tenant import TenantModel
from metadata.model.values import Field, ObjectType
from server.access.plan import ADMINISTRATOR, MEMBER
from server.access.snapshots import Snapshots
from server.context import Context
from server.database.connections import Connections
from server.events.clock import MovedClock
from server.events.wake import DUE_CHANNEL, Wake
from server.outbound.transport import webhook_client
from server.secrets.keys import KeyRing
from server.secrets.vault import Vault
from server.webhooks.definitions import WebhookPolicy
from server.webhooks.endpoints import Webhooks
from server.webhooks.matching import matching_handler
from server.webhooks.sending import Sender, sending_handler
from tests.server.events.conftest import (
    ACTOR,
    OTHER_TENANT,
    TENANT,
    Engine,
    OpenEngine,
    channels,
    open_engine,
    redis,
    wake,
)

__all__ = ["channels", "open_engine", "redis", "wake"]

POLICY = WebhookPolicy(schedule_s=(10, 60), jitter=0, timeout_s=5, allow_private=True)


def customer_model(tenant_id: str, slug: str) -> TenantModel:
    store = ObjectType(name="store", plural="stores", fields=(Field(name="name", type="text"),))
    levels = SelectSettings(options=(Option(key="new"), Option(key="vip")))
    customer = ObjectType(
        name="customer",
        plural="customers",
        fields=(
            Field(name="full_name", type="text"),
            Field(name="level", type="select", settings=levels),
            Field(name="points", type="integer"),
            Field(name="rate", type="decimal", settings=DecimalSettings()),
            Field(name="spent", type="money", settings=MoneySettings()),
            Field(name="met_at", type="datetime"),
            Field(name="card", type="encrypted_text"),
            Field(name="place", type="geo_point"),
            Field(name="store", type="relation", settings=RelationSettings(to="store", inverse="customers")),
        ),
    )
    return resolve([store, customer], tenant_id=tenant_id, slug=slug, version=1, settings=TenantSettings())


MODELS = {TENANT: customer_model(TENANT, "one"), OTHER_TENANT: customer_model(OTHER_TENANT, "two")}


async def customer_models(tenant_id: str, at_least: int = 0) -> TenantModel | None:
    return MODELS.get(tenant_id)


def context(tenant_id: str = TENANT, *, administrator: bool = True) -> Context:
    return Context(MODELS[tenant_id], ACTOR, ADMINISTRATOR if administrator else MEMBER, epoch=1)


@dataclass(frozen=True)
class Message:
    """One request that the receiver got."""

    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Receiver:
    """A tenant's server on the loopback address; answers by path what `answers` says, else 204."""

    url: str = ""
    messages: list[Message] = field(default_factory=list)
    answers: dict[str, list[tuple[int, str]]] = field(default_factory=dict)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            first, *lines = head.rstrip("\r\n").split("\r\n")
            headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
            body = await reader.readexactly(int(headers.get("content-length", 0)))
            path = first.split(" ")[1]
            self.messages.append(Message(path, headers, body))
            planned = self.answers.get(path, [])
            status, rest = planned.pop(0) if planned else (204, "\r\n")
            writer.write(f"HTTP/1.1 {status} Any\r\nConnection: close\r\n{rest}".encode())
            await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    def answer(self, path: str, *statuses: int, headers: str = "", body: str = "") -> None:
        rest = f"{headers}Content-Length: {len(body)}\r\n\r\n{body}"
        self.answers.setdefault(path, []).extend((status, rest) for status in statuses)


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    made = Receiver()
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    async with server:
        host, port = server.sockets[0].getsockname()
        made.url = f"http://{host}:{port}"
        yield made


@dataclass(frozen=True)
class Setting:
    """Webhooks with an engine that runs their jobs, on one clock."""

    webhooks: Webhooks
    engine: Engine
    clock: MovedClock


@pytest.fixture
async def policy() -> WebhookPolicy:
    return POLICY


@pytest.fixture
async def setting(
    connections: Connections, redis: Redis, wake: Wake, open_engine: OpenEngine, policy: WebhookPolicy
) -> AsyncIterator[Setting]:
    vault = Vault(connections, KeyRing("a key for tests, 32 characters or more"))
    client = webhook_client(allow_private=policy.allow_private, timeout_s=policy.timeout_s)
    handlers = [matching_handler(Snapshots()), sending_handler(Sender(client, vault, policy))]
    async with client, Wake(redis, DUE_CHANNEL) as due, open_engine(*handlers, models=customer_models) as engine:
        yield Setting(Webhooks(connections, vault, engine.clock, policy, wake, due), engine, engine.clock)


async def make_table(connections: Connections) -> None:
    """The tenant's table of customers, with the columns that tests look at."""
    async with connections.acquire() as connection:
        await connection.execute(
            "create schema t_one; create table t_one.customer (id uuid primary key, full_name text, level text,"
            " points bigint, rate numeric, spent numeric, spent_currency text, met_at timestamptz, card text,"
            " place_lat double precision, place_lng double precision, store_id uuid, version int)"
        )


def with_policy(**changes: Any) -> WebhookPolicy:
    return replace(POLICY, **changes)
