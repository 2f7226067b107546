"""Time and memory of one tenant's model and schema: `python -m bench.schemas OBJECTS FIELDS` prints them as JSON.

Run as a process of its own, so that nothing else is in the figures. `measure` does that.
"""

from __future__ import annotations

import gc
import json
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable
from typing import Any

import psutil
from graphql import parse, print_schema, validate

from bench.installation import REPOSITORY
from bench.wide import SELECTION, wide_document
from metadata.model.packed import ObjectLibrary
from metadata.model.reading import read_document
from metadata.model.resolve import resolve
from metadata.model.settings import TenantSettings
from metadata.model.tenant import TenantModel
from metadata.naming import camel, pascal
from server.access.plan import ADMINISTRATOR
from server.graphql.schema.lazy import LazySchema, full_schema

__all__ = ["measure"]

_TENANTS = 20


def measure(objects: int, fields: int) -> dict[str, Any]:
    """Measure in a process of its own."""
    command = [sys.executable, "-m", "bench.schemas", str(objects), str(fields)]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=600, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stderr[-3000:]}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _figures(objects: int, fields: int) -> dict[str, Any]:
    document, faults = read_document(wide_document(objects, fields))
    if document is None or faults:
        raise RuntimeError(f"the wide document is refused: {list(faults)[:3]}")

    def model(number: int, library: ObjectLibrary) -> TenantModel:
        resolved = resolve(
            document.objects,
            tenant_id=f"01900000-0000-7000-8000-{number:012x}",
            slug=f"wide-{number}",
            version=1,
            settings=TenantSettings(),
        )
        return library.share(resolved)

    _ask(LazySchema(model(0, ObjectLibrary()), ADMINISTRATOR), 1)
    library = ObjectLibrary()
    resolve_ms, first = _timed(lambda: model(1, library))
    lazy_ms, lazy = _timed(lambda: LazySchema(first, ADMINISTRATOR))
    validate_ms, _ = _timed(lambda: _ask(lazy, 1))
    full_ms, text = _timed(lambda: print_schema(full_schema(first, ADMINISTRATOR)))
    idle_kb, held = _allocated(lambda: model(2, ObjectLibrary()))
    hot_kb, _hot = _allocated(lambda: [LazySchema(held, ADMINISTRATOR), *held.objects.values()])
    used_kb, _used = _allocated(lambda: _used_schema(held, min(objects, 10)))
    shared_kb, _many = _allocated(lambda: [model(number, library) for number in range(3, 3 + _TENANTS)])
    return {
        "objects × fields": f"{objects} × {fields}",
        "resolve and pack, ms": round(resolve_ms, 1),
        "lazy schema, ms": round(lazy_ms, 2),
        "first validation, ms": round(validate_ms, 1),
        "full schema to SDL, ms": round(full_ms),
        "SDL, KB": round(len(text) / 1024),
        "idle model, KB": round(idle_kb),
        "hot model, KB": round(idle_kb + hot_kb),
        "schema types of 10 objects in use, KB": round(used_kb),
        "another tenant of the same objects, KB": round(shared_kb / _TENANTS),
        "RSS of this process, MB": round(psutil.Process().memory_info().rss / 2**20),
    }


def _used_schema(model: TenantModel, objects: int) -> LazySchema:
    schema = LazySchema(model, ADMINISTRATOR)
    for number in range(1, objects + 1):
        _ask(schema, number)
    return schema


def _ask(schema: LazySchema, number: int) -> None:
    fields = " ".join(camel(name) for name in SELECTION.split())
    text = f"""query ($filter: {pascal(f"thing_{number}")}Filter) {{
      {camel(f"things_{number}")}(filter: $filter, orderBy: [{{createdAt: DESC}}], first: 20) {{ nodes {{ {fields} }} }}
    }}"""
    errors = validate(schema, parse(text))
    if errors:
        raise RuntimeError(f"{text}: {errors[0].message}")


def _timed(act: Callable[[], Any]) -> tuple[float, Any]:
    gc.collect()
    started = time.perf_counter()
    result = act()
    return (time.perf_counter() - started) * 1000, result


def _allocated(make: Callable[[], Any]) -> tuple[float, Any]:
    """What stays allocated for a value, in KB, and the value."""
    gc.collect()
    tracemalloc.start()
    result = make()
    gc.collect()
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return kept / 1024, result


if __name__ == "__main__":
    print(json.dumps(_figures(int(sys.argv[1]), int(sys.argv[2]))))
