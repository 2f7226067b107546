from __future__ import annotations

import re
from pathlib import Path

import pytest

_REPOSITORY = Path(__file__).parents[2]
_PAGES = sorted([*_REPOSITORY.glob("*.md"), *_REPOSITORY.glob("docs/**/*.md")])
_LINK = re.compile(r"\[[^\]]*\]\((?!https?:|mailto:|#)([^)#\s]+)[^)]*\)")


@pytest.mark.parametrize("page", _PAGES, ids=[str(page.relative_to(_REPOSITORY)) for page in _PAGES])
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    targets = _LINK.findall(page.read_text(encoding="utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_every_page_is_listed() -> None:
    docs = _REPOSITORY / "docs"
    for folder in (docs, docs / "acceptance", docs / "decisions"):
        listed = set(_LINK.findall((folder / "README.md").read_text(encoding="utf-8")))
        assert {page.name for page in folder.glob("*.md")} - {"README.md"} <= listed


def test_every_decision_is_listed_by_its_title() -> None:
    folder = _REPOSITORY / "docs" / "decisions"
    index = (folder / "README.md").read_text(encoding="utf-8")
    for page in folder.glob("0*.md"):
        title = page.read_text(encoding="utf-8").split("\n", 1)[0].removeprefix("# ")
        assert f"{int(page.name[:4])}. [{title}]({page.name})" in index


def test_modules_that_the_pages_name_exist() -> None:
    named = re.compile(r"`((?:metadata|server|tests|bench|templates|examples|docs)/[\w/.]+)`")
    missing = [
        f"{page.name}: {path}"
        for page in _PAGES
        for path in named.findall(page.read_text(encoding="utf-8"))
        if not (_REPOSITORY / path).exists() and path != "bench/results/" and not path.startswith("bench/results/")
    ]
    assert missing == []
