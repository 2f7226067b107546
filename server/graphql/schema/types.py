"""Finds the named types of one tenant's schema, each built when it is first asked for.

A type's name says whose it is and what it is for (`WorkOrderFilter`), so a schema of 200 objects costs nothing until
a query names one of them. Each family of types (records, filters, figures, inputs) lists the endings it answers.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from graphql import GraphQLArgument, GraphQLInputField, GraphQLInputObjectType, GraphQLNamedType

from metadata.fields import FIELD_TYPES
from metadata.fields.base import Output
from metadata.model.tenant import TenantModel
from metadata.model.values import ObjectType
from metadata.naming import pascal
from server.access.plan import AccessPlan
from server.access.visibility import Visibility
from server.graphql.members import Member, MemberKind
from server.graphql.schema.actions import ACTION_TYPES
from server.graphql.schema.figure_types import FigureTypes
from server.graphql.schema.filter_types import FilterTypes
from server.graphql.schema.filters import filter_value_type
from server.graphql.schema.input_types import InputTypes
from server.graphql.schema.record_types import RecordTypes
from server.graphql.schema.scalars import SHARED_TYPES
from server.graphql.schema.scope import DATA_INPUT, RoleBuilder, TypeScope

__all__ = ["TypeBuilder"]


class TypeBuilder:
    """Named types of one tenant's schema as one access plan sees it."""

    def __init__(self, model: TenantModel, access: AccessPlan) -> None:
        self.model = model
        self.access = access
        self._scope = TypeScope(model, access, self.get)
        self._built: dict[str, GraphQLNamedType] = {}
        self._records = RecordTypes(self._scope)
        self._filters = FilterTypes(self._scope)
        self._inputs = InputTypes(self._scope)
        families = (self._records.roles, self._filters.roles, FigureTypes(self._scope).roles, self._inputs.roles)
        # The longest ending first: `…ListFilter` is not the `…Filter` of `…List`.
        self._roles: tuple[tuple[str, RoleBuilder], ...] = tuple(
            sorted((role for family in families for role in family), key=lambda role: -len(role[0]))
        )

    def get(self, name: str) -> GraphQLNamedType | None:
        """A named type, or None when the schema has none of that name."""
        found = self._built.get(name) or SHARED_TYPES.get(name) or ACTION_TYPES.get(name)
        if found is None:
            found = self._build(name)
            if found is not None:
                self._built[name] = found
        return found

    def reference(self, text: str) -> Any:
        """A type from its GraphQL spelling."""
        return self._scope.reference(text)

    def names(self) -> Iterable[str]:
        """Names that the root fields of the whole schema start from."""
        return (pascal(name) for name in self.model.objects if self.readable(name))

    def readable(self, object_name: str) -> bool:
        """Whether any record of an object type may be read."""
        return self._scope.readable(object_name)

    def searchable(self, object_type: ObjectType) -> bool:
        """Whether records of an object type may be searched."""
        return self._scope.searchable(object_type)

    def writable(self, object_type: ObjectType) -> list[Member]:
        """Members that inputs of an object type offer."""
        return self._inputs.writable(object_type, creating=True)

    @property
    def visibility(self) -> Visibility:
        """What exists for whoever asks."""
        return self._scope.visibility

    def list_arguments(self, object_type: ObjectType) -> dict[str, GraphQLArgument]:
        """Arguments of every list of an object type's records."""
        return self._records.list_arguments(object_type)

    def _build(self, name: str) -> GraphQLNamedType | None:
        object_type = self._object_named(name)
        if object_type is not None:
            return self._records.record(object_type, name)
        for prefix, build in (("Create", self._inputs.create), ("Update", self._inputs.update)):
            if name.startswith(prefix) and name.endswith("Input"):
                object_type = self._object_named(name[len(prefix) : -len("Input")])
                if object_type is not None:
                    return build(object_type, name)
        for suffix, build_role in self._roles:
            if name.endswith(suffix):
                object_type = self._object_named(name[: -len(suffix)])
                if object_type is not None:
                    return build_role(object_type, name)
        return self._field_type_named(name) or self._shared(name)

    def _object_named(self, type_name: str) -> ObjectType | None:
        object_name = self.model.object_by_type.get(type_name)
        if object_name is None or not self.readable(object_name):
            return None
        return self.model.objects[object_name]

    def _field_type_named(self, name: str) -> GraphQLNamedType | None:
        """Types that belong to one field: an option enum, its filter, the union of a polymorphic relation."""
        for type_name, object_name in self.model.object_by_type.items():
            if not name.startswith(type_name) or not self.readable(object_name):
                continue
            object_type = self.model.objects[object_name]
            for member in (*self._scope.members(object_type), *self.writable(object_type)):
                own_name = type_name + pascal(member.field.name)
                if FIELD_TYPES[member.field.type].output in (Output.OPTION, Output.OPTIONS):
                    if name == own_name:
                        return self._records.options(member.field, name)
                    if name == f"{own_name}Filter":
                        return self._filters.of_member(member, own_name, name)
                if member.kind is MemberKind.POLYMORPHIC and name == f"{own_name}Target":
                    return self._records.targets(member, name)
        return None

    def _shared(self, name: str) -> GraphQLNamedType | None:
        """Types every tenant shares that follow from the field types: composite values, inputs, filters."""
        for field_type in FIELD_TYPES.values():
            if field_type.output is Output.OBJECT and field_type.scalar == name:
                return self._records.composite(field_type)
            if field_type.input_parts and field_type.input_scalar == name:
                return GraphQLInputObjectType(
                    name,
                    lambda parts=field_type.input_parts: {  # type: ignore[misc]
                        part: GraphQLInputField(self.reference(text)) for part, text in parts.items()
                    },
                    description=field_type.help,
                    extensions={DATA_INPUT: True},
                )
        value_type = filter_value_type(name)
        if value_type is None:
            return None
        scalar = name.removesuffix("Filter").removesuffix("List").replace("Option", "String")
        return self._filters.operators(name, scalar if scalar in SHARED_TYPES else "", value_type)
