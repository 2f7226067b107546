"""The chain, without I/O: each link's hash covers its entry, its number and the hash before it.

Who can write to the database could compute hashes anew; the checkpoints are signed with a key made from
TANGRAM_SECRET_KEY, which the database does not hold.

Source:
    RFC 8785 (JSON Canonicalization Scheme), for the text that is hashed; RFC 2104 (HMAC).
"""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from server.audit.entries import AuditEntry
from server.secrets.keys import DerivedKeys

__all__ = ["GENESIS", "PURPOSE", "Checkpoint", "Head", "canonical", "is_genuine", "link_hash", "sign"]

GENESIS = bytes(32)
"""The hash before the first link."""

PURPOSE = "audit checkpoint"
"""What `KeyRing.derive` is asked for."""


@dataclass(frozen=True, slots=True)
class Head:
    """Where a chain ends: the number and hash of its last link."""

    seq: int = 0
    hash: bytes = GENESIS


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A signed head."""

    seq: int
    hash: bytes
    at: datetime
    reason: str
    key_id: str
    signature: bytes


def canonical(entry: AuditEntry, seq: int) -> bytes:
    """The text of an entry at its place: one for every meaning, whatever the order of keys."""
    value = {
        "seq": seq,
        "id": entry.id,
        "tenant": entry.tenant_id,
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "kind": entry.kind,
        "actor": [entry.actor_id, entry.actor_kind, entry.actor_name],
        "object": entry.object,
        "records": list(entry.records),
        "fields": list(entry.fields),
        "from": [entry.address, entry.agent, entry.request_id],
        "detail": json.loads(entry.detail_json, parse_float=Decimal, parse_int=Decimal),
    }
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_number).encode()


def link_hash(entry: AuditEntry, seq: int, previous: bytes) -> bytes:
    """The hash of a link."""
    return hashlib.sha256(previous + canonical(entry, seq)).digest()


def sign(keys: DerivedKeys, tenant_id: str, head: Head, *, at: datetime, reason: str) -> Checkpoint:
    """A checkpoint of a head."""
    signature = _signature(keys.current, tenant_id, head.seq, head.hash, at, reason)
    return Checkpoint(head.seq, head.hash, at, reason, keys.current_id, signature)


def is_genuine(keys: DerivedKeys, tenant_id: str, checkpoint: Checkpoint) -> bool | None:
    """Whether a checkpoint's signature is ours; None when its key is not known any more."""
    key = keys.by_id.get(checkpoint.key_id)
    if key is None:
        return None
    expected = _signature(key, tenant_id, checkpoint.seq, checkpoint.hash, checkpoint.at, checkpoint.reason)
    return hmac.compare_digest(expected, checkpoint.signature)


def _signature(key: bytes, tenant_id: str, seq: int, hash: bytes, at: datetime, reason: str) -> bytes:
    moment = at.astimezone(UTC).isoformat(timespec="microseconds")
    text = json.dumps([tenant_id, seq, hash.hex(), moment, reason], separators=(",", ":"))
    return hmac.digest(key, text.encode(), "sha256")


def _number(value: Any) -> str:
    if isinstance(value, Decimal):
        return f"#{value:f}"
    raise TypeError(f"{type(value).__name__} is no JSON value")
