"""Companies that start from a shipped template, with people, under a clock that the test moves."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from server.configuration.requests import Author
from tests.fixtures.tenants import Declared, Person, Tenant
from tests.fixtures.timeline import Timeline
from tests.server.flows.quotes import Office

__all__ = ["Company", "found"]


@dataclass(frozen=True)
class Company(Office):
    """A tenant of an industry, and what its people do."""

    async def staff(self, *roles: str, superior: Person | None = None, department: str = "") -> Person:
        """Somebody of some roles, named after the first."""
        person = await self.hire(roles[0].replace("_", "-"), *roles)
        if department:
            await self.change("User", person.id, departmentId=department)
        if superior is not None:
            await self.change("User", person.id, superiorId=superior.id)
        return person

    async def values(self, object_type: str, record: str, fields: str, person: Person | None = None) -> dict[str, Any]:
        """Some fields of a record."""
        query = f"query($id: ID!) {{ found: {object_type}(id: $id) {{ {fields} }} }}"
        found: dict[str, Any] = (await self.tenant.data(query, {"id": record}, person=person))["found"]
        return found

    async def change(self, object_type: str, record: str, person: Person | None = None, **values: Any) -> None:
        """Update a record."""
        await self.tenant.data(
            f"mutation($id: ID!, $v: Update{object_type}Input!) {{ update{object_type}(id: $id, input: $v) {{ id }} }}",
            {"id": record, "v": values},
            person=person,
        )

    async def task(self, person: Person, node: str) -> dict[str, Any]:
        """The task of somebody at a node, of which there is one."""
        (task,) = [task for task in await self.tasks(person) if task["node"] == node]
        return task

    async def do(self, person: Person, node: str, **given: Any) -> dict[str, Any]:
        """Complete somebody's task at a node."""
        return await self.act("completeTask", person, (await self.task(person, node))["id"], **given)

    async def approve(self, person: Person, node: str, **given: Any) -> dict[str, Any]:
        """Approve somebody's task at a node."""
        return await self.act("approveTask", person, (await self.task(person, node))["id"], **given)

    async def reject(self, person: Person, node: str, **given: Any) -> dict[str, Any]:
        """Reject somebody's task at a node."""
        return await self.act("rejectTask", person, (await self.task(person, node))["id"], **given)

    async def photo(self, person: Person) -> str:
        """A picture that somebody has uploaded; gives the file's id."""
        query = "mutation ($f: Upload!) { uploadFile(file: $f) { id } }"
        response = await self.tenant.client.post(
            "/graphql",
            data={
                "operations": json.dumps({"query": query, "variables": {"f": None}}),
                "map": json.dumps({"0": ["variables.f"]}),
            },
            files={"0": ("site.png", b"\x89PNG\r\n\x1a\n" + b"\x00" * 20, "image/png")},
            headers=person.headers,
        )
        file_id: str = response.json()["data"]["uploadFile"]["id"]
        return file_id

    async def shift(self, person: Person, kind: str, begins: datetime, *, hours: float, queue: str = "") -> None:
        """Put somebody on the roster."""
        shift = {"account": person.email, "kind": kind, "begins": begins.isoformat(), "queue": queue or None,
                 "ends": (begins + timedelta(hours=hours)).isoformat()}  # fmt: skip
        query = "mutation($shifts: [RosterShiftInput!]!) { addShifts(shifts: $shifts) { id } }"
        await self.tenant.data(query, {"shifts": [shift]})

    async def online(self, person: Person, timeline: Timeline) -> None:
        """Somebody says that they are there."""
        await self.tenant.data("mutation { setPresence(presence: ONLINE) { presence } }", person=person)
        await timeline.settle()

    async def work(self, person: Person) -> list[dict[str, Any]]:
        """What somebody has, or is offered, of queues."""
        query = "{ myWork { work { id queue record status } } }"
        found: list[dict[str, Any]] = (await self.tenant.data(query, person=person))["myWork"]["work"]
        return found

    async def queue(self, name: str) -> dict[str, Any]:
        """How a queue stands."""
        query = "query($queue: String!) { found: queueState(queue: $queue) { depth active levels } }"
        found: dict[str, Any] = (await self.tenant.data(query, {"queue": name}))["found"]
        return found

    async def inbox(self, person: Person) -> list[str]:
        """The titles of somebody's messages, newest first."""
        found = (await self.tenant.data("{ myNotifications { nodes { title } } }", person=person))["myNotifications"]
        return [node["title"] for node in found["nodes"]]

    async def progress_page(self, record: str, *, days: int) -> Callable[[], Awaitable[tuple[int, str]]]:
        """A link by which a customer follows a record's flow; asking gives the page's status and text."""
        query = "mutation($id: ID!, $days: Int) { made: progressLink(record: $id, days: $days) { url } }"
        url = (await self.tenant.data(query, {"id": record, "days": days}))["made"]["url"]
        path = re.sub(r"^https?://[^/]+", "", url)

        async def page() -> tuple[int, str]:
            answer = await self.tenant.client.get(path, headers={"accept-language": "zh-CN"})
            return answer.status_code, answer.text

        return page

    async def running(self, object_name: str, record: str) -> list[dict[str, Any]]:
        """The flows of a record."""
        query = "query($o: String!, $r: ID!) { found: flowInstances(object: $o, record: $r) { id flow status } }"
        found: list[dict[str, Any]] = (await self.tenant.data(query, {"o": object_name, "r": record}))["found"]
        return found


async def found(timeline: Timeline, template: str, slug: str) -> Company:
    """A company of a template, without sample data."""
    services = timeline.tenants.services
    made = await services.packages.create_tenant(
        slug=slug, name=slug, template=template, author=Author(None, "tests"), options={"sample_data": False}
    )
    nobody = Person("", "", "", "")
    declared = Declared(made.tenant_id, slug, made.model.schema, "", nobody, nobody)
    company = Company(Tenant(declared, timeline.east.client, services))
    admin = await company.hire("admin", "administrator")
    company.tenant.admin = admin
    return company
