"""What is offered about promises: the clocks of a record with what explains them, and recomputing open ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import msgspec

from metadata.calendars.holidays import china_day, china_years, days_from_ical
from metadata.calendars.values import DayRule
from metadata.problems import BadInputError, ForbiddenError, NotFoundError
from server.access.plan import AccessPlan
from server.actions import Action, ActionEnum, ActionRun, ActionSet, ActionType
from server.records.facts import Facts
from server.records.reach import require_within_reach, seen_object_type
from server.sla.keeping import Keeper, explained

__all__ = ["SLA_ACTIONS", "Promises"]


_MAX_DAYS = 3_660


@dataclass(eq=False)
class Promises:
    """The engine of promises, as it is asked."""

    keeper: Keeper = field(default_factory=lambda: Keeper(Facts()))

    async def clocks(self, run: ActionRun, given: Mapping[str, Any]) -> list[dict[str, Any]]:
        """`slaClocks`: of a record that the actor sees."""
        model = run.context.model
        object_type = seen_object_type(run.context, given["object"])
        try:
            record = str(UUID(given["record"]))
        except ValueError:
            raise BadInputError.single("bad_id", "The id of a record is a UUID.", path=("record",)) from None
        await require_within_reach(run, object_type, record)
        kept = await self.keeper.of_record(run.connection, run.tenant_id, object_type.table, record)
        metrics = {(policy.name, one.name): one for policy in model.sla_policies.values() for one in policy.metrics}
        return [explained(one, metrics.get((one.policy, one.metric)), model, run.instant) for one in kept]

    async def read_ical(self, run: ActionRun, given: Mapping[str, Any]) -> list[dict[str, Any]]:
        """`readIcal`: days of an iCal file, as the `days` of a calendar have them; they are looked at, and applied."""
        first, last = date.fromisoformat(given["from"]), date.fromisoformat(given["until"])
        if not 0 <= (last - first).days <= _MAX_DAYS:
            raise BadInputError.single(
                "out_of_range", f"From {first} to {last}: ten years are read, forward.", path=("until",),
                hint="Name a later day, or fewer years.",
            )  # fmt: skip
        return [_day(rule) for rule in days_from_ical(given["text"], first, last)]

    async def published_holidays(self, run: ActionRun, given: Mapping[str, Any]) -> list[dict[str, Any]]:
        """`publishedHolidays`: China's holidays and make-up workdays of a year, which `holidays: china` follows."""
        year, (first, last) = given["year"], china_years()
        if not first <= year <= last:
            raise NotFoundError.single(
                "holidays_unknown",
                f"The holidays of {year} have not been published, or are not known here.",
                path=("year",),
                hint=f"Known: {first} to {last}; until then weeks count as plain ones.",
            )
        days = (date(year, 1, 1) + timedelta(days=number) for number in range(366))
        return [
            _day(DayRule(day=day.isoformat(), kind=kind))
            for day in days
            if day.year == year and (kind := china_day(day))
        ]

    async def recompute(self, run: ActionRun, given: Mapping[str, Any]) -> int:
        """`recomputeSla`: the open clocks of a policy, by its targets and calendars as they are now."""
        model = run.context.model
        if not run.context.access.may_configure_kind("sla_policy"):
            raise ForbiddenError.single(
                "not_administrator", "Only those who may configure promises do this.", hint="Ask an administrator."
            )
        policy = model.sla_policies.get(given["policy"])
        if policy is None:
            known = ", ".join(sorted(model.sla_policies)) or "none"
            raise NotFoundError.single(
                "unknown_sla_policy",
                f"There is no promise '{given['policy']}'.",
                path=("policy",),
                hint=f"Known: {known}.",
            )
        return await self.keeper.recompute(run.connection, run.context, policy, run.instant)


def _day(rule: DayRule) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.to_builtins(rule)
    return found | {"kind": rule.kind}


def _configures_calendars(plan: AccessPlan) -> bool:
    return plan.may_configure_kind("calendar")


def _configures(plan: AccessPlan) -> bool:
    return plan.may_configure_kind("sla_policy")


SLA_ACTIONS = ActionSet(
    (
        Action(
            "slaClocks",
            "query",
            {"object": "String!", "record": "ID!"},
            "[SlaClock!]!",
            "The clocks of a record's promises, with the intervals that make them up.",
            Promises,
            Promises.clocks,
        ),
        Action(
            "readIcal",
            "query",
            {"text": "String!", "from": "Date!", "until": "Date!"},
            "JSON!",
            "Days of an iCal file, as the `days` of a calendar have them; category WORKDAY makes a workday.",
            Promises,
            Promises.read_ical,
            _configures_calendars,
        ),
        Action(
            "publishedHolidays",
            "query",
            {"year": "Int!"},
            "JSON!",
            "China's holidays and make-up workdays of a year, as the `days` of a calendar have them.",
            Promises,
            Promises.published_holidays,
            _configures_calendars,
        ),
        Action(
            "recomputeSla",
            "mutation",
            {"policy": "String!"},
            "Int!",
            "Work open clocks out anew, by targets and calendars as they are now; how many.",
            Promises,
            Promises.recompute,
            _configures,
        ),
    ),
    (
        ActionEnum(
            "SlaClockState",
            {"RUNNING": "It runs.", "PAUSED": "It rests.", "STOPPED": "It has stopped."},
            "What a clock is doing.",
        ),
        ActionType("SlaPause", {"begins": "DateTime!", "ends": "DateTime"}, "A pause of a clock."),
        ActionType(
            "SlaClock",
            {
                "id": "ID!",
                "policy": "String!",
                "metric": "String!",
                "round": "Int!",
                "state": "SlaClockState!",
                "calendar": "String",
                "targetSeconds": "Int!",
                "usedSeconds": "Int!",
                "startedAt": "DateTime!",
                "stoppedAt": "DateTime",
                "dueAt": "DateTime",
                "breachedAt": "DateTime",
                "pauses": "[SlaPause!]!",
            },
            "One promise about one record, by the clock.",
        ),
    ),
)
