"""What engines offer to each other, put together: what does each kind of action, and what is at no end yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from server.automation import Performer
from server.benefits.giving import Giving, benefit_performers
from server.events.hindering import job_hindrances
from server.flows.hindering import flow_hindrances
from server.hindrances import Hindering
from server.outreach.queueing import send_performers
from server.pool.ownership import Ownership, pool_performers
from server.pricing.acting import Priced, price_performers
from server.pricing.service import Pricing
from server.pricing.settling import Settling
from server.records.writing.saving import RecordWriter
from server.rules.acting import own_performers
from server.rules.hindering import rule_hindrances
from server.stock.keeping import Keeping, stock_performers
from server.tags.tagging import Tagging, tag_performers

__all__ = ["HINDERING", "performers_of"]

HINDERING: Sequence[Hindering] = (flow_hindrances, rule_hindrances, job_hindrances)
"""What tells of records that something about them is at no end yet."""


def performers_of(writer: RecordWriter) -> Mapping[str, Performer]:
    """Performers by the kind of action that they do."""
    pricing = Pricing()
    settling = Settling(pricing)
    offered = (
        *own_performers(writer),
        *tag_performers(Tagging(writer)),
        *pool_performers(Ownership(writer)),
        *price_performers(Priced(settling, writer)),
        *stock_performers(Keeping(writer)),
        *send_performers(),
        *benefit_performers(Giving.through(writer)),
    )
    return {one.kind: one for one in offered}
