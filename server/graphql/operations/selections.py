"""Selection sets, flattened: fragments opened, `@skip` and `@include` applied, equal response keys merged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from graphql import FieldNode, FragmentDefinitionNode, FragmentSpreadNode, InlineFragmentNode, SelectionSetNode

from server.graphql.operations.arguments import included

__all__ = ["Fragments", "collect", "response_key"]

Fragments = Mapping[str, FragmentDefinitionNode]


def response_key(node: FieldNode) -> str:
    """The key under which a field is answered."""
    return node.alias.value if node.alias else node.name.value


def collect(
    sets: Iterable[SelectionSetNode | None],
    type_names: frozenset[str],
    fragments: Fragments,
    variables: Mapping[str, Any],
) -> dict[str, list[FieldNode]]:
    """Fields to answer for an object, by response key in order of appearance.

    Args:
        sets: Selection sets that apply together (those of merged fields).
        type_names: Names of the object's type and of the unions it is in: fragments on others do not apply.
        fragments: The document's fragments.
        variables: For directives.

    Source:
        GraphQL specification, "CollectFields()".
    """
    found: dict[str, list[FieldNode]] = {}
    for selection_set in sets:
        if selection_set is not None:
            _collect(selection_set, type_names, fragments, variables, found, set())
    return found


def _collect(
    selection_set: SelectionSetNode,
    type_names: frozenset[str],
    fragments: Fragments,
    variables: Mapping[str, Any],
    found: dict[str, list[FieldNode]],
    visited: set[str],
) -> None:
    for selection in selection_set.selections:
        if not included(selection, variables):
            continue
        if isinstance(selection, FieldNode):
            found.setdefault(response_key(selection), []).append(selection)
        elif isinstance(selection, InlineFragmentNode):
            condition = selection.type_condition
            if condition is None or condition.name.value in type_names:
                _collect(selection.selection_set, type_names, fragments, variables, found, visited)
        elif isinstance(selection, FragmentSpreadNode):
            name = selection.name.value
            fragment = fragments[name]
            if name not in visited and fragment.type_condition.name.value in type_names:
                visited.add(name)
                _collect(fragment.selection_set, type_names, fragments, variables, found, visited)
