from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metadata.expressions.text import MAX_DEPTH, parse, unparse
from metadata.expressions.tokens import MAX_LENGTH
from metadata.expressions.tree import (
    Aggregate,
    AggregateFunction,
    Binary,
    Call,
    Expression,
    FieldPath,
    Literal,
    Operator,
    Quantified,
    Quantifier,
    Root,
    Unary,
    UnaryOperator,
    children,
)
from metadata.expressions.types import BOOLEAN, DATETIME, DECIMAL, DURATION, INTEGER, TEXT, Kind
from metadata.problems import BadInputError
from tests.metadata.expressions.strategies import expressions

SYNTAX_REASONS = {"expression_syntax", "expression_too_deep"}


def has_typed_null(expression: Expression) -> bool:
    typed = isinstance(expression, Literal) and expression.value is None and expression.type.kind is not Kind.NULL
    return typed or any(map(has_typed_null, children(expression)))


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(expressions(depth=6))
def test_text_of_a_tree_reads_back_as_the_tree(expression: Expression) -> None:
    if not has_typed_null(expression):
        assert parse(unparse(expression)) == expression


@settings(max_examples=500, deadline=None, derandomize=True, database=None)
@given(st.text(st.sampled_from("ab.( )[],\"'\\1=!<>&|+-*/%?:not in\n中“"), max_size=30))
def test_any_text_is_read_or_refused_with_a_place(text: str) -> None:
    tree: Expression | None
    try:
        tree = parse(text)
    except BadInputError as error:
        reasons = {fault.reason for fault in error.faults}
        tree = None
    assert parse(unparse(tree)) == tree if tree is not None else reasons <= SYNTAX_REASONS


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("a + b * c", "a + (b * c)"),
        ("a - b - c", "(a - b) - c"),
        ("-a * b", "(-a) * b"),
        ("a || b && c", "a || (b && c)"),
        ("!a == b", "(!a) == b"),
        ("not a == b", "!(a == b)"),
        ("a not in [1]", "!(a in [1])"),
        ("a and not b or c", "(a && !b) || c"),
        ("a ? b : c ? d : e", "a ? b : (c ? d : e)"),
        ("name.lower().contains('x')", "contains(lower(name), 'x')"),
    ],
)
def test_operators_bind_as_in_the_table(text: str, meaning: str) -> None:
    assert parse(text) == parse(meaning)


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("12", Literal(12, INTEGER)),
        ("-12", Literal(-12, INTEGER)),
        ("-(12)", Unary(UnaryOperator.NEGATE, Literal(12, INTEGER))),
        ("1.50", Literal("1.5", DECIMAL)),
        ("2.0", Literal("2", DECIMAL)),
        (r'"a\n\"\u4e2d\ud83d\ude00"', Literal('a\n"中😀', TEXT)),
        (r"'it\'s'", Literal("it's", TEXT)),
        ("true", Literal(True, BOOLEAN)),
        ('duration("PT150M")', Literal("2h30m", DURATION)),
        ('datetime("2026-01-31T08:00:00+08:00")', Literal("2026-01-31T00:00:00Z", DATETIME)),
        ("customer.store.region", FieldPath(("customer", "store", "region"))),
        ("old.status", FieldPath(("status",), Root.OLD)),
        ("old", FieldPath(("old",))),
        ("this.old.status", FieldPath(("old", "status"))),
        ("parent.name", FieldPath(("parent", "name"))),
        ("this.in", FieldPath(("in",))),
        ("min(a, b)", Call("min", (FieldPath(("a",)), FieldPath(("b",))))),
    ],
)
def test_text_becomes_tree(text: str, tree: Expression) -> None:
    assert parse(text) == tree


