"""The first handler of webhooks: an event becomes a delivery and its job for each endpoint that asks for it."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import msgspec
import uuid_utils

from metadata.model.tenant import TenantModel
from metadata.model.values import ObjectType
from metadata.problems import TangramError
from server.access.snapshots import Snapshots
from server.events.handlers import Handler, Retries, Run
from server.events.jobs import JobDraft, add_jobs
from server.events.log import Event
from server.records.layout import Layout
from server.records.sight import Sight
from server.webhooks import sql
from server.webhooks.conditions import compile_condition
from server.webhooks.definitions import ENDPOINT_OBJECT, EVENT_TYPES, DeliveryState, StoredFilter
from server.webhooks.payload import changes_of, message, narrowed, object_of_table, stored_fields
from server.webhooks.rights import context_for

__all__ = ["MATCH_HANDLER", "SEND_HANDLER", "Target", "matching_handler", "read_targets", "send_job"]

MATCH_HANDLER = "webhooks.match"
SEND_HANDLER = "webhooks.send"

_FILTERS = msgspec.json.Decoder(tuple[StoredFilter, ...])
_ROW = msgspec.json.Decoder(dict[str, Any], float_hook=Decimal)


@dataclass(frozen=True, slots=True)
class Target:
    """What matching needs to know of an enabled endpoint."""

    endpoint_id: str
    filters: tuple[StoredFilter, ...]
    include_record: bool
    ordered: bool
    roles: tuple[str, ...]

    def candidates(self, event: Event) -> tuple[StoredFilter, ...]:
        """The filters that an event passes, but for their conditions; one for everything when there are none."""
        if event.kind not in EVENT_TYPES or event.object == ENDPOINT_OBJECT:
            return ()
        if not self.filters:
            return (StoredFilter(table=event.object),)
        return tuple(
            found
            for found in self.filters
            if found.table == event.object and (not found.kinds or event.kind in found.kinds)
        )


def matching_handler(snapshots: Snapshots) -> Handler:
    """The handler; its interest is in the database, and its jobs keep the tenant's order."""

    async def match(run: Run) -> None:
        await _match(run, snapshots)

    return Handler(
        MATCH_HANDLER,
        match,
        interest=lambda event, _model: event.kind in EVENT_TYPES,
        refine=_refine,
        stream=lambda _event: MATCH_HANDLER,
        batched=True,
        atomic=True,
        retries=Retries(),
    )


async def read_targets(connection: Any, tenant_id: str) -> list[Target]:
    """The enabled endpoints of a tenant."""
    return [
        Target(row["id"], _FILTERS.decode(row["filters"]), row["include_record"], row["ordered"], tuple(row["roles"]))
        for row in await connection.fetch(sql.ENABLED_ENDPOINTS, tenant_id)
    ]


def send_job(delivery_id: str, run: int, endpoint_id: str, *, ordered: bool, at: Any) -> JobDraft:
    """The job that sends a delivery; those of an ordered endpoint wait for each other."""
    return JobDraft(
        handler=SEND_HANDLER,
        key=f"{delivery_id}:{run}",
        stream=f"webhook:{endpoint_id}" if ordered else "",
        payload={"delivery": delivery_id, "run": run},
        next_at=at,
    )


async def _refine(connection: Any, model: TenantModel, events: Sequence[Event]) -> Sequence[Event]:
    targets = await read_targets(connection, model.tenant_id)
    return [event for event in events if any(target.candidates(event) for target in targets)]


async def _match(run: Run, snapshots: Snapshots) -> None:
    async with run.once() as connection:
        if connection is None:
            return
        targets = await read_targets(connection, run.tenant_id)
        seen = _Seen(run, snapshots)
        deliveries: list[dict[str, Any]] = []
        jobs: list[JobDraft] = []
        for event in run.events:
            object_type = object_of_table(run.model, event.object)
            wanting = [target for target in targets if target.candidates(event)] if object_type else []
            if object_type is None or not wanting:
                continue
            rows = await _Rows.read(connection, event, object_type, run.model, wanting)
            for target in wanting:
                fields = await seen.fields(connection, target, event, object_type)
                if fields is not None and not _tells(event, object_type, run.model, fields):
                    continue
                delivery = _deliver(target, event, object_type, run.model, rows, fields)
                if delivery is None:
                    continue
                deliveries.append(delivery)
                if delivery["state"] == DeliveryState.PENDING.value:
                    jobs.append(
                        send_job(delivery["id"], 1, target.endpoint_id, ordered=target.ordered, at=run.clock.now())
                    )
        if deliveries:
            encoded = msgspec.json.encode(deliveries).decode()
            await connection.execute(sql.ADD_DELIVERIES, run.tenant_id, encoded, run.clock.now())
            await add_jobs(connection, run.tenant_id, jobs)


