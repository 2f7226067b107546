"""Puts `/graphql` together from what a process has open."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from server.access.snapshots import Snapshots
from server.access.throttle import ReadThrottle
from server.benefits.giving import Giving
from server.benefits.service import Benefits
from server.classifiers.actions import Classifiers
from server.classifiers.marking import Marking
from server.database.connections import Connections
from server.events.actions import DeadJobs
from server.events.bus import Bus
from server.events.wake import Wake
from server.exports.asking import Exports
from server.exports.definitions import ExportSettings
from server.files.links import FileLinks
from server.files.store import FileStore
from server.flows.designing import FlowDesigns
from server.flows.management import FlowManagement
from server.flows.proxies import Proxies
from server.flows.service import Flows
from server.flows.stages import FlowCourses
from server.forms.service import Forms
from server.grants.giving import Grants
from server.grants.unmasking import Unmasking
from server.graphql.endpoint import Clock, TenantGraphQL
from server.graphql.exporting import record_reader
from server.graphql.operations.actions import Actions
from server.graphql.operations.execution import Executor
from server.graphql.operations.writes import MutationWrites
from server.graphql.protocol import ProtocolView
from server.graphql.steps import AnswerSteps, FileUploads
from server.graphql.subscriptions import Subscriptions
from server.graphql.tenant_view import TenantSchema
from server.identity.rates import RateLimits
from server.identity.sessions import Sessions
from server.notifications.definitions import Channels
from server.notifications.inbox import Inbox
from server.notifications.wording import Wording
from server.organisation.transfers import Transfers
from server.outreach.actions import Outreach
from server.outreach.tracking import MessageLinks
from server.performers import HINDERING, performers_of
from server.pool.actions import Pools
from server.pool.ownership import Ownership
from server.pricing.figures import Figures
from server.pricing.months import Months
from server.pricing.proposing import Proposing
from server.pricing.service import Pricing
from server.pricing.settling import Settling
from server.pricing.statement_records import StatementRecords
from server.pricing.statements import Statements
from server.progress.service import ProgressLinks
from server.promotions.evaluating import Promotions
from server.records.seen_values import RecordReader
from server.records.writing.saving import RecordWriter
from server.review.actions import Explaining
from server.routing.actions import Routing
from server.rules.engine import RuleEngine
from server.rules.hooks import RuleHooks
from server.rules.service import Rules
from server.secrets.link_tokens import LinkTokens
from server.secrets.salts import MaskSalts
from server.secrets.vault import Vault
from server.segments.actions import Segments
from server.sla.actions import Promises
from server.sla.keeping import Keeper
from server.stock.actions import Stocks
from server.stock.keeping import Keeping
from server.tags.actions import Tags
from server.tags.tagging import Tagging
from server.tenants import Tenants

__all__ = ["GraphqlParts", "build_exports", "build_graphql", "build_view"]


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphqlParts:
    """What `/graphql` works with."""

    connections: Connections
    redis: Any
    tenants: Tenants
    sessions: Sessions
    snapshots: Snapshots
    vault: Vault
    salts: MaskSalts
    files: FileStore
    links: FileLinks
    bus: Bus
    wake: Wake
    wake_due: Wake
    clock: Clock
    exports: ExportSettings
    export_links: FileLinks
    channels: Channels
    progress: LinkTokens
    message_links: MessageLinks
    base_url: str
    allow_private: bool = False


def build_exports(parts: GraphqlParts) -> Exports:
    """The engine of exports; it reads through the same plans as everybody."""
    reader = record_reader(parts.connections, parts.vault, parts.links, parts.clock, parts.salts)
    return Exports(parts.connections, reader, parts.snapshots, parts.export_links, parts.exports)


def build_graphql(parts: GraphqlParts, exports: Exports) -> TenantGraphQL:
    """What answers operations, for every way in."""
    steps = AnswerSteps(parts.vault, parts.links)
    writes = MutationWrites(
        RecordWriter(parts.vault, parts.connections),
        FileUploads(parts.files, parts.links),
        parts.wake.nudge,
        steps.apply,
        parts.connections,
        Ownership(RecordWriter(parts.vault, parts.connections)).before_merge,
    )
    performers = performers_of(RecordWriter(parts.vault, parts.connections))
    keeper = Keeper()
    flows = Flows(RecordWriter(parts.vault, parts.connections), performers, keeper)
    pricing = Pricing(connections=parts.connections)
    settling = Settling(pricing)
    statements = StatementRecords(pricing.facts, RecordWriter(parts.vault, parts.connections))
    engines = {
        Grants: Grants(),
        Transfers: Transfers(RecordWriter(parts.vault, parts.connections)),
        Unmasking: Unmasking(parts.vault),
        Exports: exports,
        Promotions: Promotions(),
        Explaining: Explaining(parts.snapshots),
        Flows: flows,
        FlowDesigns: FlowDesigns(flows.engine, keeper),
        Forms: Forms(RecordWriter(parts.vault, parts.connections), flows, parts.links),
        DeadJobs: DeadJobs(),
        FlowManagement: FlowManagement(RecordWriter(parts.vault, parts.connections), performers),
        Proxies: Proxies(),
        Promises: Promises(keeper),
        Pricing: pricing,
        Proposing: Proposing(pricing),
        Settling: settling,
        StatementRecords: statements,
        Statements: Statements(pricing.facts),
        Months: Months(settling, statements, HINDERING),
        Figures: Figures(),
        Routing: Routing(),
        ProgressLinks: ProgressLinks(FlowCourses(), parts.progress, parts.base_url),
        Inbox: Inbox(Wording(RecordReader()), parts.channels, parts.vault, parts.allow_private),
        Pools: Pools(Ownership(RecordWriter(parts.vault, parts.connections))),
        Stocks: Stocks(Keeping(RecordWriter(parts.vault, parts.connections))),
        Tags: Tags(Tagging(RecordWriter(parts.vault, parts.connections))),
        RuleHooks: RuleHooks(parts.vault, parts.base_url),
        Rules: Rules(RuleEngine(performers)),
        Benefits: Benefits(Giving.through(RecordWriter(parts.vault, parts.connections))),
        Outreach: Outreach(parts.message_links),
        Segments: Segments(),
        Classifiers: Classifiers(Marking(RecordWriter(parts.vault, parts.connections))),
    }
    actions = Actions(engines, (parts.wake.nudge, parts.wake_due.nudge))
    executor = Executor(parts.connections, writes, steps.apply, actions, ReadThrottle(parts.redis))
    return TenantGraphQL(
        parts.tenants,
        executor,
        parts.clock,
        parts.salts.of,
        parts.sessions,
        parts.snapshots,
        parts.connections,
        parts.vault,
    )


def build_view(
    graphql: TenantGraphQL,
    parts: GraphqlParts,
    *,
    rates: RateLimits,
    clock: Callable[[], datetime],
    allowed_origins: Sequence[str] = (),
) -> ProtocolView:
    """`/graphql` by Strawberry's protocol layer."""
    steps = AnswerSteps(parts.vault, parts.links)
    subscriptions = Subscriptions(graphql, parts.bus, parts.connections, steps.apply)
    return ProtocolView(
        cast("Any", TenantSchema(graphql, subscriptions)),
        sessions=parts.sessions,
        rates=rates,
        clock=clock,
        allowed_origins=allowed_origins,
    )
