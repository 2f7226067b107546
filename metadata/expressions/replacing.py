"""Trees with other paths in them."""

from __future__ import annotations

from collections.abc import Callable

from metadata.expressions.tree import (
    Aggregate,
    Binary,
    Call,
    Conditional,
    Expression,
    FieldPath,
    ListOf,
    Quantified,
    Root,
    Unary,
)
from metadata.problems import BadInputError

__all__ = ["moved", "with_paths"]

Value = Callable[[FieldPath, int], Expression]


def with_paths(node: Expression, value: Value, depth: int = 0) -> Expression:
    """The tree with something else in the place of its paths.

    Args:
        node: The tree.
        value: (path, quantifiers around it) → what stands for it, the path itself where it stays. Of a relation that
            is gone through, something that is no path is not taken.
        depth: Quantifiers around the tree.
    """

    def walk(part: Expression) -> Expression:
        return with_paths(part, value, depth)

    def inside(part: Expression | None) -> Expression | None:
        return None if part is None else with_paths(part, value, depth + 1)

    def relation(path: FieldPath) -> FieldPath:
        found = value(path, depth)
        return found if isinstance(found, FieldPath) else path

    match node:
        case FieldPath():
            return value(node, depth)
        case Unary():
            return Unary(node.operator, walk(node.operand))
        case Binary():
            return Binary(node.operator, walk(node.left), walk(node.right))
        case Conditional():
            return Conditional(walk(node.test), walk(node.then), walk(node.otherwise))
        case Call():
            return Call(node.function, tuple(map(walk, node.arguments)))
        case ListOf():
            return ListOf(tuple(map(walk, node.items)))
        case Quantified():
            condition = with_paths(node.condition, value, depth + 1)
            return Quantified(node.quantifier, relation(node.path), condition)
        case Aggregate():
            return Aggregate(node.function, relation(node.path), inside(node.value), inside(node.condition))
        case _:
            return node


def moved(tree: Expression, prefix: tuple[str, ...], root: Root) -> Expression:
    """A condition over a record, asked where to-one relations lead to that record from another.

    Args:
        tree: Over a record.
        prefix: Relations from the other one; none where it is the record itself.
        root: Where they start: the record of the whole condition, or the item of a quantifier around it.

    Raises:
        BadInputError: `too_deep`: it names its record from within two quantifiers, which the item of another cannot be.
    """

    def place(path: FieldPath, depth: int) -> Expression:
        steps = (*prefix, *path.steps)
        if path.root is Root.PARENT and depth == 1:
            return FieldPath(steps, Root.PARENT)
        if path.root is not Root.RECORD:
            return path
        if depth == 0 or root is Root.RECORD:
            return FieldPath(steps, root)
        if depth == 1:
            return FieldPath(steps, Root.PARENT)
        raise BadInputError.single(
            "too_deep",
            "The condition names its record from within two lists, so it cannot be asked of the items of another.",
            hint="Ask it of records themselves.",
        )

    return with_paths(tree, place)
