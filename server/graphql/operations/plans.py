"""An operation's compiled plan: for each root field, what to run and how to read the answer."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Protocol, TypeAlias

from graphql import FieldNode

from metadata.expressions.tree import Expression
from metadata.model.tenant import TenantModel
from metadata.model.values import ObjectType
from metadata.naming import pascal
from metadata.problems import BadInputError
from server.context import Context
from server.graphql.operations.actions import ActionRoot, selected
from server.graphql.operations.arguments import Given, Leaf, reader_of
from server.graphql.operations.documents import Operation
from server.graphql.operations.figures import plan_aggregate
from server.graphql.operations.reads import DEFAULT_PAGE, Planner
from server.graphql.operations.sensitive import Shown, Watched, watched_in
from server.graphql.schema.actions import action_named
from server.graphql.schema.lazy import LazySchema
from server.graphql.schema.roots import RootField, RootKind
from server.records.compiler import compile_list, compile_one
from server.records.figures import compile_aggregate
from server.records.hits import compile_search
from server.records.plans import NodePlan, SearchPlan
from server.records.statements import Statement, Transform

__all__ = [
    "RUN_VALUES",
    "Clock",
    "ConstantRoot",
    "OperationPlan",
    "ReadRoot",
    "Root",
    "Take",
    "WriteRoot",
    "plan_operation",
]

Take: TypeAlias = Callable[[dict[str, Any], "RunValues"], Any]
"""(coerced variables, values of the run) → value of one placeholder."""


class RunValues:
    """What a statement may need besides the request's variables; all of it at one instant.

    Attributes:
        context: Who asks, where.
        seen: Ids of records by object type, sensitive field and way, which the answer shows plainly, until they are
            logged. Ways are the empty text for the record itself, and FIGURE, `history` and HIT.
    """

    __slots__ = ("_clock", "_now", "_salt_of", "context", "seen")

    def __init__(self, context: Context, clock: Clock, salt_of: Callable[[str], str]) -> None:
        self.context = context
        self._clock = clock
        self._salt_of = salt_of
        self._now: datetime | None = None
        self.seen: dict[tuple[str, str, str], dict[str, None]] = {}

    def moved_to(self, epoch: int) -> None:
        """Go on after this run has itself moved the tenant's epoch: with the model and the rights it began with.

        Rights that change within a request hold from the next one on, for the same person as for everybody.
        """
        self.context = replace(self.context, epoch=epoch)

    @property
    def instant(self) -> datetime:
        """The instant, aware; the clock is read when it is first needed."""
        if self._now is None:
            self._now = self._clock.now()
        return self._now

    @property
    def now(self) -> str:
        """The instant, ISO text."""
        return self.instant.isoformat()

    @property
    def day(self) -> date:
        """The day in the tenant's zone."""
        return self.context.day(self.instant)

    @property
    def salt(self) -> str:
        """The secret that the tenant's masks by hash are salted with."""
        return self._salt_of(self.context.model.tenant_id)

    @property
    def today(self) -> str:
        """The day in the tenant's zone, ISO text."""
        return self.day.isoformat()


class Clock(Protocol):
    """The one clock."""

    def now(self) -> datetime:
        """Aware."""


@dataclass(frozen=True, slots=True)
class ReadRoot:
    """A root field answered by one statement.

    Attributes:
        key: Response key.
        member: The key as the start of a JSON member: `"customers":`.
        sql: One row: `data`, `epoch`.
        takes: What fills the placeholders, in order.
        transforms: Steps applied to the answer in Python; mostly none.
        non_null: Whether a failure makes the whole `data` null.
        watched: Records whose reading is counted; mostly none.
    """

    key: str
    member: bytes
    sql: str
    takes: tuple[Take, ...]
    transforms: tuple[Transform, ...]
    non_null: bool
    watched: tuple[Watched, ...] = ()


@dataclass(frozen=True, slots=True)
class ConstantRoot:
    """`__typename`."""

    key: str
    member: bytes
    json: bytes


@dataclass(frozen=True, slots=True)
class WriteRoot:
    """A root field that writes.

    Attributes:
        field: What it does, and to which object type.
        arguments: The argument values of a request, from its coerced variables.
        node: What is answered of the records written; None when the answer is no record.
        entries: For answers that are no record: (response key, name) pairs; pairs in place of the name of `changes`.
        filter: Condition of a bulk change.
        takes: What fills the parameters of `filter` and `node`, by name.
    """

    key: str
    member: bytes
    field: RootField
    arguments: Callable[[dict[str, Any]], dict[str, Any]]
    node: NodePlan | None
    entries: tuple[tuple[str, Any], ...]
    filter: Expression | None
    takes: Mapping[str, Take]
    non_null: bool = True
    compiled: dict[Any, Any] = dataclasses.field(default_factory=dict)

    def transforms(self) -> tuple[Transform, ...]:
        """Steps applied to the answer; of a list of records, to each."""
        steps = (step for statement in self.compiled.values() if statement is not None for step in statement.transforms)
        found = dict.fromkeys(steps)  # in their order: a step may leave what the next one expects
        if not self.field.type.startswith("["):
            return tuple(found)
        return tuple(replace(step, path=(None, *step.path)) for step in found)


