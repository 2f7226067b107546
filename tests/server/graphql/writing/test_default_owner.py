"""A new record belongs to who makes it: no right to see users is needed for that, and a guest owns nothing."""

from __future__ import annotations

import pytest

from tests.fixtures.tenants import Tenants
from tests.governed import allow, govern, hire

ONE = 'mutation { made: createCustomer(input: {name: "x"}) { id } }'
MANY = 'mutation { made: createCustomers(inputs: [{name: "x"}, {name: "y"}]) { id } }'
UPSERT = 'mutation { made: upsertCustomer(by: [PHONE], input: {name: "x", phone: "+8613800138000"}) { id } }'
NESTED = 'mutation { made: createCustomer(input: {name: "x", referrals: {create: [{name: "y"}]}}) { id } }'
OWNERS = "{ customers { nodes { ownerId } } }"


@pytest.mark.parametrize("query", [ONE, MANY, UPSERT, NESTED])
async def test_who_sees_no_users_makes_records_of_their_own(tenants: Tenants, query: str) -> None:
    east = tenants.east
    await govern(
        east, roles=["seller"], policies=[allow("seller", "customer", "read", "create", "update", scope="own")]
    )
    seller = await hire(east, "Li", "seller")
    await east.data(query, person=seller)
    seen = await east.data("{ customers { totalCount } }", person=seller)
    owners = (await east.data(OWNERS))["customers"]["nodes"]
    assert {one["ownerId"] for one in owners} == {seller.id}
    assert seen["customers"]["totalCount"] == len(owners)
    assert await east.faults("{ users { totalCount } }", person=seller) == [("BAD_USER_INPUT", "invalid_operation", ())]


@pytest.mark.parametrize("query", [ONE, MANY, UPSERT, NESTED])
async def test_a_platform_administrator_makes_records_of_other_tenants_that_belong_to_nobody(
    tenants: Tenants, query: str
) -> None:
    east, west = tenants.both
    async with west.services.connections.acquire() as connection:
        await connection.execute(
            "update tangram.account set platform_administrator = true where id = $1", west.admin.id
        )
    await west.data(query, x_tenant="east")
    assert {one["ownerId"] for one in (await east.data(OWNERS))["customers"]["nodes"]} == {None}
    assert await west.data("{ customers { totalCount } }") == {"customers": {"totalCount": 0}}
