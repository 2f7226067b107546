"""The page of field types says what the descriptors say."""

from __future__ import annotations

from pathlib import Path

from metadata.fields import FIELD_TYPES
from metadata.fields.reference import reference_page
from metadata.model.kinds import attributes_of

PAGE = Path(__file__).parents[3] / "docs" / "field-types.md"


def test_page_is_written_from_the_descriptors() -> None:
    assert PAGE.read_text() == reference_page(), "run: python -m metadata.fields.reference > docs/field-types.md"


def test_every_setting_has_help() -> None:
    for field_type in FIELD_TYPES.values():
        assert field_type.help
        assert all(attribute.help for attribute in attributes_of(field_type.settings).values())
