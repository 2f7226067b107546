"""What exists for an actor: object types, fields and relations that some row may show.

The schema is built of what exists here, and the compilers refuse the rest. A field exists when some row may show it,
and besides

- a relation, when it may be followed: it is readable plainly, the side that stores it is, and some record it leads to;
- a computed field, when every field it is computed from is readable plainly on some row, or a policy names it: then it
  is computed for whoever may read it, whatever they may see of its inputs.
"""

from __future__ import annotations

from metadata.expressions.tree import Expression
from metadata.fields import FIELD_TYPES
from metadata.fields.computed import ComputedSettings, computed_expression
from metadata.fields.relations import RelationKind, RelationSettings, relation_kind, relation_of, targets_of
from metadata.model.computed import fields_used
from metadata.model.tenant import TenantModel, field_of
from metadata.model.values import Field, ObjectType
from server.access.plan import EVERY_ROW, AccessPlan, Action, FieldRight

__all__ = ["Visibility"]


class Visibility:
    """A tenant's model as one access plan sees it."""

    __slots__ = ("_access", "_inputs", "_model", "_rights")

    def __init__(self, model: TenantModel, access: AccessPlan) -> None:
        self._model = model
        self._access = access
        self._rights: dict[tuple[str, str], FieldRight] = {}
        self._inputs: dict[tuple[str, str], bool] = {}

    def readable(self, object_name: str) -> bool:
        """Whether any record of an object type may be read."""
        return self._access.rows(object_name, Action.READ) is not None

    def targets(self, field: Field) -> tuple[str, ...]:
        """The object types that a relation leads to and that may be read."""
        relation = relation_of(field)
        return () if relation is None else tuple(filter(self.readable, targets_of(relation)))

    def field(self, object_type: ObjectType, field: Field) -> FieldRight:
        """How much of a field is readable, on the rows where it is most."""
        if self._access.rights is None:
            return FieldRight.FULL
        key = (object_type.name, field.name)
        found = self._rights.get(key)
        if found is None:
            self._rights[key] = FieldRight.NONE  # until it is known: what depends on itself does not exist
            found = self._rights[key] = self._find(object_type, field)
        return found

    def usable(self, object_type: ObjectType, field: Field) -> bool:
        """Whether a field may be filtered, sorted, grouped and computed with: it is readable plainly on some row."""
        return self.field(object_type, field) is FieldRight.FULL

    def certain(self, object_type: ObjectType, field: Field) -> bool:
        """Whether a field is readable plainly on every row that may be read."""
        return self._access.field_condition(object_type.name, field.name) == EVERY_ROW

    def may_mask(self, object_type: ObjectType, field: Field) -> bool:
        """Whether a field is shown masked on some row."""
        return (
            self.field(object_type, field) is not FieldRight.NONE
            and relation_of(field) is None
            and bool(self._access.masks(object_type.name, field.name))
        )

    def computable(self, object_type: ObjectType, field: Field) -> bool:
        """Whether every field that a computed one uses may be used."""
        key = (object_type.name, field.name)
        found = self._inputs.get(key)
        if found is None:
            found = self._inputs[key] = self._access.rights is None or all(
                self._is_input_usable(owner, name)
                for owner, name in fields_used(
                    self._model, object_type.name, computed_expression(object_type, field, self._model)
                )
            )
        return found

    def askable(self, object_name: str, expression: Expression) -> bool:
        """Whether an actor may ask a condition of records: every field that it names may be used."""
        return self._access.rights is None or (
            self.readable(object_name)
            and all(
                self._is_input_usable(owner, name) for owner, name in fields_used(self._model, object_name, expression)
            )
        )

    def _find(self, object_type: ObjectType, field: Field) -> FieldRight:
        right = self._access.field_right(object_type.name, field.name)
        if right is FieldRight.NONE:
            return right
        relation = relation_of(field)
        if relation is not None:
            return right if right is FieldRight.FULL and self._may_follow(field, relation) else FieldRight.NONE
        if isinstance(field.settings, ComputedSettings) and FIELD_TYPES[field.type].computed:
            is_named = self._access.named_condition(object_type.name, field.name) is not None
            return right if is_named or self.computable(object_type, field) else FieldRight.NONE
        return right

    def _may_follow(self, field: Field, relation: RelationSettings) -> bool:
        if not self.targets(field):
            return False
        kind = relation_kind(relation)
        if not relation.reversed or kind in (RelationKind.TO_ONE, RelationKind.POLYMORPHIC):
            return True
        target = self._model.object(relation.to)
        stored = field_of(target, relation.via)
        return stored is None or self._access.field_right(target.name, stored.name) is FieldRight.FULL

    def _is_input_usable(self, owner: str, name: str) -> bool:
        object_type = self._model.objects.get(owner)
        field = None if object_type is None else field_of(object_type, name)
        if object_type is None or field is None:
            return True
        return self.readable(owner) and self.usable(object_type, field)
