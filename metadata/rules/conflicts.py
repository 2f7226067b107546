"""What sound rules do to each other, each with a record that shows it.

Nothing is claimed without such a record, or without having tried every value that matters.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from metadata.expressions.check import ModelScope, read
from metadata.expressions.checked import Checked
from metadata.expressions.environment import Env
from metadata.expressions.evaluate import compile_python
from metadata.expressions.scope import RULE_ROOTS
from metadata.expressions.types import BOOLEAN
from metadata.model.tenant import TenantModel, field_of
from metadata.problems import TangramError
from metadata.rules.actions import COMPUTED, action_kind, action_settings
from metadata.rules.testing import Conditions
from metadata.rules.triggers import settings_of, trigger_of
from metadata.rules.values import CrossingTrigger, FieldTrigger, RecordTrigger, Rule, TagTrigger
from metadata.rules.witness import Case, search, shown

__all__ = ["Conflict", "conflicts_of"]


@dataclass(frozen=True, slots=True)
class Conflict:
    """One defect.

    Attributes:
        kind: `never_true`, `different_values`, `shadowed`, `circle` or `stacked_benefits`.
        rules: Names of the rules.
        message: What happens.
        witness: Values of a record that shows it; None where there is none to show.
    """

    kind: str
    rules: tuple[str, ...]
    message: str
    witness: Mapping[str, Any] | None = None


class _Side:
    """A rule, ready to be asked what it would do to a record."""

    def __init__(self, model: TenantModel, rule: Rule) -> None:
        self.rule, self._zone = rule, model.settings.timezone
        self.conditions = Conditions(model, rule)
        scope = ModelScope(model, rule.object, RULE_ROOTS)
        texts = _trigger_texts(model, rule)
        self._trigger = [read(text, scope, BOOLEAN) for text in texts]
        self._fires = [compile_python(one) for one in self._trigger]
        self._actions = {action.name: action for action in rule.actions}

    @property
    def checked(self) -> list[Checked]:
        return [*self._trigger, *self.conditions.checked.values()]

    def done(self, record: Mapping[str, Any], env: Env) -> tuple[str, ...] | None:
        """Names of the actions that it would do; None where it does not fire."""
        if not all(fires(record, env) is True for fires in self._fires):
            return None
        return self.conditions.actions(record, env)

    def writes(self, names: Iterable[str]) -> dict[str, Any]:
        """Fields that actions set, the last one counting."""
        found: dict[str, Any] = {}
        for name in names:
            action = self._actions[name]
            found |= action_kind(action).writes(action_settings(action))
        return found

    def all_writes(self) -> dict[str, Any]:
        return self.writes(self._actions)


def conflicts_of(model: TenantModel, rules: Sequence[Rule], only: str = "") -> list[Conflict]:
    """Find what rules do to each other.

    Args:
        model: Which they are about; rules that it no longer fits are left out.
        rules: All that count together.
        only: Name of the one whose conflicts are asked for; empty for all.
    """
    sides = []
    for rule in rules:
        try:
            sides.append(_Side(model, rule))
        except (TangramError, KeyError):
            continue
    zone = model.settings.timezone
    found: list[Conflict] = []
    for side in sides:
        if only in ("", side.rule.name):
            found += _never(side, zone)
    for place, one in enumerate(sides):
        for other in sides[place + 1 :]:
            if only and only not in (one.rule.name, other.rule.name):
                continue
            found += _pair(one, other, zone)
    found += _circles(model, sides, only)
    return found


def _never(side: _Side, zone: str) -> Iterator[Conflict]:
    if not side.rule.when:
        return
    result = search(side.checked, zone, lambda record, env: side.done(record, env) is not None)
    if result.case is None and result.complete:
        yield Conflict("never_true", (side.rule.name,), f"The condition of '{side.rule.name}' is never met.")


def _pair(one: _Side, other: _Side, zone: str) -> Iterator[Conflict]:
    if one.rule.object != other.rule.object or not _together(one.rule, other.rule):
        return
    checked = [*one.checked, *other.checked]
    names = (one.rule.name, other.rule.name)
    differing: dict[str, tuple[Any, Any]] = {}

    def differ(record: Mapping[str, Any], env: Env) -> bool:
        done = one.done(record, env), other.done(record, env)
        if done[0] is None or done[1] is None:
            return False
        first, second = one.writes(done[0]), other.writes(done[1])
        for name in first.keys() & second.keys():
            if COMPUTED not in (first[name], second[name]) and first[name] != second[name]:
                differing[name] = (first[name], second[name])
        return bool(differing)

    if not _stops(one.rule, other.rule) and one.all_writes().keys() & other.all_writes().keys():
        result = search(checked, zone, differ)
        if result.case is not None:
            name, values = next(iter(differing.items()))
            message = (
                f"'{names[0]}' sets '{name}' to {values[0]!r} and '{names[1]}' to {values[1]!r} for the same event;"
                " the later one wins."
            )
            yield Conflict("different_values", names, message, _witness(result.case))
    yield from _shadow(one, other, zone)
    yield from _shadow(other, one, zone)
    if one.rule.benefit and other.rule.benefit and one.rule.benefit.stacks and other.rule.benefit.stacks:
        if _stops(one.rule, other.rule):
            return
        result = search(
            checked, zone, lambda record, env: one.done(record, env) is not None and other.done(record, env) is not None
        )
        if result.case is not None:
            message = f"'{names[0]}' and '{names[1]}' give together for the same event; try them on past events."
            yield Conflict("stacked_benefits", names, message, _witness(result.case))


def _shadow(first: _Side, later: _Side, zone: str) -> Iterator[Conflict]:
    """A rule that an earlier one of its group always stops."""
    a, b = first.rule, later.rule
    same = (a.trigger, settings_of(a)) == (b.trigger, settings_of(b))
    if not (a.stop and a.group and a.group == b.group and same) or (a.order, a.name) > (b.order, b.name):
        return
    if a.guard != type(a.guard)() or a.begins or a.ends:
        return  # it may be held back
    checked = [*first.checked, *later.checked]
    alone = search(
        checked, zone, lambda record, env: later.done(record, env) is not None and first.done(record, env) is None
    )
    if alone.case is None and alone.complete:
        both = search(checked, zone, lambda record, env: later.done(record, env) is not None)
        if both.case is not None:
            message = f"'{b.name}' never acts: whenever its condition is met, '{a.name}' has stopped the group before."
            yield Conflict("shadowed", (a.name, b.name), message, _witness(both.case))


def _circles(model: TenantModel, sides: Sequence[_Side], only: str) -> Iterator[Conflict]:
    """Rules that set each other off: what one writes makes the next fire, round to the first."""
    zone = model.settings.timezone
    leads: dict[str, list[str]] = {}
    for one in sides:
        leads[one.rule.name] = [other.rule.name for other in sides if _sets_off(one, other, zone)]
    by_name = {side.rule.name: side for side in sides}
    seen: set[frozenset[str]] = set()
    for start in leads:
        for circle in _paths_back(leads, start):
            if frozenset(circle) in seen or (only and only not in circle):
                continue
            seen.add(frozenset(circle))
            if _goes_on([by_name[name] for name in circle]):
                shape = " → ".join((*circle, circle[0]))
                yield Conflict("circle", tuple(circle), f"What these rules write sets each other off: {shape}.")


def _paths_back(leads: Mapping[str, Sequence[str]], start: str, longest: int = 6) -> Iterator[tuple[str, ...]]:
    waiting: list[tuple[str, ...]] = [(start,)]
    while waiting:
        path = waiting.pop()
        for following in leads[path[-1]]:
            if following == start:
                yield path
            elif following not in path and len(path) < longest and following > start:
                waiting.append((*path, following))


def _goes_on(circle: Sequence[_Side]) -> bool:
    """Whether a circle does not come to rest by itself: constants that all agree change nothing the second time."""
    constants: dict[str, Any] = {}
    for side in circle:
        for name, value in side.all_writes().items():
            if value is COMPUTED or constants.setdefault(name, value) != value:
                return True
    return False


def _sets_off(one: _Side, other: _Side, zone: str) -> bool:
    if one.rule.object != other.rule.object or not trigger_of(other.rule).writes:
        return False
    writes = one.all_writes()
    settings = settings_of(other.rule)
    if isinstance(settings, RecordTrigger):
        if "update" not in settings.events or not writes:
            return False
    elif settings.field not in writes:
        return False

    def follows(record: Mapping[str, Any], env: Env) -> bool:
        done = one.done(record, env)
        if not done:
            return False
        constants = {name: value for name, value in one.writes(done).items() if value is not COMPUTED}
        after = Env(env.now, zone, old=record, actor={})
        return other.done({**record, **constants}, after) is not None

    return search([*one.checked, *other.checked], zone, follows).case is not None


def _together(one: Rule, other: Rule) -> bool:
    """Whether one event can make both fire."""
    first, second = settings_of(one), settings_of(other)
    if trigger_of(one).writes and trigger_of(other).writes:
        return bool(_events(first) & _events(second))
    return one.trigger == other.trigger and first == second


def _events(settings: Any) -> frozenset[str]:
    return frozenset(settings.events) if isinstance(settings, RecordTrigger) else frozenset(("create", "update"))


def _stops(one: Rule, other: Rule) -> bool:
    """Whether the earlier of two rules keeps the later from acting."""
    earlier = min(one, other, key=lambda rule: (rule.order, rule.name))
    return bool(earlier.stop and one.group and one.group == other.group)


def _trigger_texts(model: TenantModel, rule: Rule) -> list[str]:
    """What a trigger asks of the record, as conditions."""
    settings = settings_of(rule)
    object_type = model.object(rule.object)
    field = field_of(object_type, getattr(settings, "field", ""))
    match settings:
        case FieldTrigger() if field is not None and field.type == "select":
            texts = [f'{settings.field} == "{settings.after}"'] if settings.after else []
            return [*texts, *([f'old.{settings.field} == "{settings.before}"'] if settings.before else [])]
        case CrossingTrigger() if settings.below:
            return [f"{settings.field} < {_number(settings.below)}"]
        case CrossingTrigger():
            return [f"{settings.field} > {_number(settings.above)}"]
        case TagTrigger():
            has = f'"{settings.tag}" in {settings.field}'
            return [has if settings.change == "added" else f"!({has})"]
    return []


def _number(text: str) -> str:
    return f"{Decimal(text):f}"


def _witness(case: Case) -> Mapping[str, Any]:
    record = {name: shown(value) for name, value in case.record.items()}
    changed = {name: shown(value) for name, value in case.old.items() if shown(value) != record.get(name)}
    return {"record": record, **({"old": changed} if changed else {})}
