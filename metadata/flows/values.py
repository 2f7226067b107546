"""Flows as a tenant declares them: nodes, the edges between them, and timers at their borders.

What only one kind of node has stands in its `settings`, whose class the kind's descriptor in `metadata.flows.nodes`
names.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from metadata.model.values import About, Labels

__all__ = [
    "AnchorSettings",
    "ApprovalSettings",
    "Assign",
    "BoundaryTimer",
    "CcSettings",
    "CreateSettings",
    "DelaySettings",
    "EndSettings",
    "FieldRule",
    "FieldValue",
    "Flow",
    "FlowEdge",
    "FlowNode",
    "ForEachSettings",
    "Journey",
    "MessageSettings",
    "ProgressPage",
    "QuerySettings",
    "RandomSettings",
    "ScriptSettings",
    "SplitSettings",
    "StartSettings",
    "SubflowSettings",
    "TaskSettings",
    "UpdateSettings",
    "WaitForSettings",
    "WaitMessageSettings",
    "WaitUntilSettings",
    "WebhookSettings",
]


class Part(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A part of a declaration that is no item by itself."""


class FlowEdge(Part, frozen=True, kw_only=True, omit_defaults=True):
    """A way out of a node."""

    to: Annotated[str, About("Node it leads to")]
    when: Annotated[str, About("Expression over the record; the way is taken when it is met")] = ""
    outcome: Annotated[str, About("Outcome of the node that takes this way: `approved`, `rejected`, `late` …")] = ""
    default: Annotated[bool, About("Taken when no other way is")] = False
    weight: Annotated[int, About("Of a random node: how often it is drawn, against the others")] = 1
    stock: Annotated[int | None, About("Of a random node: how often it may be drawn at all")] = None
    label: Annotated[Labels, About("Name shown to people, by language")] = msgspec.field(default_factory=dict)


class BoundaryTimer(Part, frozen=True, kw_only=True, omit_defaults=True):
    """What happens when a node keeps waiting."""

    name: Annotated[str, About("snake_case, unique within the node")]
    after: Annotated[str, About("How long after the node was entered: PT2H, P1D")]
    calendar: Annotated[str, About("Business calendar that counts; empty for all hours")] = ""
    to: Annotated[str, About("Node that a token goes to")] = ""
    interrupting: Annotated[bool, About("The node's work is called off; otherwise it goes on beside")] = False
    act: Annotated[
        Literal["", "urge", "escalate", "finish"],
        About("Remind who is to act, hand the work to their superior, or finish it with `outcome`"),
    ] = ""
    outcome: Annotated[str, About("Of `finish`: the outcome")] = ""
    repeat: Annotated[int, About("How often it fires again, each time as long after")] = 0


