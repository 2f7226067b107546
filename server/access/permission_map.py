"""The permission map: role × object type × action × field, on one page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from metadata.expressions.text import unparse
from metadata.model.policies import ANY
from server.access.deciders import Decider, decider_of, settled
from server.access.explain import Question, Verdict, field_verdict, outcome
from server.access.snapshot import Snapshot, subject_of

__all__ = ["FIELD_ACTIONS", "MapEntry", "Subject", "permission_map"]

FIELD_ACTIONS = ("read", "create", "update")
"""Actions that fields have rights of their own for."""


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom a part of the map is about.

    Attributes:
        name: Of a role; empty for a user.
        roles: The role itself, or the roles that the user holds.
        user: Account id; empty for a role.
    """

    name: str
    roles: tuple[str, ...]
    user: str = ""


@dataclass(frozen=True, slots=True)
class MapEntry:
    """One line of the map.

    Attributes:
        role: The role, with what it inherits; empty where the map is about a user.
        object: The object type.
        action: The action.
        verdict: ALLOWED on every record, DEPENDS on some, REFUSED on all.
        condition: On which records, as text, where it depends.
        scopes: Of the grants behind it, how the actor has to stand to a record: own, team, …
        policies: Names of the policies behind it, grants and what stands against them.
        fields: Verdict of each field, of the actions read, create and update.
    """

    role: str
    object: str
    action: str
    verdict: Verdict
    condition: str
    scopes: tuple[str, ...]
    policies: tuple[str, ...]
    fields: Mapping[str, Verdict]


def permission_map(
    snapshot: Snapshot | None,
    subjects: Iterable[Subject],
    objects: Mapping[str, Sequence[str]],
    actions: Sequence[str],
    *,
    now: datetime,
) -> Iterator[MapEntry]:
    """Who may do what: role × object type × action × field.

    Args:
        snapshot: The tenant's policies; None while it has none.
        subjects: Roles, or users, to be shown.
        objects: Names of the fields to be shown, by object type.
        actions: Actions to be shown.
        now: The instant it is drawn for.
    """
    for subject in subjects:
        decider = decider_of(snapshot, subject.roles, subject.user)
        rules = _Rules(snapshot, subject)
        for object_name, fields in objects.items():
            for action in actions:
                rows = settled(decider.rows(object_name, action), now)
                verdict = outcome(rows, now)
                text = unparse(rows) if verdict is Verdict.DEPENDS else ""
                shown = fields if action in FIELD_ACTIONS and verdict is not Verdict.REFUSED else ()
                of_fields = _fields(decider, object_name, action, shown, now)
                scopes, policies = rules.behind(object_name, action)
                yield MapEntry(subject.name, object_name, action, verdict, text, scopes, policies, of_fields)


def _fields(
    decider: Decider, object_name: str, action: str, names: Iterable[str], now: datetime
) -> Mapping[str, Verdict]:
    return {name: field_verdict(decider, Question(object_name, action, name), now) for name in names}


class _Rules:
    """The rules of one subject, for the names behind a verdict."""

    def __init__(self, snapshot: Snapshot | None, subject: Subject) -> None:
        held = () if snapshot is None else snapshot.subjects(subject.roles, subject.user)
        self._rules = () if snapshot is None else [rule for rule in snapshot.rules if subject_of(rule.policy) in held]

    def behind(self, object_name: str, action: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Scopes of the grants about an object type and action, and names of all policies about them."""
        found = [
            rule.policy
            for rule in self._rules
            if rule.policy.object in (object_name, ANY)
            and (action in rule.policy.actions or (ANY in rule.policy.actions and ":" not in action))
        ]
        scopes = dict.fromkeys(policy.scope for policy in found if policy.kind == "allow")
        return tuple(scopes), tuple(policy.name for policy in found)
