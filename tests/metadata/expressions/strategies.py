"""Random expressions of a wanted type over a deal. Every function of the library takes part by its signatures."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from hypothesis import strategies as st

from metadata.expressions.functions import FUNCTIONS, Signature
from metadata.expressions.functions.base import is_variable
from metadata.expressions.literals import literal_of
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
    Quantified,
    Quantifier,
    Root,
    Unary,
    UnaryOperator,
)
from metadata.expressions.types import (
    BOOLEAN,
    DATE,
    DATETIME,
    DECIMAL,
    DURATION,
    INTEGER,
    NULL,
    TEXT,
    TIME,
    Kind,
    ValueType,
    list_of,
    record,
)
from tests.metadata.expressions.deals import FIELDS, LEVEL, POOLS, STAGE

SCALARS = (BOOLEAN, INTEGER, DECIMAL, TEXT, DATE, DATETIME, TIME, DURATION)
ORDERED = (INTEGER, DECIMAL, TEXT, DATE, DATETIME, TIME, DURATION)

_COMPARISONS = (Operator.EQ, Operator.NE, Operator.LT, Operator.LE, Operator.GT, Operator.GE)
_NUMBER_OPERATORS = (Operator.ADD, Operator.SUBTRACT, Operator.MULTIPLY, Operator.MODULO)
# ƛ and ɤ got upper-case letters in Unicode 16, which PostgreSQL 18 knows and Python 3.11 does not
_ANY_TEXT = st.text(st.characters(exclude_categories=("Cs", "Cn", "Co"), exclude_characters="\0ƛɤ"), max_size=6)
_SIGNATURES = [
    (function.name, signature)
    for function in FUNCTIONS.values()
    for signature in function.signatures
    if function.name != "geoPoint"
]

Draw = Any
Item = TypeVar("Item")


def constants(type: ValueType) -> st.SearchStrategy[Expression]:
    """Constants of a type: the awkward ones, and any."""
    awkward = st.sampled_from([literal_of(value, type) for value in POOLS[type.kind]])
    match type.kind:
        case Kind.TEXT:
            return st.one_of(awkward, _ANY_TEXT.map(lambda text: Literal(text, TEXT)))
        case Kind.INTEGER:
            return st.one_of(awkward, st.integers(-40, 40).map(lambda number: Literal(number, INTEGER)))
        case Kind.DECIMAL:
            numbers = st.decimals(-(10**6), 10**6, places=3)
            return st.one_of(awkward, numbers.map(lambda number: literal_of(number, DECIMAL)))
        case _:
            return awkward


class Expressions:
    """Draws expressions; `objects` are the object types of the records around the place."""

    def __init__(self, draw: Draw) -> None:
        self.draw = draw
        self.objects = ["deal"]

    def one_of(self, items: Iterable[Item]) -> Item:
        found: Item = self.draw(st.sampled_from(list(items)))
        return found

    def drawn(self, strategy: st.SearchStrategy[Item]) -> Item:
        found: Item = self.draw(strategy)
        return found

    def expression(self, type: ValueType, depth: int) -> Expression:
        if depth <= 0:
            return self.leaf(type)
        ways: list[Callable[[ValueType, int], Expression]] = [self.conditional, self.call, self.call]
        if type is BOOLEAN:
            ways += [self.comparison, self.comparison, self.logical, self.membership, self.quantified, self.null_test]
        if type in (INTEGER, DECIMAL, TEXT, DATETIME, DURATION):
            ways += [self.arithmetic, self.arithmetic]
        if type in ORDERED:
            ways.append(self.aggregate)
        if type in (INTEGER, DECIMAL, DURATION):
            ways.append(self.negative)
        if self.draw(st.integers(0, 9)) == 0:
            return self.leaf(type)
        return self.one_of(ways)(type, depth - 1)

    def leaf(self, type: ValueType) -> Expression:
        paths = self.paths(type)
        if paths and self.draw(st.integers(0, 3)) > 0:
            return self.one_of(paths)
        if self.draw(st.integers(0, 19)) == 0:
            return Literal(None, type)
        return self.drawn(constants(type))

    def paths(self, type: ValueType) -> list[FieldPath]:
        """Every path of a type that can be written here."""
        here = Root.ITEM if len(self.objects) > 1 else Root.RECORD
        starts = [(here, self.objects[-1])]
        if len(self.objects) > 1:
            starts += [(Root.PARENT, self.objects[-2]), (Root.RECORD, self.objects[0])]
        found = []
        for root, object_name in starts:
            for name, field_type in FIELDS[object_name].items():
                if field_type == type or (type is DECIMAL and field_type.kind is Kind.MONEY):
                    found.append(FieldPath((name,), root))
                if field_type.kind is Kind.RECORD:
                    behind = FIELDS[field_type.object].items()
                    found += [FieldPath((name, far), root) for far, far_type in behind if far_type == type]
                if type is DECIMAL and field_type.kind is Kind.GEO_POINT:
                    found.append(FieldPath((name, "lat"), root))
        return found

    def conditional(self, type: ValueType, depth: int) -> Expression:
        return Conditional(
            self.expression(BOOLEAN, depth), self.expression(type, depth), self.expression(type, depth - 1)
        )

    def negative(self, type: ValueType, depth: int) -> Expression:
        return Unary(UnaryOperator.NEGATE, self.expression(type, depth))

    def logical(self, _type: ValueType, depth: int) -> Expression:
        operator = self.one_of((Operator.AND, Operator.OR, None))
        if operator is None:
            return Unary(UnaryOperator.NOT, self.expression(BOOLEAN, depth))
        return Binary(operator, self.expression(BOOLEAN, depth), self.expression(BOOLEAN, depth))

    def comparison(self, _type: ValueType, depth: int) -> Expression:
        if self.draw(st.integers(0, 5)) == 0:
            return self.option_test()
        type = self.one_of(ORDERED)
        other = self.one_of((INTEGER, DECIMAL)) if type in (INTEGER, DECIMAL) else type
        operator = self.one_of(_COMPARISONS)
        if type is DATETIME and operator not in (Operator.EQ, Operator.NE):
            other = self.one_of((DATE, DATETIME))
        return Binary(operator, self.expression(type, depth), self.expression(other, depth - 1))

    def option_test(self) -> Expression:
        type = self.one_of((STAGE, LEVEL))
        paths = self.paths(type)
        if not paths:
            return Literal(True, BOOLEAN)
        keys = [Literal(key, TEXT) for key in type.options]
        if self.draw(st.booleans()):
            return Binary(Operator.IN, self.one_of(paths), ListOf(tuple(self.draw(st.lists(st.sampled_from(keys))))))
        return Binary(self.one_of((Operator.EQ, Operator.NE)), self.one_of(paths), self.one_of(keys))

    def null_test(self, _type: ValueType, depth: int) -> Expression:
        operator = self.one_of((Operator.EQ, Operator.NE))
        places = self.paths(FIELDS["deal"]["place"]) + self.paths(FIELDS["deal"]["customer"])
        if places and self.draw(st.booleans()):
            return Binary(operator, self.one_of(places), Literal(None, NULL))
        return Binary(operator, self.expression(self.one_of(SCALARS), depth), Literal(None, NULL))

    def membership(self, _type: ValueType, depth: int) -> Expression:
        tags = self.paths(list_of(TEXT))
        if tags and self.draw(st.booleans()):
            return Binary(Operator.IN, self.expression(TEXT, depth), self.one_of(tags))
        type = self.one_of(SCALARS)
        items = tuple(self.expression(type, depth - 1) for _ in range(self.draw(st.integers(0, 3))))
        return Binary(Operator.IN, self.expression(type, depth), ListOf(items))

    def arithmetic(self, type: ValueType, depth: int) -> Expression:
        operators: list[tuple[Operator, ValueType, ValueType]]
        match type.kind:
            case Kind.INTEGER:
                operators = [(operator, INTEGER, INTEGER) for operator in _NUMBER_OPERATORS]
            case Kind.DECIMAL:
                operators = [
                    (operator, self.one_of((INTEGER, DECIMAL)), DECIMAL)
                    for operator in (*_NUMBER_OPERATORS, Operator.DIVIDE)
                ]
                operators += [(Operator.DIVIDE, INTEGER, INTEGER), (Operator.DIVIDE, DURATION, DURATION)]
            case Kind.TEXT:
                operators = [(Operator.ADD, TEXT, TEXT)]
            case Kind.DATETIME:
                operators = [(Operator.ADD, DATETIME, DURATION), (Operator.ADD, DURATION, DATETIME)]
                operators += [(Operator.SUBTRACT, DATETIME, DURATION)]
            case _:
                operators = [(Operator.ADD, DURATION, DURATION), (Operator.SUBTRACT, DURATION, DURATION)]
                operators += [(Operator.SUBTRACT, DATETIME, DATETIME), (Operator.SUBTRACT, DATE, DATE)]
                operators += [(Operator.SUBTRACT, DATE, DATETIME)]
                operators += [(Operator.MULTIPLY, DURATION, DECIMAL), (Operator.MULTIPLY, INTEGER, DURATION)]
                operators += [(Operator.DIVIDE, DURATION, INTEGER), (Operator.DIVIDE, DURATION, DECIMAL)]
        operator, left, right = self.one_of(operators)
        return Binary(operator, self.expression(left, depth), self.expression(right, depth - 1))

    def quantified(self, type: ValueType, depth: int) -> Expression:
        path = self.relation()
        if path is None:
            return self.expression(type, depth)
        return Quantified(self.one_of(Quantifier), path, self.inside(path, BOOLEAN, depth))

    def aggregate(self, type: ValueType, depth: int) -> Expression:
        path = self.relation()
        if path is None:
            return self.expression(type, depth)
        condition = self.inside(path, BOOLEAN, depth) if self.draw(st.booleans()) else None
        functions = [AggregateFunction.MIN, AggregateFunction.MAX]
        if type in (INTEGER, DECIMAL, DURATION):
            functions.append(AggregateFunction.SUM)
        if type is INTEGER:
            functions += [AggregateFunction.COUNT, AggregateFunction.COUNT_DISTINCT]
        if type in (DECIMAL, DURATION):
            functions.append(AggregateFunction.AVG)
        function = self.one_of(functions)
        if function is AggregateFunction.COUNT:
            return Aggregate(function, path, None, condition)
        taken = self.one_of(SCALARS) if function is AggregateFunction.COUNT_DISTINCT else type
        return Aggregate(function, path, self.inside(path, taken, depth), condition)

    def relation(self) -> FieldPath | None:
        if len(self.objects) > 3:
            return None
        paths = [path for target in ("line", "deal") for path in self.paths(list_of(record(target)))]
        return self.one_of(paths) if paths else None

    def inside(self, path: FieldPath, type: ValueType, depth: int) -> Expression:
        self.objects.append({"lines": "line", "deals": "deal"}[path.steps[-1]])
        found = self.expression(type, depth)
        self.objects.pop()
        return found

    def call(self, type: ValueType, depth: int) -> Expression:
        fitting = [
            (name, signature)
            for name, signature in _SIGNATURES
            if signature.result == type or is_variable(signature.result)
        ]
        if not fitting:
            return self.leaf(type)
        name, signature = self.one_of(fitting)
        return Call(name, tuple(self.arguments(signature, type, depth)))

    def arguments(self, signature: Signature, result: ValueType, depth: int) -> list[Expression]:
        variable = result if is_variable(signature.result) else self.one_of(SCALARS)
        expected = list(signature.arguments)
        if signature.repeats:
            expected += [expected[-1]] * self.draw(st.integers(0, 2))
        return [self.argument(argument.type, argument.choices, variable, depth) for argument in expected]

    def argument(self, type: ValueType, choices: tuple[str, ...], variable: ValueType, depth: int) -> Expression:
        if choices:
            return Literal(self.one_of(choices), TEXT)
        if type.kind is Kind.LIST:
            item = TEXT if type.item is None or type.item == TEXT else variable
            tags = self.paths(list_of(TEXT))
            if item is TEXT and tags and self.draw(st.booleans()):
                return self.one_of(tags)
            count = self.draw(st.integers(1 if type.item is None else 0, 3))
            return ListOf(tuple(self.expression(item, depth - 2) for _ in range(count)))
        if type.kind is Kind.GEO_POINT:
            return self.place(depth)
        if type.kind is Kind.ID:
            return self.one_of(self.paths(FIELDS["deal"]["id"]))
        return self.expression(variable if is_variable(type) else type, depth)

    def place(self, depth: int) -> Expression:
        places = self.paths(FIELDS["deal"]["place"])
        if places and self.draw(st.booleans()):
            return self.one_of(places)
        lat, lng = st.decimals(-90, 90, places=4), st.decimals(-180, 180, places=4)
        return Call("geoPoint", (literal_of(self.draw(lat), DECIMAL), literal_of(self.draw(lng), DECIMAL)))


@st.composite
def expressions(draw: Draw, depth: int = 4) -> Expression:
    """An expression over a deal, of any type."""
    drawing = Expressions(draw)
    return drawing.expression(drawing.one_of(SCALARS), draw(st.integers(1, depth)))
