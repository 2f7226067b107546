"""The JSON that a statement answers: of a record, of what it leads to, of lists of records."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from metadata.fields import FIELD_TYPES
from metadata.fields.base import Output
from metadata.fields.relations import relation_of
from metadata.model.values import Field
from server.access.sensitivity import is_sensitive
from server.database.sql import quote_literal
from server.records.clauses import where_clause
from server.records.field_rights import is_masked, masked_text, plainly, shown
from server.records.json_text import JsonText, computed_scalar, json_key, json_scalar
from server.records.pages import Page
from server.records.plans import (
    ConnectionSelection,
    ConstantSelection,
    EdgesSelection,
    HistorySelection,
    ListPlan,
    ListSelection,
    MaskedFieldsSelection,
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
from server.records.statements import SEEN, TENANT_PARAMETER, Transform

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
            case MaskedFieldsSelection():
                return self._masked_fields(selection, scope)
            case HistorySelection():
                return JsonText().sql(self._history(selection, scope, path))

    def _value(self, selection: ValueSelection, scope: Scope, path: tuple[str | None, ...]) -> str:
        field = selection.field
        compiler = self.compiler
        if relation_of(field) is not None:
            is_type = selection.part == "type"
            sql = compiler.part_sql(scope, field, "type") if is_type else compiler.field_sql(scope, field)
            return json_scalar(sql, "String" if is_type else "ID")
        scalar = self._scalar(scope, field)
        is_logged = is_sensitive(compiler.model, scope.object_type.name, field)
        if selection.transform:
            compiler.transforms.append(Transform(path, selection.transform, (scope.object_type.name, field.name)))
            stored = compiler.plain_sql(scope, field)
            plain = f"json_build_array({scope.alias}.id, {stored})::text"
            answer = shown(
                compiler,
                scope,
                field,
                plain,
                lambda: f"to_json({masked_text(compiler, scope, field, stored)})::text",
                holds_masks=True,
            )
            return _unless_null(stored, answer, plain)
        value = compiler.plain_sql(scope, field)
        if is_logged:
            compiler.transforms.append(Transform(path, SEEN, (scope.object_type.name, field.name)))
            plain = _with_id(scope, json_scalar(value, scalar))
            answer = shown(
                compiler,
                scope,
                field,
                plain,
                lambda: json_scalar(masked_text(compiler, scope, field, value), "String"),
                holds_masks=scalar == "String",
            )
            return _unless_null(value, answer, plain)
        sql = shown(
            compiler,
            scope,
            field,
            value,
            lambda: masked_text(compiler, scope, field, value),
            holds_masks=scalar == "String",
        )
        nullable = not (field.system and field.required and compiler.visibility.certain(scope.object_type, field))
        return json_scalar(sql, scalar, nullable=nullable)

    def _scalar(self, scope: Scope, field: Field) -> str:
        field_type = FIELD_TYPES[field.type]
        match field_type.output:
            case Output.OPTION:
                return "Option"
            case Output.OPTIONS:
                return "[Option]"
            case Output.COMPUTED:
                return computed_scalar(scope.object_type, field, self.compiler.model)
            case _:
                return field_type.scalar

    def _parts(self, selection: PartSelection, scope: Scope, path: tuple[str | None, ...]) -> str:
        field, compiler = selection.field, self.compiler
        columns = [scope.stored(name) for name in compiler.layout.columns(scope.object_type, field)]
        first = compiler.plain_sql(scope, field)
        members, masked = [], []
        is_logged = is_sensitive(compiler.model, scope.object_type.name, field)
        if is_logged:  # before the steps of its parts, which then find them where they look
            compiler.transforms.append(Transform(path, SEEN, (scope.object_type.name, field.name)))
        for key, part in selection.parts:
            if part is None:
                members.append((key, JsonText().constant(f'"{selection.typename}"')))
                masked.append(members[-1])
                continue
            value = part.value.format(*columns)
            if part.transform:
                detail = (scope.object_type.name, field.name)
                compiler.transforms.append(Transform((*path, key), part.transform, detail))
                json = f"json_build_array({scope.alias}.id, {value})::text"
            else:
                json = json_scalar(value, part.scalar)
            members.append((key, JsonText().sql(json)))
            mask = json_scalar(masked_text(compiler, scope, field, value), "String") if part.shows_mask else "'null'"
            masked.append((key, JsonText().sql(mask)))
        plain = str(JsonText().members(members))
        if is_logged:
            plain = _with_id(scope, plain)

        def mask_of_parts() -> str:
            return f"case when {is_masked(compiler, scope, field)} then {JsonText().members(masked)} end"

        holds_masks = any(part.shows_mask for part in FIELD_TYPES[field.type].subfields)
        answer = shown(compiler, scope, field, plain, mask_of_parts, holds_masks=holds_masks)
        return _unless_null(first, answer, plain)

    def _record(self, selection: RecordSelection, scope: Scope, path: tuple[str | None, ...]) -> str:
        inner, condition = self.compiler.relation_scope(scope, selection.field, outer=scope)
        node = self.node(selection.node, inner, path)
        return f"coalesce((select {node}\n{inner.from_clause}\nwhere {condition}), 'null')"

    def _polymorphic(self, selection: PolymorphicSelection, scope: Scope, path: tuple[str | None, ...]) -> str:
        type_column = scope.stored(self.compiler.layout.columns(scope.object_type, selection.field)[0])
        id_column = self.compiler.field_sql(scope, selection.field)
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

    def _masked_fields(self, selection: MaskedFieldsSelection, scope: Scope) -> JsonText:
        names = []
        for name, field in selection.fields:
            condition = is_masked(self.compiler, scope, field)
            if condition:
                value = self.compiler.plain_sql(scope, field)
                names.append(
                    f"case when {condition} and {value} is not null then {quote_literal(json_key(name)[:-1])} end"
                )
        if not names:
            return JsonText().constant("[]")
        return JsonText().constant("[").sql(f"concat_ws(',', {', '.join(names)})").constant("]")

    def _history(self, selection: HistorySelection, scope: Scope, path: tuple[str | None, ...]) -> str:
        detail = (selection.object_type.name,)
        self.compiler.transforms.append(Transform(path, selection.transform, detail, selection.entries))
        alias = self.compiler.alias("h")
        changes = self._known_changes(f"{alias}.changes", selection, scope)
        conditions = [
            f"{alias}.tenant_id = {self.compiler.parameters.parameter(TENANT_PARAMETER)}",
            f"{alias}.object = {quote_literal(selection.object_type.table)}",
            f"{alias}.record_id = {scope.alias}.id",
        ]
        if selection.after is not None:
            conditions.append(f"{alias}.id < {self.compiler.expression(selection.after, scope)}")
        if changes != f"{alias}.changes":  # a change of hidden fields alone did not happen, for whoever asks
            conditions.append(f"{alias}.kind <> 'update' or {changes} <> '{{}}'::jsonb")
        limit = self.compiler.expression(selection.first, scope)
        return (
            "coalesce((select json_agg(entry)::text from (select json_build_object("
            f"'id', {alias}.id::text, 'record', {alias}.record_id, 'at', {alias}.at, 'kind', {alias}.kind, "
            f"'actor', json_build_object('id', {alias}.actor_id, 'kind', {alias}.actor_kind, "
            f"'name', {alias}.actor_name), 'cause', {alias}.cause::text[], 'requestId', {alias}.request_id, "
            f"'changes', {changes}::text) as entry\n"
            f"from tangram.event as {alias}\n{where_clause(conditions)}\n"
            f"order by {alias}.id desc limit {limit}) as entries), '[]')"
        )

    def _known_changes(self, changes: str, selection: HistorySelection, scope: Scope) -> str:
        """SQL of an event's changes without those of fields that may not be read plainly in the record as it is now."""
        hidden: list[str] = []
        by_condition: dict[str, list[str]] = {}
        for field in selection.object_type.fields:
            columns = (*self.compiler.layout.columns(scope.object_type, field), *filter(None, (field.column,)))
            if not columns:
                continue
            if not self.compiler.visibility.usable(scope.object_type, field):
                hidden += columns
                continue
            condition = plainly(self.compiler, scope, field)
            if condition:
                by_condition.setdefault(condition, []).extend(columns)
        if hidden:
            changes = f"({changes} - {_text_array(hidden)})"
        for condition, names in by_condition.items():
            changes = f"({changes} - case when {condition} then '{{}}'::text[] else {_text_array(names)} end)"
        return changes

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


def _with_id(scope: Scope, json: str) -> str:
    """JSON of a record's id and a value shown plainly, for the step that notes who saw it and leaves the value."""
    return f"'[\"' || {scope.alias}.id::text || '\",' || {json} || ']'"


def _unless_null(stored: str, answer: str, plain: str) -> str:
    """JSON of a value that is not null; what is answered in its place may be nothing."""
    safe = answer if answer == plain else f"coalesce({answer}, 'null')"
    return f"case when {stored} is null then 'null' else {safe} end"


def _text_array(texts: Sequence[str]) -> str:
    return f"array[{', '.join(map(quote_literal, dict.fromkeys(texts)))}]::text[]"
