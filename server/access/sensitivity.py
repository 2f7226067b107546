"""Which fields are sensitive: whoever sees one plainly is named in the audit log, and seeing many counts as export.

Encrypted fields are, fields that are declared so, and fields that a policy masks for somebody, whoever that is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from metadata.fields import FIELD_TYPES
from metadata.model.policies import ANY, Policy
from metadata.model.tenant import TenantModel
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
