"""The decision by itself: whatever people and time do, an instance stays in a legal state and comes to its end."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metadata.flows.lint import lint
from metadata.problems import BadInputError, ConflictError
from server.flows.deciding import decide
from server.flows.decisions import (
    AddSigners,
    Answer,
    Ask,
    Begin,
    Complete,
    Due,
    Effect,
    Ended,
    Event,
    Move,
    Reassign,
    RemoveSigner,
    Resume,
    SetTimer,
    Suspend,
    TakeBack,
    Withdraw,
)
from server.flows.definition import Definition, definition_of
from server.flows.state import Instance, Phase, Status, TaskKind, TaskStatus
from tests.metadata.flows.drafts import flow_of

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
BOSS = "boss"


def made(nodes: str) -> Definition:
    _, flow = flow_of(nodes)
    return definition_of(flow)


class Run:
    """A flow that is driven by hand; what it asks is answered by a function."""

    def __init__(self, definition: Definition, answers: Callable[[Ask], Answer] | None = None) -> None:
        self.definition = definition
        self.state = Instance("i", Status.RUNNING, "starter", "record")
        self.now = NOW
        self.timers: dict[tuple[int, int, str], SetTimer] = {}
        self.effects: list[Effect] = []
        self.answers = answers or self.usual
        self.do(Begin())

    def usual(self, ask: Ask) -> Answer:
        """Everything is true, everybody is the boss, everything is due in an hour."""
        step = self.definition.steps[ask.node]
        later = self.now + timedelta(hours=1)
        due = {timer.name: later for timer in step.node.timers}
        if ask.purpose == "timer":
            return Answer(ask.token, due={ask.timer: later})
        if step.kind.key in ("delay", "wait_until", "wait_for"):
            due[""] = later
        return Answer(
            ask.token,
            truths=tuple(True for _ in step.edges),
            people=((BOSS, 1), ("second", 1)) if step.kind.human or ask.purpose == "escalate" else (),
            items=("a", "b", "c"),
            due=due,
            chosen=0,
        )

    def do(self, event: Event) -> None:
        state, effects = decide(self.definition, self.state, event, self.now)
        pending = list(effects)
        done: list[Effect] = []
        while pending:
            effect = pending.pop(0)
            if not isinstance(effect, Ask):
                done.append(effect)
            elif effect.token in state.tokens and state.tokens[effect.token].node == effect.node:
                state, more = decide(self.definition, state, self.answers(effect), self.now)
                pending += more
        self.state, self.effects = state, done
        for effect in done:
            if isinstance(effect, SetTimer):
                self.timers[effect.token, effect.visit, effect.timer] = effect
        self.check()

    def check(self) -> None:
        """What holds of every stored state."""
        state = self.state
        for token in state.tokens.values():
            assert token.phase in (Phase.WAITING, Phase.SPLIT, Phase.FAILED)
            assert token.parent is None or state.tokens[token.parent].phase is Phase.SPLIT
            if token.phase is Phase.SPLIT:
                live = sum(not child.side for child in state.children(token.id))
                assert token.expected == token.arrived + live + len(token.pending)
                assert live > 0
        for task in state.tasks.values():
            if task.is_pending and task.kind is not TaskKind.CC:
                assert state.tokens[task.token].node == task.node
        if state.status.is_over:
            assert not state.tokens
        elif state.status is Status.RUNNING:
            assert any(token.parent is None and not token.side for token in state.tokens.values())

    @property
    def places(self) -> list[str]:
        return sorted(token.node for token in self.state.tokens.values() if token.phase is not Phase.SPLIT)

    def open(self, node: str = "") -> list[int]:
        """Numbers of the tasks that can be done."""
        return [
            task.id
            for task in self.state.tasks.values()
            if task.status is TaskStatus.OPEN and (not node or task.node == node)
        ]

    def finish(self, node: str, outcome: str) -> None:
        self.do(Complete(self.open(node)[0], "", outcome))


EVERYTHING = """
- {name: begin, kind: start, edges: [{to: draft}]}
- {name: draft, kind: task, settings: {assign: [{by: owner}]}, edges: [{to: split}]}
- {name: split, kind: parallel, settings: {join: meet}, edges: [{to: check}, {to: some}, {to: wait}]}
- name: check
  kind: approval
  settings: {assign: [{by: owner}], mode: all, reject: node, reject_to: draft, returned: back}
  edges: [{to: meet}]
  timers: [{name: late, after: PT1H, act: urge, repeat: 2}, {name: aside, after: PT1H, to: note}]
