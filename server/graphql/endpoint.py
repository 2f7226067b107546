"""`/graphql`: from an operation's text and a session to the answer, for every way in.

`TenantGraphQL.answer` is the whole request: who asks and what exists (one runtime per tenant version and access
plan), operation → plan → statements → bytes, and again when the tenant changed meanwhile. The thin route and
Strawberry's protocol layer (GET, multipart, WebSocket) both call it.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Protocol

import orjson
from graphql import GraphQLError, GraphQLSchema, execute_sync, print_schema
from graphql.execution import ExecutionResult
from strawberry.schema.exceptions import InvalidOperationTypeError
from strawberry.types.graphql import OperationType

from metadata.model.tenant import TenantModel
from metadata.problems import ForbiddenError, TangramError, UnavailableError
from server.access.plan import AccessPlan
from server.access.snapshots import Snapshots
from server.context import Cause, Context
from server.database.connections import Connections
from server.graphql.idempotency import claim, keep, request_hash
from server.graphql.limits import OperationLimits
from server.graphql.operations.coercion import Coercers
from server.graphql.operations.documents import Document, Operation, read_document
from server.graphql.operations.execution import Executor, RootAnswer, commit
from server.graphql.operations.plans import RUN_VALUES, Clock, OperationPlan, RunValues, plan_operation
from server.graphql.schema.lazy import LazySchema, full_schema
from server.identity.sessions import Session, Sessions
from server.records.problems import StaleModelError
from server.secrets.vault import Vault

__all__ = ["Answer", "Clock", "LoadedTenant", "Runtime", "Runtimes", "TenantGraphQL", "TenantSource"]

_MAX_DOCUMENTS = 500
_MAX_PLANS = 64
_MAX_ATTEMPTS = 4


class LoadedTenant(Protocol):
    """A tenant's model and the epoch it was read at."""

    @property
    def model(self) -> TenantModel:
        """The model."""

    @property
    def epoch(self) -> int:
        """The epoch."""

    @property
    def trial_ends_at(self) -> datetime | None:
        """From when on it may only be read; None for never."""

    def is_over(self, now: datetime) -> bool:
        """Whether it may only be read from now on."""

    def require_changes(self, now: datetime) -> None:
        """Refuse a change where it may only be read."""


class TenantSource(Protocol):
    """Where tenants come from; `server.tenants` keeps them."""

    def cached(self, slug_or_id: str) -> LoadedTenant | None:
        """From memory, or None."""

    async def get(self, slug_or_id: str) -> LoadedTenant:
        """From memory, or read."""

    async def refresh(self, tenant_id: str) -> LoadedTenant:
        """Make sure that it is the newest."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What an operation answers.

    Attributes:
        roots: Answers of the root fields, in order; None when the operation did not begin.
        errors: Request errors where `roots` is None.
    """

    roots: list[RootAnswer] | None
    errors: tuple[GraphQLError, ...] = ()

    @property
    def failed(self) -> list[RootAnswer]:
        """Root fields that have an error."""
        return [root for root in self.roots or () if root.error is not None]


class Runtime:
    """What is compiled for one tenant version and one access plan."""

    def __init__(self, model: TenantModel, access: AccessPlan, limits: OperationLimits) -> None:
        self.model = model
        self.access = access
        self.schema = LazySchema(model, access)
        self.coercers = Coercers()
        self.limits = replace(limits, depth=min(limits.depth, model.settings.max_depth))
        self._documents: OrderedDict[str, Document] = OrderedDict()
        self._plans: dict[int, OrderedDict[Hashable, OperationPlan]] = {}
        self._full: GraphQLSchema | None = None
        self._introspections: OrderedDict[tuple[str, str], dict[str, Any]] = OrderedDict()

    def document(self, text: str) -> Document:
        """A valid document by its text."""
        found = self._documents.get(text)
        if found is None:
            found = read_document(text, self.schema, self.coercers, self.limits)
            self._documents[text] = found
            if len(self._documents) > _MAX_DOCUMENTS:
                _text, dropped = self._documents.popitem(last=False)
                for operation in dropped.operations:
                    self._plans.pop(id(operation), None)
        return found

    def known_operation(self, text: str, operation_name: str | None) -> Operation | None:
        """An operation that was run before, or None."""
        document = self._documents.get(text)
        if document is None:
            return None
        if not operation_name and len(document.operations) == 1:
            return document.operations[0]
        return next((one for one in document.operations if one.name == operation_name), None)

    def known_plan(self, operation: Operation, values: dict[str, Any]) -> OperationPlan | None:
        """A plan that was made before for these variables' shape, or None."""
        plans = self._plans.get(id(operation))
        return None if plans is None else plans.get(operation.shape(values))

    def plan(self, operation: Operation, values: dict[str, Any], context: Context) -> OperationPlan:
        """The plan for these variables' shape, made when there is none yet."""
        plans = self._plans.get(id(operation))
        if plans is None:
            plans = self._plans[id(operation)] = OrderedDict()
        shape = operation.shape(values)
        plan = plans.get(shape)
        if plan is None:
            plan = plans[shape] = plan_operation(operation, self.schema, self.model, context, values)
            if len(plans) > _MAX_PLANS:
                plans.popitem(last=False)
        return plan

    def introspect(self, document: Document, operation: Operation, variables: dict[str, Any]) -> dict[str, Any]:
        """What `__schema` and `__type` answer; kept by text, because the whole schema is slow to walk."""
        if not self.access.may_introspect:
            raise ForbiddenError.single("no_introspection", "You may not list the schema.")
        key = (
            repr(document.node.loc and document.node.loc.source.body),
            f"{operation.name} {sorted(variables.items())!r}",
        )
        found = self._introspections.get(key)
        if found is None:
            result = execute_sync(
                self.full_schema(), document.node, operation_name=operation.name or None, variable_values=variables
            )
            assert isinstance(result, ExecutionResult)
            found = self._introspections[key] = result.data or {}
            if len(self._introspections) > 8:
                self._introspections.popitem(last=False)
        return found

    def full_schema(self) -> GraphQLSchema:
        """The whole schema, built on demand."""
        if self._full is None:
            self._full = full_schema(self.model, self.access)
        return self._full

    def sdl(self) -> str:
        """The whole schema as text."""
        return print_schema(self.full_schema())


