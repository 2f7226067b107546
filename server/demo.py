"""The demo tenant of a fresh installation: a retail chain with sample data, people of four roles, an administrator.

The supervisor asks `missing_demo`, one query, and starts `python -m server.demo` when there is something to do: the
packages engine is big and needed once. A run that was killed in between is completed by the next.
"""

from __future__ import annotations

import asyncio
import dataclasses
import json
import secrets
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

import asyncpg
import structlog

from metadata.problems import ConflictError, TangramError, UnavailableError
from server.config import Config, load_config
from server.database.connections import PLATFORM_SESSION
from server.demo_people import Login, make_people
from server.logs import configure_logging

__all__ = ["DEMO_EMAIL", "DEMO_SLUG", "DEMO_TEMPLATE", "Demo", "create_demo", "missing_demo", "prepare_demo"]

DEMO_SLUG = "demo"
DEMO_TEMPLATE = "retail_chain"
DEMO_EMAIL = "admin@example.com"

_MISSING = """
select not exists (select from tangram.tenant)
    or exists (
        select from tangram.tenant
        where slug = $1 and not exists (
            select from tangram.account where account.tenant_id = tenant.id and account.email = $2
        )
    )
"""


log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Demo:
    """What was created, to be shown once.

    Attributes:
        tenant: Slug.
        email: Of the administrator.
        password: Generated; empty when the settings gave it.
        people: Who else may sign in.
    """

    tenant: str
    email: str
    password: str
    people: tuple[Login, ...] = ()

    def __repr__(self) -> str:
        return f"Demo({self.tenant!r}, {self.email!r})"


async def prepare_demo(config: Config) -> Demo | None:
    """Create what is missing in a process of its own.

    Args:
        config: With URLs filled in.

    Returns:
        What was created; None when nothing was missing.

    Raises:
        UnavailableError: It could not be created; standard error says why.
    """
    if not config.demo or not await missing_demo(config.database_url):
        return None
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "server.demo"),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        env=config.child_environment(),
    )
    try:
        output, _ = await process.communicate()
    except asyncio.CancelledError:
        process.terminate()
        await process.wait()
        raise
    if process.returncode != 0:
        raise UnavailableError.single(
            "demo_failed",
            "The demo tenant could not be created; the lines above say why.",
            hint="Set TANGRAM_DEMO=0 to start without it.",
        )
    return _read_demo(output)


async def missing_demo(database_url: str) -> bool:
    """Whether there is no tenant yet, or a demo tenant without its administrator, who is made last."""
    connection: Any = await asyncpg.connect(database_url, timeout=30, server_settings=PLATFORM_SESSION)
    try:
        return bool(await connection.fetchval(_MISSING, DEMO_SLUG, DEMO_EMAIL))
    finally:
        await connection.close()


async def create_demo(config: Config) -> Demo:
    """Create the tenant, its people and its administrator, as far as they are missing.

    Args:
        config: With URLs filled in.

    Raises:
        BadInputError: The password that the settings give is too weak.
    """
    from server.app import open_services
    from server.configuration.requests import Author
    from server.identity.accounts import NewAccount
    from server.identity.passwords import check_password
    from server.packages.service import SAMPLE_DATA

    password = config.admin_password or secrets.token_urlsafe(12)
    check_password(password, email=DEMO_EMAIL)
    async with open_services(config) as services:
        try:
            created = await services.packages.create_tenant(
                slug=DEMO_SLUG,
                name="星选生活 Star Living",
                template=DEMO_TEMPLATE,
                author=Author(None, "demo"),
                options={SAMPLE_DATA: True},
            )
            model = created.model
        except ConflictError:
            model = (await services.tenants.get(DEMO_SLUG)).model
        accounts = services.identity.accounts
        people = await make_people(services.connections, accounts, model, password=config.admin_password)
        await accounts.create(
            model.tenant_id,
            NewAccount(
                email=DEMO_EMAIL,
                name="Administrator",
                roles=["administrator"],
                password=password,
                platform_administrator=True,
            ),
            created_by=None,
        )
    return Demo(DEMO_SLUG, DEMO_EMAIL, "" if config.admin_password else password, people)


def _read_demo(output: bytes) -> Demo:
    read = json.loads(output)
    return Demo(**(read | {"people": tuple(Login(**person) for person in read["people"])}))


def main() -> int:
    """Create it with the settings of the environment, and say what was created as JSON."""
    config = load_config()
    configure_logging(config)
    try:
        demo = asyncio.run(create_demo(config))
    except TangramError as error:
        for fault in error.faults:
            log.error("demo_not_created", problem=fault.message, cure=fault.hint)
        return 1
    sys.stdout.write(json.dumps(dataclasses.asdict(demo)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
