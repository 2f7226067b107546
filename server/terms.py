"""What the operator of the platform has agreed with a tenant: how many people may sign in, and until when it is tried.

A trial of some days ends with the last of them, at midnight in the tenant's zone; the day the tenant was made is the
first. From that instant on the tenant can be read, exported and signed in to, and changes nothing by a request.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from metadata.problems import Faults, ForbiddenError

__all__ = ["MOST_DAYS", "MOST_SEATS", "Terms", "check_terms", "end_of_day", "end_of_trial", "require_changes"]

MOST_SEATS = 1_000_000
MOST_DAYS = 3_660


@dataclass(frozen=True, slots=True)
class Terms:
    """What was agreed.

    Attributes:
        seats: Accounts that may be active at once; None for any number.
        trial_ends_at: First instant after the trial, aware; None where nothing is tried, or not any more.
    """

    seats: int | None = None
    trial_ends_at: datetime | None = None


def check_terms(seats: int | None, trial_days: int | None) -> None:
    """Refuse numbers that nobody can have meant.

    Raises:
        BadInputError: `bad_seats`, `bad_trial`.
    """
    faults = Faults()
    if seats is not None and not 1 <= seats <= MOST_SEATS:
        faults.add("bad_seats", f"A tenant has 1 to {MOST_SEATS} seats, not {seats}.", path=("seats",))
    if trial_days is not None and not 1 <= trial_days <= MOST_DAYS:
        faults.add("bad_trial", f"A trial lasts 1 to {MOST_DAYS} days, not {trial_days}.", path=("trialDays",))
    faults.raise_if_any()


def end_of_trial(created_at: datetime, days: int, zone: str) -> datetime:
    """The first instant after a trial, whose first day is the one on which the tenant was made."""
    return end_of_day(created_at.astimezone(ZoneInfo(zone)).date() + timedelta(days=days - 1), zone)


def end_of_day(day: date, zone: str) -> datetime:
    """Midnight after a day in a zone, in UTC."""
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(zone)).astimezone(UTC)


def require_changes(trial_ends_at: datetime | None, now: datetime, zone: str) -> None:
    """Refuse a change once the trial is over.

    Raises:
        ForbiddenError: `trial_over`.
    """
    if trial_ends_at is not None and trial_ends_at <= now:
        since = trial_ends_at.astimezone(ZoneInfo(zone)).isoformat(timespec="minutes")
        raise ForbiddenError.single(
            "trial_over",
            f"The trial is over: since {since} this tenant can be read, and nothing in it changed.",
            hint="Subscribe with the operator of this server; all that was entered is kept, and can be exported.",
        )
