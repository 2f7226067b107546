"""What the figures mean: the bars, the tables, and the files that keep them."""

from __future__ import annotations

import json
import platform
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import psutil

from bench.rounds import PGBENCH, Figures

__all__ = ["Bar", "Report", "machine", "speed_bars", "write"]

_BAR_CONNECTIONS = 16
_TAIL_CONNECTIONS = 64


@dataclass(frozen=True, slots=True)
class Bar:
    """One figure that is to be reached.

    Attributes:
        subject: What is measured.
        found: What it came to.
        wanted: What it has to come to.
        at_most: Whether less is better.
        unit: Of both numbers; `×` for ratios.
    """

    subject: str
    found: float
    wanted: float
    at_most: bool = False
    unit: str = "×"

    @property
    def reached(self) -> bool:
        """Whether it was."""
        return self.found <= self.wanted if self.at_most else self.found >= self.wanted

    def __str__(self) -> str:
        sign, verdict = ("≤" if self.at_most else "≥"), ("pass" if self.reached else "FAIL")
        return f"{verdict}  {self.subject}: {self.found:,.2f} {self.unit} ({sign} {self.wanted:g})"


@dataclass(slots=True)
class Report:
    """Everything one run found."""

    conditions: Mapping[str, Any]
    figures: list[Figures] = field(default_factory=list)
    memory_mb: dict[str, list[float]] = field(default_factory=dict)
    bars: list[Bar] = field(default_factory=list)
    tables: dict[str, list[Mapping[str, Any]]] = field(default_factory=dict)

    @property
    def passed(self) -> bool:
        """Whether every bar was reached."""
        return all(bar.reached for bar in self.bars)


def machine() -> dict[str, Any]:
    """Where this runs: figures of two machines are not compared, their ratios may be."""
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    return {
        "cores": psutil.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 2**30),
        "processor": platform.processor() or platform.machine(),
        "python": platform.python_version(),
        "commit": commit.stdout.strip(),
        "load_before": round(psutil.getloadavg()[0], 1),
    }


def speed_bars(figures: Iterable[Figures]) -> list[Bar]:
    """The bars on speed that these figures can answer."""
    rates: dict[tuple[str, str], float] = {}
    tails: dict[tuple[str, str], float] = {}
    for one in figures:
        if one.connections == _BAR_CONNECTIONS:
            rates[one.question, one.server] = one.requests_per_s
        if one.connections == _TAIL_CONNECTIONS:
            tails[one.question, one.server] = one.p99_ms
    bars = []
    for question, peer, wanted in _ratios():
        ours, theirs = rates.get((question, "tangram")), rates.get((question, peer))
        if ours and theirs:
            bars.append(Bar(f"{question} against {peer}, {_BAR_CONNECTIONS} connections", ours / theirs, wanted))
    for question in sorted({question for question, _ in tails}):
        mine, other = tails.get((question, "tangram")), tails.get((question, "postgraphile"))
        if mine and other:
            subject = f"{question} p99 against postgraphile, {_TAIL_CONNECTIONS} connections"
            bars.append(Bar(subject, mine / other, 1.0, at_most=True))
    return bars


def write(report: Report, folder: Path, name: str) -> str:
    """Store a report as `<name>.json` and `<name>.md`; returns the Markdown."""
    folder.mkdir(parents=True, exist_ok=True)
    content = {
        "conditions": dict(report.conditions),
        "figures": [one.row() for one in report.figures],
        "memory_mb": report.memory_mb,
        "bars": [asdict(bar) | {"reached": bar.reached} for bar in report.bars],
        "tables": report.tables,
    }
    (folder / f"{name}.json").write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    text = _markdown(report)
    (folder / f"{name}.md").write_text(text, encoding="utf-8")
    return text


def _ratios() -> list[tuple[str, str, float]]:
    wanted = [(question, "postgraphile", 2.0) for question in ("Q1", "Q2", "Q3", "Q4")]
    wanted += [(question, "raw", 0.7) for question in ("Q1", "Q2", "Q3", "Q4")]
    wanted += [("Q5", PGBENCH, 0.9), ("Q6", "postgraphile", 3.0)]
    return wanted + [(question, "postgraphile", 1.25) for question in ("Q7", "Q8")]


def _markdown(report: Report) -> str:
    parts = ["# Benchmark", "", ", ".join(f"{name}: {value}" for name, value in report.conditions.items()), ""]
    for connections in sorted({one.connections for one in report.figures}):
        found = [one for one in report.figures if one.connections == connections]
        questions = list(dict.fromkeys(one.question for one in found))
        cells = {(one.server, one.question): one for one in found}
        rows = []
        for server in dict.fromkeys(one.server for one in found):
            row: dict[str, Any] = {"server": server}
            for question in questions:
                cell = cells.get((server, question))
                row[question] = _cell(cell) if cell else ""
            rows.append(row)
        title = f"Requests/s (p50 / p99 in ms) at {connections} connection{'s' * (connections > 1)}"
        parts += [f"## {title}", "", *_table(rows), ""]
    if report.memory_mb:
        rows = [
            {"server": name, "MB by process": " + ".join(f"{mb:.0f}" for mb in found)}
            for name, found in report.memory_mb.items()
        ]
        parts += ["## Resident memory after the run", "", *_table(rows), ""]
    for title, table in report.tables.items():
        parts += [f"## {title}", "", *_table(table), ""]
    if report.bars:
        parts += ["## Bars", "", *(f"- {bar}" for bar in report.bars), ""]
    return "\n".join(parts)


def _cell(one: Figures) -> str:
    failed = f", {one.failed} failed" if one.failed else ""
    return f"{one.requests_per_s:,.0f} ({one.p50_ms:.2f} / {one.p99_ms:.2f}{failed})"


def _table(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    names = list(dict.fromkeys(name for row in rows for name in row))
    lines = ["| " + " | ".join(names) + " |", "|" + "---|" * len(names)]
    return lines + ["| " + " | ".join(str(row.get(name, "")) for name in names) + " |" for row in rows]
