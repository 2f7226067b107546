"""The user that embedded servers run as when we are root: PostgreSQL refuses to run as root, and nobody should.

Folders above the data folder may be closed to that user (`/root` is). They are opened for passing through, not for
listing, and the log says so.
"""

from __future__ import annotations

import os
import pwd
import shutil
import stat
import subprocess
from pathlib import Path

import structlog

from metadata.problems import UnavailableError
from server.processes import Account

__all__ = ["SERVICE_NAME", "let_through", "owned_folder", "service_account"]

SERVICE_NAME = "tangram"

log = structlog.get_logger()


def service_account() -> Account | None:
    """The account to run servers as: None (our own) unless we are root, then the system user `tangram`.

    Raises:
        UnavailableError: We are root and the system user can be neither found nor made.
    """
    if os.geteuid() != 0:
        return None
    try:
        entry = pwd.getpwnam(SERVICE_NAME)
    except KeyError:
        entry = _create()
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def owned_folder(folder: Path, account: Account | None) -> Path:
    """Create a folder that only `account` (and root) can enter."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if account is not None:
        os.chown(folder, account.uid, account.gid)
    return folder


def let_through(folder: Path, account: Account | None) -> None:
    """Let `account` pass through `folder` and all folders above it.

    Raises:
        UnavailableError: A folder on the way is closed and is not ours to open.
    """
    if account is None:
        return
    for place in (folder, *folder.parents):
        mode = place.stat().st_mode
        if mode & stat.S_IXOTH:
            continue
        try:
            place.chmod(stat.S_IMODE(mode) | stat.S_IXOTH)
        except OSError as error:
            raise UnavailableError.single(
                "folder_closed",
                f"The user '{account.name}' cannot pass through {place}.",
                hint="Set TANGRAM_DATA_DIR to a folder that it can reach, such as /var/lib/tangram.",
            ) from error
        log.info("folder_opened_for_passing_through", folder=str(place), account=account.name)


def _create() -> pwd.struct_passwd:
    useradd = shutil.which("useradd") or "/usr/sbin/useradd"
    command = [useradd, "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", SERVICE_NAME]
    if not os.path.exists(useradd):
        command = ["adduser", "-S", "-D", "-H", SERVICE_NAME]
    try:
        done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=30)
        return pwd.getpwnam(SERVICE_NAME)
    except OSError as error:
        raise _no_user(str(error)) from error
    except KeyError:
        raise _no_user(done.stderr.strip()) from None


def _no_user(why: str) -> UnavailableError:
    return UnavailableError.single(
        "no_service_user",
        f"PostgreSQL does not run as root, and the system user '{SERVICE_NAME}' could not be made: {why}",
        hint=f"Run as an ordinary user, make the user '{SERVICE_NAME}', or set TANGRAM_DATABASE_URL.",
    )
