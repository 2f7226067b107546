"""Giving rights on records for a time, asking for them, deciding, and ending them.

Who gives must be allowed to approve on every record, and hold all that is given there: nobody gives what they do not
have. What is given holds from the next request on, since the tenant's epoch moves with it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import uuid_utils

from metadata.model.tenant import TenantModel
from metadata.model.values import Field, ObjectType
from metadata.naming import camel
from metadata.problems import BadInputError, Fault, ForbiddenError, NotFoundError
from server.access.conditions import ALWAYS
from server.access.plan import Action
from server.actions import ActionRun
from server.audit import log as audit
from server.audit.entries import AuditKind, NewEntry
from server.events.log import append, draft_for
from server.grants import sql
from server.grants.closing import GRANT_OBJECT
from server.grants.definitions import GrantInput, read_grant
from server.records.reach import reach_condition, within_reach

__all__ = ["Grants", "may_approve_some", "require_reach"]

_AUDITED = {
    "grant": AuditKind.GRANTED,
    "request": AuditKind.GRANTED,
    "refuse": AuditKind.GRANT_REVOKED,
    "revoke": AuditKind.GRANT_REVOKED,
}
_SHOWN = 20
_MOST = 200


def may_approve_some(run: ActionRun, object_type: ObjectType) -> bool:
    """Whether an actor may approve anything about records of an object type."""
    return run.context.access.rows(object_type.name, Action.APPROVE) is not None


async def require_reach(
    run: ActionRun,
    object_type: ObjectType,
    ids: Sequence[str],
    *,
    actions: Iterable[Action],
    fields: Iterable[str] = (),
    reason: str,
) -> None:
    """Refuse unless the actor may do all this to all of these records.

    Raises:
        ForbiddenError: `reason`, with a fault for each record, whether it is out of reach or not there.
    """
    found = await within_reach(run, object_type, ids, actions=actions, fields=fields)
    missing = [(place, one) for place, one in enumerate(ids) if one not in found]
    if missing:
        raise ForbiddenError.of(
            Fault(
                reason,
                f"You do not have these rights on {object_type.name} {one} yourself.",
                ("input", "records", place),
                "Leave it out, or ask somebody who has them.",
            )
            for place, one in missing[:_SHOWN]
        )


@dataclass(frozen=True, slots=True)
class Grants:
    """The engine of grants; it holds nothing."""

    async def give(self, run: ActionRun, arguments: Mapping[str, Any]) -> list[dict[str, Any]]:
        """`grantAccess`: give rights on records for a time.

        Raises:
            BadInputError: What is wrong with the input, all together; `grant_to_self`.
            ForbiddenError: `grant_exceeds_rights`.
        """
        model = run.context.model
        asked = read_grant(arguments["input"], model, user_id="", instant=run.instant)
        if asked.user_id == run.user_id:
            raise BadInputError.single(
                "grant_to_self",
                "Nobody gives rights to themselves.",
                path=("input", "user"),
                hint="Ask for them with requestAccess.",
            )
        await _require_user(run, asked.user_id)
        fields = await _approved(run, asked)
        rows = await _insert(run, asked, fields, requested_by=None, approved_by=run.user_id)
        await _tell(run, "grant", rows)
        return _shown(rows, model)

    async def ask(self, run: ActionRun, arguments: Mapping[str, Any]) -> list[dict[str, Any]]:
        """`requestAccess`: ask to be given rights; nothing holds until somebody approves."""
        model = run.context.model
        asked = read_grant(arguments["input"], model, user_id=run.user_id, instant=run.instant)
        if asked.user_id != run.user_id:
            raise BadInputError.single(
                "bad_grant", "Rights are asked for by whom they are for.", path=("input", "user"), hint="Leave it out."
            )
        rows = await _insert(run, asked, asked.fields, requested_by=run.user_id, approved_by=None)
        await _event(run, "request", rows)
        return _shown(rows, model)

    async def decide(self, run: ActionRun, arguments: Mapping[str, Any]) -> list[dict[str, Any]]:
        """`decideAccess`: approve what was asked for, or refuse it.

        Raises:
            NotFoundError: `unknown_grant`.
            ForbiddenError: `own_request`, `grant_exceeds_rights`.
        """
        model, batch = run.context.model, _id(arguments["batch"])
        pending = await run.connection.fetch(sql.PENDING, run.tenant_id, batch)
        object_type = _object_of(model, pending)
        if object_type is None or not (may_approve_some(run, object_type)):
            raise _unknown()
        if pending[0]["requested_by"] == run.user_id:
            raise ForbiddenError.single(
                "own_request", "Nobody decides on their own request.", hint="Ask somebody else who may approve."
            )
        asked = _as_input(pending, object_type, model)
        fields = await _approved(run, asked)
        if not arguments["approve"]:
            rows = await run.connection.fetch(sql.REVOKE, run.tenant_id, None, batch, run.user_id, "refused", None)
            await _event(run, "refuse", rows)
            return _shown(rows, model)
        shape = asked.shape(fields)
        rows = await run.connection.fetch(
            sql.APPROVE, run.tenant_id, batch, run.user_id, list(shape.columns), shape.digest
        )
        await _tell(run, "grant", rows)
        return _shown(rows, model)

    async def revoke(self, run: ActionRun, arguments: Mapping[str, Any]) -> list[dict[str, Any]]:
        """`revokeGrant`: end one grant, or all of one call, now.

        Raises:
            NotFoundError: `unknown_grant`: there is none that has not ended, or it is not the actor's to end.
        """
        one, batch = arguments.get("id"), arguments.get("batch")
        if (one is None) == (batch is None):
            raise BadInputError.single("bad_grant", "Name one grant by `id`, or those of one call by `batch`.")
        only = None if run.context.access.may_configure_kind("policy") else run.user_id
        rows = await run.connection.fetch(
            sql.REVOKE, run.tenant_id, one and _id(one), batch and _id(batch), run.user_id, "revoked", only
        )
        if not rows:
            raise _unknown()
        await _tell(run, "revoke", rows)
        return _shown(rows, run.context.model)

    async def listed(self, run: ActionRun, arguments: Mapping[str, Any]) -> list[dict[str, Any]]:
        """`accessGrants`: newest first: one's own, and those one gave; all for whoever may change policies."""
        model = run.context.model
        object_type = model.objects.get(arguments.get("object") or "")
        first = arguments.get("first")
        rows = await run.connection.fetch(
            sql.GRANTS,
            run.tenant_id,
            _id(arguments.get("user")),
            object_type.table if object_type else arguments.get("object"),
            _id(arguments.get("record")),
            None if run.context.access.may_configure_kind("policy") else run.user_id,
            _id(arguments.get("after")),
            bool(arguments.get("holding")),
            max(0, min(20 if first is None else first, _MOST)),
        )
        return _shown(rows, model)

    async def pending(self, run: ActionRun, _arguments: Mapping[str, Any]) -> list[dict[str, Any]]:
        """`accessRequests`: what waits for a decision that the actor may make, oldest first."""
        model = run.context.model
        found: list[dict[str, Any]] = []
        rows = await run.connection.fetch(sql.PENDING, run.tenant_id, None)
        for object_type in model:
            own = [row for row in rows if row["object"] == object_type.table and row["requested_by"] != run.user_id]
            if own and may_approve_some(run, object_type):
                ids = [row["record_id"] for row in own if row["record_id"]]
                near = await within_reach(run, object_type, ids, actions=[Action.APPROVE], fields=())
                found += _shown([row for row in own if not row["record_id"] or row["record_id"] in near], model)
        return sorted(found, key=lambda one: str(one["id"]))


