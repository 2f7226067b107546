"""What people and programs ask of prices: quotes, checks, versions, simulations. Who may is decided here."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from metadata.fields.base import InputError
from metadata.fields.inputs import read_decimal
from metadata.pricing.lint import notices
from metadata.pricing.numbers import MAX_AMOUNT, rounded, to_minor
from metadata.problems import BadInputError, Faults, ForbiddenError, NotFoundError
from server.access.plan import EVERY_ROW
from server.access.plan import Action as Right
from server.actions import ActionRun
from server.database.connections import Connections
from server.pricing.beside import Part, in_parts
from server.pricing.definition import Definition, definition_of
from server.pricing.explaining import in_words, money, quote_shown
from server.pricing.facts import asked_of, event_of, holders_of
from server.pricing.pricing import price, price_all, tally_keys
from server.pricing.publishing import draft_of, faults_of, version_at, versions
from server.pricing.simulating import Compared, Side, Simulation, compare, figures, past_events, side_of
from server.pricing.storing import tallies_of
from server.pricing.trying import Tried, count_past, quotes_of, try_over
from server.pricing.values import Holder, PriceEvent, Quote
from server.records.facts import Facts
from server.records.reach import require_within_reach, within_reach

__all__ = ["Pricing", "minor_of", "require_configurer", "uuid_of"]

Arguments = Mapping[str, Any]
_MAX_SHOWN = 200


@dataclass(eq=False)
class Pricing:
    """The engine of prices, as it is asked.

    Attributes:
        facts: Of records.
        connections: Where what is about many has another connection from.
    """

    facts: Facts = field(default_factory=Facts)
    connections: Connections | None = None

    # ── quotes ───────────────────────────────────────────────────────────────────────────────────

    async def price_of(self, run: ActionRun, given: Arguments) -> dict[str, Any]:
        """`priceOf`: what a record, or given facts, would come to."""
        definition, event, quote = await self._quote(run, given)
        return quote_shown(definition, quote, event.key)

    async def explain(self, run: ActionRun, given: Arguments) -> list[str]:
        """`explainPrice`: the same in words."""
        definition, _, quote = await self._quote(run, given)
        return list(in_words(definition, quote))

    async def _quote(self, run: ActionRun, given: Arguments) -> tuple[Definition, PriceEvent, Quote]:
        at = _instant(given.get("at")) or run.instant
        definition, since = await self._in_force(run, given, at)
        zone = _zone(run)
        if (given.get("record") is None) is (given.get("facts") is None):
            raise BadInputError.single(
                "missing", "A price is of a record or of facts.", path=("record",), hint="Give one of the two."
            )
        if given.get("record") is not None:
            record = uuid_of(given["record"], ("record",))
            event = await self.event(run, definition, record, zone)
            happened = event.clocks[definition.plan.clocks[0].name]
            asked = all(given.get(name) is None for name in ("at", "version", "draft"))
            if asked and since is not None and happened is not None and happened < since:
                definition, event = await self._as_it_was(run, definition, event, happened, zone)
        else:
            await self._require(run, definition, None)
            event = _given(definition, given["facts"], at)
            if not _sees_all(run, definition):  # what others have reached so far is not theirs to be told
                return definition, event, price(definition, event, {}, zone)
        keys = tally_keys(definition, event, zone)
        tallies = await tallies_of(run, definition.plan.name, keys)
        return definition, event, price(definition, event, tallies, zone)

    async def _as_it_was(
        self, run: ActionRun, definition: Definition, event: PriceEvent, at: datetime, zone: ZoneInfo
    ) -> tuple[Definition, PriceEvent]:
        """The version that was in force when it happened: what is under way keeps its price."""
        try:
            found = await version_at(run.connection, run.tenant_id, definition.plan.name, at, known_at=run.instant)
        except NotFoundError:  # from before the first one
            return definition, event
        return found.definition, await self.event(run, found.definition, event.key, zone)

    async def event(self, run: ActionRun, definition: Definition, record: str, zone: ZoneInfo) -> PriceEvent:
        """A record as an event of a plan, for whoever sees it and may run the plan."""
        return (await self.occurrence(run, definition, record, zone))[0]

    async def occurrence(
        self, run: ActionRun, definition: Definition, record: str, zone: ZoneInfo
    ) -> tuple[PriceEvent, Sequence[Holder]]:
        """The same, and whom it is attributed to."""
        await self._require(run, definition, record)
        asked = asked_of(definition, run.context.model)
        values = await self.facts.values(
            run.connection, run.context, definition.plan.object, record, asked.expressions, instant=run.instant
        )
        if values is None:
            raise _unknown_record(definition, record)
        return event_of(definition, asked, values, record, zone), holders_of(definition.plan, values)

    async def occurrences(
        self, run: ActionRun, definition: Definition, records: Sequence[str]
    ) -> Mapping[str, tuple[PriceEvent, Sequence[Holder]]]:
        """The same of several records, by their ids."""
        await self._require(run, definition, None)
        if run.context.access.rights is not None:
            for record in records:
                await self._require(run, definition, record)
        asked, zone = asked_of(definition, run.context.model), _zone(run)
        values = await self.facts.many(
            run.connection, run.context, definition.plan.object, records, asked.expressions, instant=run.instant
        )
        missing = next((record for record in records if record not in values), None)
        if missing is not None:
            raise _unknown_record(definition, missing)
        return {
            record: (
                event_of(definition, asked, values[record], record, zone),
                holders_of(definition.plan, values[record]),
            )
            for record in records
        }

    async def _require(self, run: ActionRun, definition: Definition, record: str | None) -> None:
        """Refuse whoever may not run the plan, or does not see the record."""
        context, plan = run.context, definition.plan
        rows = context.access.may_run(plan.name, plan.object)
        if rows is None:
            raise ForbiddenError.single(
                "action_not_allowed",
                f"You may not ask for prices of '{plan.name}'.",
                hint=f"Ask an administrator for the right run:{plan.name}.",
            )
        if record is not None and context.access.rights is not None:  # who sees all is told by its facts
            await require_within_reach(run, context.model.object(plan.object), record, also=rows)

    async def _definition(self, run: ActionRun, given: Arguments, at: datetime) -> Definition:
        return (await self._in_force(run, given, at))[0]

    async def _in_force(self, run: ActionRun, given: Arguments, at: datetime) -> tuple[Definition, datetime | None]:
        """The version that is meant, and since when it is in force; the draft only for those who may change it."""
        model, name = run.context.model, given["plan"]
        if given.get("draft"):
            require_configurer(run)
            plan = draft_of(model, name)
            faults = [fault for fault in faults_of(model, plan) if fault.reason != "may_lose_money"]
            if faults:
                raise BadInputError.of(faults)
            return definition_of(plan, model.settings.currency), None
        number = given.get("version")
        try:
            found = await version_at(run.connection, run.tenant_id, name, at, known_at=run.instant, number=number)
        except NotFoundError:
            live = model.price_plans.get(name)
            if number is not None or live is None or not live.live:
                raise
            if await versions(run.connection, run.tenant_id, name):
                raise
            return definition_of(live, model.settings.currency), None  # one that came with the tenant itself
        return found.definition, found.valid_from

    # ── definitions ──────────────────────────────────────────────────────────────────────────────

    async def lint(self, run: ActionRun, given: Arguments) -> list[dict[str, Any]]:
        """`lintPricePlan`: what keeps a draft from being published, and what its author should know."""
        require_configurer(run)
        model = run.context.model
        plan = draft_of(model, given["plan"])
        faults = faults_of(model, plan)
        sound = not [fault for fault in faults if fault.reason != "may_lose_money"]
        found = [(True, fault) for fault in faults] + [(False, one) for one in (notices(plan) if sound else ())]
        return [
            {
                "refused": refused,
                "reason": one.reason,
                "message": one.message,
                "hint": one.hint,
                "path": list(one.path),
            }
            for refused, one in found
        ]

    async def versions(self, run: ActionRun, given: Arguments) -> list[dict[str, Any]]:
        """`pricePlanVersions`: what was published, newest first."""
        require_configurer(run)
        return [
            {
                "plan": one.plan,
                "number": one.number,
                "note": one.note,
                "validFrom": one.valid_from,
                "publishedAt": one.published_at,
                "publishedBy": one.published_by,
                "definition": msgspec.to_builtins(one.definition.plan),
            }
            for one in await versions(run.connection, run.tenant_id, given["plan"])
        ]

    async def simulate(self, run: ActionRun, given: Arguments) -> dict[str, Any]:
        """`simulatePlan`: the draft or a version over past records that one sees, beside what is in force."""
        require_configurer(run)
        begins, ends = _instant(given["from"]), _instant(given["to"])
        assert begins is not None
        assert ends is not None
        new = await self._definition(run, {**given, "draft": given.get("version") is None}, ends)
        known = await versions(run.connection, run.tenant_id, given["plan"])
        against = given.get("against")
        chosen = next((one for one in known if against is None or one.number == against), None)
        if chosen is None and against is not None:
            raise NotFoundError.single(
                "unknown_version", f"Price plan '{given['plan']}' has no version {against}.", path=("against",)
            )
        first = min(given.get("first") or 20, 200)
        old = None if chosen is None else chosen.definition
        simulation, quotes = await self.compared(run, new, old, begins, ends, shown=first)
        return _simulation_shown(new, simulation, simulation.worst(first), quotes)

    async def compared(
        self,
        run: ActionRun,
        new: Definition,
        old: Definition | None,
        begins: datetime,
        ends: datetime,
        *,
        shown: int = 0,
    ) -> tuple[Simulation, Mapping[str, Quote]]:
        """A plan over past records that the actor sees beside another one, and how those came about that lose most."""
        count = await count_past(run, new, begins, ends)
        async with in_parts(self.connections, run, count=count) as parts:
            before = tried = None
            if old is not None:
                before, _, _, tried = await self._tried(parts, old, begins, ends, None)
            side, skipped, quotes, _ = await self._tried(parts, new, begins, ends, tried)
            simulation = compare(before, side, skipped)
            return simulation, await quotes([one.key for one in simulation.worst(shown)])

    async def _tried(
        self, parts: Sequence[Part], definition: Definition, begins: datetime, ends: datetime, before: Tried | None
    ) -> tuple[Side, Mapping[str, int], Callable[[Sequence[str]], Awaitable[Mapping[str, Quote]]], Tried | None]:
        """A plan over past records that the actor sees: set-based where all are seen and it can be."""
        run = parts[0].run
        if run.context.access.rows(definition.plan.object, Right.READ) == EVERY_ROW:
            tried = await try_over(parts, self.facts, definition, begins, ends, before)
            if tried is not None:
                return tried.side, tried.skipped, partial(quotes_of, parts, definition), tried
        zone = _zone(run)
        events, skipped = await self._past(run, definition, begins, ends, zone)
        priced = price_all(definition, events, zone)[0]

        async def quotes(keys: Sequence[str]) -> Mapping[str, Quote]:
            wanted = set(keys)
            return {event.key: quote for event, quote in priced if event.key in wanted}

        return side_of(priced), skipped, quotes, None

    async def _past(
        self, run: ActionRun, definition: Definition, begins: datetime, ends: datetime, zone: ZoneInfo
    ) -> tuple[Sequence[PriceEvent], Mapping[str, int]]:
        """Past records of a plan that the actor sees, as its events."""
        events, skipped, _ = await past_events(run, self.facts, definition, begins, ends, zone)
        if run.context.access.rows(definition.plan.object, Right.READ) == EVERY_ROW:
            return events, skipped
        object_type = run.context.model.object(definition.plan.object)
        seen = await within_reach(run, object_type, [event.key for event in events])
        return [event for event in events if event.key in seen], {}


def require_configurer(run: ActionRun) -> None:
    """Refuse whoever may not change price plans.

    Raises:
        ForbiddenError: `not_administrator`.
    """
    if not run.context.access.may_configure_kind("price_plan"):
        raise ForbiddenError.single(
            "not_administrator", "Only those who may configure prices do this.", hint="Ask for configure:price_plan."
        )


def uuid_of(value: Any, path: tuple[str, ...]) -> str:
    """A well-formed id.

    Raises:
        BadInputError: `bad_id`.
    """
    try:
        return str(uuid.UUID(str(value)))
    except ValueError:
        raise BadInputError.single("bad_id", f"'{str(value)[:60]}' is no id.", path=path, hint="Send a UUID.") from None


def _sees_all(run: ActionRun, definition: Definition) -> bool:
    """Whether the actor sees all records of a plan, and may ask for the price of each."""
    access, plan = run.context.access, definition.plan
    asked = (access.rows(plan.object, Right.READ), access.may_run(plan.name, plan.object))
    return asked == (EVERY_ROW, EVERY_ROW)


def _zone(run: ActionRun) -> ZoneInfo:
    return ZoneInfo(run.context.model.settings.timezone)


def _instant(value: Any) -> datetime | None:
    return value if value is None or isinstance(value, datetime) else datetime.fromisoformat(value)


def _unknown_record(definition: Definition, record: str) -> NotFoundError:
    return NotFoundError.single("unknown_record", f"There is no {definition.plan.object} {record}.", path=("record",))


def _given(definition: Definition, facts: Mapping[str, Any], at: datetime) -> PriceEvent:
    """An event from facts that a caller sends: amounts in the plan's currency, as decimal text.

    Raises:
        BadInputError: All faults together.
    """
    plan, faults = definition.plan, Faults()

    def number(value: Any, *path: str, minor: bool = True) -> Any:
        try:
            found = read_decimal(0 if value is None else value)
        except InputError as error:
            faults.add("wrong_type", f"{path[-1]}: {error}.", path=("facts", *path))
            return 0
        if found < 0:
            reason = "negative_amount" if minor else "negative_quantity"
            faults.add(reason, f"{path[-1]} is {found}; it is 0 or more.", path=("facts", *path))
        amount = rounded(to_minor(found, definition.currency)) if minor else found
        if minor and amount > MAX_AMOUNT:
            faults.add("amount_too_large", f"{path[-1]} is more than can be booked.", path=("facts", *path))
        return amount

    def named(attribute: str, known: list[str]) -> Mapping[str, Any]:
        values = facts.get(attribute) or {}
        if not isinstance(values, Mapping):
            faults.add("wrong_type", f"{attribute} is a mapping by name.", path=("facts", attribute))
            return {}
        for name in values:
            if name not in known:
                message = f"Price plan '{plan.name}' has no {attribute} '{name}'."
                hint = f"Known: {', '.join(known) or 'none'}."
                faults.add("unknown_name", message, path=("facts", attribute, name), hint=hint)
        return values

    bases = named("bases", [one.name for one in plan.bases])
    dimensions = named("dimensions", [one.name for one in plan.dimensions])
    clocks = named("clocks", [one.name for one in plan.clocks])
    amounts = named("amounts", list(definition.tariffs))
    payees = named("payees", [share.payee for one in plan.components for share in one.shares])
    fires = facts.get("components")
    event = PriceEvent(
        key="facts",
        party=facts.get("party") or "",
        contract=facts.get("contract") or "",
        quantity=number(1 if facts.get("quantity") is None else facts["quantity"], "quantity", minor=False),
        cost=number(facts.get("cost"), "cost"),
        bases={name: number(value, "bases", name) for name, value in bases.items()},
        clocks={one.name: _clock(clocks.get(one.name), at, one.name, faults) for one in plan.clocks},
        dimensions={name: None if value is None else str(value) for name, value in dimensions.items()},
        fires=frozenset(one.name for one in plan.components if fires is None or one.name in fires),
        payees={
            share.payee: str(payees.get(share.payee, share.payee)) for one in plan.components for share in one.shares
        },
        amounts={name: number(value, "amounts", name) for name, value in amounts.items()},
    )
    if faults:
        raise BadInputError.of(faults)
    return event


def _clock(value: Any, at: datetime, name: str, faults: Faults) -> datetime:
    if value is None:
        return at
    try:
        found: datetime | None = datetime.fromisoformat(str(value))
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        message = f"The clock {name} is no instant with its offset."
        faults.add("bad_date", message, path=("facts", "clocks", name), hint="Write 2026-06-18T09:00:00+08:00.")
        return at
    return found


def _simulation_shown(
    definition: Definition, simulation: Simulation, worst: Sequence[Compared], quotes: Mapping[str, Quote]
) -> dict[str, Any]:
    currency, sides = definition.currency, figures(simulation)
    names = ("revenue", "discount", "payout", "cost", "margin")
    losers = sorted((item for item in simulation.payees.items() if item[1]), key=lambda item: (item[1], item[0]))

    def side(quote: Quote | None) -> dict[str, Any] | None:
        return None if quote is None else quote_shown(definition, quote, "")

    return {
        "events": len(simulation.compared),
        "skipped": dict(simulation.skipped),
        "currency": currency,
        "before": {name: money(sides["before"][name], currency) for name in names},
        "after": {name: money(sides["after"][name], currency) for name in names},
        "loss": money(simulation.loss, currency),
        "breaches": [
            {"guard": one.partition(":")[0], "outcome": one.partition(":")[2], "count": count}
            for one, count in sorted(simulation.breaches.items())
        ],
        "payees": [{"payee": name, "difference": money(amount, currency)} for name, amount in losers[:_MAX_SHOWN]],
        "records": [
            {
                "record": one.key,
                "difference": money(one.difference, currency),
                "before": None if one.before is None else money(one.before.margin, currency),
                "after": None if one.after is None else money(one.after.margin, currency),
                "quote": side(quotes.get(one.key)),
            }
            for one in worst
        ],
    }


def minor_of(value: Any, definition: Definition) -> Decimal:
    """A sent amount in whole minor units.

    Raises:
        BadInputError: `amount_too_large`, `too_precise`.
    """
    exact = to_minor(Decimal(str(value)), definition.currency)
    if rounded(exact) != exact:
        raise BadInputError.single(
            "too_precise",
            f"{value} {definition.currency} is no whole number of its smallest unit.",
            path=("amount",),
            hint="Round it.",
        )
    if abs(exact) > MAX_AMOUNT:
        raise BadInputError.single(
            "amount_too_large", f"{value} is more than can be booked.", path=("amount",), hint="Book less."
        )
    return exact
