"""Who gets a piece of work: a pure choice over those who work its queue, which explains itself.

Steps narrow down in their order: filters leave those who fit, orders those with the best figure, a turn leaves one.
A step that is required makes work wait for those who fit; any other one is passed over when it would leave nobody who
is free. In the end the longest idle is taken, then the smallest id: the same question always has the same answer.
"""

from __future__ import annotations

import enum
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from metadata.routing.steps import StepRole, step_kind
from metadata.routing.values import RoutingStep

__all__ = ["Agent", "Choice", "Line", "Outcome", "Turn", "Wish", "choose"]

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class Outcome(enum.Enum):
    """What becomes of a piece of work."""

    CHOSEN = "chosen"
    """Somebody was found."""
    NO_MEMBERS = "no_members"
    """Nobody works this queue."""
    NOBODY_FITS = "nobody_fits"
    """Nobody who works it could ever do this."""
    ALL_TRIED = "all_tried"
    """Everybody who could was asked already."""
    WAITS_FOR_FIT = "waits_for_fit"
    """Nobody fits until a step is relaxed."""
    NOBODY_FREE = "nobody_free"
    """Those who fit are not there, or have their hands full."""


@dataclass(frozen=True, slots=True)
class Agent:
    """One who works a queue, as things stand.

    Attributes:
        id: Account.
        capacity: Units of this kind of work that they may have under way.
        used: Units that they have.
        absent: Why they are not handed work now: `off_hours`, `no_shift`, `on_leave`, `away`, `offline`; empty where
            they are there.
        assigned_at: When work was last handed to them; None for never.
    """

    id: str
    capacity: Decimal
    used: int = 0
    absent: str = ""
    assigned_at: datetime | None = None

    @property
    def idle_key(self) -> tuple[datetime, str]:
        """Sorts the longest idle first."""
        return self.assigned_at or _LONG_AGO, self.id

    @property
    def spare_share(self) -> Decimal:
        """The free part of the capacity, from 0 to 1."""
        return (self.capacity - self.used) / self.capacity if self.capacity > 0 else Decimal(0)


@dataclass(frozen=True, slots=True)
class Wish:
    """A piece of work that somebody is looked for.

    Attributes:
        units: Capacity that it takes.
        tried: Who is not asked again.
        relaxed: Places of required steps that are required no longer, since it has waited long enough.
        told: By place of a step, by account: whether they fit, or their figure. Steps that are absent do not count.
    """

    units: int
    told: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)
    tried: Collection[str] = ()
    relaxed: Collection[int] = ()


@dataclass(frozen=True, slots=True)
class Turn:
    """What a queue remembers of turns.

    Attributes:
        cursor: Who had the last one of a round robin.
        credits: What each is owed of weighted turns.
    """

    cursor: str = ""
    credits: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Line:
    """What was seen of one agent.

    Attributes:
        out: What left them out: `tried`, a reason of absence, `full`, or the step: `2:where`; empty for the chosen one,
            and for those whom only the last tie left out.
        figures: Their figures, by step.
    """

    agent: str
    out: str = ""
    figures: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Choice:
    """What was decided.

    Attributes:
        agent: Who was chosen; empty for nobody.
        passed_over: Steps that would have left nobody, or were relaxed.
        turn: What the queue remembers from now on.
    """

    outcome: Outcome
    agent: str = ""
    lines: tuple[Line, ...] = ()
    passed_over: tuple[str, ...] = ()
    turn: Turn = field(default_factory=Turn)


def choose(steps: Sequence[RoutingStep], agents: Sequence[Agent], wish: Wish, turn: Turn) -> Choice:
    """Choose one agent, or say why there is none.

    Args:
        steps: Of the queue.
        agents: Who works it.
        wish: The piece of work.
        turn: What the queue remembers.
    """
    return _Choosing(steps, agents, wish, turn).choice()


