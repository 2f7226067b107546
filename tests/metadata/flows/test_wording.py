"""Regulated flows send approved words alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgspec

from metadata.flows.lint import lint
from metadata.messages.approval import fingerprint, is_approved
from metadata.messages.checks import message_faults
from metadata.messages.values import MessageTemplate
from tests.metadata.flows.drafts import flow_of

NODES = """
- {name: begin, kind: start, edges: [{to: own}]}
- {name: own, kind: message, settings: {to: [{by: initiator}], subject: Buy now}, edges: [{to: both}]}
- name: both
  kind: message
  settings: {to: [{by: initiator}], template: risk, body: And buy now}
  edges: [{to: named}]
- {name: named, kind: message, settings: {to: [{by: initiator}], template: risk}, edges: [{to: sent}]}
- name: sent
  kind: perform
  settings: {action: send, settings: {template: risk, channels: [mail]}}
  edges: [{to: beside}]
- {name: beside, kind: subflow, settings: {flow: other}, edges: [{to: over}]}
- {name: over, kind: end}
"""
WORDS = ("words_not_approved", "flow_not_regulated")
RISK = MessageTemplate(name="risk", title={"en": "Risks", "zh": "风险提示"}, body={"en": "You may lose money."})


def faults(template: MessageTemplate, **more: Any) -> list[tuple[str, object]]:
    model, flow = flow_of(NODES, **more)
    other = msgspec.structs.replace(flow, name="other", regulated=False)
    model = replace(model, message_templates={"risk": template}, flows={flow.name: flow, "other": other})
    return [(one.reason, one.path[1]) for one in lint(model, flow) if one.reason in WORDS]


def test_a_regulated_flow_names_templates_whose_words_are_approved() -> None:
    approved = msgspec.structs.replace(RISK, approved=fingerprint(RISK))
    assert faults(RISK) == []
    assert faults(RISK, regulated=True) == [
        ("words_not_approved", 1), ("words_not_approved", 2), ("words_not_approved", 3), ("words_not_approved", 4),
        ("flow_not_regulated", 5),
    ]  # fmt: skip
    assert faults(approved, regulated=True) == [
        ("words_not_approved", 1), ("words_not_approved", 2), ("flow_not_regulated", 5),
    ]  # fmt: skip


def test_an_approval_is_of_these_words_alone() -> None:
    model, _ = flow_of(NODES)
    approved = msgspec.structs.replace(RISK, approved=fingerprint(RISK))
    changed = msgspec.structs.replace(approved, body={"en": "You may get rich."})
    moved = msgspec.structs.replace(RISK, title=RISK.body, body=RISK.title, approved=fingerprint(RISK))
    assert [is_approved(one) for one in (approved, changed, moved, RISK, None)] == [True, False, False, False, False]
    (fault,) = message_faults(model, changed)
    assert (fault.reason, fault.path) == ("words_not_approved", ("approved",))
    assert fingerprint(changed) in fault.hint
    assert not list(message_faults(model, approved))
