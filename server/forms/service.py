"""What people and programs ask of forms: description, submission, public links, versions. Who may is decided here."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

import asyncpg
import msgspec

from metadata.forms.access import entries_of
from metadata.forms.lint import lint
from metadata.model.values import ObjectType
from metadata.naming import snake
from metadata.problems import BadInputError, ConflictError, ForbiddenError, NotFoundError
from server.access.plan import Action as Act
from server.actions import ActionRun
from server.files.links import FileLinks
from server.forms import sql
from server.forms.assessing import Assessing, Step
from server.forms.description import Described, describe
from server.forms.filling import Filler
from server.forms.links import Link, LinkDraft, add_link, links, revoke_link
from server.forms.publishing import Published, draft_of, publish, published, require_version, versions
from server.forms.submissions import Submission, note_submission
from server.records.writing.drafts import DraftReader, new_id
from server.records.writing.running import WriteRun, visible_ids
from server.records.writing.saving import RecordWriter

__all__ = ["Forms", "TaskForm", "TaskForms"]

_MAX_PAGE = 200
_MAX_KEY = 64
_MAX_PER_HOUR = 10_000
Arguments = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class TaskForm:
    """What a task asks to be filled in.

    Attributes:
        step: As the one who does it fills it in.
        published: Its form; None where the task's node has none.
        outcomes: Words that it may end with.
    """

    step: Step
    published: Published | None
    outcomes: tuple[str, ...]


class TaskForms(Protocol):
    """The engine of flows, as far as forms need it."""

    async def form_of_task(self, run: ActionRun, task: str) -> TaskForm:
        """What a task of the actor's asks to be filled in."""

    async def complete(self, run: ActionRun, given: Mapping[str, Any]) -> dict[str, Any]:
        """Fill a task's form in, and end the task."""


