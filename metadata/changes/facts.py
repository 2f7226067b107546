"""What a plan must know of the data before it can promise anything: questions, and their answers.

Planning stays pure: it names its questions, the server answers them with SQL, and the plan is concluded.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from metadata.changes.catalogue import Index

__all__ = ["Answer", "Duplicates", "Empty", "Facts", "Filled", "Misfits", "Question", "Rows"]


@dataclass(frozen=True, slots=True)
class Rows:
    """How many rows does a table have, soft-deleted ones included?"""

    table: str


@dataclass(frozen=True, slots=True)
class Filled:
    """How many rows have a value in a column? Examples are values."""

    table: str
    column: str


@dataclass(frozen=True, slots=True)
class Empty:
    """How many rows have none, soft-deleted ones included? Examples are ids."""

    table: str
    column: str


@dataclass(frozen=True, slots=True)
class Misfits:
    """How many rows do not meet a condition (unknown counts as met)? Examples are values of the column.

    Attributes:
        table: The table.
        column: Column whose values are shown.
        fits: SQL condition over the column, `{0}`.
    """

    table: str
    column: str
    fits: str


@dataclass(frozen=True, slots=True)
class Duplicates:
    """How many groups of rows share what a unique index keeps apart? Examples are the values shared."""

    table: str
    index: Index


Question: TypeAlias = Rows | Filled | Empty | Misfits | Duplicates


@dataclass(frozen=True, slots=True)
class Answer:
    """What the data says.

    Attributes:
        count: How many.
        examples: A few of them, as text.
    """

    count: int
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """All answers.

    Attributes:
        answers: By question.
        big: Tables with so many rows that long steps on them are left to a job.
    """

    answers: Mapping[Question, Answer] = field(default_factory=dict)
    big: frozenset[str] = frozenset()

    def __getitem__(self, question: Question) -> Answer:
        return self.answers.get(question, Answer(0))
