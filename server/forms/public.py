"""Submissions by whoever has a link: nobody has signed in, so a declared role bounds what they may do.

A link opens one form, for one record or for new ones, and nothing else: neither files that it did not bring along
nor values of fields that its role does not read.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import asyncpg

from metadata.forms.access import entries_of
from metadata.forms.values import Form, FormValue
from metadata.problems import LimitError, TangramError
from server.access.counters import HourlyCounters, seconds_left
from server.access.snapshots import Snapshots
from server.context import Actor, ActorKind, Context
from server.database.connections import Connections
from server.files.store import FileStore, StoredFile
from server.forms import sql
from server.forms.assessing import Assessing, Step
from server.forms.description import Described, describe
from server.forms.filling import Filler
from server.forms.links import Link, closed, link_of, take, unknown_link
from server.forms.publishing import Published, published, require_version
from server.forms.submissions import Submission, note_submission
from server.records.problems import StaleModelError, refusal_of
from server.records.writing.drafts import new_id
from server.tenants import LoadedTenant, Tenants

__all__ = ["Done", "PublicForms", "Sent", "Upload"]

_PER_ADDRESS = 120
"""Submissions of one address within an hour, over all links."""
_ATTEMPTS = 3
_MAX_UPLOADS = 50


@dataclass(frozen=True, slots=True)
class Upload:
    """A file of a submission.

    Attributes:
        place: Where its id goes: `photo`, `photos`, `parts.0.picture`.
        chunks: Its bytes, read when asked for.
    """

    place: str
    name: str
    content_type: str
    chunks: Callable[[], AsyncIterator[bytes]]


@dataclass(frozen=True, slots=True)
class Sent:
    """What was sent to a link.

    Attributes:
        values: By GraphQL name.
        uploads: Files, whose ids take their places among the values.
        key: What it counts once by; empty for none.
        address: Where it came from.
        version: Of the form that it was filled in on; None where nobody says.
        lenient: Whether values of fields that are not open are dropped, as of a page that could not hide them.
    """

    values: Mapping[str, Any]
    uploads: Sequence[Upload] = ()
    key: str = ""
    address: str = ""
    version: int | None = None
    lenient: bool = False


@dataclass(frozen=True, slots=True)
class Done:
    """A submission that was accepted.

    Attributes:
        repeated: Whether it was accepted before, by the same key.
    """

    form: Form
    languages: tuple[str, ...]
    repeated: bool


@dataclass(frozen=True, slots=True)
class _Opened:
    link: Link
    published: Published
    context: Context
    tenant: LoadedTenant

    def is_open(self, now: datetime) -> bool:
        """Whether the form may be filled in: a tenant whose trial is over takes nothing more."""
        return self.link.is_open(now) and not self.tenant.is_over(now)


class _RepeatedError(Exception):
    """The submission was accepted while this one was on its way."""


@dataclass(eq=False)
class PublicForms:
    """What links lead to.

    Attributes:
        nudges: Called after each submission, to wake workers.
    """

    connections: Connections
    tenants: Tenants
    snapshots: Snapshots
    files: FileStore
    filler: Filler
    counters: HourlyCounters
    clock: Callable[[], datetime]
    nudges: tuple[Callable[[], None], ...] = ()

    async def description(
        self, token: str, values: Mapping[str, Any] | None = None, *, closed_too: bool = False
    ) -> dict[str, Any]:
        """The form behind a link, with what holds once some values are filled in.

        Raises:
            NotFoundError: `unknown_link`, `form_closed` unless `closed_too`.
        """
        now = self.clock()
        opened = await self._open(token)
        if not closed_too and not opened.is_open(now):
            raise closed()
        async with self.connections.transaction(opened.link.tenant_id) as connection:
            assessing = Assessing(connection, opened.context, now, self.filler.pictures)
            described = Described(opened.published, _step(opened), choices=True)
            return await describe(assessing, described, values=values or {}, readable=False)

    async def thanks(self, token: str) -> Done:
        """What is said to whoever has submitted, also where the link is used up by that."""
        opened = await self._open(token)
        return _done(opened, repeated=True)

    async def submit(self, token: str, sent: Sent) -> Done:
        """Fill the form in.

        Raises:
            NotFoundError: `unknown_link`, `form_closed`.
            LimitError: `rate_limited`, `too_many_files`, `file_too_large`.
            BadInputError: Every fault at once.
            ConflictError: `form_changed`, `form_outdated`, `record_gone`.
        """
        now = self.clock()
        opened = await self._open(token)
        key = f"{opened.link.id}:{sent.key}" if sent.key else ""
        if await self._is_known(opened.link, key):
            return _done(opened, repeated=True)
        if not opened.is_open(now):
            raise closed()
        await self._count(opened.link, sent.address, now)
        saved: list[StoredFile] = []
        try:
            values = await self._with_uploads(opened.link, sent, saved)
            own = frozenset(file.id for file in saved)
            await self._write(opened, sent, values, key, own, now)
        except _RepeatedError:
            await self.files.discard(saved)
            return _done(opened, repeated=True)
        except BaseException:
            await self.files.discard(saved)
            raise
        for nudge in self.nudges:
            nudge()
        return _done(opened, repeated=False)

    # ── one after the other ──────────────────────────────────────────────────────────────────────

    async def _open(self, token: str) -> _Opened:
        async with self.connections.acquire() as connection:
            link = await link_of(connection, token)
        loaded = await self.tenants.get(link.tenant_id)
        return await self._opened(link, loaded)

    async def _opened(self, link: Link, loaded: LoadedTenant) -> _Opened:
        if loaded.status != "active":
            raise unknown_link()
        model = loaded.model
        try:
            async with self.connections.transaction(link.tenant_id) as connection:
                found = await published(connection, model, link.form, link.version)
        except TangramError as error:  # the form is gone: nobody outside needs to know how
            raise closed() from error
        role = found.form.public_role
        if not role or role not in model.roles or found.form.object not in model.objects:
            raise closed()
        access = await self.snapshots.plan(model, (role,))
        actor = Actor("", ActorKind.SYSTEM, f"form:{link.form}", (role,))
        return _Opened(link, found, Context(model, actor, access, loaded.epoch), loaded)

    async def _is_known(self, link: Link, key: str) -> bool:
        if not key:
            return False
        async with self.connections.acquire(link.tenant_id) as connection:
            return await connection.fetchrow(sql.SUBMISSION_OF_KEY, link.tenant_id, key) is not None

    async def _count(self, link: Link, address: str, now: datetime) -> None:
        """Count an attempt, whatever comes of it."""
        whence = hashlib.sha256(address.encode()).hexdigest()[:24]
        for name, limit in ((f"forms:{link.id}", link.per_hour), (f"forms:from:{whence}", _PER_ADDRESS)):
            if await self.counters.add(name, 1, now) > limit:
                raise LimitError.single(
                    "rate_limited",
                    "This form was sent too often within this hour.",
                    hint="Wait a while, and send it again.",
                    retryAfter=seconds_left(now),
                )

    async def _with_uploads(self, link: Link, sent: Sent, saved: list[StoredFile]) -> dict[str, Any]:
        if len(sent.uploads) > _MAX_UPLOADS:
            raise LimitError.single(
                "too_many_files", f"More than {_MAX_UPLOADS} files were sent at once.", hint="Send fewer."
            )
        values = dict(sent.values)
        for upload in sent.uploads:
            file = await self.files.save(
                link.tenant_id,
                upload.chunks(),
                name=upload.name,
                content_type=upload.content_type,
                uploaded_by=None,
            )
            saved.append(file)
            _put(values, upload.place.split("."), file.id)
        return values

    async def _write(
        self,
        opened: _Opened,
        sent: Sent,
        values: Mapping[str, Any],
        key: str,
        own_files: frozenset[str],
        now: datetime,
    ) -> None:
        """Write it in one transaction; again where the tenant has changed meanwhile."""
        link = opened.link
        for attempt in range(_ATTEMPTS):
            try:
                async with self.connections.transaction(link.tenant_id) as connection:
                    is_left = await take(connection, link, now)
                    if key and await connection.fetchrow(sql.SUBMISSION_OF_KEY, link.tenant_id, key) is not None:
                        raise _RepeatedError
                    if not is_left:
                        raise closed()
                    step = _step(opened)
                    require_version(sent.version, opened.published)
                    await self.filler.fill(
                        connection, opened.context, now, step, values, own_files=own_files, lenient=sent.lenient
                    )
                    done = Submission(
                        link.form, opened.published.number, step.object_type, step.record_id, link.id, key=key
                    )
                    await note_submission(connection, opened.context, now, done)
                return
            except StaleModelError:
                if attempt == _ATTEMPTS - 1:
                    raise
                opened = await self._opened(link, await self.tenants.refresh(link.tenant_id))
            except asyncpg.PostgresError as error:
                raise refusal_of(error, opened.context.model, access=opened.context.access) or error from error


def _step(opened: _Opened) -> Step:
    """What the link lets be filled in."""
    form, link = opened.published.form, opened.link
    constants = tuple(FormValue(field=name, value=value) for name, value in link.constants.items())
    is_new = link.record_id is None
    return Step(
        opened.context.model.object(form.object),
        link.record_id or new_id(),
        is_new,
        entries_of(form),
        (*form.values, *constants),
    )


def _done(opened: _Opened, *, repeated: bool) -> Done:
    return Done(opened.published.form, opened.context.model.settings.languages, repeated)


def _put(values: dict[str, Any], steps: list[str], file_id: str) -> None:
    """Put a file's id at its place; several of the same place become a list."""
    here: Any = values
    for position, step in enumerate(steps[:-1]):
        following: Any = [] if steps[position + 1].isdecimal() else {}
        if isinstance(here, list):
            place = int(step)
            if place > len(here) or place > _MAX_UPLOADS:
                return
            if place == len(here):
                here.append(following)
            here = here[place]
        elif isinstance(here, dict):
            here = here.setdefault(step, following)
        else:
            return
    last = steps[-1]
    if isinstance(here, dict):
        known = here.get(last)
        here[last] = file_id if known is None else [*(known if isinstance(known, list) else [known]), file_id]
