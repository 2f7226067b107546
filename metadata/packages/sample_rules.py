"""Whether sample records meet the validation rules of their object types, by the rules' own Python back end."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from metadata.expressions.check import read
from metadata.expressions.evaluate import Compiled, Env, compile_python
from metadata.expressions.scope import ModelScope
from metadata.expressions.types import BOOLEAN, Kind
from metadata.fields import FIELD_TYPES
from metadata.fields.relations import RelationKind, relation_of
from metadata.model.tenant import TenantModel
from metadata.model.values import Field, ObjectType
from metadata.packages.samples import SampleData, SampleTable
from metadata.problems import Fault, TangramError

__all__ = ["broken_rules"]

_READERS: Mapping[Kind, Callable[[Any], Any]] = {
    Kind.DECIMAL: Decimal,
    Kind.MONEY: Decimal,
    Kind.DATE: date.fromisoformat,
    Kind.DATETIME: datetime.fromisoformat,
    Kind.TIME: time.fromisoformat,
    Kind.DURATION: lambda seconds: timedelta(seconds=int(seconds)),
}
"""JSON-ready stored value → what expressions are given, where they differ."""


def broken_rules(data: SampleData, model: TenantModel, today: date) -> Iterator[Fault]:
    """The rules that sample records break.

    Rules that look at computed fields or at lists of related records are left to the database.

    Args:
        data: Prepared for `today`.
        model: The model it was prepared for.
        today: Day of the clock that rules see; its last hour, so that nothing dated that day is to come.
    """
    env = Env(datetime.combine(today, time(23, 59), ZoneInfo(model.settings.timezone)), model.settings.timezone)
    records = _Records(data, model)
    for table in data.tables:
        object_type = model.object(table.object_name)
        for name, compiled in _rules(object_type, model):
            yield from _breaches(table, object_type, records, (name, compiled), env)


def _rules(object_type: ObjectType, model: TenantModel) -> Iterator[tuple[str, Compiled]]:
    for validation in object_type.validations:
        try:
            checked = read(validation.rule, ModelScope(model, object_type.name), BOOLEAN)
        except TangramError:
            continue  # The model's own check names it.
        yield validation.name, compile_python(checked)


def _breaches(
    table: SampleTable, object_type: ObjectType, records: _Records, rule: tuple[str, Compiled], env: Env
) -> Iterator[Fault]:
    name, compiled = rule
    for index, row in enumerate(table.rows):
        try:
            verdict = compiled(_Record(records, object_type, row.id), env)
        except KeyError:
            return
        if verdict is False:
            text = f"The record breaks the validation rule '{name}' of '{object_type.name}'."
            yield Fault("breaks_rule", text, (f"data/{object_type.name}.yaml", index), "Change the record or the rule.")


@dataclass(slots=True)
class _Records:
    """All records by id, with their object types."""

    data: SampleData
    model: TenantModel
    values: dict[str, Mapping[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for table in self.data.tables:
            self.values.update((row.id, row.values) for row in table.rows)


@dataclass(frozen=True, slots=True, eq=False)
class _Record(Mapping[str, Any]):
    """One record as expressions read it; related records are looked up when they are asked for."""

    records: _Records
    object_type: ObjectType
    id: str

    def __getitem__(self, name: str) -> Any:
        if name == "id":
            return self.id
        found = next((one for one in self.object_type.fields if one.name == name), None)
        if found is None or found.system or FIELD_TYPES[found.type].computed:
            raise KeyError(name)
        values = self.records.values[self.id]
        relation = relation_of(found)
        if relation is None:
            return _read(found, self.records.model, values)
        target = values.get(found.column)
        if relation.kind is not RelationKind.TO_ONE or relation.to not in self.records.model.objects:
            raise KeyError(name)
        return None if target is None else _Record(self.records, self.records.model.object(relation.to), target)

    def __iter__(self) -> Iterator[str]:
        return (one.name for one in self.object_type.fields)

    def __len__(self) -> int:
        return len(self.object_type.fields)


def _read(found: Field, model: TenantModel, values: Mapping[str, Any]) -> Any:
    columns = FIELD_TYPES[found.type].columns(found)
    if len(columns) > 1 and found.type != "money":
        raise KeyError(found.name)
    stored = values.get(f"{found.column}_{columns[0].suffix}" if columns[0].suffix else found.column)
    if stored is None:
        return None
    reader = _READERS.get(FIELD_TYPES[found.type].value_type(found, model).kind)
    value = stored if reader is None else reader(stored)
    return value.astimezone(UTC) if isinstance(value, datetime) else value
