"""Questions about access, asked of the policies in force: why, who can, what may whom.

Who asks decides how much is told: who may configure policies is told everything, everybody else what
`server.review.discretion` leaves.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from metadata.expressions.tree import Expression
from metadata.model.tenant import TenantModel, field_of
from metadata.problems import BadInputError, NotFoundError
from server.access.explain import Explanation, Fits, Holder, Question, Verdict, conditions_of, who_can
from server.access.grants import GrantShape, ends_of, shapes_of, with_grants
from server.access.narrowing import narrowed_objects
from server.access.permission_map import MapEntry, Subject, permission_map
from server.access.snapshot import Snapshot
from server.access.snapshots import Snapshots
from server.context import Context
from server.events.clock import Clock
from server.review.discretion import discreet
from server.review.judges import Judge, Lender
from server.review.people import Person, people, person
from server.review.questions import Asked, check_question, role_subjects, shown_actions, shown_objects

__all__ = ["Capable", "Explained", "PermissionMap", "Reviews"]

_MAX_CELLS = 20_000
_READ = "read"


@dataclass(frozen=True, slots=True)
class Explained:
    """Why somebody may or may not.

    Attributes:
        question: What was asked.
        person: About whom.
        record_found: Whether the record is there, as far as the asker may know; None when none was named.
        explanation: The answer.
    """

    question: Question
    person: Person
    record_found: bool | None
    explanation: Explanation


@dataclass(frozen=True, slots=True)
class Capable:
    """Somebody who may.

    Attributes:
        person: Who.
        verdict: ALLOWED, MASKED, or DEPENDS where no record was named.
        for_a_time: Whether it is only by what they were given for a time.
        until: When that ends; None where it ends with the closing of a record, or where it is not for a time.
    """

    person: Person
    verdict: Verdict
    for_a_time: bool = False
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class PermissionMap:
    """Who may do what.

    Attributes:
        subjects: Whom it is about, in order.
        objects: Names of its object types, in order.
        actions: Its actions, in order.
        entries: Subject by subject, object type by object type.
    """

    subjects: tuple[Subject, ...]
    objects: tuple[str, ...]
    actions: tuple[str, ...]
    entries: tuple[MapEntry, ...]


@dataclass(eq=False)
class Reviews:
    """Answers questions about access in one process.

    Attributes:
        connections: The pool, or the connection at hand.
        snapshots: The policies in force.
        clock: The one clock.
        max_people: Accounts that `who_can` looks at.
    """

    connections: Lender
    snapshots: Snapshots
    clock: Clock
    max_people: int = 500

    async def explain(
        self, context: Context, question: Question, *, user: str = "", record: str | None = None
    ) -> Explained:
        """Why a person may or may not do something.

        Args:
            context: Who asks.
            question: What is asked.
            user: Account id of whom it is about; empty for the asker.
            record: Id of the record in question.

        Raises:
            BadInputError: With every fault of the question.
            NotFoundError: `unknown_account`.
        """
        model, is_told_all = context.model, context.access.may_configure_kind("policy")
        try:
            check_question(model, question, record)
        except BadInputError as error:
            raise (error if is_told_all else error.without_names()) from error
        about = await self._person(context, user)
        snapshot, grants = await self._in_force(model, [about.id])
        asked = Asked(model, snapshot, question, about, self.clock.now(), grants)
        found, fits = await self._on_record(asked, record, reads_first=not is_told_all)
        explanation = asked.explain(fits)
        return Explained(question, about, found, explanation if is_told_all else discreet(asked, explanation))

    async def who_can(self, context: Context, question: Question, *, record: str | None = None) -> list[Capable]:
        """The people who may do something, of the first `max_people`; for who may configure policies.

        Raises:
            BadInputError: With every fault of the question.
            NotFoundError: `unknown_record`.
        """
        model, now = context.model, self.clock.now()
        check_question(model, question, record)
        async with self.connections.acquire(model.tenant_id) as connection:
            held = {one.holder: one for one in await people(connection, model.tenant_id, first=self.max_people)}
        lasting = await self.snapshots.in_force(model)
        snapshot, grants = await self._in_force(model, [holder.user for holder in held])
        fits: Callable[[Holder, Expression], bool | None] | None = None
        if record is not None:
            conditions = {
                holder: conditions_of(snapshot, holder.roles, question, now=now, user=holder.user) for holder in held
            }
            outcomes = await Judge(self.connections, model, now, grants=grants).outcomes(
                question.object, record, conditions
            )
            if not outcomes.found:
                raise NotFoundError.single("unknown_record", "There is no such record.", path=("record",))
            fits = outcomes.of
        found = list(who_can(snapshot, question, held, now=now, fits=fits))
        if not grants:
            return [Capable(held[holder], verdict) for holder, verdict in found]
        anyway = dict(who_can(lasting, question, [holder for holder, _ in found], now=now, fits=fits))
        return [
            Capable(held[holder], verdict, *((True, ends) if is_given else ()))
            for holder, verdict, is_given, ends in await self._ending(model, question, record, found, anyway)
        ]

    async def _ending(
        self,
        model: TenantModel,
        question: Question,
        record: str | None,
        found: Sequence[tuple[Holder, Verdict]],
        anyway: Mapping[Holder, Verdict],
    ) -> list[tuple[Holder, Verdict, bool, datetime | None]]:
        """Whose right is one for a time, and when it ends."""
        given = [holder for holder, verdict in found if anyway.get(holder) is not verdict]
        object_type = model.objects.get(question.object)
        field = field_of(object_type, question.field) if object_type is not None and question.field else None
        column = "" if field is None else field.column or field.name
        async with self.connections.acquire(model.tenant_id) as connection:
            ends = await ends_of(
                connection, model.tenant_id, [holder.user for holder in given], record=record, column=column
            )
        table = "" if object_type is None else object_type.table
        return [
            (holder, verdict, holder in given, ends.get((holder.user, table, question.action)))
            for holder, verdict in found
        ]

    async def permission_map(
        self,
        context: Context,
        *,
        roles: Sequence[str] | None = None,
        user: str = "",
        objects: Sequence[str] | None = None,
        actions: Sequence[str] | None = None,
    ) -> PermissionMap:
        """Who may do what: roles, or one person.

        Args:
            context: Who asks.
            roles: Roles to show; None for all.
            user: Account id of whom to show in place of roles.
            objects: Object types to show; None for all that the tenant declared. Who may not configure policies is
                shown those, with the fields, that exist for them.
            actions: Actions to show; None for all on records.

        Raises:
            BadInputError: With every fault, or `map_too_large`.
            NotFoundError: `unknown_account`.
        """
        model = context.model
        subjects = (await self._subject(context, user),) if user else role_subjects(model, roles)
        is_told_all = context.access.may_configure_kind("policy")
        shown = shown_objects(model if is_told_all else narrowed_objects(model, context.access), objects)
        acts = shown_actions(actions)
        cells = len(subjects) * len(shown) * len(acts)
        if cells > _MAX_CELLS:
            message = f"The map would have {cells} cells; at most {_MAX_CELLS} are drawn."
            raise BadInputError.single("map_too_large", message, hint="Name fewer roles, objects or actions.")
        snapshot, _ = await self._in_force(model, [subject.user for subject in subjects if subject.user])
        entries = permission_map(snapshot, subjects, shown, acts, now=self.clock.now())
        return PermissionMap(subjects, tuple(shown), acts, await asyncio.to_thread(tuple, entries))

    async def _on_record(
        self, asked: Asked, record: str | None, *, reads_first: bool
    ) -> tuple[bool | None, Fits | None]:
        """Whether the record is there, and how conditions come out on it; a record that is not seen is not there."""
        if record is None:
            return None, None
        holder, object_name = asked.person.holder, asked.question.object
        reading = replace(asked, question=Question(object_name, _READ))
        conditions = (*asked.conditions(), *reading.conditions())
        judge = Judge(self.connections, asked.model, asked.now, grants=asked.grants)
        outcomes = await judge.outcomes(object_name, record, {holder: conditions})
        fits = outcomes.fits(holder)
        is_seen = outcomes.found and (not reads_first or reading.explain(fits).verdict is Verdict.ALLOWED)
        return is_seen, fits if is_seen else _nothing_fits

    async def _in_force(
        self, model: TenantModel, user_ids: Sequence[str]
    ) -> tuple[Snapshot | None, Mapping[str, GrantShape]]:
        """The policies in force, with what these people were given for a time."""
        snapshot = await self.snapshots.in_force(model)
        if snapshot is None or not user_ids:
            return snapshot, {}
        async with self.connections.acquire(model.tenant_id) as connection:
            given = await shapes_of(connection, model.tenant_id, user_ids)
        for user_id, shapes in given.items():
            snapshot = with_grants(snapshot, model, user_id, shapes)
        return snapshot, {shape.digest: shape for shapes in given.values() for shape in shapes}

    async def _person(self, context: Context, user: str) -> Person:
        actor = context.actor
        if user in ("", actor.id):  # a key may hold fewer roles than its account
            return Person(actor.id, actor.name, actor.name, actor.roles)
        async with self.connections.acquire(context.model.tenant_id) as connection:
            found = await person(connection, context.model.tenant_id, user)
        if found is None:
            raise NotFoundError.single("unknown_account", "There is no such account.", path=("user",))
        return found

    async def _subject(self, context: Context, user: str) -> Subject:
        found = await self._person(context, user)
        return Subject("", found.roles, found.id)


def _nothing_fits(_: Expression) -> bool:
    return False
