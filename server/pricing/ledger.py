"""What is booked, decided without I/O: entries of a quote, what a refund takes back, what rating again differs by.

Every booking sums to zero. What is charged is a receivable of the party's against revenue, discounts are the
reverse, and what is paid out is an expense against the payee's account.

Source:
    `docs/pricing.md`; double entry as Formance's and TigerBeetle's ledgers keep it: signed amounts, nothing changed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC
from decimal import Decimal
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from metadata.pricing.numbers import EXACT, MAX_AMOUNT, rounded
from metadata.problems import BadInputError
from server.pricing.definition import Definition
from server.pricing.pricing import price, sort_key
from server.pricing.values import Line, PriceEvent, Quote, Tally, TallyKey

__all__ = [
    "Booked",
    "Entry",
    "Side",
    "booking_digest",
    "differences",
    "digest",
    "entries_of",
    "fold",
    "in_proportion",
    "part_of",
    "recorded",
    "remaining",
    "sides_of",
    "taken_back",
]


class Side(NamedTuple):
    """What an amount is booked under: a component's total in a window, for a payee."""

    component: str
    window: str
    payee: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: debit above 0, credit below."""

    component: str
    window: str
    account: str
    payee: str
    amount: int


@dataclass(frozen=True, slots=True)
class Booked:
    """A sale that was booked before.

    Attributes:
        event: Its facts, as they were.
        refunded: Of it: quantity and amounts by base, of all refunds.
        definition: The version that it pins.
    """

    event: PriceEvent
    definition: Definition
    refunded: Sequence[PriceEvent] = ()


_ACCOUNTS: Mapping[str, tuple[str, str, int]] = {
    "price": ("receivable", "revenue", 1),
    "discount": ("receivable", "discount", -1),
}
"""Account of the payee, our own, and the sign of the payee's, by kind; what is paid out is in none."""


def sides_of(lines: Iterable[Line]) -> dict[Side, int]:
    """Shares of lines, by what they are booked under."""
    found: dict[Side, int] = {}
    for line in lines:
        for share in line.shares if line.key is not None and not line.lost else ():
            assert line.key is not None
            side = Side(line.component, line.key.window, share.payee)
            found[side] = found.get(side, 0) + share.amount
    return {side: amount for side, amount in found.items() if amount}


def recorded(outcome: str) -> dict[Side, int]:
    """Shares of a sale as they were booked: by itself, or by a run."""
    read = msgspec.json.decode(outcome)
    found: dict[Side, int] = {}
    for component, window, payee, amount in read.get("sides", ()):
        side = Side(component, window, payee)
        found[side] = found.get(side, 0) + amount
    for component, _, window, payees, amounts in read.get("lines", ()):
        for payee, amount in zip(payees, amounts, strict=True):
            side = Side(component, window, payee)
            found[side] = found.get(side, 0) + amount
    return {side: amount for side, amount in found.items() if amount}


def entries_of(sides: Mapping[Side, int], kinds: Mapping[str, str]) -> list[Entry]:
    """Both entries of each amount.

    Args:
        sides: Amounts by what they are booked under.
        kinds: Of components.

    Raises:
        BadInputError: `amount_too_large`.
    """
    found = []
    for side, amount in sorted(sides.items()):
        if abs(amount) > MAX_AMOUNT:
            raise BadInputError.single(
                "amount_too_large",
                f"What '{side.component}' comes to is more than can be booked: {amount} of the smallest unit.",
                hint=f"At most {MAX_AMOUNT} is booked at once; look at the facts and at the rate.",
            )
        kind = kinds[side.component]
        theirs, ours, sign = _ACCOUNTS.get(kind, ("payable", "cost" if kind == "cost" else "expense", -1))
        if amount:
            found.append(Entry(side.component, side.window, theirs, side.payee, sign * amount))
            found.append(Entry(side.component, side.window, ours, "", -sign * amount))
    return found


def remaining(booked: Booked) -> PriceEvent:
    """What is left of a sale after its refunds."""
    event = booked.event
    for refund in booked.refunded:
        event = replace(
            event,
            quantity=max(Decimal(0), EXACT.subtract(event.quantity, refund.quantity)),
            bases={name: max(0, amount - refund.bases.get(name, 0)) for name, amount in event.bases.items()},
            amounts={name: max(0, amount - refund.amounts.get(name, 0)) for name, amount in event.amounts.items()},
            cost=max(0, event.cost - refund.cost),
        )
    return event


