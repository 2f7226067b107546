"""The ledger of a plan parted by whom it belongs to: in a month, or on a day of the tenant's zone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from metadata.pricing.lint import RESERVED
from metadata.problems import BadInputError, NotFoundError
from server.actions import ActionRun
from server.pricing.closing import closed_at, month_of
from server.pricing.definition import Definition
from server.pricing.publishing import versions

__all__ = ["parted", "parting_of", "published"]


async def published(run: ActionRun, plan: str) -> list[Definition]:
    """The versions of a plan, newest first.

    Raises:
        NotFoundError: `unknown_version`.
    """
    found = [one.definition for one in await versions(run.connection, run.tenant_id, plan)]
    if not found:
        raise NotFoundError.single(
            "unknown_version", f"No version of price plan '{plan}' is published.", path=("plan",), hint="Publish it."
        )
    return found


async def parted(
    run: ActionRun, definition: Definition, statement: str, given: Mapping[str, Any], holder: str | None, *more: Any
) -> Sequence[Any]:
    """Rows of a statement of `statement_sql`.

    Args:
        run: Of the request.
        definition: Newest version of the plan.
        statement: POOLS or LINES.
        given: `by`, and `period` or `day`, and `revision` of the month where it is told as it was closed.
        holder: Of one alone; None for all.
        more: Parameters that only this statement has.

    Raises:
        BadInputError: `unknown_dimension`; `missing`: a revision is of a month.
        NotFoundError: `unknown_revision`.
    """
    revision, until = given.get("revision"), None
    if revision is not None:
        period = None if given.get("period") is None else month_of(given["period"])
        until = await closed_at(run, definition.plan.name, period, revision)
    asked = parting_of(run, definition, given, holder, until)
    rows: Sequence[Any] = await run.connection.fetch(statement, *asked, *more)
    return rows


def parting_of(
    run: ActionRun, definition: Definition, given: Mapping[str, Any], holder: str | None, until: datetime | None = None
) -> tuple[Any, ...]:
    """Parameters that say what is parted, by what; as it was at an instant, or is now.

    Raises:
        BadInputError: `unknown_dimension`.
    """
    by, plan = given["by"], definition.plan
    known = [*RESERVED, *(one.name for one in plan.attributions), *(one.name for one in plan.dimensions)]
    if by not in known:
        raise BadInputError.single(
            "unknown_dimension",
            f"Price plan '{plan.name}' has nothing called '{by}' that it could be parted by.",
            path=("by",),
            hint=f"Known: {', '.join(known)}.",
        )
    return (
        run.tenant_id,
        plan.name,
        _day(given.get("period")),
        by,
        plan.bases[0].name if plan.bases else "",
        [one.name for one in definition.components if one.declared.kind == "price"],
        holder,
        _day(given.get("day")),
        run.context.model.settings.timezone,
        until,
    )


def _day(value: Any) -> date | None:
    if value is None:
        return None
    return value.date() if isinstance(value, datetime) else date.fromisoformat(str(value))
