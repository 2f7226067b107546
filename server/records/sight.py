"""What somebody sees of one stored record: whether any of it, and which of its fields plainly.

For what leaves the server beside the API: messages to webhooks, downloads of files.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from metadata.model.values import ObjectType
from server.access.plan import EVERY_ROW, Action
from server.context import Context
from server.database.sql import quote_literal
from server.records.compiler import Compiler
from server.records.statements import Statement
from server.records.writing.running import WriteRun

__all__ = ["Sight"]


@dataclass(frozen=True, slots=True)
class Sight:
    """What one actor sees, at one instant; statements are compiled once for each object type."""

    context: Context
    now: datetime
    _statements: dict[tuple[str, bool], Statement] = field(default_factory=dict, init=False, repr=False)

    async def fields(
        self, connection: Any, object_type: ObjectType, record_id: str, *, removed: bool = False
    ) -> frozenset[str] | None:
        """Names of the fields that the actor reads plainly in a record; None where they do not see it.

        Args:
            connection: Of the tenant's schema.
            object_type: Whose record.
            record_id: Its id.
            removed: Whether removed records count.
        """
        if self.context.access.rows(object_type.name, Action.READ) is None:
            return None
        key = (object_type.name, removed)
        statement = self._statements.get(key)
        if statement is None:
            statement = self._statements[key] = self._compile(object_type, removed=removed)
        arguments = WriteRun(self.context, self.now).arguments(statement, {"id": record_id})
        rows = await connection.fetch(statement.sql, *arguments)
        return frozenset(rows[0]["fields"]) if rows else None

    def fields_everywhere(self, object_type: ObjectType) -> frozenset[str] | None:
        """Names of the fields read plainly in every record, as of one that is gone; None where some are not seen."""
        access, name = self.context.access, object_type.name
        if access.rows(name, Action.READ) != EVERY_ROW:
            return None
        return frozenset(one.name for one in object_type.fields if access.field_condition(name, one.name) == EVERY_ROW)

    def _compile(self, object_type: ObjectType, *, removed: bool) -> Statement:
        compiler = Compiler(self.context.model, self.context.access)
        scope = compiler.open(object_type)
        conditions = [f"{scope.alias}.id = {compiler.parameters.placeholder('id', '::uuid')}"]
        conditions += compiler.visible(scope, deleted=removed)
        names = []
        for one in object_type.fields:
            readable = self.context.access.field_condition(object_type.name, one.name)
            if readable == EVERY_ROW:
                names.append(quote_literal(one.name))
            elif readable is not None:
                names.append(f"case when {compiler.permitted(readable, scope)} then {quote_literal(one.name)} end")
        listed = f"array_remove(array[{', '.join(names)}]::text[], null)"
        sql = f"select {listed} as fields {scope.from_clause} where {' and '.join(conditions)}"
        return Statement(sql, compiler.parameters.names())
