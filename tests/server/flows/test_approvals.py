"""Votes: tables of what is decided when, and that an early decision is the one with all votes in."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metadata.flows.values import ApprovalSettings
from server.flows.approvals import Vote, outcome_of

SAID = {"+": "approved", "-": "rejected", "0": "abstained", "?": ""}


def votes(text: str) -> list[Vote]:
    """`+-?`: agreed, refused, to come."""
    return [Vote(SAID[one]) for one in text]


TABLE = [
    ("any", {}, "??", None),
    ("any", {}, "+?", "approved"),
    ("any", {}, "-?", None),
    ("any", {}, "-+", "approved"),
    ("any", {}, "--", "rejected"),
    ("all", {}, "+?", None),
    ("all", {}, "-?", "rejected"),
    ("all", {}, "++", "approved"),
    ("all", {}, "+0", "approved"),
    ("all", {}, "00", "rejected"),
    ("vote", {"ratio": 50, "strict": True}, "++?", "approved"),
    ("vote", {"ratio": 50, "strict": True}, "+-", "rejected"),
    ("vote", {"ratio": 50, "strict": False}, "+-", "approved"),
    ("vote", {"ratio": 50, "strict": True}, "+0?", None),
    ("vote", {"ratio": 50, "strict": True}, "+00", "rejected"),
    ("vote", {"ratio": 67, "strict": False}, "++-", "rejected"),
    ("vote", {"ratio": 66, "strict": False}, "++-", "approved"),
    ("vote", {"ratio": 100, "strict": False}, "+++", "approved"),
    ("vote", {"ratio": 100, "strict": False}, "++-?", "rejected"),
    ("vote", {"count": 2}, "+?--", None),
    ("vote", {"count": 2}, "++--", "approved"),
    ("vote", {"count": 2}, "+---", "rejected"),
]


@pytest.mark.parametrize(("mode", "majority", "cast", "decided"), TABLE)
def test_votes_decide(mode: str, majority: dict[str, object], cast: str, decided: str | None) -> None:
    settings = ApprovalSettings(mode=mode, **majority)  # type: ignore[arg-type] # the table names valid ones
    assert outcome_of(settings, votes(cast)) == decided


def test_weights_count() -> None:
    settings = ApprovalSettings(mode="vote", ratio=50)
    assert outcome_of(settings, [Vote("approved", 3), Vote("rejected", 1), Vote("rejected", 1)]) == "approved"


settings = st.builds(
    ApprovalSettings,
    mode=st.sampled_from(["any", "all", "sequential", "vote"]),
    ratio=st.integers(1, 99),
    strict=st.booleans(),
    count=st.integers(0, 3),
)


@given(settings, st.text("+-0?", min_size=1, max_size=5))
def test_an_early_decision_is_the_one_with_all_votes_in(settings: ApprovalSettings, cast: str) -> None:
    early = outcome_of(settings, votes(cast))
    unknown = cast.count("?")
    later = set()
    for rest in itertools.product("+-0", repeat=unknown):
        coming = iter(rest)
        later.add(outcome_of(settings, votes("".join(next(coming) if one == "?" else one for one in cast))))
    assert None not in later
    if early is not None:
        assert later == {early}
