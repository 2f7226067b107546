"""Files: multipart uploads, file fields, signed links."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests import servers
from tests.fixtures.tenants import Person, Tenant, Tenants, tenants_opened

UPLOAD = "mutation ($f: Upload!) { uploadFile(file: $f) { id name size contentType url } }"
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 20


async def send(tenant: Tenant, operations: Any, map_: Any, files: dict[str, Any], person: Person | None = None) -> Any:
    data = {"operations": json.dumps(operations)}
    if map_ is not None:
        data["map"] = json.dumps(map_)
    return await tenant.client.post("/graphql", data=data, files=files, headers=(person or tenant.admin).headers)


async def upload(
    tenant: Tenant,
    body: bytes = b"hello",
    name: str = "a.txt",
    media: str = "text/plain",
    person: Person | None = None,
) -> Any:
    operations = {"query": UPLOAD, "variables": {"f": None}}
    response = await send(tenant, operations, {"0": ["variables.f"]}, {"0": (name, body, media)}, person)
    answer = response.json()
    assert "errors" not in answer, answer
    return answer["data"]["uploadFile"]


async def test_an_uploaded_file_is_told_and_downloaded_by_its_link(tenants: Tenants) -> None:
    east = tenants.east
    file = await upload(east, "你好".encode(), "报告.txt")
    assert {**file, "id": "", "url": ""} == {
        "id": "",
        "name": "报告.txt",
        "size": 6,
        "contentType": "text/plain",
        "url": "",
    }
    got = await east.client.get(file["url"])
    assert (got.status_code, got.content) == (200, "你好".encode())
    tampered = urlsplit(file["url"])._replace(query="").geturl()
    for url in (tampered, file["url"][:-2] + "xx", file["url"].replace(file["id"][:8], "00000000")):
        assert (await east.client.get(url)).status_code in (401, 403, 404)


async def test_a_file_field_answers_its_parts(tenants: Tenants) -> None:
    east = tenants.east
    file, image = await upload(east), await upload(east, PNG, "p.png", "image/png")
    data = await east.data(
        "mutation ($f: ID, $i: ID) { createSample(input: {fileField: $f, imageField: $i})"
        " { fileField { id name size contentType url } imageField { name contentType } } }",
        {"f": file["id"], "i": image["id"]},
    )
    found = data["createSample"]["fileField"]
    assert {**found, "url": ""} == {**file, "url": ""}
    assert (await east.client.get(found["url"])).content == b"hello"
    assert data["createSample"]["imageField"] == {"name": "p.png", "contentType": "image/png"}


async def test_a_file_has_to_be_the_tenants_and_fit_the_field(tenants: Tenants) -> None:
    east, west = tenants.both
    create = 'mutation ($f: ID) { createLimited(input: {short: "abc", paper: $f}) { paper { size } } }'
    fits = await upload(east, b"x" * 100)
    assert (await east.data(create, {"f": fits["id"]}))["createLimited"]["paper"] == {"size": 100}
    theirs, large, other = (
        await upload(west),
        await upload(east, b"x" * 101),
        await upload(east, PNG, media="image/png"),
    )
    path = ("input", "paper")
    for file, reason in ((theirs, "unknown_file"), (large, "file_too_large"), (other, "wrong_content_type")):
        reply = await east.graphql(create, {"f": file["id"]})
        assert reply.faults == [("BAD_USER_INPUT", reason, path)]
        assert reply.errors[0]["extensions"]["hint"]
    assert (await east.data("{ limiteds { totalCount } }"))["limiteds"]["totalCount"] == 1


async def test_an_image_field_takes_images_alone(tenants: Tenants) -> None:
    fake = await upload(tenants.east, b"no image", "x.png", "image/png")
    faults = await tenants.east.faults(
        "mutation ($f: ID) { createSample(input: {imageField: $f}) { id } }", {"f": fake["id"]}
    )
    assert faults == [("BAD_USER_INPUT", "wrong_content_type", ("input", "imageField"))]


async def test_requests_that_do_not_follow_the_specification_are_refused(tenants: Tenants) -> None:
    east = tenants.east
    operations = {"query": UPLOAD, "variables": {"f": None}}
    files = {"0": ("a.txt", b"x", "text/plain")}
    batch = await send(east, [operations], {"0": ["0.variables.f"]}, files)
    assert batch.status_code == 400
    maps: tuple[Any, ...] = ({"0": ["variables.g.h"]}, {"1": ["variables.f"]}, [], {"0": "x"})
    for bad in maps:
        response = await send(east, operations, bad, files)
        assert response.status_code == 400 or response.json()["errors"], bad
        code = response.json()["errors"][0]["extensions"]["code"]
        assert code == "BAD_USER_INPUT"
    response = await send(east, operations, None, files)
    assert response.json()["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


async def test_a_file_larger_than_the_limit_is_refused(test_servers: servers.Servers, tmp_path: Path) -> None:
    async with tenants_opened(test_servers, tmp_path, upload_limit_bytes=1_000) as tenants:
        await upload(tenants.east, b"x" * 100)
        response = await send(
            tenants.east,
            {"query": UPLOAD, "variables": {"f": None}},
            {"0": ["variables.f"]},
            {"0": ("a", b"x" * 1_001, "text/plain")},
        )
        assert response.json()["errors"][0]["extensions"]["code"] == "LIMIT_EXCEEDED"


async def test_many_uploads_at_once_do_not_wait_for_each_other(tenants: Tenants) -> None:
    files = await asyncio.gather(*(upload(tenants.east, b"%d" % number) for number in range(12)))
    assert len({file["id"] for file in files}) == 12


@pytest.mark.parametrize("variables", [{"f": "text"}, {"f": 1}, {"f": {}}])
async def test_a_variable_that_is_no_file_is_refused(tenants: Tenants, variables: Any) -> None:
    faults = await tenants.east.faults(UPLOAD, variables)
    assert faults[0][0] == "BAD_USER_INPUT"
