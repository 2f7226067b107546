"""`python -m bench`: measures everything in a scratch installation, prints it, and stores it in bench/results."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import datetime as dt
import functools
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import asyncpg
import yaml

from bench import (
    access,
    access_lists,
    data,
    entering,
    flows,
    live_changes,
    many_tenants,
    plan_hit,
    pools,
    pricing,
    routing,
    rules,
    schemas,
    servers,
    settlement,
    timers,
)
from bench.installation import PASSWORD, REPOSITORY, Installation, installation, signed_in, tangram_processes
from bench.questions import QUESTIONS, Question
from bench.report import Bar, Report, machine, speed_bars, write
from bench.rounds import Effort, compare_answers, measure
from bench.servers import PEER_SCHEMA, Server
from bench.statements import Captured, capture, logging_statements, with_types, write_statements
from metadata.naming import tenant_schema
from server.config import Config
from server.logs import configure_logging

TENANT = "bench"
EMAIL = "bench@example.com"
PARTS = (
    "speed",
    "workers",
    "plan",
    "live",
    "access",
    "flows",
    "routing",
    "pricing",
    "rules",
    "entering",
    "settlement",
    "schemas",
    "tenants",
)
_HERE = Path(__file__).resolve().parent
_APPLY = "mutation Apply($document: JSON!) { applyMetadata(document: $document) { version } }"


@dataclass(frozen=True, slots=True)
class Options:
    """What to measure, and how thoroughly."""

    parts: frozenset[str]
    questions: tuple[Question, ...]
    scale: data.Scale
    effort: Effort
    changes: int
    wide_objects: int
    tenants: int
    listed: int
    tasks: int
    backlog: int
    lines: int
    quotes: int
    timers: int
    ruled: int
    owned: int
    due: int
    entering: int
    travelling: int


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmarks; 1 when `--strict` and a bar was missed."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure Tangram beside its peers.")
    parser.add_argument("--quick", action="store_true", help="a tenth of the rows, one short round: does it all work?")
    parser.add_argument("--only", default="", help=f"parts, by comma: {', '.join((*PARTS, *QUESTIONS))}")
    parser.add_argument("--results", type=Path, default=_HERE / "results", help="folder for the reports")
    parser.add_argument("--connections", default="", help="numbers of connections, by comma (default: 1,16,64)")
    parser.add_argument("--repetitions", type=int, default=0, help="times every round is run (default: 3)")
    parser.add_argument("--strict", action="store_true", help="exit with 1 when a bar is missed")
    given = parser.parse_args(arguments)
    try:
        options = _options(given.only, quick=given.quick)
        connections = tuple(int(number) for number in given.connections.split(",") if number)
    except ValueError as error:
        parser.error(str(error))
    effort = replace(
        options.effort,
        connections=connections or options.effort.connections,
        repetitions=given.repetitions or options.effort.repetitions,
    )
    options = replace(options, effort=effort)
    configure_logging(Config(log_format="console", log_level="warning"))
    report = asyncio.run(run(options))
    name = f"{dt.datetime.now(dt.UTC):%Y%m%d-%H%M%S}{'-quick' if given.quick else ''}"
    print(write(report, given.results, name))
    print(f"Stored as {given.results / name}.json and .md.", file=sys.stderr)
    return int(given.strict and not report.passed)


def _options(only: str, *, quick: bool) -> Options:
    chosen = [part.strip() for part in only.split(",") if part.strip()]
    unknown = [part for part in chosen if part not in PARTS and part.upper() not in QUESTIONS]
    if unknown:
        raise ValueError(f"unknown: {', '.join(unknown)}; known are {', '.join((*PARTS, *QUESTIONS))}")
    named = tuple(QUESTIONS[part.upper()] for part in chosen if part.upper() in QUESTIONS)
    parts = frozenset(part for part in chosen if part in PARTS) | ({"speed"} if named else set())
    effort = Effort(1, 1, (16,)) if quick else Effort(3, 3, (1, 16, 64))
    return Options(
        parts=parts or frozenset(PARTS),
        questions=named or tuple(QUESTIONS.values()),
        scale=data.QUICK if quick else data.FULL,
        effort=effort,
        changes=10 if quick else 100,
        wide_objects=40 if quick else 200,
        tenants=10 if quick else 500,
        listed=100_000 if quick else access_lists.RECORDS,
        tasks=1_000 if quick else 5_000,
        backlog=1_000 if quick else 10_000,
        lines=20_000 if quick else 1_000_000,
        quotes=200 if quick else 2_000,
        timers=5_000 if quick else 100_000,
        ruled=1_000 if quick else 10_000,
        owned=50_000 if quick else 1_000_000,
        due=5_000 if quick else 100_000,
        entering=_number("ENTERING", 5_000 if quick else 200_000),
        travelling=_number("TRAVELLING", 1_000 if quick else 20_000),
    )


def _number(name: str, usual: int) -> int:
    """How many, where the environment does not say otherwise."""
    return int(os.environ.get(name, usual))


async def run(options: Options) -> Report:
    """Measure the chosen parts."""
    report = Report(machine())
    if "schemas" in options.parts:
        await _schemas(options, report)
    if options.parts == {"schemas"}:
        return report
    async with installation() as place:
        _say("starting")
        await asyncio.to_thread(_create_tenant, place, TENANT)
        if options.parts & {"speed", "workers", "plan"}:
            await _fill(place, options)
        if "speed" in options.parts:
            await _speed(place, options, report)
        if "workers" in options.parts:
            await _workers(place, options, report)
        if "plan" in options.parts:
            await _plan(place, options, report)
        if "live" in options.parts:
            await _live(place, options, report)
        if "access" in options.parts:
            await _access(place, options, report)
        if "flows" in options.parts:
            await _flows(place, options, report)
        if "routing" in options.parts:
            await _routing(place, options, report)
        if "pricing" in options.parts:
            await _pricing(place, options, report)
        if "settlement" in options.parts:
            await _settlement(place, options, report)
        if "rules" in options.parts:
            await _rules(place, options, report)
        if "entering" in options.parts:
            await _entering(place, options, report)
        if "tenants" in options.parts:
            await _tenants(place, options, report)
    return report


# ── the tenant ───────────────────────────────────────────────────────────────────────────────────


def _create_tenant(place: Installation, slug: str) -> None:
    """An empty tenant whose administrator also administers the platform."""
    _tangram(place, "migrate")
    _tangram(place, "tenant", "create", slug)
    account = ("user", "create", slug, EMAIL, "--admin", "--platform-admin", "--password-stdin")
    _tangram(place, *account, given=f"{PASSWORD}\n")


def _tangram(place: Installation, *arguments: str, given: str = "") -> None:
    command = [sys.executable, "-m", "server.cli", *arguments]
    done = subprocess.run(
        command, env=place.environment(), cwd=REPOSITORY, input=given, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise RuntimeError(f"tangram {' '.join(arguments)} failed:\n{done.stdout}{done.stderr}")


async def _fill(place: Installation, options: Options) -> None:
    """The three objects and their rows, and what peers need besides."""
    _say("creating objects and rows")
    document = yaml.safe_load((_HERE / "model.yaml").read_text(encoding="utf-8"))
    with tangram_processes(place) as process:
        async with signed_in(process.url, TENANT, EMAIL) as client:
            await client.ask("/metadata", _APPLY, {"document": document})
    schema = tenant_schema(TENANT)
    connection = await asyncpg.connect(place.administrator_url)
    try:
        await data.load(connection, schema, options.scale)
    finally:
        await connection.close()
    owner = await asyncpg.connect(place.url)
    try:
        await owner.execute(
            (_HERE / "peers" / "tables.sql")
            .read_text(encoding="utf-8")
            .format(schema=f'"{schema}"', peers=f'"{PEER_SCHEMA}"')
        )
    finally:
        await owner.close()


# ── the parts ────────────────────────────────────────────────────────────────────────────────────


async def _speed(place: Installation, options: Options, report: Report) -> None:
    """The eight questions, against everybody, in turns."""
    schema, cache = tenant_schema(TENANT), _HERE / ".cache"
    with contextlib.ExitStack() as stack:
        process = stack.enter_context(tangram_processes(place))
        token = await _token(process.url)
        ours = servers.tangram(process, token)
        statements = await _statements(place, ours, options)
        peers = [
            stack.enter_context(servers.postgraphile(place, schema, cache)),
            stack.enter_context(servers.strawberry_tortoise(place, schema)),
        ]
        _say("comparing answers")
        await asyncio.to_thread(compare_answers, [ours, *peers], options.questions, options.scale)
        raw = stack.enter_context(servers.raw(place, place.folder / "statements.json"))
        for question in options.questions:
            await asyncio.to_thread(raw.ask, question, question.samples(options.scale, 1)[0])
        tested = [ours, raw, *peers]
        report.figures += await measure(
            place, schema, tested, statements, options.questions, options.scale, options.effort, _say
        )
        report.memory_mb |= {server.name: [round(mb) for mb in server.process.memories_mb()] for server in tested}
        report.bars += speed_bars(report.figures)
        report.bars.append(Bar("memory of one web process", process.memory_mb(), 150, at_most=True, unit="MB"))


async def _statements(place: Installation, ours: Server, options: Options) -> Mapping[str, Sequence[Captured]]:
    _say("reading what Tangram runs from PostgreSQL's log")
    captured: dict[str, Sequence[Captured]] = {}
    async with logging_statements(place.administrator_url):
        for question in options.questions:
            captured[question.name] = await asyncio.to_thread(
                capture,
                place.log_folder,
                functools.partial(ours.ask, question),
                question.samples(options.scale, 8),
            )
    typed = await with_types(place.url, captured)
    await asyncio.to_thread((place.folder / "statements.json").write_text, json.dumps(typed), "utf-8")
    await asyncio.to_thread(write_statements, _HERE / "results" / "sql", captured)
    return captured


async def _workers(place: Installation, options: Options, report: Report) -> None:
    """One web process and two, at 64 connections."""
    rates: dict[int, dict[str, float]] = {}
    chosen = [question for question in options.questions if question.name in ("Q1", "Q2", "Q3", "Q4")]
    effort = Effort(options.effort.repetitions, options.effort.seconds, (64,))
    for workers in (1, 2):
        with tangram_processes(place, workers=workers) as process:
            ours = servers.tangram(process, await _token(process.url))
            found = await measure(place, tenant_schema(TENANT), [ours], {}, chosen, options.scale, effort, _say)
            rates[workers] = {one.question: one.requests_per_s for one in found}
    rows: list[Mapping[str, Any]] = [
        {"web processes": workers, **{question: f"{rate:,.0f}" for question, rate in found.items()}}
        for workers, found in rates.items()
    ]
    report.tables["Requests/s of two web processes, at 64 connections"] = rows
    for question in rates[1]:
        report.bars.append(Bar(f"{question} with two web processes", rates[2][question] / rates[1][question], 1.0))


async def _plan(place: Installation, options: Options, report: Report) -> None:
    """Python time of a plan cache hit."""
    _say("profiling plan cache hits")
    with tangram_processes(place) as process:
        token = await _token(process.url)
    questions = [QUESTIONS[name] for name in ("Q1", "Q2", "Q3", "Q4")]
    found = await plan_hit.measure(place, token, questions, options.scale)
    report.tables["Plan cache hit"] = [one.row() for one in found]
    for one in found:
        report.bars.append(Bar(f"{one.question} body to SQL", one.before_us, 60, at_most=True, unit="µs"))
        report.bars.append(
            Bar(f"{one.question} functions that parse or validate", len(one.parsed), 0, at_most=True, unit="functions")
        )


async def _live(place: Installation, options: Options, report: Report) -> None:
    """A change and the next request, on two processes."""
    _say("changing metadata")
    await asyncio.to_thread(_create_tenant, place, "bench-wide")
    found = await live_changes.measure(
        place, "bench-wide", EMAIL, objects=options.wide_objects, changes=options.changes
    )
    report.tables["Field added on one process, used by the next request on another"] = [found.row()]
    report.bars.append(
        Bar(f"field added and used at {found.objects} objects, p95", found.p95_ms, 150, at_most=True, unit="ms")
    )


async def _access(place: Installation, options: Options, report: Report) -> None:
    """Policies: compiling and deciding, and what they cost a list."""
    _say("compiling policies")
    policies = await asyncio.to_thread(access.measure)
    report.tables["Policies"] = [policies.row()]
    report.bars.append(Bar("compile 10,000 policies", policies.compile_ms, 500, at_most=True, unit="ms"))
    report.bars.append(Bar("decision at 100,000 policies", policies.decision_us, 5, at_most=True, unit="µs"))
    _say("listing as weaker roles")
    tenant = "bench-access"
    await asyncio.to_thread(_create_tenant, place, tenant)

    def add_user(email: str, role: str) -> None:
        _tangram(place, "user", "create", tenant, email, "--role", role, "--password-stdin", given=f"{PASSWORD}\n")

    found = await access_lists.measure(place, tenant, EMAIL, add_user, options.listed)
    report.tables["The same list under policies"] = [found.row()]
    report.bars.append(Bar("list as the weakest role", found.slowest, 1.3, at_most=True, unit="× the time"))


async def _flows(place: Installation, options: Options, report: Report) -> None:
    """Flows: people's tasks, automatic nodes, timers, due dates."""
    tenant = "bench-flows"
    await asyncio.to_thread(_create_tenant, place, tenant)
    found = await flows.measure(place, tenant, EMAIL, tasks=options.tasks, seconds=3 * options.effort.seconds, say=_say)
    _say(f"firing {options.timers:,} timers")
    fired = await timers.measure(place, found.tenant_id, timers=options.timers, seconds=3 * options.effort.seconds)
    report.tables["Flows, with the same rows under pgbench"] = [one.row() for one in found.rates]
    report.tables["Timers due at once, workers killed meanwhile"] = [fired.row()]
    report.bars += [
        Bar("tasks completed by the engine", found.engine.per_s, 900, unit="per s"),
        Bar("their p95", found.engine.p95_ms, 20, at_most=True, unit="ms"),
        Bar("tasks completed through GraphQL", found.graphql.per_s, 250, unit="per s"),
        Bar("their p95", found.graphql.p95_ms, 60, at_most=True, unit="ms"),
        Bar("flows of ten automatic nodes", found.ten.per_s, 300, unit="per s"),
        Bar("timers due at once", fired.per_s, 1_500, unit="per s"),
        Bar("timers lost or doubled", fired.lost + fired.doubled, 0, at_most=True, unit="timers"),
        Bar("SLA due date", found.due_us, 50, at_most=True, unit="µs"),
    ]


