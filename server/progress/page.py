"""One visit: the link is looked at, then the page is put together or a rating taken.

A link that was forged, has expired, was revoked, is another tenant's, or leads to what is gone all give one and the
same page, so that nothing is learned from the difference.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, Protocol
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from metadata.model.tenant import TenantModel, field_of
from metadata.model.values import ObjectType
from metadata.problems import NotFoundError
from server.access.plan import ADMINISTRATOR
from server.context import Actor, ActorKind, Context
from server.database.connections import Connections
from server.events.log import append, draft_for
from server.progress import sql
from server.progress.definitions import RATED_KIND, RATED_OBJECT, Course, Courses
from server.progress.wording import WORDS, in_language, written
from server.records.problems import StaleModelError
from server.records.seen_values import RecordReader
from server.records.writing.running import WriteRun
from server.records.writing.saving import RecordWriter
from server.secrets.link_tokens import LinkTokens
from server.tenants import TenantOf

__all__ = ["Page", "ProgressPages"]

_MAX_COMMENT = 2_000
_STARS = range(1, 6)
_MAX_ATTEMPTS = 3
_STATUS = {"thanks": 200, "rated": 409, "choose": 422, "not_yet": 409}


class Clock(Protocol):
    """Gives the time."""

    def now(self) -> datetime:
        """The present instant, aware."""


@dataclass(frozen=True, slots=True)
class Page:
    """An answer to a visit."""

    status: int
    html: str


@dataclass(frozen=True, slots=True)
class _Visit:
    """A link that holds, with what it leads to."""

    link: Mapping[str, Any]
    course: Course
    context: Context
    object_type: ObjectType
    tenant_name: str
    may_change: bool


def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).with_name("pages")),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@dataclass(frozen=True, slots=True)
class ProgressPages:
    """Answers visits.

    Attributes:
        connections: The pool.
        tokens: Verifies links.
        courses: Tells how far matters are.
        writer: Writes ratings.
        tenant_of: A tenant by id.
        refresh: The same with a fresh look.
        clock: The one clock.
        nudge: Called after a rating, to wake the relay.
    """

    connections: Connections
    tokens: LinkTokens
    courses: Courses
    writer: RecordWriter
    tenant_of: TenantOf
    refresh: TenantOf
    clock: Clock
    nudge: Callable[[], None]
    reader: RecordReader = field(default_factory=RecordReader)
    environment: Environment = field(default_factory=_environment)

    async def show(self, token: str, language: str) -> Page:
        """The page behind a token."""
        known = self.tokens.verify(token)
        if known is None or known.expires_at <= self.clock.now():
            return self.gone(language)
        async with self.connections.transaction(known.tenant_id) as connection:
            visit = await self._visit(connection, known.tenant_id, known.link_id)
            if visit is None:
                return self.gone(language)
            rated = await connection.fetchval(sql.RATED, known.tenant_id, visit.link["instance_id"]) is not None
            return await self._page(connection, visit, language, "rated" if rated else "")

    async def rate(self, token: str, language: str, form: Mapping[str, str]) -> Page:
        """Take a rating, once."""
        known = self.tokens.verify(token)
        if known is None or known.expires_at <= self.clock.now():
            return self.gone(language)
        for attempt in range(_MAX_ATTEMPTS):
            try:
                async with self.connections.transaction(known.tenant_id) as connection:
                    visit = await self._visit(connection, known.tenant_id, known.link_id)
                    if visit is None:
                        return self.gone(language)
                    said = await self._rate(connection, visit, form)
                    page = await self._page(connection, visit, language, said, _STATUS[said])
                self.nudge()
                return page
            except StaleModelError:
                if attempt == _MAX_ATTEMPTS - 1:
                    raise
                await self.refresh(known.tenant_id)
            except NotFoundError:
                return self.gone(language)
        raise AssertionError("the loop returns or raises")

    def gone(self, language: str) -> Page:
        """The page of every link that does not hold."""
        return self._notice(410, language, "gone")

    def busy(self, language: str) -> Page:
        """The page for who comes too often."""
        return self._notice(429, language, "busy")

    def _notice(self, status: int, language: str, name: str) -> Page:
        words = WORDS[language]
        html = self.environment.get_template("notice.html").render(
            language=language, title=words[f"{name}_title"], text=words[name]
        )
        return Page(status, html)

    async def _visit(self, connection: Any, tenant_id: str, link_id: str) -> _Visit | None:
        tenant = await connection.fetchrow(sql.TENANT, tenant_id)
        link = await connection.fetchrow(sql.LINK, tenant_id, link_id)
        if tenant is None or tenant["status"] != "active" or link is None:
            return None
        if link["revoked_at"] is not None or link["expires_at"] <= self.clock.now():
            return None
        course = await self.courses.of(connection, tenant_id, link["instance_id"])
        if course is None:
            return None
        loaded = await self.tenant_of(tenant_id)
        object_type = next((one for one in loaded.model if one.table == course.table), None)
        if object_type is None:
            return None
        actor = Actor("", ActorKind.SYSTEM, "customer", ())
        context = Context(loaded.model, actor, ADMINISTRATOR, loaded.epoch)
        return _Visit(link, course, context, object_type, tenant["name"], not loaded.is_over(self.clock.now()))

    async def _rate(
        self, connection: Any, visit: _Visit, form: Mapping[str, str]
    ) -> Literal["thanks", "rated", "choose", "not_yet"]:
        course, context = visit.course, visit.context
        if not course.page.rating or not course.may_be_rated or not visit.may_change:
            return "not_yet"
        stars, comment = form.get("rating", ""), form.get("comment", "").replace("\r\n", "\n").strip()
        if stars not in map(str, _STARS) or len(comment) > _MAX_COMMENT or "\0" in comment:
            return "choose"
        tenant_id = context.model.tenant_id
        await connection.execute(sql.LOCK_INSTANCE, f"{tenant_id}:{course.instance_id}")
        if await connection.fetchval(sql.RATED, tenant_id, course.instance_id) is not None:
            return "rated"
        if await connection.fetchval(sql.EPOCH, tenant_id) != context.epoch:
            raise StaleModelError
        now = self.clock.now()
        given: dict[str, Any] = {course.page.rating: int(stars)}
        if course.page.comment and comment:
            given[course.page.comment] = comment
        run = WriteRun(replace(context, access=ADMINISTRATOR), now)
        await self.writer.update(connection, run, visit.object_type, course.record_id, given, None)
        await connection.execute(sql.NOTE_RATING, tenant_id, visit.link["id"], now, int(stars))
        owner = await self.reader.values(
            connection, context, visit.object_type, course.record_id, ["owner.id"], instant=now
        )
        changes = {
            "flow": course.flow,
            "instance": course.instance_id,
            "object": course.table,
            "record": course.record_id,
            "rating": int(stars),
            "comment": comment,
            "owner": (owner or {}).get("owner.id"),
        }
        await append(connection, draft_for(context, RATED_KIND, RATED_OBJECT, visit.link["id"], changes))
        return "thanks"

    async def _page(self, connection: Any, visit: _Visit, language: str, said: str, status: int = 200) -> Page:
        course, model = visit.course, visit.context.model
        zone = ZoneInfo(model.settings.timezone)
        values = await self.reader.values(
            connection, visit.context, visit.object_type, course.record_id, course.page.fields, instant=self.clock.now()
        )
        if values is None:
            return self.gone(language)
        words = WORDS[language]
        shown = [
            (_label(model, visit.object_type, path, language), written(values.get(path), language, zone))
            for path in course.page.fields
        ]
        html = self.environment.get_template("progress.html").render(
            language=language,
            words=words,
            title=in_language(course.page.title, language),
            tenant=visit.tenant_name,
            stages=[
                {
                    "label": in_language(stage.label, language),
                    "state": stage.state,
                    "at": written(stage.at, language, zone) if stage.at else "",
                }
                for stage in course.stages
            ],
            called_off=course.is_called_off,
            details=[(label, text) for label, text in shown if text],
            times=words["times"].format(zone.key),
            said=said,
            asks=bool(course.page.rating)
            and course.may_be_rated
            and visit.may_change
            and said not in ("thanks", "rated"),
            takes_comment=bool(course.page.comment),
            stars=list(_STARS),
        )
        return Page(status, html)


def _label(model: TenantModel, object_type: ObjectType, path: str, language: str) -> str:
    """The label of the field that a path ends at."""
    here: ObjectType | None = object_type
    label = path
    for step in path.split("."):
        found = None if here is None else field_of(here, step)
        if found is None:
            break
        label = in_language(found.label, language) or found.name
        here = model.objects.get(getattr(found.settings, "to", "") or "")
    return label
