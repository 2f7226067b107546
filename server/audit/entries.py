"""What an audit entry says."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from server.context import Actor

__all__ = ["MAX_DETAIL_BYTES", "MAX_RECORDS", "AuditEntry", "AuditKind", "NewEntry"]

MAX_RECORDS = 1_000
"""Ids in one entry; who names more makes several entries."""

MAX_DETAIL_BYTES = 65_536
"""Size of the detail as JSON; a longer one is replaced by a note of its size."""


class AuditKind(enum.StrEnum):
    """What happened. Stored, so a name is never changed or given another meaning."""

    SIGNED_IN = "sign_in.succeeded"
    """A person showed the right password."""
    SIGN_IN_FAILED = "sign_in.failed"
    """Somebody tried an account with a wrong password; repeats are counted in one entry."""
    SIGN_IN_LOCKED = "sign_in.locked"
    """Tries came so often that they were refused unread; repeats are counted in one entry."""
    TOKEN_REUSED = "sign_in.token_reused"
    """A spent refresh token came back, so a copy exists; the sign-in was ended."""
    SIGNED_OUT = "sign_in.ended"
    """A person signed out."""
    ACCOUNT_CREATED = "account.created"
    """An account was made."""
    ACCOUNT_CHANGED = "account.changed"
    """An account's address, name, roles or status was changed; `detail.changes` holds before and after."""
    PASSWORD_CHANGED = "account.password_changed"
    """A password was replaced; never the password itself."""
    KEY_CREATED = "api_key.created"
    """An API key was made."""
    KEY_REVOKED = "api_key.revoked"
    """An API key was ended."""
    ROLE_ASSIGNED = "role.assigned"
    """A role was given for a time."""
    ROLE_REVOKED = "role.revoked"
    """A role given for a time was ended."""
    RULES_CHANGED = "policy.changed"
    """Roles or policies were declared, changed or removed; `detail.changes` holds the difference."""
    REFUSED = "access.refused"
    """The answer was FORBIDDEN; repeats are counted in one entry."""
    FIELDS_READ = "fields.read"
    """Sensitive fields were shown plainly: `object`, `fields`, and the `records` they were shown of."""
    GRANTED = "grant.given"
    """Rights on records were given for a time."""
    GRANT_REVOKED = "grant.revoked"
    """Rights on records were ended."""
    UNMASK_REQUESTED = "unmask.requested"
    """Somebody asked to see masked fields plainly."""
    UNMASK_DECIDED = "unmask.decided"
    """Such a request was approved or refused."""
    UNMASK_VIEWED = "unmask.viewed"
    """A masked field was shown plainly; logged before it was answered."""
    BREAK_GLASS = "break_glass.used"
    """Somebody took rights in an emergency."""
    EXPORT_STARTED = "export.started"
    """Records were asked for as a file."""
    EXPORT_FETCHED = "export.fetched"
    """Such a file was downloaded."""
    WATERMARK_RESOLVED = "watermark.resolved"
    """Somebody asked who a watermark belongs to."""
    LEDGER_BOOKED = "ledger.booked"
    """Something was booked in the ledger of prices: `records` has the booking, `detail.hash` its hash."""
    PRICE_PROPOSED = "price.proposed"
    """A version of a price plan was asked for, published or refused by somebody else."""
    PERIOD_REOPENED = "ledger.reopened"
    """A closed month was asked to be opened again, opened, or left closed: `detail.done`, with the reason."""
    TERMS_CHANGED = "tenant.terms_changed"
    """The operator gave the tenant another number of seats, or another end of its trial."""
    KEYS_ROTATED = "keys.rotated"
    """Encrypted values were given a new key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEntry:
    """An entry to append.

    Attributes:
        tenant_id: The tenant whose log it is.
        kind: What happened.
        object: Physical table of an object type, or a platform's name such as `account`.
        records: Ids of what it is about, MAX_RECORDS at most.
        fields: Names of fields it is about.
        detail: More, JSON-ready. Never a secret, never the value of a sensitive field.
        actor: Who; None for whoever sends the request that is being answered, else the system.
    """

    tenant_id: str
    kind: AuditKind
    object: str = ""
    records: Sequence[str] = ()
    fields: Sequence[str] = ()
    detail: Mapping[str, Any] = field(default_factory=dict)
    actor: Actor | None = None


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """An entry as it is stored.

    Attributes:
        seq: Its number in the tenant's chain; None until it is sealed, seconds after it was appended.
        hash: Of the chain up to here; empty until then.
        detail_json: As stored.
    """

    id: int
    tenant_id: str
    at: datetime
    kind: str
    actor_id: str | None
    actor_kind: str
    actor_name: str
    object: str
    records: tuple[str, ...]
    fields: tuple[str, ...]
    address: str
    agent: str
    request_id: str
    detail_json: str
    seq: int | None = None
    hash: bytes = b""

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> AuditEntry:
        """An entry from a row with the columns of `sql.ENTRY_COLUMNS`, and perhaps those of its link."""
        return cls(
            id=row["id"],
            tenant_id=row["tenant_id"],
            at=row["at"],
            kind=row["kind"],
            actor_id=row["actor_id"],
            actor_kind=row["actor_kind"],
            actor_name=row["actor_name"],
            object=row["object"],
            records=tuple(row["records"]),
            fields=tuple(row["fields"]),
            address=row["address"],
            agent=row["agent"],
            request_id=row["request_id"],
            detail_json=row["detail"],
            seq=row.get("seq"),
            hash=row.get("hash") or b"",
        )
