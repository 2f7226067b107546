"""A plan rated set-based, by one statement: what a period has to come to, whoever booked it and in whatever order.

Some plans feed an event's outcome back into which components count for it: the best of a group, a guard that cuts or
blocks. These are folded by the calculator, from the same events; everything else is rated in SQL.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise, product
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from metadata.pricing.numbers import EXACT, exact, percent_of, times, to_minor
from metadata.pricing.values import (
    ExternalSettings,
    FlatSettings,
    MatrixSettings,
    PackageSettings,
    PercentageSettings,
    UnitSettings,
)
from server.pricing import asked_sql, set_sql, source_sql
from server.pricing.beside import ALL, LONG_S, SLOTS
from server.pricing.definition import Component, Definition, Tariff, unit_rate
from server.pricing.values import PriceEvent, Tally, TallyKey

__all__ = [
    "Difference",
    "Moment",
    "SetLine",
    "differences_of",
    "is_set_based",
    "lines_of",
    "parameters",
    "rated",
    "statement_of",
    "tallies_before",
]

_PLANS = "set local enable_nestloop = off; set local enable_indexscan = off; set local jit = off"
_FEEDS_BACK = ("best_for_payee", "best_for_company")


@dataclass(frozen=True, slots=True)
class SetLine:
    """What one component comes to for one event, as the statement says.

    Attributes:
        total, exact: The running total after it: what is counted, and the amount before rounding.
        shares: (payee, amount), in the order of the component's shares.
    """

    key: str
    version: int
    component: str
    rate: str
    party: str
    window: str
    total: Decimal
    exact: Decimal
    amount: int
    shares: tuple[tuple[str, int], ...]


def is_set_based(definition: Definition) -> bool:
    """Whether nothing of an event's outcome decides what counts for it."""
    return all(group.policy not in _FEEDS_BACK for group, _ in definition.groups) and all(
        guard.breach == "flag_for_approval" for guard in definition.guards
    )


