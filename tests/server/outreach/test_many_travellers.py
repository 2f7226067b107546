"""Many who come into a segment at once set out on a journey together, each as if it had come alone."""

from __future__ import annotations

import os
from typing import Any

import pytest
from structlog.testing import capture_logs

from server.automation import RuleStep
from server.flows.engine import FlowEngine
from server.outreach.queueing import send_performers
from tests.fixtures.timeline import Timeline
from tests.server.outreach.test_journeys import MONDAY, TEMPLATES, channels, send
from tests.server.rules.house import House

_MANY = int(os.environ.get("SEGMENT_MEMBERS", "200"))
_HELLO = {
    "name": "hello", "object": "customer", "live": True,
    "journey": {"goal": "points > 100", "exit": 'level == "gold"', "hold_out": 10},
    "nodes": [
        {"name": "begin", "kind": "start",
         "settings": {"trigger": "segment", "segment": "leads", "when": "points >= 0"}, "edges": [{"to": "poor"}]},
        {"name": "poor", "kind": "decision",
         "edges": [{"to": "mail", "when": "points < 5"}, {"to": "over", "default": True}]},
        {"name": "mail", "kind": "perform", "settings": send("outline"), "edges": [{"to": "rest"}]},
        {"name": "rest", "kind": "delay", "settings": {"duration": "P3D"}, "edges": [{"to": "over"}]},
        {"name": "over", "kind": "end"},
    ],
}  # fmt: skip
_FILL = """
insert into {table} (id, created_at, updated_at, name, points, level, interests)
select gen_random_uuid(), now(), now(), 'n' || n, case when n % 10 = 1 then 7 when n % 10 = 2 then 500 else 1 end,
    case when n % 10 = 3 then 'gold' else 'normal' end, array['lead']
from generate_series(1, $1::int) as n
"""
_FOUND = """
select customer.points, customer.level, entry.held_out, instance.status, count(distinct instance.id) as runs,
    count(distinct message.id) as messages, count(distinct customer.id) as records,
    bool_and(entry.held_out or told.cause = array[came.id]) as caused
from {table} as customer
left join tangram.journey_entry as entry on entry.record_id = customer.id
left join tangram.flow_instance as instance on instance.id = entry.instance_id
left join tangram.outreach_message as message on message.instance_id = instance.id
left join tangram.event as told on told.object = 'flow__instance' and told.record_id = instance.id
left join tangram.event as came on came.object = 'segment__member' and came.record_id = customer.id
group by 1, 2, 3, 4 order by 1, 2, 3
"""


async def opened(timeline: Timeline, many: int = _MANY) -> tuple[House, str]:
    house = House(timeline.east)
    await timeline.set(MONDAY)
    model = (await timeline.tenants.services.tenants.get("east")).model
    table = f'"{model.schema}"."{model.object("customer").table}"'
    await timeline.database.execute(_FILL.format(table=table), many)
    leads = {"name": "leads", "object": "customer", "when": '"lead" in interests', "announce": True}
    await house.declare(
        "[]", message_templates=TEMPLATES, contact_channels=channels("http://127.0.0.1:1/"), segments=[leads],
        flows=[_HELLO],
    )  # fmt: skip
    return house, table


async def _found(timeline: Timeline, table: str) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in await timeline.database.fetch(_FOUND.format(table=table))]


def _expected(found: list[tuple[Any, ...]], many: int = _MANY) -> None:
    """Of ten seven go and are sent for, one goes and is not, two have no business there; some are held out of each."""
    of = {(points, level, held): rest for points, level, held, *rest in found}
    tenth, (*_, held, _) = many // 10, of.get((1, "normal", True), [None, 0, 0, 0, True])
    assert of[1, "normal", False] == ["running", 7 * tenth - held, 7 * tenth - held, 7 * tenth - held, True]
    assert of[7, "normal", False][:3] == ["done", tenth - of.get((7, "normal", True), [0] * 4)[3], 0]
    for points, level in ((500, "normal"), (1, "gold")):  # the goal, or the exit, is met already
        assert of[points, level, None][:3] == [None, 0, 0]
    assert held < 0.3 * 7 * tenth + 5


@pytest.mark.timeout(120 + _MANY // 20)
async def test_many_set_out_together_each_once_by_its_own_cause(
    timeline: Timeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    together: list[int] = []
    start_all = FlowEngine.start_all

    async def counted(self: FlowEngine, standing: Any, flow: str, causes: Any) -> None:
        together.append(len(causes))
        await start_all(self, standing, flow, causes)

    monkeypatch.setattr(FlowEngine, "start_all", counted)
    house, table = await opened(timeline)
    await timeline.settle()
    found = await _found(timeline, table)
    _expected(found)
    assert sum(together) == _MANY
    assert len(together) <= _MANY / 100
    await house.ask('mutation { refreshSegment(segment: "leads") }')
    await timeline.settle()
    assert await _found(timeline, table) == found


async def test_where_one_of_them_fails_each_goes_by_itself(timeline: Timeline, monkeypatch: pytest.MonkeyPatch) -> None:
    (sending,) = send_performers()

    async def broken(steps: list[RuleStep]) -> Any:
        if len(steps) > 1:
            raise ZeroDivisionError("nobody has thought of this")
        return await sending.perform(steps[0])

    monkeypatch.setattr(type(sending), "act", lambda self, steps: broken(steps))
    _, table = await opened(timeline, 30)
    with capture_logs() as logs:
        await timeline.settle()
    assert [log["event"] for log in logs if log["log_level"] == "warning"] == ["events are gone through one by one"]
    _expected(await _found(timeline, table), 30)
