"""One statement that writes records of one kind, logs an event for each, checks them, and answers.

    gate      one row while the tenant's epoch is the one the statement was compiled for, else none: nothing happens
    given     the new values, one row a record
    old       the records before the change, locked (updates)
    written   the records after it
    logged    an event a record, with what changed
    queued    the events, for the relay
    broken    what is wrong with the records after it, all of it; any of it refuses the whole statement

The answer is made from `written`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from metadata.expressions.check import ModelScope, check
from metadata.expressions.text import parse
from metadata.expressions.tree import Aggregate, Expression, FieldPath, Quantified, children
from metadata.fields import FIELD_TYPES
from metadata.fields.relations import RelationKind, relation_kind, relation_of
from metadata.model.identity import ByIdentity
from metadata.model.tenant import TenantModel, field_of
from metadata.model.values import Field, ObjectType
from server.access.plan import AccessPlan, Action
from server.database.sql import quote_identifier, quote_literal
from server.records.compiler import Compiler
from server.records.plans import (
    ConstantSelection,
    NodePlan,
    PartSelection,
    RecordSelection,
    Selection,
    ValueSelection,
)
from server.records.scopes import FromClause, Scope
from server.records.statements import TENANT_PARAMETER, Statement
from server.records.writing.rights import Change, faults, fields_set, guarded_on_creation, is_readable, nameable, reach

__all__ = [
    "QUEUED",
    "WriteShape",
    "answers_at_once",
    "compile_check",
    "compile_create",
    "compile_node",
    "compile_update",
    "looks_at_lists",
    "needs_related",
]

_UNLOGGED = ("id", "created_at", "created_by", "updated_at", "updated_by", "deleted_at", "version", "search_vector")
_PAIRS_A_CALL = 24


QUEUED = "insert into tangram.event_queue (event_id, tenant_id)\nselect l.id, l.tenant_id from logged as l"
"""Hands the events of `logged` to the relay."""


_BEFORE = 'cross join lateral (select ({0}."old row").*) as o'
"""The record before the write, from the row of the one that was written: joined to it, many would be compared with
each other, since PostgreSQL expects few."""


@dataclass(frozen=True, slots=True)
class WriteShape:
    """What distinguishes two write statements of one object type.

    Attributes:
        object_type: Whose records.
        columns: Columns that are set, in order.
        node: What is answered of each record; None for its id alone.
        checks: Whether validation rules are checked here; False when nested records are still to be written.
        kind: Kind of the event: `update`, `delete`, `restore`, `merge`.
        deleted: Whether deleted records are meant.
        relations: To-many relations that are changed along with the records.
    """

    object_type: ObjectType
    columns: tuple[str, ...]
    node: NodePlan | None = None
    checks: bool = True
    kind: str = "update"
    deleted: bool = False
    relations: tuple[str, ...] = ()


def compile_create(shape: WriteShape, model: TenantModel, access: AccessPlan) -> Statement:
    """Insert the rows of `input` (a JSON list): columns `id` and `data`, one row a record."""
    compiler = Compiler(model, access)
    table = compiler.layout.table_of(shape.object_type)
    names = ["id", "created_at", "created_by", "updated_at", "updated_by", *shape.columns]
    place = compiler.parameters.placeholder
    now, actor = place("now", "::text::timestamptz"), place("actor.id", "::uuid")
    values = ["g.id", now, actor, now, actor, *(f"g.{quote_identifier(column)}" for column in shape.columns)]
    logged = shape.columns
    if _belongs_to_owner(shape):
        user = compiler.layout.table_of(model.object("user"))
        names.append("department_id")
        values.append(f"(select u.department_id from {user} as u where u.id = g.owner_id)")
        logged = (*shape.columns, "department_id")
    written = f"insert into {table} ({_list(names)})\nselect {', '.join(values)}\nfrom given as g\nreturning *"
    changes = _values(logged, _json_columns(compiler, shape.object_type))
    scope = Scope(compiler, shape.object_type, "r", _from(compiler, "written as r"))
    checked = Scope(compiler, shape.object_type, "c", _from(compiler, "written as c"))
    guarded = guarded_on_creation(access, shape.object_type)
    if guarded:
        checked.from_clause.lines.append("join given as g on g.id = c.id")
    refused = faults(compiler, Change(shape.object_type, Action.CREATE, guarded), checked)
    broken = _broken(compiler, shape, Action.CREATE, checked, refused)
    answer = _answer(compiler, shape, scope, has_checks=bool(broken))
    ctes = [
        ("given", _given(compiler, shape, extra=", sent__fields text[]" if guarded else "")),
        ("written", written),
        (
            "logged",
            _logged(
                compiler,
                shape.object_type,
                "create",
                changes,
                "g.request__id",
                "from written as w join given as g on g.id = w.id",
            ),
        ),
        ("queued", QUEUED),
        *broken,
    ]
    return _statement(compiler, ctes, answer, scope)


def _belongs_to_owner(shape: WriteShape) -> bool:
    """Whether a new record goes to its owner's department: it has both, and says nothing of the department."""
    system = {field.column for field in shape.object_type.fields if field.system}
    return (
        system >= {"owner_id", "department_id"}
        and "owner_id" in shape.columns
        and ("department_id" not in shape.columns)
    )


