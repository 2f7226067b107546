"""GraphQL over HTTP and graphql-transport-ws, as both endpoints speak it.

Strawberry's view does the work; what it lacks of the specification is added here: both media types and their status
codes, request errors without `data`, coded errors for bodies that cannot be read, sign-in over WebSocket, one shape
of errors on all ways out.

Source:
    GraphQL over HTTP (draft), "Response"; the audit suite of the npm package graphql-http.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import orjson
from cross_web import HTTPException
from graphql import GraphQLError, GraphQLFormattedError
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.exceptions import ConnectionRejectionError
from strawberry.http import GraphQLHTTPResponse, GraphQLRequestData
from strawberry.schema.base import BaseSchema
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import BaseGraphQLTransportWSHandler
from strawberry.types import ExecutionResult
from strawberry.types.unset import UNSET, UnsetType

from metadata.problems import BadInputError, TangramError, UnauthenticatedError
from server.errors import error_entries
from server.graphql.faults import code_of, shape_errors
from server.identity.bearer import bearer_token, header, session_of
from server.identity.rates import RateLimits
from server.identity.sessions import Session, Sessions
from server.request_notes import RequestNotes, notes_of

__all__ = ["Caller", "ProtocolView", "error_answer", "pick_media_type"]

GRAPHQL_MEDIA_TYPE = "application/graphql-response+json"
JSON_MEDIA_TYPE = "application/json"
_NO_PAYLOAD: UnsetType = UNSET


@dataclass(eq=False, slots=True)
class Caller:
    """Who sends an operation: the context value of both schemas.

    Attributes:
        notes: For the log line.
        sessions: To look a session up again during a long subscription.
        token: Bearer token; empty until a WebSocket's `connection_init`.
        acting_for: Slug from `X-Tenant`, or empty.
        idempotency_key: As sent, or empty.
        connection_params: Payload of `connection_init`.
    """

    notes: RequestNotes
    sessions: Sessions
    token: str = field(default="", repr=False)
    acting_for: str = ""
    idempotency_key: str = ""
    connection_params: dict[str, Any] | None = field(default=None, repr=False)
    _session: Session | None = None

    @property
    def session(self) -> Session:
        """Who asks, as read when the request began.

        Raises:
            UnauthenticatedError: A WebSocket that has not signed in.
        """
        if self._session is None:
            raise UnauthenticatedError.single("no_token", "The connection has not signed in.")
        return self._session

    def sign_in(self, session: Session) -> None:
        """Remember who it is."""
        self._session = session
        self.notes.tenant, self.notes.actor = session.tenant, session.actor.id
        self.notes.tenant_id, self.notes.who = session.tenant_id, session.actor

    async def session_now(self) -> Session:
        """Who asks, as things stand now; for subscriptions, before each result.

        Raises:
            UnauthenticatedError: The token has expired or its sign-in has ended.
        """
        self.sign_in(await self.sessions.authenticate(self.token, tenant=self.acting_for))
        return self.session


def pick_media_type(accept: str) -> str:
    """The media type of a response: the newer one where it is asked for by name before or without the older.

    Anything else, and no header at all, gets `application/json`, as clients of before the specification expect.
    """
    best, best_quality = JSON_MEDIA_TYPE, 0.0
    for entry in accept.split(","):
        media_type, *parameters = (part.strip().lower() for part in entry.split(";"))
        if media_type not in (GRAPHQL_MEDIA_TYPE, JSON_MEDIA_TYPE):
            continue
        quality = _quality(parameters)
        if quality > best_quality:
            best, best_quality = media_type, quality
    return best


def error_answer(error: TangramError, accept: str) -> Response:
    """A request error as a GraphQL response, with the error's own HTTP status."""
    return Response(
        orjson.dumps({"errors": error_entries(error)}),
        status_code=error.http_status,
        media_type=pick_media_type(accept),
        headers={"cache-control": "no-store", **_retry_header(error)},
    )


