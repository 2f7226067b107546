"""Endpoints and deliveries between their rows and their values: filters checked, names brought up to date."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from metadata.model.tenant import TenantModel
from metadata.problems import Faults
from server.webhooks.conditions import check_condition
from server.webhooks.definitions import EVENT_TYPES, Delivery, DeliveryState, Endpoint, EventFilter, StoredFilter
from server.webhooks.payload import object_of_table

__all__ = ["check_description", "delivery_of", "differences", "endpoint_of", "stored_filters"]

_MAX_DESCRIPTION_LENGTH = 500
_MAX_FILTERS = 50
_FILTERS = msgspec.json.Decoder(tuple[StoredFilter, ...])


def check_description(text: str, faults: Faults) -> None:
    """Refuse a description that is too long."""
    if len(text) > _MAX_DESCRIPTION_LENGTH:
        message = f"The description has {len(text)} characters; at most {_MAX_DESCRIPTION_LENGTH} are allowed."
        faults.add("too_long", message, path=("description",))


def stored_filters(given: Sequence[EventFilter], model: TenantModel, faults: Faults) -> str:
    """Filters as they are stored, by tables that outlive names, after every fault of theirs was noted."""
    if len(given) > _MAX_FILTERS:
        faults.add(
            "too_many_filters", f"An endpoint may have {_MAX_FILTERS} filters, not {len(given)}.", path=("events",)
        )
    stored = []
    for place, item in enumerate(given[:_MAX_FILTERS]):
        path = ("events", place)
        object_type = model.objects.get(item.object)
        if object_type is None:
            known = ", ".join(sorted(model.objects))
            faults.add(
                "unknown_object",
                f"There is no object type '{item.object}'.",
                path=(*path, "object"),
                hint=f"Known object types: {known}.",
            )
        for kind in item.kinds:
            if kind not in EVENT_TYPES:
                message = f"'{kind}' is no kind of event."
                faults.add("unknown_kind", message, path=(*path, "kinds"), hint=f"Known: {', '.join(EVENT_TYPES)}.")
        if object_type is not None:
            if item.condition:
                faults.extend(check_condition(item.condition, model, item.object), *path, "condition")
            stored.append(StoredFilter(table=object_type.table, kinds=item.kinds, condition=item.condition))
    return msgspec.json.encode(stored).decode()


def endpoint_of(row: Mapping[str, Any], model: TenantModel) -> Endpoint:
    """An endpoint from its row."""
    return Endpoint(
        id=row["id"],
        url=row["url"],
        description=row["description"],
        events=tuple(_filter(stored, model) for stored in _FILTERS.decode(row["filters"])),
        include_record=row["include_record"],
        ordered=row["ordered"],
        enabled=row["enabled"],
        disabled_reason=row["disabled_reason"],
        failing_since=row["failing_since"],
        previous_secret_until=row["previous_until"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        version=row["version"],
        roles=tuple(row["roles"]),
    )


def _filter(stored: StoredFilter, model: TenantModel) -> EventFilter:
    """With the name that the table's object has now; a removed object is shown by its table."""
    object_type = object_of_table(model, stored.table)
    name = object_type.name if object_type else stored.table
    return EventFilter(object=name, kinds=stored.kinds, condition=stored.condition)


def delivery_of(row: Mapping[str, Any]) -> Delivery:
    """A delivery from its row."""
    return Delivery(
        id=row["id"],
        endpoint_id=row["endpoint_id"],
        event_id=row["event_id"],
        type=row["type"],
        body=row["body"],
        state=DeliveryState(row["state"]),
        attempts=row["attempts"],
        status=row["status"],
        latency_ms=row["latency_ms"],
        response=row["response"],
        error=row["error"],
        log=tuple(msgspec.json.decode(row["log"])),
        created_at=row["created_at"],
        attempted_at=row["attempted_at"],
        delivered_at=row["delivered_at"],
    )


def differences(before: Endpoint, after: Endpoint) -> dict[str, list[Any]]:
    """What a change changed, each before and after; the secret is not among it."""
    names = ("url", "description", "events", "include_record", "ordered", "enabled", "disabled_reason", "roles")
    return {
        name: [getattr(before, name), getattr(after, name)]
        for name in names
        if getattr(before, name) != getattr(after, name)
    }
