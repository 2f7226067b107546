"""Every fault of a form at once: what keeps it from being published."""

from __future__ import annotations

import re
from collections.abc import Iterator

from metadata.fields import FIELD_TYPES
from metadata.flows.terms import Subject
from metadata.forms.values import Form, FormField
from metadata.forms.widgets import default_faults, is_fillable, rule_faults, settings_of, widget_of
from metadata.model.policies import ADMINISTRATOR, PLATFORM_ADMINISTRATOR
from metadata.model.tenant import TenantModel, field_of
from metadata.model.values import ObjectType
from metadata.problems import Fault

__all__ = ["MAX_FIELDS", "PATH", "lint", "object_faults"]

MAX_FIELDS = 300
"""Most fields of one form."""

PATH = re.compile(r"(?:old\.)?[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)*")
"""Text of an expression that is nothing but a path."""


def object_faults(model: TenantModel, form: Form) -> Iterator[Fault]:
    """What even a draft may not say: it belongs to an object type of the tenant's own."""
    found = model.objects.get(form.object)
    if found is None or found.storage != "tenant":
        message = f"Form '{form.name}' is for '{form.object}', which is no object type of the tenant's own."
        known = ", ".join(sorted(one.name for one in model if one.storage == "tenant"))
        yield Fault("unknown_object", message, ("object",), f"Known: {known}.")


def lint(model: TenantModel, form: Form) -> tuple[Fault, ...]:
    """Find what is wrong with a form.

    Args:
        model: What it may name.
        form: The draft.

    Returns:
        All faults, each once; paths start at the form: `("fields", 2, "rules", 0, "when")`.
    """
    found = list(object_faults(model, form))
    if found:
        return tuple(found)
    object_type = model.objects[form.object]
    found += _whole_faults(model, form)
    for place, field in enumerate(form.fields):
        found += [fault.under("fields", place) for fault in _field_faults(model, object_type, form, field)]
    return tuple(dict.fromkeys(found))


def _whole_faults(model: TenantModel, form: Form) -> Iterator[Fault]:
    what = f"Form '{form.name}'"
    subject = Subject(model, form.object, what)
    if not 1 <= len(form.fields) <= MAX_FIELDS:
        message = f"{what} has {len(form.fields)} fields; 1 to {MAX_FIELDS} are allowed."
        yield Fault("bad_field_count", message, ("fields",), "Add one, or part the form.")
    if form.public_role:
        if form.public_role in (ADMINISTRATOR, PLATFORM_ADMINISTRATOR):
            message = f"{what} would let anybody act as {form.public_role}."
            yield Fault("role_too_strong", message, ("public_role",), "Declare a role that may do this alone.")
        elif form.public_role not in model.roles:
            message = f"{what} acts as the role '{form.public_role}', which is not declared."
            yield Fault("unknown_role", message, ("public_role",), f"Known: {', '.join(model.roles) or 'none'}.")
    seen: set[str] = set()
    for place, section in enumerate(form.sections):
        yield from subject.expression(section.when, ("sections", place, "when"), old=True)
        if section.name in seen:
            message = f"{what} has two sections '{section.name}'."
            yield Fault("duplicate_name", message, ("sections", place, "name"), "Rename one.")
        seen.add(section.name)
    object_type = model.objects[form.object]
    for place, value in enumerate(form.values):
        field = field_of(object_type, value.field)
        if field is None:
            yield _unknown(object_type, value.field, what).under("values", place)
        elif not is_fillable(field) or FIELD_TYPES[field.type].write_transform == "file":
            message = f"{what} sets '{value.field}', which cannot be set so."
            yield Fault("not_writable", message, ("values", place, "field"), "Set another field.")
        yield from default_faults(subject, value.value, ("values", place, "value"))
    fields = [field.field for field in form.fields]
    for place, name in enumerate(fields):
        if name in fields[:place]:
            message = f"{what} has the field '{name}' twice."
            yield Fault("duplicate_name", message, ("fields", place, "field"), "Remove one.")


def _field_faults(model: TenantModel, object_type: ObjectType, form: Form, item: FormField) -> Iterator[Fault]:
    what = f"Field '{item.name}' of form '{form.name}'"
    subject = Subject(model, form.object, what)
    field = field_of(object_type, item.field)
    if item.section and item.section not in {section.name for section in form.sections}:
        message = f"{what} stands in the section '{item.section}', which the form does not have."
        yield Fault("unknown_section", message, ("section",), "Declare it in `sections`.")
    yield from rule_faults(subject, item.rules, ("rules",))
    yield from default_faults(subject, item.default, ("default",))
    if field is None:
        yield _unknown(object_type, item.field, what)
        return
    widget = widget_of(item)
    if not widget.suits(field):
        message = f"{what} is filled in as {item.widget}, which is for {widget.suited}; '{field.name}' is {field.type}."
        yield Fault("widget_unsuited", message, ("widget",), "Choose another widget, or leave it out.")
        return
    accesses = {item.access, *(rule.access for rule in item.rules)}
    if accesses & {"write", "required"} and not is_fillable(field):
        message = f"{what}: the field '{field.name}' is computed and cannot be filled in."
        yield Fault("not_writable", message, ("access",), "Make it `read` or `hidden`.")
    if field.type == "geo_point":
        yield from _place_defaults(what, item)
    for fault in widget.check(subject, field, settings_of(item)):
        yield fault.under("settings")


def _place_defaults(what: str, item: FormField) -> Iterator[Fault]:
    """A place is taken from another field as a whole: expressions have no value that could be put together."""
    for default in (item.default, *(rule.default for rule in item.rules)):
        if isinstance(default, str) and default.startswith("=") and not PATH.fullmatch(default[1:]):
            message = f"{what} has a default that is no path to a place."
            yield Fault(
                "bad_default", message, ("default",), "Name a field of type geo_point, such as `=site.location`."
            )


def _unknown(object_type: ObjectType, name: str, what: str) -> Fault:
    message = f"{what} names '{name}', which is no field of '{object_type.name}'."
    known = ", ".join(sorted(field.name for field in object_type.fields)[:40])
    return Fault("unknown_field", message, ("field",), f"Known: {known}.")
