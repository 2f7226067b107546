"""Role packs of templates: what their authors are told, and what the shipped ones give to whom."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from metadata.packages.checking import check_template
from metadata.packages.library import Library, industries_folder

_PACK = """
roles:
  - {name: boss, label: {zh: 老板, en: Boss}, description: {zh: 全部, en: All of it}, layer: decide}
policies:
  - {name: all, kind: allow, role: boss, object: '*', actions: [read]}
"""


@pytest.fixture
def library(tmp_path: Path) -> Library:
    shutil.copytree(industries_folder() / "education", tmp_path / "education")
    return Library(tmp_path)


def write(library: Library, text: str) -> None:
    (library.folder / "education" / "access.yaml").write_text(text, encoding="utf-8")


def found(library: Library) -> list[tuple[str, tuple[str | int, ...]]]:
    return [(fault.reason, fault.path) for fault in check_template(library, "education")]


def test_a_template_without_roles_is_sound(library: Library) -> None:
    parts = ("access.yaml", "forms.yaml", "flows.yaml", "pools.yaml", "rules.yaml")
    for part in parts:  # forms and pools name roles, flows a form, rules a pool
        (library.folder / "education" / part).unlink()
    assert found(library) == []


def test_every_object_is_within_the_reach_of_those_who_work_with_it(library: Library) -> None:
    write(library, _PACK)
    reasons = [reason for reason, _ in found(library)]
    assert reasons.count("out_of_reach") == len(library.package("education").document.objects)
    assert reasons.count("missing_layer") == 2


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ("en: Teacher}", "en: ''}", ("missing_label", ("access.yaml", "roles", 0, "label"))),
        ("    layer: operate\n", "", ("no_layer", ("access.yaml", "roles", 0, "layer"))),
        ("role: academic_director", "role: headquarters", ("idle_role", ("access.yaml", "roles", 5))),
        ("object: lesson,", "object: lessn,", ("unknown_object", ("access.yaml", "policies", 11, "object"))),
        (
            "fields: [lead_phone]",
            "fields: [lead_fone]",
            ("unknown_field", ("access.yaml", "policies", 20, "fields", 0)),
        ),
    ],
)
def test_faults_of_a_pack_are_told_at_its_file(
    library: Library, before: str, after: str, fault: tuple[str, tuple[str | int, ...]]
) -> None:
    text = (library.folder / "education" / "access.yaml").read_text(encoding="utf-8")
    assert before in text
    write(library, text.replace(before, after) if fault[0] == "idle_role" else text.replace(before, after, 1))
    reasons = found(library)
    assert fault in reasons, reasons


def test_a_pack_declares_nothing_else(library: Library) -> None:
    write(library, f"{_PACK}\nobjects: []\n")
    assert found(library) == [("not_a_part", ("access.yaml",))]


def test_a_collection_stands_in_one_file(library: Library) -> None:
    (library.folder / "education" / "more.yaml").write_text("roles: []\n", encoding="utf-8")
    assert found(library) == [("duplicate_part", ("more.yaml", "roles"))]
