"""Every fault of a price plan at once: what keeps it from being published. Notices are what its author should know."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

from babel.numbers import is_currency

from metadata.expressions.check import ModelScope, faults_of, read
from metadata.expressions.scope import FORMULA_ROOTS
from metadata.expressions.types import BOOLEAN, Kind
from metadata.fields import FIELD_TYPES
from metadata.fields.inputs import shown
from metadata.fields.relations import relation_of
from metadata.model.policies import BUILT_IN_ROLES
from metadata.model.tenant import TenantModel, field_of
from metadata.model.values import ObjectType
from metadata.pricing.models import measure_of, model_of, number_faults, settings_of, switch_of
from metadata.pricing.numbers import exact, percent_of, times
from metadata.pricing.scopes import hidden, ties
from metadata.pricing.values import (
    Attribution,
    ExternalSettings,
    MatrixSettings,
    PriceComponent,
    PriceFigure,
    PricePlan,
    PriceRate,
    StatementForm,
    StatementLines,
    StatementValue,
    TieredSettings,
)
from metadata.problems import BadInputError, Fault, Path

__all__ = ["BASES", "MAX_RATES", "RESERVED", "lint", "notices", "object_faults"]

BASES = ("gross", "after_promotion", "net_of_tax", "net_of_refund", "margin")
"""Names that amounts of a plan may have."""

RESERVED = ("party", "payee", "component")
"""What pools and statements are by without being declared."""

STATEMENT_WORDS = ("holder", "first_day", "last_day", "turnover", "amount", "bookings", "revision")
"""What a statement's record may be given, beside what each component comes to."""

LINE_WORDS = (
    "key", "kind", "record", "at", "day", "period", "original_period", "component", "amount", "percent", "role", "rule",
)  # fmt: skip
"""What the record of a line may be given, beside its marks."""

MAX_RATES = 5_000
"""Most rates of one plan."""

MAX_DAYS = 3_660
"""Longest rolling window."""

_MOST_DAYS_TRIED = 366
_AMOUNTS = (Kind.INTEGER, Kind.DECIMAL, Kind.MONEY)
_KEYS = (Kind.TEXT, Kind.OPTION, Kind.ID, Kind.INTEGER, Kind.BOOLEAN, Kind.DATE)
_TIMES = (Kind.DATE, Kind.DATETIME)


def object_faults(model: TenantModel, plan: PricePlan) -> Iterator[Fault]:
    """What is wrong even with a draft: the object type that its records are of."""
    found = model.objects.get(plan.object)
    if found is None or found.storage != "tenant":
        message = f"Price plan '{plan.name}' is about '{plan.object}', which is no object type of the tenant's."
        yield Fault("unknown_object", message, ("object",), "Name a declared object type.")


def lint(model: TenantModel, plan: PricePlan) -> list[Fault]:
    """Everything that keeps a plan from being published; paths start at it."""
    found = [*object_faults(model, plan)]
    return found or [*_Lint(model, plan).faults()]


def notices(plan: PricePlan) -> list[Fault]:
    """What is no fault, and may surprise: cliffs with their size, times that no rate is valid in. Of a sound plan."""
    by_component = _by_component(plan)
    found = []
    for place, rate in enumerate(plan.rates):
        component = next(one for one in plan.components if one.name == rate.component)
        found += [fault.under("rates", place) for fault in _cliffs(component, rate)]
    for rates in by_component.values():
        found += _holes(plan, rates)
    return found


