from __future__ import annotations

import asyncio
import shutil
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from metadata.changes.requests import Create, Remove, Update
from metadata.model.writing import write_document
from metadata.packages.library import Library, industries_folder
from metadata.problems import BadInputError, ConflictError, NotFoundError
from server.configuration.configure import Configuration
from server.configuration.requests import Applied, Author, Request
from server.configuration.tenancy import create_tenant
from server.database.connections import Connections
from server.packages.service import Packages

TEMPLATES = ("education", "equipment_service", "retail_chain")
AUTHOR = Author(None, "tests")
NOW = datetime(2027, 3, 15, 2, 30, tzinfo=UTC)


class FixedClock:
    def now(self) -> datetime:
        return NOW


@pytest.fixture
def library(tmp_path: Path) -> Library:
    shutil.copytree(industries_folder(), tmp_path / "industries")
    return Library(tmp_path / "industries")


@pytest.fixture
def packages(connections: Connections, library: Library) -> Packages:
    return Packages(connections, Configuration(connections), library, FixedClock())


async def empty_tenant(packages: Packages, slug: str) -> Applied:
    return await create_tenant(packages.connections, slug=slug, name=slug, author=AUTHOR)


async def from_template(packages: Packages, slug: str, template: str, **options: Any) -> Applied:
    return await packages.create_tenant(slug=slug, name=slug, template=template, author=AUTHOR, options=options)


async def count(packages: Packages, sql: str, *values: Any) -> int:
    async with packages.connections.acquire() as connection:
        found: int = await connection.fetchval(sql, *values)
        return found


def edit_file(library: Library, template: str, file: str, before: str, after: str) -> None:
    path = library.folder / template / file
    text = path.read_text()
    assert before in text
    path.write_text(text.replace(before, after, 1))


@pytest.mark.parametrize("name", TEMPLATES)
async def test_a_tenant_made_of_a_template_declares_and_holds_exactly_that(packages: Packages, name: str) -> None:
    applied = await from_template(packages, "acme", name)
    _, model = await packages.configuration.state(applied.tenant_id)
    package = packages.library.package(name)
    declared, given = write_document(model)["objects"], write_document(package.document)["objects"]
    assert [one for one in declared if one["name"] != "user"] == [one for one in given if one["name"] != "user"]
    for object_name, records in package.records.items():
        table = model.object(object_name).table
        assert await count(packages, f'select count(*) from t_acme."{table}"') == len(records)
    total = sum(map(len, package.records.values()))
    events = "select count(*) from tangram.event where tenant_id = $1 and kind = 'create'"
    assert (
        await count(packages, "select count(*) from tangram.event_queue where tenant_id = $1", applied.tenant_id) == 0
    )
    assert await count(packages, events, applied.tenant_id) == total


async def test_sample_records_are_related_numbered_and_dated_for_today(packages: Packages) -> None:
    applied = await from_template(packages, "acme", "retail_chain")
    async with packages.connections.acquire() as connection:
        managers = await connection.fetchval("select count(*) from t_acme.store where manager_id is not null")
        newest = await connection.fetchval("select max(ordered_at) from t_acme.order")
        number = await connection.fetchval(
            "select max(payment_no) from t_acme.payment where payment_no like 'PAY202703%'"
        )
        counter = await connection.fetchval(
            "select value from tangram.counter where tenant_id = $1 and key = 'payment.payment_no:2027-03'",
            applied.tenant_id,
        )
        taking_part = await connection.fetchval("select count(*) from t_acme.campaign__stores")
    assert managers == 11
    assert (NOW - newest).days <= 3
    assert int(number[-6:]) == counter
    assert taking_part > 50


async def test_another_tenant_sees_nothing_of_an_installation(packages: Packages) -> None:
    globex = await empty_tenant(packages, "globex")
    before, _ = await packages.configuration.state(globex.tenant_id)
    await from_template(packages, "acme", "education")
    after, _ = await packages.configuration.state(globex.tenant_id)
    assert (after.version, after.items) == (before.version, before.items)
    assert await packages.installed(globex.tenant_id) == []
    assert await count(packages, "select count(*) from tangram.event where tenant_id = $1", globex.tenant_id) == 0


