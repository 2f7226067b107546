"""Random sequences of writes against a model in memory: after each, the API answers what the model says."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import servers
from tests.fixtures.tenants import Tenant, Tenants, tenants_opened

PHONES = [f"+861390000000{digit}" for digit in range(3)]
PLACES = st.integers(0, 4)
VALUES = st.fixed_dictionaries(
    {"name": st.sampled_from(["a", "b", "c"])},
    optional={"phone": st.sampled_from([None, *PHONES]), "points": st.sampled_from([None, 0, 7])},
)
CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "name": st.sampled_from(["x", "y"]),
        "phone": st.sampled_from([None, *PHONES]),
        "points": st.sampled_from([None, 1, 8]),
    },
)
STEPS = st.one_of(
    st.tuples(st.just("create"), VALUES, st.just(0)),
    st.tuples(st.just("update"), CHANGES, PLACES),
    st.tuples(st.just("update_many"), CHANGES.filter(lambda change: "phone" not in change), st.sampled_from([0, 7])),
    st.tuples(st.just("delete"), st.none(), PLACES),
    st.tuples(st.just("restore"), st.none(), PLACES),
    st.tuples(st.just("destroy"), st.none(), PLACES),
    st.tuples(st.just("upsert"), VALUES.filter(lambda values: values.get("phone") is not None), st.just(0)),
    st.tuples(st.just("merge"), PLACES, PLACES),
)
SEQUENCES = st.lists(st.tuples(st.integers(0, 1), STEPS), min_size=4, max_size=14)


@dataclass
class Customer:
    id: str
    values: dict[str, Any]
    version: int = 1
    deleted: bool = False
    events: int = 1

    def write(self, **values: Any) -> None:
        self.values |= values
        self.version += 1
        self.events += 1


@dataclass
class Model:
    """What one tenant should hold."""

    customers: list[Customer] = field(default_factory=list)

    def at(self, place: int) -> Customer | None:
        return self.customers[place] if place < len(self.customers) else None

    def has_phone(self, phone: str | None, besides: Customer | None = None) -> Customer | None:
        for one in self.customers:
            if phone is not None and not one.deleted and one is not besides and one.values["phone"] == phone:
                return one
        return None

    def shown(self) -> list[dict[str, Any]]:
        living = [one for one in self.customers if not one.deleted]
        return sorted(
            ({"id": one.id, **one.values, "version": one.version, "history": one.events} for one in living),
            key=lambda record: str(record["id"]),
        )


class Run:
    """Takes each step in the API and in the model, and compares what they say of it."""

    def __init__(self, tenant: Tenant, model: Model) -> None:
        self.tenant = tenant
        self.model = model

    async def step(self, step: tuple[str, Any, Any]) -> None:
        verb, first, second = step
        expected, query, variables = getattr(self, f"_{verb}")(first, second)
        reply = await self.tenant.graphql(query, variables)
        reasons = [fault[1] for fault in reply.faults] if "errors" in reply.body else []
        assert reasons == ([expected] if expected else []), (step, reply.body)
        data = await self.tenant.data(
            "{ customers(first: 200, orderBy: {id: ASC})"
            " { nodes { id name phone points version history(first: 100) { id } } } }"
        )
        nodes = [{**node, "history": len(node["history"])} for node in data["customers"]["nodes"]]
        assert nodes == self.model.shown(), step

    def _create(self, values: dict[str, Any], _: int) -> tuple[str, str, Any]:
        query = "mutation ($i: CreateCustomerInput!) { createCustomer(input: $i) { id } }"
        new = Customer(str(uuid.uuid4()), {"phone": None, "points": 0, **values})
        if self.model.has_phone(values.get("phone")):
            return "not_unique", query, {"i": {**values, "id": new.id}}
        self.model.customers.append(new)
        return "", query, {"i": {**values, "id": new.id}}

    def _update(self, change: dict[str, Any], place: int) -> tuple[str, str, Any]:
        query = "mutation ($id: ID!, $i: UpdateCustomerInput!) { updateCustomer(id: $id, input: $i) { id } }"
        one = self.model.at(place)
        variables = {"id": one.id if one else str(uuid.uuid4()), "i": change}
        if one is None or one.deleted:
            return "unknown_record", query, variables
        if self.model.has_phone(change.get("phone"), one):
            return "not_unique", query, variables
        one.write(**change)
        return "", query, variables

    def _update_many(self, change: dict[str, Any], points: int) -> tuple[str, str, Any]:
        for one in self.model.customers:
            if not one.deleted and one.values["points"] == points:
                one.write(**change)
        query = (
            "mutation ($p: Int, $i: UpdateCustomerInput!)"
            " { updateCustomers(filter: {points: {eq: $p}}, input: $i) { count } }"
        )
        return "", query, {"p": points, "i": change}

    def _delete(self, _: None, place: int) -> tuple[str, str, Any]:
        one = self.model.at(place)
        query, variables = "mutation ($id: ID!) { deleteCustomer(id: $id) { id } }", self._id(one)
        if one is None or one.deleted:
            return "unknown_record", query, variables
        one.write()
        one.deleted = True
        return "", query, variables

    def _restore(self, _: None, place: int) -> tuple[str, str, Any]:
        one = self.model.at(place)
        query, variables = "mutation ($id: ID!) { restoreCustomer(id: $id) { id } }", self._id(one)
        if one is None or not one.deleted:
            return "unknown_record", query, variables
        if self.model.has_phone(one.values["phone"]):
            return "not_unique", query, variables
        one.write()
        one.deleted = False
        return "", query, variables

    def _destroy(self, _: None, place: int) -> tuple[str, str, Any]:
        one = self.model.at(place)
        query, variables = "mutation ($id: ID!) { destroyCustomer(id: $id) }", self._id(one)
        if one is None or not one.deleted:
            return "unknown_record", query, variables
        self.model.customers.remove(one)
        return "", query, variables

    def _upsert(self, values: dict[str, Any], _: int) -> tuple[str, str, Any]:
        query = "mutation ($i: CreateCustomerInput!) { upsertCustomer(by: [PHONE], input: $i) { id } }"
        found = self.model.has_phone(values["phone"])
        if found is not None:
            found.write(**values)
            return "", query, {"i": values}
        return self._create(values, 0)[0], query, {"i": {**values, "id": self.model.customers[-1].id}}

    def _merge(self, into: int, other: int) -> tuple[str, str, Any]:
        kept, gone = self.model.at(into), self.model.at(other)
        query = "mutation ($a: ID!, $b: ID!) { mergeCustomers(into: $a, ids: [$b]) { id } }"
        variables = {"a": kept.id if kept else str(uuid.uuid4()), "b": gone.id if gone else str(uuid.uuid4())}
        if kept is not None and kept is gone:
            return "bad_merge", query, variables
        if kept is None or gone is None or kept.deleted or gone.deleted:
            return "unknown_record", query, variables
        gaps = {name: value for name, value in gone.values.items() if kept.values[name] is None and value is not None}
        gone.write()
        gone.deleted = True
        if gaps:
            kept.write(**gaps)
        return "", query, variables

    def _id(self, one: Customer | None) -> dict[str, str]:
        return {"id": one.id if one is not None else str(uuid.uuid4())}


async def _clear(tenants: Tenants) -> None:
    async with tenants.services.connections.acquire() as connection:
        await connection.execute("delete from tangram.event")
        for tenant in tenants.both:
            await connection.execute(f'delete from "{tenant.schema}".customer')


@pytest.fixture(scope="module")
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as opened:
        yield opened


@pytest.fixture(scope="module")
def shared(
    runner: asyncio.Runner, test_servers: servers.Servers, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Tenants]:
    folder: Path = tmp_path_factory.mktemp("files")
    opening = tenants_opened(test_servers, folder)
    tenants = runner.run(opening.__aenter__())
    yield tenants
    runner.run(opening.__aexit__(None, None, None))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(sequence=SEQUENCES)
def test_every_sequence_of_writes_gives_what_the_model_says(
    runner: asyncio.Runner, shared: Tenants, sequence: list[tuple[int, tuple[str, Any, Any]]]
) -> None:
    async def play() -> None:
        await _clear(shared)
        runs = [Run(tenant, Model()) for tenant in shared.both]
        for side, step in sequence:
            await runs[side].step(step)

    runner.run(play())
