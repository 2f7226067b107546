"""The first half of a plan: the new model, dependents, schema steps, and questions about the data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from metadata.changes.catalogue import Catalogue, catalogue, columns_of
from metadata.changes.dependents import Dependent, cascade, dependents, targets_gone
from metadata.changes.edits import Edited, edit
from metadata.changes.facts import Duplicates, Empty, Filled, Misfits, Question, Rows
from metadata.changes.history import ItemChange, compare
from metadata.changes.modelling import allocate, field_value, model_after, model_of
from metadata.changes.references import Target
from metadata.changes.requests import Change
from metadata.changes.state import Item, Key, State
from metadata.changes.steps import Conversions, CreateIndex, DropTable, SchemaStep, steps_between, table_of
from metadata.fields import FIELD_TYPES
from metadata.fields.base import Conversion, ConversionSafety, InputError
from metadata.fields.relations import relation_of, targets_of
from metadata.model.checking import check_model
from metadata.model.kinds import KINDS
from metadata.model.organisation import ORGANISATION
from metadata.model.tenant import TenantModel
from metadata.model.values import Field
from metadata.problems import Fault, Faults, Path

__all__ = ["Draft", "Filling", "Hiding", "Retyping", "prepare", "prepare_state"]


@dataclass(frozen=True, slots=True)
class Retyping:
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
        """The first column before."""
        return next((column.name for column in columns_of(self.before)), "")

    @property
    def misfits(self) -> Misfits:
        """Which values do not suit it?"""
        return Misfits(self.table, self.column, self.fits)


@dataclass(frozen=True, slots=True)
class Filling:
    """A field that must have a value in every record from now on."""

    object_name: str
    table: str
    field: Field
    column: str
    is_new: bool
    has_fill: bool

    @property
    def question(self) -> Question:
        """Which records have no value?"""
        return Rows(self.table) if self.is_new else Empty(self.table, self.column)


@dataclass(frozen=True, slots=True)
class Hiding:
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
    retypings: tuple[Retyping, ...] = ()
    fillings: tuple[Filling, ...] = ()
    hidings: tuple[Hiding, ...] = ()
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


def prepare(
    state: State, model: TenantModel, changes: Iterable[Change], *, cascading: bool = False, given_from: int = 0
) -> Draft:
    """Work out what changes lead to.

    Args:
        state: The declarations as they are.
        model: The same, resolved.
        changes: What is asked for.
        cascading: Whether what depends on removed things may be removed or edited as well.
        given_from: Changes before this one were not given as such but come from a document: faults of them are placed
            by names, `("objects", "customer", "fields", "phone")`, those of the others at `("changes", 0, …)`.
    """
    edited = edit(state, changes, model_of, given_from=given_from)
    return _draft(state, model, edited, cascading=cascading)


def prepare_state(state: State, model: TenantModel, wanted: State) -> Draft:
    """Work out what leads from one state to another, for a rollback."""
    return _draft(state, model, Edited(wanted, (), {}), cascading=False)


def _draft(state: State, model: TenantModel, edited: Edited, *, cascading: bool) -> Draft:
    faults = Faults()
    faults.extend(edited.faults)
    new = allocate(edited.state)
    changes = compare(state, new)
    new_model = model_after(new, model, changes)
    found: list[Dependent] = []
    while used := [one for one in _dependents(state, model, new, new_model, changes) if one not in found]:
        found += used
        if not cascading:
            break
        gone = targets_gone(state, model, new, new_model)
        freed = edit(new, cascade(state, model, new, used, gone), model_of)
        faults.extend(freed.faults)
        new = allocate(freed.state)
        changes = compare(state, new)
        new_model = model_after(new, model, changes)
    if found and not cascading:
        faults.extend(map(_in_use, found))
    elif not faults:
        only = _objects_to_check(new, changes)
        faults.extend(_placed(fault, new, edited.places) for fault in check_model(new_model, only))
    new_model = replace(new_model, version=state.version + 1)
    return _with_steps(Draft(state, new, new_model, changes, (), tuple(found), tuple(faults)), model)


def _dependents(
    old: State, old_model: TenantModel, new: State, new_model: TenantModel, changes: Iterable[ItemChange]
) -> list[Dependent]:
    """Living items that still name what is gone, as they did before."""
    if not any(map(_may_take_away, changes)):
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


def _objects_to_check(new: State, changes: Iterable[ItemChange]) -> set[str] | None:
    """Object types that a change can have made faulty; None for all, because others may refer to what changed."""
    names: set[str] = set()
    for change in changes:
        if not _concerns_its_object_only(change):
            return None
        item = new.items.get(change.id)
        if item is None or not item.is_live:
            names.add(change.parent.split(".")[0])
            continue
        names.add(new.parent_path(item).split(".")[0] if item.parent_id else item.name)
        if change.kind == "field" and item.body.get("settings"):
            names.update(targets_of(relation) if (relation := relation_of(field_value(item))) else ())
    return names & {item.name for item in new.children(kind="object")}


def _concerns_its_object_only(change: ItemChange) -> bool:
    if change.op in ("create", "arrange") or change.kind not in ("object", "field", "settings"):
        return True
    if change.kind != "field" or change.op != "update" or change.before is None or change.after is None:
        return False
    return all(change.before.get(name) == change.after.get(name) for name in ("type", "settings"))


def _placed(fault: Fault, state: State, places: Mapping[str, Path]) -> Fault:
    """A fault of the model, whose path counts in the whole document, where the caller finds it."""
    item: Item | None = None
    named: list[str | int] = []
    rest = list(fault.path)
    while len(rest) >= 2 and isinstance(rest[1], int):
        kind = next((one for one in KINDS.values() if one.collection == rest[0]), None)
        siblings = state.children(item.id if item else "", kind.name) if kind is not None else []
        if kind is None or rest[1] >= len(siblings):
            break
        item = siblings[rest[1]]
        named += [str(rest[0]), item.name]
        rest = rest[2:]
    if item is not None and item.id in places:
        return replace(fault, path=(*places[item.id], *rest))
    return replace(fault, path=(*named, *rest))


def _in_use(dependent: Dependent) -> Fault:
    target = dependent.target
    if not target.object_name:
        what = f"Role '{target.field_name}'"
    elif target.field_name:
        what = f"Field '{target.object_name}.{target.field_name}'"
    else:
        what = f"Object '{target.object_name}'"
    return Fault(
        "in_use",
        f"{what} is used by {dependent}.",
        hint=f"Change that first, or cascade: it would be {dependent.cure.past}.",
    )


def _with_steps(draft: Draft, old_model: TenantModel) -> Draft:
    faults = Faults()
    retypings = tuple(_retypings(draft, old_model, faults))
    faults.extend(draft.faults)
    if faults:
        return replace(draft, faults=tuple(faults))
    touched = _touched_objects(draft)
    before = catalogue(draft.old, old_model, touched)
    after = catalogue(draft.new, draft.model, touched)
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
    _check_columns(draft, _names(draft.new, touched), faults)
    steps = steps_between(before, after, conversions)
    if any(isinstance(step, DropTable) for step in steps):
        raise AssertionError("only purging drops tables")
    return replace(
        draft,
        steps=steps,
        faults=tuple(faults),
        affected=_affected(draft, old_model, retypings),
        retypings=retypings,
        fillings=fillings,
        hidings=tuple(_hidings(draft, old_model)),
        existing=frozenset(before.tables),
    )


def _affected(draft: Draft, old_model: TenantModel, retypings: Iterable[Retyping]) -> tuple[Dependent, ...]:
    targets = {Target(one.object_name, one.before.name) for one in retypings}
    return dependents(draft.old, old_model, targets) if targets else ()


def _touched_objects(draft: Draft) -> set[str]:
    """Ids of the items of the object types whose tables may change; names may differ before and afterwards."""
    touched: set[str] = set()
    for change in draft.changes:
        item = draft.new.items.get(change.id) or draft.old.items[change.id]
        while item.parent_id:
            item = draft.new.items.get(item.parent_id) or draft.old.items[item.parent_id]
        if item.kind == "object":
            touched.add(item.id)
    return touched


def _names(state: State, ids: Iterable[str]) -> Iterator[str]:
    for item_id in ids:
        item = state.items.get(item_id)
        if item is not None and item.is_live:
            yield item.name


def _retypings(draft: Draft, old_model: TenantModel, faults: Faults) -> Iterator[Retyping]:
    for change in draft.changes:
        if change.kind != "field" or change.before is None or change.after is None:
            continue
        old_item, item = draft.old.items[change.id], draft.new.items[change.id]
        before, after = field_value(old_item), field_value(item)
        if before.type == after.type and (before.settings == after.settings or not before.column):
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
        yield Retyping(item, object_name, table, before, after, conversion, _fits(before, after, conversion))


def _conversion(before: Field, after: Field) -> Conversion:
    was, becomes = FIELD_TYPES[before.type], FIELD_TYPES[after.type]
    if was is becomes or (was.computed and becomes.computed):
        return Conversion(ConversionSafety.FREE)
    return was.conversions.get(after.type, Conversion(ConversionSafety.FORBIDDEN))


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


def _fillings(draft: Draft, before: Catalogue, after: Catalogue) -> Iterator[Filling]:
    """Columns of existing tables that demand a value from now on."""
    for object_type in draft.model:
        old, new = before.tables.get(object_type.table), after.tables.get(object_type.table)
        if old is None or new is None or not object_type.has_own_table:
            continue
        for stored in object_type.fields:
            column = next((column.name for column in columns_of(stored)), "")
            if stored.system or column not in new.columns or not new.columns[column].not_null:
                continue
            known = old.columns.get(column)
            if known is None or not known.not_null:
                has_fill = stored.default is not None and not _is_expression(stored.default)
                yield Filling(object_type.name, new.name, stored, column, known is None, has_fill)


def _is_expression(default: Any) -> bool:
    return isinstance(default, str) and default.startswith("=")


@dataclass(frozen=True, slots=True)
class _Reading:
    """What reading a default needs to know."""

    model: TenantModel


def _fills(draft: Draft, fillings: Iterable[Filling], faults: Faults) -> dict[tuple[str, str], Any]:
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


def _hidings(draft: Draft, old_model: TenantModel) -> Iterator[Hiding]:
    """Data of removed objects and fields; fields that go with their object are counted with it."""
    removed = {change.id for change in draft.changes if change.op == "remove" and change.name not in ORGANISATION}
    for change in draft.changes:
        if change.op != "remove" or change.parent_id in removed:
            continue
        if change.kind == "object" and change.name in ORGANISATION:
            continue  # only what the tenant added to it goes
        if change.kind == "object":
            yield Hiding(change.name, "", Rows(old_model.object(change.name).table))
        elif change.kind == "field":
            stored = field_value(draft.old.items[change.id])
            columns = [column.name for column in columns_of(stored)]
            table = old_model.object(change.parent).table
            if columns:
                yield Hiding(change.parent, change.name, Filled(table, columns[0]))
            elif stored.column:
                yield Hiding(change.parent, change.name, Rows(stored.column))
