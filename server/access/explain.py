"""Why somebody may or may not: verdict, the rules behind it, the rules that were not, and what would be needed.

Pure functions over a snapshot. Where a record is meant, the caller says how a condition comes out on it (`Fits`), by
SQL or in Python; `conditions_of` lists those that will be asked. Without a record, what depends on one comes out as
`depends`. The verdict is asked of the same `Rights` that requests are answered by, never worked out a second time.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from metadata.expressions.text import unparse
from metadata.expressions.tree import Expression
from metadata.model.policies import ADMINISTRATOR, ANY
from server.access.conditions import ALWAYS, NEVER
from server.access.deciders import Decider, decider_of, settled
from server.access.snapshot import Rule, Snapshot, subject_of

__all__ = [
    "Explanation",
    "Fits",
    "Holder",
    "Need",
    "Question",
    "Reason",
    "RuleNote",
    "Verdict",
    "conditions_of",
    "explain",
    "field_verdict",
    "outcome",
    "who_can",
]

Fits = Callable[[Expression], bool | None]
"""How a condition comes out on the record in question; None when it is unknown."""

_MAX_NOTES = 200


class Verdict(enum.Enum):
    """What comes out."""

    ALLOWED = "allowed"
    MASKED = "masked"
    """The field is shown masked."""
    DEPENDS = "depends"
    """On the record, and none was named."""
    REFUSED = "refused"


class Reason(enum.Enum):
    """Why a rule counts, or does not."""

    APPLIES = "applies"
    DEPENDS = "depends"
    """On the record, and none was named."""
    OTHER_SUBJECT = "other_subject"
    """It concerns a role that is not held, or another user."""
    OTHER_ACTION = "other_action"
    OTHER_FIELD = "other_field"
    CONDITION_NOT_MET = "condition_not_met"
    """The record lies outside its scope."""
    NOT_NOW = "not_now"
    """Its time has not come, or is over."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked.

    Attributes:
        object: Object type, or `*` for what belongs to none.
        action: `read`, `update`, `run:settle`, `configure`, …
        field: A field to be read (or set, where the action is update or create); empty for the record itself.
    """

    object: str
    action: str
    field: str = ""


@dataclass(frozen=True, slots=True)
class RuleNote:
    """One rule and what it had to say.

    Attributes:
        policy: Name of the policy.
        kind: allow, deny, scope, field or mask.
        subject: Whom it concerns: `role:seller`, `user:<id>`, `role:*`.
        via: The held role that inherits the subject's, where it is another one.
        reason: Why it counts, or does not.
        scope: How the actor has to stand to the record: all, own, team, …
        condition: What it asks of a record, as text; empty for nothing.
        because: Its author's reason.
    """

    policy: str
    kind: str
    subject: str
    via: str
    reason: Reason
    scope: str
    condition: str
    because: str


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that would turn a refusal.

    Attributes:
        kind: `role` to hold, `record` that meets the condition, `lifting` of a denial or limit, or `policy` to be made.
        policy: The policy it would come from; empty where there is none.
        detail: The role, or the condition.
    """

    kind: str
    policy: str
    detail: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """The answer.

    Attributes:
        verdict: What comes out.
        matched: Rules that speak of it, in the order of the policies.
        unmatched: Rules about the same object type that do not, and why.
        needed: What would be needed where it is refused; any one of the roles, records and policies, and all liftings.
    """

    verdict: Verdict
    matched: tuple[RuleNote, ...]
    unmatched: tuple[RuleNote, ...]
    needed: tuple[Need, ...]


