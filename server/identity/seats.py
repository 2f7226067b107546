"""Seats: how many accounts of a tenant may be active, taken one by one under a lock.

Every active account takes one, whatever its roles; disabled accounts, API keys and the server itself take none. Who
is there when the number is lowered stays; nobody new comes in.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, LiteralString

from metadata.model.tenant import TenantModel
from metadata.problems import ConflictError, NotFoundError
from server.audit.entries import AuditKind, NewEntry
from server.audit.log import append
from server.context import Actor
from server.database.connections import Connections
from server.events.timers import wake_timers
from server.terms import Terms, end_of_trial

__all__ = ["Agreed", "agree", "agree_first", "agreed", "take_seat"]

_SEATS: Final[LiteralString] = "select seats from tangram.tenant where id = $1"

# The row is locked, so that of two who take the last seat the second sees the first.
_LOCKED_SEATS: Final[LiteralString] = "select seats from tangram.tenant where id = $1 for no key update"

_TAKEN: Final[LiteralString] = """
select count(*)::int from tangram.account where tenant_id = $1 and status = 'active' and deleted_at is null
"""

_AGREED: Final[LiteralString] = """
select tenant.seats, tenant.trial_ends_at, tenant.created_at,
    (
        select count(*)::int
        from tangram.account
        where tenant_id = tenant.id and status = 'active' and deleted_at is null
    ) as taken
from tangram.tenant as tenant
where tenant.id = $1
"""

# The epoch moves, so that every process looks at the tenant anew.
_AGREE: Final[LiteralString] = """
with before as (
    select id, seats, trial_ends_at from tangram.tenant where id = $1 for no key update
), changed as (
    update tangram.tenant as tenant
    set seats = $2, trial_ends_at = $3, epoch = tenant.epoch + 1
    from before
    where tenant.id = before.id
    returning tenant.id, tenant.epoch
)
select before.seats, before.trial_ends_at, pg_notify('tangram_tenant', changed.id || ':' || changed.epoch)
from before
join changed using (id)
"""


@dataclass(frozen=True, slots=True)
class Agreed:
    """What was agreed with a tenant, and how it stands.

    Attributes:
        terms: What was agreed.
        taken: Accounts that are active.
        created_at: When the tenant was made.
    """

    terms: Terms
    taken: int
    created_at: datetime


async def take_seat(connection: Any, tenant_id: str) -> None:
    """Make sure that one more account may be active, until the end of the connection's transaction.

    Raises:
        ConflictError: `no_seat_left`.
    """
    if await connection.fetchval(_SEATS, tenant_id) is None:
        return
    seats = await connection.fetchval(_LOCKED_SEATS, tenant_id)
    if seats is not None and await connection.fetchval(_TAKEN, tenant_id) >= seats:
        raise ConflictError.single(
            "no_seat_left",
            f"All {seats} seats of this tenant are taken.",
            hint="Disable an account that is not needed any more, or have the operator of this server add seats.",
        )


async def agreed(connection: Any, tenant_id: str) -> Agreed:
    """What was agreed with a tenant, and how many seats are taken.

    Raises:
        NotFoundError: `unknown_tenant`.
    """
    row = await connection.fetchrow(_AGREED, tenant_id)
    if row is None:
        raise NotFoundError.single("unknown_tenant", "There is no such tenant.")
    return Agreed(Terms(row["seats"], row["trial_ends_at"]), row["taken"], row["created_at"])


async def agree_first(
    connection: Any, model: TenantModel, seats: int | None, trial_days: int | None, *, by: Actor
) -> None:
    """Have the terms of a tenant hold from the beginning, in the transaction that makes it; none change nothing."""
    if seats is None and trial_days is None:
        return
    found = await agreed(connection, model.tenant_id)
    zone = model.settings.timezone
    ends_at = None if trial_days is None else end_of_trial(found.created_at, trial_days, zone)
    await _agree(connection, model.tenant_id, Terms(seats, ends_at), by=by)


async def agree(connections: Connections, tenant_id: str, terms: Terms, *, by: Actor) -> None:
    """Have other terms hold from the next request on, in every process; what rested in the tenant goes on.

    Raises:
        NotFoundError: `unknown_tenant`.
    """
    async with connections.transaction(tenant_id) as connection:
        await _agree(connection, tenant_id, terms, by=by)
        await wake_timers(connection, tenant_id)


async def _agree(connection: Any, tenant_id: str, terms: Terms, *, by: Actor) -> None:
    before = await connection.fetchrow(_AGREE, tenant_id, terms.seats, terms.trial_ends_at)
    if before is None:
        raise NotFoundError.single("unknown_tenant", "There is no such tenant.")
    changes = {
        "seats": [before["seats"], terms.seats],
        "trial_ends_at": [_text(before["trial_ends_at"]), _text(terms.trial_ends_at)],
    }
    entry = NewEntry(
        tenant_id=tenant_id, kind=AuditKind.TERMS_CHANGED, object="tenant", records=[tenant_id],
        detail={"changes": {name: pair for name, pair in changes.items() if pair[0] != pair[1]}}, actor=by,
    )  # fmt: skip
    await append(connection, entry)


def _text(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
