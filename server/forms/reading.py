"""What was filled in → what is written: columns for looking at it, input for writing it, lines of lists.

Values come as JSON, unchecked: what is wrong with one is a fault at its place, and the others are read all the same.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from metadata.fields import FIELD_TYPES
from metadata.fields.inputs import shown
from metadata.fields.relations import RelationKind, relation_kind, relation_of
from metadata.forms.access import Entry
from metadata.forms.values import PhotoSettings
from metadata.forms.widgets import MAX_LINES, lines_type, picture_field
from metadata.model.tenant import field_of
from metadata.model.values import Field, ObjectType
from metadata.naming import camel
from metadata.problems import Path
from server.records.writing.drafts import DraftReader

__all__ = ["FileGiven", "Filled", "Line", "Lines", "read_given", "read_value"]

_UNREADABLE = (TypeError, ValueError, KeyError, AttributeError, IndexError, RecursionError, AssertionError)
"""What code that trusts its input's shape says of input of another shape."""


@dataclass(frozen=True, slots=True)
class FileGiven:
    """A file that a value names; whether it has to be a picture, whatever its field takes."""

    file_id: str
    field: Field
    path: Path
    is_picture: bool


@dataclass(slots=True)
class Line:
    """A record of a list, as it was filled in; `given` is JSON by field name."""

    path: Path
    id: str
    given: dict[str, Any] = dataclasses.field(default_factory=dict)


@dataclass(slots=True)
class Lines:
    """What is asked of a list."""

    field: Field
    object_type: ObjectType
    created: list[Line] = dataclasses.field(default_factory=list)
    changed: list[Line] = dataclasses.field(default_factory=list)
    removed: list[Line] = dataclasses.field(default_factory=list)


@dataclass(slots=True)
class Filled:
    """What was filled in.

    Attributes:
        is_new: Whether of a record that is still to be made.
        values: For the writer, by field name.
        columns: Column → JSON-ready value.
        lists: Changes of lists, by field name.
        paths: Where each field's value stands, by field name.
        codes: Codes that stand for records, by field name.
        files: Files that values name.
    """

    is_new: bool
    values: dict[str, Any] = dataclasses.field(default_factory=dict)
    columns: dict[str, Any] = dataclasses.field(default_factory=dict)
    lists: dict[str, Lines] = dataclasses.field(default_factory=dict)
    paths: dict[str, Path] = dataclasses.field(default_factory=dict)
    codes: dict[str, str] = dataclasses.field(default_factory=dict)
    files: list[FileGiven] = dataclasses.field(default_factory=list)


def read_given(
    reader: DraftReader,
    object_type: ObjectType,
    entries: Mapping[str, Entry],
    given: Mapping[str, Any],
    path: Path,
    *,
    is_new: bool,
) -> Filled:
    """Read what was sent, by GraphQL names; faults go to the reader's.

    Args:
        reader: Of the request.
        object_type: Of the record.
        entries: Fields of the step.
        given: JSON by GraphQL name; relations also by `customerId`.
        path: Where it stands.
        is_new: Whether the record is still to be made.
    """
    filled = Filled(is_new)
    names = {key: name for name in entries for key in (f"{camel(name)}Id", name, camel(name))}
    for key, value in given.items():
        here = (*path, key)
        name = names.get(key, "")
        entry, found = entries.get(name), field_of(object_type, name)
        if entry is None or found is None:
            reader.faults.add(
                "field_not_in_form",
                f"Field {shown(key)} is no part of this step.",
                path=here,
                hint="Leave it out.",
            )
            continue
        filled.paths[name] = here
        read_value(reader, object_type, found, entry, value, here, filled)
    return filled


