"""The one compiler of reads: a plan becomes one statement.

    compile_one        one record by a condition
    compile_list       a page of records as a connection
    compile_node       the JSON of a record already at hand (a row that was just written)

Access, tenant and soft-delete conditions are added in `visible` alone. Values are placeholders; names are quoted.
"""

from __future__ import annotations

import copy
import itertools
from collections.abc import Sequence
from functools import cached_property, lru_cache

from metadata.expressions.check import Checked, ModelScope, check
from metadata.expressions.tree import Expression, FieldPath, Parameter, Root, children
from metadata.expressions.types import ID, TEXT, Kind, ValueType
from metadata.fields import FIELD_TYPES
from metadata.fields.base import Output
from metadata.fields.computed import computed_expression
from metadata.fields.relations import RelationKind, relation_kind, relation_of, targets_of
from metadata.model.tenant import TenantModel, field_of
from metadata.model.values import Field, ObjectType
from metadata.problems import BadInputError, ForbiddenError
from server.access.plan import ADMINISTRATOR, EVERY_ROW, AccessPlan, Action, FieldRight
from server.database.sql import quote_literal
from server.records.expressions import to_sql
from server.records.json_text import JsonText, computed_scalar, json_scalar
from server.records.layout import Layout
from server.records.plans import (
    ConnectionSelection,
    ConstantSelection,
    EdgesSelection,
    HistorySelection,
    ListPlan,
    ListSelection,
    NodePlan,
    NodesSelection,
    OnePlan,
    OrderTerm,
    PageInfoSelection,
    PartSelection,
    PolymorphicSelection,
    RecordSelection,
    Selection,
    TotalSelection,
    ValueSelection,
)
from server.records.scopes import FromClause, Scope
from server.records.statements import ParameterList, Statement, Transform, cast_of

__all__ = ["Compiler", "compile_list", "compile_one", "sortable"]

TENANT_PARAMETER = Parameter("tenant.id", ID)
"""Filled with the tenant's id in every statement."""


def compile_one(plan: OnePlan, model: TenantModel, access: AccessPlan) -> Statement:
    """One record, or null: a statement with columns `data` (bytes of JSON) and `epoch`."""
    compiler = Compiler(model, access)
    scope = compiler.open(plan.node.object_type)
    node = compiler.node(plan.node, scope, ())
    conditions = compiler.conditions(scope, plan.condition)
    return compiler.statement(f"select {node} as data\n{scope.from_clause}\n{_where(conditions)}")


