"""Builds the named types of one tenant's schema, each when it is first asked for.

A type's name says whose it is and what it is for (`WorkOrderFilter`), so a schema of 200 objects costs nothing until
a query names one of them. `TypeRoles` is the list of what an object type brings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLDefaultInput,
    GraphQLEnumType,
    GraphQLEnumValue,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLUnionType,
)

from metadata.expressions.types import ValueType
from metadata.fields import FIELD_TYPES
from metadata.fields.base import FieldType, Output
from metadata.fields.operators import operators_for
from metadata.model.tenant import TenantModel
from metadata.model.values import Field, Labels, ObjectType
from metadata.naming import camel, enum_value, pascal
from server.access.plan import AccessPlan, Action, FieldRight
from server.graphql.members import Member, MemberKind, members_of
from server.graphql.schema.filters import filter_name, filter_value_type, operand_text
from server.graphql.schema.scalars import SHARED_TYPES, STRUCTURAL, type_reference
from server.records.json_text import computed_scalar, scalar_of

__all__ = ["DATA_INPUT", "TypeBuilder", "unique_keys"]

DATA_INPUT = "data"
"""Extension of input objects that carry record data: their shape does not change a read statement."""

_LIST_ARGUMENTS = {
    "first": "Int",
    "after": "String",
    "last": "Int",
    "before": "String",
    "offset": "Int",
}

_ORDERED = frozenset({"Int", "BigInt", "Decimal", "Date", "DateTime", "Time", "Duration", "String"})

_FIGURES = {"sum": "Sum", "avg": "Avg", "min": "Min", "max": "Max"}


def unique_keys(object_type: ObjectType) -> Mapping[str, tuple[str, ...]]:
    """What identifies a record besides its id: name of the key → its fields."""
    keys: dict[str, tuple[str, ...]] = {
        field.name: (field.name,) for field in object_type.fields if field.unique and not field.system
    }
    keys |= {unique.name: unique.fields for unique in object_type.uniques if not unique.where}
    return keys


class TypeBuilder:
    """Named types of one tenant's schema as one access plan sees it."""

    def __init__(self, model: TenantModel, access: AccessPlan) -> None:
        self.model = model
        self.access = access
        self._built: dict[str, GraphQLNamedType] = {}
        self._roles: tuple[tuple[str, Callable[[ObjectType, str], GraphQLNamedType]], ...] = (
            ("Connection", self._connection),
            ("Edge", self._edge),
            ("ListFilter", self._list_filter),
            ("Filter", self._filter),
            ("AggregateOrderBy", self._aggregate_order),
            ("OrderBy", self._order),
            ("AggregateKey", self._aggregate_key),
            ("AggregateSum", self._figures("sum")),
            ("AggregateAvg", self._figures("avg")),
            ("AggregateMin", self._figures("min")),
            ("AggregateMax", self._figures("max")),
            ("Aggregate", self._aggregate),
            ("GroupBy", self._group_by),
            ("HavingSum", self._having_figures("sum")),
            ("HavingAvg", self._having_figures("avg")),
            ("HavingMin", self._having_figures("min")),
            ("HavingMax", self._having_figures("max")),
            ("Having", self._having),
            ("FigureSumOrderBy", self._figure_order("sum")),
            ("FigureAvgOrderBy", self._figure_order("avg")),
            ("FigureMinOrderBy", self._figure_order("min")),
            ("FigureMaxOrderBy", self._figure_order("max")),
            ("FieldName", self._field_name),
            ("UniqueKey", self._unique_key),
            ("Where", self._where),
            ("ToOneInput", self._to_one_input),
            ("ToManyInput", self._to_many_input),
            ("Change", self._change),
        )

    # ── look-up ──────────────────────────────────────────────────────────────────────────────────

    def get(self, name: str) -> GraphQLNamedType | None:
        """A named type, or None when the schema has none of that name."""
        found = self._built.get(name) or SHARED_TYPES.get(name)
        if found is None:
            found = self._build(name)
            if found is not None:
                self._built[name] = found
        return found

    def reference(self, text: str) -> Any:
        """A type from its GraphQL spelling."""
        return type_reference(text, self._named)

    def names(self) -> Iterable[str]:
        """Names that the root fields of the whole schema start from."""
        return (pascal(name) for name in self.model.objects if self.readable(name))

    def readable(self, object_name: str) -> bool:
        """Whether any record of an object type may be read."""
        return self.access.rows(object_name, Action.READ) is not None

    def _named(self, name: str) -> GraphQLNamedType:
        found = self.get(name)
        assert found is not None, name
        return found

    def _build(self, name: str) -> GraphQLNamedType | None:
        object_type = self._object_named(name)
        if object_type is not None:
            return self._record(object_type, name)
        for prefix, build in (("Create", self._create_input), ("Update", self._update_input)):
            if name.startswith(prefix) and name.endswith("Input"):
                object_type = self._object_named(name[len(prefix) : -len("Input")])
                if object_type is not None:
                    return build(object_type, name)
        for suffix, build_role in self._roles:
            if name.endswith(suffix):
                object_type = self._object_named(name[: -len(suffix)])
                if object_type is not None:
                    return build_role(object_type, name)
        return self._field_type_named(name) or self._shared_input(name)

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
            for member in self.members(object_type):
                enum_name = type_name + pascal(member.field.name)
                output = FIELD_TYPES[member.field.type].output
                if output in (Output.OPTION, Output.OPTIONS):
                    if name == enum_name:
                        return self._options(object_type, member.field, name)
                    if name == f"{enum_name}Filter":
                        return self._member_filter(member, enum_name, name)
                if member.kind is MemberKind.POLYMORPHIC and name == f"{enum_name}Target":
                    return GraphQLUnionType(
                        name,
                        [self._named(pascal(target)) for target in member.targets],  # type: ignore[misc]
                    )
        return None

    def _shared_input(self, name: str) -> GraphQLNamedType | None:
        """Types every tenant shares that follow from the field types: composite values, inputs, filters."""
        for field_type in FIELD_TYPES.values():
            if field_type.output is Output.OBJECT and field_type.scalar == name:
                return self._composite(field_type)
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
        return self._operators(name, scalar if scalar in SHARED_TYPES else "", value_type)

    # ── records ──────────────────────────────────────────────────────────────────────────────────

    def members(self, object_type: ObjectType) -> list[Member]:
        """GraphQL fields of a record that may be read."""
        return [
            member
            for member in members_of(object_type).values()
            if self.access.field_right(object_type.name, member.field.name) is not FieldRight.NONE
            and all(self.readable(target) for target in member.targets)
        ]

    def _record(self, object_type: ObjectType, name: str) -> GraphQLObjectType:
        def fields() -> dict[str, GraphQLField]:
            found = {member.name: self._output(object_type, member) for member in self.members(object_type)}
            if object_type.history and object_type.storage == "tenant":
                found["history"] = GraphQLField(
                    self.reference("[HistoryEntry!]!"),
                    {
                        "first": GraphQLArgument(self.reference("Int"), default=GraphQLDefaultInput(value=20)),
                        "after": GraphQLArgument(self.reference("ID"), description="An entry's id: older ones follow."),
                    },
                    description="Changes of this record, newest first.",
                )
            return found

        return GraphQLObjectType(name, fields, description=_text(object_type.description, object_type.label))

    def _output(self, object_type: ObjectType, member: Member) -> GraphQLField:
        field = member.field
        description = _text(field.description, field.label)
        if member.kind is MemberKind.TO_MANY:
            target = pascal(member.targets[0])
            return GraphQLField(
                self.reference(f"{target}Connection!"),
                self.list_arguments(self.model.object(member.targets[0])),
                description=description,
            )
        return GraphQLField(self.reference(self._output_text(object_type, member)), description=description)

    def _output_text(self, object_type: ObjectType, member: Member) -> str:
        field = member.field
        required = "!" if field.system and field.required else ""
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
                return self._value_text(object_type, field) + required

    def _value_text(self, object_type: ObjectType, field: Field) -> str:
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

    def _options(self, object_type: ObjectType, field: Field, name: str) -> GraphQLEnumType:
        return GraphQLEnumType(
            name,
            {
                enum_value(option.key): GraphQLEnumValue(
                    option.key,
                    description=_text(option.label),
                    deprecation_reason="Archived." if option.archived else None,
                )
                for option in field.settings.options
            },
            description=_text(field.description, field.label),
        )

    def _composite(self, field_type: FieldType) -> GraphQLObjectType:
        return GraphQLObjectType(
            field_type.scalar,
            lambda: {part.name: GraphQLField(self.reference(part.scalar)) for part in field_type.subfields},
            description=field_type.help,
        )

    # ── lists ────────────────────────────────────────────────────────────────────────────────────

    def list_arguments(self, object_type: ObjectType) -> dict[str, GraphQLArgument]:
        """Arguments of every list of an object type's records."""
        name = pascal(object_type.name)
        arguments = {"filter": f"{name}Filter", "orderBy": f"[{name}OrderBy!]", **_LIST_ARGUMENTS}
        if object_type.search:
            arguments["search"] = "String"
        return {key: GraphQLArgument(self.reference(text)) for key, text in arguments.items()}

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
            lambda: {key: GraphQLField(self.reference(text)) for key, text in texts.items()},
            description=description,
        )

    # ── filters and orders ───────────────────────────────────────────────────────────────────────

    def _filter(self, object_type: ObjectType, name: str) -> GraphQLInputObjectType:
        def fields() -> dict[str, GraphQLInputField]:
            found = {
                "and": GraphQLInputField(self.reference(f"[{name}!]")),
                "or": GraphQLInputField(self.reference(f"[{name}!]")),
                "not": GraphQLInputField(self.reference(name)),
            }
            for member in self._usable(object_type):
                text = self.filter_type(object_type, member)
                if text:
                    found[member.name] = GraphQLInputField(self.reference(text))
            return found

        return GraphQLInputObjectType(name, fields, description=f"Which {object_type.plural}; all parts must hold.")

    def filter_type(self, object_type: ObjectType, member: Member) -> str:
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
            return filter_name(computed_scalar(object_type, member.field, self.model))
        text = self._value_text(object_type, member.field)
        if field_type.output in (Output.OPTION, Output.OPTIONS):
            return f"{text.strip('[]!')}Filter"
        return filter_name(text)

    def _usable(self, object_type: ObjectType) -> list[Member]:
        """Members that may be used in filters, orders and groups: readable in full."""
        return [
            member
            for member in self.members(object_type)
            if self.access.field_right(object_type.name, member.field.name) is FieldRight.FULL
        ]

    def _list_filter(self, object_type: ObjectType, name: str) -> GraphQLInputObjectType:
        inner = f"{pascal(object_type.name)}Filter"
        return GraphQLInputObjectType(
            name,
            lambda: {key: GraphQLInputField(self.reference(inner)) for key in ("some", "none", "every")},
            description=f"How many of the related {object_type.plural} must match.",
        )

    def _member_filter(self, member: Member, scalar: str, name: str) -> GraphQLInputObjectType:
        value_type = FIELD_TYPES[member.field.type].value_type(member.field, self.model)
        return self._operators(name, scalar, value_type)

    def _operators(self, name: str, scalar: str, value_type: ValueType) -> GraphQLInputObjectType:
        return GraphQLInputObjectType(
            name,
            lambda: {
                operator.name: GraphQLInputField(
                    self.reference(operand_text(operator, value_type, scalar)), description=operator.help
                )
                for operator in operators_for(value_type)
            },
        )

    def _order(self, object_type: ObjectType, name: str) -> GraphQLInputObjectType:
        def fields() -> dict[str, GraphQLInputField]:
            found = {}
            for member in self._usable(object_type):
                if member.kind is MemberKind.TO_ONE:
                    found[member.name] = GraphQLInputField(self.reference(f"{pascal(member.targets[0])}OrderBy"))
                elif member.kind in (MemberKind.VALUE, MemberKind.PARTS) and FIELD_TYPES[member.field.type].sortable:
                    found[member.name] = GraphQLInputField(self.reference("OrderDirection"))
            return found

        return GraphQLInputObjectType(name, fields, description="One term of an order; give one field a term.")

    # ── figures ──────────────────────────────────────────────────────────────────────────────────

    def _aggregate(self, object_type: ObjectType, name: str) -> GraphQLObjectType:
        def fields() -> dict[str, GraphQLField]:
            record = pascal(object_type.name)
            found = {
                "key": GraphQLField(self.reference(f"{record}AggregateKey")),
                "count": GraphQLField(self.reference("Int!")),
                "countDistinct": GraphQLField(
                    self.reference("Int!"), {"field": GraphQLArgument(self.reference(f"{record}FieldName!"))}
                ),
            }
            for figure, suffix in _FIGURES.items():
                if self._figure_fields(object_type, figure):
                    found[figure] = GraphQLField(self.reference(f"{record}Aggregate{suffix}"))
            return found

        return GraphQLObjectType(name, fields, description=f"Figures over {object_type.plural}.")

    def _figure_fields(self, object_type: ObjectType, figure: str) -> list[Member]:
        return [
            member
            for member in self._usable(object_type)
            if member.kind in (MemberKind.VALUE, MemberKind.PARTS)
            and figure in FIELD_TYPES[member.field.type].aggregates
            and self._figure_text(object_type, member.field, figure)
        ]

    def _figure_text(self, object_type: ObjectType, field: Field, figure: str) -> str:
        """GraphQL type of a figure over a field; empty when it makes no sense for the field's type."""
        if figure in ("min", "max"):
            scalar = computed_scalar(object_type, field, self.model)
            return scalar if scalar in _ORDERED else ""
        scalar = scalar_of(FIELD_TYPES[field.type].value_type(field, self.model))
        if scalar in ("BigInt", "Decimal"):
            return "Decimal" if figure == "avg" else scalar
        return scalar if scalar == "Duration" else ""

    def _figures(self, figure: str) -> Callable[[ObjectType, str], GraphQLObjectType]:
        def build(object_type: ObjectType, name: str) -> GraphQLObjectType:
            return GraphQLObjectType(
                name,
                lambda: {
                    member.name: GraphQLField(self.reference(self._figure_text(object_type, member.field, figure)))
                    for member in self._figure_fields(object_type, figure)
                },
            )

        return build

    def _group_members(self, object_type: ObjectType) -> list[Member]:
        return [
            member
            for member in self._usable(object_type)
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
                    text = self.key_text(object_type, member)
                found[member.name] = GraphQLField(self.reference(text))
            return found

        return GraphQLObjectType(name, fields, description="What the records of a group have in common.")

    def key_text(self, object_type: ObjectType, member: Member) -> str:
        """GraphQL type of a group key: dates and times are text, because they may be cut to months or weeks."""
        if member.kind is MemberKind.TO_ONE_ID:
            return "ID"
        text = self._value_text(object_type, member.field)
        return "String" if text in ("Date", "DateTime") else text

    def _group_by(self, object_type: ObjectType, name: str) -> GraphQLInputObjectType:
        def fields() -> dict[str, GraphQLInputField]:
            return {
                member.name: GraphQLInputField(
                    self.reference(
                        f"{pascal(member.targets[0])}GroupBy" if member.kind is MemberKind.TO_ONE else "Grouping"
                    )
                )
                for member in self._group_members(object_type)
            }

        return GraphQLInputObjectType(name, fields, description="One key to group by.")

    def _having(self, object_type: ObjectType, name: str) -> GraphQLInputObjectType:
        def fields() -> dict[str, GraphQLInputField]:
            found = {
                "and": GraphQLInputField(self.reference(f"[{name}!]")),
                "or": GraphQLInputField(self.reference(f"[{name}!]")),
                "not": GraphQLInputField(self.reference(name)),
                "count": GraphQLInputField(self.reference("IntFilter")),
            }
            for figure, suffix in _FIGURES.items():
                if self._figure_fields(object_type, figure):
                    found[figure] = GraphQLInputField(self.reference(f"{name}{suffix}"))
            return found

        return GraphQLInputObjectType(name, fields, description="Which groups; all parts must hold.")

    def _having_figures(self, figure: str) -> Callable[[ObjectType, str], GraphQLInputObjectType]:
        def build(object_type: ObjectType, name: str) -> GraphQLInputObjectType:
            return GraphQLInputObjectType(
                name,
                lambda: {
                    member.name: GraphQLInputField(
                        self.reference(f"{self._figure_text(object_type, member.field, figure)}Filter")
                    )
                    for member in self._figure_fields(object_type, figure)
                },
            )

        return build

    def _aggregate_order(self, object_type: ObjectType, name: str) -> GraphQLInputObjectType:
        def fields() -> dict[str, GraphQLInputField]:
            record = pascal(object_type.name)
            found = {
                "key": GraphQLInputField(self.reference(f"{record}OrderBy")),
                "count": GraphQLInputField(self.reference("OrderDirection")),
            }
            for figure, suffix in _FIGURES.items():
                if self._figure_fields(object_type, figure):
                    found[figure] = GraphQLInputField(self.reference(f"{record}Figure{suffix}OrderBy"))
            return found

        return GraphQLInputObjectType(name, fields, description="One term of an order of groups.")

    def _figure_order(self, figure: str) -> Callable[[ObjectType, str], GraphQLInputObjectType]:
        def build(object_type: ObjectType, name: str) -> GraphQLInputObjectType:
            return GraphQLInputObjectType(
                name,
                lambda: {
                    member.name: GraphQLInputField(self.reference("OrderDirection"))
                    for member in self._figure_fields(object_type, figure)
                },
            )

        return build

    def _field_name(self, object_type: ObjectType, name: str) -> GraphQLEnumType:
        members = [
            member
            for member in self._usable(object_type)
            if member.kind in (MemberKind.TO_ONE_ID, MemberKind.VALUE, MemberKind.PARTS)
            and FIELD_TYPES[member.field.type].filterable
        ]
        return GraphQLEnumType(
            name,
            {_upper(member.name): GraphQLEnumValue(member.name) for member in members},
            extensions={STRUCTURAL: True},
        )

    # ── writes ───────────────────────────────────────────────────────────────────────────────────

    def _writable(self, object_type: ObjectType, *, creating: bool) -> list[Member]:
        """Members that inputs offer; a number that the server would give may come from elsewhere with a new record."""
        return [
            member
            for member in members_of(object_type).values()
            if (not FIELD_TYPES[member.field.type].read_only or (creating and _is_numbered(member.field)))
            and self.access.may_write(object_type.name, member.field.name)
            and all(self.readable(target) for target in member.targets)
            and (not member.field.system or member.field.name in ("owner", "department"))
        ]

    def _create_input(self, object_type: ObjectType, name: str) -> GraphQLInputObjectType:
        return self._data_input(object_type, name, f"Values of a new {object_type.name}.")

    def _update_input(self, object_type: ObjectType, name: str) -> GraphQLInputObjectType:
        return self._data_input(object_type, name, "Values to change; what is left out stays, null clears.")

    def _data_input(self, object_type: ObjectType, name: str, description: str) -> GraphQLInputObjectType:
        def fields() -> dict[str, GraphQLInputField]:
            found = {}
            if name.startswith("Create"):
                found["id"] = GraphQLInputField(
                    self.reference("ID"), description="A UUID of the client's, so that it can send the same twice."
                )
            for member in self._writable(object_type, creating=name.startswith("Create")):
                text = self._input_text(object_type, member)
                if text:
                    found[member.name] = GraphQLInputField(
                        self.reference(text), description=_text(member.field.description, member.field.label)
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
        return field_type.input_scalar or self._value_text(object_type, member.field)

    def _where(self, object_type: ObjectType, name: str) -> GraphQLInputObjectType:
        def fields() -> dict[str, GraphQLInputField]:
            found = {"id": GraphQLInputField(self.reference("ID"))}
            by_field = {member.field.name: member for member in members_of(object_type).values()}
            for key, fields_ in unique_keys(object_type).items():
                if len(fields_) == 1 and key in by_field and by_field[key].kind is MemberKind.VALUE:
                    text = self._input_text(object_type, by_field[key])
                    found[camel(key)] = GraphQLInputField(self.reference(text))
            return found

        return GraphQLInputObjectType(
            name, fields, description="Names one record, by id or a unique value.", extensions={DATA_INPUT: True}
        )

    def _to_one_input(self, object_type: ObjectType, name: str) -> GraphQLInputObjectType:
        record = pascal(object_type.name)
        return self._relation_input(
            name,
            {"connect": f"{record}Where", "create": f"Create{record}Input", "disconnect": "Boolean"},
        )

    def _to_many_input(self, object_type: ObjectType, name: str) -> GraphQLInputObjectType:
        record = pascal(object_type.name)
        return self._relation_input(
            name,
            {
                "connect": f"[{record}Where!]",
                "create": f"[Create{record}Input!]",
                "disconnect": f"[{record}Where!]",
                "set": f"[{record}Where!]",
            },
        )

    def _relation_input(self, name: str, texts: Mapping[str, str]) -> GraphQLInputObjectType:
        return GraphQLInputObjectType(
            name,
            lambda: {key: GraphQLInputField(self.reference(text)) for key, text in texts.items()},
            extensions={DATA_INPUT: True},
        )

    def _unique_key(self, object_type: ObjectType, name: str) -> GraphQLEnumType:
        keys = {"ID": ("id",), **{key.upper(): fields for key, fields in unique_keys(object_type).items()}}
        return GraphQLEnumType(
            name, {key: GraphQLEnumValue(fields) for key, fields in keys.items()}, extensions={STRUCTURAL: True}
        )


def _is_numbered(field: Field) -> bool:
    return FIELD_TYPES[field.type].write_transform == "auto_number"


def _upper(camel_name: str) -> str:
    return "".join(f"_{letter}" if letter.isupper() else letter for letter in camel_name).upper()


def _text(*labels: Labels) -> str | None:
    """The first label that says something, all its languages side by side."""
    for label in labels:
        if label:
            return " · ".join(dict.fromkeys(label.values()))
    return None
