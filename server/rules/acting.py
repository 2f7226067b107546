"""What the actions of rules do that need no other engine: fields, records, owners, words, flows, webhooks.

Flows are started, and people and programs told, by an event that leaves with the rule's transaction: whoever delivers
listens to it (`rule__run`).
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from metadata.expressions.text import parse
from metadata.fields.relations import relation_of
from metadata.flows.terms import expression_of
from metadata.flows.values import FieldValue
from metadata.model.tenant import TenantModel, field_of
from metadata.model.values import Field, ObjectType
from metadata.problems import ConflictError
from metadata.rules.values import (
    AssignAction,
    CreateAction,
    LinkAction,
    NotifyAction,
    SetAction,
    StartFlowAction,
    WebhookAction,
)
from server.access.plan import ADMINISTRATOR
from server.automation import Performer, RuleStep
from server.database.sql import quote_identifier
from server.events.log import append, draft_for
from server.records.compiler import Compiler
from server.records.layout import Layout
from server.records.organisation import superiors
from server.records.run_values import values_for
from server.records.writing.running import WriteRun
from server.records.writing.saving import RecordWriter
from server.rules import sql

__all__ = ["TOLD_OBJECT", "own_performers", "values_of"]

TOLD_OBJECT = "rule__run"
"""What events of rules are about."""

_TENANTS_KEPT = 200
_BRACES = re.compile(r"\{([^{}]+)\}")


async def values_of(step: RuleStep, values: Iterable[FieldValue]) -> dict[str, Any]:
    """Values by field; those that are expressions are worked out over the record."""
    wanted = tuple(values)
    texts = [text for one in wanted if (text := expression_of(one.value))]
    known = await step.known(texts) if texts else {}
    return {one.field: known[text] if (text := expression_of(one.value)) else one.value for one in wanted}


async def tell(step: RuleStep, kind: str, told: Mapping[str, Any]) -> None:
    """An event for whoever delivers: it leaves with the rule's transaction, or not at all."""
    changes = {
        "rule": step.rule, "number": step.number, "object": step.object_type.table, "record": step.record_id, **told,
    }  # fmt: skip
    await append(step.connection, draft_for(step.context, kind, TOLD_OBJECT, step.record_id, changes))


class _Own:
    """The actions, with what they write through."""

    def __init__(self, writer: RecordWriter) -> None:
        self._writer = writer
        self._compiled: OrderedDict[str, tuple[int, dict[Any, Any]]] = OrderedDict()

    def _compiled_of(self, model: TenantModel) -> dict[Any, Any]:
        """Statements of a tenant's model that were made before."""
        version, kept = self._compiled.get(model.tenant_id, (model.version, {}))
        kept = kept if version == model.version else {}
        self._compiled[model.tenant_id] = (model.version, kept)
        self._compiled.move_to_end(model.tenant_id)
        if len(self._compiled) > _TENANTS_KEPT:
            self._compiled.popitem(last=False)
        return kept

    async def set(self, steps: Sequence[RuleStep]) -> Sequence[Mapping[str, Any]]:
        settings: SetAction = steps[0].settings
        if settings.target:
            return [await self._set_related(step, settings) for step in steps]
        given = {step.record_id: await values_of(step, settings.values) for step in steps}
        causes = {step.record_id: step.context.cause.chain for step in steps}
        first = steps[0]
        run = WriteRun(first.context, first.now, compiled=self._compiled_of(first.context.model))
        await self._writer.update_each(first.connection, run, first.object_type, given, causes)
        return [
            {"object": step.object_type.name, "record": step.record_id, "values": given[step.record_id]}
            for step in steps
        ]

    async def _set_related(self, step: RuleStep, settings: SetAction) -> Mapping[str, Any]:
        path = f"{settings.target}.id"
        record = (await step.known([path]))[path]
        field = field_of(step.object_type, settings.target)
        relation = None if field is None else relation_of(field)
        if not record or relation is None:
            raise ConflictError.single(
                "no_record", f"'{settings.target}' leads to no record.", hint="Fill it in, or ask for it in `when`."
            )
        object_type = step.context.model.object(relation.to)
        given = await values_of(step, settings.values)
        run = WriteRun(step.context, step.now)
        await self._writer.update(step.connection, run, object_type, record, given, None)
        return {"object": object_type.name, "record": record, "values": given}

    async def create(self, step: RuleStep) -> Mapping[str, Any]:
        settings: CreateAction = step.settings
        object_type = step.context.model.object(settings.object)
        given = await values_of(step, settings.values)
        await self._writer.create(step.connection, WriteRun(step.context, step.now), object_type, [given], "input")
        return {"object": object_type.name, "values": given}

    async def link(self, step: RuleStep) -> Mapping[str, Any]:
        settings: LinkAction = step.settings
        held = f"{settings.field}.id"
        known = await step.known([settings.number, held])
        number = known[settings.number]
        found = None if number is None else await _in_band(step, settings, str(number))
        if found != known[held]:
            run, values = WriteRun(step.context, step.now), {settings.field: found}
            await self._writer.update(step.connection, run, step.object_type, step.record_id, values, None)
        return {"field": settings.field, "number": number, "record": found}

    async def assign(self, step: RuleStep) -> Mapping[str, Any]:
        owner = await _owner(step, step.settings)
        run = WriteRun(step.context, step.now)
        await self._writer.update(step.connection, run, step.object_type, step.record_id, {"owner": owner}, None)
        return {"owner": owner}


