"""Root fields of a tenant's schema: what each is called, what it takes and gives, and what it does.

A root field is found by its name alone (`createWorkOrder` → create, work_order), so that none is built before it
is asked for; `root_fields` lists them all for introspection.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from graphql import GraphQLArgument, GraphQLField

from metadata.fields import FIELD_TYPES
from metadata.model.values import ObjectType
from metadata.naming import camel, pascal
from server.access.plan import EVERY_ROW, Action
from server.graphql.schema.actions import actions_offered
from server.graphql.schema.input_types import unique_keys
from server.graphql.schema.types import TypeBuilder
from server.records.writing.rights import HANDING_OVER

__all__ = ["RootField", "RootFields", "RootKind"]


class RootKind(enum.Enum):
    """What a root field does."""

    ONE = "one"
    LIST = "list"
    AGGREGATE = "aggregate"
    SEARCH = "search"
    CREATE = "create"
    CREATE_MANY = "create_many"
    UPDATE = "update"
    UPDATE_MANY = "update_many"
    UPSERT = "upsert"
    UPSERT_MANY = "upsert_many"
    DELETE = "delete"
    DELETE_MANY = "delete_many"
    RESTORE = "restore"
    RESTORE_MANY = "restore_many"
    DESTROY = "destroy"
    DESTROY_MANY = "destroy_many"
    MERGE = "merge"
    UPLOAD = "upload"
    CHANGED = "changed"
    ACTION = "action"
    """Performed by an engine, as it declares."""


@dataclass(frozen=True, slots=True)
class RootField:
    """One root field.

    Attributes:
        name: Its GraphQL name.
        kind: What it does.
        object_name: Whose records; empty for `search`, `uploadFile` and what engines perform.
        type: GraphQL spelling of its type.
        arguments: GraphQL spelling of its arguments' types.
        help: One line.
    """

    name: str
    kind: RootKind
    object_name: str
    type: str
    arguments: Mapping[str, str]
    help: str = ""


class RootFields:
    """The fields of Query, Mutation or Subscription, by name."""

    def __init__(self, builder: TypeBuilder, operation: str) -> None:
        self.builder = builder
        self.operation = operation
        self._by_name: dict[str, RootField] | None = None

    def get(self, name: str) -> RootField | None:
        """The root field of that name, or None."""
        if self._by_name is None:
            self._by_name = {field.name: field for field in self._all()}
        return self._by_name.get(name)

    def __iter__(self) -> Iterator[RootField]:
        self.get("")
        assert self._by_name is not None
        return iter(self._by_name.values())

    def build(self, field: RootField) -> GraphQLField:
        """The field as graphql-core has it."""
        reference = self.builder.reference
        if field.kind is RootKind.LIST:
            arguments = self.builder.list_arguments(self.builder.model.object(field.object_name))
        else:
            arguments = {name: GraphQLArgument(reference(text)) for name, text in field.arguments.items()}
        return GraphQLField(reference(field.type), arguments, description=field.help)

    def _all(self) -> Iterator[RootField]:
        model = self.builder.model
        for object_name, plural in self._objects():
            yield from self._of_object(object_name, plural)
        if self.operation == "query" and any(map(self.builder.searchable, model)):
            arguments = {"text": "String!", "objects": "[String!]", "first": "Int"}
            yield RootField(
                "search",
                RootKind.SEARCH,
                "",
                "[SearchHit!]!",
                arguments,
                "Records of several object types that hold a text.",
            )
        if self.operation == "mutation" and self._takes_files():
            yield RootField(
                "uploadFile",
                RootKind.UPLOAD,
                "",
                "File!",
                {"file": "Upload!"},
                "Store a file; its id goes into file fields.",
            )

        for action in actions_offered(self.operation, self.builder.access):
            yield RootField(action.name, RootKind.ACTION, "", action.result, action.arguments, action.help)

    def _objects(self) -> Iterator[tuple[str, str]]:
        plural_of = {name: plural for plural, name in self.builder.model.object_by_plural.items()}
        for name in self.builder.model.objects:
            if self.builder.readable(name):
                yield name, plural_of[name]

    def _of_object(self, name: str, plural: str) -> Iterator[RootField]:
        if self.operation == "query":
            yield from self._queries(name, plural)
        elif self.operation == "subscription":
            if self.builder.model.objects[name].has_own_table:
                record = pascal(name)
                arguments = {"id": "ID", "filter": f"{record}Filter"}
                yield RootField(
                    f"{camel(name)}Changed",
                    RootKind.CHANGED,
                    name,
                    f"{record}Change!",
                    arguments,
                    f"Changes among {plural}, as they happen.",
                )
        elif self.builder.model.objects[name].has_own_table:
            yield from self._mutations(self.builder.model.objects[name])

    def _mutations(self, object_type: ObjectType) -> Iterator[RootField]:
        name, plural = object_type.name, object_type.plural
        record, records = pascal(name), pascal(plural)
        data, values = f"Create{record}Input!", f"Update{record}Input!"
        filter_ = {"filter": f"{record}Filter!"}
        one = {"id": "ID!", "expectedVersion": "Int"}
        allowed = self._allowed(name)
        if object_type.is_mirror:  # its records come and go with rows of the platform
            allowed &= {Action.UPDATE}
        # Whoever does not see every record may write one that is then not theirs to see.
        answer = f"{record}!" if self.builder.access.rows(name, Action.READ) == EVERY_ROW else record

        if Action.CREATE in allowed:
            yield RootField(f"create{record}", RootKind.CREATE, name, answer, {"input": data}, f"Create a {name}.")
            yield RootField(
                f"create{records}",
                RootKind.CREATE_MANY,
                name,
                f"[{answer}]!",
                {"inputs": f"[{data}]!"},
                f"Create {plural}, all or none.",
            )
        if not allowed.isdisjoint((Action.UPDATE, *HANDING_OVER)):
            yield RootField(
                f"update{record}", RootKind.UPDATE, name, answer, {**one, "input": values}, f"Change a {name}."
            )
            yield RootField(
                f"update{records}",
                RootKind.UPDATE_MANY,
                name,
                "BulkResult!",
                {**filter_, "input": values},
                f"Change all {plural} that match, all or none.",
            )
        if {Action.CREATE, Action.UPDATE} <= allowed and unique_keys(object_type) is not None:
            by = {"by": f"[{record}UniqueKey!]!"}
            yield RootField(
                f"upsert{record}",
                RootKind.UPSERT,
                name,
                answer,
                {**by, "input": data},
                f"Change the {name} with these unique values, or create it.",
            )
            yield RootField(
                f"upsert{records}",
                RootKind.UPSERT_MANY,
                name,
                f"[{answer}]!",
                {**by, "inputs": f"[{data}]!"},
                f"Change or create {plural}, all or none.",
            )
        for action, one_kind, many_kind, what in (
            (Action.DELETE, RootKind.DELETE, RootKind.DELETE_MANY, "Delete (it can be restored)"),
            (Action.RESTORE, RootKind.RESTORE, RootKind.RESTORE_MANY, "Restore what was deleted:"),
        ):
            if action in allowed:
                verb = action.value
                arguments = one if action is Action.DELETE else {"id": "ID!"}
                yield RootField(f"{verb}{record}", one_kind, name, answer, arguments, f"{what} a {name}.")
                yield RootField(
                    f"{verb}{records}", many_kind, name, "BulkResult!", filter_, f"{what} {plural} that match."
                )
        if Action.DESTROY in allowed:
            yield RootField(
                f"destroy{record}", RootKind.DESTROY, name, "ID!", {"id": "ID!"}, f"Remove a deleted {name} for good."
            )
            yield RootField(
                f"destroy{records}",
                RootKind.DESTROY_MANY,
                name,
                "BulkResult!",
                filter_,
                f"Remove deleted {plural} that match for good.",
            )
        if Action.MERGE in allowed:
            yield RootField(
                f"merge{records}",
                RootKind.MERGE,
                name,
                "MergeResult!",
                {"into": "ID!", "ids": "[ID!]!", "dryRun": "Boolean"},
                f"Merge {plural} into one: fill its gaps, move what belongs to the others, delete them.",
            )

    def _allowed(self, object_name: str) -> set[Action]:
        return {action for action in Action if self.builder.access.rows(object_name, action) is not None}

    def _takes_files(self) -> bool:
        """Whether there is a file field to put a file into."""
        return self.builder.access.rights is None or any(
            FIELD_TYPES[member.field.type].scalar == "File"
            for object_type in self.builder.model
            if self.builder.readable(object_type.name)
            for member in self.builder.writable(object_type)
        )

    def _queries(self, name: str, plural: str) -> Iterator[RootField]:
        record = pascal(name)
        search = {"search": "String"} if self.builder.searchable(self.builder.model.objects[name]) else {}
        yield RootField(camel(name), RootKind.ONE, name, record, {"id": "ID!"}, f"One {name} by id.")
        yield RootField(camel(plural), RootKind.LIST, name, f"{record}Connection!", {}, f"A page of {plural}.")
        yield RootField(
            f"{camel(plural)}Aggregate",
            RootKind.AGGREGATE,
            name,
            f"[{record}Aggregate!]!",
            {
                "filter": f"{record}Filter",
                **search,
                "groupBy": f"[{record}GroupBy!]",
                "having": f"{record}Having",
                "orderBy": f"[{record}AggregateOrderBy!]",
                "first": "Int",
            },
            f"Figures over {plural}, by group.",
        )
