"""Field types: what a property of an object type can be.

To add one, write a `FieldType` in the module of its family and list it in `FIELD_TYPES`.

    base         FieldType and its parts: column, output, subfield, conversion
    inputs       the first look at an input value, shared by all
    text         text, long_text, rich_text
    numbers      integer, big_integer, decimal, money, percent, rating, boolean
    times        date, datetime, time, duration
    choices      select, multi_select, tags
    contact      phone, email, url, address, person_name
    things       geo_point, file, image, json, encrypted_text, barcode
    numbering    auto_number
    relations    relation, user, department; id of system fields
    computed     formula, rollup, lookup
    operators    filter operators by type of value
    conversions  what changing a field's type or settings asks of its data
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from metadata.fields import choices, computed, contact, numbering, numbers, relations, text, things, times, trees
from metadata.fields.base import FieldType
from metadata.fields.conversions import conversions_from

__all__ = ["FIELD_TYPES"]

FIELD_TYPES: Mapping[str, FieldType] = MappingProxyType(
    {
        field_type.key: replace(field_type, conversions=conversions_from(field_type.key))
        for field_type in (
            text.TEXT_TYPE,
            text.LONG_TEXT,
            text.RICH_TEXT,
            numbers.INTEGER_TYPE,
            numbers.BIG_INTEGER,
            numbers.DECIMAL_TYPE,
            numbers.MONEY_TYPE,
            numbers.PERCENT,
            numbers.RATING,
            numbers.BOOLEAN_TYPE,
            times.DATE_TYPE,
            times.DATETIME_TYPE,
            times.TIME_TYPE,
            times.DURATION_TYPE,
            choices.SELECT,
            choices.MULTI_SELECT,
            choices.TAGS,
            contact.PHONE,
            contact.EMAIL,
            contact.URL,
            contact.ADDRESS,
            contact.PERSON_NAME,
            things.GEO_POINT_TYPE,
            things.FILE,
            things.IMAGE,
            things.JSON_TYPE,
            things.ENCRYPTED_TEXT,
            things.BARCODE,
            numbering.AUTO_NUMBER,
            computed.FORMULA,
            computed.ROLLUP,
            computed.LOOKUP,
            relations.RELATION,
            relations.USER,
            relations.DEPARTMENT,
            relations.RECORD_ID,
            trees.PATH,
        )
    }
)
"""Every field type by its key; `id` and `path` are for fields that the server has in objects."""
