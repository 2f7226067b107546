"""Policies compiled for look-up: one immutable snapshot for one set of roles and policies.

    policies, roles ─ checked ─ conditions parsed ─ by subject, object type and action ─ Snapshot
    Snapshot + roles and user of an actor ─ Rights (see `server.access.rights`)

Compiling takes time and belongs on a thread; what it gives is only read, and may be shared by threads.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import NamedTuple

import msgspec

from metadata.expressions.tree import Expression
from metadata.model import policy_checks
from metadata.model.policies import ANY, Policy, Role
from metadata.model.policy_scopes import expression_of
from metadata.model.tenant import TenantModel
from metadata.pools.hiding import pool_policies
from metadata.problems import BadInputError, TangramError
from server.access.conditions import ALWAYS

__all__ = ["EMPTY", "Cell", "Place", "Rule", "Snapshot", "compile_policies", "compile_snapshot", "subject_of"]

Place = tuple[str, str]
"""An object type (or `*`) with an action or a field."""


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """One policy, ready to be asked.

    Attributes:
        policy: The row.
        condition: What it asks of a record and the clock; ALWAYS for nothing.
        fields: Fields it is about; empty for none in particular.
    """

    policy: Policy
    condition: Expression
    fields: frozenset[str]


class Cell(NamedTuple):
    """The rules of one subject about one object type and action."""

    grants: tuple[Rule, ...] = ()
    limits: tuple[Rule, ...] = ()
    denies: tuple[Rule, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """All policies of a tenant at one version.

    Attributes:
        digest: Equal for equal roles and policies.
        cells: By subject, then by object type and action as they are written, `*` included.
        fields: Field and mask rules by subject, then by object type and field; the first that fits a row decides.
        ancestors: For each role, itself and all that it inherits, nearest first.
        rules: Every rule, in the order of the policies.
    """

    digest: str
    cells: Mapping[str, Mapping[Place, Cell]]
    fields: Mapping[str, Mapping[Place, tuple[Rule, ...]]]
    ancestors: Mapping[str, tuple[str, ...]]
    rules: tuple[Rule, ...]

    def subjects(self, roles: Iterable[str], user: str = "") -> tuple[str, ...]:
        """Whose rules concern somebody: everybody's, those of the roles and of what they inherit, the user's own."""
        held: dict[str, None] = {}
        for role in sorted(roles):
            held.update(dict.fromkeys(self.ancestors.get(role, (role,))))
        own = (f"user:{user}",) if user and self.is_personal(user) else ()
        return (f"role:{ANY}", *(f"role:{role}" for role in held), *own)

    def is_personal(self, user: str) -> bool:
        """Whether a rule concerns this very user."""
        return f"user:{user}" in self.cells or f"user:{user}" in self.fields


def subject_of(policy: Policy) -> str:
    """Whom a policy concerns, as one text: `role:seller`, `user:<id>`, `role:*`."""
    return f"user:{policy.user.lower()}" if policy.user else f"role:{policy.role}"


def compile_snapshot(model: TenantModel) -> Snapshot:
    """Check and compile what a tenant has declared: its policies, and those that follow from its pools.

    Raises:
        BadInputError: With every row at fault.
    """
    found = tuple(policy_checks.faults(model))
    if found:
        raise BadInputError.of(found)
    return compile_policies(model.roles, (*model.policies, *pool_policies(model)))


def compile_policies(roles: Mapping[str, Role], policies: Sequence[Policy]) -> Snapshot:
    """Compile policies that were checked.

    Raises:
        BadInputError: A condition cannot be read; the fault names the row.
    """
    cells: dict[str, dict[Place, list[list[Rule]]]] = {}
    fields: dict[str, dict[Place, list[Rule]]] = {}
    conditions: dict[tuple[str, ...], Expression] = {}
    rules = []
    for place, policy in enumerate(policies):
        rule = Rule(policy, _condition(policy, place, conditions), frozenset(policy.fields))
        rules.append(rule)
        subject = subject_of(policy)
        if policy.kind in ("field", "mask"):
            for name in policy.fields:
                fields.setdefault(subject, {}).setdefault((policy.object, name), []).append(rule)
            continue
        slot = _SLOTS[policy.kind]
        by_place = cells.setdefault(subject, {})
        for action in policy.actions:
            by_place.setdefault((policy.object, action), [[], [], []])[slot].append(rule)
    return Snapshot(
        digest=blake2b(msgspec.msgpack.encode((tuple(roles.values()), tuple(policies))), digest_size=12).hexdigest(),
        cells={
            subject: {place: Cell(*map(tuple, lists)) for place, lists in by_place.items()}
            for subject, by_place in cells.items()
        },
        fields={
            subject: {place: tuple(sorted(held, key=_precedence)) for place, held in by_place.items()}
            for subject, by_place in fields.items()
        },
        ancestors={name: _ancestors(roles, name) for name in roles},
        rules=tuple(rules),
    )


_SLOTS = {"allow": 0, "scope": 1, "deny": 2}
_OPENNESS = {"none": 0, "masked": 1, "": 2, "full": 3}


def _condition(policy: Policy, place: int, known: dict[tuple[str, ...], Expression]) -> Expression:
    key = (policy.scope, policy.condition, policy.valid_from, policy.valid_until)
    if key not in known:
        try:
            known[key] = expression_of(policy) or ALWAYS
        except TangramError as error:
            raise BadInputError.single(
                error.faults[0].reason if error.faults else "bad_policy",
                f"Policy '{policy.name}' cannot be compiled: {error.message}",
                path=("policies", place, "condition"),
                hint="Correct its condition, or remove it.",
            ) from error
    return known[key]


def _precedence(rule: Rule) -> tuple[int, int]:
    """Greater priority first; of equal ones the closer."""
    read = "masked" if rule.policy.kind == "mask" else rule.policy.read
    return -rule.policy.priority, _OPENNESS[read]


def _ancestors(roles: Mapping[str, Role], name: str) -> tuple[str, ...]:
    found = {name: None}
    pending = [name]
    while pending:
        role = roles.get(pending.pop(0))
        for above in role.inherits if role is not None else ():
            if above not in found:
                found[above] = None
                pending.append(above)
    return tuple(found)


EMPTY = compile_policies({}, ())
"""Grants nothing: what holds where policies were declared and cannot be compiled."""
