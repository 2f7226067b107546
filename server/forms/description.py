"""A form as a client draws it: sections, fields with their types, options and limits, conditions, values.

Values are what the caller may read of the record, with defaults where there are none; sensitive and encrypted ones are
left out, since showing them has to be asked for record by record.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import msgspec
import orjson

from metadata.expressions.drawing import drawn
from metadata.expressions.text import parse
from metadata.fields import FIELD_TYPES
from metadata.fields.base import Output
from metadata.fields.relations import RelationKind, RelationSettings, relation_kind, relation_of
from metadata.forms.access import Entry, Ruling, line_entries
from metadata.forms.values import Form, FormField, FormRule, LinesSettings, PhotoSettings
from metadata.forms.widgets import lines_type, picture_field
from metadata.model.tenant import TenantModel, field_of
from metadata.model.values import Field, Labels, ObjectType
from metadata.naming import camel, enum_value
from metadata.problems import NotFoundError
from server.access.plan import Action as Act
from server.access.plan import FieldRight
from server.access.sensitivity import is_sensitive
from server.access.visibility import Visibility
from server.files.links import FileLinks, Holder
from server.forms.assessing import Assessed, Assessing, Step
from server.forms.publishing import Published
from server.records.compiler import Compiler
from server.records.plans import NodePlan, PartSelection, RecordSelection, Selection, ValueSelection
from server.records.run_values import values_for

__all__ = ["Described", "describe"]

_PRIVATE = frozenset(
    {"to", "targets", "many", "inverse", "inverse_label", "on_delete", "kind", "via", "reversed", "options"}
)


_MAX_CHOICES = 300
_NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Described:
    """What is to be described.

    Attributes:
        published: The form; None where a step has none.
        step: What is filled in.
        task: The task, or nothing.
        outcomes: Words that the task may end with.
        links: Signs links to files that the record holds; None for none.
        choices: Whether the records that a relation may lead to are listed, for pages that cannot search them.
    """

    published: Published | None
    step: Step
    task: str = ""
    outcomes: tuple[str, ...] = ()
    links: FileLinks | None = None
    choices: bool = False


async def describe(
    assessing: Assessing, given: Described, *, values: Mapping[str, Any] = _NOTHING, readable: bool = True
) -> dict[str, Any]:
    """The JSON of a form.

    Args:
        assessing: Looks at the record, as the caller.
        given: What is described.
        values: What was filled in so far, by GraphQL name; conditions see it.
        readable: Whether the record has to be one that the caller sees.

    Raises:
        NotFoundError: `unknown_record`.
    """
    step, form = given.step, None if given.published is None else given.published.form
    stored = {} if step.is_new else await _values(assessing, step.object_type, step.entries, step.record_id)
    if stored is None:
        if readable:
            raise NotFoundError.single(
                "unknown_record", f"There is no {step.object_type.name} {step.record_id}.", path=("record",)
            )
        stored = {}
    looked = await assessing.look(step, values)
    known = _Known(assessing, step.object_type, everything=not readable)
    fields = [
        await _field(assessing, given, entry, looked.rulings[name], looked, stored, known)
        for name, entry in step.entries.items()
        if known.field(name)
    ]
    return {
        "form": None if form is None else form.name,
        "version": None if given.published is None else given.published.number,
        "object": step.object_type.name,
        "record": None if step.is_new else step.record_id,
        "task": given.task or None,
        "stage": step.stage or None,
        "outcomes": list(given.outcomes),
        "label": (form.label if form is not None else {}) or step.object_type.label,
        "description": form.description if form is not None else {},
        "languages": list(assessing.context.model.settings.languages),
        "timezone": assessing.context.model.settings.timezone,
        "sections": _sections(form, looked, step.stage, known) if form is not None else [],
        "fields": [one for one in fields if one is not None],
    }


@dataclass(frozen=True, slots=True)
class _Known:
    """What exists for whoever fills in; a task shows everything that its step asks for."""

    assessing: Assessing
    object_type: ObjectType
    everything: bool

    def field(self, name: str) -> bool:
        """Whether a field may be read or set on some record."""
        access = self.assessing.context.access
        found = field_of(self.object_type, name)
        return (
            self.everything
            or found is None
            or access.field_right(self.object_type.name, name) is not FieldRight.NONE
            or access.may_write(self.object_type.name, name)
        )

    def condition(self, text: str) -> bool:
        """Whether a condition may be told: it names nothing that may not be asked."""
        context = self.assessing.context
        if not text or self.everything:
            return True
        return Visibility(context.model, context.access).askable(self.object_type.name, parse(text))


def _sections(form: Form, looked: Assessed, stage: str, known: _Known) -> list[dict[str, Any]]:
    return [
        {
            "name": section.name,
            "label": section.label,
            "description": section.description,
            "shown": not section.when or looked.facts.get(section.when) is True,
            "when": _condition(section.when) if known.condition(section.when) else None,
        }
        for section in form.sections
        if not section.stages or stage in section.stages
    ]


async def _field(
    assessing: Assessing,
    given: Described,
    entry: Entry,
    held: Ruling,
    looked: Assessed,
    values: Mapping[str, Any],
    known: _Known,
) -> dict[str, Any] | None:
    found = field_of(given.step.object_type, entry.field)
    if found is None or not held.access or (held.access == "hidden" and not entry.conditions):
        return None
    declared = entry.declared if isinstance(entry.declared, FormField) else None
    is_shown = held.access != "hidden"
    described = {
        **_described(assessing.context.model, found, entry, held, known),
        "section": declared.section or None if declared is not None else None,
        "description": (declared.description if declared is not None else {}) or found.description,
        "placeholder": declared.placeholder if declared is not None else {},
    }
    if lines_type(assessing.context.model, found) is not None and isinstance(
        entry.settings, LinesSettings | PhotoSettings
    ):
        described["lines"] = await _lines(assessing, given, found, entry, is_shown=is_shown)
    elif is_shown:
        value = values.get(found.name, _default(found) if given.step.is_new else None)
        described["value"] = (
            _with_link(assessing, given, found, value) if value is not None else looked.values.get(found.name)
        )
        if given.choices and held.is_open and entry.widget == "input":
            described["choices"] = await _choices(assessing, found)
    return described


def _described(
    model: TenantModel, found: Field, entry: Entry, held: Ruling, known: _Known | None = None
) -> dict[str, Any]:
    """What does not depend on the record's values."""
    declared = entry.declared
    label: Labels = (declared.label if declared is not None else {}) or found.label
    relation = relation_of(found)
    described: dict[str, Any] = {
        "key": camel(found.name),
        "field": found.name,
        "type": found.type,
        "widget": entry.widget,
        "label": label or {"en": found.name},
        "access": held.access,
        "required": held.access == "required",
        "rules": [_rule(rule) for rule in entry.rules if rule.when and (known is None or known.condition(rule.when))],
        "limits": _limits(found),
    }
    if entry.settings is not None and not isinstance(entry.settings, LinesSettings):
        described["settings"] = msgspec.to_builtins(entry.settings)
    if FIELD_TYPES[found.type].output in (Output.OPTION, Output.OPTIONS):
        described["multiple"] = FIELD_TYPES[found.type].output is Output.OPTIONS
        described["options"] = [
            {"value": enum_value(one.key), "label": one.label or {"en": one.key}, "color": one.color or None}
            for one in found.settings.options
            if not one.archived
        ]
    if relation is not None:
        kind = relation_kind(relation)
        targets = list(relation.targets or (relation.to,))
        described["relation"] = {"objects": targets, "many": kind is not RelationKind.TO_ONE}
    if relation is None and FIELD_TYPES[found.type].input_parts:
        described["parts"] = list(FIELD_TYPES[found.type].input_parts)
    if FIELD_TYPES[found.type].write_transform == "file":
        described["upload"] = _upload(found)
    return described


