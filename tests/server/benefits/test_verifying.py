"""`ledger verify` over benefits: what is changed, removed or inserted behind the server's back is found."""

from __future__ import annotations

from server.audit.sealing import Sealer
from server.benefits.verifying import BenefitVerifier
from tests.fixtures.timeline import Timeline
from tests.server.benefits.test_benefits import give, opened, spend, use


async def test_what_is_changed_behind_the_servers_back_is_found(timeline: Timeline) -> None:
    house, services, database = await opened(timeline), timeline.tenants.services, timeline.database
    record = await house.customer(level="GOLD")
    await give(house, "card", record, "in", "100")
    await spend(house, "card", record, "out", "30")
    code = (await give(house, "birthday", record, "cake"))["coupon"]["code"]
    assert "errors" not in (await use(house, "redeemCoupon", code, "order 1")).body
    await give(house, "bonus", record, "points", "7")
    await Sealer(services.connections, services.keys, services.clock).seal(house.tenant.id)
    verifier = BenefitVerifier(services.connections, services.keys)
    report = await verifier.verify(house.tenant.id)
    assert (report.is_whole, report.count, report.findings) == (True, 5, ())
    assert (await verifier.verify(timeline.west.id)).count == 0
    await database.execute("update tangram.benefit_line set amount = amount + 50 where key = 'in'")
    changed = await verifier.verify(house.tenant.id)
    assert sorted(problem for _, problem in changed.findings) == [
        "it is not what was booked",
        "its balance of 'card' is 70.00, its lines come to 120.00",
    ]
    await database.execute("delete from tangram.benefit_line where key = 'in'")
    await database.execute("update tangram.benefit_account set balance = -30 where benefit = 'card'")
    assert [problem for _, problem in (await verifier.verify(house.tenant.id)).findings] == ["it was removed"]
