"""Title and body of a message by a template, for one customer; links in it lead by way of the server."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from metadata.messages.checks import UNSUBSCRIBE, record_path
from metadata.messages.language import read_text, render
from metadata.messages.values import MessageTemplate
from metadata.model.tenant import TenantModel
from metadata.model.values import Labels, ObjectType
from server.context import Context
from server.records.seen_values import RecordReader, in_words

__all__ = ["Words", "body_html", "linked", "paths_of", "words_of"]

_URL = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)\]]")
_MAX_LINKS = 50
_MAX_TITLE = 200


@dataclass(frozen=True, slots=True)
class Words:
    """What a customer is told."""

    title: str
    body: str


def _in(labels: Labels, language: str) -> str:
    return labels.get(language) or labels.get("en") or next(iter(labels.values()), "")


def paths_of(template: MessageTemplate, language: str) -> set[tuple[str, ...]]:
    """What of the record the words name, without `record`."""
    texts = [_in(labels, language) for labels in (template.title, template.body)]
    return {
        steps[1:] for text in texts for steps, _ in read_text(text).paths if steps[0] == "record" and len(steps) > 1
    }


async def words_of(
    connection: Any,
    context: Context,
    reader: RecordReader,
    template: MessageTemplate,
    object_type: ObjectType,
    record: str,
    *,
    language: str,
    address: str,
    tenant_name: str,
    now: datetime,
    unsubscribe: str = "",
) -> Words:
    """The words of a template over a record; `unsubscribe` is the link that `message.unsubscribe` stands for.

    Raises:
        ValueError: It cannot be rendered with these values.
        BadInputError: It names what is no longer there.
    """
    model: TenantModel = context.model
    expressions = {steps: record_path(model, object_type.name, steps) for steps in paths_of(template, language)}
    shown = object_type.display or "id"
    found: Mapping[str, Any] = (
        await reader.values(connection, context, object_type, record, [*expressions.values(), shown], instant=now)
    ) or {}
    values = {
        "record": _nested({steps: found.get(text) for steps, text in expressions.items()}, language),
        "receiver": {"name": str(found.get(shown) or ""), "email": address},
        "tenant": {"name": tenant_name},
        "message": {UNSUBSCRIBE: unsubscribe},
    }
    zone = ZoneInfo(model.settings.timezone)
    title, body = (
        render(_in(labels, language), values, language=language, zone=zone)
        for labels in (template.title, template.body)
    )
    title = " ".join(title.split())[:_MAX_TITLE]
    if not title:
        raise ValueError("The title is empty.")
    return Words(title, body.strip())


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


def linked(body: str, url_of: Callable[[int], str], own: str) -> tuple[str, list[str]]:
    """The body with each address in it led by way of the server, and the addresses themselves.

    Args:
        body: The words.
        url_of: Gives the link in place of an address, by its number.
        own: The part that the message's own links share; they lead to the server already.
    """
    found: list[str] = []

    def through(match: re.Match[str]) -> str:
        if match[0].startswith(own) or len(found) >= _MAX_LINKS:
            return match[0]
        found.append(match[0])
        return url_of(len(found) - 1)

    return _URL.sub(through, body), found


def body_html(body: str, pixel: str) -> str:
    """The body as a page for mail readers: the same words, links that can be followed, and a picture of one dot."""
    text = html.escape(body)
    text = _URL.sub(lambda match: f'<a href="{match[0]}">{match[0]}</a>', text)
    lines = text.replace("\n", "<br>\n")
    picture = f'<img src="{html.escape(pixel, quote=True)}" width="1" height="1" alt="">'
    return f"<!doctype html>\n<html><body>\n<p>{lines}</p>\n{picture}\n</body></html>\n"
