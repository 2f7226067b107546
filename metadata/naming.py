"""Every generated name, in one place.

Metadata is `snake_case`; GraphQL fields are `camelCase`, types `PascalCase`, option values `UPPER_CASE`.
PostgreSQL names are the metadata names, cut to 63 bytes with a digest where they must be joined.
"""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache

__all__ = [
    "MAX_NAME_LENGTH",
    "NAME_PATTERN",
    "camel",
    "enum_value",
    "option_key",
    "pascal",
    "physical",
    "snake",
    "tenant_schema",
]

MAX_NAME_LENGTH = 40
"""Longest name a tenant may declare: leaves room for suffixes within PostgreSQL's 63 bytes."""

NAME_PATTERN = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")
"""snake_case, starts with a letter, no double or closing underscore, so that camel() can be undone by snake()."""

_POSTGRES_NAME_BYTES = 63
_WORD_START = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


@lru_cache(maxsize=16_384)
def camel(name: str) -> str:
    """`work_order` → `workOrder`. A part that starts with a digit keeps its underscore: `line_2` → `line_2`."""
    first, *rest = name.split("_")
    return first + "".join(f"_{part}" if part[:1].isdigit() else part.capitalize() for part in rest)


@lru_cache(maxsize=16_384)
def pascal(name: str) -> str:
    """`work_order` → `WorkOrder`."""
    joined = camel(name)
    return joined[:1].upper() + joined[1:]


def snake(name: str) -> str:
    """Undo `camel` and `pascal`: `workOrder` → `work_order`."""
    return _WORD_START.sub("_", name).lower()


def enum_value(option_key: str) -> str:
    """An option's key as a GraphQL enum value: `in_progress` → `IN_PROGRESS`."""
    return option_key.upper()


def option_key(enum_value: str) -> str:
    """Undo `enum_value`."""
    return enum_value.lower()


def physical(*parts: str) -> str:
    """Join parts into one PostgreSQL name of at most 63 bytes, unique by a digest when it had to be cut."""
    joined = "_".join(parts)
    if len(joined.encode()) <= _POSTGRES_NAME_BYTES:
        return joined
    digest = hashlib.blake2s(joined.encode(), digest_size=5).hexdigest()
    return f"{joined.encode()[: _POSTGRES_NAME_BYTES - 11].decode(errors='ignore')}_{digest}"


def tenant_schema(slug: str) -> str:
    """The PostgreSQL schema of a tenant."""
    return physical("t", slug.replace("-", "_"))
