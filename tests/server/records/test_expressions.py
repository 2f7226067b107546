from __future__ import annotations

import pytest

from metadata.expressions.check import check, read
from metadata.expressions.tree import Binary, Call, Conditional, Expression, FieldPath, Literal, Operator, Parameter
from metadata.expressions.types import INTEGER, TEXT, list_of
from metadata.problems import BadInputError
from server.records.expressions import InlineParams, Names, to_sql
from server.records.statements import ParameterList
from tests.metadata.expressions.deals import DealScope

SCOPE = DealScope()


class PlainNames:
    def __init__(self, alias: str = "r") -> None:
        self.alias = alias

    def column(self, path: FieldPath) -> str:
        return f"{self.alias}.{'_'.join(path.steps)}"

    def related(self, path: FieldPath) -> tuple[str, Names]:
        return f"from {path.steps[-1]} as i where i.deal_id = {self.alias}.id", PlainNames("i")


def sql_of(text: str) -> str:
    return to_sql(read(text, SCOPE), PlainNames(), ParameterList())


@pytest.mark.parametrize(
    ("text", "sql"),
    [
        ("amount > 5", "(r.amount > 5)"),
        ("amount > -5", "(r.amount > (-5))"),
        ("stage == 'open' && done", "((r.stage = 'open'::text) and r.done)"),
        ("name == null", "(r.name is null)"),
        ("name < 'x'", '(r.name collate "C" < \'x\'::text collate "C")'),
        ("name.contains('50%_\\\\')", "(r.name like E'%50\\\\%\\\\_\\\\\\\\%'::text)"),
        ("name.icontains('ÄB')", "(lower(r.name) like '%äb%'::text)"),
        ('name == "x\'; drop table deal; --"', "(r.name = 'x''; drop table deal; --'::text)"),
        ("stage in ['open', 'won']", "(r.stage in ('open'::text, 'won'::text))"),
        ("stage in []", "false"),
        ("'a' in tags", "('a'::text = any(r.tags))"),
        ("due >= '2026-01-31'", "(r.due >= '2026-01-31'::date)"),
        ("price.currency == 'CNY'", "(r.price_currency = 'CNY'::text)"),
        ("place == null", "(r.place_lat is null or r.place_lng is null)"),
        ("span > duration('2h')", "(r.span > 7200)"),
        (
            "lines.some(cost > parent.amount)",
            "(exists (select 1 from lines as i where i.deal_id = r.id and (i.cost > r.amount)))",
        ),
        (
            "lines.every(cost > 0)",
            "(not exists (select 1 from lines as i where i.deal_id = r.id and (i.cost > 0) is not true))",
        ),
        ("lines.count()", "(select count(*) from lines as i where i.deal_id = r.id)"),
        (
            "lines.sum(quantity, cost > 0)",
            "(select coalesce(sum(taken.value), 0) from "
            "(select i.quantity as value from lines as i where i.deal_id = r.id and (i.cost > 0)) as taken)",
        ),
    ],
)
def test_an_expression_becomes_this_sql(text: str, sql: str) -> None:
    assert sql_of(text) == sql


def test_values_of_the_run_are_placeholders_and_only_those_that_are_needed() -> None:
    parameters = ParameterList()
    to_sql(read("within(at, 2, 'hour') && name in actor.roles", SCOPE), PlainNames(), parameters)
    assert parameters.names() == ("now", "actor.roles")


def test_a_list_of_values_is_one_placeholder() -> None:
    condition = Binary(Operator.IN, FieldPath(("pieces",)), Parameter("wanted", list_of(INTEGER)))
    assert to_sql(check(condition, SCOPE), PlainNames(), ParameterList()) == "(r.pieces = any($1::bigint[]))"


def test_an_index_condition_has_only_constants() -> None:
    assert to_sql(read("stage == 'open'", SCOPE), PlainNames(), InlineParams()) == "(r.stage = 'open'::text)"
    with pytest.raises(BadInputError) as caught:
        to_sql(read("due < today()", SCOPE), PlainNames(), InlineParams())
    assert caught.value.faults[0].reason == "not_constant"


def test_sql_that_would_explode_is_refused() -> None:
    doubled: Expression = FieldPath(("at",))
    for _ in range(20):
        within = Call("within", (doubled, FieldPath(("pieces",)), Literal("day", TEXT)))
        doubled = Conditional(within, FieldPath(("at",)), FieldPath(("seen",)))
    with pytest.raises(BadInputError) as caught:
        to_sql(check(doubled, SCOPE), PlainNames(), ParameterList())
    assert caught.value.faults[0].reason == "expression_too_large"


def test_computed_fields_inside_each_other_without_end_are_refused() -> None:
    class Endless(PlainNames):
        def column(self, path: FieldPath) -> str:
            return to_sql(read("name + note", SCOPE), self, ParameterList())

    with pytest.raises(BadInputError) as caught:
        to_sql(read("name", SCOPE), Endless(), ParameterList())
    assert caught.value.faults[0].reason == "expression_too_large"