def _upload(found: Field) -> dict[str, Any]:
    return {"maxSizeBytes": found.settings.max_size_bytes, "contentTypes": list(found.settings.content_types)}


def _limits(found: Field) -> dict[str, Any]:
    """Settings of the field's type that bound its values."""
    if found.settings is None or isinstance(found.settings, RelationSettings):
        return {}
    plain: dict[str, Any] = msgspec.to_builtins(found.settings)
    return {camel(name): value for name, value in plain.items() if name not in _PRIVATE}


def _rule(rule: FormRule) -> dict[str, Any]:
    return {"access": rule.access, "when": _condition(rule.when)}


def _condition(text: str) -> dict[str, Any] | None:
    return {"text": text, "tree": drawn(parse(text))} if text else None


async def _lines(
    assessing: Assessing, given: Described, found: Field, entry: Entry, *, is_shown: bool
) -> dict[str, Any]:
    """The fields of the lines of a list, and the lines that are there."""
    model, settings = assessing.context.model, entry.settings
    target, relation = lines_type(model, found), relation_of(found)
    assert target is not None
    assert relation is not None
    if isinstance(settings, PhotoSettings):
        picture = picture_field(model, found, settings)
        entries = {picture.name: Entry(picture.name, "required")} if picture is not None else {}
        may = {"add": True, "change": False, "remove": True}
        upload = _upload(picture) if picture is not None else None
    else:
        entries = dict(line_entries(settings.fields, given.step.stage))
        may = {"add": settings.add, "change": settings.change, "remove": settings.remove}
        upload = None
    described = []
    for name, inner in entries.items():
        inner_field = field_of(target, name)
        if inner_field is not None:
            described.append(_described(model, inner_field, inner, Ruling(inner.access, inner.default)))
    rows: list[dict[str, Any]] = []
    if is_shown and not given.step.is_new:
        rows = await _line_values(assessing, target, entries, relation.via, given.step.record_id)
    return {"min": settings.min, "max": settings.max, **may, "upload": upload, "fields": described, "values": rows}


