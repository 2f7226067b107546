"""Inputs of writes: values of new and changed records, and how records are named and related."""

from __future__ import annotations

from collections.abc import Mapping

from graphql import (
    GraphQLEnumType,
    GraphQLEnumValue,
    GraphQLInputField,
    GraphQLInputObjectType,
)

from metadata.fields import FIELD_TYPES
from metadata.model.values import Field, ObjectType
from metadata.naming import camel, pascal
from server.access.plan import Action
from server.graphql.members import Member, MemberKind, members_of
from server.graphql.schema.scalars import STRUCTURAL
from server.graphql.schema.scope import DATA_INPUT, RoleBuilder, TypeScope, label_text
from server.records.writing.rights import may_set

__all__ = ["InputTypes", "unique_keys"]


def unique_keys(object_type: ObjectType) -> Mapping[str, tuple[str, ...]]:
    """What identifies a record besides its id: name of the key → its fields."""
    keys: dict[str, tuple[str, ...]] = {
        field.name: (field.name,) for field in object_type.fields if field.unique and not field.system
    }
    keys |= {unique.name: unique.fields for unique in object_type.uniques if not unique.where}
    return keys


class InputTypes:
    """Inputs that carry an object type's data."""

    def __init__(self, scope: TypeScope) -> None:
        self._scope = scope
        self.roles: tuple[tuple[str, RoleBuilder], ...] = (
            ("UniqueKey", self._unique_key),
            ("Where", self._where),
            ("ToOneInput", self._to_one_input),
            ("ToManyInput", self._to_many_input),
        )

    def writable(self, object_type: ObjectType, *, creating: bool) -> list[Member]:
        """Members that inputs offer; a number that the server would give may come from elsewhere with a new record."""
        return [
            member
            for member in members_of(object_type).values()
            if (not FIELD_TYPES[member.field.type].read_only or (creating and _is_numbered(member.field)))
            and not member.field.read_only
            and may_set(self._scope.access, object_type.name, member.field, creating=creating)
            and (not member.targets or self._scope.visibility.targets(member.field))
            and (not member.field.system or member.field.name in ("owner", "department"))
        ]

    def create(self, object_type: ObjectType, name: str) -> GraphQLInputObjectType:
        """Values of a new record."""
        return self._data_input(object_type, name, f"Values of a new {object_type.name}.")

    def update(self, object_type: ObjectType, name: str) -> GraphQLInputObjectType:
        """Values to change in a record."""
        return self._data_input(object_type, name, "Values to change; what is left out stays, null clears.")

    def _data_input(self, object_type: ObjectType, name: str, description: str) -> GraphQLInputObjectType:
        def fields() -> dict[str, GraphQLInputField]:
            found = {}
            if name.startswith("Create"):
                found["id"] = GraphQLInputField(
                    self._scope.reference("ID"),
                    description="A UUID of the client's, so that it can send the same twice.",
                )
            for member in self.writable(object_type, creating=name.startswith("Create")):
                text = self._input_text(object_type, member)
                if text:
                    found[member.name] = GraphQLInputField(
                        self._scope.reference(text),
                        description=label_text(member.field.description, member.field.label),
                    )
            return found

        return GraphQLInputObjectType(name, fields, description=description, extensions={DATA_INPUT: True})

    def _input_text(self, object_type: ObjectType, member: Member) -> str:
        match member.kind:
            case MemberKind.TO_ONE:
                return f"{pascal(member.targets[0])}ToOneInput"
            case MemberKind.TO_MANY:
                return f"{pascal(member.targets[0])}ToManyInput"
            case MemberKind.TO_ONE_ID | MemberKind.POLYMORPHIC_ID:
                return "ID"
            case MemberKind.POLYMORPHIC_TYPE:
                return "String"
            case MemberKind.POLYMORPHIC:
                return ""
        field_type = FIELD_TYPES[member.field.type]
        return field_type.input_scalar or self._scope.value_text(object_type, member.field)

    def _where(self, object_type: ObjectType, name: str) -> GraphQLInputObjectType:
        def fields() -> dict[str, GraphQLInputField]:
            found = {"id": GraphQLInputField(self._scope.reference("ID"))}
            by_field = {member.field.name: member for member in members_of(object_type).values()}
            for key, fields_ in self._usable_keys(object_type).items():
                if len(fields_) == 1 and key in by_field and by_field[key].kind is MemberKind.VALUE:
                    text = self._input_text(object_type, by_field[key])
                    found[camel(key)] = GraphQLInputField(self._scope.reference(text))
            return found

        return GraphQLInputObjectType(
            name, fields, description="Names one record, by id or a unique value.", extensions={DATA_INPUT: True}
        )

    def _usable_keys(self, object_type: ObjectType) -> Mapping[str, tuple[str, ...]]:
        """Unique keys whose fields may all be read: others would tell which values are taken."""
        usable = {member.field.name for member in self._scope.usable(object_type)}
        return {key: fields for key, fields in unique_keys(object_type).items() if usable.issuperset(fields)}

    def _to_one_input(self, object_type: ObjectType, name: str) -> GraphQLInputObjectType:
        record = pascal(object_type.name)
        return self._relation_input(
            name,
            {
                "connect": f"{record}Where",
                **self._creation(object_type, f"Create{record}Input"),
                "disconnect": "Boolean",
            },
        )

    def _to_many_input(self, object_type: ObjectType, name: str) -> GraphQLInputObjectType:
        record = pascal(object_type.name)
        return self._relation_input(
            name,
            {
                "connect": f"[{record}Where!]",
                **self._creation(object_type, f"[Create{record}Input!]"),
                "disconnect": f"[{record}Where!]",
                "set": f"[{record}Where!]",
            },
        )

    def _creation(self, object_type: ObjectType, text: str) -> Mapping[str, str]:
        """`create`, for whoever may create such records."""
        may = not object_type.is_mirror and self._scope.access.rows(object_type.name, Action.CREATE) is not None
        return {"create": text} if may else {}

    def _relation_input(self, name: str, texts: Mapping[str, str]) -> GraphQLInputObjectType:
        return GraphQLInputObjectType(
            name,
            lambda: {key: GraphQLInputField(self._scope.reference(text)) for key, text in texts.items()},
            extensions={DATA_INPUT: True},
        )

    def _unique_key(self, object_type: ObjectType, name: str) -> GraphQLEnumType:
        keys = {"ID": ("id",), **{key.upper(): fields for key, fields in self._usable_keys(object_type).items()}}
        return GraphQLEnumType(
            name, {key: GraphQLEnumValue(fields) for key, fields in keys.items()}, extensions={STRUCTURAL: True}
        )


def _is_numbered(field: Field) -> bool:
    return FIELD_TYPES[field.type].write_transform == "auto_number"
