"""Processes are killed while flows, journeys, rules and a pool run: none is lost, nothing is done twice.

`SOAK_INSTANCES` says how many flows run, 12 unless set; the full soak has 2,000.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import re
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import psutil
import pytest
import yaml

from server.embedded.postgres import ADMINISTRATOR, remembered_postgres
from tests.serving import REPOSITORY, Serving, serve_environment, serving

_INSTANCES = int(os.environ.get("SOAK_INSTANCES", "12"))
_PASSWORD = "correct horse battery"
_CLIENTS = 6
_LIMIT_S = 180 + 2 * _INSTANCES

_LINES = 2
_DO = {"sign": "approveTask", "do": "completeTask"}
"""What people do, in this order; `ask` is left to its timer."""


def _marked(place: str) -> str:
    """Settings of a node that leaves a mark."""
    values = f'[{{field: title, value: "=title"}}, {{field: place, value: {place}}}]'
    return f"settings: {{object: mark, values: {values}}}"


_DOCUMENT = f"""
objects:
  - name: job
    plural: jobs
    fields:
      - {{name: title, type: text, required: true}}
      - {{name: done, type: integer, default: 0}}
      - {{name: left, type: integer, default: 0}}
      - {{name: points, type: integer, default: 0}}
  - name: line
    plural: lines
    fields: [{{name: job, type: relation, required: true, settings: {{to: job, inverse: lines}}}}]
  - name: mark
    plural: marks
    fields: [{{name: title, type: text}}, {{name: place, type: text}}]
flows:
  - name: work
    object: job
    live: true
    nodes:
      - {{name: begin, kind: start, edges: [{{to: sign}}]}}
      - {{name: sign, kind: approval, settings: {{assign: [{{by: initiator}}], mode: all}}, edges: [{{to: split}}]}}
      - {{name: split, kind: parallel, settings: {{join: meet}}, edges: [{{to: do}}, {{to: pause}}, {{to: each}}]}}
      - name: do
        kind: task
        settings: {{assign: [{{by: initiator}}]}}
        timers: [{{name: remind, after: PT1S, act: urge}}]
        edges: [{{to: count}}]
      - {{name: count, kind: update, settings: {{values: [{{field: done, value: "=done + 1"}}]}}, edges: [{{to: note}}]}}
      - {{name: note, kind: create, {_marked("note")}, edges: [{{to: meet}}]}}
      - {{name: pause, kind: delay, settings: {{duration: PT1S}}, edges: [{{to: late}}]}}
      - {{name: late, kind: create, {_marked("late")}, edges: [{{to: meet}}]}}
      - {{name: each, kind: for_each, settings: {{items: lines, join: all}}, edges: [{{to: lined}}]}}
      - {{name: lined, kind: create, {_marked("line")}, edges: [{{to: rest}}]}}
      - {{name: rest, kind: delay, settings: {{duration: PT1S}}, edges: [{{to: all}}]}}
      - {{name: all, kind: join, edges: [{{to: meet}}]}}
      - {{name: meet, kind: join, edges: [{{to: ask}}]}}
      - name: ask
        kind: task
        settings: {{assign: [{{by: initiator}}]}}
        timers: [{{name: given_up, after: PT1S, to: nobody, interrupting: true}}]
        edges: [{{to: finish}}]
      - {{name: nobody, kind: create, {_marked("nobody")}, edges: [{{to: tell}}]}}
      - {{name: tell, kind: message, settings: {{to: [{{by: initiator}}], subject: "{{title}}", body: over}}, edges: [{{to: hook}}]}}
      - {{name: hook, kind: webhook, settings: {{event: over, values: [{{field: title, value: "=title"}}]}}, edges: [{{to: inner}}]}}
      - {{name: inner, kind: subflow, settings: {{flow: leave}}, edges: [{{to: finish}}]}}
      - {{name: finish, kind: end}}
  - name: leave
    object: job
    live: true
    nodes:
      - {{name: begin, kind: start, edges: [{{to: rest}}]}}
      - {{name: rest, kind: delay, settings: {{duration: PT1S}}, edges: [{{to: count}}]}}
      - {{name: count, kind: update, settings: {{values: [{{field: left, value: "=left + 1"}}]}}, edges: [{{to: finish}}]}}
      - {{name: finish, kind: end}}
  - name: follow
    object: job
    live: true
    journey: {{goal: done > 1}}
    nodes:
      - {{name: begin, kind: start, settings: {{trigger: segment, segment: finished}}, edges: [{{to: went}}]}}
      - {{name: went, kind: create, {_marked("went")}, edges: [{{to: finish}}]}}
      - {{name: finish, kind: end}}
