"""The statement of a set-based run: every event of a plan rated at once, by window functions.

It is written from the words of `docs/pricing.md`, not from the calculator: both have to come to the same lines, which
a test asks of random plans. What rates a plan has, with their ladders as arrays, are parameters (`setwise` makes
them), so that one text serves every plan; it only has a layer of its own for each place of a sequential group.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, LiteralString

__all__ = ["Shape", "lines_sql"]

_HEAD: Final[LiteralString] = """
component as materialized (
    select * from jsonb_to_recordset($1::jsonb) as it (
        version int, name text, ordinal int, kind text, "group" text, policy text, layer int, clock text, base text,
        "window" text, days int, min_event numeric, max_event numeric, max_period numeric, parts numeric[],
        payees text[], residue int, falling text
    )
),
tariff as materialized (
    select * from jsonb_to_recordset($2::jsonb) as it (
        id int, version int, name text, component text, model text, measure text, switch text, rate numeric,
        flat numeric, per text, size numeric, free numeric, free_count int, reached_at boolean, lowers numeric[],
        rates numeric[], flats numeric[], below numeric[], entered numeric[], cells jsonb
    )
),
scope as materialized (
    select * from jsonb_to_recordset($3::jsonb) as it (
        version int, component text, tariff int, rank int, starts date, ends date, dimensions text[], cell jsonb
    )
),
named as materialized (
    select clock.key::int as version, array(select jsonb_array_elements_text(clock.value)) as clocks,
        array(select jsonb_array_elements_text($4::jsonb -> 'scoped')) as scoped
    from jsonb_each($4::jsonb -> 'clocks') as clock
),
source as materialized (%(source)s),
fact as materialized (
    select row_number() over (order by happened nulls first, key collate "C") as no, it.*
    from (
        select it.version, it.event ->> 'key' as key, it.event ->> 'party' as party,
            it.event ->> 'contract' as contract, (it.event ->> 'quantity')::numeric as quantity,
            it.event -> 'bases' as bases, it.event -> 'clocks' as clocks, it.event -> 'dimensions' as dimensions,
            it.event -> 'fires' as fires, it.event -> 'payees' as payees, it.event -> 'amounts' as amounts,
            %(happened)s as happened, %(spot)s as spot, it.is_new, it.period
        from source as it
        join named on named.version = it.version
        where not (
            it.event ? 'refunded' and (it.event ->> 'quantity')::numeric = 0
            and not exists (select from jsonb_each_text(it.event -> 'bases') as base where base.value::numeric <> 0)
        )
    ) as it
),
-- which rate counts: once for each combination of dimensions, by equality with what rates are narrowed by
combination as materialized (
    select version, spot, any_value(dimensions) as dimensions from fact group by version, spot
),
narrowing as materialized (select distinct version, component, dimensions from scope),
keyed as materialized (
    select concat_ws(' ', version, component, dimensions, cell) as key, tariff, rank, starts, ends from scope
),
projected as materialized (
    select combination.version, combination.spot, narrowing.component,
        concat_ws(' ', combination.version, narrowing.component, narrowing.dimensions, (
            select coalesce(jsonb_object_agg(name, combination.dimensions -> name), '{}'::jsonb)
            from unnest(narrowing.dimensions) as name
        )) as key
    from combination
    join narrowing on narrowing.version = combination.version
),
option as materialized (
    select projected.version, projected.spot, projected.component,
        array_agg(scope.tariff order by scope.rank) as tariffs,
        array_agg(scope.starts order by scope.rank) as starts,
        array_agg(scope.ends order by scope.rank) as ends,
        count(scope.starts) + count(scope.ends) > 0 as is_bounded
    from projected
    join keyed as scope on scope.key = projected.key
    group by projected.version, projected.spot, projected.component
),
fitting as (
    select it.*, case when is_bounded then (
            select chosen.tariff from unnest(it.tariffs, it.starts, it.ends)
                with ordinality as chosen (tariff, starts, ends, place)
            where (chosen.starts is null or it.day >= chosen.starts)
                and (chosen.ends is null or it.day < chosen.ends)
            order by chosen.place limit 1
        ) else it.tariffs[1] end as tariff_id,
        (case it.every
            when 'contract' then 'contract ' || it.contract
            when 'rolling' then 'rolling ' || it.days
            when 'day' then it.day::text
            else date_trunc(it.every, it.day::timestamp)::date::text
        end) collate "C" as "window"
    from (
        select fact.no, fact.version, fact.party collate "C" as party, fact.contract, fact.quantity, fact.happened,
            component.name collate "C" as component, component.ordinal, component."group", component.policy,
            component.layer, component.days,
            component."window" as every, component.min_event, component.max_event, component.max_period,
            coalesce((fact.bases ->> component.base)::numeric, 0) as whole_base,
            ((fact.clocks ->> component.clock)::timestamptz at time zone %(zone)s::text)::date as day,
            option.tariffs, option.starts, option.ends, option.is_bounded, %(carried)s
        from fact
        join component on component.version = fact.version and fact.fires ? component.name
        join option on option.version = fact.version and option.spot = fact.spot and option.component = component.name
        where fact.clocks ->> component.clock is not null
        offset 0
    ) as it
),
counting as materialized (%(counting)s)
"""

_ALL_COUNT: Final[LiteralString] = """
    select no, version, party, quantity, happened, component, ordinal, "group", policy, layer, days, min_event,
        max_event, max_period, whole_base, "window", tariff_id, dimensions, amounts
    from fitting where tariff_id is not null
