"""The whole server is killed in the middle of a run and of a close: what was under way is undone, and comes once.

`SETTLEMENT_RECORDS` says how many sales a month has, 3,000 unless set; with more of them the server is killed at every
place where something is booked, with the database and without.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import psutil
import pytest

from server.embedded.postgres import ADMINISTRATOR, remembered_postgres
from tests.serving import REPOSITORY, Serving, gone, serve_environment, serving

RECORDS = int(os.environ.get("SETTLEMENT_RECORDS", "3000"))
PLACES = [  # what is asked, the table that is next to be written to, whether the database is killed as well
    ("settle", "ledger_entry", True),
    ("close", "ledger_lock", False),
    ("settle", "price_booking", False),
    ("settle", "price_tally", True),
    ("close", "price_booking", True),
]
KILLS = PLACES if RECORDS > 3_000 else PLACES[:1]

_PASSWORD = "correct horse battery"
_LIMIT_S = 120 + RECORDS // 100
_TIERS = [{"percent": "1.5"}, {"lower": 900, "percent": 4}, {"lower": 90_000, "percent": 7}]
_RATE = {"component": "back", "name": "ladder", "model": "graduated_percentage", "settings": {"tiers": _TIERS}}
_PLAN = {
    "object": "sale",
    "live": True,
    "party": "dealer",
    "bases": [{"name": "gross", "value": "amount"}],
    "clocks": [{"name": "paid_at", "value": "paid_at"}],
    "components": [
        {
            "name": "back",
            "kind": "rebate",
            "min_period": 30_000,
            "shares": [{"payee": "dealer", "percent": "66.7"}, {"payee": "city", "percent": "33.3"}],
        }
    ],
    "rates": [_RATE],
}
_NAMES = ["whole", *(f"killed_{place}" for place in range(len(KILLS)))]
_DOCUMENT = {
    "objects": [
        {
            "name": "sale",
            "plural": "sales",
            "fields": [
                {"name": "dealer", "type": "text"},
                {"name": "city", "type": "text"},
                {"name": "amount", "type": "money"},
                {"name": "paid_at", "type": "datetime"},
            ],
        }
    ],
    "price_plans": [{"name": name, **_PLAN} for name in _NAMES],
}
_FILL = """
insert into t_kill.sale (id, created_at, updated_at, version, dealer, city, amount, paid_at)
select ('01900000-0000-7000-8001-' || lpad(to_hex(n), 12, '0'))::uuid, now(), now(), 1, 'd' || n % 97, 'c' || n % 7,
    (1000 + n * 37 % 90000) / 100.0, '2026-06-02T04:00:00Z'::timestamptz + n * (interval '20 days' / $1)
from generate_series(0, $1::int - 1) as n
"""
_ASKED = {
    "settle": """mutation($plan: String!) { made: settlePeriod(
        plan: $plan, from: "2026-06-01T00:00:00+08:00", to: "2026-07-01T00:00:00+08:00", first: 1000000) {
            settled known left refused } }""",
    "close": """mutation($plan: String!) { made: closePeriod(plan: $plan, period: "2026-06-01", reason: "end") {
        madeUp } }""",
}
_DUE = """query($plan: String!) {
    due: settlementBalances(plan: $plan) { account payee component amount }
    differences: settlementDifferences(plan: $plan) { party } }"""
_BLOCKED = "select count(*) from pg_locks where not granted and relation = $1::text::regclass"


@pytest.fixture
def folder() -> Iterator[Path]:
    """Apart from pytest's own folders, which another run may close to the database's account."""
    with tempfile.TemporaryDirectory(prefix="tangram-killed-") as made:
        yield Path(made)


class Client:
    """Somebody who settles."""

    def __init__(self, http: httpx.AsyncClient, token: str) -> None:
        self.http, self.token = http, token

    async def ask(self, query: str, plan: str = "", *, path: str = "/graphql", **more: Any) -> Any:
        body = {"query": query, "variables": {**({"plan": plan} if plan else {}), **more}}
        response = await self.http.post(path, json=body, headers={"authorization": f"Bearer {self.token}"})
        answer = response.json()
        assert "errors" not in answer, answer
        return answer["data"]


@asynccontextmanager
async def _signed_in(server: Serving) -> AsyncIterator[Client]:
    async with httpx.AsyncClient(base_url=server.url, timeout=_LIMIT_S, trust_env=False) as http:
        body = {"tenant": "kill", "email": "admin@example.com", "password": _PASSWORD}
        yield Client(http, (await http.post("/auth/token", json=body)).raise_for_status().json()["access_token"])


@asynccontextmanager
async def _looking(folder: Path) -> AsyncIterator[Any]:
    """The database, as its administrator sees it."""
    server = remembered_postgres(folder)
    assert server is not None
    connection = await asyncpg.connect(server.url(role=ADMINISTRATOR))
    try:
        yield connection
    finally:
        with contextlib.suppress(asyncpg.PostgresError, OSError):
            await connection.close(timeout=2)


async def _command(folder: Path, *arguments: str, given: str = "") -> str:
    """Run one of the server's commands, which succeeds."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "server.cli", *arguments),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env=serve_environment(folder, {}),
        cwd=REPOSITORY,
    )
    said, _ = await process.communicate(given.encode())
    assert process.returncode == 0, said.decode()
    return said.decode()


