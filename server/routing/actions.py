"""What is offered about routing: presence, work, queues, shifts, explanations."""

from __future__ import annotations

from collections.abc import Mapping

from server.access.plan import AccessPlan
from server.actions import Action, ActionEnum, ActionInput, ActionSet, ActionType, Perform
from server.records.facts import Facts
from server.routing.acting import Acting
from server.routing.assigning import Assigner
from server.routing.intake import Intake
from server.routing.looking import Looking
from server.routing.roster import Roster

__all__ = ["ROUTING_ACTIONS", "Routing"]


class Routing:
    """The engine of routing, as it is asked: what agents do, what is looked at, the roster."""

    def __init__(self) -> None:
        assigner = Assigner(Facts())
        self.acting = Acting(assigner, Intake(assigner))
        self.looking = Looking(assigner)
        self.roster = Roster()


def _configures(plan: AccessPlan) -> bool:
    return plan.may_configure_kind("queue")


_TYPES: tuple[ActionType | ActionInput | ActionEnum, ...] = (
    ActionEnum(
        "AgentPresence",
        {"ONLINE": "There, for new work.", "AWAY": "There, but for no new work.", "OFFLINE": "Not there."},
        "Whether somebody is handed work.",
    ),
    ActionEnum(
        "RosterShiftKind",
        {"DUTY": "They work.", "LEAVE": "They do not.", "STANDBY": "They work while a level of the queue asks for it."},
        "What a shift says.",
    ),
    ActionEnum(
        "WorkItemStatus",
        {
            "WAITING": "For somebody who can do it.",
            "OFFERED": "Somebody may accept it.",
            "ACTIVE": "Somebody has it.",
            "DONE": "It is done.",
            "GONE": "Its record is deleted.",
        },
        "Where a piece of work stands.",
    ),
    ActionEnum(
        "RoutingOutcome",
        {
            "CHOSEN": "Somebody was found.",
            "NO_MEMBERS": "Nobody works this queue.",
            "NOBODY_FITS": "Nobody who works it could ever do this.",
            "ALL_TRIED": "Everybody who could was asked already.",
            "WAITS_FOR_FIT": "Nobody fits until a step is relaxed.",
            "NOBODY_FREE": "Those who fit are not there, or have their hands full.",
        },
        "What a choice came to.",
    ),
    ActionType("AgentPresenceState", {"presence": "AgentPresence!", "since": "DateTime"}, "What somebody has said."),
    ActionType(
        "WorkItem",
        {
            "id": "ID!",
            "queue": "String!",
            "object": "String!",
            "record": "ID!",
            "status": "WorkItemStatus!",
            "agent": "ID",
            "units": "Int!",
            "priority": "Decimal!",
            "enteredAt": "DateTime!",
            "queuedAt": "DateTime!",
            "assignedAt": "DateTime",
            "expiresAt": "DateTime",
            "hops": "Int!",
            "reason": "String",
            "version": "Int!",
        },
        "A piece of work: a record in a queue, or in somebody's hands.",
    ),
    ActionType(
        "MyWork",
        {"presence": "AgentPresence!", "heardAt": "DateTime", "work": "[WorkItem!]!"},
        "What one has or is offered.",
    ),
    ActionType(
        "QueueAgent",
        {
            "account": "ID!",
            "absent": "String",
            "capacity": "Decimal!",
            "used": "Int!",
            "assignedAt": "DateTime",
        },
        "One who works a queue; `absent` says why they are handed nothing now.",
    ),
    ActionType(
        "QueueState",
        {
            "queue": "String!",
            "depth": "Int!",
            "oldestEnteredAt": "DateTime",
            "oldestAgeSeconds": "Int",
            "offered": "Int!",
            "active": "Int!",
            "spare": "Int!",
            "levels": "[String!]!",
            "agents": "[QueueAgent!]!",
        },
        "A queue as it stands: what waits, who works it, how much more they could have.",
    ),
    ActionType(
        "RoutingLine",
        {"agent": "ID!", "out": "String", "figures": "JSON"},
        "One who was looked at: what left them out, their figures by step.",
    ),
    ActionType(
        "RoutingDecision",
        {
            "at": "DateTime!",
            "act": "String!",
            "queue": "String!",
            "agent": "ID",
            "actor": "ID",
            "reason": "String",
            "lookedAt": "Int",
            "passedOver": "[String!]!",
            "agents": "[RoutingLine!]!",
        },
        "Something that was decided about a piece of work, and what it rested on.",
    ),
    ActionType(
        "RoutingChoice",
        {
            "queue": "String!",
            "outcome": "RoutingOutcome!",
            "agent": "ID",
            "lookedAt": "Int",
            "passedOver": "[String!]!",
            "agents": "[RoutingLine!]!",
        },
        "Whom a queue would choose now.",
    ),
    ActionType(
        "RoutingExplanation",
        {"work": "[WorkItem!]!", "decisions": "[RoutingDecision!]!", "now": "RoutingChoice"},
        "Everything that was decided about a record; `now` while it waits.",
    ),
    ActionInput(
        "RosterShiftInput",
        {
            "account": "String!",
            "kind": "RosterShiftKind!",
            "queue": "String",
            "begins": "DateTime!",
            "ends": "DateTime!",
            "weeks": "Int",
            "note": "String",
        },
        "When somebody works, is away, or stands by; `account` is an id or an e-mail address. With `weeks` it is every"
        " week at the same time of the tenant's clocks, so many weeks, the first one counted.",
    ),
    ActionType(
        "RosterShift",
        {
            "id": "ID!",
            "account": "ID!",
            "kind": "RosterShiftKind!",
            "queue": "String",
            "begins": "DateTime!",
            "ends": "DateTime!",
            "note": "String",
        },
        "When somebody works, is away, or stands by.",
    ),
)

