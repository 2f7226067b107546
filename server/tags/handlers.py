"""Tags that lapse."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from metadata.problems import NotFoundError
from server.context import Context
from server.events.acting import Acting
from server.events.handlers import Handler, Run
from server.tags import sql
from server.tags.tagging import LAPSE, Tagging

__all__ = ["tag_handlers"]


def tag_handlers(tagging: Tagging, acting: Acting) -> Sequence[Handler]:
    """The handlers of tags."""

    async def lapse(run: Run) -> None:
        payload = run.payload

        async def take(connection: Any, context: Context) -> None:
            group = context.model.tag_groups.get(payload["group"])
            if group is None or group.object not in context.model.objects:
                return
            table, record, tag = context.model.object(group.object).table, payload["record"], payload["tag"]
            rows = await connection.fetch(sql.OPEN, run.tenant_id, table, [record])
            until = datetime.fromisoformat(payload["until"])
            if any(row["tag"] == tag and row["valid_until"] == until for row in rows):  # not prolonged, nor taken
                await tagging.take(connection, context, group, {record: None}, [tag], "lapsed", run.clock.now())

        with contextlib.suppress(NotFoundError):
            await acting.once(run, take, name=f"tags {payload['group']}")

    return [Handler(LAPSE, lapse, atomic=True)]
