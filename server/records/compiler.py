"""The one compiler of reads: a plan becomes one statement.

    compile_one        one record by a condition
    compile_list       a page of records as a connection
    Compiler.node      the JSON of a record already at hand (a row that was just written)

Access, tenant and soft-delete conditions are added in `visible` alone. Values are placeholders; names are quoted.
"""

from __future__ import annotations

import copy
import itertools
from collections.abc import Callable, Iterator
from functools import cached_property, lru_cache

from metadata.expressions.check import Checked, ModelScope, check
from metadata.expressions.tree import Expression, FieldPath, Parameter, Root, children
from metadata.expressions.types import Kind
from metadata.fields import FIELD_TYPES
from metadata.fields.computed import computed_expression
from metadata.fields.relations import RelationKind, relation_kind, relation_of
from metadata.model.tenant import TenantModel, field_of
from metadata.model.values import Field, ObjectType
from metadata.problems import BadInputError, ForbiddenError
from server.access.plan import ADMINISTRATOR, EVERY_ROW, AccessPlan, Action
from server.access.visibility import Visibility
from server.database.sql import quote_literal
from server.records.actors import actor_value, related_to_actor
from server.records.clauses import where_clause
from server.records.expressions import to_sql
from server.records.field_rights import guarded, plainly, row_condition
from server.records.granted import granted_values
from server.records.json_text import JsonText
from server.records.layout import Layout
from server.records.plans import ListPlan, NodePlan, OnePlan
from server.records.record_json import RecordJson
from server.records.scopes import Correlated, FromClause, Scope
from server.records.search import shown_text
from server.records.statements import TENANT_PARAMETER, ParameterList, Statement, Transform

__all__ = ["Compiler", "compile_list", "compile_one"]


def compile_one(plan: OnePlan, model: TenantModel, access: AccessPlan) -> Statement:
    """One record, or null: a statement with columns `data` (bytes of JSON) and `epoch`."""
    compiler = Compiler(model, access)
    scope = compiler.open(plan.node.object_type)
    node = compiler.node(plan.node, scope, ())
    conditions = compiler.conditions(scope, plan.condition)
    return compiler.statement(f"select {node} as data\n{scope.from_clause}\n{where_clause(conditions)}")


def compile_list(plan: ListPlan, model: TenantModel, access: AccessPlan) -> Statement:
    """A connection: a statement with columns `data` (bytes of JSON) and `epoch`."""
    compiler = Compiler(model, access)
    return compiler.statement(f"select {RecordJson(compiler).connection(plan, None, ())} as data")


