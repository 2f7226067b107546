"""What is offered about promotion rules; they are declared on `/metadata`."""

from __future__ import annotations

from server.access.plan import AccessPlan
from server.actions import Action, ActionEnum, ActionSet, ActionType
from server.promotions.evaluating import Promotions

__all__ = ["PROMOTION_ACTIONS"]


def _may(access: AccessPlan) -> bool:
    return access.may_configure_kind("promotion")


_TYPES = (
    ActionEnum(
        "PromotionResult",
        {
            "PROMOTED": "The figure was reached often enough: the role is given.",
            "EXTENDED": "The figure was reached again: the role is held longer.",
            "HELD": "The role is held until its end.",
            "NOT_EARNED": "The figure was not reached often enough.",
            "EXCLUDED": "It was, but another role of the user excludes this one.",
            "ABOVE_AUTHOR": "It was, but the role is above the level of whoever wrote the rule.",
        },
        "What becomes of a user under a promotion rule.",
    ),
    ActionType("PromotionEvidence", {"period": "String!", "value": "Decimal", "met": "Boolean!"}, "One period."),
    ActionType(
        "PromotionOutcome",
        {
            "rule": "String!",
            "role": "String!",
            "user": "ID!",
            "userName": "String!",
            "outcome": "PromotionResult!",
            "until": "Date",
            "evidence": "[PromotionEvidence!]!",
        },
        "What becomes of one user, until when the role is held, and the figures, newest first.",
    ),
)

PROMOTION_ACTIONS = ActionSet(
    (
        Action(
            "promotionOutcomes",
            "query",
            {"rule": "String!"},
            "[PromotionOutcome!]!",
            "What a promotion rule would do now; nothing is changed.",
            Promotions,
            Promotions.trial,
            _may,
        ),
        Action(
            "evaluatePromotion",
            "mutation",
            {"rule": "String!"},
            "[PromotionOutcome!]!",
            "Evaluate a promotion rule now; it is done by itself within the hour after a period ends.",
            Promotions,
            Promotions.evaluate,
            _may,
        ),
    ),
    _TYPES,
)
