"""What is heard of a message: delivered, opened, clicked, bounced; and the links by which it is heard.

A link holds a token that is signed with a key of the tenant's own; where it leads stands in the message's row, so it
leads nowhere that no message led to. Each thing is noted once, however often somebody looks.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

import msgspec

from server.context import Actor, ActorKind
from server.database.connections import Connections
from server.events.log import EventDraft, append
from server.outreach import sql
from server.secrets.keys import KeyRing
from server.secrets.link_tokens import LinkTokens, Token

__all__ = ["MESSAGE_OBJECT", "STATUSES", "Clock", "MessageLinks", "Tracking", "told"]

MESSAGE_OBJECT = "outreach__message"
"""What events of messages to customers are about; no table of a tenant's is called so."""

STATUSES = ("delivered", "opened", "clicked", "bounced")
"""What whoever takes messages on may tell of one."""

_VALID = timedelta(days=400)
_BEFORE: Mapping[str, list[str]] = {
    "delivered": ["queued", "sent"],
    "opened": ["queued", "sent", "delivered"],
    "clicked": ["queued", "sent", "delivered", "opened"],
}
_ACTOR = Actor("", ActorKind.SYSTEM, "messages", ())


class Clock(Protocol):
    """Gives the time."""

    def now(self) -> datetime:
        """The present instant, aware."""


class MessageLinks:
    """Makes and reads the links of messages, and the secret that messages to a tenant's gateways are signed with."""

    def __init__(self, keys: KeyRing, base_url: str) -> None:
        self._keys, self._tokens, self._base_url = keys, LinkTokens(keys, "message links"), base_url

    def base_of(self, tenant_id: str, message: str, now: datetime) -> str:
        """The part that all links of a message share."""
        return f"{self._base_url}/m/{self._tokens.sign(Token(tenant_id, message, now + _VALID))}"

    def read(self, text: str, now: datetime) -> tuple[str, str] | None:
        """(tenant, message) of a token; None of one that was not signed here, or is past its time."""
        token = self._tokens.verify(text)
        return None if token is None or token.expires_at <= now else (token.tenant_id, token.link_id)

    def secret_of(self, tenant_id: str) -> str:
        """The secret of Standard Webhooks that a tenant's gateways verify with."""
        key = self._keys.derive(f"contact channels of {tenant_id}").current
        return f"whsec_{base64.b64encode(key).decode()}"


def told(row: Mapping[str, Any], kind: str, tenant_id: str) -> EventDraft:
    """The event of what has become of a message."""
    changes = {
        "message": row["id"], "object": row["object"], "record": row["record_id"], "template": row["template"],
        "channel": row["channel"], "source": row["source"],
    }  # fmt: skip
    if row["instance_id"] is not None:
        changes |= {"instance": row["instance_id"], "node": row["node"]}
    return EventDraft(tenant_id, kind, MESSAGE_OBJECT, row["record_id"], _ACTOR, changes)


@dataclass(frozen=True, slots=True)
class Tracking:
    """Hears of messages.

    Attributes:
        connections: The pool.
        links: Reads tokens.
        clock: The one clock.
        nudge: Called after something was noted, to wake the relay.
    """

    connections: Connections
    links: MessageLinks
    clock: Clock
    nudge: Callable[[], None]

    async def heard(self, token: str, status: str) -> bool:
        """Note a status; False where there is no such message."""
        now = self.clock.now()
        known = self.links.read(token, now)
        if known is None:
            return False
        tenant_id, message = known
        async with self.connections.transaction(tenant_id) as connection:
            row = await connection.fetchrow(sql.HELD, tenant_id, message)
            if row is None:
                return False
            if status == "bounced":
                noted = await connection.fetchval(sql.BOUNCED, tenant_id, message, "It came back.", now)
            else:
                noted = await connection.fetchval(sql.HEARD, tenant_id, message, status, now, _BEFORE[status])
            if noted is not None:
                kind = "failed" if status == "bounced" else status
                await append(connection, told(row, kind, tenant_id))
        if noted is not None:
            self.nudge()
        return True

    async def followed(self, token: str, place: int) -> str | None:
        """Where a link leads, after noting that it was followed; None where there is none."""
        known = self.links.read(token, self.clock.now())
        if known is None:
            return None
        async with self.connections.acquire(known[0]) as connection:
            row = await connection.fetchrow(sql.MESSAGE, *known)
        links: list[str] = [] if row is None else msgspec.json.decode(row["links"])
        if not 0 <= place < len(links):
            return None
        await self.heard(token, "clicked")
        return links[place]
