"""Creating tenants, for platform administrators."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import strawberry
from strawberry.scalars import JSON

from metadata.changes.plan import Plan
from metadata.problems import Path, TangramError
from server.configuration.requests import Applied, Within, author_of
from server.configuration.tenancy import create_tenant
from server.graphql.metadata_api.accounts import Account, AccountInput, account_of, new_account
from server.graphql.metadata_api.dynamic import argument, resolver, value_type
from server.graphql.metadata_api.guards import Info, platform_administrator
from server.graphql.metadata_api.kinds import KindTypes, body_of_input
from server.graphql.metadata_api.outcomes import camel_parts, relocated
from server.identity.accounts import Account as StoredAccount
from server.identity.accounts import NewAccount
from server.identity.seats import agree_first
from server.identity.sessions import ADMINISTRATOR_ROLE
from server.terms import check_terms

__all__ = ["founding_mutations"]


@dataclass(frozen=True, slots=True)
class _Founded:
    """A tenant just made, with its first administrator."""

    id: str
    slug: str
    version: int
    administrator: Account | None
    temporary_password: str | None


def founding_mutations(types: KindTypes) -> list[Callable[..., Any]]:
    """`createTenant`."""
    answer = value_type(
        "CreatedTenant",
        "A tenant just made, with its first administrator",
        {
            "id": (strawberry.ID, ""),
            "slug": (str, "Its name in URLs and tokens"),
            "version": (int, "Of its metadata"),
            "administrator": (Account | None, ""),
            "temporary_password": (str | None, "Of the administrator, where none was chosen; shown only now"),
        },
    )
    settings: Any = types.changes["TenantSettings"]

    async def run(info: Info, given: Mapping[str, Any]) -> _Founded:
        session, accounts = platform_administrator(info), info.context.services.identity.accounts
        first = given["administrator"]
        # Checked before the tenant is made, so that making the account cannot fail on its input.
        check_terms(given["seats"], given["trial_days"])
        try:
            prepared = None if first is None else await accounts.prepare(_as_administrator(new_account(first)))
        except TangramError as error:
            raise relocated(error, lambda path: ("administrator", *path)) from error
        founded: list[StoredAccount] = []

        async def within(connection: Any, plan: Plan) -> None:
            await agree_first(connection, plan.model, given["seats"], given["trial_days"], by=session.actor)
            if prepared is not None:
                tenant_id = plan.model.tenant_id
                founded.append(await accounts.insert(connection, tenant_id, prepared, created_by=session.actor.id))

        made = await _create(info, given, within)
        account = founded[0] if founded else None
        return _Founded(
            made.tenant_id,
            given["slug"],
            made.version,
            account_of(account) if account is not None else None,
            prepared.temporary_password if prepared is not None else None,
        )

    return [
        resolver(
            "create_tenant",
            "Create a tenant, empty or from a template; for platform administrators.",
            (
                argument("slug", str),
                argument("name", str),
                argument("template", str | None, None),
                argument("options", JSON | None, None),
                argument("settings", settings | None, None),
                argument("administrator", AccountInput | None, None),
                argument("seats", int | None, None),
                argument("trial_days", int | None, None),
            ),
            answer,
            run,
        )
    ]


async def _create(info: Info, given: Mapping[str, Any], within: Within) -> Applied:
    services, author = info.context.services, author_of(info.context.session.actor)
    settings = body_of_input(given["settings"]) if given["settings"] is not None else {}
    try:
        if given["template"]:
            return await services.packages.create_tenant(
                slug=given["slug"],
                name=given["name"],
                template=given["template"],
                author=author,
                options=given["options"],
                settings=settings,
                within=within,
            )
        return await create_tenant(
            services.connections,
            slug=given["slug"],
            name=given["name"],
            author=author,
            settings=settings,
            within=within,
        )
    except TangramError as error:
        raise relocated(error, _placed) from error


def _placed(path: Path) -> Path:
    """Faults of the first change of a new tenant are faults of its settings."""
    if path[:1] == ("changes",) and len(path) > 3 and path[2] == "attributes":
        return ("settings", *camel_parts(path[3:]))
    return path


def _as_administrator(new: NewAccount) -> NewAccount:
    return NewAccount(
        email=new.email,
        name=new.name,
        roles=sorted({*new.roles, ADMINISTRATOR_ROLE}),
        password=new.password,
        must_change_password=new.must_change_password,
    )
