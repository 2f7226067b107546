"""What is wrong with queues and routing rules: names of what is not there, expressions, times, circles."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from metadata.expressions.check import ModelScope, faults_of
from metadata.expressions.scope import FORMULA_ROOTS, POLICY_ROOTS
from metadata.expressions.tree import Root
from metadata.expressions.types import BOOLEAN, DECIMAL, ValueType
from metadata.fields.base import InputError
from metadata.fields.inputs import shown
from metadata.fields.relations import RelationKind, relation_of
from metadata.fields.times import read_duration
from metadata.model.policies import BUILT_IN_ROLES
from metadata.model.tenant import TenantModel, field_of
from metadata.problems import Fault, Path
from metadata.routing.steps import STEP_KINDS, StepRole
from metadata.routing.values import Queue, QueueLevel, QueueMember, RoutingRule, RoutingStep

__all__ = ["queue_faults", "routing_rule_faults"]

_EVENTS = ("create", "update", "restore")
_RULE_ROOTS = frozenset({Root.RECORD, Root.OLD})
_NAMING = ("user", "role", "department", "team", "post")
_OF_STEPS = ("person", "role", "field", "expression")


def queue_faults(model: TenantModel, queue: Queue) -> Iterator[Fault]:
    """What is wrong with a queue; paths start at it."""
    what = f"Queue '{queue.name}'"
    if not _is_own(model, queue.object):
        yield _no_object(what, queue.object)
        return
    check = _Check(model, what, queue.object)
    yield from check.expression(queue.priority, ("priority",), DECIMAL)
    yield from check.expression(queue.done_when, ("done_when",), BOOLEAN)
    yield from check.expression(queue.capacity, ("capacity",), DECIMAL, of="user")
    yield from check.calendar(queue.calendar, ("calendar",))
    for attribute in ("heartbeat", "accept_within", "overflow_after"):
        yield from check.duration(getattr(queue, attribute), (attribute,))
    if not queue.capacity:
        yield Fault("missing", f"{what} has no capacity.", ("capacity",), "Write a figure such as 5.")
    if not queue.kind:
        yield Fault("missing", f"{what} has no kind of work.", ("kind",), "Write one such as ticket.")
    if not 1 <= queue.units <= 1_000:
        yield Fault("out_of_range", f"{what}: a piece of work takes {queue.units} units.", ("units",), "1 to 1000.")
    if not 1 <= queue.hops <= 100:
        yield Fault("out_of_range", f"{what} allows {queue.hops} hops.", ("hops",), "1 to 100.")
    yield from check.user_path(queue.assign_to, ("assign_to",), steps=1)
    yield from _following_faults(model, queue, what)
    for place, member in enumerate(queue.members):
        yield from (fault.under("members", place) for fault in _member_faults(check, member))
    for place, step in enumerate(queue.steps):
        yield from (fault.under("steps", place) for fault in _step_faults(check, step))
        if STEP_KINDS[step.by].role is StepRole.TURN and place < len(queue.steps) - 1:
            message = f"{what}: '{step.by}' leaves one agent, and steps come after it."
            yield Fault("not_last", message, ("steps", place), "Let it be the last step.")
    yield from _level_faults(check, queue)


def routing_rule_faults(model: TenantModel, rule: RoutingRule) -> Iterator[Fault]:
    """What is wrong with a routing rule; paths start at it."""
    what = f"Routing rule '{rule.name}'"
    if not _is_own(model, rule.object):
        yield _no_object(what, rule.object)
        return
    queue = model.queues.get(rule.queue)
    if queue is None or queue.object != rule.object:
        found = "is not declared" if queue is None else f"holds records of '{queue.object}'"
        known = [one.name for one in model.queues.values() if one.object == rule.object]
        message = f"{what} names the queue '{rule.queue}', which {found}."
        yield Fault("unknown_queue", message, ("queue",), _known(known))
    check = _Check(model, what, rule.object)
    yield from check.expression(rule.when, ("when",), BOOLEAN, roots=_RULE_ROOTS)
    if not rule.events:
        yield Fault("missing", f"{what} looks at no events.", ("events",), "Name some, such as create.")
    for place, event in enumerate(rule.events):
        if event not in _EVENTS:
            message = f"{what} looks at the event {shown(event)}."
            yield Fault("unknown_value", message, ("events", place), f"Events are: {', '.join(_EVENTS)}.")


def _is_own(model: TenantModel, name: str) -> bool:
    found = model.objects.get(name)
    return found is not None and found.storage == "tenant" and not found.system


def _no_object(what: str, name: str) -> Fault:
    message = f"{what} is about '{name}', which is no object type of the tenant's."
    return Fault("unknown_object", message, ("object",), "Name a declared object type.")


def _following_faults(model: TenantModel, queue: Queue, what: str) -> Iterator[Fault]:
    """Queues that work goes on to: there, of the same records, and never in a circle."""
    for attribute in ("overflow", "fallback"):
        name = getattr(queue, attribute)
        if not name:
            continue
        found = model.queues.get(name)
        if found is None or found.object != queue.object:
            message = f"{what} hands work on to '{name}', which is no queue of '{queue.object}'."
            yield Fault("unknown_queue", message, (attribute,), _known(_others(model, queue)))
            continue
        seen = [queue.name]
        while found is not None and found.name not in seen:
            seen.append(found.name)
            found = model.queues.get(getattr(found, attribute))
        if found is not None:
            message = f"{what}: `{attribute}` leads in a circle: {' → '.join([*seen, found.name])}."
            yield Fault("queue_circle", message, (attribute,), "Let the last queue name none.")
    if queue.overflow_after and not queue.overflow:
        message = f"{what} says when work goes on, and not where to."
        yield Fault("missing", message, ("overflow",), "Name a queue, or leave `overflow_after` out.")
    others = [name for name in _others(model, queue) if model.queues[name].catch_all]
    if queue.catch_all and others:
        message = f"{what} takes what fits nowhere, and so does '{others[0]}'."
        yield Fault("duplicate_catch_all", message, ("catch_all",), "Only one queue of an object type may.")


def _others(model: TenantModel, queue: Queue) -> list[str]:
    return [one.name for one in model.queues.values() if one.object == queue.object and one.name != queue.name]


def _member_faults(check: _Check, member: QueueMember) -> Iterator[Fault]:
    given = [attribute for attribute in _NAMING if getattr(member, attribute)]
    if len(given) != 1:
        named = f"by {' and '.join(given)}" if given else "in no way"
        message = f"{check.what} names members {named}."
        yield Fault("one_of", message, (), f"Give one of {', '.join(_NAMING)}.")
    yield from check.calendar(member.calendar, ("calendar",))
    yield from check.role(member.role, ("role",))
    yield from check.person(member.user, ("user",))


def _step_faults(check: _Check, step: RoutingStep) -> Iterator[Fault]:
    kind = STEP_KINDS[step.by]
    yield from check.expression(step.when, ("when",), BOOLEAN)
    if kind.asks and not getattr(step, kind.asks):
        message = f"{check.what}: a step by '{step.by}' needs `{kind.asks}`."
        yield Fault("missing", message, (kind.asks,), f"Give `{kind.asks}`.")
    for attribute in _OF_STEPS:
        if attribute != kind.asks and getattr(step, attribute):
            message = f"{check.what}: a step by '{step.by}' has `{attribute}`."
            yield Fault("not_applicable", message, (attribute,), "Leave it out.")
    roots = POLICY_ROOTS if kind.of_agent else FORMULA_ROOTS
    yield from check.expression(step.expression, ("expression",), kind.value, roots=roots)
    yield from check.role(step.role, ("role",))
    yield from check.person(step.person, ("person",))
    if step.field:
        yield from check.user_path(step.field, ("field",))
    if not 0 <= step.superior <= 20:
        yield Fault("out_of_range", f"{check.what} goes {step.superior} levels up.", ("superior",), "0 to 20.")
    yield from check.duration(step.within, ("within",))
    yield from check.duration(step.relax_after, ("relax_after",))
    if (step.required or step.relax_after) and kind.role is not StepRole.FILTER:
        message = f"{check.what}: a step by '{step.by}' puts people in order; it cannot be required."
        yield Fault("not_applicable", message, ("required",), "Leave it out.")
    elif step.relax_after and not step.required:
        message = f"{check.what}: a step is relaxed that is not required."
        yield Fault("not_applicable", message, ("relax_after",), "Set `required`, or leave it out.")


def _level_faults(check: _Check, queue: Queue) -> Iterator[Fault]:
    seen: set[str] = set()
    for place, level in enumerate(queue.levels):
        for fault in _one_level_faults(check, level):
            yield fault.under("levels", place)
        if level.name in seen:
            message = f"{check.what} has two levels '{level.name}'."
            yield Fault("duplicate_name", message, ("levels", place), "Rename one.")
        seen.add(level.name)


def _one_level_faults(check: _Check, level: QueueLevel) -> Iterator[Fault]:
    what = f"{check.what}: level '{level.name}'"
    if (level.depth is None) is not bool(level.age):
        said = "twice" if level.age else "not"
        yield Fault("missing", f"{what} says {said} what is too much.", ("depth",), "Give either `depth` or `age`.")
    yield from check.duration(level.age, ("age",))
    if level.depth is not None and not 0 <= level.depth <= 1_000_000:
        yield Fault("out_of_range", f"{what}: a depth of {level.depth}.", ("depth",), "0 to 1000000.")
    if level.clear is not None and not 0 <= level.clear <= (level.depth if level.depth is not None else 1_000_000):
        yield Fault("out_of_range", f"{what} is over at {level.clear}.", ("clear",), "From 0 to `depth`.")


@dataclass(frozen=True, slots=True)
class _Check:
    """Looks at what one queue or rule names."""

    model: TenantModel
    what: str
    object_name: str

    def expression(
        self,
        text: str,
        path: Path,
        expected: ValueType | None,
        *,
        roots: frozenset[Root] = FORMULA_ROOTS,
        of: str = "",
    ) -> Iterator[Fault]:
        scope = ModelScope(self.model, of or self.object_name, roots)
        for fault in faults_of(text, scope, expected) if text else ():
            yield Fault(fault.reason, f"{self.what}: {fault.message}", path, fault.hint)

    def calendar(self, name: str, path: Path) -> Iterator[Fault]:
        if name and name not in self.model.calendars:
            message = f"{self.what} goes by the calendar '{name}', which is not declared."
            yield Fault("unknown_calendar", message, path, _known(self.model.calendars))

    def role(self, name: str, path: Path) -> Iterator[Fault]:
        known = (*self.model.roles, *BUILT_IN_ROLES)
        if name and self.model.roles and name not in known:
            message = f"{self.what} names the role '{name}', which is not declared."
            yield Fault("unknown_role", message, path, _known(known))

    def person(self, text: str, path: Path) -> Iterator[Fault]:
        if not text or "@" in text:
            return
        try:
            uuid.UUID(text)
        except ValueError:
            message = f"{self.what} names {shown(text)}, which is neither an account id nor an e-mail address."
            yield Fault("unknown_person", message, path, "Write one of them.")

    def duration(self, text: str, path: Path) -> Iterator[Fault]:
        if not text:
            return
        try:
            if read_duration(text) > 0:
                return
            message = f"{self.what} has {shown(text)}, which is no time at all."
        except InputError as error:
            message = f"{self.what}: {error}."
        yield Fault("bad_duration", message, path, "Write one such as PT30M, PT2H or P1D.")

    def user_path(self, text: str, path: Path, *, steps: int = 0) -> Iterator[Fault]:
        """Whether a path over to-one relations ends at a user; of so many steps where that matters."""
        here, names = self.object_name, text.split(".")
        for name in names:
            found = self.model.objects.get(here)
            field = field_of(found, name) if found is not None else None
            if field is None:
                message = f"{self.what} names the field '{text}', which '{self.object_name}' does not have."
                yield Fault("unknown_field", message, path, "Name a field of type user.")
                return
            relation = relation_of(field)
            here = relation.to if relation is not None and relation.kind is RelationKind.TO_ONE else ""
        if here != "user" or (steps and len(names) != steps):
            message = f"{self.what} names the field '{text}', which is no field of type user of its own."
            yield Fault("not_a_user", message, path, "Name a field of type user.")


def _known(names: Iterable[str]) -> str:
    listed = sorted(names)
    return f"Known: {', '.join(listed[:30])}." if listed else "None is declared."
