"""From a request's input to drafts: column values, records to connect, nested records. All faults are told together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

import uuid_utils

from metadata.expressions.check import ModelScope, read
from metadata.expressions.evaluate import Compiled, Env, compile_python
from metadata.fields import FIELD_TYPES
from metadata.fields.base import InputError
from metadata.fields.inputs import read_uuid
from metadata.fields.relations import RelationKind, relation_kind, relation_of
from metadata.model.identity import ByIdentity
from metadata.model.tenant import TenantModel, field_of
from metadata.model.values import Field, ObjectType
from metadata.naming import camel
from metadata.problems import Faults, Path
from server.context import Context
from server.records.layout import Layout, columns_of
from server.records.writing.rights import may_set

__all__ = ["Draft", "DraftReader", "ListChange", "Lookup", "new_id", "walk"]

_MAX_NESTING = 5


@dataclass(slots=True)
class Lookup:
    """A record that the input names, by its id or by unique values.

    Attributes:
        object_type: Its object type.
        columns: Column → value; `{"id": …}` when named by id.
        path: Where it stands in the input.
        id: Its id, once known.
    """

    object_type: ObjectType
    columns: dict[str, Any]
    path: Path
    id: str = ""


@dataclass(slots=True)
class ListChange:
    """What an input asks of a to-many relation."""

    relation: Field
    create: list[Draft] = field(default_factory=list)
    connect: list[Lookup] = field(default_factory=list)
    disconnect: list[Lookup] = field(default_factory=list)
    replace: list[Lookup] | None = None


@dataclass(slots=True)
class Draft:
    """A record to be written.

    Attributes:
        object_type: Its object type.
        id: Its id: a new one, or the existing record's.
        creating: Whether it is new.
        columns: Column → JSON-ready value, None to clear.
        parents: To-one relations still to be resolved: (column, the record to connect or to create first).
        lists: Changes of to-many relations, made after the record itself.
        path: Where it stands in the input.
        expected_version: Version it must have, or None.
        places: Column → where the input names the record that it leads to.
        faulty: Names of fields whose value could not be read: they are not missing too.
        cause: Events that led to this change; None for those of the whole write.
    """

    object_type: ObjectType
    id: str
    creating: bool
    columns: dict[str, Any]
    parents: list[tuple[str, Lookup | Draft]]
    lists: list[ListChange]
    path: Path
    expected_version: int | None = None
    places: dict[str, Path] = field(default_factory=dict)
    faulty: set[str] = field(default_factory=set)
    cause: Sequence[int] | None = None

    @property
    def is_plain(self) -> bool:
        """Whether one statement writes all of it."""
        return not self.parents and not self.lists


def new_id() -> str:
    """A UUID of version 7: sorted by time of creation."""
    return str(uuid_utils.uuid7())


class DraftReader:
    """Reads inputs of one request. `faults` holds what was wrong; nothing is written while it is not empty."""

    def __init__(self, context: Context, now: datetime) -> None:
        self.context = context
        self.layout = Layout(context.model)
        self.faults = Faults()
        self._now = now

    @property
    def model(self) -> TenantModel:
        """The tenant's model; field types ask for it when they read a value."""
        return self.context.model

    def new(self, object_type: ObjectType, given: Mapping[str, Any], path: Path, *, depth: int = 0) -> Draft:
        """A draft of a new record.

        Args:
            object_type: Its object type.
            given: Values by field name; relations as `{"connect": …}`, `{"create": …}` and so on.
            path: Where the input stands, for faults.
            depth: Levels of nesting above it.
        """
        draft = Draft(object_type, self._id(given, path), True, {}, [], [], path)
        self._take(draft, given, depth)
        for declared in _writing(ByIdentity(object_type)).defaulted:
            if declared.name not in given:
                self._default(draft, declared)
        self._require(draft)
        return draft

    def change(
        self,
        object_type: ObjectType,
        id: str,
        given: Mapping[str, Any],
        path: Path,
        *,
        expected_version: int | None = None,
    ) -> Draft:
        """A draft of changes to an existing record; null clears a field."""
        draft = Draft(object_type, id, False, {}, [], [], path, expected_version)
        self._take(draft, given, 0)
        for declared, columns in _writing(ByIdentity(object_type)).required:
            if declared.name in given:
                self._require_one(draft, declared, columns)
        return draft

    def part(self, object_type: ObjectType, given: Mapping[str, Any], path: Path, *, creating: bool) -> Draft:
        """A draft of some values of a record, old or new, and of nothing that they do not name."""
        draft = Draft(object_type, "", creating, {}, [], [], path)
        self._take(draft, given, 0)
        return draft

    def record_id(self, object_type: ObjectType, value: Any, path: Path) -> str:
        """The id of a record; empty when it is none, which is noted."""
        return self._uuid(value, object_type, path)

    def lookup(self, object_type: ObjectType, given: Any, path: Path) -> Lookup:
        """A record named by `{id: …}` or by the value of a unique field."""
        present = {name: value for name, value in (given or {}).items() if value is not None}
        if len(present) != 1:
            self.faults.add(
                "bad_where",
                f"Expected exactly one of id or a unique field, got {', '.join(present) or 'nothing'}.",
                path=path,
                hint="Write {id: …}.",
            )
            return Lookup(object_type, {}, path)
        ((name, value),) = present.items()
        if name == "id":
            return Lookup(object_type, {"id": self._uuid(value, object_type, (*path, "id"))}, path)
        declared = field_of(object_type, name)
        assert declared is not None
        values = self._read(object_type, declared, value, (*path, camel(name)), set())
        columns = dict(zip(self.layout.columns(object_type, declared), values, strict=True))
        return Lookup(object_type, columns, path)

    # ── one record ───────────────────────────────────────────────────────────────────────────────

    def _id(self, given: Mapping[str, Any], path: Path) -> str:
        if given.get("id") is None:
            return new_id()
        try:
            return read_uuid(given["id"], what="a UUID")
        except InputError as error:
            self.faults.add("wrong_type", f"{str(error).capitalize()}.", path=(*path, "id"))
            return ""

    def _uuid(self, value: Any, object_type: ObjectType, path: Path) -> str:
        try:
            return read_uuid(value, what=f"the id of a {object_type.name}")
        except InputError as error:
            self.faults.add("wrong_type", f"{str(error).capitalize()}.", path=path)
            return ""

    def _take(self, draft: Draft, given: Mapping[str, Any], depth: int) -> None:
        slots = _writing(ByIdentity(draft.object_type)).slots
        access = self.context.access
        for name, value in given.items():
            slot = slots.get(name)
            if slot is None:
                continue
            declared = slot.field
            path = (*draft.path, slot.shown)
            if access.rights is not None and not may_set(
                access, draft.object_type.name, declared, creating=draft.creating
            ):
                self._refuse(draft.object_type, declared, path)
                draft.faulty.add(name)
            elif slot.relates:
                self._relation(draft, declared, value, path, depth)
            else:
                self._value(draft, slot, value, path)

    def _refuse(self, object_type: ObjectType, declared: Field, path: Path) -> None:
        self.faults.add(
            "field_not_writable",
            f"You may not set field '{camel(declared.name)}' of '{object_type.name}'.",
            path=path,
            hint="Leave the field out, or ask an administrator for the right.",
        )

    def _value(self, draft: Draft, slot: _Slot, value: Any, path: Path) -> None:
        columns = slot.columns
        if value is None:
            draft.columns |= dict.fromkeys(columns)
            return
        values = self._read(draft.object_type, slot.field, value, path, draft.faulty)
        if len(columns) == 1:
            (draft.columns[columns[0]],) = values
        else:
            draft.columns |= zip(columns, values, strict=True)
        draft.places[columns[-1]] = path

    def _read(
        self, object_type: ObjectType, declared: Field, value: Any, path: Path, faulty: set[str]
    ) -> Sequence[Any]:
        """The values of a field's columns, in their order; nulls when it cannot be read, which is noted."""
        try:
            return FIELD_TYPES[declared.type].read(value, declared, self)
        except InputError as error:
            text = f"Field '{camel(declared.name)}' of '{object_type.name}': {error}."
            self.faults.add("bad_value", text, path=path)
            faulty.add(declared.name)
            return (None,) * len(self.layout.columns(object_type, declared))

    def _default(self, draft: Draft, declared: Field) -> None:
        value = declared.default
        if declared.name == "owner" and declared.system and self.context.actor.is_user:
            draft.columns |= {declared.column: self.context.actor.id}
            return
        if value is None:
            return
        if isinstance(value, str) and value.startswith("="):
            value = self._computed(draft.object_type, value[1:])
            if value is None:
                return
        path = (*draft.path, camel(declared.name))
        values = self._read(draft.object_type, declared, value, path, draft.faulty)
        draft.columns |= zip(self.layout.columns(draft.object_type, declared), values, strict=True)

    def _computed(self, object_type: ObjectType, text: str) -> Any:
        actor = self.context.actor
        env = Env(
            self._now,
            self.model.settings.timezone,
            actor={"id": actor.id, "name": actor.name, "roles": list(actor.roles)},
        )
        try:
            value = _compiled(_Default(object_type, text, self.model))({}, env)
        except KeyError:
            return None  # it names a field of the record, which has no value yet
        return _plain(value)

    def _require(self, draft: Draft) -> None:
        for declared, columns in _writing(ByIdentity(draft.object_type)).required:
            if draft.columns.get(columns[0]) is None:
                self._require_one(draft, declared, columns)

    def _require_one(self, draft: Draft, declared: Field, columns: Sequence[str]) -> None:
        waits = any(column in columns for column, _parent in draft.parents)
        if draft.columns.get(columns[0]) is None and not waits and declared.name not in draft.faulty:
            self._missing(declared, draft.path)

    def _missing(self, declared: Field, path: Path) -> None:
        self.faults.add(
            "missing_value",
            f"Field '{camel(declared.name)}' is required.",
            path=(*path, camel(declared.name)),
            hint="Give it a value.",
        )

    # ── relations ────────────────────────────────────────────────────────────────────────────────

    def _relation(self, draft: Draft, declared: Field, value: Any, path: Path, depth: int) -> None:
        relation = relation_of(declared)
        assert relation is not None
        if depth >= _MAX_NESTING:
            draft.faulty.add(declared.name)
            self.faults.add(
                "too_deep",
                f"Input nests more than {_MAX_NESTING} levels of records.",
                path=path,
                hint="Create the inner records by a request of their own.",
            )
            return
        match relation_kind(relation):
            case RelationKind.TO_ONE:
                self._to_one(draft, declared, value, path, depth)
            case RelationKind.POLYMORPHIC:
                self._value(draft, _writing(ByIdentity(draft.object_type)).slots[declared.name], value, path)
                if value is not None:
                    draft.places[self.layout.columns(draft.object_type, declared)[-1]] = (*draft.path, f"{path[-1]}Id")
            case _:
                if value is not None:
                    draft.lists.append(self._to_many(draft, declared, value, path, depth))

    def _to_one(self, draft: Draft, declared: Field, value: Any, path: Path, depth: int) -> None:
        relation = relation_of(declared)
        assert relation is not None
        target = self.model.object(relation.to)
        if value is None:
            draft.columns[declared.column] = None
            return
        if isinstance(value, str):  # its id alone, given as `customerId`
            self._connect_id(draft, declared, target, value, (*draft.path, f"{path[-1]}Id"))
            return
        given = {name: item for name, item in value.items() if item is not None and item is not False}
        if len(given) != 1:
            draft.faulty.add(declared.name)
            self.faults.add(
                "bad_relation",
                f"Expected one of connect, create, disconnect; got {', '.join(given) or 'nothing'}.",
                path=path,
                hint="Write {connect: {id: …}}; to leave the relation as it is, leave the field out.",
            )
        elif "disconnect" in given:
            draft.columns[declared.column] = None
        elif "create" in given:
            child = self.new(target, given["create"], (*path, "create"), depth=depth + 1)
            draft.parents.append((declared.column, child))
        elif set(given["connect"]) == {"id"} and given["connect"]["id"] is not None:
            self._connect_id(draft, declared, target, given["connect"]["id"], (*path, "connect", "id"))
        else:
            lookup = self.lookup(target, given["connect"], (*path, "connect"))
            draft.parents.append((declared.column, lookup))

    def _connect_id(self, draft: Draft, declared: Field, target: ObjectType, value: Any, path: Path) -> None:
        found = self._uuid(value, target, path)
        draft.columns[declared.column] = found or None
        draft.places[declared.column] = path
        if not found:
            draft.faulty.add(declared.name)

    def _to_many(self, draft: Draft, declared: Field, value: Mapping[str, Any], path: Path, depth: int) -> ListChange:
        relation = relation_of(declared)
        assert relation is not None
        target = self.model.object(relation.to)
        change = ListChange(declared)
        back = field_of(target, relation.via) if relation.via and value.get("create") else None
        if back is not None and not may_set(self.context.access, target.name, back, creating=True):
            self._refuse(target, back, (*path, "create"))
        for place, item in enumerate(value.get("create") or ()):
            given = {name: inner for name, inner in item.items() if name != relation.via}
            change.create.append(self._child(target, relation.via, given, (*path, "create", place), depth + 1))
        change.connect = self._lookups(target, value.get("connect"), (*path, "connect"))
        change.disconnect = self._lookups(target, value.get("disconnect"), (*path, "disconnect"))
        if value.get("set") is not None:
            change.replace = self._lookups(target, value["set"], (*path, "set"))
        return change

    def _child(self, target: ObjectType, via: str, given: Mapping[str, Any], path: Path, depth: int) -> Draft:
        """A nested record; the field that leads back to its parent is filled in when the parent is written."""
        back = field_of(target, via) if via else None
        draft = Draft(target, self._id(given, path), True, {}, [], [], path)
        self._take(draft, given, depth)
        for declared in _writing(ByIdentity(target)).defaulted:
            if declared.name not in given:
                self._default(draft, declared)
        if back is not None:
            for column in self.layout.columns(target, back):
                draft.columns[column] = ""  # known as soon as the parent is
        self._require(draft)
        return draft

    def _lookups(self, target: ObjectType, given: Sequence[Any] | None, path: Path) -> list[Lookup]:
        return [self.lookup(target, item, (*path, place)) for place, item in enumerate(given or ())]


