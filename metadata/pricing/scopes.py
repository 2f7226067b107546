"""Which of two rates comes first, and which pairs could tie: a tie is refused at publishing, never met by an order.

The order is priority, then how special the scope is, then the later start; what still ties goes by name, which only
rates that never meet do.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations, product

from metadata.pricing.values import PriceRate

__all__ = ["hidden", "order_key", "overlap", "ties"]

Pair = tuple[PriceRate, PriceRate]


def order_key(rate: PriceRate) -> tuple[int, int, str, str]:
    """Sorts rates: the one that counts first comes last."""
    return (rate.priority, len(rate.scope), rate.starts, rate.name)


def overlap(one: PriceRate, two: PriceRate) -> bool:
    """Whether some event could be of both."""
    theirs = {term.dimension: set(term.values) for term in two.scope}
    return _meet(one, two) and all(
        theirs.get(term.dimension, set(term.values)) & set(term.values) for term in one.scope
    )


def _meet(one: PriceRate, two: PriceRate) -> bool:
    return (not one.ends or two.starts < one.ends) and (not two.ends or one.starts < two.ends)


def ties(rates: Iterable[PriceRate]) -> Iterator[Pair]:
    """Pairs of rates of one component that one event could be of, where nothing but their names would decide.

    Rates narrowed by the same dimensions, as most of a big table are, are found by their values rather than pair by
    pair.
    """
    level: dict[tuple[int, int, str], dict[frozenset[str], list[PriceRate]]] = {}
    for rate in rates:
        dimensions = frozenset(term.dimension for term in rate.scope)
        level.setdefault(order_key(rate)[:3], {}).setdefault(dimensions, []).append(rate)
    for by_dimensions in level.values():
        for same in by_dimensions.values():
            yield from _same_dimensions(same)
        for some, others in combinations(by_dimensions.values(), 2):
            yield from (pair for pair in product(some, others) if overlap(*pair))


def _same_dimensions(rates: Iterable[PriceRate]) -> Iterator[Pair]:
    known: dict[tuple[str, ...], list[PriceRate]] = {}
    for rate in rates:
        values = [dict.fromkeys(term.values) for term in sorted(rate.scope, key=lambda term: term.dimension)]
        met: dict[str, PriceRate] = {}
        for combination in product(*values):
            met |= {one.name: one for one in known.setdefault(combination, []) if _meet(one, rate)}
            known[combination].append(rate)
        yield from ((one, rate) for one in met.values())


def hidden(rates: Iterable[PriceRate]) -> Iterator[Pair]:
    """Pairs of rates of one component: the first comes before the second for every event the second is for.

    What is wider is less special, so only a higher priority can bring that about.
    """
    found = list(rates)
    if len({rate.priority for rate in found}) > 1:
        yield from (
            (one, two) for one, two in product(found, found) if one.priority > two.priority and _is_wider(one, two)
        )


def _is_wider(one: PriceRate, two: PriceRate) -> bool:
    mine = {term.dimension: set(term.values) for term in two.scope}
    wider = all(mine.get(term.dimension) and mine[term.dimension] <= set(term.values) for term in one.scope)
    return wider and one.starts <= two.starts and (not one.ends or (bool(two.ends) and two.ends <= one.ends))
