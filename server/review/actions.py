"""`explainAccess` on `/graphql`, where people work: why they may or may not."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from metadata.problems import ForbiddenError, NotFoundError
from server.access.explain import Need, Question, Reason, RuleNote, Verdict
from server.access.snapshots import Snapshots
from server.actions import Action, ActionEnum, ActionRun, ActionSet, ActionType
from server.review.people import Person
from server.review.reviews import Explained, Reviews

__all__ = ["REVIEW_ACTIONS", "Explaining"]


@dataclass(frozen=True, slots=True)
class _Held:
    """Lends the connection that the request holds, so that it takes no second one."""

    connection: Any

    @contextlib.asynccontextmanager
    async def acquire(self, tenant: str | None = None) -> AsyncIterator[Any]:
        yield self.connection


@dataclass(frozen=True, slots=True)
class _At:
    """The clock of the request."""

    instant: Any

    def now(self) -> Any:
        return self.instant


@dataclass(frozen=True, slots=True)
class Explaining:
    """The engine.

    Attributes:
        snapshots: The policies in force.
    """

    snapshots: Snapshots

    async def explain(self, run: ActionRun, given: Mapping[str, Any]) -> dict[str, Any]:
        """Why somebody may or may not do something.

        Raises:
            BadInputError: With every fault of the question.
            ForbiddenError: `kind_not_allowed`: it is about somebody else, and the asker may not configure policies.
            NotFoundError: `unknown_account`.
        """
        user = _user(given.get("user"))
        if user not in ("", run.user_id) and not run.context.access.may_configure_kind("policy"):
            raise ForbiddenError.single(
                "kind_not_allowed",
                "You may not ask about the rights of others.",
                path=("user",),
                hint="It takes the action 'configure:policy' or 'configure'; ask an administrator for it.",
            )
        question = Question(given["object"], given.get("action") or "read", given.get("field") or "")
        reviews = Reviews(_Held(run.connection), self.snapshots, _At(run.instant))
        return _told(await reviews.explain(run.context, question, user=user, record=given.get("record")))


def _user(given: str | None) -> str:
    try:
        return "" if given is None else str(UUID(given))
    except ValueError:
        raise NotFoundError.single("unknown_account", "There is no such account.", path=("user",)) from None


def _told(found: Explained) -> dict[str, Any]:
    explanation = found.explanation
    return {
        "verdict": explanation.verdict.name,
        "person": _person(found.person),
        "object": found.question.object,
        "action": found.question.action,
        "field": found.question.field,
        "recordFound": found.record_found,
        "matched": [_rule(note) for note in explanation.matched],
        "unmatched": [_rule(note) for note in explanation.unmatched],
        "needed": [_need(need) for need in explanation.needed],
    }


def _person(person: Person) -> dict[str, Any]:
    return {"id": person.id, "name": person.name, "email": person.email, "roles": list(person.roles)}


def _rule(note: RuleNote) -> dict[str, Any]:
    return {
        "policy": note.policy,
        "kind": note.kind,
        "subject": note.subject,
        "via": note.via,
        "reason": note.reason.name,
        "scope": note.scope,
        "condition": note.condition,
        "because": note.because,
    }


def _need(need: Need) -> dict[str, Any]:
    return {"kind": need.kind, "policy": need.policy, "detail": need.detail}


_VERDICTS = {
    Verdict.ALLOWED: "It may be done.",
    Verdict.MASKED: "The field is shown masked.",
    Verdict.DEPENDS: "On the record, and none was named.",
    Verdict.REFUSED: "It may not.",
}
_REASONS = {
    Reason.APPLIES: "It counts.",
    Reason.DEPENDS: "On the record, and none was named; or you may not be told.",
    Reason.OTHER_SUBJECT: "It concerns a role that is not held, or another user.",
    Reason.OTHER_ACTION: "It is about other actions.",
    Reason.OTHER_FIELD: "It is about other fields.",
    Reason.CONDITION_NOT_MET: "The record lies outside its scope.",
    Reason.NOT_NOW: "Its time has not come, or is over.",
}

REVIEW_ACTIONS = ActionSet(
    (
        Action(
            "explainAccess",
            "query",
            {"object": "String!", "action": "String", "record": "ID", "field": "String", "user": "ID"},
            "AccessExplanation!",
            "Why you may or may not do something, on a record or in general; of others, for whoever "
            "may change policies. A record that you do not see is answered as one that is not there.",
            Explaining,
            Explaining.explain,
        ),
    ),
    (
        ActionEnum("AccessVerdict", {one.name: text for one, text in _VERDICTS.items()}, "What comes out."),
        ActionEnum(
            "AccessReason", {one.name: text for one, text in _REASONS.items()}, "Why a policy counts, or does not."
        ),
        ActionType(
            "AccessPerson",
            {"id": "ID!", "name": "String!", "email": "String!", "roles": "[String!]!"},
            "Somebody, with the roles held now.",
        ),
        ActionType(
            "AccessRule",
            {
                "policy": "String!",
                "kind": "String!",
                "subject": "String!",
                "via": "String!",
                "reason": "AccessReason!",
                "scope": "String!",
                "condition": "String!",
                "because": "String!",
            },
            "One policy, and what it had to say.",
        ),
        ActionType(
            "AccessNeed",
            {"kind": "String!", "policy": "String!", "detail": "String!"},
            "One thing that would turn a refusal: a `role` to hold, a `record` to be, a `lifting`, or a `policy`.",
        ),
        ActionType(
            "AccessExplanation",
            {
                "verdict": "AccessVerdict!",
                "person": "AccessPerson!",
                "object": "String!",
                "action": "String!",
                "field": "String!",
                "recordFound": "Boolean",
                "matched": "[AccessRule!]!",
                "unmatched": "[AccessRule!]!",
                "needed": "[AccessNeed!]!",
            },
            "Why somebody may or may not.",
        ),
    ),
)
