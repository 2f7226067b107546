"""What is offered to those who configure flows, about many runs at once, and to everybody about standing in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from server.access.plan import AccessPlan
from server.actions import Action, ActionEnum, ActionInput, ActionSet, ActionType, Perform
from server.flows.management import FlowManagement
from server.flows.proxies import Proxies

__all__ = ["FLOW_MANAGEMENT_ACTIONS"]


def _configures(plan: AccessPlan) -> bool:
    return plan.may_configure_kind("flow")


_TYPES: tuple[ActionType | ActionInput | ActionEnum, ...] = (
    ActionEnum(
        "FlowChange",
        {"ADDED": "It is new.", "REMOVED": "It is gone.", "CHANGED": "A part of it differs."},
        "What became of a node.",
    ),
    ActionType(
        "FlowDifference",
        {"node": "String", "change": "FlowChange!", "part": "String", "before": "JSON", "after": "JSON"},
        "One thing that differs between two versions; without a node it is the flow itself.",
    ),
    ActionType(
        "FlowObstacle",
        {"node": "String!", "reason": "String!", "message": "String!"},
        "What keeps a run on its version: `node_gone`, `kind_changed`, `crossed_block`, `branches_changed`.",
    ),
    ActionType(
        "FlowMigrationEntry",
        {"instance": "ID!", "record": "ID!", "moves": "Boolean!", "obstacles": "[FlowObstacle!]!"},
        "What becomes of one run.",
    ),
    ActionType(
        "FlowMigration",
        {
            "number": "Int!",
            "moved": "Int!",
            "instances": "[FlowMigrationEntry!]!",
            "last": "ID",
            "left": "Int!",
        },
        "A batch of runs on their way to version `number`; go on with `after: last` until `left` holds still.",
    ),
    ActionType(
        "FlowBulk",
        {"done": "Int!", "failed": "Int!", "left": "Int!", "last": "ID"},
        "What became of a batch: done, refused, and still to do; go on with `after: last`.",
    ),
    ActionType(
        "FlowProxy",
        {
            "id": "ID!",
            "account": "ID!",
            "proxy": "ID!",
            "flow": "String",
            "from": "DateTime!",
            "until": "DateTime!",
            "note": "String!",
            "holds": "Boolean!",
        },
        "Somebody who may act for another for a time; both are asked, and the first one wins.",
    ),
)
_BATCH: Mapping[str, str] = {"first": "Int", "after": "ID"}
_MIGRATION: Mapping[str, str] = {
    "flow": "String!", "from": "Int!", "to": "Int", "mapping": "JSON", "instances": "[ID!]", **_BATCH,
}  # fmt: skip
_INCIDENTS: Mapping[str, str] = {"flow": "String", "node": "String", "since": "DateTime", "first": "Int"}


def _manage(
    name: str,
    operation: Literal["query", "mutation"],
    arguments: Mapping[str, str],
    result: str,
    help_text: str,
    perform: Perform,
) -> Action:
    return Action(name, operation, arguments, result, help_text, FlowManagement, perform, _configures)


FLOW_MANAGEMENT_ACTIONS = ActionSet(
    (
        _manage(
            "flowDiff",
            "query",
            {"flow": "String!", "from": "Int", "to": "Int"},
            "[FlowDifference!]!",
            "What differs between two versions; without `from` the current one, without `to` the draft.",
            FlowManagement.diff,
        ),
        _manage(
            "planFlowMigration",
            "query",
            _MIGRATION,
            "FlowMigration!",
            "Which runs could move to another version, and what keeps the others; changes nothing.",
            FlowManagement.plan_migration,
        ),
        _manage(
            "migrateFlow",
            "mutation",
            _MIGRATION,
            "FlowMigration!",
            "Move a batch of runs to another version; timers keep their due time, tasks those whose they are.",
            FlowManagement.migrate,
        ),
        _manage(
            "suspendFlowDefinition",
            "mutation",
            {"flow": "String!", "instances": "Boolean", "comment": "String", **_BATCH},
            "FlowBulk!",
            "Let nothing start until it is resumed; with `instances` those that run rest too.",
            FlowManagement.suspend,
        ),
        _manage(
            "resumeFlowDefinition",
            "mutation",
            {"flow": "String!", "instances": "Boolean", **_BATCH},
            "FlowBulk!",
            "Let it start again; with `instances` those that rest go on.",
            FlowManagement.resume,
        ),
        _manage(
            "retryIncidents",
            "mutation",
            _INCIDENTS,
            "FlowBulk!",
            "Try again everything that has failed, of a flow, at a node, since an instant.",
            FlowManagement.retry_incidents,
        ),
        _manage(
            "skipIncidents",
            "mutation",
            {**_INCIDENTS, "reason": "String!"},
            "FlowBulk!",
            "Go on without everything that has failed.",
            FlowManagement.skip_incidents,
        ),
        _manage(
            "compensateIncidents",
            "mutation",
            {**_INCIDENTS, "reason": "String!"},
            "FlowBulk!",
            "Undo what was done before everything that has failed, where its node names what undoes it.",
            FlowManagement.compensate_incidents,
        ),
        _manage(
            "handOverTasks",
            "mutation",
            {"from": "ID!", "to": "String!", "reason": "String", **_BATCH},
            "FlowBulk!",
            "Give every task of somebody who leaves to another, those that wait their turn as well.",
            FlowManagement.hand_over,
        ),
        Action(
            "flowProxies",
            "query",
            {"all": "Boolean"},
            "[FlowProxy!]!",
            "Who stands in for you, and you for whom; all for those who configure flows.",
            Proxies,
            Proxies.listed,
        ),
        Action(
            "setProxy",
            "mutation",
            {
                "proxy": "String!", "until": "DateTime!", "from": "DateTime", "flow": "String", "note": "String",
                "for": "String",
            },
            "FlowProxy!",
            "Let somebody act on your tasks as well, for a time; for others by those who configure flows.",
            Proxies,
            Proxies.add,
        ),
        Action(
            "endProxy", "mutation", {"id": "ID!"}, "Boolean!", "End it before its time.", Proxies, Proxies.end
        ),
    ),
    _TYPES,
)  # fmt: skip
