"""From a request for changes to a plan: what would be written, done to tables, lost and refused.

    prepare     edits the state, resolves and checks the new model, finds dependents, computes schema steps,
                and names its questions about the data
    conclude    weighs the answers: data at risk, refusals, what is left to a job

Neither touches a database. The order for callers: `prepare` → answer `draft.questions` → `conclude`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from metadata.changes.catalogue import Catalogue, catalogue, columns_of
from metadata.changes.dependents import Dependent, cascade, dependents, targets_gone
from metadata.changes.edits import Edited, edit
from metadata.changes.facts import Answer, Duplicates, Empty, Facts, Filled, Misfits, Question, Rows
from metadata.changes.history import ItemChange, compare
from metadata.changes.modelling import allocate, field_value, model_of
from metadata.changes.references import Target
from metadata.changes.requests import Change
from metadata.changes.state import Item, Key, State
from metadata.changes.steps import (
    AddForeignKey,
    AlterType,
    Conversions,
    CreateIndex,
    SchemaStep,
    SetNotNull,
    SetSearch,
    steps_between,
    table_of,
)
from metadata.fields import FIELD_TYPES
from metadata.fields.base import Conversion, ConversionSafety, InputError
from metadata.fields.relations import relation_of, targets_of
from metadata.model.checking import check_model
from metadata.model.tenant import TenantModel
from metadata.model.values import Field
from metadata.problems import Fault, Faults

__all__ = ["Draft", "Plan", "Risk", "Warned", "conclude", "prepare", "prepare_state"]


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
class _Retyping:
    """A field whose values must suit another type or narrower settings."""

    item: Item
    object_name: str
    table: str
    before: Field
    after: Field
    conversion: Conversion
    fits: str

    @property
    def column(self) -> str:
        return next((column.name for column in columns_of(self.before)), "")

    @property
    def misfits(self) -> Misfits:
        return Misfits(self.table, self.column, self.fits)


@dataclass(frozen=True, slots=True)
class _Filling:
    """A field that must have a value in every record from now on."""

    object_name: str
    table: str
    field: Field
    column: str
    is_new: bool
    has_fill: bool

    @property
    def question(self) -> Question:
        return Rows(self.table) if self.is_new else Empty(self.table, self.column)


@dataclass(frozen=True, slots=True)
class _Hiding:
    """An item whose data goes out of sight."""

    object_name: str
    field_name: str
    question: Question


@dataclass(frozen=True, slots=True)
class Draft:
    """A plan that waits for facts.

    Attributes:
        old: State before.
        new: State afterwards, with physical names.
        model: The new model.
        changes: What happens to items.
        steps: What happens to the schema.
        dependents: Items that use what goes; they are freed of it when the plan cascades.
        affected: Items that use fields whose type or settings change.
        faults: Refusals found so far.
    """

    old: State
    new: State
    model: TenantModel
    changes: tuple[ItemChange, ...]
    steps: tuple[SchemaStep, ...]
    dependents: tuple[Dependent, ...]
    faults: tuple[Fault, ...]
    affected: tuple[Dependent, ...] = ()
    retypings: tuple[_Retyping, ...] = ()
    fillings: tuple[_Filling, ...] = ()
    hidings: tuple[_Hiding, ...] = ()
    existing: frozenset[str] = frozenset()

    @property
    def questions(self) -> tuple[Question, ...]:
        """What must be known of the data, each once."""
        return tuple(dict.fromkeys(self._questions()))

    @property
    def tables(self) -> frozenset[str]:
        """Existing tables that steps touch, whose size matters."""
        return frozenset(map(table_of, self.steps)) & self.existing

    def _questions(self) -> Iterator[Question]:
        for retyping in self.retypings:
            if retyping.fits:
                yield retyping.misfits
            if retyping.conversion.safety is not ConversionSafety.FREE:
                yield Filled(retyping.table, retyping.column)
        yield from (filling.question for filling in self.fillings)
        yield from (hiding.question for hiding in self.hidings)
        for step in self.steps:
            if isinstance(step, CreateIndex) and step.index.unique and step.table in self.existing:
                yield Duplicates(step.table, step.index)


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


def prepare(state: State, model: TenantModel, changes: Iterable[Change], *, cascading: bool = False) -> Draft:
    """Work out what changes lead to.

    Args:
        state: The declarations as they are.
        model: The same, resolved.
        changes: What is asked for.
        cascading: Whether what depends on removed things may be removed or edited as well.
    """
    asked = tuple(changes)
    edited = edit(state, asked, model_of)
    return _draft(state, model, edited, cascading=cascading)


def prepare_state(state: State, model: TenantModel, wanted: State) -> Draft:
    """Work out what leads from one state to another, for a rollback."""
    return _draft(state, model, Edited(wanted, ()), cascading=False)


def _draft(state: State, model: TenantModel, edited: Edited, *, cascading: bool) -> Draft:
    faults = Faults()
    faults.extend(edited.faults)
    new = allocate(edited.state)
    new_model = model_of(new)
    found: list[Dependent] = []
    while used := [one for one in _dependents(state, model, new, new_model) if one not in found]:
        found += used
        if not cascading:
            break
        gone = targets_gone(state, model, new, new_model)
        freed = edit(new, cascade(state, model, new, used, gone), model_of)
        faults.extend(freed.faults)
        new = allocate(freed.state)
        new_model = model_of(new)
    if found and not cascading:
        faults.extend(map(_in_use, found))
    elif not faults:
        faults.extend(check_model(new_model))
    new_model = replace(new_model, version=state.version + 1)
    return _with_steps(Draft(state, new, new_model, compare(state, new), (), tuple(found), tuple(faults)), model)


def _dependents(old: State, old_model: TenantModel, new: State, new_model: TenantModel) -> list[Dependent]:
    """Living items that still name what is gone, as they did before."""
    if not any(_may_take_away(change) for change in compare(old, new)):
        return []
    gone = targets_gone(old, old_model, new, new_model)
    if not gone:
        return []
    return [
        dependent
        for dependent in dependents(old, old_model, gone)
        if _mentions_still(new.items.get(dependent.item_id), old.items[dependent.item_id])
    ]


def _may_take_away(change: ItemChange) -> bool:
    return change.op == "remove" or (change.kind == "field" and change.op in ("update", "rename"))


def _mentions_still(new: Item | None, old: Item) -> bool:
    return new is not None and new.is_live and new.body == old.body


def _in_use(dependent: Dependent) -> Fault:
    target = dependent.target
    what = (
        f"Field '{target.object_name}.{target.field_name}'" if target.field_name else f"Object '{target.object_name}'"
    )
    return Fault(
        "in_use",
        f"{what} is used by {dependent}.",
        hint=f"Change that first, or cascade: it would be {dependent.cure.past}.",
    )


def _with_steps(draft: Draft, old_model: TenantModel) -> Draft:
    if draft.faults:
        return draft
    touched = _touched_objects(draft)
    before = catalogue(draft.old, old_model, touched)
    after = catalogue(draft.new, draft.model, touched)
    faults = Faults()
    retypings = tuple(_retypings(draft, old_model, faults))
    fillings = tuple(_fillings(draft, before, after))
    conversions = Conversions(
        using={
            (one.table, one.column): one.conversion.using
            for one in retypings
            if one.conversion.safety in (ConversionSafety.CHECKED, ConversionSafety.REWRITING)
            and one.before.type != one.after.type
        },
        fill=_fills(draft, fillings, faults),
    )
    _check_columns(draft, touched, faults)
    return replace(
        draft,
        steps=steps_between(before, after, conversions),
        faults=tuple(faults),
        affected=dependents(draft.old, old_model, {Target(one.object_name, one.before.name) for one in retypings}),
        retypings=retypings,
        fillings=fillings,
        hidings=tuple(_hidings(draft, old_model)),
        existing=frozenset(before.tables),
    )


def _touched_objects(draft: Draft) -> set[str]:
    """Names, old and new, of the object types whose tables may change."""
    names: set[str] = set()
    for change in draft.changes:
        if change.kind == "object":
            names |= {change.name, change.to or change.name}
            continue
        for state in (draft.old, draft.new):
            item = state.items.get(change.id)
            if item is not None and item.parent_id:
                names.add(state.parent_path(item).split(".")[0])
    return names


def _retypings(draft: Draft, old_model: TenantModel, faults: Faults) -> Iterator[_Retyping]:
    for change in draft.changes:
        if change.kind != "field" or change.before is None or change.after is None:
            continue
        old_item, item = draft.old.items[change.id], draft.new.items[change.id]
        before, after = field_value(old_item), field_value(item)
        if (before.type, before.settings) == (after.type, after.settings) or not before.column:
            continue
        object_name = draft.old.parent_path(old_item)
        path = (object_name, before.name, "type" if before.type != after.type else "settings")
        if before.type == after.type and _stored_elsewhere(draft, before, after):
            faults.add(
                "relation_moved",
                f"Relation '{object_name}.{before.name}' cannot be made to lead elsewhere: its values would dangle.",
                path=path,
                hint="Add another relation and remove this one.",
            )
            continue
        conversion = _conversion(before, after)
        if conversion.safety is ConversionSafety.FORBIDDEN:
            faults.add("type_change", _forbidden(object_name, before, after), path=path, hint=_offered(before))
            continue
        table = old_model.object(object_name).table
        yield _Retyping(item, object_name, table, before, after, conversion, _fits(before, after, conversion))


def _conversion(before: Field, after: Field) -> Conversion:
    if before.type == after.type:
        return Conversion(ConversionSafety.FREE)
    return FIELD_TYPES[before.type].conversions.get(after.type, Conversion(ConversionSafety.FORBIDDEN))


def _forbidden(object_name: str, before: Field, after: Field) -> str:
    return f"Field '{object_name}.{before.name}' of type {before.type} cannot become {after.type}."


def _offered(before: Field) -> str:
    conversions = FIELD_TYPES[before.type].conversions
    others = sorted(key for key, one in conversions.items() if one.safety is not ConversionSafety.FORBIDDEN)
    return f"It can become: {', '.join(others)}; else add a new field." if others else "Add a new field instead."


def _fits(before: Field, after: Field, conversion: Conversion) -> str:
    """SQL condition over the old column that every value must meet; empty when all do."""
    constraint = FIELD_TYPES[after.type].constraint(after)
    if before.type == after.type and constraint == FIELD_TYPES[before.type].constraint(before):
        constraint = ""
    converted = constraint.replace("{0}", f"({conversion.using})" if conversion.using != "{0}" else "{0}")
    if conversion.fits and converted:
        # A value that does not fit cannot be converted for the second test.
        return f"case when {conversion.fits} then {converted} else false end"
    return conversion.fits or converted


def _stored_elsewhere(draft: Draft, before: Field, after: Field) -> bool:
    """Whether a relation leads to other object types, or is stored in another way."""
    was, becomes = relation_of(before), relation_of(after)
    if was is None or becomes is None:
        return False
    kept = {_object_id(draft.new, name) for name in targets_of(becomes)}
    return was.kind is not becomes.kind or not {_object_id(draft.old, name) for name in targets_of(was)} <= kept


def _object_id(state: State, name: str) -> str:
    item = state.find(Key("object", "", name))
    return item.id if item is not None else name


def _fillings(draft: Draft, before: Catalogue, after: Catalogue) -> Iterator[_Filling]:
    """Columns of existing tables that demand a value from now on."""
    for object_type in draft.model:
        old, new = before.tables.get(object_type.table), after.tables.get(object_type.table)
        if old is None or new is None or object_type.storage != "tenant":
            continue
        for stored in object_type.fields:
            column = next((column.name for column in columns_of(stored)), "")
            if stored.system or column not in new.columns or not new.columns[column].not_null:
                continue
            known = old.columns.get(column)
            if known is None or not known.not_null:
                has_fill = stored.default is not None and not _is_expression(stored.default)
                yield _Filling(object_type.name, new.name, stored, column, known is None, has_fill)


def _is_expression(default: Any) -> bool:
    return isinstance(default, str) and default.startswith("=")


@dataclass(frozen=True, slots=True)
class _Reading:
    """What reading a default needs to know."""

    model: TenantModel


def _fills(draft: Draft, fillings: Iterable[_Filling], faults: Faults) -> dict[tuple[str, str], Any]:
    """The default's values by (table, column), for rows that have none."""
    fills: dict[tuple[str, str], Any] = {}
    for filling in fillings:
        if not filling.has_fill:
            continue
        stored = filling.field
        try:
            values = FIELD_TYPES[stored.type].read(stored.default, stored, _Reading(draft.model))
        except InputError as error:
            faults.add(
                "bad_default",
                f"The default of '{filling.object_name}.{stored.name}' does not fit: {error}.",
                path=(filling.object_name, stored.name, "default"),
            )
            continue
        for column, value in zip(columns_of(stored), values, strict=True):
            fills[filling.table, column.name] = value
    return fills


