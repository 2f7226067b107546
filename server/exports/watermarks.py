"""Codes that tell whose eyes something was made for.

A code is visible (`TGABCDE23456`, with a row's number behind a hyphen in files) and can be hidden in a text as
characters without width, which survive copying. What it stands for is kept in `tangram.watermark`; the code itself
says nothing.
"""

from __future__ import annotations

import base64
import re
import secrets

__all__ = ["find_codes", "hide", "new_code", "row_mark"]

_VISIBLE = re.compile(r"(?<![A-Za-z0-9])(TG[A-Z2-7]{10})(?:-(\d{1,9}))?(?![A-Za-z0-9])")
_BITS = "\u200b\u200c"
_FRAME = "\u2060"
_HIDDEN = re.compile(f"{_FRAME}([{_BITS}]{{50}}){_FRAME}")
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_BITS_A_LETTER = 5


def new_code() -> str:
    """A new code: 50 random bits."""
    return "TG" + base64.b32encode(secrets.token_bytes(7)).decode()[:10]


def row_mark(code: str, row: int) -> str:
    """What a row of a file shows."""
    return f"{code}-{row}"


def hide(code: str) -> str:
    """A code as characters without width."""
    bits = "".join(f"{_LETTERS.index(letter):0{_BITS_A_LETTER}b}" for letter in code.removeprefix("TG"))
    return _FRAME + "".join(_BITS[int(bit)] for bit in bits) + _FRAME


def find_codes(text: str) -> dict[str, list[int]]:
    """Codes in a text, visible and hidden, in order, each with the rows that were named."""
    found: dict[str, list[int]] = {}
    for match in _VISIBLE.finditer(text):
        rows = found.setdefault(match[1], [])
        if match[2]:
            rows.append(int(match[2]))
    for match in _HIDDEN.finditer(text):
        found.setdefault(_shown(match[1]), [])
    return found


def _shown(hidden: str) -> str:
    bits = "".join(str(_BITS.index(char)) for char in hidden)
    places = range(0, len(bits), _BITS_A_LETTER)
    return "TG" + "".join(_LETTERS[int(bits[place : place + _BITS_A_LETTER], 2)] for place in places)
