"""Days, instants, times of day, and lengths of time."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from typing import Annotated, Any

from metadata.expressions.types import DATE, DATETIME, DURATION, TIME
from metadata.fields.base import Column, FieldType, InputError, Output, Reading, Settings
from metadata.fields.inputs import BIGINT_MAX, read_integer, read_text, shown
from metadata.model.values import About, Field

__all__ = [
    "DATETIME_TYPE",
    "DATE_TYPE",
    "DURATION_TYPE",
    "TIME_TYPE",
    "TimeSettings",
    "read_date",
    "read_datetime",
    "read_duration",
    "read_time",
]

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_DURATION = re.compile(
    r"(?P<sign>-?)P(?:(?P<weeks>\d{1,19})W)?(?:(?P<days>\d{1,19})D)?"
    r"(?:T(?=\d)(?:(?P<hours>\d{1,19})H)?(?:(?P<minutes>\d{1,19})M)?(?:(?P<seconds>\d{1,19})S)?)?",
    re.ASCII,
)
_SECONDS = {"weeks": 604_800, "days": 86_400, "hours": 3_600, "minutes": 60, "seconds": 1}


class TimeSettings(Settings, frozen=True):
    """Settings of `time`."""

    seconds: Annotated[bool, About("Keep seconds; without, values are whole minutes")] = True


def read_date(value: Any) -> str:
    """A calendar day as `YYYY-MM-DD`.

    Raises:
        InputError: It is not such a day.
    """
    text = read_text(value, what="a date such as 2026-01-31")
    try:
        if _DATE.fullmatch(text):
            return date.fromisoformat(text).isoformat()
    except ValueError:
        pass
    hint = "; send the day alone, without a time" if "T" in text else ""
    raise InputError(f"expected a date such as 2026-01-31, got {shown(value)}{hint}")


def read_datetime(value: Any) -> str:
    """An instant in UTC with microseconds where it has them, from ISO 8601 text with an offset.

    Raises:
        InputError: It is not an instant; in particular it has no offset.
    """
    text = read_text(value, what="a date and time such as 2026-01-31T09:00:00+08:00")
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise InputError(f"expected a date and time such as 2026-01-31T09:00:00+08:00, got {shown(value)}") from None
    if instant.tzinfo is None:
        raise InputError(
            f"expected a date and time with its offset from UTC, got {shown(value)}; add Z or one such as +08:00"
        )
    try:
        return instant.astimezone(UTC).isoformat()
    except OverflowError:
        raise InputError(f"expected a date and time from year 1 to 9999 in UTC, got {shown(value)}") from None


def read_time(value: Any) -> str:
    """A time of day as `HH:MM:SS`, with microseconds where it has them.

    Raises:
        InputError: It is not a time of day, or has an offset.
    """
    text = read_text(value, what="a time such as 09:30")
    try:
        moment = time.fromisoformat(text) if ":" in text else None
    except ValueError:
        moment = None
    if moment is None:
        raise InputError(f"expected a time such as 09:30 or 09:30:15, got {shown(value)}")
    if moment.tzinfo is not None:
        raise InputError(f"expected a time of day without an offset, got {shown(value)}")
    return moment.isoformat()


def read_duration(value: Any) -> int:
    """Whole seconds, from ISO 8601 text of weeks, days, hours, minutes and seconds, or from a number of seconds.

    Years and months are refused: they have no fixed length. A day counts 24 hours.

    Raises:
        InputError: It is neither, or out of the range of 64 bits.
    """
    if not isinstance(value, str):
        return read_integer(value)
    match = _DURATION.fullmatch(value)
    if match is None or value.endswith(("P", "T")):
        hint = "; years and months have no fixed length" if re.match(r"-?P\d+[YM]", value) else ""
        raise InputError(f"expected a duration such as PT2H30M or P1DT12H, got {shown(value)}{hint}")
    seconds = sum(int(match[part] or 0) * length for part, length in _SECONDS.items())
    return read_integer(-seconds if match["sign"] else seconds, least=-BIGINT_MAX)


def _read_time(value: Any, field: Field, _reading: Reading) -> tuple[Any, ...]:
    text = read_time(value)
    if not field.settings.seconds and text[5:] not in ("", ":00"):
        raise InputError(f"expected a time in whole minutes such as 09:30, got {shown(value)}")
    return (text,)


DATE_TYPE = FieldType(
    key="date",
    help="Calendar day, such as a birthday",
    columns=lambda _field: (Column("", "date"),),
    value_type=lambda _field, _model: DATE,
    scalar="Date",
    read=lambda value, _field, _reading: (read_date(value),),
    aggregates=("min", "max"),
)

DATETIME_TYPE = FieldType(
    key="datetime",
    help="Instant, kept in UTC; days and months of it are computed in the tenant's zone",
    columns=lambda _field: (Column("", "timestamptz"),),
    value_type=lambda _field, _model: DATETIME,
    scalar="DateTime",
    read=lambda value, _field, _reading: (read_datetime(value),),
    aggregates=("min", "max"),
)

TIME_TYPE = FieldType(
    key="time",
    help="Time of day, without zone",
    columns=lambda _field: (Column("", "time"),),
    value_type=lambda _field, _model: TIME,
    scalar="Time",
    settings=TimeSettings,
    read=_read_time,
    constraint=lambda field: "" if field.settings.seconds else "date_trunc('minute', {0}) = {0}",
    aggregates=("min", "max"),
)

DURATION_TYPE = FieldType(
    key="duration",
    help="Length of time in whole seconds, ISO 8601 text on the wire (PT9000S)",
    columns=lambda _field: (Column("", "bigint"),),
    value_type=lambda _field, _model: DURATION,
    output=Output.PLAIN,
    scalar="Duration",
    read=lambda value, _field, _reading: (read_duration(value),),
    aggregates=("sum", "avg", "min", "max"),
)
