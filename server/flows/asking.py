"""Who can act on a task, and why somebody cannot."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, LiteralString

from server.flows.proxies import principal_of, principals
from server.flows.state import Instance, Status, TaskStatus
from server.flows.storing import Held

__all__ = ["people_who_may", "refusal"]

_NAMES: Final[LiteralString] = """
select id, name, status from tangram.account where tenant_id = $1 and id = any($2::uuid[]) and deleted_at is null
"""
_PROXIES_OF: Final[LiteralString] = """
select proxy.account_id, proxy.proxy_id from tangram.flow_proxy as proxy
where proxy.tenant_id = $1 and proxy.account_id = any($2::uuid[]) and proxy.ended_at is null
    and proxy.valid_from <= $3 and proxy.valid_until > $3 and proxy.flow in ('', $4)
order by proxy.id
"""


async def people_who_may(
    connection: Any, tenant_id: str, held: Held, number: int, now: datetime
) -> list[dict[str, Any]]:
    """Everybody who can act on a task now: whose it is, who may take it, who stands in for them.

    An account that is disabled is told of with `active: false`: the work waits for a hand-over.
    """
    task = held.state.tasks.get(number)
    if task is None or not task.is_pending:
        return []
    asked = [task.assignee] if task.assignee else list(task.candidates)
    role = "ASSIGNEE" if task.assignee else "CANDIDATE"
    found = [(account, role, None) for account in asked]
    for row in await connection.fetch(_PROXIES_OF, tenant_id, asked, now, held.flow):
        found.append((row["proxy_id"], "PROXY", row["account_id"]))
    accounts = [account for account, _role, _principal in found]
    names = {row["id"]: row for row in await connection.fetch(_NAMES, tenant_id, accounts)}
    return [
        {
            "account": account,
            "name": names[account]["name"],
            "role": role,
            "onBehalfOf": principal,
            "active": names[account]["status"] == "active",
        }
        for account, role, principal in found
        if account in names
    ]


async def refusal(
    connection: Any, tenant_id: str, held: Held, number: int, actor: str, now: datetime
) -> Mapping[str, Any]:
    """Whether somebody may act on a task, and why not."""
    state, task = held.state, held.state.tasks.get(number)
    others = await principals(connection, tenant_id, actor, held.flow, now)
    principal = principal_of(task, actor, others)
    reason, message = _reason(held, state, number, actor, principal)
    return {
        "may": not reason,
        "reason": reason or None,
        "message": message,
        "onBehalfOf": principal or None,
    }


def _reason(held: Held, state: Instance, number: int, actor: str, principal: str) -> tuple[str, str]:
    """The first thing that stands in the way: (reason, message), or nothing and how they may act."""
    task = state.tasks.get(number)
    if state.status is Status.SUSPENDED:
        return "suspended", "The flow is suspended."
    if state.status.is_over:
        return "instance_over", f"The flow has ended: it is {state.status.value}."
    if task is None or task.status in (TaskStatus.DONE, TaskStatus.CANCELLED):
        return "task_closed", "The task is closed: somebody was first, or it was called off."
    if task.status is TaskStatus.HELD:
        return "task_held", "It is not their turn: others are asked first."
    step = held.definition.steps.get(task.node)
    separate = step is not None and step.kind.key == "approval" and step.settings.separate
    if separate and actor == state.initiator:
        return "separation", "Who started the flow may not decide here."
    if task.may_be_done_by(actor):
        return "", "It is theirs." if task.assignee else "They are one of those who may take it."
    if principal:
        return "", "They stand in for whose it is."
    if task.assignee:
        return "not_your_task", "It is somebody else's."
    return "not_a_candidate", "They were not found by the rules of the step when it began."
