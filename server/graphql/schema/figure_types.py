"""Types of figures over records: their keys and values, and inputs that group, pick and order them."""

from __future__ import annotations

from collections.abc import Callable

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLEnumValue,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLObjectType,
)

from metadata.fields import FIELD_TYPES
from metadata.model.values import Field, ObjectType
from metadata.naming import pascal
from server.graphql.members import Member, MemberKind
from server.graphql.schema.scalars import STRUCTURAL
from server.graphql.schema.scope import RoleBuilder, TypeScope
from server.records.json_text import computed_scalar, scalar_of

__all__ = ["FigureTypes"]

_ORDERED = frozenset({"Int", "BigInt", "Decimal", "Date", "DateTime", "Time", "Duration", "String"})

_FIGURES = {"sum": "Sum", "avg": "Avg", "min": "Min", "max": "Max"}


class FigureTypes:
    """What `…Aggregate` fields take and give."""

    def __init__(self, scope: TypeScope) -> None:
        self._scope = scope
        self.roles: tuple[tuple[str, RoleBuilder], ...] = (
            ("AggregateOrderBy", self._aggregate_order),
            ("AggregateKey", self._aggregate_key),
            *((f"Aggregate{suffix}", self._figures(figure)) for figure, suffix in _FIGURES.items()),
            ("Aggregate", self._aggregate),
            ("GroupBy", self._group_by),
            *((f"Having{suffix}", self._having_figures(figure)) for figure, suffix in _FIGURES.items()),
            ("Having", self._having),
            *((f"Figure{suffix}OrderBy", self._figure_order(figure)) for figure, suffix in _FIGURES.items()),
            ("FieldName", self._field_name),
        )

    def _aggregate(self, object_type: ObjectType, name: str) -> GraphQLObjectType:
        def fields() -> dict[str, GraphQLField]:
            record = pascal(object_type.name)
            found = {
                "key": GraphQLField(self._scope.reference(f"{record}AggregateKey")),
                "count": GraphQLField(self._scope.reference("Int!")),
                "countDistinct": GraphQLField(
                    self._scope.reference("Int!"),
                    {"field": GraphQLArgument(self._scope.reference(f"{record}FieldName!"))},
                ),
            }
            for figure, suffix in _FIGURES.items():
                if self._figure_fields(object_type, figure):
                    found[figure] = GraphQLField(self._scope.reference(f"{record}Aggregate{suffix}"))
            return found

        return GraphQLObjectType(name, fields, description=f"Figures over {object_type.plural}.")

    def _figure_fields(self, object_type: ObjectType, figure: str) -> list[Member]:
        return [
            member
            for member in self._scope.usable(object_type)
            if member.kind in (MemberKind.VALUE, MemberKind.PARTS)
            and figure in FIELD_TYPES[member.field.type].aggregates
            and self._figure_text(object_type, member.field, figure)
        ]

    def _figure_text(self, object_type: ObjectType, field: Field, figure: str) -> str:
        """GraphQL type of a figure over a field; empty when it makes no sense for the field's type."""
        if figure in ("min", "max"):
            scalar = computed_scalar(object_type, field, self._scope.model)
            return scalar if scalar in _ORDERED else ""
        scalar = scalar_of(FIELD_TYPES[field.type].value_type(field, self._scope.model))
        if scalar in ("BigInt", "Decimal"):
            return "Decimal" if figure == "avg" else scalar
        return scalar if scalar == "Duration" else ""

    def _figures(self, figure: str) -> Callable[[ObjectType, str], GraphQLObjectType]:
        def build(object_type: ObjectType, name: str) -> GraphQLObjectType:
            return GraphQLObjectType(
                name,
                lambda: {
                    member.name: GraphQLField(
                        self._scope.reference(self._figure_text(object_type, member.field, figure))
                    )
                    for member in self._figure_fields(object_type, figure)
                },
            )

        return build

    def _group_members(self, object_type: ObjectType) -> list[Member]:
        return [
            member
            for member in self._scope.usable(object_type)
            if member.kind in (MemberKind.TO_ONE, MemberKind.TO_ONE_ID)
            or (member.kind is MemberKind.VALUE and FIELD_TYPES[member.field.type].groupable)
        ]

    def _aggregate_key(self, object_type: ObjectType, name: str) -> GraphQLObjectType:
        def fields() -> dict[str, GraphQLField]:
            found = {}
            for member in self._group_members(object_type):
                if member.kind is MemberKind.TO_ONE:
                    text = f"{pascal(member.targets[0])}AggregateKey"
                else:
                    text = self._key_text(object_type, member)
                found[member.name] = GraphQLField(self._scope.reference(text))
            return found

        return GraphQLObjectType(name, fields, description="What the records of a group have in common.")

    def _key_text(self, object_type: ObjectType, member: Member) -> str:
        """GraphQL type of a group key: dates and times are text, because they may be cut to months or weeks."""
        if member.kind is MemberKind.TO_ONE_ID:
            return "ID"
        text = self._scope.value_text(object_type, member.field)
        return "String" if text in ("Date", "DateTime") else text

    def _group_by(self, object_type: ObjectType, name: str) -> GraphQLInputObjectType:
        def fields() -> dict[str, GraphQLInputField]:
            return {
                member.name: GraphQLInputField(
                    self._scope.reference(
                        f"{pascal(member.targets[0])}GroupBy" if member.kind is MemberKind.TO_ONE else "Grouping"
                    )
                )
                for member in self._group_members(object_type)
            }

        return GraphQLInputObjectType(name, fields, description="One key to group by.")

    def _having(self, object_type: ObjectType, name: str) -> GraphQLInputObjectType:
        def fields() -> dict[str, GraphQLInputField]:
            found = {
                "and": GraphQLInputField(self._scope.reference(f"[{name}!]")),
                "or": GraphQLInputField(self._scope.reference(f"[{name}!]")),
                "not": GraphQLInputField(self._scope.reference(name)),
                "count": GraphQLInputField(self._scope.reference("IntFilter")),
            }
            for figure, suffix in _FIGURES.items():
                if self._figure_fields(object_type, figure):
                    found[figure] = GraphQLInputField(self._scope.reference(f"{name}{suffix}"))
            return found

        return GraphQLInputObjectType(name, fields, description="Which groups; all parts must hold.")

    def _having_figures(self, figure: str) -> Callable[[ObjectType, str], GraphQLInputObjectType]:
        def build(object_type: ObjectType, name: str) -> GraphQLInputObjectType:
            return GraphQLInputObjectType(
                name,
                lambda: {
                    member.name: GraphQLInputField(
                        self._scope.reference(f"{self._figure_text(object_type, member.field, figure)}Filter")
                    )
                    for member in self._figure_fields(object_type, figure)
                },
            )

        return build

    def _aggregate_order(self, object_type: ObjectType, name: str) -> GraphQLInputObjectType:
        def fields() -> dict[str, GraphQLInputField]:
            record = pascal(object_type.name)
            found = {
                "key": GraphQLInputField(self._scope.reference(f"{record}OrderBy")),
                "count": GraphQLInputField(self._scope.reference("OrderDirection")),
            }
            for figure, suffix in _FIGURES.items():
                if self._figure_fields(object_type, figure):
                    found[figure] = GraphQLInputField(self._scope.reference(f"{record}Figure{suffix}OrderBy"))
            return found

        return GraphQLInputObjectType(name, fields, description="One term of an order of groups.")

    def _figure_order(self, figure: str) -> Callable[[ObjectType, str], GraphQLInputObjectType]:
        def build(object_type: ObjectType, name: str) -> GraphQLInputObjectType:
            return GraphQLInputObjectType(
                name,
                lambda: {
                    member.name: GraphQLInputField(self._scope.reference("OrderDirection"))
                    for member in self._figure_fields(object_type, figure)
                },
            )

        return build

    def _field_name(self, object_type: ObjectType, name: str) -> GraphQLEnumType:
        members = [
            member
            for member in self._scope.usable(object_type)
            if member.kind in (MemberKind.TO_ONE_ID, MemberKind.VALUE, MemberKind.PARTS)
            and FIELD_TYPES[member.field.type].filterable
        ]
        return GraphQLEnumType(
            name,
            {_upper(member.name): GraphQLEnumValue(member.name) for member in members},
            extensions={STRUCTURAL: True},
        )


def _upper(camel_name: str) -> str:
    return "".join(f"_{letter}" if letter.isupper() else letter for letter in camel_name).upper()
