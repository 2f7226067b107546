"""Files on disk: `<folder>/<tenant>/<first two of id's end>/<id>`, with a row in `tangram.file`.

A file is streamed to a temporary name, hashed and measured on the way, and renamed when whole; then its row is
written. What a crash leaves behind is removed by `server.files.orphans`.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import secrets
import unicodedata
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import uuid_utils

from metadata.problems import LimitError, NotFoundError
from server.database.connections import Connections
from server.files.orphans import remove_all_orphans, remove_folder

__all__ = ["FileStore", "StoredFile", "clean_name", "read_chunks", "sniff", "unknown_file"]

_CHUNK_BYTES = 262_144
_OCTETS = "application/octet-stream"

_INSERT = """
insert into tangram.file (id, tenant_id, name, size_bytes, content_type, sha256, uploaded_by, created_at)
values ($1, $2, $3, $4, $5, $6, $7, $8)
"""

_COLUMNS = "id, tenant_id, name, size_bytes, content_type, sha256, uploaded_by, created_at"

_SELECT = f"select {_COLUMNS} from tangram.file where tenant_id = $1 and id = any($2::uuid[])"

_DELETE = "delete from tangram.file where tenant_id = $1 and id = any($2::uuid[])"

# A file may be fetched by a link as long as whom it was given to may sign in.
_SELECT_FOR_ACTOR = f"""
select {_COLUMNS}
from tangram.file
where tenant_id = $1
    and id = $2
    and ($3::uuid is null or exists (
        select from tangram.account where id = $3 and status = 'active' and deleted_at is null
    ))
"""

_IMAGES = (
    (b"\x89PNG\r\n\x1a\n", 0, "image/png"),
    (b"\xff\xd8\xff", 0, "image/jpeg"),
    (b"GIF87a", 0, "image/gif"),
    (b"GIF89a", 0, "image/gif"),
    (b"WEBP", 8, "image/webp"),
    (b"BM", 0, "image/bmp"),
    (b"II*\x00", 0, "image/tiff"),
    (b"MM\x00*", 0, "image/tiff"),
    (b"ftypavif", 4, "image/avif"),
    (b"ftypheic", 4, "image/heic"),
)


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One file.

    Attributes:
        id: UUID text, as held by file and image fields.
        tenant_id: Whose it is.
        name: As uploaded, cleaned.
        size_bytes: Length.
        content_type: Images by their first bytes, others as declared.
        sha256: Digest of the bytes.
        uploaded_by: Account id, or None.
        created_at: When it was stored.
    """

    id: str
    tenant_id: str
    name: str
    size_bytes: int
    content_type: str
    sha256: bytes
    uploaded_by: str | None
    created_at: datetime

    @property
    def is_image(self) -> bool:
        """Whether its bytes are those of a picture that browsers show."""
        return self.content_type.startswith("image/")


def clean_name(name: str) -> str:
    """A file name without folders, control characters and surrounding dots, at most 255 bytes of UTF-8."""
    last = name.replace("\\", "/").rpartition("/")[2]
    printable = "".join(char for char in unicodedata.normalize("NFC", last) if unicodedata.category(char)[0] != "C")
    stem, dot, extension = printable.strip(" .").rpartition(".")
    cut = f"{stem}{dot}{extension}".encode()
    if len(cut) > 255 and len(extension.encode()) < 32:
        cut = stem.encode()[: 254 - len(extension.encode())] + f".{extension}".encode()
    return cut[:255].decode(errors="ignore") or "file"


def sniff(head: bytes, declared: str) -> str:
    """The content type to store: what the first bytes show for images, else what was declared.

    Something declared as an image that is none becomes `application/octet-stream`, so that it is never shown inline.
    """
    for magic, offset, content_type in _IMAGES:
        if head[offset : offset + len(magic)] == magic:
            return content_type
    declared = declared.partition(";")[0].strip().lower()
    is_plausible = 3 <= len(declared) <= 127 and declared.count("/") == 1 and declared.isascii()
    return declared if is_plausible and not declared.startswith("image/") else _OCTETS


