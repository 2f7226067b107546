"""What a decision asks of the world, found or done in the transition's transaction.

Every kind of node has its answer here: conditions and values are facts of the record, people are worked out from
rules, times from calendars, and actions are writes like anybody else's, with events of their own.
"""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import Callable, Collection, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

import msgspec

from metadata.calendars.arithmetic import due_after
from metadata.calendars.hours import hours_of
from metadata.fields.relations import RelationKind, relation_kind, relation_of
from metadata.flows.terms import expression_of, seconds_of
from metadata.flows.values import Assign, FieldValue
from metadata.flows.wording import sent_template
from metadata.messages.approval import is_approved
from metadata.model.tenant import field_of
from metadata.problems import BadInputError, ConflictError, TangramError, UnavailableError
from metadata.rules.actions import ACTION_KINDS
from server.access.plan import ADMINISTRATOR
from server.automation import Performer, RuleStep
from server.context import Actor, ActorKind, Cause, Context
from server.events.log import append, draft_for
from server.flows import sql
from server.flows.decisions import (
    Answer,
    Ask,
)
from server.flows.definition import Step
from server.flows.people import active_account, administrators, people_for
from server.flows.state import Instance, Token
from server.flows.storing import Held
from server.records.facts import Facts
from server.records.layout import Layout
from server.records.organisation import department_heads, superiors
from server.records.problems import StaleModelError
from server.records.writing.running import WriteRun
from server.records.writing.saving import RecordWriter

__all__ = ["Answering", "Question", "Standing", "StartChild", "is_risky", "message_outcome"]

_BRACES = re.compile(r"\{([^{}]+)\}")
_MAX_ITEMS = 1_000
_MAX_CAUSES = 30


@dataclass(frozen=True, slots=True)
class Standing:
    """One transition's standing.

    Attributes:
        connection: In the transaction of the transition.
        context: Who acts, with the model and the epoch of the tenant.
        now: The instant, of the one clock or of a sandbox's.
        recorded: In a sandbox, where effects outside are recorded instead of happening.
    """

    connection: Any
    context: Context
    now: datetime
    recorded: list[dict[str, Any]] | None = None


StartChild: TypeAlias = Callable[[Standing, str, str, Held, Token | None], Coroutine[Any, Any, str]]
"""(standing, flow, record, parent, token that waits or none) → id of the instance that was started."""


def is_risky(ask: Ask, step: Step) -> bool:
    """Whether an answer evaluates or writes what a tenant has declared, so that PostgreSQL may refuse it."""
    if ask.purpose in ("timer", "escalate") or (ask.purpose == "enter" and step.kind.key == "delay"):
        return False
    if ask.purpose == "enter" and step.kind.human:
        return any(one.when or one.by in _FIELDS for one in step.settings.assign)
    return True


