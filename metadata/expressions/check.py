"""Tree → typed tree, or every fault in it at once.

Types are found from the leaves up. Constants take the type of what they stand beside: a text becomes an option's key,
a date, a record's id; `null` becomes a null of that type. Whole numbers count as decimals, money as its amount,
options as text and dates as the instant they begin, where that is what the other side is.
"""

from __future__ import annotations

from collections.abc import Iterable

from metadata.expressions.calls import Calls
from metadata.expressions.checked import Checked, is_null_constant
from metadata.expressions.fitting import (
    OPAQUE,
    arithmetic_hint,
    arithmetic_type,
    fitted,
    is_records,
    null_beside,
    null_of,
    plain_type,
    value_of,
)
from metadata.expressions.literals import LiteralError, canonical
from metadata.expressions.paths import Paths
from metadata.expressions.scope import FORMULA_ROOTS, POLICY_ROOTS, RULE_ROOTS, ModelScope, Scope, ScopeField
from metadata.expressions.text import parse, unparse
from metadata.expressions.tree import (
    Aggregate,
    AggregateFunction,
    Binary,
    Call,
    Conditional,
    Expression,
    FieldPath,
    ListOf,
    Literal,
    Operator,
    Parameter,
    Quantified,
    Unary,
    UnaryOperator,
    children,
)
from metadata.expressions.types import (
    BOOLEAN,
    DATE,
    DATETIME,
    DECIMAL,
    DURATION,
    INTEGER,
    NULL,
    Kind,
    ValueType,
    list_of,
)
from metadata.expressions.unifying import Types
from metadata.problems import BadInputError, Fault, Faults

__all__ = [
    "FORMULA_ROOTS",
    "MAX_LEVELS",
    "MAX_NESTED_RELATIONS",
    "POLICY_ROOTS",
    "RULE_ROOTS",
    "Checked",
    "ModelScope",
    "Scope",
    "ScopeField",
    "check",
    "faults_of",
    "read",
]

MAX_LEVELS = 100
"""Most levels of a tree, also of one that a program built."""

MAX_NESTED_RELATIONS = 4
"""Most quantifiers and aggregates inside each other."""

_ORDERED = frozenset(
    {Kind.INTEGER, Kind.DECIMAL, Kind.MONEY, Kind.TEXT, Kind.DATE, Kind.DATETIME, Kind.TIME, Kind.DURATION}
)
_ORDERINGS = frozenset({Operator.LT, Operator.LE, Operator.GT, Operator.GE})
_LOGICAL = frozenset({Operator.AND, Operator.OR})


def check(expression: Expression, scope: Scope, expected: ValueType | None = None) -> Checked:
    """Give every node its type.

    Args:
        expression: The tree.
        scope: Which fields it may name.
        expected: Type its value must have; None for any.

    Raises:
        BadInputError: With every fault: `unknown_field`, `unknown_function`, `unknown_option`, `unknown_root`,
            `wrong_type`, `wrong_arguments`, `bad_literal`, `not_a_list`, `list_of_records`, `expression_too_deep`.
    """
    checker = _Checker(scope)
    checked = checker.whole(expression, expected)
    checker.faults.raise_if_any()
    assert checked is not None
    return checked


def read(text: str, scope: Scope, expected: ValueType | None = None) -> Checked:
    """Parse and check a text.

    Raises:
        BadInputError: See `parse` and `check`.
    """
    return check(parse(text), scope, expected)


def faults_of(text: str, scope: Scope, expected: ValueType | None = None) -> tuple[Fault, ...]:
    """Every fault of a text; empty when it is right."""
    try:
        read(text, scope, expected)
    except BadInputError as error:
        return error.faults
    return ()


