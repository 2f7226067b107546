"""Filter inputs become expressions: the same tree that formulas, rules and access conditions are made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from metadata.expressions.replacing import moved
from metadata.expressions.text import parse
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
from metadata.fields.base import InputError
from metadata.fields.operators import FilterOperator, OperandShape, operators_for, read_place, read_window
from metadata.model.tenant import TenantModel
from metadata.model.values import ObjectType
from metadata.problems import BadInputError, Path
from server.graphql.members import IN_SEGMENT, Member, MemberKind, members_of
from server.graphql.operations.arguments import Given, Leaf

__all__ = ["Slots", "comparisons", "filter_expression"]


class Slots(Protocol):
    """Where filters put the values that each request fills in."""

    def parameter(self, leaf: Leaf, value_type: ValueType) -> Parameter:
        """A parameter of the statement that stands for a leaf."""

    def slot(self, take: Callable[[dict[str, Any]], Any], value_type: ValueType) -> Parameter:
        """A parameter filled by a function of the request's coerced variables."""


def filter_expression(
    given: Given,
    object_type: ObjectType,
    model: TenantModel,
    slots: Slots,
    *,
    prefix: tuple[str, ...] = (),
    root: Root = Root.RECORD,
    at: Path = ("filter",),
) -> Expression | None:
    """The condition a filter input stands for; None for no condition.

    Args:
        given: The filter, as `arguments_of` gives it.
        object_type: Whose fields it names.
        model: The tenant's model.
        slots: Takes the values.
        prefix: To-one relations from the root to `object_type`.
        root: Where paths start: the record, or the item inside `some`, `none`, `every`.
        at: Where the filter stands in the arguments, for faults.
    """
    if not isinstance(given, dict):
        return None
    members = members_of(object_type)
    parts: list[Expression] = []
    for name, value in given.items():
        if name in ("and", "or"):
            inner = [
                filter_expression(item, object_type, model, slots, prefix=prefix, root=root, at=(*at, name, place))
                for place, item in enumerate(value or ())
            ]
            joined = _joined(Operator.AND if name == "and" else Operator.OR, inner, some_given=value is not None)
            parts += [joined] if joined is not None else []
        elif name == "not":
            negated = filter_expression(value, object_type, model, slots, prefix=prefix, root=root, at=(*at, name))
            if negated is not None:
                parts.append(Unary(UnaryOperator.NOT, negated))
        elif name == IN_SEGMENT:
            parts += [] if value is None else [_in_segment(value, model, prefix, root)]
        else:
            parts += _Members(model, slots, prefix, root, (*at, name)).conditions(members[name], value)
    return _joined(Operator.AND, parts)


def _in_segment(given: Leaf, model: TenantModel, prefix: tuple[str, ...], root: Root) -> Expression:
    """The condition of a segment, which is part of the statement: what it says now, not what its members were."""
    return moved(parse(model.segments[given.value].when), prefix, root)


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


@dataclass(frozen=True, slots=True)
class _Members:
    """Conditions on one field of a record."""

    model: TenantModel
    slots: Slots
    prefix: tuple[str, ...]
    root: Root
    at: Path

    def conditions(self, member: Member, value: Any) -> list[Expression]:
        """What is asked of the field."""
        path = FieldPath((*self.prefix, member.field.name), self.root)
        own_id = FieldPath((*path.steps, "id"), self.root)
        match member.kind:
            case MemberKind.TO_ONE:
                if value is None:
                    return [Call("isNull", (own_id,))]
                target = self.model.object(member.targets[0])
                inner = filter_expression(
                    value, target, self.model, self.slots, prefix=path.steps, root=self.root, at=self.at
                )
                return [inner] if inner is not None else []
            case MemberKind.TO_MANY:
                return self._quantified(path, self.model.object(member.targets[0]), value)
            case MemberKind.TO_ONE_ID | MemberKind.POLYMORPHIC_ID:
                return self._compared(own_id, ID, value)
            case MemberKind.POLYMORPHIC_TYPE:
                return self._compared(FieldPath((*path.steps, "type"), self.root), TEXT, value)
            case _:
                return self._compared(path, FIELD_TYPES[member.field.type].value_type(member.field, self.model), value)

    def _compared(self, path: FieldPath, value_type: ValueType, value: Any) -> list[Expression]:
        return comparisons(path, value_type, value, self.slots, at=self.at)

    def _quantified(self, path: FieldPath, target: ObjectType, value: Any) -> list[Expression]:
        parts: list[Expression] = []
        for name, condition in (value or {}).items():
            inner = filter_expression(
                condition, target, self.model, self.slots, root=Root.ITEM, at=(*self.at, name)
            ) or Literal(True, BOOLEAN)
            parts.append(Quantified(Quantifier(name), path, inner))
        return parts


