"""Every night: what happened the day before is booked, and statements are written. Late nights catch up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from server.actions import ActionRun
from server.context import Context
from server.events.acting import Acting
from server.events.handlers import Handler, Run
from server.pricing.publishing import NIGHTLY, set_nightly, versions
from server.pricing.service import Pricing
from server.pricing.settling import Settling
from server.pricing.statement_records import StatementRecords
from server.records.writing.saving import RecordWriter

__all__ = ["pricing_handlers"]

_AT_ONCE = 10_000


def pricing_handlers(writer: RecordWriter, acting: Acting) -> Sequence[Handler]:
    """The handlers of prices."""
    return [Handler(NIGHTLY, _Night(writer, acting).run, atomic=True)]


class _Night:
    """The run of a night."""

    def __init__(self, writer: RecordWriter, acting: Acting) -> None:
        pricing = Pricing()
        self._statements = StatementRecords(pricing.facts, writer)
        self._settling = Settling(pricing)
        self._acting = acting

    async def run(self, run: Run) -> None:
        """Book the days that are over, in one transaction, once."""

        async def work(connection: Any, context: Context) -> None:
            standing = ActionRun(context, connection, run.clock.now())
            await self._days(standing, run.payload["plan"], date.fromisoformat(run.payload["day"]))

        await self._acting.once(run, work)

    async def _days(self, run: ActionRun, plan: str, first: date) -> None:
        model = run.context.model
        known = await versions(run.connection, run.tenant_id, plan)
        if not known or not known[0].definition.plan.nightly or plan not in model.price_plans:
            return
        zone = ZoneInfo(model.settings.timezone)
        today = run.instant.astimezone(zone).date()
        span: dict[str, Any] = {
            "plan": plan,
            "from": datetime.combine(first, time(), zone).isoformat(),
            "to": datetime.combine(today, time(), zone).isoformat(),
            "first": _AT_ONCE,
        }
        while (await self._settling.settle_period(run, span))["left"]:
            pass
        for place in range((today - first).days):
            await self._statements.write_all(run, plan, first + timedelta(days=place))
        await set_nightly(run.connection, model, plan, run.instant)
