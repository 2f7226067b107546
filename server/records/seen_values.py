"""Values of a record in Python's types, as far as somebody may read them: one statement under their own plan.

What they may not read counts as missing, masked values too, as everywhere but in a record's own answer.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import msgspec

from metadata.expressions.check import ModelScope, read
from metadata.expressions.checked import Checked
from metadata.expressions.scope import FORMULA_ROOTS
from metadata.expressions.types import Kind, ValueType
from metadata.fields.choices import MultiSelectSettings, SelectSettings
from metadata.messages.checks import field_at
from metadata.messages.language import Worded
from metadata.model.tenant import TenantModel
from metadata.model.values import ObjectType
from metadata.problems import TangramError
from server.access.plan import AccessPlan
from server.context import Context
from server.records.compiler import Compiler
from server.records.run_values import values_for
from server.records.statements import Statement

__all__ = ["OptionOf", "RecordReader", "in_words", "shown_value"]

_OF_ACTOR = ("actor.id", "actor.roles")


@dataclass(frozen=True, slots=True)
class _Read:
    """A compiled read.

    Attributes:
        statement: Gives a JSON array of the values.
        texts: What they are of, in order.
        types: Of each.
        is_personal: Whether it gives others for others of the same rights.
    """

    statement: Statement
    texts: tuple[str, ...]
    types: tuple[ValueType, ...]
    is_personal: bool


@dataclass(eq=False)
class RecordReader:
    """Reads values; keeps the statements it has compiled.

    Attributes:
        max_statements: How many are kept; those used last stay.
    """

    max_statements: int = 1_024
    _compiled: OrderedDict[tuple[Any, ...], _Read | None] = field(default_factory=OrderedDict, init=False, repr=False)

    async def values(
        self,
        connection: Any,
        context: Context,
        object_type: ObjectType,
        record_id: str,
        texts: Iterable[str],
        *,
        instant: datetime,
        known: dict[Any, Mapping[str, Any] | None] | None = None,
    ) -> Mapping[str, Any] | None:
        """Values by expression, in Python's types; what may not be read is left out. None for a record not seen.

        Args:
            connection: Of the tenant.
            context: The standing of who reads.
            object_type: Of the record.
            record_id: The record.
            texts: Checked expressions over it.
            instant: What `now()` says.
            known: Values read before for others with the same rights, filled in by this.
        """
        wanted = tuple(dict.fromkeys(texts))
        found = self._read(context.model, context.access, object_type, wanted)
        if found is None:
            return None
        key = (context.access.fingerprint, context.actor.id if found.is_personal else "", wanted)
        if known is not None and key in known:
            return known[key]
        value_of = values_for(context, instant, {"record.id": record_id})
        data = await connection.fetchval(found.statement.sql, *map(value_of, found.statement.parameters))
        values: Mapping[str, Any] | None = None
        if data is not None:
            read_values = zip(found.texts, found.types, msgspec.json.decode(data), strict=True)
            values = {
                text: shown_value(context.model, object_type.name, text, type_, value)
                for text, type_, value in read_values
            }
        if known is not None:
            known[key] = values
        return values

    def _read(
        self, model: TenantModel, access: AccessPlan, object_type: ObjectType, texts: tuple[str, ...]
    ) -> _Read | None:
        key = (model.tenant_id, model.version, access.fingerprint, object_type.name, texts)
        if key not in self._compiled:
            self._compiled[key] = _compile(model, access, object_type, texts)
            if len(self._compiled) > self.max_statements:
                self._compiled.popitem(last=False)
        self._compiled.move_to_end(key)
        return self._compiled[key]


def _compile(model: TenantModel, access: AccessPlan, object_type: ObjectType, texts: Sequence[str]) -> _Read | None:
    """The statement over what can be read of a record; None where no record of the type may be."""
    names = ModelScope(model, object_type.name, FORMULA_ROOTS)
    readable: list[tuple[str, Checked]] = []
    for text in texts:
        try:
            checked = read(text, names)
            trial = Compiler(model, access)
            trial.checked_sql(checked, trial.open(object_type))
        except TangramError:  # nowhere readable, or no longer there
            continue
        readable.append((text, checked))
    compiler = Compiler(model, access)
    scope = compiler.open(object_type)
    parts = [f"({compiler.checked_sql(checked, scope)})" for _text, checked in readable]
    texts_of = [
        f"{sql}::text" if checked.type.kind in (Kind.DECIMAL, Kind.MONEY) else sql
        for sql, (_text, checked) in zip(parts, readable, strict=True)
    ]
    record_id = compiler.parameters.placeholder("record.id", "::uuid")
    try:
        conditions = [f"{scope.alias}.id = {record_id}", *compiler.visible(scope)]
    except TangramError:
        return None
    sql = f"select json_build_array({', '.join(texts_of)})\n{scope.from_clause}\nwhere {' and '.join(conditions)}"
    parameters = compiler.parameters.names()
    return _Read(
        Statement(sql, parameters),
        tuple(text for text, _checked in readable),
        tuple(checked.type for _text, checked in readable),
        any(name in parameters for name in _OF_ACTOR),
    )


def shown_value(model: TenantModel, object_name: str, text: str, type_: ValueType, value: Any) -> Any:
    """A JSON value in Python's type, options with their words in every language."""
    if value is None:
        return None
    match type_.kind:
        case Kind.DATETIME:
            return datetime.fromisoformat(value)
        case Kind.DATE:
            return date.fromisoformat(value)
        case Kind.TIME:
            return time.fromisoformat(value).strftime("%H:%M")
        case Kind.DURATION:
            return timedelta(seconds=value)
        case Kind.DECIMAL | Kind.MONEY:
            return Decimal(value)
        case Kind.OPTION:
            return OptionOf(value, _labels(model, object_name, text, value))
        case Kind.LIST if isinstance(value, list):
            inner = type_.item
            if inner is None:
                return value
            return [shown_value(model, object_name, text, inner, one) for one in value]
    return value


class OptionOf(str):
    """A key with its words by language."""

    __slots__ = ("labels",)
    labels: Mapping[str, str]

    def __new__(cls, key: str, labels: Mapping[str, str]) -> OptionOf:
        """Make one."""
        made = super().__new__(cls, key)
        made.labels = labels
        return made

    def in_language(self, language: str) -> Worded:
        """The key with its words in a language, or in any."""
        return Worded(str(self), self.labels.get(language) or next(iter(self.labels.values()), str(self)))


def in_words(value: Any, language: str) -> Any:
    """A value with the words of its options in a language."""
    if isinstance(value, OptionOf):
        return value.in_language(language)
    if isinstance(value, list):
        return [in_words(one, language) for one in value]
    return value


def _labels(model: TenantModel, object_name: str, text: str, key: str) -> Mapping[str, str]:
    found = field_at(model, object_name, text)
    settings = None if found is None else found.settings
    if not isinstance(settings, SelectSettings | MultiSelectSettings):
        return {}
    return next((one.label for one in settings.options if one.key == key), {})