@dataclass(eq=False)
class Answering:
    """Answers for one process; holds nothing of a transition."""

    writer: RecordWriter
    facts: Facts
    performers: Mapping[str, Performer]

    async def answer(self, standing: Standing, held: Held, state: Instance, ask: Ask, start: StartChild) -> Answer:
        """Find out or do what is asked.

        Raises:
            TangramError: It cannot be found or done; the token fails with its message.
        """
        return await self._one(Question(standing, held, state, ask), start).answer(ask)

    async def answer_all(self, questions: Sequence[Question], start: StartChild) -> list[Answer]:
        """The same for several instances of one flow, each of another record, that are asked the same at one node.

        Raises:
            TangramError: One of them cannot be answered; it is not told which.
        """
        first = questions[0]
        ones = [self._one(question, start) for question in questions]
        if first.ask.purpose == "ways" or ones[0].step.kind.key in _READING:
            together = _Together(
                self.facts, first.standing, ones[0].object_name, [question.state.record for question in questions]
            )
            for one in ones:
                one.together = together
            if first.ask.purpose == "enter" and ones[0].step.kind.key == "perform":
                return await _perform_all(ones)
        return [await one.answer(question.ask) for one, question in zip(ones, questions, strict=True)]

    def _one(self, question: Question, start: StartChild) -> _One:
        held, state, ask = question.held, question.state, question.ask
        step = held.definition.steps[ask.node]
        return _One(self, question.standing, held, state, state.tokens[ask.token], step, start)


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked for one instance; several are asked together where they are of the same node."""

    standing: Standing
    held: Held
    state: Instance
    ask: Ask


@dataclass(eq=False)
class _Together:
    """What is asked of the records of several instances, of all of them in one statement."""

    facts: Facts
    standing: Standing
    object_name: str
    records: Sequence[str]
    _kept: dict[tuple[str, ...], Mapping[str, Mapping[str, Any]]] = field(default_factory=dict, init=False)

    async def known(self, record: str, texts: Sequence[str]) -> Mapping[str, Any] | None:
        key = tuple(texts)
        if key not in self._kept:
            self._kept[key] = await self.facts.many(
                self.standing.connection, self.standing.context, self.object_name, self.records, key,
                instant=self.standing.now,
            )  # fmt: skip
        return self._kept[key].get(record)


@dataclass(eq=False)
class _One:
    """One question."""

    answering: Answering
    standing: Standing
    held: Held
    state: Instance
    token: Token
    step: Step
    start: StartChild
    together: _Together | None = None

    @property
    def context(self) -> Context:
        return self.standing.context

    @property
    def object_name(self) -> str:
        """Object type of the record, by its table, which outlives renames."""
        for found in self.context.model:
            if found.table == self.held.table:
                return found.name
        raise BadInputError.single(
            "unknown_object", "The object type of the flow's record is gone.", hint="Restore it, or end the flow."
        )

    async def known(self, texts: Iterable[str]) -> Mapping[str, Any]:
        """Values of expressions over the record; a branch of a list still looks at the instance's record."""
        wanted = [text for text in texts if text]
        if not wanted:
            return {}
        if self.together is not None:
            found = await self.together.known(self.state.record, wanted)
        else:
            found = await self.answering.facts.values(
                self.standing.connection, self.context, self.object_name, self.state.record, wanted,
                instant=self.standing.now,
            )  # fmt: skip
        if found is None:
            raise ConflictError.single(
                "record_gone", "The record of the flow is deleted.", hint="Restore it, or end the flow."
            )
        return found

    async def answer(self, ask: Ask) -> Answer:
        match ask.purpose:
            case "ways":
                return await self.ways()
            case "timer":
                return self.again(ask.timer)
            case "escalate":
                return await self.escalated()
        return await self.entered()

    async def ways(self) -> Answer:
        texts = [edge.when for edge in self.step.edges]
        found = await self.known(texts)
        truths = tuple(not text or found[text] is True for text in texts)
        return Answer(self.token.id, truths=truths)

    def again(self, timer: str) -> Answer:
        name = timer.partition("#")[0]
        declared = next(one for one in self.step.node.timers if one.name == name)
        return Answer(self.token.id, due={timer: self.later(declared.after, declared.calendar)})

    async def escalated(self) -> Answer:
        """The superior of whoever has not acted, of the first candidate where nobody has taken the work."""
        pending = [task for task in self.state.tasks_of(self.token.id) if task.is_pending]
        waiting = [account for task in pending for account in (task.assignee, *task.candidates) if account]
        connection = self.standing.connection
        above = await superiors(connection, self.context, waiting[0] if waiting else self.state.initiator)
        chosen = above[:1] or (await administrators(connection, self.context.model.tenant_id))[:1]
        return Answer(self.token.id, people=tuple((account, 1) for account in chosen))

    async def entered(self) -> Answer:
        return await _ENTERED[self.step.kind.key](self)

    # ── time ─────────────────────────────────────────────────────────────────────────────────────

    def later(self, duration: str, calendar: str) -> datetime:
        model = self.context.model
        hours = hours_of(model.calendars, calendar, model.settings.timezone)
        due = due_after(hours, self.standing.now, seconds_of(duration))
        if due is None:
            raise BadInputError.single(
                "no_working_time", f"Calendar '{calendar}' has too little working time.", hint="Give it more hours."
            )
        return due

    def timers(self) -> dict[str, datetime]:
        return {timer.name: self.later(timer.after, timer.calendar) for timer in self.step.node.timers}

    async def delay(self) -> Answer:
        settings = self.step.settings
        return Answer(self.token.id, due={**self.timers(), "": self.later(settings.duration, settings.calendar)})

    async def wait_until(self) -> Answer:
        value = (await self.known([self.step.settings.until]))[self.step.settings.until]
        due = None if value is None else self._instant(str(value))
        if due is None or due <= self.standing.now:
            return Answer(self.token.id, outcome="done")
        return Answer(self.token.id, due={**self.timers(), "": due})

    def _instant(self, text: str) -> datetime:
        zone = ZoneInfo(self.context.model.settings.timezone)
        if len(text) == 10:
            return datetime.combine(date.fromisoformat(text), time(), zone)
        found = datetime.fromisoformat(text)
        return found if found.tzinfo else found.replace(tzinfo=zone)

    async def wait_for(self) -> Answer:
        settings = self.step.settings
        if (await self.known([settings.when]))[settings.when] is True:
            return Answer(self.token.id, outcome="happened")
        due = self.timers()
        if settings.deadline:
            due[""] = self.later(settings.deadline, settings.calendar)
        return Answer(self.token.id, due=due)

    async def wait_message(self) -> Answer:
        settings = self.step.settings
        rows = await self.standing.connection.fetch(
            sql.MESSAGE_RESULTS, self.context.model.tenant_id, self.state.record, self.state.id, settings.step
        )
        outcome = message_outcome(settings.until, {row["kind"] for row in rows})
        if outcome:
            return Answer(self.token.id, outcome=outcome)
        return Answer(self.token.id, due={**self.timers(), "": self.later(settings.deadline, settings.calendar)})

    # ── people ───────────────────────────────────────────────────────────────────────────────────

    async def people(self, assigns: tuple[Assign, ...]) -> tuple[tuple[str, int], ...]:
        texts = [one.when for one in assigns]
        texts += ["owner.id" if one.by == "owner" else f"{one.value}.id" for one in assigns if one.by in _FIELDS]
        facts = await self.known(texts)
        return await people_for(self.standing.connection, self.context, assigns, facts, initiator=self.state.initiator)

    async def cc(self) -> Answer:
        return Answer(self.token.id, people=await self.people(self.step.settings.assign))

    async def human(self) -> Answer:
        settings = self.step.settings
        people = await self.people(settings.assign)
        if self.step.kind.key == "approval":
            people = await self._stand_in(people)
            if settings.separate:
                people = tuple(one for one in people if one[0] != self.state.initiator)
        outcome = ""
        if not people:
            people, outcome = await self._nobody()
        due = self.timers()
        if settings.due:
            due["due"] = self.later(settings.due, settings.calendar)
        return Answer(self.token.id, people=people, due=due, outcome=outcome)

    async def _stand_in(self, people: tuple[tuple[str, int], ...]) -> tuple[tuple[str, int], ...]:
        """Another in the place of the one who started the flow, where the node asks for it."""
        rule, initiator = self.step.settings.initiator, self.state.initiator
        if rule not in ("superior", "department_head") or initiator not in dict(people):
            return people
        connection = self.standing.connection
        found = await (superiors if rule == "superior" else department_heads)(connection, self.context, initiator)
        others = [account for account in found if account != initiator][:1]
        replaced = [(others[0] if account == initiator and others else account, weight) for account, weight in people]
        return tuple((account, weight) for account, weight in replaced if account != initiator)

    async def _nobody(self) -> tuple[tuple[tuple[str, int], ...], str]:
        settings, connection = self.step.settings, self.standing.connection
        tenant_id = self.context.model.tenant_id
        match settings.nobody:
            case "pass":
                return (), "approved"
            case "skip":
                return (), self.step.kind.outcomes(settings)[0]
            case "administrator":
                return tuple((account, 1) for account in await administrators(connection, tenant_id)), ""
            case "person":
                found = await active_account(connection, tenant_id, settings.person)
                return ((found, 1),) if found else (), ""
        return (), ""

    # ── lists, draws, other flows ────────────────────────────────────────────────────────────────

    async def for_each(self) -> Answer:
        settings = self.step.settings
        model = self.context.model
        object_type = model.object(self.object_name)
        field = field_of(object_type, settings.items)
        relation = None if field is None else relation_of(field)
        if field is None or relation is None:
            raise BadInputError.single("not_a_list", f"The field '{settings.items}' is gone.", hint="Publish anew.")
        layout, target = Layout(model), model.object(relation.to)
        if relation_kind(relation) is RelationKind.MANY_TO_MANY:
            near, far = ("target_id", "source_id") if relation.reversed else ("source_id", "target_id")
            found = f"select {far} as id from {layout.join_table(field)} where {near} = $1"
        else:
            back = field_of(target, relation.via)
            assert back is not None
            columns = layout.columns(target, back)
            found = f'select id from {layout.table_of(target)} where "{columns[-1]}" = $1 and deleted_at is null'
        rows = await self.standing.connection.fetch(f"{found} order by 1 limit {_MAX_ITEMS + 1}", self.state.record)
        items = [row["id"] for row in rows]
        if len(items) > _MAX_ITEMS:
            raise ConflictError.single("too_many_items", f"The list holds more than {_MAX_ITEMS} records.")
        return Answer(self.token.id, items=await self._meeting(settings.where, target.name, items))

    async def _meeting(self, where: str, object_name: str, items: list[str]) -> tuple[str, ...]:
        """The items that meet a condition."""
        kept = []
        for item in items if where else ():
            facts = await self.answering.facts.values(
                self.standing.connection, self.context, object_name, item, [where], instant=self.standing.now
            )
            if facts is not None and facts[where] is True:
                kept.append(item)
        if not where:
            return tuple(items)
        return tuple(kept)

    async def random(self) -> Answer:
        """Draw by weight; an edge whose stock is used up is drawn no more, and no stock is ever overdrawn."""
        left = list(range(len(self.step.edges)))
        connection, tenant_id = self.standing.connection, self.context.model.tenant_id
        while True:
            weights = [self.step.edges[place].weight for place in left]
            if not any(weights):
                chosen = next(place for place, edge in enumerate(self.step.edges) if edge.default)
                return Answer(self.token.id, chosen=chosen)
            chosen = random.choices(left, weights)[0]
            if self.step.settings.stable:
                chosen = _stable(f"{self.held.flow}:{self.step.node.name}", self.state.record, left, weights)
            stock = self.step.edges[chosen].stock
            if stock is None or await connection.fetchval(
                sql.DRAW_STOCK, tenant_id, self.held.flow, self.step.node.name, chosen, stock
            ):
                return Answer(self.token.id, chosen=chosen)
            left.remove(chosen)

    async def subflow(self) -> Answer:
        settings = self.step.settings
        record: str | None = self.state.record
        if settings.target:
            path = f"{settings.target}.id"
            record = (await self.known([path]))[path]
        if not record:
            raise ConflictError.single("no_record", f"'{settings.target}' leads to no record.", hint="Fill it in.")
        await self.start(self.standing, settings.flow, record, self.held, self.token if settings.wait else None)
        return Answer(self.token.id, wait=settings.wait, due=self.timers() if settings.wait else {}, outcome="done")

    # ── actions ──────────────────────────────────────────────────────────────────────────────────

    def _writing(self) -> WriteRun:
        """A write of the flow's: with every right, in the name of the flow, caused by what led here."""
        context = self.context
        actor = Actor("", ActorKind.SYSTEM, f"flow {self.held.flow}", ())
        own = replace(context, actor=actor, access=ADMINISTRATOR, cause=_limited(context.cause))
        return WriteRun(own, self.standing.now)

    async def _values(self, values: Iterable[FieldValue]) -> dict[str, Any]:
        wanted = tuple(values)
        facts = await self.known(expression_of(one.value) for one in wanted)
        found = {}
        for one in wanted:
            text = expression_of(one.value)
            found[one.field] = facts[text] if text else one.value
        return found

    async def update(self) -> Answer:
        settings, model = self.step.settings, self.context.model
        record: str | None = self.state.record
        object_type = model.object(self.object_name)
        if settings.target:
            path = f"{settings.target}.id"
            record = (await self.known([path]))[path]
            field = field_of(object_type, settings.target)
            relation = None if field is None else relation_of(field)
            if relation is not None:
                object_type = model.object(relation.to)
        if record:
            given = await self._values(settings.values)
            await self.answering.writer.update(
                self.standing.connection, self._writing(), object_type, record, given, None
            )
        return Answer(self.token.id)

    async def create(self) -> Answer:
        settings = self.step.settings
        object_type = self.context.model.object(settings.object)
        given = await self._values(settings.values)
        await self.answering.writer.create(self.standing.connection, self._writing(), object_type, [given], "input")
        return Answer(self.token.id)

    @property
    def performer(self) -> Performer:
        """What does the action of the step."""
        return self.answering.performers[self.step.settings.action]

    @property
    def may_be_refused(self) -> bool:
        """Whether an edge is taken where the action is refused, which is undone then."""
        return any(edge.outcome == "refused" for edge in self.step.edges)

    def action(self) -> RuleStep:
        """What the step has an engine do."""
        settings, writing = self.step.settings, self._writing()
        self._require_approved()
        return RuleStep(
            self.standing.connection, writing.context, self.standing.now, self.held.flow, self.held.number,
            self.context.model.object(self.object_name), self.state.record,
            msgspec.convert(settings.settings or {}, ACTION_KINDS[settings.action].settings), self.known,
            f"flow {self.held.flow}", f"{self.state.id}:{self.step.node.name}:{self.token.visit}",
            (self.state.id, self.step.node.name),
        )  # fmt: skip

    async def perform(self) -> Answer:
        """What an engine offers; refused, it is undone, and an edge for that is taken where there is one."""
        step = self.action()
        if not self.may_be_refused:
            await self.performer.perform(step)
            return Answer(self.token.id, outcome="done")
        try:
            async with self.standing.connection.transaction():
                await self.performer.perform(step)
        except (StaleModelError, UnavailableError):
            raise
        except TangramError as error:
            return Answer(self.token.id, outcome="refused", variables={f"{self.step.node.name}_refused": error.message})
        return Answer(self.token.id, outcome="done")

    async def script(self) -> Answer:
        return Answer(self.token.id, variables=await self._values(self.step.settings.variables))

    async def query(self) -> Answer:
        settings = self.step.settings
        return Answer(
            self.token.id, variables={settings.variable: (await self.known([settings.value]))[settings.value]}
        )

    async def message(self) -> Answer:
        settings = self.step.settings
        self._require_approved()
        people = [account for account, _weight in await self.people(settings.to)]
        raw = {part: getattr(settings, part) for part in ("subject", "body")}
        texts = {part: await self._filled(text) for part, text in raw.items()}
        names = {name.strip() for text in raw.values() for name in _BRACES.findall(text)}
        # Webhooks are told the words; people get them made anew, of what each of them may read.
        told = {
            "to": people,
            **texts,
            "template": settings.template,
            "texts": raw,
            "variables": {name: self.state.variables[name] for name in names if name in self.state.variables},
        }
        await self._tell({"object": self.held.table, "message": told})
        return Answer(self.token.id)

    def _require_approved(self) -> None:
        """Refuse to send words that are approved no longer, though they were when the flow was published.

        Raises:
            BadInputError: `words_not_approved`.
        """
        name = sent_template(self.step.node, self.step.settings)
        if name is None or not self.held.definition.flow.regulated:
            return
        if not is_approved(self.context.model.message_templates.get(name)):
            message = f"The words of '{name}' are not approved, and the flow is regulated."
            raise BadInputError.single("words_not_approved", message, hint="Have them approved, and try it again.")

    async def _filled(self, text: str) -> str:
        names = [name.strip() for name in _BRACES.findall(text)]
        own = {name: self.state.variables[name] for name in names if name in self.state.variables}
        facts = await self.known(name for name in names if name not in own)
        known = {**facts, **own}

        def value(match: re.Match[str]) -> str:
            found = known.get(match[1].strip())
            return "" if found is None else str(found)

        return _BRACES.sub(value, text)

    async def webhook(self) -> Answer:
        settings = self.step.settings
        await self._tell({"event": settings.event, "values": await self._values(settings.values)})
        return Answer(self.token.id)

    async def _tell(self, changes: Mapping[str, Any]) -> None:
        """An event for whoever delivers: it leaves with the transition, or not at all."""
        told = {"flow": self.held.flow, "node": self.step.node.name, "record": self.state.record, **changes}
        if self.standing.recorded is not None:
            self.standing.recorded.append(told)
            return
        await append(
            self.standing.connection, draft_for(self.context, "flow_message", "flow__instance", self.state.id, told)
        )