def compile_update(
    shape: WriteShape,
    model: TenantModel,
    access: AccessPlan,
    *,
    where: Expression | None = None,
    action: Action = Action.UPDATE,
) -> Statement:
    """Change records: those whose ids `input` holds, or with `where` all that meet it, by the one row of `input`."""
    compiler = Compiler(model, access)
    object_type = shape.object_type
    table = compiler.layout.table_of(object_type)
    checked = Scope(compiler, object_type, "c", _from(compiler, "written as c"))
    checked.from_clause.lines.append(_BEFORE.format("c"))
    compiler.old = Scope(compiler, object_type, "o", checked.from_clause)
    before = compiler.open(object_type)
    change = Change(object_type, action, fields_set(compiler.layout, object_type, shape.columns, shape.relations))
    conditions = reach(compiler, before, change, deleted=shape.deleted)
    if shape.deleted:
        conditions.append(f"{before.alias}.deleted_at is not null")
    if where is not None:
        conditions.append(compiler.expression(where, before))
    else:
        conditions.append(f"{before.alias}.id = g.id")
        conditions.append(f"(g.expected__version is null or {before.alias}.version = g.expected__version)")
    before.from_clause.lines.append("cross join given as g")
    lock = "no key update" if action is Action.UPDATE else "update"  # who connects to a record that goes has to wait
    columns = ("request__id", "cause__chain", *shape.columns)
    kept = ", ".join(f"g.{quote_identifier(name)} as {quote_identifier('new ' + name)}" for name in columns)
    old = (
        f'select {before.alias}.*, row({before.alias}.*)::{table} as "old row", {kept}\n{before.from_clause}\n'
        f"where {' and '.join(conditions)}\n"
        f"for {lock} of {before.alias}"
    )
    place = compiler.parameters.placeholder
    sets = [f"{quote_identifier(column)} = o.{quote_identifier('new ' + column)}" for column in shape.columns]
    sets += [
        "version = w.version + 1",
        f"updated_at = {place('now', '::text::timestamptz')}",
        f"updated_by = {place('actor.id', '::uuid')}",
    ]
    written = f"update {table} as w\nset {', '.join(sets)}\nfrom old as o\nwhere w.id = o.id\n"
    written += 'returning w.*, o."old row", o."new request__id", o."new cause__chain"'
    scope = Scope(compiler, object_type, "r", _from(compiler, "written as r"))
    refused = faults(compiler, change, checked, compiler.old)
    broken = _broken(compiler, shape, action, checked, refused)
    answer = _answer(compiler, shape, scope, has_checks=bool(broken))
    ctes = [
        ("given", _given(compiler, shape)),
        ("old", old),
        ("written", written),
        (
            "logged",
            _logged(
                compiler,
                object_type,
                shape.kind,
                _changes(shape.columns, _json_columns(compiler, object_type)),
                'w."new request__id"',
                f"from written as w {_BEFORE.format('w')}",
                own_cause='w."new cause__chain"',
            ),
        ),
        ("queued", QUEUED),
        *broken,
    ]
    return _statement(compiler, ctes, answer, scope)


def compile_node(node: NodePlan, model: TenantModel, access: AccessPlan) -> Statement:
    """Answer records just written, by `ids`: columns `id` and `data`; nothing of those that the actor does not see."""
    compiler = Compiler(model, access)
    scope = compiler.open(node.object_type)
    json = compiler.node(node, scope, ())
    ids = compiler.parameters.placeholder("ids", "::uuid[]")
    conditions = [f"{scope.alias}.id = any({ids})", *filter(None, [is_readable(compiler, scope)])]
    sql = (
        f"select {scope.alias}.id, convert_to({json}, 'UTF8') as data\n{scope.from_clause}\n"
        f"where {' and '.join(conditions)}"
    )
    return Statement(sql, compiler.parameters.names(), tuple(compiler.transforms))


