"""What is published of a plan: at once, or by two people where it would have moved more than the plan says.

Whoever publishes is told what the change would have moved of the past days; above the plan's `four_eyes` they ask, and
somebody else decides. What is in force says whether a change of it takes two, so that no change lifts its own gate.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, LiteralString

import msgspec

from metadata.pricing.numbers import exact, to_minor
from metadata.pricing.values import PricePlan
from metadata.problems import BadInputError, ConflictError, Fault, Faults, ForbiddenError
from server.access.plan import AccessPlan
from server.actions import Action, ActionRun, ActionType
from server.audit import log as audit
from server.audit.entries import AuditKind, NewEntry
from server.pricing.definition import definition_of
from server.pricing.explaining import money
from server.pricing.publishing import Published, draft_of, faults_of, publish, version_at, versions
from server.pricing.service import Pricing, require_configurer

__all__ = ["PROPOSAL_ACTIONS", "PROPOSAL_TYPES", "Proposing"]

Arguments = Mapping[str, Any]

_COLUMNS: Final[LiteralString] = """
id, plan, newest, definition, valid_from, note, override, moved, currency, asked_at, asked_by::text
"""
_ASK: Final[LiteralString] = f"""
insert into tangram.price_proposal (
    tenant_id, plan, newest, definition, valid_from, note, override, moved, currency, asked_at, asked_by
)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
on conflict (tenant_id, plan) do update
    set newest = excluded.newest, definition = excluded.definition, valid_from = excluded.valid_from,
        note = excluded.note, override = excluded.override, moved = excluded.moved, currency = excluded.currency,
        asked_at = excluded.asked_at, asked_by = excluded.asked_by
