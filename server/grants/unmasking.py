"""Masked fields shown plainly: asked for, approved by somebody else, for some hours and so many views, each logged.

Ordinary reads stay masked and cost nothing. `unmask` answers the plain values of one record and spends one view; the
view is in the audit log before it is answered, by the same statement.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
import structlog
import uuid_utils

from metadata.fields import FIELD_TYPES
from metadata.fields.relations import relation_of
from metadata.model.tenant import TenantModel, field_of
from metadata.model.values import Field, ObjectType
from metadata.naming import camel, snake
from metadata.problems import Faults, ForbiddenError, NotFoundError
from server.access.plan import Action
from server.actions import ActionRun
from server.audit import log as audit
from server.audit.entries import AuditKind, NewEntry
from server.events.log import append, draft_for
from server.grants import unmask_sql as sql
from server.grants.definitions import read_ids, read_object, read_reason
from server.grants.giving import may_approve_some, require_reach
from server.records.reach import within_reach
from server.records.run_values import values_for
from server.records.statements import SEEN, Statement
from server.secrets.vault import Place, Vault

__all__ = ["BREAK_GLASS", "UNMASK_OBJECT", "Unmasking"]

UNMASK_OBJECT = "unmask__request"
"""Object of the events that tell of requests."""

BREAK_GLASS = "break_glass"
"""`run:break_glass` on an object type: take the right to see its fields in an emergency, without approval."""

MAX_HOURS = 7 * 24
MAX_VIEWS = 1_000
BREAK_GLASS_HOURS = 1
BREAK_GLASS_VIEWS = 20
_MAX_RECORDS = 200
_MOST = 200

_log = structlog.get_logger("tangram.access")


@dataclass(frozen=True, slots=True)
class _Asked:
    object_type: ObjectType
    records: tuple[str, ...]
    fields: tuple[Field, ...]
    reason: str
    hours: int
    views: int


@dataclass(frozen=True, slots=True)
class Unmasking:
    """The engine of unmask requests.

    Attributes:
        vault: Decrypts encrypted fields.
    """

    vault: Vault

    async def ask(self, run: ActionRun, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """`requestUnmask`: ask to see fields of records plainly.

        Raises:
            BadInputError: What is wrong with the input, all together.
            ForbiddenError: `unmask_not_allowed`: the action `unmask` is missing on a record.
        """
        asked = _read(arguments["input"], run.context.model, hours=MAX_HOURS, views=MAX_VIEWS)
        await require_reach(run, asked.object_type, asked.records, actions=[Action.UNMASK], reason="unmask_not_allowed")
        row = await self._insert(run, asked, break_glass=False)
        await _tell(run, "request", AuditKind.UNMASK_REQUESTED, row)
        return _shown(row, run.context.model)

    async def break_glass(self, run: ActionRun, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """`breakGlass`: the same at once, in an emergency, for an hour at most; everybody who watches is told.

        Raises:
            ForbiddenError: `unmask_not_allowed`: the action `run:break_glass` is missing, or a record is out of reach.
        """
        asked = _read(arguments["input"], run.context.model, hours=BREAK_GLASS_HOURS, views=BREAK_GLASS_VIEWS)
        if run.context.access.may_run(BREAK_GLASS, asked.object_type.name) is None:
            raise ForbiddenError.single(
                "unmask_not_allowed",
                f"You may not break the glass over {asked.object_type.plural}.",
                hint="Ask with requestUnmask.",
            )
        await require_reach(run, asked.object_type, asked.records, actions=(), reason="unmask_not_allowed")
        row = await self._insert(run, asked, break_glass=True)
        await _tell(run, "break_glass", AuditKind.BREAK_GLASS, row)
        for record in asked.records:  # in each record's history, and to webhooks
            changes = {"reason": [None, asked.reason], "fields": [None, row["fields"]]}
            draft = draft_for(run.context, "break_glass", asked.object_type.table, record, changes)
            await append(run.connection, draft)
        _log.warning(
            "break_glass",
            tenant=run.context.model.slug,
            actor=run.user_id,
            object=asked.object_type.name,
            records=len(asked.records),
        )
        return _shown(row, run.context.model)

    async def decide(self, run: ActionRun, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """`decideUnmask`: approve a request, perhaps for less, or refuse it.

        Raises:
            NotFoundError: `unknown_unmask_request`.
            ForbiddenError: `own_request`; `approval_not_allowed`: the action `approve` is missing on a record.
        """
        row = await self._one(run, arguments["request"])
        object_type = _object_of(run.context.model, row["object"])
        if object_type is None or not may_approve_some(run, object_type) or row["state"] != "REQUESTED":
            raise _unknown()
        if row["user_id"] == run.user_id:
            raise ForbiddenError.single(
                "own_request", "Nobody decides on their own request.", hint="Ask somebody else who may approve."
            )
        await require_reach(
            run, object_type, row["record_ids"], actions=[Action.APPROVE], reason="approval_not_allowed"
        )
        hours, views = (
            min(row[name], max(1, arguments[name])) if arguments.get(name) is not None else row[name]
            for name in ("hours", "views")
        )
        minutes = hours * 60
        if arguments.get("minutes") is not None:
            minutes = min(minutes, max(1, arguments["minutes"]))
        decided = await run.connection.fetchrow(
            sql.DECIDE, run.tenant_id, row["id"], run.user_id, arguments["approve"], hours, views, minutes
        )
        if decided is None:
            raise _unknown()
        await _tell(run, "decide", AuditKind.UNMASK_DECIDED, decided)
        return _shown(decided, run.context.model)

    async def end(self, run: ActionRun, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """`endUnmask`: end a request early: by the applicant, who decided, or whoever may change policies."""
        only = None if run.context.access.may_configure_kind("policy") else run.user_id
        row = await run.connection.fetchrow(sql.END, run.tenant_id, _id(arguments["request"]), run.user_id, only)
        if row is None:
            raise _unknown()
        await _tell(run, "end", AuditKind.UNMASK_DECIDED, row)
        return _shown(row, run.context.model)

    async def view(self, run: ActionRun, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """`unmask`: the plain values of one record; spends a view, which is logged before it is answered.

        Raises:
            NotFoundError: `unknown_unmask_request`; `unknown_record`: it is not about it, or it is out of sight.
            ForbiddenError: `unmask_not_open`: it waits, was refused, is over or used up.
        """
        model = run.context.model
        row = await self._one(run, arguments["request"])
        object_type = _object_of(model, row["object"])
        if row["user_id"] != run.user_id or object_type is None:
            raise _unknown()
        fields = tuple(one for one in object_type.fields if (one.column or one.name) in row["fields"])
        statement = sql.compile_view(object_type, model, run.context.access, fields)
        record = _id(arguments["record"], "unknown_record")
        entry = NewEntry(
            tenant_id=run.tenant_id,
            kind=AuditKind.UNMASK_VIEWED,
            object=object_type.table,
            records=[record],
            fields=[one.name for one in fields],
            detail={"request": row["id"], "breakGlass": row["break_glass"], "reason": row["reason"]},
            actor=run.context.actor,
        )
        named = {"view.request": row["id"], "view.record": record}
        named |= {
            name: value for (name, _cast), value in zip(sql.AUDIT_ARGUMENTS, audit.append_arguments(entry), strict=True)
        }
        value_of = values_for(run.context, run.instant, named)
        found = await run.connection.fetchrow(statement.sql, *statement.arguments(value_of))
        if found is None:
            raise _why(row)
        return {
            "request": row["id"],
            "record": record,
            "values": await self._plain(run, statement, object_type, found["data"]),
            "viewsLeft": found["views_left"],
            "validUntil": found["valid_until"],
        }

    async def listed(self, run: ActionRun, arguments: Mapping[str, Any]) -> list[dict[str, Any]]:
        """`unmaskRequests`: one's own and those one decided, newest first; all for whoever may change policies."""
        model = run.context.model
        if arguments.get("waiting"):
            return await self._waiting(run)
        first = arguments.get("first")
        rows = await run.connection.fetch(
            sql.REQUESTS,
            run.tenant_id,
            None if run.context.access.may_configure_kind("policy") else run.user_id,
            None if arguments.get("after") is None else _id(arguments["after"]),
            max(0, min(20 if first is None else first, _MOST)),
        )
        return [_shown(row, model) for row in rows]

    async def _waiting(self, run: ActionRun) -> list[dict[str, Any]]:
        """What waits for a decision that the actor may make."""
        model = run.context.model
        found = []
        for row in await run.connection.fetch(sql.WAITING, run.tenant_id, run.user_id):
            object_type = _object_of(model, row["object"])
            if object_type is not None and may_approve_some(run, object_type):
                ids = row["record_ids"]
                near = await within_reach(run, object_type, ids, actions=[Action.APPROVE], fields=())
                if near == set(ids):
                    found.append(_shown(row, model))
        return found

    async def _insert(self, run: ActionRun, asked: _Asked, *, break_glass: bool) -> Any:
        return await run.connection.fetchrow(
            sql.INSERT,
            run.tenant_id,
            str(uuid_utils.uuid7()),
            run.user_id,
            asked.object_type.table,
            list(asked.records),
            sorted(field.column or field.name for field in asked.fields),
            asked.reason,
            asked.hours,
            asked.views,
            break_glass,
        )

    async def _one(self, run: ActionRun, request_id: Any) -> Any:
        row = await run.connection.fetchrow(sql.ONE, run.tenant_id, _id(request_id))
        if row is None:
            raise _unknown()
        return row

    async def _plain(self, run: ActionRun, statement: Statement, object_type: ObjectType, data: bytes) -> Any:
        values = orjson.loads(data)
        for transform in statement.transforms:
            (key,) = transform.path
            if key is None or values[key] is None:
                continue
            if transform.name == SEEN:  # the view is logged by its own statement
                values[key] = values[key][1]
            elif transform.name == "decrypt":
                field = field_of(object_type, transform.detail[1])
                assert field is not None
                record, ciphertext = values[key]
                place = Place(object_type.table, field.column, record)
                values[key] = await self.vault.decrypt(run.tenant_id, ciphertext, place)
        return values


