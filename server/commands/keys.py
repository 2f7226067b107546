"""`keys list` and `keys rotate`."""

from __future__ import annotations

import argparse

from server.commands.opening import find_tenants, opened_services
from server.commands.parsing import Commands
from server.config import load_config

__all__ = ["add_commands"]


def add_commands(commands: Commands) -> None:
    """Add the commands of this module."""
    keys = commands.group("keys", "keys of what is encrypted")
    shown = keys.add("list", "show the data keys of tenants, and what is left of rotations", _list)
    shown.add_argument("--tenant", metavar="SLUG", help="all tenants when left out")
    rotate = keys.add(
        "rotate", "give tenants new data keys; the worker carries them through what is encrypted", _rotate
    )
    rotate.add_argument("--tenant", metavar="SLUG", help="all tenants when left out")
    rotate.add_argument(
        "--secret",
        action="store_true",
        help="instead wrap the data keys with the first secret of TANGRAM_SECRET_KEY=new|old, which then needs no old",
    )


async def _list(options: argparse.Namespace) -> int:
    async with opened_services(load_config()) as services:
        for slug, tenant_id in await find_tenants(services, options.tenant):
            standing = await services.rotation.standing(tenant_id)
            numbers = ", ".join(str(number) for number in standing.numbers) or "none"
            left = f", {standing.left} values with a former key" if standing.left else ""
            secrets = f", wrapped by {', '.join(standing.secret_ids)}" if standing.secret_ids else ""
            print(f"{slug:24} data keys {numbers}{secrets}{left}")
    return 0


async def _rotate(options: argparse.Namespace) -> int:
    async with opened_services(load_config()) as services:
        for slug, tenant_id in await find_tenants(services, options.tenant):
            if options.secret:
                changed = await services.rotation.rewrap(tenant_id)
                print(f"{slug:24} {changed} data keys wrapped with the first secret")
            else:
                number = await services.rotation.begin(tenant_id)
                print(f"{slug:24} data key {number}; the worker carries it through")
        services.wake_due.nudge()
    return 0
