"""Text ↔ tree: a CEL-like syntax, read by precedence climbing.

    loosest   test ? then : otherwise
              || or
              && and
              not                         (a word, so that `not a == b` negates the comparison)
              == != < <= > >= in, not in  (not chained)
              + -
              * / %
              ! -                         (signs)
    tightest  name.name  name(…)  value.name(…)

A path without a prefix starts at the record, and inside a quantifier or aggregate at the related record;
`parent.` is the record outside it, `record.` the outermost one, `old.` and `actor.` are roots everywhere,
and `this.` reaches a field whose name is one of these words.
"""

from __future__ import annotations

from functools import lru_cache

from metadata.expressions.literals import MAX_INTEGER, LiteralError, canonical
from metadata.expressions.tokens import KEYWORDS, Token, TokenKind, quote, syntax_error, tokenize, unquote
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
    Quantifier,
    Root,
    Unary,
    UnaryOperator,
    children,
)
from metadata.expressions.types import BOOLEAN, DECIMAL, INTEGER, NULL, TEXT, Kind, ValueType
from metadata.problems import BadInputError

__all__ = ["MAX_DEPTH", "MAX_STEPS", "parse", "unparse"]

MAX_DEPTH = 64
"""Most levels an expression may nest; a chain `a + b + c` counts one level a link."""

MAX_STEPS = 8
"""Most names in one dotted path."""

_CACHED_TREES = 4_096

_OR, _AND, _NOT, _COMPARE, _ADD, _MULTIPLY, _SIGN, _POSTFIX = range(1, 9)
_CONDITIONAL = 0

_BINDING: dict[str, tuple[int, Operator]] = {
    "||": (_OR, Operator.OR),
    "or": (_OR, Operator.OR),
    "&&": (_AND, Operator.AND),
    "and": (_AND, Operator.AND),
    "==": (_COMPARE, Operator.EQ),
    "!=": (_COMPARE, Operator.NE),
    "<": (_COMPARE, Operator.LT),
    "<=": (_COMPARE, Operator.LE),
    ">": (_COMPARE, Operator.GT),
    ">=": (_COMPARE, Operator.GE),
    "in": (_COMPARE, Operator.IN),
    "+": (_ADD, Operator.ADD),
    "-": (_ADD, Operator.SUBTRACT),
    "*": (_MULTIPLY, Operator.MULTIPLY),
    "/": (_MULTIPLY, Operator.DIVIDE),
    "%": (_MULTIPLY, Operator.MODULO),
}
_LEVEL = {operator: level for level, operator in _BINDING.values()}
_CONSTANTS = {"true": Literal(True, BOOLEAN), "false": Literal(False, BOOLEAN), "null": Literal(None, NULL)}
_TYPED_TEXT = {"date": Kind.DATE, "datetime": Kind.DATETIME, "time": Kind.TIME, "duration": Kind.DURATION}
_QUANTIFIERS = {quantifier.value: quantifier for quantifier in Quantifier}
_AGGREGATES = {
    "count": AggregateFunction.COUNT,
    "countDistinct": AggregateFunction.COUNT_DISTINCT,
    "sum": AggregateFunction.SUM,
    "avg": AggregateFunction.AVG,
    "min": AggregateFunction.MIN,
    "max": AggregateFunction.MAX,
}
_AGGREGATE_TEXT = {function: text for text, function in _AGGREGATES.items()}
_ROOTS = {"old": Root.OLD, "actor": Root.ACTOR}
_INNER_ROOTS = _ROOTS | {"parent": Root.PARENT, "record": Root.RECORD}
_PREFIXED = KEYWORDS | {"this", "old", "actor", "parent", "record"}
_TRUE = _CONSTANTS["true"]


@lru_cache(maxsize=_CACHED_TREES)
def parse(text: str, *, item: bool = False) -> Expression:
    """Read an expression.

    Args:
        text: At most 10,000 characters.
        item: Read it as the inside of a quantifier or aggregate, as a rollup's `where` is.

    Raises:
        BadInputError: `expression_syntax`, `expression_too_long` or `expression_too_deep`; the message shows the
            place with a caret.
    """
    parser = _Parser(text, tokenize(text), int(item))
    expression = parser.whole()
    if _depth(expression) > MAX_DEPTH:
        raise _too_deep()
    return expression


def unparse(expression: Expression, *, item: bool = False) -> str:
    """Write a tree as text, with the fewest brackets; `parse` of it gives the tree again.

    Two kinds of constants have no text of their own and read back as text: option keys and record ids.
    Parameters are shown as `$name`, for messages only.
    """
    return _Writer(item).write(expression, _CONDITIONAL)


