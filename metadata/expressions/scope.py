"""Which fields an expression may name: the checker asks a `Scope`, usually one over a TenantModel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from metadata.expressions.tree import Root
from metadata.expressions.types import DECIMAL, ID, TEXT, Kind, ValueType, list_of
from metadata.fields import FIELD_TYPES
from metadata.fields.base import FieldType
from metadata.fields.relations import RelationKind, relation_of
from metadata.model.tenant import TenantModel, field_of
from metadata.model.values import Field

__all__ = ["FORMULA_ROOTS", "POLICY_ROOTS", "RULE_ROOTS", "SUBTREE", "ModelScope", "Scope", "ScopeField"]

FORMULA_ROOTS = frozenset({Root.RECORD})
"""What formulas, indexes and validation rules may start at."""

POLICY_ROOTS = frozenset({Root.RECORD, Root.ACTOR})
"""What filters of views and access rules may start at."""

RULE_ROOTS = frozenset({Root.RECORD, Root.OLD, Root.ACTOR})
"""What conditions over a change may start at."""

_ACTOR = "actor"
_ACTOR_LISTS = {"roles": TEXT, "grants": ID, "colleagues": ID, "managed_departments": ID}
SUBTREE = "subtree"
"""Of a record of a tree: the ids of itself and of all below it."""


@dataclass(frozen=True, slots=True)
class ScopeField:
    """A field as expressions see it.

    Attributes:
        type: Its type; RECORD for a to-one relation, LIST of RECORD for a to-many one. NULL when it cannot be told,
            which fits everything.
        parts: Types of the parts of a composite value: `amount.currency`.
    """

    type: ValueType
    parts: Mapping[str, ValueType] = field(default_factory=dict)


class Scope(Protocol):
    """Answers what a path may name."""

    def start(self, root: Root) -> str | None:
        """The object type a root's paths start at; None when the root is not offered here."""

    def field(self, object_name: str, field_name: str) -> ScopeField | None:
        """A field of an object type, or None."""

    def names(self, object_name: str) -> Sequence[str]:
        """Names of an object type's fields, for messages."""


@dataclass(frozen=True, slots=True)
class ModelScope:
    """The fields of one object type of a tenant, and of what it is related to.

    Attributes:
        model: The tenant's model.
        object_name: Object type that the expression belongs to.
        roots: Which roots are offered besides those inside quantifiers; see FORMULA_ROOTS, POLICY_ROOTS, RULE_ROOTS.
    """

    model: TenantModel
    object_name: str
    roots: frozenset[Root] = RULE_ROOTS

    def start(self, root: Root) -> str | None:
        """See Scope."""
        if root not in self.roots:
            return None
        return _ACTOR if root is Root.ACTOR else self.object_name

    def field(self, object_name: str, field_name: str) -> ScopeField | None:
        """See Scope.

        The actor has the fields of `user`; lists of records are lists of their ids (`team.id in actor.teams`). Besides,
        there are `roles`, all that are held now; `grants`, ids of records granted by name; `colleagues`, ids of the
        actor and of those in the teams that the actor is in or leads; and `managed_departments`.
        """
        if object_name == _ACTOR and field_name in _ACTOR_LISTS:
            return ScopeField(list_of(_ACTOR_LISTS[field_name]))
        object_type = self.model.objects.get("user" if object_name == _ACTOR else object_name)
        if field_name == SUBTREE and object_type is not None and object_type.tree:
            return ScopeField(list_of(ID))
        found = None if object_type is None else field_of(object_type, field_name)
        field_type = None if found is None else FIELD_TYPES.get(found.type)
        if found is None or field_type is None:
            return None
        type = field_type.value_type(found, self.model)
        if object_name == _ACTOR and type.item is not None and type.item.kind is Kind.RECORD:
            return ScopeField(list_of(ID))
        return ScopeField(type, _parts(found, field_type, type))

    def names(self, object_name: str) -> Sequence[str]:
        """See Scope."""
        object_type = self.model.objects.get("user" if object_name == _ACTOR else object_name)
        return () if object_type is None else [found.name for found in object_type.fields]


def _parts(field: Field, field_type: FieldType, type: ValueType) -> Mapping[str, ValueType]:
    relation = relation_of(field)
    if relation is not None:
        return {"id": ID, "type": TEXT} if relation.kind is RelationKind.POLYMORPHIC else {}
    if type.kind is Kind.MONEY:
        return {"amount": DECIMAL, "currency": TEXT}
    return {part.name: part.value_type for part in field_type.subfields if part.value_type is not None}
