"""What webhooks are made of: endpoints, filters and deliveries as frozen values, and the policy they work under."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

__all__ = [
    "ENDPOINT_OBJECT",
    "EVENT_TYPES",
    "CreatedEndpoint",
    "Delivery",
    "DeliveryState",
    "Endpoint",
    "EndpointChanges",
    "EndpointInput",
    "EventFilter",
    "StoredFilter",
    "WebhookPolicy",
    "event_type",
]

ENDPOINT_OBJECT = "webhook__endpoint"
"""Name under which changes of endpoints stand in the event log; no table of a tenant's is called so."""

EVENT_TYPES: Mapping[str, str] = {
    "create": "created",
    "update": "updated",
    "delete": "deleted",
    "restore": "restored",
    "destroy": "destroyed",
    "merge": "merged",
    "break_glass": "glass_broken",
}
"""Kinds of events that an endpoint may ask for, and how they end a message's type: `customer.updated`."""

_MINUTE = 60
_HOUR = 3_600


class DeliveryState(enum.Enum):
    """Where a delivery stands."""

    PENDING = "pending"
    """To be sent, or sent without success so far."""
    DELIVERED = "delivered"
    """Answered with a 2xx status."""
    DEAD = "dead"
    """Every attempt failed; it can be redelivered."""
    SKIPPED = "skipped"
    """Not sent because its endpoint was disabled; it can be redelivered."""


@dataclass(frozen=True, slots=True)
class WebhookPolicy:
    """How messages are delivered.

    Attributes:
        schedule_s: Seconds to wait after the first failed attempt, the second …; the attempt after the last is final.
        jitter: Part of a delay that is added at random.
        timeout_s: Seconds one attempt may take in all, from name lookup to the end of the answer.
        allow_private: Whether private and loopback addresses and plain HTTP may be called.
        disable_after_days: Days of failures without one success after which an endpoint is disabled.
        retention_days: Days that deliveries stay in the log.
        rotation_overlap_s: Seconds that a replaced secret goes on signing beside the new one.
        response_bytes: Bytes of an answer that are read and kept.
        max_endpoints: Endpoints a tenant may have.
    """

    schedule_s: tuple[float, ...] = (
        5, 5 * _MINUTE, 30 * _MINUTE, 2 * _HOUR, 5 * _HOUR, 10 * _HOUR, 14 * _HOUR, 20 * _HOUR, 24 * _HOUR,
    )  # fmt: skip
    jitter: float = 0.1
    timeout_s: float = 15
    allow_private: bool = False
    disable_after_days: float = 5
    retention_days: int = 30
    rotation_overlap_s: float = 24 * _HOUR
    response_bytes: int = 1_024
    max_endpoints: int = 50


class EventFilter(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Which events an endpoint is told of; an event passes when one of its filters lets it.

    Attributes:
        object: Name of an object type.
        kinds: Keys of EVENT_TYPES; empty for all of them.
        condition: Expression over the record's own fields after the write, and before it as `old.field`; it must hold.
    """

    object: str
    kinds: tuple[str, ...] = ()
    condition: str = ""


class StoredFilter(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An EventFilter as it is stored: by table, which outlives renames."""

    table: str
    kinds: tuple[str, ...] = ()
    condition: str = ""


class EndpointInput(msgspec.Struct, frozen=True, kw_only=True):
    """An endpoint to create.

    Attributes:
        events: What it is told of; empty for every event of every object.
        include_record: Send the whole record as it is now, not only what changed.
        ordered: A failing delivery holds later ones of this endpoint until it succeeds or is dead.
        roles: What they may read bounds what is sent; None for the default, see `server.webhooks.rights`.
    """

    url: str
    description: str = ""
    events: tuple[EventFilter, ...] = ()
    include_record: bool = False
    ordered: bool = True
    enabled: bool = True
    roles: tuple[str, ...] | None = None


class EndpointChanges(msgspec.Struct, frozen=True, kw_only=True):
    """What to change of an endpoint; None leaves an attribute as it is."""

    url: str | None = None
    description: str | None = None
    events: tuple[EventFilter, ...] | None = None
    include_record: bool | None = None
    ordered: bool | None = None
    enabled: bool | None = None
    roles: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An endpoint as its tenant sees it; the secret is shown only when it is made.

    Attributes:
        disabled_reason: Why the server disabled it; empty otherwise.
        failing_since: First failure after the latest success; None while it works.
        previous_secret_until: Until when the replaced secret signs as well; None without rotation.
        version: Grows with every change.
        roles: What they may read bounds what is sent.
    """

    id: str
    url: str
    description: str
    events: tuple[EventFilter, ...]
    include_record: bool
    ordered: bool
    enabled: bool
    disabled_reason: str
    failing_since: datetime | None
    previous_secret_until: datetime | None
    created_at: datetime
    updated_at: datetime
    version: int
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CreatedEndpoint:
    """A new endpoint with its secret, which cannot be read again."""

    endpoint: Endpoint
    secret: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message for one endpoint, and what came of it.

    Attributes:
        type: Such as `customer.updated`.
        body: The JSON that is signed and sent.
        status: HTTP status of the latest attempt; None when there was no answer.
        response: Beginning of the latest answer.
        error: What went wrong at the latest attempt; empty after success.
        log: The latest attempts: `{at, status, latencyMs, error}`.
    """

    id: str
    endpoint_id: str
    event_id: int | None
    type: str
    body: str
    state: DeliveryState
    attempts: int
    status: int | None
    latency_ms: int | None
    response: str
    error: str
    log: tuple[Mapping[str, Any], ...]
    created_at: datetime
    attempted_at: datetime | None
    delivered_at: datetime | None


def event_type(object_name: str, kind: str) -> str:
    """The type of a message: `customer`, `update` → `customer.updated`."""
    return f"{object_name}.{EVENT_TYPES.get(kind, kind)}"
