"""What is offered about tags: give, take, and the reasons of those that a record has and had."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from metadata.problems import BadInputError, ForbiddenError, NotFoundError
from metadata.tags.values import TagGroup
from server.access.plan import EVERY_ROW
from server.access.plan import Action as Right
from server.actions import Action, ActionRun, ActionSet, ActionType
from server.records.compiler import Compiler
from server.records.run_values import values_for
from server.tags import sql
from server.tags.tagging import Given, Tagging

__all__ = ["TAG_ACTIONS", "Tags"]

Arguments = Mapping[str, Any]


@dataclass(eq=False)
class Tags:
    """The engine of tags, as it is asked."""

    tagging: Tagging

    async def give(self, run: ActionRun, given: Arguments) -> list[str]:
        """`tagRecord`: by somebody who may change the record."""
        group, record = await self._group(run, given)
        until = given.get("until")
        until = datetime.fromisoformat(until) if isinstance(until, str) else until
        why = Given("manual", run.context.actor.name, given.get("reason") or "", until)
        return await self.tagging.give(run.connection, run.context, group, record, given["tags"], why, run.instant)

    async def take(self, run: ActionRun, given: Arguments) -> list[str]:
        """`untagRecord`."""
        group, record = await self._group(run, given)
        why = f"taken by {run.context.actor.name}"[:200]
        return await self.tagging.take(run.connection, run.context, group, record, given["tags"], why, run.instant)

    async def history(self, run: ActionRun, given: Arguments) -> list[dict[str, Any]]:
        """`tagHistory`: of a record that the actor sees."""
        object_type = run.context.model.object(given["object"])
        record = await _seen(run, object_type.name, given["record"], Right.READ)
        rows = await run.connection.fetch(sql.OF_RECORD, run.tenant_id, object_type.table, record)
        return [
            {
                "group": row["tag_group"],
                "tag": row["tag"],
                "source": row["source"],
                "givenBy": row["given_by"],
                "reason": row["reason"] or None,
                "givenAt": row["given_at"],
                "validUntil": row["valid_until"],
                "endedAt": row["ended_at"],
                "endReason": row["end_reason"] or None,
            }
            for row in rows
        ]

    async def _group(self, run: ActionRun, given: Arguments) -> tuple[TagGroup, str]:
        group = run.context.model.tag_groups.get(given["group"])
        if group is None:
            known = ", ".join(sorted(run.context.model.tag_groups)) or "none"
            raise NotFoundError.single(
                "unknown_tag_group", f"There is no tag group '{given['group']}'.", path=("group",),
                hint=f"Known: {known}.",
            )  # fmt: skip
        keys = {tag.key for tag in group.tags if not tag.archived}
        unknown = [tag for tag in given["tags"] if tag not in keys]
        if unknown:
            raise BadInputError.single(
                "unknown_tag", f"The group '{group.name}' has no tag '{unknown[0]}'.", path=("tags",),
                hint=f"Known: {', '.join(sorted(keys)[:30])}.",
            )  # fmt: skip
        return group, await _seen(run, group.object, given["record"], Right.UPDATE)


async def _seen(run: ActionRun, object_name: str, text: str, right: Right) -> str:
    try:
        record = str(uuid.UUID(text))
    except ValueError:
        raise BadInputError.single("bad_id", "The id of a record is a UUID.", path=("record",)) from None
    compiler = Compiler(run.context.model, run.context.access)
    scope = compiler.open(run.context.model.object(object_name))
    rows = run.context.access.rows(object_name, right)
    if rows is None:
        raise ForbiddenError.single(
            "action_not_allowed", f"You may not change {object_name}.", hint="Ask for the right."
        )
    conditions = [
        *compiler.visible(scope), *([] if rows == EVERY_ROW else [compiler.permitted(rows, scope)]),
        f"{scope.alias}.id = {compiler.parameters.placeholder('record.id', '::uuid')}",
    ]  # fmt: skip
    value_of = values_for(run.context, run.instant, {"record.id": record})
    sql_text = f"select true {scope.from_clause} where {' and '.join(conditions)}"
    if not await run.connection.fetchval(sql_text, *map(value_of, compiler.parameters.names())):
        raise NotFoundError.single("unknown_record", f"There is no {object_name} {record}.", path=("record",))
    return record


_TAGS: Mapping[str, str] = {"group": "String!", "record": "ID!", "tags": "[String!]!"}

TAG_ACTIONS = ActionSet(
    (
        Action(
            "tagHistory", "query", {"object": "String!", "record": "ID!"}, "[TagLine!]!",
            "Tags that a record has and had, with their reasons, newest first.", Tags, Tags.history,
        ),
        Action(
            "tagRecord", "mutation", {**_TAGS, "reason": "String", "until": "DateTime"}, "[String!]!",
            "Give a record tags of a group, for a reason and a time; what it has afterwards.", Tags, Tags.give,
        ),
        Action("untagRecord", "mutation", _TAGS, "[String!]!", "Take tags away; what is left.", Tags, Tags.take),
    ),
    (
        ActionType(
            "TagLine",
            {
                "group": "String!", "tag": "String!", "source": "String!", "givenBy": "String!", "reason": "String",
                "givenAt": "DateTime!", "validUntil": "DateTime", "endedAt": "DateTime", "endReason": "String",
            },
            "A record was given a tag.",
        ),
    ),
)  # fmt: skip
