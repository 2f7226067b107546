"""The ASGI application: the envelope around the routes.

`/graphql` and `/metadata` are handed in as ASGI applications; everything else of HTTP is here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from metadata.problems import TangramError
from server.access.counters import HourlyCounters
from server.config import Config
from server.files.links import FileLinks
from server.files.store import FileStore
from server.flows.stages import FlowCourses
from server.forms.filling import Filler
from server.forms.public import PublicForms
from server.graphql.building import GraphqlParts, build_exports, build_graphql, build_view
from server.graphql.metadata_api.endpoint import MetadataView
from server.graphql.metadata_api.guards import MetadataServices
from server.http.downloads import DownloadRoute, Readers
from server.http.envelope import Envelope, EnvelopeLimits
from server.http.exports import ExportRoute
from server.http.fast import FastRoute
from server.http.forms import FormRoutes
from server.http.forms import wants_page as wants_form_page
from server.http.graphiql import GraphiqlRoutes, wants_page
from server.http.health import Checks, HealthRoutes
from server.http.hooks import HookRoute
from server.http.messages import MessageRoutes
from server.http.metrics import MEDIA_TYPE, Metrics
from server.http.progress import ProgressRoute
from server.http.readers import FileReaders
from server.http.tokens import TokenRoutes
from server.identity.rates import RateLimits
from server.identity.service import Identity
from server.outreach.tracking import MessageLinks, Tracking
from server.outreach.withdrawing import Withdrawing
from server.performers import performers_of
from server.progress.page import ProgressPages
from server.records.writing.saving import RecordWriter
from server.request_notes import RequestNotes
from server.review.reviews import Reviews
from server.review.trials import Trials
from server.rules.engine import RuleEngine
from server.rules.hooks import Hooks
from server.secrets.link_tokens import LinkTokens

if TYPE_CHECKING:
    from server.app import Services

__all__ = ["HttpParts", "assemble", "build"]


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpParts:
    """What the routes need.

    Attributes:
        identity: Sign-in and sessions.
        files: Stored files.
        links: Signs and verifies download links.
        exports: Downloads of exports.
        forms: Public forms.
        progress: Pages for customers.
        messages: Links in messages to customers.
        hooks: Messages of other systems to rules.
        metrics: Figures of this process.
        checks: What /readyz asks.
        endpoints: GraphQL endpoints by path, such as `/graphql`.
        limits: Bounds of one request.
        cors_origins: Origins that browsers may call from; `*` for all.
    """

    identity: Identity
    files: FileStore
    links: FileLinks
    exports: ExportRoute
    forms: FormRoutes
    progress: ProgressRoute
    messages: MessageRoutes
    hooks: HookRoute
    readers: Readers
    metrics: Metrics
    checks: Checks
    endpoints: Mapping[str, ASGIApp]
    limits: EnvelopeLimits = field(default_factory=EnvelopeLimits)
    cors_origins: tuple[str, ...] = ()
    on_refused: Callable[[RequestNotes], None] | None = None


def build(config: Config, services: Services) -> ASGIApp:
    """The application of one web process.

    Args:
        config: The settings.
        services: What the process has open.
    """
    metrics = Metrics()
    _watch(metrics, services)
    rates = RateLimits(config.rate_limit_per_s)
    origins = tuple(origin.strip() for origin in config.cors_origins.split(",") if origin.strip())
    metadata = MetadataView(
        MetadataServices(
            connections=services.connections,
            identity=services.identity,
            configuration=services.configuration,
            tenants=services.tenants,
            snapshots=services.snapshots,
            webhooks=services.webhooks,
            packages=services.packages,
            reviews=Reviews(services.connections, services.snapshots, services.clock),
            trials=Trials(services.connections, services.configuration, services.snapshots, services.clock),
        ),
        rates=rates,
        clock=services.clock.now,
        allowed_origins=origins,
    )
    parts = GraphqlParts(
        connections=services.connections,
        redis=services.redis,
        tenants=services.tenants,
        sessions=services.identity.sessions,
        snapshots=services.snapshots,
        vault=services.vault,
        salts=services.salts,
        files=services.files,
        links=services.links,
        exports=services.export_settings,
        export_links=services.export_links,
        channels=services.channels_of_messages,
        progress=LinkTokens(services.keys),
        message_links=MessageLinks(services.keys, config.base_url),
        base_url=config.base_url,
        allow_private=config.webhook_allow_private,
        wake_due=services.wake_due,
        bus=services.bus,
        wake=services.wake,
        clock=services.clock,
    )
    exports = build_exports(parts)
    graphql = build_graphql(parts, exports)
    view = build_view(graphql, parts, rates=rates, clock=services.clock.now, allowed_origins=origins)
    app = assemble(
        HttpParts(
            identity=services.identity,
            files=services.files,
            links=services.links,
            exports=ExportRoute(exports, services.tenants.model_of),
            forms=FormRoutes(_public_forms(services)),
            progress=ProgressRoute(_pages(services), services.clock),
            messages=MessageRoutes(
                Tracking(services.connections, parts.message_links, services.clock, services.wake.nudge),
                _withdrawing(services, parts.message_links),
                services.clock,
            ),
            hooks=HookRoute(_hooks(services), services.clock),
            readers=FileReaders(services.connections, services.tenants, services.snapshots, services.clock.now),
            metrics=metrics,
            checks=_checks(services),
            endpoints={"/metadata": metadata, "/graphql": view},
            limits=EnvelopeLimits(
                body_bytes=config.body_limit_bytes,
                upload_bytes=config.upload_limit_bytes,
                timeout_s=config.request_timeout_s,
            ),
            cors_origins=origins,
            on_refused=services.repeats.refusals_of,
        )
    )
    return FastRoute(
        app,
        graphql,
        sessions=services.identity.sessions,
        rates=rates,
        metrics=metrics,
        body_bytes=config.body_limit_bytes,
        clock=services.clock.now,
        on_refused=services.repeats.refusals_of,
    )


def assemble(parts: HttpParts) -> ASGIApp:
    """The application of these parts; opens nothing."""
    routes = _routes(parts)
    names = frozenset({*(route.path for route in routes if "{" not in route.path), *parts.endpoints})
    app: ASGIApp = Envelope(
        _Paths(parts.endpoints, Router(routes, redirect_slashes=False, default=_nothing_here)),
        limits=parts.limits,
        metrics=parts.metrics,
        routes=names,
        on_refused=parts.on_refused,
        pages=lambda scope, error, status: _refusal_page(parts.forms, scope, error, status),
    )
    if parts.cors_origins:
        app = CORSMiddleware(
            app,
            allow_origins=parts.cors_origins,
            allow_methods=("GET", "POST"),
            allow_headers=("authorization", "content-type", "idempotency-key", "x-request-id", "x-tenant"),
            expose_headers=("x-request-id", "retry-after"),
            max_age=3_600,
        )
    return app


def _public_forms(services: Services) -> PublicForms:
    return PublicForms(
        services.connections,
        services.tenants,
        services.snapshots,
        services.files,
        Filler(RecordWriter(services.vault, services.connections)),
        HourlyCounters(services.redis),
        services.clock.now,
        (services.wake.nudge,),
    )


def _hooks(services: Services) -> Hooks:
    writer = RecordWriter(services.vault, services.connections)
    return Hooks(
        services.connections,
        services.tenants,
        services.vault,
        writer,
        RuleEngine(performers_of(writer)),
        HourlyCounters(services.redis),
        services.clock.now,
        (services.wake.nudge, services.wake_due.nudge),
    )


def _refusal_page(forms: FormRoutes, scope: Scope, error: TangramError, status: int | None) -> Response | None:
    if scope["type"] != "http" or not scope["path"].startswith("/forms/"):
        return None
    request = Request(scope)
    return forms.refusal(request, error, status=status) if wants_form_page(request) else None


def _checks(services: Services) -> Checks:
    async def database() -> None:
        async with services.connections.acquire() as connection:
            await connection.fetchval("select count(*) from (select from tangram.tenant limit 1) as one")

    async def queue() -> None:
        await services.redis.ping()

    return {"database": database, "queue": queue}


def _pages(services: Services) -> ProgressPages:
    return ProgressPages(
        services.connections,
        LinkTokens(services.keys),
        FlowCourses(),
        RecordWriter(services.vault, services.connections),
        services.tenants.get,
        services.tenants.refresh,
        services.clock,
        services.wake.nudge,
    )


def _withdrawing(services: Services, links: MessageLinks) -> Withdrawing:
    return Withdrawing(
        services.connections,
        links,
        RecordWriter(services.vault, services.connections),
        services.tenants.get,
        services.tenants.refresh,
        services.clock,
        services.wake.nudge,
    )


def _watch(metrics: Metrics, services: Services) -> None:
    metrics.watch("sessions_cached", "Sessions in memory", lambda: len(services.identity.sessions))


class _Paths:
    """Endpoints by one look-up; the few other routes by Starlette's router."""

    def __init__(self, endpoints: Mapping[str, ASGIApp], router: Router) -> None:
        self._endpoints = dict(endpoints)
        self._router = router
        self._graphiql = GraphiqlRoutes()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        endpoint = self._endpoints.get(scope["path"]) if scope["type"] != "lifespan" else None
        if endpoint is None:
            scope["app"] = self
            await self._router(scope, receive, send)
        elif scope["type"] == "http" and wants_page(scope):
            response = await self._graphiql.page(Request(scope))
            await response(scope, receive, send)
        else:
            await endpoint(scope, receive, send)


