"""What PostgreSQL refuses, in the API's words.

Composed statements raise SQLSTATE TG001 for refusals of their own (`tangram.refuse`, `tangram.require_none`);
constraints carry names that `Layout.constraint` leads back to what the tenant declared.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import asyncpg

from metadata.fields import FIELD_TYPES
from metadata.model.tenant import TenantModel, field_of
from metadata.model.values import Field, ObjectType, ValidationRule
from metadata.naming import camel
from metadata.problems import BadInputError, ConflictError, Fault, ForbiddenError, LimitError, Path, TangramError
from server.access.duties import refusal_of_roles
from server.access.plan import AccessPlan, FieldRight
from server.records.layout import Layout

__all__ = ["Places", "StaleModelError", "Written", "leaves_scope", "refusal_of"]

_REFUSED = "TG001"


class StaleModelError(Exception):
    """The statement was compiled for an older model or older rights; nothing was written. Reload and repeat."""


class Written(Protocol):
    """A record that an input asks to write, as far as its faults need it."""

    object_type: ObjectType
    id: str
    columns: dict[str, Any]
    path: Path
    places: dict[str, Path]


class Places:
    """Where the records of a request stand in its input.

    Args:
        written: The records that the input holds.
        named: Paths of records that it only names, by id.
        path: Of any other record.
    """

    def __init__(
        self, written: Iterable[Written] = (), named: Mapping[str, Path] | None = None, path: Path = ()
    ) -> None:
        self._written = list(written)
        self._by_id = {one.id: one for one in self._written}
        self._named = named or {}
        self._path = path

    def record(self, id: str) -> Path:
        """The path of a record."""
        found = self._by_id.get(id)
        return found.path if found is not None else self._named.get(id, self._path)

    def field(self, id: str, field: Field, column: str = "") -> Path:
        """The path of a field's value; of a relation, of the id that it was given."""
        found = self._by_id.get(id)
        if found is None:
            return self._named[id] if id in self._named else (*self._path, camel(field.name)) if self._path else ()
        return found.places.get(column, (*found.path, camel(field.name)))

    def holder(self, object_type: ObjectType, columns: Mapping[str, Field], detail: str) -> Path:
        """The path of the value that PostgreSQL calls not unique, by its words `Key (a, b)=(1, 2) already exists`."""
        of_type = [one for one in self._written if one.object_type.name == object_type.name]
        for one in of_type:
            values = ", ".join(str(one.id if column == "id" else one.columns.get(column)) for column in columns)
            if f")=({values})" in detail or len(of_type) == 1:
                given = next((column for column in columns if column in one.columns), next(iter(columns)))
                return self.field(one.id, columns[given], given)
        return self._path


def refusal_of(
    error: BaseException, model: TenantModel, places: Places | None = None, access: AccessPlan | None = None
) -> TangramError | None:
    """The error to tell a caller, or None when it is none of the caller's doing.

    Args:
        error: What PostgreSQL said.
        model: The tenant's model.
        places: Where the records stand in the request.
        access: What the caller may do: fields that they know nothing of are not named. None names all.
    """
    places = places or Places()
    known = _Known(access)
    sqlstate = getattr(error, "sqlstate", None)
    if sqlstate == _REFUSED:
        return _refused(error, model, places, known)
    if isinstance(error, asyncpg.UniqueViolationError):
        return _not_unique(error, model, places, known)
    if isinstance(error, asyncpg.NotNullViolationError | asyncpg.CheckViolationError):
        return _not_storable(error, model, known)
    if isinstance(error, asyncpg.ForeignKeyViolationError):
        return ConflictError.single(
            "in_use",
            "Other records still lead to this one, or it was removed meanwhile.",
            hint="Look at the records again, and repeat.",
        )
    if isinstance(error, asyncpg.NumericValueOutOfRangeError):
        return BadInputError.single("out_of_range", "A number is larger than can be stored.")
    if isinstance(error, asyncpg.SerializationError | asyncpg.DeadlockDetectedError | asyncpg.LockNotAvailableError):
        return ConflictError.single(
            "busy_record", "Somebody else is changing the same records.", hint="Send the request again."
        )
    if isinstance(error, asyncpg.ProgramLimitExceededError | asyncpg.StatementTooComplexError):
        return LimitError.single("too_complex", "The operation is too complex.", hint="Ask for less at once.")
    return None


