"""The choice by itself: who is chosen fits, is there and has room; turns are fair; the same question has one answer."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metadata.routing.values import RoutingStep
from server.routing.choosing import Agent, Choice, Outcome, Turn, Wish, choose

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
FOUR = [Agent(name, Decimal(1_000)) for name in ("ann", "bob", "cai", "dan")]
ROUND = (RoutingStep(by="round_robin"),)


def agent(name: str, *, used: int = 0, capacity: int = 5, absent: str = "", idle_min: int | None = None) -> Agent:
    at = None if idle_min is None else NOON - timedelta(minutes=idle_min)
    return Agent(name, Decimal(capacity), used, absent, at)


def where(*, required: bool = False, relax_after: str = "") -> RoutingStep:
    return RoutingStep(by="where", expression="true", required=required, relax_after=relax_after)


def fits(*names: str) -> dict[str, bool]:
    return dict.fromkeys(names, True)


def outs(choice: Choice) -> dict[str, str]:
    return {line.agent: line.out for line in choice.lines}


def test_the_longest_idle_is_taken_and_then_the_smallest_id() -> None:
    agents = [agent("ann", idle_min=5), agent("bob", idle_min=60), agent("cai", idle_min=60)]
    assert choose((), agents, Wish(1), Turn()).agent == "bob"
    assert choose((), [*agents, agent("dan")], Wish(1), Turn()).agent == "dan"


def test_what_leaves_somebody_out_is_told() -> None:
    agents = [agent("ann", used=5), agent("bob", absent="on_leave"), agent("cai"), agent("dan"), agent("eve")]
    steps = (where(), RoutingStep(by="least_loaded"))
    choice = choose(steps, agents, Wish(1, {0: fits("dan", "eve")}, tried=["cai"]), Turn())
    assert choice.agent == "dan"
    assert outs(choice) == {"ann": "full", "bob": "on_leave", "cai": "tried", "dan": "", "eve": ""}
    assert choice.lines[3].figures == {"2:least_loaded": "0"}


def test_a_step_that_is_not_required_is_passed_over() -> None:
    choice = choose((where(), where()), FOUR, Wish(1, {0: {}, 1: fits("cai")}), Turn())
    assert (choice.agent, choice.passed_over) == ("cai", ("1:where",))


def test_required_work_waits_for_those_who_fit() -> None:
    agents = [agent("ann"), agent("bob", used=5)]
    choice = choose((where(required=True),), agents, Wish(1, {0: fits("bob")}), Turn())
    assert (choice.outcome, outs(choice)) == (Outcome.NOBODY_FREE, {"ann": "1:where", "bob": "full"})


def test_a_relaxed_step_is_required_no_longer() -> None:
    steps = (where(required=True, relax_after="PT10M"),)
    assert choose(steps, FOUR, Wish(1, {0: {}}), Turn()).outcome is Outcome.WAITS_FOR_FIT
    relaxed = choose(steps, FOUR, Wish(1, {0: {}}, relaxed={0}), Turn())
    assert (relaxed.agent, relaxed.passed_over) == ("ann", ("1:where",))


@pytest.mark.parametrize(
    ("agents", "wish", "outcome"),
    [
        ([], Wish(1), Outcome.NO_MEMBERS),
        (FOUR, Wish(1, {0: {}}), Outcome.NOBODY_FITS),
        (FOUR, Wish(1_001, {0: fits("ann")}), Outcome.NOBODY_FITS),
        (FOUR, Wish(1, {0: fits("ann")}, tried=["ann"]), Outcome.ALL_TRIED),
        ([agent("ann", absent="offline")], Wish(1, {0: fits("ann")}), Outcome.NOBODY_FREE),
    ],
)
def test_why_nobody_is_chosen(agents: list[Agent], wish: Wish, outcome: Outcome) -> None:
    choice = choose((where(required=True),), agents, wish, Turn())
    assert (choice.outcome, choice.agent) == (outcome, "")


def test_the_greatest_share_and_the_fewest_units_are_not_the_same() -> None:
    agents = [agent("ann", used=2, capacity=4), agent("bob", used=3, capacity=10)]
    assert choose((RoutingStep(by="least_loaded"),), agents, Wish(1), Turn()).agent == "ann"
    assert choose((RoutingStep(by="most_spare"),), agents, Wish(1), Turn()).agent == "bob"


def test_those_without_a_figure_come_last() -> None:
    step = RoutingStep(by="least", expression="1")
    choice = choose((step,), FOUR, Wish(1, {0: {"ann": None, "bob": "3.50", "cai": 2, "dan": 9}}), Turn())
    assert choice.agent == "cai"
    assert choice.lines[1].figures == {"1:least": "3.5"}
    assert choose((step,), FOUR, Wish(1, {0: {}}), Turn()).agent == "ann"


def course(steps: tuple[RoutingStep, ...], agents: list[Agent], wish: Wish, times: int) -> Counter[str]:
    """Who is chosen how often, one after the other."""
    turn, found = Turn(), Counter[str]()
    for _ in range(times):
        choice = choose(steps, agents, wish, turn)
        turn = choice.turn
        found[choice.agent] += 1
    return found


def test_a_hundred_turns_of_four_are_twenty_five_each() -> None:
    assert course(ROUND, FOUR, Wish(1), 100) == {"ann": 25, "bob": 25, "cai": 25, "dan": 25}


def test_turns_go_on_when_somebody_comes_and_goes() -> None:
    first = choose(ROUND, FOUR[:2], Wish(1), Turn())
    second = choose(ROUND, [FOUR[0], FOUR[2]], Wish(1), first.turn)
    third = choose(ROUND, FOUR, Wish(1), second.turn)
    assert [first.agent, second.agent, third.agent] == ["ann", "cai", "dan"]


weights = st.dictionaries(st.sampled_from(["ann", "bob", "cai", "dan"]), st.integers(0, 9), min_size=1).filter(
    lambda found: any(found.values())
)


@given(weights, st.integers(1, 4))
def test_weighted_turns_are_in_exact_proportion_after_every_full_course(given_: dict[str, int], rounds: int) -> None:
    step = (RoutingStep(by="weighted", expression="1"),)
    agents = [one for one in FOUR if one.id in given_]
    found = course(step, agents, Wish(1, {0: given_}), rounds * sum(given_.values()))
    assert found == Counter({name: rounds * weight for name, weight in given_.items() if weight})


names = st.sampled_from(["ann", "bob", "cai", "dan", "eve", "fay"])
people = st.lists(
    st.builds(
        agent,
        names,
        used=st.integers(0, 6),
        capacity=st.integers(0, 6),
        absent=st.sampled_from(["", "", "", "offline", "on_leave"]),
        idle_min=st.one_of(st.none(), st.integers(0, 90)),
    ),
    unique_by=lambda one: one.id,
    max_size=6,
)
told = st.dictionaries(names, st.booleans())
some_steps = st.lists(
    st.sampled_from(
        [
            where(),
            where(required=True),
            where(required=True, relax_after="PT1M"),
            RoutingStep(by="greatest", expression="1"),
            RoutingStep(by="least_loaded"),
            RoutingStep(by="most_spare"),
        ]
    ),
    max_size=4,
).flatmap(lambda found: st.sampled_from([tuple(found), (*found, *ROUND)]))


@given(some_steps, people, st.data())
def test_who_is_chosen_fits_is_there_and_has_room(
    steps: tuple[RoutingStep, ...], agents: list[Agent], data: st.DataObject
) -> None:
    wish = Wish(
        data.draw(st.integers(1, 3)),
        {
            place: data.draw(told) if step.by == "where" else data.draw(st.dictionaries(names, st.integers(-3, 3)))
            for place, step in enumerate(steps)
            if step.expression
        },
        data.draw(st.lists(names, max_size=2)),
        data.draw(st.frozensets(st.integers(0, 4))),
    )
    choice = choose(steps, agents, wish, Turn())
    able = [
        one
        for one in agents
        if not one.absent
        and one.capacity - one.used >= wish.units
        and one.id not in wish.tried
        and all(
            wish.told[place].get(one.id) is True
            for place, step in enumerate(steps)
            if step.required and not (step.relax_after and place in wish.relaxed)
        )
    ]
    assert (choice.outcome is Outcome.CHOSEN) is bool(able)
    assert (choice.agent in [one.id for one in able]) is bool(able)
    assert [line.agent for line in choice.lines] == [one.id for one in agents]
    turned = choose(steps, list(reversed(agents)), wish, Turn())
    assert (turned.outcome, turned.agent, turned.turn) == (choice.outcome, choice.agent, choice.turn)
