"""Which of some records an actor may do all of several things to, and read some fields of plainly.

Engines ask here before they act on a record, or tell of it, by rights of their own.
"""

from __future__ import annotations

from collections.abc import Iterable

from metadata.expressions.tree import Expression, Parameter
from metadata.expressions.types import ID, list_of
from metadata.model.tenant import TenantModel
from metadata.model.values import ObjectType
from metadata.problems import NotFoundError, Path
from server.access.conditions import NEVER, both
from server.access.plan import EVERY_ROW, AccessPlan, Action
from server.actions import ActionRun
from server.context import Context
from server.records.compiler import Compiler
from server.records.run_values import values_for
from server.records.statements import Statement

__all__ = ["ASKED", "compile_reach", "reach_condition", "require_within_reach", "seen_object_type", "within_reach"]

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
    also: Expression | None = EVERY_ROW,
) -> Statement:
    """Ids (text, column `id`) of those of the records ASKED that are there and within reach, and meet `also`.

    Raises:
        ForbiddenError: `action_not_allowed`: the actor may read no record of the kind.
    """
    compiler = Compiler(model, access)
    scope = compiler.open(object_type)
    asked = compiler.parameters.parameter(Parameter(ASKED, list_of(ID)))
    conditions = [f"{scope.alias}.id = any({asked})", *compiler.visible(scope)]
    reached = both((reach_condition(access, object_type.name, actions=actions, fields=fields), also or NEVER))
    conditions.append(compiler.permitted(reached, scope))
    sql = f"select {scope.alias}.id::text as id\n{scope.from_clause}\nwhere {' and '.join(conditions)}"
    return Statement(sql, compiler.parameters.names(), ())


def seen_object_type(context: Context, name: str) -> ObjectType:
    """The object type of a name, for who may read some of its records.

    Raises:
        NotFoundError: `unknown_object`: there is none, or none for the actor; the two are told alike.
    """
    if name not in context.model.objects or context.access.rows(name, Action.READ) is None:
        raise NotFoundError.single(
            "unknown_object", f"There is no object type '{name[:80]}'.", path=("object",), hint="Check the name."
        )
    return context.model.object(name)


async def within_reach(
    run: ActionRun,
    object_type: ObjectType,
    ids: Iterable[str],
    *,
    actions: Iterable[Action] = (),
    fields: Iterable[str] = (),
    also: Expression | None = EVERY_ROW,
) -> set[str]:
    """Those of some records that the actor sees and may do all this to; none where they see none of the kind.

    Args:
        run: Who asks.
        object_type: Of the records.
        ids: Theirs.
        actions: What is to be done to them.
        fields: What is to be read of them plainly.
        also: One more condition, as `AccessPlan.may_run` gives it; None for never.
    """
    model, access = run.context.model, run.context.access
    if access.rows(object_type.name, Action.READ) is None:
        return set()
    statement = compile_reach(object_type, model, access, actions=actions, fields=fields, also=also)
    value_of = values_for(run.context, run.instant, {ASKED: list(ids)})
    return {row["id"] for row in await run.connection.fetch(statement.sql, *statement.arguments(value_of))}


async def require_within_reach(
    run: ActionRun,
    object_type: ObjectType,
    record: str,
    *,
    actions: Iterable[Action] = (),
    fields: Iterable[str] = (),
    also: Expression | None = EVERY_ROW,
    path: Path = ("record",),
) -> None:
    """Refuse unless one record is within reach; see `within_reach`.

    Raises:
        NotFoundError: `unknown_record`: there is none, or none that the actor may do this to; the two are told alike.
    """
    if not await within_reach(run, object_type, [record], actions=actions, fields=fields, also=also):
        raise NotFoundError.single(
            "unknown_record", f"There is no {object_type.name} {record} for you.", path=path, hint="Check the id."
        )
