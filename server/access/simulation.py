"""What a change of roles and policies would do, before it is made: who gains, who loses.

Pure: two snapshots, of what is and of what would be, asked the same questions. On how many records a right changes is
counted by `server.records.judging`, from the two conditions of a `Shift`.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from metadata.expressions.text import unparse
from metadata.expressions.tree import Expression
from server.access.conditions import ALWAYS, NEVER
from server.access.deciders import Decider, settled
from server.access.explain import Question, Verdict, field_verdict, outcome
from server.access.permission_map import FIELD_ACTIONS

__all__ = ["Effect", "FieldShift", "Shift", "shifts"]


class Effect(enum.Enum):
    """Which way a right moves."""

    GAINS = "gains"
    LOSES = "loses"
    CHANGES = "changes"
    """Neither contains the other as far as the conditions tell; counts of records do."""


@dataclass(frozen=True, slots=True)
class FieldShift:
    """A right on a field that changes.

    Attributes:
        field: Its name.
        before: On the records that the action may be done to.
        after: The same afterwards.
        effect: Which way.
    """

    field: str
    before: Verdict
    after: Verdict
    effect: Effect


@dataclass(frozen=True, slots=True)
class Shift:
    """A right on records that changes, or on fields of records.

    Attributes:
        object: The object type; `*` for configuration.
        action: The action.
        before: Records it may be done to: a condition.
        after: The same afterwards.
        effect: Which way; None where only fields change.
        fields: Fields whose rights change.
        now: The instant that both were settled for.
    """

    object: str
    action: str
    before: Expression
    after: Expression
    effect: Effect | None
    fields: tuple[FieldShift, ...]
    now: datetime

    @property
    def verdicts(self) -> tuple[Verdict, Verdict]:
        """Before and after: on every record, on some, on none."""
        return outcome(self.before, self.now), outcome(self.after, self.now)

    @property
    def texts(self) -> tuple[str, str]:
        """Conditions before and after, as text; empty where they do not depend on a record."""
        before, after = (
            unparse(one) if outcome(one, self.now) is Verdict.DEPENDS else "" for one in (self.before, self.after)
        )
        return before, after


def shifts(
    before: Decider,
    after: Decider,
    objects: Mapping[str, Sequence[str]],
    actions: Sequence[str],
    *,
    now: datetime,
) -> Iterator[Shift]:
    """What changes for one subject.

    Args:
        before: What decides now.
        after: What would decide.
        objects: Names of the fields to be compared, by object type.
        actions: Actions to be compared.
        now: The instant that times of policies are compared with.
    """
    for object_name, fields in objects.items():
        for action in actions:
            was, will = (settled(one.rows(object_name, action), now) for one in (before, after))
            compared = fields if action in FIELD_ACTIONS and NEVER not in (was, will) else ()
            moved = tuple(_field_shifts(before, after, object_name, action, compared, now))
            effect = _effect(was, will)
            if effect is not None or moved:
                yield Shift(object_name, action, was, will, effect, moved, now)


def _effect(was: Expression, will: Expression) -> Effect | None:
    if was == will:
        return None
    if was == NEVER or will == ALWAYS:
        return Effect.GAINS
    return Effect.LOSES if was == ALWAYS or will == NEVER else Effect.CHANGES


def _field_shifts(
    before: Decider, after: Decider, object_name: str, action: str, fields: Iterable[str], now: datetime
) -> Iterator[FieldShift]:
    for name in fields:
        question = Question(object_name, action, name)
        was, will = field_verdict(before, question, now), field_verdict(after, question, now)
        if was is not will:
            yield FieldShift(name, was, will, _field_effect(was, will))
        elif was is Verdict.DEPENDS and _conditions(before, question, now) != _conditions(after, question, now):
            yield FieldShift(name, was, will, Effect.CHANGES)


def _field_effect(was: Verdict, will: Verdict) -> Effect:
    """Masked everywhere against plain on some rows is neither more nor less."""
    if was is Verdict.REFUSED or will is Verdict.ALLOWED:
        return Effect.GAINS
    return Effect.LOSES if was is Verdict.ALLOWED or will is Verdict.REFUSED else Effect.CHANGES


def _conditions(decider: Decider, question: Question, now: datetime) -> tuple[Expression, ...]:
    if question.action != "read":
        return (settled(decider.writable(question.object, question.field, question.action), now),)
    return (
        settled(decider.readable(question.object, question.field), now),
        settled(decider.shown(question.object, question.field), now),
    )
