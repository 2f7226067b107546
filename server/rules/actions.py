"""What is offered about rules: their kinds, versions and runs, publishing, firing, and trying again."""

from __future__ import annotations

from collections.abc import Mapping

from server.actions import Action, ActionEnum, ActionSet, ActionType, Perform
from server.rules.hooks import RuleHooks
from server.rules.service import Rules, configures

__all__ = ["RULE_ACTIONS"]


def _query(name: str, arguments: Mapping[str, str], result: str, help_text: str, perform: Perform) -> Action:
    return Action(name, "query", arguments, result, help_text, Rules, perform, configures)


def _act(name: str, arguments: Mapping[str, str], result: str, help_text: str, perform: Perform) -> Action:
    return Action(name, "mutation", arguments, result, help_text, Rules, perform, configures)


RULE_ACTIONS = ActionSet(
    (
        _query("ruleKinds", {}, "RuleKinds!", "Every trigger and action of rules, with its settings.", Rules.kinds),
        _query(
            "lintRule",
            {"rule": "String!"},
            "[RuleFault!]!",
            "Everything that keeps a rule's draft from being published, its test cases included.",
            Rules.lint,
        ),
        _query(
            "ruleVersions",
            {"rule": "String!"},
            "[RuleVersion!]!",
            "A rule as it was published, newest first.",
            Rules.versions,
        ),
        _query(
            "ruleRuns",
            {"rule": "String", "record": "ID", "outcome": "RuleOutcome", "first": "Int", "after": "ID"},
            "[RuleRun!]!",
            "What rules were considered for and what became of it, newest first.",
            Rules.runs,
        ),
        _query(
            "ruleConflicts",
            {"rule": "String"},
            "[RuleConflict!]!",
            "What a draft would do to the rules that count, or these to each other, with a record that shows it.",
            Rules.conflicts,
        ),
        _query(
            "tryRules",
            {
                "rules": "[String!]!",
                "events": "[ID!]",
                "record": "ID",
                "since": "DateTime",
                "last": "Int",
                "now": "DateTime",
            },
            "RuleTrial!",
            "Run drafts on past events and undo it: what would be done, how long it takes, what is lost.",
            Rules.try_out,
        ),
        _act(
            "publishRule",
            {"rule": "String!", "version": "Int", "note": "String", "override": "String"},
            "RuleVersion!",
            "Make a version of a rule's draft, or go back to an older one; it counts at once.",
            Rules.publish,
        ),
        _act("retireRule", {"rule": "String!"}, "Boolean!", "Let a rule count no more.", Rules.retire),
        Action(
            "fireRule",
            "mutation",
            {"rule": "String!", "record": "ID!"},
            "RuleRun!",
            "Ask for a rule that waits to be asked, for a record.",
            Rules,
            Rules.fire,
        ),
        Action(
            "createRuleSecret",
            "mutation",
            {"rule": "String!"},
            "RuleHook!",
            "A new secret for what another system sends to a rule; told once, the one before is taken for a day more.",
            RuleHooks,
            RuleHooks.make,
            configures,
        ),
        _act("retryRuleRun", {"run": "ID!"}, "RuleRun!", "Try again what failed.", Rules.retry),
    ),
    (
        ActionEnum(
            "RuleOutcome",
            {
                "FIRED": "It did what it says.",
                "NOT_MET": "Its condition was not met; `why` is the first part that was not.",
                "SKIPPED": "A guard kept it from acting.",
                "DEFERRED": "It waits for the end of quiet hours.",
                "FAILED": "It could not do what it says, and did nothing.",
            },
            "What became of a rule.",
        ),
        ActionType(
            "RuleHook", {"url": "String!", "secret": "String!"}, "Where messages to a rule go, and what signs them."
        ),
        ActionType(
            "RuleKind", {"key": "String!", "help": "String!", "settings": "JSON!"}, "A kind of trigger or action."
        ),
        ActionType("RuleKinds", {"triggers": "[RuleKind!]!", "actions": "[RuleKind!]!"}, "What rules are made of."),
        ActionType(
            "RuleFault",
            {"reason": "String!", "message": "String!", "hint": "String", "path": "JSON!"},
            "What is wrong with a rule, and where.",
        ),
        ActionType(
            "RuleVersion",
            {
                "number": "Int!",
                "current": "Boolean!",
                "note": "String!",
                "override": "String",
                "publishedAt": "DateTime!",
                "publishedBy": "ID",
                "definition": "JSON!",
            },
            "A rule as it was published; it never changes.",
        ),
        ActionType(
            "RuleConflict",
            {"kind": "String!", "rules": "[String!]!", "message": "String!", "witness": "JSON"},
            "What rules do to each other.",
        ),
        ActionType(
            "RuleVerdict",
            {
                "rule": "String!",
                "event": "ID",
                "record": "ID!",
                "at": "DateTime!",
                "outcome": "RuleOutcome!",
                "why": "String",
                "actions": "JSON!",
                "microseconds": "Int!",
            },
            "What became of a rule that was tried.",
        ),
        ActionType(
            "RuleTrial",
            {
                "considered": "Int!",
                "fired": "Int!",
                "verdicts": "[RuleVerdict!]!",
                "losses": "JSON!",
                "totalLoss": "Decimal!",
            },
            "What rules would have done.",
        ),
        ActionType(
            "RuleRun",
            {
                "id": "ID!",
                "rule": "String!",
                "number": "Int!",
                "event": "ID",
                "object": "String!",
                "record": "ID!",
                "at": "DateTime!",
                "outcome": "RuleOutcome!",
                "why": "String",
                "actions": "JSON!",
                "microseconds": "Int!",
                "depth": "Int!",
            },
            "A rule that was considered for a record.",
        ),
    ),
)
