"""The kinds of metadata: one descriptor each, from which documents, rows, changes and GraphQL inputs follow.

A kind is added by writing its value class (see `metadata.model.values`) and one entry of `KINDS`; nothing else
names kinds one by one.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import msgspec

from metadata.benefits.kinds import BENEFIT_KINDS
from metadata.benefits.values import Benefit
from metadata.calendars.values import Calendar, SlaPolicy
from metadata.classifiers.kinds import CLASSIFIER_KINDS
from metadata.classifiers.values import Classifier, ClassifierEntry
from metadata.fields import FIELD_TYPES
from metadata.flows.nodes import NODE_KINDS
from metadata.flows.values import Flow, FlowNode
from metadata.forms.values import Form, FormField
from metadata.forms.widgets import WIDGETS
from metadata.messages.values import MessageTemplate
from metadata.model.policies import Policy, Role
from metadata.model.promotions import Promotion
from metadata.model.settings import TenantSettings
from metadata.model.values import (
    About,
    Field,
    Index,
    ObjectType,
    UniqueConstraint,
    ValidationRule,
    View,
)
from metadata.outreach.values import ContactChannel
from metadata.pools.values import Pool
from metadata.pricing.models import RATE_MODELS
from metadata.pricing.values import PriceComponent, PricePlan, PriceRate
from metadata.routing.values import Queue, RoutingRule
from metadata.rules.actions import ACTION_KINDS
from metadata.rules.triggers import TRIGGER_KINDS
from metadata.rules.values import Rule, RuleAction
from metadata.segments.values import Segment
from metadata.stocks.values import Stock
from metadata.tags.values import TagGroup

__all__ = ["KINDS", "Attribute", "Kind", "attributes_of", "top_kinds"]


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute of a kind, of a field type's settings, or of a part of either.

    Attributes:
        name: As in documents.
        type: Python type, without `Annotated`.
        help: One line.
        given: Whether documents may hold it; False when the server fills it in.
        identifies: Whether it names the item within its parent.
        required: Whether it has no default.
        default: What absence means; a fresh value for lists and mappings.
    """

    name: str
    type: Any
    help: str
    given: bool
    identifies: bool
    required: bool
    default: Any


@cache
def attributes_of(value_class: type[msgspec.Struct]) -> Mapping[str, Attribute]:
    """The attributes of a class whose annotations carry `About`, by name, in order of declaration."""
    hints = get_type_hints(value_class, include_extras=True)
    return MappingProxyType(
        {found.name: _attribute(found, hints[found.name]) for found in msgspec.structs.fields(value_class)}
    )


