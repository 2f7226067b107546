"""Compiles figures over records: groups, aggregates, conditions and order over them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from metadata.expressions.check import ModelScope, ScopeField, check
from metadata.expressions.tree import AggregateFunction, FieldPath, Parameter, Root
from metadata.expressions.types import TEXT, Kind, ValueType
from metadata.fields import FIELD_TYPES
from metadata.fields.base import Output
from metadata.model.tenant import TenantModel
from metadata.model.values import Field, ObjectType
from server.access.plan import AccessPlan
from server.access.sensitivity import is_sensitive
from server.database.sql import quote_literal
from server.records.clauses import in_order, sortable
from server.records.compiler import Compiler
from server.records.expressions import quotient, to_sql
from server.records.json_text import JsonText, computed_scalar, json_scalar, scalar_of
from server.records.plans import AggregatePlan, Direction, Figure, GroupKey, HavingCondition, KeySelection, figure_type
from server.records.scopes import Correlated, Scope
from server.records.statements import FIGURE, Statement, Transform

__all__ = ["compile_aggregate", "shown_of"]

_TIMEZONE = Parameter("timezone", TEXT)
_COUNTS = (AggregateFunction.COUNT, AggregateFunction.COUNT_DISTINCT)


def compile_aggregate(plan: AggregatePlan, model: TenantModel, access: AccessPlan) -> Statement:
    """Figures by group: a statement with columns `data` (bytes of a JSON list) and `epoch`."""
    compiler = Compiler(model, access)
    scope, conditions = compiler.rows(plan.object_type, plan.filter, plan.search)
    figures = _FigureCompiler(compiler, scope, plan)
    answer = figures.members(plan.selections)
    having = f"\nhaving {figures.condition(plan.having)}" if plan.having is not None else ""
    order = figures.order(plan.order)
    limit = "" if plan.size is None else f"\nlimit {compiler.expression(plan.size, scope)}"
    group = f"\ngroup by {', '.join(map(sortable, figures.keys.values())) or '()'}"
    where = "\nwhere " + " and ".join(f"({condition})" for condition in conditions) if conditions else ""
    compiler.transforms += _noted(plan, model)
    inner = f"select {answer} as line\n{scope.from_clause}{where}{group}{having}{order}{limit}"
    return compiler.statement(
        f"select '[' || coalesce(string_agg(lines.line, ','), '') || ']' as data\nfrom ({inner}) as lines"
    )


def shown_of(plan: AggregatePlan) -> Iterator[tuple[ObjectType, Field]]:
    """The fields whose values an answer shows, as keys or as figures; a count shows none."""
    for _path, object_type, field in _shown(plan.selections, plan.object_type, ()):
        yield object_type, field


def _shown(
    selections: Iterable[KeySelection], counted: ObjectType, path: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], ObjectType, Field]]:
    for selection in selections:
        here = (*path, selection.key)
        match selection.what:
            case tuple() as inner:
                yield from _shown(inner, counted, here)
            case GroupKey() as key:
                yield here, key.object_type, key.field
            case Figure(field=Field() as field, function=function) if function not in _COUNTS:
                yield here, counted, field


def _noted(plan: AggregatePlan, model: TenantModel) -> Iterator[Transform]:
    for path, object_type, field in _shown(plan.selections, plan.object_type, ()):
        if is_sensitive(model, object_type.name, field):
            yield Transform((None, *path), FIGURE, (object_type.name, field.name))


class _FigureCompiler:
    """SQL of keys and figures over one scope."""

    def __init__(self, compiler: Compiler, scope: Scope, plan: AggregatePlan) -> None:
        self.compiler = compiler
        self.scope = scope
        self.groups = plan.groups
        self.keys = {key.path: self._key(key) for key in plan.groups}

    def _key(self, key: GroupKey) -> str:
        value = self.scope.column(key.value)
        if key.bucket is None:
            return value
        if key.type.kind is Kind.DATETIME:
            value = f"({value} at time zone {self.compiler.parameters.parameter(_TIMEZONE)})"
        return f"to_char({value}, {quote_literal(key.bucket.value)})"

    def members(self, selections: tuple[KeySelection, ...]) -> JsonText:
        """The JSON object of a group."""
        return JsonText().members((selection.key, self._member(selection)) for selection in selections)

    def _member(self, selection: KeySelection) -> JsonText:
        what = selection.what
        if isinstance(what, str):
            return JsonText().constant(what)
        if isinstance(what, tuple):
            return self.members(what)
        if isinstance(what, GroupKey):
            return JsonText().sql(self._key_json(what))
        return JsonText().sql(self._figure_json(what))

    def _key_json(self, key: GroupKey) -> str:
        sql = self.keys[key.path]
        field_type = FIELD_TYPES[key.field.type]
        if key.bucket is not None or key.type.kind in (Kind.DATE, Kind.DATETIME):
            return json_scalar(sql, "DateTime" if key.bucket is None else "String")
        if field_type.output is Output.OPTION:
            return json_scalar(sql, "Option")
        if field_type.output in (Output.PLAIN, Output.TEXT):
            return json_scalar(sql, field_type.scalar)
        computed = field_type.output is Output.COMPUTED
        scalar = computed_scalar(key.object_type, key.field, self.compiler.model) if computed else scalar_of(key.type)
        return json_scalar(sql, scalar)

    def _figure_json(self, figure: Figure) -> str:
        sql = self.figure(figure)
        if figure.function in _COUNTS:
            return json_scalar(sql, "Int", nullable=False)
        assert figure.type is not None
        if figure.function is AggregateFunction.AVG and figure.type.kind is not Kind.DURATION:
            return json_scalar(sql, "Decimal")
        if figure.function in (AggregateFunction.MIN, AggregateFunction.MAX) and figure.field is not None:
            return json_scalar(sql, computed_scalar(self.scope.object_type, figure.field, self.compiler.model))
        return json_scalar(sql, scalar_of(figure.type))

    def figure(self, figure: Figure) -> str:
        """SQL of one figure."""
        if figure.value is None:
            return "count(*)"
        assert figure.type is not None
        value = self.scope.column(figure.value)
        match figure.function:
            case AggregateFunction.COUNT:
                return f"count({value})"
            case AggregateFunction.COUNT_DISTINCT:
                return f"count(distinct {value})"
            case AggregateFunction.AVG:
                exact = quotient(f"sum({value})", f"count({value})")
                is_duration = figure.type.kind is Kind.DURATION
                return self._one_currency(figure, f"round(avg({value}))::bigint" if is_duration else exact)
            case AggregateFunction.SUM:
                total = f"sum({value})"
                return self._one_currency(figure, f"{total}::bigint" if figure.type.kind is Kind.DURATION else total)
            case function:
                if figure.type.kind in (Kind.TEXT, Kind.OPTION):
                    return f'{function.value}({value} collate "C")'
                return f"{function.value}({value})"

    def _one_currency(self, figure: Figure, sql: str) -> str:
        """Refuse to add amounts of several currencies: the sum would be a lie."""
        if figure.field is None or figure.type is None or figure.type.kind is not Kind.MONEY:
            return sql
        if FIELD_TYPES[figure.field.type].computed:
            return sql
        currency = self.compiler.part_sql(self.scope, figure.field, "currency")
        detail = quote_literal(figure.field.name)
        return (
            f'case when min({currency} collate "C") is distinct from max({currency} collate "C")'
            f" and tangram.refuse('mixed_currencies', {detail}) then null else {sql} end"
        )

    def condition(self, condition: HavingCondition) -> str:
        """SQL of a condition over figures."""
        match condition.kind:
            case "any" if not condition.children:
                return "false"
            case "all" | "any":
                word = " and " if condition.kind == "all" else " or "
                return "(" + word.join(map(self.condition, condition.children)) + ")"
            case "not":
                return f"not {self.condition(condition.children[0])}"
        assert condition.figure is not None
        assert condition.condition is not None
        names = _FigureNames(self.scope, self.figure(condition.figure))
        value_type = figure_type(condition.figure)
        checked = check(condition.condition, _FigureScope(self.compiler.model, self.scope.object_type.name, value_type))
        return f"({to_sql(checked, names, self.compiler.parameters)})"

    def order(self, terms: tuple[tuple[Figure | GroupKey, Direction], ...]) -> str:
        """ORDER BY; by key where nothing is said, so that answers are stable."""
        parts = [f"{self._ordered(what)} {direction.value}" for what, direction in terms]
        sorted_by = {what.path for what, _direction in terms if isinstance(what, GroupKey)}
        parts += [self._ordered(key) for key in self.groups if key.path not in sorted_by]
        return f"\norder by {', '.join(parts)}" if parts else ""

    def _ordered(self, what: Figure | GroupKey) -> str:
        if not isinstance(what, GroupKey):
            return self.figure(what)
        return sortable(in_order(self.keys[what.path], what.type))


class _FigureScope:
    """A scope with one more field, `figure`."""

    def __init__(self, model: TenantModel, object_name: str, figure_type: ValueType) -> None:
        self._inner = ModelScope(model, object_name)
        self._figure_type = figure_type

    def start(self, root: Root) -> str | None:
        """See Scope."""
        return self._inner.start(root)

    def field(self, object_name: str, field_name: str) -> ScopeField | None:
        """See Scope."""
        return ScopeField(self._figure_type) if field_name == "figure" else self._inner.field(object_name, field_name)

    def names(self, object_name: str) -> Sequence[str]:
        """See Scope."""
        return self._inner.names(object_name)


class _FigureNames:
    """Names inside a condition over a figure."""

    def __init__(self, scope: Scope, figure: str) -> None:
        self._scope = scope
        self._figure = figure

    def column(self, path: FieldPath) -> str:
        """SQL of the figure, or of a field."""
        return self._figure if path.steps == ("figure",) else self._scope.column(path)

    def related(self, path: FieldPath) -> tuple[Correlated, Scope]:
        """Related records."""
        return self._scope.related(path)
