"""Rules as a tenant declares them: trigger, condition, branches, ordered actions, guards, test cases.

What only one kind of trigger or action has stands in its `settings`, whose class its descriptor in
`metadata.rules.triggers` or `metadata.rules.actions` names.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from metadata.flows.values import FieldValue
from metadata.model.values import About, Labels

__all__ = [
    "AbsenceTrigger",
    "AssignAction",
    "ClassTrigger",
    "CountTrigger",
    "CreateAction",
    "CrossingTrigger",
    "DateTrigger",
    "EventTrigger",
    "FieldTrigger",
    "GiveAction",
    "LinkAction",
    "ManualTrigger",
    "NotifyAction",
    "PoolAction",
    "PriceAction",
    "PriceShares",
    "PricedField",
    "RecordTrigger",
    "Rule",
    "RuleAction",
    "RuleBenefit",
    "RuleBranch",
    "RuleGuard",
    "RuleTest",
    "ScheduleTrigger",
    "SendAction",
    "SentValue",
    "SetAction",
    "StartFlowAction",
    "StockAction",
    "TagAction",
    "TagTrigger",
    "TakeBackAction",
    "WebhookAction",
    "WebhookTrigger",
]


class Part(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A part of a declaration that is no item by itself."""


# ── settings of the triggers ─────────────────────────────────────────────────────────────────────────


class RecordTrigger(Part, frozen=True, kw_only=True, omit_defaults=True):
    """A record is created, changed, deleted or restored."""

    events: Annotated[
        tuple[Literal["create", "update", "delete", "restore"], ...], About("Which of them; several are alternatives")
    ]


class FieldTrigger(Part, frozen=True, kw_only=True, omit_defaults=True):
    """A field gets another value."""

    field: Annotated[str, About("Field of the record")]
    before: Annotated[str, About("The value it had; empty for any")] = ""
    after: Annotated[str, About("The value it gets; empty for any")] = ""


class CrossingTrigger(Part, frozen=True, kw_only=True, omit_defaults=True):
    """A number passes a line; it fires again only after it has been back on the other side."""

    field: Annotated[str, About("Number of the record")]
    below: Annotated[str, About("Fires when the number falls below this")] = ""
    above: Annotated[str, About("Fires when the number rises above this")] = ""
    rearm: Annotated[str, About("How far back it has to be before the rule fires again; empty for the line itself")] = (
        ""
    )


class TagTrigger(Part, frozen=True, kw_only=True, omit_defaults=True):
    """A tag is added to a record, or taken from it."""

    field: Annotated[str, About("Field of type tags or multi_select")]
    tag: Annotated[str, About("The tag")]
    change: Annotated[Literal["added", "removed"], About("What happens to it")] = "added"


class DateTrigger(Part, frozen=True, kw_only=True, omit_defaults=True):
    """A length of time before or after a date that the record holds."""

    of: Annotated[str, About("Expression over the record that gives a date or an instant")]
    offset: Annotated[str, About("How long after it: P3D; before it with a minus: -P3D; empty for the date itself")] = (
        ""
    )
    at: Annotated[str, About("Time of day in the tenant's zone, for dates; 09:00")] = "00:00"
    yearly: Annotated[bool, About("Every year on that day")] = False
    lunar: Annotated[bool, About("Of `yearly`: by the Chinese lunar calendar, as lunar birthdays are kept")] = False
    leap: Annotated[
        Literal["before", "after"],
        About("Of `yearly`: a day that a year lacks (29 February, lunar 30th) is the one before, or the one after"),
    ] = "before"
    calendar: Annotated[str, About("Business calendar: what falls outside waits for its next working time")] = ""
    catch_up: Annotated[
        bool, About("A moment that had passed when the rule was published is made up for once, until the date itself")
    ] = False