def read_value(
    reader: DraftReader, object_type: ObjectType, found: Field, entry: Entry, value: Any, path: Path, filled: Filled
) -> None:
    """Read one value into what is filled in."""
    if isinstance(value, str) and not value.strip():
        value = None
    relation = relation_of(found)
    kind = None if relation is None else relation_kind(relation)
    if kind is RelationKind.TO_MANY and entry.widget in ("lines", "photo"):
        _lines(reader, found, entry, value, path, filled)
        return
    if kind is RelationKind.TO_ONE and entry.widget == "scan" and value is not None:
        if isinstance(value, str):
            filled.codes[found.name] = value.strip()
        else:
            _bad(reader, object_type, found, f"expected a code, got {shown(value)}", path)
        return
    if entry.widget == "location" and isinstance(value, Mapping):
        value = {name: part for name, part in value.items() if name != "accuracy"}
    _plain(reader, object_type, found, entry, _shaped(kind, value), path, filled)


def _plain(
    reader: DraftReader, object_type: ObjectType, found: Field, entry: Entry, value: Any, path: Path, filled: Filled
) -> None:
    known = len(list(reader.faults))
    try:
        draft = reader.part(object_type, {found.name: value}, path[:-1], creating=filled.is_new)
    except _UNREADABLE:
        _bad(reader, object_type, found, f"expected another kind of value, got {shown(value)}", path)
        return
    if len(list(reader.faults)) > known:
        return
    filled.values[found.name] = value
    filled.columns |= {
        column: "•" if FIELD_TYPES[found.type].write_transform == "encrypt" and item is not None else item
        for column, item in draft.columns.items()
    }
    if FIELD_TYPES[found.type].write_transform == "file" and value is not None:
        is_picture = entry.widget in ("photo", "signature")
        filled.files.append(FileGiven(draft.columns[found.column], found, path, is_picture))


def _shaped(kind: RelationKind | None, value: Any) -> Any:
    """Ids as they are sent → the input that the writer takes."""
    match kind:
        case RelationKind.TO_ONE:
            if isinstance(value, Mapping):
                value = value.get("connect", value)
                value = value.get("id", value) if isinstance(value, Mapping) else value
            return value if value is None or isinstance(value, str) else str(value)
        case RelationKind.MANY_TO_MANY | RelationKind.TO_MANY:
            ids = [] if value is None else value if isinstance(value, list) else [value]
            return {"set": [{"id": one.get("id") if isinstance(one, Mapping) else str(one)} for one in ids]}
    return value


def _lines(reader: DraftReader, found: Field, entry: Entry, value: Any, path: Path, filled: Filled) -> None:
    target = lines_type(reader.model, found)
    picture = picture_field(reader.model, found, entry.settings) if isinstance(entry.settings, PhotoSettings) else None
    items = [] if value is None else [value] if picture is not None and isinstance(value, str) else value
    if target is None or not isinstance(items, list) or len(items) > MAX_LINES:
        message = f"Field '{camel(found.name)}' takes a list of up to {MAX_LINES} lines, not {shown(value)}."
        reader.faults.add("bad_value", message, path=path)
        return
    lines = filled.lists[found.name] = Lines(found, target)
    seen: set[str] = set()
    for place, item in enumerate(items):
        here = (*path, place)
        if picture is not None and isinstance(item, str):
            item = {camel(picture.name): item}
        if not isinstance(item, Mapping):
            reader.faults.add("bad_value", f"A line is a mapping by field, not {shown(item)}.", path=here)
            continue
        rest = {str(key): inner for key, inner in item.items() if key not in ("id", "remove")}
        if item.get("id") is None:
            lines.created.append(Line(here, "", rest))
            continue
        record_id = reader.record_id(target, item["id"], (*here, "id"))
        if not record_id:
            continue
        if record_id in seen:
            reader.faults.add("duplicate_line", f"The line {record_id} is there twice.", path=(*here, "id"))
            continue
        seen.add(record_id)
        (lines.removed if item.get("remove") is True else lines.changed).append(Line(here, record_id, rest))


def _bad(reader: DraftReader, object_type: ObjectType, found: Field, text: str, path: Path) -> None:
    message = f"Field '{camel(found.name)}' of '{object_type.name}': {text}."
    reader.faults.add("bad_value", message, path=path)
