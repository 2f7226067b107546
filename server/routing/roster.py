"""Shifts and presence: what people say of themselves, and what whoever keeps the roster says of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import uuid_utils

from metadata.problems import BadInputError, Fault, Faults, ForbiddenError, NotFoundError
from server.actions import ActionRun
from server.routing import sql
from server.routing.acting import standing_of
from server.routing.people import account_of, members_of
from server.routing.reading import uuid_of
from server.routing.recording import AGENT, Standing, queue_named, tell

__all__ = ["Roster", "every_week"]

Arguments = Mapping[str, Any]
_MAX_SHIFTS = 500
_MAX_DAYS = 400
_MAX_WEEKS = 53


@dataclass(frozen=True, slots=True)
class Roster:
    """Keeps shifts and presence; holds nothing."""

    async def set_presence(self, run: ActionRun, given: Arguments) -> dict[str, Any]:
        """`setPresence`: say that one is there, and say it again in time; what waits comes at once."""
        standing = standing_of(run)
        state = given["presence"]
        before = await run.connection.fetchrow(sql.PRESENCE, standing.tenant_id, run.user_id)
        since = await run.connection.fetchval(sql.SET_PRESENCE, standing.tenant_id, run.user_id, state, standing.now)
        if state == "online":
            await self._look_at(standing, run.user_id, "online", {})
        elif before is not None and before["presence"] != state:
            await tell(standing, [standing.event(AGENT, run.user_id, {"act": state})])
        return {"presence": state.upper(), "since": since}

    async def add_shifts(self, run: ActionRun, given: Arguments) -> list[dict[str, Any]]:
        """`addShifts`: when people work, are away, or stand by; all or none."""
        _require_keeper(run)
        standing, shifts = standing_of(run), given["shifts"]
        if sum(max(one.get("weeks") or 1, 1) for one in shifts) > _MAX_SHIFTS:
            raise BadInputError.single("too_many_shifts", f"At most {_MAX_SHIFTS} shifts at once.", path=("shifts",))
        faults, read, zone = Faults(), [], ZoneInfo(standing.context.model.settings.timezone)
        for place, one in enumerate(shifts):
            begins, ends = _instant(one["begins"]), _instant(one["ends"])
            account = await account_of(run.connection, standing.tenant_id, one["account"])
            faults.extend(_faults(standing, one, account, begins, ends), "shifts", place)
            weekly = zip(
                every_week(begins, one.get("weeks"), zone), every_week(ends, one.get("weeks"), zone), strict=True
            )
            read += [(one, account, first, last) for first, last in weekly]
        faults.raise_if_any()
        made = []
        for one, account, begins, ends in read:
            shift = (str(uuid_utils.uuid7()), account, one["kind"], one.get("queue") or "", begins, ends)
            note = one.get("note") or ""
            shift_id, *values = shift
            await run.connection.execute(
                sql.ADD_SHIFT, shift_id, standing.tenant_id, *values, note, run.user_id or None
            )
            await self._look_at(standing, account, "shift_added", {"queue": shift[3]} if shift[3] else {})
            made.append(_shown((*shift, note)))
        return made

    async def remove_shift(self, run: ActionRun, given: Arguments) -> bool:
        """`removeShift`: it is as if it had not been."""
        _require_keeper(run)
        standing, shift_id = standing_of(run), uuid_of(given["id"], ("id",))
        row = await run.connection.fetchrow(sql.REMOVE_SHIFT, standing.tenant_id, shift_id)
        if row is None:
            raise NotFoundError.single("unknown_shift", f"There is no shift {shift_id}.", path=("id",))
        await self._look_at(standing, row["account_id"], "shift_removed", {"queue": row["queue"]})
        return True

    async def shifts(self, run: ActionRun, given: Arguments) -> list[dict[str, Any]]:
        """`roster`: one's own, and everybody's for whoever keeps the roster."""
        account = given.get("account") or ""
        if account != run.user_id and not _keeps(run):
            account = run.user_id
        since = _instant(given["since"]) if given.get("since") else run.instant
        until = _instant(given["until"]) if given.get("until") else since + timedelta(days=31)
        wanted = uuid_of(account, ("account",)) if account else None
        rows = await run.connection.fetch(sql.SHIFTS, run.tenant_id, since, until, wanted)
        return [_shown(tuple(row.values())) for row in rows]

    async def _look_at(self, standing: Standing, account: str, act: str, told: Mapping[str, Any]) -> None:
        """Have the queues looked at that somebody works."""
        names = []
        for queue in standing.context.model.queues.values():
            members = await members_of(standing.connection, standing.context, queue, standing.now, standby=True)
            if account in members or told.get("queue") == queue.name:
                names.append(queue.name)
        await tell(
            standing, [standing.event(AGENT, account, {"act": act, **told, **({"drain": names} if names else {})})]
        )


def every_week(instant: datetime, weeks: int | None, zone: ZoneInfo) -> list[datetime]:
    """The same time of the same day, by the clocks of a zone, in so many weeks; the first is the instant itself."""
    local = instant.astimezone(zone)
    again = [(local + timedelta(weeks=number)).astimezone(UTC) for number in range(1, weeks or 1)]
    return [instant, *again]


def _keeps(run: ActionRun) -> bool:
    return run.context.access.may_configure_kind("queue")


def _require_keeper(run: ActionRun) -> None:
    if not _keeps(run):
        raise ForbiddenError.single(
            "not_administrator",
            "Only those who may configure queues keep the roster.",
            hint="It takes the action 'configure:queue' or 'configure'; ask an administrator for it.",
        )


def _instant(value: Any) -> datetime:
    return value if isinstance(value, datetime) else datetime.fromisoformat(value)


def _faults(standing: Standing, one: Arguments, account: str, begins: datetime, ends: datetime) -> list[Fault]:
    found = []
    if not account:
        message = f"There is no active account '{one['account']}'."
        found.append(Fault("unknown_person", message, ("account",), "Give an id or an e-mail address."))
    if not begins < ends <= begins + timedelta(days=_MAX_DAYS):
        message = f"The shift ends at {ends.isoformat()} and begins at {begins.isoformat()}."
        found.append(Fault("out_of_range", message, ("ends",), f"Let it end later, within {_MAX_DAYS} days."))
    if one.get("weeks") is not None and not 1 <= one["weeks"] <= _MAX_WEEKS:
        message = f"The shift is repeated in {one['weeks']} weeks."
        found.append(Fault("out_of_range", message, ("weeks",), f"1 to {_MAX_WEEKS}, the first week counted."))
    elif (one.get("weeks") or 1) > 1 and ends - begins > timedelta(weeks=1):
        message = "A shift that is repeated every week would overlap itself."
        found.append(Fault("out_of_range", message, ("ends",), "Let it end within a week."))
    if one.get("queue"):
        try:
            queue_named(standing.context.model, one["queue"])
        except NotFoundError as error:
            found.extend(error.faults)
    if one["kind"] == "standby" and not one.get("queue"):
        message = "A standby shift says for which queue."
        found.append(Fault("missing", message, ("queue",), "Name the queue."))
    return found


def _shown(shift: tuple[Any, ...]) -> dict[str, Any]:
    shift_id, account, kind, queue, begins, ends, note = shift
    return {
        "id": shift_id, "account": account, "kind": kind.upper(), "queue": queue or None, "begins": begins,
        "ends": ends, "note": note or None,
    }  # fmt: skip
