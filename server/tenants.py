"""Tenants: the model of each tenant, loaded once per process and version, and told about changes at once.

A model is found by slug or id. It is loaded once, however many requests wait for it, and after a change only as far as
the change reaches. It is kept packed and shared by content, and dropped when others were used more lately and memory is
short. PostgreSQL tells every process of a change (`tangram_tenant`); a process that misses it is corrected by the
epoch that every statement compares.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, fields
from datetime import datetime
from types import TracebackType
from typing import Any, Self, TypeAlias

import asyncpg
import structlog

from metadata.changes.history import touched_objects
from metadata.changes.modelling import declared, model_of
from metadata.model.packed import ObjectLibrary, PackedItems, PackedObjects, PackedPolicies
from metadata.model.resolve import resolve_changed
from metadata.model.tenant import TenantModel
from metadata.problems import NotFoundError
from metadata.rows.loading import CHANGES_BETWEEN, LIVE_ITEMS, LIVE_ITEMS_OF, notes_from_rows, state_from_rows
from server.allocation import burst
from server.database.connections import Connections
from server.terms import require_changes

__all__ = ["CHANNEL", "LoadedTenant", "TenantOf", "Tenants"]

CHANNEL = "tangram_tenant"
"""PostgreSQL channel of changes; the payload is `<tenant id>:<epoch>`."""

_RECONNECT_S = 1.0
_PING_S = 30.0
_BASE_BYTES = 4_096
_MAX_VERSIONS = 50
_MAX_OBJECTS = 20

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class LoadedTenant:
    """A tenant as this process knows it.

    Attributes:
        model: Its model.
        epoch: Change counter that the model was read at, or a later one that did not change the model.
        name: Its name for people.
        status: `active` or `suspended`.
        trial_ends_at: From when on it may only be read; None for never.
    """

    model: TenantModel
    epoch: int
    name: str
    status: str
    trial_ends_at: datetime | None = None

    def is_over(self, now: datetime) -> bool:
        """Whether its trial is."""
        return self.trial_ends_at is not None and self.trial_ends_at <= now

    def require_changes(self, now: datetime) -> None:
        """Refuse a change once the trial is over.

        Raises:
            ForbiddenError: `trial_over`.
        """
        require_changes(self.trial_ends_at, now, self.model.settings.timezone)


TenantOf: TypeAlias = Callable[[str], Awaitable[LoadedTenant]]
"""A tenant by id: as this process knows it, or as it is now."""


@dataclass(eq=False)
class Tenants:
    """The models of one process; open it with `async with`.

    Attributes:
        connections: The pool.
        max_bytes: Memory that packed models may take, by estimate; the one asked for last always stays.
        on_change: Called with a tenant's id when it was told that the tenant has changed.
    """

    connections: Connections
    max_bytes: int = 256 * 1024 * 1024
    on_change: Callable[[str], None] | None = None
    _library: ObjectLibrary = field(default_factory=ObjectLibrary, init=False, repr=False)
    _held: OrderedDict[str, LoadedTenant] = field(default_factory=OrderedDict, init=False, repr=False)
    _sizes: dict[str, int] = field(default_factory=dict, init=False, repr=False)
    _ids: dict[str, str] = field(default_factory=dict, init=False, repr=False)
    _newest: dict[str, int] = field(default_factory=dict, init=False, repr=False)
    _loading: dict[str, asyncio.Task[LoadedTenant]] = field(default_factory=dict, init=False, repr=False)
    _listener: asyncio.Task[None] | None = field(default=None, init=False, repr=False)
    _listening: asyncio.Event = field(default_factory=asyncio.Event, init=False, repr=False)

    async def __aenter__(self) -> Self:
        self._listener = asyncio.create_task(self._listen(), name="tenants: listen")
        waiting = asyncio.create_task(self._listening.wait())
        await asyncio.wait({waiting, self._listener}, timeout=10, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        tasks = [*self._loading.values(), *([self._listener] if self._listener else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def cached(self, slug_or_id: str) -> LoadedTenant | None:
        """A tenant that is here and not known to be outdated, without waiting."""
        tenant_id = self._ids.get(slug_or_id, slug_or_id)
        loaded = self._held.get(tenant_id)
        if loaded is None or self._newest.get(tenant_id, 0) > loaded.epoch:
            return None
        self._held.move_to_end(tenant_id)
        return loaded

    async def get(self, slug_or_id: str) -> LoadedTenant:
        """A tenant at its newest version that this process knows of.

        Raises:
            NotFoundError: There is no such tenant.
            UnavailableError: PostgreSQL does not answer.
        """
        return self.cached(slug_or_id) or await self._load(self._ids.get(slug_or_id, slug_or_id))

    async def refresh(self, tenant_id: str) -> LoadedTenant:
        """A tenant as it is now in PostgreSQL, for a statement that was refused as compiled for an older one.

        Raises:
            NotFoundError: There is no such tenant.
        """
        running = self._loading.get(tenant_id)
        if running is not None:
            # It may have read its row before the change; whoever waits for it is told the same again if so.
            with contextlib.suppress(NotFoundError):
                await asyncio.shield(running)
        return await self._load(tenant_id)

    async def model_of(self, tenant_id: str, at_least: int = 0) -> TenantModel | None:
        """The model of a tenant, not older than a version, for work that goes on without a request; None when gone."""
        try:
            loaded = await self.get(tenant_id)
            if loaded.model.version < at_least:
                loaded = await self.refresh(tenant_id)
        except NotFoundError:
            return None
        return loaded.model

    def invalidate(self, tenant_id: str) -> None:
        """Have the next request load a tenant anew."""
        loaded = self._held.get(tenant_id)
        if loaded is not None:
            self._told(tenant_id, loaded.epoch + 1)

    def __len__(self) -> int:
        return len(self._held)

    @property
    def held_bytes(self) -> int:
        """Memory that packed models take, by estimate, as if none were shared."""
        return sum(self._sizes.values())

    async def _load(self, slug_or_id: str) -> LoadedTenant:
        task = self._loading.get(slug_or_id)
        if task is None:
            task = asyncio.create_task(self._read(slug_or_id), name="tenants: load")
            self._loading[slug_or_id] = task
            task.add_done_callback(lambda done: self._loaded(slug_or_id, done))
        return await asyncio.shield(task)

    def _loaded(self, slug_or_id: str, task: asyncio.Task[LoadedTenant]) -> None:
        self._loading.pop(slug_or_id, None)
        if not self._loading:
            for tenant_id in self._newest.keys() - self._held.keys():
                del self._newest[tenant_id]
        if not task.cancelled():
            task.exception()  # whoever waited has been given it

    async def _read(self, slug_or_id: str) -> LoadedTenant:
        async with (
            self.connections.acquire() as connection,
            connection.transaction(isolation="repeatable_read", readonly=True),
        ):
            row = await connection.fetchrow(_BY_ID if _UUID.fullmatch(slug_or_id) else _BY_SLUG, slug_or_id)
            if row is None:
                self._forget(slug_or_id)
                raise NotFoundError.single("unknown_tenant", f"There is no tenant '{slug_or_id[:60]}'.")
            known = self._held.get(row["id"])
            if known is not None and known.model.version == row["version"]:
                model = known.model
            else:
                changed = None if known is None else await self._changed(connection, known.model, row)
                model = changed or await self._whole(connection, row)
        loaded = LoadedTenant(model, row["epoch"], row["name"], row["status"], row["trial_ends_at"])
        self._hold(loaded)
        return loaded

    async def _whole(self, connection: Any, row: Any) -> TenantModel:
        rows = await connection.fetch(LIVE_ITEMS, row["id"])
        with burst():
            return self._library.share(model_of(state_from_rows(row["id"], row["slug"], row["version"], rows)))

    async def _changed(self, connection: Any, before: TenantModel, row: Any) -> TenantModel | None:
        """The model from the one before and what changed since; None when that reaches too far, or back."""
        versions = row["version"] - before.version
        if not 0 < versions <= _MAX_VERSIONS:
            return None
        told = await connection.fetch(CHANGES_BETWEEN, row["id"], before.version, row["version"])
        notes = notes_from_rows(told, versions)
        names = None if notes is None else touched_objects(notes)
        if names is None or len(names) > _MAX_OBJECTS or not names <= before.objects.keys():
            return None
        rows = await connection.fetch(LIVE_ITEMS_OF, row["id"], list(names))
        state = state_from_rows(row["id"], row["slug"], row["version"], rows)
        found = declared(state)
        changed = resolve_changed(before, found) if len(found) == len(names) else None
        return None if changed is None else self._library.share_changed(before, changed, row["version"])

    def _hold(self, loaded: LoadedTenant) -> None:
        tenant_id = loaded.model.tenant_id
        self._ids[loaded.model.slug] = tenant_id
        self._held[tenant_id] = loaded
        self._held.move_to_end(tenant_id)
        self._sizes[tenant_id] = _size(loaded.model)
        if self._newest.get(tenant_id, 0) <= loaded.epoch:
            self._newest.pop(tenant_id, None)
        held = sum(self._sizes.values())
        while held > self.max_bytes and len(self._held) > 1:
            oldest = next(iter(self._held))
            held -= self._sizes[oldest]
            self._drop(oldest)

    def _forget(self, slug_or_id: str) -> None:
        self._drop(self._ids.get(slug_or_id, slug_or_id))

    def _drop(self, tenant_id: str) -> None:
        loaded = self._held.pop(tenant_id, None)
        self._sizes.pop(tenant_id, None)
        self._newest.pop(tenant_id, None)
        if loaded is not None:
            self._ids.pop(loaded.model.slug, None)

    def _told(self, tenant_id: str, epoch: int) -> None:
        if tenant_id in self._held or self._loading:
            self._newest[tenant_id] = max(epoch, self._newest.get(tenant_id, 0))
        if self.on_change is not None:
            self.on_change(tenant_id)

    async def _listen(self) -> None:
        while True:
            try:
                await self._listen_once()
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError) as error:
                _log.warning("tenants.listener_lost", error=type(error).__name__)
            self._listening.clear()
            await asyncio.sleep(_RECONNECT_S)

    async def _listen_once(self) -> None:
        connection = await asyncpg.connect(self.connections.url, timeout=10, command_timeout=10)
        try:
            await connection.add_listener(CHANNEL, self._on_notice)
            # What happened while nobody listened is not told again: have everything looked at anew.
            for tenant_id in list(self._held):
                self.invalidate(tenant_id)
            self._listening.set()
            lost = asyncio.Event()
            connection.add_termination_listener(lambda _: lost.set())
            while not connection.is_closed():
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(lost.wait(), _PING_S)
                await connection.execute("select 1")
        finally:
            connection.terminate()

    def _on_notice(self, _connection: Any, _pid: int, _channel: str, payload: str) -> None:
        tenant_id, _, epoch = payload.partition(":")
        if epoch.isdecimal():
            self._told(tenant_id, int(epoch))


_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_BY_ID = "select id::text, slug, name, status, version, epoch, trial_ends_at from tangram.tenant where id = $1"
_BY_SLUG = "select id::text, slug, name, status, version, epoch, trial_ends_at from tangram.tenant where slug = $1"


def _size(model: TenantModel) -> int:
    """Memory of a packed model, by estimate."""
    objects = model.objects
    packed = objects.packed_bytes if isinstance(objects, PackedObjects) else 0
    policies = model.policies.packed_bytes if isinstance(model.policies, PackedPolicies) else 0
    held = (getattr(model, one.name) for one in fields(model))
    others = sum(one.packed_bytes for one in held if isinstance(one, PackedItems))
    return _BASE_BYTES + packed + policies + others + 300 * (len(objects) + len(model.roles))
