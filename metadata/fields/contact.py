"""How to reach somebody: phone, e-mail, web address, postal address, and the name to ask for."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Annotated, Any
from urllib.parse import urlsplit

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from metadata.expressions.types import JSON, TEXT
from metadata.fields.base import Column, FieldType, InputError, Output, Problem, Reading, Settings, Subfield
from metadata.fields.inputs import read_text, shown
from metadata.model.tenant import TenantModel
from metadata.model.values import About, Field, ObjectType

__all__ = ["ADDRESS", "EMAIL", "PERSON_NAME", "PHONE", "URL", "PhoneSettings"]

_MAX_PART = 200
_MAX_URL = 2_048
_ADDRESS_PARTS = ("country", "province", "city", "district", "street", "postcode")
_NAME_PARTS = ("full", "last", "first")
_CJK = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003134f]")


class PhoneSettings(Settings, frozen=True):
    """Settings of `phone`."""

    region: Annotated[str, About("ISO 3166 region of national numbers; empty takes the tenant's country")] = ""
    strict: Annotated[bool, About("Refuse numbers outside assigned ranges, not only of wrong length")] = False


def _read_phone(value: Any, field: Field, reading: Reading) -> tuple[Any, ...]:
    settings: PhoneSettings = field.settings
    region = settings.region or reading.model.settings.country
    text = read_text(value, what="a phone number")
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        raise InputError(_phone_expected(region, value)) from None
    known = phonenumbers.is_valid_number if settings.strict else phonenumbers.is_possible_number
    if not known(number):
        raise InputError(_phone_expected(region, value))
    if number.extension:
        raise InputError(f"expected a phone number without extension, got {shown(value)}; keep it in another field")
    return (phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164),)


def _phone_expected(region: str, value: Any) -> str:
    return f"expected a phone number of {region}, or one that starts with + and its country code, got {shown(value)}"


def _check_phone(field: Field, _object: ObjectType, _model: TenantModel) -> Iterable[Problem]:
    region = field.settings.region
    if region and region not in phonenumbers.SUPPORTED_REGIONS:
        yield Problem("settings.region", f"'{region}' is not an ISO 3166 region.", "An example is `CN`.")


def _read_email(value: Any, _field: Field, _reading: Reading) -> tuple[Any, ...]:
    text = read_text(value, what="an e-mail address")
    try:
        checked = validate_email(text.strip(), check_deliverability=False, globally_deliverable=False)
    except EmailNotValidError:
        raise InputError(f"expected an e-mail address such as name@example.com, got {shown(value)}") from None
    return (checked.normalized.lower(),)


def _read_url(value: Any, _field: Field, _reading: Reading) -> tuple[Any, ...]:
    text = read_text(value, what="a web address").strip()
    if len(text) > _MAX_URL:
        raise InputError(f"expected a web address of at most {_MAX_URL} characters, got {len(text)}")
    try:
        parts = urlsplit(text)
        host, _port = parts.hostname, parts.port
    except ValueError:
        host, parts = None, urlsplit("")
    if parts.scheme not in ("http", "https") or not host or re.search(r"[\s<>\"\\^`{|}]", text):
        raise InputError(f"expected a web address that starts with https:// or http://, got {shown(value)}")
    return (text,)


def _read_parts(value: Any, known: tuple[str, ...], what: str) -> dict[str, str]:
    if not isinstance(value, dict):
        raise InputError(f"expected {what} as an object of {', '.join(known)}, got {shown(value)}")
    unknown = [str(name) for name in value if name not in known]
    if unknown:
        raise InputError(f"expected {what} of {', '.join(known)}; {', '.join(unknown)} is not one of them")
    parts = {}
    for name in known:
        part = value.get(name)
        if part is None:
            continue
        text = read_text(part, what=f"text for {name}").strip()
        if len(text) > _MAX_PART:
            raise InputError(f"expected at most {_MAX_PART} characters for {name}, got {len(text)}")
        if text:
            parts[name] = text
    if not parts:
        raise InputError(f"expected {what} with at least one of {', '.join(known)}; send null to clear it")
    return parts


def _read_address(value: Any, _field: Field, _reading: Reading) -> tuple[Any, ...]:
    return (_read_parts(value, _ADDRESS_PARTS, "an address"),)


def _read_person_name(value: Any, _field: Field, _reading: Reading) -> tuple[Any, ...]:
    parts = _read_parts({"full": value} if isinstance(value, str) else value, _NAME_PARTS, "a name")
    last, first = parts.get("last"), parts.get("first")
    return (parts.get("full") or _full_name(last or "", first or ""), last, first)


def _full_name(last: str, first: str) -> str:
    """Family name first and without a space where it is written in Chinese characters, else given name first."""
    if _CJK.search(last + first):
        return last + first
    return f"{first} {last}".strip()


PHONE = FieldType(
    key="phone",
    help="Phone number, kept as E.164 (+8613800000000)",
    columns=lambda _field: (Column("", "text"),),
    value_type=lambda _field, _model: TEXT,
    settings=PhoneSettings,
    read=_read_phone,
    check=_check_phone,
    constraint=lambda _field: r"{0} ~ '^[+][1-9][0-9]{1,14}$'",
    searchable=True,
)

EMAIL = FieldType(
    key="email",
    help="E-mail address, kept in lower case; its spelling is checked, not its existence",
    columns=lambda _field: (Column("", "text"),),
    value_type=lambda _field, _model: TEXT,
    read=_read_email,
    constraint=lambda _field: (
        r"{0} ~ '^[^@[:space:]]+@[^@[:space:]]+$' and {0} = lower({0}) and char_length({0}) <= 254"
    ),
    searchable=True,
)

URL = FieldType(
    key="url",
    help="Web address, http or https",
    columns=lambda _field: (Column("", "text"),),
    value_type=lambda _field, _model: TEXT,
    read=_read_url,
    constraint=lambda _field: r"""{0} ~ '^https?://[^[:space:]<>"\\^`{|}]+$' and char_length({0}) <= 2048""",
    searchable=True,
    uniqueable=False,
    indexable=False,
)

ADDRESS = FieldType(
    key="address",
    help="Postal address in parts",
    columns=lambda _field: (Column("", "jsonb"),),
    value_type=lambda _field, _model: JSON,
    output=Output.OBJECT,
    scalar="Address",
    input_scalar="AddressInput",
    subfields=(
        *(Subfield(part, "String", f"{{0}}->>'{part}'", TEXT) for part in _ADDRESS_PARTS),
        Subfield(
            "text",
            "String",
            "nullif(concat({0}->>'province', nullif({0}->>'city', {0}->>'province'), {0}->>'district',"
            " {0}->>'street'), '')",
            TEXT,
            shows_mask=True,
        ),
    ),
    input_parts=dict.fromkeys(_ADDRESS_PARTS, "String"),
    read=_read_address,
    sortable=False,
    groupable=False,
    uniqueable=False,
    indexable=False,
)

PERSON_NAME = FieldType(
    key="person_name",
    help="Name of a person: full, or put together from last and first in the order of its script",
    columns=lambda _field: (Column("", "text"), Column("last", "text"), Column("first", "text")),
    value_type=lambda _field, _model: TEXT,
    output=Output.OBJECT,
    scalar="PersonName",
    input_scalar="PersonNameInput",
    subfields=(
        Subfield("full", "String", "{0}", TEXT, shows_mask=True),
        Subfield("last", "String", "{1}", TEXT),
        Subfield("first", "String", "{2}", TEXT),
    ),
    input_parts=dict.fromkeys(_NAME_PARTS, "String"),
    read=_read_person_name,
    searchable=True,
    uniqueable=False,
)
