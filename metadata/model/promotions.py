"""Promotion rules: a role that is earned by a figure, for a time, and lost the same way."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from metadata.model.values import About, Labels

__all__ = ["LAYERS", "Promotion"]

LAYERS = ("operate", "manage", "decide")
"""Layers of roles, the lowest first."""


class Promotion(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who reaches a figure so many periods in a row holds a role, until they miss it as often."""

    name: Annotated[str, About("snake_case, unique within the tenant", identifies=True)]
    label: Annotated[Labels, About("Name shown to people, by language")] = msgspec.field(default_factory=dict)
    role: Annotated[str, About("Role that is earned")]
    among: Annotated[str, About("Role of those who are measured; empty for everybody")] = ""
    object: Annotated[str, About("Object type whose records are measured")]
    condition: Annotated[str, About("Expression that measured records meet")] = ""
    function: Annotated[Literal["count", "sum", "avg", "min", "max"], About("What is computed of them")] = "count"
    field: Annotated[str, About("Number that it is computed of; empty for a count")] = ""
    user: Annotated[str, About("Relation to the user whom a record counts for")] = "owner"
    date: Annotated[str, About("Date or instant that decides which period a record belongs to")] = "created_at"
    window: Annotated[Literal["day", "week", "month", "quarter"], About("Length of a period, in the tenant's zone")] = (
        "month"
    )
    threshold: Annotated[str, About("Least figure, as decimal text")]
    consecutive: Annotated[int, About("Periods in a row in which it is reached, and missed before the role ends")] = 3
    grace: Annotated[int, About("Further periods until the role ends")] = 1
    active: Annotated[bool, About("Whether it is evaluated by itself")] = True
    origin: Annotated[str, About("Template it came from", given=False)] = ""
