"""What is wrong with a contact channel."""

from __future__ import annotations

from collections.abc import Iterator

from metadata.calendars.hours import clock_minutes
from metadata.flows.terms import Subject
from metadata.flows.values import UpdateSettings
from metadata.model.tenant import TenantModel
from metadata.outreach.values import ContactChannel
from metadata.problems import Fault

__all__ = ["channel_faults"]


def channel_faults(model: TenantModel, channel: ContactChannel) -> Iterator[Fault]:
    """What is wrong with a contact channel; paths start at it."""
    what = f"Contact channel '{channel.name}'"
    found = model.objects.get(channel.object)
    if found is None or found.storage != "tenant":
        message = f"{what} reaches '{channel.object}', which is no object type with records."
        yield Fault("unknown_object", message, ("object",), "Name an object type of the tenant's own.")
        return
    subject = Subject(model, channel.object, what)
    for name in ("address", "consent"):
        if not getattr(channel, name):
            yield Fault("missing", f"{what} has no `{name}`.", (name,), "Write an expression over the record.")
    yield from subject.expression(channel.address, ("address",), expected=None)
    yield from subject.expression(channel.language, ("language",), expected=None)
    yield from subject.expression(channel.consent, ("consent",))
    if channel.unsubscribe is not None:
        yield from _unsubscribe(subject, channel.unsubscribe)
    if (channel.via == "webhook") is not bool(channel.url):
        message = f"{what} goes by {channel.via} and {'names a' if channel.url else 'names no'} URL."
        yield Fault("missing", message, ("url",), "Give `url` to channels that go by webhook, and to no others.")
    times = {name: getattr(channel, name) for name in ("quiet_begins", "quiet_ends")}
    for name, text in times.items():
        if text and clock_minutes(text) is None:
            yield Fault("bad_time", f"{what}: '{text}' is no time of day.", (name,), "Write one such as 21:00.")
    if bool(channel.quiet_begins) is not bool(channel.quiet_ends) or (
        channel.quiet_begins and channel.quiet_begins == channel.quiet_ends
    ):
        message = f"{what} has quiet hours that do not begin and end."
        yield Fault("bad_time", message, ("quiet_ends",), "Give two different times, or none.")
    if channel.cap < 0:
        yield Fault("out_of_range", f"{what}: the cap is negative.", ("cap",), "0 or more.")
    yield from subject.duration(channel.cap_within, ("cap_within",), required=True)


def _unsubscribe(subject: Subject, settings: UpdateSettings) -> Iterator[Fault]:
    path = ("unsubscribe",)
    if not settings.values:
        message = f"{subject.what} writes nothing when somebody unsubscribes."
        yield Fault("missing", message, (*path, "values"), "Name the field that `consent` asks for, and its value.")
    yield from subject.target(settings.target, (*path, "target"))
    yield from subject.values(settings.values, subject.object_of(settings.target), (*path, "values"))
