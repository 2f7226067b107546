"""The application: everything a process has open, opened in order by one lifespan, and the ASGI app of a web process.

To give every process another service: a line in `Services` and a line in `open_services`.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError
from starlette.types import ASGIApp, Receive, Scope, Send

from metadata.packages.library import Library, industries_folder
from metadata.problems import TangramError, UnavailableError
from server.access.snapshots import Snapshots
from server.audit.repeats import Repeats
from server.audit.sealing import Sealer
from server.config import Config
from server.configuration.configure import Configuration
from server.database.connections import Connections, PoolLimits
from server.events.bus import Bus
from server.events.channels import Channels
from server.events.clock import Clock, SystemClock
from server.events.wake import DUE_CHANNEL, EVENTS_CHANNEL, Wake
from server.exports.definitions import ExportSettings
from server.files.links import FileLinks
from server.files.store import FileStore
from server.flows.publishing import live_publisher
from server.forms.publishing import form_publisher
from server.identity.service import Identity, build_identity
from server.notifications.channels.email import email_channel, smtp_settings
from server.notifications.channels.webhook import webhook_channel
from server.notifications.definitions import Channels as MessageChannels
from server.outbound.transport import webhook_client
from server.packages.service import Packages
from server.pool.handlers import follow_pools
from server.pricing.publishing import plan_publisher
from server.rotation.rotating import Rotation
from server.rules.publishing import live_rules
from server.secrets.keys import KeyRing
from server.secrets.salts import MaskSalts
from server.secrets.vault import Vault
from server.segments.following import follow_segments
from server.tenants import Tenants
from server.webhooks.definitions import WebhookPolicy
from server.webhooks.endpoints import Webhooks

__all__ = ["Services", "create_app", "open_services", "pool_limits"]


log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Services:
    """What a process has open; each part is closed by `open_services`, in reverse order.

    Attributes:
        config: The settings, with both URLs and the secret key filled in.
        connections: Our pool of PostgreSQL connections.
        redis: Valkey: queue, change notices, limits.
        tenants: The model of each tenant.
        configuration: Plans and applies changes of tenants' metadata.
        packages: Templates, installed in tenants.
        clock: The one clock.
        channels: This process's subscription to Valkey's channels.
        bus: Live notices of changes, for subscriptions.
        wake: To nudge after a commit that appended events.
        wake_due: To nudge after a commit that recorded jobs or timers.
        vault: Encrypts values of tenants.
        salts: Secrets that masks are salted with.
        keys: Keys of this installation, by purpose.
        sealer: Chains the audit log.
        rotation: Gives what is encrypted new keys.
        repeats: Counts what is refused again and again, for the audit log.
        identity: Accounts, sign-in, sessions.
        snapshots: What roles may do, by the policies of each tenant.
        files: Uploaded files.
        links: Signs and verifies download links.
        export_settings: Where files of exports lie, and how long.
        export_links: Signs and verifies links to them.
        webhooks: Endpoints and deliveries.
        channels_of_messages: Ways to reach people, by name.
    """

    config: Config
    connections: Connections
    redis: Redis
    tenants: Tenants
    configuration: Configuration
    packages: Packages
    clock: Clock
    channels: Channels
    bus: Bus
    wake: Wake
    wake_due: Wake
    vault: Vault
    salts: MaskSalts
    keys: KeyRing
    sealer: Sealer
    rotation: Rotation
    repeats: Repeats
    identity: Identity
    snapshots: Snapshots
    files: FileStore
    links: FileLinks
    export_settings: ExportSettings
    export_links: FileLinks
    webhooks: Webhooks
    channels_of_messages: MessageChannels


@contextlib.asynccontextmanager
async def open_services(config: Config, clock: Clock | None = None) -> AsyncIterator[Services]:
    """Open everything a web process or worker works with.

    Args:
        config: With `database_url`, `redis_url` and `secret_key` filled in (see `server.embedded.servers`).
        clock: The one clock; this machine's unless another is given.

    Raises:
        UnavailableError: PostgreSQL or Valkey does not answer.
    """
    async with contextlib.AsyncExitStack() as stack:
        connections = await stack.enter_async_context(_pool(config))
        redis = await stack.enter_async_context(_opened_redis(config.redis_url))
        clock, keys = clock or SystemClock(), KeyRing(config.secret_key)
        repeats = await stack.enter_async_context(Repeats(connections, clock.now))
        followers = (
            live_publisher(clock),
            form_publisher(clock),
            plan_publisher(clock),
            live_rules(clock),
            follow_segments(clock),
            follow_pools(clock),
        )
        configuration = Configuration(connections, followers=followers)
        identity = build_identity(
            connections,
            redis,
            keys,
            repeats,
            access_token_s=config.access_token_s,
            refresh_token_s=config.refresh_token_s,
            clock=clock.now,
        )
        vault = Vault(connections, keys)

        def on_change(tenant_id: str) -> None:
            identity.sessions.forget_tenant(tenant_id)
            vault.forget(tenant_id)

        tenants = await stack.enter_async_context(Tenants(connections, config.model_cache_bytes, on_change=on_change))
        sealer = Sealer(connections, keys, clock)
        channels = await stack.enter_async_context(Channels(redis))
        wake = await stack.enter_async_context(Wake(redis, EVENTS_CHANNEL))
        wake_due = await stack.enter_async_context(Wake(redis, DUE_CHANNEL))
        webhook_policy = WebhookPolicy(allow_private=config.webhook_allow_private)
        client = await stack.enter_async_context(
            webhook_client(allow_private=webhook_policy.allow_private, timeout_s=webhook_policy.timeout_s)
        )
        calls = webhook_channel(client, vault)
        yield Services(
            config=config,
            connections=connections,
            redis=redis,
            tenants=tenants,
            configuration=configuration,
            packages=Packages(connections, configuration, Library(industries_folder()), clock),
            clock=clock,
            channels=channels,
            bus=Bus(redis, channels),
            wake=wake,
            wake_due=wake_due,
            vault=vault,
            salts=MaskSalts(keys),
            keys=keys,
            sealer=sealer,
            rotation=Rotation(connections, vault, configuration, sealer, clock),
            repeats=repeats,
            identity=identity,
            snapshots=Snapshots(),
            files=FileStore(
                connections, config.data_dir / "files", limit_bytes=config.upload_limit_bytes, clock=clock.now
            ),
            links=FileLinks(keys, clock=clock.now),
            export_settings=ExportSettings(config.data_dir / "exports", config.export_hours),
            export_links=FileLinks(keys, clock=clock.now, path="/exports", purpose="export link signature"),
            webhooks=Webhooks(connections, vault, clock, webhook_policy, wake, wake_due),
            channels_of_messages={one.name: one for one in (email_channel(smtp_settings(config)), calls)},
        )


def _pool(config: Config) -> Connections:
    limits = pool_limits(config)
    if not config.database_app_url:
        return Connections(config.database_url, limits)
    return Connections(config.database_app_url, limits, owner_url=config.database_url)


def pool_limits(config: Config) -> PoolLimits:
    """The bounds of this process's pool: one tenant may hold all of it but an eighth, one connection at least."""
    return PoolLimits(
        size=config.pool_size,
        tenant_share=max(1, config.pool_size - max(1, config.pool_size // 8)),
        statement_timeout_ms=config.statement_timeout_ms,
    )


def create_app(config: Config) -> ASGIApp:
    """The ASGI app of a web process: it opens the services at startup and closes them at shutdown."""
    return _Application(config)


class _Application:
    """Runs the lifespan, then hands requests on."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._inner: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
            return
        if self._inner is None:
            raise RuntimeError("The app has not started. Run it under a server that speaks ASGI lifespan.")
        await self._inner(scope, receive, send)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        await receive()
        try:
            async with open_services(self._config) as services, _built(services) as inner:
                self._inner = inner
                await send({"type": "lifespan.startup.complete"})
                await receive()
        except BaseException as error:
            kind = "startup" if self._inner is None else "shutdown"
            if not isinstance(error, TangramError):
                log.exception(f"{kind}_failed")
            await send({"type": f"lifespan.{kind}.failed", "message": str(error)})
            raise
        finally:
            self._inner = None
        await send({"type": "lifespan.shutdown.complete"})


@contextlib.asynccontextmanager
async def _built(services: Services) -> AsyncIterator[ASGIApp]:
    from server.http.application import build  # a worker has no use for HTTP and GraphQL

    async with contextlib.AsyncExitStack() as stack:
        built: Any = build(services.config, services)
        if hasattr(built, "__aenter__"):
            built = await stack.enter_async_context(built)
        yield built


@contextlib.asynccontextmanager
async def _opened_redis(url: str) -> AsyncIterator[Redis]:
    client = Redis.from_url(url, socket_connect_timeout=5, socket_keepalive=True, health_check_interval=30)
    try:
        try:
            await client.ping()
        except (RedisError, OSError) as error:
            raise UnavailableError.single(
                "queue_unreachable",
                f"Valkey does not answer: {type(error).__name__}.",
                hint="Check TANGRAM_REDIS_URL; `tangram doctor` says more.",
            ) from error
        yield client
    finally:
        await client.aclose()
