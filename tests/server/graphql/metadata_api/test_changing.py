from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
import yaml

from tests.fixtures.http import Place, SignedIn, Web

DOCUMENT = """
tangram: 1
objects:
  - name: store
    plural: stores
    label: {zh: 门店, en: Store}
    display: name
    fields:
      - {name: name, type: text, required: true, label: {zh: 名称, en: Name}}
  - name: customer
    plural: customers
    label: {zh: 客户, en: Customer}
    display: name
    fields:
      - {name: name, type: text, required: true, label: {zh: 姓名, en: Name}}
      - {name: store, type: relation, settings: {to: store, inverse: customers}, label: {zh: 门店, en: Store}}
"""


class Api:
    """`/metadata` as one person."""

    def __init__(self, web: Web, headers: dict[str, str]) -> None:
        self._web, self._headers = web, headers

    async def send(self, query: str, **variables: Any) -> dict[str, Any]:
        answer = await self._web.client.post(
            "/metadata", json={"query": query, "variables": variables}, headers=self._headers
        )
        body: dict[str, Any] = answer.json()
        return body

    async def ask(self, query: str, **variables: Any) -> Any:
        body = await self.send(query, **variables)
        assert "errors" not in body, body["errors"]
        return body["data"]

    async def refusal(self, query: str, **variables: Any) -> list[Mapping[str, Any]]:
        body = await self.send(query, **variables)
        return [error["extensions"] for error in body["errors"]]

    async def apply(self, document: Any) -> int:
        data = await self.ask("mutation M($d: JSON) { applyMetadata(document: $d) { version } }", d=document)
        return int(data["applyMetadata"]["version"])


@pytest.fixture
async def api(web: Web, acme: Place, signed_in: SignedIn) -> Api:
    return Api(web, await signed_in(acme))


@pytest.fixture
async def other(web: Web, globex: Place, signed_in: SignedIn) -> Api:
    return Api(web, await signed_in(globex))


async def test_field_is_created_with_the_next_version(api: Api, other: Api) -> None:
    assert await api.apply(DOCUMENT) == 2
    data = await api.ask("""mutation {
      createField(object: "customer", field: {name: "birthday", type: DATE, label: {zh: "生日", en: "Birthday"}}) {
        version object { name fields { name type label system } }
      }
    }""")
    fields = data["createField"]["object"]["fields"]
    assert data["createField"]["version"] == 3
    assert {"name": "birthday", "type": "DATE", "label": {"zh": "生日", "en": "Birthday"}, "system": False} in fields
    assert (await api.ask("{ tenant { slug version } }"))["tenant"] == {"slug": "acme", "version": 3}
    assert (await other.ask("{ tenant { version } objects(includeSystem: false) { name } }")) == {
        "tenant": {"version": 1},
        "objects": [],
    }


async def test_every_act_of_a_kind_works(api: Api) -> None:
    await api.apply(DOCUMENT)
    await api.ask('mutation { createField(object: "customer", field: {name: "level", type: INTEGER}) { version } }')
    renamed = await api.ask(
        'mutation { updateField(object: "customer", name: "level", field: {name: "rank", required: false}) '
        "{ object { fields { name } } } }"
    )
    assert "rank" in {field["name"] for field in renamed["updateField"]["object"]["fields"]}
    removed = await api.ask('mutation { removeField(object: "customer", name: "rank") { object { fields { name } } } }')
    assert "rank" not in {field["name"] for field in removed["removeField"]["object"]["fields"]}
    restored = await api.ask(
        'mutation { restoreField(object: "customer", name: "rank") { object { fields { name type } } } }'
    )
    assert {"name": "rank", "type": "INTEGER"} in restored["restoreField"]["object"]["fields"]
    await api.ask(
        'mutation { createIndex(object: "customer", index: {name: "by_rank", fields: ["-rank"]}) { version } '
        'createView(object: "customer", view: {name: "all", columns: ["name", "rank"]}) { version } '
        'createValidation(object: "customer", validation: {name: "positive", rule: "rank > 0"}) { version } '
        'createUnique(object: "customer", unique: {name: "one", fields: ["name", "store"]}) { version } '
        'updateSettings(settings: {timezone: "America/New_York"}) { settings { timezone } } }'
    )
    data = await api.ask(
        '{ object(name: "customer") { indexes { name fields } views { name } validations { rule } uniques { fields } } '
        "tenant { version settings { timezone currency languages } } }"
    )
    assert data["object"] == {
        "indexes": [{"name": "by_rank", "fields": ["-rank"]}],
        "views": [{"name": "all"}],
        "validations": [{"rule": "rank > 0"}],
        "uniques": [{"fields": ["name", "store"]}],
    }
    assert data["tenant"]["version"] == 11
    assert data["tenant"]["settings"] == {
        "timezone": "America/New_York",
        "currency": "CNY",
        "languages": ["zh", "en"],
    }


