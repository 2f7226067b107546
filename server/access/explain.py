"""Why somebody may or may not: verdict, the rules behind it, the rules that were not, and what would be needed.

Pure functions over a snapshot. Where a record is meant, the caller says how a condition comes out on it (`Fits`), by
SQL or in Python; without a record, what depends on one comes out as `depends`. The verdict is asked of the same
`Rights` that requests are answered by, never worked out a second time.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from metadata.expressions.text import unparse
from metadata.expressions.tree import Expression
from metadata.model.policies import ADMINISTRATOR, ANY
from server.access.conditions import ALWAYS, NEVER
from server.access.rights import Rights
from server.access.snapshot import Rule, Snapshot, subject_of

__all__ = [
    "Explanation",
    "Fits",
    "Holder",
    "MapEntry",
    "Need",
    "Question",
    "Reason",
    "RuleNote",
    "Verdict",
    "explain",
    "permission_map",
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
    """The record lies outside its scope, or its time is not now."""


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
        condition: What it asks of a record, as text; empty for nothing.
        because: Its author's reason.
    """

    policy: str
    kind: str
    subject: str
    via: str
    reason: Reason
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
    snapshot: Snapshot, roles: Sequence[str], question: Question, *, user: str = "", fits: Fits | None = None
) -> Explanation:
    """Explain a decision.

    Args:
        snapshot: The tenant's policies.
        roles: Roles that the user holds now.
        question: What is asked.
        user: Account id.
        fits: How conditions come out on the record in question; None when no record is named.
    """
    if ADMINISTRATOR in roles:
        return Explanation(Verdict.ALLOWED, (), (), ())
    subjects = snapshot.subjects(roles, user)
    verdict = _verdict(Rights(snapshot, subjects), question, fits)
    matched: list[RuleNote] = []
    unmatched: list[RuleNote] = []
    needed: list[Need] = []
    for rule in snapshot.rules:
        if rule.policy.object not in (question.object, ANY):
            continue
        reason = _reason(rule, question, subjects, fits)
        speaks = reason in (Reason.APPLIES, Reason.DEPENDS)
        notes = matched if speaks else unmatched
        if len(notes) < _MAX_NOTES:
            notes.append(_note(rule, reason, _via(snapshot, roles, rule)))
        if verdict is not Verdict.ALLOWED and len(needed) < _MAX_NOTES:
            needed.extend(_needs(rule, reason, question))
    has_grant = any(need.kind in ("role", "record") for need in needed) or any(note.kind == "allow" for note in matched)
    if verdict is not Verdict.ALLOWED and not has_grant:
        needed.append(Need("policy", "", f"allow {question.action} {question.object}"))
    return Explanation(verdict, tuple(matched), tuple(unmatched), tuple(dict.fromkeys(needed)))


def _verdict(rights: Rights, question: Question, fits: Fits | None) -> Verdict:
    record = _outcome(rights.rows(question.object, question.action), fits)
    if not question.field or record is Verdict.REFUSED:
        return record
    if question.action != "read":
        return _lower(record, _outcome(rights.writable(question.object, question.field, question.action), fits))
    plain = _outcome(rights.readable(question.object, question.field), fits)
    if plain is not Verdict.REFUSED:
        return _lower(record, plain)
    shown = _outcome(rights.shown(question.object, question.field), fits)
    return Verdict.REFUSED if shown is Verdict.REFUSED else _lower(record, Verdict.MASKED)


def _outcome(condition: Expression, fits: Fits | None) -> Verdict:
    if condition in (ALWAYS, NEVER):
        return Verdict.ALLOWED if condition == ALWAYS else Verdict.REFUSED
    if fits is None:
        return Verdict.DEPENDS
    return Verdict.ALLOWED if fits(condition) is True else Verdict.REFUSED


def _lower(record: Verdict, field: Verdict) -> Verdict:
    """What is left of a field's verdict on a record's: a record that depends lets nothing be certain."""
    return Verdict.DEPENDS if record is Verdict.DEPENDS and field is not Verdict.REFUSED else field


def _reason(rule: Rule, question: Question, subjects: Sequence[str], fits: Fits | None) -> Reason:
    policy = rule.policy
    if subject_of(policy) not in subjects:
        return Reason.OTHER_SUBJECT
    if policy.kind in ("field", "mask"):
        if question.field not in rule.fields or question.action not in ("read", "update", "create"):
            return Reason.OTHER_FIELD
    elif question.action not in policy.actions and not (ANY in policy.actions and _is_of_records(question.action)):
        return Reason.OTHER_ACTION
    elif rule.fields and _is_beside(rule, question):
        return Reason.OTHER_FIELD
    if rule.condition == ALWAYS:
        return Reason.APPLIES
    if fits is None:
        return Reason.DEPENDS
    return Reason.APPLIES if fits(rule.condition) is True else Reason.CONDITION_NOT_MET


