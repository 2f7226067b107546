from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metadata.packages.merging import ABSENT, Conflict, Value, merge

SCALARS = st.one_of(st.none(), st.booleans(), st.integers(0, 3), st.sampled_from(["a", "b", ""]))
KEYS = st.sampled_from(["label", "type", "options", "zh", "en"])


def _keyed_list(children: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.dictionaries(KEYS, children, max_size=3).map(
        lambda members: [{"key": key, "value": value} for key, value in members.items()]
    )


VALUES = st.recursive(
    SCALARS,
    lambda children: st.one_of(st.dictionaries(KEYS, children, max_size=4), _keyed_list(children)),
    max_leaves=8,
)
SIDES = st.one_of(st.just(ABSENT), VALUES)
MAPPINGS = st.dictionaries(KEYS, VALUES, max_size=4)


@given(base=SIDES, ours=SIDES)
def test_nothing_changes_when_the_template_ships_the_same(base: Value, ours: Value) -> None:
    assert merge(base, ours, base).value == ours


@given(base=SIDES, theirs=SIDES)
def test_what_the_tenant_left_alone_becomes_what_the_template_ships(base: Value, theirs: Value) -> None:
    merged = merge(base, base, theirs)
    assert (merged.value, merged.conflicts) == (theirs, ())


@given(base=SIDES, ours=SIDES, theirs=SIDES)
def test_merging_again_changes_nothing_more(base: Value, ours: Value, theirs: Value) -> None:
    once = merge(base, ours, theirs).value
    twice = merge(theirs, once, theirs)
    assert (twice.value, twice.conflicts) == (once, ())


@given(base=SIDES, ours=SIDES, theirs=SIDES)
def test_every_conflict_keeps_the_tenants_value(base: Value, ours: Value, theirs: Value) -> None:
    merged = merge(base, ours, theirs)
    for conflict in merged.conflicts:
        assert _at(merged.value, conflict.path) == conflict.ours
        assert _at(ours, conflict.path) == conflict.ours
        assert _at(theirs, conflict.path) == conflict.theirs


@given(base=MAPPINGS, theirs=MAPPINGS, key=st.just("mine"), value=VALUES)
def test_an_unrelated_edit_commutes_with_the_merge(
    base: dict[str, Any], theirs: dict[str, Any], key: str, value: Any
) -> None:
    edited_first = merge(base, {**base, key: value}, theirs)
    edited_after = {**merge(base, base, theirs).value, key: value}
    assert edited_first.value == edited_after
    assert edited_first.conflicts == ()


@given(base=MAPPINGS, ours=MAPPINGS, theirs=MAPPINGS)
def test_no_change_of_either_side_is_lost(base: dict[str, Any], ours: dict[str, Any], theirs: dict[str, Any]) -> None:
    merged = merge(base, ours, theirs)
    conflicting = {conflict.path[0] for conflict in merged.conflicts if conflict.path}
    for key in {*base, *ours, *theirs} - conflicting:
        before, mine, shipped = (side.get(key, ABSENT) for side in (base, ours, theirs))
        if _plain(mine) != _plain(before) and _plain(shipped) == _plain(before):
            assert merged.value.get(key, ABSENT) == mine
        if _plain(shipped) != _plain(before) and _plain(mine) == _plain(before):
            assert merged.value.get(key, ABSENT) == shipped


@given(base=SIDES, ours=SIDES, theirs=SIDES)
def test_inputs_stay_as_they_were(base: Value, ours: Value, theirs: Value) -> None:
    copies = deepcopy((base, ours, theirs))
    merge(base, ours, theirs)
    assert (base, ours, theirs) == copies


def test_both_changes_of_one_mapping_are_taken() -> None:
    base = {"label": {"zh": "客户", "en": "Customer"}, "required": True}
    ours = {"label": {"zh": "会员", "en": "Customer"}, "required": True}
    theirs = {"label": {"zh": "客户", "en": "Client"}, "required": True, "indexed": True}
    assert merge(base, ours, theirs).value == {
        "label": {"zh": "会员", "en": "Client"},
        "required": True,
        "indexed": True,
    }


def test_a_conflict_names_its_place_and_the_three_values() -> None:
    merged = merge({"label": {"zh": "客户"}}, {"label": {"zh": "会员"}}, {"label": {"zh": "顾客"}}, ("customer",))
    assert merged.value == {"label": {"zh": "会员"}}
    assert merged.conflicts == (Conflict(("customer", "label", "zh"), "客户", "会员", "顾客"),)


def test_options_of_both_sides_are_kept() -> None:
    base = [{"key": "normal"}, {"key": "vip"}]
    ours = [{"key": "normal"}, {"key": "vip", "color": "gold"}, {"key": "staff"}]
    theirs = [{"key": "normal"}, {"key": "vip"}, {"key": "diamond"}]
    merged = merge(base, ours, theirs)
    assert merged.value == [
        {"key": "normal"},
        {"key": "vip", "color": "gold"},
        {"key": "staff"},
        {"key": "diamond"},
    ]
    assert merged.conflicts == ()


@pytest.mark.parametrize("theirs", ["old", "new", ABSENT])
def test_what_the_tenant_removed_stays_removed(theirs: Value) -> None:
    merged = merge("old", ABSENT, theirs)
    assert (merged.value, merged.conflicts) == (ABSENT, ())


def test_what_the_template_removed_but_the_tenant_changed_is_kept_as_a_conflict() -> None:
    merged = merge("old", "mine", ABSENT, ("customer", "phone"))
    assert merged.value == "mine"
    assert merged.conflicts == (Conflict(("customer", "phone"), "old", "mine", ABSENT),)


def test_true_and_one_are_different_values() -> None:
    assert merge(True, 1, False).conflicts == (Conflict((), True, 1, False),)


def _at(value: Value, path: tuple[str, ...]) -> Value:
    for key in path:
        if isinstance(value, dict):
            value = value.get(key, ABSENT)
        elif isinstance(value, list):
            value = next((member for member in value if member.get("key") == key), ABSENT)
    return value


def _plain(value: Value) -> str:
    return repr(_sorted(value))


def _sorted(value: Value) -> Value:
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value)}
    if isinstance(value, list):
        return [_sorted(member) for member in value]
    return value
