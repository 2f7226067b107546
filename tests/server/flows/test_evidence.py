"""Audited flows: who took required steps and when, what is missing or out of order; words that were approved."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import yaml

from metadata.flows.lint import lint
from server.flows.definition import definition_of
from server.flows.evidence import Line, evidence_of
from server.flows.state import Status
from tests.fixtures.tenants import Tenants
from tests.governed import allow, govern
from tests.metadata.flows.drafts import flow_of
from tests.server.flows.quotes import Office

ADVICE = """
- {name: begin, kind: start, edges: [{to: profile}]}
- name: profile
  kind: task
  required: true
  label: {en: Risk profile, zh: 风险测评}
  settings: {assign: [{by: role, value: adviser}], nobody: skip}
  edges: [{to: both}]
- {name: both, kind: parallel, settings: {join: met}, edges: [{to: disclose}, {to: recommend}]}
- {name: disclose, kind: task, required: true, settings: {assign: [{by: role, value: adviser}]}, edges: [{to: met}]}
- name: recommend
  kind: task
  required: true
  settings: {assign: [{by: role, value: adviser}]}
  edges: [{to: met}]
- {name: met, kind: join, edges: [{to: large}]}
- {name: large, kind: decision, edges: [{to: second, when: quantity <= 100}, {to: finish, default: true}]}
- {name: second, kind: approval, required: true, settings: {assign: [{by: role, value: head}]}, edges: [{to: finish}]}
- {name: finish, kind: end}
"""
EVIDENCE = """
query($record: ID, $gaps: Boolean, $since: DateTime, $first: Int, $after: ID) {
  flowEvidence(flow: "advice", record: $record, gaps: $gaps, since: $since, first: $first, after: $after) {
    runs { record status gaps steps { node label state times at outcome actorName } } next
  }
}
"""


async def test_a_report_lists_the_runs_where_a_required_step_is_missing_or_out_of_order(
    office: Office, tenants: Tenants
) -> None:
    tenant = office.tenant
    await govern(
        tenant,
        roles=["adviser", "head", "auditor", "outsider"],
        policies=[
            *(allow(role, "order") for role in ("adviser", "head")),
            allow("auditor", "order", condition="quantity != 7"),
            allow("outsider", "customer"),
        ],
    )
    auditor, outsider = await office.hire("shen", "auditor"), await office.hire("wai", "outsider")
    await office.publish("advice", ADVICE)
    unasked = await office.order(quantity=1)
    await office.start("advice", unasked)  # nobody is an adviser yet, so the profile is skipped
    adviser, head = await office.hire("li", "adviser"), await office.hire("zhao", "head")

    async def advise(order: str, *nodes: str) -> None:
        for node in nodes:
            person, act = (head, "approveTask") if node == "second" else (adviser, "completeTask")
            (task,) = [one for one in await office.tasks(person) if one["node"] == node]
            await office.act(act, person, task["id"])

    async def states(**asked: object) -> dict[str, list[str]]:
        found = (await tenant.data(EVIDENCE, asked, person=auditor))["flowEvidence"]["runs"]
        return {run["record"]: [step["state"] for step in run["steps"]] for run in found}

    good, turned, large, hidden = [await office.order(quantity=quantity) for quantity in (2, 3, 500, 7)]
    for order, nodes in (
        (good, ("profile", "disclose", "recommend", "second")),
        (turned, ("profile", "recommend", "disclose")),
        (large, ("profile", "disclose", "recommend")),
        (hidden, ("profile",)),
    ):
        await office.start("advice", order)
        await advise(order, *nodes)
        if order == turned:
            (task,) = await office.tasks(head)
            await office.act("rejectTask", head, task["id"])
    assert await states() == {
        good: ["DONE"] * 4,
        turned: ["DONE", "DONE", "OUT_OF_ORDER", "NOT_REACHED"],
        large: ["DONE", "DONE", "DONE", "MISSING"],
        unasked: ["MISSING", "PENDING", "PENDING", "PENDING"],
    }
    assert set(await states(gaps=True)) == {unasked, turned, large}
    assert await states(record=large, since="2100-01-01T00:00:00Z") == {}
    (run,) = (await tenant.data(EVIDENCE, {"record": good}, person=auditor))["flowEvidence"]["runs"]
    assert (run["status"], run["gaps"]) == ("DONE", 0)
    first, last = run["steps"][0], run["steps"][-1]
    assert first["at"] < last["at"]
    assert first["label"] == {"en": "Risk profile", "zh": "风险测评"}
    assert [(step["actorName"], step["outcome"], step["times"]) for step in (first, last)] == [
        ("li", "done", 1), ("zhao", "approved", 1),
    ]  # fmt: skip
    page = (await tenant.data(EVIDENCE, {"first": 3}, person=auditor))["flowEvidence"]
    rest = (await tenant.data(EVIDENCE, {"first": 3, "after": page["next"]}, person=auditor))["flowEvidence"]
    assert ([run["record"] for run in page["runs"]], [run["record"] for run in rest["runs"]], rest["next"]) == (
        [large, turned, good], [unasked], None,
    )  # fmt: skip
    assert hidden in {run["record"] for run in (await tenant.data(EVIDENCE))["flowEvidence"]["runs"]}
    assert (await tenant.data(EVIDENCE, person=outsider))["flowEvidence"] == {"runs": [], "next": None}
    west = await tenants.west.faults(EVIDENCE)
    assert [fault[:2] for fault in west] == [("NOT_FOUND", "unknown_flow")]


SHORT = """
- {name: begin, kind: start, edges: [{to: ask}]}
- {name: ask, kind: task, required: true, settings: {assign: [{by: initiator}]}, edges: [{to: tell}]}
- {name: tell, kind: message, required: true, settings: {to: [{by: initiator}], subject: Read}, edges: [{to: sign}]}
- name: sign
  kind: approval
  required: true
  settings: {assign: [{by: initiator}], reject: node, reject_to: ask}
  edges: [{to: over}]
