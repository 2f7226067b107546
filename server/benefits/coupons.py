"""Coupons: issued, reserved, used once, lapsed, taken back. A coupon's row is locked before it is looked at."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import uuid_utils

from metadata.benefits.kinds import settings_of
from metadata.benefits.values import Benefit, CouponSettings
from metadata.problems import ConflictError, LimitError, NotFoundError
from server.benefits import sql
from server.benefits.counted import LAPSE, later
from server.benefits.lines import NewLine, write_line
from server.context import Standing
from server.events.timers import TimerDraft, set_timer
from server.records.facts import Facts

__all__ = ["Coupons"]

_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Without those that are taken for others."""
_LENGTH = 12
_NONE = Decimal()


@dataclass(eq=False)
class Coupons:
    """Moves coupons; holds nothing of them."""

    facts: Facts = field(default_factory=Facts)

    async def issue(self, standing: Standing, new: NewLine) -> Any:
        """Give a record a coupon with a code of its own; gives its line.

        Raises:
            LimitError: `too_many_coupons`.
        """
        settings: CouponSettings = settings_of(new.benefit)
        tenant_id, now = standing.tenant_id, standing.now
        if settings.per_record:
            await standing.connection.execute(sql.LOCK, f"{tenant_id}:{new.benefit.name}:{new.record}")
            had = await standing.connection.fetchval(sql.COUNT_COUPONS, tenant_id, new.benefit.name, new.record)
            if had >= settings.per_record:
                raise LimitError.single(
                    "too_many_coupons",
                    f"The record was issued {had} coupons of '{new.benefit.name}', which is the most.",
                    hint="Raise `per_record`, or issue another benefit.",
                )
        expires_at = later(now, settings.valid)
        coupon = str(uuid_utils.uuid7())
        table = standing.context.model.object(new.benefit.object).table
        await standing.connection.fetchrow(
            sql.ADD_COUPON, tenant_id, coupon, new.benefit.name, table, new.record, _code(), settings.value,
            now, later(now, settings.begins) or now, expires_at, "",
        )  # fmt: skip
        if expires_at is not None:
            payload = {"benefit": new.benefit.name}
            key = f"{new.benefit.name}:{expires_at.isoformat()}"
            await set_timer(standing.connection, TimerDraft(tenant_id, LAPSE, key, expires_at, payload))
        amount = Decimal(settings.value)
        return await write_line(
            standing, replace(new, amount=amount, balance=_NONE, coupon=coupon, expires_at=expires_at)
        )

    async def locked(self, standing: Standing, code: str) -> Mapping[str, Any]:
        """A coupon by its code, locked.

        Raises:
            NotFoundError: `unknown_coupon`.
        """
        row: Mapping[str, Any] | None = await standing.connection.fetchrow(
            sql.COUPON, standing.tenant_id, code.strip().upper()
        )
        if row is None:
            raise NotFoundError.single("unknown_coupon", "There is no coupon of that code.", path=("code",))
        return row

    async def reserve(
        self, standing: Standing, benefit: Benefit, row: Mapping[str, Any], reference: str, minutes: int
    ) -> Any:
        """Keep a coupon for an order that is being paid; a reservation that has ended keeps nothing.

        Raises:
            ConflictError: `coupon_not_open`, `coupon_too_early`, `condition_not_met`.
        """
        await self._require_usable(standing, benefit, row, reference)
        if row["state"] == "reserved" and row["reference"] == reference and self._held(standing, row):
            return row
        until = standing.now + timedelta(minutes=minutes)
        await self._line(standing, benefit, row, "reserve", _NONE, f"reserve:{uuid_utils.uuid7()}", reference, "")
        return await self._set(standing, row, "reserved", reference, until, None)

    async def release(self, standing: Standing, benefit: Benefit, row: Mapping[str, Any], reference: str) -> Any:
        """End a reservation."""
        if row["state"] != "reserved":
            return row
        if row["reference"] != reference:
            raise _not_open(row, standing.now)
        await self._line(standing, benefit, row, "release", _NONE, f"release:{uuid_utils.uuid7()}", reference, "")
        return await self._set(standing, row, "open", "", None, None)

    async def use(self, standing: Standing, benefit: Benefit, row: Mapping[str, Any], reference: str) -> Any:
        """Use a coupon, once; for the same thing again it is answered as it is.

        Raises:
            ConflictError: `coupon_not_open`, `coupon_too_early`, `condition_not_met`.
        """
        if row["state"] == "used" and row["reference"] == reference:
            return row
        await self._require_usable(standing, benefit, row, reference)
        key = f"use:{row['id']}:{uuid_utils.uuid7()}"
        await self._line(standing, benefit, row, "spend", -Decimal(row["value"]), key, reference, "")
        return await self._set(standing, row, "used", reference, None, standing.now)

    async def take_back(self, standing: Standing, new: NewLine, row: Mapping[str, Any]) -> Any:
        """End a coupon that was not used.

        Raises:
            ConflictError: `coupon_not_open`: it was used, or has ended.
        """
        if row["state"] not in ("open", "reserved"):
            raise _not_open(row, standing.now)
        await self._set(standing, row, "revoked", row["reference"], None, standing.now)
        return await write_line(standing, replace(new, amount=-Decimal(row["value"]), coupon=row["id"]))

    async def give_back(self, standing: Standing, new: NewLine, row: Mapping[str, Any]) -> Any:
        """What a coupon was used for is undone: it may be used again while its time lasts."""
        if row["state"] != "used":
            raise _not_open(row, standing.now)
        await self._set(standing, row, "open", "", None, None)
        line = await write_line(standing, replace(new, amount=Decimal(row["value"]), coupon=row["id"]))
        if row["expires_at"] is not None:
            payload = {"benefit": new.benefit.name}
            key = f"{new.benefit.name}:{row['expires_at'].isoformat()}:{row['id']}"
            due = max(row["expires_at"], standing.now)
            await set_timer(standing.connection, TimerDraft(standing.tenant_id, LAPSE, key, due, payload))
        return line

    async def lapse(self, standing: Standing, benefit: Benefit, coupon: str) -> None:
        """A coupon's time is over."""
        row = await standing.connection.fetchrow(sql.COUPON_BY_ID, standing.tenant_id, coupon)
        if row is None or row["state"] not in ("open", "reserved") or self._held(standing, row):
            return
        key = f"lapse:{coupon}:{standing.now.isoformat()}"
        await self._line(standing, benefit, row, "lapse", -Decimal(row["value"]), key, "", "")
        await self._set(standing, row, "lapsed", row["reference"], None, standing.now)

    def _held(self, standing: Standing, row: Mapping[str, Any]) -> bool:
        return row["state"] == "reserved" and bool(row["reserved_until"] > standing.now)

    async def _require_usable(
        self, standing: Standing, benefit: Benefit, row: Mapping[str, Any], reference: str
    ) -> None:
        now = standing.now
        held = self._held(standing, row)
        is_own = held and row["reference"] == reference
        if row["state"] not in ("open", "reserved") or (held and not is_own):
            raise _not_open(row, now)
        if row["expires_at"] is not None and row["expires_at"] <= now and not is_own:
            raise _not_open({**row, "state": "lapsed"}, now)
        if row["begins_at"] > now:
            raise ConflictError.single(
                "coupon_too_early", f"The coupon may be used from {row['begins_at'].isoformat()} on.", path=("code",)
            )
        settings: CouponSettings = settings_of(benefit)
        if settings.when:
            known = await self.facts.values(
                standing.connection, standing.context, benefit.object, row["record_id"], [settings.when], instant=now
            )
            if known is None or known[settings.when] is not True:
                raise ConflictError.single(
                    "condition_not_met", f"The condition of '{benefit.name}' is not met.", path=("code",),
                    hint=f"It asks for: {settings.when}",
                )  # fmt: skip

    async def _line(
        self, standing: Standing, benefit: Benefit, row: Mapping[str, Any], act: str, amount: Decimal, key: str,
        reference: str, reason: str,
    ) -> Any:  # fmt: skip
        new = NewLine(
            benefit=benefit, record=row["record_id"], key=key, act=act, amount=amount, balance=_NONE,
            coupon=row["id"], reference=reference, reason=reason,
        )  # fmt: skip
        return await write_line(standing, new)

    async def _set(
        self, standing: Standing, row: Mapping[str, Any], state: str, reference: str, until: datetime | None,
        ended: datetime | None,
    ) -> Any:  # fmt: skip
        return await standing.connection.fetchrow(
            sql.SET_COUPON, standing.tenant_id, row["id"], state, reference, until, ended
        )


def _not_open(row: Mapping[str, Any], now: datetime) -> ConflictError:
    words = {
        "reserved": "is kept for something else", "used": "was used", "lapsed": "has lapsed", "revoked": "was revoked",
        "open": "is not reserved",
    }  # fmt: skip
    return ConflictError.single(
        "coupon_not_open", f"The coupon {words[row['state']]}.", path=("code",), hint="Use another one.",
        state=row["state"].upper(),
    )  # fmt: skip


def _code() -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
