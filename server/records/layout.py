"""The seam between what a tenant declares and where it is stored: (object, field) → (table, columns).

Everything that builds SQL over records asks here for names, so that an object type can live in a table of the
tenant's schema or in a platform table shared by all tenants (which then needs the tenant condition), and so that a
tenant can move to another PostgreSQL without touching an engine.

Names in a tenant's schema never clash: tables and columns are plain metadata names, everything derived from them
(join tables, indexes, constraints) holds a double underscore, which no metadata name may.
"""

from __future__ import annotations

from dataclasses import dataclass

from metadata.changes.names import unique_index
from metadata.fields import FIELD_TYPES
from metadata.model.tenant import TenantModel
from metadata.model.values import Field, ObjectType
from server.database.sql import qualified

__all__ = ["PLATFORM_SCHEMA", "ConstraintSource", "Layout", "columns_of"]

PLATFORM_SCHEMA = "tangram"
"""PostgreSQL schema of the platform's own tables."""


@dataclass(frozen=True, slots=True)
class ConstraintSource:
    """What a tenant declared that a PostgreSQL constraint or unique index enforces.

    Attributes:
        object_name: The object type.
        fields: Fields compared together.
        constraint: Name of the declared unique constraint; empty for a field that is `unique` by itself.
    """

    object_name: str
    fields: tuple[str, ...]
    constraint: str = ""


def columns_of(field: Field) -> tuple[str, ...]:
    """The columns that store a field, unquoted, in the order of its type's `columns`; empty when it has none."""
    name = field.column
    if not name:
        return ()
    found = FIELD_TYPES[field.type].columns(field)
    if len(found) == 1 and not found[0].suffix:
        return (name,)
    return tuple([f"{name}_{column.suffix}" if column.suffix else name for column in found])


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the records of one tenant are stored."""

    model: TenantModel

    def table(self, object_name: str) -> str:
        """The table of an object type, quoted and schema-qualified.

        Raises:
            NotFoundError: The tenant has no such object type.
        """
        return self.table_of(self.model.object(object_name))

    def table_of(self, object_type: ObjectType) -> str:
        """The table of an object type at hand, quoted and schema-qualified."""
        return qualified(
            PLATFORM_SCHEMA if self.tenant_condition(object_type) else self.model.schema, object_type.table
        )

    def columns(self, object_type: ObjectType, field: Field) -> tuple[str, ...]:
        """The columns that store a field, unquoted, in the order of its type's `columns`; empty when it has none."""
        return columns_of(field)

    def tenant_condition(self, object_type: ObjectType) -> bool:
        """Whether the table is shared by all tenants, so that every statement must add `tenant_id = …`."""
        return object_type.storage == "platform"

    def join_table(self, field: Field) -> str:
        """The table of a many-to-many relation (`source_id`, `target_id`), quoted and schema-qualified."""
        return qualified(self.model.schema, field.column)

    def constraint(self, name: str, object_name: str = "") -> ConstraintSource | None:
        """What a unique index stands for, given its name in an error; quicker when the object is known."""
        for object_type in [self.model.object(object_name)] if object_name else self.model:
            for field in object_type.fields:
                if field.unique and unique_index(object_type.table, field.column) == name:
                    return ConstraintSource(object_type.name, (field.name,))
            for unique in object_type.uniques:
                if unique.index == name:
                    return ConstraintSource(object_type.name, unique.fields, unique.name)
        return None
