"""`serve`, `worker`, `migrate` and `doctor`."""

from __future__ import annotations

import argparse
import dataclasses
import os
from typing import TYPE_CHECKING

from server.commands.parsing import Commands
from server.config import Config, load_config
from server.logs import configure_logging

if TYPE_CHECKING:
    from server.demo import Demo

__all__ = ["add_commands"]


def add_commands(commands: Commands) -> None:
    """Add the commands of this module."""
    serve = commands.add("serve", "run everything: embedded servers, migrations, web processes and the worker", _serve)
    serve.add_argument("--no-worker", action="store_true", help="do not run the worker process")
    serve.add_argument("--port", type=int, help="instead of TANGRAM_PORT")
    commands.add("worker", "run a worker process alone, beside a server that runs elsewhere", _worker)
    migrate = commands.add("migrate", "bring the database's platform schema up to date", _migrate)
    migrate.add_argument("--check", action="store_true", help="only list what is missing; exit code 1 if something is")
    migrate.add_argument(
        "--write", metavar="NAME", help="for developers: write the migration to the models as they are"
    )
    commands.add("doctor", "explain what is wrong with this environment", _doctor)


async def _serve(options: argparse.Namespace) -> int:
    from server.demo import prepare_demo
    from server.serving import serve

    created: list[Demo | None] = []

    async def prepare(filled: Config) -> None:
        created.append(await prepare_demo(filled))

    config = load_config()
    if options.port is not None:
        config = dataclasses.replace(config, port=options.port)
    configure_logging(config)
    in_order = await serve(
        config, worker=not options.no_worker, prepare=prepare, announce=lambda filled: _announce(filled, created[-1])
    )
    return 0 if in_order else 130


def _announce(config: Config, demo: Demo | None) -> None:
    lines = [f"Tangram runs at {config.base_url}"]
    if demo is not None:
        logins = [("administrator", demo.email, demo.password)]
        logins += [(person.shows, person.email, person.password) for person in demo.people]
        given = "shown only now" if demo.password else "as set by TANGRAM_ADMIN_PASSWORD"
        lines += ["", f"  tenant {demo.tenant}; passwords are {given}:"]
        lines += [f"    {who:16}  {email:20}  {password}".rstrip() for who, email, password in logins]
    lines += ["", f"  try it         {config.base_url}/graphql", "  stop it        Ctrl-C; data stays where it is"]
    print("\n" + "\n".join(lines) + "\n", flush=True)


async def _worker(_: argparse.Namespace) -> int:
    from server.embedded.servers import reached_servers
    from server.worker_process import work

    config = load_config()
    configure_logging(config)
    async with reached_servers(config) as filled:
        await work(filled, supervised=False)
    return 0


async def _migrate(options: argparse.Namespace) -> int:
    from server.database import migrations

    if options.write is not None:
        name = await migrations.write_migration(options.write)
        print(f"migrations/tangram/{name}: read it before you commit it" if name else "The models have not changed.")
        return 0
    return await _migrate_database(load_config(), check=options.check)


async def _migrate_database(config: Config, *, check: bool) -> int:
    import asyncpg

    from server.configuration.provisioning import provide
    from server.database import migrations
    from server.embedded.servers import reached_servers

    async with reached_servers(config) as filled:
        if check:
            connection = await asyncpg.connect(filled.database_url)
            try:
                missing = await migrations.pending_migrations(connection)
            finally:
                await connection.close()
            print("\n".join(missing) or "Nothing is missing.")
            return 1 if missing else 0
        applied = await migrations.migrate(filled.database_url, filled.database_app_url, again=True)
        applied += [f"organisation of tenant {slug}" for slug in await provide(filled.database_url)]
    print("\n".join(applied) or "Nothing was missing.")
    return 0


async def _doctor(_: argparse.Namespace) -> int:
    from server.doctor import Verdict, examine

    findings = await examine(os.environ)
    for finding in findings:
        print(f"{finding.verdict.value:8} {finding.subject}: {finding.detail}")
        if finding.cure:
            print(f"         → {finding.cure}")
    problems = sum(finding.verdict is Verdict.PROBLEM for finding in findings)
    print(f"\n{problems} problem{'s' if problems != 1 else ''} found." if problems else "\nNothing is wrong.")
    return 1 if problems else 0
