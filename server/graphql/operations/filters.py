"""Filter inputs become expressions: the same tree that formulas, rules and access conditions are made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from metadata.expressions.tree import (
    Binary,
    Call,
    Expression,
    FieldPath,
    Literal,
    Operator,
    Parameter,
    Quantified,
    Quantifier,
    Root,
    Unary,
    UnaryOperator,
)
from metadata.expressions.types import BOOLEAN, ID, INTEGER, TEXT, Kind, ValueType
from metadata.fields import FIELD_TYPES
from metadata.fields.operators import FilterOperator, OperandShape, operators_for
from metadata.model.tenant import TenantModel
from metadata.model.values import ObjectType
from metadata.problems import BadInputError
from server.graphql.members import Member, MemberKind, members_of
from server.graphql.operations.arguments import Given, Leaf

__all__ = ["Slots", "comparisons", "filter_expression"]


class Slots(Protocol):
    """Where filters put the values that each request fills in."""

    def parameter(self, leaf: Leaf, value_type: ValueType) -> Parameter:
        """A parameter of the statement that stands for a leaf."""


def filter_expression(
    given: Given,
    object_type: ObjectType,
    model: TenantModel,
    slots: Slots,
    *,
    prefix: tuple[str, ...] = (),
    root: Root = Root.RECORD,
) -> Expression | None:
    """The condition a filter input stands for; None for no condition.

    Args:
        given: The filter, as `arguments_of` gives it.
        object_type: Whose fields it names.
        model: The tenant's model.
        slots: Takes the values.
        prefix: To-one relations from the root to `object_type`.
        root: Where paths start: the record, or the item inside `some`, `none`, `every`.
    """
    if not isinstance(given, dict):
        return None
    members = members_of(object_type)
    parts: list[Expression] = []
    for name, value in given.items():
        if name in ("and", "or"):
            inner = [
                filter_expression(item, object_type, model, slots, prefix=prefix, root=root) for item in value or ()
            ]
            joined = _joined(Operator.AND if name == "and" else Operator.OR, inner, some_given=value is not None)
            parts += [joined] if joined is not None else []
        elif name == "not":
            negated = filter_expression(value, object_type, model, slots, prefix=prefix, root=root)
            if negated is not None:
                parts.append(Unary(UnaryOperator.NOT, negated))
        else:
            parts += _member_conditions(members[name], value, object_type, model, slots, prefix, root)
    return _joined(Operator.AND, parts)


def _joined(operator: Operator, parts: Sequence[Expression | None], *, some_given: bool = False) -> Expression | None:
    """Parts tied together. An empty `or` matches nothing, as no alternative holds; an empty part matches all."""
    if operator is Operator.OR and (some_given and not parts):
        return Literal(False, BOOLEAN)
    if operator is Operator.OR and None in parts:
        return None
    present = [part for part in parts if part is not None]
    if not present:
        return None
    result = present[0]
    for part in present[1:]:
        result = Binary(operator, result, part)
    return result


def _member_conditions(
    member: Member,
    value: Any,
    object_type: ObjectType,
    model: TenantModel,
    slots: Slots,
    prefix: tuple[str, ...],
    root: Root,
) -> list[Expression]:
    path = FieldPath((*prefix, member.field.name), root)
    match member.kind:
        case MemberKind.TO_ONE:
            if value is None:
                return [_is_null(FieldPath((*path.steps, "id"), root))]
            target = model.object(member.targets[0])
            inner = filter_expression(value, target, model, slots, prefix=path.steps, root=root)
            return [inner] if inner is not None else []
        case MemberKind.TO_MANY:
            return _quantified(path, model.object(member.targets[0]), value, model, slots)
        case MemberKind.TO_ONE_ID:
            return comparisons(FieldPath((*path.steps, "id"), root), ID, value, slots)
        case MemberKind.POLYMORPHIC_ID:
            return comparisons(FieldPath((*path.steps, "id"), root), ID, value, slots)
        case MemberKind.POLYMORPHIC_TYPE:
            return comparisons(FieldPath((*path.steps, "type"), root), TEXT, value, slots)
        case _:
            value_type = FIELD_TYPES[member.field.type].value_type(member.field, model)
            return comparisons(path, value_type, value, slots)


def _quantified(path: FieldPath, target: ObjectType, value: Any, model: TenantModel, slots: Slots) -> list[Expression]:
    parts: list[Expression] = []
    for name, condition in (value or {}).items():
        inner = filter_expression(condition, target, model, slots, root=Root.ITEM) or Literal(True, BOOLEAN)
        parts.append(Quantified(Quantifier(name), path, inner))
    return parts


def comparisons(value: Expression, value_type: ValueType, given: Any, slots: Slots) -> list[Expression]:
    """What the operators given for one value ask of it.

    Args:
        value: The value compared.
        value_type: Its type.
        given: Operators and operands: `{gt: …, lt: …}`.
        slots: Takes the operands.
    """
    operators = {operator.name: operator for operator in operators_for(value_type)}
    return [
        condition
        for name, operand in (given or {}).items()
        if (condition := _comparison(operators[name], value, operand, slots)) is not None
    ]


def _comparison(operator: FilterOperator, value: Expression, operand: Any, slots: Slots) -> Expression | None:
    if operand is None:
        raise BadInputError.single(
            "null_operand",
            f"Operator '{operator.name}' needs a value, got null.",
            hint="To ask for missing values write {isNull: true}.",
        )
    match operator.shape:
        case OperandShape.ONE:
            return operator.build(value, _one(operator, operand, slots))
        case OperandShape.LIST:
            return operator.build(value, slots.parameter(operand, operator.operands[0].type))
        case OperandShape.PAIR:
            return operator.build(value, *_pair(operator, operand, slots))
        case OperandShape.WINDOW:
            return operator.build(value, *_window(operand, slots))
        case OperandShape.PLACE:
            return operator.build(value, *(slots.parameter(operand[one.name], one.type) for one in operator.operands))


def _one(operator: FilterOperator, operand: Leaf, slots: Slots) -> Expression:
    """Booleans are part of a request's shape, so they are written as constants and the planner sees them."""
    if operator.operands[0].type.kind is Kind.BOOLEAN:
        return Literal(bool(operand.value), BOOLEAN)
    return slots.parameter(operand, operator.operands[0].type)


