"""`ledger verify`."""

from __future__ import annotations

import argparse

from server.commands.opening import find_tenants, opened_services
from server.commands.parsing import Commands
from server.config import load_config

__all__ = ["add_commands"]


def add_commands(commands: Commands) -> None:
    """Add the commands of this module."""
    verify = commands.group("ledger", "what was booked under price plans, and of benefits").add(
        "verify", "look for bookings and lines that were changed, removed or inserted", _verify
    )
    verify.add_argument("--tenant", metavar="SLUG", help="all tenants when left out")


async def _verify(options: argparse.Namespace) -> int:
    from server.benefits.verifying import BenefitVerifier
    from server.pricing.verifying import LedgerVerifier

    async with opened_services(load_config()) as services:
        verifier = LedgerVerifier(services.connections, services.keys)
        whole = True
        for slug, tenant_id in await find_tenants(services, options.tenant):
            report = await verifier.verify(tenant_id)
            verdict = "whole" if report.is_whole else "broken"
            more = f", {report.unlogged} older than the audit log" if report.unlogged else ""
            print(f"{slug:24} {verdict}: {report.count} bookings{more}")
            for booking, problem in report.findings:
                print(f"  booking {booking}: {problem}")
            benefits = await BenefitVerifier(services.connections, services.keys).verify(tenant_id)
            verdict = "whole" if benefits.is_whole else "broken"
            print(f"{slug:24} {verdict}: {benefits.count} lines of benefits")
            for line, problem in benefits.findings:
                print(f"  benefit {line}: {problem}")
            for finding in report.chain.findings:
                print(f"  audit {finding.problem.value}: {finding.detail}")
            whole = whole and report.is_whole and benefits.is_whole
    return 0 if whole else 1
