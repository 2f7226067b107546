"""A question about access: whether it can be asked, and asked of one person at one instant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from metadata.expressions.tree import Expression
from metadata.model.policies import ACTIONS, ANY, CONFIGURE, MEMBER, RUN
from metadata.model.reading import closest
from metadata.model.tenant import TenantModel, field_of
from metadata.model.values import ObjectType
from metadata.problems import Faults
from server.access.explain import Explanation, Fits, Question, conditions_of, explain
from server.access.grants import GrantShape
from server.access.permission_map import FIELD_ACTIONS, Subject
from server.access.snapshot import Snapshot
from server.review.people import Person

__all__ = ["Asked", "check_question", "is_action", "role_subjects", "shown_actions", "shown_objects"]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question about one person at one instant.

    Attributes:
        model: The tenant's model.
        snapshot: Its policies in force; None while it has none.
        question: What is asked.
        person: About whom.
        now: The instant.
        grants: What the person was given for a time, which the snapshot holds among the rules, by digest.
    """

    model: TenantModel
    snapshot: Snapshot | None
    question: Question
    person: Person
    now: datetime
    grants: Mapping[str, GrantShape] = field(default_factory=dict)

    def explain(self, fits: Fits | None) -> Explanation:
        """The answer, told in full."""
        who = self.person
        return explain(self.snapshot, who.roles, self.question, now=self.now, user=who.id, fits=fits)

    def conditions(self) -> tuple[Expression, ...]:
        """What it asks of a record."""
        return conditions_of(self.snapshot, self.person.roles, self.question, now=self.now, user=self.person.id)


def check_question(model: TenantModel, question: Question, record: str | None) -> None:
    """See that a question can be answered.

    Raises:
        BadInputError: With every fault: `unknown_object`, `unknown_action`, `unknown_field`, `not_applicable`,
            `bad_id`.
    """
    faults = Faults()
    is_of_records = question.action.partition(":")[0] != CONFIGURE
    if not is_action(question.action):
        message = f"There is no action '{question.action[:80]}'."
        faults.add("unknown_action", message, path=("action",), hint=closest(question.action, (*ACTIONS, CONFIGURE)))
    elif not is_of_records and (question.object != ANY or record is not None or question.field):
        message = "Configuration belongs to no object type and no record."
        faults.add("not_applicable", message, path=("action",), hint="Ask with object `*` alone.")
    if question.object != ANY or is_of_records:
        _check_object(model, question, faults)
    if record is not None and not _is_id(record):
        faults.add("bad_id", "The id of a record is a UUID.", path=("record",))
    if question.field and question.action not in FIELD_ACTIONS and is_action(question.action):
        message = f"Fields have no right of their own to {question.action}."
        faults.add("not_applicable", message, path=("field",), hint="Ask for read, create or update.")
    faults.raise_if_any()


def _check_object(model: TenantModel, question: Question, faults: Faults) -> None:
    object_type = model.objects.get(question.object)
    if object_type is None:
        message = f"There is no object type '{question.object[:80]}'."
        faults.add("unknown_object", message, path=("object",), hint=closest(question.object, model.objects))
    elif question.field and field_of(object_type, question.field) is None:
        message = f"Object type '{object_type.name}' has no field '{question.field[:80]}'."
        names = [field.name for field in object_type.fields]
        faults.add("unknown_field", message, path=("field",), hint=closest(question.field, names))


def is_action(action: str) -> bool:
    """Whether policies can be about it."""
    head, _, rest = action.partition(":")
    return action in ACTIONS or action == CONFIGURE or (head in (RUN, CONFIGURE) and bool(rest))


def role_subjects(model: TenantModel, roles: Sequence[str] | None) -> tuple[Subject, ...]:
    """Roles as subjects of a map; None for all that are declared.

    Raises:
        BadInputError: `unknown_role`.
    """
    known = dict.fromkeys((*model.roles, MEMBER))
    names = tuple(model.roles) if roles is None else tuple(dict.fromkeys(roles))
    faults = Faults()
    for place, name in enumerate(names):
        if name not in known:
            message = f"There is no role '{name[:80]}'."
            faults.add("unknown_role", message, path=("roles", place), hint=closest(name, known))
    faults.raise_if_any()
    return tuple(Subject(name, (name,)) for name in names)


def shown_objects(known: Iterable[ObjectType], objects: Sequence[str] | None) -> Mapping[str, tuple[str, ...]]:
    """Object types with their fields, of those that may be shown; None for all of these that the tenant declared.

    Raises:
        BadInputError: `unknown_object`.
    """
    faults, by_name = Faults(), {one.name: one for one in known}
    for place, name in enumerate(objects or ()):
        if name not in by_name:
            message = f"There is no object type '{name[:80]}'."
            faults.add("unknown_object", message, path=("objects", place), hint=closest(name, by_name))
    faults.raise_if_any()
    names = [found.name for found in by_name.values() if not found.system] if objects is None else objects
    return {name: tuple(field.name for field in by_name[name].fields if not field.system) for name in names}


def shown_actions(actions: Sequence[str] | None) -> tuple[str, ...]:
    """Actions; None for all on records.

    Raises:
        BadInputError: `unknown_action`.
    """
    faults = Faults()
    for place, action in enumerate(actions or ()):
        if not is_action(action) or action.partition(":")[0] == CONFIGURE:
            message = f"'{action[:80]}' is no action on records."
            faults.add("unknown_action", message, path=("actions", place), hint=closest(action, ACTIONS))
    faults.raise_if_any()
    return ACTIONS if actions is None else tuple(dict.fromkeys(actions))


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
