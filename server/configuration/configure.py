"""Configuration: plan a change of a tenant's metadata, apply it, go back to an earlier version.

A change is one transaction: the tenant's row is locked, the plan is made and checked against the data, schema, items
and log are written, version and epoch grow, and every process is told. A process that is killed in the middle leaves
nothing. Locks on tables are waited for half a second at most, then everything is given back and tried again, so that
requests never queue behind a change that waits.
"""

from __future__ import annotations

import asyncio
import random
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, TypeVar

import asyncpg
import msgspec

from metadata.changes.catalogue import catalogue
from metadata.changes.dependents import Dependent, dependents_of
from metadata.changes.diff import diff
from metadata.changes.facts import Facts
from metadata.changes.history import undo
from metadata.changes.modelling import model_after, model_of, settings_of
from metadata.changes.plan import Draft, Plan, conclude, prepare, prepare_state
from metadata.changes.requests import Change
from metadata.changes.state import State
from metadata.changes.steps import steps_between
from metadata.model.tenant import TenantModel
from metadata.model.writing import write_document
from metadata.problems import BadInputError, ConflictError, Fault, NotFoundError, UnavailableError
from metadata.rows.loading import CHANGES_BETWEEN, ITEMS, ITEMS_BY_ID, notes_from_rows, state_from_rows
from server.access.renaming import rename_roles
from server.allocation import burst
from server.configuration import statements
from server.configuration.history import changes_since, described, versions, versions_since
from server.configuration.questions import BIG_ROWS, answer
from server.configuration.requests import Applied, Author, Planned, Request, Version, Within
from server.configuration.writing import (
    changed_items,
    planned,
    run_script,
    write_items,
    write_pending,
    write_version,
)
from server.database.connections import Connections
from server.records.index_conditions import IndexConditions

__all__ = ["Configuration", "Limits"]


@dataclass(frozen=True, slots=True)
class Limits:
    """How patient a change is.

    Attributes:
        lock_timeout_ms: Milliseconds to wait for a lock before giving everything back.
        attempts: How often it is tried while requests hold its tables.
        data_attempts: How often it is tried while their data keeps changing under it.
        first_pause_s: Pause after the first failure; doubles each time, with jitter.
        longest_pause_s: Longest pause.
        big_rows: Rows from which on long steps are left to a job.
        cached_items: Items of the tenants changed last that are kept in memory.
    """

    lock_timeout_ms: int = 500
    attempts: int = 12
    data_attempts: int = 3
    first_pause_s: float = 0.05
    longest_pause_s: float = 1.0
    big_rows: int = BIG_ROWS
    cached_items: int = 20_000


_LOCKED = (asyncpg.LockNotAvailableError, asyncpg.DeadlockDetectedError, asyncpg.SerializationError)
"""Somebody else holds what the change needs."""

_CHANGED = (
    asyncpg.UniqueViolationError,
    asyncpg.NotNullViolationError,
    asyncpg.ForeignKeyViolationError,
    asyncpg.DataError,
)
"""The data changed between a plan's question and the step that it was asked for."""

_MAX_VERSIONS = 50
_NO_FACTS = Facts()
_Result = TypeVar("_Result")


