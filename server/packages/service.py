"""Packages: install a template in a tenant, upgrade it, remove it, or make a tenant of it.

Each is one transaction of `server.configuration`. What is to change is worked out beforehand from the tenant as it was
seen, and applied only if it is still so; if somebody was quicker, it is worked out again. Of two installations at once
one waits, sees what the other did, and goes on from there or says CONFLICT; nothing is ever half-done.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import msgspec
import uuid_utils

from metadata.changes.plan import Plan
from metadata.changes.requests import Change
from metadata.changes.state import Key, State
from metadata.model.document import Template
from metadata.model.reading import closest
from metadata.model.tenant import TenantModel
from metadata.packages.checking import check_template
from metadata.packages.joining import shipped_keys
from metadata.packages.library import Library, Package
from metadata.packages.merging import MergePath
from metadata.packages.planning import (
    PackagePlan,
    plan_installation,
    plan_removal,
    plan_upgrade,
    removal_candidates,
)
from metadata.packages.removing import Removal
from metadata.packages.samples import prepare_samples
from metadata.problems import BadInputError, ConflictError, Faults, NotFoundError
from server.configuration.configure import Configuration
from server.configuration.requests import Applied, Author, Planned, Request, Within
from server.configuration.tenancy import create_tenant
from server.database.connections import Connections
from server.events.clock import Clock
from server.packages import statements
from server.packages.holdings import count_holdings
from server.packages.samples import store_samples

__all__ = ["SAMPLE_DATA", "Installed", "Packages", "Proposal", "Removed"]

SAMPLE_DATA = "sample_data"
"""The option that every template with sample data offers."""

_ATTEMPTS = 5
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Installed:
    """A template that a tenant has.

    Attributes:
        name: The template.
        version: Its version, as installed or last upgraded to.
        options: The answers given on installation.
        installed_at: When.
        latest: Version that could be installed now; empty when the template is gone.
    """

    name: str
    version: str
    options: Mapping[str, bool]
    installed_at: datetime
    latest: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """What installing or upgrading a template would do, or did.

    Attributes:
        template: As it is to be.
        package: Changes, conflicts, what is shared and kept; its `faults` say why it cannot be done.
        planned: The plan of the metadata change.
        applied: The change, where it was made.
    """

    template: Template
    package: PackagePlan
    planned: Planned | None
    applied: Applied | None = None


@dataclass(frozen=True, slots=True)
class Removed:
    """What removing a template would do, or did.

    Attributes:
        removal: What goes, what stays and why.
        planned: The plan of the metadata change.
        applied: The change, where it was made.
    """

    removal: Removal
    planned: Planned
    applied: Applied | None = None


@dataclass(frozen=True, slots=True)
class _Seen:
    """A tenant as a plan was made for it."""

    state: State
    model: TenantModel
    first_names: Mapping[str, str]
    installed: Mapping[str, _Row]


@dataclass(frozen=True, slots=True)
class _Row:
    """One row of installed templates."""

    version: str
    options: Mapping[str, bool]
    shipped: tuple[Key, ...]
    installed_at: datetime


class _Stored(msgspec.Struct, frozen=True):
    """What the JSON column `options` holds: the answers, and what the installed version shipped."""

    options: dict[str, bool] = {}
    shipped: tuple[tuple[str, str, str], ...] = ()


@dataclass(eq=False)
class Packages:
    """The templates of this server, and what tenants have of them."""

    connections: Connections
    configuration: Configuration
    library: Library
    clock: Clock
    _decode: Callable[[str], _Stored] = field(
        default=msgspec.json.Decoder(_Stored).decode, init=False, repr=False, compare=False
    )

    async def templates(self) -> tuple[Template, ...]:
        """What each template says of itself."""
        return await asyncio.to_thread(self.library.list_templates)

    async def check(self, name: str) -> Faults:
        """Everything that is wrong with a template.

        Raises:
            NotFoundError: There is no template of that name.
        """
        return await asyncio.to_thread(check_template, self.library, name)

    async def installed(self, tenant_id: str) -> list[Installed]:
        """The templates that a tenant has, oldest first."""
        latest = {template.name: template.version for template in await self.templates()}
        async with self.connections.acquire(tenant_id) as connection:
            rows = await self._rows(connection, tenant_id)
        return [
            Installed(name, row.version, row.options, row.installed_at, latest.get(name, ""))
            for name, row in rows.items()
        ]

    async def create_tenant(
        self,
        *,
        slug: str,
        name: str,
        template: str,
        author: Author,
        options: Mapping[str, Any] | None = None,
        settings: Mapping[str, Any] | None = None,
        within: Within | None = None,
    ) -> Applied:
        """Create a tenant that starts from a template.

        Args:
            slug: Its name in URLs.
            name: Its name for people.
            template: Name of the template.
            author: Who creates it.
            options: Answers to the template's options; those not given take their default.
            settings: Settings that override the template's.
            within: More to do in the same transaction.

        Raises:
            BadInputError: The slug, the name, an option or a setting is wrong.
            ConflictError: `slug_taken`.
            NotFoundError: There is no template of that name.
        """
        package = await self._package(template)
        chosen = _chosen(package.template, options or {})
        return await create_tenant(
            self.connections,
            slug=slug,
            name=name,
            author=author,
            document=package.document,
            template=template,
            settings=settings,
            within=self._installing(package, chosen, author),
            followers=(*self.configuration.followers, *(() if within is None else (within,))),
            message=f"Created from the template {template} {package.template.version}.",
        )

    async def plan_installation(self, tenant_id: str, name: str) -> Proposal:
        """Say what installing a template would do, and change nothing.

        Raises:
            ConflictError: `template_installed`.
            NotFoundError: There is no such tenant or template.
        """
        package = await self._package(name)
        seen = await self._see(tenant_id)
        _refuse_installed(seen, name)
        return await self._proposed(tenant_id, package, _installation(seen, package))

    async def install(
        self, tenant_id: str, name: str, *, author: Author, options: Mapping[str, Any] | None = None
    ) -> Proposal:
        """Install a template beside what the tenant has.

        Args:
            tenant_id: UUID text.
            name: The template.
            author: Who installs it.
            options: Answers to its options; those not given take their default.

        Raises:
            BadInputError: With every clash of names and its cure, or a wrong option.
            ConflictError: `template_installed`, or `sample_clash`.
            NotFoundError: There is no such tenant or template.
        """
        package = await self._package(name)
        chosen = _chosen(package.template, options or {})

        async def attempt() -> Proposal:
            seen = await self._see(tenant_id)
            _refuse_installed(seen, name)
            found = _sound(_installation(seen, package))
            applied = await self._apply(
                tenant_id,
                seen,
                found.changes,
                author=author,
                message=f"Installed the template {name} {package.template.version}.",
                within=self._installing(package, chosen, author),
            )
            return Proposal(package.template, found, applied.planned, applied)

        return await _retrying(attempt)

    async def plan_upgrade(self, tenant_id: str, name: str, *, take_theirs: Collection[MergePath] = ()) -> Proposal:
        """Say what upgrading a template would do, with its conflicts, and change nothing.

        Raises:
            NotFoundError: There is no such tenant or template, or the tenant has not installed it.
        """
        package = await self._package(name)
        seen = await self._see(tenant_id)
        return await self._proposed(tenant_id, package, _upgrade(seen, package, take_theirs))

    async def upgrade(
        self, tenant_id: str, name: str, *, author: Author, take_theirs: Collection[MergePath] = ()
    ) -> Proposal:
        """Bring a tenant to the template as it is now; what the tenant changed stays.

        Args:
            tenant_id: UUID text.
            name: The template.
            author: Who upgrades it.
            take_theirs: Paths of conflicts that are decided for the template.

        Raises:
            BadInputError: It cannot be done; with every reason.
            NotFoundError: There is no such tenant or template, or the tenant has not installed it.
        """
        package = await self._package(name)

        async def attempt() -> Proposal:
            seen = await self._see(tenant_id)
            found = _sound(_upgrade(seen, package, take_theirs))
            applied = await self._apply(
                tenant_id,
                seen,
                found.changes,
                author=author,
                message=f"Upgraded the template {name} to {package.template.version}.",
                within=self._upgrading(package, seen.installed[name]),
            )
            return Proposal(package.template, found, applied.planned, applied)

        return await _retrying(attempt)

    async def plan_removal(self, tenant_id: str, name: str) -> Removed:
        """Say what removing a template would do, and change nothing.

        Raises:
            NotFoundError: There is no such tenant, or it has not installed the template.
        """
        seen = await self._see(tenant_id)
        removal = await self._removal(seen, name)
        planned = await self.configuration.plan(tenant_id, Request(changes=removal.changes))
        return Removed(removal, planned)

    async def remove(self, tenant_id: str, name: str, *, author: Author) -> Removed:
        """Remove what a template brought, as far as it holds no data and nothing else uses it.

        What stays is the tenant's to keep or to remove; a later installation finds it again.

        Raises:
            NotFoundError: There is no such tenant, or it has not installed the template.
        """

        async def attempt() -> Removed:
            seen = await self._see(tenant_id)
            removal = await self._removal(seen, name)
            applied = await self._apply(
                tenant_id,
                seen,
                removal.changes,
                author=author,
                message=f"Removed the template {name}.",
                within=_dropping(tenant_id, name),
            )
            return Removed(removal, applied.planned, applied)

        return await _retrying(attempt)

    async def _package(self, name: str) -> Package:
        return await asyncio.to_thread(self.library.package, name)

    async def _see(self, tenant_id: str) -> _Seen:
        state, model = await self.configuration.state(tenant_id)
        async with self.connections.acquire(tenant_id) as connection:
            names = await connection.fetch(statements.FIRST_NAMES, tenant_id)
            installed = await self._rows(connection, tenant_id)
        return _Seen(state, model, {row["id"]: row["name"] for row in names}, installed)

    async def _rows(self, connection: Any, tenant_id: str) -> dict[str, _Row]:
        found: dict[str, _Row] = {}
        for row in await connection.fetch(statements.INSTALLED, tenant_id):
            stored = self._decode(row["options"])
            keys = tuple(Key(*key) for key in stored.shipped)
            found[row["name"]] = _Row(row["version"], stored.options, keys, row["installed_at"])
        return found

    async def _proposed(self, tenant_id: str, package: Package, found: PackagePlan) -> Proposal:
        if found.faults:
            return Proposal(package.template, found, None)
        planned = await self.configuration.plan(tenant_id, Request(changes=found.changes))
        return Proposal(package.template, found, planned)

    async def _removal(self, seen: _Seen, name: str) -> Removal:
        _known_row(seen, name)
        candidates = removal_candidates(seen.state, name)
        async with self.connections.acquire(seen.model.tenant_id) as connection:
            holdings = await count_holdings(connection, seen.state, seen.model, candidates)
        return plan_removal(seen.state, seen.model, name, holdings)

    async def _apply(
        self,
        tenant_id: str,
        seen: _Seen,
        changes: tuple[Change, ...],
        *,
        author: Author,
        message: str,
        within: Within,
    ) -> Applied:
        return await self.configuration.apply(
            tenant_id,
            Request(changes=changes),
            author=author,
            expected_version=seen.state.version,
            message=message,
            within=within,
        )

    def _installing(self, package: Package, chosen: Mapping[str, bool], author: Author) -> Within:
        async def within(connection: Any, plan: Plan) -> None:
            model, now = plan.model, self.clock.now()
            await connection.execute(
                statements.ADD_INSTALLED,
                str(uuid_utils.uuid7()),
                model.tenant_id,
                package.template.name,
                package.template.version,
                _stored(chosen, package),
                now,
            )
            if chosen.get(SAMPLE_DATA) and package.records:
                today = now.astimezone(ZoneInfo(model.settings.timezone)).date()
                data, faults = await asyncio.to_thread(
                    prepare_samples, package, model, today, lambda: str(uuid_utils.uuid7())
                )
                faults.raise_if_any()
                await store_samples(connection, model, data, author=author, template=package.template.name)

        return within

    def _upgrading(self, package: Package, row: _Row) -> Within:
        async def within(connection: Any, plan: Plan) -> None:
            await connection.execute(
                statements.MOVE_INSTALLED,
                plan.model.tenant_id,
                package.template.name,
                package.template.version,
                _stored(row.options, package, row.shipped),
            )

        return within


def _installation(seen: _Seen, package: Package) -> PackagePlan:
    return plan_installation(seen.state, package, seen.first_names)


def _upgrade(seen: _Seen, package: Package, take_theirs: Collection[MergePath]) -> PackagePlan:
    row = _known_row(seen, package.template.name)
    return plan_upgrade(seen.state, package, first_names=seen.first_names, shipped=row.shipped, take_theirs=take_theirs)


def _sound(found: PackagePlan) -> PackagePlan:
    if found.faults:
        raise BadInputError.of(found.faults)
    return found


def _dropping(tenant_id: str, name: str) -> Within:
    async def within(connection: Any, _plan: Plan) -> None:
        await connection.execute(statements.DROP_INSTALLED, tenant_id, name)

    return within


async def _retrying(attempt: Callable[[], Awaitable[_T]]) -> _T:
    """Try again while others change the same tenant in between; the last conflict is the caller's."""
    for _ in range(_ATTEMPTS - 1):
        try:
            return await attempt()
        except ConflictError as error:
            if not any(fault.reason == "version_conflict" for fault in error.faults):
                raise
    return await attempt()


