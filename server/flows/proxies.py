"""Standing in: somebody acts for another for a time, as while they are on leave; both are asked, the first one wins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, LiteralString

import uuid_utils

from metadata.problems import BadInputError, NotFoundError
from server.actions import ActionRun
from server.flows.people import active_account
from server.flows.rights import instant_of, require_configurer, uuid_of
from server.flows.state import Task

__all__ = ["Proxies", "person_of", "principal_of", "principals"]

_PRINCIPALS: Final[LiteralString] = """
select distinct account_id from tangram.flow_proxy
where tenant_id = $1 and proxy_id = $2 and ended_at is null and valid_from <= $3 and valid_until > $3
    and flow in ('', $4)
order by account_id
"""
_ADD: Final[LiteralString] = """
insert into tangram.flow_proxy (
    id, tenant_id, account_id, proxy_id, flow, valid_from, valid_until, note, created_at, created_by
)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
"""
_OF: Final[LiteralString] = """
select id, account_id, proxy_id, flow, valid_from, valid_until, note,
    valid_from <= $3 and valid_until > $3 as holds
from tangram.flow_proxy
where tenant_id = $1 and ($2::uuid is null or account_id = $2 or proxy_id = $2)
    and ended_at is null and valid_until > $3
order by valid_from, id
limit 500
"""
_END: Final[LiteralString] = """
update tangram.flow_proxy set ended_at = $3
where tenant_id = $1 and id = $2 and ended_at is null and ($4::uuid is null or account_id = $4)
returning id
"""


async def principals(connection: Any, tenant_id: str, actor: str, flow: str, now: datetime) -> tuple[str, ...]:
    """Whom an account stands in for, in a flow."""
    rows = await connection.fetch(_PRINCIPALS, tenant_id, actor, now, flow) if actor else []
    return tuple(row["account_id"] for row in rows)


def principal_of(task: Task | None, actor: str, others: tuple[str, ...]) -> str:
    """On whose behalf an actor does a task; empty where it is their own, or nobody's that they stand in for."""
    if task is None or task.may_be_done_by(actor):
        return ""
    return next((one for one in others if task.may_be_done_by(one)), "")


async def person_of(run: ActionRun, value: str, path: tuple[str, ...]) -> str:
    """An active account by id or e-mail address.

    Raises:
        BadInputError: `unknown_person`.
    """
    found = await active_account(run.connection, run.tenant_id, value if "@" in value else uuid_of(value, path))
    if not found:
        raise BadInputError.single(
            "unknown_person", f"There is no active account '{value}'.", path=path, hint="Name another one."
        )
    return found


@dataclass(frozen=True, slots=True)
class Proxies:
    """What is asked of standing in."""

    async def add(self, run: ActionRun, given: Mapping[str, Any]) -> dict[str, Any]:
        """`setProxy`: let somebody act for oneself for a time; those who configure flows do so for others."""
        account = await self._account(run, given.get("for"))
        proxy = await person_of(run, given["proxy"], ("proxy",))
        begins, ends = instant_of(given.get("from")) or run.instant, datetime.fromisoformat(given["until"])
        if proxy == account:
            raise BadInputError.single("same_person", "Nobody stands in for themselves.", path=("proxy",))
        if ends <= begins or ends <= run.instant:
            raise BadInputError.single(
                "out_of_range", f"It would end at {ends.isoformat()}, before it begins or already.", path=("until",),
                hint="Name a later end.",
            )  # fmt: skip
        number, flow, note = str(uuid_utils.uuid7()), given.get("flow") or "", (given.get("note") or "")[:500]
        if flow and flow not in run.context.model.flows:
            raise BadInputError.single(
                "unknown_flow", f"There is no flow '{flow}'.", path=("flow",), hint="Leave it out for all flows."
            )
        await run.connection.execute(
            _ADD, number, run.tenant_id, account, proxy, flow, begins, ends, note, run.instant, run.user_id or None
        )
        return {
            "id": number,
            "account": account,
            "proxy": proxy,
            "flow": flow or None,
            "from": begins,
            "until": ends,
            "note": note,
            "holds": begins <= run.instant,
        }

    async def end(self, run: ActionRun, given: Mapping[str, Any]) -> bool:
        """`endProxy`: from now on; one's own, or anybody's for those who configure flows."""
        mine = None if run.context.access.may_configure_kind("flow") else run.user_id
        number = uuid_of(given["id"], ("id",))
        if await run.connection.fetchval(_END, run.tenant_id, number, run.instant, mine) is None:
            raise NotFoundError.single("unknown_proxy", "Nobody stands in like this.", path=("id",))
        return True

    async def listed(self, run: ActionRun, given: Mapping[str, Any]) -> list[dict[str, Any]]:
        """`flowProxies`: those that concern oneself; all for those who configure flows."""
        if given.get("all"):
            require_configurer(run)
        whose = None if given.get("all") else run.user_id
        return [
            {
                "id": row["id"],
                "account": row["account_id"],
                "proxy": row["proxy_id"],
                "flow": row["flow"] or None,
                "from": row["valid_from"],
                "until": row["valid_until"],
                "note": row["note"],
                "holds": row["holds"],
            }
            for row in await run.connection.fetch(_OF, run.tenant_id, whose, run.instant)
        ]

    async def _account(self, run: ActionRun, value: str | None) -> str:
        if value is None:
            return run.user_id
        account = await person_of(run, value, ("for",))
        if account != run.user_id:
            require_configurer(run)
        return account