class Runtimes:
    """Runtimes of a process, the least recently used dropped first."""

    def __init__(self, limits: OperationLimits, max_entries: int = 512) -> None:
        self._limits = limits
        self._max_entries = max_entries
        self._entries: OrderedDict[tuple[str, str], Runtime] = OrderedDict()

    def get(self, model: TenantModel, access: AccessPlan) -> Runtime:
        """The runtime of a tenant as an access plan sees it."""
        key = (model.tenant_id, access.fingerprint)
        found = self._entries.get(key)
        if found is None or found.model is not model:
            found = self._entries[key] = Runtime(model, access, self._limits)
            if len(self._entries) > self._max_entries:
                self._entries.popitem(last=False)
        else:
            self._entries.move_to_end(key)
        return found

    def known(self, model: TenantModel, access: AccessPlan) -> Runtime | None:
        """The runtime of exactly this version, if it is in memory."""
        found = self._entries.get((model.tenant_id, access.fingerprint))
        return found if found is not None and found.model is model else None

    def __len__(self) -> int:
        return len(self._entries)


@dataclass(frozen=True, slots=True)
class _Request:
    """One operation as it was sent."""

    text: str
    operation_name: str | None
    variables: dict[str, Any] | None
    idempotency_key: str
    reads_only: bool


