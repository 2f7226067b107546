"""What is wrong with promotion rules."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from metadata.expressions.check import ModelScope, faults_of
from metadata.expressions.scope import FORMULA_ROOTS
from metadata.expressions.types import BOOLEAN, Kind
from metadata.fields import FIELD_TYPES
from metadata.fields.inputs import shown
from metadata.fields.relations import RelationKind, relation_kind, relation_of
from metadata.model.policies import ADMINISTRATOR, MEMBER, PLATFORM_ADMINISTRATOR
from metadata.model.promotions import Promotion
from metadata.model.tenant import TenantModel, field_of
from metadata.model.values import Field, ObjectType
from metadata.problems import Fault

__all__ = ["promotion_faults"]


def promotion_faults(model: TenantModel, rule: Promotion) -> Iterator[Fault]:
    """What is wrong with a rule; paths start at it."""
    for attribute, name in (("role", rule.role), ("among", rule.among)):
        if attribute == "role" and name in (ADMINISTRATOR, PLATFORM_ADMINISTRATOR, MEMBER):
            message = f"Promotion '{rule.name}' gives the role '{name}', which is given to people by name only."
            yield Fault("reserved_role", message, (attribute,), "Name a role of your own.")
        elif name and name not in model.roles and name != MEMBER:
            yield Fault("unknown_role", f"Promotion '{rule.name}' names '{name}', which is no role.", (attribute,))
    for attribute, number, least in (("consecutive", rule.consecutive, 1), ("grace", rule.grace, 0)):
        if not least <= number <= 24:
            yield Fault("bad_limit", f"{attribute} is from {least} to 24, not {number}.", (attribute,))
    try:
        finite = Decimal(rule.threshold).is_finite()
    except InvalidOperation:
        finite = False
    if not finite:
        message = f"The threshold of promotion '{rule.name}' is {shown(rule.threshold)}, which is no number."
        yield Fault("bad_threshold", message, ("threshold",), "Write decimal text, such as 100000.")
    object_type = model.objects.get(rule.object)
    if object_type is None or object_type.storage != "tenant":
        message = f"Promotion '{rule.name}' measures '{rule.object}', which is no object type with records."
        yield Fault("unknown_object", message, ("object",))
        return
    yield from _measure_faults(model, rule, object_type)


def _measure_faults(model: TenantModel, rule: Promotion, object_type: ObjectType) -> Iterator[Fault]:
    user = field_of(object_type, rule.user)
    relation = None if user is None else relation_of(user)
    to_one = relation is not None and relation_kind(relation) is RelationKind.TO_ONE
    if relation is None or not to_one or relation.to != "user":
        yield _unfit(rule, "user", rule.user, "a relation to one user")
    date = field_of(object_type, rule.date)
    if date is None or _kind(model, date) not in (Kind.DATE, Kind.DATETIME):
        yield _unfit(rule, "date", rule.date, "a date or an instant")
    field = field_of(object_type, rule.field) if rule.field else None
    is_number = field is not None and FIELD_TYPES[field.type].value_type(field, model).kind in (
        Kind.INTEGER,
        Kind.DECIMAL,
        Kind.MONEY,
    )
    if (rule.function == "count") == bool(rule.field) or (rule.field and not is_number):
        yield _unfit(rule, "field", rule.field, "a number, or nothing for a count")
    if rule.condition:
        for fault in faults_of(rule.condition, ModelScope(model, object_type.name, FORMULA_ROOTS), BOOLEAN):
            yield fault.under("condition")


def _unfit(rule: Promotion, attribute: str, name: str, expected: str) -> Fault:
    message = f"'{attribute}' of promotion '{rule.name}' is {shown(name)}; expected {expected} of '{rule.object}'."
    return Fault("unfit_field", message, (attribute,))


def _kind(model: TenantModel, field: Field) -> Kind:
    return FIELD_TYPES[field.type].value_type(field, model).kind
