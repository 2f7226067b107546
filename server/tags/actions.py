"""What is offered about tags: give, take, and the reasons of those that a record has and had."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from metadata.model.tenant import field_of
from metadata.model.values import Field, ObjectType
from metadata.naming import camel
from metadata.problems import BadInputError, ForbiddenError, NotFoundError
from metadata.tags.values import TagAlias, TagGroup
from server.access.plan import Action as Right
from server.actions import Action, ActionRun, ActionSet, ActionType
from server.records.reach import require_within_reach, seen_object_type, within_reach
from server.records.sight import Sight
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
        raw = _standard(group, given)
        until = given.get("until")
        until = datetime.fromisoformat(until) if isinstance(until, str) else until
        why = Given("manual", run.context.actor.name, given.get("reason") or "", until, raw)
        causes = {record: None}
        after = await self.tagging.give(run.connection, run.context, group, causes, list(raw), why, run.instant)
        return after[record]

    async def take(self, run: ActionRun, given: Arguments) -> list[str]:
        """`untagRecord`."""
        group, record = await self._group(run, given)
        tags = list(_standard(group, given))
        why = f"taken by {run.context.actor.name}"[:200]
        after = await self.tagging.take(run.connection, run.context, group, {record: None}, tags, why, run.instant)
        return after[record]

    async def history(self, run: ActionRun, given: Arguments) -> list[dict[str, Any]]:
        """`tagHistory`: of a record that the actor sees; of groups whose field they read plainly in it."""
        model, record = run.context.model, _uuid(given["record"])
        object_type = seen_object_type(run.context, given["object"])
        seen = await Sight(run.context, run.instant).fields(run.connection, object_type, record)
        if seen is None:
            raise NotFoundError.single("unknown_record", f"There is no {object_type.name} {record}.", path=("record",))
        groups = {one.name for one in model.tag_groups.values() if one.object == object_type.name and one.field in seen}
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
                "confidence": row["confidence"],
                "raw": msgspec.json.decode(row["raw"]),
            }
            for row in rows
            if row["tag_group"] in groups
        ]

    async def _group(self, run: ActionRun, given: Arguments) -> tuple[TagGroup, str]:
        """The group, and the record, whose field of the group the actor reads plainly and may set."""
        model, record = run.context.model, _uuid(given["record"])
        group = model.tag_groups.get(given["group"])
        if group is None or run.context.access.rows(group.object, Right.READ) is None:
            known = ", ".join(sorted(model.tag_groups)) or "none"
            raise NotFoundError.single(
                "unknown_tag_group", f"There is no tag group '{given['group'][:80]}'.", path=("group",),
                hint=f"Known: {known}.",
            )  # fmt: skip
        object_type = model.object(group.object)
        field = field_of(object_type, group.field)
        assert field is not None
        await require_within_reach(run, object_type, record)
        if not await self._may(run, object_type, field, record):
            raise ForbiddenError.single(
                "field_not_writable", f"You may not set field '{camel(field.name)}' of '{object_type.name}'.",
                path=("group",), hint="Ask an administrator for the right.",
            )  # fmt: skip
        return group, record

    async def _may(self, run: ActionRun, object_type: ObjectType, field: Field, record: str) -> bool:
        """Whether the actor reads a field of a record plainly, and may set it."""
        writable = run.context.access.write_condition(object_type.name, field.name, Right.UPDATE)
        return bool(
            await within_reach(run, object_type, [record], actions=[Right.UPDATE], fields=[field.name], also=writable)
        )


def _standard(group: TagGroup, given: Arguments) -> dict[str, list[TagAlias]]:
    """The keys of the tags that are named, in order, each with the platform's words that named it.

    Raises:
        BadInputError: A tag is not of the group, is archived, or is no word of the platform's.
    """
    platform = given.get("platform")
    living = [tag for tag in group.tags if not tag.archived]
    words = {alias.word: (tag.key, alias) for tag in living for alias in tag.aliases if alias.platform == platform}
    keys = {tag.key for tag in living}
    raw: dict[str, list[TagAlias]] = {}
    for name in given["tags"]:
        key, alias = words.get(name, (name, None))
        if key not in keys:
            what = f"tag '{name}'" if platform is None else f"tag that is '{name}' on '{platform}'"
            raise BadInputError.single(
                "unknown_tag", f"The group '{group.name}' has no {what}.", path=("tags",),
                hint=f"Known: {', '.join([*sorted(words), *sorted(keys)][:30])}.",
            )  # fmt: skip
        raw.setdefault(key, []).extend([] if alias is None or alias in raw.get(key, ()) else [alias])
    return raw


def _uuid(text: str) -> str:
    try:
        return str(uuid.UUID(text))
    except ValueError:
        raise BadInputError.single("bad_id", "The id of a record is a UUID.", path=("record",)) from None


_TAGS: Mapping[str, str] = {"group": "String!", "record": "ID!", "tags": "[String!]!", "platform": "String"}

TAG_ACTIONS = ActionSet(
    (
        Action(
            "tagHistory", "query", {"object": "String!", "record": "ID!"}, "[TagLine!]!",
            "Tags that a record has and had, with their reasons, newest first.", Tags, Tags.history,
        ),
        Action(
            "tagRecord", "mutation", {**_TAGS, "reason": "String", "until": "DateTime"}, "[String!]!",
            "Give a record tags of a group, by key or by a platform's word; what it has afterwards.", Tags, Tags.give,
        ),
        Action("untagRecord", "mutation", _TAGS, "[String!]!", "Take tags away; what is left.", Tags, Tags.take),
    ),
    (
        ActionType(
            "TagLine",
            {
                "group": "String!", "tag": "String!", "source": "String!", "givenBy": "String!", "reason": "String",
                "givenAt": "DateTime!", "validUntil": "DateTime", "endedAt": "DateTime", "endReason": "String",
                "confidence": "Decimal",
                "raw": "[RawTag!]!",
            },
            "A record was given a tag.",
        ),
        ActionType("RawTag", {"platform": "String!", "word": "String!"}, "What a platform called a tag."),
    ),
)  # fmt: skip
