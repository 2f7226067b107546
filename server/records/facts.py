"""What expressions say of one record: conditions and values for engines, all of them in one statement.

Engines decide by rights of their own, so nothing is hidden from them; a record that is deleted has no facts.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec

from metadata.expressions.check import ModelScope, read
from metadata.expressions.scope import FORMULA_ROOTS
from metadata.expressions.types import Kind, ValueType
from metadata.model.tenant import TenantModel
from server.access.plan import ADMINISTRATOR
from server.context import Context
from server.records.compiler import Compiler
from server.records.run_values import values_for
from server.records.statements import Statement

__all__ = ["Facts"]

_AS_TEXT = frozenset({Kind.DECIMAL, Kind.MONEY})
"""Kinds whose JSON number would lose digits on the way."""


@dataclass(eq=False)
class Facts:
    """Evaluates expressions in PostgreSQL; keeps the statements it has compiled.

    Attributes:
        max_statements: How many are kept; those used last stay.
    """

    max_statements: int = 2_048
    _compiled: OrderedDict[tuple[str, int, str, tuple[str, ...]], Statement] = field(
        default_factory=OrderedDict, init=False, repr=False
    )

    async def values(
        self,
        connection: Any,
        context: Context,
        object_name: str,
        record_id: str,
        expressions: Sequence[str],
        *,
        instant: datetime,
    ) -> Mapping[str, Any] | None:
        """Values by expression: JSON-ready, decimals as text; None when the record is not there.

        Args:
            connection: An asyncpg connection.
            context: Tenant and actor.
            object_name: Object type of the record.
            record_id: UUID text.
            expressions: Texts over the record.
            instant: What `now()` says.

        Raises:
            BadInputError: An expression names what is no longer there.
        """
        texts = tuple(dict.fromkeys(expressions))
        statement = self._statement(context.model, object_name, texts)
        value_of = values_for(context, instant, {"record.id": record_id})
        data = await connection.fetchval(statement.sql, *map(value_of, statement.parameters))
        if data is None:
            return None
        return dict(zip(texts, msgspec.json.decode(data), strict=True))

    def _statement(self, model: TenantModel, object_name: str, texts: tuple[str, ...]) -> Statement:
        key = (model.tenant_id, model.version, object_name, texts)
        found = self._compiled.get(key)
        if found is None:
            found = self._compiled[key] = _compile(model, object_name, texts)
            if len(self._compiled) > self.max_statements:
                self._compiled.popitem(last=False)
        self._compiled.move_to_end(key)
        return found


def _compile(model: TenantModel, object_name: str, texts: tuple[str, ...]) -> Statement:
    compiler = Compiler(model, ADMINISTRATOR)
    scope = compiler.open(model.object(object_name))
    names = ModelScope(model, object_name, FORMULA_ROOTS)
    checked = [read(text, names) for text in texts]
    parts = [_shown(compiler.checked_sql(one, scope), one.type) for one in checked]
    record_id = compiler.parameters.placeholder("record.id", "::uuid")
    conditions = " and ".join([f"{scope.alias}.id = {record_id}", *compiler.visible(scope)])
    sql = f"select json_build_array({', '.join(parts)})\n{scope.from_clause}\nwhere {conditions}"
    return Statement(sql, compiler.parameters.names())


def _shown(sql: str, value_type: ValueType) -> str:
    return f"({sql})::text" if value_type.kind in _AS_TEXT else f"({sql})"