def comparisons(
    value: Expression, value_type: ValueType, given: Any, slots: Slots, *, at: Path = ()
) -> list[Expression]:
    """What the operators given for one value ask of it.

    Args:
        value: The value compared.
        value_type: Its type.
        given: Operators and operands: `{gt: …, lt: …}`.
        slots: Takes the operands.
        at: Where they stand in the arguments, for faults.
    """
    operators = {operator.name: operator for operator in operators_for(value_type)}
    return [
        _comparison(operators[name], value, value_type, operand, slots, (*at, name))
        for name, operand in (given or {}).items()
    ]


def _comparison(
    operator: FilterOperator, value: Expression, value_type: ValueType, operand: Any, slots: Slots, at: Path
) -> Expression:
    if operand is None:
        raise BadInputError.single(
            "null_operand",
            f"Operator '{operator.name}' needs a value, got null.",
            path=at,
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
            return operator.build(value, *_window(operand, value_type, slots, at))
        case OperandShape.PLACE:
            return operator.build(value, *_place(operator, operand, slots, at))


def _one(operator: FilterOperator, operand: Leaf, slots: Slots) -> Expression:
    """Booleans are part of a request's shape, so they are written as constants and the planner sees them."""
    if operator.operands[0].type.kind is Kind.BOOLEAN:
        return Literal(bool(operand.value), BOOLEAN)
    return slots.parameter(operand, operator.operands[0].type)


def _pair(operator: FilterOperator, operand: Leaf, slots: Slots) -> tuple[Expression, ...]:
    return tuple(
        slots.parameter(Leaf(None, _item(operator, operand, place), (*operand.path, place)), part.type)
        for place, part in enumerate(operator.operands)
    )


def _item(operator: FilterOperator, operand: Leaf, place: int) -> Callable[[Mapping[str, Any]], Any]:
    def item(variables: Mapping[str, Any]) -> Any:
        values = operand.take(variables)
        if not isinstance(values, list) or len(values) != 2 or None in values:
            raise BadInputError.single(
                "not_a_pair",
                f"Operator '{operator.name}' takes two values, smallest first.",
                path=operand.path,
                hint='Write ["1", "5"]; both ends are included.',
            )
        return values[place]

    return item


def _window(operand: Mapping[str, Any], value_type: ValueType, slots: Slots, at: Path) -> tuple[Expression, Expression]:
    given = [name for name in ("last", "next") if operand.get(name) is not None]
    unit: Leaf = operand["unit"]
    if len(given) != 1:
        raise BadInputError.single(
            "bad_window", "Operator 'within' takes either `last` or `next`.", path=at, hint="Write one of them."
        )
    counted: Leaf = operand[given[0]]

    def count(variables: Mapping[str, Any]) -> int:
        window = {given[0]: counted.take(variables), "unit": unit.take(variables)}
        try:
            return read_window(window, value_type)[0]
        except InputError as error:
            raise BadInputError.single("bad_window", f"{str(error).capitalize()}.", path=at) from None

    return slots.slot(count, INTEGER), Literal(unit.value, TEXT)


def _place(operator: FilterOperator, operand: Mapping[str, Leaf], slots: Slots, at: Path) -> list[Parameter]:
    def part(position: int) -> Callable[[Mapping[str, Any]], str]:
        def taken(variables: Mapping[str, Any]) -> str:
            try:
                return read_place({name: leaf.take(variables) for name, leaf in operand.items()})[position]
            except InputError as error:
                raise BadInputError.single("bad_place", f"{str(error).capitalize()}.", path=at) from None

        return taken

    return [slots.slot(part(position), one.type) for position, one in enumerate(operator.operands)]
