"""Rotations: a new data key for a tenant, carried through its values by a job; a new secret for all data keys.

    begin ─ new data key, job ─▶ batches … ─▶ an hour later: a sweep ─▶ former keys retired

From the first step on, whatever is written has the new key, and every key is read. The sweep is for a process that
did not hear of the new key; values are only without their key when none is left that needs it.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog

from server.audit.entries import AuditKind, NewEntry
from server.audit.log import append
from server.audit.sealing import Sealer
from server.configuration.configure import Configuration
from server.database.connections import Connections
from server.events.clock import Clock
from server.events.handlers import Handler, Run
from server.events.jobs import JobDraft, add_jobs
from server.events.timers import TimerDraft, set_timer
from server.identity.sql import bump_epoch
from server.rotation.places import SealedColumn, sealed_columns
from server.rotation.recrypting import count_left, recrypt_batch
from server.secrets.vault import Vault

__all__ = ["HANDLER", "KeyStanding", "Rotation"]

HANDLER = "keys.recrypt"
_BUDGET_S = 60.0
_SWEEP_AFTER = timedelta(hours=1)
_PATIENTLY = "set local statement_timeout = '10min'"
_log = structlog.get_logger("tangram.rotation")


@dataclass(frozen=True, slots=True)
class KeyStanding:
    """A tenant's data keys.

    Attributes:
        numbers: Those it has; the last one encrypts.
        secret_ids: Ids of the secrets that wrap them.
        left: Values that have a former key.
    """

    numbers: tuple[int, ...]
    secret_ids: tuple[str, ...]
    left: int


@dataclass(frozen=True, slots=True)
class Rotation:
    """Rotates keys; its handler belongs to the worker."""

    connections: Connections
    vault: Vault
    configuration: Configuration
    sealer: Sealer
    clock: Clock

    async def begin(self, tenant_id: str) -> int:
        """Give a tenant a new data key and owe the job that carries it through; nudge the dispatcher afterwards.

        Returns:
            The key's number.
        """
        await self.vault.cipher(tenant_id)  # a tenant that never encrypted gets its first key here
        async with self.connections.transaction(tenant_id) as connection:
            number = await self.vault.add_key(connection, tenant_id)
            await bump_epoch(connection, tenant_id)  # every process forgets the ciphers it holds
            await add_jobs(
                connection, tenant_id, [JobDraft(handler=HANDLER, key=f"{number}", next_at=self.clock.now())]
            )
            await append(connection, _entry(tenant_id, {"step": "begun", "key": number}))
        self.vault.forget(tenant_id)
        return number

    async def rewrap(self, tenant_id: str) -> int:
        """Wrap a tenant's data keys, and sign its audit log's head, with the newest secret of TANGRAM_SECRET_KEY.

        Afterwards nothing of the tenant needs a former secret but tokens that are about to expire.

        Returns:
            How many data keys were wrapped anew.
        """
        changed = await self.vault.rewrap(tenant_id)
        await self.sealer.sign_again(tenant_id)
        if changed:
            async with self.connections.transaction(tenant_id) as connection:
                await append(connection, _entry(tenant_id, {"step": "wrapped with a new secret", "keys": changed}))
        return changed

    async def standing(self, tenant_id: str) -> KeyStanding:
        """Which keys a tenant has, and what is left of a rotation."""
        keys = await self.vault.keys_of(tenant_id)
        if not keys:
            return KeyStanding((), (), 0)
        cipher = await self.vault.fresh(tenant_id)
        left = 0
        columns = await self._columns(tenant_id)
        async with self.connections.transaction(tenant_id) as connection:
            await connection.execute(_PATIENTLY)
            for column in columns:
                left += await count_left(connection, cipher, column)
        return KeyStanding(tuple(keys), tuple(sorted(set(keys.values()))), left)

    def handler(self) -> Handler:
        """The job that carries a rotation on."""
        return Handler(HANDLER, self.carry_on, always=True)

    async def carry_on(self, run: Run) -> None:
        """Give values the newest key for a while; go on in another job, or sweep later, or retire former keys."""
        payload = run.payload or {}
        step, is_sweep = int(payload.get("step", 0)), bool(payload.get("sweep"))
        columns = await self._columns(run.tenant_id)
        start = _Start(int(payload.get("column", 0)), str(payload.get("after", "")))
        stopped, unreadable = await self._recrypt(run.tenant_id, columns, start)
        unreadable += int(payload.get("unreadable", 0))
        number = (await self.vault.cipher(run.tenant_id)).current
        async with run.once() as connection:
            if connection is None:
                return
            if stopped is not None:
                rest = {"step": step + 1, "sweep": is_sweep, "unreadable": unreadable}
                draft = JobDraft(
                    handler=HANDLER,
                    key=f"{run.key.partition('/')[0]}/{step + 1}",
                    next_at=self.clock.now(),
                    payload={**rest, "column": stopped.column, "after": stopped.after},
                )
                await add_jobs(connection, run.tenant_id, [draft])
            elif not is_sweep:
                timer = TimerDraft(
                    run.tenant_id, HANDLER, f"{number} sweep", self.clock.now() + _SWEEP_AFTER, {"sweep": True}
                )
                await set_timer(connection, timer)
            elif not unreadable:
                await self._retire(connection, run.tenant_id, number)
            else:
                _log.error("former keys kept: values cannot be read", tenant_id=run.tenant_id, values=unreadable)
                detail = {"step": "former keys kept", "key": number, "unreadable": unreadable}
                await append(connection, _entry(run.tenant_id, detail))
        self.vault.forget(run.tenant_id)

    async def _recrypt(self, tenant_id: str, columns: list[SealedColumn], start: _Start) -> tuple[_Start | None, int]:
        """Work through the columns until the time is up; where it stopped, and values that no key reads."""
        cipher = await self.vault.fresh(tenant_id)
        until, unreadable, after = time.monotonic() + _BUDGET_S, 0, start.after
        for index in range(start.column, len(columns)):
            while True:
                if time.monotonic() > until:
                    return _Start(index, after), unreadable
                async with self.connections.transaction(tenant_id) as connection:
                    await connection.execute(_PATIENTLY)
                    done = await recrypt_batch(connection, cipher, columns[index], after=after)
                unreadable += done.unreadable
                after = done.after
                if not after:
                    break
        return None, unreadable

    async def _retire(self, connection: Any, tenant_id: str, number: int) -> None:
        await connection.execute(_PATIENTLY)
        cipher = await self.vault.cipher(tenant_id)
        left = sum([await count_left(connection, cipher, column) for column in await self._columns(tenant_id)])
        if left:  # written meanwhile with a former key, by a process that has not heard of the new one yet
            await set_timer(
                connection,
                TimerDraft(tenant_id, HANDLER, f"{number} sweep", self.clock.now() + _SWEEP_AFTER, {"sweep": True}),
            )
            return
        retired = await self.vault.remove_keys_below(connection, tenant_id, number)
        await append(connection, _entry(tenant_id, {"step": "former keys retired", "key": number, "keys": retired}))

    async def _columns(self, tenant_id: str) -> list[SealedColumn]:
        state, model = await self.configuration.state(tenant_id)
        return sealed_columns(state, model.schema)


@dataclass(frozen=True, slots=True)
class _Start:
    """Where to go on: a column by its place in the list, and the id after which."""

    column: int = 0
    after: str = ""


def _entry(tenant_id: str, detail: dict[str, Any]) -> NewEntry:
    return NewEntry(tenant_id=tenant_id, kind=AuditKind.KEYS_ROTATED, object="tenant_key", detail=detail)
