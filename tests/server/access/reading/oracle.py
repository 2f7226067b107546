"""Asks everything that can be asked of customers and orders as somebody, and compares with what should be seen.

`differences` gives what was answered otherwise, as texts; nothing for a compiler that obeys every clause.
"""

from __future__ import annotations

import base64
import json
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from decimal import Decimal
from typing import Any

from tests.fixtures.tenants import Person, Reply, Tenant
from tests.server.access.reading.world import (
    HIDDEN,
    REGIONS,
    Company,
    masked_fields,
    only_masked,
    seen_customers,
    sees_customer,
    sees_order,
)

SELECTED = {
    "name": "name",
    "level": "level",
    "points": "points",
    "createdAt": "createdAt",
    "remark": "remark",
    "balance": "balance { amount }",
    "ownerId": "ownerId",
    "storeCity": "storeCity",
    "orderCount": "orderCount",
    "orderTotal": "orderTotal",
    "isBig": "isBig",
}
"""How each field is selected; masked texts have a comparison of their own."""

_FILTERED = ("name", "level", "points", "remark", "phone", "ownerId", "storeCity", "orderCount", "isBig")
_SORTED = ("name", "createdAt", "points", "phone", "level", "orderCount", "orderTotal", "balance")
_GROUPED = ("level", "points", "phone", "storeCity", "isBig")
_FIGURES = {"sum": ("points", "orderTotal"), "max": ("points", "orderTotal"), "min": ("points",)}
_LEVELS = ("NORMAL", "GOLD", "VIP")


async def differences(company: Company, who: str, *, most: int = 1_000) -> list[str]:
    """What somebody is answered otherwise than should be."""
    found = []
    async for difference in _differences(_Asking(company, who)):
        found.append(difference)
        if len(found) >= most:
            break
    return found


async def answers(company: Company, who: str) -> dict[str, bytes]:
    """What somebody is answered, byte by byte, by what was asked."""
    asking = _Asking(company, who)
    _found = [difference async for difference in _differences(asking)]
    return asking.answers


class _Asking:
    """Requests of one person."""

    def __init__(self, company: Company, who: str) -> None:
        self.company, self.who = company, who
        self.answers: dict[str, bytes] = {}
        self.tenant: Tenant = company.tenant
        self.person: Person = company.people[who]
        self.seen = seen_customers(company, who)
        self.fields = {name for name in self.seen[0] if self.seen[0][name] is not HIDDEN} if self.seen else set()
        self.usable = self.fields - only_masked(who)

    async def ask(self, query: str, variables: Mapping[str, Any] | None = None) -> Reply:
        body = {"query": query, "variables": variables}
        response = await self.tenant.post(body, person=self.person)
        self.answers[json.dumps(body)] = response.content
        return Reply(response.status_code, response.json(), response.headers)

    async def ids(self, arguments: str, variables: Mapping[str, Any] | None = None, head: str = "") -> Any:
        """Ids of the customers that an argument list finds, in order; the error where there is one."""
        reply = await self.ask(f"query{head} {{ customers({arguments}) {{ nodes {{ id }} }} }}", variables)
        if "errors" in reply.body:
            return reply.faults
        return [node["id"] for node in reply.data["customers"]["nodes"]]


async def _differences(asking: _Asking) -> AsyncIterator[str]:
    probes: tuple[Callable[[_Asking], AsyncIterator[tuple[str, Any, Any]]], ...] = (
        _hidden_fields,
        _records,
        _masks,
        _filters,
        _orders,
        _pages,
        _groups,
        _figures,
        _search,
        _relations,
        _history,
        _by_id,
        _people,
    )
    for probe in probes:
        async for what, found, wanted in probe(asking):
            if found != wanted:
                yield f"{asking.who}: {what}: {found!r} instead of {wanted!r}"


