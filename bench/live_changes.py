"""A field added through one process and used by the next request on another, while reads go on.

Two servers share one database, as two web processes do: what one changes, the other must see at once.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from dataclasses import dataclass
from typing import Any

from bench.installation import Client, Installation, signed_in, tangram_processes
from bench.wide import wide_document
from metadata.naming import camel

__all__ = ["LiveChanges", "measure"]

_ADD = """mutation Add($object: String!, $field: FieldInput!) {
  createField(object: $object, field: $field) { version }
}"""
_APPLY = "mutation Apply($document: JSON!) { applyMetadata(document: $document) { version } }"


@dataclass(frozen=True, slots=True)
class LiveChanges:
    """What was seen over all changes.

    Attributes:
        objects: Objects of the tenant.
        changes: Fields added.
        total_ms: From sending the change to the answer that used the field, by change, sorted.
        use_ms: The part after the change was acknowledged, sorted.
        reads: Answers given to the reader beside.
        slowest_read_ms: Its longest wait.
    """

    objects: int
    changes: int
    total_ms: tuple[float, ...]
    use_ms: tuple[float, ...]
    reads: int
    slowest_read_ms: float

    def row(self) -> dict[str, Any]:
        """For the report."""
        return {
            "objects": self.objects,
            "changes": self.changes,
            "change + next request p50, ms": round(_at(self.total_ms, 0.5), 1),
            "p95, ms": round(_at(self.total_ms, 0.95), 1),
            "next request alone p50, ms": round(_at(self.use_ms, 0.5), 1),
            "its p95, ms": round(_at(self.use_ms, 0.95), 1),
            "reads meanwhile": self.reads,
            "slowest read, ms": round(self.slowest_read_ms, 1),
        }

    @property
    def p95_ms(self) -> float:
        """95 of 100 changes were in use within this time."""
        return _at(self.total_ms, 0.95)


async def measure(place: Installation, tenant: str, email: str, *, objects: int, changes: int) -> LiveChanges:
    """Measure on an empty tenant, which is filled with objects first.

    Raises:
        RuntimeError: A request failed, be it the change, the next one, or a read beside.
    """
    with tangram_processes(place) as one, tangram_processes(place) as other:
        async with signed_in(one.url, tenant, email) as here, signed_in(other.url, tenant, email) as there:
            await here.ask("/metadata", _APPLY, {"document": wide_document(objects, 25)})
            for client in (here, there):
                await _use(client, 1, "name")
            reading = asyncio.Event()
            reader = asyncio.create_task(_read_on(there, reading))
            found = [await _add_and_use(here, there, number, objects) for number in range(changes)]
            reading.set()
            waits = await reader
    totals, uses = zip(*found, strict=True)
    return LiveChanges(
        objects, changes, tuple(sorted(totals)), tuple(sorted(uses)), len(waits), max(waits, default=0.0)
    )


async def _add_and_use(here: Client, there: Client, number: int, objects: int) -> tuple[float, float]:
    """Change here, use there, and the other way round at the next turn; milliseconds in all and after the change."""
    if number % 2:
        here, there = there, here
    target, name = number * 13 % objects + 1, f"added_{number}"
    field = {"name": name, "type": "TEXT", "label": {"zh": f"新字段{number}", "en": f"Added {number}"}}
    started = time.perf_counter()
    await here.ask("/metadata", _ADD, {"object": f"thing_{target}", "field": field})
    acknowledged = time.perf_counter()
    await _use(there, target, name)
    ended = time.perf_counter()
    return (ended - started) * 1000, (ended - acknowledged) * 1000


async def _use(client: Client, target: int, name: str) -> None:
    await client.ask("/graphql", f"{{ {camel(f'things_{target}')}(first: 5) {{ nodes {{ id {camel(name)} }} }} }}")


async def _read_on(client: Client, until: asyncio.Event) -> list[float]:
    """Read without a pause; milliseconds of each answer."""
    waits = []
    while not until.is_set():
        started = time.perf_counter()
        await _use(client, 1, "name")
        waits.append((time.perf_counter() - started) * 1000)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(0.005):
                await until.wait()
    return waits


def _at(values: tuple[float, ...], share: float) -> float:
    return values[min(len(values) - 1, int(len(values) * share))]
