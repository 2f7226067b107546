"""What a form lets be filled in, by conditions over the answers; the server holds it, whatever the client does."""

from __future__ import annotations

from tests.fixtures.tenants import Tenants
from tests.server.forms.jobs import REPORT, Workshop, field_named


async def test_answers_become_ordinary_fields(workshop: Workshop) -> None:
    await workshop.form(REPORT, values=[{"field": "channel", "value": '=concat("form:", title)'}])
    done = await workshop.submit({"title": "Pump", "kind": "REPAIR", "fault": "leaks"})
    assert (done["form"], done["version"], done["object"]) == ("report", 1, "job")
    found = await workshop.job(done["record"], "title kind fault hours status channel")
    assert found == {
        "title": "Pump", "kind": "REPAIR", "fault": "leaks", "hours": 2, "status": "OPEN", "channel": "form:Pump",
    }  # fmt: skip


async def test_what_is_hidden_by_an_answer_is_refused_and_what_it_asks_for_is_required(workshop: Workshop) -> None:
    await workshop.form(REPORT)
    missing = await workshop.try_submit({"title": "Pump", "kind": "repair"})
    assert missing.faults == [("BAD_USER_INPUT", "required", ("values", "fault"))]
    hidden = await workshop.try_submit({"title": "Pump", "kind": "check", "fault": "leaks"})
    assert hidden.faults == [("BAD_USER_INPUT", "field_not_in_form", ("values", "fault"))]
    done = await workshop.submit({"title": "Pump", "kind": "check"})
    assert await workshop.job(done["record"], "fault hours") == {"fault": None, "hours": 1}


async def test_all_faults_are_told_together_each_at_its_place(workshop: Workshop) -> None:
    await workshop.form(REPORT)
    refused = await workshop.try_submit({"hours": 100, "status": "DONE", "colour": "red", "kind": {"a": 1}})
    assert sorted(refused.faults) == [
        ("BAD_USER_INPUT", "bad_value", ("values", "hours")),
        ("BAD_USER_INPUT", "bad_value", ("values", "kind")),
        ("BAD_USER_INPUT", "field_not_in_form", ("values", "colour")),
        ("BAD_USER_INPUT", "field_not_in_form", ("values", "status")),
        ("BAD_USER_INPUT", "required", ("values", "fault")),
        ("BAD_USER_INPUT", "required", ("values", "title")),
    ]
    assert await workshop.tenant.data("{ jobs { totalCount } }") == {"jobs": {"totalCount": 0}}


async def test_a_condition_may_look_at_the_record_as_it_was(workshop: Workshop) -> None:
    await workshop.form("""
- {name: title, field: title, rules: [{when: 'old.title != null', access: read}]}
- {name: remark, field: remark}
""")
    done = await workshop.submit({"title": "Pump"})
    await workshop.submit({"remark": "fine"}, record=done["record"])
    refused = await workshop.try_submit({"title": "Other"}, record=done["record"])
    assert refused.faults == [("BAD_USER_INPUT", "field_not_in_form", ("values", "title"))]
    assert await workshop.job(done["record"], "title remark") == {"title": "Pump", "remark": "fine"}


async def test_a_section_hides_its_fields_until_its_condition_is_met(workshop: Workshop) -> None:
    sections = [{"name": "costs", "when": "hours > 5"}]
    await workshop.form("""
- {name: title, field: title, access: required}
- {name: hours, field: hours}
- {name: price, field: price, access: required, section: costs}
""", sections=sections)  # fmt: skip
    await workshop.submit({"title": "Pump", "hours": 1})
    refused = await workshop.try_submit({"title": "Pump", "hours": 1, "price": {"amount": "5"}})
    assert refused.faults == [("BAD_USER_INPUT", "field_not_in_form", ("values", "price"))]
    refused = await workshop.try_submit({"title": "Pump", "hours": 6})
    assert refused.faults == [("BAD_USER_INPUT", "required", ("values", "price"))]
    done = await workshop.submit({"title": "Pump", "hours": 6, "price": {"amount": "5", "currency": "CNY"}})
    assert await workshop.job(done["record"], "price { amount }") == {"price": {"amount": "5.00"}}


async def test_defaults_come_from_related_records(workshop: Workshop) -> None:
    site = await workshop.tenant.create("Site", name="North", code="N1", place={"lat": 31.2, "lng": 121.4})
    await workshop.form("""
- {name: title, field: title, default: '=concat("Job at ", site.name)'}
- {name: site, field: site, access: required}
- {name: at, field: at, default: =site.place}
""")
    done = await workshop.submit({"siteId": site})
    found = await workshop.job(done["record"], "title at { lat lng }")
    assert found == {"title": "Job at North", "at": {"lat": 31.2, "lng": 121.4}}


async def test_the_description_tells_what_holds_now_and_under_which_condition(workshop: Workshop) -> None:
    await workshop.form(REPORT, label={"zh": "报告", "en": "Report"})
    blank = await workshop.describe()
    assert (blank["label"], blank["version"], blank["record"]) == ({"zh": "报告", "en": "Report"}, 1, None)
    kind, fault = field_named(blank, "kind"), field_named(blank, "fault")
    assert (kind["value"], kind["access"]) == ("REPAIR", "write")
    assert kind["options"][0] == {"value": "REPAIR", "label": {"zh": "维修", "en": "Repair"}, "color": None}
    assert (fault["access"], fault["required"]) == ("required", True)
    assert fault["rules"] == [
        {
            "access": "required",
            "when": {
                "text": 'kind == "repair"',
                "tree": {
                    "operator": "==",
                    "operands": [{"path": ["kind"], "of": "record"}, {"value": "repair", "type": "text"}],
                },
            },
        }
    ]
    assert field_named(blank, "title")["limits"]["maxLength"] == 40
    done = await workshop.submit({"title": "Pump", "kind": "check"})
    filled = await workshop.describe(record=done["record"])
    assert {one["key"]: one.get("value") for one in filled["fields"]} == {
        "title": "Pump", "kind": "CHECK", "fault": None, "hours": 1, "status": "OPEN",
    }  # fmt: skip
    assert field_named(filled, "fault")["access"] == "hidden"


async def test_another_tenants_record_is_not_found(workshop: Workshop, tenants: Tenants) -> None:
    await workshop.form(REPORT)
    theirs = await Workshop(tenants.west).open()
    await theirs.form(REPORT)
    record = (await theirs.submit({"title": "Pump", "kind": "check"}))["record"]
    assert (await workshop.try_submit({"title": "Mine"}, record=record)).faults == [("CONFLICT", "record_gone", ())]
    found = await workshop.tenant.faults(
        'query($id: ID) { formDescription(form: "report", record: $id) }', {"id": record}
    )
    assert found == [("NOT_FOUND", "unknown_record", ("record",))]
    assert (await theirs.job(record, "title"))["title"] == "Pump"


async def test_the_same_key_is_one_record(workshop: Workshop) -> None:
    await workshop.form(REPORT)
    values = {"title": "Pump", "kind": "check"}
    first, again = await workshop.submit(values, key="k1"), await workshop.submit(values, key="k1")
    assert first == again
    other = await workshop.submit(values, key="k1", person=workshop.tenant.member)
    assert other["record"] != first["record"]
    assert await workshop.tenant.data("{ jobs { totalCount } }") == {"jobs": {"totalCount": 2}}
