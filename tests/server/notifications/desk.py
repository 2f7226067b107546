"""People who are told things: their inboxes, and a mail server that takes, refuses or is not there."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP as POLICY
from typing import Any

from aiosmtpd.controller import UnthreadedController

from server.notifications.channels.email import SmtpSettings, email_channel
from server.notifications.definitions import Channel, Outgoing, SendError
from tests.fixtures.tenants import Person, Tenant, Tenants

INBOX = "{ myNotifications { totalCount unreadCount nodes { id event title body urgent object record readAt fault } } }"
SAY = """
mutation($channels: [String!], $minutes: Int, $from: String, $until: String, $muted: [String!], $digest: Int,
    $language: String, $zone: String, $url: String) {
  setNotificationPreferences(channels: $channels, unreadMinutes: $minutes, quietFrom: $from, quietUntil: $until,
    muted: $muted, digestMinutes: $digest, language: $language, timezone: $zone, webhookUrl: $url) {
    channels unreadMinutes webhookSecret
  }
}
"""
APPLY = "mutation($document: JSON!) { applyMetadata(document: $document) { version } }"


async def declare(tenant: Tenant, **document: Any) -> None:
    """Declare parts of a document."""
    await tenant.data(APPLY, {"document": document}, path="/metadata")


async def inbox(tenant: Tenant, person: Person) -> list[dict[str, Any]]:
    """Somebody's messages, newest first."""
    data = await tenant.data(INBOX, person=person)
    nodes: list[dict[str, Any]] = data["myNotifications"]["nodes"]
    return nodes


async def say(tenant: Tenant, person: Person | None = None, **preferences: Any) -> dict[str, Any]:
    """Say how to be told."""
    data = await tenant.data(SAY, preferences, person=person)
    said: dict[str, Any] = data["setNotificationPreferences"]
    return said


async def attempts(tenant: Tenant, person: Person | None = None) -> list[tuple[str, str, int, str | None]]:
    """(channel, state, attempts, error) of deliveries, oldest first."""
    data = await tenant.data("{ deliveryAttempts(first: 100) { channel state attempts error } }", person=person)
    return [(one["channel"], one["state"], one["attempts"], one["error"]) for one in reversed(data["deliveryAttempts"])]


@dataclass
class MailServer:
    """A mail server that keeps what it takes."""

    port: int = 0
    taken: list[EmailMessage] = field(default_factory=list)
    answer: str = "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        if self.answer.startswith("250"):
            message = message_from_bytes(envelope.content, policy=POLICY)
            assert isinstance(message, EmailMessage)
            self.taken.append(message)
        return self.answer

    @property
    def subjects(self) -> list[str]:
        return [str(message["Subject"]) for message in self.taken]


@contextlib.asynccontextmanager
async def mail_server(tenants: Tenants) -> AsyncIterator[MailServer]:
    """A real SMTP server on a free port, which the server sends by until the end of the block."""
    mail = MailServer()
    controller = UnthreadedController(mail, hostname="127.0.0.1", port=0, loop=asyncio.get_running_loop())
    listening: Any = await controller._create_server()
    mail.port = listening.sockets[0].getsockname()[1]
    settings = SmtpSettings("127.0.0.1", mail.port, "none", "", "", "Tangram <no-reply@tangram.test>")
    offer(tenants, email_channel(settings))
    try:
        yield mail
    finally:
        listening.close()
        await listening.wait_closed()


def offer(tenants: Tenants, channel: Channel) -> None:
    """Have the server know a channel, in place of the one of that name."""
    channels: Any = tenants.services.channels_of_messages
    channels[channel.name] = channel


def counting_channel(name: str, *, fails: str = "") -> tuple[Channel, list[Outgoing]]:
    """A channel as a plugin would add it, and what it was given."""
    given: list[Outgoing] = []

    async def send(outgoing: Outgoing) -> None:
        given.append(outgoing)
        if fails:
            raise SendError(fails)

    return Channel(name, "For tests", True, lambda receiver: receiver.email, send), given
