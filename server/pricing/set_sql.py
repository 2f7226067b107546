"""The statement of a set-based run: every event of a plan rated at once, by window functions.

It is written from the words of `docs/pricing.md`, not from the calculator: both have to come to the same lines, which
a test asks of random plans. What rates a plan has, with their ladders as arrays, are parameters (`setwise` makes
them), so that one text serves every plan; it only has a layer of its own for each place of a sequential group.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final, LiteralString

__all__ = ["DIFFERENCES", "FROM_LEDGER", "FROM_VALUES", "LINES", "lines_sql"]

FROM_VALUES: Final[LiteralString] = """
    select given.event::jsonb as event, given.version
    from unnest($5::text[], $6::int[]) as given (event, version)
"""
"""Events that are sent: their JSON and versions."""

FROM_LEDGER: Final[LiteralString] = """
    select
        case when back.events is null then sale.event::jsonb else sale.event::jsonb || jsonb_build_object(
            'quantity', greatest(0, (sale.event::jsonb ->> 'quantity')::numeric - back.quantity)::text,
            'bases', (
                select coalesce(jsonb_object_agg(base.key, greatest(0, base.value::text::numeric - coalesce((
                    select sum((refund.event -> 'bases' ->> base.key)::numeric)
                    from unnest(back.events) as refund (event)
                ), 0))), '{}'::jsonb)
                from jsonb_each(sale.event::jsonb -> 'bases') as base
            ),
            'amounts', (
                select coalesce(jsonb_object_agg(came.key, greatest(0, came.value::text::numeric - coalesce((
                    select sum((refund.event -> 'amounts' ->> came.key)::numeric)
                    from unnest(back.events) as refund (event)
                ), 0))), '{}'::jsonb)
                from jsonb_each(sale.event::jsonb -> 'amounts') as came
            ),
            'refunded', true
        ) end as event,
        sale.version
    from tangram.price_booking as sale
    left join lateral (
        select array_agg(refund.event::jsonb) as events, sum((refund.event::jsonb ->> 'quantity')::numeric) as quantity
        from tangram.price_booking as refund
        where refund.tenant_id = sale.tenant_id and refund.reverses = sale.id
    ) as back on true
    where sale.tenant_id = $5::uuid and sale.plan = $6::text and sale.kind = 'sale'
        and ($7::text is null or sale.party = $7::text)
