"""Who is in a segment and who is not any more: the difference of two sets, a batch in a transaction.

What is asked is asked in PostgreSQL, so that a million records that come in at once are a thousand short transactions
and never more than a batch of rows, or of events, in one of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from metadata.expressions.text import parse
from metadata.model.tenant import TenantModel
from metadata.segments.values import Segment
from server.access.plan import ADMINISTRATOR
from server.context import Context
from server.events.log import append_all, draft_for
from server.records.compiler import Compiler
from server.records.facts import Facts
from server.records.layout import Layout
from server.records.run_values import values_for
from server.segments import sql

__all__ = ["BATCH", "MEMBER_OBJECT", "Members"]

BATCH = 1_000
"""Records that come in or go out in one transaction."""

MEMBER_OBJECT = "segment__member"
"""What events of segments are about; no table of a tenant's is called so."""

PAGE = 20_000
"""Records that are looked at by one statement at most, so that it comes to an end however few of them move."""

_FIRST = "00000000-0000-0000-0000-000000000000"
_LAST = "ffffffff-ffff-ffff-ffff-ffffffffffff"


@dataclass(eq=False)
class Members:
    """Keeps members; holds nothing of them."""

    facts: Facts = field(default_factory=Facts)

    async def judge(
        self, connection: Any, context: Context, segment: Segment, causes: Mapping[str, Sequence[int]], now: datetime
    ) -> None:
        """Look at some records: those that have come to meet the condition enter, those that no longer do leave.

        Args:
            connection: In a transaction.
            context: The tenant.
            segment: Which one.
            causes: The records, each with the events for which it is looked at.
            now: The instant.
        """
        tenant_id, records = context.model.tenant_id, sorted(causes)
        await self._lock(connection, context, segment)
        found = await self.facts.many(connection, context, segment.object, records, [segment.when], instant=now)
        met = {record for record, values in found.items() if values[segment.when] is True}
        rows = await connection.fetch(sql.AMONG, tenant_id, segment.name, records)
        members = {row["record_id"] for row in rows}
        await self._enter(connection, context, segment, sorted(met - members), now, tell=True, causes=causes)
        await self._leave(connection, context, segment, sorted(members - met), tell=True, causes=causes)

    async def sweep(
        self, connection: Any, context: Context, segment: Segment, after: str, now: datetime, *, tell: bool
    ) -> str:
        """Let the next batch in that meets the condition and is not in; where to go on, or nothing at the end."""
        await self._lock(connection, context, segment)
        table = Layout(context.model).table_of(context.model.object(segment.object))
        until = await connection.fetchval(sql.NEXT_RECORD.format(table=table), after or _FIRST, PAGE - 1)
        found = await _fetch(connection, context, *_newcomers(context.model, segment), segment, after, until, now)
        await self._enter(connection, context, segment, found, now, tell=tell)
        return found[-1] if len(found) == BATCH else until or ""

    async def weed(
        self, connection: Any, context: Context, segment: Segment, after: str, now: datetime, *, tell: bool
    ) -> str:
        """Let the next batch out that is in and does not meet the condition; where to go on, or nothing at the end."""
        await self._lock(connection, context, segment)
        until = await connection.fetchval(
            sql.NEXT_MEMBER, context.model.tenant_id, segment.name, after or _FIRST, PAGE - 1
        )
        found = await _fetch(connection, context, *_leavers(context.model, segment), segment, after, until, now)
        await self._leave(connection, context, segment, found, tell=tell)
        return found[-1] if len(found) == BATCH else until or ""

    async def _lock(self, connection: Any, context: Context, segment: Segment) -> None:
        await connection.execute(sql.LOCK, f"{context.model.tenant_id}:{segment.name}")

    async def _enter(
        self, connection: Any, context: Context, segment: Segment, records: Sequence[str], now: datetime, *,
        tell: bool, causes: Mapping[str, Sequence[int]] | None = None,
    ) -> None:  # fmt: skip
        if records:
            rows = await connection.fetch(sql.ENTER, context.model.tenant_id, segment.name, list(records), now)
            if tell:
                await _tell(connection, context, segment, "entered", [row["record_id"] for row in rows], causes)

    async def _leave(
        self, connection: Any, context: Context, segment: Segment, records: Sequence[str], *,
        tell: bool, causes: Mapping[str, Sequence[int]] | None = None,
    ) -> None:  # fmt: skip
        if records:
            rows = await connection.fetch(sql.LEAVE, context.model.tenant_id, segment.name, list(records))
            if tell:
                await _tell(connection, context, segment, "left", [row["record_id"] for row in rows], causes)


