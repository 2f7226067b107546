"""Fields that are given by an expression and read, filtered, sorted and aggregated like any other.

The type of the result is found when a model is resolved (`metadata.model.computed`) and kept in the settings, so
that engines need not look at the expression to know it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Annotated, Literal, TypeAlias

from metadata.expressions.text import parse
from metadata.expressions.tree import Aggregate, AggregateFunction, Expression, FieldPath, Root
from metadata.expressions.types import NULL, ValueType
from metadata.fields.base import FieldType, Output, Problem, Settings
from metadata.model.tenant import TenantModel
from metadata.model.values import About, Field, ObjectType

__all__ = [
    "FORMULA",
    "LOOKUP",
    "ROLLUP",
    "ComputedSettings",
    "FormulaSettings",
    "LookupSettings",
    "RollupSettings",
    "computed_expression",
]


class ComputedSettings(Settings, frozen=True):
    """What the three computed types share."""

    type: Annotated[ValueType | None, About("Type of the result", given=False)] = None


class FormulaSettings(ComputedSettings, frozen=True):
    """Settings of `formula`."""

    expression: Annotated[str, About("Expression over the record's fields")] = ""
    result: Annotated[
        Literal["", "boolean", "integer", "big_integer", "decimal", "text", "date", "datetime", "time", "duration"],
        About("Type of the result, checked; found by itself when empty"),
    ] = ""


class RollupSettings(ComputedSettings, frozen=True):
    """Settings of `rollup`."""

    relation: Annotated[str, About("To-many relation whose records are taken")] = ""
    function: Annotated[
        Literal["count", "count_distinct", "sum", "avg", "min", "max"], About("Figure over those records")
    ] = "count"
    field: Annotated[str, About("Field of those records; none for count")] = ""
    where: Annotated[str, About("Expression over those records; only records that meet it are taken")] = ""


class LookupSettings(ComputedSettings, frozen=True):
    """Settings of `lookup`."""

    path: Annotated[str, About("Field of a related record, over to-one relations: `store.city`")] = ""


def computed_expression(_object_type: ObjectType, field: Field, _model: TenantModel) -> Expression:
    """What a computed field is computed by, over the record it belongs to.

    Raises:
        BadInputError: Its text is not an expression.
        TypeError: The field is not computed.
    """
    match field.settings:
        case FormulaSettings(expression=text):
            return parse(text)
        case LookupSettings(path=path):
            return FieldPath(tuple(path.split(".")))
        case RollupSettings() as settings:
            value = FieldPath(tuple(settings.field.split(".")), Root.ITEM) if settings.field else None
            condition = parse(settings.where, item=True) if settings.where else None
            relation = FieldPath(tuple(settings.relation.split(".")))
            return Aggregate(AggregateFunction(settings.function), relation, value, condition)
    raise TypeError(f"field '{field.name}' of type '{field.type}' is not computed")


def _value_type(field: Field, _model: TenantModel) -> ValueType:
    settings: ComputedSettings = field.settings
    return settings.type or NULL


def _check_formula(field: Field, _object: ObjectType, _model: TenantModel) -> Iterable[Problem]:
    if not field.settings.expression.strip():
        yield Problem("settings.expression", "The expression is empty.", "An example is `price * quantity`.")


def _check_rollup(field: Field, _object: ObjectType, _model: TenantModel) -> Iterable[Problem]:
    settings: RollupSettings = field.settings
    if not settings.relation:
        hint = "Name a to-many relation of the object."
        yield Problem("settings.relation", "It does not say which records it is about.", hint)
    if settings.function == "count" and settings.field:
        hint = "Remove `field`, or use count_distinct."
        yield Problem("settings.field", "A count takes no field.", hint)
    if settings.function != "count" and not settings.field:
        hint = "Name a field of the related records."
        yield Problem("settings.field", f"It does not say which field {settings.function} is taken of.", hint)


def _check_lookup(field: Field, _object: ObjectType, _model: TenantModel) -> Iterable[Problem]:
    if "." not in field.settings.path:
        hint = "An example is `store.city`."
        yield Problem("settings.path", "A lookup's path has a relation and a field, with a dot between.", hint)


_Check: TypeAlias = Callable[[Field, ObjectType, TenantModel], Iterable[Problem]]


def _computed(key: str, help_text: str, settings: type[ComputedSettings], check: _Check) -> FieldType:
    return FieldType(
        key=key,
        help=help_text,
        columns=lambda _field: (),
        value_type=_value_type,
        output=Output.COMPUTED,
        settings=settings,
        check=check,
        computed=True,
        read_only=True,
        uniqueable=False,
        indexable=False,
        can_default=False,
        aggregates=("sum", "avg", "min", "max"),
    )


FORMULA = _computed("formula", "Computed from the record's other fields", FormulaSettings, _check_formula)
ROLLUP = _computed("rollup", "A figure over related records", RollupSettings, _check_rollup)
LOOKUP = _computed("lookup", "A field of a related record", LookupSettings, _check_lookup)
