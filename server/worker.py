"""What a worker does: the handlers and chores of every engine, given to one `EventWorker`.

To have an engine's work done, add its handlers to `all_handlers` and its chores to `all_chores`.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from datetime import timedelta

import httpx

from server.app import Services, open_services
from server.audit.upkeep import purge_entries
from server.benefits.giving import Giving
from server.benefits.handlers import benefit_handlers
from server.classifiers.handlers import classifier_handlers
from server.classifiers.marking import Marking
from server.config import Config
from server.configuration.upkeep import build_all_pending, purge_all
from server.events.acting import Acting
from server.events.handlers import Handler
from server.events.upkeep import Retention
from server.events.worker import Chore, EventWorker, WorkerLimits
from server.exports.running import ExportWriter, remove_expired
from server.flows.engine import FlowEngine
from server.flows.handlers import flow_handlers
from server.grants.closing import end_closed
from server.graphql.exporting import record_reader
from server.graphql.idempotency import forget_old
from server.notifications.delivering import Deliverer, delivering_handlers
from server.notifications.telling import Teller, telling_handlers
from server.notifications.upkeep import prune_messages
from server.notifications.wording import Wording
from server.outbound.transport import webhook_client
from server.outreach.handlers import outreach_handlers
from server.outreach.sending import Sending
from server.outreach.tracking import MessageLinks
from server.outreach.upkeep import prune_outreach
from server.performers import performers_of
from server.pool.handlers import pool_handlers
from server.pool.ownership import Ownership
from server.pricing.handlers import pricing_handlers
from server.promotions.evaluating import evaluate_all
from server.records.facts import Facts
from server.records.seen_values import RecordReader
from server.records.writing.saving import RecordWriter
from server.routing.assigning import Assigner
from server.routing.handlers import routing_handlers
from server.routing.upkeep import look_at_waiting
from server.rules.engine import RuleEngine
from server.rules.handlers import rule_handlers
from server.rules.ruleset import RuleSets
from server.rules.upkeep import LogRetention, forget_runs
from server.segments.handlers import segment_handlers
from server.segments.members import Members
from server.sla.handlers import sla_handlers
from server.sla.keeping import Keeper
from server.stock.handlers import stock_handlers
from server.stock.keeping import Keeping
from server.tags.handlers import tag_handlers
from server.tags.tagging import Tagging
from server.webhooks.matching import matching_handler
from server.webhooks.sending import Sender, prune_deliveries, sending_handler

__all__ = ["all_chores", "all_handlers", "run_worker", "work"]

_HOUR_S = 3_600
_DAY_S = 86_400
_SOON_S = 5
_MINUTE_S = 60


async def run_worker(config: Config) -> None:
    """Run background work until cancelled; running jobs finish, or are released for another worker.

    Args:
        config: With `database_url`, `redis_url` and `secret_key` filled in.
    """
    logging.getLogger("arq").setLevel(logging.WARNING)  # it would log two lines for every job
    async with open_services(config) as services:
        await work(services, asyncio.Event())


async def work(services: Services, stop: asyncio.Event) -> None:
    """Run background work with services that are open, until `stop` is set or this is cancelled."""
    config = services.config
    policy = services.webhooks.policy
    async with webhook_client(allow_private=policy.allow_private, timeout_s=policy.timeout_s) as client:
        worker = EventWorker(
            connections=services.connections,
            redis=services.redis,
            redis_url=config.redis_url,
            channels=services.channels,
            bus=services.bus,
            models=services.tenants.model_of,
            handlers=all_handlers(services, client),
            clock=services.clock,
            limits=WorkerLimits(
                jobs=config.jobs,
                tenant_share=max(1, config.jobs // 2),
                job_timeout_s=config.job_timeout_s,
                shutdown_s=config.shutdown_timeout_s,
            ),
            retention=Retention(dead_jobs_days=config.dead_job_retention_days, events_days=config.event_retention_days),
            chores=all_chores(services),
        )
        await worker.run(stop)


def all_handlers(services: Services, client: httpx.AsyncClient) -> Sequence[Handler]:
    """Every handler of every engine; the names are unique and never change, since jobs are stored by them."""
    sender = Sender(client, services.vault, services.webhooks.policy)
    writer = RecordWriter(services.vault, services.connections)
    performers = performers_of(writer)
    engine = FlowEngine(writer, performers)
    acting = Acting(services.tenants)
    return [
        matching_handler(services.snapshots),
        sending_handler(sender),
        _exports(services).handler(),
        services.rotation.handler(),
        *flow_handlers(engine, acting),
        *pool_handlers(Ownership(writer), acting),
        *pricing_handlers(writer, acting),
        *stock_handlers(Keeping(writer), acting),
        *tag_handlers(Tagging(writer), acting),
        *classifier_handlers(Marking(writer), acting),
        *rule_handlers(RuleEngine(performers), RuleSets(), acting),
        *outreach_handlers(_sending(services, client)),
        *benefit_handlers(Giving.through(writer), acting),
        *segment_handlers(Members(), acting),
        *sla_handlers(Keeper(), writer, acting),
        *routing_handlers(
            Assigner(Facts()),
            acting,
            (services.wake.nudge, services.wake_due.nudge),
        ),
        *telling_handlers(_teller(services)),
        *delivering_handlers(Deliverer(services.channels_of_messages)),
    ]


def all_chores(services: Services) -> Sequence[Chore]:
    """What is done from time to time."""
    kept = timedelta(days=services.config.metadata_retention_days)
    return [
        Chore(
            "prune webhook deliveries",
            _HOUR_S,
            lambda: prune_deliveries(services.connections, services.webhooks.policy, services.clock),
        ),
        Chore("prune messages", _HOUR_S, lambda: prune_messages(services.connections, services.clock)),
        Chore(
            "forget what rules were considered for",
            _HOUR_S,
            lambda: forget_runs(
                services.connections,
                services.clock,
                LogRetention(services.config.rule_run_days, services.config.rule_log_days),
            ),
        ),
        Chore(
            "prune messages to customers",
            _HOUR_S,
            lambda: prune_outreach(services.connections, services.clock, days=services.config.outreach_retention_days),
        ),
        Chore("forget old idempotency keys", _HOUR_S, lambda: forget_old(services.connections, services.clock.now())),
        Chore("seal the audit log", _SOON_S, services.sealer.seal_all),
        Chore("purge the audit log", _HOUR_S, lambda: _purge_audit(services)),
        Chore("evaluate promotion rules", _HOUR_S, lambda: _promote(services)),
        Chore("look at work that waits", _MINUTE_S, lambda: look_at_waiting(services.connections, services.clock)),
        Chore("remove old exports", _HOUR_S, lambda: remove_expired(services.connections, services.export_settings)),
        Chore("end grants that are closed", _MINUTE_S, lambda: _end_closed(services)),
        Chore("finish changes of big tables", _SOON_S, lambda: build_all_pending(services.configuration)),
        Chore(
            "purge removed metadata",
            _HOUR_S,
            lambda: purge_all(services.configuration, services.clock.now() - kept),
        ),
        Chore("purge ended sign-ins", _HOUR_S, services.identity.sign_in.purge_expired),
        Chore("remove files that nothing holds", _DAY_S, services.files.remove_orphans),
    ]


def _exports(services: Services) -> ExportWriter:
    reader = record_reader(services.connections, services.vault, services.links, services.clock, services.salts)
    return ExportWriter(reader, services.snapshots, services.export_settings)


def _teller(services: Services) -> Teller:
    tenants = services.tenants
    return Teller(Wording(RecordReader()), services.snapshots, services.bus, tenants.get, tenants.refresh)


def _sending(services: Services, client: httpx.AsyncClient) -> Sending:
    links = MessageLinks(services.keys, services.config.base_url)
    return Sending(services.channels_of_messages, client, links, services.tenants.get)


async def _promote(services: Services) -> None:
    await evaluate_all(services.connections, services.tenants.model_of, services.clock)


async def _end_closed(services: Services) -> None:
    await end_closed(services.connections, services.tenants.model_of, services.clock)


async def _purge_audit(services: Services) -> None:
    days = services.config.audit_retention_days
    if days:
        before = services.clock.now() - timedelta(days=days)
        await purge_entries(services.connections, services.keys, services.clock, before=before)
