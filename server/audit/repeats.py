"""What an attacker can cause as often as they like: written once, then counted.

The first of its kind is written at once; what repeats within a minute becomes one more entry with a count. So the log
says everything and cannot be used to fill the disk. A process that is killed loses the counts of its last minute.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import TracebackType
from typing import Any, Self

import asyncpg
import structlog

from metadata.problems import TangramError
from server.audit import sql
from server.audit.entries import AuditKind, NewEntry
from server.audit.log import append_arguments
from server.database.connections import Connections
from server.request_notes import RequestNotes

__all__ = ["Repeats"]

_TENANT = 0
_DETAIL = 11
_REASONS_LENGTH = 300
_log = structlog.get_logger("tangram.audit")


@dataclass(slots=True)
class _Seen:
    """One kind of thing, as it was the first time, and how often it came since."""

    arguments: tuple[Any, ...]
    at: datetime
    latest: datetime
    again: int = 0


@dataclass(eq=False)
class Repeats:
    """Counts what repeats, in one process; open it with `async with`.

    Attributes:
        connections: The pool.
        clock: Gives the time, aware.
        window_s: Seconds within which repeats are counted.
        max_kinds: Different things that are told apart at a time; more are counted together, tenant by tenant.
    """

    connections: Connections
    clock: Callable[[], datetime]
    window_s: float = 60.0
    max_kinds: int = 2_000
    _seen: dict[str, _Seen] = field(default_factory=dict, init=False, repr=False)
    _writing: set[asyncio.Task[None]] = field(default_factory=set, init=False, repr=False)
    _flusher: asyncio.Task[None] | None = field(default=None, init=False, repr=False)

    async def __aenter__(self) -> Self:
        self._flusher = asyncio.create_task(self._flush_often(), name="audit: repeats")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._flusher is not None:
            self._flusher.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._flusher
        await self.flush()

    def note(self, entry: NewEntry) -> None:
        """Write the entry, or count it with those like it.

        Args:
            entry: As for the log; its tenant may be given by slug, and what belongs to no tenant is passed over.
        """
        now = self.clock()
        arguments = append_arguments(entry)
        # Not by agent and request, which differ at the caller's will.
        key = repr((*arguments[:9], arguments[_DETAIL]))
        if key not in self._seen and len(self._seen) >= self.max_kinds:
            key = repr((entry.tenant_id, entry.kind))
            arguments = append_arguments(replace(entry, records=(), fields=(), detail={"others": True}))
        seen = self._seen.get(key)
        if seen is not None:
            seen.again += 1
            seen.latest = now
        elif len(self._seen) < 2 * self.max_kinds:
            self._seen[key] = _Seen(arguments, now, now)
            task = asyncio.create_task(self._write(arguments), name="audit: write")
            self._writing.add(task)
            task.add_done_callback(self._writing.discard)

    def refusals_of(self, notes: RequestNotes) -> None:
        """Note what a request was refused: its answers FORBIDDEN."""
        refused, notes.refusals = notes.refusals, []
        if not notes.tenant_id:
            return
        for error in refused:
            reasons = sorted({fault.reason for fault in error.faults})
            paths = sorted({".".join(str(part) for part in fault.path) for fault in error.faults if fault.path})
            detail = {"reasons": reasons, "at": ", ".join(paths)[:_REASONS_LENGTH], "operation": notes.operation[:100]}
            self.note(NewEntry(tenant_id=notes.tenant_id, kind=AuditKind.REFUSED, actor=notes.who, detail=detail))

    async def flush(self) -> None:
        """Write the counts of what repeated, and forget what did not."""
        seen, self._seen = self._seen, {}
        await asyncio.gather(*self._writing)
        for one in seen.values():
            if one.again:
                detail = json.loads(one.arguments[_DETAIL])
                detail |= {"count": one.again, "since": one.at.isoformat(), "until": one.latest.isoformat()}
                await self._write((*one.arguments[:_DETAIL], json.dumps(detail)))

    async def _flush_often(self) -> None:
        while True:
            await asyncio.sleep(self.window_s)
            await self.flush()

    async def _write(self, arguments: tuple[Any, ...]) -> None:
        try:
            async with self.connections.acquire() as connection:
                tenant_id = await connection.fetchval(sql.TENANT_OF, arguments[_TENANT])
                if tenant_id is not None:
                    await connection.fetchval(sql.APPEND, tenant_id, *arguments[1:])
        except (TangramError, asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError) as error:
            _log.warning("audit entry lost", kind=arguments[1], error=type(error).__name__)
