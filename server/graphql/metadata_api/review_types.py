"""GraphQL types of answers about access, and how values become them."""

from __future__ import annotations

from datetime import datetime

import strawberry

from server.access.explain import Explanation as ExplanationValue
from server.access.explain import Need, Reason, RuleNote, Verdict
from server.access.permission_map import MapEntry
from server.access.simulation import Effect, FieldShift, Shift
from server.graphql.metadata_api.outcomes import Plan, plan_of
from server.review.exchange import PolicyFormat
from server.review.judges import Counts
from server.review.people import Person as PersonValue
from server.review.reviews import Explained
from server.review.trials import PersonShift, RoleShift
from server.review.trials import Trial as TrialValue

__all__ = [
    "AccessExplanation",
    "AccessHolder",
    "AccessPerson",
    "AccessSimulation",
    "PermissionMapOutput",
    "cell_of",
    "explanation_of",
    "person_of",
    "simulation_of",
]

strawberry.enum(Verdict, name="AccessVerdict", description="What comes out of a question about access")
strawberry.enum(Reason, name="AccessReason", description="Why a policy counts, or does not")
strawberry.enum(Effect, name="AccessEffect", description="Which way a right moves")
strawberry.enum(PolicyFormat, description="How policies are written as text")


@strawberry.type(description="An account, with the roles it holds now")
class AccessPerson:
    """Somebody whom an answer is about."""

    id: strawberry.ID
    name: str
    email: str
    roles: list[str]


@strawberry.type(description="One policy, and what it had to say")
class AccessRule:
    """A line of an explanation."""

    policy: str
    kind: str = strawberry.field(description="allow, deny, scope, field or mask")
    subject: str = strawberry.field(description="Whom it concerns: `role:seller`, `user:<id>`, `role:*`")
    via: str = strawberry.field(description="The held role that inherits the subject's, where it is another one")
    reason: Reason
    scope: str = strawberry.field(description="How the person has to stand to the record: all, own, team, …")
    condition: str = strawberry.field(description="What it asks of a record; empty for nothing, or where it is kept")
    because: str = strawberry.field(description="Its author's reason")


@strawberry.type(description="One thing that would turn a refusal")
class AccessNeed:
    """What would be needed."""

    kind: str = strawberry.field(description="`role` to hold, `record` to meet a condition, `lifting`, or `policy`")
    policy: str = strawberry.field(description="The policy it would come from; empty where there is none")
    detail: str = strawberry.field(description="The role, or the condition")


@strawberry.type(description="Why somebody may or may not")
class AccessExplanation:
    """The answer of `explainAccess`."""

    verdict: Verdict
    person: AccessPerson
    object: str
    action: str
    field: str = strawberry.field(description="Empty for the record itself")
    record_found: bool | None = strawberry.field(
        description="Whether the record is there, as far as you may know; null when none was named"
    )
    matched: list[AccessRule] = strawberry.field(description="Policies that speak of it")
    unmatched: list[AccessRule] = strawberry.field(description="Policies about the object that do not, and why")
    needed: list[AccessNeed] = strawberry.field(description="What would turn a refusal: any one, and all liftings")


@strawberry.type(description="Somebody who may")
class AccessHolder:
    """A line of `whoCan`."""

    person: AccessPerson
    verdict: Verdict
    for_a_time: bool = strawberry.field(description="Whether it is only by what they were given for a time")
    until: datetime | None = strawberry.field(
        description="When that ends; null where it ends with the closing of a record, or is not for a time"
    )


@strawberry.type(description="A field's right in the permission map")
class PermissionField:
    """Of the records that the action may be done to."""

    field: str
    verdict: Verdict


@strawberry.type(description="What one role may do to one object type")
class PermissionCell:
    """A line of the permission map."""

    role: str = strawberry.field(description="Empty where the map is about a user")
    object: str
    action: str
    verdict: Verdict = strawberry.field(description="On every record, on some, on none")
    condition: str = strawberry.field(description="On which records, where it depends")
    scopes: list[str] = strawberry.field(description="How the person has to stand to the record: own, team, …")
    policies: list[str] = strawberry.field(description="The policies behind it")
    fields: list[PermissionField] = strawberry.field(description="Of the actions read, create and update")


@strawberry.type(name="PermissionMap", description="Role × object × action × field")
class PermissionMapOutput:
    """The answer of `permissionMap`."""

    roles: list[str]
    objects: list[str]
    actions: list[str]
    cells: list[PermissionCell]
    markdown: str = strawberry.field(description="The same as a page: a table of each role's objects and actions")


@strawberry.type(description="A right on a field that changes")
class AccessFieldShift:
    """Part of a simulation."""

    field: str
    before: Verdict
    after: Verdict
    effect: Effect


