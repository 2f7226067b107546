"""Functions of text. Case is mapped one character at a time, as PostgreSQL's `C.UTF-8` does: `ß` has no upper case."""

from __future__ import annotations

import sys
from functools import lru_cache

from metadata.expressions.functions.base import Argument, Function, Signature, SqlCall, SqlWriter, bounded_sql
from metadata.expressions.types import BOOLEAN, INTEGER, TEXT, list_of

__all__ = ["NEGATIONS", "QUESTIONS", "TEXT_FUNCTIONS", "like_matches", "lower", "upper"]

SPACES = " \t\n\r\f\v\u00a0\u3000"
"""What `trim` takes away: blanks of ASCII, the no-break space and the full-width space."""

MAX_TEXT = 1_000_000
"""Most characters `replace` gives; beyond it the result is null in Python."""

_MAX_PLACE = 1_000_000_000

_FAMILY = "Text"


@lru_cache(maxsize=1)
def _upper_exceptions() -> dict[int, str]:
    """Characters whose full upper case is several characters, with their simple one."""
    table: dict[int, str] = {}
    for code in range(sys.maxunicode + 1):
        character = chr(code)
        if len(character.upper()) > 1:
            title = character.title()
            table[code] = title if len(title) == 1 else character
    return table


def lower(text: str) -> str:
    """Lower case of each character by itself; `İ` becomes `i`, and a closing `Σ` is no exception."""
    if text.isascii():
        return text.lower()
    return text.replace("İ", "i").replace("Σ", "σ").lower()


def upper(text: str) -> str:
    """Upper case of each character by itself; `ß` stays."""
    if text.isascii():
        return text.upper()
    exceptions = _upper_exceptions()
    return "".join(
        exceptions[ord(character)] if ord(character) in exceptions else character.upper() for character in text
    )


def like_matches(text: str, pattern: str) -> bool:
    r"""SQL's LIKE: `%` any characters, `_` one, `\` takes the next as it is (a closing one stands for itself).

    Runs in the product of the lengths at worst: the pieces between the `%` are found greedily from the left.
    """
    pieces = _like_pieces(pattern)
    first, last = pieces[0], pieces[-1]
    if len(pieces) == 1:
        return len(text) == len(first) and _piece_at(text, 0, first)
    if not _piece_at(text, 0, first):
        return False
    place, end = len(first), len(text) - len(last)
    for piece in pieces[1:-1]:
        place = _find_piece(text, piece, place, end)
        if place < 0:
            return False
        place += len(piece)
    return place <= end and _piece_at(text, end, last)


@lru_cache(maxsize=1_024)
def _like_pieces(pattern: str) -> tuple[tuple[str, ...], ...]:
    """The characters between the `%`; an empty text stands for `_`."""
    pieces: list[list[str]] = [[]]
    place = 0
    while place < len(pattern):
        character = pattern[place]
        if character == "\\" and place + 1 < len(pattern):
            place += 1
            pieces[-1].append(pattern[place])
        elif character == "%":
            pieces.append([])
        else:
            pieces[-1].append("" if character == "_" else character)
        place += 1
    return tuple(tuple(piece) for piece in pieces)


def _piece_at(text: str, place: int, piece: tuple[str, ...]) -> bool:
    if place + len(piece) > len(text):
        return False
    return all(character in ("", text[place + offset]) for offset, character in enumerate(piece))


def _find_piece(text: str, piece: tuple[str, ...], start: int, end: int) -> int:
    if "" not in piece:
        return text.find("".join(piece), start, max(end, 0))
    return next((at for at in range(start, end - len(piece) + 1) if _piece_at(text, at, piece)), -1)


def _replace(text: str, old: str, new: str) -> str | None:
    if not old:
        return text
    if len(text) + text.count(old) * (len(new) - len(old)) > MAX_TEXT:
        return None
    return text.replace(old, new)


def _bounded(number: int) -> int:
    """A place or count; beyond a thousand million there is no answer."""
    if abs(number) > _MAX_PLACE:
        raise OverflowError
    return number


