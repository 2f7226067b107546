"""What is kept of the log of rules, and how long: what guards go by outlives it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from server.outreach.upkeep import prune_outreach
from server.rules import sql
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


async def test_what_is_old_is_found_without_going_through_the_log(timeline: Timeline) -> None:
    await timeline.database.execute(
        """
        insert into tangram.rule_run (
            tenant_id, rule, number, key, object, record_id, at, outcome, why, actions, took_us, depth
        )
        select $1, 'rule ' || n % 40, 1, n::text, 'customer', gen_random_uuid(),
            $2::timestamptz - n * interval '1 minute', (array['fired', 'not_met', 'skipped'])[n % 3 + 1], '', '[]', 1, 0
        from generate_series(1, 20000) as n
        """,
        timeline.east.id,
        timeline.now,
    )
    await timeline.database.execute("analyze tangram.rule_run")
    before = [timeline.now - timedelta(minutes=minutes) for minutes in (19_990, 19_900)]
    async with timeline.tenants.services.connections.acquire() as connection:
        plan = await connection.fetchval(f"explain (format json) {sql.FORGET_RUNS}", *before)
    reads = {(node["Node Type"], node.get("Index Name")) for node in _nodes(json.loads(plan)[0]["Plan"])
             if "rule_run" in (node.get("Relation Name"), str(node.get("Index Name", ""))[:8])}  # fmt: skip
    assert {kind for kind, _ in reads} <= {
        "ModifyTable", "Index Only Scan", "Index Scan", "Bitmap Heap Scan", "Bitmap Index Scan",
    }  # fmt: skip
    assert ("Index Only Scan", "rule_run_outcome") in reads
    kept = LogRetention(400, 13)  # the last of 20,000 minutes are of the fourteenth day
    old = 20_000 - 13 * 24 * 60
    assert await forget_runs(timeline.tenants.services.connections, timeline.clock, kept) == pytest.approx(
        old * 2 / 3, abs=2
    )


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for part in node.get("Plans", ()):
        yield from _nodes(part)


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
