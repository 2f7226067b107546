"""Very many who come into a segment at once: batch by batch, each told once, in bounded memory.

`SEGMENT_MEMBERS` says how many they are, 300 unless set; the full run has 1,000,000.
"""

from __future__ import annotations

import os
import resource

import pytest

from server.segments import handlers, members
from tests.fixtures.timeline import Timeline
from tests.server.rules.house import House

_MEMBERS = int(os.environ.get("SEGMENT_MEMBERS", "300"))
_BATCH = 100 if _MEMBERS < 10_000 else members.BATCH
_MOST_KB = 300_000
"""Memory that the process may have grown by meanwhile, however many they are."""

_FILL = """
insert into {table} (id, created_at, updated_at, name, points, interests)
select gen_random_uuid(), now(), now(), 'n' || n, 10, array['poor'] from generate_series(1, $1::int) as n
"""
_RULES = """
- {name: welcome, object: customer, trigger: event, settings: {source: segment, event: entered}, log: fired,
   actions: [{name: mark, kind: set, settings: {values: [{field: points, value: "=points + 1"}]}},
             {name: tag, kind: tag, settings: {group: worth, tags: [rich], valid: P30D}}]}
"""
_WORTH = {
    "name": "worth", "object": "customer", "field": "interests", "exclusive": True,
    "tags": [{"key": "rich"}, {"key": "poor"}],
}  # fmt: skip


@pytest.mark.timeout(120 + _MEMBERS // 50)
async def test_very_many_come_in_at_once_and_each_is_told_once(
    timeline: Timeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(members, "BATCH", _BATCH)
    monkeypatch.setattr(handlers, "BATCH", _BATCH)
    model = (await timeline.tenants.services.tenants.get("east")).model
    table = f'"{model.schema}"."{model.object("customer").table}"'
    await timeline.database.execute(_FILL.format(table=table), _MEMBERS)
    before_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    rich = {"name": "rich", "object": "customer", "when": "points >= 10", "announce": True}
    await House(timeline.east).declare(_RULES, segments=[rich], tag_groups=[_WORTH])
    await timeline.settle()
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kb < _MOST_KB
    batches = await timeline.database.fetch(
        "select count(*) as rows from tangram.segment_member group by xmin::text order by 1"
    )
    assert [row["rows"] for row in batches] == [_BATCH] * (_MEMBERS // _BATCH)
    told = await timeline.database.fetchrow(
        "select count(*) as told, count(distinct record_id) as records from tangram.event where kind = 'entered'"
    )
    assert tuple(told) == (_MEMBERS, _MEMBERS)
    jobs = await timeline.database.fetchval("select count(*) from tangram.handler_mark where handler like '%.events'")
    assert jobs <= 3 + 2 * (_MEMBERS // _BATCH * 2), "what is written for many is looked at together"
    points = await timeline.database.fetch(f"select points, interests, count(*) as records from {table} group by 1, 2")
    assert [tuple(row) for row in points] == [(11, ["rich"], _MEMBERS)]
    lapsing = "select count(distinct payload ->> 'record') from tangram.timer where kind = 'tags.lapse'"
    assert await timeline.database.fetchval(lapsing) == _MEMBERS
    reasons = await timeline.database.fetch(
        "select given_by, count(*) as tags, count(distinct record_id) as records from tangram.tag_assignment group by 1"
    )
    assert [tuple(row) for row in reasons] == [("rule welcome v1", _MEMBERS, _MEMBERS)]
