"""Statements as records, with their lines: written again and again, replaced while they are open, revised afterwards.

A line has the id that its content gives it, so that a run that is repeated writes what is new and removes what is gone.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from metadata.fields.relations import relation_of
from metadata.model.tenant import TenantModel, field_of
from metadata.model.values import ObjectType
from metadata.pricing.values import StatementForm, StatementLines, StatementValue
from server.actions import ActionRun
from server.database.sql import quote_identifier
from server.pricing import sql, statement_sql, storing
from server.pricing.definition import Definition
from server.pricing.explaining import money
from server.pricing.parting import parted, parting_of, published
from server.pricing.service import require_configurer
from server.pricing.windows import next_window
from server.records.facts import Facts
from server.records.layout import Layout
from server.records.writing.removal import RecordRemover
from server.records.writing.running import WriteRun
from server.records.writing.saving import RecordWriter

__all__ = ["StatementRecords"]

Arguments = Mapping[str, Any]
_AT_ONCE = 1_000
"""Lines that one statement writes."""


@dataclass(frozen=True, slots=True)
class _Writing:
    """Statements of one form that are being written.

    Attributes:
        first: Their first day.
        given: What the ledger is parted by.
    """

    definition: Definition
    form: StatementForm
    first: date
    given: Arguments


@dataclass(eq=False)
class StatementRecords:
    """Writes statements, and knows which of them are open."""

    facts: Facts
    writer: RecordWriter
    remover: RecordRemover = field(default_factory=RecordRemover)

    async def write(self, run: ActionRun, given: Arguments) -> dict[str, Any]:
        """`writeStatements`: statements of a day, or its month, as records; run again it replaces, never doubles."""
        require_configurer(run)
        return await self.write_all(run, given["plan"], date.fromisoformat(str(given["day"])))

    async def write_all(self, run: ActionRun, plan: str, day: date) -> dict[str, Any]:
        """The same, of every form of a plan: of the day, or of the month that the day is in."""
        definition = (await published(run, plan))[0]
        await run.connection.execute(sql.HOLD_PLAN, f"{run.tenant_id} {plan} statements")
        counts = {"written": 0, "replaced": 0, "revised": 0, "same": 0}
        for form in definition.plan.statements:
            first = day if form.every == "day" else day.replace(day=1)
            given = {"by": form.by, "day" if form.every == "day" else "period": first}
            for done, number in (await self._write_form(run, _Writing(definition, form, first, given))).items():
                counts[done] += number
        return counts

    async def open_statements(self, run: ActionRun, definition: Definition, period: date) -> Mapping[str, int]:
        """Statements of a month that have not been handed in yet, by form."""
        found: dict[str, int] = {}
        for form in definition.plan.statements:
            if form.every == "month":
                rows = await run.connection.fetch(
                    statement_sql.STATEMENTS, run.tenant_id, definition.plan.name, form.name, period
                )
                waiting = [row for row in rows if await self._is_open(run, form, row["record_id"])]
                found |= {form.name: len(waiting)} if waiting else {}
        return found

    async def _write_form(self, run: ActionRun, writing: _Writing) -> dict[str, int]:
        plan, form = writing.definition.plan.name, writing.form
        pools = await parted(run, writing.definition, statement_sql.POOLS, writing.given, None)
        rows = await run.connection.fetch(statement_sql.STATEMENTS, run.tenant_id, plan, form.name, writing.first)
        known = {row["holder"]: row for row in rows}
        figures: dict[str, dict[str, Any]] = {holder: {} for holder in known}
        for row in pools:
            figures.setdefault(row["holder"], {})[row["component"]] = [int(row["amount"]), row["bookings"]]
        counts: dict[str, int] = {}
        changed: dict[str, str] = {}
        for holder, found in sorted(figures.items()):
            if holder:
                done, record_id = await self._write_one(run, writing, holder, found, known.get(holder))
                counts[done] = counts.get(done, 0) + 1
                changed |= {} if done == "same" else {holder: record_id}
        if form.lines is not None and changed:
            await _Lines(self.writer, self.remover, run, writing, form.lines).write(changed)
        return counts

    async def _write_one(
        self, run: ActionRun, writing: _Writing, holder: str, figures: Mapping[str, Any], known: Any
    ) -> tuple[str, str]:
        """What was done, and the statement's record."""
        form = writing.form
        text = msgspec.json.encode(figures, order="deterministic").decode()
        if known is not None and known["figures"] == text:
            return "same", ""
        object_type = run.context.model.object(form.object)
        revision = 1 if known is None else known["revision"]
        done = "written"
        if known is not None:
            done = "replaced" if await self._is_open(run, form, known["record_id"]) else "revised"
            revision += done == "revised"
        words = _words(writing, holder, figures, revision)
        values = _written(run.context.model, object_type, form.values, words, writing.definition.currency)
        await _let_go(run, object_type, [values])
        write = WriteRun(run.context, run.instant)
        if done == "replaced":
            record_id = str(known["record_id"])
            await self.writer.update(run.connection, write, object_type, record_id, values, None)
        else:
            record_id = storing.new_id()
            await self.writer.create(run.connection, write, object_type, [{"id": record_id, **values}], "input")
        plan = writing.definition.plan.name
        arguments = (run.tenant_id, plan, form.name, holder, writing.first, revision, record_id, text, run.instant)
        await run.connection.execute(statement_sql.SAVE_STATEMENT, *arguments)
        return done, record_id

    async def _is_open(self, run: ActionRun, form: StatementForm, record_id: str) -> bool:
        if not form.replace_while:
            return False
        values = await self.facts.values(
            run.connection, run.context, form.object, str(record_id), [form.replace_while], instant=run.instant
        )
        return values is not None and values[form.replace_while] is True


