"""Selections of records become read plans.

`Planner` holds what one operation's planning needs; it decides nothing about SQL. What depends on the request's
values becomes a `Slot`; what changes the statement (keys of filters, directions, page sizes) is read now, and is part
of the variables' shape that the plan is kept under.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from graphql import FieldNode, SelectionSetNode

from metadata.expressions.tree import Binary, Expression, FieldPath, Literal, Operator, Parameter, Root
from metadata.expressions.types import ID, INTEGER, TEXT, Kind, ValueType
from metadata.fields import FIELD_TYPES
from metadata.fields.base import InputError
from metadata.fields.inputs import read_uuid, shown
from metadata.model.tenant import TenantModel, field_of
from metadata.model.values import Field, ObjectType
from metadata.naming import camel, pascal
from metadata.problems import BadInputError, LimitError, Path
from server.graphql.members import Member, MemberKind, members_of
from server.graphql.operations.arguments import Given, Leaf, Variables, arguments_of
from server.graphql.operations.cursors import order_fingerprint, read_cursor
from server.graphql.operations.filters import filter_expression
from server.graphql.operations.selections import Fragments, collect
from server.graphql.schema.lazy import LazySchema
from server.records.plans import (
    ConnectionSelection,
    ConstantSelection,
    Direction,
    EdgesSelection,
    HistorySelection,
    ListPlan,
    ListSelection,
    MaskedFieldsSelection,
    NodePlan,
    NodesSelection,
    OnePlan,
    OrderTerm,
    PageInfoSelection,
    PartSelection,
    PolymorphicSelection,
    RecordSelection,
    Selection,
    Slot,
    TotalSelection,
    ValueSelection,
    Window,
)
from server.records.search import has_words, search_patterns, search_query

__all__ = ["DEFAULT_PAGE", "Planner", "direction_of"]

DEFAULT_PAGE = 20
"""Rows of a list that names no size."""

_MAX_OFFSET = 100_000
_MAX_HISTORY = 200
_HISTORY_PARTS = {"changes": "FieldChange", "actor": "HistoryActor"}


class Planner:
    """Plans the root fields of one operation."""

    def __init__(self, schema: LazySchema, model: TenantModel, fragments: Fragments, variables: Variables) -> None:
        self.schema = schema
        self.model = model
        self.fragments = fragments
        self.variables = variables
        self.slots: dict[str, Slot] = {}
        self.cost = 0

    # ── values ───────────────────────────────────────────────────────────────────────────────────

    def parameter(self, leaf: Leaf, value_type: ValueType) -> Parameter:
        """A parameter that each request fills from its variables."""
        return self.slot(_converted(leaf, value_type), value_type)

    def slot(self, take: Callable[[dict[str, Any]], Any], value_type: ValueType) -> Parameter:
        """A parameter filled by a function of the request's coerced variables."""
        name = f"slot {len(self.slots)}"
        self.slots[name] = Slot(name, take)
        return Parameter(name, value_type)

    def arguments(self, node: FieldNode, type_name: str) -> dict[str, Given]:
        """The given arguments of a field of a type."""
        field = self._graphql_field(type_name, node.name.value)
        return arguments_of(node, {name: argument.type for name, argument in field.args.items()}, self.variables)

    def _graphql_field(self, type_name: str, name: str) -> Any:
        type_: Any = self.schema.type_map[type_name]
        return type_.fields[name]

    def collect(self, nodes: list[FieldNode], *type_names: str) -> dict[str, list[FieldNode]]:
        """Fields selected below some merged field nodes."""
        sets: list[SelectionSetNode | None] = [node.selection_set for node in nodes]
        return collect(sets, frozenset(type_names), self.fragments, self.variables)

    # ── one record ───────────────────────────────────────────────────────────────────────────────

    def one(self, object_type: ObjectType, nodes: list[FieldNode], id_leaf: Leaf) -> OnePlan:
        """`customer(id: …)`."""
        self.spend(1)
        identity = Binary(Operator.EQ, FieldPath(("id",)), self.parameter(id_leaf, ID))
        return OnePlan(self.node(object_type, nodes, rows=1), identity)

    def node(
        self, object_type: ObjectType, nodes: list[FieldNode], *, rows: int, unions: tuple[str, ...] = ()
    ) -> NodePlan:
        """What is answered for each record.

        Args:
            object_type: Of the records.
            nodes: Field nodes whose selection sets apply together.
            rows: How many such records the answer may hold, for its cost.
            unions: Names of the union the record is selected through.
        """
        type_name = pascal(object_type.name)
        members = members_of(object_type)
        selections: list[Selection] = []
        for key, fields in self.collect(nodes, type_name, *unions).items():
            name = fields[0].name.value
            if name == "__typename":
                selections.append(ConstantSelection(key, f'"{type_name}"'))
            elif name == "maskedFields" and name not in members:
                selections.append(MaskedFieldsSelection(key, self._masked(object_type)))
            elif name == "history" and name not in members:
                selections.append(self._history(key, object_type, fields, type_name))
            else:
                selections.append(self._selection(key, object_type, members[name], fields, rows))
        return NodePlan(object_type, tuple(selections))

    def _masked(self, object_type: ObjectType) -> tuple[tuple[str, Field], ...]:
        """Fields that may be masked, by their names in the API."""
        visibility = self.schema.builder.visibility
        return tuple(
            (camel(field.name), field) for field in object_type.fields if visibility.may_mask(object_type, field)
        )

    def _selection(
        self, key: str, object_type: ObjectType, member: Member, fields: list[FieldNode], rows: int
    ) -> Selection:
        field = member.field
        match member.kind:
            case MemberKind.VALUE:
                return ValueSelection(key, field, FIELD_TYPES[field.type].transform)
            case MemberKind.TO_ONE_ID | MemberKind.POLYMORPHIC_ID:
                return ValueSelection(key, field)
            case MemberKind.POLYMORPHIC_TYPE:
                return ValueSelection(key, field, part="type")
            case MemberKind.PARTS:
                return self._parts(key, member, fields)
            case MemberKind.TO_ONE:
                self.spend(rows)
                target = self.model.object(member.targets[0])
                return RecordSelection(key, field, self.node(target, fields, rows=rows))
            case MemberKind.POLYMORPHIC:
                return self._polymorphic(key, object_type, member, fields, rows)
            case MemberKind.TO_MANY:
                target = self.model.object(member.targets[0])
                arguments = self.arguments(fields[0], pascal(object_type.name))
                return ListSelection(key, field, self.connection(target, fields, arguments, rows=rows))

    def _parts(self, key: str, member: Member, fields: list[FieldNode]) -> PartSelection:
        field_type = FIELD_TYPES[member.field.type]
        parts = {part.name: part for part in field_type.subfields}
        selected = tuple(
            (inner_key, parts.get(inner[0].name.value))
            for inner_key, inner in self.collect(fields, field_type.scalar).items()
        )
        return PartSelection(key, member.field, selected, field_type.scalar)

    def _polymorphic(
        self, key: str, object_type: ObjectType, member: Member, fields: list[FieldNode], rows: int
    ) -> PolymorphicSelection:
        union = f"{pascal(object_type.name)}{pascal(member.field.name)}Target"
        targets = self.schema.builder.visibility.targets(member.field)
        self.spend(rows * len(targets))
        nodes = tuple(self.node(self.model.object(target), fields, rows=rows, unions=(union,)) for target in targets)
        return PolymorphicSelection(key, member.field, nodes)

    def _history(self, key: str, object_type: ObjectType, fields: list[FieldNode], type_name: str) -> HistorySelection:
        arguments = self.arguments(fields[0], type_name)
        size = self.page_size(arguments, "first", DEFAULT_PAGE, _MAX_HISTORY)
        after = arguments.get("after")
        entries: list[tuple[str, str, tuple[tuple[str, str], ...]]] = []
        for inner_key, inner in self.collect(fields, "HistoryEntry").items():
            name = inner[0].name.value
            part_type = _HISTORY_PARTS.get(name)
            inside = self.collect(inner, part_type).items() if part_type else ()
            entries.append((inner_key, name, tuple((part_key, part[0].name.value) for part_key, part in inside)))
        return HistorySelection(
            key,
            object_type,
            Literal(size, INTEGER),
            self.slot(_event_id(after), INTEGER) if isinstance(after, Leaf) else None,
            tuple(entries),
        )

    # ── lists ────────────────────────────────────────────────────────────────────────────────────

    def connection(
        self, object_type: ObjectType, nodes: list[FieldNode], arguments: Mapping[str, Given], *, rows: int = 1
    ) -> ListPlan:
        """A connection with its filter, order, page and search."""
        order = self.order(object_type, arguments.get("orderBy"))
        fingerprint = order_fingerprint(object_type, order)
        window = self._window(arguments, order, fingerprint)
        size = window.size.value if isinstance(window.size, Literal) and isinstance(window.size.value, int) else 0
        self.spend(rows * max(size, 1))
        selections = self._selections(object_type, nodes, rows=rows * max(size, 1))
        return ListPlan(
            object_type,
            selections,
            self.filter(object_type, arguments.get("filter")),
            order,
            window,
            self.search(arguments.get("search")),
            fingerprint,
        )

    def filter(self, object_type: ObjectType, given: Given) -> Expression | None:
        """The condition of a `filter` argument."""
        return filter_expression(given, object_type, self.model, self)

    def search(self, given: Given, name: str = "search") -> Parameter | None:
        """The text of a `search` argument, as folded patterns; empty text searches for nothing."""
        if not isinstance(given, Leaf) or not has_words(given.value):
            return None
        take = given.take
        parameter = self.slot(lambda values: search_patterns(take(values), path=(name,)), TEXT)
        self.slots[f"{parameter.name} query"] = Slot(
            f"{parameter.name} query", lambda values: search_query(take(values))
        )
        return parameter

    def _selections(
        self, object_type: ObjectType, nodes: list[FieldNode], *, rows: int
    ) -> tuple[ConnectionSelection, ...]:
        name = pascal(object_type.name)
        selections: list[ConnectionSelection] = []
        for key, fields in self.collect(nodes, f"{name}Connection").items():
            match fields[0].name.value:
                case "nodes":
                    selections.append(NodesSelection(key, self.node(object_type, fields, rows=rows)))
                case "edges":
                    selections.append(EdgesSelection(key, self._edges(object_type, fields, rows)))
                case "pageInfo":
                    entries = tuple(
                        (inner_key, inner[0].name.value)
                        for inner_key, inner in self.collect(fields, "PageInfo").items()
                    )
                    selections.append(PageInfoSelection(key, entries))
                case "totalCount":
                    self.spend(rows)
                    selections.append(TotalSelection(key))
                case _:
                    selections.append(ConstantSelection(key, f'"{name}Connection"'))
        return tuple(selections)

    def _edges(
        self, object_type: ObjectType, fields: list[FieldNode], rows: int
    ) -> tuple[tuple[str, NodePlan | str | None], ...]:
        name = f"{pascal(object_type.name)}Edge"
        entries: list[tuple[str, NodePlan | str | None]] = []
        for key, inner in self.collect(fields, name).items():
            match inner[0].name.value:
                case "node":
                    entries.append((key, self.node(object_type, inner, rows=rows)))
                case "cursor":
                    entries.append((key, None))
                case _:
                    entries.append((key, f'"{name}"'))
        return tuple(entries)

    # ── order and page ───────────────────────────────────────────────────────────────────────────

    def order(self, object_type: ObjectType, given: Given) -> tuple[OrderTerm, ...]:
        """The terms of an `orderBy` argument; newest first when there is none."""
        terms = [
            term
            for place, item in enumerate(given if isinstance(given, list) else [])
            for term in self._order_terms(object_type, item, (), ("orderBy", place))
        ]
        created_at = field_of(object_type, "created_at")
        if not terms and created_at is not None and self.schema.builder.visibility.usable(object_type, created_at):
            terms = list(self._order_terms(object_type, {"createdAt": Leaf(Direction.DESC, _nothing, ())}, (), ()))
        return tuple(terms)

    def _order_terms(self, object_type: ObjectType, given: Given, prefix: tuple[str, ...], at: Path) -> list[OrderTerm]:
        if not isinstance(given, dict):
            return []
        if len(given) != 1 and not prefix:
            names = ", ".join(given) or "none"
            raise BadInputError.single(
                "bad_order",
                f"A term of orderBy names one field, got {names}.",
                path=at,
                hint="Write [{a: ASC}, {b: DESC}].",
            )
        members = members_of(object_type)
        terms: list[OrderTerm] = []
        for name, value in given.items():
            member = members[name]
            path = (*prefix, member.field.name)
            if member.kind is MemberKind.TO_ONE:
                terms += self._order_terms(self.model.object(member.targets[0]), value, path, (*at, name))
            else:
                direction = direction_of(value, (*at, name))
                value_type = FIELD_TYPES[member.field.type].value_type(member.field, self.model)
                is_certain = self.schema.builder.visibility.certain(object_type, member.field)
                nullable = bool(prefix) or not (member.field.system and member.field.required and is_certain)
                terms.append(OrderTerm(FieldPath(path, Root.RECORD), value_type, direction, nullable))
        return terms

    def _window(self, arguments: Mapping[str, Given], order: tuple[OrderTerm, ...], fingerprint: str) -> Window:
        backward = _present(arguments.get("last"))
        if backward and _present(arguments.get("first")):
            raise BadInputError.single(
                "bad_page", "A page has either `first` or `last`, got both.", path=("last",), hint="Remove one of them."
            )
        most = self.model.settings.max_page
        size = self.page_size(arguments, "last" if backward else "first", min(DEFAULT_PAGE, most), most)
        offset = arguments.get("offset")
        return Window(
            Literal(size, INTEGER),
            backward,
            self._cursor(arguments, "after", order, fingerprint),
            self._cursor(arguments, "before", order, fingerprint),
            self.slot(_checked_offset(offset), INTEGER)
            if isinstance(offset, Leaf) and offset.value is not None
            else None,
        )

    def page_size(self, arguments: Mapping[str, Given], name: str, default: int, most: int) -> int:
        """The rows that `first` or `last` asks for.

        Raises:
            LimitError: `page_too_large`.
            BadInputError: `bad_page`: it is negative.
        """
        given = arguments.get(name)
        if not isinstance(given, Leaf) or given.value is None:
            return default
        size = given.value
        if not 0 <= size <= most:
            raise (LimitError if size > most else BadInputError).single(
                "page_too_large" if size > most else "bad_page",
                f"`{name}` is from 0 to {most}, got {size}.",
                path=(name,),
                hint="Ask for further pages with a cursor.",
            )
        return int(size)

    def _cursor(
        self, arguments: Mapping[str, Given], name: str, order: tuple[OrderTerm, ...], fingerprint: str
    ) -> tuple[Parameter, ...] | None:
        given = arguments.get(name)
        if not isinstance(given, Leaf) or given.value is None:
            return None
        take = given.take
        types = tuple(term.sorted_type for term in order)

        def part(place: int) -> Callable[[dict[str, Any]], Any]:
            return lambda values: read_cursor(take(values), fingerprint, types, path=(name,))[place]

        values = tuple(self.slot(part(place), TEXT) for place in range(len(order)))
        return (*values, self.slot(part(len(order)), ID))

    # ── cost ─────────────────────────────────────────────────────────────────────────────────────

    def spend(self, rows: int) -> None:
        """Count rows that the answer may touch.

        Raises:
            LimitError: More than the tenant's `max_cost`.
        """
        self.cost += rows
        most = self.model.settings.max_cost
        if self.cost > most:
            raise LimitError.single(
                "cost_exceeded",
                f"The operation may touch {self.cost} records or more; the limit is {most}.",
                hint="Ask for smaller pages of nested lists.",
            )


