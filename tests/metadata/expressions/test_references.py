from __future__ import annotations

import pytest

from metadata.expressions.check import check
from metadata.expressions.references import references, rename
from metadata.expressions.text import parse, unparse
from tests.metadata.expressions.deals import DealScope

SCOPE = DealScope()


@pytest.mark.parametrize(
    ("text", "used"),
    [
        ("amount > 1 && customer.level == 'vip'", {"deal.amount", "deal.customer", "customer.level"}),
        ("lines.sum(cost, day < parent.due)", {"deal.lines", "line.cost", "line.day", "deal.due"}),
        (
            "customer.deals.some(lines.count(cost > record.rate) > 0)",
            {"deal.customer", "customer.deals", "deal.lines", "line.cost", "deal.rate"},
        ),
        ("price.currency == 'CNY'", {"deal.price"}),
        ("old.stage != stage", {"deal.stage"}),
        ("actor.name == name", {"user.name", "deal.name"}),
        ("now() < datetime('2026-01-01T00:00:00Z')", set()),
    ],
)
def test_an_expression_uses_these_fields(text: str, used: set[str]) -> None:
    assert {f"{object_name}.{field}" for object_name, field in references(parse(text), SCOPE)} == used


@pytest.mark.parametrize(
    ("text", "target", "renamed"),
    [
        ("amount + rate > 1", "deal.amount", "new + rate > 1"),
        ("name == customer.name", "customer.name", "name == customer.new"),
        ("name == customer.name", "deal.name", "new == customer.name"),
        ("lines.some(label == parent.name)", "deal.name", "lines.some(label == parent.new)"),
        ("lines.sum(cost, label != null)", "line.cost", "lines.sum(new, label != null)"),
        ("lines.count()", "deal.lines", "new.count()"),
        ("price.currency == 'CNY'", "deal.price", 'new.currency == "CNY"'),
        (
            "old.stage == 'open' ? [name] == [note] : !done",
            "deal.stage",
            'old.new == "open" ? [name] == [note] : !done',
        ),
        ("'name' == name", "deal.name", '"name" == new'),
    ],
)
def test_only_the_paths_of_a_renamed_field_change(text: str, target: str, renamed: str) -> None:
    object_name, field = target.split(".")
    assert unparse(rename(parse(text), SCOPE, object_name, field, "new")) == renamed


def test_every_field_used_is_one_that_was_checked() -> None:
    tree = parse("lines.some(cost > parent.amount) && customer.born < due")
    assert check(tree, SCOPE)
    assert ("customer", "born") in references(tree, SCOPE)
