from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

_REPOSITORY = Path(__file__).parents[2]
_PAGES = sorted((_REPOSITORY / "docs" / "acceptance").glob("*.md"))
_NAMED = re.compile(r"`(tests/[\w/.]+\.py)::(\w+)`")


@cache
def _tests_of(path: Path) -> frozenset[str]:
    if not path.exists():
        return frozenset()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return frozenset(function.name for function in functions if function.name.startswith("test_"))


@pytest.mark.parametrize("page", _PAGES, ids=[page.name for page in _PAGES])
def test_what_shows_a_row_is_a_test_that_exists(page: Path) -> None:
    named = _NAMED.findall(page.read_text(encoding="utf-8"))
    assert [f"{path}::{name}" for path, name in named if name not in _tests_of(_REPOSITORY / path)] == []
    assert named or page.name == "README.md"