def _check_columns(draft: Draft, touched: Iterable[str], faults: Faults) -> None:
    """Two fields of several columns each may ask for the same one; then the later one must be called otherwise."""
    for name in touched:
        object_type = draft.model.objects.get(name)
        seen: dict[str, str] = {}
        for stored in object_type.fields if object_type is not None else ():
            for column in columns_of(stored):
                other = seen.setdefault(column.name, stored.name)
                if other != stored.name:
                    faults.add(
                        "column_taken",
                        f"Fields '{other}' and '{stored.name}' of '{name}' would both be stored in {column.name}.",
                        path=(name, stored.name),
                        hint="Remove one of them and create it anew under another name.",
                    )


def _hidings(draft: Draft, old_model: TenantModel) -> Iterator[_Hiding]:
    """Data of removed objects and fields; fields that go with their object are counted with it."""
    removed = {change.id for change in draft.changes if change.op == "remove"}
    for change in draft.changes:
        if change.op != "remove" or change.parent_id in removed:
            continue
        if change.kind == "object":
            yield _Hiding(change.name, "", Rows(old_model.object(change.name).table))
        elif change.kind == "field":
            stored = field_value(draft.old.items[change.id])
            columns = [column.name for column in columns_of(stored)]
            table = old_model.object(change.parent).table
            if columns:
                yield _Hiding(change.parent, change.name, Filled(table, columns[0]))
            elif stored.column:
                yield _Hiding(change.parent, change.name, Rows(stored.column))


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
        if one.has_fill:
            yield Risk(one.object_name, one.field.name, "filled", answer.count)
            continue
        faults.add(
            "required_but_empty",
            f"'{one.object_name}.{one.field.name}' cannot be required: {answer.count} records, deleted ones included, "
            "have no value.",
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
    if later:
        tables = ", ".join(sorted({table_of(step) for step in later}))
        yield Warned("finished_later", f"{len(later)} steps on big tables ({tables}) are finished in the background.")
    for one in draft.retypings:
        lost = {column.name for column in columns_of(one.before)} - {column.name for column in columns_of(one.after)}
        if lost:
            yield Warned("drops_column", f"Column {', '.join(sorted(lost))} of '{one.table}' is dropped for good.")


def _listed(examples: tuple[str, ...]) -> str:
    return ", ".join(repr(example) for example in examples)
