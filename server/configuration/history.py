"""The list of versions, and what changed between them."""

from __future__ import annotations

from typing import Any

import msgspec

from metadata.changes.history import ItemChange
from server.configuration import statements
from server.configuration.requests import Author, Version

__all__ = ["changes_since", "described", "versions", "versions_since"]

_LAST = 2**31 - 1
_decode_changes = msgspec.json.Decoder(tuple[ItemChange, ...]).decode
_decode_plan = msgspec.json.Decoder(dict[str, Any]).decode


async def versions(connection: Any, tenant_id: str, *, before: int | None = None, first: int = 20) -> list[Version]:
    """Versions, newest first.

    Args:
        connection: Any connection.
        tenant_id: UUID text.
        before: Only versions below this one; None for all.
        first: How many at most, 1 to 200.
    """
    rows = await connection.fetch(statements.VERSIONS, tenant_id, before or _LAST, max(1, min(first, 200)))
    return [_version(row) for row in rows]


async def versions_since(connection: Any, tenant_id: str, version: int) -> list[Version]:
    """The versions after one, oldest first."""
    return [_version(row) for row in await connection.fetch(statements.VERSIONS_SINCE, tenant_id, version)]


async def changes_since(connection: Any, tenant_id: str, version: int) -> list[ItemChange]:
    """Everything that happened after a version, oldest first."""
    return [change for one in await versions_since(connection, tenant_id, version) for change in one.changes]


def described(version: Version) -> dict[str, Any]:
    """A version as JSON values, for the difference that a conflict shows."""
    return {
        "version": version.version,
        "author": version.author.name,
        "at": version.at.isoformat(),
        "message": version.message,
        "changes": [
            {
                key: value
                for key, value in msgspec.to_builtins(change).items()
                if key in ("op", "kind", "parent", "name", "to", "before", "after")
            }
            for change in version.changes
        ],
    }


def _version(row: Any) -> Version:
    author_id = row["author_id"]
    return Version(
        version=row["version"],
        author=Author(None if author_id is None else str(author_id), row["author_name"]),
        at=row["at"],
        message=row["message"],
        changes=_decode_changes(row["changes"]),
        plan=_decode_plan(row["plan"]),
    )
