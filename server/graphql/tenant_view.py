"""`/graphql` as Strawberry's protocol layer serves it: GET, multipart, WebSocket, and whatever the thin route declines.

The tenant's schema is chosen by who asks; Strawberry sees one schema object that runs operations for every tenant.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable
from typing import Any

import orjson
from graphql import GraphQLError
from strawberry.exceptions import MissingQueryError
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionResult
from strawberry.types.execution import PreExecutionError
from strawberry.types.graphql import OperationType

from server.graphql.endpoint import Answer, TenantGraphQL
from server.graphql.protocol import Caller
from server.graphql.subscriptions import Subscriptions

__all__ = ["TenantSchema", "result_of"]


class TenantSchema:
    """Every tenant's schema, with what Strawberry's view calls of its own `BaseSchema`: `execute` and `stream`."""

    def __init__(self, graphql: TenantGraphQL, subscriptions: Subscriptions) -> None:
        self.config = StrawberryConfig()
        self._graphql = graphql
        self._subscriptions = subscriptions

    async def execute(
        self,
        query: str | None,
        variable_values: dict[str, Any] | None = None,
        context_value: Caller | None = None,
        root_value: Any | None = None,
        operation_name: str | None = None,
        allowed_operation_types: Iterable[OperationType] | None = None,
        operation_extensions: dict[str, Any] | None = None,
    ) -> ExecutionResult:
        """Run a query or mutation."""
        if not query:
            raise MissingQueryError
        assert context_value is not None
        allowed = set(allowed_operation_types or OperationType)
        answer = await self._graphql.answer(
            context_value.session,
            query,
            operation_name,
            variable_values,
            renew=context_value.session_now,
            request_id=context_value.notes.request_id,
            idempotency_key=context_value.idempotency_key,
            reads_only=OperationType.MUTATION not in allowed,
        )
        return result_of(answer)

    async def stream(
        self,
        query: str | None,
        variable_values: dict[str, Any] | None = None,
        context_value: Caller | None = None,
        root_value: Any | None = None,
        operation_name: str | None = None,
        operation_extensions: dict[str, Any] | None = None,
        allowed_operation_types: Iterable[OperationType] | None = None,
    ) -> AsyncGenerator[ExecutionResult, None]:
        """Run any operation over WebSocket: a subscription gives a result for each change."""
        assert context_value is not None
        return self._stream(query or "", variable_values, context_value, operation_name)

    async def _stream(
        self, query: str, variables: dict[str, Any] | None, caller: Caller, operation_name: str | None
    ) -> AsyncGenerator[ExecutionResult, None]:
        kind = await self._graphql.operation_kind(caller.session, query, operation_name)
        if kind != "subscription":
            answer = await self._graphql.answer(
                caller.session,
                query,
                operation_name,
                variables,
                renew=caller.session_now,
                request_id=caller.notes.request_id,
            )
            yield _for_stream(answer)
            return
        async for answer in self._subscriptions.results(caller, query, operation_name, variables):
            yield _for_stream(answer)


def result_of(answer: Answer) -> ExecutionResult:
    """An answer as Strawberry has it; JSON from PostgreSQL is passed on unread."""
    if answer.roots is None:
        return ExecutionResult(data=None, errors=list(answer.errors))
    errors = [
        GraphQLError(str(root.error), path=[root.key], original_error=root.error)
        for root in answer.roots
        if root.error is not None
    ]
    if any(root.json is None and root.non_null for root in answer.roots):
        return ExecutionResult(data=None, errors=errors)
    data = {root.key: orjson.Fragment(root.json or b"null") for root in answer.roots}
    return ExecutionResult(data=data, errors=errors or None)


def _for_stream(answer: Answer) -> ExecutionResult:
    result = result_of(answer)
    if answer.roots is None:
        return PreExecutionError(data=None, errors=result.errors)
    return result
