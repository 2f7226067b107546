"""Paging through sensitive records counts as export."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from redis.exceptions import ConnectionError as RedisConnectionError

from metadata.problems import LimitError
from server.access.throttle import ReadThrottle
from tests.fixtures.tenants import Person, Tenant, Tenants
from tests.governed import allow, govern, hire, mask

PHONES = "query($first: Int) { customers(first: $first) { nodes { name phone } } }"
NAMES = "{ customers(first: 10) { nodes { name } } }"
REFUSED = [("LIMIT_EXCEEDED", "reads_like_export", ())]


async def staffed(tenant: Tenant, *actions: str) -> Person:
    """A seller who reads phone numbers that others see masked, ten records an hour."""
    await govern(
        tenant,
        roles=["seller", "consultant"],
        policies=[
            allow("seller", "customer", "read", *actions),
            allow("seller", "store"),
            mask("consultant", "customer", "phone", "phone"),
        ],
    )
    await tenant.data(
        "mutation { updateSettings(settings: {sensitiveReadsPerHour: 10}) { version } }", path="/metadata"
    )
    store = await tenant.create("Store", name="North")
    for number in range(6):
        await tenant.create("Customer", name=f"C{number}", phone=f"1381234000{number}", storeId=store)
    return await hire(tenant, "Li", "seller")


async def test_more_sensitive_records_than_an_hour_allows_are_refused(tenants: Tenants) -> None:
    east = tenants.east
    seller = await staffed(east)
    assert len((await east.data(PHONES, {"first": 6}, person=seller))["customers"]["nodes"]) == 6
    assert await east.faults(PHONES, {"first": 6}, person=seller) == REFUSED
    reply = await east.graphql(PHONES, {"first": 6}, person=seller)
    assert 0 < reply.errors[0]["extensions"]["retryAfter"] <= 3_600
    assert await east.data(NAMES, person=seller)
    assert await east.data(PHONES, {"first": 6})


async def test_nested_lists_and_edges_count_as_well(tenants: Tenants) -> None:
    east = tenants.east
    seller = await staffed(east)
    nested = "{ stores { nodes { customers { edges { node { phone } } } } } }"
    assert await east.data(nested, person=seller)
    assert await east.faults(nested, person=seller) == REFUSED


async def test_whoever_may_export_is_not_counted(tenants: Tenants) -> None:
    east = tenants.east
    seller = await staffed(east, "export")
    for _again in range(3):
        assert await east.data(PHONES, {"first": 6}, person=seller)


async def test_readers_are_counted_one_by_one(tenants: Tenants) -> None:
    east = tenants.east
    seller = await staffed(east)
    other = await hire(east, "Wu", "seller")
    assert await east.data(PHONES, {"first": 6}, person=seller)
    assert await east.data(PHONES, {"first": 6}, person=other)
    assert await east.faults(PHONES, {"first": 6}, person=seller) == REFUSED


class Away:
    """A Valkey that does not answer."""

    async def incrby(self, _key: str, _by: int) -> int:
        raise RedisConnectionError


async def test_a_process_counts_for_itself_while_valkey_is_away() -> None:
    throttle, now = ReadThrottle(Away()), datetime(2026, 6, 1, 10, 30, tzinfo=UTC)
    await throttle.count("t", "u", {"customer": 10}, limit=10, instant=now)
    with pytest.raises(LimitError) as refused:
        await throttle.count("t", "u", {"customer": 1}, limit=10, instant=now)
    assert refused.value.extra == {"retryAfter": 1_800}
    await throttle.count("t", "u", {"order": 10}, limit=10, instant=now)
    await throttle.count("t", "u", {"customer": 10}, limit=10, instant=now.replace(hour=11))
