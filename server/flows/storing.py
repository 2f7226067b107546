"""Instances in PostgreSQL: read under the lock of their row, written by one statement."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import msgspec
import uuid_utils

from metadata.flows.values import FlowNode
from metadata.problems import ConflictError, NotFoundError
from server.context import Context
from server.flows import sql
from server.flows.decisions import (
    Effect,
    Ended,
    Note,
    SetTimer,
    StopTimers,
    Tell,
)
from server.flows.definition import Definition, unpacked
from server.flows.state import Instance, Phase, Task, TaskStatus, Token

__all__ = ["Held", "load", "lock", "lock_by_task", "open_node", "save", "save_all"]


@dataclass(frozen=True, slots=True)
class Held:
    """An instance as it is stored, with what never changes of it.

    Attributes:
        state: What a transition changes.
        definition: The version it runs on.
        flow: Name of the flow.
        number: Of the version.
        table: Physical table of its record.
        parent: Instance, token and visit that wait for it; empty for none.
        started_at: When it was started.
    """

    state: Instance
    definition: Definition
    flow: str
    number: int
    table: str
    started_at: datetime
    parent: tuple[str, int, int] | None = None


_HEAD = msgspec.json.Decoder(Instance, strict=False)
_TOKENS = msgspec.json.Decoder(list[Token])
_TASKS = msgspec.json.Decoder(list[Task])
_ENCODER = msgspec.json.Encoder(decimal_format="number")


async def lock(connection: Any, tenant_id: str, instance_id: str) -> None:
    """Wait for the transitions before this one.

    Raises:
        NotFoundError: `unknown_instance`.
    """
    if await connection.fetchval(sql.LOCK_INSTANCE, tenant_id, instance_id) is None:
        raise NotFoundError.single("unknown_instance", "There is no such instance of a flow.", path=("id",))


async def lock_by_task(connection: Any, tenant_id: str, task_id: str) -> tuple[str, int]:
    """The same for the instance of a task: its id, and the task's number in it.

    Raises:
        NotFoundError: `unknown_task`.
    """
    row = await connection.fetchrow(sql.LOCK_BY_TASK, tenant_id, task_id)
    if row is None:
        raise NotFoundError.single("unknown_task", "There is no such task.", path=("task",))
    return row["id"], row["number"]


async def load(connection: Any, tenant_id: str, instance_id: str) -> Held:
    """An instance as it is now.

    Raises:
        NotFoundError: `unknown_instance`.
    """
    row = await connection.fetchrow(sql.LOAD_INSTANCE, tenant_id, instance_id)
    if row is None:
        raise NotFoundError.single("unknown_instance", "There is no such instance of a flow.", path=("id",))
    state = replace(
        _HEAD.decode(row["head"]),
        tokens={token.id: token for token in _TOKENS.decode(row["tokens"])},
        tasks={task.id: task for task in _TASKS.decode(row["tasks"])},
    )
    parent = (row["parent_id"], row["parent_token"], row["parent_visit"]) if row["parent_id"] else None
    return Held(
        state, unpacked(row["definition"]), row["flow"], row["number"], row["object"], row["started_at"], parent
    )


def open_node(held: Held, number: int, actor: str) -> FlowNode:
    """The node of a task that is open and the actor's to do.

    Raises:
        NotFoundError: `unknown_task`: it is none of the actor's.
        ConflictError: `task_closed`.
    """
    task = held.state.tasks.get(number)
    if task is None or task.status is not TaskStatus.OPEN:
        raise ConflictError.single(
            "task_closed", "The task is closed: somebody was first, or it was called off.", hint="Read it again."
        )
    if not task.may_be_done_by(actor):
        raise NotFoundError.single("unknown_task", "There is no such task of yours.", path=("task",))
    return held.definition.steps[task.node].node


async def save(
    connection: Any, context: Context, before: Held, after: Instance, effects: Sequence[Effect], now: datetime
) -> Held:
    """Store a transition: everything that it changed, its history, its timers and its event.

    Args:
        connection: In the transaction of the transition.
        context: Who acts.
        before: As it was read, or as it begins.
        after: As it was decided.
        effects: What was decided, without questions.
        now: The instant of the transition.
    """
    after, arguments = _stored(context, before, after, effects, now)
    await connection.fetchval(sql.SAVE, *arguments)
    return replace(before, state=after)


async def save_all(
    connection: Any, saved: Sequence[tuple[Context, Held, Instance, Sequence[Effect]]], now: datetime
) -> None:
    """The same for several instances: who acts, as it begins, as it was decided, and what was decided besides."""
    rows = [_stored(context, before, after, effects, now)[1] for context, before, after, effects in saved]
    await connection.executemany(sql.SAVE, rows)


def _stored(
    context: Context, before: Held, after: Instance, effects: Sequence[Effect], now: datetime
) -> tuple[Instance, list[Any]]:
    """An instance with its new version, and the values of the statement that stores it."""
    known = before.state
    after = replace(after, version=known.version + (1 if known.tokens or known.trail or known.last_task else 0))
    changed = [token for token in after.tokens.values() if known.tokens.get(token.id) != token]
    gone = [number for number in known.tokens if number not in after.tokens]
    tasks = [task for task in after.tasks.values() if known.tasks.get(task.id) != task]
    timers, stopped = _timers(before, effects)
    notes = [effect for effect in effects if isinstance(effect, Note)]
    actor, cause = context.actor, context.cause
    return after, [
        context.model.tenant_id,
        after.id,
        _json(_head(before, after, now)),
        gone,
        _json([_token(token) for token in changed]),
        _json([_task(task, now) for task in tasks]),
        _json([_note(note) for note in notes]),
        now,
        stopped,
        _json(timers),
        actor.id or None,
        actor.kind.value,
        actor.name,
        _json(_told(before, after, notes, effects)),
        list(cause.chain),
        cause.request_id,
        context.model.version,
    ]


def _head(before: Held, after: Instance, now: datetime) -> dict[str, Any]:
    parent_id, parent_token, parent_visit = before.parent or (None, 0, 0)
    return {
        "flow": before.flow,
        "number": before.number,
        "object": before.table,
        "record_id": after.record,
        "status": after.status.value,
        "initiator": after.initiator or None,
        "parent_id": parent_id,
        "parent_token": parent_token,
        "parent_visit": parent_visit,
        "variables": after.variables,
        "next_id": after.next_id,
        "trail": after.trail,
        "agreed": sorted(after.agreed),
        "last_task": after.last_task,
        "failures": sum(token.phase is Phase.FAILED for token in after.tokens.values()),
        "version": after.version,
        "started_at": before.started_at,
        "ended_at": now if after.status.is_over else None,
    }


def _token(token: Token) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.to_builtins(token)
    return found


def _task(task: Task, now: datetime) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.to_builtins(task)
    return found | {
        "uid": str(uuid_utils.uuid7()),  # of a task that is new; others keep theirs
        "assignee": task.assignee or None,
        "done_by": task.done_by or None,
        "delegated_by": task.delegated_by or None,
        "done_at": now if task.status in (TaskStatus.DONE, TaskStatus.CANCELLED) else None,
    }


def _note(note: Note) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.to_builtins(note)
    return found | {"actor": note.actor or None}


def _timers(before: Held, effects: Iterable[Effect]) -> tuple[list[dict[str, Any]], list[str]]:
    """The timers that stand after all effects, and keys of those to be stopped."""
    wanted: dict[str, dict[str, Any]] = {}
    stopped: dict[str, None] = {}
    instance = before.state.id
    names = {timer.name for step in before.definition.steps.values() for timer in step.node.timers} | {""}
    for effect in effects:
        if isinstance(effect, SetTimer):
            key = f"{instance}:{effect.token}:{effect.visit}:{effect.timer}"
            payload = {
                "instance": instance,
                "token": effect.token,
                "visit": effect.visit,
                "timer": effect.timer,
                "count": effect.count,
            }
            wanted[key] = {"key": key, "due_at": effect.due, "payload": payload}
            stopped.pop(key, None)
        elif isinstance(effect, StopTimers):
            for name in names:
                key = f"{instance}:{effect.token}:{effect.visit}:{name}"
                wanted.pop(key, None)
                stopped[key] = None
    return list(wanted.values()), list(stopped)


def _told(before: Held, after: Instance, notes: Sequence[Note], effects: Iterable[Effect]) -> dict[str, Any]:
    """What the transition's event carries: whom to tell what, and how it moved."""
    tells = [_tell(after, notes, effect) for effect in effects if isinstance(effect, Tell)]
    told: dict[str, Any] = {
        "flow": before.flow,
        "object": before.table,
        "record": after.record,
        "acts": [{"act": note.act, "node": note.node, "to": note.to, "outcome": note.outcome} for note in notes],
    }
    if tells:
        told["tell"] = tells
    if any(
        token.phase is Phase.WAITING
        and before.definition.steps[token.node].kind.key == "wait_for"
        and before.state.tokens.get(token.id) != token
        for token in after.tokens.values()
    ):
        told["waits"] = True  # what was written while this was decided is looked at once it is stored
    ended = next((effect.result for effect in effects if isinstance(effect, Ended)), "")
    if ended:
        told["ended"] = ended
        if before.parent is not None:
            told["parent"] = list(before.parent)
    return told


def _tell(after: Instance, notes: Sequence[Note], effect: Tell) -> dict[str, Any]:
    """Whom to tell what, with what their message may name: the step, by when it is to be done, what was said."""
    told: dict[str, Any] = {"what": effect.what, "task": effect.task, "people": effect.people}
    task = after.tasks.get(effect.task)
    if task is not None:
        told |= {"node": task.node, "due_at": task.due_at}
    comment = next((note.comment for note in notes if note.act == effect.what and note.comment), "")
    if comment and effect.what == "urged":
        told["comment"] = comment
    return told


def _json(value: Any) -> str:
    return _ENCODER.encode(value).decode()
