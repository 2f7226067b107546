"""Sample data of a template, ready to be stored: references followed, days moved to today, numbers given.

A sample record names others by their `ref`. Its dates are written for the template's `sample_date`, and are moved by
whole days to the day of installation, so that a new tenant's calendars and boards are about now.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, TypeAlias

from metadata.fields import FIELD_TYPES
from metadata.fields.base import InputError
from metadata.fields.numbering import AutoNumberSettings, number_period, render_number
from metadata.fields.relations import RelationKind, relation_of, targets_of
from metadata.model.reading import closest
from metadata.model.tenant import TenantModel
from metadata.model.values import Field, ObjectType
from metadata.packages.library import Package, Record
from metadata.problems import Faults, Path

__all__ = ["Counter", "LinkTable", "SampleData", "SampleRow", "SampleTable", "prepare_samples"]

REF = "ref"
_MAX_RECORDS = 20_000
_OUT_OF_PLACE = {"encrypt": "secrets are enciphered per tenant", "file": "files are uploaded, not shipped"}
"""Why sample records hold no value of a field type, by the step that its values need before they are stored."""

ColumnValues: TypeAlias = dict[str, Any]
"""JSON-ready values by column name."""


@dataclass(frozen=True, slots=True)
class SampleRow:
    """One record as it is stored.

    Attributes:
        id: Its id-to-be, UUID text.
        values: By column, without the system's columns.
    """

    id: str
    values: ColumnValues


@dataclass(frozen=True, slots=True)
class SampleTable:
    """The records of one object type.

    Attributes:
        object_name: The object type.
        columns: SQL type by column name, for the columns that any of the rows has.
        rows: In the order of the file.
        later: Column values that lead to records of tables stored afterwards; by record id.
    """

    object_name: str
    columns: Mapping[str, str]
    rows: tuple[SampleRow, ...]
    later: Mapping[str, ColumnValues]


@dataclass(frozen=True, slots=True)
class LinkTable:
    """Pairs of a many-to-many relation.

    Attributes:
        object_name: The object type that declares the relation.
        field_name: The relation.
        pairs: (source id, target id).
    """

    object_name: str
    field_name: str
    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Counter:
    """Where counting goes on after the sample records.

    Attributes:
        object_name: The object type.
        field_name: The auto number.
        period: As `metadata.fields.numbering.number_period` names it.
        last: The last number given.
    """

    object_name: str
    field_name: str
    period: str
    last: int


@dataclass(frozen=True, slots=True)
class SampleData:
    """Everything to store: tables in this order, then what they hold for later, then links and counters."""

    tables: tuple[SampleTable, ...]
    links: tuple[LinkTable, ...]
    counters: tuple[Counter, ...]


@dataclass(frozen=True, slots=True)
class _Reading:
    """What field types ask for when they read a value."""

    model: TenantModel


@dataclass(frozen=True, slots=True)
class _Found:
    """A record that references may name."""

    object_name: str
    id: str


@dataclass(slots=True)
class _Draft:
    """One record while it is prepared."""

    object_type: ObjectType
    id: str
    path: Path
    record: Record
    values: ColumnValues = field(default_factory=dict)
    links: dict[str, list[str]] = field(default_factory=dict)
    targets: dict[str, str] = field(default_factory=dict)
    """Object names that to-one columns lead to, by column."""


def prepare_samples(
    package: Package, model: TenantModel, today: date, new_id: Callable[[], str]
) -> tuple[SampleData, Faults]:
    """Make the sample records of a template ready to be stored.

    Args:
        package: The template.
        model: The tenant's model, in which the template is installed already.
        today: Day of installation in the tenant's zone; dates are moved to it.
        new_id: Gives ids, UUID text.

    Returns:
        The data and its faults; data with faults must not be stored.
    """
    return _Preparation(package, model, today, new_id).run()


class _Preparation:
    """One preparation: first every record gets its id, so that any record may name any other."""

    def __init__(self, package: Package, model: TenantModel, today: date, new_id: Callable[[], str]) -> None:
        self._package = package
        self._model = model
        self._reading = _Reading(model)
        self._today = today
        self._new_id = new_id
        sample_date = package.template.sample_date
        self._shift = today - date.fromisoformat(sample_date) if sample_date else timedelta()
        self._found: dict[str, _Found] = {}
        self._faults = Faults()

    def run(self) -> tuple[SampleData, Faults]:
        drafts = {name: self._drafts(name, records) for name, records in self._package.records.items()}
        count = sum(map(len, drafts.values()))
        if count > _MAX_RECORDS:
            message = f"The template ships {count} sample records; at most {_MAX_RECORDS} are installed."
            self._faults.add("too_many_records", message, path=("data",))
        for group in drafts.values():
            for draft in group:
                self._fill(draft)
        counters = [counter for group in drafts.values() for counter in self._number(group)]
        for group in drafts.values():
            self._refuse_duplicates(group)
        order = _storing_order(drafts)
        tables = tuple(
            _table(self._model.object(name), drafts[name], order[:place]) for place, name in enumerate(order)
        )
        links = tuple(table for name in order for table in _links(name, drafts[name]))
        return SampleData(tables, links, tuple(counters)), self._faults

    def _drafts(self, name: str, records: Sequence[Record]) -> list[_Draft]:
        drafts: list[_Draft] = []
        for index, record in enumerate(records):
            path: Path = (f"data/{name}.yaml", index)
            ref = record.get(REF)
            if not isinstance(ref, str) or not ref:
                self._faults.add("no_ref", "A sample record needs a `ref`, its name within the template.", path=path)
            elif ref in self._found:
                self._faults.add("duplicate_ref", f"The ref '{ref}' stands twice.", path=path, hint="Choose another.")
            else:
                draft = _Draft(self._model.object(name), self._new_id(), path, record)
                self._found[ref] = _Found(name, draft.id)
                drafts.append(draft)
        return drafts

    def _fill(self, draft: _Draft) -> None:
        declared = {one.name: one for one in draft.object_type.fields if not one.system}
        for name, value in draft.record.items():
            if name == REF:
                continue
            known = declared.get(name)
            if known is None:
                message = f"Object type '{draft.object_type.name}' has no field '{name}'."
                self._faults.add("unknown_field", message, path=(*draft.path, name), hint=closest(name, declared))
            elif value is not None:
                self._fill_field(draft, known, value)
        for one in declared.values():
            self._fill_absent(draft, one)

    def _fill_field(self, draft: _Draft, one: Field, value: Any) -> None:
        path = (*draft.path, one.name)
        field_type = FIELD_TYPES[one.type]
        relation = relation_of(one)
        why = _OUT_OF_PLACE.get(field_type.write_transform, "")
        if (
            field_type.computed
            or (relation and relation.kind is RelationKind.TO_MANY)
            or (relation and relation.reversed)
        ):
            message = f"'{one.name}' is not stored on '{draft.object_type.name}'."
            self._faults.add("not_stored", message, path=path, hint="Leave it out; it follows from other records.")
        elif why:
            message = f"'{one.name}' cannot be filled by sample data: {why}."
            self._faults.add("not_in_samples", message, path=path, hint="Leave it out.")
        elif relation is not None:
            self._fill_relation(draft, one, value, path)
        else:
            self._fill_value(draft, one, self._moved(one, value), path)

    def _fill_value(self, draft: _Draft, one: Field, value: Any, path: Path) -> None:
        field_type = FIELD_TYPES[one.type]
        try:
            stored = field_type.read(value, one, self._reading)
        except InputError as error:
            self._faults.add("bad_value", f"'{one.name}': {error}.", path=path)
            return
        draft.values.update(zip(_column_names(one), stored, strict=True))

    def _fill_relation(self, draft: _Draft, one: Field, value: Any, path: Path) -> None:
        relation = relation_of(one)
        assert relation is not None
        if relation.kind is RelationKind.MANY_TO_MANY:
            members = value if isinstance(value, list) else [value]
            found = [self._target(one, targets_of(relation), member, path) for member in members]
            draft.links[one.name] = list(dict.fromkeys(target.id for target in found if target is not None))
            return
        target = self._target(one, targets_of(relation), value, path)
        if target is None:
            return
        if relation.kind is RelationKind.POLYMORPHIC:
            stored = (self._model.object(target.object_name).table, target.id)
            draft.values.update(zip(_column_names(one), stored, strict=True))
            return
        draft.values[one.column] = target.id
        draft.targets[one.column] = target.object_name

    def _target(self, one: Field, targets: Sequence[str], value: Any, path: Path) -> _Found | None:
        ref = value.get(REF) if isinstance(value, dict) and len(value) == 1 else None
        if not isinstance(ref, str):
            self._faults.add("bad_reference", f"'{one.name}' is not a reference.", path=path, hint="Write `{ref: …}`.")
            return None
        found = self._found.get(ref)
        if found is None:
            message = f"'{one.name}' names the record '{ref}', which there is not."
            self._faults.add("unknown_ref", message, path=path, hint=closest(ref, self._found))
            return None
        if found.object_name not in targets:
            message = f"'{one.name}' leads to {' or '.join(targets)}, but '{ref}' is of '{found.object_name}'."
            self._faults.add("wrong_ref", message, path=path)
            return None
        return found

    def _fill_absent(self, draft: _Draft, one: Field) -> None:
        if draft.record.get(one.name) is not None or FIELD_TYPES[one.type].read_only:
            return
        is_literal = one.default is not None and not (isinstance(one.default, str) and one.default.startswith("="))
        if is_literal:
            self._fill_value(draft, one, one.default, (*draft.path, one.name))
        elif one.required:
            message = f"'{one.name}' is required."
            self._faults.add("required", message, path=draft.path, hint="Give it a value.")

    def _moved(self, one: Field, value: Any) -> Any:
        """A date or time moved to the day of installation; anything else, and what is no date, as it is."""
        try:
            if one.type == "date" and isinstance(value, str):
                return (date.fromisoformat(value) + self._shift).isoformat()
            if one.type == "datetime" and isinstance(value, str):
                return (datetime.fromisoformat(value) + self._shift).isoformat()
        except (ValueError, OverflowError):
            return value  # The field type says what is wrong with it.
        return value

    def _number(self, drafts: Sequence[_Draft]) -> Iterator[Counter]:
        """Give the auto numbers of one object type, in the order of the records' own days."""
        numbered = [one for one in drafts[0].object_type.fields if one.type == "auto_number"] if drafts else []
        for one in numbered:
            settings: AutoNumberSettings = one.settings
            last: dict[str, int] = {}
            for draft in sorted(drafts, key=self._day_of):
                if draft.values.get(one.column) is not None:
                    continue
                day = self._day_of(draft)
                period = number_period(settings, day)
                last[period] = last.get(period, settings.start - 1) + 1
                draft.values[one.column] = render_number(settings, day, last[period])
            for period, number in last.items():
                yield Counter(drafts[0].object_type.name, one.name, period, number)

    def _day_of(self, draft: _Draft) -> date:
        """The first day that the record tells of, but no day to come."""
        for one in draft.object_type.fields:
            value = draft.values.get(one.column) if one.type in ("date", "datetime") else None
            if isinstance(value, str):
                return min(date.fromisoformat(value[:10]), self._today)
        return self._today

    def _refuse_duplicates(self, drafts: Sequence[_Draft]) -> None:
        if not drafts:
            return
        object_type = drafts[0].object_type
        groups: list[tuple[tuple[str, ...], str]] = [((one.name,), "") for one in object_type.fields if one.unique]
        groups += [(unique.fields, unique.name) for unique in object_type.uniques if not unique.where]
        columns = {one.name: _column_names(one) for one in object_type.fields}
        for names, constraint in groups:
            seen: dict[tuple[Any, ...], str] = {}
            for draft in drafts:
                value = tuple(draft.values.get(column) for name in names for column in columns.get(name, ()))
                if None in value:
                    continue
                first = seen.setdefault(value, str(draft.record[REF]))
                if first != draft.record[REF]:
                    what = f"unique constraint '{constraint}'" if constraint else f"unique field '{names[0]}'"
                    message = f"'{draft.record[REF]}' and '{first}' agree in the {what}."
                    self._faults.add("duplicate_value", message, path=(*draft.path, names[0]), hint="Change one.")


