"""Public pools: records without an owner that members claim, keep while they work on them, and else lose."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from metadata.model.values import About, Labels

__all__ = ["Pool", "PoolActivity", "PoolSegment"]


class Part(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A part of a declaration that is no item by itself."""


class PoolSegment(Part, frozen=True, kw_only=True, omit_defaults=True):
    """Other lengths of time for some records; the first segment that fits counts."""

    name: Annotated[str, About("snake_case, unique within the pool")]
    when: Annotated[str, About("Expression over the record")]
    protection: Annotated[str, About("How long a record is kept at least: P10D")]
    extension: Annotated[str, About("How far effective activity moves that: P3D; empty for not at all")] = ""
    maximum: Annotated[str, About("How long at most, whatever happens: P20D; empty for no limit")] = ""


class PoolActivity(Part, frozen=True, kw_only=True, omit_defaults=True):
    """What counts as effective work on a record."""

    object: Annotated[str, About("Object type of what is written: a contact, an offer")]
    relation: Annotated[str, About("Its to-one relation to the pool's record; empty for the record itself")] = ""
    when: Annotated[str, About("Expression over what is written; a raw message is no effective work")] = ""


class Pool(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where records without an owner wait to be claimed."""

    name: Annotated[str, About("snake_case, unique within the tenant", identifies=True)]
    object: Annotated[str, About("Object type of its records")]
    label: Annotated[Labels, About("Name shown to people, by language")] = msgspec.field(default_factory=dict)
    when: Annotated[str, About("Expression that records of this pool meet; empty for all without another pool")] = ""
    members: Annotated[tuple[str, ...], About("Roles that may claim; none for everybody who sees the record")] = ()
    managers: Annotated[tuple[str, ...], About("Roles that assign, and decide on what is to be taken back")] = ()
    newcomers: Annotated[tuple[str, ...], About("Roles that may claim only some")] = ()
    newcomers_when: Annotated[str, About("Expression that what newcomers claim meets")] = ""
    protection: Annotated[str, About("How long a record is kept at least: P10D")]
    extension: Annotated[str, About("How far effective activity moves that: P3D; empty for not at all")] = ""
    maximum: Annotated[str, About("How long at most, whatever happens: P20D; empty for no limit")] = ""
    first_contact: Annotated[str, About("How soon the first effective work is due: PT72H; empty for `protection`")] = ""
    unit: Annotated[
        Literal["hours", "days"], About("Whether days are 24 hours, or days of the calendar in the tenant's zone")
    ] = "hours"
    calendar: Annotated[
        str, About("Business calendar whose working time counts, of `unit: days` its working days; empty for all")
    ] = ""
    segments: Annotated[tuple[PoolSegment, ...], About("Other lengths for some records")] = ()
    activity: Annotated[tuple[PoolActivity, ...], About("What counts as effective work")] = ()
    exempt: Annotated[str, About("Expression: what meets it is not taken back: won, open offer, locked")] = ""
    warning: Annotated[str, About("How long before it is taken back the owner is told: P1D")] = ""
    approve: Annotated[str, About("Expression: what meets it is taken back only when a manager agrees")] = ""
    approval_within: Annotated[str, About("How long a manager may take; then `approval_default`")] = "P2D"
    approval_default: Annotated[
        Literal["recycle", "keep"],
        About("What happens when no manager decides in time: taken back, or kept for longer"),
    ] = "recycle"
    approval_extends: Annotated[str, About("How far a refusal moves the due time")] = "P7D"
    cooling: Annotated[str, About("How long the owner before may not claim it again: P7D")] = ""
    claims_per_day: Annotated[int, About("Claims of one person a day, in the tenant's zone; 0 for no limit")] = 0
    claim_interval: Annotated[str, About("Time between two claims of one person: PT10M")] = ""
    holding: Annotated[int, About("Records that one person may hold; 0 for no limit")] = 0
    holding_without: Annotated[str, About("Expression: what meets it does not count as held, such as won ones")] = ""
    hidden: Annotated[tuple[str, ...], About("Fields that only managers read while nobody holds the record")] = ()
    masked: Annotated[tuple[str, ...], About("Fields that are shown to others masked while nobody holds it")] = ()
    views_per_day: Annotated[
        int, About("Records of which one person may see what is hidden or masked a day, before claiming; 0 for none")
    ] = 0
    known_by: Annotated[tuple[str, ...], About("Fields by which `poolKnows` tells that a record is known: phone")] = ()
    known_shows: Annotated[tuple[str, ...], About("Fields that it shows of a known record, such as its stage")] = ()
    former: Annotated[str, About("Field of type user that keeps who had the record before; empty for none")] = ""
    flow: Annotated[str, About("Flow that is started for what was taken back, such as one that routes")] = ""
    origin: Annotated[str, About("Template it came from", given=False)] = ""
