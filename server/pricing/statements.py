"""Whom the ledger belongs to: pools, statements, attribution run again, payouts, platforms' statements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from metadata.naming import camel
from metadata.pricing.lint import RESERVED
from metadata.pricing.values import StatementForm
from metadata.problems import BadInputError, ConflictError, NotFoundError
from server.actions import ActionRun
from server.pricing import sql, statement_sql, storing
from server.pricing.definition import Definition
from server.pricing.explaining import money
from server.pricing.facts import asked_of, holders_of
from server.pricing.ledger import Entry, digest
from server.pricing.publishing import versions
from server.pricing.service import minor_of, require_configurer
from server.pricing.storing import NewBooking
from server.pricing.values import PriceEvent
from server.pricing.windows import next_window
from server.records.facts import Facts
from server.records.writing.running import WriteRun
from server.records.writing.saving import RecordWriter

__all__ = ["Statements"]

Arguments = Mapping[str, Any]
_MOST_LINES = 20_000


@dataclass(eq=False)
class Statements:
    """The ledger by whom it belongs to, as it is asked."""

    facts: Facts
    writer: RecordWriter

    # ── pools and statements ─────────────────────────────────────────────────────────────────────

    async def pools(self, run: ActionRun, given: Arguments) -> list[dict[str, Any]]:
        """`settlementPools`: what each holder's pool comes to, what is unassigned too; they sum to the total."""
        require_configurer(run)
        definition = (await self._definitions(run, given["plan"]))[0]
        rows = await self._parted(run, definition, statement_sql.POOLS, given, None)
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
        definition = (await self._definitions(run, given["plan"]))[0]
        first = min(max(given.get("first") or 1_000, 1), _MOST_LINES)
        holder = given.get("holder") or ""
        rows = await self._parted(run, definition, statement_sql.LINES, given, holder, first)
        pools = await self._parted(run, definition, statement_sql.POOLS, given, holder)
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

    async def _parted(
        self, run: ActionRun, definition: Definition, statement: str, given: Arguments, holder: str | None, *more: Any
    ) -> Sequence[Any]:
        by, plan = given["by"], definition.plan
        known = [*RESERVED, *(one.name for one in plan.attributions), *(one.name for one in plan.dimensions)]
        if by not in known:
            raise BadInputError.single(
                "unknown_dimension",
                f"Price plan '{plan.name}' has nothing called '{by}' that it could be parted by.",
                path=("by",),
                hint=f"Known: {', '.join(known)}.",
            )
        rows: Sequence[Any] = await run.connection.fetch(
            statement,
            run.tenant_id,
            plan.name,
            _day(given.get("period")),
            by,
            plan.bases[0].name if plan.bases else "",
            [one.name for one in definition.components if one.declared.kind == "price"],
            holder,
            _day(given.get("day")),
            run.context.model.settings.timezone,
            *more,
        )
        return rows

    async def attribute(self, run: ActionRun, given: Arguments) -> dict[str, Any]:
        """`attributeAgain`: run the rules of the newest version over what is booked in a month that is open."""
        require_configurer(run)
        plan, period = given["plan"], date.fromisoformat(str(given["period"]))
        definition = (await self._definitions(run, plan))[0]
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

    # ── statements as records ────────────────────────────────────────────────────────────────────

    async def write(self, run: ActionRun, given: Arguments) -> dict[str, Any]:
        """`writeStatements`: statements of a day, or its month, as records; run again it replaces, never doubles."""
        require_configurer(run)
        return await self.write_all(run, given["plan"], date.fromisoformat(str(given["day"])))

    async def write_all(self, run: ActionRun, plan: str, day: date) -> dict[str, Any]:
        """The same, of every form of a plan: of the day, or of the month that the day is in."""
        definition = (await self._definitions(run, plan))[0]
        await run.connection.execute(sql.HOLD_PLAN, f"{run.tenant_id} {plan} statements")
        counts = {"written": 0, "replaced": 0, "revised": 0, "same": 0}
        for form in definition.plan.statements:
            first = day if form.every == "day" else day.replace(day=1)
            span = {"day": first} if form.every == "day" else {"period": first}
            pools = await self._parted(run, definition, statement_sql.POOLS, {"by": form.by, **span}, None)
            rows = await run.connection.fetch(statement_sql.STATEMENTS, run.tenant_id, plan, form.name, first)
            known = {row["holder"]: row for row in rows}
            figures: dict[str, dict[str, Any]] = {holder: {} for holder in known}
            for row in pools:
                figures.setdefault(row["holder"], {})[row["component"]] = [int(row["amount"]), row["bookings"]]
            for holder, found in sorted(figures.items()):
                if holder:
                    done = await self._write_one(run, definition, form, first, holder, found, known.get(holder))
                    counts[done] += 1
        return counts

    async def _write_one(
        self,
        run: ActionRun,
        definition: Definition,
        form: StatementForm,
        first: date,
        holder: str,
        figures: Mapping[str, Any],
        known: Any,
    ) -> str:
        text = msgspec.json.encode(figures, order="deterministic").decode()
        if known is not None and known["figures"] == text:
            return "same"
        object_type = run.context.model.object(form.object)
        revision = 1 if known is None else known["revision"]
        done = "written"
        if known is not None:
            done = "replaced" if await self._is_open(run, form, known["record_id"]) else "revised"
            revision += done == "revised"
        values = self._values(run, definition, form, first, holder, figures, revision)
        write = WriteRun(run.context, run.instant)
        if done == "replaced":
            record_id = str(known["record_id"])
            await self.writer.update(run.connection, write, object_type, record_id, values, None)
        else:
            record_id = storing.new_id()
            await self.writer.create(run.connection, write, object_type, [{"id": record_id, **values}], "input")
        plan = definition.plan.name
        arguments = (run.tenant_id, plan, form.name, holder, first, revision, record_id, text, run.instant)
        await run.connection.execute(statement_sql.SAVE_STATEMENT, *arguments)
        return done

    async def _is_open(self, run: ActionRun, form: StatementForm, record_id: str) -> bool:
        if not form.replace_while:
            return False
        values = await self.facts.values(
            run.connection, run.context, form.object, str(record_id), [form.replace_while], instant=run.instant
        )
        return values is not None and values[form.replace_while] is True

    def _values(
        self,
        run: ActionRun,
        definition: Definition,
        form: StatementForm,
        first: date,
        holder: str,
        figures: Mapping[str, Any],
        revision: int,
    ) -> dict[str, Any]:
        amounts = {name: amount for name, (amount, _) in figures.items()}
        last = first if form.every == "day" else date.fromordinal(next_window("month", first).toordinal() - 1)
        plain: dict[str, Any] = {
            "holder": holder,
            "first_day": first.isoformat(),
            "last_day": last.isoformat(),
            "bookings": max((count for _, count in figures.values()), default=0),
            "revision": revision,
        }
        object_type = run.context.model.object(form.object)
        found: dict[str, Any] = {}
        for one in form.values:
            field = next(field for field in object_type.fields if field.name == one.field)
            if one.value in plain:
                value = plain[one.value]
                found[one.field] = {"connect": {"id": value}} if field.type == "relation" else value
                continue
            if one.value == "turnover":
                amount = amounts.get("", 0)
            elif one.value == "amount":
                amount = sum(amount for name, amount in amounts.items() if name)
            else:
                amount = amounts.get(one.value.removeprefix("component."), 0)
            text = money(amount, definition.currency)
            found[one.field] = {"amount": text, "currency": definition.currency} if field.type == "money" else text
        return found

    async def open_statements(self, run: ActionRun, definition: Definition, period: date) -> Mapping[str, int]:
        """Statements of a month that have not been handed in yet, by form."""
        found: dict[str, int] = {}
        for form in definition.plan.statements:
            if form.every == "month":
                rows = await run.connection.fetch(
                    statement_sql.STATEMENTS, run.tenant_id, definition.plan.name, form.name, period
                )
                waiting = [row for row in rows if await self._is_open(run, form, row["record_id"])]
                found |= {form.name: len(waiting)} if waiting else {}
        return found

    # ── payouts ──────────────────────────────────────────────────────────────────────────────────

    async def pay(self, run: ActionRun, given: Arguments) -> dict[str, Any]:
        """`payOut`: record that somebody was paid what is due, less what they had too much before.

        A refund after it leaves a receivable from them, which the next payout nets.
        """
        require_configurer(run)
        plan, payee, key = given["plan"], given["payee"], given["key"][:200]
        definition = (await self._definitions(run, plan))[0]
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
        wanted = due if given.get("amount") is None else int(minor_of(given["amount"], definition))
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
        definition = (await self._definitions(run, given["plan"]))[0]
        lines: dict[str, int] = {}
        for line in given["lines"]:
            lines[line["order"]] = lines.get(line["order"], 0) + int(minor_of(line["amount"], definition))
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
        definition = (await self._definitions(run, given["plan"]))[0]
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

    async def _definitions(self, run: ActionRun, plan: str) -> list[Definition]:
        found = [one.definition for one in await versions(run.connection, run.tenant_id, plan)]
        if not found:
            raise NotFoundError.single(
                "unknown_version",
                f"No version of price plan '{plan}' is published.",
                path=("plan",),
                hint="Publish it.",
            )
        return found


def _day(value: Any) -> date | None:
    if value is None:
        return None
    return value.date() if isinstance(value, datetime) else date.fromisoformat(str(value))
