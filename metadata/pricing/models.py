"""The models of rate tables: one descriptor each, from which reading, checks and rating follow.

A model is added by its settings in `metadata.pricing.values`, its descriptor here, and what an event adds under it in
`server.pricing.rating`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from types import MappingProxyType
from typing import Any, Literal

import msgspec

from metadata.fields.inputs import shown
from metadata.pricing import values
from metadata.pricing.values import Number, PriceRate, Tier
from metadata.problems import Fault, Path

__all__ = ["RATE_MODELS", "RateModel", "measure_of", "model_of", "number_faults", "settings_of", "switch_of"]

Measure = Literal["", "quantity", "base"]
Check = Callable[[str, Any], Iterator[Fault]]

MAX_DIGITS = 30
"""Most digits of a number of a plan."""


@dataclass(frozen=True, slots=True)
class RateModel:
    """One model of rates.

    Attributes:
        key: As in documents.
        help: One line.
        settings: Class of its settings.
        measure: What it counts; empty where it counts nothing but events.
        switches: How a tier that is reached may count, the natural way first; none where there are no tiers.
        parts: What a tier holds: price, percent, flat.
        check: Faults of its settings, with paths from them.
    """

    key: str
    help: str
    settings: type[msgspec.Struct]
    measure: Measure = ""
    switches: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    check: Check | None = None


def number_faults(
    what: str, value: Number | None, path: Path, *, least: int | None = 0, most: int | None = None
) -> Iterator[Fault]:
    """What is wrong with a number of a plan; None is nothing wrong."""
    if value is None:
        return
    try:
        number = Decimal(value)
    except InvalidOperation:
        number = Decimal("NaN")
    digits = number.as_tuple()
    if not number.is_finite() or len(digits.digits) > MAX_DIGITS or abs(int(digits.exponent)) > MAX_DIGITS:
        message = f"{what}: {path[-1]} is {shown(value)}, which is no number of up to {MAX_DIGITS} digits."
        yield Fault("bad_number", message, path, 'Write decimal text, such as "12.50".')
        return
    if (least is not None and number < least) or (most is not None and number > most):
        span = f"{least} or more" if most is None else f"from {least} to {most}"
        yield Fault("out_of_range", f"{what}: {path[-1]} is {shown(value)}.", path, f"It is {span}.")


# ── checks, model by model ───────────────────────────────────────────────────────────────────────────


def _unit(what: str, settings: values.UnitSettings) -> Iterator[Fault]:
    yield from number_faults(what, settings.price, ("price",))


def _flat(what: str, settings: values.FlatSettings) -> Iterator[Fault]:
    yield from number_faults(what, settings.amount, ("amount",))


def _package(what: str, settings: values.PackageSettings) -> Iterator[Fault]:
    yield from number_faults(what, settings.price, ("price",))
    yield from number_faults(what, settings.free, ("free",))
    found = [*number_faults(what, settings.size, ("size",))]
    yield from found
    if not found and not Decimal(settings.size):
        yield Fault("out_of_range", f"{what}: a package of 0 units.", ("size",), "Give it a size.")


def _percentage(what: str, settings: values.PercentageSettings) -> Iterator[Fault]:
    yield from number_faults(what, settings.percent, ("percent",), most=100)
    yield from number_faults(what, settings.fixed, ("fixed",))
    yield from number_faults(what, settings.free_count, ("free_count",))
    yield from number_faults(what, settings.free_amount, ("free_amount",))


def _matrix(what: str, settings: values.MatrixSettings) -> Iterator[Fault]:
    if not settings.dimensions:
        yield Fault("missing", f"{what} names no dimension.", ("dimensions",), "Name some of the plan's.")
    seen: dict[tuple[str, ...], int] = {}
    for place, cell in enumerate(settings.cells):
        here = ("cells", place)
        if len(cell.values) != len(settings.dimensions):
            message = f"{what}: a cell has {len(cell.values)} values for {len(settings.dimensions)} dimensions."
            yield Fault("bad_cell", message, (*here, "values"), "Give one for each, `*` for any.")
        yield from _one_part(what, cell, ("price", "percent"), here)
        covering = next((one for one in seen if _covers(one, cell.values)), None)
        if covering is not None:
            message = f"{what}: the cell {list(cell.values)} never counts, since {list(covering)} comes before it."
            yield Fault("unreachable_rate", message, (*here, "values"), "Put it first, or remove it.")
        seen[cell.values] = place
    if len({cell.price is None for cell in settings.cells}) > 1:
        yield Fault("mixed_measures", f"{what} has prices of one and per cents.", ("cells",), "Use one of them.")


def _covers(first: Sequence[str], second: Sequence[str]) -> bool:
    return len(first) == len(second) and all(one in ("*", two) for one, two in zip(first, second, strict=True))


def _one_part(what: str, holder: Tier | values.MatrixCell, parts: Sequence[str], path: Path) -> Iterator[Fault]:
    """Exactly one of price and per cent, where both are possible; numbers in range."""
    for part in ("price", "percent", "flat"):
        value = getattr(holder, part, None)
        yield from number_faults(what, value, (*path, part), most=100 if part == "percent" else None)
        if value is not None and part not in parts:
            message = f"{what} has the {part} {shown(value)}, which its model does not use."
            yield Fault("not_applicable", message, (*path, part), f"It uses {' and '.join(parts)}.")
    rates = [part for part in parts if part != "flat"] or ["flat"]
    given = [part for part in rates if getattr(holder, part) is not None]
    if len(given) != 1:
        message = f"{what}: a step has {' and '.join(given) or 'no rate'}."
        yield Fault("missing", message, path, f"Give it one {' or '.join(rates)}.")


def _tiered(parts: tuple[str, ...]) -> Check:
    def check(what: str, settings: values.TieredSettings) -> Iterator[Fault]:
        tiers = settings.tiers
        if not tiers:
            yield Fault("missing", f"{what} has no tiers.", ("tiers",), "Add the first, from 0.")
            return
        found: list[Fault] = []
        for place, tier in enumerate(tiers):
            found += number_faults(what, tier.lower, ("tiers", place, "lower"))
            found += _one_part(what, tier, parts, ("tiers", place))
        yield from found
        if any(fault.path[-1] == "lower" for fault in found):
            return
        if Decimal(tiers[0].lower):
            message = f"{what}: the first tier begins at {tiers[0].lower}, which leaves a gap below."
            yield Fault("bad_tiers", message, ("tiers", 0, "lower"), "The first tier begins at 0.")
        for place, (one, two) in enumerate(pairwise(tiers), 1):
            if Decimal(two.lower) <= Decimal(one.lower):
                message = f"{what}: the tier from {two.lower} stands after the one from {one.lower}."
                yield Fault("bad_tiers", message, ("tiers", place, "lower"), "Let each begin above the one before.")

    return check


_LADDER = ("marginal", "retroactive_period", "step_forward")

RATE_MODELS: Mapping[str, RateModel] = MappingProxyType(
    {
        model.key: model
        for model in (
            RateModel("per_unit", "So much for each", values.UnitSettings, "quantity", check=_unit),
            RateModel("flat", "A fixed amount, per event or per period", values.FlatSettings, check=_flat),
            RateModel(
                "graduated", "Each tier's price for what lies in it", values.TieredSettings, "quantity",
                _LADDER, ("price", "flat"), _tiered(("price", "flat")),
            ),
            RateModel(
                "volume", "The price of the tier that is reached, for everything", values.TieredSettings, "quantity",
                _LADDER[1:], ("price", "flat"), _tiered(("price", "flat")),
            ),
            RateModel(
                "stair_step", "The amount of the tier that is reached", values.TieredSettings, "quantity",
                ("retroactive_period",), ("flat",), _tiered(("flat",)),
            ),
            RateModel(
                "package", "So much for each started package", values.PackageSettings, "quantity", check=_package,
            ),
            RateModel("percentage", "A part of the base", values.PercentageSettings, "base", check=_percentage),
            RateModel(
                "graduated_percentage", "Each tier's per cent of what lies in it", values.TieredSettings, "base",
                _LADDER, ("percent", "flat"), _tiered(("percent", "flat")),
            ),
            RateModel("matrix", "A rate looked up by dimensions", values.MatrixSettings, check=_matrix),
            RateModel("external", "The amount comes with the event", values.ExternalSettings),
        )
    }
)  # fmt: skip
"""Every model by its key."""


def model_of(rate: PriceRate) -> RateModel:
    """The descriptor of a rate's model."""
    return RATE_MODELS[rate.model]


def settings_of(rate: PriceRate) -> Any:
    """A rate's settings as a value of its model's class, however they are held."""
    wanted = RATE_MODELS[rate.model].settings
    return rate.settings if isinstance(rate.settings, wanted) else msgspec.convert(rate.settings or {}, wanted)


def measure_of(rate: PriceRate) -> Measure:
    """What a rate counts up."""
    settings, model = settings_of(rate), model_of(rate)
    if isinstance(settings, values.MatrixSettings):
        return "base" if any(cell.percent is not None for cell in settings.cells) else "quantity"
    chosen: Measure = getattr(settings, "of", "")
    return chosen or model.measure


def switch_of(rate: PriceRate, wanted: str) -> str:
    """How a tier that is reached counts, for a rate of a component that says `wanted`; empty without tiers."""
    switches = model_of(rate).switches
    return "" if not switches else wanted or switches[0]