def _pair(operator: FilterOperator, operand: Leaf, slots: Slots) -> tuple[Expression, ...]:
    if not isinstance(operand.value, list) or len(operand.value) != 2:
        raise BadInputError.single(
            "not_a_pair", f"Operator '{operator.name}' takes two values, smallest first.", path=operand.path
        )
    return tuple(
        slots.parameter(Leaf(item, _item(operand.take, place), (*operand.path, place)), operator.operands[place].type)
        for place, item in enumerate(operand.value)
    )


def _item(take: Callable[[Mapping[str, Any]], Any], place: int) -> Callable[[Mapping[str, Any]], Any]:
    def item(variables: Mapping[str, Any]) -> Any:
        values = take(variables)
        if not isinstance(values, list) or len(values) != 2:
            raise BadInputError.single("not_a_pair", "Operator 'between' takes two values, smallest first.")
        return values[place]

    return item


def _window(operand: Mapping[str, Any], slots: Slots) -> tuple[Expression, Expression]:
    given = [name for name in ("last", "next") if operand.get(name) is not None]
    if len(given) != 1:
        raise BadInputError.single(
            "bad_window", "Operator 'within' takes either `last` or `next`.", hint="Write one of them."
        )
    count = slots.parameter(operand[given[0]], INTEGER)
    ahead = given[0] == "next"
    return Unary(UnaryOperator.NEGATE, count) if ahead else count, Literal(operand["unit"].value, TEXT)


def _is_null(value: Expression) -> Expression:
    return Call("isNull", (value,))