@dataclass(eq=False)
class Configuration:
    """Changes the metadata of tenants.

    Attributes:
        connections: The pool.
        limits: How patient it is.
        followers: What else every change brings about, in its transaction, such as publishing flows.
    """

    connections: Connections
    limits: Limits = field(default_factory=Limits)
    followers: Sequence[Within] = ()
    _states: OrderedDict[str, tuple[State, TenantModel]] = field(default_factory=OrderedDict, init=False, repr=False)

    async def plan(self, tenant_id: str, request: Request) -> Planned:
        """Say what a change would do, and change nothing.

        Raises:
            NotFoundError: There is no such tenant or version.
        """
        async with self.connections.transaction(tenant_id) as connection:
            await connection.execute(
                "set transaction isolation level repeatable read, read only; set local statement_timeout = '2min'"
            )
            row = await connection.fetchrow(statements.READ_TENANT, tenant_id)
            return await self._plan(connection, _known(row, tenant_id), tenant_id, request)

    async def apply(
        self,
        tenant_id: str,
        request: Request,
        *,
        author: Author,
        expected_version: int | None = None,
        message: str = "",
        within: Within | None = None,
    ) -> Applied:
        """Make a change, or none of it.

        Args:
            tenant_id: UUID text.
            request: What is asked for.
            author: Who asks.
            expected_version: Version that the author has seen; None to change whatever is there.
            message: Why, for the list of versions.
            within: More to do in the same transaction.

        Raises:
            BadInputError: With every reason why it cannot be done.
            ConflictError: `version_conflict`: somebody changed the tenant meanwhile; `extra["changes"]` tells what.
            NotFoundError: There is no such tenant or version.
            UnavailableError: `busy`: requests on the tables did not end in time.
        """

        async def attempt() -> Applied:
            async with self.connections.definer.transaction(tenant_id) as connection:
                await self._begin(connection)
                row = _known(await connection.fetchrow(statements.LOCK_TENANT, tenant_id), tenant_id)
                await _check_version(connection, tenant_id, row["version"], expected_version)
                done = await self._plan(connection, row, tenant_id, request)
                if done.plan.faults:
                    raise _refusal(done)
                if done.plan.is_empty and within is None:
                    model = replace(done.plan.model, version=row["version"])
                    return Applied(tenant_id, row["version"], row["epoch"], done, model)
                applied = await self._write(connection, tenant_id, done, author=author, message=message, within=within)
                if request.rollback_to is not None:
                    await connection.execute(statements.FORGET_TEMPLATES, tenant_id)
                return applied

        applied = await self._retrying(attempt)
        self._remember(applied)
        return applied

    async def purge(self, tenant_id: str, before: datetime, *, author: Author) -> Applied | None:
        """Drop what was removed before a time, with its data, for good.

        Returns:
            What was done; None when there was nothing to purge.

        Raises:
            NotFoundError: There is no such tenant.
            UnavailableError: `busy`.
        """

        async def attempt() -> Applied | None:
            async with self.connections.definer.transaction(tenant_id) as connection:
                await self._begin(connection)
                row = _known(await connection.fetchrow(statements.LOCK_TENANT, tenant_id), tenant_id)
                purged = {found["id"] for found in await connection.fetch(statements.PURGE_ITEMS, tenant_id, before)}
                if not purged:
                    return None
                state, model = await self._state(connection, row, tenant_id)
                kept = state.with_items({key: item for key, item in state.items.items() if key not in purged})
                steps = steps_between(catalogue(state, model), catalogue(kept, model))
                plan = Plan(state, kept, replace(model, version=state.version + 1), steps=steps)
                message = f"Purged {len(purged)} items removed before {before:%Y-%m-%d}."
                return await self._write(connection, tenant_id, planned(plan), author=author, message=message)

        applied = await self._retrying(attempt)
        if applied is not None:
            self._remember(applied)
        return applied

    async def state(self, tenant_id: str) -> tuple[State, TenantModel]:
        """A tenant's declarations, removed ones included, and the same resolved.

        Raises:
            NotFoundError: There is no such tenant.
        """
        async with self.connections.acquire(tenant_id) as connection:
            row = _known(await connection.fetchrow(statements.READ_TENANT, tenant_id), tenant_id)
            return await self._state(connection, row, tenant_id)

    async def versions(self, tenant_id: str, *, before: int | None = None, first: int = 20) -> list[Version]:
        """A tenant's versions, newest first; `before` a version, `first` so many (200 at most)."""
        async with self.connections.acquire(tenant_id) as connection:
            return await versions(connection, tenant_id, before=before, first=first)

    async def dependents(self, tenant_id: str, object_name: str, field_name: str = "") -> tuple[Dependent, ...]:
        """Who uses an object type (with any of its fields), or one field.

        Raises:
            NotFoundError: There is no such tenant, object type or field.
        """
        state, model = await self.state(tenant_id)
        return dependents_of(state, model, object_name, field_name)

    async def export(self, tenant_id: str, *, version: int | None = None) -> dict[str, Any]:
        """A tenant's document, as it is or as it was at a version.

        Raises:
            NotFoundError: There is no such tenant or version.
        """
        async with self.connections.acquire(tenant_id) as connection:
            row = _known(await connection.fetchrow(statements.READ_TENANT, tenant_id), tenant_id)
            state, model = await self._state(connection, row, tenant_id)
            if version is not None:
                model = model_of(await _state_at(connection, state, version))
        return write_document(model)

    async def _begin(self, connection: Any) -> None:
        await connection.execute(
            f"set local lock_timeout = {int(self.limits.lock_timeout_ms)}; set local statement_timeout = '10min'"
        )

    async def _plan(self, connection: Any, row: Any, tenant_id: str, request: Request) -> Planned:
        state, model = await self._state(connection, row, tenant_id)
        draft = await _draft(connection, state, model, request)
        if draft.faults:
            return planned(conclude(draft, _NO_FACTS))
        where_sql = IndexConditions(draft.model)
        facts = await answer(
            connection, model.schema, draft.questions, draft.tables, where_sql, big_rows=self.limits.big_rows
        )
        return planned(conclude(draft, facts))

    async def _state(self, connection: Any, row: Any, tenant_id: str) -> tuple[State, TenantModel]:
        known = self._states.get(tenant_id)
        if known is not None and known[0].version == row["version"]:
            self._states.move_to_end(tenant_id)
            return known
        caught_up = None if known is None else await _caught_up(connection, *known, row["version"])
        if caught_up is not None:
            return caught_up
        rows = await connection.fetch(ITEMS, tenant_id)
        with burst():
            state = state_from_rows(tenant_id, row["slug"], row["version"], rows)
            return state, model_of(state)

    async def _write(
        self,
        connection: Any,
        tenant_id: str,
        done: Planned,
        *,
        author: Author,
        message: str,
        within: Within | None = None,
    ) -> Applied:
        plan = done.plan
        version = plan.model.version
        items = changed_items(plan.old, plan.new)
        await run_script(connection, done.statements)
        await write_items(connection, tenant_id, items, author)
        await write_version(connection, tenant_id, version, done, author=author, message=message)
        await write_pending(connection, tenant_id, plan)
        await rename_roles(connection, tenant_id, plan.model.schema, _renamed_roles(plan))
        for follow in (*((within,) if within is not None else ()), *self.followers):
            await follow(connection, plan)
        settings = None
        if any(item.kind == "settings" for item in items):
            settings = msgspec.json.encode(settings_of(plan.new)).decode()
        epoch = await connection.fetchval(statements.MOVE_TENANT, tenant_id, version, settings)
        await connection.execute(statements.NOTIFY_TENANT, f"{tenant_id}:{epoch}")
        return Applied(tenant_id, version, epoch, done, plan.model)

    async def _retrying(self, attempt: Callable[[], Awaitable[_Result]]) -> _Result:
        pause = self.limits.first_pause_s
        locked = changed = 0
        while True:
            try:
                return await attempt()
            except _LOCKED as error:
                locked += 1
                if locked >= self.limits.attempts:
                    raise _busy("other requests kept its tables busy") from error
            except _CHANGED as error:
                changed += 1
                if changed >= self.limits.data_attempts:
                    raise _busy("other requests kept changing its data") from error
            await asyncio.sleep(pause * random.uniform(0.5, 1.5))
            pause = min(pause * 2, self.limits.longest_pause_s)

    def _remember(self, applied: Applied) -> None:
        plan = applied.planned.plan
        self._states[applied.tenant_id] = (plan.new.at(applied.version), applied.model)
        self._states.move_to_end(applied.tenant_id)
        held = sum(len(state.items) for state, _ in self._states.values())
        while held > self.limits.cached_items and len(self._states) > 1:
            _, (dropped, _) = self._states.popitem(last=False)
            held -= len(dropped.items)

    def forget(self, tenant_id: str) -> None:
        """Drop what is kept of a tenant."""
        self._states.pop(tenant_id, None)


