"""Who may look at and start flows: by the rights on their records, and those to run flows by name."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from metadata.model.tenant import TenantModel
from metadata.model.values import ObjectType
from metadata.problems import BadInputError, ForbiddenError, NotFoundError
from server.access.plan import EVERY_ROW
from server.actions import ActionRun
from server.records.compiler import Compiler
from server.records.run_values import values_for

__all__ = ["instant_of", "object_of", "record_visible", "require_configurer", "require_start", "uuid_of"]


def object_of(model: TenantModel, table: str) -> ObjectType | None:
    """The object type whose records are in a table, which outlives renames."""
    return next((found for found in model if found.table == table), None)


async def record_visible(run: ActionRun, object_type: ObjectType, record_id: str, *, flow: str = "") -> bool:
    """Whether the actor sees a record, and may run `flow` for it where one is named."""
    context = run.context
    compiler = Compiler(context.model, context.access)
    scope = compiler.open(object_type)
    try:
        conditions = compiler.visible(scope)
    except ForbiddenError:
        return False
    rows = context.access.may_run(flow, object_type.name) if flow else EVERY_ROW
    if rows is None:
        return False
    if rows != EVERY_ROW:
        conditions.append(compiler.permitted(rows, scope))
    conditions.append(f"{scope.alias}.id = {compiler.parameters.placeholder('record.id', '::uuid')}")
    value_of = values_for(context, run.instant, {"record.id": record_id})
    sql = f"select true {scope.from_clause} where {' and '.join(conditions)}"
    found: Any = await run.connection.fetchval(sql, *map(value_of, compiler.parameters.names()))
    return bool(found)


async def require_start(run: ActionRun, object_type: ObjectType, record_id: str, flow: str) -> None:
    """Refuse to start a flow for a record that the actor does not see, or may not run it for.

    Raises:
        ForbiddenError: `action_not_allowed`.
        NotFoundError: `unknown_record`.
    """
    if run.context.access.may_run(flow, object_type.name) is None:
        raise ForbiddenError.single(
            "action_not_allowed",
            f"You may not start the flow '{flow}'.",
            hint=f"Ask an administrator for the right run:{flow}.",
        )
    if not await record_visible(run, object_type, record_id, flow=flow):
        raise NotFoundError.single(
            "unknown_record", f"There is no {object_type.name} {record_id} to start the flow for.", path=("record",)
        )


def require_configurer(run: ActionRun) -> None:
    """Refuse whoever may not change flows.

    Raises:
        ForbiddenError: `not_administrator`.
    """
    if not run.context.access.may_configure_kind("flow"):
        raise ForbiddenError.single(
            "not_administrator", "Only those who may configure flows do this.", hint="Ask for configure:flow."
        )


def instant_of(value: str | None) -> datetime | None:
    """An instant of an argument of type `DateTime`, which the schema has checked."""
    return None if value is None else datetime.fromisoformat(value)


def uuid_of(value: Any, path: tuple[str, ...]) -> str:
    """A well-formed id.

    Raises:
        BadInputError: `bad_id`.
    """
    try:
        return str(uuid.UUID(str(value)))
    except ValueError:
        raise BadInputError.single("bad_id", f"'{str(value)[:60]}' is no id.", path=path, hint="Send a UUID.") from None
