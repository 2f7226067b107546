"""What an export is asked for, and what reads records for it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any, Protocol

from metadata.model.values import ObjectType
from server.access.conditions import NEVER
from server.access.plan import AccessPlan, Action
from server.context import Actor, Context

__all__ = ["Column", "ExportQuery", "ExportReader", "ExportSettings", "narrowed", "rights_digest", "standing_as"]


@dataclass(frozen=True, slots=True)
class ExportSettings:
    """Where files lie and how long.

    Attributes:
        folder: Of this server; each tenant has a folder inside.
        keep_hours: Hours after which a file is removed.
    """

    folder: Path
    keep_hours: int


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the file.

    Attributes:
        header: The GraphQL path: `store.name`, `balance.amount`.
        path: Keys from a record of the answer down to the value.
        is_number: Whether its values are numbers, which hold no formula.
    """

    header: str
    path: tuple[str, ...]
    is_number: bool

    def value(self, record: Mapping[str, Any]) -> Any:
        """The value of a record; None where something on the way is missing."""
        found: Any = record
        for key in self.path:
            if found is None:
                return None
            found = found[key]
        return found


@dataclass(frozen=True, slots=True)
class ExportQuery:
    """Which records and fields.

    Attributes:
        object_name: Of the records.
        paths: GraphQL paths over to-one relations, in order of the columns.
        variables: `filter`, `orderBy` and `search` as `/graphql` takes them.
    """

    object_name: str
    paths: tuple[str, ...]
    variables: Mapping[str, Any]


class ExportReader(Protocol):
    """Reads records as their lists of `/graphql` do, with the same rows, fields and masks."""

    def columns(self, context: Context, query: ExportQuery) -> tuple[Column, ...]:
        """The columns, once the whole query is sure to be valid for the actor.

        Raises:
            BadInputError: With every fault.
        """

    def pages(
        self, connection: Any, context: Context, query: ExportQuery, instant: datetime
    ) -> AsyncIterator[Sequence[Mapping[str, Any]]]:
        """The records, page by page, in the connection's transaction.

        Raises:
            StaleModelError: The tenant changed.
        """


def narrowed(access: AccessPlan, object_name: str) -> AccessPlan:
    """What somebody may read where only records that they may export count."""
    return access.narrowed(object_name, Action.READ, access.rows(object_name, Action.EXPORT) or NEVER)


def standing_as(actor: Actor, stored: Mapping[str, Any]) -> Actor:
    """Who an export is made for, by now: a program's has no more roles than its key had, and no grants."""
    roles = tuple(role for role in actor.roles if role in stored["roles"])
    return replace(actor, roles=roles, grants=actor.grants if stored["personal"] else ())


def rights_digest(access: AccessPlan, object_types: Sequence[ObjectType]) -> str:
    """Changes when what somebody may read or export of object types changes: a file made before is not given then."""
    digest = blake2b(digest_size=16)
    for object_type in object_types:
        for action in (Action.READ, Action.EXPORT):
            digest.update(repr(access.rows(object_type.name, action)).encode())
        for field in object_type.fields:
            digest.update(repr(access.field_condition(object_type.name, field.name)).encode())
            digest.update(repr(access.masks(object_type.name, field.name)).encode())
    return digest.hexdigest()
