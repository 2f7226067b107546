"""Numbers that the server gives: `WO-202601-00042`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Annotated, Literal

from metadata.expressions.types import TEXT
from metadata.fields.base import Column, FieldType, InputError, Problem, Reading, Settings
from metadata.fields.inputs import read_text, shown
from metadata.model.tenant import TenantModel
from metadata.model.values import About, Field, ObjectType

__all__ = ["AUTO_NUMBER", "AutoNumberSettings", "number_period", "render_number"]

_TOKEN = re.compile(r"\{(yyyy|yy|mm|dd|seq(?::([1-9][0-9]?))?)\}")
_MAX_PATTERN = 80
_MAX_NUMBER = 128
_MAX_START = 10**15
_NEEDED = {"never": (), "year": ("y",), "month": ("y", "mm"), "day": ("y", "mm", "dd")}
"""Tokens without which two periods would give the same number."""


class AutoNumberSettings(Settings, frozen=True):
    """Settings of `auto_number`."""

    pattern: Annotated[
        str, About("Text with {seq} or {seq:5} (padded), and {yyyy} {yy} {mm} {dd} of the day in the tenant's zone")
    ] = "{seq}"
    start: Annotated[int, About("First number of each period")] = 1
    reset: Annotated[Literal["never", "year", "month", "day"], About("When counting starts again")] = "never"
    gapless: Annotated[
        bool, About("Leave no gaps: creations wait for each other, failed ones give the number back")
    ] = False


def render_number(settings: AutoNumberSettings, day: date, sequence: int) -> str:
    """The number of one record.

    Args:
        settings: Pattern to fill in.
        day: Today in the tenant's zone.
        sequence: Counter within the period, from `settings.start`.
    """
    parts = {"yyyy": f"{day.year:04}", "yy": f"{day.year % 100:02}", "mm": f"{day.month:02}", "dd": f"{day.day:02}"}

    def fill(match: re.Match[str]) -> str:
        return parts.get(match[1]) or f"{sequence:0{match[2] or 1}}"

    return _TOKEN.sub(fill, settings.pattern)


def number_period(settings: AutoNumberSettings, day: date) -> str:
    """Name of the counter that `day` belongs to: `2026-01` where counting restarts every month."""
    return day.isoformat()[: {"never": 0, "year": 4, "month": 7, "day": 10}[settings.reset]]


def _read_number(value: object, _field: Field, _reading: Reading) -> tuple[str, ...]:
    text = read_text(value, what="a number as text").strip()
    if not 1 <= len(text) <= _MAX_NUMBER:
        raise InputError(f"expected 1 to {_MAX_NUMBER} characters, got {shown(value)}")
    return (text,)


def _check_number(field: Field, _object: ObjectType, _model: TenantModel) -> Iterable[Problem]:
    settings: AutoNumberSettings = field.settings
    tokens = ["y" if found[1] in ("yyyy", "yy") else found[1][:3] for found in _TOKEN.finditer(settings.pattern)]
    rest = _TOKEN.sub("", settings.pattern)
    if len(settings.pattern) > _MAX_PATTERN or tokens.count("seq") != 1 or re.search(r"[{}\x00-\x1f]", rest):
        yield Problem(
            "settings.pattern",
            f"{shown(settings.pattern)} is not a pattern of at most {_MAX_PATTERN} characters with one {{seq}}.",
            "An example is `WO-{yyyy}{mm}-{seq:5}`.",
        )
    missing = [token for token in _NEEDED[settings.reset] if token not in tokens]
    if missing:
        yield Problem(
            "settings.pattern",
            f"Counting starts again every {settings.reset}, but the pattern does not tell them apart.",
            "Add " + ", ".join("{yyyy}" if token == "y" else f"{{{token}}}" for token in missing) + ".",
        )
    if not 0 <= settings.start <= _MAX_START:
        yield Problem("settings.start", f"start is from 0 to {_MAX_START}, not {settings.start}.")


AUTO_NUMBER = FieldType(
    key="auto_number",
    help="A number given by the server when a record is created",
    columns=lambda _field: (Column("", "text"),),
    value_type=lambda _field, _model: TEXT,
    settings=AutoNumberSettings,
    read=_read_number,
    check=_check_number,
    read_only=True,
    searchable=True,
    can_default=False,
    write_transform="auto_number",
)
