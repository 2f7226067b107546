"""Pictures, places, codes, signatures and lines: existing field types, filled in and checked as a form says."""

from __future__ import annotations

import json
from typing import Any

from tests.fixtures.tenants import Tenants
from tests.server.forms.jobs import Workshop, field_named

PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)

WIDE = """
- {name: title, field: title, access: required}
- {name: site, field: site}
- {name: photos, field: photos, widget: photo, access: required, settings: {min: 2, max: 3, camera_only: true}}
"""

LINES = """
- {name: title, field: title, access: required}
- name: parts
  field: parts
  widget: lines
  settings:
    min: 1
    max: 3
    fields:
      - {field: label, access: required}
      - {field: quantity, default: 2}
      - {field: serial, access: hidden, rules: [{when: quantity > 10, access: required}]}
"""


async def upload(workshop: Workshop, content: bytes = PNG, name: str = "a.png", kind: str = "image/png") -> str:
    query = "mutation($file: Upload!) { file: uploadFile(file: $file) { id } }"
    response = await workshop.tenant.client.post(
        "/graphql",
        data={
            "operations": json.dumps({"query": query, "variables": {"file": None}}),
            "map": json.dumps({"0": ["variables.file"]}),
        },
        files={"0": (name, content, kind)},
        headers=workshop.tenant.admin.headers,
    )
    file_id: str = response.json()["data"]["file"]["id"]
    return file_id


async def pictures(workshop: Workshop, job: str) -> list[Any]:
    found = await workshop.job(job, "photos { nodes { id picture { name } } }")
    nodes: list[Any] = found["photos"]["nodes"]
    return nodes


async def test_a_job_cannot_be_reported_without_its_pictures(workshop: Workshop) -> None:
    await workshop.form(WIDE)
    asked = field_named(await workshop.describe(), "photos")
    assert asked["settings"]["camera_only"] is True
    assert asked["lines"]["upload"] == {
        "maxSizeBytes": 100_000, "contentTypes": ["image/jpeg", "image/png", "image/webp", "image/gif"],
    }  # fmt: skip
    first, second = await upload(workshop), await upload(workshop)
    assert (await workshop.try_submit({"title": "Pump"})).faults == [
        ("BAD_USER_INPUT", "required", ("values", "photos"))
    ]
    refused = await workshop.try_submit({"title": "Pump", "photos": [first]})
    assert refused.faults == [("BAD_USER_INPUT", "too_few_lines", ("values", "photos"))]
    done = await workshop.submit({"title": "Pump", "photos": [first, second]})
    assert len(await pictures(workshop, done["record"])) == 2

    gone = (await pictures(workshop, done["record"]))[0]["id"]
    refused = await workshop.try_submit({"photos": [{"id": gone, "remove": True}]}, record=done["record"])
    assert refused.faults == [("BAD_USER_INPUT", "too_few_lines", ("values", "photos"))]
    third = await upload(workshop, name="c.png")
    await workshop.submit({"photos": [{"id": gone, "remove": True}, third]}, record=done["record"])
    names = [one["picture"]["name"] for one in await pictures(workshop, done["record"])]
    assert sorted(names) == ["a.png", "c.png"]


async def test_files_are_of_the_kind_and_size_that_the_field_takes(workshop: Workshop, tenants: Tenants) -> None:
    await workshop.form(WIDE)
    text = await upload(workshop, b"no picture", "a.txt", "text/plain")
    large = await upload(workshop, PNG + bytes(200_000))
    theirs = await upload(Workshop(tenants.west))
    refused = await workshop.try_submit({"title": "Pump", "photos": [text, large, theirs, "x"]})
    assert sorted(refused.faults, key=str) == [
        ("BAD_USER_INPUT", "bad_value", ("values", "photos", 3, "picture")),
        ("BAD_USER_INPUT", "file_too_large", ("values", "photos", 1, "picture")),
        ("BAD_USER_INPUT", "too_many_lines", ("values", "photos")),
        ("BAD_USER_INPUT", "unknown_file", ("values", "photos", 2, "picture")),
        ("BAD_USER_INPUT", "wrong_content_type", ("values", "photos", 0, "picture")),
    ]


async def test_a_place_is_near_enough_and_exact_enough(workshop: Workshop) -> None:
    await workshop.form("""
- {name: title, field: title}
- {name: site, field: site}
- name: at
  field: at
  widget: location
  access: required
  settings: {near: site.place, max_distance_m: 200, max_accuracy_m: 50}
""")
    site = await workshop.tenant.create("Site", name="North", place={"lat": 31.2, "lng": 121.4})
    values: dict[str, Any] = {"title": "Pump", "siteId": site}
    here, far = {"lat": 31.2005, "lng": 121.4, "accuracy": 10}, {"lat": 31.3, "lng": 121.4, "accuracy": 80}
    refused = await workshop.try_submit({**values, "at": far})
    assert refused.faults == [
        ("BAD_USER_INPUT", "too_inexact", ("values", "at", "accuracy")),
        ("BAD_USER_INPUT", "too_far", ("values", "at")),
    ]
    refused = await workshop.try_submit({**values, "at": {"lat": 31.2, "lng": 121.4}})
    assert refused.faults == [("BAD_USER_INPUT", "too_inexact", ("values", "at", "accuracy"))]
    done = await workshop.submit({**values, "at": here})
    assert await workshop.job(done["record"], "at { lat }") == {"at": {"lat": 31.2005}}
    nowhere = await workshop.tenant.create("Site", name="Unknown")
    await workshop.submit({"title": "Pump", "siteId": nowhere, "at": {**far, "accuracy": 1}})


