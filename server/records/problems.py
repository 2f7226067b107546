"""What PostgreSQL refuses, in the API's words.

Composed statements raise SQLSTATE TG001 for refusals of their own (`tangram.refuse`, `tangram.require_none`);
constraints carry names that `Layout.constraint` leads back to what the tenant declared.
"""

from __future__ import annotations

import json

import asyncpg

from metadata.model.tenant import TenantModel
from metadata.model.values import ObjectType, ValidationRule
from metadata.naming import camel
from metadata.problems import BadInputError, ConflictError, Fault, ForbiddenError, LimitError, TangramError
from server.records.layout import Layout

__all__ = ["StaleModelError", "refusal_of"]

_REFUSED = "TG001"


class StaleModelError(Exception):
    """The statement was compiled for an older model or older rights; nothing was written. Reload and repeat."""


def refusal_of(error: BaseException, model: TenantModel) -> TangramError | None:
    """The error to tell a caller, or None when it is none of the caller's doing."""
    sqlstate = getattr(error, "sqlstate", None)
    if sqlstate == _REFUSED:
        return _refused(error, model)
    if isinstance(error, asyncpg.UniqueViolationError):
        return _not_unique(error, model)
    if isinstance(error, asyncpg.ForeignKeyViolationError):
        return BadInputError.single(
            "unknown_record",
            "A record that the input names does not exist.",
            hint="Check the ids that are connected.",
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


def _refused(error: BaseException, model: TenantModel) -> TangramError:
    reason = str(getattr(error, "message", "") or error)
    detail = str(getattr(error, "detail", "") or "")
    if reason == "validation":
        faults = [_broken(rule, model) for rule in json.loads(detail)]
        return BadInputError.of(faults)
    if reason == "unknown_record":
        return BadInputError.of([_unlinked(text) for text in json.loads(detail)])
    if reason == "row_not_allowed":
        return ForbiddenError.single(
            "row_not_allowed", f"You may not have such a {detail}.", hint="Ask an administrator for the right."
        )
    if reason == "mixed_currencies":
        return BadInputError.single(
            "mixed_currencies",
            f"Field '{camel(detail)}' holds several currencies, so it cannot be added up.",
            hint="Filter or group so that only one currency is left.",
        )
    return BadInputError.single(reason, detail or reason)


def _unlinked(text: str) -> Fault:
    """The fault of a relation to nothing, given as `field id`."""
    name, _, record_id = text.partition(" ")
    return Fault(
        "unknown_record",
        f"Field '{camel(name)}' names a record that does not exist: {record_id}.",
        ("input", camel(name)),
        "Check the id; a deleted record has to be restored first.",
    )


def _broken(name: str, model: TenantModel) -> Fault:
    """The fault of a validation rule, given as `object.rule`."""
    object_name, _, rule_name = name.partition(".")
    object_type = model.objects.get(object_name)
    rule = _rule(object_type, rule_name) if object_type is not None else None
    if rule is None:
        return Fault("validation", f"Rule '{rule_name}' is not met.")
    message = " · ".join(dict.fromkeys(rule.message.values())) or f"Rule '{rule.name}' is not met: {rule.rule}"
    path = ("input", camel(rule.field)) if rule.field else ("input",)
    return Fault("validation", message, path, f"Rule '{rule.name}': {rule.rule}")


def _rule(object_type: ObjectType, name: str) -> ValidationRule | None:
    return next((rule for rule in object_type.validations if rule.name == name), None)


def _not_unique(error: BaseException, model: TenantModel) -> TangramError:
    constraint = str(getattr(error, "constraint_name", "") or "")
    source = Layout(model).constraint(constraint)
    if source is None:
        return ConflictError.single("not_unique", "A record with this id exists already.", hint="Choose another id.")
    names = ", ".join(camel(field) for field in source.fields)
    return ConflictError.single(
        "not_unique",
        f"There is a {source.object_name} with this {names} already.",
        path=("input", camel(source.fields[0])),
        hint="Change the value, or use upsert to change the existing record.",
    )
