"""Explanations name the rules behind a verdict, those that were not, and what would be needed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from metadata.expressions.tree import Expression
from metadata.model.policies import Policy, Role
from server.access.explain import (
    Explanation,
    Holder,
    Need,
    Question,
    Reason,
    Verdict,
    conditions_of,
    explain,
    who_can,
)
from server.access.permission_map import MapEntry, Subject, permission_map
from server.access.permission_page import map_page
from server.access.rights import Rights
from server.access.snapshot import Snapshot, compile_policies

NOW = datetime(2026, 6, 1, tzinfo=UTC)
ME, PEER = "0190a0a0-0000-7000-8000-000000000001", "0190a0a0-0000-7000-8000-000000000002"
ROLES = {
    "seller": Role(name="seller"),
    "manager": Role(name="manager", inherits=("seller",)),
    "finance": Role(name="finance"),
}


def snapshot_of(*policies: dict[str, Any]) -> Snapshot:
    return compile_policies(
        ROLES, tuple(Policy(**{"name": f"p_{n}", "object": "customer", **one}) for n, one in enumerate(policies))
    )


SNAPSHOT = snapshot_of(
    {"name": "own", "kind": "allow", "role": "seller", "actions": ("read",), "scope": "own", "reason": "Sellers' own."},
    {"name": "all", "kind": "allow", "role": "finance", "actions": ("read", "export")},
    {"name": "no_export", "kind": "deny", "role": "manager", "actions": ("export",)},
    {"name": "phones", "kind": "mask", "role": "seller", "fields": ("phone",), "mask": "phone"},
)


def inside(_: Expression) -> bool:
    return True


def outside(_: Expression) -> bool:
    return False


def reasons(explanation: Explanation) -> dict[str, Reason]:
    return {note.policy: note.reason for note in (*explanation.matched, *explanation.unmatched)}


def test_missing_record_is_explained_by_the_scope_it_lies_outside_of() -> None:
    found = explain(SNAPSHOT, ["seller"], Question("customer", "read"), now=NOW, fits=outside)
    assert found.verdict is Verdict.REFUSED
    assert found.matched == ()
    assert reasons(found)["own"] is Reason.CONDITION_NOT_MET
    assert found.needed == (Need("record", "own", "owner.id == actor.id"), Need("role", "all", "finance"))


def test_allowed_record_names_the_rule_and_the_role_it_came_through() -> None:
    found = explain(SNAPSHOT, ["manager"], Question("customer", "read"), now=NOW, fits=inside)
    (note,) = found.matched
    assert (found.verdict, note.policy, note.subject, note.via) == (Verdict.ALLOWED, "own", "role:seller", "manager")
    assert note.because == "Sellers' own."
    assert found.needed == ()


def test_denial_is_named_beside_the_grant_that_it_outweighs() -> None:
    found = explain(SNAPSHOT, ["manager", "finance"], Question("customer", "export"), now=NOW)
    assert found.verdict is Verdict.REFUSED
    assert [(note.policy, note.reason) for note in found.matched] == [
        ("all", Reason.APPLIES),
        ("no_export", Reason.APPLIES),
    ]
    assert found.needed == (Need("lifting", "no_export", ""),)


def test_what_no_rule_gives_needs_a_policy() -> None:
    found = explain(SNAPSHOT, ["seller"], Question("customer", "destroy"), now=NOW)
    assert found.needed == (Need("policy", "", "allow destroy customer"),)


@pytest.mark.parametrize(
    ("roles", "fits", "verdict"),
    [
        (["seller"], inside, Verdict.MASKED),
        (["seller"], outside, Verdict.REFUSED),
        (["seller"], None, Verdict.DEPENDS),
        (["finance"], None, Verdict.ALLOWED),
        (["administrator"], outside, Verdict.ALLOWED),
        ([], None, Verdict.REFUSED),
    ],
)
def test_field_has_a_verdict_of_its_own(roles: list[str], fits: Any, verdict: Verdict) -> None:
    assert explain(SNAPSHOT, roles, Question("customer", "read", "phone"), now=NOW, fits=fits).verdict is verdict


def test_condition_and_time_are_told_apart() -> None:
    past = snapshot_of(
        {"name": "past", "kind": "allow", "role": "seller", "actions": ("read",), "valid_until": "2026-01-01T00:00:00Z"}
    )
    found = explain(past, ["seller"], Question("customer", "read"), now=NOW)
    assert (found.verdict, reasons(found)) == (Verdict.REFUSED, {"past": Reason.NOT_NOW})
    before = datetime(2025, 1, 1, tzinfo=UTC)
    assert explain(past, ["seller"], Question("customer", "read"), now=before).verdict is Verdict.ALLOWED


def test_conditions_are_those_that_an_explanation_asks() -> None:
    asked: list[Expression] = []

    def noting(condition: Expression) -> bool:
        asked.append(condition)
        return len(asked) % 2 == 0

    for roles in (["seller"], ["manager"], ["seller", "finance"]):
        for question in (Question("customer", "read"), Question("customer", "read", "phone")):
            asked.clear()
            explain(SNAPSHOT, roles, question, now=NOW, fits=noting)
            assert set(asked) <= set(conditions_of(SNAPSHOT, roles, question, now=NOW))


def test_a_condition_on_records_of_another_object_is_not_asked() -> None:
    theirs = {"name": "theirs", "kind": "allow", "role": "seller", "object": "region", "actions": ("read",)}
    snapshot = snapshot_of({**theirs, "condition": "manager.id == actor.id"})
    assert conditions_of(snapshot, ["seller"], Question("customer", "read"), now=NOW) == ()
    assert len(conditions_of(snapshot, ["seller"], Question("region", "read"), now=NOW)) == 1


def test_tenant_without_policies_refuses_members_configuration_alone() -> None:
    assert explain(None, ["sales"], Question("customer", "destroy"), now=NOW).verdict is Verdict.ALLOWED
    found = explain(None, ["sales"], Question("*", "configure"), now=NOW)
    assert (found.verdict, found.needed) == (Verdict.REFUSED, (Need("role", "", "administrator"),))


def subjects(*roles: str) -> list[Subject]:
    return [Subject(role, (role,)) for role in roles]


def test_map_shows_every_role_action_and_field() -> None:
    fields = {"customer": ["name", "phone"]}
    found = list(permission_map(SNAPSHOT, subjects("seller", "finance"), fields, ["read", "export"], now=NOW))
    assert found == [
        MapEntry(
            "seller",
            "customer",
            "read",
            Verdict.DEPENDS,
            "owner.id == actor.id",
            ("own",),
            ("own",),
            {"name": Verdict.ALLOWED, "phone": Verdict.MASKED},
        ),
        MapEntry("seller", "customer", "export", Verdict.REFUSED, "", (), (), {}),
        MapEntry(
            "finance",
            "customer",
            "read",
            Verdict.ALLOWED,
            "",
            ("all",),
            ("all",),
            {"name": Verdict.ALLOWED, "phone": Verdict.ALLOWED},
        ),
        MapEntry("finance", "customer", "export", Verdict.ALLOWED, "", ("all",), ("all",), {}),
    ]


def test_page_of_the_map_is_a_table_a_role() -> None:
    shown = subjects("seller", "finance", "manager")
    fields = {"customer": ["name", "phone"]}
    page = map_page(shown, permission_map(SNAPSHOT, shown, fields, ["read", "export"], now=NOW))
    assert page.split("\n\n")[1:] == [
        "## seller",
        "| | read |\n|---|---|\n| customer | own |",
        "- customer, read — masked: phone",
        "## finance",
        "| | read | export |\n|---|---|---|\n| customer | ✓ | ✓ |",
        "## manager",
        "| | read |\n|---|---|\n| customer | own |",
        "- customer, read — masked: phone\n",
    ]


def test_who_can_lists_those_who_may_and_nobody_else() -> None:
    seller, finance, boss, nobody = (
        Holder(ME, ("seller",)),
        Holder(PEER, ("finance",)),
        Holder("x", ("administrator",)),
        Holder("y", ()),
    )
    holders = [seller, finance, boss, nobody]
    question = Question("customer", "read")
    assert list(who_can(SNAPSHOT, question, holders, now=NOW)) == [
        (seller, Verdict.DEPENDS),
        (finance, Verdict.ALLOWED),
        (boss, Verdict.ALLOWED),
    ]
    by_record = who_can(SNAPSHOT, question, holders, now=NOW, fits=lambda holder, _: holder.user == PEER)
    assert [holder for holder, _ in by_record] == [finance, boss]


def test_verdict_is_what_requests_are_answered_by() -> None:
    for roles in (["seller"], ["manager"], ["finance"], ["seller", "finance"], []):
        for action in ("read", "export", "update"):
            verdict = explain(SNAPSHOT, roles, Question("customer", action), now=NOW, fits=inside).verdict
            rows = Rights(SNAPSHOT, SNAPSHOT.subjects(roles)).rows("customer", action)
            assert (verdict is Verdict.ALLOWED) == (rows != Rights(SNAPSHOT, ()).rows("customer", action))