async def _hidden_fields(asking: _Asking) -> AsyncIterator[tuple[str, Any, Any]]:
    for name, selection in (SELECTED | {"phone": "phone"}).items():
        if name in asking.usable:
            continue
        invalid = [("BAD_USER_INPUT", "invalid_operation", ())]
        selected = f"{{ customers {{ nodes {{ {selection} }} }} }}"
        for query in (
            *([] if name in asking.fields else [selected]),
            f"{{ customers(filter: {{{name}: {{isNull: true}}}}) {{ totalCount }} }}",
            f"{{ customers(orderBy: [{{{name}: ASC}}]) {{ totalCount }} }}",
            f"{{ customersAggregate(groupBy: [{{{name}: VALUE}}]) {{ count }} }}",
            f"{{ customersAggregate {{ countDistinct(field: {_upper(name)}) }} }}",
            f"{{ customersAggregate {{ max {{ {name} }} }} }}",
        ):
            reply = await asking.ask(query)
            yield query, reply.faults[:1] if "errors" in reply.body else reply.body, invalid
            yield f"{query} suggests", "Did you mean" in json.dumps(reply.body), False


async def _records(asking: _Asking) -> AsyncIterator[tuple[str, Any, Any]]:
    fields = [name for name in SELECTED if name in asking.fields]
    selection = " ".join(SELECTED[name] for name in fields)
    reply = await asking.ask(f"{{ customers {{ totalCount nodes {{ id {selection} }} }} }}")
    found = reply.data["customers"]
    yield "totalCount", found["totalCount"], len(asking.seen)
    by_id = {node["id"]: {name: _plain(node[name]) for name in fields} for node in found["nodes"]}
    yield "records", by_id, {one["id"]: {name: _exact(name, one[name]) for name in fields} for one in asking.seen}


async def _masks(asking: _Asking) -> AsyncIterator[tuple[str, Any, Any]]:
    if "phone" not in asking.fields:
        return
    reply = await asking.ask("{ customers { nodes { id phone idCard maskedFields } } }")
    for node in reply.data["customers"]["nodes"]:
        customer = next(one for one in asking.company.customers if one["id"] == node["id"])
        masked = masked_fields(asking.who, customer)
        phone, id_card = customer["phone"], customer["idCard"]
        yield f"maskedFields of {customer['name']}", sorted(node["maskedFields"]), masked
        if phone is not None:
            shown = f"{phone[3:6]}****{phone[-4:]}" if "phone" in masked else phone
            yield f"phone of {customer['name']}", node["phone"], shown
        yield f"idCard of {customer['name']}", node["idCard"], "****" if "idCard" in masked else id_card


async def _filters(asking: _Asking) -> AsyncIterator[tuple[str, Any, Any]]:
    everything = asking.company.customers
    for name in _FILTERED:
        if name not in asking.usable:
            continue
        values = {one.get(name) for one in everything} | {one[name] for one in asking.seen}
        for value in sorted(values - {None, HIDDEN}, key=str):
            operand = str(value) if name == "level" else json.dumps(value, ensure_ascii=False)
            found = await asking.ids(f"filter: {{{name}: {{eq: {operand}}}}}")
            yield f"{name} == {value}", _set(found), {one["id"] for one in asking.seen if one[name] == value}
            found = await asking.ids(f"filter: {{not: {{{name}: {{eq: {operand}}}}}}}")
            others = {one["id"] for one in asking.seen if one[name] is not None and one[name] != value}
            yield f"not {name} == {value}", _set(found), others
        found = await asking.ids(f"filter: {{{name}: {{isNull: true}}}}")
        yield f"{name} is null", _set(found), {one["id"] for one in asking.seen if one[name] is None}


async def _orders(asking: _Asking) -> AsyncIterator[tuple[str, Any, Any]]:
    for name in _SORTED:
        if name in asking.usable:
            wanted = _in_order(asking, name)
            yield f"in order of {name}", await asking.ids(f"orderBy: [{{{name}: ASC_NULLS_LAST}}]"), wanted


def _in_order(asking: _Asking, name: str) -> list[str]:
    rows = sorted(asking.seen, key=lambda one: (one[name] is None, _key(name, one[name]), one["id"]))
    return [one["id"] for one in rows]


