"""What commands have open while they run: the servers (of a running Tangram, if there is one) and the services."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from metadata.problems import NotFoundError
from server.config import Config
from server.configuration.requests import Author

if TYPE_CHECKING:
    from server.app import Services

__all__ = ["AUTHOR", "find_tenant", "find_tenants", "opened_services"]

AUTHOR = Author(None, "command line")
"""Who changes tenants by commands."""


@contextlib.asynccontextmanager
async def opened_services(config: Config) -> AsyncIterator[Services]:
    """Open the services on an up-to-date database.

    Raises:
        UnavailableError: PostgreSQL or Valkey does not answer.
    """
    from server.app import open_services
    from server.configuration.provisioning import provide
    from server.database.migrations import migrate
    from server.embedded.servers import reached_servers

    async with reached_servers(config) as filled:
        await migrate(filled.database_url, filled.database_app_url)
        await provide(filled.database_url)
        async with open_services(filled) as services:
            yield services


async def find_tenant(services: Services, slug: str) -> str:
    """The id of a tenant.

    Raises:
        NotFoundError: There is none of that slug.
    """
    async with services.connections.acquire() as connection:
        found = await connection.fetchval("select id from tangram.tenant where slug = $1", slug)
    if found is None:
        raise NotFoundError.single(
            "unknown_tenant", f"There is no tenant '{slug}'.", hint="`tangram tenant list` shows them."
        )
    return str(found)


async def find_tenants(services: Services, slug: str | None) -> list[tuple[str, str]]:
    """Slug and id of one tenant, or of all for None, by slug.

    Raises:
        NotFoundError: There is none of that slug.
    """
    if slug:
        return [(slug, await find_tenant(services, slug))]
    async with services.connections.acquire() as connection:
        rows = await connection.fetch("select slug, id from tangram.tenant order by slug")
    return [(row["slug"], row["id"]) for row in rows]
