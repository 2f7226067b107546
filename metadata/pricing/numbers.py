"""Exact numbers of a plan, and the one place where amounts are rounded.

Amounts are whole minor units (fen of CNY, yen of JPY). What is computed stays exact until `rounded`.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import MAX_EMAX, MIN_EMIN, ROUND_HALF_UP, Context, Decimal, Inexact, InvalidOperation, Overflow

from metadata.fields.numbers import currency_scale

__all__ = ["EXACT", "MAX_AMOUNT", "exact", "from_minor", "percent_of", "rounded", "split", "times", "to_minor"]

EXACT = Context(prec=400, Emax=MAX_EMAX, Emin=MIN_EMIN, traps=[Inexact, InvalidOperation, Overflow])
"""Sums and products of money; a digit that would be lost is an error."""

MAX_AMOUNT = 2**63 - 1
"""Greatest amount in minor units that is stored."""

_ROUNDING = Context(prec=400, rounding=ROUND_HALF_UP, Emax=MAX_EMAX, Emin=MIN_EMIN, traps=[InvalidOperation, Overflow])
_HUNDREDTH = Decimal("0.01")


def exact(value: str | int | None) -> Decimal:
    """A number of a plan that was checked; absence is nothing."""
    return Decimal(0) if value is None else Decimal(value)


def to_minor(value: Decimal, currency: str) -> Decimal:
    """An amount in minor units, exactly: prices may have finer ones."""
    return value.scaleb(currency_scale(currency), EXACT)


def from_minor(amount: int, currency: str) -> Decimal:
    """An amount of whole minor units in the currency's own unit, with all its digits."""
    return Decimal(amount).scaleb(-currency_scale(currency), EXACT)


def times(number: Decimal, factor: Decimal) -> Decimal:
    """An exact product."""
    return EXACT.multiply(number, factor)


def percent_of(base: Decimal, percent: Decimal) -> Decimal:
    """So many per cent of a base, exactly."""
    return EXACT.multiply(EXACT.multiply(base, percent), _HUNDREDTH)


def rounded(amount: Decimal) -> int:
    """Whole minor units, half away from zero."""
    return int(amount.to_integral_value(ROUND_HALF_UP, _ROUNDING))


def split(amount: int, percents: Sequence[Decimal], residue: int | None = None) -> list[int]:
    """Parts of an amount that sum to it.

    Args:
        amount: Minor units; negative ones split like positive ones.
        percents: What each gets; they sum to 100.
        residue: Place of who takes what rounding leaves; None gives it to the largest remainders, the first of equals.

    Source:
        Method of largest remainders (Hamilton).
    """
    sign, whole = (-1, -amount) if amount < 0 else (1, amount)
    wanted = [percent_of(Decimal(whole), percent) for percent in percents]
    parts = [int(one) for one in wanted]
    left = whole - sum(parts)
    if residue is not None:
        parts[residue] += left
        left = 0
    order = sorted(range(len(parts)), key=lambda place: (parts[place] - wanted[place], place))
    for place in order[:left]:
        parts[place] += 1
    return [sign * part for part in parts]
