"""Ends grants for good once what they end with is closed.

Statements compare that themselves, at once. Here it is made to last, so that a record which is opened again later does
not bring back what had ended.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import structlog

from metadata.model.policy_scopes import condition_expression
from metadata.model.tenant import TenantModel
from metadata.problems import TangramError
from server.access.plan import ADMINISTRATOR
from server.context import Actor, ActorKind, Context
from server.database.connections import Connections
from server.events.clock import Clock
from server.events.log import append, draft_for
from server.grants import sql
from server.records.compiler import Compiler
from server.records.granted import open_condition
from server.records.run_values import values_for

__all__ = ["GRANT_OBJECT", "end_closed"]

GRANT_OBJECT = "access__grant"
"""Object of the events that tell of grants; the record is the call that gave them."""

ModelOf = Callable[[str], Awaitable[TenantModel | None]]

_ACTOR = Actor("", ActorKind.SYSTEM, "grants", ())
_log = structlog.get_logger("tangram.grants")


async def end_closed(connections: Connections, model_of: ModelOf, clock: Clock) -> int:
    """End every grant whose record is closed or gone, in every tenant; returns how many ended."""
    async with connections.acquire() as connection:
        rows = await connection.fetch(sql.CLOSINGS)
    ended = 0
    for row in rows:
        model = await model_of(row["tenant_id"])
        if model is not None:
            try:
                ended += await _end(connections, model, row, clock)
            except TangramError as error:  # the condition names what is gone: statements let nothing through either
                _log.warning("closing_not_readable", tenant=model.slug, object=row["object"], reason=error.message)
    return ended


async def _end(connections: Connections, model: TenantModel, row: Any, clock: Clock) -> int:
    object_type = next((one for one in model if one.table == row["object"]), None)
    context = Context(model, _ACTOR, ADMINISTRATOR, 0)
    compiler = Compiler(model, ADMINISTRATOR)
    still_open = "false"
    if object_type is not None:
        condition = condition_expression(row["condition"])
        still_open = open_condition(compiler, object_type, condition, "(given.until_closed ->> 'record')::uuid")
    statement, names = sql.end_closed(still_open, compiler.parameters)
    named = {"closing.object": row["object"], "closing.condition": row["condition"]}
    value_of = values_for(context, clock.now(), named)
    async with connections.transaction(model.tenant_id) as connection:
        ended = await connection.fetch(statement, *map(value_of, names))
        for batch in dict.fromkeys(one["batch_id"] for one in ended):
            records = [one["record_id"] for one in ended if one["batch_id"] == batch]
            await append(connection, draft_for(context, "close", GRANT_OBJECT, batch, {"records": [records, None]}))
    return len(ended)