async def _fill(folder: Path, server: Serving) -> None:
    """A tenant with sales under equal plans; those whose close will be killed are settled."""
    await _command(folder, "tenant", "create", "kill")
    account = ("user", "create", "kill", "admin@example.com", "--admin", "--password-stdin")
    await _command(folder, *account, given=f"{_PASSWORD}\n")
    async with _signed_in(server) as client:
        apply = "mutation($document: JSON!) { applyMetadata(document: $document) { version } }"
        await client.ask(apply, path="/metadata", document=_DOCUMENT)
        async with _looking(folder) as connection:
            await connection.execute(_FILL.replace("$1", str(RECORDS)))
        for plan, (asked, _, _) in zip(_NAMES[1:], KILLS, strict=True):
            if asked == "close":
                await client.ask(_ASKED["settle"], plan)


async def _kill(folder: Path, server: Serving, plan: str, asked: str, table: str, *, with_database: bool) -> None:
    """Kill the whole server while it is about to write to a table, with what was written before uncommitted."""
    async with _signed_in(server) as client, _looking(folder) as connection, _looking(folder) as other:
        blocking = connection.transaction()
        await blocking.start()
        await connection.execute(f"lock table tangram.{table} in share mode")
        asking = asyncio.create_task(client.ask(_ASKED[asked], plan))
        async with asyncio.timeout(_LIMIT_S):
            while not await other.fetchval(_BLOCKED, f"tangram.{table}"):
                assert not asking.done(), asking.result()
                await asyncio.sleep(0.02)
        everything = server.everything()
        databases = {one.pid for each in server.processes("postgres") for one in [each, *each.children(recursive=True)]}
        killed = [one for one in everything if with_database or one.pid not in databases]
        server.process.kill()
        for one in killed:
            with contextlib.suppress(psutil.NoSuchProcess):
                one.kill()
        await server.process.wait()
        await gone(killed)
        with pytest.raises(httpx.TransportError):
            await asking


@pytest.mark.timeout(_LIMIT_S * 4)
async def test_the_whole_server_killed_in_the_middle_of_a_run_or_a_close_loses_and_doubles_nothing(
    folder: Path,
) -> None:
    for plan, (asked, table, with_database) in zip(_NAMES[1:], KILLS, strict=True):
        async with serving(folder, REQUEST_TIMEOUT_S="600") as server:
            if plan == _NAMES[1]:
                await _fill(folder, server)
            await _kill(folder, server, plan, asked, table, with_database=with_database)

    async with serving(folder, REQUEST_TIMEOUT_S="600") as server, _signed_in(server) as client:
        told, made_up = [], []
        for plan, killed in zip(_NAMES, ("", *(asked for asked, _, _ in KILLS)), strict=True):
            made = (await client.ask(_ASKED["settle"], plan))["made"]
            assert made == {
                "settled": 0 if killed == "close" else RECORDS,
                "known": RECORDS if killed == "close" else 0,
                "left": 0,
                "refused": {},
            }, f"nothing of it was booked when {plan} was killed, and all of it is now"
            made_up.append((await client.ask(_ASKED["close"], plan))["made"]["madeUp"])
            told.append(await client.ask(_DUE, plan))
        assert made_up[0] > 0
        assert made_up == made_up[:1] * len(_NAMES)
        assert told == told[:1] * len(_NAMES)
        assert told[0]["differences"] == []
        assert sum(Decimal(one["amount"]) for one in told[0]["due"]) == 0
        assert "kill" in await _command(folder, "ledger", "verify")
        async with _looking(folder) as connection:
            counts = await connection.fetch(
                "select plan, count(*), count(distinct key) from tangram.price_booking where kind = 'sale' group by 1"
            )
        assert {tuple(row) for row in counts} == {(plan, RECORDS, RECORDS) for plan in _NAMES}
