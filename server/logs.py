"""Logging: structlog for us, the standard library's loggers through the same processors, secrets masked.

What is bound to the context (`structlog.contextvars.bind_contextvars(request_id=…)`) is on every line. Lines go to
standard error: readable on a terminal, JSON elsewhere.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import orjson
import structlog

from server.config import Config

__all__ = ["MASK", "configure_logging", "mask_secrets"]

MASK = "•••"

_SECRET_NAME = re.compile(
    r"passw|secret|token|authorization|cookie|api_?key|private_?key|credential|database_url|redis_url", re.IGNORECASE
)
_URL_PASSWORD = re.compile(r"(?P<before>\b[a-z][a-z0-9+.-]*://[^\s/:@]*:)[^\s/@]+(?=@)", re.IGNORECASE)
_BEARER = re.compile(r"(?P<before>\b(?:bearer|basic)\s+)[\w.~+/=-]{8,}", re.IGNORECASE)
_NOISY = ("asyncio", "httpx", "httpcore", "tortoise", "tortoise.db_client", "aerich", "arq.worker", "uvicorn.error")


def configure_logging(config: Config) -> None:
    """Set logging up for this process; called once by each entry point."""
    readable = config.log_format == "console" or (config.log_format == "auto" and sys.stderr.isatty())
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        mask_secrets,
    ]
    renderer: Any = structlog.dev.ConsoleRenderer() if readable else structlog.processors.JSONRenderer(_json)
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(_level(config)),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(_level(config))
    quiet = logging.NOTSET if config.log_level == "debug" else logging.WARNING
    for name in _NOISY:
        logging.getLogger(name).setLevel(quiet)


def mask_secrets(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Mask values whose names say that they are secret, passwords in URLs, and bearer tokens in text.

    A structlog processor; nested mappings and lists are looked through as well.
    """
    for name, value in event.items():
        event[name] = MASK if _is_secret(name, value) else _masked(value)
    return event


def _masked(value: Any) -> Any:
    if isinstance(value, str):
        if "://" in value:
            value = _URL_PASSWORD.sub(rf"\g<before>{MASK}", value)
        return _BEARER.sub(rf"\g<before>{MASK}", value)
    if isinstance(value, dict):
        return {name: MASK if _is_secret(name, part) else _masked(part) for name, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_masked(part) for part in value]
    return value


def _is_secret(name: object, value: object) -> bool:
    return isinstance(name, str) and bool(value) and not isinstance(value, bool) and bool(_SECRET_NAME.search(name))


def _json(event: MutableMapping[str, Any], **_: Any) -> str:
    return orjson.dumps(event, default=str, option=orjson.OPT_NON_STR_KEYS).decode()


def _level(config: Config) -> int:
    return logging.getLevelNamesMapping()[config.log_level.upper()]
