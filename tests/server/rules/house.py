"""A house with rules: declared in YAML, published at once, driven through the public API."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from tests.fixtures.tenants import Person, Reply, Tenant

APPLY = "mutation($document: JSON!) { applyMetadata(document: $document) { version } }"


@dataclass(frozen=True)
class House:
    """A tenant, and what is asked of its rules."""

    tenant: Tenant

    async def declare(self, text: str, **more: Any) -> None:
        """Declare rules, each published at once unless it says otherwise."""
        rules = [{"live": True, **rule} for rule in yaml.safe_load(text)]
        await self.tenant.data(APPLY, {"document": {"rules": rules, **more}}, path="/metadata")

    async def refused(self, text: str, **more: Any) -> Any:
        """(code, reason, path) of what is wrong with rules."""
        rules = [{"live": True, **rule} for rule in yaml.safe_load(text)]
        return await self.tenant.faults(APPLY, {"document": {"rules": rules, **more}}, path="/metadata")

    async def customer(self, **values: Any) -> str:
        return await self.tenant.create("Customer", **{"name": "王", **values})

    async def order(self, **values: Any) -> str:
        values.setdefault("customerId", await self.customer())
        return await self.tenant.create("Order", **values)

    async def change(self, object_type: str, record: str, *, person: Person | None = None, **values: Any) -> Reply:
        """Update a record."""
        return await self.tenant.graphql(
            f"mutation($id: ID!, $input: Update{object_type}Input!)"
            f" {{ update{object_type}(id: $id, input: $input) {{ id }} }}",
            {"id": record, "input": values},
            person=person,
        )

    async def look(self, field: str, record: str, selection: str) -> Any:
        """Fields of a record."""
        data = await self.tenant.data(f"query($id: ID!) {{ {field}(id: $id) {{ {selection} }} }}", {"id": record})
        return data[field]

    async def runs(self, rule: str | None = None, **more: Any) -> list[dict[str, Any]]:
        """What was considered, oldest first."""
        data = await self.tenant.data(
            "query($rule: String, $record: ID, $outcome: RuleOutcome) {"
            " ruleRuns(rule: $rule, record: $record, outcome: $outcome, first: 200)"
            " { id rule number outcome why actions depth record at } }",
            {"rule": rule, **more},
        )
        return list(reversed(data["ruleRuns"]))

    async def outcomes(self, rule: str) -> list[str]:
        return [run["outcome"] for run in await self.runs(rule)]

    async def ask(self, text: str, variables: Mapping[str, Any] | None = None, **more: Any) -> Any:
        return await self.tenant.data(text, variables, **more)
