"""Webhook endpoints and their deliveries, for those who may configure webhooks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
import strawberry
from strawberry.scalars import JSON

from server.graphql.metadata_api.guards import Info, configurer, context_of
from server.graphql.metadata_api.kinds import body_of_input
from server.webhooks.definitions import Delivery as DeliveryValue
from server.webhooks.definitions import DeliveryState, EndpointChanges, EndpointInput
from server.webhooks.definitions import Endpoint as EndpointValue
from server.webhooks.rights import KIND

__all__ = ["WEBHOOK_MUTATIONS", "WEBHOOK_QUERIES"]

strawberry.enum(DeliveryState, name="WebhookDeliveryState", description="Where a delivery stands")


@strawberry.type(description="Which events an endpoint is told of")
class WebhookFilter:
    """An event passes when one of an endpoint's filters lets it."""

    object: str
    kinds: list[str]
    condition: str


@strawberry.type(description="A server that is told of events")
class Webhook:
    """The secret is shown only when it is made."""

    id: strawberry.ID
    url: str
    description: str
    events: list[WebhookFilter] = strawberry.field(description="Empty for every event of every object")
    include_record: bool
    ordered: bool = strawberry.field(description="A failing delivery holds later ones until it succeeds or is dead")
    enabled: bool
    disabled_reason: str = strawberry.field(description="Why the server disabled it; empty otherwise")
    failing_since: datetime | None
    previous_secret_until: datetime | None = strawberry.field(description="Until when a replaced secret signs as well")
    created_at: datetime
    updated_at: datetime
    version: int
    roles: list[str] = strawberry.field(description="What they may read bounds what is sent")


@strawberry.type(description="A webhook with its secret, which cannot be read again")
class WebhookWithSecret:
    """What making and rotating answer."""

    webhook: Webhook
    secret: str


@strawberry.type(description="One message for one endpoint, and what came of it")
class WebhookDelivery:
    """Its id is the message's `webhook-id`."""

    id: strawberry.ID
    webhook_id: strawberry.ID
    type: str = strawberry.field(description="Such as `customer.updated`")
    body: str = strawberry.field(description="The JSON that is signed and sent")
    state: DeliveryState
    attempts: int
    status: int | None = strawberry.field(description="HTTP status of the latest attempt")
    latency_ms: int | None
    response: str = strawberry.field(description="Beginning of the latest answer")
    error: str
    log: JSON = strawberry.field(description="The latest attempts")
    created_at: datetime
    attempted_at: datetime | None
    delivered_at: datetime | None


@strawberry.input(description="Which events an endpoint is told of")
class WebhookFilterInput:
    """An event passes when one of an endpoint's filters lets it."""

    object: str = strawberry.field(description="Name of an object type")
    kinds: list[str] = strawberry.field(
        default_factory=list, description="create, update, delete, restore, destroy, merge; empty for all"
    )
    condition: str = strawberry.field(default="", description="Expression over the record after, `old.` before")


@strawberry.input(description="A webhook to be created")
class WebhookInput:
    """A public https URL, and what it is told of."""

    url: str
    description: str = ""
    events: list[WebhookFilterInput] = strawberry.field(default_factory=list)
    include_record: bool = strawberry.field(default=False, description="Send the whole record, not only its changes")
    ordered: bool = True
    enabled: bool = True
    roles: list[str] | None = strawberry.field(
        default=None, description="What they may read bounds what is sent; yours, or the administrator's, unless given"
    )


@strawberry.input(description="What is to change about a webhook; what is left out or null stays")
class WebhookChanges:
    """As `WebhookInput`."""

    url: str | None = None
    description: str | None = None
    events: list[WebhookFilterInput] | None = None
    include_record: bool | None = None
    ordered: bool | None = None
    enabled: bool | None = None
    roles: list[str] | None = None


async def webhooks(info: Info) -> list[Webhook]:
    """Every webhook, oldest first."""
    await configurer(info, [KIND])
    return [_webhook(one) for one in await info.context.services.webhooks.endpoints(await context_of(info))]


async def webhook_deliveries(
    info: Info,
    webhook_id: strawberry.ID | None = None,
    state: DeliveryState | None = None,
    first: int = 20,
    before: strawberry.ID | None = None,
) -> list[WebhookDelivery]:
    """Deliveries, newest first, below the delivery `before`."""
    await configurer(info, [KIND])
    found = await info.context.services.webhooks.deliveries(
        await context_of(info),
        endpoint_id=_text(webhook_id),
        state=state,
        first=first,
        before=_text(before),
    )
    return [_delivery(one) for one in found]


