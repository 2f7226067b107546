"""`audit verify`."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from server.commands.opening import find_tenants, opened_services
from server.commands.parsing import Commands
from server.config import load_config

if TYPE_CHECKING:
    from server.audit.verifying import Report

__all__ = ["add_commands"]


def add_commands(commands: Commands) -> None:
    """Add the commands of this module."""
    verify = commands.group("audit", "the log of who did, saw and was refused what").add(
        "verify", "look for entries that were changed, removed, inserted or moved", _verify
    )
    verify.add_argument("--tenant", metavar="SLUG", help="all tenants when left out")


async def _verify(options: argparse.Namespace) -> int:
    from server.audit.verifying import Verifier

    async with opened_services(load_config()) as services:
        verifier = Verifier(services.connections, services.keys)
        whole = True
        for slug, tenant_id in await find_tenants(services, options.tenant):
            report = await verifier.verify(tenant_id)
            _print(slug, report)
            whole = whole and report.is_whole
    return 0 if whole else 1


def _print(slug: str, report: Report) -> None:
    verdict = "whole" if report.is_whole else f"{len(report.findings)} problems"
    more = f", {report.waiting} waiting to be sealed" if report.waiting else ""
    if report.removed_before:
        more += f", removed by age up to {report.removed_before}"
    print(f"{slug:24} {verdict}: {report.entries} entries, head {report.head.seq}:{report.head.hash.hex()[:16]}{more}")
    for finding in report.findings:
        place = " ".join(
            f"{name} {number}" for name, number in (("link", finding.seq), ("entry", finding.entry_id)) if number
        )
        print(f"  {finding.problem.value:10} {place}: {finding.detail}")