class _Choosing:
    """One choice: who is left, and what left the others out."""

    def __init__(self, steps: Sequence[RoutingStep], agents: Sequence[Agent], wish: Wish, turn: Turn) -> None:
        self.steps, self.agents, self.wish, self.turn = steps, agents, wish, turn
        self.out: dict[str, str] = {}
        self.figures: dict[str, dict[str, str]] = {}
        self.passed: list[str] = []

    def choice(self) -> Choice:
        if not self.agents:
            return self._nobody(Outcome.NO_MEMBERS)
        able, tried = self._able(), self.wish.tried
        if not able:
            return self._nobody(Outcome.NOBODY_FITS)
        left = self._without(able, {agent.id for agent in able if agent.id in tried}, "tried")
        if not left:
            return self._nobody(Outcome.ALL_TRIED)
        left = self._required(left)
        if not left:
            return self._nobody(Outcome.WAITS_FOR_FIT)
        left = self._free(left)
        if not left:
            return self._nobody(Outcome.NOBODY_FREE)
        for place, step in enumerate(self.steps):
            if self._counts(place, step):
                left = self._narrowed(place, step, left)
        chosen = min(left, key=lambda agent: agent.idle_key)
        return Choice(Outcome.CHOSEN, chosen.id, self._lines(), tuple(self.passed), self.turn)

    def _nobody(self, outcome: Outcome) -> Choice:
        return Choice(outcome, "", self._lines(), tuple(self.passed), self.turn)

    def _lines(self) -> tuple[Line, ...]:
        return tuple(Line(one.id, self.out.get(one.id, ""), self.figures.get(one.id, {})) for one in self.agents)

    def _counts(self, place: int, step: RoutingStep) -> bool:
        return place in self.wish.told or step_kind(step).asks == ""

    # ── who could, and who can now ───────────────────────────────────────────────────────────────

    def _able(self) -> list[Agent]:
        """Those who could do it some day: steps that are relaxed in time count as if they were."""
        left = self._without(
            self.agents, {agent.id for agent in self.agents if agent.capacity < self.wish.units}, "too_small"
        )
        for place, step in enumerate(self.steps):
            if step.required and not step.relax_after and place in self.wish.told:
                left = self._fitting(place, step, left)
        return left

    def _required(self, left: list[Agent]) -> list[Agent]:
        for place, step in enumerate(self.steps):
            if step.required and step.relax_after and place in self.wish.told and place not in self.wish.relaxed:
                left = self._fitting(place, step, left)
        return left

    def _free(self, left: list[Agent]) -> list[Agent]:
        units = self.wish.units
        for agent in left:
            if agent.absent:
                self.out[agent.id] = agent.absent
            elif agent.capacity - agent.used < units:
                self.out[agent.id] = "full"
        return [agent for agent in left if agent.id not in self.out]

    # ── steps ────────────────────────────────────────────────────────────────────────────────────

    def _narrowed(self, place: int, step: RoutingStep, left: list[Agent]) -> list[Agent]:
        match step_kind(step).role:
            case StepRole.FILTER:
                fitting = [agent for agent in left if self.wish.told[place].get(agent.id) is True]
                if not fitting:
                    self.passed.append(_named(place, step))
                    return left
                return self._fitting(place, step, left)
            case StepRole.ORDER:
                return self._best(place, step, left)
            case StepRole.TURN:
                return self._next(place, step, left)

    def _fitting(self, place: int, step: RoutingStep, left: Sequence[Agent]) -> list[Agent]:
        told = self.wish.told[place]
        return self._without(left, {one.id for one in left if told.get(one.id) is not True}, _named(place, step))

    def _best(self, place: int, step: RoutingStep, left: list[Agent]) -> list[Agent]:
        """Those with the best figure; those without any come last."""
        found = {agent.id: self._figure(place, step, agent) for agent in left}
        name = _named(place, step)
        for agent_id, figure in found.items():
            self.figures.setdefault(agent_id, {})[name] = "none" if figure is None else f"{figure.normalize():f}"
        known = [figure for figure in found.values() if figure is not None]
        if not known:
            return left
        best = max(known) if step_kind(step).descending else min(known)
        return self._without(left, {agent_id for agent_id, figure in found.items() if figure != best}, name)

    def _figure(self, place: int, step: RoutingStep, agent: Agent) -> Decimal | None:
        match step.by:
            case "least_loaded":
                return Decimal(agent.used)
            case "most_spare":
                return agent.spare_share
        value = self.wish.told[place].get(agent.id)
        return None if value is None else Decimal(str(value))

    def _next(self, place: int, step: RoutingStep, left: list[Agent]) -> list[Agent]:
        """Whose turn it is; the queue remembers it."""
        ids = sorted(agent.id for agent in left)
        if step.by == "round_robin":
            chosen = next((one for one in ids if one > self.turn.cursor), ids[0])
            self.turn = Turn(chosen, self.turn.credits)
        else:
            chosen = self._weighted(place, step, ids)
        return self._without(left, set(ids) - {chosen}, _named(place, step))

    def _weighted(self, place: int, step: RoutingStep, ids: list[str]) -> str:
        """Smooth weighted turns: each is owed its weight at every turn, and who is owed most pays all of them.

        Source:
            nginx, src/http/ngx_http_upstream_round_robin.c, "smooth weighted round-robin".
        """
        told = self.wish.told[place]
        weights = {one: max(Decimal(0), Decimal(str(told.get(one) or 0))) for one in ids}
        if not any(weights.values()):
            weights = dict.fromkeys(ids, Decimal(1))
        everybody = {agent.id for agent in self.agents}
        credits = {one: owed for one, owed in self.turn.credits.items() if one in everybody}
        for one, weight in weights.items():
            credits[one] = credits.get(one, Decimal(0)) + weight
            self.figures.setdefault(one, {})[_named(place, step)] = f"{weight.normalize():f}"
        chosen = max((one for one in ids if weights[one] > 0), key=lambda one: (credits[one], -ids.index(one)))
        credits[chosen] -= sum(weights.values())
        self.turn = Turn(self.turn.cursor, credits)
        return chosen

    def _without(self, left: Sequence[Agent], gone: Collection[str], why: str) -> list[Agent]:
        for agent_id in gone:
            self.out[agent_id] = why
        return [agent for agent in left if agent.id not in gone]


def _named(place: int, step: RoutingStep) -> str:
    """How a step is called in what is kept: its place, from 1, and its kind."""
    return f"{place + 1}:{step.by}"
