"""What lapses: points, stored value and coupons whose time is over, a batch in a transaction; levels that end."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from metadata.benefits.kinds import BENEFIT_KINDS
from metadata.benefits.values import Benefit
from server.benefits import sql
from server.benefits.counted import LAPSE, LEVEL
from server.benefits.giving import Giving
from server.context import Context, Standing
from server.events.acting import Acting
from server.events.handlers import Handler, Run
from server.events.timers import TimerDraft, set_timer

__all__ = ["benefit_handlers"]

_BATCH = 200


def benefit_handlers(giving: Giving, acting: Acting) -> Sequence[Handler]:
    """The handlers of benefits."""

    async def once(run: Run, work: Callable[[Standing, Benefit], Awaitable[None]]) -> None:
        name = run.payload["benefit"]

        async def of_benefit(connection: Any, context: Context) -> None:
            benefit = context.model.benefits.get(name)
            if benefit is not None and benefit.object in context.model.objects:
                await work(Standing(connection, context, run.clock.now()), benefit)

        await acting.once(run, of_benefit, name=f"benefit {name}")

    async def lapse(run: Run) -> None:
        async def some(standing: Standing, benefit: Benefit) -> None:
            counted = BENEFIT_KINDS[benefit.kind].counted
            found = sql.LAPSED_LOTS if counted else sql.LAPSED_COUPONS
            rows = await standing.connection.fetch(found, run.tenant_id, benefit.name, standing.now, _BATCH)
            for row in rows:
                if counted:
                    await giving.counted.lapse(standing, benefit, row["record_id"], row["id"])
                else:
                    await giving.coupons.lapse(standing, benefit, row["id"])
            if len(rows) == _BATCH:
                key = f"{benefit.name} after {run.job_id}"
                await set_timer(standing.connection, TimerDraft(run.tenant_id, LAPSE, key, standing.now, run.payload))

        await once(run, some)

    async def level(run: Run) -> None:
        async def end(standing: Standing, benefit: Benefit) -> None:
            await giving.counted.level_ended(standing, benefit, run.payload["record"])

        await once(run, end)

    return [Handler(LAPSE, lapse, atomic=True), Handler(LEVEL, level, atomic=True)]
