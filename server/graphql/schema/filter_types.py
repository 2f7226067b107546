"""Inputs that say which records, and in which order."""

from __future__ import annotations

from graphql import (
    GraphQLEnumType,
    GraphQLEnumValue,
    GraphQLInputField,
    GraphQLInputObjectType,
)

from metadata.expressions.types import ValueType
from metadata.fields import FIELD_TYPES
from metadata.fields.base import Output
from metadata.fields.operators import operators_for
from metadata.model.values import ObjectType
from metadata.naming import enum_value, pascal
from server.graphql.members import IN_SEGMENT, Member, MemberKind
from server.graphql.schema.filters import filter_name, operand_text
from server.graphql.schema.scalars import STRUCTURAL
from server.graphql.schema.scope import RoleBuilder, TypeScope, label_text
from server.records.json_text import computed_scalar

__all__ = ["FilterTypes"]


class FilterTypes:
    """Filters and orders of an object type's records."""

    def __init__(self, scope: TypeScope) -> None:
        self._scope = scope
        self.roles: tuple[tuple[str, RoleBuilder], ...] = (
            ("ListFilter", self._list_filter),
            ("Filter", self._filter),
            ("OrderBy", self._order),
            ("InSegment", self._segments),
        )

    def _filter(self, object_type: ObjectType, name: str) -> GraphQLInputObjectType:
        def fields() -> dict[str, GraphQLInputField]:
            found = {
                "and": GraphQLInputField(self._scope.reference(f"[{name}!]")),
                "or": GraphQLInputField(self._scope.reference(f"[{name}!]")),
                "not": GraphQLInputField(self._scope.reference(name)),
            }
            if self._scope.segments(object_type):
                found[IN_SEGMENT] = GraphQLInputField(
                    self._scope.reference(f"{pascal(object_type.name)}InSegment"),
                    description="Those that meet the segment's condition now, as far as the actor may know.",
                )
            for member in self._scope.usable(object_type):
                text = self._filter_text(object_type, member)
                if text:
                    found[member.name] = GraphQLInputField(self._scope.reference(text))
            return found

        return GraphQLInputObjectType(name, fields, description=f"Which {object_type.plural}; all parts must hold.")

    def _segments(self, object_type: ObjectType, name: str) -> GraphQLEnumType | None:
        values = {
            enum_value(one.name): GraphQLEnumValue(one.name, description=label_text(one.label, one.description))
            for one in self._scope.segments(object_type)
        }
        if not values:
            return None
        what = f"Segments of {object_type.plural}."
        return GraphQLEnumType(name, values, description=what, extensions={STRUCTURAL: True})

    def _filter_text(self, object_type: ObjectType, member: Member) -> str:
        """Name of the filter input of a record's field; empty when it cannot be filtered."""
        match member.kind:
            case MemberKind.TO_ONE:
                return f"{pascal(member.targets[0])}Filter"
            case MemberKind.TO_MANY:
                return f"{pascal(member.targets[0])}ListFilter"
            case MemberKind.TO_ONE_ID | MemberKind.POLYMORPHIC_ID:
                return "IDFilter"
            case MemberKind.POLYMORPHIC_TYPE:
                return "StringFilter"
            case MemberKind.POLYMORPHIC:
                return ""
        field_type = FIELD_TYPES[member.field.type]
        if not field_type.filterable:
            return ""
        if field_type.output is Output.COMPUTED:
            return filter_name(computed_scalar(object_type, member.field, self._scope.model))
        text = self._scope.value_text(object_type, member.field)
        if field_type.output in (Output.OPTION, Output.OPTIONS):
            return f"{text.strip('[]!')}Filter"
        return filter_name(text)

    def _list_filter(self, object_type: ObjectType, name: str) -> GraphQLInputObjectType:
        inner = f"{pascal(object_type.name)}Filter"
        return GraphQLInputObjectType(
            name,
            lambda: {key: GraphQLInputField(self._scope.reference(inner)) for key in ("some", "none", "every")},
            description=f"How many of the related {object_type.plural} must match.",
        )

    def of_member(self, member: Member, scalar: str, name: str) -> GraphQLInputObjectType:
        """The filter of a field whose values are an enum of its own."""
        value_type = FIELD_TYPES[member.field.type].value_type(member.field, self._scope.model)
        return self.operators(name, scalar, value_type)

    def operators(self, name: str, scalar: str, value_type: ValueType) -> GraphQLInputObjectType:
        """The filter of values of a type, shown as `scalar`: its operators."""
        return GraphQLInputObjectType(
            name,
            lambda: {
                operator.name: GraphQLInputField(
                    self._scope.reference(operand_text(operator, value_type, scalar)), description=operator.help
                )
                for operator in operators_for(value_type)
            },
        )

    def _order(self, object_type: ObjectType, name: str) -> GraphQLInputObjectType:
        def fields() -> dict[str, GraphQLInputField]:
            found = {}
            for member in self._scope.usable(object_type):
                if member.kind is MemberKind.TO_ONE:
                    found[member.name] = GraphQLInputField(self._scope.reference(f"{pascal(member.targets[0])}OrderBy"))
                elif member.kind in (MemberKind.VALUE, MemberKind.PARTS) and FIELD_TYPES[member.field.type].sortable:
                    found[member.name] = GraphQLInputField(self._scope.reference("OrderDirection"))
            return found

        return GraphQLInputObjectType(name, fields, description="One term of an order; give one field a term.")