def _is_beside(rule: Rule, question: Question) -> bool:
    """Whether a rule about some fields says nothing of the question: of records, only a denial of fields does so."""
    return question.field not in rule.fields if question.field else rule.policy.kind == "deny"


def _is_of_records(action: str) -> bool:
    return ":" not in action and action != "configure"


def _note(rule: Rule, reason: Reason, via: str) -> RuleNote:
    policy = rule.policy
    return RuleNote(policy.name, policy.kind, subject_of(policy), via, reason, _text(rule), policy.reason)


def _text(rule: Rule) -> str:
    return "" if rule.condition == ALWAYS else unparse(rule.condition)


def _via(snapshot: Snapshot, roles: Sequence[str], rule: Rule) -> str:
    role = rule.policy.role
    if not role or role == ANY or role in roles:
        return ""
    return next((held for held in sorted(roles) if role in snapshot.ancestors.get(held, ())), "")


def _needs(rule: Rule, reason: Reason, question: Question) -> Iterator[Need]:
    policy = rule.policy
    gives = _reason(rule, question, (subject_of(policy),), None) in (Reason.APPLIES, Reason.DEPENDS)
    if policy.kind == "allow" and gives and reason is Reason.OTHER_SUBJECT and policy.role:
        yield Need("role", policy.name, policy.role)
    elif policy.kind == "allow" and reason is Reason.CONDITION_NOT_MET:
        yield Need("record", policy.name, _text(rule))
    elif (policy.kind, reason) in _STANDS_AGAINST and (policy.kind != "field" or policy.read != "full"):
        yield Need("lifting", policy.name, _text(rule))


_STANDS_AGAINST = frozenset(
    {
        ("deny", Reason.APPLIES),
        ("scope", Reason.CONDITION_NOT_MET),
        ("field", Reason.APPLIES),
        ("mask", Reason.APPLIES),
    }
)


@dataclass(frozen=True, slots=True)
class MapEntry:
    """One line of the permission map.

    Attributes:
        role: The role, with what it inherits.
        object: The object type.
        action: The action.
        verdict: ALLOWED on every record, DEPENDS on some, REFUSED on all.
        condition: On which records, as text, where it depends.
        fields: Verdict of each field, of the actions read, create and update.
    """

    role: str
    object: str
    action: str
    verdict: Verdict
    condition: str
    fields: Mapping[str, Verdict]


def permission_map(
    snapshot: Snapshot, roles: Iterable[str], objects: Mapping[str, Sequence[str]], actions: Sequence[str]
) -> Iterator[MapEntry]:
    """Who may do what: role × object type × action × field.

    Args:
        snapshot: The tenant's policies.
        roles: Roles to be shown.
        objects: Names of the fields to be shown, by object type.
        actions: Actions to be shown.
    """
    for role in roles:
        rights = Rights(snapshot, snapshot.subjects([role]))
        for object_name, fields in objects.items():
            for action in actions:
                rows = rights.rows(object_name, action)
                verdict = _outcome(rows, None)
                text = unparse(rows) if verdict is Verdict.DEPENDS else ""
                shown = fields if action in ("read", "create", "update") and verdict is not Verdict.REFUSED else ()
                of_fields = {name: _field_verdict(rights, object_name, action, name) for name in shown}
                yield MapEntry(role, object_name, action, verdict, text, of_fields)


def _field_verdict(rights: Rights, object_name: str, action: str, name: str) -> Verdict:
    """Among the records that the action may be done to."""
    if action != "read":
        return _outcome(rights.writable(object_name, name, action), None)
    plain = _outcome(rights.readable(object_name, name), None)
    if plain is not Verdict.REFUSED:
        return plain
    return Verdict.REFUSED if rights.shown(object_name, name) == NEVER else Verdict.MASKED


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
    snapshot: Snapshot,
    question: Question,
    holders: Iterable[Holder],
    fits: Callable[[Holder, Expression], bool | None] | None = None,
) -> Iterator[tuple[Holder, Verdict]]:
    """Those who may do something, at least on some record.

    Args:
        snapshot: The tenant's policies.
        question: What is asked.
        holders: Whom to ask about.
        fits: How conditions come out on the record in question for somebody; None when no record is named.
    """
    known: dict[tuple[str, ...], Rights] = {}
    for holder in holders:
        if ADMINISTRATOR in holder.roles:
            yield holder, Verdict.ALLOWED
            continue
        subjects = snapshot.subjects(holder.roles, holder.user)
        rights = known.setdefault(subjects, Rights(snapshot, subjects))
        verdict = _verdict(rights, question, _fits_of(holder, fits))
        if verdict is not Verdict.REFUSED:
            yield holder, verdict


def _fits_of(holder: Holder, fits: Callable[[Holder, Expression], bool | None] | None) -> Fits | None:
    if fits is None:
        return None

    def fits_holder(condition: Expression) -> bool | None:
        return fits(holder, condition)

    return fits_holder
