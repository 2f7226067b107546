from __future__ import annotations

from typing import Any

import pytest

from metadata.problems import UnavailableError
from server.app import Services
from server.graphql.metadata_api import founding
from server.identity import seats
from server.identity.accounts import NewAccount
from tests.fixtures.http import PASSWORD, Place, SignedIn, Web
from tests.server.graphql.metadata_api.test_changing import Api

CREATE = """mutation M($slug: String!, $template: String, $administrator: AccountInput, $settings: SettingsChanges) {
  createTenant(
    slug: $slug, name: "Green Store", template: $template, administrator: $administrator, settings: $settings
  ) {
    slug version temporaryPassword administrator { email roles }
  }
}"""


@pytest.fixture
async def operator(web: Web, acme: Place, signed_in: SignedIn, services: Services) -> Api:
    new = NewAccount(email="ops@example.com", name="Ops", password=PASSWORD, platform_administrator=True)
    await services.identity.accounts.create(acme.id, new, created_by=None)
    return Api(web, await signed_in(acme, "ops@example.com"))


async def test_tenant_starts_from_a_template_with_its_administrator(web: Web, operator: Api) -> None:
    data = await operator.ask(
        CREATE,
        slug="green-store",
        template="retail_chain",
        administrator={"email": "Li@example.com", "name": "李", "password": PASSWORD},
        settings={"timezone": "Asia/Tokyo"},
    )
    assert data["createTenant"] == {
        "slug": "green-store",
        "version": 1,
        "temporaryPassword": None,
        "administrator": {"email": "li@example.com", "roles": ["administrator"]},
    }
    who = {"tenant": "green-store", "email": "li@example.com", "password": PASSWORD}
    token = (await web.client.post("/auth/token", json=who)).json()["access_token"]
    owner = Api(web, {"authorization": f"Bearer {token}"})
    found = await owner.ask(
        '{ tenant { settings { timezone } } object(name: "customer") { plural } '
        "templates { name installed { version canUpgrade } } }"
    )
    assert found["tenant"]["settings"]["timezone"] == "Asia/Tokyo"
    assert found["object"] == {"plural": "customers"}
    by_name = {one["name"]: one["installed"] for one in found["templates"]}
    assert by_name["retail_chain"]["canUpgrade"] is False
    assert by_name["education"] is None


async def test_only_platform_administrators_create_tenants(
    web: Web, acme: Place, signed_in: SignedIn, operator: Api
) -> None:
    administrator = Api(web, await signed_in(acme))
    assert [one["reason"] for one in await administrator.refusal(CREATE, slug="mine")] == ["not_platform_administrator"]
    assert (await operator.ask(CREATE, slug="mine"))["createTenant"]["slug"] == "mine"
    assert [one["reason"] for one in await operator.refusal(CREATE, slug="mine")] == ["slug_taken"]


async def test_faults_of_a_new_tenant_say_where(operator: Api) -> None:
    bad = await operator.refusal(CREATE, slug="Bad Slug")
    assert bad[0]["path"] == ["slug"]
    weak = await operator.refusal(CREATE, slug="fine", administrator={"email": "x", "name": "X", "password": "short"})
    assert [one["path"] for one in weak] == [["administrator", "email"], ["administrator", "password"]]
    zone = await operator.refusal(CREATE, slug="fine", settings={"timezone": "Mars/Olympus"})
    assert zone[0]["code"] == "BAD_USER_INPUT"
    assert (await operator.ask(CREATE, slug="fine"))["createTenant"]["version"] == 1


