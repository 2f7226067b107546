"""Whatever is asked, the answer is the administrator's, filtered record by record and field by field."""

from __future__ import annotations

import pytest

from tests.server.access.reading.oracle import differences
from tests.server.access.reading.world import PEOPLE, Company


@pytest.mark.parametrize("who", [name for name in PEOPLE if name != "guest"])
async def test_everything_is_answered_as_the_policies_say(company: Company, who: str) -> None:
    assert await differences(company, who) == []


async def test_who_has_no_right_finds_no_records_at_all(company: Company) -> None:
    for query in ("{ customers { totalCount } }", "{ customer(id: 1) { id } }", "{ customersAggregate { count } }"):
        reply = await company.tenant.graphql(query, person=company.people["guest"])
        assert reply.faults[:1] == [("BAD_USER_INPUT", "invalid_operation", ())]


async def test_another_tenant_finds_none_of_these_records(company: Company) -> None:
    tenant, stranger = company.tenant, company.stranger
    assert (await tenant.data("{ customers { totalCount } }", person=stranger))["customers"] == {"totalCount": 0}
    for customer in company.customers:
        query = "query($id: ID!) { customer(id: $id) { id } }"
        assert (await tenant.data(query, {"id": customer["id"]}, person=stranger))["customer"] is None