async def _in_band(step: RuleStep, settings: LinkAction, number: str) -> str | None:
    """The record in whose band a number falls; of several the one whose band begins last."""
    model, relation = step.context.model, relation_of(_declared(step.object_type, settings.field))
    assert relation is not None  # checked when the rule was published
    other = model.object(relation.to)
    compiler = Compiler(model, ADMINISTRATOR)
    scope = compiler.open(other)
    conditions = compiler.conditions(scope, parse(settings.where) if settings.where else None)
    [begins], [ends] = (
        Layout(model).columns(other, _declared(other, name)) for name in (settings.begins, settings.ends)
    )
    given = compiler.parameters.placeholder("number", "::text::numeric")
    begin, end = (f"{scope.alias}.{quote_identifier(column)}" for column in (begins, ends))
    conditions += [f"{begin} <= {given}", f"({end} is null or {given} < {end})"]
    text = (
        f"select {scope.alias}.id::text {scope.from_clause} where {' and '.join(conditions)}"
        f" order by {begin} desc, {scope.alias}.id limit 1"
    )
    value_of = values_for(step.context, step.now, {"number": number})
    found: str | None = await step.connection.fetchval(text, *map(value_of, compiler.parameters.names()))
    return found


def _declared(object_type: ObjectType, name: str) -> Field:
    found = field_of(object_type, name)
    assert found is not None  # checked when the rule was published
    return found


async def _owner(step: RuleStep, settings: AssignAction) -> str:
    found: str | None = None
    if settings.by == "user":
        found = await step.connection.fetchval(sql.ACCOUNT, step.context.model.tenant_id, settings.value)
    elif settings.by == "field":
        path = f"{settings.value}.id"
        found = (await step.known([path]))[path]
    else:
        now = (await step.known(["owner.id"]))["owner.id"]
        found = next(iter(await superiors(step.connection, step.context, now or "")), None)
    if not found:
        raise ConflictError.single(
            "nobody_found",
            f"Nobody is found to own the record (by {settings.by}).",
            hint="Name somebody who is active.",
        )
    return found


async def _notify(step: RuleStep) -> Mapping[str, Any]:
    settings: NotifyAction = step.settings
    paths = [f"{path}.id" for path in settings.to]
    known = await step.known(paths) if paths else {}
    people = [account for path in paths if (account := known[path])]
    if settings.roles:
        rows = await step.connection.fetch(
            sql.ROLE_HOLDERS, step.context.model.tenant_id, list(settings.roles), step.now
        )
        people += [row["id"] for row in rows]
    to = list(dict.fromkeys(people))
    # Whoever delivers fills the words in with what each receiver may read.
    await tell(step, "rule_message", {"message": {"to": to, "subject": settings.subject, "body": settings.body}})
    return {"to": to, "subject": await _filled(step, settings.subject), "body": await _filled(step, settings.body)}


async def _filled(step: RuleStep, text: str) -> str:
    names = list(dict.fromkeys(name.strip() for name in _BRACES.findall(text)))
    known = await step.known(names) if names else {}

    def value(match: re.Match[str]) -> str:
        found = known.get(match[1].strip())
        return "" if found is None else str(found)

    return _BRACES.sub(value, text)


async def _start_flow(step: RuleStep) -> Mapping[str, Any]:
    settings: StartFlowAction = step.settings
    await tell(step, "rule_flow", {"start_flow": settings.flow})
    return {"flow": settings.flow}


async def _webhook(step: RuleStep) -> Mapping[str, Any]:
    settings: WebhookAction = step.settings
    given = await values_of(step, settings.values)
    await tell(step, "rule_webhook", {"event": settings.event, "values": given})
    return {"event": settings.event, "values": given}


def own_performers(writer: RecordWriter) -> Sequence[Performer]:
    """Performers of the actions that rules do by themselves."""
    own = _Own(writer)
    return (
        Performer.of_many("set", own.set, lambda settings: not settings.target),
        Performer("create", own.create),
        Performer("assign", own.assign),
        Performer("link", own.link),
        Performer("notify", _notify),
        Performer("start_flow", _start_flow),
        Performer("webhook", _webhook),
    )
