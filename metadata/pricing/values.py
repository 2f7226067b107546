"""Price plans as a tenant declares them: components, rate tables with tiers, scopes, stack groups and guards.

What only one model of rates has stands in a rate's `settings`, whose class the model's descriptor in
`metadata.pricing.models` names. Numbers are decimal text or whole numbers, never floats; amounts are in the plan's
currency, `"12.50"`.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

import msgspec

from metadata.model.values import About, Labels

__all__ = [
    "AttributedTo",
    "Attribution",
    "AttributionRule",
    "ExternalSettings",
    "FlatSettings",
    "FourEyes",
    "Guard",
    "MatrixCell",
    "MatrixSettings",
    "Number",
    "PackageSettings",
    "PercentageSettings",
    "PriceComponent",
    "PriceFigure",
    "PricePlan",
    "PriceRate",
    "PriceShare",
    "ScopeTerm",
    "StackGroup",
    "StatementForm",
    "StatementLines",
    "StatementValue",
    "Tier",
    "TieredSettings",
    "UnitSettings",
]

Number: TypeAlias = str | int
"""Decimal text or a whole number."""


class Part(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A part of a declaration that is no item by itself."""


# ── what a plan reads of a record ────────────────────────────────────────────────────────────────────


class PriceFigure(Part, frozen=True, kw_only=True, omit_defaults=True):
    """A named value of the record: an amount, a time, or a dimension."""

    name: Annotated[str, About("snake_case, unique within its list")]
    value: Annotated[str, About("Expression over the record")]


class ScopeTerm(Part, frozen=True, kw_only=True, omit_defaults=True):
    """One dimension that a rate is narrowed by."""

    dimension: Annotated[str, About("Name of a dimension of the plan")]
    values: Annotated[tuple[str, ...], About("Values it may have")]


class StackGroup(Part, frozen=True, kw_only=True, omit_defaults=True):
    """How components that come together add up; groups count in their order."""

    name: Annotated[str, About("snake_case, unique within the plan")]
    policy: Annotated[
        Literal["sum", "exclusive", "best_for_payee", "best_for_company", "sequential"],
        About("All of them, the first, the greatest, the least, or each on what the one before has left"),
    ] = "sum"


class Guard(Part, frozen=True, kw_only=True, omit_defaults=True):
    """A limit over all components of one event."""

    limit: Annotated[
        Literal["max_discount", "max_payout", "margin_floor"],
        About("Discounts of the revenue, payouts of the revenue after discounts, or what has to remain of that"),
    ]
    percent: Annotated[Number, About("Per cent that it is about")]
    breach: Annotated[
        Literal["cap", "block", "flag_for_approval"],
        About("Cut what is too much, refuse the event, or book it and ask somebody"),
    ] = "cap"


class FourEyes(Part, frozen=True, kw_only=True, omit_defaults=True):
    """When a second person agrees before a version is published."""

    above: Annotated[
        Number, About("Amount that all payees and customers together would have had more or less of the past days")
    ]
    days: Annotated[int, About("How many past days it is tried over, 1 to 366")] = 30


class PriceShare(Part, frozen=True, kw_only=True, omit_defaults=True):
    """Who gets a part of a component's amount."""

    payee: Annotated[str, About("Expression over the record: who it is, as text, an option or a related record")]
    percent: Annotated[Number, About("Per cent of the amount")]
    residue: Annotated[bool, About("Takes what rounding leaves; otherwise the largest remainders do")] = False


class AttributedTo(Part, frozen=True, kw_only=True, omit_defaults=True):
    """To whom an event is attributed, or a part of it."""

    value: Annotated[str, About("Expression over the record: a region, a store, an agent …")]
    percent: Annotated[Number, About("Per cent of the event; all of one rule are 100")] = 100
    role: Annotated[str, About("As what: signer, deliverer …")] = ""


class AttributionRule(Part, frozen=True, kw_only=True, omit_defaults=True):
    """Evidence, and what follows from it."""

    name: Annotated[str, About("snake_case, unique within the attribution; it is the evidence that statements show")]
    when: Annotated[str, About("Expression over the record that has to be met")] = ""
    to: Annotated[tuple[AttributedTo, ...], About("Who; the rule counts only where all of them have a value")]


class Attribution(Part, frozen=True, kw_only=True, omit_defaults=True):
    """To which region, store, agent, engineer, channel or activity events belong; the first rule that fits counts.

    What no rule fits stays unassigned, which statements show and closing asks about.
    """

    name: Annotated[str, About("snake_case, unique within the plan: region, store, agent …")]
    rules: Annotated[tuple[AttributionRule, ...], About("In the order they are tried")]


class StatementValue(Part, frozen=True, kw_only=True, omit_defaults=True):
    """A field of a statement's record, or of a line's."""

    field: Annotated[str, About("Field of the object type")]
    value: Annotated[
        str,
        About("holder, first_day, last_day, turnover, amount (all components), bookings, revision, or component.NAME"),
    ]