- {name: some, kind: inclusive, settings: {join: gather}, edges: [{to: one, when: amount > 1}, {to: two, default: true}]}
- {name: one, kind: task, settings: {assign: [{by: owner}]}, edges: [{to: gather}]}
- {name: two, kind: delay, settings: {duration: PT1H}, edges: [{to: gather}]}
- {name: gather, kind: join, edges: [{to: meet}]}
- {name: note, kind: task, settings: {assign: [{by: owner}]}, edges: [{to: meet}]}
- {name: wait, kind: wait_for, settings: {when: amount > 1, deadline: PT1H}, edges: [{to: meet}]}
- {name: meet, kind: join, edges: [{to: each}]}
- {name: each, kind: for_each, settings: {items: lines, join: all, sequential: true}, edges: [{to: item}]}
- {name: item, kind: task, settings: {assign: [{by: owner}], outcomes: [ok, bad]}, edges: [{to: all}]}
- {name: all, kind: join, edges: [{to: sign}]}
- {name: sign, kind: approval, settings: {assign: [{by: owner}], mode: sequential}, edges: [{to: finish}]}
- {name: finish, kind: end}
"""  # noqa: E501 # a node a line reads best


@settings(max_examples=100)
@given(st.integers(0, 2**32), st.integers(1, 80))
def test_any_course_of_events_leaves_a_legal_state(seed: int, moves: int) -> None:
    chance = random.Random(seed)
    run = Run(made(EVERYTHING))
    for _ in range(moves):
        if run.state.status.is_over:
            break
        event = _any_event(run, chance)
        before = run.state
        try:
            run.do(event)
        except (ConflictError, BadInputError):
            assert run.state is before


def _any_event(run: Run, chance: random.Random) -> Event:
    tasks, tokens = list(run.state.tasks), list(run.state.tokens)
    task, token = chance.choice(tasks or [1]), chance.choice(tokens or [1])
    timer = chance.choice([*run.timers, (token, 1, "")])
    nodes = list(run.definition.steps)
    events: list[Event] = [
        Complete(task, "", chance.choice(["done", "approved", "rejected", "abstained", "ok", "resubmitted"])),
        Complete(task, "", "rejected", to=chance.choice(["initiator", "previous", "end", *nodes])),
        Due(*timer),
        Reassign(task, "", "third", returning=chance.random() < 0.5),
        AddSigners(task, "", ("x", "y"), chance.choice(["before", "after", "beside"])),
        RemoveSigner(task, ""),
        TakeBack(run.state.last_task, ""),
        Suspend("admin"),
        Resume("admin"),
        Move(token, chance.choice(nodes), "admin", "why not"),
        Withdraw("starter"),
    ]
    weights = [40, 4, 12, 3, 3, 2, 3, 1, 3, 2, 0.3]
    return chance.choices(events, weights)[0]


@settings(max_examples=40)
@given(st.integers(0, 2**32))
def test_a_flow_whose_tasks_are_all_done_ends(seed: int) -> None:
    chance = random.Random(seed)
    run = Run(made(EVERYTHING))
    for _ in range(200):
        if run.state.status.is_over:
            break
        waiting: list[Event] = [
            Due(token, visit, name)
            for token, visit, name in run.timers
            if not name and token in run.state.tokens and run.state.tokens[token].visit == visit
        ]
        waiting += [Complete(number, "", _good(run, number)) for number in run.open()]
        run.do(chance.choice(waiting))
    assert run.state.status is Status.DONE
    assert any(isinstance(effect, Ended) for effect in run.effects)


def _good(run: Run, number: int) -> str:
    task = run.state.tasks[number]
    return "approved" if task.kind is TaskKind.APPROVAL else "ok" if task.node == "item" else "done"


SIMPLE = """
- {name: begin, kind: start, edges: [{to: draft}]}
- {name: draft, kind: task, settings: {assign: [{by: owner}]}, edges: [{to: split}]}
- {name: split, kind: parallel, settings: {join: meet}, edges: [{to: first}, {to: other}]}
- {name: first, kind: approval, settings: {assign: [{by: owner}], mode: all}, edges: [{to: second}]}
- {name: second, kind: approval, settings: {assign: [{by: owner}], mode: any}, edges: [{to: meet}]}
- {name: other, kind: task, settings: {assign: [{by: owner}]}, edges: [{to: meet}]}
- {name: meet, kind: join, edges: [{to: last}]}
- {name: last, kind: task, settings: {assign: [{by: owner}]}, edges: [{to: finish}]}
- {name: finish, kind: end}
"""


def at_second() -> Run:
    run = Run(made(SIMPLE))
    run.finish("draft", "done")
    run.finish("first", "approved")
    run.finish("first", "approved")
    assert run.places == ["other", "second"]
    return run


@pytest.mark.parametrize(
    ("to", "places", "open_tasks"),
    [
        ("previous", ["first", "other"], ["first", "first", "other"]),
        ("first", ["first", "other"], ["first", "first", "other"]),
        ("draft", ["draft"], ["draft"]),
        ("initiator", ["begin"], ["begin"]),
        ("end", [], []),
    ],
)
def test_a_rejection_inside_a_branch_leaves_no_orphan(to: str, places: list[str], open_tasks: list[str]) -> None:
    run = at_second()
    run.do(Complete(run.open("second")[0], "", "rejected", to=to))
    run.do(Complete(run.open("second")[0], "", "rejected", to=to))
    assert run.places == places
    assert sorted(run.state.tasks[number].node for number in run.open()) == open_tasks


def test_a_token_cannot_be_put_into_a_block_that_it_is_not_in() -> None:
    run = at_second()
    run.finish("second", "approved")
    run.finish("other", "done")
    (token,) = run.state.tokens
    with pytest.raises(BadInputError) as caught:
        run.do(Move(token, "second", "admin", "again"))
    assert caught.value.faults[0].reason == "unknown_node"
    run.do(Move(token, "draft", "admin", "again"))
    assert run.places == ["draft"]


def test_a_take_back_holds_until_somebody_acts() -> None:
    run = Run(made(SIMPLE))
    run.do(Complete(run.open("draft")[0], BOSS, "done"))
    task = run.state.last_task
    run.do(TakeBack(task, BOSS))
    assert run.places == ["draft"]
    run.do(Complete(run.open("draft")[0], BOSS, "done"))
    task = run.state.last_task
    run.finish("other", "done")
    with pytest.raises(ConflictError) as caught:
        run.do(TakeBack(task, BOSS))
    assert caught.value.faults[0].reason == "cannot_take_back"


def test_signers_added_before_are_asked_first_and_those_after_afterwards() -> None:
    run = Run(made(SIMPLE))
    run.finish("draft", "done")
    mine = run.open("first")[0]
    run.do(AddSigners(mine, "", ("x", "y"), "before"))
    assert [run.state.tasks[number].assignee for number in run.open("first")] == ["second", "x"]
    x = next(number for number in run.open("first") if run.state.tasks[number].assignee == "x")
    run.do(Complete(x, "x", "approved"))
    y = next(number for number in run.open("first") if run.state.tasks[number].assignee == "y")
    run.do(Complete(y, "y", "approved"))
    assert [run.state.tasks[number].assignee for number in run.open("first")] == [BOSS, "second"]
    run.do(AddSigners(mine, "", ("z",), "after"))
    run.do(Complete(mine, BOSS, "approved"))
    assert sorted(run.state.tasks[number].assignee for number in run.open("first")) == ["second", "z"]


def test_a_delegated_task_comes_back() -> None:
    run = at_second()
    task = run.open("other")[0]
    run.do(Reassign(task, BOSS, "helper", returning=True))
    run.do(Complete(task, "helper", "done"))
    assert (run.state.tasks[task].assignee, run.state.tasks[task].status) == (BOSS, TaskStatus.OPEN)
    run.do(Complete(task, BOSS, "done"))
    assert run.places == ["second"]


def test_a_timer_of_an_earlier_visit_does_nothing() -> None:
    flow = """
- {name: begin, kind: start, edges: [{to: work}]}
- name: work
  kind: task
  settings: {assign: [{by: owner}], outcomes: [again, done]}
  edges: [{to: pause, outcome: again}, {to: finish, outcome: done}]
  timers: [{name: late, after: PT1H, interrupting: true, to: escalated}]
- {name: pause, kind: delay, settings: {duration: PT1H}, edges: [{to: work}]}
- {name: escalated, kind: task, settings: {assign: [{by: owner}]}, edges: [{to: finish}]}
- {name: finish, kind: end}
"""
    run = Run(made(flow))
    first = next(key for key in run.timers if key[2] == "late")
    run.finish("work", "again")
    run.do(Due(*next(key for key in run.timers if key[2] == "")))
    run.do(Due(*first))
    assert run.places == ["work"]
    second = max(key for key in run.timers if key[2] == "late")
    run.do(Due(*second))
    assert run.places == ["escalated"]


def test_the_flows_of_these_tests_are_sound() -> None:
    for text in (EVERYTHING, SIMPLE):
        assert [fault.message for fault in lint(*flow_of(text))] == []
