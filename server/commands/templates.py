"""`template list` and `template check`."""

from __future__ import annotations

import argparse

from server.commands.parsing import Commands

__all__ = ["add_commands"]


def add_commands(commands: Commands) -> None:
    """Add the commands of this module."""
    templates = commands.group("template", "industry templates that tenants are made from")
    templates.add("list", "list the templates that come with the server", _list)
    check = templates.add("check", "look for faults in templates, for those who write them", _check)
    check.add_argument("names", nargs="*", metavar="name", help="all templates when left out")


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
