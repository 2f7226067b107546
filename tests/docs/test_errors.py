"""`docs/errors.md` lists every reason that the code gives, and its examples fail and are cured."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from metadata.model.checking import check_model
from metadata.model.reading import read_document
from metadata.model.resolve import resolve
from metadata.model.settings import TenantSettings

REPOSITORY = Path(__file__).resolve().parents[2]
PAGE = (REPOSITORY / "docs" / "errors.md").read_text(encoding="utf-8")
REASON = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)+")
EXAMPLE = re.compile(r"^### `(\w+)`\n\n```yaml failing\n(.*?)```\n\n```yaml cured\n(.*?)```$", re.MULTILINE | re.DOTALL)
COMPOSED = {
    *("unknown_index", "unknown_unique", "unknown_validation", "unknown_view", "unknown_policy"),
    *("too_many_roles", "too_many_policies"),
    *("unknown_field_type", "unknown_flow_node_kind", "unknown_price_rate_model"),
    *("unknown_rule_trigger", "unknown_rule_action_kind", "unknown_classifier_kind"),
}
"""Reasons that are put together from the name of a kind."""


def reasons_in(path: Path) -> Iterator[str]:
    """First arguments of `….single(…)`, `Fault(…)` and `faults.add(…)`, where they are constants; kinds of `named`."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        called = ast.unparse(node.func)
        if called == "named" and len(node.args) == 3 and isinstance(node.args[2], ast.Constant):
            yield f"unknown_{node.args[2].value!s}"
            continue
        if not (called.endswith((".single", "faults.add")) or called == "Fault"):
            continue
        reason = node.args[0]
        if isinstance(reason, ast.Constant) and isinstance(reason.value, str) and REASON.fullmatch(reason.value):
            yield reason.value


def documented_reasons() -> set[str]:
    return set(re.findall(r"^\| `([a-z0-9_]+)` \|", PAGE, re.MULTILINE))


def faults_of(customer: str) -> list[str]:
    store: dict[str, Any] = {"name": "store", "plural": "stores", "fields": [{"name": "city", "type": "text"}]}
    body = {"name": "customer", "plural": "customers", **yaml.safe_load(customer)}
    document, faults = read_document({"objects": [store, body]})
    if document is None or faults:
        return [fault.reason for fault in faults]
    model = resolve(document.objects, tenant_id="t", slug="t", version=1, settings=TenantSettings())
    return [fault.reason for fault in check_model(model)]


def test_every_reason_is_documented() -> None:
    documented = documented_reasons()
    given = {
        reason: path.relative_to(REPOSITORY)
        for folder in ("metadata", "server")
        for path in sorted((REPOSITORY / folder).rglob("*.py"))
        for reason in reasons_in(path)
    }
    missing = {f"{reason} ({path})" for reason, path in given.items() if reason not in documented}
    assert missing == set()
    assert len(given) > 100


def test_every_documented_reason_is_given() -> None:
    texts = {
        node.value
        for folder in ("metadata", "server")
        for path in (REPOSITORY / folder).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    given = {
        reason
        for folder in ("metadata", "server")
        for path in (REPOSITORY / folder).rglob("*.py")
        for reason in reasons_in(path)
    }
    assert documented_reasons() - texts - given <= COMPOSED


def test_every_reason_is_documented_once() -> None:
    rows = re.findall(r"^\| `([a-z0-9_]+)` \|", PAGE, re.MULTILINE)
    assert sorted(rows) == sorted(set(rows))


@pytest.mark.parametrize(("reason", "failing", "cured"), EXAMPLE.findall(PAGE), ids=lambda text: text.split("\n")[0])
def test_examples_fail_and_are_cured(reason: str, failing: str, cured: str) -> None:
    assert faults_of(failing) == [reason]
    assert faults_of(cured) == []


def test_there_are_examples() -> None:
    assert len(EXAMPLE.findall(PAGE)) > 20
