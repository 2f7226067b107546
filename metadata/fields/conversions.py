"""What changing a field's type asks of its data: the matrix of conversions, free, checked or rewriting.

A pair that is not listed is forbidden: values would lose their meaning, would need a key or the tenant's zone or
currency, or are not stored at all. Limits of the new type's settings (`FieldType.constraint`) are tested besides, on
the converted value.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from metadata.fields.base import Conversion, ConversionSafety

__all__ = ["conversions_from"]

_FREE = Conversion(ConversionSafety.FREE)
_WORDS = ("text", "long_text", "phone", "email", "url", "barcode", "select", "auto_number")
"""Types stored as plain text, whatever it holds."""
_NAMES = ("person_name", "auto_number")
"""What other words than text and codes do not become."""
_INTEGERS = ("integer", "big_integer", "rating", "duration")
_DECIMALS = ("decimal", "percent")
_LISTS = ("multi_select", "tags")


def _checked(using: str = "{0}", fits: str = "") -> Conversion:
    return Conversion(ConversionSafety.CHECKED, using, fits)


def _rewriting(using: str) -> Conversion:
    return Conversion(ConversionSafety.REWRITING, using)


_ENTITIES = (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"))


def _escaped() -> str:
    sql = "{0}"
    for letter, entity in _ENTITIES:
        sql = f"replace({sql}, '{letter}', '{entity}')"
    return f"replace({sql}, e'\\n', '<br>')"


def _unescaped() -> str:
    sql = "regexp_replace({0}, '<(br|/p|/li|/div|/h[1-6])[^>]*>', e'\\n', 'gi')"
    sql = f"regexp_replace({sql}, '<[^>]*>', '', 'g')"
    for letter, entity in (("\u00a0", "&nbsp;"), ('"', "&quot;"), *reversed(_ENTITIES)):
        sql = f"replace({sql}, '{entity}', '{letter}')"
    return f"btrim({sql}, e' \\n')"


_YES = "('true', 't', 'yes', 'y', '1', '是', '有')"
_NO = "('false', 'f', 'no', 'n', '0', '否', '无')"
_WORD = "lower(btrim({0}))"
_PARTS = "regexp_split_to_array(nullif(btrim({word}), ''), '[[:space:]]*[,，、;；][[:space:]]*')"

_FROM_TEXT: Mapping[str, Conversion] = {
    "text": _FREE,
    "long_text": _FREE,
    "barcode": _checked("btrim({0})"),
    "phone": _checked("regexp_replace({0}, '[[:space:]()-]', '', 'g')"),
    "email": _checked(_WORD),
    "url": _checked("btrim({0})"),
    "select": _checked(_WORD),
    "multi_select": _checked(_PARTS.replace("{word}", "lower({0})")),
    "tags": _checked(_PARTS.replace("{word}", "{0}")),
    "rich_text": _rewriting(_escaped()),
    "person_name": _checked("btrim({0})", "char_length(btrim({0})) between 1 and 200"),
    "auto_number": _checked("btrim({0})", "char_length(btrim({0})) between 1 and 128"),
    "json": _rewriting("to_jsonb({0})"),
    "integer": _checked("btrim({0})::bigint", "{0} ~ '^ *[-+]?[0-9]+ *$' and pg_input_is_valid({0}, 'bigint')"),
    "decimal": _checked("btrim({0})::numeric", "{0} ~ '^ *[-+]?[0-9]+([.][0-9]+)? *$'"),
    "boolean": _checked(f"{_WORD} in {_YES}", f"{_WORD} in {_YES} or {_WORD} in {_NO}"),
    "date": _checked("btrim({0})::date", "{0} ~ '^ *[0-9]{4}-[0-9]{2}-[0-9]{2} *$' and pg_input_is_valid({0}, 'date')"),
    "datetime": _checked(
        "btrim({0})::timestamptz",
        "{0} ~ '^ *[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9:.]+(Z|[-+][0-9]{2}:?[0-9]{2}) *$'"
        " and pg_input_is_valid({0}, 'timestamptz')",
    ),
    "time": _checked(
        "btrim({0})::time", "{0} ~ '^ *[0-9]{2}:[0-9]{2}(:[0-9.]+)? *$' and pg_input_is_valid({0}, 'time')"
    ),
    "duration": _checked(
        "extract(epoch from btrim({0})::interval)::bigint",
        "{0} ~ '^ *-?P([0-9]+W)?([0-9]+D)?(T([0-9]+H)?([0-9]+M)?([0-9]+S)?)? *$'"
        " and pg_input_is_valid({0}, 'interval')",
    ),
}

_TO_TEXT: Mapping[str, str] = {
    "integer": "{0}::text",
    "big_integer": "{0}::text",
    "rating": "{0}::text",
    "decimal": "{0}::text",
    "percent": "{0}::text",
    "boolean": "{0}::text",
    "date": "to_char({0}, 'YYYY-MM-DD')",
    "datetime": """to_char({0} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')""",
    "time": "{0}::text",
    "duration": "'PT' || {0} || 'S'",
    "multi_select": "array_to_string({0}, ', ')",
    "tags": "array_to_string({0}, ', ')",
    "rich_text": _unescaped(),
    "person_name": "{0}",
    "json": "{0}::text",
}


def _pairs() -> Iterator[tuple[str, str, Conversion]]:
    for old in _WORDS:
        for new, conversion in _FROM_TEXT.items():
            if new not in _NAMES or old in ("text", "long_text", "barcode"):
                yield old, new, conversion
        yield old, "big_integer", _FROM_TEXT["integer"]
        yield old, "rating", _FROM_TEXT["integer"]
        yield old, "percent", _FROM_TEXT["decimal"]
    for old, using in _TO_TEXT.items():
        for new in ("text", "long_text"):
            yield old, new, _rewriting(using)
    yield from _number_pairs()
    yield from _list_pairs()
    yield "image", "file", _FREE
    yield "file", "image", _checked(fits=_IS_IMAGE)
    yield "address", "json", _FREE


_IS_IMAGE = "exists (select from tangram.file as f where f.id = {0} and f.content_type like 'image/%')"
_WHOLE = "{0} = trunc({0}) and abs({0}) < 9223372036854775807"


def _number_pairs() -> Iterator[tuple[str, str, Conversion]]:
    for old in _INTEGERS:
        for new in _INTEGERS:
            yield old, new, _FREE if new in ("big_integer", "duration") or old == "rating" else _checked()
        for new in _DECIMALS:
            yield old, new, _rewriting("{0}::numeric")
    for old in _DECIMALS:
        for new in _DECIMALS:
            yield old, new, _FREE
        for new in _INTEGERS:
            yield old, new, _checked("{0}::bigint", _WHOLE)
    for new in ("integer", "big_integer"):
        yield "boolean", new, _rewriting("{0}::int::bigint")
        yield new, "boolean", _checked("{0} = 1", "{0} in (0, 1)")


def _list_pairs() -> Iterator[tuple[str, str, Conversion]]:
    for new in _LISTS:
        yield "select", new, _checked("case when {0} is not null then array[{0}] end")
        yield new, "select", _checked("lower({0}[1])", "cardinality({0}) <= 1")
    yield "multi_select", "tags", _FREE
    yield "tags", "multi_select", _checked()


def conversions_from(key: str) -> Mapping[str, Conversion]:
    """The conversions of a field type, by the key of the type it becomes."""
    return MappingProxyType({new: conversion for old, new, conversion in _pairs() if old == key != new})