@dataclass(slots=True)
class _Seen:
    """What the endpoints of one run may be sent of records, by their roles."""

    run: Run
    snapshots: Snapshots
    _sights: dict[tuple[str, ...], Sight] = field(default_factory=dict)

    async def fields(
        self, connection: Any, target: Target, event: Event, object_type: ObjectType
    ) -> frozenset[str] | None:
        """Names of the fields that may be sent, none for a record out of sight; None for no restriction."""
        sight = self._sights.get(target.roles)
        if sight is None:
            context = await context_for(self.run.model, self.snapshots, target.roles)
            sight = self._sights[target.roles] = Sight(context, self.run.clock.now())
        if sight.context.access.rights is None:
            return None
        if event.kind == "destroy":
            found = sight.fields_everywhere(object_type)
        else:
            found = await sight.fields(connection, object_type, event.record_id, removed=True)
        return found or frozenset()


def _tells(event: Event, object_type: ObjectType, model: TenantModel, fields: Container[str]) -> bool:
    """Whether something is left to be told: an update of hidden fields alone is none."""
    if "id" not in fields:
        return False
    if event.kind != "update":
        return True
    return bool(changes_of(event.pairs, narrowed(object_type, fields), model))


@dataclass(frozen=True, slots=True)
class _Rows:
    """A record's columns around an event: as they are now, right after the write, and right before it.

    Of a destroyed record there is nothing after; conditions are asked of what was destroyed.
    """

    now: Mapping[str, Any] | None
    after: Mapping[str, Any]
    before: Mapping[str, Any]

    @classmethod
    async def read(
        cls, connection: Any, event: Event, object_type: ObjectType, model: TenantModel, targets: Sequence[Target]
    ) -> _Rows:
        """Read the row only when a target asks for it."""
        pairs = event.pairs
        now: Mapping[str, Any] | None = None
        if any(target.include_record or _has_condition(target, event) for target in targets):
            now = await _read_row(connection, event, object_type, model)
        after = {**(now or {}), **{column: pair[1] for column, pair in pairs.items()}}
        before = {**after, **{column: pair[0] for column, pair in pairs.items()}}
        return cls(now, before if event.kind == "destroy" else after, before)


async def _read_row(
    connection: Any, event: Event, object_type: ObjectType, model: TenantModel
) -> Mapping[str, Any] | None:
    layout = Layout(model)
    condition = " and tenant_id = $2" if layout.tenant_condition(object_type) else ""
    values = (event.record_id, model.tenant_id) if condition else (event.record_id,)
    text = await connection.fetchval(
        f"select to_jsonb(record) from {layout.table_of(object_type)} as record where id = $1{condition}", *values
    )
    return _ROW.decode(text) if text else None


def _decide(
    filters: Sequence[StoredFilter],
    event: Event,
    object_type: ObjectType,
    model: TenantModel,
    rows: _Rows,
    fields: Container[str] | None,
) -> tuple[bool, str]:
    """Whether a filter lets the event pass; if none does, why one of them could not be asked.

    Fields that may not be sent have no value for conditions, whose answer would tell it.
    """
    error = ""
    after, before = (_readable(row, object_type, model, fields) for row in (rows.after, rows.before))
    for found in filters:
        if not found.condition:
            return True, ""
        try:
            if compile_condition(found.condition, model, object_type)(after, before, event.at):
                return True, ""
        except TangramError as caught:
            error = f"The condition '{found.condition}' no longer fits the object: {caught}"
    return False, error


def _readable(
    row: Mapping[str, Any], object_type: ObjectType, model: TenantModel, fields: Container[str] | None
) -> Mapping[str, Any]:
    if fields is None:
        return row
    columns = {column for _f, _t, names in stored_fields(narrowed(object_type, fields), model) for column in names}
    return {column: value for column, value in row.items() if column in columns}


def _has_condition(target: Target, event: Event) -> bool:
    return any(found.condition for found in target.candidates(event))


def _deliver(
    target: Target,
    event: Event,
    object_type: ObjectType,
    model: TenantModel,
    rows: _Rows,
    fields: Container[str] | None,
) -> dict[str, Any] | None:
    wanted, error = _decide(target.candidates(event), event, object_type, model, rows, fields)
    if not wanted and not error:
        return None
    kind, body = message(event, object_type, model, row=rows.now if target.include_record else None, fields=fields)
    return {
        "id": str(uuid_utils.uuid7()),
        "endpoint_id": target.endpoint_id,
        "event_id": event.id,
        "type": kind,
        "body": body,
        "state": DeliveryState.DEAD.value if error else DeliveryState.PENDING.value,
        "error": error,
    }