async def _approved(run: ActionRun, asked: GrantInput) -> tuple[Field, ...]:
    """The fields to be given, once it is sure that the actor may give all that is asked."""
    access, name = run.context.access, asked.object_type.name
    actions = [Action(one) for one in asked.actions] + [Action.APPROVE]
    fields = asked.fields or tuple(
        field for field in asked.object_type.fields if access.field_condition(name, field.name) is not None
    )
    if asked.condition:
        if not asked.fields:
            fields = tuple(one for one in fields if access.field_condition(name, one.name) == ALWAYS)
        if reach_condition(access, name, actions=actions, fields=[one.name for one in fields]) != ALWAYS:
            raise ForbiddenError.single(
                "grant_exceeds_rights",
                f"To give rights by a condition you must have them on every {name}.",
                path=("input", "condition"),
                hint="Name the records.",
            )
        return fields
    if not asked.fields:
        fields = await _plain_everywhere(run, asked, fields)
    await require_reach(
        run,
        asked.object_type,
        asked.records,
        actions=actions,
        fields=[one.name for one in fields],
        reason="grant_exceeds_rights",
    )
    return fields


async def _plain_everywhere(run: ActionRun, asked: GrantInput, fields: Sequence[Field]) -> tuple[Field, ...]:
    """Those fields that the actor may read plainly on every one of the records."""
    access, name = run.context.access, asked.object_type.name
    found = []
    for field in fields:
        if access.field_condition(name, field.name) == ALWAYS or len(
            await within_reach(run, asked.object_type, asked.records, actions=(), fields=[field.name])
        ) == len(asked.records):
            found.append(field)
    return tuple(found)


async def _require_user(run: ActionRun, user_id: str) -> None:
    if await run.connection.fetchrow(sql.USER, run.tenant_id, user_id) is None:
        raise NotFoundError.single("unknown_account", "There is no such account.", path=("input", "user"))


