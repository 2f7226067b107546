"""What a field type is: one descriptor from which DDL, GraphQL, filters, checks and conversions follow.

A field type is added by writing one `FieldType` value in a module of this package and listing it in
`metadata.fields.FIELD_TYPES`. Nothing else names field types one by one.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import msgspec

from metadata.expressions.types import ValueType
from metadata.model.values import Field, ObjectType

if TYPE_CHECKING:
    from metadata.model.tenant import TenantModel

__all__ = [
    "Column",
    "Conversion",
    "ConversionSafety",
    "FieldType",
    "InputError",
    "NoSettings",
    "Output",
    "Problem",
    "Reading",
    "Settings",
    "Subfield",
]


class Settings(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """Base of the settings that belong to one field type; attributes carry `About` like any kind's."""


class NoSettings(Settings, frozen=True):
    """For field types without settings."""


class InputError(ValueError):
    """A value does not fit the field. The text says what was expected, without the field's name or its place."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a field.

    Attributes:
        suffix: Added to the field's base column name with an underscore; empty for the base itself.
        sql_type: PostgreSQL type.
        collation: Collation, where it is not the database's.
    """

    suffix: str
    sql_type: str
    collation: str = ""


class Output(enum.Enum):
    """How a column value is written into the JSON of a response."""

    PLAIN = "plain"
    """As PostgreSQL's to_json gives it: numbers, booleans, text, ISO dates."""
    TEXT = "text"
    """As text: decimals and big integers, so that no client rounds them."""
    OPTION = "option"
    """An option's key in upper case, as a GraphQL enum value."""
    OPTIONS = "options"
    """A list of options' keys in upper case."""
    OBJECT = "object"
    """A GraphQL object built from `subfields`."""
    RELATION = "relation"
    """A record, or a connection of records."""
    COMPUTED = "computed"
    """Whatever its expression's type says."""


@dataclass(frozen=True, slots=True)
class Subfield:
    """One GraphQL field of a composite value, such as `amount` of money.

    Attributes:
        name: camelCase name in GraphQL.
        scalar: GraphQL type name, such as `Decimal`.
        value: SQL over the field's columns, written with `{0}` for the first column, `{1}` for the second.
        value_type: Type in expressions, when the part can be filtered and sorted by itself.
        transform: Name of a step applied in Python after the query, such as signing a download URL; empty for none.
        shows_mask: Whether the part shows the mask where the value is masked; other parts are null then.
    """

    name: str
    scalar: str
    value: str
    value_type: ValueType | None = None
    transform: str = ""
    shows_mask: bool = False

    @property
    def sql(self) -> str:
        """SQL of the value as JSON; decimals as text, so that no client rounds them."""
        return f"to_json(({self.value})::text)" if self.scalar == "Decimal" else f"to_json({self.value})"


class ConversionSafety(enum.Enum):
    """What changing a field's type asks of the data."""

    FREE = "free"
    """Same storage; only metadata changes."""
    CHECKED = "checked"
    """Existing values are tested first; the change is refused with examples if one does not fit."""
    REWRITING = "rewriting"
    """The column is rewritten; every value fits."""
    FORBIDDEN = "forbidden"
    """Not offered; add a new field instead."""


@dataclass(frozen=True, slots=True)
class Conversion:
    """How values move to another field type. In its SQL, `{0}` is replaced; braces mean nothing else.

    Attributes:
        safety: See ConversionSafety.
        using: SQL expression over the old column, `{0}`; empty keeps it.
        fits: SQL condition over the old column, `{0}`, that CHECKED requires of every value.
    """

    safety: ConversionSafety
    using: str = "{0}"
    fits: str = ""


class Problem(NamedTuple):
    """What a field type finds wrong in a declaration.

    Attributes:
        attribute: Attribute at fault, dotted from the field: `settings.expression`.
        message: One sentence, without the field's name.
        hint: The cure.
        reason: Stable code.
    """

    attribute: str
    message: str
    hint: str = ""
    reason: str = "bad_setting"


class Reading(Protocol):
    """What reading an input value may need to know."""

    @property
    def model(self) -> TenantModel:
        """The tenant's model: time zone, currency, country."""


@dataclass(frozen=True, slots=True, eq=False)
class FieldType:
    """Everything that is particular to one type of field.

    Attributes:
        key: Name in metadata: `money`.
        help: One line for introspection and the reference page.
        columns: What a field of this type stores, given the field; empty for computed and virtual ones.
        value_type: Its type in expressions and filters, given the field and the model.
        output: How it is written to JSON.
        scalar: GraphQL output type name, for PLAIN and TEXT; the object type's name, for OBJECT.
        input_scalar: GraphQL input type name where it differs from `scalar`.
        subfields: Parts of a composite value.
        input_parts: Attributes of the GraphQL input object of a composite value: name → GraphQL type (`Decimal!`).
        settings: Class of its settings.
        read: API input (already the right JSON type) → one JSON-ready value per column, in the order of `columns`.
            Raises InputError. Never sees None.
        check: Problems of a field declaration beyond its settings' types: unknown target, empty options, bad formula;
            given the field, its object type and the model.
        constraint: SQL condition over the field's first column, `{0}`, that its settings ask of stored values; empty
            for none. Used when settings are narrowed or a type is changed; new values are checked by `read`. As in
            Conversion, `{0}` is replaced and braces mean nothing else.
        conversions: By the key of the other field type; absent means FORBIDDEN. See `metadata.fields.conversions`.
        computed: Whether it has no storage and is given by an expression.
        declarable: Whether documents may use it; False for the types of system fields.
        read_only: Whether the server fills it in, so that inputs do not offer it.
        filterable, sortable, groupable, searchable, uniqueable, indexable: Where it may be used.
        is_markup: Whether its text is HTML, of which search reads only what is shown.
        can_default: Whether a default makes sense.
        aggregates: Which of `sum avg min max` apply; count and countDistinct always do.
        transform: Name of a step applied in Python after the query (`decrypt`), empty for none.
        write_transform: Name of a step the write path applies to what `read` gave, before it is stored: `encrypt`,
            `auto_number` (allocates the number), `file` (checks that the file is the tenant's); empty for none.
    """

    key: str
    help: str
    columns: Callable[[Field], tuple[Column, ...]]
    value_type: Callable[[Field, TenantModel], ValueType]
    output: Output = Output.PLAIN
    scalar: str = "String"
    input_scalar: str = ""
    subfields: tuple[Subfield, ...] = ()
    input_parts: Mapping[str, str] = field(default_factory=dict)
    settings: type[Settings] = NoSettings
    read: Callable[[Any, Field, Reading], tuple[Any, ...]] = lambda value, _field, _reading: (value,)
    check: Callable[[Field, ObjectType, TenantModel], Iterable[Problem]] = lambda _field, _object, _model: ()
    constraint: Callable[[Field], str] = lambda _field: ""
    conversions: Mapping[str, Conversion] = field(default_factory=dict)
    computed: bool = False
    declarable: bool = True
    read_only: bool = False
    filterable: bool = True
    sortable: bool = True
    groupable: bool = True
    searchable: bool = False
    uniqueable: bool = True
    indexable: bool = True
    is_markup: bool = False
    can_default: bool = True
    aggregates: tuple[str, ...] = ()
    transform: str = ""
    write_transform: str = ""
