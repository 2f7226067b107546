"""What engines can do for automation rules and flows: performers, declared as values, of the actions that rules name.

The kinds of actions with their settings are metadata (`metadata.rules.actions`); who does them is put together where
the server is: engines do not know each other.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from metadata.model.values import ObjectType
from server.context import Context

__all__ = ["Performer", "RuleStep"]


@dataclass(frozen=True, slots=True)
class RuleStep:
    """One action of a rule, or of a step of a flow, for one record.

    Attributes:
        connection: In the transaction of the rule or flow, which undoes what is refused.
        context: The tenant; the actor is the rule or flow, with every right; its cause is what led here.
        now: The instant.
        rule: Name of the rule or flow.
        number: Its version; 0 for a draft that is tried.
        object_type: Of the record.
        record_id: The record.
        settings: The action's, as a value of its class.
        known: Values of expressions over the record, as it was when the rule was considered.
        by: What acts, in words: `rule thanks`.
        occasion: Names what the rule acts for; empty where nothing does.
        place: Of a flow: its run and the step; empty of rules.
    """

    connection: Any
    context: Context
    now: datetime
    rule: str
    number: int
    object_type: ObjectType
    record_id: str
    settings: Any
    known: Callable[[Sequence[str]], Awaitable[Mapping[str, Any]]]
    by: str
    occasion: str = ""
    place: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True)
class Performer:
    """What does one kind of action.

    Attributes:
        kind: Key of the kind.
        perform: Does it; gives what it did, JSON-ready, for the log and for whoever tries a rule.
        perform_all: Does it for the same action of the same rule and several records at once, in one transaction; what
            it did, in their order. May be left out; then they are done one after the other.
        asks_first: Whether, by the settings, what `perform_all` asks of the records may be asked of all of them before
            any is done; not where one of them may change what is asked of the next.
    """

    kind: str
    perform: Callable[[RuleStep], Awaitable[Mapping[str, Any]]]
    perform_all: Callable[[Sequence[RuleStep]], Awaitable[Sequence[Mapping[str, Any]]]] | None = None
    asks_first: Callable[[Any], bool] = lambda _settings: True

    @classmethod
    def of_many(
        cls,
        kind: str,
        perform_all: Callable[[Sequence[RuleStep]], Awaitable[Sequence[Mapping[str, Any]]]],
        asks_first: Callable[[Any], bool] = lambda _settings: True,
    ) -> Performer:
        """One that does it for one record as it does for many."""

        async def perform(step: RuleStep) -> Mapping[str, Any]:
            return (await perform_all([step]))[0]

        return cls(kind, perform, perform_all, asks_first)

    def is_of_many(self, settings: Any) -> bool:
        """Whether an action with such settings is done, and asked for, for all of several records at once."""
        return self.perform_all is not None and self.asks_first(settings)

    async def act(self, steps: Sequence[RuleStep]) -> Sequence[Mapping[str, Any]]:
        """Do it for every one of several records."""
        if self.perform_all is not None:
            return await self.perform_all(steps)
        return [await self.perform(step) for step in steps]
