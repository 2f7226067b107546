"""What is offered about work that was given up: looking at it, and trying it again, one by one or all of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from metadata.problems import BadInputError
from server.access.plan import AccessPlan
from server.actions import Action, ActionRun, ActionSet, ActionType
from server.events.jobs import DeadLetterFilter, dead_letters, retry_dead

__all__ = ["EVENT_ACTIONS", "DeadJobs"]

_MAX_PAGE = 200


@dataclass(frozen=True, slots=True)
class DeadJobs:
    """Jobs that used up their attempts."""

    async def listed(self, run: ActionRun, given: Mapping[str, Any]) -> list[dict[str, Any]]:
        """`deadJobs`: newest first."""
        first = 50 if given.get("first") is None else given["first"]
        if not 1 <= first <= _MAX_PAGE:
            raise BadInputError.single("page_size", f"A page has 1 to {_MAX_PAGE} entries.", path=("first",))
        before = _numbers([given["after"]], "after")[0] if given.get("after") else None
        found = await dead_letters(
            run.connection, run.tenant_id, handler=given.get("handler"), first=first, before=before
        )
        return [
            {
                "id": str(job.id),
                "handler": job.handler,
                "key": job.key,
                "attempts": job.attempts,
                "error": job.last_error,
                "createdAt": job.created_at,
                "events": [str(number) for number in job.event_ids],
            }
            for job in found
        ]

    async def retry(self, run: ActionRun, given: Mapping[str, Any]) -> int:
        """`retryDeadJobs`: all their attempts again; how many."""
        ids = given.get("ids")
        since = given.get("since")
        which = DeadLetterFilter(
            given.get("handler"),
            None if ids is None else tuple(_numbers(ids, "ids")),
            None if since is None else datetime.fromisoformat(since),
        )
        return len(await retry_dead(run.connection, run.tenant_id, which, run.instant))


def _numbers(values: list[Any], path: str) -> list[int]:
    if not all(str(value).isdecimal() and len(str(value)) < 19 for value in values):
        raise BadInputError.single("bad_id", "The id of a job is a number.", path=(path,), hint="Look at deadJobs.")
    return [int(value) for value in values]


def _administers(plan: AccessPlan) -> bool:
    return plan.may_configure


EVENT_ACTIONS = ActionSet(
    (
        Action(
            "deadJobs",
            "query",
            {"handler": "String", "first": "Int", "after": "ID"},
            "[DeadJob!]!",
            "Work that was given up after all its attempts, newest first.",
            DeadJobs,
            DeadJobs.listed,
            _administers,
        ),
        Action(
            "retryDeadJobs",
            "mutation",
            {"ids": "[ID!]", "handler": "String", "since": "DateTime"},
            "Int!",
            "Try again what was given up: those named, or all of a handler, or since an instant; how many.",
            DeadJobs,
            DeadJobs.retry,
            _administers,
        ),
    ),
    (
        ActionType(
            "DeadJob",
            {
                "id": "ID!",
                "handler": "String!",
                "key": "String!",
                "attempts": "Int!",
                "error": "String!",
                "createdAt": "DateTime!",
                "events": "[ID!]!",
            },
            "Work that was given up: what it was, and why.",
        ),
    ),
)
