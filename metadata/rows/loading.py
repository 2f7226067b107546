"""Rows → State. One query gives everything; `metadata.changes.modelling.model_of` resolves it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from metadata.changes.state import Item, State

__all__ = ["ITEMS", "LIVE_ITEMS", "state_from_rows"]

_COLUMNS = """
select id::text, kind, case when parent_id = tenant_id then '' else parent_id::text end as parent_id, name, position,
    body, physical, origin, {origin_body} as origin_body, created_version,
    coalesce(removed_version, 0) as removed_version
from tangram.metadata_item
where tenant_id = $1
"""

ITEMS = _COLUMNS.format(origin_body="origin_body")
"""All items of a tenant, removed ones included; $1 is its id."""

LIVE_ITEMS = _COLUMNS.format(origin_body="null") + " and removed_version is null"
"""What a model is made of; $1 is the tenant's id."""

_decode_body = msgspec.json.Decoder(dict[str, Any]).decode


def state_from_rows(tenant_id: str, slug: str, version: int, rows: Iterable[Mapping[str, Any]]) -> State:
    """A tenant's state from the rows of `ITEMS` or `LIVE_ITEMS`."""
    items: dict[str, Item] = {}
    for id_, kind, parent_id, name, position, body, physical, origin, origin_body, created, removed in (
        row.values() for row in rows
    ):
        items[id_] = Item(
            id=id_,
            kind=kind,
            parent_id=parent_id,
            name=name,
            position=position,
            body=_decode_body(body),
            physical=physical,
            origin=origin,
            origin_body=None if origin_body is None else _decode_body(origin_body),
            created_version=created,
            removed_version=removed,
        )
    return State(tenant_id, slug, version, items)
