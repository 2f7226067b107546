"""Statements of one write, run: those kept for its plan, their arguments, and what it means when they find nothing.

Everything here works in the caller's transaction, or in that of a single statement.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import orjson

from metadata.expressions.tree import Expression
from metadata.model.values import ObjectType
from metadata.problems import ConflictError, Fault, ForbiddenError, LimitError, NotFoundError, Path
from server.access.plan import Action
from server.context import Context
from server.records.compiler import Compiler
from server.records.plans import NodePlan
from server.records.problems import StaleModelError
from server.records.statements import Statement
from server.records.writing.drafts import Draft
from server.records.writing.rights import Change, allowed, reach, settable
from server.records.writing.statements import WriteShape, compile_check, compile_node, compile_update
from server.request_notes import current_notes

__all__ = [
    "MAX_ROWS",
    "WriteRun",
    "answers_of",
    "change_ids",
    "change_where",
    "check_count",
    "check_rules",
    "compiled_statement",
    "explain_missing",
    "fetch_written",
    "in_transaction",
    "input_rows",
    "matching_ids",
    "not_allowed",
    "reachable_ids",
    "require_epoch",
    "visible_ids",
]

MAX_ROWS = 10_000
"""Records that one request may change."""


@dataclass(frozen=True, slots=True)
class WriteRun:
    """One write.

    Attributes:
        context: Who writes, where.
        now: The instant.
        node: What is answered of each record; None for nothing.
        where: Condition of a bulk change.
        parameter: Values of the parameters of `node` and `where`, by name.
        compiled: Statements made for this plan so far.
    """

    context: Context
    now: datetime
    node: NodePlan | None = None
    where: Expression | None = None
    parameter: Callable[[str], Any] | None = None
    compiled: dict[Any, Statement | None] = field(default_factory=dict)

    @property
    def today(self) -> date:
        """The day in the tenant's zone."""
        return self.context.day(self.now)

    def arguments(self, statement: Statement, extra: Mapping[str, Any]) -> list[Any]:
        """The values of a statement's placeholders."""
        return [self._value(name, extra) for name in statement.parameters]

    def _value(self, name: str, extra: Mapping[str, Any]) -> Any:
        if name in extra:
            return extra[name]
        read = _RUN_VALUES.get(name)
        if read is not None:
            return read(self)
        assert self.parameter is not None, name
        return self.parameter(name)


_RUN_VALUES: Mapping[str, Callable[[WriteRun], Any]] = {
    "tenant.id": lambda run: run.context.model.tenant_id,
    "epoch": lambda run: run.context.epoch,
    "now": lambda run: run.now.isoformat(),
    "today": lambda run: run.today.isoformat(),
    "timezone": lambda run: run.context.model.settings.timezone,
    "actor.id": lambda run: run.context.actor.id or None,
    "actor.roles": lambda run: list(run.context.actor.roles),
    "actor.kind": lambda run: run.context.actor.kind.value,
    "actor.name": lambda run: run.context.actor.name,
    "cause.chain": lambda run: list(run.context.cause.chain),
    "request.id": lambda run: run.context.cause.request_id,
    "request.origin": lambda _run: _origin(),
    "model.version": lambda run: run.context.model.version,
}


def _origin() -> str:
    """Where the request that is being answered came from, for what PostgreSQL logs by itself."""
    notes = current_notes()
    if notes is None:
        return "{}"
    return orjson.dumps({"address": notes.address, "agent": notes.agent.replace("\0", "")}).decode()


def in_transaction(connection: Any) -> Any:
    """The connection's transaction: the one that is open, or a new one."""
    return nullcontext() if connection.is_in_transaction() else connection.transaction()


def check_count(count: int) -> None:
    """Refuse to change more records than one request may."""
    if count > MAX_ROWS:
        raise LimitError.single(
            "too_many_records",
            f"A request may change {MAX_ROWS} records, this one changes {count} or more.",
            hint="Narrow the filter, or send several requests.",
        )


def compiled_statement(run: WriteRun, key: Any, make: Callable[..., Statement | None], shape: Any = None) -> Statement:
    """The statement of a key, compiled when the plan of this write has none yet."""
    statement = run.compiled.get(key)
    if statement is None:
        model, access = run.context.model, run.context.access
        statement = make(model, access) if shape is None else make(shape, model, access)
        run.compiled[key] = statement
    assert statement is not None
    return statement


