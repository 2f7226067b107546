"""What is written to a connection within a turn of the loop leaves together."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

from uvicorn.config import Config
from uvicorn.server import ServerState

from server.http.joined_writes import JoinedWritesProtocol


class Wire(asyncio.Transport):
    """A connection that remembers what was handed to it, call by call."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[bytes | str] = []

    def writelines(self, list_of_data: Iterable[Any]) -> None:
        self.pieces.append(b"".join(list_of_data))

    def close(self) -> None:
        self.pieces.append("closed")

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return default


async def connected() -> tuple[Any, Wire]:
    """The transport as the protocol sees it, and the wire below."""

    async def nothing(_scope: Any, _receive: Any, _send: Any) -> None: ...

    config = Config(nothing, log_config=None, lifespan="off")
    config.load()
    protocol = JoinedWritesProtocol(config, ServerState(), {})
    wire = Wire()
    protocol.connection_made(wire)
    return protocol.transport, wire


async def test_a_head_and_a_body_are_one_piece() -> None:
    transport, wire = await connected()
    transport.write(b"head")
    transport.write(b"body")
    assert wire.pieces == []
    await asyncio.sleep(0)
    assert wire.pieces == [b"headbody"]
    transport.write(b"next")
    await asyncio.sleep(0)
    assert wire.pieces == [b"headbody", b"next"]


async def test_much_goes_at_once_so_that_a_slow_reader_is_noticed() -> None:
    transport, wire = await connected()
    transport.write(b"head")
    transport.write(b"x" * 40_000)
    assert wire.pieces == [b"head" + b"x" * 40_000]
    await asyncio.sleep(0)
    assert len(wire.pieces) == 1


async def test_everything_is_written_before_a_connection_is_closed() -> None:
    transport, wire = await connected()
    transport.write(b"last words")
    transport.close()
    assert wire.pieces == [b"last words", "closed"]
