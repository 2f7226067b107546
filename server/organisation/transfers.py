"""A transfer: posts of one person go to another, or stay vacant, and what they owned goes along, all or nothing.

Everything is an ordinary write of who asks: rights, rules and events are those of writing posts and records. What
follows of posts is done by PostgreSQL at the end of the transaction (`server/database/roles.sql`): roles are held by
the other one, and what was granted to the former holder for a time ends.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias
from uuid import UUID

from metadata.expressions.tree import Binary, FieldPath, Literal, Operator
from metadata.expressions.types import ID
from metadata.model.tenant import field_of
from metadata.model.values import ObjectType
from metadata.problems import BadInputError, Faults, NotFoundError
from server.access.plan import Action
from server.actions import ActionRun
from server.database.sql import qualified
from server.records.reach import within_reach
from server.records.writing.running import WriteRun, visible_ids
from server.records.writing.saving import RecordWriter

__all__ = ["Transfers"]

_MAX_POSTS = 100
_MAX_KEPT = 1_000
_OWNER = "owner"
_Given: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Transfers:
    """The engine.

    Attributes:
        writer: Writes posts and records.
    """

    writer: RecordWriter

    async def transfer(self, run: ActionRun, given: _Given) -> dict[str, Any]:
        """Hand over posts and records.

        Raises:
            BadInputError: With every fault: `unknown_object`, `no_owner`, `nobody_to_own`, `same_person`,
                `not_held`, `bad_id`.
            NotFoundError: `unknown_record`: a person whom the asker does not see.
            ForbiddenError: What the asker may not write, or `role_above_yours`.
            ConflictError: `roles_exclude_each_other`.
        """
        source, target = _person(given, "from"), _person(given, "to")
        assert source is not None
        objects = _objects(run, given.get("records") or (), source, target)
        await self._require_seen(run, {"from": source, **({"to": target} if target else {})})
        posts = await _posts(run, source, given.get("posts"))
        for post in posts:
            change: dict[str, Any] = {"disconnect": [{"id": source}]}
            if target is not None:
                change["connect"] = [{"id": target}]
            write = WriteRun(run.context, run.instant)
            await self.writer.update(
                run.connection, write, run.context.model.object("post"), post, {"holders": change}, None
            )
        moved = [await self._hand_over(run, one, source, target) for one in objects]
        return {"posts": posts, "records": moved}

    async def _require_seen(self, run: ActionRun, people: Mapping[str, str]) -> None:
        user = run.context.model.object("user")
        rows = await run.connection.fetch(
            f"select id::text from {qualified(run.context.model.schema, user.table)}"
            " where id = any($1::uuid[]) and deleted_at is null",
            list(people.values()),
        )
        write = WriteRun(run.context, run.instant)
        seen = await visible_ids(run.connection, write, user, [row["id"] for row in rows])
        faults = Faults()
        for argument, person in people.items():
            if person not in seen:
                faults.add("unknown_record", f"There is no user with id {person}.", path=(argument,))
        if faults:
            raise NotFoundError.of(faults)

    async def _hand_over(
        self, run: ActionRun, object_type: ObjectType, source: str, target: str | None
    ) -> dict[str, Any]:
        """Give the records of an object type that somebody owns to another, as far as who asks may do that."""
        owned = Binary(Operator.EQ, FieldPath((_OWNER, "id")), Literal(source, ID))
        write = WriteRun(run.context, run.instant, where=owned)
        ids = await self.writer.update_where(run.connection, write, object_type, {_OWNER: target})
        kept, more = await self._kept(run, object_type, source)
        return {"object": object_type.name, "count": len(ids), "kept": kept, "moreKept": more}

    async def _kept(self, run: ActionRun, object_type: ObjectType, source: str) -> tuple[list[str], bool]:
        """Records that the former holder still owns, as far as who asks sees them and whose they are; and if more."""
        rows = await run.connection.fetch(
            f"select id::text from {qualified(run.context.model.schema, object_type.table)}"
            f" where owner_id = $1 and deleted_at is null order by id limit {_MAX_KEPT + 1}",
            source,
        )
        seen = await within_reach(run, object_type, [row["id"] for row in rows], fields=[_OWNER])
        return [row["id"] for row in rows[:_MAX_KEPT] if row["id"] in seen], len(seen) > _MAX_KEPT


def _person(given: _Given, argument: str) -> str | None:
    text = given.get(argument)
    return None if text is None else _id(text, (argument,))


def _objects(run: ActionRun, names: Sequence[str], source: str, target: str | None) -> tuple[ObjectType, ...]:
    model, access = run.context.model, run.context.access
    faults = Faults()
    if source == target:
        faults.add("same_person", "Nobody hands over to themselves.", path=("to",))
    if names and target is None:
        faults.add("nobody_to_own", "Records are handed over to somebody.", path=("to",), hint="Name who gets them.")
    for place, name in enumerate(names):
        object_type = model.objects.get(name)
        if object_type is None or access.rows(name, Action.READ) is None:
            faults.add("unknown_object", f"There is no object type '{name[:60]}'.", path=("records", place))
        elif field_of(object_type, _OWNER) is None:
            faults.add("no_owner", f"Records of '{name}' have no owner.", path=("records", place))
    faults.raise_if_any()
    return tuple(model.object(name) for name in dict.fromkeys(names))


async def _posts(run: ActionRun, source: str, asked: Sequence[str] | None) -> list[str]:
    """The posts to hand over: those that are named, or all that are held; locked against changes at the same time."""
    schema = run.context.model.schema
    rows = await run.connection.fetch(
        f"select post.id::text from {qualified(schema, 'post')} as post"
        f" join {qualified(schema, 'post__holders')} as held on held.source_id = post.id"
        " where held.target_id = $1 and post.deleted_at is null order by post.id for no key update of post",
        source,
    )
    held = [row["id"] for row in rows]
    if asked is None:
        wanted = held
    else:
        faults = Faults()
        wanted = list(dict.fromkeys(_id(text, ("posts", place)) for place, text in enumerate(asked)))
        for place, post in enumerate(wanted):
            if post not in held:
                faults.add("not_held", f"They do not hold the post {post}.", path=("posts", place))
        faults.raise_if_any()
    if len(wanted) > _MAX_POSTS:
        raise BadInputError.single("too_many_items", f"At most {_MAX_POSTS} posts are handed over.", path=("posts",))
    return wanted


def _id(text: str, path: tuple[str | int, ...]) -> str:
    try:
        return str(UUID(text))
    except ValueError:
        message = f"'{text[:60]}' is no id."
        raise BadInputError.single("bad_id", message, path=path, hint="Send the record's `id`.") from None
