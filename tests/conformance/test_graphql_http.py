"""GraphQL over HTTP, judged by the audit suite of the npm package graphql-http."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from bench import node
from tests.fixtures.http import Place, SignedIn, Web

FOLDER = Path(__file__).parent / "graphql_http"
REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def audit_folder() -> Path:
    try:
        return node.installed(FOLDER, REPOSITORY / "bench" / ".cache")
    except (RuntimeError, OSError) as error:
        pytest.skip(f"the npm package graphql-http cannot be installed: {error}")


@pytest.mark.parametrize("path", ["/metadata", "/graphql"])
async def test_every_audit_passes(web: Web, acme: Place, signed_in: SignedIn, audit_folder: Path, path: str) -> None:
    token = (await signed_in(acme))["authorization"].removeprefix("Bearer ")
    running = await asyncio.create_subprocess_exec(
        str(node.node()),
        "audit.mjs",
        f"{web.url}{path}",
        token,
        cwd=audit_folder,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    output, problems = await running.communicate()
    assert running.returncode == 0, problems.decode()
    results = json.loads(output)
    failed = [f"{one['id']} {one['name']}: {one['reason']}" for one in results if one["status"] != "ok"]
    assert failed == []
    assert len(results) >= 60
