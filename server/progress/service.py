"""Links to pages: made by whoever may see the record and all that the page shows of it, listed, revoked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import uuid_utils

from metadata.fields.inputs import shown
from metadata.problems import BadInputError, ForbiddenError, NotFoundError
from server.access.plan import ADMINISTRATOR
from server.actions import ActionRun
from server.progress import sql
from server.progress.definitions import Course, Courses
from server.records.reach import within_reach
from server.records.seen_values import RecordReader
from server.secrets.link_tokens import LinkTokens, Token

__all__ = ["ProgressLinks"]

Arguments = Mapping[str, Any]

_MAX_DAYS = 730


@dataclass(frozen=True, slots=True)
class ProgressLinks:
    """The engine of links.

    Attributes:
        courses: Tells what there is to follow.
        tokens: Signs.
        base_url: Where pages are reached.
    """

    courses: Courses
    tokens: LinkTokens
    base_url: str = ""
    reader: RecordReader = field(default_factory=RecordReader)

    async def make(self, run: ActionRun, given: Arguments) -> dict[str, Any]:
        """`progressLink`: a link to the page of the newest flow that runs, or ran, for a record.

        Raises:
            NotFoundError: `unknown_record`, `no_progress_page`.
            ForbiddenError: `page_exceeds_rights`.
            BadInputError: `bad_id`, `out_of_range`.
        """
        record = _id(given["record"], "record")
        course = await self.courses.newest(run.connection, run.tenant_id, record, given.get("flow"))
        if course is None or not await self._sees(run, course.table, record):
            raise NotFoundError.single(
                "no_progress_page",
                "No flow with a page for customers has run for this record.",
                path=("record",),
                hint="Give the flow `progress`, publish it, and start it for the record.",
            )
        if await self._exceeds(run, course, record):
            raise ForbiddenError.single(
                "page_exceeds_rights", "The page shows more of this record than you may read.",
                path=("record",), hint="Ask somebody who may read all of it.",
            )  # fmt: skip
        days = given.get("days")
        days = course.page.days if days is None else days
        if not 1 <= days <= _MAX_DAYS:
            raise BadInputError.single("out_of_range", f"A link holds 1 to {_MAX_DAYS} days.", path=("days",))
        row = await run.connection.fetchrow(
            sql.INSERT,
            run.tenant_id,
            str(uuid_utils.uuid7()),
            course.instance_id,
            course.table,
            record,
            run.instant,
            run.user_id or None,
            run.instant + timedelta(days=days),
        )
        return self._shown(run, row)

    async def listed(self, run: ActionRun, given: Arguments) -> list[dict[str, Any]]:
        """`progressLinks`: those of a record, newest first; nothing for who may not see the record.

        Links to a page that shows more than the asker may read are listed without their URL.
        """
        record = _id(given["record"], "record")
        rows = await run.connection.fetch(sql.LINKS_OF_RECORD, run.tenant_id, record)
        if not rows or not await self._sees(run, rows[0]["object"], record):
            return []
        closed = set()
        for instance in {row["instance_id"] for row in rows}:
            course = await self.courses.of(run.connection, run.tenant_id, instance)
            if course is None or await self._exceeds(run, course, record):
                closed.add(instance)
        shown = [self._shown(run, row) for row in rows]
        return [{**one, "url": None} if one["instance"] in closed else one for one in shown]

    async def revoke(self, run: ActionRun, given: Arguments) -> dict[str, Any]:
        """`revokeProgressLink`: whoever follows it from now on is told that it is over.

        Raises:
            NotFoundError: `unknown_link`.
        """
        link = _id(given["id"], "id")
        row = await run.connection.fetchrow(sql.LINK, run.tenant_id, link)
        if row is None or not await self._sees(run, row["object"], row["record_id"]):
            raise NotFoundError.single("unknown_link", "There is no such link.", path=("id",))
        revoked = await run.connection.fetchrow(sql.REVOKE, run.tenant_id, link, run.instant, run.user_id or None)
        return {**self._shown(run, revoked), "url": None}

    async def _sees(self, run: ActionRun, table: str, record: str) -> bool:
        object_type = next((one for one in run.context.model if one.table == table), None)
        return object_type is not None and bool(await within_reach(run, object_type, [record]))

    async def _exceeds(self, run: ActionRun, course: Course, record: str) -> bool:
        """Whether the page shows what the actor may not read: nobody gives what they do not have."""
        object_type = next(one for one in run.context.model if one.table == course.table)
        own, shown = [
            await self.reader.values(
                run.connection, context, object_type, record, course.page.fields, instant=run.instant
            )
            for context in (run.context, replace(run.context, access=ADMINISTRATOR))
        ]
        return own != shown  # what may not be read is missing in it, or left out

    def _shown(self, run: ActionRun, row: Mapping[str, Any]) -> dict[str, Any]:
        token = self.tokens.sign(Token(run.tenant_id, row["id"], row["expires_at"]))
        return {
            "id": row["id"],
            "url": f"{self.base_url}/progress/{token}",
            "instance": row["instance_id"],
            "record": row["record_id"],
            "createdAt": row["created_at"],
            "expiresAt": row["expires_at"],
            "revokedAt": row["revoked_at"],
            "ratedAt": row["rated_at"],
            "rating": row["rating"],
        }


def _id(value: Any, argument: str) -> str:
    try:
        return str(uuid_utils.UUID(str(value)))
    except ValueError:
        raise BadInputError.single("bad_id", f"{shown(value)} is no id.", path=(argument,)) from None
