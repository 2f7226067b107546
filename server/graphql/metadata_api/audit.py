"""The audit log, for administrators and whoever may `configure:audit`."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
import strawberry
from strawberry.scalars import JSON

from metadata.model.tenant import TenantModel
from metadata.problems import BadInputError
from server.audit.entries import AuditEntry as Stored
from server.audit.entries import AuditKind
from server.audit.log import AuditFilter as Which
from server.audit.log import page
from server.graphql.metadata_api.guards import Info, configurer, newest, read_id

__all__ = ["AUDIT_QUERIES"]

strawberry.enum(AuditKind, name="AuditKind", description="What happened")

_MAX_PAGE = 200


@strawberry.type(description="Something that was done, seen or refused")
class AuditEntry:
    """Never a secret, never the value of a sensitive field."""

    id: strawberry.ID
    number: str | None = strawberry.field(description="In the tenant's chain; null until it is sealed, in seconds")
    hash: str | None = strawberry.field(description="Of the chain up to here")
    at: datetime
    kind: AuditKind
    actor_id: strawberry.ID | None
    actor_kind: str
    actor_name: str
    object: str = strawberry.field(description="Name of an object type, or of the platform's, such as `account`")
    records: list[str]
    fields: list[str]
    address: str
    agent: str
    request_id: str
    detail: JSON


@strawberry.input(description="Which entries; what is left out does not narrow")
class AuditFilter:
    """All of these have to hold."""

    kinds: list[AuditKind] | None = None
    actor: strawberry.ID | None = None
    object: str | None = None
    record: strawberry.ID | None = None
    field: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    address: str | None = None


async def audit_log(
    info: Info, filter: AuditFilter | None = None, first: int = 50, after: strawberry.ID | None = None
) -> list[AuditEntry]:
    """Entries of the audit log, newest first; `after` is the id of the last one already seen."""
    session = await configurer(info, ["audit"])
    if not 1 <= first <= _MAX_PAGE:
        raise BadInputError.single(
            "bad_page",
            f"`first` is from 1 to {_MAX_PAGE}, got {first}.",
            path=("first",),
            hint="Go on with `after`.",
        )
    if after is not None and not str(after).isdecimal():
        raise BadInputError.single(
            "bad_cursor",
            f"'{str(after)[:40]}' is no id of an entry.",
            path=("after",),
            hint="Send the last entry's id.",
        )
    model = (await newest(info)).model
    async with info.context.services.connections.acquire(session.tenant_id) as connection:
        entries = await page(
            connection,
            session.tenant_id,
            _which(filter, model),
            first=first,
            before=None if after is None else int(after),
        )
    tables = {object_type.table: object_type.name for object_type in model.objects.values()}
    return [_entry(entry, tables) for entry in entries]


AUDIT_QUERIES = (audit_log,)


def _which(given: AuditFilter | None, model: TenantModel) -> Which:
    if given is None:
        return Which()
    tables = {object_type.name: object_type.table for object_type in model.objects.values()}
    return Which(
        kinds=None if given.kinds is None else tuple(kind.value for kind in given.kinds),
        actor_id=None if given.actor is None else read_id(given.actor, "account"),
        object=None if given.object is None else tables.get(given.object, given.object),
        record=None if given.record is None else str(given.record),
        field=given.field,
        since=given.since,
        until=given.until,
        address=given.address,
    )


def _entry(stored: Stored, tables: dict[str, str]) -> AuditEntry:
    detail: Any = msgspec.json.decode(stored.detail_json)
    return AuditEntry(
        id=strawberry.ID(str(stored.id)),
        number=None if stored.seq is None else str(stored.seq),
        hash=stored.hash.hex() or None,
        at=stored.at,
        kind=AuditKind(stored.kind),
        actor_id=None if stored.actor_id is None else strawberry.ID(stored.actor_id),
        actor_kind=stored.actor_kind,
        actor_name=stored.actor_name,
        object=tables.get(stored.object, stored.object),
        records=list(stored.records),
        fields=list(stored.fields),
        address=stored.address,
        agent=stored.agent,
        request_id=stored.request_id,
        detail=JSON(detail),
    )
