"""Which records a policy is about, as an expression over the record and the actor.

A scope says how the actor stands to a record (`own`, `department_subtree`); here is what it means in the expression
language, so that it is checked, explained and compiled to SQL like any condition a person wrote.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType

from metadata.expressions.literals import canonical
from metadata.expressions.text import parse
from metadata.expressions.tree import Binary, Call, Expression, Literal, Operator, all_of
from metadata.expressions.types import DATETIME, Kind
from metadata.model.policies import Policy

__all__ = [
    "SCOPES",
    "UNIVERSAL_SCOPES",
    "condition_expression",
    "expression_of",
    "instant_of",
    "scope_expression",
    "window_expression",
]

SCOPES: Mapping[str, str] = MappingProxyType(
    {
        "all": "",
        "own": "owner.id == actor.id",
        "team": "owner.id in actor.colleagues || department.id in actor.managed_departments",
        "subordinates": "owner.id in actor.subtree",
        "department": "department.id == actor.department.id",
        "department_subtree": "department.id in actor.department.subtree",
        "region": "region.id == actor.region.id",
        "region_subtree": "region.id in actor.region.subtree",
        "collaborators": "owner.id == actor.id || collaborators.some(id == actor.id)",
        "granted": "id in actor.grants",
    }
)
"""What each scope means, in the expression language; `all` means nothing further."""

UNIVERSAL_SCOPES = frozenset({"all", "own", "team", "subordinates", "department", "department_subtree", "granted"})
"""Scopes that every object type has the fields for."""


@lru_cache(maxsize=8_192)
def condition_expression(text: str) -> Expression:
    """A condition's tree; checking and compiling ask for the same one.

    Raises:
        BadInputError: See `parse`.
    """
    return parse(text)


@lru_cache(maxsize=64)
def scope_expression(scope: str) -> Expression | None:
    """A scope as an expression; None for every record."""
    text = SCOPES[scope]
    return condition_expression(text) if text else None


def instant_of(text: str) -> datetime:
    """An instant as policies write it.

    Raises:
        ValueError: It is none, or has no zone.
    """
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError(text)
    return instant


@lru_cache(maxsize=4_096)
def window_expression(valid_from: str, valid_until: str) -> Expression | None:
    """That the clock stands between two instants; None when both are open. The statement's own clock decides."""
    found: list[Expression] = []
    if valid_from:
        found.append(Binary(Operator.GE, Call("now", ()), _instant(valid_from)))
    if valid_until:
        found.append(Binary(Operator.LT, Call("now", ()), _instant(valid_until)))
    return all_of(found) if found else None


def expression_of(policy: Policy) -> Expression | None:
    """Everything a policy asks of a record and the clock; None when it asks nothing."""
    window = window_expression(policy.valid_from, policy.valid_until)
    condition = condition_expression(policy.condition) if policy.condition else None
    found = [part for part in (window, scope_expression(policy.scope), condition) if part is not None]
    return all_of(found) if found else None


def _instant(text: str) -> Literal:
    return Literal(canonical(instant_of(text).isoformat(), Kind.DATETIME), DATETIME)
