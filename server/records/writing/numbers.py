"""Auto numbers: the next numbers of a series, from a counter row.

A gapless series is counted in the transaction of the write: creations wait for each other and a failed one gives its
number back. Other series are counted before, by a statement of its own, so that nobody waits.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Any

from metadata.fields import FIELD_TYPES
from metadata.fields.numbering import number_period, render_number
from metadata.model.identity import ByIdentity
from metadata.model.values import Field, ObjectType

__all__ = ["next_numbers", "numbered_fields"]

_NEXT = """
insert into tangram.counter as c (tenant_id, key, value)
values ($1, $2, $3::bigint + $4 - 1)
on conflict (tenant_id, key) do update set value = greatest(c.value + 1, $3) + $4 - 1
returning c.value
"""


def numbered_fields(object_type: ObjectType) -> tuple[Field, ...]:
    """Fields of an object type that get a number when a record is created."""
    return _numbered_fields(ByIdentity(object_type))


@lru_cache(maxsize=2_048)
def _numbered_fields(key: ByIdentity) -> tuple[Field, ...]:
    fields = key.object_type.fields
    return tuple(field for field in fields if FIELD_TYPES[field.type].write_transform == "auto_number")


async def next_numbers(
    connection: Any, tenant_id: str, object_type: ObjectType, field: Field, count: int, day: date
) -> list[str]:
    """The next `count` numbers of a field, rendered.

    Args:
        connection: In the write's transaction for gapless fields.
        tenant_id: The tenant.
        object_type: Whose field.
        field: An auto_number field.
        count: How many.
        day: Today in the tenant's zone.
    """
    settings = field.settings
    key = f"{object_type.table}.{field.column}:{number_period(settings, day)}"
    last: int = await connection.fetchval(_NEXT, tenant_id, key, settings.start, count)
    return [render_number(settings, day, number) for number in range(last - count + 1, last + 1)]
