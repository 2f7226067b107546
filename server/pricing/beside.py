"""A second connection that calculates beside a transaction, and hands over what it has found.

It only reads, so that whatever becomes of it, the transaction alone decides what is booked. It is there where the pool
has one to spare, for transactions that have written nothing yet: what they write, it would not see.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any, LiteralString, NamedTuple

from server.actions import ActionRun
from server.database.connections import Connections

__all__ = ["ALL", "FOR_MANY", "LONG_S", "MANY", "SLOTS", "Part", "beside", "in_parts", "moved", "together"]

SLOTS = 8
"""Into how many slots parties fall, by a hash of theirs: what is parted, is parted by these."""

ALL = range(SLOTS)
MANY = 20_000
"""Fewer records than this are not worth a second connection."""

LONG_S = 3_600
"""Seconds that a statement about many may take."""

FOR_MANY = (
    f"set local statement_timeout = '{LONG_S}s'; set local idle_in_transaction_session_timeout = 0; "
    "set local work_mem = '192MB'; set local hash_mem_multiplier = 2; set local jit = off"
)
"""Settings of a transaction whose statements are about many."""

_CHUNK_BYTES = 1 << 20
_CHUNKS = 48
"""Chunks of what is handed over that wait at most."""

_BATCH_BYTES = 16 << 20
"""What is handed over before the other connection does something with it."""

_WROTE: LiteralString = "select pg_current_xact_id_if_assigned() is not null"


@asynccontextmanager
async def beside(connections: Connections | None, run: ActionRun) -> AsyncIterator[ActionRun | None]:
    """The same run on another connection, in a transaction of one snapshot that is rolled back.

    Args:
        connections: Where from.
        run: In a transaction.

    Yields:
        None where that cannot be.
    """
    if connections is None or await run.connection.fetchval(_WROTE):
        yield None
        return
    async with connections.spare(run.tenant_id) as connection:
        if connection is None:
            yield None
            return
        transaction = connection.transaction(isolation="repeatable_read")
        await transaction.start()
        try:
            await connection.execute(FOR_MANY)
            yield replace(run, connection=connection)
        finally:
            if not connection.is_closed():
                await transaction.rollback()


class Part(NamedTuple):
    """A run on a connection, and the slots of the parties that it is about there."""

    run: ActionRun
    slots: range


@asynccontextmanager
async def in_parts(
    connections: Connections | None, run: ActionRun, *, own: int = SLOTS // 2, count: int
) -> AsyncIterator[list[Part]]:
    """A run in two parts, the first on its own connection; in one where it is about few, or no other is to be had.

    Args:
        connections: Where another connection is from.
        run: In a transaction.
        own: How many slots its own part has.
        count: How many it is about.
    """
    if count < MANY:
        yield [Part(run, ALL)]
        return
    async with beside(connections, run) as other:
        yield [Part(run, ALL)] if other is None else [Part(run, ALL[:own]), Part(other, ALL[own:])]


async def together(*work: Awaitable[Any]) -> list[Any]:
    """Do all at once; where one fails, the others are cancelled before it is told."""
    tasks = [asyncio.ensure_future(one) for one in work]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def moved(
    source: Any,
    query: str,
    arguments: Sequence[Any],
    target: Any,
    table: str,
    *,
    then: Callable[[], Awaitable[None]] | None = None,
) -> None:
    """Copy what a query finds on one connection into a temporary table of another.

    It goes in batches, and the one connection goes on while the other is at work with what it has.

    Args:
        source: Where the query is asked.
        query: With its parameters.
        arguments: Of the query.
        target: Where the table is.
        table: Its name.
        then: Done after each batch; empties the table.
    """
    chunks: asyncio.Queue[bytes | None] = asyncio.Queue(_CHUNKS)
    kept = bytearray()
    has_ended = False

    async def collect(data: bytes) -> None:
        kept.extend(data)
        if len(kept) >= _CHUNK_BYTES:
            rows = kept.rfind(b"\n") + 1  # within values it is written as two characters
            chunk = bytes(kept[:rows])
            del kept[:rows]
            await chunks.put(chunk)

    async def send() -> None:
        await source.copy_from_query(query, *arguments, output=collect, timeout=LONG_S)
        await chunks.put(bytes(kept))
        await chunks.put(None)

    async def batch() -> AsyncIterator[bytes]:
        nonlocal has_ended
        size = 0
        while size < _BATCH_BYTES:
            chunk = await chunks.get()
            if chunk is None:
                has_ended = True
                return
            size += len(chunk)
            yield chunk

    async def receive() -> None:
        while not has_ended:
            await target.copy_to_table(table, schema_name="pg_temp", source=batch(), timeout=LONG_S)
            if then is not None:
                await then()

    await together(send(), receive())
