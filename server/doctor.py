"""`tangram doctor`: what is wrong with an environment, and the cure of each.

Every check is a function that yields findings; `examine` runs them all, so that one visit finds everything.
"""

from __future__ import annotations

import contextlib
import enum
import errno
import resource
import shutil
import sys
import time
import zoneinfo
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from email.utils import parseaddr
from pathlib import Path
from typing import Any

import aiosmtplib
import asyncpg
from redis.asyncio import Redis
from redis.exceptions import AuthenticationError, RedisError

from metadata.problems import TangramError
from server.config import PREFIX, Config, load_config
from server.database.connections import PLATFORM_SESSION
from server.database.migrations import pending_migrations
from server.database.serving_role import faults_of_role, signs_in
from server.database.wall import role_of, serving_url
from server.embedded import accounts, data_folder, programs
from server.embedded.postgres import SERVING, remembered_postgres
from server.embedded.valkey import remembered_valkey
from server.serving import listening_sockets

__all__ = ["Finding", "Verdict", "examine"]

OLDEST_PYTHON = (3, 11)
OLDEST_POSTGRES = 16
OLDEST_REDIS = (6, 2)
EMBEDDED_POSTGRES = 18

_NEEDED_BYTES = 300 << 20
_COMFORTABLE_BYTES = 2 << 30
_CLOCK_TOLERANCE_S = 5
_SPARE_CONNECTIONS = 10
_COMFORTABLE_FILES = 1_024
_MAIL_TIMEOUT_S = 10
_EARLIEST_TIME = 1_735_689_600  # 2025-01-01: a clock before that was never set


class Verdict(enum.Enum):
    """How a finding is to be taken."""

    GOOD = "ok"
    """As it should be."""
    NOTE = "note"
    """Works, with a limit one should know."""
    PROBLEM = "problem"
    """Does not work until it is cured."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        verdict: See Verdict.
        subject: What was looked at, in a word or two.
        detail: What was found.
        cure: What to do about it; empty when nothing has to be done.
    """

    verdict: Verdict
    subject: str
    detail: str
    cure: str = ""


async def examine(environment: Mapping[str, str] | None = None) -> list[Finding]:
    """Look at everything the server needs.

    Args:
        environment: Variables to read the settings from; the process's own when None.
    """
    findings = [*_python(), *_clock(), *_files()]
    try:
        config = load_config(environment)
    except TangramError as error:
        return [*findings, *_faults("settings", error)]
    findings.append(Finding(Verdict.GOOD, "settings", "every variable is known and readable"))
    findings += [*_data_folder(config), *_wheels(config)]
    running = _is_in_use(config)
    findings += _port(config, running=running)
    postgres, valkey = remembered_postgres(config.data_dir), remembered_valkey(config.data_dir)
    database_url = config.database_url or (postgres.url() if postgres and running else "")
    redis_url = config.redis_url or (valkey.url() if valkey and running else "")
    if database_url:
        app_url = config.database_app_url
        if not config.database_url and postgres is not None and SERVING in postgres.passwords:
            app_url = postgres.url(role=SERVING)
        findings += [finding async for finding in _database(database_url, app_url, config)]
    if redis_url:
        findings += [finding async for finding in _queue(redis_url)]
    findings += [finding async for finding in _mail(config)]
    return findings


def _python() -> Iterator[Finding]:
    version = ".".join(str(part) for part in sys.version_info[:3])
    if sys.version_info[:2] < OLDEST_PYTHON:
        yield Finding(
            Verdict.PROBLEM, "Python", f"{version} is too old", "Install Python 3.11 or newer and make the venv again."
        )
    else:
        yield Finding(Verdict.GOOD, "Python", version)


