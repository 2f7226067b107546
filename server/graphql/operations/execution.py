"""Run a plan: one statement per root field, the epoch compared in each, the answer copied from PostgreSQL.

A statement compiled for an older model or older rights says so by the epoch it returns; the whole operation is then
planned anew, so that a change is seen by the next request on every process. Writes compare it before they write.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass
from typing import Any, Protocol

import asyncpg
import structlog

from metadata.problems import LimitError, TangramError, UnavailableError
from server.access.throttle import ReadThrottle
from server.database.connections import Connections
from server.graphql.operations.actions import ActionRoot, Actions
from server.graphql.operations.plans import ConstantRoot, OperationPlan, ReadRoot, Root, RunValues, WriteRoot
from server.graphql.operations.seen import log_seen
from server.graphql.operations.sensitive import count_records
from server.graphql.operations.writes import BORROWING
from server.records.problems import StaleModelError, refusal_of
from server.records.statements import Transform

__all__ = ["Executor", "RootAnswer", "Transforms", "Writes", "commit", "render"]

Transforms = Callable[[bytes, tuple[Transform, ...], RunValues], Awaitable[bytes]]
"""(JSON of a root field, steps, run) → JSON with the steps applied."""


class Writes(Protocol):
    """Performs root fields that write."""

    async def run(self, connection: Any, root: WriteRoot, values: dict[str, Any], run: RunValues) -> bytes:
        """Perform one; gives the JSON of its answer.

        Raises:
            TangramError: What is wrong with the input, or a conflict.
            StaleModelError: The tenant changed since the operation was planned; nothing was written.
        """


@dataclass(frozen=True, slots=True)
class RootAnswer:
    """The answer of one root field: JSON, or why there is none."""

    key: str
    member: bytes
    json: bytes | None
    non_null: bool = False
    error: Exception | None = None


class Executor:
    """Runs the plans of one process."""

    def __init__(
        self,
        connections: Connections,
        writes: Writes | None,
        transforms: Transforms,
        actions: Actions,
        throttle: ReadThrottle | None = None,
    ) -> None:
        self._connections = connections
        self._writes = writes
        self.actions = actions
        self._throttle = throttle
        self._transforms = transforms

    async def query(self, plan: OperationPlan, values: dict[str, Any], run: RunValues) -> list[RootAnswer]:
        """Answer every root field of a query; a failed one does not touch the others.

        Raises:
            StaleModelError: The tenant changed since the plan was made.
        """
        slot = await self._connections.take(run.context.model.tenant_id)
        try:
            return [await self._answer(slot.connection, root, values, run) for root in plan.roots]
        finally:
            self._connections.give_back(slot)

    async def mutation(self, plan: OperationPlan, values: dict[str, Any], run: RunValues) -> list[RootAnswer]:
        """Perform every root field of a mutation, all or none.

        Raises:
            StaleModelError: The tenant changed since the plan was made; nothing was written.
        """
        alone = plan.roots[0] if len(plan.roots) == 1 else None
        if alone is not None and _borrows(alone):
            return [await self._answer(None, alone, values, run)]
        async with self._connections.acquire(run.context.model.tenant_id) as connection:
            if alone is not None:
                return [await self._answer(connection, alone, values, run)]
            transaction = connection.transaction()
            await transaction.start()
            try:
                answers = await self.mutation_on(connection, plan, values, run)
            except BaseException:
                await transaction.rollback()
                raise
            if any(answer.error is not None for answer in answers):
                await transaction.rollback()
                return answers
            return await commit(transaction, plan, answers, run)

    async def mutation_on(
        self, connection: Any, plan: OperationPlan, values: dict[str, Any], run: RunValues
    ) -> list[RootAnswer]:
        """Perform a mutation inside a transaction of the caller's, who rolls it back on an error."""
        answers: list[RootAnswer] = []
        for root in plan.roots:
            answers.append(await self._answer(connection, root, values, run))
            if answers[-1].error is not None:
                return _undone(plan, answers)
        return answers

    async def _answer(self, connection: Any, root: Root, values: dict[str, Any], run: RunValues) -> RootAnswer:
        if isinstance(root, ConstantRoot):
            return RootAnswer(root.key, root.member, root.json)
        try:
            if isinstance(root, WriteRoot):
                assert self._writes is not None, "this executor only reads"
                json = await self._writes.run(connection, root, values, run)
            elif isinstance(root, ActionRoot) and connection is None:
                json = await self.actions.run_apart(self._connections, root, values, run)
            elif isinstance(root, ActionRoot):
                json = await self.actions.run(connection, root, values, run)
            else:
                json = await self.read(connection, root, values, run)
            if run.seen:
                async with self._connection(connection, run) as lent:
                    await log_seen(lent, run)
        except StaleModelError:
            raise
        except TangramError as error:
            return RootAnswer(root.key, root.member, None, root.non_null, error)
        except (
            asyncpg.UndefinedTableError,
            asyncpg.UndefinedColumnError,
            asyncpg.InvalidCachedStatementError,
        ) as error:
            raise StaleModelError from error
        except asyncpg.InternalClientError as error:  # the protocol is out of step; nobody may use the connection again
            if connection is not None:
                connection.terminate()
            return RootAnswer(root.key, root.member, None, root.non_null, _told(error, run))
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError) as error:
            return RootAnswer(root.key, root.member, None, root.non_null, _told(error, run))
        return RootAnswer(root.key, root.member, json, root.non_null)

    def _connection(self, connection: Any, run: RunValues) -> AbstractAsyncContextManager[Any]:
        """The connection of an operation; writes that were put together with others' hold none."""
        return (
            nullcontext(connection)
            if connection is not None
            else self._connections.acquire(run.context.model.tenant_id)
        )

    async def read(self, connection: Any, root: ReadRoot, values: dict[str, Any], run: RunValues) -> bytes:
        """The JSON of a root field that reads.

        Raises:
            StaleModelError: The tenant changed since it was planned.
        """
        settings = run.context.model.settings
        arguments = [take(values, run) for take in root.takes]
        rows = await connection.fetch(root.sql, *arguments, timeout=settings.statement_timeout_ms / 1000)
        data, epoch = rows[0] if rows else (None, None)
        if epoch != run.context.epoch:
            raise StaleModelError
        if data is None:
            return b"null"
        if root.watched and self._throttle is not None:
            await self._count(data, root, run, self._throttle)
        if not root.transforms:
            return bytes(data)
        shaped = await self._transforms(data, root.transforms, run)
        if run.seen:
            await log_seen(connection, run)
        return shaped

    async def _count(self, data: bytes, root: ReadRoot, run: RunValues, throttle: ReadThrottle) -> None:
        """Count sensitive records that are about to be answered, before they are."""
        context = run.context
        await throttle.count(
            context.model.tenant_id,
            context.actor.id,
            count_records(data, root.watched),
            limit=context.model.settings.sensitive_reads_per_hour,
            instant=run.instant,
        )