Root: TypeAlias = "ReadRoot | ConstantRoot | WriteRoot | ActionRoot"


@dataclass(frozen=True, slots=True)
class OperationPlan:
    """What to run for an operation whose variables have one shape.

    Attributes:
        kind: `query`, `mutation` or `subscription`.
        roots: In order of the answer.
        introspection: Response keys of `__schema` and `__type`, answered from the schema.
        cost: Estimated rows.
    """

    kind: str
    roots: tuple[Root, ...]
    introspection: tuple[str, ...]
    cost: int

    @property
    def is_change(self) -> bool:
        """Whether it is refused where a tenant may only be read."""
        return self.kind == "mutation" and any(
            not isinstance(root, ConstantRoot) and not (isinstance(root, ActionRoot) and root.action.only_reads)
            for root in self.roots
        )

    @property
    def shapes_answers(self) -> bool:
        """Whether steps in Python may be applied to an answer."""
        return any(
            bool(root.transforms) if isinstance(root, ReadRoot) else not isinstance(root, ConstantRoot)
            for root in self.roots
        )


_ROOT_TYPES = {"query": "Query", "mutation": "Mutation", "subscription": "Subscription"}


def plan_operation(
    operation: Operation, schema: LazySchema, model: TenantModel, context: Context, variables: Mapping[str, Any]
) -> OperationPlan:
    """Plan every root field of an operation.

    Raises:
        TangramError: An argument is out of bounds, or the actor may not do it.
    """
    roots: list[Root] = []
    introspection = []
    cost = 0
    type_name = _ROOT_TYPES[operation.kind]
    planner = Planner(schema, model, operation.document.fragments, variables)
    for key, nodes in planner.collect([_as_field(operation)], type_name).items():
        name = nodes[0].name.value
        if name == "__typename":
            roots.append(ConstantRoot(key, _member(key), f'"{type_name}"'.encode()))
        elif name.startswith("__"):
            introspection.append(key)
        else:
            root = schema.root(operation.kind, name)
            assert root is not None
            planned = _RootPlanner(schema, model, operation, context, variables, cost)
            roots.append(planned.plan(key, root, nodes))
            cost = planned.planner.cost
    return OperationPlan(operation.kind, tuple(roots), tuple(introspection), cost)


def _as_field(operation: Operation) -> Any:
    """The operation seen as something with a selection set."""
    return operation.node


def _member(key: str) -> bytes:
    return f'"{key}":'.encode()