class FileStore:
    """Stores, finds and removes the files of tenants."""

    def __init__(
        self, connections: Connections, folder: Path, *, limit_bytes: int, clock: Callable[[], datetime]
    ) -> None:
        self._connections = connections
        self._folder = folder
        self._limit_bytes = limit_bytes
        self._clock = clock

    def path(self, file: StoredFile) -> Path:
        """Where the bytes lie."""
        return self._path(file.tenant_id, file.id)

    async def save(
        self,
        tenant_id: str,
        chunks: AsyncIterator[bytes],
        *,
        name: str,
        content_type: str,
        uploaded_by: str | None,
        connection: Any = None,
    ) -> StoredFile:
        """Store what `chunks` gives.

        Args:
            tenant_id: Whose file.
            chunks: Its bytes in order.
            name: As the uploader calls it.
            content_type: As the uploader declares it.
            uploaded_by: Account id, or None for the server.
            connection: Connection to write the row with, perhaps in a transaction; None for one of the pool.

        Raises:
            LimitError: Longer than the limit; nothing is kept.
        """
        file_id = str(uuid_utils.uuid7())
        path = self._path(tenant_id, file_id)
        size_bytes, digest, head = await self._write(path, chunks)
        file = StoredFile(
            file_id,
            tenant_id,
            clean_name(name),
            size_bytes,
            sniff(head, content_type),
            digest,
            uploaded_by,
            self._clock(),
        )
        try:
            lent = self._connections.acquire(tenant_id) if connection is None else nullcontext(connection)
            async with lent as writing:
                await writing.execute(
                    _INSERT,
                    file.id,
                    file.tenant_id,
                    file.name,
                    file.size_bytes,
                    file.content_type,
                    file.sha256,
                    file.uploaded_by,
                    file.created_at,
                )
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        return file

    async def find(self, tenant_id: str, file_ids: list[str]) -> dict[str, StoredFile]:
        """The tenant's files of these ids; what is missing or another tenant's is left out."""
        async with self._connections.acquire(tenant_id) as connection:
            rows = await connection.fetch(_SELECT, tenant_id, file_ids)
        return {row["id"]: _file(row) for row in rows}

    async def open_for(self, tenant_id: str, file_id: str, actor_id: str) -> StoredFile:
        """A file that a link was given for.

        Raises:
            NotFoundError: No such file, or whom the link was given to may not sign in any more.
        """
        for value in (tenant_id, file_id, actor_id):
            if value and not _is_uuid(value):
                raise unknown_file()
        async with self._connections.acquire(tenant_id) as connection:
            row = await connection.fetchrow(_SELECT_FOR_ACTOR, tenant_id, file_id, actor_id or None)
        if row is None or not self._path(tenant_id, row["id"]).is_file():
            raise unknown_file()
        return _file(row)

    async def discard(self, files: Sequence[StoredFile]) -> None:
        """Remove files that no record came to hold."""
        if not files:
            return
        tenant_id = files[0].tenant_id
        async with self._connections.acquire(tenant_id) as connection:
            await connection.execute(_DELETE, tenant_id, [file.id for file in files])
        for file in files:
            await asyncio.to_thread(self._path(tenant_id, file.id).unlink, missing_ok=True)

    async def remove_orphans(self) -> int:
        """Remove what no tenant's records hold; returns how many files. See `server.files.orphans`."""
        return await remove_all_orphans(self._connections, self._folder, self._clock)

    async def remove_tenant(self, tenant_id: str) -> None:
        """Remove all of a tenant's bytes, after the tenant is gone."""
        await asyncio.to_thread(remove_folder, self._folder / tenant_id)

    async def _write(self, path: Path, chunks: AsyncIterator[bytes]) -> tuple[int, bytes, bytes]:
        temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        digest, size_bytes, head = hashlib.sha256(), 0, b""
        await asyncio.to_thread(path.parent.mkdir, mode=0o700, parents=True, exist_ok=True)
        target = await asyncio.to_thread(open, temporary, "xb")
        try:
            async for chunk in chunks:
                size_bytes += len(chunk)
                if size_bytes > self._limit_bytes:
                    raise LimitError.single(
                        "file_too_large",
                        f"The file is larger than {self._limit_bytes} bytes.",
                        hint="The limit is TANGRAM_UPLOAD_LIMIT_BYTES.",
                    )
                head = head or chunk[:32]
                await asyncio.to_thread(_append, target, digest, chunk)
            await asyncio.to_thread(_finish, target, temporary, path)
        except BaseException:
            target.close()
            temporary.unlink(missing_ok=True)
            raise
        return size_bytes, digest.digest(), head

    def _path(self, tenant_id: str, file_id: str) -> Path:
        return self._folder / tenant_id / file_id[-2:] / file_id


async def read_chunks(source: Any) -> AsyncIterator[bytes]:
    """The bytes of an upload (anything with an async `read(size)`), in chunks."""
    while chunk := await source.read(_CHUNK_BYTES):
        yield chunk


def _append(target: Any, digest: Any, chunk: bytes) -> None:
    digest.update(chunk)
    target.write(chunk)


def _finish(target: Any, temporary: Path, path: Path) -> None:
    target.flush()
    os.fsync(target.fileno())
    target.close()
    temporary.chmod(0o600)
    temporary.rename(path)


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


def unknown_file() -> NotFoundError:
    """That there is no such file, or none for whoever asks."""
    return NotFoundError.single("unknown_file", "There is no such file.")


def _file(row: Any) -> StoredFile:
    return StoredFile(
        row["id"],
        row["tenant_id"],
        row["name"],
        row["size_bytes"],
        row["content_type"],
        row["sha256"],
        row["uploaded_by"],
        row["created_at"],
    )
