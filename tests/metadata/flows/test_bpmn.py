"""BPMN 2.0 XML: what is written is read back the same; what another tool wrote becomes a draft."""

from __future__ import annotations

import pytest
import yaml

from metadata.flows.bpmn import flow_from_bpmn, flow_to_bpmn
from metadata.flows.graph import graph_of
from metadata.model.writing import write_item
from metadata.problems import BadInputError
from tests.metadata.flows.drafts import flow_of
from tests.metadata.flows.test_lint import SOUND


def test_a_flow_is_read_back_as_it_was_written() -> None:
    _, flow = flow_of(SOUND, label={"zh": "报价", "en": "Quote"})
    assert flow_from_bpmn(flow_to_bpmn(flow)) == write_item(flow)


def test_a_drawing_of_another_tool_becomes_a_draft() -> None:
    text = """<?xml version="1.0"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="x">
  <process id="Process_1">
    <startEvent id="Start_1"/>
    <exclusiveGateway id="Gateway-2" name="Big?"/>
    <userTask id="Task_3" name="Look"/>
    <endEvent id="End_4"/>
    <sequenceFlow id="a" sourceRef="Start_1" targetRef="Gateway-2"/>
    <sequenceFlow id="b" sourceRef="Gateway-2" targetRef="Task_3">
      <conditionExpression>amount > 5</conditionExpression>
    </sequenceFlow>
    <sequenceFlow id="c" sourceRef="Gateway-2" targetRef="End_4"/>
    <sequenceFlow id="d" sourceRef="Task_3" targetRef="End_4"/>
  </process>
</definitions>"""
    assert flow_from_bpmn(text, object_name="quote") == {
        "name": "process_1",
        "object": "quote",
        "nodes": [
            {"name": "start_1", "kind": "start", "edges": [{"to": "gateway_2"}]},
            {
                "name": "gateway_2",
                "kind": "decision",
                "label": {"en": "Big?"},
                "edges": [{"to": "task_3", "when": "amount > 5"}, {"to": "end_4"}],
            },
            {"name": "task_3", "kind": "task", "label": {"en": "Look"}, "edges": [{"to": "end_4"}]},
            {"name": "end_4", "kind": "end"},
        ],
    }


@pytest.mark.parametrize(
    "text",
    [
        "hello",
        "<process/>",
        '<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>',
        '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process><adHoc/></process></definitions>',
    ],
    ids=["no xml", "no process", "a doctype", "an unknown element"],
)
def test_what_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(BadInputError) as caught:
        flow_from_bpmn(text)
    assert caught.value.faults[0].reason == "bad_bpmn"


def test_a_graph_has_every_node_and_edge_with_positions() -> None:
    _, flow = flow_of(SOUND)
    graph = graph_of(flow)
    assert [node["name"] for node in graph["nodes"]] == [node["name"] for node in yaml.safe_load(SOUND)]
    assert len({(node["x"], node["y"]) for node in graph["nodes"]}) == len(graph["nodes"])
    assert ("boss", "size", "return") in {(edge["from"], edge["to"], edge["kind"]) for edge in graph["edges"]}
    assert [node["name"] for node in graph["nodes"] if node["manual"]] == ["boss", "pack", "bill"]
