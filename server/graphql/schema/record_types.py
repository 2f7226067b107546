"""Types of records and of lists of them: what reads answer."""

from __future__ import annotations

from collections.abc import Mapping

from graphql import (
    GraphQLArgument,
    GraphQLDefaultInput,
    GraphQLEnumType,
    GraphQLEnumValue,
    GraphQLField,
    GraphQLObjectType,
    GraphQLUnionType,
)

from metadata.fields.base import FieldType
from metadata.model.values import Field, ObjectType
from metadata.naming import enum_value, pascal
from server.graphql.members import Member, MemberKind
from server.graphql.schema.scope import RoleBuilder, TypeScope, label_text

__all__ = ["RecordTypes"]

_LIST_ARGUMENTS = {
    "first": "Int",
    "after": "String",
    "last": "Int",
    "before": "String",
    "offset": "Int",
}


class RecordTypes:
    """Output types of an object type's records."""

    def __init__(self, scope: TypeScope) -> None:
        self._scope = scope
        self.roles: tuple[tuple[str, RoleBuilder], ...] = (
            ("Connection", self._connection),
            ("Edge", self._edge),
            ("Change", self._change),
        )

    def record(self, object_type: ObjectType, name: str) -> GraphQLObjectType:
        """The type of an object type's records."""

        def fields() -> dict[str, GraphQLField]:
            found = {member.name: self._output(object_type, member) for member in self._scope.members(object_type)}
            found["maskedFields"] = GraphQLField(
                self._scope.reference("[String!]!"),
                description="Fields of this record that hold a value and show you a mask of it, or null where their "
                "type cannot hold a mask.",
            )
            if object_type.history and object_type.has_own_table:
                found["history"] = GraphQLField(
                    self._scope.reference("[HistoryEntry!]!"),
                    {
                        "first": GraphQLArgument(self._scope.reference("Int"), default=GraphQLDefaultInput(value=20)),
                        "after": GraphQLArgument(
                            self._scope.reference("ID"), description="An entry's id: older ones follow."
                        ),
                    },
                    description="Changes of this record, newest first.",
                )
            return found

        return GraphQLObjectType(name, fields, description=label_text(object_type.description, object_type.label))

    def _output(self, object_type: ObjectType, member: Member) -> GraphQLField:
        field = member.field
        description = label_text(field.description, field.label)
        if member.kind is MemberKind.TO_MANY:
            target = pascal(member.targets[0])
            return GraphQLField(
                self._scope.reference(f"{target}Connection!"),
                self.list_arguments(self._scope.model.object(member.targets[0])),
                description=description,
            )
        return GraphQLField(self._scope.reference(self._output_text(object_type, member)), description=description)

    def _output_text(self, object_type: ObjectType, member: Member) -> str:
        field = member.field
        is_certain = self._scope.visibility.certain(object_type, field)
        required = "!" if field.system and field.required and is_certain else ""
        match member.kind:
            case MemberKind.TO_ONE:
                return pascal(member.targets[0])
            case MemberKind.TO_ONE_ID | MemberKind.POLYMORPHIC_ID:
                return "ID"
            case MemberKind.POLYMORPHIC_TYPE:
                return "String"
            case MemberKind.POLYMORPHIC:
                return f"{pascal(object_type.name)}{pascal(field.name)}Target"
            case _:
                return self._scope.value_text(object_type, field) + required

    def options(self, field: Field, name: str) -> GraphQLEnumType:
        """The enum of a field's options."""
        return GraphQLEnumType(
            name,
            {
                enum_value(option.key): GraphQLEnumValue(
                    option.key,
                    description=label_text(option.label),
                    deprecation_reason="Archived." if option.archived else None,
                )
                for option in field.settings.options
            },
            description=label_text(field.description, field.label),
        )

    def targets(self, member: Member, name: str) -> GraphQLUnionType:
        """The union of the records that a polymorphic relation may point to."""
        names = map(pascal, self._scope.visibility.targets(member.field))
        return GraphQLUnionType(name, [self._scope.named(target) for target in names])  # type: ignore[misc]

    def composite(self, field_type: FieldType) -> GraphQLObjectType:
        """The type of a value of several parts, such as money."""
        return GraphQLObjectType(
            field_type.scalar,
            lambda: {part.name: GraphQLField(self._scope.reference(part.scalar)) for part in field_type.subfields},
            description=field_type.help,
        )

    def list_arguments(self, object_type: ObjectType) -> dict[str, GraphQLArgument]:
        """Arguments of every list of an object type's records."""
        name = pascal(object_type.name)
        arguments = {"filter": f"{name}Filter", "orderBy": f"[{name}OrderBy!]", **_LIST_ARGUMENTS}
        if self._scope.searchable(object_type):
            arguments["search"] = "String"
        return {key: GraphQLArgument(self._scope.reference(text)) for key, text in arguments.items()}

    def _connection(self, object_type: ObjectType, name: str) -> GraphQLObjectType:
        record = pascal(object_type.name)
        texts = {
            "nodes": f"[{record}!]!",
            "edges": f"[{record}Edge!]!",
            "pageInfo": "PageInfo!",
            "totalCount": "Int!",
        }
        return self._object(name, texts, f"A page of {object_type.plural}.")

    def _edge(self, object_type: ObjectType, name: str) -> GraphQLObjectType:
        return self._object(name, {"node": f"{pascal(object_type.name)}!", "cursor": "String!"}, "A record of a page.")

    def _change(self, object_type: ObjectType, name: str) -> GraphQLObjectType:
        texts = {
            "action": "ChangeAction!",
            "id": "ID!",
            "record": pascal(object_type.name),
            "changes": "[FieldChange!]!",
        }
        return self._object(name, texts, f"One change among {object_type.plural}; `record` is null once it is gone.")

    def _object(self, name: str, texts: Mapping[str, str], description: str) -> GraphQLObjectType:
        return GraphQLObjectType(
            name,
            lambda: {key: GraphQLField(self._scope.reference(text)) for key, text in texts.items()},
            description=description,
        )
