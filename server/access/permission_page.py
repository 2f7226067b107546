"""The permission map as a page to be read in minutes: one table a role, an object type a line, an action a column."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from server.access.explain import Verdict
from server.access.permission_map import MapEntry, Subject

__all__ = ["map_page"]

_LEGEND = (
    "✓ every record, other words: the records it is about, – none. Fields with rights of their own are listed below."
)


def map_page(subjects: Sequence[Subject], entries: Iterable[MapEntry]) -> str:
    """Markdown of a map. Actions that a subject has on nothing, and object types without any action, are left out.

    Args:
        subjects: Whom the map is about.
        entries: As `permission_map` gives them.
    """
    of_subject: dict[str, list[MapEntry]] = {subject.name: [] for subject in subjects}
    for entry in entries:
        of_subject[entry.role].append(entry)
    parts = [_LEGEND]
    for name, held in of_subject.items():
        parts.append(f"## {name or 'What this person may do'}")
        parts.append("\n".join(_table(held)))
        fields = "\n".join(_field_lines(held))
        if fields:
            parts.append(fields)
    return "\n\n".join(parts) + "\n"


def _table(entries: Sequence[MapEntry]) -> Iterator[str]:
    allowed = [entry for entry in entries if entry.verdict is not Verdict.REFUSED]
    actions = list(dict.fromkeys(entry.action for entry in entries if entry in allowed))
    if not allowed:
        yield "Nothing."
        return
    cells = {(entry.object, entry.action): entry for entry in allowed}
    yield f"| | {' | '.join(actions)} |"
    yield f"|---|{'---|' * len(actions)}"
    for object_name in dict.fromkeys(entry.object for entry in allowed):
        yield f"| {object_name} | {' | '.join(_mark(cells.get((object_name, action))) for action in actions)} |"


def _mark(entry: MapEntry | None) -> str:
    if entry is None:
        return "–"
    if entry.verdict is Verdict.ALLOWED:
        return "✓"
    named = [scope for scope in entry.scopes if scope != "all"]
    return ", ".join(named) or "some"


def _field_lines(entries: Iterable[MapEntry]) -> Iterator[str]:
    """Fields that are not plainly there: hidden, masked, or kept from being written."""
    for entry in entries:
        by_verdict = _by_verdict(entry)
        if by_verdict:
            told = "; ".join(f"{verdict.value}: {', '.join(names)}" for verdict, names in by_verdict.items())
            yield f"- {entry.object}, {entry.action} — {told}"


def _by_verdict(entry: MapEntry) -> Mapping[Verdict, list[str]]:
    found: dict[Verdict, list[str]] = {}
    for name, verdict in entry.fields.items():
        if verdict is not Verdict.ALLOWED:
            found.setdefault(verdict, []).append(name)
    return found
