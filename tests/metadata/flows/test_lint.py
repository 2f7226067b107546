"""What keeps a flow from being published: every fault, at its place, all together."""

from __future__ import annotations

from typing import Any

import pytest

from metadata.flows.lint import lint
from metadata.flows.nodes import NODE_KINDS
from tests.metadata.flows.drafts import flow_of, model_with

SOUND = """
- {name: begin, kind: start, edges: [{to: size}]}
- {name: size, kind: decision, edges: [{to: boss, when: amount > 1000}, {to: split, default: true}]}
- name: boss
  kind: approval
  settings: {assign: [{by: superior}], reject: node, reject_to: size}
  edges: [{to: split}]
- {name: split, kind: parallel, settings: {join: meet}, edges: [{to: pack}, {to: bill}]}
- name: pack
  kind: task
  settings: {assign: [{by: role, value: stock}], outcomes: [packed, missing], due: PT4H, calendar: office}
  edges: [{to: meet, outcome: packed}, {to: wait, outcome: missing}]
  timers: [{name: remind, after: PT2H, calendar: office, act: urge, repeat: 3}]
- {name: wait, kind: delay, settings: {duration: P1D}, edges: [{to: pack}]}
- {name: bill, kind: task, settings: {assign: [{by: field, value: seller}]}, edges: [{to: meet}]}
- {name: meet, kind: join, edges: [{to: each}]}
- {name: each, kind: for_each, settings: {items: lines, join: all}, edges: [{to: note}]}
- {name: note, kind: update, settings: {values: [{field: title, value: "=concat(title, '!')"}]}, edges: [{to: all}]}
- {name: all, kind: join, edges: [{to: finish}]}
- {name: finish, kind: end}
"""


def faults(nodes: str) -> list[tuple[str, tuple[Any, ...]]]:
    return [(fault.reason, fault.path) for fault in lint(*flow_of(nodes))]


def test_a_sound_flow_has_no_fault() -> None:
    assert [fault.message for fault in lint(*flow_of(SOUND))] == []


START, END = "- {name: begin, kind: start, edges: [{to: a}]}\n", "\n- {name: z, kind: end}"
TASK = "settings: {assign: [{by: owner}]}"

