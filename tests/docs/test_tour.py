from __future__ import annotations

import contextlib
import time
from collections.abc import Callable

import pytest
import redis

from server.config import Config
from tests.conformance.serving import PASSWORD, running_server
from tests.docs.tour import REPOSITORY, Reader, Receiver, blocks_of


@pytest.fixture
def listening(redis_url: str) -> Callable[[str], None]:
    """Waits until a server has subscribed to a tenant's changes."""

    def wait(tenant_id: str) -> None:
        until = time.monotonic() + 30
        with contextlib.closing(redis.Redis.from_url(redis_url)) as client:
            while not client.pubsub_channels(f"*{tenant_id}*"):
                assert time.monotonic() < until, "the server does not listen"
                time.sleep(0.05)

    return wait


@pytest.mark.timeout(240)
def test_the_tours_work_word_by_word(config: Config, listening: Callable[[str], None]) -> None:
    with (
        running_server(config, demo=True) as server,
        Receiver() as receiver,
        Reader(server.url, PASSWORD, receiver, listening) as reader,
    ):
        reader.follow(REPOSITORY / "README.md")
        reader.follow(REPOSITORY / "docs" / "tour.md")


def test_both_readmes_show_the_same_code() -> None:
    english, chinese = (
        [(block.language, block.role, block.text) for block in blocks_of(REPOSITORY / page)]
        for page in ("README.md", "README.zh-CN.md")
    )
    assert english == chinese
