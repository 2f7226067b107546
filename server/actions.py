"""What an engine offers by name: actions, declared as values, which `server.graphql` turns into root fields.

An engine lists its actions with their arguments, results and types, spelled as in GraphQL, and says which of its
methods performs each; it knows nothing of GraphQL itself. `docs/extending.md` tells how to add one.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from server.access.plan import AccessPlan
from server.context import Context

__all__ = ["Action", "ActionEnum", "ActionInput", "ActionRun", "ActionRuns", "ActionSet", "ActionType"]


@dataclass(frozen=True, slots=True)
class ActionRun:
    """One performance of an action.

    Attributes:
        context: Who asks, where; its epoch was compared when the run began.
        connection: In a transaction of the request's, set to the tenant's schema.
        instant: The instant of the request, aware.
    """

    context: Context
    connection: Any
    instant: datetime

    @property
    def tenant_id(self) -> str:
        """The tenant's id."""
        return self.context.model.tenant_id

    @property
    def user_id(self) -> str:
        """The account that asks."""
        return self.context.actor.id


@dataclass(frozen=True, slots=True)
class ActionRuns:
    """One performance of an action in transactions of its own.

    Attributes:
        context: Who asks, where.
        instant: The instant of the request, aware.
        open: Begins a run, whose connection is lent and whose transaction is committed at its end.
    """

    context: Context
    instant: datetime
    open: Callable[[], AbstractAsyncContextManager[ActionRun]]


Perform = Callable[[Any, ActionRun, Mapping[str, Any]], Awaitable[Any]]
"""(engine, run, arguments by name) → JSON-ready value: mappings by the names of the result type's fields."""

PerformApart = Callable[[Any, ActionRuns, Mapping[str, Any]], Awaitable[Any]]
"""The same in transactions of its own."""


def _to_all(_plan: AccessPlan) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Action:
    """One root field that an engine performs.

    Attributes:
        name: Of the root field, camelCase.
        operation: Whether it only reads; a subscription is performed for each notice, whose record's id is the
            argument `notice`, and answers nothing where the notice tells its subscriber nothing.
        arguments: Types by name, spelled as in GraphQL.
        result: Type of the answer, spelled as in GraphQL.
        help: One line.
        engine: Class of the engine that performs it.
        perform: The engine's method, unbound.
        offered: Whether an actor's schema has it.
        only_reads: Of a mutation: whether it leaves the tenant's records as they are, as an export does, and goes on
            where a tenant may only be read.
        topic: Of a subscription: which topic of the bus it listens to.
        apart: Of a mutation: the engine's method that does it in transactions of its own, which it may share with
            other requests'; done where it is all that a request asks for, and nothing has to be undone with it.
    """

    name: str
    operation: Literal["query", "mutation", "subscription"]
    arguments: Mapping[str, str]
    result: str
    help: str
    engine: type
    perform: Perform
    offered: Callable[[AccessPlan], bool] = _to_all
    topic: Callable[[Context], str] | None = None
    only_reads: bool = False
    apart: PerformApart | None = None

    @property
    def is_for_all(self) -> bool:
        """Whether everybody is offered it, whatever they may configure."""
        return self.offered is _to_all


@dataclass(frozen=True, slots=True)
class ActionType:
    """An object type of answers: the fields' types by name."""

    name: str
    fields: Mapping[str, str]
    help: str


@dataclass(frozen=True, slots=True)
class ActionInput:
    """An input type of arguments."""

    name: str
    fields: Mapping[str, str]
    help: str


@dataclass(frozen=True, slots=True)
class ActionEnum:
    """An enum: help by name; a value travels as its name in lower case inward, and outward as its name."""

    name: str
    values: Mapping[str, str]
    help: str


@dataclass(frozen=True, slots=True)
class ActionSet:
    """Everything an engine offers."""

    actions: tuple[Action, ...]
    types: tuple[ActionType | ActionInput | ActionEnum, ...] = field(default=())
