"""What expressions say of records: conditions and values for engines, all of them in one statement.

Of pairs of a record and an account, `actor` in an expression is the account.

Engines decide by rights of their own, so nothing is hidden from them; a record that is deleted has no facts.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias

import msgspec

from metadata.expressions.check import ModelScope, read
from metadata.expressions.scope import FORMULA_ROOTS, POLICY_ROOTS
from metadata.expressions.tree import Root
from metadata.expressions.types import BOOLEAN, Kind, ValueType
from metadata.model.tenant import TenantModel
from server.access.assignments import held_roles_sql
from server.access.plan import ADMINISTRATOR
from server.context import Context
from server.records.compiler import Compiler
from server.records.run_values import values_for
from server.records.scopes import Scope
from server.records.statements import Statement

__all__ = ["Facts"]

_NO_ID = "00000000-0000-0000-0000-000000000000"
_AS_TEXT = frozenset({Kind.DECIMAL, Kind.MONEY})
"""Kinds whose JSON number would lose digits on the way."""


@dataclass(eq=False)
class Facts:
    """Evaluates expressions in PostgreSQL; keeps the statements it has compiled.

    Attributes:
        max_statements: How many are kept; those used last stay.
    """

    max_statements: int = 2_048
    _compiled: OrderedDict[_Key, Statement] = field(default_factory=OrderedDict, init=False, repr=False)

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
        statement = self._statement(_compile, context.model, object_name, texts)
        value_of = values_for(context, instant, {"record.id": record_id})
        data = await connection.fetchval(statement.sql, *map(value_of, statement.parameters))
        if data is None:
            return None
        return dict(zip(texts, msgspec.json.decode(data), strict=True))

    async def many(
        self,
        connection: Any,
        context: Context,
        object_name: str,
        record_ids: Sequence[str],
        expressions: Sequence[str],
        *,
        instant: datetime,
    ) -> dict[str, Mapping[str, Any]]:
        """The same of several records, by their ids; those that are not there are left out."""
        texts = tuple(dict.fromkeys(expressions))
        if not record_ids:
            return {}
        statement = self._statement(_compile_many, context.model, object_name, texts)
        value_of = values_for(context, instant, {"record.ids": list(record_ids)})
        rows = await connection.fetch(statement.sql, *map(value_of, statement.parameters))
        return {row["id"]: dict(zip(texts, msgspec.json.decode(row["data"]), strict=True)) for row in rows}

    async def page(
        self,
        connection: Any,
        context: Context,
        object_name: str,
        condition: str,
        expressions: Sequence[str],
        *,
        instant: datetime,
        after: str = "",
        first: int = 1_000,
    ) -> list[tuple[str, Mapping[str, Any]]]:
        """The same of records that meet a condition, by id: those after an id, in the order of ids."""
        texts = tuple(dict.fromkeys(expressions))
        statement = self._statement(_compile_page, context.model, object_name, (condition or "true", *texts))
        value_of = values_for(context, instant, {"after.id": after or _NO_ID, "page.first": first})
        rows = await connection.fetch(statement.sql, *map(value_of, statement.parameters))
        return [(row["id"], dict(zip(texts, msgspec.json.decode(row["data"]), strict=True))) for row in rows]

    async def pairs(
        self,
        connection: Any,
        context: Context,
        object_name: str,
        record_ids: Sequence[str],
        accounts: Sequence[str],
        expressions: Sequence[str],
        *,
        instant: datetime,
    ) -> dict[str, dict[str, Mapping[str, Any]]]:
        """The same of each record with each account, which `actor` stands for: by record, then by account."""
        texts = tuple(dict.fromkeys(expressions))
        found: dict[str, dict[str, Mapping[str, Any]]] = {}
        if not record_ids or not accounts or not texts:
            return found
        statement = self._statement(_compile_pairs, context.model, object_name, texts)
        value_of = values_for(context, instant, {"record.ids": list(record_ids), "accounts": list(accounts)})
        for row in await connection.fetch(statement.sql, *map(value_of, statement.parameters)):
            values = dict(zip(texts, msgspec.json.decode(row["data"]), strict=True))
            found.setdefault(row["id"], {})[row["account"]] = values
        return found

    def _statement(
        self,
        compile: Callable[[TenantModel, str, tuple[str, ...]], Statement],
        model: TenantModel,
        object_name: str,
        texts: tuple[str, ...],
    ) -> Statement:
        key = (compile, model.tenant_id, model.version, object_name, texts)
        found = self._compiled.get(key)
        if found is None:
            found = self._compiled[key] = compile(model, object_name, texts)
            if len(self._compiled) > self.max_statements:
                self._compiled.popitem(last=False)
        self._compiled.move_to_end(key)
        return found


_Key: TypeAlias = "tuple[Callable[..., Statement], str, int, str, tuple[str, ...]]"


def _parts(compiler: Compiler, scope: Scope, texts: tuple[str, ...], roots: frozenset[Root]) -> str:
    """A JSON array of the expressions' values."""
    names = ModelScope(compiler.model, scope.object_type.name, roots)
    checked = [read(text, names) for text in texts]
    return f"json_build_array({', '.join(_shown(compiler.checked_sql(one, scope), one.type) for one in checked)})"


