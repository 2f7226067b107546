"""Stored test cases: a rule's condition and branches, played in Python on the values that a case gives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from metadata.expressions.check import ModelScope, read
from metadata.expressions.checked import Checked
from metadata.expressions.environment import Env
from metadata.expressions.evaluate import compile_python
from metadata.expressions.literals import LiteralError, canonical, python_value
from metadata.expressions.scope import RULE_ROOTS
from metadata.expressions.tree import FieldPath, Literal
from metadata.expressions.types import BOOLEAN, Kind, ValueType
from metadata.fields import FIELD_TYPES
from metadata.model.tenant import TenantModel, field_of
from metadata.problems import Fault
from metadata.rules.values import Rule, RuleTest

__all__ = ["Conditions", "case_faults", "chosen_branches", "python_of"]

_NOW = "2026-01-05T01:00:00Z"
_AS_TEXT = frozenset({Kind.DECIMAL, Kind.MONEY, Kind.DATE, Kind.DATETIME, Kind.TIME, Kind.DURATION, Kind.ID})


class Conditions:
    """The conditions of a rule, compiled once: over a record's values, with the record before the change."""

    def __init__(self, model: TenantModel, rule: Rule) -> None:
        scope = ModelScope(model, rule.object, RULE_ROOTS)
        self.checked: dict[str, Checked] = {
            text: read(text, scope, BOOLEAN) for text in (rule.when, *(branch.when for branch in rule.branches)) if text
        }
        self._compiled = {text: compile_python(checked) for text, checked in self.checked.items()}
        self._rule = rule

    def met(self, text: str, record: Mapping[str, Any], env: Env) -> bool:
        """Whether a condition is met; an empty one is."""
        return not text or self._compiled[text](record, env) is True

    def actions(self, record: Mapping[str, Any], env: Env) -> tuple[str, ...] | None:
        """Names of the actions that would be done; None where the condition is not met."""
        if not self.met(self._rule.when, record, env):
            return None
        branches = chosen_branches(self._rule, lambda text: self.met(text, record, env))
        return tuple(one.name for one in self._rule.actions if not one.branch or one.branch in branches)


def chosen_branches(rule: Rule, met: Any) -> frozenset[str]:
    """Branches that are taken: in `first` mode one of those side by side, in `all` mode each that fits."""
    taken: set[str] = set()
    decided: set[str] = set()
    for branch in rule.branches:
        if branch.within and branch.within not in taken:
            continue
        if branch.within in decided:
            continue
        if not branch.when or met(branch.when):
            taken.add(branch.name)
            if rule.mode == "first":
                decided.add(branch.within)
    return frozenset(taken)


def python_of(value: Any, value_type: ValueType) -> Any:
    """A JSON value as expressions compute with it.

    Raises:
        LiteralError: It is no value of the type.
    """
    if value is None or isinstance(value, Mapping):
        return value
    if isinstance(value, list | tuple):
        item = value_type.item or value_type
        return [python_of(one, item) for one in value]
    if value_type.kind in _AS_TEXT or (value_type.kind is Kind.RECORD and isinstance(value, str)):
        kind = Kind.ID if value_type.kind is Kind.RECORD else value_type.kind
        return python_value(Literal(canonical(str(value), kind), ValueType(kind)))
    return value


def case_faults(model: TenantModel, rule: Rule) -> Iterator[Fault]:
    """Cases that do not come out as they say, or that cannot be played."""
    if not rule.tests:
        return
    conditions = Conditions(model, rule)
    for place, case in enumerate(rule.tests):
        path = ("tests", place)
        try:
            record, old = _values(model, rule, case)
            now = datetime.fromisoformat(case.now or _NOW)
            env = Env(now if now.tzinfo else now.replace(tzinfo=UTC), model.settings.timezone, old=old, actor={})
            found = conditions.actions(record, env)
        except (LiteralError, ValueError) as error:
            message = f"The case '{case.name}' of rule '{rule.name}' cannot be played: expected {error}."
            yield Fault("bad_test_case", message, path, "Give values of the fields' types.")
            continue
        except (KeyError, TypeError) as error:
            message = f"The case '{case.name}' of rule '{rule.name}' says nothing of {error}."
            yield Fault("bad_test_case", message, path, "Give the values that the condition asks for.")
            continue
        if (found is not None) != case.fires:
            message = f"The case '{case.name}' of rule '{rule.name}' should {'' if case.fires else 'not '}fire."
            yield Fault("failed_test_case", message, path, "Correct the rule or the case.")
        elif case.actions is not None and found is not None and found != case.actions:
            message = (
                f"The case '{case.name}' of rule '{rule.name}' does {', '.join(found) or 'nothing'};"
                f" it should do {', '.join(case.actions) or 'nothing'}."
            )
            yield Fault("failed_test_case", message, (*path, "actions"), "Correct the rule or the case.")


def _values(model: TenantModel, rule: Rule, case: RuleTest) -> tuple[dict[str, Any], dict[str, Any]]:
    object_type = model.object(rule.object)
    record: dict[str, Any] = {field.name: None for field in object_type.fields}
    for name, value in case.record.items():
        field = field_of(object_type, name)
        if field is None:
            raise LiteralError(f"a field of '{rule.object}', not '{name}'")
        record[name] = python_of(value, FIELD_TYPES[field.type].value_type(field, model))
    old = dict(record)
    for name, value in case.old.items():
        field = field_of(object_type, name)
        if field is None:
            raise LiteralError(f"a field of '{rule.object}', not '{name}'")
        old[name] = python_of(value, FIELD_TYPES[field.type].value_type(field, model))
    return record, old


def paths_of(checked: Checked) -> Iterator[FieldPath]:
    """Every path of a typed tree, those inside of relations left out."""
    if isinstance(checked.node, FieldPath):
        yield checked.node
        return
    for part in checked.parts:
        yield from paths_of(part)
