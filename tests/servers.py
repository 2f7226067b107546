"""The database and queue servers of one test run, shared by all its processes.

With TANGRAM_DATABASE_URL and TANGRAM_REDIS_URL set, those servers are used (the role needs CREATEDB and CREATEROLE).
Otherwise the first process that needs a server starts a keeper (`python -m tests.servers`): it runs embedded servers in
the run's folder until the run's first process is gone, however it went.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit, urlunsplit

import asyncpg
import psutil

from server.database.migrations import create_from_models
from server.database.sql import quote_identifier
from server.database.wall import serving_url
from server.embedded.postgres import SERVING
from server.embedded.servers import embedded_postgres, embedded_valkey

FOLDER_VARIABLE = "TEST_RUN_FOLDER"
"""Environment variable that tells the processes of a run its folder."""

_START_LIMIT_S = 90
_SHARED_MEMORY = Path("/dev/shm")
_ROOM = 6 * 2**30
"""Bytes of memory that have to be free: a run takes up to 2 GB."""


@dataclass(frozen=True, slots=True)
class Servers:
    """What the fixtures build on.

    Attributes:
        administrator_url: A PostgreSQL database from which others can be created.
        template: Database with the platform's tables, to copy.
        owner_url: The same server for the role that owns the application's tables.
        serving_url: The same server for the role that serves requests; empty with TEST_WALL=0.
        redis_url: Valkey, without a database number.
        databases: Numbered databases that Valkey has.
        embedded: Whether PostgreSQL is ours, so that the application's role is no administrator.
    """

    administrator_url: str
    owner_url: str
    serving_url: str
    template: str
    redis_url: str
    databases: int
    embedded: bool


def begin_run() -> Path:
    """Choose the run's folder; called once, by its first process."""
    folder = Path(tempfile.mkdtemp(prefix="tangram-tests-", dir=_in_memory()))
    (folder / "run.json").write_text(json.dumps({"pid": os.getpid(), "created": psutil.Process().create_time()}))
    os.environ[FOLDER_VARIABLE] = str(folder)
    return folder


def _in_memory() -> Path | None:
    """A file system in memory that holds the servers of a run easily: thousands of databases are made and dropped."""
    if "TMPDIR" in os.environ or not _SHARED_MEMORY.is_dir() or not os.access(_SHARED_MEMORY, os.W_OK):
        return None
    free = min(shutil.disk_usage(_SHARED_MEMORY).free, psutil.virtual_memory().available)
    return _SHARED_MEMORY if free >= _ROOM else None


def end_run(folder: Path) -> None:
    """Stop the keeper, if one was started, and remove the folder."""
    os.environ.pop(FOLDER_VARIABLE, None)
    with contextlib.suppress(FileNotFoundError, psutil.NoSuchProcess):
        keeper = psutil.Process(int((folder / "keeper.pid").read_text()))
        keeper.terminate()
        keeper.wait(timeout=60)
    shutil.rmtree(folder, ignore_errors=True)


def shared_servers() -> Servers:
    """The run's servers, started by the first process that asks."""
    folder = Path(os.environ[FOLDER_VARIABLE])
    with open(folder / "lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        ready = folder / "servers.json"
        if not ready.exists():
            with open(folder / "keeper.log", "wb") as output:
                keeper = subprocess.Popen(
                    [sys.executable, "-m", "tests.servers", str(folder)],
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                    start_new_session=True,
                    cwd=Path(__file__).parents[1],
                )
            (folder / "keeper.pid").write_text(str(keeper.pid))
            deadline = time.monotonic() + _START_LIMIT_S
            while not ready.exists():
                if keeper.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(f"The test servers did not start:\n{(folder / 'keeper.log').read_text()}")
                time.sleep(0.02)
            keeper.returncode = 0  # it outlives this process on purpose; Popen would warn
        return Servers(**json.loads(ready.read_text()))


def at_database(url: str, database: str) -> str:
    """The same server's URL for another database."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=f"/{quote(database)}"))


def serving_at(servers: Servers, database: str) -> str:
    """The URL of the serving role for a database; empty where the owner serves."""
    return at_database(servers.serving_url, database) if servers.serving_url else ""


async def _keep(folder: Path) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with contextlib.AsyncExitStack() as stack:
        given_database, given_redis = os.environ.get("TANGRAM_DATABASE_URL"), os.environ.get("TANGRAM_REDIS_URL")
        if given_database:
            administrator_url = owner_url = given_database
            app_url = serving_url(given_database, secrets.token_hex(16))
        else:
            postgres = await stack.enter_async_context(embedded_postgres(folder, durable=False))
            administrator_url, owner_url = postgres.url("postgres", role="postgres"), postgres.url("postgres")
            app_url = postgres.url("postgres", role=SERVING)
        if os.environ.get("TEST_WALL") == "0":
            app_url = ""
        if given_redis:
            redis_url, databases = urlunsplit(urlsplit(given_redis)._replace(path="")), 16
        else:
            valkey = await stack.enter_async_context(embedded_valkey(folder, durable=False))
            redis_url, databases = valkey.url().removesuffix("/0"), 512
        template = f"tangram_test_{secrets.token_hex(4)}"
        servers = Servers(administrator_url, owner_url, app_url, template, redis_url, databases, not given_database)
        await _administer(administrator_url, f'create database "{template}" owner {_owner(owner_url)}')
        for made in (template, f"{template}_tenants"):  # the second by tests/fixtures/tenants.py, if it was asked for
            stack.push_async_callback(drop_database, servers, made)
        await create_from_models(at_database(owner_url, template), at_database(app_url, template) if app_url else "")
        draft = folder / "servers.json.new"
        draft.write_text(json.dumps(asdict(servers)))
        draft.rename(folder / "servers.json")
        while not stop.is_set() and _run_lives(folder):
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), 1)
    if not _run_lives(folder):
        shutil.rmtree(folder, ignore_errors=True)


def _run_lives(folder: Path) -> bool:
    try:
        run = json.loads((folder / "run.json").read_text())
        return bool(psutil.Process(run["pid"]).create_time() == run["created"])
    except (OSError, psutil.NoSuchProcess):
        return False


def database_of(url: str) -> str:
    """The database that a URL names."""
    return unquote(urlsplit(url).path.lstrip("/"))


async def create_database(servers: Servers, name: str, *, template: str = "") -> None:
    """Copy the template; `file_copy` is three times as fast as `wal_log` where fsync is off."""
    source, owner = quote_identifier(template or servers.template), _owner(servers.owner_url)
    await administer(servers, f'create database "{name}" template {source} strategy file_copy owner {owner}')


async def drop_database(servers: Servers, name: str) -> None:
    """Drop it, whoever is still connected."""
    await administer(servers, f'drop database if exists "{name}" with (force)')


async def administer(servers: Servers, statement: str) -> None:
    """Run a statement as the administrator."""
    await _administer(servers.administrator_url, statement)


def _owner(url: str) -> str:
    return quote_identifier(unquote(urlsplit(url).username or "postgres"))


async def _administer(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


if __name__ == "__main__":
    asyncio.run(_keep(Path(sys.argv[1])))
