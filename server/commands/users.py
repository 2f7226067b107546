"""`user create`."""

from __future__ import annotations

import argparse
import sys

from server.commands.opening import find_tenant, opened_services
from server.commands.parsing import Commands
from server.config import load_config

__all__ = ["add_commands"]


def add_commands(commands: Commands) -> None:
    """Add the commands of this module."""
    create = commands.group("user", "accounts").add("create", "create an account in a tenant", _create)
    create.add_argument("tenant", help="slug of the tenant")
    create.add_argument("email")
    create.add_argument("--name", help="shown to people; the e-mail address when left out")
    create.add_argument("--role", action="append", default=[], metavar="ROLE", help="may be given several times")
    create.add_argument("--admin", action="store_true", help="the same as --role administrator")
    create.add_argument("--platform-admin", action="store_true", help="may create tenants and act for them")
    create.add_argument(
        "--password-stdin", action="store_true", help="read the password from standard input; else one is generated"
    )


async def _create(options: argparse.Namespace) -> int:
    from server.identity.accounts import NewAccount

    roles = [*options.role, *(["administrator"] if options.admin else [])]
    password = sys.stdin.readline().rstrip("\n") if options.password_stdin else None
    async with opened_services(load_config()) as services:
        account, generated = await services.identity.accounts.create(
            await find_tenant(services, options.tenant),
            NewAccount(
                email=options.email,
                name=options.name or options.email,
                roles=roles,
                password=password,
                platform_administrator=options.platform_admin,
            ),
            created_by=None,
        )
    print(f"Account {account.email} was created in tenant {options.tenant}.")
    if generated is not None:
        print(f"Password, shown only now; it has to be changed at the first sign-in: {generated}")
    return 0
