"""Scopes become conditions on the record's own columns, beside what one sub-query a statement says of the actor."""

from __future__ import annotations

import pytest

from metadata.model.policy_scopes import UNIVERSAL_SCOPES, scope_expression
from metadata.model.reading import read_document
from metadata.model.resolve import resolve
from metadata.model.settings import TenantSettings
from server.access.plan import ADMINISTRATOR
from server.records.compiler import Compiler

CASES = {
    "own": ('(r1."owner_id" = $1::uuid)', ("actor.id",)),
    "team": (
        '((r1."owner_id" = any((array(with own as (select team.id, team.leader_id from "t_t"."team" as team where',
        ("actor.id",),
    ),
    "subordinates": (
        '(r1."owner_id" = any(((select array(select s3.id from "t_t"."user" as s3 where s3.path >= r2."path"'
        ' and s3.path < r2."path" || \'~\') from "t_t"."user" as r2 where r2.id = $1::uuid))::uuid[]))',
        ("actor.id",),
    ),
    "department": (
        '(r1."department_id" = ((select r2."department_id" from "t_t"."user" as r2 where r2.id = $1::uuid)))',
        ("actor.id",),
    ),
    "department_subtree": (
        '(r1."department_id" = any(((select array(select s4.id from "t_t"."department" as s4 where s4.path >= ',
        ("actor.id",),
    ),
    "granted": ('(r1."id" = any(array[]::uuid[]))', ()),
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
    begins, names = CASES[scope]
    assert sql.replace("\n", " ").startswith(begins)
    assert compiler.parameters.names() == names
    assert str(record.from_clause).count("join") == 0
