"""Segments: the records that meet a condition, kept so that coming in and going out are events."""

from __future__ import annotations

from typing import Annotated

import msgspec

from metadata.model.values import About, Labels

__all__ = ["Segment"]


class Segment(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A group of records by a condition."""

    name: Annotated[str, About("snake_case, unique within the tenant", identifies=True)]
    object: Annotated[str, About("Object type of its records")]
    when: Annotated[str, About("Expression over the record that its members meet")]
    label: Annotated[Labels, About("Name shown to people, by language")] = msgspec.field(default_factory=dict)
    description: Annotated[Labels, About("What it is for, by language")] = msgspec.field(default_factory=dict)
    every: Annotated[
        str,
        About("How often it is worked out as a whole: PT1H; empty for when the clock matters: each midnight, or hour"),
    ] = ""
    announce: Annotated[
        bool, About("Records that come in or go out because it was declared, or its condition changed, are told too")
    ] = False
    origin: Annotated[str, About("Template it came from", given=False)] = ""
