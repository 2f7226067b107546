"""What answers "may somebody": the policies' rights, or what holds where no policy is asked.

Explanations, the permission map and simulations ask every subject of a tenant by one interface: administrators, whom
no policy concerns, members of a tenant without policies, and everybody else.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from metadata.expressions.literals import python_value
from metadata.expressions.tree import Binary, Call, Conditional, Expression, Literal, Operator
from metadata.model.policies import ADMINISTRATOR, CONFIGURE
from server.access.conditions import ALWAYS, NEVER, both, choose, either
from server.access.rights import Rights
from server.access.snapshot import Snapshot

__all__ = ["ADMINISTRATORS", "MEMBERS", "Decider", "decider_of", "settled"]


class Decider(Protocol):
    """As `Rights` answers."""

    def rows(self, object_name: str, action: str, /) -> Expression:
        """Records that an action may be done to: ALWAYS, NEVER, or a condition."""

    def readable(self, object_name: str, field_name: str, /) -> Expression:
        """Where, among the records that may be read, a field may be read plainly."""

    def shown(self, object_name: str, field_name: str, /) -> Expression:
        """Where it may be read at least masked."""

    def writable(self, object_name: str, field_name: str, action: str, /) -> Expression:
        """Where, among the records that may be updated (or created), a field may be set."""


@dataclass(frozen=True, slots=True)
class _Unasked:
    """Whose rights no policy decides."""

    configures: bool

    def rows(self, object_name: str, action: str, /) -> Expression:
        if action.partition(":")[0] == CONFIGURE:
            return ALWAYS if self.configures else NEVER
        return ALWAYS

    def readable(self, object_name: str, field_name: str, /) -> Expression:
        return ALWAYS

    def shown(self, object_name: str, field_name: str, /) -> Expression:
        return ALWAYS

    def writable(self, object_name: str, field_name: str, action: str, /) -> Expression:
        return ALWAYS


ADMINISTRATORS: Decider = _Unasked(configures=True)
"""May do everything, whatever the policies say."""

MEMBERS: Decider = _Unasked(configures=False)
"""Everybody else in a tenant without policies."""


def decider_of(snapshot: Snapshot | None, roles: Iterable[str], user: str = "") -> Decider:
    """What decides for somebody.

    Args:
        snapshot: The tenant's policies; None while it has none.
        roles: Roles held now.
        user: Account id, lower case; empty for a role set by itself.
    """
    held = tuple(roles)
    if ADMINISTRATOR in held:
        return ADMINISTRATORS
    return MEMBERS if snapshot is None else Rights(snapshot, snapshot.subjects(held, user))


_AGAINST_CLOCK = frozenset({Operator.LT, Operator.LE, Operator.GT, Operator.GE})


def settled(condition: Expression, now: datetime) -> Expression:
    """A condition with what it asks of the clock alone decided: what is left depends on a record, or on nobody.

    Args:
        condition: As policies compile to.
        now: The instant, aware.
    """
    match condition:
        case Binary(Operator.AND, left, right):
            return both((settled(left, now), settled(right, now)))
        case Binary(Operator.OR, left, right):
            return either((settled(left, now), settled(right, now)))
        case Conditional(test, then, otherwise):
            return choose(settled(test, now), settled(then, now), settled(otherwise, now))
        case Binary(operator, Call("now", ()), Literal() as limit) if operator in _AGAINST_CLOCK:
            instant = python_value(limit)
            return _compared(operator, now, instant) if isinstance(instant, datetime) else condition
        case _:
            return condition


def _compared(operator: Operator, now: datetime, limit: datetime) -> Expression:
    outcomes = {
        Operator.LT: now < limit,
        Operator.LE: now <= limit,
        Operator.GT: now > limit,
        Operator.GE: now >= limit,
    }
    return ALWAYS if outcomes[operator] else NEVER
