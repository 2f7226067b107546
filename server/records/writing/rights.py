"""What a write asks of the actor's rights: the record before it, the record after it, and the fields that it sets.

    reach     conditions on the records that an action may be done to: the actor sees them, and may do it
    faults    what is wrong with one record written, told by the statement that wrote it

A change of an existing record is judged before and after. After it, the record must still be one that the actor may
change, unless the right `transfer` reaches it as it was. Who owns a record is handed over by rights of its own:

    nobody's → the actor's      claim, or assign
    nobody's → somebody's       assign
    somebody's → anybody else's transfer

These rights stand beside `update`: a change of the owner alone needs no right to update. Where every right is given,
none of this adds a word to a statement.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from metadata.expressions.tree import Expression
from metadata.fields import FIELD_TYPES
from metadata.model.tenant import field_of
from metadata.model.values import Field, ObjectType
from metadata.naming import camel
from metadata.problems import ForbiddenError
from server.access.conditions import ALWAYS, NEVER, both, either
from server.access.plan import AccessPlan, Action
from server.database.sql import quote_literal
from server.records.compiler import Compiler
from server.records.field_rights import is_masked, masked_text
from server.records.layout import Layout
from server.records.scopes import Scope

__all__ = [
    "HANDING_OVER",
    "Change",
    "allowed",
    "faults",
    "fields_set",
    "guarded_on_creation",
    "is_readable",
    "may_set",
    "nameable",
    "reach",
    "read_level",
    "settable",
]

HANDING_OVER = (Action.CLAIM, Action.ASSIGN, Action.TRANSFER)
"""Actions that change who owns a record."""

_OWNER = "owner"
_USER = "user"
_JUDGED_AFTER = frozenset({Action.UPDATE, Action.MERGE})
"""Actions that leave a record which can be elsewhere than it was."""


@dataclass(frozen=True, slots=True)
class Change:
    """What one statement sets.

    Attributes:
        object_type: Whose records.
        action: What is done to them.
        fields: Fields that are set, to-many relations included; empty where the action itself is the change.
    """

    object_type: ObjectType
    action: Action
    fields: tuple[Field, ...] = ()

    @property
    def hands_over(self) -> bool:
        """Whether it sets the owner of records that are there."""
        return self.action is Action.UPDATE and any(map(_is_owner, self.fields))

    @property
    def only_hands_over(self) -> bool:
        """Whether it sets nothing but that."""
        return self.hands_over and all(map(_is_owner, self.fields))


def reach(compiler: Compiler, scope: Scope, change: Change, *, deleted: bool = False) -> list[str]:
    """Conditions on the records of a scope that an action may be done to.

    Raises:
        ForbiddenError: The actor may not do it to any record.
    """
    rows = _reached(compiler.access, change)
    if rows == NEVER:
        raise ForbiddenError.single(
            "action_not_allowed",
            f"You may not {change.action.value} {change.object_type.plural}.",
            hint="Ask an administrator for the right.",
        )
    conditions = compiler.visible(scope, deleted=deleted)
    if rows != ALWAYS:
        conditions.append(compiler.permitted(rows, scope))
    return conditions


def allowed(compiler: Compiler, scope: Scope, change: Change) -> str:
    """SQL of whether the action may be done to a record that the actor sees."""
    rows = _reached(compiler.access, change)
    return "true" if rows == ALWAYS else f"({_sql(compiler, rows, scope)}) is true"


def settable(compiler: Compiler, scope: Scope, change: Change) -> list[str]:
    """Conditions on records whose fields may be set, as far as the record before the change decides it."""
    found = []
    for field in change.fields:
        writable = _writable(compiler.access, change.object_type.name, field, change.action)
        if writable != ALWAYS:
            found.append(_sql(compiler, writable, scope))
    return found


def nameable(compiler: Compiler, scope: Scope) -> list[str]:
    """Conditions on the records that the actor may name in an input: those that they see, and their own account."""
    object_type = scope.object_type
    rows = _rows(compiler.access, object_type.name, Action.READ)
    conditions = ["false"] if rows == NEVER else compiler.visible(scope)
    if rows == ALWAYS or object_type.name != _USER:
        return conditions
    actor = compiler.parameters.placeholder("actor.id", "::uuid")
    return [f"({' and '.join(conditions)} or {scope.alias}.id = {actor})"]


def read_level(compiler: Compiler, scope: Scope, field: Field) -> str:
    """SQL of how much the actor reads of a field in a record: 2 plain, 1 masked, 0 nothing."""
    access, name = compiler.access, scope.object_type.name
    readable = access.field_condition(name, field.name) or NEVER
    if readable == ALWAYS:
        return "2"
    masked = either(condition for condition, _mask in access.masks(name, field.name))
    return f"case when {_sql(compiler, readable, scope)} then 2 when {_sql(compiler, masked, scope)} then 1 else 0 end"


def fields_set(
    layout: Layout, object_type: ObjectType, columns: Iterable[str], relations: Iterable[str] = ()
) -> tuple[Field, ...]:
    """Fields behind columns, and relations by name; `deleted_at` is none of them, it is the action itself."""
    set_columns, names = frozenset(columns), frozenset(relations)
    return tuple(
        field
        for field in object_type.fields
        if field.name in names
        or (field.name != "deleted_at" and not set_columns.isdisjoint(layout.columns(object_type, field)))
    )


def is_readable(compiler: Compiler, scope: Scope) -> str:
    """SQL of whether the actor sees a record at hand; empty where every record is seen."""
    rows = _rows(compiler.access, scope.object_type.name, Action.READ)
    return "" if rows == ALWAYS else f"({compiler.permitted(rows, scope)}) is true"


def may_set(access: AccessPlan, object_name: str, field: Field, *, creating: bool) -> bool:
    """Whether a field may be set on some record."""
    if access.rights is None:
        return True
    actions = (Action.CREATE,) if creating else (Action.UPDATE, *(HANDING_OVER if _is_owner(field) else ()))
    return any(access.write_condition(object_name, field.name, action) is not None for action in actions)


def guarded_on_creation(access: AccessPlan, object_type: ObjectType) -> tuple[Field, ...]:
    """Fields that may be set on some new records and not on others."""
    if access.rights is None:
        return ()
    return tuple(
        field
        for field in object_type.fields
        if _writable(access, object_type.name, field, Action.CREATE) not in (ALWAYS, NEVER)
    )


def faults(compiler: Compiler, change: Change, after: Scope, before: Scope | None = None) -> list[str]:
    """SQL of what is wrong with a record written, by the actor's rights: each a text, or null.

    `row <record> <object> <action>`, `leaves <record> <object>`, `field` and `mask <record> <object>.<field>`.

    Args:
        compiler: Of the statement.
        change: What the statement does.
        after: The record as it is written.
        before: The record as it was; None for a new one, whose fields are those that it was given.

    Raises:
        ForbiddenError: The actor may set one of the fields on no record.
    """
    if compiler.access.rights is None:
        return []
    if before is None:
        return [*_creation(compiler, change, after), *_fields(compiler, change, after, None, [])]
    if change.action not in _JUDGED_AFTER or not change.fields:
        return []
    found = list(_handing_over(compiler, change, after, before)) if change.hands_over else []
    waived = _leave_to_go(compiler, change, after, before)
    if waived is not None and not change.only_hands_over:
        found += _leaving(compiler, change, after, waived)
    return [*found, *_fields(compiler, change, after, before, waived), *_masks_sent(compiler, change, after, before)]


# ── parts ────────────────────────────────────────────────────────────────────────────────────────


def _creation(compiler: Compiler, change: Change, after: Scope) -> Iterator[str]:
    name = change.object_type.name
    rows = _rows(compiler.access, name, Action.CREATE)
    if rows == NEVER:
        raise ForbiddenError.single(
            "action_not_allowed",
            f"You may not create {change.object_type.plural}.",
            hint="Ask an administrator for the right.",
        )
    if rows != ALWAYS:
        yield _unless(compiler.permitted(rows, after), _told("row", after, f" {name} create"))


def _handing_over(compiler: Compiler, change: Change, after: Scope, before: Scope) -> Iterator[str]:
    """Whoever owns the record already may be named again without any right."""
    owner = field_of(change.object_type, _OWNER)
    assert owner is not None
    claim, assign, transfer = (_handing_rows(compiler.access, change.object_type.name, owner, a) for a in HANDING_OVER)
    if claim == assign == transfer == ALWAYS:
        return
    was, becomes = before.stored(owner.column), after.stored(owner.column)
    actor = compiler.parameters.placeholder("actor.id", "::uuid")

    def refused(rows: Expression, action: Action) -> str:
        text = _told("row", after, f" {change.object_type.name} {action.value}")
        return "null" if rows == ALWAYS else _unless(_sql(compiler, rows, before), text)

    yield (
        f"case when {was} is not distinct from {becomes} then null"
        f" when {was} is not null then {refused(transfer, Action.TRANSFER)}"
        f" when {becomes} = {actor} then {refused(either((claim, assign)), Action.CLAIM)}"
        f" else {refused(assign, Action.ASSIGN)} end"
    )


def _leave_to_go(compiler: Compiler, change: Change, after: Scope, before: Scope) -> list[str] | None:
    """SQL of what lets a record leave what the actor may change; None where it always may."""
    transfer = _rows(compiler.access, change.object_type.name, Action.TRANSFER)
    if transfer == ALWAYS:
        return None
    found = [] if transfer == NEVER else [compiler.permitted(transfer, before)]
    if change.hands_over:
        column = next(field.column for field in change.fields if _is_owner(field))
        found.append(f"{before.stored(column)} is distinct from {after.stored(column)}")
    return found


def _leaving(compiler: Compiler, change: Change, after: Scope, waived: Sequence[str]) -> Iterator[str]:
    rows = _rows(compiler.access, change.object_type.name, change.action)
    if rows != ALWAYS:
        stays = compiler.permitted(rows, after)
        yield _unless(_any([stays, *waived]), _told("leaves", after, f" {change.object_type.name}"))


def _fields(
    compiler: Compiler, change: Change, after: Scope, before: Scope | None, waived: Sequence[str] | None
) -> Iterator[str]:
    """A field may be set on the record as it was and, unless it may leave, as it is."""
    for field in change.fields:
        if change.hands_over and _is_owner(field):
            continue
        writable = _writable(compiler.access, change.object_type.name, field, change.action)
        if writable == NEVER:
            raise ForbiddenError.single(
                "field_not_writable",
                f"You may not set field '{camel(field.name)}' of '{change.object_type.name}'.",
                path=(camel(field.name),),
                hint="Leave the field out, or ask an administrator for the right.",
            )
        if writable == ALWAYS:
            continue
        allowed = [] if before is None else [f"({compiler.permitted(writable, before)})"]
        if waived is not None:
            allowed.append(_any([compiler.permitted(writable, after), *waived]))
        fault = _unless(" and ".join(allowed), _told("field", after, f" {change.object_type.name}.{field.name}"))
        if before is None:  # what the server gave by itself is not asked
            yield f"case when {quote_literal(field.name)} = any(g.sent__fields) then {fault} end"
        else:
            yield fault


def _reached(access: AccessPlan, change: Change) -> Expression:
    actions = (Action.UPDATE, *HANDING_OVER) if change.only_hands_over else (change.action,)
    return either(_rows(access, change.object_type.name, action) for action in actions)


def _masks_sent(compiler: Compiler, change: Change, after: Scope, before: Scope) -> Iterator[str]:
    """A mask is what the actor was shown, and never meant as a value: it is not stored in its place."""
    for field in change.fields:
        columns = FIELD_TYPES[field.type].columns(field)
        if len(columns) != 1 or columns[0].sql_type != "text" or FIELD_TYPES[field.type].transform:
            continue
        masked = is_masked(compiler, before, field)
        if masked:
            mask = masked_text(compiler, before, field, before.stored(field.column))
            fault = _told("mask", after, f" {change.object_type.name}.{field.name}")
            yield f"case when {masked} and {after.stored(field.column)} = {mask} then {fault} end"


def _handing_rows(access: AccessPlan, name: str, owner: Field, action: Action) -> Expression:
    """Where the owner may be changed by one of the rights for that."""
    return both((_rows(access, name, action), _writable(access, name, owner, action)))


def _rows(access: AccessPlan, name: str, action: Action) -> Expression:
    return access.rows(name, action) or NEVER


def _writable(access: AccessPlan, name: str, field: Field, action: Action) -> Expression:
    return access.write_condition(name, field.name, action) or NEVER


def _sql(compiler: Compiler, rows: Expression, scope: Scope) -> str:
    if rows in (ALWAYS, NEVER):
        return "true" if rows == ALWAYS else "false"
    return compiler.permitted(rows, scope)


def _any(conditions: Sequence[str]) -> str:
    return "(" + " or ".join(f"({condition})" for condition in conditions) + ")"


def _unless(condition: str, fault: str) -> str:
    """An unknown answer is no."""
    return f"case when ({condition}) is not true then {fault} end"


def _told(kind: str, after: Scope, about: str) -> str:
    return f"{quote_literal(kind + ' ')} || {after.alias}.id || {quote_literal(about)}"


def _is_owner(field: Field) -> bool:
    return field.system and field.name == _OWNER