def compile_check(object_type: ObjectType, model: TenantModel, access: AccessPlan) -> Statement | None:
    """Check the validation rules of records by `ids`, after nested records were written; None without rules."""
    if not object_type.validations:
        return None
    compiler = Compiler(model, access)
    scope = compiler.open(object_type)
    rules = ", ".join(_rules(compiler, scope))
    ids = compiler.parameters.placeholder("ids", "::uuid[]")
    sql = (
        f"select tangram.require_none('broken', array(select f.fault\n{scope.from_clause}\n"
        f"cross join lateral unnest(array[{rules}]) as f (fault)\n"
        f"where {scope.alias}.id = any({ids}) and f.fault is not null))"
    )
    return Statement(sql, compiler.parameters.names())


def answers_at_once(node: NodePlan | None) -> bool:
    """Whether the writing statement itself can answer: it sees the records written, and everything else as before.

    Lists, history and computed fields may look at what is being written, so they are read by a statement after it.
    """
    return node is None or all(_is_at_hand(selection, node) for selection in node.selections)


def _is_at_hand(selection: Selection, node: NodePlan) -> bool:
    match selection:
        case ValueSelection(field=field):
            return not (FIELD_TYPES[field.type].computed or field.read_only)
        case RecordSelection(node=inner):
            return inner.object_type.name != node.object_type.name and answers_at_once(inner)
        case ConstantSelection() | PartSelection():
            return True
    return False


def needs_related(object_type: ObjectType) -> bool:
    """Whether a validation rule looks at lists of related records, or at what is computed from them.

    The writing statement does not see what it changes there, so such rules are checked by a statement after it.
    """
    return _needs_related(ByIdentity(object_type))


_GIVES_ROLES = frozenset({"post", "user"})
"""Object types whose records PostgreSQL gives roles by; what it logs of that says where the request came from."""


@lru_cache(maxsize=2_048)
def _needs_related(key: ByIdentity) -> bool:
    object_type = key.object_type
    return any(looks_at_lists(parse(rule.rule), object_type) for rule in object_type.validations)


def looks_at_lists(expression: Expression, object_type: ObjectType) -> bool:
    """Whether a condition depends on lists of related records, which a statement sees as they were before it."""
    if isinstance(expression, Quantified | Aggregate):
        return True
    if isinstance(expression, FieldPath):
        declared = field_of(object_type, expression.steps[0])
        return declared is not None and declared.type in ("rollup", "formula")
    return any(looks_at_lists(child, object_type) for child in children(expression))


# ── parts ────────────────────────────────────────────────────────────────────────────────────────


def _statement(compiler: Compiler, ctes: Sequence[tuple[str, str]], answer: str, scope: Scope) -> Statement:
    parameters = compiler.parameters
    tenant = parameters.parameter(TENANT_PARAMETER)
    epoch = parameters.placeholder("epoch", "::bigint")
    gate = f"select from tangram.tenant as t where t.id = {tenant} and t.epoch = {epoch}"
    if scope.object_type.name in _GIVES_ROLES:
        origin = parameters.placeholder("request.origin", "::text")
        gate += f" and set_config('tangram.origin', {origin}, true) is not null"
    body = ",\n".join(f"{name} as (\n{sql}\n)" for name, sql in [("gate", gate), *ctes])
    return Statement(
        f"with {body}\nselect {answer}\n{scope.from_clause}", parameters.names(), tuple(compiler.transforms)
    )


def _given(compiler: Compiler, shape: WriteShape, *, extra: str = "") -> str:
    types = {
        name: column.sql_type
        for field in shape.object_type.fields
        for name, column in zip(
            compiler.layout.columns(shape.object_type, field), FIELD_TYPES[field.type].columns(field), strict=False
        )
    }
    listed = ", ".join(f"{quote_identifier(name)} {types[name]}" for name in shape.columns if name != "id")
    extra = f", expected__version integer, request__id text, cause__chain bigint[]{extra}"
    source = compiler.parameters.placeholder("input", "::json")
    return f"select x.*\nfrom gate, json_to_recordset({source}) as x (id uuid{extra}{', ' + listed if listed else ''})"


