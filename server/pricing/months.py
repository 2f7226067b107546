"""Months of a plan: what keeps one open, how it is closed, and opened again by two people.

Whatever was booked until a month was closed is its first revision; closing it again makes the next one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from metadata.problems import BadInputError, ConflictError, ForbiddenError, NotFoundError
from server.actions import ActionRun
from server.audit import log as audit
from server.audit.entries import AuditKind, NewEntry
from server.events.log import append
from server.hindrances import Hindering
from server.pricing import closing_sql, storing
from server.pricing.closing import Blocker, balances_of, booked_differences, make_up, month_of, unassigned
from server.pricing.loading import Span
from server.pricing.publishing import draft_of, versions
from server.pricing.service import require_configurer
from server.pricing.settling import Settling
from server.pricing.statement_records import StatementRecords
from server.pricing.telling import month_told
from server.pricing.windows import next_window

__all__ = ["Months"]

Arguments = Mapping[str, Any]
_MOST_NAMED = 20


@dataclass(eq=False)
class Months:
    """Months, as they are closed and opened.

    Attributes:
        settling: Knows what is not booked.
        statements: Knows which statements are open.
        hindering: What engines have not come to an end with.
    """

    settling: Settling
    statements: StatementRecords
    hindering: Sequence[Hindering] = ()

    # ── closing ──────────────────────────────────────────────────────────────────────────────────

    async def close(self, run: ActionRun, given: Arguments) -> dict[str, Any]:
        """`closePeriod`: lock a month of a plan; what comes for it later is booked in an open one.

        What is short of a least amount or a promise is made up first. Closing asks about what is unassigned, not
        booked, not handed in, or at no end; `despite` says why it is closed nevertheless.
        """
        require_configurer(run)
        plan, period = draft_of(run.context.model, given["plan"]).name, month_of(given["period"])
        await storing.hold_plan(run, plan)
        blockers = await self._blockers(run, plan, period)
        if blockers and not (given.get("despite") or "").strip():
            told = "; ".join(f"{one.count} {one.reason} ({one.about})".replace(" ()", "") for one in blockers)
            raise ConflictError.single(
                "period_blocked",
                f"{period} of price plan '{plan}' is not ready to be closed: {told}.",
                path=("period",),
                hint="Ask settlementBlockers and see to them, or say in `despite` why it is closed nevertheless.",
            )
        known = await versions(run.connection, run.tenant_id, plan)
        zone = ZoneInfo(run.context.model.settings.timezone)
        closed = await storing.locked_periods(run, plan)
        made_up = 0
        if known and period not in closed:
            revision = await run.connection.fetchval(closing_sql.REVISION, run.tenant_id, plan, period)
            made_up = await make_up(run, known[0].definition, period, zone, revision)
        reason = " ".join(filter(None, (given["reason"], given.get("despite"))))[:500]
        revision = await run.connection.fetchval(
            closing_sql.LOCK_PERIOD, run.tenant_id, plan, period, reason, run.instant, run.user_id or None
        )
        if revision is None:
            raise ConflictError.single(
                "period_closed",
                f"{period} of price plan '{plan}' is closed.",
                path=("period",),
                hint="Nothing is to be done.",
            )
        await append(run.connection, month_told(run, "period_closed", plan, period, revision))
        balances = await balances_of(run, plan, period, None, None)
        found = {"plan": plan, "period": period.isoformat(), "revision": revision}
        return {**found, "madeUp": made_up, "balances": balances}

    async def blockers(self, run: ActionRun, given: Arguments) -> list[dict[str, Any]]:
        """`settlementBlockers`: what keeps a month open."""
        require_configurer(run)
        found = await self._blockers(run, given["plan"], month_of(given["period"]))
        return [
            {"reason": one.reason, "about": one.about or None, "count": one.count, "records": list(one.records)}
            for one in found
        ]

    async def _blockers(self, run: ActionRun, plan: str, period: date) -> list[Blocker]:
        known = await versions(run.connection, run.tenant_id, plan)
        if not known or period in await storing.locked_periods(run, plan):
            return []
        zone, newest = ZoneInfo(run.context.model.settings.timezone), known[0].definition
        begins, ends = (datetime.combine(day, time(), zone) for day in (period, next_window("month", period)))
        found = await unassigned(run, plan, period)
        waiting, skipped = await self.settling.waiting(run, Span(plan, known, begins, ends))
        found += [Blocker("unsettled", "", waiting)] if waiting else []
        found += [Blocker("unsettled", reason, count) for reason, count in sorted(skipped.items())]
        differences = await booked_differences(
            run, [one.definition for one in known], None, zone, self.settling.pricing.connections
        )
        found += [Blocker("differences", "", len(differences))] if differences else []
        waiting_forms = await self.statements.open_statements(run, newest, period)
        found += [Blocker("open_statements", name, count) for name, count in waiting_forms.items()]
        return found + await self._hindrances(run, plan, period)

    async def _hindrances(self, run: ActionRun, plan: str, period: date) -> list[Blocker]:
        """What engines have not come to an end with: of sales of the month, their parties and their statements."""
        found = [one for hindering in self.hindering for one in await hindering(run.connection, run.tenant_id)]
        ids = sorted({one.record_id for one in found})
        rows = await run.connection.fetch(closing_sql.CONCERNED, run.tenant_id, plan, period, ids)
        concerned = {row["id"] for row in rows}
        by_kind: dict[tuple[str, str], list[str]] = {}
        for one in found:
            if one.record_id in concerned:
                by_kind.setdefault((one.reason, one.about), []).append(one.record_id)
        return [Blocker(*kind, len(records), tuple(records[:_MOST_NAMED])) for kind, records in by_kind.items()]

    # ── opening again ────────────────────────────────────────────────────────────────────────────

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
        row = await self._change(run, statement, asked)
        if given["approve"]:
            told = month_told(run, "period_reopened", row["plan"], row["period"], row["revision"])
            await append(run.connection, told)
        return await self._done(run, done, asked["reopen_reason"], row)

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
