"""The JSON that a statement answers: of a record, of what it leads to, of lists of records."""

from __future__ import annotations

from typing import TYPE_CHECKING

from metadata.fields import FIELD_TYPES
from metadata.fields.base import Output
from metadata.fields.relations import relation_of
from metadata.model.values import Field
from metadata.problems import ForbiddenError
from server.access.plan import FieldRight
from server.database.sql import quote_literal
from server.records.clauses import where_clause
from server.records.json_text import JsonText, computed_scalar, json_scalar
from server.records.pages import Page
from server.records.plans import (
    ConnectionSelection,
    ConstantSelection,
    EdgesSelection,
    HistorySelection,
    ListPlan,
    ListSelection,
    NodePlan,
    NodesSelection,
    PageInfoSelection,
    PartSelection,
    PolymorphicSelection,
    RecordSelection,
    Selection,
    TotalSelection,
    ValueSelection,
)
from server.records.scopes import Scope
from server.records.statements import TENANT_PARAMETER, Transform

if TYPE_CHECKING:
    from server.records.compiler import Compiler

__all__ = ["RecordJson"]


class RecordJson:
    """Writes JSON within the statement of a compiler."""

    def __init__(self, compiler: Compiler) -> None:
        self.compiler = compiler

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
            sql = self.compiler.part_sql(scope, field, "type") if is_type else self.compiler.field_sql(scope, field)
            return json_scalar(sql, "String" if is_type else "ID")
        field_type = FIELD_TYPES[field.type]
        sql = self.compiler.field_sql(scope, field)
        if selection.transform:
            self.compiler.transforms.append(Transform(path, selection.transform, (scope.object_type.name, field.name)))
            return f"case when {sql} is null then 'null' else json_build_array({scope.alias}.id, {sql})::text end"
        nullable = not (field.system and field.required)
        match field_type.output:
            case Output.OPTION:
                return json_scalar(sql, "Option", nullable=nullable)
            case Output.OPTIONS:
                return json_scalar(sql, "[Option]", nullable=nullable)
            case Output.COMPUTED:
                return json_scalar(sql, computed_scalar(scope.object_type, field, self.compiler.model))
            case _:
                return json_scalar(sql, field_type.scalar, nullable=nullable)

    def _parts(self, selection: PartSelection, scope: Scope, path: tuple[str | None, ...]) -> str:
        first = self.compiler.field_sql(scope, selection.field)
        columns = [scope.stored(name) for name in self.compiler.layout.columns(scope.object_type, selection.field)]
        members = []
        for key, part in selection.parts:
            if part is None:
                members.append((key, JsonText().constant(f'"{selection.typename}"')))
                continue
            if part.transform:
                detail = (scope.object_type.name, selection.field.name)
                self.compiler.transforms.append(Transform((*path, key), part.transform, detail))
            members.append((key, JsonText().sql(json_scalar(part.value.format(*columns), part.scalar))))
        return f"case when {first} is null then 'null' else {JsonText().members(members)} end"

    def _record(self, selection: RecordSelection, scope: Scope, path: tuple[str | None, ...]) -> str:
        self._require_field(scope, selection.field)
        inner, condition = self.compiler.relation_scope(scope, selection.field, outer=scope)
        node = self.node(selection.node, inner, path)
        return f"coalesce((select {node}\n{inner.from_clause}\nwhere {condition}), 'null')"

    def _polymorphic(self, selection: PolymorphicSelection, scope: Scope, path: tuple[str | None, ...]) -> str:
        self._require_field(scope, selection.field)
        type_column, id_column = map(scope.stored, self.compiler.layout.columns(scope.object_type, selection.field))
        branches = []
        for plan in selection.nodes:
            inner = self.compiler.open(plan.object_type, scope)
            node = self.node(plan, inner, path)
            conditions = [f"{inner.alias}.id = {id_column}", *self.compiler.visible(inner)]
            branches.append(
                f"when {quote_literal(plan.object_type.table)} then "
                f"(select {node}\n{inner.from_clause}\n{where_clause(conditions)})"
            )
        return f"coalesce(case {type_column} {' '.join(branches)} end, 'null')" if branches else "'null'"

    def _history(self, selection: HistorySelection, scope: Scope, path: tuple[str | None, ...]) -> str:
        detail = (selection.object_type.name,)
        self.compiler.transforms.append(Transform(path, selection.transform, detail, selection.entries))
        alias = self.compiler.alias("h")
        conditions = [
            f"{alias}.tenant_id = {self.compiler.parameters.parameter(TENANT_PARAMETER)}",
            f"{alias}.object = {quote_literal(selection.object_type.table)}",
            f"{alias}.record_id = {scope.alias}.id",
        ]
        if selection.after is not None:
            conditions.append(f"{alias}.id < {self.compiler.expression(selection.after, scope)}")
        limit = self.compiler.expression(selection.first, scope)
        return (
            "coalesce((select json_agg(entry)::text from (select json_build_object("
            f"'id', {alias}.id::text, 'at', {alias}.at, 'kind', {alias}.kind, 'actor', json_build_object('id', "
            f"{alias}.actor_id, 'kind', {alias}.actor_kind, 'name', {alias}.actor_name), "
            f"'cause', {alias}.cause::text[], 'requestId', {alias}.request_id, "
            f"'changes', {alias}.changes::text) as entry\n"
            f"from tangram.event as {alias}\n{where_clause(conditions)}\n"
            f"order by {alias}.id desc limit {limit}) as entries), '[]')"
        )

    def _require_field(self, scope: Scope, field: Field) -> None:
        if self.compiler.access.field_right(scope.object_type.name, field.name) is FieldRight.NONE:
            raise ForbiddenError.single("field_not_allowed", f"You may not read field '{field.name}'.")

    # ── connections ──────────────────────────────────────────────────────────────────────────────

    def connection(self, plan: ListPlan, parent: tuple[Scope, Field] | None, path: tuple[str | None, ...]) -> str:
        """SQL text expression that gives a connection's JSON: a scalar sub-query."""
        has_page_info = any(isinstance(selection, PageInfoSelection) for selection in plan.selections)
        needs_rows = any(isinstance(s, NodesSelection | EdgesSelection | PageInfoSelection) for s in plan.selections)
        page = Page(self.compiler, plan, parent, path) if needs_rows else None
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
        page: Page | None,
    ) -> JsonText:
        match selection:
            case ConstantSelection():
                return JsonText().constant(selection.json)
            case TotalSelection():
                scope, conditions = self.compiler.rows(plan.object_type, plan.filter, plan.search, parent)
                return JsonText().sql(f"(select count(*)::text\n{scope.from_clause}\n{where_clause(conditions)})")
            case _:
                assert page is not None
                return page.member(selection)