class AbsenceTrigger(Part, frozen=True, kw_only=True, omit_defaults=True):
    """Nothing happens for a while: the rule's condition stays met all that time."""

    within: Annotated[str, About("How long: P3D, PT48H")]
    since: Annotated[
        str, About("Expression that gives the instant it is counted from; empty for when the condition came to be met")
    ] = ""
    calendar: Annotated[str, About("Business calendar whose working time counts; empty for all hours")] = ""


class CountTrigger(Part, frozen=True, kw_only=True, omit_defaults=True):
    """So many related records in a sliding window; counting starts anew when it has fired."""

    object: Annotated[str, About("Object type of what is counted")]
    relation: Annotated[str, About("Its to-one relation to the rule's record")]
    times: Annotated[int, About("How many")]
    within: Annotated[str, About("Length of the window: P7D")]
    where: Annotated[str, About("Expression over what is counted")] = ""
    at: Annotated[str, About("Its instant")] = "created_at"
    by: Annotated[Literal["each", "day", "night"], About("Count each, each day once, or each night once")] = "each"
    once_per: Annotated[str, About("Field: what has the same value in it counts once, such as the class")] = ""
    in_a_row: Annotated[bool, About("Of days and nights: without a gap")] = False
    night_begins: Annotated[str, About("Of `night`: when it begins, in the tenant's zone")] = "23:00"
    night_ends: Annotated[str, About("Of `night`: when it ends, on the next day")] = "05:00"


class ClassTrigger(Part, frozen=True, kw_only=True, omit_defaults=True):
    """A classifier says what the text of the record is."""

    classifier: Annotated[str, About("Name of the classifier")]
    any_of: Annotated[
        tuple[str, ...], About("Its classes, or `unclear`; several are alternatives, none stands for every clear one")
    ] = ()
    confidence: Annotated[
        str, About("How sure it has to be, 0 to 1, beyond what the classifier asks; of `unclear` nothing is asked")
    ] = ""


class ScheduleTrigger(Part, frozen=True, kw_only=True, omit_defaults=True):
    """A time of day, for every record that meets the condition."""

    at: Annotated[str, About("Time of day in the tenant's zone: 09:00")]
    days: Annotated[tuple[int, ...], About("Days of the week, 1 for Monday; none for all")] = ()
    month_days: Annotated[tuple[int, ...], About("Days of the month, -1 for the last; none for all")] = ()
    calendar: Annotated[str, About("Business calendar: not on days without working time")] = ""


class EventTrigger(Part, frozen=True, kw_only=True, omit_defaults=True):
    """Another part of the server says that something happened to the record."""

    source: Annotated[Literal["flow", "sla", "segment", "pool", "message", "journey", "price"], About("Which part")]
    event: Annotated[
        str,
        About("What: ended, sla_breach, entered, left, claimed, recycled, tier_reached, limit_passed …; empty for any"),
    ]
    name: Annotated[str, About("Of which flow, promise, segment, pool or price plan; empty for any")] = ""


class SentValue(Part, frozen=True, kw_only=True, omit_defaults=True):
    """A field that is filled in from what was sent."""

    field: Annotated[str, About("Field of the record")]
    given: Annotated[str, About("Where its value stands in the JSON that was sent: `device.sn`")]


class WebhookTrigger(Part, frozen=True, kw_only=True, omit_defaults=True):
    """Another system sends signed JSON about a record."""

    find: Annotated[SentValue, About("Which record it is about: a field that tells records apart, and its value")]
    save: Annotated[tuple[SentValue, ...], About("What of it is written into the record before the rule is asked")] = ()
    create: Annotated[bool, About("Whether a record that is not there yet is made of it")] = False
    per_hour: Annotated[int, About("Messages that are taken within an hour")] = 3_600


class ManualTrigger(Part, frozen=True, kw_only=True, omit_defaults=True):
    """Somebody, or a program, asks for it: `fireRule`."""


# ── settings of the actions ──────────────────────────────────────────────────────────────────────────