def _compile(model: TenantModel, object_name: str, texts: tuple[str, ...]) -> Statement:
    compiler = Compiler(model, ADMINISTRATOR)
    scope = compiler.open(model.object(object_name))
    parts = _parts(compiler, scope, texts, FORMULA_ROOTS)
    record_id = compiler.parameters.placeholder("record.id", "::uuid")
    conditions = " and ".join([f"{scope.alias}.id = {record_id}", *compiler.visible(scope)])
    sql = f"select {parts}\n{scope.from_clause}\nwhere {conditions}"
    return Statement(sql, compiler.parameters.names())


def _compile_many(model: TenantModel, object_name: str, texts: tuple[str, ...]) -> Statement:
    compiler = Compiler(model, ADMINISTRATOR)
    scope = compiler.open(model.object(object_name))
    parts = _parts(compiler, scope, texts, FORMULA_ROOTS)
    record_ids = compiler.parameters.placeholder("record.ids", "::uuid[]")
    conditions = " and ".join([f"{scope.alias}.id = any({record_ids})", *compiler.visible(scope)])
    sql = f"select {scope.alias}.id, {parts} as data\n{scope.from_clause}\nwhere {conditions}"
    return Statement(sql, compiler.parameters.names())


def _compile_page(model: TenantModel, object_name: str, texts: tuple[str, ...]) -> Statement:
    """The first text is the condition."""
    compiler = Compiler(model, ADMINISTRATOR)
    scope = compiler.open(model.object(object_name))
    parts = _parts(compiler, scope, texts[1:], FORMULA_ROOTS)
    met = compiler.checked_sql(read(texts[0], ModelScope(model, object_name, FORMULA_ROOTS), BOOLEAN), scope)
    after = compiler.parameters.placeholder("after.id", "::uuid")
    first = compiler.parameters.placeholder("page.first", "::bigint")
    conditions = " and ".join([f"{scope.alias}.id > {after}", f"({met})", *compiler.visible(scope)])
    sql = f"select {scope.alias}.id, {parts} as data\n{scope.from_clause}\nwhere {conditions}"
    return Statement(f"{sql}\norder by {scope.alias}.id\nlimit {first}", compiler.parameters.names())


def _compile_pairs(model: TenantModel, object_name: str, texts: tuple[str, ...]) -> Statement:
    """`actor` is a column of the statement instead of one value of the run."""
    compiler = Compiler(model, ADMINISTRATOR)
    parameters = compiler.parameters
    accounts = parameters.placeholder("accounts", "::uuid[]")
    parameters.written = {
        **parameters.written,
        "actor.id": lambda: "account.id",
        "actor.roles": lambda: held_roles_sql("account.id", parameters.placeholder("tenant.id", "::uuid")),
    }
    scope = compiler.open(model.object(object_name))
    scope.from_clause.lines.append(f"cross join unnest({accounts}) as account (id)")
    parts = _parts(compiler, scope, texts, POLICY_ROOTS)
    record_ids = parameters.placeholder("record.ids", "::uuid[]")
    conditions = " and ".join([f"{scope.alias}.id = any({record_ids})", *compiler.visible(scope)])
    sql = f"select {scope.alias}.id, account.id as account, {parts} as data\n{scope.from_clause}\nwhere {conditions}"
    return Statement(sql, parameters.names())


def _shown(sql: str, value_type: ValueType) -> str:
    return f"({sql})::text" if value_type.kind in _AS_TEXT else f"({sql})"
