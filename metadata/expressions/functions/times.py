"""Functions of dates and times. Days, months and parts of an instant are those of the tenant's zone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from metadata.expressions.environment import Env
from metadata.expressions.functions.base import (
    Argument,
    Function,
    Signature,
    SqlCall,
    between_sql,
    bounded_sql,
)
from metadata.expressions.functions.calendar import (
    MAX_AMOUNT,
    add_days,
    add_months,
    add_seconds,
    at_midnight,
    bounded,
    instant,
    local,
    months_between,
    start_of,
)
from metadata.expressions.types import BOOLEAN, DATE, DATETIME, DURATION, INTEGER, TEXT, TIME, ValueType

__all__ = ["DATE_LIMITS", "INSTANT_LIMITS", "TIME_FUNCTIONS", "UNITS", "date_result_sql", "instant_result_sql"]

UNITS = ("minute", "hour", "day", "week", "month", "quarter", "year")
"""Units of `within`; capitals are taken too."""

DATE_LIMITS = ("date '0001-12-31 BC'", "date '10000-01-01'")
INSTANT_LIMITS = ("timestamptz '0001-01-01 23:59:59.999999+00'", "timestamptz '9999-12-30 00:00:00+00'")

_FAMILY = "Dates and times"
_INTERVALS = {
    "minute": ("minute", 1),
    "hour": ("hour", 1),
    "day": ("day", 1),
    "week": ("day", 7),
    "month": ("month", 1),
    "quarter": ("month", 3),
    "year": ("month", 12),
}
_EXACT_UNITS = ("minute", "hour")


def date_result_sql(sql: str) -> str:
    """A computed date, null outside the years 1 to 9999."""
    return between_sql(sql, *DATE_LIMITS)


def instant_result_sql(sql: str) -> str:
    """A computed instant, null outside the years of the language."""
    return between_sql(sql, *INSTANT_LIMITS)


# Adding


def _later(unit: str, value: date, amount: int) -> date:
    """A date or local reading some units later, days at least."""
    base, factor = _INTERVALS[unit]
    total = bounded(amount, unit) * factor
    return add_days(value, total) if base == "day" else add_months(value, total)


def _later_instant(env: Env, unit: str, value: datetime, amount: int) -> datetime:
    if unit in _EXACT_UNITS:
        return add_seconds(value, bounded(amount, unit) * (60 if unit == "minute" else 3600))
    reading = _later(unit, local(value, env.timezone), amount)
    assert isinstance(reading, datetime)
    return instant(reading, env.timezone)


def _interval_sql(unit: str, amount: str) -> str:
    base, factor = _INTERVALS[unit]
    return f"({bounded_sql(amount, MAX_AMOUNT[unit])} * interval '{factor} {base}')"


def _later_sql(unit: str, value: str, amount: str) -> str:
    return f"({value} + {_interval_sql(unit, amount)})"


def _later_instant_sql(unit: str, value: str, amount: str, call: SqlCall) -> str:
    if unit in _EXACT_UNITS:
        return instant_result_sql(_later_sql(unit, value, amount))
    zone = call.zone  # asked for only where it is written: an unused placeholder is an error
    return instant_result_sql(f"({_later_sql(unit, f'({value} at time zone {zone})', amount)} at time zone {zone})")


def _add(name: str, unit: str, help_text: str) -> Function:
    amount = Argument(f"{unit}s", INTEGER)
    signatures = [
        Signature(
            (Argument("x", DATETIME), amount),
            DATETIME,
            lambda env, value, n: _later_instant(env, unit, value, n),
            lambda call: _later_instant_sql(unit, call.arguments[0], call.arguments[1], call),
            clock=True,
        )
    ]
    if unit not in _EXACT_UNITS:
        on_dates = Signature(
            (Argument("x", DATE), amount),
            DATE,
            lambda value, n: _later(unit, value, n),
            lambda call: date_result_sql(f"({_later_sql(unit, call.arguments[0], call.arguments[1])})::date"),
        )
        signatures.insert(0, on_dates)
    return Function(name, _FAMILY, help_text, tuple(signatures))


# Parts


def _part(name: str, help_text: str, of: Callable[[Any], int], sql: str, *kinds: ValueType) -> Function:
    """A part of a date, a time, or the local reading of an instant."""
    on_local = Signature(
        (Argument("x", DATETIME),),
        INTEGER,
        lambda env, value: of(local(value, env.timezone)),
        sql.format("({0} at time zone {zone})"),
        clock=True,
    )
    plain = tuple(Signature((Argument("x", kind),), INTEGER, of, sql) for kind in kinds)
    return Function(name, _FAMILY, help_text, (*plain, on_local))


def _extract(part: str) -> str:
    return f"extract({part} from {{0}})::bigint"


# Starts


def _start(name: str, unit: str, help_text: str) -> Function:
    on_instants = Signature(
        (Argument("x", DATETIME),),
        DATETIME,
        lambda env, value: instant(at_midnight(start_of(unit, local(value, env.timezone).date())), env.timezone),
        instant_result_sql(f"(date_trunc('{unit}', {{0}} at time zone {{zone}}) at time zone {{zone}})"),
        clock=True,
    )
    on_dates = Signature(
        (Argument("x", DATE),),
        DATE,
        lambda value: start_of(unit, value),
        f"date_trunc('{unit}', {{0}}::timestamp)::date",
    )
    return Function(name, _FAMILY, help_text, (on_dates, on_instants))


# Between


def _day(env: Env, value: date) -> date:
    return local(value, env.timezone).date() if isinstance(value, datetime) else value


def _between(name: str, help_text: str, of: Callable[[date, date], int], sql: str) -> Function:
    signatures = []
    for start in (DATE, DATETIME):
        for end in (DATE, DATETIME):
            days = [
                f"{{{place}}}" if kind is DATE else f"({{{place}}} at time zone {{zone}})::date"
                for place, kind in enumerate((start, end))
            ]
            signatures.append(
                Signature(
                    (Argument("start", start), Argument("end", end)),
                    INTEGER,
                    lambda env, a, b: of(_day(env, a), _day(env, b)),
                    sql.format(*days),
                    clock=True,
                )
            )
    return Function(name, _FAMILY, help_text, tuple(signatures))


_MONTHS_SQL = """(select case when days.a <= days.b then months.n - (least(days.day_a, \
extract(day from date_trunc('month', days.b::timestamp) + interval '1 month - 1 day')) > days.day_b)::int \
else months.n + (least(days.day_b, \
extract(day from date_trunc('month', days.a::timestamp) + interval '1 month - 1 day')) > days.day_a)::int end \
from (select given.a, given.b, extract(day from given.a) as day_a, extract(day from given.b) as day_b \
from (select {0} as a, {1} as b offset 0) as given) as days, \
lateral (select ((extract(year from days.b) - extract(year from days.a)) * 12 \
+ extract(month from days.b) - extract(month from days.a))::bigint as n) as months)"""


# Within


def _within(env: Env, value: date, count: int, unit: str) -> bool | None:
    here: date = env.now if isinstance(value, datetime) else env.today
    limit = _within_limit(env, here, -count, unit.lower())
    near = value <= here if count >= 0 else value >= here
    if not near or limit is None:
        return None if near else False
    return value > limit if count >= 0 else value < limit


def _within_limit(env: Env, here: date, count: int, unit: str) -> date | None:
    """The far end of the stretch; None when there is none, as for hours of a date."""
    try:
        if isinstance(here, datetime):
            return _later_instant(env, unit, here, count)
        return None if unit in _EXACT_UNITS else _later(unit, here, count)
    except (ArithmeticError, ValueError):
        return None


def _within_sql(call: SqlCall, limit: Callable[[str], str], here: str, units: tuple[str, ...]) -> str:
    value, count, _ = call.arguments
    unit = str(call.constants[2]).lower()
    edge = limit(unit) if unit in units else "null"
    backward = f"({value} > {edge} and {value} <= {here})"
    forward = f"({value} >= {here} and {value} < {edge})"
    if isinstance(call.constants[1], int):
        return backward if call.constants[1] >= 0 else forward
    return f"(case when {count} >= 0 then {backward} when {count} < 0 then {forward} end)"


def _dates_within_sql(call: SqlCall) -> str:
    def limit(unit: str) -> str:
        return date_result_sql(f"{_later_sql(unit, call.today, f'(- {call.arguments[1]}::numeric)')}::date")

    return _within_sql(call, limit, call.today, tuple(unit for unit in UNITS if unit not in _EXACT_UNITS))


def _instants_within_sql(call: SqlCall) -> str:
    def limit(unit: str) -> str:
        return _later_instant_sql(unit, call.now, f"(- {call.arguments[1]}::numeric)", call)

    return _within_sql(call, limit, call.now, UNITS)


_LAST = Argument("last", INTEGER)

TIME_FUNCTIONS = (
    Function(
        "now",
        _FAMILY,
        "The instant of the run; the same everywhere in it.",
        (Signature((), DATETIME, lambda env: env.now, "{now}", clock=True),),
    ),
    Function(
        "today",
        _FAMILY,
        "The day of the run in the tenant's zone.",
        (Signature((), DATE, lambda env: env.today, "{today}", clock=True),),
    ),
    Function(
        "date",
        _FAMILY,
        'The day of an instant; `date("2026-01-31")` is a constant.',
        (
            Signature(
                (Argument("x", DATETIME),),
                DATE,
                lambda env, value: local(value, env.timezone).date(),
                "({0} at time zone {zone})::date",
                clock=True,
            ),
        ),
    ),
    Function(
        "time",
        _FAMILY,
        'The time of day of an instant; `time("08:30")` is a constant.',
        (
            Signature(
                (Argument("x", DATETIME),),
                TIME,
                lambda env, value: local(value, env.timezone).time(),
                "({0} at time zone {zone})::time",
                clock=True,
            ),
        ),
    ),
    Function(
        "datetime",
        _FAMILY,
        'The instant at which a day begins, or of a time on a day; `datetime("2026-01-31T08:00:00Z")` is a constant.',
        (
            Signature(
                (Argument("x", DATE),),
                DATETIME,
                lambda env, value: instant(at_midnight(value), env.timezone),
                instant_result_sql("({0}::timestamp at time zone {zone})"),
                clock=True,
            ),
            Signature(
                (Argument("x", DATE), Argument("at", TIME)),
                DATETIME,
                lambda env, value, at: instant(datetime.combine(value, at), env.timezone),
                instant_result_sql("(({0} + {1}) at time zone {zone})"),
                clock=True,
            ),
        ),
    ),
    _part("year", "The year.", lambda value: value.year, _extract("year"), DATE),
    _part("quarter", "The quarter, 1 to 4.", lambda value: (value.month + 2) // 3, _extract("quarter"), DATE),
    _part("month", "The month, 1 to 12.", lambda value: value.month, _extract("month"), DATE),
    _part("day", "The day of the month.", lambda value: value.day, _extract("day"), DATE),
    _part(
        "weekday", "The day of the week, 1 (Monday) to 7 (Sunday).", lambda x: x.isoweekday(), _extract("isodow"), DATE
    ),
    _part("hour", "The hour, 0 to 23.", lambda value: value.hour, _extract("hour"), TIME),
    _part("minute", "The minute, 0 to 59.", lambda value: value.minute, _extract("minute"), TIME),
    _add("addMinutes", "minute", "An instant some minutes later, by the clock that never jumps."),
    _add("addHours", "hour", "An instant some hours later, by the clock that never jumps."),
    _add("addDays", "day", "Some days later, at the same time of day in the tenant's zone."),
    _add("addWeeks", "week", "Some weeks later, at the same time of day."),
    _add("addMonths", "month", "Some months later; the 31st becomes the last day of a shorter month."),
    _add("addYears", "year", "Some years later; February 29 becomes February 28."),
    _start("startOfDay", "day", "The beginning of the day."),
    _start("startOfWeek", "week", "The beginning of the week, which starts on Monday."),
    _start("startOfMonth", "month", "The beginning of the month."),
    _start("startOfQuarter", "quarter", "The beginning of the quarter."),
    _start("startOfYear", "year", "The beginning of the year."),
    _between(
        "daysBetween",
        "Days from one day to another; negative when the second is earlier.",
        lambda a, b: (b - a).days,
        "({1} - {0})",
    ),
    _between(
        "monthsBetween",
        "Whole months from one day to another: how many can be added to the earlier without passing the later.",
        months_between,
        _MONTHS_SQL,
    ),
    _between(
        "yearsBetween",
        "Whole years from one day to another, as age is counted; born on February 29 means a birthday on the 28th.",
        lambda a, b: int(months_between(a, b) / 12),
        f"({_MONTHS_SQL} / 12)",
    ),
    Function(
        "within",
        _FAMILY,
        "Whether a value lies in the last units of time up to now; a negative number looks ahead. "
        '`within(x, 7, "day")` holds today and the six days before it, for instants the last seven times 24 hours by '
        "the tenant's clock.",
        (
            Signature(
                (Argument("x", DATE), _LAST, Argument("unit", TEXT, UNITS)),
                BOOLEAN,
                _within,
                _dates_within_sql,
                clock=True,
            ),
            Signature(
                (Argument("x", DATETIME), _LAST, Argument("unit", TEXT, UNITS)),
                BOOLEAN,
                _within,
                _instants_within_sql,
                clock=True,
            ),
        ),
    ),
    Function(
        "seconds",
        _FAMILY,
        "Length of a duration in seconds; a duration times or divided by a number is a duration again.",
        (Signature((Argument("x", DURATION),), INTEGER, lambda value: value, "{0}"),),
    ),
)
