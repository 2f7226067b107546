"""What rules give together, told on records one by one: the condition is run in Python on each."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metadata.expressions.check import check
from metadata.expressions.environment import Env
from metadata.expressions.evaluate import compile_python
from metadata.expressions.scope import POLICY_ROOTS, ModelScope
from metadata.expressions.tree import Expression
from metadata.expressions.types import BOOLEAN
from metadata.model.policies import Policy, Role
from metadata.model.reading import read_document
from metadata.model.resolve import resolve
from metadata.model.settings import TenantSettings
from metadata.model.tenant import TenantModel
from metadata.problems import BadInputError
from server.access.conditions import ALWAYS, NEVER
from server.access.plan import ADMINISTRATOR, EVERY_ROW, MEMBER, Action, FieldRight, plan_of
from server.access.rights import Rights
from server.access.snapshot import compile_snapshot

ME, PEER = "0190a0a0-0000-7000-8000-000000000001", "0190a0a0-0000-7000-8000-000000000002"
MATE = "0190a0a0-0000-7000-8000-0000000000a1"
BELOW = "0190a0a0-0000-7000-8000-0000000000a2"
NORTH, SOUTH, CITY = (f"0190a0a0-0000-7000-8000-00000000010{n}" for n in range(3))
NOW = datetime(2026, 6, 1, tzinfo=UTC)
ACTOR: dict[str, Any] = {
    "id": ME,
    "department": {"id": NORTH, "subtree": [NORTH, CITY]},
    "managed_departments": [CITY],
    "colleagues": [ME, MATE],
    "subtree": [ME, BELOW],
    "grants": ["0190a0a0-0000-7000-8000-000000000009"],
}


def model_of(policies: list[dict[str, Any]], roles: list[dict[str, Any]] | None = None) -> TenantModel:
    fields = [
        {"name": "level", "type": "text"},
        {"name": "phone", "type": "phone"},
        {"name": "amount", "type": "decimal"},
    ]
    document, faults = read_document(
        {
            "objects": [{"name": "customer", "plural": "customers", "fields": fields}],
            "roles": roles or [{"name": "seller"}, {"name": "manager", "inherits": ["seller"]}, {"name": "finance"}],
            "policies": [{"name": f"p_{place}", "object": "customer", **one} for place, one in enumerate(policies)],
        }
    )
    assert document is not None, list(faults)
    return resolve(
        document.objects,
        tenant_id="t",
        slug="t",
        version=1,
        settings=TenantSettings(),
        roles=document.roles,
        policies=document.policies,
    )


def rights_of(*policies: dict[str, Any], roles: tuple[str, ...] = ("seller",), user: str = "") -> Rights:
    snapshot = compile_snapshot(model_of(list(policies)))
    return Rights(snapshot, snapshot.subjects(roles, user))


def holds(condition: Expression, record: dict[str, Any], now: datetime = NOW) -> bool:
    checked = check(condition, ModelScope(model_of([]), "customer", POLICY_ROOTS), BOOLEAN)
    blank = {"id": PEER, "owner": None, "department": None, "level": None, "phone": None, "amount": None}
    return compile_python(checked)(blank | record, Env(now, "UTC", actor=ACTOR)) is True


def unit(id: str) -> dict[str, Any]:
    return {"id": id}


def allow(role: str = "seller", *actions: str, **more: Any) -> dict[str, Any]:
    return {"kind": "allow", "role": role, "actions": list(actions or ("read",)), **more}


MINE: dict[str, Any] = {"owner": {"id": ME}}
THEIRS: dict[str, Any] = {"owner": {"id": PEER}}


@pytest.mark.parametrize(
    ("scope", "inside", "outside"),
    [
        ("all", [{}, THEIRS], []),
        ("own", [MINE], [THEIRS, {}]),
        ("department", [{"department": unit(NORTH)}], [{"department": unit(SOUTH)}, {}]),
        (
            "department_subtree",
            [{"department": unit(NORTH)}, {"department": unit(CITY)}],
            [{"department": unit(SOUTH)}, {}],
        ),
        (
            "team",
            [MINE, {"owner": {"id": MATE}}, THEIRS | {"department": unit(CITY)}],
            [THEIRS | {"department": unit(SOUTH)}, {}],
        ),
        ("subordinates", [MINE, {"owner": {"id": BELOW}}], [THEIRS, {}]),
        ("granted", [{"id": ACTOR["grants"][0]}], [{"id": PEER}]),
    ],
)
def test_scope_reaches_these_records_and_not_those(
    scope: str, inside: list[dict[str, Any]], outside: list[dict[str, Any]]
) -> None:
    condition = rights_of(allow(scope=scope)).rows("customer", "read")
    assert all(holds(condition, record) for record in inside)
    assert not any(holds(condition, record) for record in outside)


def test_nothing_said_is_refused() -> None:
    rights = rights_of(allow("seller", "read"))
    assert rights.rows("customer", "read") == ALWAYS
    assert rights.rows("customer", "update") == NEVER
    assert rights.rows("user", "read") == NEVER
    assert rights_of(allow("finance"), roles=()).rows("customer", "read") == NEVER


def test_roles_unite_and_each_limit_narrows_its_own_role() -> None:
    rules = (
        allow("seller"),
        {"kind": "scope", "role": "seller", "actions": ["read"], "scope": "own"},
        allow("finance", condition="amount > 100"),
    )
    both = rights_of(*rules, roles=("seller", "finance")).rows("customer", "read")
    assert holds(both, MINE | {"amount": 1})
    assert holds(both, THEIRS | {"amount": 200})
    assert not holds(both, THEIRS | {"amount": 1})


def test_limit_of_everybody_narrows_every_role() -> None:
    rules = (allow("seller"), {"kind": "scope", "role": "*", "actions": ["*"], "condition": 'level != "secret"'})
    condition = rights_of(*rules).rows("customer", "read")
    assert holds(condition, {"level": "vip"})
    assert not holds(condition, {"level": "secret"})


def test_denial_wins_over_every_grant_and_unknown_does_not_deny() -> None:
    rules = (allow("manager"), {"kind": "deny", "role": "seller", "actions": ["*"], "condition": "amount > 100"})
    condition = rights_of(*rules, roles=("manager",)).rows("customer", "read")
    assert holds(condition, {"amount": 5})
    assert not holds(condition, {"amount": 500})
    assert holds(condition, {"amount": None})


def test_right_with_an_end_ends_by_the_clock_alone() -> None:
    condition = rights_of(allow(valid_from="2026-06-01T00:00:00Z", valid_until="2026-07-01T00:00:00+08:00")).rows(
        "customer", "read"
    )
    end = datetime(2026, 6, 30, 16, tzinfo=UTC)
    assert holds(condition, {}, NOW)
    assert not holds(condition, {}, NOW - timedelta(seconds=1))
    assert holds(condition, {}, end - timedelta(seconds=1))
    assert not holds(condition, {}, end)


def test_policy_of_one_user_concerns_nobody_else() -> None:
    rule = {"kind": "allow", "user": ME.upper(), "actions": ["read"]}
    assert rights_of(rule, roles=(), user=ME).rows("customer", "read") == ALWAYS
    assert rights_of(rule, roles=(), user=PEER).rows("customer", "read") == NEVER


def test_onion_shows_own_rows_plainly_and_the_others_masked() -> None:
    rights = rights_of(
        allow("seller", scope="own"),
        allow("manager", scope="department"),
        {"kind": "mask", "role": "manager", "fields": ["phone"], "mask": "phone"},
        roles=("manager",),
    )
    readable = rights.readable("customer", "phone")
    ((masked, mask),) = rights.masks("customer", "phone")
    theirs = THEIRS | {"department": unit(NORTH)}
    own = MINE | {"department": unit(SOUTH)}
    assert mask == "phone"
    assert (holds(readable, own), holds(readable, theirs)) == (True, False)
    assert (holds(masked, own), holds(masked, theirs)) == (False, True)
    assert rights.readable("customer", "level") == ALWAYS


def test_union_of_roles_widens_neither_rows_nor_fields() -> None:
    rights = rights_of(
        allow("seller", scope="own", fields=["phone"]),
        allow("finance", fields=["amount"]),
        roles=("seller", "finance"),
    )
    assert rights.rows("customer", "read") == ALWAYS
    assert not holds(rights.readable("customer", "phone"), THEIRS)
    assert holds(rights.readable("customer", "phone"), MINE)
    assert rights.readable("customer", "level") == NEVER


@pytest.mark.parametrize(
    ("rules", "right", "may_write"),
    [
        ((), FieldRight.FULL, True),
        (({"kind": "field", "role": "*", "fields": ["phone"], "read": "none"},), FieldRight.NONE, False),
        (
            (
                {"kind": "field", "role": "*", "fields": ["phone"], "read": "none"},
                {"kind": "field", "role": "seller", "fields": ["phone"], "read": "full"},
            ),
            FieldRight.FULL,
            False,
        ),
        (
            (
                {"kind": "field", "role": "seller", "fields": ["phone"], "read": "full"},
                {"kind": "field", "role": "seller", "fields": ["phone"], "read": "masked", "priority": 1},
            ),
            FieldRight.MASKED,
            False,
        ),
        (({"kind": "deny", "role": "*", "actions": ["read"], "fields": ["phone"]},), FieldRight.NONE, True),
        (({"kind": "field", "role": "finance", "fields": ["phone"], "read": "none"},), FieldRight.FULL, True),
    ],
)
def test_field_right_follows_the_nearest_rule(
    rules: tuple[dict[str, Any], ...], right: FieldRight, may_write: bool
) -> None:
    plan = plan_of(compile_snapshot(model_of([allow("seller", "read", "update"), *rules])), ("seller",))
    assert plan.field_right("customer", "phone") is right
    assert plan.may_write("customer", "phone") is may_write


def test_plan_without_policies_is_administrator_or_member() -> None:
    assert plan_of(None, ("administrator", "seller")) is ADMINISTRATOR
    assert plan_of(None, ("seller",)) is MEMBER
    assert MEMBER.rows("customer", Action.READ) == EVERY_ROW


def test_administrator_keeps_every_right_whatever_the_policies_say() -> None:
    deny = {"kind": "deny", "role": "*", "object": "*", "actions": ["*", "configure"]}
    snapshot = compile_snapshot(model_of([deny]))
    assert plan_of(snapshot, ("administrator",)) is ADMINISTRATOR
    assert plan_of(snapshot, ("seller",)).rows("customer", Action.READ) is None


def test_configuration_is_a_right_of_its_own() -> None:
    rule = {"kind": "allow", "role": "seller", "object": "*"}
    views = plan_of(compile_snapshot(model_of([rule | {"actions": ["configure:view"]}])), ("seller",))
    assert (views.may_configure, views.may_configure_kind("view"), views.may_configure_kind("policy")) == (
        False,
        True,
        False,
    )
    assert not plan_of(compile_snapshot(model_of([rule | {"actions": ["*"]}])), ("seller",)).may_configure
    assert plan_of(compile_snapshot(model_of([rule | {"actions": ["configure"]}])), ("seller",)).may_configure


def test_fingerprint_is_equal_for_equal_rights_only() -> None:
    snapshot = compile_snapshot(model_of([allow(), {"kind": "allow", "user": ME, "actions": ["update"]}]))
    plain = plan_of(snapshot, ("seller",), PEER)
    assert plain.fingerprint == plan_of(snapshot, ("seller",)).fingerprint
    assert plain.fingerprint != plan_of(snapshot, ("seller",), ME).fingerprint
    assert plain.fingerprint != plan_of(snapshot, ("finance",)).fingerprint


def test_faulty_row_is_named_when_compiling() -> None:
    with pytest.raises(BadInputError) as caught:
        compile_snapshot(model_of([allow(), allow(condition="amout > 1")]))
    (fault,) = caught.value.faults
    assert (fault.reason, fault.path) == ("unknown_field", ("policies", 1, "condition"))
    assert "'p_1'" in fault.message


# ── any policies: the condition lets through exactly the records that the rules do, one by one ────────


@st.composite
def rows_of(draw: st.DrawFn) -> list[dict[str, Any]]:
    found = []
    for place in range(draw(st.integers(1, 6))):
        kind = draw(st.sampled_from(["allow", "allow", "scope", "deny", "field"]))
        condition = draw(st.sampled_from(["", "amount > 1", "amount > 2", 'level == "vip"', "phone == null"]))
        one: dict[str, Any] = {
            "name": f"q_{place}",
            "kind": kind,
            "role": draw(st.sampled_from(["*", "seller", "manager", "finance"])),
        }
        if kind == "field":
            one |= {"fields": ["level"], "read": draw(st.sampled_from(["none", "masked", "full"])), "priority": place}
        else:
            one |= {"actions": ["read"]}
        if condition or kind == "scope":
            one["condition"] = condition or "amount > 0"
        found.append(one)
    return found


def reference(policies: list[Policy], subjects: tuple[str, ...], fits: dict[str, bool]) -> tuple[bool, bool]:
    """Whether a record may be read, and its level plainly: the rules of docs/access.md, word by word."""
    of = {
        kind: [one for one in policies if one.kind == kind and one.role in subjects]
        for kind in ("allow", "deny", "scope", "field")
    }
    if any(fits[one.name] for one in of["deny"]) or any(not fits[one.name] for one in of["scope"] if one.role == "*"):
        return False, False
    rights = []
    for grant in of["allow"]:
        limits = [one for one in of["scope"] if one.role == grant.role]
        if not fits[grant.name] or not all(fits[one.name] for one in limits):
            continue
        chain: list[Policy] = []
        for role in dict.fromkeys((grant.role, "*")):
            chain += sorted((one for one in of["field"] if one.role == role), key=lambda one: -one.priority)
        first = next((one.read for one in chain if fits[one.name]), "full")
        rights.append(first == "full")
    return bool(rights), any(rights)


@settings(max_examples=150)
@given(
    rows_of(),
    st.lists(st.sampled_from(["seller", "manager", "finance"]), unique=True),
    st.sampled_from([None, 1, 2, 3]),
    st.sampled_from([None, "vip"]),
)
def test_conditions_let_through_what_the_rules_say(
    rows: list[dict[str, Any]], held: list[str], amount: int | None, level: str | None
) -> None:
    model = model_of(rows)
    snapshot = compile_snapshot(model)
    rights = Rights(snapshot, snapshot.subjects(held))
    record = {"amount": amount, "level": level}
    fits = {one.policy.name: holds(one.condition, record) for one in snapshot.rules}
    roles = {"*", *held} | ({"seller"} if "manager" in held else set())
    may_read, may_see = reference(list(model.policies), tuple(roles), fits)
    visible = holds(rights.rows("customer", "read"), record)
    assert visible == may_read
    if visible:
        assert holds(rights.readable("customer", "level"), record) == may_see


def test_roles_of_the_snapshot_inherit_at_any_depth() -> None:
    roles = [{"name": f"r_{n}", **({"inherits": [f"r_{n + 1}"]} if n < 29 else {})} for n in range(30)]
    model = model_of([{"kind": "allow", "role": "r_29", "actions": ["read"]}], roles)
    snapshot = compile_snapshot(model)
    assert isinstance(model.roles["r_0"], Role)
    assert Rights(snapshot, snapshot.subjects(["r_0"])).rows("customer", "read") == ALWAYS