"""
"""Sales of a plan as they are left by their refunds."""

_HEAD: Final[LiteralString] = """
component as materialized (
    select * from jsonb_to_recordset($1::jsonb) as it (
        version int, name text, ordinal int, kind text, "group" text, policy text, layer int, clock text, base text,
        "window" text, days int, min_event numeric, max_event numeric, max_period numeric, percents numeric[],
        payees text[], residue int, falling text
    )
),
tariff as materialized (
    select * from jsonb_to_recordset($2::jsonb) as it (
        version int, name text, component text, model text, measure text, switch text, rate numeric, flat numeric,
        per text, size numeric, free numeric, free_count int, reached_at boolean, lowers numeric[], rates numeric[],
        flats numeric[], below numeric[], entered numeric[], cells jsonb
    )
),
scope as materialized (
    select * from jsonb_to_recordset($3::jsonb) as it (
        version int, component text, tariff text, rank int, starts date, ends date, dimensions text[], cell jsonb
    )
),
source as (%(source)s),
fact as materialized (
    select row_number() over () as no, it.version, it.event ->> 'key' as key, it.event ->> 'party' as party,
        it.event ->> 'contract' as contract, (it.event ->> 'quantity')::numeric as quantity,
        it.event -> 'bases' as bases, it.event -> 'clocks' as clocks, it.event -> 'dimensions' as dimensions,
        it.event -> 'fires' as fires,
        it.event -> 'payees' as payees, it.event -> 'amounts' as amounts,
        (
            select (it.event -> 'clocks' ->> clock.name)::timestamptz
            from jsonb_array_elements_text($4::jsonb -> it.version::text) with ordinality as clock (name, place)
            where it.event -> 'clocks' ->> clock.name is not null
            order by clock.place limit 1
        ) as happened
    from source as it
    where not (
        it.event ? 'refunded' and (it.event ->> 'quantity')::numeric = 0
        and not exists (select from jsonb_each_text(it.event -> 'bases') as base where base.value::numeric <> 0)
    )
),
-- which rate counts: once for each combination of dimensions, by equality with what rates are narrowed by
combination as materialized (
    select version || ' ' || dimensions as id, version, dimensions
    from (select distinct version, dimensions from fact) as it
),
narrowing as materialized (select distinct version, component, dimensions from scope),
keyed as materialized (
    select concat_ws(' ', version, component, dimensions, cell) as key, tariff, rank, starts, ends from scope
),
projected as materialized (
    select combination.id, narrowing.component,
        concat_ws(' ', combination.version, narrowing.component, narrowing.dimensions, (
            select coalesce(jsonb_object_agg(name, combination.dimensions -> name), '{}'::jsonb)
            from unnest(narrowing.dimensions) as name
        )) as key
    from combination
    join narrowing on narrowing.version = combination.version
),
option as materialized (
    select projected.id || ' ' || projected.component as id,
        array_agg(scope.tariff order by scope.rank) as tariffs,
        array_agg(scope.starts order by scope.rank) as starts,
        array_agg(scope.ends order by scope.rank) as ends
    from projected
    join keyed as scope on scope.key = projected.key
    group by projected.id, projected.component
),
fitting as (
    select fact.*, component.name as component, component.ordinal, component."group", component.policy,
        component.layer, component.days, component.min_event, component.max_event, component.max_period,
        component.percents, component.payees as payee_of, component.residue,
        coalesce((fact.bases ->> component.base)::numeric, 0) as whole_base,
        (fact.clocks ->> component.clock)::timestamptz as at,
        case component."window"
            when 'contract' then 'contract ' || fact.contract
            when 'rolling' then 'rolling ' || component.days
            when 'day' then date.day::text
            else date_trunc(component."window", date.day::timestamp)::date::text
        end as "window",
        (
            select chosen.name from unnest(option.tariffs, option.starts, option.ends)
                with ordinality as chosen (name, starts, ends, place)
            where (chosen.starts is null or date.day >= chosen.starts)
                and (chosen.ends is null or date.day < chosen.ends)
            order by chosen.place limit 1
        ) as tariff_name
    from fact
    join component on component.version = fact.version and fact.fires ? component.name
        and fact.clocks ->> component.clock is not null
    join option on option.id = concat_ws(' ', fact.version, fact.dimensions, component.name)
    cross join lateral (
        select ((fact.clocks ->> component.clock)::timestamptz at time zone %(zone)s::text)::date as day
    ) as date
),
counting as materialized (
    select * from (
        select *, min(ordinal) over (partition by no, "group") as first from fitting where tariff_name is not null
    ) as it
    where policy <> 'exclusive' or ordinal = first
)
"""

_LAYER: Final[LiteralString] = """,
measured_%(n)s as materialized (
    select it.*, tariff.name as tariff, tariff.model, tariff.switch, tariff.rate, tariff.flat, tariff.per, tariff.size,
        tariff.free, tariff.free_count, tariff.reached_at, tariff.lowers, tariff.rates, tariff.flats, tariff.below,
        tariff.entered, tariff.cells,
        case when tariff.measure = 'base' then greatest(0, it.whole_base - %(taken)s) else it.quantity end as measured
    from counting as it
    join tariff on concat_ws(' ', tariff.version, tariff.name) = concat_ws(' ', it.version, it.tariff_name)
    where it.layer = %(n)s
),
summed_%(n)s as (
    select *,
        %(earlier)s as earlier,
        %(events)s as events
    from measured_%(n)s
    window before as (
        partition by component, party, "window" order by happened nulls first, key collate "C"
        rows between unbounded preceding and 1 preceding
    )
),
placed_%(n)s as materialized (
    select it.*, it.earlier + it.measured as total,
        case when lowers is not null then %(place_before)s end as place_before,
        case when lowers is not null then %(place_after)s end as place_after
    from summed_%(n)s as it
),
-- a step that is reached rates everything again: for each event, each rate of its version that the window has used
used_%(n)s as (
    select distinct component, party, "window", version, tariff, reached_at, lowers, rates, flats
    from placed_%(n)s where switch = 'retroactive_period'
),
again_%(n)s as (
    select no, component, sum(value_after - value_before) as gained
    from (
        select it.no, it.component,
            case when it.sum_after <> 0
                then it.sum_after * it.rates[it.place_after] + it.flats[it.place_after] else 0 end as value_after,
            case when it.sum_before <> 0
                then it.sum_before * it.rates[it.place_before] + it.flats[it.place_before] else 0 end as value_before
        from (
            select event.no, event.component, used.rates, used.flats, %(used_before)s as place_before,
                %(used_after)s as place_after,
                coalesce(sum(event.measured) filter (where event.tariff = used.tariff) over upto, 0) as sum_after,
                coalesce(sum(event.measured) filter (where event.tariff = used.tariff) over upto, 0)
                    - case when event.tariff = used.tariff then event.measured else 0 end as sum_before
            from placed_%(n)s as event
            join used_%(n)s as used using (component, party, "window", version)
            where event.switch = 'retroactive_period'
            window upto as (
                partition by event.component, event.party, event."window", event.version, used.tariff
                order by event.happened nulls first, event.key collate "C"
                rows between unbounded preceding and current row
            )
        ) as it
    ) as valued
    group by no, component
),
gained_%(n)s as (
    select it.*,
        case
            when it.switch = 'retroactive_period' then again.gained
            when it.min_event is not null and rated.gained < it.min_event then it.min_event
            when it.max_event is not null and rated.gained > it.max_event then it.max_event
            else rated.gained
        end as gained
    from placed_%(n)s as it
    left join again_%(n)s as again on again.no = it.no and again.component = it.component
    cross join lateral (
        select case
            when it.switch = 'retroactive_period' then 0
            when it.switch = 'step_forward' then it.measured * it.rates[it.place_after]
                + case when it.total > 0 and not (it.earlier > 0 and it.place_before >= it.place_after)
                    then it.flats[it.place_after] else 0 end
            when it.lowers is not null then
                it.below[it.place_after] + it.rates[it.place_after] * (it.total - it.lowers[it.place_after])
                - it.below[it.place_before] - it.rates[it.place_before] * (it.earlier - it.lowers[it.place_before])
                + case when it.total > 0 then it.entered[it.place_after] else 0 end
                - case when it.earlier > 0 then it.entered[it.place_before] else 0 end
            when it.model = 'per_unit' then it.measured * it.rate
            when it.model = 'flat' then case when it.per = 'event' or it.events = 0 then it.flat else 0 end
            when it.model = 'package' then it.rate * (
                div(greatest(0, it.total - it.free), it.size)
                + (mod(greatest(0, it.total - it.free), it.size) > 0)::int
                - div(greatest(0, it.earlier - it.free), it.size)
                - (mod(greatest(0, it.earlier - it.free), it.size) > 0)::int
            )
            when it.model = 'percentage' then case when it.events < it.free_count then 0 else
                it.rate * (greatest(0, it.total - it.free) - greatest(0, it.earlier - it.free)) + it.flat end
            when it.model = 'matrix' then coalesce(it.measured * (
                select (cell.body ->> 'rate')::numeric
                from jsonb_array_elements(it.cells) with ordinality as cell (body, place)
                where not exists (
                    select from jsonb_each_text(cell.body -> 'values') as wanted (name, value)
                    where wanted.value <> '*' and wanted.value is distinct from it.dimensions ->> wanted.name
                )
                order by cell.place limit 1
            ), 0)
            else coalesce((it.amounts ->> it.tariff)::numeric, 0)
        end as gained
    ) as rated
),
line_%(n)s as materialized (
    select no, key, version, component, ordinal, "group", policy, party, "window", tariff, total, payees, percents,
        payee_of, residue, exact, happened,
        (least(round(exact), coalesce(max_period, round(exact)))
            - least(round(exact - gained), coalesce(max_period, round(exact - gained)))) as amount
    from (
        select *, sum(gained) over (
            partition by component, party, "window" order by happened nulls first, key collate "C"
            rows between unbounded preceding and current row
        ) as exact
        from gained_%(n)s
    ) as it
)
"""

_TAIL: Final[LiteralString] = """,
line as (%(lines)s),
-- shares by largest remainders, the first of equals; or a named one takes what rounding leaves
shared as (
    select line.*, coalesce(part.shares, array[amount]) as shares, coalesce(part.names, array[party]) as names
    from line
    left join lateral (
        select array_agg(sign(line.amount) * (it.whole + case
                when line.residue is null then (it.turn <= it.rest)::int
                when it.place = line.residue then it.rest else 0 end) order by it.place) as shares,
            array_agg(coalesce(line.payees ->> line.payee_of[it.place], '') order by it.place) as names
        from (
            select cut.place, cut.whole, abs(line.amount) - sum(cut.whole) over () as rest,
                row_number() over (order by cut.whole - cut.wanted, cut.place) as turn
            from (
                select place, abs(line.amount) * percent * 0.01 as wanted,
                    trunc(abs(line.amount) * percent * 0.01) as whole
                from unnest(line.percents) with ordinality as share (percent, place)
            ) as cut
        ) as it
    ) as part on true
)
"""

LINES: Final[LiteralString] = """
select key, version, component, tariff, party, "window", total::text as total, exact::text as exact,
    amount::text as amount, shares::text[] as shares, names
