"""Evidence of the required steps of many runs, for who audits them: read as far as their records may be read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, LiteralString

from metadata.model.values import ObjectType
from server.access.plan import Action
from server.actions import ActionRun
from server.flows import reading
from server.flows.definition import Definition, unpacked
from server.flows.evidence import ACTS, Line, StepEvidence, evidence_of, required_of
from server.flows.rights import configures, instant_of, uuid_of
from server.flows.showing import page_size
from server.flows.state import Status
from server.records.compiler import Compiler
from server.records.run_values import values_for

__all__ = ["evidence_page"]

_LINES: Final[LiteralString] = """
select history.id, history.instance_id, history.at, history.act, history.node, history.token, history.actor,
    history.outcome, history."to"
from tangram.flow_history as history
where history.tenant_id = $1 and history.instance_id = any($2::uuid[]) and history.act = any($3::text[])
    and history.node = any($4::text[])
order by history.instance_id, history.id
"""
_NAMES: Final[LiteralString] = """
select id::text as id, name from tangram.account where tenant_id = $1 and id = any($2::uuid[])
"""


async def evidence_page(run: ActionRun, object_type: ObjectType, given: Mapping[str, Any]) -> dict[str, Any]:
    """`flowEvidence`: runs of a flow, newest first, each with its required steps; with `gaps` those that have some.

    Args:
        run: Who asks: of all runs those who configure flows, others of records that they see.
        object_type: That the flow is for.
        given: As `flowEvidence` has it.
    """
    rows = await _runs(run, object_type, given)
    definitions = await _definitions(run, rows)
    names = sorted({step.node.name for one in definitions.values() for step in required_of(one)})
    lines: dict[str, list[Line]] = {row["id"]: [] for row in rows}
    for line in await run.connection.fetch(_LINES, run.tenant_id, list(lines), list(ACTS), names):
        lines[line["instance_id"]].append(_line(line))
    found = [
        (row, evidence_of(definitions[row["flow"], row["number"]], Status(row["status"]), lines[row["id"]]))
        for row in rows
    ]
    told = [(row, steps) for row, steps in found if not given.get("gaps") or _gaps(steps)]
    people = await _names(run, {who for _, steps in told for who in _people(steps)})
    return {
        "runs": [
            {
                **{
                    name: value for name, value in reading.instance_shown(row, object_type.name).items() if name in _RUN
                },
                "gaps": _gaps(steps),
                "steps": [_step_shown(step, people) for step in steps],
            }
            for row, steps in told
        ],
        "next": rows[-1]["id"] if len(rows) == page_size(given) else None,
    }


_RUN = ("id", "flow", "number", "record", "status", "initiator", "startedAt", "endedAt")


async def _runs(run: ActionRun, object_type: ObjectType, given: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """A page of runs; of those whose records the actor sees, unless they configure flows."""
    whole = configures(run)
    if not whole and run.context.access.rows(object_type.name, Action.READ) is None:
        return ()
    compiler = Compiler(run.context.model, run.context.access)
    place = compiler.parameters.placeholder
    conditions = [
        f"instance.tenant_id = {place('tenant.id', '::uuid')}",
        f"instance.flow = {place('flow', '::text')}",
        f"instance.object = {place('table', '::text')}",
    ]
    asked = {
        "record": ("instance.record_id =", "::uuid", given.get("record") and uuid_of(given["record"], ("record",))),
        "since": ("instance.started_at >=", "::timestamptz", instant_of(given.get("since"))),
        "until": ("instance.started_at <", "::timestamptz", instant_of(given.get("until"))),
        "after": ("instance.id <", "::uuid", given.get("after") and uuid_of(given["after"], ("after",))),
    }
    named: dict[str, Any] = {"flow": given["flow"], "table": object_type.table, "first": page_size(given)}
    for name, (left, cast, value) in asked.items():
        if value is not None:
            named[name] = value
            conditions.append(f"{left} {place(name, cast)}")
    if not whole:
        scope = compiler.open(object_type)
        seen = " and ".join([*compiler.visible(scope), f"{scope.alias}.id = instance.record_id"])
        conditions.append(f"exists (select {scope.from_clause} where {seen})")
    text = (
        "select instance.id, instance.flow, instance.number, instance.record_id, instance.status, instance.initiator,"
        " instance.started_at, instance.ended_at, instance.version, instance.failures"
        f" from tangram.flow_instance as instance where {' and '.join(conditions)}"
        f" order by instance.id desc limit {place('first', '::int')}"
    )
    value_of = values_for(run.context, run.instant, named)
    rows: Sequence[Mapping[str, Any]] = await run.connection.fetch(text, *map(value_of, compiler.parameters.names()))
    return rows


async def _definitions(run: ActionRun, rows: Sequence[Mapping[str, Any]]) -> Mapping[tuple[str, int], Definition]:
    of = sorted({(row["flow"], row["number"]) for row in rows})
    flows, numbers = [flow for flow, _ in of], [number for _, number in of]
    found = await run.connection.fetch(reading.DEFINITIONS, run.tenant_id, flows, numbers)
    return {(row["flow"], row["number"]): unpacked(row["definition"]) for row in found}


async def _names(run: ActionRun, people: set[str]) -> Mapping[str, str]:
    found = await run.connection.fetch(_NAMES, run.tenant_id, sorted(people))
    return {row["id"]: row["name"] for row in found}


def _line(row: Mapping[str, Any]) -> Line:
    actor, on_behalf = row["actor"] or "", row["to"] if row["act"] == "task_done" else ""
    return Line(
        row["id"], row["at"], row["act"], row["node"], row["token"], actor, outcome=row["outcome"], on_behalf=on_behalf
    )


def _gaps(steps: Sequence[StepEvidence]) -> int:
    return sum(step.state.is_gap for step in steps)


def _people(steps: Sequence[StepEvidence]) -> Iterator[str]:
    for step in steps:
        if step.last is not None and step.last.by is not None and step.last.by.actor:
            yield step.last.by.actor


def _step_shown(found: StepEvidence, people: Mapping[str, str]) -> dict[str, Any]:
    """A step's evidence as it is answered; names of people by account."""
    last = found.last
    by = None if last is None else last.by
    return {
        "node": found.step.node.name,
        "label": dict(found.step.node.label),
        "state": found.state.name,
        "times": found.times,
        "at": None if last is None else last.line.at,
        "outcome": None if last is None else last.line.outcome or None,
        "actor": None if by is None else by.actor or None,
        "actorName": None if by is None else people.get(by.actor),
        "onBehalfOf": None if by is None else by.on_behalf or None,
    }
