"""Flows under load: tasks done by the engine and through GraphQL, automatic nodes, timers, due dates.

Beside each figure stands what `pgbench` reaches with the rows alone that such a step writes, hand-written and without
anything that decides: the ceiling of this machine's PostgreSQL for the same work.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import asyncpg
import uvloop
import yaml

from bench.installation import POOL_SIZE, Installation, signed_in, tangram_processes
from bench.pgbench import run_script
from metadata.calendars.arithmetic import due_after
from metadata.calendars.hours import compile_calendar
from metadata.calendars.values import Calendar, WorkWindow
from server.access.plan import ADMINISTRATOR
from server.app import Services, open_services
from server.context import Actor, ActorKind, Context
from server.flows.answering import Standing
from server.flows.decisions import Complete
from server.flows.engine import FlowEngine
from server.records.writing.saving import RecordWriter
from server.tenants import LoadedTenant

__all__ = ["FlowFigures", "Rate", "measure"]

_Found = TypeVar("_Found")
_CLIENTS = 8
_RECORDS = 200
_WORK = """
- {name: begin, kind: start, settings: {once: false}, edges: [{to: first}]}
- {name: first, kind: task, settings: {assign: [{by: initiator}]}, edges: [{to: second}]}
- {name: second, kind: task, settings: {assign: [{by: initiator}]}, edges: [{to: finish}]}
- {name: finish, kind: end}
"""
_TEN = """
- {name: begin, kind: start, settings: {once: false}, edges: [{to: sized}]}
- {name: sized, kind: script, settings: {variables: [{field: double, value: "=amount * 2"}]}, edges: [{to: large}]}
- {name: large, kind: decision, edges: [{to: far, when: amount > 1000000}, {to: kept, default: true}]}
- {name: kept, kind: query, settings: {value: "amount + 1", variable: next}, edges: [{to: named}]}
- {name: named, kind: script, settings: {variables: [{field: name, value: "=title"}]}, edges: [{to: open}]}
- {name: open, kind: decision, edges: [{to: told, when: amount >= 0}, {to: far, default: true}]}
- {name: told, kind: webhook, settings: {event: counted, values: [{field: amount, value: "=amount"}]}, edges: [{to: made}]}
- {name: made, kind: create, settings: {object: job_line, values: [{field: title, value: "=title"}]}, edges: [{to: set}]}
- {name: set, kind: update, settings: {values: [{field: state, value: counted}]}, edges: [{to: last}]}
- {name: last, kind: script, settings: {variables: [{field: done, value: "=true"}]}, edges: [{to: again}]}
- {name: again, kind: decision, edges: [{to: far, when: amount < 0}, {to: finish, default: true}]}
- {name: far, kind: end, settings: {result: error}}
- {name: finish, kind: end}
"""  # noqa: E501 # a node a line reads best
_DOCUMENT = """
objects:
  - name: job
    plural: jobs
    fields:
      - {name: title, type: text, required: true}
      - {name: amount, type: integer}
      - {name: state, type: text}
  - name: job_line
    plural: job_lines
    fields: [{name: title, type: text}]
flows:
"""
_APPLY = "mutation($document: JSON!) { applyMetadata(document: $document) { version } }"
_MAKE = "mutation($inputs: [CreateJobInput!]!) { createJobs(inputs: $inputs) { id } }"
_COMPLETE = "mutation($task: ID!) { completeTask(task: $task) { id version } }"
_OFFICE = Calendar(
    name="office",
    windows=(
        WorkWindow(days=(1, 2, 3, 4, 5), begins="09:00", ends="12:00"),
        WorkWindow(days=(1, 2, 3, 4, 5), begins="13:30", ends="18:00"),
    ),
    holidays="china",
)
_TASKS: str = """
select task.id from tangram.flow_task as task
join tangram.flow_instance as instance on instance.id = task.instance_id
where task.tenant_id = $1 and task.status = 'open' and task.node = 'first' and instance.flow = 'work'
order by task.id limit $2
"""
_TRANSITION = """
\\set n random(1, :instances)
select id as instance from bench.instance where n = :n \\gset
begin;
select id from tangram.flow_instance where id = :instance::uuid for update;
update tangram.flow_instance set version = version + 1 where id = :instance::uuid;
update tangram.flow_task set outcome = 'done', done_at = now() where instance_id = :instance::uuid and number = 2;
update tangram.flow_token set since = now() where instance_id = :instance::uuid;
insert into tangram.flow_history (tenant_id, instance_id, at, act, node, token, task, outcome, comment, "to")
    select :tenant::uuid, :instance::uuid, now(), act, 'first', 1, 2, '', '', ''
    from unnest(array['task_done', 'left', 'task_opened']) as act;