def _clock() -> Iterator[Finding]:
    if time.time() < _EARLIEST_TIME:
        yield Finding(
            Verdict.PROBLEM,
            "clock",
            f"it says {time.strftime('%Y-%m-%d', time.gmtime())}; tokens and timers would be wrong",
            "Set the clock, or start a time service such as chrony.",
        )
    try:
        zoneinfo.ZoneInfo("Asia/Shanghai")
    except zoneinfo.ZoneInfoNotFoundError:
        yield Finding(Verdict.PROBLEM, "time zones", "there is no time zone data", "Run `pip install tzdata`.")


def _files() -> Iterator[Finding]:
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < _COMFORTABLE_FILES:
        yield Finding(
            Verdict.NOTE,
            "open files",
            f"a process may open {soft}; each client takes one",
            f"Raise the limit: `ulimit -n {_COMFORTABLE_FILES * 16}`.",
        )


def _data_folder(config: Config) -> Iterator[Finding]:
    folder = config.data_dir
    try:
        data_folder.open_folder(folder)
    except TangramError as error:
        yield from _faults("data folder", error)
        return
    free = shutil.disk_usage(folder).free
    room = f"{folder}, {free / (1 << 30):.1f} GB free"
    if free < _NEEDED_BYTES:
        yield Finding(Verdict.PROBLEM, "disk", f"{room}: too little", f"Free some space, or set {PREFIX}DATA_DIR.")
    elif free < _COMFORTABLE_BYTES:
        yield Finding(Verdict.NOTE, "disk", f"{room}: little for a growing database", "Free some space.")
    else:
        yield Finding(Verdict.GOOD, "data folder", room)


def _wheels(config: Config) -> Iterator[Finding]:
    if not config.database_url:
        try:
            account = accounts.service_account()
            where = programs.postgres_folder()
        except TangramError as error:
            yield from _faults("embedded PostgreSQL", error)
        else:
            user = f", to run as '{account.name}'" if account else ""
            yield Finding(Verdict.GOOD, "embedded PostgreSQL", f"{EMBEDDED_POSTGRES} in {where.parent}{user}")
            yield from _cluster(config.data_dir / "postgres")
    if not config.redis_url:
        try:
            yield Finding(Verdict.GOOD, "embedded Valkey", str(programs.valkey_program()))
        except TangramError as error:
            yield from _faults("embedded Valkey", error)


def _cluster(cluster: Path) -> Iterator[Finding]:
    with contextlib.suppress(OSError):
        version = (cluster / "PG_VERSION").read_text(encoding="ascii").strip()
        if version != str(EMBEDDED_POSTGRES):
            yield Finding(
                Verdict.PROBLEM,
                "embedded PostgreSQL",
                f"the data folder was made by PostgreSQL {version}, the wheel brings {EMBEDDED_POSTGRES}",
                f"Dump it with PostgreSQL {version} and load it here, or install the wheel that made it.",
            )


def _is_in_use(config: Config) -> bool:
    try:
        with data_folder.claim(config.data_dir):
            return False
    except TangramError as error:
        return error.faults[0].reason == "data_folder_in_use"


def _port(config: Config, *, running: bool) -> Iterator[Finding]:
    try:
        with listening_sockets(config):
            yield Finding(Verdict.GOOD, "port", f"{config.host}:{config.port} is free")
    except TangramError as error:
        if running and error.faults[0].reason == "port_in_use":
            yield Finding(Verdict.GOOD, "port", f"{config.host}:{config.port}, where this installation runs now")
        else:
            yield from _faults("port", error)


