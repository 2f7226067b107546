"""SQL of what an expression asks of the actor: `actor.department.path`, `actor.teams`.

It is a sub-query over the actor's own record that depends on no other one, so that PostgreSQL runs it once a statement
(an InitPlan), and that a change of the organisation counts from the next statement on without any cache.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from metadata.expressions.tree import FieldPath, Parameter
from metadata.expressions.types import ID
from metadata.fields.relations import RelationKind, relation_kind, relation_of
from metadata.model.tenant import field_of
from server.database.sql import qualified, quote_identifier
from server.records.scopes import Correlated, Scope

if TYPE_CHECKING:
    from server.records.compiler import Compiler

__all__ = ["actor_value", "related_to_actor"]

_ACTOR = Parameter("actor.id", ID)


def actor_value(compiler: Compiler, path: FieldPath) -> str:
    """SQL of a value of the actor, uncorrelated.

    Args:
        compiler: With every right.
        path: From `actor` on, but for what is known without asking: `id`, `roles` and `grants`.
    """
    actor = compiler.parameters.parameter(_ACTOR)
    first = path.steps[0]
    if len(path.steps) == 1 and first in _LISTS:
        return _LISTS[first](compiler, actor)
    scope = compiler.open(compiler.model.object("user"))
    field = field_of(scope.object_type, first)
    relation = relation_of(field) if field is not None else None
    if field is not None and relation is not None and relation_kind(relation) in _TO_MANY:
        inner, condition = compiler.relation_scope(scope, field, outer=scope)
        value = f"array(select {inner.alias}.id {inner.from_clause} where {condition})"
    else:
        value = scope.column(FieldPath(path.steps))
    return f"(select {value} {scope.from_clause} where {scope.alias}.id = {actor})"


def related_to_actor(compiler: Compiler, path: FieldPath, outer: Scope) -> tuple[Correlated, Scope]:
    """FROM and WHERE of the records that a list of the actor's leads to: `actor.store.stocks`; the scope inside.

    Args:
        compiler: With every right.
        path: From `actor` on, to the list.
        outer: Scope around it, which `parent` and `record` mean.

    Raises:
        BadInputError: A step is not a field, or leads nowhere.
    """
    own = compiler.open(compiler.model.object("user"))
    holder = own
    for step in path.steps[:-1]:
        holder = holder.joined(holder.field_named(step))
    inner, condition = compiler.relation_scope(holder, holder.field_named(path.steps[-1]), outer=outer)
    listed, actor = inner.from_clause, compiler.parameters.parameter(_ACTOR)
    listed.lines[:0] = [f"cross join {own.from_clause.root}", *own.from_clause.lines]
    return Correlated(inner, f"{own.alias}.id = {actor} and {condition}"), inner


_TO_MANY = (RelationKind.TO_MANY, RelationKind.MANY_TO_MANY)


def _colleagues(compiler: Compiler, actor: str) -> str:
    """The actor, and members and leaders of the teams that the actor is in or leads."""
    team = compiler.model.object("team")
    members = field_of(team, "members")
    assert members is not None
    table, links = qualified(compiler.model.schema, team.table), compiler.layout.join_table(members)
    own = (
        f"select team.id, team.leader_id from {table} as team"
        f" where team.deleted_at is null and (team.leader_id = {actor}"
        f" or exists (select from {links} as mine where mine.source_id = team.id and mine.target_id = {actor}))"
    )
    return (
        f"array(with own as ({own}) select {actor} union select own.leader_id from own"
        f" union select linked.target_id from own join {links} as linked on linked.source_id = own.id)"
    )


def _managed(compiler: Compiler, actor: str) -> str:
    """Departments whose manager the actor is."""
    department = compiler.model.object("department")
    manager = field_of(department, "manager")
    assert manager is not None
    table = qualified(compiler.model.schema, department.table)
    column = quote_identifier(manager.column)
    return f"array(select unit.id from {table} as unit where unit.{column} = {actor} and unit.deleted_at is null)"


_LISTS: dict[str, Callable[[Compiler, str], str]] = {
    "colleagues": _colleagues,
    "managed_departments": _managed,
}
"""Lists that are no field of `user`."""
