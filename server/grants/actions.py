"""What is offered about grants: giving, asking, deciding, ending, listing."""

from __future__ import annotations

from server.actions import Action, ActionEnum, ActionInput, ActionSet, ActionType
from server.grants.giving import Grants
from server.grants.unmasking import Unmasking

__all__ = ["GRANT_ACTIONS"]

_UNMASK_TYPES = (
    ActionEnum(
        "UnmaskState",
        {
            "REQUESTED": "It waits for a decision.",
            "OPEN": "`unmask` answers.",
            "REFUSED": "It was refused.",
            "OUT_OF_TIME": "Its hours are over.",
            "USED_UP": "Its views are used up.",
            "ENDED": "Somebody ended it early.",
        },
        "Where a request stands.",
    ),
    ActionType(
        "UnmaskRequest",
        {
            "id": "ID!",
            "user": "ID!",
            "object": "String!",
            "records": "[ID!]!",
            "fields": "[String!]!",
            "reason": "String!",
            "hours": "Int!",
            "views": "Int!",
            "viewsUsed": "Int!",
            "breakGlass": "Boolean!",
            "state": "UnmaskState!",
            "requestedAt": "DateTime!",
            "decidedAt": "DateTime",
            "decidedBy": "ID",
            "validUntil": "DateTime",
        },
        "That somebody asked to see masked fields of some records plainly.",
    ),
    ActionType(
        "UnmaskedRecord",
        {"request": "ID!", "record": "ID!", "values": "JSON!", "viewsLeft": "Int!", "validUntil": "DateTime!"},
        "The plain values of one record, by field.",
    ),
    ActionInput(
        "UnmaskInput",
        {
            "object": "String!",
            "records": "[ID!]!",
            "fields": "[String!]!",
            "reason": "String!",
            "hours": "Int",
            "views": "Int",
        },
        "What is to be seen plainly, for how many hours after approval, and how often.",
    ),
)

_UNMASK_ACTIONS = (
    Action(
        "unmaskRequests",
        "query",
        {"waiting": "Boolean", "first": "Int", "after": "ID"},
        "[UnmaskRequest!]!",
        "Requests of one's own and those one decided, newest first; with `waiting`, those that wait for you.",
        Unmasking,
        Unmasking.listed,
    ),
    Action(
        "requestUnmask",
        "mutation",
        {"input": "UnmaskInput!"},
        "UnmaskRequest!",
        "Ask to see masked fields plainly.",
        Unmasking,
        Unmasking.ask,
    ),
    Action(
        "decideUnmask",
        "mutation",
        {"request": "ID!", "approve": "Boolean!", "hours": "Int", "minutes": "Int", "views": "Int"},
        "UnmaskRequest!",
        "Approve somebody else's request, perhaps for less, or refuse it.",
        Unmasking,
        Unmasking.decide,
    ),
    Action(
        "unmask",
        "mutation",
        {"request": "ID!", "record": "ID!"},
        "UnmaskedRecord!",
        "See one record plainly; spends one view, which is logged first.",
        Unmasking,
        Unmasking.view,
    ),
    Action(
        "endUnmask",
        "mutation",
        {"request": "ID!"},
        "UnmaskRequest!",
        "End a request early.",
        Unmasking,
        Unmasking.end,
    ),
    Action(
        "breakGlass",
        "mutation",
        {"input": "UnmaskInput!"},
        "UnmaskRequest!",
        "See masked fields plainly in an emergency, without approval and loudly.",
        Unmasking,
        Unmasking.break_glass,
    ),
)

_TYPES = (
    ActionEnum(
        "AccessGrantState",
        {
            "REQUESTED": "It waits for a decision.",
            "HOLDS": "It holds now, unless what it ends with is closed.",
            "OUT_OF_TIME": "Its time has not begun, or is over.",
            "REVOKED": "Somebody ended it.",
            "REFUSED": "It was asked for and refused.",
            "CLOSED": "What it ended with is closed.",
            "TRANSFER": "The user left the post.",
        },
        "Where a grant stands.",
    ),
    ActionType(
        "AccessGrant",
        {
            "id": "ID!",
            "batch": "ID!",
            "user": "ID!",
            "object": "String!",
            "record": "ID",
            "condition": "String",
            "actions": "[String!]!",
            "fields": "[String!]!",
            "validFrom": "DateTime!",
            "validUntil": "DateTime",
            "untilClosed": "AccessGrantClosing",
            "reason": "String!",
            "requestedBy": "ID",
            "approvedBy": "ID",
            "approvedAt": "DateTime",
            "revokedAt": "DateTime",
            "revokedBy": "ID",
            "state": "AccessGrantState!",
        },
        "Rights on one record, or on those that meet a condition, given to one user for a time.",
    ),
    ActionType(
        "AccessGrantClosing",
        {"object": "String!", "record": "ID!", "condition": "String!"},
        "What a grant ends with: a record, and what closed means of it.",
    ),
    ActionInput(
        "AccessGrantInput",
        {
            "user": "ID",
            "object": "String!",
            "records": "[ID!]",
            "condition": "String",
            "actions": "[String!]",
            "fields": "[String!]",
            "validFrom": "DateTime",
            "validUntil": "DateTime",
            "untilClosed": "AccessGrantClosingInput",
            "reason": "String!",
        },
        "Rights to be given. Without `actions` reading alone; without `fields` those that the giver reads plainly.",
    ),
    ActionInput(
        "AccessGrantClosingInput",
        {"object": "String!", "record": "ID!", "condition": "String!"},
        'What the grant ends with: `{object: "project", record: …, condition: "stage == \'done\'"}`.',
    ),
)

GRANT_ACTIONS = ActionSet(
    (
        Action(
            "accessGrants",
            "query",
            {
                "user": "ID",
                "object": "String",
                "record": "ID",
                "holding": "Boolean",
                "first": "Int",
                "after": "ID",
            },
            "[AccessGrant!]!",
            "Grants, newest first: one's own and those one gave; all for whoever may change policies.",
            Grants,
            Grants.listed,
        ),
        Action(
            "accessRequests",
            "query",
            {},
            "[AccessGrant!]!",
            "Grants that were asked for and wait for a decision that you may make.",
            Grants,
            Grants.pending,
        ),
        Action(
            "grantAccess",
            "mutation",
            {"input": "AccessGrantInput!"},
            "[AccessGrant!]!",
            "Give rights on records to a user for a time; you must have them, and the right to approve.",
            Grants,
            Grants.give,
        ),
        Action(
            "requestAccess",
            "mutation",
            {"input": "AccessGrantInput!"},
            "[AccessGrant!]!",
            "Ask for rights on records for a time.",
            Grants,
            Grants.ask,
        ),
        Action(
            "decideAccess",
            "mutation",
            {"batch": "ID!", "approve": "Boolean!"},
            "[AccessGrant!]!",
            "Approve rights that somebody else asked for, or refuse them.",
            Grants,
            Grants.decide,
        ),
        Action(
            "revokeGrant",
            "mutation",
            {"id": "ID", "batch": "ID"},
            "[AccessGrant!]!",
            "End a grant now, or all that one call gave.",
            Grants,
            Grants.revoke,
        ),
        *_UNMASK_ACTIONS,
    ),
    (*_TYPES, *_UNMASK_TYPES),
)
