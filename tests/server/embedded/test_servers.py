from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import psutil
import pytest
from redis.asyncio import Redis
from redis.exceptions import AuthenticationError

from metadata.problems import ConflictError
from server import processes
from server.config import Config
from server.embedded.leftovers import stop_leftovers
from server.embedded.postgres import EmbeddedPostgres, remembered_postgres
from server.embedded.servers import embedded_postgres, embedded_valkey, reached_servers, running_servers

_REPOSITORY = Path(__file__).parents[3]

# Runs both servers and says so; killed by the tests in the rudest way.
_HOLDER = """
import asyncio, sys
from pathlib import Path
from server.config import Config
from server.embedded.servers import running_servers

async def main():
    async with running_servers(Config(data_dir=Path(sys.argv[1]))):
        print("up", flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """A data folder outside of pytest's own, which every run of pytest closes to the servers' account."""
    with tempfile.TemporaryDirectory(prefix="tangram-embedded-") as folder:
        yield Path(folder)


@asynccontextmanager
async def _connected(url: str) -> AsyncIterator[Any]:
    connection = await asyncpg.connect(url)
    try:
        yield connection
    finally:
        await connection.close()


async def test_a_new_cluster_is_as_the_server_expects_it(folder: Path) -> None:
    async with embedded_postgres(folder) as postgres, _connected(postgres.url()) as connection:
        row = await connection.fetchrow(
            """
            select current_setting('server_version_num')::int / 10000 as version,
                   current_setting('server_encoding') as encoding,
                   current_setting('timezone') as timezone,
                   current_setting('fsync') as fsync,
                   current_setting('max_connections')::int as connections,
                   current_setting('is_superuser') as superuser,
                   current_setting('listen_addresses') as addresses,
                   (select datlocprovider::text || ' ' || datlocale from pg_database where datname = current_database())
                       as locale,
                   has_database_privilege(current_database(), 'create') as may_create
            """
        )
    assert dict(row) == {
        "version": 18,
        "encoding": "UTF8",
        "timezone": "UTC",
        "fsync": "on",
        "connections": 200,
        "superuser": "off",
        "addresses": "127.0.0.1",
        "locale": "b C.UTF-8",
        "may_create": True,
    }


async def test_data_ports_and_passwords_outlive_a_restart(folder: Path) -> None:
    async with embedded_postgres(folder) as first, _connected(first.url()) as connection:
        await connection.execute("create table kept as select 7 as number")
    async with embedded_valkey(folder) as valkey, Redis.from_url(valkey.url()) as client:
        await client.set("kept", "7")
    async with embedded_postgres(folder) as second, _connected(second.url(tcp=True)) as connection:
        assert second == first
        assert await connection.fetchval("select number from kept") == 7
    async with embedded_valkey(folder) as again, Redis.from_url(again.url()) as client:
        assert again == valkey
        assert await client.get("kept") == b"7"


async def test_nobody_gets_in_without_the_password(folder: Path) -> None:
    async with embedded_postgres(folder, durable=False) as postgres, embedded_valkey(folder, durable=False) as valkey:
        stranger = EmbeddedPostgres(postgres.port, postgres.socket_folder, {"tangram": "wrong", "postgres": "wrong"})
        for role in ("tangram", "postgres"):
            for tcp in (False, True):
                with pytest.raises(asyncpg.InvalidPasswordError):
                    await asyncpg.connect(stranger.url(role=role, tcp=tcp))
        async with Redis(port=valkey.port) as client:
            with pytest.raises(AuthenticationError):
                await client.get("x")
    for part in ("postgres", "valkey", "run"):
        assert (folder / part).stat().st_mode & 0o077 == 0


async def test_a_server_that_is_killed_is_started_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "_FIRST_DELAY_S", 0.01)
    async with embedded_postgres(folder) as postgres, embedded_valkey(folder) as valkey:
        async with _connected(postgres.url()) as connection, Redis.from_url(valkey.url()) as client:
            await connection.execute("create table kept as select 7 as number")
            await client.set("kept", "7")
            await asyncio.sleep(1.1)  # Valkey writes its file once a second
        for name, part in (("postgres", "postgres"), ("valkey-server", "valkey")):
            os.kill(_first_process(name, folder / part), signal.SIGKILL)
        async with asyncio.timeout(30):
            while not (await postgres.is_ready() and await valkey.is_ready()):  # noqa: ASYNC110 - other processes
                await asyncio.sleep(0.05)
        async with _connected(postgres.url()) as connection, Redis.from_url(valkey.url()) as client:
            assert await connection.fetchval("select number from kept") == 7
            assert await client.get("kept") == b"7"


def _first_process(name: str, folder: Path) -> int:
    ids = []
    for process in psutil.process_iter(["name"]):
        with contextlib.suppress(psutil.NoSuchProcess):  # another test's, which has just ended
            if process.info["name"] == name and Path(process.cwd()) == folder:
                ids.append(process.pid)
    return min(ids)


async def test_servers_that_a_killed_run_left_behind_are_taken_over(folder: Path) -> None:
    with subprocess.Popen(  # noqa: ASYNC220 - starting it is quick
        [sys.executable, "-c", _HOLDER, str(folder)], stdout=subprocess.PIPE, cwd=_REPOSITORY
    ) as holder:
        assert holder.stdout is not None
        while await asyncio.to_thread(holder.stdout.readline) != b"up\n":
            assert holder.poll() is None
        known = remembered_postgres(folder)
        assert known is not None
        async with _connected(known.url()) as connection:
            await connection.execute("create table kept as select 7 as number")
        holder.kill()
    assert await known.is_ready(), "PostgreSQL was meant to be left behind"
    async with running_servers(Config(data_dir=folder)) as filled, _connected(filled.database_url) as connection:
        assert await connection.fetchval("select number from kept") == 7
    assert stop_leftovers("postgres", folder / "postgres", signal.SIGINT) == 0
    assert stop_leftovers("valkey-server", folder / "valkey", signal.SIGTERM) == 0


async def test_a_process_id_that_was_given_to_another_program_does_not_matter(folder: Path) -> None:
    async with embedded_postgres(folder, durable=False):
        stale = (folder / "postgres" / "postmaster.pid").read_text()
    _, rest = stale.split("\n", 1)
    (folder / "postgres" / "postmaster.pid").write_text(f"{os.getpid()}\n{rest}")
    async with embedded_postgres(folder, durable=False) as postgres:
        assert await postgres.is_ready()


async def test_a_second_server_is_told_that_the_folder_is_in_use(folder: Path) -> None:
    async with running_servers(Config(data_dir=folder)):
        with pytest.raises(ConflictError, match="is in use by process"):
            async with running_servers(Config(data_dir=folder)):
                pass


async def test_a_command_reaches_the_servers_of_a_running_tangram(folder: Path) -> None:
    config = Config(data_dir=folder)
    async with running_servers(config) as filled, reached_servers(config) as beside:
        assert beside == filled
    async with reached_servers(config) as alone, _connected(alone.database_url) as connection:
        assert await connection.fetchval("select 1") == 1


async def test_given_servers_need_no_data_folder_of_their_own(folder: Path, config: Config) -> None:
    async with running_servers(config) as first, running_servers(config) as second:
        assert first == second == config
