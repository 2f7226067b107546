"""Scopes become conditions on the record's own columns where they can, and ask only these values of the actor."""

from __future__ import annotations

import pytest

from metadata.model.policy_scopes import MAX_LEVELS, UNIVERSAL_SCOPES, scope_expression
from metadata.model.reading import read_document
from metadata.model.resolve import resolve
from metadata.model.settings import TenantSettings
from server.access.plan import ADMINISTRATOR
from server.records.compiler import Compiler

CASES = {
    "own": ('(r1."owner_id" = $1::uuid)', ("actor.id",), 0),
    "team": ('((r1."owner_id" = $1::uuid) or (j2."manager_id" = $1::uuid))', ("actor.id",), 1),
    "department": ('(r1."department_id" = $1::uuid)', ("actor.department.id",), 0),
    "department_subtree": ('((r1."department_id" = $1::uuid) or (j2."parent_id"', ("actor.department.id",), MAX_LEVELS),
    "granted": ('(r1."id" = any($1::uuid[]))', ("actor.grants",), 0),
}


@pytest.mark.parametrize("scope", sorted(UNIVERSAL_SCOPES - {"all"}))
def test_scope_becomes_this_condition(scope: str) -> None:
    document, faults = read_document({"objects": [{"name": "customer", "plural": "customers"}]})
    assert document is not None, list(faults)
    model = resolve(document.objects, tenant_id="t", slug="t", version=1, settings=TenantSettings())
    compiler = Compiler(model, ADMINISTRATOR)
    record = compiler.open(model.object("customer"))
    expression = scope_expression(scope)
    assert expression is not None
    sql = compiler.expression(expression, record)
    begins, names, joins = CASES[scope]
    assert sql.startswith(begins)
    assert compiler.parameters.names() == names
    assert str(record.from_clause).count("left join") == joins
