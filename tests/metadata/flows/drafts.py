"""Flows written short, over a tenant with quotes and their lines."""

from __future__ import annotations

from typing import Any

import yaml

from metadata.flows.values import Flow
from metadata.model.reading import read_document
from metadata.model.resolve import resolve
from metadata.model.settings import TenantSettings
from metadata.model.tenant import TenantModel

DOCUMENT = """
objects:
  - name: quote
    plural: quotes
    fields:
      - {name: title, type: text}
      - {name: amount, type: decimal}
      - {name: status, type: select, settings: {options: [{key: new}, {key: open}, {key: done}]}}
      - {name: due, type: datetime}
      - {name: seller, type: user}
      - {name: doubled, type: formula, settings: {expression: amount * 2}}
  - name: line
    plural: lines
    fields:
      - {name: text, type: text}
      - {name: quote, type: relation, settings: {to: quote, inverse: lines}}
calendars:
  - {name: office, windows: [{days: [1, 2, 3, 4, 5], begins: "09:00", ends: "18:00"}]}
"""


def model_with(flows: list[dict[str, Any]]) -> TenantModel:
    """The tenant, with these flows as drafts."""
    document, faults = read_document({**yaml.safe_load(DOCUMENT), "flows": flows})
    assert document is not None, list(faults)
    return resolve(
        document.objects,
        tenant_id="018f0000-0000-7000-8000-000000000000",
        slug="acme",
        version=1,
        settings=TenantSettings(),
        flows=document.flows,
        calendars=document.calendars,
    )


def flow_of(nodes: str, name: str = "approval", **more: Any) -> tuple[TenantModel, Flow]:
    """A flow over quotes, from the YAML list of its nodes."""
    model = model_with([{"name": name, "object": "quote", "nodes": yaml.safe_load(nodes), **more}])
    return model, model.flows[name]
