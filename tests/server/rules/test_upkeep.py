"""What is kept of the log of rules, and how long: what guards go by outlives it."""

from __future__ import annotations

from server.outreach.upkeep import prune_outreach
from server.rules.upkeep import LogRetention, forget_runs
from tests.fixtures.timeline import Timeline
from tests.server.rules.house import House

_RULES = """
- {name: gift, object: customer, trigger: field, settings: {field: remark}, guard: {once: true},
   actions: [{name: add, kind: set, settings: {values: [{field: points, value: "=points + 1"}]}}]}
- {name: often, object: customer, trigger: field, settings: {field: remark},
   actions: [{name: tell, kind: webhook, settings: {event: often}}]}
- {name: never, object: customer, trigger: field, settings: {field: remark}, when: points > 100,
   actions: [{name: tell, kind: webhook, settings: {event: never}}]}
"""


async def test_lines_go_by_age_but_for_what_acts_once_for_a_record(house: House, timeline: Timeline) -> None:
    await house.declare(_RULES)
    record = await house.customer()
    await house.change("Customer", record, remark="first")
    await timeline.settle()
    connections, kept = timeline.tenants.services.connections, LogRetention(400, 30)
    assert await forget_runs(connections, timeline.clock, kept) == 0
    await timeline.database.execute("update tangram.rule_run set at = at - interval '500 days'")
    assert await forget_runs(connections, timeline.clock, LogRetention(0, 0)) == 0
    assert await forget_runs(connections, timeline.clock, kept) == 2
    assert [run["rule"] for run in await house.runs()] == ["gift"]
    await house.change("Customer", record, remark="second")
    await timeline.settle()
    assert await house.look("customer", record, "points") == {"points": 1}


async def test_messages_to_customers_go_by_age_unless_they_wait(timeline: Timeline) -> None:
    await timeline.database.execute(
        """
        insert into tangram.outreach_message (
            id, tenant_id, key, object, record_id, template, channels, channel, address, title, links, source, node,
            state, why, attempts, queued_at, expires_at
        )
        select ('019900000000700080000000' || lpad(n::text, 8, '0'))::uuid, $1, n::text, 'customer', gen_random_uuid(),
            't', '{}', '', '', '', '[]', 's', '', case when n = 1 then 'queued' else 'sent' end, '', 1,
            $2::timestamptz - n * interval '100 days', $2
        from generate_series(1, 5) as n
        """,
        timeline.east.id,
        timeline.now,
    )
    connections = timeline.tenants.services.connections
    assert await prune_outreach(connections, timeline.clock, days=0) == 0
    assert await prune_outreach(connections, timeline.clock, days=250) == 3
    assert await prune_outreach(connections, timeline.clock, days=50) == 1
    left = await timeline.database.fetch("select key, state from tangram.outreach_message")
    assert [tuple(row) for row in left] == [("1", "queued")]
