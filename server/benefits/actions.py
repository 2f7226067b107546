"""What is offered about benefits."""

from __future__ import annotations

from collections.abc import Mapping

from server.actions import Action, ActionEnum, ActionSet, ActionType, Perform
from server.benefits.service import Benefits

__all__ = ["BENEFIT_ACTIONS"]


def _query(name: str, arguments: Mapping[str, str], result: str, help_text: str, perform: Perform) -> Action:
    return Action(name, "query", arguments, result, help_text, Benefits, perform)


def _act(name: str, arguments: Mapping[str, str], result: str, help_text: str, perform: Perform) -> Action:
    return Action(name, "mutation", arguments, result, help_text, Benefits, perform)


_MOVED = {"benefit": "String!", "record": "ID!", "key": "String!", "reference": "String", "reason": "String"}
_HELD = {"benefit": "String!", "record": "ID!"}

BENEFIT_ACTIONS = ActionSet(
    (
        _query("benefitAccount", _HELD, "BenefitAccount!", "What a record has of points or stored value.",
               Benefits.account),
        _query("benefitLines", {**_HELD, "first": "Int", "after": "ID"}, "[BenefitLine!]!",
               "Every movement of a benefit of a record, newest first.", Benefits.lines),
        _query("benefitCoupons", {"record": "ID!", "benefit": "String", "state": "BenefitCouponState"},
               "[BenefitCoupon!]!", "Coupons of a record, newest first.", Benefits.coupons),
        _query("benefitFigures", {"benefit": "String!", "since": "DateTime", "until": "DateTime"}, "BenefitFigures!",
               "What was given of a benefit, to how many, and how many used it.", Benefits.figures),
        _act("giveBenefit", {**_MOVED, "amount": "Decimal"}, "BenefitLine!",
             "Give a record points, stored value or a coupon; once for each key.", Benefits.give),
        _act("spendBenefit", {**_MOVED, "amount": "Decimal!"}, "BenefitLine!",
             "Use points or stored value; never more than there is.", Benefits.spend),
        _act("undoBenefit", {"benefit": "String!", "key": "String!", "reason": "String"}, "BenefitLine!",
             "Take back what was given, or give back what was used, once.", Benefits.undo),
        _act("reserveCoupon", {"code": "String!", "reference": "String!", "minutes": "Int"}, "BenefitCoupon!",
             "Keep a coupon for something that is being paid.", Benefits.reserve),
        _act("releaseCoupon", {"code": "String!", "reference": "String!"}, "BenefitCoupon!",
             "Keep it no longer.", Benefits.release),
        _act("redeemCoupon", {"code": "String!", "reference": "String!"}, "BenefitCoupon!",
             "Use a coupon, once.", Benefits.redeem),
    ),
    (
        ActionEnum(
            "BenefitAct",
            {
                "GIVE": "It was given.", "SPEND": "It was used.", "LAPSE": "Its time was over.",
                "TAKE_BACK": "What was given was taken back.", "GIVE_BACK": "What was used was given back.",
                "RESERVE": "It is kept for something.", "RELEASE": "It is kept no longer.",
            },
            "What happened to a benefit.",
        ),
        ActionEnum(
            "BenefitCouponState",
            {
                "OPEN": "It may be used.", "RESERVED": "It is kept for something.", "USED": "It was used.",
                "LAPSED": "Its time is over.", "REVOKED": "It was taken back.",
            },
            "Where a coupon stands.",
        ),
        ActionType(
            "BenefitCoupon",
            {
                "id": "ID!", "benefit": "String!", "record": "ID!", "code": "String!", "state": "BenefitCouponState!",
                "value": "Decimal!", "issuedAt": "DateTime!", "beginsAt": "DateTime!", "expiresAt": "DateTime",
                "reservedUntil": "DateTime", "reference": "String", "endedAt": "DateTime",
            },
            "A coupon that a record has or had.",
        ),
        ActionType(
            "BenefitLine",
            {
                "id": "ID!", "benefit": "String!", "record": "ID!", "key": "String!", "act": "BenefitAct!",
                "amount": "Decimal!", "balance": "Decimal!", "reference": "String", "reason": "String", "by": "String!",
                "at": "DateTime!", "expiresAt": "DateTime", "coupon": "BenefitCoupon",
            },
            "A movement of a benefit; it never changes.",
        ),
        ActionType("BenefitLapse", {"at": "DateTime!", "amount": "Decimal!"}, "What will lapse, and when."),
        ActionType(
            "BenefitAccount",
            {"balance": "Decimal!", "level": "String", "levelUntil": "DateTime", "lapsing": "[BenefitLapse!]!"},
            "What a record has of a benefit that is counted.",
        ),
        ActionType(
            "BenefitFigures",
            {
                "given": "Decimal!", "used": "Decimal!", "lapsed": "Decimal!", "takenBack": "Decimal!",
                "givenBack": "Decimal!", "holders": "Int!", "users": "Int!", "usedShare": "Decimal!",
                "budgetLeft": "Decimal",
            },
            "What came of a benefit: `users` of its `holders` have used it.",
        ),
    ),
)  # fmt: skip
