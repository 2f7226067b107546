"""Calls fitted to the signatures of their function, or why none takes the arguments."""

from __future__ import annotations

from collections.abc import Sequence

from metadata.expressions.checked import Checked
from metadata.expressions.fitting import fits, fitted, variable_type
from metadata.expressions.functions import FUNCTIONS, Function, Signature
from metadata.expressions.functions.base import is_variable
from metadata.expressions.text import unparse
from metadata.expressions.tree import Call, ListOf, Literal
from metadata.expressions.types import Kind, ValueType, list_of
from metadata.expressions.unifying import Types, closest

__all__ = ["Calls"]


class Calls:
    """Fits calls whose arguments have their types."""

    __slots__ = ("_types",)

    def __init__(self, types: Types) -> None:
        self._types = types

    def function(self, node: Call) -> Function | None:
        """The function a call names, or None after a fault was noted."""
        function = FUNCTIONS.get(node.function)
        if function is None:
            self._unknown_function(node)
        return function

    def fitted(self, node: Call, function: Function, parts: Sequence[Checked]) -> Checked | None:
        """The call by the first signature that takes its arguments."""
        for signature in function.signatures:
            fit = self._fit(signature, parts)
            if fit is not None:
                return self._called(node, signature, *fit)
        self._wrong_arguments(node, function, parts)
        return None

    def _unknown_function(self, node: Call) -> None:
        names = list(FUNCTIONS)
        over_records = node.function in ("some", "none", "every", "count", "countDistinct", "sum", "avg")
        hint = f"It belongs to a list of records: orders.{node.function}(…)." if over_records else ""
        self._types.faults.add(
            "unknown_function",
            f"There is no function '{node.function}'.",
            hint=hint or closest(node.function, names) or "The functions are listed in docs/expressions.md.",
        )

    def _fit(self, signature: Signature, parts: Sequence[Checked]) -> tuple[ValueType, tuple[Checked, ...]] | None:
        """The common type of the variable arguments and the arguments brought to the signature's types."""
        expected = signature.arguments
        if signature.repeats and len(parts) >= len(expected):
            expected = (*expected, *[expected[-1]] * (len(parts) - len(expected)))
        if len(parts) != len(expected):
            return None
        variable = variable_type(signature, parts, [argument.type for argument in expected])
        if variable is None:
            return None
        brought: list[Checked] = []
        for part, argument in zip(parts, expected, strict=True):
            wanted = argument.type
            if is_variable(wanted):
                wanted = list_of(variable) if wanted.kind is Kind.LIST else variable
            if part.type.kind is not Kind.NULL and not fits(part, wanted):
                return None
            brought.append(fitted(part, wanted))
        return variable, tuple(brought)

    def _called(
        self, node: Call, signature: Signature, variable: ValueType, parts: tuple[Checked, ...]
    ) -> Checked | None:
        for argument, part in zip(signature.arguments, parts, strict=False):
            value = part.node.value if isinstance(part.node, Literal) else None
            if argument.choices and (not isinstance(value, str) or value.lower() not in argument.choices):
                shown = unparse(part.node)
                self._types.faults.add(
                    "unknown_option",
                    f"{shown} is no {argument.name} of '{node.function}'; it has to be one of the constants.",
                    hint=f"Known: {', '.join(argument.choices)}.",
                )
                return None
        result = variable if is_variable(signature.result) else signature.result
        return Checked(node, result, parts, signature)

    def _wrong_arguments(self, node: Call, function: Function, parts: Sequence[Checked]) -> None:
        if self._note_bad_keys(parts):
            return
        given = ", ".join(str(part.type) for part in parts) or "nothing"
        self._types.faults.add(
            "wrong_arguments",
            f"'{function.name}' does not take ({given}): '{unparse(node)}'.",
            hint=f"Write {' or '.join(function.usages())}.",
        )

    def _note_bad_keys(self, parts: Sequence[Checked]) -> bool:
        """Say which text constant is no key of the options beside it, if that is what does not fit."""
        types = [part.type.item or part.type for part in parts]
        known = next((type for type in types if type.kind is Kind.OPTION and type.options), None)
        values = [item for part in parts for item in (part.parts if isinstance(part.node, ListOf) else (part,))]
        bad = [] if known is None else [value for value in values if not fits(value, known)]
        return known is not None and any([self._types.note_bad_constant(value, known) for value in bad])
