"""A tree as plain JSON, for clients that show a condition or try it while somebody types."""

from __future__ import annotations

from typing import Any

from metadata.expressions.tree import (
    Aggregate,
    Binary,
    Call,
    Conditional,
    Expression,
    FieldPath,
    ListOf,
    Literal,
    Parameter,
    Quantified,
    Unary,
)

__all__ = ["drawn"]


def drawn(node: Expression) -> dict[str, Any]:
    """A mapping whose one telling key says what the node is, such as `value`, `path`, `operator` or `call`."""
    match node:
        case Literal():
            return {"value": node.value, "type": node.type.kind.value}
        case Parameter():
            return {"parameter": node.name}
        case FieldPath():
            return {"path": list(node.steps), "of": node.root.value}
        case Unary():
            return {"operator": node.operator.value, "operands": [drawn(node.operand)]}
        case Binary():
            return {"operator": node.operator.value, "operands": [drawn(node.left), drawn(node.right)]}
        case Conditional():
            return {"if": drawn(node.test), "then": drawn(node.then), "else": drawn(node.otherwise)}
        case Call():
            return {"call": node.function, "operands": [drawn(one) for one in node.arguments]}
        case ListOf():
            return {"list": [drawn(one) for one in node.items]}
        case Quantified():
            return {"quantifier": node.quantifier.value, "over": drawn(node.path), "where": drawn(node.condition)}
        case Aggregate():
            return {
                "figure": node.function.value,
                "over": drawn(node.path),
                "of": None if node.value is None else drawn(node.value),
                "where": None if node.condition is None else drawn(node.condition),
            }
