"""What is offered about the organisation."""

from __future__ import annotations

from server.access.plan import AccessPlan
from server.access.plan import Action as Right
from server.actions import Action, ActionSet, ActionType
from server.organisation.transfers import Transfers

__all__ = ["ORGANISATION_ACTIONS"]


def _writes_posts(plan: AccessPlan) -> bool:
    return plan.rows("post", Right.UPDATE) is not None


ORGANISATION_ACTIONS = ActionSet(
    (
        Action(
            "transferPost",
            "mutation",
            {"from": "ID!", "to": "ID", "posts": "[ID!]", "records": "[String!]"},
            "PostTransfer!",
            "Hand posts of one user to another, or leave them vacant: all that are held, or those named; and the "
            "records of object types that they own. All or nothing; who gives up a post loses its roles, and grants.",
            Transfers,
            Transfers.transfer,
            offered=_writes_posts,
        ),
    ),
    (
        ActionType("PostTransfer", {"posts": "[ID!]!", "records": "[TransferredRecords!]!"}, "What was handed over."),
        ActionType(
            "TransferredRecords",
            {"object": "String!", "count": "Int!", "kept": "[ID!]!", "moreKept": "Boolean!"},
            "Records of one object type that belong to the other user now; `kept` are those you see and may not hand"
            " over, the first thousand, and `moreKept` says that there are more.",
        ),
    ),
)