class _Lint:
    """Looks at one plan."""

    def __init__(self, model: TenantModel, plan: PricePlan) -> None:
        self.model, self.plan = model, plan
        self.what = f"Price plan '{plan.name}'"
        self.scope = ModelScope(model, plan.object, FORMULA_ROOTS)
        self.components = {one.name: one for one in plan.components}
        self.dimensions = [one.name for one in plan.dimensions]

    def faults(self) -> Iterator[Fault]:
        plan = self.plan
        if plan.currency and not is_currency(plan.currency):
            message = f"{self.what}: {shown(plan.currency)} is not an ISO 4217 currency."
            yield Fault("unknown_currency", message, ("currency",), "Write a code in upper case, such as CNY.")
        yield from self.condition(plan.when, ("when",))
        yield from self.value(plan.party, ("party",), _KEYS, "a text, an option or an id")
        yield from self.value(plan.contract, ("contract",), _KEYS, "a text, an option or an id")
        yield from self.value(plan.quantity, ("quantity",), _AMOUNTS[:2], "a number")
        yield from self.value(plan.cost, ("cost",), _AMOUNTS, "an amount")
        yield from self.figures("bases", plan.bases, _AMOUNTS, "an amount")
        yield from self.figures("clocks", plan.clocks, _TIMES, "a date or an instant")
        yield from self.figures("dimensions", plan.dimensions, _KEYS, "a text, an option or an id")
        for place, attribution in enumerate(plan.attributions):
            yield from (fault.under("attributions", place) for fault in self.attribution(attribution))
        for place, form in enumerate(plan.statements):
            yield from (fault.under("statements", place) for fault in self.statement(form))
        for place, role in enumerate(plan.tell):
            if role not in self.model.roles and role not in BUILT_IN_ROLES:
                message = f"{self.what} tells {shown(role)}, which is no role."
                yield Fault("unknown_role", message, ("tell", place), f"Known: {', '.join(self.model.roles)}.")
        yield from self.required()
        yield from self.four_eyes()
        for place, guard in enumerate(plan.guards):
            here = ("guards", place, "percent")
            yield from number_faults(f"{self.what}, guard {guard.limit}", guard.percent, here, most=100)
        for place, component in enumerate(plan.components):
            yield from (fault.under("components", place) for fault in self.component(component))
        broken = False
        for place, rate in enumerate(plan.rates):
            found = [fault.under("rates", place) for fault in self.rate(rate)]
            broken = broken or bool(found)
            yield from found
        if not broken:
            yield from self.together()

    def four_eyes(self) -> Iterator[Fault]:
        gate = self.plan.four_eyes
        if gate is None:
            return
        yield from number_faults(f"{self.what}, four_eyes", gate.above, ("four_eyes", "above"))
        if not 1 <= gate.days <= _MOST_DAYS_TRIED:
            message = f"{self.what} is tried over {gate.days} days, not 1 to {_MOST_DAYS_TRIED}."
            yield Fault("out_of_range", message, ("four_eyes", "days"), "Write a number in between.")
        if self.plan.live:
            message = f"{self.what} is published with every change, and by two people."
            yield Fault("four_eyes_live", message, ("live",), "Let `live` be false, and publish it.")

    # ── what is read of the record ───────────────────────────────────────────────────────────────

    def condition(self, text: str, path: Path) -> Iterator[Fault]:
        for fault in faults_of(text, self.scope, BOOLEAN) if text else ():
            yield Fault(fault.reason, f"{self.what}: {fault.message}", path, fault.hint)

    def value(self, text: str, path: Path, kinds: Iterable[Kind], wanted: str) -> Iterator[Fault]:
        if not text:
            return
        try:
            kind = read(text, self.scope).type.kind
        except BadInputError as error:
            for fault in error.faults:
                yield Fault(fault.reason, f"{self.what}: {fault.message}", path, fault.hint)
            return
        if kind not in kinds:
            message = f"{self.what}: {shown(text)} is a {kind.value}; expected {wanted}."
            yield Fault("wrong_type", message, path, "Name a field of that kind, such as `customer.id` for a record.")
        elif kind is Kind.MONEY:
            yield from self.currency(text, path)

    def currency(self, text: str, path: Path) -> Iterator[Fault]:
        """A field of money that never is in the plan's currency."""
        field = field_of(self.model.objects[self.plan.object], text)
        known = () if field is None else getattr(field.settings, "currencies", ())
        wanted = self.plan.currency or self.model.settings.currency
        if field is not None and FIELD_TYPES[field.type].key == "money" and known and wanted not in known:
            message = f"{self.what} counts in {wanted}; '{text}' is in {', '.join(known)}."
            yield Fault("currency_mix", message, path, "Make a plan for each currency.")

    def figures(
        self, attribute: str, figures: tuple[PriceFigure, ...], kinds: Iterable[Kind], wanted: str
    ) -> Iterator[Fault]:
        counts = Counter(one.name for one in figures)
        for place, one in enumerate(figures):
            here = (attribute, place)
            if counts[one.name] > 1:
                yield Fault(
                    "duplicate_name", f"{self.what} has '{one.name}' twice in {attribute}.", here, "Rename one."
                )
            if attribute == "bases" and one.name not in BASES:
                message = f"{self.what} has the base {shown(one.name)}."
                yield Fault("unknown_value", message, (*here, "name"), f"Bases are: {', '.join(BASES)}.")
            if not one.value:
                yield Fault("missing", f"{self.what}: '{one.name}' has no value.", (*here, "value"), "Name a field.")
            yield from self.value(one.value, (*here, "value"), kinds, wanted)

    def attribution(self, one: Attribution) -> Iterator[Fault]:
        what = f"{self.what}, attribution '{one.name}'"
        if one.name in RESERVED or [other.name for other in self.plan.attributions].count(one.name) > 1:
            message = f"{what}: its name is taken."
            yield Fault(
                "duplicate_name", message, ("name",), f"Choose another; {', '.join(RESERVED)} are there already."
            )
        names = [rule.name for rule in one.rules]
        for place, rule in enumerate(one.rules):
            here = ("rules", place)
            if names.count(rule.name) > 1:
                yield Fault("duplicate_name", f"{what} has two rules '{rule.name}'.", here, "Rename one.")
            yield from self.condition(rule.when, (*here, "when"))
            if not rule.to:
                yield Fault("missing", f"{what}: the rule '{rule.name}' names nobody.", (*here, "to"), "Say who.")
            found: list[Fault] = []
            for number, to in enumerate(rule.to):
                path = (*here, "to", number)
                if not to.value:
                    yield Fault("missing", f"{what}: it is nobody's.", (*path, "value"), "Say whose it is.")
                yield from self.value(to.value, (*path, "value"), _KEYS, "a text, an option or an id")
                found += number_faults(what, to.percent, (*path, "percent"), most=100)
            yield from found
            if rule.to and not found and sum(Decimal(to.percent) for to in rule.to) != 100:
                message = f"{what}: the rule '{rule.name}' does not give 100 per cent."
                yield Fault("bad_shares", message, (*here, "to"), "Make it 100.")

    def statement(self, form: StatementForm) -> Iterator[Fault]:
        what, plan = f"{self.what}, statement '{form.name}'", self.plan
        if [one.name for one in plan.statements].count(form.name) > 1:
            yield Fault("duplicate_name", f"{what} is there twice.", ("name",), "Rename one.")
        known = ["party", "payee", *(one.name for one in plan.attributions), *self.dimensions]
        if form.by not in known:
            message = f"{what} is by {shown(form.by)}, which the plan does not have."
            yield Fault("unknown_dimension", message, ("by",), f"Known: {', '.join(known)}.")
        found = self.model.objects.get(form.object)
        if found is None or found.storage != "tenant":
            message = f"{what} is of '{form.object}', which is no object type of the tenant's."
            yield Fault("unknown_object", message, ("object",), "Name a declared object type.")
            return
        scope = ModelScope(self.model, form.object, FORMULA_ROOTS)
        for fault in faults_of(form.replace_while, scope, BOOLEAN) if form.replace_while else ():
            yield Fault(fault.reason, f"{what}: {fault.message}", ("replace_while",), fault.hint)
        words = [*STATEMENT_WORDS, *(f"component.{name}" for name in self.components)]
        yield from _written(what, found, form.values, words)
        if form.lines is not None:
            yield from (fault.under("lines") for fault in self.lines(what, form.lines, form.object))

    def lines(self, what: str, lines: StatementLines, statement: str) -> Iterator[Fault]:
        found = self.model.objects.get(lines.object)
        if found is None or found.storage != "tenant":
            message = f"{what} has lines of '{lines.object}', which is no object type of the tenant's."
            yield Fault("unknown_object", message, ("object",), "Name a declared object type.")
            return
        declared = field_of(found, lines.statement)
        relation = None if declared is None else relation_of(declared)
        if relation is None or relation.to != statement:
            message = f"{what}: {shown(lines.statement)} of '{lines.object}' does not lead to a {statement}."
            yield Fault("unknown_field", message, ("statement",), f"Name its relation to {statement}.")
        words = [*LINE_WORDS, *(f"mark.{name}" for name in self.dimensions)]
        yield from _written(what, found, lines.values, words)

    def required(self) -> Iterator[Fault]:
        plan = self.plan
        for attribute in ("clocks", "components", "rates"):
            if not getattr(plan, attribute):
                yield Fault("missing", f"{self.what} has no {attribute}.", (attribute,), "Add one.")
        if plan.guards and not plan.bases:
            yield Fault("missing", f"{self.what} has guards, and no base that is the revenue.", ("bases",), "Add one.")
        if len(plan.rates) > MAX_RATES:
            message = f"{self.what} has {len(plan.rates)} rates; at most {MAX_RATES} are allowed."
            yield Fault("too_many_items", message, ("rates",), "Part it into several plans.")
        for place, name in enumerate(one.name for one in plan.groups):
            if name in [one.name for one in plan.groups[:place]]:
                yield Fault("duplicate_name", f"{self.what} has two groups '{name}'.", ("groups", place), "Rename one.")

    # ── components ───────────────────────────────────────────────────────────────────────────────

    def component(self, one: PriceComponent) -> Iterator[Fault]:
        plan, what = self.plan, f"{self.what}, component '{one.name}'"
        yield from self.condition(one.when, ("when",))
        for attribute, known, reason in (
            ("base", [item.name for item in plan.bases], "unknown_base"),
            ("clock", [item.name for item in plan.clocks], "unknown_clock"),
            ("group", [item.name for item in plan.groups], "unknown_group"),
        ):
            name = getattr(one, attribute)
            if name and name not in known:
                message = f"{what} names the {attribute} {shown(name)}, which the plan does not have."
                yield Fault(reason, message, (attribute,), f"Known: {', '.join(known) or 'none'}.")
        limits = ("min_event", "max_event", "min_period", "max_period", "commitment")
        found = [fault for name in limits for fault in number_faults(what, getattr(one, name), (name,))]
        yield from found
        for low, high in (("min_event", "max_event"), ("min_period", "max_period")) if not found else ():
            least, most = getattr(one, low), getattr(one, high)
            if least is not None and most is not None and Decimal(least) > Decimal(most):
                yield Fault("out_of_range", f"{what}: {low} is above {high}.", (low,), "Let it be less.")
        if one.window == "contract" and not plan.contract:
            message = f"{what} accumulates over contracts, and the plan says not which."
            yield Fault("missing", message, ("window",), "Give the plan a `contract`.")
        yield from self.rolling(one, what)
        yield from self.shares(one, what)
        if not any(rate.component == one.name for rate in plan.rates):
            yield Fault("no_rate", f"{what} has no rate.", (), "Add one, or remove the component.")

    def rolling(self, one: PriceComponent, what: str) -> Iterator[Fault]:
        """A window that moves with each event has a length, and no end at which anything could be made up."""
        if one.window != "rolling":
            if one.days is not None:
                message = f"{what} accumulates over the {one.window}, and names {one.days} days."
                yield Fault("not_applicable", message, ("days",), "Leave them out, or make the window rolling.")
            return
        if one.days is None or not 1 <= one.days <= MAX_DAYS:
            message = f"{what} accumulates over the last {shown(one.days)} days."
            yield Fault("out_of_range", message, ("days",), f"It is from 1 to {MAX_DAYS}.")
        if one.clock and one.clock != self.plan.clocks[0].name:
            message = f"{what} has a rolling window over '{one.clock}', and events come by another clock."
            yield Fault("not_applicable", message, ("clock",), "Use the plan's first clock.")
        for name in ("min_period", "max_period", "commitment"):
            if getattr(one, name) is not None:
                message = f"{what} has a {name}, and a rolling window never ends."
                yield Fault("not_applicable", message, (name,), "Leave it out, or name a window that ends.")

    def shares(self, one: PriceComponent, what: str) -> Iterator[Fault]:
        found: list[Fault] = []
        for place, share in enumerate(one.shares):
            here = ("shares", place)
            if not share.payee:
                yield Fault("missing", f"{what}: a share is nobody's.", (*here, "payee"), "Say whose it is.")
            yield from self.value(share.payee, (*here, "payee"), _KEYS, "a text, an option or an id")
            found += number_faults(what, share.percent, (*here, "percent"), most=100)
        yield from found
        if one.shares and not found:
            total = sum(Decimal(share.percent) for share in one.shares)
            if total != 100:
                yield Fault("bad_shares", f"{what}: its shares are {total} per cent.", ("shares",), "Make it 100.")
            if sum(share.residue for share in one.shares) > 1:
                yield Fault("bad_shares", f"{what}: two shares take the residue.", ("shares",), "Let one take it.")

    # ── rates ────────────────────────────────────────────────────────────────────────────────────

    def rate(self, rate: PriceRate) -> Iterator[Fault]:
        what = f"{self.what}, rate '{rate.name}'"
        if rate.component not in self.components:
            message = f"{what} is for the component {shown(rate.component)}, which the plan does not have."
            yield Fault("unknown_component", message, ("component",), f"Known: {', '.join(self.components) or 'none'}.")
        yield from self.terms(rate, what)
        yield from _day_faults(rate, what)
        model, settings = model_of(rate), settings_of(rate)
        for fault in model.check(what, settings) if model.check else ():
            yield fault.under("settings")
        if isinstance(settings, ExternalSettings):
            yield from self.value(settings.amount, ("settings", "amount"), _AMOUNTS, "an amount")
        if isinstance(settings, MatrixSettings):
            for place, name in enumerate(settings.dimensions):
                yield from self.dimension(name, what, ("settings", "dimensions", place))
        component = self.components.get(rate.component)
        if component is not None:
            yield from self.fits(component, rate, what)

    def terms(self, rate: PriceRate, what: str) -> Iterator[Fault]:
        seen: set[str] = set()
        for place, term in enumerate(rate.scope):
            here = ("scope", place)
            yield from self.dimension(term.dimension, what, (*here, "dimension"))
            if term.dimension in seen:
                message = f"{what} is narrowed by '{term.dimension}' twice."
                yield Fault("duplicate_name", message, here, "Give all values at once.")
            if not term.values:
                message = f"{what} is for no value of '{term.dimension}'."
                yield Fault("missing", message, (*here, "values"), "Give some, or leave the dimension out.")
            seen.add(term.dimension)

    def dimension(self, name: str, what: str, path: Path) -> Iterator[Fault]:
        if name not in self.dimensions:
            message = f"{what} names the dimension {shown(name)}, which the plan does not have."
            yield Fault("unknown_dimension", message, path, f"Known: {', '.join(self.dimensions) or 'none'}.")

    def fits(self, component: PriceComponent, rate: PriceRate, what: str) -> Iterator[Fault]:
        switches = model_of(rate).switches
        switch = switch_of(rate, component.switch)
        if switches and switch not in switches:
            message = f"{what} is of model {rate.model}, which cannot switch {component.switch}."
            yield Fault("bad_switch", message, ("model",), f"It can: {', '.join(switches)}.")
        limited = component.min_event is not None or component.max_event is not None
        if switch == "retroactive_period" and limited:
            message = f"{what} rates the whole window again; events of it have no limits of their own."
            yield Fault("not_applicable", message, ("model",), "Use limits of the period.")
        if switch == "retroactive_period" and component.window == "rolling":
            message = f"{what} rates the whole window again, and a rolling window has no beginning."
            yield Fault("bad_switch", message, ("model",), "Switch marginal or step_forward.")
        if measure_of(rate) == "base" and not self.plan.bases:
            yield Fault("missing", f"{what} is of a base, and the plan has none.", ("model",), "Give the plan bases.")

    def together(self) -> Iterator[Fault]:
        """What concerns several rates: ties, rates that never count, measures that do not mix."""
        places = {id(rate): place for place, rate in enumerate(self.plan.rates)}
        for name, rates in _by_component(self.plan).items():
            measures = {measure_of(rate) for rate in rates if model_of(rate).switches}
            if len(measures) > 1:
                message = f"{self.what}, component '{name}': some of its ladders count quantities, others amounts."
                place = list(self.components).index(name)
                yield Fault("mixed_measures", message, ("components", place), "Make two components of it.")
            for one, two in ties(rates):
                message = f"{self.what}: the rates '{one.name}' and '{two.name}' could both be for one event."
                here = ("rates", places[id(two)])
                yield Fault("price_tie", message, here, "Give one a priority, or part their scopes or times.")
            for first, second in hidden(rates):
                message = f"{self.what}: the rate '{second.name}' never counts, '{first.name}' is before it."
                here = ("rates", places[id(second)])
                yield Fault("unreachable_rate", message, here, "Remove it, or give it a higher priority.")