def _logged(
    compiler: Compiler, object_type: ObjectType, kind: str, changes: str, request: str, source: str, own_cause: str = ""
) -> str:
    place = compiler.parameters.placeholder
    cause = place("cause.chain", "::bigint[]")
    if own_cause:
        cause = f"coalesce({own_cause}, {cause})"
    return (
        "insert into tangram.event (tenant_id, kind, object, record_id, actor_id, actor_kind, actor_name,"
        " changes, cause, request_id, version)\n"
        f"select {compiler.parameters.parameter(TENANT_PARAMETER)}, {quote_literal(kind)},"
        f" {quote_literal(object_type.table)}, w.id, {place('actor.id', '::uuid')}, {place('actor.kind', '::text')},"
        f" {place('actor.name', '::text')},\n{changes},\n{cause},"
        f" {request}, {place('model.version', '::integer')}\n{source}\n"
        "returning id, tenant_id"
    )


def _changes(columns: Sequence[str], json_columns: frozenset[str]) -> str:
    """`{column: [before, after]}` of the columns whose value differs."""
    plain = [column for column in columns if column not in json_columns]
    calls = []
    for start in range(0, len(plain), _PAIRS_A_CALL):
        pairs = [
            f"{quote_literal(column)}, case when {_differs(column)} then {_both(column)} end"
            for column in plain[start : start + _PAIRS_A_CALL]
        ]
        calls.append(f"jsonb_strip_nulls(jsonb_build_object({', '.join(pairs)}))")
    calls += [  # stripping nulls would reach into these values too
        f"case when {_differs(column)} then jsonb_build_object({quote_literal(column)}, {_both(column)})"
        " else '{}'::jsonb end"
        for column in columns
        if column in json_columns
    ]
    return " || ".join(calls) or "'{}'::jsonb"


def _differs(column: str) -> str:
    name = quote_identifier(column)
    return f"o.{name} is distinct from w.{name}"


def _both(column: str) -> str:
    name = quote_identifier(column)
    return f"jsonb_build_array(o.{name}, w.{name})"


def _values(columns: Sequence[str], json_columns: frozenset[str]) -> str:
    """`{column: value}` of the columns of a new record that were given one."""
    logged = [column for column in columns if column not in _UNLOGGED]
    plain = [column for column in logged if column not in json_columns]
    calls = []
    for start in range(0, len(plain), _PAIRS_A_CALL):
        pairs = [
            f"{quote_literal(column)}, w.{quote_identifier(column)}" for column in plain[start : start + _PAIRS_A_CALL]
        ]
        calls.append(f"jsonb_strip_nulls(jsonb_build_object({', '.join(pairs)}))")
    calls += [  # stripping nulls would reach into these values too
        f"case when w.{quote_identifier(column)} is null then '{{}}'::jsonb"
        f" else jsonb_build_object({quote_literal(column)}, w.{quote_identifier(column)}) end"
        for column in logged
        if column in json_columns
    ]
    return " || ".join(calls) or "'{}'::jsonb"


def _json_columns(compiler: Compiler, object_type: ObjectType) -> frozenset[str]:
    return frozenset(
        name
        for field in object_type.fields
        for name, column in zip(
            compiler.layout.columns(object_type, field), FIELD_TYPES[field.type].columns(field), strict=False
        )
        if column.sql_type == "jsonb"
    )


def _answer(compiler: Compiler, shape: WriteShape, scope: Scope, *, has_checks: bool) -> str:
    """What is answered of each record: null where the actor does not see it as it is now."""
    data = "null::bytea"
    if shape.node is not None:
        data = f"convert_to({compiler.node(shape.node, scope, ())}, 'UTF8')"
        seen = is_readable(compiler, scope)
        data = f"case when {seen} then {data} end" if seen else data
    parts = ["r.id", f"{data} as data"]
    if has_checks:
        parts.append(
            "case when exists (select from broken) then"
            " (select tangram.require_none('broken', array(select b.fault from broken as b))) end as checked"
        )
    return ",\n".join(parts)


def _broken(
    compiler: Compiler, shape: WriteShape, action: Action, scope: Scope, refused: Sequence[str]
) -> list[tuple[str, str]]:
    """The CTE of everything that is wrong with the records written, as texts that `server.records.problems` reads."""
    found = [*refused, *_links(compiler, shape, scope, action)]
    if shape.checks and action is not Action.DELETE:
        found += _rules(compiler, scope)
    if not found:
        return []
    faults = f"cross join lateral unnest(array[{', '.join(found)}]) as f (fault)"
    return [("broken", f"select f.fault\n{scope.from_clause}\n{faults}\nwhere f.fault is not null")]


