from __future__ import annotations

import pytest

from metadata.expressions.check import check, faults_of, read
from metadata.expressions.text import parse
from metadata.expressions.tree import (
    Binary,
    Call,
    FieldPath,
    Literal,
    Operator,
    Parameter,
    Quantified,
    Quantifier,
    all_of,
    any_of,
)
from metadata.expressions.types import (
    BOOLEAN,
    DATE,
    DATETIME,
    DECIMAL,
    DURATION,
    INTEGER,
    TEXT,
    ValueType,
    list_of,
)
from metadata.problems import BadInputError
from tests.metadata.expressions.deals import STAGE, DealScope

SCOPE = DealScope()


@pytest.mark.parametrize(
    ("text", "type"),
    [
        ("pieces + 1", INTEGER),
        ("pieces + 1.5", DECIMAL),
        ("pieces / 2", DECIMAL),
        ("price * 2", DECIMAL),
        ("price.currency", TEXT),
        ("name + note", TEXT),
        ("stage + name", TEXT),
        ("at + span", DATETIME),
        ("at - seen", DURATION),
        ("due - start", DURATION),
        ("span / 2", DURATION),
        ("span / span", DECIMAL),
        ("customer == null", BOOLEAN),
        ("place != null && extra == null", BOOLEAN),
        ("stage == 'open' || stage in ['won', 'lost']", BOOLEAN),
        ("due < '2026-01-31'", BOOLEAN),
        ("due < at", BOOLEAN),
        ("customer == '0192D3A0-0000-7000-8000-000000000001'", BOOLEAN),
        ("done ? 1 : 2.5", DECIMAL),
        ("done ? due : null", DATE),
        ("coalesce(stage, 'open')", STAGE),
        ("max(pieces, 1, amount)", DECIMAL),
        ("lines.sum(cost * quantity, day < parent.due)", DECIMAL),
        ("lines.sum(quantity)", INTEGER),
        ("lines.avg(quantity)", DECIMAL),
        ("lines.min(length)", DURATION),
        ("customer.deals.countDistinct(stage)", INTEGER),
        ("'vip' in actor.roles", BOOLEAN),
        ("old.stage != stage", BOOLEAN),
        ("tags.hasAny(['a', 'b'])", BOOLEAN),
        ("concat(name, pieces, due, null)", TEXT),
        ("isNull(place) || has(extra)", BOOLEAN),
        ("distanceKm(place, geoPoint(31.2, 121.5))", DECIMAL),
        ("addDays(due, 3)", DATE),
        ("addDays(at, 3)", DATETIME),
    ],
)
def test_a_right_expression_has_this_type(text: str, type: ValueType) -> None:
    assert read(text, SCOPE).type == type


@pytest.mark.parametrize(
    ("text", "reason", "message", "hint"),
    [
        ("stauts == 1", "unknown_field", "Object type 'deal' has no field 'stauts'.", "Did you mean 'start'?"),
        ("customer.levle", "unknown_field", "has no field 'levle' (in 'customer.levle')", "Did you mean 'level'?"),
        ("lines.some(prize > 1)", "unknown_field", "Object type 'line' has no field 'prize'.", ""),
        ("price.curency", "unknown_field", "'price' has no part 'curency'.", "Did you mean 'currency'?"),
        ("name.first", "wrong_type", "'name' is of type text and has no fields", "Only to-one relations"),
        ("stage == 'opne'", "unknown_option", "'opne' is none of the options.", "Did you mean 'open'?"),
        ("stage in ['won', 'x']", "unknown_option", "'x' is none of the options.", "Known options: open, won, lost."),
        ("stage < 'won'", "wrong_type", "an order between option values", "Numbers, texts, dates"),
        ("price > due", "wrong_type", "'price > due' asks for money and date together.", ""),
        ("name == 1", "wrong_type", "text and integer together", "Write numbers without quotes"),
        ("pieces == '1'", "wrong_type", "integer and text together", "Write numbers without quotes"),
        ("due == at", "wrong_type", "date and datetime together", "Take the day of the instant: date(x)."),
        ("due + 1", "wrong_type", "date + integer", "Use addDays(date, n)"),
        ("at + 1", "wrong_type", "datetime + integer", "Add a duration"),
        ("name + pieces", "wrong_type", "text + integer", "Turn the other side into text with text(x)"),
        ("name && done", "wrong_type", "'name' is of type text, but boolean is expected.", ""),
        ("!pieces", "wrong_type", "'pieces' is of type integer, but boolean is expected.", ""),
        ("-name", "wrong_type", "a minus sign before a value of type text", ""),
        ("done > false", "wrong_type", "an order between boolean values", ""),
        ("extra == extra", "wrong_type", "a comparison of json values", "Compare it with null"),
        ("pieces in 3", "wrong_type", "a value of type integer where a list belongs", "Write a list: [a, b]."),
        ("due < 'tomorrow'", "bad_literal", "'tomorrow' is not a date of the calendar", ""),
        ("id == 'x'", "bad_literal", "'x' is not a record's id (a UUID).", ""),
        ("lenght(name)", "unknown_function", "There is no function 'lenght'.", "Did you mean 'length'?"),
        ("sum(lines)", "unknown_function", "There is no function 'sum'.", "It belongs to a list of records"),
        ("lower(name, note)", "wrong_arguments", "'lower' does not take (text, text)", "Write lower(x: text) → text."),
        ("round(name)", "wrong_arguments", "'round' does not take (text)", "Write round(x: decimal) → integer or"),
        ("within(due, 7, 'dya')", "unknown_option", "\"dya\" is no unit of 'within'", "Known: minute, hour, day"),
        ("within(due, 7, name)", "unknown_option", "name is no unit of 'within'", "Known: minute"),
        (
            "customer.count()",
            "not_a_list",
            "'customer' is of type customer record",
            "Write customer.field for its value.",
        ),
        ("tags.count()", "not_a_list", "'tags' is of type list of text", "Use size(tags)"),
        ("amount.sum(1)", "not_a_list", "'amount' is of type decimal", ""),
        ("lines == null", "list_of_records", "'lines' is a list of records.", "Use lines.count()"),
        ("lines.cost > 1", "list_of_records", "'lines' is a list of records", "Use lines.sum(cost)"),
        ("lines.avg(label)", "wrong_type", "'avg' cannot be taken of values of type text", ""),
        ("lines.max(deal)", "wrong_type", "'max' cannot be taken of values of type deal record", ""),
        ("customer == actor.id ? customer == id : customer == lines", "list_of_records", "'lines' is a list", ""),
    ],
)
def test_a_fault_names_the_thing_and_the_cure(text: str, reason: str, message: str, hint: str) -> None:
    (fault,) = faults_of(text, SCOPE)
    assert fault.reason == reason
    assert message in fault.message
    assert fault.hint.startswith(hint)


