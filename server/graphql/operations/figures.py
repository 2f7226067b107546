"""Aggregate fields become aggregate plans: groups, figures, conditions over figures, order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graphql import FieldNode

from metadata.expressions.tree import AggregateFunction, FieldPath, Literal
from metadata.expressions.types import ID, INTEGER, Kind, ValueType
from metadata.fields import FIELD_TYPES
from metadata.model.values import ObjectType
from metadata.naming import pascal
from metadata.problems import BadInputError, LimitError, Path
from server.graphql.members import Member, MemberKind, members_of
from server.graphql.operations.arguments import Given, Leaf
from server.graphql.operations.filters import comparisons
from server.graphql.operations.reads import Planner, direction_of
from server.records.plans import (
    AggregatePlan,
    Bucket,
    Direction,
    Figure,
    GroupKey,
    HavingCondition,
    KeySelection,
    figure_type,
)

__all__ = ["plan_aggregate"]

_MAX_GROUPS = 5_000
_DEFAULT_GROUPS = 1_000
_FIGURES = {function.value: function for function in AggregateFunction}
_FIGURE = FieldPath(("figure",))


def plan_aggregate(
    planner: Planner, object_type: ObjectType, nodes: list[FieldNode], arguments: Mapping[str, Given]
) -> AggregatePlan:
    """Plan `workOrdersAggregate(…)`."""
    groups = tuple(
        key
        for place, item in enumerate(_items(arguments.get("groupBy")))
        for key in _group_keys(planner, object_type, item, (), (), ("groupBy", place))
    )
    planner.spend(100)
    figures = _Figures(planner, object_type, groups)
    size = arguments.get("first")
    count = size.value if isinstance(size, Leaf) and size.value is not None else _DEFAULT_GROUPS
    if not 0 <= count <= _MAX_GROUPS:
        raise (LimitError if count > 0 else BadInputError).single(
            "page_too_large" if count > 0 else "bad_page",
            f"`first` is from 0 to {_MAX_GROUPS} groups, got {count}.",
            path=("first",),
            hint="Choose groups with `having`, or records with `filter`.",
        )
    return AggregatePlan(
        object_type,
        planner.filter(object_type, arguments.get("filter")),
        planner.search(arguments.get("search")),
        groups,
        figures.selections(nodes),
        figures.having(arguments.get("having")),
        tuple(
            term
            for place, item in enumerate(_items(arguments.get("orderBy")))
            for term in figures.order(item, ("orderBy", place))
        ),
        Literal(count, INTEGER),
    )


def _items(given: Given) -> list[Any]:
    return given if isinstance(given, list) else []


def _group_keys(
    planner: Planner, object_type: ObjectType, given: Any, path: tuple[str, ...], names: tuple[str, ...], at: Path
) -> list[GroupKey]:
    keys = []
    for name, value in (given or {}).items():
        member = members_of(object_type)[name]
        steps, response = (*path, member.field.name), (*names, name)
        if member.kind is MemberKind.TO_ONE:
            keys += _group_keys(planner, planner.model.object(member.targets[0]), value, steps, response, (*at, name))
            continue
        if not isinstance(value, Leaf) or value.value is None:
            continue
        value_type = _member_type(planner, member)
        bucket = value.value if isinstance(value.value, Bucket) else None
        if bucket is not None and value_type.kind not in (Kind.DATE, Kind.DATETIME):
            raise BadInputError.single(
                "bad_grouping",
                f"Field '{name}' is no date, it cannot be grouped by {bucket.name}.",
                path=(*at, name),
                hint="Write VALUE.",
            )
        column = FieldPath((*steps, "id")) if member.kind is MemberKind.TO_ONE_ID else FieldPath(steps)
        keys.append(GroupKey(response, column, value_type, member.field, object_type, bucket))
    return keys


def _member_type(planner: Planner, member: Member) -> ValueType:
    if member.kind is MemberKind.TO_ONE_ID:
        return ID
    return FIELD_TYPES[member.field.type].value_type(member.field, planner.model)


def _tied(kind: str, parts: list[HavingCondition | None], *, given: bool) -> list[HavingCondition]:
    """Conditions tied by `and` or `or`, as in filters: an empty part holds, an empty `or` does not."""
    if kind == "any" and None in parts:
        return []
    present = tuple(part for part in parts if part is not None)
    return [HavingCondition(kind, present)] if present or (kind == "any" and given) else []


class _Figures:
    """Figures of one aggregate field."""

    def __init__(self, planner: Planner, object_type: ObjectType, groups: tuple[GroupKey, ...]) -> None:
        self.planner = planner
        self.object_type = object_type
        self.name = pascal(object_type.name)
        self.groups = {key.path: key for key in groups}

    def figure(self, function: AggregateFunction, member_name: str) -> Figure:
        """One figure over a member's field."""
        member = members_of(self.object_type)[member_name]
        return Figure(function, self._path(member), _member_type(self.planner, member), member.field)

    def _path(self, member: Member) -> FieldPath:
        name = member.field.name
        return FieldPath((name, "id")) if member.kind is MemberKind.TO_ONE_ID else FieldPath((name,))

    def selections(self, nodes: list[FieldNode]) -> tuple[KeySelection, ...]:
        """What each group answers."""
        found = []
        for key, fields in self.planner.collect(nodes, f"{self.name}Aggregate").items():
            name = fields[0].name.value
            match name:
                case "__typename":
                    found.append(KeySelection(key, f'"{self.name}Aggregate"'))
                case "count":
                    found.append(KeySelection(key, Figure(AggregateFunction.COUNT)))
                case "countDistinct":
                    found.append(KeySelection(key, self._distinct(fields[0])))
                case "key":
                    found.append(KeySelection(key, self._key(self.object_type, fields, ())))
                case _:
                    found.append(KeySelection(key, self._nested(name, fields)))
        return tuple(found)

    def _distinct(self, node: FieldNode) -> Figure:
        given = self.planner.arguments(node, f"{self.name}Aggregate")["field"]
        assert isinstance(given, Leaf)
        return self.figure(AggregateFunction.COUNT_DISTINCT, given.value)

    def _key(
        self, object_type: ObjectType, nodes: list[FieldNode], path: tuple[str, ...]
    ) -> tuple[KeySelection, ...] | str:
        type_name = f"{pascal(object_type.name)}AggregateKey"
        found = []
        for key, fields in self.planner.collect(nodes, type_name).items():
            name = fields[0].name.value
            if name == "__typename":
                found.append(KeySelection(key, f'"{type_name}"'))
                continue
            member = members_of(object_type)[name]
            if member.kind is MemberKind.TO_ONE:
                target = self.planner.model.object(member.targets[0])
                found.append(KeySelection(key, self._key(target, fields, (*path, name))))
            else:
                found.append(KeySelection(key, self.groups.get((*path, name), "null")))
        return tuple(found)

    def _nested(self, name: str, nodes: list[FieldNode]) -> tuple[KeySelection, ...]:
        type_name = f"{self.name}Aggregate{name.capitalize()}"
        found = []
        for key, fields in self.planner.collect(nodes, type_name).items():
            member_name = fields[0].name.value
            if member_name == "__typename":
                found.append(KeySelection(key, f'"{type_name}"'))
            else:
                found.append(KeySelection(key, self.figure(_FIGURES[name], member_name)))
        return tuple(found)

    def having(self, given: Given, at: Path = ("having",)) -> HavingCondition | None:
        """The condition of a `having` argument; None for none."""
        if not isinstance(given, dict):
            return None
        parts: list[HavingCondition] = []
        for name, value in given.items():
            here = (*at, name)
            if name in ("and", "or"):
                inner = [self.having(item, (*here, place)) for place, item in enumerate(value or ())]
                parts += _tied("all" if name == "and" else "any", inner, given=value is not None)
            elif name == "not":
                negated = self.having(value, here)
                parts += [HavingCondition("not", (negated,))] if negated is not None else []
            elif name == "count":
                parts += self._compared(Figure(AggregateFunction.COUNT), INTEGER, value, here)
            else:
                for member_name, operators in (value or {}).items():
                    figure = self.figure(_FIGURES[name], member_name)
                    parts += self._compared(figure, figure_type(figure), operators, (*here, member_name))
        return HavingCondition("all", tuple(parts)) if parts else None

    def _compared(self, figure: Figure, value_type: ValueType, given: Any, at: Path) -> list[HavingCondition]:
        conditions = comparisons(_FIGURE, value_type, given, self.planner, at=at)
        return [HavingCondition("compare", figure=figure, condition=condition) for condition in conditions]

    def order(self, given: Any, at: Path) -> list[tuple[Figure | GroupKey, Direction]]:
        """The terms of one item of `orderBy`."""
        terms: list[tuple[Figure | GroupKey, Direction]] = []
        for name, value in (given or {}).items():
            here = (*at, name)
            if name == "count":
                terms.append((Figure(AggregateFunction.COUNT), direction_of(value, here)))
            elif name == "key":
                terms += self._key_order(value, (), here)
            else:
                for member_name, direction in (value or {}).items():
                    figure = self.figure(_FIGURES[name], member_name)
                    terms.append((figure, direction_of(direction, (*here, member_name))))
        return terms

    def _key_order(self, given: Any, path: tuple[str, ...], at: Path) -> list[tuple[Figure | GroupKey, Direction]]:
        terms: list[tuple[Figure | GroupKey, Direction]] = []
        for name, value in (given or {}).items():
            here = (*at, name)
            if isinstance(value, dict):
                terms += self._key_order(value, (*path, name), here)
                continue
            key = self.groups.get((*path, name))
            if key is None:
                raise BadInputError.single(
                    "not_grouped",
                    f"`{'.'.join((*path, name))}` is not among the keys of groupBy, so groups cannot be sorted by it.",
                    path=here,
                    hint="Add it to groupBy.",
                )
            terms.append((key, direction_of(value, here)))
        return terms
