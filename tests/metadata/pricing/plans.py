"""Price plans written short, over a tenant with orders."""

from __future__ import annotations

from typing import Any

import yaml

from metadata.model.reading import read_document
from metadata.model.resolve import resolve
from metadata.model.settings import TenantSettings
from metadata.model.tenant import TenantModel
from metadata.pricing.values import PricePlan

OBJECTS = """
objects:
  - name: order
    plural: orders
    fields:
      - {name: total, type: money, settings: {currencies: [CNY]}}
      - {name: dollars, type: money, settings: {currencies: [USD]}}
      - {name: cost, type: money}
      - {name: quantity, type: integer}
      - {name: agent, type: text}
      - {name: level, type: select, settings: {options: [{key: normal}, {key: vip}]}}
      - {name: channel, type: text}
      - {name: paid_at, type: datetime}
  - name: bill
    plural: bills
    fields:
      - {name: total, type: money}
  - name: bill_line
    plural: bill_lines
    fields:
      - {name: bill, type: relation, settings: {to: bill}}
      - {name: order, type: relation, settings: {to: order}}
      - {name: channel, type: text}
"""

HEAD = """
name: plan
object: order
party: agent
quantity: quantity
cost: cost
bases: [{name: gross, value: total}]
clocks: [{name: paid_at, value: paid_at}]
dimensions: [{name: level, value: level}, {name: channel, value: channel}]
"""

LADDER = (
    HEAD
    + """
components: [{name: rebate, kind: rebate}]
rates:
  - name: ladder
    component: rebate
    model: graduated_percentage
    settings: {tiers: [{percent: 3}, {lower: 100000, percent: 5}, {lower: 500000, percent: 8}]}
"""
)


def model_with(*plans: dict[str, Any]) -> TenantModel:
    """The tenant, with these plans as drafts."""
    document, faults = read_document({**yaml.safe_load(OBJECTS), "price_plans": list(plans)})
    assert document is not None, list(faults)
    return resolve(
        document.objects,
        tenant_id="00000000-0000-0000-0000-000000000001",
        slug="acme",
        version=1,
        settings=TenantSettings(),
        price_plans=document.price_plans,
    )


def plan_of(text: str, **changes: Any) -> tuple[TenantModel, PricePlan]:
    """A plan with its tenant; changes replace attributes."""
    body = {**yaml.safe_load(text), **changes}
    model = model_with(body)
    return model, model.price_plans[body["name"]]
