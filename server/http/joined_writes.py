"""HTTP answers that leave the process as one piece.

Uvicorn writes the head of an answer and its body one after the other, and the event loop hands each to the kernel by a
call of its own. For the small answers of an API these calls, and the second packet, are a tenth of all work: what is
written to a connection in one turn of the loop is therefore kept and handed over together.
"""

from __future__ import annotations

import asyncio
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

__all__ = ["JoinedWritesProtocol"]

_LARGE = 32 * 1_024
"""Bytes kept at most: more goes at once, so that the transport can tell a fast writer to wait."""


class JoinedWritesProtocol(HttpToolsProtocol):
    """Uvicorn's protocol, on connections that keep what is written within a turn of the loop."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A client has connected."""
        super().connection_made(cast("asyncio.Transport", _Joining(transport, self.loop)))


class _Joining:
    """A transport that hands on what is written at the end of the turn."""

    __slots__ = ("_kept", "_loop", "_size", "_transport")

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._kept: list[bytes] = []
        self._size = 0

    def __getattr__(self, name: str) -> Any:
        """Whatever else a transport does."""
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Write at the end of this turn, or now when it is much."""
        if not self._kept:
            self._loop.call_soon(self._hand_over)
        self._kept.append(data)
        self._size += len(data)
        if self._size > _LARGE:
            self._hand_over()

    def close(self) -> None:
        """Close once everything is written."""
        self._hand_over()
        self._transport.close()

    def _hand_over(self) -> None:
        kept = self._kept
        if kept:
            self._kept = []
            self._size = 0
            self._transport.writelines(kept)
