"""Faults of a tenant's settings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from zoneinfo import available_timezones

import phonenumbers
from babel.numbers import is_currency

from metadata.fields.inputs import shown
from metadata.model.settings import TenantSettings
from metadata.naming import NAME_PATTERN
from metadata.problems import Fault

__all__ = ["faults"]

_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_LIMITS = {
    "max_objects": (1, 2_000),
    "max_fields": (10, 1_000),
    "max_indexes": (1, 100),
    "max_roles": (1, 5_000),
    "max_policies": (1, 200_000),
    "max_page": (1, 1_000),
    "max_depth": (1, 50),
    "max_cost": (100, 10_000_000),
    "max_export_rows": (1, 5_000_000),
    "sensitive_reads_per_hour": (10, 100_000_000),
    "statement_timeout_ms": (100, 300_000),
    "message_unread_minutes": (1, 10_080),
    "messages_per_hour": (1, 1_000),
}


@cache
def _timezones() -> frozenset[str]:
    """Known zones; listing them reads hundreds of files."""
    return frozenset(available_timezones())


def faults(settings: TenantSettings) -> Iterator[Fault]:
    """What is wrong with a tenant's settings; paths start at the settings."""
    if settings.timezone not in _timezones():
        hint = "Names are such as Asia/Shanghai and Europe/Berlin."
        yield Fault("unknown_timezone", f"{shown(settings.timezone)} is not an IANA time zone.", ("timezone",), hint)
    if not is_currency(settings.currency):
        message = f"{shown(settings.currency)} is not an ISO 4217 currency."
        yield Fault("unknown_currency", message, ("currency",), "Write a code in upper case, such as CNY.")
    if settings.country not in phonenumbers.SUPPORTED_REGIONS:
        message = f"{shown(settings.country)} is not an ISO 3166 region."
        yield Fault("unknown_country", message, ("country",), "Write a code in upper case, such as CN.")
    if not settings.languages or len(set(settings.languages)) != len(settings.languages):
        hint = "An example is [zh, en]."
        yield Fault("bad_languages", "Languages are at least one, each once.", ("languages",), hint)
    for place, language in enumerate(settings.languages):
        if not _LANGUAGE.fullmatch(language):
            message = f"{shown(language)} is not a language."
            yield Fault("unknown_language", message, ("languages", place), "Use ISO 639 codes such as zh and en.")
    channels = settings.message_channels
    if len(set(channels)) != len(channels) or not all(map(NAME_PATTERN.fullmatch, channels)):
        hint = "An example is [inbox, email, webhook]."
        yield Fault("bad_channels", "Channels of messages are names, each once.", ("message_channels",), hint)
    for name, (least, most) in _LIMITS.items():
        value = getattr(settings, name)
        if not least <= value <= most:
            yield Fault("bad_limit", f"{name} is from {least} to {most}, not {value}.", (name,))
