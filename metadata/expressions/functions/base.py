"""What a function of the library is: its types, its help, and its meaning in Python and in SQL.

A function has one or more signatures; the first that fits the arguments is taken. A parameter's type may be a
variable (`T`): all arguments of the same variable must have a type in common.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import MAX_EMAX, MIN_EMIN, ROUND_HALF_UP, Context, InvalidOperation, Overflow
from typing import Any, Protocol, TypeAlias

from metadata.expressions.tree import LiteralValue
from metadata.expressions.types import Kind, ValueType, list_of

__all__ = [
    "EXACT",
    "LIST_OF_T",
    "Argument",
    "Function",
    "Signature",
    "SqlCall",
    "SqlWriter",
    "T",
    "between_sql",
    "bounded_sql",
    "is_variable",
]

T = ValueType(Kind.NULL, object="T")
"""A type variable: any type but a record, a place or JSON."""

LIST_OF_T = list_of(T)

EXACT = Context(prec=4_000, rounding=ROUND_HALF_UP, Emax=MAX_EMAX, Emin=MIN_EMIN, traps=[InvalidOperation, Overflow])
"""Decimal arithmetic without loss for any number that people or programs keep; far beyond, an ArithmeticError."""


class SqlCall(Protocol):
    """One call, as the SQL back end shows it to a function that writes its own SQL."""

    @property
    def arguments(self) -> Sequence[str]:
        """SQL of the arguments, each safe to stand as an operand."""

    @property
    def constants(self) -> Sequence[LiteralValue]:
        """The value of each argument that is a constant, None for the others."""

    @property
    def ordered(self) -> Sequence[str]:
        """SQL of the arguments, texts with the collation that orders by character code."""

    @property
    def texts(self) -> Sequence[str]:
        """SQL of the arguments turned into text, as `text(x)` does."""

    def text(self, value: str) -> str:
        """SQL of a text constant."""

    def place(self, position: int) -> tuple[str, str]:
        """SQL of latitude and longitude of a geo_point argument."""

    @property
    def now(self) -> str:
        """SQL of the instant of the run."""

    @property
    def today(self) -> str:
        """SQL of the day of the run in the tenant's zone."""

    @property
    def zone(self) -> str:
        """SQL of the name of the tenant's zone."""


SqlWriter: TypeAlias = "Callable[[SqlCall], str]"


@dataclass(frozen=True, slots=True)
class Argument:
    """A parameter of a function.

    Attributes:
        name: Shown in help.
        type: What it takes; DECIMAL takes every number, TEXT also options.
        choices: When not empty, it must be a constant, one of these texts in any case.
    """

    name: str
    type: ValueType
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Signature:
    """One way to call a function.

    Attributes:
        arguments: Its parameters.
        result: Type of the result; T is the arguments' common type.
        python: Called with the arguments' values, and first the `Env` when `clock` is set. May raise ArithmeticError
            or ValueError for what has no answer; the result is null then.
        sql: SQL of the result with `{0}`, `{1}` for the arguments, each standing once or being cheap to repeat, and
            `{zone}`, `{now}`, `{today}`; or a function that writes it.
        strict: Null as soon as one argument is null; `python` is not called then.
        repeats: The last parameter may be given any number of times, at least once.
        clock: It needs the run's clock or zone.
    """

    arguments: tuple[Argument, ...]
    result: ValueType
    python: Callable[..., Any]
    sql: str | SqlWriter
    strict: bool = True
    repeats: bool = False
    clock: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Function:
    """A function of the library.

    Attributes:
        name: As written in text.
        family: Heading in the reference page.
        help: One sentence.
        signatures: Ways to call it, in the order they are tried.
    """

    name: str
    family: str
    help: str
    signatures: tuple[Signature, ...]

    def usages(self) -> tuple[str, ...]:
        """How it is called, one text a signature: `round(x: decimal, digits: integer) → decimal`."""
        return tuple(
            f"{self.name}({_parameters(signature)}) → {_type(signature.result)}" for signature in self.signatures
        )


def is_variable(type: ValueType) -> bool:
    """Whether a parameter's type is a variable or a list of one."""
    return type.object == "T" or (type.item is not None and type.item.object == "T")


def bounded_sql(sql: str, limit: int) -> str:
    """A whole number of at most `limit` in either direction, else null; `sql` stands once."""
    over = limit + 1
    return f"nullif(nullif(least(greatest({sql}, -{over}), {over}), -{over}), {over})"


def between_sql(sql: str, low: str, high: str) -> str:
    """`sql` when it lies strictly between two constants, else null; `sql` stands once.

    `greatest` and `least` skip nulls, so a null becomes a limit first and null again then.
    """
    return f"nullif(nullif(least(greatest({sql}, {low}), {high}), {low}), {high})"


def _parameters(signature: Signature) -> str:
    shown = ", ".join(f"{argument.name}: {_type(argument.type)}" for argument in signature.arguments)
    return f"{shown}, …" if signature.repeats else shown


def _type(type: ValueType) -> str:
    if type.object == "T":
        return "T"
    return f"list of {_type(type.item)}" if type.item is not None else str(type)
