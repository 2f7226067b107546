"""Messages told live, to whom they are for and nobody else."""

from __future__ import annotations

import asyncio

from tests.fixtures.http import served
from tests.fixtures.tenants import Tenants
from tests.server.graphql.test_subscriptions import Socket, opened, relayed
from tests.server.notifications.desk import declare

__all__ = ["relayed"]

WATCH = "subscription { notified { title event readAt } }"
SEND = 'mutation($users: [ID!]) { sendMessage(template: "news", users: $users) }'


async def listening(tenants: Tenants, *user_ids: str) -> None:
    async with asyncio.timeout(20):
        for user_id in user_ids:
            channel = f"tangram:changes:{tenants.east.id}:notification:{user_id}"
            while not (await tenants.services.redis.pubsub_numsub(channel))[0][1]:  # noqa: ASYNC110 Valkey tells nobody who listens
                await asyncio.sleep(0.02)


async def test_a_message_reaches_its_receiver_at_once_and_nobody_else(relayed: Tenants) -> None:
    east = relayed.east
    await declare(east, message_templates=[{"name": "news", "title": {"zh": "新闻"}}])
    async with served(relayed.config) as url, opened(url, east.admin) as mine, opened(url, east.member) as others:
        await mine.watch(WATCH)
        await others.watch(WATCH)
        await listening(relayed, east.admin.id, east.member.id)
        await east.data(SEND, {"users": [east.admin.id]})
        assert await mine.change() == {"title": "新闻", "event": "notice", "readAt": None}
        await east.data(SEND, {"users": [east.member.id]})
        assert (await others.change())["title"] == "新闻"
        assert await silent(mine)


async def silent(socket: Socket) -> bool:
    """Whether nothing comes, asked by something that is answered: a ping would come after it."""
    await socket.send(id="99", type="subscribe", payload={"query": "{ __typename }"})
    message = await socket.next()
    return bool(message["id"] == "99")
