"""/exports/{id}: files of exports by signed link; whether they may be had is asked anew each time."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import FileResponse, Response

from metadata.model.tenant import TenantModel
from metadata.problems import TangramError
from server.exports.asking import Exports
from server.http.answers import error_response

__all__ = ["ExportRoute"]


class ExportRoute:
    """Checks the link and the rights, then streams the file."""

    def __init__(self, exports: Exports, model_of: Callable[[str, int], Awaitable[TenantModel | None]]) -> None:
        self._exports = exports
        self._model_of = model_of

    async def download(self, request: Request) -> Response:
        """GET or HEAD of a signed link."""
        try:
            file = await self._exports.fetch(request.path_params["id"], request.query_params, self._model_of)
        except TangramError as error:
            return error_response(error)
        headers = {
            "cache-control": "private, no-store",
            "content-security-policy": "default-src 'none'; sandbox",
            "x-content-type-options": "nosniff",
        }
        return FileResponse(file.path, media_type=file.media_type, filename=file.name, headers=headers)
