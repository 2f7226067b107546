"""Forms that anybody with a link fills in: counted, bounded by a role, kind to people, silent about the rest."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from server.context import Actor, ActorKind
from server.identity.seats import agree
from server.terms import Terms
from tests.fixtures.tenants import Tenants
from tests.server.forms.jobs import Workshop

PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)
PAGE = {"accept": "text/html", "accept-language": "en"}

LEAD = """
- {name: title, field: title, access: required}
- {name: kind, field: kind}
- {name: fault, field: fault, access: hidden, rules: [{when: 'kind == "check"', access: required}]}
- {name: signed, field: signed, widget: photo, settings: {camera_only: true}}
- {name: parts, field: parts, widget: lines, settings: {max: 3, fields: [{field: label, access: required}]}}
"""

ROLES = {
    "roles": [{"name": "visitor", "label": {"zh": "访客", "en": "Visitor"}}],
    "policies": [
        {"name": "visitor_job", "kind": "allow", "role": "visitor", "object": "job", "actions": ["create", "read"]},
        {"name": "visitor_part", "kind": "allow", "role": "visitor", "object": "part", "actions": ["create"]},
        {
            "name": "visitor_price", "kind": "field", "role": "visitor", "object": "job", "fields": ["price"],
            "read": "none", "write": False,
        },
    ],
}  # fmt: skip


@pytest.fixture
async def public(workshop: Workshop) -> Workshop:
    await workshop.declare(ROLES)
    thanks = {"zh": "收到", "en": "Received with thanks"}
    await workshop.form(LEAD, public_role="visitor", thanks=thanks, label={"zh": "报修", "en": "Report a fault"})
    return workshop


async def link(workshop: Workshop, **given: Any) -> dict[str, Any]:
    data = await workshop.tenant.data(
        "mutation($input: FormLinkInput!) { made: createFormLink(input: $input) { id token url submissions open } }",
        {"input": {"form": "report", **given}},
    )
    made: dict[str, Any] = data["made"]
    return made


async def send(workshop: Workshop, url: str, values: Mapping[str, Any], **more: Any) -> httpx.Response:
    return await workshop.tenant.client.post(url, json={"values": values, **more})


async def jobs(workshop: Workshop, selection: str = "title") -> list[Any]:
    data = await workshop.tenant.data(f"{{ jobs(orderBy: [{{title: ASC}}]) {{ nodes {{ {selection} }} }} }}")
    nodes: list[Any] = data["jobs"]["nodes"]
    return nodes


def reasons(response: httpx.Response) -> list[str]:
    return [one["extensions"]["reason"] for one in response.json()["errors"]]


async def test_a_submission_makes_a_record_with_the_constants_of_its_link(public: Workshop) -> None:
    made = await link(public, values={"channel": "fair", "price": "0"}, name="Fair")
    assert reasons(await send(public, made["url"], {"title": "Pump"})) == ["field_not_writable"]  # not by this role
    made = await link(public, values={"channel": "fair"})
    response = await send(public, made["url"], {"title": "Pump", "parts": [{"label": "seal"}]})
    assert (response.status_code, response.json()) == (
        201,
        {"accepted": True, "thanks": {"zh": "收到", "en": "Received with thanks"}},
    )
    found = await jobs(public, "title channel createdBy { name } parts { nodes { label } }")
    assert found == [{"title": "Pump", "channel": "fair", "createdBy": None, "parts": {"nodes": [{"label": "seal"}]}}]


async def test_what_is_not_in_the_form_cannot_be_set_by_a_link(public: Workshop) -> None:
    made = await link(public)
    response = await send(public, made["url"], {"title": "Pump", "channel": "mine", "status": "DONE", "fault": "x"})
    assert (response.status_code, sorted(reasons(response))) == (400, ["field_not_in_form"] * 3)
    assert await jobs(public) == []


async def test_a_link_is_used_as_often_as_it_may_be_and_the_same_key_counts_once(public: Workshop) -> None:
    made = await link(public, maxSubmissions=1)
    answers = await asyncio.gather(*(send(public, made["url"], {"title": "Pump"}, key="k") for _ in range(4)))
    assert sorted(one.status_code for one in answers) == [200, 200, 200, 201]
    again = await send(public, made["url"], {"title": "Other"}, key="other")
    assert (again.status_code, reasons(again)) == (410, ["form_closed"])
    assert await jobs(public) == [{"title": "Pump"}]
    data = await public.tenant.data("{ formLinks { submissions open token } }")
    assert data == {"formLinks": [{"submissions": 1, "open": False, "token": None}]}


async def test_two_who_race_for_the_last_submission_make_one_record(public: Workshop) -> None:
    made = await link(public, maxSubmissions=1)
    answers = await asyncio.gather(*(send(public, made["url"], {"title": f"Pump {n}"}) for n in range(3)))
    assert sorted(one.status_code for one in answers) == [201, 410, 410]
    assert len(await jobs(public)) == 1


async def test_revoked_forged_and_expired_links_open_nothing(public: Workshop, tenants: Tenants) -> None:
    made = await link(public)
    for forged in ("/forms/x", f"/forms/{'a' * 43}", made["url"] + "a", "/forms/%00" + "a" * 30):
        response = await public.tenant.client.get(forged, headers=PAGE)
        assert (response.status_code, "There is no such form" in response.text) == (404, True)
    revoke = "mutation($id: ID!) { revokeFormLink(id: $id) { open } }"
    assert await tenants.west.faults(revoke, {"id": made["id"]}) == [("NOT_FOUND", "unknown_link", ("id",))]
    assert await public.tenant.data(revoke, {"id": made["id"]}) == {"revokeFormLink": {"open": False}}
    response = await public.tenant.client.get(made["url"], headers=PAGE)
    assert (response.status_code, "This form is closed" in response.text) == (410, True)
    assert reasons(await send(public, made["url"], {"title": "Pump"})) == ["form_closed"]
    past = await public.tenant.faults(
        'mutation { createFormLink(input: {form: "report", expiresAt: "2020-01-01T00:00:00Z"}) { id } }'
    )
    assert past == [("BAD_USER_INPUT", "in_the_past", ("input", "expiresAt"))]
    soon = await link(public, expiresAt="2099-01-01T00:00:00Z")
    async with tenants.services.connections.acquire() as connection:
        await connection.execute("update tangram.form_link set expires_at = now() where id = $1", soon["id"])
    assert reasons(await send(public, soon["url"], {"title": "Pump"})) == ["form_closed"]
    assert await jobs(public) == []


async def test_a_link_belongs_to_one_tenant(public: Workshop, tenants: Tenants) -> None:
    made = await link(public)
    await send(public, made["url"], {"title": "Pump"})
    assert await tenants.west.data("{ customers { totalCount } }") == {"customers": {"totalCount": 0}}
    assert await tenants.west.data("{ formLinks { id } }") == {"formLinks": []}


async def test_a_link_is_limited_by_the_hour(public: Workshop) -> None:
    made = await link(public, perHour=2)
    answers = [await send(public, made["url"], {"title": f"Pump {n}"}) for n in range(3)]
    assert [one.status_code for one in answers] == [201, 201, 429]
    assert reasons(answers[2]) == ["rate_limited"]
    assert 0 < int(answers[2].headers["retry-after"]) <= 3600


async def test_a_form_without_a_public_role_has_no_links(workshop: Workshop) -> None:
    await workshop.form(LEAD)
    found = await workshop.tenant.faults('mutation { createFormLink(input: {form: "report"}) { id } }')
    assert found == [("BAD_USER_INPUT", "form_not_public", ("input", "form"))]


async def test_a_role_that_is_too_strong_is_refused(workshop: Workshop) -> None:
    form = {"name": "report", "object": "job", "live": True, "public_role": "administrator", "fields": []}
    reply = await workshop.tenant.graphql(
        "mutation($document: JSON!) { applyMetadata(document: $document) { version } }",
        {"document": {"forms": [form]}},
        path="/metadata",
    )
    assert {fault[1] for fault in reply.faults} == {"bad_field_count", "role_too_strong"}


async def test_a_person_fills_the_page_in_without_javascript(public: Workshop) -> None:
    client, made = public.tenant.client, await link(public)
    page = await client.get(made["url"], headers=PAGE)
    assert page.status_code == 200
    assert page.headers["x-robots-tag"] == "noindex, nofollow"
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "<script" not in page.text
    assert 'name="fault"' not in page.text
    assert "visitor" not in page.text
    assert "kind ==" not in page.text
    key, version = (re.search(f'name="{name}" value="([^"]*)"', page.text) for name in ("_key", "_version"))
    assert key is not None
    assert version is not None
    fields = {
        "_key": key[1], "_version": version[1], "_website": "", "title": "", "kind": "CHECK", "parts.0.label": "<seal>",
        "parts.1.label": "",
    }  # fmt: skip
    wrong = await client.post(made["url"], data=fields, files={"signed": ("", b"")}, headers=PAGE)
    assert wrong.status_code == 400
    assert wrong.text.count("Please fill this in.") == 2
    assert 'name="fault"' in wrong.text
    assert 'value="&lt;seal&gt;"' in wrong.text
    assert f'name="_key" value="{key[1]}"' in wrong.text
    fields |= {"title": "Pump", "fault": "drips"}
    for _twice in range(2):
        sent = await client.post(made["url"], data=fields, files={"signed": ("me.png", PNG)}, headers=PAGE)
        assert (sent.status_code, sent.headers["location"]) == (303, f"{made['url']}/thanks")
    thanks = await client.get(f"{made['url']}/thanks?lang=en", headers=PAGE)
    assert "Received with thanks" in thanks.text
    found = await jobs(public, "title kind fault signed { name contentType } parts { nodes { label } }")
    assert found == [
        {
            "title": "Pump", "kind": "CHECK", "fault": "drips",
            "signed": {"name": "me.png", "contentType": "image/png"},
            "parts": {"nodes": [{"label": "<seal>"}]},
        }
    ]  # fmt: skip


async def test_the_page_speaks_the_language_of_its_reader(public: Workshop) -> None:
    made = await link(public)
    for accepted, query, title in (
        ("zh-CN,zh;q=0.9,en;q=0.8", "", "报修"),
        ("en;q=0.9,zh;q=0.1", "", "Report a fault"),
        ("fr", "", "报修"),
        ("zh", "?lang=en", "Report a fault"),
    ):
        headers = {"accept": "text/html", "accept-language": accepted}
        page = await public.tenant.client.get(made["url"] + query, headers=headers)
        assert f"<h1>{title}</h1>" in page.text


async def test_what_fills_in_the_hidden_field_believes_that_it_was_accepted(public: Workshop) -> None:
    made = await link(public)
    fields = {"title": "Cheap pills", "_website": "https://spam.example"}
    sent = await public.tenant.client.post(made["url"], data=fields, headers=PAGE)
    assert sent.status_code == 303
    assert await jobs(public) == []


async def test_files_that_are_too_large_are_refused_kindly_and_not_kept(public: Workshop, tenants: Tenants) -> None:
    client, made = public.tenant.client, await link(public)
    huge = await client.post(
        made["url"],
        content=b"x",
        headers={**PAGE, "content-type": "multipart/form-data; boundary=x", "content-length": str(100 * 2**20)},
    )
    assert (huge.status_code, "The files are too large" in huge.text) == (413, True)
    text = {"signed": ("me.txt", b"no picture", "text/plain")}
    refused = await client.post(made["url"], data={"title": "Pump"}, files=text)
    assert (refused.status_code, reasons(refused)) == (400, ["wrong_content_type"])
    async with tenants.services.connections.acquire() as connection:
        assert await connection.fetchval("select count(*) from tangram.file") == 0


async def test_pictures_of_a_list_come_one_or_several(public: Workshop) -> None:
    photo = {"kind": "allow", "role": "visitor", "object": "job_photo", "actions": ["create"], "name": "visitor_photo"}
    await public.declare({"policies": [photo]})
    fields = "- {name: title, field: title}\n- {name: photos, field: photos, widget: photo, settings: {max: 2}}"
    await public.form(fields, name="snaps", public_role="visitor")
    made = await link(public, form="snaps")
    page = await public.tenant.client.get(made["url"], headers=PAGE)
    assert 'name="photos"' in page.text
    assert " multiple" in page.text
    for count in (1, 2):
        files = [("photos", (f"{n}.png", PNG)) for n in range(count)]
        sent = await public.tenant.client.post(made["url"], data={"title": f"{count}"}, files=files, headers=PAGE)
        assert sent.status_code == 303, sent.text
    found = await jobs(public, "title photos { totalCount }")
    assert found == [{"title": "1", "photos": {"totalCount": 1}}, {"title": "2", "photos": {"totalCount": 2}}]


async def test_a_link_cannot_name_files_that_it_did_not_bring_along(public: Workshop) -> None:
    made = await link(public)
    sent = await public.tenant.client.post(made["url"], data={"title": "Pump"}, files={"signed": ("me.png", PNG)})
    assert sent.status_code == 201
    (job,) = await jobs(public, "signed { id }")
    response = await send(public, made["url"], {"title": "Thief", "signed": job["signed"]["id"]})
    assert reasons(response) == ["unknown_file"]


async def test_a_link_for_a_record_fills_in_that_one_with_the_rights_of_its_role(public: Workshop) -> None:
    await public.form("- {name: remark, field: remark, access: required}", name="feedback", public_role="visitor")
    job = await public.tenant.create("Job", title="Pump")
    made = await link(public, form="feedback", record=job, maxSubmissions=1)
    page = await public.tenant.client.get(made["url"], headers=PAGE)
    assert "Pump" not in page.text  # it is no field of this form
    refused = await send(public, made["url"], {"remark": "good"})
    assert reasons(refused) == ["field_not_writable"]  # the role may create jobs, and change none
    rule = {
        "name": "visitor_remark",
        "kind": "allow",
        "role": "visitor",
        "object": "job",
        "actions": ["update"],
    }
    await public.declare({"policies": [rule]})
    assert (await send(public, made["url"], {"remark": "good"})).status_code == 201
    assert await public.job(job, "title remark") == {"title": "Pump", "remark": "good"}


async def test_a_link_follows_the_current_version_or_keeps_its_own(public: Workshop) -> None:
    following, pinned = await link(public), await link(public, version=1)
    await public.form("- {name: title, field: title}\n- {name: remark, field: remark, access: required}",
                      public_role="visitor")  # fmt: skip
    assert reasons(await send(public, following["url"], {"title": "Pump"})) == ["required"]
    assert reasons(await send(public, following["url"], {"title": "Pump"}, version=1)) == ["form_changed"]
    assert (await send(public, pinned["url"], {"title": "Pump"})).status_code == 201


async def test_the_token_is_neither_stored_nor_logged(public: Workshop, tenants: Tenants, capsys: Any) -> None:
    made = await link(public)
    capsys.readouterr()
    await public.tenant.client.get(made["url"], headers=PAGE)
    assert made["token"] not in capsys.readouterr().out
    async with tenants.services.connections.acquire() as connection:
        rows = await connection.fetch("select row_to_json(l)::text as text from tangram.form_link as l")
    assert not any(made["token"] in str(row["text"]) for row in rows)


async def test_a_form_is_closed_after_the_trial_of_its_tenant(public: Workshop, tenants: Tenants) -> None:
    url = (await link(public))["url"]
    operator, services = Actor("", ActorKind.SYSTEM, "command line", ()), tenants.services
    await agree(services.connections, public.tenant.id, Terms(trial_ends_at=services.clock.now()), by=operator)
    await services.tenants.refresh(public.tenant.id)
    response = await send(public, url, {"title": "Pump"})
    assert (response.status_code, reasons(response)) == (410, ["form_closed"])
    assert await jobs(public) == []
    await agree(services.connections, public.tenant.id, Terms(), by=operator)
    await services.tenants.refresh(public.tenant.id)
    assert (await send(public, url, {"title": "Pump"})).status_code == 201
