"""What a change of policies would do, right by right."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from metadata.model.policies import Policy, Role
from server.access.deciders import decider_of
from server.access.explain import Verdict
from server.access.simulation import Effect, FieldShift, Shift, shifts
from server.access.snapshot import Snapshot, compile_policies

NOW = datetime(2026, 6, 1, tzinfo=UTC)
OWN = Policy(name="own", kind="allow", role="seller", object="customer", actions=("read",), scope="own")
ALL = Policy(name="all", kind="allow", role="seller", object="customer", actions=("read",))
TEAM = Policy(name="team", kind="allow", role="seller", object="customer", actions=("read",), scope="team")
MASK = Policy(name="mask", kind="mask", role="seller", object="customer", fields=("phone",), mask="phone")


def snapshot(*policies: Policy) -> Snapshot:
    return compile_policies({"seller": Role(name="seller")}, policies)


def found(before: Snapshot | None, after: Snapshot | None, *actions: str) -> list[Shift]:
    was, will = decider_of(before, ["seller"]), decider_of(after, ["seller"])
    return list(shifts(was, will, {"customer": ["name", "phone"]}, actions or ("read",), now=NOW))


@pytest.mark.parametrize(
    ("before", "after", "effect"),
    [
        (snapshot(OWN), snapshot(ALL), Effect.GAINS),
        (snapshot(ALL), snapshot(OWN), Effect.LOSES),
        (snapshot(), snapshot(OWN), Effect.GAINS),
        (snapshot(OWN), snapshot(), Effect.LOSES),
        (snapshot(OWN), snapshot(TEAM), Effect.CHANGES),
        (None, snapshot(OWN), Effect.LOSES),
    ],
    ids=["widened", "narrowed", "given", "taken", "moved", "the first policy"],
)
def test_effect_says_which_way_a_right_moves(before: Snapshot | None, after: Snapshot | None, effect: Effect) -> None:
    (shift,) = found(before, after)
    assert (shift.object, shift.action, shift.effect) == ("customer", "read", effect)


def test_nothing_is_told_of_what_stays() -> None:
    assert found(snapshot(OWN, MASK), snapshot(OWN, MASK), "read", "export") == []


def test_fields_change_by_themselves() -> None:
    (shift,) = found(snapshot(OWN), snapshot(OWN, MASK))
    assert shift.effect is None
    assert shift.fields == (FieldShift("phone", Verdict.ALLOWED, Verdict.MASKED, Effect.LOSES),)


def test_times_are_compared_with_the_clock() -> None:
    ended = Policy(
        **{name: getattr(ALL, name) for name in ALL.__struct_fields__} | {"valid_until": "2026-05-01T00:00Z"}
    )
    assert [shift.verdicts for shift in found(snapshot(ALL), snapshot(ended))] == [(Verdict.ALLOWED, Verdict.REFUSED)]