def compile_list(plan: ListPlan, model: TenantModel, access: AccessPlan) -> Statement:
    """A connection: a statement with columns `data` (bytes of JSON) and `epoch`."""
    compiler = Compiler(model, access)
    return compiler.statement(f"select {compiler.connection(plan, None, ())} as data")


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

    def visible(self, scope: Scope, *, deleted: bool = False, action: Action = Action.READ) -> list[str]:
        """Tenant, soft-delete and access conditions of the records of a scope: the one place that adds them.

        Raises:
            ForbiddenError: The actor may do nothing of the kind with this object type.
        """
        conditions = []
        object_type = scope.object_type
        if self.layout.tenant_condition(object_type):
            conditions.append(f"{scope.alias}.tenant_id = {self.parameters.parameter(TENANT_PARAMETER)}")
        if not deleted and field_of(object_type, "deleted_at") is not None:
            conditions.append(f"{scope.alias}.deleted_at is null")
        rows = self.access.rows(object_type.name, action)
        if rows is None:
            raise ForbiddenError.single(
                "action_not_allowed",
                f"You may not {action.value} {object_type.plural}.",
                hint="Ask an administrator for the right.",
            )
        if rows != EVERY_ROW:
            conditions.append(self.permitted(rows, scope))
        return conditions

    def permitted(self, rows: Expression, scope: Scope) -> str:
        """SQL of an access condition over the record of a scope.

        It is compiled with every right, since a policy may look at what its subject may not see, and with joins of
        its own: those that the actor's paths use find only what the actor may see.
        """
        own = FromClause(self._with_every_right, scope.from_clause.root)
        own.lines = scope.from_clause.lines
        own.shares = scope.from_clause.shares
        return self._with_every_right.expression(
            rows, Scope(self._with_every_right, scope.object_type, scope.alias, own, scope.outer)
        )

    @cached_property
    def _with_every_right(self) -> Compiler:
        """This compiler, for the same statement, as the administrator has it."""
        found = copy.copy(self)
        found.access = ADMINISTRATOR
        found._expanding = []
        return found

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
        conditions = self.visible(inner)
        if inner_from.lines:  # the access condition itself needs joins: they must stay inside
            body = f"select {alias}.*\n{inner_from}\n{_where([on, *conditions])}"
            scope.from_clause.lines.append(f"left join lateral ({body}) as {alias} on true")
        else:
            scope.from_clause.lines.append(f"left join {table} as {alias} on {' and '.join([on, *conditions])}")
        return Scope(self, target, alias, scope.from_clause, scope.outer)

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
        link = self._link(scope, field, inner)
        return inner, " and ".join([link, *self.visible(inner)])

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
        """SQL of a field: its first column, or its expression when computed.

        Raises:
            ForbiddenError: The actor may not read it plainly.
        """
        right = self.access.field_right(scope.object_type.name, field.name)
        if right is not FieldRight.FULL:
            raise ForbiddenError.single(
                "field_not_allowed",
                f"You may not use field '{field.name}' of '{scope.object_type.name}'.",
                hint="Ask an administrator for the right.",
            )
        if not FIELD_TYPES[field.type].computed:
            columns = self.layout.columns(scope.object_type, field)
            relation = relation_of(field)
            polymorphic = relation is not None and relation_kind(relation) is RelationKind.POLYMORPHIC
            return scope.stored(columns[-1] if polymorphic else columns[0])
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
        return self._shared(scope, field, sql) if scope.from_clause.shares and "(select" in sql else sql

    def _shared(self, scope: Scope, field: Field, sql: str) -> str:
        """Compute a value that needs other records once a row; `offset 0` keeps the planner from copying it back."""
        alias = self.alias("c")
        scope.from_clause.lines.append(f"cross join lateral (select {sql} as value offset 0) as {alias}")
        return scope.from_clause.computed.setdefault((scope.alias, field.name), f"{alias}.value")

    def part_sql(self, scope: Scope, field: Field, name: str) -> str:
        """SQL of one part of a composite field, as a typed value; a polymorphic relation has `type` and `id`."""
        first = self.field_sql(scope, field)
        if relation_of(field) is not None:
            return self.target_type(scope, field) if name == "type" else first
        for part in FIELD_TYPES[field.type].subfields:
            if part.name == name and not part.transform:
                return part.value.format(*map(scope.stored, self.layout.columns(scope.object_type, field)))
        raise BadInputError.single(
            "unknown_part", f"Field '{field.name}' has no part '{name}' with a value of its own."
        )

    def target_type(self, scope: Scope, field: Field) -> str:
        """SQL of the name of the object type a polymorphic relation leads to; it may differ from its table's."""
        relation = relation_of(field)
        assert relation is not None
        type_column = scope.stored(self.layout.columns(scope.object_type, field)[0])
        names = " ".join(
            f"when {quote_literal(self.model.object(target).table)} then {quote_literal(target)}"
            for target in targets_of(relation)
        )
        return f"case {type_column} {names} end"

    def actor_value(self, path: FieldPath) -> str:
        """A value of the actor, by parameter: `actor.id`."""
        return self.parameters.parameter(
            Parameter(".".join(("actor", *path.steps)), ID if path.steps == ("id",) else TEXT)
        )

    # ── JSON of records ──────────────────────────────────────────────────────────────────────────

    def node(self, plan: NodePlan, scope: Scope, path: tuple[str | None, ...]) -> JsonText:
        """The JSON object of one record."""
        return JsonText().members(
            (selection.key, self._selection(selection, scope, (*path, selection.key))) for selection in plan.selections
        )

    def _selection(self, selection: Selection, scope: Scope, path: tuple[str | None, ...]) -> JsonText:
        match selection:
            case ConstantSelection():
                return JsonText().constant(selection.json)
            case ValueSelection():
                return JsonText().sql(self._value(selection, scope, path))
            case PartSelection():
                return JsonText().sql(self._parts(selection, scope, path))
            case RecordSelection():
                return JsonText().sql(self._record(selection, scope, path))
            case PolymorphicSelection():
                return JsonText().sql(self._polymorphic(selection, scope, path))
            case ListSelection():
                return JsonText().sql(self.connection(selection.list, (scope, selection.field), path))
            case HistorySelection():
                return JsonText().sql(self._history(selection, scope, path))

    def _value(self, selection: ValueSelection, scope: Scope, path: tuple[str | None, ...]) -> str:
        field = selection.field
        if relation_of(field) is not None:
            is_type = selection.part == "type"
            sql = self.part_sql(scope, field, "type") if is_type else self.field_sql(scope, field)
            return json_scalar(sql, "String" if is_type else "ID")
        field_type = FIELD_TYPES[field.type]
        sql = self.field_sql(scope, field)
        if selection.transform:
            self.transforms.append(Transform(path, selection.transform, (scope.object_type.name, field.name)))
            return f"case when {sql} is null then 'null' else json_build_array({scope.alias}.id, {sql})::text end"
        nullable = not (field.system and field.required)
        match field_type.output:
            case Output.OPTION:
                return json_scalar(sql, "Option", nullable=nullable)
            case Output.OPTIONS:
                return json_scalar(sql, "[Option]", nullable=nullable)
            case Output.COMPUTED:
                return json_scalar(sql, computed_scalar(scope.object_type, field, self.model))
            case _:
                return json_scalar(sql, field_type.scalar, nullable=nullable)

    def _parts(self, selection: PartSelection, scope: Scope, path: tuple[str | None, ...]) -> str:
        first = self.field_sql(scope, selection.field)
        columns = [scope.stored(name) for name in self.layout.columns(scope.object_type, selection.field)]
        members = []
        for key, part in selection.parts:
            if part is None:
                members.append((key, JsonText().constant(f'"{selection.typename}"')))
                continue
            if part.transform:
                detail = (scope.object_type.name, selection.field.name)
                self.transforms.append(Transform((*path, key), part.transform, detail))
            members.append((key, JsonText().sql(json_scalar(part.value.format(*columns), part.scalar))))
        return f"case when {first} is null then 'null' else {JsonText().members(members)} end"

    def _record(self, selection: RecordSelection, scope: Scope, path: tuple[str | None, ...]) -> str:
        self._require_field(scope, selection.field)
        inner, condition = self.relation_scope(scope, selection.field, outer=scope)
        node = self.node(selection.node, inner, path)
        return f"coalesce((select {node}\n{inner.from_clause}\nwhere {condition}), 'null')"

    def _polymorphic(self, selection: PolymorphicSelection, scope: Scope, path: tuple[str | None, ...]) -> str:
        self._require_field(scope, selection.field)
        type_column, id_column = map(scope.stored, self.layout.columns(scope.object_type, selection.field))
        branches = []
        for plan in selection.nodes:
            inner = self.open(plan.object_type, scope)
            node = self.node(plan, inner, path)
            conditions = [f"{inner.alias}.id = {id_column}", *self.visible(inner)]
            branches.append(
                f"when {quote_literal(plan.object_type.table)} then "
                f"(select {node}\n{inner.from_clause}\n{_where(conditions)})"
            )
        return f"coalesce(case {type_column} {' '.join(branches)} end, 'null')" if branches else "'null'"

    def _history(self, selection: HistorySelection, scope: Scope, path: tuple[str | None, ...]) -> str:
        detail = (selection.object_type.name,)
        self.transforms.append(Transform(path, selection.transform, detail, selection.entries))
        alias = self.alias("h")
        conditions = [
            f"{alias}.tenant_id = {self.parameters.parameter(TENANT_PARAMETER)}",
            f"{alias}.object = {quote_literal(selection.object_type.table)}",
            f"{alias}.record_id = {scope.alias}.id",
        ]
        if selection.after is not None:
            conditions.append(f"{alias}.id < {self.expression(selection.after, scope)}")
        limit = self.expression(selection.first, scope)
        return (
            "coalesce((select json_agg(entry)::text from (select json_build_object("
            f"'id', {alias}.id::text, 'at', {alias}.at, 'kind', {alias}.kind, 'actor', json_build_object('id', "
            f"{alias}.actor_id, 'kind', {alias}.actor_kind, 'name', {alias}.actor_name), "
            f"'cause', {alias}.cause::text[], 'requestId', {alias}.request_id, "
            f"'changes', {alias}.changes::text) as entry\n"
            f"from tangram.event as {alias}\n{_where(conditions)}\n"
            f"order by {alias}.id desc limit {limit}) as entries), '[]')"
        )

    def _require_field(self, scope: Scope, field: Field) -> None:
        if self.access.field_right(scope.object_type.name, field.name) is FieldRight.NONE:
            raise ForbiddenError.single("field_not_allowed", f"You may not read field '{field.name}'.")

    # ── connections ──────────────────────────────────────────────────────────────────────────────

    def connection(self, plan: ListPlan, parent: tuple[Scope, Field] | None, path: tuple[str | None, ...]) -> str:
        """SQL text expression that gives a connection's JSON: a scalar sub-query."""
        has_page_info = any(isinstance(selection, PageInfoSelection) for selection in plan.selections)
        needs_rows = any(isinstance(s, NodesSelection | EdgesSelection | PageInfoSelection) for s in plan.selections)
        page = _Page(self, plan, parent, path) if needs_rows else None
        members = [
            (selection.key, self._connection_member(selection, plan, parent, page)) for selection in plan.selections
        ]
        body = JsonText().members(members)
        if page is None:
            return f"({body})"
        return f"(select {body}\n{page.wrapped() if has_page_info else page.plain()})"

    def _connection_member(
        self,
        selection: ConnectionSelection,
        plan: ListPlan,
        parent: tuple[Scope, Field] | None,
        page: _Page | None,
    ) -> JsonText:
        match selection:
            case ConstantSelection():
                return JsonText().constant(selection.json)
            case TotalSelection():
                scope, conditions = self.rows(plan.object_type, plan.filter, plan.search, parent)
                return JsonText().sql(f"(select count(*)::text\n{scope.from_clause}\n{_where(conditions)})")
            case _:
                assert page is not None
                return page.member(selection)

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
        conditions = [self._link(parent[0], parent[1], scope)] if parent else []
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
        object_type = scope.object_type
        if not object_type.search:
            raise BadInputError.single(
                "not_searchable",
                f"Object type '{object_type.name}' has no search fields.",
                hint="Set its `search` to a list of text fields.",
            )
        words = self.parameters.placeholder(text.name, "::text[]")
        query = self.parameters.placeholder(f"{text.name} query", "::text")
        content = (
            "tangram.fold(" + " || E'\\n' || ".join(f"coalesce({value}, '')" for value in self._searched(scope)) + ")"
        )
        return f"{scope.alias}.search_vector @@ {query}::tsquery and {content} like all ({words})"

    def snippet(self, scope: Scope, text: Parameter) -> str:
        """SQL of the first search field that holds the first word."""
        words = self.parameters.placeholder(text.name, "::text[]")
        found = " ".join(
            f"when tangram.fold({value}) like ({words})[1] then left({value}, 200)" for value in self._searched(scope)
        )
        return f"case {found} end"

    def _searched(self, scope: Scope) -> list[str]:
        found = []
        for name in scope.object_type.search:
            field = field_of(scope.object_type, name)
            if field is not None:
                sql = self.field_sql(scope, field)
                is_list = FIELD_TYPES[field.type].value_type(field, self.model).kind is Kind.LIST
                found.append(f"array_to_string({sql}, ' ')" if is_list else f"({sql})::text")
        return found

    # ── order ────────────────────────────────────────────────────────────────────────────────────

    def order_values(self, scope: Scope, order: Sequence[OrderTerm]) -> list[str]:
        """SQL of each term's value."""
        return [self.expression(term.value, scope) for term in order]