@dataclass(frozen=True, slots=True)
class _Known:
    """What a caller knows of the model."""

    access: AccessPlan | None

    @property
    def is_all(self) -> bool:
        """Whether they know all of it."""
        return self.access is None or self.access.rights is None

    def field(self, object_type: ObjectType, name: str) -> bool:
        """Whether they read a field in some record, or set it."""
        if self.access is None or self.access.rights is None:
            return True
        reads = self.access.field_right(object_type.name, name) is not FieldRight.NONE
        return reads or self.access.may_write(object_type.name, name)


def _refused(error: BaseException, model: TenantModel, places: Places, known: _Known) -> TangramError:
    reason = str(getattr(error, "message", "") or error)
    detail = str(getattr(error, "detail", "") or "")
    if reason == "broken":
        texts = json.loads(detail)
        refused = dict.fromkeys(fault for text in texts if (fault := _not_allowed(text, model, places)))
        if refused:  # what else is wrong is told to those who may do it
            return ForbiddenError.of(refused)
        return BadInputError.of(dict.fromkeys(_broken(text, model, places, known) for text in texts))
    of_roles = refusal_of_roles(error)
    if of_roles is not None:
        return of_roles
    if reason in _TREES:
        return _misplaced(reason, detail, model, places)
    if reason == "mixed_currencies":
        return BadInputError.single(
            "mixed_currencies",
            f"Field '{camel(detail)}' holds several currencies, so it cannot be added up.",
            hint="Filter or group so that only one currency is left.",
        )
    return BadInputError.single(reason, detail or reason)


def leaves_scope(object_type: ObjectType, record_id: str, path: Path) -> Fault:
    """That a change would take a record away from whoever makes it."""
    return Fault(
        "leaves_scope",
        f"This would move the {object_type.name} {record_id} out of the {object_type.plural} that you may change.",
        path,
        "It takes the right to transfer the record.",
    )


def _not_allowed(text: str, model: TenantModel, places: Places) -> Fault | None:
    """A right that is missing, as `server.records.writing.rights` puts it; None for faults of another kind."""
    kind, record_id, rest = text.split(" ", 2)
    name, _, action = rest.partition(" ")
    object_name, _, member = name.partition(".")
    object_type = model.object(object_name)
    hint = "Ask an administrator for the right."
    match kind:
        case "row" if action == "create":
            return Fault("row_not_allowed", f"You may not create such a {object_name}.", places.record(record_id), hint)
        case "row":
            owner = field_of(object_type, "owner")
            path = places.field(record_id, owner, owner.column) if owner is not None else ()
            return Fault("row_not_allowed", f"You may not {action} the {object_name} {record_id}.", path, hint)
        case "leaves":
            return leaves_scope(object_type, record_id, places.record(record_id))
        case "mask":
            field = field_of(object_type, member)
            path = places.field(record_id, field, field.column) if field is not None else ()
            text = f"Field '{camel(member)}' is shown to you masked, and its mask was sent as its value."
            return Fault("mask_sent", text, path, "Leave the field out, or send a new value.")
        case "field":
            field = field_of(object_type, member)
            path = places.field(record_id, field, field.column) if field is not None else ()
            return Fault(
                "field_not_writable",
                f"You may not set field '{camel(member)}' of the {object_name} {record_id}.",
                path,
                "Leave the field out, or ask an administrator for the right.",
            )
    return None


_TREES = {
    "tree_cycle": ("would stand under itself", "Choose a record that is not below it."),
    "tree_too_deep": ("would stand more than 64 levels deep", "Move it up, or leave levels out."),
}


def _misplaced(reason: str, detail: str, model: TenantModel, places: Places) -> BadInputError:
    """A record of a tree that cannot stand where it was put: `[table, column of the record above, id]`."""
    table, column, record_id = json.loads(detail)
    object_type = next((one for one in model if one.table == table and one.tree), None)
    above = field_of(object_type, object_type.tree) if object_type is not None else None
    name = object_type.name if object_type is not None else table
    path = places.field(record_id, above, column) if above is not None else ()
    what, hint = _TREES[reason]
    return BadInputError.single(reason, f"The {name} {record_id} {what}.", path=path, hint=hint)


