"""Every statement over the tables of benefits; each with the tenant first."""

from __future__ import annotations

from typing import Final, LiteralString

_LINE: Final[LiteralString] = """
id::text, benefit, object, record_id::text, key, act, amount, account, balance, coupon_id::text, reverses::text,
reference, reason, actor_name, at, expires_at
"""
_COUPON: Final[LiteralString] = """
id::text, benefit, object, record_id::text, code, state, value, issued_at, begins_at, expires_at, reserved_until,
reference, ended_at
"""

LOCK: Final[LiteralString] = "select pg_advisory_xact_lock(hashtextextended($1, 7290))"

ADD_LINE: Final[LiteralString] = f"""
insert into tangram.benefit_line (
    id, tenant_id, benefit, object, record_id, key, act, amount, account, balance, coupon_id, reverses, reference,
    reason, actor_id, actor_name, at, expires_at, hash
)
values ($2, $1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
returning {_LINE}
"""
BY_KEY: Final[LiteralString] = f"""
select {_LINE} from tangram.benefit_line where tenant_id = $1 and benefit = $2 and key = $3
"""
UNDONE: Final[LiteralString] = f"""
select {_LINE} from tangram.benefit_line where tenant_id = $1 and reverses = $2
"""
LINES: Final[LiteralString] = f"""
select {_LINE} from tangram.benefit_line
where tenant_id = $1 and benefit = $2 and record_id = $3 and ($4::uuid is null or id < $4)
order by id desc
limit $5
"""

ENSURE: Final[LiteralString] = """
insert into tangram.benefit_account (tenant_id, benefit, record_id, balance, level) values ($1, $2, $3, 0, '')
on conflict (tenant_id, benefit, record_id) do nothing
"""
ACCOUNT: Final[LiteralString] = """
select balance, level, level_since, level_until from tangram.benefit_account
where tenant_id = $1 and benefit = $2 and record_id = $3
for update
"""
LOOK: Final[LiteralString] = """
select balance, level, level_since, level_until from tangram.benefit_account
where tenant_id = $1 and benefit = $2 and record_id = $3
"""
SET_BALANCE: Final[LiteralString] = """
update tangram.benefit_account set balance = $4 where tenant_id = $1 and benefit = $2 and record_id = $3
"""
SET_LEVEL: Final[LiteralString] = """
update tangram.benefit_account set level = $4, level_since = $5, level_until = $6
where tenant_id = $1 and benefit = $2 and record_id = $3
"""
# EARNED: what was given since an instant, less what of it was taken back, whenever that was.
EARNED: Final[LiteralString] = """
select coalesce(sum(line.amount), 0)
from tangram.benefit_line as line
left join tangram.benefit_line as undone on undone.tenant_id = $1 and undone.id = line.reverses
where line.tenant_id = $1 and line.benefit = $2 and line.record_id = $3 and line.act in ('give', 'take_back')
    and coalesce(undone.at, line.at) > $4
"""

ADD_LOT: Final[LiteralString] = """
insert into tangram.benefit_lot (id, tenant_id, benefit, record_id, amount_left, expires_at)
values ($2, $1, $3, $4, $5, $6)
"""
LOTS: Final[LiteralString] = """
select id::text, amount_left, expires_at from tangram.benefit_lot
where tenant_id = $1 and benefit = $2 and record_id = $3 and amount_left > 0
"""
TAKE_LOTS: Final[LiteralString] = """
update tangram.benefit_lot as lot set amount_left = lot.amount_left - part.amount
from unnest($2::uuid[], $3::numeric[]) as part (id, amount)
where lot.tenant_id = $1 and lot.id = part.id
"""
LAPSED_LOTS: Final[LiteralString] = """
select id::text, record_id::text from tangram.benefit_lot
where tenant_id = $1 and benefit = $2 and amount_left > 0 and expires_at <= $3
order by expires_at, id
limit $4
"""

