from __future__ import annotations

import uuid
from datetime import UTC, datetime

import pytest
from tortoise.exceptions import IntegrityError

from metadata.changes.state import Key
from metadata.rows.loading import ITEMS, LIVE_ITEMS, state_from_rows
from metadata.rows.models import MetadataItem
from server.database.connections import Connections

TENANT, OTHER = uuid.uuid4(), uuid.uuid4()


async def item(name: str, tenant: uuid.UUID = TENANT, *, removed: int | None = None) -> MetadataItem:
    return await MetadataItem.create(
        id=uuid.uuid4(),
        tenant_id=tenant,
        kind="object",
        parent_id=tenant,
        name=name,
        position=1,
        body={"plural": f"{name}_list"},
        physical=name,
        origin="",
        created_version=1,
        removed_version=removed,
        removed_at=datetime.now(UTC) if removed else None,
    )


async def test_a_name_is_unique_among_living_items_of_one_tenant(models: None) -> None:
    await item("store")
    await item("store", removed=2)
    await item("store", removed=3)
    await item("store", OTHER)
    with pytest.raises(IntegrityError):
        await item("store")


async def test_rows_become_a_state_of_one_tenant(models: None, connections: Connections) -> None:
    store = await item("store")
    await item("shop", removed=2)
    await item("other", OTHER)

    async with connections.acquire() as connection:
        whole = state_from_rows(str(TENANT), "east", 2, await connection.fetch(ITEMS, str(TENANT)))
        living = state_from_rows(str(TENANT), "east", 2, await connection.fetch(LIVE_ITEMS, str(TENANT)))

    found = whole.find(Key("object", "", "store"))
    assert found is not None
    assert (found.id, found.body, found.parent_id) == (str(store.id), {"plural": "store_list"}, "")
    assert [one.name for one in whole.removed()] == ["shop"]
    assert len(living.items) == 1
