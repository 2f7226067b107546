"""Subscriptions over graphql-transport-ws, from a server that listens and a relay that runs."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
import websockets

from server.identity.accounts import AccountChange, NewAccount
from server.identity.sign_in import Credentials
from server.worker import work
from tests.fixtures.http import served
from tests.fixtures.tenants import PASSWORD, Person, Tenant, Tenants

WATCH = "subscription { customerChanged { action id record { name points } changes { field before after } } }"
UPDATE = "mutation ($id: ID!, $i: UpdateCustomerInput!) { updateCustomer(id: $id, input: $i) { id } }"


class Socket:
    """One WebSocket; messages are read in order, of one operation at a time."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._ids = itertools.count(1)

    async def send(self, **message: Any) -> None:
        await self._connection.send(json.dumps(message))

    async def next(self) -> dict[str, Any]:
        async with asyncio.timeout(20):
            while True:
                message: dict[str, Any] = json.loads(await self._connection.recv())
                if message["type"] not in ("ping", "pong"):
                    return message

    async def watch(self, query: str = WATCH, variables: Any = None) -> None:
        """Subscribe, and wait until changes from now on will be told."""
        await self.send(id=str(next(self._ids)), type="subscribe", payload={"query": query, "variables": variables})

    async def change(self) -> Any:
        message = await self.next()
        assert message["type"] == "next", message
        assert "errors" not in message["payload"], message
        (value,) = message["payload"]["data"].values()
        return value


@contextlib.asynccontextmanager
async def opened(url: str, person: Person) -> AsyncIterator[Socket]:
    async with websockets.connect(
        url.replace("http", "ws") + "/graphql",
        subprotocols=[websockets.Subprotocol("graphql-transport-ws")],
        proxy=None,
    ) as connection:
        socket = Socket(connection)
        await socket.send(type="connection_init", payload={"authorization": f"Bearer {person.token}"})
        assert (await socket.next())["type"] == "connection_ack"
        yield socket


@pytest.fixture
async def relayed(tenants: Tenants) -> AsyncIterator[Tenants]:
    """Both tenants, with a worker that relays their events."""
    stop = asyncio.Event()
    running = asyncio.create_task(work(tenants.services, stop))
    yield tenants
    stop.set()
    await running


async def settled(tenants: Tenants, tenant: Tenant) -> None:
    """Wait until the server listens to changes of customers, and the changes made before are told."""
    channel = f"tangram:changes:{tenant.id}:customer"
    async with asyncio.timeout(20):
        while not (await tenants.services.redis.pubsub_numsub(channel))[0][1]:  # noqa: ASYNC110 Valkey tells nobody who listens
            await asyncio.sleep(0.02)
    await asyncio.sleep(0.2)


async def test_changes_are_told_by_another_process_in_order(relayed: Tenants) -> None:
    east, west = relayed.both
    async with served(relayed.config) as url, opened(url, east.admin) as socket:
        await socket.watch()
        await settled(relayed, east)
        await west.create("Customer", name="theirs")
        customer = await east.create("Customer", name="a", level=None, joined=None, points=None, idCard="secret")
        told = await socket.change()
        assert (told["action"], told["id"], told["record"]) == ("CREATE", customer, {"name": "a", "points": None})
        assert {"field": "name", "before": None, "after": "a"} in told["changes"]
        assert "idCard" not in {change["field"] for change in told["changes"]}
        await east.data(UPDATE, {"id": customer, "i": {"points": 5}})
        assert await socket.change() == {
            "action": "UPDATE",
            "id": customer,
            "record": {"name": "a", "points": 5},
            "changes": [{"field": "points", "before": None, "after": 5}],
        }
        for verb, action in (("delete", "DELETE"), ("restore", "RESTORE")):
            await east.data(f"mutation ($id: ID!) {{ {verb}Customer(id: $id) {{ id }} }}", {"id": customer})
            told = await socket.change()
            assert (told["action"], told["id"], told["record"] is None) == (action, customer, action == "DELETE")


async def test_a_filter_and_an_id_narrow_what_is_told(relayed: Tenants) -> None:
    east = relayed.east
    query = (
        "subscription ($f: CustomerFilter, $id: ID) { customerChanged(filter: $f, id: $id) { action record { name } } }"
    )
    async with served(relayed.config) as url, opened(url, east.admin) as rich, opened(url, east.admin) as one:
        await rich.watch("subscription { customerChanged { id } }")
        await settled(relayed, east)
        first, second = await east.create("Customer", name="a"), await east.create("Customer", name="b")
        assert [await rich.change(), await rich.change()] == [{"id": first}, {"id": second}]
        await rich.send(id="1", type="complete")
        await rich.watch(query, {"f": {"name": {"eq": "a"}}})
        await one.watch(query, {"id": second})
        await settled(relayed, east)
        await east.data(UPDATE, {"id": second, "i": {"points": 2}})
        await east.data(UPDATE, {"id": first, "i": {"points": 100}})
        assert await rich.change() == {"action": "UPDATE", "record": {"name": "a"}}
        assert await one.change() == {"action": "UPDATE", "record": {"name": "b"}}
        await east.data("mutation ($id: ID!) { deleteCustomer(id: $id) { id } }", {"id": second})
        await east.data("mutation ($id: ID!) { deleteCustomer(id: $id) { id } }", {"id": first})
        assert await rich.change() == {"action": "DELETE", "record": None}
        assert await one.change() == {"action": "DELETE", "record": None}


async def test_a_subscription_ends_when_its_account_is_disabled(relayed: Tenants) -> None:
    east = relayed.east
    accounts, sign_in = relayed.services.identity.accounts, relayed.services.identity.sign_in
    new = NewAccount(email="second@example.com", name="二", roles=["administrator"], password=PASSWORD)
    account, _password = await accounts.create(east.id, new, created_by=None)
    pair = await sign_in.with_password(Credentials("east", account.email, PASSWORD), address="192.0.2.1")
    second = Person(account.id, account.email, "二", pair.access_token)
    async with served(relayed.config) as url, opened(url, second) as socket:
        await socket.watch()
        await settled(relayed, east)
        await east.create("Customer", name="before")
        assert (await socket.change())["record"]["name"] == "before"
        await relayed.services.identity.accounts.update(
            east.id, second.id, AccountChange(status="disabled"), updated_by=east.admin.id
        )
        await east.create("Customer", name="after")
        message = await socket.next()
        errors = message["payload"]["errors"] if message["type"] == "next" else message["payload"]
        assert errors[0]["extensions"]["code"] == "UNAUTHENTICATED"


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("subscription { nothing }", "invalid_operation"),
        ("subscription { customerChanged { action } orderChanged { action } }", ""),
        ('subscription { customerChanged(filter: {points: {gt: "x"}}) { action } }', ""),
    ],
)
async def test_a_subscription_that_is_not_valid_is_refused(relayed: Tenants, query: str, reason: str) -> None:
    async with served(relayed.config) as url, opened(url, relayed.east.admin) as socket:
        await socket.watch(query)
        message = await socket.next()
        errors = message["payload"] if message["type"] == "error" else message["payload"]["errors"]
        assert errors[0]["extensions"]["code"] == "BAD_USER_INPUT"
        assert not reason or errors[0]["extensions"]["reason"] == reason
