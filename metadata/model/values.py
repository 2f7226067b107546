"""One frozen value per kind of metadata.

A class is at once the document shape (YAML and JSON), the stored row body, the GraphQL input of `/metadata` and
what engines read. `About` on an attribute is its one-line help, shown in introspection and in the docs.
Attributes marked `given=False` are filled in by the server and refused in documents.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import msgspec

__all__ = [
    "About",
    "Field",
    "Index",
    "Labels",
    "ObjectType",
    "UniqueConstraint",
    "ValidationRule",
    "View",
]

Labels = dict[str, str]
"""Text by language: `{"zh": "客户", "en": "Customer"}`. Never changed after it was read."""


@dataclass(frozen=True, slots=True)
class About:
    """Help for one attribute of a kind.

    Attributes:
        help: One line, for introspection and the reference page.
        given: False when the server fills it in; a document that gives it is refused.
        identifies: True for the attribute that names the item within its parent.
    """

    help: str
    given: bool = True
    identifies: bool = False


class Field(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A property of an object type: stored, computed, or a relation to other records."""

    name: Annotated[str, About("snake_case, unique within the object", identifies=True)]
    type: Annotated[str, About("Key of a field type, such as `text` or `money`")]
    label: Annotated[Labels, About("Name shown to people, by language")] = msgspec.field(default_factory=dict)
    description: Annotated[Labels, About("Longer help, by language")] = msgspec.field(default_factory=dict)
    required: Annotated[bool, About("A record cannot be saved without a value")] = False
    unique: Annotated[bool, About("No two living records share a value")] = False
    indexed: Annotated[bool, About("Keep an index for filters and sorting")] = False
    sensitive: Annotated[bool, About("Who sees it plainly, of which records, is in the audit log")] = False
    default: Annotated[
        Any, About("Value of a new record when none is sent; text that starts with `=` is an expression")
    ] = None
    settings: Annotated[Any, About("What only this field type has: options, precision, target …")] = None
    column: Annotated[str, About("First column that stores it; empty when computed", given=False)] = ""
    system: Annotated[bool, About("Present on every object, cannot be changed", given=False)] = False
    provided: Annotated[bool, About("Comes with its object, which every tenant has", given=False)] = False
    read_only: Annotated[bool, About("Filled in by the server; inputs do not offer it", given=False)] = False
    origin: Annotated[str, About("Template it came from", given=False)] = ""


class UniqueConstraint(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """No two living records agree in all of these fields."""

    name: Annotated[str, About("snake_case, unique within the object", identifies=True)]
    fields: Annotated[tuple[str, ...], About("Fields compared together")]
    where: Annotated[str, About("Expression; only records that meet it are compared")] = ""
    message: Annotated[Labels, About("Shown when it is violated, by language")] = msgspec.field(default_factory=dict)
    index: Annotated[str, About("PostgreSQL name of the unique index", given=False)] = ""
    origin: Annotated[str, About("Template it came from", given=False)] = ""


class Index(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An index chosen by the tenant, for the filters and orders it uses."""

    name: Annotated[str, About("snake_case, unique within the object", identifies=True)]
    fields: Annotated[tuple[str, ...], About("Fields in index order; `-field` for descending")]
    where: Annotated[str, About("Expression; only records that meet it are indexed")] = ""
    index: Annotated[str, About("PostgreSQL name of the index", given=False)] = ""
    origin: Annotated[str, About("Template it came from", given=False)] = ""


class ValidationRule(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A condition every saved record meets; unknown (a missing operand) counts as met, as in SQL CHECK."""

    name: Annotated[str, About("snake_case, unique within the object", identifies=True)]
    rule: Annotated[str, About("Boolean expression over the record's fields")]
    message: Annotated[Labels, About("Shown when it is not met, by language")] = msgspec.field(default_factory=dict)
    field: Annotated[str, About("Field the message is shown at")] = ""
    provided: Annotated[bool, About("Comes with its object, which every tenant has", given=False)] = False
    origin: Annotated[str, About("Template it came from", given=False)] = ""


class View(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A saved way to look at an object's records: columns, filter, order, grouping."""

    name: Annotated[str, About("snake_case, unique within the object", identifies=True)]
    label: Annotated[Labels, About("Name shown to people, by language")] = msgspec.field(default_factory=dict)
    kind: Annotated[str, About("`list`, `board`, `calendar` or `gallery`")] = "list"
    columns: Annotated[tuple[str, ...], About("Fields shown, in order; dotted paths follow to-one relations")] = ()
    filter: Annotated[str, About("Expression; only records that meet it are shown")] = ""
    order: Annotated[tuple[str, ...], About("Fields to sort by; `-field` for descending")] = ()
    group_by: Annotated[str, About("Field that makes the columns of a board, or the date of a calendar")] = ""
    origin: Annotated[str, About("Template it came from", given=False)] = ""


class ObjectType(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A kind of record, with its fields and rules. Holds nothing of the tenant, so equal ones are shared."""

    name: Annotated[str, About("snake_case singular, unique within the tenant", identifies=True)]
    plural: Annotated[str, About("snake_case plural, unique within the tenant")]
    label: Annotated[Labels, About("Name shown to people, by language")] = msgspec.field(default_factory=dict)
    plural_label: Annotated[Labels, About("Plural shown to people, by language")] = msgspec.field(default_factory=dict)
    description: Annotated[Labels, About("Longer help, by language")] = msgspec.field(default_factory=dict)
    icon: Annotated[str, About("Icon name for a user interface")] = ""
    display: Annotated[str, About("Field that stands for a record in lists and search hits")] = ""
    search: Annotated[tuple[str, ...], About("Text fields that `search` looks in")] = ()
    history: Annotated[bool, About("Offer the history of changes")] = True
    fields: Annotated[tuple[Field, ...], About("Fields in order of display")] = ()
    uniques: Annotated[tuple[UniqueConstraint, ...], About("Unique constraints over several fields")] = ()
    indexes: Annotated[tuple[Index, ...], About("Indexes chosen by the tenant")] = ()
    validations: Annotated[tuple[ValidationRule, ...], About("Conditions every record meets")] = ()
    views: Annotated[tuple[View, ...], About("Saved views")] = ()
    table: Annotated[str, About("PostgreSQL table", given=False)] = ""
    storage: Annotated[
        str,
        About("`tenant` for own tables, `mirror` for own tables kept like a platform table, `platform`", given=False),
    ] = "tenant"
    tree: Annotated[str, About("Relation to the record above, which `path` is kept along", given=False)] = ""
    keeps: Annotated[
        tuple[str, ...], About("What PostgreSQL keeps in step with its records: paths, held_roles", given=False)
    ] = ()
    system: Annotated[bool, About("Present in every tenant, cannot be removed", given=False)] = False
    extended: Annotated[bool, About("Declared by the tenant as well, which adds to it", given=False)] = False
    origin: Annotated[str, About("Template it came from", given=False)] = ""

    @property
    def is_mirror(self) -> bool:
        """Whether its records come and go with rows of a platform table; only what the tenant adds is written."""
        return self.storage == "mirror"

    @property
    def has_own_table(self) -> bool:
        """Whether its records are in the tenant's schema."""
        return self.storage != "platform"

    @property
    def is_declared(self) -> bool:
        """Whether the tenant declares it, or adds to it by declaring it again."""
        return not self.system or self.extended