def explain(
    snapshot: Snapshot | None,
    roles: Sequence[str],
    question: Question,
    *,
    now: datetime,
    user: str = "",
    fits: Fits | None = None,
) -> Explanation:
    """Explain a decision.

    Args:
        snapshot: The tenant's policies; None while it has none.
        roles: Roles that the user holds now.
        question: What is asked.
        now: The instant it is asked for.
        user: Account id, lower case.
        fits: How conditions come out on the record in question; None when no record is named.
    """
    asking = _Asking(question, now, fits)
    verdict = asking.verdict(decider_of(snapshot, roles, user))
    if snapshot is None or ADMINISTRATOR in roles:
        is_refused = verdict is Verdict.REFUSED
        return Explanation(verdict, (), (), (Need("role", "", ADMINISTRATOR),) if is_refused else ())
    subjects = snapshot.subjects(roles, user)
    matched: list[RuleNote] = []
    unmatched: list[RuleNote] = []
    needed: list[Need] = []
    for rule in snapshot.rules:
        if not asking.is_about(rule):
            continue
        reason = asking.reason(rule, subjects)
        notes = matched if reason in _SPEAKS else unmatched
        if len(notes) < _MAX_NOTES:
            notes.append(_note(rule, reason, _via(snapshot, roles, rule)))
        if verdict is not Verdict.ALLOWED and len(needed) < _MAX_NOTES:
            needed.extend(_needs(asking, rule, reason))
    has_grant = any(need.kind in ("role", "record") for need in needed) or any(note.kind == "allow" for note in matched)
    if verdict is not Verdict.ALLOWED and not has_grant:
        needed.append(Need("policy", "", f"allow {question.action} {question.object}"))
    return Explanation(verdict, tuple(matched), tuple(unmatched), tuple(dict.fromkeys(needed)))


def conditions_of(
    snapshot: Snapshot | None, roles: Sequence[str], question: Question, *, now: datetime, user: str = ""
) -> tuple[Expression, ...]:
    """Every condition that `explain` and `who_can` may ask about a record, each once."""
    decider = decider_of(snapshot, roles, user)
    found = [decider.rows(question.object, question.action)]
    if question.field and question.action == "read":
        found += [decider.readable(question.object, question.field), decider.shown(question.object, question.field)]
    elif question.field:
        found.append(decider.writable(question.object, question.field, question.action))
    if snapshot is not None:
        subjects = snapshot.subjects(roles, user)
        asking = _Asking(question, now, None)
        about = [rule for rule in snapshot.rules if asking.is_about(rule)]
        found += [rule.condition for rule in about if asking.reason(rule, subjects) is Reason.DEPENDS]
    left = dict.fromkeys(settled(one, now) for one in found)
    return tuple(one for one in left if one not in (ALWAYS, NEVER))


def outcome(condition: Expression, now: datetime, fits: Fits | None = None) -> Verdict:
    """How a condition comes out: ALLOWED or REFUSED, and DEPENDS where it asks of a record and none is named."""
    left = settled(condition, now)
    if left in (ALWAYS, NEVER):
        return Verdict.ALLOWED if left == ALWAYS else Verdict.REFUSED
    if fits is None:
        return Verdict.DEPENDS
    return Verdict.ALLOWED if fits(left) is True else Verdict.REFUSED


def field_verdict(decider: Decider, question: Question, now: datetime, fits: Fits | None = None) -> Verdict:
    """What comes out for a field, among the records that the action may be done to."""
    if question.action != "read":
        return outcome(decider.writable(question.object, question.field, question.action), now, fits)
    plain = outcome(decider.readable(question.object, question.field), now, fits)
    if plain is not Verdict.REFUSED:
        return plain
    shown = outcome(decider.shown(question.object, question.field), now, fits)
    return Verdict.REFUSED if shown is Verdict.REFUSED else Verdict.MASKED


@dataclass(frozen=True, slots=True)
class _Asking:
    """A question at an instant, about one record or none."""

    question: Question
    now: datetime
    fits: Fits | None

    def verdict(self, decider: Decider) -> Verdict:
        """What comes out: a record that depends lets nothing be certain of its fields."""
        question = self.question
        record = outcome(decider.rows(question.object, question.action), self.now, self.fits)
        if not question.field or record is Verdict.REFUSED:
            return record
        field = field_verdict(decider, question, self.now, self.fits)
        return Verdict.DEPENDS if record is Verdict.DEPENDS and field is not Verdict.REFUSED else field

    def is_about(self, rule: Rule) -> bool:
        """Whether a rule is about records of the question's object type; others have other fields."""
        return rule.policy.object in (self.question.object, ANY)

    def reason(self, rule: Rule, subjects: Sequence[str]) -> Reason:
        """Why a rule counts, or does not."""
        policy, question = rule.policy, self.question
        if subject_of(policy) not in subjects:
            return Reason.OTHER_SUBJECT
        if policy.kind in ("field", "mask"):
            if question.field not in rule.fields or question.action not in ("read", "update", "create"):
                return Reason.OTHER_FIELD
        elif question.action not in policy.actions and not (ANY in policy.actions and _is_of_records(question.action)):
            return Reason.OTHER_ACTION
        elif rule.fields and _is_beside(rule, question):
            return Reason.OTHER_FIELD
        return self._met(rule)

    def _met(self, rule: Rule) -> Reason:
        verdict = outcome(rule.condition, self.now, self.fits)
        if verdict is Verdict.REFUSED:
            is_late = settled(rule.condition, self.now) == NEVER and rule.condition != NEVER
            return Reason.NOT_NOW if is_late else Reason.CONDITION_NOT_MET
        return Reason.DEPENDS if verdict is Verdict.DEPENDS else Reason.APPLIES