"""
_FIRST_COUNTS: Final[LiteralString] = f"""
    select * from (
        select *, min(ordinal) over (partition by no, "group") as first from ({_ALL_COUNT}) as it
    ) as it
    where policy <> 'exclusive' or ordinal = first
"""

_WINDOW: Final[LiteralString] = 'partition by component, party, "window" order by no'

_LAYER: Final[LiteralString] = """,
summed_%(n)s as not materialized (
    select *,
        %(earlier)s as earlier,
        %(events)s as events
    from (
        select it.*, tariff.model, tariff.switch, tariff.rate, tariff.flat, tariff.per, tariff.size, tariff.free,
            tariff.free_count, tariff.reached_at, tariff.lowers, tariff.rates, tariff.flats, tariff.below,
            tariff.entered, tariff.cells, tariff.name as tariff,
            case when tariff.measure = 'base' then greatest(0, it.whole_base - %(taken)s)
                else it.quantity end as measured
        from counting as it
        join tariff on tariff.id = it.tariff_id
        where it.layer = %(n)s
    ) as it
    window before as (%(window)s rows between unbounded preceding and 1 preceding)
),
placed_%(n)s as %(kept)s (
    select it.*, case when lowers is not null then %(place_before)s end as place_before,
        case when lowers is not null then %(place_after)s end as place_after
    from (select *, earlier + measured as total from summed_%(n)s offset 0) as it
    offset 0
)%(again)s,
gained_%(n)s as (
    select it.*,
        case
            when it.switch = 'retroactive_period' then %(regained)s
            when it.min_event is not null and it.plainly < it.min_event then it.min_event
            when it.max_event is not null and it.plainly > it.max_event then it.max_event
            else it.plainly
        end as gained
    from (
        select it.*, case
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
        end as plainly
        from placed_%(n)s as it
        offset 0
    ) as it
    %(regaining)s
),
line_%(n)s as materialized (
    select no, version, component collate "default" as component, ordinal, "group", policy,
        party collate "default" as party, "window" collate "default" as "window", tariff, switch, total, measured,
        events, place_before, place_after, exact, happened,
        (least(round(exact), coalesce(max_period, round(exact)))
            - least(round(exact - gained), coalesce(max_period, round(exact - gained)))) as amount
    from (
        select *, sum(gained) over (%(window)s rows between unbounded preceding and current row) as exact
        from gained_%(n)s
    ) as it
)
"""

_AGAIN: Final[LiteralString] = """,
-- a step that is reached rates everything again: for each event, each rate of its version that the window has used
used_%(n)s as (
    select distinct component, party, "window", version, tariff_id, reached_at, lowers, rates, flats
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
                coalesce(sum(event.measured) filter (where event.tariff_id = used.tariff_id) over upto, 0) as sum_after,
                coalesce(sum(event.measured) filter (where event.tariff_id = used.tariff_id) over upto, 0)
                    - case when event.tariff_id = used.tariff_id then event.measured else 0 end as sum_before
            from placed_%(n)s as event
            join used_%(n)s as used using (component, party, "window", version)
            where event.switch = 'retroactive_period'
            window upto as (
                partition by event.component, event.party, event."window", event.version, used.tariff_id
                order by event.no
                rows between unbounded preceding and current row
            )
        ) as it
    ) as valued
    group by no, component
)"""

_REGAINING: Final[LiteralString] = """
    left join again_%(n)s as again on again.no = it.no and again.component = it.component"""

_TAIL: Final[LiteralString] = """,
line as (%(lines)s),
-- shares by largest remainders, the first of equals; or a named one takes what rounding leaves
cut as (
    select *, abs(amount) - (%(sum_of_wholes)s) as rest, %(lefts)s
    from (
        select *, %(wholes)s
        from (
            select line.*, fact.key, fact.payees, fact.is_new, fact.period, component.kind,
                component.parts, component.payees as payee_of,
                component.residue, %(wanted)s
            from line
            join fact on fact.no = line.no
            join component on component.version = line.version and component.name = line.component
            offset 0
        ) as it
        offset 0
    ) as it
    offset 0
),
shared as (
    select *,
        case when parts is null then array[amount] else (array[%(shares)s])[1:cardinality(parts)] end as shares,
        case when parts is null then array[party] else (array[%(names)s])[1:cardinality(parts)] end as names
    from cut
)
"""


def _place(total: str, row: str) -> str:
    """The step, from 1, that a total has reached; a bound is met at or above it."""
    bucket = f"width_bucket({total}, {row}.lowers)"
    return f"greatest(1, {bucket} - (not {row}.reached_at and {row}.lowers[{bucket}] = {total})::int)"


_ROLLING: Final[LiteralString] = """
            when %(days)s then %(what)s over (
                partition by component, party, "window", days order by happened
                range between make_interval(hours => 24 * %(days)s) preceding and current row
            ) - %(what)s over (
                partition by component, party, "window", happened order by no
                rows between current row and unbounded following
            )"""


def _before(what: str, plain: str, days: Iterable[int]) -> str:
    """What was counted before an event, in its window."""
    rolling = "".join(_ROLLING % {"days": one, "what": what} for one in sorted(days))
    return f"case coalesce(days, 0){rolling} else {plain} end" if rolling else plain


@dataclass(frozen=True, slots=True)
class Shape:
    """What of the statement depends on the plan.

    Attributes:
        layers: How many components the longest sequential group has, 1 at least.
        days: Lengths of rolling windows.
        clocks: How many clocks a version has at most.
        scoped: How many dimensions narrow rates.
        shares: How many a component has at most, 1 at least.
        is_exclusive: Whether a group has one component count alone.
        looks_up: Whether a rate looks at dimensions or amounts of an event itself.
        rates_again: Whether a step that is reached rates everything again.
    """

    layers: int
    days: frozenset[int]
    clocks: int
    scoped: int
    shares: int
    is_exclusive: bool
    looks_up: bool
    rates_again: bool


def lines_sql(source: str, ending: str, shape: Shape, zone: str) -> str:
    """The whole statement.

    Args:
        source: One of those that begin with FROM.
        ending: What is asked of the lines.
        shape: Of the plan.
        zone: Placeholder of the tenant's zone.
    """
    text = "with " + _HEAD % {
        "source": source,
        "zone": zone,
        "happened": _first_of(
            f"(it.event -> 'clocks' ->> named.clocks[{place}])::timestamptz" for place in _to(shape.clocks)
        ),
        "spot": _array_of(f"it.event -> 'dimensions' -> named.scoped[{place}]" for place in _to(shape.scoped)),
        "carried": "fact.dimensions, fact.amounts"
        if shape.looks_up
        else "null::jsonb as dimensions, null::jsonb as amounts",
        "counting": _FIRST_COUNTS if shape.is_exclusive else _ALL_COUNT,
    }
    for n in range(shape.layers):
        before = " union all ".join(f'select no, "group", policy, amount from line_{one}' for one in range(n))
        taken = (
            f"""coalesce((select sum(earlier.amount) from ({before}) as earlier
                where earlier.no = it.no and earlier."group" = it."group" and it.policy = 'sequential'), 0)"""
            if n
            else "0"
        )
        again = _AGAIN % {
            "n": n,
            "used_before": _place("event.earlier", "used"),
            "used_after": _place("event.total", "used"),
        }
        text += _LAYER % {
            "n": n,
            "taken": taken,
            "window": _WINDOW,
            "earlier": _before("sum(measured)", "coalesce(sum(measured) over before, 0)", shape.days),
            "events": _before("count(*)", "row_number() over before - 1", shape.days),
            "place_before": _place("it.earlier", "it"),
            "place_after": _place("it.total", "it"),
            "kept": "materialized" if shape.rates_again else "not materialized",
            "again": again if shape.rates_again else "",
            "regained": "again.gained" if shape.rates_again else "0",
            "regaining": _REGAINING % {"n": n} if shape.rates_again else "",
        }
    lines = " union all ".join(f"select * from line_{n}" for n in range(shape.layers))
    return text + _TAIL % {"lines": lines, **_split(shape.shares)} + ending


def _to(count: int) -> range:
    return range(1, count + 1)


def _first_of(texts: Iterable[str]) -> str:
    return f"coalesce({', '.join(texts)})"


def _array_of(texts: Iterable[str]) -> str:
    return f"jsonb_build_array({', '.join(texts)})::text"


def _split(shares: int) -> dict[str, str]:
    """Parts of an amount: so many wholes, and one more for those whose remainder is among the largest."""

    def turn(place: int) -> str:
        """How many come before it."""
        others = (
            f"(left_{other} {'>=' if other < place else '>'} left_{place})::int"
            for other in _to(shares)
            if other != place
        )
        return " + ".join(others) or "0"

    def share(place: int) -> str:
        more = f"case when rest = 0 then 0 when residue is null then (({turn(place)}) < rest)::int"
        return f"sign(amount) * (whole_{place} + {more} when residue = {place} then rest else 0 end)"

    return {
        "wanted": ", ".join(
            f"abs(line.amount) * coalesce(component.parts[{one}], 0) as wanted_{one}" for one in _to(shares)
        ),
        "wholes": ", ".join(f"trunc(wanted_{one}) as whole_{one}" for one in _to(shares)),
        "lefts": ", ".join(f"wanted_{one} - whole_{one} as left_{one}" for one in _to(shares)),
        "sum_of_wholes": " + ".join(f"whole_{one}" for one in _to(shares)),
        "shares": ", ".join(map(share, _to(shares))),
        "names": ", ".join(f"coalesce(payees ->> payee_of[{one}], '')" for one in _to(shares)),
    }