class _Lines:
    """The lines of statements that have changed."""

    def __init__(
        self,
        writer: RecordWriter,
        remover: RecordRemover,
        run: ActionRun,
        writing: _Writing,
        declared: StatementLines,
    ) -> None:
        self._writer, self._remover, self._run, self._writing, self._declared = writer, remover, run, writing, declared
        self._zone = ZoneInfo(run.context.model.settings.timezone)
        self._object_type = run.context.model.object(declared.object)
        layout = Layout(run.context.model)
        relation = field_of(self._object_type, declared.statement)
        assert relation is not None
        self._table = layout.table_of(self._object_type)
        self._column = quote_identifier(layout.columns(self._object_type, relation)[-1])

    async def write(self, statements: Mapping[str, str]) -> None:
        """Write the lines of statements, by their holders: what is new, without what is gone."""
        taken: set[str] = set()
        batch: list[dict[str, Any]] = []
        known = await self._known([*statements.values()])
        write = WriteRun(self._run.context, self._run.instant)
        connection, object_type = self._run.connection, self._object_type
        arguments = parting_of(self._run, self._writing.definition, self._writing.given, None)
        async for row in connection.cursor(statement_sql.LINES, *arguments, None, prefetch=_AT_ONCE):
            if row["holder"] not in statements:
                continue
            statement = statements[row["holder"]]
            line_id = _line_id(statement, row, taken)
            taken.add(line_id)
            if line_id not in known:
                batch.append({"id": line_id, **self._values(statement, row)})
            elif known.pop(line_id):
                await self._remover.restore(connection, write, object_type, line_id)
            if len(batch) == _AT_ONCE:
                await self._create(write, batch)
                batch = []
        await self._create(write, batch)
        for line_id in (line_id for line_id, is_deleted in known.items() if not is_deleted):
            await self._remover.delete(connection, write, object_type, line_id, None)

    async def _create(self, write: WriteRun, batch: Sequence[dict[str, Any]]) -> None:
        if batch:
            await _let_go(self._run, self._object_type, batch)
            await self._writer.create(self._run.connection, write, self._object_type, batch, "inputs")

    async def _known(self, statements: Sequence[str]) -> dict[str, bool]:
        """Lines that there are or were, and whether they are deleted."""
        text = (
            f"select id::text, deleted_at is not null as gone from {self._table} where {self._column} = any($1::uuid[])"
        )
        return {row["id"]: row["gone"] for row in await self._run.connection.fetch(text, statements)}

    def _values(self, statement: str, row: Any) -> dict[str, Any]:
        marks = msgspec.json.decode(row["dimensions"] or "{}")
        words: dict[str, Any] = {
            "key": row["key"],
            "kind": row["kind"],
            "record": row["record_id"] and str(row["record_id"]),
            "at": row["effective_at"].isoformat(),
            "day": row["effective_at"].astimezone(self._zone).date().isoformat(),
            "period": row["period"].isoformat(),
            "original_period": row["original_period"].isoformat(),
            "component": row["component"] or None,
            "amount": int(row["amount"]),
            "percent": row["percent"],
            "role": row["role"] or None,
            "rule": row["rule"] or None,
            **{f"mark.{name}": value for name, value in marks.items()},
        }
        model, currency = self._run.context.model, row["currency"]
        values = _written(model, self._object_type, self._declared.values, words, currency)
        return {self._declared.statement: {"connect": {"id": statement}}, **values}


