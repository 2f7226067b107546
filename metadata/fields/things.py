"""Places, files, codes, secrets, and anything that is JSON."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import Annotated, Any, Literal

import msgspec

from metadata.expressions.types import DECIMAL, GEO_POINT, ID, JSON, TEXT
from metadata.fields.base import Column, FieldType, InputError, Output, Problem, Reading, Settings, Subfield
from metadata.fields.inputs import read_decimal, read_text, read_uuid, shown
from metadata.model.tenant import TenantModel
from metadata.model.values import About, Field, ObjectType

__all__ = [
    "BARCODE",
    "ENCRYPTED_TEXT",
    "FILE",
    "GEO_POINT_TYPE",
    "IMAGE",
    "JSON_TYPE",
    "BarcodeSettings",
    "EncryptedTextSettings",
    "FileSettings",
    "ImageSettings",
    "JsonSettings",
    "read_geo_point",
]

_MAX_FILE_BYTES = 1_073_741_824
_MAX_JSON_BYTES = 1_048_576
_MAX_JSON_DEPTH = 32
_MAX_CODE = 128
_CONTENT_TYPE = re.compile(r"[a-z]+/(?:\*|[a-z0-9][a-z0-9.+-]*)")
_GTIN_DIGITS = {"ean13": 13, "ean8": 8, "upca": 12, "itf14": 14, "isbn13": 13}


class FileSettings(Settings, frozen=True):
    """Settings of `file`."""

    max_size_bytes: Annotated[int, About("Largest file, in bytes")] = 20_971_520
    content_types: Annotated[
        tuple[str, ...], About("Media types allowed, such as `application/pdf`; empty for any")
    ] = ()


class ImageSettings(Settings, frozen=True):
    """Settings of `image`."""

    max_size_bytes: Annotated[int, About("Largest file, in bytes")] = 10_485_760
    content_types: Annotated[tuple[str, ...], About("Media types of images allowed")] = (
        "image/jpeg",
        "image/png",
        "image/webp",
        "image/gif",
    )


class JsonSettings(Settings, frozen=True):
    """Settings of `json`."""

    max_size_bytes: Annotated[int, About("Largest value as JSON text, in bytes, up to 1 MiB")] = 65_536


class EncryptedTextSettings(Settings, frozen=True):
    """Settings of `encrypted_text`."""

    max_length: Annotated[int, About("Longest value, in characters, up to 10,000")] = 1_000


class BarcodeSettings(Settings, frozen=True):
    """Settings of `barcode`."""

    symbology: Annotated[
        Literal["", "ean13", "ean8", "upca", "itf14", "isbn13", "code128", "code39"],
        About("Kind of code, whose characters and check digit are tested; empty for any"),
    ] = ""


def read_geo_point(value: Any) -> tuple[float, float]:
    """Latitude and longitude in degrees (WGS 84), from `{lat, lng}`.

    Raises:
        InputError: A part is missing, no number, or out of range.
    """
    if not isinstance(value, dict) or set(value) != {"lat", "lng"}:
        raise InputError(f"expected a point such as {{lat: 31.23, lng: 121.47}}, got {shown(value)}")
    return _degrees(value["lat"], "lat", 90), _degrees(value["lng"], "lng", 180)


def _degrees(value: Any, name: str, most: int) -> float:
    number = float(value) if isinstance(value, float) else float(read_decimal(value))
    if not math.isfinite(number) or abs(number) > most:
        raise InputError(f"expected {name} from -{most} to {most}, got {shown(value)}")
    return number


def _read_file(value: Any, _field: Field, _reading: Reading) -> tuple[Any, ...]:
    return (read_uuid(value, what="the id of an uploaded file"),)


def _check_file(field: Field, _object: ObjectType, _model: TenantModel) -> Iterable[Problem]:
    if not 1 <= field.settings.max_size_bytes <= _MAX_FILE_BYTES:
        text = f"max_size_bytes is from 1 to {_MAX_FILE_BYTES}, not {field.settings.max_size_bytes}."
        yield Problem("settings.max_size_bytes", text)
    for content_type in field.settings.content_types:
        if not _CONTENT_TYPE.fullmatch(content_type):
            text = f"{shown(content_type)} is not a media type."
            yield Problem("settings.content_types", text, "Examples are `application/pdf` and `image/*`.")


def _check_image(field: Field, object_type: ObjectType, model: TenantModel) -> Iterable[Problem]:
    yield from _check_file(field, object_type, model)
    for content_type in field.settings.content_types:
        if not content_type.startswith("image/"):
            text = f"{shown(content_type)} is not a media type of images."
            yield Problem("settings.content_types", text, "Use the type `file` for other files.")


def _read_json(value: Any, field: Field, _reading: Reading) -> tuple[Any, ...]:
    _check_json(value, _MAX_JSON_DEPTH)
    size = len(msgspec.json.encode(value))
    most: int = field.settings.max_size_bytes
    if size > most:
        raise InputError(f"expected JSON of at most {most} bytes, got {size}")
    return (value,)


def _check_json(value: Any, depth: int) -> None:
    if depth == 0:
        raise InputError(f"expected JSON that nests at most {_MAX_JSON_DEPTH} levels")
    if isinstance(value, str):
        read_text(value, what="text in JSON")
    elif isinstance(value, dict):
        for name, item in value.items():
            read_text(name, what="names in JSON")
            _check_json(item, depth - 1)
    elif isinstance(value, list):
        for item in value:
            _check_json(item, depth - 1)
    elif isinstance(value, float) and not math.isfinite(value):
        raise InputError("expected JSON, which has no NaN and no infinity")
    elif not isinstance(value, (bool, int, float, type(None))):
        raise InputError(f"expected JSON, got {shown(value)}")


def _check_json_size(field: Field, _object: ObjectType, _model: TenantModel) -> Iterable[Problem]:
    if not 1 <= field.settings.max_size_bytes <= _MAX_JSON_BYTES:
        text = f"max_size_bytes is from 1 to {_MAX_JSON_BYTES}, not {field.settings.max_size_bytes}."
        yield Problem("settings.max_size_bytes", text)


def _read_secret(value: Any, field: Field, _reading: Reading) -> tuple[Any, ...]:
    if not isinstance(value, str):
        raise InputError("expected text")
    text = read_text(value)
    if len(text) > field.settings.max_length:
        raise InputError(f"expected at most {field.settings.max_length} characters, got {len(text)}")
    return (text,)


def _check_secret(field: Field, _object: ObjectType, _model: TenantModel) -> Iterable[Problem]:
    if not 1 <= field.settings.max_length <= 10_000:
        yield Problem("settings.max_length", f"max_length is from 1 to 10000, not {field.settings.max_length}.")


def _read_barcode(value: Any, field: Field, _reading: Reading) -> tuple[Any, ...]:
    text = read_text(value, what="a code").strip()
    symbology: str = field.settings.symbology
    if not 1 <= len(text) <= _MAX_CODE:
        raise InputError(f"expected a code of 1 to {_MAX_CODE} characters, got {len(text)}")
    if symbology in _GTIN_DIGITS:
        text = text.replace("-", "") if symbology == "isbn13" else text
        _check_gtin(text, symbology, _GTIN_DIGITS[symbology])
    if symbology == "code39" and not re.fullmatch(r"[0-9A-Z. $/+%-]+", text):
        raise InputError(f"expected digits, capital letters and . - $ / + % or space, got {shown(value)}")
    if symbology == "code128" and not text.isascii():
        raise InputError(f"expected ASCII characters, got {shown(value)}")
    return (text,)


def _check_gtin(text: str, symbology: str, digits: int) -> None:
    """Length and check digit of the GS1 General Specifications, section 7.9."""
    if not (text.isascii() and text.isdigit() and len(text) == digits):
        raise InputError(f"expected the {digits} digits of {symbology}, got {shown(text)}")
    if symbology == "isbn13" and not text.startswith(("978", "979")):
        raise InputError(f"expected an ISBN, which starts with 978 or 979, got {shown(text)}")
    weighted = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(reversed(text)))
    if weighted % 10:
        raise InputError(f"expected a code whose check digit is right, got {shown(text)}")


def _file_part(column: str) -> str:
    return f"(select f.{column} from tangram.file as f where f.id = {{0}})"


_FILE_PARTS = (
    Subfield("id", "ID", "{0}", ID),
    Subfield("name", "String", _file_part("name")),
    Subfield("size", "Int", _file_part("size_bytes")),
    Subfield("contentType", "String", _file_part("content_type")),
    Subfield("url", "String", "{0}::text", transform="file_url"),
)

FILE = FieldType(
    key="file",
    help="An uploaded file",
    columns=lambda _field: (Column("", "uuid"),),
    value_type=lambda _field, _model: ID,
    output=Output.OBJECT,
    scalar="File",
    input_scalar="ID",
    subfields=_FILE_PARTS,
    settings=FileSettings,
    read=_read_file,
    check=_check_file,
    sortable=False,
    groupable=False,
    uniqueable=False,
    indexable=False,
    can_default=False,
    write_transform="file",
)

IMAGE = FieldType(
    key="image",
    help="An uploaded picture",
    columns=lambda _field: (Column("", "uuid"),),
    value_type=lambda _field, _model: ID,
    output=Output.OBJECT,
    scalar="File",
    input_scalar="ID",
    subfields=_FILE_PARTS,
    settings=ImageSettings,
    read=_read_file,
    check=_check_image,
    sortable=False,
    groupable=False,
    uniqueable=False,
    indexable=False,
    can_default=False,
    write_transform="file",
)

GEO_POINT_TYPE = FieldType(
    key="geo_point",
    help="A place on Earth in degrees (WGS 84); filters find what is near",
    columns=lambda _field: (Column("lat", "double precision"), Column("lng", "double precision")),
    value_type=lambda _field, _model: GEO_POINT,
    output=Output.OBJECT,
    scalar="GeoPoint",
    input_scalar="GeoPointInput",
    subfields=(Subfield("lat", "Float", "{0}", DECIMAL), Subfield("lng", "Float", "{1}", DECIMAL)),
    input_parts={"lat": "Float!", "lng": "Float!"},
    read=lambda value, _field, _reading: read_geo_point(value),
    sortable=False,
    groupable=False,
    uniqueable=False,
)

JSON_TYPE = FieldType(
    key="json",
    help="Any JSON value",
    columns=lambda _field: (Column("", "jsonb"),),
    value_type=lambda _field, _model: JSON,
    scalar="JSON",
    settings=JsonSettings,
    read=_read_json,
    check=_check_json_size,
    sortable=False,
    groupable=False,
    uniqueable=False,
    indexable=False,
)

ENCRYPTED_TEXT = FieldType(
    key="encrypted_text",
    help="Text kept encrypted; it can be read, but not filtered, sorted, grouped or searched",
    columns=lambda _field: (Column("", "text"),),
    value_type=lambda _field, _model: JSON,  # no function and no comparison takes it
    settings=EncryptedTextSettings,
    read=_read_secret,
    check=_check_secret,
    filterable=False,
    sortable=False,
    groupable=False,
    uniqueable=False,
    indexable=False,
    can_default=False,
    transform="decrypt",
    write_transform="encrypt",
)

BARCODE = FieldType(
    key="barcode",
    help="What a scanner reads; the check digit is tested where the kind of code has one",
    columns=lambda _field: (Column("", "text"),),
    value_type=lambda _field, _model: TEXT,
    settings=BarcodeSettings,
    read=_read_barcode,
    constraint=lambda field: _barcode_constraint(field.settings.symbology),
    searchable=True,
)


def _barcode_constraint(symbology: str) -> str:
    if symbology not in _GTIN_DIGITS:
        return f"char_length({{0}}) between 1 and {_MAX_CODE}"
    digits = _GTIN_DIGITS[symbology]
    places = " + ".join(f"{3 if place % 2 else 1} * substr({{0}}, {digits - place}, 1)::int" for place in range(digits))
    return f"case when {{0}} ~ '^[0-9]{{{digits}}}$' then ({places}) % 10 = 0 else false end"
