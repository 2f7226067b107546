"""Errors as GraphQL shows them: one per fault, each with a code, none with a suggestion or a stack.

A resolver raises an error of `metadata.problems`; parsing and validation raise graphql-core's; anything else is ours
to look into, is logged, and reaches the caller as INTERNAL with the request id.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import structlog
from graphql import GraphQLError, GraphQLSyntaxError

from metadata.problems import TangramError
from server.access.duties import refusal_of_roles
from server.errors import INTERNAL_MESSAGE, error_entries, internal_entry

__all__ = ["code_of", "shape_errors"]

_SUGGESTION = re.compile(r" Did you mean [^?]*\?")
_PARSER_LIMITS = (
    ("Syntax Error: Document contains more than", "too_many_tokens", "The document is too long."),
    ("Syntax Error: Document is nested too deeply", "too_deep", "The document nests too deeply."),
)
"""How graphql-core's parser words its limits, which have no class of their own."""


def shape_errors(errors: Iterable[GraphQLError], request_id: str = "") -> list[GraphQLError]:
    """The errors to send. Errors that have a code already are left as they are."""
    shaped: list[GraphQLError] = []
    for error in errors:
        shaped.extend([error] if code_of(error) else _shape(error, request_id))
    return shaped


def code_of(error: GraphQLError) -> str:
    """`extensions.code`, or an empty text."""
    return str((error.extensions or {}).get("code", ""))


def _shape(error: GraphQLError, request_id: str) -> list[GraphQLError]:
    raised = _cause(error)
    cause = None if raised is None else refusal_of_roles(raised) or raised
    if isinstance(cause, TangramError):
        return [_with(error, entry["message"], entry["extensions"]) for entry in error_entries(cause)]
    if isinstance(cause, RecursionError):
        return [_limit(error, "too_deep", "The document or its variables nest too deeply.")]
    if cause is not None:
        structlog.get_logger("tangram.graphql").error("resolver failed", request_id=request_id, exc_info=cause)
        return [_with(error, INTERNAL_MESSAGE, internal_entry(request_id)["extensions"])]
    for sign, reason, message in _PARSER_LIMITS:
        if error.message.startswith(sign):
            return [_limit(error, reason, message)]
    reason = "syntax_error" if isinstance(error, GraphQLSyntaxError) else "invalid_operation"
    message = _SUGGESTION.sub("", error.message)
    return [_with(error, message, {"code": "BAD_USER_INPUT", "reason": reason})]


def _cause(error: GraphQLError) -> Exception | None:
    """What was raised first; coercion errors of graphql-core wrap each other."""
    cause = error.original_error
    while isinstance(cause, GraphQLError):
        cause = cause.original_error
    return cause


def _limit(error: GraphQLError, reason: str, message: str) -> GraphQLError:
    return _with(
        error,
        message,
        {"code": "LIMIT_EXCEEDED", "reason": reason, "hint": "Split it into several smaller operations."},
    )


def _with(error: GraphQLError, message: str, extensions: dict[str, Any]) -> GraphQLError:
    return GraphQLError(
        message,
        nodes=error.nodes,
        source=error.source,
        positions=error.positions,
        path=error.path,
        extensions=extensions,
    )
