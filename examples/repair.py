r"""A repair order from report to rating, by the people who have a part in it, through the public API only.

    TANGRAM_URL=http://127.0.0.1:8000 TANGRAM_EMAIL=admin@example.com TANGRAM_PASSWORD=... \
    python examples/repair.py

Creates a tenant from the template `equipment_service` (the account has to be a platform administrator's of tenant
`demo`), hires a dispatcher, an engineer and a warehouse keeper, and lets each do what their tasks ask of them. What
moves the order is the flow `repair` of the template: a data row that the tenant may change.
Needs Python 3.11 and httpx.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx

URL = os.environ.get("TANGRAM_URL", "http://127.0.0.1:8000")
PHOTO = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c63606060f80f00010401005fe5c34b0000000049454e44ae426082"
)


@dataclass(frozen=True)
class Person:
    """Somebody who has signed in."""

    name: str
    client: httpx.Client

    def ask(self, query: str, path: str = "/graphql", **variables: Any) -> Any:
        """The data of an answer; ends the program with the server's words where it refuses."""
        return data_of(self.client.post(path, json={"query": query, "variables": variables}))

    def task(self, node: str) -> Any:
        """The task that the flow has for this person at a node; waits for the worker to open it."""
        for _ in range(100):
            for task in self.ask("{ myTasks { id node label } }")["myTasks"]:
                if task["node"] == node:
                    return task
            time.sleep(0.1)
        sys.exit(f"{self.name} has no task '{node}'.")

    def do(self, node: str, outcome: str = "done", **values: Any) -> None:
        """Complete the task at a node."""
        task = self.task(node)
        self.ask(
            "mutation($t: ID!, $o: String, $v: JSON) { completeTask(task: $t, outcome: $o, values: $v) { id } }",
            t=task["id"], o=outcome, v=values,
        )  # fmt: skip
        print(f"{self.name}: {task['label']['en']}" + (f" ({outcome.replace('_', ' ')})" if outcome != "done" else ""))

    def approve(self, node: str) -> None:
        """Approve at a node."""
        task = self.task(node)
        self.ask("mutation($t: ID!) { approveTask(task: $t) { id } }", t=task["id"])
        print(f"{self.name}: {task['label']['en']} (approved)")

    def upload(self, name: str, content: bytes) -> str:
        """The id of an uploaded picture."""
        query = "mutation ($file: Upload!) { uploadFile(file: $file) { id } }"
        operations = json.dumps({"query": query, "variables": {"file": None}})
        parts = {"operations": operations, "map": json.dumps({"0": ["variables.file"]})}
        found: str = data_of(self.client.post("/graphql", data=parts, files={"0": (name, content, "image/png")}))[
            "uploadFile"
        ]["id"]
        return found


def data_of(response: httpx.Response) -> Any:
    """The data of a GraphQL answer."""
    answer = response.json()
    if answer.get("errors"):
        sys.exit("\n".join(f"{error['message']} {error['extensions'].get('hint', '')}" for error in answer["errors"]))
    return answer["data"]


def sign_in(tenant: str, email: str, password: str, name: str) -> Person:
    """Get a token and keep it."""
    given = {"tenant": tenant, "email": email, "password": password}
    answer = httpx.post(f"{URL}/auth/token", json=given, timeout=60).json()
    if "access_token" not in answer:
        sys.exit(answer.get("error_description", "The sign-in was refused."))
    client = httpx.Client(base_url=URL, timeout=60, headers={"authorization": f"Bearer {answer['access_token']}"})
    return Person(name, client)


def rate(url: str) -> None:
    """What the customer does, who has a link and no account."""
    with httpx.Client(timeout=60, headers={"accept-language": "en"}) as customer:
        stages = re.findall(r'<li class="done">\s*<span class="label">(.*?)</span>', customer.get(url).text)
        print(f"customer: sees {', '.join(stages)}")
        customer.post(url, data={"rating": "5", "comment": "很快"}, follow_redirects=True).raise_for_status()
        print("customer: rated 5 of 5")


def main() -> None:
    """Everything in order."""
    founder = sign_in("demo", os.environ["TANGRAM_EMAIL"], os.environ["TANGRAM_PASSWORD"], "founder")
    slug, password = f"repairs-{secrets.token_hex(3)}", secrets.token_urlsafe(12)
    founder.ask(
        "mutation($s: String!, $p: String!) { createTenant(slug: $s, name: \"Repairs\", template: \"equipment_service\""
        " administrator: {email: \"boss@example.com\", name: \"Boss\", password: $p}) { slug } }",
        "/metadata", s=slug, p=password,
    )  # fmt: skip
    boss = sign_in(slug, "boss@example.com", password, "boss")

    def hire(role: str) -> tuple[Person, str]:
        email = f"{role.replace('_', '-')}@example.com"
        account = boss.ask(
            "mutation($e: String!, $n: String!, $r: [String!]!, $p: String!)"
            " { createAccount(account: {email: $e, name: $n, roles: $r, password: $p}) { account { id } } }",
            "/metadata", e=email, n=role, r=[role], p=password,
        )["createAccount"]["account"]["id"]  # fmt: skip
        return sign_in(slug, email, password, role.replace("_", " ")), account

    dispatcher, _ = hire("dispatcher")
    engineer, account = hire("engineer")
    keeper, _ = hire("warehouse_keeper")
    technician = boss.ask(
        'mutation($a: ID!) { createEngineer(input: {employeeNo: "E900", name: "李工", accountId: $a}) { id } }',
        a=account,
    )["createEngineer"]["id"]

    order = boss.ask(
        "mutation { createWorkOrder(input: {title: \"CT 无法开机\""
        " customer: {create: {name: \"华东医院\"}}}) { id workOrderNo } }"
    )["createWorkOrder"]  # fmt: skip
    print("reported")
    dispatcher.do("dispatch", engineer=technician)
    engineer.do("accept", "accepted")
    engineer.do("check_in", arrivedAt=datetime.now(UTC).isoformat())
    engineer.do("diagnose", "needs_parts", faultCode="PSU")
    keeper.approve("issue_parts")
    engineer.do("repair", solution="更换电源模块", photos=engineer.upload("site.png", PHOTO))
    rate(boss.ask("mutation($r: ID!) { progressLink(record: $r) { url } }", r=order["id"])["progressLink"]["url"])

    for _ in range(100):
        found = boss.ask("query($id: ID!) { workOrder(id: $id) { status } }", id=order["id"])["workOrder"]
        if found["status"] == "CLOSED":
            break
        time.sleep(0.1)
    print(f"the order is {found['status'].lower()}")
    clocks = boss.ask(
        'query($id: ID!) { slaClocks(object: "work_order", record: $id) { metric breachedAt } }', id=order["id"]
    )["slaClocks"]
    kept = all(clock["breachedAt"] is None for clock in clocks)
    print(f"{len(clocks)} promises, {'all kept' if kept else 'not all kept'}")


if __name__ == "__main__":
    main()
