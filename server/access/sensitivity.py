"""Which fields are sensitive: whoever sees one plainly is named in the audit log, and seeing many counts as export.

Encrypted fields are, fields that are declared so, and fields that a policy masks for somebody, whoever that is; and so
is what is computed of them, also if it only says yes or no.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from metadata.fields import FIELD_TYPES
from metadata.fields.computed import computed_expression
from metadata.model.computed import fields_used
from metadata.model.policies import ANY, Policy
from metadata.model.tenant import TenantModel, field_of
from metadata.model.values import Field

__all__ = ["is_sensitive"]

_DECRYPT = "decrypt"


@dataclass(frozen=True, slots=True)
class _Policies:
    """Policies, equal to themselves alone; `all` keeps them, so that their id is nobody else's meanwhile."""

    id: int
    all: Sequence[Policy] = field(compare=False, repr=False)


def is_sensitive(model: TenantModel, object_name: str, asked: Field) -> bool:
    """Whether plain reading of a field of an object type is logged and counted."""
    return _is_itself(model, object_name, asked) or _is_computed_of(model, object_name, asked, ())


def _is_computed_of(model: TenantModel, object_name: str, asked: Field, around: tuple[Field, ...]) -> bool:
    """Whether a computed field tells a sensitive one; `around` are the computed fields that it is looked at for."""
    field_type = FIELD_TYPES[asked.type]
    if not field_type.computed or asked in around or object_name not in model.objects:
        return False
    expression = computed_expression(model.objects[object_name], asked, model)
    for owner, name in fields_used(model, object_name, expression):
        used = field_of(model.objects[owner], name)
        if used is not None and (
            _is_itself(model, owner, used) or _is_computed_of(model, owner, used, (*around, asked))
        ):
            return True
    return False


def _is_itself(model: TenantModel, object_name: str, asked: Field) -> bool:
    if asked.sensitive or FIELD_TYPES[asked.type].transform == _DECRYPT:
        return True
    masked = _masked_for_somebody(_Policies(id(model.policies), model.policies))
    return (object_name, asked.name) in masked or (ANY, asked.name) in masked


@lru_cache(maxsize=64)
def _masked_for_somebody(policies: _Policies) -> frozenset[tuple[str, str]]:
    """Object type and field of every mask that a policy declares; compiled statements ask often, policies are many."""
    return frozenset(
        (policy.object, name)
        for policy in policies.all
        if policy.kind == "mask" or policy.read == "masked"
        for name in policy.fields
    )