def _read(given: Mapping[str, Any], model: TenantModel, *, hours: int, views: int) -> _Asked:
    """Read an input of GraphQL; `hours` and `views` are the most that may be asked for."""
    faults = Faults()
    object_type = read_object(given["object"], model, faults, ("input", "object"))
    records = read_ids(given["records"], faults, ("input", "records"))
    if len(records) > _MAX_RECORDS or not given["records"]:
        message = f"A request is about 1 to {_MAX_RECORDS} records, got {len(given['records'])}."
        faults.add("list_too_long", message, path=("input", "records"))
    fields = []
    for place, name in enumerate(given["fields"] if object_type is not None else ()):
        field = None if object_type is None else field_of(object_type, snake(name))
        if field is None or not _is_plain(field):
            message = f"'{name[:60]}' is no field with a value of its own of '{given['object'][:60]}'."
            faults.add("unknown_field", message, path=("input", "fields", place))
        else:
            fields.append(field)
    asked = {}
    for name, most in (("hours", hours), ("views", views)):
        asked[name] = 1 if given.get(name) is None else given[name]
        if not 1 <= asked[name] <= most:
            faults.add("unmask_too_long", f"`{name}` is from 1 to {most}, got {asked[name]}.", path=("input", name))
    reason = read_reason(given.get("reason"), faults)
    faults.raise_if_any()
    assert object_type is not None
    return _Asked(object_type, records, tuple(fields), reason, asked["hours"], asked["views"])


