"""The kinds of benefits: one descriptor each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import msgspec

from metadata.benefits import values
from metadata.benefits.values import Benefit

__all__ = ["BENEFIT_KINDS", "BenefitKind", "settings_of"]


@dataclass(frozen=True, slots=True)
class BenefitKind:
    """One kind of benefit.

    Attributes:
        key: As in documents.
        help: One line.
        settings: Class of its settings.
        digits: Digits after the point of its amounts.
        counted: Whether records have a balance of it; otherwise each is a thing of its own, with a code.
    """

    key: str
    help: str
    settings: type[msgspec.Struct]
    digits: int
    counted: bool


BENEFIT_KINDS: Mapping[str, BenefitKind] = MappingProxyType(
    {
        kind.key: kind
        for kind in (
            BenefitKind("points", "A number that grows and is spent", values.PointsSettings, 0, True),
            BenefitKind("stored_value", "Money that was paid before", values.StoredValueSettings, 2, True),
            BenefitKind("coupon", "Something with a code, used once", values.CouponSettings, 2, False),
        )
    }
)
"""Every kind by its key."""


def settings_of(benefit: Benefit) -> Any:
    """A benefit's settings as a value of its kind's class, however they are held."""
    settings = BENEFIT_KINDS[benefit.kind].settings
    held = benefit.settings
    return held if isinstance(held, settings) else msgspec.convert(held or {}, settings)
