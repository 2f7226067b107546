"""Codes that tell whose eyes something was made for."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from server.exports.cells import cell_text, disarmed
from server.exports.watermarks import find_codes, hide, new_code, row_mark

CODES = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", min_size=10, max_size=10).map(lambda text: f"TG{text}")


@given(CODES, st.text(), st.text())
def test_a_hidden_code_is_found_in_any_text(code: str, before: str, after: str) -> None:
    assert code in find_codes(f"{before}{hide(code)}{after}")


@given(CODES)
def test_a_hidden_code_has_no_width(code: str) -> None:
    assert set(hide(code)) <= {"\u200b", "\u200c", "\u2060"}


@given(CODES, st.integers(1, 999_999_999))
def test_a_mark_of_a_row_names_code_and_row(code: str, row: int) -> None:
    assert find_codes(f"copied: {row_mark(code, row)}, and more") == {code: [row]}


def test_new_codes_differ() -> None:
    assert len({new_code() for _ in range(1_000)}) == 1_000


@given(st.text(min_size=1))
def test_no_text_begins_like_a_formula_once_disarmed(text: str) -> None:
    assert disarmed(text)[0] not in "=+-@\t\r\n＝＋－＠"


def test_values_are_shown_as_text() -> None:
    shown = [cell_text(value) for value in (None, True, 1, ["a", "b"], {"lat": 1}, "x")]
    assert shown == ["", "true", "1", "a; b", '{"lat":1}', "x"]
