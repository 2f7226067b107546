"""Sharing statements: who waits, who is told what, and what happens to those who have gone."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import asyncpg
import orjson
import pytest

from server.records.statements import Statement
from server.records.writing.shared import SharedWrites

STATEMENT = Statement("write $1 at $2", ("input", "now"))


@dataclass
class Database:
    """Takes statements one by one when it is told to, and remembers their rows."""

    gate: asyncio.Event = field(default_factory=asyncio.Event)
    gates: dict[str, asyncio.Event] = field(default_factory=dict)
    seen: list[list[str]] = field(default_factory=list)
    refused: frozenset[str] = frozenset()
    error: type[Exception] = asyncpg.CheckViolationError
    lent: int = 0

    async def take(self, _tenant: str) -> Any:
        self.lent += 1
        return SimpleNamespace(connection=self)

    def give_back(self, _slot: Any) -> None:
        self.lent -= 1

    async def fetch(self, _sql: str, rows: bytes, _now: str, _actor: str = "") -> Sequence[Any]:
        ids = [row["id"] for row in orjson.loads(rows)]
        self.seen.append(ids)
        await self.gates.get(ids[0], self.gate).wait()
        if self.refused & set(ids):
            raise self.error("refused")
        return [{"id": id, "data": id.encode()} for id in ids]


class Run:
    """What a write tells of its request."""

    def __init__(self, actor: str = "anna") -> None:
        self.actor = actor
        self.now = datetime.now(UTC)
        self.context = SimpleNamespace(model=SimpleNamespace(tenant_id="t"), cause=SimpleNamespace(request_id="r"))

    def arguments(self, statement: Statement, extra: dict[str, Any]) -> list[Any]:
        return [extra.get(name, self.actor) for name in statement.parameters]


def written(writes: SharedWrites, id: str, statement: Statement = STATEMENT, actor: str = "anna") -> asyncio.Task[Any]:
    return asyncio.create_task(writes.write(Run(actor), statement, {"id": id}))  # type: ignore[arg-type]


async def settled() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_two_go_at_once_and_the_others_together_by_id() -> None:
    database = Database()
    writes = SharedWrites(database)
    tasks = [written(writes, id) for id in ("a", "b", "e", "d", "c")]
    await settled()
    assert database.seen == [["a"], ["b"]]
    database.gate.set()
    assert [row["data"] for row in await asyncio.gather(*tasks)] == [b"a", b"b", b"e", b"d", b"c"]
    assert database.seen[2:] == [["c", "d", "e"]]
    assert database.lent == 0


async def test_a_second_statement_starts_once_as_many_wait_as_the_first_writes() -> None:
    database = Database(gates={id: asyncio.Event() for id in "abc"})
    writes = SharedWrites(database)
    tasks = [written(writes, id) for id in "abcde"]
    await settled()
    database.gates["a"].set()
    database.gates["b"].set()
    await settled()
    assert database.seen == [["a"], ["b"], ["c", "d", "e"]]
    tasks += [written(writes, id) for id in "fg"]
    await settled()
    assert len(database.seen) == 3
    tasks.append(written(writes, "h"))
    await settled()
    assert database.seen[3:] == [["f", "g", "h"]]
    database.gates["c"].set()
    database.gate.set()
    assert [row["id"] for row in await asyncio.gather(*tasks)] == list("abcdefgh")


async def test_a_few_that_wait_go_when_the_crowd_before_them_is_done() -> None:
    database = Database(gates={id: asyncio.Event() for id in "abc"})
    writes = SharedWrites(database)
    tasks = [written(writes, id) for id in "abcde"]
    await settled()
    database.gates["a"].set()
    database.gates["b"].set()
    await settled()
    tasks.append(written(writes, "f"))
    await settled()
    assert database.seen[-1] == ["c", "d", "e"]
    database.gates["c"].set()
    await settled()
    assert database.seen[-1] == ["f"]
    database.gate.set()
    await asyncio.gather(*tasks)
    assert database.lent == 0


async def test_a_record_is_in_a_statement_once() -> None:
    database = Database()
    writes = SharedWrites(database)
    tasks = [written(writes, id) for id in ("a", "b", "c", "c", "d", "c")]
    await settled()
    database.gate.set()
    await asyncio.gather(*tasks)
    assert sorted(database.seen[2:]) == [["c"], ["c"], ["c", "d"]]


async def test_a_record_that_a_statement_writes_is_not_in_the_one_beside_it() -> None:
    database = Database(gates={id: asyncio.Event() for id in "ab"})
    writes = SharedWrites(database)
    tasks = [written(writes, id) for id in ("a", "a", "b", "b", "c")]
    await settled()
    assert database.seen == [["a"], ["b"]]
    database.gate.set()
    database.gates["b"].set()
    await settled()
    assert database.seen[2:] == [["b", "c"]]
    database.gates["a"].set()
    await asyncio.gather(*tasks)
    assert database.seen[3:] == [["a"]]


async def test_a_refused_statement_is_run_in_halves_until_the_fault_is_alone() -> None:
    database = Database(refused=frozenset({"5"}))
    writes = SharedWrites(database)
    tasks = [written(writes, id) for id in ("a", "b", *"12345678")]
    await settled()
    database.gate.set()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(one) for one in results if isinstance(one, Exception)] == [asyncpg.CheckViolationError]
    assert isinstance(results[6], asyncpg.CheckViolationError)
    assert ["5"] in database.seen
    assert ["1", "2", "3", "4"] in database.seen


@pytest.mark.parametrize("error", [asyncpg.ConnectionDoesNotExistError, asyncpg.AdminShutdownError])
async def test_what_may_have_been_written_is_not_written_again(error: type[Exception]) -> None:
    database = Database(refused=frozenset({"c"}), error=error)
    writes = SharedWrites(database)
    tasks = [written(writes, id) for id in ("a", "b", "c", "d")]
    await settled()
    database.gate.set()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(one) for one in results[2:]] == [error, error]
    assert database.seen.count(["c", "d"]) == 1
    assert len(database.seen) == 3


async def test_who_has_gone_is_left_out_and_nobody_waits_for_them() -> None:
    database = Database()
    writes = SharedWrites(database)
    tasks = [written(writes, id) for id in ("a", "b", "c", "d")]
    await settled()
    tasks[0].cancel()
    tasks[2].cancel()
    await settled()
    database.gate.set()
    assert (await tasks[1])["data"] == b"b"
    assert (await tasks[3])["data"] == b"d"
    assert ["d"] in database.seen
    assert database.lent == 0


async def test_other_actors_and_other_statements_do_not_share() -> None:
    database = Database()
    writes = SharedWrites(database)
    other = Statement("change $1 at $2", ("input", "now", "actor.id"))
    tasks = [written(writes, actor + id, other, actor) for actor in ("anna", "bo") for id in "12"]
    tasks += [written(writes, id) for id in "12"]
    await settled()
    assert sorted(database.seen) == [["1"], ["2"], ["anna1"], ["anna2"], ["bo1"], ["bo2"]]
    database.gate.set()
    await asyncio.gather(*tasks)