def _written(
    what: str, object_type: ObjectType, values: Iterable[StatementValue], words: Collection[str]
) -> Iterator[Fault]:
    """What is wrong with what is written into the fields of a statement, or of a line."""
    for place, one in enumerate(values):
        here = ("values", place)
        if field_of(object_type, one.field) is None:
            message = f"{what}: '{object_type.name}' has no field {shown(one.field)}."
            yield Fault("unknown_field", message, (*here, "field"), "Name one of its fields.")
        if one.value not in words:
            message = f"{what}: there is no figure {shown(one.value)}."
            yield Fault("unknown_value", message, (*here, "value"), f"Known: {', '.join(words)}.")


def _by_component(plan: PricePlan) -> Mapping[str, list[PriceRate]]:
    return {one.name: [rate for rate in plan.rates if rate.component == one.name] for one in plan.components}


def _day_faults(rate: PriceRate, what: str) -> Iterator[Fault]:
    days: list[Any] = []
    for attribute in ("starts", "ends"):
        text = getattr(rate, attribute)
        try:
            days.append(date.fromisoformat(text) if text else None)
        except ValueError:
            days.append(None)
            yield Fault("bad_date", f"{what} {attribute} {shown(text)}.", (attribute,), "Write one such as 2026-06-18.")
    if None not in days and days[1] <= days[0]:
        yield Fault("bad_validity", f"{what} ends before it starts.", ("ends",), "Name a later day.")


