"""What PostgreSQL should hold for a tenant: tables, columns, keys, indexes, as values.

`catalogue` computes it from the declarations alone. Two catalogues are compared to get the schema steps of a change,
and tests compare one with the live `information_schema`.

What was removed but not purged stays as a hidden table or column: nothing may be demanded of it any more, so it is
nullable, has no index, and its foreign keys clear themselves instead of holding up the records they point to.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator

import msgspec

from metadata.changes import names
from metadata.changes.modelling import field_value
from metadata.changes.names import SEARCH_COLUMN
from metadata.changes.paths import rewrite_paths
from metadata.changes.state import Item, State
from metadata.expressions.text import parse, unparse
from metadata.fields import FIELD_TYPES
from metadata.fields.base import Output
from metadata.fields.relations import RelationKind, relation_of
from metadata.model.organisation import ORGANISATION
from metadata.model.system import SYSTEM_FIELDS
from metadata.model.tenant import TenantModel, field_of
from metadata.model.values import Field, ObjectType

__all__ = [
    "Catalogue",
    "Column",
    "ForeignKey",
    "Index",
    "IndexColumn",
    "OnDelete",
    "Table",
    "TableKind",
    "catalogue",
    "columns_of",
]

_DEFAULTS = {"created_at": "now()", "updated_at": "now()", "version": "1"}
"""SQL defaults of system columns."""

_NOT_NULL = frozenset({"id", *_DEFAULTS})
"""System columns that always have a value."""


_TEXT_TYPES = frozenset({"text", "text[]"})
"""Column types that the search vector reads."""


class TableKind(enum.Enum):
    """What the rows of a table are."""

    RECORDS = "records"
    """Records of an object type."""
    LINKS = "links"
    """Pairs of a many-to-many relation."""


class OnDelete(enum.Enum):
    """What PostgreSQL does to a reference when its target is destroyed; soft deletion is the write path's."""

    RESTRICT = "NO ACTION"
    """The target cannot be destroyed."""
    CLEAR = "SET NULL"
    """The reference becomes empty."""
    CASCADE = "CASCADE"
    """The referring record is destroyed as well."""


