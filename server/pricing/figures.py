"""Figures over the ledger: what was charged and paid out, and what is left, by component, rate, payee or dimension.

Everything is counted in the entries, so that each grouping comes to the same total; what a sale takes in and costs
beside them stands with the first of them. Who may configure price plans sees
all of it; who may run the plan, what was booked of records that they see.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from metadata.pricing.values import PricePlan
from metadata.problems import BadInputError, ForbiddenError
from server.access.plan import EVERY_ROW
from server.actions import Action, ActionRun, ActionSet, ActionType
from server.pricing.explaining import money
from server.pricing.publishing import draft_of
from server.records.compiler import Compiler
from server.records.plain import reads_plainly
from server.records.run_values import values_for

__all__ = ["FIGURE_ACTIONS", "Figures"]

_OF_ENTRIES: Mapping[str, str] = {
    "component": "entry.component",
    "payee": "entry.payee",
    "party": "entry.party",
    "month": "to_char(entry.period, 'YYYY-MM')",
    "account": "entry.account",
    "rate": """coalesce(
        entry.rate,
        (
            select line ->> 'rate'
            from jsonb_array_elements(coalesce(sale.outcome, booking.outcome)::jsonb -> 'quote' -> 'lines') as line
            where line ->> 'component' = entry.component
            limit 1
        ),
        (
            select line ->> 1
            from jsonb_array_elements(coalesce(sale.outcome, booking.outcome)::jsonb -> 'lines') as line
            where line ->> 0 = entry.component
            limit 1
        )
    )""",
}
"""What figures may be grouped by besides the plan's dimensions."""

_ENTRIES = """
    select booking_id, component, payee, party, period, account, amount, currency, null::text as rate
    from tangram.ledger_entry
    where tenant_id = {tenant} and plan = {plan} and account in ('receivable', 'payable')
    union all
    select posted.id, share.component, share.payee, posted.party, posted.period,
        case when share.component = any({charged}) then 'receivable' else 'payable' end,
        share.amount * case when share.component = any({prices}) then 1 else -1 end, posted.currency, share.rate
    from tangram.price_booking as posted
    cross join lateral tangram.posted_shares(posted.outcome) as share
    where posted.tenant_id = {tenant} and posted.plan = {plan} and posted.run_id is not null
"""
"""Entries of bookings, and what sales have of the entries of their run."""

_BESIDE = """
    select booking.id, first.component, first.payee, booking.party, booking.period, beside.account,
        case booking.kind when 'refund' then -beside.amount else beside.amount end, booking.currency, first.rate
    from tangram.price_booking as booking
    left join lateral (
        select entry.component, entry.payee, entry.rate
        from entered as entry
        where entry.booking_id = booking.id
        order by array_position({components}, entry.component), entry.payee
        limit 1
    ) as first on true
    cross join lateral (
        values ('turnover', coalesce((booking.event::jsonb -> 'bases' ->> {base})::bigint, 0)),
            ('cost', -coalesce((booking.event::jsonb ->> 'cost')::bigint, 0))
    ) as beside (account, amount)
    where booking.tenant_id = {tenant} and booking.plan = {plan} and booking.kind in ('sale', 'refund')
        and beside.amount <> 0
"""
"""What sales take in where the plan charges nothing itself, and what they cost, beside their entries."""

_MAX_GROUPS = 1_000


