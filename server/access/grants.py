"""Rights on named records, given to one user for a time, as rules of that user's own.

Grants that are alike but for the record and the time have one *shape*: the object type, actions, fields, condition,
and what they end with. A user's shapes are part of who they are (`Actor.grants`); each becomes one more rule that
allows something, in a plan of the user's own. Which records it is about is asked in the statement, by the clock of
the statement: nothing has to run for a grant to end, and no plan holds ids of records.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import blake2b
from typing import Any, LiteralString

import msgspec

from metadata.expressions.tree import Binary, Expression, FieldPath, Operator, Parameter
from metadata.expressions.types import BOOLEAN, ID, list_of
from metadata.model.policies import Policy
from metadata.model.policy_scopes import condition_expression
from metadata.model.tenant import TenantModel
from metadata.model.values import ObjectType
from server.access.conditions import both
from server.access.snapshot import Cell, Place, Rule, Snapshot

__all__ = [
    "GRANTED_RECORDS",
    "GRANT_HOLDS",
    "GrantEnds",
    "GrantShape",
    "ends_of",
    "read_shapes",
    "shapes_of",
    "with_grants",
]

GRANTED_RECORDS = "granted records "
"""Start of the parameter that stands for the ids a shape gives; the compiler writes a sub-query in its place."""

GRANT_HOLDS = "grant holds "
"""Start of the parameter that stands for whether a grant of a shape holds, whatever the record."""


@dataclass(frozen=True, slots=True)
class GrantShape:
    """What grants of one rule have in common.

    Attributes:
        object: Table of the object type, which outlives renames.
        actions: Sorted.
        columns: Columns of the fields that it gives, sorted.
        condition: Expression over the record; empty for named records.
        closes: Table of the object type of what it ends with; empty when it ends by time alone.
        closed: Expression over that record: what closed means.
    """

    object: str
    actions: tuple[str, ...]
    columns: tuple[str, ...]
    condition: str = ""
    closes: str = ""
    closed: str = ""

    @property
    def digest(self) -> str:
        """Stored with each grant, so that a statement finds those of a shape."""
        parts = (self.object, self.actions, self.columns, self.condition, self.closes, self.closed)
        return blake2b(msgspec.msgpack.encode(parts), digest_size=12).hexdigest()


def read_shapes(text: str | None) -> tuple[GrantShape, ...]:
    """The shapes of a user, from the JSON that sessions are read with."""
    rows: list[dict[str, Any]] = msgspec.json.decode(text) if text else []
    found = {
        GrantShape(
            row["object"],
            tuple(row["actions"]),
            tuple(row["fields"]),
            row["condition"] or "",
            (row["until_closed"] or {}).get("object", ""),
            (row["until_closed"] or {}).get("condition", ""),
        )
        for row in rows
    }
    return tuple(sorted(found, key=lambda shape: shape.digest))


def with_grants(snapshot: Snapshot, model: TenantModel, user: str, shapes: Sequence[GrantShape]) -> Snapshot:
    """The policies of a tenant with a user's grants among the rules of that user; of objects that are gone nothing."""
    by_table = {object_type.table: object_type for object_type in model}
    rules: list[Rule] = []
    cells: dict[Place, list[Rule]] = {}
    for shape in shapes:
        object_type = by_table.get(shape.object)
        if object_type is None or (shape.closes and shape.closes not in by_table):
            continue
        rule = _rule(shape, object_type, user)
        rules.append(rule)
        for action in shape.actions:
            cells.setdefault((object_type.name, action), []).append(rule)
    before = snapshot.cells.get(f"user:{user}", {})
    places = {
        place: before.get(place, Cell())._replace(grants=(*before.get(place, Cell()).grants, *held))
        for place, held in cells.items()
    }
    own: Mapping[str, Mapping[Place, Cell]] = {f"user:{user}": {**before, **places}}
    digest = blake2b("\n".join((snapshot.digest, *_digests(shapes))).encode(), digest_size=12).hexdigest()
    return replace(
        snapshot,
        digest=digest,
        cells=ChainMap(own, snapshot.cells),  # type: ignore[arg-type]  # it is only read
        rules=(*snapshot.rules, *rules),
    )


def _digests(shapes: Iterable[GrantShape]) -> list[str]:
    return [shape.digest for shape in shapes]


def _rule(shape: GrantShape, object_type: ObjectType, user: str) -> Rule:
    named = {field.name for field in object_type.fields if (field.column or field.name) in shape.columns}
    names = tuple(sorted({"id", *named}))  # never empty, which would mean every field
    policy = Policy(
        name=f"grant_{shape.digest}",
        kind="allow",
        user=user,
        object=object_type.name,
        actions=shape.actions,
        condition=shape.condition,
        fields=names,
        reason="Given for a time.",
    )
    return Rule(policy, _condition(shape), frozenset(names))


def _condition(shape: GrantShape) -> Expression:
    if shape.condition:
        holds = Parameter(f"{GRANT_HOLDS}{shape.digest}", BOOLEAN)
        return both((holds, condition_expression(shape.condition)))
    return Binary(Operator.IN, FieldPath(("id",)), Parameter(f"{GRANTED_RECORDS}{shape.digest}", list_of(ID)))


async def shapes_of(connection: Any, tenant_id: str, user_ids: Iterable[str]) -> Mapping[str, tuple[GrantShape, ...]]:
    """What users were given for a time, by user; of those who were given nothing, nothing."""
    rows = await connection.fetch(_SHAPES, tenant_id, list(user_ids))
    return {row["user_id"]: read_shapes(row["grants"]) for row in rows}


GrantEnds = Mapping[tuple[str, str, str], datetime | None]
"""By user, table of an object type and action: when the last grant of it ends; None where it ends with a record."""


async def ends_of(
    connection: Any, tenant_id: str, user_ids: Iterable[str], *, record: str | None = None, column: str = ""
) -> GrantEnds:
    """When what users were given for a time ends.

    Args:
        connection: Of the tenant.
        tenant_id: Whose users.
        user_ids: Which.
        record: Only grants that may be about this record; None for any.
        column: Only grants that give this field's column; empty for any.
    """
    rows = await connection.fetch(_ENDS, tenant_id, list(user_ids), record, column)
    return {(row["user_id"], row["object"], row["action"]): row["until"] for row in rows}


_ENDS: LiteralString = """
select given.user_id::text as user_id, given.object, action.name as action,
    case when bool_and(given.valid_until is not null) then max(given.valid_until) end as until
from tangram.access_grant as given
cross join unnest(given.actions) as action (name)
where given.tenant_id = $1
    and given.user_id = any($2::uuid[])
    and given.approved_by is not null
    and given.revoked_at is null
    and given.valid_from <= now()
    and (given.valid_until is null or given.valid_until > now())
    and ($3::uuid is null or given.record_id is null or given.record_id = $3)
    and ($4 = '' or $4 = any(given.fields))
group by given.user_id, given.object, action.name
"""

_SHAPES: LiteralString = """
select given.user_id::text as user_id,
    jsonb_agg(distinct jsonb_build_object(
        'object', given.object,
        'actions', given.actions,
        'fields', given.fields,
        'condition', given.condition,
        'until_closed', given.until_closed - 'record'
    ))::text as grants
from tangram.access_grant as given
where given.tenant_id = $1
    and given.user_id = any($2::uuid[])
    and given.approved_by is not null
    and given.revoked_at is null
    and (given.valid_until is null or given.valid_until > now())
group by given.user_id
"""
