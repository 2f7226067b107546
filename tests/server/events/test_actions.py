"""Work that was given up, as administrators see it through the API."""

from __future__ import annotations

from tests.fixtures.tenants import Tenant, Tenants

ASK = "{ deadJobs { id handler attempts error } }"
RETRY = "mutation($ids: [ID!], $handler: String) { retryDeadJobs(ids: $ids, handler: $handler) }"


async def give_up(tenant: Tenant, handler: str, key: str) -> str:
    async with tenant.services.connections.acquire(tenant.id) as connection:
        found = await connection.fetchval(
            "insert into tangram.job (tenant_id, handler, key, stream, event_ids, payload, state, attempts, next_at,"
            " last_error) values ($1, $2, $3, '', '{}', '{}', 'dead', 5, now(), 'It broke.') returning id",
            tenant.id,
            handler,
            key,
        )
        return str(found)


async def states(tenant: Tenant) -> dict[str, str]:
    async with tenant.services.connections.acquire(tenant.id) as connection:
        rows = await connection.fetch("select key, state from tangram.job where tenant_id = $1", tenant.id)
        return {row["key"]: row["state"] for row in rows}


async def test_what_was_given_up_is_listed_and_tried_again_one_by_one_or_by_handler(tenants: Tenants) -> None:
    east, west = tenants.both
    first = await give_up(east, "flows.due", "a")
    for handler, key in (("flows.due", "b"), ("sla.due", "c")):
        await give_up(east, handler, key)
    await give_up(west, "flows.due", "w")
    listed = (await east.data(ASK))["deadJobs"]
    assert [one["handler"] for one in listed] == ["sla.due", "flows.due", "flows.due"]
    assert listed[2] == {"id": first, "handler": "flows.due", "attempts": 5, "error": "It broke."}
    assert await east.data(RETRY, {"ids": [first]}) == {"retryDeadJobs": 1}
    assert await states(east) == {"a": "ready", "b": "dead", "c": "dead"}
    assert await east.data(RETRY, {"handler": "flows.due"}) == {"retryDeadJobs": 1}
    assert await states(east) == {"a": "ready", "b": "ready", "c": "dead"}
    assert await states(west) == {"w": "dead"}


async def test_only_administrators_see_it(tenants: Tenants) -> None:
    ((code, reason, _),) = await tenants.east.faults(ASK, person=tenants.east.member)
    assert (code, reason) == ("BAD_USER_INPUT", "invalid_operation")


async def test_an_id_is_a_number(tenants: Tenants) -> None:
    assert await tenants.east.faults(RETRY, {"ids": ["a"]}) == [("BAD_USER_INPUT", "bad_id", ("ids",))]
