from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from metadata.model.values import Field
from metadata.packages.checking import check_template
from metadata.packages.library import Library, fault_line, industries_folder
from metadata.problems import BadInputError, NotFoundError

TEMPLATES = ("education", "equipment_service", "retail_chain")


@pytest.fixture
def library(tmp_path: Path) -> Library:
    shutil.copytree(industries_folder() / "education", tmp_path / "education")
    return Library(tmp_path)


def edit_file(library: Library, file: str, before: str, after: str) -> None:
    path = library.folder / "education" / file
    text = path.read_text()
    assert before in text
    path.write_text(text.replace(before, after, 1))


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_that_is_shipped_has_no_fault(name: str) -> None:
    assert [fault_line(fault) for fault in check_template(Library(industries_folder()), name)] == []


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_that_is_shipped_is_rich_enough_to_start_with(name: str) -> None:
    package = Library(industries_folder()).package(name)
    fields: list[Field] = [field for one in package.document.objects for field in one.fields]
    kinds = {view.kind for one in package.document.objects for view in one.views}
    own = {one.name for one in package.document.objects} - {"user"}  # of which every tenant has one
    assert 12 <= len(own) <= 25
    assert {"formula", "rollup", "lookup", "auto_number", "select", "relation"} <= {field.type for field in fields}
    assert kinds >= {"list", "board", "calendar"}
    assert any(one.uniques for one in package.document.objects)
    assert any(one.indexes for one in package.document.objects)
    assert sum(len(one.validations) for one in package.document.objects) >= 20
    assert set(package.records) == own
    size = sum(path.stat().st_size for path in (industries_folder() / name / "data").iterdir())
    assert size < 300 * 1024


@pytest.mark.parametrize(
    ("file", "before", "after", "reason", "path"),
    [
        (
            "objects/campus.yaml",
            "label: {zh: 校区, en: Campus}",
            "label: {zh: 校区}",
            "missing_label",
            ("objects/campus.yaml", "label"),
        ),
        (
            "objects/campus.yaml",
            "{key: open, label: {zh: 开放, en: Open}",
            "{key: open, label: {zh: 开放}",
            "missing_label",
            ("objects/campus.yaml", "fields", 9, "settings", "options", 0, "label"),
        ),
        (
            "objects/campus.yaml",
            "en: An open campus needs its opening date",
            "en: 须填写开办日期",
            "wrong_language",
            ("objects/campus.yaml", "validations", 0, "message", "en"),
        ),
        ("objects/campus.yaml", "display: name\n", "", "no_display", ("objects/campus.yaml", "display")),
        ("objects/campus.yaml", "search: [name, code]\n", "", "no_search", ("objects/campus.yaml", "search")),
        (
            "objects/campus.yaml",
            "columns: [name, city, student_count]",
            "columns: [name, town]",
            "unknown_field",
            ("objects/campus.yaml", "views", 1, "columns", 1),
        ),
        ("manifest.yaml", "version: 1.4.0", "version: one", "bad_version", ("manifest.yaml", "template", "version")),
        ("manifest.yaml", "  - campus\n", "", "unused_file", ("objects/campus.yaml",)),
        (
            "manifest.yaml",
            "  sample_date: 2026-11-20\n",
            "",
            "no_sample_date",
            ("manifest.yaml", "template", "sample_date"),
        ),
        (
            "data/campus.yaml",
            "status: open",
            "status: opened",
            "bad_value",
            ("data/campus.yaml", 0, "status"),
        ),
        ("data/campus.yaml", "rooms: 12", "halls: 12", "unknown_field", ("data/campus.yaml", 0, "halls")),
        ("data/campus.yaml", "code: CP02", "code: CP01", "duplicate_value", ("data/campus.yaml", 1, "code")),
        ("data/campus.yaml", "name: 徐汇校区, ", "", "required", ("data/campus.yaml", 0)),
        (
            "data/class_group.yaml",
            "campus: {ref: campus_1}",
            "campus: {ref: campus_9}",
            "unknown_ref",
            ("data/class_group.yaml", 0, "campus"),
        ),
        (
            "data/class_group.yaml",
            "campus: {ref: campus_1}",
            "campus: {ref: course_1}",
            "wrong_ref",
            ("data/class_group.yaml", 0, "campus"),
        ),
        (
            "objects/campus.yaml",
            'status != "open" or opened_on != null',
            'status != "open" or opened_on == null',
            "breaks_rule",
            ("data/campus.yaml", 0),
        ),
    ],
    ids=lambda value: value if isinstance(value, str) and value.isidentifier() else "",
)
def test_a_fault_is_found_at_its_place(
    library: Library, file: str, before: str, after: str, reason: str, path: tuple[str | int, ...]
) -> None:
    edit_file(library, file, before, after)
    found = {(fault.reason, fault.path) for fault in check_template(library, "education")}
    assert (reason, path) in found


def test_an_object_that_nothing_leads_to_is_found(library: Library) -> None:
    path = library.folder / "education" / "objects" / "channel.yaml"
    edit_file(library, "objects/lead.yaml", "to: channel", "to: campus")
    faults = {(fault.reason, fault.path) for fault in check_template(library, "education")}
    assert ("unused_object", (f"objects/{path.name}",)) in faults


def test_a_broken_file_is_named_with_its_line(library: Library) -> None:
    edit_file(library, "objects/campus.yaml", "plural: campuses", "plural: campuses\nplural: again")
    with pytest.raises(BadInputError) as caught:
        library.package("education")
    (fault,) = caught.value.faults
    assert (fault.reason, fault.path) == ("duplicate_key", ("objects/campus.yaml", "plural"))
    assert fault.message.startswith("Line 3:")


def test_a_changed_file_is_read_again(library: Library) -> None:
    before = library.package("education")
    assert library.package("education") is before
    edit_file(library, "manifest.yaml", "version: 1.4.0", "version: 1.10.0")
    assert library.package("education").template.version == "1.10.0"


@pytest.mark.parametrize("name", ["nothing", "../education", "education/objects", "", "/etc"])
def test_a_name_that_is_no_template_is_not_found(library: Library, name: str) -> None:
    with pytest.raises(NotFoundError):
        library.package(name)
