"""Calendars and service-level policies as a tenant declares them."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from metadata.model.values import About, Labels

__all__ = ["Calendar", "DayRule", "SlaMetric", "SlaPolicy", "SlaStep", "SlaTarget", "WorkWindow"]


class WorkWindow(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Hours that count, on some days of the week."""

    days: Annotated[tuple[int, ...], About("Days of the week, 1 for Monday")]
    begins: Annotated[str, About("Time of day: 09:00")]
    ends: Annotated[str, About("Time of day, of the next day where it is not later: 18:00; 24:00 for midnight")]


class DayRule(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A day, or several in a row, that is not like its day of the week."""

    day: Annotated[str, About("The day: 2026-10-01")]
    until: Annotated[str, About("Last day of several; empty for one day")] = ""
    name: Annotated[str, About("What it is called")] = ""
    kind: Annotated[
        Literal["holiday", "workday", "hours"],
        About("Nothing counts, it counts like a working day of the week, or just the hours of `windows`"),
    ] = "holiday"
    windows: Annotated[tuple[str, ...], About("Of `hours`: 09:00-12:00, each")] = ()


class Calendar(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Which hours count as working time."""

    name: Annotated[str, About("snake_case, unique within the tenant", identifies=True)]
    label: Annotated[Labels, About("Name shown to people, by language")] = msgspec.field(default_factory=dict)
    timezone: Annotated[str, About("IANA zone; empty for the tenant's")] = ""
    windows: Annotated[tuple[WorkWindow, ...], About("Hours of the week that count; none for all hours")] = ()
    holidays: Annotated[
        Literal["", "china"], About("A list that is kept up to date: China's holidays with make-up workdays")
    ] = ""
    days: Annotated[tuple[DayRule, ...], About("Days that are not like their day of the week; the last one wins")] = ()
    origin: Annotated[str, About("Template it came from", given=False)] = ""


class SlaTarget(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How fast, for which records; the first that fits counts."""

    within: Annotated[str, About("Working time that it may take: PT4H")]
    when: Annotated[str, About("Expression over the record; empty for all")] = ""
    calendar: Annotated[str, About("Calendar that counts; empty for the policy's")] = ""


class SlaStep(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something that happens before a target is due, or after."""

    name: Annotated[str, About("snake_case, unique within the metric")]
    percent: Annotated[int | None, About("When so much of the time is used up: 80; more than 100 is overdue")] = None
    minutes: Annotated[int | None, About("So many minutes after it is due; before, where negative")] = None
    act: Annotated[
        Literal["notify", "set", "reassign", "open_task"],
        About("Tell somebody, set a field, hand the record to the owner's superior, or start a flow"),
    ] = "notify"
    field: Annotated[str, About("Of `set`: the field")] = ""
    value: Annotated[str, About("Of `set`: its value; of `notify`: a role, or empty for the owner")] = ""
    flow: Annotated[str, About("Of `open_task`: the flow that is started for the record")] = ""
    working: Annotated[bool, About("Minutes are working time, and it waits for working hours")] = True


class SlaMetric(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One clock: what starts, pauses and stops it, and how far it may run."""

    name: Annotated[str, About("snake_case, unique within the policy")]
    start: Annotated[str, About("Expression over the record; the clock runs from when it is met")]
    stop: Annotated[str, About("Expression over the record; the clock has stopped once it is met")]
    targets: Annotated[tuple[SlaTarget, ...], About("How far it may run; the first that fits counts")]
    pause: Annotated[str, About("Expression over the record; the clock rests while it is met")] = ""
    extend: Annotated[bool, About("Pauses move the due time; otherwise they only show")] = True
    again: Annotated[bool, About("After it has stopped it may start again, as for the next response")] = False
    steps: Annotated[tuple[SlaStep, ...], About("What happens before and after it is due")] = ()
    label: Annotated[Labels, About("Name shown to people, by language")] = msgspec.field(default_factory=dict)


class SlaPolicy(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Promises about the records of an object type, watched by the clock."""

    name: Annotated[str, About("snake_case, unique within the tenant", identifies=True)]
    object: Annotated[str, About("Object type of its records")]
    label: Annotated[Labels, About("Name shown to people, by language")] = msgspec.field(default_factory=dict)
    when: Annotated[str, About("Expression over the record; empty for all")] = ""
    calendar: Annotated[str, About("Calendar that counts; empty for all hours")] = ""
    metrics: Annotated[tuple[SlaMetric, ...], About("Its clocks")] = ()
    origin: Annotated[str, About("Template it came from", given=False)] = ""
