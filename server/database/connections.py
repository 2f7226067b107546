"""The asyncpg pool: bounded, with tenant affinity, fair shares and recycling.

A tenant's statements are prepared and its catalogue rows cached per connection, so a free connection that served the
same tenant last is preferred. asyncpg's own pool resets a connection with a round trip after each use; ours does not,
because nothing here changes session state outside a transaction but the tenant that row-level security compares
(`server.database.wall`), which is set again only when a connection is lent for another tenant.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Any, Self

import asyncpg

from metadata.problems import UnavailableError
from server.database.wall import PLATFORM, SETTING

_SWEEP_S = 0.25

__all__ = ["PLATFORM_SESSION", "Connections", "PoolLimits", "prepare_connection"]

PLATFORM_SESSION = {"search_path": "", SETTING: PLATFORM}
"""Settings of a connection outside the pool that works for all tenants."""

_TENANT_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class PoolLimits:
    """Bounds of one process's pool.

    Attributes:
        size: Connections at most.
        tenant_share: Connections one tenant may hold at a time, so that its slow statements cannot starve others.
        wait_s: Seconds to wait for a free connection before UNAVAILABLE.
        lifetime_s: Seconds after which an idle connection is replaced: catalogue caches only grow.
        statements: Prepared statements kept per connection.
        statement_timeout_ms: Milliseconds PostgreSQL lets one statement run.
    """

    size: int = 8
    tenant_share: int = 6
    wait_s: float = 10.0
    lifetime_s: float = 1_800.0
    statements: int = 256
    statement_timeout_ms: int = 10_000


@dataclass(eq=False, slots=True)
class _Slot:
    """One open connection and what is known of it; `sees` is what row-level security was told last."""

    connection: Any
    opened_at: float
    tenant: str = ""
    sees: str = PLATFORM


@dataclass(eq=False, slots=True)
class _Waiter:
    """A request in the queue for a connection."""

    tenant: str
    future: asyncio.Future[_Slot | None]
    until: float


async def prepare_connection(connection: Any) -> None:
    """Set the codecs every part of the server relies on: uuid and numeric as text, json as bytes out."""
    for name in ("uuid", "numeric"):
        await connection.set_type_codec(name, schema="pg_catalog", encoder=str, decoder=_same, format="text")
    await connection.set_type_codec("json", schema="pg_catalog", encoder=_as_bytes, decoder=_same, format="binary")


def _same(value: Any) -> Any:
    return value


def _as_bytes(value: str | bytes) -> bytes:
    return value if isinstance(value, bytes) else value.encode()


@dataclass(eq=False)
class Connections:
    """The pool of one process; open it with `async with`.

    Attributes:
        url: Of the role that serves requests.
        limits: Bounds.
        on_wait: Called with the seconds that a request waited for a connection.
        owner_url: Of the role that owns the tables, where that is another one; then row-level security is told for
            which tenant a connection is lent.
    """

    url: str = field(repr=False)
    limits: PoolLimits = field(default_factory=PoolLimits)
    on_wait: Callable[[float], None] | None = None
    owner_url: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        self._free: list[_Slot] = []
        self._waiting: deque[_Waiter] = deque()
        self._held: dict[str, int] = {}
        self._open = 0
        self._running = False
        self._sweep: asyncio.TimerHandle | None = None
        self._apart = asyncio.Semaphore(1)
        self._is_walled = bool(self.owner_url)
        self._definer: Connections | None = None
        if self.owner_url:
            size = max(2, self.limits.size // 2)
            limits = replace(self.limits, size=size, tenant_share=size - 1)
            self._definer = Connections(self.owner_url, limits, self.on_wait)
            self._definer._is_walled = True

    @property
    def definer(self) -> Connections:
        """Connections that may change tables: of their owner. They open when they are needed."""
        return self._definer or self

    async def __aenter__(self) -> Self:
        self._running = True
        if self._definer is not None:
            self._definer._running = True
        try:
            self._free.append(await self._connect())
        except (OSError, asyncpg.PostgresError) as error:
            self._running = False
            raise UnavailableError.single(
                "database_unreachable",
                f"PostgreSQL does not answer: {type(error).__name__}.",
                hint="Check TANGRAM_DATABASE_URL; `tangram doctor` says more.",
            ) from error
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._running = False
        if self._sweep is not None:
            self._sweep.cancel()
        for waiter in self._waiting:
            if not waiter.future.done():
                waiter.future.cancel()
        closing, self._free = self._free, []
        for slot in closing:
            await self._close(slot)
        if self._definer is not None:
            await self._definer.__aexit__(kind, error, trace)

    @asynccontextmanager
    async def acquire(self, tenant: str | None = None) -> AsyncIterator[Any]:
        """Lend a connection for work of one tenant, by its id, or for work that concerns all of them.

        Raises:
            UnavailableError: None became free in time, or PostgreSQL does not answer.
        """
        slot = await self.take(tenant or "")
        try:
            yield slot.connection
        except asyncpg.InternalClientError as error:  # its protocol is out of step: the server ended it just now
            slot.connection.terminate()
            raise UnavailableError.single(
                "database_unreachable", "The database connection was lost.", hint="Try again shortly."
            ) from error
        finally:
            self.give_back(slot)

    @asynccontextmanager
    async def transaction(self, tenant: str | None = None) -> AsyncIterator[Any]:
        """Lend a connection inside a transaction: committed at the end, rolled back on an exception."""
        async with self.acquire(tenant) as connection, connection.transaction():
            yield connection

    @asynccontextmanager
    async def apart(self) -> AsyncIterator[Any]:
        """A connection beside the pool, one at a time, for the rare need of whoever holds a lent one already.

        Waiting for a second connection of the pool while holding one would let all holders wait for each other.

        Raises:
            UnavailableError: PostgreSQL does not answer.
        """
        async with self._apart:
            try:
                slot = await self._connect()
            except (OSError, asyncpg.PostgresError, TimeoutError) as error:
                raise UnavailableError.single(
                    "database_unreachable", "PostgreSQL does not answer.", hint="Try again shortly."
                ) from error
            try:
                yield slot.connection
            finally:
                await self._close(slot)
                self._wake()

    @asynccontextmanager
    async def spare(self, tenant: str) -> AsyncIterator[Any | None]:
        """Lend another connection to a tenant that holds one, or none: nobody waits for it, so nobody for each other.

        Raises:
            UnavailableError: PostgreSQL does not answer.
        """
        is_free = bool(self._free) or self._open < self.limits.size
        if not is_free or self._waiting or self._held.get(tenant, 0) >= self.limits.tenant_share:
            yield None
            return
        async with self.acquire(tenant) as connection:
            yield connection

    async def take(self, tenant: str) -> _Slot:
        """Borrow a slot without a context manager, for the hot path; give it back with `give_back`."""
        slot = await self._take(tenant)
        if self._is_walled and slot.sees != (tenant or PLATFORM):
            await self._show(slot, tenant or PLATFORM)
        return slot

    async def _show(self, slot: _Slot, tenant: str) -> None:
        """Tell row-level security which rows the connection is to see."""
        try:
            if tenant != PLATFORM and not _TENANT_ID.fullmatch(tenant):
                raise ValueError(f"a connection is lent for a tenant by its id, not for {tenant!r}")
            await slot.connection.execute(f"set {SETTING} = '{tenant}'")
        except BaseException as error:
            slot.connection.terminate()
            self.give_back(slot)
            if isinstance(error, (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError)):
                raise UnavailableError.single(
                    "database_unreachable", "PostgreSQL does not answer.", hint="Try again shortly."
                ) from error
            raise
        slot.sees = tenant

    async def _take(self, tenant: str) -> _Slot:
        held = self._held.get(tenant, 0)
        if held < self.limits.tenant_share or not tenant:
            slot = self._pick(tenant)
            if slot is not None:
                if not slot.connection.is_closed():
                    self._held[tenant] = held + 1
                    slot.tenant = tenant
                    return slot
                self._open -= 1
            if self._open < self.limits.size:
                self._held[tenant] = held + 1
                try:
                    slot = await self._connect()
                except BaseException as error:
                    self._release_share(tenant)
                    self._wake()
                    if isinstance(error, (OSError, asyncpg.PostgresError, TimeoutError)):
                        raise UnavailableError.single(
                            "database_unreachable", "PostgreSQL does not answer.", hint="Try again shortly."
                        ) from error
                    raise
                slot.tenant = tenant
                return slot
        return await self._queue(tenant)

    def give_back(self, slot: _Slot) -> None:
        """Return a slot; a closed, broken or old connection is dropped instead of kept."""
        self._release_share(slot.tenant)
        connection = slot.connection
        if connection.is_closed():
            self._open -= 1
        elif (
            not self._running
            or connection.is_in_transaction()
            or time.monotonic() - slot.opened_at > self.limits.lifetime_s
        ):
            self._open -= 1
            connection.terminate()
        else:
            self._free.append(slot)
        if self._waiting:
            self._wake()

    def _pick(self, tenant: str) -> _Slot | None:
        free = self._free
        for index in range(len(free) - 1, -1, -1):
            if free[index].tenant == tenant:
                return free.pop(index)
        if not free or (tenant and self._open < self.limits.size):
            return None
        return free.pop(0)

    async def _queue(self, tenant: str) -> _Slot:
        if not self._running:
            raise UnavailableError.single("closed", "The server is shutting down.", hint="Try again shortly.")
        loop = asyncio.get_running_loop()
        started = loop.time()
        waiter = _Waiter(tenant, loop.create_future(), started + self.limits.wait_s)
        self._waiting.append(waiter)
        if self._sweep is None:
            self._sweep = loop.call_later(_SWEEP_S, self._give_up_late)
        try:
            slot = await waiter.future
        except asyncio.CancelledError:
            if waiter.future.done() and not waiter.future.cancelled() and waiter.future.exception() is None:
                given = waiter.future.result()
                if given is not None:
                    self.give_back(given)
            elif waiter in self._waiting:
                self._waiting.remove(waiter)
            raise
        if self.on_wait is not None:
            self.on_wait(loop.time() - started)
        return slot if slot is not None else await self._take(tenant)

    def _give_up_late(self) -> None:
        """Refuse those who waited too long: one timer for all, since most wait for a millisecond."""
        loop = asyncio.get_running_loop()
        now = loop.time()
        for waiter in [waiter for waiter in self._waiting if waiter.until <= now]:
            self._waiting.remove(waiter)
            if not waiter.future.done():
                waiter.future.set_exception(
                    UnavailableError.single(
                        "busy",
                        f"No database connection became free within {self.limits.wait_s:g} s.",
                        hint="Try again shortly.",
                    )
                )
        self._sweep = loop.call_later(_SWEEP_S, self._give_up_late) if self._waiting else None

    def _wake(self) -> None:
        """Hand free connections to the first waiters whose tenants have not used up their share."""
        for waiter in list(self._waiting):
            if not self._free and self._open >= self.limits.size:
                return
            if waiter.future.done():
                continue
            held = self._held.get(waiter.tenant, 0)
            if waiter.tenant and held >= self.limits.tenant_share:
                continue
            self._waiting.remove(waiter)
            slot = self._pick(waiter.tenant) or (self._free.pop(0) if self._free else None)
            if slot is None:
                waiter.future.set_result(None)
                return
            slot.tenant = waiter.tenant
            self._held[waiter.tenant] = held + 1
            waiter.future.set_result(slot)

    def _release_share(self, tenant: str) -> None:
        held = self._held.get(tenant, 1) - 1
        if held:
            self._held[tenant] = held
        else:
            self._held.pop(tenant, None)

    async def _connect(self) -> _Slot:
        self._open += 1
        try:
            connection = await asyncpg.connect(
                self.url,
                timeout=10,
                command_timeout=self.limits.statement_timeout_ms / 1000 + 5,
                statement_cache_size=self.limits.statements,
                max_cached_statement_lifetime=0,
                max_cacheable_statement_size=0,
                server_settings={
                    "application_name": "tangram",
                    **PLATFORM_SESSION,
                    "timezone": "UTC",
                    "datestyle": "ISO, YMD",
                    "statement_timeout": str(self.limits.statement_timeout_ms),
                    "idle_in_transaction_session_timeout": "60000",
                    "jit": "off",
                },
            )
            await prepare_connection(connection)
        except BaseException:
            self._open -= 1
            raise
        return _Slot(connection, time.monotonic())

    async def _close(self, slot: _Slot) -> None:
        self._open -= 1
        try:
            await slot.connection.close(timeout=2)
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
            slot.connection.terminate()