class SetAction(Part, frozen=True, kw_only=True, omit_defaults=True):
    """Fields of the record are set, or of the one that a to-one relation leads to."""

    values: Annotated[tuple[FieldValue, ...], About("New values; text that starts with `=` is an expression")]
    target: Annotated[str, About("To-one relation of the record; empty for the record itself")] = ""


class CreateAction(Part, frozen=True, kw_only=True, omit_defaults=True):
    """A record is made."""

    object: Annotated[str, About("Object type of the new record")]
    values: Annotated[tuple[FieldValue, ...], About("Its values")] = ()


class TagAction(Part, frozen=True, kw_only=True, omit_defaults=True):
    """Tags are given to a record, or taken from it."""

    group: Annotated[str, About("Tag group that they belong to")]
    tags: Annotated[tuple[str, ...], About("Which")] = ()
    chosen: Annotated[
        str, About("Expression that gives the key of one more, as a classifier's class; none where no tag is called so")
    ] = ""
    confidence: Annotated[str, About("Expression that gives how sure that is, 0 to 1, as its history tells it")] = ""
    to: Annotated[str, About("To-one relation that leads to who gets them; empty for the record itself")] = ""
    valid: Annotated[str, About("How long they stay: P30D; empty for good")] = ""


class AssignAction(Part, frozen=True, kw_only=True, omit_defaults=True):
    """The record gets an owner."""

    by: Annotated[Literal["user", "field", "superior"], About("How the owner is found; superior of the one before")]
    value: Annotated[str, About("Account id or e-mail, or path of a field of type user")] = ""


class LinkAction(Part, frozen=True, kw_only=True, omit_defaults=True):
    """A to-one relation of the record leads to where a number falls in a table, whose lines are other records."""

    field: Annotated[str, About("To-one relation of the record, which is filled in; emptied where no band fits")]
    number: Annotated[str, About("Expression over the record that gives the number: an age in months, an amount")]
    begins: Annotated[str, About("Number of the other record: where its band begins, itself within")]
    ends: Annotated[str, About("Number of the other record: where its band ends, itself without; empty is no end")]
    where: Annotated[str, About("Expression over the other records that count")] = ""


class NotifyAction(Part, frozen=True, kw_only=True, omit_defaults=True):
    """Somebody is told."""

    to: Annotated[tuple[str, ...], About("Paths of fields of type user, such as `owner`")] = ()
    roles: Annotated[tuple[str, ...], About("Everybody who holds one of these roles")] = ()
    subject: Annotated[str, About("Subject; `{field}` stands for the record's values")] = ""
    body: Annotated[str, About("Text; `{field}` stands for the record's values")] = ""


class StartFlowAction(Part, frozen=True, kw_only=True, omit_defaults=True):
    """A flow is started for the record: tasks, approvals, journeys."""

    flow: Annotated[str, About("Name of the flow")]


class PricedField(Part, frozen=True, kw_only=True, omit_defaults=True):
    """A field that keeps what a price plan comes to."""

    field: Annotated[str, About("Field of the record: of money or a number, or of text or options for the rate")]
    component: Annotated[str, About("Component of the plan")]
    of: Annotated[Literal["amount", "rate"], About("Its amount, or the name of the rate that counts")] = "amount"


class PriceShares(Part, frozen=True, kw_only=True, omit_defaults=True):
    """Records beside the priced one: one for each part of what is paid out."""

    object: Annotated[str, About("Object type of these records")]
    relation: Annotated[str, About("Its to-one relation to the priced record")]
    amount: Annotated[str, About("Its field for the amount")]
    payee: Annotated[str, About("Its field for who gets it: text, or a to-one relation where payees are records")] = ""
    component: Annotated[str, About("Its field for the name of the component")] = ""
    percent: Annotated[str, About("Its field for the per cent of the component's amount")] = ""