def direction_of(given: Any, at: Path) -> Direction:
    """The direction of a term.

    Raises:
        BadInputError: `bad_order`: it is null.
    """
    if isinstance(given, Leaf) and isinstance(given.value, Direction):
        return given.value
    raise BadInputError.single("bad_order", "The direction of a term is null.", path=at, hint="Write ASC or DESC.")


def _nothing(_values: Mapping[str, Any]) -> None:
    return None


def _present(given: Given) -> bool:
    return isinstance(given, Leaf) and given.value is not None


def _converted(leaf: Leaf, value_type: ValueType) -> Callable[[dict[str, Any]], Any]:
    """Take a leaf's value in the form its placeholder is sent in."""
    take = leaf.take
    item = value_type.item if value_type.kind is Kind.LIST and value_type.item is not None else None
    kind = item.kind if item is not None else value_type.kind
    convert: Callable[[Any], Any] | None = None
    if kind is Kind.ID:
        convert = _read_id
    elif kind in (Kind.DECIMAL, Kind.MONEY):
        convert = str
    elif kind is Kind.OPTION:
        convert = str.lower  # computed options are shown, and so given, in upper case
    if item is not None:
        return lambda values: _each(take(values), convert, leaf.path)
    if convert is None:
        return take
    if kind is not Kind.ID:
        return lambda values: convert(take(values))

    def taken(values: dict[str, Any]) -> Any:
        try:
            return _read_id(take(values))
        except InputError as error:
            raise BadInputError.single("wrong_type", f"{str(error).capitalize()}.", path=leaf.path) from None

    return taken


