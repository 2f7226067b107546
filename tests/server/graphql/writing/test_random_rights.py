"""Random policies, writers and writes: what is done is what the policies say of the record before and after."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from server.access.plan import Action
from tests import servers
from tests.fixtures.tenants import Person, Tenant, Tenants, tenants_opened
from tests.governed import allow, govern, hire
from tests.server.graphql.writing.deciding import Decisions, Verdict

ROLES = {"ann": ("seller",), "bob": ("manager",), "cid": ("manager", "seller")}
CONDITIONS = st.sampled_from(
    ["", "", "points < 50", 'level == "gold"', "owner.id == actor.id", "owner == null", "remark != null"]
)
ACTIONS = st.lists(
    st.sampled_from(["update", "update", "create", "delete", "restore", "claim", "assign", "transfer"]),
    min_size=1,
    unique=True,
)
FIELDS = st.lists(st.sampled_from(["points", "remark", "level", "owner"]), min_size=1, unique=True)
ROLE = st.sampled_from(["seller", "seller", "manager", "*"])
BASE = {"role": ROLE, "object": st.just("customer"), "condition": CONDITIONS}
POLICY = st.one_of(
    st.fixed_dictionaries({"kind": st.just("allow"), "actions": ACTIONS, **BASE}),
    st.fixed_dictionaries({"kind": st.just("allow"), "actions": ACTIONS, "fields": FIELDS, **BASE}),
    st.fixed_dictionaries({"kind": st.sampled_from(["deny", "scope"]), "actions": ACTIONS, **BASE}).filter(
        lambda policy: policy["condition"] != ""
    ),
    st.fixed_dictionaries({"kind": st.just("field"), "fields": FIELDS, "write": st.booleans(), **BASE}),
)
POLICIES = st.lists(POLICY, min_size=2, max_size=7)
OWNERS = st.sampled_from([None, *ROLES])
VALUES = st.fixed_dictionaries(
    {},
    optional={
        "points": st.sampled_from([0, 40, 60]),
        "level": st.sampled_from(["normal", "gold"]),
        "remark": st.sampled_from([None, "r"]),
        "owner": OWNERS,
    },
).filter(bool)
STEPS = st.tuples(
    st.sampled_from(list(ROLES)),
    st.sampled_from(["create", "update", "update", "update", "update_many", "delete", "restore"]),
    st.integers(0, 3),
    VALUES,
)
EMPTY = allow("clerk", "region")


@dataclass
class Floor:
    """The tenants, and the people whose writes are tried."""

    tenants: Tenants
    people: dict[str, Person]

    @property
    def east(self) -> Tenant:
        return self.tenants.east

    async def rows(self) -> dict[str, dict[str, Any]]:
        """Every customer as it is stored, by id, oldest first."""
        async with self.tenants.services.connections.acquire(self.east.id) as connection:
            found = await connection.fetch(
                "select id::text, owner_id::text as owner, level, points, remark, deleted_at, version"
                f' from "{self.east.schema}".customer order by created_at, id'
            )
        return {row["id"]: dict(row) for row in found}

    async def decisions(self, who: str) -> Decisions:
        model = (await self.tenants.services.tenants.refresh(self.east.id)).model
        access = await self.tenants.services.snapshots.plan(model, ROLES[who], self.people[who].id)
        return Decisions(model, access, self.people[who].id)

    def stored(self, values: dict[str, Any]) -> dict[str, Any]:
        """Values with the account in place of a name."""
        owner = values.get("owner")
        return {**values, "owner": owner and self.people[owner].id} if "owner" in values else dict(values)

    async def ask(self, who: str, query: str, variables: Any) -> tuple[Verdict, str]:
        """What became of a write, and what was said."""
        reply = await self.east.graphql(query, variables, person=self.people[who])
        if "errors" not in reply.body:
            return Verdict.DONE, ""
        unseen = reply.faults == [("NOT_FOUND", "unknown_record", ("id",))]
        return Verdict.UNSEEN if unseen else Verdict.REFUSED, str(reply.body["errors"])

    async def take(self, step: tuple[str, str, int, dict[str, Any]]) -> None:
        who, verb, place, values = step
        before, decisions = await self.rows(), await self.decisions(who)
        given = self.stored(values)
        sent = {"ownerId" if name == "owner" else name: value for name, value in given.items()}
        if "level" in sent:
            sent["level"] = sent["level"].upper()
        living = [row for row in before.values() if row["deleted_at"] is None]
        gone = [row for row in before.values() if row["deleted_at"] is not None]
        if verb == "create":
            new = {"remark": None, "points": 0, "level": "normal", "owner": self.people[who].id, **given}
            expected = decisions.create(new, {"name": "n", **given})
            query = "mutation ($i: CreateCustomerInput!) { createCustomer(input: $i) { id } }"
            await self.compare(step, expected, await self.ask(who, query, {"i": {"name": "n", **sent}}), before, None)
        elif verb == "update_many":
            touched = [row for row in living if row["points"] == 40 and decisions.reaches(row, given)]
            verdicts = {decisions.update(row, given) for row in touched} if given else set()
            expected = Verdict.REFUSED if Verdict.REFUSED in verdicts else Verdict.DONE
            query = (
                "mutation ($i: UpdateCustomerInput!)"
                " { updateCustomers(filter: {points: {eq: 40}}, input: $i) { count } }"
            )
            said = await self.ask(who, query, {"i": sent})
            if not touched:  # the fields may not even be there
                expected = said[0]
            ids = [row["id"] for row in touched]
            await self.compare(step, expected, said, before, {id: given for id in ids})
        elif verb == "update" and living:
            row = living[place % len(living)]
            query = "mutation ($id: ID!, $i: UpdateCustomerInput!) { updateCustomer(id: $id, input: $i) { id } }"
            said = await self.ask(who, query, {"id": row["id"], "i": sent})
            await self.compare(step, decisions.update(row, given), said, before, {row["id"]: given})
        elif verb in ("delete", "restore") and (living if verb == "delete" else gone):
            rows = living if verb == "delete" else gone
            row = rows[place % len(rows)]
            query = f"mutation ($id: ID!) {{ {verb}Customer(id: $id) {{ id }} }}"
            said = await self.ask(who, query, {"id": row["id"]})
            await self.compare(step, decisions.remove(row, Action(verb)), said, before, {row["id"]: {}})

    async def compare(
        self,
        step: Any,
        expected: Verdict,
        said: tuple[Verdict, str],
        before: dict[str, dict[str, Any]],
        changes: dict[str, dict[str, Any]] | None,
    ) -> None:
        assert said[0] is expected, (step, expected, said[1])
        after = await self.rows()
        if expected is not Verdict.DONE:
            assert after == before, step
        elif changes is None:
            assert len(after) == len(before) + 1, step
        else:
            changed = {id for id, row in after.items() if row["version"] != before[id]["version"]}
            assert changed == set(changes), step
            for id, given_ in changes.items():
                assert {name: after[id][name] for name in given_} == given_, step


@pytest.fixture(scope="module")
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as opened:
        yield opened


@pytest.fixture(scope="module")
def floor(
    runner: asyncio.Runner, test_servers: servers.Servers, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Floor]:
    opening = tenants_opened(test_servers, tmp_path_factory.mktemp("files"))
    tenants = runner.run(opening.__aenter__())
    people = {name: runner.run(hire(tenants.east, name, *roles)) for name, roles in ROLES.items()}
    yield Floor(tenants, people)
    runner.run(opening.__aexit__(None, None, None))


async def _begin(floor: Floor, seen: str, policies: list[dict[str, Any]]) -> None:
    """Put policies in force, beside those on what everybody reads, over four customers."""
    async with floor.tenants.services.connections.acquire(floor.east.id) as connection:
        await connection.execute(f'delete from "{floor.east.schema}".customer')
    everybody = [allow("*", "customer", condition=seen), allow("*", "user")]
    ranked = [
        policy | ({"priority": place} if policy["kind"] == "field" else {}) for place, policy in enumerate(policies)
    ]
    blank = [EMPTY] * (7 - len(policies))
    await govern(floor.east, roles=["seller", "manager", "clerk"], policies=[*everybody, *ranked, *blank])
    for points, level, owner in ((0, "NORMAL", "ann"), (40, "GOLD", None), (40, "GOLD", "bob"), (60, "GOLD", "cid")):
        owner_id = owner and floor.people[owner].id
        await floor.east.create("Customer", name="c", points=points, level=level, ownerId=owner_id)


@settings(
    max_examples=8,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # shrinking takes a database through hundreds of runs
    suppress_health_check=[HealthCheck.too_slow],
)
@given(seen=st.sampled_from(["", "", "points <= 50"]), policies=POLICIES, steps=st.lists(STEPS, min_size=5, max_size=9))
def test_whatever_is_written_was_allowed_before_and_after(
    runner: asyncio.Runner, floor: Floor, seen: str, policies: list[dict[str, Any]], steps: list[Any]
) -> None:
    async def play() -> None:
        await _begin(floor, seen, policies)
        for step in steps:
            await floor.take(step)

    runner.run(play())
