"""The worker process: `python -m server.worker_process`, started by `server.serving` or by `tangram worker`."""

from __future__ import annotations

import asyncio

import uvloop

from server.children import announce_ready, run_until_asked
from server.config import Config, load_config
from server.logs import configure_logging

__all__ = ["work"]


async def work(config: Config, *, supervised: bool) -> None:
    """Run background jobs until asked to stop.

    Args:
        config: With both URLs and the secret key filled in.
        supervised: Whether a supervisor waits for us to be ready and holds our standard input.
    """
    from server.worker import run_worker  # after logging is set up, as its imports may log

    async def run() -> None:
        if supervised:
            announce_ready()
        await run_worker(config)

    await run_until_asked(run, supervised=supervised)


def main() -> None:
    """Work with the settings of the environment."""
    config = load_config()
    configure_logging(config)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(work(config, supervised=True))


if __name__ == "__main__":
    main()
