"""What a request asks of records, before any SQL: the values the read compiler turns into one statement.

A plan names fields by their metadata values, copied in; the compiler does not look names up again. Values of the
request are `Parameter`s (see `slots`), so that one compiled plan serves every request of the same shape.
"""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from metadata.expressions.tree import AggregateFunction, Expression, FieldPath, Parameter
from metadata.expressions.types import DECIMAL, INTEGER, Kind, ValueType
from metadata.fields.base import Subfield
from metadata.model.values import Field, ObjectType

__all__ = [
    "AggregatePlan",
    "Bucket",
    "ConnectionSelection",
    "ConstantSelection",
    "Direction",
    "EdgesSelection",
    "Figure",
    "GroupKey",
    "HistorySelection",
    "KeySelection",
    "ListPlan",
    "ListSelection",
    "MaskedFieldsSelection",
    "NodePlan",
    "NodesSelection",
    "OnePlan",
    "OrderTerm",
    "PageInfoSelection",
    "PartSelection",
    "PolymorphicSelection",
    "RecordSelection",
    "SearchPlan",
    "Selection",
    "Slot",
    "TotalSelection",
    "ValueSelection",
    "Window",
    "figure_type",
]


class Direction(enum.Enum):
    """How one term sorts; the value is the SQL."""

    ASC = "asc"
    DESC = "desc"
    ASC_NULLS_FIRST = "asc nulls first"
    ASC_NULLS_LAST = "asc nulls last"
    DESC_NULLS_FIRST = "desc nulls first"
    DESC_NULLS_LAST = "desc nulls last"

    @property
    def descending(self) -> bool:
        """Whether greater values come first."""
        return self.value.startswith("desc")

    @property
    def nulls_first(self) -> bool:
        """Whether missing values come first; as PostgreSQL does by default, they count as the greatest."""
        return self.value.endswith("nulls first") or self is Direction.DESC


class Bucket(enum.Enum):
    """How group keys over dates and times are cut, in the tenant's zone; the value is the key's to_char format."""

    YEAR = "YYYY"
    QUARTER = 'YYYY-"Q"Q'
    MONTH = "YYYY-MM"
    WEEK = 'IYYY-"W"IW'
    DAY = "YYYY-MM-DD"
    HOUR = 'YYYY-MM-DD"T"HH24'


@dataclass(frozen=True, slots=True)
class Slot:
    """A place in a statement that each request fills.

    Attributes:
        name: Name of the `Parameter` that stands for it.
        take: Reads the value from the request's coerced variables.
    """

    name: str
    take: Callable[[dict[str, Any]], Any]


# ── selections: what one record answers ──────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class ValueSelection:
    """A field with one scalar value; of a relation its id, or with `part` "type" its object type's name."""

    key: str
    field: Field
    transform: str = ""
    part: str = ""


@dataclass(frozen=True, slots=True)
class PartSelection:
    """A composite value, `balance { amount currency }`: (key, part) pairs; part None is `__typename`."""

    key: str
    field: Field
    parts: tuple[tuple[str, Subfield | None], ...]
    typename: str


@dataclass(frozen=True, slots=True)
class ConstantSelection:
    """A value known when compiling, such as `__typename`; `json` is its JSON text."""

    key: str
    json: str


@dataclass(frozen=True, slots=True)
class RecordSelection:
    """A related record, or null."""

    key: str
    field: Field
    node: NodePlan


@dataclass(frozen=True, slots=True)
class PolymorphicSelection:
    """A related record that may be of several object types: one plan for each type selected."""

    key: str
    field: Field
    nodes: tuple[NodePlan, ...]


@dataclass(frozen=True, slots=True)
class ListSelection:
    """A connection of related records."""

    key: str
    field: Field
    list: ListPlan


@dataclass(frozen=True, slots=True)
class HistorySelection:
    """The newest entries of a record's history.

    The query gives each entry whole; the `history` transform shapes it: `entries` are (key, name, pairs inside), the
    pairs for `actor` and `changes`. `after` continues below the entry with that id.
    """

    key: str
    object_type: ObjectType
    first: Expression
    after: Expression | None
    entries: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...] = ()
    transform: str = "history"


@dataclass(frozen=True, slots=True)
class MaskedFieldsSelection:
    """The names of the record's fields that are shown masked: (name in the API, field) of those that may be."""

    key: str
    fields: tuple[tuple[str, Field], ...]


Selection: TypeAlias = (
    "ValueSelection | PartSelection | ConstantSelection | RecordSelection | PolymorphicSelection"
    " | ListSelection | HistorySelection | MaskedFieldsSelection"
)


@dataclass(frozen=True, slots=True)
class NodePlan:
    """What is answered for each record of an object type."""

    object_type: ObjectType
    selections: tuple[Selection, ...]


# ── connections: what a list answers ─────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class NodesSelection:
    """`nodes`."""

    key: str
    node: NodePlan


@dataclass(frozen=True, slots=True)
class EdgesSelection:
    """`edges`: entries in order of the request; a node plan for `node`, None for `cursor`, text for a constant."""

    key: str
    entries: tuple[tuple[str, NodePlan | str | None], ...]


