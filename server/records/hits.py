"""Compiles a search over several object types: hits with a title and the place where the text was found."""

from __future__ import annotations

from metadata.expressions.tree import Parameter
from metadata.expressions.types import INTEGER, TEXT
from metadata.model.tenant import TenantModel, field_of
from metadata.model.values import Field, ObjectType
from server.access.plan import AccessPlan, FieldRight
from server.access.sensitivity import is_sensitive
from server.database.sql import quote_literal
from server.records.compiler import Compiler
from server.records.field_rights import guarded, masked_text, shown
from server.records.json_text import JsonText, json_scalar
from server.records.plans import SearchPlan
from server.records.scopes import Scope
from server.records.statements import HIT, Statement, Transform

__all__ = ["compile_search"]


def compile_search(plan: SearchPlan, model: TenantModel, access: AccessPlan) -> Statement:
    """Hits of all object types, last changed first: a statement with columns `data` and `epoch`."""
    compiler = Compiler(model, access)
    if not plan.object_types:
        return compiler.statement("select '[]' as data")
    limit = compiler.parameters.literal(plan.size, INTEGER)
    shown_names = frozenset(name for _, name in plan.keys)
    parts = [_hits_of(compiler, object_type, plan.text, limit, shown_names) for object_type in plan.object_types]
    union = "\nunion all\n".join(f"({part})" for part, _ in parts)
    columns = {
        "object": json_scalar("h.object", "String", nullable=False),
        "id": json_scalar("h.id", "ID", nullable=False),
        "title": json_scalar("h.title", "String"),
        "snippet": json_scalar("h.snippet", "String"),
    }
    members = [
        (key, JsonText().sql(columns[name]) if name in columns else JsonText().constant('"SearchHit"'))
        for key, name in plan.keys
    ]
    hit = str(JsonText().members(members))
    if any(seen for _, seen in parts):
        compiler.transforms.append(Transform((None,), HIT))
        told = "json_build_array(h.object, h.id, h.seen)::text"
        hit = f"case when h.seen = '{{}}' then {hit} else '[' || {hit} || ',' || {told} || ']' end"
    page = f"select * from (\n{union}\n) as found order by found.updated_at desc, found.id desc limit {limit}"
    return compiler.statement(f"select '[' || coalesce(string_agg({hit}, ','), '') || ']' as data\nfrom ({page}) as h")


def _hits_of(
    compiler: Compiler, object_type: ObjectType, text: Parameter, limit: str, asked: frozenset[str]
) -> tuple[str, bool]:
    """The hits of one object type, and whether they may show what is sensitive."""
    scope, conditions = compiler.rows(object_type, None, text)
    display = field_of(object_type, object_type.display) if object_type.display else None
    title = f"{scope.alias}.id::text" if display is None else _title(compiler, scope, display)
    words = Parameter(text.name, TEXT)
    snippet = compiler.snippet(scope, words)
    seen = [_seen_title(compiler, scope, display)] if display is not None and "title" in asked else []
    if "snippet" in asked:
        seen.append(compiler.snippet_field(scope, words, lambda field: _sensitive(compiler, scope, field)))
    names = [sql for sql in seen if sql]
    told = f"array_remove(array[{', '.join(names)}]::text[], null)" if names else "'{}'::text[]"
    where = " and ".join(conditions)
    hits = (
        f"select {quote_literal(object_type.name)}::text as object, {scope.alias}.id as id, {title} as title,\n"
        f"{snippet} as snippet, {told} as seen, {scope.alias}.updated_at as updated_at\n"
        f"{scope.from_clause}\nwhere {where}\n"
        f"order by {scope.alias}.updated_at desc, {scope.alias}.id desc limit {limit}"
    )
    return hits, bool(names)


def _sensitive(compiler: Compiler, scope: Scope, field: Field) -> bool:
    return is_sensitive(compiler.model, scope.object_type.name, field)


def _seen_title(compiler: Compiler, scope: Scope, display: Field) -> str:
    """SQL of a sensitive title's field, where it is shown plainly; an empty text for titles that are not sensitive."""
    right = compiler.visibility.field(scope.object_type, display)
    if not _sensitive(compiler, scope, display) or right is not FieldRight.FULL:
        return ""
    value = guarded(compiler, scope, display, compiler.plain_sql(scope, display))
    return f"case when {value} is not null then {quote_literal(display.name)} end"


def _title(compiler: Compiler, scope: Scope, display: Field) -> str:
    """A record's title as it may be seen; its id where that is nowhere."""
    if compiler.visibility.field(scope.object_type, display) is FieldRight.NONE:
        return f"{scope.alias}.id::text"
    value = f"{compiler.plain_sql(scope, display)}::text"
    return shown(
        compiler, scope, display, value, lambda: masked_text(compiler, scope, display, value), holds_masks=True
    )
