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