class _RootPlanner:
    """Plans one root field; its slots are its own."""

    def __init__(
        self,
        schema: LazySchema,
        model: TenantModel,
        operation: Operation,
        context: Context,
        variables: Mapping[str, Any],
        cost: int,
    ) -> None:
        self.schema = schema
        self.model = model
        self.operation = operation
        self.context = context
        self.planner = Planner(schema, model, operation.document.fragments, variables)
        self.planner.cost = cost
        self.type_name = _ROOT_TYPES[operation.kind]

    def plan(self, key: str, root: RootField, nodes: list[FieldNode]) -> Root:
        """Plan a root field by its kind."""
        arguments = self.planner.arguments(nodes[0], self.type_name)
        match root.kind:
            case RootKind.ONE:
                object_type = self.model.object(root.object_name)
                id_leaf = arguments["id"]
                assert isinstance(id_leaf, Leaf)
                plan = self.planner.one(object_type, nodes, id_leaf)
                return self._read(key, compile_one(plan, self.model, self.context.access), plan.node, non_null=False)
            case RootKind.LIST:
                object_type = self.model.object(root.object_name)
                connection = self.planner.connection(object_type, nodes, arguments)
                return self._read(key, compile_list(connection, self.model, self.context.access), connection)
            case RootKind.AGGREGATE:
                aggregate = plan_aggregate(self.planner, self.model.object(root.object_name), nodes, arguments)
                return self._read(key, compile_aggregate(aggregate, self.model, self.context.access), aggregate)
            case RootKind.SEARCH:
                return self._read(key, self._search(nodes, arguments))
            case RootKind.ACTION:
                return self._action(key, root, nodes)
            case _:
                return self._write(key, root, nodes, arguments)

    def _read(self, key: str, statement: Statement, shown: Shown | None = None, *, non_null: bool = True) -> ReadRoot:
        takes = tuple(self._take(name, statement) for name in statement.parameters)
        watched = () if shown is None else watched_in(shown, self.model, self.context.access)
        return ReadRoot(key, _member(key), statement.sql, takes, statement.transforms, non_null, watched)

    def _take(self, name: str, statement: Statement | None = None) -> Take:
        slot = self.planner.slots.get(name)
        if slot is not None:
            take = slot.take
            return lambda values, _run: take(values)
        return RUN_VALUES[name]

    def _search(self, nodes: list[FieldNode], arguments: Mapping[str, Given]) -> Statement:
        text = self.planner.search(arguments.get("text"), "text")
        if text is None:
            raise BadInputError.single("empty_search", "The text to search for is empty.", path=("text",))
        size = self.planner.page_size(arguments, "first", DEFAULT_PAGE, self.model.settings.max_page)
        named = arguments.get("objects")
        keys = tuple((key, inner[0].name.value) for key, inner in self.planner.collect(nodes, "SearchHit").items())
        plan = SearchPlan(self._searched(named), text, size, keys)
        self.planner.spend(size * max(1, len(plan.object_types)))
        return compile_search(plan, self.model, self.context.access)

    def _searched(self, named: Given) -> tuple[ObjectType, ...]:
        names = named.value if isinstance(named, Leaf) else None
        if names is None:
            return tuple(one for one in self.model if self.schema.builder.searchable(one))
        found = []
        for place, name in enumerate(names):
            if name not in self.model.objects or not self.schema.builder.readable(name):
                raise BadInputError.single(
                    "unknown_object", f"There is no object type '{name}'.", path=("objects", place)
                )
            found.append(self.model.objects[name])
            if not self.schema.builder.searchable(found[-1]):
                raise BadInputError.single(
                    "not_searchable", f"Object type '{name}' has no search fields.", path=("objects", place)
                )
        return tuple(found)

    def _action(self, key: str, root: RootField, nodes: list[FieldNode]) -> ActionRoot:
        field: Any = self.schema.type_map[self.type_name]
        found = field.fields[root.name]
        chosen = selected(self.planner, nodes, found.type)
        action = action_named(self.operation.kind, root.name)
        return ActionRoot(
            key, _member(key), action, self._values(root, nodes[0]), chosen, non_null=root.type.endswith("!")
        )

    def _values(self, root: RootField, node: FieldNode) -> Callable[[dict[str, Any]], dict[str, Any]]:
        """The argument values of a root field, from a request's coerced variables."""
        field: Any = self.schema.type_map[self.type_name]
        types = {name: argument.type for name, argument in field.fields[root.name].args.items()}
        return reader_of(node, types)

    def _write(self, key: str, root: RootField, nodes: list[FieldNode], arguments: Mapping[str, Given]) -> WriteRoot:
        answers_record = root.object_name != "" and root.type.strip("[]!") == _record_name(root)
        plan = self._node(root, nodes) if answers_record or root.kind is RootKind.CHANGED else None
        object_type = self.model.objects.get(root.object_name)
        filter_ = self.planner.filter(object_type, arguments.get("filter")) if object_type is not None else None
        entries = () if answers_record else self._entries(root, nodes)

        values = self._values(root, nodes[0])
        takes = {name: self._take(name) for name in self.planner.slots}
        return WriteRoot(key, _member(key), root, values, plan, entries, filter_, takes, root.type.endswith("!"))

    def _node(self, root: RootField, nodes: list[FieldNode]) -> NodePlan:
        object_type = self.model.object(root.object_name)
        if root.kind is RootKind.CHANGED:
            for inner in self.planner.collect(nodes, root.type.strip("!")).values():
                if inner[0].name.value == "record":
                    return self.planner.node(object_type, inner, rows=1)
            return NodePlan(object_type, ())
        return self.planner.node(object_type, nodes, rows=1)

    def _entries(self, root: RootField, nodes: list[FieldNode]) -> tuple[tuple[str, Any], ...]:
        type_name = root.type.strip("[]!")
        if nodes[0].selection_set is None:
            return ()
        entries: list[tuple[str, Any]] = []
        for key, inner in self.planner.collect(nodes, type_name).items():
            name = inner[0].name.value
            if name == "changes":
                pairs = self.planner.collect(inner, "FieldChange").items()
                entries.append((key, tuple((inner_key, found[0].name.value) for inner_key, found in pairs)))
            else:
                entries.append((key, name))
        return tuple(entries)


def _record_name(root: RootField) -> str:

    return pascal(root.object_name)


RUN_VALUES: dict[str, Take] = {
    "tenant.id": lambda _values, run: run.context.model.tenant_id,
    "actor.id": lambda _values, run: run.context.actor.id,
    "actor.roles": lambda _values, run: list(run.context.actor.roles),
    "timezone": lambda _values, run: run.context.model.settings.timezone,
    "now": lambda _values, run: run.now,
    "today": lambda _values, run: run.today,
    "mask.salt": lambda _values, run: run.salt,
}
"""Parameters that every statement may name."""
