"""What is offered about prices: quotes, explanations, checks, publishing, simulations."""

from __future__ import annotations

from collections.abc import Mapping

from server.access.plan import AccessPlan
from server.actions import Action, ActionEnum, ActionInput, ActionSet, ActionType, Perform
from server.pricing.months import Months
from server.pricing.proposing import PROPOSAL_ACTIONS, PROPOSAL_TYPES
from server.pricing.service import Pricing
from server.pricing.settling import Settling
from server.pricing.statement_actions import STATEMENT_ACTIONS, STATEMENT_TYPES

__all__ = ["PRICING_ACTIONS"]


def _configures(plan: AccessPlan) -> bool:
    return plan.may_configure_kind("price_plan")


def _query(
    name: str,
    arguments: Mapping[str, str],
    result: str,
    help_text: str,
    perform: Perform,
    *,
    engine: type = Pricing,
    configures: bool = False,
) -> Action:
    if configures:
        return Action(name, "query", arguments, result, help_text, engine, perform, _configures)
    return Action(name, "query", arguments, result, help_text, engine, perform)


def _change(name: str, arguments: Mapping[str, str], result: str, help_text: str, perform: Perform) -> Action:
    return Action(name, "mutation", arguments, result, help_text, Settling, perform, _configures)


_ASKED = {
    "plan": "String!",
    "record": "ID",
    "facts": "PriceFacts",
    "at": "DateTime",
    "version": "Int",
    "draft": "Boolean",
}

_TYPES = (
    ActionInput(
        "PriceFacts",
        {
            "party": "String",
            "contract": "String",
            "quantity": "Decimal",
            "cost": "Decimal",
            "bases": "JSON",
            "clocks": "JSON",
            "dimensions": "JSON",
            "components": "[String!]",
            "payees": "JSON",
            "amounts": "JSON",
        },
        "What happened, in place of a record: amounts in the plan's currency as text, mappings by the plan's names.",
    ),
    ActionType(
        "PricePart",
        {
            "label": "String!",
            "of": "String!",
            "tier": "String",
            "quantity": "String",
            "rate": "String",
            "amount": "String!",
        },
        "One step of how an amount came about; the amount is exact, before rounding.",
    ),
    ActionType("PriceCut", {"guard": "String!", "amount": "Decimal!"}, "What a guard has cut."),
    ActionType("PriceShare", {"payee": "String!", "percent": "Decimal!", "amount": "Decimal!"}, "What a payee gets."),
    ActionType("PriceCandidate", {"rate": "String!", "lost": "String"}, "A rate that was looked at, and why it lost."),
    ActionType(
        "PriceTransition",
        {"rate": "String!", "before": "Int!", "after": "Int!", "switch": "String!", "difference": "Decimal!"},
        "A tier was reached or left; tiers count from 1.",
    ),
    ActionType(
        "PriceLine",
        {
            "component": "String!",
            "kind": "String!",
            "amount": "Decimal!",
            "rate": "String",
            "lost": "String",
            "window": "String",
            "party": "String",
            "base": "Decimal!",
            "totalBefore": "String",
            "totalAfter": "String",
            "parts": "[PricePart!]!",
            "cuts": "[PriceCut!]!",
            "shares": "[PriceShare!]!",
            "candidates": "[PriceCandidate!]!",
            "transition": "PriceTransition",
        },
        "What one component comes to; the parts less the cuts sum to the amount.",
    ),
    ActionType(
        "PriceQuote",
        {
            "plan": "String!",
            "version": "Int",
            "key": "String!",
            "currency": "String!",
            "revenue": "Decimal!",
            "discount": "Decimal!",
            "payout": "Decimal!",
            "cost": "Decimal!",
            "margin": "Decimal!",
            "total": "Decimal!",
            "breaches": "[String!]!",
            "blocked": "Boolean!",
            "lines": "[PriceLine!]!",
        },
        "What something comes to; `total` is the revenue less discounts, `margin` what remains after all.",
    ),
    ActionType(
        "PriceFinding",
        {"refused": "Boolean!", "reason": "String!", "message": "String!", "hint": "String!", "path": "JSON!"},
        "What keeps a price plan from being published, or what its author should know.",
    ),
    ActionType(
        "PriceVersion",
        {
            "plan": "String!",
            "number": "Int!",
            "note": "String!",
            "validFrom": "DateTime!",
            "publishedAt": "DateTime!",
            "publishedBy": "ID",
            "definition": "JSON!",
        },
        "A price plan as it was published; it never changes.",
    ),
    ActionType(
        "PriceFigures",
        {"revenue": "Decimal!", "discount": "Decimal!", "payout": "Decimal!", "cost": "Decimal!", "margin": "Decimal!"},
        "Totals.",
    ),
    ActionType(
        "PriceBreach", {"guard": "String!", "outcome": "String!", "count": "Int!"}, "How often a limit is passed."
    ),
    ActionType("PricePayee", {"payee": "String!", "difference": "Decimal!"}, "What a payee gets more, or less."),
    ActionType(
        "PriceSimulated",
        {"record": "ID!", "difference": "Decimal!", "before": "Decimal", "after": "Decimal", "quote": "PriceQuote"},
        "One record: its margin under both, and what the new one comes to.",
    ),
    ActionType(
        "PriceSimulation",
        {
            "events": "Int!",
            "skipped": "JSON!",
            "currency": "String!",
            "before": "PriceFigures!",
            "after": "PriceFigures!",
            "loss": "Decimal!",
            "breaches": "[PriceBreach!]!",
            "payees": "[PricePayee!]!",
            "records": "[PriceSimulated!]!",
        },
        "Past records under a plan beside the one in force: those that lose most come first.",
    ),
)

