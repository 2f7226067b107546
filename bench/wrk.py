"""One round of HTTP load with wrk, against loopback only."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

__all__ = ["Round", "run_wrk"]

_SCRIPT = Path(__file__).with_name("wrk.lua")


@dataclass(frozen=True, slots=True)
class Round:
    """What one round of load showed."""

    requests_per_s: float
    p50_ms: float
    p99_ms: float
    failed: int = 0


def run_wrk(url: str, bodies: Path, *, connections: int, duration_s: int, token: str = "") -> Round:
    """POST the lines of `bodies` in turn for a while.

    Raises:
        ValueError: The URL is not on this machine.
        RuntimeError: wrk is missing or failed.
    """
    if urlsplit(url).hostname not in ("127.0.0.1", "localhost", "::1"):
        raise ValueError(f"the benchmark only loads this machine, not {url}")
    command = ["wrk", "-t1", f"-c{connections}", f"-d{duration_s}s", "--timeout", "20s", "-s", str(_SCRIPT), url]
    environment = {"PATH": os.environ["PATH"], "BENCH_BODIES": str(bodies), "BENCH_TOKEN": token}
    try:
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=duration_s + 60, check=False
        )
    except FileNotFoundError:
        raise RuntimeError("wrk is not installed; on Debian: apt-get install wrk") from None
    line = next((line for line in done.stdout.splitlines() if line.startswith("FIGURES ")), None)
    if line is None:
        raise RuntimeError(f"wrk failed: {done.stdout[-500:]}{done.stderr[-500:]}")
    figures = json.loads(line.removeprefix("FIGURES "))
    return Round(
        requests_per_s=figures["requests"] / (figures["duration_us"] / 1e6),
        p50_ms=figures["p50_us"] / 1000,
        p99_ms=figures["p99_us"] / 1000,
        failed=figures["failed"],
    )
