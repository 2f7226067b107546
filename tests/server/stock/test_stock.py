"""Stock through the API: promised once, used up once, let go, and never more than there is."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
import yaml

from tests.fixtures.tenants import Tenant
from tests.fixtures.timeline import Timeline
from tests.server.flows.quotes import Office, nodes_of

APPLY = "mutation($document: JSON!) { applyMetadata(document: $document) { version } }"
ACT = """
mutation($record: ID!) {{ done: {act}Stock(stock: "parts", record: $record) {{ line holder quantity state }} }}
"""
FOR = """
query($record: ID!) {
  stockFor(stock: "parts", record: $record) { line needed promised state places { holder place available enough } }
}
"""
SHOP = """
objects:
  - name: part
    plural: parts
    display: name
    fields: [{name: name, type: text, required: true}]
  - name: shelf
    plural: shelves
    display: place
    fields:
      - {name: place, type: text, required: true}
      - {name: part, type: relation, required: true, settings: {to: part, inverse: shelves}}
      - {name: there, type: integer, default: 0, settings: {min: 0}}
      - {name: promised, type: integer, default: 0, settings: {min: 0}}
    validations: [{name: kept, rule: promised <= there, field: promised, message: {zh: 不足, en: Too little}}]
  - name: need
    plural: needs
    display: what
    fields:
      - {name: what, type: text, required: true}
      - {name: order, type: relation, required: true, settings: {to: order, inverse: needs, on_delete: cascade}}
      - {name: part, type: relation, required: true, settings: {to: part, inverse: needs}}
      - {name: place, type: text}
      - {name: quantity, type: integer, default: 1}
  - name: movement
    plural: movements
    display: note
    fields:
      - {name: note, type: text}
      - {name: quantity, type: integer}
stocks:
  - name: parts
    object: shelf
    on_hand: there
    reserved: promised
    place: place
    lines: need
    quantity: quantity
    of: order
    match: [{held: part, line: part}, {held: place, line: place}]
    movement: movement
    values: [{field: note, value: '=concat(part.name, " from ", place)'}, {field: quantity, value: =0 - quantity}]
rules:
  - name: let_go
    object: order
    live: true
    trigger: field
    settings: {field: status, after: cancelled}
    actions: [{name: release, kind: release, settings: {stock: parts}}]
