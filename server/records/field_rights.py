"""Rights on fields, as SQL: where a field of a record may be read plainly, and what is shown instead.

What may not be read on a row counts as missing there: it is null for filters, orders, groups, figures, cursors,
search and computed fields, so that none of them tells it. Masks are computed here, in PostgreSQL, and only for what a
record answers. A condition is compiled once for each record of a FROM; one that looks at other records becomes a join
where the value of every row is needed anyway (`FromClause.shares`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from metadata.expressions.tree import Expression, Parameter
from metadata.expressions.types import TEXT
from metadata.fields import FIELD_TYPES
from metadata.model.values import Field
from metadata.problems import ForbiddenError
from server.access.masks import mask_sql
from server.access.plan import EVERY_ROW
from server.records.scopes import Scope

if TYPE_CHECKING:
    from server.records.compiler import Compiler

__all__ = ["guarded", "is_masked", "masked_text", "plainly", "row_condition", "shown"]

SALT = Parameter("mask.salt", TEXT)
"""Filled with a secret of the tenant: hashes of guessed values cannot be compared."""


def plainly(compiler: Compiler, scope: Scope, field: Field) -> str:
    """SQL of where a field may be read plainly; an empty text for every row.

    Raises:
        ForbiddenError: `field_not_allowed`: nowhere.
    """
    expression = compiler.access.field_condition(scope.object_type.name, field.name)
    if expression is None:
        raise ForbiddenError.single(
            "field_not_allowed",
            f"You may not use field '{field.name}' of '{scope.object_type.name}'.",
            hint="Ask an administrator for the right.",
        )
    return "" if expression == EVERY_ROW else row_condition(compiler, scope, expression)


def guarded(compiler: Compiler, scope: Scope, field: Field, sql: str) -> str:
    """A value of a field where it may be read plainly, null elsewhere."""
    condition = plainly(compiler, scope, field)
    return f"(case when {condition} then {sql} end)" if condition else sql


def masked_text(compiler: Compiler, scope: Scope, field: Field, value: str) -> str:
    """SQL text of what is shown in place of a value where it may not be read plainly; `null` for nothing.

    Args:
        compiler: Of the statement.
        scope: The record.
        field: Its field.
        value: SQL of the plain value, text or a number.
    """
    arms: list[str] = []
    for expression, mask in compiler.access.masks(scope.object_type.name, field.name):
        salt = compiler.parameters.parameter(SALT) if mask == "hash" else ""
        shown = mask_sql("stars" if FIELD_TYPES[field.type].transform else mask, f"({value})", salt)
        if expression == EVERY_ROW:
            return f"(case {' '.join(arms)} else {shown} end)" if arms else f"({shown})"
        arms.append(f"when {row_condition(compiler, scope, expression)} then {shown}")
    return f"(case {' '.join(arms)} end)" if arms else "null"


def shown(
    compiler: Compiler, scope: Scope, field: Field, plain: str, masked: Callable[[], str], *, holds_masks: bool
) -> str:
    """What is answered for a field: its value where it may be read plainly, else its mask where it has one, else null.

    Args:
        compiler: Of the statement.
        scope: The record.
        field: Its field.
        plain: SQL of what is answered for the value.
        masked: Gives SQL of what is answered for its mask, null where it is not shown at all.
        holds_masks: Whether the type of the answer can hold a mask; numbers and dates cannot.

    Raises:
        ForbiddenError: `field_not_allowed`: it may be read nowhere.
    """
    access, name = compiler.access, scope.object_type.name
    if not access.masks(name, field.name):
        return guarded(compiler, scope, field, plain)
    mask = masked() if holds_masks else "null"
    if access.field_condition(name, field.name) is None:
        return mask
    condition = plainly(compiler, scope, field)
    return f"(case when {condition} then {plain} else {mask} end)" if condition else plain


def is_masked(compiler: Compiler, scope: Scope, field: Field) -> str:
    """SQL of where a field is shown masked; an empty text for nowhere."""
    masks = compiler.access.masks(scope.object_type.name, field.name)
    if not masks:
        return ""
    conditions = [row_condition(compiler, scope, expression) for expression, _mask in masks]
    shown = f"({' or '.join(conditions)})"
    plain = compiler.access.field_condition(scope.object_type.name, field.name)
    if plain == EVERY_ROW:
        return ""
    return shown if plain is None else f"({shown} and {row_condition(compiler, scope, plain)} is not true)"


def row_condition(compiler: Compiler, scope: Scope, expression: Expression) -> str:
    """SQL of an access condition over a record, written once for each FROM that it stands in."""
    if expression == EVERY_ROW:
        return "true"
    known = scope.from_clause.rights
    key = (scope.alias, expression)
    found = known.get(key)
    if found is None:
        found = compiler.permitted(expression, scope)
        if scope.from_clause.shares and "(select" in found:
            found = compiler.computed_once(scope, found)
        known[key] = found
    return found
