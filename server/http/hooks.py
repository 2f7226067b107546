"""POST /hooks/{tenant}/{rule}: signed messages of other systems, for rules that wait for them."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from metadata.problems import BadInputError, TangramError
from server.http.answers import error_response, json_response
from server.http.bodies import parse_object
from server.identity.rates import RateLimits
from server.rules.hooks import Hooks

__all__ = ["HookRoute"]

_ADDRESS_PER_S = 50.0


class HookRoute:
    """Takes messages, as many of one address as a system sends."""

    def __init__(self, hooks: Hooks, clock: Any) -> None:
        self._hooks = hooks
        self._clock = clock
        self._by_address = RateLimits(_ADDRESS_PER_S)

    async def receive(self, request: Request) -> Response:
        """One message: 200 when it is taken, also when it had been."""
        try:
            address = request.client.host if request.client is not None else "local"
            self._by_address.take(address, self._clock.now().timestamp())
            body = await request.body()
            done = await self._hooks.receive(
                request.path_params["tenant"],
                request.path_params["rule"],
                request.headers,
                _text(body),
                lambda: parse_object(body),
            )
        except TangramError as error:
            return error_response(error)
        told = {"accepted": True, "repeated": done.repeated}
        return json_response(200, told if done.repeated else {**told, "record": done.record, "outcome": done.outcome})


def _text(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError:
        raise BadInputError.single("malformed_json", "The request body is not UTF-8.") from None
