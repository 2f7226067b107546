"""A notice and a receiver → title and body, in the receiver's language and of what they may read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog

from metadata.expressions.check import ModelScope, faults_of
from metadata.expressions.scope import FORMULA_ROOTS
from metadata.fields.times import read_duration
from metadata.messages.checks import record_path
from metadata.messages.events import EVENTS
from metadata.messages.language import read_text, render
from metadata.messages.values import MessageTemplate
from metadata.model.tenant import TenantModel
from metadata.model.values import Labels, ObjectType
from server.context import Context
from server.notifications.definitions import Notice, Receiver
from server.records.seen_values import RecordReader, in_words

__all__ = ["Wording", "Words", "template_for"]

_MAX_TITLE = 200
_KEEP = timedelta(days=90)
_BRACES = re.compile(r"\{([^{}]+)\}")
_log = structlog.get_logger("tangram.notifications")


@dataclass(frozen=True, slots=True)
class Words:
    """What somebody is told.

    Attributes:
        fault: Why the tenant's own words could not be used; empty where they were.
        sees_record: Whether the receiver may see the record.
    """

    title: str
    body: str
    language: str
    urgent: bool
    template: str
    expires_in: timedelta
    fault: str = ""
    sees_record: bool = False


def template_for(model: TenantModel, notice: Notice, object_name: str) -> MessageTemplate | None:
    """The tenant's own words for a notice: those it names, those of the event for the object type, or for all."""
    templates = model.message_templates
    if notice.template:
        return templates.get(notice.template)
    of_event = [one for one in templates.values() if one.event == notice.event and one.object in ("", object_name)]
    return next((one for one in of_event if one.object), of_event[0] if of_event else None)


@dataclass(frozen=True, slots=True)
class Wording:
    """Finds words.

    Attributes:
        reader: Reads the record as the receiver.
    """

    reader: RecordReader

    async def words(
        self,
        connection: Any,
        context: Context,
        notice: Notice,
        receiver: Receiver,
        *,
        instant: datetime,
        tenant_name: str,
        known: dict[Any, Mapping[str, Any] | None] | None = None,
    ) -> Words:
        """The words of a notice for a receiver.

        Args:
            connection: Of the tenant.
            context: The receiver's standing.
            notice: What they are told.
            receiver: Who.
            instant: Now.
            tenant_name: The tenant's name in words.
            known: See `RecordReader.values`.
        """
        model = context.model
        object_type = next((one for one in model if one.table == notice.table), None) if notice.table else None
        template = template_for(model, notice, object_type.name if object_type else "")
        language = receiver.preference.language
        event = EVENTS[notice.event]
        chosen = [(template.title, template.body)] if template else []
        texts = [_in_language(labels, language) for labels in (*(chosen[0] if chosen else ()), event.title, event.body)]
        paths = _record_paths(texts)
        expressions = {steps: _expression(model, object_type, steps) for steps in paths}
        inline = set(_inline_expressions(notice, model, object_type)) if template is None else set()
        found: Mapping[str, Any] | None = None
        if object_type is not None and notice.record_id:
            wanted = [text for text in expressions.values() if text] + sorted(inline)
            found = await self.reader.values(
                connection, context, object_type, notice.record_id, wanted, instant=instant, known=known
            )
        values = {
            "record": _nested({steps: (found or {}).get(text) for steps, text in expressions.items()}, language),
            "receiver": {"name": receiver.name, "email": receiver.email},
            "tenant": {"name": tenant_name},
            "message": _named(notice, found, language),
        }
        return _rendered(notice, template, texts, values, receiver, sees=found is not None)


def _rendered(
    notice: Notice,
    template: MessageTemplate | None,
    texts: list[str],
    values: Mapping[str, Mapping[str, Any]],
    receiver: Receiver,
    *,
    sees: bool,
) -> Words:
    language, zone = receiver.preference.language, receiver.preference.zone
    event = EVENTS[notice.event]
    urgent = template.urgent if template else event.urgent
    keep = timedelta(seconds=read_duration(template.expires)) if template and template.expires else _KEEP
    fault = ""
    if template is not None:
        try:
            title, body = (render(text, values, language=language, zone=zone) for text in texts[:2])
            if title.strip():
                made = Words(_line(title), body.strip(), language, urgent, template.name, keep, "", sees)
                return made
            fault = "The title is empty."
        except ValueError as error:
            fault = str(error)
        _log.warning("a message template failed", template=template.name, message_event=notice.event, reason=fault)
    title, body = (render(text, values, language=language, zone=zone) for text in texts[-2:])
    name = template.name if template else ""
    words = _line(title) or _line(_in_language(EVENTS["notice"].title, language))
    return Words(words, body.strip(), language, urgent, name, keep, fault, sees)


def _line(text: str) -> str:
    return " ".join(text.split())[:_MAX_TITLE]


def _in_language(labels: Labels | str, language: str) -> str:
    if isinstance(labels, str):
        return labels
    return labels.get(language) or labels.get("en") or next(iter(labels.values()), "")


def _record_paths(texts: Iterable[str]) -> set[tuple[str, ...]]:
    return {
        steps[1:]
        for text in texts
        for steps, _line_number in read_text(text).paths
        if steps[0] == "record" and len(steps) > 1
    }


def _expression(model: TenantModel, object_type: ObjectType | None, steps: tuple[str, ...]) -> str:
    """The expression of a path; nothing where the record's type has no such field."""
    if object_type is None:
        return ""
    text = record_path(model, object_type.name, steps)
    return "" if faults_of(text, ModelScope(model, object_type.name, FORMULA_ROOTS)) else text


def _nested(values: Mapping[tuple[str, ...], Any], language: str) -> dict[str, Any]:
    root: dict[str, Any] = {}
    for steps, value in values.items():
        here = root
        for step in steps[:-1]:
            inner = here.setdefault(step, {})
            here = inner if isinstance(inner, dict) else {}
        if value is not None and not isinstance(here.get(steps[-1]), dict):
            here[steps[-1]] = in_words(value, language)
    return root


def _named(notice: Notice, found: Mapping[str, Any] | None, language: str) -> dict[str, Any]:
    """What `message.` stands for, labels in the receiver's language."""
    named: dict[str, Any] = {}
    for name, value in notice.names.items():
        if isinstance(value, Mapping):
            named[name] = _in_language(dict(value), language)
        elif name.endswith("_at") and isinstance(value, str):
            named[name] = datetime.fromisoformat(value)
        else:
            named[name] = value
    if notice.event == "flow_message":
        subject, body = (_filled(text, notice, found or {}, language) for text in notice.inline)
        named |= {"subject": subject, "body": body}
    return named


def _inline_expressions(notice: Notice, model: TenantModel, object_type: ObjectType | None) -> Iterable[str]:
    if object_type is None:
        return
    scope = ModelScope(model, object_type.name, FORMULA_ROOTS)
    for text in notice.inline:
        for part in _BRACES.findall(text):
            name = part.strip()
            if name not in notice.inline_known and not faults_of(name, scope):
                yield name


def _filled(text: str, notice: Notice, found: Mapping[str, Any], language: str) -> str:
    def value(match: re.Match[str]) -> str:
        name = match[1].strip()
        value = notice.inline_known.get(name, found.get(name))
        if value is None:
            return ""
        shown = in_words(value, language)
        return str(getattr(shown, "words", shown))

    return _BRACES.sub(value, text)
