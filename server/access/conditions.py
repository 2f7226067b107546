"""Conditions put together: `always` and `never` fold away, and an unknown refusal does not refuse less.

A row is let through where its condition is true; false and unknown keep it back. What is negated is therefore made
certain first: `not unknown` must not come out unknown.
"""

from __future__ import annotations

from collections.abc import Iterable

from metadata.expressions.tree import Conditional, Expression, Literal, all_of, any_of
from metadata.expressions.types import BOOLEAN

__all__ = ["ALWAYS", "NEVER", "both", "choose", "either", "negated"]

ALWAYS: Expression = Literal(True, BOOLEAN)
NEVER: Expression = Literal(False, BOOLEAN)


def both(conditions: Iterable[Expression]) -> Expression:
    """All of them."""
    found = dict.fromkeys(conditions)
    if NEVER in found:
        return NEVER
    found.pop(ALWAYS, None)
    return all_of(tuple(found))


def either(conditions: Iterable[Expression]) -> Expression:
    """Any of them."""
    found = dict.fromkeys(conditions)
    if ALWAYS in found:
        return ALWAYS
    found.pop(NEVER, None)
    return any_of(tuple(found))


def negated(condition: Expression) -> Expression:
    """Where it is not true: false or unknown."""
    return choose(condition, NEVER, ALWAYS)


def choose(test: Expression, then: Expression, otherwise: Expression) -> Expression:
    """`then` where the test is true, `otherwise` where it is false or unknown."""
    if test == ALWAYS or then == otherwise:
        return then
    if test == NEVER:
        return otherwise
    if then == ALWAYS and otherwise == NEVER:
        return test
    return Conditional(test, then, otherwise)