def fold(
    sales: Iterable[Booked], zone: ZoneInfo, before: Mapping[TallyKey, Tally] | None = None
) -> tuple[Mapping[str, Quote], Mapping[TallyKey, Tally]]:
    """Rate sales in their one order, each by its own version; quotes by key. Those fully refunded are left out.

    Args:
        sales: In any order.
        zone: The tenant's.
        before: Totals that there are before them; none unless given.
    """
    tallies = dict(before or {})
    quotes: dict[str, Quote] = {}
    left = [(remaining(one), one) for one in sales]
    for event, one in sorted(left, key=lambda pair: sort_key(pair[1].definition, pair[0])):
        if one.refunded and not event.quantity and not any(event.bases.values()):
            continue
        quote = price(one.definition, event, tallies, zone)
        quotes[event.key] = quote
        if not quote.is_blocked:
            tallies |= quote.tallies
    return quotes, tallies


def differences(wanted: Mapping[Side, int], booked: Mapping[Side, int]) -> dict[Side, int]:
    """Rate everything, subtract what is booked."""
    sides = {side: wanted.get(side, 0) - booked.get(side, 0) for side in (*wanted, *booked)}
    return {side: amount for side, amount in sides.items() if amount}


def taken_back(
    recorded: Mapping[Side, int], part: Decimal, whole: Decimal, before: Mapping[Side, int], *, last: bool
) -> dict[Side, int]:
    """What a refund takes back of the recorded shares: the last one exhausts them.

    Args:
        recorded: Shares of the sale as they were booked.
        part: What is refunded by now, with this refund.
        whole: What there was.
        before: What earlier refunds took back, below 0.
        last: Whether nothing remains.
    """
    found = {}
    for side, amount in recorded.items():
        share = amount if last or not whole else rounded(_ratio(amount, part, whole))
        found[side] = -share - before.get(side, 0)
    return {side: amount for side, amount in found.items() if amount}


def in_proportion(amount: int, weights: Mapping[str, int]) -> dict[str, int]:
    """Parts of an amount by weights above 0, by largest remainders; they sum to it."""
    whole = sum(weights.values())
    found = {name: amount * weight // whole for name, weight in weights.items()}
    order = sorted(weights, key=lambda name: (-(amount * weights[name] % whole), name))
    for name in order[: amount - sum(found.values())]:
        found[name] += 1
    return found


_FINEST = Decimal("1e-12")
_DIVISION = EXACT.copy()
_DIVISION.prec = 60
_DIVISION.traps = dict.fromkeys(_DIVISION.traps, False)


def _ratio(amount: int, part: Decimal, whole: Decimal) -> Decimal:
    return _DIVISION.divide(EXACT.multiply(Decimal(amount), part), whole)


def part_of(definition: Definition, event: PriceEvent, left: PriceEvent, part: Decimal | None) -> PriceEvent:
    """What a refund takes of a sale, everything in proportion; all that is left where nothing is said.

    Args:
        definition: The sale's.
        event: The sale.
        left: What remains of it.
        part: Minor units of the first base, or units where the plan has no base.

    Raises:
        BadInputError: `refund_too_large`.
    """
    if part is None:
        return left
    bases = definition.plan.bases
    rest = Decimal(left.bases.get(bases[0].name, 0)) if bases else left.quantity
    whole = Decimal(event.bases.get(bases[0].name, 0)) if bases else event.quantity
    if not 0 < part <= rest:
        raise BadInputError.single(
            "refund_too_large",
            f"The refund is of {part:f}, and {rest:f} remain (in minor units).",
            path=("amount",),
            hint="Refund what remains, or less.",
        )
    if part == rest:
        return left

    def share(amount: int, most: int) -> int:
        return min(most, rounded(_ratio(amount, part, whole)))

    return replace(
        left,
        quantity=min(
            left.quantity,
            _DIVISION.divide(EXACT.multiply(event.quantity, part), whole).quantize(_FINEST, context=_DIVISION),
        ),
        bases={name: share(amount, left.bases[name]) for name, amount in event.bases.items()},
        amounts={name: share(amount, left.amounts[name]) for name, amount in event.amounts.items()},
        cost=share(event.cost, left.cost),
    )


_HASHED = (
    "id",
    "plan",
    "key",
    "kind",
    "reverses",
    "record_id",
    "party",
    "version",
    "currency",
    "effective_at",
    "period",
    "original_period",
    "event",
    "outcome",
    "note",
)


def booking_digest(body: Mapping[str, Any], entries: Iterable[Entry]) -> bytes:
    """The hash of a booking, by the names of its columns, with its entries."""
    values = {name: body[name] for name in _HASHED}
    values["effective_at"] = body["effective_at"].astimezone(UTC).isoformat(timespec="microseconds")
    sides = [[one.component, one.window, one.account, one.payee, str(one.amount)] for one in entries]
    return digest({**values, "entries": sides})


def digest(value: Mapping[str, Any]) -> bytes:
    """The hash of a booking with its entries: one for every meaning."""
    return hashlib.sha256(msgspec.json.encode(value, order="deterministic")).digest()
