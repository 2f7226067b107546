"""The forms of the shipped templates: a report on site, a rating by a link, an enquiry from the website."""

from __future__ import annotations

from typing import Any

from tests.fixtures.timeline import Timeline
from tests.scenarios.company import Company
from tests.scenarios.conftest import Founding

SUBMIT = (
    "mutation($form: String!, $record: ID, $values: JSON!)"
    " { done: submitForm(form: $form, record: $record, values: $values) { record } }"
)
LINK = "mutation($input: FormLinkInput!) { made: createFormLink(input: $input) { url } }"


async def link(company: Company, form: str, **given: Any) -> str:
    data = await company.tenant.data(LINK, {"input": {"form": form, **given}})
    url: str = data["made"]["url"]
    return url


async def order_of(company: Company) -> tuple[str, str]:
    """A work order for a device, and a spare part that fits it."""
    create = company.tenant.create
    customer = await create("Customer", name="宏达印刷")
    model = await create("DeviceModel", modelNo="M1", name="贴标机")
    await create(
        "Device", serialNo="SN1", nickname="一号机", deviceModelId=model, customerId=customer, barcode="QR-1",
        warrantyUntil="2020-01-01",
    )  # fmt: skip
    part = await create(
        "SparePart", partNo="P1", name="密封圈", cost={"amount": "8"},
        price={"amount": "20"},
    )  # fmt: skip
    order = await create("WorkOrder", title="漏油", kind="REPAIR", customerId=customer, status="CANCELLED")
    return order, part


async def test_a_repair_is_reported_with_scan_photo_and_parts(timeline: Timeline, company_of: Founding) -> None:
    company = await company_of("equipment_service")
    order, part = await order_of(company)
    report: dict[str, Any] = {"device": "QR-1", "faultCode": "E7", "solution": "更换密封圈", "parts": [
        {"sparePart": part, "quantity": 3}
    ]}  # fmt: skip
    given = {"form": "repair_report", "record": order, "values": report}
    assert await company.tenant.faults(SUBMIT, given) == [("BAD_USER_INPUT", "required", ("values", "photos"))]
    report["photos"] = await company.photo(company.tenant.admin)
    await company.tenant.data(SUBMIT, given)
    found = await company.values(
        "workOrder", order,
        "device { serialNo } solution photos { name } partsCost partsAmount"
        " parts { nodes { description quantity amount { amount } } }",
    )  # fmt: skip
    assert found == {
        "device": {"serialNo": "SN1"},
        "solution": "更换密封圈",
        "photos": {"name": "site.png"},
        "partsCost": "24.00",
        "partsAmount": "60.00",
        "parts": {"nodes": [{"description": "密封圈", "quantity": 3, "amount": {"amount": "60.00"}}]},
    }


async def test_a_customer_rates_a_work_order_once_by_its_link(timeline: Timeline, company_of: Founding) -> None:
    company = await company_of("equipment_service")
    order, _part = await order_of(company)
    client = company.tenant.client
    url = await link(company, "service_rating", values={"work_order": order}, maxSubmissions=1)
    bad = await client.post(url, json={"values": {"score": 1}})
    assert [one["extensions"]["path"] for one in bad.json()["errors"]] == [["values", "comment"]]
    sent = await client.post(url, json={"values": {"score": 5, "punctuality": 4}})
    assert sent.status_code == 201
    again = await client.post(url, json={"values": {"score": 1, "comment": "x"}})
    assert again.status_code == 410
    found = await company.tenant.data("{ ratings { nodes { score workOrderId } } }")
    assert found == {"ratings": {"nodes": [{"score": 5, "workOrderId": order}]}}


async def test_an_enquiry_from_the_website_is_a_lead_with_its_channel(timeline: Timeline, company_of: Founding) -> None:
    company = await company_of("education")
    channel = await company.tenant.create("Channel", code="web", name="官网", kind="ONLINE_AD")
    campus = await company.tenant.create("Campus", code="C1", name="徐汇校区", openedOn="2020-01-01")
    url = await link(company, "enquiry", values={"channel": channel})
    page = await company.tenant.client.get(url, headers={"accept": "text/html"})
    assert "徐汇校区" in page.text
    values = {"name": "李女士", "phone": "13800138000", "campus": campus}
    sent = await company.tenant.client.post(url, json={"values": values})
    assert sent.status_code == 201, sent.text
    found = await company.tenant.data("{ leads { nodes { name status channel { name } campus { name } } } }")
    assert found["leads"]["nodes"] == [
        {"name": "李女士", "status": "NEW", "channel": {"name": "官网"}, "campus": {"name": "徐汇校区"}}
    ]


async def test_a_quality_problem_from_the_website_needs_a_photo(timeline: Timeline, company_of: Founding) -> None:
    company = await company_of("retail_chain")
    url = await link(company, "service_request")
    data = {"title": "开线", "kind": "QUALITY", "description": "袖口"}
    client = company.tenant.client
    bare = await client.post(url, data=data)
    assert [one["extensions"]["path"] for one in bare.json()["errors"]] == [["values", "attachments"]]
    text = await client.post(url, data=data, files={"attachments": ("a.txt", b"text", "text/plain")})
    assert [one["extensions"]["reason"] for one in text.json()["errors"]] == ["wrong_content_type"]
    picture = ("a.png", b"\x89PNG\r\n\x1a\n" + bytes(20), "image/png")
    sent = await client.post(url, data=data, files={"attachments": picture})
    assert sent.status_code == 201, sent.text
    found = await company.tenant.data("{ tickets { nodes { title channel attachments { name } } } }")
    assert found["tickets"]["nodes"] == [
        {"title": "开线", "channel": "OFFICIAL_ACCOUNT", "attachments": {"name": "a.png"}}
    ]
