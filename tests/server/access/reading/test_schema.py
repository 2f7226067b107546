"""What somebody may not do at all is not in the schema: not in introspection, and not in errors."""

from __future__ import annotations

import json

import pytest

from metadata.naming import pascal
from tests.server.access.reading.world import Company

ROOTS = """{ __schema {
  queryType { fields { name } } mutationType { fields { name } } subscriptionType { fields { name } } } }"""

_SEEN = {
    "owner": {"customer", "order", "store", "user"},
    "north": {"customer", "order", "store"},
    "finance": {"customer"},
    "reader": {"customer", "order", "note"},
    "guest": set[str](),
}
_PLURAL = {"customer": "customers", "order": "orders", "store": "stores", "user": "users", "note": "notes"}
_WRITES = {"owner": {"updateCustomer", "updateCustomers"}}
_VERBS = ("create", "update", "upsert", "delete", "merge", "restore", "destroy")
_STORED = {"customer", "order", "store", "note", "user"}


@pytest.mark.parametrize("who", _SEEN)
async def test_root_fields_are_those_that_may_be_used(company: Company, who: str) -> None:
    names = await _roots(company, who)
    of_engines = await _roots(company, "guest")  # they are the same for everybody, and check by themselves
    queries = {name for one in _SEEN[who] for name in (one, _PLURAL[one], f"{_PLURAL[one]}Aggregate")}
    assert names["query"] - of_engines["query"] == queries | ({"search"} if queries else set())
    assert not {*_PLURAL, *_PLURAL.values(), "search"} & of_engines["query"]
    assert names["mutation"] - of_engines["mutation"] == _WRITES.get(who, set())
    assert not {f"{verb}{pascal(one)}" for one in _PLURAL for verb in _VERBS} & of_engines["mutation"]
    assert names["subscription"] - of_engines["subscription"] == {f"{one}Changed" for one in _SEEN[who] & _STORED}


async def _roots(company: Company, who: str) -> dict[str, set[str]]:
    found = (await company.tenant.data(ROOTS, person=company.people[who]))["__schema"]
    return {
        kind: {field["name"] for field in (found[f"{kind}Type"] or {"fields": []})["fields"]}
        for kind in ("query", "mutation", "subscription")
    }


@pytest.mark.parametrize(
    ("who", "type_name", "fields"),
    [
        ("owner", "Customer", {"points", "createdAt", "title", "region"}),
        ("owner", "CustomerFilter", {"points", "createdAt", "idCard", "title"}),
        ("owner", "Store", {"code", "opened", "region", "customerCount"}),
        ("north", "CustomerOrderBy", {"phone", "balance", "idCard"}),
        ("north", "CustomerGroupBy", {"phone", "owner", "ownerId"}),
        ("reader", "Order", {"customer", "customerId", "customerLevel", "store"}),
        ("reader", "Customer", {"orders", "orderTotal", "store", "storeCity"}),
        ("finance", "Customer", {"phone", "remark", "orders", "orderCount", "isBig"}),
    ],
)
async def test_hidden_fields_are_in_no_type(company: Company, who: str, type_name: str, fields: set[str]) -> None:
    query = f'{{ __type(name: "{type_name}") {{ fields {{ name }} inputFields {{ name }} }} }}'
    found = (await company.tenant.data(query, person=company.people[who]))["__type"]
    names = {field["name"] for field in found["fields"] or found["inputFields"]}
    assert names
    assert not names & fields


@pytest.mark.parametrize(
    "query",
    [
        "{ customers { nodes { point } } }",
        "{ customers(filters: {}) { totalCount } }",
        "{ customers(filter: {point: {eq: 1}}) { totalCount } }",
        "{ customers(filter: {name: {eqq: 1}}) { totalCount } }",
        "{ customers(filter: {level: {eq: VIPP}}) { totalCount } }",
        "query($f: CustomerFilte) { customers(filter: $f) { totalCount } }",
        "query($filter: CustomerFilter) { customers(filter: $filte) { totalCount } }",
        "{ customer { name } }",
        "{ customr(id: 1) { name } }",
        "{ customers @includ(if: true) { totalCount } }",
    ],
)
async def test_errors_suggest_nothing(company: Company, query: str) -> None:
    reply = await company.tenant.graphql(query, person=company.people["owner"])
    assert reply.errors
    assert "Did you mean" not in json.dumps(reply.body)


async def test_variables_suggest_nothing(company: Company) -> None:
    query = "query($f: CustomerFilter) { customers(filter: $f) { totalCount } }"
    for value in ({"point": {"eq": 1}}, {"points": {"eq": 1}}, {"level": {"eq": "VIPP"}}):
        reply = await company.tenant.graphql(query, {"f": value}, person=company.people["owner"])
        assert reply.errors
        assert "Did you mean" not in json.dumps(reply.body)
        assert "createdAt" not in json.dumps(reply.body)


async def test_every_generated_field_of_a_visible_type_answers(company: Company) -> None:
    """No field is offered that the compilers then refuse."""
    for who in ("owner", "north", "both", "finance", "reader"):
        query = "{ __schema { types { name kind fields { name type { kind ofType { kind } } args { name } } } } }"
        types = (await company.tenant.data(query, person=company.people[who]))["__schema"]["types"]
        for object_type, plural in _PLURAL.items():
            found = next((one for one in types if one["name"] == object_type.title()), None)
            for field in [] if found is None else found["fields"]:
                kinds = {field["type"]["kind"], (field["type"]["ofType"] or {}).get("kind")}
                inside = " { __typename }" if kinds & {"OBJECT", "UNION"} or field["name"] == "history" else ""
                asked = f"{{ {plural} {{ nodes {{ {field['name']}{inside} }} }} }}"
                assert await company.tenant.data(asked, person=company.people[who]), asked
            for role in ("Filter", "OrderBy", "GroupBy"):
                inputs = f'{{ __type(name: "{object_type.title()}{role}") {{ inputFields {{ name }} }} }}'
                assert await company.tenant.data(inputs, person=company.people[who])


async def test_descriptions_of_object_types_name_nothing_hidden(company: Company) -> None:
    query = "{ objects { name display search fields { name settings } validations { rule } views { columns } } }"
    told = {
        who: (await company.tenant.data(query, person=company.people[who], path="/metadata"))["objects"]
        for who in ("owner", "finance", "reader", "guest")
    }
    assert told["guest"] == []
    assert {one["name"] for one in told["owner"]} == _SEEN["owner"]
    hidden = {
        "owner": ("points", "validations", "region_name"),
        "finance": ("phone", "remark", "orders", "amount", "status != "),
        "reader": ("order_total", "region_name"),
    }
    for who, texts in hidden.items():
        assert not [text for text in texts if text in json.dumps(told[who]).replace('"validations": []', "")], who
    everything = (await company.tenant.data(query, path="/metadata"))["objects"]
    assert "points" in json.dumps(everything)
    total = next(field for field in told["finance"][0]["fields"] if field["name"] == "order_total")
    assert not total["settings"].get("field")
