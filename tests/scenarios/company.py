"""Companies that start from a shipped template, with people, under a clock that the test moves."""

from __future__ import annotations

import json
from dataclasses import dataclass
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
