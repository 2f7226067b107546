"""What is offered about grants: giving, asking, deciding, ending, listing."""

from __future__ import annotations

from server.actions import Action, ActionEnum, ActionInput, ActionSet, ActionType
from server.grants.giving import Grants

__all__ = ["GRANT_ACTIONS"]

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
    ),
    _TYPES,
)