class _Parser:
    """One pass over the tokens. `_inside` counts the quantifiers and aggregates around the place."""

    __slots__ = ("_index", "_inside", "_level", "_source", "_tokens")

    def __init__(self, source: str, tokens: list[Token], inside: int) -> None:
        self._source = source
        self._tokens = tokens
        self._index = 0
        self._inside = inside
        self._level = 0

    def whole(self) -> Expression:
        expression = self._expression()
        if self._token.kind is not TokenKind.END:
            raise self._unexpected("an operator or the end of the expression")
        return expression

    # Tokens

    @property
    def _token(self) -> Token:
        return self._tokens[self._index]

    def _take(self) -> Token:
        token = self._tokens[self._index]
        self._index += 1
        return token

    def _at(self, text: str) -> bool:
        token = self._tokens[self._index]
        return token.text == text and token.kind in (TokenKind.SYMBOL, TokenKind.NAME)

    def _skip(self, text: str) -> bool:
        if self._at(text):
            self._index += 1
            return True
        return False

    def _expect(self, text: str) -> None:
        if not self._skip(text):
            raise self._unexpected(f"'{text}'")

    def _unexpected(self, expected: str) -> BadInputError:
        token = self._token
        found = "the end" if token.kind is TokenKind.END else f"'{token.text[:40]}'"
        return syntax_error(self._source, token.start, f"Expected {expected}, found {found}.")

    # Levels, from the loosest to the tightest

    def _expression(self) -> Expression:
        self._level += 1
        if self._level > MAX_DEPTH:
            raise _too_deep()
        test = self._binary(_OR)
        if self._skip("?"):
            then = self._expression()
            self._expect(":")
            test = Conditional(test, then, self._expression())
        self._level -= 1
        return test

    def _binary(self, least: int) -> Expression:
        left = self._prefix(least)
        while True:
            negated = self._at("not") and self._tokens[self._index + 1].text == "in"
            text = "in" if negated else self._token.text
            if self._token.kind in (TokenKind.STRING, TokenKind.NUMBER) or text not in _BINDING:
                return left
            level, operator = _BINDING[text]
            if level < least:
                return left
            self._index += 2 if negated else 1
            left = Binary(operator, left, self._binary(level + 1))
            if negated:
                left = Unary(UnaryOperator.NOT, left)
            if level == _COMPARE:
                self._refuse_chain()

    def _refuse_chain(self) -> None:
        token = self._token
        if token.kind in (TokenKind.SYMBOL, TokenKind.NAME) and _BINDING.get(token.text, (0,))[0] == _COMPARE:
            raise syntax_error(
                self._source,
                token.start,
                "Comparisons cannot be chained.",
                hint="Write a < b && b < c, or put one of them in brackets.",
            )

    def _prefix(self, least: int) -> Expression:
        self._level += 1
        if self._level > MAX_DEPTH * 2:
            raise _too_deep()
        try:
            if self._at("not"):
                if least > _NOT:
                    raise syntax_error(
                        self._source, self._token.start, "'not' negates a whole condition.", hint="Write !(…) here."
                    )
                self._take()
                return Unary(UnaryOperator.NOT, self._binary(_NOT))
            if self._skip("!"):
                return Unary(UnaryOperator.NOT, self._prefix(_SIGN))
            if self._skip("-"):
                return self._negative()
            return self._postfix(self._primary())
        finally:
            self._level -= 1

    def _negative(self) -> Expression:
        """A minus sign right before a bare number belongs to the number."""
        number = self._token.kind is TokenKind.NUMBER
        bare = number and self._tokens[self._index + 1].text != "."
        operand = self._prefix(_SIGN)
        if bare and isinstance(operand, Literal):
            negative = -operand.value if isinstance(operand.value, int) else f"-{operand.value}"
            return Literal("0" if negative == "-0" else negative, operand.type)
        return Unary(UnaryOperator.NEGATE, operand)

    def _postfix(self, expression: Expression) -> Expression:
        while self._skip("."):
            token = self._token
            name = self._name("a field or a function")
            if not self._at("("):
                raise syntax_error(
                    self._source,
                    token.start,
                    f"'.{name}' is no function call.",
                    hint="Only field paths have fields; a function takes brackets.",
                )
            expression = self._method(expression, name)
        return expression

    def _primary(self) -> Expression:
        token = self._token
        match token.kind:
            case TokenKind.NUMBER:
                return self._number(self._take())
            case TokenKind.STRING:
                return Literal(unquote(self._take(), self._source), TEXT)
            case TokenKind.NAME:
                return self._word()
        if self._skip("("):
            inner = self._expression()
            self._expect(")")
            return inner
        if self._skip("["):
            return ListOf(self._arguments("]"))
        raise self._unexpected("a value")

    def _number(self, token: Token) -> Literal:
        if "." not in token.text and int(token.text) <= MAX_INTEGER:
            return Literal(int(token.text), INTEGER)
        if "." not in token.text:
            raise syntax_error(
                self._source,
                token.start,
                f"Whole numbers end at {MAX_INTEGER}.",
                hint="Write a larger number as a decimal: 12345.0.",
            )
        return self._typed_text(token.text, Kind.DECIMAL, token)

    def _word(self) -> Expression:
        token = self._token
        if token.text in _CONSTANTS:
            return _CONSTANTS[self._take().text]
        if token.text in KEYWORDS:
            raise self._unexpected("a value")
        self._take()
        if self._at("("):
            return self._call(token)
        return self._path(token)

    def _call(self, token: Token) -> Expression:
        start = self._index
        self._expect("(")
        arguments = self._arguments(")")
        kind = _TYPED_TEXT.get(token.text)
        if kind is not None and len(arguments) == 1:
            (argument,) = arguments
            if isinstance(argument, Literal) and argument.type is TEXT and isinstance(argument.value, str):
                return self._typed_text(argument.value, kind, self._tokens[start + 1])
        return Call(token.text, arguments)

    def _typed_text(self, text: str, kind: Kind, token: Token) -> Literal:
        try:
            return Literal(canonical(text, kind), DECIMAL if kind is Kind.DECIMAL else ValueType(kind))
        except LiteralError as error:
            raise syntax_error(self._source, token.start, f"'{text[:40]}' is not {error}.") from None

    def _path(self, first: Token) -> Expression:
        """A dotted path; when its last name is called, the names before it are what the method belongs to."""
        names = [first.text]
        while self._skip("."):
            names.append(self._name("a field or a function"))
            if len(names) > MAX_STEPS + 2:
                raise syntax_error(self._source, first.start, f"A path has at most {MAX_STEPS} names.")
            if self._at("("):
                method = names.pop()
                return self._method(self._rooted(names), method)
        return self._rooted(names)

    def _rooted(self, names: list[str]) -> FieldPath:
        here = Root.ITEM if self._inside else Root.RECORD
        if len(names) == 1:
            return FieldPath(tuple(names), here)
        if names[0] == "this":
            return FieldPath(tuple(names[1:]), here)
        root = (_INNER_ROOTS if self._inside else _ROOTS).get(names[0])
        return FieldPath(tuple(names), here) if root is None else FieldPath(tuple(names[1:]), root)

    def _method(self, receiver: Expression, name: str) -> Expression:
        """`items.some(…)` and `items.sum(…)` when it belongs to a path; any other function takes it first."""
        place = self._token.start
        over_path = isinstance(receiver, FieldPath)
        related = over_path and (name in _QUANTIFIERS or name in _AGGREGATES)
        self._expect("(")
        self._inside += related
        arguments = self._arguments(")")
        self._inside -= related
        if not related or not isinstance(receiver, FieldPath):
            return Call(name, (receiver, *arguments))
        if name in _QUANTIFIERS:
            return self._quantified(_QUANTIFIERS[name], receiver, arguments, place)
        return self._aggregate(_AGGREGATES[name], receiver, arguments, place)

    def _quantified(
        self, quantifier: Quantifier, path: FieldPath, arguments: tuple[Expression, ...], place: int
    ) -> Expression:
        if len(arguments) > 1 or (not arguments and quantifier is Quantifier.EVERY):
            raise syntax_error(
                self._source, place, f"'{quantifier.value}' takes one condition, found {len(arguments)} arguments."
            )
        return Quantified(quantifier, path, arguments[0] if arguments else _TRUE)

    def _aggregate(
        self, function: AggregateFunction, path: FieldPath, arguments: tuple[Expression, ...], place: int
    ) -> Expression:
        if function is AggregateFunction.COUNT:
            if len(arguments) > 1:
                raise syntax_error(self._source, place, "'count' takes at most a condition.")
            return Aggregate(function, path, condition=arguments[0] if arguments else None)
        if not 1 <= len(arguments) <= 2:
            raise syntax_error(
                self._source,
                place,
                f"'{_AGGREGATE_TEXT[function]}' takes a value and, if wanted, a condition.",
            )
        return Aggregate(function, path, *arguments)

    def _arguments(self, closing: str) -> tuple[Expression, ...]:
        if self._skip(closing):
            return ()
        found = [self._expression()]
        while self._skip(","):
            found.append(self._expression())
        if not self._at(closing):
            raise self._unexpected(f"',' or '{closing}'")
        self._take()
        return tuple(found)

    def _name(self, expected: str) -> str:
        if self._token.kind is not TokenKind.NAME:
            raise self._unexpected(expected)
        return self._take().text


