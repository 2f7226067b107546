"""`tenant create`, `list`, `terms`, `usage`, `export` and `drop`."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from metadata.changes.plan import Plan
from server.commands.opening import AUTHOR, find_tenant, find_tenants, opened_services
from server.commands.parsing import Commands
from server.config import load_config
from server.context import Actor, ActorKind

__all__ = ["add_commands"]

_OPERATOR = Actor("", ActorKind.SYSTEM, "command line", ())


def add_commands(commands: Commands) -> None:
    """Add the commands of this module."""
    tenants = commands.group("tenant", "tenants of this installation")
    create = tenants.add("create", "create a tenant, from a template or empty", _create)
    create.add_argument("slug", help="its name in URLs, such as green-store")
    create.add_argument("--name", help="its name for people; the slug when left out")
    create.add_argument("--template", help="`tangram template list` shows them; empty tenant when left out")
    create.add_argument("--sample-data", action="store_true", help="with the sample data of the template")
    create.add_argument("--admin", metavar="EMAIL", help="create an administrator too; the password is generated")
    create.add_argument("--seats", metavar="N", type=int, help="accounts that may be active; any number when left out")
    create.add_argument("--trial-days", metavar="N", type=int, help="then it can only be read; today is the first day")
    tenants.add("list", "list all tenants", _list)
    terms = tenants.add("terms", "show or change how many accounts a tenant may have, and until when it tries", _terms)
    terms.add_argument("slug")
    terms.add_argument(
        "--seats", metavar="N", type=_number, help="accounts that may be active, or `none` for any number"
    )
    trial = terms.add_mutually_exclusive_group()
    trial.add_argument(
        "--trial-days",
        metavar="N",
        type=_number,
        help="days from the one it was made, that too, or `none` to end trying",
    )
    trial.add_argument(
        "--trial-until", metavar="DATE", type=date.fromisoformat, help="last day of the trial, in the tenant's zone"
    )
    usage = tenants.add("usage", "meter what tenants have used in a month, as JSON", _usage)
    usage.add_argument("slug", nargs="?", help="all tenants when left out")
    usage.add_argument("--month", metavar="2026-11", required=True, type=_month, help="in each tenant's zone")
    usage.add_argument(
        "--count", metavar="OBJECT", action="append", default=[], help="records that there are; may be repeated"
    )
    usage.add_argument(
        "--created", metavar="OBJECT", action="append", default=[], help="records made in the month; may be repeated"
    )
    export = tenants.add("export", "write what a tenant has declared as a document", _export)
    export.add_argument("slug")
    export.add_argument("--output", metavar="FILE", type=Path, help="standard output when left out")
    drop = tenants.add("drop", "drop a tenant with all its records, accounts and files", _drop)
    drop.add_argument("slug")
    drop.add_argument("--yes", action="store_true", help="do not ask")


async def _create(options: argparse.Namespace) -> int:
    from server.configuration.tenancy import create_tenant
    from server.identity.accounts import NewAccount
    from server.identity.seats import agree_first
    from server.packages.service import SAMPLE_DATA
    from server.terms import check_terms

    check_terms(options.seats, options.trial_days)

    async def within(connection: Any, plan: Plan) -> None:
        await agree_first(connection, plan.model, options.seats, options.trial_days, by=_OPERATOR)

    async with opened_services(load_config()) as services:
        name = options.name or options.slug
        if options.template:
            applied = await services.packages.create_tenant(
                slug=options.slug,
                name=name,
                template=options.template,
                author=AUTHOR,
                options={SAMPLE_DATA: options.sample_data},
                within=within,
            )
        else:
            applied = await create_tenant(
                services.connections, slug=options.slug, name=name, author=AUTHOR, within=within
            )
        print(f"Tenant {options.slug} was created.")
        if options.admin:
            account, password = await services.identity.accounts.create(
                applied.tenant_id,
                NewAccount(email=options.admin, name=options.admin, roles=["administrator"]),
                created_by=None,
            )
            print(f"Administrator {account.email}, password (shown only now, to be changed): {password}")
    return 0


async def _list(_: argparse.Namespace) -> int:
    async with opened_services(load_config()) as services, services.connections.acquire() as connection:
        rows = await connection.fetch("select slug, name, status, template, version from tangram.tenant order by slug")
    for row in rows:
        print(f"{row['slug']:24} {row['status']:10} version {row['version']:<6} {row['template']:20} {row['name']}")
    return 0


async def _terms(options: argparse.Namespace) -> int:
    from server.identity.seats import agree, agreed
    from server.terms import Terms, check_terms, end_of_day, end_of_trial

    check_terms(_given(options.seats), _given(options.trial_days))
    async with opened_services(load_config()) as services:
        tenant_id = await find_tenant(services, options.slug)
        zone = (await services.tenants.get(tenant_id)).model.settings.timezone
        async with services.connections.acquire(tenant_id) as connection:
            found = await agreed(connection, tenant_id)
        seats, ends_at = found.terms.seats, found.terms.trial_ends_at
        if options.seats is not None:
            seats = _given(options.seats)
        if options.trial_days is not None:
            days = _given(options.trial_days)
            ends_at = None if days is None else end_of_trial(found.created_at, days, zone)
        if options.trial_until is not None:
            ends_at = end_of_day(options.trial_until, zone)
        terms = Terms(seats, ends_at)
        if terms != found.terms:
            await agree(services.connections, tenant_id, terms, by=_OPERATOR)
    of_seats = "any number of" if seats is None else seats
    print(f"{options.slug}: {found.taken} of {of_seats} seats taken, {_told(ends_at, zone)}")
    return 0


async def _usage(options: argparse.Namespace) -> int:
    from server.identity.usage import Asked, usage_of

    asked = Asked(options.month, options.count, options.created)
    lines: list[dict[str, Any]] = []
    async with opened_services(load_config()) as services:
        for slug, tenant_id in await find_tenants(services, options.slug):
            model = (await services.tenants.get(tenant_id)).model
            modules = [one.name for one in await services.packages.installed(tenant_id)]
            async with services.connections.acquire(tenant_id) as connection:
                found = await usage_of(connection, model, modules, asked)
            named = {"tenant": slug, "month": options.month.isoformat()}
            lines += [{**named, "meter": one.meter, "quantity": one.quantity} for one in found]
    print(json.dumps(lines, ensure_ascii=False, indent=1))
    return 0


def _month(text: str) -> date:
    return date.fromisoformat(f"{text}-01")


def _number(text: str) -> int | Literal["none"]:
    return "none" if text == "none" else int(text)


def _given(number: int | Literal["none"] | None) -> int | None:
    return number if isinstance(number, int) else None


def _told(ends_at: datetime | None, zone: str) -> str:
    if ends_at is None:
        return "no trial"
    return f"trial until {ends_at.astimezone(ZoneInfo(zone)).isoformat(timespec='minutes')} ({zone})"


async def _export(options: argparse.Namespace) -> int:
    from metadata.model.writing import write_document
    from metadata.model.yaml_text import dump_yaml

    async with opened_services(load_config()) as services:
        loaded = await services.tenants.get(await find_tenant(services, options.slug))
        text = dump_yaml(write_document(loaded.model))
    if options.output is None:
        print(text, end="")
    else:
        options.output.write_text(text, encoding="utf-8")
    return 0


async def _drop(options: argparse.Namespace) -> int:
    from server.configuration.tenancy import drop_tenant

    async with opened_services(load_config()) as services:
        tenant_id = await find_tenant(services, options.slug)
        if not options.yes:
            print(f"Everything of tenant {options.slug} will be gone. Type its slug to go on: ", end="", flush=True)
            if sys.stdin.readline().strip() != options.slug:
                print("Nothing was dropped.")
                return 1
        await drop_tenant(services.connections, tenant_id)
        await services.files.remove_tenant(tenant_id)
    print(f"Tenant {options.slug} was dropped.")
    return 0
