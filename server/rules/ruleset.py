"""The current versions of a tenant's rules, decoded once and indexed by what makes them fire."""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from metadata.model.tenant import TenantModel
from metadata.model.values import ObjectType
from metadata.rules.triggers import settings_of, trigger_of
from metadata.rules.values import CountTrigger, CrossingTrigger, Rule
from server.events.log import Event
from server.rules import sql
from server.rules.matching import CHANGES, TOLD, Told, changes, columns_listened, happens, listens_to, told_of

__all__ = ["Published", "RuleSet", "RuleSets", "decoded", "encoded"]

_decode = msgspec.json.Decoder(Rule).decode


def decoded(text: str) -> Rule:
    """A rule from the text of its version."""
    return _decode(text)


def encoded(rule: Rule) -> str:
    """A rule as text, equal for equal rules."""
    return msgspec.json.encode(rule, order="deterministic").decode()


@dataclass(frozen=True, slots=True)
class Published:
    """A rule with the number of its version; 0 for a draft."""

    rule: Rule
    number: int

    @property
    def place(self) -> tuple[int, str]:
        """Where it stands among the rules of one event."""
        return self.rule.order, self.rule.name


class RuleSet:
    """Rules of a tenant that count, by what makes them fire."""

    def __init__(self, model: TenantModel, rules: Iterable[Published]) -> None:
        self.rules: Mapping[str, Published] = {one.rule.name: one for one in rules}
        self._model = model
        self._any: dict[str, list[tuple[Published, Any]]] = defaultdict(list)
        self._by_column: dict[tuple[str, str], list[tuple[Published, Any]]] = defaultdict(list)
        self._waiting: dict[str, list[Published]] = defaultdict(list)
        self._counting: dict[str, list[Published]] = defaultdict(list)
        self._told: dict[tuple[str, str], list[Published]] = defaultdict(list)
        self._rearming: dict[str, set[str]] = defaultdict(set)
        for one in self.rules.values():
            self._index(one)

    def _index(self, one: Published) -> None:
        object_type = self._model.objects.get(one.rule.object)
        if object_type is None:
            return
        settings = settings_of(one.rule)
        if trigger_of(one.rule).waits:
            self._waiting[object_type.table].append(one)
        elif isinstance(settings, CountTrigger):
            counted = self._model.objects.get(settings.object)
            if counted is not None:
                self._counting[counted.table].append(one)
        elif one.rule.trigger in TOLD:
            self._told[settings.source if one.rule.trigger == "event" else one.rule.trigger, object_type.table].append(
                one
            )
        elif trigger_of(one.rule).writes:
            columns = columns_listened(one.rule, object_type)
            if columns is None:
                self._any[object_type.table].append((one, settings))
            for column in columns or ():
                self._by_column[object_type.table, column].append((one, settings))
                if isinstance(settings, CrossingTrigger) and settings.rearm:
                    self._rearming[object_type.table].add(column)

    def of_event(self, event: Event) -> list[Published]:
        """Rules that listen to a write of their own records, in order."""
        return sorted(self._listening(event), key=_place)

    def _listening(self, event: Event) -> Iterator[Published]:
        for one, settings in self._any.get(event.object, ()):
            if happens(settings, event.kind):
                yield one
        for column, pair in event.pairs.items() if event.kind in CHANGES else ():
            for one, settings in self._by_column.get((event.object, column), ()):
                if changes(settings, *pair):
                    yield one

    def concerns(self, event: Event) -> bool:
        """Whether any rule has to look at an event, be it to wait, to count or to be armed again."""
        told = told_of(event)
        if told is not None:
            return bool(self.of_told(told))
        if event.object in self._waiting or event.object in self._counting:
            return True
        if next(self._listening(event), None) is not None:
            return True
        return event.object in self._rearming and not self._rearming[event.object].isdisjoint(event.pairs)

    def of_told(self, told: Told) -> list[Published]:
        """Rules that listen to what a part of the server says, in order."""
        found = self._told.get((told.source, told.table), ())
        return sorted((one for one in found if listens_to(one.rule, told)), key=_place)

    def waiting(self, table: str) -> list[Published]:
        """Rules for which records of a table have moments of their own."""
        return self._waiting.get(table, [])

    def counting(self, table: str) -> list[Published]:
        """Rules that count records of a table."""
        return self._counting.get(table, [])

    def crossing(self, object_type: ObjectType) -> list[Published]:
        """Rules of an object type that fire again only after the number was back far enough."""
        return [
            one
            for one in self.rules.values()
            if one.rule.object == object_type.name and one.rule.trigger == "crossing" and settings_of(one.rule).rearm
        ]


def _place(one: Published) -> tuple[int, str]:
    return one.place


@dataclass(eq=False)
class RuleSets:
    """Rule sets of the tenants that a process works for; those used last are kept.

    Attributes:
        most: How many are kept.
    """

    most: int = 200
    _held: OrderedDict[str, tuple[tuple[int, str], RuleSet]] = field(
        default_factory=OrderedDict, init=False, repr=False
    )

    async def of(self, connection: Any, model: TenantModel) -> RuleSet:
        """The rules of a tenant that count now."""
        stamp = (model.version, await connection.fetchval(sql.STAMP, model.tenant_id))
        held = self._held.get(model.tenant_id)
        if held is None or held[0] != stamp:
            rows = await connection.fetch(sql.CURRENT, model.tenant_id)
            rules = RuleSet(model, (Published(decoded(row["definition"]), row["number"]) for row in rows))
            held = self._held[model.tenant_id] = (stamp, rules)
            if len(self._held) > self.most:
                self._held.popitem(last=False)
        self._held.move_to_end(model.tenant_id)
        return held[1]