class _SocketHandler(BaseGraphQLTransportWSHandler[Caller, None]):
    """Strawberry's handler, with our errors."""

    async def _send_result_stream(self, operation: Any, result_source: Any) -> None:
        await super()._send_result_stream(operation, self._shaped(result_source))

    async def _shaped(self, results: Any) -> AsyncGenerator[Any, None]:
        async for result in results:
            if isinstance(result, ExecutionResult) and result.errors:
                result.errors = shape_errors(result.errors, self.context.notes.request_id)
            yield result


class ProtocolView(GraphQL[Caller, None]):
    """The ASGI application of one endpoint; subclasses give the schema, or choose it by `Caller`."""

    graphql_transport_ws_handler_class = _SocketHandler

    def __init__(
        self,
        schema: BaseSchema,
        *,
        sessions: Sessions,
        rates: RateLimits,
        clock: Any,
        fresh_sessions: bool = False,
        uploads: bool = True,
        allowed_origins: Sequence[str] = (),
    ) -> None:
        """Put the view together.

        Args:
            schema: Runs operations; gets a `Caller` as context value.
            sessions: From a token to who asks.
            rates: Requests an actor may send.
            clock: Callable that gives the time, aware.
            fresh_sessions: Read the session from the database for every request.
            uploads: Take multipart requests with files.
            allowed_origins: Other origins whose pages may open a WebSocket.
        """
        super().__init__(
            schema,
            graphql_ide=None,
            subscription_protocols=(GRAPHQL_TRANSPORT_WS_PROTOCOL,),
            connection_init_wait_timeout=timedelta(seconds=10),
            multipart_uploads_enabled=uploads,
            max_subscriptions_per_connection=100,
            allowed_origins=allowed_origins,
        )
        self._sessions = sessions
        self._rates = rates
        self._clock = clock
        self._fresh_sessions = fresh_sessions

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or serve one WebSocket."""
        if scope["type"] == "websocket":
            await self.run(WebSocket(scope, receive, send))
            return
        request = Request(scope, receive)
        try:
            response = await self.run(request)
        except HTTPException as error:
            response = _protocol_problem(error, request)
        except TangramError as error:
            response = error_answer(error, request.headers.get("accept", ""))
        finally:
            await request.close()
        await response(scope, receive, send)

    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> Caller:
        """Who asks; a WebSocket says so later, in `connection_init`."""
        scope = request.scope
        caller = self.new_caller(scope)
        if scope["type"] == "http":
            self._admit(caller, await session_of(scope, self._sessions, fresh=self._fresh_sessions))
        return caller

    def new_caller(self, scope: Scope) -> Caller:
        """The context value of one request, not signed in yet; subclasses may give more."""
        return Caller(
            notes_of(scope),
            self._sessions,
            bearer_token(scope),
            header(scope, b"x-tenant"),
            header(scope, b"idempotency-key"),
        )

    async def on_ws_connect(self, context: Caller) -> UnsetType:
        """Sign a WebSocket in by `{"authorization": "Bearer …"}` (and `"tenant"` for platform administrators)."""
        given = context.connection_params or {}
        authorization = given.get("authorization", given.get("Authorization"))
        if isinstance(authorization, str):
            scheme, _, token = authorization.partition(" ")
            context.token = token.strip() if scheme.lower() == "bearer" else authorization.strip()
        if isinstance(given.get("tenant"), str):
            context.acting_for = given["tenant"]
        try:
            self._admit(context, await self._sessions.resolve(context.token, tenant=context.acting_for))
        except TangramError:
            raise ConnectionRejectionError from None
        return _NO_PAYLOAD

    async def parse_http_body(self, request: Any) -> GraphQLRequestData | list[GraphQLRequestData]:
        """Read a request, and refuse what the specification calls malformed."""
        if request.method == "POST" and not request.content_type:
            raise HTTPException(415, "A POST request has to name its content type: application/json.")
        parsed = await super().parse_http_body(request)
        if isinstance(parsed, GraphQLRequestData) and not isinstance(parsed.operation_name, str | None):
            raise HTTPException(400, "The GraphQL operation's `operationName` must be a string or null, if provided.")
        return parsed

    async def parse_multipart(self, request: Any) -> dict[str, str]:
        """Read a multipart request; a map that does not fit its operations is a bad request."""
        try:
            return await super().parse_multipart(request)
        except (MultiPartException, StarletteHTTPException) as error:
            raise HTTPException(400, "The multipart body cannot be read.") from error
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            raise HTTPException(400, "The parts 'operations' and 'map' do not fit each other.") from error

    def parse_json(self, data: str | bytes) -> Any:
        """Read JSON that has to be an object (or a list, which is refused as a batch)."""
        value = super().parse_json(data)
        if not isinstance(value, dict | list):
            raise HTTPException(400, "The request body is JSON, but not an object.")
        return value

    def decode_json(self, data: str | bytes) -> object:
        """JSON by orjson: strict, and bounded in depth."""
        return orjson.loads(data)

    def encode_json(self, data: object) -> str:
        """JSON text, as WebSocket messages have to be."""
        return orjson.dumps(data).decode()

    async def get_sub_response(self, request: Request | WebSocket) -> Response:
        """Carries the media type to `create_response`."""
        sub_response = await super().get_sub_response(request)
        sub_response.media_type = pick_media_type(request.headers.get("accept", ""))
        return sub_response

    async def process_result(self, request: Request, result: ExecutionResult) -> GraphQLHTTPResponse:
        """The response's JSON; an operation that did not begin has no `data`."""
        notes = notes_of(request.scope)
        errors = shape_errors(result.errors or (), notes.request_id)
        response: GraphQLHTTPResponse = {}
        if errors:
            notes.outcome = code_of(errors[0])
            response["errors"] = [_formatted(error) for error in errors]
        if not _is_request_error(result):
            response["data"] = result.data
        if result.extensions:
            response["extensions"] = result.extensions
        return response

    def create_response(
        self, response_data: GraphQLHTTPResponse | list[GraphQLHTTPResponse], sub_response: Response
    ) -> Response:
        """The HTTP response: 400 for a request error where the newer media type was asked for, else 200."""
        media_type = sub_response.media_type or JSON_MEDIA_TYPE
        is_refused = isinstance(response_data, dict) and "data" not in response_data
        return Response(
            orjson.dumps(response_data),
            status_code=400 if is_refused and media_type == GRAPHQL_MEDIA_TYPE else 200,
            media_type=media_type,
            headers={"cache-control": "no-store"},
        )

    def _admit(self, caller: Caller, session: Session) -> None:
        caller.sign_in(session)
        self._rates.take(session.actor.key_id or session.actor.id, self._clock().timestamp())


