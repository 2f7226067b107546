"""Compiles which of some records an actor may do all of several things to, and read some fields of plainly."""

from __future__ import annotations

from collections.abc import Iterable

from metadata.expressions.tree import Expression, Parameter
from metadata.expressions.types import ID, list_of
from metadata.model.tenant import TenantModel
from metadata.model.values import ObjectType
from server.access.conditions import NEVER, both
from server.access.plan import AccessPlan, Action
from server.records.compiler import Compiler
from server.records.statements import Statement

__all__ = ["ASKED", "compile_reach", "reach_condition"]

ASKED = "asked"
"""Name of the parameter with the ids."""


def reach_condition(
    access: AccessPlan, object_name: str, *, actions: Iterable[Action], fields: Iterable[str]
) -> Expression:
    """Where an actor may read a record, do all the actions to it and read all the fields plainly; NEVER for nowhere."""
    found = [access.rows(object_name, action) or NEVER for action in {Action.READ: None, **dict.fromkeys(actions)}]
    found += [access.field_condition(object_name, field) or NEVER for field in fields]
    return both(found)


def compile_reach(
    object_type: ObjectType,
    model: TenantModel,
    access: AccessPlan,
    *,
    actions: Iterable[Action] = (),
    fields: Iterable[str] = (),
) -> Statement:
    """Ids (text, column `id`) of those of the records ASKED that are there and within reach.

    Raises:
        ForbiddenError: `action_not_allowed`: the actor may read no record of the kind.
    """
    compiler = Compiler(model, access)
    scope = compiler.open(object_type)
    asked = compiler.parameters.parameter(Parameter(ASKED, list_of(ID)))
    conditions = [f"{scope.alias}.id = any({asked})", *compiler.visible(scope)]
    conditions.append(
        compiler.permitted(reach_condition(access, object_type.name, actions=actions, fields=fields), scope)
    )
    sql = f"select {scope.alias}.id::text as id\n{scope.from_clause}\nwhere {' and '.join(conditions)}"
    return Statement(sql, compiler.parameters.names(), ())
