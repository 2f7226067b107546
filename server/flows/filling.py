"""A task's form: what its node says of fields, and the form it names, filled in with the step's own rights."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from metadata.flows.nodes import settings_of
from metadata.flows.values import FlowNode
from metadata.forms.access import entries_of
from metadata.problems import BadInputError
from server.access.plan import ADMINISTRATOR
from server.flows.answering import Standing
from server.flows.rights import object_of
from server.flows.storing import Held
from server.forms.assessing import Step
from server.forms.filling import Filler
from server.forms.publishing import Published, published
from server.forms.submissions import Submission, note_submission

__all__ = ["fill", "form_of", "step_of"]


async def form_of(standing: Standing, node: FlowNode) -> Published | None:
    """The form that a node is filled in with now: the version it is pinned to, or the current one."""
    settings = settings_of(node)
    name: str = getattr(settings, "form", "")
    if not name:
        return None
    return await published(standing.connection, standing.context.model, name, settings.form_version or None)


async def step_of(standing: Standing, held: Held, node: FlowNode, *, complete: bool) -> tuple[Step, Published | None]:
    """What a task asks to be filled in, and its form.

    Raises:
        BadInputError: `unknown_object`: the object type of the record is gone.
        NotFoundError: `unknown_form`: the form was never published, or is gone.
    """
    form = await form_of(standing, node)
    object_type = object_of(standing.context.model, held.table)
    if object_type is None:
        raise BadInputError.single("unknown_object", "The object type of the flow's record is gone.")
    declared = None if form is None else form.form
    entries = entries_of(declared, node.name, getattr(settings_of(node), "fields", ()))
    values = declared.values if declared is not None and complete else ()
    return Step(object_type, held.state.record, False, entries, values, node.name, ("values",), complete), form


async def fill(
    standing: Standing, filler: Filler, held: Held, node: FlowNode, given: Any, *, task: str, check: bool
) -> None:
    """Write what a step was filled in with.

    Args:
        standing: The transaction, who acts, and when.
        filler: Fills records in.
        held: The instance, locked.
        node: The step.
        given: Values by GraphQL name.
        task: Its id.
        check: Whether what is required has to be there afterwards.

    Raises:
        BadInputError: `field_not_in_form`, `required`, or what is wrong with a value.
    """
    if not given and not getattr(settings_of(node), "fields", ()) and not getattr(settings_of(node), "form", ""):
        return
    step, form = await step_of(standing, held, node, complete=check)
    context = replace(standing.context, access=ADMINISTRATOR)
    await filler.fill(standing.connection, context, standing.now, step, given)
    if form is not None and check:
        done = Submission(form.form.name, form.number, step.object_type, step.record_id, task_id=task)
        await note_submission(standing.connection, standing.context, standing.now, done)
