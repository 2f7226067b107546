"""What people and programs ask of flows: start, act, look. Who may is decided here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from metadata.flows.nodes import kind_of, settings_of
from metadata.flows.values import FlowNode
from metadata.problems import BadInputError, Fault, ForbiddenError, NotFoundError, TangramError
from server.actions import ActionRun
from server.automation import Performer
from server.flows import decisions, reading, sql
from server.flows.asking import people_who_may, refusal
from server.flows.auditing import evidence_page
from server.flows.engine import FlowEngine
from server.flows.filling import fill, step_of
from server.flows.proxies import person_of, principal_of, principals
from server.flows.publishing import draft_of, publish_live
from server.flows.rights import configures, object_of, require_configurer, require_start, uuid_of
from server.flows.sandbox import Promises, predict
from server.flows.showing import (
    MAX_PAGE,
    instance_shown,
    page_size,
    require_seen,
    row_shown,
    simulation_shown,
    standing_of,
    tasks_shown,
)
from server.flows.state import Instance
from server.flows.storing import Held, load, open_node
from server.forms.filling import Filler
from server.forms.service import TaskForm
from server.records.problems import StaleModelError
from server.records.reach import seen_object_type, within_reach
from server.records.writing.saving import RecordWriter

__all__ = ["Flows"]

Arguments = Mapping[str, Any]


@dataclass(eq=False)
class Flows:
    """The engine of flows, as it is asked."""

    writer: RecordWriter
    performers: Mapping[str, Performer]
    promises: Promises
    engine: FlowEngine = field(init=False)
    filler: Filler = field(init=False)

    def __post_init__(self) -> None:
        self.engine = FlowEngine(self.writer, self.performers)
        self.filler = Filler(self.writer)

    # ── instances ────────────────────────────────────────────────────────────────────────────────

    async def start(self, run: ActionRun, given: Arguments) -> dict[str, Any]:
        """`startFlow`: begin a flow for a record."""
        record = uuid_of(given["record"], ("record",))
        await publish_live(run.connection, run.context.model, by=None, now=run.instant)
        object_type = run.context.model.object(await self._current(run, given["flow"]))
        await require_start(run, object_type, record, given["flow"])
        variables = given.get("variables") or {}
        if not isinstance(variables, Mapping):
            raise BadInputError.single("wrong_type", "Variables are a mapping by name.", path=("variables",))
        held = await self.engine.start(
            standing_of(run), given["flow"], record, initiator=run.user_id, variables=variables
        )
        return await instance_shown(run, held.state.id)

    async def _current(self, run: ActionRun, flow: str) -> str:
        """The object type of a flow, published or not."""
        row = await run.connection.fetchrow(sql.CURRENT_OBJECT, run.tenant_id, flow)
        found = object_of(run.context.model, row["object"]) if row is not None else None
        if found is not None:
            return found.name
        return draft_of(run.context.model, flow).object

    async def instance(self, run: ActionRun, given: Arguments) -> dict[str, Any]:
        """`flowInstance`: one instance, for whoever sees its record or had part in it."""
        instance_id = uuid_of(given["id"], ("id",))
        await require_seen(run, instance_id)
        return await instance_shown(run, instance_id)

    async def instances(self, run: ActionRun, given: Arguments) -> list[dict[str, Any]]:
        """`flowInstances`: of a record, or those one has started; all for whoever configures flows."""
        if given.get("record") is not None:
            object_type = seen_object_type(run.context, given.get("object") or "")
            record = uuid_of(given["record"], ("record",))
            if not await within_reach(run, object_type, [record]):
                return []
            rows = await run.connection.fetch(reading.INSTANCES_OF_RECORD, run.tenant_id, object_type.table, record)
        else:
            everybody = configures(run) and not given.get("mine")
            status = given.get("status")
            rows = await run.connection.fetch(
                reading.INSTANCES_STARTED,
                run.tenant_id,
                None if everybody else run.user_id,
                given.get("flow"),
                status.lower() if status else None,
                bool(given.get("failed")),
                uuid_of(given["after"], ("after",)) if given.get("after") else None,
                page_size(given),
            )
        return [row_shown(run, row) for row in rows]

    async def history(self, run: ActionRun, given: Arguments) -> list[dict[str, Any]]:
        """`flowHistory`: what happened to an instance, oldest first; why it failed, for who configures flows."""
        instance_id = uuid_of(given["instance"], ("instance",))
        await require_seen(run, instance_id)
        after = given.get("after") or 0
        rows = await run.connection.fetch(sql.HISTORY, run.tenant_id, instance_id, int(after), page_size(given))
        return [
            {
                "id": str(row["id"]),
                "at": row["at"],
                "act": row["act"],
                "node": row["node"] or None,
                "actor": row["actor"],
                "actorName": row["actor_name"],
                "outcome": row["outcome"] or None,
                "comment": (row["comment"] if row["act"] != "failed" or configures(run) else None) or None,
                "to": row["to"] or None,
                "dwellSeconds": row["dwell_s"],
            }
            for row in rows
        ]

    async def evidence(self, run: ActionRun, given: Arguments) -> dict[str, Any]:
        """`flowEvidence`: the required steps of a flow's runs, and what is missing of them."""
        return await evidence_page(run, run.context.model.object(await self._current(run, given["flow"])), given)

    async def tasks(self, run: ActionRun, given: Arguments) -> list[dict[str, Any]]:
        """`myTasks`: what is asked of the actor, newest first; or what they did."""
        statuses = ["done"] if given.get("done") else ["open"]
        rows = await run.connection.fetch(
            reading.MY_TASKS,
            run.tenant_id,
            run.user_id,
            statuses,
            given.get("flow"),
            uuid_of(given["after"], ("after",)) if given.get("after") else None,
            page_size(given),
            run.instant,
        )
        return await tasks_shown(run, rows)

    async def who_can_act(self, run: ActionRun, given: Arguments) -> list[dict[str, Any]]:
        """`whoCanAct`: on a task, for whoever sees its instance."""
        held, number = await self._seen_task(run, given["task"])
        return await people_who_may(run.connection, run.tenant_id, held, number, run.instant)

    async def why_not(self, run: ActionRun, given: Arguments) -> Mapping[str, Any]:
        """`whyNotMe`: whether one may act on a task, and why not; of others for those who configure flows."""
        held, number = await self._seen_task(run, given["task"])
        actor = run.user_id if given.get("account") is None else uuid_of(given["account"], ("account",))
        if actor != run.user_id:
            require_configurer(run)
        return await refusal(run.connection, run.tenant_id, held, number, actor, run.instant)

    async def predict(self, run: ActionRun, given: Arguments) -> dict[str, Any]:
        """`predictFlow`: which way a run would go from here; undone."""
        instance_id = uuid_of(given["instance"], ("instance",))
        await require_seen(run, instance_id)
        found = await predict(standing_of(run), self.engine, self.promises, instance_id, given.get("outcomes") or {})
        return simulation_shown(run, found)

    # ── acting on tasks ──────────────────────────────────────────────────────────────────────────

    async def complete(self, run: ActionRun, given: Arguments) -> dict[str, Any]:
        """`completeTask`: fill in what the step asks for, and end it with an outcome."""
        standing, task = standing_of(run), uuid_of(given["task"], ("task",))
        held, number = await self.engine.hold(standing, task, expected_version=given.get("expectedVersion"))
        principal = await self._principal(run, held, number)
        node = open_node(held, number, principal or run.user_id)
        outcome = given.get("outcome") or _only_outcome(node)
        values = given.get("values") or {}
        await fill(standing, self.filler, held, node, values, task=task, check=outcome != "rejected")
        comment, to = given.get("comment") or "", given.get("to") or ""
        await self.engine.move(standing, held, decisions.Complete(number, run.user_id, outcome, comment, to, principal))
        return await instance_shown(run, held.state.id)

    async def form_of_task(self, run: ActionRun, task: str) -> TaskForm:
        """What a task of the actor's asks to be filled in; for the engine of forms."""
        held, number = await self.engine.hold(standing_of(run), task)
        node = open_node(held, number, await self._principal(run, held, number) or run.user_id)
        step, form = await step_of(standing_of(run), held, node, complete=True)
        return TaskForm(step, form, kind_of(node).outcomes(settings_of(node)))

    async def approve(self, run: ActionRun, given: Arguments) -> dict[str, Any]:
        """`approveTask`: agree."""
        return await self.complete(run, {**given, "outcome": "approved"})

    async def reject(self, run: ActionRun, given: Arguments) -> dict[str, Any]:
        """`rejectTask`: refuse, and say where it goes back to."""
        return await self.complete(run, {**given, "outcome": "rejected"})

    async def complete_many(self, run: ActionRun, given: Arguments) -> list[dict[str, Any]]:
        """`completeTasks`: the same outcome for several tasks, each for itself."""
        if not 1 <= len(given["tasks"]) <= MAX_PAGE:
            raise BadInputError.single(
                "out_of_range",
                f"1 to {MAX_PAGE} tasks are done at once.",
                path=("tasks",),
                hint="Send several requests.",
            )
        done: dict[str, dict[str, Any]] = {}
        for task in sorted(set(given["tasks"])):  # in one order, so that nobody waits in a circle
            try:
                async with run.connection.transaction():
                    done[task] = {"instance": await self.complete(run, {**given, "task": task}), "faults": []}
            except StaleModelError:
                raise
            except TangramError as error:
                done[task] = {"instance": None, "faults": [_fault_shown(fault) for fault in error.faults]}
        return [{"task": task, **done[task]} for task in dict.fromkeys(given["tasks"])]

    async def claim(self, run: ActionRun, given: Arguments) -> dict[str, Any]:
        """`claimTask`: take a task that several could do."""
        standing = standing_of(run)
        held, number = await self.engine.hold(
            standing, uuid_of(given["task"], ("task",)), expected_version=given.get("expectedVersion")
        )
        principal = await self._principal(run, held, number)
        await self.engine.move(standing, held, decisions.Claim(number, run.user_id, on_behalf=principal))
        return await instance_shown(run, held.state.id)

    async def release(self, run: ActionRun, given: Arguments) -> dict[str, Any]:
        """`releaseTask`: give it back to the others."""
        return await self._on_task(run, given["task"], lambda _, n: decisions.Claim(n, run.user_id, True), given)

    async def transfer(self, run: ActionRun, given: Arguments) -> dict[str, Any]:
        """`transferTask`: hand a task to somebody else, for good or to come back; an administrator hands over any."""
        to = await person_of(run, given["to"], ("to",))
        actor = "" if run.context.access.may_configure_kind("flow") and given.get("force") else run.user_id

        def event(_state: Instance, number: int) -> decisions.Event:
            return decisions.Reassign(number, actor, to, bool(given.get("returning")), given.get("comment") or "")

        return await self._on_task(run, given["task"], event, given)

    async def add_signers(self, run: ActionRun, given: Arguments) -> dict[str, Any]:
        """`addSigner`: ask more people, before, after or beside oneself."""
        people = tuple([await person_of(run, one, ("people",)) for one in given["people"]])
        place = (given.get("place") or "beside").lower()

        def event(_state: Instance, number: int) -> decisions.Event:
            return decisions.AddSigners(number, run.user_id, people, place)

        return await self._on_task(run, given["task"], event, given)

    async def remove_signer(self, run: ActionRun, given: Arguments) -> dict[str, Any]:
        """`removeSigner`: ask somebody no longer; for who started the flow and those who configure flows."""

        def event(state: Instance, number: int) -> decisions.Event:
            if run.user_id != state.initiator and not run.context.access.may_configure_kind("flow"):
                raise ForbiddenError.single(
                    "not_initiator", "Only who started the flow removes signers.", hint="Ask them."
                )
            return decisions.RemoveSigner(number, run.user_id)

        return await self._on_task(run, given["task"], event, given)

    async def take_back(self, run: ActionRun, given: Arguments) -> dict[str, Any]:
        """`takeBackTask`: undo one's last act, while nobody has acted after it."""
        return await self._on_task(run, given["task"], lambda _, n: decisions.TakeBack(n, run.user_id), given)

    # ── acting on instances ──────────────────────────────────────────────────────────────────────

    async def withdraw(self, run: ActionRun, given: Arguments) -> dict[str, Any]:
        """`withdraw`: call a flow off; for who started it and those who configure flows."""

        def event(state: Instance) -> decisions.Event:
            _require_initiator(run, state)
            return decisions.Withdraw(run.user_id, given.get("comment") or "")

        return await self._on_instance(run, given, event)

    async def revive(self, run: ActionRun, given: Arguments) -> dict[str, Any]:
        """`reviveFlow`: begin again what was rejected or withdrawn."""

        def event(state: Instance) -> decisions.Event:
            _require_initiator(run, state)
            if not state.status.is_over or state.status.value == "done":
                raise BadInputError.single(
                    "not_ended", "Only a flow that was rejected or called off is begun again.", path=("instance",)
                )
            return decisions.Begin()

        return await self._on_instance(run, given, event)

    async def urge(self, run: ActionRun, given: Arguments) -> dict[str, Any]:
        """`urgeTask`: ask those who are to act for haste."""

        def event(state: Instance) -> decisions.Event:
            _require_initiator(run, state)
            return decisions.Urge(run.user_id, given.get("comment") or "")

        return await self._on_instance(run, given, event)

    async def suspend(self, run: ActionRun, given: Arguments) -> dict[str, Any]:
        """`suspendFlow`: nothing moves until it is resumed."""
        comment = given.get("comment") or ""
        return await self._by_configurer(run, given, lambda _: decisions.Suspend(run.user_id, comment))

    async def resume(self, run: ActionRun, given: Arguments) -> dict[str, Any]:
        """`resumeFlow`: it goes on."""
        return await self._by_configurer(run, given, lambda _: decisions.Resume(run.user_id))

    async def move(self, run: ActionRun, given: Arguments) -> dict[str, Any]:
        """`moveToken`: put a token on another node, with a reason."""
        token, to, reason = given["token"], given["to"], given["reason"]
        return await self._by_configurer(run, given, lambda _: decisions.Move(token, to, run.user_id, reason))

    async def retry(self, run: ActionRun, given: Arguments) -> dict[str, Any]:
        """`retryIncident`: try again what failed."""
        return await self._by_configurer(run, given, lambda _: decisions.Retry(given["token"], run.user_id))

    async def skip(self, run: ActionRun, given: Arguments) -> dict[str, Any]:
        """`skipIncident`: go on without what failed."""
        reason = given["reason"]
        return await self._by_configurer(run, given, lambda _: decisions.Skip(given["token"], run.user_id, reason))

    async def compensate(self, run: ActionRun, given: Arguments) -> dict[str, Any]:
        """`compensateIncident`: undo what was done before what failed, as its node says."""
        event = decisions.Compensate(given["token"], run.user_id, given["reason"])
        return await self._by_configurer(run, given, lambda _: event)

    # ── helpers of the acts ──────────────────────────────────────────────────────────────────────

    async def _on_task(
        self, run: ActionRun, task: Any, event: Callable[[Instance, int], decisions.Event], given: Arguments
    ) -> dict[str, Any]:
        held = await self.engine.act_on_task(
            standing_of(run), uuid_of(task, ("task",)), event, expected_version=given.get("expectedVersion")
        )
        return await instance_shown(run, held.state.id)

    async def _on_instance(
        self, run: ActionRun, given: Arguments, event: Callable[[Instance], decisions.Event]
    ) -> dict[str, Any]:
        instance_id = uuid_of(given["instance"], ("instance",))
        await self.engine.act(standing_of(run), instance_id, event, expected_version=given.get("expectedVersion"))
        return await instance_shown(run, instance_id)

    async def _by_configurer(
        self, run: ActionRun, given: Arguments, event: Callable[[Instance], decisions.Event]
    ) -> dict[str, Any]:
        require_configurer(run)
        return await self._on_instance(run, given, event)

    async def _principal(self, run: ActionRun, held: Held, number: int) -> str:
        """On whose behalf the actor does a task; empty for their own."""
        others = await principals(run.connection, run.tenant_id, run.user_id, held.flow, run.instant)
        return principal_of(held.state.tasks.get(number), run.user_id, others)

    async def _seen_task(self, run: ActionRun, task: Any) -> tuple[Held, int]:
        """A task of an instance that the actor sees."""
        row = await run.connection.fetchrow(sql.TASK, run.tenant_id, uuid_of(task, ("task",)))
        if row is None:
            raise NotFoundError.single("unknown_task", "There is no such task.", path=("task",))
        await require_seen(run, row["instance_id"])
        return await load(run.connection, run.tenant_id, row["instance_id"]), row["number"]


def _require_initiator(run: ActionRun, state: Instance) -> None:
    if run.user_id != state.initiator and not run.context.access.may_configure_kind("flow"):
        raise ForbiddenError.single("not_initiator", "Only who started the flow may do this.", hint="Ask them.")


def _fault_shown(fault: Fault) -> dict[str, Any]:
    return {"reason": fault.reason, "message": fault.message, "hint": fault.hint, "path": list(fault.path)}


def _only_outcome(node: FlowNode) -> str:
    """The outcome of a task that has one alone."""
    outcomes: tuple[str, ...] = getattr(settings_of(node), "outcomes", ())
    return outcomes[0] if len(outcomes) == 1 else "done"
