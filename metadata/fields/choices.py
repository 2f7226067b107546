"""Values taken from a list: one option, several options, free tags."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Annotated, Any

import msgspec

from metadata import naming
from metadata.expressions.types import TEXT, ValueType, list_of, option
from metadata.fields.base import Column, FieldType, InputError, Output, Problem, Reading, Settings
from metadata.fields.inputs import read_text, shown, sql_text
from metadata.model.tenant import TenantModel
from metadata.model.values import About, Field, Labels, ObjectType

__all__ = [
    "MULTI_SELECT",
    "SELECT",
    "TAGS",
    "MultiSelectSettings",
    "Option",
    "SelectSettings",
    "TagsSettings",
    "read_option",
]

_MAX_OPTIONS = 500
_MAX_CHOSEN = 100
_OPTION_PATTERN = naming.NAME_PATTERN
_COLOR = re.compile(r"[a-z][a-z-]{0,30}|#[0-9a-fA-F]{6}")


class Option(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """One value of a select field."""

    key: Annotated[str, About("snake_case, stored; shown in upper case in GraphQL", identifies=True)]
    label: Annotated[Labels, About("Text shown to people, by language")] = msgspec.field(default_factory=dict)
    color: Annotated[str, About("Colour name or #rrggbb, for user interfaces")] = ""
    archived: Annotated[bool, About("Kept where it is stored, refused in new values")] = False


class SelectSettings(Settings, frozen=True):
    """Settings of `select`."""

    options: Annotated[tuple[Option, ...], About("Values to choose from, in order of display")] = ()


class MultiSelectSettings(Settings, frozen=True):
    """Settings of `multi_select`."""

    options: Annotated[tuple[Option, ...], About("Values to choose from, in order of display")] = ()
    max_chosen: Annotated[int, About("Most values of one record, up to 100")] = _MAX_CHOSEN


class TagsSettings(Settings, frozen=True):
    """Settings of `tags`."""

    max_tags: Annotated[int, About("Most tags of one record, up to 1,000")] = 300
    max_length: Annotated[int, About("Longest tag, in characters, up to 200")] = 60


def read_option(value: Any, options: Iterable[Option], *, archived: bool = False) -> str:
    """An option's key, from the key or its GraphQL enum value.

    Raises:
        InputError: There is no such option, or it is archived and `archived` is false.
    """
    key = naming.option_key(read_text(value, what="an option"))
    found = next((one for one in options if one.key == key), None)
    if found is None:
        known = ", ".join(one.key for one in options if not one.archived)
        raise InputError(f"expected one of {known}; got {shown(value)}")
    if found.archived and not archived:
        raise InputError(f"expected an option in use; '{key}' is archived")
    return key


def _read_select(value: Any, field: Field, _reading: Reading) -> tuple[Any, ...]:
    return (read_option(value, field.settings.options),)


def _read_multi_select(value: Any, field: Field, _reading: Reading) -> tuple[Any, ...]:
    settings: MultiSelectSettings = field.settings
    keys = [read_option(item, settings.options) for item in _read_list(value, "options", settings.max_chosen)]
    chosen = set(keys)
    return ([one.key for one in settings.options if one.key in chosen],)


def _read_tags(value: Any, field: Field, _reading: Reading) -> tuple[Any, ...]:
    settings: TagsSettings = field.settings
    tags: dict[str, None] = {}
    for item in _read_list(value, "tags", settings.max_tags):
        tag = " ".join(read_text(item, what="a tag").split())
        if not 1 <= len(tag) <= settings.max_length:
            raise InputError(f"expected tags of 1 to {settings.max_length} characters, got {shown(item)}")
        tags[tag] = None
    return (list(tags),)


def _read_list(value: Any, what: str, most: int) -> list[Any]:
    items = value if isinstance(value, list) else [value]
    if len(items) > most:
        raise InputError(f"expected at most {most} {what}, got {len(items)}")
    return items


def _check_options(field: Field, _object: ObjectType, model: TenantModel) -> Iterable[Problem]:
    options: tuple[Option, ...] = field.settings.options
    if not options:
        hint = "An example is `options: [{key: new, label: {en: New}}]`; use `tags` for free values."
        yield Problem("settings.options", "There are no options to choose from.", hint)
    if len(options) > _MAX_OPTIONS:
        hint = "Use an object type of its own and a relation."
        yield Problem("settings.options", f"There are {len(options)} options; {_MAX_OPTIONS} are allowed.", hint)
    seen: set[str] = set()
    for position, one in enumerate(options):
        yield from _check_option(one, f"settings.options.{position}", model, repeated=one.key in seen)
        seen.add(one.key)
    if options and all(one.archived for one in options):
        yield Problem("settings.options", "Every option is archived.", "Keep at least one in use.")


def _check_option(one: Option, place: str, model: TenantModel, *, repeated: bool) -> Iterable[Problem]:
    if repeated:
        yield Problem(f"{place}.key", f"The option '{one.key}' stands twice.", "Remove one.", "duplicate_option")
    if len(one.key) > naming.MAX_NAME_LENGTH or not _OPTION_PATTERN.fullmatch(one.key):
        yield Problem(
            f"{place}.key",
            f"{shown(one.key)} cannot be an option's key.",
            f"Use snake_case of at most {naming.MAX_NAME_LENGTH} characters, such as `in_progress`;"
            " what people see is the label.",
            "bad_name",
        )
    if one.color and not _COLOR.fullmatch(one.color):
        yield Problem(f"{place}.color", f"{shown(one.color)} is not a colour.", "Examples are `gold` and `#ffd700`.")
    for language in one.label:
        if language not in model.settings.languages:
            known = ", ".join(model.settings.languages)
            text = f"'{language}' is not a language of the tenant."
            yield Problem(f"{place}.label.{language}", text, f"Its languages are {known}.", "unknown_language")


def _check_multi_select(field: Field, object_type: ObjectType, model: TenantModel) -> Iterable[Problem]:
    yield from _check_options(field, object_type, model)
    if not 1 <= field.settings.max_chosen <= _MAX_CHOSEN:
        text = f"max_chosen is from 1 to {_MAX_CHOSEN}, not {field.settings.max_chosen}."
        yield Problem("settings.max_chosen", text)


def _check_tags(field: Field, _object: ObjectType, _model: TenantModel) -> Iterable[Problem]:
    if not 1 <= field.settings.max_tags <= 1_000:
        yield Problem("settings.max_tags", f"max_tags is from 1 to 1000, not {field.settings.max_tags}.")
    if not 1 <= field.settings.max_length <= 200:
        yield Problem("settings.max_length", f"max_length is from 1 to 200, not {field.settings.max_length}.")


def _option_type(field: Field, _model: TenantModel) -> ValueType:
    return option(*(one.key for one in field.settings.options))


def _select_constraint(field: Field) -> str:
    keys = ", ".join(sql_text(one.key) for one in field.settings.options)
    return f"{{0}} in ({keys})"


def _multi_select_constraint(field: Field) -> str:
    keys = ", ".join(sql_text(one.key) for one in field.settings.options)
    return f"{{0}} <@ array[{keys}]::text[] and cardinality({{0}}) <= {field.settings.max_chosen}"


def _tags_constraint(field: Field) -> str:
    settings: TagsSettings = field.settings
    return (
        f"cardinality({{0}}) <= {settings.max_tags} and not exists"
        f" (select from unnest({{0}}) as tag where char_length(tag) not between 1 and {settings.max_length})"
    )


SELECT = FieldType(
    key="select",
    help="One of a list of options",
    columns=lambda _field: (Column("", "text"),),
    value_type=_option_type,
    output=Output.OPTION,
    settings=SelectSettings,
    read=_read_select,
    check=_check_options,
    constraint=_select_constraint,
)

MULTI_SELECT = FieldType(
    key="multi_select",
    help="Several of a list of options, each once",
    columns=lambda _field: (Column("", "text[]"),),
    value_type=lambda field, model: list_of(_option_type(field, model)),
    output=Output.OPTIONS,
    settings=MultiSelectSettings,
    read=_read_multi_select,
    check=_check_multi_select,
    constraint=_multi_select_constraint,
    sortable=False,
    uniqueable=False,
)

TAGS = FieldType(
    key="tags",
    help="Free words, each once",
    columns=lambda _field: (Column("", "text[]"),),
    value_type=lambda _field, _model: list_of(TEXT),
    scalar="[String!]",
    settings=TagsSettings,
    read=_read_tags,
    check=_check_tags,
    constraint=_tags_constraint,
    sortable=False,
    searchable=True,
    uniqueable=False,
)