def _substring(text: str, start: int, count: int | None = None) -> str:
    rest = text[max(_bounded(start), 0) :]
    return rest if count is None else rest[: _bounded(count)]


def _right(text: str, count: int) -> str:
    return text[-count:] if _bounded(count) else ""


_PLACES = {position: bounded_sql(f"{{{position}}}", _MAX_PLACE) + "::int" for position in (1, 2)}


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _finding(before: str, after: str, otherwise: str, *, fold: bool) -> SqlWriter:
    """LIKE for a constant, which the planner can estimate and an index can serve; a function for anything else."""

    def write(call: SqlCall) -> str:
        text = f"lower({call.arguments[0]})" if fold else call.arguments[0]
        constant = call.constants[1]
        if isinstance(constant, str):
            wanted = _escaped(lower(constant) if fold else constant)
            return f"({text} like {call.text(before + wanted + after)})"
        return otherwise.format(text, f"lower({call.arguments[1]})" if fold else call.arguments[1])

    return write


def _like_sql(*, fold: bool) -> SqlWriter:
    def write(call: SqlCall) -> str:
        text, pattern = call.arguments
        constant = call.constants[1]
        if isinstance(constant, str):
            pattern = call.text(_closed(lower(constant) if fold else constant))
        else:
            pattern = f"lower({pattern})" if fold else pattern
            pattern = f"regexp_replace({pattern}, {call.text(_OPEN_ESCAPE)}, {call.text(_CLOSE_ESCAPE)})"
        return f"({f'lower({text})' if fold else text} like {pattern})"

    return write


_OPEN_ESCAPE = r"^((?:[^\\]|\\.)*)\\$"
_CLOSE_ESCAPE = r"\1\\\\"


def _closed(pattern: str) -> str:
    """A pattern that does not end within an escape."""
    open_escape = (len(pattern) - len(pattern.rstrip("\\"))) % 2
    return pattern + "\\" * open_escape


def _text_function(name: str, help_text: str, *signatures: Signature) -> Function:
    return Function(name, _FAMILY, help_text, signatures)


_X = Argument("x", TEXT)
_PART = Argument("part", TEXT)
_PATTERN = Argument("pattern", TEXT)
_START = Argument("start", INTEGER)
_COUNT = Argument("count", INTEGER)


def _search(name: str, help_text: str, python: object, before: str, after: str, otherwise: str, fold: bool) -> Function:
    assert callable(python)
    sql = _finding(before, after, otherwise, fold=fold)
    return _text_function(name, help_text, Signature((_X, _PART), BOOLEAN, python, sql))


QUESTIONS = ("是不是", "有没有", "会不会", "有无", "算不算")
"""What asks, and does not deny, although it holds a word that does."""

NEGATIONS = (
    "没什么", "并没有", "从没有", "不会", "不再", "不是", "从不", "并不", "并非", "没有", "不", "没", "无", "未", "非",
    "isn't ", "not ", "no ", "non-", "without ", "never ",
)  # fmt: skip
"""What stands before a word to deny it, longer ones first."""

_ASKED = "？"


def _mentions(text: str, *words: str) -> bool:
    said = lower(text)
    for question in QUESTIONS:
        said = said.replace(question, _ASKED)
    return any(_is_said(said, lower(word)) for word in words)


def _is_said(text: str, word: str) -> bool:
    for negation in NEGATIONS:
        text = text.replace(negation + word, "")
    return word in text


def _mentions_sql(call: SqlCall) -> str:
    said = f"lower({call.arguments[0]})"
    for question in QUESTIONS:
        said = f"replace({said}, {call.text(question)}, {call.text(_ASKED)})"
    return f"({' or '.join(_said_sql(call, said, f'lower({word})') for word in call.arguments[1:])})"


def _said_sql(call: SqlCall, text: str, word: str) -> str:
    for negation in NEGATIONS:
        text = f"replace({text}, {call.text(negation)} || {word}, {call.text('')})"
    return f"(strpos({text}, {word}) > 0)"


