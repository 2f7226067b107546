"""Looking at pools without taking anything: what is due and why, what is hidden, what is known already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from metadata.expressions.text import parse
from metadata.fields import FIELD_TYPES
from metadata.fields.relations import relation_of
from metadata.model.tenant import field_of
from metadata.model.values import ObjectType
from metadata.pools.values import Pool
from metadata.problems import BadInputError, ConflictError, ForbiddenError, LimitError, NotFoundError
from server.access.plan import ADMINISTRATOR, EVERY_ROW, Action
from server.actions import ActionRun
from server.audit.entries import AuditKind, NewEntry
from server.audit.log import append
from server.context import Context, Standing
from server.database.sql import quote_identifier
from server.pool import sql
from server.pool.holdings import Change, Held, noted
from server.pool.ownership import Ownership
from server.records.compiler import Compiler
from server.records.layout import Layout
from server.records.reach import within_reach
from server.records.run_values import values_for
from server.records.writing.drafts import DraftReader

__all__ = ["Looking"]

_CLOSED = frozenset({"encrypted_text", "file", "image"})
"""Types of which nothing is shown before a record is claimed."""


async def _sees(standing: Standing, object_type: ObjectType, record: str) -> bool:
    """Whether the actor sees a record."""
    run = ActionRun(standing.context, standing.connection, standing.now)
    return bool(await within_reach(run, object_type, [record]))


@dataclass(eq=False)
class Looking:
    """Tells of pools."""

    ownership: Ownership

    async def due(self, standing: Standing, pool: Pool, owner: str | None, until: datetime) -> list[dict[str, Any]]:
        """What will be due until an instant, soonest first, with what will become of it and why."""
        rows = await standing.connection.fetch(sql.DUE, standing.tenant_id, pool.name, until, owner, 500)
        asked = [text for text in (pool.exempt, pool.approve) if text]
        known = await self.ownership.facts.many(
            standing.connection, standing.context, pool.object, [row["record_id"] for row in rows], asked or ["id"],
            instant=standing.now,
        )  # fmt: skip
        return [
            {
                "record": row["record_id"],
                "owner": row["owner_id"],
                "state": row["state"],
                "since": row["since"],
                "dueAt": row["due_at"],
                "latestAt": row["max_at"],
                **_outcome(pool, row, known.get(row["record_id"], {})),
            }
            for row in rows
        ]

    async def peek(self, standing: Standing, pool: Pool, record: str) -> dict[str, Any]:
        """What is hidden of a free record: kept in the ledger, and so many a day.

        Raises:
            ForbiddenError: `not_a_member`.
            NotFoundError: `unknown_record`.
            ConflictError: `already_claimed`.
            LimitError: `too_many_views`.
        """
        self.ownership.require_member(standing, pool)
        object_type, actor = standing.model.object(pool.object), standing.context.actor
        if not await _sees(standing, object_type, record):
            raise _unknown(pool)
        names = [name for name in (*pool.hidden, *pool.masked) if _is_shown(object_type, name)]
        texts = ["owner.id", *([pool.when] if pool.when else []), *names]
        known = await self.ownership.facts.values(
            standing.connection, standing.context, pool.object, record, texts, instant=standing.now
        )
        if known is None or (pool.when and known[pool.when] is not True):
            raise _unknown(pool)
        if known["owner.id"] is not None:
            raise ConflictError.single("already_claimed", "Somebody holds this record.", path=("record",))
        await standing.connection.execute(sql.LOCK, f"claims:{standing.tenant_id}:{actor.id}")
        midnight = _midnight(standing)
        seen = await standing.connection.fetch(sql.VIEWED, standing.tenant_id, pool.name, actor.id, midnight)
        if record not in {row["record_id"] for row in seen}:
            if len(seen) >= pool.views_per_day:
                raise LimitError.single(
                    "too_many_views", f"You have looked at {len(seen)} records today; that is the limit.",
                    hint="Claim one, or look again tomorrow.",
                )  # fmt: skip
            seen_by = Held(pool.name, actor.id, "free", None, None, None)
            await noted(standing, pool, [Change(record, "view", None, seen_by)])
        await self._log(standing, object_type, record, [name for name in names if known[name] is not None])
        return {name: known[name] for name in names}

    async def _log(self, standing: Standing, object_type: ObjectType, record: str, names: Sequence[str]) -> None:
        """What is about to be shown, which the pool keeps from everybody, is in the audit log first."""
        if names:
            entry = NewEntry(
                tenant_id=standing.tenant_id, kind=AuditKind.FIELDS_READ, object=object_type.table, records=[record],
                fields=sorted(names), detail={"through": "pool"}, actor=standing.context.actor,
            )  # fmt: skip
            await append(standing.connection, entry)

    async def knows(self, standing: Standing, pool: Pool, name: str, value: str) -> dict[str, Any]:
        """Whether a record with a value is there: that it is, not whose, unless the actor sees it anyway.

        Raises:
            BadInputError: `unfit_field`.
            ForbiddenError: `action_not_allowed`.
        """
        if name not in pool.known_by:
            raise BadInputError.single(
                "unfit_field", f"The pool '{pool.name}' tells nothing by '{name}'.", path=("field",),
                hint=f"Known: {', '.join(pool.known_by) or 'none'}.",
            )  # fmt: skip
        object_type = standing.model.object(pool.object)
        access = standing.context.access
        if access.rows(object_type.name, Action.CREATE) is None:
            raise ForbiddenError.single(
                "action_not_allowed", f"You make no {object_type.plural}, so it matters not which are known."
            )
        record = await self._find(standing, object_type, name, value)
        if record is None:
            return {"state": "UNKNOWN", "record": None, "owner": None, "shown": {}}
        shown = [one for one in pool.known_shows if _is_shown(object_type, one)]
        known = await self.ownership.facts.values(
            standing.connection, standing.context, pool.object, record, ["owner.id", *shown], instant=standing.now
        )
        assert known is not None  # it was found in this transaction
        owner = known["owner.id"]
        seen = await _sees(standing, object_type, record)
        whose = seen and access.field_condition(object_type.name, "owner") == EVERY_ROW
        mine = owner == standing.context.actor.id
        return {
            "state": "FREE" if owner is None else "YOURS" if mine else "HELD",
            "record": record if seen else None,
            "owner": owner if whose or mine else None,
            "shown": {one: known[one] for one in shown},
        }

    async def _find(self, standing: Standing, object_type: ObjectType, name: str, value: str) -> str | None:
        """The oldest record with a value, as it would be stored."""
        reader = DraftReader(Context(standing.model, standing.context.actor, ADMINISTRATOR, 0), standing.now)
        draft = reader.change(object_type, "", {name: value}, ("value",))
        reader.faults.raise_if_any()
        field = field_of(object_type, name)
        assert field is not None  # the pool was checked
        layout = Layout(standing.model)
        column = layout.columns(object_type, field)[0]
        compiler = Compiler(standing.model, ADMINISTRATOR)
        scope = compiler.open(object_type)
        conditions = [
            *compiler.conditions(scope, parse(f"{name} == {name}")),
            f"{scope.alias}.{quote_identifier(column)}::text = {compiler.parameters.placeholder('known.value', '')}",
        ]
        text = (
            f"select {scope.alias}.id::text {scope.from_clause} where {' and '.join(conditions)}"
            f" order by {scope.alias}.id limit 1"
        )
        value_of = values_for(standing.context, standing.now, {"known.value": str(draft.columns[column])})
        found: str | None = await standing.connection.fetchval(text, *map(value_of, compiler.parameters.names()))
        return found


def _outcome(pool: Pool, row: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    """What will become of a record that is due, and why."""
    if pool.exempt and known.get(pool.exempt) is True:
        return {"outcome": "STAYS", "why": pool.exempt}
    if row["state"] == "pending":
        return {"outcome": "PENDING", "why": pool.approve}
    if pool.approve and known.get(pool.approve) is True:
        return {"outcome": "ASKED", "why": pool.approve}
    return {"outcome": "RECYCLED", "why": "maximum" if row["due_at"] == row["max_at"] else "protection"}


def _is_shown(object_type: ObjectType, name: str) -> bool:
    field = field_of(object_type, name)
    return field is not None and field.type in FIELD_TYPES and field.type not in _CLOSED and relation_of(field) is None


def _midnight(standing: Standing) -> datetime:
    zone = ZoneInfo(standing.model.settings.timezone)
    return datetime.combine(standing.now.astimezone(zone).date(), time(), zone)


def _unknown(pool: Pool) -> NotFoundError:
    return NotFoundError.single(
        "unknown_record", f"There is no such record in the pool '{pool.name}'.", path=("record",)
    )
