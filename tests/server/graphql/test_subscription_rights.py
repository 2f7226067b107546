"""Open subscriptions obey the policies at each delivery: rows, fields, and rights that end meanwhile."""

from __future__ import annotations

from typing import Any

import pytest

from server.identity.accounts import AccountChange
from tests.fixtures.http import served
from tests.fixtures.tenants import Person, Tenant, Tenants
from tests.governed import allow, field_rights, govern, hire
from tests.server.graphql.test_subscriptions import UPDATE, Socket, opened, relayed, settled

__all__ = ["relayed"]

WATCH = "subscription { customerChanged { action id changes { field after } } }"
OWN = allow("seller", "customer", "read", scope="own")


async def seller_of(tenant: Tenant, *policies: dict[str, Any]) -> Person:
    await govern(tenant, roles=["seller", "clerk"], policies=[*policies, allow("clerk", "store")])
    return await hire(tenant, "Li", "seller")


def changed(told: dict[str, Any]) -> set[str]:
    return {change["field"] for change in told["changes"]}


async def ended(socket: Socket) -> Any:
    """The errors that a subscription ends with."""
    message = await socket.next()
    assert message["type"] == "error" or "errors" in message["payload"], message
    return message["payload"] if message["type"] == "error" else message["payload"]["errors"]


async def test_changes_are_told_of_records_and_fields_that_the_subscriber_reads(relayed: Tenants) -> None:
    east = relayed.east
    hidden = field_rights("seller", "customer", "remark", read="none")
    gold = field_rights("seller", "customer", "points", read="none", condition='level == "gold"')
    seller = await seller_of(east, OWN, hidden, gold, allow("seller", "user"))
    mine = await east.create("Customer", name="mine", ownerId=seller.id)
    theirs = await east.create("Customer", name="theirs")
    async with served(relayed.config) as url, opened(url, seller) as socket:
        await socket.watch(WATCH)
        await settled(relayed, east)
        await east.data(UPDATE, {"id": theirs, "i": {"points": 1}})
        await east.data(UPDATE, {"id": mine, "i": {"remark": "hidden"}})  # nothing that they may read
        await east.data(UPDATE, {"id": mine, "i": {"points": 2, "remark": "more"}})
        told = await socket.change()
        assert (told["id"], changed(told)) == (mine, {"points"})
        await east.data(UPDATE, {"id": mine, "i": {"level": "GOLD", "points": 3}})
        assert changed(await socket.change()) == {"level"}
        await east.data(UPDATE, {"id": mine, "i": {"ownerId": east.admin.id}})  # out of sight
        await east.data(UPDATE, {"id": mine, "i": {"name": "not theirs"}})
        await east.data(UPDATE, {"id": theirs, "i": {"ownerId": seller.id}})
        assert (await socket.change())["id"] == theirs
        await east.data("mutation ($id: ID!) { deleteCustomer(id: $id) { id } }", {"id": mine})
        await east.data("mutation ($id: ID!) { destroyCustomer(id: $id) }", {"id": mine})
        await east.data("mutation ($id: ID!) { deleteCustomer(id: $id) { id } }", {"id": theirs})
        told = await socket.change()
        assert (told["action"], told["id"]) == ("DELETE", theirs)


@pytest.mark.parametrize("how", ["role", "policy"])
async def test_a_right_that_is_gone_ends_what_is_told(relayed: Tenants, how: str) -> None:
    east = relayed.east
    seller = await seller_of(east, OWN)
    mine = await east.create("Customer", name="mine", ownerId=seller.id)
    async with served(relayed.config) as url, opened(url, seller) as socket:
        await socket.watch(WATCH)
        await settled(relayed, east)
        await east.data(UPDATE, {"id": mine, "i": {"points": 1}})
        assert (await socket.change())["id"] == mine
        if how == "role":  # by another process than the socket's
            accounts = relayed.services.identity.accounts
            await accounts.update(east.id, seller.id, AccountChange(roles=["clerk"]), updated_by=east.admin.id)
        else:
            await east.data('mutation { removePolicy(name: "policy_0") { version } }', path="/metadata")
        await east.data(UPDATE, {"id": mine, "i": {"points": 2}})
        (error, *_more) = await ended(socket)
        assert error["extensions"]["code"] == "BAD_USER_INPUT"  # for them, there are no customers any more