class FlowNode(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One step of a flow."""

    name: Annotated[str, About("snake_case, unique within the flow", identifies=True)]
    kind: Annotated[str, About("Key of a node kind, such as `approval`")]
    label: Annotated[Labels, About("Name shown to people, by language")] = msgspec.field(default_factory=dict)
    description: Annotated[Labels, About("What is to be done, by language")] = msgspec.field(default_factory=dict)
    public_label: Annotated[
        Labels, About("Name that customers see on the progress page, by language; none keeps it from them")
    ] = msgspec.field(default_factory=dict)
    required: Annotated[
        bool, About("Every run has to take it, in the order in which required steps are declared; evidence tells of it")
    ] = False
    settings: Annotated[Any, About("What only this node kind has: assignees, conditions, times …")] = None
    edges: Annotated[tuple[FlowEdge, ...], About("Ways out, in the order they are tried")] = ()
    timers: Annotated[tuple[BoundaryTimer, ...], About("What happens when it keeps waiting")] = ()
    compensate: Annotated[
        str, About("Node that undoes what was done before this one; an incident here is compensated by going there")
    ] = ""
    x: Annotated[int | None, About("Where it is drawn, from the left")] = None
    y: Annotated[int | None, About("Where it is drawn, from the top")] = None
    origin: Annotated[str, About("Template it came from", given=False)] = ""


class ProgressPage(Part, frozen=True, kw_only=True, omit_defaults=True):
    """What customers see of the flow by a link, without an account."""

    title: Annotated[Labels, About("Heading, by language")]
    fields: Annotated[tuple[str, ...], About("What is shown of the record; dotted paths follow to-one relations")] = ()
    rating: Annotated[str, About("Field that takes a rating of 1 to 5; empty asks for none")] = ""
    comment: Annotated[str, About("Text field that takes what is said with it")] = ""
    rate_from: Annotated[str, About("Node from which on the customer may rate; empty for the end of the flow")] = ""
    days: Annotated[int, About("Days that a link holds")] = 90


class Journey(Part, frozen=True, kw_only=True, omit_defaults=True):
    """What makes a flow a journey: a record goes through it for a goal, and leaves when it has no business there."""

    goal: Annotated[str, About("Expression over the record; who meets it has arrived, and leaves")]
    exit: Annotated[str, About("Expression over the record; who meets it leaves without having arrived")] = ""
    again: Annotated[str, About("How long after it has left a record may come in again: P90D; empty for never")] = ""
    hold_out: Annotated[int, About("Of a hundred records so many do not go, to be compared; always the same ones")] = 0


class Flow(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How records of an object type move: the draft; publishing makes an immutable version of it."""

    name: Annotated[str, About("snake_case, unique within the tenant", identifies=True)]
    object: Annotated[str, About("Object type whose records move through it")]
    label: Annotated[Labels, About("Name shown to people, by language")] = msgspec.field(default_factory=dict)
    description: Annotated[Labels, About("What it is for, by language")] = msgspec.field(default_factory=dict)
    live: Annotated[
        bool, About("Every change of it is published at once, and refused when it is unsound; otherwise a draft")
    ] = False
    regulated: Annotated[bool, About("It sends approved words alone: of templates whose words are `approved`")] = False
    progress: Annotated[ProgressPage | None, About("Page by which customers follow it; none for no page")] = None
    journey: Annotated[Journey | None, About("Goal and exits, where it is a journey of customers")] = None
    nodes: Annotated[tuple[FlowNode, ...], About("Steps, in order of display")] = ()
    origin: Annotated[str, About("Template it came from", given=False)] = ""


# ── parts of settings ────────────────────────────────────────────────────────────────────────────────


class Assign(Part, frozen=True, kw_only=True, omit_defaults=True):
    """Whom a step goes to, by a rule that is worked out when the step begins."""

    by: Annotated[
        Literal[
            "user", "role", "department", "department_head", "field", "owner", "initiator", "superior", "superiors"
        ],
        About("How the people are found; `superiors` is the chain of heads above, up to `level`"),
    ]
    value: Annotated[str, About("Account id or e-mail, role, department code, or path of a field of type user")] = ""
    level: Annotated[int, About("Of superiors: how many levels up")] = 1
    when: Annotated[str, About("Expression over the record; the rule counts only when it is met")] = ""
    weight: Annotated[int, About("Votes of each of them, where votes are weighed")] = 1


class FieldRule(Part, frozen=True, kw_only=True, omit_defaults=True):
    """What may or must be done with a field while a step is open; it comes after what the step's form says."""

    field: Annotated[str, About("Field of the record")]
    access: Annotated[Literal["hidden", "read", "write", "required"], About("What may or must be done with it")]
    when: Annotated[str, About("Expression over the record as filled in; the rule counts only when it is met")] = ""


class FieldValue(Part, frozen=True, kw_only=True, omit_defaults=True):
    """A value for a field."""

    field: Annotated[str, About("Field that is set")]
    value: Annotated[Any, About("Value; text that starts with `=` is an expression over the record")] = None


# ── settings of the node kinds ───────────────────────────────────────────────────────────────────────


class AnchorSettings(Part, frozen=True, kw_only=True, omit_defaults=True):
    """A node without settings."""


class RandomSettings(Part, frozen=True, kw_only=True, omit_defaults=True):
    """How an edge is drawn."""

    stable: Annotated[bool, About("The same record always takes the same way, as in a test of two variants")] = False


class StartSettings(Part, frozen=True, kw_only=True, omit_defaults=True):
    """How a flow begins."""

    trigger: Annotated[
        Literal["manual", "record", "form", "schedule", "segment"],
        About("What starts it: people, programs and other flows; events of records; a form; time; a segment"),
    ] = "manual"
    events: Annotated[tuple[str, ...], About("Of `record`: kinds of events: create, update, delete, restore")] = ()
    form: Annotated[str, About("Of `form`: the form that was submitted for the record")] = ""
    segment: Annotated[str, About("Of `segment`: the segment that the record has come into")] = ""
    when: Annotated[str, About("Expression over the record, and `old.` before the change, that has to be met")] = ""
    at: Annotated[str, About("Of `schedule`: time of day in the tenant's zone, 09:00")] = ""
    days: Annotated[tuple[int, ...], About("Of `schedule`: days of the week, 1 for Monday; none for all")] = ()
    once: Annotated[bool, About("Not while another one is running for the same record")] = True


class TaskSettings(Part, frozen=True, kw_only=True, omit_defaults=True):
    """Work for somebody."""

    assign: Annotated[tuple[Assign, ...], About("Whom it goes to; several people are candidates")] = ()
    form: Annotated[str, About("Form that it is filled in with")] = ""
    form_version: Annotated[int, About("Version of the form that it is pinned to; 0 follows the current one")] = 0
    fields: Annotated[tuple[FieldRule, ...], About("What may or must be filled in")] = ()
    outcomes: Annotated[tuple[str, ...], About("Words it may be finished with; none for `done` alone")] = ()
    due: Annotated[str, About("How long it may take: PT4H; empty for no limit")] = ""
    calendar: Annotated[str, About("Business calendar that counts for it")] = ""
    nobody: Annotated[
        Literal["error", "administrator", "person", "skip"], About("What happens when nobody is found")
    ] = "error"
    person: Annotated[str, About("Of `nobody: person`: account id or e-mail")] = ""


class ApprovalSettings(Part, frozen=True, kw_only=True, omit_defaults=True):
    """A decision by one or several people."""

    assign: Annotated[tuple[Assign, ...], About("Who is asked, in order")] = ()
    form: Annotated[str, About("Form that it is filled in with")] = ""
    form_version: Annotated[int, About("Version of the form that it is pinned to; 0 follows the current one")] = 0
    mode: Annotated[
        Literal["any", "all", "sequential", "vote"],
        About("One is enough, all have to agree, one after the other, or votes are counted"),
    ] = "any"
    ratio: Annotated[int, About("Of `vote`: per cent of the votes that have to agree")] = 50
    strict: Annotated[bool, About("Of `vote`: more than the ratio, rather than as much")] = True
    count: Annotated[int, About("Of `vote`: votes that have to agree, in place of a ratio")] = 0
    nobody: Annotated[
        Literal["error", "pass", "administrator", "person"], About("What happens when nobody is found")
    ] = "error"
    person: Annotated[str, About("Of `nobody: person`: account id or e-mail")] = ""
    initiator: Annotated[
        Literal["act", "skip", "superior", "department_head"],
        About("What happens where the one who started it would decide: nothing, they are left out, or another decides"),
    ] = "act"
    separate: Annotated[bool, About("Who started it can never decide here, however the step came to them")] = False
    repeated: Annotated[
        Literal["ask", "skip"], About("Whether somebody who agreed at an earlier node is asked again")
    ] = "ask"
    reject: Annotated[
        Literal["end", "initiator", "previous", "node"], About("Where a rejection leads, without an edge for it")
    ] = "end"
    reject_to: Annotated[str, About("Of `reject: node`: the node")] = ""
    returned: Annotated[
        Literal["down", "back"], About("After a return: all nodes run again, or straight back to this one")
    ] = "down"
    fields: Annotated[tuple[FieldRule, ...], About("What may or must be filled in")] = ()
    due: Annotated[str, About("How long it may take: PT4H; empty for no limit")] = ""
    calendar: Annotated[str, About("Business calendar that counts for it")] = ""


class SplitSettings(Part, frozen=True, kw_only=True, omit_defaults=True):
    """Branches that meet again."""

    join: Annotated[str, About("The join where its branches meet")]


class ForEachSettings(Part, frozen=True, kw_only=True, omit_defaults=True):
    """The same steps for each record of a list."""

    items: Annotated[str, About("Field of the record that holds the list")]
    join: Annotated[str, About("The join where all are done")]
    where: Annotated[str, About("Expression over an item; only those that meet it count")] = ""
    sequential: Annotated[bool, About("One after the other, rather than all at once")] = False


class DelaySettings(Part, frozen=True, kw_only=True, omit_defaults=True):
    """A pause of a fixed length."""

    duration: Annotated[str, About("How long: PT2H, P1D")]
    calendar: Annotated[str, About("Business calendar that counts")] = ""


class WaitUntilSettings(Part, frozen=True, kw_only=True, omit_defaults=True):
    """A pause until a time that the record holds."""

    until: Annotated[str, About("Expression over the record that gives a date or an instant; none goes on at once")]


class WaitForSettings(Part, frozen=True, kw_only=True, omit_defaults=True):
    """A pause until the record is as it should be, or a deadline passes: outcome `happened` or `late`."""

    when: Annotated[str, About("Expression over the record; waits until it is met")]
    deadline: Annotated[str, About("How long at most: P2D; empty for no limit")] = ""
    calendar: Annotated[str, About("Business calendar that counts for the deadline")] = ""


class WaitMessageSettings(Part, frozen=True, kw_only=True, omit_defaults=True):
    """A pause until a customer does something with what a step has sent: `happened`, `late`, or `failed`."""

    step: Annotated[str, About("Node that sent it")]
    until: Annotated[Literal["delivered", "opened", "clicked"], About("What is waited for")] = "opened"
    deadline: Annotated[str, About("How long at most: P3D")]
    calendar: Annotated[str, About("Business calendar that counts for the deadline")] = ""


class CreateSettings(Part, frozen=True, kw_only=True, omit_defaults=True):
    """A record that is made."""

    object: Annotated[str, About("Object type of the new record")]
    values: Annotated[tuple[FieldValue, ...], About("Its values")] = ()


class UpdateSettings(Part, frozen=True, kw_only=True, omit_defaults=True):
    """The record is changed, or the one that a to-one relation leads to."""

    values: Annotated[tuple[FieldValue, ...], About("New values")]
    target: Annotated[str, About("To-one relation of the record; empty for the record itself")] = ""


class ScriptSettings(Part, frozen=True, kw_only=True, omit_defaults=True):
    """Variables of the instance, worked out from the record."""

    variables: Annotated[tuple[FieldValue, ...], About("Names of variables and their values")]


class QuerySettings(Part, frozen=True, kw_only=True, omit_defaults=True):
    """A figure over related records, kept as a variable."""

    value: Annotated[str, About("Expression over the record, such as `items.sum(price)`")]
    variable: Annotated[str, About("Variable that keeps it")]


class MessageSettings(Part, frozen=True, kw_only=True, omit_defaults=True):
    """Words for somebody, delivered after the transition was accepted."""

    to: Annotated[tuple[Assign, ...], About("Who is told")]
    template: Annotated[str, About("Message template with the words; empty where they stand here")] = ""
    subject: Annotated[str, About("Subject; `{field}` stands for the record's values")] = ""
    body: Annotated[str, About("Text; `{field}` stands for the record's values")] = ""


class WebhookSettings(Part, frozen=True, kw_only=True, omit_defaults=True):
    """An event of the flow that webhooks and plugins are told of."""

    event: Annotated[str, About("Name of the event: `parts_requested`")]
    values: Annotated[tuple[FieldValue, ...], About("What it carries")] = ()


class SubflowSettings(Part, frozen=True, kw_only=True, omit_defaults=True):
    """Another flow, for the record or for one that a relation leads to."""

    flow: Annotated[str, About("Name of the flow")]
    target: Annotated[str, About("To-one relation to the record it runs for; empty for the record itself")] = ""
    wait: Annotated[bool, About("Go on when it has ended; its result is the outcome")] = True


class CcSettings(Part, frozen=True, kw_only=True, omit_defaults=True):
    """A copy for somebody to read."""

    assign: Annotated[tuple[Assign, ...], About("Who gets it")]


class PerformSettings(Part, frozen=True, kw_only=True, omit_defaults=True):
    """What an engine offers is done, as in rules: tags, pools, stock, prices."""

    action: Annotated[str, About("Kind of the action, as `ruleKinds` lists them: reserve, consume, tag …")]
    settings: Annotated[Any, About("The action's settings")] = None


class EndSettings(Part, frozen=True, kw_only=True, omit_defaults=True):
    """How the instance ends."""

    result: Annotated[
        Literal["done", "rejected", "cancelled", "error", "branch"],
        About("How; `branch` ends only what a timer has started beside"),
    ] = "done"
