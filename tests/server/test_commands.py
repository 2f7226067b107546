from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from server.app import open_services
from server.cli import main
from server.config import Config

_DOCUMENT = """
tangram: 1
objects:
  - name: pet
    plural: pets
    label: {zh: 宠物, en: Pet}
    plural_label: {zh: 宠物, en: Pets}
    display: name
    fields:
      - {name: name, type: text, required: true, label: {zh: 名字, en: Name}}
"""


@pytest.fixture
def run(config: Config, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    for name, value in config.environment().items():
        monkeypatch.setenv(name, value)
    return Run(capsys)


class Run:
    """Runs a command on the test's own database."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def said(self) -> str:
        """What was written to standard output since the last command."""
        return self._capsys.readouterr().out

    def __call__(self, *arguments: str, code: int = 0) -> str:
        assert main(arguments) == code
        said = self._capsys.readouterr()
        return said.err if code else said.out


def test_a_tenant_is_created_listed_changed_exported_and_dropped(run: Run, tmp_path: Path) -> None:
    run("tenant", "create", "green-store", "--name", "绿店")
    run("tenant", "create", "other")
    document = tmp_path / "pets.yaml"
    document.write_text(_DOCUMENT, encoding="utf-8")

    planned = run("metadata", "plan", "green-store", str(document))
    assert "create   object pet" in planned
    assert 'CREATE TABLE "t_green_store"."pet"' in planned
    assert "name: pet" not in run("tenant", "export", "green-store")
    assert run("tenant", "terms", "green-store") == "green-store: 0 of any number of seats taken, no trial\n"
    terms = run("tenant", "terms", "green-store", "--seats", "5", "--trial-until", "2026-12-06")
    assert terms.endswith("0 of 5 seats taken, trial until 2026-12-07T00:00+08:00 (Asia/Shanghai)\n")
    assert "of 5 seats taken, no trial" in run("tenant", "terms", "green-store", "--trial-days", "none")
    assert "not 0. (at seats)" in run("tenant", "terms", "green-store", "--seats", "0", code=1)

    used = run("tenant", "usage", "green-store", "--month", "2020-01", "--count", "pet")
    assert json.loads(used) == [
        {"tenant": "green-store", "month": "2020-01-01", "meter": meter, "quantity": 0} for meter in ("days", "seats")
    ]

    assert "Tenant green-store is at version 2." in run("metadata", "apply", "green-store", str(document))
    assert "name: pet" in run("tenant", "export", "green-store")
    assert "name: pet" not in run("tenant", "export", "other")
    assert run("metadata", "plan", "green-store", str(document)) == "Nothing would change.\n"

    assert [line.split()[0] for line in run("tenant", "list").splitlines()] == ["green-store", "other"]
    run("tenant", "drop", "green-store", "--yes")
    assert [line.split()[0] for line in run("tenant", "list").splitlines()] == ["other"]


def test_a_tenant_is_dropped_only_when_it_is_named_again(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    run("tenant", "create", "green-store")
    monkeypatch.setattr("sys.stdin.readline", lambda: "red-store\n")
    run("tenant", "drop", "green-store", code=1)
    assert "green-store" in run("tenant", "list")


def test_a_document_with_faults_is_told_and_changes_nothing(run: Run, tmp_path: Path) -> None:
    run("tenant", "create", "green-store")
    document = tmp_path / "bad.yaml"
    document.write_text(_DOCUMENT.replace("type: text", "type: txt"), encoding="utf-8")
    assert "txt" in run("metadata", "apply", "green-store", str(document), code=1)
    assert "cannot be read" in run("metadata", "apply", "green-store", str(tmp_path / "none.yaml"), code=1)
    assert "version 1 " in run("tenant", "list")


def test_a_template_is_planned_and_installed(run: Run) -> None:
    run("tenant", "create", "school")
    assert "create   object student" in run("template", "install", "school", "education", "--plan")
    assert "version 1 " in run("tenant", "list")
    run("template", "install", "school", "education")
    assert "name: student" in run("tenant", "export", "school")
    assert "There is no template 'educatoin'." in run("template", "install", "school", "educatoin", code=1)


def test_templates_are_listed_and_sound(run: Run) -> None:
    assert [line.split()[0] for line in run("template", "list").splitlines()] == [
        "education",
        "equipment_service",
        "retail_chain",
    ]
    assert run("template", "check", "education") == "education: no fault\n"


def test_an_account_is_created_with_a_password_that_is_shown_once(run: Run) -> None:
    run("tenant", "create", "green-store")
    assert "Password, shown only now" in run("user", "create", "green-store", "wei@example.com", "--admin")
    assert "wei@example.com" in run("user", "create", "green-store", "wei@example.com", code=1)
    assert "There is no tenant 'red-store'." in run("user", "create", "red-store", "wei@example.com", code=1)


def test_a_password_may_come_from_standard_input(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    run("tenant", "create", "green-store")
    monkeypatch.setattr("sys.stdin.readline", lambda: "a long enough password\n")
    said = run("user", "create", "green-store", "wei@example.com", "--password-stdin")
    assert said == "Account wei@example.com was created in tenant green-store.\n"


def test_the_audit_log_is_verified_and_an_edited_entry_is_named(run: Run, config: Config) -> None:
    run("tenant", "create", "green-store", "--admin", "a@example.com")
    assert "whole: 0 entries" in run("audit", "verify", "--tenant", "green-store")

    async def edit() -> None:
        async with open_services(config) as services:
            await services.sealer.seal_all()
            async with services.connections.definer.acquire() as connection:
                await connection.execute("update tangram.audit_entry set actor_name = 'nobody' where kind like 'a%'")

    asyncio.run(edit())
    assert main(["audit", "verify"]) == 1
    assert "the entry is not what was sealed" in run.said()
    assert "There is no tenant 'nobody'" in run("audit", "verify", "--tenant", "nobody", code=1)


def test_keys_are_rotated_and_listed(run: Run) -> None:
    run("tenant", "create", "green-store")
    assert "data keys none" in run("keys", "list")
    assert "data key 2" in run("keys", "rotate", "--tenant", "green-store")
    assert "data keys 1, 2" in run("keys", "list")
    assert "0 data keys wrapped" in run("keys", "rotate", "--secret")
