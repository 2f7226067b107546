"""Random customers, stores and orders, held by PostgreSQL and by Python, and what may be asked of them.

`Asked` is a condition as GraphQL takes it and as Python tests it, with three-valued logic: None is unknown.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cmp_to_key
from typing import Any, TypeAlias

from hypothesis import strategies as st

from tests.fixtures.tenants import Tenant

Record: TypeAlias = dict[str, Any]
Test: TypeAlias = Callable[[Record], "bool | None"]

_NAMES = ("王芳", "王小明", "Anna", "anna", "Ben%", "Be_n", "李", "", "O'Brien\\", "Ａ full", "😀")
_CITIES = ("杭州", "Berlin", "berlin", None)
_OPENED = ("2020-01-31", "2024-02-29", None)
_LEVELS = ("NORMAL", "GOLD", "VIP", None)
_STATUS = ("DRAFT", "PAID", "SHIPPED", "CANCELLED", None)
_STORE_FIELDS = ("name", "city", "opened")


@dataclass(frozen=True)
class Asked:
    """A condition.

    Attributes:
        filter: As GraphQL takes it.
        test: As Python tests it.
    """

    filter: dict[str, Any]
    test: Test


@dataclass
class Shop:
    """What a tenant holds.

    Attributes:
        customers: Those that are not deleted; each with `store` (a record of Nones for none) and `orders`.
    """

    tenant: Tenant
    customers: list[Record] = field(default_factory=list)


async def open_shop(tenant: Tenant, *, seed: int, customers: int = 40) -> Shop:
    """Fill a tenant; some stores, customers and orders are deleted again."""
    dice = random.Random(seed)
    stores = [
        {
            "name": f"Store {number}",
            "city": dice.choice(_CITIES),
            "opened": dice.choice(["2020-01-31", "2024-02-29", None]),
        }
        for number in range(5)
    ]
    for store in stores:
        store["id"] = await tenant.create("Store", **store)
    gone_store = stores[-1]
    people = [_person(dice, number, stores) for number in range(customers)]
    made = await _create_all(tenant, "Customer", "customers", [_written(person) for person in people])
    orders = []
    for person, id_ in zip(people, made, strict=True):
        person["id"] = id_
        person["orders"] = [_order(dice, id_) for _ in range(dice.choice([0, 0, 1, 2, 4]))]
        orders += person["orders"]
    for order, id_ in zip(
        orders, await _create_all(tenant, "Order", "orders", [_ordered(o) for o in orders]), strict=True
    ):
        order["id"] = id_
    gone = {person["id"] for person in people if dice.random() < 0.1}
    gone_orders = {order["id"] for order in orders if dice.random() < 0.15}
    await _delete_all(tenant, str(gone_store["id"]), gone_orders, gone)
    for person in people:
        person["orders"] = [order for order in person["orders"] if order["id"] not in gone_orders]
        if person["store"] is None or person["store"] is gone_store:
            person["store"] = dict.fromkeys(("id", *_STORE_FIELDS))
        _compute(person)
    return Shop(tenant, [person for person in people if person["id"] not in gone])


def _person(dice: random.Random, number: int, stores: list[Record]) -> Record:
    level = dice.choice(_LEVELS)
    return {
        "name": dice.choice(_NAMES) + (str(number) if level == "VIP" else ""),
        "level": level,
        "phone": f"+86138{number:08}" if level == "VIP" or dice.random() < 0.5 else None,
        "points": dice.choice([0, 1, 2, 1000, None]),
        "joined": dice.choice(["2024-01-01", "2026-02-28", "2026-03-01", None]),
        "balance": dice.choice(["-1.50", "0.00", "12.34", "1000000.01", None]),
        "interests": dice.choice([None, [], ["tea"], ["tea", "茶"], ["茶"]]),
        "store": dice.choice([*stores, None]),
    }


def _written(person: Record) -> Record:
    given = {key: value for key, value in person.items() if key not in ("store", "balance")}
    given["storeId"] = None if person["store"] is None else person["store"]["id"]
    given["balance"] = None if person["balance"] is None else {"amount": person["balance"]}
    return given


def _order(dice: random.Random, customer_id: str) -> Record:
    return {
        "customerId": customer_id,
        "status": dice.choice(_STATUS),
        "amount": dice.choice(["0.01", "500.00", "999.99", None]),
        "quantity": dice.choice([1, 2, 3, None]),
        "unitPrice": dice.choice(["0.1234", "99.9999", None]),
    }


def _ordered(order: Record) -> Record:
    return order | {"amount": None if order["amount"] is None else {"amount": order["amount"]}}


def _compute(person: Record) -> None:
    amounts = [order["amount"] for order in person["orders"] if order["status"] not in ("CANCELLED", None)]
    person["orderCount"] = len(person["orders"])
    person["orderTotal"] = sum((Decimal(amount) for amount in amounts if amount is not None), Decimal(0))
    person["isBig"] = person["orderTotal"] > 1000
    person["storeCity"] = person["store"]["city"]
    person["balance"] = None if person["balance"] is None else Decimal(person["balance"])
    for order in person["orders"]:
        known = order["quantity"] is not None and order["unitPrice"] is not None
        order["lineTotal"] = order["quantity"] * Decimal(order["unitPrice"]) if known else None
        order["amount"] = None if order["amount"] is None else Decimal(order["amount"])


async def _create_all(tenant: Tenant, type_name: str, plural: str, inputs: list[Record]) -> list[str]:
    query = f"mutation($i: [Create{type_name}Input!]!) {{ made: create{plural.capitalize()}(inputs: $i) {{ id }} }}"
    return [one["id"] for one in (await tenant.data(query, {"i": inputs}))["made"]]


async def _delete_all(tenant: Tenant, store: str, orders: set[str], customers: set[str]) -> None:
    async with tenant_connection(tenant) as connection:
        for table, ids in (("store", {store}), ("order", orders), ("customer", customers)):
            await connection.execute(
                f'update "{tenant.schema}"."{table}" set deleted_at = now() where id = any($1::uuid[])', sorted(ids)
            )


def tenant_connection(tenant: Tenant) -> Any:
    """A connection to the tenant's database."""
    return tenant.services.connections.acquire()