@dataclass(eq=False)
class TenantGraphQL:
    """Answers operations of every tenant."""

    tenants: TenantSource
    executor: Executor
    clock: Clock
    salt_of: Callable[[str], str]
    sessions: Sessions
    snapshots: Snapshots
    connections: Connections
    vault: Vault
    limits: OperationLimits = field(default_factory=OperationLimits)

    def __post_init__(self) -> None:
        self.runtimes = Runtimes(self.limits)

    async def answer(
        self,
        session: Session,
        text: str,
        operation_name: str | None,
        variables: dict[str, Any] | None,
        *,
        renew: Callable[[], Awaitable[Session]],
        request_id: str = "",
        idempotency_key: str = "",
        reads_only: bool = False,
    ) -> Answer:
        """Run one operation.

        Args:
            session: Who asks.
            text: The document.
            operation_name: Which operation, where there are several.
            variables: As sent.
            renew: Reads the session anew, when rights may have changed.
            request_id: For logs and for the history of writes.
            idempotency_key: A mutation with a key that was used gets the first answer.
            reads_only: Refuse mutations, as over GET.
        """
        for _attempt in range(_MAX_ATTEMPTS):
            tenant = await self.tenants.get(session.tenant_id)
            if session.epoch < tenant.epoch:
                self.sessions.note_epoch(session.tenant_id, tenant.epoch)
                session = await renew()
            runtime, context = await self.standing(tenant, session, request_id)
            try:
                request = _Request(text, operation_name, variables, idempotency_key, reads_only)
                answer = await self._attempt(tenant, runtime, context, request)
            except StaleModelError:
                answer = None
            if answer is not None and answer.roots is not None:
                return answer
            newest = await self.tenants.refresh(session.tenant_id)
            if newest.epoch == tenant.epoch and answer is not None:
                return answer
        raise UnavailableError.single(
            "changing", "The tenant's configuration keeps changing.", hint="Send the request again shortly."
        )

    async def operation_kind(self, session: Session, text: str, operation_name: str | None) -> str:
        """`query`, `mutation` or `subscription`; `query` for a document that is not valid, to be told why."""
        tenant = await self.tenants.get(session.tenant_id)
        try:
            runtime, _context = await self.standing(tenant, session)
            return runtime.document(text).operation(operation_name).kind
        except (ExceptionGroup, TangramError):
            return "query"

    async def standing(self, tenant: LoadedTenant, session: Session, request_id: str = "") -> tuple[Runtime, Context]:
        """What is compiled for somebody in a tenant, and who that is: the rights of this very version."""
        actor = session.actor
        access = await self.snapshots.plan(tenant.model, actor.roles, actor.id, actor.grants)
        context = Context(tenant.model, actor, access, tenant.epoch, Cause(request_id))
        return self.runtimes.get(tenant.model, access), context

    async def _attempt(self, tenant: LoadedTenant, runtime: Runtime, context: Context, request: _Request) -> Answer:
        try:
            document = runtime.document(request.text)
            operation = document.operation(request.operation_name)
            if operation.kind != "query" and (request.reads_only or operation.kind == "subscription"):
                raise InvalidOperationTypeError(OperationType(operation.kind))
            values = operation.read_variables(request.variables)
            plan = runtime.plan(operation, values, context)
            if plan.is_change:
                tenant.require_changes(self.clock.now())
        except ExceptionGroup as group:
            return Answer(None, tuple(error for error in group.exceptions if isinstance(error, GraphQLError)))
        except TangramError as error:
            return Answer(None, (GraphQLError(error.message, original_error=error),))
        run = self.run_values(context)
        if plan.kind == "query":
            answers = await self.executor.query(plan, values, run) if plan.roots else []
        elif request.idempotency_key:
            answers = await self._once(plan, values, run, request)
        else:
            answers = await self.executor.mutation(plan, values, run)
        if plan.introspection:
            answers = _with_introspection(
                runtime.introspect(document, operation, request.variables or {}), plan, answers
            )
        return Answer(answers)

    async def _once(
        self, plan: OperationPlan, values: dict[str, Any], run: RunValues, request: _Request
    ) -> list[RootAnswer]:
        """Perform a mutation, or give the answer it was given the first time."""
        secret = self.salt_of(run.context.model.tenant_id)
        digest = request_hash(request.text, request.operation_name, request.variables, secret=secret)
        context, key = run.context, request.idempotency_key
        async with self.connections.acquire(context.model.tenant_id) as connection:
            transaction = connection.transaction()
            await transaction.start()
            try:
                claimed = await claim(connection, self.vault, context, key, digest)
                answers = claimed.first or await self.executor.mutation_on(connection, plan, values, run)
                failed = any(answer.error is not None for answer in answers)
                if claimed.first is None and not failed:
                    await keep(connection, self.vault, context, claimed.id, answers)
            except TangramError as error:
                await transaction.rollback()
                return [RootAnswer(root.key, root.member, None, True, error) for root in plan.roots[:1]]
            except BaseException:
                await transaction.rollback()
                raise
            if failed:
                await transaction.rollback()
                return answers
            return await commit(transaction, plan, answers, run)

    def run_value(self, name: str, values: dict[str, Any], run: RunValues) -> Any:
        """A value that every statement may name."""
        return RUN_VALUES[name](values, run)

    def run_values(self, context: Context) -> RunValues:
        """The values of one run, at one instant."""
        return RunValues(context, self.clock, self.salt_of)

    def hit(
        self, session: Session, text: str, operation_name: str | None, variables: dict[str, Any] | None, request_id: str
    ) -> tuple[OperationPlan, dict[str, Any], RunValues] | None:
        """What to run, when all of it is in memory: nothing is parsed or validated. None sends the caller to `answer`.

        Raises:
            BadInputError: The variables do not fit; the operation is known and valid.
        """
        tenant = self.tenants.cached(session.tenant_id)
        if tenant is None or tenant.epoch != session.epoch:
            return None
        actor = session.actor
        access = self.snapshots.plan_now(tenant.model, actor.roles, actor.id, actor.grants)
        runtime = None if access is None else self.runtimes.known(tenant.model, access)
        if access is None or runtime is None:
            return None
        operation = runtime.known_operation(text, operation_name)
        if operation is None:
            return None
        values = operation.read_variables(variables)
        plan = runtime.known_plan(operation, values)
        if plan is None or plan.introspection or plan.kind == "subscription":
            return None
        if tenant.trial_ends_at is not None and plan.kind == "mutation" and tenant.is_over(self.clock.now()):
            return None  # `answer` tells why, unless the mutation is one that goes on
        context = Context(tenant.model, actor, access, tenant.epoch, Cause(request_id))
        return plan, values, RunValues(context, self.clock, self.salt_of)


def _with_introspection(data: dict[str, Any], plan: OperationPlan, answers: list[RootAnswer]) -> list[RootAnswer]:
    found = {answer.key: answer for answer in answers}
    for key in plan.introspection:
        found[key] = RootAnswer(key, f'"{key}":'.encode(), orjson.dumps(data.get(key)))
    return [found[key] for key in (*(answer.key for answer in answers), *plan.introspection)]
