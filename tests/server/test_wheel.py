"""The wheel holds all that runs: it is built from the checkout, unpacked, and served from there in an empty folder."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import httpx
import pytest

from tests.serving import REPOSITORY, serving

PARTS = ("metadata", "server", "templates", "migrations", "pyproject.toml", "README.md")
pytestmark = pytest.mark.timeout(400)

BUILD = "import sys, setuptools.build_meta as backend; backend.build_wheel(sys.argv[1])"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    source, built = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("built")
    for part in PARTS:
        if (REPOSITORY / part).is_dir():
            shutil.copytree(REPOSITORY / part, source / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(REPOSITORY / part, source)
    subprocess.run([sys.executable, "-c", BUILD, str(built)], cwd=source, check=True, capture_output=True)
    (found,) = built.glob("tangram-*.whl")
    return found


def test_everything_that_lies_in_the_packages_is_in_the_wheel(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        held = set(archive.namelist())
    lies = {
        str(path.relative_to(REPOSITORY))
        for part in PARTS
        for path in (REPOSITORY / part).rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }
    assert lies - held == set()
    assert {name.split("/")[0] for name in held if not name.startswith("tangram-")} == set(PARTS[:4])


async def test_server_from_the_wheel_runs_in_an_empty_folder(wheel: Path, tmp_path: Path) -> None:
    installed, empty = tmp_path / "installed", tmp_path / "empty"
    empty.mkdir()
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(installed)
    listing = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "server.cli", "template", "list"),
        env={**os.environ, "PYTHONPATH": str(installed)},
        cwd=empty,
        stdout=asyncio.subprocess.PIPE,
    )
    assert b"retail_chain" in (await listing.communicate())[0]

    async with serving(tmp_path / "data", "--no-worker", code=installed, cwd=empty) as server:
        assert await server.healthy()
        async with httpx.AsyncClient(base_url=server.url, trust_env=False) as client:
            page = await client.get("/graphql", headers={"Accept": "text/html"})
            scripts = re.findall(r'src="([^"]+)"', page.text)
            assert [(await client.get(script)).status_code for script in scripts] == [200] * len(scripts) != []
    assert list(empty.iterdir()) == []