async def _line_values(
    assessing: Assessing, target: ObjectType, entries: Mapping[str, Entry], via: str, record_id: str
) -> list[dict[str, Any]]:
    back = field_of(target, via)
    assert back is not None
    column = assessing.reader.layout.columns(target, back)[-1]
    found = await _rows(assessing, target, entries, column, record_id)
    return [] if found is None else found


async def _values(
    assessing: Assessing, object_type: ObjectType, entries: Mapping[str, Entry], record_id: str
) -> dict[str, Any] | None:
    """Values of one record by field name, as far as the caller reads them; None where they do not see it."""
    found = await _rows(assessing, object_type, entries, "id", record_id)
    return found[0] if found else None


async def _rows(
    assessing: Assessing, object_type: ObjectType, entries: Iterable[str], column: str, value: str
) -> list[dict[str, Any]] | None:
    context = assessing.context
    if context.access.rows(object_type.name, Act.READ) is None:
        return None
    compiler = Compiler(context.model, context.access)
    scope = compiler.open(object_type)
    names = ["id", *(name for name in entries if name != "id")]
    selections = [one for name in names for one in _selections(assessing, object_type, name)]
    node = compiler.node(NodePlan(object_type, tuple(selections)), scope, ())
    conditions = [f"{scope.stored(column)} = {compiler.parameters.placeholder('asked.id', '::uuid')}"]
    conditions += compiler.visible(scope)
    sql = (
        f"select convert_to({node}, 'UTF8') as data\n{scope.from_clause}\n"
        f"where {' and '.join(conditions)}\norder by {scope.alias}.id limit 200"
    )
    value_of = values_for(context, assessing.instant, {"asked.id": value, "actor.id": context.actor.id or None})
    rows = await assessing.connection.fetch(sql, *map(value_of, compiler.parameters.names()))
    return [orjson.loads(row["data"]) for row in rows]


