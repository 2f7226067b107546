"""What a browser sends of a form → values as the API takes them: text becomes numbers, points, lists and lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from starlette.datastructures import FormData, UploadFile

from server.files.store import read_chunks
from server.forms.public import Upload

__all__ = ["read_uploads", "read_values"]


def read_values(description: Mapping[str, Any], form: FormData) -> dict[str, Any]:
    """Values by key; what was left empty is left out, or cleared where the record has a value.

    Args:
        description: Of the form, see `server.forms.description`.
        form: As it was sent.
    """
    values: dict[str, Any] = {}
    for field in description["fields"]:
        if field["access"] not in ("write", "required", "hidden"):
            continue
        if "lines" in field:
            lines = list(_lines(field, form, description["timezone"]))
            if lines:
                values[field["key"]] = lines
            continue
        value = _value(field, field["key"], form, description["timezone"])
        if value is not None:
            values[field["key"]] = value
        elif field.get("value") is not None and _was_shown(field, form):
            values[field["key"]] = None
    return values


def read_uploads(form: FormData) -> list[Upload]:
    """The files of a form that were chosen."""
    return [
        _upload(place, item)
        for place, item in form.multi_items()
        if isinstance(item, UploadFile) and (item.filename or item.size)
    ]


def _upload(place: str, item: UploadFile) -> Upload:
    return Upload(place, item.filename or "file", item.content_type or "", lambda: read_chunks(item))


def _was_shown(field: Mapping[str, Any], form: FormData) -> bool:
    return any(key == field["key"] or key.startswith(f"{field['key']}.") for key in form)


def _lines(field: Mapping[str, Any], form: FormData, timezone: str) -> Iterator[dict[str, Any]]:
    prefix = f"{field['key']}."
    seconds = (key.split(".")[1] for key in form if key.startswith(prefix))
    places = sorted({int(second) for second in seconds if second.isdecimal() and len(second) < 6})
    for place in places[: field["lines"]["max"] + 1]:
        line: dict[str, Any] = {}
        for inner in field["lines"]["fields"]:
            value = _value(inner, f"{prefix}{place}.{inner['key']}", form, timezone)
            if value is not None:
                line[inner["key"]] = value
        line_id = _text(form, f"{prefix}{place}.id")
        if line_id:
            line["id"] = line_id
            if _text(form, f"{prefix}{place}.remove"):
                line["remove"] = True
        if line:
            yield line


def _value(field: Mapping[str, Any], key: str, form: FormData, timezone: str) -> Any:
    if "upload" in field:
        return None  # files have places of their own
    if field.get("multiple"):
        return _texts(form, key) or None
    if field["type"] == "tags":
        return [part for part in _text(form, key).replace("，", ",").split(",") if part.strip()] or None
    if field["type"] == "boolean":
        return None if not _texts(form, key) else "on" in _texts(form, key)
    if field["type"] == "money":
        return _text(form, key) or None
    if "parts" in field:
        parts = {part: text for part in field["parts"] if (text := _text(form, f"{key}.{part}"))}
        if field["type"] == "geo_point":
            accuracy = _text(form, f"{key}.accuracy")
            numbers = {part: _number(text) for part, text in {**parts, "accuracy": accuracy}.items() if text}
            return numbers or None
        return parts or None
    text = _text(form, key)
    if field["type"] == "datetime" and text:
        return _instant(text, timezone)
    return text or None


def _number(text: str) -> Any:
    try:
        return float(text)
    except ValueError:
        return text  # told at its place


def _instant(text: str, timezone: str) -> str:
    """A time as browsers give it, without an offset: it is meant where the tenant is."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return text  # told at its place
    return (at if at.tzinfo else at.replace(tzinfo=ZoneInfo(timezone))).isoformat()


def _texts(form: FormData, key: str) -> Sequence[str]:
    return [item for item in form.getlist(key) if isinstance(item, str) and item.strip()]


def _text(form: FormData, key: str) -> str:
    found = form.get(key)
    return found.strip() if isinstance(found, str) else ""
