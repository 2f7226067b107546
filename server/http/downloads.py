"""/files/{id}: downloads by signed link, never rendered as a page of ours."""

from __future__ import annotations

from typing import Protocol
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import FileResponse, Response

from metadata.problems import TangramError
from server.files.links import FileLinks, LinkTarget
from server.files.store import FileStore, StoredFile, unknown_file
from server.http.answers import error_response

__all__ = ["DownloadRoute", "Readers"]


class Readers(Protocol):
    """Knows who may still follow a link."""

    async def may_read(self, target: LinkTarget, file: StoredFile) -> bool:
        """Whether whom the link was given to may read the file now."""


class DownloadRoute:
    """Checks the link and the right, then streams the file; Starlette answers ranges and conditional requests."""

    def __init__(self, store: FileStore, links: FileLinks, readers: Readers) -> None:
        self._store = store
        self._links = links
        self._readers = readers

    async def download(self, request: Request) -> Response:
        """GET or HEAD of a signed link."""
        try:
            target = self._links.verify(request.path_params["id"], request.query_params)
            file = await self._store.open_for(target.tenant_id, target.file_id, target.actor_id)
            if not await self._readers.may_read(target, file):
                raise unknown_file()
        except TangramError as error:
            return error_response(error)
        return FileResponse(
            self._store.path(file),
            media_type=file.content_type,
            headers={
                "content-disposition": _disposition(file),
                "cache-control": "private, no-cache",
                "content-security-policy": "default-src 'none'; sandbox",
            },
        )


def _disposition(file: StoredFile) -> str:
    """Pictures may be shown in place; everything else is saved. The name in both forms of RFC 6266."""
    kind = "inline" if file.is_image else "attachment"
    plain = "".join(char if char.isascii() and char.isprintable() and char not in '"\\' else "_" for char in file.name)
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(file.name, safe='')}"
