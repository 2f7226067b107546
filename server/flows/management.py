"""What those who configure flows do with many runs at once: other versions, suspension, incidents, leavers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final, LiteralString

from metadata.flows.differing import differences
from metadata.problems import BadInputError, ConflictError, Fault, NotFoundError
from server.actions import ActionRun
from server.automation import Performer
from server.flows import decisions, sql
from server.flows.answering import Standing
from server.flows.definition import Definition, unpacked
from server.flows.engine import FlowEngine
from server.flows.migration import Obstacle, obstacles
from server.flows.proxies import person_of
from server.flows.publishing import draft_of
from server.flows.rights import instant_of, require_configurer, uuid_of
from server.flows.storing import load
from server.records.writing.saving import RecordWriter

__all__ = ["FlowManagement"]

_MAX_BATCH = 500
_OF_VERSION: Final[LiteralString] = """
select id, record_id from tangram.flow_instance
where tenant_id = $1 and flow = $2 and number = $3 and status in ('running', 'suspended')
    and ($4::uuid is null or id > $4) and ($5::uuid[] is null or id = any($5))
order by id
limit $6
"""
_LEFT: Final[LiteralString] = """
select count(*) from tangram.flow_instance
where tenant_id = $1 and flow = $2 and number = $3 and status in ('running', 'suspended')
"""
_SUSPEND: Final[LiteralString] = """
update tangram.flow_version set suspended = $3 where tenant_id = $1 and flow = $2 and suspended <> $3 returning number
"""
_RUNNING: Final[LiteralString] = """
select id from tangram.flow_instance
where tenant_id = $1 and flow = $2 and status = $3 and ($4::uuid is null or id > $4)
order by id limit $5
"""
_FAILED: Final[LiteralString] = """
select token.instance_id, token.number from tangram.flow_token as token
join tangram.flow_instance as instance on instance.id = token.instance_id
where token.tenant_id = $1 and token.phase = 'failed' and instance.status = 'running'
    and ($2::text is null or instance.flow = $2) and ($3::text is null or token.node = $3)
    and ($4::timestamptz is null or token.since >= $4)
order by token.instance_id, token.number
limit $5
"""
_TASKS_OF: Final[LiteralString] = """
select task.id
from tangram.flow_task as task
join tangram.flow_instance as instance on instance.id = task.instance_id
where task.tenant_id = $1 and (task.assignee = $2 or (task.assignee is null and $2::uuid = any(task.candidates)))
    and task.status in ('open', 'held') and instance.status in ('running', 'suspended')
    and ($3::uuid is null or task.id > $3)
