"""Root fields that engines perform: what is selected of their answers, and performing them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson
from graphql import FieldNode, GraphQLObjectType, get_named_type

from metadata.problems import TangramError
from server.actions import Action, ActionRun, ActionRuns
from server.database.connections import Connections
from server.graphql.operations.reads import Planner
from server.records.problems import StaleModelError

if TYPE_CHECKING:
    from server.graphql.operations.plans import RunValues

__all__ = ["ActionRoot", "Actions", "Selected", "selected"]

_EPOCH = "select epoch from tangram.tenant where id = $1"

_MOVED = """
select epoch
from tangram.tenant
where id = $1
    and epoch = $2 + 1
    and current_setting('tangram.moved', true) = id || ' ' || pg_current_xact_id_if_assigned()
"""
"""The epoch, if this transaction has moved it and nobody else has; see `tangram.move_epoch`."""


@dataclass(frozen=True, slots=True)
class Selected:
    """What is selected of an object: (response key, field, what of it) of each member."""

    type_name: str
    members: tuple[tuple[str, str, Selected | None], ...]

    def of(self, value: Any) -> Any:
        """The selected part of a value, and of each item of a list."""
        if value is None:
            return None
        if isinstance(value, list | tuple):
            return [self.of(item) for item in value]
        return {
            key: self.type_name
            if name == "__typename"
            else (value.get(name) if inner is None else inner.of(value.get(name)))
            for key, name, inner in self.members
        }


@dataclass(frozen=True, slots=True)
class ActionRoot:
    """A root field that an engine performs.

    Attributes:
        action: What is declared.
        arguments: The argument values of a request, from its coerced variables.
        selected: What is answered; None for a scalar.
    """

    key: str
    member: bytes
    action: Action
    arguments: Callable[[dict[str, Any]], dict[str, Any]]
    selected: Selected | None
    non_null: bool


@dataclass(eq=False)
class Actions:
    """Performs actions with the engines of a process.

    Attributes:
        engines: By class.
        nudges: Called after each mutation, to wake workers.
    """

    engines: Mapping[type, Any]
    nudges: tuple[Callable[[], None], ...] = ()

    async def run(
        self,
        connection: Any,
        root: ActionRoot,
        values: dict[str, Any],
        run: RunValues,
        more: Mapping[str, Any] | None = None,
    ) -> bytes:
        """Perform one root field, in a transaction; gives the JSON of its answer.

        Args:
            connection: Of the tenant.
            root: The root field.
            values: Coerced variables.
            run: The request.
            more: Arguments that the server gives itself.

        Raises:
            StaleModelError: The tenant changed since the operation was planned; nothing was done.
            TangramError: What the engine refuses; to who does not configure, without names of what is declared.
        """
        context, action = run.context, root.action
        async with _begun(connection, run) as own:
            with _named_to_configurers(root, run):
                answer = await action.perform(
                    self.engines[action.engine], own, {**root.arguments(values), **(more or {})}
                )
            if action.operation == "mutation":
                moved = await connection.fetchval(_MOVED, context.model.tenant_id, context.epoch)
                if moved is not None:
                    run.moved_to(moved)
        return self._told(root, answer)

    async def run_apart(
        self, connections: Connections, root: ActionRoot, values: dict[str, Any], run: RunValues
    ) -> bytes:
        """The same in transactions of its own, where the action says how (`Action.apart`)."""
        action = root.action
        assert action.apart is not None, action.name

        @asynccontextmanager
        async def opened() -> AsyncIterator[ActionRun]:
            async with connections.acquire(run.context.model.tenant_id) as connection, _begun(connection, run) as own:
                yield own

        with _named_to_configurers(root, run):
            answer = await action.apart(
                self.engines[action.engine], ActionRuns(run.context, run.instant, opened), root.arguments(values)
            )
        return self._told(root, answer)

    def _told(self, root: ActionRoot, answer: Any) -> bytes:
        if root.action.operation == "mutation":
            for nudge in self.nudges:
                nudge()
        return orjson.dumps(answer if root.selected is None else root.selected.of(answer))


@asynccontextmanager
async def _begun(connection: Any, run: RunValues) -> AsyncIterator[ActionRun]:
    """A run in a transaction.

    Raises:
        StaleModelError: The tenant changed since the operation was planned; nothing was done.
    """
    context = run.context
    async with connection.transaction():
        if await connection.fetchval(_EPOCH, context.model.tenant_id) != context.epoch:
            raise StaleModelError
        yield ActionRun(context, connection, run.instant)


@contextmanager
def _named_to_configurers(root: ActionRoot, run: RunValues) -> Iterator[None]:
    """What an engine refuses; to who does not configure, without names of what is declared."""
    try:
        yield
    except TangramError as error:
        if run.context.access.may_configure or not root.action.is_for_all:
            raise
        raise error.without_names() from error


def selected(planner: Planner, nodes: list[FieldNode], type_: Any) -> Selected | None:
    """What is selected below field nodes of a type."""
    named = get_named_type(type_)
    if not isinstance(named, GraphQLObjectType):
        return None
    members = []
    for key, inner in planner.collect(nodes, named.name).items():
        name = inner[0].name.value
        below = None if name == "__typename" else selected(planner, inner, named.fields[name].type)
        members.append((key, name, below))
    return Selected(named.name, tuple(members))
