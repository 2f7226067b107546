"""Records as events, by one statement: what `facts` makes of a record's values, byte for byte, inside PostgreSQL.

An event's JSON is what the ledger keeps and what its hash is of, so both ways have to write the same; a test asks it of
random records. What is not sound is only marked: `facts` says why.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import msgspec

from metadata.expressions.check import Checked, ModelScope, read
from metadata.expressions.scope import FORMULA_ROOTS
from metadata.expressions.types import BOOLEAN, Kind
from metadata.fields.numbers import currency_scale
from metadata.model.tenant import TenantModel
from metadata.pricing.numbers import MAX_AMOUNT, exact
from metadata.pricing.values import ExternalSettings, PricePlan
from server.access.plan import ADMINISTRATOR
from server.database.sql import quote_literal
from server.pricing.definition import Definition
from server.pricing.facts import asked_of
from server.pricing.values import Holder
from server.records.compiler import Compiler
from server.records.scopes import Scope
from server.records.statements import Statement

__all__ = ["held_by", "records_statement", "targets_of"]

_AS_TEXT = frozenset(
    {Kind.BOOLEAN, Kind.INTEGER, Kind.DECIMAL, Kind.MONEY, Kind.TEXT, Kind.OPTION, Kind.DATE, Kind.DURATION, Kind.ID}
)
"""Kinds whose text in SQL is that of their JSON."""

_NUMBERS = frozenset({Kind.INTEGER, Kind.DECIMAL, Kind.MONEY, Kind.DURATION})


def records_statement(model: TenantModel, selecting: Definition, definition: Definition) -> Statement | None:
    """Records of a plan whose first clock lies between `run.from` and `run.to`, as events of a version.

    Columns: key, record_id, party, at (the version's first clock), event, is_sound, held (for each attribution the
    rule that fits, from 1, or 0) and who (the value of each target of `targets_of`).

    Args:
        model: The tenant's.
        selecting: The newest version: which records, and when they happened.
        definition: The version that they are priced by.

    Returns:
        None where an expression is of a kind that only `facts` reads.
    """
    compiler = Compiler(model, ADMINISTRATOR)
    scope = compiler.open(model.object(definition.plan.object))
    made = _Events(model, compiler, scope, definition)
    try:
        columns = made.columns()
        at = made.instant(selecting.plan.clocks[0].value)
        met = made.condition(selecting.plan.when or "true")
    except _NotPlainError:
        return None
    begins, ends = (compiler.parameters.placeholder(name, "::text::timestamptz") for name in ("run.from", "run.to"))
    conditions = " and ".join([f"{at} >= {begins}", f"{at} < {ends}", f"({met})", *compiler.visible(scope)])
    sql = f"""
    select key, record_id, party, at, {made.event()} as event, {made.sound()} as is_sound, held, who
    from (
        select {", ".join(columns)}
        {scope.from_clause}
        where {conditions}
        offset 0
    ) as it
    """
    return Statement(sql, compiler.parameters.names())


class _NotPlainError(Exception):
    """An expression is of a kind that is not read here."""


@dataclass(eq=False)
class _Events:
    """Composes the columns of one version's events."""

    model: TenantModel
    compiler: Compiler
    scope: Scope
    definition: Definition

    def __post_init__(self) -> None:
        self.plan = self.definition.plan
        self._names = ModelScope(self.model, self.plan.object, FORMULA_ROOTS)
        self._asked = asked_of(self.definition, self.model)
        self._sound = ["at is not null"]
        self._columns: list[str] = []

    def columns(self) -> list[str]:
        """What is read of each record."""
        plan = self.plan
        found = [f"{self.scope.alias}.id::text as key", f"{self.scope.alias}.id as record_id"]
        found.append(f"coalesce({self._text(plan.party)}, '') as party" if plan.party else "''::text as party")
        found.append(
            f"coalesce({self._text(plan.contract)}, '') as contract" if plan.contract else "''::text as contract"
        )
        quantity = f"coalesce({self._number(plan.quantity)}, 0)" if plan.quantity else "1"
        found.append(f"{quantity}::numeric as quantity")
        self._sound.append("quantity >= 0")
        found += [f"{self.instant(plan.clocks[0].value)} as at"]
        self._parts = {
            "cost": self._amount(plan.cost) if plan.cost else "0",
            "bases": _object((one.name, self._amount(one.value)) for one in plan.bases),
            "clocks": _object((one.name, _stamped(self._column(self.instant(one.value)))) for one in plan.clocks),
            "dimensions": _object((one.name, _quoted(self._column(self._text(one.value)))) for one in plan.dimensions),
            "fires": self._fires(),
            "payees": self._payees(),
            "amounts": _object(
                (name, self._amount(tariff.settings.amount))
                for name, tariff in self.definition.tariffs.items()
                if isinstance(tariff.settings, ExternalSettings)
            ),
        }
        held, who = self._held()
        return [
            *found,
            *self._columns,
            f"array[{', '.join(held)}]::int[] as held",
            f"array[{', '.join(who)}]::text[] as who",
        ]

    def event(self) -> str:
        """The event's JSON, of those columns."""
        head = "'{\"key\":' || to_json(key)::text || ',\"party\":' || to_json(party)::text || ',\"contract\":' || "
        head += "to_json(contract)::text || ',\"quantity\":\"' || quantity::text || '\"'"
        return " || ".join([head, *(f"',\"{name}\":' || {text}" for name, text in self._parts.items()), "'}'"])

    def sound(self) -> str:
        """Whether `facts` finds no fault in it."""
        return " and ".join(self._sound)

    def instant(self, text: str) -> str:
        """An instant, or the beginning of a day in the tenant's zone."""
        checked = self._read(text)
        sql = f"({self.compiler.checked_sql(checked, self.scope)})"
        if checked.type.kind is Kind.DATETIME:
            return sql
        if checked.type.kind is Kind.DATE:
            return f"({sql}::timestamp at time zone {self.compiler.parameters.placeholder('timezone', '::text')})"
        raise _NotPlainError(text)

    def condition(self, text: str) -> str:
        """A condition; null is none."""
        return f"({self.compiler.checked_sql(read(text, self._names, BOOLEAN), self.scope)})"

    def _read(self, text: str) -> Checked:
        return read(text, self._names)

    def _text(self, text: str) -> str:
        checked = self._read(text)
        sql = f"({self.compiler.checked_sql(checked, self.scope)})"
        if checked.type.kind in _AS_TEXT:
            return f"{sql}::text"
        if checked.type.kind is Kind.DATETIME:
            return f"(to_json({sql}) #>> '{{}}')"
        raise _NotPlainError(text)

    def _number(self, text: str) -> str:
        checked = self._read(text)
        if checked.type.kind not in _NUMBERS:
            raise _NotPlainError(text)
        return f"({self.compiler.checked_sql(checked, self.scope)})::numeric"

    def _column(self, sql: str) -> str:
        name = f"c{len(self._columns)}"
        self._columns.append(f"{sql} as {name}")
        return name

    def _amount(self, text: str) -> str:
        """Whole minor units, as text."""
        scale = currency_scale(self.definition.currency)
        name = self._column(f"round(coalesce({self._number(text)}, 0) * {10**scale})")
        self._sound.append(f"{name} >= 0 and {name} <= {MAX_AMOUNT}")
        if text in self._asked.currencies:
            currency = self._column(self._text(self._asked.currencies[text]))
            ours = quote_literal(self.definition.currency)
            self._sound.append(f"coalesce(nullif({currency}, ''), {ours}) = {ours}")
        return f"{name}::text"

    def _fires(self) -> str:
        named = sorted(self.plan.components, key=lambda one: one.name)
        always = [_literal(one.name) for one in named if not one.when]
        if len(always) == len(named):
            return quote_literal(f"[{','.join(always)}]")
        texts = (
            f"case when {self._column(self.condition(one.when))} then {quote_literal(_literal(one.name))} end"
            if one.when
            else quote_literal(_literal(one.name))
            for one in named
        )
        return f"'[' || concat_ws(',', {', '.join(texts)}) || ']'"

    def _payees(self) -> str:
        names = sorted({share.payee for one in self.plan.components for share in one.shares})
        return _object((name, f"to_json(coalesce({self._column(self._text(name))}, ''))::text") for name in names)

    def _held(self) -> tuple[list[str], list[str]]:
        """For each attribution the first rule whose condition is met and whose targets are all there."""
        held, who = [], []
        for attribution in self.plan.attributions:
            cases = []
            for place, rule in enumerate(attribution.rules, start=1):
                values = [self._text(to.value) for to in rule.to]
                conditions = [f"coalesce({value}, '') <> ''" for value in values]
                conditions += [self.condition(rule.when)] if rule.when else []
                cases.append(f"when {' and '.join(conditions)} then {place}")
                who += values
            held.append(f"case {' '.join(cases)} else 0 end" if cases else "0")
        return held, who


