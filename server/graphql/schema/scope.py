"""What the builders of a schema's types share: the model, what may be seen of it, and types by their spelling."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from graphql import GraphQLNamedType

from metadata.expressions.text import parse
from metadata.fields import FIELD_TYPES
from metadata.fields.base import Output
from metadata.model.tenant import TenantModel, field_of
from metadata.model.values import Field, Labels, ObjectType
from metadata.naming import pascal
from metadata.segments.values import Segment
from server.access.plan import AccessPlan, FieldRight
from server.access.visibility import Visibility
from server.graphql.members import Member, members_of
from server.graphql.schema.scalars import type_reference
from server.records.json_text import computed_scalar

__all__ = ["DATA_INPUT", "RoleBuilder", "TypeScope", "label_text"]

DATA_INPUT = "data"
"""Extension of input objects that carry record data: their shape does not change a read statement."""

RoleBuilder = Callable[[ObjectType, str], GraphQLNamedType | None]
"""(object type, name) → its type; None where there is none for it."""


class TypeScope:
    """A tenant's model as one access plan sees it, and the types built so far."""

    def __init__(self, model: TenantModel, access: AccessPlan, find: Callable[[str], GraphQLNamedType | None]) -> None:
        self.model = model
        self.access = access
        self.visibility = Visibility(model, access)
        self._find = find

    def named(self, name: str) -> GraphQLNamedType:
        """The type of a name that the schema has."""
        found = self._find(name)
        assert found is not None, name
        return found

    def reference(self, text: str) -> Any:
        """A type from its GraphQL spelling."""
        return type_reference(text, self.named)

    def readable(self, object_name: str) -> bool:
        """Whether any record of an object type may be read."""
        return self.visibility.readable(object_name)

    def members(self, object_type: ObjectType) -> list[Member]:
        """GraphQL fields of a record that may be read."""
        return [
            member
            for member in members_of(object_type).values()
            if self.visibility.field(object_type, member.field) is not FieldRight.NONE
        ]

    def usable(self, object_type: ObjectType) -> list[Member]:
        """Members that may be used in filters, orders and groups: readable in full."""
        return [member for member in self.members(object_type) if self.visibility.usable(object_type, member.field)]

    def searchable(self, object_type: ObjectType) -> bool:
        """Whether records of an object type may be searched: some search field may be read."""
        fields = (field_of(object_type, name) for name in object_type.search)
        return self.readable(object_type.name) and any(
            field is not None and self.visibility.usable(object_type, field) for field in fields
        )

    def segments(self, object_type: ObjectType) -> list[Segment]:
        """Segments whose condition may be asked of an object type's records."""
        return [
            one
            for one in self.model.segments.values()
            if one.object == object_type.name and self.visibility.askable(one.object, parse(one.when))
        ]

    def value_text(self, object_type: ObjectType, field: Field) -> str:
        """GraphQL type of a field's value."""
        field_type = FIELD_TYPES[field.type]
        match field_type.output:
            case Output.OPTION:
                return pascal(object_type.name) + pascal(field.name)
            case Output.OPTIONS:
                return f"[{pascal(object_type.name)}{pascal(field.name)}!]"
            case Output.COMPUTED:
                return computed_scalar(object_type, field, self.model).replace("Option", "String")
            case _:
                return field_type.scalar


def label_text(*labels: Labels) -> str | None:
    """The first label that says something, all its languages side by side."""
    for label in labels:
        if label:
            return " · ".join(dict.fromkeys(label.values()))
    return None