class PriceAction(Part, frozen=True, kw_only=True, omit_defaults=True):
    """The record is priced, and what it comes to is written where people look."""

    plan: Annotated[str, About("Name of the price plan")]
    settle: Annotated[bool, About("It is booked in the ledger as well, once")] = False
    fields: Annotated[tuple[PricedField, ...], About("Fields that keep amounts and rates")] = ()
    shares: Annotated[PriceShares | None, About("Records that keep who gets what")] = None


class StockAction(Part, frozen=True, kw_only=True, omit_defaults=True):
    """Stock for the record, or for its lines, is promised, used up, or let go."""

    stock: Annotated[str, About("Name of the stock")]


class WebhookAction(Part, frozen=True, kw_only=True, omit_defaults=True):
    """An event that webhooks and plugins are told of."""

    event: Annotated[str, About("Name of the event: `credit_frozen`")]
    values: Annotated[tuple[FieldValue, ...], About("What it carries")] = ()


class PoolAction(Part, frozen=True, kw_only=True, omit_defaults=True):
    """The record goes to a public pool."""

    pool: Annotated[str, About("Name of the pool")]
    reason: Annotated[str, About("Why, as its history tells it")] = ""
    ask: Annotated[bool, About("Whether a manager is asked first about what meets the pool's `approve`")] = False


class GiveAction(Part, frozen=True, kw_only=True, omit_defaults=True):
    """Points, stored value or a coupon are given, once."""

    benefit: Annotated[str, About("Name of the benefit")]
    amount: Annotated[str, About("How much, decimal text or an expression after `=`; of coupons it is always one")] = (
        "1"
    )
    to: Annotated[str, About("To-one relation that leads to who gets it; empty for the record itself")] = ""
    key: Annotated[
        str,
        About("Text, or an expression after `=`: it is given once for each value and holder; empty for each occasion"),
    ] = ""
    reference: Annotated[str, About("What it is for, text or an expression after `=`")] = ""
    reason: Annotated[str, About("Why, as the ledger tells it")] = ""


class SendAction(Part, frozen=True, kw_only=True, omit_defaults=True):
    """A customer is told something, once, by the first channel that reaches them and that they want."""

    template: Annotated[str, About("Message template that gives the words")]
    channels: Annotated[tuple[str, ...], About("Contact channels in the order they are tried")]
    expires: Annotated[str, About("How long it may wait for quiet hours and caps; later it is not sent")] = "P3D"
    key: Annotated[
        str, About("Text, or an expression after `=`: sent once for each value and record; empty for each occasion")
    ] = ""


class TakeBackAction(Part, frozen=True, kw_only=True, omit_defaults=True):
    """What was given is taken back, as far as it was not used."""

    benefit: Annotated[str, About("Name of the benefit")]
    key: Annotated[str, About("The key that it was given by: text, or an expression after `=`")]
    to: Annotated[str, About("To-one relation that leads to who got it; empty for the record itself")] = ""
    reason: Annotated[str, About("Why, as the ledger tells it")] = ""


# ── rules ────────────────────────────────────────────────────────────────────────────────────────────