order by task.id
limit $4
"""


@dataclass(eq=False)
class FlowManagement:
    """The engine of flows, as its administrators ask it."""

    writer: RecordWriter
    performers: Mapping[str, Performer]
    engine: FlowEngine = field(init=False)

    def __post_init__(self) -> None:
        self.engine = FlowEngine(self.writer, self.performers)

    # ── versions ─────────────────────────────────────────────────────────────────────────────────

    async def diff(self, run: ActionRun, given: Mapping[str, Any]) -> list[dict[str, Any]]:
        """`flowDiff`: what differs between two versions, or a version and the draft."""
        require_configurer(run)
        flow = given["flow"]
        before = await self._version(run, flow, given.get("from"), "from")
        if given.get("to") is None:
            after = draft_of(run.context.model, flow)
        else:
            after = (await self._version(run, flow, given["to"], "to"))[1].flow
        return [
            {**asdict(one), "change": one.change.upper(), "node": one.node or None, "part": one.part or None}
            for one in differences(before[1].flow, after)
        ]

    async def plan_migration(self, run: ActionRun, given: Mapping[str, Any]) -> dict[str, Any]:
        """`planFlowMigration`: what would become of each running instance; changes nothing."""
        require_configurer(run)
        return await self._migration(run, given, apply=False)

    async def migrate(self, run: ActionRun, given: Mapping[str, Any]) -> dict[str, Any]:
        """`migrateFlow`: move a batch of running instances; those that something keeps stay as they are."""
        require_configurer(run)
        return await self._migration(run, given, apply=True)

    async def _migration(self, run: ActionRun, given: Mapping[str, Any], *, apply: bool) -> dict[str, Any]:
        flow, source = given["flow"], given["from"]
        _, old = await self._version(run, flow, source, "from")
        number, new = await self._version(run, flow, given.get("to"), "to")
        if number == source:
            raise BadInputError.single(
                "same_version", f"Version {number} is where they are.", path=("to",), hint="Name another version."
            )
        mapping = _mapping(given.get("mapping"), old, new)
        wanted = given.get("instances")
        ids = None if wanted is None else [uuid_of(one, ("instances",)) for one in wanted]
        after = uuid_of(given["after"], ("after",)) if given.get("after") else None
        rows = await run.connection.fetch(_OF_VERSION, run.tenant_id, flow, source, after, ids, _batch(given))
        entries = []
        for row in rows:
            kept = await self._one(run, row["id"], old, (number, new), mapping, apply=apply)
            entries.append(
                {
                    "instance": row["id"],
                    "record": row["record_id"],
                    "moves": not kept,
                    "obstacles": [asdict(one) for one in kept],
                }
            )
        return {
            "number": number,
            "moved": sum(entry["moves"] for entry in entries) if apply else 0,
            "instances": entries,
            "last": rows[-1]["id"] if rows else None,
            "left": await run.connection.fetchval(_LEFT, run.tenant_id, flow, source),
        }

    async def _one(
        self,
        run: ActionRun,
        instance_id: str,
        old: Definition,
        target: tuple[int, Definition],
        mapping: Mapping[str, str],
        *,
        apply: bool,
    ) -> Sequence[Obstacle]:
        if apply:
            _, kept = await self.engine.migrate(_standing(run), instance_id, *target, mapping)
            return kept
        held = await load(run.connection, run.tenant_id, instance_id)
        return obstacles(old, target[1], held.state, mapping)

    async def _version(self, run: ActionRun, flow: str, number: int | None, path: str) -> tuple[int, Definition]:
        """A published version; the current one where no number is given."""
        if number is None:
            row = await run.connection.fetchrow(sql.CURRENT_VERSION, run.tenant_id, flow)
        else:
            row = await run.connection.fetchrow(sql.VERSION, run.tenant_id, flow, number)
        if row is None:
            what = "no published version" if number is None else f"no version {number}"
            raise NotFoundError.single(
                "unknown_version", f"The flow '{flow}' has {what}.", path=(path,), hint="Look at flowVersions."
            )
        return row["number"], unpacked(row["definition"])

    # ── suspension ───────────────────────────────────────────────────────────────────────────────

    async def suspend(self, run: ActionRun, given: Mapping[str, Any]) -> dict[str, Any]:
        """`suspendFlowDefinition`: nothing starts until it is resumed; with `instances` those that run rest too."""
        return await self._suspension(run, given, suspended=True)

    async def resume(self, run: ActionRun, given: Mapping[str, Any]) -> dict[str, Any]:
        """`resumeFlowDefinition`: it may start again; with `instances` those that rest go on."""
        return await self._suspension(run, given, suspended=False)

    async def _suspension(self, run: ActionRun, given: Mapping[str, Any], *, suspended: bool) -> dict[str, Any]:
        require_configurer(run)
        flow, actor, comment = given["flow"], run.user_id, given.get("comment") or ""
        await self._version(run, flow, None, "flow")
        await run.connection.fetch(_SUSPEND, run.tenant_id, flow, suspended)
        done, failed = 0, 0
        status = "running" if suspended else "suspended"
        event = decisions.Suspend(actor, comment) if suspended else decisions.Resume(actor)
        rows: Sequence[Mapping[str, Any]] = ()
        if given.get("instances"):
            after = uuid_of(given["after"], ("after",)) if given.get("after") else None
            rows = await run.connection.fetch(_RUNNING, run.tenant_id, flow, status, after, _batch(given))
        for row in rows:
            if await self._tried(run, row["id"], event):
                done += 1
            else:
                failed += 1
        left = await run.connection.fetchval(
            "select count(*) from tangram.flow_instance where tenant_id = $1 and flow = $2 and status = $3",
            run.tenant_id,
            flow,
            status,
        )
        return {"done": done, "failed": failed, "left": left if given.get("instances") else 0,
                "last": rows[-1]["id"] if rows else None}  # fmt: skip

    # ── incidents, leavers ───────────────────────────────────────────────────────────────────────

    async def retry_incidents(self, run: ActionRun, given: Mapping[str, Any]) -> dict[str, Any]:
        """`retryIncidents`: try everything again that has failed, of a flow, at a node, since an instant."""
        return await self._incidents(run, given, lambda token: decisions.Retry(token, run.user_id))

    async def skip_incidents(self, run: ActionRun, given: Mapping[str, Any]) -> dict[str, Any]:
        """`skipIncidents`: go on without everything that has failed at a node."""
        reason = given["reason"]
        return await self._incidents(run, given, lambda token: decisions.Skip(token, run.user_id, reason))

    async def compensate_incidents(self, run: ActionRun, given: Mapping[str, Any]) -> dict[str, Any]:
        """`compensateIncidents`: undo what was done before everything that has failed; where nothing does, it stays."""
        reason = given["reason"]
        return await self._incidents(run, given, lambda token: decisions.Compensate(token, run.user_id, reason))

    async def _incidents(self, run: ActionRun, given: Mapping[str, Any], event: Any) -> dict[str, Any]:
        require_configurer(run)
        rows = await run.connection.fetch(
            _FAILED, run.tenant_id, given.get("flow"), given.get("node"), instant_of(given.get("since")), _batch(given)
        )
        done = 0
        for row in rows:
            held = await self._tried(run, row["instance_id"], event(row["number"]))
            token = held.state.tokens.get(row["number"]) if held else None
            done += bool(held) and not (token is not None and token.failure)
        left = await run.connection.fetchval(
            "select count(*) from tangram.flow_token where tenant_id = $1 and phase = 'failed'", run.tenant_id
        )
        return {"done": done, "failed": len(rows) - done, "left": left, "last": None}

    async def hand_over(self, run: ActionRun, given: Mapping[str, Any]) -> dict[str, Any]:
        """`handOverTasks`: give every task of somebody who leaves to another; those that may not go are counted."""
        require_configurer(run)
        leaver, reason = uuid_of(given["from"], ("from",)), given.get("reason") or ""
        to = await person_of(run, given["to"], ("to",))
        if to == leaver:
            raise BadInputError.single("same_person", "They are theirs already.", path=("to",))
        after = uuid_of(given["after"], ("after",)) if given.get("after") else None
        rows = await run.connection.fetch(_TASKS_OF, run.tenant_id, leaver, after, _batch(given))
        done = 0
        for row in rows:
            done += await self._handed(run, row["id"], leaver, to, reason)
        left = await run.connection.fetch(_TASKS_OF, run.tenant_id, leaver, None, _MAX_BATCH)
        return {"done": done, "failed": len(rows) - done, "left": len(left), "last": rows[-1]["id"] if rows else None}

    async def _handed(self, run: ActionRun, task: str, leaver: str, to: str, reason: str) -> bool:
        try:
            async with run.connection.transaction():
                await self.engine.act_on_task(
                    _standing(run), task, lambda _, number: decisions.HandOver(number, run.user_id, leaver, to, reason)
                )
        except (BadInputError, ConflictError):
            return False
        return True

    async def _tried(self, run: ActionRun, instance_id: str, event: decisions.Event) -> Any:
        """An instance after an event; None where it refuses."""
        try:
            async with run.connection.transaction():
                return await self.engine.act(_standing(run), instance_id, lambda _state: event)
        except (BadInputError, ConflictError, NotFoundError):
            return None


def _standing(run: ActionRun) -> Standing:
    return Standing(run.connection, run.context, run.instant)


def _batch(given: Mapping[str, Any]) -> int:
    first = given.get("first")
    if first is None:
        return 200
    if not 1 <= first <= _MAX_BATCH:
        raise BadInputError.single("page_size", f"A batch has 1 to {_MAX_BATCH} entries.", path=("first",))
    return int(first)


def _mapping(given: Any, old: Definition, new: Definition) -> dict[str, str]:
    """A mapping of nodes, checked; the starts belong together.

    Raises:
        BadInputError: `wrong_type`, `unknown_node` for each that is not there.
    """
    mapping = given or {}
    if not isinstance(mapping, Mapping) or not all(isinstance(name, str) for name in mapping.values()):
        raise BadInputError.single(
            "wrong_type", "A mapping has a new node for each old one.", path=("mapping",), hint='{"old": "new"}'
        )
    faults = [
        Fault("unknown_node", f"There is no node '{name}' in that version.", ("mapping", key), "Look at flowGraph.")
        for key, value in mapping.items()
        for name, steps in ((key, old.steps), (value, new.steps))
        if name not in steps
    ]
    if faults:
        raise BadInputError.of(faults)
    return {old.start: new.start, **mapping}
