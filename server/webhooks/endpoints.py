"""Endpoints and deliveries as administrators work with them; `/metadata` offers these functions.

Every function refuses actors who may not configure webhooks; an endpoint whose roles they do not hold is none to them.
Changes stand in the event log, secrets do not.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import msgspec
import uuid_utils

from metadata.problems import ConflictError, Faults, LimitError, NotFoundError, TangramError
from server.context import Context
from server.database.connections import Connections
from server.events.clock import Clock
from server.events.jobs import add_jobs
from server.events.log import append, draft_for
from server.events.wake import Wake
from server.outbound.signing import new_secret
from server.outbound.urls import check_url
from server.secrets.vault import Vault
from server.webhooks import sql
from server.webhooks.definitions import (
    ENDPOINT_OBJECT,
    CreatedEndpoint,
    Delivery,
    DeliveryState,
    Endpoint,
    EndpointChanges,
    EndpointInput,
    WebhookPolicy,
)
from server.webhooks.matching import send_job
from server.webhooks.payload import test_message
from server.webhooks.rights import check_roles, default_roles, may_reach, require_right
from server.webhooks.sending import secret_place
from server.webhooks.stored import check_description, delivery_of, differences, endpoint_of, stored_filters

__all__ = ["Webhooks"]

_MAX_PAGE = 200
_REDELIVERY_BATCH = 1_000
_REDELIVERABLE = (DeliveryState.DEAD, DeliveryState.SKIPPED)


@dataclass(frozen=True, slots=True)
class Webhooks:
    """The webhooks of all tenants.

    Attributes:
        wake: Of the events' channel: changes are events.
        wake_due: Of the due channel: deliveries are jobs.
    """

    connections: Connections
    vault: Vault = field(repr=False)
    clock: Clock
    policy: WebhookPolicy
    wake: Wake
    wake_due: Wake

    async def endpoints(self, context: Context) -> list[Endpoint]:
        """Every endpoint of the tenant, oldest first."""
        require_right(context)
        async with self.connections.acquire(context.model.tenant_id) as connection:
            rows = await connection.fetch(sql.ENDPOINTS, context.model.tenant_id)
        return [endpoint_of(row, context.model) for row in rows if may_reach(context, row["roles"])]

    async def endpoint(self, context: Context, endpoint_id: str) -> Endpoint:
        """One endpoint.

        Raises:
            NotFoundError: The tenant has none with this id.
        """
        require_right(context)
        async with self.connections.acquire(context.model.tenant_id) as connection:
            return await _read_endpoint(connection, context, endpoint_id)

    async def create(self, context: Context, given: EndpointInput) -> CreatedEndpoint:
        """Create an endpoint.

        Returns:
            The endpoint and its secret, which cannot be read again.

        Raises:
            BadInputError: With every fault of the URL, the description and the filters.
            LimitError: The tenant has as many endpoints as it may.
        """
        require_right(context)
        faults = Faults()
        check_url(given.url, faults, allow_private=self.policy.allow_private)
        check_description(given.description, faults)
        roles = default_roles(context) if given.roles is None else given.roles
        check_roles(context, roles, faults)
        filters = stored_filters(given.events, context.model, faults)
        faults.raise_if_any()
        endpoint_id, secret, tenant_id = str(uuid_utils.uuid7()), new_secret(), context.model.tenant_id
        sealed = await self.vault.encrypt(tenant_id, secret, secret_place(endpoint_id))
        async with self.connections.transaction(context.model.tenant_id) as connection:
            if await connection.fetchval(sql.COUNT_ENDPOINTS, tenant_id) >= self.policy.max_endpoints:
                raise LimitError.single(
                    "too_many_webhooks",
                    f"A tenant may have {self.policy.max_endpoints} webhook endpoints.",
                    hint="Remove one that is not needed, or give one several filters.",
                )
            row = await connection.fetchrow(
                sql.INSERT_ENDPOINT,
                tenant_id,
                endpoint_id,
                given.url,
                given.description,
                filters,
                given.include_record,
                given.ordered,
                given.enabled,
                sealed,
                list(roles),
                self.clock.now(),
                context.actor.id or None,
            )
            await self._log(connection, context, "create", endpoint_id, {"url": given.url})
        self.wake.nudge()
        return CreatedEndpoint(endpoint_of(row, context.model), secret)

    async def update(
        self, context: Context, endpoint_id: str, changes: EndpointChanges, *, expected_version: int | None = None
    ) -> Endpoint:
        """Change an endpoint; enabling one that the server disabled gives it a new start.

        Raises:
            BadInputError: With every fault of what is changed.
            NotFoundError: The tenant has none with this id.
            ConflictError: It was changed since `expected_version`.
        """
        require_right(context)
        faults = Faults()
        if changes.url is not None:
            check_url(changes.url, faults, allow_private=self.policy.allow_private)
        if changes.description is not None:
            check_description(changes.description, faults)
        if changes.roles is not None:
            check_roles(context, changes.roles, faults)
        filters = None if changes.events is None else stored_filters(changes.events, context.model, faults)
        faults.raise_if_any()
        async with self.connections.transaction(context.model.tenant_id) as connection:
            before = await _read_endpoint(connection, context, endpoint_id)
            row = await connection.fetchrow(
                sql.UPDATE_ENDPOINT,
                context.model.tenant_id,
                endpoint_id,
                changes.url,
                changes.description,
                filters,
                changes.include_record,
                changes.ordered,
                changes.enabled,
                expected_version,
                self.clock.now(),
                None if changes.roles is None else list(changes.roles),
            )
            if row is None:
                raise ConflictError.single(
                    "webhook_changed",
                    f"The endpoint is at version {before.version}, not {expected_version}.",
                    hint="Read it again and repeat the change.",
                )
            after = endpoint_of(row, context.model)
            await self._log(connection, context, "update", endpoint_id, differences(before, after))
        self.wake.nudge()
        return after

    async def remove(self, context: Context, endpoint_id: str) -> None:
        """Remove an endpoint with its deliveries; what is pending is not sent.

        Raises:
            NotFoundError: The tenant has none with this id.
        """
        require_right(context)
        async with self.connections.transaction(context.model.tenant_id) as connection:
            await _read_endpoint(connection, context, endpoint_id)
            url = await connection.fetchval(sql.REMOVE_ENDPOINT, context.model.tenant_id, endpoint_id)
            await connection.execute(sql.REMOVE_DELIVERIES, context.model.tenant_id, endpoint_id)
            await self._log(connection, context, "destroy", endpoint_id, {"url": url})
        self.wake.nudge()

    async def rotate_secret(self, context: Context, endpoint_id: str) -> CreatedEndpoint:
        """Give an endpoint a new secret; for a day messages carry signatures of both.

        Raises:
            NotFoundError: The tenant has none with this id.
        """
        require_right(context)
        _require_id(endpoint_id, "endpoint")
        secret, tenant_id, now = new_secret(), context.model.tenant_id, self.clock.now()
        sealed = await self.vault.encrypt(tenant_id, secret, secret_place(endpoint_id))
        until = now + timedelta(seconds=self.policy.rotation_overlap_s)
        async with self.connections.transaction(context.model.tenant_id) as connection:
            await _read_endpoint(connection, context, endpoint_id)
            row = await connection.fetchrow(sql.ROTATE_SECRET, tenant_id, endpoint_id, sealed, until, now)
            changes = {"previous_until": [None, until.isoformat()]}
            await self._log(connection, context, "update", endpoint_id, changes)
        self.wake.nudge()
        return CreatedEndpoint(endpoint_of(row, context.model), secret)

    async def test(self, context: Context, endpoint_id: str) -> Delivery:
        """Send a `webhook.test` message, out of order and also to a disabled endpoint.

        Returns:
            The pending delivery; read it again to see what came of it.

        Raises:
            NotFoundError: The tenant has no endpoint with this id.
        """
        require_right(context)
        delivery_id, tenant_id, now = str(uuid_utils.uuid7()), context.model.tenant_id, self.clock.now()
        async with self.connections.transaction(context.model.tenant_id) as connection:
            await _read_endpoint(connection, context, endpoint_id)
            kind, body = test_message(now, endpoint_id)
            draft = {
                "id": delivery_id,
                "endpoint_id": endpoint_id,
                "event_id": None,
                "type": kind,
                "body": body,
                "state": DeliveryState.PENDING.value,
                "error": "",
            }
            await connection.execute(sql.ADD_DELIVERIES, tenant_id, msgspec.json.encode([draft]).decode(), now)
            await add_jobs(connection, tenant_id, [send_job(delivery_id, 1, endpoint_id, ordered=False, at=now)])
            row = await connection.fetchrow(sql.DELIVERY, tenant_id, delivery_id)
        self.wake_due.nudge()
        return delivery_of(row)

    async def deliveries(
        self,
        context: Context,
        *,
        endpoint_id: str | None = None,
        state: DeliveryState | None = None,
        first: int = 20,
        before: str | None = None,
    ) -> list[Delivery]:
        """The delivery log, newest first, below the delivery id `before`."""
        require_right(context)
        for given, what in ((endpoint_id, "endpoint"), (before, "delivery")):
            if given is not None:
                _require_id(given, what)
        async with self.connections.acquire(context.model.tenant_id) as connection:
            rows = await connection.fetch(
                sql.DELIVERIES,
                context.model.tenant_id,
                endpoint_id,
                state.value if state else None,
                before,
                max(0, min(first, _MAX_PAGE)),
                await _out_of_reach(connection, context),
            )
        return [delivery_of(row) for row in rows]

    async def delivery(self, context: Context, delivery_id: str) -> Delivery:
        """One delivery.

        Raises:
            NotFoundError: The tenant has none with this id.
        """
        require_right(context)
        _require_id(delivery_id, "delivery")
        async with self.connections.acquire(context.model.tenant_id) as connection:
            row = await connection.fetchrow(sql.DELIVERY, context.model.tenant_id, delivery_id)
            if row is None or row["endpoint_id"] in await _out_of_reach(connection, context):
                raise _unknown("delivery")
        return delivery_of(row)

    async def redeliver(self, context: Context, delivery_id: str) -> Delivery:
        """Send a delivery again, with the same `webhook-id` and body, after what is pending for its endpoint.

        Raises:
            NotFoundError: The tenant has none with this id.
            ConflictError: It is still pending.
        """
        before = await self.delivery(context, delivery_id)
        tenant_id = context.model.tenant_id
        async with self.connections.transaction(context.model.tenant_id) as connection:
            endpoint = await _read_endpoint(connection, context, before.endpoint_id)
            row = await connection.fetchrow(sql.REDELIVER, tenant_id, delivery_id)
            if row is None:
                raise ConflictError.single(
                    "delivery_pending",
                    "This delivery is still pending.",
                    hint="Wait until it has succeeded or is dead.",
                )
            job = send_job(delivery_id, row["run"], endpoint.id, ordered=endpoint.ordered, at=self.clock.now())
            await add_jobs(connection, tenant_id, [job])
        self.wake_due.nudge()
        return delivery_of(row)

    async def redeliver_since(
        self,
        context: Context,
        endpoint_id: str,
        since: datetime,
        *,
        states: Iterable[DeliveryState] = _REDELIVERABLE,
    ) -> int:
        """Send again what an endpoint has missed since a time, oldest first.

        Args:
            context: Who asks.
            endpoint_id: The endpoint.
            since: Deliveries made from then on.
            states: Which of them; DEAD and SKIPPED unless told otherwise. Pending ones are left alone.

        Returns:
            The number of deliveries.

        Raises:
            NotFoundError: The tenant has no endpoint with this id.
        """
        require_right(context)
        chosen = [state.value for state in states if state is not DeliveryState.PENDING]
        tenant_id, total, count = context.model.tenant_id, 0, _REDELIVERY_BATCH
        while count == _REDELIVERY_BATCH:
            async with self.connections.transaction(context.model.tenant_id) as connection:
                endpoint = await _read_endpoint(connection, context, endpoint_id)
                rows = await connection.fetch(
                    sql.REDELIVER_SINCE, tenant_id, endpoint_id, since, chosen, _REDELIVERY_BATCH
                )
                now = self.clock.now()
                jobs = [
                    send_job(row["id"], row["run"], endpoint_id, ordered=endpoint.ordered, at=now)
                    for row in sorted(rows, key=lambda row: row["id"])
                ]
                await add_jobs(connection, tenant_id, jobs)
            count = len(rows)
            total += count
            self.wake_due.nudge()
        return total

    async def _log(
        self, connection: Any, context: Context, kind: str, endpoint_id: str, changes: Mapping[str, Any]
    ) -> None:
        await append(connection, draft_for(context, kind, ENDPOINT_OBJECT, endpoint_id, changes))


def _require_id(text: str, what: str) -> None:
    try:
        uuid.UUID(text)
    except ValueError:
        raise _unknown(what) from None


def _unknown(what: str) -> TangramError:
    return NotFoundError.single(f"unknown_{what}", f"There is no such webhook {what}.", path=("id",))


async def _read_endpoint(connection: Any, context: Context, endpoint_id: str) -> Endpoint:
    _require_id(endpoint_id, "endpoint")
    row = await connection.fetchrow(sql.ENDPOINT, context.model.tenant_id, endpoint_id)
    if row is None or not may_reach(context, row["roles"]):
        raise _unknown("endpoint")
    return endpoint_of(row, context.model)


async def _out_of_reach(connection: Any, context: Context) -> list[str]:
    """Ids of endpoints with roles that the actor does not hold."""
    if context.access.may_configure:
        return []
    rows = await connection.fetch(sql.ENDPOINTS, context.model.tenant_id)
    return [row["id"] for row in rows if not may_reach(context, row["roles"])]
