"""A template that gives no words for a record: its message says so, and those of others leave."""

from __future__ import annotations

from tests.fixtures.timeline import Timeline
from tests.server.outreach.test_journeys import MONDAY, channels, customer, mail, sent
from tests.server.rules.house import House

_TEMPLATES = [
    {
        "name": "share",
        "object": "customer",
        "title": {"zh": "{% if record.points > 3 %}many{% endif %}"},
        "body": {"zh": "您好"},
    }
]
_RULES = """
- {name: say, object: customer, trigger: field, settings: {field: remark},
   actions: [{name: say, kind: send, settings: {template: share, channels: [mail]}}]}
"""


async def test_words_that_cannot_be_made_fail_one_message_alone(timeline: Timeline) -> None:
    mails, house = mail(timeline), House(timeline.east)
    await timeline.set(MONDAY)
    await house.declare(_RULES, message_templates=_TEMPLATES, contact_channels=channels())
    none, four = await customer(house, 0, "mail", points=None), await customer(house, 4, "mail", points=4)
    for record in (none, four):
        await house.change("Customer", record, remark="now")
    await timeline.settle()
    assert [one.title for one in mails] == ["many"]
    assert await sent(house, four) == [("share", "mail", "SENT")]
    assert await sent(house, none) == [("share", None, "FAILED")]
    query = 'query($r: ID!) { sentMessages(object: "customer", record: $r) { why } }'
    (told,) = (await house.ask(query, {"r": none}))["sentMessages"]
    assert told["why"] == "No words: The title is empty."
