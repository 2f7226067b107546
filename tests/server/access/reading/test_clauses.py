"""Each clause that a compiler adds is needed: without any one of them, the oracle finds a difference."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from server.access.conditions import ALWAYS
from server.access.plan import FieldRight
from tests.server.access.reading.oracle import differences
from tests.server.access.reading.world import Company

Patch = Callable[[pytest.MonkeyPatch], None]


def _always(path: str, value: Any) -> Patch:
    """Something that gives the same whatever it is asked."""
    return lambda monkeypatch: monkeypatch.setattr(path, lambda *_args, **_named: value)


def _without(sign: str) -> Patch:
    """The conditions of visible records without those that hold a sign; `""` for access conditions."""

    def patch(monkeypatch: pytest.MonkeyPatch) -> None:
        from server.records.compiler import Compiler

        visible = Compiler.visible

        def fewer(self: Any, scope: Any, **more: Any) -> list[str]:
            found = visible(self, scope, **more)
            signs = (".tenant_id = ", ".deleted_at is null")
            return [one for one in found if (sign not in one if sign else any(known in one for known in signs))]

        monkeypatch.setattr(Compiler, "visible", fewer)

    return patch


def _argument(path: str, place: int) -> Patch:
    """A function that gives one of its arguments back."""
    return lambda monkeypatch: monkeypatch.setattr(path, lambda *args, **_named: args[place])


def _together(*patches: Patch) -> Patch:
    def patch(monkeypatch: pytest.MonkeyPatch) -> None:
        for one in patches:
            one(monkeypatch)

    return patch


CLAUSES: dict[str, tuple[str, Patch]] = {
    "what is not deleted": ("owner", _without(".deleted_at is null")),
    "the rows": ("owner", _without("")),
    "the rows of a manager": ("north", _without("")),
    "where a field is readable": (
        "both",
        _together(_argument("server.records.compiler.guarded", 3), _argument("server.records.field_rights.guarded", 3)),
    ),
    "what is shown of a field": ("both", _argument("server.records.record_json.shown", 3)),
    "the mask": ("north", _argument("server.records.record_json.masked_text", 3)),
    "which fields are masked": ("north", _always("server.records.record_json.is_masked", "")),
    "what history leaves out": (
        "owner",
        _argument("server.records.record_json.RecordJson._known_changes", 1),
    ),
    "which fields are searched": ("south", _always("server.access.visibility.Visibility.usable", True)),
    "what exists": ("owner", _always("server.access.visibility.Visibility.field", FieldRight.FULL)),
    "the inputs of computed fields": ("reader", _always("server.access.visibility.Visibility.computable", True)),
    "the side that stores a relation": ("reader", _always("server.access.visibility.Visibility._may_follow", True)),
    "which fields are always there": ("both", _always("server.access.visibility.Visibility.certain", True)),
    "computed fields that are named": ("finance", _always("server.access.plan.AccessPlan.named_condition", None)),
    "denials": ("owner", _always("server.access.rights.negated", ALWAYS)),
    "limits of a role": ("south", _always("server.access.rights.Rights._limits", [])),
}


@pytest.mark.parametrize("clause", CLAUSES)
async def test_no_clause_can_be_left_out(open_company: Company, monkeypatch: pytest.MonkeyPatch, clause: str) -> None:
    who, patch = CLAUSES[clause]
    open_company.forget()
    with monkeypatch.context() as patched:
        patch(patched)
        try:
            found = await differences(open_company, who, most=1)
        except (AssertionError, LookupError, TypeError) as error:  # an error in place of an answer differs as well
            found = [str(error)]
    open_company.forget()
    assert found