async def _let_go(run: ActionRun, object_type: ObjectType, given: Sequence[dict[str, Any]]) -> None:
    """Leave relations open that lead to records which were deleted since: what was booked of them stays."""
    model = run.context.model
    for one in object_type.fields:
        relation = relation_of(one)
        leading = [values for values in given if isinstance(values.get(one.name), dict)] if relation is not None else []
        if relation is None or not leading or relation.to not in model.objects:
            continue
        text = f"select id::text from {Layout(model).table_of(model.object(relation.to))} where id = any($1::uuid[])"
        ids = [values[one.name]["connect"]["id"] for values in leading]
        there = {row["id"] for row in await run.connection.fetch(f"{text} and deleted_at is null", ids)}
        for values, record in zip(leading, ids, strict=True):
            if record not in there:
                values[one.name] = None


def _line_id(statement: str, row: Any, taken: Collection[str]) -> str:
    """The id that a line's content gives it; lines that are alike are told apart by their number."""
    names = ("key", "component", "amount", "percent", "role", "rule", "place", "period")
    content = msgspec.json.encode([str(row[name]) for name in names]).decode()
    found, number = str(uuid.uuid5(uuid.UUID(statement), content)), 0
    while found in taken:
        number += 1
        found = str(uuid.uuid5(uuid.UUID(statement), f"{content} {number}"))
    return found


def _words(writing: _Writing, holder: str, figures: Mapping[str, Any], revision: int) -> dict[str, Any]:
    """What a statement's record may be given; amounts in minor units."""
    amounts = {name: amount for name, (amount, _) in figures.items()}
    first, form = writing.first, writing.form
    last = first if form.every == "day" else date.fromordinal(next_window("month", first).toordinal() - 1)
    return {
        "holder": holder,
        "first_day": first.isoformat(),
        "last_day": last.isoformat(),
        "bookings": max((count for _, count in figures.values()), default=0),
        "revision": revision,
        "turnover": amounts.get("", 0),
        "amount": sum(amount for name, amount in amounts.items() if name),
        **{f"component.{one.name}": amounts.get(one.name, 0) for one in writing.definition.components},
    }


def _written(
    model: TenantModel,
    object_type: ObjectType,
    values: Sequence[StatementValue],
    words: Mapping[str, Any],
    currency: str,
) -> dict[str, Any]:
    """Values of a record's fields, each as its field takes it."""
    found: dict[str, Any] = {}
    for one in values:
        declared, value = field_of(object_type, one.field), words.get(one.value)
        assert declared is not None
        if value is not None and relation_of(declared) is not None:
            value = {"connect": {"id": value}}
        elif one.value in ("turnover", "amount") or one.value.startswith("component."):
            text = money(value or 0, currency)
            value = {"amount": text, "currency": currency} if declared.type == "money" else text
        found[one.field] = value
    return found
