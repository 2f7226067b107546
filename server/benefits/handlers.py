"""What lapses: points, stored value and coupons whose time is over, a batch in a transaction; levels that end."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from metadata.benefits.kinds import BENEFIT_KINDS
from metadata.benefits.values import Benefit
from server.access.plan import ADMINISTRATOR
from server.benefits import sql
from server.benefits.counted import LAPSE, LEVEL
from server.benefits.giving import Giving
from server.benefits.lines import Standing
from server.context import Actor, ActorKind, Context
from server.events.handlers import Handler, RetryLaterError, Run
from server.events.timers import TimerDraft, set_timer
from server.records.problems import StaleModelError
from server.tenants import TenantOf

__all__ = ["benefit_handlers"]

_BATCH = 200


def benefit_handlers(giving: Giving, tenant_of: TenantOf, refresh: TenantOf) -> Sequence[Handler]:
    """The handlers of benefits."""

    async def once(run: Run, work: Callable[[Standing, Benefit], Awaitable[None]]) -> None:
        try:
            async with run.once() as connection:
                if connection is None:
                    return
                loaded = await tenant_of(run.tenant_id)
                benefit = loaded.model.benefits.get(run.payload["benefit"])
                if benefit is None or benefit.object not in loaded.model.objects:
                    return
                actor = Actor("", ActorKind.SYSTEM, f"benefit {benefit.name}", ())
                context = Context(loaded.model, actor, ADMINISTRATOR, loaded.epoch, run.cause)
                await work(Standing(connection, context, run.clock.now()), benefit)
        except StaleModelError as error:
            await refresh(run.tenant_id)
            raise RetryLaterError("The tenant's configuration has changed.", 0.1) from error

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

    return [Handler(LAPSE, lapse), Handler(LEVEL, level)]
