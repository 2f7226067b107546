"""Tags given and taken: the record's field and the reason change in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import msgspec

from metadata.fields.times import read_duration
from metadata.model.values import ObjectType
from metadata.problems import NotFoundError
from metadata.rules.values import TagAction
from metadata.tags.values import TagAlias, TagGroup
from server.automation import Performer, RuleStep
from server.context import Context
from server.events.timers import TimerDraft, set_timer, stop_timer
from server.records.facts import Facts
from server.records.writing.running import WriteRun
from server.records.writing.saving import RecordWriter
from server.tags import sql

__all__ = ["LAPSE", "Given", "Tagging", "tag_performers"]

LAPSE = "tags.lapse"
"""Kind of the timers of tags that lapse."""


@dataclass(frozen=True, slots=True)
class Given:
    """Why a tag is given.

    Attributes:
        source: `manual` or `automation`.
        by: Person, program or rule.
        until: When it lapses; None for good.
        raw: What a platform called each tag, where one did.
    """

    source: str
    by: str
    reason: str = ""
    until: datetime | None = None
    raw: Mapping[str, Sequence[TagAlias]] = field(default_factory=dict)


@dataclass(eq=False)
class Tagging:
    """Gives and takes tags, with the rights of the context; holds nothing of them."""

    writer: RecordWriter
    facts: Facts = field(default_factory=Facts)

    async def give(
        self,
        connection: Any,
        context: Context,
        group: TagGroup,
        record: str,
        tags: Sequence[str],
        given: Given,
        now: datetime,
    ) -> list[str]:
        """Give tags of a group; of an exclusive one the others end. What the record's field holds afterwards."""
        object_type = context.model.object(group.object)
        held = await self._held(connection, context, group, object_type, record, now)
        others = {tag.key for tag in group.tags} - set(tags) if group.exclusive else set()
        after = [tag for tag in held if tag not in others] + [tag for tag in tags if tag not in held]
        tenant_id, table = context.model.tenant_id, object_type.table
        await connection.execute(sql.END, tenant_id, table, record, sorted(others), now, "replaced")
        rows = await connection.fetch(sql.OPEN, tenant_id, table, record)
        known = {row["tag"] for row in rows}
        for tag in tags:
            raw = msgspec.json.encode(given.raw.get(tag, ())).decode()
            if tag in known:
                await connection.execute(sql.PROLONG, tenant_id, table, record, tag, given.until, raw)
            else:
                await connection.execute(
                    sql.ADD, tenant_id, group.name, tag, table, record, given.source, given.by, given.reason, now,
                    given.until, raw,
                )  # fmt: skip
            key = f"{record}:{tag}"
            if given.until is None:
                await stop_timer(connection, tenant_id, LAPSE, key)
            else:
                payload = {"group": group.name, "record": record, "tag": tag, "until": given.until.isoformat()}
                await set_timer(connection, TimerDraft(tenant_id, LAPSE, key, given.until, payload))
        await self._write(connection, context, group, object_type, record, held, after, now)
        return after

    async def take(
        self,
        connection: Any,
        context: Context,
        group: TagGroup,
        record: str,
        tags: Sequence[str],
        why: str,
        now: datetime,
    ) -> list[str]:
        """Take tags away. What the record's field holds afterwards."""
        object_type = context.model.object(group.object)
        held = await self._held(connection, context, group, object_type, record, now)
        after = [tag for tag in held if tag not in tags]
        tenant_id = context.model.tenant_id
        await connection.execute(sql.END, tenant_id, object_type.table, record, list(tags), now, why)
        for tag in tags:
            await stop_timer(connection, tenant_id, LAPSE, f"{record}:{tag}")
        await self._write(connection, context, group, object_type, record, held, after, now)
        return after

    async def _held(
        self, connection: Any, context: Context, group: TagGroup, object_type: ObjectType, record: str, now: datetime
    ) -> list[str]:
        await connection.execute(sql.LOCK, f"{context.model.tenant_id}:{record}")
        known = await self.facts.values(connection, context, object_type.name, record, [group.field], instant=now)
        if known is None:
            raise NotFoundError.single("unknown_record", f"There is no {object_type.name} {record}.", path=("record",))
        return list(known[group.field] or ())

    async def _write(
        self,
        connection: Any,
        context: Context,
        group: TagGroup,
        object_type: ObjectType,
        record: str,
        before: Sequence[str],
        after: Sequence[str],
        now: datetime,
    ) -> None:
        if list(before) != list(after):
            values = {group.field: list(after)}
            await self.writer.update(connection, WriteRun(context, now), object_type, record, values, None)


def tag_performers(tagging: Tagging) -> Sequence[Performer]:
    """Performers of the actions of rules that give and take tags."""

    async def give(step: RuleStep) -> Mapping[str, Any]:
        settings: TagAction = step.settings
        group = step.context.model.tag_groups[settings.group]
        until = step.now + timedelta(seconds=read_duration(settings.valid)) if settings.valid else None
        given = Given("automation", f"{step.by} v{step.number}", step.by, until)
        await tagging.give(step.connection, step.context, group, step.record_id, settings.tags, given, step.now)
        return {"group": group.name, "tags": list(settings.tags), "until": None if until is None else until.isoformat()}

    async def take(step: RuleStep) -> Mapping[str, Any]:
        settings: TagAction = step.settings
        group = step.context.model.tag_groups[settings.group]
        why = step.by
        await tagging.take(step.connection, step.context, group, step.record_id, settings.tags, why, step.now)
        return {"group": group.name, "tags": list(settings.tags)}

    return (Performer("tag", give), Performer("untag", take))
