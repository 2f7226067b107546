"""Values in batches: read with whichever key they have, written with the newest, unless they changed meanwhile.

A value says by itself which key it was made with, so there is no state to lose: what is left to do is what is left.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from server.rotation.places import SealedColumn
from server.secrets.vault import Cipher, DecryptionError

__all__ = ["BATCH", "Batch", "count_left", "recrypt_batch"]

BATCH = 500
_PATIENCE_S = 600


@dataclass(frozen=True, slots=True)
class Batch:
    """What one batch did.

    Attributes:
        after: Id to go on after; empty when the column is done.
        written: Values that have the newest key now.
        unreadable: Values that no key reads: they were altered or moved; they stay as they are.
    """

    after: str
    written: int
    unreadable: int


async def recrypt_batch(connection: Any, cipher: Cipher, column: SealedColumn, *, after: str = "") -> Batch:
    """Give up to BATCH values of a column the newest key, in one statement.

    Args:
        connection: Of the tenant.
        cipher: With every key of the tenant.
        column: Which column.
        after: Go on after the row with this id.
    """
    arguments = (cipher.tenant_id, after or column.first, _newest(cipher), BATCH)
    rows = await connection.fetch(_select(column), *arguments, timeout=_PATIENCE_S)
    changed, unreadable = [], 0
    for row in rows:
        place = column.place(row["id"])
        try:
            changed.append((row["id"], row["sealed"], cipher.encrypt(cipher.decrypt(row["sealed"], place), place)))
        except DecryptionError:
            unreadable += 1
    if changed:
        ids, before, sealed = (list(part) for part in zip(*changed, strict=True))
        await connection.execute(_update(column), ids, before, sealed)
    return Batch(rows[-1]["id"] if len(rows) == BATCH else "", len(changed), unreadable)


async def count_left(connection: Any, cipher: Cipher, column: SealedColumn) -> int:
    """How many values of a column have a former key; may look at the whole table."""
    left: int = await connection.fetchval(_count(column), cipher.tenant_id, _newest(cipher), timeout=_PATIENCE_S)
    return left


def _newest(cipher: Cipher) -> str:
    return f"v1.{cipher.current}."


def _select(column: SealedColumn) -> str:
    return f"""
select stored.id::text as id, {column.column} as sealed
from {column.table} as stored
where {_is_tenants(column)}
    and stored.id > $2::text::{column.id_type}
    and {column.column} <> ''
    and not starts_with({column.column}, $3)
order by stored.id
limit $4
"""


def _count(column: SealedColumn) -> str:
    return f"""
select count(*)
from {column.table}
where {_is_tenants(column)}
    and {column.column} <> ''
    and not starts_with({column.column}, $2)
"""


def _update(column: SealedColumn) -> str:
    return f"""
update {column.table} as stored
set {column.column} = changed.sealed
from unnest($1::text[]::{column.id_type}[], $2::text[], $3::text[]) as changed (id, before, sealed)
where stored.id = changed.id and stored.{column.column} = changed.before
"""


def _is_tenants(column: SealedColumn) -> str:
    return "tenant_id = $1::uuid" if column.is_shared else "$1::uuid is not null"