async def _routing(place: Installation, options: Options, report: Report) -> None:
    """A long backlog handed out."""
    tenant = "bench-routing"
    await asyncio.to_thread(_create_tenant, place, tenant)
    found = await routing.measure(
        place, tenant, EMAIL, backlog=options.backlog, seconds=3 * options.effort.seconds, say=_say
    )
    report.tables["Backlog handed out, with the same rows under pgbench"] = [found.row()]
    report.bars += [
        Bar("backlog items assigned with capacity and history", found.per_s, 800, unit="per s"),
        Bar("backlog items that nobody has", found.backlog - found.assigned, 0, at_most=True, unit="items"),
    ]


async def _pricing(place: Installation, options: Options, report: Report) -> None:
    """Prices asked."""
    tenant = "bench-pricing"
    await asyncio.to_thread(_create_tenant, place, tenant)
    found = await pricing.measure(place, tenant, EMAIL, quotes=options.quotes, say=_say)
    report.tables["Prices asked through GraphQL"] = [found.row()]
    report.bars.append(Bar("p95 of a quote", found.p95_ms, 20, at_most=True, unit="ms"))


async def _settlement(place: Installation, options: Options, report: Report) -> None:
    """Sales booked, a period rated set-based, a statement, a plan tried over the past."""
    tenant = "bench-settlement"
    await asyncio.to_thread(_create_tenant, place, tenant)
    found = await settlement.measure(
        place, tenant, EMAIL, lines=options.lines, seconds=3 * options.effort.seconds, say=_say
    )
    report.tables["Settlement"] = [found.row()]
    report.bars += [
        Bar("sales booked, many parties", found.many_per_s, 1_500, unit="per s"),
        Bar("sales booked, one party", found.one_per_s, 1_000, unit="per s"),
        Bar(
            "1,000,000 records settled and posted", found.posted_s * 1_000_000 / found.lines, 60, at_most=True, unit="s"
        ),
        Bar("statement from balances", found.statement_ms, 200, at_most=True, unit="ms"),
        Bar("what-if over 100,000 lines", found.what_if_s, 10, at_most=True, unit="s"),
    ]


