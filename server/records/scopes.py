"""Names inside a statement: which alias stands for which record, and the joins that paths need.

A `FromClause` is one FROM with its left joins; a `Scope` is one record in it. To-one paths become left joins shared by
filters, orders and computed fields of the same FROM: they never multiply rows, and the planner may hash them.
Every join and sub-query gets the conditions of the object type it reaches, in `Compiler.visible`, and nowhere else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from metadata.expressions.scope import SUBTREE
from metadata.expressions.tree import Expression, FieldPath, Root
from metadata.fields import FIELD_TYPES
from metadata.fields.relations import RelationKind, relation_kind, relation_of
from metadata.model.tenant import field_of
from metadata.model.values import Field, ObjectType
from metadata.problems import BadInputError
from server.database.sql import quote_identifier

if TYPE_CHECKING:
    from server.records.compiler import Compiler

__all__ = ["Correlated", "FromClause", "Scope"]


class FromClause:
    """One FROM and its joins.

    Attributes:
        lines: Joins, in order; each may name the aliases before it.
        joined: Scopes of to-one relations that are joined already.
        shares: Whether computed fields that look at other records become a join, computed once for every row and then
            named: right for conditions, orders and figures, which need the value of every row.
        computed: Such fields, by alias and field name.
        rights: Access conditions that were compiled already, by alias and expression.
    """

    __slots__ = ("_apart", "compiler", "computed", "joined", "lines", "rights", "root", "shares")

    def __init__(self, compiler: Compiler, root: str) -> None:
        self.compiler = compiler
        self.root = root
        self.lines: list[str] = []
        self.joined: dict[tuple[str, str], Scope] = {}
        self.shares = False
        self.computed: dict[tuple[str, str], str] = {}
        self.rights: dict[tuple[str, Expression], str] = {}
        self._apart: FromClause | None = None

    def apart(self) -> FromClause:
        """The same FROM for what has every right, and must not share the joins that are there: its own come after."""
        if self._apart is None:
            self._apart = FromClause(self.compiler, self.root)
            self._apart.lines = self.lines
        self._apart.shares = self.shares
        return self._apart

    def __str__(self) -> str:
        """`from …` with its joins, one a line."""
        return "\n".join([f"from {self.root}", *self.lines])


class Scope:
    """One record of a statement: its object type, its alias, the FROM it stands in and the scope around it.

    Attributes:
        may_be_absent: Whether it was reached by a left join, so that there may be no record: all its values are null.
    """

    __slots__ = ("alias", "compiler", "from_clause", "may_be_absent", "object_type", "outer")

    def __init__(
        self,
        compiler: Compiler,
        object_type: ObjectType,
        alias: str,
        from_clause: FromClause,
        outer: Scope | None = None,
        *,
        may_be_absent: bool = False,
    ) -> None:
        self.compiler = compiler
        self.object_type = object_type
        self.alias = alias
        self.from_clause = from_clause
        self.outer = outer
        self.may_be_absent = may_be_absent

    def stored(self, column: str) -> str:
        """A column of this record."""
        return f"{self.alias}.{quote_identifier(column)}"

    def column(self, path: FieldPath) -> str:
        """SQL of the field a path leads to.

        Raises:
            BadInputError: A step is not a field, or not a to-one relation.
        """
        if path.root is Root.ACTOR:
            return self.compiler.actor_value(path)
        scope = self._root(path.root)
        for position, step in enumerate(path.steps):
            if step == SUBTREE and scope.object_type.tree:
                return subtree(scope)
            field = scope.field_named(step)
            rest = path.steps[position + 1 :]
            if not rest:
                return scope.field(field)
            relation = relation_of(field)
            if relation is not None and relation_kind(relation) is RelationKind.TO_ONE:
                if rest == ("id",):
                    return scope.field(field)
            elif relation is not None or FIELD_TYPES[field.type].subfields:
                return scope.part(field, rest[0])
            scope = scope.joined(field)
        raise BadInputError.single("empty_path", "A field path needs at least one step.")

    def related(self, path: FieldPath) -> tuple[Correlated, Scope]:
        """FROM and WHERE of the records a relation leads to, correlated to this record, and the scope inside.

        To-one relations count as lists of at most one record. The text is rendered by `str`, after the body was
        compiled with the scope, because the body may add joins.
        """
        if path.root is Root.ACTOR:
            return self.compiler.related_to_actor(self, path)
        scope = self._root(path.root)
        for step in path.steps[:-1]:
            scope = scope.joined(scope.field_named(step))
        field = scope.field_named(path.steps[-1])
        inner, condition = scope.compiler.relation_scope(scope, field, outer=self)
        return Correlated(inner, condition), inner

    def field(self, field: Field) -> str:
        """SQL of one of this record's fields: its first column, or its computed expression."""
        return self.compiler.field_sql(self, field)

    def part(self, field: Field, name: str) -> str:
        """SQL of a part of a composite field, as a typed value.

        Raises:
            BadInputError: There is no such part, or it has no value of its own.
        """
        return self.compiler.part_sql(self, field, name)

    def joined(self, field: Field) -> Scope:
        """The record a to-one relation leads to, by left join; the same relation is joined once."""
        key = (self.alias, field.name)
        scope = self.from_clause.joined.get(key)
        if scope is None:
            scope = self.compiler.join_to_one(self, field)
            self.from_clause.joined[key] = scope
        return scope

    def _root(self, root: Root) -> Scope:
        if root is Root.PARENT:
            if self.outer is None:
                raise BadInputError.single("no_parent", "`parent` stands only inside a condition over related records.")
            return self.outer
        if root is Root.OLD:
            return self.compiler.old_scope(self)
        return self

    def field_named(self, name: str) -> Field:
        """A field of this record's object type.

        Raises:
            BadInputError: There is none of that name.
        """
        field = field_of(self.object_type, name)
        if field is None:
            known = ", ".join(field.name for field in self.object_type.fields)
            raise BadInputError.single(
                "unknown_field",
                f"Object type '{self.object_type.name}' has no field '{name}'.",
                hint=f"Known fields: {known}.",
            )
        return field


def subtree(scope: Scope) -> str:
    """SQL of the ids of a record of a tree and of all below it: a range of the index on their paths."""
    alias, path = scope.compiler.alias("s"), scope.stored("path")
    table = scope.compiler.layout.table_of(scope.object_type)
    within = f"{alias}.path >= {path} and {alias}.path < {path} || '~'"  # `~` comes after all that a path is made of
    return f"array(select {alias}.id from {table} as {alias} where {within})"


class Correlated:
    """FROM and WHERE of a correlated sub-query, rendered late: joins may still be added while its body is compiled."""

    __slots__ = ("condition", "scope")

    def __init__(self, scope: Scope, condition: str) -> None:
        self.scope = scope
        self.condition = condition

    def __str__(self) -> str:
        return f"{self.scope.from_clause}\nwhere {self.condition}"
