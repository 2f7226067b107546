"""Values brought to the types that are expected of them, or why they cannot be."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from metadata.expressions.checked import Checked
from metadata.expressions.fitting import READ_FROM_TEXT, common_type, fits, fitted, mixture_hint, text_kind
from metadata.expressions.literals import LiteralError, canonical
from metadata.expressions.text import unparse
from metadata.expressions.tree import Expression, Literal
from metadata.expressions.types import Kind, ValueType
from metadata.problems import Faults

__all__ = ["Types", "closest"]


class Types:
    """The rules of types, with a place for the faults they find. Each gives None after it has noted why."""

    __slots__ = ("faults",)

    def __init__(self, faults: Faults) -> None:
        self.faults = faults

    def expect(self, checked: Checked, expected: ValueType) -> Checked | None:
        """The value as one of the expected type."""
        if fits(checked, expected):
            return fitted(checked, expected)
        if not self.note_bad_constant(checked, expected):
            shown = unparse(checked.node)
            self.faults.add("wrong_type", f"'{shown}' is of type {checked.type}, but {expected} is expected.")
        return None

    def unify(
        self, node: Expression, parts: Sequence[Checked], *, dates: bool
    ) -> tuple[ValueType, tuple[Checked, ...]] | None:
        """Bring values to the one type they have in common; `dates` lets a date stand for its first instant."""
        type = common_type(parts, dates=dates)
        if type is None:
            names = dict.fromkeys(str(part.type) for part in parts if part.type.kind is not Kind.NULL)
            self.wrong(node, f"{' and '.join(names)} together", mixture_hint(parts))
            return None
        unfit = [part for part in parts if not fits(part, type)]
        for part in unfit:
            if not self.note_bad_constant(part, type):
                self.wrong(node, f"a value of type {part.type} where {type} belongs", "")
        return None if unfit else (type, tuple(fitted(part, type) for part in parts))

    def note_bad_constant(self, checked: Checked, type: ValueType) -> bool:
        """Say why a text constant is no constant of a type; False when it is something else that does not fit."""
        node = checked.node
        if not isinstance(node, Literal) or checked.type.kind is not Kind.TEXT or type.kind not in READ_FROM_TEXT:
            return False
        if type.kind is Kind.OPTION:
            self.faults.add(
                "unknown_option",
                f"'{node.value}' is none of the options.",
                hint=closest(str(node.value), list(type.options)) or f"Known options: {', '.join(type.options)}.",
            )
            return True
        try:
            canonical(str(node.value), text_kind(type))
        except LiteralError as error:
            self.faults.add("bad_literal", f"'{node.value}' is not {error}.")
        return True

    def wrong(self, node: Expression, what: str, hint: str) -> None:
        """Note that an expression asks for what there is not."""
        self.faults.add("wrong_type", f"'{unparse(node)}' asks for {what}.", hint=hint)


def closest(name: str, known: Sequence[str]) -> str:
    """A hint at the known name that is most like one; empty when none is."""
    found = get_close_matches(name, known, 1)
    return f"Did you mean '{found[0]}'?" if found else ""