- {name: over, kind: end}
"""
DONE = Status.DONE


@pytest.mark.parametrize(
    ("acts", "status", "states"),
    [
        (
            "ask:task_done=done ask:left=done tell:left"
            " sign:task_done=approved sign:left=approved", DONE, "done done done",
        ),
        ("ask:left=done tell:left sign:task_done=approved sign:left=approved", DONE, "missing done done"),
        ("ask:skipped=done ask:task_done=done ask:left=done tell:left", Status.RUNNING, "missing done pending"),
        ("ask:task_done=done ask:left=late tell:left", Status.RUNNING, "missing done pending"),
        ("ask:task_done=done ask:left=done ask:taken_back", Status.RUNNING, "pending pending pending"),
        ("ask:task_done=done ask:taken_back ask:left=done", Status.RUNNING, "missing pending pending"),
        ("ask:task_done=done ask:left=done tell:skipped tell:left", DONE, "done missing missing"),
        ("ask:task_done=done ask:left=done ask:moved", Status.CANCELLED, "done not_reached not_reached"),
        ("tell:left ask:task_done=done ask:left=done", Status.RUNNING, "done out_of_order pending"),
        (
            "ask:task_done=done ask:left=done tell:left sign:task_done=rejected sign:rejected ask:task_done=done"
            " ask:left=done sign:task_done=approved sign:left=approved", DONE, "done done done",
        ),
        ("sign:task_done=rejected sign:rejected sign:left=late", DONE, "missing missing missing"),
    ],
)  # fmt: skip
def test_a_step_counts_that_was_done_by_whom_it_asks_and_after_those_before_it(
    acts: str, status: Status, states: str
) -> None:
    _, flow = flow_of(SHORT)
    lines = []
    for place, text in enumerate(acts.split(), start=1):
        node, _, rest = text.partition(":")
        act, _, outcome = rest.partition("=")
        at = datetime(2026, 3, 2, tzinfo=UTC) + timedelta(minutes=place)
        lines.append(Line(place, at, act, node, 1, "li" if act == "task_done" else "", outcome))
    found = evidence_of(definition_of(flow), status, lines)
    assert " ".join(one.state.value for one in found) == states


def test_what_does_no_work_cannot_be_required() -> None:
    nodes = "[{name: begin, kind: start, required: true, edges: [{to: over}]}, {name: over, kind: end, required: true}]"
    model, flow = flow_of(nodes)
    assert [(fault.reason, fault.path) for fault in lint(model, flow)] == [
        ("not_applicable", ("nodes", 0, "required")),
        ("not_applicable", ("nodes", 1, "required")),
    ]


REGULATED = """
message_templates:
  - {{name: risk, object: order, title: {{en: Risks}}, body: {{en: {body}}}, approved: "{approved}"}}
flows:
  - name: warn
    object: order
    regulated: true
    live: {live}
    nodes:
      - {{name: begin, kind: start, edges: [{{to: tell}}]}}
      - {{name: tell, kind: message, settings: {{to: [{{by: initiator}}], template: risk}}, edges: [{{to: over}}]}}
      - {{name: over, kind: end}}
"""
DECLARE = "mutation($document: JSON!) { applyMetadata(document: $document) { version } }"


async def test_a_regulated_flow_sends_no_words_that_are_not_approved(office: Office) -> None:
    tenant = office.tenant

    async def declare(**given: str) -> list[str]:
        document = yaml.safe_load(
            REGULATED.format(**{"body": "You may lose.", "live": "false", "approved": "", **given})
        )
        reply = await tenant.graphql(DECLARE, {"document": document}, path="/metadata")
        return [error["extensions"]["reason"] for error in reply.body.get("errors", ())]

    assert await declare(live="true") == ["words_not_approved"]
    assert await declare() == []
    (fault,) = (await tenant.data('{ lintFlow(flow: "warn") { reason hint } }'))["lintFlow"]
    approved = fault["hint"].split("approved: ")[-1].rstrip("`.")
    assert await declare(approved=approved, live="true") == []
    order = await office.order()
    assert (await office.start("warn", order))["status"] == "DONE"
    both = await declare(approved=approved, live="true", body="You will win.")
    assert both == ["words_not_approved"] * 2, "the template, and the flow that would send it"
    assert await declare(body="You will win.", live="true") == ["words_not_approved"], "a live flow would send them"
    assert await declare(body="You will win.") == [], "a draft may; the version that runs does not send them"
    stopped = await office.start("warn", order)
    assert [(token["node"], token["phase"]) for token in stopped["tokens"]] == [("tell", "FAILED")]
    assert "not approved" in stopped["tokens"][0]["failure"]
