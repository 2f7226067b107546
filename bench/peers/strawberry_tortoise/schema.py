"""Strawberry types, data loaders and resolvers over the Tortoise models."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from decimal import Decimal
from typing import Any, TypeAlias
from uuid import UUID

import strawberry
from strawberry.dataloader import DataLoader
from strawberry.extensions import ParserCache, ValidationCache
from strawberry.types import Info
from tortoise.functions import Count, Sum

from bench.peers.strawberry_tortoise.models import CustomerRow, StoreRow, WorkOrderRow

__all__ = ["loaders", "schema"]

Loaders: TypeAlias = "dict[str, DataLoader[Any, Any]]"

_LATEST = """
SELECT work_order.*
FROM unnest($1::uuid[]) AS wanted (id)
CROSS JOIN LATERAL (
    SELECT * FROM work_order
    WHERE customer_id = wanted.id AND deleted_at IS NULL
    ORDER BY created_at DESC
    LIMIT $2
) AS work_order
"""


@strawberry.type
class Store:
    id: strawberry.ID
    name: str
    region: str | None


@strawberry.type
class WorkOrder:
    id: strawberry.ID
    code: str
    title: str | None
    status: str
    priority: int
    amount: Decimal | None
    created_at: dt.datetime
    customer_id: strawberry.Private[Any]

    @strawberry.field
    async def customer(self, info: Info[Loaders, None]) -> Customer | None:
        return await info.context["customer"].load(self.customer_id) if self.customer_id else None


@strawberry.type
class Customer:
    id: strawberry.ID
    name: str
    phone: str | None
    email: str | None
    level: str
    city: str | None
    points: int
    created_at: dt.datetime
    store_id: strawberry.Private[Any]

    @strawberry.field
    async def store(self, info: Info[Loaders, None]) -> Store | None:
        return await info.context["store"].load(self.store_id) if self.store_id else None

    @strawberry.field
    async def work_orders(self, info: Info[Loaders, None], first: int) -> list[WorkOrder]:
        latest: list[WorkOrder] = await info.context["work_orders"].load((UUID(self.id), first))
        return latest


@strawberry.type
class Figures:
    status: str
    count: int
    sum_amount: Decimal | None


@strawberry.type
class Query:
    @strawberry.field
    async def customer(self, id: strawberry.ID) -> Customer | None:
        row = await CustomerRow.get_or_none(id=id, deleted_at=None)
        return _customer(row) if row else None

    @strawberry.field
    async def customers(
        self,
        first: int,
        level: str | None = None,
        created_after: dt.datetime | None = None,
        name_contains: str | None = None,
    ) -> list[Customer]:
        rows = CustomerRow.filter(deleted_at=None)
        if level is not None:
            rows = rows.filter(level=level)
        if name_contains is not None:
            rows = rows.filter(name__icontains=name_contains)
        if created_after is not None:
            rows = rows.filter(created_at__gt=created_after).order_by("created_at")
        else:
            rows = rows.order_by("-created_at")
        return [_customer(row) for row in await rows.limit(first)]

    @strawberry.field
    async def work_orders(self, first: int, status: str, minimum_amount: Decimal) -> list[WorkOrder]:
        rows = WorkOrderRow.filter(deleted_at=None, status=status, amount__gte=minimum_amount)
        return [_work_order(row) for row in await rows.order_by("-created_at").limit(first)]

    @strawberry.field
    async def work_order_figures(self) -> list[Figures]:
        groups = WorkOrderRow.filter(deleted_at=None).annotate(count=Count("id"), total=Sum("amount"))
        rows = await groups.group_by("status").order_by("status").values("status", "count", "total")
        return [Figures(status=row["status"], count=row["count"], sum_amount=row["total"]) for row in rows]


@strawberry.type
class Mutation:
    @strawberry.mutation
    async def create_work_order(
        self,
        code: str,
        title: str,
        status: str,
        priority: int,
        amount: Decimal,
        customer_id: strawberry.ID,
        store_id: strawberry.ID,
    ) -> WorkOrder:
        row = await WorkOrderRow.create(
            code=code,
            title=title,
            status=status,
            priority=priority,
            amount=amount,
            customer_id=customer_id,
            store_id=store_id,
        )
        return _work_order(row)

    @strawberry.mutation
    async def update_customer(self, id: strawberry.ID, points: int, city: str) -> Customer:
        row = await CustomerRow.get(id=id, deleted_at=None)
        row.points, row.city, row.version = points, city, row.version + 1
        await row.save(update_fields=["points", "city", "version", "updated_at"])
        return _customer(row)


def loaders() -> Loaders:
    """Fresh loaders for one request."""
    return {
        "store": DataLoader(_load_stores),
        "customer": DataLoader(_load_customers),
        "work_orders": DataLoader(_load_latest),
    }


schema = strawberry.Schema(Query, Mutation, extensions=[ParserCache, ValidationCache])


async def _load_stores(ids: list[UUID]) -> list[Store | None]:
    found = await StoreRow.filter(deleted_at=None).in_bulk(ids, "id")
    return [_store(found[id]) if id in found else None for id in ids]


async def _load_customers(ids: list[UUID]) -> list[Customer | None]:
    found = await CustomerRow.filter(deleted_at=None).in_bulk(ids, "id")
    return [_customer(found[id]) if id in found else None for id in ids]


async def _load_latest(keys: list[tuple[UUID, int]]) -> list[list[WorkOrder]]:
    grouped: dict[UUID, list[WorkOrder]] = defaultdict(list)
    connection = WorkOrderRow._meta.db
    _, rows = await connection.execute_query(_LATEST, [[id for id, _ in keys], max(first for _, first in keys)])
    for row in rows:
        grouped[row["customer_id"]].append(_work_order(WorkOrderRow._init_from_db(**dict(row))))
    return [grouped[id][:first] for id, first in keys]


def _store(row: StoreRow) -> Store:
    return Store(id=strawberry.ID(str(row.id)), name=row.name, region=row.region)


def _customer(row: CustomerRow) -> Customer:
    return Customer(
        id=strawberry.ID(str(row.id)),
        name=row.name,
        phone=row.phone,
        email=row.email,
        level=row.level,
        city=row.city,
        points=row.points,
        created_at=row.created_at,
        store_id=row.store_id,
    )


def _work_order(row: WorkOrderRow) -> WorkOrder:
    return WorkOrder(
        id=strawberry.ID(str(row.id)),
        code=row.code,
        title=row.title,
        status=row.status,
        priority=row.priority,
        amount=row.amount,
        created_at=row.created_at,
        customer_id=row.customer_id,
    )