class StatementLines(Part, frozen=True, kw_only=True, omit_defaults=True):
    """The lines of statements as records that hang on them: listed, summed up and exported like any other."""

    object: Annotated[str, About("Object type of the lines")]
    statement: Annotated[str, About("Its relation to the statement")]
    values: Annotated[
        tuple[StatementValue, ...],
        About(
            "What is written into them: key, kind, record, at, day, period, original_period, component, amount, "
            "percent, role, rule, or mark.DIMENSION"
        ),
    ]


class StatementForm(Part, frozen=True, kw_only=True, omit_defaults=True):
    """Statements as records of an object type: seen, approved by flows, watched and exported like any other."""

    name: Annotated[str, About("snake_case, unique within the plan")]
    by: Annotated[str, About("Whose: an attribution or dimension of the plan, or party, or payee")]
    every: Annotated[Literal["day", "month"], About("What one statement is of, in the tenant's zone")] = "month"
    object: Annotated[str, About("Object type of the records")]
    values: Annotated[tuple[StatementValue, ...], About("What is written into them")]
    replace_while: Annotated[
        str,
        About(
            "Expression over the record: as long as it is met, new figures replace the old; later they are a revision"
        ),
    ] = ""
    lines: Annotated[StatementLines | None, About("What it consists of, as records; none for figures alone")] = None


# ── settings of the models ───────────────────────────────────────────────────────────────────────────


class UnitSettings(Part, frozen=True, kw_only=True, omit_defaults=True):
    """So much for each."""

    price: Annotated[Number, About("Price of one")]


class FlatSettings(Part, frozen=True, kw_only=True, omit_defaults=True):
    """A fixed amount."""

    amount: Annotated[Number, About("The amount")]
    per: Annotated[Literal["event", "period"], About("Each time, or once a period")] = "event"


class Tier(Part, frozen=True, kw_only=True, omit_defaults=True):
    """A step of a ladder: it reaches to where the next one begins, the last is open."""

    lower: Annotated[Number, About("Where it begins: quantity, or amount of the base; the first is 0")] = 0
    price: Annotated[Number | None, About("Price of one")] = None
    percent: Annotated[Number | None, About("Per cent of the base")] = None
    flat: Annotated[Number | None, About("Amount that comes with the tier, once a period")] = None


class TieredSettings(Part, frozen=True, kw_only=True, omit_defaults=True):
    """A ladder."""

    tiers: Annotated[tuple[Tier, ...], About("Steps, lowest first")]
    of: Annotated[
        Literal["", "quantity", "base"], About("What is counted up the ladder; empty for what the model counts")
    ] = ""


class PackageSettings(Part, frozen=True, kw_only=True, omit_defaults=True):
    """So much for each started package."""

    size: Annotated[Number, About("Units in a package")]
    price: Annotated[Number, About("Price of a package")]
    free: Annotated[Number, About("Units that cost nothing")] = 0


class PercentageSettings(Part, frozen=True, kw_only=True, omit_defaults=True):
    """A part of the base."""

    percent: Annotated[Number, About("Per cent of the base")]
    fixed: Annotated[Number, About("Amount that comes on top of each event")] = 0
    free_count: Annotated[int, About("First events of a period that are free")] = 0
    free_amount: Annotated[Number, About("First amount of a period that is free")] = 0


class MatrixCell(Part, frozen=True, kw_only=True, omit_defaults=True):
    """A rate for one combination of dimensions."""

    values: Annotated[tuple[str, ...], About("A value of each dimension, in their order; `*` fits all")]
    price: Annotated[Number | None, About("Price of one")] = None
    percent: Annotated[Number | None, About("Per cent of the base")] = None


class MatrixSettings(Part, frozen=True, kw_only=True, omit_defaults=True):
    """A rate looked up by dimensions."""

    dimensions: Annotated[tuple[str, ...], About("Dimensions of the plan that it is looked up by")]
    cells: Annotated[tuple[MatrixCell, ...], About("Rates; the first that fits counts")]


class ExternalSettings(Part, frozen=True, kw_only=True, omit_defaults=True):
    """The amount comes with the event."""

    amount: Annotated[str, About("Expression over the record that gives it")]


# ── kinds ────────────────────────────────────────────────────────────────────────────────────────────


