"""Message templates are checked when they are declared: every fault together, each with its place."""

from __future__ import annotations

from typing import Any

import pytest

from metadata.model.checking import check_model
from metadata.model.reading import read_document
from metadata.model.resolve import resolve
from metadata.model.settings import TenantSettings

OBJECTS = [
    {
        "name": "quote",
        "plural": "quotes",
        "display": "code",
        "fields": [
            {"name": "code", "type": "text"},
            {"name": "amount", "type": "money"},
            {"name": "secret", "type": "encrypted_text"},
            {"name": "salary", "type": "integer", "sensitive": True},
            {"name": "place", "type": "geo_point"},
            {"name": "customer", "type": "relation", "settings": {"to": "customer", "inverse": "quotes"}},
        ],
    },
    {"name": "customer", "plural": "customers", "fields": [{"name": "name", "type": "text"}]},
]


def faults_of(*templates: dict[str, Any]) -> list[tuple[str, tuple[str | int, ...]]]:
    read, faults = read_document({"objects": OBJECTS, "message_templates": list(templates)})
    if read is None:
        return [(fault.reason, fault.path) for fault in faults]
    model = resolve(
        read.objects,
        tenant_id="t",
        slug="t",
        version=1,
        settings=TenantSettings(),
        message_templates=read.message_templates,
    )
    return [(fault.reason, fault.path) for fault in check_model(model)]


def template(**more: Any) -> dict[str, Any]:
    return {"name": "waits", "object": "quote", "title": {"en": "{{ record.title }}"}, **more}


def test_a_sound_template_names_its_record_its_receiver_and_its_event() -> None:
    body = "{{ record.customer.name }} {{ record.amount.currency }} {{ receiver.email }} {{ tenant.name }}"
    sound = template(event="task_opened", body={"en": f"{body} {{{{ message.due_at|date }}}}"}, expires="P7D")
    assert faults_of(sound, template(name="other", object="", title={"zh": "您好 {{ receiver.name }}"})) == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{{ record.nothing }}", "unknown_field"),
        ("{{ record.customer.nothing }}", "unknown_field"),
        ("{{ record.customer }}", "not_shown"),
        ("{{ record.place }}", "not_shown"),
        ("{{ record.secret }}", "not_shown"),
        ("{{ record.salary }}", "not_shown"),
        ("{{ record }}", "unknown_variable"),
        ("{{ anything.else }}", "unknown_variable"),
        ("{{ receiver.password_hash }}", "unknown_variable"),
        ("{{ message.rating }}", "unknown_variable"),
        ("{{ record.code", "bad_template"),
        ("{% for a in record.code %}{% endfor %}", "bad_template"),
    ],
)
def test_a_text_that_cannot_be_is_refused_at_its_place(text: str, reason: str) -> None:
    found = faults_of(template(event="task_opened", body={"en": text}))
    assert (reason, ("message_templates", 0, "body", "en")) in found


@pytest.mark.parametrize(
    ("more", "reason", "attribute"),
    [
        ({"object": "nothing"}, "unknown_object", "object"),
        ({"event": "nothing"}, "unknown_value", "event"),
        ({"expires": "soon"}, "bad_duration", "expires"),
        ({"expires": "P4000D"}, "bad_duration", "expires"),
        ({"title": {}}, "missing", "title"),
    ],
)
def test_what_a_template_says_wrongly_is_told(more: dict[str, Any], reason: str, attribute: str) -> None:
    assert faults_of(template(**more)) == [(reason, ("message_templates", 0, attribute))]


def test_two_templates_do_not_give_the_words_for_the_same() -> None:
    found = faults_of(template(event="cc"), template(name="again", event="cc"), template(name="o", event="urged"))
    assert found == [("duplicate_name", ("message_templates", 1, "event"))]


def test_faults_are_told_together_and_name_the_line() -> None:
    text = "fine\n{{ record.nothing }}\n{{ record.neither }}"
    read, _ = read_document({"objects": OBJECTS, "message_templates": [template(body={"en": text})]})
    assert read is not None
    model = resolve(
        read.objects, tenant_id="t", slug="t", version=1, settings=TenantSettings(),
        message_templates=read.message_templates,
    )  # fmt: skip
    assert [fault.message.split(":")[0] for fault in check_model(model)] == [
        "Message template 'waits', body in en, line 2",
        "Message template 'waits', body in en, line 3",
    ]
