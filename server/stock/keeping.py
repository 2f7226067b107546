"""The one way in which stock is promised, used up and let go: lock, decide, write, in the caller's transaction.

The lines are locked, then the holders in the order of their ids, so that of two who want the last piece one wins and
the other is told what is left, and nobody waits in a circle. Holders and lines are written like any other record:
with their history, their events and their validation rules.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from metadata.fields.relations import relation_of
from metadata.flows.terms import expression_of
from metadata.model.tenant import TenantModel, field_of, named
from metadata.model.values import Field, ObjectType
from metadata.problems import ConflictError, Fault
from metadata.rules.values import StockAction
from metadata.stocks.values import Stock, StockMatch
from server.access.plan import ADMINISTRATOR
from server.automation import Performer, RuleStep
from server.context import Standing
from server.database.sql import quote_identifier
from server.records.facts import Facts
from server.records.layout import Layout
from server.records.writing.running import WriteRun
from server.records.writing.saving import RecordWriter
from server.stock import sql
from server.stock.counting import Act, Change, Holder, Line, Promise, decide

__all__ = ["Keeping", "Kept", "number_shown", "stock_named", "stock_performers"]


@dataclass(frozen=True, slots=True)
class Kept:
    """What a line was promised, and whether it was used up."""

    line: str
    holder: str
    quantity: Decimal
    state: str


def stock_named(model: TenantModel, name: str) -> Stock:
    """A stock.

    Raises:
        NotFoundError: `unknown_stock`.
    """
    return named(model.stocks, name, "stock")


@dataclass(eq=False)
class Keeping:
    """Promises, uses up and lets go of stock; holds nothing of it."""

    writer: RecordWriter
    facts: Facts = field(default_factory=Facts)

    async def act(self, standing: Standing, stock: Stock, record: str, act: Act) -> list[Kept]:
        """Reserve, consume or release for a line, or for all lines of what they are for; all or nothing.

        Raises:
            ConflictError: `out_of_stock`, for each line that cannot have what it needs.
        """
        ids = await self._locked_lines(standing, stock, record)
        known = await self._known(standing, stock, ids)
        promises = await self.promises(standing, stock, list(known))
        lines = [await self._line(standing, stock, one, known[one], promises.get(one)) for one in known]
        holders = await self._locked_holders(standing, stock, lines)
        change = decide(act, lines, holders)
        if change.shortages:
            raise await self._shortage(standing, stock, change)
        await self._write(standing, stock, act, known, change)
        after = {**promises, **change.promises}
        return [Kept(line, one.holder, one.quantity, one.state) for line, one in after.items()]

    async def let_go(self, standing: Standing, stock: Stock, line: str) -> None:
        """A line is gone: what it was promised is free again."""
        promise = (await self.promises(standing, stock, [line])).get(line)
        if promise is None or promise.state != "reserved":
            return
        lines = [Line(line, promise.quantity, (), promise)]
        change = decide("release", lines, await self._locked_holders(standing, stock, lines))
        await self._write(standing, stock, "release", {}, change)

    async def promises(self, standing: Standing, stock: Stock, lines: Sequence[str]) -> dict[str, Promise]:
        """What lines were promised, by line."""
        tenant_id = standing.model.tenant_id
        rows = await standing.connection.fetch(sql.HOLDS, tenant_id, stock.name, lines)
        return {row["line"]: Promise(row["holder"], Decimal(row["quantity"]), row["state"]) for row in rows}

    async def lines_of(self, standing: Standing, stock: Stock, record: str, *, lock: str = "") -> list[str]:
        """The lines that are meant: the record itself, or those that are for it."""
        model = standing.model
        lines = model.object(stock.lines)
        of = _field(lines, stock.of) if stock.of else None
        column = f" or {_column(model, lines, of)} = $1" if of is not None else ""
        text = f"select id::text from {Layout(model).table_of(lines)} where (id = $1{column}) and deleted_at is null"
        return [row["id"] for row in await standing.connection.fetch(f"{text} order by id{lock}", record)]

    async def holders_of(self, standing: Standing, stock: Stock, known: Mapping[str, Any]) -> list[str]:
        """Holders that fit a line, by what the two have in common; what the line leaves open fits any."""
        model = standing.model
        held = model.object(stock.object)
        conditions, values = ["deleted_at is null"], list[Any]()
        for match in stock.match:
            value = known[_asked(model, stock, match)]
            if value is not None:
                values.append(value if relation_of(_field(held, match.held)) is not None else str(value))
                column = _column(model, held, _field(held, match.held))
                cast = "" if relation_of(_field(held, match.held)) is not None else "::text"
                conditions.append(f"{column}{cast} = ${len(values)}")
        text = f"select id::text from {Layout(model).table_of(held)} where {' and '.join(conditions)} order by id"
        return [row["id"] for row in await standing.connection.fetch(text, *values)]

    def asked(self, standing: Standing, stock: Stock) -> list[str]:
        """What is asked of a line: expressions."""
        texts = [stock.quantity, stock.when, *(_asked(standing.model, stock, match) for match in stock.match)]
        return [text for text in texts if text]

    # ── parts of all acts ────────────────────────────────────────────────────────────────────────

    async def _locked_lines(self, standing: Standing, stock: Stock, record: str) -> list[str]:
        return await self.lines_of(standing, stock, record, lock=" for no key update")

    async def _known(self, standing: Standing, stock: Stock, ids: Sequence[str]) -> dict[str, Mapping[str, Any]]:
        """Facts of the lines that need stock, by id."""
        wanted = [*self.asked(standing, stock), *_expressions(stock)]
        found = await self.facts.many(
            standing.connection, standing.context, stock.lines, ids, wanted, instant=standing.now
        )
        return {one: found[one] for one in ids if one in found and (not stock.when or found[one][stock.when] is True)}

    async def _line(
        self, standing: Standing, stock: Stock, line: str, known: Mapping[str, Any], promise: Promise | None
    ) -> Line:
        quantity = Decimal(str(known[stock.quantity] or 0))
        return Line(line, quantity, await self.holders_of(standing, stock, known), promise)

    async def _locked_holders(self, standing: Standing, stock: Stock, lines: Sequence[Line]) -> dict[str, Holder]:
        model = standing.model
        held = model.object(stock.object)
        ids = {one for line in lines for one in line.candidates}
        ids |= {line.promise.holder for line in lines if line.promise is not None and line.promise.state == "reserved"}
        on_hand, reserved = (_column(model, held, _field(held, name)) for name in (stock.on_hand, stock.reserved))
        text = (
            f"select id::text, coalesce({on_hand}, 0)::numeric as on_hand, coalesce({reserved}, 0)::numeric as reserved"
            f" from {Layout(model).table_of(held)} where id = any($1::uuid[]) order by id for update"
        )
        rows = await standing.connection.fetch(text, sorted(ids))
        return {row["id"]: Holder(row["id"], Decimal(row["on_hand"]), Decimal(row["reserved"])) for row in rows}

    async def _shortage(self, standing: Standing, stock: Stock, change: Change) -> ConflictError:
        lines = standing.model.object(stock.lines)
        display = lines.display or "id"
        ids = [one.line for one in change.shortages]
        names = await self.facts.many(
            standing.connection, standing.context, stock.lines, ids, [display], instant=standing.now
        )
        return ConflictError.of(
            Fault(
                "out_of_stock",
                f"{names.get(one.line, {}).get(display) or one.line} needs {number_shown(one.needed)} "
                f"of '{stock.name}'; {number_shown(one.available)} can be had.",
                ("record",),
                "Take less, another one, or wait until there is more.",
            )
            for one in change.shortages
        )

    async def _write(
        self, standing: Standing, stock: Stock, act: Act, known: Mapping[str, Mapping[str, Any]], change: Change
    ) -> None:
        model, context = standing.model, standing.context
        run = WriteRun(replace(context, access=ADMINISTRATOR), standing.now)
        held, lines = model.object(stock.object), model.object(stock.lines)
        for one in change.holders:
            numbers = {
                stock.on_hand: _number(_field(held, stock.on_hand), one.on_hand),
                stock.reserved: _number(_field(held, stock.reserved), one.reserved),
            }
            await self.writer.update(standing.connection, run, held, one.id, numbers, None)
        for line, promise in change.promises.items():
            await standing.connection.execute(
                sql.SAVE, model.tenant_id, stock.name, lines.table, line, promise.holder, promise.quantity,
                promise.state, standing.now, context.actor.name[:254],
            )  # fmt: skip
            if act == "release":
                continue
            filled = await self._fill(standing, stock, run, line, known[line], promise.holder)
            if act == "consume" and stock.movement:
                await self._move(standing, stock, run, line, {**known[line], **filled})

    async def _fill(
        self, standing: Standing, stock: Stock, run: WriteRun, line: str, known: Mapping[str, Any], holder: str
    ) -> Mapping[str, Any]:
        """What the line has left open, from the holder that was chosen; the facts that this changes."""
        model = standing.model
        held, lines = model.object(stock.object), model.object(stock.lines)
        open_ones = [match for match in stock.match if known[_asked(model, stock, match)] is None]
        if not open_ones:
            return {}
        paths = {match: _path(held, match.held) for match in open_ones}
        found = await self.facts.values(
            standing.connection, standing.context, stock.object, holder, list(paths.values()), instant=standing.now
        )
        assert found is not None
        given = {match.line: found[paths[match]] for match in open_ones}
        await self.writer.update(standing.connection, run, lines, line, given, None)
        wanted = _expressions(stock)
        again = await self.facts.values(
            standing.connection, standing.context, stock.lines, line, wanted, instant=standing.now
        )
        return again or {}

    async def _move(self, standing: Standing, stock: Stock, run: WriteRun, line: str, known: Mapping[str, Any]) -> None:
        values = {one.field: known[text] if (text := expression_of(one.value)) else one.value for one in stock.values}
        movement = standing.model.object(stock.movement)
        await self.writer.create(standing.connection, run, movement, [values], "input")


def _expressions(stock: Stock) -> list[str]:
    return [text for one in stock.values if (text := expression_of(one.value))]


def _asked(model: TenantModel, stock: Stock, match: StockMatch) -> str:
    return _path(model.object(stock.lines), match.line)


def _path(object_type: ObjectType, name: str) -> str:
    return f"{name}.id" if relation_of(_field(object_type, name)) is not None else name


def _field(object_type: ObjectType, name: str) -> Field:
    found = field_of(object_type, name)
    assert found is not None
    return found


def _column(model: TenantModel, object_type: ObjectType, found: Field) -> str:
    return quote_identifier(Layout(model).columns(object_type, found)[-1])


def _number(found: Field, value: Decimal) -> int | str:
    return str(value) if found.type == "decimal" else int(value)


def number_shown(value: Decimal) -> str:
    """Without zeros that say nothing."""
    return f"{value.normalize():f}"


def stock_performers(keeping: Keeping) -> Sequence[Performer]:
    """Performers of the actions of rules and flows that concern stock."""

    def performer(act: Act) -> Performer:
        async def perform(step: RuleStep) -> Mapping[str, Any]:
            settings: StockAction = step.settings
            stock = stock_named(step.context.model, settings.stock)
            standing = Standing(step.connection, step.context, step.now)
            kept = await keeping.act(standing, stock, step.record_id, act)
            return {"stock": stock.name, "lines": [{"line": one.line, "state": one.state} for one in kept]}

        return Performer(act, perform)

    return (performer("reserve"), performer("consume"), performer("release"))