@dataclass(frozen=True, slots=True)
class PageInfoSelection:
    """`pageInfo`: (key, one of hasNextPage hasPreviousPage startCursor endCursor __typename) pairs."""

    key: str
    entries: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class TotalSelection:
    """`totalCount`."""

    key: str


ConnectionSelection: TypeAlias = (
    "NodesSelection | EdgesSelection | PageInfoSelection | TotalSelection | ConstantSelection"
)


@dataclass(frozen=True, slots=True)
class OrderTerm:
    """One term of an order: an expression over the record (usually a field path) and its direction."""

    value: Expression
    type: ValueType
    direction: Direction
    nullable: bool = True

    @property
    def sorted_type(self) -> ValueType:
        """The type of what is compared: of an option, its place among the field's."""
        return INTEGER if self.type.options else self.type


@dataclass(frozen=True, slots=True)
class Window:
    """Which part of an ordered list.

    Attributes:
        size: Rows wanted, an integer Parameter or Literal.
        backward: Whether rows are counted from the end (`last`).
        after, before: Cursor values, one Parameter a term and one for the id; None when not asked.
        offset: Rows to skip; None when not asked.
    """

    size: Expression
    backward: bool = False
    after: tuple[Parameter, ...] | None = None
    before: tuple[Parameter, ...] | None = None
    offset: Expression | None = None


@dataclass(frozen=True, slots=True)
class ListPlan:
    """A list of records of one object type.

    Attributes:
        object_type: Whose records.
        selections: What the connection answers.
        filter: Condition over the record; None for all.
        order: Terms; the record's id breaks ties and is added by the compiler.
        window: The page.
        search: Text to look for in the object's search fields; None for no search.
        order_fingerprint: Distinguishes orders inside cursors.
    """

    object_type: ObjectType
    selections: tuple[ConnectionSelection, ...]
    filter: Expression | None
    order: tuple[OrderTerm, ...]
    window: Window
    search: Parameter | None = None
    order_fingerprint: str = ""


@dataclass(frozen=True, slots=True)
class OnePlan:
    """One record by a condition that finds at most one, usually `id == …`."""

    node: NodePlan
    condition: Expression


# ── figures ──────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class GroupKey:
    """One value rows are grouped by.

    Attributes:
        path: Response position under `key`: `("status",)`, `("customer", "level")`.
        value: The field, or a part of it.
        type: Its type.
        field: The field.
        object_type: Whose field it is.
        bucket: How dates are cut; None for the value itself.
    """

    path: tuple[str, ...]
    value: FieldPath
    type: ValueType
    field: Field
    object_type: ObjectType
    bucket: Bucket | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """One number over the rows of a group.

    Attributes:
        function: Which figure.
        value: Over what; None for a count of rows.
        type: Type of the value.
        field: The field it is over; None for a count of rows.
    """

    function: AggregateFunction
    value: FieldPath | None = None
    type: ValueType | None = None
    field: Field | None = None


def figure_type(figure: Figure) -> ValueType:
    """Type of a figure itself: counts are whole, means are decimals, others are as the value."""
    if figure.type is None or figure.function in (AggregateFunction.COUNT, AggregateFunction.COUNT_DISTINCT):
        return INTEGER
    if figure.function is AggregateFunction.AVG and figure.type.kind is Kind.INTEGER:
        return DECIMAL
    return figure.type


@dataclass(frozen=True, slots=True)
class KeySelection:
    """Where a key or figure appears in the answer: nested response keys and what stands there.

    `what` is a GroupKey, a Figure, or JSON text of a constant; entries under the same key are nested objects.
    """

    key: str
    what: GroupKey | Figure | str | tuple[KeySelection, ...]


@dataclass(frozen=True, slots=True)
class AggregatePlan:
    """Figures over the records of one object type, by group.

    Attributes:
        having: Condition over figures: (figure, comparison built with the figure as `FieldPath(("figure",))`).
    """

    object_type: ObjectType
    filter: Expression | None
    search: Parameter | None
    groups: tuple[GroupKey, ...]
    selections: tuple[KeySelection, ...]
    having: HavingCondition | None = None
    order: tuple[tuple[Figure | GroupKey, Direction], ...] = ()
    size: Expression | None = None


@dataclass(frozen=True, slots=True)
class HavingCondition:
    """A tree over figures: `all` and `any` of children, `not` of one, or a comparison.

    Attributes:
        kind: `all`, `any`, `not` or `compare`.
        children: For the first three.
        figure: For `compare`.
        condition: For `compare`: an expression in which `FieldPath(("figure",))` stands for the figure.
    """

    kind: str
    children: tuple[HavingCondition, ...] = ()
    figure: Figure | None = None
    condition: Expression | None = None


@dataclass(frozen=True, slots=True)
class SearchPlan:
    """Hits over several object types, newest first.

    `keys` are (key, one of object id title snippet __typename) pairs.
    """

    object_types: tuple[ObjectType, ...]
    text: Parameter
    size: int
    keys: tuple[tuple[str, str], ...] = field(default=())
