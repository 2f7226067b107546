"""Many tenants of one template: time of each, size of the database, memory of a server that serves them in turn."""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass
from typing import Any

import asyncpg

from bench.installation import Client, Installation, Process, signed_in, tangram_processes

__all__ = ["ManyTenants", "measure"]

_CREATE = """mutation Create($slug: String!, $name: String!, $template: String!) {
  createTenant(slug: $slug, name: $name, template: $template) { slug }
}"""
_READ = """query Read {
  customers(first: 5, orderBy: [{createdAt: DESC}]) {
    nodes { id name level store { name } orders(first: 3) { nodes { orderNo } } }
  }
}"""


@dataclass(frozen=True, slots=True)
class ManyTenants:
    """What was seen.

    Attributes:
        tenants: How many were created.
        create_s: Seconds to create each, in order.
        database_mb: Growth of the database.
        memory_start_mb, memory_mb: Memory of the web process before and after it served all of them.
        first_read_ms: First request of each tenant.
        second_read_ms: The same again, with all of them served before.
    """

    tenants: int
    create_s: tuple[float, ...]
    database_mb: float
    memory_start_mb: float
    memory_mb: float
    first_read_ms: tuple[float, ...]
    second_read_ms: tuple[float, ...]

    def row(self) -> dict[str, Any]:
        """For the report."""
        tenth = max(1, self.tenants // 10)
        return {
            "tenants": self.tenants,
            "create, median s": round(statistics.median(self.create_s), 2),
            "slowest s": round(max(self.create_s), 2),
            "first tenth, median s": round(statistics.median(self.create_s[:tenth]), 2),
            "last tenth, median s": round(statistics.median(self.create_s[-tenth:]), 2),
            "database, MB a tenant": round(self.database_mb / self.tenants, 2),
            "web process before, MB": round(self.memory_start_mb),
            "after serving all, MB": round(self.memory_mb),
            "first request, median ms": round(statistics.median(self.first_read_ms), 1),
            "again, median ms": round(statistics.median(self.second_read_ms), 1),
        }


async def measure(place: Installation, owner: str, email: str, *, tenants: int, template: str) -> ManyTenants:
    """Create tenants as the platform administrator of tenant `owner`, then read in each of them, twice."""
    before_mb = await _database_mb(place)
    create_s = []
    slugs = [f"many-{number:04d}" for number in range(tenants)]
    with tangram_processes(place) as process:
        async with signed_in(process.url, owner, email) as client:
            for slug in slugs:
                started = time.perf_counter()
                await client.ask("/metadata", _CREATE, {"slug": slug, "name": slug, "template": template})
                create_s.append(time.perf_counter() - started)
    with tangram_processes(place) as process:
        start_mb, first = await _read_all(process, owner, email, slugs)
        _, second = await _read_all(process, owner, email, slugs)
        return ManyTenants(
            tenants=tenants,
            create_s=tuple(create_s),
            database_mb=await _database_mb(place) - before_mb,
            memory_start_mb=start_mb,
            memory_mb=process.memory_mb(),
            first_read_ms=first,
            second_read_ms=second,
        )


async def _read_all(process: Process, owner: str, email: str, slugs: list[str]) -> tuple[float, tuple[float, ...]]:
    """Memory before the first of them, and the milliseconds of a read in each tenant."""
    waits = []
    async with signed_in(process.url, owner, email) as client:
        start_mb = process.memory_mb()
        for slug in slugs:
            started = time.perf_counter()
            await _acting_for(client, slug).ask("/graphql", _READ)
            waits.append((time.perf_counter() - started) * 1000)
    return start_mb, tuple(waits)


def _acting_for(client: Client, slug: str) -> Client:
    return Client(client.http, client.token, tenant=slug)


async def _database_mb(place: Installation) -> float:
    connection = await asyncpg.connect(place.administrator_url)
    try:
        size: int = await connection.fetchval("select pg_database_size(current_database())")
    finally:
        await connection.close()
    return size / 2**20