def _is_plain(field: Field) -> bool:
    """Whether a value of it can be shown by itself; of files, the file would be."""
    field_type = FIELD_TYPES[field.type]
    return relation_of(field) is None and not any(part.transform for part in field_type.subfields)


async def _tell(run: ActionRun, kind: str, audited: AuditKind, row: Any) -> None:
    """Log what became of a request: as an event, which engines follow, and for the auditor."""
    changes = {
        "user_id": [None, row["user_id"]],
        "object": [None, row["object"]],
        "records": [None, row["record_ids"]],
        "fields": [None, row["fields"]],
        "state": [None, row["state"]],
        "reason": [None, row["reason"]],
    }
    await append(run.connection, draft_for(run.context, kind, UNMASK_OBJECT, row["id"], changes))
    detail = {"request": row["id"], "user": row["user_id"], "state": row["state"], "reason": row["reason"]}
    entry = NewEntry(
        tenant_id=run.tenant_id,
        kind=audited,
        object=row["object"],
        records=row["record_ids"],
        fields=row["fields"],
        detail={**detail, "hours": row["hours"], "views": row["views"]},
        actor=run.context.actor,
    )
    await audit.append(run.connection, entry)


def _why(row: Any) -> ForbiddenError | NotFoundError:
    told = {
        "REQUESTED": "It waits for a decision.",
        "REFUSED": "It was refused.",
        "OUT_OF_TIME": "Its time is over.",
        "USED_UP": f"Its {row['views']} views are used up.",
        "ENDED": "It was ended.",
    }
    state = row["state"]
    if state in told:
        return ForbiddenError.single(
            "unmask_not_open", f"This request shows nothing. {told[state]}", path=("request",), hint="Ask anew."
        )
    return NotFoundError.single("unknown_record", "The request is not about such a record.", path=("record",))


def _object_of(model: TenantModel, table: str) -> ObjectType | None:
    return next((one for one in model if one.table == table), None)


def _id(text: Any, reason: str = "unknown_unmask_request") -> str:
    try:
        return str(uuid_utils.UUID(str(text)))
    except ValueError:
        if reason == "unknown_record":
            raise NotFoundError.single("unknown_record", "The request is not about such a record.") from None
        raise _unknown() from None


def _unknown() -> NotFoundError:
    return NotFoundError.single(
        "unknown_unmask_request", "There is no such request, or it is not yours to use or decide."
    )


def _shown(row: Any, model: TenantModel) -> dict[str, Any]:
    """A request as GraphQL answers it."""
    object_type = _object_of(model, row["object"])
    known: Sequence[Field] = object_type.fields if object_type else ()
    names = {field.column or field.name: camel(field.name) for field in known}
    return {
        "id": row["id"],
        "user": row["user_id"],
        "object": object_type.name if object_type else row["object"],
        "records": row["record_ids"],
        "fields": [names.get(column, column) for column in row["fields"]],
        "reason": row["reason"],
        "hours": row["hours"],
        "views": row["views"],
        "viewsUsed": row["views_used"],
        "breakGlass": row["break_glass"],
        "state": row["state"],
        "requestedAt": row["requested_at"],
        "decidedAt": row["decided_at"],
        "decidedBy": row["decided_by"],
        "validUntil": row["valid_until"],
    }
