"""A calculation as data, and in words: each fen of a line with its component, tier, base, rate and rounding."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from metadata.pricing.numbers import EXACT, from_minor, times
from server.pricing.definition import Definition
from server.pricing.values import Line, Part, Quote

__all__ = ["in_words", "line_shown", "money", "quote_shown"]

_LOST = {
    "not_met": "its condition is not met",
    "not_yet": "its time has not come",
    "no_rate": "no rate is for it",
    "exclusive": "another one of its group comes first",
    "best_for_payee": "another one of its group is higher",
    "best_for_company": "another one of its group is lower",
}
_PARTS = {
    "unit": "{quantity} × {rate}",
    "tier": "tier {place}: {quantity} × {rate}",
    "percent": "{quantity} × {rate}",
    "cell": "cell {place}: {quantity} × {rate}",
    "package": "{quantity} packages × {rate}",
    "flat": "fixed amount",
    "fixed": "on top of each",
    "external": "came with it",
    "reversed": "taken back, tier {place}: {quantity} × {rate}",
    "again": "rated again, tier {place}: {quantity} × {rate}",
    "min_event": "up to the least of an event",
    "max_event": "down to the greatest of an event",
    "max_period": "down to the greatest of a period",
    "rounding": "rounding",
}


def money(amount: int, currency: str) -> str:
    """An amount in the currency's own unit, with all its digits: text, so that no reader rounds it."""
    return f"{from_minor(amount, currency):f}"


def quote_shown(definition: Definition, quote: Quote, key: str) -> dict[str, Any]:
    """A quote as the API shows it."""
    currency = definition.currency
    return {
        "plan": definition.plan.name,
        "version": definition.number or None,
        "key": key,
        "currency": currency,
        "revenue": money(quote.revenue, currency),
        "discount": money(quote.discount, currency),
        "payout": money(quote.payout, currency),
        "cost": money(quote.cost, currency),
        "margin": money(quote.margin, currency),
        "total": money(quote.revenue - quote.discount, currency),
        "breaches": list(quote.breaches),
        "blocked": quote.is_blocked,
        "lines": [line_shown(definition, line) for line in quote.lines],
    }


def line_shown(definition: Definition, line: Line) -> dict[str, Any]:
    """A line as the API shows it, and as it is kept."""
    currency = definition.currency
    counted = definition.tariffs[line.rate].measure if line.rate else ""
    return {
        "component": line.component,
        "kind": line.kind.upper(),
        "amount": money(line.amount, currency),
        "rate": line.rate or None,
        "lost": line.lost or None,
        "window": line.key.window if line.key is not None else None,
        "party": line.key.party if line.key is not None else None,
        "base": money(line.base, currency),
        "totalBefore": _counted(line.before.total, counted, currency),
        "totalAfter": _counted(line.after.total, counted, currency),
        "parts": [
            {
                "label": part.label,
                "of": part.of,
                "tier": _place(part),
                "quantity": None if part.quantity is None else _counted(part.quantity, counted, currency),
                "rate": None if part.rate is None else _rate(part, counted, currency),
                "amount": _major(part.amount, currency),
            }
            for part in line.parts
        ],
        "cuts": [{"guard": cut.guard, "amount": money(cut.amount, currency)} for cut in line.cuts],
        "shares": [
            {"payee": share.payee, "percent": f"{share.percent:f}", "amount": money(share.amount, currency)}
            for share in line.shares
        ],
        "candidates": [{"rate": one.rate, "lost": one.lost or None} for one in line.candidates],
        "transition": None
        if line.transition is None
        else {
            "rate": line.transition.rate,
            "before": line.transition.before + 1,
            "after": line.transition.after + 1,
            "switch": line.transition.switch,
            "difference": money(line.transition.difference, currency),
        },
    }


def in_words(definition: Definition, quote: Quote) -> Iterator[str]:
    """A quote line by line, for people."""
    plan, currency = definition.plan, definition.currency
    version = f"version {definition.number}" if definition.number else "draft"
    yield f"{plan.name}, {version}, in {currency}"
    for line in quote.lines:
        if line.lost:
            yield f"{line.component}: nothing, {_LOST[line.lost]}"
            continue
        shown = line_shown(definition, line)
        assert line.key is not None
        whose = f" of {line.key.party}" if line.key.party else ""
        yield f"{line.component}: {shown['amount']} by rate {line.rate}, window {line.key.window}{whose}"
        for candidate in line.candidates:
            if candidate.lost:
                yield f"  not by {candidate.rate}: {candidate.lost.replace('_', ' ')}"
        if shown["totalBefore"] is not None:
            yield f"  counted before: {shown['totalBefore']}, after: {shown['totalAfter']}"
        for part in shown["parts"]:
            text = _PARTS[part["label"]].format(place=part["tier"], quantity=part["quantity"], rate=part["rate"])
            yield f"  {text} = {part['amount']}"
        for cut in shown["cuts"]:
            yield f"  cut by {cut['guard']} = -{cut['amount']}"
        for share in shown["shares"] if len(shown["shares"]) > 1 else ():
            yield f"  to {share['payee']}: {share['percent']} % = {share['amount']}"
    for breach in quote.breaches:
        guard, _, outcome = breach.partition(":")
        yield f"{guard} is passed: {outcome.replace('_', ' ')}"


def _place(part: Part) -> str | None:
    """The number of a tier, from 1; the values of a cell."""
    place = part.of.partition(":")[2]
    return None if not place else str(int(place) + 1) if place.isdecimal() and part.label != "cell" else place


def _major(amount: Decimal, currency: str) -> str:
    """Exact minor units in the currency's own unit, with all digits that count, and those that it always has."""
    unit = from_minor(1, currency)
    found = times(amount, unit).normalize(EXACT)
    short = int(found.as_tuple().exponent) > int(unit.as_tuple().exponent)
    return f"{found.quantize(unit, context=EXACT) if short else found:f}"


def _counted(total: Decimal, measure: str, currency: str) -> str | None:
    if not measure:
        return None
    return _major(total, currency) if measure == "base" else f"{total:f}"


def _rate(part: Part, measure: str, currency: str) -> str:
    assert part.rate is not None
    if measure == "base" and part.label != "package":
        return f"{times(part.rate, Decimal(100)).normalize(EXACT):f} %"
    return _major(part.rate, currency)
