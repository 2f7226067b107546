"""The same list as the administrator and as two weaker roles, over a million records.

The agent sees their own records; the manager those of a department and all below it, with masked phone numbers of
others. What they ask is the same; only the rows and what is shown of them differ. Both may export, or reading on and on
would count as that. Reads of phone numbers that are shown plainly are logged: the administrator's and the agent's.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import random
import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import orjson

from bench.installation import Client, Installation, signed_in, tangram_processes
from bench.wrk import run_wrk
from metadata.naming import tenant_schema

__all__ = ["AGENT", "MANAGER", "RECORDS", "Lists", "measure"]

RECORDS = 1_000_000
AGENT, MANAGER = "agent@example.com", "manager@example.com"
_DEPARTMENTS = 100
_OWNERS = 1_000
_CONNECTIONS = 16
_ROUNDS = 3

_DOCUMENT = {
    "tangram": 1,
    "objects": [
        {
            "name": "deal",
            "plural": "deals",
            "display": "name",
            "fields": [
                {"name": "name", "type": "text", "required": True},
                {"name": "amount", "type": "decimal"},
                {"name": "phone", "type": "phone"},
            ],
        }
    ],
    "roles": [{"name": "agent"}, {"name": "manager", "inherits": ["agent"]}],
    "policies": [
        {
            "name": "own",
            "kind": "allow",
            "role": "agent",
            "object": "deal",
            "actions": ["read", "export"],
            "scope": "own",
        },
        {
            "name": "below",
            "kind": "allow",
            "role": "manager",
            "object": "deal",
            "actions": ["read", "export"],
            "scope": "department_subtree",
        },
        {
            "name": "phones",
            "kind": "mask",
            "role": "manager",
            "object": "deal",
            "fields": ["phone"],
            "mask": "phone",
        },
    ],
}
_APPLY = "mutation Apply($document: JSON!) { applyMetadata(document: $document) { version } }"
_LIST = "{ deals(first: 20, orderBy: {createdAt: DESC}) { nodes { id name amount phone createdAt } } }"
_START = dt.datetime(2025, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class Lists:
    """Requests/s of the same list, by who asks."""

    records: int
    administrator: float
    agent: float
    manager: float

    def row(self) -> dict[str, Any]:
        """For the report."""
        return {
            "records": f"{self.records:,}",
            "administrator, requests/s": round(self.administrator),
            "agent (own)": round(self.agent),
            "manager (departments below, masked)": round(self.manager),
            "agent's time": f"{self.administrator / self.agent:.2f} ×",
            "manager's time": f"{self.administrator / self.manager:.2f} ×",
        }

    @property
    def slowest(self) -> float:
        """Time of the slower of the two weak roles, with the administrator's as 1."""
        return self.administrator / min(self.agent, self.manager)


async def measure(
    place: Installation, tenant: str, administrator: str, add_user: Callable[[str, str], None], records: int
) -> Lists:
    """Measure on an empty tenant.

    Args:
        place: Where it is.
        tenant: Slug of the tenant.
        administrator: Its administrator's e-mail address.
        add_user: Creates an account with an e-mail address and a role.
        records: How many.
    """
    with tangram_processes(place) as process:
        async with signed_in(process.url, tenant, administrator) as client:
            await client.ask("/metadata", _APPLY, {"document": _DOCUMENT})
            for email, role in ((AGENT, "agent"), (MANAGER, "manager")):
                await asyncio.to_thread(add_user, email, role)
            await _fill(place, tenant, records)
        rates: dict[str, list[float]] = {}
        for _round in range(_ROUNDS):
            for email in (administrator, AGENT, MANAGER):
                async with signed_in(process.url, tenant, email) as asking:
                    rates.setdefault(email, []).append(await _rate(place, process.url, asking))
    medians = {email: statistics.median(found) for email, found in rates.items()}
    return Lists(records, medians[administrator], medians[AGENT], medians[MANAGER])


async def _rate(place: Installation, url: str, client: Client) -> float:
    listed = (await client.ask("/graphql", _LIST))["deals"]["nodes"]
    if len(listed) != 20:
        raise RuntimeError(f"expected a full page, got {len(listed)} records")
    bodies = place.folder / "list.jsonl"
    await asyncio.to_thread(_write_body, bodies)
    found = await asyncio.to_thread(
        run_wrk, f"{url}/graphql", bodies, connections=_CONNECTIONS, duration_s=3, token=client.token
    )
    return found.requests_per_s


def _write_body(path: Path) -> None:
    path.write_bytes(orjson.dumps({"query": _LIST}) + b"\n")


async def _fill(place: Installation, tenant: str, records: int) -> None:
    """A tree of departments, ten below each of ten; the agent owns one record in a thousand, the manager a tenth."""
    schema = tenant_schema(tenant)
    connection = await asyncpg.connect(place.administrator_url)
    try:
        departments = [UUID(int=(0x0190 << 112) + n) for n in range(1, _DEPARTMENTS + 1)]
        await connection.executemany(
            f'insert into "{schema}".department (id, name, parent_id) values ($1, $2, $3)',
            [(one, f"D{n}", departments[n % 10] if n >= 10 else None) for n, one in enumerate(departments)],
        )
        people = dict(
            await connection.fetch(
                "select a.email, a.id from tangram.account a"
                " join tangram.tenant t on t.id = a.tenant_id where t.slug = $1",
                tenant,
            )
        )
        await connection.execute(
            "update tangram.account set department_id = $2 where id = $1", people[MANAGER], departments[3]
        )
        owners = [people[AGENT], *(UUID(int=(0x0191 << 112) + n) for n in range(1, _OWNERS))]
        columns = ("id", "created_at", "updated_at", "version", "name", "amount", "phone", "owner_id", "department_id")
        await connection.copy_records_to_table(
            "deal", schema_name=schema, columns=columns, records=_deals(records, owners, departments)
        )
        await connection.execute(f'vacuum (analyze) "{schema}".deal')
        await connection.execute(f'analyze "{schema}".department')
        await connection.execute("checkpoint")
    finally:
        await connection.close()


def _deals(count: int, owners: Sequence[UUID], departments: Sequence[UUID]) -> Iterator[tuple[Any, ...]]:
    chance = random.Random(3)
    for n in range(1, count + 1):
        at = _START + dt.timedelta(seconds=n * 20)
        owner, department = chance.choice(owners), chance.choice(departments)
        yield UUID(int=(0x0192 << 112) + n), at, at, 1, f"D{n}", n % 9_000, f"+86138{n:08d}", owner, department
