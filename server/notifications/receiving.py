"""Whom a notice is for, page by page, and how each of them wants to be told."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from metadata.model.settings import TenantSettings
from server.notifications import sql
from server.notifications.definitions import Audience, Preference, Receiver

__all__ = ["PAGE", "minutes_of", "page_of", "preference_of", "receiver_of"]

PAGE = 200
"""Receivers that are told in one transaction."""

_CLOCK = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")


async def page_of(
    connection: Any, tenant_id: str, settings: TenantSettings, audience: Audience, after: str | None
) -> list[Receiver]:
    """The next receivers by id, at most PAGE.

    Args:
        connection: Of the tenant.
        tenant_id: The tenant.
        settings: Its settings.
        audience: Who is meant.
        after: The last one of the page before; None at the beginning.
    """
    rows = await connection.fetch(
        sql.RECEIVERS,
        tenant_id,
        list(dict.fromkeys(audience.users)),
        list(audience.roles),
        audience.everybody,
        after,
        PAGE,
    )
    return [receiver_of(row, row["id"], settings) for row in rows]


def receiver_of(row: Mapping[str, Any], user_id: str, settings: TenantSettings) -> Receiver:
    """A receiver from a row of `RECEIVERS` or `MESSAGE`."""
    return Receiver(user_id, row["email"], row["name"], preference_of(row, settings))


def preference_of(row: Mapping[str, Any] | None, settings: TenantSettings) -> Preference:
    """What somebody has said, with the tenant's word where they have not; what it left out is gone."""
    if row is None or row["channels"] is None:
        return Preference(
            settings.message_channels,
            settings.message_unread_minutes,
            None,
            ZoneInfo(settings.timezone),
            settings.languages[0],
            per_hour=settings.messages_per_hour,
        )
    chosen = tuple(one for one in row["channels"] if one in settings.message_channels)
    beginning, end = minutes_of(row["quiet_from"]), minutes_of(row["quiet_until"])
    return Preference(
        chosen if row["channels"] else settings.message_channels,
        row["unread_minutes"] or settings.message_unread_minutes,
        None if beginning is None or end is None or beginning == end else (beginning, end),
        ZoneInfo(row["timezone"] or settings.timezone),
        row["language"] or settings.languages[0],
        frozenset(row["muted"]),
        row["digest_minutes"],
        settings.messages_per_hour,
        row["webhook_url"],
        row["webhook_secret"],
    )


def minutes_of(clock: str) -> int | None:
    """Minutes of the day of a text such as 22:30; None of anything else."""
    found = _CLOCK.fullmatch(clock)
    return None if found is None else int(found[1]) * 60 + int(found[2])