def _is_beside(rule: Rule, question: Question) -> bool:
    """Whether a rule about some fields says nothing of the question: of records, only a denial of fields does so."""
    return question.field not in rule.fields if question.field else rule.policy.kind == "deny"


def _is_of_records(action: str) -> bool:
    return ":" not in action and action != "configure"


def _note(rule: Rule, reason: Reason, via: str) -> RuleNote:
    policy = rule.policy
    return RuleNote(policy.name, policy.kind, subject_of(policy), via, reason, policy.scope, _text(rule), policy.reason)


def _text(rule: Rule) -> str:
    return "" if rule.condition == ALWAYS else unparse(rule.condition)


def _via(snapshot: Snapshot, roles: Sequence[str], rule: Rule) -> str:
    role = rule.policy.role
    if not role or role == ANY or role in roles:
        return ""
    return next((held for held in sorted(roles) if role in snapshot.ancestors.get(held, ())), "")


def _needs(asking: _Asking, rule: Rule, reason: Reason) -> Iterator[Need]:
    policy = rule.policy
    if policy.kind == "allow" and reason is Reason.OTHER_SUBJECT and policy.role:
        if _Asking(asking.question, asking.now, None).reason(rule, (subject_of(policy),)) in _SPEAKS:
            yield Need("role", policy.name, policy.role)
    elif policy.kind == "allow" and reason is Reason.CONDITION_NOT_MET:
        yield Need("record", policy.name, _text(rule))
    elif (policy.kind, reason) in _STANDS_AGAINST and (policy.kind != "field" or policy.read != "full"):
        yield Need("lifting", policy.name, _text(rule))


_SPEAKS = frozenset({Reason.APPLIES, Reason.DEPENDS})
_STANDS_AGAINST = frozenset(
    {
        ("deny", Reason.APPLIES),
        ("scope", Reason.CONDITION_NOT_MET),
        ("field", Reason.APPLIES),
        ("mask", Reason.APPLIES),
    }
)


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody who may hold a right.

    Attributes:
        user: Account id.
        roles: Roles held now.
    """

    user: str
    roles: tuple[str, ...]


def who_can(
    snapshot: Snapshot | None,
    question: Question,
    holders: Iterable[Holder],
    *,
    now: datetime,
    fits: Callable[[Holder, Expression], bool | None] | None = None,
) -> Iterator[tuple[Holder, Verdict]]:
    """Those who may do something, at least on some record.

    Args:
        snapshot: The tenant's policies; None while it has none.
        question: What is asked.
        holders: Whom to ask about.
        now: The instant it is asked for.
        fits: How conditions come out on the record in question for somebody; None when no record is named.
    """
    known: dict[tuple[str, ...], Decider] = {}
    for holder in holders:
        subjects = holder.roles if snapshot is None else (*holder.roles, *snapshot.subjects((), holder.user))
        decider = known.get(subjects)
        if decider is None:
            decider = known[subjects] = decider_of(snapshot, holder.roles, holder.user)
        verdict = _Asking(question, now, _fits_of(holder, fits)).verdict(decider)
        if verdict is not Verdict.REFUSED:
            yield holder, verdict


def _fits_of(holder: Holder, fits: Callable[[Holder, Expression], bool | None] | None) -> Fits | None:
    return None if fits is None else lambda condition: fits(holder, condition)
