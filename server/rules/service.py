"""What people and programs ask of rules: publish, look, fire by hand, try again what failed."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec

from metadata.expressions.literals import decimal_text
from metadata.model.kinds import Attribute, attributes_of
from metadata.model.tenant import TenantModel
from metadata.problems import BadInputError, ConflictError, Fault, ForbiddenError, NotFoundError
from metadata.rules.actions import ACTION_KINDS
from metadata.rules.triggers import TRIGGER_KINDS, settings_of
from metadata.rules.values import ManualTrigger
from server.access.plan import AccessPlan
from server.actions import ActionRun
from server.events import sql as event_sql
from server.events.log import Event
from server.records.reach import require_within_reach, within_reach
from server.rules import sql
from server.rules.engine import Occasion, RuleEngine
from server.rules.handlers import event_occasion
from server.rules.knowing import Moment
from server.rules.publishing import conflicts, draft_of, faults_of, publish, retire, versions
from server.rules.ruleset import Published, RuleSets
from server.rules.trying import MAX_EVENTS, Tried, try_rules

__all__ = ["Rules", "configures", "require_configurer", "uuid_of"]

Arguments = Mapping[str, Any]
_MAX_PAGE = 200


def configures(plan: AccessPlan) -> bool:
    """Whether somebody may configure rules."""
    return plan.may_configure_kind("rule")


def require_configurer(run: ActionRun) -> None:
    """Refuse whoever may not configure rules.

    Raises:
        ForbiddenError: `not_administrator`.
    """
    if not configures(run.context.access):
        raise ForbiddenError.single(
            "not_administrator", "Only those who may configure rules do this.", hint="Ask an administrator."
        )


def uuid_of(text: str, name: str) -> str:
    """A record's id from an argument.

    Raises:
        BadInputError: `bad_id`.
    """
    try:
        return str(uuid.UUID(text))
    except ValueError:
        raise BadInputError.single("bad_id", "The id of a record is a UUID.", path=(name,)) from None


@dataclass(eq=False)
class Rules:
    """The engine of rules, as it is asked."""

    engine: RuleEngine
    sets: RuleSets = field(default_factory=RuleSets)

    async def kinds(self, _run: ActionRun, _given: Arguments) -> dict[str, Any]:
        """`ruleKinds`: every trigger and action with the schema of its settings."""
        return {
            "triggers": [_kind(one.key, one.help, one.settings) for one in TRIGGER_KINDS.values()],
            "actions": [
                _kind(one.key, one.help, one.settings)
                for one in ACTION_KINDS.values()
                if one.key in self.engine.performers
            ],
        }

    async def lint(self, run: ActionRun, given: Arguments) -> list[dict[str, Any]]:
        """`lintRule`: everything that keeps a draft from being published."""
        require_configurer(run)
        model = run.context.model
        return [shown_fault(one) for one in faults_of(model, draft_of(model, given["rule"]))]

    async def conflicts(self, run: ActionRun, given: Arguments) -> list[dict[str, Any]]:
        """`ruleConflicts`: of a draft with the rules that count, or of all that count."""
        require_configurer(run)
        model = run.context.model
        rule = draft_of(model, given["rule"]) if given.get("rule") else None
        return [
            {"kind": one.kind, "rules": list(one.rules), "message": one.message, "witness": one.witness}
            for one in await conflicts(run.connection, model, rule)
        ]

    async def try_out(self, run: ActionRun, given: Arguments) -> dict[str, Any]:
        """`tryRules`: drafts on past events, undone."""
        require_configurer(run)
        model = run.context.model
        drafts = [draft_of(model, name) for name in given["rules"]]
        if not drafts or len({rule.object for rule in drafts}) > 1:
            raise BadInputError.single(
                "mixed_rules", "Rules that are tried together are about one object type.", path=("rules",)
            )
        faults = [fault for rule in drafts for fault in faults_of(model, rule)]
        if faults:
            raise BadInputError.of(faults)
        events = given.get("events")
        tried = await try_rules(
            run.connection,
            run.context,
            self.engine,
            drafts,
            events=None if events is None else [number for one in events if (number := _number(one)) is not None],
            record=uuid_of(given["record"], "record") if given.get("record") else None,
            since=_instant(given.get("since")),
            last=min(max(given.get("last") or 100, 1), MAX_EVENTS),
            now=_instant(given.get("now")) or run.instant,
        )
        return _shown_trial(tried)

    async def publish(self, run: ActionRun, given: Arguments) -> dict[str, Any]:
        """`publishRule`: the draft, or an older version to go back to it."""
        require_configurer(run)
        model = run.context.model
        name = given["rule"]
        if given.get("version") is None:
            rule = draft_of(model, name)
        else:
            known = {one.number: one.definition for one in await versions(run.connection, run.tenant_id, name)}
            found = known.get(given["version"])
            if found is None:
                raise NotFoundError.single(
                    "unknown_version", f"Rule '{name}' has no version {given['version']}.", path=("version",)
                )
            rule = found
        await publish(
            run.connection, model, rule, note=given.get("note") or "", by=run.user_id or None, now=run.instant,
            override=given.get("override") or "",
        )  # fmt: skip
        return (await self.versions(run, {"rule": name}))[0]

    async def retire(self, run: ActionRun, given: Arguments) -> bool:
        """`retireRule`: it counts no more, until a version is published again."""
        require_configurer(run)
        return bool(await retire(run.connection, run.context.model, [given["rule"]]))

    async def versions(self, run: ActionRun, given: Arguments) -> list[dict[str, Any]]:
        """`ruleVersions`: newest first."""
        require_configurer(run)
        return [
            {
                "number": one.number,
                "current": one.current,
                "note": one.note,
                "override": one.override or None,
                "publishedAt": one.published_at,
                "publishedBy": one.published_by,
                "definition": msgspec.to_builtins(one.definition),
            }
            for one in await versions(run.connection, run.tenant_id, given["rule"])
        ]

    async def runs(self, run: ActionRun, given: Arguments) -> list[dict[str, Any]]:
        """`ruleRuns`: what was considered, and what became of it; newest first.

        What a rule looked at and wrote is told of records that one sees.
        """
        require_configurer(run)
        record = uuid_of(given["record"], "record") if given.get("record") else None
        rows = await run.connection.fetch(
            sql.RUNS,
            run.tenant_id,
            given.get("rule"),
            record,
            given.get("outcome"),
            _number(given.get("after")),
            min(max(given.get("first") or 20, 1), _MAX_PAGE),
        )
        shown = [_shown_run(row, run.context.model) for row in rows]
        if run.context.access.rights is None:
            return shown
        seen = set[str]()
        for name in {one["object"] for one in shown} & set(run.context.model.objects):
            ids = [one["record"] for one in shown if one["object"] == name]
            seen |= await within_reach(run, run.context.model.object(name), ids)
        return [one if one["record"] in seen else _narrowed(one) for one in shown]

    async def fire(self, run: ActionRun, given: Arguments) -> dict[str, Any]:
        """`fireRule`: a rule that waits to be asked, for a record that the actor sees and may run it for.

        What it looked at and wrote is told to who configures rules: a rule has rights of its own.
        """
        record = uuid_of(given["record"], "record")
        rules = await self.sets.of(run.connection, run.context.model)
        one = rules.rules.get(given["rule"])
        if one is None or not isinstance(settings_of(one.rule), ManualTrigger):
            raise NotFoundError.single(
                "unknown_rule",
                f"There is no published rule '{given['rule']}' that waits to be asked.",
                path=("rule",),
                hint="Publish a rule whose trigger is `manual`.",
            )
        object_type = run.context.model.object(one.rule.object)
        rows = run.context.access.may_run(one.rule.name, object_type.name)
        if rows is None:
            raise ForbiddenError.single(
                "action_not_allowed",
                f"You may not fire the rule '{one.rule.name}'.",
                hint=f"Ask an administrator for the right run:{one.rule.name}.",
            )
        await require_within_reach(run, object_type, record, also=rows)
        key = f"m:{uuid.uuid4()}"
        occasion = Occasion(key, object_type, record, Moment(run.instant), run.instant)
        done = await self._considered(run, one, occasion)
        if configures(run.context.access):
            return done
        return _narrowed(done)

    async def retry(self, run: ActionRun, given: Arguments) -> dict[str, Any]:
        """`retryRuleRun`: an incident, with the rule as it is published now."""
        require_configurer(run)
        row = await run.connection.fetchrow(sql.RUN, run.tenant_id, _number(given["run"]))
        if row is None:
            raise NotFoundError.single("unknown_rule_run", f"There is no run {given['run']}.", path=("run",))
        if row["outcome"] != "failed":
            raise ConflictError.single("not_failed", f"Run {given['run']} has not failed.", path=("run",))
        rules = await self.sets.of(run.connection, run.context.model)
        one = rules.rules.get(row["rule"])
        object_type = next((found for found in run.context.model if found.table == row["object"]), None)
        if one is None or object_type is None:
            raise NotFoundError.single("unknown_rule", f"The rule '{row['rule']}' counts no more.", path=("run",))
        occasion = Occasion(row["key"], object_type, row["record_id"], Moment(run.instant), run.instant)
        if row["event_id"] is not None:
            events = await run.connection.fetch(event_sql.EVENTS_BY_ID, run.tenant_id, [row["event_id"]])
            for event in map(Event.from_row, events):
                if event.object == object_type.table:
                    occasion = replace(event_occasion(event, object_type, run.instant), key=row["key"])
        return await self._considered(run, one, occasion)

    async def _considered(self, run: ActionRun, one: Published, occasion: Occasion) -> dict[str, Any]:
        await self.engine.consider(run.connection, run.context, [one], occasion)
        rows = await run.connection.fetch(sql.RUNS, run.tenant_id, one.rule.name, occasion.record_id, None, None, 1)
        if not rows:
            raise ConflictError.single("rule_not_counting", f"The rule '{one.rule.name}' does not count now.")
        return _shown_run(rows[0], run.context.model)


def shown_fault(fault: Fault) -> dict[str, Any]:
    """A fault, as it is answered."""
    return {"reason": fault.reason, "message": fault.message, "hint": fault.hint, "path": list(fault.path)}


def _shown_run(row: Mapping[str, Any], model: TenantModel) -> dict[str, Any]:
    name = next((found.name for found in model if found.table == row["object"]), row["object"])
    return {
        "id": str(row["id"]),
        "rule": row["rule"],
        "number": row["number"],
        "event": None if row["event_id"] is None else str(row["event_id"]),
        "object": name,
        "record": str(row["record_id"]),
        "at": row["at"],
        "outcome": row["outcome"].upper(),
        "why": row["why"] or None,
        "actions": msgspec.json.decode(row["actions"]),
        "microseconds": row["took_us"],
        "depth": row["depth"],
    }


def _narrowed(shown: Mapping[str, Any]) -> dict[str, Any]:
    """A run without what it rested on and wrote."""
    return {**shown, "why": None, "actions": [{"kind": each["kind"]} for each in shown["actions"]]}


def _shown_trial(tried: Sequence[Tried]) -> dict[str, Any]:
    verdicts = [
        {
            "rule": one.rule.rule.name,
            "event": None if each.event is None else str(each.event),
            "record": each.record,
            "at": each.at,
            "outcome": one.outcome.upper(),
            "why": one.why or None,
            "actions": msgspec.to_builtins(list(one.actions), builtin_types=(datetime,)),
            "microseconds": one.took_us,
        }
        for each in tried
        for one in each.verdicts
    ]
    losses = [{"record": each.record, "at": each.at, **each.loss} for each in tried if each.loss is not None]
    return {
        "considered": len(verdicts),
        "fired": sum(one["outcome"] == "FIRED" for one in verdicts),
        "verdicts": verdicts,
        "losses": losses,
        "totalLoss": decimal_text(sum((Decimal(one["loss"]) for one in losses), Decimal())),
    }


def _instant(value: Any) -> datetime | None:
    if value is None or isinstance(value, datetime):
        return value
    return datetime.fromisoformat(str(value))


def _kind(key: str, help_text: str, settings: type[msgspec.Struct]) -> dict[str, Any]:
    return {"key": key, "help": help_text, "settings": _schema(attributes_of(settings).values())}


def _schema(attributes: Sequence[Attribute] | Any) -> list[dict[str, Any]]:
    return [
        {
            "name": one.name,
            "type": str(getattr(one.type, "__name__", one.type)).replace("typing.", ""),
            "required": one.required,
            "default": msgspec.to_builtins(one.default),
            "help": one.help,
        }
        for one in attributes
    ]


def _number(text: Any) -> int | None:
    if text is None:
        return None
    try:
        return int(text)
    except ValueError:
        raise BadInputError.single("bad_id", "The id of a run is a number.", path=("run",)) from None
