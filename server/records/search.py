"""Substring search in any script, on an index of character pairs.

A searchable object has a generated column `search_vector` of the pairs of its search fields (`tangram.grams`). A word
is looked up by its pairs, then compared as a whole, so a hit always holds what was searched for.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from metadata.expressions.functions.text import lower
from metadata.problems import LimitError, Path

__all__ = ["fold", "has_words", "search_patterns", "search_query", "shown_text"]

_MAX_TEXT = 200
_MAX_PAIRS = 40


def fold(text: str) -> str:
    """Text as search compares it; the same as `tangram.fold` in SQL."""
    return lower(unicodedata.normalize("NFKC", text))


def shown_text(sql: str, *, is_markup: bool) -> str:
    """What is searched of a text: of HTML only what people see."""
    return f"tangram.shown_text({sql})" if is_markup else sql


def has_words(text: str | None) -> bool:
    """Whether there is anything to search for."""
    return text is not None and (len(text) > _MAX_TEXT or bool(_words(text)))


def search_patterns(text: str, *, path: Path = ()) -> list[str]:
    """LIKE patterns, one a word; all must match.

    Args:
        text: What is searched for.
        path: Where it stands in the arguments, for faults.

    Raises:
        LimitError: `search_too_long`.
    """
    if len(text) > _MAX_TEXT:
        raise LimitError.single(
            "search_too_long",
            f"A search text has at most {_MAX_TEXT} characters, got {len(text)}.",
            path=path,
            hint="Search for a few words.",
        )
    return [f"%{_escape(word)}%" for word in _words(text)]


def search_query(text: str) -> str:
    """The tsquery that the index answers: the pairs of every word."""
    grams: dict[str, None] = {}
    for word in _words(text):
        if len(word) == 1:
            grams[f"{_quote(word)}:*"] = None
        else:
            for place in range(len(word) - 1):
                grams[_quote(word[place : place + 2])] = None
    return " & ".join(list(grams)[:_MAX_PAIRS])


@lru_cache(maxsize=1_024)
def _words(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(fold(text.replace("\x00", " ")).split()))


def _escape(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _quote(gram: str) -> str:
    return "'" + gram.replace("\\", "\\\\").replace("'", "''") + "'"
