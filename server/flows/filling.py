"""A task's form: values written with the step's rights, and what is required checked in the same transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from metadata.flows.nodes import settings_of
from metadata.flows.values import FlowNode
from metadata.problems import BadInputError
from server.access.plan import ADMINISTRATOR
from server.flows.answering import Standing
from server.flows.forms import access_of, filled, missing_faults, read_values
from server.flows.rights import object_of
from server.flows.storing import Held
from server.records.facts import Facts
from server.records.writing.running import WriteRun
from server.records.writing.saving import RecordWriter

__all__ = ["fill"]


async def fill(
    standing: Standing,
    writer: RecordWriter,
    facts: Facts,
    held: Held,
    node: FlowNode,
    given: Any,
    *,
    check: bool,
) -> None:
    """Write what a step was filled in with.

    Args:
        standing: The transaction, who acts, and when.
        writer: Writes records.
        facts: Reads them.
        held: The instance, locked.
        node: The step.
        given: Values by GraphQL name.
        check: Whether what is required has to be there afterwards.

    Raises:
        BadInputError: `field_not_in_form`, `required`, or what is wrong with a value.
    """
    if not isinstance(given, Mapping):
        raise BadInputError.single("wrong_type", "Values are a mapping by field.", path=("values",))
    rules = getattr(settings_of(node), "fields", ())
    if not rules and not given:
        return
    context = standing.context
    object_type = object_of(context.model, held.table)
    if object_type is None:
        raise BadInputError.single("unknown_object", "The object type of the flow's record is gone.")
    record = held.state.record

    async def known(texts: list[str]) -> Mapping[str, Any]:
        found = await facts.values(
            standing.connection, context, object_type.name, record, texts, instant=standing.now
        ) if texts else {}  # fmt: skip
        return found or {}

    access = access_of(rules, await known([rule.when for rule in rules if rule.when]))
    values = read_values(given, access)
    if values:
        run = WriteRun(replace(context, access=ADMINISTRATOR), standing.now)
        await writer.update(standing.connection, run, object_type, record, values, None)
    if check:
        wanted = filled(object_type, access)
        missing = missing_faults(wanted, await known(list(wanted.values())))
        if missing:
            raise BadInputError.of(missing)