async def _insert(
    run: ActionRun, asked: GrantInput, fields: Sequence[Field], *, requested_by: str | None, approved_by: str | None
) -> list[Any]:
    shape = asked.shape(fields)
    records: list[str | None] = [*asked.records] or [None]
    closing = asked.until_closed
    found: list[Any] = await run.connection.fetch(
        sql.INSERT,
        run.tenant_id,
        str(uuid_utils.uuid7()),
        asked.user_id,
        shape.object,
        shape.condition,
        list(shape.actions),
        list(shape.columns),
        shape.digest,
        asked.valid_from,
        asked.valid_until,
        json.dumps(closing.stored()) if closing else None,
        asked.reason,
        requested_by,
        approved_by,
        [str(uuid_utils.uuid7()) for _ in records],
        records,
    )
    return found


async def _tell(run: ActionRun, kind: str, rows: Sequence[Any]) -> None:
    """Log what changed and have every process read the user's rights anew."""
    await _event(run, kind, rows)
    await run.connection.execute(sql.MOVE_EPOCH, run.tenant_id)


async def _event(run: ActionRun, kind: str, rows: Sequence[Any]) -> None:
    first = rows[0]
    changes = {
        "user_id": [None, first["user_id"]],
        "object": [None, first["object"]],
        "records": [None, [row["record_id"] for row in rows]],
        "actions": [None, first["actions"]],
        "fields": [None, first["fields"]],
        "reason": [None, first["reason"]],
    }
    await append(run.connection, draft_for(run.context, kind, GRANT_OBJECT, first["batch_id"], changes))
    await audit.append(
        run.connection,
        NewEntry(
            tenant_id=run.tenant_id,
            kind=_AUDITED[kind],
            object=first["object"],
            records=[row["record_id"] for row in rows if row["record_id"]],
            fields=first["fields"],
            detail={"state": kind, "user": first["user_id"], "actions": first["actions"], "reason": first["reason"]},
            actor=run.context.actor,
        ),
    )


def _as_input(rows: Sequence[Any], object_type: ObjectType, model: TenantModel) -> GrantInput:
    """What was asked for, as it is stored."""
    first = rows[0]
    given = {
        "object": object_type.name,
        "user": first["user_id"],
        "records": [row["record_id"] for row in rows if row["record_id"]],
        "condition": first["condition"],
        "actions": first["actions"],
        "fields": [name for name in (_name(object_type, column) for column in first["fields"]) if name],
        "validFrom": first["valid_from"].isoformat(),
        "validUntil": first["valid_until"].isoformat() if first["valid_until"] else None,
        "reason": first["reason"],
    }
    closing = json.loads(first["until_closed"]) if first["until_closed"] else None
    if closing:
        closes = next((one.name for one in model if one.table == closing["object"]), "")
        given["untilClosed"] = {**closing, "object": closes}
    return read_grant(given, model, user_id="", instant=first["requested_at"])


def _object_of(model: TenantModel, rows: Sequence[Any]) -> ObjectType | None:
    table = rows[0]["object"] if rows else ""
    return next((one for one in model if one.table == table), None)


def _name(object_type: ObjectType, column: str) -> str:
    return next((one.name for one in object_type.fields if (one.column or one.name) == column), "")


def _id(text: Any) -> str | None:
    """An id to look for; what is none is found nowhere."""
    if text is None:
        return None
    try:
        return str(uuid_utils.UUID(str(text)))
    except ValueError:
        raise _unknown() from None


def _unknown() -> NotFoundError:
    return NotFoundError.single(
        "unknown_grant", "There is no such grant, or it has ended.", hint="accessGrants lists those you may see."
    )


def _shown(rows: Sequence[Any], model: TenantModel) -> list[dict[str, Any]]:
    """Grants as GraphQL answers them."""
    by_table = {one.table: one for one in model}
    found = []
    for row in rows:
        object_type = by_table.get(row["object"])
        closing = json.loads(row["until_closed"]) if row["until_closed"] else None
        fields = [(object_type and _name(object_type, column)) or column for column in row["fields"]]
        closes = by_table.get(closing["object"]) if closing else None
        found.append(
            {
                "id": row["id"],
                "batch": row["batch_id"],
                "user": row["user_id"],
                "object": object_type.name if object_type else row["object"],
                "record": row["record_id"],
                "condition": row["condition"],
                "actions": list(row["actions"]),
                "fields": [camel(name) for name in fields],
                "validFrom": row["valid_from"],
                "validUntil": row["valid_until"],
                "untilClosed": closing and {**closing, "object": closes.name if closes else closing["object"]},
                "reason": row["reason"],
                "requestedBy": row["requested_by"],
                "approvedBy": row["approved_by"],
                "approvedAt": row["approved_at"],
                "revokedAt": row["revoked_at"],
                "revokedBy": row["revoked_by"],
                "state": _state(row),
            }
        )
    return found


def _state(row: Any) -> str:
    if row["ended_by"]:
        return str(row["ended_by"]).upper()
    if row["approved_by"] is None:
        return "REQUESTED"
    return "HOLDS" if row["holds"] else "OUT_OF_TIME"
