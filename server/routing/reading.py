"""Pieces of work, choices and ids as answers of the API have them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from metadata.model.tenant import TenantModel
from metadata.problems import BadInputError, Path
from server.routing.telling import Item

__all__ = ["shown_detail", "shown_item", "uuid_of"]


def uuid_of(text: str, path: Path) -> str:
    """A checked id.

    Raises:
        BadInputError: `bad_id`.
    """
    try:
        return str(uuid.UUID(text))
    except ValueError:
        raise BadInputError.single("bad_id", "The id is no UUID.", path=path) from None


def shown_item(model: TenantModel, item: Item) -> dict[str, Any]:
    """A `Work`."""
    name = next((found.name for found in model if found.table == item.table), item.table)
    return {
        "id": item.id,
        "queue": item.queue,
        "object": name,
        "record": item.record,
        "status": item.status.upper(),
        "agent": item.agent or None,
        "units": item.units,
        "priority": f"{0 - _number(item.rank):f}",
        "enteredAt": item.entered_at,
        "queuedAt": item.queued_at,
        "assignedAt": item.assigned_at,
        "expiresAt": item.expires_at,
        "hops": item.hops,
        "reason": item.reason or None,
        "version": item.version,
    }


def shown_detail(detail: Mapping[str, Any], *, whole: bool) -> dict[str, Any]:
    """What a choice rested on, as `RoutingDecision` and `RoutingChoice` have it.

    Args:
        detail: As it was kept.
        whole: Whether people and their figures are told: to who works the queue, or configures queues.
    """
    if not whole:
        return {"lookedAt": detail.get("looked_at"), "passedOver": [], "agents": []}
    return {
        "lookedAt": detail.get("looked_at"),
        "passedOver": detail.get("passed_over", []),
        "agents": [
            {"agent": line["agent"], "out": line.get("out"), "figures": line.get("figures") or None}
            for line in detail.get("agents", [])
        ],
    }


def _number(text: str) -> Decimal:
    return Decimal(text).normalize()
