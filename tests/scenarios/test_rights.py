"""Who sees what of a chain's members, for how long, and who took it away: D10, P09, P10, P12, P13, P14, P24."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from tests.fixtures.tenants import Person
from tests.fixtures.timeline import Timeline
from tests.scenarios.company import Company
from tests.scenarios.conftest import Founding

PHONES = "{ found: customers { nodes { id phone } } }"
BY_PHONE = '{ customers(filter: {phone: {startsWith: "+86138"}}) { totalCount } }'
GIVE = "mutation($i: AccessGrantInput!) { grantAccess(input: $i) { state } }"
EXPORT = 'mutation($f: [String!]!) { startExport(object: "customer", fields: $f) { id } }'
EXPORTED = "query($id: ID!) { export(id: $id) { state reason url } }"
ASK = "mutation($i: UnmaskInput!) { requestUnmask(input: $i) { id } }"
DECIDE = "mutation($r: ID!) { decideUnmask(request: $r, approve: true, minutes: 30) { state } }"
UNMASK = "mutation($r: ID!, $c: ID!) { unmask(request: $r, record: $c) { values } }"
AUDIT = "query($k: [AuditKind!]!) { auditLog(filter: {kinds: $k}) { actorName records fields detail } }"
MAP = """
query($user: ID!) {
  permissionMap(user: $user, objects: ["customer"], actions: ["read", "export"]) {
    cells { action verdict fields { field verdict } } markdown
  }
}
"""
ROLES_OF = "mutation($id: ID!, $roles: [String!]!) { updateAccount(id: $id, account: {roles: $roles}) { id } }"
NOT_OFFERED = [("BAD_USER_INPUT", "invalid_operation", ())]


class Chain:
    """Two shops of a region, with their people and a member each."""

    def __init__(self, company: Company, timeline: Timeline) -> None:
        self.company, self.timeline, self.create = company, timeline, company.tenant.create
        self.ask = company.tenant.data

    async def begin(self) -> None:
        staff = self.company.staff
        region = await self.create("Department", name="华东")
        shop, other = [await self.create("Department", name=name, parentId=region) for name in ("一店", "二店")]
        self.guide = await staff("guide", department=shop)
        self.manager = await staff("store_manager", department=shop)
        self.regional = await staff("regional_manager", department=region)
        self.top, self.marketing = await staff("headquarters"), await staff("marketing_manager", "marketer")
        self.own = await self.member("甲", shop, "13812345601", ownerId=self.guide.id)
        self.colleague = await self.member("乙", shop, "13812345602")
        self.elsewhere = await self.member("丙", other, "13812345603")

    async def member(self, name: str, department: str, phone: str, **values: Any) -> str:
        return await self.create("Customer", name=name, departmentId=department, phone=phone, **values)

    async def seen(self, person: Person) -> dict[str, str]:
        """Whom somebody sees, and which number of theirs."""
        found = (await self.ask(PHONES, person=person))["found"]["nodes"]
        return {one["id"]: one["phone"] for one in found}

    async def export(self, person: Person) -> str:
        made = await self.ask(EXPORT, {"f": ["name", "phone"]}, person=person)
        return str(made["startExport"]["id"])

    async def exported(self, export: str, person: Person) -> Any:
        return (await self.ask(EXPORTED, {"id": export}, person=person))["export"]

    async def logged(self, *kinds: str) -> Sequence[Any]:
        """Lines of the audit log, oldest first."""
        await self.company.tenant.services.repeats.flush()
        found = (await self.ask(AUDIT, {"k": list(kinds)}, path="/metadata"))["auditLog"]
        return list(reversed(found))


async def check_onion(chain: Chain) -> None:
    """P12: their own, the region masked, everything; the same records, and no way round a mask."""
    tenant = chain.company.tenant
    masked = {chain.own: "138****5601", chain.colleague: "138****5602", chain.elsewhere: "138****5603"}
    plain = {record: f"+861381234560{place}" for place, record in enumerate(masked, 1)}
    assert await chain.seen(chain.guide) == {chain.own: plain[chain.own]}
    assert await chain.seen(chain.regional) == masked
    assert await chain.seen(chain.top) == plain
    assert (await chain.ask(BY_PHONE, person=chain.regional))["customers"][
        "totalCount"
    ] == 0  # of what is plain to them
    assert await tenant.faults(BY_PHONE, person=chain.marketing) == NOT_OFFERED  # to whom no number ever is
    assert (await chain.ask(BY_PHONE, person=chain.top))["customers"]["totalCount"] == 3


async def check_map(chain: Chain) -> None:
    """P13: one call tells a newcomer what they see of members, and what not."""
    newcomer = chain.marketing
    found = (await chain.ask(MAP, {"user": newcomer.id}, person=newcomer, path="/metadata"))["permissionMap"]
    cells = {cell["action"]: cell for cell in found["cells"]}
    fields = {one["field"]: one["verdict"] for one in cells["read"]["fields"]}
    assert {name: fields.get(name) for name in ("level", "phone", "address")} == {
        "level": "ALLOWED", "phone": "MASKED", "address": None,
    }  # fmt: skip
    assert (cells["read"]["verdict"], cells["export"]["verdict"]) == ("ALLOWED", "ALLOWED")
    regional = (await chain.ask(MAP, {"user": chain.regional.id}, path="/metadata"))["permissionMap"]["cells"]
    assert {cell["action"]: cell["verdict"] for cell in regional} == {"read": "DEPENDS", "export": "REFUSED"}
    assert "| customer |" in found["markdown"]
    refused = await chain.company.tenant.faults(MAP, {"user": chain.top.id}, person=chain.guide, path="/metadata")
    assert [fault[0] for fault in refused] == ["FORBIDDEN"]  # of others only who configures


async def check_exports(chain: Chain) -> None:
    """P14: guides export nothing, which is logged; a line that turns up tells who exported it, and when."""
    tenant = chain.company.tenant
    refused = await tenant.faults(EXPORT, {"f": ["name"]}, person=chain.guide)
    assert refused == [("FORBIDDEN", "export_not_allowed", ("object",))]
    told = [(line["actorName"], line["detail"]["reasons"]) for line in await chain.logged("REFUSED")]
    assert (chain.guide.email, ["export_not_allowed"]) in told
    export = await chain.export(chain.marketing)
    await chain.timeline.settle()
    done = await chain.exported(export, chain.marketing)
    assert done["state"] == "DONE"
    content = (await tenant.client.get(done["url"])).content.decode("utf-8-sig")
    _header, *rows = csv.reader(io.StringIO(content))
    (place,) = [place for place, row in enumerate(rows, 1) if row[1] == "138****5602"]  # with their masks
    resolve = "query($t: String!) { found: resolveWatermark(text: $t) { user rows export at } }"
    (owner,) = (await chain.ask(resolve, {"t": f"见于论坛：{rows[place - 1][-1]}"}))["found"]
    assert (owner["user"], owner["rows"], owner["export"]) == (chain.marketing.id, [place], export)
    assert owner["at"] is not None


async def check_project(chain: Chain) -> None:
    """P09: a guide sees two members of a campaign until it is over, by the session that was open all the time."""
    campaign = await chain.create(
        "Campaign", name="联名", status="RUNNING", startsAt=chain.timeline.now.isoformat(),
        endsAt=(chain.timeline.now + timedelta(days=9)).isoformat(),
    )  # fmt: skip
    given = {"user": chain.guide.id, "object": "customer", "records": [chain.colleague, chain.elsewhere],
             "reason": "跨部门项目",
             "untilClosed": {"object": "campaign", "record": campaign, "condition": 'status == "ended"'}}  # fmt: skip
    assert (await chain.ask(GIVE, {"i": given}))["grantAccess"] == [{"state": "HOLDS"}] * 2
    for _ in range(2):  # the second time it is known
        assert set(await chain.seen(chain.guide)) == {chain.own, chain.colleague, chain.elsewhere}
    await chain.timeline.later(days=2)
    assert len(await chain.seen(chain.guide)) == 3
    await chain.company.change("Campaign", campaign, status="ENDED")
    assert set(await chain.seen(chain.guide)) == {chain.own}


async def check_numbers(chain: Chain) -> None:
    """D10: an agent sees a number for half an hour after the manager has agreed, and each look is logged."""
    tenant, create = chain.company.tenant, chain.create
    department = (await chain.company.values("customer", chain.own, "departmentId"))["departmentId"]
    agent = await chain.company.staff("service_agent", department=department)
    both = await chain.company.hire("both", "service_agent", "store_manager")
    await chain.company.change("User", both.id, departmentId=department)
    for person in (agent, both):
        await create("Ticket", title="回电", customerId=chain.own, ownerId=person.id)
    wanted = {"object": "customer", "records": [chain.own], "fields": ["phone"], "reason": "客户要求回电"}
    (request, own) = [
        (await chain.ask(ASK, {"i": wanted}, person=person))["requestUnmask"]["id"] for person in (agent, both)
    ]
    assert await tenant.faults(DECIDE, {"r": own}, person=both) == [("FORBIDDEN", "own_request", ())]
    await chain.ask(DECIDE, {"r": request}, person=chain.manager)
    look = {"r": request, "c": chain.own}
    await chain.timeline.later(minutes=29, seconds=59)
    assert (await chain.ask(UNMASK, look, person=agent))["unmask"]["values"] == {"phone": "+8613812345601"}
    await chain.timeline.later(seconds=1)
    assert await tenant.faults(UNMASK, look, person=agent) == [("FORBIDDEN", "unmask_not_open", ("request",))]
    (line,) = await chain.logged("UNMASK_VIEWED")
    assert (line["actorName"], line["records"], line["fields"]) == (agent.email, [chain.own], ["phone"])


async def check_leaving(chain: Chain) -> None:
    """P10, P24: another role counts from the next call on, for files under way too; who leaves has nothing."""
    tenant = chain.company.tenant
    export = await chain.export(chain.marketing)
    assert len(await chain.seen(chain.marketing)) == 3
    await chain.ask(ROLES_OF, {"id": chain.marketing.id, "roles": ["stock_keeper"]}, path="/metadata")
    assert await tenant.faults(PHONES, person=chain.marketing) == NOT_OFFERED
    await chain.timeline.settle()
    stopped = await chain.exported(export, chain.marketing)
    assert (stopped["state"], stopped["reason"], stopped["url"]) == ("FAILED", "export_not_allowed", None)

    heir = await chain.company.hire("heir", "guide")
    await chain.create("Interaction", customerId=chain.own, summary="喜欢亚麻", ownerId=chain.guide.id)
    notes = "query($c: ID!) { found: interactions(filter: {customerId: {eq: $c}}) { nodes { summary } } }"
    read = {"c": chain.own}
    assert (await chain.ask(notes, read, person=heir))["found"]["nodes"] == []
    hand_over = 'mutation($f: ID!, $t: ID!) { transferPost(from: $f, to: $t, records: ["customer"]) { posts } }'
    await chain.ask(hand_over, {"f": chain.guide.id, "t": heir.id})
    assert await chain.seen(chain.guide) == {}
    assert set(await chain.seen(heir)) == {chain.own}
    assert (await chain.ask(notes, read, person=heir))["found"]["nodes"] == [{"summary": "喜欢亚麻"}]
    await chain.ask(
        "mutation($id: ID!) { disableAccount(id: $id) { status } }", {"id": chain.guide.id}, path="/metadata"
    )
    gone = await tenant.faults(PHONES, person=chain.guide)
    assert [fault[0] for fault in gone] == ["UNAUTHENTICATED"]
    assert [fault[0] for fault in await tenant.faults(EXPORT, {"f": ["name"]}, person=chain.guide)] == [
        "UNAUTHENTICATED"
    ]


async def test_rights_reach_as_far_and_as_long_as_they_are_meant_to(timeline: Timeline, company_of: Founding) -> None:
    chain = Chain(await company_of("retail_chain"), timeline)
    await chain.begin()
    await check_onion(chain)
    await check_map(chain)
    await check_exports(chain)
    await check_project(chain)
    await check_numbers(chain)
    await check_leaving(chain)
