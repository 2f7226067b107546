"""A line of the ledger: two sides, a key by which it is written once, and a hash that the audit log has as well."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec
import uuid_utils

from metadata.benefits.values import Benefit
from metadata.problems import ConflictError
from server.audit import log as audit
from server.audit.entries import AuditKind, NewEntry
from server.benefits import sql
from server.context import Standing

__all__ = ["LINE_OBJECT", "NewLine", "line_by_key", "line_digest", "write_line"]

LINE_OBJECT = "benefit_line"
"""What entries of the audit log about lines are about."""

_ACCOUNTS: Mapping[str, str] = {
    "give": "issued", "take_back": "issued", "spend": "spent", "give_back": "spent", "lapse": "lapsed",
    "reserve": "spent", "release": "spent",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLine:
    """A line to be written.

    Attributes:
        key: Names it within the benefit.
        act: What happened.
        amount: Above 0 to the record, below 0 from it.
        balance: Of the record, afterwards.
    """

    benefit: Benefit
    record: str
    key: str
    act: str
    amount: Decimal
    balance: Decimal
    coupon: str | None = None
    reverses: str | None = None
    reference: str = ""
    reason: str = ""
    expires_at: datetime | None = None


async def line_by_key(standing: Standing, benefit: Benefit, key: str, act: str, record: str) -> Any:
    """The line that a key names already, None for none; whoever else wants to write it waits.

    Raises:
        ConflictError: `other_payload`: the key names something else.
    """
    await standing.connection.execute(sql.LOCK, f"{standing.tenant_id}:{benefit.name}:{key}")
    row = await standing.connection.fetchrow(sql.BY_KEY, standing.tenant_id, benefit.name, key)
    if row is not None and (row["act"], row["record_id"]) != (act, record):
        raise ConflictError.single(
            "other_payload",
            f"The key '{key}' names another movement of '{benefit.name}'.",
            path=("key",),
            hint="What was booked is never changed: use another key.",
        )
    return row


async def write_line(standing: Standing, new: NewLine) -> Any:
    """Write a line; gives its row."""
    context, now = standing.context, standing.now
    table = context.model.object(new.benefit.object).table
    line_id = str(uuid_utils.uuid7())
    body = {
        "id": line_id, "benefit": new.benefit.name, "object": table, "record_id": new.record, "key": new.key,
        "act": new.act, "amount": new.amount, "account": _ACCOUNTS[new.act], "balance": new.balance,
        "coupon_id": new.coupon, "reverses": new.reverses, "reference": new.reference[:200],
        "reason": new.reason[:500], "actor_id": context.actor.id or None, "actor_name": context.actor.name[:254],
        "at": now, "expires_at": new.expires_at,
    }  # fmt: skip
    hashed = line_digest(body)
    values = [f"{value:f}" if isinstance(value, Decimal) else value for value in body.values()]
    row = await standing.connection.fetchrow(sql.ADD_LINE, standing.tenant_id, *values, hashed)
    entry = NewEntry(
        tenant_id=standing.tenant_id,
        kind=AuditKind.LEDGER_BOOKED,
        object=LINE_OBJECT,
        records=[line_id],
        detail={"hash": hashed.hex(), "benefit": new.benefit.name, "key": new.key},
        actor=context.actor,
    )
    await audit.append(standing.connection, entry)
    return row


def line_digest(body: Mapping[str, Any]) -> bytes:
    """The hash of a line, by the names of its columns."""

    def text(value: Any) -> str:
        if isinstance(value, Decimal):
            return f"{value:.2f}"
        if isinstance(value, datetime):
            return value.astimezone(UTC).isoformat(timespec="microseconds")
        return "" if value is None else str(value)

    values = {name: text(value) for name, value in body.items() if name != "hash"}
    return hashlib.sha256(msgspec.json.encode(values, order="deterministic")).digest()
