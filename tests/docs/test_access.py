"""The example of `docs/access.md` is sound and does what the page says."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from metadata.model.checking import check_model
from metadata.model.reading import read_document
from metadata.model.resolve import resolve
from metadata.model.settings import TenantSettings
from server.access.plan import Action, FieldRight, plan_of
from server.access.snapshot import compile_snapshot

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "access.md").read_text(encoding="utf-8")


def test_example_does_what_the_page_says() -> None:
    found = re.search(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    assert found is not None
    fields = [{"name": "name", "type": "text"}, {"name": "phone", "type": "phone"}]
    objects = [{"name": "customer", "plural": "customers", "fields": fields}]
    document, faults = read_document({"objects": objects, **yaml.safe_load(found[1])})
    assert document is not None, list(faults)
    model = resolve(
        document.objects,
        tenant_id="t",
        slug="t",
        version=1,
        settings=TenantSettings(),
        roles=document.roles,
        policies=document.policies,
    )
    assert list(check_model(model)) == []
    snapshot = compile_snapshot(model)
    seller, manager = plan_of(snapshot, ("seller",)), plan_of(snapshot, ("manager",))
    assert seller.rows("customer", Action.READ) != manager.rows("customer", Action.READ)
    assert seller.field_right("customer", "phone") is FieldRight.FULL
    assert [mask for _, mask in manager.masks("customer", "phone")] == ["phone"]
    assert manager.rows("customer", Action.EXPORT) is None
