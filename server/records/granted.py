"""SQL of what a user was given for a time: ids of the records, or that a grant holds, by the statement's own clock."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from metadata.expressions.tree import Expression, Parameter
from metadata.expressions.types import ID
from metadata.model.policy_scopes import condition_expression
from metadata.model.tenant import field_of
from metadata.model.values import ObjectType
from server.access.grants import GRANT_HOLDS, GRANTED_RECORDS, GrantShape
from server.database.sql import quote_literal

if TYPE_CHECKING:
    from server.records.compiler import Compiler

__all__ = ["LIVE", "granted_values", "open_condition"]

LIVE = """
    and given.approved_by is not null
    and given.revoked_at is null
    and given.valid_from <= clock_timestamp()
    and (given.valid_until is null or given.valid_until > clock_timestamp())
"""
"""That a row of `tangram.access_grant as given` holds, but for what it ends with."""

ALL_GRANTED = "actor.grants"
"""The parameter that stands for the ids of all records given to the actor by name: what the scope `granted` asks."""

_ACTOR = Parameter("actor.id", ID)
_TENANT = Parameter("tenant.id", ID)


def granted_values(compiler: Compiler, grants: Mapping[str, GrantShape]) -> dict[str, Callable[[], str]]:
    """By parameter name: what writes the SQL that stands in its place."""

    def all_records() -> str:
        found = [f"select given.record_id {_rows(compiler, shape)}" for shape in grants.values()]
        return f"array({' union all '.join(found)})" if found else "array[]::uuid[]"

    found: dict[str, Callable[[], str]] = {ALL_GRANTED: all_records}
    for digest, shape in grants.items():

        def records(shape: GrantShape = shape) -> str:
            return f"array(select given.record_id {_rows(compiler, shape)})"

        def holds(shape: GrantShape = shape) -> str:
            return f"exists (select {_rows(compiler, shape)})"

        found[f"{GRANTED_RECORDS}{digest}"] = records
        found[f"{GRANT_HOLDS}{digest}"] = holds
    return found


def _rows(compiler: Compiler, shape: GrantShape) -> str:
    """FROM and WHERE of the grants of a shape; nothing of it depends on the record, so it runs once a statement."""
    tenant, actor = compiler.parameters.parameter(_TENANT), compiler.parameters.parameter(_ACTOR)
    return (
        "from tangram.access_grant as given\n"
        f"where given.user_id = {actor} and given.object = {quote_literal(shape.object)}"
        f" and given.tenant_id = {tenant} and given.shape = {quote_literal(shape.digest)}"
        f"{LIVE}{_still_open(compiler, shape)}"
    )


def _still_open(compiler: Compiler, shape: GrantShape) -> str:
    """That what the grants end with is there and not closed; what cannot be told counts as closed."""
    if not shape.closes:
        return ""
    object_type = next((one for one in compiler.model if one.table == shape.closes), None)
    if object_type is None:
        return "and false"
    record = "(given.until_closed ->> 'record')::uuid"
    return f"and {open_condition(compiler, object_type, condition_expression(shape.closed), record)}"


def open_condition(compiler: Compiler, object_type: ObjectType, closed: Expression, record: str) -> str:
    """SQL of that a record is there and does not count as closed.

    Args:
        compiler: Of the statement.
        object_type: Of the record.
        closed: What closed means.
        record: SQL of its id.
    """
    scope = compiler.unrestricted(compiler.open(object_type))
    conditions = [f"{scope.alias}.id = {record}", f"({scope.compiler.expression(closed, scope)}) is not true"]
    if field_of(object_type, "deleted_at") is not None:
        conditions.append(f"{scope.alias}.deleted_at is null")
    return f"exists (select {scope.from_clause}\nwhere {' and '.join(conditions)})"
