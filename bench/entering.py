"""Very many who come into a segment at once: told, tagged, changed and sent on a journey, while workers are killed."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import asyncpg
import psutil

from bench.installation import Client, Installation, Process, signed_in, tangram_processes

__all__ = ["EntryFigures", "measure"]

_KILLS = (0.3, 0.6)
"""Shares of what is owed after which the worker is killed; the supervisor starts another."""
_KILLED_FROM = 100_000
"""Members from which on that is done: what a killed worker held waits 15 s, which says nothing about a few."""
_NEIGHBOURS_EVERY_S = 2.0
_DOCUMENT: dict[str, Any] = {
    "objects": [
        {
            "name": "guest",
            "plural": "guests",
            "fields": [
                {"name": "title", "type": "text", "required": True},
                {"name": "points", "type": "integer"},
                {"name": "marks", "type": "integer"},
                {"name": "about", "type": "tags", "settings": {}},
            ],
        }
    ],
    "tag_groups": [{"name": "worth", "object": "guest", "field": "about", "tags": [{"key": "rich"}]}],
}
_RULE = {
    "name": "welcome",
    "object": "guest",
    "live": True,
    "trigger": "event",
    "settings": {"source": "segment", "event": "entered", "name": "rich"},
    "log": "fired",
    "actions": [
        {"name": "mark", "kind": "set", "settings": {"values": [{"field": "marks", "value": "=marks + 1"}]}},
        {"name": "tag", "kind": "tag", "settings": {"group": "worth", "tags": ["rich"]}},
    ],
}
_JOURNEY = {
    "name": "hello",
    "object": "guest",
    "live": True,
    "journey": {"goal": "points > 1000"},
    "nodes": [
        {
            "name": "begin", "kind": "start", "settings": {"trigger": "segment", "segment": "keen"},
            "edges": [{"to": "mail"}],
        },
        {
            "name": "mail", "kind": "perform",
            "settings": {"action": "send", "settings": {"template": "hello", "channels": ["desk"]}},
            "edges": [{"to": "rest"}],
        },
        {"name": "rest", "kind": "delay", "settings": {"duration": "P3D"}, "edges": [{"to": "over"}]},
        {"name": "over", "kind": "end"},
    ],
}  # fmt: skip
_APPLY = "mutation($document: JSON!) { applyMetadata(document: $document) { version } }"
_NEIGHBOUR = 'mutation { made: createGuest(input: {title: "neighbour", points: 10, marks: 0}) { id } }'
_SEEN = "query($id: ID!) { guest(id: $id) { marks about } }"


@dataclass(frozen=True, slots=True)
class EntryFigures:
    """What one run found.

    Attributes:
        members: How many came in at once.
        entered_s: Until all were members and their events written, of a segment to which nobody listens.
        acted_s: Until all had come into another one, and its rule had changed and tagged each of them.
        travellers: How many came into a segment that starts a journey.
        started_s: Until each was on its way, and its message put down.
        kills: Workers that were killed meanwhile.
        memory_mb: The most that a worker held.
        wrong: Members without exactly one event, one run of the rule, one change and one tag, or travellers without
            exactly one run of the journey and one message.
        neighbour_s: The longest that a record of another tenant waited for the same rule.
    """

    members: int
    entered_s: float
    acted_s: float
    travellers: int
    started_s: float
    kills: int
    memory_mb: float
    wrong: int
    neighbour_s: float

    def row(self) -> dict[str, Any]:
        """For the report."""
        return {
            "members": f"{self.members:,}",
            "entered, s": f"{self.entered_s:.1f}",
            "changed and tagged, s": f"{self.acted_s:.1f}",
            "members/s": f"{self.members / self.acted_s:,.0f}",
            "journeys": f"{self.travellers:,}",
            "journeys/s": f"{self.travellers / self.started_s:,.0f}",
            "workers killed": self.kills,
            "worker, MB": f"{self.memory_mb:.0f}",
            "wrong": f"{self.wrong:,}",
            "neighbour, s": f"{self.neighbour_s:.1f}",
        }


async def measure(
    place: Installation, tenant: str, neighbour: str, email: str, *, members: int, travellers: int,
    say: Callable[[str], None],
) -> EntryFigures:  # fmt: skip
    """Measure in two tenants that have no object `guest` yet.

    Args:
        place: The installation.
        tenant: Slug of the one whose records come in.
        neighbour: Slug of another, which works meanwhile.
        email: Administrator of both.
        members: How many come in at once.
        travellers: How many of them start a journey, afterwards.
        say: Told what is going on.
    """
    database = await asyncpg.connect(place.administrator_url)
    try:
        with tangram_processes(place, background=True) as process:
            async with (
                signed_in(process.url, tenant, email) as client,
                signed_in(process.url, neighbour, email) as other,
            ):
                for each in (client, other):
                    await each.ask("/metadata", _APPLY, {"document": _DOCUMENT})
                run = _Run(database, process, client, other, await _id_of(database, tenant), say)
                await run.fill(tenant, members)
                await other.ask("/metadata", _APPLY, {"document": {"segments": [_RICH], "rules": [_RULE]}})
                return await run.measured(members, travellers)
    finally:
        await database.close()


_PRESENT = {"name": "present", "object": "guest", "when": "points >= 0", "announce": True}
_RICH = {"name": "rich", "object": "guest", "when": "points >= 10", "announce": True}
_KEEN = {"name": "keen", "object": "guest", "when": "points == 11", "announce": True}
_WAYS = {
    "message_templates": [{"name": "hello", "title": {"en": "Hello"}, "body": {"en": "Welcome."}}],
    "contact_channels": [
        {"name": "desk", "object": "guest", "via": "webhook", "address": "title", "url": "https://example.com/",
         "consent": "marks > 5"},
    ],
}  # fmt: skip


@dataclass(eq=False)
class _Run:
    """One run, while it goes on."""

    database: Any
    process: Process
    client: Client
    other: Client
    tenant_id: str
    say: Callable[[str], None]
    kills: int = 0
    memory_mb: float = 0.0
    neighbour_s: float = 0.0
    table: str = ""

    async def fill(self, tenant: str, members: int) -> None:
        """Records that nobody has looked at yet."""
        self.say(f"making {members:,} records")
        self.table = f'"t_{tenant.replace("-", "_")}".guest'
        await self.database.execute(_FILL.format(table=self.table), members)
        await self.database.execute(f"analyze {self.table}")

    async def measured(self, members: int, travellers: int) -> EntryFigures:
        """All of it, one stage after the other."""
        watching = asyncio.create_task(self._watch())
        try:
            self.say(f"{members:,} come into a segment")
            began = time.perf_counter()
            await self.client.ask("/metadata", _APPLY, {"document": {"segments": [_PRESENT]}})
            await self._until(_REFRESHED, ("present",), 1, kill=False)
            entered_s = time.perf_counter() - began
            await self._until(_IDLE, (), 1, kill=False)
            self.say(f"in after {entered_s:.0f} s; they come into another, to which a rule listens")
            began = time.perf_counter()
            document = {"segments": [_PRESENT, _RICH], "rules": [_RULE]}
            await self.client.ask("/metadata", _APPLY, {"document": document})
            await self._until(_RUNS, (), members, kill=members >= _KILLED_FROM)
            acted_s = time.perf_counter() - began
            await self._until(_IDLE, (), 1, kill=False)
            self.say(f"done after {acted_s:.0f} s; {travellers:,} start a journey")
            await self.database.execute(_KEEN_ONES.format(table=self.table), travellers)
            began = time.perf_counter()
            document = {"segments": [_PRESENT, _RICH, _KEEN], "flows": [_JOURNEY], **_WAYS}
            await self.client.ask("/metadata", _APPLY, {"document": document})
            await self._until(_STARTED, (), travellers, kill=False)
            started_s = time.perf_counter() - began
        finally:
            watching.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watching
        wrong = await self.database.fetchval(_WRONG.format(table=self.table), self.tenant_id, members)
        lost = await self.database.fetchval(_LOST, self.tenant_id, travellers)
        return EntryFigures(
            members, entered_s, acted_s, travellers, started_s, self.kills, self.memory_mb, wrong + lost,
            self.neighbour_s,
        )  # fmt: skip

    async def _until(self, statement: str, arguments: tuple[Any, ...], wanted: int, *, kill: bool) -> None:
        """Wait until so many are counted; counting takes at most a twentieth of the time."""
        killed = 0
        while True:
            began = time.perf_counter()
            found = await self.database.fetchval(statement, self.tenant_id, *arguments)
            self._weigh()
            if found >= wanted:
                return
            if kill and killed < len(_KILLS) and found >= wanted * _KILLS[killed]:
                killed += self._kill()
            await asyncio.sleep(max(0.2, 20 * (time.perf_counter() - began)))

    def _workers(self) -> list[psutil.Process]:
        found = psutil.Process(self.process.process.pid).children(recursive=True)
        return [one for one in found if "server.worker_process" in _command(one)]

    def _weigh(self) -> None:
        for worker in self._workers():
            with contextlib.suppress(psutil.NoSuchProcess):
                self.memory_mb = max(self.memory_mb, worker.memory_info().rss / 2**20)

    def _kill(self) -> bool:
        for worker in self._workers():
            os.kill(worker.pid, signal.SIGKILL)
            self.kills += 1
        return True

    async def _watch(self) -> None:
        """How long the other tenant waits."""
        while True:
            began = time.perf_counter()
            record = (await self.other.ask("/graphql", _NEIGHBOUR))["made"]["id"]
            while True:
                guest = (await self.other.ask("/graphql", _SEEN, {"id": record}))["guest"]
                if guest["marks"] == 1:
                    break
                await asyncio.sleep(0.1)
            self.neighbour_s = max(self.neighbour_s, time.perf_counter() - began)
            await asyncio.sleep(_NEIGHBOURS_EVERY_S)


def _command(process: psutil.Process) -> str:
    with contextlib.suppress(psutil.NoSuchProcess):
        return " ".join(process.cmdline())
    return ""


async def _id_of(database: Any, tenant: str) -> str:
    found = await database.fetchval("select id::text from tangram.tenant where slug = $1", tenant)
    return str(found)


_FILL = """
insert into {table} (id, created_at, updated_at, title, points, marks)
select gen_random_uuid(), now(), now(), 'guest ' || n, 10, 0 from generate_series(1, $1::int) as n
"""
_KEEN_ONES = """
update {table} set points = 11 where id in (select id from {table} order by id limit $1)
"""
_REFRESHED = """
select count(*) from tangram.segment_state where tenant_id = $1 and segment = $2 and refreshed_at is not null
"""
_RUNS = "select count(*) from tangram.rule_run where tenant_id = $1 and rule = 'welcome' and outcome = 'fired'"
_IDLE = """
select (
    not exists (select from tangram.event_queue where tenant_id = $1)
    and not exists (select from tangram.job where tenant_id = $1 and state <> 'dead')
)::int
"""
_STARTED = "select count(*) from tangram.outreach_message where tenant_id = $1 and source = 'hello'"
_WRONG = """
with each as (
    select guest.id, guest.marks, guest.about,
        (select count(*) from tangram.rule_run as run
         where run.tenant_id = $1 and run.object = 'guest' and run.record_id = guest.id and run.rule = 'welcome'
            and run.outcome = 'fired') as runs,
        (select count(*) from tangram.tag_assignment as tag
         where tag.tenant_id = $1 and tag.object = 'guest' and tag.record_id = guest.id) as tags
    from {table} as guest
),
told as (
    select count(*) as events, count(distinct record_id) as records
    from tangram.event
    where tenant_id = $1 and object = 'segment__member' and kind = 'entered' and changes ->> 'segment' = 'rich'
)
select (select count(*) from each where marks <> 1 or about is distinct from array['rich'] or runs <> 1 or tags <> 1)
    + abs($2 - (select count(*) from each)) + (select abs($2 - events) + abs($2 - records) from told)
"""
_LOST = """
select abs($2 - count(*)) + abs($2 - count(distinct record_id))
    + (select abs($2 - count(*)) + abs($2 - count(distinct record_id)) from tangram.flow_instance
       where tenant_id = $1 and flow = 'hello')
    + (select abs($2 - count(*)) from tangram.journey_entry where tenant_id = $1 and flow = 'hello')
from tangram.outreach_message
where tenant_id = $1 and source = 'hello'
"""
