"""A long backlog handed out: capacity reserved, records written with their history, reasons kept, events told.

Beside the figure stands what `pgbench` reaches with the rows alone that one assignment writes, hand-written, one
assignment a transaction, and without anything that decides.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, TypeVar

import asyncpg
import uvloop
import yaml

from bench.installation import PASSWORD, POOL_SIZE, Installation, signed_in, tangram_processes
from bench.pgbench import run_script
from metadata.naming import tenant_schema
from server.access.plan import ADMINISTRATOR
from server.app import Services, open_services
from server.context import Actor, ActorKind, Context
from server.events.log import Event
from server.events.sql import EVENTS_BY_ID
from server.identity.accounts import NewAccount
from server.records.facts import Facts
from server.routing.assigning import Assigner, Place
from server.routing.intake import Intake
from server.routing.recording import Standing
from server.tenants import LoadedTenant

__all__ = ["RoutingFigures", "measure"]

_Found = TypeVar("_Found")
_AGENTS = 20
_SKILLS = ("pump", "boiler", "lift", "door")
_PAGE = 500
_BATCH = 200
"""Events that the relay hands on at a time."""
_CREATED = "select id from tangram.event where tenant_id = $1 and object = 'ticket' and kind = 'create' order by id"
_DOCUMENT = """
objects:
  - name: ticket
    plural: tickets
    fields:
      - {name: title, type: text, required: true}
      - {name: fault, type: text}
      - {name: urgent, type: boolean, default: false}
  - name: user
    plural: users
    fields: [{name: skills, type: tags}]
queues:
  - name: service
    object: ticket
    members: [{role: agent}]
    online: false
    capacity: "100000"
    priority: "urgent ? 1 : 0"
    steps:
      - {by: where, expression: fault in actor.skills, required: true}
      - {by: least_loaded}
      - {by: round_robin}
routing_rules:
  - {name: opened, object: ticket, queue: service, when: 'fault != null'}
"""
_APPLY = "mutation($document: JSON!) { applyMetadata(document: $document) { version } }"
_MAKE = "mutation($inputs: [CreateTicketInput!]!) { made: createTickets(inputs: $inputs) { id } }"
_BESIDE = """
\\set n random(1, :records)
select id as item, record_id as record from bench.item where n = :n \\gset
begin;
select id from tangram.routing_item where id = :item::uuid for update;
update tangram.routing_agent set assigned_at = now() where account_id = :agent::uuid;
with written as (
    update "TENANT".ticket set owner_id = :agent::uuid, version = version + 1, updated_at = now()
    where id = :record::uuid returning id
),
logged as (
    insert into tangram.event (tenant_id, kind, object, record_id, actor_kind, actor_name, changes, cause, request_id,
        version)
    select :tenant::uuid, 'update', 'bench', id, 'system', 'bench', '{"owner_id": [null]}'::jsonb, '{}'::bigint[], '', 1
    from written
    union all
    select :tenant::uuid, 'routing', 'bench', id, 'system', 'bench', '{"act": "assigned"}'::jsonb, '{}'::bigint[], '', 1
    from written
    returning id, tenant_id
)
insert into tangram.event_queue (event_id, tenant_id) select id, tenant_id from logged;
update tangram.routing_item set agent_id = :agent::uuid, version = version + 1 where id = :item::uuid;
insert into tangram.routing_decision (tenant_id, item_id, object, record_id, queue, at, act, agent_id, reason, detail)
    values (:tenant::uuid, :item::uuid, 'ticket', :record::uuid, 'service', now(), 'assigned', :agent::uuid, '', '{}');
commit;
"""


@dataclass(frozen=True, slots=True)
class RoutingFigures:
    """What one run found.

    Attributes:
        backlog: Pieces of work that waited.
        assigned: Of them, those that somebody has now.
        per_s: How many were assigned in a second.
        taken_in_per_s: How many records were put into the queue in a second.
        most, least: How many the busiest agent has, and the idlest of the same skill.
        pgbench_per_s: What pgbench reaches with the rows of one assignment.
    """

    backlog: int
    assigned: int
    per_s: float
    taken_in_per_s: float
    most: int
    least: int
    pgbench_per_s: float

    def row(self) -> dict[str, Any]:
        """For the report."""
        return {
            "backlog": f"{self.backlog:,}",
            "agents": _AGENTS,
            "assigned": f"{self.assigned:,}",
            "per s": f"{self.per_s:,.0f}",
            "put into the queue, per s": f"{self.taken_in_per_s:,.0f}",
            "most, least of one agent": f"{self.most}, {self.least}",
            "pgbench, per s": f"{self.pgbench_per_s:,.0f}",
        }


async def measure(
    place: Installation, tenant: str, email: str, *, backlog: int, seconds: int, say: Callable[[str], None]
) -> RoutingFigures:
    """Measure on an empty tenant.

    Args:
        place: The installation.
        tenant: Its slug.
        email: Its administrator.
        backlog: How many records wait.
        seconds: Length of a round of pgbench.
        say: Told what is going on.
    """
    say(f"creating {backlog:,} records")
    records: list[str] = []
    with tangram_processes(place) as process:
        async with signed_in(process.url, tenant, email) as client:
            await client.ask("/metadata", _APPLY, {"document": yaml.safe_load(_DOCUMENT)})
            for first in range(0, backlog, _PAGE):
                inputs = [
                    {"title": f"ticket {n}", "fault": _SKILLS[n % len(_SKILLS)], "urgent": n % 10 == 0}
                    for n in range(first, min(first + _PAGE, backlog))
                ]
                made = await client.ask("/graphql", _MAKE, {"inputs": inputs})
                records += [one["id"] for one in made["made"]]
    return await asyncio.to_thread(_on_uvloop, lambda: _hand_out(place, tenant, records, seconds, say))


def _on_uvloop(work: Callable[[], Coroutine[Any, Any, _Found]]) -> _Found:
    """Run it on the loop that the server's own processes have."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work())


