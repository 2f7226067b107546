"""Who may look at and start flows: by the rights on their records, and those to run flows by name."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from metadata.model.tenant import TenantModel
from metadata.model.values import ObjectType
from metadata.problems import BadInputError, ForbiddenError
from server.actions import ActionRun
from server.records.reach import require_within_reach

__all__ = ["configures", "instant_of", "object_of", "require_configurer", "require_start", "uuid_of"]


def object_of(model: TenantModel, table: str) -> ObjectType | None:
    """The object type whose records are in a table, which outlives renames."""
    return next((found for found in model if found.table == table), None)


def configures(run: ActionRun) -> bool:
    """Whether the actor may change flows, and is told what they do by rights of their own."""
    return run.context.access.may_configure_kind("flow")


async def require_start(run: ActionRun, object_type: ObjectType, record_id: str, flow: str) -> None:
    """Refuse to start a flow for a record that the actor does not see, or may not run it for.

    Raises:
        ForbiddenError: `action_not_allowed`.
        NotFoundError: `unknown_record`.
    """
    rows = run.context.access.may_run(flow, object_type.name)
    if rows is None:
        raise ForbiddenError.single(
            "action_not_allowed",
            f"You may not start the flow '{flow}'.",
            hint=f"Ask an administrator for the right run:{flow}.",
        )
    await require_within_reach(run, object_type, record_id, also=rows)


def require_configurer(run: ActionRun) -> None:
    """Refuse whoever may not change flows.

    Raises:
        ForbiddenError: `not_administrator`.
    """
    if not configures(run):
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
