"""The snapshots and plans of one process: compiled once per set of policies, on a thread, and kept.

A tenant whose policies cannot be compiled goes on with those it had before; the log names the row at fault. A process
that has none before lets nobody but administrators in, rather than everybody.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, field

import structlog

from metadata.model.tenant import TenantModel
from metadata.problems import TangramError
from server.access.grants import GrantShape, with_grants
from server.access.plan import AccessPlan, plan_of
from server.access.snapshot import EMPTY, Snapshot, compile_snapshot

__all__ = ["Snapshots"]

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Held:
    version: int
    snapshot: Snapshot


@dataclass(eq=False)
class Snapshots:
    """Policies compiled for look-up, by tenant.

    Attributes:
        max_tenants: Tenants whose snapshots are kept; those used last stay.
        max_plans: Plans that are kept, over all tenants.
    """

    max_tenants: int = 512
    max_plans: int = 8_192
    _held: OrderedDict[str, _Held] = field(default_factory=OrderedDict, init=False, repr=False)
    _plans: OrderedDict[tuple[str, tuple[str, ...]], AccessPlan] = field(
        default_factory=OrderedDict, init=False, repr=False
    )
    _compiling: dict[tuple[str, int], asyncio.Task[Snapshot]] = field(default_factory=dict, init=False, repr=False)

    async def plan(
        self, model: TenantModel, roles: tuple[str, ...], user: str = "", grants: tuple[GrantShape, ...] = ()
    ) -> AccessPlan:
        """What somebody may do in a tenant, by its policies at the model's version.

        Args:
            model: The tenant's.
            roles: Roles held now.
            user: Account id.
            grants: What the user was given for a time; without policies there is nothing to add to.
        """
        known = self.plan_now(model, roles, user, grants)
        return known or self._plan(await self._snapshot(model), model, roles, user, grants)

    def plan_now(
        self, model: TenantModel, roles: tuple[str, ...], user: str = "", grants: tuple[GrantShape, ...] = ()
    ) -> AccessPlan | None:
        """The same without waiting; None where the policies have to be compiled first."""
        if not model.policies:
            return plan_of(None, roles)
        held = self._held.get(model.tenant_id)
        if held is None or held.version != model.version:
            return None
        self._held.move_to_end(model.tenant_id)
        return self._plan(held.snapshot, model, roles, user, grants)

    async def in_force(self, model: TenantModel) -> Snapshot | None:
        """The policies that decide in a tenant at the model's version; None while it has none."""
        if not model.policies:
            return None
        held = self._held.get(model.tenant_id)
        return held.snapshot if held is not None and held.version == model.version else await self._snapshot(model)

    def forget(self, tenant_id: str) -> None:
        """Drop a tenant that is gone."""
        self._held.pop(tenant_id, None)

    def _plan(
        self,
        snapshot: Snapshot,
        model: TenantModel,
        roles: tuple[str, ...],
        user: str,
        grants: tuple[GrantShape, ...],
    ) -> AccessPlan:
        own = user if snapshot.is_personal(user) else ""
        key = (snapshot.digest, (*roles, f"user:{own}"))
        if grants:
            key = (
                snapshot.digest,
                (*key[1], f"given:{user}", f"version:{model.version}", *(shape.digest for shape in grants)),
            )
        found = self._plans.get(key)
        if found is None:
            held = with_grants(snapshot, model, user, grants) if grants else snapshot
            found = self._plans[key] = plan_of(held, roles, user if grants else own, grants)
            if len(self._plans) > self.max_plans:
                self._plans.popitem(last=False)
        self._plans.move_to_end(key)
        return found

    async def _snapshot(self, model: TenantModel) -> Snapshot:
        """The tenant's snapshot; those who ask at the same time wait for one compilation."""
        key = (model.tenant_id, model.version)
        task = self._compiling.get(key)
        if task is None:
            task = self._compiling[key] = asyncio.create_task(self._compile(model))
            task.add_done_callback(lambda _: self._compiling.pop(key, None))
        return await asyncio.shield(task)

    async def _compile(self, model: TenantModel) -> Snapshot:
        before = self._held.get(model.tenant_id)
        try:
            snapshot = await asyncio.to_thread(compile_snapshot, model)
        except TangramError as error:
            snapshot = before.snapshot if before is not None else EMPTY
            faults = [{"reason": one.reason, "message": one.message, "path": one.path} for one in error.faults[:20]]
            _log.error(
                "policies_not_compiled",
                tenant=model.slug,
                version=model.version,
                kept_version=before.version if before is not None else None,
                faults=faults,
            )
        newest = self._held.get(model.tenant_id)
        if newest is None or newest.version <= model.version:
            self._held[model.tenant_id] = _Held(model.version, snapshot)
            self._held.move_to_end(model.tenant_id)
        while len(self._held) > self.max_tenants:
            self._held.popitem(last=False)
        return snapshot
