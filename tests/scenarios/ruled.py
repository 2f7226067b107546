"""What scenarios of rules and pools ask of a company: declare, look at runs, hear what somebody was told."""

from __future__ import annotations

from typing import Any

import yaml

from tests.fixtures.tenants import Person
from tests.scenarios.company import Company

__all__ = ["acts_of", "apply", "calm", "declare", "fired", "owner_of", "told"]

APPLY = "mutation($document: JSON!) { applyMetadata(document: $document) { version } }"


async def apply(company: Company, text: str) -> None:
    """Change what the company has declared."""
    await company.tenant.data(APPLY, {"document": yaml.safe_load(text)}, path="/metadata")


async def declare(company: Company, text: str) -> None:
    """Declare rules that count at once."""
    rules = [{"live": True, **rule} for rule in yaml.safe_load(text)]
    await company.tenant.data(APPLY, {"document": {"rules": rules}}, path="/metadata")


async def calm(company: Company, *segments: str) -> None:
    """Let segments of the template rest, where months pass that have nothing to do with them."""
    calmed = [{"op": "UPDATE", "kind": "segment", "name": name, "attributes": {"every": "P31D"}} for name in segments]
    query = "mutation($changes: [MetadataChange!]!) { applyMetadata(changes: $changes) { version } }"
    await company.tenant.data(query, {"changes": calmed}, path="/metadata")


async def fired(company: Company, rule: str) -> list[str]:
    """The records that a rule has acted on, oldest first."""
    query = "query($rule: String) { ruleRuns(rule: $rule, outcome: FIRED, first: 200) { record } }"
    data = await company.tenant.data(query, {"rule": rule})
    return [run["record"] for run in reversed(data["ruleRuns"])]


async def told(company: Company, person: Person) -> list[str]:
    """Titles of what somebody was told, oldest first."""
    query = "{ myNotifications(first: 100) { nodes { title } } }"
    data = await company.tenant.data(query, person=person)
    return [one["title"] for one in reversed(data["myNotifications"]["nodes"])]


async def owner_of(company: Company, object_type: str, record: str) -> str | None:
    """Who has a record."""
    found = (await company.values(object_type, record, "owner { id }"))["owner"]
    return None if found is None else found["id"]


async def acts_of(company: Company, object_name: str, record: str) -> list[dict[str, Any]]:
    """How a record changed hands, oldest first."""
    query = "query($o: String!, $r: ID!) { found: ownershipHistory(object: $o, record: $r) { act reason from to } }"
    data = await company.tenant.data(query, {"o": object_name, "r": record})
    return list(reversed(data["found"]))
