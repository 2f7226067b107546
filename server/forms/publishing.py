"""Draft → lint → immutable version. What is filled in is judged by the current one, or by the one it is pinned to."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import msgspec

from metadata.changes.plan import Plan
from metadata.forms.lint import lint
from metadata.forms.values import Form
from metadata.model.tenant import TenantModel, named
from metadata.problems import BadInputError, ConflictError, NotFoundError
from server.events.clock import Clock
from server.forms import sql

__all__ = [
    "Published",
    "draft_of",
    "form_publisher",
    "publish",
    "publish_live",
    "published",
    "require_version",
    "versions",
]


@dataclass(frozen=True, slots=True)
class Published:
    """One version of a form."""

    form: Form
    number: int
    current: bool
    note: str
    published_at: datetime
    published_by: str | None


def draft_of(model: TenantModel, name: str) -> Form:
    """A form's draft.

    Raises:
        NotFoundError: `unknown_form`.
    """
    return named(model.forms, name, "form")


async def published(connection: Any, model: TenantModel, name: str, number: int | None = None) -> Published:
    """A version of a form: the current one, or the one of a number.

    Raises:
        NotFoundError: `unknown_form`, `unknown_version`.
    """
    if number is None:
        draft = model.forms.get(name)
        row = await connection.fetchrow(sql.CURRENT, model.tenant_id, name)
        if row is None and draft is not None and draft.live:  # it was loaded before there was anybody to publish it
            await publish_live(connection, model, by=None, now=None)
            row = await connection.fetchrow(sql.CURRENT, model.tenant_id, name)
    else:
        row = await connection.fetchrow(sql.VERSION, model.tenant_id, name, number)
    if row is None:
        reason = "unknown_form" if number is None else "unknown_version"
        what = (
            f"no published form '{name[:60]}'" if number is None else f"no version {number} of the form '{name[:60]}'"
        )
        raise NotFoundError.single(reason, f"There is {what}.", path=("form",), hint="Publish it first.")
    return _version(row)


def require_version(version: int | None, found: Published | None) -> None:
    """Refuse what was filled in on a version that is no longer the one in force.

    Raises:
        ConflictError: `form_changed`, with the version in force.
    """
    if version is not None and found is not None and version != found.number:
        raise ConflictError.single(
            "form_changed",
            f"The form is at version {found.number}, the request expects {version}.",
            path=("version",),
            hint="Read the form again; what was filled in can be sent anew.",
            version=found.number,
        )


async def publish(
    connection: Any, model: TenantModel, form: Form, *, note: str, by: str | None, now: datetime | None
) -> int:
    """Make a new current version of a form; also of an older definition, to go back to it.

    Args:
        connection: In a transaction.
        model: The tenant's.
        form: What is published.
        note: Why.
        by: Account that does it.
        now: The instant; None for the database's.

    Returns:
        The version's number.

    Raises:
        BadInputError: With every fault; paths start at the form.
    """
    faults = lint(model, form)
    if faults:
        raise BadInputError.of(faults)
    if now is None:
        now = await connection.fetchval("select now()")
    await connection.execute(sql.LOCK_VERSIONS, f"{model.tenant_id}:{form.name}")
    await connection.execute(sql.RETIRE, model.tenant_id, form.name)
    table = model.object(form.object).table
    number: int = await connection.fetchval(
        sql.INSERT_VERSION, model.tenant_id, form.name, table, _text(form), note[:500], now, by
    )
    return number


async def publish_live(connection: Any, model: TenantModel, *, by: str | None, now: datetime | None) -> None:
    """Publish the live forms of a model that differ from their current version.

    Called in the transaction of the change that made the model, whose checks have found them sound.
    """
    live = [form for form in model.forms.values() if form.live]
    if not live:
        return
    current = {row["form"]: row["definition"] for row in await connection.fetch(sql.CURRENTS, model.tenant_id)}
    for form in live:
        if current.get(form.name) != _text(form):
            note = f"Version {model.version} of the configuration."
            await publish(connection, model, form, note=note, by=by, now=now)


def form_publisher(clock: Clock) -> Callable[[Any, Plan], Awaitable[None]]:
    """What has every change of the configuration publish the live forms that it changes."""

    async def follow(connection: Any, plan: Plan) -> None:
        if any(item.kind in ("form", "form_field") for item in plan.new.live()):
            await publish_live(connection, plan.model, by=None, now=clock.now())

    return follow


async def versions(connection: Any, tenant_id: str, form: str) -> Sequence[Published]:
    """The versions of a form, newest first."""
    return [_version(row) for row in await connection.fetch(sql.VERSIONS, tenant_id, form)]


def _version(row: Any) -> Published:
    form = _unpacked(row["definition"])
    return Published(form, row["number"], row["current"], row["note"], row["published_at"], row["published_by"])


@lru_cache(maxsize=1_024)
def _unpacked(text: str) -> Form:
    return msgspec.json.decode(text, type=Form)


def _text(form: Form) -> str:
    """A definition as JSON, equal for equal forms."""
    return msgspec.json.encode(form, order="sorted").decode()