class _Writer:
    """Writes a tree; `_inside` as in the parser."""

    __slots__ = ("_inside",)

    def __init__(self, item: bool) -> None:
        self._inside = int(item)

    def write(self, node: Expression, least: int) -> str:
        """`node` in a place that takes operators from level `least` on without brackets."""
        text, level = self._written(node)
        return f"({text})" if level < least else text

    def _written(self, node: Expression) -> tuple[str, int]:
        match node:
            case Literal():
                return self._literal(node)
            case Parameter(name):
                return f"${name}", _POSTFIX
            case FieldPath():
                return self._path(node), _POSTFIX
            case Unary(operator, operand):
                return self._unary(operator, operand)
            case Binary(operator, left, right):
                level = _LEVEL[operator]
                left_level = level + 1 if level == _COMPARE else level
                return f"{self.write(left, left_level)} {operator.value} {self.write(right, level + 1)}", level
            case Conditional(test, then, otherwise):
                parts = (self.write(test, _OR), self.write(then, _CONDITIONAL), self.write(otherwise, _CONDITIONAL))
                return "{} ? {} : {}".format(*parts), _CONDITIONAL
            case Call(function, arguments):
                return f"{function}({self._list(arguments)})", _POSTFIX
            case ListOf(items):
                return f"[{self._list(items)}]", _POSTFIX
            case Quantified(quantifier, path, condition):
                return self._related(path, quantifier.value, (condition,)), _POSTFIX
            case Aggregate(function, path, value, condition):
                parts_given = tuple(part for part in (value, condition) if part is not None)
                return self._related(path, _AGGREGATE_TEXT[function], parts_given), _POSTFIX

    def _unary(self, operator: UnaryOperator, operand: Expression) -> tuple[str, int]:
        if operator is UnaryOperator.NEGATE and isinstance(operand, Literal) and operand.type.is_number:
            return f"-({self.write(operand, _CONDITIONAL)})", _SIGN
        return f"{operator.value}{self.write(operand, _SIGN)}", _SIGN

    def _literal(self, node: Literal) -> tuple[str, int]:
        value, kind = node.value, node.type.kind
        if value is None:
            return "null", _POSTFIX
        if isinstance(value, bool):
            return ("true" if value else "false"), _POSTFIX
        if isinstance(value, int):
            return str(value), _SIGN if value < 0 else _POSTFIX
        if kind in (Kind.DECIMAL, Kind.MONEY):
            return (value if "." in value else f"{value}.0"), _SIGN if value.startswith("-") else _POSTFIX
        if kind.value in _TYPED_TEXT:
            return f"{kind.value}({quote(value)})", _POSTFIX
        return quote(value), _POSTFIX

    def _path(self, node: FieldPath) -> str:
        here = Root.ITEM if self._inside else Root.RECORD
        dotted = ".".join(node.steps)
        if node.root is not here:
            return f"{node.root.value}.{dotted}"
        return f"this.{dotted}" if node.steps[0] in _PREFIXED else dotted

    def _related(self, path: FieldPath, method: str, arguments: tuple[Expression, ...]) -> str:
        receiver = self._path(path)
        self._inside += 1
        inner = self._list(arguments)
        self._inside -= 1
        return f"{receiver}.{method}({inner})"

    def _list(self, items: tuple[Expression, ...]) -> str:
        return ", ".join(self.write(item, _CONDITIONAL) for item in items)


def _depth(expression: Expression) -> int:
    """Levels of a tree, counted without recursion."""
    deepest = 0
    waiting = [(expression, 1)]
    while waiting:
        node, level = waiting.pop()
        deepest = max(deepest, level)
        waiting.extend((child, level + 1) for child in children(node))
    return deepest


def _too_deep() -> BadInputError:
    return BadInputError.single(
        "expression_too_deep",
        f"The expression nests more than {MAX_DEPTH} levels.",
        hint="Compare with a list (`x in [a, b]`), join texts with concat(…), or move parts into formula fields.",
    )
