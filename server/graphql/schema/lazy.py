"""A GraphQLSchema that builds a type when it is first asked for.

graphql-core's validation rules ask a schema for types by name and for fields of root types by name; both are answered
on demand, so a schema of 200 objects is ready at once. Introspection needs all types: `full_schema` builds them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from graphql import (
    GraphQLField,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    specified_directives,
)
from graphql.type import introspection_types

from metadata.model.tenant import TenantModel
from server.access.plan import AccessPlan
from server.graphql.schema.roots import RootField, RootFields
from server.graphql.schema.types import TypeBuilder

__all__ = ["LazySchema", "full_schema"]

_ROOTS = {"query": "Query", "mutation": "Mutation", "subscription": "Subscription"}


class _LazyFields(Mapping[str, GraphQLField]):
    """Fields of a root type, each built when it is first looked up."""

    def __init__(self, roots: RootFields) -> None:
        self._roots = roots
        self._built: dict[str, GraphQLField] = {}

    def __getitem__(self, name: str) -> GraphQLField:
        field = self._built.get(name)
        if field is None:
            root = self._roots.get(name)
            if root is None:
                raise KeyError(name)
            field = self._built[name] = self._roots.build(root)
        return field

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self._roots.get(name) is not None

    def __iter__(self) -> Iterator[str]:
        return (root.name for root in self._roots)

    def __len__(self) -> int:
        return sum(1 for _ in self._roots)


class _LazyObjectType(GraphQLObjectType):
    """A root type whose fields are looked up one by one."""

    def __init__(self, name: str, roots: RootFields) -> None:
        super().__init__(name, {})
        self._lazy = _LazyFields(roots)

    @cached_property
    def fields(self) -> Any:
        """The fields; graphql-core only reads them."""
        return self._lazy


class _LazyTypes(Mapping[str, GraphQLNamedType]):
    """The type map: named types by name."""

    def __init__(self, builder: TypeBuilder, roots: Mapping[str, GraphQLObjectType]) -> None:
        self._builder = builder
        self._fixed: dict[str, GraphQLNamedType] = {
            **introspection_types,
            **{type_.name: type_ for type_ in roots.values()},
        }

    def __getitem__(self, name: str) -> GraphQLNamedType:
        found = self._fixed.get(name) or self._builder.get(name)
        if found is None:
            raise KeyError(name)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter((*self._fixed, *self._builder.names()))

    def __len__(self) -> int:
        return len(self._fixed) + sum(1 for _ in self._builder.names())


class LazySchema(GraphQLSchema):
    """The schema of one tenant as one access plan sees it."""

    def __init__(self, model: TenantModel, access: AccessPlan) -> None:
        self.builder = TypeBuilder(model, access)
        self.roots = {operation: RootFields(self.builder, operation) for operation in _ROOTS}
        types = {operation: _LazyObjectType(name, self.roots[operation]) for operation, name in _ROOTS.items()}
        self.description = None
        self.extensions = {}
        self.ast_node = None
        self.extension_ast_nodes = ()
        self.assume_valid = True
        self._validation_errors = []
        self.query_type = types["query"]
        self.mutation_type = types["mutation"]
        self.subscription_type = types["subscription"]
        self.directives = specified_directives
        self.type_map = _LazyTypes(self.builder, types)  # type: ignore[assignment]
        self._sub_type_map = {}
        self._implementations_map = {}

    def root(self, operation: str, name: str) -> RootField | None:
        """What a root field does, by its GraphQL name."""
        return self.roots[operation].get(name)


def full_schema(model: TenantModel, access: AccessPlan) -> GraphQLSchema:
    """The whole schema, for introspection and SDL: seconds for hundreds of objects, so its texts are kept."""
    builder = TypeBuilder(model, access)

    def root(operation: str) -> GraphQLObjectType | None:
        roots = RootFields(builder, operation)
        fields = {field.name: roots.build(field) for field in roots}
        return GraphQLObjectType(_ROOTS[operation], fields) if fields else None

    return GraphQLSchema(
        query=root("query"), mutation=root("mutation"), subscription=root("subscription"), assume_valid=True
    )
