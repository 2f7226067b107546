"""What a tenant has used in a month: facts that a price plan of the operator's own tenant charges, as it would others.

Each line is a meter and a quantity: days that the tenant was there, active accounts, templates that are installed, and
records of object types, as many as there are or as were made in the month.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from metadata.model.tenant import TenantModel
from server.identity.seats import agreed
from server.records.layout import Layout

__all__ = ["Asked", "Usage", "usage_of"]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is metered.

    Attributes:
        month: Its first day.
        counted: Object types whose records are counted as they are.
        created: Object types whose records of the month are counted.
    """

    month: date
    counted: Collection[str] = ()
    created: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class Usage:
    """One line."""

    meter: str
    quantity: int


async def usage_of(connection: Any, model: TenantModel, modules: Collection[str], asked: Asked) -> list[Usage]:
    """The lines of a tenant, in the order of what is asked; object types that it does not have count nothing.

    Args:
        connection: Within the tenant.
        model: Of the tenant.
        modules: Names of the templates that are installed.
        asked: What is metered.
    """
    zone = ZoneInfo(model.settings.timezone)
    after = (asked.month + timedelta(days=31)).replace(day=1)
    begins, ends = (datetime.combine(day, time(), zone) for day in (asked.month, after))
    found = await agreed(connection, model.tenant_id)
    first = max(asked.month, found.created_at.astimezone(zone).date())
    lines = [Usage("days", max(0, (after - first).days)), Usage("seats", found.taken)]
    lines += [Usage(f"module {name}", 1) for name in sorted(modules)]
    for name in _known(model, asked.counted):
        count = f"select count(*) from {_table(model, name)} where deleted_at is null and created_at < $1"
        lines.append(Usage(f"count {name}", await connection.fetchval(count, ends)))
    for name in _known(model, asked.created):
        created = f"select count(*) from {_table(model, name)} where created_at >= $1 and created_at < $2"
        lines.append(Usage(f"created {name}", await connection.fetchval(created, begins, ends)))
    return lines


def _known(model: TenantModel, names: Collection[str]) -> Iterator[str]:
    return (name for name in names if name in model.objects and model.object(name).storage == "tenant")


def _table(model: TenantModel, name: str) -> str:
    return Layout(model).table_of(model.object(name))
