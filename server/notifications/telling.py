"""The first handler of messages: an event → rows of inboxes, page by page, so that audiences may be of any size.

A page is one transaction: its messages, the job of the next page, and the first look at each message's channels. The
job's key names event, notice and page, so that a page that ran is not run again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import msgspec
import uuid_utils

from server.access.snapshots import Snapshots
from server.context import Context
from server.events.bus import Bus
from server.events.bus import Notice as LiveNotice
from server.events.handlers import GiveUpError, Handler, RetryLaterError, Run
from server.events.jobs import JobDraft, add_jobs
from server.identity.standing import actor_of
from server.notifications import sql
from server.notifications.definitions import INBOX, Notice, Receiver
from server.notifications.delivering import DELIVER, delivery_payload, look_later
from server.notifications.hearing import interest, notices_of
from server.notifications.receiving import PAGE, page_of
from server.notifications.wording import Wording, Words
from server.tenants import LoadedTenant, TenantOf

__all__ = ["PAGE_HANDLER", "Teller", "telling_handlers", "topic_of"]

TELL_HANDLER = "notifications.tell"
PAGE_HANDLER = "notifications.page"


def topic_of(user_id: str) -> str:
    """The topic of the bus that somebody's new messages are told on."""
    return f"notification:{user_id}"


@dataclass(frozen=True, slots=True)
class _Told:
    """A message that is new."""

    id: str
    user_id: str


class Teller:
    """Writes messages into inboxes."""

    def __init__(
        self, wording: Wording, snapshots: Snapshots, bus: Bus, tenant_of: TenantOf, refresh: TenantOf
    ) -> None:
        self._wording = wording
        self._snapshots = snapshots
        self._bus = bus
        self._tenant_of = tenant_of
        self._refresh = refresh

    async def tell(self, run: Run) -> None:
        """Tell the first page of each notice of an event."""
        await self._pages(run, [(place, None) for place in range(len(notices_of(run.event, run.model)))])

    async def page(self, run: Run) -> None:
        """Tell a further page."""
        await self._pages(run, [(run.payload["notice"], run.payload["after"])])

    async def _pages(self, run: Run, pages: Sequence[tuple[int, str | None]]) -> None:
        told: list[_Told] = []
        async with run.once() as connection:
            if connection is None:
                return
            loaded = await self._tenant_of(run.tenant_id)
            if await connection.fetchval(sql.EPOCH, run.tenant_id) != loaded.epoch:
                await self._refresh(run.tenant_id)
                raise RetryLaterError("The tenant's configuration has changed.", 0.1)
            notices = notices_of(run.event, loaded.model)
            for place, after in pages:
                if place >= len(notices):
                    raise GiveUpError("The event has nothing more to tell.")
                told += await self._page(run, connection, loaded, place, notices[place], after)
        for one in told:  # after the commit, so that whoever is told can read it
            live = LiveNotice(run.event.id, "create", "notification", one.id, (), run.model.version)
            await self._bus.tell(run.tenant_id, topic_of(one.user_id), live)

    async def _page(
        self, run: Run, connection: Any, loaded: LoadedTenant, place: int, notice: Notice, after: str | None
    ) -> list[_Told]:
        settings = loaded.model.settings
        receivers = await page_of(connection, run.tenant_id, settings, notice.audience, after)
        key = f"{run.event.id}:{place}"
        if len(receivers) == PAGE:
            last = receivers[-1].id
            draft = JobDraft(
                handler=PAGE_HANDLER,
                key=f"{key}:{last}",
                next_at=run.clock.now(),
                event_ids=(run.event.id,),
                payload={"notice": place, "after": last},
            )
            await add_jobs(connection, run.tenant_id, [draft])
        rows = await self._rows(run, connection, loaded, notice, key, receivers)
        if not rows:
            return []
        text = msgspec.json.encode(rows).decode()
        new = await connection.fetch(sql.INSERT, run.tenant_id, text, run.clock.now())
        told = [_Told(row["id"], row["user_id"]) for row in new]
        await self._first_steps(run, connection, told, receivers)
        return told

    async def _rows(
        self, run: Run, connection: Any, loaded: LoadedTenant, notice: Notice, key: str, receivers: Sequence[Receiver]
    ) -> list[dict[str, Any]]:
        now = run.clock.now()
        tenant_name = await connection.fetchval(sql.TENANT_NAME, run.tenant_id)
        known: dict[Any, Any] = {}
        rows = []
        for receiver in receivers:
            actor = await actor_of(connection, run.tenant_id, receiver.id)
            if actor is None:
                continue
            access = await self._snapshots.plan(loaded.model, actor.roles, actor.id)
            context = Context(loaded.model, actor, access, loaded.epoch, run.cause)
            words = await self._wording.words(
                connection, context, notice, receiver, instant=now, tenant_name=tenant_name, known=known
            )
            if notice.event in receiver.preference.muted and not words.urgent:
                continue
            rows.append(
                {
                    "id": str(uuid_utils.uuid7()),
                    "user_id": receiver.id,
                    "key": key,
                    "event": notice.event,
                    "template": words.template,
                    "language": words.language,
                    "title": words.title,
                    "body": words.body,
                    "urgent": words.urgent,
                    **_about(notice, words),
                    "detail": dict(notice.detail),
                    "fault": words.fault,
                    "expires_at": now + words.expires_in,
                }
            )
        return rows

    async def _first_steps(
        self, run: Run, connection: Any, told: Sequence[_Told], receivers: Sequence[Receiver]
    ) -> None:
        """A look at the channels of each message, where there are more than the inbox; later, if that is first."""
        preferences = {one.id: one.preference for one in receivers}
        now = run.clock.now()
        for one in told:
            channels = preferences[one.user_id].channels
            if channels[:1] == (INBOX,) and len(channels) > 1:
                until = now + timedelta(minutes=preferences[one.user_id].unread_minutes)
                await look_later(connection, run.tenant_id, one.id, 1, until)
        drafts = [
            JobDraft(
                handler=DELIVER,
                key=f"{one.id}:0",
                next_at=now,
                payload=delivery_payload(one.id, 0),
            )
            for one in told
            if preferences[one.user_id].channels[:1] not in ((), (INBOX,))
        ]
        await add_jobs(connection, run.tenant_id, drafts)


def _about(notice: Notice, words: Words) -> dict[str, Any]:
    """The record, for a receiver who may see it."""
    if not words.sees_record:
        return {"object": "", "record_id": None}
    return {"object": notice.table, "record_id": notice.record_id}


def telling_handlers(teller: Teller) -> Sequence[Handler]:
    """The handlers that write messages."""
    return [
        Handler(TELL_HANDLER, teller.tell, interest=interest, atomic=True),
        Handler(PAGE_HANDLER, teller.page, atomic=True),
    ]
