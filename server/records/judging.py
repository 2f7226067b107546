"""Conditions of access judged on records for many people at once: what explanations and simulations are answered by.

    compile_judgement   how conditions come out on one record, for each person
    compile_difference  on how many records two conditions differ, for each person

People are rows of the statement (`candidate`), so that one statement asks for all of them: where a condition names the
actor, the candidate's column stands in place of the parameter. Conditions are compiled as the administrator: they may
look at fields that the people they concern do not see.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from metadata.expressions.tree import Expression, Parameter
from metadata.model.tenant import TenantModel, field_of
from metadata.model.values import ObjectType
from server.access.grants import GrantShape
from server.access.plan import ADMINISTRATOR
from server.records.compiler import Compiler
from server.records.granted import granted_values
from server.records.scopes import FromClause, Scope
from server.records.statements import TENANT_PARAMETER, ParameterList, Statement

__all__ = ["CANDIDATES", "LIMIT", "RECORD", "compile_difference", "compile_judgement"]

CANDIDATES = "candidates"
"""Parameter: a JSON array of `{"id": account id, "roles": [role, …]}`."""

RECORD = "record.id"
"""Parameter: the record's id."""

LIMIT = "limit"
"""Parameter: the most records that are looked at."""


class _CandidateParameters(ParameterList):
    """The actor is the candidate at hand."""

    def parameter(self, parameter: Parameter) -> str:
        if parameter.name in ("actor.id", "actor.roles"):
            return f"candidate.{parameter.name.removeprefix('actor.')}"
        return super().parameter(parameter)


def compile_judgement(
    model: TenantModel,
    object_name: str,
    conditions: Sequence[Expression],
    grants: Mapping[str, GrantShape] = MappingProxyType({}),
) -> Statement:
    """A statement with columns `id` (of the candidate) and `outcomes` (boolean or null, in order of the conditions).

    It gives no row when there is no such record, removed ones included. `grants` are those that the conditions name.
    """
    compiler = _compiler(model)
    compiler.parameters.written = granted_values(compiler, grants)
    scope = _scope(compiler, model.object(object_name))
    outcomes = [_outcome(compiler, scope, one) for one in conditions]
    where = [f"{scope.alias}.id = {compiler.parameters.placeholder(RECORD, '::uuid')}", *_tenant(compiler, scope)]
    sql = (
        f"select candidate.id::text as id, array[{', '.join(outcomes)}]::boolean[] as outcomes\n"
        f"{scope.from_clause}\nwhere {' and '.join(where)}"
    )
    return Statement(sql, compiler.parameters.names())


def compile_difference(
    model: TenantModel,
    object_name: str,
    before: Expression,
    after: Expression,
    grants: Mapping[str, GrantShape] = MappingProxyType({}),
) -> Statement:
    """A statement with columns `id`, `examined`, `held`, `gained` and `lost`: counts of records for each candidate.

    Of object types with more living records than `LIMIT`, the newest are looked at. `grants` are as above.
    """
    compiler = _compiler(model)
    compiler.parameters.written = granted_values(compiler, grants)
    object_type = model.object(object_name)
    scope = _scope(compiler, object_type, newest=True)
    was, will = (f"coalesce({_outcome(compiler, scope, one)}, false)" for one in (before, after))
    sql = (
        "select judged.id::text as id, count(*) as examined, count(*) filter (where judged.was) as held,\n"
        "    count(*) filter (where judged.will and not judged.was) as gained,\n"
        "    count(*) filter (where judged.was and not judged.will) as lost\n"
        f"from (\nselect candidate.id, {was} as was, {will} as will\n{scope.from_clause}\n) as judged\n"
        "group by judged.id"
    )
    return Statement(sql, compiler.parameters.names())


def _compiler(model: TenantModel) -> Compiler:
    compiler = Compiler(model, ADMINISTRATOR)
    compiler.parameters = _CandidateParameters()
    return compiler


def _scope(compiler: Compiler, object_type: ObjectType, *, newest: bool = False) -> Scope:
    """The record beside the candidates; to-one paths of the conditions become joins after it."""
    candidates = compiler.parameters.placeholder(CANDIDATES, "::text::jsonb")
    alias = compiler.alias()
    table = compiler.layout.table_of(object_type)
    if newest:
        table = _newest(compiler, object_type, table)
    people = f"jsonb_to_recordset({candidates}) as candidate (id uuid, roles text[])"
    return Scope(compiler, object_type, alias, FromClause(compiler, f"{people}\ncross join {table} as {alias}"))


def _newest(compiler: Compiler, object_type: ObjectType, table: str) -> str:
    bare = Scope(compiler, object_type, "source", FromClause(compiler, table))
    where = _tenant(compiler, bare)
    if field_of(object_type, "deleted_at") is not None:
        where.append("source.deleted_at is null")
    limit = compiler.parameters.placeholder(LIMIT, "::bigint")
    condition = f" where {' and '.join(where)}" if where else ""
    return f"(select source.* from {table} as source{condition} order by source.id desc limit {limit})"


def _tenant(compiler: Compiler, scope: Scope) -> list[str]:
    if not compiler.layout.tenant_condition(scope.object_type):
        return []
    return [f"{scope.alias}.tenant_id = {compiler.parameters.parameter(TENANT_PARAMETER)}"]


def _outcome(compiler: Compiler, scope: Scope, condition: Expression) -> str:
    return f"({compiler.expression(condition, scope)})"
