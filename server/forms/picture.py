"""A record as it would be with some values in place: what expressions say of it, before anything is written.

PostgreSQL lays the values over the stored row, or over an empty one, and everything else is asked as always: related
records, formulas, figures. So conditions see what is being filled in, and nobody has to write to find out.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec
import orjson

from metadata.expressions.check import ModelScope, read
from metadata.expressions.scope import RULE_ROOTS
from metadata.expressions.types import Kind, ValueType
from metadata.model.tenant import TenantModel
from metadata.model.values import ObjectType
from metadata.problems import BadInputError, ConflictError
from server.access.plan import ADMINISTRATOR
from server.context import Context
from server.records.compiler import Compiler
from server.records.run_values import values_for
from server.records.scopes import Scope
from server.records.statements import Statement

__all__ = ["Pictures"]

_AS_TEXT = frozenset({Kind.DECIMAL, Kind.MONEY})
"""Kinds whose JSON number would lose digits on the way."""


@dataclass(eq=False)
class Pictures:
    """Asks such records; keeps the statements it has compiled.

    Attributes:
        max_statements: How many are kept; those used last stay.
    """

    max_statements: int = 1_024
    _compiled: OrderedDict[tuple[str, int, str, bool, tuple[str, ...]], Statement] = field(
        default_factory=OrderedDict, init=False, repr=False
    )

    async def values(
        self,
        connection: Any,
        context: Context,
        object_type: ObjectType,
        record_id: str,
        columns: Mapping[str, Any],
        expressions: Sequence[str],
        *,
        is_new: bool,
        instant: datetime,
    ) -> Mapping[str, Any] | None:
        """Values by expression: JSON-ready, decimals as text; None when the record is not there.

        Engines decide by rights of their own, so nothing is hidden from what is asked here.

        Args:
            connection: Of the tenant.
            context: Tenant and actor.
            object_type: Of the record.
            record_id: Its id, also of one that is still to be made.
            columns: Column → JSON-ready value that lies over it.
            expressions: Texts over the record; `old.` stands for it as it is stored.
            is_new: Whether it is still to be made.
            instant: What `now()` says.

        Raises:
            ConflictError: `form_outdated`: an expression names what is no longer there.
        """
        texts = tuple(dict.fromkeys(expressions))
        statement = self._statement(context.model, object_type, texts, is_new=is_new)
        named = {
            "record.id": record_id,
            "columns": orjson.dumps({**columns, "id": record_id}).decode(),
            "actor.id": context.actor.id or None,
        }
        value_of = values_for(context, instant, named)
        data = await connection.fetchval(statement.sql, *map(value_of, statement.parameters))
        return None if data is None else dict(zip(texts, msgspec.json.decode(data), strict=True))

    def _statement(
        self, model: TenantModel, object_type: ObjectType, texts: tuple[str, ...], *, is_new: bool
    ) -> Statement:
        key = (model.tenant_id, model.version, object_type.name, is_new, texts)
        found = self._compiled.get(key)
        if found is None:
            found = self._compiled[key] = _compile(model, object_type, texts, is_new=is_new)
            if len(self._compiled) > self.max_statements:
                self._compiled.popitem(last=False)
        self._compiled.move_to_end(key)
        return found


def _compile(model: TenantModel, object_type: ObjectType, texts: tuple[str, ...], *, is_new: bool) -> Statement:
    names = ModelScope(model, object_type.name, RULE_ROOTS)
    try:
        checked = [read(text, names) for text in texts]
    except BadInputError as error:
        raise ConflictError.single(
            "form_outdated",
            f"The form asks for what is no longer there: {error.message}",
            hint="Publish it again without that.",
        ) from error
    compiler = Compiler(model, ADMINISTRATOR)
    place = compiler.parameters.placeholder
    table = compiler.layout.table_of(object_type)
    record_id, columns = place("record.id", "::uuid"), place("columns", "::jsonb")
    if is_new:
        source = f"(select p.* from jsonb_populate_record(null::{table}, {columns}) as p)"
    else:
        source = (
            f"(select p.* from {table} as r cross join lateral jsonb_populate_record(r, {columns}) as p"
            f" where r.id = {record_id} and r.deleted_at is null)"
        )
    scope = compiler.open(object_type, source=source)
    scope.from_clause.lines.append(f"left join {table} as o on o.id = {record_id} and {'false' if is_new else 'true'}")
    compiler.old = Scope(compiler, object_type, "o", scope.from_clause)
    parts = [_shown(compiler.checked_sql(one, scope), one.type) for one in checked]
    return Statement(f"select json_build_array({', '.join(parts)})\n{scope.from_clause}", compiler.parameters.names())


def _shown(sql: str, value_type: ValueType) -> str:
    return f"({sql})::text" if value_type.kind in _AS_TEXT else f"({sql})"