from shared
order by happened nulls first, key collate "C", ordinal
"""

DIFFERENCES: Final[LiteralString] = """,
wanted as (
    select shared.component, shared.party, shared."window", part.payee, sum(part.amount) as amount
    from shared
    cross join lateral unnest(shared.names, shared.shares) as part (payee, amount)
    group by shared.component, shared.party, shared."window", part.payee
),
booked as (
    select entry.component, entry.party, entry."window", entry.payee,
        sum(entry.amount * case when named.kind = 'price' then 1 else -1 end) as amount
    from tangram.ledger_entry as entry
    join (select distinct on (name) name, kind from component order by name, version desc) as named
        on named.name = entry.component
    where entry.tenant_id = $5::uuid and entry.plan = $6::text and entry.account in ('receivable', 'payable')
        and entry."window" not in ('adjustment', 'true_up') and ($7::text is null or entry.party = $7::text)
    group by entry.component, entry.party, entry."window", entry.payee
)
select component, party, "window", payee, coalesce(wanted.amount, 0)::text as wanted,
    coalesce(booked.amount, 0)::text as booked
from wanted
full join booked using (component, party, "window", payee)
where coalesce(wanted.amount, 0) <> coalesce(booked.amount, 0)
    and not exists (  -- what keeps its highest tier after a refund is not what rating anew comes to
        select from component
        join tangram.price_booking as refund on refund.tenant_id = $5::uuid and refund.plan = $6::text
            and refund.kind = 'refund' and refund.party = coalesce(wanted.party, booked.party)
        where component.name = coalesce(wanted.component, booked.component) and component.falling <> 'recompute'
    )