@strawberry.type(description="A right that changes")
class AccessShift:
    """Part of a simulation."""

    object: str = strawberry.field(description="`*` for configuration")
    action: str
    effect: Effect | None = strawberry.field(description="Null where only fields change")
    before: Verdict
    after: Verdict
    condition_before: str
    condition_after: str
    fields: list[AccessFieldShift]


@strawberry.type(name="RoleShift", description="What changes for a role by itself")
class RoleShiftOutput:
    """A line of a simulation."""

    role: str
    shift: AccessShift


@strawberry.type(description="Records that a changing right is about")
class AccessCounts:
    """Of the newest records of an object type."""

    examined: int = strawberry.field(description="Records that were looked at")
    held: int = strawberry.field(description="Of these, those that the right reaches now")
    gained: int
    lost: int


@strawberry.type(name="PersonShift", description="What changes for a person with all their roles")
class PersonShiftOutput:
    """A line of a simulation."""

    person: AccessPerson
    shift: AccessShift
    counts: AccessCounts | None = strawberry.field(description="Null for configuration and where it was not counted")
    for_a_time: bool = strawberry.field(description="Whether something they were given for a time is part of it")
    until: datetime | None = strawberry.field(
        description="When that ends; null where it ends with the closing of a record, or where there is none"
    )


@strawberry.type(description="What a change of roles and policies would do")
class AccessSimulation:
    """The answer of `simulateAccess`."""

    plan: Plan
    roles: list[RoleShiftOutput]
    people: list[PersonShiftOutput] = strawberry.field(description="Who keeps every right is left out")
    compared: int = strawberry.field(description="People that were compared")
    is_capped: bool = strawberry.field(description="More was there than was looked at: counts are lower bounds")


def person_of(value: PersonValue) -> AccessPerson:
    """A person as shown."""
    return AccessPerson(id=strawberry.ID(value.id), name=value.name, email=value.email, roles=list(value.roles))


def explanation_of(found: Explained) -> AccessExplanation:
    """An explanation as shown."""
    explanation: ExplanationValue = found.explanation
    return AccessExplanation(
        verdict=explanation.verdict,
        person=person_of(found.person),
        object=found.question.object,
        action=found.question.action,
        field=found.question.field,
        record_found=found.record_found,
        matched=[_rule(note) for note in explanation.matched],
        unmatched=[_rule(note) for note in explanation.unmatched],
        needed=[_need(need) for need in explanation.needed],
    )


def _rule(note: RuleNote) -> AccessRule:
    return AccessRule(
        policy=note.policy,
        kind=note.kind,
        subject=note.subject,
        via=note.via,
        reason=note.reason,
        scope=note.scope,
        condition=note.condition,
        because=note.because,
    )


def _need(need: Need) -> AccessNeed:
    return AccessNeed(kind=need.kind, policy=need.policy, detail=need.detail)


def cell_of(entry: MapEntry) -> PermissionCell:
    """A line of the map as shown."""
    return PermissionCell(
        role=entry.role,
        object=entry.object,
        action=entry.action,
        verdict=entry.verdict,
        condition=entry.condition,
        scopes=list(entry.scopes),
        policies=list(entry.policies),
        fields=[PermissionField(field=name, verdict=verdict) for name, verdict in entry.fields.items()],
    )


def simulation_of(found: TrialValue) -> AccessSimulation:
    """A simulation as shown."""
    return AccessSimulation(
        plan=plan_of(found.planned),
        roles=[_role_shift(one) for one in found.roles],
        people=[_person_shift(one) for one in found.people],
        compared=found.compared,
        is_capped=found.is_capped,
    )


def _role_shift(value: RoleShift) -> RoleShiftOutput:
    return RoleShiftOutput(role=value.role, shift=_shift(value.shift))


def _person_shift(value: PersonShift) -> PersonShiftOutput:
    return PersonShiftOutput(
        person=person_of(value.person),
        shift=_shift(value.shift),
        counts=None if value.counts is None else _counts(value.counts),
        for_a_time=value.for_a_time,
        until=value.until,
    )


def _shift(value: Shift) -> AccessShift:
    before, after = value.verdicts
    condition_before, condition_after = value.texts
    return AccessShift(
        object=value.object,
        action=value.action,
        effect=value.effect,
        before=before,
        after=after,
        condition_before=condition_before,
        condition_after=condition_after,
        fields=[_field_shift(one) for one in value.fields],
    )


def _field_shift(value: FieldShift) -> AccessFieldShift:
    return AccessFieldShift(field=value.field, before=value.before, after=value.after, effect=value.effect)


def _counts(value: Counts) -> AccessCounts:
    return AccessCounts(examined=value.examined, held=value.held, gained=value.gained, lost=value.lost)
