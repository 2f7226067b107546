"""The body of a response, as bytes: answers of root fields are joined, not read."""

from __future__ import annotations

import orjson
from graphql import GraphQLError

from server.graphql.faults import shape_errors
from server.graphql.operations.execution import RootAnswer, render

__all__ = ["body_of"]


def body_of(answers: list[RootAnswer], request_id: str) -> bytes:
    """The JSON of a response whose operation was run."""
    data = render(answers)
    failed = [answer for answer in answers if answer.error is not None]
    if not failed:
        return b'{"data":' + data + b"}"
    errors = [GraphQLError(str(answer.error), path=[answer.key], original_error=answer.error) for answer in failed]
    shaped = orjson.dumps([error.formatted for error in shape_errors(errors, request_id)])
    return b'{"errors":' + shaped + b',"data":' + data + b"}"
