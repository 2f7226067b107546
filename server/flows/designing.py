"""Definitions, as those who draw flows ask for them: lint, publish, versions, graph, BPMN, figures, simulate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from metadata.flows.bpmn import flow_from_bpmn, flow_to_bpmn
from metadata.flows.graph import graph_of
from metadata.problems import NotFoundError
from server.actions import ActionRun
from server.flows import reading
from server.flows.engine import FlowEngine
from server.flows.journeys import figures as journey_figures
from server.flows.publishing import draft_of, faults_of, publish, versions
from server.flows.rights import configures, instant_of, require_configurer, require_start, uuid_of
from server.flows.sandbox import Promises, simulate
from server.flows.showing import simulation_shown, standing_of

__all__ = ["FlowDesigns"]

Arguments = Mapping[str, Any]


@dataclass(eq=False)
class FlowDesigns:
    """The definitions of flows, as they are asked for."""

    engine: FlowEngine
    promises: Promises

    async def lint(self, run: ActionRun, given: Arguments) -> list[dict[str, Any]]:
        """`lintFlow`: everything that keeps a draft from being published."""
        require_configurer(run)
        model = run.context.model
        found = await faults_of(run.connection, model, draft_of(model, given["flow"]))
        return [
            {"reason": one.reason, "message": one.message, "hint": one.hint, "path": list(one.path)} for one in found
        ]

    async def publish(self, run: ActionRun, given: Arguments) -> dict[str, Any]:
        """`publishFlow`: a new version of the draft, or of an older version to go back to it."""
        require_configurer(run)
        model, flow = run.context.model, draft_of(run.context.model, given["flow"])
        if given.get("version") is not None:
            known = await versions(run.connection, run.tenant_id, flow.name)
            found = next((one for one in known if one.number == given["version"]), None)
            if found is None:
                raise NotFoundError.single(
                    "unknown_version", f"The flow '{flow.name}' has no version {given['version']}.", path=("version",)
                )
            flow = found.definition
        note = given.get("note") or ""
        await publish(run.connection, model, flow, note=note, by=run.user_id or None, now=run.instant)
        return (await self.versions(run, {"flow": given["flow"]}))[0]

    async def journey(self, run: ActionRun, given: Arguments) -> Mapping[str, Any]:
        """`journeyFigures`: how many came in, arrived, left, and were held out."""
        return await journey_figures(run, draft_of(run.context.model, given["flow"]))

    async def versions(self, run: ActionRun, given: Arguments) -> list[dict[str, Any]]:
        """`flowVersions`: what was published, newest first."""
        require_configurer(run)
        return [
            {
                "flow": one.flow,
                "number": one.number,
                "current": one.current,
                "suspended": one.suspended,
                "note": one.note,
                "publishedAt": one.published_at,
                "publishedBy": one.published_by,
                "running": one.running,
                "definition": msgspec.to_builtins(one.definition),
            }
            for one in await versions(run.connection, run.tenant_id, given["flow"])
        ]

    async def graph(self, run: ActionRun, given: Arguments) -> dict[str, Any]:
        """`flowGraph`: nodes and edges with positions, of the draft or of a version."""
        flow = await self._definition(run, given)
        return graph_of(flow)

    async def bpmn(self, run: ActionRun, given: Arguments) -> str:
        """`flowBpmn`: the draft or a version as BPMN 2.0 XML."""
        return flow_to_bpmn(await self._definition(run, given))

    async def from_bpmn(self, run: ActionRun, given: Arguments) -> dict[str, Any]:
        """`readBpmn`: a flow as a document has it, to be looked at and applied."""
        require_configurer(run)
        return flow_from_bpmn(given["xml"], object_name=given.get("object") or "")

    async def figures(self, run: ActionRun, given: Arguments) -> list[dict[str, Any]]:
        """`flowFigures`: how long work stays at each node, how often it comes back, where it waits."""
        require_configurer(run)
        rows = await run.connection.fetch(
            reading.DWELL,
            run.tenant_id,
            given["flow"],
            instant_of(given.get("since")),
            bool(given.get("byDepartment")),
            run.instant,
            "task_done" if given.get("byDepartment") else "left",
        )
        return [
            {
                "number": row["number"],
                "node": row["node"],
                "passed": row["passed"],
                "p50Seconds": None if row["p50_s"] is None else round(row["p50_s"]),
                "p90Seconds": None if row["p90_s"] is None else round(row["p90_s"]),
                "rejected": row["rejected"],
                "failed": row["failed"],
                "waiting": row["waiting"],
                "breached": row["breached"],
                "overdue": row["overdue"],
                "department": row["department"],
            }
            for row in rows
        ]

    async def simulate(self, run: ActionRun, given: Arguments) -> dict[str, Any]:
        """`simulateFlow`: run the draft or a version for a record, on a clock of its own, and undo all of it.

        Who does not configure flows runs the current version, and is told the way it takes.
        """
        record = uuid_of(given["record"], ("record",))
        flow = await self._definition(run, given)
        object_type = run.context.model.object(flow.object)
        await require_start(run, object_type, record, given["flow"])
        found = await simulate(standing_of(run), self.engine, self.promises, flow, record, given.get("outcomes") or {})
        return simulation_shown(run, found)

    async def _definition(self, run: ActionRun, given: Arguments) -> Any:
        """The draft or a version; the current version for who does not configure flows."""
        if configures(run) and given.get("version") is None:
            return draft_of(run.context.model, given["flow"])
        for one in await versions(run.connection, run.tenant_id, given["flow"]):
            if one.number == given["version"] if configures(run) else one.current:
                return one.definition
        raise NotFoundError.single(
            "unknown_version", f"The flow '{given['flow']}' has no version {given['version']}.", path=("version",)
        )