async def commit(transaction: Any, plan: OperationPlan, answers: list[RootAnswer], run: RunValues) -> list[RootAnswer]:
    """Commit what a mutation did; its answers, or why PostgreSQL did not let it stand, as some rules are asked last."""
    try:
        await transaction.commit()
    except asyncpg.PostgresError as error:
        last = answers[-1]
        refused = RootAnswer(last.key, last.member, None, last.non_null, _told(error, run))
        return _undone(plan, [*answers[:-1], refused])
    return answers


def _borrows(root: Root) -> bool:
    """Whether a root field that is alone in a mutation borrows connections itself, when it needs them."""
    if isinstance(root, ActionRoot):
        return root.action.apart is not None
    return isinstance(root, WriteRoot) and root.field.kind in BORROWING


def _undone(plan: OperationPlan, answers: list[RootAnswer]) -> list[RootAnswer]:
    """After a failure nothing stands, so no field of the mutation has an answer."""
    failed = answers[-1]
    return [
        failed
        if root.key == failed.key
        else RootAnswer(root.key, root.member, None, non_null=not isinstance(root, ConstantRoot))
        for root in plan.roots
    ]


def _told(error: Exception, run: RunValues) -> Exception:
    """A database's error as the API tells it: no SQL, no names but the tenant's own."""
    refusal = refusal_of(error, run.context.model, access=run.context.access)
    if refusal is not None:
        return refusal
    if isinstance(error, asyncpg.QueryCanceledError | TimeoutError):
        return LimitError.single(
            "statement_timeout",
            "The operation took longer than a statement may take.",
            hint="Ask for less: a narrower filter, a smaller page, an index on what you filter and sort by.",
        )
    if isinstance(
        error, asyncpg.PostgresConnectionError | asyncpg.InterfaceError | asyncpg.InternalClientError | OSError
    ):
        return UnavailableError.single("database_unreachable", "PostgreSQL does not answer.", hint="Try again shortly.")
    structlog.get_logger("tangram.records").error(
        "statement failed",
        sqlstate=getattr(error, "sqlstate", ""),
        request_id=run.context.cause.request_id,
        exc_info=error,
    )
    return error


def render(answers: list[RootAnswer]) -> bytes:
    """The JSON of `data`; null when a field failed that may not be null."""
    if any(answer.json is None and answer.non_null for answer in answers):
        return b"null"
    return b"{" + b",".join([answer.member + (answer.json or b"null") for answer in answers]) + b"}"
