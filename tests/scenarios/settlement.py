"""A company whose deals are settled: branches, deals, statements with an approval, and what is asked of its ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import yaml

from tests.fixtures.tenants import Tenant

DOCUMENT = """
roles:
  - {name: branch_head, label: {zh: 分公司负责人, en: Head of a branch}}
  - {name: headquarters, label: {zh: 总部, en: Headquarters}}
  - {name: finance, label: {zh: 财务, en: Finance}}
policies:
  - {name: head_statement, kind: allow, role: branch_head, object: branch_statement, actions: [read, update],
     condition: branch.head.id == actor.id}
  - {name: head_line, kind: allow, role: branch_head, object: branch_statement_line, actions: [read, export],
     condition: statement.branch.head.id == actor.id}
  - {name: head_evidence, kind: deny, role: branch_head, object: branch_statement_line, actions: [read, export],
     fields: [evidence]}
  - {name: head_branch, kind: allow, role: branch_head, object: branch, actions: [read]}
  - {name: hq_statement, kind: allow, role: headquarters, object: branch_statement, actions: [read, update, approve]}
  - {name: finance_statement, kind: allow, role: finance, object: branch_statement, actions: [read, update, approve]}
objects:
  - name: branch
    plural: branches
    display: name
    fields:
      - {name: name, type: text, required: true}
      - {name: town, type: text}
      - {name: head, type: user}
  - name: deal
    plural: deals
    display: deal_no
    fields:
      - {name: deal_no, type: text}
      - {name: dealer, type: text}
      - {name: doctor, type: text}
      - {name: campaign, type: boolean}
      - {name: channel, type: text}
      - {name: city, type: text}
      - {name: signer, type: relation, settings: {to: branch, inverse: signed}}
      - {name: branch, type: relation, settings: {to: branch, inverse: delivered}}
      - {name: amount, type: money}
      - {name: minutes, type: integer}
      - {name: closed_at, type: datetime}
    validations:
      - {name: minutes_positive, rule: minutes >= 0, field: minutes, message: {en: Not below 0}}
  - name: branch_statement
    plural: branch_statements
    display: day
    fields:
      - {name: branch, type: relation, settings: {to: branch, inverse: statements}}
      - {name: day, type: date}
      - {name: turnover, type: money}
      - {name: share, type: money}
      - {name: deals, type: integer}
      - {name: revision, type: integer}
      - name: status
        type: select
        default: draft
        settings: {options: [{key: draft}, {key: submitted}, {key: approved}, {key: posted}]}
  - name: branch_statement_line
    plural: branch_statement_lines
    display: booking
    fields:
      - {name: booking, type: text}
      - {name: statement, type: relation, settings: {to: branch_statement, inverse: lines}}
      - {name: deal, type: relation, settings: {to: deal, inverse: statement_lines}}
      - {name: kind, type: text}
      - {name: happened_at, type: datetime}
      - {name: booked_for, type: date}
      - {name: component, type: text}
      - {name: amount, type: money}
      - {name: percent, type: decimal}
      - {name: role, type: text}
      - {name: evidence, type: text}
      - {name: channel, type: text}
flows:
  - name: statement_approval
    object: branch_statement
    live: true
    nodes:
      - name: submitted
        kind: start
        settings: {trigger: record, events: [update], when: 'status == "submitted" and old.status == "draft"'}
        edges: [{to: headquarters}]
      - name: headquarters
        kind: approval
        settings: {assign: [{by: role, value: headquarters}], nobody: administrator, separate: true}
        edges: [{to: approved, outcome: approved}, {to: back, outcome: rejected}]
      - {name: approved, kind: update, settings: {values: [{field: status, value: approved}]}, edges: [{to: finance}]}
      - name: finance
        kind: approval
        settings: {assign: [{by: role, value: finance}], nobody: administrator, separate: true}
        edges: [{to: posted, outcome: approved}, {to: back, outcome: rejected}]
      - {name: posted, kind: update, settings: {values: [{field: status, value: posted}]}, edges: [{to: done}]}
      - {name: back, kind: update, settings: {values: [{field: status, value: draft}]}, edges: [{to: done}]}
      - {name: done, kind: end}
