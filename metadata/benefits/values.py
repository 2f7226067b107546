"""Benefits: what customers are given, keep, use and lose. Points, stored value, coupons.

What only one kind has stands in its `settings`, whose class the kind's descriptor in `metadata.benefits.kinds` names.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from metadata.model.values import About, Labels

__all__ = ["Benefit", "BenefitLevel", "CouponSettings", "PointsSettings", "StoredValueSettings"]


class Part(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A part of a declaration that is no item by itself."""


class BenefitLevel(Part, frozen=True, kw_only=True, omit_defaults=True):
    """A level that is reached by points."""

    name: Annotated[str, About("Key of the option that the record holds")]
    at: Annotated[str, About("Points earned, from which on it is reached: decimal text")]


class PointsSettings(Part, frozen=True, kw_only=True, omit_defaults=True):
    """A number that grows and is spent."""

    valid: Annotated[str, About("How long what is given stays: P365D; empty for good")] = ""
    balance: Annotated[str, About("Number of the record in which the balance is kept; empty for none")] = ""
    levels: Annotated[tuple[BenefitLevel, ...], About("Levels, the lowest first")] = ()
    level: Annotated[str, About("Select field of the record in which the level is kept; needed by levels")] = ""
    earned_within: Annotated[str, About("What counts for a level was earned in so long: P365D; empty for ever")] = ""
    level_valid: Annotated[str, About("How long a level stays at least, once it is reached: P365D; empty for good")] = (
        ""
    )


class StoredValueSettings(Part, frozen=True, kw_only=True, omit_defaults=True):
    """Money that was paid before it is spent."""

    currency: Annotated[str, About("ISO 4217; empty for the tenant's")] = ""
    valid: Annotated[str, About("How long what is given stays; empty for good")] = ""
    balance: Annotated[str, About("Money field of the record in which the balance is kept; empty for none")] = ""


class CouponSettings(Part, frozen=True, kw_only=True, omit_defaults=True):
    """Something with a code that is used once."""

    value: Annotated[str, About("What it is worth, decimal text; counts against the budget")] = "0"
    valid: Annotated[str, About("How long it may be used after it was issued: P30D; empty for good")] = ""
    begins: Annotated[str, About("How long after it was issued it may be used first; empty for at once")] = ""
    when: Annotated[str, About("Expression over the record that is met when it is used; empty for always")] = ""
    per_record: Annotated[int, About("How many one record is ever issued; 0 for no limit")] = 0


class Benefit(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What records are given, within a budget, and every movement of it in a ledger."""

    name: Annotated[str, About("snake_case, unique within the tenant", identifies=True)]
    object: Annotated[str, About("Object type of the records that hold it")]
    kind: Annotated[str, About("Key of a kind of benefit: points, stored_value or coupon")]
    settings: Annotated[Any, About("What only this kind of benefit has")] = None
    label: Annotated[Labels, About("Name shown to people, by language")] = msgspec.field(default_factory=dict)
    description: Annotated[Labels, About("What it is for, by language")] = msgspec.field(default_factory=dict)
    budget: Annotated[str, About("Most that is given in all, decimal text; empty for no limit")] = ""
    budget_per: Annotated[Literal["", "day", "month", "year"], About("In which time; empty for ever")] = ""
    live: Annotated[bool, About("Whether it is given; what was given may be used in any case")] = True
    origin: Annotated[str, About("Template it came from", given=False)] = ""
