"""GraphiQL: the page, and its assets from our own folder, so that it works without any other server.

The vendored packages are kept compressed and are sent as they are to browsers, which all accept gzip.
"""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope

from server.identity.bearer import header

__all__ = ["GraphiqlRoutes", "wants_page"]

_FOLDER = Path(__file__).parent / "static" / "graphiql"
_TYPES = {".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".txt": "text/plain"}
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self' data:; connect-src 'self' ws: wss:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def wants_page(scope: Scope) -> bool:
    """Whether a browser asks an endpoint for its page: a GET without a query that accepts HTML."""
    return (
        scope["method"] == "GET"
        and "text/html" in header(scope, b"accept")
        and not any(part.startswith(b"query=") for part in scope["query_string"].split(b"&"))
    )


class GraphiqlRoutes:
    """The page of both endpoints, and /static/graphiql/{name}."""

    def __init__(self) -> None:
        self._assets = {path.name: path for path in sorted(_FOLDER.rglob("*")) if path.is_file()}

    async def page(self, _request: Request) -> Response:
        """The page; which endpoint it speaks to it reads from its own address."""
        return Response(
            self._assets["index.html"].read_bytes(),
            media_type="text/html",
            headers={"content-security-policy": _POLICY, "cache-control": "no-cache"},
        )

    async def asset(self, request: Request) -> Response:
        """One file of the page."""
        name = request.path_params["name"]
        packed = self._assets.get(f"{name}.gz")
        path = packed or self._assets.get(name)
        if path is None or path.suffix not in {*_TYPES, ".gz"}:
            raise HTTPException(404)
        body = path.read_bytes()
        tag = f'"{hashlib.sha256(body).hexdigest()[:20]}"'
        headers = {"etag": tag, "cache-control": "no-cache", "vary": "accept-encoding"}
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers=headers)
        if packed is not None and "gzip" in request.headers.get("accept-encoding", ""):
            headers["content-encoding"] = "gzip"
        elif packed is not None:
            body = gzip.decompress(body)
        return Response(body, media_type=_TYPES[Path(name).suffix], headers=headers)
