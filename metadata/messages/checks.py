"""Every fault of message templates: texts that cannot be read, names that are not there, values that are not shown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from metadata.expressions.check import ModelScope, faults_of, read
from metadata.expressions.scope import FORMULA_ROOTS
from metadata.expressions.text import parse
from metadata.expressions.types import Kind
from metadata.fields.base import InputError
from metadata.fields.inputs import shown
from metadata.fields.relations import relation_of
from metadata.fields.times import read_duration
from metadata.messages.approval import approval_faults
from metadata.messages.events import EVENTS
from metadata.messages.language import ROOTS, read_text
from metadata.messages.values import MessageTemplate
from metadata.model.computed import secrets_used
from metadata.model.reading import closest
from metadata.model.tenant import TenantModel, field_of
from metadata.model.values import Field
from metadata.problems import Fault, Path

__all__ = ["RECEIVER", "TENANT", "UNSUBSCRIBE", "field_at", "message_faults", "record_path", "templates_faults"]

RECEIVER = ("name", "email")
"""What `receiver.` may name."""

TENANT = ("name",)
"""What `tenant.` may name."""

UNSUBSCRIBE = "unsubscribe"
"""What `message.` may name in words for customers: the link by which they unsubscribe."""

_MAX_DAYS = 3_650
_NOT_SHOWN = frozenset({Kind.RECORD, Kind.JSON, Kind.GEO_POINT})


def templates_faults(model: TenantModel) -> Iterator[Fault]:
    """What is wrong with the templates of a tenant together; paths start at the document."""
    owners: dict[tuple[str, str], str] = {}
    for place, template in enumerate(model.message_templates.values()):
        yield from (fault.under("message_templates", place) for fault in message_faults(model, template))
        key = (template.event, template.object)
        if template.event and owners.setdefault(key, template.name) != template.name:
            message = f"Templates '{owners[key]}' and '{template.name}' both give the words for '{template.event}'"
            message += f" of '{template.object}'." if template.object else "."
            yield Fault("duplicate_name", message, ("message_templates", place, "event"), "Remove one.")


def message_faults(model: TenantModel, template: MessageTemplate) -> Iterator[Fault]:
    """What is wrong with a template; paths start at it."""
    what = f"Message template '{template.name}'"
    if template.object and template.object not in model.objects:
        message = f"{what} speaks of '{template.object}', which is no object type."
        yield Fault("unknown_object", message, ("object",), closest(template.object, model.objects))
        return
    if template.event and template.event not in EVENTS:
        message = f"{what} gives the words for '{template.event}', which is nothing that messages are about."
        yield Fault("unknown_value", message, ("event",), closest(template.event, EVENTS))
    if not template.title:
        yield Fault("missing", f"{what} has no title.", ("title",), "Give it in one language at least.")
    yield from approval_faults(template)
    if template.expires:
        yield from _expiry_faults(what, template.expires)
    for part in ("title", "body"):
        for language, text in getattr(template, part).items():
            yield from _text_faults(model, template, f"{what}, {part} in {language}", text, (part, language))


def _expiry_faults(what: str, text: str) -> Iterator[Fault]:
    try:
        days = read_duration(text) / 86_400
    except InputError as error:
        yield Fault("bad_duration", f"{what}: {error}.", ("expires",), "Write one such as P7D.")
        return
    if not 0 < days <= _MAX_DAYS:
        message = f"{what} expires after {shown(text)}."
        yield Fault("bad_duration", message, ("expires",), "Up to ten years; write one such as P7D.")


def _text_faults(model: TenantModel, template: MessageTemplate, what: str, text: str, path: Path) -> Iterator[Fault]:
    found = read_text(text)
    for problem in found.problems:
        yield Fault("bad_template", f"{what}, line {problem.line}: {problem.message}.", path, "Correct that line.")
    for steps, line in found.paths:
        yield from _path_faults(model, template, f"{what}, line {line}", steps, path)


def _path_faults(
    model: TenantModel, template: MessageTemplate, what: str, steps: tuple[str, ...], path: Path
) -> Iterator[Fault]:
    root, rest = steps[0], steps[1:]
    written = ".".join(steps)
    if root not in ROOTS or not rest:
        message = f"{what} names '{written}'."
        yield Fault("unknown_variable", message, path, f"Name something of {', '.join(ROOTS)}, as in `record.name`.")
        return
    if root == "record":
        yield from _record_faults(model, template, what, rest, path)
        return
    known = {"receiver": RECEIVER, "tenant": TENANT, "message": _message_names(template)}[root]
    if len(rest) > 1 or rest[0] not in known:
        hint = f"Known: {', '.join(f'{root}.{name}' for name in known)}." if known else "There is nothing of the kind."
        yield Fault("unknown_variable", f"{what} names '{written}'.", path, hint)


def _message_names(template: MessageTemplate) -> Iterable[str]:
    if template.event in EVENTS:
        return EVENTS[template.event].names
    named = {name for event in EVENTS.values() for name in event.names}
    return sorted({*named, UNSUBSCRIBE} if template.object and not template.event else named)


def _record_faults(
    model: TenantModel, template: MessageTemplate, what: str, steps: tuple[str, ...], path: Path
) -> Iterator[Fault]:
    if not template.object:
        if steps != ("title",):
            message = f"{what} names '{'.'.join(steps)}' of a record, and the template is for no object type."
            yield Fault("unknown_variable", message, path, "Give `object`.")
        return
    text = record_path(model, template.object, steps)
    scope = ModelScope(model, template.object, FORMULA_ROOTS)
    faults = [Fault(one.reason, f"{what}: {one.message}", path, one.hint) for one in faults_of(text, scope, None)]
    yield from faults
    if faults:
        return
    kind = read(text, scope).type.kind
    if kind in _NOT_SHOWN:
        message = f"{what} names '{text}', whose value ({kind.value}) cannot be written."
        yield Fault("not_shown", message, path, "Name a field of it, such as `record.customer.name`.")
    hidden = list(secrets_used(model, template.object, parse(text)))
    if hidden or any(field.sensitive for field in _fields_on(model, template.object, steps)):
        message = f"{what} names '{text}', which is {'encrypted' if hidden else 'sensitive'}."
        yield Fault("not_shown", message, path, "Leave it out: messages leave the server, and nobody logs who reads.")


def record_path(model: TenantModel, object_name: str, steps: tuple[str, ...]) -> str:
    """The expression of a path below `record`; `title` is what stands for a record where it is no field of it."""
    found = model.object(object_name)
    if steps == ("title",) and field_of(found, "title") is None:
        return found.display or "id"
    return ".".join(steps)


def field_at(model: TenantModel, object_name: str, text: str) -> Field | None:
    """The field that a checked path ends at; of a part of a value the field that has it."""
    fields = list(_fields_on(model, object_name, tuple(text.split("."))))
    return fields[-1] if fields else None


def _fields_on(model: TenantModel, object_name: str, steps: tuple[str, ...]) -> Iterator[Field]:
    here = object_name
    for step in steps:
        found = model.objects.get(here)
        field = None if found is None else field_of(found, step)
        if field is None:
            return
        yield field
        relation = relation_of(field)
        here = relation.to if relation is not None else ""
