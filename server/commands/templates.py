"""`template list`, `check` and `install`."""

from __future__ import annotations

import argparse

from metadata.problems import BadInputError
from server.commands.metadata_changes import print_plan
from server.commands.opening import AUTHOR, find_tenant, opened_services
from server.commands.parsing import Commands
from server.config import load_config

__all__ = ["add_commands"]


def add_commands(commands: Commands) -> None:
    """Add the commands of this module."""
    templates = commands.group("template", "industry templates that tenants are made from")
    templates.add("list", "list the templates that come with the server", _list)
    check = templates.add("check", "look for faults in templates, for those who write them", _check)
    check.add_argument("names", nargs="*", metavar="name", help="all templates when left out")
    install = templates.add("install", "install a template in a tenant, beside what it has", _install)
    install.add_argument("tenant", help="slug of the tenant")
    install.add_argument("name", help="name of the template")
    install.add_argument("--sample-data", action="store_true", help="with its sample data")
    install.add_argument("--plan", action="store_true", help="say what it would do, and change nothing")


async def _list(_: argparse.Namespace) -> int:
    from metadata.packages.library import Library, industries_folder

    for template in Library(industries_folder()).list_templates():
        labels = " / ".join(template.label.values())
        print(f"{template.name:20} {template.version:8} {labels}")
    return 0


async def _check(options: argparse.Namespace) -> int:
    from metadata.packages.checking import check_template
    from metadata.packages.library import Library, fault_line, industries_folder

    library = Library(industries_folder())
    count = 0
    for name in options.names or library.names():
        faults = list(check_template(library, name))
        count += len(faults)
        print(f"{name}: {f'{len(faults)} faults' if faults else 'no fault'}")
        for fault in faults:
            print(f"  {fault_line(fault)}")
    return 1 if count else 0


async def _install(options: argparse.Namespace) -> int:
    from server.packages.service import SAMPLE_DATA

    async with opened_services(load_config()) as services:
        tenant_id = await find_tenant(services, options.tenant)
        if options.plan:
            proposal = await services.packages.plan_installation(tenant_id, options.name)
        else:
            proposal = await services.packages.install(
                tenant_id, options.name, author=AUTHOR, options={SAMPLE_DATA: options.sample_data}
            )
    if proposal.package.faults:
        raise BadInputError.of(proposal.package.faults)
    if proposal.planned is not None:
        print_plan(proposal.planned)
    if proposal.applied is not None:
        print(
            f"Template {options.name} was installed; tenant {options.tenant} is at version {proposal.applied.version}."
        )
    return 0
