"""/m/{token}: links in messages to customers, the picture that tells of opening, the way out, what gateways tell."""

from __future__ import annotations

import base64
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from metadata.problems import LimitError
from server.http.unsubscribe_page import UnsubscribePage
from server.identity.rates import RateLimits
from server.outreach.tracking import STATUSES, Tracking
from server.outreach.withdrawing import Withdrawing

__all__ = ["MessageRoutes"]

_PIXEL = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
_HEADERS = {"cache-control": "no-store", "x-robots-tag": "noindex, nofollow"}
_ADDRESS_PER_S = 50.0
_TOKEN_PER_S = 5.0


class MessageRoutes:
    """Answers whoever opens, follows, or tells of a message; nothing is learned from a token that is wrong."""

    def __init__(self, tracking: Tracking, withdrawing: Withdrawing, clock: Any) -> None:
        self._tracking, self._withdrawing, self._clock = tracking, withdrawing, clock
        self._page = UnsubscribePage()
        self._by_token, self._by_address = RateLimits(_TOKEN_PER_S), RateLimits(_ADDRESS_PER_S)

    async def opened(self, request: Request) -> Response:
        """GET of the picture."""
        if not self._is_too_often(request):
            await self._tracking.heard(request.path_params["token"], "opened")
        return Response(_PIXEL, media_type="image/gif", headers=_HEADERS)

    async def followed(self, request: Request) -> Response:
        """GET of a link."""
        if self._is_too_often(request):
            return Response(status_code=429, headers={**_HEADERS, "retry-after": "1"})
        place = request.path_params["place"]
        url = await self._tracking.followed(request.path_params["token"], place)
        if url is None:
            return Response("This link leads nowhere any more.\n", status_code=404, headers=_HEADERS)
        return RedirectResponse(url, status_code=302, headers=_HEADERS)

    async def ask(self, request: Request) -> Response:
        """GET of the way out: a page with a button, for mail readers follow links by themselves."""
        if self._is_too_often(request):
            return self._page.show(request, "busy")
        sender = await self._withdrawing.sender(request.path_params["token"])
        return self._page.show(request, "gone") if sender is None else self._page.show(request, "ask", sender)

    async def withdraw(self, request: Request) -> Response:
        """POST of that page, or of a mail reader's own button (RFC 8058)."""
        if self._is_too_often(request):
            return self._page.show(request, "busy")
        done = await self._withdrawing.withdraw(request.path_params["token"])
        return self._page.show(request, "done" if done else "gone")

    async def status(self, request: Request) -> Response:
        """POST of what whoever takes messages on tells: `{"status": "delivered"}`."""
        if self._is_too_often(request):
            return Response(status_code=429, headers={**_HEADERS, "retry-after": "1"})
        try:
            told = msgspec.json.decode(await request.body(), type=dict[str, str]).get("status", "")
        except (msgspec.DecodeError, UnicodeDecodeError):
            told = ""
        if told not in STATUSES:
            known = ", ".join(STATUSES)
            return Response(f'Send {{"status": "…"}} with one of {known}.\n', status_code=400, headers=_HEADERS)
        known_message = await self._tracking.heard(request.path_params["token"], told)
        return Response(status_code=204 if known_message else 404, headers=_HEADERS)

    def _is_too_often(self, request: Request) -> bool:
        now = self._clock.now().timestamp()
        address = request.client.host if request.client is not None else "local"
        try:
            self._by_address.take(address, now)
            self._by_token.take(request.path_params["token"][:100], now)
        except LimitError:
            return True
        return False
