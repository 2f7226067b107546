from __future__ import annotations

import os
import uuid
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from metadata.problems import ForbiddenError, LimitError, NotFoundError
from server.app import Services
from server.configuration.tenancy import drop_tenant
from server.events.clock import MovedClock
from server.files.links import FileLinks
from server.files.store import FileStore, StoredFile, clean_name, sniff
from server.identity.accounts import AccountChange
from server.secrets.keys import KeyRing
from tests.fixtures.http import Place, Web

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40
KEYS = KeyRing("a key for tests, 32 characters or more")


async def chunks(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


async def save(services: Services, place: Place, body: bytes = PNG, name: str = "logo.png") -> StoredFile:
    return await services.files.save(
        place.id, chunks(body), name=name, content_type="image/png", uploaded_by=place.member.id
    )


def files_below(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


async def test_stored_file_is_found_by_its_tenant_only(services: Services, acme: Place, globex: Place) -> None:
    file = await save(services, acme)
    assert (await services.files.find(acme.id, [file.id])) == {file.id: file}
    assert (await services.files.find(globex.id, [file.id])) == {}
    assert services.files.path(file).read_bytes() == PNG
    assert (file.size_bytes, file.content_type, file.is_image) == (len(PNG), "image/png", True)
    assert services.files.path(file).stat().st_mode & 0o077 == 0


async def test_too_large_or_broken_upload_leaves_nothing(services: Services, acme: Place, tmp_path: Path) -> None:
    store = FileStore(services.connections, tmp_path / "f", limit_bytes=100, clock=services.clock.now)

    async def broken() -> AsyncIterator[bytes]:
        yield b"x"
        raise ConnectionError("gone")

    with pytest.raises(LimitError) as refusal:
        await store.save(acme.id, chunks(b"x" * 60, b"x" * 60), name="a", content_type="", uploaded_by=None)
    assert refusal.value.faults[0].reason == "file_too_large"
    with pytest.raises(ConnectionError):
        await store.save(acme.id, broken(), name="a", content_type="", uploaded_by=None)
    assert files_below(tmp_path / "f") == []
    kept = await store.save(acme.id, chunks(b"x" * 60, b"x" * 40), name="a", content_type="", uploaded_by=None)
    assert kept.size_bytes == 100


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("logo.png", "logo.png"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\合同.pdf", "合同.pdf"),
        ("a\r\nb\0.txt", "ab.txt"),
        ("", "file"),
        ("..", "file"),
        ("长" * 200 + ".pdf", "长" * 83 + ".pdf"),
    ],
)
def test_names_are_cleaned(given: str, expected: str) -> None:
    assert clean_name(given) == expected


@pytest.mark.parametrize(
    ("head", "declared", "expected"),
    [
        (PNG, "text/plain", "image/png"),
        (b"\xff\xd8\xff\xe0", "image/png", "image/jpeg"),
        (b"<svg onload=alert(1)>", "image/svg+xml", "application/octet-stream"),
        (b"<html>", "image/png", "application/octet-stream"),
        (b"%PDF-1.7", "application/pdf", "application/pdf"),
        (b"text", "text/plain; charset=utf-8", "text/plain"),
        (b"", "nonsense", "application/octet-stream"),
        (b"", "", "application/octet-stream"),
    ],
)
def test_images_are_known_by_their_bytes(head: bytes, declared: str, expected: str) -> None:
    assert sniff(head, declared) == expected


async def test_signed_link_downloads_and_nothing_else_does(
    web: Web, services: Services, acme: Place, globex: Place
) -> None:
    file = await save(services, acme, name='合同 "A".png')
    url = services.links.url(acme.id, file.id, acme.member.id)
    answer = await web.client.get(url)
    assert (answer.status_code, answer.content) == (200, PNG)
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["content-disposition"] == (
        "inline; filename=\"__ _A_.png\"; filename*=UTF-8''%E5%90%88%E5%90%8C%20%22A%22.png"
    )
    part = await web.client.get(url, headers={"range": "bytes=1-3"})
    assert (part.status_code, part.content) == (206, b"PNG")
    for other in (
        url.replace(acme.id, globex.id),
        url.replace(acme.member.id, acme.administrator.id),
        url.replace("expires=", "expires=9"),
        url.replace(file.id, str(uuid.uuid4()), 1),
        f"/files/{file.id}",
        f"/files/{file.id}?signature=x.y&expires=1&tenant=é",
    ):
        refused = await web.client.get(other)
        assert (refused.status_code, reason(refused)) == (403, "invalid_link"), other


async def test_link_ends_with_the_account_it_was_given_to(web: Web, services: Services, acme: Place) -> None:
    file = await save(services, acme)
    url = services.links.url(acme.id, file.id, acme.member.id)
    assert (await web.client.get(url)).status_code == 200
    await services.identity.accounts.update(acme.id, acme.member.id, AccountChange(status="disabled"), updated_by=None)
    refused = await web.client.get(url)
    assert (refused.status_code, reason(refused)) == (404, "unknown_file")


async def test_other_types_are_saved_and_never_shown(web: Web, services: Services, acme: Place) -> None:
    file = await services.files.save(
        acme.id, chunks(b"<script>"), name="a.html", content_type="text/html", uploaded_by=None
    )
    answer = await web.client.get(services.links.url(acme.id, file.id))
    assert answer.headers["content-disposition"].startswith("attachment;")


def test_link_expires_and_stays_the_same_for_a_while() -> None:
    clock = MovedClock()
    links = FileLinks(KEYS, clock=clock.now)
    url = links.url("t", "f", "a")
    query = dict(httpx.URL(url).params)
    assert links.verify("f", query).actor_id == "a"
    later = links.url("t", "f", "a")
    assert int(dict(httpx.URL(later).params)["expires"]) - int(query["expires"]) in (0, 900)
    clock.advance(timedelta(hours=2))
    with pytest.raises(ForbiddenError) as refusal:
        links.verify("f", query)
    assert refusal.value.faults[0].reason == "link_expired"


async def test_orphans_are_removed_and_used_files_kept(services: Services, acme: Place, globex: Place) -> None:
    schema = "t_acme"
    other = await save(services, globex)
    used, hidden, orphan, young = [await save(services, acme) for _ in range(4)]
    async with services.connections.definer.acquire() as connection:
        await connection.execute(f"create table {schema}.thing (id uuid, logo uuid, old_logo uuid)")
        await connection.execute(f"insert into {schema}.thing values ($1, $2, $3)", orphan.id, used.id, hidden.id)
        await connection.execute(
            "update tangram.file set created_at = created_at - interval '2 days' where id <> all($1)",
            [young.id, other.id],
        )
    stray = services.files.path(orphan).with_name(".left-behind.tmp")
    stray.write_bytes(b"half")
    for path in (stray, *(services.files.path(file) for file in (used, hidden, orphan))):
        os.utime(path, (1, 1))
    assert await services.files.remove_orphans() == 2
    assert (await services.files.find(acme.id, [one.id for one in (used, hidden, orphan, young)])).keys() == {
        used.id,
        hidden.id,
        young.id,
    }
    assert not stray.exists()
    assert not services.files.path(orphan).exists()
    with pytest.raises(NotFoundError):
        await services.files.open_for(acme.id, orphan.id, "")
    assert services.files.path(used).exists()
    assert services.files.path(other).exists()


async def test_file_held_by_a_platform_table_is_kept(services: Services, acme: Place) -> None:
    held, orphan = await save(services, acme), await save(services, acme)
    async with services.connections.definer.acquire() as connection:
        await connection.execute("create table tangram.pile (file_id uuid)")
        await connection.execute("insert into tangram.pile values ($1)", held.id)
        await connection.execute("update tangram.file set created_at = created_at - interval '2 days'")

    await services.files.remove_orphans()
    assert (await services.files.find(acme.id, [held.id, orphan.id])).keys() == {held.id}


async def test_files_of_a_tenant_that_is_gone_are_removed(services: Services, acme: Place, globex: Place) -> None:
    """Dropping a tenant removes its rows in one transaction; a crash before its bytes are gone leaves them to this."""
    lost, other = await save(services, acme), await save(services, globex)
    await drop_tenant(services.connections, acme.id)

    assert await services.files.remove_orphans() == 1
    assert not services.files.path(lost).parents[1].exists()
    assert services.files.path(other).exists()


def reason(answer: httpx.Response) -> str:
    return str(answer.json()["errors"][0]["extensions"]["reason"])