class Compiler:
    """Composes one statement for one tenant and one access plan."""

    def __init__(self, model: TenantModel, access: AccessPlan, old: Scope | None = None) -> None:
        self.model = model
        self.access = access
        self.layout = Layout(model)
        self.parameters = ParameterList()
        self.transforms: list[Transform] = []
        self.old = old
        self._aliases = itertools.count(1)
        self._expanding: list[tuple[str, str]] = []
        self.parameters.written = granted_values(self, access.grants)

    # ── the whole statement ──────────────────────────────────────────────────────────────────────

    def statement(self, body: str) -> Statement:
        """Wrap a query for `data` so that one row always comes back, with the tenant's epoch read beside it."""
        tenant = self.parameters.parameter(TENANT_PARAMETER)
        sql = (
            "select convert_to(answer.data, 'UTF8') as data, tenant.epoch\n"
            f"from tangram.tenant as tenant\nleft join lateral (\n{body}\n) as answer on true\n"
            f"where tenant.id = {tenant}"
        )
        return Statement(sql, self.parameters.names(), tuple(self.transforms))

    # ── scopes and joins ─────────────────────────────────────────────────────────────────────────

    def alias(self, letter: str = "r") -> str:
        """A new alias."""
        return f"{letter}{next(self._aliases)}"

    def open(self, object_type: ObjectType, outer: Scope | None = None, source: str = "") -> Scope:
        """A new FROM over an object type's table, or over `source` in its place (a CTE with its columns)."""
        alias = self.alias()
        table = source or self.layout.table_of(object_type)
        from_clause = FromClause(self, f"{table} as {alias}")
        return Scope(self, object_type, alias, from_clause, outer)

    def conditions(self, scope: Scope, filter_: Expression | None, *, deleted: bool = False) -> list[str]:
        """All conditions on the records of a scope: visible to the actor, and meeting the filter."""
        found = self.visible(scope, deleted=deleted or (filter_ is not None and _mentions_deleted(filter_)))
        if filter_ is not None:
            found.append(self.expression(filter_, scope))
        return found

    def visible(self, scope: Scope, *, deleted: bool = False) -> list[str]:
        """Tenant, soft-delete and access conditions of the records of a scope: the one place that adds them.

        Raises:
            ForbiddenError: The actor may read no record of this object type.
        """
        conditions = []
        object_type = scope.object_type
        if self.layout.tenant_condition(object_type):
            conditions.append(f"{scope.alias}.tenant_id = {self.parameters.parameter(TENANT_PARAMETER)}")
        if not deleted and field_of(object_type, "deleted_at") is not None:
            conditions.append(f"{scope.alias}.deleted_at is null")
        rows = self.access.rows(object_type.name, Action.READ)
        if rows is None:
            raise ForbiddenError.single(
                "action_not_allowed",
                f"You may not read {object_type.plural}.",
                hint="Ask an administrator for the right.",
            )
        if rows != EVERY_ROW:
            conditions.append(self.permitted(rows, scope))
        return conditions

    def permitted(self, rows: Expression, scope: Scope) -> str:
        """SQL of an access condition over the record of a scope, which may look at what the actor may not see."""
        own = self.unrestricted(scope)
        return own.compiler.expression(rows, own)

    def unrestricted(self, scope: Scope) -> Scope:
        """The record of a scope with every right on it, and with joins of its own.

        Joins that the actor's paths use find only what the actor may see, so the two are never shared.
        """
        apart = scope.from_clause.apart()
        return Scope(
            self._with_every_right,
            scope.object_type,
            scope.alias,
            apart,
            scope.outer,
            may_be_absent=scope.may_be_absent,
        )

    @cached_property
    def _with_every_right(self) -> Compiler:
        """This compiler, for the same statement, as the administrator has it."""
        found = copy.copy(self)
        found.access = ADMINISTRATOR
        found.visibility = Visibility(self.model, ADMINISTRATOR)
        found._expanding = []
        if self.old is not None:
            found.old = Scope(found, self.old.object_type, self.old.alias, self.old.from_clause.apart())
        return found

    @cached_property
    def visibility(self) -> Visibility:
        """What exists for the actor."""
        return Visibility(self.model, self.access)

    def join_to_one(self, scope: Scope, field: Field) -> Scope:
        """Left join the record a to-one relation leads to."""
        relation = relation_of(field)
        if relation is None or relation_kind(relation) is not RelationKind.TO_ONE:
            raise BadInputError.single(
                "not_to_one",
                f"Field '{field.name}' of '{scope.object_type.name}' does not lead to one record.",
                hint="Paths follow to-one relations; use some(), none(), every(), count() or sum() on lists.",
            )
        target = self.model.object(relation.to)
        alias = self.alias("j")
        table = self.layout.table_of(target)
        inner_from = FromClause(self, f"{table} as {alias}")
        inner = Scope(self, target, alias, inner_from)
        on = f"{alias}.id = {scope.stored(field.column)}"
        conditions = [*self._known_link(scope, field), *self.visible(inner)]
        if inner_from.lines:  # the access condition itself needs joins: they must stay inside
            body = f"select {alias}.*\n{inner_from}\n{where_clause([on, *conditions])}"
            scope.from_clause.lines.append(f"left join lateral ({body}) as {alias} on true")
        else:
            scope.from_clause.lines.append(f"left join {table} as {alias} on {' and '.join([on, *conditions])}")
        return Scope(self, target, alias, scope.from_clause, scope.outer, may_be_absent=True)

    def relation_scope(self, scope: Scope, field: Field, outer: Scope) -> tuple[Scope, str]:
        """A correlated FROM over the records a relation leads to, and its condition."""
        relation = relation_of(field)
        if relation is None or relation_kind(relation) is RelationKind.POLYMORPHIC:
            raise BadInputError.single(
                "not_a_list",
                f"Field '{field.name}' of '{scope.object_type.name}' does not lead to records of one object type.",
            )
        target = self.model.object(relation.to)
        inner = self.open(target, outer)
        return inner, " and ".join([*self._links(scope, field, inner), *self.visible(inner)])

    def _links(self, scope: Scope, field: Field, inner: Scope) -> list[str]:
        """What ties the records inside to the record outside, as far as the actor may know of it.

        The other side of a relation tells what the side that stores it tells, so both have to be readable.
        """
        found = [self._link(scope, field, inner), *self._known_link(scope, field)]
        relation = relation_of(field)
        stored = field_of(inner.object_type, relation.via) if relation is not None and relation.reversed else None
        return found if stored is None else [*found, *self._known_link(inner, stored)]

    def _known_link(self, scope: Scope, field: Field) -> list[str]:
        condition = plainly(self, scope, field)
        return [condition] if condition else []

    def _link(self, scope: Scope, field: Field, inner: Scope) -> str:
        """The condition that ties the records inside to the record outside."""
        relation = relation_of(field)
        assert relation is not None
        own_id = f"{scope.alias}.id"
        kind = relation_kind(relation)
        if kind is RelationKind.TO_ONE:
            return f"{inner.alias}.id = {scope.stored(field.column)}"
        if kind is RelationKind.TO_MANY:
            child = field_of(inner.object_type, relation.via)
            assert child is not None
            child_relation = relation_of(child)
            if child_relation is not None and relation_kind(child_relation) is RelationKind.POLYMORPHIC:
                type_column, id_column = self.layout.columns(inner.object_type, child)
                table = quote_literal(scope.object_type.table)
                return f"{inner.stored(type_column)} = {table} and {inner.stored(id_column)} = {own_id}"
            return f"{inner.stored(child.column)} = {own_id}"
        near, far = ("target_id", "source_id") if relation.reversed else ("source_id", "target_id")
        link = self.alias("m")
        inner.from_clause.lines.append(
            f"join {self.layout.join_table(field)} as {link} on {link}.{far} = {inner.alias}.id"
        )
        return f"{link}.{near} = {own_id}"

    def old_scope(self, scope: Scope) -> Scope:
        """The record before the change, in statements that have one."""
        if self.old is None:
            raise BadInputError.single("no_old", "`old` stands only in conditions over a change.")
        return self.old

    # ── values ───────────────────────────────────────────────────────────────────────────────────

    def expression(self, expression: Expression, scope: Scope) -> str:
        """SQL of an expression over the record of a scope."""
        return self.checked_sql(check(expression, ModelScope(self.model, scope.object_type.name)), scope)

    def checked_sql(self, checked: Checked, scope: Scope) -> str:
        """SQL of a typed expression over the record of a scope."""
        return to_sql(checked, scope, self.parameters)

    def field_sql(self, scope: Scope, field: Field) -> str:
        """SQL of a field where the actor may read it plainly, null elsewhere.

        Raises:
            ForbiddenError: That is nowhere.
        """
        return guarded(self, scope, field, self.plain_sql(scope, field))

    def plain_sql(self, scope: Scope, field: Field) -> str:
        """SQL of a field, whatever the actor may read of it: its first column, or its expression when computed."""
        if FIELD_TYPES[field.type].computed:
            return self._computed_sql(scope, field)
        columns = self.layout.columns(scope.object_type, field)
        relation = relation_of(field)
        polymorphic = relation is not None and relation_kind(relation) is RelationKind.POLYMORPHIC
        return scope.stored(columns[-1] if polymorphic else columns[0])

    def _computed_sql(self, scope: Scope, field: Field) -> str:
        """SQL of a computed field, of what the actor may see; where a policy names the field, of all there is."""
        named = self.access.named_condition(scope.object_type.name, field.name)
        if named is None:
            return self._expanded(scope, field)
        full = self._with_every_right._expanded(self.unrestricted(scope), field)
        if named == EVERY_ROW:
            return full
        is_computable = self.visibility.computable(scope.object_type, field)
        other = self._expanded(scope, field) if is_computable else "null"
        return f"(case when {row_condition(self, scope, named)} then {full} else {other} end)"

    def _expanded(self, scope: Scope, field: Field) -> str:
        known = scope.from_clause.computed.get((scope.alias, field.name))
        if known is not None:
            return known
        key = (scope.object_type.name, field.name)
        if key in self._expanding:
            chain = " → ".join(f"{object_name}.{name}" for object_name, name in [*self._expanding, key])
            raise BadInputError.single("formula_cycle", f"Computed fields depend on each other: {chain}.")
        self._expanding.append(key)
        try:
            expression = computed_expression(scope.object_type, field, self.model)
            sql = f"({self.expression(expression, scope)})"
        finally:
            self._expanding.pop()
        if scope.may_be_absent and not isinstance(expression, FieldPath):
            sql = f"(case when {scope.alias}.id is not null then {sql} end)"  # a count of nothing would be 0
        if not scope.from_clause.shares or "(select" not in sql:
            return sql
        return scope.from_clause.computed.setdefault((scope.alias, field.name), self.computed_once(scope, sql))

    def computed_once(self, scope: Scope, sql: str) -> str:
        """Compute a value that needs other records once a row; `offset 0` keeps the planner from copying it back."""
        alias = self.alias("c")
        scope.from_clause.lines.append(f"cross join lateral (select {sql} as value offset 0) as {alias}")
        return f"{alias}.value"

    def part_sql(self, scope: Scope, field: Field, name: str) -> str:
        """SQL of one part of a composite field, as a typed value; a polymorphic relation has `type` and `id`."""
        if relation_of(field) is not None:
            return self.target_type(scope, field) if name == "type" else self.field_sql(scope, field)
        for part in FIELD_TYPES[field.type].subfields:
            if part.name == name and not part.transform:
                columns = self.layout.columns(scope.object_type, field)
                return guarded(self, scope, field, part.value.format(*map(scope.stored, columns)))
        raise BadInputError.single(
            "unknown_part", f"Field '{field.name}' has no part '{name}' with a value of its own."
        )

    def target_type(self, scope: Scope, field: Field) -> str:
        """SQL of the name of the object type a polymorphic relation leads to; it may differ from its table's."""
        type_column = scope.stored(self.layout.columns(scope.object_type, field)[0])
        names = " ".join(
            f"when {quote_literal(self.model.object(target).table)} then {quote_literal(target)}"
            for target in self.visibility.targets(field)
        )
        return guarded(self, scope, field, f"case {type_column} {names} end") if names else "null::text"

    def actor_value(self, path: FieldPath) -> str:
        """A value of the actor; see `server.records.actors`. Policies may look at what the actor does not see."""
        return actor_value(self._with_every_right, path)

    def related_to_actor(self, scope: Scope, path: FieldPath) -> tuple[Correlated, Scope]:
        """FROM and WHERE of the records that a list of the actor's leads to, and the scope inside."""
        return related_to_actor(self._with_every_right, path, outer=scope)

    # ── JSON of records ──────────────────────────────────────────────────────────────────────────

    def node(self, plan: NodePlan, scope: Scope, path: tuple[str | None, ...]) -> JsonText:
        """The JSON object of one record."""
        return RecordJson(self).node(plan, scope, path)

    # ── lists ────────────────────────────────────────────────────────────────────────────────────

    def rows(
        self,
        object_type: ObjectType,
        filter_: Expression | None,
        search: Parameter | None,
        parent: tuple[Scope, Field] | None = None,
    ) -> tuple[Scope, list[str]]:
        """The records of a list, before order and page: their scope and their conditions."""
        deleted = filter_ is not None and _mentions_deleted(filter_)
        scope = self.open(object_type, parent[0] if parent else None)
        scope.from_clause.shares = True
        conditions = self._links(parent[0], parent[1], scope) if parent else []
        conditions += self.visible(scope, deleted=deleted)
        if filter_ is not None:
            conditions.append(self.expression(filter_, scope))
        if search is not None:
            conditions.append(self.search_condition(scope, search))
        return scope, conditions

    def search_condition(self, scope: Scope, text: Parameter) -> str:
        """Whether a record holds the words searched for: found by the index, then made sure of.

        The parameter is a list of folded words (`tangram.fold`); each must stand in some search field.
        """
        searched = [value for _, value in self._searched(scope)]
        if not searched:
            raise BadInputError.single(
                "not_searchable",
                f"Object type '{scope.object_type.name}' has no search fields.",
                hint="Set its `search` to a list of text fields.",
            )
        words = self.parameters.placeholder(text.name, "::text[]")
        query = self.parameters.placeholder(f"{text.name} query", "::text")
        content = "tangram.fold(" + " || E'\\n' || ".join(f"coalesce({value}, '')" for value in searched) + ")"
        return f"{scope.alias}.search_vector @@ {query}::tsquery and {content} like all ({words})"

    def snippet(self, scope: Scope, text: Parameter) -> str:
        """SQL of the first search field that holds the first word."""
        found = " ".join(f"when {holds} then left({value}, 200)" for _, value, holds in self._holding(scope, text))
        return f"case {found} end"

    def snippet_field(self, scope: Scope, text: Parameter, is_named: Callable[[Field], bool]) -> str:
        """SQL of the name of the field that the snippet is of, where it is one of some; an empty text for none."""
        found = [(field, holds) for field, _, holds in self._holding(scope, text)]
        if not any(is_named(field) for field, _ in found):
            return ""
        names = [quote_literal(field.name) if is_named(field) else "null::text" for field, _ in found]
        arms = " ".join(f"when {holds} then {name}" for name, (_, holds) in zip(names, found, strict=True))
        return f"case {arms} end"

    def _holding(self, scope: Scope, text: Parameter) -> Iterator[tuple[Field, str, str]]:
        """Each search field, with SQL of its value and of whether it holds the first word."""
        words = self.parameters.placeholder(text.name, "::text[]")
        for field, value in self._searched(scope):
            yield field, value, f"tangram.fold({value}) like ({words})[1]"

    def _searched(self, scope: Scope) -> list[tuple[Field, str]]:
        found = []
        for name in scope.object_type.search:
            field = field_of(scope.object_type, name)
            if field is not None and self.visibility.usable(scope.object_type, field):
                sql = self.field_sql(scope, field)
                is_list = FIELD_TYPES[field.type].value_type(field, self.model).kind is Kind.LIST
                text = f"array_to_string({sql}, ' ')" if is_list else f"({sql})::text"
                found.append((field, shown_text(text, is_markup=FIELD_TYPES[field.type].is_markup)))
        return found


@lru_cache(maxsize=4_096)
def _mentions_deleted(expression: Expression) -> bool:
    """Whether a filter decides for itself about removed records."""
    if isinstance(expression, FieldPath):
        return expression.steps == ("deleted_at",) and expression.root is Root.RECORD
    return any(map(_mentions_deleted, children(expression)))