async def _pages(asking: _Asking) -> AsyncIterator[tuple[str, Any, Any]]:
    """Pages of one record each, by every order: the same records, and cursors that tell nothing more."""
    for name in _SORTED:
        if name not in asking.usable:
            continue
        found: list[str] = []
        after = None
        while len(found) <= len(asking.seen):
            query = (
                f"query($after: String) {{ customers(first: 1, after: $after, orderBy: [{{{name}: ASC_NULLS_LAST}}])"
                " { edges { cursor node { id } } pageInfo { hasNextPage } } }"
            )
            page = (await asking.ask(query, {"after": after})).data["customers"]
            if not page["edges"]:
                break
            after, node = page["edges"][0]["cursor"], page["edges"][0]["node"]
            found.append(node["id"])
            value = next((one[name] for one in asking.seen if one["id"] == node["id"]), None)
            told = json.loads(base64.urlsafe_b64decode(after + "=" * (-len(after) % 4)))[1]
            yield f"cursor by {name}", _text(name, told), _text(name, value)
        yield f"pages by {name}", found, _in_order(asking, name)


async def _groups(asking: _Asking) -> AsyncIterator[tuple[str, Any, Any]]:
    for name in _GROUPED:
        if name in asking.usable:
            query = f"{{ customersAggregate(groupBy: [{{{name}: VALUE}}]) {{ key {{ {name} }} count }} }}"
            groups = (await asking.ask(query)).data["customersAggregate"]
            found = {group["key"][name]: group["count"] for group in groups}
            yield f"groups by {name}", found, dict(Counter(one[name] for one in asking.seen))


async def _figures(asking: _Asking) -> AsyncIterator[tuple[str, Any, Any]]:
    for name in ("phone", "points", "remark"):
        if name in asking.usable:
            query = f"{{ customersAggregate {{ count countDistinct(field: {_upper(name)}) }} }}"
            figures = (await asking.ask(query)).data["customersAggregate"][0]
            distinct = {one[name] for one in asking.seen} - {None}
            yield f"distinct {name}", figures, {"count": len(asking.seen), "countDistinct": len(distinct)}
    for function, names in _FIGURES.items():
        for name in names:
            if name in asking.usable:
                query = f"{{ customersAggregate {{ figure: {function} {{ {name} }} }} }}"
                found = (await asking.ask(query)).data["customersAggregate"][0]["figure"][name]
                values = [_key(name, one[name]) for one in asking.seen if one[name] is not None]
                wanted = {"sum": sum, "max": max, "min": min}[function](values) if values else None  # type: ignore[operator]
                yield f"{function} of {name}", None if found is None else _key(name, found), wanted


async def _search(asking: _Asking) -> AsyncIterator[tuple[str, Any, Any]]:
    searched = ("name", "phone", "remark")
    for customer in asking.company.customers:
        for text in filter(None, (customer["name"], customer["phone"], customer["remark"])):
            holding = {
                one["id"]: one["name"]
                for one in asking.seen
                if text in "\n".join(one[field] or "" for field in searched if one.get(field, HIDDEN) is not HIDDEN)
            }
            found = await asking.ids("search: $text", {"text": text}, "($text: String)")
            yield f"search for {text}", _set(found), set(holding)
            query = 'query($t: String!) { search(text: $t, objects: ["customer"]) { id title snippet } }'
            hits = (await asking.ask(query, {"t": text})).data["search"]
            yield f"hits of {text}", {hit["id"]: hit["title"] for hit in hits}, holding
            yield f"snippets of {text}", [hit for hit in hits if text not in hit["snippet"]], []


