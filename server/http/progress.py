"""/progress/{token}: pages for customers, without an account; and their style sheet."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

import server.progress
from metadata.problems import LimitError
from server.http.envelope import PAGE_HEADERS
from server.identity.rates import RateLimits
from server.progress.page import Page, ProgressPages
from server.progress.wording import language_of

__all__ = ["ProgressRoute"]

_STYLE = Path(server.progress.__path__[0]) / "pages" / "page.css"
_VISITS_PER_S = 2.0
_ADDRESS_PER_S = 10.0


class ProgressRoute:
    """Answers visits, as many as a person makes."""

    def __init__(self, pages: ProgressPages, clock: Any) -> None:
        self._pages = pages
        self._clock = clock
        self._by_token = RateLimits(_VISITS_PER_S)
        self._by_address = RateLimits(_ADDRESS_PER_S)
        self._style = _STYLE.read_bytes()

    async def show(self, request: Request) -> Response:
        """GET of the page."""
        language = _language(request)
        if self._is_too_often(request):
            return _response(self._pages.busy(language))
        return _response(await self._pages.show(request.path_params["token"], language))

    async def rate(self, request: Request) -> Response:
        """POST of a rating."""
        language = _language(request)
        if self._is_too_often(request):
            return _response(self._pages.busy(language))
        async with request.form(max_files=0, max_fields=10) as form:
            said = {name: value for name, value in form.items() if isinstance(value, str)}
        return _response(await self._pages.rate(request.path_params["token"], language, said))

    async def style(self, _request: Request) -> Response:
        """GET of the style sheet."""
        return Response(self._style, media_type="text/css", headers={"cache-control": "public, max-age=3600"})

    def _is_too_often(self, request: Request) -> bool:
        now = self._clock.now().timestamp()
        address = request.client.host if request.client is not None else "local"
        try:
            self._by_address.take(address, now)
            self._by_token.take(request.path_params["token"][:100], now)
        except LimitError:
            return True
        return False


def _language(request: Request) -> str:
    return language_of(request.headers.get("accept-language", ""))


def _response(page: Page) -> Response:
    headers = {**PAGE_HEADERS, **({"retry-after": "5"} if page.status == 429 else {})}
    return Response(page.html, status_code=page.status, media_type="text/html", headers=headers)
