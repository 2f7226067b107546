"""Running totals from the lines of a run: as they are afterwards, and before some sales."""

from __future__ import annotations

from typing import Final, LiteralString

__all__ = ["SAVE_RECEIVED", "SAVE_TALLIES", "SEND_TALLIES", "TALLIES_BEFORE"]

_TALLIES: Final[LiteralString] = """
seen as (
    select last.place, last.upto, every.*
    from last
    join pg_temp.settlement_line as every using (component, party, "window")
    where every.no <= last.upto
        and (every.switch = 'retroactive_period' or every.component = any($1::text[]))
),
sums as (
    select place, json_object_agg(rate, measured::text)::text as sums
    from (
        select place, tariff || '@' || version as rate, sum(measured) as measured
        from seen
        where switch = 'retroactive_period'
        group by place, rate
    ) as it
    group by place
),
recent as (
    select seen.place, json_agg(json_build_array(
            to_char(seen.happened at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), seen.measured::text
        ) order by seen.no)::text as recent
    from seen
    join unnest($1::text[], $2::int[]) as rolling (component, days) on rolling.component = seen.component
    join pg_temp.settlement_line as line on line.no = seen.upto and line.component = seen.component
        and line.party = seen.party and line."window" = seen."window"
    where seen.happened >= line.happened - make_interval(hours => 24 * rolling.days)
    group by seen.place
),
tally as (
    select last.place, last.component, last.party, last."window",
        '{"total":"' || line.total || '","count":' || line.events + 1 || ',"exact":"' || line.exact || '","sums":'
            || coalesce(sums.sums, '{}') || ',"booked":' || last.booked || ',"recent":'
            || coalesce(recent.recent, '[]') || '}' as state
    from last
    join pg_temp.settlement_line as line on line.no = last.upto and line.component = last.component
        and line.party = last.party and line."window" = last."window"
    left join sums on sums.place = last.place
    left join recent on recent.place = last.place
)
"""

_AFTERWARDS: Final[LiteralString] = f"""
with last as materialized (
    select row_number() over () as place, component, party, "window", max(no) as upto, sum(amount) as booked
    from pg_temp.settlement_line
    group by component, party, "window"
    having bool_or(is_new)
),
{_TALLIES}
"""

SEND_TALLIES: Final[LiteralString] = f"""
{_AFTERWARDS}
select component, party, "window", state from tally
"""
"""Running totals as they are afterwards, for the connection that books them."""

SAVE_TALLIES: Final[LiteralString] = f"""
{_AFTERWARDS}
insert into tangram.price_tally (tenant_id, plan, party, component, "window", state)
select $3::uuid, $4::text, party, component, "window", state from tally
on conflict (tenant_id, plan, component, party, "window") do update set state = excluded.state
"""
"""Running totals as they are afterwards, from which sales one by one go on."""

SAVE_RECEIVED: Final[LiteralString] = """
insert into tangram.price_tally (tenant_id, plan, party, component, "window", state)
select $1::uuid, $2::text, party, component, "window", state from pg_temp.received_tally
on conflict (tenant_id, plan, component, party, "window") do update set state = excluded.state
"""
"""Those that another connection has found."""

TALLIES_BEFORE: Final[LiteralString] = f"""
with last as materialized (
    select target.place, target.component, target.party, target."window", max(every.no) as upto,
        sum(every.amount) as booked
    from unnest($3::int[], $4::bigint[], $5::text[], $6::text[], $7::text[])
        as target (place, no, component, party, "window")
    join pg_temp.settlement_line as every using (component, party, "window")
    where every.no < target.no
    group by target.place, target.component, target.party, target."window"
),
{_TALLIES}
select place, component, party, "window", state from tally
"""
"""Running totals before some sales: before the line `no` of a window."""