async def test_object_with_parts_and_a_relation_are_created(api: Api) -> None:
    await api.apply(DOCUMENT)
    data = await api.ask("""mutation {
      createObject(object: {
        name: "visit", plural: "visits", label: {en: "Visit"},
        fields: [{name: "note", type: TEXT}, {name: "happened_at", type: DATETIME}]
      }) { version object { name fields { name } } }
      createRelation(object: "visit", relation: {name: "customer", to: "customer", inverse: "visits", required: true}) {
        object { fields { name settings } }
      }
    }""")
    assert {"note", "happened_at"} <= {field["name"] for field in data["createObject"]["object"]["fields"]}
    relation = {field["name"]: field for field in data["createRelation"]["object"]["fields"]}["customer"]
    assert relation["settings"]["to"] == "customer"
    customer = await api.ask('{ object(name: "customer") { fields { name } } }')
    assert "visits" in {field["name"] for field in customer["object"]["fields"]}


async def test_plan_changes_nothing_and_tells_all(api: Api) -> None:
    await api.apply(DOCUMENT)
    data = await api.ask("""{
      planMetadata(changes: [
        {op: REMOVE, kind: "field", parent: "customer", name: "name"},
        {op: CREATE, kind: "field", parent: "customer", name: "note", body: {type: "long_text"}}
      ], cascade: true) {
        changes { op kind parent name } statements isEmpty faults { reason } dependents { kind name }
      }
    }""")
    plan = data["planMetadata"]
    assert not plan["isEmpty"]
    assert {"op": "create", "kind": "field", "parent": "customer", "name": "note"} in plan["changes"]
    assert any("add column" in statement.lower() for statement in plan["statements"])
    assert (await api.ask("{ tenant { version } }"))["tenant"]["version"] == 2


async def test_all_faults_are_reported_at_their_input(api: Api) -> None:
    await api.apply(DOCUMENT)
    faults = await api.refusal(
        'mutation { createField(object: "customer", field: {name: "Bad Name", type: SELECT, settings: {optoins: []}}) '
        "{ version } }"
    )
    assert {fault["code"] for fault in faults} == {"BAD_USER_INPUT"}
    places = {(fault["path"][0], fault["path"][1]) for fault in faults}
    assert ("field", "settings") in places
    assert any("name" in fault["path"] for fault in faults)
    assert all(fault["reason"] for fault in faults)
    unknown = await api.refusal(
        'mutation { createField(object: "custmer", field: {name: "a", type: TEXT}) { version } }'
    )
    assert (unknown[0]["reason"], unknown[0]["path"]) == ("unknown_object", ["object"])


async def test_second_editor_gets_the_difference(api: Api) -> None:
    version = await api.apply(DOCUMENT)
    create = (
        'mutation M($f: FieldInput!, $v: Int) { createField(object: "customer", field: $f, expectedVersion: $v)'
        " { version } }"
    )
    await api.ask(create, f={"name": "first", "type": "TEXT"}, v=version)
    (conflict,) = await api.refusal(create, f={"name": "second", "type": "TEXT"}, v=version)
    assert (conflict["code"], conflict["reason"]) == ("CONFLICT", "version_conflict")
    assert "first" in str(conflict["changes"])