def _known_row(seen: _Seen, name: str) -> _Row:
    row = seen.installed.get(name)
    if row is None:
        raise NotFoundError.single(
            "not_installed",
            f"The template '{name}' is not installed.",
            path=("template",),
            hint=closest(name, seen.installed) or "Install it first.",
        )
    return row


def _refuse_installed(seen: _Seen, name: str) -> None:
    row = seen.installed.get(name)
    if row is not None:
        raise ConflictError.single(
            "template_installed",
            f"The template '{name}' is installed in version {row.version}.",
            path=("template",),
            hint="Upgrade it.",
        )


def _chosen(template: Template, options: Mapping[str, Any]) -> dict[str, bool]:
    """Every option of a template with its answer."""
    offered = {option.name: option.default for option in template.options}
    faults = Faults()
    for name, value in options.items():
        path = ("options", name)
        if name not in offered:
            text = f"The template '{template.name}' has no option '{name}'."
            faults.add("unknown_option", text, path=path, hint=closest(name, offered))
        elif not isinstance(value, bool):
            faults.add("wrong_type", f"The option '{name}' is true or false, not {value!r}.", path=path)
    faults.raise_if_any()
    return {**offered, **options}


def _stored(options: Mapping[str, bool], package: Package, before: Collection[Key] = ()) -> str:
    """What is remembered of an installation; whatever any version shipped stays known, so that it stays removed."""
    keys = sorted({*shipped_keys(package), *before})
    return msgspec.json.encode(_Stored(dict(options), tuple((key.kind, key.parent, key.name) for key in keys))).decode()
