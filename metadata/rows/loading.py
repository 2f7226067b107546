"""Rows → State. One query gives everything; `metadata.changes.modelling.model_of` resolves it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from metadata.changes.history import ItemNote
from metadata.changes.state import Item, State

__all__ = [
    "CHANGES_BETWEEN",
    "ITEMS",
    "ITEMS_BY_ID",
    "LIVE_ITEMS",
    "LIVE_ITEMS_OF",
    "notes_from_rows",
    "state_from_rows",
]

_COLUMNS = """
select id::text, kind, case when parent_id = tenant_id then '' else parent_id::text end as parent_id, name, position,
    body, physical, origin, {origin_body} as origin_body, created_version,
    coalesce(removed_version, 0) as removed_version
from {source}
where tenant_id = $1
"""

ITEMS = _COLUMNS.format(origin_body="origin_body", source="tangram.metadata_item")
"""All items of a tenant, removed ones included; $1 is its id."""

LIVE_ITEMS = _COLUMNS.format(origin_body="null", source="tangram.metadata_item") + " and removed_version is null"
"""What a model is made of; $1 is the tenant's id."""

# `offset 0` has each parent's children looked up by the index, whatever is known of the table's statistics.
_OF_OBJECTS = """
with recursive found as (
    select item.*
    from tangram.metadata_item as item
    where item.parent_id = $1 and item.kind = 'object' and item.name = any($2) and item.removed_at is null
    union all
    select child.*
    from found
    cross join lateral (
        select item.*
        from tangram.metadata_item as item
        where item.parent_id = found.id and item.removed_at is null
        offset 0
    ) as child
)
"""

LIVE_ITEMS_OF = _OF_OBJECTS + _COLUMNS.format(origin_body="null", source="found")
"""The living items of some object types; $1 is the tenant's id, $2 their names."""

ITEMS_BY_ID = ITEMS + " and id = any($2)"
"""Some items of a tenant, by id."""

CHANGES_BETWEEN = """
select changes, coalesce((plan ->> 'touched')::integer, -1) as touched
from tangram.metadata_version
where tenant_id = $1 and version > $2 and version <= $3
"""
"""What the versions after one, up to another, changed; $1 is the tenant's id."""

_decode_notes = msgspec.json.Decoder(tuple[ItemNote, ...]).decode
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


def notes_from_rows(rows: Sequence[Mapping[str, Any]], versions: int) -> list[ItemNote] | None:
    """What was changed, from the rows of `CHANGES_BETWEEN`.

    Returns:
        A note for each item; None when there are not as many versions, or one of them changed items that it does not
        tell of: where they come from, or that they are gone for good.
    """
    notes: list[ItemNote] = []
    for row in rows:
        told = _decode_notes(row["changes"])
        if len(told) != row["touched"]:
            return None
        notes += told
    return notes if len(rows) == versions else None
