"""The static schema of `/metadata`, put together from resolver functions: name and help come from the function."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any

import strawberry
from graphql import GraphQLError
from strawberry.extensions import FieldExtension, SchemaExtension
from strawberry.schema.config import StrawberryConfig
from strawberry.tools import create_type
from strawberry.types import ExecutionContext
from strawberry.types.field import StrawberryField

from metadata.naming import camel
from server.graphql.limits import OperationLimits, check_size
from server.graphql.metadata_api.accounts import ACCOUNT_MUTATIONS, ACCOUNT_QUERIES
from server.graphql.metadata_api.assignments import ASSIGNMENT_MUTATIONS, ASSIGNMENT_QUERIES
from server.graphql.metadata_api.audit import AUDIT_QUERIES
from server.graphql.metadata_api.changing import Applying, document_mutations, plan_metadata
from server.graphql.metadata_api.founding import founding_mutations
from server.graphql.metadata_api.guards import Info, may_change
from server.graphql.metadata_api.introspection import INTROSPECTION_QUERIES
from server.graphql.metadata_api.kind_mutations import kind_mutations
from server.graphql.metadata_api.kinds import build_kind_types
from server.graphql.metadata_api.outcomes import result_type
from server.graphql.metadata_api.reading import reading_queries
from server.graphql.metadata_api.reviewing import REVIEW_QUERIES, review_mutations
from server.graphql.metadata_api.templates import TEMPLATE_MUTATIONS, TEMPLATE_QUERIES
from server.graphql.metadata_api.webhooks import WEBHOOK_MUTATIONS, WEBHOOK_QUERIES

__all__ = ["METADATA_LIMITS", "MetadataSchema", "Resolver", "build_schema", "field_of"]

Resolver = Callable[..., Any]

METADATA_LIMITS = OperationLimits(depth=12, fields=1_000, aliases=50, tokens=20_000)
"""Bounds of one operation; documents and bodies travel as variables and do not count."""


class MetadataSchema(strawberry.Schema):
    """Strawberry's schema without its logging of errors: what is unexpected is logged where errors are shaped."""

    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Nothing to do here."""


class _Limits(SchemaExtension):
    """Checks the size of a document before it is validated."""

    def on_operation(self) -> Iterator[None]:
        self.execution_context.parse_options["max_tokens"] = METADATA_LIMITS.tokens
        yield

    def on_validate(self) -> Iterator[None]:
        document = self.execution_context.graphql_document
        if document is not None:
            self.execution_context.pre_execution_errors = check_size(document, METADATA_LIMITS) or None
        yield


class _Changes(FieldExtension):
    """Refuses a mutation in a tenant that may only be read."""

    async def resolve_async(self, next_: Any, source: Any, info: Info, **given: Any) -> Any:
        await may_change(info)
        return await next_(source, info, **given)


_GOES_ON = frozenset({"change_password", "reset_password", "sign_out", "disable_account", "revoke_api_key"})
"""Mutations for tenants that may only be read: signing in goes on, and rights can be taken from who must not."""


@cache
def build_schema() -> MetadataSchema:
    """The schema: half a second of work, once per process, however many applications it serves."""
    types = build_kind_types()
    applying = Applying(result_type(types.outputs["ObjectType"], types.outputs["TenantSettings"]))
    queries: tuple[Resolver, ...] = (
        *reading_queries(types),
        plan_metadata,
        *INTROSPECTION_QUERIES,
        *REVIEW_QUERIES,
        *ACCOUNT_QUERIES,
        *ASSIGNMENT_QUERIES,
        *TEMPLATE_QUERIES,
        *WEBHOOK_QUERIES,
        *AUDIT_QUERIES,
    )
    mutations: tuple[Resolver, ...] = (
        *document_mutations(applying),
        *kind_mutations(types, applying),
        *review_mutations(applying),
        *ACCOUNT_MUTATIONS,
        *ASSIGNMENT_MUTATIONS,
        *TEMPLATE_MUTATIONS,
        *WEBHOOK_MUTATIONS,
        *founding_mutations(types),
    )
    return MetadataSchema(
        query=_root("Query", queries),
        mutation=_root("Mutation", mutations, changes=True),
        extensions=[_Limits],
        config=StrawberryConfig(disable_field_suggestions=True),
    )


def field_of(resolver: Resolver, *, changes: bool = False) -> StrawberryField:
    """A field named for its resolver and described by the first paragraph of its docstring."""
    help_text = (inspect.getdoc(resolver) or "").partition("\n\n")[0].replace("\n", " ")
    refused = changes and resolver.__name__ not in _GOES_ON
    made: StrawberryField = strawberry.field(
        resolver=resolver,
        name=camel(resolver.__name__),
        description=help_text or None,
        extensions=[_Changes()] if refused else [],
    )
    return made


def _root(name: str, resolvers: Iterable[Resolver], *, changes: bool = False) -> type:
    return create_type(name, [field_of(resolver, changes=changes) for resolver in resolvers])
