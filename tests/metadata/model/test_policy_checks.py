"""What is wrong with roles and policies, each fault once, at its row, with its cure."""

from __future__ import annotations

from typing import Any

import pytest

from metadata.changes.diff import diff
from metadata.changes.drafting import prepare
from metadata.changes.edits import edit
from metadata.changes.modelling import model_of
from metadata.changes.requests import Remove, Rename
from metadata.changes.state import Key, State
from metadata.model.checking import check_model
from metadata.model.reading import read_document
from metadata.model.resolve import resolve
from metadata.model.settings import TenantSettings
from metadata.model.writing import write_document

OBJECTS: list[dict[str, Any]] = [
    {
        "name": "customer",
        "plural": "customers",
        "fields": [
            {"name": "name", "type": "text"},
            {"name": "phone", "type": "phone"},
            {"name": "amount", "type": "decimal"},
            {"name": "secret", "type": "encrypted_text"},
        ],
    }
]
ROLES: list[dict[str, Any]] = [{"name": "seller"}, {"name": "manager", "inherits": ["seller"]}]
ALLOW = {"name": "p", "kind": "allow", "role": "seller", "object": "customer", "actions": ["read"]}
FIELD = {"name": "p", "kind": "field", "role": "seller", "object": "customer", "fields": ["phone"], "read": "none"}


def faults(
    policies: list[dict[str, Any]], roles: list[dict[str, Any]] = ROLES, **settings: Any
) -> list[tuple[str, Any]]:
    document, problems = read_document({"objects": OBJECTS, "roles": roles, "policies": policies})
    assert document is not None, list(problems)
    model = resolve(
        document.objects,
        tenant_id="t",
        slug="t",
        version=1,
        settings=TenantSettings(**settings),
        roles=document.roles,
        policies=document.policies,
    )
    return [(fault.reason, fault.path) for fault in check_model(model)]


def state_of(policies: list[dict[str, Any]]) -> State:
    document, problems = read_document({"objects": OBJECTS, "roles": ROLES, "policies": policies})
    assert document is not None, list(problems)
    empty = State("", "t", 0, {})
    return edit(empty, diff(empty, document), model_of).state


@pytest.mark.parametrize(
    "policy",
    [
        ALLOW,
        FIELD,
        ALLOW | {"role": "*"},
        ALLOW | {"role": "member", "actions": ["*"]},
        ALLOW | {"role": "", "user": "0190a0a0-0000-7000-8000-000000000000"},
        ALLOW | {"object": "*", "scope": "department_subtree"},
        ALLOW | {"scope": "granted", "condition": 'amount > 5 && name != "张, \\"三\\""'},
        ALLOW | {"object": "*", "actions": ["configure:view", "run:settle"]},
        ALLOW | {"valid_from": "2026-01-01T00:00:00+08:00", "valid_until": "2026-02-01T00:00:00Z"},
        {"name": "p", "kind": "mask", "role": "*", "object": "customer", "fields": ["phone"], "mask": "phone"},
        {"name": "p", "kind": "scope", "role": "*", "object": "customer", "actions": ["*"], "scope": "own"},
    ],
)
def test_sound_policy_has_no_fault(policy: dict[str, Any]) -> None:
    assert faults([policy]) == []


@pytest.mark.parametrize(
    ("policy", "reason", "attribute"),
    [
        (ALLOW | {"role": ""}, "bad_subject", "role"),
        (ALLOW | {"user": "x"}, "bad_subject", "role"),
        (ALLOW | {"role": "", "user": "x"}, "bad_subject", "user"),
        (ALLOW | {"role": "selller"}, "unknown_role", "role"),
        (ALLOW | {"kind": "deny", "role": "administrator"}, "reserved_role", "role"),
        (ALLOW | {"object": "custmer"}, "unknown_object", "object"),
        (ALLOW | {"actions": []}, "missing", "actions"),
        (ALLOW | {"condition": "amout > 5"}, "unknown_field", "condition"),
        (ALLOW | {"condition": "amount >"}, "expression_syntax", "condition"),
        (ALLOW | {"condition": "secret != null"}, "encrypted", "condition"),
        (ALLOW | {"scope": "region"}, "unknown_field", "scope"),
        (ALLOW | {"object": "*", "condition": "amount > 5"}, "not_applicable", "condition"),
        (ALLOW | {"object": "*", "scope": "collaborators"}, "not_applicable", "scope"),
        (ALLOW | {"valid_from": "2026-01-01T00:00:00"}, "bad_instant", "valid_from"),
        (
            ALLOW | {"valid_from": "2026-02-01T00:00:00Z", "valid_until": "2026-01-01T00:00:00Z"},
            "bad_instant",
            "valid_until",
        ),
        (ALLOW | {"read": "full"}, "not_applicable", "read"),
        (ALLOW | {"kind": "scope"}, "missing", "scope"),
        (FIELD | {"read": None}, "missing", "read"),
        (FIELD | {"fields": []}, "missing", "fields"),
        (FIELD | {"actions": ["read"]}, "not_applicable", "actions"),
        (FIELD | {"kind": "mask", "read": None}, "missing", "mask"),
    ],
)
def test_fault_is_told_at_its_attribute(policy: dict[str, Any], reason: str, attribute: str) -> None:
    found = faults([policy])
    assert (reason, ("policies", 0, attribute)) in found