"""

HEAD: dict[str, Any] = {
    "object": "deal",
    "live": True,
    "bases": [{"name": "gross", "value": "amount"}],
    "clocks": [{"name": "closed_at", "value": "closed_at"}],
}

APPLY = "mutation($document: JSON!) { applyMetadata(document: $document) { version } }"


@dataclass(frozen=True)
class Books:
    """A tenant's deals, and its ledger."""

    tenant: Tenant

    async def declare(self, **plan: Any) -> None:
        """A plan over deals, published at once."""
        await self.tenant.data(APPLY, {"document": {"price_plans": [{**HEAD, **plan}]}}, path="/metadata")

    async def branch(self, name: str, **values: Any) -> str:
        return await self.tenant.create("Branch", name=name, **values)

    async def deal(self, yuan: str, at: str, **values: Any) -> str:
        """A deal of so many yuan; `at` is a day, or an instant."""
        instant = at if "T" in at else f"{at}T09:00:00+08:00"
        amount = {"amount": yuan, "currency": "CNY"}
        return await self.tenant.create("Deal", amount=amount, closedAt=instant, **values)

    async def deals(self, inputs: Sequence[Mapping[str, Any]]) -> None:
        """Many deals."""
        for place in range(0, len(inputs), 100):
            given = [
                {**one, "amount": {"amount": one["amount"], "currency": "CNY"}} for one in inputs[place : place + 100]
            ]
            await self.tenant.data("mutation($i: [CreateDealInput!]!) { createDeals(inputs: $i) { id } }", {"i": given})

    async def settle(self, plan: str, record: str) -> dict[str, Any]:
        data = await self.tenant.data(
            """mutation($plan: String!, $r: ID!) { made: settle(plan: $plan, record: $r) {
                key entries { component account payee amount } quote { lines { component rate amount lost } } } }""",
            {"plan": plan, "r": record},
        )
        made: dict[str, Any] = data["made"]
        return made

    async def run(self, plan: str, first: str, until: str) -> dict[str, Any]:
        """Book a span of days."""
        data = await self.tenant.data(
            """mutation($plan: String!, $from: DateTime!, $to: DateTime!) {
                made: settlePeriod(plan: $plan, from: $from, to: $to, first: 10000) { settled known refused left } }""",
            {"plan": plan, "from": f"{first}T00:00:00+08:00", "to": f"{until}T00:00:00+08:00"},
        )
        made: dict[str, Any] = data["made"]
        return made

    async def refund(self, plan: str, record: str, key: str, amount: str | None = None) -> None:
        await self.tenant.data(
            """mutation($plan: String!, $of: String!, $key: String!, $amount: Decimal) {
                refundSettlement(plan: $plan, of: $of, key: $key, amount: $amount) { key } }""",
            {"plan": plan, "of": record, "key": key, "amount": amount},
        )

    async def pools(self, plan: str, by: str, component: str | None, **span: str) -> dict[str | None, Decimal]:
        """What belongs to whom under a component; None for the turnover."""
        data = await self.tenant.data(
            """query($plan: String!, $by: String!, $period: Date, $day: Date) {
                found: settlementPools(plan: $plan, by: $by, period: $period, day: $day) {
                    holder component amount } }""",
            {"plan": plan, "by": by, **span},
        )
        return {one["holder"]: Decimal(one["amount"]) for one in data["found"] if one["component"] == component}

    async def due(self, plan: str) -> dict[str, Decimal]:
        """What is due to each payee."""
        data = await self.tenant.data(
            "query($plan: String!) { found: settlementBalances(plan: $plan) { account payee amount } }", {"plan": plan}
        )
        found: dict[str, Decimal] = {}
        for one in data["found"]:
            if one["account"] == "payable":
                found[one["payee"]] = found.get(one["payee"], Decimal(0)) - Decimal(one["amount"])
        return found

    async def differences(self, plan: str) -> list[Any]:
        data = await self.tenant.data(
            "query($plan: String!) { found: settlementDifferences(plan: $plan) { party wanted booked } }",
            {"plan": plan},
        )
        found: list[Any] = data["found"]
        return found


async def books_of(tenant: Tenant) -> Books:
    """The tenant with branches, deals and statements."""
    await tenant.data(APPLY, {"document": yaml.safe_load(DOCUMENT)}, path="/metadata")
    return Books(tenant)


def ladder(component: str, *tiers: Mapping[str, Any], model: str = "graduated_percentage") -> dict[str, Any]:
    """A rate table of tiers."""
    return {"name": f"{component}_rate", "component": component, "model": model, "settings": {"tiers": list(tiers)}}


def percent(component: str, value: str, name: str = "", **more: Any) -> dict[str, Any]:
    """A rate of so many per cent."""
    return {
        "name": name or f"{component}_rate",
        "component": component,
        "model": "percentage",
        "settings": {"percent": value},
        **more,
    }
