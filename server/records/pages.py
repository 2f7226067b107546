"""One page of a list: its rows in order, cursors, and what lies before and after."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from metadata.expressions.tree import FieldPath, Parameter
from metadata.expressions.types import ValueType
from metadata.model.computed import fields_used
from metadata.model.tenant import TenantModel, field_of
from metadata.model.values import Field
from server.access.sensitivity import is_sensitive
from server.database.sql import quote_literal
from server.records.clauses import in_order, sortable, where_clause
from server.records.json_text import JsonText
from server.records.plans import (
    ConnectionSelection,
    EdgesSelection,
    ListPlan,
    NodesSelection,
    OrderTerm,
    PageInfoSelection,
)
from server.records.scopes import Scope
from server.records.statements import CURSOR, Transform, cast_of

if TYPE_CHECKING:
    from server.records.compiler import Compiler

__all__ = ["Page", "sensitive_terms"]


class Page:
    """One page of a list: the rows inside, and how `nodes`, `edges` and `pageInfo` are made from them."""

    def __init__(
        self, compiler: Compiler, plan: ListPlan, parent: tuple[Scope, Field] | None, path: tuple[str | None, ...]
    ) -> None:
        self.compiler = compiler
        self.plan = plan
        self.path = path
        self.scope, self.conditions = compiler.rows(plan.object_type, plan.filter, plan.search, parent)
        self.values = [in_order(compiler.expression(term.value, self.scope), term.type) for term in plan.order]
        self.scope.from_clause.shares = False  # what is only answered is computed after the limit, for the page alone
        self.parent = parent
        self.columns: dict[str, str] = {}
        self.has_page_info = any(isinstance(selection, PageInfoSelection) for selection in plan.selections)

    # what the selections need

    def member(self, selection: ConnectionSelection) -> JsonText:
        """JSON of `nodes`, `edges` or `pageInfo`, over the columns that the page will have."""
        if isinstance(selection, NodesSelection):
            node = self.compiler.node(selection.node, self.scope, (*self.path, selection.key, None))
            return self._list(self._column(str(node)))
        if isinstance(selection, EdgesSelection):
            return self._list(self._column(str(self._edge(selection))))
        assert isinstance(selection, PageInfoSelection)
        cursor = self._column(self._cursor(), "c")
        for key, name in selection.entries:
            if name in ("startCursor", "endCursor"):
                self._note((*self.path, selection.key, key))
        window = self.plan.window
        more = "p.fetched > p.size"
        ahead, behind = (self._beyond(), more) if window.backward else (more, self._beyond())
        entries = {
            "hasNextPage": f"({ahead})::text",
            "hasPreviousPage": f"({behind})::text",
            "startCursor": f"coalesce(to_json(p.{cursor}[1])::text, 'null')",
            "endCursor": f"coalesce(to_json(p.{cursor}[cardinality(p.{cursor})])::text, 'null')",
        }
        return JsonText().members(
            (
                key,
                JsonText().sql(entries[name]) if name in entries else JsonText().constant('"PageInfo"'),
            )
            for key, name in selection.entries
        )

    def _list(self, column: str) -> JsonText:
        aggregated = f"coalesce(p.{column}, '')" if self.has_page_info else self._aggregate(column)
        return JsonText().constant("[").sql(aggregated).constant("]")

    def _aggregate(self, column: str) -> str:
        if self.plan.window.backward:
            return f"coalesce(string_agg(p.{column}, ',' order by p.place desc), '')"
        return f"coalesce(string_agg(p.{column}, ','), '')"

    def _edge(self, selection: EdgesSelection) -> JsonText:
        members = []
        for key, entry in selection.entries:
            if entry is None:
                members.append((key, JsonText().sql(f"to_json({self._cursor()})::text")))
                self._note((*self.path, selection.key, None, key))
            elif isinstance(entry, str):
                members.append((key, JsonText().constant(entry)))
            else:
                path = (*self.path, selection.key, None, key)
                members.append((key, self.compiler.node(entry, self.scope, path)))
        return JsonText().members(members)

    def _column(self, sql: str, letter: str = "n") -> str:
        for name, known in self.columns.items():
            if known == sql:
                return name
        name = f"{letter}{len(self.columns)}"
        self.columns[name] = sql
        return name

    # the rows

    def plain(self) -> str:
        """FROM of a page whose selections need no `pageInfo`."""
        columns = ", ".join(f"{sql} as {name}" for name, sql in self.columns.items()) or "1 as n"
        rows = f"from (select {columns}\n{self._body(extra=0)}\n)"
        if not self.plan.window.backward:
            return f"{rows} as p"
        return f"from (select row_number() over () as place, x.*\n{rows} as x) as p"

    def wrapped(self) -> str:
        """FROM of a page that also says what lies before and after it: one row more is fetched."""
        size = self.compiler.expression(self.plan.window.size, self.scope)
        rows = ", ".join(f"{sql} as {name}" for name, sql in self.columns.items()) or "1 as n"
        direction = " desc" if self.plan.window.backward else ""
        gathered = ["count(*) as fetched", f"({size})::bigint as size"]
        for name in self.columns:
            within = f"filter (where q.place <= {size})"
            if name.startswith("c"):
                gathered.append(f"array_agg(q.{name} order by q.place{direction}) {within} as {name}")
            else:
                gathered.append(f"string_agg(q.{name}, ',' order by q.place{direction}) {within} as {name}")
        return (
            f"from (select {', '.join(gathered)}\nfrom (select row_number() over () as place, x.*\n"
            f"from (select {rows}\n{self._body(extra=1)}\n) as x) as q) as p"
        )

    def _body(self, extra: int) -> str:
        window = self.plan.window
        conditions = list(self.conditions)
        if window.after is not None:
            conditions.append(self._beside(window.after, after=True))
        if window.before is not None:
            conditions.append(self._beside(window.before, after=False))
        size = self.compiler.expression(window.size, self.scope)
        limit = size if not extra else f"{size} + {extra}"
        offset = f" offset {self.compiler.expression(window.offset, self.scope)}" if window.offset is not None else ""
        order = ", ".join(self._order_terms())
        return f"{self.scope.from_clause}\n{where_clause(conditions)}\norder by {order}\nlimit {limit}{offset}"

    def _order_terms(self) -> list[str]:
        terms = []
        for term, value in zip(self.plan.order, self.values, strict=True):
            terms.append(f"{sortable(value)} {_order_sql(term, reverse=self.plan.window.backward)}")
        return [*terms, f"{self.scope.alias}.id {'desc' if self._id_descending() else 'asc'}"]

    def _id_descending(self) -> bool:
        """The tie-breaker follows the last term's direction, so that one index serves both."""
        last = self.plan.order[-1].direction.descending if self.plan.order else False
        return last is not self.plan.window.backward

    # cursors

    def _cursor(self) -> str:
        values = "".join(f", ({value})::text" for value in self.values)
        fingerprint = quote_literal(self.plan.order_fingerprint)
        array = f"json_build_array({fingerprint}::text{values}, {self.scope.alias}.id)::text"
        return f"translate(encode(convert_to({array}, 'UTF8'), 'base64'), E'+/=\\n', '-_')"

    def _note(self, path: tuple[str | None, ...]) -> None:
        """Have it noted that a cursor holds sensitive values."""
        for place, owner, field in sensitive_terms(self.plan, self.compiler.model):
            is_own = self.plan.order[place].value == FieldPath((field.name,))
            detail = (owner, field.name, str(place), "own" if is_own else "")
            self.compiler.transforms.append(Transform(path, CURSOR, detail))

    def _beside(self, cursor: Sequence[Parameter], *, after: bool) -> str:
        """The condition that a row lies after (or before) a cursor in the order of the plan."""
        *terms, id_parameter = cursor
        id_descending = self._id_descending() is not self.plan.window.backward
        greater = after is not id_descending
        given = self.compiler.parameters.parameter(id_parameter)
        condition = f"{self.scope.alias}.id {'>' if greater else '<'} {given}"
        for term, value, parameter in reversed(list(zip(self.plan.order, self.values, terms, strict=True))):
            given = self.compiler.parameters.placeholder(parameter.name, "::text" + _cursor_cast(term.sorted_type))
            condition = _beside_term(term, value, given, condition, after=after)
        return f"({condition})"

    def _beyond(self) -> str:
        """Whether rows lie on the other side of the cursor the page started from."""
        window = self.plan.window
        cursor = window.before if window.backward else window.after
        if cursor is None:
            if window.offset is not None and not window.backward:
                return f"{self.compiler.expression(window.offset, self.scope)} > 0"
            return "false"
        other = Page(self.compiler, self.plan, self.parent, self.path)
        inside = other._beside(cursor, after=not window.backward)
        body = f"{other.scope.from_clause}\n{where_clause([*other.conditions, f'not coalesce({inside}, false)'])}"
        return f"exists (select 1 {body})"


