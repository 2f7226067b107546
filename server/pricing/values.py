"""What goes into a calculation and what comes out of it: frozen values, amounts in whole minor units."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

__all__ = [
    "Candidate",
    "Clipped",
    "Holder",
    "Line",
    "Part",
    "PriceEvent",
    "Quote",
    "ShareOf",
    "Tally",
    "TallyKey",
    "Transition",
]

NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Holder:
    """Whom an event, or a part of it, is attributed to.

    Attributes:
        attribution: Region, store, agent …
        holder: Who; empty where no rule fits, which is the pool of what is unassigned.
        role: As what.
        percent: How much of it.
        rule: The evidence.
    """

    attribution: str
    holder: str
    role: str
    percent: Decimal
    rule: str


@dataclass(frozen=True, slots=True)
class PriceEvent:
    """What happened, as far as a plan asks.

    Attributes:
        key: Names it within the plan; also orders events of the same instant.
        party: Whose total it counts into; empty for one total.
        contract: Which contract; empty without.
        quantity: How many, 0 or more.
        cost: Minor units.
        bases: Minor units by name.
        clocks: Instants by name; None for what has not happened.
        dimensions: Values by name; None for none.
        fires: Components whose condition is met.
        payees: Who they are, by expression.
        amounts: Minor units that came with it, by rate.
    """

    key: str
    party: str = ""
    contract: str = ""
    quantity: Decimal = Decimal(1)
    cost: int = 0
    bases: Mapping[str, int] = field(default_factory=dict)
    clocks: Mapping[str, datetime | None] = field(default_factory=dict)
    dimensions: Mapping[str, str | None] = field(default_factory=dict)
    fires: frozenset[str] = frozenset()
    payees: Mapping[str, str] = field(default_factory=dict)
    amounts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TallyKey:
    """Which total: a component's, for a party, in a window named by its first day or its contract."""

    component: str
    party: str
    window: str


@dataclass(frozen=True, slots=True)
class Tally:
    """A running total.

    Attributes:
        total: What was counted: quantity, or minor units of the base.
        count: Events.
        exact: Sum of amounts before rounding, in minor units.
        sums: What was counted by rate and version, where a step that is reached rates everything again.
        booked: Sum of amounts, after limits and cuts.
        recent: When, and what was counted then, as far back as a rolling window reaches.
    """

    total: Decimal = NOTHING
    count: int = 0
    exact: Decimal = NOTHING
    sums: Mapping[str, Decimal] = field(default_factory=dict)
    booked: int = 0
    recent: Sequence[tuple[datetime, Decimal]] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """One step of how an amount came about.

    Attributes:
        label: `tier`, `flat`, `reversed`, `again`, `unit`, `package`, `percent`, `fixed`, `cell`, `external`,
            `min_event`, `max_event`, `rounding`, `max_period`.
        of: What it is about: a rate, with the place of its tier where it has some.
        quantity: How much was counted; None where nothing is.
        rate: Minor units for one of it; None where nothing is.
        amount: Minor units, exact.
    """

    label: str
    of: str
    quantity: Decimal | None
    rate: Decimal | None
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Candidate:
    """A rate that was looked at; `lost` says why it does not count, and is empty for the one that does."""

    rate: str
    lost: str


@dataclass(frozen=True, slots=True)
class ShareOf:
    """What a payee gets of a line."""

    payee: str
    percent: Decimal
    amount: int


@dataclass(frozen=True, slots=True)
class Transition:
    """A tier was reached or left: places of the steps, from 0."""

    rate: str
    before: int
    after: int
    switch: str
    difference: int


@dataclass(frozen=True, slots=True)
class Clipped:
    """What a guard has cut off a line."""

    guard: str
    amount: int


@dataclass(frozen=True, slots=True)
class Line:
    """What one component comes to for one event.

    Attributes:
        component: Its name.
        kind: What it is.
        rate: The rate that counts; empty where none does.
        version: Of the plan.
        candidates: All rates of the component, with why they lost.
        key: The total that it counts into; None where nothing is counted.
        before, after: That total.
        base: Minor units that per cents are of.
        parts: How the amount came about; they sum to `amount` before cuts.
        lost: Why the component does not count: `not_met`, `no_rate`, `not_yet`, or a stack policy; else empty.
        cuts: What guards have cut.
        amount: Minor units, after cuts.
        shares: Who gets what; they sum to the amount.
        transition: A tier that was reached or left.
    """

    component: str
    kind: str
    rate: str = ""
    version: int = 0
    candidates: Sequence[Candidate] = ()
    key: TallyKey | None = None
    before: Tally = field(default_factory=Tally)
    after: Tally = field(default_factory=Tally)
    base: int = 0
    parts: Sequence[Part] = ()
    lost: str = ""
    cuts: Sequence[Clipped] = ()
    amount: int = 0
    shares: Sequence[ShareOf] = ()
    transition: Transition | None = None


@dataclass(frozen=True, slots=True)
class Quote:
    """What an event comes to.

    Attributes:
        revenue: What is charged: prices, or the first base; before discounts.
        discount: Taken off.
        payout: Paid out.
        cost: Costs.
        breaches: Limits that were passed, with what is done: `margin_floor:block`.
        tallies: Totals as they are afterwards, where they changed.
    """

    lines: tuple[Line, ...]
    revenue: int
    discount: int
    payout: int
    cost: int
    breaches: tuple[str, ...]
    tallies: Mapping[TallyKey, Tally]

    @property
    def margin(self) -> int:
        """What remains."""
        return self.revenue - self.discount - self.payout - self.cost

    @property
    def is_blocked(self) -> bool:
        """Whether a guard refuses the event."""
        return any(one.endswith(":block") for one in self.breaches)