async def _database(url: str, app_url: str, config: Config) -> AsyncIterator[Finding]:
    try:
        connection = await asyncpg.connect(url, timeout=10, server_settings=PLATFORM_SESSION)
    except (OSError, TimeoutError, ValueError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        yield Finding(Verdict.PROBLEM, "database", *_unreachable(error))
        return
    try:
        row = await connection.fetchrow(
            """
            select current_setting('server_version_num')::int as version,
                   current_setting('server_version') as name,
                   current_setting('server_encoding') as encoding,
                   current_setting('max_connections')::int as connections,
                   extract(epoch from clock_timestamp())::float8 as now,
                   has_database_privilege(current_database(), 'create') as may_create,
                   current_user as role, current_database() as database,
                   pg_is_in_recovery() as is_replica
            """
        )
        skew_s = abs(time.time() - row["now"])
        for finding in _database_facts(row, skew_s, config):
            yield finding
        missing = await pending_migrations(connection)
        if missing:
            yield Finding(
                Verdict.NOTE, "migrations", f"{len(missing)} to apply", "`tangram migrate`; `serve` does it too."
            )
        else:
            yield Finding(Verdict.GOOD, "migrations", "all applied")
            async for finding in _wall(connection, url, app_url, config):
                yield finding
    finally:
        await connection.close()


async def _wall(connection: Any, url: str, app_url: str, config: Config) -> AsyncIterator[Finding]:
    """Whether the role that serves requests can do that, and stands behind row-level security."""
    if not config.wall:
        detail = "requests are served by the role that owns the tables"
        cure = f"Set {PREFIX}WALL=1 for row-level security between tenants."
        yield Finding(Verdict.NOTE, "serving role", detail, cure)
        return
    role = role_of(app_url or serving_url(url, config.secret_key))
    if app_url and not await signs_in(app_url):
        cure = f"Check user, password and database in {PREFIX}DATABASE_APP_URL."
        yield Finding(Verdict.PROBLEM, "serving role", f"role '{role}' cannot sign in", cure)
    faults = await faults_of_role(connection, role)
    for fault in faults:
        yield Finding(Verdict.PROBLEM, "serving role", fault.detail, fault.cure)
    if not faults:
        yield Finding(Verdict.GOOD, "serving role", f"'{role}' owns nothing and stands behind row-level security")


def _unreachable(error: Exception) -> tuple[str, str]:
    if isinstance(error, asyncpg.InvalidCatalogNameError):
        return "the database does not exist", "Create it: `createdb <name>`, encoding UTF8."
    if isinstance(error, asyncpg.InvalidAuthorizationSpecificationError):
        return "the role or its password is refused", f"Check user and password in {PREFIX}DATABASE_URL."
    if isinstance(error, asyncpg.TooManyConnectionsError):
        return "it has no connection left", "Raise max_connections, or lower the number of clients."
    if isinstance(error, OSError) and error.errno == errno.ECONNREFUSED:
        return "nothing listens there", f"Start PostgreSQL, or check host and port in {PREFIX}DATABASE_URL."
    return f"cannot be reached: {type(error).__name__}", f"Check {PREFIX}DATABASE_URL and the network in between."


def _database_facts(row: Mapping[str, object], skew_s: float, config: Config) -> Iterator[Finding]:
    version = int(str(row["version"])) // 10_000
    if version < OLDEST_POSTGRES:
        yield Finding(
            Verdict.PROBLEM,
            "database",
            f"PostgreSQL {row['name']} is too old",
            f"Upgrade it to {OLDEST_POSTGRES} or newer.",
        )
    else:
        yield Finding(Verdict.GOOD, "database", f"PostgreSQL {row['name']}")
    if row["encoding"] != "UTF8":
        yield Finding(
            Verdict.PROBLEM,
            "database",
            f"its encoding is {row['encoding']}",
            "Create a database with `encoding 'UTF8' template template0`.",
        )
    if row["is_replica"]:
        yield Finding(Verdict.PROBLEM, "database", "it is a read-only replica", "Name the primary server in the URL.")
    elif not row["may_create"]:
        yield Finding(
            Verdict.PROBLEM,
            "database",
            f"role '{row['role']}' may not create schemas",
            f'As its owner run: grant create on database "{row["database"]}" to "{row["role"]}";',
        )
    needed = (config.workers + 1) * config.pool_size + _SPARE_CONNECTIONS
    if int(str(row["connections"])) < needed:
        yield Finding(
            Verdict.NOTE,
            "database",
            f"it takes {row['connections']} connections, our processes may want {needed}",
            f"Raise max_connections, or lower {PREFIX}POOL_SIZE or {PREFIX}WORKERS.",
        )
    if skew_s > _CLOCK_TOLERANCE_S:
        yield Finding(
            Verdict.PROBLEM,
            "clock",
            f"the database's clock and ours differ by {skew_s:.0f} s",
            "Run a time service such as chrony on both machines.",
        )


async def _mail(config: Config) -> AsyncIterator[Finding]:
    """Whether the mail server takes our sign-in; nothing is sent."""
    if not config.smtp_host:
        yield Finding(Verdict.NOTE, "mail", "no e-mail is sent", f"Set {PREFIX}SMTP_HOST and {PREFIX}SMTP_FROM.")
        return
    if "@" not in parseaddr(config.smtp_from)[1]:
        detail = f"{PREFIX}SMTP_FROM holds no address that e-mail could come from"
        yield Finding(Verdict.PROBLEM, "mail", detail, "Write one such as Tangram <no-reply@example.com>.")
        return
    where = f"{config.smtp_host}:{config.smtp_port}"
    client = aiosmtplib.SMTP(
        hostname=config.smtp_host,
        port=config.smtp_port,
        use_tls=config.smtp_security == "tls",
        start_tls=config.smtp_security == "starttls",
        username=config.smtp_user or None,
        password=config.smtp_password or None,
        timeout=_MAIL_TIMEOUT_S,
    )
    try:
        async with client:
            await client.noop()
    except aiosmtplib.SMTPAuthenticationError:
        cure = f"Correct {PREFIX}SMTP_USER and {PREFIX}SMTP_PASSWORD."
        yield Finding(Verdict.PROBLEM, "mail", f"{where} refuses the sign-in", cure)
    except (aiosmtplib.SMTPException, OSError) as error:
        cure = f"Check {PREFIX}SMTP_HOST, {PREFIX}SMTP_PORT and {PREFIX}SMTP_SECURITY ({config.smtp_security})."
        yield Finding(Verdict.PROBLEM, "mail", f"{where}: {type(error).__name__}", cure)
    else:
        yield Finding(Verdict.GOOD, "mail", f"{where} takes our mail")


async def _queue(url: str) -> AsyncIterator[Finding]:
    client = Redis.from_url(url, socket_connect_timeout=5, socket_timeout=5)
    try:
        server = await client.info("server")
        memory = await client.info("memory")
    except AuthenticationError:
        yield Finding(Verdict.PROBLEM, "queue", "the password is refused", f"Check {PREFIX}REDIS_URL.")
        return
    except (RedisError, OSError) as error:
        yield Finding(
            Verdict.PROBLEM,
            "queue",
            f"cannot be reached: {type(error).__name__}",
            f"Start Valkey or Redis, or check {PREFIX}REDIS_URL.",
        )
        return
    finally:
        await client.aclose()
    name = "Valkey" if "valkey_version" in server else "Redis"
    version = str(server.get("valkey_version") or server["redis_version"])
    if tuple(int(part) for part in str(server["redis_version"]).split(".")[:2]) < OLDEST_REDIS:
        yield Finding(Verdict.PROBLEM, "queue", f"{name} {version} is too old", "Upgrade it to Redis 6.2 or Valkey.")
    else:
        yield Finding(Verdict.GOOD, "queue", f"{name} {version}")
    policy = memory.get("maxmemory_policy", "noeviction")
    if policy != "noeviction":
        yield Finding(
            Verdict.NOTE,
            "queue",
            f"when its memory is full it drops keys ({policy}), jobs among them; they are sent again later",
            "Set maxmemory-policy to noeviction.",
        )


def _faults(subject: str, error: TangramError) -> list[Finding]:
    return [Finding(Verdict.PROBLEM, subject, fault.message, fault.hint) for fault in error.faults]
