"""What is given, by whichever kind it is, once for each key and within its budget; and what rules can do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

import uuid_utils

from metadata.benefits.kinds import BENEFIT_KINDS
from metadata.benefits.values import Benefit
from metadata.fields.relations import relation_of
from metadata.flows.terms import expression_of
from metadata.model.tenant import TenantModel, field_of, named
from metadata.problems import BadInputError, ConflictError, LimitError, NotFoundError
from metadata.rules.values import GiveAction, TakeBackAction
from server.automation import Performer, RuleStep
from server.benefits import sql
from server.benefits.counted import Counted
from server.benefits.coupons import Coupons
from server.benefits.lines import NewLine, line_by_key
from server.context import Standing
from server.records.writing.saving import RecordWriter

__all__ = ["Giving", "benefit_named", "benefit_performers", "period_of"]

_NOTHING = Decimal()


def benefit_named(model: TenantModel, name: str) -> Benefit:
    """A benefit by its name.

    Raises:
        NotFoundError: `unknown_benefit`.
    """
    return named(model.benefits, name, "benefit")


def period_of(benefit: Benefit, now: datetime, timezone: str) -> str:
    """The time that a budget is counted in: its first day, empty for ever."""
    day = now.astimezone(ZoneInfo(timezone)).date()
    match benefit.budget_per:
        case "day":
            return day.isoformat()
        case "month":
            return day.replace(day=1).isoformat()
        case "year":
            return day.replace(month=1, day=1).isoformat()
    return ""


@dataclass(eq=False)
class Giving:
    """Gives, takes back and uses; holds nothing of it."""

    counted: Counted
    coupons: Coupons

    @classmethod
    def through(cls, writer: RecordWriter) -> Giving:
        """With balances that are written through a writer."""
        return cls(Counted(writer), Coupons())

    async def give(self, standing: Standing, new: NewLine) -> Any:
        """Give a record something; the line that its key names already is answered as it is.

        Raises:
            LimitError: `budget_exhausted`, `too_many_coupons`.
            ConflictError: `benefit_ended`, `other_payload`.
            BadInputError: `bad_amount`.
        """
        benefit = new.benefit
        known = await line_by_key(standing, benefit, new.key, "give", new.record)
        if known is not None:
            return known
        if not benefit.live:
            raise ConflictError.single("benefit_ended", f"'{benefit.name}' is given no more.", path=("benefit",))
        kind = BENEFIT_KINDS[benefit.kind]
        if not kind.counted:
            line = await self.coupons.issue(standing, new)
        else:
            line = await self.counted.give(standing, _with(new, checked_amount(benefit, new.amount)))
        await self._spend_budget(standing, benefit, line["amount"])
        return line

    async def spend(self, standing: Standing, new: NewLine) -> Any:
        """Use some of a balance.

        Raises:
            ConflictError: `balance_too_low`, `other_payload`, `not_counted`.
        """
        known = await line_by_key(standing, new.benefit, new.key, "spend", new.record)
        if known is not None:
            return known
        if not BENEFIT_KINDS[new.benefit.kind].counted:
            raise ConflictError.single(
                "not_counted", f"'{new.benefit.name}' has no balance.", path=("benefit",), hint="Use redeemCoupon."
            )
        return await self.counted.spend(standing, _with(new, -checked_amount(new.benefit, new.amount)))

    async def undo(self, standing: Standing, benefit: Benefit, key: str, reason: str) -> Any:
        """Undo what a key names, once: what was given is taken back, what was used is given back.

        Raises:
            NotFoundError: `unknown_movement`.
            ConflictError: `coupon_not_open`, `not_undone`.
        """
        await standing.connection.execute(sql.LOCK, f"{standing.tenant_id}:{benefit.name}:{key}")
        line = await standing.connection.fetchrow(sql.BY_KEY, standing.tenant_id, benefit.name, key)
        if line is None:
            raise NotFoundError.single(
                "unknown_movement", f"Nothing of '{benefit.name}' has the key '{key}'.", path=("key",),
                hint="benefitLines lists the keys.",
            )  # fmt: skip
        done = await standing.connection.fetchrow(sql.UNDONE, standing.tenant_id, line["id"])
        if done is not None and done["act"] in ("take_back", "give_back"):
            return done
        act = {"give": "take_back", "spend": "give_back"}.get(line["act"])
        if act is None:
            raise ConflictError.single("not_undone", f"A line '{line['act']}' is not undone.", path=("key",))
        amount = -Decimal(line["amount"])
        new = NewLine(
            benefit=benefit, record=line["record_id"], key=f"undo:{line['id']}", act=act, amount=amount,
            balance=_NOTHING, reverses=line["id"], reference=line["reference"], reason=reason,
        )  # fmt: skip
        if line["coupon_id"] is not None:
            row = await standing.connection.fetchrow(sql.COUPON_BY_ID, standing.tenant_id, line["coupon_id"])
            move = self.coupons.take_back if act == "take_back" else self.coupons.give_back
            undone = await move(standing, new, row)
        elif act == "take_back":
            undone = await self.counted.take_back(standing, new, line)
        else:
            undone = await self.counted.give_back(standing, new)
        if act == "take_back" and benefit.budget:
            period = period_of(benefit, line["at"], standing.context.model.settings.timezone)
            await standing.connection.execute(
                sql.GIVE_BUDGET_BACK, standing.tenant_id, benefit.name, period, f"{-Decimal(undone['amount']):f}"
            )
        return undone

    async def _spend_budget(self, standing: Standing, benefit: Benefit, amount: str) -> None:
        if not benefit.budget:
            return
        period = period_of(benefit, standing.now, standing.context.model.settings.timezone)
        given = await standing.connection.fetchval(
            sql.TAKE_BUDGET, standing.tenant_id, benefit.name, period, amount, benefit.budget
        )
        if given is None:
            raise LimitError.single(
                "budget_exhausted",
                f"The budget of '{benefit.name}' is {benefit.budget}{_per(benefit)}, and too little of it is left.",
                path=("benefit",),
                hint="Raise the budget, or end what gives it.",
            )


def _per(benefit: Benefit) -> str:
    return f" a {benefit.budget_per}" if benefit.budget_per else ""


def _with(new: NewLine, amount: Decimal) -> NewLine:
    return NewLine(
        benefit=new.benefit, record=new.record, key=new.key, act=new.act, amount=amount, balance=new.balance,
        reference=new.reference, reason=new.reason,
    )  # fmt: skip


def checked_amount(benefit: Benefit, amount: Decimal) -> Decimal:
    """An amount above 0 with the digits that its kind has.

    Raises:
        BadInputError: `bad_amount`.
    """
    digits = BENEFIT_KINDS[benefit.kind].digits
    if not amount.is_finite() or amount <= 0 or amount != round(amount, digits) or amount >= Decimal(10) ** 15:
        raise BadInputError.single(
            "bad_amount",
            f"{amount} of '{benefit.name}' cannot be moved.",
            path=("amount",),
            hint=f"Give a number above 0 with at most {digits} digits after the point.",
        )
    return amount


def benefit_performers(giving: Giving) -> Sequence[Performer]:
    """Performers of the actions of rules that give benefits and take them back."""

    async def give(step: RuleStep) -> Mapping[str, Any]:
        settings: GiveAction = step.settings
        standing = Standing(step.connection, step.context, step.now)
        benefit = benefit_named(step.context.model, settings.benefit)
        record = await _holder(step, settings.to)
        amount = await _amount(step, settings.amount)
        if amount <= 0:
            return {"benefit": benefit.name, "record": record, "amount": "0"}
        key = await _key(step, settings.key, record)
        new = NewLine(
            benefit=benefit, record=record, key=key, act="give", amount=amount, balance=_NOTHING,
            reference=await _text(step, settings.reference), reason=settings.reason or step.by,
        )  # fmt: skip
        line = await giving.give(standing, new)
        return {"benefit": benefit.name, "record": record, "amount": str(line["amount"]), "key": key}

    async def take_back(step: RuleStep) -> Mapping[str, Any]:
        settings: TakeBackAction = step.settings
        standing = Standing(step.connection, step.context, step.now)
        benefit = benefit_named(step.context.model, settings.benefit)
        record = await _holder(step, settings.to)
        key = await _key(step, settings.key, record)
        try:
            line = await giving.undo(standing, benefit, key, settings.reason or step.by)
        except NotFoundError:
            return {"benefit": benefit.name, "record": record, "amount": "0", "key": key}
        return {"benefit": benefit.name, "record": record, "amount": str(line["amount"]), "key": key}

    return (Performer("give", give), Performer("take_back", take_back))


async def _holder(step: RuleStep, to: str) -> str:
    if not to:
        return step.record_id
    field = field_of(step.object_type, to)
    relation = None if field is None else relation_of(field)
    path = f"{to}.id"
    record: str | None = (await step.known([path]))[path]
    if record is None or relation is None:
        raise ConflictError.single(
            "no_record", f"'{to}' leads to no record.", hint="Fill it in, or ask for it in `when`."
        )
    return record


async def _amount(step: RuleStep, given: str) -> Decimal:
    text = expression_of(given)
    value = (await step.known([text]))[text] if text else given
    try:
        return Decimal(str(value)) if value is not None else _NOTHING
    except InvalidOperation:
        raise BadInputError.single("bad_amount", f"'{value}' is no amount.") from None


async def _text(step: RuleStep, given: str) -> str:
    text = expression_of(given)
    value = (await step.known([text]))[text] if text else given
    return "" if value is None else str(value)


async def _key(step: RuleStep, given: str, record: str) -> str:
    """What an action gives is named by what it says, for each record; or by the occasion, so that it is given once."""
    named = await _text(step, given)
    if given:
        return f"{record}:{named}"[:200]
    return f"{step.rule}:{record}:{step.occasion or uuid_utils.uuid7()}"[:200]
