"""Conditions of partial indexes as SQL: over a record's own stored fields and constants only."""

from __future__ import annotations

from dataclasses import dataclass

from metadata.changes.catalogue import Index
from metadata.expressions.check import read
from metadata.expressions.scope import FORMULA_ROOTS, ModelScope
from metadata.expressions.tree import FieldPath
from metadata.expressions.types import BOOLEAN
from metadata.model.tenant import TenantModel, field_of
from metadata.model.values import ObjectType
from metadata.problems import BadInputError, Fault
from server.database.sql import quote_identifier
from server.records.expressions import InlineParams, Names, Source, to_sql
from server.records.layout import Layout

__all__ = ["IndexConditions"]


@dataclass(frozen=True, slots=True)
class IndexConditions:
    """Writes the conditions of the indexes of one model; a `WhereSql`."""

    model: TenantModel

    def __call__(self, index: Index) -> str:
        """SQL over bare column names.

        Raises:
            BadInputError: The condition looks at anything but stored fields of the record itself.
        """
        object_type = self.model.object(index.object_name)
        checked = read(index.where, ModelScope(self.model, object_type.name, FORMULA_ROOTS), BOOLEAN)
        return to_sql(checked, _OwnColumns(Layout(self.model), object_type), InlineParams())


@dataclass(frozen=True, slots=True)
class _OwnColumns:
    """The columns of the row that is indexed."""

    layout: Layout
    object_type: ObjectType

    def column(self, path: FieldPath) -> str:
        """A stored field of the record itself."""
        field = field_of(self.object_type, path.steps[0]) if len(path.steps) == 1 else None
        columns = self.layout.columns(self.object_type, field) if field is not None else ()
        if not columns:
            raise _not_own(path)
        return quote_identifier(columns[0])

    def related(self, path: FieldPath) -> tuple[Source, Names]:
        """Refused: an index knows one row."""
        raise _not_own(path)


def _not_own(path: FieldPath) -> BadInputError:
    message = f"The condition of an index cannot look at '{'.'.join(path.steps)}'."
    hint = "Use stored fields of the record itself: no formulas, rollups, lookups or related records."
    return BadInputError(message, (Fault("condition_not_own", message, ("where",), hint),))
