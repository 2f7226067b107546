"""What may and must be filled in while a task is open: the rules of its node, kept by the server."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from metadata.fields.relations import relation_of
from metadata.flows.values import FieldRule
from metadata.model.tenant import field_of
from metadata.model.values import ObjectType
from metadata.naming import camel, snake
from metadata.problems import BadInputError, Fault, Path

__all__ = ["access_of", "filled", "missing_faults", "read_values"]


def access_of(rules: Iterable[FieldRule], facts: Mapping[str, Any]) -> dict[str, str]:
    """What holds for each field now: of several rules that do, the last one.

    Args:
        rules: Of the node.
        facts: Truth of their conditions, by text.
    """
    return {rule.field: rule.access for rule in rules if not rule.when or facts.get(rule.when) is True}


def read_values(given: Mapping[str, Any], access: Mapping[str, str], path: Path = ("values",)) -> dict[str, Any]:
    """Values by field name, where the step lets them be set.

    Raises:
        BadInputError: `field_not_in_form` for each that it does not.
    """
    values = {snake(name): value for name, value in given.items()}
    faults = [
        Fault(
            "field_not_in_form",
            f"Field '{camel(name)}' cannot be set here: it is {access.get(name, 'no part of this step')}.",
            (*path, camel(name)),
            "Leave it out.",
        )
        for name in values
        if access.get(name) not in ("write", "required")
    ]
    if faults:
        raise BadInputError.of(faults)
    return values


def filled(object_type: ObjectType, access: Mapping[str, str]) -> dict[str, str]:
    """An expression for each required field that says whether it has a value."""
    found = {}
    for name, right in access.items():
        field = field_of(object_type, name)
        if right == "required" and field is not None:
            relation = relation_of(field)
            found[name] = f"{name}.count() > 0" if relation is not None and relation.many else f"{name} != null"
    return found


def missing_faults(expressions: Mapping[str, str], facts: Mapping[str, Any], path: Path = ("values",)) -> list[Fault]:
    """A fault for each required field without a value."""
    return [
        Fault(
            "required",
            f"Field '{camel(name)}' has to be filled in before this step is done.",
            (*path, camel(name)),
            "Send a value.",
        )
        for name, text in expressions.items()
        if facts.get(text) is not True
    ]