_ONE = {"id": "ID!"}
_ONE_WHY = {"id": "ID!", "reason": "String"}


def _query(name: str, arguments: Mapping[str, str], result: str, help_: str, perform: Perform) -> Action:
    return Action(name, "query", arguments, result, help_, Routing, perform)


def _mutation(name: str, arguments: Mapping[str, str], result: str, help_: str, perform: Perform) -> Action:
    return Action(name, "mutation", arguments, result, help_, Routing, perform)


def _keeping(name: str, arguments: Mapping[str, str], result: str, help_: str, perform: Perform) -> Action:
    return Action(name, "mutation", arguments, result, help_, Routing, perform, _configures)


ROUTING_ACTIONS = ActionSet(
    (
        _query("myWork", {}, "MyWork!", "What one has or is offered.", lambda own, *run: own.looking.my_work(*run)),
        _query(
            "queueState",
            {"queue": "String!"},
            "QueueState!",
            "A queue as it stands, for those who work it.",
            lambda own, *run: own.looking.queue_state(*run),
        ),
        _query(
            "queuedWork",
            {"queue": "String!", "first": "Int"},
            "[WorkItem!]!",
            "What waits in a queue, in the order it is served.",
            lambda own, *run: own.looking.waiting(*run),
        ),
        _query(
            "explainRouting",
            {"object": "String!", "record": "ID!"},
            "RoutingExplanation!",
            "What was decided about a record, and why.",
            lambda own, *run: own.looking.explain(*run),
        ),
        _query(
            "simulateRouting",
            {"queue": "String!", "record": "ID!"},
            "RoutingChoice!",
            "Whom a queue would choose for a record now; nothing is changed.",
            lambda own, *run: own.looking.simulate(*run),
        ),
        _query(
            "roster",
            {"account": "ID", "since": "DateTime", "until": "DateTime"},
            "[RosterShift!]!",
            "One's own shifts; everybody's for those who may configure queues.",
            lambda own, *run: own.roster.shifts(*run),
        ),
        _mutation(
            "setPresence",
            {"presence": "AgentPresence!"},
            "AgentPresenceState!",
            "Say whether one is there; say it again before the queue's `heartbeat` is over.",
            lambda own, *run: own.roster.set_presence(*run),
        ),
        _mutation("claimWork", _ONE, "WorkItem!", "Take work that waits.", lambda own, *run: own.acting.claim(*run)),
        _mutation(
            "claimNext",
            {"queue": "String"},
            "WorkItem",
            "Take what is to be served first; null when nothing waits.",
            lambda own, *run: own.acting.claim_next(*run),
        ),
        _mutation(
            "acceptWork", _ONE, "WorkItem!", "Accept what is offered.", lambda own, *run: own.acting.accept(*run)
        ),
        _mutation(
            "declineWork",
            _ONE_WHY,
            "Boolean!",
            "Decline what is offered; it goes to the next.",
            lambda own, *run: own.acting.decline(*run),
        ),
        _mutation(
            "releaseWork",
            _ONE_WHY,
            "Boolean!",
            "Give back what one has; it keeps its age.",
            lambda own, *run: own.acting.release(*run),
        ),
        _mutation(
            "completeWork",
            _ONE,
            "Boolean!",
            "It is done; the capacity is free for the next.",
            lambda own, *run: own.acting.complete(*run),
        ),
        _mutation(
            "transferWork",
            {"id": "ID!", "to": "String", "queue": "String", "reason": "String"},
            "WorkItem!",
            "Hand work to somebody, or into another queue.",
            lambda own, *run: own.acting.transfer(*run),
        ),
        _mutation(
            "routeRecord",
            {"queue": "String!", "record": "ID!"},
            "WorkItem!",
            "Put a record into a queue by hand.",
            lambda own, *run: own.acting.put(*run),
        ),
        _keeping(
            "addShifts",
            {"shifts": "[RosterShiftInput!]!"},
            "[RosterShift!]!",
            "When people work, are away, or stand by; all or none.",
            lambda own, *run: own.roster.add_shifts(*run),
        ),
        _keeping(
            "removeShift", _ONE, "Boolean!", "Take a shift back.", lambda own, *run: own.roster.remove_shift(*run)
        ),
    ),
    _TYPES,
)
