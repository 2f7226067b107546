"""Text of one line, of many lines, and of simple HTML."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Annotated, Any

import nh3
import re2

from metadata.expressions.types import TEXT
from metadata.fields.base import Column, FieldType, InputError, Problem, Reading, Settings
from metadata.fields.inputs import read_text, sql_text
from metadata.model.tenant import TenantModel
from metadata.model.values import About, Field, ObjectType

__all__ = ["LONG_TEXT", "RICH_TEXT", "TEXT_TYPE", "LongTextSettings", "RichTextSettings", "TextSettings"]

MAX_INDEXED_LENGTH = 500
"""Characters a unique or indexed text may have: a B-tree entry holds 2,704 bytes, a character up to 4."""

_MAX_TEXT = 4_000
_MAX_LONG_TEXT = 1_000_000


class TextSettings(Settings, frozen=True):
    """Settings of `text`."""

    max_length: Annotated[int, About("Longest value, in characters, up to 4,000")] = 255
    min_length: Annotated[int, About("Shortest value, in characters")] = 0
    pattern: Annotated[str, About("Regular expression (RE2) that the whole value matches")] = ""


class LongTextSettings(Settings, frozen=True):
    """Settings of `long_text`."""

    max_length: Annotated[int, About("Longest value, in characters, up to 1,000,000")] = 100_000
    min_length: Annotated[int, About("Shortest value, in characters")] = 0


class RichTextSettings(Settings, frozen=True):
    """Settings of `rich_text`."""

    max_length: Annotated[int, About("Longest value, in characters with its HTML tags, up to 1,000,000")] = 200_000


def _read_text(value: Any, field: Field, _reading: Reading) -> tuple[Any, ...]:
    text = read_text(value)
    _check_length(text, field.settings.min_length, field.settings.max_length)
    pattern: str = field.settings.pattern
    if pattern and _compiled(pattern).fullmatch(text) is None:
        raise InputError(f"expected text that matches {pattern}, got {text!r:.80}")
    return (text,)


def _read_long_text(value: Any, field: Field, _reading: Reading) -> tuple[Any, ...]:
    text = read_text(value)
    _check_length(text, field.settings.min_length, field.settings.max_length)
    return (text,)


def _read_rich_text(value: Any, field: Field, _reading: Reading) -> tuple[Any, ...]:
    text = read_text(value, what="HTML text")
    _check_length(text, 0, field.settings.max_length)
    return (nh3.clean(text),)


def _check_length(text: str, least: int, most: int) -> None:
    if len(text) > most:
        raise InputError(f"expected at most {most} characters, got {len(text)}")
    if len(text) < least:
        raise InputError(f"expected at least {least} characters, got {len(text)}")


def _check_text(field: Field, _object: ObjectType, _model: TenantModel) -> Iterable[Problem]:
    settings: TextSettings = field.settings
    yield from _check_lengths(settings.min_length, settings.max_length, _MAX_TEXT)
    if (field.unique or field.indexed) and settings.max_length > MAX_INDEXED_LENGTH:
        yield Problem(
            "settings.max_length",
            f"A unique or indexed text has at most {MAX_INDEXED_LENGTH} characters, this one {settings.max_length}.",
            f"Lower max_length to {MAX_INDEXED_LENGTH}, or drop unique and indexed; `search` finds long text.",
        )
    if settings.pattern:
        yield from _check_pattern(settings.pattern)


def _check_long_text(field: Field, _object: ObjectType, _model: TenantModel) -> Iterable[Problem]:
    yield from _check_lengths(field.settings.min_length, field.settings.max_length, _MAX_LONG_TEXT)


def _check_rich_text(field: Field, _object: ObjectType, _model: TenantModel) -> Iterable[Problem]:
    yield from _check_lengths(0, field.settings.max_length, _MAX_LONG_TEXT)


def _check_lengths(least: int, most: int, limit: int) -> Iterable[Problem]:
    if not 1 <= most <= limit:
        yield Problem("settings.max_length", f"max_length is from 1 to {limit}, not {most}.")
    if not 0 <= least <= most:
        yield Problem("settings.min_length", f"min_length is from 0 to max_length, not {least}.")


def _check_pattern(pattern: str) -> Iterable[Problem]:
    if len(pattern) > 200:
        yield Problem("settings.pattern", f"A pattern has at most 200 characters, this one {len(pattern)}.")
        return
    try:
        _compiled(pattern)
    except re2.error as error:
        reason = error.args[0].decode() if isinstance(error.args[0], bytes) else error.args[0]
        yield Problem(
            "settings.pattern",
            f"'{pattern}' is not a regular expression of RE2: {reason}.",
            r"An example is `[A-Z]{2}\d{6}`; look-around and back references are not offered.",
        )


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> Any:
    """RE2 matches in linear time, so that no pattern of a tenant can hold the server up."""
    options = re2.Options()
    options.log_errors = False
    return re2.compile(pattern, options)


def _text_constraint(field: Field) -> str:
    settings: TextSettings = field.settings
    parts = [_length_constraint(settings.min_length, settings.max_length)]
    if settings.pattern:
        pattern = settings.pattern.replace("{0}", "{0,0}")  # the same, but not the place of the column
        parts.append("{0} ~ " + sql_text(f"^(?:{pattern})$"))
    return " and ".join(parts)


def _long_constraint(field: Field) -> str:
    return _length_constraint(field.settings.min_length, field.settings.max_length)


def _length_constraint(least: int, most: int) -> str:
    upper = f"char_length({{0}}) <= {most}"
    return f"{upper} and char_length({{0}}) >= {least}" if least else upper


TEXT_TYPE = FieldType(
    key="text",
    help="One line of text",
    columns=lambda _field: (Column("", "text"),),
    value_type=lambda _field, _model: TEXT,
    settings=TextSettings,
    read=_read_text,
    check=_check_text,
    constraint=_text_constraint,
    searchable=True,
)

LONG_TEXT = FieldType(
    key="long_text",
    help="Text of many lines",
    columns=lambda _field: (Column("", "text"),),
    value_type=lambda _field, _model: TEXT,
    settings=LongTextSettings,
    read=_read_long_text,
    check=_check_long_text,
    constraint=_long_constraint,
    searchable=True,
    groupable=False,
    uniqueable=False,
    indexable=False,
)

RICH_TEXT = FieldType(
    key="rich_text",
    help="Formatted text: HTML of which only harmless tags and attributes are kept",
    columns=lambda _field: (Column("", "text"),),
    value_type=lambda _field, _model: TEXT,
    settings=RichTextSettings,
    read=_read_rich_text,
    check=_check_rich_text,
    constraint=lambda field: _length_constraint(0, field.settings.max_length),
    searchable=True,
    is_markup=True,
    sortable=False,
    groupable=False,
    uniqueable=False,
    indexable=False,
)
