"""What a grant says, read from an input and checked as far as the tenant's model tells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from metadata.expressions.check import check
from metadata.expressions.scope import FORMULA_ROOTS, ModelScope
from metadata.expressions.text import parse
from metadata.expressions.types import BOOLEAN
from metadata.fields.base import InputError
from metadata.fields.inputs import read_uuid, shown
from metadata.model.policies import ACTIONS
from metadata.model.tenant import TenantModel, field_of
from metadata.model.values import Field, ObjectType
from metadata.naming import camel, snake
from metadata.problems import Faults, Path, TangramError
from server.access.grants import GrantShape

__all__ = ["MAX_RECORDS", "GrantInput", "UntilClosed", "read_grant", "read_ids", "read_object", "read_reason"]

MAX_RECORDS = 1_000
"""Records that one call may be about."""

_MAX_REASON = 1_000
_GIVABLE = tuple(action for action in ACTIONS if action != "unmask")


@dataclass(frozen=True, slots=True)
class UntilClosed:
    """What a grant ends with.

    Attributes:
        object_type: Of the record.
        record_id: Such as a project.
        condition: Expression over it: what closed means. That it is deleted always means so.
    """

    object_type: ObjectType
    record_id: str
    condition: str

    def stored(self) -> dict[str, str]:
        """As a row holds it."""
        return {"object": self.object_type.table, "record": self.record_id, "condition": self.condition}


@dataclass(frozen=True, slots=True)
class GrantInput:
    """What is to be given.

    Attributes:
        user_id: To whom.
        records: Ids; empty where `condition` says which.
        actions: Sorted.
        valid_from: None for at once, by the database's clock.
        fields: Named fields; empty for those that the giver may read plainly on all of the records.
    """

    user_id: str
    object_type: ObjectType
    records: tuple[str, ...]
    condition: str
    actions: tuple[str, ...]
    fields: tuple[Field, ...]
    valid_from: datetime | None
    valid_until: datetime | None
    until_closed: UntilClosed | None
    reason: str

    def shape(self, fields: Sequence[Field]) -> GrantShape:
        """What it has in common with others like it."""
        closing = self.until_closed
        return GrantShape(
            self.object_type.table,
            self.actions,
            tuple(sorted(field.column or field.name for field in fields)),
            self.condition,
            closing.object_type.table if closing else "",
            closing.condition if closing else "",
        )


def read_grant(given: Mapping[str, Any], model: TenantModel, *, user_id: str, instant: datetime) -> GrantInput:
    """Read an input of GraphQL.

    Args:
        given: As sent.
        model: The tenant's.
        user_id: To whom, where the input does not say.
        instant: Now.

    Raises:
        BadInputError: With every fault.
    """
    faults = Faults()
    object_type = read_object(given["object"], model, faults, ("input", "object"))
    reader = _Reader(given, model, faults, object_type)
    user = reader.id(given.get("user") or user_id, "the id of a user", ("input", "user"))
    records = read_ids(given.get("records") or (), faults, ("input", "records"))
    condition = given.get("condition") or ""
    if bool(records) == bool(condition):
        message = "A grant is about named records or about a condition; give one of `records` and `condition`."
        faults.add("bad_grant", message, path=("input", "records"))
    if condition:
        reader.condition(condition, object_type, ("input", "condition"))
    until_closed = reader.until_closed()
    valid_from, valid_until = reader.window(instant, until_closed is not None)
    found = GrantInput(
        user,
        object_type or next(iter(model)),
        records,
        condition,
        reader.actions(),
        reader.fields(),
        valid_from,
        valid_until,
        until_closed,
        read_reason(given.get("reason"), faults),
    )
    faults.raise_if_any()
    return found


def read_object(name: str, model: TenantModel, faults: Faults, path: Path) -> ObjectType | None:
    """The object type of a name."""
    object_type = model.objects.get(snake(name))
    if object_type is None or object_type.storage != "tenant":
        faults.add("unknown_object", f"There is no object type {shown(name)} with records to be given.", path=path)
        return None
    return object_type


def read_ids(given: Sequence[str], faults: Faults, path: Path) -> tuple[str, ...]:
    """Ids of records, each once."""
    if len(given) > MAX_RECORDS:
        message = f"One call is about {MAX_RECORDS} records at most, got {len(given)}."
        faults.add("list_too_long", message, path=path, hint="Make several calls.")
        return ()
    found: dict[str, None] = {}
    for place, text in enumerate(given):
        try:
            found[read_uuid(text, what="the id of a record")] = None
        except InputError as error:
            faults.add("wrong_type", f"{str(error).capitalize()}.", path=(*path, place))
    return tuple(found)


def read_reason(given: str | None, faults: Faults) -> str:
    """Why, in words."""
    reason = (given or "").strip()
    if not reason or len(reason) > _MAX_REASON:
        message = f"A reason in at most {_MAX_REASON} characters is needed."
        faults.add("reason_missing", message, path=("input", "reason"))
    return reason


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads the parts of one input."""

    given: Mapping[str, Any]
    model: TenantModel
    faults: Faults
    object_type: ObjectType | None

    def id(self, text: str, what: str, path: Path) -> str:
        try:
            return read_uuid(text, what=what)
        except InputError as error:
            self.faults.add("wrong_type", f"{str(error).capitalize()}.", path=path)
            return ""

    def condition(self, text: str, object_type: ObjectType | None, path: Path) -> None:
        if object_type is None:
            return
        try:
            check(parse(text), ModelScope(self.model, object_type.name, FORMULA_ROOTS), BOOLEAN)
        except TangramError as error:
            self.faults.extend(error.faults, *path)

    def until_closed(self) -> UntilClosed | None:
        closing = self.given.get("untilClosed")
        if closing is None:
            return None
        path: Path = ("input", "untilClosed")
        object_type = read_object(closing["object"], self.model, self.faults, (*path, "object"))
        self.condition(closing["condition"], object_type, (*path, "condition"))
        record = self.id(closing["record"], "the id of a record", (*path, "record"))
        return None if object_type is None else UntilClosed(object_type, record, closing["condition"])

    def window(self, instant: datetime, closes: bool) -> tuple[datetime | None, datetime | None]:
        start = datetime.fromisoformat(self.given["validFrom"]) if self.given.get("validFrom") else None
        until = datetime.fromisoformat(self.given["validUntil"]) if self.given.get("validUntil") else None
        path: Path = ("input", "validUntil")
        if until is None and not closes:
            self.faults.add(
                "endless_grant", "A grant ends.", path=path, hint="Give `validUntil`, `untilClosed`, or both."
            )
        elif until is not None and until <= max(start or instant, instant):
            self.faults.add("bad_instant", "The grant would end before it begins.", path=path)
        return start, until

    def actions(self) -> tuple[str, ...]:
        given = self.given.get("actions") or ["read"]
        for place, name in enumerate(given):
            if name not in _GIVABLE:
                self.faults.add(
                    "unknown_action",
                    f"{shown(name)} is no action that can be given.",
                    path=("input", "actions", place),
                    hint=f"One of {', '.join(_GIVABLE)}.",
                )
        return tuple(sorted({*given, "read"}))

    def fields(self) -> tuple[Field, ...]:
        found = []
        for place, name in enumerate(self.given.get("fields") or ()):
            field = None if self.object_type is None else field_of(self.object_type, snake(name))
            if field is not None:
                found.append(field)
            elif self.object_type is not None:
                known = ", ".join(camel(one.name) for one in self.object_type.fields)
                self.faults.add(
                    "unknown_field",
                    f"Object type '{self.object_type.name}' has no field {shown(name)}.",
                    path=("input", "fields", place),
                    hint=f"Known fields: {known}.",
                )
        return tuple(found)
