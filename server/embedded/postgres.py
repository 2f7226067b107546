"""The embedded PostgreSQL: create its cluster once, recover what a killed run left, say how to run it.

It listens on a Unix socket in the data folder (where the path is short enough for one) and on a loopback port of its
own. Both ask for a password (SCRAM): role `postgres` administers, role `tangram` owns the database and nothing more,
role `tangram_app` serves requests and owns nothing.
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlencode

import asyncpg
import psutil

from metadata.problems import UnavailableError
from server.database.sql import quote_identifier, quote_literal
from server.database.wall import scram_verifier
from server.embedded import accounts, data_folder, programs
from server.embedded.leftovers import stop_leftovers
from server.processes import Account, Program, run_as

__all__ = [
    "ADMINISTRATOR",
    "DATABASE",
    "SERVING",
    "EmbeddedPostgres",
    "ensure_database",
    "prepare_postgres",
    "remembered_postgres",
]

DATABASE = "tangram"
OWNER = "tangram"
SERVING = "tangram_app"
ADMINISTRATOR = "postgres"

_LONGEST_SOCKET_PATH = 100
_MEGABYTE = 1 << 20
_SMALL_SHARED_MEMORY_BYTES = 256 * _MEGABYTE


@dataclass(frozen=True, slots=True)
class EmbeddedPostgres:
    """Where an embedded PostgreSQL is reached.

    Attributes:
        port: TCP port on 127.0.0.1, also part of the socket's name.
        socket_folder: Folder of the Unix socket; empty where its path would be too long.
        passwords: Password by role.
    """

    port: int
    socket_folder: str
    passwords: dict[str, str]

    def url(self, database: str = DATABASE, *, role: str = OWNER, tcp: bool = False) -> str:
        """A connection URL; over the Unix socket if there is one, unless `tcp`."""
        login = f"{role}:{quote(self.passwords[role], safe='')}"
        if tcp or not self.socket_folder:
            return f"postgresql://{login}@127.0.0.1:{self.port}/{database}"
        return f"postgresql://{login}@/{database}?{urlencode({'host': self.socket_folder, 'port': self.port})}"

    async def is_ready(self) -> bool:
        """Whether it takes connections."""
        try:
            connection = await asyncpg.connect(self.url("postgres", role=ADMINISTRATOR), timeout=5)
        except (OSError, TimeoutError, asyncpg.CannotConnectNowError, asyncpg.ConnectionDoesNotExistError):
            return False
        await connection.close()
        return True


def remembered_postgres(folder: Path) -> EmbeddedPostgres | None:
    """The embedded PostgreSQL of this data folder as last started; None if there never was one."""
    found = data_folder.remembered(folder).get("postgres")
    return EmbeddedPostgres(**found) if found else None


def prepare_postgres(folder: Path, *, durable: bool = True) -> tuple[Program, EmbeddedPostgres]:
    """Make everything ready for the program to start. Call it while the data folder is claimed.

    Args:
        folder: The data folder.
        durable: False gives up crash safety for speed; for tests and benchmarks of nothing but.

    Raises:
        UnavailableError: The wheel, a user for it, or a way into the folder is missing, or `initdb` failed.
    """
    account = accounts.service_account()
    accounts.let_through(folder, account)
    installation = programs.usable_by(account, programs.postgres_folder(), "bin/postgres", folder)
    cluster = folder / "postgres"
    run_folder = accounts.owned_folder(folder / "run", account)
    stop_leftovers("postgres", cluster, signal.SIGINT)
    known = remembered_postgres(folder)
    passwords = {role: secrets.token_urlsafe(24) for role in (ADMINISTRATOR, OWNER, SERVING)}
    passwords |= known.passwords if known else {}
    port = data_folder.free_port(known.port if known else None)
    short = len(str(run_folder / f".s.PGSQL.{port}").encode()) <= _LONGEST_SOCKET_PATH
    server = EmbeddedPostgres(port, str(run_folder) if short else "", passwords)
    data_folder.remember(folder, postgres={"port": port, "socket_folder": server.socket_folder, "passwords": passwords})
    if not cluster.exists():
        _create_cluster(installation, cluster, account, passwords[ADMINISTRATOR], durable=durable)
    # Nobody runs here (see above), so a file that says otherwise names a process id that was given to another program,
    # or one that was killed and that nobody has taken notice of yet.
    (cluster / "postmaster.pid").unlink(missing_ok=True)
    (run_folder / f".s.PGSQL.{port}.lock").unlink(missing_ok=True)
    _write_as(account, cluster / "tangram.conf", _settings(server, durable=durable))
    program = Program(
        name="PostgreSQL",
        command=(str(installation / "bin" / "postgres"), "-D", str(cluster)),
        environment=_environment(),
        folder=cluster,
        account=account,
        log=folder / "logs" / "postgres-start.log",
        is_ready=server.is_ready,
        stop_signal=signal.SIGINT,
        start_limit_s=300.0,
        stop_limit_s=30.0,
    )
    return program, server


async def ensure_database(server: EmbeddedPostgres) -> None:
    """Create the roles and the database of the application where they are missing."""
    connection = await asyncpg.connect(server.url("postgres", role=ADMINISTRATOR), timeout=30)
    try:
        for role in (OWNER, SERVING):
            if not await connection.fetchval("select 1 from pg_roles where rolname = $1", role):
                verifier = quote_literal(scram_verifier(server.passwords[role]))
                await connection.execute(f"create role {quote_identifier(role)} login password {verifier}")
        if not await connection.fetchval("select 1 from pg_database where datname = $1", DATABASE):
            await connection.execute(f"create database {quote_identifier(DATABASE)} owner {quote_identifier(OWNER)}")
    finally:
        await connection.close()


def _create_cluster(
    installation: Path, cluster: Path, account: Account | None, password: str, *, durable: bool
) -> None:
    """Create it under another name and rename it at the end, so that a killed run leaves none half made."""
    draft = cluster.with_name("postgres.new")
    shutil.rmtree(draft, ignore_errors=True)
    accounts.owned_folder(draft, account)
    password_file = cluster.with_name("run") / "initdb-password"
    _write_as(account, password_file, password)
    command = [installation / "bin" / "initdb", "-D", draft, "-U", ADMINISTRATOR, "--pwfile", password_file]
    command += ["--auth=scram-sha-256", "--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    command += ["--locale=C", "--no-instructions", "--set", "timezone=UTC", "--set", "log_timezone=UTC"]
    if not durable:
        command.append("--no-sync")
    try:
        done = subprocess.run(
            [str(part) for part in command],
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
            cwd=draft,
            env=_environment(),
            start_new_session=True,  # Ctrl-C is for the supervisor, which stops when this is done
            **run_as(account),
        )
    finally:
        password_file.unlink(missing_ok=True)
    if done.returncode != 0:
        raise UnavailableError.single(
            "initdb_failed",
            f"The embedded PostgreSQL could not create its files: {done.stderr.strip()[-500:]}",
            hint="`tangram doctor` looks for the cause.",
        )
    with open(draft / "postgresql.conf", "a", encoding="utf-8") as file:
        file.write("\n# Written by Tangram at each start; `alter system` overrides it.\ninclude 'tangram.conf'\n")
    draft.rename(cluster)


def _settings(server: EmbeddedPostgres, *, durable: bool) -> str:
    memory_mb = psutil.virtual_memory().total // _MEGABYTE
    values = {
        "listen_addresses": "127.0.0.1",
        "port": server.port,
        "unix_socket_directories": server.socket_folder,
        "unix_socket_permissions": "0700",
        "max_connections": 200,
        "shared_buffers": f"{min(max(memory_mb // 8, 64), 1024)}MB",
        "effective_cache_size": f"{max(memory_mb // 2, 256)}MB",
        "maintenance_work_mem": "128MB",
        "work_mem": "16MB",
        "max_locks_per_transaction": 1024,
        "max_wal_size": "2GB",
        "random_page_cost": 1.1,
        "jit": "off",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "dynamic_shared_memory_type": _shared_memory(),
    }
    if durable:
        # A week of logs, each day's over last week's: they cannot fill the disk.
        values |= {
            "logging_collector": "on",
            "log_directory": "log",
            "log_filename": "postgres-%a.log",
            "log_truncate_on_rotation": "on",
            "log_rotation_age": "1d",
            "log_rotation_size": 0,
        }
    else:
        values |= {
            "fsync": "off",
            "synchronous_commit": "off",
            "full_page_writes": "off",
            "wal_level": "minimal",
            "max_wal_senders": 0,
            "autovacuum_naptime": "1h",
            "file_copy_method": "clone",  # the kernel copies, in two thirds of the time
        }
    quoted = {name: str(value).replace("'", "''") for name, value in values.items()}
    return "".join(f"{name} = '{value}'\n" for name, value in quoted.items())


def _shared_memory() -> str:
    """Containers often have a tiny /dev/shm, in which parallel queries fail."""
    try:
        found = os.statvfs("/dev/shm")
    except OSError:
        return "sysv"
    return "posix" if found.f_bavail * found.f_frsize >= _SMALL_SHARED_MEMORY_BYTES else "sysv"


def _environment() -> dict[str, str]:
    """Nothing of ours: PG* variables and locales of the caller must not reach the server."""
    return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C", "TZ": "UTC"}


def _write_as(account: Account | None, path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    if account is not None:
        os.chown(path, account.uid, account.gid)