async def test_a_code_is_the_one_that_belongs_there(workshop: Workshop) -> None:
    await workshop.form("""
- {name: title, field: title}
- {name: site, field: site, widget: scan, access: required, settings: {by: code}}
- {name: scanned, field: scanned, widget: scan, settings: {pattern: 'N[0-9]+', equals: site.code}}
""")
    site = await workshop.tenant.create("Site", name="North", code="N1")
    refused = await workshop.try_submit({"title": "Pump", "site": "N9"})
    assert refused.faults == [("BAD_USER_INPUT", "unknown_code", ("values", "site"))]
    for code in ("N2", "x"):
        refused = await workshop.try_submit({"title": "Pump", "site": "N1", "scanned": code})
        assert refused.faults == [("BAD_USER_INPUT", "wrong_code", ("values", "scanned"))]
    done = await workshop.submit({"title": "Pump", "site": " N1 ", "scanned": "N1"})
    assert await workshop.job(done["record"], "siteId scanned") == {"siteId": site, "scanned": "N1"}


async def test_lines_are_added_changed_and_removed_within_the_form(workshop: Workshop) -> None:
    await workshop.form(LINES)
    done = await workshop.submit({"title": "Pump", "parts": [{"label": "seal"}, {"label": "bolt", "quantity": 8}]})
    parts = "parts(orderBy: [{label: ASC}]) { nodes { id label quantity } }"
    bolt, seal = (await workshop.job(done["record"], parts))["parts"]["nodes"]
    assert (bolt["quantity"], seal["quantity"]) == (8, 2)
    asked = field_named(await workshop.describe(record=done["record"]), "parts")["lines"]
    assert sorted((one["label"], one["quantity"]) for one in asked["values"]) == [("bolt", 8), ("seal", 2)]

    changes = [{"id": bolt["id"], "quantity": 9}, {"id": seal["id"], "remove": True}, {"label": "hose"}]
    await workshop.submit({"parts": changes}, record=done["record"])
    found = await workshop.job(done["record"], "partCount parts(orderBy: [{label: ASC}]) { nodes { label quantity } }")
    assert found == {
        "partCount": 2, "parts": {"nodes": [{"label": "bolt", "quantity": 9}, {"label": "hose", "quantity": 2}]},
    }  # fmt: skip


async def test_faults_of_lines_are_told_at_their_lines(workshop: Workshop) -> None:
    await workshop.form(LINES)
    lines = [{"quantity": 0}, {"label": "bolt", "quantity": 11}, {"label": "x", "color": "red"}, "bolt"]
    refused = await workshop.try_submit({"title": "Pump", "parts": lines})
    assert sorted(refused.faults, key=str) == [
        ("BAD_USER_INPUT", "bad_value", ("values", "parts", 0, "quantity")),
        ("BAD_USER_INPUT", "bad_value", ("values", "parts", 3)),
        ("BAD_USER_INPUT", "field_not_in_form", ("values", "parts", 2, "color")),
        ("BAD_USER_INPUT", "required", ("values", "parts", 0, "label")),
        ("BAD_USER_INPUT", "required", ("values", "parts", 1, "serial")),
    ]


async def test_lines_of_another_record_are_not_touched(workshop: Workshop, tenants: Tenants) -> None:
    await workshop.form(LINES)
    mine = await workshop.submit({"title": "Pump", "parts": [{"label": "seal"}]})
    other = await workshop.submit({"title": "Fan", "parts": [{"label": "bolt"}]})
    (line,) = (await workshop.job(other["record"], "parts { nodes { id } }"))["parts"]["nodes"]
    for change in ({"id": line["id"], "quantity": 9}, {"id": line["id"], "remove": True}):
        refused = await workshop.try_submit({"parts": [change]}, record=mine["record"])
        assert refused.faults == [("BAD_USER_INPUT", "unknown_line", ("values", "parts", 0, "id"))]
    kept = await workshop.job(other["record"], "parts { nodes { quantity } }")
    assert kept == {"parts": {"nodes": [{"quantity": 2}]}}


async def test_what_may_be_done_with_lines_is_held(workshop: Workshop) -> None:
    await workshop.form(LINES.replace("min: 1", "add: false\n    change: false\n    remove: false"))
    job = await workshop.tenant.create("Job", title="Pump")
    part = await workshop.tenant.create("Part", label="seal", jobId=job)
    for change in ({"label": "new"}, {"id": part, "quantity": 5}, {"id": part, "remove": True}):
        refused = await workshop.try_submit({"parts": [change]}, record=job)
        assert refused.faults == [("BAD_USER_INPUT", "field_not_in_form", ("values", "parts", 0))]
