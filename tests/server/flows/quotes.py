"""Quotes that move: flows over a tenant with sellers, managers and directors, driven through the public API."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

from server.identity.accounts import NewAccount
from server.identity.sign_in import Credentials
from tests.fixtures.tenants import PASSWORD, Person, Tenant

INSTANCE = (
    "{ id status version number failures tokens { id node phase failure } tasks { id node kind status assignee } }"
)


@dataclass(frozen=True)
class Office:
    """A tenant with people, and what they do."""

    tenant: Tenant
    people: dict[str, Person] = field(default_factory=dict)

    async def hire(self, name: str, *roles: str) -> Person:
        """An account that is signed in."""
        services, tenant = self.tenant.services, self.tenant
        email = f"{name}@example.com"
        account, _ = await services.identity.accounts.create(
            tenant.id,
            NewAccount(email=email, name=name, roles=list(roles), password=PASSWORD),
            created_by=None,
        )
        pair = await services.identity.sign_in.with_password(
            Credentials(tenant.slug, email, PASSWORD), address="192.0.2.1"
        )
        person = Person(account.id, email, name, pair.access_token)
        self.people[name] = person
        return person

    async def publish(
        self, name: str, nodes: str, *, object_name: str = "order", live: bool = True, without: Sequence[str] = ()
    ) -> None:
        """Declare a flow that is published at once; `without` nodes that it had."""
        document = {"flows": [{"name": name, "object": object_name, "live": live, "nodes": yaml.safe_load(nodes)}]}
        gone = [{"op": "REMOVE", "kind": "flow_node", "parent": name, "name": node} for node in without]
        await self.tenant.data(
            """mutation($document: JSON!, $changes: [MetadataChange!]) {
                applyMetadata(document: $document, changes: $changes) { version } }""",
            {"document": document, "changes": gone or None},
            path="/metadata",
        )

    async def order(self, **values: Any) -> str:
        """A new order; gives its id."""
        customer = await self.tenant.create("Customer", name="王")
        return await self.tenant.create("Order", customerId=customer, **values)

    async def start(self, flow: str, record: str, person: Person | None = None) -> dict[str, Any]:
        """Begin a flow."""
        data = await self.tenant.data(
            f"mutation($flow: String!, $record: ID!) {{ made: startFlow(flow: $flow, record: $record) {INSTANCE} }}",
            {"flow": flow, "record": record},
            person=person,
        )
        made: dict[str, Any] = data["made"]
        return made

    async def tasks(self, person: Person) -> list[dict[str, Any]]:
        """What is asked of somebody, oldest first."""
        data = await self.tenant.data("{ myTasks { id node kind instance version } }", person=person)
        return list(reversed(data["myTasks"]))

    async def act(self, name: str, person: Person | None, task: str, **arguments: Any) -> dict[str, Any]:
        """Act on a task that lets itself be acted on; gives the instance."""
        reply = await self.try_act(name, person, task, **arguments)
        done: dict[str, Any] = reply.data["done"]
        return done

    async def try_act(self, name: str, person: Person | None, task: str, **arguments: Any) -> Any:
        types = {"outcome": "String", "comment": "String", "to": "String", "values": "JSON", "people": "[String!]!",
                 "place": "FlowSignerPlace", "returning": "Boolean", "expectedVersion": "Int"}  # fmt: skip
        if name == "transferTask":
            types["to"] = "String!"
        given = {"task": task, **arguments}
        declared = ", ".join(f"${key}: {types.get(key, 'ID!')}" for key in given)
        passed = ", ".join(f"{key}: ${key}" for key in given)
        return await self.tenant.graphql(
            f"mutation({declared}) {{ done: {name}({passed}) {INSTANCE} }}", given, person=person
        )

    async def instance(self, instance_id: str) -> dict[str, Any]:
        """An instance as it is now."""
        data = await self.tenant.data(f"query($id: ID!) {{ flowInstance(id: $id) {INSTANCE} }}", {"id": instance_id})
        found: dict[str, Any] = data["flowInstance"]
        return found


def nodes_of(instance: Mapping[str, Any]) -> list[str]:
    """Where an instance is."""
    return sorted(token["node"] for token in instance["tokens"] if token["phase"] != "SPLIT")


def open_tasks(instance: Mapping[str, Any]) -> list[str]:
    """The nodes whose tasks can be done."""
    return sorted(task["node"] for task in instance["tasks"] if task["status"] == "OPEN")