def sensitive_terms(plan: ListPlan, model: TenantModel) -> Iterator[tuple[int, str, Field]]:
    """Sensitive fields that a list is ordered by, which its cursors hold: (place of the term, object type, field)."""
    for place, term in enumerate(plan.order):
        for owner, name in fields_used(model, plan.object_type.name, term.value):
            field = field_of(model.objects[owner], name)
            if field is not None and is_sensitive(model, owner, field):
                yield place, owner, field


def _beside_term(term: OrderTerm, value: str, given: str, rest: str, *, after: bool) -> str:
    """One level of a keyset comparison; missing values stand where the direction puts them."""
    greater = after is not term.direction.descending
    compare = f"{value} {'>' if greater else '<'} {given}"
    if not term.nullable:
        bound = f"{value} {'>=' if greater else '<='} {given}"
        return f"{bound} and ({compare} or ({value} = {given} and {rest}))"
    nulls_after = term.direction.nulls_first is not after
    beyond = (
        f"({compare} or ({value} is null and {given} is not null))"
        if nulls_after
        else (f"({compare} or ({value} is not null and {given} is null))")
    )
    return f"(coalesce({beyond}, false) or ({value} is not distinct from {given} and {rest}))"


def _order_sql(term: OrderTerm, *, reverse: bool) -> str:
    descending = term.direction.descending is not reverse
    nulls_first = term.direction.nulls_first is not reverse
    text = "desc" if descending else "asc"
    if not term.nullable or nulls_first is descending:
        return text  # PostgreSQL's default place of NULL, so that a plain index serves
    return f"{text} nulls {'first' if nulls_first else 'last'}"


def _cursor_cast(value_type: ValueType) -> str:
    cast = cast_of(value_type)
    return "" if cast == "::text" else cast.removeprefix("::text")