_LEDGER_TYPES = (
    ActionType(
        "PriceDifference",
        {
            "component": "String!",
            "party": "String!",
            "window": "String!",
            "payee": "String!",
            "wanted": "Decimal!",
            "booked": "Decimal!",
        },
        "What is booked for a payee under a component in a window, and what it has to be.",
    ),
    ActionType(
        "PriceEntry",
        {"component": "String!", "window": "String!", "account": "String!", "payee": "String", "amount": "Decimal!"},
        "One entry of the ledger: debit above 0, credit below; without a payee it is our own account.",
    ),
    ActionType(
        "PriceBooking",
        {
            "id": "ID!",
            "plan": "String!",
            "key": "String!",
            "kind": "String!",
            "record": "ID",
            "reverses": "ID",
            "version": "Int!",
            "currency": "String!",
            "effectiveAt": "DateTime!",
            "period": "Date!",
            "originalPeriod": "Date!",
            "note": "String!",
            "bookedAt": "DateTime!",
            "hash": "String!",
            "quote": "PriceQuote",
            "entries": "[PriceEntry!]!",
        },
        "Something that was booked, with how it came about; it never changes.",
    ),
    ActionType(
        "PriceBalance",
        {
            "account": "String!",
            "payee": "String",
            "component": "String!",
            "currency": "String!",
            "amount": "Decimal!",
            "entries": "Int!",
        },
        "What an account comes to: debit above 0, credit below; what is due to a payee is a credit.",
    ),
    ActionType(
        "PriceRun",
        {"settled": "Int!", "known": "Int!", "refused": "JSON!", "left": "Int!"},
        "What a run has booked, what was booked before, what is refused by its reason, and what is left.",
    ),
    ActionType(
        "PriceClosed",
        {
            "plan": "String!",
            "period": "Date!",
            "revision": "Int!",
            "madeUp": "Int!",
            "balances": "[PriceBalance!]!",
        },
        "A month that was closed, and what it came to.",
    ),
    ActionEnum(
        "PriceClosingState",
        {
            "CLOSED": "Nothing is booked into it.",
            "REOPENING_ASKED": "The same; somebody has asked to open it again.",
            "REOPENED": "It was opened again; the next revision may be closed.",
        },
        "Where a revision of a month stands.",
    ),
    ActionType(
        "PriceClosing",
        {
            "plan": "String!",
            "period": "Date!",
            "revision": "Int!",
            "state": "PriceClosingState!",
            "reason": "String!",
            "closedAt": "DateTime!",
            "closedBy": "ID",
            "reopenReason": "String!",
            "askedAt": "DateTime",
            "askedBy": "ID",
            "reopenedAt": "DateTime",
            "reopenedBy": "ID",
        },
        "A month as it was closed once, and how it came to be opened again.",
    ),
)

