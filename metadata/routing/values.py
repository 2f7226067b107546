"""Queues and the rules that put records into them, as a tenant declares them.

Expressions of steps are over the record, and `actor` in them is the agent who is looked at, as it is in policies:
`region == actor.region`, `distanceKm(place, actor.store.location)`.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from metadata.model.values import About, Labels

__all__ = ["Queue", "QueueLevel", "QueueMember", "RoutingRule", "RoutingStep"]


class QueueMember(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who works a queue: one of the ways to name people, and the hours in which they do."""

    user: Annotated[str, About("Account id or e-mail address")] = ""
    role: Annotated[str, About("Everybody who holds this role")] = ""
    department: Annotated[str, About("Everybody in the department of this code, and in those below it")] = ""
    team: Annotated[str, About("Members of the team of this code")] = ""
    post: Annotated[str, About("Holders of the post of this code")] = ""
    calendar: Annotated[str, About("Their hours, in the calendar's zone; empty for all hours")] = ""


class RoutingStep(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One step of choosing an agent; steps narrow down, one after the other."""

    by: Annotated[
        Literal[
            "person",
            "role",
            "field",
            "where",
            "sticky",
            "greatest",
            "least",
            "least_loaded",
            "most_spare",
            "round_robin",
            "weighted",
        ],
        About("Key of a kind of step"),
    ]
    person: Annotated[str, About("Of `person`: account id or e-mail address")] = ""
    role: Annotated[str, About("Of `role`: who holds it")] = ""
    field: Annotated[str, About("Of `field`: path of a field of type user, such as `customer.owner`")] = ""
    superior: Annotated[int, About("Of `field`: so many levels above that person; 0 for the person")] = 0
    expression: Annotated[
        str, About("Over the record, with `actor` for the agent: a condition, a figure, or what `sticky` goes by")
    ] = ""
    within: Annotated[str, About("Of `sticky`: how long the last agent is remembered: P30D")] = ""
    when: Annotated[str, About("Expression over the record; the step counts only when it is met")] = ""
    required: Annotated[
        bool, About("The work waits for those who fit; otherwise the step is passed over when none of them is free")
    ] = False
    relax_after: Annotated[str, About("A required step is no longer required when the work has waited so long")] = ""


class QueueLevel(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A backlog that is too deep or too old: a fact of its own, once until it has fallen again."""

    name: Annotated[str, About("snake_case, unique within the queue")]
    depth: Annotated[int | None, About("More pieces of work than this wait")] = None
    age: Annotated[str, About("The oldest has waited longer than this: PT20M")] = ""
    clear: Annotated[int | None, About("It is over when no more than so many wait; empty for `depth`")] = None
    standby: Annotated[bool, About("While it lasts, those on a standby shift of this queue work as well")] = False


class Queue(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where work waits for somebody who can do it, and how they are found."""

    name: Annotated[str, About("snake_case, unique within the tenant", identifies=True)]
    object: Annotated[str, About("Object type of the records that wait in it")]
    label: Annotated[Labels, About("Name shown to people, by language")] = msgspec.field(default_factory=dict)
    members: Annotated[tuple[QueueMember, ...], About("Who works it")] = ()
    steps: Annotated[tuple[RoutingStep, ...], About("How one of them is chosen; the longest idle at the end")] = ()
    push: Annotated[bool, About("Work is handed out by itself; otherwise it is only claimed")] = True
    priority: Annotated[str, About("Figure over the record; the greatest is served first, then the oldest")] = ""
    kind: Annotated[str, About("Kind of work; an agent's capacity holds over all queues of a kind")] = "work"
    units: Annotated[int, About("Capacity that one piece of work takes")] = 1
    capacity: Annotated[str, About("Figure over the user: how many units one agent may have under way")] = "5"
    calendar: Annotated[str, About("When it is served; empty for all hours")] = ""
    online: Annotated[bool, About("Only those who are online are handed work")] = True
    heartbeat: Annotated[str, About("Somebody who was not heard of for so long is not online")] = "PT2M"
    roster: Annotated[bool, About("Only those with a duty shift now are handed work")] = False
    accept_within: Annotated[str, About("Work is offered, and goes to the next when not accepted in time")] = ""
    hops: Annotated[int, About("How often it may be declined or missed before it goes to `overflow`")] = 3
    overflow: Annotated[str, About("Queue for what was declined too often or has waited too long")] = ""
    overflow_after: Annotated[str, About("How long it may wait here, where there is an `overflow`")] = ""
    fallback: Annotated[str, About("Queue for what none of the members could ever do; empty for the catch-all")] = ""
    catch_all: Annotated[bool, About("It takes records of its object type that no rule and no queue fits")] = False
    assign_to: Annotated[str, About("Field of type user that the agent is written to")] = "owner"
    done_when: Annotated[str, About("Expression over the record; the work is done when it is met")] = ""
    levels: Annotated[tuple[QueueLevel, ...], About("Backlogs that are too deep or too old")] = ()
    origin: Annotated[str, About("Template it came from", given=False)] = ""


class RoutingRule(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Which records go into a queue; of several rules that fit an event, the first."""

    name: Annotated[str, About("snake_case, unique within the tenant", identifies=True)]
    object: Annotated[str, About("Object type of its records")]
    queue: Annotated[str, About("Queue they go into")]
    label: Annotated[Labels, About("Name shown to people, by language")] = msgspec.field(default_factory=dict)
    events: Annotated[tuple[str, ...], About("Kinds of events it looks at: create, update, restore")] = ("create",)
    when: Annotated[str, About("Condition over the record; `old.field` is the value before the event")] = ""
    order: Annotated[int, About("Rules are tried from the smallest on, then by name")] = 100
    active: Annotated[bool, About("Whether it is looked at")] = True
    origin: Annotated[str, About("Template it came from", given=False)] = ""