async def _caught_up(
    connection: Any, state: State, model: TenantModel, version: int
) -> tuple[State, TenantModel] | None:
    """What is known of a tenant, with what other processes have changed since; None when that is not told exactly."""
    if not 0 < version - state.version <= _MAX_VERSIONS:
        return None
    told = await connection.fetch(CHANGES_BETWEEN, state.tenant_id, state.version, version)
    notes = notes_from_rows(told, version - state.version)
    if notes is None:
        return None
    ids = {note.id for note in notes}
    rows = await connection.fetch(ITEMS_BY_ID, state.tenant_id, list(ids))
    found = state_from_rows(state.tenant_id, state.slug, version, rows).items
    if len(found) != len(ids):
        return None
    newer = state.with_items({**state.items, **found}).at(version)
    return newer, model_after(newer, model, notes)


async def _draft(connection: Any, state: State, model: TenantModel, request: Request) -> Draft:
    if request.rollback_to is not None:
        wanted = await _state_at(connection, state, request.rollback_to)
        with burst():
            return prepare_state(state, model, wanted)
    documented: tuple[Change, ...] = ()
    with burst():
        if request.document is not None:
            documented = diff(state, request.document, replacing=request.replacing, origin=request.origin)
        asked = (*documented, *request.changes)
        return prepare(state, model, asked, cascading=request.cascade, given_from=len(documented))


