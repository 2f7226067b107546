"""What a pool does when it is time: takes back what is due, asks managers, warns owners; sets of records at a time.

A run is as many short transactions as it takes. Each looks at the records that are due first and moves all of them on,
so that one that is cut short goes on where it stopped and nothing is done twice. Where a set is refused as a whole,
its records are gone through one by one: one that cannot be taken back is noted in the ledger and looked at again the
next day, and the others are taken back all the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import asyncpg
import structlog

from metadata.pools.clocks import started
from metadata.pools.values import Pool
from metadata.problems import TangramError, UnavailableError
from server.context import Standing
from server.pool import sql
from server.pool.holdings import MINUTE, Change, Held, held_of, noted, saved, set_last_run, set_run, timed
from server.pool.ownership import Ownership, asked_of, asking, keeping, moved, terms
from server.records.problems import refusal_of

__all__ = ["BATCH", "Recycling"]

BATCH = 4_000
"""Records that are looked at in one transaction."""

_AGAIN = timedelta(days=1)
"""How often it is looked at again what is exempt, deleted, or could not be taken back."""
_SOON = timedelta(seconds=5)
"""When a run comes back to what others were at work on."""

_log = structlog.get_logger("tangram.pools")


@dataclass(eq=False)
class Recycling:
    """Moves on the records of pools that are due; holds nothing of them."""

    ownership: Ownership

    async def look(self, standing: Standing, pool: Pool) -> bool:
        """One transaction's work on what is due; whether there may be more."""
        warned = await self._warn(standing, pool)
        rows = await standing.connection.fetch(sql.LOOKED_AT, standing.tenant_id, pool.name, standing.now, BATCH)
        found = {row["record_id"]: held_of(row) for row in rows}
        if found:
            await self._move_on(standing, pool, found)
        return warned == BATCH or len(found) == BATCH

    async def rest(self, standing: Standing, pool: Pool, minute: datetime) -> None:
        """After a run: when the pool looks again.

        Args:
            standing: The transaction.
            pool: The pool.
            minute: Which minute's timer has fired. What was committed since for the same minute may have found that
                timer still set, so the pool looks once more when it is over.
        """
        following = await standing.connection.fetchval(sql.NEXT_LOOK, standing.tenant_id, pool.name)
        if following is not None:
            await set_run(standing, pool, [max(following, standing.now + _SOON)])
        if minute <= standing.now < minute + MINUTE:
            await set_last_run(standing, pool, minute)

    async def look_now(self, standing: Standing, pool: Pool) -> int:
        """Have everything that is due looked at at once, whatever day it waits for; how many records that is."""
        count: int = await standing.connection.fetchval(sql.LOOK_NOW, standing.tenant_id, pool.name, standing.now)
        await set_run(standing, pool, [standing.now])
        return count

    async def enrol(self, standing: Standing, pool: Pool, after: str) -> str:
        """Start the clocks of records that have an owner and no pool yet, some at a time.

        They are protected from now on, however long somebody has had them: nobody was told of a clock before.

        Returns:
            Where to go on; empty at the end.
        """
        condition = " && ".join(["owner != null", *([f"({pool.when})"] if pool.when else [])])
        page = await self.ownership.facts.page(
            standing.connection, standing.context, pool.object, condition, asked_of(pool), instant=standing.now,
            after=after, first=BATCH,
        )  # fmt: skip
        alike: dict[tuple[bool, ...], Held] = {}
        begun = dict[str, Held]()
        for (
            record,
            known,
        ) in page:  # clocks are worked out once for those of the same terms: working time is far to seek
            key = tuple(known.get(one.when) is True for one in pool.segments)
            if key not in alike:
                clocks = started(terms(standing.model, pool, known), standing.now)
                alike[key] = timed(pool, Held(pool.name, known["owner.id"], "held", clocks, None, None), standing.now)
            begun[record] = replace(alike[key], owner=known["owner.id"])
        every, table = list(begun.values()), standing.model.object(pool.object).table
        rows = await standing.connection.fetch(
            sql.ENROL, standing.tenant_id, table, pool.name, standing.now, list(begun), [one.owner for one in every],
            [one.clocks and one.clocks.due_at for one in every], [one.clocks and one.clocks.max_at for one in every],
            [one.warn_at for one in every],
        )  # fmt: skip
        new = {row["record_id"]: begun[row["record_id"]] for row in rows}
        await noted(standing, pool, [Change(record, "enrol", None, held) for record, held in new.items()])
        times = (at for held in new.values() for at in (held.look_at, held.warn_at) if at is not None)
        await set_run(standing, pool, times)
        return page[-1][0] if len(page) == BATCH else ""

    async def _warn(self, standing: Standing, pool: Pool) -> int:
        rows = await standing.connection.fetch(sql.WARNED, standing.tenant_id, pool.name, standing.now, BATCH)
        warned = {row["record_id"]: replace(held_of(row), warn_at=None) for row in rows}
        await saved(standing, pool, warned)
        await noted(standing, pool, [Change(record, "warn", held.owner, held) for record, held in warned.items()])
        return len(rows)

    async def _move_on(self, standing: Standing, pool: Pool, found: Mapping[str, Held]) -> None:
        try:
            async with standing.connection.transaction():
                await self._together(standing, pool, found)
            return
        except UnavailableError:
            raise
        except (TangramError, asyncpg.PostgresError) as error:
            _raise_cut(error)
        for record, held in found.items():
            try:
                async with standing.connection.transaction():
                    await self._together(standing, pool, {record: held})
            except UnavailableError:
                raise
            except (TangramError, asyncpg.PostgresError) as error:
                _raise_cut(error)
                await self._leave(standing, pool, record, held, error)

    async def _together(self, standing: Standing, pool: Pool, found: Mapping[str, Held]) -> None:
        """Decide what becomes of records, and do it."""
        facts = await self.ownership.facts.many(
            standing.connection, standing.context, pool.object, list(found), asked_of(pool), instant=standing.now
        )
        changes, waiting = list[Change](), dict[str, Held]()
        for record, held in found.items():
            change = _decided(pool, record, held, facts.get(record), standing.now)
            if change is None:
                waiting[record] = replace(held, look_at=standing.now + _AGAIN)
            else:
                changes.append(change)
        taken = {one.record: (one.before, None) for one in changes if one.after.owner is None}
        if taken:
            await self.ownership.write_owners(standing, pool, taken)
        await saved(standing, pool, waiting | {one.record: one.after for one in changes})
        await noted(standing, pool, changes)

    async def _leave(
        self, standing: Standing, pool: Pool, record: str, held: Held, error: TangramError | asyncpg.PostgresError
    ) -> None:
        """One that could not be taken back: it is seen in the ledger why, and looked at again."""
        refusal = error if isinstance(error, TangramError) else refusal_of(error, standing.model)
        why = type(error).__name__ if refusal is None else refusal.message
        _log.warning("a record was not taken back", tenant=standing.tenant_id, pool=pool.name, record=record, why=why)
        later = replace(held, look_at=standing.now + _AGAIN)
        await saved(standing, pool, {record: later})
        await noted(standing, pool, [Change(record, "fail", held.owner, later, why)])


def _decided(pool: Pool, record: str, held: Held, known: Mapping[str, Any] | None, now: datetime) -> Change | None:
    """What becomes of a record that is due: pure; None for nothing yet."""
    if known is None or held.owner is None or held.clocks is None or known["owner.id"] is None:
        return None  # deleted, or free already, which is followed from its event
    if held.state == "pending":
        why = "No manager has decided in time."
        if pool.approval_default == "keep":
            return Change(record, "refuse", held.owner, keeping(pool, held, now), why)
        return Change(record, "recycle", held.owner, moved(pool, held, None, None, now), why, pool.flow)
    if pool.exempt and known[pool.exempt] is True:
        return None
    if pool.approve and known[pool.approve] is True:
        return Change(record, "ask", held.owner, asking(pool, held, now))
    ended = "maximum" if held.clocks.max_at == held.clocks.due_at else "protection"
    return Change(
        record, "recycle", held.owner, moved(pool, held, None, None, now), f"Its {ended} has ended.", pool.flow
    )


def _raise_cut(error: Exception) -> None:
    """A connection that was cut, or a server that stops, is nobody's fault among the records."""
    if isinstance(error, asyncpg.PostgresConnectionError | asyncpg.OperatorInterventionError):
        raise error