async def _relations(asking: _Asking) -> AsyncIterator[tuple[str, Any, Any]]:
    orders = [order for order in asking.company.orders if sees_order(asking.who, order)]
    invalid = [("BAD_USER_INPUT", "invalid_operation", ())]
    nested = "{ customers { nodes { id orders { totalCount nodes { id quantity } } } } }"
    some = "{ customers(filter: {orders: {some: {quantity: {gt: 2}}}}) { nodes { id } } }"
    upward = "{ orders { totalCount nodes { id customerId customer { id name } } } }"
    if not orders or asking.who in ("reader", *REGIONS):
        for query in (nested, some, upward, "{ orders { nodes { customer { id } } } }"):
            yield query, (await asking.ask(query)).faults[:1], invalid
        return
    reply = await asking.ask(nested)
    found = {
        node["id"]: {order["id"] for order in node["orders"]["nodes"]} for node in reply.data["customers"]["nodes"]
    }
    by_customer = {
        one["id"]: {order["id"] for order in orders if order["customerId"] == one["id"]} for one in asking.seen
    }
    yield "nested orders", found, by_customer
    many = {order["customerId"] for order in orders if order["quantity"] > 2}
    seen = {one["id"] for one in asking.seen}
    yield (
        "customers by orders",
        _set([node["id"] for node in (await asking.ask(some)).data["customers"]["nodes"]]),
        (many & seen),
    )
    answered = (await asking.ask(upward)).data["orders"]
    yield "orders counted", answered["totalCount"], len(orders)
    yield (
        "customers of orders",
        {node["id"]: (node["customer"] or {}).get("name") for node in answered["nodes"]},
        {
            order["id"]: order["customer"]["name"] if sees_customer(asking.who, order["customer"]) else None
            for order in orders
        },
    )
    for customer in asking.company.customers:
        query = "query($name: String) { orders(filter: {customer: {name: {eq: $name}}}) { nodes { id } } }"
        nodes = (await asking.ask(query, {"name": customer["name"]})).data["orders"]["nodes"]
        visible = sees_customer(asking.who, customer)
        yield (
            f"orders of {customer['name']}",
            {node["id"] for node in nodes},
            {order["id"] for order in orders if visible and order["customer"] is customer},
        )


async def _history(asking: _Asking) -> AsyncIterator[tuple[str, Any, Any]]:
    if "remark" not in asking.fields:
        return
    reply = await asking.ask("{ customers { nodes { id history { kind changes { field after } } } } }")
    for node in reply.data["customers"]["nodes"]:
        told = {change["field"] for entry in node["history"] for change in entry["changes"]}
        seen = next(one for one in asking.seen if one["id"] == node["id"])
        for name in ("points", "remark", "phone", "balance"):
            is_told = name in told
            yield f"history of {name} of {seen['name']}", is_told, seen[name] is not HIDDEN and seen[name] is not None


async def _by_id(asking: _Asking) -> AsyncIterator[tuple[str, Any, Any]]:
    for customer in asking.company.customers:
        reply = await asking.ask("query($id: ID!) { customer(id: $id) { name } }", {"id": customer["id"]})
        visible = sees_customer(asking.who, customer)
        yield f"customer {customer['name']}", reply.data["customer"], {"name": customer["name"]} if visible else None


async def _people(asking: _Asking) -> AsyncIterator[tuple[str, Any, Any]]:
    if asking.who == "owner":
        users = (await asking.ask("{ users { totalCount } }")).data["users"]
        yield "users", users["totalCount"], len(asking.company.people) + 2


# ── values ───────────────────────────────────────────────────────────────────────────────────────


def _plain(value: Any) -> Any:
    return value["amount"] if isinstance(value, dict) else value


def _exact(name: str, value: Any) -> Any:
    return f"{Decimal(value):.2f}" if name == "orderTotal" and value not in (None, "0") else value


def _key(name: str, value: Any) -> Any:
    if value is None:
        return ""
    if name in ("orderTotal", "balance"):
        return Decimal(value)
    if name == "level":
        return _LEVELS.index(value) + 1 if value in _LEVELS else int(value)  # cursors hold the place
    if name == "points":
        return int(value)
    return value


def _text(name: str, value: Any) -> str | None:
    if name == "createdAt":
        return None if value is None else "an instant"
    return None if value is None else str(_key(name, value if name not in ("orderTotal", "balance") else str(value)))


def _set(found: Any) -> Any:
    """Ids without their order; an error as it is."""
    return set(found) if all(isinstance(item, str) for item in found) else found


def _upper(name: str) -> str:
    return "".join(f"_{letter}" if letter.isupper() else letter for letter in name).upper()
