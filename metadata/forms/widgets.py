"""How a field of a form is filled in: one descriptor for each widget, from which reading, checks and clients follow.

A widget is a way to fill in an existing field type, not a type of its own: what is stored stays an ordinary field.
A widget is added by its settings in `metadata.forms.values`, its descriptor here, and how its values are read in
`server.forms.reading`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import msgspec
import re2

from metadata.expressions.types import GEO_POINT
from metadata.fields import FIELD_TYPES
from metadata.fields.inputs import shown
from metadata.fields.relations import RelationKind, RelationSettings, relation_of
from metadata.flows.terms import Subject
from metadata.forms import values
from metadata.forms.values import FormField
from metadata.model.tenant import TenantModel, field_of
from metadata.model.values import Field, ObjectType
from metadata.problems import Fault, Path

__all__ = ["MAX_LINES", "WIDGETS", "Widget", "is_fillable", "lines_type", "picture_field", "settings_of", "widget_of"]

MAX_LINES = 200
"""Most lines, and most pictures, of one submission."""

Check = Callable[[Subject, Field, Any], Iterator[Fault]]

_FILES = ("file", "image")


def _no_faults(_subject: Subject, _field: Field, _settings: Any) -> Iterator[Fault]:
    return iter(())


@dataclass(frozen=True, slots=True)
class Widget:
    """One way to fill a field in.

    Attributes:
        key: As in documents.
        help: One line.
        settings: Class of its settings.
        suits: Whether a field can be filled in so.
        suited: What kind of field it is for, for messages.
        check: Faults of its settings, with paths from them.
    """

    key: str
    help: str
    settings: type[msgspec.Struct]
    suits: Callable[[Field], bool]
    suited: str
    check: Check = _no_faults


def is_fillable(field: Field) -> bool:
    """Whether a form may set a field at all."""
    if FIELD_TYPES[field.type].computed or field.read_only or FIELD_TYPES[field.type].write_transform == "auto_number":
        return False
    return not field.system or field.name in ("owner", "department")


def lines_type(model: TenantModel, field: Field) -> ObjectType | None:
    """The object type whose records hang on a record by this field, each on one alone; None for other fields."""
    relation = relation_of(field)
    if relation is None or relation.kind is not RelationKind.TO_MANY or not relation.via:
        return None
    return model.objects.get(relation.to)


def picture_field(model: TenantModel, field: Field, settings: values.PhotoSettings) -> Field | None:
    """Of pictures that are records of a list: the field that holds one; without a name, the first that can."""
    found = lines_type(model, field)
    if found is None:
        return None
    if settings.field:
        named = field_of(found, settings.field)
        return named if named is not None and named.type in _FILES else None
    return next((one for one in found.fields if one.type in _FILES), None)


def _kind(field: Field) -> RelationKind | None:
    relation = relation_of(field)
    return None if relation is None else relation.kind


def _counts(subject: Subject, settings: Any, most: int, what: str) -> Iterator[Fault]:
    if not 0 <= settings.min <= settings.max:
        message = f"{subject.what} asks for {settings.min} to {settings.max} {what}."
        yield Fault("out_of_range", message, ("min",), "Let `min` be 0 or more, and `max` no less.")
    if settings.max < 1 or settings.max > most:
        message = f"{subject.what} takes {settings.max} {what}."
        yield Fault("out_of_range", message, ("max",), f"1 to {most}.")


def _photo(subject: Subject, field: Field, settings: values.PhotoSettings) -> Iterator[Fault]:
    is_list = _kind(field) is RelationKind.TO_MANY
    yield from _counts(subject, settings, MAX_LINES if is_list else 1, "pictures")
    if is_list and picture_field(subject.model, field, settings) is None:
        message = f"{subject.what}: the records of '{field.name}' have no field that holds a picture."
        hint = "Name one of type image or file in `field`."
        yield Fault("no_picture_field", message, ("field",), hint)
    if not is_list and settings.field:
        message = f"{subject.what} names a field of a list, and fills in one picture."
        yield Fault("not_applicable", message, ("field",), "Leave it out.")


def _location(subject: Subject, _field: Field, settings: values.LocationSettings) -> Iterator[Fault]:
    yield from subject.expression(settings.near, ("near",), expected=GEO_POINT, old=True)
    if bool(settings.near) != (settings.max_distance_m > 0):
        message = f"{subject.what} says where the place has to be near, or how near, and not both."
        yield Fault("missing", message, ("max_distance_m",), "Give `near` and `max_distance_m`, or neither.")
    if settings.max_distance_m < 0 or settings.max_accuracy_m < 0:
        yield Fault("out_of_range", f"{subject.what}: a distance is below 0.", (), "Write metres.")


def _scan(subject: Subject, field: Field, settings: values.ScanSettings) -> Iterator[Fault]:
    if settings.pattern:
        try:
            re2.compile(settings.pattern)
        except re2.error as error:
            message = f"{subject.what}: {shown(settings.pattern)} is no pattern: {error}."
            yield Fault("bad_pattern", message, ("pattern",), "Write a regular expression that RE2 knows.")
    yield from subject.expression(settings.equals, ("equals",), expected=None, old=True)
    yield from _scanned_by(subject, field, settings.by)


def _scanned_by(subject: Subject, field: Field, by: str) -> Iterator[Fault]:
    relation = relation_of(field)
    if relation is None:
        if by:
            message = f"{subject.what} finds records by '{by}', but '{field.name}' leads to none."
            yield Fault("not_applicable", message, ("by",), "Leave it out.")
        return
    target = subject.model.objects.get(relation.to)
    found = None if target is None else field_of(target, by)
    if found is None or not found.unique or relation_of(found) is not None:
        message = f"{subject.what} finds a {relation.to} by '{by}', which is no unique field of it."
        yield Fault("not_unique", message, ("by",), "Name a unique field that holds the code.")


def _lines(subject: Subject, field: Field, settings: values.LinesSettings) -> Iterator[Fault]:
    yield from _counts(subject, settings, MAX_LINES, "lines")
    target = lines_type(subject.model, field)
    if target is None:
        return
    if not settings.fields:
        yield Fault("missing", f"{subject.what} has lines without fields.", ("fields",), "Name some.")
    inner = Subject(subject.model, target.name, subject.what)
    seen: set[str] = set()
    for place, line in enumerate(settings.fields):
        path: Path = ("fields", place)
        found = field_of(target, line.field)
        relation = None if found is None else relation_of(found)
        if found is None or found.name == _via(field):
            message = f"{subject.what} has lines with '{line.field}', which is no field of '{target.name}' to fill in."
            known = ", ".join(one.name for one in target.fields if is_fillable(one))
            yield Fault("unknown_field", message, (*path, "field"), f"Known: {known}.")
        elif relation is not None and relation.kind is not RelationKind.TO_ONE:
            message = f"{subject.what} has lines with '{line.field}', which is a list or leads to several object types."
            yield Fault("not_fillable", message, (*path, "field"), "Fill it in by a form of its own.")
        elif not is_fillable(found) and line.access in ("write", "required"):
            message = f"{subject.what} has lines with '{line.field}', which is computed and cannot be filled in."
            yield Fault("not_writable", message, (*path, "access"), "Make it `read`.")
        if line.field in seen:
            yield Fault("duplicate_name", f"{subject.what} has '{line.field}' twice.", (*path, "field"), "Remove one.")
        seen.add(line.field)
        yield from rule_faults(inner, line.rules, (*path, "rules"))
        yield from default_faults(inner, line.default, (*path, "default"))


def rule_faults(subject: Subject, rules: tuple[values.FormRule, ...], path: Path) -> Iterator[Fault]:
    """Faults of the conditions and defaults of rules."""
    for place, rule in enumerate(rules):
        yield from subject.expression(rule.when, (*path, place, "when"), old=True)
        yield from default_faults(subject, rule.default, (*path, place, "default"))
        if not rule.when and not rule.stages:
            message = f"{subject.what} has a rule that always counts."
            yield Fault("rule_always_counts", message, (*path, place), "Give it `when` or `stages`, or set `access`.")


def default_faults(subject: Subject, default: Any, path: Path) -> Iterator[Fault]:
    """Faults of an expression that gives a default."""
    if isinstance(default, str) and default.startswith("="):
        yield from subject.expression(default[1:], path, expected=None, old=True)


def _via(field: Field) -> str:
    return field.settings.via if isinstance(field.settings, RelationSettings) else ""


def _is_input(field: Field) -> bool:
    return _kind(field) is not RelationKind.TO_MANY


WIDGETS: Mapping[str, Widget] = MappingProxyType(
    {
        widget.key: widget
        for widget in (
            Widget("input", "As the field's type is filled in", values.InputSettings, _is_input, "any field but lists"),
            Widget(
                "photo", "Pictures, taken where the form is filled in", values.PhotoSettings,
                lambda field: field.type in _FILES or _kind(field) is RelationKind.TO_MANY,
                "a field of type image or file, or a list of records that hold one", _photo,
            ),
            Widget(
                "location", "Where the form is filled in", values.LocationSettings,
                lambda field: field.type == "geo_point", "a field of type geo_point", _location,
            ),
            Widget(
                "scan", "A code that is scanned", values.ScanSettings,
                lambda field: field.type in ("text", "barcode") or _kind(field) is RelationKind.TO_ONE,
                "a field of type text or barcode, or a to-one relation", _scan,
            ),
            Widget(
                "signature", "A signature, drawn", values.SignatureSettings,
                lambda field: field.type in _FILES, "a field of type image or file",
            ),
            Widget(
                "lines", "The records of a list, one a line", values.LinesSettings,
                lambda field: _kind(field) is RelationKind.TO_MANY, "a list of records", _lines,
            ),
        )
    }
)  # fmt: skip
"""Every widget by its key."""


def widget_of(field: FormField) -> Widget:
    """The descriptor of a field's widget."""
    return WIDGETS[field.widget]


def settings_of(field: FormField) -> Any:
    """A field's settings as a value of its widget's class, however they are held."""
    settings = WIDGETS[field.widget].settings
    return field.settings if isinstance(field.settings, settings) else msgspec.convert(field.settings or {}, settings)
