"""GraphQL names of an object type's fields, and what stands behind each.

The schema builder and the operation planner both read this, so a name can never mean two things.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from metadata.fields import FIELD_TYPES
from metadata.fields.base import Output
from metadata.fields.relations import RelationKind, relation_kind, relation_of, targets_of
from metadata.model.identity import ByIdentity
from metadata.model.values import Field, ObjectType
from metadata.naming import camel

__all__ = ["IN_SEGMENT", "Member", "MemberKind", "members_of"]


IN_SEGMENT = "inSegment"
"""What filters of records with segments offer beside their fields; no field is called so."""


class MemberKind(enum.Enum):
    """What a GraphQL field of a record gives."""

    VALUE = "value"
    """A scalar, an option, or a list of them."""
    PARTS = "parts"
    """A composite value such as money."""
    TO_ONE = "to_one"
    """A related record."""
    TO_ONE_ID = "to_one_id"
    """Its id alone: `customerId`."""
    TO_MANY = "to_many"
    """A connection of related records, from either side of a relation."""
    POLYMORPHIC = "polymorphic"
    """A related record of one of several types."""
    POLYMORPHIC_TYPE = "polymorphic_type"
    """Its object type's name: `targetType`."""
    POLYMORPHIC_ID = "polymorphic_id"
    """Its id alone: `targetId`."""


@dataclass(frozen=True, slots=True)
class Member:
    """One GraphQL field of a record."""

    name: str
    kind: MemberKind
    field: Field

    @property
    def targets(self) -> tuple[str, ...]:
        """Object types it leads to."""
        settings = relation_of(self.field)
        return () if settings is None else targets_of(settings)


@lru_cache(maxsize=4_096)
def _members(key: ByIdentity) -> Mapping[str, Member]:
    found: dict[str, Member] = {}
    for field in key.object_type.fields:
        for member in _members_of_field(field):
            found[member.name] = member
    return found


def members_of(object_type: ObjectType) -> Mapping[str, Member]:
    """GraphQL fields of a record by name, in order of display."""
    return _members(ByIdentity(object_type))


def _members_of_field(field: Field) -> tuple[Member, ...]:
    name = camel(field.name)
    relation = relation_of(field)
    if relation is not None:
        match relation_kind(relation):
            case RelationKind.TO_ONE:
                return (
                    Member(name, MemberKind.TO_ONE, field),
                    Member(f"{name}Id", MemberKind.TO_ONE_ID, field),
                )
            case RelationKind.POLYMORPHIC:
                return (
                    Member(name, MemberKind.POLYMORPHIC, field),
                    Member(f"{name}Type", MemberKind.POLYMORPHIC_TYPE, field),
                    Member(f"{name}Id", MemberKind.POLYMORPHIC_ID, field),
                )
            case _:
                return (Member(name, MemberKind.TO_MANY, field),)
    kind = MemberKind.PARTS if FIELD_TYPES[field.type].output is Output.OBJECT else MemberKind.VALUE
    return (Member(name, kind, field),)
