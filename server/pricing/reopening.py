"""A closed month opened again: one asks with a reason, another one approves. What was closed stays readable.

Whatever was booked until a month was closed is its first revision; closing it again makes the next one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from metadata.problems import BadInputError, ConflictError, ForbiddenError, NotFoundError
from server.actions import ActionRun
from server.audit import log as audit
from server.audit.entries import AuditKind, NewEntry
from server.pricing import closing_sql, storing
from server.pricing.closing import month_of
from server.pricing.service import require_configurer

__all__ = ["Reopening"]

Arguments = Mapping[str, Any]


class Reopening:
    """Closed months, as they are asked."""

    async def closings(self, run: ActionRun, given: Arguments) -> list[dict[str, Any]]:
        """`periodClosings`: the revisions of a month of a plan, or of all its months; newest first."""
        require_configurer(run)
        period = None if given.get("period") is None else month_of(given["period"])
        rows = await run.connection.fetch(closing_sql.CLOSINGS, run.tenant_id, given["plan"], period)
        return [_shown(row) for row in rows]

    async def ask(self, run: ActionRun, given: Arguments) -> dict[str, Any]:
        """`askToReopen`: ask that a closed month be opened again, and say why; what was asked before is replaced."""
        require_configurer(run)
        reason = given["reason"].strip()[:500]
        if not reason:
            raise BadInputError.single("missing", "A month is opened for a reason.", path=("reason",), hint="Say why.")
        closed = await self._closed(run, given)
        return await self._done(run, "asked", reason, await self._change(run, closing_sql.ASK, closed, reason))

    async def decide(self, run: ActionRun, given: Arguments) -> dict[str, Any]:
        """`decideReopening`: open the month, or refuse it; nobody decides on what they asked for themselves."""
        require_configurer(run)
        asked = await self._closed(run, given)
        if asked["reopen_asked_at"] is None:
            raise ConflictError.single(
                "nothing_asked",
                f"Nobody has asked to open {asked['period']} of price plan '{given['plan']}' again.",
                path=("period",),
                hint="Ask with askToReopen.",
            )
        if not run.user_id or asked["reopen_asked_by"] in (None, run.user_id):
            raise ForbiddenError.single(
                "own_request", "Nobody decides on their own request.", hint="Ask somebody else who configures prices."
            )
        statement, done = (closing_sql.REOPEN, "reopened") if given["approve"] else (closing_sql.REFUSE, "refused")
        return await self._done(run, done, asked["reopen_reason"], await self._change(run, statement, asked))

    async def _change(self, run: ActionRun, statement: str, closed: Any, *more: Any) -> Any:
        arguments = (run.tenant_id, closed["id"], run.instant, run.user_id or None)
        return await run.connection.fetchrow(statement, *arguments, *more)

    async def _done(self, run: ActionRun, done: str, reason: str, row: Any) -> dict[str, Any]:
        entry = NewEntry(
            tenant_id=run.tenant_id,
            kind=AuditKind.PERIOD_REOPENED,
            object="ledger_lock",
            records=[str(row["id"])],
            detail={"plan": row["plan"], "period": row["period"].isoformat(), "done": done, "reason": reason},
            actor=run.context.actor,
        )
        await audit.append(run.connection, entry)
        return _shown(row)

    async def _closed(self, run: ActionRun, given: Arguments) -> Any:
        """The newest revision of a month that is closed; nobody else changes it meanwhile."""
        plan, period = given["plan"], month_of(given["period"])
        await storing.hold_plan(run, plan)
        row = await run.connection.fetchrow(closing_sql.CLOSED, run.tenant_id, plan, period)
        if row is None:
            raise NotFoundError.single(
                "period_open",
                f"{period} of price plan '{plan}' is not closed.",
                path=("period",),
                hint="Nothing is to be done.",
            )
        return row


def _shown(row: Any) -> dict[str, Any]:
    state = "REOPENED" if row["reopened_at"] else "REOPENING_ASKED" if row["reopen_asked_at"] else "CLOSED"
    return {
        "plan": row["plan"],
        "period": row["period"],
        "revision": row["revision"],
        "state": state,
        "reason": row["reason"],
        "closedAt": row["locked_at"],
        "closedBy": row["locked_by"],
        "reopenReason": row["reopen_reason"],
        "askedAt": row["reopen_asked_at"],
        "askedBy": row["reopen_asked_by"],
        "reopenedAt": row["reopened_at"],
        "reopenedBy": row["reopened_by"],
    }
