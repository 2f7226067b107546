"""What each field type makes of the values an API request holds."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metadata.fields import FIELD_TYPES
from metadata.fields.base import InputError
from metadata.fields.times import read_duration
from tests.metadata.fields.samples import MODEL, make_model, read

ID = "018f4d2e-7c00-7000-8000-00000000abcd"

TAKEN: list[tuple[str, Any, tuple[Any, ...], dict[str, Any]]] = [
    ("text", "张三", ("张三",), {}),
    ("text", "AB12", ("AB12",), {"pattern": "[A-Z]{2}[0-9]+"}),
    ("long_text", "a\nb", ("a\nb",), {}),
    ("rich_text", '<p onclick="x()">hi<script>1</script></p>', ("<p>hi</p>",), {}),
    ("integer", 7, (7,), {}),
    ("integer", "7", (7,), {}),
    ("integer", 7.0, (7,), {}),
    ("big_integer", "9223372036854775807", (9223372036854775807,), {}),
    ("decimal", "12.5", ("12.50",), {}),
    ("decimal", 0.1, ("0.10",), {}),
    ("decimal", "-0", ("0.00",), {}),
    ("decimal", "1e3", ("1000",), {"scale": 0}),
    ("percent", "12.5%", ("12.50",), {}),
    ("money", "12.5", ("12.50", "CNY"), {}),
    ("money", {"amount": "1200", "currency": "jpy"}, ("1200", "JPY"), {}),
    ("money", {"amount": "1.234", "currency": "KWD"}, ("1.234", "KWD"), {}),
    ("money", {"amount": "0.0125"}, ("0.0125", "CNY"), {"scale": 4}),
    ("rating", 5, (5,), {}),
    ("boolean", False, (False,), {}),
    ("date", "2024-02-29", ("2024-02-29",), {}),
    ("datetime", "2026-01-31T09:30:00+08:00", ("2026-01-31T01:30:00+00:00",), {}),
    ("datetime", "2026-01-31T09:30:00.123456Z", ("2026-01-31T09:30:00.123456+00:00",), {}),
    ("time", "09:30", ("09:30:00",), {}),
    ("time", "09:30:00", ("09:30:00",), {"seconds": False}),
    ("duration", "PT2H30M", (9000,), {}),
    ("duration", "-P1DT1S", (-86401,), {}),
    ("duration", 90, (90,), {}),
    ("select", "IN_PROGRESS", ("in_progress",), {}),
    ("select", "new", ("new",), {}),
    ("multi_select", ["DONE", "new", "DONE"], (["new", "done"],), {}),
    ("tags", [" 刚需 ", "学区房", "刚需"], (["刚需", "学区房"],), {}),
    ("phone", "138 0013 8000", ("+8613800138000",), {}),
    ("phone", "+1 650-253-0000", ("+16502530000",), {}),
    ("email", "Ann@Example.COM", ("ann@example.com",), {}),
    ("url", " https://example.com/a?b=1 ", ("https://example.com/a?b=1",), {}),
    ("address", {"city": " 杭州市 ", "street": ""}, ({"city": "杭州市"},), {}),
    ("person_name", {"last": "欧阳", "first": "娜"}, ("欧阳娜", "欧阳", "娜"), {}),
    ("person_name", {"last": "Lovelace", "first": "Ada"}, ("Ada Lovelace", "Lovelace", "Ada"), {}),
    ("person_name", "王小明", ("王小明", None, None), {}),
    ("geo_point", {"lat": 31.230416000000002, "lng": "121.47"}, (31.230416000000002, 121.47), {}),
    ("file", ID.upper(), (ID,), {}),
    ("json", {"a": [1, None, "x"]}, ({"a": [1, None, "x"]},), {}),
    ("encrypted_text", "110101199003070000", ("110101199003070000",), {}),
    ("barcode", "6901234567892", ("6901234567892",), {"symbology": "ean13"}),
    ("barcode", "978-0-306-40615-7", ("9780306406157",), {"symbology": "isbn13"}),
    ("barcode", "A-1", ("A-1",), {}),
    ("auto_number", "WO-1", ("WO-1",), {}),
    ("relation", ID, (ID,), {}),
    ("relation", {"type": "CUSTOMER", "id": ID}, ("customer_2", ID), {"to": "", "targets": ["customer"]}),
    ("user", ID, (ID,), {}),
]

REFUSED: list[tuple[str, Any, str, dict[str, Any]]] = [
    ("text", 5, "expected text, got 5", {}),
    ("text", "abc", "at most 2 characters, got 3", {"max_length": 2}),
    ("text", "a", "at least 2 characters", {"min_length": 2}),
    ("text", "a\x00b", "NUL", {}),
    ("text", "\ud800", "surrogate", {}),
    ("text", "AB12x", "matches", {"pattern": "[A-Z]{2}[0-9]+"}),
    ("integer", True, "whole number", {}),
    ("integer", 1.5, "whole number", {}),
    ("integer", "1.5", "whole number", {}),
    ("integer", 2**31, "from -2147483648 to 2147483647", {}),
    ("integer", 3, "from 5 to 9", {"min": 5, "max": 9}),
    ("big_integer", 2**63, "from -9223372036854775808", {}),
    ("integer", float("inf"), "whole number", {}),
    ("decimal", "NaN", "finite", {}),
    ("decimal", "Infinity", "finite", {}),
    ("decimal", "1_000", "finite", {}),
    ("decimal", 0.1234567890123456789, "may have been rounded", {"scale": 20, "precision": 38}),
    ("decimal", "1.234", "at most 2 decimal places", {}),
    ("decimal", "12345", "at most 4 digits before the point", {"precision": 6}),
    ("decimal", "1e999999999", "at most 100 digits", {}),
    ("decimal", "-1", "at least 0", {"min": 0}),
    ("decimal", True, "decimal number", {}),
    ("money", "1.234", "at most 2 decimal places", {}),
    ("money", {"amount": "1", "currency": "JPX"}, "ISO 4217", {}),
    ("money", {"currency": "CNY"}, "expected money", {}),
    ("money", {"amount": "1.5", "currency": "JPY"}, "at most 0 decimal places", {}),
    ("money", {"amount": "1", "currency": "USD"}, "a currency of CNY", {"currencies": ["CNY"]}),
    ("rating", 6, "from 1 to 5", {}),
    ("boolean", "true", "true or false", {}),
    ("date", "2026-02-30", "a date such as", {}),
    ("date", "2026-01-31T00:00:00Z", "the day alone", {}),
    ("date", "20260131", "a date such as", {}),
    ("datetime", "2026-01-31T09:30:00", "add Z or one such as +08:00", {}),
    ("datetime", "0001-01-01T00:00:00+08:00", "year 1 to 9999", {}),
    ("time", "25:00", "a time such as", {}),
    ("time", "09:30+08:00", "without an offset", {}),
    ("time", "09:30:15", "whole minutes", {"seconds": False}),
    ("duration", "P1M", "no fixed length", {}),
    ("duration", "PT", "a duration such as", {}),
    ("duration", "P", "a duration such as", {}),
    ("select", "OPEN", "expected one of new, in_progress, done", {}),
    ("select", "LOST", "'lost' is archived", {}),
    ("tags", [""], "1 to 60 characters", {}),
    ("tags", ["a", "b"], "at most 1 tags", {"max_tags": 1}),
    ("phone", "12", "a phone number of CN", {}),
    ("phone", "+1 650 253 0000 ext. 12", "without extension", {}),
    ("email", "ann@", "an e-mail address", {}),
    ("url", "javascript:alert(1)", "https://", {}),
    ("url", "https://exa mple.com", "https://", {}),
    ("url", "http://[", "https://", {}),
    ("address", {"town": "x"}, "town is not one of them", {}),
    ("address", {"city": " "}, "at least one of", {}),
    ("geo_point", {"lat": 91, "lng": 0}, "lat from -90 to 90", {}),
    ("geo_point", {"lat": float("nan"), "lng": 0}, "lat from", {}),
    ("geo_point", [1, 2], "expected a point", {}),
    ("file", "x", "uploaded file", {}),
    ("json", {"a": float("nan")}, "no NaN", {}),
    ("json", "x" * 20, "at most 10 bytes", {"max_size_bytes": 10}),
    ("barcode", "6901234567893", "check digit", {"symbology": "ean13"}),
    ("barcode", "690123", "13 digits", {"symbology": "ean13"}),
    ("relation", {"type": "ghost", "id": ID}, "a type of customer", {"to": "", "targets": ["customer"]}),
    ("relation", "1", "the id of a customer", {}),
]


@pytest.mark.parametrize(("type_key", "value", "columns", "settings"), TAKEN, ids=lambda part: str(part)[:30])
def test_value_becomes_column_values(
    type_key: str, value: Any, columns: tuple[Any, ...], settings: dict[str, Any]
) -> None:
    assert read(type_key, value, **settings) == columns


@pytest.mark.parametrize(("type_key", "value", "message", "settings"), REFUSED, ids=lambda part: str(part)[:30])
def test_value_is_refused_with_what_was_expected(
    type_key: str, value: Any, message: str, settings: dict[str, Any]
) -> None:
    with pytest.raises(InputError) as refused:
        read(type_key, value, **settings)
    assert message in str(refused.value)
    assert len(str(refused.value)) < 400


def test_every_stored_type_has_a_value_that_is_taken() -> None:
    taken = {type_key for type_key, *_ in TAKEN}
    stored = {key for key, one in FIELD_TYPES.items() if one.declarable and not one.computed}
    assert stored - taken == {"image", "department"}


def test_encrypted_text_is_refused_without_repeating_it() -> None:
    with pytest.raises(InputError) as refused:
        read("encrypted_text", 110101199003070000)
    assert "110101" not in str(refused.value)


def test_money_without_currency_takes_the_tenants() -> None:
    assert read("money", "5", make_model(currency="JPY")) == ("5", "JPY")


def test_phone_without_country_code_takes_the_tenants() -> None:
    assert read("phone", "650 253 0000", make_model(country="US")) == ("+16502530000",)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**12), max_value=10**12))
def test_decimal_keeps_its_value(number: Decimal) -> None:
    (text,) = read("decimal", f"{number:f}", scale=4)
    assert Decimal(text) == number
    assert len(text.partition(".")[2]) == 4


@given(st.integers(min_value=-(2**62), max_value=2**62))
def test_duration_text_of_seconds_gives_them_back(seconds: int) -> None:
    sign = "-" if seconds < 0 else ""
    assert read_duration(f"{sign}PT{abs(seconds)}S") == seconds


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), st.lists, max_leaves=5))
def test_any_json_is_taken_or_refused_and_nothing_else(value: Any) -> None:
    for key, field_type in FIELD_TYPES.items():
        if field_type.computed or value is None:
            continue
        try:
            columns = read(key, value)
        except InputError:
            continue
        assert len(columns) == len(field_type.columns(_field(key)))


def _field(key: str) -> Any:
    from tests.metadata.fields.samples import make_field

    return make_field(key)


def test_model_of_samples_resolves() -> None:
    assert MODEL.object("customer").table == "customer_2"