def _each(values: Any, convert: Callable[[Any], Any] | None, path: tuple[str | int, ...]) -> list[Any]:
    items = values if isinstance(values, list) else [values]
    if None in items:
        raise BadInputError.single(
            "null_operand", "A list of values holds null.", path=path, hint="Ask for missing values with isNull."
        )
    try:
        return items if convert is None else [convert(item) for item in items]
    except InputError as error:
        raise BadInputError.single("wrong_type", f"{str(error).capitalize()}.", path=path) from None


def _read_id(value: Any) -> str:
    return read_uuid(value, what="the id of a record")


def _event_id(given: Given) -> Callable[[dict[str, Any]], Any]:
    def taken(values: dict[str, Any]) -> int:
        assert isinstance(given, Leaf)
        text = str(given.take(values))
        if not text.isdecimal() or len(text) > 18:
            raise BadInputError.single("wrong_type", f"`after` is the id of a history entry, got {shown(text)}.")
        return int(text)

    return taken


def _checked_offset(given: Leaf) -> Callable[[dict[str, Any]], Any]:
    def taken(values: dict[str, Any]) -> int:
        offset = given.take(values)
        if not 0 <= offset <= _MAX_OFFSET:
            raise (LimitError if offset > 0 else BadInputError).single(
                "offset_too_large" if offset > 0 else "bad_page",
                f"`offset` is from 0 to {_MAX_OFFSET}, got {offset}.",
                path=("offset",),
                hint="Page on with `after`, which is as quick on the last page as on the first.",
            )
        return int(offset)

    return taken
