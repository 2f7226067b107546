"""A service desk: orders that are routed to people, driven through the public API while the clock stands still."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import yaml

from tests.fixtures.tenants import Person
from tests.fixtures.timeline import Timeline
from tests.server.flows.quotes import Office

WORK = "{ id queue object record status agent hops reason expiresAt enteredAt }"
USER = """
- name: user
  plural: users
  fields:
    - {name: skills, type: tags}
    - {name: speaks, type: text}
    - {name: limit_of_work, type: integer}
    - {name: rate, type: integer}
    - {name: place, type: geo_point}
    - {name: home_store, type: relation, settings: {to: store}}
"""


@dataclass
class Desk:
    """A tenant under a clock that the test moves, with people, queues and orders."""

    time: Timeline
    office: Office = field(init=False)

    def __post_init__(self) -> None:
        self.office = Office(self.time.east)

    # ── what there is ────────────────────────────────────────────────────────────────────────────

    async def declare(self, text: str) -> None:
        """Apply a document, and the fields of users that it may name."""
        document = yaml.safe_load(text)
        document["objects"] = [*yaml.safe_load(USER), *document.get("objects", [])]
        await self.office.tenant.data(
            "mutation($document: JSON!) { applyMetadata(document: $document) { version } }",
            {"document": document},
            path="/metadata",
        )

    async def hire(self, name: str, *roles: str, online: bool = True, **values: Any) -> Person:
        """Somebody who is signed in, and online unless told otherwise."""
        person = await self.office.hire(name, *(roles or ("agent",)))
        if values:
            await self.office.tenant.data(
                "mutation($id: ID!, $input: UpdateUserInput!) { updateUser(id: $id, input: $input) { id } }",
                {"id": person.id, "input": values},
            )
        if online:
            await self.says(person, "ONLINE")
        return person

    async def order(self, **values: Any) -> str:
        """A new order, and what follows from it; gives its id."""
        order = await self.office.order(**values)
        await self.time.settle()
        return order

    async def orders(self, count: int, **values: Any) -> list[str]:
        """Some orders at once, one after the other."""
        customer = await self.office.tenant.create("Customer", name="王")
        data = await self.office.tenant.data(
            "mutation($inputs: [CreateOrderInput!]!) { made: createOrders(inputs: $inputs) { id } }",
            {"inputs": [{"customerId": customer, **values} for _ in range(count)]},
        )
        await self.time.settle()
        return [one["id"] for one in data["made"]]

    async def set(self, order: str, **values: Any) -> None:
        """Write an order as the administrator."""
        await self.office.tenant.data(
            "mutation($id: ID!, $input: UpdateOrderInput!) { updateOrder(id: $id, input: $input) { id } }",
            {"id": order, "input": values},
        )
        await self.time.settle()

    # ── what people do ───────────────────────────────────────────────────────────────────────────

    async def says(self, person: Person, presence: str) -> None:
        """Somebody says whether they are there."""
        await self.office.tenant.data(
            "mutation($presence: AgentPresence!) { setPresence(presence: $presence) { presence } }",
            {"presence": presence},
            person=person,
        )
        await self.time.settle()

    async def does(self, person: Person | None, name: str, work: str = "", **given: Any) -> Any:
        """An act on a piece of work, and what follows from it."""
        reply = await self.tries(person, name, work, **given)
        answer = reply.data["done"]
        await self.time.settle()
        return answer

    async def tries(self, person: Person | None, name: str, work: str = "", **given: Any) -> Any:
        """The same, as it is answered."""
        types = {"id": "ID!", "reason": "String", "to": "String", "queue": "String", "record": "ID!"}
        if name == "routeRecord":
            types["queue"] = "String!"
        values = {**({"id": work} if work else {}), **given}
        declared = ", ".join(f"${key}: {types[key]}" for key in values)
        passed = ", ".join(f"{key}: ${key}" for key in values)
        call = f"{name}({passed})" if passed else name
        body = "" if name in ("declineWork", "releaseWork", "completeWork") else f" {WORK}"
        query = f"mutation({declared}) {{ done: {call}{body} }}" if declared else f"mutation {{ done: {call}{body} }}"
        return await self.office.tenant.graphql(query, values, person=person)

    async def work(self, person: Person) -> list[dict[str, Any]]:
        """What somebody has or is offered."""
        data = await self.office.tenant.data(f"{{ myWork {{ work {WORK} }} }}", person=person)
        found: list[dict[str, Any]] = data["myWork"]["work"]
        return found

    async def records(self, person: Person) -> list[str]:
        """The orders of what they have."""
        return [one["record"] for one in await self.work(person)]

    # ── how things stand ─────────────────────────────────────────────────────────────────────────

    async def owner(self, order: str) -> str | None:
        data = await self.office.tenant.data("query($id: ID!) { order(id: $id) { owner { id } } }", {"id": order})
        owner = data["order"]["owner"]
        return None if owner is None else str(owner["id"])

    async def state(self, queue: str) -> dict[str, Any]:
        data = await self.office.tenant.data(
            "query($queue: String!) { queueState(queue: $queue) { depth offered active spare levels oldestAgeSeconds"
            " agents { account absent capacity used } } }",
            {"queue": queue},
        )
        found: dict[str, Any] = data["queueState"]
        return found

    async def explain(self, order: str, person: Person | None = None) -> dict[str, Any]:
        data = await self.office.tenant.data(
            'query($id: ID!) { explainRouting(object: "order", record: $id) { work { queue status reason agent }'
            " decisions { act queue agent actor reason passedOver agents { agent out figures } }"
            " now { outcome agent passedOver agents { agent out } } } }",
            {"id": order},
            person=person,
        )
        found: dict[str, Any] = data["explainRouting"]
        return found

    async def acts(self, order: str) -> list[str]:
        """What was decided about an order, in order."""
        return [one["act"] for one in (await self.explain(order))["decisions"]]
