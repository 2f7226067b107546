"""When a message may go: quiet hours and caps, and the next instant at which both allow it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from metadata.fields.times import read_duration
from metadata.outreach.values import ContactChannel
from metadata.rules.timing import quiet_until
from metadata.rules.values import RuleGuard

__all__ = ["next_allowed"]


def next_allowed(channel: ContactChannel, now: datetime, sent: Sequence[datetime], zone: ZoneInfo) -> datetime | None:
    """The next instant at which a message may leave; None when it may now.

    Args:
        channel: Its quiet hours and its cap.
        now: The instant.
        sent: When messages left for the same record by this channel; older ones than `cap_within` do not count.
        zone: In which quiet hours are.
    """
    at = now
    if channel.cap:
        within = timedelta(seconds=read_duration(channel.cap_within))
        lately = sorted(one for one in sent if one > now - within)
        if len(lately) >= channel.cap:
            at = lately[-channel.cap] + within
    quiet = quiet_until(RuleGuard(quiet_begins=channel.quiet_begins, quiet_ends=channel.quiet_ends), at, zone)
    at = at if quiet is None else quiet
    return None if at <= now else at