def input_rows(run: WriteRun, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The rows of `input` as writing statements read them: each says which request it is of."""
    request_id = run.context.cause.request_id
    return [{**row, "request__id": request_id} for row in rows]


async def fetch_written(
    connection: Any,
    run: WriteRun,
    statement: Statement,
    rows: Sequence[Mapping[str, Any]],
    *,
    stale_when_empty: bool = True,
) -> list[Any]:
    """Run a writing statement over the rows of `input`; the rows `id`, `data` of what it wrote."""
    given = {"input": orjson.dumps(input_rows(run, rows))}
    found: list[Any] = await connection.fetch(statement.sql, *run.arguments(statement, given))
    if not found and stale_when_empty:
        await require_epoch(connection, run)
    return found


async def require_epoch(connection: Any, run: WriteRun) -> None:
    """Tell a statement that matched nothing from one that was out of date.

    Raises:
        StaleModelError: The tenant changed since the statement was compiled.
    """
    epoch = await connection.fetchval("select epoch from tangram.tenant where id = $1", run.context.model.tenant_id)
    if epoch != run.context.epoch:
        raise StaleModelError


async def change_where(
    connection: Any,
    run: WriteRun,
    object_type: ObjectType,
    columns: Mapping[str, Any],
    action: Action,
    kind: str,
    *,
    deleted: bool = False,
    checks: bool = True,
) -> list[str]:
    """Set columns of all records that meet `run.where`, in the caller's transaction; their ids."""
    shape = WriteShape(object_type, tuple(sorted(columns)), kind=kind, deleted=deleted, checks=checks)
    key = ("where", shape.object_type.name, shape.columns, action, kind)
    statement = compiled_statement(
        run, key, lambda model, access: compile_update(shape, model, access, where=run.where, action=action)
    )
    rows = await fetch_written(connection, run, statement, [{"id": None, **columns}], stale_when_empty=False)
    if not rows:
        await require_epoch(connection, run)
    check_count(len(rows))
    return [row["id"] for row in rows]


async def change_ids(
    connection: Any,
    run: WriteRun,
    object_type: ObjectType,
    rows: Sequence[Mapping[str, Any]],
    action: Action,
    kind: str,
    *,
    deleted: bool = False,
    node: NodePlan | None = None,
) -> dict[str, bytes]:
    """Set the same columns of records named by `id`; the answers of those that were found, by id."""
    if not rows:
        return {}
    columns = tuple(sorted(set(rows[0]) - {"id", "expected__version"}))
    shape = WriteShape(object_type, columns, node, kind=kind, deleted=deleted)
    key = ("ids", object_type.name, columns, action, kind, node is not None)
    statement = compiled_statement(run, key, lambda model, access: compile_update(shape, model, access, action=action))
    found = {
        row["id"]: row["data"] for row in await fetch_written(connection, run, statement, rows, stale_when_empty=False)
    }
    if len(found) < len(rows):
        await require_epoch(connection, run)
    return found


async def matching_ids(connection: Any, run: WriteRun, change: Change) -> list[str]:
    """Ids of the records that meet `run.where` and may be changed, locked."""
    compiler = Compiler(run.context.model, run.context.access)
    scope = compiler.open(change.object_type)
    conditions = reach(compiler, scope, change)
    if run.where is not None:
        conditions.append(compiler.expression(run.where, scope))
    sql = (
        f"select {scope.alias}.id {scope.from_clause} where {' and '.join(conditions)}"
        f" limit {MAX_ROWS + 1} for no key update of {scope.alias}"
    )
    rows = await connection.fetch(sql, *run.arguments(Statement(sql, compiler.parameters.names()), {}))
    check_count(len(rows))
    return [row["id"] for row in rows]


async def reachable_ids(connection: Any, run: WriteRun, change: Change, ids: Sequence[str]) -> list[str]:
    """Those of the named records that the actor may change so, as they are, locked."""
    compiler = Compiler(run.context.model, run.context.access)
    scope = compiler.open(change.object_type)
    conditions = [f"{scope.alias}.id = any({compiler.parameters.placeholder('ids', '::uuid[]')})"]
    conditions += reach(compiler, scope, change)
    conditions += settable(compiler, scope, change)
    sql = (
        f"select {scope.alias}.id {scope.from_clause} where {' and '.join(conditions)}"
        f" order by {scope.alias}.id for no key update of {scope.alias}"
    )
    statement = Statement(sql, compiler.parameters.names())
    return [row["id"] for row in await connection.fetch(sql, *run.arguments(statement, {"ids": list(ids)}))]


async def visible_ids(connection: Any, run: WriteRun, object_type: ObjectType, ids: Sequence[str]) -> list[str]:
    """Those of the named records that the actor sees; none where they see nothing of the object type."""
    if run.context.access.rights is None:
        return list(ids)
    if run.context.access.rows(object_type.name, Action.READ) is None:
        return []
    compiler = Compiler(run.context.model, run.context.access)
    scope = compiler.open(object_type)
    conditions = [f"{scope.alias}.id = any({compiler.parameters.placeholder('ids', '::uuid[]')})"]
    conditions += compiler.visible(scope)
    sql = f"select {scope.alias}.id {scope.from_clause} where {' and '.join(conditions)}"
    statement = Statement(sql, compiler.parameters.names())
    return [row["id"] for row in await connection.fetch(sql, *run.arguments(statement, {"ids": list(ids)}))]


async def explain_missing(connection: Any, run: WriteRun, missing: Sequence[Draft], change: Change) -> None:
    """Say why a record was not written: the actor sees none, may not change it, or it has another version.

    Raises:
        NotFoundError: There is none, or none that the actor sees; the two are told alike.
        ForbiddenError: The actor sees it and may not do this to it.
        ConflictError: It has another version than expected, or was changed at the same time.
    """
    compiler = Compiler(run.context.model, run.context.access)
    scope = compiler.open(change.object_type)
    conditions = [f"{scope.alias}.id = any({compiler.parameters.placeholder('ids', '::uuid[]')})"]
    conditions += compiler.visible(scope)
    may = allowed(compiler, scope, change)
    sql = (
        f"select {scope.alias}.id, {scope.alias}.version, {may} as allowed {scope.from_clause}"
        f" where {' and '.join(conditions)}"
    )
    statement = Statement(sql, compiler.parameters.names())
    rows = await connection.fetch(sql, *run.arguments(statement, {"ids": [draft.id for draft in missing]}))
    versions = {row["id"]: row["version"] for row in rows}
    draft = next((one for one in missing if one.id not in versions), missing[0])
    name = draft.object_type.name
    if draft.id not in versions:
        raise NotFoundError.single("unknown_record", f"There is no {name} with id {draft.id}.", path=("id",))
    refused = [row["id"] for row in rows if not row["allowed"]]
    if refused:
        raise ForbiddenError.of(not_allowed(change, id, ("id",)) for id in refused)
    version = versions[draft.id]
    if draft.expected_version is None or version == draft.expected_version:
        raise ConflictError.single(
            "not_written", f"The {name} {draft.id} could not be changed.", hint="Send the request again."
        )
    raise ConflictError.single(
        "version_conflict",
        f"The {name} is at version {version}, the request expects {draft.expected_version}.",
        path=("expectedVersion",),
        hint="Read the record again, and apply the change to what it is now.",
        version=version,
    )


def not_allowed(change: Change, id: str, path: Path) -> Fault:
    """That the actor may not do something to a record that they see."""
    return Fault(
        "row_not_allowed",
        f"You may not {change.action.value} the {change.object_type.name} {id}.",
        path,
        "Ask an administrator for the right.",
    )


async def check_rules(connection: Any, run: WriteRun, object_type: ObjectType, ids: Sequence[str]) -> None:
    """Check the validation rules of records that are written, as they are now."""
    statement = compile_check(object_type, run.context.model, run.context.access) if ids else None
    if statement is not None:
        await connection.fetch(statement.sql, *run.arguments(statement, {"ids": list(ids)}))


async def answers_of(connection: Any, run: WriteRun, ids: Sequence[str]) -> list[bytes]:
    """The answers of records written in this transaction, in order."""
    if run.node is None:
        return [b"null"] * len(ids)
    node = run.node
    statement = compiled_statement(run, ("node",), lambda model, access: compile_node(node, model, access))
    rows = await connection.fetch(statement.sql, *run.arguments(statement, {"ids": list(ids)}))
    found = {row["id"]: row["data"] for row in rows}
    return [found.get(id, b"null") for id in ids]