async def _rules(place: Installation, options: Options, report: Report) -> None:
    """Rules of events and of a bulk write; claims at once."""
    tenant = "bench-rules"
    await asyncio.to_thread(_create_tenant, place, tenant)
    found = await rules.measure(place, tenant, EMAIL, rows=options.ruled, say=_say)
    report.tables["Rules and claims"] = [found.row()]
    report.bars += [
        Bar("event against 1,000 rules", found.event_ms, 0.5, at_most=True, unit="ms"),
        Bar("condition of six terms in Python", found.condition_us, 3, at_most=True, unit="µs"),
        Bar("rows of a bulk write judged by 20 rules", found.rows_per_s, 2_000, unit="per s"),
        Bar("rows that fired not once", found.rows - found.fired + found.doubled, 0, at_most=True, unit="rows"),
        Bar("claims of 100 claimants", found.claims_per_s, 500, unit="per s"),
        Bar("records claimed twice", found.twice, 0, at_most=True, unit="records"),
    ]
    taken = await pools.measure(place, tenant, EMAIL, records=options.owned, due=options.due, say=_say)
    report.tables["A pool takes back what is due"] = [taken.row()]
    report.bars += [
        Bar(f"run over {taken.records:,} owned records", taken.run_s, 30, at_most=True, unit="s"),
        Bar("records taken back wrongly, not, or twice", taken.wrong, 0, at_most=True, unit="records"),
    ]


