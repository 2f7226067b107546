"""The path of a record in a tree: what makes "this one and all below" a range of an index.

PostgreSQL keeps it (`tangram.keep_paths` in `server/database/functions.sql`), in whatever way a record is moved.
"""

from __future__ import annotations

from metadata.expressions.types import TEXT
from metadata.fields.base import Column, FieldType

__all__ = ["PATH"]

PATH = FieldType(
    key="path",
    help="Ids from the top of a tree down to the record, `/<id>/<id>/`",
    columns=lambda _field: (Column("", "text", collation="C"),),
    value_type=lambda _field, _model: TEXT,
    declarable=False,
    read_only=True,
    can_default=False,
)
