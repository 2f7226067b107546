"""Tags with a reason and a time, by people and by rules; some exclude each other."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.fixtures.timeline import Timeline
from tests.server.rules.house import House

GROUPS: list[dict[str, Any]] = [
    {
        "name": "stage",
        "object": "customer",
        "field": "interests",
        "exclusive": True,
        "tags": [{"key": "cold"}, {"key": "warm"}, {"key": "old", "archived": True}],
    },
    {
        "name": "care",
        "object": "customer",
        "field": "interests",
        "tags": [
            {"key": "allergy"},
            {
                "key": "pregnant",
                "aliases": [
                    {"platform": "douyin", "word": "宝妈"},
                    {"platform": "douyin", "word": "孕期"},
                    {"platform": "tmall", "word": "mother"},
                ],
            },
        ],
    },
]
TAG = """
mutation($group: String!, $record: ID!, $tags: [String!]!, $platform: String, $until: DateTime) {
  tagRecord(group: $group, record: $record, tags: $tags, platform: $platform, reason: "said so", until: $until)
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
    await check_words_of_platforms(house)
    # a tag that is called something else, or archived, stays with whoever has it
    allergy = {"key": "allergy", "label": {"zh": "易过敏"}, "archived": True}
    await house.declare("[]", tag_groups=[{**GROUPS[1], "tags": [allergy, GROUPS[1]["tags"][1]]}])
    assert await house.look("customer", record, "interests") == {"interests": ["tea", "allergy", "warm"]}
    refused = await house.tenant.faults(TAG, {"group": "care", "record": record, "tags": ["allergy"]})
    assert refused == [("BAD_USER_INPUT", "unknown_tag", ("tags",))]


async def check_words_of_platforms(house: House) -> None:
    """Words of platforms give the one standard tag, and are kept; those of another platform are not known."""
    record = await house.customer()
    for platform, words in (("douyin", ["宝妈", "孕期"]), ("tmall", ["mother"]), ("tmall", ["mother", "allergy"])):
        given = {"group": "care", "record": record, "tags": words, "platform": platform}
        assert (await house.ask(TAG, given))["tagRecord"][0] == "pregnant"
    assert await house.look("customer", record, "interests") == {"interests": ["pregnant", "allergy"]}
    raw = 'query($r: ID!) { tagHistory(object: "customer", record: $r) { tag raw { platform word } } }'
    assert (await house.ask(raw, {"r": record}))["tagHistory"] == [
        {"tag": "allergy", "raw": []},
        {"tag": "pregnant", "raw": [
            {"platform": "douyin", "word": "宝妈"}, {"platform": "douyin", "word": "孕期"},
            {"platform": "tmall", "word": "mother"},
        ]},
    ]  # fmt: skip
    for other in (None, "tmall"):
        unknown = {"group": "care", "record": record, "tags": ["宝妈"], "platform": other}
        assert await house.tenant.faults(TAG, unknown) == [("BAD_USER_INPUT", "unknown_tag", ("tags",))]
    away = 'mutation($r: ID!) { left: untagRecord(group: "care", record: $r, tags: ["宝妈"], platform: "douyin") }'
    assert await house.ask(away, {"r": record}) == {"left": ["allergy"]}
    twice = [
        {**GROUPS[1], "name": "family", "tags": [{"key": "mum", "aliases": [{"platform": "douyin", "word": "宝妈"}]}]},
        {**GROUPS[0], "tags": [{"key": "cold", "aliases": [{"platform": "", "word": "x"}]}]},
    ]
    assert {(reason, *path[1:3]) for _, reason, path in await house.refused("[]", tag_groups=twice)} == {
        ("duplicate_name", "care", "tags"), ("duplicate_name", "family", "tags"), ("missing", "stage", "tags"),
    }  # fmt: skip


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
