"""The second handler of webhooks: one delivery, one signed request, and what came of it.

A message may arrive twice (the worker can die between the answer and its record); `webhook-id` tells repeats apart.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import httpcore
import httpx
import msgspec

from metadata.problems import TangramError
from server.context import Actor, ActorKind, Cause
from server.database.connections import Connections
from server.events.clock import Clock
from server.events.handlers import Handler, Retries, RetryLaterError, Run
from server.events.log import EventDraft, append
from server.outbound.addresses import AddressRefusedError
from server.outbound.signing import signed_headers
from server.secrets.vault import Place, Vault
from server.webhooks import sql
from server.webhooks.definitions import ENDPOINT_OBJECT, DeliveryState, WebhookPolicy
from server.webhooks.matching import SEND_HANDLER

__all__ = ["Attempt", "Sender", "is_final", "prune_deliveries", "retry_after_s", "secret_place", "sending_handler"]

_USER_AGENT = "Tangram-Webhooks/1"
_GONE = 410
_MAX_RETRY_AFTER_S = 86_400.0
_PRUNE_BATCH = 2_000


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of one request.

    Attributes:
        status: None when there was no answer.
        response: Beginning of the answer.
        error: Empty after success.
        wait_s: Seconds the receiver asked to wait; 0 when it did not.
    """

    status: int | None
    latency_ms: int
    response: str
    error: str
    wait_s: float = 0.0

    @property
    def is_success(self) -> bool:
        """Whether the receiver took the message."""
        return not self.error


def sending_handler(sender: Sender) -> Handler:
    """The handler that sends deliveries on the policy's schedule."""
    policy = sender.policy
    return Handler(
        SEND_HANDLER,
        sender.send,
        retries=Retries(policy.schedule_s, policy.jitter),
        timeout_s=policy.timeout_s + 30,
    )


def secret_place(endpoint_id: str) -> Place:
    """Where an endpoint's secrets are stored; a replaced one keeps the place it was encrypted for."""
    return Place("webhook_endpoint", "secret", endpoint_id)


