"""What is offered about pages for customers."""

from __future__ import annotations

from server.actions import Action, ActionSet, ActionType
from server.progress.service import ProgressLinks

__all__ = ["PROGRESS_ACTIONS"]

_TYPES = (
    ActionType(
        "ProgressLink",
        {
            "id": "ID!",
            "url": "String",
            "instance": "ID!",
            "record": "ID!",
            "createdAt": "DateTime!",
            "expiresAt": "DateTime!",
            "revokedAt": "DateTime",
            "ratedAt": "DateTime",
            "rating": "Int",
        },
        "A link by which a customer follows a matter without an account. Whoever has the URL sees the page.",
    ),
)

PROGRESS_ACTIONS = ActionSet(
    (
        Action(
            "progressLink",
            "mutation",
            {"record": "ID!", "flow": "String", "days": "Int"},
            "ProgressLink!",
            "Make a link to the progress page of a record.",
            ProgressLinks,
            ProgressLinks.make,
        ),
        Action(
            "progressLinks",
            "query",
            {"record": "ID!"},
            "[ProgressLink!]!",
            "Links to the progress page of a record, newest first.",
            ProgressLinks,
            ProgressLinks.listed,
        ),
        Action(
            "revokeProgressLink",
            "mutation",
            {"id": "ID!"},
            "ProgressLink!",
            "End a link before its time.",
            ProgressLinks,
            ProgressLinks.revoke,
        ),
    ),
    _TYPES,
)
