"""The second half of a plan: what the data says to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

from metadata.changes.catalogue import columns_of
from metadata.changes.dependents import Dependent
from metadata.changes.drafting import Draft
from metadata.changes.facts import Answer, Duplicates, Facts, Filled
from metadata.changes.history import ItemChange
from metadata.changes.state import State
from metadata.changes.steps import AddForeignKey, AlterType, CreateIndex, SchemaStep, SetNotNull, SetSearch, table_of
from metadata.fields.base import ConversionSafety
from metadata.model.tenant import TenantModel
from metadata.problems import Fault, Faults

__all__ = ["Plan", "Risk", "Warned", "conclude"]


@dataclass(frozen=True, slots=True)
class Risk:
    """Data that a change touches.

    Attributes:
        object_name: Object type.
        field_name: Field; empty for whole records.
        effect: `hidden`, `converted`, `filled`, or `dropped`.
        count: How many values or records.
        examples: A few of them.
    """

    object_name: str
    field_name: str
    effect: str
    count: int
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Warned:
    """Something to know before applying that stops nothing.

    Attributes:
        reason: Stable code.
        message: One sentence.
    """

    reason: str
    message: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What would happen, all of it.

    Attributes:
        old: State before.
        new: State afterwards.
        model: The new model, at the next version.
        changes: What happens to items.
        steps: What happens to the schema, at once.
        later: Index and check steps on big tables that a job does afterwards.
        warnings: What to know before applying.
        risks: Data that is touched.
        dependents: Items that use what goes.
        affected: Items that use fields whose type or settings change.
        faults: Why it cannot be applied; empty when it can.
    """

    old: State
    new: State
    model: TenantModel
    changes: tuple[ItemChange, ...] = ()
    steps: tuple[SchemaStep, ...] = ()
    later: tuple[SchemaStep, ...] = ()
    warnings: tuple[Warned, ...] = ()
    risks: tuple[Risk, ...] = ()
    dependents: tuple[Dependent, ...] = ()
    affected: tuple[Dependent, ...] = ()
    faults: tuple[Fault, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether it would change nothing."""
        return not self.changes


def conclude(draft: Draft, facts: Facts) -> Plan:
    """Weigh what the data says.

    Args:
        draft: Of `prepare`.
        facts: Answers to its questions, and which of its tables are big.
    """
    faults = Faults()
    faults.extend(draft.faults)
    risks = [
        *_retyping_risks(draft, facts, faults),
        *_filling_risks(draft, facts, faults),
        *_hiding_risks(draft, facts),
    ]
    _check_unique(draft, facts, faults)
    steps, later = _share_out(draft, facts.big)
    return Plan(
        old=draft.old,
        new=draft.new,
        model=draft.model,
        changes=draft.changes,
        steps=steps,
        later=later,
        warnings=tuple(_warnings(draft, facts, later)),
        risks=tuple(risks),
        dependents=draft.dependents,
        affected=draft.affected,
        faults=tuple(faults),
    )


def _retyping_risks(draft: Draft, facts: Facts, faults: Faults) -> Iterator[Risk]:
    for one in draft.retypings:
        name = f"'{one.object_name}.{one.before.name}'"
        misfits = facts[one.misfits] if one.fits else Answer(0)
        if misfits.count:
            what = f"as {one.after.type}" if one.before.type != one.after.type else "the new settings"
            faults.add(
                "does_not_fit",
                f"{misfits.count} values of {name} do not fit {what}, such as {_listed(misfits.examples)}.",
                path=(one.object_name, one.before.name),
                hint="Change those records first, or add a new field.",
            )
        elif one.conversion.safety is not ConversionSafety.FREE:
            filled = facts[Filled(one.table, one.column)]
            if filled.count:
                yield Risk(one.object_name, one.before.name, "converted", filled.count, filled.examples)


def _filling_risks(draft: Draft, facts: Facts, faults: Faults) -> Iterator[Risk]:
    for one in draft.fillings:
        answer = facts[one.question]
        if not answer.count:
            continue
        if one.has_fill and one.field.unique and answer.count > 1:
            faults.add(
                "not_unique",
                f"The default of '{one.object_name}.{one.field.name}' would stand in {answer.count} records, "
                "and the field is unique.",
                path=(one.object_name, one.field.name, "unique"),
                hint="Add the field without `required`, fill it, then require it.",
            )
        elif one.has_fill:
            yield Risk(one.object_name, one.field.name, "filled", answer.count)
        else:
            faults.add(
                "required_but_empty",
                f"'{one.object_name}.{one.field.name}' cannot be required: {answer.count} records, deleted ones "
                "included, have no value.",
                path=(one.object_name, one.field.name, "required"),
                hint="Give it a constant default, which fills them, or fill them first.",
            )


def _hiding_risks(draft: Draft, facts: Facts) -> Iterator[Risk]:
    for one in draft.hidings:
        answer = facts[one.question]
        if answer.count:
            yield Risk(one.object_name, one.field_name, "hidden", answer.count, answer.examples)


def _check_unique(draft: Draft, facts: Facts, faults: Faults) -> None:
    objects = {object_type.table: object_type.name for object_type in draft.model}
    for step in draft.steps:
        if isinstance(step, CreateIndex) and step.index.unique and step.table in draft.existing:
            answer = facts[Duplicates(step.table, step.index)]
            if answer.count:
                columns = ", ".join(column.name for column in step.index.columns)
                faults.add(
                    "not_unique",
                    f"{answer.count} values of {columns} stand in several records of '{objects.get(step.table)}', "
                    f"such as {_listed(answer.examples)}.",
                    path=(objects.get(step.table, ""), columns),
                    hint="Change or merge those records first.",
                )


def _share_out(draft: Draft, big: frozenset[str]) -> tuple[tuple[SchemaStep, ...], tuple[SchemaStep, ...]]:
    """What is done at once, and what a job finishes on big tables without holding anybody up."""
    now: list[SchemaStep] = []
    later: list[SchemaStep] = []
    for step in draft.steps:
        if table_of(step) not in big:
            now.append(step)
        elif isinstance(step, CreateIndex) and not step.index.unique:
            later.append(step)
        elif isinstance(step, (SetNotNull, AddForeignKey)):
            now.append(msgspec.structs.replace(step, checked=False))
            later.append(step)
        else:
            now.append(step)
    return tuple(now), tuple(later)


def _warnings(draft: Draft, facts: Facts, later: tuple[SchemaStep, ...]) -> Iterator[Warned]:
    for step in draft.steps:
        if isinstance(step, (AlterType, SetSearch)) and step.table in facts.big:
            yield Warned("rewrites_table", f"All rows of table '{step.table}' are rewritten; requests for them wait.")
    for change in draft.changes:
        dropped = _dropped_settings(change)
        if dropped:
            field = f"{change.parent}.{change.name}"
            message = f"Settings {', '.join(dropped)} of '{field}' are dropped: its new type does not take them."
            yield Warned("drops_settings", message)
    if later:
        tables = ", ".join(sorted({table_of(step) for step in later}))
        yield Warned("finished_later", f"{len(later)} steps on big tables ({tables}) are finished in the background.")
    for one in draft.retypings:
        lost = {column.name for column in columns_of(one.before)} - {column.name for column in columns_of(one.after)}
        if lost:
            yield Warned("drops_column", f"Column {', '.join(sorted(lost))} of '{one.table}' is dropped for good.")


def _dropped_settings(change: ItemChange) -> list[str]:
    """Settings that a field loses by changing its type."""
    before, after = change.before or {}, change.after or {}
    if change.kind != "field" or not before or not after or before.get("type") == after.get("type"):
        return []
    return [name for name in before.get("settings", {}) if name not in after.get("settings", {})]


def _listed(examples: tuple[str, ...]) -> str:
    return ", ".join(repr(example) for example in examples)
