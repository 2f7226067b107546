"""The kinds of actions of rules: one descriptor each, from which reading, checks, help and conflicts follow.

A kind is added by its settings in `metadata.rules.values` (or a plugin's), its descriptor here, and what does it: a
`Performer` that the server is put together with.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Any

import msgspec

from metadata.expressions.types import DECIMAL, Kind
from metadata.fields import FIELD_TYPES
from metadata.fields.relations import RelationKind, relation_kind, relation_of
from metadata.flows.terms import Subject, expression_of
from metadata.flows.values import FieldValue
from metadata.model.policies import BUILT_IN_ROLES
from metadata.model.tenant import field_of
from metadata.problems import Fault
from metadata.rules import values
from metadata.rules.values import RuleAction

__all__ = ["ACTION_KINDS", "COMPUTED", "ActionKind", "action_kind", "action_settings"]

COMPUTED = object()
"""Stands for a value that is only known when the action is done."""

Check = Callable[[Subject, Any], Iterator[Fault]]
Writes = Callable[[Any], Mapping[str, Any]]


def _no_faults(_subject: Subject, _settings: Any) -> Iterator[Fault]:
    return iter(())


def _nothing(_settings: Any) -> Mapping[str, Any]:
    return {}


@dataclass(frozen=True, slots=True)
class ActionKind:
    """One kind of action.

    Attributes:
        key: As in documents.
        help: One line.
        settings: Class of its settings.
        check: Faults of its settings, with paths from them.
        writes: Fields of the rule's own record that it sets, each with its constant or COMPUTED.
        outside: Whether people or programs outside are told.
        steps: Whether a step of a flow may do it as well; flows have words of their own for the others.
    """

    key: str
    help: str
    settings: type[msgspec.Struct]
    check: Check = _no_faults
    writes: Writes = _nothing
    outside: bool = False
    steps: bool = False


def _set(subject: Subject, settings: values.SetAction) -> Iterator[Fault]:
    yield from subject.target(settings.target, ("target",))
    if not settings.values:
        yield Fault("missing", f"{subject.what} sets nothing.", ("values",), "Name a field and its value.")
    yield from subject.values(settings.values, subject.object_of(settings.target), ("values",))


def _set_writes(settings: values.SetAction) -> Mapping[str, Any]:
    if settings.target:
        return {}
    return {one.field: COMPUTED if expression_of(one.value) else one.value for one in settings.values}


def _create(subject: Subject, settings: values.CreateAction) -> Iterator[Fault]:
    found = subject.model.objects.get(settings.object)
    if found is None or found.storage != "tenant":
        message = f"{subject.what} creates '{settings.object}', which is no object type with records."
        yield Fault("unknown_object", message, ("object",), "Name an object type of the tenant's own.")
        return
    yield from subject.values(settings.values, settings.object, ("values",))


def _tag(subject: Subject, settings: values.TagAction) -> Iterator[Fault]:
    yield from subject.target(settings.to, ("to",))
    group, object_name = subject.model.tag_groups.get(settings.group), subject.object_of(settings.to)
    if group is None or group.object != object_name:
        message = f"{subject.what} names '{settings.group}', which is no tag group of '{object_name}'."
        yield Fault("unknown_tag_group", message, ("group",), "Declare it in `tag_groups`.")
        return
    known = [tag.key for tag in group.tags if not tag.archived]
    for place, key in enumerate(settings.tags):
        if key not in known:
            message = f"{subject.what}: the group '{group.name}' has no tag '{key}'."
            yield Fault("unknown_tag", message, ("tags", place), f"Known: {', '.join(known[:30])}.")
    if not settings.tags and not settings.chosen:
        yield Fault("missing", f"{subject.what} names no tag.", ("tags",), "Name one.")
    yield from subject.expression(settings.chosen, ("chosen",), expected=None)
    yield from subject.expression(settings.confidence, ("confidence",), expected=DECIMAL)
    if group.exclusive and len(settings.tags) + bool(settings.chosen) > 1:
        message = f"{subject.what} gives several tags of '{group.name}', of which a record has one at most."
        yield Fault("exclusive_tags", message, ("tags",), "Name one.")
    yield from subject.duration(settings.valid, ("valid",))


def _assign(subject: Subject, settings: values.AssignAction) -> Iterator[Fault]:
    if settings.by == "user":
        yield from subject.person(settings.value, ("value",))
    elif settings.by == "field":
        yield from subject.user_path(settings.value, ("value",))


def _link(subject: Subject, settings: values.LinkAction) -> Iterator[Fault]:
    yield from subject.target(settings.field or " ", ("field",))
    yield from subject.values([FieldValue(field=settings.field)], subject.object_name, ("field",))
    if not settings.number:
        yield Fault("missing", f"{subject.what} looks for no number.", ("number",), "Write an expression.")
    yield from subject.expression(settings.number, ("number",), expected=DECIMAL)
    other = subject.model.objects.get(subject.object_of(settings.field))
    if other is None or other.name == subject.object_name:
        return
    for name in ("begins", "ends"):
        found = field_of(other, getattr(settings, name))
        kind = None if found is None else FIELD_TYPES[found.type].value_type(found, subject.model).kind
        if found is None or not found.column or kind not in (Kind.INTEGER, Kind.DECIMAL):
            message = f"{subject.what} names '{getattr(settings, name)}', which is no stored number of '{other.name}'."
            yield Fault("unfit_field", message, (name,), "Name a field of type integer or decimal.")
    yield from subject.expression(settings.where, ("where",), of=other.name)


def _notify(subject: Subject, settings: values.NotifyAction) -> Iterator[Fault]:
    for place, path in enumerate(settings.to):
        yield from subject.user_path(path, ("to", place))
    known = (*subject.model.roles, *BUILT_IN_ROLES)
    for place, role in enumerate(settings.roles):
        if role not in known:
            message = f"{subject.what} tells the role '{role}', which is not declared."
            yield Fault("unknown_role", message, ("roles", place), f"Known: {', '.join(sorted(known)[:30])}.")
    if not settings.to and not settings.roles:
        yield Fault("no_handler", f"{subject.what} tells nobody.", ("to",), "Name `to` or `roles`.")


def _start_flow(subject: Subject, settings: values.StartFlowAction) -> Iterator[Fault]:
    flow = subject.model.flows.get(settings.flow)
    if flow is None or flow.object != subject.object_name:
        message = f"{subject.what} starts '{settings.flow}', which is no flow of '{subject.object_name}'."
        known = sorted(name for name, one in subject.model.flows.items() if one.object == subject.object_name)
        yield Fault("unknown_flow", message, ("flow",), f"Known: {', '.join(known) or 'none'}.")


def _webhook(subject: Subject, settings: values.WebhookAction) -> Iterator[Fault]:
    if not settings.event:
        yield Fault("missing", f"{subject.what} sends an event without a name.", ("event",), "Give it one.")
    yield from subject.variables(settings.values, ("values",))


def _pool(subject: Subject, settings: values.PoolAction) -> Iterator[Fault]:
    pool = subject.model.pools.get(settings.pool)
    if pool is None or pool.object != subject.object_name:
        message = f"{subject.what} names '{settings.pool}', which is no pool of '{subject.object_name}'."
        yield Fault("unknown_pool", message, ("pool",), "Declare it in `pools`.")


def _stock(subject: Subject, settings: values.StockAction) -> Iterator[Fault]:
    model = subject.model
    stock = model.stocks.get(settings.stock)
    served = set[str]()
    if stock is not None and stock.lines in model.objects:
        of = field_of(model.object(stock.lines), stock.of) if stock.of else None
        relation = None if of is None else relation_of(of)
        served = {stock.lines, *(() if relation is None else (relation.to,))}
    if subject.object_name not in served:
        message = f"{subject.what} names '{settings.stock}', which is no stock for '{subject.object_name}'."
        known = ", ".join(sorted(model.stocks)) or "none"
        yield Fault("unknown_stock", message, ("stock",), f"Known: {known}.")


def _send(subject: Subject, settings: values.SendAction) -> Iterator[Fault]:
    model = subject.model
    template = model.message_templates.get(settings.template)
    if template is None or template.object not in ("", subject.object_name):
        message = (
            f"{subject.what} sends '{settings.template}', which is no message template of '{subject.object_name}'."
        )
        known = [one.name for one in model.message_templates.values() if one.object in ("", subject.object_name)]
        yield Fault("unknown_message_template", message, ("template",), f"Known: {', '.join(sorted(known)) or 'none'}.")
    known = sorted(one.name for one in model.contact_channels.values() if one.object == subject.object_name)
    for place, name in enumerate(settings.channels):
        if name not in known:
            message = f"{subject.what} names '{name}', which is no contact channel of '{subject.object_name}'."
            yield Fault("unknown_channel", message, ("channels", place), f"Known: {', '.join(known) or 'none'}.")
    if not settings.channels:
        yield Fault("missing", f"{subject.what} names no channel.", ("channels",), "Name one.")
    yield from subject.duration(settings.expires, ("expires",), required=True)
    if expression_of(settings.key):
        yield from subject.expression(expression_of(settings.key), ("key",), expected=None)


def _benefit(subject: Subject, settings: values.GiveAction | values.TakeBackAction) -> Iterator[Fault]:
    yield from subject.target(settings.to, ("to",))
    benefit = subject.model.benefits.get(settings.benefit)
    if benefit is None or benefit.object != subject.object_of(settings.to):
        message = (
            f"{subject.what} names '{settings.benefit}', which is no benefit of '{subject.object_of(settings.to)}'."
        )
        yield Fault("unknown_benefit", message, ("benefit",), "Declare it in `benefits`.")
    for name in ("amount", "key", "reference"):
        text = expression_of(getattr(settings, name, ""))
        if text:
            yield from subject.expression(text, (name,), expected=None)
    if isinstance(settings, values.TakeBackAction):
        if not settings.key:
            yield Fault("missing", f"{subject.what} says not what is taken back.", ("key",), "Give the key.")
    elif not expression_of(settings.amount):
        try:
            amount = Decimal(settings.amount)
        except InvalidOperation:
            amount = Decimal()
        if not amount > 0:
            message = f"{subject.what} gives '{settings.amount}', which is no amount."
            yield Fault("bad_amount", message, ("amount",), "Write a number above 0, or an expression after `=`.")


def _price(subject: Subject, settings: values.PriceAction) -> Iterator[Fault]:
    plan = subject.model.price_plans.get(settings.plan)
    if plan is None or plan.object != subject.object_name:
        message = f"{subject.what} asks for prices of '{settings.plan}', no price plan of '{subject.object_name}'."
        known = sorted(name for name, one in subject.model.price_plans.items() if one.object == subject.object_name)
        yield Fault("unknown_price_plan", message, ("plan",), f"Known: {', '.join(known) or 'none'}.")
        return
    components = [one.name for one in plan.components]
    for place, kept in enumerate(settings.fields):
        yield from subject.values([FieldValue(field=kept.field)], subject.object_name, ("fields", place))
        if kept.component not in components:
            message = f"{subject.what} keeps '{kept.component}', which is no component of '{plan.name}'."
            yield Fault(
                "unknown_component", message, ("fields", place, "component"), f"Known: {', '.join(components)}."
            )
    shares = settings.shares
    if shares is None:
        return
    found = subject.model.objects.get(shares.object)
    if found is None or found.storage != "tenant":
        message = f"{subject.what} keeps shares in '{shares.object}', which is no object type with records."
        yield Fault("unknown_object", message, ("shares", "object"), "Name an object type of the tenant's own.")
        return
    leading = field_of(found, shares.relation)
    relation = None if leading is None else relation_of(leading)
    if relation is None or relation.to != subject.object_name or relation_kind(relation) is not RelationKind.TO_ONE:
        message = f"{subject.what}: '{shares.relation}' of '{found.name}' does not lead to '{subject.object_name}'."
        yield Fault("not_a_relation", message, ("shares", "relation"), "Name its to-one relation to the record.")
    for name in ("amount", "payee", "component", "percent"):
        if getattr(shares, name):
            kept_in = [FieldValue(field=getattr(shares, name))]
            yield from subject.values(kept_in, found.name, ("shares", name))


ACTION_KINDS: Mapping[str, ActionKind] = MappingProxyType(
    {
        kind.key: kind
        for kind in (
            ActionKind("set", "Fields are set", values.SetAction, _set, _set_writes),
            ActionKind("create", "A record is made", values.CreateAction, _create),
            ActionKind("tag", "Tags are given", values.TagAction, _tag, steps=True),
            ActionKind("untag", "Tags are taken away", values.TagAction, _tag, steps=True),
            ActionKind("assign", "The record gets an owner", values.AssignAction, _assign,
                       lambda settings: {"owner": settings.value if settings.by == "user" else COMPUTED}),
            ActionKind("link", "A relation leads to where a number falls in a table", values.LinkAction, _link,
                       lambda settings: {settings.field: COMPUTED}),
            ActionKind("notify", "Somebody is told", values.NotifyAction, _notify, outside=True),
            ActionKind("start_flow", "A flow is started", values.StartFlowAction, _start_flow),
            ActionKind("webhook", "Webhooks and plugins are told", values.WebhookAction, _webhook, outside=True),
            ActionKind("send", "A customer is told something", values.SendAction, _send, outside=True, steps=True),
            ActionKind("give", "Points, value or a coupon are given", values.GiveAction, _benefit, steps=True),
            ActionKind("take_back", "What was given is taken back", values.TakeBackAction, _benefit, steps=True),
            ActionKind("to_pool", "The record goes to a public pool", values.PoolAction, _pool,
                       lambda _settings: {"owner": None}, steps=True),
            ActionKind("price", "The record is priced, and booked where that is asked", values.PriceAction, _price,
                       lambda settings: {one.field: COMPUTED for one in settings.fields}, steps=True),
            ActionKind("reserve", "Stock is promised to the record, or to its lines", values.StockAction, _stock,
                       steps=True),
            ActionKind("consume", "Stock is used up, once; what was not promised before is taken if it is there",
                       values.StockAction, _stock, steps=True),
            ActionKind("release", "Stock that is promised and not used up is let go", values.StockAction, _stock,
                       steps=True),
        )
    }
)  # fmt: skip
"""Every kind of action by its key."""


def action_kind(action: RuleAction) -> ActionKind:
    """The descriptor of an action's kind."""
    return ACTION_KINDS[action.kind]


def action_settings(action: RuleAction) -> Any:
    """An action's settings as a value of its kind's class, however they are held."""
    settings = ACTION_KINDS[action.kind].settings
    if isinstance(action.settings, settings):
        return action.settings
    return msgspec.convert(action.settings or {}, settings)
