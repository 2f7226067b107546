"""A web process, started by `server.serving`: `python -m server.web_process <its listening socket> <its number>`."""

from __future__ import annotations

import asyncio
import socket
import sys
from typing import Any

import uvicorn

from server.allocation import settle
from server.app import create_app
from server.children import announce_ready, supervisor_gone
from server.config import Config, load_config
from server.http.joined_writes import JoinedWritesProtocol
from server.http.metrics import write_as
from server.logs import configure_logging

__all__ = ["web_server"]


class _Server(uvicorn.Server):
    """Uvicorn that says when it is ready, and finishes when its supervisor is gone."""

    _guard: asyncio.Task[None] | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started and not self.should_exit:
            settle()
            self._guard = asyncio.create_task(supervisor_gone())
            self._guard.add_done_callback(self._finish)
            announce_ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        if self._guard is not None:
            self._guard.cancel()
        await super().shutdown(sockets)

    def _finish(self, guard: asyncio.Task[None]) -> None:
        self.should_exit = True


def web_server(config: Config, app: Any) -> uvicorn.Server:
    """The HTTP server of a web process, with uvloop and httptools."""
    return _Server(
        uvicorn.Config(
            app,
            loop="uvloop",
            http=JoinedWritesProtocol,
            ws="websockets-sansio",
            lifespan="on",
            log_config=None,
            access_log=False,
            server_header=False,
            date_header=True,
            proxy_headers=bool(config.trusted_proxies),
            forwarded_allow_ips=config.trusted_proxies or None,
            timeout_keep_alive=75,
            timeout_graceful_shutdown=config.shutdown_timeout_s,
            backlog=2_048,
        )
    )


def main() -> None:
    """Serve on the inherited socket until asked to stop."""
    config = load_config()
    configure_logging(config)
    listening = socket.socket(fileno=int(sys.argv[1]))
    write_as(sys.argv[2])
    server = web_server(config, create_app(config))
    server.run(sockets=[listening])
    sys.exit(0 if server.started else 3)


if __name__ == "__main__":
    main()
