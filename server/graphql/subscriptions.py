"""Subscriptions: a notice of the bus becomes a result, read as the subscriber may see the record now.

Who asks, what exists and what may be seen are looked up again for every notice, and compared with the tenant's epoch
by the statement that reads: a right, a role, an account or a field that is gone ends what is sent. Changes are told as
the record's history tells them, so a change of nothing that the subscriber may read is no change.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import orjson
from graphql import GraphQLError

from metadata.expressions.tree import Binary, Expression, FieldPath, Literal, Operator, Parameter
from metadata.expressions.types import DATETIME, ID, INTEGER
from metadata.problems import BadInputError, TangramError, UnavailableError
from server.access.plan import EVERY_ROW, Action
from server.context import Context
from server.database.connections import Connections
from server.events.bus import Bus, Notice
from server.graphql.endpoint import Answer, TenantGraphQL
from server.graphql.operations.actions import ActionRoot
from server.graphql.operations.execution import RootAnswer
from server.graphql.operations.plans import RunValues, WriteRoot
from server.graphql.operations.seen import log_seen
from server.graphql.operations.transforms import event_changes
from server.graphql.protocol import Caller
from server.records.compiler import compile_one
from server.records.plans import HistorySelection, NodePlan, OnePlan
from server.records.problems import StaleModelError
from server.records.statements import Statement

__all__ = ["Subscriptions"]

_NOTICE_ID = Parameter("notice.id", ID)
_NOTICE_AFTER = Parameter("notice.after", INTEGER)
_MAX_ATTEMPTS = 4
_GONE = ("delete", "merge", "destroy")
"""Kinds of events after which a record is not there any more."""

_EVENT = "select kind, record_id, changes::text as changes from tangram.event where tenant_id = $1 and id = $2"
_EPOCH = "select epoch from tangram.tenant where id = $1"


class Subscriptions:
    """Runs subscriptions of every tenant in this process."""

    def __init__(self, graphql: TenantGraphQL, bus: Bus, connections: Connections, transforms: Any) -> None:
        self._graphql = graphql
        self._bus = bus
        self._connections = connections
        self._transforms = transforms

    async def results(
        self, caller: Caller, query: str, operation_name: str | None, variables: dict[str, Any] | None
    ) -> AsyncIterator[Answer]:
        """An answer for each change that the subscriber may see, until it goes away or loses its right."""
        try:
            context, root, _values = await self._plan(caller, query, operation_name, variables)
        except ExceptionGroup as group:
            yield Answer(None, tuple(error for error in group.exceptions if isinstance(error, GraphQLError)))
            return
        except TangramError as error:
            yield Answer(None, (GraphQLError(error.message, original_error=error),))
            return
        try:
            async with self._bus.subscribe(context.model.tenant_id, _topic(root, context)) as notices:
                async for notice in notices:
                    answer = await self._told(caller, query, operation_name, variables, notice)
                    if answer is not None:
                        yield answer
        except ExceptionGroup as group:
            yield Answer(None, tuple(error for error in group.exceptions if isinstance(error, GraphQLError)))
        except TangramError as error:
            yield Answer([RootAnswer(root.key, root.member, None, True, error)])

    async def _told(
        self, caller: Caller, query: str, operation_name: str | None, variables: dict[str, Any] | None, notice: Notice
    ) -> Answer | None:
        """The result for a notice, by what exists and what may be seen now.

        Raises:
            TangramError: The subscriber has lost its right, or the database does not answer.
        """
        for _attempt in range(_MAX_ATTEMPTS):
            context, root, values = await self._plan(caller, query, operation_name, variables)
            try:
                if isinstance(root, ActionRoot):
                    return await self._performed(context, root, values, notice)
                return await self._answer(context, root, values, notice)
            except (
                StaleModelError,
                asyncpg.UndefinedTableError,
                asyncpg.UndefinedColumnError,
                asyncpg.InvalidCachedStatementError,
            ):
                await self._graphql.tenants.refresh(context.model.tenant_id)
            except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError) as error:
                raise UnavailableError.single(
                    "database_unreachable", "A change could not be read.", hint="Subscribe again shortly."
                ) from error
        raise UnavailableError.single(
            "changing", "The tenant's configuration keeps changing.", hint="Subscribe again shortly."
        )

    async def _plan(
        self, caller: Caller, query: str, operation_name: str | None, variables: dict[str, Any] | None
    ) -> tuple[Context, WriteRoot | ActionRoot, dict[str, Any]]:
        session = await caller.session_now()
        tenant = await self._graphql.tenants.get(session.tenant_id)
        if session.epoch < tenant.epoch:  # roles may have ended since it was read
            self._graphql.sessions.note_epoch(session.tenant_id, tenant.epoch)
            session = await caller.session_now()
        runtime, context = await self._graphql.standing(tenant, session, caller.notes.request_id)
        operation = runtime.document(query).operation(operation_name)
        values = operation.read_variables(variables)
        plan = runtime.plan(operation, values, context)
        if len(plan.roots) != 1 or not isinstance(plan.roots[0], WriteRoot | ActionRoot):
            raise BadInputError.single("one_field", "A subscription selects exactly one field.")
        return context, plan.roots[0], values

    async def _performed(
        self, context: Context, root: ActionRoot, values: dict[str, Any], notice: Notice
    ) -> Answer | None:
        """What an engine makes of a notice; None where it tells the subscriber nothing."""
        run = self._graphql.run_values(context)
        async with self._connections.acquire(context.model.tenant_id) as connection:
            json = await self._graphql.executor.actions.run(connection, root, values, run, {"notice": notice.record_id})
        return None if json == b"null" else Answer([RootAnswer(root.key, root.member, json)])

    async def _answer(self, context: Context, root: WriteRoot, values: dict[str, Any], notice: Notice) -> Answer | None:
        """The result for a notice; None when it is about nothing that the subscriber asked for or may see."""
        arguments = root.arguments(values)
        if arguments.get("id") is not None and str(arguments["id"]).lower() != notice.record_id:
            return None
        run = self._graphql.run_values(context)
        async with self._connections.acquire(context.model.tenant_id) as connection:
            record = await self._record(connection, root, values, run, notice)
            if record is None:
                return None
            changes = await self._changes(connection, root, run, notice)
            if changes is None:
                return None
            if run.seen:
                await log_seen(connection, run)
        members = []
        for key, name in root.entries:
            if isinstance(name, tuple):
                part = orjson.dumps(changes.get(key, []), default=float)
            elif name == "record":
                part = record
            elif name == "action":
                part = orjson.dumps(notice.kind.upper())
            else:
                part = orjson.dumps(notice.record_id if name == "id" else root.field.type.strip("!"))
            members.append(orjson.dumps(key) + b":" + part)
        return Answer([RootAnswer(root.key, root.member, b"{" + b",".join(members) + b"}")])

    async def _record(
        self, connection: Any, root: WriteRoot, values: dict[str, Any], run: RunValues, notice: Notice
    ) -> bytes | None:
        """The record's JSON, `null` for one that is gone; None when the subscriber may not see it or did not ask."""
        context = run.context
        gone = notice.kind in _GONE
        if notice.kind == "destroy":  # nothing is left to compare with the filter and the rights
            epoch = await connection.fetchval(_EPOCH, context.model.tenant_id)
            if epoch != context.epoch:
                raise StaleModelError
            sees_all = context.access.rows(root.field.object_name, Action.READ) == EVERY_ROW
            return b"null" if sees_all and root.filter is None else None
        statement = root.compiled.get(gone)
        if statement is None:
            node = NodePlan(context.model.object(root.field.object_name), ())
            read = node if gone or root.node is None else root.node
            statement = root.compiled[gone] = self._compile(context, read, root.filter, gone=gone)
        given = {_NOTICE_ID.name: notice.record_id}
        arguments = [
            given[name]
            if name in given
            else root.takes[name](values, run)
            if name in root.takes
            else self._graphql.run_value(name, values, run)
            for name in statement.parameters
        ]
        data = await _data(connection, statement, arguments, context)
        if data is None or gone:
            return data and b"null"
        if statement.transforms:
            transformed: bytes = await self._transforms(data, statement.transforms, run)
            return transformed
        return data

    async def _changes(
        self, connection: Any, root: WriteRoot, run: RunValues, notice: Notice
    ) -> dict[str, list[dict[str, Any]]] | None:
        """The changes by response key; None where nothing changed that the subscriber may read."""
        context = run.context
        object_type = context.model.object(root.field.object_name)
        selected = tuple((key, "changes", name) for key, name in root.entries if isinstance(name, tuple))
        if not selected and context.access.rights is None:
            return {}
        if notice.kind == "destroy":
            event = await connection.fetchrow(_EVENT, context.model.tenant_id, notice.event_id)
            return {
                key: [] if event is None else event_changes(event, pairs, object_type, run)
                for key, _name, pairs in selected
            }
        gone = notice.kind in _GONE
        statement = root.compiled.get(("changes", gone))
        if statement is None:
            entries = (("event", "id", ()), *selected)
            one = HistorySelection("history", object_type, Literal(1, INTEGER), _NOTICE_AFTER, entries)
            statement = self._compile(context, NodePlan(object_type, (one,)), None, gone=gone)
            root.compiled["changes", gone] = statement
        given = {_NOTICE_ID.name: notice.record_id, _NOTICE_AFTER.name: notice.event_id + 1}
        arguments = [
            given[name] if name in given else self._graphql.run_value(name, {}, run) for name in statement.parameters
        ]
        data = await _data(connection, statement, arguments, context)
        if data is None:
            return None
        told = orjson.loads(await self._transforms(data, statement.transforms, run))["history"]
        if told and told[0].pop("event") == str(notice.event_id):
            found: dict[str, list[dict[str, Any]]] = told[0]
            return found
        return None

    def _compile(self, context: Context, node: NodePlan, filter_: Expression | None, *, gone: bool) -> Statement:
        condition: Expression = Binary(Operator.EQ, FieldPath(("id",)), _NOTICE_ID)
        if gone:  # naming the instant of removal makes removed records count
            instant = Literal(None, DATETIME)
            condition = Binary(Operator.AND, condition, Binary(Operator.NE, FieldPath(("deleted_at",)), instant))
        if filter_ is not None:
            condition = Binary(Operator.AND, condition, filter_)
        return compile_one(OnePlan(node, condition), context.model, context.access)


def _topic(root: WriteRoot | ActionRoot, context: Context) -> str:
    """What the bus is listened to for: an object type's table, or what an engine names."""
    if isinstance(root, ActionRoot):
        assert root.action.topic is not None
        return root.action.topic(context)
    return context.model.object(root.field.object_name).table


async def _data(connection: Any, statement: Statement, arguments: list[Any], context: Context) -> bytes | None:
    """What a statement answers.

    Raises:
        StaleModelError: The tenant has changed since it was compiled.
    """
    rows = await connection.fetch(statement.sql, *arguments)
    if not rows or rows[0]["epoch"] != context.epoch:
        raise StaleModelError
    data = rows[0]["data"]
    return None if data is None else bytes(data)