@dataclass(frozen=True, slots=True)
class _Slot:
    """Where a field of an input goes.

    Attributes:
        field: The field.
        shown: Its name in the API.
        columns: Its columns.
        relates: Whether it leads to other records.
    """

    field: Field
    shown: str
    columns: tuple[str, ...]
    relates: bool


@dataclass(frozen=True, slots=True)
class _Writing:
    """What there is to know of an object type before its inputs are read.

    Attributes:
        slots: The fields that an input may set, by name.
        defaulted: Fields that may get a value without one being sent.
        required: Fields that must have a value, with their columns; numbers that the server gives are not among them.
    """

    slots: Mapping[str, _Slot]
    defaulted: tuple[Field, ...]
    required: tuple[tuple[Field, tuple[str, ...]], ...]


@lru_cache(maxsize=2_048)
def _writing(key: ByIdentity) -> _Writing:
    slots = {
        field.name: _Slot(field, camel(field.name), columns_of(field), relation_of(field) is not None)
        for field in key.object_type.fields
        if field.name != "id" and not field.read_only
    }
    defaulted = [
        field
        for field in key.object_type.fields
        if field.default is not None or (field.system and field.name == "owner")
    ]
    required = [
        (field, columns_of(field))
        for field in key.object_type.fields
        if field.required
        and not field.system
        and columns_of(field)
        and FIELD_TYPES[field.type].write_transform != "auto_number"
    ]
    return _Writing(slots, tuple(defaulted), tuple(required))


class _Default(ByIdentity):
    """An object type with the text of one of its defaults, as a key."""

    __slots__ = ("model", "text")

    def __init__(self, object_type: ObjectType, text: str, model: TenantModel) -> None:
        super().__init__(object_type)
        self.text = text
        self.model = model

    def __hash__(self) -> int:
        return hash((id(self.object_type), self.text))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Default) and other.text == self.text and super().__eq__(other)


@lru_cache(maxsize=1_024)
def _compiled(key: _Default) -> Compiled:
    return compile_python(read(key.text, ModelScope(key.model, key.object_type.name)))


def walk(drafts: Sequence[Draft]) -> Iterator[Draft]:
    """All drafts of a request, nested ones included."""
    for draft in drafts:
        yield draft
        for _column, parent in draft.parents:
            if isinstance(parent, Draft):
                yield from walk([parent])
        for change in draft.lists:
            yield from walk(change.create)


def _plain(value: Any) -> Any:
    """An expression's value in the form inputs have."""
    match value:
        case datetime() | date() | time():
            return value.isoformat()
        case Decimal():
            return f"{value:f}"
        case timedelta():
            return value // timedelta(seconds=1)
    return value
