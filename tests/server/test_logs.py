from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from server.config import Config
from server.logs import MASK, configure_logging, mask_secrets


@pytest.fixture
def json_logs() -> Iterator[None]:
    root = logging.getLogger()
    before, level = root.handlers, root.level
    yield
    root.handlers = before
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.mark.parametrize(
    ("event", "masked"),
    [
        ({"password": "x"}, {"password": MASK}),
        ({"Authorization": "Bearer abc"}, {"Authorization": MASK}),
        ({"refresh_token": "x", "count": 3}, {"refresh_token": MASK, "count": 3}),
        ({"headers": {"Cookie": "a=b", "host": "h"}}, {"headers": {"Cookie": MASK, "host": "h"}}),
        (
            {"event": "connecting to postgresql://u:secret@h/d and redis://:pw@h"},
            {"event": f"connecting to postgresql://u:{MASK}@h/d and redis://:{MASK}@h"},
        ),
        ({"event": "got bearer eyJhbGciOi.x.y"}, {"event": f"got bearer {MASK}"}),
        ({"items": ["http://u:p@h", 1]}, {"items": [f"http://u:{MASK}@h", 1]}),
        ({"must_change_password": True, "token": ""}, {"must_change_password": True, "token": ""}),
        ({"url": "http://h/path?a=b"}, {"url": "http://h/path?a=b"}),
    ],
)
def test_secrets_are_masked(event: dict[str, object], masked: dict[str, object]) -> None:
    assert mask_secrets(None, "info", event) == masked


def test_lines_are_json_with_what_is_bound_to_the_context(json_logs: None, capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(Config(log_format="json"))
    with structlog.contextvars.bound_contextvars(request_id="r1"):
        structlog.get_logger().info("signed_in", password="x", tenant="shop")
        logging.getLogger("some.library").warning("to %s", "redis://:pw@h")
    ours, theirs = (json.loads(line) for line in capsys.readouterr().err.splitlines())
    assert (ours["event"], ours["request_id"], ours["password"], ours["tenant"]) == ("signed_in", "r1", MASK, "shop")
    assert (theirs["event"], theirs["level"], theirs["request_id"]) == (f"to redis://:{MASK}@h", "warning", "r1")


def test_lines_below_the_level_are_dropped(json_logs: None, capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(Config(log_format="json", log_level="warning"))
    structlog.get_logger().info("quiet")
    structlog.get_logger().error("loud")
    assert [json.loads(line)["event"] for line in capsys.readouterr().err.splitlines()] == ["loud"]
