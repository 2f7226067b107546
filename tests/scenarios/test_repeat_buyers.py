"""Who buys again is found by the mobile number, however a shop wrote it."""

from __future__ import annotations

from typing import Any

from tests.fixtures.timeline import Timeline
from tests.scenarios.company import Company
from tests.scenarios.conftest import Founding

NOTATIONS = ("1380013{0:04d}", "+86 1380013{0:04d}", "0086-138-0013-{0:04d}", "86 1380013{0:04d}")
UPSERT = "mutation ($i: [CreateCustomerInput!]!) { upsertCustomers(by: [PHONE], inputs: $i) { id } }"
ORDERS = "mutation ($i: [CreateOrderInput!]!) { createOrders(inputs: $i) { id } }"
REPORT = """{
  known: customersAggregate(filter: {phone: {isNull: false}}) { count }
  again: customersAggregate(filter: {phone: {isNull: false}, orderCount: {gte: 2}}) { count }
}"""


async def sell(company: Company, number: str, *phones: str) -> None:
    """What a platform reports of a day: an order a line, the buyer known by a mobile number."""
    made = await company.tenant.data(UPSERT, {"i": [{"name": "买家", "phone": phone} for phone in phones]})
    lines = [
        {"orderNo": f"{number}-{place}", "customerId": one["id"], "amount": {"amount": "60.00"}, "status": "PAID"}
        for place, one in enumerate(made["upsertCustomers"])
    ]
    await company.tenant.data(ORDERS, {"i": lines})


async def test_26_of_100_buy_again_by_their_mobile_numbers(timeline: Timeline, company_of: Founding) -> None:
    company = await company_of("retail_chain")
    await sell(company, "tb", *(NOTATIONS[0].format(buyer) for buyer in range(100)))
    await sell(company, "jd", *(NOTATIONS[1 + buyer % 3].format(buyer) for buyer in range(26)))
    await timeline.settle()
    assert await company.tenant.data(REPORT) == {"known": [{"count": 100}], "again": [{"count": 26}]}

    relay = "95013 8888 1234 ext. 5678"  # a platform's number that hides the buyer's, another one for every order
    faults: list[Any] = await company.tenant.faults(UPSERT, {"i": [{"name": "买家", "phone": relay}]})
    assert [(code, reason) for code, reason, _path in faults] == [("BAD_USER_INPUT", "bad_value")]
    nobody = [{"orderNo": f"pv-{place}", "amount": {"amount": "60.00"}, "status": "PAID"} for place in range(2)]
    await company.tenant.data(ORDERS, {"i": nobody})
    assert await company.tenant.data(REPORT) == {"known": [{"count": 100}], "again": [{"count": 26}]}