def _formatted(error: GraphQLError) -> GraphQLFormattedError:
    return error.formatted


def _is_request_error(result: ExecutionResult) -> bool:
    """Whether nothing was executed: no data, and no error that belongs to a field."""
    return result.data is None and bool(result.errors) and all(error.path is None for error in result.errors or ())


def _protocol_problem(error: HTTPException, request: Request) -> Response:
    message = error.reason or "The request cannot be read."
    problem = BadInputError.single(
        "bad_request", message, hint='POST a JSON object: {"query": …, "variables": {…}}, as application/json.'
    )
    answer = error_answer(problem, request.headers.get("accept", ""))
    answer.status_code = error.status_code
    if "mutation" in message.lower() and request.method == "GET":
        answer.status_code = 405
    if answer.status_code == 405:
        answer.headers["allow"] = "POST" if request.method == "GET" else "GET, POST"
    return answer


def _quality(parameters: Sequence[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name == "q":
            try:
                return float(value)
            except ValueError:
                return 0.0
    return 1.0


def _retry_header(error: TangramError) -> Mapping[str, str]:
    headers = {}
    if "retryAfter" in error.extra:
        headers["retry-after"] = str(error.extra["retryAfter"])
    if isinstance(error, UnauthenticatedError):
        headers["www-authenticate"] = 'Bearer realm="tangram"'
    return headers