async def lines_of(connection: Any, events: Iterable[tuple[PriceEvent, Definition]], zone: ZoneInfo) -> list[SetLine]:
    """Lines of events from nothing, in their one order, each by its own version."""
    given = list(events)
    if not given:
        return []
    definitions = {one.number: one for _, one in given}
    sql = statement_of(definitions.values(), source_sql.FROM_VALUES, asked_sql.LINES, "$7")
    rows = await rated(
        connection,
        sql,
        *parameters(definitions.values()),
        [msgspec.json.encode(event).decode() for event, _ in given],
        [one.number for _, one in given],
        str(zone),
    )
    return [
        SetLine(
            row["key"],
            row["version"],
            row["component"],
            row["tariff"],
            row["party"],
            row["window"],
            Decimal(row["total"]),
            Decimal(row["exact"]),
            int(row["amount"]),
            tuple(zip(row["names"], map(int, row["shares"]), strict=True)),
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class Difference:
    """What was booked for somebody under a component in a window, beside what it has to be."""

    component: str
    party: str
    window: str
    payee: str
    wanted: int
    booked: int


async def differences_of(
    connection: Any,
    tenant_id: str,
    definitions: Collection[Definition],
    zone: ZoneInfo,
    party: str | None = None,
    *,
    slots: range = ALL,
) -> list[Difference]:
    """Where the ledger of a plan is not what its sales, less their refunds, come to when all are rated anew.

    Args:
        connection: An asyncpg connection.
        tenant_id: Of the tenant.
        definitions: Every version that was booked under, all of them `is_set_based`.
        zone: The tenant's.
        party: Narrows to one.
        slots: Of parties.
    """
    sql = statement_of(definitions, source_sql.FROM_LEDGER, asked_sql.DIFFERENCES, "$15")
    plan = next(iter(definitions)).plan.name
    parties = None if party is None else [party]
    within = (parties, None, None, None, None, SLOTS, slots[0], slots[-1])
    rows = await rated(connection, sql, *parameters(definitions), tenant_id, plan, *within, str(zone), limit_s=LONG_S)
    return [
        Difference(row["component"], row["party"], row["window"], row["payee"], int(row["wanted"]), int(row["booked"]))
        for row in rows
    ]


async def tallies_before(
    connection: Any, tenant_id: str, definitions: Collection[Definition], zone: ZoneInfo, before: Moment
) -> dict[TallyKey, Tally]:
    """Running totals of some windows of a party as they were before a sale that a run has booked.

    Args:
        connection: An asyncpg connection.
        tenant_id: Of the tenant.
        definitions: Every version that was booked under, all of them `is_set_based`.
        zone: The tenant's.
        before: Which sale, and which totals.
    """
    sql = statement_of(definitions, source_sql.FROM_LEDGER, asked_sql.TALLIES, "$15")
    plan = next(iter(definitions)).plan.name
    keys = before.keys
    within = ([before.party], None, before.key, before.at, before.booked_at, SLOTS, ALL[0], ALL[-1])
    windows = sorted({key.component for key in keys}), sorted({key.window for key in keys})
    rows = await rated(connection, sql, *parameters(definitions), tenant_id, plan, *within, str(zone), *windows)
    days = {one.name: one.declared.days for each in definitions for one in each.components}
    found: dict[TallyKey, Tally] = {}
    for row in rows:
        key = TallyKey(row["component"], row["party"], row["window"])
        if key in keys:
            found[key] = _counted(found.get(key, Tally()), row, days.get(key.component))
    return found


@dataclass(frozen=True, slots=True)
class Moment:
    """Before a sale of a party, as the ledger was when it was booked: some totals."""

    party: str
    key: str
    at: datetime
    booked_at: datetime
    keys: Collection[TallyKey]


def _counted(tally: Tally, row: Any, days: int | None) -> Tally:
    measured, sums = Decimal(row["measured"]), dict(tally.sums)
    if row["switch"] == "retroactive_period":
        rate = f"{row['tariff']}@{row['version']}"
        sums[rate] = EXACT.add(sums.get(rate, Decimal(0)), measured)
    recent = list(tally.recent)
    if days is not None:
        recent = [one for one in recent if one[0] >= row["happened"] - timedelta(days=days)]
        recent.append((row["happened"], measured))
    booked = tally.booked + int(row["amount"])
    return Tally(Decimal(row["total"]), row["events"] + 1, Decimal(row["exact"]), sums, booked, recent)


async def rated(connection: Any, sql: str, *arguments: Any, limit_s: float | None = None) -> Sequence[Any]:
    """Run such a statement.

    What comes as parameters has no statistics, and what was booked just now neither: loops in loops are kept from it,
    and bookings are read in the order in which they lie.
    """
    transaction = connection.transaction()
    await transaction.start()
    try:
        await connection.execute(
            "set local enable_nestloop = off; set local enable_indexscan = off; set local jit = off"
        )
        rows: Sequence[Any] = await connection.fetch(sql, *arguments, timeout=limit_s)
    finally:
        await transaction.rollback()  # it only reads; the settings go with it
    return rows


def statement_of(definitions: Collection[Definition], source: str, ending: str, zone: str) -> str:
    """The statement that rates events under some versions.

    Args:
        definitions: All that events are under.
        source: `source_sql.FROM_VALUES` or `source_sql.FROM_LEDGER`.
        ending: What is asked of the rated lines.
        zone: Placeholder of the tenant's zone.
    """
    return set_sql.lines_sql(source, ending, _shape(list(definitions)), zone)


def _shape(definitions: Sequence[Definition]) -> set_sql.Shape:
    components = [one for definition in definitions for one in definition.components]
    tariffs = [tariff for one in components for tariff in one.tariffs]
    groups = [group for definition in definitions for group in definition.groups]
    return set_sql.Shape(
        layers=max([1, *(len(members) for group, members in groups if group.policy == "sequential")]),
        days=frozenset(one.declared.days for one in components if one.declared.days is not None),
        clocks=max(len(definition.plan.clocks) for definition in definitions),
        scoped=len(_scoped(definitions)),
        shares=max([1, *(len(one.shares) for one in components)]),
        is_exclusive=any(group.policy == "exclusive" for group, _ in groups),
        looks_up=any(isinstance(tariff.settings, (MatrixSettings, ExternalSettings)) for tariff in tariffs),
        rates_again=any(tariff.switch == "retroactive_period" for tariff in tariffs),
    )


def _scoped(definitions: Iterable[Definition]) -> list[str]:
    """Dimensions that narrow rates."""
    components = (one for definition in definitions for one in definition.components)
    return sorted({name for one in components for tariff in one.tariffs for name in tariff.scope})


def parameters(definitions: Iterable[Definition]) -> tuple[str, str, str, str]:
    """Components, rates, what they are narrowed by, and names: the statement's first four parameters."""
    definitions = list(definitions)
    components: list[Mapping[str, Any]] = []
    tariffs: list[Mapping[str, Any]] = []
    scopes: list[Mapping[str, Any]] = []
    clocks: dict[str, list[str]] = {}
    for definition in definitions:
        clocks[str(definition.number)] = [one.name for one in definition.plan.clocks]
        order = {one.name: place for place, one in enumerate(definition.components)}
        for group, members in definition.groups:
            for place, one in enumerate(members):
                layer = place if group.policy == "sequential" else 0
                components.append(
                    _component(definition, one, group.policy, layer) | {"ordinal": order[one.name], "group": group.name}
                )
                for rank, tariff in enumerate(one.tariffs):
                    number = len(tariffs)
                    tariffs.append(_tariff(definition, one, tariff) | {"id": number})
                    scopes += _scope(definition, one, tariff, rank, number)
    named = {"clocks": clocks, "scoped": _scoped(definitions)}
    return _json(components), _json(tariffs), _json(scopes), _json(named)


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def _component(definition: Definition, one: Component, policy: str, layer: int) -> dict[str, Any]:
    return {
        "version": definition.number,
        "name": one.name,
        "kind": one.declared.kind,
        "policy": policy,
        "layer": layer,
        "clock": one.clock,
        "base": one.base,
        "window": one.declared.window,
        "falling": one.declared.falling,
        "days": one.declared.days,
        "min_event": one.min_event,
        "max_event": one.max_event,
        "max_period": one.max_period,
        "parts": [percent_of(Decimal(1), share.percent) for share in one.shares] or None,
        "payees": [share.payee for share in one.shares] or None,
        "residue": None if one.residue is None else one.residue + 1,
    }


def _scope(
    definition: Definition, one: Component, tariff: Tariff, rank: int, number: int
) -> Iterable[Mapping[str, Any]]:
    """A row for each combination of values, so that events find their rates by equality."""
    names = sorted(tariff.scope)
    for values in product(*(sorted(tariff.scope[name]) for name in names)):
        yield {
            "version": definition.number,
            "component": one.name,
            "tariff": number,
            "rank": rank,
            "starts": tariff.starts,
            "ends": tariff.ends,
            "dimensions": names,
            "cell": dict(zip(names, values, strict=True)),
        }


def _tariff(definition: Definition, one: Component, tariff: Tariff) -> dict[str, Any]:
    """A rate in minor units; of a ladder, what its steps come to below each bound beside what they are."""
    found: dict[str, Any] = {
        "version": definition.number,
        "name": tariff.name,
        "component": one.name,
        "model": tariff.rate.model,
        "measure": tariff.measure,
        "switch": tariff.switch,
        **_settings(tariff, definition.currency),
    }
    if tariff.ladder is not None:
        steps = tariff.ladder.steps
        below, entered = [Decimal(0)], [steps[0].flat]
        for lower, upper in pairwise(steps):
            below.append(below[-1] + times(lower.rate, upper.lower - lower.lower))
            entered.append(entered[-1] + upper.flat)
        found |= {
            "reached_at": tariff.ladder.reached_at,
            "lowers": [step.lower for step in steps],
            "rates": [step.rate for step in steps],
            "flats": [step.flat for step in steps],
            "below": below,
            "entered": entered,
        }
    return found


def _settings(tariff: Tariff, currency: str) -> dict[str, Any]:
    match tariff.settings:
        case UnitSettings(price=price):
            return {"rate": to_minor(exact(price), currency)}
        case FlatSettings(amount=amount, per=per):
            return {"flat": to_minor(exact(amount), currency), "per": per}
        case PackageSettings(size=size, price=price, free=free):
            return {"rate": to_minor(exact(price), currency), "size": exact(size), "free": exact(free)}
        case PercentageSettings() as settings:
            return {
                "rate": percent_of(Decimal(1), exact(settings.percent)),
                "flat": to_minor(exact(settings.fixed), currency),
                "free": to_minor(exact(settings.free_amount), currency),
                "free_count": settings.free_count,
            }
        case MatrixSettings(dimensions=dimensions, cells=cells):
            return {
                "cells": [
                    {"values": dict(zip(dimensions, cell.values, strict=True)), "rate": unit_rate(cell, currency)}
                    for cell in cells
                ]
            }
    return {}