def _cliffs(component: PriceComponent, rate: PriceRate) -> Iterator[Fault]:
    """Where one more makes the whole amount jump."""
    settings = settings_of(rate)
    if switch_of(rate, component.switch) != "retroactive_period" or not isinstance(settings, TieredSettings):
        return
    for place, (one, two) in enumerate(pairwise(settings.tiers), 1):
        at = exact(two.lower)
        before, after = (
            times(at, exact(tier.price)) + percent_of(at, exact(tier.percent)) + exact(tier.flat) for tier in (one, two)
        )
        if before != after:
            message = f"Rate '{rate.name}': at {two.lower} the whole amount goes from {before:f} to {after:f}."
            yield Fault("cliff", message, ("settings", "tiers", place), "Switch marginal has no cliffs.")


def _holes(plan: PricePlan, rates: list[PriceRate]) -> Iterator[Fault]:
    """Days between two rates of the same scope that no rate of it is valid on."""
    scopes: dict[Any, list[PriceRate]] = {}
    for rate in rates:
        key = frozenset((term.dimension, frozenset(term.values)) for term in rate.scope)
        scopes.setdefault(key, []).append(rate)
    general = any(not rate.scope and not rate.starts and not rate.ends for rate in rates)
    for same in scopes.values() if not general else ():
        same.sort(key=lambda rate: rate.starts)
        until = same[0].ends
        for rate in same[1:]:
            if until and until < rate.starts:
                message = f"Component '{rate.component}' has no rate from {until} to {rate.starts}."
                yield Fault("validity_hole", message, ("rates", plan.rates.index(rate)), "Nothing is computed then.")
            until = "" if not until or not rate.ends else max(until, rate.ends)
