"""Faults of what an object type says about its fields: display, search, uniques, indexes, validations, views."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from metadata.expressions.check import ModelScope, faults_of
from metadata.expressions.functions import FUNCTIONS
from metadata.expressions.scope import FORMULA_ROOTS, POLICY_ROOTS
from metadata.expressions.text import parse
from metadata.expressions.tree import Aggregate, Call, Expression, FieldPath, Quantified, children
from metadata.expressions.types import BOOLEAN, Kind
from metadata.fields import FIELD_TYPES
from metadata.fields.relations import RelationKind, relation_of
from metadata.model.computed import secrets_used
from metadata.model.reading import closest
from metadata.model.tenant import TenantModel, field_of
from metadata.model.values import Field, Index, ObjectType, UniqueConstraint, View
from metadata.problems import Fault, Path

__all__ = ["faults"]

_MAX_INDEX_FIELDS = 8
_MAX_INDEX_LENGTH = 800
_VIEW_KINDS = ("list", "board", "calendar", "gallery")
_SHOWN = frozenset({Kind.LIST, Kind.RECORD, Kind.JSON, Kind.GEO_POINT})


def faults(model: TenantModel, found: ObjectType) -> Iterator[Fault]:
    """What is wrong with an object type beyond its fields; paths start at the object."""
    yield from _display_faults(model, found)
    yield from _search_faults(found)
    for place, unique in enumerate(found.uniques):
        yield from _index_faults(model, found, unique, "unique", ("uniques", place))
    for place, index in enumerate(found.indexes):
        yield from _index_faults(model, found, index, "index", ("indexes", place))
    for place, rule in enumerate(found.validations):
        path = ("validations", place)
        what = f"Validation '{rule.name}' of '{found.name}'"
        scope = ModelScope(model, found.name, FORMULA_ROOTS)
        yield from _condition_faults(rule.rule, scope, what, (*path, "rule"))
        if rule.field and field_of(found, rule.field) is None:
            yield _unknown(found, rule.field, what, (*path, "field"))
    for place, view in enumerate(found.views):
        yield from _view_faults(model, found, view, ("views", place))


def _display_faults(model: TenantModel, found: ObjectType) -> Iterator[Fault]:
    if not found.display:
        return
    field = field_of(found, found.display)
    what = f"`display` of object type '{found.name}'"
    if field is None:
        yield _unknown(found, found.display, what, ("display",))
        return
    field_type = FIELD_TYPES[field.type]
    if field_type.value_type(field, model).kind in _SHOWN or field_type.transform:
        message = f"{what} names '{field.name}', which cannot stand for a record: its type is {field.type}."
        yield Fault("bad_display", message, ("display",), "Name a field of text, a number or a date.")


def _search_faults(found: ObjectType) -> Iterator[Fault]:
    for place, name in enumerate(found.search):
        field = field_of(found, name)
        what = f"`search` of object type '{found.name}'"
        if field is None:
            yield _unknown(found, name, what, ("search", place))
        elif not FIELD_TYPES[field.type].searchable:
            known = ", ".join(key for key, field_type in FIELD_TYPES.items() if field_type.searchable)
            message = f"{what} names '{name}', whose type {field.type} is not searched."
            yield Fault("not_searchable", message, ("search", place), f"Types that are: {known}.")
        elif name in found.search[:place]:
            message = f"{what} names '{name}' twice."
            yield Fault("duplicate_name", message, ("search", place), "Remove one.")


def _index_faults(
    model: TenantModel, found: ObjectType, item: UniqueConstraint | Index, kind: str, path: Path
) -> Iterator[Fault]:
    what = f"{kind.capitalize()} '{item.name}' of '{found.name}'"
    if not 1 <= len(item.fields) <= _MAX_INDEX_FIELDS:
        message = f"{what} has {len(item.fields)} fields; from 1 to {_MAX_INDEX_FIELDS} are allowed."
        yield Fault("bad_field_count", message, (*path, "fields"))
    seen: set[str] = set()
    for place, written in enumerate(item.fields):
        name = written.removeprefix("-") if kind == "index" else written
        field = field_of(found, name)
        here = (*path, "fields", place)
        if field is None:
            yield _unknown(found, name, what, here)
        elif not _can_index(field, kind):
            message = f"{what} names '{name}', whose type {field.type} cannot stand in it."
            yield Fault("not_indexable", message, here, "Remove it.")
        elif _is_list(field) and len(item.fields) > 1:
            message = f"{what} names '{name}' beside others; a field of type {field.type} has an index of its own."
            yield Fault("not_indexable", message, here, "Set `indexed` of the field instead.")
        if name in seen:
            yield Fault("duplicate_name", f"{what} names '{name}' twice.", here, "Remove one.")
        seen.add(name)
    yield from _width_faults(found, item, what, (*path, "fields"))
    if item.where:
        scope = ModelScope(model, found.name, FORMULA_ROOTS)
        problems = list(_condition_faults(item.where, scope, what, (*path, "where")))
        yield from problems or _predicate_faults(found, item.where, what, (*path, "where"))


def _width_faults(found: ObjectType, item: UniqueConstraint | Index, what: str, path: Path) -> Iterator[Fault]:
    """A B-tree entry holds 2,704 bytes, a Chinese character takes three of them."""
    fields = [field_of(found, name.removeprefix("-")) for name in item.fields]
    width = sum(getattr(field.settings, "max_length", 0) for field in fields if field and not _is_list(field))
    if width > _MAX_INDEX_LENGTH:
        message = f"{what} compares text of up to {width} characters; {_MAX_INDEX_LENGTH} are allowed."
        yield Fault("index_too_wide", message, path, "Lower `max_length` of its text fields.")


def _is_list(field: Field) -> bool:
    return any(column.sql_type.endswith("[]") for column in FIELD_TYPES[field.type].columns(field))


def _can_index(field: Field, kind: str) -> bool:
    relation = relation_of(field)
    if relation is not None:
        return relation.kind is RelationKind.TO_ONE
    field_type = FIELD_TYPES[field.type]
    return field_type.indexable and (kind == "index" or field_type.uniqueable or field.type in ("boolean", "rating"))


def _predicate_faults(found: ObjectType, text: str, what: str, path: Path) -> Iterator[Fault]:
    """An index holds rows by their own columns alone: nothing related, computed, or of the clock."""
    for node in _nodes(parse(text)):
        if isinstance(node, (Quantified, Aggregate)):
            yield _not_own(what, "related records", path)
        elif isinstance(node, Call) and any(one.clock for one in FUNCTIONS[node.function].signatures):
            yield _not_own(what, f"the clock, by {node.function}()", path)
        elif isinstance(node, FieldPath):
            field = field_of(found, node.steps[0])
            if field is None or not field.column or (len(node.steps) > 1 and relation_of(field) is not None):
                yield _not_own(what, f"'{'.'.join(node.steps)}'", path)


def _not_own(what: str, thing: str, path: Path) -> Fault:
    message = f"The condition of {what} asks for {thing}; it may only ask for fields stored in the record."
    return Fault("not_stored", message, path, "Use stored fields, or a validation rule.")


def _nodes(expression: Expression) -> Iterator[Expression]:
    yield expression
    for part in children(expression):
        yield from _nodes(part)


def _view_faults(model: TenantModel, found: ObjectType, view: View, path: Path) -> Iterator[Fault]:
    what = f"View '{view.name}' of '{found.name}'"
    if view.kind not in _VIEW_KINDS:
        message = f"{what} has the kind '{view.kind}'."
        yield Fault("unknown_value", message, (*path, "kind"), f"Kinds are {', '.join(_VIEW_KINDS)}.")
    for place, column in enumerate(view.columns):
        yield from _path_faults(model, found, column, what, (*path, "columns", place))
    if view.filter:
        scope = ModelScope(model, found.name, POLICY_ROOTS)
        yield from _condition_faults(view.filter, scope, what, (*path, "filter"))
    for place, term in enumerate(view.order):
        here = (*path, "order", place)
        problems = list(_path_faults(model, found, term.removeprefix("-"), what, here))
        yield from problems
        end = None if problems else _end(model, found, term.removeprefix("-"))
        if end is not None and not FIELD_TYPES[end.type].sortable:
            message = f"{what} sorts by '{end.name}', whose type {end.type} has no order."
            yield Fault("not_sortable", message, here, "Sort by another field.")
    yield from _group_faults(model, found, view, what, (*path, "group_by"))


def _group_faults(model: TenantModel, found: ObjectType, view: View, what: str, path: Path) -> Iterator[Fault]:
    if not view.group_by:
        if view.kind in ("board", "calendar"):
            wanted = "a select field, for its columns" if view.kind == "board" else "a date or datetime field"
            yield Fault("missing", f"{what} is a {view.kind} and has no `group_by`.", path, f"Name {wanted}.")
        return
    field = field_of(found, view.group_by)
    if field is None:
        yield _unknown(found, view.group_by, what, path)
        return
    kind = FIELD_TYPES[field.type].value_type(field, model).kind
    if view.kind == "calendar" and kind not in (Kind.DATE, Kind.DATETIME):
        message = f"{what} is a calendar by '{field.name}', whose type is {field.type}."
        yield Fault("bad_group", message, path, "Name a date or datetime field.")
    elif not FIELD_TYPES[field.type].groupable:
        message = f"{what} groups by '{field.name}', whose type {field.type} cannot be grouped."
        yield Fault("bad_group", message, path, "Name a field of few values, such as a select field.")


def _path_faults(model: TenantModel, found: ObjectType, text: str, what: str, path: Path) -> Iterator[Fault]:
    steps = text.split(".")
    here = found
    for position, step in enumerate(steps):
        field = field_of(here, step)
        if field is None:
            yield _unknown(here, step, what, path)
            return
        if position == len(steps) - 1:
            return
        relation = relation_of(field)
        parts = [part.name for part in FIELD_TYPES[field.type].subfields]
        if relation is None and position == len(steps) - 2 and steps[-1] in parts:
            return
        if relation is None or relation.kind is not RelationKind.TO_ONE or relation.to not in model.objects:
            message = f"{what} names '{text}', but '{step}' of '{here.name}' does not lead to one record."
            yield Fault("not_to_one", message, path, "Dotted paths follow to-one relations.")
            return
        here = model.objects[relation.to]


def _end(model: TenantModel, found: ObjectType, text: str) -> Field | None:
    """The field that a checked path ends at."""
    here: ObjectType | None = found
    field = None
    for step in text.split("."):
        following = None if here is None else field_of(here, step)
        if following is None:
            return field
        field = following
        relation = relation_of(field)
        here = model.objects.get(relation.to) if relation else None
    return field


def _condition_faults(text: str, scope: ModelScope, what: str, path: Path) -> Iterator[Fault]:
    problems = faults_of(text, scope, BOOLEAN)
    for fault in problems:
        yield Fault(fault.reason, f"{what}: {fault.message}", path, fault.hint)
    for name in () if problems else dict.fromkeys(secrets_used(scope.model, scope.object_name, parse(text))):
        message = f"{what}: '{name}' is encrypted and cannot be used in an expression."
        yield Fault("encrypted", message, path, "Leave it out.")


def _unknown(found: ObjectType, name: str, what: str, path: Path) -> Fault:
    known: Iterable[str] = [field.name for field in found.fields]
    message = f"{what} names '{name}', which is no field of '{found.name}'."
    return Fault("unknown_field", message, path, closest(name, known))
