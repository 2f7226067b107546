"""What is offered about flows: starting, acting, looking, publishing, simulating."""

from __future__ import annotations

from collections.abc import Mapping

from server.access.plan import AccessPlan
from server.actions import Action, ActionEnum, ActionInput, ActionSet, ActionType, Perform
from server.flows.designing import FlowDesigns
from server.flows.service import Flows

__all__ = ["FLOW_ACTIONS"]


def _configures(plan: AccessPlan) -> bool:
    return plan.may_configure_kind("flow")


_TYPES: tuple[ActionType | ActionInput | ActionEnum, ...] = (
    ActionEnum(
        "FlowStatus",
        {
            "RUNNING": "It moves.",
            "SUSPENDED": "It was stopped for a while.",
            "DONE": "It has ended well.",
            "REJECTED": "It was refused.",
            "CANCELLED": "It was called off.",
            "ERROR": "It ended with an error.",
        },
        "What an instance of a flow is doing.",
    ),
    ActionType(
        "JourneyFigures",
        {
            "entered": "Int!",
            "running": "Int!",
            "reached": "Int!",
            "exited": "Int!",
            "finished": "Int!",
            "heldOut": "Int!",
            "heldOutReached": "Int!",
        },
        "What came of a journey: `reached` its goal, `exited` before, `finished` its steps without it; of those who"
        " were held out, how many meet the goal now.",
    ),
    ActionEnum(
        "FlowTaskKind",
        {
            "TASK": "Work to be done.",
            "APPROVAL": "A decision.",
            "RESUBMIT": "What one started came back.",
            "CC": "A copy to read.",
        },
        "What is asked of somebody.",
    ),
    ActionEnum(
        "FlowTaskStatus",
        {
            "OPEN": "It can be done.",
            "HELD": "It opens when those before it are done.",
            "DONE": "It was done.",
            "CANCELLED": "It was called off.",
        },
        "Where a task stands.",
    ),
    ActionEnum(
        "FlowTokenPhase",
        {
            "WAITING": "For people, time, or another flow.",
            "SPLIT": "For its branches.",
            "FAILED": "An incident: to be tried again, or skipped.",
        },
        "What a place of an instance is doing.",
    ),
    ActionEnum(
        "FlowSignerPlace",
        {"BEFORE": "They sign first.", "AFTER": "They sign afterwards.", "BESIDE": "At the same time."},
        "When added people are asked.",
    ),
    ActionType(
        "FlowTask",
        {
            "id": "ID!",
            "instance": "ID!",
            "flow": "String!",
            "number": "Int!",
            "node": "String!",
            "label": "JSON!",
            "description": "JSON!",
            "outcomes": "[String!]!",
            "kind": "FlowTaskKind!",
            "status": "FlowTaskStatus!",
            "assignee": "ID",
            "candidates": "[ID!]!",
            "openedAt": "DateTime!",
            "dueAt": "DateTime",
            "doneAt": "DateTime",
            "doneBy": "ID",
            "outcome": "String!",
            "delegatedBy": "ID",
            "object": "String!",
            "record": "ID!",
            "version": "Int!",
        },
        "What is asked of somebody, in words by language; `version` is the instance's, to be sent back"
        " as `expectedVersion`.",
    ),
    ActionType(
        "FlowToken",
        {
            "id": "Int!",
            "node": "String!",
            "phase": "FlowTokenPhase!",
            "since": "DateTime!",
            "failure": "String!",
            "item": "String!",
        },
        "One place where an instance is; `item` is the record of the list that a branch is for.",
    ),
    ActionType(
        "FlowInstance",
        {
            "id": "ID!",
            "flow": "String!",
            "number": "Int!",
            "object": "String!",
            "record": "ID!",
            "status": "FlowStatus!",
            "initiator": "ID",
            "startedAt": "DateTime!",
            "endedAt": "DateTime",
            "version": "Int!",
            "failures": "Int!",
            "variables": "JSON!",
            "tokens": "[FlowToken!]!",
            "tasks": "[FlowTask!]!",
        },
        "One run of a flow for one record. Lists of instances leave `tasks` empty.",
    ),
    ActionType(
        "FlowLine",
        {
            "id": "ID!",
            "at": "DateTime!",
            "act": "String!",
            "node": "String",
            "actor": "ID",
            "actorName": "String",
            "outcome": "String",
            "comment": "String",
            "to": "String",
            "dwellSeconds": "Int",
        },
        "A line of an instance's history.",
    ),
    ActionEnum(
        "FlowStepState",
        {
            "DONE": "It was taken, after those before it.",
            "OUT_OF_ORDER": "A gap: it was taken, but never after all of those before it.",
            "MISSING": "A gap: it was passed over, the run has ended well without it, or a later one was taken first.",
            "PENDING": "The run may still come to it.",
            "NOT_REACHED": "The run was refused or called off before.",
        },
        "How it stands with a required step.",
    ),
    ActionType(
        "FlowStepEvidence",
        {
            "node": "String!",
            "label": "JSON!",
            "state": "FlowStepState!",
            "times": "Int!",
            "at": "DateTime",
            "outcome": "String",
            "actor": "ID",
            "actorName": "String",
            "onBehalfOf": "ID",
        },
        "A required step of a run: when it was taken last, and by whom where people do it.",
    ),
    ActionType(
        "FlowEvidence",
        {
            "id": "ID!",
            "flow": "String!",
            "number": "Int!",
            "record": "ID!",
            "status": "FlowStatus!",
            "initiator": "ID",
            "startedAt": "DateTime!",
            "endedAt": "DateTime",
            "gaps": "Int!",
            "steps": "[FlowStepEvidence!]!",
        },
        "A run with its required steps, in the order in which they have to be taken.",
    ),
    ActionType(
        "FlowEvidencePage",
        {"runs": "[FlowEvidence!]!", "next": "ID"},
        "Runs, newest first; go on with `after: next` while there is one.",
    ),
    ActionType(
        "FlowFault",
        {"reason": "String!", "message": "String!", "hint": "String!", "path": "JSON!"},
        "What keeps a flow from being published, or a task from being done.",
    ),
    ActionType(
        "FlowTaskResult",
        {"task": "ID!", "instance": "FlowInstance", "faults": "[FlowFault!]!"},
        "What became of one of several tasks: its run as it is now, or why it was not done.",
    ),
    ActionType(
        "FlowVersion",
        {
            "flow": "String!",
            "number": "Int!",
            "current": "Boolean!",
            "suspended": "Boolean!",
            "note": "String!",
            "publishedAt": "DateTime!",
            "publishedBy": "ID",
            "running": "Int!",
            "definition": "JSON!",
        },
        "A flow as it was published; it never changes.",
    ),
    ActionType(
        "FlowGraph",
        {"flow": "String!", "object": "String!", "nodes": "JSON!", "edges": "JSON!"},
        "A flow, ready to be drawn.",
    ),
    ActionType(
        "FlowFigures",
        {
            "number": "Int!",
            "node": "String!",
            "passed": "Int!",
            "p50Seconds": "Int",
            "p90Seconds": "Int",
            "rejected": "Int!",
            "failed": "Int!",
            "waiting": "Int!",
            "breached": "Int!",
            "overdue": "Int!",
            "department": "ID",
        },
        "How work goes at one node of one version: dwell times, returns, tasks done late, tasks that are late now.",
    ),
    ActionEnum(
        "FlowActorRole",
        {
            "ASSIGNEE": "The task is theirs.",
            "CANDIDATE": "They may take it.",
            "PROXY": "They stand in for whose it is.",
        },
        "Why somebody can act on a task.",
    ),
    ActionType(
        "FlowActor",
        {"account": "ID!", "name": "String!", "role": "FlowActorRole!", "onBehalfOf": "ID", "active": "Boolean!"},
        "Somebody who can act on a task; one who is not active cannot sign in: hand their tasks over.",
    ),
    ActionType(
        "FlowRefusal",
        {"may": "Boolean!", "reason": "String", "message": "String!", "onBehalfOf": "ID"},
        "Whether somebody may act on a task, and what stands in the way.",
    ),
    ActionType(
        "FlowSimulation",
        {
            "status": "FlowStatus!",
            "reason": "String",
            "endsAt": "DateTime!",
            "incidents": "[String!]!",
            "path": "JSON!",
            "tasks": "JSON!",
            "promises": "JSON!",
            "messages": "JSON!",
        },
        "What a flow would do: its path, who would be asked until when, whether promises about its record would be"
        " kept, when it would end, what would be sent.",
    ),
)