class _Page:
    """One page of a list: the rows inside, and how `nodes`, `edges` and `pageInfo` are made from them."""

    def __init__(
        self, compiler: Compiler, plan: ListPlan, parent: tuple[Scope, Field] | None, path: tuple[str | None, ...]
    ) -> None:
        self.compiler = compiler
        self.plan = plan
        self.path = path
        self.scope, self.conditions = compiler.rows(plan.object_type, plan.filter, plan.search, parent)
        self.values = compiler.order_values(self.scope, plan.order)
        self.scope.from_clause.shares = False  # what is only answered is computed after the limit, for the page alone
        self.parent = parent
        self.columns: dict[str, str] = {}
        self.has_page_info = any(isinstance(selection, PageInfoSelection) for selection in plan.selections)

    # what the selections need

    def member(self, selection: ConnectionSelection) -> JsonText:
        """JSON of `nodes`, `edges` or `pageInfo`, over the columns that the page will have."""
        if isinstance(selection, NodesSelection):
            node = self.compiler.node(selection.node, self.scope, (*self.path, selection.key, None))
            return self._list(self._column(str(node)))
        if isinstance(selection, EdgesSelection):
            return self._list(self._column(str(self._edge(selection))))
        assert isinstance(selection, PageInfoSelection)
        cursor = self._column(self._cursor(), "c")
        window = self.plan.window
        more = "p.fetched > p.size"
        ahead, behind = (self._beyond(), more) if window.backward else (more, self._beyond())
        entries = {
            "hasNextPage": f"({ahead})::text",
            "hasPreviousPage": f"({behind})::text",
            "startCursor": f"coalesce(to_json(p.{cursor}[1])::text, 'null')",
            "endCursor": f"coalesce(to_json(p.{cursor}[cardinality(p.{cursor})])::text, 'null')",
        }
        return JsonText().members(
            (
                key,
                JsonText().sql(entries[name]) if name in entries else JsonText().constant('"PageInfo"'),
            )
            for key, name in selection.entries
        )

    def _list(self, column: str) -> JsonText:
        aggregated = f"coalesce(p.{column}, '')" if self.has_page_info else self._aggregate(column)
        return JsonText().constant("[").sql(aggregated).constant("]")

    def _aggregate(self, column: str) -> str:
        if self.plan.window.backward:
            return f"coalesce(string_agg(p.{column}, ',' order by p.place desc), '')"
        return f"coalesce(string_agg(p.{column}, ','), '')"

    def _edge(self, selection: EdgesSelection) -> JsonText:
        members = []
        for key, entry in selection.entries:
            if entry is None:
                members.append((key, JsonText().sql(f"to_json({self._cursor()})::text")))
            elif isinstance(entry, str):
                members.append((key, JsonText().constant(entry)))
            else:
                path = (*self.path, selection.key, None, key)
                members.append((key, self.compiler.node(entry, self.scope, path)))
        return JsonText().members(members)

    def _column(self, sql: str, letter: str = "n") -> str:
        for name, known in self.columns.items():
            if known == sql:
                return name
        name = f"{letter}{len(self.columns)}"
        self.columns[name] = sql
        return name

    # the rows

    def plain(self) -> str:
        """FROM of a page whose selections need no `pageInfo`."""
        columns = ", ".join(f"{sql} as {name}" for name, sql in self.columns.items()) or "1 as n"
        rows = f"from (select {columns}\n{self._body(extra=0)}\n)"
        if not self.plan.window.backward:
            return f"{rows} as p"
        return f"from (select row_number() over () as place, x.*\n{rows} as x) as p"

    def wrapped(self) -> str:
        """FROM of a page that also says what lies before and after it: one row more is fetched."""
        size = self.compiler.expression(self.plan.window.size, self.scope)
        rows = ", ".join(f"{sql} as {name}" for name, sql in self.columns.items()) or "1 as n"
        direction = " desc" if self.plan.window.backward else ""
        gathered = ["count(*) as fetched", f"({size})::bigint as size"]
        for name in self.columns:
            within = f"filter (where q.place <= {size})"
            if name.startswith("c"):
                gathered.append(f"array_agg(q.{name} order by q.place{direction}) {within} as {name}")
            else:
                gathered.append(f"string_agg(q.{name}, ',' order by q.place{direction}) {within} as {name}")
        return (
            f"from (select {', '.join(gathered)}\nfrom (select row_number() over () as place, x.*\n"
            f"from (select {rows}\n{self._body(extra=1)}\n) as x) as q) as p"
        )

    def _body(self, extra: int) -> str:
        window = self.plan.window
        conditions = list(self.conditions)
        if window.after is not None:
            conditions.append(self._beside(window.after, after=True))
        if window.before is not None:
            conditions.append(self._beside(window.before, after=False))
        size = self.compiler.expression(window.size, self.scope)
        limit = size if not extra else f"{size} + {extra}"
        offset = f" offset {self.compiler.expression(window.offset, self.scope)}" if window.offset is not None else ""
        order = ", ".join(self._order_terms())
        return f"{self.scope.from_clause}\n{_where(conditions)}\norder by {order}\nlimit {limit}{offset}"

    def _order_terms(self) -> list[str]:
        terms = []
        for term, value in zip(self.plan.order, self.values, strict=True):
            terms.append(f"{sortable(value)} {_order_sql(term, reverse=self.plan.window.backward)}")
        return [*terms, f"{self.scope.alias}.id {'desc' if self._id_descending() else 'asc'}"]

    def _id_descending(self) -> bool:
        """The tie-breaker follows the last term's direction, so that one index serves both."""
        last = self.plan.order[-1].direction.descending if self.plan.order else False
        return last is not self.plan.window.backward

    # cursors

    def _cursor(self) -> str:
        values = "".join(f", ({value})::text" for value in self.values)
        fingerprint = quote_literal(self.plan.order_fingerprint)
        array = f"json_build_array({fingerprint}::text{values}, {self.scope.alias}.id)::text"
        return f"translate(encode(convert_to({array}, 'UTF8'), 'base64'), E'+/=\\n', '-_')"

    def _beside(self, cursor: Sequence[Parameter], *, after: bool) -> str:
        """The condition that a row lies after (or before) a cursor in the order of the plan."""
        *terms, id_parameter = cursor
        id_descending = self._id_descending() is not self.plan.window.backward
        greater = after is not id_descending
        given = self.compiler.parameters.parameter(id_parameter)
        condition = f"{self.scope.alias}.id {'>' if greater else '<'} {given}"
        for term, value, parameter in reversed(list(zip(self.plan.order, self.values, terms, strict=True))):
            given = self.compiler.parameters.placeholder(parameter.name, "::text" + _cursor_cast(term.type))
            condition = _beside_term(term, value, given, condition, after=after)
        return f"({condition})"

    def _beyond(self) -> str:
        """Whether rows lie on the other side of the cursor the page started from."""
        window = self.plan.window
        cursor = window.before if window.backward else window.after
        if cursor is None:
            if window.offset is not None and not window.backward:
                return f"{self.compiler.expression(window.offset, self.scope)} > 0"
            return "false"
        other = _Page(self.compiler, self.plan, self.parent, self.path)
        inside = other._beside(cursor, after=not window.backward)
        body = f"{other.scope.from_clause}\n{_where([*other.conditions, f'not coalesce({inside}, false)'])}"
        return f"exists (select 1 {body})"


