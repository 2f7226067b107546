"""What widgets find wrong with values that their fields take: places too far, other codes, files of other kinds."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import re2

from metadata.fields.inputs import shown
from metadata.forms.access import Entry
from metadata.forms.values import LocationSettings, ScanSettings
from metadata.naming import camel
from metadata.problems import Fault, Path
from server.forms.reading import FileGiven

__all__ = ["file_fault", "widget_faults", "widget_texts"]


def widget_texts(entry: Entry) -> tuple[str, ...]:
    """What has to be known of the record to check what a widget gave."""
    settings = entry.settings
    if isinstance(settings, LocationSettings) and settings.near:
        return (_distance(entry, settings),)
    if isinstance(settings, ScanSettings) and settings.equals:
        return (_unequal(entry, settings),)
    return ()


def _distance(entry: Entry, settings: LocationSettings) -> str:
    return f"distanceKm(this.{entry.field}, {settings.near})"


def _unequal(entry: Entry, settings: ScanSettings) -> str:
    return f"this.{entry.field} != ({settings.equals})"


def widget_faults(entry: Entry, sent: Any, path: Path, facts: Mapping[str, Any]) -> list[Fault]:
    """What a widget finds wrong with a value that its field's type takes."""
    settings, name = entry.settings, camel(entry.field)
    match settings:
        case LocationSettings():
            return _location_faults(entry, settings, sent, path, facts)
        case ScanSettings() if isinstance(sent, str) and sent.strip():
            if settings.pattern and not re2.fullmatch(settings.pattern, sent.strip()):
                message = f"Field '{name}': the code {shown(sent)} is not of the form that is scanned here."
                return [Fault("wrong_code", message, path, "Scan the right code.")]
            if settings.equals and facts.get(_unequal(entry, settings)) is True:
                message = f"Field '{name}': the code {shown(sent)} is not the one that belongs here."
                return [Fault("wrong_code", message, path, "Scan the right code.")]
    return []


def _location_faults(
    entry: Entry, settings: LocationSettings, sent: Any, path: Path, facts: Mapping[str, Any]
) -> list[Fault]:
    found, name = [], camel(entry.field)
    if settings.max_accuracy_m and isinstance(sent, Mapping):
        accuracy = sent.get("accuracy")
        is_exact = (
            isinstance(accuracy, int | float)
            and not isinstance(accuracy, bool)
            and math.isfinite(accuracy)
            and 0 <= accuracy <= settings.max_accuracy_m
        )
        if not is_exact:
            message = f"Field '{name}' was measured too inexactly: at most {settings.max_accuracy_m} m are taken."
            found.append(Fault("too_inexact", message, (*path, "accuracy"), "Measure again, under the open sky."))
    if settings.near:
        distance = facts.get(_distance(entry, settings))
        if distance is not None and float(distance) * 1_000 > settings.max_distance_m:
            away = round(float(distance) * 1_000)
            message = f"Field '{name}' lies {away} m from the place; at most {settings.max_distance_m} m are taken."
            found.append(Fault("too_far", message, path, "Go there, and measure again."))
    return found


def file_fault(given: FileGiven, row: Mapping[str, Any] | None) -> Fault | None:
    """What is wrong with a file that a value names; `row` is None where it is not there."""
    found, path, name = given.field, given.path, camel(given.field.name)
    if row is None:
        message = f"Field '{name}' names a file that is not there."
        return Fault("unknown_file", message, path, "Upload the file first.")
    settings = found.settings
    if row["size_bytes"] > settings.max_size_bytes:
        message = f"Field '{name}' takes files of up to {settings.max_size_bytes} bytes, not {row['size_bytes']}."
        return Fault("file_too_large", message, path, "Send a smaller one.")
    kinds = settings.content_types or (("image/*",) if given.is_picture else ())
    if kinds and not any(_is_of_kind(row["content_type"], kind) for kind in kinds):
        message = f"Field '{name}' takes {', '.join(kinds)}, not {row['content_type']}."
        return Fault("wrong_content_type", message, path, "Send another file.")
    return None


def _is_of_kind(content_type: str, kind: str) -> bool:
    return content_type.startswith(kind.removesuffix("*")) if kind.endswith("*") else content_type == kind
