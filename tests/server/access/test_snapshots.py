"""Policies are compiled once, off the event loop; what cannot be compiled changes nothing, and is told."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import replace
from typing import Any

import pytest
import structlog

from metadata.model.policies import Policy
from metadata.model.resolve import resolve
from metadata.model.settings import TenantSettings
from metadata.model.tenant import TenantModel
from server.access.plan import ADMINISTRATOR, MEMBER, Action
from server.access.snapshot import compile_snapshot
from server.access.snapshots import Snapshots

READ = Policy(name="p", kind="allow", role="*", object="user", actions=("read",))
UPDATE = Policy(name="p", kind="allow", role="*", object="user", actions=("update",))
FAULTY = Policy(name="broken", kind="allow", role="*", object="user", actions=("read",), condition="amout > 1")


def model_of(*policies: Policy, tenant: str = "acme", version: int = 1) -> TenantModel:
    return resolve((), tenant_id=tenant, slug=tenant, version=version, settings=TenantSettings(), policies=policies)


async def may(snapshots: Snapshots, model: TenantModel, action: Action) -> bool:
    return (await snapshots.plan(model, ("seller",))).rows("user", action) is not None


async def test_tenant_without_policies_has_administrators_and_members() -> None:
    snapshots = Snapshots()
    assert await snapshots.plan(model_of(), ("seller",)) is MEMBER
    assert await snapshots.plan(model_of(), ("administrator",)) is ADMINISTRATOR


async def test_new_version_holds_from_the_next_question_on_and_for_its_tenant_only() -> None:
    snapshots = Snapshots()
    acme, globex = model_of(READ), model_of(READ, tenant="globex")
    assert await may(snapshots, acme, Action.READ)
    assert await may(snapshots, globex, Action.READ)
    changed = model_of(UPDATE, version=2)
    assert snapshots.plan_now(changed, ("seller",)) is None
    assert not await may(snapshots, changed, Action.READ)
    assert await may(snapshots, changed, Action.UPDATE)
    assert await may(snapshots, globex, Action.READ)


async def test_equal_rights_share_one_plan() -> None:
    snapshots = Snapshots()
    model = model_of(READ)
    first = await snapshots.plan(model, ("seller",), "somebody")
    assert await snapshots.plan(replace(model, version=2), ("seller",), "somebody else") is first


async def test_policies_are_compiled_once_and_on_another_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    threads: list[int] = []

    def noted(model: TenantModel) -> Any:
        threads.append(threading.get_ident())
        return compile_snapshot(model)

    monkeypatch.setattr("server.access.snapshots.compile_snapshot", noted)
    snapshots = Snapshots()
    await asyncio.gather(*(snapshots.plan(model_of(READ), ("seller",)) for _ in range(20)))
    assert len(threads) == 1
    assert threads[0] != threading.get_ident()


async def test_policies_that_cannot_be_compiled_leave_the_former_ones_in_force() -> None:
    snapshots = Snapshots()
    assert await may(snapshots, model_of(UPDATE), Action.UPDATE)
    with structlog.testing.capture_logs() as logs:
        assert await may(snapshots, model_of(READ, FAULTY, version=2), Action.UPDATE)
    (entry,) = logs
    assert (entry["event"], entry["tenant"], entry["kept_version"]) == ("policies_not_compiled", "acme", 1)
    assert [fault["path"] for fault in entry["faults"]] == [("policies", 1, "condition")]
    assert "'broken'" in entry["faults"][0]["message"]


async def test_policies_that_never_were_compiled_let_administrators_in_and_nobody_else() -> None:
    snapshots = Snapshots()
    with structlog.testing.capture_logs():
        assert not await may(snapshots, model_of(FAULTY), Action.READ)
        assert await snapshots.plan(model_of(FAULTY), ("administrator",)) is ADMINISTRATOR


async def test_memory_is_bounded() -> None:
    snapshots = Snapshots(max_tenants=2, max_plans=3)
    for number in range(5):
        await snapshots.plan(model_of(READ, tenant=f"t{number}"), (f"role_{number}",))
    assert len(snapshots._held) == 2
    assert len(snapshots._plans) == 3
