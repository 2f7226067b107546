"""AccessPlan: what one set of roles may do, asked by the one read compiler and the one write compiler.

Administrators may do everything, members may work with records but not configure. Policies as rows will fill
the same answers with row conditions, field rights and masks; nothing that asks has to change for it.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from metadata.expressions.tree import Expression, Literal
from metadata.expressions.types import BOOLEAN

__all__ = ["ADMINISTRATOR", "MEMBER", "AccessPlan", "Action", "FieldRight", "plan_for"]

EVERY_ROW: Expression = Literal(True, BOOLEAN)


class Action(enum.Enum):
    """What is done to records."""

    READ = "read"
    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    RESTORE = "restore"
    DESTROY = "destroy"
    MERGE = "merge"


class FieldRight(enum.Enum):
    """How much of a field may be read."""

    NONE = "none"
    MASKED = "masked"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class AccessPlan:
    """What one set of roles may do.

    Attributes:
        fingerprint: Equal for actors with equal rights; part of every cache key.
        may_configure: Whether metadata may be changed.
        may_introspect: Whether the schema may be listed.
    """

    fingerprint: str
    may_configure: bool
    may_introspect: bool = True

    def rows(self, object_name: str, action: Action) -> Expression | None:
        """Condition a record must meet; `EVERY_ROW` for no restriction, None when nothing is allowed."""
        return EVERY_ROW

    def field_right(self, object_name: str, field_name: str) -> FieldRight:
        """How much of a field may be read."""
        return FieldRight.FULL

    def may_write(self, object_name: str, field_name: str) -> bool:
        """Whether a field may be set."""
        return True


ADMINISTRATOR = AccessPlan("administrator", may_configure=True)
MEMBER = AccessPlan("member", may_configure=False)


def plan_for(roles: tuple[str, ...]) -> AccessPlan:
    """The plan of a role set: any role named `administrator` gives all rights."""
    return ADMINISTRATOR if "administrator" in roles else MEMBER