async def test_sample_data_is_left_out_on_request(packages: Packages) -> None:
    await from_template(packages, "acme", "retail_chain", sample_data=False)
    assert await count(packages, "select count(*) from t_acme.customer") == 0


async def test_all_templates_with_their_samples_fit_into_one_tenant(packages: Packages) -> None:
    acme = await empty_tenant(packages, "acme")
    for name in TEMPLATES:
        await packages.install(acme.tenant_id, name, author=AUTHOR)
    assert [one.name for one in await packages.installed(acme.tenant_id)] == list(TEMPLATES)
    assert await count(packages, "select count(*) from t_acme.customer") == 160
    assert await count(packages, "select count(*) from t_acme.region") == 24


@pytest.mark.parametrize(
    ("options", "reason"),
    [({"sampledata": True}, "unknown_option"), ({"sample_data": "yes"}, "wrong_type")],
)
async def test_a_wrong_option_is_refused(packages: Packages, options: dict[str, Any], reason: str) -> None:
    with pytest.raises(BadInputError) as caught:
        await from_template(packages, "acme", "education", **options)
    assert [fault.reason for fault in caught.value.faults] == [reason]


async def test_an_unknown_template_is_not_found(packages: Packages) -> None:
    with pytest.raises(NotFoundError) as caught:
        await from_template(packages, "acme", "educaton")
    assert caught.value.faults[0].hint == "Did you mean `education`?"


async def test_of_two_installations_at_once_one_wins_whole(packages: Packages) -> None:
    acme = await empty_tenant(packages, "acme")
    other = Packages(packages.connections, Configuration(packages.connections), packages.library, FixedClock())
    results = await asyncio.gather(
        *(one.install(acme.tenant_id, "education", author=AUTHOR) for one in (packages, other)), return_exceptions=True
    )
    (refused,) = [result for result in results if isinstance(result, ConflictError)]
    assert refused.faults[0].reason == "template_installed"
    assert await count(packages, "select count(*) from t_acme.campus") == 5


async def test_two_templates_installed_at_once_both_arrive(packages: Packages) -> None:
    acme = await empty_tenant(packages, "acme")
    other = Packages(packages.connections, Configuration(packages.connections), packages.library, FixedClock())
    await asyncio.gather(
        packages.install(acme.tenant_id, "retail_chain", author=AUTHOR, options={"sample_data": False}),
        other.install(acme.tenant_id, "equipment_service", author=AUTHOR, options={"sample_data": False}),
    )
    assert {one.name for one in await packages.installed(acme.tenant_id)} == {"retail_chain", "equipment_service"}


async def test_a_clash_of_names_changes_nothing(packages: Packages) -> None:
    acme = await empty_tenant(packages, "acme")
    body = {"plural": "campuses", "fields": [{"name": "code", "type": "integer"}]}
    await packages.configuration.apply(
        acme.tenant_id, Request(changes=(Create(kind="object", name="campus", body=body),)), author=AUTHOR
    )
    with pytest.raises(BadInputError) as caught:
        await packages.install(acme.tenant_id, "education", author=AUTHOR)
    assert ("name_clash", ("campus", "fields", "code")) in {(fault.reason, fault.path) for fault in caught.value.faults}
    proposal = await packages.plan_installation(acme.tenant_id, "education")
    assert proposal.package.faults
    assert await packages.installed(acme.tenant_id) == []
    assert (await packages.configuration.state(acme.tenant_id))[0].version == 2


async def test_samples_that_clash_with_records_leave_nothing_behind(packages: Packages) -> None:
    acme = await empty_tenant(packages, "acme")
    body = {
        "plural": "campuses",
        "fields": [{"name": "code", "type": "text", "unique": True}, {"name": "name", "type": "text"}],
    }
    await packages.configuration.apply(
        acme.tenant_id, Request(changes=(Create(kind="object", name="campus", body=body),)), author=AUTHOR
    )
    async with packages.connections.acquire() as connection:
        await connection.execute("insert into t_acme.campus (id, code) values ($1, 'CP01')", str(uuid.uuid4()))
    with pytest.raises(ConflictError) as caught:
        await packages.install(acme.tenant_id, "education", author=AUTHOR)
    assert caught.value.faults[0].reason == "sample_clash"
    assert await packages.installed(acme.tenant_id) == []
    assert (await packages.configuration.state(acme.tenant_id))[0].version == 2
    await packages.install(acme.tenant_id, "education", author=AUTHOR, options={"sample_data": False})
    assert await count(packages, "select count(*) from t_acme.campus") == 1