async def test_a_tenant_is_made_with_its_terms_and_its_administrator_or_not_at_all(
    operator: Api, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    create = """mutation M($administrator: AccountInput!) {
      createTenant(
        slug: "green", name: "Green", template: "education", seats: 1, trialDays: 15, administrator: $administrator
      ) { administrator { email } }
    }"""
    administrator = {"email": "li@example.com", "name": "Li", "password": PASSWORD}
    known = "select slug, seats, trial_ends_at is not null as tries from tangram.tenant where slug = 'green'"
    agreed = seats.agree_first

    async def cut(*given: Any, **more: Any) -> None:
        await agreed(*given, **more)
        raise UnavailableError.single("database_unavailable", "The server was killed.")

    with monkeypatch.context() as patched:
        patched.setattr(founding, "agree_first", cut)
        assert [one["reason"] for one in await operator.refusal(create, administrator=administrator)]
    async with services.connections.acquire() as connection:
        assert await connection.fetch(known) == []
        made = await operator.ask(create, administrator=administrator)
        assert made["createTenant"] == {"administrator": {"email": "li@example.com"}}
        assert [tuple(row) for row in await connection.fetch(known)] == [("green", 1, True)]


async def test_platform_administrator_acts_for_the_tenant_it_names(
    web: Web, acme: Place, globex: Place, signed_in: SignedIn, operator: Api
) -> None:
    headers = await signed_in(acme, "ops@example.com")
    there = Api(web, {**headers, "x-tenant": "globex"})
    assert (await there.ask("{ tenant { slug } }"))["tenant"] == {"slug": "globex"}
    await there.ask('mutation { createObject(object: {name: "note", plural: "notes"}) { version } }')
    versions = await there.ask("{ versions(first: 1) { author } }")
    assert versions["versions"] == [{"author": "ops@example.com (acme)"}]
    assert (await operator.ask('{ object(name: "note") { name } }'))["object"] is None
    assert [one["reason"] for one in await there.refusal("{ me { email } }")] == ["acting_for_another_tenant"]


async def test_administrators_cannot_take_over_a_platform_administrator(
    web: Web, acme: Place, signed_in: SignedIn, operator: Api
) -> None:
    me = (await operator.ask("{ me { id } }"))["me"]
    administrator = Api(web, await signed_in(acme))
    for field in (
        "resetPassword(id: $id) { temporaryPassword }",
        'updateAccount(id: $id, account: {email: "mine@example.com"}) { id }',
        'createApiKey(apiKey: {name: "k", accountId: $id}) { key }',
    ):
        refused = await administrator.refusal(f"mutation M($id: ID!) {{ {field} }}", id=me["id"])
        assert [one["reason"] for one in refused] == ["platform_account"], field


async def test_templates_are_installed_and_removed_with_a_dry_run(web: Web, acme: Place, signed_in: SignedIn) -> None:
    api = Api(web, await signed_in(acme))
    dry = await api.ask('mutation { installTemplate(name: "education", dryRun: true) { version plan { isEmpty } } }')
    assert dry["installTemplate"] == {"version": None, "plan": {"isEmpty": False}}
    done = await api.ask(
        'mutation { installTemplate(name: "education") { version templateVersion conflicts { path } } }'
    )
    assert done["installTemplate"]["version"] == 2
    again = await api.refusal('mutation { installTemplate(name: "education") { version } }')
    assert [(one["code"], one["reason"]) for one in again] == [("CONFLICT", "template_installed")]
    unknown = await api.refusal('mutation { installTemplate(name: "educaton") { version } }')
    assert unknown[0]["code"] == "NOT_FOUND"
    gone = await api.ask('mutation { uninstallTemplate(name: "education") { version kept { name reason } } }')
    assert gone["uninstallTemplate"]["version"] == 3


async def test_going_back_to_before_a_template_forgets_that_it_was_installed(
    web: Web, acme: Place, signed_in: SignedIn
) -> None:
    api = Api(web, await signed_in(acme))
    await api.ask('mutation { installTemplate(name: "education") { version } }')

    await api.ask("mutation { rollbackMetadata(version: 1) { version } }")

    again = await api.ask('mutation { installTemplate(name: "education") { version } }')
    assert again["installTemplate"]["version"] == 4