# ── what may be asked ────────────────────────────────────────────────────────────────────────────


def _compared(name: str, value: Callable[[Any], Any], operands: tuple[Any, ...], operators: str) -> list[Asked]:
    tests: dict[str, Callable[[Any, Any], bool]] = {
        "eq": lambda a, b: a == b,
        "ne": lambda a, b: a != b,
        "lt": lambda a, b: a < b,
        "gte": lambda a, b: a >= b,
        "contains": lambda a, b: b in a,
        "icontains": lambda a, b: b.lower() in a.lower(),
        "startsWith": lambda a, b: a.startswith(b),
        "has": lambda a, b: b in a,
        "in": lambda a, b: a in b,
        "notIn": lambda a, b: a not in b,
        "hasAny": lambda a, b: bool(set(a) & set(b)),
    }
    found = [_null_test(name)]
    for operator in operators.split():
        for operand in operands:
            given = [operand, *operands[:1]] if operator in ("in", "notIn", "hasAny") else operand
            compared = [value(one) for one in given] if isinstance(given, list) else value(given)

            def test(record: Record, compare: Any = tests[operator], compared: Any = compared) -> bool | None:
                return None if record[name] is None else compare(record[name], compared)

            found.append(Asked({name: {operator: given}}, test))
    return found


def _null_test(name: str) -> Asked:
    return Asked({name: {"isNull": True}}, lambda record: record[name] is None)


def _same(value: Any) -> Any:
    return value


_STORE = [
    *_compared("name", _same, ("Store 1", "Store 3"), "eq ne lt icontains in"),
    *_compared("city", _same, ("berlin", "杭州"), "eq ne gte icontains notIn"),
    *_compared("opened", _same, ("2024-02-29",), "eq lt gte"),
]
_ORDER = [
    *_compared("status", _same, ("PAID", "CANCELLED"), "eq ne in notIn"),
    *_compared("amount", Decimal, ("500", "0.010"), "eq ne lt gte"),
    *_compared("quantity", _same, (1, 3), "eq lt gte notIn"),
    *_compared("lineTotal", Decimal, ("99.9999", "1"), "eq lt gte"),
]
_CUSTOMER = [
    *_compared("name", _same, ("王", "Anna", "%", "_", "\\", "'"), "eq ne lt gte contains icontains startsWith in"),
    *_compared("level", _same, ("GOLD", "VIP"), "eq ne in notIn"),
    *_compared("points", _same, (0, 2), "eq ne lt gte in notIn"),
    *_compared("joined", _same, ("2026-03-01",), "eq ne lt gte"),
    *_compared("balance", Decimal, ("0", "12.340"), "eq ne lt gte in"),
    *_compared("interests", _same, ("茶", "tea"), "has hasAny"),
    *_compared("orderCount", _same, (1, 2), "eq lt gte in"),
    *_compared("orderTotal", Decimal, ("500", "0.02"), "eq ne lt gte"),
    *_compared("isBig", _same, (True,), "eq ne"),
    *_compared("storeCity", _same, ("Berlin",), "eq ne lt icontains"),
]


