"""One round of the same SQL under `pgbench -M prepared`: the ceiling."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from bench import data
from bench.installation import Installation
from bench.questions import Question
from bench.statements import Captured, Piece
from bench.wrk import Round

__all__ = ["run_pgbench", "run_script"]

_PLACEHOLDER = re.compile(r"\$(\d+)")
_COLON_IN_TEXT = re.compile(r"(?<!:):(?=\w)")
"""pgbench would take it for a variable, even inside a literal; a compiled statement has it nowhere else."""


def run_pgbench(
    program: Path,
    url: str,
    question: Question,
    captured: Sequence[Captured],
    scale: data.Scale,
    *,
    connections: int,
    duration_s: int,
) -> Round:
    """Run a question's statements with random variables for a while.

    Raises:
        RuntimeError: pgbench failed.
    """
    script, constants = _script(question, captured, scale)
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "question.sql").write_text(script, encoding="utf-8")
        command = [str(program), "-n", "-M", "prepared", "-f", "question.sql", "-c", str(connections), "-j", "1"]
        command += ["-T", str(duration_s), "-l", *constants, url]
        environment = {"PATH": os.environ["PATH"], "PGOPTIONS": "-c search_path= -c jit=off"}
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, timeout=duration_s + 120, check=False
        )
        if done.returncode != 0:
            raise RuntimeError(f"pgbench failed on {question.name}: {done.stderr[-1000:]}\n{script}")
        latencies_us = sorted(
            int(line.split(" ", 3)[2])
            for log in Path(folder).glob("pgbench_log.*")
            for line in log.read_text().splitlines()
        )
    rate = re.search(r"tps = ([\d.]+)", done.stdout)
    if rate is None or not latencies_us:  # not one was done in this time
        return Round(0.0, duration_s * 1000.0, duration_s * 1000.0)
    at = len(latencies_us) - 1
    return Round(float(rate[1]), latencies_us[at // 2] / 1000, latencies_us[int(at * 0.99)] / 1000)


def _script(question: Question, captured: Sequence[Captured], scale: data.Scale) -> tuple[str, list[str]]:
    """The pgbench script, and options that set what is the same in every request."""
    lines = [f"\\set n_{name} random(1, {variable.count(scale)})" for name, variable in question.variables.items()]
    constants: dict[str, str] = {}
    for number, statement in enumerate(captured):
        expressions = []
        for position, argument in enumerate(statement.arguments):
            if argument.varies:
                expressions.append("(" + " || ".join(_sql(question, piece) for piece in argument.pieces or ()) + ")")
            elif argument.constant is None:
                expressions.append("null")
            else:
                name = f"c_{number}_{position}"
                constants[name] = argument.constant
                expressions.append(f":{name}")
        sql = _without_colons(statement.sql)
        lines.append(_filled(sql, expressions) + ";")
    return "\n".join(lines) + "\n", [part for name, value in constants.items() for part in ("-D", f"{name}={value}")]


def _filled(sql: str, expressions: Sequence[str]) -> str:
    return _PLACEHOLDER.sub(lambda found: expressions[int(found[1]) - 1], sql)


def _sql(question: Question, piece: Piece) -> str:
    match piece.kind:
        case "variable":
            return "(" + question.variables[piece.text].sql.replace(":n", f":n_{piece.text}") + ")"
        case "fresh":
            return "uuidv7()::text"
    return "'" + _without_colons(piece.text.replace("'", "''")) + "'"


def _without_colons(text: str) -> str:
    return _COLON_IN_TEXT.sub("' || chr(58) || '", text)


def run_script(place: Installation, script: str, variables: Mapping[str, str], *, clients: int, seconds: int) -> float:
    """Transactions per second of a script of one's own, as the administrator.

    Raises:
        RuntimeError: pgbench failed.
    """
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "script.sql").write_text(script, encoding="utf-8")
        given = [part for name, value in variables.items() for part in ("-D", f"{name}={value}")]
        command = [str(place.programs / "pgbench"), "-n", "-M", "prepared", "-f", "script.sql", "-c", str(clients)]
        done = subprocess.run(
            [*command, "-j", "1", "-T", str(seconds), *given, place.administrator_url],
            cwd=folder, env={"PATH": os.environ["PATH"]}, capture_output=True, text=True, timeout=seconds + 60,
            check=False,
        )  # fmt: skip
    rate = re.search(r"tps = ([\d.]+)", done.stdout)
    if done.returncode != 0 or rate is None:
        raise RuntimeError(f"pgbench failed: {done.stderr[-1000:]}\n{script}")
    return float(rate[1])
