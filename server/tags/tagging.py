"""Tags given and taken: the record's field and the reason change in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec

from metadata.fields.times import read_duration
from metadata.model.values import ObjectType
from metadata.problems import ConflictError, NotFoundError
from metadata.rules.values import TagAction
from metadata.tags.values import TagAlias, TagGroup
from server.automation import Performer, RuleStep
from server.context import Context
from server.events.timers import TimerDraft, set_timers, stop_timers
from server.records.facts import Facts
from server.records.layout import Layout
from server.records.writing.running import WriteRun
from server.records.writing.saving import RecordWriter
from server.tags import sql

__all__ = ["LAPSE", "Causes", "Given", "Tagging", "tag_performers"]

_SURE, _DIGITS = Decimal(1), Decimal("0.0001")

LAPSE = "tags.lapse"
"""Kind of the timers of tags that lapse."""

Causes = Mapping[str, Sequence[int] | None]
"""Records, each with the events that led to what is done; None where these are the context's."""


@dataclass(frozen=True, slots=True)
class Given:
    """Why a tag is given.

    Attributes:
        source: `manual` or `automation`.
        by: Person, program or rule.
        until: When it lapses; None for good.
        raw: What a platform called each tag, where one did.
        confidence: How sure it is, 0 to 1; None where nobody says.
    """

    source: str
    by: str
    reason: str = ""
    until: datetime | None = None
    raw: Mapping[str, Sequence[TagAlias]] = field(default_factory=dict)
    confidence: Decimal | None = None


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
        causes: Causes,
        tags: Sequence[str],
        given: Given,
        now: datetime,
    ) -> dict[str, list[str]]:
        """Give tags of a group; of an exclusive one the others end.

        Args:
            connection: In a transaction.
            context: Who gives, where.
            group: Of the tags.
            causes: The records, each with the events that led here where they differ.
            tags: Their keys.
            given: Why.
            now: The instant.

        Returns:
            What the field of each record holds afterwards.
        """
        object_type, records = context.model.object(group.object), list(causes)
        held = await self._held(connection, context, group, object_type, records, now)
        others = {tag.key for tag in group.tags} - set(tags) if group.exclusive else set()
        after = {
            record: [tag for tag in has if tag not in others] + [tag for tag in tags if tag not in has]
            for record, has in held.items()
        }
        tenant_id, table = context.model.tenant_id, object_type.table
        await connection.execute(sql.END, tenant_id, table, records, sorted(others), now, "replaced")
        rows = await connection.fetch(sql.OPEN, tenant_id, table, records)
        known = {(row["record"], row["tag"]) for row in rows}
        raw = {tag: msgspec.json.encode(given.raw.get(tag, ())).decode() for tag in tags}
        await connection.execute(
            sql.PROLONG, tenant_id, table, records, given.until, list(raw), list(raw.values()), given.confidence
        )  # fmt: skip
        added = [(record, tag) for record in records for tag in raw if (record, tag) not in known]
        await connection.execute(
            sql.ADD, tenant_id, group.name, table, given.source, given.by, given.reason, now, given.until,
            [record for record, _ in added], [tag for _, tag in added], [raw[tag] for _, tag in added],
            given.confidence,
        )  # fmt: skip
        await self._lapse(connection, tenant_id, group, records, raw, given.until)
        await self._write(connection, context, group, object_type, causes, held, after, now)
        return after

    async def take(
        self,
        connection: Any,
        context: Context,
        group: TagGroup,
        causes: Causes,
        tags: Sequence[str],
        why: str,
        now: datetime,
    ) -> dict[str, list[str]]:
        """Take tags away. What the field of each record holds afterwards."""
        object_type, records = context.model.object(group.object), list(causes)
        held = await self._held(connection, context, group, object_type, records, now)
        after = {record: [tag for tag in has if tag not in tags] for record, has in held.items()}
        tenant_id = context.model.tenant_id
        await connection.execute(sql.END, tenant_id, object_type.table, records, list(tags), now, why)
        await self._lapse(connection, tenant_id, group, records, tags, None)
        await self._write(connection, context, group, object_type, causes, held, after, now)
        return after

    async def _lapse(
        self, connection: Any, tenant_id: str, group: TagGroup, records: Sequence[str], tags: Iterable[str],
        until: datetime | None,
    ) -> None:  # fmt: skip
        """Have tags lapse at an instant, or never."""
        keys = {f"{record}:{tag}": (record, tag) for record in records for tag in tags}
        if until is None:
            await stop_timers(connection, tenant_id, LAPSE, list(keys))
            return
        at = until.isoformat()
        drafts = [
            TimerDraft(tenant_id, LAPSE, key, until, {"group": group.name, "record": record, "tag": tag, "until": at})
            for key, (record, tag) in keys.items()
        ]
        await set_timers(connection, drafts)

    async def _held(
        self, connection: Any, context: Context, group: TagGroup, object_type: ObjectType, records: Sequence[str],
        now: datetime,
    ) -> dict[str, list[str]]:  # fmt: skip
        """What the field of each record holds; nobody else changes the records until the transaction ends."""
        table = Layout(context.model).table_of(object_type)
        locked = f"select from {table} where id = any($1::uuid[]) order by id for no key update"
        await connection.execute(locked, records)
        known = await self.facts.many(connection, context, object_type.name, records, [group.field], instant=now)
        for record in records:
            if record not in known:
                raise NotFoundError.single(
                    "unknown_record", f"There is no {object_type.name} {record}.", path=("record",)
                )
        return {record: list(known[record][group.field] or ()) for record in records}

    async def _write(
        self, connection: Any, context: Context, group: TagGroup, object_type: ObjectType, causes: Causes,
        before: Mapping[str, Sequence[str]], after: Mapping[str, Sequence[str]], now: datetime,
    ) -> None:  # fmt: skip
        values = {record: {group.field: list(has)} for record, has in after.items() if list(before[record]) != has}
        if values:
            led = {record: chain for record in values if (chain := causes[record]) is not None}
            await self.writer.update_each(connection, WriteRun(context, now), object_type, values, led or None)


