"""Records as files, through the API and the worker's handler."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator
from typing import Any
from zipfile import ZipFile

import pytest

from server.events.handlers import Run
from server.exports import running
from server.exports.running import ExportWriter, remove_expired
from server.exports.watermarks import find_codes
from server.graphql.exporting import RecordReader, record_reader
from tests.fixtures.tenants import Person, Tenant, Tenants
from tests.governed import allow, deny, govern, hire, mask

START = """
mutation($object: String!, $fields: [String!]!, $filter: JSON, $orderBy: JSON, $format: ExportFormat) {
  startExport(object: $object, fields: $fields, filter: $filter, orderBy: $orderBy, format: $format) { id state }
}
"""
ONE = """
query($id: ID!) {
  export(id: $id) { state rowCount rowLimit truncated reason message url fileName watermark fields }
}
"""
ROLES_OF = "mutation($id: ID!, $roles: [String!]!) { updateAccount(id: $id, account: {roles: $roles}) { id } }"
RESOLVE = "query($text: String!) { resolveWatermark(text: $text) { kind user object rows export } }"


async def staffed(tenant: Tenant) -> tuple[Person, Person]:
    """A seller who sees and may not export, and an analyst who exports what is not hidden from them."""
    await govern(
        tenant,
        roles=["seller", "analyst"],
        policies=[
            allow("seller", "customer", scope="own"),
            allow("analyst", "customer", "read", condition='name != "Zoe"'),
            allow("analyst", "customer", "export", condition='level != "vip"'),
            mask("analyst", "customer", "phone", "phone"),
            allow("analyst", "store"),
        ],
    )
    return await hire(tenant, "Li", "seller"), await hire(tenant, "Na", "analyst")


async def work(tenant: Tenant, export_id: str) -> None:
    """What the worker does with the job of an export."""
    services = tenant.services
    model = (await services.tenants.get(tenant.id)).model
    reader = record_reader(services.connections, services.vault, services.links, services.clock, services.salts)
    writer = ExportWriter(reader, services.snapshots, services.export_settings)
    run = Run(
        job_id=1,
        handler="exports.write",
        key=export_id,
        tenant_id=tenant.id,
        events=(),
        payload={"export": export_id},
        model=model,
        attempt=1,
        is_last_attempt=False,
        connections=services.connections,
        clock=services.clock,
    )
    await writer.write(run)


async def exported(tenant: Tenant, person: Person, *fields: str, **more: Any) -> dict[str, Any]:
    asked = {"object": "customer", "fields": list(fields), "orderBy": [{"name": "ASC"}], **more}
    made = (await tenant.data(START, asked, person=person))["startExport"]
    assert made["state"] == "WAITING"
    await work(tenant, made["id"])
    found: dict[str, Any] = (await tenant.data(ONE, {"id": made["id"]}, person=person))["export"]
    return {**found, "id": made["id"]}


async def rows_of(tenant: Tenant, export: dict[str, Any]) -> list[list[str]]:
    response = await tenant.client.get(export["url"])
    assert response.status_code == 200, response.text
    return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))


def plain(cells: list[str]) -> list[str]:
    """Cells without the characters that have no width."""
    return ["".join(char for char in cell if char not in "\u200b\u200c\u2060") for cell in cells]


async def test_a_file_holds_the_rows_fields_and_masks_of_the_exporters_reads(tenants: Tenants) -> None:
    east = tenants.east
    _seller, analyst = await staffed(east)
    store = await east.create("Store", name="North")
    await east.create("Customer", name="Anna", phone="13812341234", storeId=store, points=7)
    await east.create("Customer", name="Bert", level="VIP", phone="13912341234")
    await east.create("Customer", name="Zoe")
    await tenants.west.create("Customer", name="Theirs")
    done = await exported(east, analyst, "name", "phone", "store.name", "points")
    assert (done["state"], done["rowCount"], done["truncated"]) == ("DONE", 1, False)
    header, row = await rows_of(east, done)
    assert header == ["name", "phone", "store.name", "points", "watermark"]
    assert plain(row) == ["Anna", "138****1234", "North", "7", f"{done['watermark']}-1"]


async def test_sellers_cannot_export(tenants: Tenants) -> None:
    east = tenants.east
    seller, _analyst = await staffed(east)
    await east.create("Customer", name="Mine", ownerId=seller.id)
    asked = {"object": "customer", "fields": ["name"]}
    assert await east.faults(START, asked, person=seller) == [("FORBIDDEN", "export_not_allowed", ("object",))]


async def test_the_right_is_asked_again_when_the_file_is_written_and_fetched(tenants: Tenants) -> None:
    east = tenants.east
    _seller, analyst = await staffed(east)
    await east.create("Customer", name="Anna")
    done = await exported(east, analyst, "name")
    waiting = (await east.data(START, {"object": "customer", "fields": ["name"]}, person=analyst))["startExport"]
    await govern(east, policies=[{"name": "no_export", **deny("analyst", "customer", "export")}])
    response = await east.client.get(done["url"])
    assert (response.status_code, response.json()["errors"][0]["extensions"]["reason"]) == (403, "export_not_allowed")
    await work(east, waiting["id"])
    failed = (await east.data(ONE, {"id": waiting["id"]}, person=analyst))["export"]
    assert (failed["state"], failed["reason"], failed["url"]) == ("FAILED", "export_not_allowed", None)


async def test_an_export_that_runs_stops_when_the_right_is_gone(
    tenants: Tenants, monkeypatch: pytest.MonkeyPatch
) -> None:
    east = tenants.east
    _seller, analyst = await staffed(east)
    customers = [{"name": f"c{number}"} for number in range(3)]
    await east.data(
        "mutation($inputs: [CreateCustomerInput!]!) { createCustomers(inputs: $inputs) { id } }", {"inputs": customers}
    )
    made = (await east.data(START, {"object": "customer", "fields": ["name"]}, person=analyst))["startExport"]
    read, taken = RecordReader.pages, list[Any]()

    async def pages(self: Any, *given: Any) -> AsyncIterator[Any]:
        async for page in read(self, *given):
            for record in page:  # a page each, as if there were many
                taken.append(record)
                if len(taken) == 2:
                    await east.data(ROLES_OF, {"id": analyst.id, "roles": ["seller"]}, path="/metadata")
                yield [record]

    monkeypatch.setattr(RecordReader, "pages", pages)
    monkeypatch.setattr(running, "_PROGRESS_PAGES", 1)
    await work(east, made["id"])
    failed = (await east.data(ONE, {"id": made["id"]}, person=analyst))["export"]
    assert (failed["state"], failed["reason"], failed["url"]) == ("FAILED", "export_not_allowed", None)
    assert len(taken) == 2, "the third was not read any more"
    assert list(east.services.export_settings.folder.rglob("*.*")) == []


async def test_a_file_made_under_other_rights_is_not_given(tenants: Tenants) -> None:
    east = tenants.east
    _seller, analyst = await staffed(east)
    await east.create("Customer", name="Anna")
    done = await exported(east, analyst, "name")
    assert len(await rows_of(east, done)) == 2
    await govern(east, policies=[{"name": "names", **mask("analyst", "customer", "stars", "name")}])
    assert (await east.client.get(done["url"])).status_code == 403


async def test_links_are_of_the_exporter_and_cannot_be_changed(tenants: Tenants) -> None:
    east = tenants.east
    _seller, analyst = await staffed(east)
    await east.create("Customer", name="Anna")
    done = await exported(east, analyst, "name")
    assert (await east.client.get(done["url"].replace(east.id, tenants.west.id))).status_code == 403
    assert (await east.client.get(done["url"][:-3] + "xxx")).status_code == 403
    seen = (await east.data(ONE, {"id": done["id"]}))["export"]
    assert (seen["state"], seen["url"]) == ("DONE", None)
    assert (await tenants.west.data(ONE, {"id": done["id"]}))["export"] is None


async def test_formulas_are_disarmed_and_numbers_stay_numbers(tenants: Tenants) -> None:
    east = tenants.east
    given = ["=1+1", "+1", "-1", "@sum", "\tx", "plain"]
    for name in given:
        await east.create("Customer", name=name, remark=name, balance={"amount": "-5.00", "currency": "CNY"})
    done = await exported(east, east.admin, "remark", "balance")
    header, *rows = await rows_of(east, done)
    assert header[1:3] == ["balance.amount", "balance.currency"]
    assert sorted(plain(row)[0] for row in rows) == sorted(
        [*(f"'{name}" for name in given[:4]), "'\tx" if any("\t" in row[0] for row in rows) else "x", "plain"]
    )
    assert {row[1] for row in rows} == {"-5.00"}


async def test_the_same_file_for_excel_types_texts_as_texts_and_amounts_read_exactly(tenants: Tenants) -> None:
    east = tenants.east
    await east.create("Customer", name="=1+1", points=7, balance={"amount": "70.01", "currency": "CNY"})
    done = await exported(east, east.admin, "name", "points", "balance", format="XLSX")
    response = await east.client.get(done["url"])
    sheet = ZipFile(io.BytesIO(response.content)).read("xl/worksheets/sheet1.xml").decode()
    assert "=1+1" in sheet
    assert "<f>" not in sheet
    assert "<v>7</v>" in sheet
    assert "<v>70.01</v>" in sheet


async def test_a_file_holds_no_more_rows_than_the_role_and_the_tenant_allow(tenants: Tenants) -> None:
    east = tenants.east
    await govern(
        east,
        roles=[{"name": "analyst", "export_rows": 2}],
        policies=[allow("analyst", "customer", "read", "export")],
    )
    analyst = await hire(east, "Na", "analyst")
    for name in ("Anna", "Bert", "Cleo"):
        await east.create("Customer", name=name)
    done = await exported(east, analyst, "name")
    assert (done["rowLimit"], done["rowCount"], done["truncated"]) == (2, 2, True)
    assert [plain(row)[0] for row in (await rows_of(east, done))[1:]] == ["Anna", "Bert"]


async def test_every_page_is_read_and_the_filter_is_that_of_the_list(tenants: Tenants) -> None:
    east = tenants.east
    settings = "mutation { updateSettings(settings: {maxPage: 2}) { version } }"
    await east.data(settings, path="/metadata")
    for name in ("Anna", "Bert", "Cleo", "Dora", "Emil"):
        await east.create("Customer", name=name)
    done = await exported(east, east.admin, "name", filter={"name": {"ne": "Cleo"}})
    assert [plain(row)[0] for row in (await rows_of(east, done))[1:]] == ["Anna", "Bert", "Dora", "Emil"]


async def test_what_cannot_be_exported_is_told_before_a_job_is_made(tenants: Tenants) -> None:
    east = tenants.east
    start = {"object": "customer", "fields": ["wings", "orders", "store", "store.wings", "name"]}
    assert await east.faults(START, start) == [
        ("BAD_USER_INPUT", "unknown_field", ("fields", place)) for place in range(4)
    ]
    bad_filter = {"object": "customer", "fields": ["name"], "filter": {"wings": {"eq": 1}}}
    assert [fault[:2] for fault in await east.faults(START, bad_filter)] == [("BAD_USER_INPUT", "unknown_field")]
    unknown = {"object": "dragon", "fields": ["name"]}
    assert await east.faults(START, unknown) == [("BAD_USER_INPUT", "unknown_object", ("object",))]


async def test_a_watermark_tells_who_exported_and_which_row(tenants: Tenants) -> None:
    east = tenants.east
    _seller, analyst = await staffed(east)
    for name in ("Anna", "Bert"):
        await east.create("Customer", name=name)
    done = await exported(east, analyst, "name")
    _header, _first, second = await rows_of(east, done)
    owner = {"kind": "EXPORT", "user": analyst.id, "object": "customer", "export": done["id"]}
    visible = await east.data(RESOLVE, {"text": f"seen on a forum: {second[1]}"})
    assert visible == {"resolveWatermark": [{**owner, "rows": [2]}]}
    assert find_codes(second[0]) == {done["watermark"]: []}
    hidden = await east.data(RESOLVE, {"text": f"a name, copied: {second[0]}"})
    assert hidden == {"resolveWatermark": [{**owner, "rows": []}]}
    assert await tenants.west.data(RESOLVE, {"text": second[1]}) == {"resolveWatermark": []}


async def test_a_viewer_has_a_watermark_for_an_hour_that_only_some_resolve(tenants: Tenants) -> None:
    east = tenants.east
    seller, analyst = await staffed(east)
    ask = "{ viewer { id name watermark } }"
    viewer = (await east.data(ask, person=seller))["viewer"]
    assert (viewer["id"], viewer["name"]) == (seller.id, seller.email)
    assert (await east.data(ask, person=seller))["viewer"] == viewer
    assert (await east.data(ask, person=analyst))["viewer"]["watermark"] != viewer["watermark"]
    found = await east.data(RESOLVE, {"text": f"photo shows {viewer['watermark']}"})
    assert found["resolveWatermark"][0]["user"] == seller.id
    refused = await east.faults(RESOLVE, {"text": viewer["watermark"]}, person=seller)
    assert refused == [("BAD_USER_INPUT", "invalid_operation", ())]


async def test_files_are_removed_when_their_time_is_over(tenants: Tenants) -> None:
    east = tenants.east
    await east.create("Customer", name="Anna")
    done = await exported(east, east.admin, "name")
    async with east.services.connections.acquire() as connection:
        await connection.execute("update tangram.export set expires_at = now() - interval '1 second'")
    assert await remove_expired(east.services.connections, east.services.export_settings) == 1
    assert (await east.client.get(done["url"])).status_code == 404
    assert (await east.data(ONE, {"id": done["id"]}))["export"]["state"] == "GONE"
    assert list(east.services.export_settings.folder.rglob("*.csv")) == []


async def test_an_export_by_a_program_holds_what_its_key_may_read(tenants: Tenants) -> None:
    east = tenants.east
    _seller, analyst = await staffed(east)
    both = await hire(east, "Bo", "analyst", "seller")
    await east.create("Customer", name="Anna")
    create = """
    mutation($owner: ID!) { createApiKey(apiKey: {accountId: $owner, name: "k", roles: ["seller"]}) { key } }
    """
    key = (await east.data(create, {"owner": both.id}, path="/metadata"))["createApiKey"]["key"]
    program = Person(both.id, both.email, both.name, key)
    asked = {"object": "customer", "fields": ["name"]}
    assert await east.faults(START, asked, person=program) == [("FORBIDDEN", "export_not_allowed", ("object",))]
    assert (await exported(east, both, "name"))["rowCount"] == 1
    assert (await exported(east, analyst, "name"))["rowCount"] == 1
