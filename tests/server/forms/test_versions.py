"""Drafts, versions, what they name, and the flows that begin with a form."""

from __future__ import annotations

from tests.fixtures.tenants import Tenants
from tests.server.flows.quotes import Office
from tests.server.flows.test_by_itself import until, working
from tests.server.forms.jobs import REPORT, Workshop

PUBLISH = 'mutation($version: Int) { made: publishForm(form: "report", version: $version) { number current } }'


async def test_a_draft_is_filled_in_when_it_is_published_and_older_versions_come_back(workshop: Workshop) -> None:
    await workshop.form("- {name: title, field: title}", live=False)
    assert (await workshop.try_submit({"title": "Pump"})).faults == [("NOT_FOUND", "unknown_form", ("form",))]
    assert await workshop.tenant.data(PUBLISH) == {"made": {"number": 1, "current": True}}
    await workshop.form("- {name: title, field: title, access: read}", live=False)
    assert (await workshop.submit({"title": "Pump"}))["version"] == 1
    assert await workshop.tenant.data(PUBLISH) == {"made": {"number": 2, "current": True}}
    assert (await workshop.try_submit({"title": "Pump"})).faults[0][1] == "field_not_in_form"
    assert await workshop.tenant.data(PUBLISH, {"version": 1}) == {"made": {"number": 3, "current": True}}
    assert (await workshop.submit({"title": "Pump"}))["version"] == 3
    listed = await workshop.tenant.data('{ formVersions(form: "report") { number current } }')
    assert [(one["number"], one["current"]) for one in listed["formVersions"]] == [(3, True), (2, False), (1, False)]


async def test_a_live_form_is_published_only_when_it_changes(workshop: Workshop) -> None:
    await workshop.form(REPORT)
    await workshop.declare(
        {"objects": [{"name": "boat", "plural": "boats", "fields": [{"name": "a", "type": "text"}]}]}
    )
    await workshop.describe()
    listed = await workshop.tenant.data('{ formVersions(form: "report") { number } }')
    assert listed == {"formVersions": [{"number": 1}]}


async def test_what_a_live_form_asks_for_is_not_removed_unseen(workshop: Workshop) -> None:
    await workshop.form(REPORT)
    remove = 'mutation($cascade: Boolean!) { removeField(object: "job", name: "fault", cascade: $cascade) { version } }'
    refused = await workshop.tenant.faults(remove, {"cascade": False}, path="/metadata")
    assert refused[0][:2] == ("BAD_USER_INPUT", "in_use")
    rename = 'mutation { updateField(object: "job", name: "kind", field: {name: "sort"}) { version } }'
    await workshop.tenant.data(rename, path="/metadata")
    refused = await workshop.try_submit({"title": "Pump", "sort": "repair"})
    assert refused.faults == [("BAD_USER_INPUT", "required", ("values", "fault"))]  # its condition was renamed along


async def test_a_version_that_asks_for_what_is_gone_is_told_as_such(workshop: Workshop) -> None:
    await workshop.form("- {name: title, field: title}\n- {name: remark, field: remark}")
    await workshop.tenant.data(
        'mutation { removeField(object: "job", name: "remark", cascade: true) { version } }', path="/metadata"
    )
    assert [one["key"] for one in (await workshop.describe())["fields"]] == ["title"]
    refused = await workshop.tenant.faults(PUBLISH, {"version": 1})
    assert refused == [("BAD_USER_INPUT", "unknown_field", ("fields", 1, "field"))]
    async with workshop.tenant.services.connections.acquire() as connection:
        await connection.execute("update tangram.form_version set current = number = 1")
    refused = await workshop.try_submit({"title": "Pump"})
    assert refused.faults == [("CONFLICT", "form_outdated", ())]


async def test_versions_are_for_those_who_configure_forms(workshop: Workshop, tenants: Tenants) -> None:
    await workshop.form(REPORT)
    found = await workshop.tenant.graphql(PUBLISH, person=workshop.tenant.member)
    assert found.status == 400 or found.faults
    assert (await tenants.west.faults(PUBLISH))[0][:2] == ("NOT_FOUND", "unknown_form")


async def test_a_flow_begins_with_a_form(workshop: Workshop) -> None:
    office = Office(workshop.tenant)
    await workshop.form(REPORT)
    await office.publish("triage", """
- {name: begin, kind: start, settings: {trigger: form, form: report, when: hours > 1}, edges: [{to: look}]}
- {name: look, kind: task, settings: {assign: [{by: user, value: admin@example.com}]}, edges: [{to: finish}]}
- {name: finish, kind: end}
""", object_name="job")  # fmt: skip
    small = await workshop.submit({"title": "Fan", "kind": "check"})
    big = await workshop.submit({"title": "Pump", "fault": "leaks"})
    async with working(office):
        tasks = await until(lambda: office.tasks(workshop.tenant.admin), bool)
    assert [one["node"] for one in tasks] == ["look"]
    found = await workshop.tenant.data("{ flowInstances { flow record } }")
    assert found == {"flowInstances": [{"flow": "triage", "record": big["record"]}]}
    assert small["record"] != big["record"]
    unsound = await workshop.tenant.graphql(
        "mutation($document: JSON!) { applyMetadata(document: $document) { version } }",
        {"document": {"flows": [{"name": "other", "object": "job", "live": True, "nodes": [
            {"name": "begin", "kind": "start", "settings": {"trigger": "form", "form": "nothing"},
             "edges": [{"to": "finish"}]},
            {"name": "finish", "kind": "end"},
        ]}]}},
        path="/metadata",
    )  # fmt: skip
    assert [fault[1] for fault in unsound.faults] == ["unknown_form"]
