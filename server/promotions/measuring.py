"""Figures by user in one period, as one statement.

It is compiled with every right: a rule measures also what its subject may not see.
"""

from __future__ import annotations

from zoneinfo import ZoneInfo

from metadata.expressions.literals import canonical
from metadata.expressions.tree import Binary, FieldPath, Literal, Operator, all_of
from metadata.expressions.types import DATE, DATETIME, Kind
from metadata.fields import FIELD_TYPES
from metadata.model.policy_scopes import condition_expression
from metadata.model.promotions import Promotion
from metadata.model.tenant import TenantModel, field_of
from server.access.plan import ADMINISTRATOR
from server.promotions.periods import Period
from server.records.compiler import Compiler
from server.records.statements import Statement

__all__ = ["compile_measure"]


def compile_measure(rule: Promotion, model: TenantModel, period: Period) -> Statement:
    """Rows (`user_id`, `value`) of everybody whom a record of the period counts for.

    Raises:
        BadInputError: The rule names what is gone; see `metadata.model.promotion_checks`.
    """
    object_type = model.object(rule.object)
    compiler = Compiler(model, ADMINISTRATOR)
    scope = compiler.open(object_type)
    dated = field_of(object_type, rule.date)
    assert dated is not None
    if FIELD_TYPES[dated.type].value_type(dated, model).kind is Kind.DATETIME:
        instants = period.instants(ZoneInfo(model.settings.timezone))
        bounds = [Literal(canonical(one.isoformat(), Kind.DATETIME), DATETIME) for one in instants]
    else:
        bounds = [Literal(one.isoformat(), DATE) for one in (period.start, period.end)]
    path = FieldPath((rule.date,))
    parts = [Binary(Operator.GE, path, bounds[0]), Binary(Operator.LT, path, bounds[1])]
    condition = all_of((*parts, condition_expression(rule.condition)) if rule.condition else tuple(parts))
    conditions = compiler.conditions(scope, condition)
    user, measured = field_of(object_type, rule.user), field_of(object_type, rule.field) if rule.field else None
    assert user is not None
    value = "count(*)" if measured is None else f"{rule.function}(({compiler.field_sql(scope, measured)})::numeric)"
    owner = scope.stored(user.column)
    where = " and ".join(f"({one})" for one in [*conditions, f"{owner} is not null"])
    sql = f"select {owner}::text as user_id, {value} as value\n{scope.from_clause}\nwhere {where}\ngroup by {owner}"
    return Statement(sql, compiler.parameters.names(), ())