order by component, party, "window", payee
limit 1000
"""
"""Where the ledger is not what its sales come to: none, unless something went wrong."""


def _place(total: str, row: str) -> str:
    """The step, from 1, that a total has reached; a bound is met at or above it."""
    bucket = f"width_bucket({total}, {row}.lowers)"
    return f"greatest(1, {bucket} - (not {row}.reached_at and {row}.lowers[{bucket}] = {total})::int)"


_ROLLING: Final[LiteralString] = """
            when %(days)s then %(what)s over (
                partition by component, party, "window", days order by happened
                range between make_interval(hours => 24 * %(days)s) preceding and current row
            ) - %(what)s over (
                partition by component, party, "window", happened order by key collate "C"
                rows between current row and unbounded following
            )"""


def _before(what: str, plain: str, days: Iterable[int]) -> str:
    """What was counted before an event, in its window."""
    rolling = "".join(_ROLLING % {"days": one, "what": what} for one in sorted(days))
    return f"case coalesce(days, 0){rolling} else {plain} end" if rolling else plain


def lines_sql(source: str, ending: str, layers: int, days: Collection[int], zone: str) -> str:
    """The whole statement.

    Args:
        source: FROM_VALUES or FROM_LEDGER.
        ending: LINES or DIFFERENCES.
        layers: How many components the longest sequential group has, 1 at least.
        days: Lengths of rolling windows.
        zone: Placeholder of the tenant's zone.
    """
    text = "with " + _HEAD % {"source": source, "zone": zone}
    for n in range(layers):
        before = " union all ".join(f'select no, "group", policy, amount from line_{one}' for one in range(n))
        taken = (
            f"""coalesce((select sum(earlier.amount) from ({before}) as earlier
                where earlier.no = it.no and earlier."group" = it."group" and it.policy = 'sequential'), 0)"""
            if n
            else "0"
        )
        text += _LAYER % {
            "n": n,
            "taken": taken,
            "earlier": _before("sum(measured)", "coalesce(sum(measured) over before, 0)", days),
            "events": _before("count(*)", "row_number() over before - 1", days),
            "place_before": _place("it.earlier", "it"),
            "place_after": _place("(it.earlier + it.measured)", "it"),
            "used_before": _place("event.earlier", "used"),
            "used_after": _place("event.total", "used"),
        }
    lines = " union all ".join(f"select * from line_{n}" for n in range(layers))
    return text + _TAIL % {"lines": lines} + ending