def test_faults_of_items_in_lists_name_the_item() -> None:
    assert faults([ALLOW | {"actions": ["read", "raed"]}]) == [("unknown_action", ("policies", 0, "actions", 1))]
    assert faults([FIELD | {"fields": ["phone", "fone"]}]) == [("unknown_field", ("policies", 0, "fields", 1))]
    mask = {"name": "p", "kind": "mask", "role": "*", "object": "customer", "fields": ["amount"], "mask": "name"}
    assert faults([mask]) == [("bad_mask", ("policies", 0, "fields", 0))]


def test_field_policies_that_contradict_each_other_are_told_at_the_second() -> None:
    second = FIELD | {"name": "q", "read": "full"}
    assert faults([FIELD, second]) == [("contradictory_policies", ("policies", 1))]
    assert faults([FIELD, second | {"priority": 1}]) == []


def test_circle_of_roles_is_told_once() -> None:
    roles = [{"name": name, "inherits": [above]} for name, above in [("a", "b"), ("b", "c"), ("c", "a")]]
    assert faults([], roles) == [("role_cycle", ("roles", 0, "inherits"))]
    assert faults([], [{"name": "a", "inherits": ["a"]}]) == [("role_cycle", ("roles", 0, "inherits"))]


def test_roles_of_every_tenant_are_not_declared_nor_inherited() -> None:
    assert faults([], [{"name": "administrator"}]) == [("reserved_name", ("roles", 0, "name"))]
    assert faults([], [{"name": "a", "inherits": ["administrator"]}]) == [
        ("reserved_role", ("roles", 0, "inherits", 0))
    ]
    assert faults([], [{"name": "a", "inherits": ["member"]}]) == []


def test_more_policies_than_the_limit_are_one_fault() -> None:
    policies = [ALLOW | {"name": f"p_{place}", "object": "nothing"} for place in range(3)]
    assert faults(policies, max_policies=2) == [("too_many_policies", ("policies",))]


def test_document_keeps_roles_and_policies() -> None:
    policies = [ALLOW | {"condition": "amount > 5", "reason": '说明, "引号"'}, FIELD | {"name": "q"}]
    state = state_of(policies)
    document = write_document(model_of(state))
    assert document["roles"] == ROLES
    assert document["policies"] == policies
    again, problems = read_document(document)
    assert again is not None, list(problems)
    assert diff(state, again, replacing=True) == ()


def test_renaming_reaches_policies() -> None:
    state = state_of([ALLOW | {"condition": "amount > 5"}, FIELD | {"name": "q"}])
    changes = [
        Rename(kind="role", name="seller", to="agent"),
        Rename(kind="object", name="customer", to="client"),
        Rename(kind="field", parent="client", name="amount", to="total"),
        Rename(kind="field", parent="client", name="phone", to="mobile"),
    ]
    model = model_of(edit(state, changes, model_of).state)
    assert not check_model(model)
    first, second = model.policies
    assert (first.role, first.object, first.condition) == ("agent", "client", "total > 5")
    assert (second.object, second.fields) == ("client", ("mobile",))
    assert model.roles["manager"].inherits == ("agent",)


@pytest.mark.parametrize(
    "removal",
    [Remove(kind="role", name="seller"), Remove(kind="field", parent="customer", name="phone")],
)
def test_what_policies_name_is_removed_with_them_or_not_at_all(removal: Remove) -> None:
    state = state_of([FIELD])
    refused = prepare(state, model_of(state), [removal])
    assert "in_use" in {fault.reason for fault in refused.faults}
    cascading = prepare(state, model_of(state), [removal], cascading=True)
    assert cascading.faults == ()
    assert cascading.new.find(Key("policy", "", "p")) is None
