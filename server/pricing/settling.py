"""What is asked of the ledger: book, refund, adjust, close a month, explain what was booked, tell balances."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

import msgspec

from metadata.problems import BadInputError, NotFoundError
from server.actions import ActionRun, ActionRuns
from server.pricing import booking, sql, storing
from server.pricing.beside import Part, in_parts, together
from server.pricing.closing import balances_of, booked_differences, closed_at
from server.pricing.definition import Definition
from server.pricing.explaining import money, quote_shown
from server.pricing.ledger import Entry, entries_of, recorded
from server.pricing.loading import (
    OWN_SLOTS,
    Span,
    count_records,
    falling_parties,
    is_for_runs,
    keep_first,
    load,
    look,
    refusals,
    waiting_sales,
)
from server.pricing.pricing import price, sort_key, tally_keys
from server.pricing.publishing import publish_live, version_at, versions
from server.pricing.running import FEW, post
from server.pricing.service import Pricing, minor_of, require_configurer, uuid_of
from server.pricing.setwise import Moment, tallies_before
from server.pricing.shared import SharedBookings
from server.pricing.simulating import past_events

__all__ = ["Settling"]

Arguments = Mapping[str, Any]
_MAX_RUN = 5_000_000
_MAX_ONE_BY_ONE = 10_000


@dataclass(eq=False)
class Settling:
    """The ledger, as it is asked.

    Attributes:
        pricing: Quotes.
        connections: Where a run of many has a connection beside the request's from, and what is booked apart its own.
        few: Fewer sales of a run than this are booked one by one.
    """

    pricing: Pricing
    few: ClassVar[int] = FEW
    _shared: SharedBookings | None = field(init=False, default=None, repr=False)

    def __post_init__(self) -> None:
        if self.pricing.connections is not None:
            self._shared = SharedBookings(self.pricing.connections)

    async def settle(self, run: ActionRun, given: Arguments) -> dict[str, Any]:
        """`settle`: book a record under the version that was in force when it happened."""
        sale = await self._sale_of(run, given)
        await booking.settle(run, sale)
        return await self.booked(run, sale)

    async def settle_apart(self, runs: ActionRuns, given: Arguments) -> dict[str, Any]:
        """The same in transactions of its own: the sale is booked with those of other requests."""
        assert self._shared is not None, "nothing is booked apart without a pool"
        async with runs.open() as run:
            sale = await self._sale_of(run, given)
        await self._shared.book(runs.context, runs.instant, sale)
        async with runs.open() as run:
            return await self.booked(run, sale)

    async def settle_each(self, runs: Mapping[str, ActionRun], plan: str) -> Mapping[str, dict[str, Any]]:
        """The same for several records, each for who asks for it, in the transaction of all; their quotes by record.

        Raises:
            TangramError: Why one of them cannot be booked; then none should be.
        """
        run = next(iter(runs.values()))
        sales = await self._sales_of(run, plan, [*runs])
        asked = [replace(sale, asker=storing.Asker.of(runs[record].context, runs[record].instant))
                 for record, sale in sales.items()]  # fmt: skip
        found = await booking.settle_some(run, plan, asked)
        for error in found.refused.values():
            raise error
        rows = await run.connection.fetch(sql.BY_KEYS, run.tenant_id, plan, [*sales])
        return {row["key"]: await self._quote_shown(run, row) for row in rows}

    async def _sale_of(self, run: ActionRun, given: Arguments) -> booking.Sale:
        record = uuid_of(given["record"], ("record",))
        return (await self._sales_of(run, given["plan"], [record]))[record]

    async def _sales_of(self, run: ActionRun, plan: str, records: Sequence[str]) -> Mapping[str, booking.Sale]:
        """Records as sales, each under the version that was in force when it happened."""
        connection, zone = run.connection, ZoneInfo(run.context.model.settings.timezone)
        await publish_live(connection, run.context.model, by=None, now=run.instant)
        newest = await version_at(connection, run.tenant_id, plan, run.instant, known_at=run.instant)
        together = await self.pricing.occurrences(run, newest.definition, records)
        booked = await connection.fetch(sql.PINNED, run.tenant_id, plan, records)
        pinned = {row["key"]: row["version"] for row in booked}  # what is booked pins its version
        found: dict[str, booking.Sale] = {}
        for record in records:
            version, (event, holders), number = newest, together[record], pinned.get(record)
            at = event.clocks[newest.definition.plan.clocks[0].name]
            is_now = at is None or newest.valid_from <= at <= run.instant
            if number != newest.number if number is not None else not is_now:
                version = await version_at(
                    connection, run.tenant_id, plan, at or run.instant, known_at=run.instant, number=number
                )
                event, holders = await self.pricing.occurrence(run, version.definition, record, zone)
            found[record] = booking.Sale(version.definition, event, record, holders)
        return found

    async def booked(self, run: ActionRun, sale: booking.Sale) -> dict[str, Any]:
        """What was booked of a sale, as it is shown."""
        return await self._shown(run, sale.definition.plan.name, sale.event.key)

    async def settle_period(self, run: ActionRun, given: Arguments) -> dict[str, Any]:
        """`settlePeriod`: book the records of a span of time in their order; what is booked stays."""
        require_configurer(run)
        plan, first = given["plan"], min(max(given.get("first") or 1_000, 1), _MAX_RUN)
        await publish_live(run.connection, run.context.model, by=None, now=run.instant)
        known = await versions(run.connection, run.tenant_id, plan)
        if not known:
            raise _unknown_version(plan)
        begins, ends = (datetime.fromisoformat(str(given[name])) for name in ("from", "to"))
        await storing.hold_plan(run, plan)
        span = Span(plan, known, begins, ends)
        count = await count_records(run, span) if is_for_runs(span) else 0
        async with in_parts(
            self.pricing.connections, run, own=OWN_SLOTS, count=count if count <= first else 0
        ) as parts:
            return await self._settle_span(parts, span, first)

    async def _settle_span(self, parts: Sequence[Part], span: Span, first: int) -> dict[str, Any]:
        runs = [one for one, _ in parts]
        run, plan = runs[0], span.plan
        closed = [*await storing.locked_periods(run, plan)]
        loaded = await together(*(load(one, span, closed, slots=slots) for one, slots in parts))
        if None in loaded:
            return await self._settle_records(run, span, first)
        waiting = sum(loaded[1:], loaded[0])
        refused = await refusals(run, self.pricing.facts, span, waiting)
        is_run = waiting.count >= self.few and is_for_runs(span)
        first = first if is_run else min(first, _MAX_ONE_BY_ONE)
        if waiting.count > first:
            await keep_first(run, first)
        sales: list[booking.Sale] = []
        for one in runs:
            parties = await falling_parties(one, span) if is_run else None
            sales += await waiting_sales(one, span, parties) if parties or not is_run else []
        found = await booking.settle_all(run, plan, sales, len(sales))
        settled, excess = await self._post(runs, span) if is_run else (0, None)
        if excess is not None:
            settled, first = excess.settled, min(first, _MAX_ONE_BY_ONE)
        for error in (*found.refused.values(), *(excess.refused.values() if excess else ())):
            refused.update({fault.reason for fault in error.faults})
        left = max(0, waiting.count - first)
        return {"settled": found.settled + settled, "known": waiting.known, "refused": dict(refused), "left": left}

    async def _post(self, runs: Sequence[ActionRun], span: Span) -> tuple[int, booking.Settled | None]:
        """Book what is before the run; one by one where an amount, or their sum, is more than one entry holds."""
        try:
            async with AsyncExitStack() as stack:
                for one in runs:
                    await stack.enter_async_context(one.connection.transaction())
                return await post(runs, span), None
        except BadInputError:
            sales = [sale for one in runs for sale in await waiting_sales(one, span)]
            sales.sort(key=lambda sale: sort_key(span.newest, sale.event))
            return 0, await booking.settle_all(runs[0], span.plan, sales[:_MAX_ONE_BY_ONE], _MAX_ONE_BY_ONE)

    async def _settle_records(self, run: ActionRun, span: Span, first: int) -> dict[str, Any]:
        """The same record by record, where their facts are not read by SQL alone."""
        plan, known, begins, ends = span.plan, span.versions, span.begins, span.ends
        zone, newest, first = ZoneInfo(run.context.model.settings.timezone), span.newest, min(first, _MAX_ONE_BY_ONE)
        events, skipped, holders = await past_events(run, self.pricing.facts, newest, begins, ends, zone)
        refused: Counter[str] = Counter(skipped)
        sales: list[booking.Sale] = []
        for event in sorted(events, key=partial(sort_key, newest)):
            at = event.clocks[newest.plan.clocks[0].name]
            version = next((one for one in known if at is not None and one.valid_from <= at), None)
            if version is None:
                refused["unknown_version"] += 1
                continue
            if version.number != newest.number:
                event, held = await self.pricing.occurrence(run, version.definition, event.key, zone)
            else:
                held = holders[event.key]
            sales.append(booking.Sale(version.definition, event, event.key, held))
        found = await booking.settle_all(run, plan, sales, first)
        for error in found.refused.values():
            refused.update({fault.reason for fault in error.faults})
        return {"settled": found.settled, "known": found.known, "refused": dict(refused), "left": found.left}

    async def refund(self, run: ActionRun, given: Arguments) -> dict[str, Any]:
        """`refundSettlement`: take back what was booked of a record, or a part of it, as it was recorded."""
        require_configurer(run)
        plan = given["plan"]
        sale = await booking.booked_by_key(run, plan, given["of"], None)
        if sale is None or sale["kind"] != "sale":
            raise _unknown(plan, given["of"], "of")
        definition = await self._version(run, plan, sale["version"])
        part = None
        if given.get("amount") is not None:
            part = minor_of(given["amount"], definition) if definition.plan.bases else Decimal(given["amount"])
        await booking.refund(run, sale, given["key"][:200], part, given.get("reason") or "", definition)
        return await self._shown(run, plan, given["key"][:200])

    async def adjust(self, run: ActionRun, given: Arguments) -> dict[str, Any]:
        """`adjustSettlement`: book an amount by hand, with its reason."""
        require_configurer(run)
        plan = given["plan"]
        found = await version_at(run.connection, run.tenant_id, plan, run.instant, known_at=run.instant)
        if given["component"] not in {one.name for one in found.definition.components}:
            known = ", ".join(one.name for one in found.definition.components)
            raise BadInputError.single(
                "unknown_component",
                f"Price plan '{plan}' has no component '{given['component']}'.",
                path=("component",),
                hint=f"Known: {known}.",
            )
        if not given["reason"].strip():
            raise BadInputError.single("missing", "An adjustment has a reason.", path=("reason",), hint="Say why.")
        amount = int(minor_of(given["amount"], found.definition))
        await booking.adjust(run, found.definition, {**given, "key": given["key"][:200]}, amount)
        return await self._shown(run, plan, given["key"][:200])

    async def waiting(self, run: ActionRun, span: Span) -> tuple[int, Mapping[str, int]]:
        """How many records of a span are not booked, and why others cannot be."""
        found = await look(run, span)
        if found is not None:
            return found.count, await refusals(run, self.pricing.facts, span, found)
        zone = ZoneInfo(run.context.model.settings.timezone)
        events, skipped, _ = await past_events(run, self.pricing.facts, span.newest, span.begins, span.ends, zone)
        keys = [event.key for event in events]
        booked = {row["key"] for row in await run.connection.fetch(sql.KEYS, run.tenant_id, span.plan, keys)}
        return len(set(keys) - booked), skipped

    async def explain(self, run: ActionRun, given: Arguments) -> list[dict[str, Any]]:
        """`explainSettlement`: everything that was booked of a record, with how it came about."""
        plan, record = given["plan"], uuid_of(given["record"], ("record",))
        rows = await run.connection.fetch(sql.BY_RECORD, run.tenant_id, plan, record)
        if not rows:
            raise _unknown(plan, record, "record")
        definition = await self._version(run, plan, rows[0]["version"])
        await self.pricing.event(run, definition, record, ZoneInfo(run.context.model.settings.timezone))
        shown = []
        for row in rows:
            shown.append(await self._row_shown(run, row, await self._quote_shown(run, row)))
        return shown

    async def _quote_shown(self, run: ActionRun, row: Any) -> Any:
        """How a booking came about; None of what was not rated."""
        if row["run_id"] is not None:
            return await self._quote_of(run, row)
        return msgspec.json.decode(row["outcome"]).get("quote")

    async def _quote_of(self, run: ActionRun, row: Any) -> dict[str, Any]:
        """How a sale that a run has booked came about: rated again on the totals that there were before it."""
        zone = ZoneInfo(run.context.model.settings.timezone)
        known = {one.number: one.definition for one in await versions(run.connection, run.tenant_id, row["plan"])}
        definition, event = known[row["version"]], storing.event_from(row["event"])
        keys = tally_keys(definition, event, zone)
        moment = Moment(event.party, event.key, row["effective_at"], row["booked_at"], frozenset(keys))
        tallies = await tallies_before(run.connection, run.tenant_id, [*known.values()], zone, moment)
        return quote_shown(definition, price(definition, event, tallies, zone), event.key)

    async def balances(self, run: ActionRun, given: Arguments) -> list[dict[str, Any]]:
        """`settlementBalances`: what is due to whom, by component; of a month, a revision of it, or of all."""
        require_configurer(run)
        period, revision, plan = given.get("period"), given.get("revision"), given["plan"]
        month = None if period is None else date.fromisoformat(str(period))
        until = None if revision is None else await closed_at(run, plan, month, revision)
        return await balances_of(run, plan, month, given.get("payee"), until)

    async def differences(self, run: ActionRun, given: Arguments) -> list[dict[str, Any]]:
        """`settlementDifferences`: where the ledger is not what its sales come to when all are rated anew at once."""
        require_configurer(run)
        plan = given["plan"]
        known = [one.definition for one in await versions(run.connection, run.tenant_id, plan)]
        if not known:
            raise _unknown_version(plan)
        zone = ZoneInfo(run.context.model.settings.timezone)
        found = await booked_differences(run, known, given.get("party"), zone, self.pricing.connections)
        return [
            {
                "component": one.component,
                "party": one.party,
                "window": one.window,
                "payee": one.payee,
                "wanted": money(one.wanted, known[0].currency),
                "booked": money(one.booked, known[0].currency),
            }
            for one in found
        ]

    async def _version(self, run: ActionRun, plan: str, number: int) -> Definition:
        found = await version_at(run.connection, run.tenant_id, plan, run.instant, known_at=run.instant, number=number)
        return found.definition

    async def _shown(self, run: ActionRun, plan: str, key: str) -> dict[str, Any]:
        row = await storing.booked_row(run, plan, key)
        return await self._row_shown(run, row)

    async def _row_shown(self, run: ActionRun, row: Any, quote: Any = None) -> dict[str, Any]:
        currency = row["currency"]
        if row["run_id"] is None:
            entries = [Entry(*one) for one in await run.connection.fetch(sql.ENTRIES, run.tenant_id, row["id"])]
        else:
            definition = await self._version(run, row["plan"], row["version"])
            entries = entries_of(recorded(row["outcome"]), storing.kinds_of(definition))
        return {
            "id": row["id"],
            "plan": row["plan"],
            "key": row["key"],
            "kind": row["kind"].upper(),
            "record": row["record_id"],
            "reverses": row["reverses"],
            "version": row["version"],
            "currency": currency,
            "effectiveAt": row["effective_at"],
            "period": row["period"],
            "originalPeriod": row["original_period"],
            "note": row["note"],
            "bookedAt": row["booked_at"],
            "hash": row["hash"].hex(),
            "quote": quote or msgspec.json.decode(row["outcome"]).get("quote"),
            "entries": [
                {
                    "component": entry.component,
                    "window": entry.window,
                    "account": entry.account,
                    "payee": entry.payee or None,
                    "amount": money(entry.amount, currency),
                }
                for entry in entries
            ],
        }


def _unknown_version(plan: str) -> NotFoundError:
    return NotFoundError.single(
        "unknown_version", f"No version of price plan '{plan}' is published.", path=("plan",), hint="Publish it."
    )


def _unknown(plan: str, key: str, argument: str) -> NotFoundError:
    return NotFoundError.single(
        "unknown_booking",
        f"Price plan '{plan}' has booked nothing of '{key}'.",
        path=(argument,),
        hint="Settle it first.",
    )
