"""Tag groups: words that records are given for a reason, for a time, some of which exclude each other."""

from __future__ import annotations

from typing import Annotated

import msgspec

from metadata.model.values import About, Labels

__all__ = ["TagAlias", "TagGroup", "TagValue"]


class TagAlias(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a platform calls a tag."""

    platform: Annotated[str, About("Where it is called so: douyin, tmall")]
    word: Annotated[str, About("Its word there")]


class TagValue(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One tag of a group."""

    key: Annotated[str, About("What records hold; it never changes, whatever the label says")]
    label: Annotated[Labels, About("Name shown to people, by language")] = msgspec.field(default_factory=dict)
    aliases: Annotated[tuple[TagAlias, ...], About("What platforms call it; `tagRecord` takes their words")] = ()
    archived: Annotated[bool, About("Whether it is given no more; records keep it")] = False


class TagGroup(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Tags that belong together, kept in one field of a record."""

    name: Annotated[str, About("snake_case, unique within the tenant", identifies=True)]
    object: Annotated[str, About("Object type of the records")]
    field: Annotated[str, About("Its field of type tags, which several groups may share")]
    label: Annotated[Labels, About("Name shown to people, by language")] = msgspec.field(default_factory=dict)
    tags: Annotated[tuple[TagValue, ...], About("The tags, in order of display")]
    exclusive: Annotated[bool, About("A record has one at most: a new one takes the place of the other")] = False
    origin: Annotated[str, About("Template it came from", given=False)] = ""
