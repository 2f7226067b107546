"""Records priced by rules and steps of flows: what a plan comes to is written where people look, under field access."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from metadata.model.tenant import field_of
from metadata.model.values import ObjectType
from metadata.problems import BadInputError
from metadata.rules.values import PriceAction, PriceShares
from server.actions import ActionRun
from server.automation import Performer, RuleStep
from server.database.sql import quote_identifier
from server.pricing.pricing import PAYOUTS
from server.pricing.service import Pricing
from server.pricing.settling import Settling
from server.records.layout import Layout
from server.records.writing.removal import RecordRemover
from server.records.writing.running import WriteRun
from server.records.writing.saving import RecordWriter

__all__ = ["Priced", "price_performers"]


@dataclass(eq=False)
class Priced:
    """Prices records, and writes what they come to; holds nothing of them."""

    settling: Settling
    writer: RecordWriter
    remover: RecordRemover = field(default_factory=RecordRemover)

    async def price(self, step: RuleStep) -> Mapping[str, Any]:
        """Price the record of a step; what was booked before stays as it was booked.

        Raises:
            BadInputError: `guard_blocked`: a limit of the plan forbids it.
        """
        return (await self.price_all([step]))[0]

    async def price_all(self, steps: Sequence[RuleStep]) -> Sequence[Mapping[str, Any]]:
        """The same for the records of several steps, booked together."""
        settings: PriceAction = steps[0].settings
        runs = {step.record_id: ActionRun(step.context, step.connection, step.now) for step in steps}
        quotes: Mapping[str, Mapping[str, Any]]
        if settings.settle:
            quotes = await self.settling.settle_each(runs, settings.plan)
        else:
            quotes = {record: await self._quote(run, settings.plan, record) for record, run in runs.items()}
        return [await self._keep(step, settings, quotes[step.record_id]) for step in steps]

    async def _keep(self, step: RuleStep, settings: PriceAction, quote: Mapping[str, Any]) -> Mapping[str, Any]:
        """Write what a record comes to."""
        lines = {line["component"]: line for line in quote["lines"] if line["lost"] is None}
        given: dict[str, Any] = {}
        for kept in settings.fields:
            line = lines.get(kept.component)
            value = None if line is None else line["rate"] if kept.of == "rate" else line["amount"]
            given[kept.field] = self._value(step.object_type, kept.field, value, quote["currency"])
        if given:
            await self.writer.update(
                step.connection, WriteRun(step.context, step.now), step.object_type, step.record_id, given, None
            )
        if settings.shares is not None:
            await self._keep_shares(step, settings.shares, list(lines.values()), quote["currency"])
        return {"plan": settings.plan, "version": quote["version"], "values": given, "settled": settings.settle}

    async def _quote(self, run: ActionRun, plan: str, record: str) -> Mapping[str, Any]:
        quote = await self.pricing.price_of(run, {"plan": plan, "record": record})
        if quote["blocked"]:
            raise BadInputError.single(
                "guard_blocked",
                f"Price plan '{plan}' refuses the record: {', '.join(quote['breaches'])}.",
                hint="Ask priceOf for the lines that pass the limit.",
            )
        return quote

    @property
    def pricing(self) -> Pricing:
        """What quotes."""
        return self.settling.pricing

    def _value(self, object_type: ObjectType, name: str, value: str | None, currency: str) -> Any:
        found = field_of(object_type, name)
        if value is not None and found is not None and found.type == "money":
            return {"amount": value, "currency": currency}
        return value

    async def _keep_shares(
        self, step: RuleStep, shares: PriceShares, lines: Sequence[Mapping[str, Any]], currency: str
    ) -> None:
        """The records of shares are made what they should be: changed in place, more made, too many deleted."""
        kept = step.context.model.object(shares.object)
        run = WriteRun(step.context, step.now)
        wanted = [
            self._share(step, shares, kept, line, share, currency)
            for line in lines
            if line["kind"].lower() in PAYOUTS
            for share in line["shares"]
            if share["payee"]
        ]
        known = await self._known(step, shares, kept)
        for record, values in zip(known, wanted, strict=False):
            await self.writer.update(step.connection, run, kept, record, values, None)
        if wanted[len(known) :]:
            await self.writer.create(step.connection, run, kept, wanted[len(known) :], "inputs")
        for record in known[len(wanted) :]:
            await self.remover.delete(step.connection, run, kept, record, None)

    def _share(
        self,
        step: RuleStep,
        shares: PriceShares,
        kept: ObjectType,
        line: Mapping[str, Any],
        share: Mapping[str, Any],
        currency: str,
    ) -> dict[str, Any]:
        values = {
            shares.relation: step.record_id,
            shares.amount: self._value(kept, shares.amount, share["amount"], currency),
            shares.payee: share["payee"],
            shares.component: line["component"],
            shares.percent: share["percent"],
        }
        return {name: value for name, value in values.items() if name}

    async def _known(self, step: RuleStep, shares: PriceShares, kept: ObjectType) -> list[str]:
        layout = Layout(step.context.model)
        relation = field_of(kept, shares.relation)
        if relation is None:
            return []
        column = quote_identifier(layout.columns(kept, relation)[-1])
        text = f"select id::text from {layout.table_of(kept)} where {column} = $1 and deleted_at is null order by id"
        return [row["id"] for row in await step.connection.fetch(text, step.record_id)]


def price_performers(priced: Priced) -> Sequence[Performer]:
    """Performers of the actions of rules and flows that concern prices."""
    return (Performer("price", priced.price, priced.price_all),)
