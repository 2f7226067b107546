"""Functions of numbers, all exact: rounding takes halves away from zero, as people do with money."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, Decimal
from math import atan2, cos, radians, sin, sqrt
from typing import Any

from metadata.expressions.functions.base import EXACT, Argument, Function, Signature, SqlCall, T, bounded_sql
from metadata.expressions.types import DECIMAL, GEO_POINT, INTEGER

__all__ = ["NUMBER_FUNCTIONS", "PLACE_FUNCTIONS"]

MAX_ROUNDING = 30
"""Most digits before or after the point that `round` may be asked for."""

EARTH_RADIUS_KM = 6371.0088
"""Mean radius of the Earth (IUGG)."""

_FAMILY = "Numbers"
_ONE = Decimal(1)


def _whole(value: Decimal | int, rounding: str) -> int:
    return value if isinstance(value, int) else int(value.to_integral_value(rounding, EXACT))


def _round(value: Decimal | int, digits: int) -> Decimal:
    if abs(digits) > MAX_ROUNDING:
        raise OverflowError
    return EXACT.quantize(Decimal(value), _ONE.scaleb(-digits)) if digits >= 0 else _round_left(Decimal(value), -digits)


def _round_left(value: Decimal, digits: int) -> Decimal:
    return EXACT.multiply(EXACT.quantize(EXACT.scaleb(value, -digits), _ONE), _ONE.scaleb(digits))


def _least(*values: Any) -> Any:
    return min((value for value in values if value is not None), default=None)


def _greatest(*values: Any) -> Any:
    return max((value for value in values if value is not None), default=None)


def _distance_km(a: Any, b: Any) -> Decimal:
    """Great-circle distance by the haversine formula, to the metre."""
    lat1, lng1 = float(a["lat"]), float(a["lng"])
    lat2, lng2 = float(b["lat"]), float(b["lng"])
    h = (
        sin(radians(lat2 - lat1) / 2) ** 2
        + cos(radians(lat1)) * cos(radians(lat2)) * sin(radians(lng2 - lng1) / 2) ** 2
    )
    kilometres = 2 * EARTH_RADIUS_KM * atan2(sqrt(h), sqrt(abs(1 - h)))
    return EXACT.quantize(Decimal(f"{kilometres:.15g}"), Decimal("0.001"))


def _distance_sql(call: SqlCall) -> str:
    (lat1, lng1), (lat2, lng2) = (tuple(f"({part})::float8" for part in call.place(position)) for position in (0, 1))
    h = (
        f"(sin(radians({lat2} - {lat1}) / 2) ^ 2 + "
        f"cos(radians({lat1})) * cos(radians({lat2})) * sin(radians({lng2} - {lng1}) / 2) ^ 2)"
    )
    return f"round((2 * {EARTH_RADIUS_KM}::float8 * atan2(sqrt({h}), sqrt(abs(1 - {h}))))::numeric, 3)"


def _geo_point(lat: Decimal | int, lng: Decimal | int) -> dict[str, Decimal | int]:
    return {"lat": lat, "lng": lng}


_X = Argument("x", DECIMAL)
_N = Argument("x", INTEGER)
_SAME = Argument("x", T)

NUMBER_FUNCTIONS = (
    Function(
        "abs",
        _FAMILY,
        "Without its sign.",
        (
            Signature((_N,), INTEGER, abs, "abs({0}::numeric)"),
            Signature(
                (_X,),
                DECIMAL,
                lambda value: abs(value) if isinstance(value, int) else value.copy_abs(),
                "abs({0}::numeric)",
            ),
        ),
    ),
    Function(
        "round",
        _FAMILY,
        "To the nearest whole number, or to a number of digits after the point (before it, when negative).",
        (
            Signature((_X,), INTEGER, lambda value: _whole(value, "ROUND_HALF_UP"), "round({0}::numeric)"),
            Signature(
                (_X, Argument("digits", INTEGER)),
                DECIMAL,
                _round,
                f"round({{0}}::numeric, {bounded_sql('{1}', MAX_ROUNDING)}::int)",
            ),
        ),
    ),
    Function(
        "floor",
        _FAMILY,
        "The next whole number below.",
        (Signature((_X,), INTEGER, lambda value: _whole(value, ROUND_FLOOR), "floor({0}::numeric)"),),
    ),
    Function(
        "ceil",
        _FAMILY,
        "The next whole number above.",
        (Signature((_X,), INTEGER, lambda value: _whole(value, ROUND_CEILING), "ceil({0}::numeric)"),),
    ),
    Function(
        "trunc",
        _FAMILY,
        "Without the digits after the point.",
        (Signature((_X,), INTEGER, lambda value: _whole(value, ROUND_DOWN), "trunc({0}::numeric)"),),
    ),
    Function(
        "min",
        _FAMILY,
        "The least of several values; nulls are left out.",
        (
            Signature(
                (_SAME, _SAME), T, _least, lambda call: f"least({', '.join(call.ordered)})", strict=False, repeats=True
            ),
        ),
    ),
    Function(
        "max",
        _FAMILY,
        "The greatest of several values; nulls are left out.",
        (
            Signature(
                (_SAME, _SAME),
                T,
                _greatest,
                lambda call: f"greatest({', '.join(call.ordered)})",
                strict=False,
                repeats=True,
            ),
        ),
    ),
)

PLACE_FUNCTIONS = (
    Function(
        "geoPoint",
        "Places",
        "A place by its latitude and longitude in degrees.",
        (Signature((Argument("lat", DECIMAL), Argument("lng", DECIMAL)), GEO_POINT, _geo_point, ""),),
    ),
    Function(
        "distanceKm",
        "Places",
        "Kilometres between two places over the Earth's surface, to the metre.",
        (Signature((Argument("a", GEO_POINT), Argument("b", GEO_POINT)), DECIMAL, _distance_km, _distance_sql),),
    ),
)
