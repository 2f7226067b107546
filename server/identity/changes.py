"""Events and audit entries of accounts and keys, in the transaction of the change. Never a password, hash or key.

The names of their objects are the platform's own: a tenant may well have an object type `account`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, LiteralString

from server.audit.entries import AuditKind, NewEntry
from server.audit.log import append as audit
from server.context import Actor, ActorKind
from server.events.log import EventDraft, append
from server.request_notes import current_notes

__all__ = ["ACCOUNT_OBJECT", "API_KEY_OBJECT", "changes_between", "log_change"]

ACCOUNT_OBJECT = "identity__account"
API_KEY_OBJECT = "identity__api_key"

_SHOWN = ("email", "name", "roles", "status", "department_id", "platform_administrator", "must_change_password")

# The model's version, and the address of who acts: a platform administrator's account is another tenant's.
_STANDING: LiteralString = """
select tenant.version, (select account.email from tangram.account where account.id = $2) as actor_name
from tangram.tenant as tenant
where tenant.id = $1
"""


def changes_between(before: Any | None, after: Any) -> dict[str, Any]:
    """What an event says of an account's row: its values when it is new, else each changed one before and after."""
    if before is None:
        return {column: after[column] for column in _SHOWN if after[column] is not None}
    return {column: [before[column], after[column]] for column in _SHOWN if before[column] != after[column]}


async def log_change(
    connection: Any,
    tenant_id: str,
    kind: str,
    object: str,
    record_id: str,
    changes: Mapping[str, Any],
    *,
    by: str | None,
) -> None:
    """Append the event of a change and its audit entry, in the connection's transaction.

    Args:
        connection: Where the change is made.
        tenant_id: Whose account or key.
        kind: `create`, `update` or `delete`.
        object: One of the names above.
        record_id: The account or key.
        changes: As `EventDraft` has them, without secrets.
        by: Account id of who acts; None for the server.
    """
    standing = await connection.fetchrow(_STANDING, tenant_id, by)
    kind_of_actor = ActorKind.SYSTEM if by is None else ActorKind.USER
    name = standing["actor_name"] or ("tangram" if by is None else "platform administrator")
    actor = Actor(by or "", kind_of_actor, name, ())
    await append(
        connection, EventDraft(tenant_id, kind, object, record_id, actor, changes, version=standing["version"])
    )
    notes = current_notes()
    entry = NewEntry(
        tenant_id=tenant_id,
        kind=_kind_of(kind, object, changes),
        object=object,
        records=[record_id],
        detail={"changes": changes},
        actor=None if notes is not None and notes.who is not None else actor,
    )
    await audit(connection, entry)


def _kind_of(kind: str, object: str, changes: Mapping[str, Any]) -> AuditKind:
    if object == API_KEY_OBJECT:
        return AuditKind.KEY_CREATED if kind == "create" else AuditKind.KEY_REVOKED
    if kind == "create":
        return AuditKind.ACCOUNT_CREATED
    return AuditKind.PASSWORD_CHANGED if "password_changed_at" in changes else AuditKind.ACCOUNT_CHANGED
