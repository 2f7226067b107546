"""BPMN 2.0 XML, a subset, both ways.

A flow is written as a process of events, gateways, tasks and sequence flows that other tools draw. What BPMN has no
word for (assignees, modes, conditions over records) stands in extension elements as JSON, so that reading what was
written gives the same flow. What another tool wrote is read by its elements: gateways, tasks and events become nodes
whose settings are to be filled in, which lint then asks for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

import msgspec
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from metadata.flows.graph import positions
from metadata.flows.nodes import NODE_KINDS
from metadata.flows.values import Flow
from metadata.model.writing import write_item
from metadata.problems import BadInputError

__all__ = ["MAX_BYTES", "flow_from_bpmn", "flow_to_bpmn"]

MAX_BYTES = 2_000_000
"""Bytes of XML that are read."""

_BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
_DI = "http://www.omg.org/spec/BPMN/20100524/DI"
_DC = "http://www.omg.org/spec/DD/20100524/DC"
_OWN = "urn:tangram:flow"
_SIZE = {"width": "100", "height": "80"}

_KIND_OF = {
    "startEvent": "start",
    "endEvent": "end",
    "userTask": "task",
    "manualTask": "task",
    "task": "task",
    "exclusiveGateway": "decision",
    "inclusiveGateway": "inclusive",
    "parallelGateway": "parallel",
    "intermediateCatchEvent": "delay",
    "serviceTask": "update",
    "scriptTask": "script",
    "sendTask": "message",
    "callActivity": "subflow",
}
"""Kinds of the nodes that another tool's elements become."""


def flow_to_bpmn(flow: Flow) -> str:
    """A flow as BPMN 2.0 XML."""
    definitions = Element(_name(_BPMN, "definitions"), {"targetNamespace": _OWN, "id": f"definitions_{flow.name}"})
    process = SubElement(definitions, _name(_BPMN, "process"), {"id": flow.name, "isExecutable": "true"})
    head = {key: value for key, value in write_item(flow).items() if key != "nodes"}
    _extend(process, head)
    for node in flow.nodes:
        element = SubElement(
            process, _name(_BPMN, NODE_KINDS[node.kind].drawn), {"id": node.name, **_label(node.label)}
        )
        _extend(element, {key: value for key, value in write_item(node).items() if key != "edges"})
    for node in flow.nodes:
        for place, edge in enumerate(node.edges):
            attributes = {"id": f"{node.name}__{place}", "sourceRef": node.name, "targetRef": edge.to}
            line = SubElement(process, _name(_BPMN, "sequenceFlow"), {**attributes, **_label(edge.label)})
            _extend(line, write_item(edge))
            if edge.when:
                SubElement(line, _name(_BPMN, "conditionExpression")).text = edge.when
    _draw(definitions, flow)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(definitions, encoding="unicode")


def flow_from_bpmn(text: str, *, object_name: str = "") -> dict[str, Any]:
    """A flow, as a document has it, from BPMN 2.0 XML.

    Args:
        text: The XML; a DOCTYPE or an entity in it is refused.
        object_name: Object type of a flow that another tool wrote.

    Raises:
        BadInputError: `bad_bpmn`: it is no XML, holds no process, or uses what cannot be read.
    """
    process = _process(text)
    own = _extension(process)
    nodes = {found["name"]: found for found in map(_node, _elements(process))}
    for line in process.iter(_name(_BPMN, "sequenceFlow")):
        source, target = _ref(line.get("sourceRef", "")), _ref(line.get("targetRef", ""))
        if source not in nodes or target not in nodes:
            raise _bad(f"A sequence flow leads from '{source}' to '{target}', which are not both nodes of the process.")
        nodes[source].setdefault("edges", []).append(_edge(line, target))
    head = own or {"name": _ref(process.get("id", "")), "object": object_name}
    return {**head, "nodes": list(nodes.values())}


def _process(text: str) -> Element:
    if len(text.encode()) > MAX_BYTES:
        raise _bad(f"The XML has more than {MAX_BYTES} bytes.")
    try:
        root: Element = fromstring(text, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise _bad("The text is no XML that is read here.") from error
    found = root.find(_name(_BPMN, "process"))
    if found is None:
        raise _bad("The XML holds no BPMN process.")
    return found


def _elements(process: Element) -> Iterator[Element]:
    for element in process:
        kind = element.tag.removeprefix(f"{{{_BPMN}}}")
        if kind in _KIND_OF:
            yield element
        elif kind not in ("sequenceFlow", "extensionElements", "documentation", "textAnnotation", "association"):
            raise _bad(f"The element '{kind[:60]}' is not in the subset that is read.")


def _node(element: Element) -> dict[str, Any]:
    own = _extension(element)
    if own:
        return dict(own)
    kind = element.tag.removeprefix(f"{{{_BPMN}}}")
    found: dict[str, Any] = {"name": _ref(element.get("id", "")), "kind": _KIND_OF[kind]}
    label = element.get("name")
    return {**found, "label": {"en": label[:200]}} if label else found


def _edge(line: Element, target: str) -> dict[str, Any]:
    own = _extension(line)
    if own:
        return dict(own)
    condition = line.find(_name(_BPMN, "conditionExpression"))
    when = (condition.text or "").strip() if condition is not None else ""
    return {"to": target, "when": when} if when else {"to": target}


def _extend(element: Element, values: Mapping[str, Any]) -> None:
    """Keep what BPMN has no word for."""
    extension = SubElement(element, _name(_BPMN, "extensionElements"))
    SubElement(extension, _name(_OWN, "item")).text = msgspec.json.encode(values).decode()


def _extension(element: Element) -> dict[str, Any]:
    item = element.find(f"{_name(_BPMN, 'extensionElements')}/{_name(_OWN, 'item')}")
    if item is None:
        return {}
    try:
        return msgspec.json.decode(item.text or "", type=dict[str, Any])
    except msgspec.DecodeError as error:
        raise _bad("What the XML says of its own is no JSON.") from error


def _draw(definitions: Element, flow: Flow) -> None:
    """Where each node is drawn."""
    diagram = SubElement(definitions, _name(_DI, "BPMNDiagram"), {"id": f"diagram_{flow.name}"})
    plane = SubElement(diagram, _name(_DI, "BPMNPlane"), {"id": f"plane_{flow.name}", "bpmnElement": flow.name})
    for name, (x, y) in positions(flow).items():
        shape = SubElement(plane, _name(_DI, "BPMNShape"), {"id": f"shape_{name}", "bpmnElement": name})
        SubElement(shape, _name(_DC, "Bounds"), {"x": str(x), "y": str(y), **_SIZE})


def _label(label: Mapping[str, str]) -> dict[str, str]:
    text = label.get("en") or next(iter(label.values()), "")
    return {"name": text} if text else {}


def _ref(text: str) -> str:
    """An id as a name: `Activity_0x1` → `activity_0x1`."""
    name = re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")
    return name if name[:1].isalpha() else f"n_{name}".rstrip("_")


def _name(namespace: str, tag: str) -> str:
    return f"{{{namespace}}}{tag}"


def _bad(message: str) -> BadInputError:
    return BadInputError.single("bad_bpmn", message, hint="Send a BPMN 2.0 process of the subset in docs/flows.md.")
