"""The servers under test: how each is started, and how it is asked a question."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from bench import node
from bench.installation import REPOSITORY, Installation, Process, free_port, running_process
from bench.questions import Question, documents

__all__ = ["PEER_SCHEMA", "Server", "postgraphile", "raw", "strawberry_tortoise", "tangram", "tangram_body"]

PEER_SCHEMA = "bench_peers"
"""Where a peer's own functions live."""

_PEERS = Path(__file__).parent / "peers"


@dataclass(frozen=True, slots=True)
class Server:
    """One server under test.

    Attributes:
        name: As in the report.
        process: Its running process.
        documents: GraphQL text by question; for `raw` the question's name.
        token: Bearer token; empty for none.
    """

    name: str
    process: Process
    documents: Mapping[str, str]
    token: str = ""

    @property
    def url(self) -> str:
        """Where questions are sent."""
        return f"{self.process.url}/graphql"

    def body(self, question: Question, variables: Mapping[str, str]) -> bytes:
        """The body of one request."""
        text = self.documents[question.name]
        typed: dict[str, Any] = dict(variables)
        if self.name == "strawberry_tortoise":
            typed |= _integers(variables)
        if self.name == "tangram":
            return tangram_body(text, variables)
        return json.dumps({"query": text, "variables": typed}, ensure_ascii=False).encode()

    def ask(self, question: Question, variables: Mapping[str, str]) -> Any:
        """Ask once; the answer's `data`.

        Raises:
            RuntimeError: The answer is an error.
        """
        headers = {"Content-Type": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        response = httpx.post(
            self.url, content=self.body(question, variables), headers=headers, timeout=60, trust_env=False
        )
        answer = response.json() if response.status_code < 500 else {"errors": response.text}
        if response.status_code != 200 or answer.get("errors"):
            raise RuntimeError(f"{self.name} on {question.name}: {response.status_code} {response.text[:2000]}")
        return answer["data"]


def tangram_body(text: str, variables: Mapping[str, str]) -> bytes:
    """The body of one request to Tangram, whose options are enum values."""
    upper = {name: value.upper() for name, value in variables.items() if name in ("level", "status")}
    typed: dict[str, Any] = {**variables, **upper, **_integers(variables)}
    return json.dumps({"query": text, "variables": typed}, ensure_ascii=False).encode()


def _integers(variables: Mapping[str, str]) -> dict[str, int]:
    """The variables that are GraphQL integers; to PostGraphile a bigint is text."""
    return {name: int(value) for name, value in variables.items() if name == "points"}


def tangram(process: Process, token: str) -> Server:
    """Tangram, started already."""
    return Server("tangram", process, documents("tangram"), token)


@contextmanager
def raw(place: Installation, statements: Path) -> Iterator[Server]:
    """The statements without GraphQL."""
    names = {name: name for name in json.loads(statements.read_text(encoding="utf-8"))}
    variables = {"BENCH_DATABASE_URL": place.url, "BENCH_STATEMENTS": str(statements)}
    with _uvicorn(place, "bench.peers.raw.app:create_app", variables) as process:
        yield Server("raw", process, names)


@contextmanager
def strawberry_tortoise(place: Installation, schema: str) -> Iterator[Server]:
    """The plain Python server."""
    variables = {"BENCH_DATABASE_URL": place.url, "BENCH_SCHEMAS": schema}
    with _uvicorn(place, "bench.peers.strawberry_tortoise.app:create_app", variables) as process:
        yield Server("strawberry_tortoise", process, documents("strawberry_tortoise"))


@contextmanager
def postgraphile(place: Installation, schema: str, cache: Path) -> Iterator[Server]:
    """PostGraphile, from npm."""
    folder = node.installed(_PEERS / "postgraphile", cache)
    port = free_port()
    variables = {
        "BENCH_DATABASE_URL": place.url,
        "BENCH_SCHEMAS": f"{schema},{PEER_SCHEMA}",
        "BENCH_PORT": str(port),
        "GRAPHILE_ENV": "production",
        "NODE_ENV": "production",
    }
    command = [str(node.node()), "node_modules/postgraphile/dist/cli-run.js"]
    url, log = f"http://127.0.0.1:{port}", place.folder / "postgraphile.log"
    with running_process(command, variables, url=url, ready="/graphql", log=log, folder=folder) as process:
        yield Server("postgraphile", process, documents("postgraphile"))


@contextmanager
def _uvicorn(place: Installation, factory: str, variables: Mapping[str, str]) -> Iterator[Process]:
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", factory, "--factory", "--port", str(port), "--no-access-log"]
    command += ["--loop", "uvloop", "--http", "httptools", "--log-level", "warning"]
    environment = dict(variables) | {"PYTHONPATH": str(REPOSITORY), "PYTHONDONTWRITEBYTECODE": "1"}
    log = place.folder / f"{factory.split('.')[2]}.log"
    with running_process(command, environment, url=f"http://127.0.0.1:{port}", ready="/", log=log) as process:
        yield process