@dataclass(eq=False)
class Forms:
    """The engine of forms, as it is asked."""

    writer: RecordWriter
    tasks: TaskForms
    file_links: FileLinks
    filler: Filler = field(init=False)

    def __post_init__(self) -> None:
        self.filler = Filler(self.writer)

    # ── filling in ───────────────────────────────────────────────────────────────────────────────

    async def description(self, run: ActionRun, given: Arguments) -> dict[str, Any]:
        """`formDescription`: a form as a client draws it, for a record, a task, or a record that is to be made."""
        assessing = Assessing(run.connection, run.context, run.instant, self.filler.pictures)
        if given.get("task") is not None:
            task = _uuid(given["task"], ("task",))
            asked = await self.tasks.form_of_task(run, task)
            _require_same(given.get("form"), asked)
            described = Described(asked.published, asked.step, task, asked.outcomes, self.file_links)
            return await describe(assessing, described, readable=False)
        found = await self._published(run, given)
        object_type = run.context.model.object(found.form.object)
        step = _step(found, object_type, given.get("record"))
        if step.is_new and run.context.access.rows(object_type.name, Act.CREATE) is None:
            raise ForbiddenError.single(
                "action_not_allowed",
                f"You may not create {object_type.plural}.",
                hint="Ask an administrator for the right.",
            )
        return await describe(assessing, Described(found, step, links=self.file_links))

    async def submit(self, run: ActionRun, given: Arguments) -> dict[str, Any]:
        """`submitForm`: fill in a record, a new one, or what a task asks for, and end the task."""
        if given.get("task") is not None:
            return await self._submit_task(run, given)
        key = _key(run, given.get("key"))
        if key:
            known = await run.connection.fetchrow(sql.SUBMISSION_OF_KEY, run.tenant_id, key)
            if known is not None:
                return _repeated(run, known, given.get("form") or "")
        found = await self._published(run, given)
        object_type = run.context.model.object(found.form.object)
        step = _step(found, object_type, given.get("record"))
        await self.filler.fill(run.connection, run.context, run.instant, step, given["values"])
        done = Submission(found.form.name, found.number, object_type, step.record_id, key=key)
        try:
            submission_id = await note_submission(run.connection, run.context, run.instant, done)
        except asyncpg.UniqueViolationError as error:
            raise ConflictError.single(
                "busy_record", "The same submission arrived twice at once.", hint="Send the request again."
            ) from error
        return _submitted(submission_id, done)

    async def _submit_task(self, run: ActionRun, given: Arguments) -> dict[str, Any]:
        task = _uuid(given["task"], ("task",))
        asked = await self.tasks.form_of_task(run, task)
        _require_same(given.get("form"), asked)
        require_version(given.get("version"), asked.published)
        form = None if asked.published is None else asked.published
        instance = await self.tasks.complete(
            run,
            {
                "task": task,
                "values": given["values"],
                "outcome": given.get("outcome"),
                "comment": given.get("comment"),
            },
        )
        return {
            "id": None,
            "form": None if form is None else form.form.name,
            "version": None if form is None else form.number,
            "object": asked.step.object_type.name,
            "record": asked.step.record_id,
            "instance": instance["id"],
        }

    async def _published(self, run: ActionRun, given: Arguments) -> Published:
        if not given.get("form"):
            raise BadInputError.single("missing", "A form or a task is named.", path=("form",), hint="Give one.")
        found = await published(run.connection, run.context.model, given["form"])
        require_version(given.get("version"), found)
        return found

    # ── versions ─────────────────────────────────────────────────────────────────────────────────

    async def lint(self, run: ActionRun, given: Arguments) -> list[dict[str, Any]]:
        """`lintForm`: everything that keeps a draft from being published."""
        _require_configurer(run)
        found = lint(run.context.model, draft_of(run.context.model, given["form"]))
        return [
            {"reason": one.reason, "message": one.message, "hint": one.hint, "path": list(one.path)} for one in found
        ]

    async def publish(self, run: ActionRun, given: Arguments) -> dict[str, Any]:
        """`publishForm`: a new version of the draft, or of an older version to go back to it."""
        _require_configurer(run)
        model = run.context.model
        if given.get("version") is None:
            form = draft_of(model, given["form"])
        else:
            form = (await published(run.connection, model, given["form"], given["version"])).form
        note = given.get("note") or ""
        await publish(run.connection, model, form, note=note, by=run.user_id or None, now=run.instant)
        return (await self.versions(run, given))[0]

    async def versions(self, run: ActionRun, given: Arguments) -> list[dict[str, Any]]:
        """`formVersions`: what was published, newest first."""
        _require_configurer(run)
        return [
            {
                "form": one.form.name,
                "number": one.number,
                "current": one.current,
                "note": one.note,
                "publishedAt": one.published_at,
                "publishedBy": one.published_by,
                "definition": msgspec.to_builtins(one.form),
            }
            for one in await versions(run.connection, run.tenant_id, given["form"])
        ]

    # ── public links ─────────────────────────────────────────────────────────────────────────────

    async def links(self, run: ActionRun, given: Arguments) -> list[dict[str, Any]]:
        """`formLinks`: public links, newest first, without their tokens."""
        _require_configurer(run)
        first = 50 if given.get("first") is None else given["first"]
        if not 1 <= first <= _MAX_PAGE:
            raise BadInputError.single("page_size", f"A page has 1 to {_MAX_PAGE} entries.", path=("first",))
        after = _uuid(given["after"], ("after",)) if given.get("after") else None
        found = await links(run.connection, run.tenant_id, given.get("form"), after=after, first=first)
        return [_shown(one, run.instant) for one in found]

    async def create_link(self, run: ActionRun, given: Arguments) -> dict[str, Any]:
        """`createFormLink`: a link by which anybody who has it fills the form in."""
        told = given["input"]
        found = await published(run.connection, run.context.model, told["form"], told.get("version"))
        form, object_type = found.form, run.context.model.object(found.form.object)
        if run.context.access.may_run(form.name, object_type.name) is None:
            raise ForbiddenError.single(
                "action_not_allowed",
                f"You may not give out the form '{form.name}'.",
                hint=f"Ask an administrator for the right run:{form.name}.",
            )
        if not form.public_role:
            raise BadInputError.single(
                "form_not_public",
                f"The form '{form.name}' has no role for people who have not signed in.",
                path=("input", "form"),
                hint="Declare `public_role`.",
            )
        record = None if told.get("record") is None else _uuid(told["record"], ("input", "record"))
        if record is not None and not await visible_ids(
            run.connection, WriteRun(run.context, run.instant), object_type, [record]
        ):
            raise NotFoundError.single(
                "unknown_record", f"There is no {object_type.name} {record}.", path=("input", "record")
            )
        draft = LinkDraft(
            form.name,
            told.get("version"),
            (told.get("name") or "")[:200],
            record,
            _constants(run, object_type, told.get("values")),
            _bounded(told, "maxSubmissions", 1_000_000),
            _bounded(told, "perHour", _MAX_PER_HOUR) or 60,
            _future(run, told.get("expiresAt")),
        )
        link, token = await add_link(run.connection, run.tenant_id, draft, by=run.user_id or None, now=run.instant)
        return {**_shown(link, run.instant), "token": token, "url": f"/forms/{token}"}

    async def revoke(self, run: ActionRun, given: Arguments) -> dict[str, Any]:
        """`revokeFormLink`: nobody follows it any more; for its maker and those who configure forms."""
        link_id = _uuid(given["id"], ("id",))
        link = await revoke_link(run.connection, run.tenant_id, link_id, run.instant)
        if link.created_by != run.user_id:
            _require_configurer(run)
        return _shown(link, run.instant)


