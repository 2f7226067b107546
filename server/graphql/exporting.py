"""Reads records for exports, through the same plans and statements as lists of `/graphql`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
from graphql import GraphQLError

from metadata.fields import FIELD_TYPES
from metadata.model.tenant import TenantModel
from metadata.model.values import ObjectType
from metadata.naming import camel, pascal
from metadata.problems import BadInputError, Fault, Faults
from server.access.plan import AccessPlan, FieldRight
from server.context import Context
from server.database.connections import Connections
from server.exports.definitions import Column, ExportQuery
from server.files.links import FileLinks
from server.graphql.endpoint import Runtimes
from server.graphql.limits import OperationLimits
from server.graphql.members import Member, MemberKind, members_of
from server.graphql.operations.actions import Actions
from server.graphql.operations.execution import Executor
from server.graphql.operations.plans import Clock, OperationPlan, ReadRoot, RunValues
from server.graphql.steps import AnswerSteps
from server.secrets.salts import MaskSalts
from server.secrets.vault import Vault

__all__ = ["RecordReader", "record_reader"]

_LIMITS = OperationLimits(fields=2_000, tokens=20_000)

Tree = dict[str, Any]
"""Selections by name; an empty one is a value."""


@dataclass(eq=False)
class RecordReader:
    """Reads pages by the text of an operation, made of the paths that are asked for.

    Attributes:
        executor: Runs statements.
        clock: The one clock.
        salts: Of masks by hash.
    """

    executor: Executor
    clock: Clock
    salts: MaskSalts
    runtimes: Runtimes = field(default_factory=lambda: Runtimes(_LIMITS, max_entries=32))

    def columns(self, context: Context, query: ExportQuery) -> tuple[Column, ...]:
        """See ExportReader."""
        columns, _tree = _columns(context, query)
        self._plan(context, query, None)
        return columns

    async def pages(
        self, connection: Any, context: Context, query: ExportQuery, _instant: datetime
    ) -> AsyncIterator[Sequence[Mapping[str, Any]]]:
        """See ExportReader."""
        run = RunValues(context, self.clock, self.salts.of)
        after: str | None = None
        while True:
            plan, values = self._plan(context, query, after)
            (root,) = plan.roots
            assert isinstance(root, ReadRoot)
            found = orjson.loads(await self.executor.read(connection, root, values, run))
            if found["nodes"]:
                yield found["nodes"]
            if not found["pageInfo"]["hasNextPage"]:
                return
            after = found["pageInfo"]["endCursor"]

    def _plan(self, context: Context, query: ExportQuery, after: str | None) -> tuple[OperationPlan, dict[str, Any]]:
        _, tree = _columns(context, query)
        runtime = self.runtimes.get(context.model, context.access)
        try:
            operation = runtime.document(_text(context.model, query, tree)).operation(None)
        except ExceptionGroup as group:
            raise BadInputError.of(
                Fault("bad_export", error.message) for error in group.exceptions if isinstance(error, GraphQLError)
            ) from None
        values = operation.read_variables({**query.variables, "after": after})
        return runtime.plan(operation, values, context), values


def record_reader(
    connections: Connections, vault: Vault, links: FileLinks, clock: Clock, salts: MaskSalts
) -> RecordReader:
    """A reader with an executor of its own, which only reads."""
    return RecordReader(Executor(connections, None, AnswerSteps(vault, links).apply, Actions({})), clock, salts)


def _text(model: TenantModel, query: ExportQuery, tree: Tree) -> str:
    object_type = model.object(query.object_name)
    record = pascal(object_type.name)
    types = {"filter": f"{record}Filter", "orderBy": f"[{record}OrderBy!]", "search": "String", "after": "String"}
    used = [name for name in types if name == "after" or name in query.variables]
    declared = ", ".join(f"${name}: {types[name]}" for name in used)
    given = ", ".join(f"{name}: ${name}" for name in used)
    size = model.settings.max_page
    return (
        f"query Export({declared}) {{ rows: {camel(object_type.plural)}(first: {size}, {given}) "
        f"{{ nodes {_selection(tree)} pageInfo {{ hasNextPage endCursor }} }} }}"
    )


def _selection(tree: Tree) -> str:
    inner = " ".join(f"{name} {_selection(below)}" if below else name for name, below in tree.items())
    return f"{{ {inner} }}"


def _columns(context: Context, query: ExportQuery) -> tuple[tuple[Column, ...], Tree]:
    """The columns and what has to be selected for them.

    Raises:
        BadInputError: `unknown_field` for each path that leads nowhere.
    """
    faults = Faults()
    columns: dict[str, Column] = {}
    tree: Tree = {}
    walker = _Walker(context.model, context.access)
    for place, path in enumerate(query.paths):
        found = list(walker.walk(context.model.object(query.object_name), tuple(path.split("."))))
        if not found:
            faults.add(
                "unknown_field",
                f"'{path[:100]}' leads to no value of a {query.object_name}.",
                path=("fields", place),
                hint="Name fields as /graphql has them; to-one relations are followed with a dot: `store.name`.",
            )
        for column in found:
            columns[column.header] = column
            below = tree
            for name in column.path:
                below = below.setdefault(name, {})
    faults.raise_if_any()
    return tuple(columns.values()), tree


@dataclass(frozen=True, slots=True)
class _Walker:
    model: TenantModel
    access: AccessPlan

    def walk(self, object_type: ObjectType, steps: tuple[str, ...], before: tuple[str, ...] = ()) -> Iterator[Column]:
        """Columns that a path leads to; a composite value has one for each part."""
        member = members_of(object_type).get(steps[0])
        if member is None or self.access.field_right(object_type.name, member.field.name) is FieldRight.NONE:
            return
        path, rest = (*before, member.name), steps[1:]
        if member.kind is MemberKind.TO_ONE:
            if rest:
                yield from self.walk(self.model.object(member.targets[0]), rest, path)
        elif member.kind is MemberKind.PARTS:
            yield from self._parts(object_type, member, path, rest)
        elif member.kind is not MemberKind.TO_MANY and member.kind is not MemberKind.POLYMORPHIC and not rest:
            is_value = member.kind is MemberKind.VALUE
            yield Column(".".join(path), path, is_value and self._is_number(member))

    def _parts(
        self, object_type: ObjectType, member: Member, path: tuple[str, ...], rest: tuple[str, ...]
    ) -> Iterator[Column]:
        if self.access.field_right(object_type.name, member.field.name) is FieldRight.MASKED:
            return
        for part in FIELD_TYPES[member.field.type].subfields:
            if not part.transform and rest in ((), (part.name,)):
                is_number = part.value_type is not None and part.value_type.is_number
                yield Column(".".join((*path, part.name)), (*path, part.name), is_number)

    def _is_number(self, member: Member) -> bool:
        return FIELD_TYPES[member.field.type].value_type(member.field, self.model).is_number
