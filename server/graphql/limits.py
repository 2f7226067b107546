"""How large an operation may be, checked before validation, which is quadratic in some documents.

Fragments count each time they are spread, as if written out, so nothing can be multiplied through them; a fragment's
figures are computed once. Introspection has a depth limit of its own, because its query is deep by nature.
"""

from __future__ import annotations

from dataclasses import dataclass

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
)

__all__ = ["OperationLimits", "Size", "check_size", "measure"]

_MAX_INTROSPECTION_DEPTH = 20


@dataclass(frozen=True, slots=True)
class OperationLimits:
    """Bounds of one document.

    Attributes:
        depth: Levels of fields in fields.
        fields: Fields selected in all, fragments written out.
        aliases: Fields under another name, fragments written out.
        tokens: Tokens of the text, for the parser.
    """

    depth: int = 12
    fields: int = 2_000
    aliases: int = 50
    tokens: int = 8_000


@dataclass(frozen=True, slots=True)
class Size:
    """Figures of a selection.

    Attributes:
        depth: Levels of fields; introspection left out.
        introspection_depth: Levels of fields below `__schema` and `__type`.
        fields: Fields in all.
        aliases: Of them, under another name.
    """

    depth: int = 0
    introspection_depth: int = 0
    fields: int = 0
    aliases: int = 0

    def beside(self, other: Size) -> Size:
        """Both together."""
        return Size(
            max(self.depth, other.depth),
            max(self.introspection_depth, other.introspection_depth),
            self.fields + other.fields,
            self.aliases + other.aliases,
        )


def check_size(document: DocumentNode, limits: OperationLimits) -> list[GraphQLError]:
    """The limits a document passes, each once, as errors with code LIMIT_EXCEEDED; empty when it keeps them."""
    size = measure(document)
    found = [
        ("too_deep", "levels deep", size.depth, limits.depth),
        ("too_deep", "levels of introspection deep", size.introspection_depth, _MAX_INTROSPECTION_DEPTH),
        ("too_many_fields", "fields large", size.fields, limits.fields),
        ("too_many_aliases", "aliases large", size.aliases, limits.aliases),
    ]
    return [
        GraphQLError(
            f"The operation is {actual} {what}; at most {limit} are allowed.",
            extensions={
                "code": "LIMIT_EXCEEDED",
                "reason": reason,
                "hint": "Split it into several smaller operations.",
            },
        )
        for reason, what, actual, limit in found
        if actual > limit
    ]


def measure(document: DocumentNode) -> Size:
    """The largest operation's size. Cyclic fragments count once; validation refuses them."""
    fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
    meter = _Meter(fragments)
    total = Size()
    for node in document.definitions:
        if isinstance(node, OperationDefinitionNode):
            size = meter.of(node.selection_set)
            total = Size(
                max(total.depth, size.depth),
                max(total.introspection_depth, size.introspection_depth),
                max(total.fields, size.fields),
                max(total.aliases, size.aliases),
            )
    return total


class _Meter:
    """Measures selections of one document, each fragment once."""

    def __init__(self, fragments: dict[str, FragmentDefinitionNode]) -> None:
        self._fragments = fragments
        self._known: dict[str, Size] = {}

    def of(self, selection: SelectionSetNode | None) -> Size:
        total = Size()
        for node in selection.selections if selection is not None else ():
            if isinstance(node, FieldNode):
                total = total.beside(self._of_field(node))
            elif isinstance(node, InlineFragmentNode):
                total = total.beside(self.of(node.selection_set))
            elif isinstance(node, FragmentSpreadNode):
                total = total.beside(self._of_fragment(node.name.value))
        return total

    def _of_field(self, node: FieldNode) -> Size:
        inner = self.of(node.selection_set)
        depth, introspection = inner.depth + 1, inner.introspection_depth
        if node.name.value in ("__schema", "__type"):
            depth, introspection = 1, max(depth, introspection)
        return Size(depth, introspection, inner.fields + 1, inner.aliases + (node.alias is not None))

    def _of_fragment(self, name: str) -> Size:
        if name not in self._known:
            self._known[name] = Size()
            fragment = self._fragments.get(name)
            self._known[name] = self.of(fragment.selection_set) if fragment is not None else Size()
        return self._known[name]