_CONTAINS = "(strpos({0}, {1}) > 0)"
_STARTS = "starts_with({0}, {1})"
_ENDS = "starts_with(reverse({0}), reverse({1}))"

TEXT_FUNCTIONS = (
    _text_function("lower", "Lower case.", Signature((_X,), TEXT, lower, "lower({0})")),
    _text_function("upper", "Upper case.", Signature((_X,), TEXT, upper, "upper({0})")),
    _text_function(
        "trim",
        "Without blanks at either end: spaces, tabs, line ends, no-break and full-width spaces.",
        Signature(
            (_X,),
            TEXT,
            lambda text: text.strip(SPACES),
            lambda call: f"btrim({call.arguments[0]}, {call.text(SPACES)})",
        ),
    ),
    _text_function("length", "Number of characters.", Signature((_X,), INTEGER, len, "length({0})")),
    _search("contains", "Whether a text holds another.", lambda x, part: part in x, "%", "%", _CONTAINS, False),
    _search("startsWith", "Whether a text begins with another.", str.startswith, "", "%", _STARTS, False),
    _search("endsWith", "Whether a text ends with another.", str.endswith, "%", "", _ENDS, False),
    _search(
        "icontains",
        "`contains` without regard to case.",
        lambda x, part: lower(part) in lower(x),
        "%",
        "%",
        _CONTAINS,
        True,
    ),
    _search(
        "istartsWith",
        "`startsWith` without regard to case.",
        lambda x, part: lower(x).startswith(lower(part)),
        "",
        "%",
        _STARTS,
        True,
    ),
    _search(
        "iendsWith",
        "`endsWith` without regard to case.",
        lambda x, part: lower(x).endswith(lower(part)),
        "%",
        "",
        _ENDS,
        True,
    ),
    _text_function(
        "mentions",
        "Whether a text says one of some words, in any case, and does not only deny it: `不过敏`, `not allergic`.",
        Signature((_X, Argument("word", TEXT)), BOOLEAN, _mentions, _mentions_sql, repeats=True),
    ),
    _text_function(
        "like",
        "Whether a text fits a pattern: `%` any characters, `_` one character, `\\` before either takes it as it is.",
        Signature((_X, _PATTERN), BOOLEAN, like_matches, _like_sql(fold=False)),
    ),
    _text_function(
        "ilike",
        "`like` without regard to case.",
        Signature(
            (_X, _PATTERN),
            BOOLEAN,
            lambda text, pattern: like_matches(lower(text), lower(pattern)),
            _like_sql(fold=True),
        ),
    ),
    _text_function(
        "replace",
        "Every occurrence of a text replaced by another.",
        Signature((_X, Argument("old", TEXT), Argument("new", TEXT)), TEXT, _replace, "replace({0}, {1}, {2})"),
    ),
    _text_function(
        "substring",
        "Characters from a place on, the first is 0: all that follow, or `count` of them.",
        Signature((_X, _START), TEXT, _substring, f"substr({{0}}, {_PLACES[1]} + 1)"),
        Signature((_X, _START, _COUNT), TEXT, _substring, f"left(substr({{0}}, {_PLACES[1]} + 1), {_PLACES[2]})"),
    ),
    _text_function(
        "left",
        "The first characters; a negative count leaves out as many at the end.",
        Signature((_X, _COUNT), TEXT, lambda text, count: text[: _bounded(count)], f"left({{0}}, {_PLACES[1]})"),
    ),
    _text_function(
        "right",
        "The last characters; a negative count leaves out as many at the start.",
        Signature((_X, _COUNT), TEXT, _right, f"right({{0}}, {_PLACES[1]})"),
    ),
    _text_function(
        "join",
        "The texts of a list with a separator between them; nulls are left out.",
        Signature(
            (Argument("list", list_of(TEXT)), Argument("separator", TEXT)),
            TEXT,
            lambda items, separator: separator.join(item for item in items if item is not None),
            "array_to_string({0}, {1})",
        ),
    ),
)