_ONE_TASK: Mapping[str, str] = {"task": "ID!", "expectedVersion": "Int"}
_INSTANCE: Mapping[str, str] = {"instance": "ID!", "expectedVersion": "Int"}
_COMMENTED: Mapping[str, str] = {**_INSTANCE, "comment": "String"}
_FILLED: Mapping[str, str] = {**_ONE_TASK, "values": "JSON", "comment": "String"}


def _query(name: str, arguments: Mapping[str, str], result: str, help_text: str, perform: Perform) -> Action:
    return Action(name, "query", arguments, result, help_text, Flows, perform)


def _design(name: str, arguments: Mapping[str, str], result: str, help_text: str, perform: Perform) -> Action:
    return Action(name, "query", arguments, result, help_text, FlowDesigns, perform)


def _act(name: str, arguments: Mapping[str, str], help_text: str, perform: Perform) -> Action:
    return Action(name, "mutation", arguments, "FlowInstance!", help_text, Flows, perform)


def _for_configurers(action: Action) -> Action:
    return Action(
        action.name,
        action.operation,
        action.arguments,
        action.result,
        action.help,
        action.engine,
        action.perform,
        _configures,
    )


FLOW_ACTIONS = ActionSet(
    (
        _query(
            "myTasks",
            {"flow": "String", "done": "Boolean", "first": "Int", "after": "ID"},
            "[FlowTask!]!",
            "What is asked of you, newest first; with `done` what you did.",
            Flows.tasks,
        ),
        _query("flowInstance", {"id": "ID!"}, "FlowInstance!", "One run of a flow.", Flows.instance),
        _query(
            "flowInstances",
            {
                "object": "String", "record": "ID", "flow": "String", "status": "FlowStatus", "failed": "Boolean",
                "mine": "Boolean", "first": "Int", "after": "ID",
            },
            "[FlowInstance!]!",
            "Runs of a record's flows, or those that you started; all for whoever configures flows.",
            Flows.instances,
        ),
        _query(
            "flowHistory",
            {"instance": "ID!", "first": "Int", "after": "ID"},
            "[FlowLine!]!",
            "What happened to a run, oldest first.",
            Flows.history,
        ),
        _query(
            "flowEvidence",
            {
                "flow": "String!", "record": "ID", "since": "DateTime", "until": "DateTime", "gaps": "Boolean",
                "first": "Int", "after": "ID",
            },
            "FlowEvidencePage!",
            "The required steps of a flow's runs that were started in a time, by whom and when each was taken; with"
            " `gaps` only the runs where one is missing or out of order.",
            Flows.evidence,
        ),
        _design(
            "simulateFlow",
            {"flow": "String!", "record": "ID!", "version": "Int", "outcomes": "JSON"},
            "FlowSimulation!",
            "Run a flow on a clock of its own and undo it: tasks end with their first outcome, or the one named.",
            FlowDesigns.simulate,
        ),
        _query(
            "predictFlow",
            {"instance": "ID!", "outcomes": "JSON"},
            "FlowSimulation!",
            "Which way a run would go from here, who would be asked, when it would end; undone.",
            Flows.predict,
        ),
        _query("whoCanAct", {"task": "ID!"}, "[FlowActor!]!", "Everybody who can act on a task.", Flows.who_can_act),
        _query(
            "whyNotMe",
            {"task": "ID!", "account": "ID"},
            "FlowRefusal!",
            "Whether you may act on a task, and why not; of others for those who configure flows.",
            Flows.why_not,
        ),
        _act(
            "startFlow",
            {"flow": "String!", "record": "ID!", "variables": "JSON"},
            "Begin a flow for a record.",
            Flows.start,
        ),
        _act(
            "completeTask",
            {**_FILLED, "outcome": "String", "to": "String"},
            "Fill in what a task asks for, and end it with an outcome.",
            Flows.complete,
        ),
        _act("approveTask", _FILLED, "Agree.", Flows.approve),
        _act(
            "rejectTask",
            {**_FILLED, "to": "String"},
            "Refuse; `to` is `initiator`, `previous`, `end` or a node, where the flow's own answer will not do.",
            Flows.reject,
        ),
        Action(
            "completeTasks",
            "mutation",
            {"tasks": "[ID!]!", "outcome": "String!", "comment": "String"},
            "[FlowTaskResult!]!",
            "End several tasks with one outcome: each for itself, those that can be are.",
            Flows,
            Flows.complete_many,
        ),
        _act("claimTask", _ONE_TASK, "Take a task that several could do.", Flows.claim),
        _act("releaseTask", _ONE_TASK, "Give a task back to the others.", Flows.release),
        _act(
            "transferTask",
            {**_ONE_TASK, "to": "String!", "returning": "Boolean", "comment": "String", "force": "Boolean"},
            "Hand a task to somebody, for good or (`returning`) to come back; `force` for those who configure flows.",
            Flows.transfer,
        ),
        _act(
            "addSigner",
            {**_ONE_TASK, "people": "[String!]!", "place": "FlowSignerPlace"},
            "Ask more people for a decision.",
            Flows.add_signers,
        ),
        _act("removeSigner", _ONE_TASK, "Ask somebody no longer.", Flows.remove_signer),
        _act("takeBackTask", _ONE_TASK, "Undo your last act, while nobody has acted after it.", Flows.take_back),
        _act("withdraw", _COMMENTED, "Call off what you started.", Flows.withdraw),
        _act("reviveFlow", _INSTANCE, "Begin again what was rejected or called off.", Flows.revive),
        _act("urgeTask", _COMMENTED, "Ask those who are to act for haste.", Flows.urge),
        *map(
            _for_configurers,
            (
                _act("suspendFlow", _COMMENTED, "Stop a run for a while.", Flows.suspend),
                _act("resumeFlow", _INSTANCE, "Let it go on.", Flows.resume),
                _act(
                    "moveToken",
                    {**_INSTANCE, "token": "Int!", "to": "String!", "reason": "String!"},
                    "Put a token on another node.",
                    Flows.move,
                ),
                _act("retryIncident", {**_INSTANCE, "token": "Int!"}, "Try again what failed.", Flows.retry),
                _act(
                    "skipIncident",
                    {**_INSTANCE, "token": "Int!", "reason": "String!"},
                    "Go on without what failed.",
                    Flows.skip,
                ),
                _act(
                    "compensateIncident",
                    {**_INSTANCE, "token": "Int!", "reason": "String!"},
                    "Undo what was done before what failed: its token goes to the node that `compensate` names.",
                    Flows.compensate,
                ),
                _design(
                    "lintFlow",
                    {"flow": "String!"},
                    "[FlowFault!]!",
                    "Everything that keeps a draft from being published.",
                    FlowDesigns.lint,
                ),
                _design(
                    "flowVersions",
                    {"flow": "String!"},
                    "[FlowVersion!]!",
                    "What was published of a flow, newest first.",
                    FlowDesigns.versions,
                ),
                _design(
                    "flowGraph",
                    {"flow": "String!", "version": "Int"},
                    "FlowGraph!",
                    "Nodes and edges with positions, of the draft or of a version.",
                    FlowDesigns.graph,
                ),
                _design(
                    "flowBpmn",
                    {"flow": "String!", "version": "Int"},
                    "String!",
                    "The draft or a version as BPMN 2.0 XML.",
                    FlowDesigns.bpmn,
                ),
                _design(
                    "readBpmn",
                    {"xml": "String!", "object": "String"},
                    "JSON!",
                    "A flow from BPMN 2.0 XML, as a document has it: look at it, and apply it.",
                    FlowDesigns.from_bpmn,
                ),
                _design(
                    "journeyFigures",
                    {"flow": "String!"},
                    "JourneyFigures!",
                    "How many came into a journey, arrived, left and were held out of it.",
                    FlowDesigns.journey,
                ),
                _design(
                    "flowFigures",
                    {"flow": "String!", "since": "DateTime", "byDepartment": "Boolean"},
                    "[FlowFigures!]!",
                    "The heat map: how long work stays at each node, how often it comes back, where it waits, what is"
                    " late; also by the department of whoever acted.",
                    FlowDesigns.figures,
                ),
                Action(
                    "publishFlow",
                    "mutation",
                    {"flow": "String!", "version": "Int", "note": "String"},
                    "FlowVersion!",
                    "Make a new current version of the draft, or of an older version to go back to it.",
                    FlowDesigns,
                    FlowDesigns.publish,
                ),
            ),
        ),
    ),
    _TYPES,
)  # fmt: skip
