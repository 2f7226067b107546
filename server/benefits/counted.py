"""Points and stored value: balances that are never below zero, lots that lapse first in first out, levels.

The row of the account is locked before anything is read, so two who spend the last of it spend it one after the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from metadata.benefits.kinds import settings_of
from metadata.benefits.levels import Lot, level_at, taken
from metadata.benefits.values import Benefit, PointsSettings, StoredValueSettings
from metadata.fields.times import read_duration
from metadata.problems import ConflictError
from server.access.plan import ADMINISTRATOR
from server.benefits import sql
from server.benefits.lines import NewLine, write_line
from server.context import Standing
from server.events.timers import TimerDraft, set_timer, stop_timer
from server.records.writing.running import WriteRun
from server.records.writing.saving import RecordWriter

__all__ = ["LAPSE", "LEVEL", "Counted", "later"]

LAPSE = "benefits.lapse"
"""Kind of the timers of what lapses, one for all that lapses of a benefit at an instant."""
LEVEL = "benefits.level"
"""Kind of the timers of levels that end."""

_EVER = datetime(1900, 1, 1, tzinfo=UTC)


def later(now: datetime, length: str) -> datetime | None:
    """An instant so much later; None for no length."""
    return now + timedelta(seconds=read_duration(length)) if length else None


@dataclass(eq=False)
class Counted:
    """Moves amounts; holds nothing of them."""

    writer: RecordWriter

    async def give(self, standing: Standing, new: NewLine) -> Any:
        """Add to a balance; what is given for a time lapses by itself."""
        account = await self._account(standing, new.benefit, new.record)
        expires_at = later(standing.now, settings_of(new.benefit).valid)
        balance = Decimal(account["balance"]) + new.amount
        line = await write_line(standing, replace(new, balance=balance, expires_at=expires_at))
        await self._add_lot(standing, new, line["id"], new.amount, expires_at)
        await self._keep(standing, new, balance)
        await self._raise(standing, new.benefit, new.record, account)
        return line

    async def spend(self, standing: Standing, new: NewLine) -> Any:
        """Take from a balance what is used, of what lapses first.

        Raises:
            ConflictError: `balance_too_low`.
        """
        account = await self._account(standing, new.benefit, new.record)
        amount = -new.amount
        if Decimal(account["balance"]) < amount:
            raise ConflictError.single(
                "balance_too_low",
                f"There is {account['balance']} of '{new.benefit.name}', and {amount:f} is asked for.",
                path=("amount",),
                hint="Ask for no more than there is.",
            )
        return await self._take(standing, new, Decimal(account["balance"]), amount)

    async def take_back(self, standing: Standing, new: NewLine, given: Mapping[str, Any]) -> Any:
        """Take back what was given, as far as it is still there; the level that it carried with it goes too."""
        account = await self._account(standing, new.benefit, new.record)
        amount, balance = Decimal(given["amount"]), Decimal(account["balance"])
        own = Lot(given["id"], amount)
        amount = min(amount, balance)
        line = await self._take(standing, replace(new, amount=-amount), balance, amount, first=own)
        await self._sink(standing, new.benefit, new.record, account)
        return line

    async def give_back(self, standing: Standing, new: NewLine) -> Any:
        """Give back what was spent; it lapses as what is given anew."""
        account = await self._account(standing, new.benefit, new.record)
        expires_at = later(standing.now, settings_of(new.benefit).valid)
        balance = Decimal(account["balance"]) + new.amount
        line = await write_line(standing, replace(new, balance=balance, expires_at=expires_at))
        await self._add_lot(standing, new, line["id"], new.amount, expires_at)
        await self._keep(standing, new, balance)
        return line

    async def lapse(self, standing: Standing, benefit: Benefit, record: str, lot: str) -> None:
        """What is left of a lot is gone."""
        account = await self._account(standing, benefit, record)
        rows = await standing.connection.fetch(sql.LOTS, standing.tenant_id, benefit.name, record)
        row = next((row for row in rows if row["id"] == lot and row["expires_at"] <= standing.now), None)
        if row is None:
            return
        left = Decimal(row["amount_left"])
        new = NewLine(
            benefit=benefit, record=record, key=f"lapse:{lot}", act="lapse", amount=-left,
            balance=Decimal(), reverses=lot,
        )  # fmt: skip
        await self._take(standing, new, Decimal(account["balance"]), left, first=Lot(lot, left))

    async def level_ended(self, standing: Standing, benefit: Benefit, record: str) -> None:
        """The time of a level is over: what was earned lately says which one follows."""
        account = await self._account(standing, benefit, record)
        settings: PointsSettings = settings_of(benefit)
        if account["level_until"] is None or account["level_until"] > standing.now:
            return
        earned = await self._earned(standing, benefit, record, standing.now)
        await self._set_level(standing, benefit, record, level_at(settings.levels, earned), account["level"])

    # ── balances ─────────────────────────────────────────────────────────────────────────────────

    async def _account(self, standing: Standing, benefit: Benefit, record: str) -> Any:
        key = (standing.tenant_id, benefit.name, record)
        await standing.connection.execute(sql.ENSURE, *key)
        return await standing.connection.fetchrow(sql.ACCOUNT, *key)

    async def _add_lot(
        self, standing: Standing, new: NewLine, line: str, amount: Decimal, expires_at: datetime | None
    ) -> None:
        tenant_id = standing.tenant_id
        await standing.connection.execute(
            sql.ADD_LOT, tenant_id, line, new.benefit.name, new.record, f"{amount:f}", expires_at
        )
        if expires_at is not None:
            payload = {"benefit": new.benefit.name}
            key = f"{new.benefit.name}:{expires_at.isoformat()}"
            await set_timer(standing.connection, TimerDraft(tenant_id, LAPSE, key, expires_at, payload))

    async def _take(
        self, standing: Standing, new: NewLine, balance: Decimal, amount: Decimal, first: Lot | None = None
    ) -> Any:
        tenant_id = standing.tenant_id
        rows = await standing.connection.fetch(sql.LOTS, tenant_id, new.benefit.name, new.record)
        lots = [Lot(row["id"], Decimal(row["amount_left"]), row["expires_at"]) for row in rows]
        parts = taken((lot for lot in lots if first is not None and lot.id == first.id), amount)
        rest = amount - sum((part for _, part in parts), Decimal())
        parts += taken((lot for lot in lots if first is None or lot.id != first.id), rest)
        await standing.connection.execute(
            sql.TAKE_LOTS, tenant_id, [lot for lot, _ in parts], [f"{part:f}" for _, part in parts]
        )
        line = await write_line(standing, replace(new, balance=balance - amount))
        await self._keep(standing, new, balance - amount)
        return line

    async def _keep(self, standing: Standing, new: NewLine, balance: Decimal) -> None:
        """The account's balance, and the record's field that shows it, which rules listen to."""
        await standing.connection.execute(
            sql.SET_BALANCE, standing.tenant_id, new.benefit.name, new.record, f"{balance:f}"
        )
        settings = settings_of(new.benefit)
        if not settings.balance:
            return
        value: Any = int(balance) if isinstance(settings, PointsSettings) else str(balance)
        if isinstance(settings, StoredValueSettings):
            currency = settings.currency or standing.context.model.settings.currency
            value = {"amount": str(balance), "currency": currency}
        await self._write(standing, new.benefit, new.record, {settings.balance: value})

    async def _write(self, standing: Standing, benefit: Benefit, record: str, values: Mapping[str, Any]) -> None:
        run = WriteRun(replace(standing.context, access=ADMINISTRATOR), standing.now)
        object_type = standing.context.model.object(benefit.object)
        await self.writer.update(standing.connection, run, object_type, record, dict(values), None)

    # ── levels ───────────────────────────────────────────────────────────────────────────────────

    async def _earned(self, standing: Standing, benefit: Benefit, record: str, until: datetime) -> Decimal:
        settings: PointsSettings = settings_of(benefit)
        since = _EVER
        if settings.earned_within:
            since = until - timedelta(seconds=read_duration(settings.earned_within))
        return Decimal(await standing.connection.fetchval(sql.EARNED, standing.tenant_id, benefit.name, record, since))

    async def _raise(self, standing: Standing, benefit: Benefit, record: str, account: Mapping[str, Any]) -> None:
        settings = settings_of(benefit)
        if not isinstance(settings, PointsSettings) or not settings.levels:
            return
        earned = await self._earned(standing, benefit, record, standing.now)
        reached = level_at(settings.levels, earned)
        names = ["", *(level.name for level in settings.levels)]
        if _rank(names, reached) > _rank(names, account["level"]):
            await self._set_level(standing, benefit, record, reached, account["level"])

    async def _sink(self, standing: Standing, benefit: Benefit, record: str, account: Mapping[str, Any]) -> None:
        """A level is kept for its time, but not when what it was reached by was taken back."""
        settings = settings_of(benefit)
        if not isinstance(settings, PointsSettings) or not account["level"]:
            return
        earned = await self._earned(standing, benefit, record, account["level_since"] or standing.now)
        reached = level_at(settings.levels, earned)
        names = ["", *(level.name for level in settings.levels)]
        if _rank(names, reached) < _rank(names, account["level"]):
            await self._set_level(standing, benefit, record, reached, account["level"])

    async def _set_level(self, standing: Standing, benefit: Benefit, record: str, level: str, before: str) -> None:
        settings: PointsSettings = settings_of(benefit)
        tenant_id, now = standing.tenant_id, standing.now
        until = later(now, settings.level_valid) if level else None
        await standing.connection.execute(sql.SET_LEVEL, tenant_id, benefit.name, record, level, now, until)
        key = f"{benefit.name}:{record}"
        if until is None:
            await stop_timer(standing.connection, tenant_id, LEVEL, key)
        else:
            payload = {"benefit": benefit.name, "record": record}
            await set_timer(standing.connection, TimerDraft(tenant_id, LEVEL, key, until, payload))
        if level != before:
            await self._write(standing, benefit, record, {settings.level: level or None})


def _rank(names: list[str], level: str) -> int:
    return names.index(level) if level in names else 0