class _Checker:
    """One check: what each kind of node asks of its parts."""

    __slots__ = ("_calls", "_paths", "_types", "faults")

    def __init__(self, scope: Scope) -> None:
        self.faults = Faults()
        self._types = Types(self.faults)
        self._paths = Paths(scope, self.faults)
        self._calls = Calls(self._types)

    def whole(self, expression: Expression, expected: ValueType | None) -> Checked | None:
        """The typed tree, or None when a fault was noted."""
        if not _is_shallow(expression):
            self.faults.add(
                "expression_too_deep",
                f"The expression nests more than {MAX_LEVELS} levels.",
                hint="Compare with a list, or move parts into formula fields.",
            )
            return None
        checked = self._value(expression)
        if checked is None or expected is None:
            return checked
        return self._types.expect(checked, expected)

    # Nodes. Each gives None after it has noted why; the reader sees no faults that follow from it.

    def _node(self, node: Expression) -> Checked | None:
        match node:
            case Literal(value, type):
                return self._literal(node) if isinstance(value, str) else Checked(node, type)
            case Parameter(_, type):
                return Checked(node, type)
            case FieldPath():
                return self._paths.follow(node)
            case Unary():
                return self._unary(node)
            case Binary(operator):
                if operator in (Operator.AND, Operator.OR):
                    return self._logical(node)
                if operator in (Operator.EQ, Operator.NE):
                    return self._equality(node)
                if operator in _ORDERINGS:
                    return self._ordering(node)
                return self._membership(node) if operator is Operator.IN else self._arithmetic(node)
            case Conditional():
                return self._conditional(node)
            case Call():
                return self._call(node)
            case ListOf():
                return self._list(node)
            case Quantified():
                return self._quantified(node)
            case Aggregate():
                return self._aggregate(node)

    def _value(self, node: Expression) -> Checked | None:
        """A node whose value is one value, not a list of records."""
        checked = self._node(node)
        if checked is not None and is_records(checked.type):
            self.faults.add(
                "list_of_records",
                f"'{unparse(node)}' is a list of records.",
                hint=f"Use {unparse(node)}.count(), .sum(…), .some(…), .none(…) or .every(…).",
            )
            return None
        return checked

    def _values(self, nodes: Iterable[Expression]) -> list[Checked] | None:
        checked = [self._value(node) for node in nodes]
        found = [part for part in checked if part is not None]
        return found if len(found) == len(checked) else None

    def _condition(self, node: Expression) -> Checked | None:
        checked = self._value(node)
        return None if checked is None else self._types.expect(checked, BOOLEAN)

    def _literal(self, node: Literal) -> Checked | None:
        """Text of a program's constant is brought into its canonical form."""
        try:
            return Checked(Literal(canonical(str(node.value), node.type.kind), node.type), node.type)
        except LiteralError as error:
            self.faults.add("bad_literal", f"'{node.value}' is not {error}.")
            return None

    def _list(self, node: ListOf) -> Checked | None:
        parts = self._values(node.items)
        if parts is None:
            return None
        unified = self._types.unify(node, parts, dates=False)
        if unified is None:
            return None
        type, items = unified
        return Checked(node, list_of(type), items)

    # Related records

    def _inside(self, path: Checked, node: Expression) -> Checked | None:
        """A node that belongs to the related records."""
        if len(self._paths.objects) > MAX_NESTED_RELATIONS:
            self.faults.add(
                "expression_too_deep",
                f"Conditions over related records are nested more than {MAX_NESTED_RELATIONS} deep.",
                hint="Move the inner ones into rollup or formula fields.",
            )
            return None
        type = path.type.item or path.type
        self._paths.objects.append(type.object)
        checked = self._value(node)
        self._paths.objects.pop()
        return checked

    def _quantified(self, node: Quantified) -> Checked | None:
        path = self._paths.records(node, to_one=True)
        if path is None:
            return None
        inner = self._inside(path, node.condition)
        condition = None if inner is None else self._types.expect(inner, BOOLEAN)
        return None if condition is None else Checked(node, BOOLEAN, (path, condition))

    def _aggregate(self, node: Aggregate) -> Checked | None:
        path = self._paths.records(node, to_one=False)
        if path is None:
            return None
        parts = [path]
        for part, wanted in ((node.value, None), (node.condition, BOOLEAN)):
            if part is None:
                continue
            inner = self._inside(path, part)
            inner = inner if inner is None or wanted is None else self._types.expect(inner, wanted)
            if inner is not None:
                parts.append(inner)
        if len(parts) < len(children(node)):
            return None
        type = self._aggregate_type(node, parts[1].type if node.value is not None else None)
        return None if type is None else Checked(node, type, tuple(parts))

    def _aggregate_type(self, node: Aggregate, value: ValueType | None) -> ValueType | None:
        function = node.function
        if function is AggregateFunction.COUNT:
            return INTEGER
        if value is None or (value.kind is Kind.NULL and function is not AggregateFunction.COUNT_DISTINCT):
            return DECIMAL if value is not None and function is AggregateFunction.AVG else NULL
        if function is AggregateFunction.COUNT_DISTINCT and value.kind not in OPAQUE:
            return INTEGER
        if function in (AggregateFunction.MIN, AggregateFunction.MAX) and value.kind in _ORDERED:
            return plain_type(value)
        if function in (AggregateFunction.SUM, AggregateFunction.AVG) and (value.is_number or value == DURATION):
            average = function is AggregateFunction.AVG and value.is_number
            return DECIMAL if average else plain_type(value)
        self.faults.add(
            "wrong_type", f"'{function.value}' cannot be taken of values of type {value}: '{unparse(node)}'."
        )
        return None

    # Operators

    def _unary(self, node: Unary) -> Checked | None:
        if node.operator is UnaryOperator.NOT:
            condition = self._condition(node.operand)
            return None if condition is None else Checked(node, BOOLEAN, (condition,))
        operand = self._value(node.operand)
        if operand is None:
            return None
        if operand.type.is_number or operand.type.kind in (Kind.DURATION, Kind.NULL):
            return Checked(node, plain_type(operand.type), (operand,))
        self._types.wrong(
            node, f"a minus sign before a value of type {operand.type}", "Only numbers and durations have a sign."
        )
        return None

    def _logical(self, node: Binary) -> Checked | None:
        """A chain of one operator becomes one node with all its operands: programs build long ones."""
        parts = [self._condition(operand) for operand in _operands(node)]
        found = tuple(part for part in parts if part is not None)
        return Checked(node, BOOLEAN, found) if len(found) == len(parts) else None

    def _equality(self, node: Binary) -> Checked | None:
        parts = self._values((node.left, node.right))
        if parts is None:
            return None
        left, right = parts
        if is_null_constant(left) or is_null_constant(right):
            tested = right if is_null_constant(left) else left
            null = left if is_null_constant(left) else right
            return Checked(node, BOOLEAN, (tested, null))
        unified = self._types.unify(node, parts, dates=False)
        if unified is None:
            return None
        type, operands = unified
        if type.kind in OPAQUE:
            self._types.wrong(node, f"a comparison of {type} values", "Compare it with null, or compare its parts.")
            return None
        return Checked(node, BOOLEAN, operands)

    def _ordering(self, node: Binary) -> Checked | None:
        parts = self._values((node.left, node.right))
        unified = None if parts is None else self._types.unify(node, parts, dates=True)
        if unified is None:
            return None
        type, operands = unified
        if type.kind not in _ORDERED and type.kind is not Kind.NULL:
            self._types.wrong(node, f"an order between {type} values", "Numbers, texts, dates and times have an order.")
            return None
        return Checked(node, BOOLEAN, operands)

    def _membership(self, node: Binary) -> Checked | None:
        left = self._value(node.left)
        right = self._value_list(node, node.right)
        if left is None or right is None:
            return None
        if isinstance(right.node, ListOf):
            unified = self._types.unify(node, (left, *right.parts), dates=False)
            if unified is None:
                return None
            type, (left, *items) = unified
            right = Checked(right.node, list_of(type), tuple(items))
        else:
            item = right.type.item or NULL
            beside = self._types.unify(node, (left, value_of(item)), dates=False)
            if beside is None:
                return None
            left = beside[1][0]
        if left.type.kind in OPAQUE or left.type.kind is Kind.LIST:
            self._types.wrong(node, f"a list of {left.type} values", "Compare plain values.")
            return None
        return Checked(node, BOOLEAN, (left, right))

    def _value_list(self, node: Expression, list_node: Expression) -> Checked | None:
        if isinstance(list_node, ListOf):
            parts = self._values(list_node.items)  # the items take their type from what is looked for
            return None if parts is None else Checked(list_node, list_of(NULL), tuple(parts))
        checked = self._value(list_node)
        if checked is None or checked.type.kind in (Kind.LIST, Kind.NULL):
            return checked
        self._types.wrong(node, f"a value of type {checked.type} where a list belongs", "Write a list: [a, b].")
        return None

    def _arithmetic(self, node: Binary) -> Checked | None:
        parts = self._values((node.left, node.right))
        if parts is None:
            return None
        left, right = self._typed_nulls(node.operator, *parts)
        type = arithmetic_type(node.operator, left.type, right.type)
        if type is None:
            shown = f"{left.type} {node.operator.value} {right.type}"
            self._types.wrong(node, shown, arithmetic_hint(node.operator, left.type, right.type))
            return None
        if node.operator is Operator.SUBTRACT and type == DURATION and left.type != right.type:
            left, right = (fitted(part, DATETIME) if part.type == DATE else part for part in (left, right))
        return Checked(node, type, (left, right))

    def _typed_nulls(self, operator: Operator, left: Checked, right: Checked) -> tuple[Checked, Checked]:
        """A null constant gets a type that the operator takes beside the other operand."""
        if is_null_constant(left) and left.type.kind is Kind.NULL:
            left = null_of(INTEGER if right.type.kind is Kind.NULL else null_beside(operator, right.type))
        if is_null_constant(right) and right.type.kind is Kind.NULL:
            right = null_of(null_beside(operator, left.type))
        return left, right

    def _conditional(self, node: Conditional) -> Checked | None:
        test = self._condition(node.test)
        parts = self._values((node.then, node.otherwise))
        unified = None if parts is None else self._types.unify(node, parts, dates=False)
        if test is None or unified is None:
            return None
        type, branches = unified
        if type.kind in OPAQUE:
            self._types.wrong(node, f"a choice between {type} values", "Choose between parts of them.")
            return None
        return Checked(node, type, (test, *branches))

    # Calls

    def _call(self, node: Call) -> Checked | None:
        function = self._calls.function(node)
        if function is None:
            return None
        presence = self._presence(node)
        if presence is not None:
            return self._node(presence)
        arguments = [
            self._value_list(node, argument) if isinstance(argument, ListOf) else self._value(argument)
            for argument in node.arguments
        ]
        parts = [argument for argument in arguments if argument is not None]
        if len(parts) < len(arguments):
            return None
        return self._calls.fitted(node, function, parts)

    def _presence(self, node: Call) -> Binary | None:
        """`isNull(x)` and `has(x)` are tests of any value, also of those that no function takes."""
        if len(node.arguments) != 1 or node.function not in ("isNull", "has"):
            return None
        operator = Operator.EQ if node.function == "isNull" else Operator.NE
        return Binary(operator, node.arguments[0], Literal(None, NULL))


def _is_shallow(expression: Expression) -> bool:
    waiting = [(expression, 1)]
    while waiting:
        node, level = waiting.pop()
        if level > MAX_LEVELS:
            return False
        inside = _operands(node) if isinstance(node, Binary) and node.operator in _LOGICAL else children(node)
        waiting.extend((child, level + 1) for child in inside)
    return True


def _operands(node: Binary) -> list[Expression]:
    """The operands of a chain of `&&` or `||`, in order, found without recursion."""
    operands: list[Expression] = []
    waiting: list[Expression] = [node]
    while waiting:
        found = waiting.pop()
        if isinstance(found, Binary) and found.operator is node.operator:
            waiting += (found.right, found.left)
        else:
            operands.append(found)
    return operands
