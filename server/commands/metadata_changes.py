"""`metadata plan` and `metadata apply`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from metadata.problems import BadInputError
from server.commands.opening import AUTHOR, find_tenant, opened_services
from server.commands.parsing import Commands
from server.config import load_config

if TYPE_CHECKING:
    from server.configuration.requests import Planned, Request

__all__ = ["add_commands", "print_plan"]


def add_commands(commands: Commands) -> None:
    """Add the commands of this module."""
    metadata = commands.group("metadata", "what a tenant has declared")
    plan = metadata.add("plan", "say what a document would change, and change nothing", _plan)
    apply = metadata.add("apply", "change a tenant by a document", _apply)
    for parser in (plan, apply):
        parser.add_argument("tenant", help="slug of the tenant")
        parser.add_argument("file", help="document in YAML or JSON; - for standard input")
        parser.add_argument("--replace", action="store_true", help="remove what the document does not hold")
        parser.add_argument("--cascade", action="store_true", help="also remove or edit what uses removed things")
    apply.add_argument("--expected-version", type=int, metavar="N", help="refuse if the tenant is at another version")
    apply.add_argument("--message", default="", help="why, for the list of versions")


def print_plan(planned: Planned) -> None:
    """Show a plan: changes, warnings, data at risk, SQL."""
    plan = planned.plan
    for change in plan.changes:
        name = f"{change.parent}.{change.name}" if change.parent else change.name
        renamed = f" → {change.to}" if change.to else ""
        print(f"{change.op:8} {change.kind} {name}{renamed}")
    for warned in plan.warnings:
        print(f"warning: {warned.message}")
    for risk in plan.risks:
        place = f"{risk.object_name}.{risk.field_name}" if risk.field_name else risk.object_name
        print(f"data at risk: {risk.count} of {place} will be {risk.effect}")
    for statement in (*planned.statements, *planned.later):
        print(f"  {statement}")
    if plan.is_empty:
        print("Nothing would change.")


async def _plan(options: argparse.Namespace) -> int:
    request = _request(options)
    async with opened_services(load_config()) as services:
        planned = await services.configuration.plan(await find_tenant(services, options.tenant), request)
    print_plan(planned)
    if planned.plan.faults:
        raise BadInputError.of(planned.plan.faults)
    return 0


async def _apply(options: argparse.Namespace) -> int:
    request = _request(options)
    async with opened_services(load_config()) as services:
        applied = await services.configuration.apply(
            await find_tenant(services, options.tenant),
            request,
            author=AUTHOR,
            expected_version=options.expected_version,
            message=options.message,
        )
    print_plan(applied.planned)
    print(f"Tenant {options.tenant} is at version {applied.version}.")
    return 0


def _request(options: argparse.Namespace) -> Request:
    from metadata.model.reading import read_document_text
    from server.configuration.requests import Request

    document, faults = read_document_text(_text(options.file))
    faults.raise_if_any()
    return Request(document=document, replacing=options.replace, cascade=options.cascade)


def _text(file: str) -> str:
    try:
        return sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInputError.single(
            "unreadable_file", f"{file} cannot be read: {error}.", hint="Name a text file in UTF-8."
        ) from error