def _broken(text: str, model: TenantModel, places: Places, known: _Known) -> Fault:
    """One fault of a record written: `rule <record> <object>.<rule>`, or `<kind> <record> <object>.<field> <value>`."""
    kind, record_id, rest = text.split(" ", 2)
    name, _, value = rest.partition(" ")
    object_name, _, member = name.partition(".")
    object_type = model.objects.get(object_name)
    if kind == "rule":
        rule = _rule(object_type, member) if object_type is not None else None
        return _rule_fault(rule, member, object_type, record_id, places, known)
    field = field_of(object_type, member) if object_type is not None else None
    if object_type is None or field is None:
        return Fault("unknown_record", f"A record that the input names does not exist: {value}.")
    columns = Layout(model).columns(object_type, field)
    path = places.field(record_id, field, columns[-1])
    settings: Any = field.settings
    if kind == "size":
        most = settings.max_size_bytes
        return Fault(
            "file_too_large",
            f"Field '{camel(member)}' takes files of at most {most} bytes; file {value} is larger.",
            path,
            "Upload a smaller file.",
        )
    if kind == "media":
        allowed = ", ".join(settings.content_types)
        return Fault(
            "wrong_content_type",
            f"Field '{camel(member)}' takes files of type {allowed}; file {value} is of another type.",
            path,
            "Upload a file of an allowed type.",
        )
    what = "file" if FIELD_TYPES[field.type].write_transform == "file" else "record"
    return Fault(
        f"unknown_{what}",
        f"Field '{camel(member)}' names a {what} that does not exist: {value}.",
        path,
        "Upload the file first." if what == "file" else "Check the id; a deleted record has to be restored first.",
    )


def _rule_fault(
    rule: ValidationRule | None,
    name: str,
    object_type: ObjectType | None,
    record_id: str,
    places: Places,
    known: _Known,
) -> Fault:
    path = places.record(record_id)
    if rule is None:
        return Fault("validation", f"Rule '{name}' is not met.", path)
    rest = f": {rule.rule}" if known.is_all else ""  # a rule may name fields that the caller knows nothing of
    message = " · ".join(dict.fromkeys(rule.message.values())) or f"Rule '{rule.name}' is not met{rest or '.'}"
    field = field_of(object_type, rule.field) if object_type is not None and rule.field else None
    if object_type is not None and field is not None and known.field(object_type, field.name):
        path = places.field(record_id, field)
    return Fault("validation", message, path, f"Rule '{rule.name}'{rest}")


def _rule(object_type: ObjectType, name: str) -> ValidationRule | None:
    return next((rule for rule in object_type.validations if rule.name == name), None)


def _not_unique(error: BaseException, model: TenantModel, places: Places, known: _Known) -> TangramError:
    """That a value is taken: in the same words whoever sees the record that has it."""
    constraint = str(getattr(error, "constraint_name", "") or "")
    detail = str(getattr(error, "detail", "") or "")
    source = Layout(model).constraint(constraint)
    if source is None:
        table = str(getattr(error, "table_name", "") or "")
        object_type = next((one for one in model if one.table == table), None)
        record_id = field_of(object_type, "id") if object_type is not None else None
        path = places.holder(object_type, {"id": record_id}, detail) if object_type and record_id else ()
        return ConflictError.single(
            "not_unique", "A record with this id exists already.", path=path, hint="Choose another id."
        )
    object_type = model.object(source.object_name)
    layout = Layout(model)
    fields = [field for name in source.fields if (field := field_of(object_type, name)) is not None]
    columns = {column: field for field in fields for column in layout.columns(object_type, field)}
    named = [name for name in source.fields if known.field(object_type, name)]
    if not named:
        return ConflictError.single(
            "not_unique", "The change would make two records alike that may not be.", hint="Ask an administrator."
        )
    columns = {column: field for column, field in columns.items() if field.name in named}
    return ConflictError.single(
        "not_unique",
        f"There is a {source.object_name} with this {', '.join(map(camel, named))} already.",
        path=places.holder(object_type, columns, detail),
        hint="Change the value, or use upsert to change the existing record.",
    )


def _not_storable(error: BaseException, model: TenantModel, known: _Known) -> TangramError:
    """A column refuses a value that the model allows: the model changed meanwhile, or a field became required."""
    table = str(getattr(error, "table_name", "") or "")
    column = str(getattr(error, "column_name", "") or "")
    layout = Layout(model)
    for object_type in model:
        if object_type.table == table and column:
            for field in object_type.fields:
                if column in layout.columns(object_type, field) and known.field(object_type, field.name):
                    return BadInputError.single(
                        "missing_value", f"Field '{camel(field.name)}' is required.", hint="Give it a value."
                    )
    return BadInputError.single(
        "bad_value", "A value does not meet what its field demands.", hint="Read the schema again, and repeat."
    )