def _step(found: Published, object_type: ObjectType, record: Any) -> Step:
    """A form outside of flows, for a record or for a new one."""
    is_new = record is None
    record_id = new_id() if is_new else _uuid(record, ("record",))
    return Step(object_type, record_id, is_new, entries_of(found.form), found.form.values)


def _require_configurer(run: ActionRun) -> None:
    if not run.context.access.may_configure_kind("form"):
        raise ForbiddenError.single(
            "not_administrator", "Only those who may configure forms do this.", hint="Ask for configure:form."
        )


def _require_same(form: str | None, asked: TaskForm) -> None:
    own = "" if asked.published is None else asked.published.form.name
    if form and form != own:
        message = f"The task is filled in with {f'the form {own!r}' if own else 'no form'}, not with '{form[:60]}'."
        raise BadInputError.single("wrong_form", message, path=("form",), hint="Leave it out.")


def _key(run: ActionRun, key: str | None) -> str:
    """What a submission of this caller counts once by."""
    if not key:
        return ""
    if len(key) > _MAX_KEY:
        raise BadInputError.single("too_long", f"A key has at most {_MAX_KEY} characters.", path=("key",))
    return f"{run.user_id}:{key}"


def _repeated(run: ActionRun, row: Mapping[str, Any], form: str) -> dict[str, Any]:
    if row["form"] != form:
        raise ConflictError.single(
            "key_used", f"The key was used for the form '{row['form']}'.", path=("key",), hint="Use a new key."
        )
    object_type = next((one for one in run.context.model if one.table == row["object"]), None)
    return {
        "id": row["id"],
        "form": row["form"],
        "version": row["number"],
        "object": row["object"] if object_type is None else object_type.name,
        "record": row["record_id"],
        "instance": None,
    }


def _submitted(submission_id: str, done: Submission) -> dict[str, Any]:
    return {
        "id": submission_id,
        "form": done.form,
        "version": done.number,
        "object": done.object_type.name,
        "record": done.record_id,
        "instance": None,
    }


def _constants(run: ActionRun, object_type: ObjectType, given: Any) -> dict[str, Any]:
    """What a link sets besides, read as whoever makes it would write it."""
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        raise BadInputError.single("wrong_type", "Values are a mapping by field.", path=("input", "values"))
    values = {snake(str(name)): value for name, value in given.items()}
    reader = DraftReader(run.context, run.instant)
    known = {one.name for one in object_type.fields}
    for name in values:
        if name not in known:
            reader.faults.add(
                "unknown_field",
                f"'{name[:60]}' is no field of '{object_type.name}'.",
                path=("input", "values", name[:60]),
                hint="Name a field of the form's object type.",
            )
        elif isinstance(values[name], dict | list) or values[name] is None or str(values[name]).startswith("="):
            reader.faults.add(
                "wrong_type",
                "A constant is a text that does not start with `=`, a number, or true or false.",
                path=("input", "values", name),
            )
    reader.faults.raise_if_any()
    reader.change(object_type, "", values, ("input", "values"))
    reader.faults.raise_if_any()
    return values


def _bounded(told: Mapping[str, Any], name: str, most: int) -> int | None:
    value: int | None = told.get(name)
    if value is not None and not 1 <= value <= most:
        raise BadInputError.single("out_of_range", f"{name} is from 1 to {most}.", path=("input", name))
    return value


def _future(run: ActionRun, text: str | None) -> datetime | None:
    if text is None:
        return None
    at = datetime.fromisoformat(text)
    if at <= run.instant:
        raise BadInputError.single("in_the_past", "The link would be closed already.", path=("input", "expiresAt"))
    return at


def _shown(link: Link, now: datetime) -> dict[str, Any]:
    return {
        "id": link.id,
        "form": link.form,
        "version": link.version,
        "name": link.name,
        "record": link.record_id,
        "values": dict(link.constants),
        "maxSubmissions": link.max_submissions,
        "submissions": link.submissions,
        "perHour": link.per_hour,
        "expiresAt": link.expires_at,
        "revokedAt": link.revoked_at,
        "createdAt": link.created_at,
        "createdBy": link.created_by,
        "open": link.is_open(now),
        "token": None,
        "url": None,
    }


def _uuid(value: Any, path: tuple[str, ...]) -> str:
    try:
        return str(uuid.UUID(str(value)))
    except ValueError:
        raise BadInputError.single("bad_id", f"'{str(value)[:60]}' is no id.", path=path, hint="Send a UUID.") from None