ADD_COUPON: Final[LiteralString] = f"""
insert into tangram.benefit_coupon (
    id, tenant_id, benefit, object, record_id, code, state, value, issued_at, begins_at, expires_at, reference
)
values ($2, $1, $3, $4, $5, $6, 'open', $7, $8, $9, $10, $11)
returning {_COUPON}
"""
COUPON: Final[LiteralString] = f"""
select {_COUPON} from tangram.benefit_coupon where tenant_id = $1 and code = $2 for update
"""
COUPON_BY_ID: Final[LiteralString] = f"""
select {_COUPON} from tangram.benefit_coupon where tenant_id = $1 and id = $2 for update
"""
SET_COUPON: Final[LiteralString] = f"""
update tangram.benefit_coupon set state = $3, reference = $4, reserved_until = $5, ended_at = $6
where tenant_id = $1 and id = $2
returning {_COUPON}
"""
COUPONS: Final[LiteralString] = f"""
select {_COUPON} from tangram.benefit_coupon
where tenant_id = $1 and record_id = $2 and ($3::text is null or benefit = $3) and ($4::text is null or state = $4)
order by id desc
limit 200
"""
COUNT_COUPONS: Final[LiteralString] = """
select count(*) from tangram.benefit_coupon
where tenant_id = $1 and benefit = $2 and record_id = $3 and state <> 'revoked'
"""
LAPSED_COUPONS: Final[LiteralString] = """
select id::text from tangram.benefit_coupon
where tenant_id = $1 and benefit = $2 and state in ('open', 'reserved') and expires_at <= $3
order by expires_at, id
limit $4
"""

# TAKE_BUDGET: nothing comes back where it is used up; two that take the last of it are taken one after the other.
TAKE_BUDGET: Final[LiteralString] = """
insert into tangram.benefit_budget as budget (tenant_id, benefit, period, given)
select $1, $2, $3, $4::numeric where $4::numeric <= $5::numeric
on conflict (tenant_id, benefit, period) do update set given = budget.given + excluded.given
where budget.given + excluded.given <= $5::numeric
returning given
"""
GIVE_BUDGET_BACK: Final[LiteralString] = """
update tangram.benefit_budget set given = given - $4 where tenant_id = $1 and benefit = $2 and period = $3
"""
BUDGET: Final[LiteralString] = """
select given from tangram.benefit_budget where tenant_id = $1 and benefit = $2 and period = $3
"""
FIGURES: Final[LiteralString] = """
select
    coalesce(sum(amount) filter (where act = 'give'), 0) as given,
    coalesce(-sum(amount) filter (where act = 'spend'), 0) as used,
    coalesce(-sum(amount) filter (where act = 'lapse'), 0) as lapsed,
    coalesce(-sum(amount) filter (where act = 'take_back'), 0) as taken_back,
    coalesce(sum(amount) filter (where act = 'give_back'), 0) as given_back,
    count(distinct record_id) filter (where act = 'give') as holders,
    count(distinct record_id) filter (where act = 'spend') as users
from tangram.benefit_line
where tenant_id = $1 and benefit = $2 and ($3::timestamptz is null or at >= $3) and ($4::timestamptz is null or at < $4)
"""

# ALL_LINES: as they are hashed, each with the hash that the audit log has.
ALL_LINES: Final[LiteralString] = """
select line.id::text, line.benefit, line.object, line.record_id::text, line.key, line.act, line.amount, line.account,
    line.balance, line.coupon_id::text, line.reverses::text, line.reference, line.reason, line.actor_id::text,
    line.actor_name, line.at, line.expires_at, line.hash,
    (
        select min(logged.detail ->> 'hash') from tangram.audit_entry as logged
        where logged.tenant_id = line.tenant_id and logged.object = 'benefit_line'
            and logged.records = array[line.id::text]
    ) as logged
from tangram.benefit_line as line
where line.tenant_id = $1
order by line.id
"""
GONE_LINES: Final[LiteralString] = """
select logged.records[1] as id
from tangram.audit_entry as logged
where logged.tenant_id = $1 and logged.object = 'benefit_line'
    and not exists (
        select from tangram.benefit_line as line where line.tenant_id = $1 and line.id::text = logged.records[1]
    )
order by logged.id
"""
# WRONG_BALANCES: accounts that hold something else than their lines come to.
WRONG_BALANCES: Final[LiteralString] = """
select account.benefit, account.record_id::text, account.balance::text, coalesce(sum(line.amount), 0)::text as total
from tangram.benefit_account as account
left join tangram.benefit_line as line
    on line.tenant_id = account.tenant_id and line.benefit = account.benefit and line.record_id = account.record_id
where account.tenant_id = $1
group by account.id
having account.balance <> coalesce(sum(line.amount), 0)
order by account.id
"""
