"""What an applied plan writes: schema, items, version, pending work. Within the caller's transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
import uuid_utils

from metadata.changes import names
from metadata.changes.plan import Plan
from metadata.changes.state import Item, State, changed_ids
from metadata.changes.steps import (
    AddForeignKey,
    CreateIndex,
    DropForeignKey,
    DropIndex,
    DropNotNull,
    SchemaStep,
    SetNotNull,
)
from server.audit.entries import MAX_RECORDS, AuditKind, NewEntry
from server.audit.log import append
from server.configuration import statements
from server.configuration.requests import Author, Planned
from server.context import Actor, ActorKind
from server.records import ddl
from server.records.index_conditions import IndexConditions

__all__ = ["changed_items", "pending_name", "planned", "run_script", "write_items", "write_pending", "write_version"]

_SCRIPT_TIMEOUT_S = 600
_RULES = frozenset({"role", "policy"})
_LONGEST_DIFFERENCE_BYTES = 48_000
_MOST_NAMES = 300


def planned(plan: Plan) -> Planned:
    """A plan with its SQL; a plan with faults has none."""
    if plan.faults:
        return Planned(plan, (), ())
    where_sql = IndexConditions(plan.model)
    schema = plan.model.schema
    later = (text for step in plan.later for text in _later(schema, step, where_sql))
    return Planned(plan, tuple(ddl.statements(schema, plan.steps, where_sql)), tuple(later))


def _later(schema: str, step: SchemaStep, where_sql: ddl.WhereSql) -> Iterable[str]:
    match step:
        case CreateIndex(table, index):
            yield ddl.create_index(schema, table, index, where_sql, concurrently=True)
        case SetNotNull(table, column):
            yield ddl.validate_constraint(schema, table, names.not_null(table, column))
            yield ddl.set_not_null(schema, table, column)
        case AddForeignKey(table, key):
            yield ddl.validate_constraint(schema, table, key.name)


async def run_script(connection: Any, texts: Sequence[str]) -> None:
    """Run DDL in one round trip."""
    if texts:
        await connection.execute(";\n".join(texts), timeout=_SCRIPT_TIMEOUT_S)


def changed_items(old: State, new: State) -> list[Item]:
    """The items to be written: new ones, and those of which anything differs."""
    changed = (new.items.get(item_id) for item_id in changed_ids(old.items, new.items))
    return [item for item in changed if item is not None and old.items.get(item.id) != item]


async def write_items(connection: Any, tenant_id: str, items: Sequence[Item], author: Author) -> None:
    """Write items as they are now."""
    if not items:
        return
    await connection.execute(statements.FREE_NAMES, tenant_id, [item.id for item in items])
    rows = [
        {
            **msgspec.structs.asdict(item),
            "parent_id": item.parent_id or None,
            "removed_version": item.removed_version or None,
        }
        for item in items
    ]
    await connection.execute(statements.PUT_ITEMS, tenant_id, msgspec.json.encode(rows).decode(), author.id)


async def write_version(
    connection: Any, tenant_id: str, version: int, done: Planned, *, author: Author, message: str
) -> None:
    """Write the log of one version."""
    plan = done.plan
    summary = {
        "statements": done.statements,
        "later": done.later,
        "warnings": [msgspec.to_builtins(one) for one in plan.warnings],
        "risks": [msgspec.to_builtins(one) for one in plan.risks],
        "touched": _count_touched(plan.old.items, plan.new.items),
    }
    await connection.execute(
        statements.ADD_VERSION,
        str(uuid_utils.uuid7()),
        tenant_id,
        version,
        author.id,
        author.name,
        message,
        msgspec.json.encode(plan.changes).decode(),
        msgspec.json.encode(summary).decode(),
    )
    await _audit(connection, tenant_id, version, plan, author=author, message=message)


async def _audit(connection: Any, tenant_id: str, version: int, plan: Plan, *, author: Author, message: str) -> None:
    """Who changed what roles and policies say goes into the audit log too."""
    rules = [change for change in plan.changes if change.kind in _RULES]
    if not rules:
        return
    told = msgspec.to_builtins(rules)
    if len(msgspec.json.encode(told)) > _LONGEST_DIFFERENCE_BYTES:  # the log of versions has them in full
        told = [{"op": change.op, "kind": change.kind, "name": change.name} for change in rules][:_MOST_NAMES]
    kind = ActorKind.USER if author.id else ActorKind.SYSTEM
    entry = NewEntry(
        tenant_id=tenant_id,
        kind=AuditKind.RULES_CHANGED,
        object="metadata",
        records=[change.id for change in rules][:MAX_RECORDS],
        detail={"version": version, "message": message, "count": len(rules), "changes": told},
        actor=Actor(author.id or "", kind, author.name, ()),
    )
    await append(connection, entry)


def _count_touched(old: Mapping[str, Item], new: Mapping[str, Item]) -> int:
    """Items of which anything differs, also what the log does not tell; see `CHANGES_BETWEEN`."""
    return sum(old.get(item_id) != new.get(item_id) for item_id in changed_ids(old, new))


async def write_pending(connection: Any, tenant_id: str, plan: Plan) -> None:
    """Note what a job has to finish, and forget what the plan made needless."""
    obsolete = [name for step in plan.steps if (name := _obsolete(step))]
    if obsolete:
        await connection.execute(statements.DROP_PENDING, tenant_id, obsolete)
    for step in plan.later:
        kind = "index" if isinstance(step, CreateIndex) else "validate"
        body = msgspec.json.encode(step).decode()
        new_id = str(uuid_utils.uuid7())
        await connection.execute(statements.ADD_PENDING, new_id, tenant_id, kind, pending_name(step), body)


def pending_name(step: SchemaStep) -> str:
    """The index or constraint that a later step is about."""
    match step:
        case CreateIndex(_, index):
            return index.name
        case SetNotNull(table, column):
            return names.not_null(table, column)
        case AddForeignKey(_, key):
            return key.name
        case _:
            raise TypeError(f"{type(step).__name__} is never left for later")


def _obsolete(step: SchemaStep) -> str:
    match step:
        case DropIndex(name) | DropForeignKey(_, name):
            return name
        case DropNotNull(table, column):
            return names.not_null(table, column)
        case _:
            return ""
