"""What is wrong with a benefit."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from metadata.benefits.kinds import settings_of
from metadata.benefits.values import Benefit, CouponSettings, PointsSettings, StoredValueSettings
from metadata.fields.choices import SelectSettings
from metadata.flows.terms import Subject
from metadata.model.tenant import TenantModel, field_of
from metadata.problems import Fault, Path

__all__ = ["benefit_faults"]

_NUMBERS = ("integer", "big_integer", "decimal")


def benefit_faults(model: TenantModel, benefit: Benefit) -> Iterator[Fault]:
    """What is wrong with a benefit; paths start at it."""
    what = f"Benefit '{benefit.name}'"
    found = model.objects.get(benefit.object)
    if found is None or found.storage != "tenant":
        message = f"{what} is held by '{benefit.object}', which is no object type with records."
        yield Fault("unknown_object", message, ("object",), "Name an object type of the tenant's own.")
        return
    subject = Subject(model, benefit.object, what)
    if benefit.budget:
        yield from _amount(what, benefit.budget, ("budget",))
    elif benefit.budget_per:
        message = f"{what} says `budget_per` without a budget."
        yield Fault("missing", message, ("budget",), "Say how much may be given.")
    settings = settings_of(benefit)
    yield from subject.duration(settings.valid, ("settings", "valid"))
    match settings:
        case PointsSettings():
            yield from _kept_in(subject, settings.balance, _NUMBERS)
            yield from subject.duration(settings.earned_within, ("settings", "earned_within"))
            yield from subject.duration(settings.level_valid, ("settings", "level_valid"))
            yield from _levels(subject, settings)
        case StoredValueSettings():
            yield from _kept_in(subject, settings.balance, ("money",))
        case CouponSettings():
            yield from _amount(what, settings.value, ("settings", "value"), least=Decimal(0))
            yield from subject.duration(settings.begins, ("settings", "begins"))
            yield from subject.expression(settings.when, ("settings", "when"))
            if settings.per_record < 0:
                yield Fault(
                    "out_of_range", f"{what}: `per_record` is negative.", ("settings", "per_record"), "0 or more."
                )


def _amount(what: str, text: str, path: Path, least: Decimal = Decimal("0.01")) -> Iterator[Fault]:
    try:
        if Decimal(text) >= least:
            return
    except InvalidOperation:
        pass
    yield Fault("bad_amount", f"{what}: '{text}' is no amount.", path, "Write decimal text, such as 300000.")


def _kept_in(subject: Subject, name: str, types: tuple[str, ...]) -> Iterator[Fault]:
    field = field_of(subject.model.object(subject.object_name), name) if name else None
    if name and (field is None or field.type not in types or field.system):
        message = f"{subject.what} keeps its balance in '{name}', which is no such field of '{subject.object_name}'."
        yield Fault("unfit_field", message, ("settings", "balance"), f"Name a field of type {' or '.join(types)}.")


def _levels(subject: Subject, settings: PointsSettings) -> Iterator[Fault]:
    path: Path = ("settings", "levels")
    if not settings.levels:
        return
    field = field_of(subject.model.object(subject.object_name), settings.level) if settings.level else None
    if field is None or field.type != "select" or not isinstance(field.settings, SelectSettings):
        message = f"{subject.what} keeps levels in '{settings.level}', which is no select field."
        yield Fault("unfit_field", message, ("settings", "level"), "Name a field of type select.")
        return
    known = [option.key for option in field.settings.options]
    before: Decimal | None = None
    for place, level in enumerate(settings.levels):
        faults = list(_amount(subject.what, level.at, (*path, place, "at"), least=Decimal(0)))
        yield from faults
        if level.name not in known:
            message = f"{subject.what}: '{level.name}' is no option of '{settings.level}'."
            yield Fault("unknown_option", message, (*path, place, "name"), f"Known: {', '.join(known)}.")
        if faults:
            continue
        if before is not None and Decimal(level.at) <= before:
            message = f"{subject.what}: the level '{level.name}' is not above the one before."
            yield Fault("out_of_range", message, (*path, place, "at"), "List levels from the lowest to the highest.")
        before = Decimal(level.at)