@dataclass(eq=False)
class Figures:
    """Figures, as they are asked."""

    async def figures(self, run: ActionRun, given: Mapping[str, Any]) -> list[dict[str, Any]]:
        """`settlementFigures`."""
        plan = draft_of(run.context.model, given["plan"])
        by = list(dict.fromkeys(given["by"]))
        compiler = Compiler(run.context.model, run.context.access)
        visible = self._visible(run, plan, compiler)
        told = self._told(run, plan)
        for place, one in enumerate(by):
            if one not in told:
                known = ", ".join(told)
                raise BadInputError.single(
                    "unknown_dimension", f"Figures of '{plan.name}' are not told by '{one}'.", path=("by", place),
                    hint=f"Known: {known}.",
                )  # fmt: skip
        placeholder = compiler.parameters.placeholder
        named: dict[str, Any] = {"figures.plan": plan.name, "figures.most": _MAX_GROUPS}
        named["figures.prices"] = [one.name for one in plan.components if one.kind == "price"]
        named["figures.charged"] = [one.name for one in plan.components if one.kind in ("price", "discount")]
        tenant, chosen = placeholder("tenant.id", "::uuid"), placeholder("figures.plan", "::text")
        prices, charged = (placeholder(f"figures.{name}", "::text[]") for name in ("prices", "charged"))
        entries = _ENTRIES.format(tenant=tenant, plan=chosen, prices=prices, charged=charged)
        components, base = placeholder("figures.components", "::text[]"), placeholder("figures.base", "::text")
        named["figures.components"] = [one.name for one in plan.components]
        named["figures.base"] = "" if named["figures.prices"] or not plan.bases else plan.bases[0].name
        beside = _BESIDE.format(tenant=tenant, plan=chosen, components=components, base=base)
        conditions = ["booking.kind <> 'run'"]
        for name, sign in (("from", ">="), ("to", "<")):
            if given.get(name) is not None:
                named[f"figures.{name}"] = datetime.fromisoformat(str(given[name])).isoformat()
                instant = placeholder(f"figures.{name}", "::text::timestamptz")
                conditions.append(f"booking.effective_at {sign} {instant}")
        conditions += visible
        keys = []
        for place, one in enumerate(by):
            if one in _OF_ENTRIES:
                keys.append(f"({_OF_ENTRIES[one]})::text")
            else:
                named[f"figures.by{place}"] = one
                name = placeholder(f"figures.by{place}", "::text")
                keys.append(f"coalesce(sale.event, booking.event)::jsonb -> 'dimensions' ->> {name}")
        text = f"""
        with entered as materialized ({entries}),
        counted as (
            select array[{", ".join(keys)}]::text[] as keys, entry.account, entry.amount, entry.currency,
                entry.booking_id, booking.kind
            from (select * from entered union all {beside}) as entry
            join tangram.price_booking as booking
                on booking.id = entry.booking_id and booking.tenant_id = {tenant}
            left join tangram.price_booking as sale
                on sale.id = booking.reverses and sale.tenant_id = booking.tenant_id
            where {" and ".join(conditions)}
        )
        select keys, currency, coalesce(sum(amount) filter (where account = 'receivable'), 0)::text as charged,
            coalesce(-sum(amount) filter (where account = 'payable'), 0)::text as due,
            coalesce(sum(amount) filter (where kind <> 'payout'), 0)::text as margin,
            count(distinct booking_id) as bookings
        from counted
        group by keys, currency
        order by keys, currency
        limit {placeholder("figures.most", "::bigint")}
        """
        value_of = values_for(run.context, run.instant, named)
        rows = await run.connection.fetch(text, *map(value_of, compiler.parameters.names()))
        sees_margin = self._reads(run, plan, [plan.cost, *(one.value for one in plan.bases[:1])])
        return [_shown(by, row, sees_margin) for row in rows]

    def _reads(self, run: ActionRun, plan: PricePlan, texts: Sequence[str]) -> bool:
        """Whether the actor reads what these expressions are made of."""
        model, access = run.context.model, run.context.access
        if access.may_configure_kind("price_plan"):
            return True
        return reads_plainly(model, access, model.object(plan.object), [text for text in texts if text])

    def _told(self, run: ActionRun, plan: PricePlan) -> Sequence[str]:
        """What the actor may group by: not by what is made of fields that they do not read."""
        made_of = {"party": plan.party, **{one.name: one.value for one in plan.dimensions}}
        hidden = {name for name, text in made_of.items() if text and not self._reads(run, plan, [text])}
        known = [*_OF_ENTRIES, *sorted(one.name for one in plan.dimensions)]
        return [name for name in known if name not in hidden]

    def _visible(self, run: ActionRun, plan: PricePlan, compiler: Compiler) -> Sequence[str]:
        """What narrows figures to what the actor may know.

        Raises:
            ForbiddenError: `action_not_allowed`.
        """
        access = run.context.access
        if access.may_configure_kind("price_plan"):
            return ()
        rows = access.may_run(plan.name, plan.object)
        if rows is None or access.rights is None:
            raise ForbiddenError.single(
                "action_not_allowed",
                f"You may not see figures of '{plan.name}'.",
                hint=f"Ask an administrator for the right run:{plan.name}.",
            )
        scope = compiler.open(run.context.model.object(plan.object))
        conditions = compiler.visible(scope)
        if rows != EVERY_ROW:
            conditions.append(compiler.permitted(rows, scope))
        seen = f"select {scope.alias}.id {scope.from_clause} where {' and '.join(conditions)}"
        return (f"coalesce(sale.record_id, booking.record_id) in ({seen})",)


def _shown(by: Sequence[str], row: Mapping[str, Any], sees_margin: bool) -> dict[str, Any]:
    currency = row["currency"]
    return {
        "keys": [{"by": name, "value": value or None} for name, value in zip(by, row["keys"], strict=True)],
        "currency": currency,
        "charged": money(int(row["charged"]), currency),
        "due": money(int(row["due"]), currency),
        "margin": money(int(row["margin"]), currency) if sees_margin else None,
        "bookings": row["bookings"],
    }


FIGURE_ACTIONS = ActionSet(
    (
        Action(
            "settlementFigures",
            "query",
            {"plan": "String!", "by": "[String!]!", "from": "DateTime", "to": "DateTime"},
            "[SettlementFigure!]!",
            "What was charged and is due, by component, rate, payee, party, month, account or dimensions of the plan.",
            Figures,
            Figures.figures,
        ),
    ),
    (
        ActionType(
            "SettlementFigure",
            {
                "keys": "[SettlementKey!]!",
                "currency": "String!",
                "charged": "String!",
                "due": "String!",
                "margin": "String",
                "bookings": "Int!",
            },
            "What was charged, is due, and is left of what sales take in less what they cost; amounts as text.",
        ),
        ActionType("SettlementKey", {"by": "String!", "value": "String"}, "What a group has in common."),
    ),
)