async def _entering(place: Installation, options: Options, report: Report) -> None:
    """Very many who come into a segment at once, while workers are killed and another tenant works."""
    for tenant in ("bench-entering", "bench-neighbour"):
        await asyncio.to_thread(_create_tenant, place, tenant)
    found = await entering.measure(
        place, "bench-entering", "bench-neighbour", EMAIL,
        members=options.entering, travellers=options.travelling, say=_say,
    )  # fmt: skip
    report.tables["Very many come into a segment at once"] = [found.row()]
    report.bars += [
        Bar("1,000,000 members in and told", found.entered_s * 1_000_000 / found.members, 120, at_most=True, unit="s"),
        Bar("members changed and tagged by a rule", found.members / found.acted_s, 1_500, unit="per s"),
        Bar("journeys started, messages put down", found.travellers / found.started_s, 500, unit="per s"),
        Bar("members told, changed or sent for not once", found.wrong, 0, at_most=True, unit="members"),
        Bar("memory of the worker", found.memory_mb, 300, at_most=True, unit="MB"),
    ]


async def _schemas(options: Options, report: Report) -> None:
    """Models and schemas of two sizes."""
    _say("building models and schemas")
    rows = [await asyncio.to_thread(schemas.measure, 40, 25), await asyncio.to_thread(schemas.measure, 200, 50)]
    report.tables["Model and schema of one tenant"] = list(rows)
    report.bars += [
        Bar("idle model at 40 × 25", rows[0]["idle model, KB"], 300, at_most=True, unit="KB"),
        Bar("hot model at 40 × 25", rows[0]["hot model, KB"], 2048, at_most=True, unit="KB"),
    ]


async def _tenants(place: Installation, options: Options, report: Report) -> None:
    """Many tenants of one template."""
    _say(f"creating {options.tenants} tenants")
    found = await many_tenants.measure(place, TENANT, EMAIL, tenants=options.tenants, template="retail_chain")
    report.tables["Tenants of the template retail_chain"] = [found.row()]
    subject = f"web process that served {found.tenants} tenants"
    report.bars.append(Bar(subject, found.memory_mb, 600, at_most=True, unit="MB"))
    report.bars.append(Bar("slowest tenant created", max(found.create_s), 2, at_most=True, unit="s"))


async def _token(url: str) -> str:
    async with signed_in(url, TENANT, EMAIL) as client:
        return client.token


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