def test_paths_inside_a_relation_start_at_its_records() -> None:
    tree = parse("orders.some(total > parent.limit && lines.count(price > record.limit) > 0)")
    item = FieldPath(("total",), Root.ITEM)
    lines = Aggregate(
        AggregateFunction.COUNT,
        FieldPath(("lines",), Root.ITEM),
        None,
        Binary(Operator.GT, FieldPath(("price",), Root.ITEM), FieldPath(("limit",), Root.RECORD)),
    )
    condition = Binary(
        Operator.AND,
        Binary(Operator.GT, item, FieldPath(("limit",), Root.PARENT)),
        Binary(Operator.GT, lines, Literal(0, INTEGER)),
    )
    assert tree == Quantified(Quantifier.SOME, FieldPath(("orders",)), condition)


def test_a_rollup_condition_is_read_as_the_inside_of_a_relation() -> None:
    tree = parse("total > parent.limit", item=True)
    assert tree == Binary(Operator.GT, FieldPath(("total",), Root.ITEM), FieldPath(("limit",), Root.PARENT))
    assert unparse(tree, item=True) == "total > parent.limit"


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("a = 1", "Unexpected character '='. (at column 3)\n    a = 1\n      ^", "Write == to compare."),
        ("a ＝ 1", "Unexpected character '＝'. (at column 3)\n    a ＝ 1\n      ^", "Write the plain character '='."),
        ("a < b < c", "Comparisons cannot be chained.", "Write a < b && b < c, or put one of them in brackets."),
        ('"abc', "Unexpected character '\"'.", "The text has no closing quote on its line."),
        ("a b", "Expected an operator or the end of the expression, found 'b'.", ""),
        ("(1", "Expected ')', found the end.", ""),
        ("状态 == 1", "Unexpected character '状'.", ""),
        ('x == "中文" y', "found 'y'. (at column 11)\n    x == \"中文\" y\n          　　  ^", ""),
        ('date("2026-02-30")', "'2026-02-30' is not a date of the calendar such as 2026-01-31.", ""),
        ('datetime("2026-01-31 08:00")', "is not an instant with its offset", ""),
        (
            "12345678901234567890",
            "Whole numbers end at 9223372036854775807.",
            "Write a larger number as a decimal: 12345.0.",
        ),
        (r'"\q"', r"Unknown escape '\q' in a text.", r"Known escapes"),
        (r'"\ud800"', "The text holds half a surrogate pair.", ""),
        (r'"\u0000"', "The text holds a NUL character, which cannot be stored.", ""),
        ("items.every()", "'every' takes one condition, found 0 arguments.", ""),
        ("items.sum()", "'sum' takes a value and, if wanted, a condition.", ""),
        ("(a).b", "'.b' is no function call.", "Only field paths have fields; a function takes brackets."),
        ("a.b.c.d.e.f.g.h.i.j.k", "A path has at most 8 names.", ""),
        ("a == not b", "'not' negates a whole condition.", "Write !(…) here."),
    ],
)
def test_a_syntax_fault_shows_the_place_and_the_cure(text: str, message: str, hint: str) -> None:
    with pytest.raises(BadInputError) as caught:
        parse(text)
    (fault,) = caught.value.faults
    assert message in fault.message
    assert fault.hint.startswith(hint)


def test_the_line_of_the_fault_is_shown_for_long_texts() -> None:
    with pytest.raises(BadInputError, match=r"line 2, column 8") as caught:
        parse("a == 1 &&\nb == 2 c == 3")
    assert "\n    b == 2 c == 3\n           ^" in caught.value.message


@pytest.mark.parametrize(
    "text", ["(" * 500 + "a" + ")" * 500, "!" * 500 + "a", "-" * 500 + "a", "a" + "+a" * MAX_DEPTH]
)
def test_deep_texts_are_refused(text: str) -> None:
    with pytest.raises(BadInputError) as caught:
        parse(text)
    assert caught.value.faults[0].reason == "expression_too_deep"


def test_long_texts_are_refused() -> None:
    assert parse(f'"{"x" * (MAX_LENGTH - 2)}"')
    with pytest.raises(BadInputError) as caught:
        parse("x" * (MAX_LENGTH + 1))
    assert caught.value.faults[0].reason == "expression_too_long"
