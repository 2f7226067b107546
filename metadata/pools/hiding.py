"""What is hidden while nobody holds a record, as policies: enforced wherever policies are, in SQL."""

from __future__ import annotations

from collections.abc import Iterator

from metadata.model.policies import ANY, BUILT_IN_ROLES, Policy
from metadata.model.tenant import TenantModel, field_of
from metadata.pools.values import Pool

__all__ = ["pool_policies"]

_FIRST = 1_000_000
"""Priority before whatever a tenant declares."""


def pool_policies(model: TenantModel) -> tuple[Policy, ...]:
    """The policies that follow from the pools of a tenant: managers and administrators see what others do not."""
    return tuple(policy for pool in model.pools.values() for policy in _policies(model, pool))


def _policies(model: TenantModel, pool: Pool) -> Iterator[Policy]:
    condition = " && ".join(
        [
            "owner == null",
            *([f"({pool.when})"] if pool.when else []),
            *(f'!("{role}" in actor.roles)' for role in pool.managers),
        ]
    )
    reason = f"pool {pool.name}"
    if pool.hidden:
        yield Policy(
            name=f"pool_{pool.name}_hidden", kind="deny", role=ANY, object=pool.object, actions=("read", "update"),
            fields=pool.hidden, condition=condition, reason=reason,
        )  # fmt: skip
    object_type = model.objects[pool.object]
    # A grant asks the field rules of its own role before those of everybody, so each role has the mask of its own.
    for role in (ANY, *model.roles, *BUILT_IN_ROLES) if pool.masked else ():
        for name in pool.masked:
            field = field_of(object_type, name)
            is_phone = field is not None and field.type == "phone"
            yield Policy(
                name=f"pool_{pool.name}_masked_{name}", kind="mask", role=role, object=pool.object, fields=(name,),
                mask="phone" if is_phone else "stars", condition=condition, priority=_FIRST, reason=reason,
            )  # fmt: skip