CASES = {
    "no start": ("- {name: z, kind: end}", [("bad_start", ("nodes",))]),
    "no end": (
        f"{START}- {{name: a, kind: task, {TASK}, edges: [{{to: a}}]}}",
        [("no_end", ("nodes",))],
    ),
    "an edge to nowhere": (
        f"{START}- {{name: a, kind: task, {TASK}, edges: [{{to: b}}, {{to: z}}]}}{END}",
        [("unknown_node", ("nodes", 1, "edges", 0, "to"))],
    ),
    "a dead end": (
        f"{START}- {{name: a, kind: parallel, settings: {{join: j}}, edges: [{{to: b}}, {{to: j}}]}}\n"
        f"- {{name: b, kind: task, {TASK}}}\n- {{name: j, kind: join, edges: [{{to: z}}]}}{END}",
        [("dead_end", ("nodes", 2, "edges"))],
    ),
    "a node that nothing leads to": (
        f"{START}- {{name: a, kind: task, {TASK}, edges: [{{to: z}}]}}\n"
        f"- {{name: b, kind: task, {TASK}, edges: [{{to: z}}]}}{END}",
        [("unreachable", ("nodes", 2))],
    ),
    "an undoing that is no node": (
        f"{START}- {{name: a, kind: task, {TASK}, compensate: b, edges: [{{to: z}}]}}{END}",
        [("unknown_node", ("nodes", 1, "compensate"))],
    ),
    "an undoing of an end": (
        f"{START}- {{name: a, kind: task, {TASK}, edges: [{{to: z}}]}}\n- {{name: z, kind: end, compensate: a}}",
        [("not_applicable", ("nodes", 2, "compensate"))],
    ),
    "a decision without default": (
        f"{START}- {{name: a, kind: decision, edges: [{{to: z, when: amount > 1}}]}}{END}",
        [("no_default", ("nodes", 1, "edges"))],
    ),
    "a condition over a field that is not there": (
        f"{START}- {{name: a, kind: decision, edges: [{{to: z, when: amont > 1}}, {{to: z, default: true}}]}}{END}",
        [("unknown_field", ("nodes", 1, "edges", 0, "when"))],
    ),
    "a condition that is no condition": (
        f"{START}- {{name: a, kind: decision, edges: [{{to: z, when: amount}}, {{to: z, default: true}}]}}{END}",
        [("wrong_type", ("nodes", 1, "edges", 0, "when"))],
    ),
    "a split without join": (
        f"{START}- {{name: a, kind: parallel, settings: {{join: j}}, edges: [{{to: b}}, {{to: c}}]}}\n"
        f"- {{name: b, kind: task, {TASK}, edges: [{{to: z}}]}}\n"
        f"- {{name: c, kind: task, {TASK}, edges: [{{to: z}}]}}{END}",
        [("missing_join", ("nodes", 1, "settings", "join"))],
    ),
    "a join without split": (
        f"{START}- {{name: a, kind: join, edges: [{{to: z}}]}}{END}",
        [("join_without_split", ("nodes", 1))],
    ),
    "a way out of a block": (
        f"{START}- {{name: a, kind: parallel, settings: {{join: j}}, edges: [{{to: b}}, {{to: j}}]}}\n"
        f"- {{name: b, kind: task, settings: {{assign: [{{by: owner}}], outcomes: [x, y]}},"
        f" edges: [{{to: j, outcome: x}}, {{to: c, outcome: y}}]}}\n"
        f"- {{name: j, kind: join, edges: [{{to: c}}]}}\n- {{name: c, kind: task, {TASK}, edges: [{{to: z}}]}}{END}",
        [("crossed_block", ("nodes", 4))],
    ),
    "an end that calls other branches off as if all were done": (
        f"{START}- {{name: a, kind: parallel, settings: {{join: j}}, edges: [{{to: b}}, {{to: c}}]}}\n"
        f"- {{name: b, kind: task, settings: {{assign: [{{by: owner}}], outcomes: [x, y]}},"
        f" edges: [{{to: j, outcome: x}}, {{to: early, outcome: y}}]}}\n"
        f"- {{name: c, kind: task, {TASK}, edges: [{{to: j}}]}}\n- {{name: early, kind: end}}\n"
        f"- {{name: j, kind: join, edges: [{{to: z}}]}}{END}",
        [("end_in_block", ("nodes", 4))],
    ),
    "a circle without rest": (
        f"{START}- {{name: a, kind: decision, edges: [{{to: b, when: amount > 1}}, {{to: z, default: true}}]}}\n"
        f"- {{name: b, kind: update, settings: {{values: [{{field: amount, value: 1}}]}}, edges: [{{to: a}}]}}{END}",
        [("endless_loop", ("nodes", 1))],
    ),
    "a loop that nothing leaves": (
        f"{START}- {{name: a, kind: decision, edges: [{{to: b, when: amount > 1}}, {{to: z, default: true}}]}}\n"
        f"- {{name: b, kind: task, {TASK}, edges: [{{to: c}}]}}\n"
        f"- {{name: c, kind: task, {TASK}, edges: [{{to: b}}]}}{END}",
        [("no_way_out", ("nodes", 2)), ("no_way_out", ("nodes", 3))],
    ),
    "an approver who is nobody": (
        f"{START}- {{name: a, kind: approval, edges: [{{to: z}}]}}{END}",
        [("no_handler", ("nodes", 1, "settings", "assign"))],
    ),
    "an outcome that has no way on": (
        f"{START}- {{name: a, kind: task, settings: {{assign: [{{by: owner}}], outcomes: [x, y]}},"
        f" edges: [{{to: z, outcome: x}}]}}{END}",
        [("no_default", ("nodes", 1, "edges"))],
    ),
    "an outcome that never happens": (
        f"{START}- {{name: a, kind: approval, {TASK}, edges: [{{to: z}}, {{to: z, outcome: maybe}}]}}{END}",
        [("unknown_outcome", ("nodes", 1, "edges", 1, "outcome"))],
    ),
    "a timer at a node that does not wait": (
        f"{START}- {{name: a, kind: update, settings: {{values: [{{field: amount, value: 1}}]}}, edges: [{{to: z}}],"
        f" timers: [{{name: t, after: PT1H, to: z}}]}}{END}",
        [("not_applicable", ("nodes", 1, "timers", 0))],
    ),
    "a timer by an unknown calendar": (
        f"{START}- {{name: a, kind: task, {TASK}, edges: [{{to: z}}],"
        f" timers: [{{name: t, after: PT1H, calendar: night, to: z}}]}}{END}",
        [("unknown_calendar", ("nodes", 1, "timers", 0, "calendar"))],
    ),
    "a duration that is none": (
        f"{START}- {{name: a, kind: delay, settings: {{duration: soon}}, edges: [{{to: z}}]}}{END}",
        [("bad_duration", ("nodes", 1, "settings", "duration"))],
    ),
    "a computed field that is to be filled in": (
        f"{START}- {{name: a, kind: task, settings: {{assign: [{{by: owner}}],"
        f" fields: [{{field: doubled, access: required}}]}}, edges: [{{to: z}}]}}{END}",
        [("not_writable", ("nodes", 1, "settings", "fields", 0, "access"))],
    ),
    "a list that is none": (
        f"{START}- {{name: a, kind: for_each, settings: {{items: title, join: j}}, edges: [{{to: j}}]}}\n"
        f"- {{name: j, kind: join, edges: [{{to: z}}]}}{END}",
        [("not_a_list", ("nodes", 1, "settings", "items"))],
    ),
    "a vote that never passes": (
        f"{START}- {{name: a, kind: approval, settings: {{assign: [{{by: owner}}], mode: vote, ratio: 100}},"
        f" edges: [{{to: z}}]}}{END}",
        [("never_passes", ("nodes", 1, "settings", "strict"))],
    ),
    "a draw whose stock runs out": (
        f"{START}- {{name: a, kind: random, edges: [{{to: z, stock: 3}}]}}{END}",
        [("no_default", ("nodes", 1, "edges"))],
    ),
    "a subflow that is not there": (
        f"{START}- {{name: a, kind: subflow, settings: {{flow: packing}}, edges: [{{to: z}}]}}{END}",
        [("unknown_flow", ("nodes", 1, "settings", "flow"))],
    ),
    "a flow that waits for itself": (
        f"{START}- {{name: a, kind: subflow, settings: {{flow: approval}}, edges: [{{to: z}}]}}{END}",
        [("flow_cycle", ("nodes",))],
    ),
}


