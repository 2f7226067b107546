"""The language of messages: what it takes, what it refuses, and that it always ends."""

from __future__ import annotations

import contextlib
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metadata.messages.events import EVENTS
from metadata.messages.language import MAX_OUTPUT, Worded, read_text, renamed, render

SHANGHAI = ZoneInfo("Asia/Shanghai")
VALUES: dict[str, dict[str, Any]] = {
    "record": {
        "name": "Anna",
        "points": 3,
        "amount": Decimal("12.50"),
        "due": date(2026, 10, 1),
        "at": datetime(2026, 10, 1, 4, 5, tzinfo=UTC),
        "level": Worded("vip", "贵宾"),
        "tags": ["a", "b"],
        "store": {"city": "上海"},
        "happy": True,
    },
    "receiver": {"name": "Li"},
}


def shown(text: str, language: str = "zh") -> str:
    return render(text, VALUES, language=language, zone=SHANGHAI)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("{{ record.name }} {{ receiver.name }}", "Anna Li"),
        ("{{ record.store.city }}{{ record.nothing.at.all }}", "上海"),
        ("{% if record.points > 2 %}many{% else %}few{% endif %}", "many"),
        ("{% if record.nothing > 2 %}many{% else %}few{% endif %}", "few"),
        ("{% if record.level == 'vip' %}{{ record.level }}{% endif %}", "贵宾"),
        ("{{ record.due|date }} {{ record.at|datetime }} {{ record.at|time }}", "2026年10月1日 2026-10-01 12:05 12:05"),
        ("{{ record.amount }} {{ record.amount|number }}", "12.50 12.5"),
        ("{{ record.tags|join('/') }} {{ record.tags }}", "a/b a、b"),
        ("{{ record.nothing|default('-') }} {{ record.name|upper }} {{ record.name|truncate(2) }}", "- ANNA An…"),
        ("{{ record.happy }} {{ record.nothing is defined }}", "是 否"),
        ("{{ 'a' ~ record.points }} {{ 'x' if record.happy else 'y' }}", "a3 x"),
    ],
)  # fmt: skip
def test_values_are_written_in_the_receivers_language_and_zone(text: str, wanted: str) -> None:
    assert read_text(text).problems == ()
    assert shown(text) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "{% for x in record.tags %}{{ x }}{% endfor %}",
        "{{ record.name.__class__ }}{{ range(10) }}",
        "{{ ().__class__ }}",
        "{{ 'a' * 1000000000 }}",
        "{{ 9 ** 9 ** 9 }}",
        "{% set x = 1 %}",
        "{% include 'x' %}",
        "{% macro f() %}{% endmacro %}",
        "{{ record['name'] }}",
        "{{ [1, 2] }}",
        "{{ record.name|map('upper') }}",
        "{{ record.name is callable }}",
        "{{ record.name",
        "{% if %}",
        "{{ " + "(" * 500 + "1" + ")" * 500 + " }}",
    ],
)
def test_what_might_not_end_or_look_inside_is_refused(text: str) -> None:
    (problem, *_) = read_text(text).problems
    assert problem.line == 1
    with pytest.raises(ValueError, match=r"."):
        shown(text)


def test_nothing_of_pythons_own_is_reached() -> None:
    assert shown("{{ record.name.__class__ }}|{{ record.store.items }}|{{ record.name.format }}") == "||"


def test_a_fault_names_its_line() -> None:
    assert [one.line for one in read_text("a\nb {{ x.y }}\n{{ record.name|no }}").problems] == [3]


def test_a_text_compared_with_a_number_is_a_fault_of_the_template() -> None:
    with pytest.raises(ValueError, match="TypeError"):
        shown("{% if record.name > 3 %}x{% endif %}")


def test_output_is_bounded() -> None:
    assert len(shown("{{ record.name }}" * 10_000)) == MAX_OUTPUT


def test_paths_are_named_once_each_with_their_line() -> None:
    found = read_text("{{ record.a.b }}\n{{ record.a.b }}{% if record.c %}{{ message.step|upper }}{% endif %}")
    assert found.paths == (
        (("record", "a", "b"), 1),
        (("record", "a", "b"), 2),
        (("record", "c"), 2),
        (("message", "step"), 2),
    )


def test_renaming_changes_paths_of_the_record_and_nothing_else() -> None:
    text = "record.a {{ record.a.b|default('record.a') }} {{ message.a }} {%- if record.a %} {# record.a #}{% endif %}"
    changed = renamed(text, lambda steps: ["z" if step == "a" else step for step in steps])
    assert changed == text.replace("{{ record.a.b", "{{ record.z.b").replace("if record.a", "if record.z")


@given(st.text(alphabet=st.sampled_from(list("{}%# recod.amif|()'\n=<")), max_size=80))
def test_any_text_is_read_and_renaming_to_the_same_names_changes_nothing(text: str) -> None:
    found = read_text(text)
    assert renamed(text, lambda steps: steps) == text
    if not found.problems:
        with contextlib.suppress(ValueError):
            shown(text)


def test_the_words_that_come_along_can_be_read_and_name_what_is_there() -> None:
    for event in EVENTS.values():
        for labels in (event.title, event.body):
            assert set(labels) == {"zh", "en"}
            for text in labels.values():
                found = read_text(text)
                assert found.problems == ()
                for steps, _line in found.paths:
                    assert steps == ("record", "title") or (steps[0] == "message" and steps[1] in event.names)