async def _hand_out(
    place: Installation, tenant: str, records: list[str], seconds: int, say: Callable[[str], None]
) -> RoutingFigures:
    async with open_services(replace(place.config, pool_size=POOL_SIZE)) as services:
        loaded = await services.tenants.get(tenant)
        agent = await _hire(services, loaded)
        desk = _Desk(services, loaded)
        say("putting them into a queue")
        taken_in = await desk.take_in()
        say("handing them out")
        handed_out = await desk.hand_out()
        async with services.connections.acquire(loaded.model.tenant_id) as connection:
            held = await connection.fetch(
                "select agent_id, count(*) as held from tangram.routing_item where tenant_id = $1 and status = 'active'"
                " group by agent_id order by held",
                loaded.model.tenant_id,
            )
            owned = await connection.fetchval(
                f'select count(*) from "{tenant_schema(tenant)}".ticket as ticket'
                " join tangram.routing_item as item on item.record_id = ticket.id"
                " where ticket.owner_id = item.agent_id and ticket.version = 2"
            )
    say("pgbench")
    beside = await asyncio.to_thread(_beside, place, loaded, agent, len(records), seconds)
    return RoutingFigures(
        len(records),
        owned,
        len(records) / handed_out,
        len(records) / taken_in,
        held[-1]["held"],
        held[0]["held"],
        beside,
    )


async def _hire(services: Services, loaded: LoadedTenant) -> str:
    """Agents with a skill each; the id of one of them."""
    account_id = ""
    for number in range(_AGENTS):
        new = NewAccount(email=f"agent{number}@example.com", name=f"Agent {number}", roles=["agent"], password=PASSWORD)
        account, _ = await services.identity.accounts.create(loaded.model.tenant_id, new, created_by=None)
        account_id = account.id
        async with services.connections.transaction(loaded.model.tenant_id) as connection:
            await connection.execute(
                f'update "{loaded.model.schema}"."user" set skills = $2 where id = $1',
                account_id,
                [_SKILLS[number % len(_SKILLS)]],
            )
    return account_id


class _Desk:
    """The engine as a worker has it."""

    def __init__(self, services: Services, loaded: LoadedTenant) -> None:
        self._services, self._loaded = services, loaded
        self._assigner = Assigner(Facts())
        self._tenant_id = loaded.model.tenant_id

    async def take_in(self) -> float:
        """Put records into the queue by the events of their creation, as the relay has them put; seconds it took."""
        began, intake = time.perf_counter(), Intake(self._assigner)
        async with self._services.connections.acquire(self._tenant_id) as connection:
            rows = await connection.fetch(_CREATED, self._tenant_id)
        ids = [row["id"] for row in rows]
        for first in range(0, len(ids), _BATCH):
            async with self._services.connections.transaction(self._tenant_id) as connection:
                found = await connection.fetch(EVENTS_BY_ID, self._tenant_id, ids[first : first + _BATCH])
                await intake.written(self._standing(connection), [Event.from_row(row) for row in found])
        return time.perf_counter() - began

    async def hand_out(self) -> float:
        """Hand everything out, as jobs do one after the other; how many seconds it took."""
        began, after = time.perf_counter(), _NOWHERE
        while True:
            async with self._services.connections.transaction(self._tenant_id) as connection:
                places: dict[str, Place | None] = {"service": after}
                drained = (await self._assigner.drain(self._standing(connection), places))["service"]
            after = drained.after
            if after is None:
                return time.perf_counter() - began

    def _standing(self, connection: Any) -> Standing:
        actor = Actor("", ActorKind.SYSTEM, "routing.moved", ())
        context = Context(self._loaded.model, actor, ADMINISTRATOR, self._loaded.epoch)
        return Standing(connection, context, datetime.now(UTC))


_NOWHERE: Place | None = None


def _beside(place: Installation, loaded: LoadedTenant, agent: str, records: int, seconds: int) -> float:
    """The rows of one assignment under pgbench."""

    async def prepare() -> None:
        connection = await asyncpg.connect(place.administrator_url)
        try:
            await connection.execute(
                "create schema if not exists bench;"
                "drop table if exists bench.item;"
                "create table bench.item as select row_number() over () as n, id, record_id"
                f" from tangram.routing_item where tenant_id = '{loaded.model.tenant_id}';"
                "create index on bench.item (n); analyze bench.item"
            )
        finally:
            await connection.close()

    asyncio.run(prepare())
    given = {
        "tenant": loaded.model.tenant_id,
        "agent": agent,
        "records": str(records),
    }
    return run_script(place, _BESIDE.replace("TENANT", loaded.model.schema), given, clients=8, seconds=seconds)
