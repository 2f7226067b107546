"""Checks of what several node kinds share: expressions, durations, assignees, field rules, values."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from metadata.expressions.check import ModelScope, faults_of
from metadata.expressions.scope import FORMULA_ROOTS, RULE_ROOTS
from metadata.expressions.types import BOOLEAN, ValueType
from metadata.fields import FIELD_TYPES
from metadata.fields.base import InputError
from metadata.fields.inputs import shown
from metadata.fields.relations import RelationKind, relation_of
from metadata.fields.times import read_duration
from metadata.flows.values import Assign, FieldRule, FieldValue
from metadata.model.policies import BUILT_IN_ROLES
from metadata.model.tenant import TenantModel, field_of
from metadata.model.values import Field
from metadata.problems import Fault, Path

__all__ = ["Subject", "expression_of", "seconds_of"]


def seconds_of(duration: str) -> int:
    """Seconds of a checked duration such as `PT2H`; 0 for none."""
    return read_duration(duration) if duration else 0


def expression_of(value: object) -> str:
    """The expression that a value is, or nothing where it is a constant."""
    return value[1:] if isinstance(value, str) and value.startswith("=") else ""


@dataclass(frozen=True, slots=True)
class Subject:
    """The node whose settings are looked at.

    Attributes:
        model: What it may name.
        object_name: The flow's object type, which the model has.
        what: For messages: `Node 'approve' of flow 'refund'`.
    """

    model: TenantModel
    object_name: str
    what: str

    def expression(
        self, text: str, path: Path, *, expected: ValueType | None = BOOLEAN, old: bool = False, of: str = ""
    ) -> Iterator[Fault]:
        """Faults of an expression over the record; `old` where the record before a change may be named."""
        if not text:
            return
        scope = ModelScope(self.model, of or self.object_name, RULE_ROOTS if old else FORMULA_ROOTS)
        for fault in faults_of(text, scope, expected):
            yield Fault(fault.reason, f"{self.what}: {fault.message}", path, fault.hint)

    def duration(self, text: str, path: Path, *, required: bool = False) -> Iterator[Fault]:
        """Faults of a length of time."""
        if not text and not required:
            return
        try:
            if read_duration(text) > 0:
                return
            message = f"{self.what} waits for {shown(text)}, which is no time at all."
        except InputError as error:
            message = f"{self.what}: {error}."
        yield Fault("bad_duration", message, path, "Write one such as PT30M, PT2H or P1D.")

    def calendar(self, name: str, path: Path) -> Iterator[Fault]:
        """Whether a business calendar is there."""
        if name and name not in self.model.calendars:
            message = f"{self.what} counts by the calendar '{name}', which is not declared."
            yield Fault("unknown_calendar", message, path, _known(self.model.calendars))

    def person(self, value: str, path: Path) -> Iterator[Fault]:
        """Whether a text can name an account."""
        if "@" in value:
            return
        try:
            uuid.UUID(value)
        except ValueError:
            message = f"{self.what} names {shown(value)}, which is neither an account id nor an e-mail address."
            yield Fault("unknown_person", message, path, "Write one of them.")

    def assigns(self, assigns: Iterable[Assign], path: Path, *, required: bool = True) -> Iterator[Fault]:
        """Faults of the rules that find people."""
        found = tuple(assigns)
        if required and not found:
            message = f"{self.what} goes to nobody."
            yield Fault("no_handler", message, path, "Say who acts: by role, user, field, superior …")
        for place, one in enumerate(found):
            yield from self._assign(one, (*path, place))

    def _assign(self, one: Assign, path: Path) -> Iterator[Fault]:
        yield from self.expression(one.when, (*path, "when"))
        if one.by in ("user", "role", "department", "field") and not one.value:
            yield Fault("missing", f"{self.what}: `by: {one.by}` names none.", (*path, "value"), "Give `value`.")
            return
        if one.by == "user":
            yield from self.person(one.value, (*path, "value"))
        elif one.by == "role":
            known = (*self.model.roles, *BUILT_IN_ROLES)
            if self.model.roles and one.value not in known:
                message = f"{self.what} goes to the role '{one.value}', which is not declared."
                yield Fault("unknown_role", message, (*path, "value"), _known(known))
        elif one.by == "field":
            yield from self.user_path(one.value, (*path, "value"))
        if not 1 <= one.level <= 20:
            yield Fault("out_of_range", f"{self.what} goes {one.level} levels up.", (*path, "level"), "1 to 20.")
        if not 1 <= one.weight <= 1_000:
            yield Fault("out_of_range", f"{self.what}: a weight is {one.weight}.", (*path, "weight"), "1 to 1000.")

    def user_path(self, text: str, path: Path) -> Iterator[Fault]:
        """Whether a path of to-one relations leads to a user."""
        here, field = self.object_name, None
        for step in text.split("."):
            field = field_of(self.model.objects[here], step) if here in self.model.objects else None
            if field is None:
                message = f"{self.what} names the field '{text}', which '{self.object_name}' does not have."
                yield Fault("unknown_field", message, path, "Name a field of type user, over to-one relations.")
                return
            relation = relation_of(field)
            here = relation.to if relation is not None and relation.kind is RelationKind.TO_ONE else ""
        if here != "user":
            message = f"{self.what} names the field '{text}', which holds no user."
            yield Fault("not_a_user", message, path, "Name a field of type user.")

    def form(self, name: str, path: Path, *, required: bool = False) -> Iterator[Fault]:
        """Whether a form is there, and for these records."""
        found = self.model.forms.get(name)
        if not name:
            if required:
                yield Fault("missing", f"{self.what} names no form.", path, _known(self.model.forms))
        elif found is None:
            message = f"{self.what} names the form '{name}', which is not declared."
            yield Fault("unknown_form", message, path, _known(self.model.forms))
        elif found.object != self.object_name:
            message = f"{self.what} names the form '{name}', which is for '{found.object}'."
            yield Fault("wrong_object", message, path, f"Name a form for '{self.object_name}'.")

    def field_rules(self, rules: Iterable[FieldRule], path: Path) -> Iterator[Fault]:
        """Faults of what may and must be filled in."""
        seen: set[tuple[str, str]] = set()
        for place, rule in enumerate(rules):
            yield from self.expression(rule.when, (*path, place, "when"), old=True)
            field = self._field(self.object_name, rule.field)
            if field is None:
                yield self._no_field(self.object_name, rule.field, (*path, place, "field"))
            elif rule.access in ("write", "required") and not _is_writable(field):
                message = f"{self.what}: the field '{rule.field}' is computed and cannot be filled in."
                yield Fault("not_writable", message, (*path, place, "access"), "Make it `read` or `hidden`.")
            if (rule.field, rule.when) in seen:
                message = f"{self.what} has two rules for the field '{rule.field}'."
                yield Fault("duplicate_name", message, (*path, place, "field"), "Remove one.")
            seen.add((rule.field, rule.when))

    def values(self, values: Iterable[FieldValue], object_name: str, path: Path) -> Iterator[Fault]:
        """Faults of values for the fields of an object type; expressions are over the flow's record."""
        for place, value in enumerate(values):
            here = (*path, place, "value")
            field = self._field(object_name, value.field)
            if field is None:
                yield self._no_field(object_name, value.field, (*path, place, "field"))
                continue
            if not _is_writable(field):
                message = f"{self.what} sets the field '{value.field}', which is computed."
                yield Fault("not_writable", message, (*path, place, "field"), "Set what it is computed of.")
            if expression_of(value.value):
                yield from self.expression(expression_of(value.value), here, expected=None)

    def variables(self, values: Iterable[FieldValue], path: Path) -> Iterator[Fault]:
        """Faults of values that are no fields of records."""
        for place, value in enumerate(values):
            if expression_of(value.value):
                yield from self.expression(expression_of(value.value), (*path, place, "value"), expected=None)

    def target(self, name: str, path: Path) -> Iterator[Fault]:
        """Whether a to-one relation is there; nothing stands for the record itself."""
        field = self._field(self.object_name, name) if name else None
        relation = None if field is None else relation_of(field)
        if name and (relation is None or relation.kind is not RelationKind.TO_ONE):
            message = f"{self.what} names '{name}', which is no to-one relation of '{self.object_name}'."
            yield Fault("not_a_relation", message, path, "Name a to-one relation, or leave it out.")

    def object_of(self, target: str) -> str:
        """The object type that a checked target leads to."""
        field = self._field(self.object_name, target) if target else None
        relation = None if field is None else relation_of(field)
        return self.object_name if relation is None else relation.to

    def _field(self, object_name: str, name: str) -> Field | None:
        found = self.model.objects.get(object_name)
        return None if found is None else field_of(found, name)

    def _no_field(self, object_name: str, name: str, path: Path) -> Fault:
        message = f"{self.what} names '{name}', which is no field of '{object_name}'."
        found = self.model.objects.get(object_name)
        return Fault("unknown_field", message, path, _known(field.name for field in found.fields) if found else "")


def _is_writable(field: Field) -> bool:
    if FIELD_TYPES[field.type].computed:
        return False
    return not field.system or field.name in ("owner", "department")


def _known(names: Iterable[str]) -> str:
    listed = sorted(names)
    return f"Known: {', '.join(listed[:30])}." if listed else "None is declared."
