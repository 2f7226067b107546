"""Conditions put together: `always` and `never` fold away, and an unknown refusal does not refuse less.

A row is let through where its condition is true; false and unknown keep it back. What is negated is therefore made
certain first: `not unknown` must not come out unknown.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from metadata.expressions.tree import Conditional, Expression, Literal, all_of, any_of
from metadata.expressions.types import BOOLEAN

__all__ = ["ALWAYS", "NEVER", "both", "choose", "either", "negated"]

ALWAYS: Expression = Literal(True, BOOLEAN)
NEVER: Expression = Literal(False, BOOLEAN)

_FEW = 4
"""So few conditions are compared by what they say."""


def both(conditions: Iterable[Expression]) -> Expression:
    """All of them."""
    found = _distinct(conditions)
    if NEVER in found:
        return NEVER
    return all_of([one for one in found if one != ALWAYS])


def either(conditions: Iterable[Expression]) -> Expression:
    """Any of them."""
    found = _distinct(conditions)
    if ALWAYS in found:
        return ALWAYS
    return any_of([one for one in found if one != NEVER])


def _distinct(conditions: Iterable[Expression]) -> Sequence[Expression]:
    """Each once.

    Of many, those that are the same value in memory: to hash whole trees takes longer than all the rest, and policies
    that say the same share their trees.
    """
    found = list({id(one): one for one in conditions}.values())
    if len(found) > _FEW:
        return found
    return [one for place, one in enumerate(found) if one not in found[:place]]


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
