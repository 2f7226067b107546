"""Tags with a reason and a time, by people and by rules; some exclude each other."""

from __future__ import annotations

from datetime import timedelta

from tests.fixtures.timeline import Timeline
from tests.server.rules.house import House

GROUPS = [
    {
        "name": "stage",
        "object": "customer",
        "field": "interests",
        "exclusive": True,
        "tags": [{"key": "cold"}, {"key": "warm"}, {"key": "old", "archived": True}],
    },
    {"name": "care", "object": "customer", "field": "interests", "tags": [{"key": "allergy"}, {"key": "pregnant"}]},
]
TAG = """
mutation($group: String!, $record: ID!, $tags: [String!]!, $until: DateTime) {
  tagRecord(group: $group, record: $record, tags: $tags, reason: "said so", until: $until)
}
"""
HISTORY = """
query($record: ID!) { tagHistory(object: "customer", record: $record) { tag source givenBy endedAt endReason } }
"""
RULES = """
- name: care
  object: customer
  trigger: field
  settings: {field: remark}
  when: contains(remark, "过敏")
  actions: [{name: tag, kind: tag, settings: {group: care, tags: [allergy], valid: P2D}}]
- name: alert
  object: customer
  trigger: tag
  settings: {field: interests, tag: allergy}
  actions: [{name: tell, kind: webhook, settings: {event: care}}]
"""


async def test_tags_of_an_exclusive_group_take_each_others_place_and_keep_their_reasons(timeline: Timeline) -> None:
    house = House(timeline.east)
    await house.declare("[]", tag_groups=GROUPS)
    record = await house.customer(interests=["tea"])
    for group, tags in (("stage", ["cold"]), ("care", ["allergy"]), ("stage", ["warm"])):
        await house.ask(TAG, {"group": group, "record": record, "tags": tags})
    assert await house.look("customer", record, "interests") == {"interests": ["tea", "allergy", "warm"]}
    lines = (await house.ask(HISTORY, {"record": record}))["tagHistory"]
    assert [(line["tag"], line["source"], line["endReason"]) for line in lines] == [
        ("warm", "manual", None), ("allergy", "manual", None), ("cold", "manual", "replaced"),
    ]  # fmt: skip
    refused = await house.tenant.faults(TAG, {"group": "stage", "record": record, "tags": ["old"]})
    assert refused == [("BAD_USER_INPUT", "unknown_tag", ("tags",))]


async def test_a_rule_gives_a_tag_for_a_time_and_another_listens_to_it(timeline: Timeline) -> None:
    house = House(timeline.east)
    await house.declare(RULES, tag_groups=GROUPS)
    record = await house.customer()
    await house.change("Customer", record, remark="对花生过敏")
    await timeline.settle()
    assert await house.look("customer", record, "interests") == {"interests": ["allergy"]}
    assert [(run["rule"], run["outcome"]) for run in await house.runs()] == [("care", "FIRED"), ("alert", "FIRED")]
    await timeline.later(days=2)
    assert await house.look("customer", record, "interests") == {"interests": []}
    (line,) = (await house.ask(HISTORY, {"record": record}))["tagHistory"]
    assert (line["source"], line["givenBy"], line["endReason"]) == ("automation", "rule care v1", "lapsed")
    assert line["endedAt"] == timeline.now.isoformat()


async def test_a_tag_that_was_prolonged_does_not_lapse_early(timeline: Timeline) -> None:
    house = House(timeline.east)
    await house.declare("[]", tag_groups=GROUPS)
    record = await house.customer()
    for days in (1, 3):
        until = (timeline.now + timedelta(days=days)).isoformat()
        await house.ask(TAG, {"group": "care", "record": record, "tags": ["pregnant"], "until": until})
    await timeline.later(days=2)
    assert await house.look("customer", record, "interests") == {"interests": ["pregnant"]}
    await timeline.later(days=1)
    assert await house.look("customer", record, "interests") == {"interests": []}
