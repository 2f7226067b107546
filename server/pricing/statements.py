"""Whom the ledger belongs to, as it is asked: pools, statements, attribution run again, payouts, platforms' figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from metadata.naming import camel
from metadata.pricing.numbers import MAX_AMOUNT
from metadata.problems import BadInputError, ConflictError
from server.actions import ActionRun
from server.pricing import sql, statement_sql, storing
from server.pricing.definition import Definition
from server.pricing.explaining import money
from server.pricing.facts import asked_of, holders_of
from server.pricing.ledger import Entry, digest
from server.pricing.parting import parted, published
from server.pricing.service import minor_of, require_configurer
from server.pricing.storing import NewBooking
from server.pricing.values import PriceEvent
from server.records.facts import Facts

__all__ = ["Statements"]

Arguments = Mapping[str, Any]
_MOST_LINES = 20_000


@dataclass(eq=False)
class Statements:
    """The ledger by whom it belongs to, as it is asked."""

    facts: Facts

    # ── pools and statements ─────────────────────────────────────────────────────────────────────

    async def pools(self, run: ActionRun, given: Arguments) -> list[dict[str, Any]]:
        """`settlementPools`: what each holder's pool comes to, what is unassigned too; they sum to the total."""
        require_configurer(run)
        definition = (await published(run, given["plan"]))[0]
        rows = await parted(run, definition, statement_sql.POOLS, given, None)
        return [
            {
                "holder": row["holder"] or None,
                "component": row["component"] or None,
                "currency": row["currency"],
                "amount": money(int(row["amount"]), row["currency"]),
                "bookings": row["bookings"],
            }
            for row in rows
        ]

    async def statement(self, run: ActionRun, given: Arguments) -> dict[str, Any]:
        """`settlementStatement`: the lines of one holder, with their evidence and marks, and what they come to."""
        require_configurer(run)
        definition = (await published(run, given["plan"]))[0]
        first = min(max(given.get("first") or 1_000, 1), _MOST_LINES)
        holder = given.get("holder") or ""
        rows = await parted(run, definition, statement_sql.LINES, given, holder, first)
        pools = await parted(run, definition, statement_sql.POOLS, given, holder)
        return {
            "plan": definition.plan.name,
            "by": given["by"],
            "holder": holder or None,
            "totals": [
                {
                    "holder": holder or None,
                    "component": row["component"] or None,
                    "currency": row["currency"],
                    "amount": money(int(row["amount"]), row["currency"]),
                    "bookings": row["bookings"],
                }
                for row in pools
            ],
            "lines": [
                {
                    "key": row["key"],
                    "kind": row["kind"].upper(),
                    "record": row["record_id"],
                    "effectiveAt": row["effective_at"],
                    "period": row["period"],
                    "originalPeriod": row["original_period"],
                    "component": row["component"] or None,
                    "amount": money(int(row["amount"]), row["currency"]),
                    "percent": row["percent"],
                    "role": row["role"] or None,
                    "rule": row["rule"] or None,
                    "marks": msgspec.json.decode(row["dimensions"] or "{}"),
                }
                for row in rows
            ],
        }

    async def attribute(self, run: ActionRun, given: Arguments) -> dict[str, Any]:
        """`attributeAgain`: run the rules of the newest version over what is booked in a month that is open."""
        require_configurer(run)
        plan, period = given["plan"], date.fromisoformat(str(given["period"]))
        definition = (await published(run, plan))[0]
        await storing.hold_plan(run, plan)
        if period in await storing.locked_periods(run, plan):
            raise ConflictError.single(
                "period_closed", f"{period} of price plan '{plan}' is closed.", path=("period",), hint="Adjust it."
            )
        rows = await run.connection.fetch(sql.SALES_OF_PERIOD, run.tenant_id, plan, period)
        asked = asked_of(definition, run.context.model)
        records = [row["record_id"] for row in rows]
        values = await self.facts.many(
            run.connection, run.context, definition.plan.object, records, asked.expressions, instant=run.instant
        )
        held = {
            row["id"]: holders_of(definition.plan, values[row["record_id"]])
            for row in rows
            if row["record_id"] in values
        }
        return {"looked": len(rows), "changed": await storing.hold_again(run, held)}

    # ── payouts ──────────────────────────────────────────────────────────────────────────────────

    async def pay(self, run: ActionRun, given: Arguments) -> dict[str, Any]:
        """`payOut`: record that somebody was paid what is due, less what they had too much before.

        A refund after it leaves a receivable from them, which the next payout nets.
        """
        require_configurer(run)
        plan, payee, key = given["plan"], given["payee"], given["key"][:200]
        definition = (await published(run, plan))[0]
        await storing.hold_plan(run, plan)
        payload = digest({name: given.get(name) for name in ("payee", "amount", "note")})
        known = await storing.booked_row(run, plan, key)
        if known is None:
            await self._pay(run, definition, given, payload)
            known = await storing.booked_row(run, plan, key)
        elif known["payload_hash"] != payload:
            raise ConflictError.single(
                "other_payload",
                f"'{key}' was booked by price plan '{plan}' with other facts.",
                path=("key",),
                hint="Use another key.",
            )
        paid = int(msgspec.json.decode(known["outcome"])["paid"])
        return {
            "plan": plan,
            "payee": payee,
            "key": key,
            "currency": definition.currency,
            "paid": money(paid, definition.currency),
            "left": money(await self._due(run, definition, payee), definition.currency),
        }

    async def _pay(self, run: ActionRun, definition: Definition, given: Arguments, payload: bytes) -> None:
        plan, payee, currency = definition.plan.name, given["payee"], definition.currency
        due = await self._due(run, definition, payee)
        wanted = min(due, MAX_AMOUNT) if given.get("amount") is None else int(minor_of(given["amount"], definition))
        if not 0 < wanted <= due:
            raise ConflictError.single(
                "nothing_due",
                f"{money(due, currency)} {currency} are due to '{payee}'.",
                path=("amount",),
                hint="What is below 0 is netted with what comes to be due.",
            )
        zone = ZoneInfo(run.context.model.settings.timezone)
        key = given["key"][:200]
        new = NewBooking(
            plan=plan,
            key=key,
            payload_hash=payload,
            kind="payout",
            version=definition.number,
            currency=currency,
            event=PriceEvent(key, party=payee),
            effective_at=run.instant,
            entries=[Entry("", "payout", "payable", payee, wanted), Entry("", "payout", "bank", "", -wanted)],
            outcome={"paid": wanted},
            note=given.get("note") or "",
        )
        await storing.store(run, [new], {}, await storing.locked_periods(run, plan), zone)

    async def _due(self, run: ActionRun, definition: Definition, payee: str) -> int:
        named = (run.tenant_id, definition.plan.name, payee, definition.currency)
        return int(await run.connection.fetchval(statement_sql.DUE, *named) or 0)

    # ── platforms ────────────────────────────────────────────────────────────────────────────────

    async def take(self, run: ActionRun, given: Arguments) -> int:
        """`importPlatformStatement`: what a platform says of its orders in a month; sent again it replaces."""
        require_configurer(run)
        definition = (await published(run, given["plan"]))[0]
        lines: dict[str, int] = {}
        for line in given["lines"]:
            lines[line["order"]] = lines.get(line["order"], 0) + int(minor_of(line["amount"], definition))
            if abs(lines[line["order"]]) > MAX_AMOUNT:
                message = f"What is said of order '{line['order']}' is more than can be kept."
                raise BadInputError.single("amount_too_large", message, path=("lines",), hint="Look at its lines.")
        await run.connection.execute(
            statement_sql.SAVE_PLATFORM_LINES,
            run.tenant_id,
            given["plan"],
            given["source"][:63],
            date.fromisoformat(str(given["period"])),
            definition.currency,
            run.instant,
            run.user_id or None,
            [*lines],
            [*lines.values()],
        )
        return len(lines)

    async def reconcile(self, run: ActionRun, given: Arguments) -> dict[str, Any]:
        """`reconcileSettlement`: orders as they are booked beside a platform's; what does not match is in suspense."""
        require_configurer(run)
        definition = (await published(run, given["plan"]))[0]
        plan, currency = definition.plan, definition.currency
        tolerance = 0 if given.get("tolerance") is None else int(minor_of(given["tolerance"], definition))
        only = given.get("only") or {}
        rows = await run.connection.fetch(
            statement_sql.MATCHED,
            run.tenant_id,
            plan.name,
            given["source"],
            date.fromisoformat(str(given["period"])),
            given.get("orderBy") or "",
            plan.bases[0].name if plan.bases else "",
            tolerance,
            only.get("dimension"),
            only.get("value"),
        )
        counts = dict.fromkeys(("matched", "different", "missing_here", "missing_there"), 0)
        for row in rows:
            counts[row["state"]] += 1
        suspense = sum(int(row["theirs"] or 0) - int(row["ours"] or 0) for row in rows if row["state"] != "matched")

        def shown(amount: str | None) -> str | None:
            return None if amount is None else money(int(amount), currency)

        return {
            **{camel(name): count for name, count in counts.items()},
            "currency": currency,
            "suspense": money(suspense, currency),
            "differences": [
                {
                    "order": row["order_no"],
                    "state": row["state"].upper(),
                    "ours": shown(row["ours"]),
                    "theirs": shown(row["theirs"]),
                }
                for row in rows
                if row["state"] != "matched"
            ][:1_000],
        }
