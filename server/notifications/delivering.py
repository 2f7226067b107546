"""The second handler of messages: one message by one channel, and what comes of it.

    look ──go──▶ send ──taken──▶ wait, unread ──▶ look at the next channel
      │            └──refused──▶ retry … failed ──▶ look at the next channel at once
      └──hold──▶ flush: everything that is held for the person by then, in one message

A message may reach a channel twice when the worker dies between its answer and our record; its id is the same then.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec
import structlog
import uuid_utils

from server.events.handlers import GiveUpError, Handler, RetryLaterError, Run
from server.events.jobs import JobDraft, add_jobs
from server.events.timers import TimerDraft, set_timer
from server.notifications import sql
from server.notifications.deciding import Go, Hold, Over, Wait, step
from server.notifications.definitions import Channel, Channels, DeliveryState, Outgoing, Receiver, SendError
from server.notifications.receiving import receiver_of

__all__ = ["DELIVER", "FLUSH", "Deliverer", "delivering_handlers", "delivery_payload", "look_later"]

DELIVER = "notifications.deliver"
FLUSH = "notifications.flush"

_HOUR = timedelta(hours=1)
_MAX_TOGETHER = 50
_log = structlog.get_logger("tangram.notifications")


def delivery_payload(message_id: str, place: int) -> dict[str, Any]:
    """What a job or timer of DELIVER carries: a message and the place of a channel."""
    return {"message": message_id, "place": place}


@dataclass(frozen=True, slots=True)
class _Attempt:
    """What came of one attempt."""

    ms: int
    error: str = ""
    final: bool = False
    wait_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Deliverer:
    """Sends messages.

    Attributes:
        channels: Those of this server, the inbox left out.
    """

    channels: Channels

    async def deliver(self, run: Run) -> None:
        """Look at the channels of a message from a place on, and send by the first that can."""
        message_id, place = run.payload["message"], run.payload["place"]
        taken = ""
        while not taken:
            async with run.connections.transaction(run.tenant_id) as connection:
                row = await connection.fetchrow(sql.MESSAGE, run.tenant_id, message_id)
                now = run.clock.now()
                if row is None or row["read_at"] is not None or row["expires_at"] <= now:
                    return
                receiver = receiver_of(row, row["user_id"], run.model.settings)
                preference = receiver.preference
                wanted = preference.channels[place] if place < len(preference.channels) else ""
                await connection.execute(sql.ONE_AT_A_TIME, f"{run.tenant_id}:{receiver.id}:{wanted}")
                lately = await connection.fetch(
                    sql.SENT_LATELY, run.tenant_id, receiver.id, wanted, now - _HOUR, message_id
                )
                sent = [one["at"] for one in lately]
                decided = step(preference, place, urgent=row["urgent"], now=now, sent=sent)
                if isinstance(decided, Over):
                    return
                if isinstance(decided, Wait):
                    await look_later(connection, run.tenant_id, message_id, place + 1, decided.until)
                    return
                found = await self._take(run, connection, row, receiver, decided)
                if found is None:
                    return
                if found and isinstance(decided, Hold):
                    await self._hold(run, connection, receiver, decided, found)
                    return
                taken = found
                place += 0 if taken else 1
        outgoing = await _outgoing(run, row, receiver)
        deliveries = [(taken, message_id)]
        failed = await self._send(run, self.channels[wanted], outgoing, deliveries, receiver)
        if failed:
            await _go_on(run, receiver, wanted, deliveries, failed)

    async def _take(
        self, run: Run, connection: Any, row: Mapping[str, Any], receiver: Receiver, decided: Go | Hold
    ) -> str | None:
        """The delivery by a channel; empty where the next is to be looked at, None where another run sees to it."""
        delivery = await connection.fetchrow(
            sql.TAKE, run.tenant_id, str(uuid_utils.uuid7()), row["id"], receiver.id, decided.channel, run.clock.now()
        )
        state = DeliveryState(delivery["state"])
        if state is DeliveryState.SENT or (state is DeliveryState.HELD and isinstance(decided, Go)):
            return None
        if state is DeliveryState.SKIPPED or (state is DeliveryState.FAILED and run.attempt > 1):
            return ""
        reason = self._cannot(decided.channel, receiver)
        if reason:
            await connection.execute(sql.SKIP, run.tenant_id, delivery["id"], reason)
            return ""
        return str(delivery["id"])

    def _cannot(self, name: str, receiver: Receiver) -> str:
        channel = self.channels.get(name)
        if channel is None:
            return f"There is no channel '{name}'."
        if not channel.is_ready:
            return f"The channel '{name}' is not set up on this server: {', '.join(channel.settings)}."
        if not channel.address(receiver):
            return f"The channel '{name}' cannot reach this person."
        return ""

    async def _hold(self, run: Run, connection: Any, receiver: Receiver, decided: Hold, delivery: str) -> None:
        await connection.execute(sql.HOLD, run.tenant_id, delivery, decided.until)
        payload = {"user": receiver.id, "channel": decided.channel, "until": decided.until.isoformat()}
        key = f"{receiver.id}:{decided.channel}:{decided.until.isoformat()}"
        stream = f"{FLUSH}:{receiver.id}:{decided.channel}"
        await set_timer(connection, TimerDraft(run.tenant_id, FLUSH, key, decided.until, payload, stream))

    async def flush(self, run: Run) -> None:
        """Send what is held for somebody by a channel and due, in one message."""
        channel = self.channels.get(run.payload["channel"])
        async with run.connections.transaction(run.tenant_id) as connection:
            rows = await connection.fetch(
                sql.TAKE_HELD, run.tenant_id, run.payload["user"], run.payload["channel"], run.clock.now(), 1_000
            )
            wanted = [row for row in rows if row["read_at"] is None and row["expires_at"] > run.clock.now()]
            for row in rows:
                if row not in wanted:
                    await connection.execute(sql.SKIP, run.tenant_id, row["id"], "It was read before it was due.")
            if not wanted:
                return
            message = await connection.fetchrow(sql.MESSAGE, run.tenant_id, wanted[0]["notification"])
            reason = "The account is closed."
            if message is not None:
                receiver = receiver_of(message, message["user_id"], run.model.settings)
                reason = self._cannot(run.payload["channel"], receiver)
            if reason or channel is None:
                for row in wanted:
                    await connection.execute(sql.SKIP, run.tenant_id, row["id"], reason)
                return
        if len(wanted) == 1:
            outgoing = await _outgoing(run, {**dict(wanted[0]), "id": wanted[0]["notification"]}, receiver)
        else:
            outgoing = await _together(run, wanted, receiver)
        deliveries = [(row["id"], row["notification"]) for row in wanted]
        failed = await self._send(run, channel, outgoing, deliveries, receiver)
        if failed:
            await _go_on(run, receiver, channel.name, deliveries, failed)

    async def _send(
        self,
        run: Run,
        channel: Channel,
        outgoing: Outgoing,
        deliveries: Sequence[tuple[str, str]],
        receiver: Receiver,
    ) -> str:
        """Send, and note what came of it; gives why it failed for good, or nothing.

        Raises:
            RetryLaterError: It is to be tried again.
        """
        attempt = await _attempt(channel, outgoing)
        delay_s = channel.retries.delay_s(run.attempt)
        gave_up = bool(attempt.error) and (attempt.final or delay_s is None or run.is_last_attempt)
        state = DeliveryState.FAILED if gave_up else DeliveryState.WAITING if attempt.error else DeliveryState.SENT
        now = run.clock.now()
        entry = msgspec.json.encode([{"at": now, "ms": attempt.ms, "error": attempt.error}]).decode()
        async with run.connections.transaction(run.tenant_id) as connection:
            ids = [delivery for delivery, _message in deliveries]
            await connection.execute(sql.RECORD_TRY, run.tenant_id, ids, state.value, entry, attempt.error, now)
            if state is DeliveryState.SENT:
                place = _after(receiver, channel.name)
                if place < len(receiver.preference.channels):
                    until = now + timedelta(minutes=receiver.preference.unread_minutes)
                    for _delivery, message in deliveries:
                        await look_later(connection, run.tenant_id, message, place, until)
            elif state is DeliveryState.WAITING and run.handler == FLUSH:
                await _hold_again(connection, run, ids, now)
        if state is DeliveryState.WAITING:
            raise RetryLaterError(attempt.error, max(delay_s or 0.0, attempt.wait_s))
        if gave_up:
            _log.warning("a message was not sent", channel=channel.name, tenant=run.tenant_id, error=attempt.error)
        return attempt.error if gave_up else ""


_DIGEST: Mapping[str, tuple[str, str]] = {
    "zh": ("您有 {} 条未读消息", "……还有 {} 条"),
    "en": ("You have {} unread messages", "… and {} more"),
}


def _after(receiver: Receiver, channel: str) -> int:
    """The place of the channel that follows."""
    names = receiver.preference.channels
    return names.index(channel) + 1 if channel in names else len(names)


async def _go_on(
    run: Run, receiver: Receiver, channel: str, deliveries: Sequence[tuple[str, str]], failed: str
) -> None:
    """Each message goes on to the channel that follows; where there is none, somebody has to look.

    Raises:
        GiveUpError: There is none; the job is kept as a dead letter, and retried from there it sends again.
    """
    place = _after(receiver, channel)
    if place >= len(receiver.preference.channels):
        raise GiveUpError(failed)
    drafts = [
        JobDraft(
            handler=DELIVER,
            key=f"{message}:{place}:after",
            next_at=run.clock.now(),
            payload=delivery_payload(message, place),
        )
        for _delivery, message in deliveries
    ]
    async with run.connections.transaction(run.tenant_id) as connection:
        await add_jobs(connection, run.tenant_id, drafts)


async def _outgoing(run: Run, row: Mapping[str, Any], receiver: Receiver) -> Outgoing:
    return Outgoing(
        row["id"],
        run.tenant_id,
        await _tenant_name(run),
        receiver,
        row["title"],
        row["body"],
        row["event"],
        row["created_at"],
        row["urgent"],
    )


async def _together(run: Run, rows: Sequence[Mapping[str, Any]], receiver: Receiver) -> Outgoing:
    title, more = _DIGEST.get(receiver.preference.language, _DIGEST["en"])
    shown = rows[:_MAX_TOGETHER]
    lines = [f"· {row['title']}" for row in shown]
    if len(rows) > len(shown):
        lines.append(more.format(len(rows) - len(shown)))
    return Outgoing(
        f"digest-{rows[0]['id']}",
        run.tenant_id,
        await _tenant_name(run),
        receiver,
        title.format(len(rows)),
        "\n".join(lines),
        "digest",
        run.clock.now(),
        items=[(row["title"], row["body"]) for row in shown],
    )


async def _attempt(channel: Channel, outgoing: Outgoing) -> _Attempt:
    started = time.monotonic()

    def ms() -> int:
        return round((time.monotonic() - started) * 1_000)

    try:
        async with asyncio.timeout(channel.timeout_s):
            await channel.send(outgoing)
    except TimeoutError:
        return _Attempt(ms(), f"No answer within {channel.timeout_s:g} s.")
    except SendError as error:
        return _Attempt(ms(), str(error)[:500] or "It was refused.", error.final, error.wait_s)
    return _Attempt(ms())


async def look_later(connection: Any, tenant_id: str, message_id: str, place: int, until: datetime) -> None:
    """Have the channel at a place looked at from an instant on, if the message is unread then."""
    payload = delivery_payload(message_id, place)
    await set_timer(connection, TimerDraft(tenant_id, DELIVER, f"{message_id}:{place}", until, payload))


async def _hold_again(connection: Any, run: Run, deliveries: Sequence[str], now: datetime) -> None:
    """What was tried together without success is tried together again."""
    for delivery in deliveries:
        await connection.execute(sql.HOLD, run.tenant_id, delivery, now)


async def _tenant_name(run: Run) -> str:
    async with run.connections.acquire(run.tenant_id) as connection:
        name: str = await connection.fetchval(sql.TENANT_NAME, run.tenant_id)
        return name


def delivering_handlers(deliverer: Deliverer) -> Sequence[Handler]:
    """The handlers that send; how often is a channel's own matter, within what handlers have."""
    return [Handler(DELIVER, deliverer.deliver, always=True), Handler(FLUSH, deliverer.flush, always=True)]