def _rules(compiler: Compiler, scope: Scope) -> list[str]:
    """For each validation rule: `rule <record> <object>.<rule>` when it is broken, whatever the actor may see."""
    object_type = scope.object_type
    scope = compiler.unrestricted(scope)
    broken = []
    for rule in object_type.validations:
        condition = scope.compiler.checked_sql(
            check(parse(rule.rule), ModelScope(compiler.model, object_type.name)), scope
        )
        name = quote_literal(f" {object_type.name}.{rule.name}")
        broken.append(f"case when ({condition}) is false then 'rule ' || {scope.alias}.id || {name} end")
    return broken


def _links(compiler: Compiler, shape: WriteShape, scope: Scope, action: Action) -> list[str]:
    """For each relation or file that was set: `link <record> <object>.<field> <value>` when it leads to nothing.

    A file that is there but does not meet the field's settings is `size …` or `media …`. What a merge takes over from
    another record leads somewhere already, be it to a record that the actor does not see.
    """
    found: list[str] = []
    if action is Action.MERGE:
        return found
    for field in shape.object_type.fields:
        relation = relation_of(field)
        columns = compiler.layout.columns(shape.object_type, field)
        is_file = FIELD_TYPES[field.type].write_transform == "file"
        if not columns or columns[-1] not in shape.columns or (relation is None and not is_file):
            continue
        value = scope.stored(columns[-1])
        if is_file:
            fault = _file_fault(compiler, field, value, columns[-1], action)
        else:
            assert relation is not None
            if relation_kind(relation) is RelationKind.POLYMORPHIC:
                exists = _polymorphic_exists(compiler, scope, relation.targets, columns)
            else:
                exists = _exists(compiler, scope, compiler.model.object(relation.to), value)
            fault = f"case when not {exists} then 'link' end"
        name = quote_literal(f" {shape.object_type.name}.{field.name} ")
        found.append(f"case when {value} is not null then {fault} || ' ' || {scope.alias}.id || {name} || {value} end")
    return found


def _file_fault(compiler: Compiler, field: Field, value: str, column: str, action: Action) -> str:
    """What is wrong with a file: `link`, `size`, `media`, or NULL.

    Under policies a file is put into a record by whoever sent it: its id alone, seen once, opens no file for good. What
    nobody sent who has signed in is the server's own, as are files of public forms, which name what they brought along.
    """
    patterns = [name.removesuffix("*") + ("%" if name.endswith("*") else "") for name in field.settings.content_types]
    media = f"when not f.content_type like any ({_text_array(patterns)}) then 'media'" if patterns else ""
    tenant = compiler.parameters.parameter(TENANT_PARAMETER)
    own = ""
    if compiler.access.rights is not None:
        stays = "" if action is Action.CREATE else f" or f.id = o.{quote_identifier(column)}"
        own = (
            f" and (f.uploaded_by is not distinct from {compiler.parameters.placeholder('actor.id', '::uuid')}{stays})"
        )
    return (
        f"nullif(coalesce((select case when f.size_bytes > {int(field.settings.max_size_bytes)} then 'size' {media}"
        f" else '' end from tangram.file as f where f.id = {value} and f.tenant_id = {tenant}{own}), 'link'), '')"
    )


def _exists(compiler: Compiler, scope: Scope, target: ObjectType, value: str) -> str:
    inner = compiler.open(target, scope)
    conditions = [f"{inner.alias}.id = {value}", *nameable(compiler, inner)]
    lock = f" for key share of {inner.alias}" if target.storage == "tenant" else ""  # it cannot be deleted meanwhile
    exists = f"exists (select {inner.from_clause} where {' and '.join(conditions)}{lock})"
    if target.name == scope.object_type.name:  # what this statement writes, it cannot lock
        return f"({value} in (select w.id from written as w) or {exists})"
    return exists


def _polymorphic_exists(compiler: Compiler, scope: Scope, targets: Sequence[str], columns: tuple[str, ...]) -> str:
    type_column, id_column = map(scope.stored, columns)
    branches = " ".join(
        f"when {quote_literal(compiler.model.object(target).table)} then "
        f"{_exists(compiler, scope, compiler.model.object(target), id_column)}"
        for target in targets
    )
    return f"coalesce(case {type_column} {branches} end, false)"


def _from(compiler: Compiler, source: str) -> FromClause:
    return FromClause(compiler, source)


def _list(names: Sequence[str]) -> str:
    return ", ".join(map(quote_identifier, names))


def _text_array(values: Sequence[str]) -> str:
    return "array[" + ", ".join(quote_literal(value) for value in values) + "]"
