"""The metadata document as a value: what a tenant, a template or a part of either declares."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec

from metadata.benefits.values import Benefit
from metadata.calendars.values import Calendar, SlaPolicy
from metadata.classifiers.values import Classifier
from metadata.flows.values import Flow
from metadata.forms.values import Form
from metadata.messages.values import MessageTemplate
from metadata.model.policies import Policy, Role
from metadata.model.promotions import Promotion
from metadata.model.settings import TenantSettings
from metadata.model.values import About, Labels, ObjectType
from metadata.outreach.values import ContactChannel
from metadata.pools.values import Pool
from metadata.pricing.values import PricePlan
from metadata.routing.values import Queue, RoutingRule
from metadata.rules.values import Rule
from metadata.segments.values import Segment
from metadata.stocks.values import Stock
from metadata.tags.values import TagGroup

__all__ = ["FORMAT", "Document", "Template", "TemplateOption", "settings_over"]

FORMAT = 1
"""Version of the document format that is read and written."""


class TemplateOption(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A choice offered when a template is installed."""

    name: Annotated[str, About("snake_case, unique within the template", identifies=True)]
    label: Annotated[Labels, About("Question shown to people, by language")] = msgspec.field(default_factory=dict)
    description: Annotated[Labels, About("Longer help, by language")] = msgspec.field(default_factory=dict)
    default: Annotated[bool, About("Answer when none is given")] = False


class Template(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a template says of itself."""

    name: Annotated[str, About("snake_case, unique among templates", identifies=True)]
    version: Annotated[str, About("Three numbers, such as 1.0.0")]
    label: Annotated[Labels, About("Name shown to people, by language")] = msgspec.field(default_factory=dict)
    description: Annotated[Labels, About("What it is for, by language")] = msgspec.field(default_factory=dict)
    languages: Annotated[tuple[str, ...], About("Languages that every label is in")] = ()
    options: Annotated[tuple[TemplateOption, ...], About("Choices offered on installation")] = ()
    sample_date: Annotated[str, About("Day that the sample data is dated for; moved to the day of installation")] = ""


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a document declares; absent parts are empty.

    Attributes:
        template: Head of a template's manifest.
        settings: The settings it names, checked; others stay as they are.
        objects: Object types with all they hold, not yet resolved.
        roles: Roles, in order of display.
        policies: Who may do what.
        calendars: Which hours count as working time.
        flows: How records move: the drafts.
        forms: How records are filled in: the drafts.
        sla_policies: Promises about records.
        promotions: Roles earned by figures.
        queues: Where work waits for somebody who can do it.
        routing_rules: Which records go into a queue.
        message_templates: Words for somebody.
        price_plans: What is charged and shared: the drafts.
        pools: Where records without an owner wait to be claimed.
        stocks: Quantities that lines reserve and consume.
        tag_groups: Tags that belong together.
        benefits: What records are given, keep and use.
        contact_channels: Ways to reach customers.
        segments: Groups of records by a condition.
        classifiers: What texts are about, and how they are meant.
        rules: What happens by itself.
    """

    template: Template | None = None
    settings: Mapping[str, Any] = {}
    objects: tuple[ObjectType, ...] = ()
    roles: tuple[Role, ...] = ()
    policies: tuple[Policy, ...] = ()
    calendars: tuple[Calendar, ...] = ()
    flows: tuple[Flow, ...] = ()
    forms: tuple[Form, ...] = ()
    sla_policies: tuple[SlaPolicy, ...] = ()
    promotions: tuple[Promotion, ...] = ()
    queues: tuple[Queue, ...] = ()
    routing_rules: tuple[RoutingRule, ...] = ()
    message_templates: tuple[MessageTemplate, ...] = ()
    price_plans: tuple[PricePlan, ...] = ()
    pools: tuple[Pool, ...] = ()
    stocks: tuple[Stock, ...] = ()
    tag_groups: tuple[TagGroup, ...] = ()
    benefits: tuple[Benefit, ...] = ()
    contact_channels: tuple[ContactChannel, ...] = ()
    segments: tuple[Segment, ...] = ()
    classifiers: tuple[Classifier, ...] = ()
    rules: tuple[Rule, ...] = ()


def settings_over(base: TenantSettings, document: Document) -> TenantSettings:
    """The settings of a tenant after a document was applied to it."""
    return msgspec.structs.replace(base, **document.settings)
