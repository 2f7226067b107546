"""`/metadata` as an ASGI application."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from starlette.types import Scope

from server.graphql.metadata_api.guards import MetadataCaller, MetadataServices
from server.graphql.metadata_api.schema import build_schema
from server.graphql.protocol import ProtocolView
from server.identity.bearer import bearer_token, header
from server.identity.rates import RateLimits
from server.request_notes import notes_of

__all__ = ["MetadataView"]


class MetadataView(ProtocolView):
    """Reads every session anew, so that a right that was taken is gone at once."""

    def __init__(
        self,
        services: MetadataServices,
        *,
        rates: RateLimits,
        clock: Callable[[], datetime],
        allowed_origins: Sequence[str] = (),
    ) -> None:
        """Put the endpoint together.

        Args:
            services: What resolvers work with.
            rates: Requests an actor may send.
            clock: Gives the time, aware.
            allowed_origins: Other origins whose pages may open a WebSocket.
        """
        super().__init__(
            build_schema(),
            sessions=services.identity.sessions,
            rates=rates,
            clock=clock,
            fresh_sessions=True,
            uploads=False,
            allowed_origins=allowed_origins,
        )
        self._services = services

    def new_caller(self, scope: Scope) -> MetadataCaller:
        """The context value, with the services."""
        return MetadataCaller(
            notes_of(scope),
            self._sessions,
            bearer_token(scope),
            header(scope, b"x-tenant"),
            header(scope, b"idempotency-key"),
            services=self._services,
        )
