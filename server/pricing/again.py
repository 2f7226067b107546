"""Rating a party's windows again: what a late event or a refund changes of what is booked already."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from server.actions import ActionRun
from server.pricing import sql
from server.pricing.definition import Definition, unpacked
from server.pricing.ledger import Booked, Side, differences, fold, sides_of
from server.pricing.pricing import tally_keys
from server.pricing.rewinding import is_rewindable, rewound
from server.pricing.setwise import Difference
from server.pricing.storing import event_from, kinds_of, tallies_of
from server.pricing.values import PriceEvent, Quote, Tally, TallyKey
from server.pricing.windows import day_of, window_of

__all__ = ["folded_differences", "late", "rated_again"]

BY_HAND = ("adjustment", "true_up")
"""Windows of what is booked beside what sales come to."""

_FEW = 100
"""Of so many sales that follow a late one, running totals are taken back; for more, all are rated anew."""

_EVER = datetime(1900, 1, 1, tzinfo=UTC)


async def late(
    run: ActionRun, definition: Definition, event: PriceEvent, zone: ZoneInfo
) -> tuple[Quote, Mapping[Side, int], Mapping[TallyKey, Tally]]:
    """A sale that happened before others that are booked: its windows are rated again, from it on where they can be."""
    found = await _rated_from(run, definition, event, zone)
    if found is not None:
        return found
    sales = [*await _sales(run, definition, event, zone), Booked(event, definition)]
    quotes, tallies = fold(sales, zone)
    touched = {(key.component, key.window) for key in tally_keys(definition, event, zone)}
    wanted = _within(quotes.values(), touched)
    booked = await _booked(run, definition, event.party, touched)
    kept = {key: tally for key, tally in tallies.items() if (key.component, key.window) in touched}
    return quotes[event.key], differences(wanted, booked), kept


async def _rated_from(
    run: ActionRun, definition: Definition, event: PriceEvent, zone: ZoneInfo
) -> tuple[Quote, Mapping[Side, int], Mapping[TallyKey, Tally]] | None:
    """The same by what follows the sale alone; None where that cannot be told."""
    plan, at = definition.plan, event.clocks[definition.plan.clocks[0].name]
    assert at is not None
    later = await _booked_sales(run, plan.name, event.party, at, event.key, _FEW + 1)
    if len(later) > _FEW or not all(is_rewindable(one) for one in (definition, *(sale.definition for sale in later))):
        return None
    keys = tally_keys(definition, event, zone)
    counted = [one for one in later if not {*keys}.isdisjoint(tally_keys(one.definition, one.event, zone))]
    now = await tallies_of(run, plan.name, keys)
    found = rewound(now, counted, keys, zone)
    if found is None:
        return None
    before, was = found
    touched = {(key.component, key.window) for key in keys}
    quotes, tallies = fold([*counted, Booked(event, definition)], zone, before)
    sides = differences(_within(quotes.values(), touched), _within(was.values(), touched))
    changed = {key: tallies[key] for key in keys if tallies[key] != now.get(key, Tally())}
    return quotes[event.key], sides, changed


async def rated_again(
    run: ActionRun,
    definition: Definition,
    refunded: Booked,
    event: PriceEvent,
    back: Mapping[Side, int],
    zone: ZoneInfo,
    closed: Collection[date],
) -> tuple[dict[Side, int], Mapping[TallyKey, Tally]]:
    """What other events of the windows differ by after a refund; components that keep their highest tier do not."""
    keys = tally_keys(definition, event, zone)
    components = {one.name: one.declared for one in definition.components}

    def keeps(key: TallyKey) -> bool:
        falling = components[key.component].falling
        if falling == "recompute_until_close":
            at = event.clocks[definition.plan.clocks[0].name]
            return at is not None and date.fromisoformat(window_of("month", day_of(at, zone))) in closed
        return falling == "keep_highest"

    touched = {(key.component, key.window) for key in keys if not keeps(key)}
    sales = [one for one in await _sales(run, definition, event, zone) if one.event.key != event.key]
    quotes, tallies = fold([*sales, refunded], zone)
    wanted = _within(quotes.values(), touched)
    booked = dict(await _booked(run, definition, event.party, touched))
    for side, amount in back.items():
        if (side.component, side.window) in touched:
            booked[side] = booked.get(side, 0) + amount
    known = await tallies_of(run, definition.plan.name, keys)
    saved = {}
    for key in keys:
        if (key.component, key.window) in touched:
            saved[key] = tallies.get(key, Tally())
        elif key in known:
            gone = sum(
                amount for side, amount in back.items() if (side.component, side.window) == (key.component, key.window)
            )
            saved[key] = replace(known[key], booked=known[key].booked + gone)
    return differences(wanted, booked), saved


def _within(quotes: Iterable[Quote], touched: set[tuple[str, str]]) -> dict[Side, int]:
    found: dict[Side, int] = {}
    for quote in quotes:
        for side, amount in sides_of(quote.lines).items() if not quote.is_blocked else ():
            if (side.component, side.window) in touched:
                found[side] = found.get(side, 0) + amount
    return found


async def _sales(run: ActionRun, definition: Definition, event: PriceEvent, zone: ZoneInfo) -> list[Booked]:
    """What the party has booked since its longest window began."""
    since, clock = _EVER, definition.plan.clocks[0].name
    if all(one.clock == clock and one.declared.window not in ("contract", "rolling") for one in definition.components):
        starts = [key.window for key in tally_keys(definition, event, zone)]
        since = datetime.combine(date.fromisoformat(min(starts)), time(), zone) if starts else _EVER
    return await _booked_sales(run, definition.plan.name, event.party, since)


async def _booked_sales(
    run: ActionRun, plan: str, party: str, since: datetime, after: str | None = None, most: int | None = None
) -> list[Booked]:
    """What a party has booked since an instant, or after a sale of it, each with the version that it pins."""
    rows = await run.connection.fetch(sql.SALES, run.tenant_id, plan, party, since, after, most)
    numbers = sorted({row["version"] for row in rows})
    versions = await run.connection.fetch(sql.VERSIONS, run.tenant_id, plan, numbers) if numbers else ()
    known = {one["number"]: unpacked(one["definition"], one["currency"], one["number"]) for one in versions}
    return [
        Booked(event_from(row["event"]), known[row["version"]], tuple(map(event_from, row["refunds"]))) for row in rows
    ]


async def _booked(
    run: ActionRun, definition: Definition, party: str, touched: set[tuple[str, str]] | None
) -> Mapping[Side, int]:
    """What is booked for a party, in some windows or in all."""
    windows = None if touched is None else sorted({window for _, window in touched})
    rows = await run.connection.fetch(sql.BOOKED, run.tenant_id, definition.plan.name, party, windows)
    kinds = kinds_of(definition)
    return {
        Side(row["component"], row["window"], row["payee"]): int(row["amount"])
        * (1 if kinds[row["component"]] == "price" else -1)
        for row in rows
        if row["component"] in kinds and (touched is None or (row["component"], row["window"]) in touched)
    }


async def folded_differences(
    run: ActionRun, definition: Definition, party: str | None, zone: ZoneInfo
) -> list[Difference]:
    """The same as `setwise.differences_of`, by the calculator: for plans whose outcomes decide what counts."""
    plan = definition.plan.name
    parties = [party] if party is not None else await _parties(run, plan)
    kinds = {one.name: one.declared for one in definition.components}
    found = []
    for one in parties:
        sales = await _booked_sales(run, plan, one, _EVER)
        quotes, _ = fold(sales, zone)
        wanted: dict[Side, int] = {}
        for quote in quotes.values():
            for side, amount in sides_of(quote.lines).items() if not quote.is_blocked else ():
                wanted[side] = wanted.get(side, 0) + amount
        refunded = any(sale.refunded for sale in sales)
        booked = await _booked(run, definition, one, None)
        for side, missing in sorted(differences(wanted, booked).items()):
            kept = refunded and kinds[side.component].falling != "recompute"
            if missing and side.window not in BY_HAND and not kept:
                now = booked.get(side, 0)
                found.append(Difference(side.component, one, side.window, side.payee, now + missing, now))
    return found


async def _parties(run: ActionRun, plan: str) -> list[str]:
    return [row["party"] for row in await run.connection.fetch(sql.PARTIES, run.tenant_id, plan)]