PRICING_ACTIONS = ActionSet(
    (
        _query(
            "priceOf", _ASKED, "PriceQuote!", "What a record, or given facts, would come to, and why.", Pricing.price_of
        ),
        _query("explainPrice", _ASKED, "[String!]!", "The same in words, line by line.", Pricing.explain),
        _query(
            "lintPricePlan",
            {"plan": "String!"},
            "[PriceFinding!]!",
            "What keeps a draft from being published, and what its author should know.",
            Pricing.lint,
            configures=True,
        ),
        _query(
            "pricePlanVersions",
            {"plan": "String!"},
            "[PriceVersion!]!",
            "What was published of a price plan, newest first.",
            Pricing.versions,
            configures=True,
        ),
        _query(
            "simulatePlan",
            {
                "plan": "String!",
                "from": "DateTime!",
                "to": "DateTime!",
                "version": "Int",
                "against": "Int",
                "first": "Int",
            },
            "PriceSimulation!",
            "The draft or a version over past records, beside the newest version or another one; changes nothing.",
            Pricing.simulate,
            configures=True,
        ),
        *PROPOSAL_ACTIONS,
        _query(
            "explainSettlement",
            {"plan": "String!", "record": "ID!"},
            "[PriceBooking!]!",
            "Everything that was booked of a record, with how it came about.",
            Settling.explain,
            engine=Settling,
        ),
        _query(
            "settlementBalances",
            {"plan": "String!", "period": "Date", "payee": "String", "revision": "Int"},
            "[PriceBalance!]!",
            "What is due to whom, by component; of a month, as it was when a revision of it was closed, or of all.",
            Settling.balances,
            engine=Settling,
            configures=True,
        ),
        _query(
            "settlementBlockers",
            {"plan": "String!", "period": "Date!"},
            "[PriceBlocker!]!",
            "What keeps a month of a plan from being closed.",
            Months.blockers,
            engine=Months,
            configures=True,
        ),
        _query(
            "settlementDifferences",
            {"plan": "String!", "party": "String"},
            "[PriceDifference!]!",
            "Where the ledger is not what its sales, less their refunds, come to when all are rated anew: none.",
            Settling.differences,
            engine=Settling,
            configures=True,
        ),
        Action(
            "settle",
            "mutation",
            {"plan": "String!", "record": "ID!"},
            "PriceBooking!",
            "Book a record under the version that was in force when it happened; once, however often it is asked.",
            Settling,
            Settling.settle,
            apart=Settling.settle_apart,
        ),
        _change(
            "settlePeriod",
            {"plan": "String!", "from": "DateTime!", "to": "DateTime!", "first": "Int"},
            "PriceRun!",
            "Book the records of a span of time, in their order; what is booked stays, so it can be asked again.",
            Settling.settle_period,
        ),
        _change(
            "refundSettlement",
            {"plan": "String!", "of": "String!", "key": "String!", "amount": "Decimal", "reason": "String"},
            "PriceBooking!",
            "Take back what was booked with the key `of`, or an amount of its revenue, as it was recorded.",
            Settling.refund,
        ),
        _change(
            "adjustSettlement",
            {
                "plan": "String!",
                "component": "String!",
                "payee": "String!",
                "amount": "Decimal!",
                "reason": "String!",
                "key": "String!",
            },
            "PriceBooking!",
            "Book an amount by hand, with its reason.",
            Settling.adjust,
        ),
        Action(
            "closePeriod",
            "mutation",
            {"plan": "String!", "period": "Date!", "reason": "String!", "despite": "String"},
            "PriceClosed!",
            "Close a month of a plan; what comes for it later is booked in an open one.",
            Months,
            Months.close,
            _configures,
        ),
        _query(
            "periodClosings",
            {"plan": "String!", "period": "Date"},
            "[PriceClosing!]!",
            "Revisions of a month of a plan, or of all its months, newest first.",
            Months.closings,
            engine=Months,
            configures=True,
        ),
        Action(
            "askToReopen",
            "mutation",
            {"plan": "String!", "period": "Date!", "reason": "String!"},
            "PriceClosing!",
            "Ask that a closed month be opened again; somebody else decides.",
            Months,
            Months.ask,
            _configures,
        ),
        Action(
            "decideReopening",
            "mutation",
            {"plan": "String!", "period": "Date!", "approve": "Boolean!"},
            "PriceClosing!",
            "Open a closed month again as somebody else has asked, or leave it closed; what it came to stays readable.",
            Months,
            Months.decide,
            _configures,
        ),
        *STATEMENT_ACTIONS,
    ),
    (*_TYPES, *PROPOSAL_TYPES, *_LEDGER_TYPES, *STATEMENT_TYPES),
)
