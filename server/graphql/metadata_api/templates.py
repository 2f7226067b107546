"""Templates: what there is, what the tenant has of it, installing, upgrading and removing; each with a dry run."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
import strawberry
from strawberry.scalars import JSON

from metadata.changes.state import Key
from metadata.model.document import Template as TemplateValue
from metadata.packages.merging import ABSENT, Conflict
from metadata.packages.removing import Kept
from metadata.problems import BadInputError
from server.configuration.requests import Applied, Planned, author_of
from server.graphql.metadata_api.guards import Info, administrator, anybody
from server.graphql.metadata_api.outcomes import Plan, plan_of
from server.packages.service import Installed, Proposal

__all__ = ["TEMPLATE_MUTATIONS", "TEMPLATE_QUERIES"]


@strawberry.type(description="A choice offered when a template is installed")
class TemplateOption:
    """Its answer is yes or no."""

    name: str
    label: JSON
    description: JSON
    default: bool


@strawberry.type(description="What a tenant has of a template")
class InstalledTemplate:
    """As installed or last upgraded."""

    version: str
    options: JSON
    installed_at: datetime
    can_upgrade: bool = strawberry.field(description="Whether another version could be had now")


@strawberry.type(description="An industry, ready to start from")
class Template:
    """What a template says of itself."""

    name: str
    version: str
    label: JSON
    description: JSON
    languages: list[str]
    options: list[TemplateOption]
    installed: InstalledTemplate | None = strawberry.field(description="Null when the tenant does not have it")


@strawberry.type(description="Something that a template and the tenant both changed; the tenant's value stays")
class TemplateConflict:
    """The three values; null where there is none."""

    path: str = strawberry.field(description="Dotted; to be named in `takeTheirs`")
    base: JSON | None = strawberry.field(description="As the template shipped it before")
    ours: JSON | None = strawberry.field(description="As the tenant has it")
    theirs: JSON | None = strawberry.field(description="As the template ships it now")


@strawberry.type(description="Something that stays, and why")
class KeptItem:
    """Against what the template wants."""

    kind: str
    parent: str
    name: str
    reason: str
    message: str


@strawberry.type(description="Something declared")
class ItemName:
    """How people name it."""

    kind: str
    parent: str
    name: str


@strawberry.type(description="What installing, upgrading or removing a template did, or would do")
class TemplateOutcome:
    """With `dryRun` nothing was changed and `version` is null."""

    template: str
    template_version: str
    version: int | None = strawberry.field(description="Version of the metadata now")
    conflicts: list[TemplateConflict]
    shared: list[ItemName] = strawberry.field(description="What was there already and serves the template as well")
    kept: list[KeptItem]
    plan: Plan | None


async def templates(info: Info) -> list[Template]:
    """Every template of this server, with what the tenant has of it."""
    session, packages = anybody(info), info.context.services.packages
    installed = {one.name: one for one in await packages.installed(session.tenant_id)}
    return [_template(one, installed.get(one.name)) for one in await packages.templates()]


async def install_template(
    info: Info, name: str, options: JSON | None = None, dry_run: bool = False
) -> TemplateOutcome:
    """Install a template beside what the tenant has; `options` are its answers by name."""
    session, packages = await administrator(info), info.context.services.packages
    if dry_run:
        return _outcome(await packages.plan_installation(session.tenant_id, name))
    answers = _answers(options)
    return _outcome(await packages.install(session.tenant_id, name, author=author_of(session.actor), options=answers))


async def upgrade_template(
    info: Info, name: str, take_theirs: list[str] | None = None, dry_run: bool = False
) -> TemplateOutcome:
    """Bring the tenant to a template as it is now; what the tenant changed stays, but for conflicts in `takeTheirs`."""
    session, packages = await administrator(info), info.context.services.packages
    chosen = [tuple(path.split(".")) for path in take_theirs or ()]
    if dry_run:
        return _outcome(await packages.plan_upgrade(session.tenant_id, name, take_theirs=chosen))
    return _outcome(
        await packages.upgrade(session.tenant_id, name, author=author_of(session.actor), take_theirs=chosen)
    )


async def uninstall_template(info: Info, name: str, dry_run: bool = False) -> TemplateOutcome:
    """Remove what a template brought, as far as it holds no data and nothing else uses it."""
    session, packages = await administrator(info), info.context.services.packages
    if dry_run:
        done = await packages.plan_removal(session.tenant_id, name)
    else:
        done = await packages.remove(session.tenant_id, name, author=author_of(session.actor))
    return TemplateOutcome(
        template=name,
        template_version="",
        version=_version(done.applied),
        conflicts=[],
        shared=[],
        kept=[_kept(one) for one in done.removal.kept],
        plan=plan_of(done.planned),
    )


TEMPLATE_QUERIES = (templates,)
TEMPLATE_MUTATIONS = (install_template, upgrade_template, uninstall_template)


def _answers(options: Any) -> dict[str, Any]:
    if options is not None and not isinstance(options, dict):
        raise BadInputError.single(
            "wrong_type", "`options` is not a mapping.", path=("options",), hint="Send {sampleData: true}."
        )
    return options or {}


def _template(value: TemplateValue, installed: Installed | None) -> Template:
    return Template(
        name=value.name,
        version=value.version,
        label=JSON(value.label),
        description=JSON(value.description),
        languages=list(value.languages),
        options=[
            TemplateOption(name=one.name, label=JSON(one.label), description=JSON(one.description), default=one.default)
            for one in value.options
        ],
        installed=None
        if installed is None
        else InstalledTemplate(
            version=installed.version,
            options=JSON(dict(installed.options)),
            installed_at=installed.installed_at,
            can_upgrade=installed.latest not in ("", installed.version),
        ),
    )


def _outcome(value: Proposal) -> TemplateOutcome:
    if value.package.faults:
        raise BadInputError.of(value.package.faults)
    return TemplateOutcome(
        template=value.template.name,
        template_version=value.template.version,
        version=_version(value.applied),
        conflicts=[_conflict(one) for one in value.package.conflicts],
        shared=[_item_name(one) for one in value.package.shared],
        kept=[_kept(one) for one in value.package.kept],
        plan=_plan(value.planned),
    )


def _version(applied: Applied | None) -> int | None:
    return None if applied is None else applied.version


def _plan(planned: Planned | None) -> Plan | None:
    return None if planned is None else plan_of(planned)


def _conflict(value: Conflict) -> TemplateConflict:
    return TemplateConflict(
        path=".".join(value.path), base=_shown(value.base), ours=_shown(value.ours), theirs=_shown(value.theirs)
    )


def _shown(value: Any) -> JSON | None:
    return None if value is ABSENT else JSON(msgspec.to_builtins(value))


def _item_name(key: Key) -> ItemName:
    return ItemName(kind=key.kind, parent=key.parent, name=key.name)


def _kept(value: Kept) -> KeptItem:
    return KeptItem(
        kind=value.key.kind,
        parent=value.key.parent,
        name=value.key.name,
        reason=value.reason,
        message=value.message,
    )
