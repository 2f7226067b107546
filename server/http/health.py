"""/healthz: the process answers. /readyz: what it needs answers too."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from starlette.requests import Request
from starlette.responses import Response

from server.http.answers import json_response

__all__ = ["Checks", "HealthRoutes"]

Checks = Mapping[str, Callable[[], Awaitable[None]]]
"""By name, something that raises when a needed part does not answer."""

_CHECK_TIMEOUT_S = 3.0


class HealthRoutes:
    """Asked by load balancers and supervisors, without a token."""

    def __init__(self, checks: Checks) -> None:
        self._checks = checks

    async def alive(self, _request: Request) -> Response:
        """200 as long as the process runs."""
        return json_response(200, {"status": "ok"})

    async def ready(self, _request: Request) -> Response:
        """200 when every check passes within seconds, else 503 that names the failing ones, without their reasons."""
        outcomes = await asyncio.gather(*(self._passes(check) for check in self._checks.values()))
        states = {name: "ok" if passes else "failing" for name, passes in zip(self._checks, outcomes, strict=True)}
        return json_response(200 if all(outcomes) else 503, {"status": "ok" if all(outcomes) else "failing", **states})

    async def _passes(self, check: Callable[[], Awaitable[None]]) -> bool:
        try:
            async with asyncio.timeout(_CHECK_TIMEOUT_S):
                await check()
        except Exception:
            return False
        return True
