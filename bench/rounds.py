"""The interleaved run: every question, every server, every number of connections, again and again; then medians.

Servers take turns in short rounds, so that whatever else the machine does falls on all of them alike.
"""

from __future__ import annotations

import asyncio
import math
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import asyncpg

from bench import data
from bench.installation import Installation
from bench.pgbench import run_pgbench
from bench.questions import Question, normal
from bench.servers import Server
from bench.statements import Captured
from bench.wrk import Round, run_wrk

__all__ = ["PGBENCH", "Effort", "Figures", "compare_answers", "measure"]

PGBENCH = "pgbench"
_LOST_SHARE = 0.04
"""Share of a round's requests that may be under way at its end."""

_SHORTEST_S = 3
_LONGEST_S = 15
_COMPARED = 8


@dataclass(frozen=True, slots=True)
class Effort:
    """How long to measure.

    Attributes:
        repetitions: Times everything is measured.
        seconds: Length of one round.
        connections: Numbers of connections.
    """

    repetitions: int
    seconds: int
    connections: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Figures:
    """Medians of one question, server and number of connections."""

    question: str
    server: str
    connections: int
    requests_per_s: float
    p50_ms: float
    p99_ms: float
    failed: int

    def row(self) -> dict[str, Any]:
        """For the JSON file."""
        return asdict(self)


def compare_answers(servers: Sequence[Server], questions: Sequence[Question], scale: data.Scale) -> None:
    """Ask all servers the same and compare.

    Raises:
        RuntimeError: Two servers answer differently; both answers are in the message.
    """
    for question in questions:
        for variables in question.samples(scale, _COMPARED):
            answers = {server.name: normal(question, server.ask(question, variables)) for server in servers}
            first, *others = answers.items()
            for name, answer in others:
                if answer != first[1]:
                    raise RuntimeError(
                        f"{question.name} {variables}: {first[0]} and {name} differ:\n{first[1]}\n{answer}"[:4000]
                    )


async def measure(
    place: Installation,
    schema: str,
    servers: Sequence[Server],
    statements: Mapping[str, Sequence[Captured]],
    questions: Sequence[Question],
    scale: data.Scale,
    effort: Effort,
    say: Callable[[str], None],
) -> list[Figures]:
    """Run all rounds; the medians in order of question, connections and server."""
    bodies = {
        (question.name, server.name): _bodies(place.folder, question, server, scale)
        for question in questions
        for server in servers
        if question.name in server.documents
    }
    rounds: dict[tuple[str, int, str], list[Round]] = {}
    lasting: dict[tuple[str, int], int] = {}
    for repetition in range(effort.repetitions):
        for question in questions:
            for connections in effort.connections:
                runs = _runs(place, question, servers, statements, bodies, scale, connections)
                turn = repetition % len(runs)
                for name, run in [*runs[turn:], *runs[:turn]]:
                    if repetition == 0 and (connections == effort.connections[0] or name == servers[0].name):
                        warm = await asyncio.to_thread(run, 1)
                        lasting.setdefault((question.name, connections), _seconds(effort, warm, connections))
                    found = await asyncio.to_thread(run, lasting[question.name, connections])
                    rounds.setdefault((question.name, connections, name), []).append(found)
                    say(f"{question.name} {connections:>3} connections {name:<20} {found.requests_per_s:>10,.0f}/s")
            if question.writes:
                await _tidy(place, schema, question)
    return [
        Figures(
            question,
            name,
            connections,
            statistics.median(one.requests_per_s for one in found),
            statistics.median(one.p50_ms for one in found),
            statistics.median(one.p99_ms for one in found),
            sum(one.failed for one in found),
        )
        for (question, connections, name), found in rounds.items()
    ]


def _runs(
    place: Installation,
    question: Question,
    servers: Sequence[Server],
    statements: Mapping[str, Sequence[Captured]],
    bodies: Mapping[tuple[str, str], Path],
    scale: data.Scale,
    connections: int,
) -> list[tuple[str, Callable[[int], Round]]]:
    def load(server: Server) -> Callable[[int], Round]:
        body = bodies[question.name, server.name]
        return lambda seconds: run_wrk(
            server.url, body, connections=connections, duration_s=seconds, token=server.token
        )

    runs = [(server.name, load(server)) for server in servers if question.name in server.documents]
    if question.name in statements:
        program, captured = place.programs / "pgbench", statements[question.name]
        runs.append(
            (
                PGBENCH,
                lambda seconds: run_pgbench(
                    program, place.url, question, captured, scale, connections=connections, duration_s=seconds
                ),
            )
        )
    return runs


def _seconds(effort: Effort, warm: Round, connections: int) -> int:
    """How long a round lasts: wrk does not count what it has asked and not yet heard of, which must not matter."""
    if effort.seconds < _SHORTEST_S:
        return effort.seconds
    asked = connections / 2 / _LOST_SHARE
    return min(_LONGEST_S, max(effort.seconds, math.ceil(asked / max(warm.requests_per_s, 1.0))))


def _bodies(folder: Path, question: Question, server: Server, scale: data.Scale) -> Path:
    path = folder / f"{server.name}-{question.name}.jsonl"
    lines = [server.body(question, variables) for variables in question.samples(scale)]
    path.write_bytes(b"\n".join(lines) + b"\n")
    return path


async def _tidy(place: Installation, schema: str, question: Question) -> None:
    """Take away what a writing question left, so that every repetition meets the same tables."""
    connection = await asyncpg.connect(place.url)
    try:
        if question.name == "Q7":
            await connection.execute(f'delete from "{schema}"."work_order" where code like \'NEW-%\'')
        await connection.execute(f'vacuum (analyze) "{schema}"."{question.writes}"')
    finally:
        await connection.close()