with logged as (
    insert into tangram.event (tenant_id, kind, object, record_id, actor_kind, actor_name, changes, cause, request_id,
        version)
    values (:tenant::uuid, 'bench', 'flow__instance', :instance::uuid, 'system', 'bench', '{}', '{}', '', 1)
    returning id, tenant_id
)
insert into tangram.event_queue (event_id, tenant_id) select id, tenant_id from logged;
commit;
"""
_TEN_ROWS = """
begin;
insert into tangram.flow_instance (id, tenant_id, flow, number, object, record_id, status, parent_token, parent_visit,
    variables, next_id, trail, agreed, last_task, failures, version, started_at, ended_at)
    values (uuidv7(), :tenant::uuid, 'ten', 1, 'bench', uuidv7(), 'done', 0, 0, '{}', 2, '{}', '{}', 0, 0, 1, now(),
        now());
insert into bench.line select uuidv7(), 'title';
update bench.job set state = 'counted', version = version + 1 where n = (random() * 199)::int;
insert into tangram.flow_history (tenant_id, instance_id, at, act, node, token, task, outcome, comment, "to")
    select :tenant::uuid, uuidv7(), now(), 'left', 'node', 1, 0, '', '', '' from generate_series(1, 12);
with logged as (
    insert into tangram.event (tenant_id, kind, object, record_id, actor_kind, actor_name, changes, cause, request_id,
        version)
    select :tenant::uuid, 'bench', 'flow__instance', uuidv7(), 'system', 'bench', '{}', '{}', '', 1
    from generate_series(1, 4)
    returning id, tenant_id
)
insert into tangram.event_queue (event_id, tenant_id) select id, tenant_id from logged;
commit;
"""
_BESIDE = """
create schema if not exists bench;
create table if not exists bench.instance (n bigint primary key, id uuid);
create table if not exists bench.line (id uuid, title text);
create table if not exists bench.job (n int primary key, state text, version int default 0);
insert into bench.job (n) select generate_series(0, 199) on conflict do nothing;
"""


@dataclass(frozen=True, slots=True)
class Rate:
    """What was done, how fast.

    Attributes:
        subject: What.
        done: How many.
        per_s: Of them in a second.
        p50_ms, p95_ms: How long one took.
        pgbench_per_s: What `pgbench` reaches with the same rows; 0 where there is none.
    """

    subject: str
    done: int
    per_s: float
    p50_ms: float
    p95_ms: float
    pgbench_per_s: float = 0.0

    def row(self) -> dict[str, Any]:
        """For the report."""
        return {
            "what": self.subject,
            "done": self.done,
            "per s": f"{self.per_s:,.0f}",
            "p50, ms": round(self.p50_ms, 2),
            "p95, ms": round(self.p95_ms, 2),
            "pgbench, per s": f"{self.pgbench_per_s:,.0f}" if self.pgbench_per_s else "",
        }


@dataclass(frozen=True, slots=True)
class FlowFigures:
    """What one run found.

    Attributes:
        tenant_id: The tenant.
        engine: Tasks completed by the engine.
        graphql: Tasks completed through GraphQL.
        ten: Flows of ten automatic nodes.
        due_us: Microseconds of one due date.
    """

    tenant_id: str
    engine: Rate
    graphql: Rate
    ten: Rate
    due_us: float

    @property
    def rates(self) -> tuple[Rate, ...]:
        """Those that have a rate."""
        return self.engine, self.graphql, self.ten


async def measure(
    place: Installation, tenant: str, email: str, *, tasks: int, seconds: int, say: Callable[[str], None]
) -> FlowFigures:
    """Measure on an empty tenant.

    Args:
        place: The installation.
        tenant: Its slug.
        email: Its administrator.
        tasks: Tasks that are completed in one measurement.
        seconds: Length of a round of pgbench.
        say: Told what is going on.
    """
    with tangram_processes(place) as process:
        async with signed_in(process.url, tenant, email) as client:
            document = yaml.safe_load(_DOCUMENT) | {"flows": [_flow("work", _WORK), _flow("ten", _TEN)]}
            await client.ask("/metadata", _APPLY, {"document": document})
            inputs = [{"title": f"job {n}", "amount": n} for n in range(_RECORDS)]
            made = await client.ask("/graphql", _MAKE, {"inputs": inputs})
            records = [one["id"] for one in made["createJobs"]]
    tenant_id, engine, ten, rest = await asyncio.to_thread(
        _on_uvloop, lambda: _in_the_engine(place, tenant, email, tasks, records, say)
    )
    say("completing tasks through GraphQL")
    graphql = await _through_graphql(place, tenant, email, rest)
    say("pgbench")
    beside = await _beside(place, tenant_id, seconds)
    return FlowFigures(
        tenant_id,
        _rate("task completed by the engine, 8 clients", engine, beside[0]),
        _rate("task completed through GraphQL, 8 clients", graphql, beside[0]),
        _rate("flow of 10 automatic nodes, 8 clients", ten, beside[1]),
        _due_us(),
    )


def _on_uvloop(work: Callable[[], Coroutine[Any, Any, _Found]]) -> _Found:
    """Run it on the loop that the server's own processes have."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work())