def test_all_faults_are_reported_together_and_each_once() -> None:
    faults = faults_of("nmae == 1 && stage == 'x' && foo(1) && nmae == 2", SCOPE)
    assert [fault.reason for fault in faults] == ["unknown_field", "unknown_option", "unknown_function"]


def test_a_fault_is_not_followed_by_others_that_it_causes() -> None:
    assert len(faults_of("round(nmae * 2, 1) > 3 && done", SCOPE)) == 1


def test_the_expected_type_is_checked_and_widened() -> None:
    assert read("pieces", SCOPE, DECIMAL).type == INTEGER
    assert read("due", SCOPE, DATETIME).type == DATETIME
    assert read("'open'", SCOPE, STAGE).node == Literal("open", STAGE)
    assert read("null", SCOPE, DATE).type == DATE
    (fault,) = faults_of("pieces", SCOPE, BOOLEAN)
    assert fault.message == "'pieces' is of type integer, but boolean is expected."


class RecordOnly(DealScope):
    def start(self, root: object) -> str | None:
        return "deal" if getattr(root, "value", "") == "record" else None


def test_roots_that_the_scope_does_not_offer_are_refused() -> None:
    assert read("stage == 'won'", RecordOnly())
    faults = faults_of("old.stage == stage && actor.id == id", RecordOnly())
    assert [fault.reason for fault in faults] == ["unknown_root", "unknown_root"]


def test_parent_stands_only_inside_a_relation() -> None:
    with pytest.raises(BadInputError) as caught:
        check(parse("parent.stage == stage", item=True), SCOPE)
    assert {fault.reason for fault in caught.value.faults} == {"unknown_root"}


def test_programs_may_quantify_over_a_to_one_relation() -> None:
    condition = parse("level == 'vip'", item=True)
    assert check(Quantified(Quantifier.SOME, FieldPath(("customer",)), condition), SCOPE).type == BOOLEAN


def test_filters_of_hundreds_of_terms_do_not_nest() -> None:
    tests = [Binary(Operator.EQ, FieldPath(("pieces",)), Literal(number, INTEGER)) for number in range(900)]
    chained = tests[0]
    for test in tests[1:]:
        chained = Binary(Operator.OR, chained, test)
    assert len(check(chained, SCOPE).parts) == 900
    assert check(any_of(tests), SCOPE).type == BOOLEAN
    assert all_of([]) == Literal(True, BOOLEAN)


def test_trees_of_programs_are_bounded_too() -> None:
    deep = parse("name")
    for _ in range(5_000):
        deep = Call("lower", (deep,))
    with pytest.raises(BadInputError) as caught:
        check(deep, SCOPE)
    assert caught.value.faults[0].reason == "expression_too_deep"


def test_relations_nest_four_deep() -> None:
    inner = "stage == 'open'"
    for _ in range(4):
        inner = f"customer.deals.some({inner})"
    assert read(inner, SCOPE)
    assert faults_of(f"customer.deals.some({inner})", SCOPE)[0].reason == "expression_too_deep"


def test_parameters_have_the_type_they_are_declared_with() -> None:
    stages = Parameter("stages", list_of(STAGE))
    assert check(Binary(Operator.IN, FieldPath(("stage",)), stages), SCOPE).type == BOOLEAN
    wrong = Binary(Operator.EQ, FieldPath(("due",)), Parameter("limit", DECIMAL))
    with pytest.raises(BadInputError):
        check(wrong, SCOPE)
