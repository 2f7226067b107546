"""Signers added and removed while votes are open: who counts is fixed anew, and a decision falls as soon as it can."""

from __future__ import annotations

from typing import Any

from tests.fixtures.tenants import Person
from tests.server.flows.quotes import Office

VOTE = """
- {name: begin, kind: start, edges: [{to: board}]}
- name: board
  kind: approval
  settings: {assign: [{by: role, value: director}], mode: vote, ratio: 60, reject: end}
  edges: [{to: finish}]
- {name: finish, kind: end}
"""


async def _asked(office: Office, started: dict[str, Any]) -> dict[str, tuple[str, str]]:
    """(task, status) by name of whom an instance asks."""
    names = {person.id: name for name, person in office.people.items()}
    tasks = (await office.instance(started["id"]))["tasks"]
    return {names[task["assignee"]]: (task["id"], task["status"]) for task in tasks}


async def _board(office: Office) -> tuple[dict[str, Any], dict[str, Person]]:
    """A vote of ann, bob and cai, of whom 60 in a hundred have to agree; ned and zoe are there to be asked."""
    for name in ("ann", "bob", "cai"):
        await office.hire(name, "director")
    for name in ("ned", "zoe"):
        await office.hire(name, "agent")
    await office.publish("quote", VOTE)
    return await office.start("quote", await office.order(quantity=1)), office.people


async def test_signers_before_after_and_beside_count_and_those_removed_do_not(office: Office) -> None:
    started, people = await _board(office)
    tasks = await _asked(office, started)
    await office.act("approveTask", people["ann"], tasks["ann"][0])
    beside = await office.act("addSigner", people["bob"], tasks["bob"][0], people=["ned@example.com"], place="BESIDE")
    assert len(beside["tasks"]) == 4
    # Two of three would have been enough; of four, three have to agree: 100 x 2 < 60 x 4.
    agreed = await office.act("approveTask", people["bob"], tasks["bob"][0])
    assert agreed["status"] == "RUNNING"
    await office.act("addSigner", people["cai"], tasks["cai"][0], people=["zoe@example.com"], place="BEFORE")
    asked = await _asked(office, started)
    assert {name: asked[name][1] for name in ("cai", "ned", "zoe")} == {"cai": "HELD", "ned": "OPEN", "zoe": "OPEN"}
    early = await office.try_act("approveTask", people["cai"], tasks["cai"][0])
    assert [fault[1] for fault in early.faults] == ["task_closed"]
    # Whom she waits for is asked no longer: it is her turn again, and four count as before.
    removed = await office.act("removeSigner", None, asked["zoe"][0])
    assert removed["status"] == "RUNNING"
    again = await _asked(office, started)
    assert {name: again[name][1] for name in ("cai", "ned", "zoe")} == {
        "cai": "OPEN", "ned": "OPEN", "zoe": "CANCELLED",
    }  # fmt: skip
    # Of three, two are enough: removing one who has not voted decides at once, and nobody else is asked.
    done = await office.act("removeSigner", None, again["ned"][0])
    assert done["status"] == "DONE"
    assert {task["status"] for task in done["tasks"]} == {"DONE", "CANCELLED"}
    late = await office.try_act("approveTask", people["cai"], tasks["cai"][0])
    assert [fault[1] for fault in late.faults] == ["task_closed"]


async def test_a_signer_asked_afterwards_may_still_turn_a_vote_until_it_cannot_be_turned(office: Office) -> None:
    started, people = await _board(office)
    tasks = await _asked(office, started)
    await office.act("addSigner", people["ann"], tasks["ann"][0], people=["ned@example.com"], place="AFTER")
    asked = await _asked(office, started)
    assert asked["ned"][1] == "HELD"
    stranger = await office.try_act("removeSigner", people["bob"], asked["ned"][0])
    assert [fault[1] for fault in stranger.faults] == ["not_initiator"]
    await office.act("rejectTask", people["ann"], tasks["ann"][0])
    assert (await _asked(office, started))["ned"][1] == "OPEN"
    # Of four, the two that are left and ned could still make it three; one more that refuses ends it early.
    refused = await office.act("rejectTask", people["bob"], tasks["bob"][0])
    assert refused["status"] == "REJECTED"
    assert [task["status"] for task in refused["tasks"] if task["id"] == asked["ned"][0]] == ["CANCELLED"]