@pytest.mark.parametrize(("nodes", "expected"), CASES.values(), ids=CASES)
def test_a_fault_is_found_at_its_place(nodes: str, expected: list[tuple[str, tuple[Any, ...]]]) -> None:
    assert faults(nodes) == expected


def test_all_faults_are_told_together() -> None:
    nodes = f"""
{START}- {{name: a, kind: decision, edges: [{{to: nowhere, when: amont > 1}}]}}
- {{name: lonely, kind: delay, settings: {{duration: never}}, edges: [{{to: z}}]}}{END}"""
    assert {reason for reason, _ in faults(nodes)} == {
        "unknown_node",
        "unknown_field",
        "no_default",
        "bad_duration",
        "unreachable",
        "no_way_out",
    }


def test_a_draft_may_be_unsound_and_a_live_flow_may_not() -> None:
    from metadata.model.checking import check_model

    node = {"name": "begin", "kind": "start", "edges": []}
    draft = {"name": "approval", "object": "quote", "nodes": [node]}
    assert list(check_model(model_with([draft]))) == []
    live = check_model(model_with([{**draft, "live": True}]))
    assert [(fault.reason, fault.path) for fault in live] == [
        ("dead_end", ("flows", 0, "nodes", 0, "edges")),
        ("no_end", ("flows", 0, "nodes")),
    ]


def test_every_kind_of_node_is_described() -> None:
    assert len(NODE_KINDS) == 23
    assert all(kind.help and kind.drawn for kind in NODE_KINDS.values())
