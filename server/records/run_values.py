"""Values that every statement may name, for those who run statements outside of GraphQL."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from server.context import Context

__all__ = ["values_for"]


def values_for(context: Context, instant: datetime, named: Mapping[str, Any] | None = None) -> Callable[[str], Any]:
    """What fills placeholders: the actor, the tenant, the clock, and `named` values of the caller's."""
    timezone = context.model.settings.timezone
    known = {
        "tenant.id": context.model.tenant_id,
        "actor.id": context.actor.id,
        "actor.roles": list(context.actor.roles),
        "timezone": timezone,
        "now": instant.isoformat(),
        "today": instant.astimezone(ZoneInfo(timezone)).date().isoformat(),
        **(named or {}),
    }
    return known.__getitem__
