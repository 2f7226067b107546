"""Which of some records an actor sees, and may do something with."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from metadata.expressions.tree import Expression
from metadata.model.values import ObjectType
from metadata.problems import ForbiddenError
from server.access.plan import EVERY_ROW
from server.context import Context
from server.records.compiler import Compiler
from server.records.run_values import values_for

__all__ = ["seen"]


async def seen(
    connection: Any,
    context: Context,
    object_type: ObjectType,
    ids: Sequence[str],
    *,
    instant: datetime,
    rows: Expression = EVERY_ROW,
) -> set[str]:
    """Those of some records that the actor sees; `rows` narrows them to what a right of theirs is about."""
    compiler = Compiler(context.model, context.access)
    scope = compiler.open(object_type)
    try:
        conditions = compiler.visible(scope)
    except ForbiddenError:
        return set()
    if rows != EVERY_ROW:
        conditions.append(compiler.permitted(rows, scope))
    conditions.append(f"{scope.alias}.id = any({compiler.parameters.placeholder('record.ids', '::uuid[]')})")
    value_of = values_for(context, instant, {"record.ids": list(ids)})
    text = f"select {scope.alias}.id::text as id {scope.from_clause} where {' and '.join(conditions)}"
    return {row["id"] for row in await connection.fetch(text, *map(value_of, compiler.parameters.names()))}
