"""What is offered about whom the ledger belongs to: pools, statements, payouts, platforms' statements."""

from __future__ import annotations

from server.access.plan import AccessPlan
from server.actions import Action, ActionInput, ActionType
from server.pricing.statement_records import StatementRecords
from server.pricing.statements import Statements

__all__ = ["STATEMENT_ACTIONS", "STATEMENT_TYPES"]


def _configures(plan: AccessPlan) -> bool:
    return plan.may_configure_kind("price_plan")


STATEMENT_TYPES = (
    ActionType(
        "PriceBlocker",
        {"reason": "String!", "about": "String", "count": "Int!", "records": "[ID!]!"},
        "What keeps a month open: unassigned, unsettled, differences, open_statements, waiting, failed, frozen.",
    ),
    ActionType(
        "PricePool",
        {"holder": "String", "component": "String", "currency": "String!", "amount": "Decimal!", "bookings": "Int!"},
        "What belongs to a holder under a component; without a component the turnover, without a holder unassigned.",
    ),
    ActionType(
        "StatementLine",
        {
            "key": "String!",
            "kind": "String!",
            "record": "ID",
            "effectiveAt": "DateTime!",
            "period": "Date!",
            "originalPeriod": "Date!",
            "component": "String",
            "amount": "Decimal!",
            "percent": "String!",
            "role": "String",
            "rule": "String",
            "marks": "JSON!",
        },
        "A line of a statement: as what it belongs there, by which rule, and its dimensions, such as the channel.",
    ),
    ActionType(
        "SettlementStatement",
        {
            "plan": "String!",
            "by": "String!",
            "holder": "String",
            "totals": "[PricePool!]!",
            "lines": "[StatementLine!]!",
        },
        "Everything that belongs to one holder in a month or on a day, and what it comes to.",
    ),
    ActionType("AttributionRun", {"looked": "Int!", "changed": "Int!"}, "How many bookings belong to others now."),
    ActionType(
        "StatementRun",
        {"written": "Int!", "replaced": "Int!", "revised": "Int!", "same": "Int!"},
        "What a run has done: new statements, new figures in old ones, revisions of those handed in, and nothing new.",
    ),
    ActionType(
        "PricePayout",
        {
            "plan": "String!",
            "payee": "String!",
            "key": "String!",
            "currency": "String!",
            "paid": "Decimal!",
            "left": "Decimal!",
        },
        "What was paid, and what is still due; below 0 where the payee has had too much.",
    ),
    ActionInput("PlatformOrder", {"order": "String!", "amount": "Decimal!"}, "A line of a platform's statement."),
    ActionInput("MarkFilter", {"dimension": "String!", "value": "String!"}, "Orders with a mark: channel, live."),
    ActionType(
        "PlatformDifference",
        {"order": "String!", "state": "String!", "ours": "Decimal", "theirs": "Decimal"},
        "An order in suspense: DIFFERENT, MISSING_HERE or MISSING_THERE.",
    ),
    ActionType(
        "PlatformReconciliation",
        {
            "matched": "Int!",
            "different": "Int!",
            "missingHere": "Int!",
            "missingThere": "Int!",
            "currency": "String!",
            "suspense": "Decimal!",
            "differences": "[PlatformDifference!]!",
        },
        "A platform's statement beside what was booked; suspense is theirs less ours of what does not match.",
    ),
)

_SPAN = {"plan": "String!", "by": "String!", "period": "Date", "day": "Date", "revision": "Int"}

STATEMENT_ACTIONS = (
    Action(
        "settlementPools",
        "query",
        _SPAN,
        "[PricePool!]!",
        "What each holder's pool comes to in a month, or a revision of it, or on a day, and what is unassigned.",
        Statements,
        Statements.pools,
        _configures,
    ),
    Action(
        "settlementStatement",
        "query",
        {**_SPAN, "holder": "String", "first": "Int"},
        "SettlementStatement!",
        "The lines of one holder, now or as a revision of the month has them; without a holder what is unassigned.",
        Statements,
        Statements.statement,
        _configures,
    ),
    Action(
        "reconcileSettlement",
        "query",
        {
            "plan": "String!",
            "source": "String!",
            "period": "Date!",
            "orderBy": "String",
            "tolerance": "Decimal",
            "only": "MarkFilter",
        },
        "PlatformReconciliation!",
        "Orders as they are booked beside a platform's statement, matched by the dimension that holds their number.",
        Statements,
        Statements.reconcile,
        _configures,
    ),
    Action(
        "attributeAgain",
        "mutation",
        {"plan": "String!", "period": "Date!"},
        "AttributionRun!",
        "Run the newest rules of attribution over what is booked in a month that is open.",
        Statements,
        Statements.attribute,
        _configures,
    ),
    Action(
        "writeStatements",
        "mutation",
        {"plan": "String!", "day": "Date!"},
        "StatementRun!",
        "Write the statements of a day, and of its month, as records; again it replaces, or revises what is handed in.",
        StatementRecords,
        StatementRecords.write,
        _configures,
    ),
    Action(
        "payOut",
        "mutation",
        {"plan": "String!", "payee": "String!", "key": "String!", "amount": "Decimal", "note": "String"},
        "PricePayout!",
        "Record that a payee was paid what is due, or a part of it; what they had too much before is netted.",
        Statements,
        Statements.pay,
        _configures,
    ),
    Action(
        "importPlatformStatement",
        "mutation",
        {"plan": "String!", "source": "String!", "period": "Date!", "lines": "[PlatformOrder!]!"},
        "Int!",
        "Take in what a platform says of its orders in a month; sent again it replaces.",
        Statements,
        Statements.take,
        _configures,
    ),
)
