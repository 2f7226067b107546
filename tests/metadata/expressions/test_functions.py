from __future__ import annotations

from pathlib import Path

import pytest

from metadata.expressions.functions import FUNCTIONS
from metadata.expressions.functions.reference import PAGE, with_reference
from metadata.expressions.functions.text import like_matches
from metadata.naming import camel


def test_the_page_lists_every_function_as_it_is() -> None:
    page = (Path(__file__).parents[3] / PAGE).read_text(encoding="utf-8")
    assert page == with_reference(page), "run `python -m metadata.expressions.functions.reference`"


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=lambda function: function.name)
def test_a_function_is_described(function: object) -> None:
    found = FUNCTIONS[getattr(function, "name", "")]
    assert found.help.endswith(".")
    assert camel(found.name) == found.name
    assert found.signatures


def test_patterns_that_match_badly_end_soon() -> None:
    assert not like_matches("a" * 20_000, "%a" * 200 + "b")
    assert like_matches("a" * 20_000 + "b", "%a" * 200 + "%b")


@pytest.mark.parametrize(
    ("said", "means"),
    [
        ("我对花生过敏", True),
        ("不过敏", False),
        ("我没有过敏史", False),
        ("是不是过敏了？", True),
        ("有没有过敏的风险", True),
        ("不好意思，皮肤过敏", True),
        ("以前不过敏，昨天开始过敏", True),
        ("她是孕妇", True),
        ("I am not ALLERGIC", False),
        ("She is Allergic", True),
        ("", False),
    ],
)
def test_what_is_only_denied_is_not_mentioned(said: str, means: bool) -> None:
    signature = FUNCTIONS["mentions"].signatures[0]
    assert signature.python(said, "过敏", "孕妇", "allergic") is means