async def create_webhook(info: Info, webhook: WebhookInput) -> WebhookWithSecret:
    """Create a webhook."""
    await configurer(info, [KIND])
    given = msgspec.convert(body_of_input(webhook), EndpointInput)
    made = await info.context.services.webhooks.create(await context_of(info), given)
    return WebhookWithSecret(webhook=_webhook(made.endpoint), secret=made.secret)


async def update_webhook(
    info: Info, id: strawberry.ID, webhook: WebhookChanges, expected_version: int | None = None
) -> Webhook:
    """Change a webhook; enabling one that the server disabled gives it a new start."""
    await configurer(info, [KIND])
    given = msgspec.convert(body_of_input(webhook), EndpointChanges)
    changed = await info.context.services.webhooks.update(
        await context_of(info), str(id), given, expected_version=expected_version
    )
    return _webhook(changed)


async def remove_webhook(info: Info, id: strawberry.ID) -> bool:
    """Remove a webhook with its deliveries; what is pending is not sent."""
    await configurer(info, [KIND])
    await info.context.services.webhooks.remove(await context_of(info), str(id))
    return True


async def rotate_webhook_secret(info: Info, id: strawberry.ID) -> WebhookWithSecret:
    """Give a webhook a new secret; for a day messages carry signatures of both."""
    await configurer(info, [KIND])
    made = await info.context.services.webhooks.rotate_secret(await context_of(info), str(id))
    return WebhookWithSecret(webhook=_webhook(made.endpoint), secret=made.secret)


async def test_webhook(info: Info, id: strawberry.ID) -> WebhookDelivery:
    """Send a `webhook.test` message, also to a disabled webhook; read the delivery to see what came of it."""
    await configurer(info, [KIND])
    return _delivery(await info.context.services.webhooks.test(await context_of(info), str(id)))


async def redeliver_webhook(info: Info, delivery_id: strawberry.ID) -> WebhookDelivery:
    """Send a delivery again, with the same id and body."""
    await configurer(info, [KIND])
    return _delivery(await info.context.services.webhooks.redeliver(await context_of(info), str(delivery_id)))


async def redeliver_webhooks_since(info: Info, id: strawberry.ID, since: datetime) -> int:
    """Send again what a webhook has missed since a time, oldest first; gives the number of deliveries."""
    await configurer(info, [KIND])
    return await info.context.services.webhooks.redeliver_since(await context_of(info), str(id), since)


WEBHOOK_QUERIES = (webhooks, webhook_deliveries)
WEBHOOK_MUTATIONS = (
    create_webhook,
    update_webhook,
    remove_webhook,
    rotate_webhook_secret,
    test_webhook,
    redeliver_webhook,
    redeliver_webhooks_since,
)


def _webhook(value: EndpointValue) -> Webhook:
    return Webhook(
        id=strawberry.ID(value.id),
        url=value.url,
        description=value.description,
        events=[
            WebhookFilter(object=one.object, kinds=list(one.kinds), condition=one.condition) for one in value.events
        ],
        include_record=value.include_record,
        ordered=value.ordered,
        enabled=value.enabled,
        disabled_reason=value.disabled_reason,
        failing_since=value.failing_since,
        previous_secret_until=value.previous_secret_until,
        created_at=value.created_at,
        updated_at=value.updated_at,
        version=value.version,
        roles=list(value.roles),
    )


def _delivery(value: DeliveryValue) -> WebhookDelivery:
    log: Any = [dict(entry) if isinstance(entry, Mapping) else entry for entry in value.log]
    return WebhookDelivery(
        id=strawberry.ID(value.id),
        webhook_id=strawberry.ID(value.endpoint_id),
        type=value.type,
        body=value.body,
        state=value.state,
        attempts=value.attempts,
        status=value.status,
        latency_ms=value.latency_ms,
        response=value.response,
        error=value.error,
        log=JSON(log),
        created_at=value.created_at,
        attempted_at=value.attempted_at,
        delivered_at=value.delivered_at,
    )


def _text(value: strawberry.ID | None) -> str | None:
    return None if value is None else str(value)
