"""The SQL that Tangram runs for each question, taken from PostgreSQL's own log.

The log shows what really runs, with its parameters: no part of the server has to be trusted to tell. The statements
are then run by `raw` and by pgbench, whose figures are the limits that Tangram's are compared with.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple

import asyncpg

__all__ = ["Argument", "Captured", "Piece", "capture", "logging_statements", "with_types", "write_statements"]

_STATEMENT = re.compile(r"(?:execute (?P<name>[^:]*)|statement): (?P<sql>.*)", re.DOTALL)
_PARAMETER = re.compile(r"\$\d+ = (NULL|'(?:[^']|'')*')")
_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_INTEGERS = ("int2", "int4", "int8")
_SETTINGS = {"log_destination": "jsonlog", "log_statement": "all", "log_parameter_max_length": "-1"}


class Piece(NamedTuple):
    """A part of an argument's text.

    Attributes:
        kind: `text` as it stands, `variable` by its name, or `fresh`: an id that is new in every request.
        text: The text, or the variable's name.
    """

    kind: Literal["text", "variable", "fresh"]
    text: str = ""


@dataclass(frozen=True, slots=True)
class Argument:
    """What fills one placeholder: its pieces joined; None for NULL."""

    pieces: tuple[Piece, ...] | None

    @property
    def constant(self) -> str | None:
        """Its text where that is the same in every request, or NULL."""
        return None if self.pieces is None else "".join(piece.text for piece in self.pieces)

    @property
    def varies(self) -> bool:
        """Whether it differs from request to request."""
        return any(piece.kind != "text" for piece in self.pieces or ())


@dataclass(frozen=True, slots=True)
class Captured:
    """One statement of a request, `$1` … filled by `arguments`."""

    sql: str
    arguments: tuple[Argument, ...]


@asynccontextmanager
async def logging_statements(administrator_url: str) -> AsyncIterator[None]:
    """Let PostgreSQL log every statement as JSON for the time of a block."""
    connection = await asyncpg.connect(administrator_url)
    try:
        for name, value in _SETTINGS.items():
            await connection.execute(f"alter system set {name} = '{value}'")
        await connection.execute("select pg_reload_conf()")
        await asyncio.sleep(0.5)
        yield
    finally:
        for name in _SETTINGS:
            await connection.execute(f"alter system reset {name}")
        await connection.execute("select pg_reload_conf()")
        await asyncio.sleep(0.5)
        await connection.close()


def capture(
    log_folder: Path,
    ask: Callable[[Mapping[str, str]], Any],
    samples: Sequence[Mapping[str, str]],
) -> tuple[Captured, ...]:
    """Ask a question often enough that every cache is filled, and read what ran for the last sample.

    Args:
        log_folder: Where PostgreSQL writes its log, inside `logging_statements`.
        ask: Sends the question with these variables to the server.
        samples: At least two sets of variables; two sets tell variables from constants.

    Raises:
        RuntimeError: The log does not show a statement of the server.
    """
    for sample in samples[:-1]:
        ask(sample)
    time.sleep(0.3)
    logs = {path: path.stat().st_size for path in log_folder.glob("*.json")}
    ask(samples[-1])
    time.sleep(0.3)
    found = []
    for path in sorted(log_folder.glob("*.json")):
        with path.open("rb") as file:
            file.seek(logs.get(path, 0))
            found += [_captured(json.loads(line), samples[-1]) for line in file]
    statements = tuple(statement for statement in found if statement is not None)
    if not statements:
        raise RuntimeError(f"PostgreSQL's log in {log_folder} shows no statement of the server")
    return statements


async def with_types(url: str, captured: Mapping[str, Sequence[Captured]]) -> dict[str, Any]:
    """What the raw server reads: statements by question, with the types of their parameters known.

    Args:
        url: A database in which the statements can be prepared.
        captured: Statements by question.
    """
    connection = await asyncpg.connect(url)
    try:
        return {
            name: [await _typed(connection, statement) for statement in statements]
            for name, statements in captured.items()
        }
    finally:
        await connection.close()


def write_statements(folder: Path, captured: Mapping[str, Sequence[Captured]]) -> None:
    """Store them as `<question>.sql`, to read."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, statements in captured.items():
        texts = [f"{one.sql};\n" + "\n".join(_comments(one)) for one in statements]
        (folder / f"{name}.sql").write_text("\n".join(texts), encoding="utf-8")


def _comments(statement: Captured) -> Iterator[str]:
    for number, argument in enumerate(statement.arguments, 1):
        text = "".join(
            piece.text if piece.kind == "text" else f"<{piece.text or piece.kind}>" for piece in argument.pieces or ()
        )
        yield f"-- ${number}: {text if argument.pieces is not None else 'NULL'}"


async def _typed(connection: Any, statement: Captured) -> dict[str, Any]:
    """The statement with constants as the values that asyncpg expects, and a mark on variables that are integers."""
    types = (await connection.prepare(statement.sql)).get_parameters()
    arguments: list[dict[str, Any]] = []
    for argument, parameter in zip(statement.arguments, types, strict=True):
        if argument.varies:
            kind = "array" if parameter.kind == "array" else "integer" if parameter.name in _INTEGERS else "text"
            arguments.append({"pieces": argument.pieces, "type": kind})
            continue
        value: Any = argument.constant
        if value is not None and parameter.name not in ("uuid", "numeric", "json", "jsonb"):
            name = parameter.name.removesuffix("[]").lstrip("_")
            array = "[]" if parameter.kind == "array" else ""
            query = f"select to_json($1::text::{name}{array})::text"
            value = json.loads(await connection.fetchval(query, value))
        arguments.append({"value": value})
    return {"sql": statement.sql, "arguments": arguments}


def _captured(entry: Mapping[str, Any], sample: Mapping[str, str]) -> Captured | None:
    if entry.get("application_name") != "tangram" or entry.get("error_severity") != "LOG":
        return None
    match = _STATEMENT.fullmatch(entry.get("message", ""))
    if match is None or match["sql"].startswith("set tangram.tenant"):  # the pool's, when a connection changes tenants
        return None
    values = _PARAMETER.findall(entry.get("detail", ""))
    return Captured(match["sql"].strip().rstrip(";"), tuple(_argument(value, sample) for value in values))


def _argument(logged: str, sample: Mapping[str, str]) -> Argument:
    if logged == "NULL":
        return Argument(None)
    value = logged[1:-1].replace("''", "'")
    for name, given in sample.items():
        if value.casefold() == given.casefold():
            return Argument((Piece("variable", name),))
    return Argument(tuple(_pieces(value, sample)))


def _pieces(value: str, sample: Mapping[str, str]) -> Iterator[Piece]:
    """Find the values of variables, and new ids of records, inside a text."""
    names = {given: name for name, given in sample.items()}
    wanted = "|".join(map(re.escape, sorted(names, key=len, reverse=True)))
    pattern = re.compile(rf'(?<=[{{]"id":"){_UUID}' + (rf"|(?<![\w.-])(?:{wanted})(?![\w.-])" if wanted else ""))
    at = 0
    for match in pattern.finditer(value):
        if match.start() > at:
            yield Piece("text", value[at : match.start()])
        name = names.get(match[0])
        yield Piece("variable", name) if name else Piece("fresh")
        at = match.end()
    if at < len(value):
        yield Piece("text", value[at:])