class Column(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One column.

    Attributes:
        name: Its name.
        sql_type: PostgreSQL type.
        collation: Collation, where it is not the database's.
        not_null: Whether a value is demanded.
        default: SQL default, for system columns.
    """

    name: str
    sql_type: str
    collation: str = ""
    not_null: bool = False
    default: str = ""


class ForeignKey(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A reference to another table's `id`.

    Attributes:
        name: Constraint name.
        column: The referring column.
        target: Table referred to, in the same schema.
        on_delete: What happens when the target is destroyed.
    """

    name: str
    column: str
    target: str
    on_delete: OnDelete


class IndexColumn(msgspec.Struct, frozen=True, omit_defaults=True):
    """A column of an index, and its direction."""

    name: str
    descending: bool = False


class Index(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An index.

    Attributes:
        name: Its name.
        columns: Columns in order.
        unique: Whether no two rows may agree.
        method: Access method.
        where: Expression text over the object's own fields; only rows that meet it are indexed.
        condition: The same over columns, which stays the same when fields are renamed.
        object_name: The object type `where` speaks of.
        living: Whether only rows that are not soft-deleted are indexed.
        filled: Whether only rows with a value in the first column are indexed.
    """

    name: str
    columns: tuple[IndexColumn, ...]
    unique: bool = False
    method: str = "btree"
    where: str = ""
    condition: str = ""
    object_name: str = ""
    living: bool = True
    filled: bool = False

    def is_same(self, other: Index) -> bool:
        """Whether PostgreSQL would see no difference."""
        mine, others = (msgspec.structs.replace(one, where="", object_name="") for one in (self, other))
        return mine == others


class Table(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One table.

    Attributes:
        name: Its name.
        kind: What its rows are.
        columns: By name, in order of creation.
        foreign_keys: By constraint name.
        indexes: By name, without the primary key.
        search: Columns that the search vector is generated from; empty for none.
        markup: Those of them that hold HTML.
        keeps: What triggers of this table keep in step, see `ObjectType.keeps`, each with the column it goes by.
        hidden: Whether the object or relation was removed.
    """

    name: str
    kind: TableKind = TableKind.RECORDS
    columns: dict[str, Column]
    foreign_keys: dict[str, ForeignKey] = {}
    indexes: dict[str, Index] = {}
    search: tuple[str, ...] = ()
    markup: tuple[str, ...] = ()
    keeps: dict[str, str] = {}
    hidden: bool = False


class Catalogue(msgspec.Struct, frozen=True):
    """All tables of a tenant's schema, by name."""

    tables: dict[str, Table]


def columns_of(field: Field) -> Iterator[Column]:
    """The columns that store a field, nullable."""
    if not field.column:
        return
    for column in FIELD_TYPES[field.type].columns(field):
        name = f"{field.column}_{column.suffix}" if column.suffix else field.column
        yield Column(name=name, sql_type=column.sql_type, collation=column.collation)


def catalogue(state: State, model: TenantModel, only: Iterable[str] | None = None) -> Catalogue:
    """Compute what PostgreSQL should hold.

    Args:
        state: The declarations, with what was removed and not purged.
        model: The same declarations resolved.
        only: Ids of the items of the object types that matter, living and removed; None for all.
    """
    chosen = None if only is None else frozenset(only)
    tables: dict[str, Table] = {}
    ids = {item.name: item.id for item in state.children(kind="object")}
    for object_type in model:
        # What every tenant has was there before the tenant said more of it.
        if object_type.has_own_table and (chosen is None or object_type.system or ids.get(object_type.name) in chosen):
            for table in _object_tables(state, model, object_type):
                tables[table.name] = table
    for item in state.removed():
        if item.kind == "object" and item.name not in ORGANISATION and (chosen is None or item.id in chosen):
            for table in _removed_object(state, model, item):
                tables[table.name] = table
    return Catalogue(tables)


def _object_tables(state: State, model: TenantModel, object_type: ObjectType) -> Iterator[Table]:
    table = object_type.table
    columns: dict[str, Column] = {}
    keys: dict[str, ForeignKey] = {}
    indexes: dict[str, Index] = {}
    for field in object_type.fields:
        if _is_links(field):
            links = _links(table, field, _target_table(model, field.settings.to), hidden=False)
            yield msgspec.structs.replace(links, keeps={kept: "" for kept in object_type.keeps if field.provided})
            continue
        for column in columns_of(field):
            columns[column.name] = _demanding(column, field)
        for key in _foreign_keys(table, field, model):
            keys[key.name] = key
        for index in _field_indexes(table, field):
            indexes[index.name] = index
    for field in _hidden_fields(state, object_type):
        if _is_links(field):
            target = _target_table(model, field.settings.to, state)
            yield _links(table, field, target, hidden=True)
            continue
        for column in columns_of(field):
            columns.setdefault(column.name, column)
        for key in _foreign_keys(table, field, model, state):
            keys.setdefault(key.name, msgspec.structs.replace(key, on_delete=OnDelete.CLEAR))
    for index in (*_standard_indexes(table), *_declared_indexes(model, object_type)):
        indexes[index.name] = index
    searched = dict(_search_columns(object_type))
    search, markup = tuple(searched), tuple(name for name, is_markup in searched.items() if is_markup)
    if search:
        name = names.search_index(table)
        indexes[name] = Index(name=name, columns=(IndexColumn(SEARCH_COLUMN),), method="gin", living=False)
    above = field_of(object_type, object_type.tree) if object_type.tree else None
    keeps = {kept: _first_column(above) if kept == "paths" and above else "" for kept in object_type.keeps}
    yield Table(
        name=table, columns=columns, foreign_keys=keys, indexes=indexes, search=search, markup=markup, keeps=keeps
    )


def _removed_object(state: State, model: TenantModel, item: Item) -> Iterator[Table]:
    """The hidden table of a removed object; its columns are those of its fields and the system's."""
    columns: dict[str, Column] = {}
    keys: dict[str, ForeignKey] = {}
    hidden = [_hidden(child) for child in state.items.values() if child.parent_id == item.id and child.kind == "field"]
    for field in (*SYSTEM_FIELDS, *hidden):
        if _is_links(field):
            yield _links(item.physical, field, _target_table(model, field.settings.to, state), hidden=True)
            continue
        for column in columns_of(field):
            columns.setdefault(column.name, _demanding(column, field) if field.system else column)
        for key in _foreign_keys(item.physical, field, model, state):
            keys.setdefault(key.name, msgspec.structs.replace(key, on_delete=OnDelete.CLEAR))
    indexes = {index.name: index for index in _standard_indexes(item.physical)}
    yield Table(name=item.physical, columns=columns, foreign_keys=keys, indexes=indexes, hidden=True)


def _hidden(item: Item) -> Field:
    """A removed field as a value; nothing is demanded of it."""
    return msgspec.structs.replace(field_value(item), required=False)


def _hidden_fields(state: State, object_type: ObjectType) -> Iterator[Field]:
    owners = {item.id for item in state.children(kind="object") if item.name == object_type.name}
    if object_type.name in ORGANISATION:  # the table stays when what the tenant added is removed
        owners |= {item.id for item in state.removed() if item.kind == "object" and item.name == object_type.name}
    if not owners:
        return
    for item in state.removed():
        if item.parent_id in owners and item.kind == "field" and item.physical:
            yield _hidden(item)


def _demanding(column: Column, field: Field) -> Column:
    if field.system:
        return msgspec.structs.replace(
            column, not_null=column.name in _NOT_NULL, default=_DEFAULTS.get(column.name, "")
        )
    return msgspec.structs.replace(column, not_null=field.required and column.name == _first_column(field))


def _is_links(field: Field) -> bool:
    """Whether a field is a many-to-many relation stored in a table of pairs."""
    relation = relation_of(field)
    return relation is not None and relation.kind is RelationKind.MANY_TO_MANY and not relation.reversed


def _links(table: str, field: Field, target: str, *, hidden: bool) -> Table:
    """The table of pairs of a many-to-many relation; pairs go with either of their records."""
    ends = {"source_id": table, "target_id": target}
    keys = [
        ForeignKey(name=names.foreign_key(field.column, end), column=end, target=to, on_delete=OnDelete.CASCADE)
        for end, to in ends.items()
        if to
    ]
    back = names.field_index(field.column, "target_id")
    return Table(
        name=field.column,
        kind=TableKind.LINKS,
        columns={end: Column(name=end, sql_type="uuid", not_null=True) for end in ends},
        foreign_keys={key.name: key for key in keys},
        indexes={back: Index(name=back, columns=(IndexColumn("target_id"), IndexColumn("source_id")), living=False)},
        hidden=hidden,
    )


def _target_table(model: TenantModel, object_name: str, state: State | None = None) -> str:
    """Table of the object a relation points to; empty when it is not in the tenant's schema or was purged."""
    target = model.objects.get(object_name)
    if target is not None:
        return target.table if target.storage == "tenant" else ""
    if state is not None:
        for item in state.removed():
            if item.kind == "object" and item.name == object_name:
                return item.physical
    return ""


def _foreign_keys(table: str, field: Field, model: TenantModel, state: State | None = None) -> Iterator[ForeignKey]:
    """The foreign key of a to-one reference; references to several object types or to accounts have none."""
    relation = relation_of(field)
    if relation is None or relation.kind is not RelationKind.TO_ONE or not field.column:
        return
    target = _target_table(model, relation.to, state)
    if target:
        name = names.foreign_key(table, field.column)
        on_delete = OnDelete[relation.on_delete.upper()]
        yield ForeignKey(name=name, column=field.column, target=target, on_delete=on_delete)


def _field_indexes(table: str, field: Field) -> Iterator[Index]:
    """Indexes that a field asks for: unique, indexed, or because other records are found through it."""
    if field.system:
        return
    columns = [IndexColumn(column.name) for column in columns_of(field)]
    if not columns:
        return
    field_type = FIELD_TYPES[field.type]
    if field.unique:
        name = names.unique_index(table, field.column)
        yield Index(name=name, columns=tuple(columns), unique=True)
    elif field.indexed or field_type.output is Output.RELATION:
        method = _method(field)
        yield Index(
            name=names.field_index(table, field.column),
            columns=tuple(columns[:1] if method == "gin" else columns),
            method=method,
            filled=field_type.output is Output.RELATION and method == "btree",
        )


def _method(field: Field) -> str:
    """Lists and documents are searched inside; everything else is compared."""
    sql_type = next(columns_of(field)).sql_type
    return "gin" if sql_type.endswith("[]") or sql_type == "jsonb" else "btree"


def _standard_indexes(table: str) -> Iterator[Index]:
    """What every list needs: newest first, and one's own."""
    newest = (IndexColumn("created_at", True), IndexColumn("id", True))
    yield Index(name=names.newest_index(table), columns=newest)
    yield Index(name=names.owner_index(table), columns=(IndexColumn("owner_id"), *newest), filled=True)


def _declared_indexes(model: TenantModel, object_type: ObjectType) -> Iterator[Index]:
    for unique in object_type.uniques:
        columns = tuple(IndexColumn(name) for field in unique.fields for name in _names(object_type, field))
        yield Index(
            name=unique.index,
            columns=columns,
            unique=True,
            where=unique.where,
            condition=_over_columns(model, object_type, unique.where),
            object_name=object_type.name,
        )
    for index in object_type.indexes:
        columns = tuple(
            IndexColumn(name, field.startswith("-"))
            for field in index.fields
            for name in _names(object_type, field.removeprefix("-"))
        )
        first = field_of(object_type, index.fields[0].removeprefix("-"))
        yield Index(
            name=index.index,
            columns=columns,
            where=index.where,
            condition=_over_columns(model, object_type, index.where),
            object_name=object_type.name,
            method=_method(first) if first is not None and len(columns) == 1 else "btree",
        )


def _over_columns(model: TenantModel, object_type: ObjectType, where: str) -> str:
    if not where:
        return ""
    return unparse(rewrite_paths(model, object_type.name, parse(where), lambda _, field: field.column or field.name))


def _names(object_type: ObjectType, field_name: str) -> Iterator[str]:
    field = field_of(object_type, field_name)
    if field is not None:
        yield from (column.name for column in columns_of(field))


def _search_columns(object_type: ObjectType) -> Iterator[tuple[str, bool]]:
    """Text columns of the fields that `search` looks in, in their order, and whether they hold HTML."""
    for name in object_type.search:
        field = field_of(object_type, name)
        if field is not None:
            is_markup = FIELD_TYPES[field.type].is_markup
            yield from ((column.name, is_markup) for column in columns_of(field) if column.sql_type in _TEXT_TYPES)


def _first_column(field: Field) -> str:
    """The column that is filled whenever the field has a value; the others may depend on it."""
    return next((column.name for column in columns_of(field)), "")
