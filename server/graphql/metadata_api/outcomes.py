"""What planning and applying a change answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import strawberry
from strawberry.scalars import JSON

from metadata.changes.dependents import Dependent as DependentValue
from metadata.changes.history import ItemChange as ItemChangeValue
from metadata.model.settings import TenantSettings
from metadata.model.values import ObjectType
from metadata.naming import camel
from metadata.problems import Fault as FaultValue
from metadata.problems import Path, TangramError
from server.configuration.requests import Applied, Planned
from server.graphql.metadata_api.dynamic import value_type

__all__ = [
    "AppliedValue",
    "Dependent",
    "ItemChange",
    "Plan",
    "applied_of",
    "camel_parts",
    "dependent_of",
    "item_change_of",
    "plan_of",
    "relocated",
    "result_type",
]


@strawberry.type
class ItemChange:
    """What happens to one declared thing."""

    op: str = strawberry.field(description="create, update, rename, remove, restore or arrange")
    kind: str
    parent: str
    name: str
    to: str = strawberry.field(description="Its new name, where it is renamed")
    before: JSON | None
    after: JSON | None


@strawberry.type
class Dependent:
    """Something that uses another thing."""

    kind: str
    parent: str
    name: str
    attribute: str = strawberry.field(description="Where it names what it uses")
    uses: str = strawberry.field(description="What it uses: an object, or a field as `object.field`")
    cure: str = strawberry.field(description="What `cascade` does to it: remove or edit")


@strawberry.type
class Warned:
    """Something to know before applying."""

    reason: str
    message: str


@strawberry.type
class Risk:
    """Data that a change touches."""

    object: str
    field: str
    effect: str = strawberry.field(description="hidden, converted, filled or dropped")
    count: int
    examples: list[str]


@strawberry.type
class PlanFault:
    """Why a change cannot be applied."""

    reason: str
    message: str
    path: JSON
    hint: str


@strawberry.type
class Plan:
    """What a change does, all of it."""

    changes: list[ItemChange]
    statements: list[str] = strawberry.field(description="SQL of the schema's changes, in order")
    later: list[str] = strawberry.field(description="SQL that a job runs afterwards, beside requests")
    warnings: list[Warned]
    risks: list[Risk] = strawberry.field(description="Data that is touched")
    dependents: list[Dependent] = strawberry.field(description="What uses the things that go")
    affected: list[Dependent] = strawberry.field(description="What uses fields whose type or settings change")
    faults: list[PlanFault] = strawberry.field(description="Why it cannot be applied; empty when it can")
    is_empty: bool = strawberry.field(description="Whether it changes nothing")


@dataclass(frozen=True, slots=True)
class AppliedValue:
    """What stands behind the type of `result_type`."""

    version: int
    plan: Plan
    object: ObjectType | None
    objects: list[ObjectType]
    settings: TenantSettings


def result_type(object_type: Any, settings_type: Any) -> Any:
    """The type that every applied change answers with; its values are `AppliedValue`.

    Args:
        object_type: Output type of object types.
        settings_type: Output type of settings.
    """
    every: Any = list[object_type]
    return value_type(
        "AppliedChange",
        "A change that was made",
        {
            "version": (int, "Version of the metadata now"),
            "plan": (Plan, "What was done; empty when the tenant was so already"),
            "object": (object_type | None, "The object type that was changed; null for a document and for settings"),
            "objects": (every, "Every object type of the tenant now"),
            "settings": (settings_type, "The tenant's settings now"),
        },
    )


def applied_of(applied: Applied, object_name: str = "") -> AppliedValue:
    """An applied change as it is shown, with the object type of this name."""
    model = applied.model
    return AppliedValue(
        applied.version, plan_of(applied.planned), model.objects.get(object_name), list(model), model.settings
    )


def plan_of(planned: Planned, faults: Iterable[FaultValue] | None = None) -> Plan:
    """A plan as it is shown, with these faults in place of its own where they are given."""
    plan = planned.plan
    return Plan(
        changes=[item_change_of(change) for change in plan.changes],
        statements=list(planned.statements),
        later=list(planned.later),
        warnings=[Warned(reason=one.reason, message=one.message) for one in plan.warnings],
        risks=[
            Risk(
                object=one.object_name,
                field=one.field_name,
                effect=one.effect,
                count=one.count,
                examples=list(one.examples),
            )
            for one in plan.risks
        ],
        dependents=[dependent_of(one) for one in plan.dependents],
        affected=[dependent_of(one) for one in plan.affected],
        faults=[
            PlanFault(reason=one.reason, message=one.message, path=JSON(list(one.path)), hint=one.hint)
            for one in (plan.faults if faults is None else faults)
        ],
        is_empty=plan.is_empty,
    )


def item_change_of(change: ItemChangeValue) -> ItemChange:
    """A change of one item as it is shown."""
    return ItemChange(
        op=change.op,
        kind=change.kind,
        parent=change.parent,
        name=change.name,
        to=change.to,
        before=JSON(change.before) if change.before is not None else None,
        after=JSON(change.after) if change.after is not None else None,
    )


def dependent_of(value: DependentValue) -> Dependent:
    """A dependent as it is shown."""
    target = value.target
    return Dependent(
        kind=value.key.kind,
        parent=value.key.parent,
        name=value.key.name,
        attribute=value.attribute,
        uses=".".join(part for part in target if part),
        cure=value.cure.value,
    )


def relocated(error: TangramError, place: Callable[[Path], Path]) -> TangramError:
    """The same error with its faults' paths as `place` gives them."""
    faults = tuple(FaultValue(fault.reason, fault.message, place(fault.path), fault.hint) for fault in error.faults)
    return type(error)(error.message, faults, error.extra)


def camel_parts(parts: Iterable[str | int]) -> Path:
    """Document names as input names."""
    return tuple(camel(part) if isinstance(part, str) else part for part in parts)