segments: [{{name: finished, object: job, when: left == 1, announce: true}}]
benefits: [{{name: bonus, object: job, kind: points, settings: {{balance: points}}}}]
pools: [{{name: sea, object: job, protection: PT2S}}]
rules:
  - name: born
    object: job
    live: true
    trigger: record
    settings: {{events: [create]}}
    actions:
      - {{name: mark, kind: create, {_marked("born")}}}
      - {{name: thank, kind: give, settings: {{benefit: bonus, amount: "5"}}}}
  - name: taken
    object: job
    live: true
    trigger: event
    settings: {{source: pool, event: recycled}}
    actions: [{{name: mark, kind: create, {_marked("taken")}}}]
  - name: moved
    object: job
    live: true
    trigger: field
    settings: {{field: done, after: "1"}}
    actions: [{{name: mark, kind: create, {_marked("moved")}}}]
  - name: dated
    object: job
    live: true
    trigger: date
    settings: {{of: created_at, offset: PT2S}}
    actions: [{{name: mark, kind: create, {_marked("dated")}}}]
"""  # noqa: E501 # a node a line reads best
_ILLEGAL = """
select 'token without instance that runs', instance.id::text from tangram.flow_token as token
    join tangram.flow_instance as instance on instance.id = token.instance_id
    where instance.status not in ('running', 'suspended')
union all
select 'instance that runs without a token', instance.id::text from tangram.flow_instance as instance
    where instance.status = 'running' and not exists (
        select from tangram.flow_token as token where token.instance_id = instance.id
    )
union all
select 'task without its token', task.id::text from tangram.flow_task as task
    where task.status in ('open', 'held') and not exists (
        select from tangram.flow_token as token
        where token.instance_id = task.instance_id and token.number = task.token and token.node = task.node
    )
union all
select 'split whose branches do not add up', token.instance_id::text from tangram.flow_token as token
    where token.phase = 'split' and token.expected <> token.arrived + cardinality(token.pending) + (
        select count(*) from tangram.flow_token as child
        where child.instance_id = token.instance_id and child.parent = token.number and not child.side
    )
union all
select 'incident', token.instance_id::text || ': ' || token.failure from tangram.flow_token as token
    where token.phase = 'failed'
