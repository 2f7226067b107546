"""What does each kind of action of rules and flows, put together of the engines that offer performers."""

from __future__ import annotations

from collections.abc import Mapping

from server.automation import Performer
from server.benefits.giving import Giving, benefit_performers
from server.outreach.queueing import send_performers
from server.pool.ownership import Ownership, pool_performers
from server.pricing.acting import Priced, price_performers
from server.pricing.service import Pricing
from server.pricing.settling import Settling
from server.pricing.statement_records import StatementRecords
from server.records.writing.saving import RecordWriter
from server.rules.acting import own_performers
from server.stock.keeping import Keeping, stock_performers
from server.tags.tagging import Tagging, tag_performers

__all__ = ["performers_of"]


def performers_of(writer: RecordWriter) -> Mapping[str, Performer]:
    """Performers by the kind of action that they do."""
    pricing = Pricing()
    settling = Settling(pricing, StatementRecords(pricing.facts, writer))
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
