"""A record as an event of a plan: one statement reads all that the plan asks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from metadata.expressions.check import ModelScope, read
from metadata.expressions.scope import FORMULA_ROOTS
from metadata.expressions.types import Kind
from metadata.model.tenant import TenantModel
from metadata.pricing.numbers import MAX_AMOUNT, exact, rounded, to_minor
from metadata.pricing.values import Attribution, ExternalSettings, PricePlan
from metadata.problems import BadInputError, Faults, TangramError
from server.pricing.definition import Definition
from server.pricing.values import Holder, PriceEvent

__all__ = ["Asked", "asked_of", "event_of", "holders_of"]


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """What a plan asks of a record.

    Attributes:
        expressions: All of them.
        currencies: For each amount that is a field of money, the expression of its currency.
    """

    expressions: tuple[str, ...]
    currencies: Mapping[str, str]


def asked_of(definition: Definition, model: TenantModel) -> Asked:
    """The expressions that a plan's events are made of."""
    plan = definition.plan
    amounts = [one.value for one in plan.bases] + ([plan.cost] if plan.cost else [])
    amounts += [tariff.settings.amount for tariff in _external(definition)]
    scope = ModelScope(model, plan.object, FORMULA_ROOTS)
    currencies = {text: f"{text}.currency" for text in amounts if _is_money(text, scope)}
    texts = [plan.when, plan.party, plan.contract, plan.quantity, *amounts, *currencies.values()]
    texts += [one.value for one in (*plan.clocks, *plan.dimensions)]
    for component in plan.components:
        texts += [component.when, *(share.payee for share in component.shares)]
    for rule in (rule for one in plan.attributions for rule in one.rules):
        texts += [rule.when, *(to.value for to in rule.to)]
    return Asked(tuple(dict.fromkeys(text for text in texts if text)), currencies)


def _external(definition: Definition) -> list[Any]:
    return [one for one in definition.tariffs.values() if isinstance(one.settings, ExternalSettings)]


def _is_money(text: str, scope: ModelScope) -> bool:
    try:
        return read(text, scope).type.kind is Kind.MONEY and read(f"{text}.currency", scope) is not None
    except TangramError:
        return False


def event_of(definition: Definition, asked: Asked, values: Mapping[str, Any], key: str, zone: ZoneInfo) -> PriceEvent:
    """An event from the values of its expressions.

    Raises:
        BadInputError: `currency_mix`, `negative_amount`, `negative_quantity`, `amount_too_large`, all together.
    """
    plan, faults = definition.plan, Faults()

    def amount(text: str) -> int:
        currency = values.get(asked.currencies.get(text, ""))
        if currency and currency != definition.currency:
            message = f"'{text}' is in {currency}, price plan '{plan.name}' counts in {definition.currency}."
            faults.add("currency_mix", message, hint="Make a plan for each currency.")
            return 0
        minor = rounded(to_minor(_number(values.get(text)), definition.currency))
        if minor < 0:
            message = f"'{text}' is {values.get(text)}; amounts of price plan '{plan.name}' are 0 or more."
            faults.add("negative_amount", message, hint="Book a refund of the event that it takes back.")
        if minor > MAX_AMOUNT:
            message = f"'{text}' is {values.get(text)}, more than can be booked."
            faults.add("amount_too_large", message, hint="Look at the record.")
        return minor

    quantity = _number(values.get(plan.quantity)) if plan.quantity else Decimal(1)
    if quantity < 0:
        message = f"The quantity is {quantity}; events of price plan '{plan.name}' have 0 or more."
        faults.add("negative_quantity", message, hint="Book a refund of the event that it takes back.")
    event = PriceEvent(
        key=key,
        party=_text(values.get(plan.party)) or "",
        contract=_text(values.get(plan.contract)) or "",
        quantity=quantity,
        cost=amount(plan.cost) if plan.cost else 0,
        bases={one.name: amount(one.value) for one in plan.bases},
        clocks={one.name: _instant(values.get(one.value), zone) for one in plan.clocks},
        dimensions={one.name: _text(values.get(one.value)) for one in plan.dimensions},
        fires=frozenset(one.name for one in plan.components if not one.when or values.get(one.when) is True),
        payees={share.payee: _text(values.get(share.payee)) or "" for one in plan.components for share in one.shares},
        amounts={tariff.name: amount(tariff.settings.amount) for tariff in _external(definition)},
    )
    if faults:
        raise BadInputError.of(faults)
    return event


def holders_of(plan: PricePlan, values: Mapping[str, Any]) -> tuple[Holder, ...]:
    """Whom an event is attributed to: for each attribution, by the first rule that fits; nobody where none does."""
    return tuple(holder for one in plan.attributions for holder in _held(one, values))


def _held(attribution: Attribution, values: Mapping[str, Any]) -> Iterator[Holder]:
    for rule in attribution.rules:
        whose = [_text(values.get(to.value)) for to in rule.to]
        if (not rule.when or values.get(rule.when) is True) and all(whose):
            for to, who in zip(rule.to, whose, strict=True):
                yield Holder(attribution.name, who or "", to.role, exact(to.percent), rule.name)
            return
    yield Holder(attribution.name, "", "", Decimal(100), "")


def _number(value: Any) -> Decimal:
    """A missing amount is nothing."""
    return Decimal(0) if value is None else Decimal(str(value))


def _text(value: Any) -> str | None:
    if value is None:
        return None
    return str(value).lower() if isinstance(value, bool) else str(value)


def _instant(value: Any, zone: ZoneInfo) -> datetime | None:
    """An instant, or the beginning of a day in the tenant's zone."""
    if value is None:
        return None
    if len(value) == 10:
        return datetime.combine(date.fromisoformat(value), time(), zone).astimezone(UTC)
    found = datetime.fromisoformat(value)
    return (found if found.tzinfo is not None else found.replace(tzinfo=zone)).astimezone(UTC)
