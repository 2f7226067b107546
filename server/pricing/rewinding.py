"""Running totals as they were before some sales, from what they are now; so that only what follows is rated again.

What a sale adds to a total depends on the total before it, which is what is looked for: it is guessed, the sales are
rated on the guess, and what comes out too high is taken off, until they lead to the totals as they are. What is
counted is right after the first round, amounts before rounding after the second, rounded ones after the third. Pure.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

from metadata.pricing.numbers import EXACT
from server.pricing.definition import Definition
from server.pricing.ledger import Booked, fold
from server.pricing.values import NOTHING, Quote, Tally, TallyKey

__all__ = ["is_rewindable", "rewound"]

_ROUNDS = 6


def is_rewindable(definition: Definition) -> bool:
    """Whether each component goes by its own total alone, and that by nothing but sales and what is left of them."""
    return (
        not definition.guards
        and all(group.policy == "sum" for group, _ in definition.groups)
        and all(one.declared.days is None and one.declared.falling == "recompute" for one in definition.components)
    )


def rewound(
    now: Mapping[TallyKey, Tally], sales: Sequence[Booked], keys: Collection[TallyKey], zone: ZoneInfo
) -> tuple[Mapping[TallyKey, Tally], Mapping[str, Quote]] | None:
    """Totals as they were before the last sales, and what these come to; None where they cannot be told.

    Args:
        now: Totals as they are.
        sales: All that count into these totals since.
        keys: Which totals.
        zone: The tenant's.
    """
    known = {key: now.get(key, Tally()) for key in keys}
    before = dict(known)
    for _ in range(_ROUNDS):
        quotes, after = fold(sales, zone, before)
        found = {key: after.get(key, Tally()) for key in keys}
        if all(_is_same(found[key], known[key]) for key in keys):
            return None if any(tally.count < 0 for tally in before.values()) else (before, quotes)
        before = {key: _less(before[key], found[key], known[key]) for key in keys}
    return None


def _less(guess: Tally, found: Tally, known: Tally) -> Tally:
    """A guess, less what came out too high."""
    names = {*guess.sums, *found.sums, *known.sums}
    sums = {
        name: EXACT.subtract(
            guess.sums.get(name, NOTHING),
            EXACT.subtract(found.sums.get(name, NOTHING), known.sums.get(name, NOTHING)),
        )
        for name in names
    }
    return replace(
        guess,
        total=EXACT.subtract(guess.total, EXACT.subtract(found.total, known.total)),
        count=guess.count - (found.count - known.count),
        exact=EXACT.subtract(guess.exact, EXACT.subtract(found.exact, known.exact)),
        sums={name: value for name, value in sums.items() if value},
        booked=guess.booked - (found.booked - known.booked),
    )


def _is_same(one: Tally, other: Tally) -> bool:
    return _without_nothing(one) == _without_nothing(other)


def _without_nothing(tally: Tally) -> Tally:
    return replace(tally, sums={name: value for name, value in tally.sums.items() if value})