@dataclass(frozen=True, slots=True)
class Sender:
    """Sends deliveries.

    Attributes:
        client: From `webhook_client`, so that only permitted addresses are called.
    """

    client: httpx.AsyncClient = field(repr=False)
    vault: Vault = field(repr=False)
    policy: WebhookPolicy

    async def send(self, run: Run) -> None:
        """Send the delivery that the job names, unless it was removed or settled meanwhile."""
        delivery_id, number = run.payload["delivery"], run.payload["run"]
        async with run.connections.acquire(run.tenant_id) as connection:
            row = await connection.fetchrow(sql.DELIVERY_TO_SEND, run.tenant_id, delivery_id, number)
        if row is None:
            return
        if not row["enabled"] and row["event_id"] is not None:
            async with run.connections.acquire(run.tenant_id) as connection:
                await connection.execute(sql.SKIP_DELIVERY, run.tenant_id, delivery_id, "The endpoint is disabled.")
            return
        attempt = await self._attempt(run.tenant_id, row, run.clock)
        dead = not attempt.is_success and (run.is_last_attempt or is_final(attempt))
        await self._record(run, row, attempt, dead=dead)
        if not attempt.is_success and not dead:
            delay_s = _delay_s(self.policy, run.attempt)
            raise RetryLaterError(attempt.error, max(delay_s, attempt.wait_s))

    async def _attempt(self, tenant_id: str, row: Mapping[str, Any], clock: Clock) -> Attempt:
        started = time.monotonic()

        def failed(error: str) -> Attempt:
            return Attempt(None, _since(started), "", error)

        try:
            keys = await self._keys(tenant_id, row, clock)
            async with asyncio.timeout(self.policy.timeout_s):
                return await self._post(row, keys, started)
        except TimeoutError:
            return failed(f"No complete answer within {self.policy.timeout_s:g} s.")
        except AddressRefusedError as error:
            return failed(str(error))
        except (httpcore.TimeoutException, httpx.TimeoutException):
            return failed("The server took too long to answer.")
        except (httpcore.NetworkError, httpcore.ProtocolError, httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            return failed(f"No answer: {type(error).__name__}: {error}"[:500])
        except TangramError as error:
            return failed(f"Not sent: {error}")

    async def _post(self, row: Mapping[str, Any], keys: Sequence[str], started: float) -> Attempt:
        # receivers compare the timestamp with real time, so it is not the movable clock's
        headers = {
            **signed_headers(f"msg_{row['id']}", datetime.now(UTC), row["body"], keys),
            "content-type": "application/json",
            "user-agent": _USER_AGENT,
        }
        async with self.client.stream("POST", row["url"], content=row["body"].encode(), headers=headers) as response:
            text = await self._beginning(response)
            error = "" if response.is_success else f"The server answered {response.status_code}."
            wait_s = 0.0 if response.is_success else retry_after_s(response.headers.get("retry-after", ""))
            return Attempt(response.status_code, _since(started), text, error, wait_s)

    async def _beginning(self, response: httpx.Response) -> str:
        body = b""
        async for part in response.aiter_raw():
            body += part
            if len(body) >= self.policy.response_bytes:
                break
        return body[: self.policy.response_bytes].decode(errors="replace").replace("\0", "")

    async def _keys(self, tenant_id: str, row: Mapping[str, Any], clock: Clock) -> list[str]:
        stored = [row["secret"]]
        if row["previous_secret"] and row["previous_until"] > clock.now():
            stored.append(row["previous_secret"])
        place = secret_place(row["endpoint_id"])
        return [await self.vault.decrypt(tenant_id, ciphertext, place) for ciphertext in stored]

    async def _record(self, run: Run, row: Mapping[str, Any], attempt: Attempt, *, dead: bool) -> None:
        now = run.clock.now()
        state = DeliveryState.DEAD if dead else DeliveryState.PENDING
        if attempt.is_success:
            state = DeliveryState.DELIVERED
        entry = {
            "at": now.isoformat(),
            "status": attempt.status,
            "latencyMs": attempt.latency_ms,
            "error": attempt.error,
        }
        async with run.connections.transaction(run.tenant_id) as connection:
            await connection.execute(
                sql.RECORD_ATTEMPT,
                run.tenant_id,
                row["id"],
                state.value,
                attempt.status,
                attempt.latency_ms,
                attempt.response,
                attempt.error,
                now,
                msgspec.json.encode([entry]).decode(),
            )
            if row["event_id"] is None:
                return  # a test says nothing about how the endpoint fares
            if attempt.is_success:
                await connection.execute(sql.NOTE_SUCCESS, run.tenant_id, row["endpoint_id"])
            else:
                await self._note_failure(connection, run, row["endpoint_id"], attempt, now)

    async def _note_failure(self, connection: Any, run: Run, endpoint_id: str, attempt: Attempt, now: datetime) -> None:
        since = await connection.fetchval(sql.NOTE_FAILURE, run.tenant_id, endpoint_id, now)
        if attempt.status == _GONE:
            reason = "The server answered 410: it wants no more messages."
        elif since is not None and now - since > timedelta(days=self.policy.disable_after_days):
            reason = f"No delivery has succeeded for {self.policy.disable_after_days:g} days: {attempt.error}"
        else:
            return
        reason = reason[:300]
        if await connection.fetchval(sql.DISABLE_ENDPOINT, run.tenant_id, endpoint_id, reason, now) is not None:
            actor = Actor("", ActorKind.SYSTEM, "webhooks", ())
            changes = {"enabled": [True, False], "disabled_reason": ["", reason]}
            cause = Cause(f"job-{run.job_id}")
            await append(
                connection,
                EventDraft(
                    run.tenant_id, "update", ENDPOINT_OBJECT, endpoint_id, actor, changes, cause, run.model.version
                ),
            )


def is_final(attempt: Attempt) -> bool:
    """Whether trying again is pointless: the receiver says that the URL is gone."""
    return attempt.status == _GONE


def _delay_s(policy: WebhookPolicy, attempt: int) -> float:
    """Seconds until the attempt after number `attempt`, by the policy's schedule."""
    return Retries(policy.schedule_s, policy.jitter).delay_s(attempt) or 0.0


def retry_after_s(header: str, now: datetime | None = None) -> float:
    """What a Retry-After header asks for in seconds, at most a day; 0 when it cannot be read."""
    if header.isdecimal():
        return min(float(header), _MAX_RETRY_AFTER_S)
    try:
        at = parsedate_to_datetime(header)
    except ValueError:
        return 0.0
    if at.tzinfo is None:
        at = at.replace(tzinfo=UTC)
    seconds = (at - (now or datetime.now(UTC))).total_seconds()
    return min(max(0.0, seconds), _MAX_RETRY_AFTER_S)


async def prune_deliveries(connections: Connections, policy: WebhookPolicy, clock: Clock) -> int:
    """Remove settled deliveries that are older than the policy keeps them; returns how many."""
    before = clock.now() - timedelta(days=policy.retention_days)
    total = 0
    removed = _PRUNE_BATCH
    while removed == _PRUNE_BATCH:
        async with connections.acquire() as connection:
            tag: str = await connection.execute(sql.PRUNE_DELIVERIES, before, _PRUNE_BATCH)
        removed = int(tag.removeprefix("DELETE "))
        total += removed
    return total


def _since(started: float) -> int:
    return round((time.monotonic() - started) * 1000)