class RuleAction(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One action of a rule."""

    name: Annotated[str, About("snake_case, unique within the rule", identifies=True)]
    kind: Annotated[str, About("Key of a kind of action, such as `set`")]
    label: Annotated[Labels, About("Name shown to people, by language")] = msgspec.field(default_factory=dict)
    settings: Annotated[Any, About("What only this kind of action has")] = None
    branch: Annotated[str, About("Branch that it belongs to; empty for always")] = ""
    origin: Annotated[str, About("Template it came from", given=False)] = ""


class RuleBranch(Part, frozen=True, kw_only=True, omit_defaults=True):
    """One way of a rule's tree."""

    name: Annotated[str, About("snake_case, unique within the rule")]
    when: Annotated[str, About("Expression over the record; empty for otherwise")] = ""
    within: Annotated[str, About("Branch that it lies in, declared before it; empty for none")] = ""


class RuleGuard(Part, frozen=True, kw_only=True, omit_defaults=True):
    """What keeps a rule from doing too much."""

    once: Annotated[bool, About("Never twice for one record")] = False
    cooldown: Annotated[str, About("Not again for one record for so long: P1D")] = ""
    per_day: Annotated[int, About("At most so often a day in all, in the tenant's zone; 0 for no limit")] = 0
    record_per_day: Annotated[int, About("The same for one record")] = 0
    quiet_begins: Annotated[str, About("Quiet hours, in which it waits: begin, 22:00")] = ""
    quiet_ends: Annotated[str, About("Their end: 08:00; what waited is done then, if it still holds")] = ""
    depth: Annotated[int, About("Rules that may have caused each other before it")] = 8


class RuleBenefit(Part, frozen=True, kw_only=True, omit_defaults=True):
    """What the rule gives away, so that rules that give together can be weighed."""

    value: Annotated[str, About("Expression: how much is given")]
    price: Annotated[str, About("Expression: what is paid without it")]
    cost: Annotated[str, About("Expression: what it must not fall below")]
    stacks: Annotated[bool, About("Whether it may be given together with others")] = True


class RuleTest(Part, frozen=True, kw_only=True, omit_defaults=True):
    """A case that is played before the rule is published."""

    name: Annotated[str, About("What it shows")]
    record: Annotated[dict[str, Any], About("Values of the record by field; others are empty")]
    old: Annotated[dict[str, Any], About("Values before the change, where they differ")] = msgspec.field(
        default_factory=dict
    )
    now: Annotated[str, About("The instant; empty for 2026-01-05T01:00:00Z")] = ""
    fires: Annotated[bool, About("Whether the condition should be met")] = True
    actions: Annotated[tuple[str, ...] | None, About("Actions that should be done, in order")] = None


class Rule(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What happens by itself: the draft; publishing makes an immutable version of it."""

    name: Annotated[str, About("snake_case, unique within the tenant", identifies=True)]
    object: Annotated[str, About("Object type of the records it is about")]
    trigger: Annotated[str, About("Key of a kind of trigger, such as `field`")]
    settings: Annotated[Any, About("What only this kind of trigger has")] = None
    label: Annotated[Labels, About("Name shown to people, by language")] = msgspec.field(default_factory=dict)
    description: Annotated[Labels, About("What it is for, by language")] = msgspec.field(default_factory=dict)
    live: Annotated[
        bool, About("Every change of it is published at once, and refused when it is unsound; otherwise a draft")
    ] = False
    when: Annotated[str, About("Expression over the record, and `old.` before the change, that has to be met")] = ""
    mode: Annotated[Literal["first", "all"], About("Of branches side by side: the first that fits, or all")] = "first"
    branches: Annotated[tuple[RuleBranch, ...], About("If, else if, otherwise")] = ()
    actions: Annotated[tuple[RuleAction, ...], About("What is done, in order")] = ()
    order: Annotated[int, About("Rules of one event run by this, then by name")] = 100
    group: Annotated[str, About("Rules that `stop` ends")] = ""
    stop: Annotated[bool, About("When it has fired, no later rule of its group does for this event")] = False
    begins: Annotated[str, About("Instant from which it counts; empty for at once")] = ""
    ends: Annotated[str, About("Instant from which it counts no more; empty for never")] = ""
    responsible: Annotated[str, About("Who answers for it: account id or e-mail")] = ""
    guard: Annotated[RuleGuard, About("What keeps it from doing too much")] = msgspec.field(default_factory=RuleGuard)
    benefit: Annotated[RuleBenefit | None, About("What it gives away")] = None
    tests: Annotated[tuple[RuleTest, ...], About("Cases that are played before it is published")] = ()
    log: Annotated[Literal["all", "fired"], About("Whether it is kept why it did not fire")] = "all"
    origin: Annotated[str, About("Template it came from", given=False)] = ""