async def _state_at(connection: Any, state: State, version: int) -> State:
    if not 1 <= version <= state.version:
        raise NotFoundError.single(
            "unknown_version",
            f"There is no version {version}.",
            path=("version",),
            hint=f"Versions go from 1 to {state.version}.",
        )
    return undo(state, await changes_since(connection, state.tenant_id, version))


async def _check_version(connection: Any, tenant_id: str, version: int, expected: int | None) -> None:
    if expected is None or expected == version:
        return
    since = await versions_since(connection, tenant_id, expected)
    authors = ", ".join(dict.fromkeys(one.author.name for one in since))
    by = f" by {authors}" if authors else ""
    raise ConflictError.single(
        "version_conflict",
        f"Version {expected} was expected, but the tenant is at version {version}{by}.",
        path=("expectedVersion",),
        hint="Look at `changes`, take them into account and send the new version.",
        currentVersion=version,
        changes=[described(one) for one in since],
    )


def _renamed_roles(plan: Plan) -> dict[str, str]:
    """New names of roles by their old ones."""
    before = {item.id: item.name for item in plan.old.children(kind="role")}
    names = ((before[item.id], item.name) for item in plan.new.children(kind="role") if item.id in before)
    return {was: becomes for was, becomes in names if was != becomes}


def _refusal(done: Planned) -> BadInputError:
    plan = done.plan
    refused = BadInputError.of(plan.faults)
    used = [{"item": str(one), "uses": ".".join(filter(None, one.target))} for one in plan.dependents]
    return BadInputError(refused.message, refused.faults, {"dependents": used} if used else {})


def _known(row: Any, tenant_id: str) -> Any:
    if row is None:
        raise NotFoundError.single("unknown_tenant", f"There is no tenant '{tenant_id}'.")
    return row


def _busy(why: str) -> UnavailableError:
    message = f"The change could not be made: {why}."
    return UnavailableError(message, (Fault("busy", message, hint="Try again shortly; nothing was changed."),))
