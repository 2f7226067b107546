"""The command line: `tangram …`. Thin: it parses, calls a command, and turns errors into text and an exit code."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Sequence

from metadata.problems import TangramError
from server.commands import audit, keys, ledger, metadata_changes, running, templates, tenants, users
from server.commands.parsing import new_parser
from server.config import Config
from server.logs import configure_logging

__all__ = ["build_parser", "main"]


def build_parser() -> argparse.ArgumentParser:
    """The parser of all commands."""
    parser, commands = new_parser(
        "tangram",
        "Tangram (七巧板): a multi-tenant, metadata-driven GraphQL server for social CRM.",
        "Settings are environment variables, listed in docs/settings.md.",
    )
    for part in (running, tenants, templates, metadata_changes, users, audit, ledger, keys):
        part.add_commands(commands)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Args:
        arguments: As on the command line; the process's own when None.

    Returns:
        0 when it did what was asked, 1 when not, 130 when it was interrupted.
    """
    options = build_parser().parse_args(arguments)
    configure_logging(Config(log_format="console", log_level="warning"))  # servers set it up again, as configured
    try:
        code: int = asyncio.run(options.handler(options))
    except TangramError as error:
        _complain(error)
        return 1
    except KeyboardInterrupt:
        return 130
    return code


def _complain(error: TangramError) -> None:
    if not error.faults:
        print(f"error: {error.message}", file=sys.stderr)
    for fault in error.faults:
        place = f" (at {'.'.join(str(part) for part in fault.path)})" if fault.path else ""
        print(f"error: {fault.message}{place}", file=sys.stderr)
        if fault.hint:
            print(f"       → {fault.hint}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
