"""Reading JSON request bodies: one object, UTF-8, coded errors."""

from __future__ import annotations

from typing import Any

import orjson
from starlette.requests import Request

from metadata.problems import BadInputError, Faults

__all__ = ["parse_object", "read_object", "read_texts"]


def parse_object(body: bytes) -> dict[str, Any]:
    """A JSON object.

    Raises:
        BadInputError: `malformed_json`, or `not_an_object`.
    """
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise BadInputError.single(
            "malformed_json",
            f"The request body is not JSON: {error.msg} at line {error.lineno}, column {error.colno}.",
            hint="Send one JSON object, encoded as UTF-8.",
        ) from None
    if not isinstance(value, dict):
        raise BadInputError.single(
            "not_an_object", "The request body is JSON, but not an object.", hint='Send {"…": …}.'
        )
    return value


async def read_object(request: Request) -> dict[str, Any]:
    """The request's body as a JSON object, if it is declared as JSON.

    Raises:
        BadInputError: `not_json` for another content type, and as `parse_object`.
    """
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type != "application/json":
        raise BadInputError.single(
            "not_json",
            f"The content type is '{content_type[:100]}', not application/json.",
            hint="Send the header Content-Type: application/json.",
        )
    return parse_object(await request.body())


def read_texts(body: dict[str, Any], *names: str, longest: int = 1_000) -> tuple[str, ...]:
    """The texts of these names, all of them required, without NUL.

    Raises:
        BadInputError: With every one that is missing or no usable text. Values are not repeated.
    """
    faults = Faults()
    found = []
    for name in names:
        value = body.get(name)
        if not isinstance(value, str) or not value or len(value) > longest or "\0" in value:
            faults.add("bad_text", f"'{name}' has to be a text of 1 to {longest} characters.", path=(name,))
        else:
            found.append(value)
    faults.raise_if_any()
    return tuple(found)