"""


class Shop:
    """An order with needs, and shelves."""

    def __init__(self, tenant: Tenant) -> None:
        self.tenant, self.office = tenant, Office(tenant)

    async def declare(self) -> None:
        await self.tenant.data(APPLY, {"document": yaml.safe_load(SHOP)}, path="/metadata")

    async def part(self, **places: int) -> str:
        part = await self.tenant.create("Part", name="filter")
        for place, count in places.items():
            await self.tenant.create("Shelf", place=place, partId=part, there=count)
        return part

    async def need(self, part: str, quantity: int = 1, order: str = "", **values: Any) -> tuple[str, str]:
        order = order or await self.office.order()
        need = await self.tenant.create("Need", what="N", orderId=order, partId=part, quantity=quantity, **values)
        return order, need

    async def act(self, act: str, record: str) -> Any:
        return await self.tenant.graphql(ACT.format(act=act), {"record": record})

    async def shelves(self, part: str) -> dict[str, tuple[int, int]]:
        query = "query($p: ID!) { shelves(filter: {part: {id: {eq: $p}}}) { nodes { place there promised } } }"
        found = (await self.tenant.data(query, {"p": part}))["shelves"]["nodes"]
        return {one["place"]: (one["there"], one["promised"]) for one in found}


@pytest.fixture
async def shop(timeline: Timeline) -> Shop:
    shop = Shop(timeline.east)
    await shop.declare()
    return shop


async def test_the_way_of_a_line_from_promise_to_use(shop: Shop, timeline: Timeline) -> None:
    part = await shop.part(a=1, b=5)
    order, need = await shop.need(part, 2)
    (line,) = (await shop.tenant.data(FOR, {"record": order}))["stockFor"]
    assert (line["line"], line["needed"], line["state"]) == (need, "2", "open")
    assert [(one["place"], one["enough"]) for one in line["places"]] == [("b", True), ("a", False)]
    # The order reserves for its line, where there is enough; the line says where.
    (done,) = (await shop.act("reserve", order)).data["done"]
    assert (done["line"], done["quantity"], done["state"]) == (need, "2", "reserved")
    assert await shop.shelves(part) == {"a": (1, 0), "b": (5, 2)}
    query = "query($id: ID!) { need(id: $id) { place } }"
    assert (await shop.tenant.data(query, {"id": need}))["need"] == {"place": "b"}
    # Reserved again it stays as it is; consumed twice it is used up once.
    await shop.act("reserve", order)
    for _ in range(2):
        assert (await shop.act("consume", order)).data["done"][0]["state"] == "consumed"
        assert await shop.shelves(part) == {"a": (1, 0), "b": (3, 0)}
    moved = (await shop.tenant.data("{ movements { nodes { note quantity } } }"))["movements"]["nodes"]
    assert moved == [{"note": "filter from b", "quantity": -2}]
    await shop.act("release", order)
    assert await shop.shelves(part) == {"a": (1, 0), "b": (3, 0)}

    # What is cancelled by a rule, or deleted, is free again.
    other, _ = await shop.need(part, 3)
    third, gone = await shop.need(part, 1)
    await shop.act("reserve", other)
    await shop.act("reserve", third)
    assert await shop.shelves(part) == {"a": (1, 1), "b": (3, 3)}
    await shop.tenant.data("mutation($id: ID!) { deleteNeed(id: $id) { id } }", {"id": gone})
    cancel = "mutation($id: ID!) { updateOrder(id: $id, input: {status: CANCELLED}) { id } }"
    await shop.tenant.data(cancel, {"id": other})
    await timeline.settle()
    assert await shop.shelves(part) == {"a": (1, 0), "b": (3, 0)}


async def test_a_hundred_who_want_the_last_ten_at_once(shop: Shop) -> None:
    part = await shop.part(a=10)
    order = await shop.office.order()
    needs = [(await shop.need(part, order=order))[1] for _ in range(100)]
    replies = await asyncio.gather(*(shop.act("reserve", need) for need in needs))
    assert sum("errors" not in reply.body for reply in replies) == 10
    assert {fault for reply in replies if "errors" in reply.body for fault in reply.faults} == {
        ("CONFLICT", "out_of_stock", ("record",))
    }
    assert await shop.shelves(part) == {"a": (10, 10)}


async def test_all_lines_of_an_order_are_served_or_none(shop: Shop, timeline: Timeline) -> None:
    part, scarce = await shop.part(a=5), await shop.part(c=1)
    order, _ = await shop.need(part, 2)
    await shop.need(scarce, 2, order=order)
    reply = await shop.act("reserve", order)
    assert reply.body["errors"][0]["message"] == "N needs 2 of 'parts'; 1 can be had."
    assert await shop.shelves(part) == {"a": (5, 0)}
    # A step of a flow goes another way when it is refused; without one, its token is an incident.
    nodes = """
    - {name: begin, kind: start, edges: [{to: take}]}
    - name: take
      kind: perform
      settings: {action: reserve, settings: {stock: parts}}
      edges: [{to: taken, outcome: done}, {to: short, outcome: refused}]
    - {name: taken, kind: delay, settings: {duration: P1D}, edges: [{to: finish}]}
    - {name: short, kind: delay, settings: {duration: P1D}, edges: [{to: finish}]}
    - {name: finish, kind: end}
    """
    await shop.office.publish("taking", nodes)
    assert nodes_of(await shop.office.start("taking", order)) == ["short"]
    enough, _ = await shop.need(part, 5)
    assert nodes_of(await shop.office.start("taking", enough)) == ["taken"]
    assert await shop.shelves(part) == {"a": (5, 5)}

    # Who does not see the order is not told of it, and another tenant has no such stock.
    reply = await timeline.west.graphql(ACT.format(act="reserve"), {"record": order})
    assert reply.faults == [("NOT_FOUND", "unknown_stock", ("stock",))]
    assert (await shop.act("reserve", shop.tenant.admin.id)).faults == [("NOT_FOUND", "unknown_record", ("record",))]


async def test_what_a_stock_says_wrongly_is_told_at_once(shop: Shop) -> None:
    stock = {
        "name": "wrong", "object": "shelf", "on_hand": "place", "reserved": "promised", "lines": "need",
        "quantity": "what", "of": "place", "when": "nothing", "match": [{"held": "part", "line": "order"}],
    }  # fmt: skip
    reply = await shop.tenant.graphql(APPLY, {"document": {"stocks": [stock]}}, path="/metadata")
    assert {(reason, path[2:]) for _, reason, path in reply.faults} == {
        ("unknown_field", ("on_hand",)),
        ("unknown_field", ("quantity",)),
        ("not_a_relation", ("of",)),
        ("unknown_field", ("when",)),
        ("wrong_type", ("match", 0, "line")),
    }
    flow = """
    - {name: begin, kind: start, edges: [{to: take}]}
    - {name: take, kind: perform, settings: {action: reserve, settings: {stock: gone, more: 1}}, edges: [{to: finish}]}
    - {name: act, kind: perform, settings: {action: notify}, edges: [{to: finish}]}
    - {name: finish, kind: end}
    """
    document = {"flows": [{"name": "wrong", "object": "order", "live": True, "nodes": yaml.safe_load(flow)}]}
    reply = await shop.tenant.graphql(APPLY, {"document": document}, path="/metadata")
    assert {"unknown_stock", "unknown_attribute", "not_for_steps"} <= {reason for _, reason, _ in reply.faults}
