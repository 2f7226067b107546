"""Text of documents: what is read, what is refused, and that writing gives the same back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metadata.model.yaml_text import MAX_TEXT_BYTES, dump_yaml, load_yaml
from metadata.problems import Fault


def test_plain_words_are_text_but_for_true_false_and_null() -> None:
    found = load_yaml("{a: no, b: on, c: 2026-01-31, d: true, e: null, f: ~, g: 12, h: 1.5, i: '12', j: 0x10}")
    assert found.value == {
        "a": "no",
        "b": "on",
        "c": "2026-01-31",
        "d": True,
        "e": None,
        "f": None,
        "g": 12,
        "h": 1.5,
        "i": "12",
        "j": "0x10",
    }


def test_json_is_read_as_well() -> None:
    assert load_yaml('{"a": [1, {"b": "\\u5ba2"}], "c": null}').value == {"a": [1, {"b": "客"}], "c": None}


def test_lines_of_values_are_known() -> None:
    found = load_yaml("objects:\n  - name: a\n  - name: b\n    fields:\n      - {name: x}\n")
    assert found.lines["objects", 1, "fields", 0, "name"] == 5
    fault = Fault("bad_name", "Bad.", ("objects", 1, "label", "zh"))
    assert found.placed(fault).message == "Line 3: Bad."


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\nb: 2\na: 3", "Line 3: the key 'a' stands twice."),
        ("a: &x [1]\nb: *x", "Line 2: anchors and aliases are not read; write the value out."),
        ("a: 1\n---\nb: 2", "Line 2: one text holds one document; remove the second `---`."),
        (
            "a: !!python/object:os.system x",
            "Line 1: tags such as tag:yaml.org,2002:python/object:os.system are not read.",
        ),
        ("? [1, 2]\n: x", "Line 1: a key is text, not a list or mapping."),
        ("[" * 100_000, "Line 1: the document nests deeper than 40 levels."),
        ("a: [1\n", "Line 2, column 1: did not find expected ',' or ']'."),
        ("a: \x07", "The text is not YAML: it holds characters that no text may hold."),
        (
            "a" * (MAX_TEXT_BYTES + 1),
            f"The document has {MAX_TEXT_BYTES + 1} bytes; at most {MAX_TEXT_BYTES} are read.",
        ),
    ],
    ids=["twice", "alias", "two", "tag", "key", "deep", "open", "control", "long"],
)
def test_text_is_refused_with_its_line(text: str, message: str) -> None:
    found = load_yaml(text)
    assert found.value is None
    assert [fault.message for fault in found.faults] == [message]


SCALARS = st.none() | st.booleans() | st.integers(-(2**62), 2**62) | st.text(max_size=20)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
)


@given(VALUES)
def test_what_is_written_reads_back(value: object) -> None:
    assert load_yaml(dump_yaml(value)).value == value


@pytest.mark.parametrize(
    "text", ["no", "1e5", "12", "2026-01-31", "=today()", "a: b", "", " x ", "null", "~", "甲\n乙\n"]
)
def test_text_stays_text(text: str) -> None:
    assert load_yaml(dump_yaml({"a": text})).value == {"a": text}