def _attribute(found: msgspec.structs.FieldInfo, hint: Any) -> Attribute:
    about = About("")
    if get_origin(hint) is Annotated:
        hint, *extras = get_args(hint)
        about = next((extra for extra in extras if isinstance(extra, About)), about)
    default = None if found.default is msgspec.NODEFAULT else found.default
    if found.default_factory is not msgspec.NODEFAULT:
        default = found.default_factory()
    return Attribute(
        name=found.name,
        type=hint,
        help=about.help,
        given=about.given,
        identifies=about.identifies,
        required=found.required,
        default=default,
    )


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of metadata.

    Attributes:
        name: `object`, `field`, …
        help: One line.
        value: Class of its values.
        parent: Kind that its items belong to; empty for items of the tenant itself.
        collection: Attribute of the parent (of the document, without one) that holds them.
        single: Whether there is exactly one, which has no name and cannot be created or removed.
        max_items: Most that one document may hold beside each other.
        variant: Attribute that says which class the attribute `settings` is of; empty where there is none.
        variants: Those classes, by its values.
    """

    name: str
    help: str
    value: type[msgspec.Struct]
    collection: str
    parent: str = ""
    single: bool = False
    max_items: int = 2_000
    variant: str = ""
    variants: Mapping[str, type[msgspec.Struct]] = dataclasses.field(default_factory=dict)

    @property
    def attributes(self) -> Mapping[str, Attribute]:
        """All attributes, children included."""
        return attributes_of(self.value)

    @property
    def identifier(self) -> str:
        """The attribute that names an item within its parent; empty for a single one."""
        return next((one.name for one in self.attributes.values() if one.identifies), "")

    def settings_class(self, body: Mapping[str, Any]) -> type[msgspec.Struct]:
        """The class that the attribute `settings` of an item is of, by its body; for kinds that have a variant."""
        return self.variants[body.get(self.variant) or self.attributes[self.variant].default]

    @property
    def children(self) -> Mapping[str, Kind]:
        """The kinds that belong to this one, by the attribute that holds them."""
        return {kind.collection: kind for kind in KINDS.values() if kind.parent == self.name}


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        kind.name: kind
        for kind in (
            Kind("settings", "Settings of the whole tenant", TenantSettings, "settings", single=True),
            Kind("object", "A kind of record", ObjectType, "objects"),
            Kind(
                "field", "A property of an object type", Field, "fields", "object",
                variant="type",
                variants={key: one.settings for key, one in FIELD_TYPES.items() if one.declarable},
            ),
            Kind("unique", "Fields whose values no two records share", UniqueConstraint, "uniques", "object"),
            Kind("index", "An index chosen by the tenant", Index, "indexes", "object"),
            Kind("validation", "A condition every record meets", ValidationRule, "validations", "object"),
            Kind("view", "A saved way to look at records", View, "views", "object"),
            Kind("role", "What people are, as far as rights go by it", Role, "roles"),
            Kind("policy", "One row of who may do what", Policy, "policies", max_items=20_000),
            Kind("calendar", "Which hours count as working time", Calendar, "calendars", max_items=500),
            Kind("flow", "How records of an object type move", Flow, "flows", max_items=500),
            Kind(
                "flow_node", "One step of a flow", FlowNode, "nodes", "flow",
                variant="kind",
                variants={key: one.settings for key, one in NODE_KINDS.items()},
            ),
            Kind("form", "How a record is filled in", Form, "forms", max_items=500),
            Kind(
                "form_field", "One field of a form", FormField, "fields", "form",
                variant="widget",
                variants={key: one.settings for key, one in WIDGETS.items()},
            ),
            Kind("promotion", "A role earned by a figure", Promotion, "promotions", max_items=200),
            Kind("price_plan", "What is charged and shared", PricePlan, "price_plans", max_items=200),
            Kind("price_component", "One thing a price plan computes", PriceComponent, "components", "price_plan"),
            Kind(
                "price_rate", "A rate table of a price plan", PriceRate, "rates", "price_plan",
                max_items=5_000,
                variant="model",
                variants={key: one.settings for key, one in RATE_MODELS.items()},
            ),
            Kind("tag_group", "Tags that belong together", TagGroup, "tag_groups", max_items=500),
            Kind(
                "benefit", "What records are given, keep and use", Benefit, "benefits", max_items=500,
                variant="kind",
                variants={key: one.settings for key, one in BENEFIT_KINDS.items()},
            ),
            Kind("contact_channel", "A way to reach customers", ContactChannel, "contact_channels", max_items=100),
            Kind("segment", "A group of records by a condition", Segment, "segments", max_items=500),
            Kind(
                "classifier", "What texts are about, and how they are meant", Classifier, "classifiers", max_items=100,
                variant="kind",
                variants={key: one.settings for key, one in CLASSIFIER_KINDS.items()},
            ),
            Kind("classifier_entry", "Words or examples of a class", ClassifierEntry, "entries", "classifier"),
            Kind("pool", "Where records without an owner wait to be claimed", Pool, "pools", max_items=500),
            Kind("stock", "Quantities that lines reserve and consume", Stock, "stocks", max_items=200),
            Kind(
                "rule", "What happens by itself", Rule, "rules",
                variant="trigger",
                variants={key: one.settings for key, one in TRIGGER_KINDS.items()},
            ),
            Kind(
                "rule_action", "One action of a rule", RuleAction, "actions", "rule",
                variant="kind",
                variants={key: one.settings for key, one in ACTION_KINDS.items()},
            ),
            Kind("sla_policy", "Promises about records, watched", SlaPolicy, "sla_policies", max_items=500),
            Kind("queue", "Where work waits for somebody who can do it", Queue, "queues", max_items=500),
            Kind("routing_rule", "Which records go into a queue", RoutingRule, "routing_rules"),
            Kind("message_template", "Words for somebody", MessageTemplate, "message_templates", max_items=500),
        )
    }
)  # fmt: skip
"""Every kind by its name, parents before children."""


def top_kinds() -> tuple[Kind, ...]:
    """The kinds that belong to the tenant itself, settings apart; a document has a list of each."""
    return tuple(kind for kind in KINDS.values() if not kind.parent and not kind.single)
