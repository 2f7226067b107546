"""Figures for Prometheus: requests, sign-ins, the database pool, memory caches.

Several web processes keep theirs in files of one folder, PROMETHEUS_MULTIPROC_DIR, and any of them answers /metrics for
all. The supervisor sets it; each process writes under its number, which a successor takes over with the file: counts go
on where a crash left them, and files do not pile up.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest, values
from prometheus_client.multiprocess import MultiProcessCollector

__all__ = ["FOLDER_VARIABLE", "MEDIA_TYPE", "Metrics", "write_as"]

MEDIA_TYPE = CONTENT_TYPE_LATEST

FOLDER_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
"""Environment variable that prometheus_client looks for."""

_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)


def write_as(process: str) -> None:
    """Let this process's figures be those of web process number `process`; before the first `Metrics` is made."""
    if FOLDER_VARIABLE in os.environ:
        values.ValueClass = values.MultiProcessValue(lambda: process)  # type: ignore[no-untyped-call]


class Metrics:
    """The figures of one process, in a registry of its own."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "tangram_http_requests_total",
            "HTTP requests by route, method and status",
            ("route", "method", "status"),
            registry=self._registry,
        )
        self._seconds = Histogram(
            "tangram_http_request_seconds",
            "Seconds from request to the end of the answer",
            ("route",),
            buckets=_BUCKETS,
            registry=self._registry,
        )
        self._sign_ins = Counter("tangram_sign_ins_total", "Sign-ins by outcome", ("outcome",), registry=self._registry)
        self._running = Gauge(
            "tangram_http_requests_running",
            "Requests being answered",
            registry=self._registry,
            multiprocess_mode="livesum",
        )
        self._running.set(0)  # a predecessor that was killed left its own
        self._gauges: dict[str, tuple[Gauge, Callable[[], float]]] = {}
        self._counts: dict[tuple[str, str, int], Callable[[], None]] = {}
        self._times: dict[str, Callable[[float], None]] = {}

    def watch(self, name: str, help_text: str, read: Callable[[], float]) -> None:
        """Add a figure that is read when /metrics is asked, such as the size of a cache."""
        gauge = Gauge(f"tangram_{name}", help_text, registry=self._registry, multiprocess_mode="livesum")
        self._gauges[name] = (gauge, read)

    def started(self) -> None:
        """A request came in."""
        self._running.inc()

    def finished(self, route: str, method: str, status: int, seconds: float) -> None:
        """A request was answered. `route` is a route's name, never a raw path."""
        self._running.dec()
        self.answered(route, method, status, seconds)

    def answered(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count an answer whose start was not counted: the thin route's."""
        key = (route, method, status)
        count = self._counts.get(key)
        if count is None:
            count = self._counts[key] = self._requests.labels(route, method, str(status)).inc
            self._times.setdefault(route, self._seconds.labels(route).observe)
        count()
        self._times[route](seconds)

    def signed_in(self, outcome: str) -> None:
        """A sign-in ended with `outcome`: `ok`, or the reason of the refusal."""
        self._sign_ins.labels(outcome).inc()

    def text(self) -> bytes:
        """All figures in Prometheus text format, of all processes where they share a folder."""
        for gauge, read in self._gauges.values():
            gauge.set(read())
        folder = os.environ.get(FOLDER_VARIABLE)
        if folder is None:
            return generate_latest(self._registry)
        registry = CollectorRegistry()
        MultiProcessCollector(registry, path=folder)  # type: ignore[no-untyped-call]
        return generate_latest(registry)

    def snapshot(self) -> Mapping[str, float]:
        """The watched figures by name."""
        return {name: read() for name, (_, read) in self._gauges.items()}
