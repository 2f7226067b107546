"""What messages are made of, as frozen values."""

from __future__ import annotations

import enum
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from server.events.handlers import Retries

__all__ = [
    "INBOX",
    "Audience",
    "Channel",
    "Channels",
    "DeliveryState",
    "Notice",
    "Outgoing",
    "Preference",
    "Receiver",
    "SendError",
]

INBOX = "inbox"
"""The channel that every message is in already."""


@dataclass(frozen=True, slots=True)
class Audience:
    """Who is to be told.

    Attributes:
        users: Accounts by id.
        roles: Everybody who holds one of them.
        everybody: Every active account of the tenant.
    """

    users: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    everybody: bool = False


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing that an audience is to be told.

    Attributes:
        event: Name of a `MessageEvent`.
        audience: Who.
        table: Physical table of the record it is about; empty for none.
        record_id: That record.
        names: What `message.` stands for: scalars, or labels by language.
        detail: What a client is told beside the words: instance, task …
        template: Message template that gives the words; empty for that of the event.
        inline: Words that stand in a flow itself, with `{expression}` in them: (title, body).
        inline_known: Values of such expressions that do not come from the record.
    """

    event: str
    audience: Audience
    table: str = ""
    record_id: str = ""
    names: Mapping[str, Any] = field(default_factory=dict)
    detail: Mapping[str, Any] = field(default_factory=dict)
    template: str = ""
    inline: tuple[str, str] = ("", "")
    inline_known: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Preference:
    """How somebody wants to be told, with the tenant's word where they have said nothing.

    Attributes:
        channels: In the order they are tried.
        unread_minutes: Until the next one is tried.
        quiet: Beginning and end of the quiet hours, as minutes of the day; None for none.
        zone: In which they are counted, and instants are written.
        language: Of the words.
        muted: Events that are not told.
        digest_minutes: Messages of so long are sent together.
        per_hour: Messages that one channel sends an hour.
        webhook_url: Of the channel `webhook`; empty for none.
        webhook_secret: Encrypted.
    """

    channels: tuple[str, ...]
    unread_minutes: int
    quiet: tuple[int, int] | None
    zone: ZoneInfo
    language: str
    muted: frozenset[str] = frozenset()
    digest_minutes: int = 0
    per_hour: int = 20
    webhook_url: str = ""
    webhook_secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Receiver:
    """Who is told.

    Attributes:
        id: The account.
        email: Its address.
        name: As shown to people.
        preference: How they want to be told.
    """

    id: str
    email: str
    name: str
    preference: Preference


class DeliveryState(enum.Enum):
    """Where a message stands in one channel."""

    WAITING = "waiting"
    """To be sent, or tried without success so far."""
    HELD = "held"
    """Until the end of quiet hours, of the hour's cap, or until it is sent together with others."""
    SENT = "sent"
    """The channel took it."""
    FAILED = "failed"
    """The channel did not, and is not tried again."""
    SKIPPED = "skipped"
    """Not sent: it was read before, the channel is not set up, or it cannot reach this person."""


class SendError(Exception):
    """A channel did not take a message. The text says why, without secrets.

    Attributes:
        final: Whether trying again is pointless.
        wait_s: Seconds it asked to wait; 0 when it did not.
    """

    def __init__(self, reason: str, *, final: bool = False, wait_s: float = 0.0) -> None:
        super().__init__(reason)
        self.final = final
        self.wait_s = wait_s


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What a channel is given to send.

    Attributes:
        id: The same for every attempt, so that receivers can drop repeats.
        tenant_id: Whose message.
        tenant: The tenant's name in words.
        receiver: To whom.
        title: One line.
        body: Text.
        event: What it is about; `digest` for several.
        at: When it was written.
        urgent: Whether it may disturb.
        items: Of several that are sent together: (title, body) of each.
        html: The body as a page, for those who read mail so; empty for text alone.
        headers: Of mail, beside those that every mail has.
    """

    id: str
    tenant_id: str
    tenant: str
    receiver: Receiver
    title: str
    body: str
    event: str
    at: datetime
    urgent: bool = False
    items: Sequence[tuple[str, str]] = ()
    html: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Channel:
    """A way to reach people outside of the inbox; plugins add theirs as values of this class.

    Attributes:
        name: Unique; stored with deliveries and in preferences.
        help: One line.
        settings: Names of the server's settings that it needs.
        is_ready: Whether they are given.
        address: Where it reaches somebody; empty where it cannot. Shown to nobody but them.
        send: Sends one message, or raises SendError.
        retries: When one that failed is tried again.
        timeout_s: Seconds that one attempt may take.
    """

    name: str
    help: str
    is_ready: bool
    address: Callable[[Receiver], str]
    send: Callable[[Outgoing], Awaitable[None]]
    settings: tuple[str, ...] = ()
    retries: Retries = field(default_factory=lambda: Retries((10, 60, 300)))
    timeout_s: float = 30.0


Channels = Mapping[str, Channel]
"""By name."""