async def _tell(
    connection: Any, context: Context, segment: Segment, kind: str, records: Sequence[str],
    causes: Mapping[str, Sequence[int]] | None,
) -> None:  # fmt: skip
    table = context.model.object(segment.object).table
    drafts = []
    for record in records:
        changes = {"segment": segment.name, "object": table, "record": record}
        draft = draft_for(context, kind, MEMBER_OBJECT, record, changes)
        if causes is not None:
            draft = replace(draft, cause=replace(draft.cause, chain=tuple(causes[record])))
        drafts.append(draft)
    await append_all(connection, drafts)


def _newcomers(model: TenantModel, segment: Segment) -> tuple[Compiler, str]:
    compiler = Compiler(model, ADMINISTRATOR)
    scope = compiler.open(model.object(segment.object))
    conditions = compiler.conditions(scope, parse(segment.when))
    tenant, name = (
        compiler.parameters.placeholder("tenant.id", "::uuid"), compiler.parameters.placeholder("segment", "::text"),
    )  # fmt: skip
    conditions += [
        f"{scope.alias}.id > {compiler.parameters.placeholder('after', '::uuid')}",
        f"{scope.alias}.id <= {compiler.parameters.placeholder('until', '::uuid')}",
        # a value, which is looked up for each record: of members that grow by thousands at once, statistics know too
        # little for a join
        "(select member.record_id from tangram.segment_member as member"
        f" where member.tenant_id = {tenant} and member.segment = {name} and member.record_id = {scope.alias}.id)"
        " is null",
    ]
    text = (
        f"select {scope.alias}.id::text as id {scope.from_clause} where {' and '.join(conditions)}"
        f" order by {scope.alias}.id limit {BATCH}"
    )
    return compiler, text


def _leavers(model: TenantModel, segment: Segment) -> tuple[Compiler, str]:
    compiler = Compiler(model, ADMINISTRATOR)
    scope = compiler.open(model.object(segment.object))
    conditions = [*compiler.conditions(scope, parse(segment.when)), f"{scope.alias}.id = member.record_id"]
    inner = f"select {scope.alias}.id {scope.from_clause} where {' and '.join(conditions)}"
    tenant, name = (
        compiler.parameters.placeholder("tenant.id", "::uuid"), compiler.parameters.placeholder("segment", "::text"),
    )  # fmt: skip
    text = (
        "select member.record_id::text as id from tangram.segment_member as member"
        f" where member.tenant_id = {tenant} and member.segment = {name}"
        f" and member.record_id > {compiler.parameters.placeholder('after', '::uuid')}"
        f" and member.record_id <= {compiler.parameters.placeholder('until', '::uuid')}"
        f" and ({inner}) is null order by member.record_id limit {BATCH}"
    )
    return compiler, text


async def _fetch(
    connection: Any, context: Context, compiler: Compiler, text: str, segment: Segment, after: str,
    until: str | None, now: datetime,
) -> list[str]:  # fmt: skip
    value_of = values_for(
        context, now, {"segment": segment.name, "after": after or _FIRST, "until": until or _LAST}
    )  # fmt: skip
    rows = await connection.fetch(text, *map(value_of, compiler.parameters.names()))
    return [row["id"] for row in rows]
