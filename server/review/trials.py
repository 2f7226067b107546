"""A change of roles and policies tried out before it is made: which roles and people gain or lose which rights.

The change is planned as it would be applied, its policies compiled, and both sets of policies asked the same questions.
On how many records a person's right changes is counted by SQL over the newest records of each object type.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from metadata.expressions.tree import Expression
from metadata.model.policies import ACTIONS, ANY, CONFIGURE, MEMBER, RUN, Policy
from metadata.model.tenant import TenantModel
from metadata.problems import BadInputError, Faults, NotFoundError
from server.access.deciders import decider_of
from server.access.explain import Holder
from server.access.grants import GrantEnds, GrantShape, ends_of, shapes_of, with_grants
from server.access.simulation import Shift, shifts
from server.access.snapshot import Snapshot, compile_snapshot
from server.access.snapshots import Snapshots
from server.configuration.configure import Configuration
from server.configuration.requests import Planned, Request
from server.context import Context
from server.database.connections import Connections
from server.events.clock import Clock
from server.review.judges import Counts, Judge
from server.review.people import Person, people
from server.review.questions import shown_objects

__all__ = ["PersonShift", "RoleShift", "Trial", "TrialLimits", "Trials"]

_SIMULATED = frozenset({"role", "policy"})


@dataclass(frozen=True, slots=True)
class TrialLimits:
    """How much a simulation looks at.

    Attributes:
        people: Accounts compared, in order of their ids.
        records: Newest records of each object type that are counted.
        counts: Statements that count; what is beyond is not counted.
    """

    people: int = 200
    records: int = 10_000
    counts: int = 200


@dataclass(frozen=True, slots=True)
class RoleShift:
    """A right of a role that changes."""

    role: str
    shift: Shift


@dataclass(frozen=True, slots=True)
class PersonShift:
    """A right of a person that changes.

    Attributes:
        person: Whose.
        shift: Which.
        counts: On how many records; None where it was not counted.
        for_a_time: Whether something they were given for a time is part of it.
        until: When that ends; None where it ends with the closing of a record, or where there is none.
    """

    person: Person
    shift: Shift
    counts: Counts | None
    for_a_time: bool = False
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Trial:
    """What a change would do.

    Attributes:
        planned: The change as it would be applied.
        roles: What changes for roles by themselves.
        people: What changes for people with all their roles; who keeps every right is left out.
        compared: People that were compared.
        is_capped: Whether there are more people, records or changes than were looked at: counts are lower bounds.
    """

    planned: Planned
    roles: tuple[RoleShift, ...]
    people: tuple[PersonShift, ...]
    compared: int
    is_capped: bool


@dataclass(eq=False)
class Trials:
    """Tries changes out."""

    connections: Connections
    configuration: Configuration
    snapshots: Snapshots
    clock: Clock
    limits: TrialLimits = field(default_factory=TrialLimits)

    async def run(
        self,
        context: Context,
        request: Request,
        *,
        roles_of: Mapping[str, Sequence[str]] | None = None,
        objects: Sequence[str] | None = None,
    ) -> Trial:
        """Say who would gain and who would lose; changes nothing.

        Args:
            context: Who asks.
            request: The change of roles and policies; it may be empty.
            roles_of: Roles that people would hold instead of theirs, by account id.
            objects: Object types to compare; None for all that the tenant declared.

        Raises:
            BadInputError: What is wrong with the change, or `simulates_access_only`.
            NotFoundError: `unknown_account`.
            LimitError: `statement_timeout`.
        """
        model, now = context.model, self.clock.now()
        shown = shown_objects(model, objects)
        planned = await self.configuration.plan(model.tenant_id, request)
        _check(planned)
        then = planned.plan.model
        before = await self.snapshots.in_force(model)
        after = await asyncio.to_thread(compile_snapshot, then) if then.policies else None
        comparison = _Comparison(before, after, shown, _actions((*model.policies, *then.policies)), now)
        names = tuple(dict.fromkeys((*model.roles, *then.roles, MEMBER)))
        of_roles = await asyncio.to_thread(tuple, _role_shifts(comparison, names))
        held, more = await self._people(model, roles_of or {})
        given = await self._given(model, held)
        comparison = replace(comparison, given=given.shapes, models=(model, then))
        of_people = await asyncio.to_thread(tuple, _person_shifts(comparison, held, roles_of or {}))
        judge = Judge(self.connections, model, now, grants=given.by_digest)
        counted, is_capped = await self._counted(judge, of_people, given.ends)
        return Trial(planned, of_roles, counted, len(held), is_capped or more)

    async def _people(self, model: TenantModel, roles_of: Mapping[str, Sequence[str]]) -> tuple[list[Person], bool]:
        """Whom to compare, those that are named before all others, and whether there are more."""
        limit = self.limits.people
        async with self.connections.acquire(model.tenant_id) as connection:
            named = await people(connection, model.tenant_id, ids=roles_of, first=limit) if roles_of else []
            others = await people(connection, model.tenant_id, first=limit + 1)
        _check_known(roles_of, named)
        held = list({one.id: one for one in (*named, *others)}.values())
        return held[:limit], len(held) > limit

    async def _given(self, model: TenantModel, held: Sequence[Person]) -> _Given:
        ids = [one.id for one in held]
        async with self.connections.acquire(model.tenant_id) as connection:
            shapes = await shapes_of(connection, model.tenant_id, ids)
            return _Given(shapes, await ends_of(connection, model.tenant_id, shapes))

    async def _counted(
        self, judge: Judge, found: Sequence[tuple[Person, Shift]], ends: GrantEnds
    ) -> tuple[tuple[PersonShift, ...], bool]:
        """The shifts with their counts: one statement for each pair of conditions, for all whom it concerns."""
        holders: dict[_Pair, dict[Holder, Shift]] = {}
        for one, shift in found:
            if shift.object != ANY and shift.effect is not None:
                holders.setdefault(_pair(shift), {})[one.holder] = shift
        counts: dict[_Pair, Mapping[str, Counts]] = {}
        for pair, concerned in list(holders.items())[: self.limits.counts]:
            counts[pair] = await judge.counts(next(iter(concerned.values())), concerned, self.limits.records)
        answers = []
        for one, shift in found:
            of_pair = counts.get(_pair(shift))
            count = None if of_pair is None else of_pair.get(one.id, Counts(0, 0, 0, 0))
            object_type = judge.model.objects.get(shift.object)
            place = (one.id, "" if object_type is None else object_type.table, shift.action)
            answers.append(PersonShift(one, shift, count, place in ends, ends.get(place)))
        is_full = any(answer.counts is not None and answer.counts.examined >= self.limits.records for answer in answers)
        return tuple(answers), is_full or len(holders) > self.limits.counts


@dataclass(frozen=True, slots=True)
class _Given:
    """What people were given for a time, by account id, and when it ends."""

    shapes: Mapping[str, Sequence[GrantShape]]
    ends: GrantEnds

    @property
    def by_digest(self) -> Mapping[str, GrantShape]:
        return {shape.digest: shape for shapes in self.shapes.values() for shape in shapes}


_Pair = tuple[str, Expression, Expression]


def _pair(shift: Shift) -> _Pair:
    return shift.object, shift.before, shift.after


@dataclass(frozen=True, slots=True)
class _Comparison:
    """Two sets of policies, and what they are asked."""

    before: Snapshot | None
    after: Snapshot | None
    objects: Mapping[str, Sequence[str]]
    actions: tuple[str, ...]
    now: datetime
    given: Mapping[str, Sequence[GrantShape]] = field(default_factory=dict)
    models: tuple[TenantModel, ...] = ()

    def of(self, held: Sequence[str], would_hold: Sequence[str], user: str = "") -> Iterator[Shift]:
        """What changes for one subject: actions on records, then configuration."""
        before, after = self.before, self.after
        shapes = self.given.get(user)
        if shapes and before is not None and after is not None:
            before, after = (
                with_grants(found, model, user, shapes)
                for found, model in zip((before, after), self.models, strict=True)
            )
        was, will = decider_of(before, held, user), decider_of(after, would_hold, user)
        on_records = [action for action in self.actions if action.partition(":")[0] != CONFIGURE]
        yield from shifts(was, will, self.objects, on_records, now=self.now)
        others = [action for action in self.actions if action.partition(":")[0] == CONFIGURE]
        yield from shifts(was, will, {ANY: ()}, others, now=self.now)


def _actions(policies: Iterable[Policy]) -> tuple[str, ...]:
    """Every action on records, and what policies name besides."""
    named = (action for policy in policies for action in policy.actions)
    special = (action for action in named if action.partition(":")[0] in (RUN, CONFIGURE))
    return tuple(dict.fromkeys((*ACTIONS, CONFIGURE, *special)))


def _role_shifts(comparison: _Comparison, names: Iterable[str]) -> Iterator[RoleShift]:
    for name in names:
        for shift in comparison.of((name,), (name,)):
            yield RoleShift(name, shift)


def _person_shifts(
    comparison: _Comparison, held: Iterable[Person], roles_of: Mapping[str, Sequence[str]]
) -> Iterator[tuple[Person, Shift]]:
    """What changes for people; those with the same roles are compared once, unless a policy names them."""
    known: dict[tuple[object, ...], tuple[Shift, ...]] = {}
    for one in held:
        would_hold = tuple(roles_of.get(one.id, one.roles))
        personal = [found for found in (comparison.before, comparison.after) if found and found.is_personal(one.id)]
        key = (one.roles, would_hold, one.id if personal or one.id in comparison.given else "")
        if key not in known:
            known[key] = tuple(comparison.of(one.roles, would_hold, one.id))
        for shift in known[key]:
            yield one, shift


def _check(planned: Planned) -> None:
    if planned.plan.faults:
        raise BadInputError.of(planned.plan.faults)
    others = sorted({change.kind for change in planned.plan.changes} - _SIMULATED)
    if others:
        message = f"Only roles and policies are simulated; the change is about {', '.join(others)} as well."
        raise BadInputError.single("simulates_access_only", message, hint="Plan the rest with planMetadata.")


def _check_known(roles_of: Mapping[str, Sequence[str]], named: Iterable[Person]) -> None:
    known = {one.id for one in named}
    faults = Faults()
    for place, account_id in enumerate(roles_of):
        if account_id not in known:
            faults.add("unknown_account", "There is no such account.", path=("people", place, "user"))
    if faults:
        raise NotFoundError.of(faults)