async def test_rollback_versions_and_export(api: Api, other: Api) -> None:
    await api.apply(DOCUMENT)
    before = (await api.ask("{ exportMetadata }"))["exportMetadata"]
    await api.ask('mutation { removeField(object: "customer", name: "store", message: "not needed") { version } }')
    versions = (await api.ask("{ versions { version author message changes { op name } } }"))["versions"]
    assert [(one["version"], one["author"]) for one in versions] == [
        (3, "admin@example.com"),
        (2, "admin@example.com"),
        (1, "tests"),
    ]
    assert versions[0]["message"] == "not needed"
    assert {"op": "remove", "name": "store"} in versions[0]["changes"]
    assert (await api.ask("mutation { rollbackMetadata(version: 2) { version } }"))["rollbackMetadata"]["version"] == 4
    assert (await api.ask("{ exportMetadata }"))["exportMetadata"] == before
    exported = (await api.ask("{ exportMetadata(format: JSON) }"))["exportMetadata"]
    assert yaml.safe_load(exported) == yaml.safe_load(before)
    await other.apply(exported)
    assert (await other.ask("{ exportMetadata }"))["exportMetadata"] == before


async def test_dependents_are_named(api: Api) -> None:
    await api.apply(DOCUMENT)
    data = await api.ask('{ dependents(of: "store") { kind parent name attribute cure } }')
    assert {"kind": "field", "parent": "customer", "name": "store"} in [
        {key: one[key] for key in ("kind", "parent", "name")} for one in data["dependents"]
    ]
    refused = await api.refusal('mutation { removeObject(name: "store") { version } }')
    assert refused[0]["code"] in ("BAD_USER_INPUT", "CONFLICT")


async def test_members_read_and_do_not_change(web: Web, acme: Place, signed_in: SignedIn, api: Api) -> None:
    await api.apply(DOCUMENT)
    member = Api(web, await signed_in(acme, "wang@example.com"))
    assert (await member.ask('{ object(name: "customer") { label } }'))["object"]["label"]["zh"] == "客户"
    for refused in (
        'mutation { createField(object: "customer", field: {name: "a", type: TEXT}) { version } }',
        "mutation { rollbackMetadata(version: 1) { version } }",
        "mutation { applyMetadata { version } }",
        "{ planMetadata { isEmpty } }",
        "{ versions { version } }",
        "{ exportMetadata }",
        "{ webhooks { id } }",
    ):
        assert [one["code"] for one in await member.refusal(refused)] == ["FORBIDDEN"], refused


@pytest.mark.parametrize("document", ["{", "objects: 5", "tangram: 2", 'objects: [{name: "x; drop table"}]', 5, []])
async def test_unreadable_documents_are_coded(api: Api, document: Any) -> None:
    faults = await api.refusal("mutation M($d: JSON) { applyMetadata(document: $d) { version } }", d=document)
    assert {fault["code"] for fault in faults} == {"BAD_USER_INPUT"}
    assert (await api.ask("{ tenant { version } }"))["tenant"]["version"] == 1


async def test_webhook_is_managed(api: Api, other: Api) -> None:
    await api.apply(DOCUMENT)
    made = await api.ask(
        'mutation { createWebhook(webhook: {url: "https://example.com/hook", events: [{object: "customer"}]}) '
        "{ secret webhook { id version events { object kinds } } } }"
    )
    webhook = made["createWebhook"]["webhook"]
    assert made["createWebhook"]["secret"].startswith("whsec_")
    assert webhook["events"] == [{"object": "customer", "kinds": []}]
    changed = await api.ask(
        "mutation M($id: ID!) { updateWebhook(id: $id, webhook: {enabled: false}) { enabled version } }",
        id=webhook["id"],
    )
    assert changed["updateWebhook"] == {"enabled": False, "version": webhook["version"] + 1}
    assert (await other.ask("{ webhooks { id } }"))["webhooks"] == []
    (missing,) = await other.refusal("mutation M($id: ID!) { removeWebhook(id: $id) }", id=webhook["id"])
    assert missing["code"] == "NOT_FOUND"
    assert (await api.ask("mutation M($id: ID!) { removeWebhook(id: $id) }", id=webhook["id"])) == {
        "removeWebhook": True
    }
