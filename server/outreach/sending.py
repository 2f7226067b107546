"""A message leaves, waits for its time, or does not leave.

    look ─ too late ─▶ skipped        consent, address ─ of no channel ─▶ skipped
      └─ quiet hours, cap ─▶ look again at the next allowed instant
      └─ leave ─ taken ─▶ sent        └─ refused for good ─▶ the next channel, or failed

Consent, address and words are those of the moment at which it leaves. A message may leave twice when the worker dies
between the channel's answer and our record; its id is the same then.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpcore
import httpx
import msgspec
import structlog

from metadata.fields.times import read_duration
from metadata.messages.approval import is_approved
from metadata.model.tenant import TenantModel
from metadata.model.values import ObjectType
from metadata.outreach.timing import next_allowed
from metadata.outreach.values import ContactChannel
from metadata.problems import TangramError
from server.access.plan import ADMINISTRATOR
from server.context import Actor, ActorKind, Context
from server.events.handlers import RetryLaterError, Run
from server.events.log import append
from server.events.timers import set_timer
from server.notifications.channels.email import EMAIL
from server.notifications.definitions import Channels, Outgoing, Preference, Receiver, SendError
from server.outbound.addresses import AddressRefusedError
from server.outbound.signing import signed_headers
from server.outreach import sql
from server.outreach.queueing import sending_timer
from server.outreach.tracking import MessageLinks, told
from server.outreach.words import Words, body_html, linked, words_of
from server.records.facts import Facts
from server.records.seen_values import RecordReader
from server.tenants import TenantOf

__all__ = ["Sending"]

_RETRIES_S = (10, 60, 300, 1_800)
_TIMEOUT_S = 30.0
_USER_AGENT = "Tangram-Outreach/1"
_GONE = (404, 410, 422)
_WAY_OUT = {"zh": "退订：", "en": "Unsubscribe: "}
_log = structlog.get_logger("tangram.outreach")


@dataclass(frozen=True, slots=True)
class _Leaving:
    """A message that leaves now, by a channel."""

    row: Mapping[str, Any]
    channel: ContactChannel
    address: str
    words: Words
    language: str
    tenant_name: str
    at: datetime
    way_out: str


@dataclass(eq=False)
class Sending:
    """Sends messages to customers.

    Attributes:
        channels: Those of this server; mail goes by its own.
        client: From `webhook_client`, so that only permitted addresses are called.
        links: Makes links.
        tenant_of: A tenant by id.
    """

    channels: Channels
    client: httpx.AsyncClient
    links: MessageLinks
    tenant_of: TenantOf
    facts: Facts = field(default_factory=Facts)
    reader: RecordReader = field(default_factory=RecordReader)

    async def send(self, run: Run) -> None:
        """Look at a message whose time has come."""
        message = run.payload["message"]
        async with run.connections.transaction(run.tenant_id) as connection:
            leaving = await self._look(run, connection, message)
        if leaving is None:
            return
        try:
            async with asyncio.timeout(_TIMEOUT_S):
                await self._leave(run.tenant_id, leaving)
        except TimeoutError:
            await self._refused(run, leaving, SendError("It took too long."))
        except SendError as error:
            await self._refused(run, leaving, error)
        else:
            await self._close(run, message, "sent", "")

    async def _look(self, run: Run, connection: Any, message: str) -> _Leaving | None:
        now, tenant_id = run.clock.now(), run.tenant_id
        row = await connection.fetchrow(sql.HELD, tenant_id, message)
        if row is None or row["state"] != "queued":
            return None
        loaded = await self.tenant_of(tenant_id)
        model = loaded.model
        object_type = next((one for one in model if one.table == row["object"]), None)
        template = model.message_templates.get(row["template"])
        if row["expires_at"] <= now:
            await self._over(connection, row, "skipped", "Its time was over before it could leave.", run)
            return None
        if object_type is None or template is None:
            await self._over(connection, row, "failed", "Its template, or its record's type, is gone.", run)
            return None
        if row["instance_id"] and _is_regulated(model, row["source"]) and not is_approved(template):
            await self._over(connection, row, "skipped", "Its words are not approved, and its flow is regulated.", run)
            return None
        actor = Actor("", ActorKind.SYSTEM, "outreach", ())
        context = Context(model, actor, ADMINISTRATOR, loaded.epoch, run.cause)
        chosen, address, language, why = await self._channel(connection, context, object_type, row, now)
        if chosen is None:
            await self._over(connection, row, "skipped", why, run)
            return None
        since = now - timedelta(seconds=read_duration(chosen.cap_within))
        lately = await connection.fetch(sql.LATELY, tenant_id, row["record_id"], chosen.name, since, message)
        zone = ZoneInfo(model.settings.timezone)
        until = next_allowed(chosen, now, [one["sent_at"] for one in lately], zone)
        if until is not None:
            if until >= row["expires_at"]:
                why = f"Quiet hours or the cap of '{chosen.name}' last until its time is over."
                await self._over(connection, row, "skipped", why, run)
                return None
            await connection.execute(sql.WAITS, tenant_id, message, f"Waits until {until.isoformat()}.")
            await set_timer(connection, sending_timer(tenant_id, message, row["record_id"], until))
            return None
        tenant_name = await connection.fetchval(sql.TENANT_NAME, tenant_id)
        base = self.links.base_of(tenant_id, message, now)
        way_out = f"{base}/unsubscribe" if chosen.unsubscribe is not None else ""
        try:
            words = await words_of(
                connection, context, self.reader, template, object_type, row["record_id"],
                language=language, address=address, tenant_name=tenant_name, now=now, unsubscribe=way_out,
            )  # fmt: skip
        except (ValueError, TangramError) as error:
            _log.warning("a message to a customer cannot be worded", template=template.name, reason=str(error))
            await self._over(connection, row, "failed", f"No words: {error}", run)
            return None
        body, found = linked(words.body, lambda place: f"{base}/{place}", base)
        if way_out and chosen.via == "email" and way_out not in body:
            body = f"{body}\n\n{_WAY_OUT.get(language, _WAY_OUT['en'])}{way_out}"
        links = msgspec.json.encode(found).decode()
        await connection.execute(sql.TAKE, tenant_id, message, chosen.name, address, words.title, links, now)
        return _Leaving(row, chosen, address, Words(words.title, body), language, tenant_name, now, way_out)

    async def _channel(
        self, connection: Any, context: Context, object_type: ObjectType, row: Mapping[str, Any], now: datetime
    ) -> tuple[ContactChannel | None, str, str, str]:
        """The first channel that reaches the customer and that they want; else why there is none."""
        reasons = []
        first = context.model.settings.languages[0]
        for name in row["channels"]:
            channel = context.model.contact_channels.get(name)
            if channel is None or channel.object != object_type.name:
                reasons.append(f"There is no channel '{name}'.")
                continue
            texts = [text for text in (channel.consent, channel.address, channel.language) if text]
            found = await self.facts.values(connection, context, object_type.name, row["record_id"], texts, instant=now)
            if found is None:
                return None, "", "", "The record is no longer there."
            if found[channel.consent] is not True:
                reasons.append(f"No consent to '{name}'.")
            elif not found[channel.address]:
                reasons.append(f"No address for '{name}'.")
            else:
                language = str(found[channel.language] or first) if channel.language else first
                return channel, str(found[channel.address]), language, ""
        return None, "", "", " ".join(reasons)

    async def _over(self, connection: Any, row: Mapping[str, Any], state: str, why: str, run: Run) -> None:
        await connection.execute(sql.DONE, run.tenant_id, row["id"], state, why, run.clock.now())
        await append(connection, told(row, state, run.tenant_id))

    async def _close(self, run: Run, message: str, state: str, why: str) -> None:
        async with run.connections.transaction(run.tenant_id) as connection:
            row = await connection.fetchrow(sql.HELD, run.tenant_id, message)
            if row is not None:
                await connection.execute(sql.DONE, run.tenant_id, message, state, why, run.clock.now())
                await append(connection, told(row, state, run.tenant_id))

    async def _refused(self, run: Run, leaving: _Leaving, error: SendError) -> None:
        """Try again later, go on to the next channel, or give up.

        Raises:
            RetryLaterError: It is tried again.
        """
        message = leaving.row["id"]
        if not error.final and run.attempt <= len(_RETRIES_S) and not run.is_last_attempt:
            raise RetryLaterError(str(error), max(error.wait_s, _RETRIES_S[run.attempt - 1]))
        channels = list(leaving.row["channels"])
        rest = channels[channels.index(leaving.channel.name) + 1 :]
        if not rest:
            await self._close(run, message, "failed", str(error))
            return
        async with run.connections.transaction(run.tenant_id) as connection:
            await connection.execute(sql.NEXT, run.tenant_id, message, rest, f"'{leaving.channel.name}': {error}")
            due = run.clock.now() + timedelta(microseconds=1)
            await set_timer(connection, sending_timer(run.tenant_id, message, leaving.row["record_id"], due))

    async def _leave(self, tenant_id: str, leaving: _Leaving) -> None:
        base = self.links.base_of(tenant_id, leaving.row["id"], leaving.at)
        if leaving.channel.via == "email":
            mail = self.channels.get(EMAIL)
            if mail is None or not mail.is_ready:
                raise SendError("Mail is not set up on this server.", final=True)
            nobody = Preference((), 0, None, ZoneInfo("UTC"), leaving.language)
            receiver = Receiver(leaving.row["record_id"], leaving.address, "", nobody)
            await mail.send(
                Outgoing(
                    leaving.row["id"], tenant_id, leaving.tenant_name, receiver, leaving.words.title,
                    leaving.words.body, leaving.row["template"], leaving.at,
                    html=body_html(leaving.words.body, f"{base}/open.gif"), headers=_one_click(leaving.way_out),
                )
            )  # fmt: skip
            return
        await self._post(tenant_id, leaving, base)

    async def _post(self, tenant_id: str, leaving: _Leaving, base: str) -> None:
        way_out = {"unsubscribeUrl": leaving.way_out} if leaving.way_out else {}
        body = msgspec.json.encode(
            {
                "type": "message", "id": leaving.row["id"], "channel": leaving.channel.name, "to": leaving.address,
                "title": leaving.words.title, "body": leaving.words.body, "language": leaving.language,
                "template": leaving.row["template"], "at": leaving.at, "statusUrl": f"{base}/status", **way_out,
            }
        ).decode()  # fmt: skip
        secret = self.links.secret_of(tenant_id)
        headers = {
            # receivers compare the timestamp with real time, so it is not the movable clock's
            **signed_headers(f"msg_{leaving.row['id']}", datetime.now(UTC), body, [secret]),
            "content-type": "application/json",
            "user-agent": _USER_AGENT,
        }
        try:
            async with self.client.stream(
                "POST", leaving.channel.url, content=body.encode(), headers=headers
            ) as response:
                status, is_success = response.status_code, response.is_success
        except AddressRefusedError as error:
            raise SendError(str(error), final=True) from error
        except (httpcore.TimeoutException, httpx.TimeoutException) as error:
            raise SendError("The gateway took too long to answer.") from error
        except (httpcore.NetworkError, httpcore.ProtocolError, httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            raise SendError(f"No answer: {type(error).__name__}.") from error
        if not is_success:
            raise SendError(f"The gateway answered {status}.", final=status in _GONE)


def _one_click(way_out: str) -> Mapping[str, str]:
    """Headers by which mail readers offer to unsubscribe.

    Source:
        RFC 8058, "Signaling One-Click Functionality for List Email Headers", section 3.1.
    """
    if not way_out:
        return {}
    return {"List-Unsubscribe": f"<{way_out}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


def _is_regulated(model: TenantModel, flow: str) -> bool:
    """Whether a flow sends approved words alone."""
    return flow in model.flows and model.flows[flow].regulated
