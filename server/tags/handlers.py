"""Tags that lapse."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from metadata.problems import NotFoundError
from server.access.plan import ADMINISTRATOR
from server.context import Actor, ActorKind, Context
from server.events.handlers import Handler, RetryLaterError, Run
from server.records.problems import StaleModelError
from server.tags import sql
from server.tags.tagging import LAPSE, Tagging
from server.tenants import TenantOf

__all__ = ["tag_handlers"]


def tag_handlers(tagging: Tagging, tenant_of: TenantOf, refresh: TenantOf) -> Sequence[Handler]:
    """The handlers of tags."""

    async def lapse(run: Run) -> None:
        payload = run.payload
        try:
            async with run.once() as connection:
                if connection is None:
                    return
                loaded = await tenant_of(run.tenant_id)
                group = loaded.model.tag_groups.get(payload["group"])
                if group is None or group.object not in loaded.model.objects:
                    return
                table, record, tag = loaded.model.object(group.object).table, payload["record"], payload["tag"]
                rows = await connection.fetch(sql.OPEN, run.tenant_id, table, record)
                until = datetime.fromisoformat(payload["until"])
                if not any(row["tag"] == tag and row["valid_until"] == until for row in rows):
                    return  # it was prolonged, or taken
                actor = Actor("", ActorKind.SYSTEM, f"tags {group.name}", ())
                context = Context(loaded.model, actor, ADMINISTRATOR, loaded.epoch, run.cause)
                await tagging.take(connection, context, group, record, [tag], "lapsed", run.clock.now())
        except NotFoundError:
            return
        except StaleModelError as error:
            await refresh(run.tenant_id)
            raise RetryLaterError("The tenant's configuration has changed.", 0.1) from error

    return [Handler(LAPSE, lapse, atomic=True)]
