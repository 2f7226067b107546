"""Packed object types: nothing is lost, equal ones are held once, memory is bounded."""

from __future__ import annotations

import gc
import tracemalloc
from typing import Any

from metadata.model.organisation import SYSTEM_OBJECTS
from metadata.model.packed import ObjectLibrary, PackedObjects, pack, unpack
from metadata.model.reading import read_document
from metadata.model.resolve import resolve
from metadata.model.settings import TenantSettings
from metadata.model.tenant import TenantModel

KINDS = ["text", "money", "select", "date", "relation", "formula", "integer", "phone", "datetime", "boolean"]


def field(place: int, targets: int) -> dict[str, Any]:
    kind = KINDS[place % len(KINDS)]
    settings: dict[str, dict[str, Any]] = {
        "select": {
            "options": [{"key": f"option_{n}", "label": {"zh": f"选项{n}", "en": f"Option {n}"}} for n in range(4)]
        },
        "relation": {"to": f"object_{place % targets}", "inverse": ""},
        "formula": {"expression": "field_1 > 100 && field_6 < 5"},
    }
    label = {"zh": f"字段{place}", "en": f"Field number {place}"}
    return {"name": f"field_{place}", "type": kind, "label": label, "settings": settings.get(kind, {})}


def model_of(objects: int = 4, fields: int = 10, mark: str = "", slug: str = "acme") -> TenantModel:
    data = [
        {
            "name": f"object_{n}",
            "plural": f"objects_{n}",
            "label": {"zh": f"对象{n}{mark}", "en": f"Object {n}"},
            "fields": [field(place, objects) for place in range(fields)],
        }
        for n in range(objects)
    ]
    document, faults = read_document({"objects": data})
    assert document is not None, list(faults)
    return resolve(document.objects, tenant_id=slug, slug=slug, version=1, settings=TenantSettings())


def test_unpacked_object_equals_the_packed_one() -> None:
    for found in model_of():
        assert unpack(pack(found)) == found


def test_shared_model_answers_like_the_one_it_was_made_of() -> None:
    model = model_of()
    shared = ObjectLibrary().share(model)
    assert list(shared.objects) == list(model.objects)
    assert list(shared) == list(model)
    assert "ghost" not in shared.objects
    assert shared.object_by_type == model.object_by_type


def test_tenants_of_one_template_hold_its_objects_once() -> None:
    library = ObjectLibrary()
    ours, theirs = library.share(model_of(slug="ours")), library.share(model_of(slug="theirs"))
    assert len(library) == 4 + len(SYSTEM_OBJECTS)
    assert ours.object("object_1") is theirs.object("object_1")


def test_objects_that_no_tenant_holds_any_more_are_forgotten() -> None:
    library = ObjectLibrary()
    first = library.share(model_of(mark="1"))
    second = library.share(model_of(mark="2"))
    assert len(library) == 8 + len(SYSTEM_OBJECTS)
    assert first.slug == second.slug
    del first
    gc.collect()
    assert len(library) == 4 + len(SYSTEM_OBJECTS)


def test_hot_objects_are_bounded_and_the_last_one_stays() -> None:
    library = ObjectLibrary(max_hot_bytes=1)
    shared = library.share(model_of())
    sizes = set()
    for name in shared.objects:
        assert shared.object(name) is shared.object(name)
        sizes.add(library.hot_bytes)
    assert max(sizes) < 100_000


def test_tenant_of_40_objects_by_25_fields_keeps_within_its_memory() -> None:
    model = model_of(40, 25)
    library = ObjectLibrary()
    warm = library.share(model_of(1, 10))
    assert list(warm)
    tracemalloc.start()
    shared = library.share(model)
    idle, _ = tracemalloc.get_traced_memory()
    objects = list(shared)
    hot, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert isinstance(shared.objects, PackedObjects)
    assert len(objects) == 40 + len(SYSTEM_OBJECTS)
    assert idle <= 300_000, idle
    assert hot <= 2_000_000, hot
    assert 0.5 < (hot - idle) / library.hot_bytes < 1.5
