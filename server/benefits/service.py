"""What people and programs ask of benefits: give, use, undo, and see how things stand."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from metadata.benefits.values import Benefit
from metadata.expressions.tree import Expression
from metadata.problems import BadInputError, ForbiddenError, NotFoundError
from server.access.plan import EVERY_ROW, AccessPlan
from server.actions import ActionRun
from server.benefits import sql
from server.benefits.giving import Giving, benefit_named, period_of
from server.benefits.lines import NewLine
from server.context import Standing
from server.records.reach import within_reach

__all__ = ["Benefits", "configures"]

Arguments = Mapping[str, Any]
_MAX_PAGE = 200
_MOST_MINUTES = 7 * 24 * 60
_NOTHING = Decimal()


def configures(plan: AccessPlan) -> bool:
    """Whether somebody may configure benefits."""
    return plan.may_configure_kind("benefit")


@dataclass(frozen=True, slots=True)
class Benefits:
    """The engine of benefits, as it is asked."""

    giving: Giving

    async def give(self, run: ActionRun, given: Arguments) -> dict[str, Any]:
        """`giveBenefit`: an amount of what is counted, or a coupon."""
        benefit = benefit_named(run.context.model, given["benefit"])
        record = await _require(run, benefit, given["record"])
        line = await self.giving.give(_standing(run), _new(benefit, record, "give", given))
        return await self._line(run, line)

    async def spend(self, run: ActionRun, given: Arguments) -> dict[str, Any]:
        """`spendBenefit`."""
        benefit = benefit_named(run.context.model, given["benefit"])
        record = await _require(run, benefit, given["record"])
        return await self._line(run, await self.giving.spend(_standing(run), _new(benefit, record, "spend", given)))

    async def undo(self, run: ActionRun, given: Arguments) -> dict[str, Any]:
        """`undoBenefit`: takes back what was given, gives back what was used."""
        benefit = benefit_named(run.context.model, given["benefit"])
        row = await run.connection.fetchrow(sql.BY_KEY, run.tenant_id, benefit.name, given["key"])
        await _require(run, benefit, None if row is None else row["record_id"])
        return await self._line(
            run, await self.giving.undo(_standing(run), benefit, given["key"], given.get("reason") or "")
        )

    async def reserve(self, run: ActionRun, given: Arguments) -> dict[str, Any]:
        """`reserveCoupon`: for an order that is being paid."""
        minutes = given.get("minutes")
        minutes = 30 if minutes is None else minutes
        if not 1 <= minutes <= _MOST_MINUTES:
            raise BadInputError.single("out_of_range", "A coupon is kept 1 minute to 7 days.", path=("minutes",))
        benefit, row = await self._coupon(run, given["code"])
        return _shown_coupon(
            await self.giving.coupons.reserve(_standing(run), benefit, row, given["reference"], minutes)
        )

    async def release(self, run: ActionRun, given: Arguments) -> dict[str, Any]:
        """`releaseCoupon`."""
        benefit, row = await self._coupon(run, given["code"])
        return _shown_coupon(await self.giving.coupons.release(_standing(run), benefit, row, given["reference"]))

    async def redeem(self, run: ActionRun, given: Arguments) -> dict[str, Any]:
        """`redeemCoupon`: uses it, once."""
        benefit, row = await self._coupon(run, given["code"])
        return _shown_coupon(await self.giving.coupons.use(_standing(run), benefit, row, given["reference"]))

    async def coupons(self, run: ActionRun, given: Arguments) -> list[dict[str, Any]]:
        """`benefitCoupons`: of a record that the actor sees."""
        record = _id(given["record"])
        rows = await run.connection.fetch(sql.COUPONS, run.tenant_id, record, given.get("benefit"), given.get("state"))
        return [
            _shown_coupon(row)
            for row in rows
            if row["benefit"] in run.context.model.benefits
            and await _sees(run, run.context.model.benefits[row["benefit"]], record, EVERY_ROW)
        ]

    async def account(self, run: ActionRun, given: Arguments) -> dict[str, Any]:
        """`benefitAccount`: what a record has of a benefit that is counted."""
        benefit, record = await self._seen(run, given)
        row = await run.connection.fetchrow(sql.LOOK, run.tenant_id, benefit.name, record)
        lots = await run.connection.fetch(sql.LOTS, run.tenant_id, benefit.name, record)
        lapsing = sorted((lot["expires_at"], lot["amount_left"]) for lot in lots if lot["expires_at"] is not None)
        return {
            "balance": row["balance"] if row else "0.00",
            "level": (row["level"] or None) if row else None,
            "levelUntil": row["level_until"] if row else None,
            "lapsing": [{"at": at, "amount": amount} for at, amount in lapsing],
        }

    async def lines(self, run: ActionRun, given: Arguments) -> list[dict[str, Any]]:
        """`benefitLines`: every movement, newest first."""
        benefit, record = await self._seen(run, given)
        first = min(max(given.get("first") or 50, 1), _MAX_PAGE)
        after = None if given.get("after") is None else _id(given["after"])
        rows = await run.connection.fetch(sql.LINES, run.tenant_id, benefit.name, record, after, first)
        return [await self._line(run, row) for row in rows]

    async def figures(self, run: ActionRun, given: Arguments) -> dict[str, Any]:
        """`benefitFigures`: what was given and what came of it, in all."""
        benefit = benefit_named(run.context.model, given["benefit"])
        if not configures(run.context.access) and run.context.access.may_run(benefit.name, benefit.object) != EVERY_ROW:
            raise _forbidden(benefit)
        row = await run.connection.fetchrow(
            sql.FIGURES, run.tenant_id, benefit.name, given.get("since"), given.get("until")
        )
        period = period_of(benefit, run.instant, run.context.model.settings.timezone)
        spent = await run.connection.fetchval(sql.BUDGET, run.tenant_id, benefit.name, period) or _NOTHING
        left = None if not benefit.budget else f"{Decimal(benefit.budget) - Decimal(spent):f}"
        share = Decimal(row["users"]) / row["holders"] if row["holders"] else _NOTHING
        return {
            "given": row["given"], "used": row["used"], "lapsed": row["lapsed"],
            "takenBack": row["taken_back"], "givenBack": row["given_back"], "holders": row["holders"],
            "users": row["users"], "usedShare": f"{round(share, 4):f}", "budgetLeft": left,
        }  # fmt: skip

    async def _coupon(self, run: ActionRun, code: str) -> tuple[Benefit, Mapping[str, Any]]:
        row = await self.giving.coupons.locked(_standing(run), code)
        benefit = benefit_named(run.context.model, row["benefit"])
        await _require(run, benefit, row["record_id"])
        return benefit, row

    async def _seen(self, run: ActionRun, given: Arguments) -> tuple[Benefit, str]:
        benefit, record = benefit_named(run.context.model, given["benefit"]), _id(given["record"])
        if not await _sees(run, benefit, record, EVERY_ROW):
            raise _unknown(benefit, record)
        return benefit, record

    async def _line(self, run: ActionRun, row: Mapping[str, Any]) -> dict[str, Any]:
        coupon = None
        if row["coupon_id"] is not None:
            coupon = _shown_coupon(await run.connection.fetchrow(sql.COUPON_BY_ID, run.tenant_id, row["coupon_id"]))
        return {
            "id": row["id"], "benefit": row["benefit"], "record": row["record_id"], "key": row["key"],
            "act": row["act"].upper(), "amount": row["amount"], "balance": row["balance"],
            "reference": row["reference"] or None, "reason": row["reason"] or None, "by": row["actor_name"],
            "at": row["at"], "expiresAt": row["expires_at"], "coupon": coupon,
        }  # fmt: skip


def _standing(run: ActionRun) -> Standing:
    return Standing(run.connection, run.context, run.instant)


def _new(benefit: Benefit, record: str, act: str, given: Arguments) -> NewLine:
    amount = given.get("amount")
    key = given["key"]
    if not key or len(key) > 200:
        raise BadInputError.single("out_of_range", "A key has 1 to 200 characters.", path=("key",))
    return NewLine(
        benefit=benefit, record=record, key=key, act=act, amount=_NOTHING if amount is None else Decimal(str(amount)),
        balance=_NOTHING, reference=given.get("reference") or "", reason=given.get("reason") or "",
    )  # fmt: skip


async def _require(run: ActionRun, benefit: Benefit, record: str | None) -> str:
    """Refuse whoever may not move a benefit, or not of this record.

    Raises:
        ForbiddenError: `action_not_allowed`.
        NotFoundError: `unknown_record`.
    """
    rows = run.context.access.may_run(benefit.name, benefit.object)
    if rows is None:
        raise _forbidden(benefit)
    if record is None:
        return ""
    record = _id(record)
    if not await _sees(run, benefit, record, rows):
        raise _unknown(benefit, record)
    return record


async def _sees(run: ActionRun, benefit: Benefit, record: str, rows: Expression) -> bool:
    object_type = run.context.model.object(benefit.object)
    return bool(await within_reach(run, object_type, [record], also=rows))


def _shown_coupon(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": row["id"], "benefit": row["benefit"], "record": row["record_id"], "code": row["code"],
        "state": row["state"].upper(), "value": row["value"], "issuedAt": row["issued_at"],
        "beginsAt": row["begins_at"], "expiresAt": row["expires_at"], "reservedUntil": row["reserved_until"],
        "reference": row["reference"] or None, "endedAt": row["ended_at"],
    }  # fmt: skip


def _id(text: str) -> str:
    try:
        return str(uuid.UUID(text))
    except ValueError:
        raise BadInputError.single("bad_id", "The id of a record is a UUID.", path=("record",)) from None


def _forbidden(benefit: Benefit) -> ForbiddenError:
    return ForbiddenError.single(
        "action_not_allowed",
        f"You may not move the benefit '{benefit.name}'.",
        hint=f"Ask an administrator for the right run:{benefit.name}.",
    )


def _unknown(benefit: Benefit, record: str) -> NotFoundError:
    return NotFoundError.single("unknown_record", f"There is no {benefit.object} {record}.", path=("record",))
