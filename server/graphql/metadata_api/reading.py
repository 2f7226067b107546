"""Reading what a tenant has declared: its object types, settings, versions, dependents, and all of it as a document."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
import orjson
import strawberry
from strawberry.scalars import JSON

from metadata.changes.dependents import dependents_of
from metadata.model.kinds import Kind, top_kinds
from metadata.model.settings import TenantSettings
from metadata.model.tenant import TenantModel
from metadata.model.values import ObjectType
from metadata.model.writing import write_document
from metadata.model.yaml_text import dump_yaml
from metadata.problems import NotFoundError
from server.access.narrowing import narrowed_objects
from server.configuration.history import versions as read_versions
from server.configuration.requests import Version as VersionValue
from server.graphql.metadata_api.dynamic import argument, resolver, value_type
from server.graphql.metadata_api.guards import Info, access_of, administrator, anybody, newest
from server.graphql.metadata_api.kinds import KindTypes
from server.graphql.metadata_api.outcomes import Dependent, ItemChange, dependent_of, item_change_of

__all__ = ["reading_queries"]

_TENANT = """
select id, slug, name, status, template, version, created_at, seats, trial_ends_at,
    (
        select count(*)::int
        from tangram.account
        where tenant_id = tenant.id and status = 'active' and deleted_at is null
    ) as seats_taken
from tangram.tenant as tenant
where id = $1
"""


@strawberry.enum(description="How a document is written")
class DocumentFormat(enum.Enum):
    """Formats of `exportMetadata`."""

    YAML = "yaml"
    JSON = "json"


@strawberry.type(description="One change of the metadata that was made")
class Version:
    """An entry of the list of versions."""

    version: int
    at: datetime
    author: str
    author_id: strawberry.ID | None
    message: str
    changes: list[ItemChange]
    summary: JSON = strawberry.field(description="Statements, warnings and data at risk, as planned")


async def versions(info: Info, first: int = 20, before: int | None = None) -> list[Version]:
    """Changes of the metadata, newest first, below the version `before`; for administrators."""
    session = await administrator(info)
    below = {} if before is None else {"before": min(max(before, 0), 2**31 - 1)}
    async with info.context.services.connections.acquire(info.context.session.tenant_id) as connection:
        found = await read_versions(connection, session.tenant_id, first=first, **below)
    return [_version(one) for one in found]


async def dependents(info: Info, of: str) -> list[Dependent]:
    """What uses an object (`customer`) or a field (`customer.level`); for administrators."""
    session = await administrator(info)
    state, model = await info.context.services.configuration.state(session.tenant_id)
    object_name, _, field_name = of.partition(".")
    return [dependent_of(one) for one in dependents_of(state, model, object_name, field_name)]


async def export_metadata(info: Info, format: DocumentFormat = DocumentFormat.YAML) -> str:
    """All that the tenant has declared, as a document that `applyMetadata` reads; for administrators."""
    await administrator(info)
    document = write_document(await _model(info))
    if format is DocumentFormat.YAML:
        return dump_yaml(document)
    return orjson.dumps(msgspec.to_builtins(document), option=orjson.OPT_INDENT_2).decode()


@dataclass(frozen=True, slots=True)
class _Tenant:
    """A tenant's row, with its settings."""

    id: str
    slug: str
    name: str
    status: str
    template: str
    version: int
    created_at: datetime
    seats: int | None
    trial_ends_at: datetime | None
    seats_taken: int
    settings: TenantSettings


def reading_queries(types: KindTypes) -> list[Callable[..., Any]]:
    """The queries, for the types of this schema."""
    object_type = types.outputs["ObjectType"]
    list_of_objects: Any = types.list_of("ObjectType")

    async def tenant(info: Info, _given: Mapping[str, Any]) -> Any:
        return await _read_tenant(info)

    async def objects(info: Info, given: Mapping[str, Any]) -> Any:
        return [found for found in await _objects(info) if given["include_system"] or not found.system]

    async def object_(info: Info, given: Mapping[str, Any]) -> Any:
        return next((found for found in await _objects(info) if found.name == given["name"]), None)

    async def roles(info: Info, _given: Mapping[str, Any]) -> Any:
        await administrator(info)
        return list((await _model(info)).roles.values())

    async def policies(info: Info, given: Mapping[str, Any]) -> Any:
        await administrator(info)
        found = (await _model(info)).policies
        wanted = {name: given[name] for name in ("role", "object") if given[name]}
        return [one for one in found if all(getattr(one, name) == value for name, value in wanted.items())]

    def declared(kind: Kind) -> Callable[..., Any]:
        async def items(info: Info, _given: Mapping[str, Any]) -> Any:
            await administrator(info)
            return list(getattr(await _model(info), kind.collection).values())

        help_text = f"{kind.help}: all that are declared, in order of display; for administrators."
        return resolver(kind.collection, help_text, (), types.list_of(kind.value.__name__), items)

    return [
        *(declared(kind) for kind in top_kinds() if kind.name not in ("object", "role", "policy")),
        resolver("roles", "Declared roles in order of display; for administrators.", (), types.list_of("Role"), roles),
        resolver(
            "policies",
            "Who may do what, of one role or about one object type where they are named; for administrators.",
            (argument("role", str, ""), argument("object", str, "")),
            types.list_of("Policy"),
            policies,
        ),
        resolver("tenant", "The tenant that is signed in to.", (), _tenant_type(types), tenant),
        resolver(
            "objects",
            "Object types in order of display; as far as they may be seen, for whoever does not configure them.",
            (argument("include_system", bool, True),),
            list_of_objects,
            objects,
        ),
        resolver("object", "One object type, or null.", (argument("name", str),), object_type | None, object_),
        versions,
        dependents,
        export_metadata,
    ]


def _tenant_type(types: KindTypes) -> Any:
    return value_type(
        "Tenant",
        "A tenant",
        {
            "id": (strawberry.ID, ""),
            "slug": (str, "Its name in URLs and tokens"),
            "name": (str, ""),
            "status": (str, "`active` or `suspended`"),
            "template": (str, "Template it was made from, or empty"),
            "version": (int, "Of its metadata; grows by one with every change"),
            "created_at": (datetime, ""),
            "seats": (int | None, "Accounts that may be active; null for any number"),
            "seats_taken": (int, "Accounts that are active"),
            "trial_ends_at": (datetime | None, "From when on it may only be read; null for never"),
            "settings": (types.outputs["TenantSettings"], ""),
        },
    )


async def _read_tenant(info: Info) -> _Tenant:
    async with info.context.services.connections.acquire(info.context.session.tenant_id) as connection:
        row = await connection.fetchrow(_TENANT, anybody(info).tenant_id)
    if row is None:
        raise NotFoundError.single("unknown_tenant", "The tenant is gone.")
    return _Tenant(**row, settings=(await _model(info)).settings)


async def _objects(info: Info) -> list[ObjectType]:
    return list(narrowed_objects(await _model(info), await access_of(info)))


async def _model(info: Info) -> TenantModel:
    return (await newest(info)).model


def _version(value: VersionValue) -> Version:
    author_id = value.author.id
    return Version(
        version=value.version,
        at=value.at,
        author=value.author.name,
        author_id=strawberry.ID(author_id) if author_id else None,
        message=value.message,
        changes=[item_change_of(change) for change in value.changes],
        summary=JSON(value.plan),
    )