async def _in_the_engine(
    place: Installation, tenant: str, email: str, tasks: int, records: Sequence[str], say: Callable[[str], None]
) -> tuple[str, _Spread, _Spread, list[str]]:
    """The engine by itself: tasks, flows of ten nodes, and the tasks that are left."""
    async with open_services(replace(place.config, pool_size=POOL_SIZE)) as services:
        loaded = await services.tenants.get(tenant)
        work = _Work(services, loaded, await _account(services, loaded.model.tenant_id, email))
        say("starting flows")
        await _spread(_CLIENTS, tasks * 2, lambda n: work.start("work", records[n % len(records)]))
        say("completing tasks in the engine")
        mine = await work.tasks(tasks)
        engine = await _spread(_CLIENTS, len(mine), lambda n: work.complete(mine[n]))
        say("running flows of ten automatic nodes")
        ten = await _spread(_CLIENTS, tasks // 2, lambda n: work.start("ten", records[n % len(records)]))
        return loaded.model.tenant_id, engine, ten, await work.tasks(tasks)


def _flow(name: str, nodes: str) -> dict[str, Any]:
    return {"name": name, "object": "job", "live": True, "nodes": yaml.safe_load(nodes)}


class _Work:
    """The engine as a process has it."""

    def __init__(self, services: Services, loaded: LoadedTenant, account: str) -> None:
        self._services = services
        self._engine = FlowEngine(RecordWriter(services.vault, services.connections), {})
        actor = Actor(account, ActorKind.USER, "bench", ("administrator",))
        self._context = Context(loaded.model, actor, ADMINISTRATOR, loaded.epoch)
        self._tenant_id = loaded.model.tenant_id

    async def start(self, flow: str, record: str) -> None:
        async with self._services.connections.transaction(self._tenant_id) as connection:
            held = await self._engine.start(self._standing(connection), flow, record, initiator=self._context.actor.id)
        if any(token.failure for token in held.state.tokens.values()):
            raise RuntimeError(f"flow '{flow}' stopped: {[token.failure for token in held.state.tokens.values()]}")

    async def complete(self, task: str) -> None:
        actor = self._context.actor.id
        async with self._services.connections.transaction(self._tenant_id) as connection:
            await self._engine.act_on_task(
                self._standing(connection), task, lambda _state, number: Complete(number, actor, "done")
            )

    async def tasks(self, count: int) -> list[str]:
        """Tasks that wait."""
        async with self._services.connections.acquire(self._tenant_id) as connection:
            return [row["id"] for row in await connection.fetch(_TASKS, self._tenant_id, count)]

    def _standing(self, connection: Any) -> Standing:
        return Standing(connection, self._context, datetime.now(UTC))


async def _account(services: Services, tenant_id: str, email: str) -> str:
    async with services.connections.acquire(tenant_id) as connection:
        found: str = await connection.fetchval(
            "select id from tangram.account where tenant_id = $1 and email = $2", tenant_id, email
        )
        return found


@dataclass(frozen=True, slots=True)
class _Spread:
    """How long everything took, and each one, in milliseconds, sorted."""

    seconds: float
    each_ms: Sequence[float]


async def _spread(clients: int, count: int, do: Callable[[int], Awaitable[None]]) -> _Spread:
    """Do something `count` times with several clients, each one after the other."""
    waiting = iter(range(count))
    took: list[float] = []

    async def client() -> None:
        for number in waiting:
            began = time.perf_counter()
            await do(number)
            took.append((time.perf_counter() - began) * 1000)

    began = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for _ in range(clients):
            group.create_task(client())
    return _Spread(time.perf_counter() - began, sorted(took))


def _rate(subject: str, found: _Spread, pgbench_per_s: float) -> Rate:
    each, count = found.each_ms, len(found.each_ms)
    return Rate(subject, count, count / found.seconds, each[count // 2], each[int(count * 0.95)], pgbench_per_s)


async def _through_graphql(place: Installation, tenant: str, email: str, tasks: Sequence[str]) -> _Spread:
    with tangram_processes(place) as process:
        async with signed_in(process.url, tenant, email) as client:
            await client.ask("/graphql", "{ myTasks(first: 1) { id } }")

            async def complete(number: int) -> None:
                await client.ask("/graphql", _COMPLETE, {"task": tasks[number]})

            return await _spread(_CLIENTS, len(tasks), complete)


async def _beside(place: Installation, tenant_id: str, seconds: int) -> tuple[float, float]:
    """The same rows under pgbench: those of a transition, and those of a flow of ten nodes."""
    connection = await asyncpg.connect(place.administrator_url)
    try:
        await connection.execute(_BESIDE)
        await connection.execute("truncate bench.instance")
        count = await connection.fetchval(
            "with made as (insert into bench.instance select row_number() over (), id from tangram.flow_instance"
            " where tenant_id = $1 and flow = 'work' returning 1) select count(*) from made",
            tenant_id,
        )
    finally:
        await connection.close()
    given = {"tenant": tenant_id, "instances": str(count)}
    return (
        await asyncio.to_thread(run_script, place, _TRANSITION, given, clients=_CLIENTS, seconds=seconds),
        await asyncio.to_thread(run_script, place, _TEN_ROWS, given, clients=_CLIENTS, seconds=seconds),
    )


def _due_us() -> float:
    """Microseconds of one due date: targets from half an hour to 72 working hours."""
    hours = compile_calendar(_OFFICE, "Asia/Shanghai")
    begin, rounds = datetime(2026, 3, 2, 1, tzinfo=UTC), 2_000
    targets = [1_800, 7_200, 14_400, 86_400, 259_200]
    began = time.perf_counter()
    for number in range(rounds):
        due_after(hours, begin + timedelta(minutes=37 * number), targets[number % len(targets)])
    return (time.perf_counter() - began) / rounds * 1e6
