"""When and by which channel a message goes on: pure, so that every rule is a line of a table of tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from server.notifications.definitions import INBOX, Preference

__all__ = ["Go", "Hold", "Over", "Wait", "held_until", "quiet_until", "step"]

_HOUR = timedelta(hours=1)
_DAY_MINUTES = 1_440


@dataclass(frozen=True, slots=True)
class Over:
    """Nothing more is to be done."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Look again at an instant, at the next channel."""

    until: datetime


@dataclass(frozen=True, slots=True)
class Go:
    """Send by a channel now."""

    channel: str


@dataclass(frozen=True, slots=True)
class Hold:
    """Send by a channel, but not before an instant, and together with what else is held by then."""

    channel: str
    until: datetime


def step(
    preference: Preference, place: int, *, urgent: bool, now: datetime, sent: Sequence[datetime]
) -> Over | Wait | Go | Hold:
    """What to do with an unread message that has come to a place in its receiver's channels.

    Args:
        preference: How the receiver wants to be told.
        place: Which of their channels, from 0.
        urgent: Whether it may disturb.
        now: Now.
        sent: When that channel sent something to the receiver within the last hour, oldest first.
    """
    if place >= len(preference.channels):
        return Over()
    channel = preference.channels[place]
    if channel == INBOX:
        last = place + 1 >= len(preference.channels)
        return Over() if last else Wait(now + timedelta(minutes=preference.unread_minutes))
    until = now if urgent else held_until(preference, now, sent)
    return Hold(channel, until) if until > now else Go(channel)


def held_until(preference: Preference, now: datetime, sent: Sequence[datetime]) -> datetime:
    """The instant from which a channel may disturb again: `now` where nothing keeps it.

    The hour's cap and the wish for digests are counted first, and quiet hours from what comes of them.
    """
    until = now
    if len(sent) >= preference.per_hour:
        until = max(until, sent[-preference.per_hour] + _HOUR)
    if preference.digest_minutes and sent:
        until = max(until, sent[-1] + timedelta(minutes=min(preference.digest_minutes, 60)))
    return quiet_until(preference, until)


def quiet_until(preference: Preference, at: datetime) -> datetime:
    """The end of the quiet hours that an instant is in, in the receiver's zone; the instant itself outside of them."""
    if preference.quiet is None:
        return at
    beginning, end = preference.quiet
    local = at.astimezone(preference.zone)
    minute = local.hour * 60 + local.minute
    inside = beginning <= minute < end if beginning < end else minute >= beginning or minute < end
    if not inside:
        return at
    days = 1 if minute >= end else 0
    day = (local + timedelta(days=days)).date()
    ending = datetime(day.year, day.month, day.day, end // 60 % 24, end % 60, tzinfo=preference.zone)
    return max(at, ending.astimezone(at.tzinfo))
