"""Idempotency keys: a mutation sent again with the same key gets the first answer and is not performed again.

The key is claimed in the mutation's own transaction, so the answer is kept exactly when the writes are. An answer may
hold what is encrypted where it belongs, so it is kept encrypted; of the request a keyed hash is kept, since a plain one
could be compared with guesses.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson

from metadata.problems import BadInputError, ConflictError
from server.context import Context
from server.database.connections import Connections
from server.graphql.operations.execution import RootAnswer
from server.rotation.places import answer_place
from server.secrets.vault import Vault

__all__ = ["KEPT_FOR", "Claim", "claim", "forget_old", "keep", "request_hash"]

KEPT_FOR = timedelta(hours=24)
"""How long a key is remembered at least."""

_MAX_KEY = 200

_CLAIM = """
insert into tangram.idempotent_answer (tenant_id, actor_id, key, request_hash, answer)
values ($1, $2, $3, $4, '')
on conflict (tenant_id, actor_id, key) do nothing
returning id
"""

_KEPT = """
select id, request_hash, answer
from tangram.idempotent_answer
where tenant_id = $1 and actor_id = $2 and key = $3
"""

_KEEP = """
update tangram.idempotent_answer set answer = $3
where tenant_id = $1 and id = $2
"""

_FORGET = """
delete from tangram.idempotent_answer
where id in (select id from tangram.idempotent_answer where created_at < $1 order by created_at limit $2)
"""
_BATCH = 5_000


@dataclass(frozen=True, slots=True)
class Claim:
    """A key that was taken.

    Attributes:
        id: Of its row.
        first: The first answer, when the key was used already.
    """

    id: int
    first: list[RootAnswer] | None = None


def request_hash(text: str, operation_name: str | None, variables: dict[str, Any] | None, *, secret: str) -> str:
    """What a repeated request must agree in, keyed with a secret of the tenant."""
    body = orjson.dumps([text, operation_name, variables], option=orjson.OPT_SORT_KEYS, default=str)
    return hmac.digest(secret.encode(), body, hashlib.sha256).hex()


async def claim(connection: Any, vault: Vault, context: Context, key: str, digest: str) -> Claim:
    """Take a key in the open transaction; gives the first answer when it was used already.

    A request with the same key that is still running is waited for, by the unique index.

    Raises:
        BadInputError: The key is too long, or was used for another request.
    """
    if len(key) > _MAX_KEY:
        raise BadInputError.single("bad_idempotency_key", f"An Idempotency-Key has at most {_MAX_KEY} characters.")
    identity = (context.model.tenant_id, context.actor.id, key)
    new = await connection.fetchval(_CLAIM, *identity, digest)
    if new is not None:
        return Claim(new)
    row = await connection.fetchrow(_KEPT, *identity)
    if row is None:
        raise ConflictError.single(
            "busy_key", "The first request with this Idempotency-Key just failed.", hint="Repeat."
        )
    if row["request_hash"] != digest:
        raise BadInputError.single(
            "idempotency_mismatch",
            "This Idempotency-Key was used for another request.",
            hint="Use a new key for every request, and the same only to repeat it.",
        )
    kept = await vault.decrypt(context.model.tenant_id, row["answer"], answer_place(str(row["id"])))
    first = [RootAnswer(name, orjson.dumps(name) + b":", orjson.dumps(value)) for name, value in orjson.loads(kept)]
    return Claim(row["id"], first)


async def forget_old(connections: Connections, now: datetime) -> int:
    """Remove keys older than `KEPT_FOR`, in batches; their number."""
    removed, size = 0, _BATCH
    while size == _BATCH:
        async with connections.acquire() as connection:
            status: str = await connection.execute(_FORGET, now - KEPT_FOR, _BATCH)
        size = int(status.rpartition(" ")[2])
        removed += size
    return removed


async def keep(connection: Any, vault: Vault, context: Context, row_id: int, answers: list[RootAnswer]) -> None:
    """Store the answer beside the key, encrypted, in the transaction that performed the mutation."""
    kept = orjson.dumps([[answer.key, orjson.Fragment(answer.json or b"null")] for answer in answers]).decode()
    sealed = await vault.encrypt(context.model.tenant_id, kept, answer_place(str(row_id)))
    await connection.execute(_KEEP, context.model.tenant_id, row_id, sealed)
