"""AccessPlan: what one actor may do, asked by the one read compiler and the one write compiler.

While a tenant has no policies, administrators may do everything, and members work with records but do not configure.
From the first policy on, everybody but administrators has what the policies give.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from metadata.expressions.tree import Expression
from metadata.model.organisation import ORGANISATION
from metadata.model.policies import ADMINISTRATOR as ADMINISTRATOR_ROLE
from metadata.model.policies import ANY, RUN
from server.access.conditions import ALWAYS, NEVER
from server.access.grants import GrantShape
from server.access.rights import Rights
from server.access.snapshot import Snapshot

__all__ = ["ADMINISTRATOR", "EVERY_ROW", "MEMBER", "AccessPlan", "Action", "FieldRight", "plan_for", "plan_of"]

EVERY_ROW: Expression = ALWAYS


class Action(enum.Enum):
    """What is done to records."""

    READ = "read"
    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    RESTORE = "restore"
    DESTROY = "destroy"
    MERGE = "merge"
    ASSIGN = "assign"
    TRANSFER = "transfer"
    CLAIM = "claim"
    IMPORT = "import"
    EXPORT = "export"
    PRINT = "print"
    APPROVE = "approve"
    UNMASK = "unmask"


class FieldRight(enum.Enum):
    """How much of a field may be read, on the rows where it is most."""

    NONE = "none"
    MASKED = "masked"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class AccessPlan:
    """What one set of roles may do.

    Attributes:
        fingerprint: Equal for actors with equal rights; part of every cache key.
        may_configure: Whether all metadata may be changed.
        may_introspect: Whether the schema may be listed.
        rights: What the policies give; None for every right on records.
        grants: What was given to this very user for a time, by digest: what statements need to know of it.
    """

    fingerprint: str
    may_configure: bool
    may_introspect: bool = True
    rights: Rights | None = field(default=None, compare=False, repr=False)
    grants: Mapping[str, GrantShape] = field(default_factory=dict, compare=False, repr=False)

    def rows(self, object_name: str, action: Action) -> Expression | None:
        """Condition a record must meet; `EVERY_ROW` for no restriction, None when nothing is allowed."""
        if self.rights is None:
            return EVERY_ROW if self._may_by_default(object_name, action) else None
        found = self.rights.rows(object_name, action.value)
        return None if found == NEVER else found

    def _may_by_default(self, object_name: str, action: Action) -> bool:
        """Without policies: members work with all records, but do not say who stands where in the organisation."""
        return self.may_configure or action is Action.READ or object_name not in ORGANISATION

    def field_right(self, object_name: str, field_name: str) -> FieldRight:
        """How much of a field may be read on some rows; `field_condition` says which."""
        if self.rights is None or self.rights.readable(object_name, field_name) != NEVER:
            return FieldRight.FULL
        return FieldRight.NONE if self.rights.shown(object_name, field_name) == NEVER else FieldRight.MASKED

    def field_condition(self, object_name: str, field_name: str) -> Expression | None:
        """Where, among the rows that may be read, a field may be read plainly; see `rows` for the values."""
        if self.rights is None:
            return EVERY_ROW
        found = self.rights.readable(object_name, field_name)
        return None if found == NEVER else found

    def named_condition(self, object_name: str, field_name: str) -> Expression | None:
        """Where it may because a policy names the field itself; None for nowhere, and where there are no policies."""
        found = NEVER if self.rights is None else self.rights.named(object_name, field_name)
        return None if found == NEVER else found

    def masks(self, object_name: str, field_name: str) -> tuple[tuple[Expression, str], ...]:
        """Masks with where they apply, in the order to be tried where the field cannot be read plainly."""
        return () if self.rights is None else self.rights.masks(object_name, field_name)

    def may_write(self, object_name: str, field_name: str) -> bool:
        """Whether a field may be set, in a new record or an old one, on some rows."""
        return self.rights is None or any(
            self.write_condition(object_name, field_name, action) is not None
            for action in (Action.UPDATE, Action.CREATE)
        )

    def write_condition(self, object_name: str, field_name: str, action: Action) -> Expression | None:
        """Where, among the rows that may be updated (or created), a field may be set; see `rows` for the values."""
        if self.rights is None:
            return EVERY_ROW if self._may_by_default(object_name, action) else None
        found = self.rights.writable(object_name, field_name, action.value)
        return None if found == NEVER else found

    def narrowed(self, object_name: str, action: Action, condition: Expression) -> AccessPlan:
        """The same plan, but for an action that only reaches records which also meet a condition."""
        if self.rights is None or condition == EVERY_ROW:
            return self
        rights = self.rights.narrowed(object_name, action.value, condition)
        return replace(self, fingerprint=rights.fingerprint, rights=rights)

    def may_configure_kind(self, kind: str) -> bool:
        """Whether metadata of one kind may be changed."""
        return self.may_configure or (self.rights is not None and self.rights.may_configure(kind))

    def may_run(self, name: str, object_name: str = ANY) -> Expression | None:
        """Where an engine's action may be run; see `rows` for the values."""
        if self.rights is None:
            return EVERY_ROW
        found = self.rights.rows(object_name, f"{RUN}:{name}")
        return None if found == NEVER else found


ADMINISTRATOR = AccessPlan("administrator", may_configure=True)
MEMBER = AccessPlan("member", may_configure=False)


def plan_for(roles: Iterable[str]) -> AccessPlan:
    """The plan of a role set in a tenant without policies: the role `administrator` gives all rights."""
    return ADMINISTRATOR if ADMINISTRATOR_ROLE in roles else MEMBER


def plan_of(
    snapshot: Snapshot | None, roles: tuple[str, ...], user: str = "", grants: tuple[GrantShape, ...] = ()
) -> AccessPlan:
    """The plan of somebody.

    Args:
        snapshot: The tenant's policies; None while it has none.
        roles: Roles held now.
        user: Account id, lower case.
        grants: Shapes that `with_grants` has put into the snapshot.
    """
    if snapshot is None or ADMINISTRATOR_ROLE in roles:
        return plan_for(roles)
    rights = Rights(snapshot, snapshot.subjects(roles, user))
    held = {shape.digest: shape for shape in grants}
    return AccessPlan(rights.fingerprint, may_configure=rights.may_configure(), rights=rights, grants=held)
