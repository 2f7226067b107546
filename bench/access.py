"""Speed of access: decisions among 100,000 policies, compiling 10,000, beside Casbin's own enforce().

python -m bench.access
"""

from __future__ import annotations

import asyncio
import random
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from metadata.model.policies import Policy, Role
from metadata.model.reading import read_document
from metadata.model.resolve import resolve
from metadata.model.settings import TenantSettings
from metadata.model.tenant import TenantModel
from server.access.casbin_enforcer import PolicyRows, opened_enforcer
from server.access.conditions import NEVER
from server.access.rights import Rights
from server.access.snapshot import Snapshot, compile_policies, compile_snapshot

OBJECTS = 40
ROLES = 200
ACTIONS = ("read", "create", "update", "delete", "export", "print")
SCOPES = ("all", "own", "department", "department_subtree", "team", "granted")


def model_of(count: int, conditions: int) -> TenantModel:
    """A tenant of 40 object types, 200 roles in chains of ten, and policies of every kind."""
    objects = [
        {
            "name": f"object_{n}",
            "plural": f"objects_{n}",
            "fields": [{"name": f"field_{m}", "type": "decimal"} for m in range(10)],
        }
        for n in range(OBJECTS)
    ]
    document, faults = read_document({"objects": objects})
    assert document is not None, list(faults)
    return resolve(
        document.objects,
        tenant_id="bench",
        slug="bench",
        version=1,
        settings=TenantSettings(max_policies=200_000, max_roles=5_000),
        roles=roles().values(),
        policies=policies(count, conditions),
    )


def roles() -> dict[str, Role]:
    names = [f"role_{n}" for n in range(ROLES)]
    return {
        name: Role(name=name, inherits=(names[place - 1],) if place % 10 else ()) for place, name in enumerate(names)
    }


def policies(count: int, conditions: int) -> list[Policy]:
    draw = random.Random(7)
    found = []
    for place in range(count):
        kind = draw.choice(["allow"] * 6 + ["deny", "field"])
        is_field = kind == "field"
        has_condition = kind == "allow" and conditions and draw.random() < 0.3
        found.append(
            Policy(
                name=f"policy_{place}",
                kind=kind,  # type: ignore[arg-type]
                role=f"role_{draw.randrange(ROLES)}",
                object=f"object_{draw.randrange(OBJECTS)}",
                actions=() if is_field else (draw.choice(ACTIONS),),
                scope=draw.choice(SCOPES) if kind != "field" else "all",  # type: ignore[arg-type]
                condition=f"field_1 > {draw.randrange(conditions)} && field_2 != null" if has_condition else "",
                fields=(f"field_{draw.randrange(10)}",) if is_field else (),
                read="none" if is_field else "",
                priority=place if is_field else 0,
            )
        )
    return found


def timed(run: Callable[[], object], times: int) -> float:
    """Median seconds of a run."""
    figures = []
    for _ in range(times):
        start = time.perf_counter()
        run()
        figures.append(time.perf_counter() - start)
    return statistics.median(figures)


def decisions(snapshot: Snapshot, held: Sequence[str], *, kept: bool) -> float:
    """Median seconds of one decision; `kept` asks an actor's rights that were asked before."""
    draw = random.Random(11)
    asked = [(f"object_{draw.randrange(OBJECTS)}", draw.choice(ACTIONS)) for _ in range(2_000)]
    subjects = snapshot.subjects(held)
    rights = Rights(snapshot, subjects)
    figures = []
    for object_name, action in asked:
        if not kept:
            rights = Rights(snapshot, subjects)
        start = time.perf_counter()
        _ = rights.rows(object_name, action) != NEVER
        figures.append(time.perf_counter() - start)
    return statistics.median(figures)


async def stall_while_compiling(model: TenantModel) -> tuple[float, float]:
    """Seconds that compiling on a thread takes, and the longest that the event loop waits meanwhile."""
    longest = 0.0
    start = time.perf_counter()
    task = asyncio.create_task(asyncio.to_thread(compile_snapshot, model))
    while not task.done():
        before = time.perf_counter()
        await asyncio.sleep(0.001)
        longest = max(longest, time.perf_counter() - before)
    await task
    return time.perf_counter() - start, longest


async def casbin_decision(count: int) -> float:
    """Median seconds of Casbin's enforce() among policies without conditions."""

    async def load() -> PolicyRows:
        return PolicyRows(roles(), [one for one in policies(count, 0) if one.kind in ("allow", "deny")])

    enforcer = await opened_enforcer(load)
    return timed(lambda: enforcer.allows("role:role_9", "object_3", "read"), 5)


@dataclass(frozen=True, slots=True)
class Policies:
    """What was seen.

    Attributes:
        compile_ms: 10,000 policies with thousands of distinct conditions, on a thread.
        stall_ms: The longest that the event loop waited meanwhile.
        decision_us: One decision among 100,000, of an actor whose plan is known, as requests have it.
        first_us: The first decision of a new set of roles about an object type and action: its condition is made.
        casbin_ms: Casbin's enforce() among 10,000.
    """

    compile_ms: float
    stall_ms: float
    decision_us: float
    first_us: float
    casbin_ms: float

    def row(self) -> dict[str, Any]:
        """For the report."""
        return {
            "compile 10,000, ms": round(self.compile_ms),
            "event loop waits at most, ms": round(self.stall_ms),
            "decision among 100,000, µs": round(self.decision_us, 2),
            "the first of its kind, µs": round(self.first_us),
            "Casbin's enforce() among 10,000, ms": round(self.casbin_ms),
        }


def measure() -> Policies:
    """Measure all of it, in this process."""
    compiling = []
    for conditions in (50, 3_000):
        compiling.append(asyncio.run(stall_while_compiling(model_of(10_000, conditions))))
    snapshot = compile_policies(roles(), policies(100_000, 50))
    held = ["role_9", "role_58", "role_133"]
    return Policies(
        compile_ms=max(seconds for seconds, _ in compiling) * 1000,
        stall_ms=max(stall for _, stall in compiling) * 1000,
        decision_us=decisions(snapshot, held, kept=True) * 1e6,
        first_us=decisions(snapshot, held, kept=False) * 1e6,
        casbin_ms=asyncio.run(casbin_decision(10_000)) * 1000,
    )


if __name__ == "__main__":
    for name, value in measure().row().items():
        print(f"{name}: {value}")