def _tied(kind: str, parts: list[Asked]) -> Asked:
    if kind == "not":
        test = parts[0].test

        def negated(record: Record) -> bool | None:
            answer = test(record)
            return None if answer is None else not answer

        return Asked({"not": parts[0].filter}, negated)
    decisive = kind == "or"

    def tied(record: Record) -> bool | None:
        answers = [part.test(record) for part in parts]
        if decisive in answers:
            return decisive
        return None if None in answers else not decisive

    return Asked({kind: [part.filter for part in parts]}, tied)


def _trees(leaves: st.SearchStrategy[Asked]) -> st.SearchStrategy[Asked]:
    def extend(inner: st.SearchStrategy[Asked]) -> st.SearchStrategy[Asked]:
        return st.builds(_tied, st.sampled_from(["and", "or", "not"]), st.lists(inner, min_size=1, max_size=3))

    return st.recursive(leaves, extend, max_leaves=5)


def _through_store(inner: Asked) -> Asked:
    return Asked({"store": inner.filter}, lambda record: inner.test(record["store"]))


def _over_orders(quantifier: str, inner: Asked) -> Asked:
    def test(record: Record) -> bool:
        answers = [inner.test(order) is True for order in record["orders"]]
        return {"some": any(answers), "none": not any(answers), "every": all(answers)}[quantifier]

    return Asked({"orders": {quantifier: inner.filter}}, test)


def conditions() -> st.SearchStrategy[Asked]:
    """Conditions on customers, also through their store and orders."""
    return _trees(
        st.one_of(
            st.sampled_from(_CUSTOMER),
            st.sampled_from(_CUSTOMER),
            st.builds(_through_store, _trees(st.sampled_from(_STORE))),
            st.builds(_over_orders, st.sampled_from(["some", "none", "every"]), _trees(st.sampled_from(_ORDER))),
        )
    )


# ── orders ───────────────────────────────────────────────────────────────────────────────────────

Order: TypeAlias = list[tuple[tuple[str, ...], str]]

_ORDERED = (
    ("name",),
    ("points",),
    ("joined",),
    ("balance",),
    ("orderCount",),
    ("orderTotal",),
    ("isBig",),
    ("storeCity",),
    ("store", "name"),
    ("store", "opened"),
)
_DIRECTIONS = ("ASC", "DESC", "ASC_NULLS_FIRST", "ASC_NULLS_LAST", "DESC_NULLS_FIRST", "DESC_NULLS_LAST")


def orders() -> st.SearchStrategy[Order]:
    """Terms of an order; a path and a direction each."""
    return st.lists(
        st.tuples(st.sampled_from(_ORDERED), st.sampled_from(_DIRECTIONS)),
        min_size=1,
        max_size=3,
        unique_by=lambda t: t[0],
    )


def order_by(order: Order) -> list[dict[str, Any]]:
    """The terms as GraphQL takes them."""
    return [{path[0]: direction if len(path) == 1 else {path[1]: direction}} for path, direction in order]


def in_order(records: list[Record], order: Order) -> list[Record]:
    """Records sorted as the API promises; the id breaks ties, in the last term's direction."""

    def value(record: Record, path: tuple[str, ...]) -> Any:
        return record[path[0]] if len(path) == 1 else record[path[0]][path[1]]

    def compare(a: Record, b: Record) -> int:
        for path, direction in order:
            answer = _compare_values(value(a, path), value(b, path), direction)
            if answer:
                return answer
        answer = -1 if a["id"] < b["id"] else 1
        return -answer if order[-1][1].startswith("DESC") else answer

    return sorted(records, key=cmp_to_key(compare))


def _compare_values(a: Any, b: Any, direction: str) -> int:
    if a is None or b is None:
        nulls_first = direction.endswith("NULLS_FIRST") or direction == "DESC"
        missing = (a is not None) - (b is not None)
        return missing if nulls_first else -missing
    if a == b:
        return 0
    answer = -1 if a < b else 1
    return -answer if direction.startswith("DESC") else answer
