"""The reference page of field types, written from the descriptors: `python -m metadata.fields.reference`.

A test holds `docs/field-types.md` to it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

from metadata.expressions.types import ValueType
from metadata.fields import FIELD_TYPES
from metadata.fields.base import ConversionSafety, FieldType, Output
from metadata.fields.operators import operators_for
from metadata.fields.relations import RelationKind, RelationSettings
from metadata.model.kinds import Attribute, attributes_of
from metadata.model.settings import TenantSettings
from metadata.model.tenant import TenantModel
from metadata.model.values import Field

__all__ = ["reference_page"]

_HEAD = """\
# Field types

Written by `python -m metadata.fields.reference` from the descriptors in `metadata/fields/`; a test compares.
To add a type, write a `FieldType` in the module of its family and list it in `metadata/fields/__init__.py`.

## What holds for all

- **Values** are read strictly. Decimals, money and big integers are text on the wire; a JSON number is taken where it
  is exact (at most 15 digits). `NaN`, infinity, half a surrogate pair and the character NUL are refused everywhere.
- **`null`** clears a value. Empty text is a value of the text types, and no value of the others.
- **Filters**: a record without a value matches no operator but `isNull`, also not `ne` and `notIn`, as in SQL and
  Hasura. Ask `or: [{level: {ne: VIP}}, {level: {isNull: true}}]` to include it. `between` takes two values and includes
  both. `within: {last: 7, unit: DAY}` counts back from now, `{next: …}` ahead.
- **Defaults** are literals as the API takes them, or expressions when they are text that starts with `=`.
- **Changing a type** is *free* (only metadata changes), *checked* (refused, with examples, if a stored value does not
  fit) or *rewriting* (every value fits). A pair that is not listed is forbidden: add a new field. Limits of the new
  type's settings are tested in every case, and so are narrowed settings of the same type.
- **System fields** of every object: `id` (`ID`), `created_at`, `created_by`, `updated_at`, `updated_by`, `deleted_at`,
  `version`, `owner` (`user`), `department` (`department`).
- **Names** are snake_case, at most 40 characters; those that the API or expressions need are refused
  (`metadata/model/names.py` lists them).

## Overview

