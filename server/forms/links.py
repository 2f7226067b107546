"""Public links: made by people who may, told once, counted, revoked.

A token is 32 random bytes; only its SHA-256 is stored, so that nobody who reads the table can follow a link.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from metadata.problems import NotFoundError
from server.forms import sql
from server.records.writing.drafts import new_id

__all__ = ["Link", "LinkDraft", "add_link", "closed", "link_of", "links", "revoke_link", "take"]


@dataclass(frozen=True, slots=True)
class Link:
    """A public link, as it is stored.

    Attributes:
        version: That it is pinned to; None follows the current one.
        record_id: That is filled in; None makes a new one each time.
        constants: What is set besides, by field name.
        max_submissions: How often it may be used; None for any number.
        per_hour: How often within an hour.
    """

    id: str
    tenant_id: str
    form: str
    version: int | None
    name: str
    record_id: str | None
    constants: Mapping[str, Any]
    max_submissions: int | None
    submissions: int
    per_hour: int
    expires_at: datetime | None
    revoked_at: datetime | None
    created_at: datetime
    created_by: str | None

    def is_open(self, now: datetime) -> bool:
        """Whether it may be used."""
        if self.revoked_at is not None or (self.expires_at is not None and self.expires_at <= now):
            return False
        return self.max_submissions is None or self.submissions < self.max_submissions


@dataclass(frozen=True, slots=True)
class LinkDraft:
    """A link to be made; see Link."""

    form: str
    version: int | None
    name: str
    record_id: str | None
    constants: Mapping[str, Any]
    max_submissions: int | None
    per_hour: int
    expires_at: datetime | None


async def add_link(
    connection: Any, tenant_id: str, draft: LinkDraft, *, by: str | None, now: datetime
) -> tuple[Link, str]:
    """Make a link; gives it with its token, which is never told again."""
    token = secrets.token_urlsafe(32)
    row = await connection.fetchrow(
        sql.INSERT_LINK,
        tenant_id,
        new_id(),
        _hash(token),
        draft.form,
        draft.version,
        draft.name,
        draft.record_id,
        orjson.dumps(draft.constants).decode(),
        draft.max_submissions,
        draft.per_hour,
        draft.expires_at,
        now,
        by,
    )
    return _link(row), token


async def links(connection: Any, tenant_id: str, form: str | None, *, after: str | None, first: int) -> list[Link]:
    """Links of a tenant, newest first."""
    return [_link(row) for row in await connection.fetch(sql.LINKS, tenant_id, form, after, first)]


async def revoke_link(connection: Any, tenant_id: str, link_id: str, now: datetime) -> Link:
    """Close a link for good.

    Raises:
        NotFoundError: `unknown_link`.
    """
    row = await connection.fetchrow(sql.REVOKE_LINK, tenant_id, link_id, now)
    if row is None:
        raise unknown_link()
    return _link(row)


async def link_of(connection: Any, token: str) -> Link:
    """The link that a token stands for, of whichever tenant.

    Args:
        connection: Of the platform: nobody knows yet whose link it is.
        token: As it was sent.

    Raises:
        NotFoundError: `unknown_link`.
    """
    if not 20 <= len(token) <= 100 or not token.isascii():
        raise unknown_link()
    row = await connection.fetchrow(sql.LINK_BY_TOKEN, _hash(token))
    if row is None:
        raise unknown_link()
    return _link(row)


async def take(connection: Any, link: Link, now: datetime) -> bool:
    """Count one submission, in its transaction; whether one was left, and the link not expired or revoked.

    Submissions of a link come one after the other from here on.
    """
    return await connection.fetchval(sql.TAKE_LINK, link.tenant_id, link.id, now) is not None


def closed() -> NotFoundError:
    """That a link was good once."""
    return NotFoundError.single(
        "form_closed",
        "This form is closed: its link was used, has expired or was withdrawn.",
        hint="Ask for a new one.",
    )


def unknown_link() -> NotFoundError:
    """That there is no such link, or none of the caller's tenant."""
    return NotFoundError.single("unknown_link", "There is no such link.", path=("id",))


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def _link(row: Any) -> Link:
    return Link(
        row["id"],
        row["tenant_id"],
        row["form"],
        row["version"],
        row["name"],
        row["record_id"],
        orjson.loads(row["constants"]),
        row["max_submissions"],
        row["submissions"],
        row["per_hour"],
        row["expires_at"],
        row["revoked_at"],
        row["created_at"],
        row["created_by"],
    )
