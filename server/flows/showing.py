"""Who sees which instance, and how instances and tasks are answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from metadata.problems import BadInputError, NotFoundError
from server.access.plan import Action
from server.actions import ActionRun
from server.flows import reading
from server.flows.answering import Standing
from server.flows.definition import unpacked
from server.flows.rights import configures, object_of
from server.records.reach import within_reach

__all__ = [
    "MAX_PAGE",
    "instance_shown",
    "page_size",
    "require_seen",
    "row_shown",
    "simulation_shown",
    "standing_of",
    "tasks_shown",
]

MAX_PAGE = 200
"""Entries of a page, and tasks that are done at once."""
Arguments = Mapping[str, Any]


async def require_seen(run: ActionRun, instance_id: str) -> None:
    """Refuse an instance as unknown, unless the actor sees its record, had part in it, or configures flows."""
    row = await run.connection.fetchrow(reading.INSTANCE, run.tenant_id, instance_id)
    if row is not None:
        if configures(run):
            return
        object_type = object_of(run.context.model, row["object"])
        # What somebody had part in once is theirs to look at while they may still read such records at all.
        reads = object_type is not None and run.context.access.rows(object_type.name, Action.READ) is not None
        given = (run.tenant_id, instance_id, run.user_id or None, reads)
        if await run.connection.fetchval(reading.INVOLVED, *given):
            return
        if object_type is not None and await within_reach(run, object_type, [row["record_id"]]):
            return
    raise NotFoundError.single("unknown_instance", "There is no such instance of a flow.", path=("id",))


async def instance_shown(run: ActionRun, instance_id: str) -> dict[str, Any]:
    """An instance with its tasks, as it is answered."""
    row = await run.connection.fetchrow(reading.INSTANCE, run.tenant_id, instance_id)
    tasks = await run.connection.fetch(reading.TASKS_OF_INSTANCE, run.tenant_id, instance_id)
    return {
        **row_shown(run, row),
        "tasks": await tasks_shown(run, tasks),
    }


async def tasks_shown(run: ActionRun, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rows of tasks as they are answered."""
    of = sorted({(row["flow"], row["number"]) for row in rows})
    flows, numbers = [flow for flow, _ in of], [number for _, number in of]
    found = await run.connection.fetch(reading.DEFINITIONS, run.tenant_id, flows, numbers) if of else []
    steps = {(row["flow"], row["number"]): unpacked(row["definition"]).steps for row in found}
    return [
        reading.task_shown(
            row, _object_name(run, row["object"]), steps.get((row["flow"], row["number"]), {}).get(row["node"])
        )
        for row in rows
    ]


def row_shown(run: ActionRun, row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of an instance as it is answered, without its tasks."""
    tokens = msgspec.json.decode(row["tokens"])
    whole = configures(run)  # what a flow has read, and why it failed, it knows by rights of its own
    return {
        **reading.instance_shown(row, _object_name(run, row["object"])),
        "variables": msgspec.json.decode(row["variables"]) if whole else {},
        "tokens": [
            {**token, "phase": token["phase"].upper(), "failure": token["failure"] if whole else ""} for token in tokens
        ],
        "tasks": [],
    }


def simulation_shown(run: ActionRun, found: dict[str, Any]) -> dict[str, Any]:
    """What a flow would do; to who does not configure flows the way and the time, not what it reads and writes."""
    if configures(run):
        return found
    path = [{**line, "comment": ""} for line in found["path"]]
    messages = [{name: told[name] for name in ("flow", "node", "record") if name in told} for told in found["messages"]]
    return {**found, "reason": None, "incidents": [], "path": path, "messages": messages}


def _object_name(run: ActionRun, table: str) -> str:
    found = object_of(run.context.model, table)
    return table if found is None else found.name


def standing_of(run: ActionRun) -> Standing:
    """Where and as whom an action stands."""
    return Standing(run.connection, run.context, run.instant)


def page_size(given: Arguments) -> int:
    """How many entries a page is asked to have."""
    first = given.get("first")
    if first is None:
        return 50
    if not 1 <= first <= MAX_PAGE:
        raise BadInputError.single("page_size", f"A page has 1 to {MAX_PAGE} entries.", path=("first",))
    return int(first)