def _column_names(one: Field) -> tuple[str, ...]:
    return tuple(
        f"{one.column}_{column.suffix}" if column.suffix else one.column
        for column in FIELD_TYPES[one.type].columns(one)
    )


def _storing_order(drafts: Mapping[str, Sequence[_Draft]]) -> list[str]:
    """Object types so that, as far as there is no circle, records come after those they lead to."""
    needs = {
        name: {target for draft in group for target in draft.targets.values() if target != name}
        for name, group in drafts.items()
    }
    required = {
        name: _required_targets(group[0].object_type) if group else frozenset() for name, group in drafts.items()
    }
    order: list[str] = []
    while len(order) < len(needs):
        waiting = [name for name in needs if name not in order]
        ready = [name for name in waiting if needs[name] <= set(order)]
        # In a circle, begin with one whose references into it may stay empty for a moment.
        open_ended = [name for name in waiting if not (needs[name] & required[name]) - set(order)]
        order.append((ready or open_ended or waiting)[0])
    return order


def _required_targets(object_type: ObjectType) -> frozenset[str]:
    relations = [relation_of(one) for one in object_type.fields if one.required]
    return frozenset(target for relation in relations if relation for target in targets_of(relation))


def _table(object_type: ObjectType, drafts: Sequence[_Draft], before: Sequence[str]) -> SampleTable:
    types = {
        name: column.sql_type
        for one in object_type.fields
        for name, column in zip(_column_names(one), FIELD_TYPES[one.type].columns(one), strict=True)
    }
    used = {name for draft in drafts for name in draft.values}
    stored = {*before, object_type.name}
    later: dict[str, ColumnValues] = {}
    for draft in drafts:
        ahead = {column: draft.values[column] for column, name in draft.targets.items() if name not in stored}
        if ahead:
            later[draft.id] = ahead
    return SampleTable(
        object_name=object_type.name,
        columns={name: sql_type for name, sql_type in types.items() if name in used},
        rows=tuple(SampleRow(draft.id, draft.values) for draft in drafts),
        later=later,
    )


def _links(object_name: str, drafts: Sequence[_Draft]) -> Iterator[LinkTable]:
    names = dict.fromkeys(name for draft in drafts for name in draft.links)
    for name in names:
        pairs = tuple((draft.id, target) for draft in drafts for target in draft.links.get(name, ()))
        yield LinkTable(object_name, name, pairs)