def tag_performers(tagging: Tagging) -> Sequence[Performer]:
    """Performers of the actions of rules that give and take tags."""

    async def give(steps: Sequence[RuleStep]) -> Sequence[Mapping[str, Any]]:
        first = steps[0]
        settings: TagAction = first.settings
        group = first.context.model.tag_groups[settings.group]
        until = first.now + timedelta(seconds=read_duration(settings.valid)) if settings.valid else None
        meant = [await _meant(step, group) for step in steps]
        for each, causes in _alike(steps, meant).items():
            given = Given("automation", f"{first.by} v{first.number}", first.by, until, confidence=each.confidence)
            await tagging.give(first.connection, first.context, group, causes, each.tags, given, first.now)
        lapses = None if until is None else until.isoformat()
        return [{**one.shown(group), "until": lapses} for one in meant]

    async def take(steps: Sequence[RuleStep]) -> Sequence[Mapping[str, Any]]:
        first = steps[0]
        settings: TagAction = first.settings
        group = first.context.model.tag_groups[settings.group]
        meant = [await _meant(step, group) for step in steps]
        for each, causes in _alike(steps, meant).items():
            await tagging.take(first.connection, first.context, group, causes, each.tags, first.by, first.now)
        return [one.shown(group) for one in meant]

    return (Performer.of_many("tag", give), Performer.of_many("untag", take))


@dataclass(frozen=True, slots=True)
class _Meant:
    """Which tags an action means for a record, and how sure that is."""

    record: str
    tags: tuple[str, ...]
    confidence: Decimal | None

    def shown(self, group: TagGroup) -> dict[str, Any]:
        shown: dict[str, Any] = {"group": group.name, "tags": list(self.tags)}
        return shown if self.confidence is None else {**shown, "confidence": str(self.confidence)}


async def _meant(step: RuleStep, group: TagGroup) -> _Meant:
    """What an action comes to for one record: what is chosen is left out where the group has no such tag.

    Raises:
        ConflictError: `no_record`: nobody is there to be tagged.
    """
    settings: TagAction = step.settings
    target = f"{settings.to}.id" if settings.to else ""
    texts = [text for text in (target, settings.chosen, settings.confidence) if text]
    known = await step.known(texts) if texts else {}
    record = known[target] if target else step.record_id
    if not record:
        raise ConflictError.single(
            "no_record", f"'{settings.to}' leads to no record.", hint="Fill it in, or ask for it in `when`."
        )
    chosen: str = known[settings.chosen] if settings.chosen else ""
    is_there = any(tag.key == chosen and not tag.archived for tag in group.tags)
    sure = known[settings.confidence] if settings.confidence else None
    confidence = None if sure is None else min(max(Decimal(str(sure)), Decimal()), _SURE).quantize(_DIGITS)
    return _Meant(record, settings.tags + ((chosen,) if is_there else ()), confidence)


def _alike(steps: Sequence[RuleStep], meant: Sequence[_Meant]) -> Mapping[_Meant, Causes]:
    """Records that get the same tags as surely, by what they get, each with the events that led here."""
    alike: dict[_Meant, dict[str, Sequence[int] | None]] = {}
    for step, one in zip(steps, meant, strict=True):
        if one.tags:
            alike.setdefault(replace(one, record=""), {})[one.record] = step.context.cause.chain
    return alike
