"""What engines offer by name, as root fields and types: put together once, equal in every tenant's schema."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from graphql import (
    GraphQLEnumType,
    GraphQLEnumValue,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLNamedType,
    GraphQLObjectType,
)

from server.access.plan import AccessPlan
from server.actions import Action, ActionEnum, ActionInput, ActionSet, ActionType
from server.benefits.actions import BENEFIT_ACTIONS
from server.classifiers.actions import CLASSIFIER_ACTIONS
from server.events.actions import EVENT_ACTIONS
from server.exports.actions import EXPORT_ACTIONS
from server.flows.actions import FLOW_ACTIONS
from server.flows.management_actions import FLOW_MANAGEMENT_ACTIONS
from server.forms.actions import FORM_ACTIONS
from server.grants.actions import GRANT_ACTIONS
from server.graphql.schema.scalars import SHARED_TYPES, type_reference
from server.graphql.schema.scope import DATA_INPUT
from server.notifications.actions import NOTIFICATION_ACTIONS
from server.organisation.actions import ORGANISATION_ACTIONS
from server.outreach.actions import OUTREACH_ACTIONS
from server.pool.actions import POOL_ACTIONS
from server.pricing.actions import PRICING_ACTIONS
from server.pricing.figures import FIGURE_ACTIONS
from server.progress.actions import PROGRESS_ACTIONS
from server.promotions.actions import PROMOTION_ACTIONS
from server.review.actions import REVIEW_ACTIONS
from server.routing.actions import ROUTING_ACTIONS
from server.rules.actions import RULE_ACTIONS
from server.segments.actions import SEGMENT_ACTIONS
from server.sla.actions import SLA_ACTIONS
from server.stock.actions import STOCK_ACTIONS
from server.tags.actions import TAG_ACTIONS

__all__ = ["ACTION_SETS", "ACTION_TYPES", "action_named", "actions_offered"]

ACTION_SETS: tuple[ActionSet, ...] = (
    EVENT_ACTIONS,
    GRANT_ACTIONS,
    EXPORT_ACTIONS,
    PROMOTION_ACTIONS,
    REVIEW_ACTIONS,
    FLOW_ACTIONS,
    FORM_ACTIONS,
    FLOW_MANAGEMENT_ACTIONS,
    SLA_ACTIONS,
    PRICING_ACTIONS,
    FIGURE_ACTIONS,
    ROUTING_ACTIONS,
    NOTIFICATION_ACTIONS,
    RULE_ACTIONS,
    POOL_ACTIONS,
    STOCK_ACTIONS,
    TAG_ACTIONS,
    SEGMENT_ACTIONS,
    CLASSIFIER_ACTIONS,
    BENEFIT_ACTIONS,
    OUTREACH_ACTIONS,
    PROGRESS_ACTIONS,
    ORGANISATION_ACTIONS,
)
"""Of every engine."""

_ACTIONS: Mapping[tuple[str, str], Action] = {
    (action.operation, action.name): action for offered in ACTION_SETS for action in offered.actions
}


def action_named(operation: str, name: str) -> Action:
    """The action behind a root field."""
    return _ACTIONS[operation, name]


def actions_offered(operation: str, access: AccessPlan) -> Iterator[Action]:
    """Actions that an actor's schema has."""
    return (action for action in _ACTIONS.values() if action.operation == operation and action.offered(access))


def _named(name: str) -> GraphQLNamedType:
    return SHARED_TYPES.get(name) or ACTION_TYPES[name]


def _built(declared: ActionType | ActionInput | ActionEnum) -> GraphQLNamedType:
    if isinstance(declared, ActionEnum):
        return GraphQLEnumType(
            declared.name,
            {name: GraphQLEnumValue(name.lower(), description=help_) for name, help_ in declared.values.items()},
            description=declared.help,
        )
    texts = declared.fields
    if isinstance(declared, ActionInput):
        return GraphQLInputObjectType(
            declared.name,
            lambda: {name: GraphQLInputField(type_reference(text, _named)) for name, text in texts.items()},
            description=declared.help,
            extensions={DATA_INPUT: True},
        )
    return GraphQLObjectType(
        declared.name,
        lambda: {name: GraphQLField(type_reference(text, _named)) for name, text in texts.items()},
        description=declared.help,
    )


ACTION_TYPES: dict[str, GraphQLNamedType] = {
    declared.name: _built(declared) for offered in ACTION_SETS for declared in offered.types
}
"""Named types of arguments and answers of actions."""