async def test_an_upgrade_keeps_the_tenants_changes_and_lists_conflicts(packages: Packages, library: Library) -> None:
    acme = await from_template(packages, "acme", "education", sample_data=False)
    mine = (
        Update(kind="object", name="campus", attributes={"label": {"zh": "门店", "en": "Branch"}}),
        Remove(kind="view", parent="campus", name="by_status"),
        Create(kind="field", parent="campus", name="floor", body={"type": "integer"}),
    )
    await packages.configuration.apply(acme.tenant_id, Request(changes=mine), author=AUTHOR)
    edit_file(library, "education", "manifest.yaml", "version: 1.4.0", "version: 1.5.0")
    edit_file(
        library, "education", "objects/campus.yaml", "label: {zh: 校区, en: Campus}", "label: {zh: 教学点, en: Campus}"
    )
    edit_file(library, "education", "objects/campus.yaml", "en: Classrooms", "en: Rooms")

    proposal = await packages.plan_upgrade(acme.tenant_id, "education")
    assert [(conflict.path, conflict.ours, conflict.theirs) for conflict in proposal.package.conflicts] == [
        (("campus", "label", "zh"), "门店", "教学点")
    ]
    await packages.upgrade(acme.tenant_id, "education", author=AUTHOR)
    _, model = await packages.configuration.state(acme.tenant_id)
    campus = model.object("campus")
    assert campus.label == {"zh": "门店", "en": "Branch"}
    assert {field.name: field.label for field in campus.fields}["rooms"]["en"] == "Rooms"
    assert "floor" in {field.name for field in campus.fields}
    assert [view.name for view in campus.views] == ["all_campuses"]
    (installed,) = await packages.installed(acme.tenant_id)
    assert (installed.version, installed.latest, dict(installed.options)) == ("1.5.0", "1.5.0", {"sample_data": False})


async def test_an_upgrade_needs_an_installation(packages: Packages) -> None:
    acme = await empty_tenant(packages, "acme")
    with pytest.raises(NotFoundError):
        await packages.upgrade(acme.tenant_id, "education", author=AUTHOR)


async def test_removing_an_unused_template_leaves_an_empty_tenant(packages: Packages) -> None:
    acme = await empty_tenant(packages, "acme")
    await packages.install(acme.tenant_id, "education", author=AUTHOR, options={"sample_data": False})
    removed = await packages.remove(acme.tenant_id, "education", author=AUTHOR)
    assert removed.removal.kept == ()
    _, model = await packages.configuration.state(acme.tenant_id)
    assert all(found.system for found in model)
    assert await packages.installed(acme.tenant_id) == []
    await packages.install(acme.tenant_id, "education", author=AUTHOR)
    assert {found.name for found in (await packages.configuration.state(acme.tenant_id))[1]} >= {"campus", "student"}


async def test_removing_a_template_in_use_keeps_what_holds_data_and_says_why(packages: Packages) -> None:
    acme = await from_template(packages, "acme", "retail_chain", sample_data=False)
    async with packages.connections.acquire() as connection:
        await connection.execute(
            "insert into t_acme.region (id, code, name) values ($1, 'SH', '上海')", str(uuid.uuid4())
        )
    proposed = await packages.plan_removal(acme.tenant_id, "retail_chain")
    removed = await packages.remove(acme.tenant_id, "retail_chain", author=AUTHOR)
    assert proposed.removal == removed.removal
    _, model = await packages.configuration.state(acme.tenant_id)
    assert "region" in model.objects
    assert "ticket" not in model.objects
    reasons = {str(kept.key): kept.reason for kept in removed.removal.kept}
    assert reasons["object 'region'"] == "holds_data"
    assert reasons["field 'region.code'"] == "holds_data"
    assert await count(packages, "select count(*) from t_acme.region") == 1