def _routes(parts: HttpParts) -> list[Route]:
    tokens, health, graphiql = TokenRoutes(parts.identity), HealthRoutes(parts.checks), GraphiqlRoutes()
    downloads = DownloadRoute(parts.files, parts.links, parts.readers)

    async def metrics(_request: Request) -> Response:
        return Response(parts.metrics.text(), headers={"content-type": MEDIA_TYPE, "cache-control": "no-store"})

    async def start(_request: Request) -> Response:
        return RedirectResponse("/graphql")

    return [
        Route("/", start, methods=["GET"]),
        Route("/auth/token", tokens.token, methods=["POST"]),
        Route("/auth/password", tokens.password, methods=["POST"]),
        Route("/auth/sign-out", tokens.sign_out, methods=["POST"]),
        Route("/healthz", health.alive, methods=["GET"]),
        Route("/readyz", health.ready, methods=["GET"]),
        Route("/metrics", metrics, methods=["GET"]),
        Route("/files/{id}", downloads.download, methods=["GET"]),
        Route("/exports/{id}", parts.exports.download, methods=["GET"]),
        Route("/forms/{token}", parts.forms.show, methods=["GET"]),
        Route("/forms/{token}", parts.forms.submit, methods=["POST"]),
        Route("/forms/{token}/thanks", parts.forms.thanks, methods=["GET"]),
        Route("/progress/{token}", parts.progress.show, methods=["GET"]),
        Route("/progress/{token}", parts.progress.rate, methods=["POST"]),
        Route("/hooks/{tenant}/{rule}", parts.hooks.receive, methods=["POST"]),
        Route("/m/{token}/open.gif", parts.messages.opened, methods=["GET"]),
        Route("/m/{token}/status", parts.messages.status, methods=["POST"]),
        Route("/m/{token}/unsubscribe", parts.messages.ask, methods=["GET"]),
        Route("/m/{token}/unsubscribe", parts.messages.withdraw, methods=["POST"]),
        Route("/m/{token}/{place:int}", parts.messages.followed, methods=["GET"]),
        Route("/static/progress/page.css", parts.progress.style, methods=["GET"]),
        Route("/static/graphiql/{name}", graphiql.asset, methods=["GET"]),
    ]


async def _nothing_here(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1000, "reason": ""})
        return
    raise HTTPException(404)