"""

_NOTES = {
    "text": "The pattern is of RE2, which matches in linear time and so has no look-around and no back references."
    " A unique or indexed text has at most 500 characters.",
    "integer": "The column has 64 bits, so that growing into `big_integer` is free.",
    "decimal": "More decimal places than `scale` are refused, never rounded.",
    "money": 'Written as `{amount: "12.50", currency: "CNY"}`, or as the amount alone in the tenant\'s currency.'
    " An amount has the decimal places of its currency (2 for CNY, 0 for JPY, 3 for KWD) unless `scale` says otherwise;"
    " more are refused. Figures add amounts whatever their currency: filter by currency, or allow one.",
    "datetime": "A value without an offset from UTC is refused: it would mean another instant in another zone.",
    "duration": "Written as ISO 8601 text (`PT2H30M`, `P1DT12H`) or as a number of seconds; a day counts 24 hours,"
    " years and months have no fixed length and are refused.",
    "select": "Values are the options' keys, in upper case in GraphQL. An archived option stays where it is stored and"
    " in filters, and is refused in new values. Sorted in the order of the options, not by their keys.",
    "multi_select": "Kept in the order of the options, each once.",
    "tags": "Spaces around and between words are reduced; each tag counts once.",
    "phone": "National numbers are read as the region's. Numbers with an extension are refused: E.164 has none.",
    "email": "Lower case, so that `unique` ignores case.",
    "address": "`text` joins province, city, district and street in Chinese order.",
    "person_name": "`full` is filtered, sorted and searched; it is put together when absent: 欧阳 + 娜 → 欧阳娜,"
    " Lovelace + Ada → Ada Lovelace.",
    "geo_point": "`near: {lat: 31.23, lng: 121.47, km: 5}` finds what is at most so far away.",
    "encrypted_text": "Encrypted with the tenant's key before it is stored.",
    "auto_number": "`WO-{yyyy}{mm}-{seq:5}` gives `WO-202601-00042`. A pattern must tell the periods of `reset` apart.",
    "formula": "See `docs/expressions.md`. Whole numbers are `Int` unless `result` is `big_integer`.",
    "relation": "Declared once, on the side that stores it; `inverse` names the list on the other side."
    " Polymorphic values are written as `{type, id}`.",
    "file": "Upload first, then give the file's id.",
}


class _Any:
    """A field of each type with its default settings is all that value types are asked of."""

    model = TenantModel("", "", 0, TenantSettings(), {}, {}, {})


def reference_page() -> str:
    """The page as Markdown."""
    return _HEAD + "\n".join(_overview()) + "\n\n" + "\n".join(line for one in _declarable() for line in _section(one))


def _declarable() -> Iterator[FieldType]:
    return (field_type for field_type in FIELD_TYPES.values() if field_type.declarable)


def _overview() -> Iterator[str]:
    yield "| type | what | column | GraphQL | unique | index | sort | group | search | figures |"
    yield "|---|---|---|---|---|---|---|---|---|---|"
    for one in _declarable():
        abilities = (one.uniqueable, one.indexable, one.sortable, one.groupable, one.searchable)
        marks = " | ".join("✓" if ability else "" for ability in abilities)
        figures = " ".join(one.aggregates)
        yield f"| [`{one.key}`](#{one.key}) | {one.help} | {_stored(one)} | {_graphql(one)} | {marks} | {figures} |"


def _section(one: FieldType) -> Iterator[str]:
    yield f"## {one.key}"
    yield ""
    yield f"{one.help}.{' ' if one.key in _NOTES else ''}{_NOTES.get(one.key, '')}"
    yield ""
    attributes = [attribute for attribute in attributes_of(one.settings).values() if attribute.given]
    if attributes:
        yield "| setting | default | what |"
        yield "|---|---|---|"
        yield from (f"| `{attribute.name}` | {_default(attribute)} | {attribute.help} |" for attribute in attributes)
        yield ""
    yield f"Filters: {_operators(one)}."
    yield ""
    changes = list(_changes(one))
    if changes:
        yield f"Can become: {'; '.join(changes)}."
        yield ""


def _field(one: FieldType) -> Field:
    settings = one.settings()
    if isinstance(settings, RelationSettings) and settings.kind is None:
        settings = RelationSettings(to="customer", kind=RelationKind.TO_ONE)
    return Field(name="any", type=one.key, settings=settings)


def _stored(one: FieldType) -> str:
    columns = one.columns(_field(one))
    return ", ".join(f"`{f'_{column.suffix} ' if column.suffix else ''}{column.sql_type}`" for column in columns)


def _graphql(one: FieldType) -> str:
    match one.output:
        case Output.OPTION:
            return "enum of the field"
        case Output.OPTIONS:
            return "list of the field's enum"
        case Output.RELATION:
            return "the record, or a connection"
        case Output.COMPUTED:
            return "as the result"
    given = f", input `{one.input_scalar}`" if one.input_scalar else ""
    return f"`{one.scalar}`{given}"


def _operators(one: FieldType) -> str:
    if not one.filterable:
        return "none"
    if one.output is Output.COMPUTED:
        return "as a field of the result's type"
    if one.output is Output.RELATION:
        return "any of the related record's, nested; `isNull`; on lists `some`, `none`, `every`"
    value_type: ValueType = one.value_type(_field(one), _Any.model)
    return " ".join(f"`{operator.name}`" for operator in operators_for(value_type))


def _changes(one: FieldType) -> Iterator[str]:
    for safety in (ConversionSafety.FREE, ConversionSafety.CHECKED, ConversionSafety.REWRITING):
        keys = [f"`{key}`" for key, conversion in one.conversions.items() if conversion.safety is safety]
        if keys:
            yield f"{safety.value}: {', '.join(keys)}"


def _default(attribute: Attribute) -> str:
    default: Any = attribute.default
    if default in (None, "", (), {}):
        return ""
    if isinstance(default, tuple):
        return ", ".join(f"`{item}`" for item in default)
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"


if __name__ == "__main__":
    sys.stdout.write(reference_page())