async def _perform_all(ones: Sequence[_One]) -> list[Answer]:
    """What an engine offers, done for several instances at once where it can be."""
    first, actions = ones[0], [one.action() for one in ones]
    if first.may_be_refused or not first.performer.is_of_many(actions[0].settings):
        for one in ones:
            one.together = None
        return [await one.perform() for one in ones]
    await first.performer.act(actions)
    return [Answer(one.token.id, outcome="done") for one in ones]


_FIELDS = ("owner", "field")
_READING = frozenset({"delay", "wait_until", "wait_for", "wait_message", "script", "query", "perform"})
"""Kinds of nodes that ask of the record and change nothing by themselves that others ask for."""
_RESULTS = ("sent", "delivered", "opened", "clicked")


def message_outcome(until: str, results: Collection[str]) -> str:
    """What a wait for a message comes to by what has become of it; nothing while it is open."""
    if any(one in results for one in _RESULTS[_RESULTS.index(until) :]):
        return "happened"
    return "failed" if "failed" in results or "skipped" in results else ""


def _stable(name: str, record: str, places: Sequence[int], weights: Sequence[int]) -> int:
    """The way of a record, by its share of the weights: the same every time."""
    digest = hashlib.sha256(f"{name}:{record}".encode()).digest()
    drawn = int.from_bytes(digest[:8], "big") % sum(weights)
    for place, weight in zip(places, weights, strict=True):
        if drawn < weight:
            return place
        drawn -= weight
    return places[-1]


def _limited(cause: Cause) -> Cause:
    if len(cause.chain) > _MAX_CAUSES:
        raise ConflictError.single(
            "cause_too_long", "The flow has caused itself too often.", hint="Let its trigger ask for a condition."
        )
    return cause


_ENTERED: Mapping[str, Callable[[_One], Coroutine[Any, Any, Answer]]] = {
    "task": _One.human,
    "approval": _One.human,
    "cc": _One.cc,
    "for_each": _One.for_each,
    "delay": _One.delay,
    "wait_until": _One.wait_until,
    "wait_for": _One.wait_for,
    "wait_message": _One.wait_message,
    "create": _One.create,
    "perform": _One.perform,
    "update": _One.update,
    "query": _One.query,
    "script": _One.script,
    "message": _One.message,
    "webhook": _One.webhook,
    "subflow": _One.subflow,
    "random": _One.random,
}
