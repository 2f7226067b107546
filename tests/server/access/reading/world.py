"""A small company under policies, and what each of its people should see, worked out in Python record by record.

| who | role | customers | fields |
|---|---|---|---|
| owner, peer | seller | their own | no points, remark of VIPs only, id card masked, stores by name and city |
| north, south | manager | those of the department they manage | phone, balance and id card masked |
| both | seller and manager of the north | their own, and the north's masked | the best of both, row by row |
| finance | finance | all, only name, level and order total | no orders: the total is named, so it counts them all |
| reader | reader | all | orders without their customer, and without the way back |
| coast, inland | regional | those of the region they are in | as the reader |
| guest | guest | none | |
| stranger | seller of the other tenant | none of this one | |

Of those that they see, the owner exports none, and everybody else gold ones alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TypeAlias

from tests.fixtures.tenants import Person, Tenant, Tenants
from tests.governed import allow, deny, field_rights, govern, hire, limit, mask

Record: TypeAlias = dict[str, Any]

HIDDEN = object()
"""A field that does not exist for somebody."""

PEOPLE: Mapping[str, tuple[str, ...]] = {
    "owner": ("seller",),
    "peer": ("seller",),
    "north": ("manager",),
    "south": ("manager",),
    "both": ("manager", "seller"),
    "finance": ("finance",),
    "reader": ("reader",),
    "coast": ("regional",),
    "inland": ("regional",),
    "guest": ("guest",),
}

EXPORTERS = ("manager", "finance", "reader", "regional")
"""Roles that may make files of customers, gold ones alone."""

_MANAGED = "department.manager.id == actor.id"

POLICIES = [
    allow("seller", "customer", "read", "update", scope="own", name="own_customers"),
    allow("seller", "order", condition="customer.owner.id == actor.id"),
    allow("seller", "store", fields=["name", "city"]),
    allow("seller", "user", fields=["name"]),
    field_rights("seller", "customer", "points", read="none"),
    field_rights("seller", "customer", "remark", read="full", condition='level == "vip"', priority=1),
    field_rights("seller", "customer", "remark", read="none"),
    field_rights("seller", "customer", "created_at", read="none"),
    mask("seller", "customer", "stars", "id_card"),
    deny("seller", "order", condition='status == "cancelled"'),
    allow("manager", "customer", condition=_MANAGED),
    allow("manager", "order"),
    limit("manager", "order", condition="customer." + _MANAGED),
    allow("manager", "store"),
    mask("manager", "customer", "phone", "phone"),
    mask("manager", "customer", "stars", "id_card", "balance"),
    allow("finance", "customer", fields=["name", "level", "order_total"]),
    allow("reader", "customer"),
    allow("reader", "order"),
    allow("reader", "note"),
    field_rights("reader", "order", "customer", read="none"),
    allow("regional", "customer", scope="region"),
    allow("regional", "order"),
    allow("regional", "note"),
    field_rights("regional", "order", "customer", read="none"),
    *(allow(role, "customer", "export", condition='level == "gold"') for role in EXPORTERS),
    deny("*", "customer", condition='name == "Nobody"', name="nobodys"),
]

ROLES = ["seller", "manager", "finance", "reader", "regional", "guest"]

_REGION = {"name": "region", "type": "RELATION", "settings": {"to": "region"}}


REGIONS = ("coast", "inland")
"""Who is in which region; customers are of one and the other in turn, and one of none."""

_ORDERS = (
    (0, "PAID", "900.00", 1),
    (0, "CANCELLED", "500.00", 2),
    (1, "DRAFT", "2000.00", 3),
    (2, "PAID", "10.00", 4),
    (4, "PAID", "600.00", 5),
    (5, "SHIPPED", "700.00", 6),
    (7, "PAID", "1.00", 7),
    (6, "DRAFT", "20.00", 8),
)
"""Place of the customer, status, amount, quantity."""


@dataclass
class Company:
    """A tenant with records, and its people.

    Attributes:
        customers, orders: As they are, newest last; deleted ones are not among them.
    """

    tenants: Tenants
    people: dict[str, Person]
    stranger: Person
    customers: list[Record] = field(default_factory=list)
    orders: list[Record] = field(default_factory=list)

    @property
    def tenant(self) -> Tenant:
        return self.tenants.east

    def forget(self) -> None:
        """Drop what was compiled, so that the next request compiles anew."""
        graphql: Any = self.tenants.app
        graphql._graphql.runtimes._entries.clear()
        snapshots = self.tenants.services.snapshots
        snapshots._held.clear()
        snapshots._plans.clear()

    def orders_of(self, customer: Record) -> list[Record]:
        return [order for order in self.orders if order["customer"] is customer]


async def found_company(tenants: Tenants) -> Company:
    """Fill the tenant `east`, and give `west` the same policies."""
    east, west = tenants.both
    for tenant in (east, west):
        await tenant.data(
            'mutation($f: FieldInput!) { createField(object: "customer", field: $f) { version } }',
            {"f": _REGION},
            path="/metadata",
        )
        await govern(tenant, roles=ROLES, policies=POLICIES)
    people = {name: await hire(east, name.title(), *roles) for name, roles in PEOPLE.items()}
    company = Company(tenants, people, await hire(west, "Stranger", "seller"))
    departments = {
        "north": await east.create("Department", name="North", managerId=people["north"].id),
        "south": await east.create("Department", name="South", managerId=people["south"].id),
        "both": await east.create("Department", name="East", managerId=people["both"].id),
    }
    regions = [await east.create("Region", name="Coast"), await east.create("Region", name="Inland")]
    for name, region in zip(REGIONS, regions, strict=True):
        place = "mutation($id: ID!, $region: ID) { updateUser(id: $id, input: {regionId: $region}) { id } }"
        await east.data(place, {"id": people[name].id, "region": region})
    stores = [
        await east.create("Store", name="Lake", code="L1", city="杭州", opened="2020-01-01"),
        await east.create("Store", name="Hill", code="H1", city="Berlin"),
    ]
    made = [
        ("Anna", "owner", "north", "vip", 5, "+8613800000001", "12.00", "likes tea", 0),
        ("Ben", "owner", "south", "normal", 7, "+8613800000002", "13.00", "likes cake", 1),
        ("Carl", "peer", "north", "vip", 5, "+8613800000003", "14.00", "likes tea too", 1),
        ("Dora", "peer", "south", "gold", 9, None, None, None, None),
        ("Emil", "both", "both", "normal", 7, "+8613800000005", "15.00", "both of them", 0),
        ("Fay", "owner", "both", "vip", 8, "+8613800000006", "16.00", "secret tea", 0),
        ("Gus", "both", "north", "gold", 3, "+8613800000007", "17.00", "own one", 1),
        ("Nobody", "owner", "north", "vip", 1, "+8613800000008", "1.00", "nobody sees", 0),
    ]
    for number, (name, owner, department, level, points, phone, balance, remark, store) in enumerate(made):
        customer = {
            "name": name,
            "ownerId": people[owner].id,
            "departmentId": departments[department],
            "level": level.upper(),
            "points": points,
            "phone": phone,
            "balance": None if balance is None else {"amount": balance},
            "remark": remark,
            "idCard": f"33010{number}",
            "regionId": None if number == 4 else regions[number % 2],
            "storeId": None if store is None else stores[store],
        }
        customer["id"] = await east.create("Customer", **customer)
        customer |= {
            "owner": owner,
            "department": department,
            "region": None if number == 4 else REGIONS[number % 2],
            "city": None if store is None else ("杭州", "Berlin")[store],
        }
        company.customers.append(customer)
    for number, status, amount, quantity in _ORDERS:
        customer = company.customers[number]
        order = {"customerId": customer["id"], "status": status, "amount": {"amount": amount}, "quantity": quantity}
        order["id"] = await east.create("Order", **order)
        company.orders.append(order | {"customer": customer})
    times = await east.data("{ customers { nodes { id createdAt } } }")
    created = {node["id"]: node["createdAt"] for node in times["customers"]["nodes"]}
    for customer in company.customers:
        customer["createdAt"] = created[customer["id"]]
    gone = await east.create("Customer", name="Gone", ownerId=people["owner"].id, level="GOLD")
    await east.data("mutation($id: ID!) { deleteCustomer(id: $id) { id } }", {"id": gone})
    return company


# ── what people should see ───────────────────────────────────────────────────────────────────────


def sees_customer(who: str, customer: Record) -> bool:
    roles = PEOPLE[who]
    if customer["name"] == "Nobody":
        return False
    return (
        ("seller" in roles and customer["owner"] == who)
        or ("manager" in roles and customer["department"] == who)
        or "finance" in roles
        or "reader" in roles
        or ("regional" in roles and customer["region"] == who)
    )


def exports_customer(who: str, customer: Record) -> bool:
    """Whether a customer is in the files that somebody makes."""
    return bool(set(EXPORTERS) & set(PEOPLE[who])) and customer["level"] == "GOLD" and sees_customer(who, customer)


def sees_order(who: str, order: Record) -> bool:
    roles, customer = PEOPLE[who], order["customer"]
    if "seller" in roles and order["status"] == "CANCELLED":
        return False
    return (
        ("seller" in roles and customer["owner"] == who)
        or ("manager" in roles and customer["department"] == who)
        or bool({"reader", "regional"} & set(roles))
    )


def seen_customers(company: Company, who: str) -> list[Record]:
    """Customers as somebody sees them: HIDDEN for fields that do not exist, None for values that are not shown."""
    return [_seen(company, who, customer) for customer in company.customers if sees_customer(who, customer)]


def _seen(company: Company, who: str, customer: Record) -> Record:
    roles = PEOPLE[who]
    mine = "seller" in roles and customer["owner"] == who
    managed = "manager" in roles and customer["department"] == who
    orders = [order for order in company.orders_of(customer) if sees_order(who, order)]
    seen: Record = {"id": customer["id"], "name": customer["name"], "level": customer["level"]}
    if "finance" in roles:
        everything = _total(company.orders_of(customer))
        return seen | {"orderTotal": everything} | dict.fromkeys(_OTHERS, HIDDEN)
    is_reader = bool({"reader", "regional"} & set(roles))
    seen["points"] = customer["points"] if managed or is_reader else None
    seen["remark"] = customer["remark"] if managed or is_reader or customer["level"] == "VIP" else None
    seen["phone"] = customer["phone"] if mine or is_reader else None
    seen["balance"] = (customer["balance"] or {}).get("amount") if mine or is_reader else None
    seen["createdAt"] = customer["createdAt"] if managed or is_reader else None
    seen["ownerId"] = customer["ownerId"] if "seller" in roles else HIDDEN
    seen["storeCity"] = customer["city"]
    seen["orderCount"], seen["orderTotal"] = len(orders), _total(orders)
    seen["isBig"] = Decimal(seen["orderTotal"]) > 1000
    if roles == ("seller",):
        seen["points"] = seen["createdAt"] = HIDDEN
    if is_reader:
        seen |= dict.fromkeys(("orderCount", "orderTotal", "isBig", "storeCity"), HIDDEN)
    return seen


_OTHERS = ("createdAt", "points", "remark", "phone", "balance", "ownerId", "storeCity", "orderCount", "isBig")


def _total(orders: list[Record]) -> str:
    return str(sum((Decimal(o["amount"]["amount"]) for o in orders if o["status"] != "CANCELLED"), Decimal(0)))


def only_masked(who: str) -> set[str]:
    """Fields that somebody sees masked on every record: they cannot be used for anything else."""
    return {"phone", "balance"} if PEOPLE[who] == ("manager",) else set()


def masked_fields(who: str, customer: Record) -> list[str]:
    """Names of the fields of a visible customer that are masked for somebody."""
    roles = PEOPLE[who]
    mine = "seller" in roles and customer["owner"] == who
    managed = "manager" in roles and customer["department"] == who
    found = []
    if managed and not mine:
        found += [name for name in ("phone", "balance") if customer[name] is not None]
    return sorted([*found, "idCard"] if mine or managed else found)
