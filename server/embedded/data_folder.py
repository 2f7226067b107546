"""The data folder: claimed by one server at a time, with generated secrets and remembered ports.

lock            held (flock) by the running server; names its process id
secret_key      signs tokens, encrypts secrets; mode 0600
embedded.json   passwords and ports of the embedded servers; mode 0600
postgres/ valkey/ run/ logs/   the embedded servers' own
files/          uploads
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import secrets
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from metadata.problems import ConflictError, UnavailableError

__all__ = ["claim", "free_port", "open_folder", "remember", "remembered", "secret_key"]


def open_folder(folder: Path) -> Path:
    """Create the data folder, or check that it can be written.

    Raises:
        UnavailableError: It cannot be created or written.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise _not_writable(folder, error.strerror) from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise _not_writable(folder, "Permission denied")
    return folder


@contextlib.contextmanager
def claim(folder: Path) -> Iterator[None]:
    """Hold the data folder for the time of the block. The kernel frees it if we are killed.

    Raises:
        ConflictError: Another server holds it.
    """
    with open(open_folder(folder) / "lock", "a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            lock.seek(0)
            holder = lock.read().strip()
            by = f" by process {holder}" if holder else ""
            raise ConflictError.single(
                "data_folder_in_use",
                f"The data folder {folder} is in use{by}.",
                hint="Stop that server, or set TANGRAM_DATA_DIR to another folder.",
            ) from error
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        try:
            yield
        finally:
            lock.truncate(0)


def secret_key(folder: Path) -> str:
    """The key of this installation, generated the first time. Processes that start together agree on one."""
    path = open_folder(folder) / "secret_key"
    if not path.exists():
        draft = folder / f"secret_key.{secrets.token_hex(8)}"
        _write_private(draft, secrets.token_urlsafe(48))
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    return path.read_text(encoding="ascii").strip()


def remembered(folder: Path) -> dict[str, Any]:
    """What `remember` wrote; empty the first time."""
    path = folder / "embedded.json"
    if not path.exists():
        return {}
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def remember(folder: Path, **values: Any) -> None:
    """Keep values for the next start, in one step, readable by us alone."""
    draft = folder / "embedded.json.new"
    draft.unlink(missing_ok=True)
    _write_private(draft, json.dumps(remembered(folder) | values, indent=1))
    draft.replace(folder / "embedded.json")


def free_port(preferred: int | None) -> int:
    """A TCP port on the loopback address that nobody listens on: the preferred one if it is free."""
    for port in (preferred, 0) if preferred else (0,):
        with contextlib.closing(socket.socket()) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                probe.bind(("127.0.0.1", port))
                number: int = probe.getsockname()[1]
                return number
    raise UnavailableError.single("no_free_port", "No TCP port is free on 127.0.0.1.", hint="Stop some programs.")


def _write_private(path: Path, text: str) -> None:
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)


def _not_writable(folder: Path, why: str | None) -> UnavailableError:
    return UnavailableError.single(
        "data_folder_not_writable",
        f"The data folder {folder} cannot be written: {why}.",
        hint="Give its owner the right to write, or set TANGRAM_DATA_DIR to another folder.",
    )
