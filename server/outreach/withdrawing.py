"""Somebody unsubscribes by the link of a message: consent is withdrawn, by the ordinary write path, once.

Where the message came from is told by its row, and by the actor of the write; when, by both. Looking at the link does
nothing, for mail readers look at links by themselves; whoever sends the form, or the reader's own button
(RFC 8058), means it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from metadata.fields.relations import relation_of
from metadata.flows.terms import expression_of
from metadata.flows.values import UpdateSettings
from metadata.model.tenant import TenantModel, field_of
from metadata.model.values import ObjectType
from metadata.problems import NotFoundError
from server.access.plan import ADMINISTRATOR
from server.context import Actor, ActorKind, Context
from server.database.connections import Connections
from server.events.log import append
from server.outreach import sql
from server.outreach.tracking import Clock, MessageLinks, told
from server.records.facts import Facts
from server.records.problems import StaleModelError
from server.records.writing.running import WriteRun
from server.records.writing.saving import RecordWriter
from server.tenants import TenantOf

__all__ = ["Withdrawing"]

_MAX_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Withdrawing:
    """Withdraws consent.

    Attributes:
        connections: The pool.
        links: Reads tokens.
        writer: Writes records.
        tenant_of: A tenant by id.
        refresh: The same with a fresh look.
        clock: The one clock.
        nudge: Called after consent was withdrawn, to wake the relay.
    """

    connections: Connections
    links: MessageLinks
    writer: RecordWriter
    tenant_of: TenantOf
    refresh: TenantOf
    clock: Clock
    nudge: Callable[[], None]
    facts: Facts = field(default_factory=Facts)

    async def sender(self, token: str) -> str | None:
        """The name of the tenant whose message it is; None where nothing can be unsubscribed by this token."""
        known = self.links.read(token, self.clock.now())
        if known is None:
            return None
        tenant_id, message = known
        async with self.connections.transaction(tenant_id) as connection:
            row = await connection.fetchrow(sql.MESSAGE, tenant_id, message)
            model = (await self.tenant_of(tenant_id)).model
            if row is None or _settings(model, row) is None:
                return None
            name: str | None = await connection.fetchval(sql.TENANT_NAME, tenant_id)
            return name

    async def withdraw(self, token: str) -> bool:
        """Withdraw consent; False where there is nothing to withdraw by this token. Done twice, it is done once."""
        known = self.links.read(token, self.clock.now())
        if known is None:
            return False
        tenant_id, message = known
        for attempt in range(_MAX_ATTEMPTS):
            try:
                async with self.connections.transaction(tenant_id) as connection:
                    found = await self._withdraw(connection, tenant_id, message)
                self.nudge()
                return found
            except StaleModelError:
                if attempt == _MAX_ATTEMPTS - 1:
                    raise
                await self.refresh(tenant_id)
            except NotFoundError:  # the record was deleted: nobody is left to be told anything
                return False
        raise AssertionError("the loop returns or raises")

    async def _withdraw(self, connection: Any, tenant_id: str, message: str) -> bool:
        row = await connection.fetchrow(sql.HELD, tenant_id, message)
        loaded = await self.tenant_of(tenant_id)
        model = loaded.model
        settings = None if row is None else _settings(model, row)
        object_type = None if row is None else next((one for one in model if one.table == row["object"]), None)
        if settings is None or object_type is None:
            return False
        now = self.clock.now()
        if await connection.fetchval(sql.UNSUBSCRIBED, tenant_id, message, now) is None:
            return True
        actor = Actor("", ActorKind.SYSTEM, f"unsubscribed from {row['channel']}", ())
        context = Context(model, actor, ADMINISTRATOR, loaded.epoch)
        await self._write(connection, context, object_type, row["record_id"], settings)
        await append(connection, told(row, "unsubscribed", tenant_id))
        return True

    async def _write(
        self, connection: Any, context: Context, object_type: ObjectType, record: str, settings: UpdateSettings
    ) -> None:
        now = self.clock.now()
        path = f"{settings.target}.id" if settings.target else "id"
        texts = [path, *(text for one in settings.values if (text := expression_of(one.value)))]
        found = await self.facts.values(connection, context, object_type.name, record, texts, instant=now)
        if found is None or not found[path]:
            raise NotFoundError.single("unknown_record", f"There is no {object_type.name} {record}.")
        values = {
            one.field: found[text] if (text := expression_of(one.value)) else one.value for one in settings.values
        }
        written = _target(context.model, object_type, settings.target)
        await self.writer.update(connection, WriteRun(context, now), written, found[path], values, None)


def _settings(model: TenantModel, row: Mapping[str, Any]) -> UpdateSettings | None:
    channel = model.contact_channels.get(row["channel"])
    return None if channel is None else channel.unsubscribe


def _target(model: TenantModel, object_type: ObjectType, target: str) -> ObjectType:
    found = field_of(object_type, target) if target else None
    relation = None if found is None else relation_of(found)
    return object_type if relation is None else model.object(relation.to)