returning {_COLUMNS}
"""
_ASKED: Final[LiteralString] = f"""
select {_COLUMNS} from tangram.price_proposal where tenant_id = $1 and plan = $2 for update
"""
_ALL: Final[LiteralString] = f"""
select {_COLUMNS} from tangram.price_proposal
where tenant_id = $1 and ($2::text is null or plan = $2)
order by asked_at, id
limit 200
"""
_REMOVE: Final[LiteralString] = "delete from tangram.price_proposal where tenant_id = $1 and id = $2"
_MOST_NOTE: Final = 500


@dataclass(eq=False)
class Proposing:
    """Publishing, as it is asked."""

    pricing: Pricing

    async def publish(self, run: ActionRun, given: Arguments) -> dict[str, Any]:
        """`publishPricePlan`: a new version of the draft, or of an older version to go back to it."""
        require_configurer(run)
        plan = await self._meant(run, given)
        known = await versions(run.connection, run.tenant_id, plan.name)
        override = (given.get("override") or "").strip()
        if not _faults(run, plan, override):  # those are told first, by publishing
            above, moved, currency = await self._moved(run, plan, known[0] if known else None)
            if above is not None and moved > above:
                raise ConflictError.single(
                    "approval_needed",
                    f"This version of price plan '{plan.name}' would have moved {money(moved, currency)} {currency} of"
                    f" the past days, more than {money(above, currency)}.",
                    path=("plan",),
                    hint="Ask with proposePricePlan; somebody else publishes it with decidePricePlan.",
                )
        await publish(
            run.connection,
            run.context.model,
            plan,
            note=given.get("note") or "",
            by=run.user_id or None,
            now=run.instant,
            valid_from=_instant(given.get("validFrom")),
            override=override,
        )
        return (await self.pricing.versions(run, {"plan": given["plan"]}))[0]

    async def propose(self, run: ActionRun, given: Arguments) -> dict[str, Any]:
        """`proposePricePlan`: ask that a version be published, and say why; what was asked before is replaced."""
        require_configurer(run)
        plan = await self._meant(run, given)
        override = (given.get("override") or "").strip()[:_MOST_NOTE]
        wrong = Faults()
        for fault in _faults(run, plan, override):
            wrong.add(fault.reason, fault.message, path=fault.path, hint=fault.hint)
        if not given["note"].strip():
            wrong.add("missing", "A version is asked for with a reason.", path=("note",), hint="Say why.")
        if wrong:
            raise BadInputError.of(wrong)
        known = await versions(run.connection, run.tenant_id, plan.name)
        _, moved, currency = await self._moved(run, plan, known[0] if known else None)
        row = await run.connection.fetchrow(
            _ASK,
            run.tenant_id,
            plan.name,
            known[0].number if known else 0,
            msgspec.json.encode(plan, order="deterministic").decode(),
            _instant(given.get("validFrom")),
            given["note"].strip()[:_MOST_NOTE],
            override,
            money(moved, currency),
            currency,
            run.instant,
            run.user_id or None,
        )
        await self._log(run, row, "asked")
        return _shown(row)

    async def decide(self, run: ActionRun, given: Arguments) -> dict[str, Any]:
        """`decidePricePlan`: publish what somebody else has asked for, or refuse it."""
        require_configurer(run)
        row = await run.connection.fetchrow(_ASKED, run.tenant_id, given["plan"])
        if row is None:
            raise ConflictError.single(
                "nothing_asked",
                f"Nobody has asked to publish a version of price plan '{given['plan']}'.",
                path=("plan",),
                hint="Ask with proposePricePlan.",
            )
        if not run.user_id or row["asked_by"] in (None, run.user_id):
            raise ForbiddenError.single(
                "own_request", "Nobody decides on their own request.", hint="Ask somebody else who configures prices."
            )
        known = await versions(run.connection, run.tenant_id, given["plan"])
        if given["approve"] and (known[0].number if known else 0) != row["newest"]:
            raise ConflictError.single(
                "proposal_outdated",
                f"Another version of price plan '{given['plan']}' was published since this one was asked for.",
                path=("plan",),
                hint="Ask again with proposePricePlan.",
            )
        await run.connection.execute(_REMOVE, run.tenant_id, row["id"])
        if given["approve"]:
            await publish(
                run.connection,
                run.context.model,
                msgspec.json.decode(row["definition"], type=PricePlan),
                note=row["note"],
                by=run.user_id,
                now=run.instant,
                valid_from=row["valid_from"],
                override=row["override"],
            )
        await self._log(run, row, "published" if given["approve"] else "refused")
        return _shown(row)

    async def proposals(self, run: ActionRun, given: Arguments) -> list[dict[str, Any]]:
        """`pricePlanProposals`: what somebody has asked to publish, of a plan or of all."""
        require_configurer(run)
        return [_shown(row) for row in await run.connection.fetch(_ALL, run.tenant_id, given.get("plan"))]

    async def _meant(self, run: ActionRun, given: Arguments) -> PricePlan:
        """The draft, or an older version."""
        plan = draft_of(run.context.model, given["plan"])
        number = given.get("version")
        if number is None:
            return plan
        instant = run.instant
        found = await version_at(run.connection, run.tenant_id, plan.name, instant, known_at=instant, number=number)
        return found.definition.plan

    async def _moved(self, run: ActionRun, plan: PricePlan, newest: Published | None) -> tuple[int | None, int, str]:
        """What takes two people, what the past days would have had of it in minor units, and the currency.

        Nothing is tried where the plan does not ask for two.
        """
        new = definition_of(plan, run.context.model.settings.currency)
        gate = (plan if newest is None else newest.definition.plan).four_eyes
        if gate is None:
            return None, 0, new.currency
        begins = run.instant - timedelta(days=gate.days)
        old = None if newest is None else newest.definition
        simulation, _ = await self.pricing.compared(run, new, old, begins, run.instant)
        moved = sum(abs(amount) for amount in simulation.payees.values())
        return int(to_minor(exact(gate.above), new.currency)), moved, new.currency

    async def _log(self, run: ActionRun, row: Any, done: str) -> None:
        entry = NewEntry(
            tenant_id=run.tenant_id,
            kind=AuditKind.PRICE_PROPOSED,
            object="price_version",
            records=[str(row["id"])],
            detail={"plan": row["plan"], "done": done, "note": row["note"], "moved": row["moved"]},
            actor=run.context.actor,
        )
        await audit.append(run.connection, entry)


def _faults(run: ActionRun, plan: PricePlan, override: str) -> list[Fault]:
    """What keeps a plan from being published, whoever agrees."""
    return [one for one in faults_of(run.context.model, plan) if not (override and one.reason == "may_lose_money")]


def _instant(value: Any) -> datetime | None:
    return value if value is None or isinstance(value, datetime) else datetime.fromisoformat(value)


def _shown(row: Any) -> dict[str, Any]:
    return {
        "plan": row["plan"],
        "validFrom": row["valid_from"],
        "note": row["note"],
        "override": row["override"],
        "currency": row["currency"],
        "moved": row["moved"],
        "askedAt": row["asked_at"],
        "askedBy": row["asked_by"],
        "definition": msgspec.json.decode(row["definition"]),
    }


def _configures(plan: AccessPlan) -> bool:
    return plan.may_configure_kind("price_plan")


PROPOSAL_TYPES = (
    ActionType(
        "PriceProposal",
        {
            "plan": "String!",
            "validFrom": "DateTime",
            "note": "String!",
            "override": "String!",
            "currency": "String!",
            "moved": "Decimal!",
            "askedAt": "DateTime!",
            "askedBy": "ID",
            "definition": "JSON!",
        },
        "A version that somebody has asked to publish, and what it would have moved of the past days.",
    ),
)
_VERSION = {"plan": "String!", "version": "Int", "validFrom": "DateTime"}

PROPOSAL_ACTIONS = (
    Action(
        "pricePlanProposals",
        "query",
        {"plan": "String"},
        "[PriceProposal!]!",
        "Versions that somebody has asked to publish.",
        Proposing,
        Proposing.proposals,
        _configures,
    ),
    Action(
        "publishPricePlan",
        "mutation",
        {**_VERSION, "note": "String", "override": "String"},
        "PriceVersion!",
        "Make a version of the draft, or of an older version to go back to it; in force from `validFrom` on.",
        Proposing,
        Proposing.publish,
        _configures,
    ),
    Action(
        "proposePricePlan",
        "mutation",
        {**_VERSION, "note": "String!", "override": "String"},
        "PriceProposal!",
        "Ask that a version be published that takes two people; somebody else decides.",
        Proposing,
        Proposing.propose,
        _configures,
    ),
    Action(
        "decidePricePlan",
        "mutation",
        {"plan": "String!", "approve": "Boolean!"},
        "PriceProposal!",
        "Publish what somebody else has asked for, or refuse it.",
        Proposing,
        Proposing.decide,
        _configures,
    ),
)
