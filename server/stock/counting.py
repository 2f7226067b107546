"""What becomes of a holder's numbers and of what lines are promised: pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

__all__ = ["Act", "Change", "Holder", "Line", "Promise", "Shortage", "decide"]

Act = Literal["reserve", "consume", "release"]
State = Literal["reserved", "consumed", "released"]

_NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Holder:
    """A record that holds stock, locked.

    Attributes:
        id: Of the record.
        on_hand: What is there.
        reserved: What is promised of it.
    """

    id: str
    on_hand: Decimal
    reserved: Decimal

    @property
    def available(self) -> Decimal:
        """What nobody was promised."""
        return self.on_hand - self.reserved


@dataclass(frozen=True, slots=True)
class Promise:
    """What a line was promised."""

    holder: str
    quantity: Decimal
    state: State


@dataclass(frozen=True, slots=True)
class Line:
    """A line that needs stock.

    Attributes:
        id: Of the record.
        quantity: How much it needs.
        candidates: Holders that fit it.
        promise: What it was promised; None for nothing yet.
    """

    id: str
    quantity: Decimal
    candidates: Sequence[str]
    promise: Promise | None = None


@dataclass(frozen=True, slots=True)
class Shortage:
    """A line that cannot have what it needs; `available` is the most that one holder has left."""

    line: str
    needed: Decimal
    available: Decimal


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be written.

    Attributes:
        holders: Those whose numbers change, as they are afterwards.
        promises: Of the lines that something happens to, by line.
        shortages: Where there is any, nothing is written.
    """

    holders: Sequence[Holder]
    promises: Mapping[str, Promise]
    shortages: Sequence[Shortage]


def decide(act: Act, lines: Iterable[Line], holders: Mapping[str, Holder]) -> Change:
    """What an act does to all lines together; lines that it says nothing to are left alone.

    A line reserves what it needs now, no more and no less: what it was promised before is let go first. What was
    consumed is never consumed, reserved or released again.
    """
    now, promises, shortages = dict(holders), dict[str, Promise](), list[Shortage]()
    for line in lines:
        held = line.promise
        if held is not None and held.state == "consumed":
            continue
        before = held if held is not None and held.state == "reserved" else None
        if before is not None and before.holder in now:
            let_go = now[before.holder]
            now[before.holder] = replace(let_go, reserved=max(_NOTHING, let_go.reserved - before.quantity))
        if act == "release":
            if before is not None:
                promises[line.id] = replace(before, state="released")
            continue
        chosen = _chosen(line, before, now)
        if chosen is None:
            most = max((now[one].available for one in line.candidates), default=_NOTHING)
            shortages.append(Shortage(line.id, line.quantity, max(most, _NOTHING)))
            continue
        if act == "reserve":
            now[chosen.id] = replace(chosen, reserved=chosen.reserved + line.quantity)
            promises[line.id] = Promise(chosen.id, line.quantity, "reserved")
        else:
            now[chosen.id] = replace(chosen, on_hand=chosen.on_hand - line.quantity)
            promises[line.id] = Promise(chosen.id, line.quantity, "consumed")
    changed = [one for one in now.values() if one != holders[one.id]]
    return Change(changed, promises, shortages)


def _chosen(line: Line, before: Promise | None, now: Mapping[str, Holder]) -> Holder | None:
    """The holder that the line was promised of if that still suffices, else the one that has most."""
    fitting = [now[one] for one in line.candidates if now[one].available >= line.quantity]
    if before is not None and (same := next((one for one in fitting if one.id == before.holder), None)):
        return same
    return min(fitting, key=lambda one: (-one.available, one.id), default=None)
