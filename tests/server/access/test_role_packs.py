"""What the role packs of the shipped templates give to whom."""

from __future__ import annotations

from functools import lru_cache

import pytest

from metadata.model.policies import ACTIONS
from metadata.packages.library import Library, industries_folder
from server.access.conditions import NEVER
from server.access.plan import AccessPlan, FieldRight, plan_of
from server.access.rights import Rights
from server.access.snapshot import Snapshot, compile_snapshot

TEMPLATES = ("education", "equipment_service", "retail_chain")
SOME, ALL, NONE = "some", "all", "none"


@lru_cache
def snapshot(template: str) -> Snapshot:
    return compile_snapshot(Library(industries_folder()).package(template).model())


@lru_cache
def plan(template: str, role: str) -> AccessPlan:
    return plan_of(snapshot(template), (role,))


def reach(template: str, role: str, object_name: str, action: str) -> str:
    rights = plan(template, role).rights
    assert rights is not None
    rows = rights.rows(object_name, action)
    return NONE if rows == NEVER else ALL if rows == Rights(snapshot(template), ()).readable("x", "id") else SOME


@pytest.mark.parametrize(
    ("template", "role", "object_name", "action", "expected"),
    [
        ("retail_chain", "guide", "customer", "read", SOME),
        ("retail_chain", "guide", "customer", "export", NONE),
        ("retail_chain", "guide", "customer", "delete", NONE),
        ("retail_chain", "guide", "product", "read", ALL),
        ("retail_chain", "guide", "product", "update", NONE),
        ("retail_chain", "store_manager", "order", "read", SOME),
        ("retail_chain", "regional_manager", "customer", "transfer", SOME),
        ("retail_chain", "accountant", "order", "read", ALL),
        ("retail_chain", "accountant", "customer", "read", NONE),
        ("retail_chain", "accountant", "refund", "approve", SOME),
        ("retail_chain", "marketing_manager", "customer", "export", ALL),
        ("retail_chain", "headquarters", "order", "read", ALL),
        ("retail_chain", "headquarters", "order", "update", NONE),
        ("equipment_service", "engineer", "work_order", "update", SOME),
        ("equipment_service", "engineer", "work_order", "create", NONE),
        ("equipment_service", "dispatcher", "work_order", "assign", ALL),
        ("equipment_service", "warehouse_keeper", "part_movement", "create", ALL),
        ("equipment_service", "account_manager", "quotation", "approve", NONE),
        ("equipment_service", "service_manager", "quotation", "approve", SOME),
        ("education", "teacher", "student", "read", SOME),
        ("education", "teacher", "guardian", "read", NONE),
        ("education", "teacher", "contract", "read", NONE),
        ("education", "course_adviser", "lead", "update", SOME),
        ("education", "course_adviser", "refund_request", "approve", NONE),
        ("education", "campus_manager", "refund_request", "approve", SOME),
        ("education", "accountant", "tuition_payment", "create", ALL),
        ("education", "accountant", "guardian", "read", NONE),
    ],
)
def test_roles_reach_what_their_work_needs(
    template: str, role: str, object_name: str, action: str, expected: str
) -> None:
    assert reach(template, role, object_name, action) == expected


@pytest.mark.parametrize(
    ("template", "role", "object_name", "field", "expected"),
    [
        ("retail_chain", "guide", "customer", "phone", FieldRight.FULL),
        ("retail_chain", "regional_manager", "customer", "phone", FieldRight.FULL),  # of customers of their own
        ("retail_chain", "marketer", "customer", "phone", FieldRight.MASKED),
        ("retail_chain", "marketer", "customer", "address", FieldRight.NONE),
        ("retail_chain", "headquarters", "customer", "phone", FieldRight.FULL),
        ("retail_chain", "guide", "sku", "cost", FieldRight.NONE),
        ("retail_chain", "stock_keeper", "sku", "cost", FieldRight.FULL),
        ("retail_chain", "headquarters", "sku", "cost", FieldRight.FULL),
        ("retail_chain", "accountant", "order", "customer", FieldRight.NONE),
        ("retail_chain", "accountant", "order", "amount", FieldRight.FULL),
        ("equipment_service", "engineer", "work_order", "profit", FieldRight.NONE),
        ("equipment_service", "accountant", "work_order", "profit", FieldRight.FULL),
        ("equipment_service", "engineer", "device", "remote_password", FieldRight.FULL),
        ("equipment_service", "headquarters", "device", "remote_password", FieldRight.NONE),
        ("education", "teacher", "student", "guardian", FieldRight.NONE),
        ("education", "accountant", "student", "name", FieldRight.MASKED),
        ("education", "course_adviser", "channel", "monthly_cost", FieldRight.NONE),
    ],
)
def test_fields_are_kept_to_those_who_need_them(
    template: str, role: str, object_name: str, field: str, expected: FieldRight
) -> None:
    assert plan(template, role).field_right(object_name, field) is expected


@pytest.mark.parametrize("template", TEMPLATES)
def test_who_decides_sees_everything_and_works_on_nothing(template: str) -> None:
    objects = [one.name for one in Library(industries_folder()).package(template).document.objects]
    done = {action for name in objects for action in ACTIONS if reach(template, "headquarters", name, action) != NONE}
    assert done == {"read", "export", "print", "approve"}
    assert {reach(template, "headquarters", name, "read") for name in objects} == {ALL}


@pytest.mark.parametrize("template", TEMPLATES)
def test_nobody_configures_destroys_or_unmasks_by_a_pack(template: str) -> None:
    roles = Library(industries_folder()).package(template).model().roles
    assert not any(plan(template, role).may_configure_kind(kind) for role in roles for kind in ("policy", "object"))
    done = {
        (action, role)
        for role in roles
        for action in ("destroy", "unmask")
        if reach(template, role, "*", action) != NONE
    }
    assert done == set()


@pytest.mark.parametrize("template", TEMPLATES)
def test_who_holds_no_role_sees_no_customers_or_money(template: str) -> None:
    objects = [one.name for one in Library(industries_folder()).package(template).document.objects]
    seen = {name for name in objects if reach(template, "member", name, "read") != NONE}
    assert not seen & {
        "customer",
        "student",
        "lead",
        "order",
        "payment",
        "contract",
        "work_order",
        "quotation",
        "guardian",
    }