"""

_LATER = re.compile('"busy_key"|"UNAVAILABLE"')
_OWED = """
select 'event', object, kind, id, now() from tangram.event_queue join tangram.event on id = event_id
union all
select handler, state, last_error, attempts, next_at from tangram.job where state <> 'dead'
limit 20
"""
_HOOKS = """
select count(*), count(distinct record_id) from tangram.event
where object = 'flow__instance' and kind = 'flow_message' and changes ->> 'event' = 'over'
"""


class Client:
    """Asks again until it is answered: what was killed in the middle has happened, or has not."""

    def __init__(self, url: str) -> None:
        self.http = httpx.AsyncClient(base_url=url, timeout=10, trust_env=False)
        self.headers: dict[str, str] = {}

    async def sign_in(self) -> None:
        body = {"tenant": "soak", "email": "admin@example.com", "password": _PASSWORD}
        answer = await self.answer("/auth/token", body)
        self.headers = {"authorization": f"Bearer {answer['access_token']}"}

    async def ask(self, query: str, variables: dict[str, Any], *, key: str = "", path: str = "/graphql") -> Any:
        """Data of an answer; errors that say that it has happened already are None."""
        answer = await self.answer(path, {"query": query, "variables": variables}, key=key)
        if answer.get("errors"):
            reasons = {error["extensions"]["reason"] for error in answer["errors"]}
            assert reasons <= {"task_closed", "flow_running", "instance_over"}, answer["errors"]
            return None
        return answer["data"]

    async def answer(self, path: str, body: dict[str, Any], *, key: str = "") -> Any:
        headers = self.headers | ({"idempotency-key": key} if key else {})
        async with asyncio.timeout(_LIMIT_S):
            while True:
                try:
                    response = await self.http.post(path, json=body, headers=headers)
                    if response.status_code < 500 and not _LATER.search(response.text):
                        return response.json()
                except httpx.TransportError:
                    pass
                await asyncio.sleep(0.05)


async def _kill_now_and_then(server: Serving, stop: asyncio.Event, chance: random.Random) -> int:
    """Kill a process of the server every now and then; how many."""
    kills = 0
    while not stop.is_set():
        web, background = server.processes("server.web_process"), server.processes("server.worker_process")
        if len(web) < 2 or not background or not await server.healthy():
            await asyncio.sleep(0.1)
            continue
        await asyncio.sleep(
            chance.uniform(0.0, 1.5 if kills else 0.1)
        )  # the first comes early: a fast machine is soon done
        if not stop.is_set():
            with contextlib.suppress(psutil.NoSuchProcess):
                chance.choice([*web, *background]).kill()
            kills += 1
    return kills


async def _work(client: Client, jobs: list[tuple[int, str]]) -> None:
    """Start a flow for each job, and do its tasks."""
    for number, job in jobs:
        await client.ask(
            'mutation($id: ID!) { startFlow(flow: "work", record: $id) { id } }', {"id": job}, key=f"start-{number}"
        )
        data = await client.ask(
            """query($id: ID!) { flowInstances(object: "job", record: $id) { id flow } }""", {"id": job}
        )
        (found,) = [{"id": one["id"]} for one in data["flowInstances"] if one["flow"] == "work"]
        for node, act in _DO.items():
            task = None
            async with asyncio.timeout(_LIMIT_S):
                while task is None:
                    tasks = await client.ask("query($id: ID!) { flowInstance(id: $id) { tasks { id node } } }", found)
                    task = next((one["id"] for one in tasks["flowInstance"]["tasks"] if one["node"] == node), None)
            await client.ask(f"mutation($task: ID!) {{ {act}(task: $task) {{ id }} }}", {"task": task})


@pytest.fixture
def folder() -> Iterator[Path]:
    """Apart from pytest's own folders, which another run may close to the database's account."""
    with tempfile.TemporaryDirectory(prefix="tangram-soak-") as made:
        yield Path(made)


@pytest.mark.timeout(_LIMIT_S * 4)
async def test_processes_killed_at_random_points_lose_nothing_and_do_nothing_twice(folder: Path) -> None:
    chance = random.Random(7)
    async with serving(folder, WORKERS="2", ADMIN_PASSWORD=_PASSWORD, JOBS="10") as server:
        await _found(folder)
        clients = [Client(server.url) for _ in range(_CLIENTS)]
        for client in clients:
            await client.sign_in()
        await clients[0].ask(
            "mutation($document: JSON!) { applyMetadata(document: $document) { version } }",
            {"document": yaml.safe_load(_DOCUMENT)},
            path="/metadata",
        )
        jobs = []
        for number in range(_INSTANCES):
            data = await clients[0].ask(
                "mutation($input: CreateJobInput!) { createJob(input: $input) { id } }",
                {"input": {"title": f"job {number}", "lines": {"create": [{}] * _LINES}}},
            )
            jobs.append((number, data["createJob"]["id"]))
        stop = asyncio.Event()
        killing = asyncio.create_task(_kill_now_and_then(server, stop, chance))
        try:
            async with asyncio.TaskGroup() as group:
                for place, client in enumerate(clients):
                    group.create_task(_work(client, jobs[place::_CLIENTS]))
        finally:
            stop.set()
        kills = await killing
        assert kills > 0
        await _ended(clients[0])
        await _told(folder)
        await _judge(folder)
        for client in clients:
            await client.http.aclose()


async def _found(folder: Path) -> None:
    """A tenant with an administrator."""
    account = ("user", "create", "soak", "admin@example.com", "--admin", "--password-stdin")
    for arguments in (("tenant", "create", "soak"), account):
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "server.cli", *arguments),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            env=serve_environment(folder, {}),
            cwd=REPOSITORY,
        )
        said, _ = await process.communicate(f"{_PASSWORD}\n".encode())
        assert process.returncode == 0, said.decode()


async def _ended(client: Client) -> None:
    """Wait until every flow has ended."""
    async with asyncio.timeout(_LIMIT_S):
        while (await client.ask("{ flowInstances(status: RUNNING, first: 1) { id } }", {}))["flowInstances"]:  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.2)


async def _told(folder: Path) -> None:
    """Wait until what the flows have to tell is told, too."""
    owed: list[Any] = []
    async with _looking(folder) as connection:
        for _ in range(5 * _LIMIT_S):
            owed = [tuple(row) for row in await connection.fetch(_OWED)]
            if not owed:
                return
            await asyncio.sleep(0.2)
    pytest.fail(f"still owed: {owed}")


async def _judge(folder: Path) -> None:
    """Look at the rows: every instance in a legal state, each effect once."""
    async with _looking(folder) as connection:
        assert [tuple(row) for row in await connection.fetch(_ILLEGAL)] == []
        flows = await connection.fetch(
            "select flow, status, count(*) from tangram.flow_instance group by 1, 2 order by 1"
        )
        assert [tuple(row) for row in flows] == [(name, "done", _INSTANCES) for name in ("follow", "leave", "work")]
        jobs = await connection.fetch(
            'select done, "left", points, owner_id is null, count(*) from t_soak.job group by 1, 2, 3, 4'
        )
        assert [tuple(row) for row in jobs] == [(1, 1, 5, True, _INSTANCES)]
        taken = await connection.fetch(
            "select act = 'recycle', count(*), count(distinct record_id) from tangram.pool_ledger group by 1 order by 1"
        )  # a clock starts when the pool follows the owner, or finds a record that has one
        assert [tuple(row) for row in taken] == [(ended, _INSTANCES, _INSTANCES) for ended in (False, True)]
        marks = await connection.fetch(
            "select place, count(*), count(distinct title) from t_soak.mark group by 1 order by 1"
        )
        assert [tuple(row) for row in marks] == [
            (place, _INSTANCES * (_LINES if place == "line" else 1), _INSTANCES)
            for place in ("born", "dated", "late", "line", "moved", "nobody", "note", "taken", "went")
        ]
        told = await connection.fetchrow(
            "select count(*), count(distinct title) from tangram.notification where body = 'over'"
        )
        assert tuple(told) == (_INSTANCES, _INSTANCES)
        hooks = await connection.fetchrow(_HOOKS)
        assert tuple(hooks) == (_INSTANCES, _INSTANCES)
        assert await connection.fetchval("select count(*) from tangram.job where state = 'dead'") == 0


@contextlib.asynccontextmanager
async def _looking(folder: Path) -> AsyncIterator[Any]:
    """The database, as its administrator sees it."""
    server = remembered_postgres(folder)
    assert server is not None
    connection = await asyncpg.connect(server.url(role=ADMINISTRATOR))
    try:
        yield connection
    finally:
        await connection.close()
