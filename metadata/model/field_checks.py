"""Faults of one declared field: what its type refuses, its default, and its expression."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from metadata.expressions.check import POLICY_ROOTS, ModelScope, check, faults_of
from metadata.expressions.scope import FORMULA_ROOTS
from metadata.expressions.text import parse
from metadata.expressions.tree import Expression
from metadata.expressions.types import NULL, Kind, ValueType
from metadata.fields import FIELD_TYPES
from metadata.fields.base import FieldType, InputError
from metadata.fields.computed import (
    ComputedSettings,
    FormulaSettings,
    LookupSettings,
    RollupSettings,
    computed_expression,
)
from metadata.fields.relations import RelationKind, relation_of, targets_of
from metadata.model.computed import RESULT_TYPES, fields_used, secrets_used
from metadata.model.names import name_faults
from metadata.model.reading import closest
from metadata.model.tenant import TenantModel, field_of
from metadata.model.values import Field, ObjectType
from metadata.problems import BadInputError, Fault, Path

__all__ = ["faults"]

_FLAGS = {
    "unique": ("uniqueable", "not_uniqueable", "be unique", "Remove `unique`."),
    "indexed": ("indexable", "not_indexable", "be indexed", "Remove `indexed`."),
}


@dataclass(frozen=True, slots=True)
class _Reading:
    model: TenantModel


def faults(model: TenantModel, found: ObjectType, field: Field) -> Iterator[Fault]:
    """What is wrong with a declared field; paths start at the field."""
    field_type = FIELD_TYPES[field.type]
    problems = list(field_type.check(field, found, model))
    for problem in problems:
        yield Fault(problem.reason, _of(found, field, problem.message), _path(problem.attribute), problem.hint)
    yield from _flag_faults(found, field, field_type)
    yield from _inverse_faults(model, found, field)
    if problems:
        return
    if isinstance(field.settings, ComputedSettings):
        yield from _computed_faults(model, found, field)
    elif field.default is not None:
        yield from _default_faults(model, found, field, field_type)


def _flag_faults(found: ObjectType, field: Field, field_type: FieldType) -> Iterator[Fault]:
    for attribute, (ability, reason, what, hint) in _FLAGS.items():
        if getattr(field, attribute) and not getattr(field_type, ability):
            message = f"Field '{field.name}' of '{found.name}' cannot {what}: its type is {field.type}."
            yield Fault(reason, message, (attribute,), hint)
    if field.required and field_type.read_only:
        message = f"Field '{field.name}' of '{found.name}' is filled in by the server and cannot be required."
        yield Fault("not_requirable", message, ("required",), "Remove `required`.")
    if field.default is not None and not field_type.can_default:
        message = f"Field '{field.name}' of '{found.name}' takes no default: its type is {field.type}."
        yield Fault("no_default", message, ("default",), "Remove `default`.")


def _inverse_faults(model: TenantModel, found: ObjectType, field: Field) -> Iterator[Fault]:
    """The field that a relation brings along on its other side is named like any, and meets no other there."""
    relation = relation_of(field)
    if relation is None or not relation.inverse:
        return
    reserved = name_faults("field", relation.inverse, "inverse")
    for fault in reserved:
        yield Fault(fault.reason, _of(found, field, fault.message), ("settings", *fault.path), fault.hint)
    for name in () if reserved else targets_of(relation):
        target = model.objects.get(name)
        if target is not None and sum(other.name == relation.inverse for other in target.fields) > 1:
            message = f"its `inverse` makes a field '{relation.inverse}' on '{name}', which has one of that name."
            hint = "Choose another `inverse`, or rename the other field."
            yield Fault("duplicate_name", _of(found, field, message), ("settings", "inverse"), hint)


def _default_faults(model: TenantModel, found: ObjectType, field: Field, field_type: FieldType) -> Iterator[Fault]:
    if not field_type.can_default:
        return
    default = field.default
    if isinstance(default, str) and default.startswith("="):
        scope = ModelScope(model, found.name, POLICY_ROOTS)
        expected = field_type.value_type(field, model)
        problems = list(_expression_faults(found, field, default[1:], scope, expected, ("default",)))
        yield from problems or _secret_faults(model, found, field, parse(default[1:]), ("default",))
        return
    try:
        field_type.read(default, field, _Reading(model))
    except InputError as error:
        message = f"The default of field '{field.name}' of '{found.name}' does not fit: {error}."
        yield Fault("bad_default", message, ("default",))


def _secret_faults(
    model: TenantModel, found: ObjectType, field: Field, text: Expression, path: Path
) -> Iterator[Fault]:
    for name in dict.fromkeys(secrets_used(model, found.name, text)):
        message = f"'{name}' is encrypted and cannot be used in an expression."
        yield Fault("encrypted", _of(found, field, message), path, "Leave it out.")


def _computed_faults(model: TenantModel, found: ObjectType, field: Field) -> Iterator[Fault]:
    scope = ModelScope(model, found.name, FORMULA_ROOTS)
    match field.settings:
        case FormulaSettings(expression=text, result=result):
            expected = RESULT_TYPES.get(result)
            problems = list(_expression_faults(found, field, text, scope, expected, ("settings", "expression")))
            yield from problems
            if not problems:
                yield from _secret_faults(model, found, field, parse(text), ("settings", "expression"))
            if not problems and field.settings.type == NULL and not _hangs_on_untold(model, found, field):
                yield from _untold(found, field)
            yield from _value_faults(found, field, text.strip(), ("settings", "expression"))
        case RollupSettings() as settings:
            yield from _rollup_faults(model, found, field, settings)
        case LookupSettings(path=path):
            yield from _tree_faults(model, found, field, ("settings", "path"))
            yield from _value_faults(found, field, path, ("settings", "path"))


def _rollup_faults(model: TenantModel, found: ObjectType, field: Field, settings: RollupSettings) -> Iterator[Fault]:
    source = field_of(found, settings.relation)
    relation = None if source is None else relation_of(source)
    if relation is None or relation.kind not in (RelationKind.TO_MANY, RelationKind.MANY_TO_MANY):
        lists = [one.name for one in found.fields if _is_list(one)]
        message = f"'{settings.relation}' is not a to-many relation of '{found.name}'."
        yield Fault(
            "not_a_list", _of(found, field, message), ("settings", "relation"), closest(settings.relation, lists)
        )
        return
    target = model.objects.get(relation.to)
    if target is None:
        return
    if settings.where:
        try:
            computed_expression(found, field, model)
        except BadInputError as error:
            for fault in error.faults:
                yield Fault(fault.reason, _of(found, field, fault.message), ("settings", "where"), fault.hint)
            return
    if settings.field and field_of(target, settings.field.split(".")[0]) is None:
        message = f"Object type '{target.name}' has no field '{settings.field}'."
        hint = closest(settings.field, [one.name for one in target.fields])
        yield Fault("unknown_field", _of(found, field, message), ("settings", "field"), hint)
        return
    yield from _tree_faults(model, found, field, ("settings",))


def _tree_faults(model: TenantModel, found: ObjectType, field: Field, path: Path) -> Iterator[Fault]:
    try:
        check(computed_expression(found, field, model), ModelScope(model, found.name, FORMULA_ROOTS))
    except BadInputError as error:
        for fault in error.faults:
            yield Fault(fault.reason, _of(found, field, fault.message), path, fault.hint)
        return
    yield from _secret_faults(model, found, field, computed_expression(found, field, model), path)


def _value_faults(found: ObjectType, field: Field, text: str, path: Path) -> Iterator[Fault]:
    """A computed field answers one value: no record, no list of records, and no place, which is two numbers."""
    value_type = field.settings.type
    if value_type is None:
        return
    if value_type.kind is Kind.RECORD or str(value_type).endswith("record"):
        message = f"'{text}' ends at a relation."
        yield Fault("not_a_value", _of(found, field, message), path, f"Name a field of the record: `{text}.name`.")
    elif value_type.kind is Kind.GEO_POINT:
        message = f"'{text}' is a place, which is no single value."
        yield Fault("not_a_value", _of(found, field, message), path, f"Take a part of it: `{text}.lat`.")


def _hangs_on_untold(model: TenantModel, found: ObjectType, field: Field) -> bool:
    """Whether it uses a computed field, maybe itself, whose type cannot be told: the fault is there, or a circle."""
    for object_name, name in fields_used(model, found.name, computed_expression(found, field, model)):
        used = field_of(model.objects[object_name], name)
        if used is not None and isinstance(used.settings, ComputedSettings) and used.settings.type in (None, NULL):
            return True
    return False


def _untold(found: ObjectType, field: Field) -> Iterator[Fault]:
    message = f"The type of the result of formula '{field.name}' of '{found.name}' cannot be told."
    yield Fault("unknown_result", message, ("settings", "result"), "Name it in `result`.")


def _expression_faults(
    found: ObjectType, field: Field, text: str, scope: ModelScope, expected: ValueType | None, path: Path
) -> Iterator[Fault]:
    for fault in faults_of(text, scope, expected):
        yield Fault(fault.reason, _of(found, field, fault.message), path, fault.hint)


def _is_list(field: Field) -> bool:
    relation = relation_of(field)
    return relation is not None and relation.kind in (RelationKind.TO_MANY, RelationKind.MANY_TO_MANY)


def _of(found: ObjectType, field: Field, message: str) -> str:
    return f"Field '{field.name}' of '{found.name}': {message}"


def _path(attribute: str) -> Path:
    return tuple(int(part) if part.isdigit() else part for part in attribute.split("."))