def _selections(assessing: Assessing, object_type: ObjectType, name: str) -> Iterable[Selection]:
    """What is read of a field; nothing where it is a list, secret, sensitive, or not the caller's to see."""
    context, found = assessing.context, field_of(object_type, name)
    if found is None or context.access.field_right(object_type.name, name) is FieldRight.NONE:
        return
    field_type, relation = FIELD_TYPES[found.type], relation_of(found)
    if field_type.transform or is_sensitive(context.model, object_type.name, found):
        return
    if relation is not None:
        kind = relation_kind(relation)
        if kind is RelationKind.TO_ONE:
            yield from _related(assessing, found, relation.to)
        elif kind is RelationKind.POLYMORPHIC:
            yield ValueSelection(name, found)
        return
    if field_type.output is Output.OBJECT:
        parts = tuple((part.name, part) for part in field_type.subfields if not part.transform)
        yield PartSelection(name, found, parts, field_type.scalar)
        return
    yield ValueSelection(name, found)


def _related(assessing: Assessing, found: Field, target_name: str) -> Iterable[Selection]:
    """A related record by its id, with what stands for it where that may be read."""
    context, target = assessing.context, assessing.context.model.objects.get(target_name)
    own = None if target is None else field_of(target, "id")
    if target is None or own is None or context.access.rows(target_name, Act.READ) is None:
        yield ValueSelection(found.name, found)
        return
    shown = field_of(target, target.display) if target.display else None
    inner: list[Selection] = [ValueSelection("id", own)]
    if shown is not None and context.access.field_right(target_name, shown.name) is FieldRight.FULL:
        plain = FIELD_TYPES[shown.type].output is not Output.OBJECT and relation_of(shown) is None
        if plain and not FIELD_TYPES[shown.type].transform and not is_sensitive(context.model, target.name, shown):
            inner.append(ValueSelection("display", shown))
    yield RecordSelection(found.name, found, NodePlan(target, tuple(inner)))


def _default(found: Field) -> Any:
    """What a new record gets by its object type, where that is a constant."""
    default = found.default
    if default is None or (isinstance(default, str) and default.startswith("=")):
        return None
    return enum_value(default) if FIELD_TYPES[found.type].output is Output.OPTION else default


async def _choices(assessing: Assessing, found: Field) -> list[dict[str, Any]]:
    """Records that a to-one relation may lead to, as far as the caller sees them; none for other fields."""
    context, relation = assessing.context, relation_of(found)
    if relation is None or relation_kind(relation) is not RelationKind.TO_ONE:
        return []
    target = context.model.objects.get(relation.to)
    if target is None or not target.display or context.access.rows(target.name, Act.READ) is None:
        return []
    compiler = Compiler(context.model, context.access)
    scope = compiler.open(target)
    selections = [one for name in ("id", target.display) for one in _selections(assessing, target, name)]
    node = compiler.node(NodePlan(target, tuple(selections)), scope, ())
    conditions = " and ".join(compiler.visible(scope)) or "true"
    sql = (
        f"select convert_to({node}, 'UTF8') as data\n{scope.from_clause}\nwhere {conditions}\n"
        f"order by {scope.alias}.id limit {_MAX_CHOICES}"
    )
    value_of = values_for(context, assessing.instant, {"actor.id": context.actor.id or None})
    rows = await assessing.connection.fetch(sql, *map(value_of, compiler.parameters.names()))
    listed = [orjson.loads(row["data"]) for row in rows]
    return [{"id": one["id"], "display": one.get(target.display) or one["id"]} for one in listed]


def _with_link(assessing: Assessing, given: Described, found: Field, value: Any) -> Any:
    """A file with a link to it; nobody but people who have signed in is given one."""
    context, actor = assessing.context, assessing.context.actor
    if FIELD_TYPES[found.type].write_transform != "file" or given.links is None or not actor.id:
        return value
    holder = Holder(given.step.object_type.name, found.name, given.step.record_id)
    url = given.links.url(context.model.tenant_id, value["id"], actor.id, key_id=actor.key_id, holder=holder)
    return {**value, "url": url}