def _beside_term(term: OrderTerm, value: str, given: str, rest: str, *, after: bool) -> str:
    """One level of a keyset comparison; missing values stand where the direction puts them."""
    greater = after is not term.direction.descending
    compare = f"{value} {'>' if greater else '<'} {given}"
    if not term.nullable:
        bound = f"{value} {'>=' if greater else '<='} {given}"
        return f"{bound} and ({compare} or ({value} = {given} and {rest}))"
    nulls_after = term.direction.nulls_first is not after
    beyond = (
        f"({compare} or ({value} is null and {given} is not null))"
        if nulls_after
        else (f"({compare} or ({value} is not null and {given} is null))")
    )
    return f"(coalesce({beyond}, false) or ({value} is not distinct from {given} and {rest}))"


def _order_sql(term: OrderTerm, *, reverse: bool) -> str:
    descending = term.direction.descending is not reverse
    nulls_first = term.direction.nulls_first is not reverse
    text = "desc" if descending else "asc"
    if not term.nullable or nulls_first is descending:
        return text  # PostgreSQL's default place of NULL, so that a plain index serves
    return f"{text} nulls {'first' if nulls_first else 'last'}"


def _cursor_cast(value_type: ValueType) -> str:
    cast = cast_of(value_type)
    return "" if cast == "::text" else cast.removeprefix("::text")


def _where(conditions: Sequence[str]) -> str:
    return "where " + "\n  and ".join(f"({condition})" for condition in conditions) if conditions else ""


@lru_cache(maxsize=4_096)
def _mentions_deleted(expression: Expression) -> bool:
    """Whether a filter decides for itself about removed records."""
    if isinstance(expression, FieldPath):
        return expression.steps == ("deleted_at",) and expression.root is Root.RECORD
    return any(map(_mentions_deleted, children(expression)))


def sortable(sql: str) -> str:
    """A value as ORDER BY and GROUP BY take it: a constant there would be read as the place of a column."""
    return sql if "." in sql or "(" in sql.lstrip("(") else f"coalesce({sql})"