def targets_of(plan: PricePlan) -> list[tuple[int, int, int, Holder]]:
    """What attributions attribute to, in the order of `who`: attribution, rule (from 1), place in the rule, holder."""
    return [
        (number, place, target, Holder(attribution.name, "", to.role, exact(to.percent), rule.name))
        for number, attribution in enumerate(plan.attributions, start=1)
        for place, rule in enumerate(attribution.rules, start=1)
        for target, to in enumerate(rule.to)
    ]


def held_by(plan: PricePlan, held: Sequence[int], who: Sequence[str | None]) -> tuple[Holder, ...]:
    """Whom an event is attributed to, from its `held` and `who`; as `facts.holders_of` says of a record."""
    found: list[Holder] = []
    for number, attribution in enumerate(plan.attributions, start=1):
        targets = [
            Holder(one.attribution, name or "", one.role, one.percent, one.rule)
            for (of, place, _, one), name in zip(targets_of(plan), who, strict=True)
            if of == number and place == held[number - 1]
        ]
        found += targets or [Holder(attribution.name, "", "", exact(100), "")]
    return tuple(found)


def _object(pairs: Iterable[tuple[str, str]]) -> str:
    """JSON text of an object, by the order of names."""
    parts = [f"'{'' if not place else ','}' || {quote_literal(_literal(name) + ':')} || {text}"
             for place, (name, text) in enumerate(sorted(pairs))]  # fmt: skip
    return " || ".join(["'{'", *parts, "'}'"])


def _quoted(column: str) -> str:
    return f"coalesce(to_json({column})::text, 'null')"


def _stamped(column: str) -> str:
    """An instant as JSON, in UTC."""
    at = f"{column} at time zone 'UTC'"
    fraction = f"case when date_trunc('second', {column}) = {column} then '' else to_char({at}, '.US') end"
    return f"coalesce('\"' || to_char({at}, 'YYYY-MM-DD\"T\"HH24:MI:SS') || {fraction} || 'Z\"', 'null')"


def _literal(text: str) -> str:
    return msgspec.json.encode(text).decode()