class PriceComponent(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing a plan computes: a price, a discount, a commission …, with what it accumulates over."""

    name: Annotated[str, About("snake_case, unique within the plan", identifies=True)]
    kind: Annotated[
        Literal["price", "discount", "base_fee", "commission", "subsidy", "rebate", "cost"],
        About("What it is: charged, taken off the revenue, paid out, or cost"),
    ]
    label: Annotated[Labels, About("Name shown to people, by language")] = msgspec.field(default_factory=dict)
    when: Annotated[str, About("Expression over the record; the component counts only when it is met")] = ""
    base: Annotated[
        str, About("Base of the plan that per cents and ladders of amounts are of; empty for the first")
    ] = ""
    clock: Annotated[str, About("Clock of the plan that says when it happened; empty for the first")] = ""
    window: Annotated[
        Literal["day", "week", "month", "quarter", "year", "contract", "rolling"],
        About("What its ladder accumulates over, in the tenant's zone; rolling: the `days` before each event"),
    ] = "month"
    days: Annotated[int | None, About("Length of a rolling window, in days of 24 hours")] = None
    switch: Annotated[
        Literal["", "marginal", "retroactive_period", "step_forward"],
        About("A tier that is reached counts for what is above it, for the whole window, or from that event on"),
    ] = ""
    bound_rule: Annotated[
        Literal["at_least", "more_than"], About("A tier is reached at its lower bound, or above it")
    ] = "at_least"
    falling: Annotated[
        Literal["recompute", "keep_highest", "recompute_until_close"],
        About(
            "After refunds below a tier: rate again, keep the highest tier, or rate again until the period is closed"
        ),
    ] = "recompute"
    group: Annotated[str, About("Stack group; empty for one that simply adds up")] = ""
    min_event: Annotated[Number | None, About("Least amount of an event")] = None
    max_event: Annotated[Number | None, About("Greatest amount of an event")] = None
    min_period: Annotated[Number | None, About("Least amount of a period, made up when it is closed")] = None
    max_period: Annotated[Number | None, About("Greatest amount of a period")] = None
    commitment: Annotated[
        Number | None, About("Amount that was promised for a period, made up last, after all limits")
    ] = None
    shares: Annotated[tuple[PriceShare, ...], About("Who gets what of it; none for the party alone")] = ()
    origin: Annotated[str, About("Template it came from", given=False)] = ""


class PriceRate(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A rate table of a component, for the events of its scope and time."""

    name: Annotated[str, About("snake_case, unique within the plan", identifies=True)]
    component: Annotated[str, About("Component of the plan that it is for")]
    model: Annotated[str, About("Key of a model, such as `graduated`")]
    label: Annotated[Labels, About("Name shown to people, by language")] = msgspec.field(default_factory=dict)
    scope: Annotated[tuple[ScopeTerm, ...], About("Dimensions it is narrowed by; none for all events")] = ()
    priority: Annotated[int, About("The higher one counts first, before the more special one")] = 0
    starts: Annotated[str, About("First day it is valid: 2026-06-18; empty for always")] = ""
    ends: Annotated[str, About("First day it is no longer valid; empty for never")] = ""
    settings: Annotated[Any, About("What only this model has: tiers, prices, per cents …")] = None
    origin: Annotated[str, About("Template it came from", given=False)] = ""


class PricePlan(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is charged and shared for the records of an object type: the draft; publishing makes a version of it."""

    name: Annotated[str, About("snake_case, unique within the tenant", identifies=True)]
    object: Annotated[str, About("Object type whose records are its events")]
    label: Annotated[Labels, About("Name shown to people, by language")] = msgspec.field(default_factory=dict)
    description: Annotated[Labels, About("What it is for, by language")] = msgspec.field(default_factory=dict)
    live: Annotated[
        bool, About("Every change of it is published at once, and refused when it is unsound; otherwise a draft")
    ] = False
    currency: Annotated[str, About("ISO 4217 code of all its amounts; empty for the tenant's")] = ""
    when: Annotated[str, About("Expression over the record; only those that meet it are events")] = ""
    party: Annotated[str, About("Expression: whose total it is accumulated for; empty for one total")] = ""
    contract: Annotated[str, About("Expression: which contract, where something accumulates over contracts")] = ""
    quantity: Annotated[str, About("Expression: how many; empty for one")] = ""
    cost: Annotated[str, About("Expression: what it costs, for margins; empty for nothing")] = ""
    bases: Annotated[
        tuple[PriceFigure, ...],
        About("Amounts by name: gross, after_promotion, net_of_tax, net_of_refund, margin; the first is the revenue"),
    ] = ()
    clocks: Annotated[tuple[PriceFigure, ...], About("Times by name: paid_at, completed_at …")] = ()
    dimensions: Annotated[
        tuple[PriceFigure, ...], About("What rates may be narrowed by: level, region, channel …")
    ] = ()
    attributions: Annotated[tuple[Attribution, ...], About("To whom events belong, for pools and statements")] = ()
    statements: Annotated[tuple[StatementForm, ...], About("Statements that are written as records")] = ()
    nightly: Annotated[
        bool, About("Every night what happened the day before is booked, and statements are written")
    ] = False
    tell: Annotated[
        tuple[str, ...], About("Roles that are told when a tier is reached, and when a month is closed or opened again")
    ] = ()
    four_eyes: Annotated[
        FourEyes | None, About("A change that would have moved more than this is published by two people")
    ] = None
    groups: Annotated[tuple[StackGroup, ...], About("How components that come together add up, in order")] = ()
    guards: Annotated[tuple[Guard, ...], About("Limits over all components of an event, in order")] = ()
    components: Annotated[tuple[PriceComponent, ...], About("What it computes, in order")] = ()
    rates: Annotated[tuple[PriceRate, ...], About("Rate tables of its components")] = ()
    origin: Annotated[str, About("Template it came from", given=False)] = ""
