"""TenantModel: everything a tenant has declared, at one version, as a frozen value with look-ups.

Engines take it as an argument and never read metadata rows. Object types are kept packed (MessagePack) and are
unpacked when first asked for; both forms are shared between tenants by content, so a thousand tenants of one
template hold its objects once, and an idle tenant holds little more than names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from metadata import naming
from metadata.benefits.values import Benefit
from metadata.calendars.values import Calendar, SlaPolicy
from metadata.classifiers.values import Classifier
from metadata.flows.values import Flow
from metadata.forms.values import Form
from metadata.messages.values import MessageTemplate
from metadata.model.policies import Policy, Role
from metadata.model.promotions import Promotion
from metadata.model.settings import TenantSettings
from metadata.model.values import Field, ObjectType
from metadata.outreach.values import ContactChannel
from metadata.pools.values import Pool
from metadata.pricing.values import PricePlan
from metadata.problems import NotFoundError
from metadata.routing.values import Queue, RoutingRule
from metadata.rules.values import Rule
from metadata.segments.values import Segment
from metadata.stocks.values import Stock
from metadata.tags.values import TagGroup

__all__ = ["TenantModel", "field_of", "named"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True, eq=False)
class TenantModel:
    """All a tenant has declared.

    Attributes:
        tenant_id: UUID text of the tenant.
        slug: Its name in URLs and tokens.
        version: Grows by one with every applied change.
        settings: Tenant-wide settings.
        objects: Object types by name, in order of display: declared ones and system ones (`user`, `department`).
        object_by_type: Object name by GraphQL type name (`WorkOrder` → `work_order`).
        object_by_plural: Object name by plural name.
        roles: Declared roles by name, in order of display.
        policies: Who may do what; none at all leaves it at administrators and members.
        calendars: Which hours count as working time, by name.
        flows: How records move, by name: the drafts, of which published versions are made.
        forms: How records are filled in, by name: the drafts, of which published versions are made.
        sla_policies: Promises about records, by name.
        promotions: Roles earned by figures, by name.
        queues: Where work waits for somebody who can do it, by name.
        routing_rules: Which records go into a queue, by name.
        message_templates: Words for somebody, by name.
        price_plans: What is charged and shared, by name: the drafts, of which published versions are made.
        pools: Where records without an owner wait to be claimed, by name.
        stocks: Quantities that lines reserve and consume, by name.
        tag_groups: Tags that belong together, by name.
        benefits: What records are given, keep and use, by name.
        contact_channels: Ways to reach customers, by name.
        segments: Groups of records by a condition, by name.
        classifiers: What texts are about, and how they are meant, by name.
        rules: What happens by itself, by name: the drafts, of which published versions are made.
    """

    tenant_id: str
    slug: str
    version: int
    settings: TenantSettings
    objects: Mapping[str, ObjectType]
    object_by_type: Mapping[str, str]
    object_by_plural: Mapping[str, str]
    roles: Mapping[str, Role] = field(default_factory=dict)
    policies: Sequence[Policy] = ()
    calendars: Mapping[str, Calendar] = field(default_factory=dict)
    flows: Mapping[str, Flow] = field(default_factory=dict)
    forms: Mapping[str, Form] = field(default_factory=dict)
    sla_policies: Mapping[str, SlaPolicy] = field(default_factory=dict)
    promotions: Mapping[str, Promotion] = field(default_factory=dict)
    queues: Mapping[str, Queue] = field(default_factory=dict)
    routing_rules: Mapping[str, RoutingRule] = field(default_factory=dict)
    message_templates: Mapping[str, MessageTemplate] = field(default_factory=dict)
    price_plans: Mapping[str, PricePlan] = field(default_factory=dict)
    pools: Mapping[str, Pool] = field(default_factory=dict)
    stocks: Mapping[str, Stock] = field(default_factory=dict)
    tag_groups: Mapping[str, TagGroup] = field(default_factory=dict)
    benefits: Mapping[str, Benefit] = field(default_factory=dict)
    contact_channels: Mapping[str, ContactChannel] = field(default_factory=dict)
    segments: Mapping[str, Segment] = field(default_factory=dict)
    classifiers: Mapping[str, Classifier] = field(default_factory=dict)
    rules: Mapping[str, Rule] = field(default_factory=dict)

    @property
    def schema(self) -> str:
        """PostgreSQL schema that holds the tenant's tables."""
        return naming.tenant_schema(self.slug)

    def object(self, name: str) -> ObjectType:
        """Look an object type up.

        Raises:
            NotFoundError: The tenant has none of that name.
        """
        try:
            return self.objects[name]
        except KeyError:
            known = ", ".join(sorted(self.objects))
            raise NotFoundError.single(
                "unknown_object", f"There is no object type '{name}'.", hint=f"Known object types: {known}."
            ) from None

    def __iter__(self) -> Iterator[ObjectType]:
        return iter(self.objects.values())


def named(known: Mapping[str, T], name: str, kind: str, *, argument: str = "") -> T:
    """What a tenant declared under a name.

    Args:
        known: Everything of its kind, by name.
        name: Its name, as it was given.
        kind: The kind, `tag_group`; its words stand in the message.
        argument: What the name was given as, where that is not the kind.

    Raises:
        NotFoundError: `unknown_<kind>`.
    """
    found = known.get(name)
    if found is None:
        raise NotFoundError.single(
            f"unknown_{kind}",
            f"There is no {kind.replace('_', ' ')} '{name[:80]}'.",
            path=(argument or kind,),
            hint=f"Known: {', '.join(sorted(known)) or 'none'}.",
        )
    return found


def field_of(object_type: ObjectType, name: str) -> Field | None:
    """A field by name, or None. Linear: plans are compiled once, and objects have tens of fields."""
    for found in object_type.fields:
        if found.name == name:
            return found
    return None
