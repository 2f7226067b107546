"""What is wrong with a segment."""

from __future__ import annotations

from collections.abc import Iterator

from metadata.expressions.text import parse
from metadata.fields.base import InputError
from metadata.fields.times import read_duration
from metadata.flows.terms import Subject
from metadata.model.computed import secrets_used
from metadata.model.tenant import TenantModel
from metadata.problems import Fault
from metadata.segments.values import Segment

__all__ = ["segment_faults"]

_SHORTEST_S = 300
_LONGEST_S = 31 * 86_400


def segment_faults(model: TenantModel, segment: Segment) -> Iterator[Fault]:
    """What is wrong with a segment; paths start at it."""
    what = f"Segment '{segment.name}'"
    found = model.objects.get(segment.object)
    if found is None or found.storage != "tenant":
        message = f"{what} is of '{segment.object}', which is no object type with records."
        yield Fault("unknown_object", message, ("object",), "Name an object type of the tenant's own.")
        return
    if not segment.when:
        yield Fault("missing", f"{what} has no condition.", ("when",), "Write an expression over the record.")
        return
    faults = tuple(Subject(model, segment.object, what).expression(segment.when, ("when",)))
    yield from faults
    for name in () if faults else secrets_used(model, segment.object, parse(segment.when)):
        message = f"{what}: '{name}' is encrypted and cannot be used in an expression."
        yield Fault("encrypted", message, ("when",), "Leave it out.")
    if segment.every:
        try:
            seconds = read_duration(segment.every)
        except InputError as error:
            yield Fault("bad_duration", f"{what}: {error}.", ("every",), "Write one such as PT1H or P1D.")
            return
        if not _SHORTEST_S <= seconds <= _LONGEST_S:
            message = f"{what} is worked out every {segment.every}."
            yield Fault("bad_duration", message, ("every",), "From PT5M to P31D.")
