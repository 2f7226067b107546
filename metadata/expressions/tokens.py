"""The words of an expression's text, with their positions, and the fault that points at one of them."""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass

from metadata.problems import BadInputError

__all__ = ["KEYWORDS", "MAX_LENGTH", "Token", "TokenKind", "quote", "syntax_error", "tokenize", "unquote"]

MAX_LENGTH = 10_000
"""Most characters an expression may have."""

KEYWORDS = frozenset({"and", "or", "not", "in", "true", "false", "null"})
"""Words that are not field names unless they follow a dot (`this.in`)."""

_TOKEN = re.compile(
    r"""(?P<space>\s+)
      | (?P<number>\d+(?:\.\d+)?)
      | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
      | (?P<string>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
      | (?P<symbol>\|\||&&|==|!=|<=|>=|[-!<>+*/%?:,.()\[\]])
    """,
    re.VERBOSE | re.ASCII | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", '"': '"', "'": "'"}
_WRITTEN = {"\n": "\\n", "\t": "\\t", "\r": "\\r", "\\": "\\\\", '"': '\\"'}
_NEEDS_ESCAPE = re.compile(r'[\x00-\x1f\x7f-\x9f\\"\u2028\u2029]')
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_HINTS = {
    "=": "Write == to compare.",
    "&": "Write && or and.",
    "|": "Write || or or.",
    "；": "An expression is one condition; join two with &&.",
    ";": "An expression is one condition; join two with &&.",
    "“": 'Write text in plain quotes: "text".',
    "”": 'Write text in plain quotes: "text".',
    "‘": "Write text in plain quotes: 'text'.",
    "’": "Write text in plain quotes: 'text'.",
    '"': "The text has no closing quote on its line.",
    "'": "The text has no closing quote on its line.",
    "$": "Parameters are given by the program that runs an expression; they have no text.",
}
_FULL_WIDTH = {chr(code + 0xFEE0): chr(code) for code in range(0x21, 0x7F)} | {"。": ".", "、": ","}


class TokenKind(enum.Enum):
    """What a token is."""

    NUMBER = "number"
    NAME = "name"
    STRING = "string"
    SYMBOL = "symbol"
    """An operator or a bracket; also the words `and`, `or`, `not`, `in`."""
    END = "end"


@dataclass(frozen=True, slots=True)
class Token:
    """One word.

    Attributes:
        kind: See TokenKind.
        text: As written.
        start: Position of its first character.
    """

    kind: TokenKind
    text: str
    start: int


def tokenize(text: str) -> list[Token]:
    """Split an expression into tokens; the last one has kind END.

    Raises:
        BadInputError: `expression_too_long` or `expression_syntax`.
    """
    if len(text) > MAX_LENGTH:
        raise BadInputError.single(
            "expression_too_long",
            f"The expression has {len(text)} characters; at most {MAX_LENGTH} are read.",
            hint="Move parts of it into formula fields.",
        )
    tokens: list[Token] = []
    position = 0
    while position < len(text):
        found = _TOKEN.match(text, position)
        if found is None:
            raise _unknown_character(text, position)
        if found.lastgroup != "space":
            tokens.append(Token(TokenKind(found.lastgroup), found[0], position))
        position = found.end()
    tokens.append(Token(TokenKind.END, "", len(text)))
    return tokens


def quote(text: str) -> str:
    """Text as a string constant in double quotes."""
    escaped = _NEEDS_ESCAPE.sub(lambda found: _WRITTEN.get(found[0], f"\\u{ord(found[0]):04x}"), text)
    return f'"{escaped}"'


def unquote(token: Token, source: str) -> str:
    """The text of a string constant.

    Raises:
        BadInputError: An unknown escape, or a character that cannot be stored.
    """

    def character(found: re.Match[str]) -> str:
        written = found[1]
        if len(written) == 5:
            return chr(int(written[1:], 16))
        if written not in _ESCAPES:
            raise syntax_error(
                source,
                token.start + 1 + found.start(),
                f"Unknown escape '\\{written}' in a text.",
                hint=r"Known escapes: \n \t \r \\ \" \' \u4e2d; write \\ for one backslash.",
            )
        return _ESCAPES[written]

    text = _ESCAPE.sub(character, token.text[1:-1])
    try:
        text = text.encode("utf-16", "surrogatepass").decode("utf-16") if _SURROGATE.search(text) else text
    except UnicodeDecodeError:
        raise syntax_error(source, token.start, "The text holds half a surrogate pair.") from None
    if "\0" in text:
        raise syntax_error(source, token.start, "The text holds a NUL character, which cannot be stored.")
    return text


def syntax_error(source: str, position: int, message: str, *, hint: str = "") -> BadInputError:
    """A fault that shows the line at fault with a caret under the place."""
    line_start = source.rfind("\n", 0, position) + 1
    line_end = source.find("\n", position)
    line = source[line_start : line_end if line_end >= 0 else len(source)]
    column = position - line_start
    shown, offset = _cut(line, column)
    row = source.count("\n", 0, position) + 1
    where = f"line {row}, column {column + 1}" if "\n" in source else f"column {column + 1}"
    caret = "".join("　" if _is_wide(character) else " " for character in shown[:offset]) + "^"
    return BadInputError.single(
        "expression_syntax",  # stable; see docs/errors.md
        f"{message} (at {where})\n    {shown}\n    {caret}",
        hint=hint,
        position=position,
    )


def _cut(line: str, column: int) -> tuple[str, int]:
    """At most 100 characters of a line around a column, and the column within them."""
    start = max(0, column - 60)
    return line[start : start + 100].replace("\t", " "), column - start


def _is_wide(character: str) -> bool:
    return "\u2e80" <= character <= "\ud7ff" or "\uf900" <= character <= "\ufaff" or "\uff00" <= character <= "\uff60"


def _unknown_character(text: str, position: int) -> BadInputError:
    character = text[position]
    plain = _FULL_WIDTH.get(character)
    hint = _HINTS.get(character, "")
    if not hint and plain is not None:
        hint = f"Write the plain character '{plain}'."
    return syntax_error(text, position, f"Unexpected character '{character}'.", hint=hint)
