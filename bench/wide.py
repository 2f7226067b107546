"""A tenant of any size: objects that look like those of a CRM, each with relations to others."""

from __future__ import annotations

from typing import Any

__all__ = ["SELECTION", "wide_document"]

_TYPES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("text", {"type": "text", "settings": {"max_length": 80}}),
    ("amount", {"type": "decimal", "settings": {"precision": 12, "scale": 2}}),
    ("count", {"type": "integer"}),
    ("day", {"type": "date"}),
    ("moment", {"type": "datetime"}),
    ("flag", {"type": "boolean"}),
    (
        "state",
        {
            "type": "select",
            "settings": {
                "options": [
                    {"key": key, "label": {"zh": f"选项{key}", "en": f"Option {key}"}}
                    for key in ("one", "two", "three")
                ]
            },
        },
    ),
    ("note", {"type": "long_text"}),
    ("phone", {"type": "phone"}),
    ("mail", {"type": "email"}),
)

SELECTION = "id name amount_1 count_1 day_1 state_1"
"""Fields of a typical query, by metadata name."""


def wide_document(objects: int, fields: int) -> dict[str, Any]:
    """A metadata document of this many objects with this many fields each; every tenth field is a relation."""
    return {"tangram": 1, "objects": [_object(number, objects, fields) for number in range(1, objects + 1)]}


def _object(number: int, objects: int, fields: int) -> dict[str, Any]:
    names: list[dict[str, Any]] = [{"name": "name", "type": "text", "required": True, "label": _label("名称", "Name")}]
    for place in range(1, fields):
        if place % 10 == 0:
            to = (number * 7 + place) % objects + 1
            body: dict[str, Any] = {
                "name": f"link_{place}",
                "type": "relation",
                "settings": {"to": f"thing_{to}", "inverse": f"back_{number}_{place}"},
            }
        else:
            name, kind = _TYPES[(place - 1) % len(_TYPES)]
            body = {"name": f"{name}_{(place - 1) // len(_TYPES) + 1}", **kind}
        names.append(body | {"label": _label(f"字段{place}", f"Field {place}")})
    return {
        "name": f"thing_{number}",
        "plural": f"things_{number}",
        "label": _label(f"对象{number}", f"Thing {number}"),
        "plural_label": _label(f"对象{number}", f"Things {number}"),
        "display": "name",
        "fields": names,
    }


def _label(zh: str, en: str) -> dict[str, str]:
    return {"zh": zh, "en": en}
