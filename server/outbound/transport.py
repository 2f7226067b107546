"""HTTP for calling tenants' servers: connects to the checked address, follows nothing, reads little."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Iterable
from functools import cache
from types import TracebackType
from typing import Any, Self

import httpcore
import httpx
from httpcore import SOCKET_OPTION, AsyncNetworkStream

from server.outbound.addresses import permitted_addresses

__all__ = ["GuardedTransport", "webhook_client"]

_MAX_CONNECTIONS = 50
_KEEP_ALIVE_S = 20.0


def webhook_client(
    *, allow_private: bool, timeout_s: float, ssl_context: ssl.SSLContext | None = None
) -> httpx.AsyncClient:
    """A client for webhooks: no redirects, no proxies and no credentials from the environment.

    Args:
        allow_private: Whether private and loopback addresses may be called.
        timeout_s: Seconds to wait for a connection, for each part of an answer, and so on.
        ssl_context: Instead of the usual one, which trusts public authorities.
    """
    return httpx.AsyncClient(
        transport=GuardedTransport(allow_private=allow_private, ssl_context=ssl_context),
        follow_redirects=False,
        trust_env=False,
        timeout=timeout_s,
    )


@cache
def _trusting_public_authorities() -> ssl.SSLContext:
    """One for the process: reading the authorities' certificates takes 30 ms."""
    return httpx.create_ssl_context(trust_env=False)


class GuardedTransport(httpx.AsyncBaseTransport):
    """A transport that looks names up itself and connects to an address that it has checked.

    TLS still verifies the host's name. A connection is only used again for the same origin.
    """

    def __init__(self, *, allow_private: bool, ssl_context: ssl.SSLContext | None = None) -> None:
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=ssl_context or _trusting_public_authorities(),
            max_connections=_MAX_CONNECTIONS,
            max_keepalive_connections=_MAX_CONNECTIONS,
            keepalive_expiry=_KEEP_ALIVE_S,
            network_backend=_CheckedBackend(allow_private=allow_private),
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request; errors are httpcore's, OSError or AddressRefusedError."""
        response = await self._pool.handle_async_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(
                    scheme=request.url.raw_scheme,
                    host=request.url.raw_host,
                    port=request.url.port,
                    target=request.url.raw_path,
                ),
                headers=request.headers.raw,
                content=request.stream,
                extensions=request.extensions,
            )
        )
        return httpx.Response(
            status_code=response.status,
            headers=response.headers,
            stream=_Stream(response),
            extensions=response.extensions,
        )

    async def __aenter__(self) -> Self:
        await self._pool.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None = None,
        error: BaseException | None = None,
        trace: TracebackType | None = None,
    ) -> None:
        await self._pool.__aexit__(kind, error, trace)

    async def aclose(self) -> None:
        """Close all connections."""
        await self._pool.aclose()


class _Stream(httpx.AsyncByteStream):
    """The body of an answer, from httpcore to httpx."""

    def __init__(self, response: httpcore.Response) -> None:
        self._response = response

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in self._response.aiter_stream():
            yield part

    async def aclose(self) -> None:
        await self._response.aclose()


class _CheckedBackend(httpcore.AsyncNetworkBackend):
    """Opens connections to checked addresses only."""

    def __init__(self, *, allow_private: bool) -> None:
        self._allow_private = allow_private
        self._inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[SOCKET_OPTION] | None = None,
    ) -> AsyncNetworkStream:
        addresses = await permitted_addresses(host, port, allow_private=self._allow_private)
        error: Exception = OSError(f"'{host}' has no address.")
        for address in addresses[:4]:
            try:
                return await self._inner.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as caught:
                error = caught
        raise error

    async def connect_unix_socket(self, path: str, *_: Any, **__: Any) -> Any:
        raise OSError("webhooks do not call sockets")

    async def sleep(self, seconds: float) -> None:
        await self._inner.sleep(seconds)
