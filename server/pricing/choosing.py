"""Which rate of a component counts for an event, and why the others do not."""

from __future__ import annotations

from datetime import date

from server.pricing.definition import Component, Tariff
from server.pricing.values import Candidate, PriceEvent

__all__ = ["MOST_TOLD", "choose"]

MOST_TOLD = 50
"""Of a component with more rates, candidates are those alone that are for the event's dimensions."""


def choose(component: Component, event: PriceEvent, day: date) -> tuple[Tariff | None, tuple[Candidate, ...]]:
    """The rate that counts; None where none fits.

    Args:
        component: With its rates in order.
        event: What happened.
        day: When, in the tenant's zone.
    """
    chosen: Tariff | None = None
    candidates = []
    few = len(component.tariffs) <= MOST_TOLD
    for tariff in component.tariffs if few else component.fitting(event.dimensions):
        lost = _unfit(tariff, event, day)
        if not lost and chosen is not None:
            lost = _behind(chosen, tariff)
        elif not lost:
            chosen = tariff
        candidates.append(Candidate(tariff.name, lost))
    return chosen, tuple(candidates)


def _unfit(tariff: Tariff, event: PriceEvent, day: date) -> str:
    if tariff.starts is not None and day < tariff.starts:
        return "not_yet_valid"
    if tariff.ends is not None and day >= tariff.ends:
        return "no_longer_valid"
    return next(
        (f"other_{name}" for name, values in tariff.scope.items() if event.dimensions.get(name) not in values), ""
    )


def _behind(chosen: Tariff, tariff: Tariff) -> str:
    if chosen.rate.priority > tariff.rate.priority:
        return "lower_priority"
    return "less_special" if len(chosen.scope) > len(tariff.scope) else "older"
